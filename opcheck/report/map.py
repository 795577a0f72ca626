"""One map per site: what is on it, its legend, and the interactive form that folium writes.

folium turns every text it is given into program code, twice: a name from a data file can break the page, run in the
reader's browser, or run in Python while the report is written. It therefore gets coordinates, whole numbers and the fixed
styles of `symbols`, never a text. Names travel in the page's data block and are put into the page as text by
``assets/report.js``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from opcheck.geometry import transform
from opcheck.report import drawing
from opcheck.report.symbols import SYMBOLS, Symbol, symbol_for

if TYPE_CHECKING:
    import folium

WGS84 = "EPSG:4326"
DECIMALS = 6
"""Of a degree: 0.1 m, finer than any line on the map is drawn."""

TOLERANCE_SHARE = 1 / 4000
"""Surroundings are simplified by at most this share of the window's longer side; the site and its parts are not."""

BACKGROUND_MOST = 400
"""Objects in the surroundings that are drawn on one map; the legend says how many more there are."""

_EXACT = frozenset({"site", "part", "link"})
_UNNUMBERED = _EXACT | {"border"}
_BACKGROUND = frozenset({"zone", "interest", "context"})
_MASK_REACH = 30.0
"""How many windows wide the cover outside the window is: wider than anyone can pan."""


class Item(Protocol):
    """One thing inside a window, as the assessment gives it."""

    @property
    def role(self) -> str: ...  # noqa: D102 - the protocol names the members, map items explain them
    @property
    def layer_id(self) -> str | None: ...  # noqa: D102
    @property
    def theme(self) -> str | None: ...  # noqa: D102
    @property
    def feature_id(self) -> str | None: ...  # noqa: D102
    @property
    def label(self) -> str | None: ...  # noqa: D102
    @property
    def geometry(self) -> Any: ...  # noqa: ANN401, D102 - shapely's geometries share no narrower public type


