#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/catalogue/source.h"
#include "tests/support/temporary_folder.h"

struct fixture {
    struct temporary_folder folder;
    struct arena *arena;
    struct error err;
};

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    temporary_folder_create(&f->folder);
    f->arena = arena_create();
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    temporary_folder_remove(&f->folder);
    arena_destroy(&f->arena);
    free(f);
    return 0;
}

static const char *write_file(struct fixture *f, const char *name, const char *text)
{
    char path[TEMPORARY_PATH_SIZE];
    FILE *file = fopen(temporary_path(&f->folder, name, path), "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return arena_copy_text(f->arena, path);
}

static void a_folder_is_its_catalogue_files_in_the_order_of_their_names(void **state)
{
    struct fixture *f = *state;
    struct sources sources;
    write_file(f, "20-b.catalogue", "b");
    write_file(f, "10-a.catalogue", "a");
    write_file(f, "README.md", "no");
    write_file(f, ".hidden.catalogue", "no");

    assert_true(sources_read(f->folder.path, f->arena, &sources, &f->err));

    assert_int_equal(sources.count, 2);
    assert_string_equal(sources.files[0].name, "10-a.catalogue");
    assert_true(bytes_equal(sources.files[1].text, bytes_of_text("b")));
}

static void a_byte_order_mark_is_no_part_of_the_text(void **state)
{
    struct fixture *f = *state;
    struct sources sources;
    const char *path = write_file(f, "a.catalogue", "\xEF\xBB\xBFunit");

    assert_true(sources_read(path, f->arena, &sources, &f->err));

    assert_string_equal(sources.files[0].name, "a.catalogue");
    assert_true(bytes_equal(sources.files[0].text, bytes_of_text("unit")));
}

static void what_is_not_there_is_unavailable(void **state)
{
    struct fixture *f = *state;
    struct sources sources;
    char path[TEMPORARY_PATH_SIZE];

    assert_false(
        sources_read(temporary_path(&f->folder, "none", path), f->arena, &sources, &f->err));
    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
    assert_false(sources_read(f->folder.path, f->arena, &sources, &f->err));
    assert_int_equal(f->err.kind, ERROR_UNAVAILABLE);
}

static void too_many_files_are_refused(void **state)
{
    struct fixture *f = *state;
    struct sources sources;
    for (int i = 0; i <= SOURCE_FILES_MAX; i++) {
        char name[32];
        snprintf(name, sizeof(name), "%02d.catalogue", i);
        write_file(f, name, "");
    }

    assert_false(sources_read(f->folder.path, f->arena, &sources, &f->err));
    assert_int_equal(f->err.kind, ERROR_EXHAUSTED);
}

static void too_much_text_is_refused(void **state)
{
    struct fixture *f = *state;
    struct sources sources;
    char *text = arena_take(f->arena, SOURCE_SIZE_MAX, 1);
    memset(text, ' ', SOURCE_SIZE_MAX - 1);
    write_file(f, "a.catalogue", text);
    write_file(f, "b.catalogue", "  ");

    assert_false(sources_read(f->folder.path, f->arena, &sources, &f->err));
    assert_int_equal(f->err.kind, ERROR_EXHAUSTED);
}

static struct sources two_files(struct arena *arena)
{
    struct source *files = arena_take(arena, 2, sizeof(*files));
    files[0] = (struct source){ "a.catalogue", bytes_of_text("unit 元 : money\n") };
    files[1] = (struct source){ "b.catalogue", bytes_of_text("") };
    return (struct sources){ files, 2 };
}

static void what_was_packed_unpacks_to_the_same(void **state)
{
    struct fixture *f = *state;
    struct sources before = two_files(f->arena);
    struct sources after;

    assert_true(sources_unpack(sources_pack(before, f->arena), f->arena, &after, &f->err));

    assert_int_equal(after.count, 2);
    assert_string_equal(after.files[0].name, before.files[0].name);
    assert_true(bytes_equal(after.files[0].text, before.files[0].text));
    struct digest first = sources_digest(before);
    struct digest second = sources_digest(after);
    assert_true(digest_equal(&first, &second));
}

static void another_name_is_another_catalogue(void **state)
{
    struct fixture *f = *state;
    struct source other[] = { two_files(f->arena).files[0], two_files(f->arena).files[1] };
    other[0].name = "c.catalogue";

    struct digest first = sources_digest(two_files(f->arena));
    struct digest second = sources_digest((struct sources){ other, 2 });

    assert_false(digest_equal(&first, &second));
}

static void a_damaged_packet_is_malformed_not_crashed(void **state)
{
    struct fixture *f = *state;
    struct bytes packed = sources_pack(two_files(f->arena), f->arena);
    struct sources out;
    for (size_t size = 0; size < packed.size; size++) {
        char *cut = malloc(size > 0 ? size : 1);
        assert_non_null(cut);
        memcpy(cut, packed.data, size);
        assert_false(sources_unpack((struct bytes){ cut, size }, f->arena, &out, &f->err));
        assert_int_equal(f->err.kind, ERROR_MALFORMED);
        free(cut);
    }
    for (size_t bit = 0; bit < packed.size * 8; bit++) {
        char *changed = malloc(packed.size);
        assert_non_null(changed);
        memcpy(changed, packed.data, packed.size);
        changed[bit / 8] = (char)(changed[bit / 8] ^ 1 << bit % 8);
        if (!sources_unpack((struct bytes){ changed, packed.size }, f->arena, &out, &f->err))
            assert_int_equal(f->err.kind, ERROR_MALFORMED);
        free(changed);
    }
}

static void files_out_of_order_are_malformed(void **state)
{
    struct fixture *f = *state;
    struct source files[] = { { "b", bytes_of_text("") }, { "a", bytes_of_text("") } };
    struct sources out;
    struct bytes packed = sources_pack((struct sources){ files, 2 }, f->arena);

    assert_false(sources_unpack(packed, f->arena, &out, &f->err));
    assert_int_equal(f->err.kind, ERROR_MALFORMED);
}

static void the_shipped_files_are_in_order_and_have_text(void **state)
{
    (void)state;
    struct sources shipped = sources_shipped();
    assert_true(shipped.count > 0);
    for (size_t i = 0; i < shipped.count; i++) {
        assert_true(shipped.files[i].text.size > 0);
        assert_true(text_is_clean(shipped.files[i].text, true));
        assert_true(i == 0 || strcmp(shipped.files[i - 1].name, shipped.files[i].name) < 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_folder_is_its_catalogue_files_in_the_order_of_their_names,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_byte_order_mark_is_no_part_of_the_text, begin, end),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_unavailable, begin, end),
        cmocka_unit_test_setup_teardown(too_many_files_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(too_much_text_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(what_was_packed_unpacks_to_the_same, begin, end),
        cmocka_unit_test_setup_teardown(another_name_is_another_catalogue, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_packet_is_malformed_not_crashed, begin, end),
        cmocka_unit_test_setup_teardown(files_out_of_order_are_malformed, begin, end),
        cmocka_unit_test_setup_teardown(the_shipped_files_are_in_order_and_have_text, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
