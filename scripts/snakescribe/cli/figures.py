"""``conditions.csv`` and ``comparisons.csv`` -> a small table for people."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from snakescribe.errors import UserError
from snakescribe.evaluate.audited import Audit, read_audit
from snakescribe.evaluate.compare.answer import find_answer
from snakescribe.evaluate.compare.copied import find_copied
from snakescribe.evaluate.compare.factor_lines import LEADING_FIGURES, tell_factors
from snakescribe.evaluate.compare.heard import tell_heard
from snakescribe.evaluate.compare.sample import count_sample
from snakescribe.notices.groups import group_notices, printable
from snakescribe.notices.kinds import Kind
from snakescribe.results import Results
from snakescribe.tables import Row, Table, read_table
from snakescribe.tables.scores import (
    COMBINATIONS,
    COMPARISONS,
    CONDITIONS,
    FACTORS,
    REPEATS,
    SCORES,
)

# As on the page: of more conditions than this the best, the baseline and the worst.
MOST_SHOWN = 14
BEST_SHOWN = 8
WORST_SHOWN = 3


def print_summary(results: Path, experiment: str, console: Console) -> None:
    """A results folder and an experiment's name -> its conditions and verdicts on the console.

    Raises:
        UserError: the experiment has not been evaluated.
    """
    folder = results / "scores" / experiment
    conditions = read_scores(CONDITIONS, folder)
    comparisons = read_scores(COMPARISONS, folder)
    verdicts = {
        row["condition"]: row["verdict"] for row in comparisons if row["family"] == "baseline"
    }
    scored = any(row["wer"] is not None for row in conditions)
    silent = not scored and any(row["insertions"] is not None for row in conditions)
    table = RichTable(
        title=experiment, title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    table.add_column("condition")
    in_characters = all(
        row["word_unit"] == "character" for row in conditions if row["wer"] is not None
    )
    rates = ("CER", "interval") if in_characters else ("WER", "interval", "CER")
    columns = (*rates, "RTFx") if scored else ("RTFx", "flagged", "confidence", "interval")
    for name in ("words a minute", "interval", "RTFx", "flagged") if silent else columns:
        table.add_column(name, justify="right")
    if scored or silent:
        table.add_column("against the baseline", overflow="fold", ratio=1)
    shown = _pick(conditions)
    for row in shown:
        speed = "-" if row["rtfx"] is None else f"{row['rtfx']:.1f}"
        verdict = "baseline" if row["is_baseline"] else verdicts.get(row["condition"], "")
        flagged = f"{row['flagged_chunks']} of {row['chunks']}"
        if scored:
            cells = [
                _percent(row["wer"]),
                f"{_percent(row['wer_low'])} to {_percent(row['wer_high'])}",
                *([] if in_characters else [_percent(row["cer"])]),
                speed,
                verdict,
            ]
        elif silent:
            value, low, high = (
                row[f"silent_words_per_minute{end}"] for end in ("", "_low", "_high")
            )
            interval = f"{_number(low)} to {_number(high)}"
            cells = [_number(value), interval, speed, flagged, verdict]
        else:
            limits = (row.get(f"mean_confidence_{end}") for end in ("low", "high"))
            sure = _percent(row["mean_confidence"])
            cells = [speed, flagged, sure, " to ".join(map(_percent, limits))]
        table.add_row(*(Text(cell) for cell in (row["condition"], *cells)))
    for line in _answer_lines(conditions, comparisons, folder):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(table)
    if len(shown) < len(conditions):
        told = f"The best and the worst of {len(conditions)} conditions; conditions.csv has all."
        console.print(told, markup=False, highlight=False)
    if any(row["word_unit"] == "mixed" for row in conditions):
        console.print("WER: in languages without spaces each character counts as a word.")
    if (audit := _read_audit(folder)) and audit.of:
        told = f"Scores are {audit} (counted a second time, with jiwer)."
        console.print(told, markup=False, highlight=False)
    for line in _language_lines(results, experiment):
        console.print(line, markup=False, highlight=False)
    combinations = read_scores(COMBINATIONS, folder)
    if combinations:
        told = (
            "Put together (rover: voted word by word; oracle: of each chunk the text with the "
            "fewest errors, a limit that no system reaches without the reference):"
        )
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    for row in combinations:
        line = (
            f"{row['combination']} of {row['conditions']}: {_percent(row['wer'])}; the best single "
            f"one, {row['other']}, has {_percent(row['other_wer'])}: {row['verdict']}"
        )
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    for copied in find_copied(conditions, folder / SCORES.file_name):
        console.print(str(copied), markup=False, highlight=False, soft_wrap=True)
    for line in _repeat_lines(folder):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if silent:
        console.print("The references say that nothing was said: each word written is made up.")
    elif not scored:
        for line in _outcome_lines(folder):
            console.print(line, markup=False, highlight=False)
        console.print("No references that count: nothing to compare the transcripts with.")


def _pick(conditions: list[Row]) -> list[Row]:
    """The rows to show: all, or of many with a rate the best, the baseline and the worst."""
    if len(conditions) <= MOST_SHOWN or any(row["wer"] is None for row in conditions):
        return conditions
    ranked = sorted(conditions, key=lambda row: (row["wer"], not row["is_baseline"]))
    kept = [*ranked[:BEST_SHOWN], *ranked[-WORST_SHOWN:]]
    return [row for row in ranked if row in kept or row["is_baseline"]]


def _answer_lines(conditions: list[Row], comparisons: list[Row], folder: Path) -> Iterator[str]:
    """The answer's headline and what it rests on, and a line for each factor, as on the page."""
    sample = count_sample(folder / SCORES.file_name, conditions[0]["normalizer"])
    answer = find_answer(conditions, comparisons, sample)
    if answer is None and all(row["insertions"] is None for row in conditions):
        answer = tell_heard(conditions, comparisons)
    if answer is None:
        return
    told = ["".join(sentence) for sentence in (answer.headline, *answer.lines)]
    yield from told
    lines = tell_factors(read_scores(FACTORS, folder)) if answer.kind != "heard" else []
    for line in lines:
        # Of a single factor with two levels it would be the same once more.
        if not line.others and told[-1].endswith(f": {line.first.row['verdict']}."):
            continue
        yield f"{line.factor}: {''.join(line.first.sentence)} {line.summary}".rstrip()
    yield ""


