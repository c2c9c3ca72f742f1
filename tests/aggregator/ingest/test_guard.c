#define _GNU_SOURCE /* RTLD_NEXT */
#include "tests/support/test.h"

#include <dlfcn.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aggregator/ingest/gate.h"
#include "aggregator/ingest/guard.h"
#include "aggregator/ingest/in_hand.h"
#include "aggregator/quarantine.h"
#include "aggregator/streams.h"
#include "common/wire/message.h"
#include "tests/aggregator/stick.h"
#include "tests/aggregator/workbench.h"

#define POISON "a statement at which the program dies"
#define LETTERS_MAX 8
#define RUNS_MAX 12

/* A fault of ours that a statement finds: it stands in the place of libsodium's verification. */
int crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                unsigned long long size, const unsigned char *key)
{
    typedef int verify_fn(const unsigned char *, const unsigned char *, unsigned long long,
                          const unsigned char *);
    for (unsigned long long i = 0; i + sizeof POISON - 1 <= size; i++)
        if (memcmp(message + i, POISON, sizeof POISON - 1) == 0)
            _exit(99);
    verify_fn *verify;
    *(void **)&verify = dlsym(RTLD_NEXT, "crypto_sign_verify_detached");
    return verify(signature, message, size, key);
}

/* What two zones send, again and again, until it is receipted or refused for good. */
struct fixture {
    struct workbench *bench;
    struct bytes letters[LETTERS_MAX];
    unsigned char senders[LETTERS_MAX];
    size_t count, taken;
    size_t receipts, quarantined;
    struct stick sticks[2]; /* the same of each zone, in a file */
};

static enum receive_outcome receive(void *owner, struct peer *out_peer, struct bytes *out_payload)
{
    struct fixture *f = owner;
    if (f->taken == f->count)
        return RECEIVE_NOTHING;
    *out_peer = (struct peer){ .routing_size = 1, .curve_key = { f->senders[f->taken] } };
    *out_payload = f->letters[f->taken++];
    return RECEIVE_MESSAGE;
}

static bool send(void *owner, const struct peer *peer, struct bytes payload)
{
    struct fixture *f = owner;
    struct message message;
    (void)peer;
    assert_true(message_decode(payload, f->bench->arena, &message, &f->bench->err));
    f->receipts += message.kind == MESSAGE_RECEIPTS ? message.receipt_count : 0;
    f->quarantined += message.kind == MESSAGE_REFUSAL && message.refusal == REFUSAL_QUARANTINED;
    return true;
}

static void ignore_key(void *owner, const unsigned char curve_key[KEY_SIZE])
{
    (void)owner;
    (void)curve_key;
}

static struct stream_id other_stream(const struct fixture *f)
{
    struct stream_id stream = f->bench->stream;
    stream.device.bytes[0] = 9;
    return stream;
}

static void enrol_another(struct fixture *f)
{
    struct workbench *bench = f->bench;
    struct stream_id stream = other_stream(f);
    struct journal_record record = { .entry = { .kind = ENTRY_ENROLMENT,
                                                .enrolment = { .zone = stream.zone,
                                                               .device = stream.device,
                                                               .epoch = 1,
                                                               .keys = bench->pair.public,
                                                               .label = "" } } };
    assert_true(ledger_begin(bench->province->ledger, WORKBENCH_UTC_MS, &bench->err));
    assert_true(ledger_take(bench->province->ledger, &record) > 0);
    assert_true(ledger_commit(bench->province->ledger, &bench->err));
}

static void bring(struct fixture *f, unsigned char sender, const struct sealed_statement *items,
                  size_t count)
{
    struct message submit = { .kind = MESSAGE_SUBMIT,
                              .statements = items,
                              .statement_count = count };
    f->senders[f->count] = sender;
    f->letters[f->count++] = message_encode(&submit, f->bench->arena);
}

static void write_stick(struct fixture *f, size_t number, const struct sealed_statement *items,
                        size_t count)
{
    struct stick *stick = &f->sticks[number];
    *stick = stick_of(f->bench);
    temporary_path(&f->bench->folder, number == 0 ? "one.SUB" : "other.SUB", stick->path);
    stick_write(stick, items, count);
}

