"""A server that can be reached from another machine only: a tunnel through SSH.

asyncssh, since it is kept well, forwards ports and sockets itself, reads `~/.ssh/config`, agents
and `known_hosts`, and says what went wrong; `ssh -L` would have to be watched from outside to know
whether it stands, and paramiko has no forwarding of its own.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import asyncssh
from psycopg2.extensions import parse_dsn

from snakescribe.config.database import Ssh, at_home
from snakescribe.database.address import DEFAULT_PORT
from snakescribe.database.connect import NoAnswerError
from snakescribe.database.given import GivenServer
from snakescribe.errors import UserError

LOGIN_SECONDS = 15
ALIVE_SECONDS = 15  # between two signs of life, without which gateways drop what is idle
HERE = "127.0.0.1"

logging.getLogger("asyncssh").setLevel(logging.WARNING)  # it tells of every step


@contextmanager
def tunnelled(server: GivenServer, ssh: Ssh) -> Iterator[str]:
    """A server, and the machine to go by -> a URL that works from here, while the tunnel stands.

    Raises:
        NoAnswerError: the way to it is closed: the machine does not answer, is not known, or
            refuses the login; or nobody listens behind it.
        UserError: the URL does not name one host.
    """
    host, port = _far_end(server)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        connection, listener = _wait(loop, _open(ssh, host, port), server.address, ssh)
        try:
            yield _near_url(server.url, host, listener.get_port())
        finally:
            listener.close()
            connection.close()
            with suppress(asyncssh.Error, OSError):
                asyncio.run_coroutine_threadsafe(connection.wait_closed(), loop).result(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _far_end(server: GivenServer) -> tuple[str, int]:
    """A server -> its host, or the folder of its socket, and its port, as the gateway sees them."""
    options = parse_dsn(server.url)
    host, port = options.get("host", "localhost"), options.get("port", DEFAULT_PORT)
    if "service" in options or "," in host or "," in port:
        raise UserError(
            f"{server.source}: a tunnel leads to one host; name it in the URL, without a service "
            "or a list of hosts"
        )
    return host, int(port)


async def _open(
    ssh: Ssh, host: str, port: int
) -> tuple[asyncssh.SSHClientConnection, asyncssh.SSHListener]:
    """Log in, see that somebody listens at the far end, and listen here."""
    options: dict[str, Any] = {}
    if "port" in ssh.model_fields_set:
        options["port"] = ssh.port
    if ssh.user:
        options["username"] = ssh.user
    if ssh.key:
        options["client_keys"] = [at_home(ssh.key)]
    if ssh.known_hosts:
        options["known_hosts"] = at_home(ssh.known_hosts)
    connection = await asyncssh.connect(
        ssh.host, login_timeout=LOGIN_SECONDS, connect_timeout=LOGIN_SECONDS,
        keepalive_interval=ALIVE_SECONDS, **options,
    )  # fmt: skip
    if host.startswith("/"):
        place = f"{host}/.s.PGSQL.{port}"
        _, writer = await connection.open_unix_connection(place)
        listener = await connection.forward_local_port_to_path(HERE, 0, place)
    else:
        _, writer = await connection.open_connection(host, port)
        listener = await connection.forward_local_port(HERE, 0, host, port)
    writer.close()
    return connection, listener


def _wait(loop: asyncio.AbstractEventLoop, opening: Any, address: str, ssh: Ssh) -> Any:
    try:
        return asyncio.run_coroutine_threadsafe(opening, loop).result()
    except (asyncssh.Error, asyncssh.KeyImportError, OSError, ValueError) as error:
        told = str(error) or type(error).__name__
        raise NoAnswerError(
            f"database.ssh: no way to {address}: {' '.join(told.split())}; {_remedy(error, ssh)}"
        ) from None


def _remedy(error: Exception, ssh: Ssh) -> str:
    login = f"{ssh.user}@{ssh.host}" if ssh.user else ssh.host
    match error:
        case asyncssh.HostKeyNotVerifiable():
            return (
                f"log in once with `ssh {login}`, compare the fingerprint that it shows, and say "
                "yes; if the host's key has changed, ask why before you remove the old one"
            )
        case asyncssh.PermissionDenied():
            return f"see that `ssh {login}` lets you in without a password: check `user` and `key`"
        case asyncssh.KeyImportError():
            return "a key with a passphrase has to be in the agent: `ssh-add FILE`"
        case asyncssh.ChannelOpenError():
            return (
                "the login works, but from there nobody listens at the host and port of the URL, "
                "or the machine forwards nothing (`AllowTcpForwarding`)"
            )
        case FileNotFoundError():
            return "correct `key` or `known_hosts`"
    return "check `host` and `port`, and that the machine is up"


def _near_url(url: str, host: str, port: int) -> str:
    """A URL -> the same by way of the tunnel's end here.

    The host stays, so that certificates are checked against its name.
    """
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    options = dict(parse_qsl(parts.query, keep_blank_values=True)) | {
        "hostaddr": HERE,
        "port": str(port),
    }
    options["host"] = "localhost" if host.startswith("/") else host
    netloc = f"{user}@" if user else ""
    query = urlencode(options, quote_via=quote)
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))
