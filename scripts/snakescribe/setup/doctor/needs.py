"""What a run needs of a machine; without a config, what any run may need.

Nothing heavy is imported here: to say which package is missing, this must work without it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakescribe.config.root import Config


@dataclass(frozen=True)
class Needs:
    """What a run needs.

    Attributes:
        results: where its results go; the working folder where no config says.
        downloads: recordings come from sites.
        scripts: yt-dlp may have to run a site's JavaScript.
        computes: a model computes on this machine, perhaps on a GPU.
        loads: results are loaded into a database.
        addresses: who in the config asks a server, and its address.
        config: the whole config; None is any.
    """

    results: Path = Path()
    downloads: bool = True
    scripts: bool = True
    computes: bool = True
    loads: bool = True
    addresses: tuple[tuple[str, str], ...] = ()
    config: "Config | None" = None
