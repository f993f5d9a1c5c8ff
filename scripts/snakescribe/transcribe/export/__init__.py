"""Transcripts as files for other programs: TXT, SRT, VTT, JSON and CTM."""

from snakescribe.transcribe.export.run import STEP_VERSION, export_shard

__all__ = ["STEP_VERSION", "export_shard"]
