#include "tests/simulation/model_parts.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/memory.h"
#include "tests/simulation/office_books.h"

static const char *const zones[MODEL_ZONES_MAX] = {
    "22010001", "22010002", "22010003", "22010004", "22010005", "22010006", "22010007", "22010008"
};

struct model *model_create(struct world *world)
{
    struct model *model = memory_zeroed(1, sizeof *model);
    model->world = world;
    model->generation = 1;
    for (size_t i = 0; i < MODEL_GENERATIONS_MAX; i++)
        model->survives[i] = UINT64_MAX;
    return model;
}

void model_destroy(struct model **model)
{
    for (size_t i = 0; i < (*model)->stream_count; i++)
        memory_free(&(*model)->streams[i].arrived);
    memory_free(&(*model)->claims);
    memory_free(&(*model)->questions);
    memory_free(&(*model)->contended);
    memory_free(model);
}

const char *model_zone(size_t zone)
{
    return zones[zone];
}

void disk_copy(struct disk *to, const struct disk *from)
{
    to->claims = memory_grown(to->claims, &to->capacity, from->count + 1, sizeof *to->claims);
    if (from->count > 0)
        memcpy(to->claims, from->claims, from->count * sizeof *to->claims);
    to->count = from->count;
    to->receipted = from->receipted;
    to->lost_some = from->lost_some;
}

void disk_free(struct disk *disk)
{
    memory_free(&disk->claims);
    *disk = (struct disk){ 0 };
}

static struct stream *stream_of(struct model *model, const struct stream_id *id)
{
    for (size_t i = 0; i < model->stream_count; i++)
        if (sight_same_stream(&model->streams[i].id, id))
            return &model->streams[i];
    if (model->stream_count == MODEL_STREAMS_MAX) {
        world_fail(model->world, "more streams than the model holds");
        model->stream_count--;
    }
    model->streams[model->stream_count].id = *id;
    return &model->streams[model->stream_count++];
}

static const struct stream *find_stream(const struct model *model, const struct stream_id *id)
{
    for (size_t i = 0; i < model->stream_count; i++)
        if (sight_same_stream(&model->streams[i].id, id))
            return &model->streams[i];
    return NULL;
}

static size_t find_claim(const struct model *model, const struct digest *hash)
{
    for (size_t i = model->claim_count; i > 0; i--)
        if (digest_equal(&model->claims[i - 1].sight.hash, hash))
            return i - 1;
    return NO_CLAIM;
}

size_t model_claim_of(struct model *model, const struct sight *sight)
{
    size_t found = find_claim(model, &sight->hash);
    if (found != NO_CLAIM)
        return found;
    model->claims = memory_grown(model->claims, &model->claim_capacity, model->claim_count + 1,
                                 sizeof *model->claims);
    struct claim *claim = &model->claims[model->claim_count];
    *claim = (struct claim){ .sight = *sight };
    claim->stream = (size_t)(stream_of(model, &sight->stream) - model->streams);
    model->world->tally->statements++;
    return model->claim_count++;
}

static struct must *must_of(struct model *model, const struct sight *sight)
{
    for (size_t i = 0; i < MODEL_ZONES_MAX; i++)
        if (strcmp(zones[i], sight->stream.zone.text) == 0)
            return &model->musts[i][sight->year - MODEL_YEAR_FIRST];
    return NULL;
}

/* Whether somebody knows what counts: he sent it, or goes by it and not by one of his own. */
static bool is_aware(const struct model *model, const struct must *must, size_t author,
                     uint32_t base)
{
    if (must->counted == 0 || must->author == author)
        return true;
    for (size_t i = 0; i < model->contended_count; i++) {
        const struct contended *his = &model->contended[i];
        if (his->must == must && his->author == author && his->version == base)
            return false;
    }
    return base == must->counted;
}

static void contend(struct model *model, const struct must *must, size_t author, uint32_t version)
{
    model->contended = memory_grown(model->contended, &model->contended_capacity,
                                    model->contended_count + 1, sizeof *model->contended);
    model->contended[model->contended_count++] = (struct contended){ must, author, version };
}

