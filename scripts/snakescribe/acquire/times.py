"""When something was asked or fetched, as it is written down."""

import time


def utc_now() -> str:
    """This moment in UTC, ISO 8601: ``2026-11-28T21:24:19Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
