#include "aggregator/ingest/in_hand.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/messages.h"
#include "common/base/seeded_bug.h"

#define PATH_SIZE 4096
#define MODE 0600

/* The file:
 *
 *     u8 stage | u8 deaths while judged | u8 deaths while written | 32 bytes hash
 *
 * The deaths are those of the statement with this hash, the run that writes them included. */
#define RECORD_SIZE (3 + DIGEST_SIZE)

enum hold { HOLD_NOTHING, HOLD_BATCH, HOLD_JUDGING, HOLD_WRITING };

struct record {
    enum hold stage;
    unsigned judged, written;
    struct digest statement;
};

struct in_hand {
    int file;
    struct record left; /* by the last run */
    struct record now;
    size_t careful;
    bool has_culprit;
};

static struct record read_record(int file)
{
    unsigned char bytes[RECORD_SIZE];
    struct record record = { HOLD_NOTHING, 0, 0, { { 0 } } };
    if (pread(file, bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes || bytes[0] > HOLD_WRITING)
        return record;
    record.stage = (enum hold)bytes[0];
    record.judged = bytes[1];
    record.written = bytes[2];
    memcpy(record.statement.bytes, bytes + 3, DIGEST_SIZE);
    return record;
}

/* To fail is to know less after a death; the work goes on. */
static void write_record(struct in_hand *in_hand)
{
    unsigned char bytes[RECORD_SIZE] = { (unsigned char)in_hand->now.stage,
                                         (unsigned char)in_hand->now.judged,
                                         (unsigned char)in_hand->now.written };
    memcpy(bytes + 3, in_hand->now.statement.bytes, DIGEST_SIZE);
    while (pwrite(in_hand->file, bytes, sizeof bytes, 0) < 0 && errno == EINTR)
        continue;
}

struct in_hand *in_hand_open(const char *folder, const char *name, struct error *err)
{
    char path[PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        error_set(err, ERROR_REFUSED, MESSAGE_FILE_NAME_TOO_LONG);
        return NULL;
    }
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, MODE);
    if (file < 0) {
        error_set(err, ERROR_SYSTEM, MESSAGE_FILE_OPEN, path, strerror(errno));
        return NULL;
    }
    struct in_hand *in_hand = memory_zeroed(1, sizeof *in_hand);
    in_hand->file = file;
    in_hand->left = read_record(file);
    in_hand->careful = in_hand->left.stage == HOLD_NOTHING ? 0 : IN_HAND_CAREFUL;
    in_hand->has_culprit =
        !seeded_bug(BUG_FORGET_A_CULPRIT) && (in_hand->left.judged >= IN_HAND_DEATHS_MAX ||
                                              in_hand->left.written >= IN_HAND_COMMITS_MAX);
    return in_hand;
}

void in_hand_close(struct in_hand **in_hand)
{
    if (*in_hand)
        close((*in_hand)->file);
    memory_free(in_hand);
}

bool in_hand_is_careful(const struct in_hand *in_hand)
{
    return in_hand->careful > 0;
}

const struct digest *in_hand_culprit(const struct in_hand *in_hand)
{
    return in_hand->has_culprit ? &in_hand->left.statement : NULL;
}

/* One by one, the deaths that go with the last run's statement are kept until that one was
 * taken: others may come before it. */
static void put_down(struct in_hand *in_hand)
{
    in_hand->now = in_hand->left;
    in_hand->now.stage = HOLD_NOTHING;
}

void in_hand_batch(struct in_hand *in_hand)
{
    put_down(in_hand);
    in_hand->now.stage = HOLD_BATCH;
    write_record(in_hand);
}

void in_hand_judging(struct in_hand *in_hand, const struct digest *statement)
{
    bool again = digest_equal(statement, &in_hand->left.statement);
    in_hand->now = (struct record){ .stage = HOLD_JUDGING,
                                    .judged = again ? in_hand->left.judged + 1 : 1,
                                    .written = again ? in_hand->left.written : 0,
                                    .statement = *statement };
    write_record(in_hand);
}

/* It was judged: should the program die now, that was not the judging. */
void in_hand_writing(struct in_hand *in_hand)
{
    if (in_hand->now.stage != HOLD_JUDGING)
        return;
    in_hand->now.stage = HOLD_WRITING;
    in_hand->now.judged--;
    in_hand->now.written++;
    write_record(in_hand);
}

void in_hand_done(struct in_hand *in_hand)
{
    bool single = in_hand->now.stage == HOLD_JUDGING || in_hand->now.stage == HOLD_WRITING;
    if (single && in_hand->careful > 0)
        in_hand->careful--;
    if (single && digest_equal(&in_hand->now.statement, &in_hand->left.statement))
        in_hand->left = (struct record){ HOLD_NOTHING, 0, 0, { { 0 } } };
    put_down(in_hand);
    write_record(in_hand);
}
