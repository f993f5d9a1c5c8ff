"""What nobody should write, and some do: values for every key and option, made with a seed."""

from random import Random
from typing import Any

TEXTS = (
    "", " ", "\n", "..", "../../outside", "/dev/null", "/dev/full", "a\x00b", "\x1b[31mred",
    "é" * 300, "{results}", "{", "}}", "{0}", "{a.b}", "{a!r:>9999999}", "%s%n", "$(touch outside)",
    "`id`", "'; drop table recordings; --", "=cmd()", "-", "--help", "\udcff", "\ufeff",
    "\u202eabc", "9**9**9**9", "a.to_csv('outside')", "__import__('os')", "(" * 3000, "[" * 3000,
    "{" * 3000, "x" * 100_000, "a" * 30 + "!", "(a+)+$", "os:system", "snakescribe.store:digest",
    "1e999", "nan", "~/x", "http://[", "file:///etc/passwd", "postgresql://[::1", "0x10",
    "2019-13-45", "null", "true", "a: b", "!!python/object/apply:os.system [id]",
)  # fmt: skip
NUMBERS = (0, -1, 1, 10**30, -(10**30), 0.5, 1e308, float("inf"), float("nan"), 2**63, 1e-320)


def deep(levels: int) -> Any:
    """A list in a list, and so on."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


VALUES: tuple[Any, ...] = (
    *TEXTS, *NUMBERS, None, True, False, [], {}, [[]], [None], {"a": None}, {"": ""}, deep(40),
    {"../..": "x"}, {"a b": {"c": 1}}, list(range(3000)), dict.fromkeys(map(str, range(3000)), 1),
    [{}] * 50, ["x"] * 200,
)  # fmt: skip


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All keys and entries of nested data, each as the way to it."""
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    else:
        pairs = []
    return [place for key, inner in pairs for place in ((*here, key), *places(inner, (*here, key)))]


def spoiled(value: Any, place: tuple[Any, ...], random: Random) -> Any:
    """Nested data with something else at a place: a hostile value, or a hostile name of it."""
    key, *rest = place
    copied = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copied[key] = spoiled(copied[key], tuple(rest), random)
    elif isinstance(copied, dict) and random.random() < 0.2:
        copied[random.choice(TEXTS)] = copied.pop(key)
    else:
        copied[key] = random.choice(VALUES)
    return copied
