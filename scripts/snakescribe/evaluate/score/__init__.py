"""Transcripts and references -> the errors of every chunk under every condition.

In come the tables of earlier stages, shard by shard (`shard.Shard`), and the `scoring` section of
the config; out goes ``scores/{experiment}/chunks.parquet``: a row for each condition, chunk and
normaliser, with texts, alignment and counts. `run.score_experiment` is the step.
"""
