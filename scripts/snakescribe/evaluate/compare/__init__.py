"""Scores of chunks -> summaries of conditions, comparisons, and tables to look into."""
