"""What the plans say of the land.

Which zones each piece of a site has by the document that governs it, and what the matrix and the zones' texts say of
the use.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.checks import zone_cases
from opcheck.findings import (
    AREA_DECIMALS,
    DISTANCE_DECIMALS,
    SLIVER_M,
    SLIVER_M2,
    STANCE_CONDITION,
    STANCE_EXCLUDES,
    STANCE_NO_TEXT,
    STANCE_SUPPORTS,
    STANCE_SUPPORTS_USE,
    STANCE_UNREAD,
    UNCLEAR_NOT,
    Flags,
    Floats,
    Ints,
    Small,
    ThemeState,
    Zones,
)
from opcheck.geometry import Geometries
from opcheck.governing import Governed, belongs, force_of, least_size, without_plan
from opcheck.index import Measured, Pairs, Subjects, ThemeIndex
from opcheck.plan import EFFECTS, MAY_GOVERN, Features, Force, Plan, ValueMapping, folded
from opcheck.rules import LAND_USE, Cell, RuleBook, Use, uses

SUPPORTS, CONDITION, EXCLUDES = EFFECTS

NO_PLAN = "open.no_plan"
_READ = frozenset({"u0.no_zone", NO_PLAN})
"""Cases of land without a governing zone in a municipality whose plan was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What of sites lies in no governing zone of one municipality.

    Parameters
    ----------
    municipality
        Its name; None for the plan's own, and for land outside it that nobody here knows whose it is.
    case
        ``u0.no_zone`` where the plan was read, ``open.no_plan`` where none is in force on the day, ``u0.outside`` where
        none was read.
    amount
        Per site: area, length or number of points.
    """

    municipality: str | None
    case: str
    amount: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """Zones that sites lie in or near: one row per (site, zone), sorted by site, document order and zone.

    Parameters
    ----------
    plans
        Per layer, the plan it is read from: the own one, or a neighbour's.
    municipalities
        Per layer, the name of the neighbour it is read from; None for the own plan.
    counts
        Per layer, whether its document is, or may be, in force.
    site
        Row of the site among those that can be measured.
    features, row
        The layer of each zone, as a number in `layers`, and the zone's row in it.
    overlap
        The overlapping geometry, None where there is none.
    governs
        False for a zone of a plan that another has replaced here, or that is not in force.
    unclear
        One of `opcheck.findings.UNCLEAR`: whether it is settled which plan governs here.
    left
        What lies in no governing zone, municipality by municipality.
    bare_m2, outside_m2
        Per site: the sum of `left` in municipalities whose plan was read, and elsewhere (area, length or number of
        points).
    planless
        Which sites lie where the municipality has no plan in force on the day, wholly or partly.
    own
        Which sites lie in the own municipality, wholly or partly.
    """

    layers: tuple[Features, ...]
    plans: tuple[Plan, ...]
    municipalities: tuple[str | None, ...]
    counts: tuple[bool, ...]
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
    unclear: Small
    left: tuple[Left, ...]
    bare_m2: Floats
    outside_m2: Floats
    planless: Flags
    own: Flags

    def of(self, site: int) -> range:
        """Return the rows of a site."""
        start, stop = np.searchsorted(self.site, (site, site + 1))
        return range(int(start), int(stop))

    def category(self, row: int) -> tuple[str | None, str | None]:
        """Return the ÖP-modell pair of a row's zone; (None, None) when the municipality's own value is not mapped."""
        return self.categories[int(self.features[row])][int(self.row[row])]

    def spread(self, site_of: Ints, rows: Flags) -> tuple[Ints, Ints]:
        """Return chosen rows, repeated for every subject of their site: the number of the subject, and the row."""
        chosen = np.flatnonzero(rows)
        start = np.searchsorted(self.site[chosen], site_of)
        counts = np.searchsorted(self.site[chosen], site_of, side="right") - start
        subject = np.repeat(np.arange(len(site_of)), counts)
        first = np.repeat(start - np.cumsum(counts) + counts, counts)
        return subject, chosen[np.arange(len(subject)) + first]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Which zones sites lie in, and how much lies in none, with the zones' borders in one place."""

    rows: Flags
    bare_m2: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The zones of sites with borders as drawn, inwards, outwards, and outwards where they are the law's own.

    Parameters
    ----------
    away_m
        Per site, how far borders must move before land without a zone comes in or goes; NaN when none is near.
    """

    nominal: Look
    inner: Look
    outer: Look
    legal: Look
    away_m: Floats


def look(land: Land, subjects: Subjects, area: Any) -> Looks:  # noqa: ANN401 - a geometry or None
    """Move the borders of the zones; `area` is the municipality."""
    borders = np.array([features.layer.border == "legal" for features in land.layers], dtype=bool)
    legal = borders[land.features] if len(borders) else np.empty(0, bool)
    governs = land.governs
    kept = land.hit & land.inner_hit & governs
    left = np.bincount(land.site[kept], minlength=len(subjects)) > 0
    if len(land.site):
        # A site smaller than the accuracy may lie in any of its zones, but it lies in one of them.
        kept |= _deepest(land, land.hit & governs & ~left[land.site])
    edge = _edge(land, subjects, area)
    bare = land.bare_m2
    return Looks(
        nominal=Look(rows=governs & land.hit, bare_m2=bare),
        inner=Look(rows=kept, bare_m2=np.where(edge.inner, np.maximum(bare, 1.0), 0.0)),
        outer=Look(rows=governs & (land.hit | land.outer_hit), bare_m2=np.where(edge.outer, bare, 0.0)),
        legal=Look(
            rows=governs & (land.hit | (land.outer_hit & legal)),
            bare_m2=np.where(edge.legal, np.maximum(bare, 1.0), 0.0),
        ),
        away_m=edge.away_m,
    )


# --- where the plan's zones end ---------------------------------------------------------------------------------------


def _deepest(land: Land, rows: Flags) -> Flags:
    """Return of each site's rows the one that reaches deepest into its zone, the first of several."""
    found = np.zeros(len(rows), bool)
    numbers = np.flatnonzero(rows)
    order = numbers[np.lexsort((numbers, -np.nan_to_num(land.depth_m[numbers]), land.site[numbers]))]
    found[order[np.unique(land.site[order], return_index=True)[1]]] = True
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """Whether sites reach into land without a zone when the zones' borders move.

    Parameters
    ----------
    inner, outer
        With the borders moved inwards, outwards by the accuracy.
    legal
        With the borders moved inwards where one of them is the law's own.
    away_m
        How far the borders must move before that changes; NaN when no such border is within the accuracy.
    """

    inner: Flags
    outer: Flags
    legal: Flags
    away_m: Floats


