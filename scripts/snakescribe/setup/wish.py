"""What a first config is to be about, as options or answers tell it."""

from dataclasses import dataclass

from snakescribe.errors import UserError
from snakescribe.paths import readable

# The kinds of sources that `snakescribe init` knows, and what it asks of each.
PLACES = {
    "folder": "A folder with sound, or a pattern such as talks/**/*.mp3",
    "table": "A CSV, TSV or JSON lines file with a column `audio`",
    "manifest": "A manifest of NeMo, Common Voice, AudioFolder, Kaldi, Lhotse or LibriSpeech",
    "podcast": "The address of a podcast's feed",
    "youtube": "A video, playlist or channel: an id, a handle such as @name, or an address",
    "transcripts": "The folder with the sound that was transcribed, or a pattern",
}
KINDS = tuple(PLACES)
ONLINE = ("podcast", "youtube")
COMPARISONS = ("beams", "denoising", "chunking")


@dataclass(frozen=True)
class Wish:
    """What a config is to be about.

    `kind` is one of `KINDS`; `places` are its paths, addresses or names; `transcripts` are paths of
    those that exist, `NAME=PATH` where they are to have a name; `compare` are of `COMPARISONS`;
    `results` may be empty: the folder is called as the config file.
    """

    kind: str
    places: tuple[str, ...]
    references: str = ""
    language: str = ""
    transcripts: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    results: str = ""

    def check(self) -> None:
        """Nothing, where the parts go together.

        Raises:
            UserError: they do not.
        """
        for text in (*self.places, self.references, *self.transcripts, self.results):
            if readable(text) != text:
                raise UserError(
                    f"{readable(text)}: a config is UTF-8, and this name is not; rename the file"
                )
        if self.kind == "transcripts" and not self.transcripts:
            raise UserError(
                "--transcripts: say where they lie, such as "
                "--transcripts 'service/{recording}.{json,srt,txt}'"
            )
        if self.transcripts and (self.prompts or self.compare):
            raise UserError(
                "--transcripts: transcripts that exist already know nothing of prompts, denoising "
                "and the like; leave out --prompt and --compare"
            )
        if self.references and self.kind in ONLINE:
            raise UserError(
                f"--references: the captions of a {self.kind} source are its references; for your "
                "own ones see `references` in config/README.md"
            )
