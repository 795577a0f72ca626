"""Searching and measuring: how sites and the objects of a theme lie to each other.

Everything is measured in the plan's CRS, on whole arrays. Numbers are rounded here, once, so that what is judged is
what is printed. Nothing is judged here.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import rtree
import shapely

from opcheck.checks import FULL_SHARE
from opcheck.findings import (
    AREA_DECIMALS,
    DISTANCE_DECIMALS,
    SHARE_DECIMALS,
    SLIVER_M,
    SLIVER_M2,
    Columns,
    Flags,
    Floats,
    Ints,
    ThemeState,
)
from opcheck.geometry import Geometries, LedgerEntry
from opcheck.plan import Features

TINY_SHARE = 0.5
"""An overlap under the sliver limits still counts when it is at least this share of the smaller of the two: an object
of half a square metre wholly inside a site is a hit, not an inaccuracy of drawing."""

EROSION_QUAD_SEGS = 32
"""Segments per quarter circle where a border is moved inwards: keeps the moved border within 0.03 % of the accuracy."""

EDGE_STEPS = 64
"""Along the edge of an area, depth is sampled at most this many times beyond its corners."""

LINE_STEP_M = 5.0
"""Along a line, depth is sampled at least this densely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """The geometries that are measured: whole sites, or pieces of them.

    Parameters
    ----------
    geometry
        Valid and non-empty, in the plan's CRS.
    accuracy_m
        Of each site's own outline; 0 where the site does not state one.
    """

    geometry: Geometries
    accuracy_m: Floats

    def __len__(self) -> int:
        return len(self.geometry)

    @property
    def dimension(self) -> Ints:
        """0 for points, 1 for lines, 2 for areas."""
        found: Ints = shapely.get_dimensions(self.geometry).astype(np.int64)
        return found

    @property
    def size(self) -> Floats:
        """Area, length or number of points, by dimension."""
        return _sizes(self.geometry, self.dimension)

    def take(self, rows: Ints) -> Subjects:
        """Return some of the subjects."""
        return Subjects(geometry=self.geometry[rows], accuracy_m=self.accuracy_m[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Subjects and objects that meet or come near: one row per pair, sorted by subject and then by object.

    Parameters
    ----------
    subject, object
        Numbers of the two.
    overlap
        What the two share, None where they do not meet or only touch.
    hit, contact, sliver
        Overlap that is judged; touch or overlap by a sliver; the latter alone.
    area_m2, length_m
        Overlap of areas; overlap that is a line. NaN where it does not apply.
    distance_m
        0 on overlap and contact.
    depth_m
        How deep the overlap reaches behind the object's border: the largest distance from a corner of the overlap to
        that border, so a lower bound of the true depth. NaN without overlap.
    accuracy_m
        Of the object's border and the site's outline together; NaN when the object's is unknown.
    inner_hit, outer_hit
        Whether it would be a hit with the object's border moved inwards, outwards by the accuracy.
    """

    subject: Ints
    object: Ints
    overlap: Geometries
    hit: Flags
    contact: Flags
    sliver: Flags
    area_m2: Floats
    length_m: Floats
    distance_m: Floats
    depth_m: Floats
    accuracy_m: Floats
    inner_hit: Flags
    outer_hit: Flags

    def __len__(self) -> int:
        return len(self.subject)

    def of(self, subject: int) -> slice:
        """Return where a subject's rows stand."""
        return slice(*np.searchsorted(self.subject, (subject, subject + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a theme and a set of subjects are to each other.

    Parameters
    ----------
    pairs
        Every pair within the distance searched.
    nearest, nearest_m
        Per subject the nearest object and its distance; -1 and NaN when the theme has none.
    area_m2, share, length_m, hits
        On the union of all objects hit; NaN where a measure does not apply.
    signed_m
        How far behind the border the deepest overlap reaches, negative for how far away the nearest object is.
    """

    pairs: Pairs
    nearest: Ints
    nearest_m: Floats
    hit: Flags
    contact: Flags
    area_m2: Floats
    share: Floats
    length_m: Floats
    hits: Floats
    signed_m: Floats
    inner_hit: Flags
    inner_m: Floats
    outer_hit: Flags
    outer_m: Floats
    legal_hit: Flags
    legal_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Whether subjects lie wholly inside a theme's areas when the areas' borders move.

    Parameters
    ----------
    inner, outer
        With the borders moved inwards, outwards by the accuracy.
    legal
        With the borders moved inwards where one of them is the law's own.
    margin_m
        How far the borders may move before the answer changes; NaN when no area is near.
    """

    inner: Flags
    outer: Flags
    legal: Flags
    margin_m: Floats


@dataclass(frozen=True, kw_only=True)
class ThemeIndex:
    """The objects of one theme, ready to be searched.

    Parameters
    ----------
    layers
        Every layer that carries the theme and counts, sorted by id.
    state
        What is known of the theme as such.
    """

    theme: str
    layers: tuple[Features, ...]
    state: ThemeState
    geometry: Geometries = field(init=False)
    layer: Ints = field(init=False)
    row: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Put the layers' rows after one another."""
        counts = [len(features) for features in self.layers]
        parts = [features.geometry for features in self.layers]
        geometry = np.concatenate(parts) if parts else np.empty(0, dtype=object)
        shapely.prepare(geometry)
        object.__setattr__(self, "geometry", geometry)
        object.__setattr__(self, "layer", np.repeat(np.arange(len(counts)), counts))
        object.__setattr__(
            self, "row", np.concatenate([np.arange(count) for count in counts] or [np.empty(0, np.int64)])
        )

    def __len__(self) -> int:
        return len(self.geometry)

    @functools.cached_property
    def tree(self) -> shapely.STRtree:
        """All objects of all layers in one tree: no layer can be left out of a nearest-distance question."""
        return shapely.STRtree(self.geometry)

    @functools.cached_property
    def accuracy_m(self) -> Floats:
        """Border accuracy per object, NaN when unknown."""
        parts = [features.accuracies() for features in self.layers]
        return np.concatenate(parts) if parts else np.empty(0)

    @functools.cached_property
    def legal(self) -> Flags:
        """Whether an object's drawn border is the law's own."""
        borders = np.array([features.layer.border == "legal" for features in self.layers], dtype=bool)
        return borders[self.layer] if len(self.layers) else np.empty(0, bool)

    @functools.cached_property
    def coverage(self) -> Any:  # noqa: ANN401 - a shapely geometry or None
        """Where the theme's layers together claim to be complete; None as soon as one of them makes no claim."""
        stated: list[Any] = [features.coverage for features in self.layers]
        if not stated or any(one is None for one in stated):
            return None
        union = stated[0] if all(one is stated[0] for one in stated) else shapely.union_all(stated)
        shapely.prepare(union)
        return union

    @functools.cached_property
    def coverage_edge(self) -> Any:  # noqa: ANN401 - a shapely geometry or None
        """The border of the coverage."""
        return None if self.coverage is None else shapely.boundary(self.coverage)

    @functools.cached_property
    def aside(self) -> Boxes:
        """Bounds of objects that could not be used and that nobody has accepted."""
        return Boxes(self._entries("set_aside"))

    @functools.cached_property
    def repaired(self) -> Boxes:
        """Bounds of objects that repair moved by more than a sliver."""
        return Boxes([entry for entry in self._entries("repaired") if entry.moved])

    def _entries(self, state: str) -> list[LedgerEntry]:
        return [
            entry
            for features in self.layers
            for entry in features.ledger
            if entry.state == state and entry.accepted_by is None
        ]

    # --- measuring ---------------------------------------------------------------------------------------------------

    def measure(self, subjects: Subjects, reach_m: float | Floats) -> Measured:
        """Measure subjects against all objects of the theme.

        Parameters
        ----------
        subjects
            What to measure.
        reach_m
            How far around a subject pairs are listed, one for all or one each; the nearest object is found at any
            distance.
        """
        widest = np.nanmax(self.accuracy_m, initial=0.0) if len(self) else 0.0
        margin = float(np.hypot(widest if widest == widest else 0.0, subjects.accuracy_m.max(initial=0.0)))
        pairs = self._pairs(subjects, reach_m + margin)
        nearest, nearest_m = self.nearest(subjects)
        return _summed(self, subjects, pairs, nearest, nearest_m)

    def nearest(self, subjects: Subjects) -> tuple[Ints, Floats]:
        """Return each subject's nearest object, the first in order where several are equally near."""
        count = len(subjects)
        nearest, distance = np.full(count, -1, np.int64), np.full(count, np.nan)
        if len(self) and count:
            (subject, found), metres = self.tree.query_nearest(subjects.geometry, return_distance=True)
            order = np.lexsort((found, subject))
            subject, found, metres = subject[order], found[order], metres[order]
            first = np.unique(subject, return_index=True)[1]
            nearest[subject[first]], distance[subject[first]] = found[first], metres[first]
        return nearest, np.round(distance, DISTANCE_DECIMALS)

    def _pairs(self, subjects: Subjects, distance_m: float | Floats) -> Pairs:
        if len(self) and len(subjects):
            subject, found = self.tree.query(subjects.geometry, predicate="dwithin", distance=distance_m)
        else:
            subject, found = np.empty(0, np.int64), np.empty(0, np.int64)
        order = np.lexsort((found, subject))
        subject, found = subject[order].astype(np.int64), found[order].astype(np.int64)
        left, right = subjects.geometry[subject], self.geometry[found]
        meets = shapely.intersects(right, left)
        inside = meets.copy()
        inside[meets] = shapely.contains_properly(right[meets], left[meets])
        touches = meets & ~inside
        touches[touches] = shapely.touches(right[touches], left[touches])
        cut = meets & ~inside & ~touches
        overlaps = np.full(len(subject), None, dtype=object)
        overlaps[inside] = left[inside]
        overlaps[cut] = shapely.intersection(left[cut], right[cut])
        least = np.minimum(shapely.get_dimensions(left), shapely.get_dimensions(right))
        size = np.where(least == 2, shapely.area(overlaps), np.where(least == 1, shapely.length(overlaps), np.inf))
        limit = np.where(least == 2, SLIVER_M2, SLIVER_M)
        smaller = np.minimum(_sizes(left, least), _sizes(right, least))
        rounded = np.where(least == 2, np.round(size, AREA_DECIMALS), np.round(size, DISTANCE_DECIMALS))
        tiny = TINY_SHARE * smaller
        hit = inside | (cut & ((rounded > limit) | ((tiny < limit) & (size > tiny))))
        hit |= _together(subject, cut & ~hit & (least > 0), overlaps, size, limit)
        area = np.where(least == 2, np.round(shapely.area(overlaps), AREA_DECIMALS), np.nan)
        length = np.where(least == 1, np.round(shapely.length(overlaps), DISTANCE_DECIMALS), np.nan)
        # Two lines that cross meet in a point, which has no length to compare; a line into an area has.
        lines = (shapely.get_dimensions(left) == 1) & (shapely.get_dimensions(right) == 1)
        hit |= cut & lines & shapely.crosses(left, right)
        contact = meets & ~hit
        distance = np.where(meets, 0.0, np.round(shapely.distance(left, right), DISTANCE_DECIMALS))
        accuracy = np.hypot(self.accuracy_m[found], subjects.accuracy_m[subject])
        depth, inner = _depths(left, right, overlaps, hit, accuracy)
        return Pairs(
            subject=subject, object=found, overlap=overlaps,
            hit=hit, contact=contact, sliver=contact & cut, area_m2=area,
            length_m=length, distance_m=distance, depth_m=depth, accuracy_m=accuracy, inner_hit=inner,
            outer_hit=hit | (distance < np.nan_to_num(accuracy)),
        )  # fmt: skip

    def covers(self, subjects: Subjects, reach_m: float | Floats) -> Flags:
        """Tell whether subjects, grown by a reach, lie wholly inside the theme's coverage.

        A subject grown by r lies inside an area exactly when it lies inside and r away from the area's border, so no
        buffer is needed to tell.
        """
        if self.coverage is None:
            return np.zeros(len(subjects), bool)
        whole: Flags = shapely.covers(self.coverage, subjects.geometry)
        reach = np.broadcast_to(reach_m, len(subjects))
        asked = whole & (reach > 0)
        whole[asked] = shapely.distance(subjects.geometry[asked], self.coverage_edge) >= reach[asked]
        return whole

    def covered_share(self, subjects: Subjects, reach_m: float | Floats) -> Floats:
        """Return the share of each subject, grown by a reach, inside the theme's coverage; NaN when none is stated."""
        count = len(subjects)
        if self.coverage is None:
            return np.full(count, np.nan)
        share = np.ones(count)
        whole = self.covers(subjects, reach_m)
        rest = np.flatnonzero(~whole)
        reach = np.broadcast_to(reach_m, count)[rest]
        grown = subjects.geometry[rest]
        grown[reach > 0] = shapely.buffer(grown[reach > 0], reach[reach > 0])
        dimension = shapely.get_dimensions(grown)
        share[rest] = _sizes(shapely.intersection(grown, self.coverage), dimension) / _sizes(grown, dimension)
        return share.round(SHARE_DECIMALS)

    def cover(self, measured: Measured, subjects: Subjects) -> Cover:
        """Return whether subjects lie wholly inside the union of the theme's areas, with its border moved.

        Areas that share a border make one: only the border of their union can leave a subject outside.
        """
        count = len(subjects)
        inner, outer, legal = (np.zeros(count, bool) for _ in range(3))
        margin = np.full(count, np.nan)
        pairs = measured.pairs
        for subject in np.unique(pairs.subject):
            window = pairs.of(int(subject))
            found = pairs.object[window]
            union = shapely.union_all(self.geometry[found[shapely.get_dimensions(self.geometry[found]) == 2]])
            if union.is_empty:
                continue
            shape = subjects.geometry[subject]
            accuracy = float(np.nan_to_num(pairs.accuracy_m[window]).max())
            if measured.share[subject] >= FULL_SHARE:
                away = float(shapely.distance(shape, shapely.boundary(union)))
                inner[subject] = round(away, DISTANCE_DECIMALS) >= accuracy
                outer[subject] = True
                legal[subject] = inner[subject] or not self.legal[found].any()
            else:
                left = shapely.get_coordinates(shapely.difference(shape, union))
                away = float(shapely.distance(shapely.points(left), union).max(initial=0.0))
                outer[subject] = accuracy > 0 and bool(shapely.covers(shapely.buffer(union, accuracy), shape))
            margin[subject] = round(away, DISTANCE_DECIMALS)
        return Cover(inner=inner, outer=outer, legal=legal, margin_m=margin)

    def columns(self, measured: Measured, subjects: Subjects, reach_m: float | Floats) -> Columns:
        """Return what a check with a given reach may see. Use-dependent columns are blank; `opcheck.run` fills them."""
        count = len(subjects)
        whole = self.covers(subjects, reach_m)
        return Columns(
            state=self.state, hit=measured.hit, contact=measured.contact, area_m2=measured.area_m2,
            share=measured.share,
            length_m=measured.length_m, hits=measured.hits, distance_m=measured.nearest_m, covered=whole,
            set_aside=self.aside.near(subjects, reach_m), serves=np.zeros(count, bool), forbids=np.zeros(count, bool),
            eased=np.zeros(count), eased_pending=np.zeros(count),
        )  # fmt: skip


class Boxes:
    """Bounding boxes that are asked which subjects come near.

    All that the ledger knows of an unusable object is its bounds, so boxes are the whole truth here and rtree, which
    holds boxes and nothing else, answers exactly.

    Parameters
    ----------
    entries
        Ledger entries; those without bounds are left out, since they make the whole theme OPEN anyway.
    """

    def __init__(self, entries: Sequence[LedgerEntry]) -> None:
        boxes = [(number, entry.bounds, None) for number, entry in enumerate(entries) if entry.bounds is not None]
        self._tree = rtree.index.Index(iter(boxes)) if boxes else None

    def near(self, subjects: Subjects, reach_m: float | Floats) -> Flags:
        """Tell for each subject whether its bounds, grown by a reach, meet any box."""
        if self._tree is None:
            return np.zeros(len(subjects), bool)
        reach = np.broadcast_to(reach_m, len(subjects))[:, np.newaxis]
        grown = shapely.bounds(subjects.geometry) + reach * np.array([-1.0, -1.0, 1.0, 1.0])
        return np.array([self._tree.count(tuple(box)) > 0 for box in grown], dtype=bool)


def _sizes(geoms: Geometries, dimension: Any) -> Floats:  # noqa: ANN401 - an array of small integers
    """Return area, length or number of points, by the dimension asked for."""
    points = shapely.get_num_coordinates(geoms)
    return np.where(dimension == 2, shapely.area(geoms), np.where(dimension == 1, shapely.length(geoms), points))


def _together(subject: Ints, small: Flags, overlaps: Geometries, size: Floats, limit: Floats) -> Flags:
    """Return the small overlaps of subjects in which they come to more than a sliver on their union."""
    found = np.zeros(len(small), bool)
    rows = np.flatnonzero(small)
    for one in np.unique(subject[rows]):
        mine = rows[subject[rows] == one]
        for least in np.unique(limit[mine]):
            same = mine[limit[mine] == least]
            if size[same].sum() > least:
                union = shapely.union_all(overlaps[same])
                found[same] = round(float(shapely.area(union) or shapely.length(union)), AREA_DECIMALS) > least
    return found


def _depths(
    left: Geometries, right: Geometries, overlaps: Geometries, hit: Flags, accuracy: Floats
) -> tuple[Floats, Flags]:
    """Return how deep overlaps reach behind the border of the area in each pair, and whether deeper than the accuracy.

    The corners of the overlap give a lower bound. Where it stays under the accuracy, the border is moved inwards for
    real and asked whether anything of the overlap is left.
    """
    depth, inner = np.full(len(hit), np.nan), hit.copy()
    rows = np.flatnonzero(hit)
    if not len(rows):
        return depth, inner
    bordered = np.where(shapely.get_dimensions(right[rows]) == 2, right[rows], left[rows])
    known = shapely.get_dimensions(bordered) == 2
    rows, bordered = rows[known], bordered[known]
    sampled = overlaps[rows]
    lines = shapely.get_dimensions(sampled) == 1
    sampled[lines] = shapely.segmentize(sampled[lines], LINE_STEP_M)
    coordinates, owner = shapely.get_coordinates(sampled, return_index=True)
    away = shapely.distance(shapely.points(coordinates), shapely.boundary(bordered)[owner])
    deepest = np.zeros(len(rows))
    np.maximum.at(deepest, owner, away)
    _deepen(deepest, overlaps[rows], bordered)
    depth[rows] = np.round(deepest, DISTANCE_DECIMALS)
    shallow = np.flatnonzero(depth[rows] < np.nan_to_num(accuracy[rows]))
    for number in shallow:
        row = rows[number]
        moved = shapely.buffer(bordered[number], -float(accuracy[row]), quad_segs=EROSION_QUAD_SEGS)
        inner[row] = bool(shapely.intersects(moved, overlaps[row])) and not bool(shapely.touches(moved, overlaps[row]))
    return depth, inner


def _deepen(deepest: Floats, overlaps: Geometries, bordered: Geometries) -> None:
    """Look along the edges and inside where every corner of an overlap lies on the border, as plots often do."""
    flat = np.flatnonzero((deepest < SLIVER_M) & (shapely.get_dimensions(overlaps) == 2))
    for number in flat:
        shape = overlaps[number]
        edges = shapely.segmentize(shape, max(LINE_STEP_M, float(shapely.length(shape)) / EDGE_STEPS))
        inside = shapely.get_coordinates(shapely.point_on_surface(shape))
        points = shapely.points(np.concatenate([shapely.get_coordinates(edges), inside]))
        deepest[number] = shapely.distance(points, shapely.boundary(bordered[number])).max()


def _summed(index: ThemeIndex, subjects: Subjects, pairs: Pairs, nearest: Ints, nearest_m: Floats) -> Measured:
    """Bring the pairs of each subject together: overlap on the union, so that stacked objects are not counted twice."""
    count = len(subjects)
    dimension, size = subjects.dimension, subjects.size
    hits = np.bincount(pairs.subject[pairs.hit], minlength=count).astype(np.float64)
    hit = hits > 0
    contact = np.bincount(pairs.subject[pairs.contact], minlength=count) > 0
    area, length, points, share = (np.full(count, np.nan) for _ in range(4))
    areal = pairs.hit & ~np.isnan(pairs.area_m2)
    linear = pairs.hit & ~np.isnan(pairs.length_m)
    _union(area, pairs, areal, shapely.area)
    _union(length, pairs, linear, shapely.length)
    _union(points, pairs, pairs.hit & (dimension[pairs.subject] == 0), shapely.get_num_coordinates)
    # Shares are of unrounded sizes: of ten square metres, a rounded one would make a part out of the whole.
    share[dimension == 2] = (np.nan_to_num(area) / size)[dimension == 2]
    share[dimension == 1] = (np.nan_to_num(length) / size)[dimension == 1]
    share[dimension == 0] = (np.nan_to_num(points) / size)[dimension == 0]
    only_lines = (dimension == 2) & hit & np.isnan(area)
    share[only_lines] = np.nan
    area[(dimension == 2) & ~hit] = 0.0
    share = np.minimum(np.round(share, SHARE_DECIMALS), 1.0)
    area, length = np.round(area, AREA_DECIMALS), np.round(length, DISTANCE_DECIMALS)
    signed = -nearest_m.copy()
    depth = np.where(pairs.hit, np.nan_to_num(pairs.depth_m), -np.inf)
    deepest = np.full(count, -np.inf)
    np.maximum.at(deepest, pairs.subject, depth)
    signed[hit] = deepest[hit]
    accuracy = np.nan_to_num(pairs.accuracy_m)
    inner_m = np.where(pairs.hit, np.maximum(accuracy - np.nan_to_num(pairs.depth_m), 0.0), pairs.distance_m + accuracy)
    inner_m[pairs.inner_hit] = 0.0
    outer_m = np.maximum(pairs.distance_m - accuracy, 0.0)
    legal = index.legal[pairs.object]
    # A subject with no pair in the window has only its nearest object, whose border may move too.
    own = np.full(count, np.nan)
    found = nearest >= 0
    own[found] = np.hypot(index.accuracy_m[nearest[found]], subjects.accuracy_m[found])
    own = np.nan_to_num(own)
    nearer, farther = np.maximum(nearest_m - own, 0.0), nearest_m + own
    far_legal = np.zeros(count, bool)
    far_legal[found] = index.legal[nearest[found]]
    legal_far = np.where(far_legal, nearer, nearest_m)
    return Measured(
        pairs=pairs, nearest=nearest, nearest_m=nearest_m, hit=hit, contact=contact & ~hit, area_m2=area, share=share,
        length_m=length, hits=hits, signed_m=np.round(signed, DISTANCE_DECIMALS),
        inner_hit=_any(pairs.subject, pairs.inner_hit, count), inner_m=_least(pairs.subject, inner_m, farther),
        outer_hit=_any(pairs.subject, pairs.outer_hit, count),
        outer_m=_least(pairs.subject, outer_m, nearer),
        legal_hit=_any(pairs.subject, pairs.outer_hit & legal, count) | hit,
        legal_m=_least(pairs.subject, np.where(legal, outer_m, pairs.distance_m), legal_far),
    )  # fmt: skip


def _any(subject: Ints, flags: Flags, count: int) -> Flags:
    return np.bincount(subject[flags], minlength=count) > 0


def _least(subject: Ints, metres: Floats, otherwise: Floats) -> Floats:
    """Return the least of each subject's numbers, and `otherwise` for a subject without pairs."""
    least = np.full(len(otherwise), np.inf)
    np.minimum.at(least, subject, metres)
    found = np.where(np.isinf(least), otherwise, least)
    return found.round(DISTANCE_DECIMALS)


def _union(into: Floats, pairs: Pairs, rows: Flags, size: Any) -> None:  # noqa: ANN401
    """Fill in the size of the union of each subject's overlaps."""
    numbers = np.flatnonzero(rows)
    subjects, start, counts = np.unique(pairs.subject[numbers], return_index=True, return_counts=True)
    single = counts == 1
    into[subjects[single]] = size(pairs.overlap[numbers[start[single]]])
    for subject, first, many in zip(subjects[~single], start[~single], counts[~single], strict=True):
        union = shapely.union_all(pairs.overlap[numbers[first : first + many]])
        into[subject] = float(size(union))