def _edge(land: Land, subjects: Subjects, area: Any) -> _Edge:  # noqa: ANN401 - a geometry or None
    """Look for land without a zone, in the own municipality, round sites in zones whose border is not exact."""
    count = len(subjects)
    bare = land.bare_m2 > 0
    inner, outer, legal, away = bare.copy(), bare.copy(), bare.copy(), np.full(count, np.nan)
    accuracy = np.zeros(count)
    own = [number for number, name in enumerate(land.municipalities) if name is None and land.counts[number]]
    mine = np.flatnonzero(land.governs & land.hit & np.isin(land.features, own))
    first = np.cumsum([0, *(len(features) for features in land.layers)])[land.features[mine]]
    exact = np.concatenate([np.nan_to_num(features.accuracies()) for features in land.layers] or [np.empty(0)])
    np.maximum.at(accuracy, land.site[mine], exact[first + land.row[mine]])
    asked = np.flatnonzero(accuracy > 0)
    zones = [land.layers[number].geometry for number in own if len(land.layers[number])]
    if not len(asked) or not zones:
        return _Edge(inner=inner, outer=outer, legal=legal, away_m=away)
    accuracy[asked] = np.hypot(accuracy[asked], subjects.accuracy_m[asked])
    by_law = np.array([features.layer.border == "legal" for features in land.layers], dtype=bool)[land.features[mine]]
    lawful = np.bincount(land.site[mine[by_law]], minlength=count) > 0
    sites, reach = subjects.geometry[asked], 2 * float(accuracy.max())
    shapes = np.concatenate(zones)
    near = np.unique(shapely.STRtree(shapes).query(sites, predicate="dwithin", distance=reach)[1])
    union = shapely.union_all(shapes[near])
    low_e, low_n, high_e, high_n = shapely.total_bounds(sites)
    window = shapely.box(low_e - reach, low_n - reach, high_e + reach, high_n + reach)
    ground = window if area is None else shapely.intersection(area, window)
    gaps = shapely.get_parts(shapely.difference(ground, union))
    # What is narrower than a sliver is where two zones were not drawn quite edge to edge.
    gaps = gaps[(shapely.area(gaps) > SLIVER_M2) & ~shapely.is_empty(shapely.buffer(gaps, -SLIVER_M / 2))]
    if len(gaps):
        (site, _), metres = shapely.STRtree(gaps).query_nearest(
            sites, max_distance=float(accuracy.max()), return_distance=True, all_matches=False
        )
        row, metres = asked[site], np.round(metres, DISTANCE_DECIMALS)
        reached = ~bare[row] & (metres < accuracy[row])
        row, metres = row[reached], metres[reached]
        inner[row], away[row] = True, metres
        legal[row] = lawful[row]
    for row in asked[bare[asked]]:
        if any(one.municipality is not None and one.amount[row] > 0 for one in land.left if one.case in _READ):
            continue  # a neighbour's bare land does not go away with the own zones' borders
        inside = shapely.intersection(subjects.geometry[row], ground)
        outer[row] = not shapely.covers(shapely.buffer(union, accuracy[row]), inside)
        left = shapely.points(shapely.get_coordinates(shapely.difference(inside, union)))
        if not outer[row]:
            away[row] = round(float(shapely.distance(left, union).max(initial=0.0)), DISTANCE_DECIMALS)
    return _Edge(inner=inner, outer=outer, legal=legal, away_m=away)


