#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/storage/state_file.h"
#include "tests/support/temporary_folder.h"

struct fixture {
    struct temporary_folder folder;
    char path[TEMPORARY_PATH_SIZE];
    struct arena *arena;
    struct state_file *file;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    temporary_folder_create(&f->folder);
    temporary_path(&f->folder, "state", f->path);
    f->arena = arena_create();
    assert_true(state_file_create(f->path, bytes_of_text("first"), &f->err));
    f->file = state_file_open(f->path, &f->err);
    assert_non_null(f->file);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    state_file_close(&f->file);
    arena_destroy(&f->arena);
    temporary_folder_remove(&f->folder);
    test_free(f);
    return 0;
}

static void write_state(struct fixture *f, const char *text)
{
    assert_true(state_file_lock(f->file, &f->err));
    assert_true(state_file_write(f->file, bytes_of_text(text), &f->err));
    state_file_unlock(f->file);
}

static void assert_state(struct fixture *f, const char *text)
{
    struct bytes content;
    assert_true(state_file_read(f->file, f->arena, &content, &f->err));
    assert_true(bytes_equal(content, bytes_of_text(text)));
}

static void the_newest_state_is_read_also_after_opening_again(void **state)
{
    struct fixture *f = *state;
    char text[16];
    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof text, "state %d", i);
        write_state(f, text);
        assert_state(f, text);
        state_file_close(&f->file);
        f->file = state_file_open(f->path, &f->err);
        assert_non_null(f->file);
        assert_state(f, text);
    }
}

static void overwrite(struct fixture *f, long at, const void *bytes, size_t size)
{
    FILE *file = fopen(f->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The first write goes to slot 0. Sectors that a power cut kept hold what was there before. */
static void a_torn_write_leaves_the_state_before_it(void **state)
{
    struct fixture *f = *state;
    static unsigned char before[STATE_SLOT_SIZE], after[STATE_SLOT_SIZE];
    char long_text[2000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    write_state(f, "second");
    write_state(f, "third");
    FILE *file = fopen(f->path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(before, 1, sizeof before, file), sizeof before);
    assert_int_equal(fclose(file), 0);
    write_state(f, long_text);
    file = fopen(f->path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(after, 1, sizeof after, file), sizeof after);
    assert_int_equal(fclose(file), 0);
    long slot = memcmp(before, after, sizeof before) == 0 ? STATE_SLOT_SIZE : 0;

    for (unsigned kept = 0; kept < 255 && slot == 0; kept++) {
        unsigned char torn[STATE_SLOT_SIZE];
        for (size_t sector = 0; sector < 8; sector++)
            memcpy(torn + sector * 512, ((kept >> sector & 1) ? after : before) + sector * 512,
                   512);
        overwrite(f, 0, torn, sizeof torn);
        struct bytes content;
        assert_true(state_file_read(f->file, f->arena, &content, &f->err));
        bool whole = content.size == sizeof long_text - 1;
        assert_true(whole || bytes_equal(content, bytes_of_text("third")));
        assert_true(!whole || (kept & 15) == 15); /* all sectors with content are there */
    }
    assert_int_equal(slot, 0);
}

static void a_file_without_a_sound_slot_is_damaged(void **state)
{
    struct fixture *f = *state;
    struct bytes content;
    overwrite(f, 20, "?", 1);
    assert_state(f, "first");

    overwrite(f, STATE_SLOT_SIZE + 20, "?", 1);

    assert_false(state_file_read(f->file, f->arena, &content, &f->err));
    assert_int_equal(f->err.kind, ERROR_CORRUPT);
}

static void a_state_is_not_created_over_another(void **state)
{
    struct fixture *f = *state;
    assert_false(state_file_create(f->path, bytes_of_text("again"), &f->err));
    assert_int_equal(f->err.kind, ERROR_CONFLICT);
    assert_state(f, "first");
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(the_newest_state_is_read_also_after_opening_again),
        WITH_FILE(a_torn_write_leaves_the_state_before_it),
        WITH_FILE(a_file_without_a_sound_slot_is_damaged),
        WITH_FILE(a_state_is_not_created_over_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
