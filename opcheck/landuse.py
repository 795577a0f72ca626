"""What the plans say of the land.

Which document governs each piece of a site, which zones it has there, and what the matrix and the zones' texts say of
the use.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.checks import zone_cases
from opcheck.features import LoadedPlan
from opcheck.findings import (
    DISTANCE_DECIMALS,
    SLIVER_M,
    SLIVER_M2,
    STANCE_CONDITION,
    STANCE_EXCLUDES,
    STANCE_NO_TEXT,
    STANCE_SUPPORTS,
    STANCE_SUPPORTS_USE,
    STANCE_UNREAD,
    Flags,
    Floats,
    Ints,
    ThemeState,
    Zones,
)
from opcheck.geometry import Geometries
from opcheck.index import Measured, Pairs, Subjects, ThemeIndex
from opcheck.plan import EFFECTS, MAY_GOVERN, Document, Features, Force, Layer, folded, precedence
from opcheck.rules import LAND_USE, Cell, RuleBook, Use, uses

SUPPORTS, CONDITION, EXCLUDES = EFFECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """Zones that sites lie in or near: one row per (site, zone), sorted by site, document order and zone.

    Parameters
    ----------
    site
        Row of the site among those that can be measured.
    features, row
        The layer of each zone, as a number in `layers`, and the zone's row in it.
    overlap
        The overlapping geometry, None where there is none.
    governs
        False for a zone of a plan that another has replaced here, or that is not in force.
    unclear
        Which plan governs here is not settled.
    bare_m2, outside_m2
        Per site: what lies in no governing zone, inside and outside the municipality (area, length or number of
        points).
    """

    layers: tuple[Features, ...]
    categories: tuple[tuple[tuple[str | None, str | None], ...], ...]
    site: Ints
    features: Ints
    row: Ints
    overlap: Geometries
    hit: Flags
    sliver: Flags
    area_m2: Floats
    length_m: Floats
    distance_m: Floats
    depth_m: Floats
    inner_hit: Flags
    outer_hit: Flags
    governs: Flags
    unclear: Flags
    bare_m2: Floats
    outside_m2: Floats

    def of(self, site: int) -> range:
        """Return the rows of a site."""
        start, stop = np.searchsorted(self.site, (site, site + 1))
        return range(int(start), int(stop))

    def category(self, row: int) -> tuple[str | None, str | None]:
        """Return the ÖP-modell pair of a row's zone; (None, None) when the municipality's own value is not mapped."""
        return self.categories[int(self.features[row])][int(self.row[row])]


@dataclass(frozen=True, slots=True, kw_only=True)
class LandAnswer:
    """What the land-use check may see, with zone borders as drawn, inwards, outwards, and outwards where legal."""

    nominal: Zones
    inner: Zones
    outer: Zones
    legal: Zones
    margin_m: Floats
    land: Land


def answer_land_use(
    loaded: LoadedPlan,
    book: RuleBook,
    day: datetime.date,
    subjects: Subjects,
    site_of: Ints,
    use_of: Sequence[str],
    force: Callable[[Features], Force],
) -> LandAnswer:
    """Collect the zones of every site and what they say of its uses.

    Parameters
    ----------
    subjects
        The sites that can be measured.
    site_of, use_of
        Per (site, use): the site's row in `subjects`, and the use id.
    force
        Whether a layer's document is in force.
    """
    land = _land(loaded, day, subjects, force)
    value = LandReader(book, land)
    borders = np.array([features.layer.border == "legal" for features in land.layers], dtype=bool)
    legal = borders[land.features] if len(borders) else np.empty(0, bool)
    governs = land.governs
    kept = land.hit & land.inner_hit
    left = np.bincount(land.site[kept & governs], minlength=len(subjects)) > 0
    inner = np.where(left[land.site], kept, land.hit) if len(land.site) else kept
    outer = value.zones(site_of, use_of, governs & (land.hit | land.outer_hit))
    nominal = value.zones(site_of, use_of, governs & land.hit)
    return LandAnswer(
        nominal=nominal,
        inner=value.zones(site_of, use_of, governs & inner),
        outer=outer,
        legal=value.zones(site_of, use_of, governs & (land.hit | (land.outer_hit & legal))),
        margin_m=_margins(value, site_of, use_of, governs),
        land=land,
    )


# --- documents and pieces ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The parts of sites in which one document governs; `document` is None for layers without a document."""

    document: Document | None
    settled: bool
    sites: Ints
    geometry: Geometries