# --- finding the zones ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layers:
    """The land-use layers of one plan, and where they stand among all."""

    plan: Plan
    municipality: str | None
    layers: tuple[Features, ...]
    first: int
    force: tuple[Force, ...]


def find_land(parts: Sequence[Governed], day: datetime.date, subjects: Subjects) -> Land:
    """Collect the zones of every site, and what lies in none.

    Parameters
    ----------
    parts
        The sites, divided by municipality and document.
    subjects
        The sites that can be measured.
    """
    rows: list[_Rows] = []
    left: list[Left] = []
    told: list[_Layers] = []
    own = np.zeros(len(subjects), bool)
    for one in parts:
        territory = one.territory
        own[territory.sites] |= territory.own
        bare = np.zeros(len(subjects))
        if territory.loaded is None:
            bare[territory.sites] = territory.part(subjects).size
            case = "u0.outside"
        else:
            layers = territory.loaded.of_theme(LAND_USE)
            mine = _Layers(
                plan=territory.loaded.plan, municipality=territory.name, layers=layers,
                first=sum(len(before.layers) for before in told),
                force=tuple(force_of(territory.loaded.plan, features.layer, day) for features in layers),
            )  # fmt: skip
            told.append(mine)
            covered, planless, found = _in_territory(one, mine, subjects, day)
            rows.extend(found)
            bare[territory.sites] = territory.part(subjects).size - covered - planless
            case = "u0.no_zone"
            without = np.zeros(len(subjects))
            without[territory.sites] = planless
            left.append(Left(municipality=territory.name, case=NO_PLAN, amount=_counted(without, subjects)))
        left.append(Left(municipality=territory.name, case=case, amount=_counted(bare, subjects)))
    return _merged(told, rows, left, own)


def _counted(amount: Floats, subjects: Subjects) -> Floats:
    """Return sizes as they are told: rounded, and 0 for a sliver."""
    amount = np.where(subjects.dimension == 1, amount.round(DISTANCE_DECIMALS), amount.round(AREA_DECIMALS))
    found: Floats = np.where(amount > least_size(subjects), amount, 0.0)
    return found


def _in_territory(
    one: Governed, mine: _Layers, subjects: Subjects, day: datetime.date
) -> tuple[Floats, Floats, list[_Rows]]:
    """Return how much of each part lies in governing zones, how much where no plan is in force, and the zones."""
    rows: list[_Rows] = []
    whole = one.territory.part(subjects)
    covered, planless = np.zeros(len(whole)), np.zeros(len(whole))
    no_plan = without_plan(mine.plan, day)
    amended = np.zeros(len(whole), bool)
    for piece in one.pieces:
        numbers = [
            number
            for number, features in enumerate(mine.layers)
            if mine.force[number] in MAY_GOVERN and belongs(features.layer, piece.document, mine.plan)
        ]
        if piece.document is not None and piece.document.kind != "översiktsplan":
            amended[piece.rows] = True
        if not len(piece.rows):
            continue
        index = _index(mine.layers, numbers)
        part = Subjects(geometry=piece.geometry, accuracy_m=whole.accuracy_m[piece.rows])
        measured = index.measure(part, 0.0)
        inside = _in_zones(measured, part)
        covered[piece.rows] += inside
        if piece.document is None and no_plan:
            planless[piece.rows] += part.size - inside
        rows.append(_rows(index, numbers, measured.pairs, piece.rows, governs=True, unclear=piece.unclear))
    rows.extend(_not_governing(one, mine, whole, rows, amended))
    sites, first = one.territory.sites, mine.first
    rows = [dataclasses.replace(own, site=sites[own.site], features=own.features + first) for own in rows]
    return covered, planless, rows


