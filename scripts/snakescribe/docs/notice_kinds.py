"""The kinds of notices -> the table of ``docs/notices.md``."""

from snakescribe.notices import Kind


def kinds_text() -> str:
    """All kinds with what they mean and what to do, as Markdown."""
    lines = ["| kind | meaning | what to do | bears on results |", "| --- | --- | --- | --- |"]
    for kind in Kind:
        bears = "yes" if kind.bears_on_results else "no"
        lines.append(f"| `{kind}` | {kind.meaning} | {kind.remedy} | {bears} |")
    return "\n".join(lines) + "\n"
