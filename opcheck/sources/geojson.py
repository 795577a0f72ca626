"""GeoJSON, read with the standard library: one site against one plan needs no GDAL."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.errors import Fault, LayerError
from opcheck.geometry import Geometries
from opcheck.sources.capped import check_whole
from opcheck.sources.table import HEIGHTS, LONLAT, FeatureTable, first_line, noted, within_lonlat


def read_geojson(path: Path, shown: str, layer: str | None) -> FeatureTable | None:
    """Read GeoJSON, or return None for JSON of another kind (TopoJSON, Esri JSON), which GDAL may know."""
    raw = path.read_bytes()
    sha256 = hashlib.sha256(raw).hexdigest()
    rows = _Rows()
    try:
        text = raw.decode("utf-8-sig")
        del raw
        document = _parsed(text, _no_repeats(shown), rows.add)
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
    collected = isinstance(document, dict) and document.get("features") is _COLLECTED
    if collected:
        check_whole(document, len(rows), shown)
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection":
        if not collected:
            raise LayerError(Fault(message="”features” är inte en lista. Exportera filen igen.", path=shown))
    elif isinstance(kind, str) and (kind == "Feature" or kind in _GEOMETRY_TYPES):
        rows = _Rows()
        whole = {name: value for name, value in document.items() if value is not _COLLECTED}
        shape = {"type": "Feature", "id": path.stem, "properties": {}, "geometry": whole}
        rows.add(whole if kind == "Feature" else shape)
    elif isinstance(kind, str) and kind not in ("Topology",):
        raise LayerError(
            Fault(message=f"har type {kind!r}. Förväntade en FeatureCollection, Feature eller geometri.", path=shown)
        )
    elif isinstance(document, dict) and ("geometryType" in document or kind == "Topology"):
        return None
    else:
        raise LayerError(Fault(message="är JSON men inte GeoJSON: ”type” saknas.", path=shown))
    if layer is not None and layer not in (path.stem, document.get("name")):
        raise LayerError(
            Fault(
                message=f"lagret {layer!r} finns inte. GeoJSON har bara ett lager; ta bort layer (--layer).",
                path=shown,
            )
        )
    geometry = rows.geometry()
    crs = _geojson_crs(document, shown)
    if crs is None and within_lonlat(geometry):
        crs = LONLAT
    table = FeatureTable(
        path=shown, reader="json", crs=crs, columns=rows.columns, geometry=shapely.force_2d(geometry),
        broken=rows.broken, sha256=sha256,
    )  # fmt: skip
    return noted(table, HEIGHTS if shapely.has_z(geometry).any() else None)


LINE_SUFFIXES = frozenset({".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".seq"})
"""GeoJSON as a sequence of texts: one to a line, or each after a record separator (RFC 8142)."""


def _pieces(raw: bytes) -> list[bytes]:
    """Return the texts of a sequence."""
    parts = raw.split(b"\x1e") if b"\x1e" in raw else raw.splitlines()
    return [part for part in parts if part.strip()]


def read_sequence(path: Path, shown: str, layer: str | None) -> FeatureTable:
    """Read a sequence of GeoJSON features; a text that is no whole JSON is a row that could not be read."""
    raw = path.read_bytes()
    if layer not in (None, path.stem):
        message = f"lagret {layer!r} finns inte. Filen har bara ett lager; ta bort layer (--layer)."
        raise LayerError(Fault(message=message, path=shown))
    rows = _Rows()
    unread: dict[int, str] = {}
    for row, piece in enumerate(_pieces(raw.removeprefix(b"\xef\xbb\xbf"))):
        try:
            rows.add(json.loads(piece.decode("utf-8"), object_pairs_hook=_no_repeats(shown)))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError):
            rows.add({"type": "Feature"})
            unread[row] = "posten är inte giltig JSON; filen kan vara avklippt"
    geometry = rows.geometry()
    lost = next((count for count in range(len(rows)) if len(rows) - 1 - count not in unread), len(rows))
    table = FeatureTable(
        path=shown, reader="json", crs=LONLAT if within_lonlat(geometry) else None, columns=rows.columns,
        geometry=shapely.force_2d(geometry), broken={**rows.broken, **unread}, sha256=hashlib.sha256(raw).hexdigest(),
        lost=lost,
    )  # fmt: skip
    return noted(table, HEIGHTS if shapely.has_z(geometry).any() else None)


_GEOMETRY_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


_Build = Callable[[list[tuple[str, Any]]], dict[str, Any]]


def _no_repeats(shown: str) -> _Build:
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


_COLLECTED = object()
"""Stands for the list of features in a document whose features have been taken in one by one."""

_BLANK = re.compile(r"[ \t\n\r]*")


def _parsed(text: str, build: _Build, take: Callable[[Any], None]) -> Any:  # noqa: ANN401 - a JSON value
    """Return a JSON document, whose list of features is handed over one by one: all at once fill ten times the file."""
    decoder = json.JSONDecoder(object_pairs_hook=build)
    at = _after_blanks(text, 0)
    if not text.startswith("{", at):
        return decoder.decode(text)
    pairs: list[tuple[str, Any]] = []
    at = _after_blanks(text, at + 1)
    more = not text.startswith("}", at)
    while more:
        name, end = decoder.raw_decode(text, at)
        at = _after_blanks(text, end)
        if not isinstance(name, str) or not text.startswith(":", at):
            raise json.JSONDecodeError("Expecting property name and ':'", text, at)
        at = _after_blanks(text, at + 1)
        if name == "features" and text.startswith("[", at):
            at = _after_blanks(text, at + 1)
            more = not text.startswith("]", at)
            while more:
                feature, at = decoder.raw_decode(text, at)
                take(feature)
                at, more = _after_comma(text, at, "]")
            value, at = _COLLECTED, at + 1
        else:
            value, at = decoder.raw_decode(text, at)
        pairs.append((name, value))
        at, more = _after_comma(text, at, "}")
    if (at := _after_blanks(text, at + 1)) < len(text):
        raise json.JSONDecodeError("Extra data", text, at)
    return build(pairs)


def _after_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return at if match is None else match.end()


def _after_comma(text: str, at: int, end: str) -> tuple[int, bool]:
    """Return where the next value begins, and that there is one; or where the end mark stands."""
    at = _after_blanks(text, at)
    if text.startswith(end, at):
        return at, False
    if not text.startswith(",", at):
        raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
    return _after_blanks(text, at + 1), True


class _Rows:
    """Features as they come, made into columns and shapes."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {}
        self.broken: dict[int, str] = {}
        self._count = 0
        self._texts: list[str | None] = []
        self._shapes: list[Geometries] = [np.empty(0, object)]

    def __len__(self) -> int:
        return self._count

    def add(self, feature: Any) -> None:  # noqa: ANN401 - a JSON value
        """Take in what stands where a feature should; whatever it is, it is a row."""
        row = self._count
        self._count += 1
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            self.broken[row] = "raden är inte ett GeoJSON-objekt av typen Feature"
            feature = {}
        properties = feature.get("properties")
        values = dict(properties) if isinstance(properties, dict) else {}
        if properties is not None and not isinstance(properties, dict):
            self.broken[row] = "”properties” är inte ett objekt"
        if "id" in feature and not any(name.casefold() == "id" for name in values):
            values["id"] = feature["id"]
        for name in values:
            if name not in self.columns:
                self.columns[name] = [None] * row
        for name, cells in self.columns.items():
            cells.append(values.get(name))
        geometry = feature.get("geometry")
        if geometry is not None and not isinstance(geometry, dict):
            self.broken[row] = "geometrin är inte ett GeoJSON-objekt"
            geometry = None
        elif geometry is None and isinstance(feature.get("place"), dict):
            why = "geometrin står i ”place” (JSON-FG), som inte läses: exportera som GeoJSON eller GeoPackage"
            self.broken[row] = why
        self._texts.append(None if geometry is None or row in self.broken else json.dumps(geometry))
        if len(self._texts) == _BATCH:
            self._make()

    def geometry(self) -> Geometries:
        """Return one shape per row, None where there is none or it cannot be read."""
        self._make()
        return np.concatenate(self._shapes)

    def _make(self) -> None:
        first = self._count - len(self._texts)
        made = shapely.from_geojson(np.array(self._texts, dtype=object), on_invalid="ignore")
        for row, text in enumerate(self._texts):
            if text is not None and made[row] is None:
                self.broken[first + row] = _why_unreadable(text)
        self._shapes.append(np.array(made, dtype=object))
        self._texts = []


_BATCH = 1000
"""So many shapes are made at a time: the text of each is gone then."""


def _why_unreadable(text: str) -> str:
    try:
        shapely.from_geojson(text)
    except (shapely.GEOSException, TypeError, ValueError) as error:
        return f"geometrin går inte att läsa ({first_line(error)})"
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
