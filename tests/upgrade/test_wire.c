/*
 * What the first release said on the wire, byte for byte, and what is made of a field that only a
 * newer program knows. tests/data/release-1/wire.txt: "WORD KIND HEXADECIMAL".
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/wire/entry.h"
#include "common/wire/message.h"
#include "common/wire/receipt.h"
#include "common/wire/statement.h"
#include "tests/fuzz/samples.h"

#define FILE_PATH DATA_FOLDER "/release-1/wire.txt"
#define LINES_MAX 64
#define LINE_SIZE_MAX 65536

struct line {
    char word[16];
    unsigned kind;
    struct bytes bytes;
};

struct fixture {
    struct arena *arena;
    struct line lines[LINES_MAX];
    size_t count;
};

static struct bytes parse_hex(const char *text, struct arena *arena)
{
    size_t size = strlen(text) / 2;
    unsigned char *bytes = arena_take(arena, size, 1);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(sscanf(text + 2 * i, "%2hhx", &bytes[i]), 1);
    return (struct bytes){ bytes, size };
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    char *hex = test_malloc(LINE_SIZE_MAX);
    f->arena = arena_create();
    FILE *file = fopen(FILE_PATH, "r");
    assert_non_null(file);
    while (f->count < LINES_MAX && fscanf(file, "%15s %u %65535s", f->lines[f->count].word,
                                          &f->lines[f->count].kind, hex) == 3)
        f->lines[f->count++].bytes = parse_hex(hex, f->arena);
    fclose(file);
    test_free(hex);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_destroy(&f->arena);
    test_free(f);
    return 0;
}

/* Read and written again; no bytes when it is not understood. */
static struct bytes message_again(struct bytes bytes, struct arena *arena, struct error *err)
{
    struct message message;
    return message_decode(bytes, arena, &message, err) ? message_encode(&message, arena)
                                                       : (struct bytes){ NULL, 0 };
}

static struct bytes statement_again(struct bytes bytes, struct arena *arena, struct error *err)
{
    struct statement statement;
    return statement_decode(bytes, arena, &statement, err) ? statement_encode(&statement, arena)
                                                           : (struct bytes){ NULL, 0 };
}

static struct bytes entry_again(struct bytes bytes, struct arena *arena, struct error *err)
{
    struct entry entry;
    return entry_decode(bytes, arena, &entry, err) ? entry_encode(&entry, arena)
                                                   : (struct bytes){ NULL, 0 };
}

static struct bytes receipt_again(struct bytes bytes, struct arena *arena, struct error *err)
{
    struct receipt receipt;
    return receipt_read(bytes, arena, &receipt, err) ? receipt_write(&receipt, arena)
                                                     : (struct bytes){ NULL, 0 };
}

static const struct {
    const char *word;
    struct bytes (*again)(struct bytes bytes, struct arena *arena, struct error *err);
    bool has_fields; /* else a text */
} forms[] = {
    { "message", message_again, true },
    { "statement", statement_again, true },
    { "entry", entry_again, true },
    { "receipt", receipt_again, false },
};

static size_t form_of(const struct line *line)
{
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (text_equal(forms[i].word, line->word))
            return i;
    fail_msg("no such form: %s", line->word);
    return 0;
}

static void what_release_1_wrote_is_read_and_would_be_written_the_same(void **state)
{
    struct fixture *f = *state;
    assert_true(f->count > 0);
    for (size_t i = 0; i < f->count; i++) {
        const struct line *line = &f->lines[i];
        struct error err = { .text = "" };
        struct bytes again = forms[form_of(line)].again(line->bytes, f->arena, &err);
        if (!bytes_equal(again, line->bytes))
            fail_msg("%s %u: %s", line->word, line->kind, err.text);
    }
}

static bool has_line(const struct fixture *f, const char *word, unsigned kind)
{
    for (size_t i = 0; i < f->count; i++)
        if (text_equal(f->lines[i].word, word) && f->lines[i].kind == kind)
            return true;
    return false;
}

