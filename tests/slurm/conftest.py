"""These tests need a real Slurm: `make test-slurm` sets one up; no other call collects them."""

import os

collect_ignore_glob = [] if "TEST_SLURM_GPUS" in os.environ else ["test_*.py"]
