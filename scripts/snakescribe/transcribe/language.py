"""The language of each recording: given, named by its table, or voted for by its chunks."""

import logging
from collections import defaultdict

from snakescribe.errors import UserError
from snakescribe.ffmpeg.stored import Mend
from snakescribe.notices import Kind, notify
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.transcribe.batches import plan_batches, plan_whole
from snakescribe.transcribe.engines import engine_class
from snakescribe.transcribe.journal import Journal, LanguageVote
from snakescribe.transcribe.languages import AUTO
from snakescribe.transcribe.params import PassParams
from snakescribe.transcribe.reader import read_ahead
from snakescribe.transcribe.session import Session

logger = logging.getLogger(__name__)

VOTERS = 8  # chunks of a recording that vote, spread over its length


def choose_languages(
    items: list[Row],
    chunks: list[Row],
    params: PassParams,
    session: Session,
    journal: Journal,
    mend: Mend,
) -> dict[tuple[str, str], str]:
    """The language for each recording and each `language` option of the pass's decode options.

    Args:
        items: the shard's rows of the lock file.
        chunks: its chunks of the pass's variant.
        params: the pass.
        session: the model, loaded here only if chunks must vote.
        journal: keeps votes.
        mend: makes a damaged chunk again.

    Returns:
        `(recording, option) -> language`, see below; empty where the engine finds out by itself.

    `auto` takes the recording's own language if its table names one; an English-only model hears
    English; else up to eight chunks of the recording vote with the model's probabilities. An engine
    that finds out by itself while decoding is left to do so: its language is empty here.

    Raises:
        UserError: an English-only model is asked for another language.
    """
    asked = {options.language for options in params.decoding.values()}
    recordings = list(dict.fromkeys(chunk["recording"] for chunk in chunks))
    if not session.multilingual:
        for language in asked - {AUTO, "en"}:
            raise UserError(
                f"models.{params.model_name}: this model knows English only, but "
                f"decoding asks for language '{language}'; take a multilingual model"
            )
        _notify_of_foreign(items, recordings, params.model_name)
        return {(name, language): "en" for name in recordings for language in asked}
    chosen = {(name, language): language for name in recordings for language in asked - {AUTO}}
    if AUTO in asked:
        known = {item["recording"]: item["language"] for item in items if item["language"]}
        unknown = [name for name in recordings if name not in known]
        if engine_class(params.model.engine).DETECTS_WHILE_DECODING:
            voted = dict.fromkeys(unknown, "")
        else:
            voted = _vote(unknown, chunks, session, journal, mend)
        chosen |= {(name, AUTO): known.get(name) or voted[name] for name in recordings}
    return chosen


def _notify_of_foreign(items: list[Row], recordings: list[str], model: str) -> None:
    """Give notice of recordings in a language that an English-only model hears as English."""
    for item in items:
        language = item["language"] or "en"
        if item["recording"] in recordings and language.lower().split("-")[0] != "en":
            text = f"in '{language}', and the model {model} hears English only"
            notify(Kind.LANGUAGE_UNSUPPORTED, text, recording=item["recording"])


def _vote(
    recordings: list[str], chunks: list[Row], session: Session, journal: Journal, mend: Mend
) -> dict[str, str]:
    """Recordings -> the language that the model gives the highest probability in all."""
    keys: dict[str, str] = {}
    voters: list[Row] = []
    for name in recordings:
        own = [chunk for chunk in chunks if chunk["recording"] == name]
        spread = own[:: max(1, -(-len(own) // VOTERS))]
        keys[name] = digest(
            "language", session.model_sha256, [chunk["pcm_md5"] for chunk in spread]
        )
        if keys[name] not in journal:
            voters += spread
    votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    batches = (
        plan_whole(voters)
        if session.whole
        else plan_batches(voters, session.batch_size, trim_windows=False)
    )
    for batch, audio in read_ahead(batches, mend):
        detected = session.detect_languages(batch, audio)
        for chunk, probabilities in zip(batch.chunks, detected, strict=True):
            for language, probability in probabilities.items():
                votes[chunk["recording"]][language] += probability
    for name, counts in votes.items():
        best = max(counts, key=lambda language: counts[language])
        logger.info("%s: language '%s' by vote of its chunks", name, best)
        journal.add([(keys[name], LanguageVote(language=best))])
    return {name: journal.language(key) for name, key in keys.items()}
