"""Files of features, read into plain columns and geometries.

Small GeoJSON and CSV are read with the standard library, so that one site against one plan needs neither geopandas nor
GDAL. Everything else is read by pyogrio; where it gives up, fiona goes through the file record by record, so that one
bad record does not lose the others. A table is read by one of them from first row to last, and says by which.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import glob
import hashlib
import io
import json
import math
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.errors import Fault, LayerError, shortened
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
    reader
        ``json``, ``csv``, ``pyogrio`` or ``fiona``; ``geopandas`` for data that came from memory.
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
    """

    path: str
    reader: str
    crs: str | None
    columns: Mapping[str, Sequence[Any]]
    geometry: Geometries
    broken: Mapping[int, str]
    sha256: str | None
    lost: int = 0

    def __len__(self) -> int:
        return len(self.geometry)


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
        Of the attribute text, where the file does not say it right.

    Raises
    ------
    LayerError
        The file is missing, unreadable, holds several layers and none was named, holds no geometry, says itself that
        it is a part of a larger download, or holds values that are no finite number or no text.
    """
    return checked(_read(path, shown, layer, encoding))


def _read(path: Path, shown: str, layer: str | None, encoding: str | None) -> FeatureTable:
    if not path.exists():
        raise LayerError(Fault(message="filen finns inte. Kontrollera namn och mapp.", path=shown))
    suffix = path.suffix.lower()
    if suffix in JSON_SUFFIXES and path.stat().st_size <= STDLIB_LIMIT_BYTES:
        table = _read_geojson(path, shown, layer)
        if table is not None:
            return table
    if suffix in TEXT_SUFFIXES:
        return _read_csv(path, shown, encoding)
    table = _read_gdal(path, shown, layer, encoding)
    _check_whole_text(path, shown, len(table))
    return table


def checked(table: FeatureTable) -> FeatureTable:
    """Return the table itself, when every value in it can be written down again.

    Raises
    ------
    LayerError
        A cell holds a number that is not finite, or text with half a character; or a column has such a name.
    """
    faults = []
    for name, cells in table.columns.items():
        if (why := _unfit(name)) is not None:
            faults.append(Fault(message=f"kolumnen {name!r} har ett namn som är {why}. {_REMEDY}", path=table.path))
        if set(map(type, cells)) <= {type(None), str} and _unfit("".join(filter(None, cells))) is None:
            continue
        for row, cell in enumerate(cells):
            if (why := _unfit(cell)) is not None:
                message = f"kolumnen {name!r} har ett värde som är {why}. {_REMEDY}"
                faults.append(Fault(message=message, path=table.path, key=f"rad {row + 1}"))
    if faults:
        raise LayerError(shortened(faults))
    return table


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


def digest(path: Path) -> str:
    """Return the sha256 of a file, of a Shapefile with its companions, or of the files in a folder in order of name."""
    if path.is_dir():
        parts = sorted(part for part in path.rglob("*") if part.is_file())
    elif path.suffix.lower() == ".shp":
        family = _family(path)
        parts = [family[suffix] for suffix in _SHAPEFILE_PARTS if suffix in family]
    else:
        parts = [path]
    found = []
    for part in parts:
        with part.open("rb") as stream:
            found.append(hashlib.file_digest(stream, "sha256"))
    whole = found[0] if len(found) == 1 else hashlib.sha256(b"".join(one.digest() for one in found))
    return whole.hexdigest()


def _family(path: Path) -> dict[str, Path]:
    """Return the files that share a file's name, by suffix in lower case."""
    return {part.suffix.lower(): part for part in path.parent.glob(f"{glob.escape(path.stem)}.*")}


# --- GeoJSON ----------------------------------------------------------------------------------------------------------


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
    except ValueError:
        # Python refuses integers of more than some thousand digits.
        raise LayerError(
            Fault(message="har ett tal med orimligt många siffror. Rätta talet, eller exportera igen.", path=shown)
        ) from None
    if isinstance(document, dict) and isinstance(document.get("features"), list):
        _check_whole(document, shown)
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
        path=shown, reader="json", crs=crs, columns=columns, geometry=geometry, broken=broken,
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
        if properties is not None and not isinstance(properties, dict):
            broken[row] = "”properties” är inte ett objekt"
        if "id" in feature and not any(name.casefold() == "id" for name in values):
            values["id"] = feature["id"]
        for name in values:
            if name not in columns:
                columns[name] = [None] * row
        for name, cells in columns.items():
            cells.append(values.get(name))
        geometry = feature.get("geometry")
        if geometry is not None and not isinstance(geometry, dict):
            broken[row] = "geometrin är inte ett GeoJSON-objekt"
            geometry = None
        texts.append(None if geometry is None or row in broken else json.dumps(geometry))
    shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore") if texts else np.empty(0, object)
    for row, text in enumerate(texts):
        if text is not None and shapes[row] is None:
            broken[row] = _why_unreadable(text)
    return columns, shapely.force_2d(np.array(shapes, dtype=object)), broken


