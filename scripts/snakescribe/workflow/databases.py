"""Do the databases answer that a run needs at its beginning and at its end?"""

import os
import re
from collections.abc import Iterator

from snakescribe.config.root import Config
from snakescribe.config.sources import DatabaseSource
from snakescribe.database.address import public_address
from snakescribe.database.connect import connected
from snakescribe.database.given import VARIABLE, check_url
from snakescribe.errors import UserError

PATIENCE_SECONDS = 2  # the least that libpq waits


def check_databases(config: Config, source: str) -> None:
    """A checked config, and where it was written -> nothing, where all databases answer.

    Raises:
        UserError: a line for each that does not answer, or whose address is none; no passwords.
    """
    problems = [*_check_sources(config), *_check_results(config)]
    if problems:
        raise UserError("\n".join(f"{source}: {problem}" for problem in problems))


def _check_sources(config: Config) -> Iterator[str]:
    for number, entry in enumerate(config.recordings):
        if not isinstance(entry, DatabaseSource):
            continue
        place, name = f"recordings.{number}.url_variable", entry.url_variable
        url = os.environ.get(name, "").strip()
        if url:
            yield from _check_server(url, name, place)
        else:
            yield (
                f"{place}: {name} is not set in the environment; a run needs a Postgres URL there: "
                f"export {name}=postgresql://user@host/name"
            )


def _check_results(config: Config) -> Iterator[str]:
    url, name = os.environ.get(VARIABLE, "").strip(), VARIABLE
    if not url:
        url, name = config.database.url.strip(), "the config"
    if url:
        yield from _check_server(url, name, "database.url")


def _check_server(url: str, name: str, place: str) -> Iterator[str]:
    """A server's URL, where it was given, and its place in the config -> what is wrong, if any."""
    try:
        check_url(url, name)
        short = re.sub(r"connect_timeout=\d+", f"connect_timeout={PATIENCE_SECONDS}", url)
        with connected(short, public_address(url), PATIENCE_SECONDS):
            pass
    except UserError as error:
        yield f"{place}: {error}; `config check --offline` does not ask"
