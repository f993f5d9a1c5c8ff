"""Chunks -> transcripts under every condition of a pass."""