def _in_zones(measured: Measured, part: Subjects) -> Floats:
    """Return how much of each subject lies in zones: area, length or number of points."""
    return np.nan_to_num(np.where(part.dimension == 2, measured.area_m2, measured.share * part.size))


def _index(layers: Sequence[Features], numbers: Sequence[int]) -> ThemeIndex:
    return ThemeIndex(theme=LAND_USE, layers=tuple(layers[number] for number in numbers), state=ThemeState())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    site: Ints
    features: Ints
    row: Ints
    overlap: Geometries
    pairs: Pairs
    governs: Flags
    unclear: Small


def _rows(
    index: ThemeIndex,
    numbers: Sequence[int],
    pairs: Pairs,
    sites: Ints,
    *,
    governs: bool,
    unclear: int,
) -> _Rows:
    overlap = pairs.overlap.copy()
    overlap[~pairs.hit] = None
    return _Rows(
        site=sites[pairs.subject], features=np.array(numbers, np.int64)[index.layer[pairs.object]],
        row=index.row[pairs.object], overlap=overlap, pairs=pairs, governs=np.full(len(pairs), governs),
        unclear=np.full(len(pairs), unclear, np.int8),
    )  # fmt: skip


def _not_governing(
    one: Governed, mine: _Layers, whole: Subjects, governing: Sequence[_Rows], amended: Flags
) -> list[_Rows]:
    """Return zones that lost to another plan, or whose plan is not in force: their text is shown, not judged.

    Zones that lost are told where they lost: one that governs beside an amendment and lies under it too has a row for
    each.
    """
    found = []
    pending = [number for number, force in enumerate(mine.force) if force not in MAY_GOVERN]
    if pending:
        found.append(_lost(mine, pending, whole, np.arange(len(whole)), frozenset()))
    # A document whose area is not known may govern anywhere: its pieces lie over those of the others, whose zones are
    # already told as what may govern there.
    stacked = any(document.area_unknown for document in mine.plan.documents)
    taken = frozenset(_keys(governing, amended)) if stacked else frozenset()
    for piece in one.pieces:
        numbers = [
            number
            for number, features in enumerate(mine.layers)
            if mine.force[number] in MAY_GOVERN and not belongs(features.layer, piece.document, mine.plan)
        ]
        under = amended[piece.rows]
        if numbers and under.any():
            sites = piece.rows[under]
            part = Subjects(geometry=piece.geometry[under], accuracy_m=whole.accuracy_m[sites])
            found.append(_lost(mine, numbers, part, sites, taken))
    return found


def _keys(rows: Sequence[_Rows], amended: Flags) -> Iterator[tuple[int, int, int]]:
    """Give site, layer and row of what governs on sites that an amendment touches."""
    for one in rows:
        for site, features, row, hit in zip(one.site, one.features, one.row, one.pairs.hit, strict=True):
            if hit and amended[site]:
                yield int(site), int(features), int(row)


def _lost(
    mine: _Layers, numbers: Sequence[int], part: Subjects, sites: Ints, taken: Set[tuple[int, int, int]]
) -> _Rows:
    """Return the zones of some layers that parts of sites lie in, as not governing there."""
    index = _index(mine.layers, numbers)
    pairs = index.measure(part, 0.0).pairs
    rows = _rows(index, numbers, pairs, sites, governs=False, unclear=UNCLEAR_NOT)
    keep = np.array(
        [
            bool(hit) and (int(site), int(features), int(row)) not in taken
            for site, features, row, hit in zip(rows.site, rows.features, rows.row, rows.pairs.hit, strict=True)
        ],
        dtype=bool,
    )
    return _filtered(rows, keep)


