"""Conditions as runs of MLflow, in a folder, without a network."""

import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pandas as pd
import pytest
from publishing import call, write_config
from report_study import Made

from snakescribe.errors import UserError

pytestmark = pytest.mark.slow

NAME = "prompt_study"
KEY = "sk-proj-4fQ9aZx7Lm2Wk8Tn5Vb1Yc6D"


@pytest.fixture(scope="module")
def made(make_results: Callable[..., Made]) -> Made:
    return make_results(recordings=4, chunks=1)


def refuse(*_: object) -> NoReturn:
    raise AssertionError("it asks the network")


def test_each_condition_is_a_run_with_its_figures(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient  # one second and a half that the unit layer has not

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.chdir(tmp_path)
    models = {"tiny-en": {"weights": f"cat --key {KEY} {{audio}}", "engine": "command"}}
    config = write_config(made, tmp_path / "study.yaml", models=models)
    ran = call("publish", config, "--mlflow", "runs")
    assert ran.output.splitlines()[-1] == f"runs: {NAME}, 6 runs logged, 0 were there"
    assert {path.name for path in tmp_path.iterdir()} == {"runs", "study.yaml"}
    client = MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'runs' / 'mlflow.db'}")
    number = client.get_experiment_by_name(NAME).experiment_id
    runs = {run.info.run_name: run for run in client.search_runs([number])}
    table = pd.read_csv(made.folder / "scores" / NAME / "metrics.csv")
    normalizers = list(dict.fromkeys(table["normalizer"]))
    assert len(normalizers) > 1
    for row in table.dropna(subset=["value"]).itertuples():
        before = "" if row.normalizer == normalizers[0] else f"{row.normalizer}/"
        assert runs[row.condition].data.metrics[f"{before}{row.figure}"] == row.value
    run = runs["denoised.names"]
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "model": "tiny-en", "audio": "denoised", "prompt": "names", "decoding": "greedy",
        "engine": "command", "weights": "cat --key *** {audio}",
    }  # fmt: skip
    baselines = [name for name in runs if runs[name].data.tags["snakescribe.baseline"] == "true"]
    assert baselines == [made.params.experiment.baseline]
    assert KEY.encode() not in (tmp_path / "runs" / "mlflow.db").read_bytes()

    again = call("publish", config, "--mlflow", "runs")
    assert again.output.splitlines()[-1] == f"runs: {NAME}, 0 runs logged, 6 were there"
    assert len(client.search_runs([number])) == 6


def test_without_the_package_it_says_how_to_get_it(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    config = write_config(made, tmp_path / "study.yaml")
    with pytest.raises(UserError, match=r"pip install 'snakescribe\[mlflow\]'"):
        call("publish", config, "--mlflow", str(tmp_path / "runs"))


def test_a_server_that_is_none_is_one_line(made: Made, tmp_path: Path) -> None:
    config = write_config(made, tmp_path / "study.yaml")
    with pytest.raises(UserError, match="--mlflow nonsense://there"):
        call("publish", config, "--mlflow", "nonsense://there")


def test_nowhere_to_publish_is_said(made: Made, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--output FILE.zip, or --mlflow FOLDER"):
        call("publish", write_config(made, tmp_path / "study.yaml"))
