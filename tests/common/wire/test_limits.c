#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/limits.h"
#include "proto/bundle.pb-c.h"
#include "proto/excerpt.pb-c.h"
#include "proto/journal.pb-c.h"
#include "proto/statement.pb-c.h"
#include "proto/sync.pb-c.h"

#define DEPTH_MAX 8
#define FIELDS_MAX 256

/* The messages that travel or are stored on their own; the others are inside them. */
static const ProtobufCMessageDescriptor *const roots[] = {
    &zonetally__sealed_statement__descriptor,
    &zonetally__statement__descriptor,
    &zonetally__entry__descriptor,
    &zonetally__message__descriptor,
    &zonetally__bundle_header__descriptor,
    &zonetally__excerpt__descriptor,
};

struct field {
    const ProtobufCMessageDescriptor *message;
    const ProtobufCFieldDescriptor *field;
};

struct schema {
    struct field fields[FIELDS_MAX];
    size_t count;
    const ProtobufCMessageDescriptor *open[DEPTH_MAX]; /* those we are inside of */
};

static bool is_known(const struct schema *schema, const ProtobufCMessageDescriptor *message)
{
    for (size_t i = 0; i < schema->count; i++)
        if (schema->fields[i].message == message)
            return true;
    return false;
}

static void collect(struct schema *schema, const ProtobufCMessageDescriptor *message, size_t depth)
{
    if (depth >= DEPTH_MAX)
        fail_msg("%s is too deep", message->name);
    for (size_t i = 0; i < depth; i++)
        if (schema->open[i] == message)
            fail_msg("%s contains itself", message->name);
    schema->open[depth] = message;
    bool known = is_known(schema, message);
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];
        assert_true(schema->count < FIELDS_MAX);
        if (!known)
            schema->fields[schema->count++] = (struct field){ message, field };
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            collect(schema, field->descriptor, depth + 1);
    }
}

static struct schema the_schema(void)
{
    struct schema schema = { .count = 0 };
    for (size_t i = 0; i < COUNT_OF(roots); i++)
        collect(&schema, roots[i], 0);
    return schema;
}

static const char *type_name(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_UINT32:
        return "uint32";
    case PROTOBUF_C_TYPE_UINT64:
        return "uint64";
    case PROTOBUF_C_TYPE_SINT64:
        return "sint64";
    case PROTOBUF_C_TYPE_STRING:
        return "string";
    case PROTOBUF_C_TYPE_BYTES:
        return "bytes";
    case PROTOBUF_C_TYPE_MESSAGE:
        return ((const ProtobufCMessageDescriptor *)field->descriptor)->short_name;
    default:
        fail_msg("%s has a type the scan does not know", field->name);
        return "";
    }
}

static const char *label_name(const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return "repeated";
    return field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF ? "choice" : "one";
}

/* One line for each field behind a line feed, as in tests/data/wire/fields.txt. */
static void describe(struct text_builder *text, const struct field *one)
{
    text_builder_format(text, "\n%s %u %s %s %s", one->message->short_name, one->field->id,
                        one->field->name, label_name(one->field), type_name(one->field));
}

static void read_file(struct text_builder *text)
{
    FILE *file = fopen(DATA_FOLDER "/wire/fields.txt", "rb");
    assert_non_null(file);
    char line[256];
    while (fgets(line, sizeof line, file))
        if (line[0] != '#')
            text_builder_format(text, "\n%.*s", (int)strcspn(line, "\n"), line);
    fclose(file);
}

/* Whoever changes the file changes what is already stored and signed: lines are
 * only added. A field that goes out of use stays in proto/, marked as such. */
static void no_number_of_a_field_ever_changes(void **state)
{
    (void)state;
    struct schema schema = the_schema();
    CLEANUP(text_builder_free) struct text_builder kept = { 0 };
    read_file(&kept);
    text_builder_add(&kept, "\n");
    size_t lines = 0;
    for (size_t i = 0; i < schema.count; i++) {
        CLEANUP(text_builder_free) struct text_builder line = { 0 };
        describe(&line, &schema.fields[i]);
        text_builder_add(&line, "\n");
        if (!strstr(kept.text, line.text))
            fail_msg("not in fields.txt: %s", line.text);
    }
    for (const char *at = kept.text + 1; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, schema.count);
}

static void every_field_that_needs_a_limit_has_one(void **state)
{
    (void)state;
    struct schema schema = the_schema();
    for (size_t i = 0; i < schema.count; i++) {
        const struct field *one = &schema.fields[i];
        const struct limit *limit = limit_of(one->message, one->field);
        bool repeated = one->field->label == PROTOBUF_C_LABEL_REPEATED;
        bool sized =
            one->field->type == PROTOBUF_C_TYPE_STRING || one->field->type == PROTOBUF_C_TYPE_BYTES;
        if (limit_is_needed(one->field) != (limit != NULL))
            fail_msg("%s.%s", one->message->name, one->field->name);
        if (!limit)
            continue;
        assert_int_equal(limit->count_max > 0, repeated);
        assert_int_equal(limit->size_max > 0, sized);
        assert_true(limit->size_min <= limit->size_max);
    }
}

/* The scan counts on these. */
static void numbers_that_repeat_are_packed_and_a_message_has_one_choice(void **state)
{
    (void)state;
    struct schema schema = the_schema();
    for (size_t i = 0; i < schema.count; i++) {
        const ProtobufCFieldDescriptor *field = schema.fields[i].field;
        bool number = field->type == PROTOBUF_C_TYPE_UINT32 ||
                      field->type == PROTOBUF_C_TYPE_UINT64 ||
                      field->type == PROTOBUF_C_TYPE_SINT64;
        bool packed = field->flags & PROTOBUF_C_FIELD_FLAG_PACKED;
        assert_int_equal(packed, number && field->label == PROTOBUF_C_LABEL_REPEATED);
        assert_true(field->label == PROTOBUF_C_LABEL_NONE ||
                    field->label == PROTOBUF_C_LABEL_REPEATED ||
                    field->type == PROTOBUF_C_TYPE_MESSAGE);
        for (size_t j = 0; j < i; j++) {
            const ProtobufCFieldDescriptor *other = schema.fields[j].field;
            if (schema.fields[j].message == schema.fields[i].message &&
                other->flags & field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
                assert_int_equal(other->quantifier_offset, field->quantifier_offset);
        }
    }
}

/* Without arguments a test; with any, the list itself. */
/* The scan asks for each one behind the one before. */
static void the_limits_of_one_message_stand_together_in_order(void **state)
{
    (void)state;
    struct schema schema = the_schema();
    const struct limit *before = NULL;
    for (size_t i = 0; i < schema.count; i++) {
        const struct field *one = &schema.fields[i];
        if (i > 0 && one->message != schema.fields[i - 1].message)
            before = NULL;
        if (!limit_is_needed(one->field))
            continue;
        const struct limit *limit = limit_of(one->message, one->field);
        if (before)
            assert_ptr_equal(limit_behind(before, one->field), limit);
        before = limit;
    }
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        struct schema schema = the_schema();
        CLEANUP(text_builder_free) struct text_builder text = { 0 };
        for (size_t i = 0; i < schema.count; i++)
            describe(&text, &schema.fields[i]);
        fputs(text.text, stdout);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_number_of_a_field_ever_changes),
        cmocka_unit_test(every_field_that_needs_a_limit_has_one),
        cmocka_unit_test(the_limits_of_one_message_stand_together_in_order),
        cmocka_unit_test(numbers_that_repeat_are_packed_and_a_message_has_one_choice),
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
