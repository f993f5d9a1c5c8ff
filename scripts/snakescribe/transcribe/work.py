"""What is to be decoded of a shard: which chunk under which prompt, in which order, by which key.

Nothing is decoded or written here. A `Work` holds all that a pass depends on beside audio and
weights; it plans batches, and a `BatchPlan` says what a journal lacks of it.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from snakescribe.chunk_ids import chunk_id
from snakescribe.config.transcribe import MOST_TOKENS, Decoding
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.transcribe.batches import Batch, plan_batches, plan_waves, plan_whole
from snakescribe.transcribe.engines import Passage, Request
from snakescribe.transcribe.journal import Journal
from snakescribe.transcribe.params import PassParams
from snakescribe.transcribe.prompts import PromptRenderer, Rendered
from snakescribe.transcribe.wanted import Pair

LONG_FORM_VERSION = 1  # raised when whole recordings are decoded otherwise


# More than fills a prompt: the 223 tokens that a model sees hardly have 16 letters each.
ENOUGH_LETTERS = 16 * MOST_TOKENS


class Place(NamedTuple):
    """Which row of the table: a chunk's id, a prompt and decode options."""

    chunk: str
    pair: Pair


@dataclass(frozen=True)
class Task:
    """One chunk to be decoded under one prompt and one set of decode options.

    `member` is the chunk's position in its batch, `language` a code or empty if the engine finds
    out by itself, `key` that of the row in the journal, `source` the recording's file as it came.
    """

    member: int
    chunk: Row
    pair: Pair
    language: str
    prompt: Rendered
    key: str
    source: str = ""

    @property
    def place(self) -> Place:
        """Which row of the table this makes."""
        return Place(self.chunk["chunk"], self.pair)

    def request(self, likely_tokens: int | None) -> Request:
        """What an engine is asked for; how long the text will be, if that is known."""
        chunk, prompt = self.chunk, self.prompt
        passage = Passage(chunk["recording"], chunk["start"], chunk["end"], self.source)
        asked = self.member, prompt.tokens, prompt.text, self.language, passage
        return Request(*asked, likely_tokens, seed_of(self.key))


@dataclass(frozen=True)
class BatchPlan:
    """Chunks that are encoded together, and what is wanted of them for each pair."""

    batch: Batch
    tasks: Mapping[Pair, list[Task]]

    @property
    def count(self) -> int:
        """How many transcripts it gives."""
        return sum(map(len, self.tasks.values()))

    def lacking(self, journal: Container[str], apart: bool = False) -> "BatchPlan":
        """The pairs of which any row is missing, each with all its tasks.

        A pair is decoded whole, so that batches are made up the same way whatever was cached;
        where chunks are decoded `apart` from each other, only what is missing is.
        """
        missing = {
            pair: [task for task in tasks if task.key not in journal]
            for pair, tasks in self.tasks.items()
        }
        return BatchPlan(
            self.batch,
            {
                pair: tasks if apart else self.tasks[pair]
                for pair, tasks in missing.items()
                if tasks
            },
        )

    def leads(self, pair: Pair) -> bool:
        """Whether a pair is the first, by whose texts the batches of the others are made up."""
        return pair == next(iter(self.tasks))

    def likely_tokens(self, journal: Journal) -> dict[int, int]:
        """How long the texts of the first pair are, in tokens, by the chunk's place in the batch.

        Those of the journal, whoever decoded them: so the batches of later pairs are made up the
        same way whatever was in the store when the job began. Empty if any is not known.
        """
        lengths: dict[int, int] = {}
        for task in next(iter(self.tasks.values()), []):
            if task.key not in journal:
                return {}
            tokens = [part["tokens"] for part in journal.decoded(task.key)["segments"]]
            if None in tokens:
                return {}
            lengths[task.member] = sum(filter(None, tokens))
        return lengths


class Round(NamedTuple):
    """Batches that need no text of each other, and the pairs that are wanted of them."""

    batches: list[Batch]
    pairs: list[Pair]


