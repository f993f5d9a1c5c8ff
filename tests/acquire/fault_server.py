"""A small web server on the loopback that serves what a test gives it, with faults to order."""

import http.server
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

TYPES = {
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".webm": "video/webm",
    ".html": "text/html; charset=utf-8",
    ".xml": "application/rss+xml",
    ".json": "application/json",
    ".json3": "application/json",
    ".vtt": "text/vtt",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
}


@dataclass
class Fault:
    """What goes wrong with a path, from its `after`-th request (0 is the first), `times` times.

    `status` answers with an error, `cut` sends so many bytes of the body (`reset` with a TCP
    reset), `stall` as many before a pause of `seconds`; `trunc` serves a shorter file as if it
    were whole; `late` waits `seconds` before it answers at all; `hide_length` and `no_range` leave
    out what makes a cut or a resume work.
    """

    status: int = 0
    times: int = 10**9
    after: int = 0
    retry_after: str = ""
    cut: int = -1
    reset: bool = False
    stall: int = -1
    seconds: float = 5
    trunc: int = -1
    late: bool = False
    hide_length: bool = False
    no_range: bool = False
    bytes_per_second: int = 0


@dataclass
class Page:
    body: bytes
    type: str
    fault: Fault = field(default_factory=Fault)
    hits: int = 0


class FaultServer(http.server.ThreadingHTTPServer):
    """Use as a context manager; `log` has (path, Range header, query) of every request.

    It is a proxy as well: of a URL it answers for the path, whatever its host. `secrets` are the
    headers that clients are known by, `redirects` go from path to path.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.pages: dict[str, Page] = {}
        self.log: list[tuple[str, str | None, str]] = []
        self.answers: dict[str, Any] = {}
        self.redirects: dict[str, str] = {}
        self.secrets: set[str] = set()

    def serve(
        self, path: str, body: bytes | str, fault: Fault | None = None, type: str = ""
    ) -> str:
        """Serve a body under a path; returns its URL. ``{BASE}`` in text is the server's own."""
        if isinstance(body, str):
            body = body.replace("{BASE}", self.base).encode()
        kind = type or TYPES.get(PurePath(path).suffix, "application/octet-stream")
        self.pages[path] = Page(body, kind, fault or Fault())
        return self.base + path

    def count(self, path: str) -> int:
        return sum(1 for asked, _, _ in self.log if asked == path)

    def ranges(self, path: str) -> list[str | None]:
        return [given for asked, given, _ in self.log if asked == path]

    def handle_error(self, *_: object) -> None:
        """A client that went away is part of the test."""

    def __enter__(self) -> "FaultServer":
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultServer

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = self.headers.get("Range")
        self.server.log.append((url.path, asked, url.query))
        known_by = (self.headers.get(name) for name in ("Cookie", "Proxy-Authorization"))
        self.server.secrets.update(filter(None, known_by))
        if place := self.server.redirects.get(url.path):
            return self._answer(301, "text/html", b"", {"Location": place})
        for prefix, answer in self.server.answers.items():
            if url.path.startswith(prefix):
                status, kind, body = answer(url.path, url.query)
                return self._answer(status, kind, body)
        page = self.server.pages.get(url.path)
        if page is None:
            return self._answer(404, "text/html", b"<html>no such page</html>")
        number, page.hits = page.hits, page.hits + 1
        fault = page.fault
        if not fault.after <= number < fault.after + fault.times:
            fault = Fault(no_range=fault.no_range)
        if fault.late:
            time.sleep(fault.seconds)
        if fault.status:
            wait = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            return self._answer(fault.status, "text/html", b"<html>an error</html>", wait)
        return self._send(page, fault, asked)

    def _answer(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send(self, page: Page, fault: Fault, asked: str | None) -> None:
        body = page.body[: fault.trunc] if fault.trunc >= 0 else page.body
        start, end, status = 0, len(body), 200
        match = re.match(r"bytes=(\d+)-(\d*)", asked or "")
        if match and not fault.no_range:
            start, status = int(match[1]), 206
            end = int(match[2]) + 1 if match[2] else end
            if start >= len(body):
                return self._answer(
                    416, "text/html", b"", {"Content-Range": f"bytes */{len(body)}"}
                )
        data = body[start:end]
        self.send_response(status)
        self.send_header("Content-Type", page.type)
        if fault.hide_length:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(data)))
        if not fault.no_range:
            self.send_header("Accept-Ranges", "bytes")
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{start + len(data) - 1}/{len(body)}")
        self.end_headers()
        if fault.cut >= 0:
            self._cut(data[: fault.cut], fault.reset)
        elif fault.stall >= 0:
            self.wfile.write(data[: fault.stall])
            self.wfile.flush()
            time.sleep(fault.seconds)
            self.wfile.write(data[fault.stall :])
        elif fault.bytes_per_second:
            step = max(1, fault.bytes_per_second // 20)
            for at in range(0, len(data), step):
                self.wfile.write(data[at : at + step])
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.wfile.write(data)
        return None

    def _cut(self, data: bytes, reset: bool) -> None:
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True
        if reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)