class Window(Protocol):
    """A site's surroundings, clipped, in the plan's CRS."""

    @property
    def bounds(self) -> Sequence[float]: ...  # noqa: D102 - see Item
    @property
    def items(self) -> Sequence[Item]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the legend: a symbol, the numbers on the map that have it, and the layers it stands for.

    Parameters
    ----------
    symbol
        How it is drawn.
    shape
        ``area``, ``line`` or ``point``: what the sample in the legend shows.
    layers
        Titles of the layers, without repeats; empty where the symbol's own name says enough.
    """

    symbol: Symbol
    shape: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A numbered thing on the map, by its key in `SiteMap.numbers`."""

    number: int
    label: str
    layer: str
    symbol: Symbol
    met: bool
    covers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """All that the page says about one map.

    Parameters
    ----------
    index
        The site's number on the page, from 1.
    element
        Id of the element that the interactive map takes.
    drawing, closer
        The drawn map, and one of the site itself where it is small on the first.
    legend, numbered
        What is on it.
    numbers
        (layer, feature) → number on the map.
    parts
        (layer, zone) → letter on the map, for a site that is in several parts.
    tolerance_m
        How much the lines of the surroundings may have been simplified for drawing.
    left_out
        Number of surrounding objects that were not drawn.
    script
        The interactive map as folium writes it, in a function of its own.
    data
        Names for popups and places for numbers; goes into the page's data block.
    """

    index: int
    element: str
    drawing: drawing.Drawing
    closer: drawing.Drawing | None
    legend: tuple[Entry, ...]
    numbered: tuple[Numbered, ...]
    numbers: Mapping[tuple[str, str], int]
    parts: Mapping[tuple[str, str], str]
    tolerance_m: float
    left_out: int
    script: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    item: Item
    symbol: Symbol
    number: int | None
    letter: str | None
    met: bool
    covers: bool
    geometry: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the findings say of the things that may be on a map; keys are (layer, feature).

    Parameters
    ----------
    order
        All that the findings name, in the order of the page: numbers on the map follow it.
    met
        Those that the site meets.
    anchors
        The finding on the page that names a thing first.
    distances
        How far it is to a thing, in words.
    """

    order: Sequence[tuple[str, str]]
    met: frozenset[tuple[str, str]]
    anchors: Mapping[tuple[str, str], str]
    distances: Mapping[tuple[str, str], str]


def build(window: Window, *, crs: str, index: int, named: Named, layers: Mapping[str, str]) -> SiteMap:
    """Return the map of one site.

    Parameters
    ----------
    window
        The site's surroundings.
    crs
        Of the window; the plan's.
    index
        The site's number on the page.
    named
        What the findings say of things on the map.
    layers
        Layer id → title.
    """
    chosen, left_out = _chosen(window.items)
    numbers = _numbers(chosen, named.order)
    letters = _letters(chosen)
    tolerance = TOLERANCE_SHARE * max(window.bounds[2] - window.bounds[0], window.bounds[3] - window.bounds[1])
    drawn = [_drawn(item, numbers, letters, named, window.bounds) for item in chosen]
    drawn.sort(key=lambda one: one.symbol.order)
    leaflet = _Leaflet(window.bounds, crs, index, tolerance)
    subjects = [_subject(one, named.distances) for one in drawn]
    picture = drawing.draw(window.bounds, subjects)
    return SiteMap(
        index=index, element=leaflet.element, drawing=picture, closer=drawing.closer(window.bounds, subjects), legend=tuple(_legend(drawn, layers)),
        numbered=tuple(_numbered(drawn, layers)), numbers=numbers, parts=letters, tolerance_m=tolerance,
        left_out=left_out, script=leaflet.script(drawn), data=leaflet.data(drawn, layers, named.anchors, picture),
    )  # fmt: skip


def _drawn(
    item: Item, numbers: Mapping[tuple[str, str], int], letters: Mapping[tuple[str, str], str], named: Named,
    bounds: Sequence[float],
) -> _Drawn:
    key = _key(item)
    met = item.role not in _UNNUMBERED and (item.role == "hit" or key in named.met)
    return _Drawn(
        item=item, symbol=symbol_for(item.role, item.theme, met=met), met=met, geometry=item.geometry,
        covers=drawing.covers(item.geometry, bounds),
        number=None if item.role in _UNNUMBERED else numbers.get(key),
        letter=letters.get(key) if item.role == "part" else None,
    )  # fmt: skip


def _key(item: Item) -> tuple[str, str]:
    return item.layer_id or "", item.feature_id or ""


def _chosen(items: Iterable[Item]) -> tuple[list[Item], int]:
    """Return the things to draw: each object of the surroundings once, in its weightiest role, and a bounded number."""
    kept = [item for item in items if item.geometry is not None and not shapely.is_empty(item.geometry)]
    weighty = {_key(item) for item in kept if item.role in {"hit", "near"}}
    hits = {_key(item) for item in kept if item.role == "hit"}
    found: list[Item] = []
    seen: set[tuple[str, str, str]] = set()
    background = left_out = 0
    for item in kept:
        mark = (item.role, *_key(item))
        if item.role in _BACKGROUND and _key(item) in weighty or item.role == "near" and _key(item) in hits:
            continue
        if item.role in {"hit", "near"} and mark in seen:
            continue
        if item.role in _BACKGROUND:
            background += 1
            if background > BACKGROUND_MOST:
                left_out += 1
                continue
        seen.add(mark)
        found.append(item)
    return found, left_out


def _numbers(items: Iterable[Item], order: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Number what the site meets and what lies nearest: first in the order of the findings, then the rest."""
    here = [_key(item) for item in items if item.role in {"hit", "near"}]
    also = {_key(item) for item in items if item.role in _BACKGROUND}
    named = [key for key in order if key in also or key in here]
    return {key: number for number, key in enumerate(dict.fromkeys([*named, *here]), 1)}


def _letters(items: Iterable[Item]) -> dict[tuple[str, str], str]:
    """Give the parts of a site that is in several a letter each."""
    parts = list(dict.fromkeys(_key(item) for item in items if item.role == "part"))
    if len(parts) < 2:
        return {}
    return {part: _letter(number) for number, part in enumerate(parts)}