def _pieces(loaded: LoadedPlan, day: datetime.date, subjects: Subjects) -> list[_Piece]:
    """Divide the sites by governing document. Most sites touch no amendment, and are one piece."""
    rest = subjects.geometry.copy()
    pieces = []
    for rank in precedence(loaded.plan.documents, LAND_USE, day):
        sites, inside = _taken(rest, loaded.document_areas.get(rank.document.id), subjects)
        rivals = [loaded.document_areas[one] for one in rank.ties if one in loaded.document_areas]
        if not rank.settled or not rivals:
            pieces.append(_Piece(document=rank.document, settled=rank.settled, sites=sites, geometry=inside))
            continue
        # Where another document of unknown order lies too, which of them governs is open; elsewhere this one does.
        contested = shapely.union_all(rivals)
        for settled, cut in ((False, shapely.intersection), (True, shapely.difference)):
            part = cut(inside, contested)
            whole = (shapely.get_dimensions(part) == shapely.get_dimensions(inside)) & ~shapely.is_empty(part)
            pieces.append(_Piece(document=rank.document, settled=settled, sites=sites[whole], geometry=part[whole]))
    sites = np.flatnonzero(~shapely.is_empty(rest))
    pieces.append(_Piece(document=None, settled=True, sites=sites, geometry=rest[sites]))
    return pieces


def _taken(rest: Geometries, area: Any, subjects: Subjects) -> tuple[Ints, Geometries]:  # noqa: ANN401 - a geometry
    """Take what lies in a document's area out of what is left of the sites; a sliver stays where it was."""
    if area is None:
        sites = np.flatnonzero(~shapely.is_empty(rest))
        inside = rest[sites]
        rest[sites] = shapely.Point()
        return sites, inside
    sites = np.flatnonzero(shapely.intersects(area, rest) & ~shapely.touches(area, rest))
    inside = shapely.intersection(rest[sites], area)
    taken = Subjects(geometry=inside, accuracy_m=subjects.accuracy_m[sites])
    whole = (taken.dimension == subjects.dimension[sites]) & (taken.size > _least(subjects)[sites])
    sites, inside = sites[whole], inside[whole]
    rest[sites] = shapely.difference(rest[sites], area)
    rest[shapely.get_dimensions(rest) < subjects.dimension] = shapely.Point()
    return sites, inside


def _least(subjects: Subjects) -> Floats:
    """Return up to which size a piece of each subject is a sliver."""
    limit = np.where(subjects.dimension == 2, SLIVER_M2, np.where(subjects.dimension == 1, SLIVER_M, 0.0))
    return np.minimum(limit, 0.5 * subjects.size)


def _land(loaded: LoadedPlan, day: datetime.date, subjects: Subjects, force: Callable[[Features], Force]) -> Land:
    layers = loaded.of_theme(LAND_USE)
    bases = {document.id for document in loaded.plan.documents if document.kind == "översiktsplan"}
    rows: list[_Rows] = []
    covered = np.zeros(len(subjects))
    amended = np.zeros(len(subjects), bool)
    outside = _outside(loaded, subjects)
    for piece in _pieces(loaded, day, subjects):
        mine = [
            number
            for number, features in enumerate(layers)
            if force(features) in MAY_GOVERN and _belongs(features.layer, piece.document, bases)
        ]
        if piece.document is not None and piece.document.id not in bases:
            amended[piece.sites] = True
        if not mine or not len(piece.sites):
            continue
        index = _index(layers, mine)
        part = Subjects(geometry=piece.geometry, accuracy_m=subjects.accuracy_m[piece.sites])
        measured = index.measure(part, 0.0)
        covered[piece.sites] += _in_zones(measured, part)
        covered[piece.sites] -= _in_zones_beyond(index, part, outside[piece.sites] > 0, loaded.area)
        rows.append(_rows(index, mine, measured.pairs, piece.sites, governs=True, unclear=not piece.settled))
    rows.extend(_not_governing(layers, subjects, rows, amended, force))
    least = _least(subjects)
    bare = subjects.size - covered - outside
    return _merged(layers, rows, np.where(bare > least, bare, 0.0), np.where(outside > least, outside, 0.0))


