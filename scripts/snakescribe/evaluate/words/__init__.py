"""Texts -> arrays of whole numbers, and what is done with those: alignment, and the way back.

In come texts (one a chunk and condition) or their words; out go rows of word numbers
(`ragged.Ragged`, by `vocabulary.Vocabulary`), their alignments (`align.Alignments`) and values of
raw words carried over to normalised words (`project.Sources`). Nothing here knows of files,
conditions or metrics.

The fast path
=============

A study of a million words under fifty conditions has fifty million words to normalise, align and
count. Text by text, with the packages that normalise and align, this takes half an hour; here it
takes a minute (docs/evaluate.md, What it costs), since nothing loops over words. Four things do
it, shown with two chunks:

>>> import numpy as np
>>> from snakescribe.evaluate.normalize.piecewise import Texts
>>> from snakescribe.evaluate.normalize.registry import find_normalizer
>>> from snakescribe.evaluate.words.align import align_rows
>>> from snakescribe.evaluate.words.project import Sources
>>> from snakescribe.evaluate.words.vocabulary import Vocabulary

**1. Vocabulary: a word is a number.** Texts are cut at spaces; equal words have equal numbers, so
that to compare words is to compare numbers. One vocabulary numbers the words as they were written
(`raw`), another the normalised ones (`known`):

>>> raw, known = Vocabulary(), Vocabulary()
>>> references = Texts.cut(["The twenty five cats sat.", "Twenty five cats!"], raw)
>>> raw.words
['The', 'twenty', 'five', 'cats', 'sat.', 'Twenty', 'cats!']

**2. Ragged rows: all texts in one array.** The values of all rows lie behind each other, beside
them the length of each row. A loop over texts becomes one call of numpy over all their words:

>>> references.parts.values
array([0, 1, 2, 3, 4, 5, 2, 6], dtype=int32)
>>> references.parts.lengths
array([5, 3])

**3. Pieces: nothing is normalised twice.** Most words come out the same wherever they stand
(`cats!` is `cats`), so that each is normalised once for the whole shard. Words that rules may join
with their neighbours (`twenty`, `five`) form runs; each different run, such as `twenty five`, is
normalised once as well. `normalize/piecewise.py` does this, and a test holds its result against
that of the whole text:

>>> normalise = find_normalizer("whisper_english").for_many("en", raw, known)
>>> said = normalise(references)
>>> said.values
array([0, 3, 1, 2, 3, 1], dtype=int32)
>>> known.words
['the', 'cats', 'sat', '25']

**4. Alignment of rows.** RapidFuzz aligns two rows as strings with one character a number; what is
then counted is counted over the operations of all rows at once:

>>> hypotheses = Texts.cut(["the twenty five cat sat", "25 cats ran"], raw)
>>> heard = normalise(hypotheses)
>>> operations = align_rows(said, heard).operations()
>>> [row.tobytes().decode() for row in operations]
['==S=', '==I']
>>> operations.sums(operations.values != ord("="), int)  # errors of each chunk
array([1, 1])

Models give a probability and a time to each word as they write it, metrics ask for those of
normalised words. `project.Sources` finds which raw words each normalised word was made of; the
value of `25` is the mean of those of `twenty` and `five`:

>>> alone = normalise(Texts.cut(raw.words, raw))  # what each raw word becomes without neighbours
>>> probabilities = np.array([0.9, 0.8, 0.6, 0.5, 1.0, 0.7, 0.9, 0.2])
>>> Sources(hypotheses.parts, alone, heard).spread(probabilities).values
array([0.9, 0.7, 0.5, 1. , 0.7, 0.9, 0.2])
"""
