"""The order of work: sites and a plan in, one assessment out.

Rules are answered theme by theme for all sites at once, in columns. Sites, layers and rules are sorted by their own
names first, so the same content gives the same answer whatever order it came in.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.answers import Answers, RuleAnswers, reach_of
from opcheck.assessment import Assessment
from opcheck.checks import (
    KINDS,
    OF_LAND,
    OPERATORS,
    START_YEAR,
    Attributes,
    Distances,
    Horizons,
    Pair,
    Standing,
    Terms,
    Uses,
)
from opcheck.drafts import draft_areas, placeless
from opcheck.errors import CRSError, Fault, PlanError, RuleError, SiteError
from opcheck.features import LoadedPlan, load_plan
from opcheck.findings import (
    ADJUSTED_ACCURACY,
    ADJUSTED_REPAIRED,
    ADJUSTED_RESERVATION,
    AREA_DECIMALS,
    CASE,
    CODES,
    DISTANCE_DECIMALS,
    FAIL,
    NOT_APPLICABLE,
    OPEN,
    OUTCOMES,
    PASS,
    REASONS,
    REVIEW,
    SHARE_DECIMALS,
    Code,
    Columns,
    Flags,
    Floats,
    Ints,
    Judgement,
    OpenReason,
    Small,
    ThemeState,
    Zones,
)
from opcheck.geometry import Geometries, ellipsoid_area_m2, transform
from opcheck.governing import Governed, base_document, force_of, governed, pieces, without_plan
from opcheck.horizon import HorizonReader, rank
from opcheck.index import Cover, Measured, Subjects, ThemeIndex
from opcheck.landuse import NO_PLAN, Land, LandReader, Looks, find_land, look, margins
from opcheck.neighbours import RESERVATION, NeighbourPlan, read_neighbours
from opcheck.placing import crs_notes, other_systems, shift_m
from opcheck.plan import MANIFEST, MAY_GOVERN, Document, Features, Force, Plan, precedence
from opcheck.rules import ASK, LAND_USE, PENDING_PLANNING, Rule, RuleBook, named_uses, read_rules, themes
from opcheck.sites import AREA, Site, Sites
from opcheck.standing import Standpoint, standpoints, statuses, worst
from opcheck.tables import counted, expected
from opcheck.texts import half_up

NOT_ASKED = frozenset({"properties"})
"""Themes that no rule asks about and that can be very large: read only when something asks."""

Progress = Callable[[int, int], None]


def assess(
    sites: Sites,
    plan: Plan,
    *,
    rules: RuleBook | None = None,
    on: datetime.date | str | None = None,
    progress: Progress | None = None,
) -> Assessment:
    """Test proposed sites against a plan.

    Parameters
    ----------
    sites
        As `opcheck.read_sites` gives them, in any CRS.
    plan
        As `opcheck.read_plan` gives it. Its layers are read now.
    rules
        As `opcheck.read_rules` gives them; None is the national set. The pack's own rule files and overrides are added.
    on
        The day to judge for: which plans are in force, whether they are current, which rules are valid. None is today.
    progress
        Called with the number of rules answered and their total.

    Returns
    -------
    assessment
        One verdict per site, with all findings. A site that cannot be tested is in it, as OPEN.

    Raises
    ------
    LayerError
        A layer of the plan cannot be used at all.
    SiteError
        A site's axes are exchanged.
    RuleError
        The pack's own rules have faults.

    Examples
    --------
    >>> import opcheck
    >>> sites = opcheck.read_sites("examples/haraholmen/sites.geojson")
    >>> assessment = opcheck.assess(sites, opcheck.read_plan("pitea"), on="2026-11-22")
    >>> str(assessment["modulfabrik"].verdict.outcome)
    'REVIEW'
    """
    if not isinstance(sites, Sites):
        raise SiteError(f"assess fick {type(sites).__name__}. Läs platserna först: opcheck.read_sites(…).")
    day = datetime.date.fromisoformat(on) if isinstance(on, str) else on or datetime.date.today()
    book = _rules_for(plan, rules)
    valid = book.on(day)
    _check_categories(plan, book)
    wanted = {theme for rule in valid for theme in rule.themes()} | set(themes()) - NOT_ASKED
    loaded = load_plan(plan, wanted)
    _check_cells(loaded, book)

    def book_of(neighbour: Plan) -> RuleBook:
        own = _rules_for(neighbour, rules)
        _check_categories(neighbour, own)
        return own

    placed = _placed(sites, loaded)
    neighbours = read_neighbours(loaded, placed.geometry, book_of)
    return _Run(placed, loaded, neighbours, book, day).assessment(progress)


def assess_loaded(sites: Sites, loaded: LoadedPlan, *, rules: RuleBook, on: datetime.date) -> Assessment:
    """Test sites against a plan that is in memory already, by these rules and no others: what cases of rules need."""
    return _Run(_placed(sites, loaded), loaded, (), rules, on).assessment(None)


def _check_categories(plan: Plan, book: RuleBook) -> None:
    """Raise when a legend value is mapped to a category that no matrix knows: its zones would all read as unmapped."""
    known = {cell.category for one in book.sets for cell in one.cells}
    if not known:
        return
    legends = [(None, plan.values), *((one.id, one.values) for one in plan.layers if one.theme == LAND_USE)]
    faults = [
        Fault(
            message=f"{value.to[0]!r} finns inte bland matrisens kategorier. {expected(value.to[0], known)}",
            path=MANIFEST, layer_id=layer_id, key=f"value[{number}].to",
        )
        for layer_id, values in legends
        for number, value in enumerate(values, 1)
        if value.to[0] not in known
    ]  # fmt: skip
    if faults:
        raise PlanError(faults)


def _check_cells(loaded: LoadedPlan, book: RuleBook) -> None:
    """Raise when a cell of the pack's own is about a category that nothing in the pack can ever be: it answers nothing.

    Known are the categories of the national matrix, those that legend values are mapped to, and the words of layers
    without a mapping, which stand for themselves. Without the national matrix nobody can tell which there are.
    """
    plan = loaded.plan
    national = {cell.category for one in book.sets if one.national for cell in one.cells}
    if not national or not plan.rule_files:
        return
    layers = [one for one in loaded.of_theme(LAND_USE) if not one.layer.values]
    words = {one.value("category", row) for one in layers for row in range(len(one))}
    mapped = {value.to[0] for values in (plan.values, *(one.values for one in plan.layers)) for value in values}
    known = national | mapped | {word for word in words if word}
    faults = [
        Fault(
            message=f"är {cell.category!r}, som varken är en av matrisens kategorier eller något som planens värden "
            f"översätts till. {expected(cell.category, known)}",
            path=one.file, key=f"cell[{number}].category",
        )
        for one in read_rules(*plan.rule_files, national=False, overrides=False).sets
        for number, cell in enumerate(one.cells, 1)
        if cell.category not in known
    ]  # fmt: skip
    if faults:
        raise RuleError(faults)


def _rules_for(plan: Plan, rules: RuleBook | None) -> RuleBook:
    """Return the rules to apply: the caller's or the national ones, with the pack's own files, overrides last heard."""
    book = rules if rules is not None else read_rules()
    own = read_rules(*plan.rule_files, national=False, overrides=False).sets
    heard = (*(override for one in own for override in one.overrides), *plan.overrides)
    if rules is not None and heard:
        # A caller who leaves the national rules out leaves out what the pack says of them.
        left_out = {rule.id for rule in read_rules().rules} - {rule.id for rule in book.rules}
        heard = tuple(one for one in heard if one.rule not in left_out)
    return book.joined(own, heard, MANIFEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """The sites in the plan's CRS, sorted by id, and which of them can be tested."""

    sites: Sites
    geometry: Geometries
    unusable: tuple[str | None, ...]
    crs_accuracy_m: float


