"""An experiment's explorer -> the same in an archive: masked, with the sound that goes along."""

from functools import partial
from pathlib import Path

from snakescribe.publish.contents import Contents
from snakescribe.report.explorer.build import COPIED_SOUND, NO_SOUND
from snakescribe.report.explorer.scripted import change_data, set_value

DATA, SOUND = "data", "sound"  # folders of an explorer
STUDY = "study.js"


def pack_explorer(folder: Path, name: str, contents: Contents, clips: bool) -> None:
    """Add an explorer, if there is one.

    Its data are packed, so that nobody sees what is in them: they are unpacked to be masked. The
    page is told which sound it may ask for, as the results folder does not go along.

    Args:
        folder: of the explorer.
        name: of the folder in the archive.
        contents: what is packed.
        clips: whether its sound goes along.
    """

    sound = COPIED_SOUND if clips else NO_SOUND
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        own = f"{name}/{place.as_posix()}"
        if not path.is_file():
            continue
        if place.parts[0] != DATA:
            contents.add_file(own, path)
        elif place.parts[1] != SOUND:
            mask = partial(contents.masks.text, name=own)
            packed = change_data(path.read_bytes(), mask)
            if place.name == STUDY:
                packed = change_data(packed, lambda text: set_value(text, "sound", sound))
            contents.add_made(own).write_bytes(packed)
        elif clips:
            contents.add_made(own).write_bytes(path.read_bytes())
