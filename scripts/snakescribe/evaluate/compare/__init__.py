"""Scores of chunks -> summaries of conditions, comparisons, and tables to look into.

In comes ``chunks.parquet`` (`scores.ScoreTable`); out go eight CSV files: each module makes the
rows of the file that it is named after (`pairs` those of ``comparisons.csv``). `run` is the step.
"""
