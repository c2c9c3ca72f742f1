"""The controls themselves notice what they are there to notice."""

import io
import unittest
from contextlib import redirect_stdout

import controls

HEADER = """
#define SEEDED_BUG_LIST(BUG) \\
    BUG(SKIP_THIS,    "skip-this") \\
    BUG(FORGET_THAT,  "forget-that")
"""


class Controls(unittest.TestCase):
    def complaints(self, jobs, outcomes):
        with redirect_stdout(io.StringIO()):
            return controls.judge(jobs, lambda suite, bug: (outcomes[bug], ""))

    def test_the_list_and_the_table_are_read(self):
        self.assertEqual(controls.bugs_of(HEADER), ["skip-this", "forget-that"])
        self.assertEqual(controls.rows_of("# a comment\n\nskip-this  a.suite # why\n"),
                         [("skip-this", "a.suite")])

    def test_a_row_of_one_word_is_refused(self):
        with self.assertRaises(ValueError):
            controls.rows_of("skip-this\n")

    def test_list_and_table_that_agree_leave_nothing_to_say(self):
        self.assertEqual(controls.mismatches(["a", "b"], [("a", "x"), ("b", "x")]), [])

    def test_a_bug_without_a_row_is_named(self):
        self.assertIn("b: no suite", controls.mismatches(["a", "b"], [("a", "x")])[0])

    def test_a_row_without_a_bug_is_named(self):
        self.assertIn("b: rows.txt has a row", controls.mismatches(["a"], [("a", "x"), ("b", "x")])[0])

    def test_a_bug_may_be_noticed_by_several_suites(self):
        rows = controls.rows_of("a x y\n")
        self.assertEqual(rows, [("a", "x"), ("a", "y")])
        self.assertEqual(controls.mismatches(["a"], rows), [])

    def test_a_suite_that_stands_there_twice_is_named(self):
        self.assertIn("a: x twice", controls.mismatches(["a"], [("a", "x"), ("a", "x")])[0])

    def test_a_suite_that_misses_its_bug_is_named(self):
        self.assertEqual(self.complaints([("x", "a")], {"a": controls.PASSED}),
                         ["x passed with a awake"])

    def test_a_suite_that_notices_its_bug_is_no_complaint(self):
        self.assertEqual(self.complaints([("x", "a")], {"a": controls.FAILED}), [])

    def test_a_suite_that_fails_without_a_bug_is_named(self):
        self.assertEqual(self.complaints([("x", None)], {None: controls.FAILED}),
                         ["x failed with no bug awake"])

    def test_a_suite_that_hangs_or_is_not_there_noticed_nothing(self):
        self.assertEqual(controls.outcome_of(8, "1/1 Test #1: x ...***Timeout 120 sec"),
                         controls.NOT_RUN)
        self.assertEqual(controls.outcome_of(8, "No tests were found!!!"), controls.NOT_RUN)
        self.assertEqual(controls.outcome_of(8, "1/1 Test #1: x ...***Failed"), controls.FAILED)
        self.assertEqual(self.complaints([("x", "a")], {"a": controls.NOT_RUN}),
                         ["x did not run with a awake"])


if __name__ == "__main__":
    unittest.main()
