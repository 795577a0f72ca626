"""Files of features, read into plain columns and geometries.

Small GeoJSON and CSV are read with the standard library, so that one site against one plan needs neither geopandas nor
GDAL. Everything else is read by pyogrio; where it gives up, fiona goes through the file record by record, so that one
bad record does not lose the others. A table is read by one of them from first row to last, and says by which.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import math
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.errors import Fault, LayerError
from opcheck.geometry import Geometries

JSON_SUFFIXES = frozenset({".geojson", ".json"})
TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv"})

STDLIB_LIMIT_BYTES = 64 * 1024 * 1024
"""Larger GeoJSON goes to GDAL: the standard library holds the whole text and all its objects at once."""

LONLAT = "OGC:CRS84"
"""What RFC 7946 section 4 lets a GeoJSON file without a crs member mean."""

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """The rows of one layer of one file, as read.

    Parameters
    ----------
    path
        The file as the user named it.
    layer
        Its layer, None for formats that hold just one.
    reader
        ``json``, ``csv``, ``pyogrio`` or ``fiona``.
    crs
        What the file says of its coordinate system; None when it says nothing.
    columns
        Column name → one value per row; None is missing.
    geometry
        One shapely geometry per row, None where there is none.
    broken
        Row number → why its geometry could not be read, in Swedish.
    sha256
        Of the file with its companions, or None for data that came from memory.
    """

    path: str
    layer: str | None
    reader: str
    crs: str | None
    columns: Mapping[str, Sequence[Any]]
    geometry: Geometries
    broken: Mapping[int, str]
    sha256: str | None

    def __len__(self) -> int:
        return len(self.geometry)


@np.errstate(invalid="ignore")  # a coordinate that is no number is found and said, not warned of
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
        Of the attribute text, where the file does not say it right.

    Raises
    ------
    LayerError
        The file is missing, unreadable, holds several layers and none was named, or holds no geometry.
    """
    if not path.exists():
        raise LayerError(Fault(message="filen finns inte. Kontrollera namn och mapp.", path=shown))
    suffix = path.suffix.lower()
    if suffix in JSON_SUFFIXES and path.stat().st_size <= STDLIB_LIMIT_BYTES:
        table = _read_geojson(path, shown, layer)
        if table is not None:
            return table
    if suffix in TEXT_SUFFIXES:
        return _read_csv(path, shown, encoding)
    return _read_gdal(path, shown, layer, encoding)


def digest(path: Path) -> str:
    """Return the sha256 of a file, of a Shapefile with its companions, or of every file in a folder, by name."""
    if path.is_dir():
        parts = sorted(part for part in path.rglob("*") if part.is_file())
    elif path.suffix.lower() == ".shp":
        family = {part.suffix.lower(): part for part in path.parent.glob(f"{path.stem}.*")}
        parts = [family[suffix] for suffix in _SHAPEFILE_PARTS if suffix in family]
    else:
        parts = [path]
    total = hashlib.sha256()
    for part in parts:
        with part.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest() if len(parts) > 1 else stream.read())
    return total.hexdigest()


# --- GeoJSON
# -----------------------------------------------------------------------------------------------------------


def _read_geojson(path: Path, shown: str, layer: str | None) -> FeatureTable | None:
    """Read GeoJSON, or return None for JSON of another kind (TopoJSON, Esri JSON), which GDAL may know."""
    raw = path.read_bytes()
    try:
        document = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_no_repeats(shown))
    except UnicodeDecodeError as error:
        raise LayerError(
            Fault(
                message=f"filen är inte UTF-8 (byte {error.start}). GeoJSON ska vara UTF-8; spara om den.", path=shown
            )
        ) from None
    except json.JSONDecodeError as error:
        raise LayerError(
            Fault(
                message=f"är inte giltig JSON: fel på rad {error.lineno}, tecken {error.colno}. "
                "Filen kan vara avklippt; exportera den igen.",
                path=shown,
            )
        ) from None
    except RecursionError:
        raise LayerError(Fault(message="är inte GeoJSON: för djupt nästlad.", path=shown)) from None
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        features = document.get("features")
    elif kind == "Feature":
        features = [document]
    elif isinstance(kind, str) and kind in _GEOMETRY_TYPES:
        features = [{"type": "Feature", "id": path.stem, "properties": {}, "geometry": document}]
    elif isinstance(kind, str) and kind not in ("Topology",):
        raise LayerError(
            Fault(message=f"har type {kind!r}. Förväntade en FeatureCollection, Feature eller geometri.", path=shown)
        )
    elif isinstance(document, dict) and ("geometryType" in document or kind == "Topology"):
        return None
    else:
        raise LayerError(Fault(message="är JSON men inte GeoJSON: ”type” saknas.", path=shown))
    if not isinstance(features, list):
        raise LayerError(Fault(message="”features” är inte en lista. Exportera filen igen.", path=shown))
    if layer is not None and layer not in (path.stem, document.get("name")):
        raise LayerError(
            Fault(
                message=f"lagret {layer!r} finns inte. GeoJSON har bara ett lager; ta bort layer (--layer).",
                path=shown,
            )
        )
    columns, geometry, broken = _features(features)
    crs = _geojson_crs(document, shown)
    if crs is None and within_lonlat(geometry):
        crs = LONLAT
    return FeatureTable(
        path=shown, layer=None, reader="json", crs=crs, columns=columns, geometry=geometry, broken=broken,
        sha256=hashlib.sha256(raw).hexdigest(),
    )  # fmt: skip