def _filtered(rows: _Rows, keep: Flags) -> _Rows:
    pairs = Pairs(**{one.name: getattr(rows.pairs, one.name)[keep] for one in dataclasses.fields(rows.pairs)})
    return _Rows(
        site=rows.site[keep], features=rows.features[keep], row=rows.row[keep], overlap=rows.overlap[keep], pairs=pairs,
        governs=rows.governs[keep], unclear=rows.unclear[keep],
    )  # fmt: skip


def _merged(told: Sequence[_Layers], rows: Sequence[_Rows], left: Sequence[Left], own: Flags) -> Land:
    def column(name: str, kind: Any) -> Any:  # noqa: ANN401 - arrays of several kinds
        return np.concatenate([getattr(one, name) for one in rows] or [np.empty(0, kind)])

    def measure(name: str, kind: Any) -> Any:  # noqa: ANN401 - arrays of several kinds
        return np.concatenate([getattr(one.pairs, name) for one in rows] or [np.empty(0, kind)])

    site = column("site", np.int64)
    order = np.argsort(site, kind="stable")
    return Land(
        layers=tuple(features for one in told for features in one.layers),
        plans=tuple(one.plan for one in told for _ in one.layers),
        municipalities=tuple(one.municipality for one in told for _ in one.layers),
        counts=tuple(force in MAY_GOVERN for one in told for force in one.force),
        categories=tuple(
            tuple(mapped_categories(features, one.plan.values)) for one in told for features in one.layers
        ),
        site=site[order],
        features=column("features", np.int64)[order], row=column("row", np.int64)[order],
        overlap=column("overlap", object)[order], hit=measure("hit", bool)[order],
        sliver=measure("sliver", bool)[order],
        area_m2=measure("area_m2", float)[order], length_m=measure("length_m", float)[order],
        distance_m=measure("distance_m", float)[order], depth_m=measure("depth_m", float)[order],
        inner_hit=measure("inner_hit", bool)[order],
        outer_hit=measure("outer_hit", bool)[order], governs=column("governs", bool)[order],
        unclear=column("unclear", np.int8)[order], left=tuple(left), own=own,
        bare_m2=_summed(left, _READ, len(own)), outside_m2=_summed(left, {"u0.outside"}, len(own)),
        planless=_summed(left, {NO_PLAN}, len(own)) > 0,
    )  # fmt: skip


def _summed(left: Sequence[Left], cases: Set[str], count: int) -> Floats:
    total = np.zeros(count)
    for one in left:
        if one.case in cases:
            total += one.amount
    return total


# --- what zones say ---------------------------------------------------------------------------------------------------


def mapped_categories(features: Features, vocabulary: Sequence[ValueMapping]) -> list[tuple[str | None, str | None]]:
    """Return the ÖP-modell pair of each row.

    By the layer's mapping, else by the municipality's vocabulary, else the row's own words where the layer has no
    mapping of its own.
    """
    layer = features.layer
    legends = [
        {(folded(one.category), folded(one.subcategory)): one.to for one in values}
        for values in (layer.values, vocabulary)  # a layer's own words go before the municipality's
    ]
    found: list[tuple[str | None, str | None]] = []
    for row in range(len(features)):
        category, subcategory = features.value("category", row), features.value("subcategory", row)
        keys = (
            (folded(category), folded(subcategory)), (folded(category), None), (None, folded(subcategory)),
        )  # fmt: skip
        to = next((legend[key] for legend in legends for key in keys if key in legend and any(key)), None)
        if to is None and not layer.values:
            to = (category, subcategory) if category else None
        found.append(to if to is not None else (None, None))
    return found


_CUT_BYTES = frozenset({254, 255})
"""A text in a dBASE or MapInfo column is at most so long: one of exactly this length has probably lost its end."""

_ENDINGS = (".", "!", "?", "»", "”", ")", "…", ":", ";")


def cut_bytes(text: str | None) -> int | None:
    """Return how many bytes a text has that its file has probably cut, None for one that seems whole.

    The limit follows the text into every file that it is copied to.
    """
    if not text:
        return None
    text = text.removesuffix("\ufffd")  # what is left of half a letter
    sizes = [len(text.encode("utf-8"))]
    try:
        sizes.append(len(text.encode("cp1252")))
    except UnicodeEncodeError:
        pass
    found = next((size for size in sizes if size in _CUT_BYTES), None)
    # A blank at the end, or half a letter, is taken off as the file is read.
    short = found is None and 253 in sizes and not text.endswith(_ENDINGS)
    return 253 if short else found