_LOST = "platsens koordinater går inte att räkna om till planens koordinatsystem"
_BENT = "platsens geometri blev ogiltig när den räknades om till planens koordinatsystem"


def _placed(sites: Sites, loaded: LoadedPlan) -> _Placed:
    order = sorted(range(len(sites)), key=lambda row: sites.ids[row])
    rows = tuple(sites.rows[row] for row in order)
    source = sites.geometry[order]
    usable = np.array([site.unusable is None for site in rows], dtype=bool)
    geometry = np.full(len(rows), None, dtype=object)
    geometry[usable] = shapely.force_2d(transform(source[usable], sites.crs, loaded.plan.crs))
    why: list[str | None] = [site.unusable for site in rows]
    lost = usable & ~np.isfinite(shapely.bounds(geometry)).all(axis=1)
    bent = usable & ~lost & ~shapely.is_valid(geometry)
    for where, reason in ((lost, _LOST), (bent, _BENT)):
        for row in np.flatnonzero(where):
            why[row], geometry[row] = reason, None
    _check_axes(rows, source, geometry, sites, loaded)
    box = None if loaded.area is None else shapely.bounds(loaded.area).tolist()
    accuracy = shift_m(box, sites.crs, loaded.plan.crs)
    areas = np.full(len(rows), np.nan)
    whole = usable & ~lost & ~bent
    areas[whole] = ellipsoid_area_m2(source[whole], sites.crs).round(AREA_DECIMALS)
    notes = [
        *sites.notes, *crs_notes("Platserna", None, sites.crs, loaded.plan.crs, accuracy),
        *_elsewhere(source, geometry, sites, loaded), *_other_sizes(rows, areas),
    ]  # fmt: skip
    ordered = dataclasses.replace(sites, rows=rows, geometry=source, areas_m2=areas, notes=tuple(notes))
    return _Placed(sites=ordered, geometry=geometry, unusable=tuple(why), crs_accuracy_m=accuracy)


def _elsewhere(source: Geometries, geometry: Geometries, sites: Sites, loaded: LoadedPlan) -> list[str]:
    """Say it when every site lies outside the municipality, and another Swedish coordinate system puts all inside."""
    known = ~shapely.is_missing(geometry)
    if loaded.area is None or not known.any() or shapely.intersects(loaded.area, geometry[known]).any():
        return []
    box = shapely.bounds(loaded.area).tolist()
    names = other_systems(shapely.total_bounds(source[known]).tolist(), sites.crs, box, loaded.plan.crs)
    if not names:
        return []
    return [
        f"Alla platser ligger utanför {loaded.plan.name} när talen läses som {sites.crs}, men i kommunen om de är "
        f"{' eller '.join(names)}. Kontrollera platsernas koordinatsystem."
    ]


STATED_AREA_SHARE = 0.01
"""An area that a file states may differ by this much from the drawn one before it is told: it may have been measured
in another coordinate system (0.35 % at most between SWEREF 99 TM and the ellipsoid), and rounded."""


