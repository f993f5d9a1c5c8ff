"""Transcripts and references -> scores, intervals, tests and tables of errors."""
