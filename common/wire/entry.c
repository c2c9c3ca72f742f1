#include "common/wire/entry.h"

#include <assert.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/messages.h"
#include "common/model/finding.h"
#include "common/wire/field.h"
#include "common/wire/generation_message.h"
#include "common/wire/packing.h"
#include "proto/journal.pb-c.h"

/* Each kind is the number of its field. */
_Static_assert(ENTRY_ARRIVAL == (int)ZONETALLY__ENTRY__BODY_ARRIVAL &&
                   ENTRY_ENROLMENT == (int)ZONETALLY__ENTRY__BODY_ENROLMENT &&
                   ENTRY_REVOCATION == (int)ZONETALLY__ENTRY__BODY_REVOCATION &&
                   ENTRY_ZONE == (int)ZONETALLY__ENTRY__BODY_ZONE &&
                   ENTRY_CATALOGUE == (int)ZONETALLY__ENTRY__BODY_CATALOGUE &&
                   ENTRY_DECISION == (int)ZONETALLY__ENTRY__BODY_DECISION &&
                   ENTRY_SUSPENSION == (int)ZONETALLY__ENTRY__BODY_SUSPENSION &&
                   ENTRY_BACKUP == (int)ZONETALLY__ENTRY__BODY_BACKUP &&
                   ENTRY_GENERATION == (int)ZONETALLY__ENTRY__BODY_GENERATION &&
                   ENTRY_CATALOGUE_CLOSURE == (int)ZONETALLY__ENTRY__BODY_CATALOGUE_CLOSURE,
               "proto/journal.proto");

#define ENTRY_MEMORY_MAX ((size_t)2 * ENTRY_SIZE_MAX)

const char *suspension_words(enum suspension_cause cause)
{
    static const struct words words[] = {
        [SUSPENSION_TWO_HOLDERS] = WORDS_SUSPENSION_TWO_HOLDERS,
    };
    assert(cause == SUSPENSION_TWO_HOLDERS);
    return words_say(&words[cause]);
}

static void findings_to_message(const struct arrival *arrival, struct arena *arena,
                                Zonetally__Arrival *message)
{
    size_t count = arrival->finding_count;
    uint8_t *classes = arena_take(arena, count, 1);
    message->finding_rules = arena_take(arena, count, sizeof *message->finding_rules);
    message->finding_rows = arena_take(arena, count, sizeof *message->finding_rows);
    message->n_finding_rules = message->n_finding_rows = count;
    for (size_t i = 0; i < count; i++) {
        classes[i] = arrival->findings[i].class;
        message->finding_rules[i] = arrival->findings[i].rule.packed;
        message->finding_rows[i] = field_of_text(arrival->findings[i].row_key);
    }
    message->finding_classes = field_of(classes, count);
}

static Zonetally__Arrival *arrival_to_message(const struct arrival *arrival, struct arena *arena)
{
    const struct stream_id *stream = &arrival->stream;
    Zonetally__Arrival *message = arena_take(arena, 1, sizeof *message);
    zonetally__arrival__init(message);
    message->zone = (char *)stream->zone.text;
    message->device = field_of(stream->device.bytes, sizeof stream->device.bytes);
    message->epoch = stream->epoch;
    message->sequence = arrival->sequence;
    message->statement_hash = field_of_digest(&arrival->statement_hash);
    message->verdict = (uint32_t)arrival->verdict;
    message->comparison = (uint32_t)arrival->comparison;
    findings_to_message(arrival, arena, message);
    return message;
}

static Zonetally__Enrolment *enrolment_to_message(const struct enrolment *enrolment,
                                                  struct arena *arena)
{
    Zonetally__Enrolment *message = arena_take(arena, 1, sizeof *message);
    zonetally__enrolment__init(message);
    message->zone = (char *)enrolment->zone.text;
    message->device = field_of(enrolment->device.bytes, sizeof enrolment->device.bytes);
    message->epoch = enrolment->epoch;
    message->signing_key = field_of(enrolment->keys.signing, KEY_SIZE);
    message->curve_key = field_of(enrolment->keys.curve, KEY_SIZE);
    message->label = field_of_text(enrolment->label);
    message->valid_until_utc_ms = enrolment->valid_until_utc_ms;
    message->machine = field_of_digest(&enrolment->machine);
    return message;
}