/* What must follow from one statement that arrived: whether it is accepted, and what counts. */
static bool fold(struct model *model, size_t claim)
{
    const struct sight *sight = &model->claims[claim].sight;
    struct must *must = sight->year > 0 ? must_of(model, sight) : NULL;
    if (!must)
        return true;
    if (sight->kind == STATEMENT_WITHDRAWAL) {
        bool counted = must->counted > 0 && must->counted == sight->version;
        if (counted)
            must->counted = 0;
        return counted;
    }
    size_t author = (size_t)(stream_of(model, &sight->stream) - model->streams);
    bool aware = is_aware(model, must, author, sight->base);
    bool fits = sight->figure < MODEL_FIGURE_LIMIT;
    bool accepted =
        fits && aware && sight->version == must->newest + 1 && sight->base <= must->newest;
    if (sight->version > must->newest)
        must->newest = sight->version;
    if (fits && !aware)
        contend(model, must, author, sight->version);
    if (accepted) {
        must->counted = sight->version;
        must->figure = sight->figure;
        must->author = author;
        must->counting = claim;
    }
    return accepted;
}

static void arrive(struct model *model, const struct office_entry *entry)
{
    struct world *world = model->world;
    const struct sight *sight = &entry->sight;
    struct stream *stream = stream_of(model, &sight->stream);
    size_t number = find_claim(model, &sight->hash);
    if (number == NO_CLAIM) {
        world_fail(world, "entry %" PRIu64 ": " HASH_FORMAT " was never sealed by anybody",
                   entry->position, HASH_TEXT(sight->hash));
        return;
    }
    struct claim *claim = &model->claims[number];
    if (claim->in_journal)
        world_fail(world, "entry %" PRIu64 ": counted twice, it is entry %" PRIu64 " already",
                   entry->position, claim->position);
    claim->in_journal = true;
    claim->position = entry->position;
    const struct digest none = { { 0 } };
    const struct digest *head =
        stream->count > 0 ? &model->claims[stream->arrived[stream->count - 1]].sight.hash : &none;
    if (sight->sequence != stream->count + 1 || !digest_equal(head, &sight->previous))
        world_fail(world, "entry %" PRIu64 ": the stream has a gap or a broken link",
                   entry->position);
    if (!stream->enrolled || stream->revoked || stream->suspended || stream->closed)
        world_fail(world, "entry %" PRIu64 ": its device was %s", entry->position,
                   !stream->enrolled ? "never enrolled"
                   : stream->revoked ? "revoked"
                   : stream->closed  ? "in another epoch"
                                     : "suspended");
    stream->arrived = memory_grown(stream->arrived, &stream->capacity, stream->count + 1,
                                   sizeof *stream->arrived);
    stream->arrived[stream->count++] = number;
    if (fold(model, number) != entry->accepted)
        world_fail(world, "entry %" PRIu64 ": was %s", entry->position,
                   entry->accepted ? "accepted against the rules" : "rejected without a reason");
}

/* Under a new epoch the device may do again what it may, and nothing under the earlier ones. */
static void enrol(struct model *model, const struct stream_id *id)
{
    for (size_t i = 0; i < model->stream_count; i++) {
        struct stream *earlier = &model->streams[i];
        if (memcmp(earlier->id.device.bytes, id->device.bytes, sizeof id->device.bytes) == 0 &&
            earlier->id.epoch < id->epoch)
            earlier->closed = true;
    }
    stream_of(model, id)->enrolled = true;
}

/* The one that counted before stays one that somebody sent and that does not count. */
static void decide(struct model *model, uint64_t position)
{
    size_t chosen = 0;
    while (chosen < model->claim_count &&
           (!model->claims[chosen].in_journal || model->claims[chosen].position != position))
        chosen++;
    if (chosen == model->claim_count) {
        world_fail(model->world, "a decision is about entry %" PRIu64 ", which is no statement",
                   position);
        return;
    }
    const struct claim *claim = &model->claims[chosen];
    struct must *must = must_of(model, &claim->sight);
    if (must->counted > 0 && must->counting == chosen)
        return;
    if (must->counted > 0)
        contend(model, must, must->author, must->counted);
    must->counted = claim->sight.version;
    must->figure = claim->sight.figure;
    must->author = claim->stream;
    must->counting = chosen;
}