_GEOMETRY_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


def _no_repeats(shown: str) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            names = [name for name, _ in pairs]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise LayerError(
                Fault(message=f"nyckeln {twice[0]!r} står två gånger i samma objekt. Ta bort den ena.", path=shown)
            )
        return table

    return build


def _features(features: list[Any]) -> tuple[dict[str, list[Any]], Geometries, dict[int, str]]:
    columns: dict[str, list[Any]] = {}
    texts: list[str | None] = []
    broken: dict[int, str] = {}
    for row, feature in enumerate(features):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            broken[row] = "raden är inte ett GeoJSON-objekt av typen Feature"
            feature = {}
        properties = feature.get("properties")
        values = dict(properties) if isinstance(properties, dict) else {}
        if "id" in feature:
            values.setdefault("id", feature["id"])
        for name in values:
            if name not in columns:
                columns[name] = [None] * row
        for name, cells in columns.items():
            cells.append(values.get(name))
        geometry = feature.get("geometry")
        if geometry is not None and not isinstance(geometry, dict):
            broken[row] = "geometrin är inte ett GeoJSON-objekt"
            geometry = None
        texts.append(None if geometry is None else json.dumps(geometry))
    shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore") if texts else np.empty(0, object)
    for row, text in enumerate(texts):
        if text is not None and shapes[row] is None:
            broken[row] = _why_unreadable(text)
    return columns, shapely.force_2d(np.array(shapes, dtype=object)), broken


def _why_unreadable(text: str) -> str:
    try:
        shapely.from_geojson(text)
    except (shapely.GEOSException, TypeError, ValueError) as error:
        return f"geometrin går inte att läsa ({str(error).splitlines()[0]})"
    return "geometrin går inte att läsa"


def _geojson_crs(document: Mapping[str, Any], shown: str) -> str | None:
    member = document.get("crs")
    if member is None:
        return None
    name = member.get("properties", {}).get("name") if isinstance(member, dict) else None
    if not isinstance(name, str):
        raise LayerError(
            Fault(
                message='har en ”crs” som inte namnger ett koordinatsystem. Ange det med crs = "EPSG:…" eller --crs.',
                path=shown,
            )
        )
    return name


def within_lonlat(geometry: Geometries) -> bool:
    """Tell whether all coordinates could be degrees; true where there are none."""
    bounds = shapely.total_bounds(geometry) if len(geometry) else np.full(4, np.nan)
    if not np.isfinite(bounds).all():
        return True
    return bool(abs(bounds[[0, 2]]).max() <= 180 and abs(bounds[[1, 3]]).max() <= 90)


# --- CSV
# ---------------------------------------------------------------------------------------------------------------

_EASTING = ("e", "x", "easting", "öst", "ost", "sweref_e", "lon", "long", "longitud", "longitude")
_NORTHING = ("n", "y", "northing", "nord", "norr", "sweref_n", "lat", "latitud", "latitude")
_LONGITUDE = frozenset({"lon", "long", "longitud", "longitude"})
_WKT = ("wkt", "geometri", "geometry", "geom", "the_geom")


