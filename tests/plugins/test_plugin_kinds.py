"""Every kind of plug-in: the same names, the same faults, the same message for each."""

import sys
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from plugin_examples import call, install

from snakescribe.acquire.context import EXTRACTORS, PROVIDERS, make_provider
from snakescribe.acquire.params import ResolveParams
from snakescribe.acquire.sources import SOURCES, make_source
from snakescribe.config import context, sources
from snakescribe.config.block import as_json
from snakescribe.config.process import FILTER_OPTIONS
from snakescribe.errors import UserError
from snakescribe.evaluate.plugins import CONVENTIONS, METRICS, NORMALIZERS
from snakescribe.plugins import PluginKind
from snakescribe.process.detectors import DETECTORS
from snakescribe.process.filters import FILTERS
from snakescribe.transcribe.engines import ENGINES
from snakescribe.workflow.check import PLUGIN_KINDS, check_config

pytestmark = pytest.mark.slow

CONFIG: dict[str, Any] = {
    "recordings": [{"source": "folder", "path": "."}],
    "models": {"tiny-en": {"weights": "tiny.en"}},
    "experiments": {"study": {}},
}


@dataclass(frozen=True)
class Place:
    """Where a kind of plug-in stands in a config, a name that is nearly one of ours, and a fit."""

    kind: PluginKind[Any]
    key: str
    near: str
    ours: str
    fit: str

    def config(self, name: str) -> dict[str, Any]:
        """A config that names a plug-in of this kind, and is right but for that."""
        sections: dict[str, Any] = {
            "sources": {"recordings": [{"source": name}]},
            "context": {"context": [{"provider": name}]},
            "extractors": {"context": [{"provider": "event", "extractor": name}]},
            "filters": {"audio": {"own": [name]}},
            "detectors": {"chunking": {"detector": name}},
            "engines": {"models": {"tiny-en": {"weights": "x", "engine": name}}},
            "normalizers": {"scoring": {"normalizers": [name]}},
            "conventions": {"scoring": {"conventions": [name]}},
            "metrics": {"scoring": {"metrics": ["wer", name]}},
        }
        return deepcopy({**CONFIG, **sections[self.kind.group]})


CLASS = "class x:\n    def __init__(self, entry): pass\n"
PLACES = [
    Place(SOURCES, "recordings.0.source", "foldr", "folder", f"{CLASS}    def listings(self): ..."),
    Place(
        PROVIDERS, "context.0.provider", "evnt", "event", f"{CLASS}    def fields(self, a, w): ..."
    ),
    Place(EXTRACTORS, "context.0.extractor", "", "", "def x(about, order): return {}"),
    Place(FILTERS, "audio.own", "weiner", "wiener", "def x(samples, sample_rate): return samples"),
    Place(DETECTORS, "chunking.detector", "silerro", "silero", "def x(samples, sample_rate): ..."),
    Place(
        ENGINES,
        "models.tiny-en.engine",
        "faster-wisper",
        "faster-whisper",
        "from snakescribe.transcribe.engines.external import ExternalEngine\n"
        "class x(ExternalEngine):\n"
        "    OPTIONS = frozenset()\n"
        "    @classmethod\n"
        "    def fetch_weights(cls, weights): ...\n"
        "    def provenance(self): ...\n"
        "    def decode(self, encoded, requests, options): ...\n",
    ),
    Place(
        NORMALIZERS, "scoring.normalizers", "basics", "basic", "def x(text): return text.lower()"
    ),
    Place(
        CONVENTIONS,
        "scoring.conventions",
        "open_asr_leaderbord",
        "open_asr_leaderboard",
        "def x(text): return text.lower()",
    ),
    Place(
        METRICS,
        "scoring.metrics",
        "cerr",
        "cer",
        "from snakescribe.evaluate.metrics import Metric\nx = Metric('x', ('xs',), dict, ())",
    ),
]
EACH_KIND = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.kind.group)


def line_of(place: Place, name: str) -> str:
    """The one line that checking a config with this name gives."""
    with pytest.raises(UserError) as caught:
        check_config(place.config(name), "mine.yaml")
    (line,) = str(caught.value).splitlines()
    return line


def test_the_table_has_every_kind() -> None:
    assert tuple(place.kind for place in PLACES) == PLUGIN_KINDS