def _check_whole(document: Mapping[str, Any], shown: str) -> None:
    """Raise when a service says in the file that it holds more than it sent.

    WFS and OGC API Features count matches (numberMatched; GeoServer also totalFeatures), ArcGIS raises a flag, and a
    page that is not the last links to the next.
    """
    rows = len(document["features"])
    for place in (document, document.get("properties")):
        if not isinstance(place, dict):
            continue
        if str(place.get("exceededTransferLimit")).casefold() == "true":
            raise _capped(shown, rows, "exceededTransferLimit")
        for name in _COUNTS:
            if (_count(place.get(name)) or 0) > rows:
                raise _capped(shown, rows, f"{name}: {place[name]}")
        links = place.get("links")
        whole = _count(place.get("numberMatched")) is not None
        if not whole and isinstance(links, list):
            if any(isinstance(link, dict) and link.get("rel") == "next" for link in links):
                raise _capped(shown, rows, "en länk till nästa sida")


_COUNTS = ("numberMatched", "totalFeatures", "numberReturned")
_COUNT_TEXT = re.compile(rb'"(numberMatched|totalFeatures|numberReturned)"\s*:\s*"?(\d{1,18})')
_LIMIT_TEXT = re.compile(rb'"exceededTransferLimit"\s*:\s*"?true', re.IGNORECASE)
_GML_COUNTS = re.compile(rb"""\b(numberMatched|numberReturned)\s*=\s*["'](\d{1,18})["']""")
_ENVELOPE_BYTES = 65536


def _count(value: Any) -> int | None:  # noqa: ANN401 - a JSON value
    if isinstance(value, str) and value.isdecimal() and len(value) <= 18:
        return int(value)
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _check_whole_text(path: Path, shown: str, rows: int) -> None:
    """Do the same for what GDAL reads: it keeps nothing of what stands around the features."""
    suffix = path.suffix.lower()
    if suffix not in (*JSON_SUFFIXES, *_XML_SUFFIXES):
        return
    with path.open("rb") as stream:
        head = stream.read(_ENVELOPE_BYTES)
        stream.seek(max(0, path.stat().st_size - _ENVELOPE_BYTES))
        tail = stream.read()
    if suffix in _XML_SUFFIXES:
        told = {name: int(text) for name, text in reversed(_GML_COUNTS.findall(head))}
        if told.get(b"numberMatched", 0) > told.get(b"numberReturned", 0) > 0:
            raise _capped(shown, rows, f"numberMatched: {told[b'numberMatched']}")
        return
    envelope = head.partition(b'"features"')[0] + b" " + tail.rpartition(b"]")[2]
    for name, text in _COUNT_TEXT.findall(envelope):
        if int(text) > rows:
            raise _capped(shown, rows, f"{name.decode()}: {int(text)}")
    if _LIMIT_TEXT.search(envelope):
        raise _capped(shown, rows, "exceededTransferLimit")


def _capped(shown: str, rows: int, sign: str) -> LayerError:
    return LayerError(
        Fault(
            message=f"hämtningen är avkortad: filen har {rows} objekt, men tjänsten hade fler ({sign}). "
            "Hämta alla sidor och lägg ihop dem. Är filen ett avsiktligt urval: ta bort uppgiften ur filen.",
            path=shown,
        )
    )


def _why_unreadable(text: str) -> str:
    try:
        shapely.from_geojson(text)
    except (shapely.GEOSException, TypeError, ValueError) as error:
        return f"geometrin går inte att läsa ({_first_line(error)})"
    return "geometrin går inte att läsa"


def _geojson_crs(document: Mapping[str, Any], shown: str) -> str | None:
    member = document.get("crs")
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
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


# --- CSV --------------------------------------------------------------------------------------------------------------

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
        elif len(lines[number]) < len(header):
            broken[number] = f"raden har {len(lines[number])} fält, rubrikraden {len(header)}"
        if number in broken:
            # A field too many or too few may stand anywhere: the coordinates can be another field's numbers.
            geometry.append(None)
            continue
        try:
            if wkt is not None:
                cell = (row.get(wkt) or "").strip()
                geometry.append(shapely.from_wkt(cell) if cell else None)
            else:
                assert east is not None and north is not None  # noqa: S101 - settled above; tells the type checker
                geometry.append(_point(row.get(east), row.get(north)))
        except (ValueError, NotImplementedError, shapely.GEOSException) as error:
            geometry.append(None)
            broken[number] = f"koordinaterna går inte att läsa ({_first_line(error)})"
    used = {wkt} if wkt is not None else {east, north}
    columns = {name: [_blank(row.get(name)) for row in rows] for name in header if name not in used}
    lonlat = wkt is None and east is not None and east.casefold() in _LONGITUDE
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    return FeatureTable(
        path=shown, reader="csv", crs=LONLAT if lonlat else None, columns=columns,
        geometry=shapely.force_2d(shapes), broken=broken, sha256=hashlib.sha256(raw).hexdigest(),
    )  # fmt: skip


