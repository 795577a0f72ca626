"""The interactive map, as folium writes it for Leaflet.

folium turns every text it is given into program code, twice: a name from a data file can break the page, run in the
reader's browser, or run in Python while the report is written. It therefore gets coordinates, whole numbers and the
fixed styles of `symbols`, never a text. Names travel in the page's data block and are put into the page as text by
``assets/report.js``, which finds them by the whole number of each shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.geometry import transform
from opcheck.report import drawing
from opcheck.report.symbols import SYMBOLS, Symbol

WGS84 = "EPSG:4326"
DECIMALS = 6
"""Of a degree: 0.1 m, finer than any line on the map is drawn."""

_MASK_REACH = 30.0
"""How many windows wide the cover outside the window is: wider than anyone can pan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Something to draw: how, where in the plan's CRS, whether its points may be thinned out, whether it is filled."""

    symbol: Symbol
    geometry: Any
    exact: bool
    filled: bool


class Leaflet:
    """The interactive map of one site.

    Parameters
    ----------
    bounds
        Of the window, in the plan's CRS.
    crs
        The plan's.
    index
        The site's number on the page.
    tolerance
        Surroundings are simplified by at most this many metres.
    """

    def __init__(self, bounds: Sequence[float], crs: str, index: int, tolerance: float) -> None:
        self.crs, self.index, self.tolerance = crs, index, tolerance
        west, south, east, north = bounds
        cut = drawing.INSET * max(east - west, north - south)
        self.frame = shapely.box(west + cut, south + cut, east - cut, north - cut)
        self.corners = self.box(self.frame.bounds)
        self.element = f"map_site{index}"

    def script(self, shapes: Sequence[Shape]) -> str:
        """Return the script that makes the map: folium's own, with nothing but numbers in it."""
        import folium

        (south, west), (north, east) = self.corners
        leaflet = folium.Map(
            location=[_degrees((south + north) / 2), _degrees((west + east) / 2)],
            tiles=None,
            zoom_control=False,
            attributionControl=False,
            scrollWheelZoom=False,
            zoomSnap=0.25,
            minZoom=4,
            maxZoom=20,
            maxBoundsViscosity=1.0,
        )
        # on the instance: folium's lists on the class are shared by the whole process
        leaflet.default_js, leaflet.default_css = [], []
        leaflet._id = f"site{self.index}"
        for number, symbol in enumerate(SYMBOLS.values()):
            features = list(self._features(shapes, symbol))
            if features:
                self._layer(folium, number, symbol, features).add_to(leaflet)
        self._cover(folium).add_to(leaflet)
        # report.js fits the view: folium's own fitting is animated, and would end after it
        figure: Any = leaflet.get_root()
        figure.render()
        return str(figure.script.render())

    def _features(self, shapes: Sequence[Shape], symbol: Symbol) -> Iterator[dict[str, Any]]:
        for number, one in enumerate(shapes):
            if one.symbol.key != symbol.key:
                continue
            moved = self._wgs84(one.geometry if one.exact else self._simplified(one.geometry))
            for part, geometry in enumerate(_pure(moved)):
                yield {
                    "type": "Feature",
                    "id": f"{symbol.order}-{number}-{part}" + ("" if one.filled else "-open"),
                    "properties": {"i": number},
                    "geometry": _geojson(geometry),
                }

    def _simplified(self, geometry: Any) -> Any:  # noqa: ANN401 - see Shape
        simple = shapely.simplify(geometry, self.tolerance, preserve_topology=True)
        return geometry if shapely.is_empty(simple) else simple

    def _layer(self, folium: Any, number: int, symbol: Symbol, features: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - folium has no types
        open_ones = {one["id"] for one in features if "Line" in one["geometry"]["type"] or one["id"].endswith("-open")}
        area, line = _style(symbol, filled=True), _style(symbol, filled=False)
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            style_function=lambda feature: line if feature["id"] in open_ones else area,
            marker=folium.CircleMarker(radius=drawing.POINT_PX + 1),
            smooth_factor=1.0,
        )
        layer._id = f"site{self.index}n{number}"
        layer.marker._id = f"site{self.index}n{number}"
        return layer

    def _cover(self, folium: Any) -> Any:  # noqa: ANN401 - folium has no types
        """Return a cover of all outside the window: beyond it nothing is drawn, and the cut edges are no borders."""
        (south, west), (north, east) = self.corners
        reach_x, reach_y = _MASK_REACH * (east - west), _MASK_REACH * (north - south)
        outer = shapely.box(west - reach_x, max(south - reach_y, -85.0), east + reach_x, min(north + reach_y, 85.0))
        hole = self._wgs84(self.frame)
        ground = shapely.Polygon(outer.exterior.coords, [hole.exterior.coords])
        feature = {"type": "Feature", "id": "cover", "properties": {"i": -1}, "geometry": _geojson(ground)}
        style = {"color": "#767676", "weight": 1, "fillColor": "#E8E6E1", "fillOpacity": 1, "interactive": False}
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": [feature]},
            style_function=lambda _feature: style,
            interactive=False,
        )
        layer._id = f"site{self.index}cover"
        return layer

    def box(self, bounds: Sequence[float]) -> list[list[float]]:
        """Return the south-west and north-east corners, in degrees, around a box in the plan's CRS."""
        x0, y0, x1, y1 = bounds
        west, south, east, north = (_degrees(value) for value in self._wgs84(shapely.box(x0, y0, x1, y1)).bounds)
        return [[south, west], [north, east]]

    def places(self, picture: drawing.Drawing, spots: Sequence[tuple[float, float]]) -> list[list[float]]:
        """Return latitude and longitude of places on the drawing."""
        west, _, east, north = picture.bounds
        scale = (east - west) / picture.width
        places = self._wgs84_all([shapely.Point(west + x * scale, north - y * scale) for x, y in spots])
        return [[_degrees(place.y), _degrees(place.x)] for place in places]

    def _wgs84(self, geometry: Any) -> Any:  # noqa: ANN401 - see Shape
        return self._wgs84_all([geometry])[0]

    def _wgs84_all(self, geometries: Sequence[Any]) -> Any:  # noqa: ANN401 - see Shape
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


def _pure(geometry: Any) -> Iterator[Any]:  # noqa: ANN401 - see Shape
    """Split a mixed collection into one multi-geometry per kind."""
    if geometry.geom_type != "GeometryCollection":
        yield geometry
        return
    parts = [part for part in shapely.get_parts(geometry) if not part.is_empty]
    makers: tuple[Any, ...] = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
    for dimension, make in enumerate(makers):
        simple = [
            single for part in parts if shapely.get_dimensions(part) == dimension for single in shapely.get_parts(part)
        ]
        if simple:
            yield make(simple)


def _geojson(geometry: Any) -> Any:  # noqa: ANN401 - see Shape
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