def _letter(number: int) -> str:
    return (_letter(number // 26 - 1) if number >= 26 else "") + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 26]


def _subject(one: _Drawn, distances: Mapping[tuple[str, str], str]) -> drawing.Subject:
    # a numbered thing is named in the legend; its name on the map would only crowd it
    if one.item.role == "part":
        label = one.letter
    elif one.item.role == "link":
        label = " → ".join(text for text in (distances.get(_key(one.item)), one.item.label) if text)
    elif one.number is None or one.symbol.named:
        label = one.item.label
    else:
        label = None
    return drawing.Subject(
        symbol=one.symbol, geometry=one.geometry, label=label, number=one.number, met=one.met, covers=one.covers
    )


def _legend(drawn: Sequence[_Drawn], layers: Mapping[str, str]) -> Iterator[Entry]:
    for symbol in sorted(SYMBOLS.values(), key=lambda symbol: -symbol.order):
        mine = [one for one in drawn if one.symbol.key == symbol.key]
        if not mine:
            continue
        titles = [layers.get(one.item.layer_id or "") for one in mine if one.item.role not in _UNNUMBERED]
        kinds = {_kind(one.geometry) for one in mine}
        shape = next(kind for kind in ("area", "line", "point") if kind in kinds)
        yield Entry(symbol=symbol, shape=shape, layers=tuple(dict.fromkeys(title for title in titles if title)))


def _kind(geometry: Any) -> str:  # noqa: ANN401 - shapely's geometries share no narrower public type
    return ("point", "line", "area")[int(shapely.get_dimensions(geometry))]


def _numbered(drawn: Sequence[_Drawn], layers: Mapping[str, str]) -> list[Numbered]:
    found = [
        Numbered(
            number=one.number, label=one.item.label or one.item.feature_id or "",
            layer=layers.get(one.item.layer_id or "", one.item.layer_id or ""), symbol=one.symbol,
            met=one.met, covers=one.covers,
        )
        for one in drawn
        if one.number is not None
    ]  # fmt: skip
    return sorted(found, key=lambda entry: entry.number)


class _Leaflet:
    """The interactive map of one site."""

    def __init__(self, bounds: Sequence[float], crs: str, index: int, tolerance: float) -> None:
        self.crs, self.index, self.tolerance = crs, index, tolerance
        west, south, east, north = bounds
        cut = drawing.INSET * max(east - west, north - south)
        self.frame = shapely.box(west + cut, south + cut, east - cut, north - cut)
        lon0, lat0, lon1, lat1 = (_degrees(value) for value in self._wgs84(self.frame).bounds)
        self.corners = [[lat0, lon0], [lat1, lon1]]
        self.element = f"map_site{index}"

    def script(self, drawn: Sequence[_Drawn]) -> str:
        """Return the script that makes the map: folium's own, with nothing but numbers in it."""
        import folium

        (south, west), (north, east) = self.corners
        leaflet = folium.Map(
            location=[_degrees((south + north) / 2), _degrees((west + east) / 2)], tiles=None, zoom_control=False,
            attributionControl=False, scrollWheelZoom=False, zoomSnap=0.25, minZoom=4, maxZoom=20, maxBoundsViscosity=1.0,
        )  # fmt: skip
        # on the instance: folium's lists on the class are shared by the whole process
        leaflet.default_js, leaflet.default_css = [], []
        leaflet._id = f"site{self.index}"
        for number, symbol in enumerate(SYMBOLS.values()):
            features = list(self._features(drawn, symbol))
            if features:
                self._layer(folium, number, symbol, features).add_to(leaflet)
        self._cover(folium).add_to(leaflet)
        leaflet.fit_bounds(self.corners)
        for child in leaflet._children.values():
            if child._name == "FitBounds":
                child._id = f"site{self.index}"
        figure = leaflet.get_root()
        figure.render()
        return str(figure.script.render())

    def _features(self, drawn: Sequence[_Drawn], symbol: Symbol) -> Iterator[dict[str, Any]]:
        for number, one in enumerate(drawn):
            if one.symbol.key != symbol.key:
                continue
            exact = one.item.role in _EXACT
            for part, geometry in enumerate(_pure(self._wgs84(one.geometry if exact else self._simplified(one.geometry)))):
                yield {
                    "type": "Feature", "id": f"{symbol.order}-{number}-{part}" + ("-open" if one.covers else ""), "properties": {"i": number},
                    "geometry": _geojson(geometry),
                }  # fmt: skip

    def _simplified(self, geometry: Any) -> Any:  # noqa: ANN401 - see _kind
        simple = shapely.simplify(geometry, self.tolerance, preserve_topology=True)
        return geometry if shapely.is_empty(simple) else simple

    def _layer(self, folium: Any, number: int, symbol: Symbol, features: list[dict[str, Any]]) -> folium.GeoJson:  # noqa: ANN401 - folium has no types
        open_ones = {one["id"] for one in features if "Line" in one["geometry"]["type"] or one["id"].endswith("-open")}
        area, line = _style(symbol, filled=True), _style(symbol, filled=False)
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            style_function=lambda feature: line if feature["id"] in open_ones else area,
            on_each_feature=folium.JsCode("opcheck.feature"), marker=folium.CircleMarker(radius=drawing.POINT_PX + 1),
            smooth_factor=1.0,
        )  # fmt: skip
        layer._id = f"site{self.index}n{number}"
        layer.marker._id = f"site{self.index}n{number}"
        return layer

    def _cover(self, folium: Any) -> folium.GeoJson:  # noqa: ANN401 - see _layer
        """Return a cover of all outside the window: beyond it nothing is drawn, and the cut edges are no borders."""
        (south, west), (north, east) = self.corners
        reach_x, reach_y = _MASK_REACH * (east - west), _MASK_REACH * (north - south)
        outer = shapely.box(west - reach_x, max(south - reach_y, -85.0), east + reach_x, min(north + reach_y, 85.0))
        hole = self._wgs84(self.frame)
        ground = shapely.Polygon(outer.exterior.coords, [hole.exterior.coords])
        feature = {"type": "Feature", "id": "cover", "properties": {"i": -1}, "geometry": _geojson(ground)}
        style = {"color": "#767676", "weight": 1, "fillColor": "#E8E6E1", "fillOpacity": 1, "interactive": False}
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": [feature]}, style_function=lambda _feature: style,
            on_each_feature=folium.JsCode("opcheck.feature"), interactive=False,
        )  # fmt: skip
        layer._id = f"site{self.index}cover"
        return layer

    def data(
        self, drawn: Sequence[_Drawn], layers: Mapping[str, str], anchors: Mapping[tuple[str, str], str],
        picture: drawing.Drawing,
    ) -> dict[str, Any]:  # fmt: skip
        """Return what the page's data block says about the map; every text in it is shown as text."""
        items = [
            {
                "role": one.item.role, "symbol": one.symbol.key, "label": one.item.label, "id": one.item.feature_id,
                "layer": layers.get(one.item.layer_id or "", one.item.layer_id), "number": one.number,
                "letter": one.letter, "anchor": anchors.get(_key(one.item)),
            }
            for one in drawn
        ]  # fmt: skip
        marks = [
            {"number": mark.number, "met": mark.met, "at": at}
            for mark, at in zip(picture.marks, self._places(picture, [(one.x, one.y) for one in picture.marks]), strict=True)
        ]
        spots = [(one.x, one.y - one.size / 3) for one in picture.labels]
        labels = [
            {"text": label.text, "kind": label.kind, "anchor": label.anchor, "at": at}
            for label, at in zip(picture.labels, self._places(picture, spots), strict=True)
        ]
        return {
            "element": self.element, "ratio": round(picture.width / picture.height, 3), "corners": self.corners,
            "items": items, "marks": marks, "labels": labels,
        }  # fmt: skip

    def _places(self, picture: drawing.Drawing, spots: Sequence[tuple[float, float]]) -> list[list[float]]:
        """Return latitude and longitude of places on the drawing."""
        west, _, east, north = picture.bounds
        scale = (east - west) / picture.width
        places = self._wgs84_all([shapely.Point(west + x * scale, north - y * scale) for x, y in spots])
        return [[_degrees(place.y), _degrees(place.x)] for place in places]

    def _wgs84(self, geometry: Any) -> Any:  # noqa: ANN401 - see _kind
        return self._wgs84_all([geometry])[0]

    def _wgs84_all(self, geometries: Sequence[Any]) -> Any:  # noqa: ANN401 - see _kind
        array = np.empty(len(geometries), dtype=object)
        array[:] = geometries
        moved = transform(array, self.crs, WGS84)
        # transform cuts long edges; the points that changed nothing on the way are not worth their bytes
        simple = shapely.simplify(moved, 0.5 * 10**-DECIMALS, preserve_topology=True)
        return np.where(shapely.is_empty(simple), moved, simple)


