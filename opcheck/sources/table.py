"""What a file of features becomes: columns, geometries, what could not be read, and how it was read."""

from __future__ import annotations

import dataclasses
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.errors import Fault, LayerError, shortened
from opcheck.geometry import KINDS, Geometries

LONLAT = "OGC:CRS84"
"""What RFC 7946 section 4 lets a GeoJSON file without a crs member mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """The rows of one layer of one file, as read.

    Parameters
    ----------
    path
        The file as the user named it.
    reader
        ``json``, ``csv``, ``pyogrio``, ``fiona``, ``dxf``, ``sheet`` or ``parquet``; ``geopandas`` for data that came
        from memory.
    crs
        What the file says of its coordinate system; None when it says nothing.
    columns
        Column name → one value per row; None is missing.
    geometry
        One shapely geometry per row, None where there is none.
    broken
        Row number → why the row could not be read, in Swedish. Such a row has no geometry, whatever could be made out.
    lost
        How many records at the end of the table are known only by the file's own count of them; they stand among the
        rows, and among the broken.
    sha256
        Of the file with its companions, or None for data that came from memory.
    notes
        How the file was read, where that is not as it stands: Swedish sentences that a report must carry.
    """

    path: str
    reader: str
    crs: str | None
    columns: Mapping[str, Sequence[Any]]
    geometry: Geometries
    broken: Mapping[int, str]
    sha256: str | None
    lost: int = 0
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """One layer of a file, as far as it is known without taking its rows in.

    Parameters
    ----------
    layer
        What to give as ``layer``; None where the file holds one table, which needs no name.
    kinds
        Which of ``point``, ``line`` and ``polygon`` occur, in that order; empty where there is no geometry.
    rows
        None where the file does not say.
    crs
        As in `FeatureTable`.
    columns
        In the file's order, without geometry.
    """

    layer: str | None
    kinds: tuple[str, ...]
    rows: int | None
    crs: str | None
    columns: tuple[str, ...]


KIND_ORDER = ("point", "line", "polygon")


def kinds_of(geometry: Geometries) -> tuple[str, ...]:
    """Return the kinds of geometry that occur, those inside collections too."""
    parts = shapely.get_parts(geometry[~shapely.is_missing(geometry)])
    found = {KINDS.get(int(number)) for number in np.unique(shapely.get_type_id(parts))}
    return tuple(kind for kind in KIND_ORDER if kind in found)


def info_of(table: FeatureTable, layer: str | None) -> TableInfo:
    """Return what there is to say of a table that has been read."""
    return TableInfo(
        layer=layer, kinds=kinds_of(table.geometry), rows=len(table), crs=table.crs, columns=tuple(table.columns)
    )


def noted(table: FeatureTable, *notes: str | None) -> FeatureTable:
    """Return a table with more notes; None is none."""
    new = tuple(note for note in notes if note)
    return dataclasses.replace(table, notes=(*table.notes, *new)) if new else table


HEIGHTS = "höjder (Z) finns i filen och används inte: allt mäts i planet"


def shapes(geometry: Iterable[Any]) -> Geometries:
    """Return geometries as an array of objects, whatever they are."""
    rows = list(geometry)
    made = np.empty(len(rows), dtype=object)
    made[:] = rows
    return made


def checked(table: FeatureTable) -> FeatureTable:
    """Return the table with its text in one normal form, when every value in it can be written down again.

    Text becomes NFC: the same word typed on a Mac and in Windows is then the same word. A text that is damaged but
    still is a text is left as it is, and noted.

    Raises
    ------
    LayerError
        A cell holds a number that is not finite, or text with half a character; or a column has such a name.
    """
    faults = []
    changed: dict[str, Sequence[Any]] = {}
    lost: set[int] = set()
    twice: set[int] = set()
    for name, cells in table.columns.items():
        if (why := _unfit(name)) is not None:
            faults.append(Fault(message=f"kolumnen {name!r} har ett namn som är {why}. {_REMEDY}", path=table.path))
            continue
        if set(map(type, cells)) <= {type(None), str}:
            whole = "".join(filter(None, cells))
            if whole.isascii():
                continue
            if _unfit(whole) is None:
                if not unicodedata.is_normalized("NFC", whole):
                    cells = [None if cell is None else unicodedata.normalize("NFC", cell) for cell in cells]
                    changed[name] = cells
                if "\ufffd" in whole:
                    lost.update(row for row, cell in enumerate(cells) if cell and "\ufffd" in cell)
                if "Ã" in whole:
                    twice.update(row for row, cell in enumerate(cells) if cell and _encoded_twice(cell))
                continue
        for row, cell in enumerate(cells):
            if (why := _unfit(cell)) is not None:
                message = f"kolumnen {name!r} har ett värde som är {why}. {_REMEDY}"
                faults.append(Fault(message=message, path=table.path, key=f"rad {row + 1}"))
    if faults:
        raise LayerError(shortened(faults))
    notes = []
    if lost:
        notes.append(
            f"{rows_word(len(lost))} har text med tecken som gått förlorade (�) redan när filen skrevs; "
            "texten är oförändrad"
        )
    if twice:
        notes.append(
            f"{rows_word(len(twice))} har text som ser ut att ha kodats två gånger när filen skrevs (”Ã¤” för ”ä”); "
            "texten är oförändrad"
        )
    names = [unicodedata.normalize("NFC", name) for name in table.columns]
    if changed or names != list(table.columns):
        check_unique(names, table.path)
        columns = {new: changed.get(old, table.columns[old]) for new, old in zip(names, table.columns, strict=True)}
        table = dataclasses.replace(table, columns=columns)
    return noted(table, *notes)


def rows_word(count: int) -> str:
    """Return ``1 rad`` or ``3 rader``."""
    return "1 rad" if count == 1 else f"{count} rader"


_TWICE = tuple(letter.encode().decode("cp1252", "replace") for letter in "åäöÅÄÖé")


def _encoded_twice(text: str) -> bool:
    """Tell whether a text looks like UTF-8 that was taken for Windows-1252 and encoded again."""
    if not any(pair in text for pair in _TWICE):
        return False
    try:
        text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


_REMEDY = "Rätta värdet, eller lämna det tomt (null) om det inte är känt."

_DEEPEST = 20
"""Levels of lists and objects in one cell: deeper ones are no attribute, and would exhaust Python's own stack."""