static Zonetally__Revocation *revocation_to_message(const struct revocation *revocation,
                                                    struct arena *arena)
{
    Zonetally__Revocation *message = arena_take(arena, 1, sizeof *message);
    zonetally__revocation__init(message);
    message->zone = (char *)revocation->zone.text;
    message->device = field_of(revocation->device.bytes, sizeof revocation->device.bytes);
    message->reason = field_of_text(revocation->reason);
    return message;
}

static Zonetally__Suspension *suspension_to_message(const struct suspension *suspension,
                                                    struct arena *arena)
{
    const struct stream_id *stream = &suspension->stream;
    Zonetally__Suspension *message = arena_take(arena, 1, sizeof *message);
    zonetally__suspension__init(message);
    message->zone = (char *)stream->zone.text;
    message->device = field_of(stream->device.bytes, sizeof stream->device.bytes);
    message->epoch = stream->epoch;
    message->cause = (uint32_t)suspension->cause;
    return message;
}

static void attributes_to_message(const struct zone *zone, struct arena *arena,
                                  Zonetally__ZoneRecord *message)
{
    size_t count = zone->attribute_count;
    Zonetally__ZoneAttribute *items = arena_take(arena, count, sizeof *items);
    message->attributes = arena_take(arena, count, sizeof *message->attributes);
    message->n_attributes = count;
    for (size_t i = 0; i < count; i++) {
        zonetally__zone_attribute__init(&items[i]);
        items[i].attribute = zone->attributes[i].attribute.packed;
        items[i].value = zone->attributes[i].value.packed;
        items[i].since = field_of_period(zone->attributes[i].since, arena);
        message->attributes[i] = &items[i];
    }
}

static Zonetally__ZoneRecord *zone_to_message(const struct zone *zone, struct arena *arena)
{
    Zonetally__ZoneRecord *message = arena_take(arena, 1, sizeof *message);
    zonetally__zone_record__init(message);
    message->zone = (char *)zone->id.text;
    message->name = field_of_text(zone->name);
    message->prefecture = field_of_text(zone->prefecture);
    message->prefecture_code = field_of_text(zone->prefecture_code);
    message->county = field_of_text(zone->county);
    message->county_code = field_of_text(zone->county_code);
    message->active_from = field_of_period(zone->active_from, arena);
    message->active_until = field_of_period(zone->active_until, arena);
    attributes_to_message(zone, arena, message);
    return message;
}

static Zonetally__CatalogueAdoption *catalogue_to_message(struct bytes packed, struct arena *arena)
{
    Zonetally__CatalogueAdoption *message = arena_take(arena, 1, sizeof *message);
    zonetally__catalogue_adoption__init(message);
    struct digest *digest = arena_take(arena, 1, sizeof *digest);
    *digest = digest_sha256((struct bytes){ 0 }, packed);
    message->digest = field_of_digest(digest);
    message->packed = field_of(packed.data, packed.size);
    return message;
}

static Zonetally__CatalogueClosure *closure_to_message(const struct digest *digest,
                                                       struct arena *arena)
{
    Zonetally__CatalogueClosure *message = arena_take(arena, 1, sizeof *message);
    zonetally__catalogue_closure__init(message);
    message->digest = field_of_digest(digest);
    return message;
}

