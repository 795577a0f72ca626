"""Answers as columns, and the views that are made of them when somebody looks.

A batch of 30 000 sites is held in arrays, rule by rule; `Finding`, `Verdict` and `Part` are built one at a time, on
request. Nothing is judged or measured here that has not been already, apart from what only a view needs.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from opcheck import how
from opcheck import verdict as combining
from opcheck.absence import ABSENT, Proofs
from opcheck.checks import KINDS, OF_LAND, OPERATORS, START_YEAR, ZONE_CASES, Parameter, band_limit
from opcheck.drafts import placeless, underway
from opcheck.features import LoadedPlan
from opcheck.findings import (
    ADJUSTMENTS,
    AREA_DECIMALS,
    CASES,
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
    Absence,
    Adjustment,
    Code,
    Finding,
    Flags,
    Floats,
    Ints,
    Judgement,
    OpenReason,
    Outcome,
    Relation,
    Small,
    Touched,
    Unfit,
    Verdict,
)
from opcheck.fitness import purposes, unfit
from opcheck.geometry import Geometries, LedgerEntry
from opcheck.governing import Governed, base_document, without_plan
from opcheck.horizon import UNREAD, HorizonReader, read_horizon
from opcheck.index import Measured, Subjects, ThemeIndex
from opcheck.landuse import NO_PLAN, Land, LandReader
from opcheck.neighbours import NeighbourPlan, within_reach
from opcheck.parts import Part, left_id, named_apart, separate_areas
from opcheck.plan import IN_FORCE, MAY_GOVERN, Document, Features, Force
from opcheck.procedure import find_case_type
from opcheck.rules import ASK, LAND_USE, PENDING_PLANNING, Rule, RuleBook, RuleSet
from opcheck.sites import Site, Sites
from opcheck.standing import WORST_FIRST, Standpoint, named

F_CODES = frozenset({Code.F1, Code.F2, Code.F3, Code.F4, Code.F5})
_OF_PENDING = ("status", "date", "responsible")
"""What a pending matter tells of itself beyond its name: each its own."""

QUIET_CODES = frozenset({Code.R0, Code.U0, Code.I})
"""Codes that ask for nothing of their own in a verdict: clear, not tested, information."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswers:
    """One rule's answers: one entry per subject, as numbers in the tables of `opcheck.findings`.

    Parameters
    ----------
    nominal, inner, outer
        The outcome before adjustments, and with borders moved inwards and outwards by the accuracy.
    boundary
        1 where the accuracy could change the answer, 0 where not, -1 where it is unknown.
    margin_m
        Metres to the nearest border that would change the answer; NaN when unknown.
    adjusted
        Which of the program's adjustments changed the outcome.
    """

    rule: Rule
    outcome: Small
    code: Small
    case: Small
    reason: Small
    nominal: Small
    inner: Small
    outer: Small
    boundary: Small
    margin_m: Floats
    adjusted: Small

    @classmethod
    def of(cls, rule: Rule, answer: Judgement) -> RuleAnswers:
        """Return a judgement as answers that no border and no adjustment has touched."""
        count = len(answer.outcome)
        return cls(
            rule=rule, outcome=answer.outcome, code=answer.code, case=answer.case, reason=answer.reason,
            nominal=answer.outcome.copy(), inner=answer.outcome.copy(), outer=answer.outcome.copy(),
            boundary=np.zeros(count, np.int8), margin_m=np.full(count, np.nan), adjusted=np.zeros(count, np.int8),
        )  # fmt: skip

    def worsen(self, rows: Ints, by: int, code: int) -> None:
        """Turn PASS into REVIEW for some subjects, and remember by what."""
        rows = rows[self.outcome[rows] == PASS]
        self.outcome[rows] = REVIEW
        self.code[rows] = code
        self.adjusted[rows] |= by


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Everything that was answered, in columns, with the inputs it rests on.

    Parameters
    ----------
    loaded, book, rules, day, sites
        The inputs; `sites` sorted by id.
    geometry
        The sites in the plan's CRS, None where a site cannot be tested.
    unusable
        Per site, why it cannot be tested; None where it can.
    subject_site, subject_use
        A subject is a site under one of its uses: which site, which use.
    measured_row
        Per site, its row among those that can be measured, -1 for the others.
    answers
        Per rule.
    land
        Zones that sites meet; None when no rule asks about land use.
    base
        The översiktsplan that is, or may be, in force; None when the pack has none.
    indexes, measures
        Per (theme, pending): the objects, and what was measured.
    neighbours
        The neighbouring municipalities, with the plans that were read.
    governed
        The sites that can be measured, divided by municipality and document.
    books
        Per layer of `land`, the rules with its municipality's matrix.
    standpoints
        The currency of the documents that govern the sites' land.
    eased
        Per easing theme, how much of each site lies in it by the document that governs the theme there.
    drafts
        The areas of plans on their way, as objects that can be met.
    """

    loaded: LoadedPlan
    book: RuleBook
    rules: tuple[Rule, ...]
    day: datetime.date
    sites: Sites
    geometry: Geometries
    unusable: tuple[str | None, ...]
    subject_site: Ints
    subject_use: tuple[str | None, ...]
    measured_row: Ints
    answers: tuple[RuleAnswers, ...]
    land: Land | None
    base: Document | None
    indexes: Mapping[tuple[str, bool], ThemeIndex]
    measures: Mapping[tuple[str, bool], Measured]
    neighbours: tuple[NeighbourPlan, ...] = ()
    governed: tuple[Governed, ...] = ()
    books: tuple[RuleBook, ...] = ()
    standpoints: tuple[Standpoint, ...] = ()
    eased: Mapping[str, Floats] = field(default_factory=dict)
    drafts: tuple[Features, ...] = ()
    _coverage: dict[tuple[str, float | str], Floats] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _layers: dict[str, tuple[Features, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _stated: dict[str, Floats] = field(default_factory=dict, init=False, repr=False, compare=False)

    # --- whole columns -----------------------------------------------------------------------------------------------

    @functools.cached_property
    def counted(self) -> Flags:
        """Which rules enter the verdict."""
        return np.array([rule.counted for rule in self.rules], dtype=bool)

    @functools.cached_property
    def gates(self) -> Flags:
        """Which rules nothing can be said without."""
        return np.array([rule.gate for rule in self.rules], dtype=bool)

    @functools.cached_property
    def outcomes(self) -> Small:
        """Rules × subjects, numbers in `OUTCOMES`."""
        if not self.answers:
            return np.empty((0, len(self.subject_site)), np.int8)
        return np.stack([one.outcome for one in self.answers])

    @functools.cached_property
    def verdicts(self) -> Small:
        """Per site, numbers in `OUTCOMES`."""
        return combining.combine(self.outcomes, self.counted, self.gates, self.subject_site, len(self.sites))

    @functools.cached_property
    def subjects(self) -> Subjects:
        """The sites that can be measured."""
        good = self.measured_row >= 0
        return Subjects(geometry=self.geometry[good], accuracy_m=np.nan_to_num(self.sites.numbers("accuracy_m"))[good])

    @functools.cached_property
    def site_number(self) -> Mapping[str, int]:
        """Site id → its number."""
        return {site_id: number for number, site_id in enumerate(self.sites.ids)}

    def number(self, site_id: str) -> int:
        """Return a site's number.

        Raises
        ------
        KeyError
            No site has the id.
        """
        return self.site_number[site_id]

    def site(self, number: int) -> Site:
        """Return a site."""
        return self.sites.rows[number]

    def subjects_of(self, site: int) -> range:
        """Return the subjects of a site: one per use."""
        start, stop = np.searchsorted(self.subject_site, (site, site + 1))
        return range(int(start), int(stop))

    def size(self, site: int) -> float | None:
        """Return a site's area (length for a line, number for points), None when it cannot be measured."""
        row = int(self.measured_row[site])
        return None if row < 0 else float(self._sizes[row])

    @functools.cached_property
    def _exact_sizes(self) -> Floats:
        return self.subjects.size

    @functools.cached_property
    def _sizes(self) -> Floats:
        exact = self._exact_sizes
        return np.where(self.dimensions == 1, exact.round(DISTANCE_DECIMALS), exact.round(AREA_DECIMALS))

    @functools.cached_property
    def dimensions(self) -> Ints:
        """0 for points, 1 for lines, 2 for areas, per site that can be measured."""
        return self.subjects.dimension

    # --- verdict -----------------------------------------------------------------------------------------------------

    def verdict(self, site: int) -> Verdict:
        """Return the verdict of a site."""
        subjects = self._span(site)
        outcome = self.outcomes[:, subjects]
        here = int(self.verdicts[site])
        asked = combining.asked(outcome, self.counted)
        opened = asked & (outcome == OPEN).any(axis=1)
        # Without a subject nothing has been answered, which is OPEN.
        worst = outcome.min(axis=1) if outcome.shape[1] else np.full(len(outcome), OPEN, np.int8)
        counts = np.bincount(worst[asked], minlength=len(OUTCOMES.names))
        met, not_met, unknown = self._criteria(subjects)
        codes = {CODES.name(number) for number in np.unique(self._codes[asked, subjects]).tolist()}
        return Verdict(
            site=self.sites.ids[site],
            outcome=Outcome(str(OUTCOMES.name(here))),
            plan=self._plan_code(subjects),
            interests=tuple(code for code in Code if code in codes and code not in F_CODES and code not in QUIET_CODES),
            met=met, not_met=not_met, unknown=unknown,
            asked=int(asked.sum()),
            counts={
                one: int(counts[OUTCOMES[one]]) for one in (Outcome.PASS, Outcome.REVIEW, Outcome.OPEN, Outcome.FAIL)
            },
            open=self._named(opened), open_gate=self._named(opened & self.gates),
            decided_by=self._named(combining.deciding(outcome, self.counted, self.gates, here)),
        )  # fmt: skip

    def _span(self, site: int) -> slice:
        subjects = self.subjects_of(site)
        return slice(subjects.start, subjects.stop)

    def _named(self, rules: Flags) -> tuple[str, ...]:
        return tuple(self.rules[number].id for number in np.flatnonzero(rules).tolist())

    def _criteria(self, subjects: slice) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return the ids of the criteria that are met, not met and not known, over all uses of a site."""
        found: tuple[list[str], list[str], list[str]] = ([], [], [])
        for number in self._at_most:
            words = {CASES[value] for value in self.answers[number].case[subjects].tolist()}
            which = 0 if words == {"met"} else 1 if "not_met" in words and words <= {"met", "not_met"} else 2
            found[which].append(self.rules[number].id)
        return tuple(found[0]), tuple(found[1]), tuple(found[2])

    @functools.cached_property
    def _at_most(self) -> tuple[int, ...]:
        return tuple(number for number, rule in enumerate(self.rules) if rule.check == "at_most")

    @functools.cached_property
    def _codes(self) -> Small:
        """Rules × subjects, numbers in `CODES`."""
        if not self.answers:
            return np.empty((0, len(self.subject_site)), np.int8)
        return np.stack([one.code for one in self.answers])

    def _plan_code(self, subjects: slice) -> Code | None:
        """Return the F-code of the site's least favourable use; U0 when the plan could not be tested."""
        order = (Code.F5, Code.U0, Code.F3, Code.F4, Code.F2, Code.F1)
        for number, rule in enumerate(self.rules):
            if KINDS[rule.check].subject == "zones":
                found = {CODES.name(value) for value in self._codes[number, subjects].tolist()}
                return next((code for code in order if code in found), None)
        return None

    # --- findings ----------------------------------------------------------------------------------------------------

    def findings(self, site: int) -> Iterator[Finding]:
        """Iterate over a site's findings: use by use, in the order of the rules."""
        for subject in self.subjects_of(site):
            for number in range(len(self.rules)):
                yield self.finding(number, subject)

    def finding(self, number: int, subject: int) -> Finding:
        """Return one finding.

        Parameters
        ----------
        number
            Of the rule, in `rules`.
        subject
            Of the site under one of its uses.
        """
        one = self.answers[number]
        rule = one.rule
        site = int(self.subject_site[subject])
        use = self.subject_use[subject]
        row = int(self.measured_row[site])
        relations = self._relations(rule, subject) if row >= 0 else ()
        measures = self._measures(rule, row) if row >= 0 else dict.fromkeys(_MEASURES)
        case = CASES[one.case[subject]]
        boundary = int(one.boundary[subject])
        margin = float(one.margin_m[subject])
        reason = REASONS.name(int(one.reason[subject]))
        code = CODES.name(int(one.code[subject]))
        arguments = self._arguments(rule, subject, case, measures, relations, margin)
        standing = {name: arguments.get(name) for name in _STANDING} if case in _STANDING_CASES else {}
        said = [_outcome(one.outcome[subject]), code, case, reason, standing]
        adjustments = _adjustments(int(one.adjusted[subject]), _outcome(one.nominal[subject]))
        threshold = arguments["threshold_m"]
        return Finding(
            rule=rule.id, site=self.sites.ids[site], use=use,
            outcome=_outcome(one.outcome[subject]), code=Code(code) if code else None,
            open_reason=OpenReason(reason) if reason else None,
            need=self._need(rule, code, case), counted=rule.counted, gate=rule.gate, measures=measures,
            boundary_case=None if boundary < 0 else bool(boundary),
            margin_m=None if np.isnan(margin) else margin,
            outcome_nominal=_outcome(one.nominal[subject]), outcome_inner=_outcome(one.inner[subject]),
            outcome_outer=_outcome(one.outer[subject]),
            adjustments=adjustments,
            evidence=self._evidence(rule, relations, site, said),
            fingerprint=_fingerprint(self.sites.ids[site], use, rule.id),
            features=relations, case=case,
            arguments=arguments,
            how=self._how(rule, subject, one.outcome[subject], threshold, adjustments),
            outside_m2=self._outside(rule, row, measures) if row >= 0 else None,
            absence=self._absence(rule, row, case) if row >= 0 and one.outcome[subject] == PASS else None,
            pieces=self._pieces(rule, row, site, threshold) if row >= 0 else None,
            fitness=self._fitness(rule, subject, one.outcome[subject], relations, threshold) if row >= 0 else (),
        )  # fmt: skip

    def _need(self, rule: Rule, code: str | None, case: str) -> str | None:
        if code != Code.K:
            return None
        return "samråd" if case == "serves" else rule.need

    def _theme(self, rule: Rule) -> str | None:
        """Return the theme whose objects a rule's finding lists; None for a question that no map answers."""
        if rule.value("of") in ("status", "currency"):
            return None
        found = rule.themes()
        return found[0] if found else None

    def _measures(self, rule: Rule, row: int) -> dict[str, float | int | None]:
        if KINDS[rule.check].subject in OF_LAND:
            return self._land_measures(row)
        theme = self._theme(rule)
        if theme is None or (theme, False) not in self.measures:
            return dict.fromkeys(_MEASURES)
        measured = self.measures[theme, False]
        distance = measured.nearest_m[row]
        search = rule.value("search_m")
        if search is not None and distance > search:
            distance = np.nan
        hit = bool(measured.hit[row])
        return {
            "area_m2": _none(measured.area_m2[row]) if hit else None,
            "share": _none(measured.share[row]) if hit else None,
            "length_m": _none(measured.length_m[row]) if hit else None,
            "count": int(measured.hits[row]) if hit else None,
            "distance_m": _none(distance),
            "coverage": _none(self._covered(theme, rule)[row]),
        }

    def _land_measures(self, row: int) -> dict[str, float | int | None]:
        if self.land is None:
            return dict.fromkeys(_MEASURES)
        zones = [place for place in self.land.of(row) if self.land.governs[place] and self.land.hit[place]]
        size = float(self._exact_sizes[row])
        left = float(self.land.bare_m2[row] + self.land.outside_m2[row])
        areal = bool(self.dimensions[row] == 2)
        covered = size - left
        return {
            "area_m2": round(covered, AREA_DECIMALS) if areal and zones else None,
            "share": round(min(covered / size, 1.0), SHARE_DECIMALS) if zones and size else None,
            "length_m": None, "count": len(zones) or None,
            "distance_m": 0.0 if zones else None,
            "coverage": _none(self._covered(LAND_USE)[row]),
        }  # fmt: skip

    def _covered(self, theme: str, rule: Rule | None = None) -> Floats:
        key = (theme, 0.0 if rule is None else rule.own_distance or rule.reach_m)
        if key not in self._coverage:
            reach = 0.0 if rule is None else reach_of(rule, self.sites, self.measured_row >= 0)
            self._coverage[key] = self.indexes[theme, False].covered_share(self.subjects, reach)
        return self._coverage[key]

    def _reach_m(self, rule: Rule, site: int) -> float:
        """Return how far around a site a rule had to see."""
        own = np.nan if rule.own_distance is None else float(self._own_distance(rule.own_distance)[site])
        return rule.reach_m if np.isnan(own) else own

    def _own_distance(self, attribute: str) -> Floats:
        if attribute not in self._stated:
            self._stated[attribute] = self.sites.distances(attribute)
        return self._stated[attribute]

    # --- objects -----------------------------------------------------------------------------------------------------

    def _relations(self, rule: Rule, subject: int) -> tuple[Relation, ...]:
        row = int(self.measured_row[self.subject_site[subject]])
        if KINDS[rule.check].subject in OF_LAND:
            return self._zone_relations(row)
        theme = self._theme(rule)
        if theme is None:
            return ()
        reach_m = self._reach_m(rule, int(self.subject_site[subject]))
        found = list(self._theme_relations(theme, row, reach_m, rule.value("search_m")))
        for other in rule.themes():
            if other != theme:
                role = "easing" if other == rule.value("eased_by") else None
                found.extend(self._theme_relations(other, row, 0.0, None, role))
                found.extend(self._theme_relations(other, row, 0.0, None, role, pending=True))
        return tuple(found)

    def _theme_relations(
        self,
        theme: str,
        row: int,
        reach_m: float,
        search_m: float | None,
        role: str | None = None,
        *,
        pending: bool = False,
    ) -> Iterator[Relation]:
        if (theme, pending) not in self.measures:
            return
        index, measured = self.indexes[theme, pending], self.measures[theme, pending]
        pairs = measured.pairs
        window = pairs.of(row)
        size = float(self._exact_sizes[row])
        nearest = int(measured.nearest[row])
        listed = set()
        for pair in range(window.start, window.stop):
            which = "hit" if pairs.hit[pair] else "contact" if pairs.contact[pair] else "near"
            if which == "near" and (role is not None or pairs.distance_m[pair] > reach_m):
                continue
            listed.add(int(pairs.object[pair]))
            area = _none(pairs.area_m2[pair]) if which != "near" else None
            length = _none(pairs.length_m[pair]) if which != "near" else None
            yield self._relation(
                index, int(pairs.object[pair]), role if role and which == "hit" else which,
                area=area, share=None if area is None else round(min(area / size, 1.0), SHARE_DECIMALS), length=length,
                distance=float(pairs.distance_m[pair]), depth=_none(pairs.depth_m[pair]),
                sliver=bool(pairs.sliver[pair]),
                governs=not pending and not (role == "easing" and which == "hit" and not self._eases(theme, row)),
            )  # fmt: skip
        far = search_m is not None and measured.nearest_m[row] > search_m
        if role is None and nearest >= 0 and nearest not in listed and not far:
            yield self._relation(
                index, nearest, "nearest", area=None, share=None, length=None, distance=float(measured.nearest_m[row]),
                depth=None, sliver=False, governs=not pending,
            )  # fmt: skip

    def _eases(self, theme: str, row: int) -> bool:
        """Tell whether an easing theme holds anywhere on a site, and is not of a plan that another has replaced."""
        return theme not in self.eased or bool(self.eased[theme][row] > 0)

    def _relation(
        self, index: ThemeIndex, number: int, role: str, *, area: float | None, share: float | None,
        length: float | None, distance: float, depth: float | None, sliver: bool, governs: bool,
    ) -> Relation:  # fmt: skip
        features, row = index.layers[int(index.layer[number])], int(index.row[number])
        name, draft = features.value("name", row), self._draft(features)
        if name is None and draft is not None:
            name = draft.name
        return Relation(
            role=role, layer=features.layer.id, feature=features.ids[row], name=name,
            category=features.value("category", row), area_m2=area, share=share, length_m=length, distance_m=distance,
            depth_m=depth, sliver=sliver, governs=governs and draft is None, text=features.value("text", row),
        )  # fmt: skip

    def _draft(self, features: Features) -> Document | None:
        """Return the plan on its way that a layer belongs to, None for one that is in force or has no document."""
        if features.layer.document is None:
            return None
        document = self.loaded.plan.document(features.layer.document)
        return document if document.force(self.day) is Force.PENDING else None

    def _zone_relations(self, row: int) -> tuple[Relation, ...]:
        land = self.land
        if land is None:
            return ()
        size = float(self._exact_sizes[row])
        found = []
        for place in land.of(row):
            features, zone = land.layers[int(land.features[place])], int(land.row[place])
            area = _none(land.area_m2[place])
            role = "hit" if land.hit[place] else "contact" if land.distance_m[place] == 0 else "near"
            found.append(
                Relation(
                    role=role, layer=features.layer.id, feature=features.ids[zone], name=features.value("name", zone),
                    category=features.value("category", zone), area_m2=area if role != "near" else None,
                    share=None if area is None or role == "near" else round(min(area / size, 1.0), SHARE_DECIMALS),
                    length_m=_none(land.length_m[place]) if role != "near" else None,
                    distance_m=float(land.distance_m[place]), depth_m=_none(land.depth_m[place]),
                    sliver=bool(land.sliver[place]), governs=bool(land.governs[place]),
                    text=features.value("text", zone),
                )
            )  # fmt: skip
        return tuple(found)

    # --- parts -------------------------------------------------------------------------------------------------------

    @functools.cached_property
    def _reader(self) -> LandReader | None:
        return None if self.land is None else LandReader(self.books, self.land)

    def parts(self, site: int) -> tuple[Part, ...]:
        """Return the pieces of a site, use by use: each zone with its own code, and what lies in no zone.

        A site of several separate areas is told area by area.
        """
        return tuple(part for part, _ in self.part_shapes(site))

    def part_shapes(self, site: int) -> list[tuple[Part, Any]]:
        """Return the parts of a site with their shapes; None for what lies in no zone of a site that is one."""
        row = int(self.measured_row[site])
        if row < 0 or self.land is None:
            return []
        found = [one for subject in self.subjects_of(site) for one in self._shaped(row, self.subject_use[subject])]
        areas = separate_areas(self.geometry[site])
        if len(areas) > 1:
            found = [one for number, area in enumerate(areas, 1) for one in self._within(row, found, number, area)]
        return list(named_apart(found))

    def _parts(self, row: int, use: str | None) -> Iterator[Part]:
        return (part for part, _ in self._shaped(row, use))

    def _shaped(self, row: int, use: str | None) -> Iterator[tuple[Part, Any]]:
        land, reader = self.land, self._reader
        assert land is not None and reader is not None  # noqa: S101 - `part_shapes` has looked
        dimension = int(self.dimensions[row])
        for place in land.of(row):
            if not land.hit[place]:
                continue
            number = int(land.features[place])
            features, zone = land.layers[number], int(land.row[place])
            case, _, code = ZONE_CASES[reader.case(place, use or "")]
            measure = self._measure_of(place)
            category, subcategory = land.category(place)
            own = land.municipalities[number] is None
            document = features.layer.document or (self.base.id if self.base and own else None)
            part = Part(
                id=f"{document or features.layer.id}/{features.ids[zone]}", use=use, document=document,
                layer=features.layer.id, zone=features.ids[zone], name=features.value("name", zone),
                category=category or features.value("category", zone), subcategory=subcategory,
                text=features.value("text", zone), amount=measure, dimension=dimension,
                share=self._share(measure, row),
                plan=code if land.governs[place] else None, case=case, governs=bool(land.governs[place]),
                municipality=land.municipalities[number], legend=_legend(features, zone),
            )  # fmt: skip
            yield part, land.overlap[place]
        for one in land.left:
            amount = float(one.amount[row])
            if amount > 0:
                part = Part(
                    id=left_id(one.case, one.municipality), use=use, document=None, layer=None, zone=None, name=None,
                    category=None, subcategory=None, text=None, amount=amount, dimension=dimension,
                    share=self._share(amount, row), plan=Code.U0, case=one.case, governs=True,
                    municipality=one.municipality,
                )  # fmt: skip
                yield part, None

    def _within(
        self,
        row: int,
        found: Sequence[tuple[Part, Any]],
        number: int,
        area: Any,  # noqa: ANN401 - a geometry
    ) -> Iterator[tuple[Part, Any]]:
        """Return what of a site's parts lies in one of its areas."""
        for part, shape in found:
            inside = self._left_shape(row, part, found) if shape is None else shape
            inside = shapely.intersection(inside, area)
            amount = round(float(shapely.area(inside)), AREA_DECIMALS)
            if amount > 0:
                told = dataclasses.replace(
                    part, id=f"{part.id}>{number}", piece=number, amount=amount,
                    share=self._share(amount, row),
                )  # fmt: skip
                yield told, None if shape is None else inside

    def _left_shape(self, row: int, part: Part, found: Sequence[tuple[Part, Any]]) -> Any:  # noqa: ANN401 - a geometry
        """Return what of a site lies in no zone of one municipality, where its plan is in force or where none is."""
        places = []
        for one in self.governed:
            territory = one.territory
            if territory.name != part.municipality or (territory.loaded is None) != (part.case == "u0.outside"):
                continue
            here = _where(territory.sites, row)
            if territory.loaded is None:
                places += [territory.geometry[at] for at in here]
                continue
            bare = without_plan(territory.loaded.plan, self.day)
            pieces = [piece for piece in one.pieces if (bare and piece.document is None) == (part.case == NO_PLAN)]
            places += [piece.geometry[at] for piece in pieces for number in here for at in _where(piece.rows, number)]
        zones = [shape for one, shape in found if shape is not None and one.governs and one.use == part.use]
        return shapely.difference(shapely.union_all(places), shapely.union_all(zones))

    def _share(self, amount: float, row: int) -> float:
        """Return the share of a site that a part makes; both are rounded alike, so that the whole is the whole."""
        size = float(self._sizes[row])
        return round(min(amount / size, 1.0), SHARE_DECIMALS) if size else 1.0

    def _measure_of(self, place: int) -> float:
        assert self.land is not None  # noqa: S101 - callers have looked
        area = self.land.area_m2[place]
        if not np.isnan(area):
            return float(area)
        length = self.land.length_m[place]
        points = shapely.get_num_coordinates(self.land.overlap[place])
        return float(points) if np.isnan(length) else float(length)

    # --- what sentences need -----------------------------------------------------------------------------------------

    def _arguments(
        self,
        rule: Rule,
        subject: int,
        case: str,
        measures: Mapping[str, Any],
        relations: Sequence[Relation],
        margin: float,
    ) -> dict[str, Any]:
        site = int(self.subject_site[subject])
        # A question about what is on its way is about what does not govern yet.
        drafts = rule.theme == PENDING_PLANNING
        hits = [one for one in relations if one.role == "hit" and (one.governs or drafts)]
        met = hits or [one for one in relations if one.role == "contact"]
        nearest = min(
            (
                one
                for one in relations
                if one.distance_m is not None and one.role != "easing" and (one.governs or drafts)
            ),
            key=lambda one: (one.distance_m or 0.0), default=None,
        )  # fmt: skip
        row = int(self.measured_row[site])
        found: dict[str, Any] = {
            **measures,
            "use": self.subject_use[subject] or next(iter(self.site(site).unknown_uses), None),
            "names": tuple(dict.fromkeys(one.name for one in met if one.name)),
            "name": _first([*(one.name for one in hits), nearest.name if nearest else None])
            if hits or nearest
            else None,
            "threshold_m": self._threshold(rule, self.subject_use[subject], site),
            "margin_m": None if np.isnan(margin) else margin,
            "theme": self._theme(rule) or rule.theme,
            "rule": rule.id,
            "verb": rule.verb,
            "text": next((one.text for one in hits if one.text), None),
            "outside_m2": self._outside(rule, row, measures) if row >= 0 else None,
        }
        found.update(self._of_object(rule, hits or ([nearest] if nearest else [])))
        found.update(self._of_attribute(rule, site, case))
        found.update(guideline=rule.value("guideline"), why=rule.value("why"))
        if case == "not_applicable.county":
            found.update(self._of_county(rule, site))
        found.update(self._of_plan(rule, site, case))
        if KINDS[rule.check].subject == "zones":
            found.update(self._of_zones(subject, case))
        elif KINDS[rule.check].subject == "horizons":
            found.update(self._of_horizon(subject, case))
        elif case == "open.no_coverage":
            found.update(self._near_neighbours(rule, site))
        easing = [one for one in relations if one.role == "easing"]
        if easing:
            found["other"] = _first([one.name for one in easing])
        if drafts:
            found.update(self._of_several(rule, hits))
            found["placeless"] = placeless(self.loaded, self.day)
            found["underway"] = underway(self.loaded, self.day)
        found["site_unusable"] = self.unusable[site]
        return found

    def _of_object(self, rule: Rule, relations: Sequence[Relation]) -> dict[str, Any]:
        """Return what the first object met says of itself beyond its name."""
        theme = self._theme(rule)
        if theme is None or not relations:
            return {}
        one = relations[0]
        own = (*self.loaded.layers, *self.drafts)
        features = next((one_ for one_ in own if one_.layer.id == one.layer), None)
        if features is None or one.feature not in features.ids:
            return {}
        row = features.ids.index(one.feature)
        wanted = ("status", "date", "owner", "note", "responsible", "section", "forbids", "uses", "max_height_m")
        found: dict[str, Any] = {role: features.value(role, row) for role in wanted}
        draft = self._draft(features)
        found["status"] = found["status"] or (self._status(draft) if draft is not None else None)
        found["forbidden"] = found.pop("forbids")
        found["category"] = one.category
        found["layer"] = features.layer.title or features.layer.id
        found["accuracy_m"] = features.layer.accuracy_m
        found["dated"] = str(features.layer.dated) if features.layer.dated else None
        found["layer_owner"] = features.layer.owner
        return found

    def _of_several(self, rule: Rule, hits: Sequence[Relation]) -> dict[str, Any]:
        """Return what each of several pending matters says of itself: how far one has come is not true of another."""
        told = [{**self._of_object(rule, [one]), "name": one.name} for one in hits]
        objects = tuple(
            {"name": one["name"] or one.get("layer"), **{role: one.get(role) for role in _OF_PENDING}} for one in told
        )
        objects = tuple(one for number, one in enumerate(objects) if one not in objects[:number])
        found: dict[str, Any] = {"asked_of": tuple(one["responsible"] for one in objects)}
        if len(objects) > 1:
            found.update(dict.fromkeys(_OF_PENDING), objects=objects)
        notes = {one.name: self._note_of_draft(one) for one in hits}
        found["remarks"] = tuple(f"{name}: {note}" for name, note in notes.items() if note)
        return found

    def _note_of_draft(self, relation: Relation) -> str | None:
        """Return what the pack notes about the plan on its way that an object is the area of."""
        features = next((one for one in self.drafts if one.layer.id == relation.layer), None)
        draft = None if features is None else self._draft(features)
        return None if draft is None else draft.note

    def _status(self, document: Document) -> str | None:
        """Return how far a plan had come on the day; None for one of which only a later day of force is known."""
        if document.status != IN_FORCE or document.force(self.day) in MAY_GOVERN:
            return document.status
        return "antagen" if document.force(self.day) is Force.PENDING else None

    def _not_yet(self, document: Document) -> dict[str, Any]:
        """Return that a plan is not in force on the day, and from when it is, as far as that is known."""
        if document.force(self.day) in MAY_GOVERN:
            return {}
        later = document.since if document.status == IN_FORCE else None
        return {"not_in_force": document.name, "later": str(later) if later is not None else None}

    def _of_attribute(self, rule: Rule, site: int, case: str) -> dict[str, Any]:
        """Return the attribute that an answer is about, what the site states, and the limit that it is held against."""
        asked = self._asked_of(rule, site, case)
        if asked is None:
            return {}
        attribute, limit = asked
        return {
            "attribute": attribute, "value": self.sites.value(site, attribute),
            "limit": None if isinstance(limit, bool) else limit,
        }  # fmt: skip

    def _asked_of(self, rule: Rule, site: int, case: str) -> tuple[str, Any] | None:
        """Return the attribute that an answer is about and its limit: of several, the first that explains the answer.

        That is one that is missing where the question is open for lack of it, and one that does not hold where the
        question is not asked; else the one that the rule compares.
        """
        stated = [(when, self.sites.compared_of(site, when.attribute, when.value)) for when in rule.when]
        if case == "not_applicable.when":
            unmet = [one for one, value in stated if value == value and not OPERATORS[one.op](value, float(one.value))]
            return next(((one.attribute, one.value) for one in unmet), None)
        own = rule.value("attribute"), rule.value("value")
        if case == "open.attribute_missing":
            missing = [(one.attribute, one.value) for one, value in stated if value != value and one.missing != ASK]
            if missing:
                return missing[0]
            if rule.own_distance is not None:
                return rule.own_distance, None
        if own[0] is not None:
            return own
        if rule.own_distance is not None:
            return rule.own_distance, None
        return next(((one.attribute, one.value) for one in rule.when), None)

    def _threshold(self, rule: Rule, use: str | None, site: int) -> float | None:
        """Return the distance that decides: the site's own, the rule's, or that of the use's band."""
        if rule.own_distance is not None:
            own = float(self._own_distance(rule.own_distance)[site])
            return None if np.isnan(own) else own
        return _threshold(rule, use)

    def _of_county(self, rule: Rule, site: int) -> dict[str, Any]:
        """Return the counties of the site in which another rule is asked instead, else those that the rule is for."""
        row = int(self.measured_row[site])
        here = {one.territory.county for one in self.governed if row >= 0 and _where(one.territory.sites, row)}
        replaced = tuple(one for one in rule.replaced_in if one in here)
        return {"replaced_in": replaced, "counties": () if replaced else rule.counties}

    def _of_plan(self, rule: Rule, site: int, case: str) -> dict[str, Any]:
        statement = next((one for one in self.loaded.plan.not_applicable if one.what == rule.theme), None)
        found: dict[str, Any] = {}
        if case == "not_applicable.stated" and statement is not None:
            found = {"reason": statement.reason, "stated_by": statement.stated_by}
        of = rule.value("of")
        if of == "currency":
            found.update(self._of_currency(site))
        told = of in ("status", "currency") or case == NO_PLAN
        base, neighbour = self._base_of(site) if told else (None, None)
        if base is not None:
            found = {
                "document": named(base, neighbour), "status": self._status(base), **self._not_yet(base),
                "date": str(base.legal_force) if base.legal_force else None, **found,
                # Without a border nobody knows that the site lies where the plan gives guidance.
                "borderless": self.loaded.plan.name if self.loaded.area is None else None,
            }  # fmt: skip
        if of == "status":
            found.update(self._of_amendments(site))
        return found

    def _base_of(self, site: int) -> tuple[Document | None, str | None]:
        """Return the översiktsplan where a site lies, wholly or partly, and the neighbour whose it is."""
        row = int(self.measured_row[site])
        if row < 0:
            return self.base, None
        for one in self.governed:
            if one.territory.loaded is not None and _where(one.territory.sites, row):
                own = one.territory.own
                found = self.base if own else base_document(one.territory.loaded.plan, self.day)
                return found, one.territory.name
        return None, None

    def _of_currency(self, site: int) -> dict[str, Any]:
        """Return which documents govern the site's land, and where the worst of their currency holds."""
        row = int(self.measured_row[site])
        found = [] if row < 0 else [one for one in self.standpoints if _where(one.rows, row)]
        if not found:
            return {}
        state = min((one.state for one in found), key=WORST_FIRST.index)
        same = [one for one in found if one.state is state]
        days = [one.until for one in same if one.until is not None]
        land = [one for one in found if one.theme is None]
        here = [one for one in same if one.theme is None]
        part = shapely.union_all([one.geometry[at] for one in here for at in _where(one.rows, row)])
        straddling = bool(here) and any(one.state is not state for one in land) and int(self.dimensions[row]) == 2
        amount = round(float(shapely.area(part)), AREA_DECIMALS) if straddling else None
        told: dict[str, Any] = {
            "until": min(days, default=None),
            "part_m2": amount,
            "part_share": None if amount is None else round(amount / float(self._exact_sizes[row]), SHARE_DECIMALS),
            "about": tuple(sorted({one.theme for one in same if one.theme is not None})) if not here else (),
        }
        names = tuple(dict.fromkeys(one.name for one in same if one.name is not None))
        if all(not one.settled and one.document is not None and self._may_be(one.document) for one in same):
            told["unsettled"] = names
        if all(not one.read for one in same):
            whose = tuple(dict.fromkeys(one.municipality for one in same))
            told.update({"beyond": self.loaded.plan.name} if None in whose else {"unread": whose})
        if names:
            told["document"], told["documents"] = names[0], names if len(names) > 1 else ()
        return told

    def _of_zones(self, subject: int, case: str) -> dict[str, Any]:
        """Return what the deciding zone says: the largest one with the reported situation."""
        site = int(self.subject_site[subject])
        row = int(self.measured_row[site])
        if row < 0 or self._reader is None or self.land is None:
            return {}
        use = self.subject_use[subject]
        parts = [part for part in self._parts(row, use) if part.governs]
        wanted = "f1" if case == "f2.reserved" else case
        same = [part for part in parts if part.case == wanted] or parts
        if not same:
            return {"parts": ()}
        part = max(same, key=lambda one: (one.amount, one.id))
        place = self._place_of(row, part)
        outside = sum(one.area_m2 or 0.0 for one in parts if one.case == "u0.outside")
        away = self.away_m(site)
        return {
            "category": " – ".join(word for word in (part.category, part.subcategory) if word) or None,
            "zone": part.name, "text": self._quote(part) or part.text,
            "reason": None if place is None else self._reader.reason(place, use or "", case), "parts": tuple(parts),
            "names": tuple(dict.fromkeys(one.name for one in parts if one.name)),
            **self._of_documents(row, use, case, part), "amendment": self._amendments.get(part.document or ""),
            "outside_m2": outside or None, "municipality": self.loaded.plan.name, "away_m": away or None,
            "provisional": self.loaded.plan.name if self.loaded.plan.provisional_area else None,
            "beside": self.loaded.plan.name if away == 0 else None,
            "elsewhere": tuple(dict.fromkeys(one.municipality for one in parts if one.zone and one.municipality)),
            **self._unread(parts),
        }  # fmt: skip

    def _of_documents(self, row: int, use: str | None, case: str, part: Part) -> dict[str, Any]:
        """Return which plans an unsettled answer is about: the one that may be in force, or all that may govern."""
        if case == "u0.force" and part.document is not None:
            return {"document": self._document_names.get(part.document, part.document)}
        if case != "u0.precedence":
            return {}
        ids = (one.document for one in self._parts(row, use) if one.document is not None)
        names = tuple(dict.fromkeys(self._document_names[one] for one in ids if one in self._document_names))
        return {"documents": names if len(names) > 1 else ()}

    @property
    def amendments(self) -> Mapping[str, str]:
        """Id → name of every plan that goes before an översiktsplan on its own land."""
        return self._amendments

    @functools.cached_property
    def _amendments(self) -> Mapping[str, str]:
        """Id → name of every plan that goes before an översiktsplan on its own land, neighbours' plans included."""
        plans = [self.loaded, *(one.loaded for one in self.neighbours if one.loaded is not None)]
        documents = (document for loaded in plans for document in loaded.plan.documents)
        base = {document.id for document in documents if document.kind == "översiktsplan"}
        return {one: name for one, name in self._document_names.items() if one not in base}

    def _of_amendments(self, site: int) -> dict[str, Any]:
        """Return which amendments govern a site instead of the översiktsplan, on the whole of it or on a part."""
        row = int(self.measured_row[site])
        settled: list[str] = []
        contested: list[str] = []
        elsewhere = False
        for one in self.governed if row >= 0 else ():
            if one.territory.loaded is None:
                elsewhere |= bool(_where(one.territory.sites, row))
            for piece in one.pieces:
                if not any(_where(piece.rows, at) for at in _where(one.territory.sites, row)):
                    continue
                if piece.document is None or piece.document.id not in self._amendments:
                    elsewhere = True
                else:
                    (settled if piece.settled else contested).append(self._amendments[piece.document.id])
        names = tuple(dict.fromkeys(settled))
        whole = not elsewhere and not contested
        return {
            "amendments": names if whole else (), "partly": () if whole else names,
            "contested": tuple(dict.fromkeys(contested)),
        }  # fmt: skip

    @functools.cached_property
    def _document_names(self) -> Mapping[str, str]:
        """Id → name of every document that is, or may be, in force."""
        plans: list[tuple[LoadedPlan, str | None]] = [(self.loaded, None)]
        plans += [(one.loaded, one.neighbour.name) for one in self.neighbours if one.loaded is not None]
        return {
            document.id: named(document, municipality)
            for loaded, municipality in plans
            for document in loaded.plan.documents
            if self._may_be(document)
        }

    def _place_of(self, row: int, part: Part) -> int | None:
        """Return where a part's zone stands in the land table, None for what lies in no zone."""
        assert self.land is not None  # noqa: S101 - callers have looked
        for place in self.land.of(row):
            features = self.land.layers[int(self.land.features[place])]
            if features.layer.id == part.layer and features.ids[int(self.land.row[place])] == part.zone:
                return place
        return None

    def _unread(self, parts: Sequence[Part]) -> dict[str, Any]:
        """Return whose plan has not been read where parts lie outside: by their borders, or all that it may be."""
        outside = [one for one in parts if one.case == "u0.outside"]
        maybe = any(one.municipality is None for one in outside)
        return {
            "neighbours": tuple(dict.fromkeys(one.municipality for one in outside if one.municipality)),
            "candidates": tuple(one.neighbour.name for one in self.neighbours if one.area is None) if maybe else (),
        }

    def _of_horizon(self, subject: int, case: str) -> dict[str, Any]:
        """Return what the deciding zone's horizon says: the largest one with the reported situation."""
        site = int(self.subject_site[subject])
        row = int(self.measured_row[site])
        start = float(self._start_years[site])
        found: dict[str, Any] = {"attribute": START_YEAR, "value": None if np.isnan(start) else f"{start:.0f}"}
        if row < 0 or self.land is None or self._horizons is None:
            return found
        zones = [place for place in self.land.of(row) if self.land.hit[place] and self.land.governs[place]]
        same = [place for place in zones if self._horizon_case(place, start) == case]
        if not same:
            return found
        place = max(same, key=lambda one: (self._measure_of(one), -one))
        features, zone = self.land.layers[int(self.land.features[place])], int(self.land.row[place])
        one, text = self._horizons.of(place), self._horizons.text(place)
        areas = [self.land.area_m2[place] for place in same]
        whole = len(same) == len(zones) and not (self.land.bare_m2[row] or self.land.outside_m2[row])
        found.update(
            horizon=text, zone=features.value("name", zone),
            first_year=str(one.first) if one is not None and one.first is not None else None,
            # Years that count from a year which nobody has stated could be read, if somebody did.
            counted=text if read_horizon(text, 2000) is not UNREAD and one is UNREAD else None,
            part_m2=None if whole or np.isnan(areas).any() else round(float(sum(areas)), AREA_DECIMALS),
        )  # fmt: skip
        return found

    @functools.cached_property
    def _horizons(self) -> HorizonReader | None:
        return None if self.land is None else HorizonReader(self.land, self.day)

    def _horizon_case(self, place: int, start: float) -> str:
        """Return what one zone's horizon comes to."""
        one = self._horizons.of(place) if self._horizons is not None else None
        if one is None or one is UNREAD:
            return "no_horizon" if one is None else "horizon_unread"
        if np.isnan(start):
            return "open.attribute_missing"
        if one.first is not None and start < one.first:
            return "later"
        return "horizon_passed" if one.last is not None and start > one.last else "in_time"

    def _may_be(self, document: Document) -> bool:
        """Tell whether a document is, or may be, in force."""
        return document.force(self.day) in MAY_GOVERN

    def _near_neighbours(self, rule: Rule, site: int) -> dict[str, Any]:
        """Return whose land lies within a rule's reach, where what is known ends at the municipality's border."""
        reach_m = self._reach_m(rule, site)
        found = within_reach(self.loaded.area, self._border, self.neighbours, self.geometry[site], reach_m)
        return {"neighbours": found.known, "candidates": found.maybe}

    @functools.cached_property
    def _border(self) -> Any:  # noqa: ANN401 - shapely's geometry
        return shapely.boundary(self.loaded.area)

    @functools.cached_property
    def _start_years(self) -> Floats:
        return self.sites.numbers(START_YEAR)

    def away_m(self, site: int) -> float | None:
        """Return how far outside the municipality a site lies, None for one that lies in it, or if nobody can tell."""
        geometry, row = self.geometry[site], int(self.measured_row[site])
        if geometry is None or self.loaded.area is None:
            return None
        inside = shapely.intersects(self.loaded.area, geometry) if self.land is None else bool(self.land.own[row])
        if inside:
            return None
        return round(float(shapely.distance(self.loaded.area, geometry)), DISTANCE_DECIMALS)

    def _quote(self, part: Part) -> str | None:
        """Return the words of a zone's text that a person has pointed out."""
        stances = self.features(part.layer).layer.stances if part.layer is not None else ()
        return next((one.quote for one in stances if one.feature == part.zone and one.quote), None)

    # --- what an answer rests on -------------------------------------------------------------------------------------

    def _outside(self, rule: Rule, row: int, measures: Mapping[str, Any]) -> float | None:
        """Return the area of the site outside everything it meets of the theme; None when it meets nothing by area.

        The use of land is told part by part, and two themes at once have no outside in common.
        """
        area = measures.get("area_m2")
        if area is None or self.dimensions[row] != 2 or KINDS[rule.check].subject in ("pair", *OF_LAND):
            return None
        left = round(float(self._sizes[row]) - float(area), AREA_DECIMALS)
        # Both are rounded: a site wholly inside may come out a hundredth larger than what lies inside.
        return left if left > 10.0**-AREA_DECIMALS else 0.0

    @functools.cached_property
    def _proofs(self) -> Proofs:
        return Proofs(indexes=self.indexes, measures=self.measures, subjects=self.subjects)

    def _absence(self, rule: Rule, row: int, case: str) -> tuple[Absence, ...] | None:
        """Return what nothing found rests on, layer by layer; of two themes, the one that was not met."""
        if case not in ABSENT or not how.on_map(rule) or KINDS[rule.check].subject in OF_LAND:
            return None
        themes = [theme for theme in rule.themes() if theme != rule.value("eased_by")]
        themes = [theme for theme in themes if (theme, False) in self.measures]
        if KINDS[rule.check].subject == "pair":
            themes = [theme for theme in themes if self._away(theme, row)]
        key = rule.own_distance or rule.reach_m

        def reach() -> float | Floats:
            return reach_of(rule, self.sites, self.measured_row >= 0)

        return tuple(proof for theme in themes for proof in self._proofs.of(theme, row, reach, key, self._draft_name))

    def _away(self, theme: str, row: int) -> bool:
        """Tell whether a theme by itself is proven not to be met: what was not tested proves nothing of a pair."""
        index, site = self.indexes[theme, False], self.subjects.take(np.array([row]))
        state = index.state
        gaps = state.missing or state.empty or state.unplaced or bool(index.aside.near(site, 0.0)[0])
        return not gaps and not self.measures[theme, False].hit[row] and bool(index.covers(site, 0.0)[0])

    def _draft_name(self, features: Features) -> str | None:
        draft = self._draft(features)
        return None if draft is None else draft.name

    def _pieces(self, rule: Rule, row: int, site: int, threshold: float | None) -> tuple[Touched, ...] | None:
        """Return which of a site's separate areas meet something, or lie within the distance that decides."""
        theme = self._theme(rule)
        if theme is None or KINDS[rule.check].subject in ("pair", *OF_LAND) or (theme, False) not in self.measures:
            return None
        index, pairs = self.indexes[theme, False], self.measures[theme, False].pairs
        if not index.layers or self.dimensions[row] != 2 or shapely.get_num_geometries(self.geometry[site]) < 2:
            return None
        areas = separate_areas(self.geometry[site])
        window = pairs.of(row)
        met = shapely.union_all(pairs.overlap[window][pairs.hit[window]])
        separate = Subjects(geometry=np.array(areas, dtype=object), accuracy_m=np.zeros(len(areas)))
        metres = index.nearest(separate)[1]
        # A criterion asks how far it is to the nearest, and not which areas lie within.
        limit = np.nan if threshold is None or rule.check == "at_most" else threshold
        near = metres <= limit if rule.check == "avoid" else metres < limit
        found = []
        for number, area in enumerate(areas):
            here = shapely.intersection(met, area)
            if not near[number] and (here.is_empty or metres[number] > 0):
                continue
            square = round(float(shapely.area(here)), AREA_DECIMALS)
            length = 0.0 if square else round(float(shapely.length(here)), DISTANCE_DECIMALS)
            if not near[number] and not square and not length and shapely.get_dimensions(here) > 0:
                continue
            share = round(min(square / float(shapely.area(area)), 1.0), SHARE_DECIMALS)
            found.append(
                Touched(
                    piece=number + 1, area_m2=square or None, share=share if square else None, length_m=length or None,
                    distance_m=_none(metres[number]),
                )
            )  # fmt: skip
        return tuple(found)

    def _layers_of(self, rule: Rule, row: int) -> tuple[Features, ...]:
        """Return the layers that a rule was put to at a site."""
        if not how.on_map(rule):
            return ()
        if KINDS[rule.check].subject in OF_LAND:
            land = self.land
            if land is None:
                return ()
            met = {int(land.features[place]) for place in land.of(row) if land.hit[place] and land.governs[place]}
            return tuple(land.layers[number] for number in sorted(met))
        if rule.id not in self._layers:
            keys = [(theme, False) for theme in rule.themes() if (theme, False) in self.indexes]
            found = {features.layer.id: features for key in keys for features in self.indexes[key].layers}
            self._layers[rule.id] = tuple(found[layer_id] for layer_id in sorted(found))
        return self._layers[rule.id]

    def _fitness(
        self, rule: Rule, subject: int, outcome: int, relations: Sequence[Relation], threshold: float | None
    ) -> tuple[Unfit, ...]:
        """Return why the question is finer than the data that answered it; of what has no answer nothing is said."""
        if outcome not in (FAIL, REVIEW, PASS) or not how.on_map(rule):
            return ()
        site = int(self.subject_site[subject])
        row = int(self.measured_row[site])
        layers = self._layers_of(rule, row)
        met = {one.layer for one in relations if one.role == "hit"}
        if outcome != PASS and met:
            layers = tuple(one for one in layers if one.layer.id in met)
        stated = self.sites.value(site, "accuracy_m")
        case = self.site(site).case.get("type")
        wanted = purposes(
            threshold is None or bool(met), bool(threshold), None if case is None else find_case_type(case) or case
        )
        return tuple(
            unfit(
                layers, float(stated) if isinstance(stated, int | float) else None,
                limit_m=threshold, width_m=self._proofs.width_m(row), wanted=wanted,
            )
        )  # fmt: skip

    @functools.cached_property
    def _sets(self) -> Mapping[str, RuleSet]:
        """Rule id → the file that holds it."""
        return {rule.id: one for one in self.book.sets for rule in one.rules}

    def _how(
        self, rule: Rule, subject: int, outcome: int, threshold: float | None, adjustments: Sequence[Adjustment]
    ) -> tuple[str, ...]:
        """Return the steps behind a finding, in a fixed form that a program can read."""
        site = int(self.subject_site[subject])
        row = int(self.measured_row[site])
        stated = self.sites.value(site, "accuracy_m")
        asked = row >= 0 and outcome != NOT_APPLICABLE
        return tuple(
            how.steps(
                rule, crs=self.loaded.plan.crs, reach_m=self._reach_m(rule, site), ruleset=self._sets.get(rule.id),
                dimension=int(self.dimensions[row]) if asked else None, threshold_m=threshold if asked else None,
                site_accuracy_m=float(stated) if isinstance(stated, int | float) else None,
                layers=self._layers_of(rule, row) if row >= 0 else (), adjustments=adjustments,
            )
        )  # fmt: skip

    def _evidence(self, rule: Rule, relations: Sequence[Relation], site: int, said: Sequence[Any]) -> str:
        """Return the hash of what a finding rests on: rule, version, parameters, and its relations in a fixed form.

        The answer itself is in it: much that an answer rests on is no relation, such as what a layer covers, a cell of
        the matrix, or a strategy of the council's.
        """
        parameters = {name: _plain(parameter) for name, parameter in sorted(rule.parameters.items())}
        named = [rule.value("attribute"), rule.own_distance, *(one.attribute for one in rule.when)]
        named += [START_YEAR] if KINDS[rule.check].subject == "horizons" else []
        values = [self.sites.value(site, one) for one in dict.fromkeys(named) if one]
        stated = values if len(values) > 1 else next(iter(values), None)
        rows = [
            [
                one.role,
                one.layer,
                one.feature,
                one.area_m2,
                one.share,
                one.length_m,
                one.distance_m,
                one.governs,
                one.category,
                one.text,
            ]
            for one in sorted(relations, key=lambda one: (one.role, one.layer, one.feature))
        ]
        text = json.dumps([rule.id, rule.version, parameters, stated, rows, *said], ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    # --- layers ------------------------------------------------------------------------------------------------------

    def features(self, layer_id: str) -> Features:
        """Return a layer's rows."""
        return next(one for one in (*self.layers, *self.drafts) if one.layer.id == layer_id)

    @property
    def demonstration(self) -> bool:
        """Whether the answers rest on schematic data, the own plan's or a neighbour's."""
        plans = [self.loaded.plan, *(one.loaded.plan for one in self.neighbours if one.loaded is not None)]
        return any(plan.demonstration for plan in plans)

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Every row that was not simply used: the plan's own, then those of neighbours' plans."""
        others = (one.loaded.ledger for one in self.neighbours if one.loaded is not None)
        return (*self.loaded.ledger, *(entry for ledger in others for entry in ledger))

    @functools.cached_property
    def layers(self) -> tuple[Features, ...]:
        """Every layer that was read: the plan's own, then those of neighbours' plans."""
        others = (one.loaded.layers for one in self.neighbours if one.loaded is not None)
        return (*self.loaded.layers, *(features for layers in others for features in layers))

    def link(self, site: int, layer_id: str, feature_id: str) -> Any:  # noqa: ANN401 - shapely's geometry
        """Return the shortest line between a site and an object."""
        features = self.features(layer_id)
        return shapely.shortest_line(self.geometry[site], features.geometry[features.ids.index(feature_id)])


def _legend(features: Features, row: int) -> str | None:
    """Return the municipality's own words for a zone's category and subcategory, as they stand in the file."""
    words = (features.value("category", row), features.value("subcategory", row))
    return " – ".join(word for word in words if word) or None


def _where(rows: Ints, row: int) -> range:
    """Return where a row stands in an ascending array, empty when it does not."""
    return range(*(int(one) for one in (np.searchsorted(rows, row), np.searchsorted(rows, row, side="right"))))


_STANDING_CASES = frozenset({
    "in_force", "not_in_force", "current", "lapsed", "unknown", "later", "in_time", "horizon_passed", "horizon_unread",
})  # fmt: skip
_STANDING = (
    "document",
    "documents",
    "amendments",
    "partly",
    "contested",
    "status",
    "date",
    "until",
    "part_m2",
    "about",
    "unsettled",
    "unread",
    "beyond",
    "horizon",
)
"""Cases that rest on what the manifest or a zone says and not on a shape, and the arguments that tell it."""

_MEASURES = ("area_m2", "share", "length_m", "count", "distance_m", "coverage")


def _none(value: Any) -> float | None:  # noqa: ANN401 - a numpy number
    return None if np.isnan(value) else round(float(value), max(DISTANCE_DECIMALS, SHARE_DECIMALS))


def _outcome(number: Any) -> Outcome:  # noqa: ANN401 - a numpy number
    return Outcome(str(OUTCOMES.name(int(number))))


def _first(values: Sequence[str | None]) -> str | None:
    return next((value for value in values if value), None)


def reach_of(rule: Rule, sites: Sites, good: Flags) -> float | Floats:
    """Return how far around sites a rule must be able to see.

    The same for all, or, where each site states a distance of its own, one for each of those in `good`; nothing for one
    that states none, since its question stays open.
    """
    if rule.own_distance is None:
        return rule.reach_m
    return np.nan_to_num(sites.distances(rule.own_distance)[good])


def _threshold(rule: Rule, use: str | None) -> float | None:
    for name in ("distance_m", "attention_m"):
        parameter = rule.parameters.get(name)
        if parameter is not None:
            return parameter.value if parameter.value is not None else parameter.ceiling
    limit = band_limit(rule.value("band"), use)
    return None if np.isnan(limit) else limit


def _plain(parameter: Parameter) -> Any:  # noqa: ANN401 - what JSON can hold
    return [parameter.value, parameter.ceiling, *([parameter.attribute] if parameter.attribute else [])]


def _adjustments(bits: int, nominal: Outcome) -> tuple[Adjustment, ...]:
    found = []
    outcome = nominal
    for bit, name in ADJUSTMENTS.items():
        if bits & bit:
            found.append(Adjustment(by=name, from_=outcome, to=Outcome.REVIEW, why=f"adjust.{name}"))
            outcome = Outcome.REVIEW
    return tuple(found)


def _fingerprint(site: str, use: str | None, rule: str) -> str:
    """Return a name for a finding that stays the same from run to run."""
    return hashlib.sha256("\x1f".join((site, use or "", rule)).encode()).hexdigest()[:16]
