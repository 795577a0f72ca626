"""Which data files there are in a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

from opcheck.errors import Fault, LayerError
from opcheck.sources.capped import JSON_SUFFIXES
from opcheck.sources.companions import found

DATA_SUFFIXES = frozenset({
    ".csv", ".dxf", ".fgb", ".geojson", ".geojsonl", ".geojsons", ".geoparquet", ".gml", ".gpkg", ".gpx", ".jsonl",
    ".kml", ".kmz", ".mif", ".ndjson", ".ods", ".parquet", ".seq", ".shp", ".sqlite", ".tab", ".topojson", ".tsv",
    ".xlsx",
})  # fmt: skip
"""What is taken for data by its name alone; .json, .xml and .zip are looked into first."""

_JSON_SIGNS = (
    b'"FeatureCollection"', b'"Feature"', b'"Topology"', b'"esriGeometry', b'"Polygon"', b'"MultiPolygon"',
    b'"LineString"', b'"MultiLineString"', b'"Point"', b'"MultiPoint"', b'"GeometryCollection"',
)  # fmt: skip
_LOOKED_AT_BYTES = 65536


def find_data(path: Path) -> tuple[Path, ...]:
    """Return the data files of a folder and the folders in it, in order of name.

    Parameters
    ----------
    path
        A folder; or a file, which is then the only answer.

    Returns
    -------
    files
        One entry for each file that holds features: a Shapefile, TAB or MIF without its companions, a file
        geodatabase as the folder that it is. Hidden files, and what only describes data, are left out.

    Raises
    ------
    LayerError
        There is no such file or folder.
    """
    path = found(path)
    if not path.exists():
        raise LayerError(Fault(message="finns inte. Kontrollera namn och mapp.", path=path.name))
    if path.is_file() or _is_geodatabase(path):
        return (path,)
    return tuple(sorted(_below(path), key=lambda one: one.relative_to(path).parts))


def _below(folder: Path) -> list[Path]:
    files = []
    for one in folder.iterdir():
        if one.name.startswith((".", "~$")) or one.name == "__MACOSX":
            continue
        if one.is_dir():
            files.extend([one] if _is_geodatabase(one) else _below(one))
        elif _is_data(one):
            files.append(one)
    return files


def _is_geodatabase(path: Path) -> bool:
    return path.is_dir() and path.suffix.lower() == ".gdb"


def _is_data(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".tab":
        # The same suffix names the frame of a scanned map.
        return b"fields" in _start(path).lower() or not path.stat().st_size
    if suffix in DATA_SUFFIXES:
        return True
    if suffix in JSON_SUFFIXES:
        return any(sign in _start(path) for sign in _JSON_SIGNS)
    if suffix == ".xml":
        return b"opengis.net/gml" in _start(path)
    return suffix == ".zip" and _archive_has_data(path)


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_LOOKED_AT_BYTES)


def _archive_has_data(path: Path) -> bool:
    """Tell whether an archive holds data, or is too damaged to tell: then it has to be looked at."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [Path(name) for name in archive.namelist()]
    except zipfile.BadZipFile:
        return True
    suffixes = {part.lower() for name in names for part in (name.suffix, *(one.suffix for one in name.parents))}
    return bool(suffixes & (DATA_SUFFIXES | JSON_SUFFIXES | {".gdb", ".xml"}))
