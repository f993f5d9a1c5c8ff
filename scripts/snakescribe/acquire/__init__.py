"""Acquire the recordings: from lists of IDs to audio, metadata, captions and a status for each."""
