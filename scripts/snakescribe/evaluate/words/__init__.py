"""Texts as arrays of numbers: vocabulary, rows of different lengths, alignment."""