def _in_zones(measured: Measured, part: Subjects) -> Floats:
    """Return how much of each subject lies in zones: area, length or number of points."""
    return np.nan_to_num(np.where(part.dimension == 2, measured.area_m2, measured.share * part.size))


def _in_zones_beyond(index: ThemeIndex, part: Subjects, across: Flags, area: Any) -> Floats:  # noqa: ANN401 - a geometry
    """Return how much of each subject lies in zones outside the municipality: it may not make up for bare land."""
    beyond = np.zeros(len(part))
    rows = np.flatnonzero(across)
    if len(rows):
        left = shapely.difference(part.geometry[rows], area)
        same = shapely.get_dimensions(left) == part.dimension[rows]
        rows, left = rows[same], left[same]
        there = Subjects(geometry=left, accuracy_m=part.accuracy_m[rows])
        beyond[rows] = _in_zones(index.measure(there, 0.0), there)
    return beyond


def _belongs(layer: Layer, document: Document | None, bases: set[str]) -> bool:
    """Tell whether a layer is a document's; a layer that names none belongs to the översiktsplan, if there is one."""
    if layer.document is not None:
        return document is not None and layer.document == document.id
    return document is None if not bases else document is not None and document.id in bases


def _index(layers: Sequence[Features], numbers: Sequence[int]) -> ThemeIndex:
    return ThemeIndex(theme=LAND_USE, layers=tuple(layers[number] for number in numbers), state=ThemeState())


def _outside(loaded: LoadedPlan, subjects: Subjects) -> Floats:
    """Return how much of each site lies outside the municipality."""
    outside = np.zeros(len(subjects))
    rows = np.flatnonzero(~shapely.covers(loaded.area, subjects.geometry))
    if len(rows):
        beyond = shapely.difference(subjects.geometry[rows], loaded.area)
        part = Subjects(geometry=beyond, accuracy_m=subjects.accuracy_m[rows])
        same = shapely.get_dimensions(beyond) == subjects.dimension[rows]
        outside[rows] = np.where(same, np.nan_to_num(part.size), 0.0)
    return outside


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    site: Ints
    features: Ints
    row: Ints
    overlap: Geometries
    pairs: Pairs
    governs: Flags
    unclear: Flags


def _rows(
    index: ThemeIndex,
    numbers: Sequence[int],
    pairs: Pairs,
    sites: Ints,
    *,
    governs: bool,
    unclear: bool,
) -> _Rows:
    overlap = pairs.overlap.copy()
    overlap[~pairs.hit] = None
    return _Rows(
        site=sites[pairs.subject], features=np.array(numbers, np.int64)[index.layer[pairs.object]],
        row=index.row[pairs.object], overlap=overlap, pairs=pairs, governs=np.full(len(pairs), governs),
        unclear=np.full(len(pairs), unclear),
    )  # fmt: skip


def _not_governing(
    layers: Sequence[Features], subjects: Subjects, governing: Sequence[_Rows], amended: Flags,
    force: Callable[[Features], Force],
) -> list[_Rows]:  # fmt: skip
    """Return zones that lost to another plan, or whose plan is not in force: their text is shown, not judged."""
    taken = {
        (int(site), int(features), int(row))
        for rows in governing
        for site, features, row, hit in zip(rows.site, rows.features, rows.row, rows.pairs.hit, strict=True)
        if hit and amended[site]
    }
    found = []
    pending = [number for number, features in enumerate(layers) if force(features) not in MAY_GOVERN]
    lost = [number for number, features in enumerate(layers) if force(features) in MAY_GOVERN]
    for numbers, sites in ((pending, np.arange(len(subjects))), (lost, np.flatnonzero(amended))):
        if not numbers or not len(sites):
            continue
        index = _index(layers, numbers)
        part = subjects.take(sites)
        rows = _rows(index, numbers, index.measure(part, 0.0).pairs, sites, governs=False, unclear=False)
        keep = np.array(
            [
                bool(hit) and (int(site), int(features), int(row)) not in taken
                for site, features, row, hit in zip(rows.site, rows.features, rows.row, rows.pairs.hit, strict=True)
            ],
            dtype=bool,
        )
        found.append(_filtered(rows, keep))
    return found


def _filtered(rows: _Rows, keep: Flags) -> _Rows:
    pairs = Pairs(**{one.name: getattr(rows.pairs, one.name)[keep] for one in dataclasses.fields(rows.pairs)})
    return _Rows(
        site=rows.site[keep], features=rows.features[keep], row=rows.row[keep], overlap=rows.overlap[keep], pairs=pairs,
        governs=rows.governs[keep], unclear=rows.unclear[keep],
    )  # fmt: skip