def _csv_lines(text: str, shown: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, and the cells of every row that is not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
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
    check_unique(header, shown)
    return header, lines[1:]


def check_unique(columns: Sequence[str], shown: str) -> None:
    """Raise `LayerError` when two columns have the same name: one of them would be lost."""
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        message = f"kolumnen {twice[0]!r} står två gånger. Ta bort eller byt namn på den ena."
        raise LayerError(Fault(message=message, path=shown))


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
        value = float(cleaned if "_" not in cleaned else "")  # Python's own 1_000 is no way to write a number
    except ValueError:
        raise ValueError(f"{text!r} är inte ett tal") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r} är inte ett ändligt tal")
    return value


def _blank(cell: str | None) -> str | None:
    return None if cell is None or not cell.strip() else cell.strip()


# --- GDAL -------------------------------------------------------------------------------------------------------------


def _read_gdal(path: Path, shown: str, layer: str | None, encoding: str | None) -> FeatureTable:
    with _undisturbed(path) as source, _quiet():
        name = _choose_layer(_layer_names(source, path, shown), layer, shown)
        try:
            table = _pyogrio_table(source, shown, name, encoding, digest(path))
            return _with_lost(table, _declared(source, name))
        except (RuntimeError, ValueError, MemoryError) as error:
            # pyogrio's own errors are RuntimeErrors; a layer that it gives up on is read record by record.
            return _fiona_table(source, shown, name, encoding, digest(path), _first_line(error))


def _declared(path: Path, layer: str) -> int:
    """Return how many records a file says that it has: GDAL ends quietly where a file is damaged."""
    import pyogrio

    try:
        told = int(pyogrio.read_info(path, layer=layer)["features"])
        if told < 0:
            told = int(pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"])
    except (RuntimeError, ValueError):
        return 0
    if path.suffix.lower() in _LINE_SUFFIXES:
        raw = path.read_bytes()
        told = max(told, raw.count(b"\x1e") or sum(1 for line in raw.splitlines() if line.strip()))
    return told - _deleted(path)


_LINE_SUFFIXES = frozenset({".geojsonl", ".geojsons", ".ndjson", ".jsonl"})
_XML_SUFFIXES = (".gml", ".xml")


def _deleted(path: Path) -> int:
    """Return how many records of a Shapefile or MapInfo table are marked as deleted: counted by GDAL, but not rows."""
    suffix = {".shp": ".dbf", ".tab": ".dat"}.get(path.suffix.lower())
    if suffix is None:
        return 0
    part = _family(path).get(suffix)
    raw = part.read_bytes() if part is not None else b""
    if len(raw) < 32:
        return 0
    # dBASE: bytes 4–7 count the records, 8–9 are the header's length and 10–11 a record's, which a flag begins.
    count, start, length = (int.from_bytes(raw[at:end], "little") for at, end in ((4, 8), (8, 10), (10, 12)))
    return raw[start::length][:count].count(b"*") if length else 0


def _with_lost(table: FeatureTable, declared: int) -> FeatureTable:
    """Return a table with a broken row for every record that the file counts and that could not be read."""
    have, lost = len(table), declared - len(table)
    if lost <= 0:
        return table
    return dataclasses.replace(
        table,
        columns={name: [*cells, *[None] * lost] for name, cells in table.columns.items()},
        geometry=np.concatenate([table.geometry, np.full(lost, None, dtype=object)]),
        broken={**table.broken, **dict.fromkeys(range(have, declared), "posten går inte att läsa")},
        lost=lost,
    )


_NOWHERE = re.compile(r'(LOCAL_CS|ENGCRS|ENGINEERINGCRS)\[|\w+\["Undefined ', re.IGNORECASE)


def _stated(crs: str | None) -> str | None:
    """Return a file's CRS, None where it says that it has none: GeoPackage's undefined systems, a local grid."""
    return None if not crs or _NOWHERE.match(crs) else crs


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
        if self._path.suffix.lower() not in _XML_SUFFIXES:
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
    names = [str(name) for name in meta["fields"]]
    check_unique(names, shown)
    columns = {name: _plain(column) for name, column in zip(names, cells, strict=True)}
    return FeatureTable(
        path=shown, reader="pyogrio", crs=_stated(meta["crs"]), columns=columns,
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
    declared = _declared(path, layer)
    try:
        with fiona.open(path, layer=layer, encoding=encoding) as source:
            crs = _stated(source.crs_wkt)
            with contextlib.suppress(TypeError):  # some formats do not know
                declared = max(declared, len(source) - _deleted(path))
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
                    value = values.get(name)
                    cells.append(None if isinstance(value, float) and math.isnan(value) else value)
    except (FionaError, ValueError, UnicodeDecodeError) as error:
        raise LayerError(
            Fault(message=f"lagret {layer!r} går inte att läsa ({why}; {_first_line(error)}).", path=shown)
        ) from None
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    table = FeatureTable(
        path=shown, reader="fiona", crs=crs, columns=columns, geometry=shapely.force_2d(shapes),
        broken=broken, sha256=sha256,
    )  # fmt: skip
    return _with_lost(table, declared)


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
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return line if len(line) <= 160 else f"{line[:159]}…"