/* One zone sends a good statement, the poison and another one; the other zone two good ones. */
static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    workbench_set_up((void **)&f->bench);
    enrol_another(f);
    struct stream_id first = f->bench->stream;
    struct sealed_statement items[3] = { workbench_seal_note(f->bench, "good"),
                                         workbench_seal_note(f->bench, POISON),
                                         workbench_seal_note(f->bench, "behind it") };
    for (size_t i = 0; i < COUNT_OF(items); i++)
        bring(f, 1, &items[i], 1);
    write_stick(f, 0, items, 2); /* with another one behind it nobody would touch its signature */
    f->bench->stream = other_stream(f);
    f->bench->head = (struct stream_head){ 0 };
    for (int i = 0; i < 2; i++) {
        items[i] = workbench_seal_note(f->bench, "of another zone");
        bring(f, 2, &items[i], 1);
    }
    write_stick(f, 1, items, 2);
    f->bench->stream = first;
    province_close(&f->bench->province); /* from here on it is open in one process at a time */
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    workbench_tear_down((void **)&f->bench);
    test_free(f);
    return 0;
}

/* A start of the program: takes what is sent until nothing new comes of it. 0: it lived. */
static int serve(struct fixture *f)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct workbench *bench = f->bench;
        struct gate_link link = { f, receive, send, ignore_key, ignore_key };
        bench->province = province_open(bench->folder.path, &bench->seams, &bench->err);
        struct guard *guard = guard_open(bench->province, IN_HAND_FILE, &bench->err);
        struct gate *gate = gate_create(bench->province, &link);
        gate_set_guard(gate, guard);
        bool good = gate_refresh(gate, &bench->err);
        for (int again = 0; again < 6 && good; again++)
            for (f->taken = 0; f->taken < f->count && good;)
                good = gate_turn(gate, &bench->err);
        _exit(good ? (f->quarantined > 0 ? 0 : 1) : 2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* The same with what came in files. 0: it lived, and the one was kept aside. */
static int import(struct fixture *f)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct workbench *bench = f->bench;
        bool good = true;
        bench->province = province_open(bench->folder.path, &bench->seams, &bench->err);
        struct guard *guard = guard_open(bench->province, IN_HAND_IMPORT_FILE, &bench->err);
        for (size_t i = 0; i < COUNT_OF(f->sticks); i++)
            good &= bundles_import(bench->province, guard, f->sticks[i].path, NULL,
                                   &f->sticks[i].arrival, &bench->err) == BUNDLES_DONE;
        bool kept = f->sticks[0].arrival.refusal == REFUSAL_QUARANTINED;
        _exit(good ? (kept ? 0 : 1) : 2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

typedef int run_fn(struct fixture *f);

static int run_until_it_lives(struct fixture *f, run_fn *run)
{
    int deaths = 0;
    for (; deaths < RUNS_MAX; deaths++) {
        int status = run(f);
        if (status == 0)
            break;
        if (status != 99)
            fail_msg("status %d after %d deaths", status, deaths);
    }
    f->bench->province = province_open(f->bench->folder.path, &f->bench->seams, &f->bench->err);
    assert_non_null(f->bench->province);
    return deaths;
}

static uint64_t stands_at(struct fixture *f, const struct stream_id *id)
{
    const struct stream *stream = streams_find(ledger_streams(f->bench->province->ledger), id);
    return stream ? stream->sequence : 0;
}

static void a_statement_at_which_the_program_dies_is_kept_aside_and_the_line_moves(void **state)
{
    struct fixture *f = *state;
    struct stream_id other = other_stream(f);

    int deaths = run_until_it_lives(f, serve);

    print_message("kept aside after %d deaths\n", deaths);
    assert_int_equal(deaths, 1 + IN_HAND_DEATHS_MAX);
    assert_int_equal(stands_at(f, &f->bench->stream), 1);
    assert_int_equal(stands_at(f, &other), 2);
}

static void a_poison_statement_in_a_file_is_kept_aside_and_the_import_goes_on(void **state)
{
    struct fixture *f = *state;
    struct stream_id other = other_stream(f);

    int deaths = run_until_it_lives(f, import);

    assert_int_equal(deaths, 1 + IN_HAND_DEATHS_MAX);
    assert_int_equal(stands_at(f, &f->bench->stream), 1);
    assert_int_equal(stands_at(f, &other), 2);
    CLEANUP(quarantine_close)
    struct quarantine *quarantine = quarantine_open(f->bench->province->database, &f->bench->err);
    assert_int_equal(quarantine_count(quarantine), 1);
    assert_true(quarantine_at(quarantine, 0)->size > sizeof POISON);
}

static void what_was_kept_aside_is_there_to_be_looked_at_and_can_be_let_go(void **state)
{
    struct fixture *f = *state;
    (void)run_until_it_lives(f, serve);
    CLEANUP(quarantine_close)
    struct quarantine *quarantine = quarantine_open(f->bench->province->database, &f->bench->err);

    assert_int_equal(quarantine_count(quarantine), 1);
    struct quarantined item = *quarantine_at(quarantine, 0);
    assert_true(item.size > sizeof POISON);
    assert_true(quarantine_release(quarantine, &item.hash, &f->bench->err));

    assert_false(quarantine_holds(quarantine, &item.hash));
    assert_int_equal(quarantine_count(quarantine), 0);
}

static struct digest hash_of(unsigned char number)
{
    return (struct digest){ { number } };
}

static struct in_hand *reopen(struct fixture *f, struct in_hand **in_hand)
{
    if (*in_hand)
        in_hand_close(in_hand);
    *in_hand = in_hand_open(f->bench->folder.path, IN_HAND_FILE, &f->bench->err);
    assert_non_null(*in_hand);
    return *in_hand;
}

static void a_death_in_a_batch_makes_the_next_run_careful_and_nobody_a_culprit(void **state)
{
    struct fixture *f = *state;
    struct in_hand *in_hand = NULL;
    assert_false(in_hand_is_careful(reopen(f, &in_hand)));
    in_hand_batch(in_hand);

    reopen(f, &in_hand);

    assert_true(in_hand_is_careful(in_hand));
    assert_null(in_hand_culprit(in_hand));
    in_hand_done(in_hand);
    assert_false(in_hand_is_careful(reopen(f, &in_hand)));
    in_hand_close(&in_hand);
}

static void two_deaths_with_one_statement_and_a_third_without_harm_nobody(void **state)
{
    struct fixture *f = *state;
    struct in_hand *in_hand = NULL;
    struct digest one = hash_of(1), other = hash_of(2);
    for (int i = 0; i < 2; i++)
        in_hand_judging(reopen(f, &in_hand), &one);
    reopen(f, &in_hand);
    in_hand_judging(in_hand, &other);
    in_hand_done(in_hand);
    in_hand_judging(in_hand, &one);
    in_hand_writing(in_hand);
    in_hand_done(in_hand);

    for (int i = 0; i < 2; i++)
        in_hand_judging(reopen(f, &in_hand), &one);

    assert_null(in_hand_culprit(reopen(f, &in_hand)));
    in_hand_judging(in_hand, &one);
    assert_non_null(in_hand_culprit(reopen(f, &in_hand)));
    in_hand_close(&in_hand);
}

static void deaths_while_the_disk_is_at_work_need_more_to_accuse(void **state)
{
    struct fixture *f = *state;
    struct in_hand *in_hand = NULL;
    struct digest one = hash_of(1);
    for (int i = 0; i < IN_HAND_COMMITS_MAX; i++) {
        assert_null(in_hand_culprit(reopen(f, &in_hand)));
        in_hand_judging(in_hand, &one);
        in_hand_writing(in_hand);
    }

    assert_non_null(in_hand_culprit(reopen(f, &in_hand)));
    in_hand_close(&in_hand);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        A_TEST(a_statement_at_which_the_program_dies_is_kept_aside_and_the_line_moves),
        A_TEST(a_poison_statement_in_a_file_is_kept_aside_and_the_import_goes_on),
        A_TEST(what_was_kept_aside_is_there_to_be_looked_at_and_can_be_let_go),
        A_TEST(a_death_in_a_batch_makes_the_next_run_careful_and_nobody_a_culprit),
        A_TEST(two_deaths_with_one_statement_and_a_third_without_harm_nobody),
        A_TEST(deaths_while_the_disk_is_at_work_need_more_to_accuse),
    };
    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
