"""Tables as Parquet files: rows that are many and nested, of which readers want some columns.

As JSON, transcripts took twenty times the space, and reading them a third of the time of scoring.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetFile, ParquetWriter

from snakescribe.tables.faults import check_exists, explaining
from snakescribe.tables.schema import Column, NotThisTableError, Row, Table

ROWS_IN_GROUP = 10_000
ROWS_AT_A_TIME = 500  # as Python objects, of which words make a thousand times as many


def write_rows(table: Table, path: Path, rows: Iterable[Row]) -> int:
    """Write rows; return how many there were.

    Raises:
        ValueError: a value is not of its column's kind.
    """
    schema = arrow_schema(table)
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


def read_rows(table: Table, path: Path, names: Sequence[str] | None) -> Iterator[Row]:
    """Yield the rows of a file that `write_rows` wrote, with some of the table's columns, or all.

    Raises:
        NotThisTableError: it is something else.
    """
    with open_file(table, path) as (file, whole):
        columns = [column for column in whole.columns if names is None or column.name in names]
        mended = {column.name: mend for column in columns if (mend := _mender(column))}
        for batch in file.iter_batches(ROWS_AT_A_TIME, columns=[column.name for column in columns]):
            for row in batch.to_pylist():
                yield row | {name: mend(row[name]) for name, mend in mended.items()}


def read_columns(table: Table, path: Path, names: Iterable[str]) -> pa.Table:
    """Some columns of a table, in a fraction of the time of reading its rows.

    Texts of lists of objects, which repeat, have a dictionary.

    Args:
        table: which it is.
        path: the file.
        names: of columns, or of fields of objects, such as `words.text`.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    check_exists(table, path)
    with explaining(table, path):
        return _read_columns(table, path, names)


def _read_columns(table: Table, path: Path, names: Iterable[str]) -> pa.Table:
    paths, repeated = [], []
    for name in names:
        column, _, inner = name.partition(".")
        is_list = inner and table.column(column).kind == "list of objects"
        paths.append(f"{column}.list.element.{inner}" if is_list else name)
        repeated += paths[-1:] if is_list else []
    with (
        open_file(table, path) as (whole, _),
        ParquetFile(path, metadata=whole.metadata, read_dictionary=repeated) as file,
    ):
        if not file.num_row_groups:
            return file.read(paths)
        groups = range(file.num_row_groups)  # read one by one: each has a dictionary of its own
        parts = [file.read_row_group(group, paths, use_threads=False) for group in groups]
        return pa.concat_tables(parts)


@contextmanager
def open_table(table: Table, path: Path) -> Iterator[ParquetFile]:
    """A table -> its file, for readers that choose rows and columns themselves.

    Raises:
        UserError: the file is missing, or is not this table (an older version, or damaged).
    """
    check_exists(table, path)
    with explaining(table, path), open_file(table, path) as (file, _):
        yield file


@contextmanager
def open_file(table: Table, path: Path) -> Iterator[tuple[ParquetFile, Table]]:
    """A file that `write_rows` wrote -> the file, and the table with its open columns.

    Raises:
        NotThisTableError: it is something else.
    """
    try:
        with ParquetFile(path) as file:
            schema = file.schema_arrow
            whole = table.from_header(schema.names)
            if whole is None or not _are_equal(schema, arrow_schema(whole)):
                raise NotThisTableError
            yield file, whole
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:  # the system's: may not be read, and such
            raise
        raise NotThisTableError from error


def _are_equal(schema: pa.Schema, other: pa.Schema) -> bool:
    """Whether schemas are equal, but for the name that Parquet gives to the entries of a map."""
    return bool(schema.equals(other) and schema.metadata == other.metadata)


def arrow_schema(table: Table) -> pa.Schema:
    """A table -> its schema in Arrow, with the table's name as metadata."""
    return pa.schema([_field(column) for column in table.columns], metadata={"table": table.name})


def _field(column: Column) -> pa.Field:
    objects = pa.struct([_field(field) for field in column.fields])
    kinds = {
        "str": pa.string(),
        "label": pa.dictionary(pa.int32(), pa.string()),
        "int": pa.int64(),
        "int32": pa.int32(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "map of str": pa.map_(pa.string(), pa.string()),
        "object": objects,
        "list of str": _list_of(pa.string()),
        "list of float32": _list_of(pa.float32()),
        "list of objects": _list_of(objects),
    }
    return pa.field(column.name, kinds[column.kind])


def _list_of(kind: pa.DataType) -> pa.DataType:
    return pa.list_(pa.field("element", kind))  # so Parquet calls it


def _to_array(column: Column, values: list[Any], kind: pa.DataType) -> pa.Array:
    if column.fields:
        _check_objects(column, values)
    try:
        array = pa.array(values, kind)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"{column.name}: {error}") from error
    for field in column.fields:
        objects = array if column.kind == "object" else array.flatten()
        if not field.optional and objects.field(field.name).null_count:
            raise ValueError(f"{column.name}.{field.name}: a value is needed")
    return array


def _check_objects(column: Column, values: list[Any]) -> None:
    """Arrow would drop what is no field, and fill in what lacks; an object may lack the latter."""
    names = {field.name for field in column.fields}
    if column.kind == "object":
        for value in values:
            if value.keys() - names:
                unknown = ", ".join(sorted(value.keys() - names))
                raise ValueError(f"{column.name}: an object has no field {unknown}")
        return
    for part in (part for value in values for part in value or ()):
        if part.keys() != names:
            differ = sorted(part.keys() ^ names)
            raise ValueError(f"{column.name}: the fields of an object differ: {differ}")


def _mender(column: Column) -> Callable[[Any], Any] | None:
    """A column -> what makes dictionaries of its maps, which Arrow gives as pairs."""
    maps = [field.name for field in column.fields if field.kind == "map of str"]
    if column.kind == "map of str":
        return dict
    if column.kind == "object" and maps:
        return lambda value: value | {name: dict(value[name] or ()) for name in maps}
    return None