static Zonetally__Decision *decision_to_message(const struct decision *decision,
                                                struct arena *arena)
{
    Zonetally__Decision *message = arena_take(arena, 1, sizeof *message);
    zonetally__decision__init(message);
    message->zone = (char *)decision->zone.text;
    message->form = decision->form.packed;
    message->period = field_of_period(decision->period, arena);
    message->version = decision->version;
    message->kind = (uint32_t)decision->kind;
    message->text = field_of_text(decision->reason);
    message->position = decision->position;
    message->statement = field_of_digest(&decision->statement);
    message->by = field_of_text(decision->by);
    return message;
}

static void body_to_message(const struct entry *entry, struct arena *arena,
                            Zonetally__Entry *message)
{
    message->body_case = (Zonetally__Entry__BodyCase)entry->kind;
    switch (entry->kind) {
    case ENTRY_ARRIVAL:
        message->arrival = arrival_to_message(&entry->arrival, arena);
        break;
    case ENTRY_ENROLMENT:
        message->enrolment = enrolment_to_message(&entry->enrolment, arena);
        break;
    case ENTRY_REVOCATION:
        message->revocation = revocation_to_message(&entry->revocation, arena);
        break;
    case ENTRY_SUSPENSION:
        message->suspension = suspension_to_message(&entry->suspension, arena);
        break;
    case ENTRY_ZONE:
        message->zone = zone_to_message(&entry->zone, arena);
        break;
    case ENTRY_CATALOGUE:
        message->catalogue = catalogue_to_message(entry->catalogue, arena);
        break;
    case ENTRY_BACKUP:
        message->backup = backup_record_to_message(&entry->backup, arena);
        break;
    case ENTRY_GENERATION:
        message->generation = generation_opening_to_message(&entry->generation, arena);
        break;
    case ENTRY_CATALOGUE_CLOSURE:
        message->catalogue_closure = closure_to_message(&entry->catalogue_closure, arena);
        break;
    case ENTRY_DECISION:
        message->decision = decision_to_message(&entry->decision, arena);
        break;
    }
}

static bool reads_back(struct bytes bytes)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    struct entry again;
    struct error err;
    return entry_decode(bytes, arena, &again, &err);
}

struct bytes entry_encode_again(const struct entry *entry, struct arena *arena)
{
    Zonetally__Entry message = ZONETALLY__ENTRY__INIT;
    message.utc_ms = entry->utc_ms;
    body_to_message(entry, arena, &message);
    return packing_pack(&message.base, arena);
}

struct bytes entry_encode(const struct entry *entry, struct arena *arena)
{
    struct bytes bytes = entry_encode_again(entry, arena);
    bool readable = reads_back(bytes);
    assert(readable);
    return bytes;
}

static bool read_findings(const Zonetally__Arrival *message, struct arena *arena,
                          struct arrival *out, struct error *err)
{
    static const char path[] = "Arrival.findings";
    size_t count = message->n_finding_rules;
    if (message->finding_classes.len != count || message->n_finding_rows != count)
        return field_refuse(err, path, FIELD_LENGTHS);
    struct verdict_finding *findings = arena_take(arena, count, sizeof *findings);
    for (size_t i = 0; i < count; i++) {
        findings[i].class = message->finding_classes.data[i];
        findings[i].row_key = message->finding_rows[i];
        if (!field_read_number(findings[i].class, FINDING_MANDATORY, FINDING_HINT, path, err) ||
            !field_read_code(message->finding_rules[i], FIELD_REQUIRED, path, &findings[i].rule,
                             err))
            return false;
    }
    out->findings = findings;
    out->finding_count = count;
    return true;
}

static bool read_arrival(const Zonetally__Arrival *message, int64_t utc_ms, struct arena *arena,
                         struct arrival *out, struct error *err)
{
    out->sequence = message->sequence;
    out->received_utc_ms = utc_ms;
    out->verdict = (enum verdict)message->verdict;
    out->comparison = (enum comparison)message->comparison;
    return field_read_stream(message->zone, message->device, message->epoch, "Arrival.zone",
                             &out->stream, err) &&
           field_read_number(message->sequence, 1, UINT64_MAX, "Arrival.sequence", err) &&
           field_read_digest(message->statement_hash, FIELD_REQUIRED, "Arrival.statement_hash",
                             &out->statement_hash, err) &&
           field_read_number(message->verdict, VERDICT_ACCEPTED, VERDICT_REJECTED,
                             "Arrival.verdict", err) &&
           field_read_number(message->comparison, COMPARISON_SAME, COMPARISON_DIFFERENT,
                             "Arrival.comparison", err) &&
           read_findings(message, arena, out, err);
}

