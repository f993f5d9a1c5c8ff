"""Titles of strangers -> names of files and folders that people read and every system takes."""

import re
import unicodedata

# What Windows, macOS or Linux do not allow in a name, or what a shell trips over.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
# Names of devices on Windows, with any ending.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def readable_name(text: str, most: int) -> str:
    """Any text -> a name of at most `most` bytes in UTF-8; empty where nothing is left.

    Letters of all scripts stay. Signs that separate paths or steer terminals, invisible marks,
    leading and trailing dots and spaces do not.
    """
    name = unicodedata.normalize("NFC", text)
    name = _FORBIDDEN.sub("_", name)
    name = "".join(" " if letter.isspace() else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = " ".join(name.split()).strip(" .")
    name = name.encode("utf-8")[:most].decode("utf-8", "ignore").strip(" .")
    return f"{name}_" if _DEVICES.fullmatch(name) else name.lstrip("-~ ")