@EACH_KIND
@pytest.mark.parametrize(
    ("name", "module", "message"),
    [
        ("no_such_thing", None, " is unknown; "),
        ("no_such_module:x", None, ": there is no module 'no_such_module'; install it, or run "),
        ("plug.deeper:x", "", ": there is no module 'plug.deeper'; install it, or run "),
        ("plug:", "", " lacks a name on one side of the colon; write my_module:my_name"),
        (":x", "", " lacks a name on one side of the colon; write my_module:my_name"),
        ("./plug.py:x", "", " names a file, not a module; write it as for Python's import: "),
        ("plug:x", "y = 1", ": the module 'plug' (plug.py) has no 'x'; known are: y"),
        ("plug:xyz", "xyy = 1", " has no 'xyz'; did you mean 'xyy'?"),
        (
            "plug:x",
            "y = 1\n1 / 0",
            ": the module 'plug' fails when it is imported: ZeroDivisionError: division by zero "
            "(plug.py, line 2); mend it, `python -c 'import plug'` shows all of it",
        ),
        (
            "plug:x",
            "import json\njson.loads('{')",
            "fails when it is imported: JSONDecodeError: Expecting property name enclosed in "
            "double quotes: line 1 column 2 (char 1) (plug.py, line 2); mend it",
        ),
        ("plug:x", "def x(:", "fails when it is imported: SyntaxError: invalid syntax (plug.py, "),
        ("plug:x", "raise SystemExit(3)", "fails when it is imported: SystemExit: 3 (plug.py, "),
        (
            "plug:x",
            "import no_such_package",
            "No module named 'no_such_package' (plug.py, line 1); install 'no_such_package'",
        ),
        ("plug:x", "x = 3", " is 3, not a"),
        ("plug:x", "x = object()", " is an object of the class object, not a"),
    ],
)
def test_each_fault_is_said_alike(
    place: Place, name: str, module: str | None, message: str, folder: Path
) -> None:
    if module is not None:
        (folder / "plug.py").write_text(module, encoding="utf-8")
    line = line_of(place, name)
    assert line.startswith(f"mine.yaml: {place.key}: the {place.kind.noun} '{name}'"), line
    assert message in line


@EACH_KIND
def test_a_name_that_is_nearly_ours(place: Place, folder: Path) -> None:  # noqa: ARG001
    if place.ours:
        assert line_of(place, place.near).endswith(f"did you mean '{place.ours}'?")
    else:
        assert line_of(place, "finder").endswith("none is defined; your own is written module:name")


@EACH_KIND
def test_a_module_in_the_working_folder_is_found(place: Place, folder: Path) -> None:
    (folder / "plug.py").write_text(place.fit, encoding="utf-8")
    check_config(place.config("plug:x"), "mine.yaml")
    assert place.kind.find("plug:x") is sys.modules["plug"].x


@pytest.mark.parametrize(
    ("place", "module", "message"),
    [
        (PLACES[0], "class x: ...", "lacks listings: it must be a class with listings, as"),
        (PLACES[0], "def x(entry): ...", "is the function x, not a class with listings"),
        (PLACES[1], "class x:\n    def field(self): ...", "lacks fields: it must be a class"),
        (PLACES[5], "class x: ...", "lacks OPTIONS, fetch_weights, load_tokenizer, provenance, "),
        (
            PLACES[5],
            "from snakescribe.transcribe.engines import Engine\n"
            "class x(Engine):\n    OPTIONS = frozenset()\n    def decode(self, *_): ...",
            "lacks fetch_weights, load_tokenizer, provenance, encode: it must be a class with",
        ),
        (
            PLACES[5],
            "from snakescribe.transcribe.engines import TextEngine\nclass x(TextEngine): ...",
            "lacks transcribe: an engine with text alone has this one method",
        ),
        (PLACES[8], "class x: ...", "is the class x, not a snakescribe.evaluate.metrics.Metric"),
    ],
)
def test_what_an_object_lacks_is_named(
    place: Place, module: str, message: str, folder: Path
) -> None:
    (folder / "plug.py").write_text(module, encoding="utf-8")
    line = line_of(place, "plug:x")
    assert message in line
    assert line.endswith("docs/plugins.md shows how one is made")


@pytest.mark.parametrize("place", PLACES[:2], ids=["sources", "context"])
def test_a_class_that_cannot_be_made_of_its_entry(place: Place, folder: Path) -> None:
    source = place.fit.replace("pass", "self.path = entry['place']")
    (folder / "plug.py").write_text(source, encoding="utf-8")
    line = line_of(place, "plug:x")
    assert "'plug:x' fails to start with {" in line
    assert "KeyError: 'place' (plug.py, line 2)" in line


@pytest.mark.slow
@pytest.mark.parametrize("kind", PLUGIN_KINDS, ids=lambda kind: kind.group)
def test_ours_are_what_they_must_be(kind: PluginKind[Any]) -> None:
    for name in kind.built_in:
        assert kind.fault(kind.find(name)) == ""


@pytest.mark.slow
def test_to_look_at_names_of_ours_imports_nothing(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from snakescribe.workflow.check import PLUGIN_KINDS\n"
        "for kind in PLUGIN_KINDS:\n"
        "    assert not [line for name in kind.built_in for line in kind.problems(name)]\n"
        "targets = {t.partition(':')[0] for kind in PLUGIN_KINDS for t in kind.built_in.values()}\n"
        "print(sorted(targets & set(sys.modules)), 'numpy' in sys.modules)\n"
    )
    (tmp_path / "look.py").write_text(code, encoding="utf-8")
    done = call(tmp_path, Path(sys.executable).name, "look.py")
    assert done.stdout == "[] False\n", done.stderr


