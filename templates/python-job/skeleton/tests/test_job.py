import datetime
import unittest

from ${{ values.package }} import job

DAY = datetime.date(2024, 2, 29)


class SummariseTest(unittest.TestCase):
    def test_adds_up_the_rows(self):
        self.assertEqual(job.summarise([{"id": "a", "amount": 5}, {"id": "b", "amount": 7}]), {"rows": 2, "amount": 12})

    def test_of_nothing_is_nothing(self):
        self.assertEqual(job.summarise([]), {"rows": 0, "amount": 0})

    def test_refuses_a_negative_amount(self):
        with self.assertRaisesRegex(ValueError, "row a"):
            job.summarise([{"id": "a", "amount": -1}])


class RunTest(unittest.TestCase):
    def test_gives_the_same_result_again(self):
        self.assertEqual(job.run(DAY, is_dry_run=True), job.run(DAY, is_dry_run=True))
