"""The map of a plan-readiness check: drawn for paper, and as numbers for the interactive one.

folium is not asked: the page's own script makes the map out of coordinates and whole numbers, and every text stands in
the page's data block and is shown as text.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.geometry import Geometries, transform
from opcheck.readiness import Level, PlanFault, Readiness
from opcheck.report import drawing
from opcheck.report.leaflet import WGS84
from opcheck.report.symbols import BLACK, BLUE, BROWN, GREY, PALE, Symbol
from opcheck.rules import LAND_USE

DRAWN_MOST = 1000
DRAWN_LEAST = 20
"""Findings on the map, and how many of each kind are on it even so; the page says how many there are."""

NUMBERED_MOST = 40
"""Findings with a number on the still map: more would cover it."""

ZONES_MOST = 4000
CORNERS_MOST = 60_000
"""Zones on the map, the largest first, and their corners: lines are simplified until they are no more."""

FINEST_SHARE = 1 / 20_000
FAULT_SHARE = 1 / 1000
"""Zones are simplified by this share of the map's longer side or more, a finding by this share of its own."""

SEEN_PX = 7.0
"""A finding smaller than this on the still map is drawn as a point."""

AROUND = 0.03
_ZONE_DECIMALS, _FAULT_DECIMALS = 6, 8

DEGREE_M = 111_000.0
"""Length of a degree of latitude, for a tolerance in degrees."""

_LEAST_BOX_M = 0.5
"""The surroundings of a finding reach at least so far: a box without an area is no shape."""

SYMBOLS: Mapping[str, Symbol] = {
    symbol.key: symbol
    for symbol in (
        Symbol(key="zone", stroke=GREY, width=0.7, fill=PALE, opacity=0.55, order=0),
        Symbol(key="border", stroke=BLACK, width=1.4, dash="14 4 2 4", order=1),
        Symbol(key="notice", stroke=BLUE, width=1.6, dash="4 3", fill="#FFFFFF", opacity=0.5, order=2),
        Symbol(key="warning", stroke=BROWN, width=2.0, fill=BROWN, opacity=0.9, hatched=True, order=3),
        Symbol(key="error", stroke=BLACK, width=2.6, fill=BLACK, opacity=0.25, order=4),
    )
}
"""Drawn in this order. They differ in line and fill as well as in colour."""

POINTS: Mapping[str, Symbol] = {
    symbol.key: dataclasses.replace(symbol, hatched=False, opacity=1.0, dash=None) for symbol in SYMBOLS.values()
}
"""The same for what is too small to be seen as an area."""


Window = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A finding that has a place: its number in the list, and its shape or a point."""

    number: int
    fault: PlanFault
    shape: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessMap:
    """All that the page says about the map.

    Parameters
    ----------
    element
        Id of the element that the interactive map takes.
    picture
        The still map.
    symbols
        Those that are on it, the topmost first.
    located, drawn, numbered
        How many findings have a place, are on the map, and have their number on the still map.
    shown
        Numbers of the findings that a row can show on the interactive map.
    tolerance_m
        How much the zones' lines may have been simplified.
    data
        For the data block.
    """

    element: str
    picture: drawing.Drawing
    symbols: tuple[Symbol, ...]
    located: int
    drawn: int
    numbered: int
    shown: frozenset[int]
    tolerance_m: float
    data: Mapping[str, Any]


def build(readiness: Readiness, texts: Mapping[int, Mapping[str, str]]) -> ReadinessMap | None:
    """Return the map of a check, None where nothing has a place.

    Parameters
    ----------
    texts
        Number of the finding → what its box and its mark say.
    """
    zones, names = _zones(readiness)
    spots = list(_spots(readiness, names))
    window = _window(readiness, zones, spots)
    if window is None:
        return None
    drawn = _drawn(spots)
    size = max(window[2] - window[0], window[3] - window[1])
    simple, tolerance = _thinned(zones, size * FINEST_SHARE)
    picture = _picture(readiness, window, simple, drawn)
    shown = _shown(readiness, {spot.number for spot in drawn}, set(names))
    return ReadinessMap(
        element="map_readiness", picture=picture, symbols=tuple(_legend(readiness, zones, drawn)), located=len(spots),
        drawn=len(drawn), numbered=len(picture.marks), shown=frozenset(shown), tolerance_m=tolerance,
        data=_data(readiness, window, simple, names, drawn, shown, texts, picture, tolerance),
    )  # fmt: skip


# --- what is on it ----------------------------------------------------------------------------------------------------


def _zones(readiness: Readiness) -> tuple[Geometries, dict[tuple[str, str], int]]:
    """Return the plan's zones, the largest first, and where each stands among them."""
    land = [features for features in readiness.layers if features.layer.theme == LAND_USE and len(features)]
    if not land:
        return np.empty(0, dtype=object), {}
    shapes = np.concatenate([features.geometry for features in land])
    names = [(features.layer.id, name) for features in land for name in features.ids]
    order = sorted(range(len(names)), key=lambda row: (-round(float(shapely.area(shapes[row])), 3), names[row]))
    kept = order[:ZONES_MOST]
    return shapes[kept], {names[row]: place for place, row in enumerate(kept)}


