"""The way to a server that was given: straight, or through a tunnel."""

from collections.abc import Iterator
from contextlib import contextmanager

from snakescribe.database.given import GivenServer


@contextmanager
def way_to(server: GivenServer) -> Iterator[str]:
    """A server -> a URL that works from here, as long as the block lasts.

    Raises:
        UserError: the way is closed.
    """
    if server.ssh is None:
        yield server.url
        return
    # asyncssh takes a sixth of a second to import, and few go this way.
    from snakescribe.database.tunnel import tunnelled

    with tunnelled(server, server.ssh) as url:
        yield url
