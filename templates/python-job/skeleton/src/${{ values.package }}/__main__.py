"""The command line: options in, exit code out."""

from __future__ import annotations

import argparse
import datetime
import sys

from . import job, log


def parse_day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day, expected YYYY-MM-DD") from None


def yesterday() -> datetime.date:
    return datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=1)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=${{ values.name | dump }}, description=${{ values.description | dump }})
    parser.add_argument("--date", type=parse_day, default=None, help="the day to work on (default: yesterday)")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    day = options.date or yesterday()

    log.write("info", "started", day=day.isoformat(), dry_run=options.dry_run)
    try:
        result = job.run(day, is_dry_run=options.dry_run)
    except Exception as error:  # the last line of defence: say what happened, then fail
        log.write("error", "failed", day=day.isoformat(), error=f"{type(error).__name__}: {error}")
        return 1
    log.write("info", "finished", day=day.isoformat(), **result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
