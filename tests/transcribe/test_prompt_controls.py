"""Lists of terms as controls: what was said, another recording's terms, other orders, distractors.

What a list must be is said here of lists of any corpus, and seen in previews, jobs and checks.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tone_shard import SHARD, ToneShard, pass_params

from results_folder import ResultsFolder, item_row
from snakescribe.cli import cli
from snakescribe.config.controls import Control, controls_of
from snakescribe.config.evaluate import Terms
from snakescribe.config.experiments import expand_experiments, plan_passes
from snakescribe.config.root import Config
from snakescribe.errors import UserError
from snakescribe.notices import Job, collecting
from snakescribe.paths import REPOSITORY
from snakescribe.tables import NOTICES, Row, read_table
from snakescribe.transcribe.params import ListParams, PassParams, PassPrompt
from snakescribe.transcribe.prompts import PromptTemplate, TermLists, read_term_lists, render_prompt
from snakescribe.transcribe.prompts.render import check_fields
from snakescribe.workflow import params as rule_params

TERMS = Terms(fields=["names"])
LETTERS = "abcdefghij"
corpora = st.dictionaries(
    st.sampled_from([f"talk-{number}" for number in range(6)]),
    st.lists(st.sampled_from([letter * 3 for letter in LETTERS]), unique=True).map(tuple),
)


def lists_of(*items: Row) -> TermLists:
    return read_term_lists(items, items, [], TERMS, ["human"])


def one(names: str, reference: str | None = None, name: str = "talk", **cells: Any) -> Row:
    return item_row(name, context={"names": names}, reference=reference, **cells)


@given(corpora, st.integers(0, 3), st.integers(1, 30))
def test_what_any_list_must_be(own: dict[str, tuple[str, ...]], seed: int, others: int) -> None:
    lists = TermLists(own, {})
    everywhere = {term for terms in own.values() for term in terms}
    for name, terms in own.items():
        made = {
            kind: TermLists(own, {}).make(Control(kind, others), name, seed)
            for kind in ("other", "shuffled", "distractors")
        }
        for kind, listed in made.items():
            assert lists.make(Control(kind, others), name, seed) == listed
            assert sorted(listed.ranked) == sorted(listed.written)
            assert len({*listed.written}) == len(listed.written)
        assert {*made["shuffled"].written} == {*terms}
        assert len(terms) < 2 or made["shuffled"].written != terms
        assert not {*made["other"].written} & {*terms}
        assert len(made["other"].written) == min(len(terms), len(everywhere - {*terms}))
        among = made["distractors"].ranked
        assert among[: len(terms)] == terms  # they find a place first
        strangers = min(others, len(everywhere - {*terms})) if terms else 0
        assert len(among) == len(terms) + strangers
        fewer = lists.make(Control("distractors", max(others - 1, 1)), name, seed).ranked
        assert among[: len(fewer)] == fewer or others == 1


def test_another_seed_draws_other_terms() -> None:
    own = {f"talk-{number}": (f"name {number}", f"place {number}") for number in range(20)}
    for kind in ("other", "distractors"):
        made = {TermLists(own, {}).make(Control(kind, 3), "talk-7", seed) for seed in range(8)}
        assert len(made) > 4


def test_channels_and_the_length_of_the_corpus_file_change_no_draw() -> None:
    own = {f"talk-{number}": (f"name {number}",) for number in range(9)}
    split = {**own, "talk-8#1": ("name 8",), "talk-8#2": ("name 8",)}
    for kind in ("other", "distractors"):
        asked = Control(kind, 4), "talk-3", 0
        assert TermLists(own, {}).make(*asked) == TermLists(split, {}).make(*asked)


@pytest.mark.parametrize(
    ("names", "reference", "said"),
    [
        ("Tobias Okafor, Herons", "OKAFOR of the herons, not tobias okafor-senior.", None),
        ("Okaf, Herons", "Okafor meets a heron.", ()),  # whole words alone
        ("O\u2019Brien, Zo\u00eb", "o'brien and zoe\u0308.", None),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940",
            "\u092f\u0939 \u0939\u093f\u0928\u094d\u0926\u0940 \u0939\u0948",
            None,
        ),
        (
            "\u5317\u4eac, \u4e0a\u6d77",
            "\u6211\u5728\u5317\u4eac\u5de5\u4f5c\u3002",
            ("\u5317\u4eac",),
        ),
        ("Okafor, okafor!", "Okafor.", ("Okafor",)),
        ("...", "...", ()),
        ("Okafor", None, ()),
    ],
)
def test_the_oracle_has_the_terms_that_the_reference_has(
    names: str, reference: str | None, said: tuple[str, ...] | None
) -> None:
    terms = tuple(name.strip() for name in names.split(","))
    made = lists_of(one(names, reference)).make(Control("oracle"), "talk", 0)
    assert made.written == (terms if said is None else said)


def test_the_oracle_knows_terms_that_nobody_listed_for_the_recording(tmp_path: Path) -> None:
    captions = tmp_path / "talk.vtt"
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nWith Okafor and Halvorsen.\n")
    lists = lists_of(
        one("Halvorsen, Kites", reference_file=str(captions)), one("Okafor, Otters", name="next")
    )
    assert lists.make(Control("oracle"), "talk", 0).written == ("Halvorsen", "Okafor")
    assert lists.make(Control("oracle"), "next", 0).written == ()  # it has no reference


def test_distractors_give_way_to_the_own_terms_where_there_is_no_room() -> None:
    own = {"talk": ("ab", "cd"), "next": tuple(letter * 4 for letter in LETTERS)}
    section = PassPrompt(template="With {distractors:8}.", max_tokens=30, terms_sha256="")
    prompt = PromptTemplate.from_section("among", section, TermLists(own, {}))
    made = render_prompt(
        prompt.of({"recording": "talk"}), {}, "", lambda text: [*map(ord, text)],
        lambda tokens: "".join(map(chr, tokens)),
    )  # fmt: skip
    assert {"ab", "cd"} < {*made.kept}
    assert len(made.dropped) == 10 - len(made.kept) > 0
    assert not made.truncated
    assert len(made.text) <= 30


@pytest.mark.parametrize(
    ("template", "controls"),
    [
        ("{{oracle}} {title}", []),
        ("{{{oracle}}}: {other}", [Control("oracle"), Control("other")]),
        ("{distractors:20}", [Control("distractors", 20)]),
        ("{distractors:0} {distractors} {other:3} {oracle!r} {distractors:99999}", []),
        ("{ {oracle}", []),
    ],
)
def test_controls_are_found_in_templates(template: str, controls: list[Control]) -> None:
    assert controls_of(template) == controls


CONFIG = {
    "recordings": [{"source": "table", "path": "talks.tsv"}],
    "models": {"echo": {"engine": "command", "weights": "echo {prompt} {audio}"}},
    "prompts": {"none": ""},
    "decoding": {"greedy": {}},
    "experiments": {"ladder": {"factors": {"prompt": ["none", "asked"]}}},
    "scoring": {"terms": {"fields": ["names"]}},
}
TABLE = (
    "id\tfile\tnames\treference\na\ta.wav\tKites, Otters\tx\nb\tb.wav\tHerons\ty\nc\tc.wav\t\tz\n"
)


def check(template: Any, table: str = TABLE, **sections: Any) -> str:
    config = {**CONFIG, "prompts": {"none": "", "asked": template}, **sections}
    Path("mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    Path("talks.tsv").write_text(table)
    for name in "abc":
        Path(f"{name}.wav").write_bytes(b"RIFF")
    checked = CliRunner().invoke(cli, ["config", "check", "mine.yaml"])
    return f"{checked.output} {checked.exception or ''}".replace("\n", " ")


@pytest.mark.parametrize(
    ("template", "sections", "message"),
    [
        ("{other}", {"scoring": {}}, "'{other}' is made of the terms of recordings, of which none"),
        ("{oracle} {other}", {}, "one list of terms at most"),
        ("{shuffled} {terms}", {}, "one list of terms at most"),
        ("{distractors}", {}, "does not say how many; write {distractors:20}"),
        ("{distractors:many}", {}, "does not say how many"),
        ("{other:3}", {}, "'{other:3}' is not a plain field name"),
        ("{other}", {}, "prompts.asked: '{other}' has no terms for 1 recording: c"),
        ("{distractors:2}", {}, "fewer than 2 terms of other recordings for 1 recording: a"),
        ({"template": "{names}", "seed": 2}, {}, "prompts.asked.seed: changes nothing"),
        ("{distractors:9}", {}, "fewer than 9 terms of other recordings for 2 recordings: a, b"),
    ],
)
def test_a_list_that_cannot_be_made_is_named_before_the_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    template: Any,
    sections: dict[str, Any],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in check(template, **sections)


def test_what_was_said_needs_references_and_a_name_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bare = "id\tfile\tnames\na\ta.wav\tKites\nb\tb.wav\tHerons\n"
    assert "'{oracle}' has the terms that were said, but no source gives" in check("{oracle}", bare)
    assert "no source gives" not in check("{oracle}").replace("note:", "")
    clash = TABLE.replace("names", "oracle")
    assert "recordings also have a field 'oracle'" in check("{oracle}", clash)


def test_a_preview_shows_the_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    prompts = {"oracle": "{oracle}.", "other": "{other}.", "two": "{distractors:1}."}
    factors = {"prompt": list(prompts)}
    config = {**CONFIG, "prompts": prompts, "experiments": {"ladder": {"factors": factors}}}
    check("", **{key: config[key] for key in ("prompts", "experiments")})
    folder = ResultsFolder(Path("results"))
    folder.items = [one("Kites, Otters", "the otters"), one("Herons", "no", "next")]
    folder.write()
    shown = CliRunner().invoke(
        cli, ["prompts", "preview", "mine.yaml"], env={"COLUMNS": "120"}, catch_exceptions=False
    )
    rows = [
        [cell.strip() for cell in line.split("\u2502")[1:-1]] for line in shown.output.splitlines()
    ]
    texts = {(row[0], row[2]): row[4] for row in rows if row}
    assert texts["talk", "oracle"] == "Otters."
    assert texts["talk", "other"] == "Herons."
    assert texts["next", "other"] in ("Kites.", "Otters.")
    told = " ".join(shown.output.split())
    assert "prompts.oracle: '{oracle}' has no terms for 1 recording: next;" in told
    assert "prompts.two" not in told
    assert sorted(texts["talk", "two"].strip(".").split(", ")) == ["Herons", "Kites", "Otters"]


def ladder(field: str) -> PassParams:
    prompts = {
        "oracle": PassPrompt(template="{oracle}.", terms_sha256=""),
        "other": PassPrompt(template="{other}.", terms_sha256=""),
    }
    terms = Terms(fields=[field])
    lists = ListParams(terms=terms, tables_sha256=[], tiers=["human"])
    pairs = [(name, "greedy") for name in prompts]
    return pass_params(prompts=prompts, pairs=pairs, lists=lists)


@pytest.mark.slow
def test_a_job_decodes_anew_what_another_list_changes(tones: ToneShard, tmp_path: Path) -> None:
    job = Job("transcribe", "transcribe_chunks", "x")
    with collecting(job, tmp_path / "notices.tsv"):
        rows = tones.run(ladder("names"))
    prompts = {(row["recording"], row["prompt"]): row["prompt_text"] for row in rows}
    assert prompts == {
        ("low", "other"): "The highs.",
        ("high", "other"): "The lows.",
        ("low", "oracle"): "",  # it has no reference
        ("high", "oracle"): "",
    }
    told = [
        (row["kind"], row["recording"], "nothing in 'oracle'" in row["text"])
        for row in read_table(NOTICES, tmp_path / "notices.tsv")
    ]
    assert told == [("prompt_empty", "high", True), ("prompt_empty", "low", True)]
    before = tones.keys()
    tones.run(ladder("names"))
    assert tones.keys() == before
    tones.run(ladder("recording"))
    assert len(tones.keys()) == len(before) + len(tones.chunks)  # of `other` alone


def test_a_job_is_out_of_date_when_a_list_may_have_changed(tmp_path: Path) -> None:
    reference = tmp_path / "talk.txt"
    reference.write_text("With Okafor.")
    config = Config.model_validate(
        {**CONFIG, "prompts": {"none": "", "asked": "{other}", "idle": "{shuffled}"}}
    )
    experiments = expand_experiments(config)
    [planned] = plan_passes(experiments.values()).values()
    talk = one("Okafor", reference_file=str(reference))
    corpus = [talk, one("Halvorsen", name="next", shard="s00001")]

    params = rule_params.pass_params(config, planned, experiments)

    def state(*items: Row) -> str:
        def rows(shard: str | None = None) -> list[Row]:
            return [item for item in items if shard in (None, item["shard"])]

        return rule_params.state_of_lists(params, rows, SHARD)

    now = state(*corpus)
    assert state(*corpus) == now != ""
    assert state(talk, one("Dziedzic", name="next", shard="s00001")) != now
    assert state({**talk, "reference_file": None, "reference": "Okafor"}, corpus[1]) != now
    reference.write_text("With Okafor and Halvorsen.")
    assert state(*corpus) != now


def test_nothing_is_out_of_date_where_no_prompt_asks_for_a_list() -> None:
    config = Config.model_validate({**CONFIG, "prompts": {"none": "", "asked": "{terms}"}})
    experiments = expand_experiments(config)
    [planned] = plan_passes(experiments.values()).values()
    params = rule_params.pass_params(config, planned, experiments)
    assert "lists" not in params.model_dump_json()
    assert "seed" not in params.model_dump_json()
    assert rule_params.state_of_lists(params, list, SHARD) == ""


def test_a_field_of_the_same_name_is_not_passed_over() -> None:
    section = PassPrompt(template="{distractors:3}", terms_sha256="")
    prompt = PromptTemplate.from_section("asked", section, lists_of(one("Kites")))
    check_fields(prompt, {"names"})
    with pytest.raises(UserError, match=r"prompts\.asked: .* also have a field 'distractors'"):
        check_fields(prompt, {"names", "distractors"})


@pytest.mark.slow
def test_the_example_of_controls_is_planned(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "snakemake", "--dry-run"]
    options = ["--configfile", "config/examples/prompt_controls.yaml"]
    options += ["--cores", "1", "--config", f"results={tmp_path / 'ladder'}"]
    planned = subprocess.run(
        [*call, *options], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120
    )
    assert planned.returncode == 0, planned.stderr
    assert "resolve_items" in planned.stdout + planned.stderr
