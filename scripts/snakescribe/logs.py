"""Logging of a step: one line an event on standard error, which the rules send to their log."""

import logging
import sys


def start_logging(verbose: bool = False) -> None:
    """Send log records to standard error with the time and the level."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%H:%M:%S",
    )