def _other_sizes(rows: Sequence[Site], areas: Floats) -> list[str]:
    """Say which sites state an area that is not that of the drawing: the stated one decides."""
    found = []
    for site, drawn in zip(rows, areas.tolist(), strict=True):
        stated = site.attributes.get(AREA)
        if isinstance(stated, float) and abs(stated - drawn) > STATED_AREA_SHARE * drawn:
            told, seen = (f"{half_up(area):,.0f} m²".replace(",", "\N{NO-BREAK SPACE}") for area in (stated, drawn))
            found.append(
                f"Platsen {site.id!r} har uppgiften {AREA} {told}, men ytan är ritad som {seen}. "
                "Uppgiften gäller före ritningen."
            )
    most = 5
    if len(found) > most:
        more = counted(len(found) - most, "plats", "platser")
        rest = f"Ytterligare {more} har en uppgift om {AREA} som skiljer sig från ritningen."
        return [*found[:most], rest]
    return found


def _check_axes(
    rows: Sequence[Site], source: Geometries, geometry: Geometries, sites: Sites, loaded: LoadedPlan
) -> None:
    """Raise when sites outside the municipality land inside it with x and y exchanged."""
    if loaded.area is None:
        return
    outside = np.flatnonzero(~shapely.is_missing(geometry) & ~shapely.intersects(loaded.area, geometry))
    try:
        swapped = shapely.transform(source[outside], lambda xy: xy[:, ::-1])
        moved = transform(swapped, sites.crs, loaded.plan.crs)
    except CRSError:
        return
    whole = np.isfinite(shapely.bounds(moved)).all(axis=1)
    inside = shapely.intersects(loaded.area, shapely.centroid(moved[whole]))
    message = (
        f"ligger utanför {loaded.plan.name}, men innanför om x och y byter plats. Axlarna är omkastade: "
        "skriv öst (E eller longitud) före nord (N eller latitud)."
    )
    names = [rows[row].id for row in outside[whole][inside].tolist()]
    if names:
        raise SiteError([Fault(message=message, path=sites.file, key=name, site_id=name) for name in names])