static bool read_enrolment(const Zonetally__Enrolment *message, struct enrolment *out,
                           struct error *err)
{
    static const char path[] = "Enrolment.keys";
    struct stream_id stream;
    if (!field_read_stream(message->zone, message->device, message->epoch, "Enrolment.zone",
                           &stream, err))
        return false;
    out->zone = stream.zone;
    out->device = stream.device;
    out->epoch = stream.epoch;
    out->label = message->label;
    out->valid_until_utc_ms = message->valid_until_utc_ms;
    return field_read_run(message->signing_key, out->keys.signing, KEY_SIZE, path, err) &&
           field_read_run(message->curve_key, out->keys.curve, KEY_SIZE, path, err) &&
           field_read_digest(message->machine, FIELD_OPTIONAL, "Enrolment.machine", &out->machine,
                             err);
}

static bool read_revocation(const Zonetally__Revocation *message, struct revocation *out,
                            struct error *err)
{
    struct stream_id stream; /* a revocation is for every epoch */
    if (!field_read_stream(message->zone, message->device, 1, "Revocation.zone", &stream, err))
        return false;
    out->zone = stream.zone;
    out->device = stream.device;
    out->reason = message->reason;
    return true;
}

static bool read_suspension(const Zonetally__Suspension *message, struct suspension *out,
                            struct error *err)
{
    out->cause = (enum suspension_cause)message->cause;
    return field_read_stream(message->zone, message->device, message->epoch, "Suspension.zone",
                             &out->stream, err) &&
           field_read_number(message->cause, SUSPENSION_TWO_HOLDERS, SUSPENSION_TWO_HOLDERS,
                             "Suspension.cause", err);
}

static bool read_attributes(const Zonetally__ZoneRecord *message, struct arena *arena,
                            struct zone *out, struct error *err)
{
    static const char path[] = "ZoneRecord.attributes";
    struct zone_attribute *items = arena_take(arena, message->n_attributes, sizeof *items);
    for (size_t i = 0; i < message->n_attributes; i++) {
        const Zonetally__ZoneAttribute *item = message->attributes[i];
        if (!field_read_code(item->attribute, FIELD_REQUIRED, path, &items[i].attribute, err) ||
            !field_read_code(item->value, FIELD_OPTIONAL, path, &items[i].value, err) ||
            !field_read_period(item->since, FIELD_REQUIRED, path, &items[i].since, err))
            return false;
    }
    out->attributes = items;
    out->attribute_count = message->n_attributes;
    return true;
}

static bool read_zone(const Zonetally__ZoneRecord *message, struct arena *arena, struct zone *out,
                      struct error *err)
{
    out->prefecture = message->prefecture;
    out->prefecture_code = message->prefecture_code;
    out->county = message->county;
    out->county_code = message->county_code;
    if (!zone_id_parse(message->zone, &out->id))
        return field_refuse(err, "ZoneRecord.zone", FIELD_VALUE);
    return field_read_text(message->name, "ZoneRecord.name", &out->name, err) &&
           field_read_period(message->active_from, FIELD_OPTIONAL, "ZoneRecord.active_from",
                             &out->active_from, err) &&
           field_read_period(message->active_until, FIELD_OPTIONAL, "ZoneRecord.active_until",
                             &out->active_until, err) &&
           read_attributes(message, arena, out, err);
}

