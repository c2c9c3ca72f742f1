#include "tests/support/test.h"

#include "tests/aggregator/stick.h"

#include <string.h>

#include "common/catalogue/catalogue.h"

struct stick stick_of(struct workbench *bench)
{
    struct stick stick = { .bench = bench };
    temporary_path(&bench->folder, "22102001.SUB", stick.path);
    temporary_path(&bench->folder, "22102001.ACK", stick.answer);
    return stick;
}

struct carried stick_carries(struct stick *stick, const struct sealed_statement *statements,
                             size_t count)
{
    struct workbench *bench = stick->bench;
    struct bundle_record *records = arena_take(bench->arena, STICK_RECORDS_MAX, sizeof *records);
    struct message hello = { .kind = MESSAGE_HELLO,
                             .hello = { .protocol_min = 1,
                                        .protocol_max = 1,
                                        .province = "jilin",
                                        .stream = bench->stream,
                                        .catalogue = bench->province->catalogue->digest,
                                        .sequence = bench->head.sequence,
                                        .waiting = stick->waiting,
                                        .checkpoint_size = stick->seen } };
    assert_true(count < STICK_RECORDS_MAX);
    records[0] = carried_message(&hello, bench->arena);
    for (size_t i = 0; i < count; i++)
        records[i + 1] = carried_statement(&statements[i], bench->arena);
    return (struct carried){ .kind = BUNDLE_SUBMIT,
                             .province = "jilin",
                             .stream = bench->stream,
                             .sender = &bench->pair,
                             .recipient = &bench->province->pair.public,
                             .records = records,
                             .count = count + 1,
                             .random = &bench->random.random };
}

void stick_write(struct stick *stick, const struct sealed_statement *statements, size_t count)
{
    struct carried carried = stick_carries(stick, statements, count);
    carried_write(&carried, stick->path);
}

enum bundles_outcome stick_import(struct stick *stick)
{
    struct workbench *bench = stick->bench;
    return bundles_import(bench->province, NULL, stick->path, NULL, &stick->arrival, &bench->err);
}

struct carried_content stick_answer(struct stick *stick)
{
    struct workbench *bench = stick->bench;
    assert_int_equal(bundles_answer(bench->province, &bench->stream, &stick->arrival, stick->answer,
                                    NULL, &stick->made, &bench->err),
                     BUNDLES_DONE);
    return carried_read(stick->answer, &bench->pair, bench->arena);
}

struct message stick_message(struct stick *stick, const struct carried_content *answer,
                             enum message_kind kind)
{
    struct workbench *bench = stick->bench;
    struct message message, found = { 0 };
    size_t count = 0;
    for (size_t i = 0; i < answer->count; i++) {
        if (answer->records[i].kind != BUNDLE_RECORD_MESSAGE)
            continue;
        assert_true(message_decode(answer->records[i].bytes, bench->arena, &message, &bench->err));
        if (message.kind == kind && count++ == 0)
            found = message;
    }
    assert_int_equal(count, 1);
    return found;
}