class LandReader:
    """Looks up, once for each pair of zone and use, what the matrix and the texts say.

    Parameters
    ----------
    books
        Per layer of `land`, the rules whose matrix holds for its plan.
    """

    def __init__(self, books: Sequence[RuleBook], land: Land) -> None:
        self._books = tuple(books)
        self._land = land
        self._cells: dict[tuple[int, str | None, str | None, str], Cell | None] = {}
        self._stances = [_stances(features) for features in land.layers]

    def zones(self, site_of: Ints, use_of: Sequence[str], one: Look) -> Zones:
        """Return the columns of the check: chosen rows, repeated for every use of their site."""
        land = self._land
        subject, row = land.spread(site_of, one.rows)
        words = sorted(set(use_of))
        number = {word: place for place, word in enumerate(words)}
        use = np.array([number[word] for word in use_of], dtype=np.int64)[subject]
        # Each zone is looked up once for each use, however many sites lie in it.
        most = max((len(features) for features in land.layers), default=0)
        keys = (land.features[row] * most + land.row[row]) * len(words) + use
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        looked = [
            self._look((int(land.features[place]), int(land.row[place]), words[word]), int(place))
            for place, word in zip(row[first], use[first], strict=True)
        ]
        found = np.array(looked, dtype=np.int8).reshape(-1, 5)[which]
        return Zones(
            subject=subject, value=found[:, 0], firm=found[:, 1] > 0, confirmed=found[:, 2] > 0,
            undecided=found[:, 3] > 0, stance=found[:, 4], unclear=land.unclear[row], bare_m2=one.bare_m2[site_of],
            outside_m2=land.outside_m2[site_of],
        )  # fmt: skip

    def margins(self, site_of: Ints, use_of: Sequence[str]) -> Floats:
        """Return how far the nearest border lies whose move would change a subject's answer; NaN when none is near."""
        land = self._land
        listed = land.governs & (land.hit | land.outer_hit)
        subject, row = land.spread(site_of, listed)
        zones = self.zones(site_of, use_of, Look(rows=listed, bare_m2=land.bare_m2))
        return margins(land, subject, row, zone_cases(zones), len(site_of))

    def cell(self, layer: int, category: str | None, subcategory: str | None, use: str) -> Cell | None:
        """Return the matrix cell for a layer, a pair and a use id."""
        key = (layer, category, subcategory, use)
        if key not in self._cells:
            word: Use | None = uses().get(use)
            usable = category is not None and word is not None
            self._cells[key] = self._books[layer].cell(category, subcategory, word) if usable else None  # type: ignore[arg-type] # checked just above
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

    def reason(self, place: int, use: str, case: str) -> str | None:
        """Return why the matrix says what it says of a row's zone; for a firm statement its own words."""
        cell = self.cell(int(self._land.features[place]), *self._land.category(place), use)
        if cell is None:
            return None
        return cell.statement if case == "f5.firm" and cell.statement else cell.reason

    def _look(self, key: tuple[int, int, str], place: int) -> tuple[int, bool, bool, bool, int]:
        features, row, use = key
        category, subcategory = self._land.category(place)
        cell = self.cell(features, category, subcategory, use)
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


def margins(land: Land, subject: Ints, row: Ints, cases: Ints, count: int) -> Floats:
    """Return how far the nearest border lies whose move would change a subject's answer; NaN when none is near.

    Parameters
    ----------
    subject, row
        Governing rows that the subjects lie in or near, as `Land.spread` gives them.
    cases
        What each row says, the worst with the lowest number.
    count
        How many subjects there are.
    """
    margin = np.full(count, np.inf)
    if not len(subject):
        return np.full(count, np.nan)
    hit = land.hit[row]
    worst = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(worst, subject[hit], cases[hit])
    several = _several(subject[hit], cases[hit], count)
    away = np.where(hit, np.where(several[subject], np.nan_to_num(land.depth_m[row]), np.inf), land.distance_m[row])
    away = np.where(~hit & (cases == worst[subject]), np.inf, away)
    np.minimum.at(margin, subject, away)
    found = np.where(np.isinf(margin), np.nan, margin)
    return found.round(DISTANCE_DECIMALS)


def _several(subject: Ints, cases: Any, count: int) -> Flags:  # noqa: ANN401 - an array of integers
    low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    np.minimum.at(low, subject, cases)
    np.maximum.at(high, subject, cases)
    return high > low
