"""A caption or reference file of any kind -> its utterances."""

from pathlib import Path

from snakescribe.captions import REFERENCE_SUFFIXES
from snakescribe.captions.cue_files import read_sbv, read_srt, read_vtt
from snakescribe.captions.elan import read_eaf
from snakescribe.captions.json_captions import read_json
from snakescribe.captions.letters import as_written
from snakescribe.captions.plain_text import without_id
from snakescribe.captions.reference import Reference, whole_span
from snakescribe.captions.scoring_files import choose_lines, lines_of_channel, read_ctm, read_stm
from snakescribe.captions.textgrid import read_textgrid
from snakescribe.captions.transcripts import read_text
from snakescribe.captions.ttml import read_ttml
from snakescribe.errors import UserError
from snakescribe.streams import is_stream, split_stream_id
from snakescribe.user_tables import read_user_text

SCORING_READERS = {".stm": read_stm, ".ctm": read_ctm}
READERS = {
    ".json3": read_json,
    ".textgrid": read_textgrid,
    ".eaf": read_eaf,
    ".vtt": read_vtt,
    ".srt": read_srt,
    ".sbv": read_sbv,
    ".ttml": read_ttml,
    ".dfxp": read_ttml,
    ".json": read_json,
    ".txt": read_text,
}


def read_reference(path: Path, recording: str = "") -> Reference:
    """A reference or caption file, its kind told by the ending -> its utterances in time order.

    Times are s on the recording's clock. The text is as people read it: without markup and
    invisible marks, entities resolved, white space single. What is damaged in a file, or holds no
    speech, is left out and told.

    Args:
        path: the file.
        recording: the recording's id. Of an STM or CTM file with lines of several recordings,
            those count that name this one, or the file itself; of a channel that is kept apart,
            those of the channel.

    Raises:
        UserError: the file cannot be read or is not what its ending says.
    """
    suffix = path.suffix.lower()
    if suffix not in REFERENCE_SUFFIXES:
        raise UserError(
            f"{path}: no reference ends in '{suffix}'; known are {', '.join(REFERENCE_SUFFIXES)}"
        )
    if is_stream(recording) and suffix not in SCORING_READERS:
        raise UserError(
            f"{path}: it does not say what was said on which channel, as STM and CTM files do"
        )
    text = as_written(read_user_text(path))
    name, channel = split_stream_id(recording)
    try:
        if suffix in SCORING_READERS:
            lines = choose_lines(text, [name, path.stem], path)
            if channel:
                lines = lines_of_channel(lines, channel)
            return SCORING_READERS[suffix](lines)
        text, had_id = without_id(text, {name, path.stem}) if suffix == ".txt" else (text, False)
        utterances, damaged, left_out = READERS[suffix](text)
        left_out = (*left_out, "the id before the text") if had_id else left_out
    except ValueError as error:
        raise UserError(f"{path}: {error}") from error
    timed = bool(utterances) and all(
        utterance.start is not None and utterance.end is not None for utterance in utterances
    )
    if timed:
        utterances = sorted(utterances, key=lambda utterance: utterance.start or 0.0)
    span = whole_span(utterances) if timed else None
    return Reference(tuple(utterances), timed, span, (), tuple(damaged), left_out)
