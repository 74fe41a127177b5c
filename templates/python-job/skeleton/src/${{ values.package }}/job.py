"""The work itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterable


def read_rows(day: datetime.date) -> Iterable[dict]:
    """What happened on that day. Replace this with a query; keep the day as its only input."""
    return [{"id": f"{day.isoformat()}-{number}", "amount": number * 100} for number in range(1, 4)]


def summarise(rows: Iterable[dict]) -> dict:
    """Pure: rows in, figures out. This is the part worth testing."""
    count = 0
    amount = 0
    for row in rows:
        if row["amount"] < 0:
            raise ValueError(f"row {row['id']} has a negative amount")
        count += 1
        amount += row["amount"]
    return {"rows": count, "amount": amount}


def write_summary(day: datetime.date, summary: dict) -> None:
    """Replaces what an earlier run wrote for the same day, so that a repeat does no harm."""
    print(f"{day.isoformat()}: {summary['rows']} rows, {summary['amount']} in all")


def run(day: datetime.date, *, is_dry_run: bool) -> dict:
    """Works off one day and returns the figures for the log."""
    summary = summarise(read_rows(day))
    if not is_dry_run:
        write_summary(day, summary)
    return summary
