"""Transcripts that exist already, in files: read, cut at the chunks, and made rows of the table."""
