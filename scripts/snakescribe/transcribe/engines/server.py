"""Where a model of the engine `http` is asked, and with which key: from its entry in the config.

A key is only ever read from the environment, and only the server that it is meant for is sent it.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from snakescribe.config.transcribe import Weights
from snakescribe.errors import UserError
from snakescribe.paths import is_web_url

OPENAI = "https://api.openai.com/v1"
URL_VARIABLE, KEY_VARIABLE = "OPENAI_BASE_URL", "OPENAI_API_KEY"


class Server(NamedTuple):
    """An address up to `/audio`; the key for it and the variable that holds it, or empty texts."""

    url: str
    key: str
    key_variable: str

    @property
    def host(self) -> str:
        """Host and port, which may be told."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def public_url(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=self.host).geturl()


def find_server(model: Weights) -> Server:
    """A model's entry -> its server.

    Raises:
        UserError: the address is none, or stands in a variable that is not set.
    """
    url, place = model.url, "url"
    if not url:
        name = model.url_variable or URL_VARIABLE
        url, place = os.environ.get(name, "").strip(), f"url_variable: {name}"
    if not url and model.url_variable:
        raise UserError(f"{place} is not set in the environment; export {name}=http://host:port/v1")
    url = (url or OPENAI).rstrip("/")
    if fault := _fault(url):
        raise UserError(f"{place}: {fault}")
    variable = key_variable(model)
    return Server(url, os.environ.get(variable, "").strip() if variable else "", variable)


def key_variable(model: Weights) -> str:
    """The variable that holds a model's key; that of OpenAI only for the address without a name."""
    if model.key_variable or model.url or model.url_variable:
        return model.key_variable
    return KEY_VARIABLE


def check_entry(model: Weights) -> Iterator[str]:
    """A model's entry -> what is wrong with its address, wherever it runs."""
    if model.url and model.url_variable:
        yield "url_variable: the address stands in `url` already; leave one of the two out"
    if model.url:
        if fault := _fault(model.url.rstrip("/")):
            yield f"url: {fault}"
        elif "@" in urlsplit(model.url).netloc:
            yield (
                "url: a password does not belong into a config; export the address and name the "
                "variable under `url_variable`"
            )


def check_variables(model: Weights) -> Iterator[str]:
    """A model's entry -> what is wrong with the variables that it names, on this machine."""
    url = model.url
    try:
        url = url or find_server(model).url
    except UserError as error:
        yield str(error)
    variable = key_variable(model)
    key = os.environ.get(variable, "").strip() if variable else ""
    if not key and (model.key_variable or (not model.url and url == OPENAI)):
        yield (
            f"key_variable: {variable} is not set in the environment, and the server is to get "
            f"its key from there; export {variable}=..."
        )
    elif not key.isprintable() or not key.isascii():
        yield f"key_variable: {variable} holds characters that no key has, such as line breaks"


def _fault(url: str) -> str:
    """What keeps a text from being the address of a server, in words without the text; or empty."""
    if not is_web_url(url):
        return "this is not an http or https address; write it as http://host:port/v1"
    parts = urlsplit(url)
    try:
        parts.port  # noqa: B018 -- raises where it is no number
    except ValueError:
        return "the port of the address is no number up to 65535"
    if parts.query or parts.fragment:
        return "an address ends with its path, such as /v1, without ? or #"
    if parts.path.endswith(("/transcriptions", "/translations", "/audio")):
        return "write the address up to `/audio`, without that"
    return ""