def _spots(readiness: Readiness, zones: Collection[tuple[str, str]]) -> Iterator[Spot]:
    """Give the findings with one place; one about many rows at once has none, and is shown by its rows."""
    for number, (fault, shape) in enumerate(zip(readiness.faults, readiness.shapes, strict=True), 1):
        if shape is not None:
            yield Spot(number=number, fault=fault, shape=shape)
        elif fault.spot is not None and fault.bounds is not None and len(fault.features) == 1:
            west, south, east, north = fault.bounds
            # Of a row that is no zone only the box around it is known: drawn as a line, and not filled as if it were
            # the row.
            box = shapely.box(west, south, east, north)
            known = fault.features[0] in zones or not shapely.area(box)
            line = shapely.Point(fault.spot) if known else shapely.boundary(box)
            yield Spot(number=number, fault=fault, shape=line)


def _drawn(spots: Sequence[Spot]) -> list[Spot]:
    """Return the findings that the map has room for: the first of every kind, and then the most serious."""
    seen: Counter[str] = Counter()
    first: list[Spot] = []
    rest: list[Spot] = []
    for spot in spots:
        seen[spot.fault.kind] += 1
        (first if seen[spot.fault.kind] <= DRAWN_LEAST else rest).append(spot)
    kept = [*first, *rest[: max(DRAWN_MOST - len(first), 0)]]
    return sorted(kept, key=lambda spot: spot.number)


def _window(readiness: Readiness, zones: Geometries, spots: Sequence[Spot]) -> Window | None:
    """Return what the map shows at first: the municipality, else the zones, else the findings."""
    if readiness.area is not None:
        shapes = [readiness.area]
    elif len(zones):
        shapes = list(zones)
    else:
        shapes = [spot.shape for spot in spots]
    if not shapes:
        return None
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    around = AROUND * max(east - west, north - south, 10.0)
    return west - around, south - around, east + around, north + around


def _thinned(zones: Geometries, tolerance: float) -> tuple[Geometries, float]:
    """Return the zones with no more corners than the page can carry, and how much their lines were simplified."""
    simple = shapely.simplify(zones, tolerance, preserve_topology=True)
    while shapely.get_num_coordinates(simple).sum() > CORNERS_MOST and tolerance < 1e5:
        tolerance *= 2
        simple = shapely.simplify(zones, tolerance, preserve_topology=True)
    return np.where(shapely.is_empty(simple), zones, simple), tolerance


def _shown(readiness: Readiness, drawn: set[int], zones: set[tuple[str, str]]) -> set[int]:
    """Return the findings that can be shown: those on the map, and those whose zones are."""
    rows = {
        number
        for number, fault in enumerate(readiness.faults, 1)
        if fault.features and not zones.isdisjoint(fault.features)
    }
    return drawn | rows


def _legend(readiness: Readiness, zones: Geometries, drawn: Sequence[Spot]) -> Iterator[Symbol]:
    levels = {spot.fault.level.value for spot in drawn}
    for key, symbol in reversed(list(SYMBOLS.items())):
        if key in levels or (key == "zone" and len(zones)) or (key == "border" and readiness.area is not None):
            yield symbol


# --- for paper --------------------------------------------------------------------------------------------------------


def _picture(readiness: Readiness, window: Window, zones: Geometries, spots: Sequence[Spot]) -> drawing.Drawing:
    size = max((window[2] - window[0]) / drawing.WIDTH_PX, (window[3] - window[1]) / drawing.HEIGHT_PX)
    box = shapely.box(*window)
    subjects = [_subject(SYMBOLS["zone"], one) for one in shapely.intersection(zones, box) if not one.is_empty]
    if readiness.area is not None:
        subjects.append(_subject(SYMBOLS["border"], shapely.boundary(readiness.area)))
    # The most serious come first in the list, and are drawn last: on top.
    numbered = 0
    for spot in spots:
        shape = shapely.intersection(spot.shape, box)
        if shape.is_empty:
            continue
        numbered += 1
        number = spot.number if numbered <= NUMBERED_MOST else None
        symbol = SYMBOLS[spot.fault.level.value]
        west, south, east, north = shape.bounds
        if max(east - west, north - south) < SEEN_PX * size:
            shape = shapely.point_on_surface(shape)
            symbol = POINTS[symbol.key]
        subjects.append(_subject(symbol, shape, number, met=spot.fault.level is not Level.NOTICE))
    return drawing.draw(window, subjects)


def _subject(symbol: Symbol, shape: Any, number: int | None = None, *, met: bool = False) -> drawing.Subject:  # noqa: ANN401 - a geometry
    return drawing.Subject(symbol=symbol, geometry=shape, label=None, number=number, met=met, covers=False)


# --- for the screen ---------------------------------------------------------------------------------------------------


