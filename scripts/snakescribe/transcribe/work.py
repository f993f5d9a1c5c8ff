"""What is to be decoded of a shard, under which prompt, and what the journal has of it already."""

from dataclasses import dataclass, field
from typing import Any

from snakescribe.chunk_ids import chunk_id
from snakescribe.store import digest
from snakescribe.tables import Row
from snakescribe.transcribe.batches import Batch
from snakescribe.transcribe.engines import PromptTokenizer, Request
from snakescribe.transcribe.journal import Journal
from snakescribe.transcribe.prompts import Prompt, Rendered, render_prompt
from snakescribe.transcribe.wanted import Pair


@dataclass(frozen=True)
class Work:
    """All that decoding a shard needs to know, but for the model itself.

    `places` has, for each chunk and pair that was looked at, its key in the journal and its prompt.
    """

    version: int
    settings: dict[str, Any]
    prompts: dict[str, Prompt]
    fields: dict[str, dict[str, str]]
    languages: dict[tuple[str, str], str]
    wanted: dict[str, tuple[Pair, ...]]
    tokenizer: PromptTokenizer
    model_sha256: str
    journal: Journal
    places: dict[tuple[str, Pair], tuple[str, Rendered]] = field(default_factory=dict)

    def options(self, pair: Pair) -> dict[str, Any]:
        """The decode options of a pair."""
        return self.settings["decoding"][pair.decoding]

    def language(self, chunk: Row, pair: Pair) -> str:
        """The language that a chunk is decoded in."""
        return self.languages[chunk["recording"], self.options(pair)["language"]]

    def missing(self, batch: Batch, pairs: list[Pair]) -> list[tuple[Pair, list[int]]]:
        """The pairs that the journal lacks a row of, with the chunks of a batch that want them."""
        found = []
        for pair in pairs:
            members = [
                index
                for index, chunk in enumerate(batch.chunks)
                if pair in self.wanted[chunk["chunk"]]
            ]
            for index in members:
                self._place(batch.chunks[index], pair)
            keys = [self.places[batch.chunks[index]["chunk"], pair][0] for index in members]
            if any(key not in self.journal for key in keys):
                found.append((pair, members))
        return found

    def request(self, batch: Batch, index: int, pair: Pair) -> Request:
        """A chunk of a batch and a pair -> what an engine is asked for."""
        chunk = batch.chunks[index]
        rendered = self.places[chunk["chunk"], pair][1]
        return Request(index, rendered.tokens, rendered.text, self.language(chunk, pair))

    def _place(self, chunk: Row, pair: Pair) -> None:
        rendered = self._render(chunk, pair)
        key = digest(
            self.version,
            chunk["sha256"],
            self.model_sha256,
            self.settings["model"]["engine"],
            self.settings["model"]["compute_type"],
            self.options(pair),
            self.language(chunk, pair),
            rendered.tokens,
        )
        self.places[chunk["chunk"], pair] = (key, rendered)

    def _render(self, chunk: Row, pair: Pair) -> Rendered:
        prompt = self.prompts[pair.prompt].after(self.options(pair)["hotwords"])
        previous = ""
        if prompt.needs_previous and chunk["number"] > 0:
            before = chunk_id(chunk["recording"], chunk["number"] - 1)
            key = self.places[before, pair][0] if (before, pair) in self.places else ""
            previous = self.journal.rows[key]["text"] if key in self.journal else ""
        return render_prompt(
            prompt,
            self.fields[chunk["recording"]],
            previous,
            self.tokenizer.tokenize,
            self.tokenizer.detokenize,
        )