def _read_csv(path: Path, shown: str, encoding: str | None) -> FeatureTable:
    raw = path.read_bytes()
    try:
        text = raw.decode(encoding or "utf-8-sig")
    except UnicodeDecodeError as error:
        raise LayerError(
            Fault(
                message=f"filen är inte UTF-8 (byte {error.start}). Spara den som CSV UTF-8.",
                path=shown,
            )
        ) from None
    header, lines = _csv_lines(text, shown)
    rows = [dict(zip(header, cells, strict=False)) for cells in lines]
    folded = {name.casefold(): name for name in header}
    wkt = next((folded[name] for name in _WKT if name in folded), None)
    east = next((folded[name] for name in _EASTING if name in folded), None)
    north = next((folded[name] for name in _NORTHING if name in folded), None)
    if wkt is None and (east is None or north is None):
        raise LayerError(
            Fault(
                message=f"har kolumnerna {', '.join(header)} men inga koordinater. Förväntade kolumnerna e och n, "
                "lon och lat, eller wkt.",
                path=shown,
            )
        )
    geometry: list[Any] = []
    broken: dict[int, str] = {}
    for number, row in enumerate(rows):
        if any(cell.strip() for cell in lines[number][len(header) :]):
            broken[number] = "raden har fler fält än rubrikraden"
        try:
            if wkt is not None:
                cell = (row.get(wkt) or "").strip()
                geometry.append(shapely.from_wkt(cell) if cell else None)
            else:
                assert east is not None and north is not None  # noqa: S101 - settled above; tells the type checker
                geometry.append(_point(row.get(east), row.get(north)))
        except (ValueError, NotImplementedError, shapely.GEOSException) as error:
            geometry.append(None)
            broken[number] = f"koordinaterna går inte att läsa ({str(error).splitlines()[0]})"
    used = {wkt} if wkt is not None else {east, north}
    columns = {name: [_blank(row.get(name)) for row in rows] for name in header if name not in used}
    lonlat = wkt is None and east is not None and east.casefold() in _LONGITUDE
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    return FeatureTable(
        path=shown, layer=None, reader="csv", crs=LONLAT if lonlat else None, columns=columns,
        geometry=shapely.force_2d(shapes), broken=broken, sha256=hashlib.sha256(raw).hexdigest(),
    )  # fmt: skip


def _csv_lines(text: str, shown: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, and the cells of every row that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=first.count)
    try:
        lines = [cells for cells in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, cells))]
    except csv.Error as error:
        raise LayerError(Fault(message=f"är inte giltig CSV ({error}). Exportera filen igen.", path=shown)) from None
    if not lines:
        raise LayerError(Fault(message="filen är tom. Förväntade en rubrikrad och en rad per plats.", path=shown))
    header = [name.strip() for name in lines[0]]
    while not header[-1]:
        # Spreadsheet programs leave separators after the last column.
        header.pop()
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise LayerError(
            Fault(
                message=f"kolumnen {twice[0]!r} står två gånger i rubrikraden. Ta bort eller byt namn på den ena.",
                path=shown,
            )
        )
    return header, lines[1:]


def _point(east: str | None, north: str | None) -> Any:  # noqa: ANN401 - shapely's geometry
    if not (east or "").strip() and not (north or "").strip():
        return None
    return shapely.Point(number(east), number(north))


def number(text: str | None) -> float:
    """Return the number in a text, with decimal comma or point and with spaces as thousands separators.

    Raises
    ------
    ValueError
        The text holds no finite number.
    """
    cleaned = (text or "").strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
    try:
        value = float(cleaned)
    except ValueError:
        raise ValueError(f"{text!r} är inte ett tal") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r} är inte ett ändligt tal")
    return value


def _blank(cell: str | None) -> str | None:
    return None if cell is None or not cell.strip() else cell.strip()


# --- GDAL
# --------------------------------------------------------------------------------------------------------------


def _read_gdal(path: Path, shown: str, layer: str | None, encoding: str | None) -> FeatureTable:
    with _undisturbed(path) as source, _quiet():
        name = _choose_layer(_layer_names(source, path, shown), layer, shown)
        try:
            return _pyogrio_table(source, shown, name, encoding, digest(path))
        except (RuntimeError, ValueError, MemoryError) as error:
            # pyogrio's own errors are RuntimeErrors; a layer that it gives up on is read record by record.
            return _fiona_table(source, shown, name, encoding, digest(path), _first_line(error))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Leave out the warnings that say what is meant here: heights and measures along lines are dropped on purpose."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?i).*measured \(m\) geometry types.*")
        yield


def _layer_names(source: Path, path: Path, shown: str) -> list[str]:
    """Return the names of a file's layers; pyogrio cannot list those of some kinds of geometry, which fiona can."""
    import pyogrio

    try:
        return [str(name) for name, kind in pyogrio.list_layers(source)]
    except (RuntimeError, UnicodeDecodeError) as error:
        first = error
    try:
        import fiona
        from fiona.errors import FionaError

        return [str(name) for name in fiona.listlayers(source)]
    except (ImportError, FionaError, ValueError, UnicodeDecodeError):
        raise LayerError(Fault(message=_unreadable(path, first), path=shown)) from None


def _unreadable(path: Path, error: BaseException) -> str:
    if path.is_dir():
        return "är en mapp utan kartdata. Ange en fil."
    why = _first_line(error)
    if "not recognized" in why:
        why = "formatet känns inte igen"
        return f"filen går inte att läsa: {why}. Exportera den som GeoPackage, Shapefile eller GeoJSON."
    return f"filen går inte att läsa ({why}). Exportera den igen."


