"""Rows of text with coordinates among them: CSV files, and the cells of a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from opcheck.errors import Fault, LayerError
from opcheck.sources.encoding import RAW, decode, known
from opcheck.sources.table import HEIGHTS, LONLAT, FeatureTable, check_unique, first_line, noted, number, shapes

_EASTING = ("e", "x", "easting", "öst", "ost", "sweref_e", "lon", "long", "longitud", "longitude")
_NORTHING = ("n", "y", "northing", "nord", "norr", "sweref_n", "lat", "latitud", "latitude")
_LONGITUDE = frozenset({"lon", "long", "longitud", "longitude"})
_WKT = ("wkt", "geometri", "geometry", "geom", "the_geom")
_COORDINATES = frozenset({*_EASTING, *_NORTHING, *_WKT})

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""Byte order marks, and the encodings that they announce."""


class NoCoordinates(LayerError):
    """Rows that hold no coordinates; `table` is what they hold, with no geometry: a list of plots by name, perhaps."""

    def __init__(self, fault: Fault, table: FeatureTable) -> None:
        super().__init__(fault)
        self.table = table


def read_csv(path: Path, shown: str, encoding: str | None) -> FeatureTable:
    """Read rows with coordinates from a CSV file: any usual separator, decimal comma or point, any usual encoding."""
    raw = path.read_bytes()
    text, note = _text(raw, shown, encoding)
    header, lines = _lines(text, shown)
    check_unique(header, shown)
    table = from_cells(header, lines, shown, reader="csv", sha256=hashlib.sha256(raw).hexdigest())
    return noted(table, note)


def _text(raw: bytes, shown: str, encoding: str | None) -> tuple[str, str | None]:
    """Return a file's text, and what to say of its encoding where that was not plain."""
    if encoding is not None:
        codec = known(encoding, shown)
        try:
            return raw.decode("utf-8-sig" if codec == "utf-8" else codec).removeprefix("\ufeff"), None
        except UnicodeDecodeError as error:
            message = f"filen är inte {encoding} (byte {error.start}). Ange rätt teckenkodning, eller ta bort encoding."
            raise LayerError(Fault(message=message, path=shown)) from None
    marked = next((codec for mark, codec in _MARKS if raw.startswith(mark)), None)
    if marked is None and b"\x00" in raw[:400]:
        # Text of the Western alphabets has a zero in every second byte; which of the two says the order.
        marked = "utf-16-le" if raw[1:400:2].count(0) > raw[0:400:2].count(0) else "utf-16-be"
    if marked is not None:
        try:
            return raw.decode(marked), None if marked == "utf-8-sig" else "texten är UTF-16 och har lästs så"
        except UnicodeDecodeError as error:
            message = f"filen börjar som {marked} men är det inte hela (byte {error.start}). Spara den som CSV UTF-8."
            raise LayerError(Fault(message=message, path=shown)) from None
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    done = decode([], {0: raw.decode(RAW).splitlines(keepends=True)}, told="utf-8", wanted=None, widths={}, shown=shown)
    note = done.notes[0].replace("UTF-8 som filen anger", "UTF-8") if done.notes else None
    return "".join(filter(None, done.columns[0])), note


def _lines(text: str, shown: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, and the cells of every row that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    told = first.strip().casefold()
    if told.startswith("sep=") and len(told) == 5:
        # Excel's own way to say the separator, on a line before the header.
        text = text.lstrip().partition("\n")[2]
        delimiter = first.strip()[-1]
    else:
        delimiter = max(";\t,", key=first.count)
    try:
        # Without strict a quotation mark that is never closed swallows every row after it.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = [cells for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise LayerError(
            Fault(
                message=f"är inte giltig CSV ({error}). Ett citattecken kan sakna sitt slut; rätta raden, eller "
                "exportera filen igen.",
                path=shown, key=f"rad {reader.line_num}",
            )
        ) from None  # fmt: skip
    if not lines:
        raise LayerError(Fault(message="filen är tom. Förväntade en rubrikrad och en rad per plats.", path=shown))
    header = [name.strip() for name in lines[0]]
    while not header[-1]:
        # Spreadsheet programs leave separators after the last column.
        header.pop()
    return header, lines[1:]


