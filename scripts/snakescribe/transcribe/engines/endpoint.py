"""One address of OpenAI's `/audio` API: audio in, its JSON out, with patience for busy servers."""

import json
import logging
import time
from http import HTTPStatus
from typing import Any, NamedTuple

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from snakescribe.errors import UserError
from snakescribe.transcribe.engines.server import Server

TRIES = 7
SLOW_TRIES = 2  # of those that took as long as they may
GARBLED_TRIES = 2
BACKOFF_SECONDS = 1.0  # doubled at each try, unless the answer has Retry-After
MOST_WAIT_SECONDS = 900.0  # that a server may ask for, for one chunk
CONNECT_SECONDS = 10.0
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_LATER = "what was decoded is kept, so run again later"

logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """The server refuses what it was sent; `said` is its message."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"HTTP {status}: {said}" if said else f"HTTP {status}")
        self.status = status
        self.said = said


class GarbledError(Exception):
    """The server answers with something that is not JSON."""


class Sound(NamedTuple):
    """A WAV file, and how many seconds an answer to it may take."""

    wav: bytes
    patience: float


class _Failure(NamedTuple):
    """Why a try failed, in words, and how long (s) the server asks to wait; 0 if it does not."""

    why: str
    wait: float = 0.0
    slow: bool = False


class _Key(AuthBase):
    """Sends a key as the bearer's; a `.netrc` is not asked then."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Endpoint:
    """A model at an address; several threads may ask at once."""

    def __init__(self, server: Server, model: str, connections: int) -> None:
        """Open a session.

        Args:
            server: the address, and the key for it.
            model: its name there.
            connections: requests that are under way at once, at most.
        """
        self._server = server
        self._who = f"{server.host} (model '{model}')"
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
        if server.key:
            self._session.auth = _Key(server.key)

    def post(self, task: str, fields: dict[str, Any], sound: Sound) -> Any:
        """Send a WAV file and the form's fields -> the JSON of the answer.

        Args:
            task: `transcriptions` or `translations`.
            fields: of the form.
            sound: the file.

        Raises:
            RefusedError: the server does not take this file or these fields.
            GarbledError: the answer is not JSON, at the second try neither.
            UserError: no answer, no such address or model, or a refused key.
        """
        for left in reversed(range(GARBLED_TRIES)):
            response = self._ask(task, fields, sound)
            self._check(response)
            try:
                return json.loads(response.content)  # UTF-8, whatever the header says
            except (ValueError, RecursionError):
                if not left:
                    raise GarbledError(f"not JSON: {self._said(response)!r}") from None
                time.sleep(BACKOFF_SECONDS)
        raise AssertionError("a loop of at least one turn")

    def _ask(self, task: str, fields: dict[str, Any], sound: Sound) -> requests.Response:
        """The first answer of a server that is not busy."""
        tries, waited = 0.0, 0.0
        while True:
            outcome = self._try(task, fields, sound)
            if isinstance(outcome, requests.Response):
                return outcome
            if outcome.wait >= BACKOFF_SECONDS:  # who says when to come again may do so often
                pause = outcome.wait
            else:
                pause = BACKOFF_SECONDS * 2**tries
                tries += TRIES / SLOW_TRIES if outcome.slow else 1
            if tries >= TRIES:
                raise UserError(f"no answer from {self._who}: {outcome.why}; {_LATER}")
            if waited + pause > MOST_WAIT_SECONDS:
                raise UserError(
                    f"{self._who} is busy: {outcome.why}, and asks to wait {pause:.0f} s; {_LATER}"
                )
            logger.info("%s: %s; asking again in %.1f s", self._who, outcome.why, pause)
            time.sleep(pause)
            waited += pause

    def _try(self, task: str, fields: dict[str, Any], sound: Sound) -> requests.Response | _Failure:
        try:
            response = self._session.post(
                f"{self._server.url}/audio/{task}",
                data=fields,
                files={"file": ("chunk.wav", sound.wav, "audio/wav")},
                timeout=(CONNECT_SECONDS, sound.patience),
                allow_redirects=False,  # which would turn a POST into a GET
            )
        except requests.ReadTimeout:
            return _Failure(f"nothing for {sound.patience:g} s (`timeout_seconds`)", slow=True)
        except requests.RequestException as error:
            return _Failure(type(error).__name__)
        if response.status_code in _BUSY:
            said = f"HTTP {response.status_code} {self._said(response)}".strip()
            return _Failure(said, _retry_after(response))
        return response

    def _check(self, response: requests.Response) -> None:
        status = response.status_code
        if response.ok and not response.is_redirect:
            return
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            name = self._server.key_variable
            remedy = f"set {name}" if name else "name the variable of its key in `key_variable`"
            raise UserError(f"{self._server.host} refused the key (HTTP {status}); {remedy}")
        if response.is_redirect:
            raise UserError(
                f"{self._server.host} sends to another address (HTTP {status}); give that one"
            )
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
            raise UserError(
                f"{self._who} answered HTTP {status}: {self._said(response)}; check the model's "
                "name in `weights`, and its address"
            )
        raise RefusedError(status, self._said(response))

    def _said(self, response: requests.Response) -> str:
        """What an answer says, on one line and without the key, which some servers repeat."""
        text = " ".join(response.text.split())
        if self._server.key:
            text = text.replace(self._server.key, "(the key)")
        return text[:300]


def _retry_after(response: requests.Response) -> float:
    """How long (s) a server asks to wait, given in seconds or as a date; 0 if it does not."""
    try:
        return max(0.0, Retry().parse_retry_after(response.headers.get("Retry-After", "0")))
    except InvalidHeader:
        return 0.0
