"""Sums of counts by recording -> intervals, p-values, and what a study of this size can detect.

In come arrays of counts (conditions, chunks) and figures as functions of sums (`figure.Figure`);
out go figures with intervals and differences with p (`resample.Resampled`, by the bootstrap), the
matched-pairs test (`mapsswe`), p adjusted for many comparisons (`multiplicity`) and power. Nothing
here knows of texts or files. Each module names the papers that its formulas come from.
"""