static bool read_catalogue(const Zonetally__CatalogueAdoption *message, struct bytes *out,
                           struct error *err)
{
    static const char path[] = "CatalogueAdoption.digest";
    struct digest digest;
    *out = (struct bytes){ message->packed.data, message->packed.len };
    if (out->size == 0)
        return field_refuse(err, "CatalogueAdoption.packed", FIELD_MISSING);
    if (!field_read_digest(message->digest, FIELD_REQUIRED, path, &digest, err))
        return false;
    struct digest of_packed = digest_sha256((struct bytes){ 0 }, *out);
    return digest_equal(&digest, &of_packed) || field_refuse(err, path, FIELD_VALUE);
}

static bool read_decision(const Zonetally__Decision *message, struct decision *out,
                          struct error *err)
{
    out->version = message->version;
    out->kind = (enum decision_kind)message->kind;
    out->position = message->position;
    out->by = message->by;
    if (!zone_id_parse(message->zone, &out->zone))
        return field_refuse(err, "Decision.zone", FIELD_VALUE);
    return field_read_code(message->form, FIELD_REQUIRED, "Decision.form", &out->form, err) &&
           field_read_period(message->period, FIELD_REQUIRED, "Decision.period", &out->period,
                             err) &&
           field_read_number(message->version, 1, UINT32_MAX, "Decision.version", err) &&
           field_read_number(message->kind, DECISION_SEND_BACK, DECISION_COUNTS, "Decision.kind",
                             err) &&
           field_read_text(message->text, "Decision.text", &out->reason, err) &&
           field_read_digest(message->statement, FIELD_REQUIRED, "Decision.statement",
                             &out->statement, err);
}

static bool read_body(const Zonetally__Entry *message, struct arena *arena, struct entry *out,
                      struct error *err)
{
    out->kind = (enum entry_kind)message->body_case;
    switch (message->body_case) {
    case ZONETALLY__ENTRY__BODY_ARRIVAL:
        return read_arrival(message->arrival, message->utc_ms, arena, &out->arrival, err);
    case ZONETALLY__ENTRY__BODY_ENROLMENT:
        return read_enrolment(message->enrolment, &out->enrolment, err);
    case ZONETALLY__ENTRY__BODY_REVOCATION:
        return read_revocation(message->revocation, &out->revocation, err);
    case ZONETALLY__ENTRY__BODY_SUSPENSION:
        return read_suspension(message->suspension, &out->suspension, err);
    case ZONETALLY__ENTRY__BODY_ZONE:
        return read_zone(message->zone, arena, &out->zone, err);
    case ZONETALLY__ENTRY__BODY_CATALOGUE:
        return read_catalogue(message->catalogue, &out->catalogue, err);
    case ZONETALLY__ENTRY__BODY_BACKUP:
        return backup_record_of_message(message->backup, &out->backup, err);
    case ZONETALLY__ENTRY__BODY_GENERATION:
        return generation_opening_of_message(message->generation, arena, &out->generation, err);
    case ZONETALLY__ENTRY__BODY_CATALOGUE_CLOSURE:
        return field_read_digest(message->catalogue_closure->digest, FIELD_REQUIRED,
                                 "CatalogueClosure.digest", &out->catalogue_closure, err);
    case ZONETALLY__ENTRY__BODY_DECISION:
        return read_decision(message->decision, &out->decision, err);
    default:
        return field_refuse(err, "Entry.body", FIELD_MISSING);
    }
}

bool entry_decode(struct bytes bytes, struct arena *arena, struct entry *out, struct error *err)
{
    *out = (struct entry){ 0 };
    if (bytes.size > ENTRY_SIZE_MAX)
        return field_refuse(err, "Entry", FIELD_SIZE);
    const Zonetally__Entry *message =
        packing_unpack(bytes, &zonetally__entry__descriptor, ENTRY_MEMORY_MAX, arena, err);
    if (!message)
        return false;
    out->utc_ms = message->utc_ms;
    return read_body(message, arena, out, err);
}
