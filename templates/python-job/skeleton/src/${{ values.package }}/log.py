"""One JSON object a line on standard error."""

from __future__ import annotations

import datetime
import json
import sys


def write(level: str, message: str, **data: object) -> None:
    entry = {"time": datetime.datetime.now(datetime.timezone.utc).isoformat(), "level": level, "message": message}
    print(json.dumps({**entry, **data}, default=str), file=sys.stderr)
