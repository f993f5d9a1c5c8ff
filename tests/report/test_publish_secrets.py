"""No secret is in an archive: real-looking ones are set everywhere, and every byte is searched."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import all_texts, publish, write_config
from report_study import SOUNDS, Made

from snakescribe.publish.masks import Masks
from snakescribe.publish.secret_values import find_secrets
from snakescribe.report.compose import compose_page
from snakescribe.report.explorer.scripted import DataFolder
from snakescribe.results import Results
from snakescribe.store import write_json, write_text
from snakescribe.tables import TRANSCRIPTS, read_table, write_table

DATABASE, PROXY = "p@ss/w0rd&<7>", "pr0xy-Secret!"
KEYS = {
    "OPENAI_API_KEY": "sk-proj-4fQ9aZx7Lm2Wk8Tn5Vb1Yc6D",
    "HF_TOKEN": "hf_QwErTyUiOpAsDfGhJkLzXcVbNm",
    "YOUTUBE_API_KEY": "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "SPEECH_SERVICE_TOKEN": 'tok "quoted" \\ and 100%',
    "PGPASSWORD": "pg-P4ss:word",
}
# Secrets that no variable and no config has: known by their form.
UNKNOWN = ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "AKIAIOSFODNN7EXAMPLE",
           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN")  # fmt: skip
COOKIE = "g.a000oQh7-cookie-value"
IN_CONFIG = "c0nfig-only-Passw0rd"


def spellings(secret: str) -> set[str]:
    in_json = json.dumps(secret)[1:-1]
    return {secret, in_json, escape(secret), quote(secret, safe=""), quote_plus(secret)}


def leak(made: Made, told: str) -> None:
    """Leave a text in all that a run writes, as error messages and sources' answers may."""
    folder = made.folder
    for name in ("items.tsv", "sources.tsv", "recordings/s00000.tsv", "audio/raw/s00000.tsv"):
        rows = (folder / name).read_text(encoding="utf-8").splitlines()
        column = next(
            place
            for place, head in enumerate(rows[0].split("\t"))
            if head in ("locator", "listing", "reason", "title")
        )
        cells = rows[1].split("\t")
        cells[column] = '"' + told.replace('"', '""') + '"'
        write_text(folder / name, "\n".join([rows[0], "\t".join(cells), *rows[2:]]) + "\n")
    [path, *_] = sorted((folder / "transcripts").rglob("*.parquet"))
    rows_of_models = list(read_table(TRANSCRIPTS, path))
    for row in rows_of_models:
        row["run"] = {**row["run"], "weights": told, "more": {"command": told}}
    write_table(TRANSCRIPTS, path, rows_of_models)
    write_json(folder / "models" / "tiny-en.json", {"path": told, told: "as a key"})
    write_json(folder / "store" / "items.lock.jsonl", {"locator": told})
    notice = folder / "notices" / "fetch_recordings" / "s00000.tsv"
    head = "stage\tstep\tplace\trecording\tsource\tkind\tcount\ttext\tremedy\n"
    cell = '"' + told.replace('"', '""') + '"'
    row = f"acquire\tfetch_recordings\ts00000\t\t\tmetadata_lost\t1\t{cell}\t\n"
    write_text(notice, head + row)
    saved = base64.b64encode(f"reason\n{told}\n".encode()).decode()
    page = made.page.read_text(encoding="utf-8")
    uri = f'<a href="data:text/csv;charset=utf-8;base64,{saved}">{escape(told)}</a>'
    write_text(made.page, page.replace("</main>", f"{uri}</main>"))
    DataFolder(folder / "report" / "prompt_study" / "data").write("texts/0", {"heard": [told]})
    errors = folder / "scores" / "prompt_study" / "errors.csv"
    write_text(errors, errors.read_text(encoding="utf-8") + f"# {told}\n")


