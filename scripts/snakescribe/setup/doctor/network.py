"""Ports of this machine, and the servers that a config asks."""

import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from snakescribe.setup.doctor.finding import Finding, fine, odd
from snakescribe.setup.doctor.needs import Needs

PATIENCE_SECONDS = 3
POSTGRES_PORT = 5432
_LOOPBACK = "127.0.0.1"
_PORTS = {"http": 80, "https": 443}
_CURE = "is there a network, a firewall, a proxy? See https_proxy and SNAKESCRIBE_PROXY"


def check_addresses(needs: Needs) -> Iterator[Finding]:
    """Whether the servers that a config asks can be reached; behind a proxy, whether that can."""
    asked: dict[tuple[str, int], str] = {}
    for who, address in needs.addresses:
        proxy = _proxy(address, os.environ)
        if place := _place(proxy or address):
            asked.setdefault(place, f"{who}: {'proxy ' if proxy else ''}{place[0]}:{place[1]}")
    if not asked:
        return
    with ThreadPoolExecutor(16) as threads:
        faults = list(threads.map(_fault, asked))
    for text, fault in zip(asked.values(), faults, strict=True):
        if fault:
            yield odd("network", f"{text} cannot be reached: {fault}", _CURE)
        else:
            yield fine("network", f"{text} is reached")


def check_ports(_: Needs) -> Iterator[Finding]:
    """Whether programs may listen here, as tunnels do; the port of compose's Postgres."""
    try:
        with socket.create_server((_LOOPBACK, 0)):
            pass
    except OSError as error:
        text = f"no program can listen on {_LOOPBACK} ({error.strerror}), as a tunnel to a database"
        yield odd("ports", text, "let programs of this user listen there")
        return
    taken = not _fault((_LOOPBACK, POSTGRES_PORT))
    if taken and shutil.which("docker"):
        text = f"port {POSTGRES_PORT}, which docker compose gives to Postgres, is taken here"
        yield odd("ports", text, "set another POSTGRES_PORT in .env, where you use docker compose")
    else:
        who = f"; a server listens on {POSTGRES_PORT}" if taken else f"; {POSTGRES_PORT} is free"
        yield fine("ports", f"programs can listen on {_LOOPBACK}{who}")


def _fault(place: tuple[str, int]) -> str:
    """A host and a port -> why nobody answers there; "" where somebody does."""
    try:
        with socket.create_connection(place, PATIENCE_SECONDS):
            return ""
    except (OSError, UnicodeError) as error:  # a host that is no name
        return getattr(error, "strerror", None) or str(error)


def _place(address: str) -> tuple[str, int] | None:
    """A URL -> its host and port; None where it has none."""
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        port = parts.port or _PORTS.get(parts.scheme, 80)
        return (parts.hostname, port) if parts.hostname else None
    except ValueError:
        return None


def _proxy(address: str, environment: Mapping[str, str]) -> str:
    """The proxy by which an address is asked, as the environment has it; "" is none."""
    try:
        host, scheme = urlsplit(address).hostname or "", urlsplit(address).scheme
    except ValueError:
        return ""
    if own := environment.get("SNAKESCRIBE_PROXY"):
        return own
    return "" if proxy_bypass(host) else getproxies().get(scheme, "")