/* Only a copy is a reason. */
static void suspend(struct model *model, struct stream *stream)
{
    if (!stream->copied)
        world_fail(model->world, "%s: suspended, and there is only one holder",
                   stream->id.zone.text);
    if (!stream->suspended_before)
        world_note(model->world, EVENT_SUSPENDED, "%s: a device is suspended",
                   stream->id.zone.text);
    stream->suspended = stream->suspended_before = true;
}

static void see_entry(void *owner, const struct office_entry *entry)
{
    struct model *model = owner;
    if (entry->position != model->audited)
        world_fail(model->world, "the journal jumps from %" PRIu64 " to %" PRIu64, model->audited,
                   entry->position);
    model->audited = entry->position + 1;
    if (entry->kind == OFFICE_ARRIVAL)
        arrive(model, entry);
    if (entry->kind == OFFICE_ENROLMENT)
        enrol(model, &entry->stream);
    if (entry->kind == OFFICE_DECISION)
        decide(model, entry->chosen);
    if (entry->kind == OFFICE_SUSPENSION)
        suspend(model, stream_of(model, &entry->stream));
    for (size_t i = 0; i < model->stream_count && entry->kind == OFFICE_REVOCATION; i++)
        if (memcmp(model->streams[i].id.device.bytes, entry->stream.device.bytes,
                   sizeof entry->stream.device.bytes) == 0)
            model->streams[i].revoked = true;
}

static void compare_figures(struct model *model, const struct office *office)
{
    for (size_t zone = 0; zone < MODEL_ZONES_MAX; zone++)
        for (int year = 0; year < MODEL_YEARS; year++) {
            const struct must *must = &model->musts[zone][year];
            if (must->newest == 0)
                continue;
            struct office_return is = office_figure(office, zones[zone], MODEL_YEAR_FIRST + year);
            int64_t figure = must->counted > 0 ? must->figure : 0;
            if (is.version != must->counted || is.figure != figure)
                world_fail(model->world,
                           "%s %d counts version %" PRIu32 " = %" PRId64 ", must be %" PRIu32
                           " = %" PRId64,
                           zones[zone], MODEL_YEAR_FIRST + year, is.version, is.figure,
                           must->counted, figure);
        }
}

static void compare_streams(struct model *model, const struct office *office)
{
    for (size_t i = 0; i < model->stream_count; i++) {
        struct stream *stream = &model->streams[i];
        if (office_sequence(office, &stream->id) != stream->count)
            world_fail(model->world, "%s: a stream stands at %" PRIu64 ", must be %zu",
                       stream->id.zone.text, office_sequence(office, &stream->id), stream->count);
        if (!stream->frozen)
            continue;
        if (!office_is_frozen(office, &stream->id))
            world_fail(model->world, "%s: a forked stream is not frozen", stream->id.zone.text);
        if (stream->frozen_count != stream->count && stream->frozen_count != SIZE_MAX)
            world_fail(model->world, "%s: a frozen stream went on", stream->id.zone.text);
        stream->frozen_count = stream->count;
    }
}

void model_audit(struct model *model, struct office *office)
{
    if (!office_read(office, model->audited, see_entry, model))
        world_fail(model->world, "the journal is unreadable: %s", office->err.text);
    compare_figures(model, office);
    compare_streams(model, office);
}

uint64_t model_size(const struct model *model)
{
    return model->audited;
}

void model_note_question(struct model *model, uint64_t line, const struct digest *hash)
{
    model->questions = memory_grown(model->questions, &model->question_capacity,
                                    model->question_count + 1, sizeof *model->questions);
    model->questions[model->question_count++] = (struct question){ line, *hash };
}

