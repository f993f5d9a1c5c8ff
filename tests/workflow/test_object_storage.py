"""Results in object storage are refused in words, before anything runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from snakescribe.paths import REPOSITORY

pytestmark = pytest.mark.slow

# The least that Snakemake takes for a storage plug-in; no object is ever asked for.
PLUGIN = """
from snakemake_interface_storage_plugins.storage_object import StorageObjectRead, StorageObjectWrite
from snakemake_interface_storage_plugins.storage_provider import (
    StorageProviderBase,
    StorageQueryValidationResult,
)


class StorageObject(StorageObjectRead, StorageObjectWrite):
    pass


class StorageProvider(StorageProviderBase):
    @classmethod
    def example_queries(cls):
        return []

    def rate_limiter_key(self, query, operation):
        return None

    def default_max_requests_per_second(self):
        return 1.0

    def use_rate_limiter(self):
        return False

    @classmethod
    def is_valid_query(cls, query):
        return StorageQueryValidationResult(query=query, valid=True)
"""


def test_a_bucket_for_results_is_refused(tmp_path: Path) -> None:
    plugins = tmp_path / "plugins" / "snakemake_storage_plugin_double"
    plugins.mkdir(parents=True)
    (plugins / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1"),
            *("--workflow-profile", "none", "--configfile", "config/demo.yaml"),
            *("--config", f"results={tmp_path / 'results'}"),
            *("--default-storage-provider", "double"),
            *("--default-storage-prefix", "double://bucket/study"),
        ],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(plugins.parent), *sys.path])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "results in object storage (double://bucket/study) do not work" in said
    assert "docs/clusters.md" in said
    assert "Traceback" not in said
