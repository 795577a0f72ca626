"""The municipality's border among a stranger's files: whole in one file, or one of many."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from opcheck.features import cell_text
from opcheck.proposal.recognise import STRONG, Guess, columns_for, names, plain
from opcheck.proposal.survey import Seen

BORDER_FILE = "kommungrans.geojson"
NAMES_SHOWN = 12

DEGREES = "EPSG:4326"


@dataclass(slots=True, kw_only=True)
class Border:
    """What [plan] area names, and how it was come by.

    Parameters
    ----------
    area
        The source, as the manifest writes it.
    note
        In Swedish, where it is from.
    provisional
        It is a stand-in drawn round the data.
    shape
        What opcheck has to write to the file; None where the file is there.
    crs
        Of the shape, or of the file; None when nothing says it.
    seen, rows
        The layer that it is from, and which of its rows; None is all.
    """

    area: dict[str, Any]
    note: str
    provisional: bool = False
    shape: Any = None
    crs: str | None = None
    seen: Seen | None = None
    rows: list[int] | None = None

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """Of its numbers; None when nothing is known of them."""
        if self.shape is not None:
            low_x, low_y, high_x, high_y = self.shape.bounds
            return low_x, low_y, high_x, high_y
        return self.seen.bounds if self.seen is not None else None

    @property
    def corners(self) -> int:
        """How many corners it is drawn with."""
        shape = self.shape if self.shape is not None else self.seen.table.geometry if self.seen is not None else None
        return int(np.sum(shapely.get_num_coordinates(shape)))

    def told(self, kind: str) -> tuple[str, str, str] | None:
        """Return what its own row says of the municipality, its "name" or "code": the text, its column and its file."""
        if self.seen is None:
            return None
        columns = self.seen.table.columns
        for column in columns_for(kind, names().municipality[kind], list(columns)):
            cells = [cell_text(columns[column.name][row]) for row in self.rows or range(len(self.seen.table))]
            if column.sure and cells[0] and len(set(cells)) == 1:
                return cells[0], column.name, self.seen.shown
        return None

    def geojson(self) -> str:
        """Return its shape as a file's text, in its own coordinate system."""
        document: dict[str, Any] = {"type": "FeatureCollection"}
        if self.crs not in (None, DEGREES):
            document["crs"] = {"type": "name", "properties": {"name": self.crs}}
        shape = shapely.geometry.mapping(self.shape)
        document["features"] = [{"type": "Feature", "properties": {"anmärkning": self.note}, "geometry": shape}]
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


@dataclass(slots=True, kw_only=True)
class Wanted:
    """By what a municipality is known: its code, and its names."""

    code: str | None = None
    names: list[str] = field(default_factory=list)


def border_in(seen: Seen, guess: Guess, wanted: Wanted) -> Border | str:
    """Return the border that a layer holds, or why it holds none that can be told."""
    # "Piteå_kommun" may be the municipality, and "kommun_centrum" its centre: the rows must tell of which it is.
    sure = guess.strength == STRONG or (guess.beside and _has_municipalities(seen))
    if not sure or "polygon" not in seen.kinds:
        return f"kan vara kommungränsen: {'; '.join(guess.why)}"
    source: dict[str, Any] = {"source": seen.shown}
    source |= {"layer": seen.layer} if seen.layer is not None else {}
    if len(seen.table) == 1:
        why = "; ".join(guess.why)
        return Border(area=source, note=f"{seen.name}: en yta, {why}.", crs=seen.crs, seen=seen)
    rows, how = _rows_of(seen, wanted)
    if rows is None:
        return f"kan vara kommungränsen, men har {len(seen.table)} rader: {how}"
    if len(rows) == len(seen.table):
        return Border(area=source, note=f"{seen.name}: {how}.", crs=seen.crs, seen=seen)
    note = (
        f"{BORDER_FILE} är gjord av opcheck: {how} i {seen.shown}, med samma koordinater och koordinatsystem "
        f"({seen.crs or 'okänt'})."
    )
    shape = shapely.union_all(shapely.make_valid(seen.table.geometry[rows]))
    return Border(area={"source": BORDER_FILE}, note=note, shape=shape, crs=seen.crs, seen=seen, rows=rows)


def _has_municipalities(seen: Seen) -> bool:
    """Tell whether a column is named as one with municipalities is, and not as one with names of anything."""
    called = [one for some in names().municipality.values() for one in some if one.startswith(("kommun", "kn"))]
    return len(seen.table) > 1 or bool(columns_for("name", called, list(seen.table.columns)))


def _rows_of(seen: Seen, wanted: Wanted) -> tuple[list[int] | None, str]:
    """Return the rows of one municipality in a file of several, and how they were found."""
    columns = seen.table.columns
    keys = (("code", [wanted.code] if wanted.code else [], code_form), ("name", wanted.names, name_form))
    for kind, words, form in keys:
        for column in columns_for(kind, names().municipality[kind], list(columns)):
            cells = [cell_text(cell) for cell in columns[column.name]]
            forms = [form(cell) if cell else None for cell in cells]
            if len(set(forms)) == 1 and forms[0]:
                return list(range(len(cells))), f"alla rader har «{cells[0]}» i kolumnen «{column.name}»"
            for word in words:
                rows = [row for row, one in enumerate(forms) if one == form(word)]
                if rows:
                    return rows, f"raden med «{cells[rows[0]]}» i kolumnen «{column.name}»"
    if wanted.names:
        return None, f"ingen rad heter {' eller '.join(wanted.names)}"
    return None, f"ange kommunen med --name för att välja en av dem{_names_in(seen)}"


def _names_in(seen: Seen) -> str:
    columns = seen.table.columns
    found = columns_for("name", names().municipality["name"], list(columns))
    if not found:
        return ""
    said = sorted({text for cell in columns[found[0].name] if (text := cell_text(cell))})
    return f" ({shortened(said)})"


def shortened(words: Sequence[str]) -> str:
    """Return a list of words, of which the first are named and the rest counted."""
    more = f" och {len(words) - NAMES_SHOWN} till" if len(words) > NAMES_SHOWN else ""
    return f"{', '.join(words[:NAMES_SHOWN])}{more}"


def name_form(name: str) -> str:
    """Return a municipality's name for comparing: "Älvsbyns kommun" and "Älvsbyn" are the same."""
    word = re.sub(r"\s+(kommun|stad)$", "", " ".join(plain(name).split()))
    return word.removesuffix("s")


def code_form(code: str) -> str:
    """Return a municipality's code for comparing: a number has lost its leading zero."""
    return code.strip().zfill(4)