def _merged(layers: tuple[Features, ...], rows: Sequence[_Rows], bare: Floats, outside: Floats) -> Land:
    def column(name: str, kind: Any) -> Any:  # noqa: ANN401 - arrays of several kinds
        return np.concatenate([getattr(one, name) for one in rows] or [np.empty(0, kind)])

    def measure(name: str, kind: Any) -> Any:  # noqa: ANN401 - arrays of several kinds
        return np.concatenate([getattr(one.pairs, name) for one in rows] or [np.empty(0, kind)])

    site = column("site", np.int64)
    order = np.argsort(site, kind="stable")
    return Land(
        layers=layers, categories=tuple(tuple(_categories(features)) for features in layers), site=site[order],
        features=column("features", np.int64)[order], row=column("row", np.int64)[order],
        overlap=column("overlap", object)[order], hit=measure("hit", bool)[order],
        sliver=measure("sliver", bool)[order],
        area_m2=measure("area_m2", float)[order], length_m=measure("length_m", float)[order],
        distance_m=measure("distance_m", float)[order], depth_m=measure("depth_m", float)[order],
        inner_hit=measure("inner_hit", bool)[order],
        outer_hit=measure("outer_hit", bool)[order], governs=column("governs", bool)[order],
        unclear=column("unclear", bool)[order], bare_m2=np.round(bare, 2), outside_m2=np.round(outside, 2),
    )  # fmt: skip


# --- what zones say ---------------------------------------------------------------------------------------------------


def _categories(features: Features) -> list[tuple[str | None, str | None]]:
    """Return the ÖP-modell pair of each row: by the manifest's mapping, or the row's own words where there is none."""
    layer = features.layer
    exact = {(folded(one.category), folded(one.subcategory)): one.to for one in layer.values}
    found: list[tuple[str | None, str | None]] = []
    for row in range(len(features)):
        category, subcategory = features.value("category", row), features.value("subcategory", row)
        keys = (
            (folded(category), folded(subcategory)), (folded(category), None), (None, folded(subcategory)),
        )  # fmt: skip
        to = next((exact[key] for key in keys if key in exact and any(key)), None)
        if to is None and not layer.values:
            to = (category, subcategory) if category else None
        found.append(to if to is not None else (None, None))
    return found


