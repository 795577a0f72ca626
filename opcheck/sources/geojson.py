"""GeoJSON, read with the standard library: one site against one plan needs no GDAL."""

from __future__ import annotations

import hashlib
import json
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
        check_whole(document, shown)
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
    table = FeatureTable(
        path=shown, reader="json", crs=crs, columns=columns, geometry=shapely.force_2d(geometry), broken=broken,
        sha256=hashlib.sha256(raw).hexdigest(),
    )  # fmt: skip
    return noted(table, HEIGHTS if shapely.has_z(geometry).any() else None)


LINE_SUFFIXES = frozenset({".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".seq"})
"""GeoJSON as a sequence of texts: one to a line, or each after a record separator (RFC 8142)."""


def pieces(raw: bytes) -> list[bytes]:
    """Return the texts of a sequence."""
    parts = raw.split(b"\x1e") if b"\x1e" in raw else raw.splitlines()
    return [part for part in parts if part.strip()]


def read_sequence(path: Path, shown: str, layer: str | None) -> FeatureTable:
    """Read a sequence of GeoJSON features; a text that is no whole JSON is a row that could not be read."""
    raw = path.read_bytes()
    if layer not in (None, path.stem):
        message = f"lagret {layer!r} finns inte. Filen har bara ett lager; ta bort layer (--layer)."
        raise LayerError(Fault(message=message, path=shown))
    features: list[Any] = []
    unread: dict[int, str] = {}
    for row, piece in enumerate(pieces(raw.removeprefix(b"\xef\xbb\xbf"))):
        try:
            features.append(json.loads(piece.decode("utf-8"), object_pairs_hook=_no_repeats(shown)))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError):
            features.append({"type": "Feature"})
            unread[row] = "posten är inte giltig JSON; filen kan vara avklippt"
    columns, geometry, broken = _features(features)
    lost = next((count for count in range(len(features)) if len(features) - 1 - count not in unread), len(features))
    table = FeatureTable(
        path=shown, reader="json", crs=LONLAT if within_lonlat(geometry) else None, columns=columns,
        geometry=shapely.force_2d(geometry), broken={**broken, **unread}, sha256=hashlib.sha256(raw).hexdigest(),
        lost=lost,
    )  # fmt: skip
    return noted(table, HEIGHTS if shapely.has_z(geometry).any() else None)


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
        elif geometry is None and isinstance(feature.get("place"), dict):
            broken[row] = "geometrin står i ”place” (JSON-FG), som inte läses: exportera som GeoJSON eller GeoPackage"
        texts.append(None if geometry is None or row in broken else json.dumps(geometry))
    shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore") if texts else np.empty(0, object)
    for row, text in enumerate(texts):
        if text is not None and shapes[row] is None:
            broken[row] = _why_unreadable(text)
    return columns, np.array(shapes, dtype=object), broken


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