class _Run:
    """One assessment being made: what is shared between rules is measured once."""

    def __init__(
        self,
        placed: _Placed,
        loaded: LoadedPlan,
        neighbours: tuple[NeighbourPlan, ...],
        book: RuleBook,
        day: datetime.date,
    ) -> None:
        self._loaded = loaded
        self._neighbours = neighbours
        self._book = book
        self._day = day
        self._sites = placed.sites
        self._geometry = placed.geometry
        self._unusable = placed.unusable
        # A subject is a site under one of its uses; a site without a known use is one subject without a use.
        pairs = [(number, use) for number, site in enumerate(self._sites.rows) for use in (site.uses or (None,))]
        self._site = np.array([number for number, _ in pairs], dtype=np.int64)
        self._use: tuple[str | None, ...] = tuple(use for _, use in pairs)
        self._good = np.array([geometry is not None for geometry in self._geometry], dtype=bool)
        # Row of each site among those that can be measured, -1 for the others.
        self._measured_row = np.where(self._good, np.cumsum(self._good) - 1, -1)
        accuracy = np.nan_to_num(self._sites.numbers("accuracy_m"))
        if placed.crs_accuracy_m > 0:
            accuracy = np.hypot(accuracy, placed.crs_accuracy_m)
        self._subjects = Subjects(geometry=self._geometry[self._good], accuracy_m=accuracy[self._good])
        self._rules = book.on(day, self._counties)
        self._reach = self._reaches()
        self._indexes: dict[tuple[str, bool], ThemeIndex] = {}
        self._measures: dict[tuple[str, bool], Measured] = {}
        self._covers: dict[str, Cover] = {}
        self._eased: dict[str, Floats] = {}

    @functools.cached_property
    def _counties(self) -> Mapping[str | None, Flags]:
        """The counties in which sites lie → which sites lie there, wholly or partly.

        None is land of which nobody knows the county. A site that cannot be placed counts as the municipality's own.
        """
        found: dict[str | None, Flags] = {}
        rows = np.flatnonzero(self._good)
        for one in self._governed:
            there = found.setdefault(one.territory.county, np.zeros(len(self._good), bool))
            there[rows[one.territory.sites]] = True
        if not self._good.all():
            own = found.setdefault(self._loaded.plan.county_code, np.zeros(len(self._good), bool))
            own |= ~self._good
        return {county: there for county, there in found.items() if there.any()}

    def _reaches(self) -> Mapping[str, float | Floats]:
        """Return for each theme how far around sites pairs are listed: the reach of its rules, criteria aside."""
        reach: dict[str, float | Floats] = {}
        for rule in self._rules:
            for theme in rule.themes():
                metres = self._reach_of(rule) if rule.check != "at_most" else 0.0
                reach[theme] = np.maximum(reach.get(theme, 0.0), metres)
        return reach

    def _reach_of(self, rule: Rule) -> float | Floats:
        """Return how far a rule must be able to see: the same for all sites, or as each that can be measured states."""
        return reach_of(rule, self._sites, self._good)

    # --- themes ------------------------------------------------------------------------------------------------------

    def index(self, theme: str, *, pending: bool = False) -> ThemeIndex:
        """Return a theme's objects: those that count today, or those of plans that are not in force yet."""
        key = (theme, pending)
        if key not in self._indexes:
            wanted = frozenset({Force.PENDING}) if pending else MAY_GOVERN
            every = self._loaded.of_theme(theme)
            layers = tuple(self._vouching(one) for one in every if self._force(one) in wanted)
            in_progress = theme == PENDING_PLANNING and not pending
            drafts = self._drafts(layers) if in_progress else ()
            stated = any(one.what == theme for one in self._loaded.plan.not_applicable)
            state = ThemeState(
                missing=not layers,
                # One layer with rows does not vouch for another that has none.
                empty=any(not one.rows and one.layer.empty is None for one in layers),
                unplaced=any(
                    entry.state == "unplaced" and entry.accepted_by is None
                    for one in (*layers, *drafts)
                    for entry in one.ledger
                )
                or (in_progress and bool(placeless(self._loaded, self._day))),
                indicative=themes()[theme].indicative,
                stated=stated and not any(one.rows for one in every),
            )
            found = tuple(sorted((*layers, *drafts), key=lambda one: one.layer.id))
            self._indexes[key] = ThemeIndex(theme=theme, layers=found, state=state)
        return self._indexes[key]

    def _drafts(self, own: Sequence[Features]) -> tuple[Features, ...]:
        """Return the layers of plans on their way: they are planning in progress, whatever their theme.

        They can be met, but a draft vouches for nothing: only the theme's own layers tell where all of it is known.
        """
        coverage = own[0].coverage if own else None
        layers = (
            one
            for one in self._loaded.layers
            if one.layer.theme != PENDING_PLANNING and self._force(one) is Force.PENDING
        )
        return tuple(dataclasses.replace(one, coverage=coverage) for one in (*layers, *self._draft_areas))

    @functools.cached_property
    def _draft_areas(self) -> tuple[Features, ...]:
        return draft_areas(self._loaded, self._day)

    def _vouching(self, features: Features) -> Features:
        """Return a layer as it counts: what may not be in force can be met, but vouches for nothing being clear."""
        return dataclasses.replace(features, coverage=None) if self._force(features) is Force.UNKNOWN else features

    def _force(self, features: Features) -> Force:
        return force_of(self._loaded.plan, features.layer, self._day)

    def measured(self, theme: str, *, pending: bool = False) -> Measured:
        """Return the measures of a theme for all sites that can be measured."""
        key = (theme, pending)
        if key not in self._measures:
            index = self.index(theme, pending=pending)
            self._measures[key] = index.measure(self._subjects, self._reach.get(theme, 0.0))
        return self._measures[key]

    def _cover(self, theme: str) -> Cover:
        """Return whether sites lie wholly inside a theme, with its border moved."""
        if theme not in self._covers:
            self._covers[theme] = self.index(theme).cover(self.measured(theme), self._subjects)
        return self._covers[theme]

    # --- rules -------------------------------------------------------------------------------------------------------

    def assessment(self, progress: Progress | None) -> Assessment:
        """Answer every rule and put the answers together."""
        answered_rules: list[RuleAnswers] = []
        asks_land = False
        for number, rule in enumerate(self._rules):
            of_land = KINDS[rule.check].subject in OF_LAND
            asks_land |= of_land
            answered_rules.append(self._land_rule(rule) if of_land else self._map_rule(rule))
            if progress is not None:
                progress(number + 1, len(self._rules))
        answered = Answers(
            loaded=self._loaded, book=self._book, rules=self._rules, day=self._day, sites=self._sites,
            geometry=self._geometry, unusable=self._unusable, subject_site=self._site, subject_use=self._use,
            measured_row=self._measured_row, answers=tuple(answered_rules), land=self._land if asks_land else None,
            base=base_document(self._loaded.plan, self._day), indexes=self._indexes, measures=self._measures,
            neighbours=self._neighbours, governed=self._governed, books=self._books if asks_land else (),
            eased=self._eased, drafts=self._draft_areas,
            standpoints=self._standpoints if any(one.value("of") == "currency" for one in self._rules) else (),
        )  # fmt: skip
        return Assessment(answered)

    def _map_rule(self, rule: Rule) -> RuleAnswers:
        """Answer one rule for every subject: with borders as drawn, and moved inwards and outwards."""
        asked = self._asked(rule)
        rows = np.flatnonzero(asked.outcome < 0)
        terms = self._terms(rule)
        judge = KINDS[rule.check].judge
        given, inner, outer, legal = self._given(rule, rows)
        nominal = judge(given, terms)
        later = self._not_asked_yet(rule, nominal, outer) if isinstance(outer, Pair) else np.zeros(len(rows), bool)
        nominal.outcome[later], nominal.case[later] = NOT_APPLICABLE, CASE["not_applicable.pair"]
        nominal.code[later], nominal.reason[later] = -1, -1
        _fill(asked, nominal, rows)
        answers = RuleAnswers.of(rule, asked)
        if inner is not None:
            answers.inner[rows] = np.where(later, NOT_APPLICABLE, judge(inner, terms).outcome)
            answers.outer[rows] = np.where(later, NOT_APPLICABLE, judge(outer, terms).outcome)
            answers.boundary[rows] = self._boundary(rule, rows, nominal.outcome, answers)
            answers.margin_m[rows] = self._margin(rule, rows)
            self._adjust(rule, rows, answers, judge(legal, terms).outcome)
        return answers

    def _not_asked_yet(self, rule: Rule, nominal: Judgement, outer: Pair) -> Flags:
        """Tell where the weighing of two interests is no question of its own yet: neither of them is met.

        Each of them must be a question of its own, asked of every site and counted: that it could not be tested is then
        said there, once, and not again for every pair that the interest is one of.
        """
        if not self._asked_alone.issuperset(rule.themes()):
            return np.zeros(len(nominal.outcome), bool)
        found: Flags = (nominal.outcome == OPEN) & ~outer.first.hit & ~outer.second.hit
        return found

    @functools.cached_property
    def _asked_alone(self) -> frozenset[str | None]:
        """The themes that a counted question of their own is asked about, of every site and use."""
        return frozenset(
            one.theme
            for one in self._rules
            if one.check == "avoid" and one.counted and not (one.uses or one.when or one.counties or one.replaced_in)
        )

    def _terms(self, rule: Rule) -> Terms:
        # An information is told and not counted: its hit is no question.
        hit = NOT_APPLICABLE if rule.code is Code.I else OUTCOMES[rule.hit]
        return Terms(parameters=rule.parameters, hit=hit, code=rule.code)

    def _asked(self, rule: Rule) -> Judgement:
        """Answer for subjects of which the rule is not asked, or cannot be."""
        answer = Judgement.blank(len(self._site))
        unusable = ~self._good[self._site]
        answer.say(unusable, OPEN, "open.site_unusable", code=Code.U0, reason=OpenReason.SITE_UNUSABLE)
        if rule.counties or rule.replaced_in:
            here = [there for county, there in self._counties.items() if rule.asked_in(county)]
            answer.say(~np.logical_or.reduce(here)[self._site], NOT_APPLICABLE, "not_applicable.county")
        answer.say(self._odd, OPEN, "open.use_missing", code=Code.U0, reason=OpenReason.ATTRIBUTE_MISSING)
        if rule.uses:
            answer.say(~np.isin(self._words, rule.uses), NOT_APPLICABLE, "not_applicable.use")
        values = [self._sites.compared(when.attribute, when.value)[self._site] for when in rule.when]
        for when, value in zip(rule.when, values, strict=True):
            holds = OPERATORS[when.op](value, float(when.value))
            answer.say(~holds & ~np.isnan(value), NOT_APPLICABLE, "not_applicable.when")
        unstated = [np.isnan(value) for when, value in zip(rule.when, values, strict=True) if when.missing != ASK]
        if unstated:
            self._say_missing(rule, answer, np.logical_or.reduce(unstated))
        return answer

    @functools.cached_property
    def _words(self) -> np.typing.NDArray[np.str_]:
        """The uses of the subjects, empty where there is none."""
        return np.array([use or "" for use in self._use], dtype=np.str_)

    @functools.cached_property
    def _odd(self) -> Flags:
        """Which subjects have no use, or stand beside one that is not known."""
        unknown = np.array([bool(site.unknown_uses) for site in self._sites.rows], dtype=bool)
        found: Flags = (self._words == "") | unknown[self._site]
        return found

    def _say_missing(self, rule: Rule, answer: Judgement, missing: Flags) -> None:
        """Leave the question open where the attribute it depends on is missing, and the map does not answer it already.

        A tall building matters inside an airport's MSA area: where the map shows none, the height need not be asked
        for.
        """
        if rule.theme is not None and rule.check in ("avoid", "within", "at_least"):
            rows = np.flatnonzero(missing & (answer.outcome < 0))
            given, _, _, _ = self._given(rule, rows)
            answered = KINDS[rule.check].judge(given, self._terms(rule))
            clear = (answered.outcome == PASS) | (answered.case == CASE["not_applicable.stated"])
            missing = missing.copy()
            missing[rows[clear]] = False
        answer.say(missing, OPEN, "open.attribute_missing", code=Code.U0, reason=OpenReason.ATTRIBUTE_MISSING)

    def _given(self, rule: Rule, rows: Ints) -> tuple[Any, Any, Any, Any]:
        """Return what the check may see of some subjects: as drawn, inner, outer, and outer for legal borders alone."""
        subject = KINDS[rule.check].subject
        if subject == "attribute":
            value = self._sites.compared(rule.value("attribute"), rule.value("value"))[self._site[rows]]
            return Attributes(value=value), None, None, None
        if subject == "covered" and rule.value("of") in ("status", "currency"):
            return self._standing(rule, rows), None, None, None
        if subject == "pair":
            first, second = (self._columns(rule, theme, rows) for theme in rule.value("themes"))
            return (
                Pair(first=first[0], second=second[0]), Pair(first=first[1], second=second[1]),
                Pair(first=first[2], second=second[2]), Pair(first=first[3], second=second[3]),
            )  # fmt: skip
        theme = rule.theme or rule.themes()[0]
        four = self._columns(rule, theme, rows)
        if rule.own_distance is not None:
            metres = self._sites.distances(rule.own_distance)[self._site[rows]]
            return tuple(Distances(columns=columns, distance_m=metres) for columns in four)  # type: ignore[return-value] # four of them
        if subject == "bands":
            use = tuple(self._use[row] or "" for row in rows)
            return tuple(Uses(columns=columns, use=use) for columns in four)  # type: ignore[return-value] # four of them
        return four

    def _columns(self, rule: Rule, theme: str, rows: Ints) -> tuple[Columns, Columns, Columns, Columns]:
        index, measured = self.index(theme), self.measured(theme)
        row = self._measured_row[self._site[rows]]
        whole = index.columns(measured, self._subjects, self._reach_of(rule))
        columns = _taken(whole, row)
        if rule.check == "at_most" and rule.value("distance_m") is None:
            # Without a threshold the distance itself is the answer, and holds only as far as the data is complete.
            complete = index.covers(self._subjects, np.nan_to_num(measured.nearest_m))
            columns = dataclasses.replace(columns, covered=complete[row])
        distance = columns.distance_m
        search = rule.value("search_m")
        if search is not None:
            distance = np.where(distance > search, np.nan, distance)
        eased_by = rule.value("eased_by")
        columns = dataclasses.replace(
            columns,
            distance_m=distance,
            serves=np.isin(self._words[rows], list(rule.value("serves") or ())),
            forbids=self._forbidden(rule, index, measured, rows),
            eased=self._share_within(eased_by, row, pending=False),
            eased_pending=self._share_within(eased_by, row, pending=True),
        )
        inner = columns.moved(measured.inner_hit[row], measured.inner_m[row])
        outer = columns.moved(measured.outer_hit[row], measured.outer_m[row])
        legal = columns.moved(measured.legal_hit[row], measured.legal_m[row])
        if rule.check == "covered":
            # What moves here is how much of the subject lies inside: all of it, or not.
            cover = self._cover(theme)
            inner = dataclasses.replace(inner, share=cover.inner[row].astype(np.float64))
            outer = dataclasses.replace(outer, share=cover.outer[row].astype(np.float64))
            legal = dataclasses.replace(legal, share=cover.legal[row].astype(np.float64))
        return columns, inner, outer, legal

    def _share_within(self, theme: str | None, row: Ints, *, pending: bool) -> Floats:
        if theme is None:
            return np.zeros(len(row))
        if pending:
            return np.nan_to_num(self.measured(theme, pending=True).share[row])
        if theme not in self._eased:
            self._eased[theme] = self._easing(theme)
        return self._eased[theme][row]

    def _easing(self, theme: str) -> Floats:
        """Return how much of each site lies in a theme that eases, by the document that governs the theme there.

        An area of a plan that a newer one has replaced eases nothing; an object to avoid counts whichever plan has it.
        """
        index = self.index(theme)
        if any(self._force(one) is Force.UNKNOWN for one in index.layers):
            return np.zeros(len(self._subjects))
        plan = self._loaded.plan
        drawn = {one.layer.document for one in self._loaded.of_theme(theme)}
        dealing = tuple(one for one in plan.documents if theme in one.themes or one.id in drawn)
        if len(precedence(dealing, theme, self._day)) < 2:
            return np.nan_to_num(self.measured(theme).share)
        size = np.zeros(len(self._subjects))
        loaded = dataclasses.replace(self._loaded, plan=dataclasses.replace(plan, documents=dealing))
        for piece in pieces(loaded, theme, self._day, self._subjects):
            governs = (None, piece.document.id if piece.document is not None else None)
            layers = tuple(one for one in index.layers if one.layer.document in governs)
            if not piece.settled or not layers:
                continue
            part = Subjects(geometry=piece.geometry, accuracy_m=self._subjects.accuracy_m[piece.rows])
            there = ThemeIndex(theme=theme, layers=layers, state=index.state)
            size[piece.rows] += np.nan_to_num(there.measure(part, 0.0).share) * part.size
        return (size / self._subjects.size).round(SHARE_DECIMALS)

    def _forbidden(self, rule: Rule, index: ThemeIndex, measured: Measured, rows: Ints) -> Flags:
        """Tell which subjects overlap an object whose own föreskrift names their use as forbidden."""
        found = np.zeros(len(rows), bool)
        if not rule.value("forbids"):
            return found
        named = [
            named_uses(index.layers[layer].value("forbids", row))[0]
            for layer, row in zip(index.layer, index.row, strict=True)
        ]
        if not any(named):
            return found
        for number, subject in enumerate(rows):
            window = measured.pairs.of(int(self._measured_row[self._site[subject]]))
            for pair in range(window.start, window.stop):
                if measured.pairs.hit[pair] and self._use[subject] in named[measured.pairs.object[pair]]:
                    found[number] = True
        return found

    def _standing(self, rule: Rule, rows: Ints) -> Standing:
        """Return whether the plans that govern each subject's land are in force, or current."""
        count = len(self._subjects)
        if rule.value("of") == "currency":
            case = worst(self._standpoints, count)
        else:
            case = statuses(self._governed, self._day, count)
        return Standing(case=case[self._measured_row[self._site[rows]]])

    @functools.cached_property
    def _standpoints(self) -> tuple[Standpoint, ...]:
        return tuple(standpoints(self._governed, self._day, self._subjects, self._meets))

    def _meets(self, loaded: LoadedPlan, document: Document, theme: str) -> Flags:
        """Tell which sites meet a theme in a document's own layers; of a neighbour's plan only the land is read."""
        if loaded is not self._loaded or theme not in themes():
            return np.zeros(len(self._subjects), bool)
        index, pairs = self.index(theme), self.measured(theme).pairs
        own = np.array([one.layer.document == document.id for one in index.layers], dtype=bool)
        if not own.any():
            return np.zeros(len(self._subjects), bool)
        hit = pairs.hit & own[index.layer[pairs.object]]
        return np.bincount(pairs.subject[hit], minlength=len(self._subjects)) > 0

    # --- borders and adjustments -------------------------------------------------------------------------------------

    def _boundary(self, rule: Rule, rows: Ints, nominal: Small, answers: RuleAnswers) -> Small:
        """Return 1 where the border's accuracy could change the answer, 0 where not, -1 where it is not known."""
        moved = (answers.inner[rows] != nominal) | (answers.outer[rows] != nominal)
        unknown = any(
            features.layer.accuracy_m is None and len(features)
            for theme in rule.themes()
            for features in self.index(theme).layers
        )
        return np.where(moved, 1, -1 if unknown else 0).astype(np.int8)

    def _margin(self, rule: Rule, rows: Ints) -> Floats:
        theme = rule.theme or rule.themes()[0]
        row = self._measured_row[self._site[rows]]
        if rule.check == "covered":
            return self._cover(theme).margin_m[row]
        signed = self.measured(theme).signed_m[row]
        reach = np.broadcast_to(self._reach_of(rule), len(self._subjects))[row]
        found: Floats = np.abs(signed + reach).round(DISTANCE_DECIMALS)
        return found

    def _adjust(self, rule: Rule, rows: Ints, answers: RuleAnswers, legal: Small) -> None:
        """Worsen what rests on repaired data or on a legal border that may lie elsewhere. Nothing is ever lifted."""
        row = self._measured_row[self._site[rows]]
        repaired = np.zeros(len(rows), bool)
        for theme in (rule.theme,) if rule.theme else rule.themes():
            repaired |= self.index(theme).repaired.near(self._subjects, self._reach_of(rule))[row]
        _worsen(answers, rows, CODES[rule.code], repaired=repaired, legal=legal)

    # --- land use ----------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _governed(self) -> tuple[Governed, ...]:
        """The sites, divided by municipality and by the document that governs the use of land."""
        return governed(self._loaded, self._neighbours, LAND_USE, self._day, self._subjects)

    @functools.cached_property
    def _land(self) -> Land:
        """The zones of all sites."""
        return find_land(self._governed, self._day, self._subjects)

    @functools.cached_property
    def _looks(self) -> Looks:
        return look(self._land, self._subjects, self._loaded.area)

    @functools.cached_property
    def _books(self) -> tuple[RuleBook, ...]:
        """For each layer of `_land`, the rules with its own municipality's matrix."""
        others = {one.loaded.plan.id: one.book for one in self._neighbours if one.loaded is not None}
        return tuple(others.get(plan.id) or self._book for plan in self._land.plans)

    @functools.cached_property
    def _zone_indexes(self) -> tuple[tuple[ThemeIndex, Flags], ...]:
        """The plans' zones, plan by plan, and the sites that lie in its municipality."""
        found = [(self.index(LAND_USE), self._land.own)]
        for one in self._governed:
            if one.territory.own or one.territory.loaded is None:
                continue
            layers = tuple(
                features
                for features in one.territory.loaded.of_theme(LAND_USE)
                if force_of(one.territory.loaded.plan, features.layer, self._day) in MAY_GOVERN
            )
            there = np.zeros(len(self._subjects), bool)
            there[one.territory.sites] = True
            found.append((ThemeIndex(theme=LAND_USE, layers=layers, state=_state_of(layers)), there))
        return tuple(found)

    def _land_rule(self, rule: Rule) -> RuleAnswers:
        """Answer a rule about the plans' zones for every subject."""
        asked = self._asked(rule)
        rows = np.flatnonzero(asked.outcome < 0)
        row = self._measured_row[self._site[rows]]
        terms, judge = self._terms(rule), KINDS[rule.check].judge
        horizons = KINDS[rule.check].subject == "horizons"
        columns, margin_m = self._horizons(rows, row) if horizons else self._zones(rows, row)
        nominal, inner, outer, legal = (judge(one, terms) for one in columns)
        code = CODES[rule.code if horizons else Code.F2]
        self._no_clear_beside_gaps(nominal, row, (FAIL, OPEN, REVIEW) if horizons else (FAIL,))
        gone = self._without_layers(nominal, row)
        _fill(asked, nominal, rows)
        answers = RuleAnswers.of(rule, asked)
        moved, unknown, repaired = (np.zeros(len(rows), bool) for _ in range(3))
        for one in (inner, outer):
            moved |= (one.code != nominal.code) | (one.outcome != nominal.outcome)
        for index, there in self._zone_indexes:
            unknown |= there[row] & any(one.layer.accuracy_m is None and len(one) for one in index.layers)
            repaired |= there[row] & index.repaired.near(self._subjects, 0.0)[row]
        kept = ~gone
        answers.inner[rows[kept]], answers.outer[rows[kept]] = inner.outcome[kept], outer.outcome[kept]
        answers.boundary[rows[kept]] = np.where(moved, 1, np.where(unknown, -1, 0))[kept]
        answers.margin_m[rows[kept]] = margin_m[kept]
        reserved = None if horizons else self._reserved()[row]
        _worsen(answers, rows, code, repaired=repaired, legal=legal.outcome, reserved=reserved)
        return answers

    def _zones(self, rows: Ints, row: Ints) -> tuple[tuple[Zones, ...], Floats]:
        """Return what the use matrix may see of some subjects, with borders in four places, and their margins."""
        reader = LandReader(self._books, self._land)
        uses = tuple(self._use[subject] or "" for subject in rows)
        looks = self._looks
        four = (looks.nominal, looks.inner, looks.outer, looks.legal)
        margin = np.fmin(reader.margins(row, uses), looks.away_m[row])
        return tuple(reader.zones(row, uses, one) for one in four), margin

    def _horizons(self, rows: Ints, row: Ints) -> tuple[tuple[Horizons, ...], Floats]:
        """Return what the horizon check may see of some subjects, with borders in four places, and their margins."""
        land, looks = self._land, self._looks
        reader = HorizonReader(land, self._day)
        start = self._sites.numbers(START_YEAR)[self._site[rows]]
        four = tuple(
            reader.columns(row, start, one.rows, (one.bare_m2 > 0) | (land.outside_m2 > 0))
            for one in (looks.nominal, looks.inner, looks.outer, looks.legal)
        )
        listed = land.governs & (land.hit | land.outer_hit)
        subject, place = land.spread(row, listed)
        ranks = rank(reader.columns(row, start, listed, land.bare_m2 > 0))
        return four, margins(land, subject, place, ranks, len(row))

    def _reserved(self) -> Flags:
        """Tell which sites lie under a reservation of the county's, or may: one that could not be used counts too."""
        index = self.index(RESERVATION)
        found = np.zeros(len(self._subjects), bool)
        if index.layers:
            found |= self.measured(RESERVATION).hit | index.aside.near(self._subjects, 0.0) | index.state.unplaced
        for one in self._governed:
            territory = one.territory
            layers = () if territory.own or territory.loaded is None else territory.loaded.of_theme(RESERVATION)
            if layers:
                index, part = (
                    ThemeIndex(theme=RESERVATION, layers=layers, state=_state_of(layers)),
                    territory.part(self._subjects),
                )
                found[territory.sites] |= (
                    index.measure(part, 0.0).hit | index.aside.near(part, 0.0) | index.state.unplaced
                )
        return found

    def _without_layers(self, nominal: Judgement, row: Ints) -> Flags:
        """Answer OPEN in the own municipality when its plan has no zones at all; return where."""
        state = self.index(LAND_USE).state
        gone = self._land.own[row] & (state.missing or state.empty)
        case = "open.layer_missing" if state.missing else "open.layer_empty"
        nominal.outcome[gone], nominal.case[gone] = OPEN, CASE[case]
        nominal.code[gone], nominal.reason[gone] = CODES[Code.U0], REASONS[OpenReason.LAYER_MISSING]
        # Zones there may be, but no plan that they stand in: then it is no layer that is missing.
        planless = self._land.planless[row] & (nominal.case == CASE["u0.no_zone"])
        if state.missing and self._loaded.of_theme(LAND_USE) and without_plan(self._loaded.plan, self._day):
            planless |= gone
        nominal.case[planless], nominal.reason[planless] = CASE[NO_PLAN], REASONS[OpenReason.NOT_MAP_BASED]
        return gone

    def _no_clear_beside_gaps(self, nominal: Judgement, row: Ints, kept: Sequence[int]) -> None:
        """Answer OPEN where a zone of the plan could not be used, or not placed while all else is clear."""
        aside, unplaced = np.zeros(len(row), bool), np.zeros(len(row), bool)
        for index, there in self._zone_indexes:
            aside |= there[row] & index.aside.near(self._subjects, 0.0)[row]
            unplaced |= there[row] & index.state.unplaced
        aside &= ~np.isin(nominal.outcome, kept)
        unplaced &= nominal.outcome == PASS
        for rows, case in ((unplaced & ~aside, "open.unplaced"), (aside, "open.feature_set_aside")):
            nominal.outcome[rows], nominal.case[rows] = OPEN, CASE[case]
            nominal.code[rows], nominal.reason[rows] = CODES[Code.U0], REASONS[OpenReason.FEATURE_SET_ASIDE]


