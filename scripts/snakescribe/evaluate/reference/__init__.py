"""The reference transcript of a recording -> the part of it that belongs to each chunk.

In come a row of the items table with what acquiring it gave, the chunk plan (s, recording's clock)
and what was heard; out go the best reference that can be read (`choose.find_reference`), a range
of its words for each chunk (`segment.cut_reference`, `viterbi.place_cuts`), and whether it says
anything about the chunk's time (`coverage.scored_chunks`).
"""
