"""Transcripts and references -> the errors of every chunk under every condition."""