void model_check_answer(struct model *model, uint64_t line, const struct digest *hash)
{
    for (size_t i = model->question_count; i > 0; i--)
        if (model->questions[i - 1].line == line &&
            digest_equal(&model->questions[i - 1].hash, hash))
            return;
    world_fail(model->world, "a receipt for " HASH_FORMAT " goes to somebody who sent another one",
               HASH_TEXT(*hash));
}

void model_note_fork(struct model *model, const struct stream_id *id)
{
    struct stream *stream = stream_of(model, id);
    if (!stream->frozen)
        stream->frozen_count = SIZE_MAX; /* not looked at yet */
    stream->frozen = true;
}

void model_note_enrolment(struct model *model, const struct stream_id *stream)
{
    stream_of(model, stream)->told_enrolled = true;
}

void model_note_renewal(struct model *model, const struct stream_id *stream)
{
    stream_of(model, stream)->told_closed = true;
}

void model_note_revocation(struct model *model, const struct stream_id *stream)
{
    stream_of(model, stream)->told_revoked = true;
}

void model_note_copy(struct model *model, const struct stream_id *stream)
{
    stream_of(model, stream)->copied = true;
}

bool model_is_revoked(const struct model *model, const struct stream_id *id)
{
    const struct stream *stream = find_stream(model, id);
    return stream && stream->told_revoked;
}

bool model_is_enrolled(const struct model *model, const struct stream_id *id)
{
    const struct stream *stream = find_stream(model, id);
    return stream && stream->told_enrolled;
}

/* Two different statements under one number. */
static bool is_forked(const struct model *model, const struct stream *stream)
{
    size_t number = (size_t)(stream - model->streams);
    for (size_t i = 0; i < model->claim_count; i++)
        for (size_t j = i + 1; j < model->claim_count; j++)
            if (model->claims[i].stream == number && model->claims[j].stream == number &&
                model->claims[i].sight.sequence == model->claims[j].sight.sequence)
                return true;
    return false;
}

/* It speaks with keys of which only the lost entries told. */
static bool has_lost_keys(const struct model *model, const struct stream *stream)
{
    for (size_t i = 0; i < model->claim_count; i++) {
        const struct claim *claim = &model->claims[i];
        if (claim->stream == (size_t)(stream - model->streams) && claim->owed &&
            !claim->in_journal && claim->sight.kind == STATEMENT_KEY_ROTATION)
            return true;
    }
    return false;
}

const char *model_shuts_out(struct model *model, const struct stream_id *id)
{
    const struct stream *stream = stream_of(model, id);
    return stream->told_revoked           ? "the device is revoked"
           : stream->told_closed          ? "another epoch has begun"
           : stream->suspended            ? "the device is suspended"
           : is_forked(model, stream)     ? "the stream forked"
           : has_lost_keys(model, stream) ? "the province has lost its new keys"
           : !stream->told_enrolled       ? "the device is not enrolled"
                                          : NULL;
}

const char *model_obstacle(struct model *model, const struct stream_id *id, const struct disk *disk)
{
    const struct stream *stream = stream_of(model, id);
    const char *shut_out = model_shuts_out(model, id);
    if (shut_out)
        return shut_out;
    if (stream->count > disk->count)
        return "the province has more than this disk";
    for (size_t i = disk->receipted; stream->copied && i < stream->count; i++)
        if (model->claims[stream->arrived[i]].sight.kind == STATEMENT_KEY_ROTATION)
            return "another holder has the new keys";
    return NULL;
}

uint64_t model_arrived(const struct model *model, const struct stream_id *id)
{
    const struct stream *stream = find_stream(model, id);
    return stream ? stream->count : 0;
}

uint32_t model_version(const struct model *model, const struct disk *disk, int year)
{
    uint32_t newest = 0;
    for (size_t i = 0; i < disk->count; i++) {
        const struct sight *sight = &model->claims[disk->claims[i]].sight;
        if (sight->kind == STATEMENT_RETURN && sight->year == year && sight->version > newest)
            newest = sight->version;
    }
    return newest;
}
