"""Files of features, read into plain columns and geometries.

GeoJSON and CSV are read with the standard library, so that one site against one plan needs neither geopandas nor GDAL,
and so that what GDAL would leave out without a word is a row that cannot be read. Everything else is read by pyogrio;
where it gives up, fiona goes through the file record by record, so that one bad record does not lose the others. A
table is read by one of them from first row to last, and says by which.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from opcheck.errors import Fault, LayerError
from opcheck.sources.capped import JSON_SUFFIXES, XML_SUFFIXES, check_whole_gml
from opcheck.sources.companions import digest, found
from opcheck.sources.delimited import read_csv
from opcheck.sources.discover import find_data
from opcheck.sources.geojson import LINE_SUFFIXES, read_geojson, read_sequence
from opcheck.sources.table import (
    LONLAT,
    FeatureTable,
    TableInfo,
    check_unique,
    checked,
    info_of,
    number,
    within_lonlat,
)

__all__ = [
    "LONLAT",
    "FeatureTable",
    "TableInfo",
    "check_unique",
    "checked",
    "digest",
    "find_data",
    "list_tables",
    "number",
    "read_table",
    "within_lonlat",
]

TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
SHEET_SUFFIXES = frozenset({".xlsx", ".ods"})
PARQUET_SUFFIXES = frozenset({".parquet", ".geoparquet"})


@np.errstate(invalid="ignore", over="ignore")  # a coordinate that is no number is found and said, not warned of
def read_table(path: Path, *, shown: str, layer: str | None = None, encoding: str | None = None) -> FeatureTable:
    """Read one layer of a file.

    Parameters
    ----------
    path
        File, or folder for formats that are folders.
    shown
        The name to use in messages and records; never an absolute path of this machine.
    layer
        Required where the file holds several; none of them is ever taken by default.
    encoding
        Of the attribute text, where the file does not say it right; always followed.

    Raises
    ------
    LayerError
        The file is missing, unreadable, holds several layers and none was named, holds no geometry, says itself that
        it is a part of a larger download, or holds values that are no finite number or no text.
    MissingPackage
        The format needs a library that is not installed.
    """
    return checked(_read(_there(path, shown), shown, layer, encoding))


@np.errstate(invalid="ignore", over="ignore")
def list_tables(path: Path, *, shown: str) -> tuple[TableInfo, ...]:
    """Return what there is to know of each layer of a file, in the file's order.

    Parameters
    ----------
    path, shown
        As `read_table` takes them.

    Raises
    ------
    LayerError
        The file is missing or unreadable.
    MissingPackage
        The format needs a library that is not installed.
    """
    path = _there(path, shown)
    suffix = path.suffix.lower()
    if suffix in SHEET_SUFFIXES:
        from opcheck.sources.spreadsheet import list_sheets

        return list_sheets(path, shown)
    if suffix == ".zip":
        tables = _inside(path, shown)
        return tuple(dataclasses.replace(info, layer=name if len(tables) > 1 else None) for name, _, info in tables)
    if suffix in JSON_SUFFIXES:
        # JSON of another kind, that GDAL reads, can hold several layers: TopoJSON, Esri JSON.
        table = read_geojson(path, shown, None)
        if table is not None:
            return (info_of(checked(table), None),)
    if suffix in LINE_SUFFIXES | TEXT_SUFFIXES | PARQUET_SUFFIXES | {".dxf"}:
        return (info_of(read_table(path, shown=shown), None),)
    from opcheck.sources.gdal import list_gdal

    return list_gdal(path, shown)


def _there(path: Path, shown: str) -> Path:
    path = found(path)
    if not path.exists():
        raise LayerError(Fault(message="filen finns inte. Kontrollera namn och mapp.", path=shown))
    if path.is_file() and not path.stat().st_size and path.suffix.lower() not in TEXT_SUFFIXES:
        raise LayerError(Fault(message="filen är tom (0 byte). Hämta eller exportera den igen.", path=shown))
    return path


def _read(path: Path, shown: str, layer: str | None, encoding: str | None) -> FeatureTable:
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES | PARQUET_SUFFIXES and layer not in (None, path.stem):
        message = f"lagret {layer!r} finns inte. Filen har bara en tabell; ta bort layer (--layer)."
        raise LayerError(Fault(message=message, path=shown))
    if suffix in JSON_SUFFIXES:
        table = read_geojson(path, shown, layer)
        if table is not None:
            return table
    if suffix in LINE_SUFFIXES:
        return read_sequence(path, shown, layer)
    if suffix in TEXT_SUFFIXES:
        return read_csv(path, shown, encoding)
    if suffix in SHEET_SUFFIXES:
        from opcheck.sources.spreadsheet import read_sheet

        return read_sheet(path, shown, layer)
    if suffix in PARQUET_SUFFIXES:
        from opcheck.sources.parquet import read_parquet

        return read_parquet(path, shown)
    if suffix == ".dxf":
        from opcheck.sources.drawing import read_dxf

        return read_dxf(path, shown, layer)
    if suffix == ".zip":
        return _read_zip(path, shown, layer, encoding)
    from opcheck.sources.gdal import read_gdal

    table = read_gdal(path, shown, layer, encoding)
    if suffix in XML_SUFFIXES:
        check_whole_gml(path, shown, len(table))
    return table


def _read_zip(path: Path, shown: str, layer: str | None, encoding: str | None) -> FeatureTable:
    from opcheck.sources.gdal import choose_layer

    tables = _inside(path, shown)
    inner = {name: (file, info.layer) for name, file, info in tables}
    if layer is not None and layer not in inner:
        # A layer may be named as the file inside names it, as long as only one does.
        same = [name for name, _, info in tables if layer in (info.layer, name.rpartition("/")[2])]
        layer = same[0] if len(same) == 1 else layer
    file, name = inner[choose_layer(list(inner), layer, shown)]
    table = _read(file, f"{shown}/{file.name}", name, encoding)
    return dataclasses.replace(table, path=shown, sha256=digest(path))


def _inside(path: Path, shown: str) -> list[tuple[str, Path, TableInfo]]:
    """Return every table in an archive: its name there, its file, and what it is."""
    from opcheck.sources.archive import unpacked

    content = unpacked(path, shown)
    if content.tables is not None:
        return content.tables
    folder = content.folder
    files = find_data(folder)
    if not files:
        message = "arkivet har inga kartdata. Förväntade till exempel en Shapefile, GeoPackage eller GeoJSON."
        raise LayerError(Fault(message=message, path=shown))
    stems = [file.relative_to(folder).with_suffix("").as_posix() for file in files]
    tables = []
    for file, stem in zip(files, stems, strict=True):
        whole = file.relative_to(folder).as_posix()
        name = stem if stems.count(stem) == 1 else whole
        infos = list_tables(file, shown=f"{shown}/{whole}")
        for info in infos:
            if info.layer is None:
                tables.append((name, file, info))
            else:
                tables.append((info.layer if len(files) == 1 else f"{name}/{info.layer}", file, info))
    content.tables = tables
    return tables
