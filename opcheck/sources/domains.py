"""Coded values: where a row holds a code and a list of its own has the label, the label is put beside the code."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

from opcheck.sources.sqlite import asked
from opcheck.sources.table import FeatureTable, noted
from opcheck.tables import counted


def label_column(column: str) -> str:
    """Return the name of the column with a coded column's labels."""
    return f"{column} (klartext)"


def labelled(table: FeatureTable, source: Path, layer: str) -> FeatureTable:
    """Return the table with a column of labels beside every column of codes.

    The codes stay as they are: a manifest may name either.
    """
    found = labels(source, layer)
    columns: dict[str, Any] = dict(table.columns)
    notes = []
    for name, words in found.items():
        if name not in columns or label_column(name) in columns:
            continue
        cells = [None if cell is None else words.get(_key(cell)) for cell in columns[name]]
        strange = {
            str(cell) for cell, word in zip(columns[name], cells, strict=True) if cell is not None and word is None
        }
        columns[label_column(name)] = cells
        note = f"kolumnen {name!r} har koder; kodlistans ord står i {label_column(name)!r}"
        if strange:
            note += f" ({counted(len(strange), 'kod', 'koder')} saknas i listan: {', '.join(sorted(strange)[:5])})"
        notes.append(note)
    return noted(dataclasses.replace(table, columns=columns), *notes) if notes else table


def labels(source: Path, layer: str) -> dict[str, dict[str, str]]:
    """Return the coded columns of a layer → code → label; empty where the file has no lists of codes."""
    suffix = source.suffix.lower()
    if suffix == ".gdb":
        return _geodatabase(source, layer)
    return _geopackage(source, layer) if suffix == ".gpkg" else {}


def _key(cell: Any) -> str:  # noqa: ANN401 - a cell of any type
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _geodatabase(source: Path, layer: str) -> dict[str, dict[str, str]]:
    import pyogrio.raw

    try:
        meta, _, _, cells = pyogrio.raw.read(
            source, layer="GDB_Items", read_geometry=False, columns=["Name", "Definition"], LIST_ALL_TABLES="YES"
        )
    except (RuntimeError, ValueError):
        return {}
    items = dict(zip((str(name) for name in meta["fields"]), cells, strict=True))
    if not {"Name", "Definition"} <= items.keys():
        return {}
    return coded(layer, [(str(n), str(d)) for n, d in zip(items["Name"], items["Definition"], strict=True) if d])


def coded(layer: str, items: list[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Return the coded columns of a layer from the definitions in a geodatabase's table of items."""
    lists: dict[str, dict[str, str]] = {}
    uses: dict[str, str] = {}
    for name, definition in items:
        try:
            root = ElementTree.fromstring(definition)  # noqa: S314 - expat takes in no outer entities
        except ElementTree.ParseError:
            continue
        kind = root.tag.rpartition("}")[2]
        if kind.startswith("GPCodedValueDomain"):
            words = {
                _key(value.findtext("Code", "")): value.findtext("Name", "").strip()
                for value in root.iter("CodedValue")
            }
            lists[root.findtext("DomainName", name)] = words
        elif name == layer:
            for field in root.iter("GPFieldInfoEx"):
                domain = field.findtext("DomainName")
                if domain:
                    uses[field.findtext("Name", "")] = domain
    return {field: lists[domain] for field, domain in uses.items() if domain in lists}


def _geopackage(source: Path, layer: str) -> dict[str, dict[str, str]]:
    query = (
        "SELECT c.column_name, e.value, e.description FROM gpkg_data_columns c "
        "JOIN gpkg_data_column_constraints e ON e.constraint_name = c.constraint_name "
        "WHERE c.table_name = ? AND e.constraint_type = 'enum'"
    )
    found: dict[str, dict[str, str]] = {}
    for column, value, description in asked(source, query, (layer,)) or ():
        if description:
            found.setdefault(str(column), {})[_key(value)] = str(description).strip()
    return found
