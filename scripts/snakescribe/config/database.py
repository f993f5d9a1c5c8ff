"""The section `database` of a config."""

import os
from typing import Annotated, ClassVar

from pydantic import Field

from snakescribe.config.block import Block, Entry
from snakescribe.config.values import Text, Whole

LAST_PORT = 65535


def at_home(path: str) -> str:
    """A path -> the same with the home folder in place of `~`, as `ssh` takes paths."""
    return os.path.expanduser(path)  # noqa: PTH111 - `Path` raises where there is no such user


class Ssh(Entry):
    """A machine from which the database's server can be reached, and how to log in there."""

    UNSAID: ClassVar[frozenset[str]] = frozenset({"port", "user", "key", "known_hosts"})

    host: Text = Field(
        default="",
        description=(
            "The machine to log in to, as `ssh` takes it: a name of `~/.ssh/config` too. Empty: "
            "there is no tunnel."
        ),
    )
    port: Annotated[int, Whole(ge=1, le=LAST_PORT)] = Field(
        default=22, description="Its port; what is not written is as `~/.ssh/config` has it."
    )
    user: Text = Field(
        default="",
        description="The user there; empty: as `~/.ssh/config` has it, else your own name.",
    )
    key: Text = Field(
        default="",
        description=(
            "File of the private key; empty: the agent's keys and those in `~/.ssh`. One with a "
            "passphrase has to be in the agent (`ssh-add`)."
        ),
    )
    known_hosts: Text = Field(
        default="",
        description=(
            "File with the keys of hosts; empty: `~/.ssh/known_hosts`. A host that is not in it "
            "is refused."
        ),
    )


class Database(Block):
    """The section `database`: where results are loaded."""

    url: Text = Field(
        default="",
        description=(
            "A Postgres URL, better given in `SNAKESCRIBE_DATABASE_URL`; empty is an embedded "
            "Postgres under `{results}/postgres`."
        ),
    )
    ssh: Ssh = Field(
        default={},
        validate_default=True,
        description=(
            "Reach the server through an SSH tunnel; the URL's host is as this machine sees it."
        ),
    )
