import contextlib
import io
import json
import os
import pathlib
import subprocess
import unittest

from ${{ values.package }} import __main__ as command

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = command.main(list(arguments))
        except SystemExit as stop:
            code = stop.code
    return code, out.getvalue(), err.getvalue()


class CommandLineTest(unittest.TestCase):
    def test_works_on_the_day_it_is_given(self):
        code, out, err = run("--date", "2024-02-29")

        self.assertEqual(code, 0)
        self.assertIn("2024-02-29", out)
        self.assertEqual(json.loads(err.splitlines()[-1])["message"], "finished")

    def test_writes_nothing_in_a_dry_run(self):
        self.assertEqual(run("--dry-run")[:2], (0, ""))

    def test_refuses_a_day_that_is_none(self):
        code, _, err = run("--date", "2023-02-29")

        self.assertEqual(code, 2)
        self.assertIn("expected YYYY-MM-DD", err)

    def test_fails_with_a_reason_when_the_job_fails(self):
        original = command.job.read_rows
        command.job.read_rows = lambda day: [{"id": "a", "amount": -1}]
        self.addCleanup(setattr, command.job, "read_rows", original)

        code, _, err = run("--dry-run")

        self.assertEqual(code, 1)
        self.assertIn("negative amount", err)

    @unittest.skipUnless(os.name == "posix", "the script needs a POSIX shell")
    def test_script_runs_from_any_folder(self):
        done = subprocess.run([ROOT / "bin" / "run", "--dry-run"], cwd="/", capture_output=True, text=True, timeout=60)

        self.assertEqual(done.returncode, 0, done.stderr)


class ScheduleTest(unittest.TestCase):
    def test_has_the_five_fields_of_cron(self):
        text = (ROOT / "deploy" / "cronjob.yaml").read_text()
        schedule = next(line for line in text.splitlines() if line.strip().startswith("schedule:"))

        self.assertEqual(len(schedule.split('"')[1].split()), 5)
