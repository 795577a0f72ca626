"""Spreadsheets: rows with coordinates in an Excel or OpenDocument sheet, by the same column names as CSV."""

from __future__ import annotations

import contextlib
import re
import zipfile
from pathlib import Path
from typing import Any

from opcheck.errors import Fault, LayerError, MissingPackage
from opcheck.sources.companions import digest
from opcheck.sources.delimited import from_cells
from opcheck.sources.gdal import choose_layer, plain, quiet, settings
from opcheck.sources.table import FeatureTable, TableInfo, check_unique, first_line, info_of

_HEADERS = {"OGR_XLSX_HEADERS": "FORCE", "OGR_ODS_HEADERS": "FORCE"}
"""The first row is the header even where every column is text, which GDAL would have to guess otherwise."""

_DRIVERS = {".xlsx": "XLSX", ".ods": "ODS"}


def read_sheet(path: Path, shown: str, layer: str | None) -> FeatureTable:
    """Read one sheet; of several, one has to be named."""
    header, lines = _cells(path, choose_layer(sheet_names(path, shown), layer, shown), shown)
    return from_cells(header, lines, shown, reader="sheet", sha256=digest(path))


def list_sheets(path: Path, shown: str) -> tuple[TableInfo, ...]:
    """Return what there is to know of each sheet; one without coordinates has no kind of geometry."""
    names = sheet_names(path, shown)
    found = []
    for name in names:
        layer = name if len(names) > 1 else None
        header, lines = _cells(path, name, shown)
        try:
            found.append(info_of(from_cells(header, lines, shown, reader="sheet", sha256=""), layer))
        except LayerError:
            found.append(TableInfo(layer=layer, kinds=(), rows=len(lines), crs=None, columns=tuple(header)))
    return tuple(found)


def sheet_names(path: Path, shown: str) -> list[str]:
    """Return the names of the sheets that hold anything."""
    import pyogrio

    _check_driver(path)
    _check_book(path, shown)
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        with settings(**_HEADERS):
            return [name for name in names if len(pyogrio.read_info(path, layer=name)["fields"])]
    except (RuntimeError, ValueError) as error:
        why = first_line(error)
        why = "det är inget sådant" if "not recognized" in why else why
        message = f"filen går inte att läsa som kalkylblad ({why}). Spara den igen som .xlsx, eller som CSV UTF-8."
        raise LayerError(Fault(message=message, path=shown)) from None


def _check_driver(path: Path) -> None:
    import pyogrio

    driver = _DRIVERS[path.suffix.lower()]
    if driver not in pyogrio.list_drivers(read=True):
        raise MissingPackage(
            f"för att läsa {path.suffix} behövs pyogrio med GDAL:s drivrutin {driver}. Installera om den: "
            "python -m pip install --force-reinstall --only-binary :all: pyogrio. Eller spara bladet som CSV UTF-8."
        )


_FROM_1904 = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true)["']""")
_WITHOUT_VALUE = re.compile(
    rb"""<c\b(?![^>]*\bt=["']str["'])[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
"""A cell with a formula and no value; one of the kind "str" may rightly be an empty text (ECMA-376, 18.3.1.4)."""


def _check_book(path: Path, shown: str) -> None:
    """Raise `LayerError` for a workbook whose cells GDAL would give as something else than they show.

    It does not know days counted from 1904, as Excel on a Mac did, and gives a formula that no program has worked out
    as an empty cell.
    """
    faults = []
    with contextlib.suppress(OSError, KeyError, zipfile.BadZipFile), zipfile.ZipFile(path) as book:
        if _FROM_1904.search(book.read("xl/workbook.xml")):
            message = (
                "arbetsboken räknar datum från 1904, och varje datum skulle bli fyra år fel. Spara bladet som CSV "
                "UTF-8, eller stäng av 1904 års datumsystem i kalkylprogrammet och rätta datumen."
            )
            faults.append(Fault(message=message, path=shown))
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
        count = sum(len(_WITHOUT_VALUE.findall(book.read(name))) for name in sheets)
        if count:
            cells = "1 cell har en formel som inte är uträknad" if count == 1 else (
                f"{count} celler har formler som inte är uträknade"
            )  # fmt: skip
            message = f"{cells}. Öppna arbetsboken i ett kalkylprogram och spara den, eller skriv värden."
            faults.append(Fault(message=message, path=shown))
    if faults:
        raise LayerError(faults)


def _cells(path: Path, name: str, shown: str) -> tuple[list[str], list[list[Any]]]:
    import pyogrio.raw

    with quiet(), settings(**_HEADERS):
        try:
            meta, _, _, cells = pyogrio.raw.read(path, layer=name, read_geometry=False)
        except (RuntimeError, ValueError) as error:
            message = f"bladet {name!r} går inte att läsa ({first_line(error)}). Spara det igen."
            raise LayerError(Fault(message=message, path=shown)) from None
    header = [str(field).strip() for field in meta["fields"]]
    check_unique(header, shown)
    lines = list(map(list, zip(*map(plain, cells), strict=True)))
    kept = [line for line in lines if any(cell is not None and str(cell).strip() for cell in line)]
    return header, kept