def _data(
    readiness: Readiness,
    window: Window,
    zones: Geometries,
    names: Mapping[tuple[str, str], int],
    drawn: Sequence[Spot],
    shown: set[int],
    texts: Mapping[int, Mapping[str, str]],
    picture: drawing.Drawing,
    tolerance_m: float,
) -> dict[str, Any]:
    crs = readiness.plan.crs
    on_map = {spot.number: spot for spot in drawn}
    numbers = sorted(shown)
    shapes = [on_map[number].shape if number in on_map else None for number in numbers]
    places = [readiness.faults[number - 1].spot for number in numbers]
    geometry = _geojson(_thin_faults(shapes), crs, _FAULT_DECIMALS, 0.001)
    spots = _geojson([None if spot is None else shapely.Point(spot) for spot in places], crs, _FAULT_DECIMALS)
    around = _bounds([_around(readiness.faults[number - 1]) for number in numbers], crs)
    faults = []
    for row, number in enumerate(numbers):
        fault = readiness.faults[number - 1]
        at = spots[row]["coordinates"][::-1] if number in on_map and spots[row] is not None else None
        faults.append(
            {
                "number": number, "level": fault.level.value, "at": at, "shape": geometry[row],
                "around": around[row], "zones": sorted(names[one] for one in fault.features if one in names),
                **texts[number],
            }
        )  # fmt: skip
    border = [] if readiness.area is None else [_border(readiness.area, max(picture.width, 1.0), window)]
    return {
        "element": "map_readiness",
        "ratio": round(picture.width / picture.height, 3),
        "corners": _bounds([shapely.box(*window)], crs)[0],
        "zones": _geojson(list(zones), crs, _ZONE_DECIMALS, tolerance_m / 2),
        "border": _geojson(border, crs, _ZONE_DECIMALS, tolerance_m / 2),
        "faults": faults,
        "styles": {key: _style(symbol) for key, symbol in SYMBOLS.items()},
        "points": {key: _style(symbol) for key, symbol in POINTS.items()},
    }


def _around(fault: PlanFault) -> Any:  # noqa: ANN401 - a geometry
    if fault.bounds is None:
        return None
    west, south, east, north = fault.bounds
    return shapely.box(west - _LEAST_BOX_M, south - _LEAST_BOX_M, east + _LEAST_BOX_M, north + _LEAST_BOX_M)


def _border(area: Any, width_px: float, window: Window) -> Any:  # noqa: ANN401 - a geometry
    line = shapely.boundary(area)
    simple = shapely.simplify(line, (window[2] - window[0]) / width_px / 4)
    return line if simple.is_empty else simple


def _thin_faults(shapes: Sequence[Any]) -> list[Any]:
    """Return the findings' shapes with no more detail than can be seen of each."""
    thin = []
    for shape in shapes:
        if shape is None or shape.geom_type in ("Point", "MultiPoint"):
            thin.append(shape)
            continue
        west, south, east, north = shape.bounds
        simple = shapely.simplify(shape, FAULT_SHARE * min(east - west, north - south), preserve_topology=True)
        thin.append(shape if simple.is_empty else simple)
    return thin


def _moved(shapes: Sequence[Any], crs: str, tolerance_m: float) -> Geometries:
    array = np.empty(len(shapes), dtype=object)
    array[:] = list(shapes)
    moved = transform(array, crs, WGS84)
    # Recalculation cuts long edges; corners that changed nothing to be seen are not worth their bytes.
    simple = shapely.simplify(moved, tolerance_m / DEGREE_M, preserve_topology=True)
    return np.where(shapely.is_empty(simple), moved, simple)


def _geojson(shapes: Sequence[Any], crs: str, decimals: int, tolerance_m: float = 0.0) -> list[Any]:
    return [
        None if shape is None else _rounded(json.loads(shapely.to_geojson(shape)), decimals)
        for shape in (_moved(shapes, crs, tolerance_m) if len(shapes) else ())
    ]


def _rounded(value: Any, decimals: int) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, float):
        # -0.0 and 0.0 are the same place but not the same bytes
        return round(value, decimals) + 0.0
    if isinstance(value, list):
        return [_rounded(item, decimals) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item, decimals) for key, item in value.items()}
    return value


def _bounds(boxes: Sequence[Any], crs: str) -> list[Any]:
    """Return corners, south-west and north-east, of boxes in the plan's CRS."""
    found: list[Any] = []
    for shape in _moved(boxes, crs, 0.0) if len(boxes) else ():
        if shape is None:
            found.append(None)
            continue
        west, south, east, north = (round(float(value), 7) + 0.0 for value in shape.bounds)
        found.append([[south, west], [north, east]])
    return found


def _style(symbol: Symbol) -> dict[str, Any]:
    style: dict[str, Any] = {"color": symbol.stroke, "weight": symbol.width, "fill": symbol.fill is not None}
    if symbol.dash:
        style["dashArray"] = symbol.dash
    if symbol.fill is not None:
        fill = "url(#opcheck-hatch)" if symbol.hatched else symbol.fill
        style |= {"fillColor": fill, "fillOpacity": symbol.opacity}
    return style
