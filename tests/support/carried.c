#include "tests/support/test.h"

#include "tests/support/carried.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/file.h"
#include "common/wire/bundle_writer.h"
#include "common/wire/statement.h"
#include "tests/support/memory_sink.h"

#define FILE_SIZE_MAX ((size_t)256 * 1024 * 1024)

static bool fill(void *owner, struct bundle_writer *writer, struct error *err)
{
    const struct carried *carried = owner;
    for (size_t i = 0; i < carried->count; i++)
        if (!bundle_add(writer, carried->records[i].kind, carried->records[i].bytes, err))
            return false;
    return true;
}

void carried_write(const struct carried *carried, const char *path)
{
    struct error err;
    struct bundle_measure measure;
    CLEANUP(memory_sink_close) struct memory_sink sink = memory_sink_open();
    struct bundle_order order = {
        .header = { .kind = carried->kind,
                    .province = carried->province,
                    .stream = carried->stream,
                    .program = "test" },
        .pair = carried->sender,
        .random = carried->random,
        .fill = fill,
        .owner = (void *)carried,
    };
    memcpy(order.header.recipient, carried->recipient->curve, KEY_SIZE);
    assert_true(bundle_measure(&order, &measure, &err));
    assert_true(bundle_write(&order, &measure, &sink.sink, &err));
    assert_true(file_replace(path, memory_sink_bytes(&sink), 0644, &err));
}

struct bundle_record carried_message(const struct message *message, struct arena *arena)
{
    return (struct bundle_record){ BUNDLE_RECORD_MESSAGE, message_encode(message, arena) };
}

struct bundle_record carried_statement(const struct sealed_statement *sealed, struct arena *arena)
{
    return (struct bundle_record){ BUNDLE_RECORD_STATEMENT,
                                   sealed_statement_encode(sealed, arena) };
}

struct collecting {
    struct carried_content *content;
    struct arena *arena;
};

static bool collect(const struct bundle_record *record, void *owner, struct error *err)
{
    struct collecting *collecting = owner;
    (void)err;
    collecting->content->records[collecting->content->count++] =
        (struct bundle_record){ record->kind, arena_copy_bytes(collecting->arena, record->bytes) };
    return true;
}

struct carried_content carried_read(const char *path, const struct key_pair *recipient,
                                    struct arena *arena)
{
    struct error err;
    struct bytes bytes;
    assert_true(file_read(path, FILE_SIZE_MAX, arena, &bytes, &err));
    struct memory_source source = memory_source_of(bytes);
    CLEANUP(bundle_close) struct bundle *bundle = bundle_of(&source.source);
    assert_true(bundle_verify(bundle, &err));
    struct carried_content content = { .header = *bundle_head(bundle) };
    struct bundle_reader reader = { .kinds = ~0u, .province = "jilin", .pair = recipient };
    content.header.province = arena_copy_text(arena, content.header.province);
    content.header.program = arena_copy_text(arena, content.header.program);
    content.records = arena_take(arena, (size_t)content.header.count, sizeof *content.records);
    struct collecting collecting = { &content, arena };
    assert_true(bundle_unseal(bundle, &reader, &err));
    assert_true(bundle_each(bundle, collect, &collecting, &err));
    return content;
}

void carried_flip(const char *path, size_t at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_not_equal(byte, EOF);
    assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
    fputc(byte ^ 1, file);
    fclose(file);
}

void carried_cut(const char *path, size_t size)
{
    assert_int_equal(truncate(path, (off_t)size), 0);
}
