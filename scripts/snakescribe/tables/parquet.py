"""Tables as Parquet files: rows that are many and nested, of which readers want some columns.

As JSON, transcripts took twenty times the space, and reading them a third of the time of scoring.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakescribe.tables.schema import NotThisTableError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    from snakescribe.tables.schema import Column, Row, Table

ROWS_IN_GROUP = 10_000
ROWS_AT_A_TIME = 500  # as Python objects, of which words make a thousand times as many


def write_rows(table: "Table", path: Path, rows: "Iterable[Row]") -> int:
    """Write rows; return how many there were.

    Raises:
        ValueError: a value is not of its column's kind.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = _schema(table)
    rows = iter(rows)
    count = 0
    with ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rows, ROWS_IN_GROUP)):
            arrays = [
                _to_array(column, [row[column.name] for row in group], kind)
                for column, kind in zip(table.columns, schema.types, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


def read_rows(table: "Table", path: Path, names: "Sequence[str] | None") -> "Iterator[Row]":
    """Yield the rows of a file that `write_rows` wrote, with some of the table's columns, or all.

    Raises:
        NotThisTableError: it is something else.
    """
    columns = [one for one in table.columns if names is None or one.name in names]
    texts = [column.name for column in columns if column.kind == "json"]
    with _open(table, path) as file:
        for batch in file.iter_batches(ROWS_AT_A_TIME, columns=[one.name for one in columns]):
            for row in batch.to_pylist():
                yield row | {name: _parse(row[name]) for name in texts}


def read_columns(table: "Table", path: Path, names: Iterable[str]) -> "pa.Table":
    """Some columns of such a file; of objects also single fields, as `words.text`.

    What is of the kind json is text here. Texts of objects, which repeat, have a dictionary.
    Raises what `read_rows` does.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    paths = [name.replace(".", ".list.element.") for name in names]
    repeated = [path for path in paths if "." in path]
    with (
        _open(table, path) as whole,
        ParquetFile(path, metadata=whole.metadata, read_dictionary=repeated) as file,
    ):
        if not file.num_row_groups:
            return file.read(paths)
        groups = range(file.num_row_groups)  # read one by one: each has a dictionary of its own
        parts = [file.read_row_group(one, paths, use_threads=False) for one in groups]
        return pa.concat_tables(parts)


@contextmanager
def _open(table: "Table", path: Path) -> "Iterator[ParquetFile]":
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            if not file.schema_arrow.equals(_schema(table), check_metadata=True):
                raise NotThisTableError
            yield file
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:  # the system's: may not be read, and such
            raise
        raise NotThisTableError from error


def _schema(table: "Table") -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([_field(one) for one in table.columns], metadata={"table": table.name})


def _field(column: "Column") -> "pa.Field":
    import pyarrow as pa

    kinds = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "json": pa.string(),
        "list of str": _list_of(pa.string()),
        "list of objects": _list_of(pa.struct([_field(one) for one in column.fields])),
    }
    return pa.field(column.name, kinds[column.kind])


def _list_of(kind: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    return pa.list_(pa.field("element", kind))  # so Parquet calls it


def _to_array(column: "Column", values: list[Any], kind: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    if column.kind == "json":
        values = [json.dumps(value, sort_keys=True, ensure_ascii=False) for value in values]
    names = {one.name for one in column.fields}
    for part in (part for value in values for part in value) if names else ():
        if part.keys() != names:
            differ = sorted(part.keys() ^ names)
            raise ValueError(f"{column.name}: the fields of an object differ: {differ}")
    try:
        array = pa.array(values, kind)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"{column.name}: {error}") from error
    for one in column.fields:
        if not one.optional and array.flatten().field(one.name).null_count:
            raise ValueError(f"{column.name}.{one.name}: a value is needed")
    return array


@lru_cache(maxsize=100)
def _parse(text: str) -> Any:
    """JSON that stands in many rows -> its value, which they share."""
    return json.loads(text)
