"""A config file -> what its run needs of a machine, and what is wrong with the file itself."""

import os
from collections.abc import Iterator
from pathlib import Path

from snakescribe.acquire.fields import is_local
from snakescribe.config.context import EspnContext
from snakescribe.config.root import Config
from snakescribe.config.sources import (
    DatabaseSource,
    OwnSource,
    RssSource,
    Source,
    UrlSource,
    YouTubeSource,
)
from snakescribe.config.transcribe import FILES
from snakescribe.setup.doctor.finding import Finding, fine, odd
from snakescribe.setup.doctor.needs import Needs
from snakescribe.workflow.check import check_config
from snakescribe.workflow.read import config_file, read_written
from snakescribe.workflow.warnings import find_warnings

_ELSEWHERE = frozenset({FILES, "http", "command"})  # engines that compute nothing in our process


def read_needs(path: Path) -> Needs:
    """A config file -> what its run needs.

    Raises:
        UserError: what is wrong with it and with the files that it names, a line for each.
    """
    path = config_file(path)
    config = check_config(read_written(path), str(path), inputs=True)
    return Needs(
        results=Path(config.results),
        downloads=not all(map(_is_here, config.recordings)),
        scripts=any(isinstance(source, YouTubeSource | UrlSource) for source in config.recordings),
        computes=any(model.engine not in _ELSEWHERE for model in config.models.values()),
        loads=bool(config.experiments),
        addresses=tuple(_addresses(config)),
        config=config,
    )


def check_file(path: Path, config: Config) -> Iterator[Finding]:
    """A config that is in order, and its file -> that it is, and what hardly can be meant."""
    yield fine("config", f"{path}: nothing is wrong with it")
    for line in find_warnings(config):
        yield odd("config", line, "change it, where it is not meant")


def _is_here(source: Source) -> bool:
    return isinstance(source, DatabaseSource | OwnSource) or is_local(source)


def _addresses(config: Config) -> Iterator[tuple[str, str]]:
    for number, source in enumerate(config.recordings):
        place = f"recordings.{number}"
        if isinstance(source, RssSource):
            yield from ((place, feed) for feed in source.feeds)
        elif isinstance(source, UrlSource):
            yield from ((place, url) for url in source.urls)
        elif isinstance(source, YouTubeSource):
            yield place, "https://www.youtube.com"
    for number, entry in enumerate(config.context):
        if isinstance(entry, EspnContext):
            yield f"context.{number}", entry.base_url
    for name, model in config.models.items():
        if model.engine == "http":
            yield f"models.{name}", model.url or os.environ.get(model.url_variable, "")
