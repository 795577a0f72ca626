"""What SQLite itself says of a GeoPackage: GDAL believes tables of its own, which other programs do not keep."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from opcheck.sources.companions import SQLITE_SUFFIXES, unmerged


def asked(path: Path, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]] | None:
    """Return the rows that answer a query, None where the file cannot be asked; nothing is written beside it."""
    # immutable: not even a lock is written; but then a log is not read either.
    how = "mode=ro" if unmerged(path) is not None else "mode=ro&immutable=1"
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as base:
            return base.execute(query, values).fetchall()
    except sqlite3.Error:
        return None


def row_count(path: Path, layer: str) -> int | None:
    """Return how many rows a layer has, None where SQLite cannot count them or is not what the file is."""
    if path.suffix.lower() not in SQLITE_SUFFIXES:
        return None
    name = layer.replace('"', '""')
    rows = asked(path, f'SELECT count(*) FROM "{name}"')  # noqa: S608 - a name can be no parameter; it is quoted
    return None if rows is None else int(rows[0][0])