@pytest.mark.slow
def test_every_byte_is_free_of_secrets(
    make_results: Callable[..., Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / "jane.miller"
    study = home / "studies" / "baseball"
    study.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(study)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(
        "SNAKESCRIBE_DATABASE_URL", f"postgresql://jane:{quote(DATABASE, safe='')}@db.example.org/s"
    )
    monkeypatch.setenv("SNAKESCRIBE_PROXY", f"socks5://jane:{PROXY}@proxy.example.org:1080")
    cookies = home / "cookies.txt"
    write_text(cookies, f".example.org\tTRUE\t/\tTRUE\t0\tSID\t{COOKIE}\n")
    monkeypatch.setenv("SNAKESCRIBE_COOKIES", str(cookies))
    made = make_results(recordings=3, chunks=1)
    write_text(made.page, compose_page(Results(made.folder), made.params, SOUNDS))
    secrets = [DATABASE, PROXY, COOKIE, IN_CONFIG, *KEYS.values(), *UNKNOWN]
    paths = [str(home), str(home / "talks"), "/home/someone.else", "/Users/Jane"]
    addresses = [f"https://jane:{IN_CONFIG}@example.org/feed", "https://a.org/x?b=1&token=abc123"]
    told = " ".join([*secrets, *map(quote_plus, secrets), *paths, *addresses])
    leak(made, told)
    database = {"url": f"postgresql://jane:{IN_CONFIG}@db.example.org/s"}
    config = write_config(made, study / "study.yaml", database=database)
    write_text(made.folder / "config.yaml", config.read_text(encoding="utf-8"))

    parts = publish(config, tmp_path / "a.zip")
    texts = all_texts(parts)
    page = texts["results/report/prompt_study.html"]
    for number, saved in enumerate(re.findall(r"base64,([A-Za-z0-9+/=]+)", page)):
        texts[f"saved {number}"] = base64.b64decode(saved).decode("utf-8", "replace")
    explorer = parts["results/report/prompt_study/data/texts/0.js"]
    packed = gzip.decompress(base64.b64decode(explorer.split(b'"')[3]))
    texts["explorer"] = json.loads(packed)["heard"][0]
    assert explorer.startswith(b'snakescribe("texts/0","') and "***" in texts["explorer"]
    assert "***" in texts["saved 0"] or any("***" in text for text in texts.values())
    for name, text in texts.items():
        for secret in secrets:
            for form in spellings(secret):
                assert form not in text, (name, secret)
                assert form.encode() not in parts.get(name, b""), (name, secret)
        for hidden in ("jane.miller", "someone.else", "/Users/Jane", "abc123", "db.example.org"):
            assert hidden not in text, (name, hidden)
    masked = ("items.tsv", "sources.tsv", "recordings/s00000.tsv", "models/tiny-en.json",
              "store/items.lock.jsonl", "notices/fetch_recordings/s00000.tsv",
              "report/prompt_study.html", "scores/prompt_study/errors.csv")  # fmt: skip
    for name in masked:
        assert "***" in texts[f"results/{name}"], name
    assert any("***" in texts[name] for name in texts if name.startswith("results/transcripts/"))


TELLING = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=8).map(
    lambda text: text.strip() + "7!"
)


@given(TELLING.filter(lambda text: len(text) >= 8), st.text(max_size=20))
def test_a_secret_is_masked_in_every_spelling(secret: str, around: str) -> None:
    masks = Masks(find_secrets({"SERVICE_KEY": secret}, []), {})
    for form in spellings(secret):
        masked = masks.text(f"{around} {form} {around}", "a.txt")
        assert secret not in masked or secret in around or secret in "***"
        assert masks.counts["a.txt"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("POSTGRES_PASSWORD", "snakescribe"), ("KEYMAP", "us"), ("SECRET_LEVEL", "high"),
     ("GIT_AUTHOR_NAME", "Jane Miller-7"), ("EDITOR", "/usr/bin/vi-8.2")],
)  # fmt: skip
def test_words_are_no_secrets(name: str, value: str) -> None:
    assert find_secrets({name: value}, []) == set()


ROOTS_HOME = "/root"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://u:pw@host/db", "postgresql://u:***@host/db"),
        ("http://localhost:8000/@channel", "http://localhost:8000/@channel"),
        ("https://a.org/?key=abc&v=1", "https://a.org/?key=***&v=1"),
        ("a.org/?v=1&amp;token=abc", "a.org/?v=1&amp;token=***"),
        ("see /home/jane/talks/a.wav", "see ~/talks/a.wav"),
        (f"file://{ROOTS_HOME}/talks/a.wav", "file://~/talks/a.wav"),
        ("in /data/study/results/a.tsv", "in results/a.tsv"),
        ("in /data/study2/a", "in /data/study2/a"),
        ("in /data/study/a", "in ./a"),
        ("a home/made thing, the root/cause", "a home/made thing, the root/cause"),
        ("Authorization: Bearer abcdefgh1234", "Authorization: ***"),
    ],
)
def test_addresses_and_paths(text: str, masked: str) -> None:
    masks = Masks((), {"/data/study": ".", "/data/study/results": "results"})
    assert masks.text(text, "a") == masked
    assert masks.text(masked, "a") == masked
    assert masks.changes(text) == (text != masked)
