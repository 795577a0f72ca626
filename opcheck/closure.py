"""Plan closure: where the zones of a plan leave gaps, overlap, lie outside, or are too thin to mean anything.

Every shape here is measured by its *width*: the diameter of the largest circle that it holds. What is not wider than
the tolerance is the noise of drawing and recalculation, and is no fault, however long it is. Of a shape that is wide in
some places and noise in others (a hole in the plan, with a thread of noise along every border), only the wide places
remain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.findings import Flags, Floats, Ints
from opcheck.geometry import Geometries

TOLERANCE_M = 0.001
"""A gap or overlap that is not wider than this is no fault, unless the caller sets another tolerance. The largest error
that recalculation between coordinate systems leaves in an edge is below it (`opcheck.geometry.MAX_EDGE_M`)."""

SLIVER_WIDTH_M = 1.0
"""Narrower than this, a gap, an overlap or a zone is a sliver: nobody plans for a strip of a metre. Our choice."""

RESOLUTION_M = 1e-5
"""Widths are told apart to a hundredth of a millimetre: exactly at the tolerance counts as within it."""

ON_THE_LINE_M = 1e-6
"""A corner nearer than this to its neighbour's border lies on it; coordinates hold no more than that. A shape that is
nowhere wider is what arithmetic leaves where zones meet: it is not even counted."""

_FINE_M, _FINE_RATIO, _ROUGH_RATIO = 10.0, 1.0005, 1.005
"""Widths below ten metres are found to three digits, larger ones to two: a wide gap needs no exact width."""

_ROUND = 8
"""Segments in a quarter of a circle when a shape is shrunk."""

_KEPT_SHARE = 0.999
"""A shape that keeps this share of its area without its threads of noise is told as it stands."""

_MITRE = 5.0

_MOST_EDGES = 300_000
"""Corners are held against neighbours in layers with at most this many loose edges; above it the layer is noise
throughout, which the number of edges says better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One place where a plan does not close.

    Parameters
    ----------
    kind
        ``gap``, ``overlap``, ``outside`` or ``thin``.
    zones
        Numbers of the zones concerned, ascending: none for a gap that no zone touches, two for an overlap.
    shape
        Where; in the plan's CRS.
    area_m2
        Its area.
    width_m
        Diameter of the largest circle it holds, to two digits or three.
    share
        For an overlap: how much of the smaller zone it takes.
    """

    kind: str
    zones: tuple[int, ...]
    shape: Any
    area_m2: float
    width_m: float
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """What the zones of one document come to together.

    Parameters
    ----------
    flaws
        Wider than the tolerance, in a fixed order.
    to_cover_m2, covered_m2
        The area that the zones are to cover, and how much of it they do; None without such an area.
    within
        Number of gaps, overlaps, pieces outside and crumbs of zones that are not wider than the tolerance.
    loose
        Corners that lie within the tolerance of a neighbour's border but not on it, as points; None where they were not
        looked for, because almost every edge is loose.
    """

    flaws: tuple[Flaw, ...]
    to_cover_m2: float | None
    covered_m2: float | None
    within: int
    loose: Geometries | None


def examine(
    zones: Geometries,
    area: Any,  # noqa: ANN401 - a geometry
    tolerance_m: float = TOLERANCE_M,
    *,
    border: Any = None,  # noqa: ANN401 - a geometry
) -> Closure:
    """Return where the zones of one document do not close.

    Parameters
    ----------
    zones
        Valid areas in a CRS that measures in metres.
    area
        What they are to cover; None where nobody has said: then only holes between zones are gaps.
    tolerance_m
        Gaps, overlaps and pieces outside that are not wider are left out, and counted.
    border
        What they are not to leave; None is `area`.
    """
    corner = shapely.total_bounds(zones if len(zones) else [area])
    # Near the origin a double holds a place to a nanometre and better: a millimetre is told from a hundredth of one.
    east, north = (0.0, 0.0) if np.isnan(corner).any() else (float(np.floor(corner[0])), float(np.floor(corner[1])))
    moved = _shifted(zones, -east, -north)
    target, limit = (None if one is None else shapely.transform(one, lambda corners: corners - (east, north))
                     for one in (area, area if border is None else border))  # fmt: skip
    union = shapely.union_all(moved)
    left = shapely.difference(_filled(union, tolerance_m) if target is None else target, union)
    found: list[Flaw] = []
    within = 0
    for flaws, dropped in (
        _gaps(left, moved, tolerance_m),
        ([], 0) if limit is None else _outside(moved, limit, tolerance_m),
        _overlaps(moved, tolerance_m),
    ):
        found.extend(flaws)
        within += dropped
    thin, crumbs = _thin(moved, tolerance_m)
    found.extend(thin)
    within += crumbs
    loose = _loose(moved, tolerance_m)
    whole = None if target is None else float(shapely.area(target))
    return Closure(
        flaws=tuple(sorted((_placed(flaw, east, north) for flaw in found), key=_order)),
        to_cover_m2=None if whole is None else round(whole, 2),
        covered_m2=None if whole is None else round(whole - float(shapely.area(left)), 2),
        within=within,
        loose=None if loose is None else _shifted(loose, east, north),
    )


def _filled(union: Any, tolerance_m: float) -> Any:  # noqa: ANN401 - a geometry
    """Return an area with its holes filled, also those that only a thread of noise joins to the land around."""
    half = (tolerance_m + RESOLUTION_M) / 2
    grown = shapely.buffer(union, half, join_style="mitre", mitre_limit=_MITRE)
    filled = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(_areas(grown))))
    return shapely.buffer(filled, -half, join_style="mitre", mitre_limit=_MITRE)


def _order(flaw: Flaw) -> tuple[Any, ...]:
    return flaw.kind, -flaw.area_m2, flaw.zones, shapely.bounds(flaw.shape).tolist()


def _shifted(geoms: Geometries, east: float, north: float) -> Geometries:
    """Return geometries moved by whole metres, which loses nothing."""
    moved: Geometries = shapely.transform(geoms, lambda corners: corners + np.array([east, north]))
    return moved


def _placed(flaw: Flaw, east: float, north: float) -> Flaw:
    (shape,) = _shifted(np.array([flaw.shape], dtype=object), east, north)
    return Flaw(
        kind=flaw.kind, zones=flaw.zones, shape=shape, area_m2=flaw.area_m2, width_m=flaw.width_m, share=flaw.share
    )


def _rounded(area_m2: float) -> float:
    """Return an area to the square centimetre; a smaller one to the square millimetre, so that none reads as 0."""
    return round(float(area_m2), 4 if area_m2 >= 0.001 else 6)


# --- width ------------------------------------------------------------------------------------------------------------


def wider(shapes: Geometries, width_m: float) -> tuple[Geometries, Ints]:
    """Return the parts of areas that are wider than a width, and the row of the area that each comes from.

    Parameters
    ----------
    shapes
        Areas in metres; near the origin, so that their coordinates hold small widths.
    width_m
        Exactly this wide is not wider.
    """
    parts, rows = shapely.get_parts(shapes, return_index=True)
    flat = shapely.get_dimensions(parts) == 2
    parts, rows = parts[flat], rows[flat]
    half = (width_m + RESOLUTION_M / 2) / 2
    cores = shapely.buffer(parts, -half, quad_segs=_ROUND)
    held = ~shapely.is_empty(cores)
    parts, rows, cores = parts[held], rows[held], cores[held]
    opened = shapely.buffer(cores, half, quad_segs=_ROUND, join_style="mitre", mitre_limit=_MITRE)
    whole = (shapely.area(opened) >= _KEPT_SHARE * shapely.area(parts)) & (shapely.get_num_geometries(cores) == 1)
    whole &= (abs(shapely.bounds(opened) - shapely.bounds(parts)) <= 2 * half).all(axis=1)
    pieces, part = shapely.get_parts(np.where(whole, parts, opened), return_index=True)
    return pieces, rows[part]


def widths(shapes: Geometries, least_m: float) -> Floats:
    """Return the width of areas: the diameter of the largest circle that each holds, to two digits or three.

    Parameters
    ----------
    shapes
        Areas known to be wider than `least_m`.
    """
    if not len(shapes):
        return np.empty(0)
    bounds = shapely.bounds(shapes)
    low = np.full(len(shapes), max(least_m, RESOLUTION_M))
    high = np.minimum(2 * np.sqrt(shapely.area(shapes) / np.pi), bounds[:, 2:].T - bounds[:, :2].T).min(axis=0)
    # No area without holes is larger than half its width times its circumference; of a strip, that is nearly all.
    holes = shapely.get_num_interior_rings(shapes) > 0
    low = np.maximum(low, np.where(holes, 0.0, 2 * shapely.area(shapes) / shapely.length(shapes)))
    high = np.maximum(high, low) * _FINE_RATIO
    for ratio in (1.01, 1.1, 2.0):
        rows = np.flatnonzero(high > low * ratio)
        held = ~shapely.is_empty(shapely.buffer(shapes[rows], -low[rows] * ratio / 2, quad_segs=4))
        high[rows[~held]] = low[rows[~held]] * ratio
        low[rows[held]] *= ratio
    while (rows := np.flatnonzero(high > low * np.where(low < _FINE_M, _FINE_RATIO, _ROUGH_RATIO))).size:
        middle = np.sqrt(low[rows] * high[rows])
        held = ~shapely.is_empty(shapely.buffer(shapes[rows], -middle / 2, quad_segs=4))
        low[rows[held]], high[rows[~held]] = middle[held], middle[~held]
    middle = np.sqrt(low * high)
    digits = np.where(middle < _FINE_M, 2, 1) - np.floor(np.log10(middle)).astype(int)
    return np.array([round(value, digit) for value, digit in zip(middle.tolist(), digits.tolist(), strict=True)])


# --- the four kinds ---------------------------------------------------------------------------------------------------


def _flaws(shapes: Geometries, tolerance_m: float) -> tuple[list[Flaw], int]:
    """Return a gap for each place wider than the tolerance, and how many of the shapes have none."""
    pieces, rows = wider(shapes, tolerance_m)
    found = [
        Flaw(kind="gap", zones=(), shape=piece, area_m2=_rounded(shapely.area(piece)), width_m=float(width))
        for piece, width in zip(pieces, widths(pieces, tolerance_m), strict=True)
    ]
    return found, _within(shapes, rows)


def _within(shapes: Geometries, told: Ints) -> int:
    """Return how many areas are not told, of those that somebody has drawn: the others are what arithmetic leaves."""
    # A strip holds half its circumference times its width.
    drawn = shapely.area(shapes) > ON_THE_LINE_M / 2 * shapely.length(shapes)
    drawn[told] = False
    return int(drawn.sum())


def _together(pieces: Geometries, rows: Ints) -> tuple[Ints, Geometries, Ints]:
    """Return the rows that pieces come from, the pieces of each as one shape, and where each row's pieces begin.

    Parameters
    ----------
    rows
        Ascending.
    """
    of, first, count = np.unique(rows, return_index=True, return_counts=True)
    shapes: Geometries = pieces[first]
    several = np.flatnonzero(count > 1)
    for place in several:
        mine = pieces[first[place] : first[place] + count[place]]
        joined = shapely.multipolygons(mine)
        shapes[place] = joined if shapely.is_valid(joined) else shapely.union_all(mine)
    return of, shapes, first


def _areas(geom: Any) -> Geometries:  # noqa: ANN401 - a geometry
    parts: Geometries = shapely.get_parts(np.array([geom], dtype=object))
    parts = shapely.get_parts(parts)
    return parts[shapely.area(parts) > 0]


def _gaps(left: Any, zones: Geometries, tolerance_m: float) -> tuple[list[Flaw], int]:  # noqa: ANN401 - a geometry
    found, dropped = _flaws(_areas(left), tolerance_m)
    if not found or not len(zones):
        return found, dropped
    shapes = np.array([flaw.shape for flaw in found], dtype=object)
    # The zones around a gap: those within the tolerance of it, since threads of noise have been cut off.
    number, zone = shapely.STRtree(zones).query(shapes, predicate="dwithin", distance=tolerance_m + RESOLUTION_M)
    around: list[list[int]] = [[] for _ in found]
    for one, other in zip(number.tolist(), zone.tolist(), strict=True):
        around[one].append(other)
    return [
        Flaw(kind="gap", zones=tuple(sorted(near)), shape=flaw.shape, area_m2=flaw.area_m2, width_m=flaw.width_m)
        for flaw, near in zip(found, around, strict=True)
    ], dropped


def _outside(zones: Geometries, area: Any, tolerance_m: float) -> tuple[list[Flaw], int]:  # noqa: ANN401 - a geometry
    """Return one flaw for each zone that reaches out: a border drawn another way cuts a zone into a hundred pieces."""
    shapely.prepare(area)
    rows = np.flatnonzero(~shapely.covers(area, zones))
    if not len(rows):
        return [], 0
    return _joined("outside", shapely.difference(zones[rows], area), rows[:, None], tolerance_m)


def _joined(kind: str, shapes: Geometries, zones: Ints, tolerance_m: float) -> tuple[list[Flaw], int]:
    """Return one flaw for each shape, of all its places that are wider than the tolerance, and how many have none."""
    pieces, rows = wider(shapes, tolerance_m)
    of, joined, first = _together(pieces, rows)
    widest = np.maximum.reduceat(widths(pieces, tolerance_m), first) if len(first) else np.empty(0)
    found = [
        Flaw(kind=kind, zones=tuple(around), shape=shape, area_m2=_rounded(size), width_m=width)
        for around, shape, size, width in zip(
            zones[of].tolist(), joined, shapely.area(joined).tolist(), widest.tolist(), strict=True
        )
    ]
    return found, _within(shapes, of)


def _overlaps(zones: Geometries, tolerance_m: float) -> tuple[list[Flaw], int]:
    pairs = _may_overlap(zones)
    if not len(pairs):
        return [], 0
    common = shapely.intersection(zones[pairs[:, 0]], zones[pairs[:, 1]])
    flat = np.array([_surface(one) for one in common], dtype=object)
    found, dropped = _joined("overlap", flat, pairs, tolerance_m)
    size = shapely.area(zones)
    return [
        Flaw(
            kind="overlap", zones=flaw.zones, shape=flaw.shape, area_m2=flaw.area_m2, width_m=flaw.width_m,
            share=round(min(1.0, flaw.area_m2 / float(size[list(flaw.zones)].min())), 6),
        )
        for flaw in found
    ], dropped  # fmt: skip


def _may_overlap(zones: Geometries) -> Ints:
    """Return pairs of zones, sorted, among which are all that overlap: zones that only share borders are left out.

    Of two that overlap, one at least has an invalid edge: one that crosses or covers the other's, or lies inside it.
    """
    odd = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(zones)))
    mine, other = shapely.STRtree(zones).query(zones[odd], predicate="intersects")
    pairs = np.column_stack([odd[mine], other])
    found: Ints = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    return found


def _surface(geom: Any) -> Any:  # noqa: ANN401 - a geometry
    """Return what of a geometry is area, without the lines and points that it may hold beside."""
    if geom.geom_type in ("Polygon", "MultiPolygon"):
        return geom
    areas = [part for part in shapely.get_parts(geom) if part.geom_type == "Polygon"]
    return shapely.multipolygons(areas) if areas else shapely.Polygon()


def _thin(zones: Geometries, tolerance_m: float) -> tuple[list[Flaw], int]:
    """Return one flaw for each zone with parts that are nowhere as wide as a sliver, and how many parts are crumbs.

    A crumb is a part within the tolerance of a zone that has others: repairing leaves them, and nobody drew it.
    """
    parts, rows = shapely.get_parts(zones, return_index=True)
    most = np.bincount(rows, minlength=len(zones))
    # No area is larger than its circumference times half its width, so most are wide without being shrunk.
    doubtful = shapely.area(parts) <= shapely.length(parts) * SLIVER_WIDTH_M
    parts, rows = parts[doubtful], rows[doubtful]
    half = (SLIVER_WIDTH_M - RESOLUTION_M / 2) / 2
    thin = shapely.is_empty(shapely.buffer(parts, -half, quad_segs=_ROUND))
    parts, rows = parts[thin], rows[thin]
    noise = shapely.is_empty(shapely.buffer(parts, -(tolerance_m + RESOLUTION_M / 2) / 2, quad_segs=_ROUND))
    whole = np.bincount(rows[noise], minlength=len(zones)) == most
    crumbs = noise & ~whole[rows]
    parts, rows = parts[~crumbs], rows[~crumbs]
    of, shapes, first = _together(parts, rows)
    widest = np.maximum.reduceat(widths(parts, RESOLUTION_M), first) if len(first) else np.empty(0)
    found = [
        Flaw(kind="thin", zones=(row,), shape=shape, area_m2=_rounded(size), width_m=width)
        for row, shape, size, width in zip(
            of.tolist(), shapes, shapely.area(shapes).tolist(), widest.tolist(), strict=True
        )
    ]
    return found, int(crumbs.sum())


def _loose(zones: Geometries, tolerance_m: float) -> Geometries | None:
    """Return corners near a neighbour's border but not on it: where the next conversion makes a sliver."""
    edges = shapely.coverage_invalid_edges(zones, gap_width=tolerance_m)
    lines, owner = shapely.get_parts(edges, return_index=True)
    corners, line = shapely.get_coordinates(lines, return_index=True)
    if not len(corners):
        return np.empty(0, dtype=object)
    if len(corners) > _MOST_EDGES:
        return None
    same = line[1:] == line[:-1]
    ends = np.stack([corners[:-1][same], corners[1:][same]], axis=1)
    segments: Any = shapely.linestrings(ends)
    segment_owner = owner[line[1:][same]]
    places, first = np.unique(np.column_stack([corners, owner[line]]), axis=0, return_index=True)
    points: Any = shapely.points(places[:, :2])
    point_owner = owner[line][first]
    near, segment = shapely.STRtree(segments).query(points, predicate="dwithin", distance=tolerance_m)
    others = point_owner[near] != segment_owner[segment]
    near, segment = near[others], segment[others]
    away: Any = shapely.distance(points[near], segments[segment])
    # Held against each neighbour once: the nearest of its edges decides.
    key = near * len(zones) + segment_owner[segment]
    order = np.lexsort((away, key))
    key, away, near = key[order], away[order], near[order]
    nearest: Flags = np.ones(len(key), bool)
    nearest[1:] = key[1:] != key[:-1]
    loose = np.unique(near[nearest & (away > ON_THE_LINE_M)])
    found: Geometries = points[loose]
    return found
