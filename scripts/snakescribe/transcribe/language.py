"""The language of each recording: given, named by its table, or voted for by its chunks."""

import logging
from collections import defaultdict

from snakescribe.errors import UserError
from snakescribe.ffmpeg.stored import Mend
from snakescribe.languages import AUTO, is_told, language_code, suggest_code
from snakescribe.notices import Kind, notify
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.transcribe.batches import plan_batches, plan_whole
from snakescribe.transcribe.engines import Engine, engine_class
from snakescribe.transcribe.journal import Journal, LanguageVote
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
        `(recording, option) -> language`, a code, see below; empty where the engine finds out by
        itself. Recordings in a language that the engine does not know are missing.

    `auto` takes the recording's own language if its table names one; an English-only model hears
    English; else up to eight chunks of the recording vote with the model's probabilities. An engine
    that finds out by itself while decoding is left to do so: its language is empty here.

    Raises:
        UserError: an English-only model is asked for another language, or any for what is none.
    """
    asked = {options.language for options in params.decoding.values()}
    codes = {language: _code(language) for language in asked - {AUTO}}
    recordings = list(dict.fromkeys(chunk["recording"] for chunk in chunks))
    if not session.multilingual:
        for language, code in codes.items():
            if code != "en":
                raise UserError(
                    f"models.{params.model_name}: this model knows English only, but "
                    f"decoding asks for language '{language}'; take a multilingual model"
                )
        _notify_of_foreign(items, recordings, params.model_name)
        return {(name, language): "en" for name in recordings for language in asked}
    chosen = {(name, language): codes[language] for name in recordings for language in codes}
    if AUTO in asked:
        engine = engine_class(params.model.engine)
        known = _known_languages([item for item in items if item["recording"] in recordings])
        unsupported = _unsupported(known, engine, params.model_name)
        unknown = [name for name in recordings if name not in known]
        if engine.DETECTS_WHILE_DECODING:
            voted = dict.fromkeys(unknown, "")
        else:
            voted = _vote(unknown, chunks, session, journal, mend)
        chosen |= {
            (name, AUTO): known.get(name) or voted[name]
            for name in recordings
            if name not in unsupported
        }
    return chosen


def _code(language: str) -> str:
    """A language as decode options have it -> its code."""
    if code := language_code(language):
        return code
    raise UserError(f"decoding: '{language}' is no language; {suggest_code(language)}")


def _known_languages(items: list[Row]) -> dict[str, str]:
    """Rows of the lock file -> the code of each recording's language, where one is told."""
    known = {}
    for item in items:
        told = item["language"] or ""
        if code := language_code(told):
            known[item["recording"]] = code
        elif is_told(told):
            text = f"'{told}' is no language; the model finds out"
            notify(Kind.LANGUAGE_UNREADABLE, text, recording=item["recording"])
    return known


def _unsupported(known: dict[str, str], engine: type[Engine], model: str) -> set[str]:
    """Recordings and their languages -> those in one that the engine does not know, with notice."""
    unsupported = set()
    for name, code in known.items():
        try:
            engine.check_language(code)
        except UserError as error:
            unsupported.add(name)
            text = f"not transcribed by {model}: {error}"
            notify(Kind.LANGUAGE_UNSUPPORTED, text, recording=name)
    return unsupported


def _notify_of_foreign(items: list[Row], recordings: list[str], model: str) -> None:
    """Give notice of recordings in a language that an English-only model hears as English."""
    for item in items:
        code = language_code(item["language"] or "") or "en"
        if item["recording"] in recordings and code != "en":
            text = f"in '{code}', and the model {model} hears English only"
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
    with read_ahead(batches, mend) as reading:
        for batch, audio in reading:
            detected = session.detect_languages(batch, audio)
            for chunk, probabilities in zip(batch.chunks, detected, strict=True):
                for language, probability in probabilities.items():
                    votes[chunk["recording"]][language] += probability
    for name, counts in votes.items():
        best = max(counts, key=lambda language: counts[language])
        logger.info("%s: language '%s' by vote of its chunks", name, best)
        journal.add([(keys[name], LanguageVote(language=best))])
    return {name: journal.language(key) for name, key in keys.items()}