def _read_audit(folder: Path) -> Audit | None:
    path = folder / SCORES.file_name
    return read_audit(path) if path.exists() else None


def _language_lines(results: Path, experiment: str) -> list[str]:
    """Where a normaliser does not suit a language: figures are then others than they seem."""
    rows = Results(results).notices([("score_transcripts", experiment)])
    groups = group_notices(row for row in rows if row["kind"] == Kind.NORMALIZER_LANGUAGE)
    return [f"{printable(group.line)}; {group.remedy}." for group in groups]


def _repeat_lines(folder: Path) -> Iterator[str]:
    """More repeats or more recordings? A line for each condition, and for each difference."""
    rows = read_scores(REPEATS, folder)
    leading = {row["figure"] for row in rows} & set(LEADING_FIGURES)
    for row in rows:
        if not leading or row["figure"] in leading:
            against = f" against {row['other']}" if row["other"] else ""
            figure = "" if leading else f", {row['figure'].replace('_', ' ')}"
            yield f"repeats of {row['condition']}{against}{figure}: {row['advice']}"


def _outcome_lines(folder: Path) -> Iterator[str]:
    """What each factor did to confidence, speed and flags, as far as anything differs."""
    for row in read_scores(FACTORS, folder):
        if row["effect"] == "main" and row["delta"]:
            figure = row["figure"].replace("_", " ")
            levels = f"{row['factor']} {row['level']} for {row['other_level']}"
            yield f"{figure}, {levels}: {row['verdict']}"


def read_scores(table: Table, folder: Path) -> list[Row]:
    """A table of scores and an experiment's folder -> its rows.

    Raises:
        UserError: the experiment has not been evaluated.
    """
    path = folder / table.file_name
    if not path.exists():
        raise UserError(
            f"{path}: no such file; experiment '{folder.name}' has not been evaluated, or has "
            "another name"
        )
    return list(read_table(table, path))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"
