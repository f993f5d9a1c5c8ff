"""What the tests of this stage share: a quick pace, commands as people run them, tables, videos."""

import csv
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from snakescribe.cli import cli
from snakescribe.errors import UserError

# Everything at once and hardly any pause: the server is ours. Where it is to be silent, tests give
# a short timeout: a machine with much to do takes seconds to answer, and would be asked twice.
FAST = {
    "requests_per_hour": 0,
    "tries": 3,
    "backoff_seconds": 0.01,
    "patience_seconds": 3,
    "timeout_seconds": 30,
}


def run_cli(*arguments: object) -> Result:
    """A command -> its result; our bugs raise, a user's mistake is exit code 1 and its message."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if isinstance(result.exception, UserError):
        return result
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Rows -> a TSV table that a user could have written."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def video(name: str, **fields: Any) -> dict[str, Any]:
    """A video of the site whose sound is ``/NAME.m4a`` of the server."""
    return {
        "title": f"Talk {name}",
        "duration": 20,
        "upload_date": "20240501",
        "formats": [{"url": f"{{BASE}}/{name}.m4a", "format_id": "140", "ext": "m4a",
                     "acodec": "mp4a", "vcodec": "none", "abr": 48}],
        **fields,
    }  # fmt: skip