@EACH_KIND
def test_an_entry_point_has_a_name(place: Place, folder: Path) -> None:
    (folder / "plug.py").write_text(place.fit, encoding="utf-8")
    sys.path.append(str(folder))
    install(folder, "acme", f"[snakescribe.{place.kind.group}]\nacme_plug = plug:x\n")
    check_config(place.config("acme_plug"), "mine.yaml")
    assert place.kind.find("acme_plug") is sys.modules["plug"].x
    assert line_of(place, "acme_plugg").endswith("did you mean 'acme_plug'?")


@EACH_KIND
def test_an_entry_point_that_fails_names_its_package(place: Place, folder: Path) -> None:
    sys.path.append(str(folder))
    install(folder, "acme", f"[snakescribe.{place.kind.group}]\nacme_plug = no_such_module:x\n")
    subject = f"mine.yaml: {place.key}: the {place.kind.noun} 'acme_plug' of the package 'acme': "
    assert line_of(place, "acme_plug").startswith(f"{subject}there is no module 'no_such_module'")


@EACH_KIND
def test_a_name_that_two_packages_have_is_refused(place: Place, folder: Path) -> None:
    (folder / "plug.py").write_text(place.fit, encoding="utf-8")
    sys.path.append(str(folder))
    install(folder, "acme", f"[snakescribe.{place.kind.group}]\nplug = plug:x\n")
    install(folder, "bolt", f"[snakescribe.{place.kind.group}]\nplug = other:x\n")
    assert line_of(place, "plug").endswith(
        "'plug' is ambiguous: the packages 'acme' and 'bolt' both have it; uninstall one, or "
        "write other:x or plug:x"
    )
    check_config(place.config("plug:x"), "mine.yaml")


@pytest.mark.parametrize(
    "kind", [k for k in PLUGIN_KINDS if k is not EXTRACTORS], ids=lambda kind: kind.group
)
def test_names_of_ours_cannot_be_taken(kind: PluginKind[Any], folder: Path) -> None:
    sys.path.append(str(folder))
    ours = next(iter(kind.built_in))
    install(folder, "acme", f"[snakescribe.{kind.group}]\n{ours} = plug:x\n")
    (folder / "plug.py").write_text("raise SystemExit('must not be imported')", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        check_config(deepcopy(CONFIG), "mine.yaml")
    assert str(caught.value) == (
        f"mine.yaml: {kind.place}: the {kind.noun} '{ours}' is one of ours, and the package "
        "'acme' has another of that name; uninstall the package, or have its entry point in "
        f"snakescribe.{kind.group} renamed"
    )
    assert kind.find(ours).__module__.startswith("snakescribe.")  # steps take ours


def test_the_config_knows_the_options_of_all_of_ours() -> None:
    assert set(sources.KINDS) == set(SOURCES.built_in)
    assert set(context.KINDS) == {"table", *PROVIDERS.built_in}
    assert FILTER_OPTIONS.keys() == FILTERS.built_in.keys()


def test_what_every_source_may_have_is_checked_in_ones_own(folder: Path) -> None:
    (folder / "plug.py").write_text(PLACES[0].fit, encoding="utf-8")
    entry = {"source": "plug:x", "references": "gone.tsv", "match_filters": {"title": "("}}
    with pytest.raises(UserError) as caught:
        check_config({**CONFIG, "recordings": [entry]}, "mine.yaml")
    first, second = str(caught.value).splitlines()
    assert first.startswith("mine.yaml: recordings.0.references: no such file: gone.tsv")
    assert second.startswith("mine.yaml: recordings.0.match_filters.title")


def test_ones_own_gets_a_map_of_its_keys_as_they_were_written(folder: Path) -> None:
    (folder / "plug.py").write_text(
        "class Own:\n"
        "    def __init__(self, entry): self.entry = entry\n"
        "    def listings(self): ...\n"
        "    def fields(self, about, web): ...\n",
        encoding="utf-8",
    )
    source = {"match_filters": {"seed": 7, "sample": 0.5}, "source": "plug:Own", "deep": [{"a": 1}]}
    provider = {"deep": {"b": [2]}, "provider": "plug:Own"}
    params = ResolveParams.model_validate(
        {
            "recordings": [source],
            "context": [provider],
            "recordings_per_shard": 1,
            "youtube_api_url": "",
        }
    )
    assert as_json(params.recordings) == as_json([source])  # what a rule's params depend on
    assert as_json(params.context) == as_json([provider])
    [entry], [asked] = params.recordings, params.context
    assert isinstance(asked, context.OwnContext)
    assert make_source(entry).entry == source  # type: ignore[attr-defined]
    assert make_provider(asked).entry == provider  # type: ignore[attr-defined]
