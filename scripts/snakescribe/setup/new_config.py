"""What somebody wants to compare -> a commented config file that passes the config check."""

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from snakescribe.acquire.sources.youtube_names import read_name
from snakescribe.config.transcribe import FILES
from snakescribe.errors import UserError
from snakescribe.languages import language_code, suggest_code
from snakescribe.paths import REPOSITORY, readable
from snakescribe.setup.wish import ONLINE, Wish

SCHEMA = REPOSITORY / "workflow" / "schemas" / "config.schema.yaml"
_OURS = {"podcast": "rss", "manifest": "table", "transcripts": "folder"}
_TOLD = {
    "model": "another model",
    "audio": "denoising",
    "prompt": "a prompt",
    "decoding": "beam search",
    "chunking": "another way to cut",
}


@dataclass
class _Sections:
    """The sections of the config that are more than one line, as plain data."""

    models: dict[str, Any] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    decoding: dict[str, Any] = field(default_factory=dict)
    factors: dict[str, list[str]] = field(default_factory=dict)


def config_text(wish: Wish, path: Path) -> str:
    """A wish, and the file that the config is to become -> its text.

    Raises:
        UserError: the parts of the wish do not go together, or a name in it is none.
    """
    wish.check()
    sections = _sections(wish)
    environment = Environment(
        loader=PackageLoader("snakescribe.setup", "."),
        autoescape=False,  # it is YAML, whose marks the filter writes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["yaml"] = in_line
    return environment.get_template("config.yaml.j2").render(
        kind=wish.kind,
        schema=_schema_beside(path),
        commands=_commands(wish, path),
        results=wish.results or f"results/{readable(path.stem)}",
        sources=list(_sources(wish)),
        language=_code(wish.language),
        transcripts=wish.transcripts,
        compare=wish.compare,
        models=sections.models,
        prompts=sections.prompts,
        decoding=sections.decoding,
        factors=sections.factors,
        question=_question(wish, sections.factors),
        baseline={factor: levels[0] for factor, levels in sections.factors.items()},
    )


class _InLineDumper(yaml.SafeDumper):
    """Writes texts with line ends and the like so that they stay in their line."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_InLineDumper.add_representer(str, _represent_text)


def in_line(value: Any) -> str:
    """Any plain data -> YAML that says it in one line, wherever it stands."""
    text: str = yaml.dump(
        value,
        Dumper=_InLineDumper,
        default_flow_style=True,
        allow_unicode=True,
        width=2**31,
        sort_keys=False,
    )
    return text.removesuffix("...\n").strip("\n")


def _sources(wish: Wish) -> Iterator[dict[str, Any]]:
    """The entries of `recordings`: the name of the source and its options."""
    name = _OURS.get(wish.kind, wish.kind)
    if wish.kind == "podcast":
        yield {"source": name, "options": {"feeds": list(wish.places)}}
        return
    if wish.kind == "youtube":
        yield {"source": name, "options": _youtube_lists(wish.places)}
        return
    more = {"references": wish.references} if wish.references else {}
    if name == "folder" and wish.language:
        more["language"] = _code(wish.language)
    for place in wish.places:
        yield {"source": name, "options": {"path": place, **more}}


def _youtube_lists(places: Iterable[str]) -> dict[str, list[str]]:
    """Names and addresses of videos, playlists and channels -> the options that list them."""
    lists: dict[str, list[str]] = {}
    for place in places:
        try:
            kind, _ = read_name(place, "")
        except UserError as error:
            raise UserError(f"--from: {error}") from None
        lists.setdefault(f"{kind}s", []).append(place)
    return lists


def _sections(wish: Wish) -> _Sections:
    """What varies, and the entries that it varies between."""
    made = _Sections()
    code = _code(wish.language)
    chosen = wish.weights or (("tiny.en",) if code == "en" else ("base",))
    for weights in chosen:
        made.models[_entry_name(Path(weights).name, made.models)] = {
            "weights": weights,
            "compute_type": "int8",
        }
    for number, text in enumerate(wish.transcripts, start=1):
        name, _, path = text.partition("=") if re.match(r"[\w-]+=", text) else ("", "", text)
        name = _entry_name(name or f"existing{number if number > 1 else ''}", made.models)
        made.models[name] = {"engine": FILES, "weights": path}
    prompts = wish.prompts or (("{title}",) if wish.kind in ONLINE and not wish.compare else ())
    for text in prompts:
        first = re.fullmatch(r"\{(\w+)\}\.?", text)
        made.prompts[_entry_name(first[1] if first else "prompt", [*made.prompts, "none"])] = text
    language = {"language": code} if code and wish.kind not in ("folder", "transcripts") else {}
    made.decoding["greedy"] = {**language, "beam_size": 1}
    beams = "beams" in wish.compare or not (
        prompts or wish.compare or wish.transcripts or len(chosen) > 1
    )
    if beams:
        made.decoding["beam5"] = {**language, "beam_size": 5}
    levels = {
        "model": list(made.models),
        "audio": ["raw", "denoised"] if "denoising" in wish.compare else [],
        "prompt": ["none", *made.prompts],
        "decoding": list(made.decoding),
        "chunking": ["pauses", "fixed"] if "chunking" in wish.compare else [],
    }
    made.factors = {factor: names for factor, names in levels.items() if len(names) > 1}
    return made


def _question(wish: Wish, factors: Iterable[str]) -> str:
    if wish.transcripts:
        return "Which transcripts have the fewest errors?"
    *others, last = (_TOLD[factor] for factor in factors)
    if others:
        return f"Do {', '.join(others)} and {last} lower the word error rate?"
    return f"Does {last} lower the word error rate?"


def _entry_name(text: str, taken: Iterable[str]) -> str:
    """A text -> a name for an entry of a section: letters, digits and dashes, not one of `taken`.

    Names that differ in capitals alone count as the same.
    """
    whole = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:40] or "entry"
    used = {name.casefold() for name in taken}
    names = [whole, *(f"{whole}-{number}" for number in range(2, len(used) + 3))]
    return next(name for name in names if name.casefold() not in used)


def _code(language: str) -> str:
    """A language as people write it -> its code; "" where none was given.

    Raises:
        UserError: there is no such language.
    """
    if not language:
        return ""
    code = language_code(language)
    if not code:
        raise UserError(f"--language: {language!r} is no language; {suggest_code(language)}")
    return code


def _commands(wish: Wish, path: Path) -> list[str]:
    """What to call, and what each is for."""
    name = _in_comment(path)
    told = {f"snakescribe config check {name}": "is it all right?"}
    if wish.kind in ONLINE:
        told[f"snakescribe run {name} --until describe"] = "what is there; nothing is downloaded"
        told[f"snakescribe run {name} --until acquire"] = "downloads only"
    told[f"snakescribe run {name}"] = "the whole study"
    width = max(map(len, told))
    return [f"{command:{width}}   {what}" for command, what in told.items()]


def _in_comment(path: Path) -> str:
    """A path as a shell takes it, in one line."""
    return shlex.quote(str(path)) if str(path).isprintable() else "CONFIG"


def _schema_beside(path: Path) -> str:
    """A config within the repository -> the way from there to its schema, for editors."""
    folder = path.resolve().parent
    if SCHEMA.exists() and folder.is_relative_to(REPOSITORY):
        return os.path.relpath(SCHEMA, folder)
    return ""
