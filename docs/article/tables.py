"""Make the tables of the article from the scores of its study, which lie beside this file.

python docs/article/tables.py
"""

import csv
from pathlib import Path

from snakescribe.docs.generated import with_generated

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "article.md"


def rows(experiment: str, table: str) -> list[dict[str, str]]:
    with (HERE / experiment / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def percent(value: str) -> str:
    return f"{100 * float(value):.1f}"


def points(row: dict[str, str]) -> str:
    low, high = (f"{100 * float(row[f'delta_{end}']):+.1f}" for end in ("low", "high"))
    return f"{100 * float(row['delta']):+.1f} ({low} to {high})"


def p_value(row: dict[str, str]) -> str:
    value = float(row["p_adjusted"])
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


VERDICTS = {
    "real": "**real**",
    "here": "here",
    "no_larger": "no difference larger than the margin",
    "same": "the same",
    "cannot_tell": "cannot tell",
}


def conditions(experiment: str) -> str:
    """Every condition with its rate, and its difference from the baseline."""
    compared = {
        row["condition"]: row
        for row in rows(experiment, "comparisons")
        if row["family"] == "baseline"
    }
    lines = [
        "| condition | WER, % | interval | difference, points | adjusted p | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows(experiment, "conditions"):
        name = row["condition"]
        interval = f"{percent(row['wer_low'])} to {percent(row['wer_high'])}"
        if name in compared:
            other = compared[name]
            rest = [points(other), p_value(other), VERDICTS[other["conclusion"]]]
        else:
            rest = ["", "", "baseline"]
        lines.append(" | ".join([f"| `{name}`", percent(row["wer"]), interval, *rest]) + " |")
    return "\n".join(lines) + "\n"


def effects(experiment: str) -> str:
    """What each factor does, all else equal, and what two of them do together."""
    lines = [
        "| effect | pairs | difference, points | adjusted p | real |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows(experiment, "factors"):
        if row.get("figure", "wer") != "wer":
            continue
        what = f"{row['factor']}: `{row['level']}` instead of `{row['other_level']}`"
        if row["effect"] != "main":
            levels = f"`{row['by_level']}` rather than `{row['by_other_level']}`"
            what += f", with {row['by_factor']} {levels}"
        real = "**yes**" if row["real"].lower() == "true" else "no"
        lines.append(f"| {what} | {row['matched']} | {points(row)} | {p_value(row)} | {real} |")
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """The article with its tables made anew."""
    text = with_generated(text, "prompts", conditions("prompts"))
    text = with_generated(text, "cuts", conditions("cuts"))
    text = with_generated(text, "four_factors", conditions("four_factors"))
    return with_generated(text, "effects", effects("four_factors"))


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
