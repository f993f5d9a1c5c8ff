"""Notices: what a job that worked knows and a reader of its results should know too.

A step calls `notify`: the notice is logged as a warning and collected, and `collecting` writes what
was collected beside the step's output. A job that fails leaves its notices in its log only, since
Snakemake removes the outputs of a failed job.

To add a kind, add a member to `Kind`; `make docs` puts it into the table of docs/notices.md.
"""

from snakescribe.notices.collect import Job, Notice, collected, collecting, notify, pass_on
from snakescribe.notices.kinds import Kind

__all__ = ["Job", "Kind", "Notice", "collected", "collecting", "notify", "pass_on"]
