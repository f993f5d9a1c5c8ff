"""A run, cleaned: a plain run has nothing to do, and a changed one does what it takes."""

import json
from typing import Any

import pytest


@pytest.mark.slow
def test_what_was_cleaned_is_made_again_where_it_is_needed(make_study: Any) -> None:
    study = make_study("cleaned")
    assert study.snakemake("evaluate").returncode == 0
    told = json.loads(study.snakescribe("clean", "study.yaml", "--yes", "--json"))
    removed = {kind["kind"]: kind["files"] for kind in told["kinds"]}
    assert removed["audio"] == removed["chunks"] == 4  # two recordings in two variants
    assert removed["speech"] == 2
    assert removed["logs"] > 5
    assert not any(kind["kept"] for kind in told["kinds"])
    dry = study.snakemake("evaluate", "--dry-run")
    assert dry.returncode == 0, dry.output
    assert not dry.jobs, dry.output
    before = study.path("scores/study/conditions.csv").read_text(encoding="utf-8")

    study.config["prompts"]["more"] = "A museum of {names}."
    study.config["experiments"]["study"]["factors"]["prompt"].append("more")
    changed = study.snakemake("evaluate")
    assert changed.returncode == 0, changed.output
    assert "prepare_audio" not in changed.jobs
    assert "cut_chunks" not in changed.jobs
    after = study.path("scores/study/conditions.csv").read_text(encoding="utf-8")
    assert before.splitlines()[1].split(",")[0] in after
    notices = "".join(
        path.read_text(encoding="utf-8") for path in study.path("notices").rglob("*.tsv")
    )
    assert "store_damaged" not in notices
    assert "is gone; it is made again" in "".join(
        path.read_text(encoding="utf-8") for path in study.path("logs").rglob("*.log")
    )

    study.snakescribe("clean", "study.yaml", "--only", "transcripts", "--yes")
    assert not study.snakemake("evaluate", "--dry-run").jobs
    study.snakescribe("clean", "study.yaml", "--only", "scores", "--yes")
    again = study.snakemake("evaluate", "--dry-run")
    assert {"transcribe_chunks", "score_transcripts", "compare_conditions"} <= again.jobs.keys()