@dataclass(frozen=True)
class Work:
    """A pass on a shard.

    Attributes:
        version: of what is kept in the store.
        params: of the pass: its model and decode options.
        model_sha256: of the weights.
        prompts: what each recording's prompts say.
        languages: by recording and `language` option.
        wanted: the pairs wanted of each chunk, by its id.
        sources: the file of each recording, as it came.
        hears_passage: whether the engine goes by more than the sound of a chunk.
    """

    version: int
    params: PassParams
    model_sha256: str
    prompts: PromptRenderer
    languages: Mapping[tuple[str, str], str]
    wanted: Mapping[str, tuple[Pair, ...]]
    sources: Mapping[str, str] = field(default_factory=dict)
    hears_passage: bool = False

    def options(self, pair: Pair) -> Decoding:
        """The decode options of a pair."""
        return self.params.decoding[pair.decoding]

    def rounds(self, chunks: list[Row]) -> Iterator[Round]:
        """Chunks of the shard -> batches in the order in which they must be decoded.

        First all pairs whose prompts are known; then, wave by wave, those whose prompt takes up
        what the chunk before said. Pairs that pad batches in the same way share them.
        """
        pairs = list(dict.fromkeys(pair for wanted in self.wanted.values() for pair in wanted))
        chained = [pair for pair in pairs if self.prompts.needs_previous(pair.prompt)]
        plain = [pair for pair in pairs if pair not in chained]
        waves = [(wave, chained) for wave in plan_waves(chunks)]
        for members, candidates in [(chunks, plain), *waves]:
            for trim in (True, False):
                alike = [pair for pair in candidates if self.options(pair).trim_windows is trim]
                if alike and self.params.whole:
                    yield Round(plan_whole(members), alike)
                elif alike:
                    size = self.params.model.batch
                    yield Round(plan_batches(members, size, trim), alike)

    def plan_batch(self, batch: Batch, pairs: list[Pair], texts: Mapping[Place, str]) -> BatchPlan:
        """A batch and pairs -> the tasks of the chunks that want them.

        Args:
            texts: what was decoded in earlier rounds and may be handed on, for prompts with the
                previous transcription.
        """
        return BatchPlan(
            batch,
            {
                pair: [
                    self._task(member, chunk, pair, texts)
                    for member, chunk in enumerate(batch.chunks)
                    if pair in self.wanted[chunk["chunk"]]
                ]
                for pair in pairs
            },
        )

    def _of_long_form(self) -> list[object]:
        """What the key of a whole recording has beside that of a chunk."""
        whole = self.params.whole
        return ["whole", LONG_FORM_VERSION, whole.conditioned] if whole else []

    def _of_repeat(self, pair: Pair) -> list[object]:
        """What the key of a further repeat has beside that of the first."""
        return ["repeat", pair.repeat] if pair.repeat > 1 else []

    def _of_passage(self, chunk: Row) -> list[object]:
        """What the key has beside the sound, for engines that go by more than that."""
        passage = [chunk["recording"], chunk["start"], chunk["end"]]
        return passage if self.hears_passage else []

    def _task(self, member: int, chunk: Row, pair: Pair, texts: Mapping[Place, str]) -> Task:
        options = self.options(pair)
        language = self.languages[chunk["recording"], options.language]
        previous = ""
        if self.prompts.needs_previous(pair.prompt):
            previous = _said_before(chunk, pair, texts)
        rendered = self.prompts.render(chunk["recording"], pair.prompt, options.hotwords, previous)
        key = self._key(chunk["pcm_md5"], chunk, pair, language, rendered)
        source = self.sources.get(chunk["recording"], "")
        return Task(member, chunk, pair, language, rendered, key, source)

    def former_key(self, task: Task, sha256: str) -> str:
        """A task and its chunk's file's sha256 -> the key that an earlier version gave it."""
        return self._key(sha256, task.chunk, task.pair, task.language, task.prompt)

    def _key(self, sound: str, chunk: Row, pair: Pair, language: str, prompt: Rendered) -> str:
        return digest(
            self.version,
            sound,
            self.model_sha256,
            self.params.model.engine,
            self.params.model.compute_type,
            self.options(pair).of_a_text,
            language,
            prompt.tokens,
            *self._of_long_form(),
            *self._of_passage(chunk),
            *self._of_repeat(pair),
        )


def seed_of(key: str) -> int:
    """A row's key -> its seed: each repeat of a chunk has one of its own, the same in all runs."""
    return int(key[:8], 16)


def _said_before(chunk: Row, pair: Pair, texts: Mapping[Place, str]) -> str:
    """What the chunks before one said, as far back as a prompt has room for."""
    said: list[str] = []
    letters = 0
    for number in range(chunk["number"] - 1, -1, -1):
        text = texts.get(Place(chunk_id(chunk["recording"], number), pair), "").strip()
        if any(map(str.isalnum, text)):  # dots are copied, as loops are
            said.append(text)
            letters += len(text)
        if letters >= ENOUGH_LETTERS:
            break
    return " ".join(reversed(said))
