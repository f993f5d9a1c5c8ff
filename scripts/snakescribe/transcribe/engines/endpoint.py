"""One address of OpenAI's `/audio` API: audio in, its JSON out, with patience for busy servers."""

import os
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from snakescribe.errors import UserError

TRIES = 6
BACKOFF_SECONDS = 1.0  # doubled at each try, unless the answer has Retry-After
TIMEOUT_SECONDS = (10, 600)  # to connect, to answer


class Endpoint:
    """A model at an address; several threads may ask at once."""

    def __init__(self, url: str, model: str, connections: int) -> None:
        """Open a session; the key is `$OPENAI_API_KEY`.

        Args:
            url: the address up to `/audio`.
            model: its name there.
            connections: requests that are under way at once, at most.
        """
        self._url = url
        self._host = urlsplit(url).hostname
        self._model = model
        self._session = requests.Session()
        retry = Retry(
            TRIES,
            backoff_factor=BACKOFF_SECONDS,
            status_forcelist=(408, 429, 500, 502, 503, 504),
            allowed_methods=None,
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=connections, max_retries=retry))
        if key := os.environ.get("OPENAI_API_KEY"):
            self._session.headers["Authorization"] = f"Bearer {key}"

    def post(self, task: str, fields: dict[str, Any], audio: bytes) -> Any:
        """Send a WAV file and the form's fields -> the JSON of the answer.

        Args:
            task: `transcriptions` or `translations`.

        Raises:
            UserError: no answer, a refusal, or an answer that is not JSON.
        """
        try:
            response = self._session.post(
                f"{self._url}/audio/{task}",
                data=fields,
                files={"file": ("chunk.wav", audio, "audio/wav")},
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise UserError(
                f"no answer from {self._host} (model '{self._model}') in {TRIES + 1} tries: "
                f"{type(error).__name__}; what was decoded is kept, so run again later"
            ) from None
        if response.status_code in (401, 403):
            raise UserError(
                f"{self._host} refused the key (HTTP {response.status_code}); set OPENAI_API_KEY"
            )
        if not response.ok:
            raise UserError(
                f"{self._host} answered HTTP {response.status_code} for model '{self._model}': "
                f"{response.text[:300]}"
            )
        try:
            return response.json()
        except ValueError as error:
            raise UserError(f"{self._host}: the answer is not JSON: {error}") from error