class LandReader:
    """Looks up, once for each pair of category and use, what the matrix and the texts say."""

    def __init__(self, book: RuleBook, land: Land) -> None:
        self._book = book
        self._land = land
        self._cells: dict[tuple[str | None, str | None, str], Cell | None] = {}
        self._stances = [_stances(features) for features in land.layers]

    def zones(self, site_of: Ints, use_of: Sequence[str], rows: Flags) -> Zones:
        """Return the columns of the check: chosen rows, repeated for every use of their site."""
        land = self._land
        chosen = np.flatnonzero(rows)
        start = np.searchsorted(land.site[chosen], site_of)
        stop = np.searchsorted(land.site[chosen], site_of, side="right")
        counts = stop - start
        subject = np.repeat(np.arange(len(site_of)), counts)
        first = np.repeat(start - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) if len(counts) else subject
        row = chosen[np.arange(len(subject)) + first] if len(subject) else np.empty(0, np.int64)
        value = np.full(len(row), -1, np.int8)
        firm, confirmed, undecided = (np.zeros(len(row), bool) for _ in range(3))
        stance = np.zeros(len(row), np.int8)
        known: dict[tuple[int, int, str], tuple[int, bool, bool, bool, int]] = {}
        for number in range(len(row)):
            place = int(row[number])
            key = (int(land.features[place]), int(land.row[place]), use_of[subject[number]])
            if key not in known:
                known[key] = self._look(key, place)
            value[number], firm[number], confirmed[number], undecided[number], stance[number] = known[key]
        return Zones(
            subject=subject, value=value, firm=firm, confirmed=confirmed, undecided=undecided, stance=stance,
            unclear=land.unclear[row], bare_m2=land.bare_m2[site_of], outside_m2=land.outside_m2[site_of],
        )  # fmt: skip

    def cell(self, category: str | None, subcategory: str | None, use: str) -> Cell | None:
        """Return the matrix cell for a pair and a use id."""
        key = (category, subcategory, use)
        if key not in self._cells:
            word: Use | None = uses().get(use)
            usable = category is not None and word is not None
            self._cells[key] = self._book.cell(category, subcategory, word) if usable else None  # type: ignore[arg-type] # checked just above
        return self._cells[key]

    def case(self, place: int, use: str) -> int:
        """Return what one row says of a use, as its place in `opcheck.checks.ZONE_CASES`."""
        land = self._land
        key = (int(land.features[place]), int(land.row[place]), use)
        value, firm, confirmed, undecided, stance = self._look(key, place)
        one = Zones(
            subject=np.zeros(1, np.int64), value=np.array([value], np.int8), firm=np.array([firm]),
            confirmed=np.array([confirmed]), undecided=np.array([undecided]), stance=np.array([stance], np.int8),
            unclear=land.unclear[place : place + 1], bare_m2=np.zeros(1), outside_m2=np.zeros(1),
        )  # fmt: skip
        return int(zone_cases(one)[0])

    def reason(self, category: str | None, subcategory: str | None, use: str, case: str) -> str | None:
        """Return why the matrix says what it says; for a firm statement its own words."""
        cell = self.cell(category, subcategory, use)
        if cell is None:
            return None
        return cell.statement if case == "f5.firm" and cell.statement else cell.reason

    def _look(self, key: tuple[int, int, str], place: int) -> tuple[int, bool, bool, bool, int]:
        features, row, use = key
        category, subcategory = self._land.category(place)
        cell = self.cell(category, subcategory, use)
        stance = self._stance(features, row, use)
        if cell is None:
            return -1, False, False, False, stance
        return cell.value, cell.firm, cell.confirmed_by is not None, cell.undecided, stance

    def _stance(self, features: int, row: int, use: str) -> int:
        layer = self._land.layers[features]
        if layer.value("text", row) is None and layer.ids[row] not in self._stances[features]:
            return STANCE_NO_TEXT
        effects = [
            (effect, bool(named))
            for effect, named in self._stances[features].get(layer.ids[row], ())
            if not named or use in named
        ]
        found = {effect for effect, _ in effects}
        if EXCLUDES in found:
            return STANCE_EXCLUDES
        if CONDITION in found:
            return STANCE_CONDITION
        if (SUPPORTS, True) in effects:
            return STANCE_SUPPORTS_USE
        return STANCE_SUPPORTS if SUPPORTS in found else STANCE_UNREAD


def _stances(features: Features) -> Mapping[str, list[tuple[str, tuple[str, ...]]]]:
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for stance in features.layer.stances:
        found.setdefault(stance.feature, []).append((stance.effect, stance.uses))
    return found


def _margins(cells: LandReader, site_of: Ints, use_of: Sequence[str], governs: Flags) -> Floats:
    """Return how far the nearest border lies whose move would change a subject's answer; NaN when none is near."""
    land = cells._land
    listed = governs & (land.hit | land.outer_hit)
    zones = cells.zones(site_of, use_of, listed)
    margin = np.full(len(site_of), np.inf)
    if not len(zones.subject):
        return np.full(len(site_of), np.nan)
    cases = zone_cases(zones)
    # The listed rows of a subject stand together and in the order of the land table.
    chosen = np.flatnonzero(listed)
    start = np.searchsorted(land.site[chosen], site_of)
    offset = np.arange(len(zones.subject)) - np.searchsorted(zones.subject, zones.subject)
    row = chosen[start[zones.subject] + offset]
    hit = land.hit[row]
    worst = np.full(len(site_of), np.iinfo(np.int64).max)
    np.minimum.at(worst, zones.subject[hit], cases[hit])
    several = _several(zones.subject[hit], cases[hit], len(site_of))
    away = np.where(
        hit, np.where(several[zones.subject], np.nan_to_num(land.depth_m[row]), np.inf), land.distance_m[row]
    )
    away = np.where(~hit & (cases == worst[zones.subject]), np.inf, away)
    np.minimum.at(margin, zones.subject, away)
    found = np.where(np.isinf(margin), np.nan, margin)
    return found.round(DISTANCE_DECIMALS)


def _several(subject: Ints, cases: Any, count: int) -> Flags:  # noqa: ANN401 - an array of integers
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    np.minimum.at(low, subject, cases)
    np.maximum.at(high, subject, cases)
    return high > low
