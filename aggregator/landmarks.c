#include "aggregator/landmarks.h"

#include <string.h>

#include "common/base/memory.h"

struct landmarks {
    struct landmark opened;
    struct generation_opening opening;
    struct lost_generation lost[GENERATIONS_MAX];
    char *reason;
    struct landmark backed_up;
    struct backup_record backup;
    char *medium;
};

struct landmarks *landmarks_create(void)
{
    return memory_zeroed(1, sizeof(struct landmarks));
}

void landmarks_destroy(struct landmarks **landmarks)
{
    if (*landmarks) {
        memory_free(&(*landmarks)->reason);
        memory_free(&(*landmarks)->medium);
    }
    memory_free(landmarks);
}

static void open_generation(struct landmarks *landmarks, const struct generation_opening *opening)
{
    memcpy(landmarks->lost, opening->lost, opening->lost_count * sizeof *opening->lost);
    memory_free(&landmarks->reason);
    landmarks->reason = memory_copy_text(opening->reason);
    landmarks->opening = *opening;
    landmarks->opening.lost = landmarks->lost;
    landmarks->opening.reason = landmarks->reason;
}

void landmarks_apply(struct landmarks *landmarks, const struct entry *entry, uint64_t position)
{
    struct landmark mark = { true, position, entry->utc_ms };
    if (entry->kind == ENTRY_GENERATION) {
        open_generation(landmarks, &entry->generation);
        landmarks->opened = mark;
    }
    if (entry->kind == ENTRY_BACKUP) {
        memory_free(&landmarks->medium);
        landmarks->medium = memory_copy_text(entry->backup.medium);
        landmarks->backup = entry->backup;
        landmarks->backup.medium = landmarks->medium;
        landmarks->backed_up = mark;
    }
}

uint32_t landmarks_generation(const struct landmarks *landmarks)
{
    return landmarks->opened.there ? landmarks->opening.number : GENERATION_FIRST;
}

struct landmark landmarks_opening(const struct landmarks *landmarks, struct generation_opening *out)
{
    *out = landmarks->opening;
    return landmarks->opened;
}

struct landmark landmarks_backup(const struct landmarks *landmarks, struct backup_record *out)
{
    *out = landmarks->backup;
    return landmarks->backed_up;
}
