"""Reproducible speech-recognition experiments: from lists of recordings to a database."""

__version__ = "0.1.0"