def from_cells(
    header: Sequence[str], lines: Sequence[Sequence[Any]], shown: str, *, reader: str, sha256: str
) -> FeatureTable:
    """Return a table of rows whose coordinates stand among their cells.

    Parameters
    ----------
    header
        Names of the columns.
    lines
        The cells of each row, texts or numbers; None and blank are missing.
    shown, reader, sha256
        As in `FeatureTable`.

    Raises
    ------
    NoCoordinates
        No columns hold coordinates.
    """
    rows = [dict(zip(header, cells, strict=False)) for cells in lines]
    folded: dict[str, str] = {}
    for name in header:
        first = folded.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if first != name and first.casefold() in _COORDINATES:
            message = f"kolumnerna {first!r} och {name!r} betyder samma sak. Ta bort eller byt namn på den ena."
            raise LayerError(Fault(message=message, path=shown))
    wkt = next((folded[name] for name in _WKT if name in folded), None)
    east = next((folded[name] for name in _EASTING if name in folded), None)
    north = next((folded[name] for name in _NORTHING if name in folded), None)
    if wkt is None and (east is None or north is None):
        message = (
            f"har kolumnerna {', '.join(header)} men inga koordinater. Förväntade kolumnerna e och n, "
            "lon och lat, eller wkt."
        )
        raise NoCoordinates(
            Fault(message=message, path=shown),
            FeatureTable(
                path=shown, reader=reader, crs=None,
                columns={name: [_blank(cells.get(name)) for cells in rows] for name in header},
                geometry=shapes([None] * len(rows)), broken=_out_of_shape(header, lines), sha256=sha256,
            ),
        )  # fmt: skip
    geometry: list[Any] = []
    broken = _out_of_shape(header, lines)
    for row, cells in enumerate(rows):
        if row in broken:
            # A field too many or too few may stand anywhere: the coordinates can be another field's numbers.
            geometry.append(None)
            continue
        try:
            if wkt is not None:
                cell = str(cells.get(wkt) or "").strip()
                geometry.append(shapely.from_wkt(cell) if cell else None)
            else:
                assert east is not None and north is not None  # noqa: S101 - settled above; tells the type checker
                geometry.append(_point(cells.get(east), cells.get(north)))
        except NotImplementedError:
            geometry.append(None)
            broken[row] = "geometrin har bågar, som inte läses ur text: exportera som GeoPackage"
        except (ValueError, shapely.GEOSException) as error:
            geometry.append(None)
            broken[row] = f"koordinaterna går inte att läsa ({first_line(error)})"
    used = {wkt} if wkt is not None else {east, north}
    columns = {name: [_blank(cells.get(name)) for cells in rows] for name in header if name not in used}
    lonlat = wkt is None and east is not None and east.casefold() in _LONGITUDE
    made = shapes(geometry)
    table = FeatureTable(
        path=shown, reader=reader, crs=LONLAT if lonlat else None, columns=columns,
        geometry=shapely.force_2d(made), broken=broken, sha256=sha256,
    )  # fmt: skip
    return noted(table, HEIGHTS if shapely.has_z(made).any() else None)


def _out_of_shape(header: Sequence[str], lines: Sequence[Sequence[Any]]) -> dict[int, str]:
    """Return row → why, for each row that has another number of fields than the header."""
    broken: dict[int, str] = {}
    for row, cells in enumerate(lines):
        if any(not _is_blank(cell) for cell in cells[len(header) :]):
            broken[row] = "raden har fler fält än rubrikraden"
        elif len(cells) < len(header):
            broken[row] = f"raden har {len(cells)} fält, rubrikraden {len(header)}"
    return broken


def _point(east: Any, north: Any) -> Any:  # noqa: ANN401 - cells of any type, and shapely's geometry
    if _is_blank(east) and _is_blank(north):
        return None
    return shapely.Point(*(number(None if cell is None else str(cell)) for cell in (east, north)))


def _is_blank(cell: Any) -> bool:  # noqa: ANN401 - a cell of any type
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _blank(cell: Any) -> Any:  # noqa: ANN401 - a cell of any type
    if isinstance(cell, str):
        return cell.strip() or None
    return cell
