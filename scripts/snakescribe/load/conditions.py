"""Conditions that the database knows under another name: they get theirs, and keep their rows.

A condition is its levels. Its name joins those of the factors that vary, so it changes when a
factor is left with one level: `raw.none` becomes `raw`.
"""

from collections.abc import Mapping
from uuid import UUID, uuid3

from psycopg2.extensions import cursor as Cursor  # noqa: N812

from snakescribe.config.conditions import FACTORS, Condition, Experiment
from snakescribe.tables import Row

_NAMESPACE = UUID("c2b7a4de-7d0b-5f0c-9a53-1f7d8f6f5b1e")
_OF_EXPERIMENT = "corpus = %(corpus)s and experiment = %(experiment)s"


def transcription_id(place: Row, condition: Condition, chunk: str, repeat: int = 1) -> str:
    """What was heard where, under which condition -> its id, the same in every database.

    Args:
        place: corpus and experiment.
        condition: its levels count, not its name.
        chunk: the chunk's id.
        repeat: which of the condition's repeats, from 1; the first has the id of one alone.
    """
    levels = condition.levels.values()
    # The migration 0024 makes the same of ids that were made otherwise.
    again = [str(repeat)] if repeat > 1 else []
    identity = "\n".join((place["corpus"], place["experiment"], *levels, chunk, *again))
    return str(uuid3(_NAMESPACE, identity))


def settle_conditions(cursor: Cursor, place: Row, experiment: Experiment) -> int:
    """Give the conditions of the database the names that an experiment has for them.

    Those that it has no more go, with their rows: another one may have their name.

    Args:
        cursor: of the transaction.
        place: corpus and experiment.
        experiment: as it is now.

    Returns:
        How many conditions went or got another name.
    """
    cursor.execute(
        f"select condition, {', '.join(FACTORS)} from conditions where {_OF_EXPERIMENT}", place
    )
    known = {tuple(levels): name for name, *levels in cursor.fetchall()}
    wanted = {tuple(cell.levels.values()): cell.name for cell in experiment.conditions}
    gone = [name for levels, name in known.items() if levels not in wanted]
    cursor.execute(
        f"delete from conditions where {_OF_EXPERIMENT} and condition = any(%(gone)s)",
        {**place, "gone": gone},
    )
    renamed = {
        known[levels]: name for levels, name in wanted.items() if known.get(levels, name) != name
    }
    # Two may change names: first to such as no condition has.
    _rename(cursor, place, {old: f"\n{old}" for old in renamed if old in renamed.values()})
    _rename(cursor, place, {
        f"\n{old}" if old in renamed.values() else old: new for old, new in renamed.items()
    })  # fmt: skip
    return len(gone) + len(renamed)


def _rename(cursor: Cursor, place: Row, names: Mapping[str, str]) -> None:
    if names:
        cursor.execute(
            "update conditions c set condition = n.new "
            "from unnest(%(old)s::text[], %(new)s::text[]) as n (old, new) "
            f"where {_OF_EXPERIMENT} and c.condition = n.old",
            {**place, "old": list(names), "new": list(names.values())},
        )