def _choose_layer(names: Sequence[str], layer: str | None, shown: str) -> str:
    if not names:
        raise LayerError(Fault(message="filen har inga lager.", path=shown))
    listing = ", ".join(names)
    if layer is None and len(names) > 1:
        raise LayerError(
            Fault(
                message=f"filen har {len(names)} lager ({listing}). "
                'Ange vilket: layer = "…" i manifestet, --layer för platser.',
                path=shown,
            )
        )
    if layer is not None and layer not in names:
        raise LayerError(Fault(message=f"lagret {layer!r} finns inte. Filen har: {listing}.", path=shown))
    return layer if layer is not None else names[0]


class _undisturbed:
    """Give the path of a file that GDAL may read without writing beside the original.

    GDAL leaves a .gfs file beside any GML it reads, so GML is read from a copy.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path:
        if self._path.suffix.lower() not in (".gml", ".xml"):
            return self._path
        self._folder = tempfile.TemporaryDirectory(prefix="opcheck-")
        return Path(shutil.copy2(self._path, self._folder.name))

    def __exit__(self, *exc: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def _pyogrio_table(path: Path, shown: str, layer: str, encoding: str | None, sha256: str) -> FeatureTable:
    import pyogrio.raw

    meta, _, wkb, cells = pyogrio.raw.read(path, layer=layer, encoding=encoding, force_2d=True)
    if wkb is None:
        raise LayerError(
            Fault(message=f"lagret {layer!r} har ingen geometri. Välj ett lager med geometri.", path=shown)
        )
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    broken = {
        int(row): "geometrin går inte att läsa (okänd eller trasig geometrityp)"
        for row in np.flatnonzero(shapely.is_missing(geometry))
        if wkb[row] is not None
    }
    columns = {str(name): _plain(column) for name, column in zip(meta["fields"], cells, strict=True)}
    return FeatureTable(
        path=shown, layer=layer, reader="pyogrio", crs=meta["crs"], columns=columns,
        geometry=shapely.force_2d(geometry), broken=broken, sha256=sha256,
    )  # fmt: skip


def _plain(column: Any) -> list[Any]:  # noqa: ANN401 - a numpy array of any kind
    """Return a column as Python values, with None for NaN, NaT and missing text."""
    if column.dtype.kind == "M":
        return [None if np.isnat(value) else str(value)[:10] for value in column]
    if column.dtype.kind == "f":
        return [None if value != value else (int(value) if value.is_integer() else value) for value in column.tolist()]
    values: list[Any] = column.tolist()
    return values


def _fiona_table(path: Path, shown: str, layer: str, encoding: str | None, sha256: str, why: str) -> FeatureTable:
    try:
        import fiona
        from fiona.errors import FionaError
    except ImportError:
        raise LayerError(
            Fault(
                message=f"lagret {layer!r} går inte att läsa ({why}). Installera fiona för att läsa det post för post.",
                path=shown,
            )
        ) from None
    columns: dict[str, list[Any]] = {}
    geometry: list[Any] = []
    broken: dict[int, str] = {}
    try:
        with fiona.open(path, layer=layer, encoding=encoding) as source:
            crs = source.crs_wkt or None
            columns = {name: [] for name in source.schema["properties"]}
            for row, record in enumerate(_records(source)):
                shape = None
                if isinstance(record, str):
                    broken[row] = record
                    values: Mapping[str, Any] = {}
                else:
                    values = record.properties
                    shape = _shape(record.geometry, row, broken)
                geometry.append(shape)
                for name, cells in columns.items():
                    cells.append(values.get(name))
    except (FionaError, ValueError, UnicodeDecodeError) as error:
        raise LayerError(
            Fault(message=f"lagret {layer!r} går inte att läsa ({why}; {_first_line(error)}).", path=shown)
        ) from None
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    return FeatureTable(
        path=shown, layer=layer, reader="fiona", crs=crs, columns=columns, geometry=shapely.force_2d(shapes),
        broken=broken, sha256=sha256,
    )  # fmt: skip


def _records(source: Any) -> Iterator[Any]:  # noqa: ANN401 - fiona has no type hints
    """Go through a fiona collection; a record that cannot be read comes as the reason why."""
    from fiona.errors import FionaError

    iterator = iter(source)
    while True:
        try:
            yield next(iterator)
        except StopIteration:
            return
        except (FionaError, ValueError, UnicodeDecodeError) as error:
            yield f"posten går inte att läsa ({_first_line(error)})"


def _shape(geometry: Any, row: int, broken: dict[int, str]) -> Any:  # noqa: ANN401 - fiona has no type hints
    if geometry is None:
        return None
    try:
        return shapely.geometry.shape(geometry)
    except (ValueError, TypeError, AttributeError, shapely.GEOSException) as error:
        broken[row] = f"geometrin går inte att läsa ({_first_line(error)})"
        return None


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
