"""Servers that are further away: behind SSH, and on TCP with TLS. All of it on this machine."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import asyncssh
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")  # of Postgres's protocol


@contextmanager
def running_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    asyncio.run_coroutine_threadsafe(_end_tasks(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _end_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Forwarding(asyncssh.SSHServer):
    """Takes logins by key, and forwards to wherever it is asked to."""

    def __init__(self, gateway: "Gateway") -> None:
        self.gateway = gateway

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.gateway.connections.append(conn)

    def connection_requested(self, *_: Any) -> bool:
        return self.gateway.forwards

    def unix_connection_requested(self, _: str) -> bool:
        return self.gateway.forwards


@dataclass
class Gateway:
    """A running SSH server, and what a client needs to log in."""

    folder: Path
    loop: asyncio.AbstractEventLoop
    port: int = 0
    forwards: bool = True
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, Any]:
        """The section `database.ssh`."""
        return {
            "host": "127.0.0.1", "port": self.port, "user": "ann",
            "key": str(self.folder / "key"), "known_hosts": str(self.folder / "known_hosts"),
        }  # fmt: skip

    def drop(self) -> None:
        """End all connections, as a gateway that is started anew does."""
        for connection in self.connections:
            self.loop.call_soon_threadsafe(connection.abort)


@contextmanager
def ssh_gateway(folder: Path) -> Iterator[Gateway]:
    """An SSH server on this machine; its keys lie in a folder."""
    host_key, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    key.write_private_key(folder / "key")
    key.write_private_key(folder / "locked", "pkcs8-pem", passphrase="secret")
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(folder / "other")
    (folder / "authorized").write_bytes(key.export_public_key())
    with running_loop() as loop:
        gateway = Gateway(folder, loop)

        async def listen() -> asyncssh.SSHAcceptor:
            return await asyncssh.listen(
                "127.0.0.1", 0, server_host_keys=[host_key],
                authorized_client_keys=str(folder / "authorized"),
                server_factory=lambda: _Forwarding(gateway),
            )  # fmt: skip

        acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result()
        gateway.port = acceptor.get_port()
        public = host_key.export_public_key().decode()
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{gateway.port} {public}")
        yield gateway
        loop.call_soon_threadsafe(acceptor.close)
        gateway.drop()


def make_certificate(folder: Path, name: str) -> None:
    """Write `{name}.pem`, a certificate that signs itself, and `{name}.key`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    with suppress(ValueError):
        names.append(x509.IPAddress(ip_address(name)))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(pem))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def tcp_front(place: Path, certificate: Path | None = None) -> Iterator[int]:
    """A server's socket -> a port that leads to it, encrypted if there is a certificate.

    The wheel's PostgreSQL is built without OpenSSL; as `pgbouncer` does, this answers the request
    for TLS in its place.
    """
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(str(place))
        with suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.readexactly(8)
            if first == SSL_REQUEST:
                writer.write(b"S" if context else b"N")
                await writer.drain()
                if context:
                    await writer.start_tls(context)
            else:
                far_writer.write(first)
            await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))

    with running_loop() as loop:

        async def listen() -> asyncio.Server:
            return await asyncio.start_server(serve, "127.0.0.1", 0)

        server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
        yield server.sockets[0].getsockname()[1]
        loop.call_soon_threadsafe(server.close)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
