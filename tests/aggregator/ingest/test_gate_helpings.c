#include "tests/support/test.h"

#include "aggregator/ingest/gate.h"
#include "tests/aggregator/front_door.h"

static void bring(struct front_door *door, struct speaker *speaker,
                  const struct sealed_statement *sealed)
{
    struct message message = { .kind = MESSAGE_SUBMIT, .statements = sealed, .statement_count = 1 };
    put(door, speaker, &message);
}

static void what_arrives_during_the_inspection_goes_into_the_same_commit(void **state)
{
    struct front_door *door = *state;
    struct speaker speaker = the_device(door);
    struct sealed_statement first = workbench_seal_note(door->bench, "first");
    struct sealed_statement second = workbench_seal_note(door->bench, "second");
    bring(door, &speaker, &first);
    bring(door, &speaker, &second);
    door->pause = 1;

    turn(door);

    assert_int_equal(door->answered, 2);
    assert_int_equal(gate_count(door->gate).appended, 2);
    assert_int_equal(gate_count(door->gate).commits, 1);
}

static void what_arrives_behind_a_question_is_taken_in_the_same_turn(void **state)
{
    struct front_door *door = *state;
    struct speaker speaker = the_device(door);
    struct message ask = { .kind = MESSAGE_ASK_NOTICES,
                           .ask_notices = { .device = speaker.stream.device } };
    struct sealed_statement note = workbench_seal_note(door->bench, "note");
    put(door, &speaker, &ask);
    bring(door, &speaker, &note);
    door->pause = 1;

    turn(door);

    assert_int_equal(door->answered, 2);
    assert_int_equal(gate_count(door->gate).appended, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_arrives_during_the_inspection_goes_into_the_same_commit, front_door_set_up,
            front_door_tear_down),
        cmocka_unit_test_setup_teardown(what_arrives_behind_a_question_is_taken_in_the_same_turn,
                                        front_door_set_up, front_door_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
