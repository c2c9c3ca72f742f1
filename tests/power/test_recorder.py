#!/usr/bin/env python3
"""Whether the recorder sees everything: a blind one would find every disk sound.

    test_recorder.py BUILD

Three ways of looking: what the tape amounts to must be what stands on the disk, byte for byte;
strace must tell the same of the same work; and what the tape cannot express must end the
recording.
"""
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import tape  # noqa: E402

BUILD = sys.argv[1]
WRITER = tape.program(BUILD, "writer")
MODELLED = ("every", "write", "vector", "stdio", "bare", "size", "name", "child")
UNMODELLED = ("mmap", "mprotect", "sendfile", "copy_file_range", "splice", "punch-hole", "exchange", "nameless",
              "symlink", "ioctl", "io_uring", "unknown", "out")
SIDES = ("agent", "aggregator", "bundle")


class Recorder(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="zonetally-recorder-")
        self.addCleanup(self.place.cleanup)
        self.tape = os.path.join(self.place.name, "tape")

    def folder(self, name):
        path = os.path.join(self.place.name, name)
        os.mkdir(path)
        return path

    def record(self, folder, *command):
        return tape.record(BUILD, self.tape, folder, command)

    def assert_tape_amounts_to(self, folder):
        built = self.folder("built")
        subprocess.run([tape.program(BUILD, "agent"), "finish", self.tape, built], check=True, timeout=300)
        self.assertEqual(tape.content_of(built), tape.content_of(folder))

    def test_each_way_of_writing_is_seen(self):
        for way in MODELLED:
            with self.subTest(way=way):
                self.setUp()
                folder = self.folder("work")
                self.assertEqual(self.record(folder, WRITER, folder, way), (0, ""))
                self.assert_tape_amounts_to(folder)

    def test_what_has_no_model_ends_the_recording(self):
        for way in UNMODELLED:
            with self.subTest(way=way):
                self.setUp()
                folder = self.folder("work")
                status, said = self.record(folder, WRITER, folder, way)
                if way == "io_uring" and "io_uring_setup" in said and status == 1:
                    continue  # this kernel has none
                self.assertEqual(status, 3)
                self.assertIn("no model for", said)

    def test_a_folder_with_a_past_is_refused(self):
        folder = self.folder("work")
        os.mkdir(os.path.join(folder, "old"))
        self.assertEqual(self.record(folder, WRITER, folder, "write")[0], 1)

    def test_a_command_that_fails_leaves_no_tape_to_trust(self):
        folder = self.folder("work")
        self.assertNotEqual(self.record(folder, WRITER, folder, "nothing of the kind")[0], 0)

    def test_both_programs_leave_what_the_tape_says(self):
        for side in SIDES:
            with self.subTest(side=side):
                self.setUp()
                folder = self.folder("work")
                self.assertEqual(self.record(folder, tape.program(BUILD, side), "work", folder), (0, ""))
                self.assert_tape_amounts_to(folder)

    def compare_with_strace(self, *command):
        folder, log = self.folder("work"), os.path.join(self.place.name, "log")
        place = [word if word != "FOLDER" else folder for word in command]
        self.assertEqual(self.record(folder, *place), (0, ""))
        os.rename(folder, folder + ".first")
        os.mkdir(folder)
        tape.strace(log, place)
        seen = tape.operations_of_tape(tape.printed(BUILD, self.tape))
        told = tape.operations_of_strace(log, folder)
        self.assertEqual(seen, told)
        return len(told)

    def test_strace_tells_the_same(self):
        compared = 0
        for side in SIDES:
            with self.subTest(side=side):
                self.setUp()
                compared += self.compare_with_strace(tape.program(BUILD, side), "work", "FOLDER")
        for way in ("write", "vector", "stdio"):
            with self.subTest(way=way):
                self.setUp()
                compared += self.compare_with_strace(WRITER, "FOLDER", way)
        print(f"recorder: {compared} operations, the same as strace tells; {len(MODELLED)} ways of writing seen, "
              f"{len(UNMODELLED)} refused")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