def _unfit(value: Any, depth: int = 0) -> str | None:  # noqa: ANN401 - a cell of any type
    """Return why a value cannot be written down again, None when it can."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return "trasig text (ett halvt tecken)"
    elif isinstance(value, int | float | np.number):
        try:
            return None if math.isfinite(value) else "ett tal som inte är ändligt (NaN eller oändligt)"
        except OverflowError:
            return "ett tal som är för stort"
    elif isinstance(value, list | tuple | dict):
        if depth == _DEEPEST:
            return "för djupt nästlat"
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        return next((why for one in inner if (why := _unfit(one, depth + 1)) is not None), None)
    return None


def check_unique(columns: Sequence[str], shown: str) -> None:
    """Raise `LayerError` when two columns have the same name: one of them would be lost."""
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        message = f"kolumnen {twice[0]!r} står två gånger. Ta bort eller byt namn på den ena."
        raise LayerError(Fault(message=message, path=shown))


def within_lonlat(geometry: Geometries) -> bool:
    """Tell whether all coordinates could be degrees; true where there are none."""
    bounds = shapely.total_bounds(geometry) if len(geometry) else np.full(4, np.nan)
    if not np.isfinite(bounds).all():
        return True
    return bool(abs(bounds[[0, 2]]).max() <= 180 and abs(bounds[[1, 3]]).max() <= 90)


def number(text: str | None) -> float:
    """Return the number in a text, with decimal comma or point and with spaces as thousands separators.

    Raises
    ------
    ValueError
        The text holds no finite number.
    """
    cleaned = (text or "").strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
    try:
        value = float(cleaned if "_" not in cleaned else "")  # Python's own 1_000 is no way to write a number
    except ValueError:
        raise ValueError(f"{text!r} är inte ett tal") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r} är inte ett ändligt tal")
    return value


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return line if len(line) <= 160 else f"{line[:159]}…"
