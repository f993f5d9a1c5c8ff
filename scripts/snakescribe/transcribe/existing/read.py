"""A file with a transcript -> what it says of a whole recording, as an engine would."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from snakescribe.captions.alternatives import first_wording
from snakescribe.captions.read import SCORING_READERS, read_reference
from snakescribe.captions.reference import Reference, Utterance
from snakescribe.captions.scoring_lines import content_lines
from snakescribe.captions.speakers import without_names
from snakescribe.errors import UserError
from snakescribe.streams import is_stream, split_stream_id
from snakescribe.transcribe.engines.external import read_answer
from snakescribe.transcribe.engines.fallback import compression_ratio
from snakescribe.transcribe.engines.files import list_candidates, list_shared
from snakescribe.transcribe.engines.protocol import Decoded, Segment, Word
from snakescribe.transcribe.existing.services import to_verbose
from snakescribe.user_tables import read_user_text


class Transcript(NamedTuple):
    """What a file says; `damaged` tells of each part that could not be read.

    `names` is how many names of who speaks stood in its text, which are left out.
    """

    path: Path
    decoded: Decoded
    damaged: tuple[str, ...]
    names: int = 0


def read_transcript(weights: str, names: Sequence[str]) -> Transcript | None:
    """`weights` of the config and the names of a recording -> its transcript; None without a file.

    Values of the result may be of any kind until they are checked.

    Args:
        weights: where transcripts lie.
        names: the recording's id first; of a channel kept apart, its own and the recording's.

    Raises:
        UserError: there is a file, and it cannot be read or is not what its ending says.
    """
    for path in list_candidates(weights, names):
        if path.is_file():
            return _read_file(path, names[0] if path.stem != names[0] else "")
    for path in list_shared(weights):
        if path.is_file() and _names_one_of(path, names):
            return _read_file(path, names[0])
    return None


def _names_one_of(path: Path, names: Sequence[str]) -> bool:
    """Whether a line of an STM or CTM file is of a recording of one of these names."""
    wanted = {split_stream_id(name)[0].casefold() for name in names}
    owners = {line.split(None, 1)[0] for _, line in content_lines(read_user_text(path))}
    return any({owner.casefold(), Path(owner).stem.casefold()} & wanted for owner in owners)


def _read_file(path: Path, recording: str) -> Transcript:
    """A file -> its transcript.

    Args:
        path: the file.
        recording: whose lines count in an STM or CTM file; a channel's, where it is kept apart.
    """
    if path.suffix.lower() == ".json":
        if is_stream(recording):
            raise UserError(f"{path}: it does not say what was said on which channel")
        return _read_json(path)
    scored = path.suffix.lower() in SCORING_READERS or is_stream(recording)
    return _from_reference(path, read_reference(path, recording if scored else ""))


def _read_json(path: Path) -> Transcript:
    text = read_user_text(path)
    try:
        value = json.loads(text)
        if isinstance(value, dict) and "events" in value:  # captions of a site
            return _from_reference(path, read_reference(path))
        answer = to_verbose(value)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: {error}") from error
    decoded = read_answer(answer, str(path), str(answer.get("language") or ""), 0.0)
    if decoded.failure:
        raise UserError(decoded.failure)
    if all(segment.get("start") is None for segment in answer.get("segments") or ()):
        decoded.segments = []  # texts without times
    return Transcript(path, decoded, ())


def _from_reference(path: Path, read: Reference) -> Transcript:
    """Utterances -> segments, with words where each of an utterance's words has its times."""
    named, names = without_names(read.utterances)
    said = [utterance for utterance in named if utterance.text]
    texts = [" ".join(first_wording(utterance.text).split()) for utterance in said]
    decoded = Decoded(
        text=" ".join(filter(None, texts)),
        language="",
        segments=[_to_segment(utterance, text) for utterance, text in zip(said, texts, strict=True)]
        if read.timed
        else [],
        words=[word for utterance in said for word in _to_words(utterance)],
    )
    return Transcript(path, decoded, read.damaged, names)


def _to_segment(utterance: Utterance, text: str) -> Segment:
    assert utterance.start is not None
    assert utterance.end is not None
    segment: Segment = {
        "start": utterance.start,
        "end": utterance.end,
        "text": text,
        "tokens": None,
        "avg_logprob": None,
        "no_speech_prob": None,
        "compression_ratio": compression_ratio(text),
        "temperature": None,
    }
    if utterance.speaker:
        segment["speaker"] = utterance.speaker
    return segment


def _to_words(utterance: Utterance) -> list[Word]:
    return [
        {
            "start": word.start,
            "end": word.end,
            "text": first_wording(word.text),
            "probability": word.probability,
        }
        for word in utterance.words
    ]
