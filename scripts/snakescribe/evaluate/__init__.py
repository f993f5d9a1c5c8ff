"""Transcripts and references -> scores of chunks, figures with intervals, tests and tables.

Two steps: `score.run` counts errors in every chunk under every condition, `compare.run` sums and
compares them. A room imports only rooms that stand above it here:

- `words`: texts as arrays of whole numbers, and alignment;
- `normalize`: texts as written -> words that can be compared;
- `reference`: the reference of a recording -> the part that belongs to each chunk;
- `statistics`: sums of counts -> intervals, p-values, power;
- `metrics`: what is counted in a chunk, and the figures made of the counts' sums;
- `score`: the tables of earlier stages -> ``chunks.parquet``;
- `compare`: ``chunks.parquet`` -> the CSV files.

docs/evaluate.md says what all of it means.
"""
