"""The order of work: sites and a plan in, one assessment out.

Rules are answered theme by theme for all sites at once, in columns. Sites, layers and rules are sorted by their own
names first, so the same content gives the same answer whatever order it came in.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.answers import Answers, RuleAnswers
from opcheck.assessment import Assessment
from opcheck.checks import KINDS, Attributes, Pair, Parameter, Standing, Terms, Uses
from opcheck.errors import CRSError, Fault, PlanError, SiteError
from opcheck.features import LoadedPlan, load_plan
from opcheck.findings import (
    ADJUSTED_ACCURACY,
    ADJUSTED_REPAIRED,
    ADJUSTED_RESERVATION,
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
    Code,
    Columns,
    Flags,
    Floats,
    Ints,
    Judgement,
    OpenReason,
    Small,
    ThemeState,
)
from opcheck.geometry import Geometries, transform
from opcheck.index import Cover, Measured, Subjects, ThemeIndex
from opcheck.landuse import Land, answer_land_use
from opcheck.plan import MANIFEST, MAY_GOVERN, Current, Document, Features, Force, Plan, currency
from opcheck.rules import LAND_USE, Rule, RuleBook, When, named_uses, read_rules, themes
from opcheck.sites import Site, Sites
from opcheck.tables import expected

RESERVATION = "county_reservation"
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
    return _Run(sites, loaded, book, valid, day).assessment(progress)


def _check_categories(plan: Plan, book: RuleBook) -> None:
    """Raise when a legend value is mapped to a category that no matrix knows: its zones would all read as unmapped."""
    known = {cell.category for one in book.sets for cell in one.cells}
    if not known:
        return
    faults = [
        Fault(
            message=f"{value.to[0]!r} finns inte bland matrisens kategorier. {expected(value.to[0], known)}",
            path=MANIFEST, layer_id=layer.id, key=f"value[{number}].to",
        )
        for layer in plan.layers
        if layer.theme == LAND_USE
        for number, value in enumerate(layer.values, 1)
        if value.to[0] not in known
    ]  # fmt: skip
    if faults:
        raise PlanError(faults)


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
    ordered = dataclasses.replace(sites, rows=rows, geometry=source)
    return _Placed(sites=ordered, geometry=geometry, unusable=tuple(why))


def _check_axes(
    rows: Sequence[Site], source: Geometries, geometry: Geometries, sites: Sites, loaded: LoadedPlan
) -> None:
    """Raise when sites outside the municipality land inside it with x and y exchanged."""
    outside = ~shapely.is_missing(geometry) & ~shapely.intersects(loaded.area, geometry)
    faults = []
    for row in np.flatnonzero(outside).tolist():
        swapped = shapely.transform(source[row], lambda xy: xy[:, ::-1])
        try:
            (moved,) = transform(np.array([swapped], dtype=object), sites.crs, loaded.plan.crs)
        except CRSError:
            continue
        if np.isfinite(shapely.bounds(moved)).all() and shapely.intersects(loaded.area, shapely.centroid(moved)):
            message = (
                f"ligger utanför {loaded.plan.name}, men innanför om x och y byter plats. Axlarna är omkastade: "
                "skriv öst (E eller longitud) före nord (N eller latitud)."
            )
            faults.append(Fault(message=message, path=sites.file, key=rows[row].id, site_id=rows[row].id))
    if faults:
        raise SiteError(faults)


class _Run:
    """One assessment being made: what is shared between rules is measured once."""

    def __init__(
        self, sites: Sites, loaded: LoadedPlan, book: RuleBook, rules: Sequence[Rule], day: datetime.date
    ) -> None:
        self._loaded = loaded
        self._book = book
        self._rules = tuple(rules)
        self._day = day
        placed = _placed(sites, loaded)
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
        self._subjects = Subjects(geometry=self._geometry[self._good], accuracy_m=accuracy[self._good])
        self._reach = self._reaches()
        self._indexes: dict[tuple[str, bool], ThemeIndex] = {}
        self._measures: dict[tuple[str, bool], Measured] = {}
        self._covers: dict[str, Cover] = {}

    def _reaches(self) -> Mapping[str, float]:
        """Return for each theme how far around sites pairs are listed: the reach of its rules, criteria aside."""
        reach: dict[str, float] = {}
        for rule in self._rules:
            for theme in rule.themes():
                metres = rule.reach_m if rule.check != "at_most" else 0.0
                reach[theme] = max(reach.get(theme, 0.0), metres)
        return reach

    # --- themes ------------------------------------------------------------------------------------------------------

    def index(self, theme: str, *, pending: bool = False) -> ThemeIndex:
        """Return a theme's objects: those that count today, or those of plans that are not in force yet."""
        key = (theme, pending)
        if key not in self._indexes:
            wanted = frozenset({Force.PENDING}) if pending else MAY_GOVERN
            every = self._loaded.of_theme(theme)
            layers = tuple(self._vouching(one) for one in every if self._force(one) in wanted)
            stated = any(one.what == theme for one in self._loaded.plan.not_applicable)
            state = ThemeState(
                missing=not layers,
                # One layer with rows does not vouch for another that has none.
                empty=any(not one.rows and one.layer.empty is None for one in layers),
                unplaced=any(
                    entry.state == "unplaced" and entry.accepted_by is None for one in layers for entry in one.ledger
                ),
                indicative=themes()[theme].indicative,
                stated=stated and not any(one.rows for one in every),
            )
            self._indexes[key] = ThemeIndex(theme=theme, layers=layers, state=state)
        return self._indexes[key]

    def _vouching(self, features: Features) -> Features:
        """Return a layer as it counts: what may not be in force can be met, but vouches for nothing being clear."""
        return dataclasses.replace(features, coverage=None) if self._force(features) is Force.UNKNOWN else features

    def _force(self, features: Features) -> Force:
        document = features.layer.document
        return Force.YES if document is None else self._loaded.plan.document(document).force(self._day)

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
        land: Land | None = None
        for number, rule in enumerate(self._rules):
            if KINDS[rule.check].subject == "zones":
                judged, land = self._land_use(rule)
            else:
                judged = self._map_rule(rule)
            answered_rules.append(judged)
            if progress is not None:
                progress(number + 1, len(self._rules))
        answered = Answers(
            loaded=self._loaded, book=self._book, rules=self._rules, day=self._day, sites=self._sites,
            geometry=self._geometry, unusable=self._unusable, subject_site=self._site, subject_use=self._use,
            measured_row=self._measured_row, answers=tuple(answered_rules), land=land,
            base=base_document(self._loaded.plan, self._day), indexes=self._indexes, measures=self._measures,
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
        _fill(asked, nominal, rows)
        answers = RuleAnswers.of(rule, asked)
        if inner is not None:
            answers.inner[rows] = judge(inner, terms).outcome
            answers.outer[rows] = judge(outer, terms).outcome
            answers.boundary[rows] = self._boundary(rule, rows, nominal.outcome, answers)
            answers.margin_m[rows] = self._margin(rule, rows)
            self._adjust(rule, rows, answers, judge(legal, terms).outcome)
        return answers

    def _terms(self, rule: Rule) -> Terms:
        # An information is told and not counted: its hit is no question.
        hit = NOT_APPLICABLE if rule.code is Code.I else OUTCOMES[rule.hit]
        return Terms(parameters=rule.parameters, hit=hit, code=rule.code, county=self._loaded.plan.county_code)

    def _asked(self, rule: Rule) -> Judgement:
        """Answer for subjects of which the rule is not asked, or cannot be."""
        answer = Judgement.blank(len(self._site))
        unusable = ~self._good[self._site]
        answer.say(unusable, OPEN, "open.site_unusable", code=Code.U0, reason=OpenReason.SITE_UNUSABLE)
        odd = np.array(
            [
                use is None or bool(self._sites.rows[site].unknown_uses)
                for site, use in zip(self._site, self._use, strict=True)
            ]
        )
        answer.say(odd, OPEN, "open.use_missing", code=Code.U0, reason=OpenReason.ATTRIBUTE_MISSING)
        if rule.uses:
            answer.say(np.array([use not in rule.uses for use in self._use]), NOT_APPLICABLE, "not_applicable.use")
        if rule.when is not None:
            value = self._sites.numbers(rule.when.attribute)[self._site]
            self._say_missing(rule, answer, np.isnan(value))
            holds = (
                KINDS["trigger"]
                .judge(
                    Attributes(value=value),
                    dataclasses.replace(self._terms(rule), hit=REVIEW, parameters=_as_parameters(rule.when)),
                )
                .outcome
            )
            answer.say(holds == PASS, NOT_APPLICABLE, "not_applicable.when")
        return answer

    def _say_missing(self, rule: Rule, answer: Judgement, missing: Flags) -> None:
        """Leave the question open where the attribute it depends on is missing, and the map does not answer it already.

        A tall building matters inside an airport's MSA area: where the map shows none, the height need not be asked
        for.
        """
        if rule.theme is not None and rule.check in ("avoid", "within", "at_least"):
            rows = np.flatnonzero(missing & (answer.outcome < 0))
            given, _, _, _ = self._given(rule, rows)
            clear = KINDS[rule.check].judge(given, self._terms(rule)).outcome == PASS
            missing = missing.copy()
            missing[rows[clear]] = False
        answer.say(missing, OPEN, "open.attribute_missing", code=Code.U0, reason=OpenReason.ATTRIBUTE_MISSING)

    def _given(self, rule: Rule, rows: Ints) -> tuple[Any, Any, Any, Any]:
        """Return what the check may see of some subjects: as drawn, inner, outer, and outer for legal borders alone."""
        subject = KINDS[rule.check].subject
        if subject == "attribute":
            value = self._sites.numbers(rule.value("attribute"))[self._site[rows]]
            return Attributes(value=value), None, None, None
        if subject == "covered" and rule.value("of") in ("status", "currency"):
            return self._standing(rule, len(rows)), None, None, None
        if subject == "pair":
            first, second = (self._columns(rule, theme, rows) for theme in rule.value("themes"))
            return (
                Pair(first=first[0], second=second[0]), Pair(first=first[1], second=second[1]),
                Pair(first=first[2], second=second[2]), Pair(first=first[3], second=second[3]),
            )  # fmt: skip
        theme = rule.theme or rule.themes()[0]
        four = self._columns(rule, theme, rows)
        if subject == "bands":
            use = tuple(self._use[row] or "" for row in rows)
            return tuple(Uses(columns=columns, use=use) for columns in four)  # type: ignore[return-value] # four of them
        return four

    def _columns(self, rule: Rule, theme: str, rows: Ints) -> tuple[Columns, Columns, Columns, Columns]:
        index, measured = self.index(theme), self.measured(theme)
        row = self._measured_row[self._site[rows]]
        whole = index.columns(measured, self._subjects, rule.reach_m)
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
            serves=np.array([self._use[subject] in (rule.value("serves") or ()) for subject in rows], dtype=bool),
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
        if not pending and any(self._force(one) is Force.UNKNOWN for one in self.index(theme).layers):
            return np.zeros(len(row))
        return np.nan_to_num(self.measured(theme, pending=pending).share[row])

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

    def _standing(self, rule: Rule, count: int) -> Standing:
        document = base_document(self._loaded.plan, self._day)
        case = status_case(self._loaded.plan, self._day)
        if rule.value("of") == "currency":
            # Of a plan that is not known to be in force, nobody can say that it is current.
            known = document is not None and document.force(self._day) is Force.YES
            case = currency_case(document, self._day) if document is not None and known else "unknown"
        return Standing(case=np.full(count, CASE[case], np.int8))

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
        return np.abs(signed + rule.reach_m).round(DISTANCE_DECIMALS)

    def _adjust(self, rule: Rule, rows: Ints, answers: RuleAnswers, legal: Small) -> None:
        """Worsen what rests on repaired data or on a legal border that may lie elsewhere. Nothing is ever lifted."""
        if not rule.counted:
            return
        row = self._measured_row[self._site[rows]]
        repaired = np.zeros(len(rows), bool)
        for theme in (rule.theme,) if rule.theme else rule.themes():
            repaired |= self.index(theme).repaired.near(self._subjects, rule.reach_m)[row]
        answers.worsen(rows[repaired & (answers.outcome[rows] == PASS)], ADJUSTED_REPAIRED, CODES[rule.code])
        flipped = (answers.outcome[rows] == PASS) & (legal != PASS) & (legal != NOT_APPLICABLE)
        answers.worsen(rows[flipped], ADJUSTED_ACCURACY, CODES[rule.code])

    # --- land use ----------------------------------------------------------------------------------------------------

    def _land_use(self, rule: Rule) -> tuple[RuleAnswers, Land]:
        asked = self._asked(rule)
        rows = np.flatnonzero(asked.outcome < 0)
        row = self._measured_row[self._site[rows]]
        index = self.index(LAND_USE)
        uses = tuple(self._use[row] or "" for row in rows)
        given = answer_land_use(
            self._loaded, self._book, self._day, self._subjects, row, uses, self._force
        )  # fmt: skip
        terms = self._terms(rule)
        if index.state.missing or index.state.empty:
            case = "open.layer_missing" if index.state.missing else "open.layer_empty"
            everyone = np.ones(len(rows), bool)
            nominal = Judgement.blank(len(rows))
            nominal.say(everyone, OPEN, case, code=Code.U0, reason=OpenReason.LAYER_MISSING)
            _fill(asked, nominal, rows)
            return RuleAnswers.of(rule, asked), given.land
        judge = KINDS[rule.check].judge
        nominal = judge(given.nominal, terms)
        self._no_clear_beside_gaps(index, nominal, row)
        _fill(asked, nominal, rows)
        answers = RuleAnswers.of(rule, asked)
        inner, outer = judge(given.inner, terms), judge(given.outer, terms)
        answers.inner[rows], answers.outer[rows] = inner.outcome, outer.outcome
        unknown = any(features.layer.accuracy_m is None and len(features) for features in index.layers)
        moved = (inner.code != answers.code[rows]) | (outer.code != answers.code[rows])
        moved |= (inner.outcome != answers.outcome[rows]) | (outer.outcome != answers.outcome[rows])
        answers.boundary[rows] = np.where(moved, 1, -1 if unknown else 0)
        answers.margin_m[rows] = given.margin_m
        passed = answers.outcome[rows] == PASS
        answers.worsen(rows[passed & index.repaired.near(self._subjects, 0.0)[row]], ADJUSTED_REPAIRED, CODES[Code.F2])
        reserved = self._reserved()[row]
        held = rows[(answers.outcome[rows] == PASS) & reserved]
        answers.worsen(held, ADJUSTED_RESERVATION, CODES[Code.F2])
        answers.case[held] = CASE["f2.reserved"]
        legal = judge(given.legal, terms).outcome
        flipped = rows[(answers.outcome[rows] == PASS) & (legal != PASS)]
        answers.worsen(flipped, ADJUSTED_ACCURACY, CODES[Code.F2])
        return answers, given.land

    def _reserved(self) -> Flags:
        """Tell which sites lie under a reservation of the county's, or may: one that could not be used counts too."""
        index = self.index(RESERVATION)
        if not index.layers:
            return np.zeros(len(self._subjects), bool)
        return self.measured(RESERVATION).hit | index.aside.near(self._subjects, 0.0) | index.state.unplaced

    def _no_clear_beside_gaps(self, index: ThemeIndex, nominal: Judgement, row: Ints) -> None:
        """Answer OPEN where a zone of the plan could not be used, or not placed while all else supports the use."""
        aside = index.aside.near(self._subjects, 0.0)[row] & (nominal.outcome != FAIL)
        unplaced = np.full(len(row), index.state.unplaced) & (nominal.outcome == PASS)
        for rows, case in ((unplaced & ~aside, "open.unplaced"), (aside, "open.feature_set_aside")):
            nominal.outcome[rows], nominal.case[rows] = OPEN, CASE[case]
            nominal.code[rows], nominal.reason[rows] = CODES[Code.U0], REASONS[OpenReason.FEATURE_SET_ASIDE]


def _fill(whole: Judgement, part: Judgement, rows: Ints) -> None:
    for name in ("outcome", "code", "case", "reason"):
        getattr(whole, name)[rows] = getattr(part, name)


def _taken(columns: Columns, rows: Ints) -> Columns:
    """Return the columns of some subjects."""
    found = {one.name: getattr(columns, one.name)[rows] for one in dataclasses.fields(columns) if one.name != "state"}
    return Columns(state=columns.state, **found)


def _as_parameters(when: When) -> Mapping[str, Parameter]:
    return {"op": Parameter(value=when.op), "value": Parameter(value=when.value)}


def base_document(plan: Plan, day: datetime.date) -> Document | None:
    """Return the översiktsplan that is, or may be, in force: the newest where there are several; else the nearest."""
    bases = [document for document in plan.documents if document.kind == "översiktsplan"]
    order = {Force.YES: 3, Force.UNKNOWN: 3, Force.PENDING: 1, Force.NO: 0}

    def rank(document: Document) -> tuple[int, datetime.date, str]:
        since = document.since
        return order[document.force(day)], since.first if since else datetime.date.min, document.id

    return max(bases, key=rank, default=None)


def status_case(plan: Plan, day: datetime.date) -> str:
    """Return whether an översiktsplan is in force on a day: ``in_force``, ``not_in_force`` or ``unknown``."""
    document = base_document(plan, day)
    if document is None:
        return "unknown"
    return {Force.YES: "in_force", Force.UNKNOWN: "unknown"}.get(document.force(day), "not_in_force")


def currency_case(document: Document, day: datetime.date) -> str:
    """Return whether a document is current on a day: ``current``, ``lapsed`` or ``unknown``."""
    found, _ = currency(document, day)
    return {Current.CURRENT: "current", Current.LAPSED: "lapsed"}.get(found, "unknown")
