"""An audio variant and the recordings' own columns -> what is wanted of each recording."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from snakescribe.config.channels import AUTO, CHANNELS, EACH
from snakescribe.config.values import is_track
from snakescribe.notices import Kind, notify
from snakescribe.process.filters import Step
from snakescribe.tables import Row

CHANNEL, TRACK = "channel", "track"


@dataclass(frozen=True)
class Wish:
    """What is wanted of a recording.

    Attributes:
        channel: `mix`, `left`, `right`, `centre` or `each`; `auto` leaves the choice to the sound.
        track: the number of an audio track, from 0, or a language; empty leaves the choice open.
        language: the recording's, which chooses the track where none was asked for.
        apart: whether each channel is a stream of its own, whatever is heard in it.
    """

    channel: str = AUTO
    track: str = ""
    language: str = ""
    apart: bool = False


@dataclass(frozen=True)
class Wishes:
    """What is wanted of each recording: what the variant wants, unless it has a wish of its own.

    `chains` has filters of recordings that are another one's own, such as what they silence.
    """

    variant: Wish
    own: Mapping[str, Wish] = field(default_factory=dict)
    chains: Mapping[str, Sequence[Step]] = field(default_factory=dict)

    @classmethod
    def of(cls, variant: Wish, items: Iterable[Row]) -> "Wishes":
        """What a variant wants, and rows of the items table -> what is wanted of each recording.

        What a recording's own columns `channel` and `track` say comes first. `each` in a column
        keeps the channels apart in every variant, in which a variant may ask for something else to
        be heard.
        """
        variant = replace(variant, apart=variant.apart or variant.channel == EACH)
        return cls(variant, {item["recording"]: _wish(item, variant) for item in items})

    def __getitem__(self, recording: str) -> Wish:
        return self.own.get(recording, self.variant)


def wish_fields(item: Row) -> list[str]:
    """A row of the items table -> what of it a prepared recording depends on."""
    return [item["language"] or "", *(_column(item, name) for name in (CHANNEL, TRACK))]


def _wish(item: Row, variant: Wish) -> Wish:
    channel, track = _own(item, CHANNEL), _own(item, TRACK)
    if channel and channel not in (AUTO, EACH):
        heard, apart = channel, False
    elif channel == EACH:
        heard, apart = EACH if variant.channel == AUTO else variant.channel, True
    else:
        heard, apart = variant.channel, variant.apart
    chosen = track or variant.track
    return Wish(heard, chosen, "" if chosen else item["language"] or "", apart)


def _own(item: Row, name: str) -> str:
    """What a recording's column says, or nothing where it says what cannot be.

    Of recordings from the web, `channel` is mostly the name of the channel that published them.
    """
    text = _column(item, name)
    known = text in (AUTO, *CHANNELS) if name == CHANNEL else is_track(text)
    if known or not text:
        return text
    if item["kind"] == "file":
        wanted = f"one of {', '.join(CHANNELS)}" if name == CHANNEL else "a number or a language"
        notify(
            Kind.CHANNELS_LEFT_OUT if name == CHANNEL else Kind.TRACKS_LEFT_OUT,
            f"its column `{name}` says '{text[:40]}', which is not {wanted}: it is as if empty",
            recording=item["recording"],
        )
    return ""


def _column(item: Row, name: str) -> str:
    value = item["context"].get(name)
    text = "" if value is None or isinstance(value, list | dict) else str(value).strip()
    return {"center": "centre"}.get(text.casefold(), text.casefold()) if name == CHANNEL else text
