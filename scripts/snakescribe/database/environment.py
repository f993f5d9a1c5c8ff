"""Where jobs learn which server to load into: the environment, since a URL may hold a password."""

import os

from snakescribe.config.block import as_json
from snakescribe.config.database import Database, Ssh
from snakescribe.database.address import public_address

VARIABLE = "SNAKESCRIBE_DATABASE_URL"
SSH_VARIABLE = "SNAKESCRIBE_DATABASE_SSH"


def server_environment(configured: Database) -> dict[str, str]:
    """The section `database` -> the variables for jobs; what is set already wins."""
    ssh = as_json(configured.ssh) if configured.ssh.host else ""
    return {
        VARIABLE: os.environ.get(VARIABLE) or configured.url,
        SSH_VARIABLE: os.environ.get(SSH_VARIABLE) or ssh,
    }


def given_ssh(configured: Database | None = None) -> Ssh | None:
    """The environment, else the section `database` -> the machine to go by, if any.

    Raises:
        UserError: the environment's is none.
    """
    if written := os.environ.get(SSH_VARIABLE, "").strip():
        return Ssh.from_json(written, SSH_VARIABLE)
    return configured.ssh if configured and configured.ssh.host else None


def shown_address(url: str, ssh: Ssh | None) -> str:
    """A server -> what of it may be shown: no user, password or options."""
    by = f" by way of {ssh.host}" if ssh else ""
    return public_address(url) + by
