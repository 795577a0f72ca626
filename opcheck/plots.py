"""What mark och exploatering keeps of a plot: carried through and set side by side, never scored.

The attributes are told as they stand in the site file. One of them is measured: whether a building of stated length and
width fits on the plot, turned as it may be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely import affinity

PLOT_ATTRIBUTES = ("owner", "available_from", "easements", "va", "grid_mw", "ground", "building_m")
"""The attributes of a plot that reports set side by side, in their order."""

BUILDING = "building_m"
"""The attribute that holds the length and width of a building, such as ``120 x 60``."""

FIT_TOLERANCE_M = 0.001
"""A building that is as long as the plot fits: lengths compare at a millimetre, as distances do."""

FIT_STEP_DEGREES = 1
"""Directions are tried in steps of this size, besides those of the plot's own sides."""

FIT_SIDES_MOST = 60
"""So many of the plot's longest sides give directions of their own: a shore of a thousand sides gives no more."""

_SIZE = re.compile(r"^\s*([\d.,\s]+?)\s*(?:m\s*)?[x×*]\s*([\d.,\s]+?)\s*m?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A rectangle that is wanted on a plot.

    Parameters
    ----------
    length_m, width_m
        Its sides in metres, the longer first.
    """

    length_m: float
    width_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Whether a building fits on a plot.

    Parameters
    ----------
    fits
        True is proven by a place found. False says that no place was found in the directions tried. None where the plot
        is no area.
    angle_degrees
        The direction of the longer side, anticlockwise from east in the plan's grid, 0 to under 180; None without a
        place.
    place
        The place found, a rectangle inside the plot that is `FIT_TOLERANCE_M` shorter each way; None without one.
    """

    fits: bool | None
    angle_degrees: float | None = None
    place: Any = field(default=None, compare=False, repr=False)


def read_building(text: str) -> Building:
    """Return the building that a text describes: ``120 x 60``, ``120×60 m``, ``99,5 x 40``.

    Raises
    ------
    ValueError
        The text is not two lengths over nought with an x between them.
    """
    match = _SIZE.match(text)
    if match is None:
        raise ValueError(text)
    sides = sorted((_metres(match[1]), _metres(match[2])), reverse=True)
    if not all(math.isfinite(side) and side > 0 for side in sides):
        raise ValueError(text)
    return Building(length_m=sides[0], width_m=sides[1])


def _metres(text: str) -> float:
    """Return a length as it is written in Swedish or English: ``1 200``, ``99,5``, ``99.5``."""
    return float("".join(text.split()).replace(",", "."))


def fit(plot: Any, building: Building) -> Fit:  # noqa: ANN401 - shapely's geometry
    """Find out whether a building fits on a plot, whichever way it is turned.

    Parameters
    ----------
    plot
        A polygon or several, in metres; the building must lie within one of them. A hole is no part of the plot. None,
        an empty geometry, lines and points give ``fits = None``.
    building
        A rectangle; touching the plot's border is to fit, to `FIT_TOLERANCE_M`.

    Returns
    -------
    fit
        In the directions tried: every `FIT_STEP_DEGREES`, and those of the plot's own longest sides.
    """
    if plot is None or shapely.is_empty(plot) or shapely.get_dimensions(plot) != 2:
        return Fit(fits=None)
    length, width = building.length_m - FIT_TOLERANCE_M, building.width_m - FIT_TOLERANCE_M
    for part in shapely.get_parts(plot):
        if shapely.area(part) < length * width or shapely.is_empty(shapely.buffer(part, -width / 2 * 0.999)):
            continue
        # Near the origin a double holds a place to a nanometre and better.
        east, north = (math.floor(low) for low in shapely.bounds(part)[:2])
        near = affinity.translate(part, -east, -north)
        for angle in _directions(part):
            found = _room(affinity.rotate(near, -angle, origin=(0.0, 0.0)), length, width)
            place = None if found is None else affinity.rotate(found, angle, origin=(0.0, 0.0))
            if place is not None and shapely.covers(near, place):
                place = affinity.translate(place, east, north)
                return Fit(fits=True, angle_degrees=round(angle, 1) % 180, place=place)
    return Fit(fits=False)


def _directions(part: Any) -> Iterator[float]:  # noqa: ANN401 - shapely's polygon
    """Yield directions to try: along the plot's longest sides, across them, then all round."""
    rings = (part.exterior, *part.interiors)
    sides = np.concatenate([np.diff(shapely.get_coordinates(ring), axis=0) for ring in rings])
    longest = sides[np.argsort(-np.hypot(*sides.T), kind="stable")][:FIT_SIDES_MOST]
    own = np.degrees(np.arctan2(longest[:, 1], longest[:, 0])) % 180
    seen: set[float] = set()
    for angle in (*own, *((own + 90) % 180), *np.arange(0, 180, FIT_STEP_DEGREES)):
        told = round(float(angle), 6)
        if told not in seen:
            seen.add(told)
            yield told


def _room(part: Any, length: float, width: float) -> Any:  # noqa: ANN401 - shapely's geometry
    """Return an upright rectangle somewhere inside a polygon, None where there is no room for it.

    Its lower left corner may stand wherever the rectangle meets no side of the polygon: the polygon without what its
    sides sweep when they are moved back by the rectangle (the Minkowski sum of the border and the rectangle reversed).
    Arithmetic leaves threads between what is swept: what is not wider than a tenth of the tolerance is no room, and no
    room is believed before the rectangle has been laid there.
    """
    sides = []
    for ring in (part.exterior, *part.interiors):
        points = shapely.get_coordinates(ring)
        sides.append(np.stack([points[:-1], points[1:]], axis=1))
    ends = np.concatenate(sides)
    corners = np.array([(0.0, 0.0), (-length, 0.0), (0.0, -width), (-length, -width)])
    swept = (ends[:, :, None, :] + corners[None, None, :, :]).reshape(len(ends), -1, 2)
    left = shapely.difference(part, shapely.union_all(shapely.convex_hull(shapely.multipoints(swept))))
    for room in shapely.get_parts(shapely.buffer(left, -FIT_TOLERANCE_M / 10, quad_segs=1, join_style="mitre")):
        if shapely.is_empty(room):
            continue
        east, north = shapely.get_coordinates(shapely.point_on_surface(room))[0]
        place = shapely.box(east, north, east + length, north + width)
        if shapely.covers(part, place):
            return place
    return None


def plot_columns(sites: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the attributes that any of the recorded sites states as a plot, in the order of `PLOT_ATTRIBUTES`."""
    stated = {name for site in sites if site["plot"] for name in site["plot"]["stated"]}
    return tuple(name for name in PLOT_ATTRIBUTES if name in stated)


def plot_record(attributes: Mapping[str, Any], plot: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a geometry
    """Return what is told of a site as a plot: what it states, and whether its building fits; None for no plot at all.

    Parameters
    ----------
    attributes
        Of the site.
    plot
        Its geometry in the plan's CRS, None where it cannot be tested.
    """
    stated = plot_facts(attributes)
    if not stated:
        return None
    building = None
    if BUILDING in stated:
        wanted = read_building(str(stated[BUILDING]))
        found = fit(plot, wanted)
        building = {
            "length_m": wanted.length_m, "width_m": wanted.width_m,
            "fits": found.fits, "angle_degrees": found.angle_degrees,
        }  # fmt: skip
    return {"stated": stated, "building": building}


def plot_facts(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a site states of itself as a plot, in the order of `PLOT_ATTRIBUTES`; nothing stated is left out."""
    return {name: attributes[name] for name in PLOT_ATTRIBUTES if attributes.get(name) is not None}
