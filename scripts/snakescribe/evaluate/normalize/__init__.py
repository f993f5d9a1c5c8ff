"""Texts as written -> words that can be compared.

In come texts with case, punctuation, numbers and spellings as a person or a model wrote them; out
go their normalised words: strings (`base.Normalizer.words`), or for many texts rows of word
numbers (`piecewise.PiecewiseNormalizer`). Normalisers have a name in the config, a version and a
digest of their rules, which stand in every row of the scores.
"""