static void every_kind_that_release_1_knew_is_kept(void **state)
{
    static const enum message_kind messages[] = {
        MESSAGE_HELLO,         MESSAGE_WELCOME,     MESSAGE_SUBMIT,      MESSAGE_RECEIPTS,
        MESSAGE_GAP,           MESSAGE_REFUSAL,     MESSAGE_BUSY,        MESSAGE_CHUNK,
        MESSAGE_CHUNK_HEAD,    MESSAGE_CHALLENGE,   MESSAGE_APPLICATION, MESSAGE_APPLICATION_TAKEN,
        MESSAGE_CATALOGUE_ASK, MESSAGE_HISTORY_ASK, MESSAGE_PART,        MESSAGE_ASK_NOTICES,
        MESSAGE_NOTICES,       MESSAGE_CHUNK_ASK
    };
    static const enum entry_kind entries[] = {
        ENTRY_ARRIVAL, ENTRY_ENROLMENT,  ENTRY_REVOCATION, ENTRY_ZONE,     ENTRY_CATALOGUE,
        ENTRY_BACKUP,  ENTRY_GENERATION, ENTRY_SUSPENSION, ENTRY_DECISION, ENTRY_CATALOGUE_CLOSURE
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(messages); i++)
        assert_true(has_line(f, "message", messages[i]));
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        assert_true(has_line(f, "entry", entries[i]));
    for (unsigned kind = STATEMENT_RETURN; kind <= STATEMENT_NOTE; kind++)
        assert_true(has_line(f, "statement", kind));
    assert_true(has_line(f, "receipt", 0));
}

/* Field 2000 with the number 1: whoever skipped it would take two encodings for one meaning. */
static void a_field_that_only_a_newer_program_knows_is_refused(void **state)
{
    static const unsigned char newer[] = { 0x80, 0x7D, 0x01 };
    struct fixture *f = *state;
    for (size_t i = 0; i < f->count; i++) {
        const struct line *line = &f->lines[i];
        struct error err = { .text = "" };
        if (!forms[form_of(line)].has_fields)
            continue;
        unsigned char *longer = arena_take(f->arena, line->bytes.size + sizeof newer, 1);
        memcpy(longer, line->bytes.data, line->bytes.size);
        memcpy(longer + line->bytes.size, newer, sizeof newer);
        struct bytes bytes = { longer, line->bytes.size + sizeof newer };
        struct bytes again = forms[form_of(line)].again(bytes, f->arena, &err);
        assert_null(again.data);
        assert_int_equal(err.kind, ERROR_MALFORMED);
    }
}

/* Which is why a HELLO is always written as protocol 1 and says what else its sender speaks. */
static void a_hello_says_which_newer_protocols_its_sender_speaks(void **state)
{
    struct fixture *f = *state;
    struct message message = sample_message(0, f->arena), read;
    struct error err;
    message.hello.protocol_min = 1;
    message.hello.protocol_max = 9;

    assert_true(message_decode(message_encode(&message, f->arena), f->arena, &read, &err));

    assert_int_equal(read.hello.protocol_min, 1);
    assert_int_equal(read.hello.protocol_max, 9);
}

static void write_line(FILE *file, const char *word, unsigned kind, struct bytes bytes)
{
    const unsigned char *data = bytes.data;
    fprintf(file, "%s %u ", word, kind);
    for (size_t i = 0; i < bytes.size; i++)
        fprintf(file, "%02x", data[i]);
    fprintf(file, "\n");
}

static void write_messages(FILE *file, struct arena *arena)
{
    struct message application = { .kind = MESSAGE_APPLICATION,
                                   .application = bytes_of_text("a request's text") };
    struct message taken = { .kind = MESSAGE_APPLICATION_TAKEN, .application_taken = { { 7 } } };
    for (size_t i = 0; i < SAMPLE_MESSAGES; i++) {
        struct message message = sample_message(i, arena);
        write_line(file, "message", message.kind, message_encode(&message, arena));
    }
    write_line(file, "message", application.kind, message_encode(&application, arena));
    write_line(file, "message", taken.kind, message_encode(&taken, arena));
}

/* With a path: what this release writes, to be kept as the next release's file. */
static int write_file(const char *path)
{
    CLEANUP(arena_destroy) struct arena *arena = arena_create();
    FILE *file = fopen(path, "w");
    if (!file)
        return EXIT_FAILURE;
    write_messages(file, arena);
    for (size_t i = 0; i < SAMPLE_STATEMENTS; i++) {
        struct statement statement = sample_statement(i, arena);
        write_line(file, "statement", statement.kind, statement_encode(&statement, arena));
    }
    for (size_t i = 0; i < SAMPLE_ENTRIES; i++) {
        struct entry entry = sample_entry(i, arena);
        write_line(file, "entry", entry.kind, entry_encode(&entry, arena));
    }
    for (size_t i = 0; i < SAMPLE_RECEIPTS; i++) {
        struct receipt receipt = sample_receipt(i, arena);
        write_line(file, "receipt", 0, receipt_write(&receipt, arena));
    }
    return fclose(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    if (argc > 1)
        return write_file(argv[1]);
    const struct CMUnitTest tests[] = {
        TEST(what_release_1_wrote_is_read_and_would_be_written_the_same),
        TEST(every_kind_that_release_1_knew_is_kept),
        TEST(a_field_that_only_a_newer_program_knows_is_refused),
        TEST(a_hello_says_which_newer_protocols_its_sender_speaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