def _style(symbol: Symbol, *, filled: bool) -> dict[str, Any]:
    filled = filled and symbol.fill is not None
    style: dict[str, Any] = {"color": symbol.stroke, "weight": symbol.width, "fill": filled}
    if symbol.dash:
        style["dashArray"] = symbol.dash
    if filled:
        style["fillColor"] = "url(#opcheck-hatch)" if symbol.hatched else symbol.fill
        style["fillOpacity"] = symbol.opacity
    return style


def _pure(geometry: Any) -> Iterator[Any]:  # noqa: ANN401 - see _kind
    """Split a mixed collection into one multi-geometry per kind."""
    if geometry.geom_type != "GeometryCollection":
        yield geometry
        return
    parts = [part for part in shapely.get_parts(geometry) if not part.is_empty]
    for dimension, make in enumerate((shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)):
        simple = [
            single
            for part in parts
            if shapely.get_dimensions(part) == dimension
            for single in shapely.get_parts(part)
        ]
        if simple:
            yield make(simple)


def _geojson(geometry: Any) -> Any:  # noqa: ANN401 - see _kind
    return _rounded(json.loads(shapely.to_geojson(geometry)))


def _rounded(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, float):
        return _degrees(value)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value


def _degrees(value: float) -> float:
    # -0.0 and 0.0 are the same place but not the same bytes
    return round(float(value), DECIMALS) + 0.0
