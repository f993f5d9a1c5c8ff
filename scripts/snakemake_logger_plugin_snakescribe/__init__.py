"""Snakemake's logger plug-in `snakescribe`: ``snakemake --logger snakescribe``.

Snakemake finds it by its name. What it prints is made in `snakescribe.workflow.terminal`.
"""

import logging

from snakemake_interface_logger_plugins.base import LogHandlerBase


class LogHandler(LogHandlerBase):
    """Hands Snakemake's records to the terminal, once its own filter has let them through."""

    def __post_init__(self) -> None:
        """Open the terminal."""
        # Snakemake imports all plug-ins whenever it starts, and this one is seldom asked for.
        from snakescribe.workflow.terminal import Terminal

        self._terminal = Terminal(self.common_settings)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of a record; where that fails, Python's logging tells of the failure."""
        try:
            self._terminal.handle(record)
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Take what moves from the terminal."""
        self._terminal.close()
        super().close()

    @property
    def writes_to_stream(self) -> bool:
        """It takes the place of Snakemake's own lines on the terminal."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Snakemake's own log file stays as it is."""
        return False

    @property
    def has_filter(self) -> bool:
        """Snakemake's filter is kept: `--quiet`, `--printshellcmds`."""
        return False

    @property
    def has_formatter(self) -> bool:
        """Its own."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """It needs none."""
        return False
