"""What a pass's job has to tell of the answers that its table is made of, as notices."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from snakescribe.notices import Kind, notify
from snakescribe.transcribe.journal import DecodedRow
from snakescribe.transcribe.params import PassParams
from snakescribe.transcribe.prompts import PromptRenderer
from snakescribe.transcribe.work import Task

# What one chunk says under these signs of hallucination would be said by the next ones too.
NOT_HANDED_ON = frozenset({"loop", "compression", "low_confidence"})

# What models write for programs: Whisper's and others' tokens, the head of Qwen's, thoughts.
_TOKENS = re.compile(r"<\|[^|<>\s]*\|>|</?(?:asr_text|think|s|unk|pad)>|\[_[A-Z]+_\d*\]")


def may_be_handed_on(decoded: DecodedRow) -> bool:
    """Whether the next chunk's prompt may hold what this one says."""
    return not NOT_HANDED_ON & set(decoded["flags"])


def tell_plain(params: PassParams, rows: Iterable[DecodedRow]) -> None:
    """Give notice of a server whose answers are text alone."""
    plain = sum(row["run"].get("answer_format") == "json" for row in rows)
    if plain:
        text = f"the server of '{params.model.weights}' tells no times and no confidences"
        notify(Kind.ANSWER_PLAIN, text, source=params.model_name, count=plain)


def tell_tokens(params: PassParams, rows: Iterable[DecodedRow]) -> None:
    """Give notice of an engine whose texts hold what no person said."""
    found = [match[0] for row in rows if (match := _TOKENS.search(row["text"]))]
    if found:
        text = f"'{params.model.weights}' writes tokens such as '{min(found)}' into its texts"
        notify(Kind.ANSWER_TOKENS, text, source=params.model_name, count=len(found))


def tell_kept_back(
    tasks: Sequence[Task], kept: Mapping[str, DecodedRow], prompts: PromptRenderer
) -> None:
    """Give notice of texts that no later prompt takes up, by recording and prompt."""
    last = {task.chunk["recording"]: task.chunk["number"] for task in tasks}
    counts: Counter[tuple[str, str]] = Counter()
    for task in tasks:
        recording, prompt = task.chunk["recording"], task.pair.prompt
        is_last = task.chunk["number"] == last[recording]
        if prompts.needs_previous(prompt) and not is_last:
            counts[recording, prompt] += not may_be_handed_on(kept[task.key])
    for (recording, prompt), count in sorted(counts.items()):
        if count:
            text = f"prompt '{prompt}': texts with signs of hallucination are not handed on"
            notify(Kind.PREVIOUS_LEFT_OUT, text, recording=recording, count=count)


def tell_faults(tasks: Sequence[Task], kept: Mapping[str, DecodedRow]) -> None:
    """Give notice of values in answers that could not be, by recording and kind."""
    counts: Counter[tuple[str, str]] = Counter()
    for task in tasks:
        for what, number in kept[task.key].get("faults", {}).items():
            counts[task.chunk["recording"], what] += number
    for (recording, what), number in sorted(counts.items()):
        notify(
            Kind.ANSWER_MENDED,
            f"{what} that cannot be (none, no number, out of range, or backwards)",
            recording=recording,
            count=number,
        )