def _worsen(
    answers: RuleAnswers, rows: Ints, code: int, *, repaired: Flags, legal: Small, reserved: Flags | None = None
) -> None:
    """Make the program's own adjustments, in their order; an answer that is not counted is left as it is."""
    if not answers.rule.counted:
        return
    answers.worsen(rows[repaired], ADJUSTED_REPAIRED, code)
    if reserved is not None:
        held = rows[reserved & (answers.outcome[rows] == PASS)]
        answers.worsen(held, ADJUSTED_RESERVATION, code)
        answers.case[held] = CASE["f2.reserved"]
    answers.worsen(rows[(legal != PASS) & (legal != NOT_APPLICABLE)], ADJUSTED_ACCURACY, code)


def _state_of(layers: Sequence[Features]) -> ThemeState:
    """Return what is known of a neighbour's layers of a theme as such."""
    unplaced = any(one.state == "unplaced" and one.accepted_by is None for layer in layers for one in layer.ledger)
    return ThemeState(missing=not layers, unplaced=unplaced)


def _fill(whole: Judgement, part: Judgement, rows: Ints) -> None:
    for name in ("outcome", "code", "case", "reason"):
        getattr(whole, name)[rows] = getattr(part, name)


def _taken(columns: Columns, rows: Ints) -> Columns:
    """Return the columns of some subjects."""
    found = {one.name: getattr(columns, one.name)[rows] for one in dataclasses.fields(columns) if one.name != "state"}
    return Columns(state=columns.state, **found)
