"""Do the databases answer that a run needs at its beginning and at its end?"""

import os
import re
from collections.abc import Iterator

from snakescribe.config.root import Config
from snakescribe.config.sources import DatabaseSource
from snakescribe.database.connect import connected
from snakescribe.database.given import GivenServer, check_url, given_server
from snakescribe.database.way import way_to
from snakescribe.errors import UserError

PATIENCE_SECONDS = 2  # the least that libpq waits


def check_databases(config: Config, source: str) -> None:
    """A checked config, and where it was written -> nothing, where all databases answer.

    Raises:
        UserError: a line for each that does not answer, or whose address is none; no passwords.
    """
    problems = [*check_sources(config), *_check_results(config)]
    if problems:
        raise UserError("\n".join(f"{source}: {problem}" for problem in problems))


def check_sources(config: Config) -> Iterator[str]:
    """A checked config -> a line for each database of its sources that does not answer."""
    for number, entry in enumerate(config.recordings):
        if not isinstance(entry, DatabaseSource):
            continue
        place, name = f"recordings.{number}.url_variable", entry.url_variable
        url = os.environ.get(name, "").strip()
        if url:
            yield from map(_unasked, check_server(GivenServer(url, name), place))
        else:
            yield (
                f"{place}: {name} is not set in the environment; a run needs a Postgres URL there: "
                f"export {name}=postgresql://user@host/name"
            )


def _check_results(config: Config) -> Iterator[str]:
    place = "database.ssh" if config.database.ssh.host else "database.url"
    try:
        server = given_server(config.database)
    except UserError as error:
        yield str(error)
        return
    if server:
        yield from map(_unasked, check_server(server, place))


def check_server(server: GivenServer, place: str) -> Iterator[str]:
    """A server, and where it was named -> a line that says what is wrong with it, if anything is.

    It is asked, for two seconds at most.
    """
    try:
        check_url(server.url, server.source)
        with way_to(server) as url:
            short = re.sub(r"connect_timeout=\d+", f"connect_timeout={PATIENCE_SECONDS}", url)
            with connected(short, server.address, PATIENCE_SECONDS):
                pass
    except UserError as error:
        yield f"{place}: {str(error).removeprefix(f'{place}: ')}"


def _unasked(problem: str) -> str:
    return f"{problem}; `config check --offline` does not ask"
