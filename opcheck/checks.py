"""The kinds of condition a rule can set: what each may be told, how far it looks, and how it judges.

A check sees columns of numbers and no geometry, and answers for all subjects at once. Whatever it cannot decide it
calls OPEN; no check has a default that means fine.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from opcheck.findings import (
    CASE,
    FAIL,
    NOT_APPLICABLE,
    OPEN,
    PASS,
    REVIEW,
    STANCE_CONDITION,
    STANCE_EXCLUDES,
    STANCE_SUPPORTS_USE,
    STANCE_UNREAD,
    UNCLEAR_FORCE,
    UNCLEAR_ORDER,
    Code,
    Columns,
    Flags,
    Floats,
    Ints,
    Judgement,
    OpenReason,
    Outcome,
    Small,
    Zones,
)

FULL_SHARE = 1.0 - 1e-6
"""A share this close to one is the whole: shares are rounded to six decimals."""

LONGEST_M = 1e8
"""No distance asked about is longer: more than twice round the Earth."""

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A rule's value, where it comes from, and whether somebody has checked it there.

    Parameters
    ----------
    value
        None when the value is unknown.
    source
        Where the value was read; None when it needs no source.
    checked
        False when the value is inferred: the report says so.
    ceiling
        For an unknown value: no value can be above this, so beyond it the answer is known.
    attribute
        The value is each site's own: the name of the attribute that states it. `value` is None then.
    overridden
        Set by an override: somebody answers for the value, and it is no working value of the rule's own.
    """

    value: Any
    source: str | None = None
    checked: bool = True
    ceiling: float | None = None
    attribute: str | None = None
    overridden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A rule's parameter set by the pack or a rule file, and why."""

    rule: str
    parameter: str
    value: object
    reason: str
    source: str
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a rule asks of its check.

    Parameters
    ----------
    parameters
        The rule's parameters by name.
    hit
        The outcome of a hit, a number in `OUTCOMES`.
    code
        The code of a hit.
    """

    parameters: Mapping[str, Parameter]
    hit: int
    code: Code

    def value(self, name: str) -> Any:  # noqa: ANN401 - parameters are of many types, checked when the rule was read
        """Return a parameter's value, None when it is unset or unknown."""
        parameter = self.parameters.get(name)
        return None if parameter is None else parameter.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What the trigger check may see: one value per subject, NaN where the site does not state it."""

    value: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the plan's status and currency checks may see: per subject a number in `CASES`."""

    case: Small


HORIZON_NONE, HORIZON_UNREAD, HORIZON_READ = range(3)
"""A zone has no horizon; has one that cannot be read as years; has one that can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizons:
    """What the horizon check may see: one entry per (subject, zone) that overlap, and what holds for each subject.

    Parameters
    ----------
    subject
        Number of the subject of each row.
    state
        ``HORIZON_NONE``, ``HORIZON_UNREAD`` or ``HORIZON_READ``.
    first, last
        The years that the zone is meant for: -inf from the beginning, inf without an end.
    start_year
        Per subject: when the site is to be taken into use; NaN where it does not say.
    told
        Whether any land-use layer that counts has horizons at all.
    bare
        Per subject: a part of it lies in no zone whose horizon could be read.
    """

    subject: Ints
    state: Small
    first: Floats
    last: Floats
    start_year: Floats
    told: bool
    bare: Flags

    def __len__(self) -> int:
        return len(self.start_year)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What the conflict check may see: the columns of two themes."""

    first: Columns
    second: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Distances:
    """Each subject's own distance, beside the columns of a theme; NaN where the site states none that can be kept."""

    columns: Columns
    distance_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """Use ids of the subjects, beside the columns of a theme."""

    columns: Columns
    use: tuple[str, ...]


# --- judging ----------------------------------------------------------------------------------------------------------


def judge_avoid(columns: Columns, terms: Terms) -> Judgement:
    """Report overlap with an object of the theme, or one within ``attention_m`` of it; exactly at it is within.

    While ``attention_m`` is unknown, what it could reach is OPEN.
    """
    answer = Judgement.blank(len(columns))
    answer.say(columns.hit & columns.forbids, FAIL, "forbidden", code=Code.K)
    answer.say(columns.hit & columns.serves, _milder(terms.hit), "serves", code=_served(terms.code))
    # FAIL is for a föreskrift that names this very use; an overlap alone is something to assess.
    answer.say(columns.hit, _milder(terms.hit), "hit", code=terms.code)
    attention = terms.parameters.get("attention_m")
    if attention is not None and attention.value is not None:
        answer.say(columns.distance_m <= attention.value, _milder(terms.hit), "near", code=terms.code)
    elif attention is not None:
        if attention.ceiling is None:
            # Where there is no data at all, that is what to tell: a distance would not help.
            _gaps(columns, answer)
        _stated(columns, answer)
        everywhere = np.ones(len(columns), bool)
        # The unknown distance may be the ceiling itself, and exactly at it would be within.
        _no_guideline(everywhere if attention.ceiling is None else columns.distance_m <= attention.ceiling, answer)
    _nothing_found(columns, answer)
    return answer


def judge_within(columns: Columns, terms: Terms) -> Judgement:
    """Report a subject of which more than ``share`` lies in the theme; an easing theme changes only the words."""
    answer = Judgement.blank(len(columns))
    least = terms.value("share")
    # A hit of a few square metres on a huge site has a share that rounds to nothing: only a set share may pass it over.
    inside = columns.hit if not least else columns.hit & ~(columns.share <= least)
    answer.say(inside & (columns.eased >= FULL_SHARE), terms.hit, "eased", code=terms.code)
    answer.say(inside & (columns.eased_pending >= FULL_SHARE), terms.hit, "eased_pending", code=terms.code)
    answer.say(inside, terms.hit, "inside", code=terms.code)
    _untested(columns, answer)
    # Some of the subject lies inside, but not more than the rule's share: that is not the same as nothing there.
    answer.say(columns.hit, PASS, "contact", code=Code.R0)
    _clear(columns, answer)
    return answer


def judge_at_least(given: Columns | Distances, terms: Terms) -> Judgement:
    """Report an object nearer than ``distance_m``; exactly at the distance is far enough.

    While ``distance_m`` is unknown, what lies nearer than its ceiling is OPEN; without a ceiling, everything is. With
    ``beyond_open`` what lies beyond it is OPEN too: another guideline governs there, and nobody has read it.
    """
    columns = given.columns if isinstance(given, Distances) else given
    answer = Judgement.blank(len(columns))
    everyone = np.ones(len(columns), bool)
    parameter = terms.parameters["distance_m"]
    if isinstance(given, Distances):
        _stated(columns, answer)
        _no_attribute(~(given.distance_m > 0), answer)
        answer.say(columns.distance_m < given.distance_m, terms.hit, "too_near", code=terms.code)
    elif parameter.value is not None:
        answer.say(columns.distance_m < parameter.value, terms.hit, "too_near", code=terms.code)
    elif parameter.ceiling is not None:
        _no_guideline(columns.distance_m < parameter.ceiling, answer)
    else:
        _gaps(columns, answer)
        _no_guideline(everyone, answer)
    _untested(columns, answer)
    if terms.value("beyond_open"):
        _no_guideline(everyone, answer)
    _clear(columns, answer)
    return answer


def judge_band(given: Uses, terms: Terms) -> Judgement:
    """Report an object nearer than the subject's band; exactly at its limit is far enough.

    The band is the widest one that names the use, else the widest one for all uses; a use in no band is not asked.
    Coverage is asked out to the widest band of the rule, whatever the use.
    """
    columns = given.columns
    answer = Judgement.blank(len(columns))
    limits = np.array([band_limit(terms.value("band"), use) for use in given.use], dtype=np.float64)
    answer.say(np.isnan(limits), NOT_APPLICABLE, "not_applicable.use")
    answer.say(columns.distance_m < limits, terms.hit, "in_band", code=terms.code)
    _nothing_found(columns, answer)
    return answer


def judge_at_most(columns: Columns, terms: Terms) -> Judgement:
    """Compare the nearest object with the user's threshold; exactly at the threshold is met.

    A miss counts only where the data is complete out to the threshold: otherwise something nearer may exist.
    """
    answer = Judgement.blank(len(columns))
    limit = terms.value("distance_m")
    found = ~np.isnan(columns.distance_m)
    if limit is not None:
        answer.say(columns.distance_m <= limit, PASS, "met")
    _gaps(columns, answer)
    answer.say(~columns.covered & found, OPEN, "at_most", reason=OpenReason.NO_COVERAGE)
    answer.say(~columns.covered, OPEN, "open.no_coverage", reason=OpenReason.NO_COVERAGE)
    if limit is None:
        answer.say(found, NOT_APPLICABLE, "no_threshold")
    answer.say(np.ones(len(columns), bool), NOT_APPLICABLE if limit is None else REVIEW, "not_met")
    return answer


def judge_trigger(given: Attributes, terms: Terms) -> Judgement:
    """Compare an attribute of the site with a value; a missing attribute is a question for the applicant."""
    answer = Judgement.blank(len(given.value))
    _no_attribute(np.isnan(given.value), answer)
    holds = OPERATORS[terms.value("op")](given.value, float(terms.value("value")))
    answer.say(holds, terms.hit, "hit", code=terms.code)
    answer.say(np.ones(len(given.value), bool), PASS, "clear", code=Code.R0)
    return answer


def judge_conflict(given: Pair, terms: Terms) -> Judgement:
    """Report two themes that may be incompatible and both overlap the subject, in code A; no winner is picked.

    They need not overlap each other. One theme proven away, or stated not to apply, settles the question; else what
    could not be tested in either of them leaves it OPEN.
    """
    count = len(given.first)
    answer = Judgement.blank(count)
    answer.say(given.first.hit & given.second.hit, terms.hit, "hit", code=Code.A)
    alone = [Judgement.blank(count), Judgement.blank(count)]
    for columns, one in zip((given.first, given.second), alone, strict=True):
        one.say(columns.hit, REVIEW, "hit")
        _nothing_found(columns, one)
    proven = (alone[0].outcome == PASS) | (alone[1].outcome == PASS)
    proven |= (alone[0].outcome == NOT_APPLICABLE) | (alone[1].outcome == NOT_APPLICABLE)
    answer.say(proven, PASS, "clear", code=Code.R0)
    for one in alone:
        rest = (answer.outcome < 0) & (one.outcome == OPEN)
        for name in ("outcome", "code", "case", "reason"):
            getattr(answer, name)[rest] = getattr(one, name)[rest]
    return answer


def judge_covered(columns: Columns, terms: Terms) -> Judgement:
    """Ask that the whole subject lies inside the theme."""
    answer = Judgement.blank(len(columns))
    answer.say(columns.share >= FULL_SHARE, PASS, "covered", code=Code.R0)
    _untested(columns, answer)
    answer.say(np.ones(len(columns), bool), terms.hit, "not_covered", code=terms.code)
    return answer


def judge_standing(given: Standing, terms: Terms) -> Judgement:
    """Report the plan's status or currency, the same for every subject of a document."""
    answer = Judgement.blank(len(given.case))
    for case in ("in_force", "current"):
        answer.say(given.case == CASE[case], PASS, case)
    for case in ("unknown", "not_in_force"):
        answer.say(given.case == CASE[case], OPEN, case, code=Code.U0, reason=OpenReason.NOT_MAP_BASED)
    answer.say(given.case == CASE["lapsed"], terms.hit, "lapsed", code=terms.code)
    return answer


ZONE_CASES: tuple[tuple[str, int, Code], ...] = (
    ("f5.stance", FAIL, Code.F5), ("f5.cell", FAIL, Code.F5), ("f5.firm", FAIL, Code.F5),
    ("u0.precedence", OPEN, Code.U0), ("u0.force", OPEN, Code.U0), ("u0.unmapped", OPEN, Code.U0),
    ("u0.no_zone", OPEN, Code.U0), ("u0.outside", OPEN, Code.U0),
    ("f4", REVIEW, Code.F4), ("f2.undecided", REVIEW, Code.F2), ("f2.depends", REVIEW, Code.F2),
    ("f2.stance_condition", REVIEW, Code.F2), ("f2.stance_unread", REVIEW, Code.F2), ("f2.reserved", REVIEW, Code.F2),
    ("f1", PASS, Code.F1),
)  # fmt: skip
"""What a zone can say of a use, worst first; a site over several zones gets the worst of them."""

_STANDING = frozenset({"u0.precedence", "u0.force"})
"""What no map can answer: which plan governs, and whether it is in force."""

_WORST_FIRST = {CASE[case]: rank for rank, (case, _, _) in enumerate(ZONE_CASES)}


def zone_cases(zones: Zones) -> Ints:
    """Return for each row of a land-use table its place in `ZONE_CASES`.

    Matrix value 1 supports the use, 2 makes it depend, 0 does not take it up; a firm statement, a cell confirmed by the
    municipality or a text read as exclusion speaks against it. A text that nobody has read makes support conditional.
    """
    case = np.full(len(zones.value), _WORST_FIRST[CASE["u0.unmapped"]], np.int64)

    def say(where: Flags, name: str) -> None:
        case[where] = _WORST_FIRST[CASE[name]]

    say(zones.value == 2, "f2.depends")
    say((zones.value == 2) & zones.undecided, "f2.undecided")
    say(zones.value == 0, "f4")
    say((zones.value == 0) & zones.firm, "f5.firm")
    say((zones.value == 0) & zones.confirmed & ~zones.firm, "f5.cell")
    say(zones.value == 1, "f1")
    say((zones.value == 1) & (zones.stance == STANCE_UNREAD), "f2.stance_unread")
    say((zones.value == 1) & (zones.stance == STANCE_CONDITION), "f2.stance_condition")
    say(zones.stance == STANCE_SUPPORTS_USE, "f1")
    say(zones.stance == STANCE_EXCLUDES, "f5.stance")
    say(zones.unclear == UNCLEAR_ORDER, "u0.precedence")
    say(zones.unclear == UNCLEAR_FORCE, "u0.force")
    return case


def judge_use_matrix(zones: Zones, terms: Terms) -> Judgement:
    """Report what the zones of the plan say of the use: one zone's answer, or the worst of several as F3."""
    count = len(zones.bare_m2)
    none = len(ZONE_CASES)
    worst = np.full(count, none, np.int64)
    best_code = np.full(count, -1, np.int64)
    ranks = zone_cases(zones)
    subjects = zones.subject
    for extra, name in ((zones.bare_m2, "u0.no_zone"), (zones.outside_m2, "u0.outside")):
        rows = np.flatnonzero(extra > 0)
        subjects = np.concatenate([subjects, rows])
        ranks = np.concatenate([ranks, np.full(len(rows), _WORST_FIRST[CASE[name]])])
    np.minimum.at(worst, subjects, ranks)
    codes = np.array([list(Code).index(code) for _, _, code in ZONE_CASES])
    np.maximum.at(best_code, subjects, codes[ranks])
    lowest = np.full(count, len(Code), np.int64)
    np.minimum.at(lowest, subjects, codes[ranks])
    differ = (best_code >= 0) & (lowest != best_code)
    answer = Judgement.blank(count)
    for rank, (case, outcome, code) in enumerate(ZONE_CASES):
        here = worst == rank
        reason = None
        if outcome == OPEN:
            reason = OpenReason.NOT_MAP_BASED if case in _STANDING else OpenReason.NO_COVERAGE
        answer.say(here & differ, outcome, "f3", code=Code.F3, reason=reason)
        answer.say(here, outcome, case, code=code, reason=reason)
    answer.say(worst == none, OPEN, "u0.no_zone", code=Code.U0, reason=OpenReason.NO_COVERAGE)
    return answer


def judge_horizon(given: Horizons, terms: Terms) -> Judgement:
    """Compare the years that the plan's zones are meant for with the year in which the site is to be taken into use.

    A zone meant for later is reported, also when more could not be read; a site that starts in the horizon's first year
    is in time. A site that starts after the horizon is in time too: whether the plan has aged is another question.
    """
    count = len(given)
    answer = Judgement.blank(count)
    everyone = np.ones(count, bool)

    def some(rows: Flags) -> Flags:
        return np.bincount(given.subject[rows], minlength=count) > 0

    read = given.state == HORIZON_READ
    start = given.start_year[given.subject]
    missing, not_map = OpenReason.ATTRIBUTE_MISSING, OpenReason.NOT_MAP_BASED
    answer.say(some(read & (start < given.first)), terms.hit, "later", code=terms.code)
    answer.say(some(read) & np.isnan(given.start_year), OPEN, "open.attribute_missing", code=Code.U0, reason=missing)
    answer.say(some(given.state == HORIZON_UNREAD), OPEN, "horizon_unread", code=Code.U0, reason=not_map)
    if given.told:
        answer.say(given.bare, OPEN, "open.no_coverage", code=Code.U0, reason=OpenReason.NO_COVERAGE)
    answer.say(some(read & (start > given.last)), PASS, "horizon_passed", code=Code.R0)
    answer.say(some(read), PASS, "in_time", code=Code.R0)
    answer.say(everyone, NOT_APPLICABLE, "no_horizon")
    return answer


# --- what all map checks share ----------------------------------------------------------------------------------------


def _gaps(columns: Columns, answer: Judgement) -> None:
    """Answer for what is wrong with the theme's data as such."""
    state, everyone = columns.state, np.ones(len(columns), bool)
    missing = OpenReason.LAYER_MISSING
    aside = OpenReason.FEATURE_SET_ASIDE
    _stated(columns, answer)
    if state.missing:
        answer.say(everyone, OPEN, "open.layer_missing", code=Code.U0, reason=missing)
    if state.empty:
        answer.say(everyone, OPEN, "open.layer_empty", code=Code.U0, reason=missing)
    if state.unplaced:
        answer.say(everyone, OPEN, "open.unplaced", code=Code.U0, reason=aside)
    answer.say(columns.set_aside, OPEN, "open.feature_set_aside", code=Code.U0, reason=aside)


def _stated(columns: Columns, answer: Judgement) -> None:
    """Answer where somebody has stated that the theme does not apply: then nobody needs a distance to it either."""
    if columns.state.stated:
        answer.say(np.ones(len(columns), bool), NOT_APPLICABLE, "not_applicable.stated")


def _no_guideline(where: Flags, answer: Judgement) -> None:
    """Answer where the rule's distance decides and is not known."""
    answer.say(where, OPEN, "open.guideline_missing", code=Code.U0, reason=OpenReason.GUIDELINE_MISSING)


def _no_attribute(where: Flags, answer: Judgement) -> None:
    """Answer where the site does not state what decides."""
    answer.say(where, OPEN, "open.attribute_missing", code=Code.U0, reason=OpenReason.ATTRIBUTE_MISSING)


def _untested(columns: Columns, answer: Judgement) -> None:
    """Answer for subjects about which the theme's data cannot say that nothing is there."""
    _gaps(columns, answer)
    answer.say(~columns.covered, OPEN, "open.no_coverage", code=Code.U0, reason=OpenReason.NO_COVERAGE)


def _clear(columns: Columns, answer: Judgement) -> None:
    """Answer that nothing was met; only after `_untested` has had its say."""
    answer.say(columns.contact, PASS, "contact", code=Code.R0)
    case = "clear.indicative" if columns.state.indicative else "clear"
    answer.say(np.ones(len(columns), bool), PASS, case, code=Code.R0)


def _nothing_found(columns: Columns, answer: Judgement) -> None:
    _untested(columns, answer)
    _clear(columns, answer)


def _milder(hit: int) -> int:
    """Return REVIEW where a hit would be FAIL: nearness and service are never worse than that."""
    return REVIEW if hit == FAIL else hit


def _served(code: Code) -> Code:
    """Return the code of a use that serves the interest it lies in: it asks for consultation."""
    return Code.I if code is Code.I else Code.K


def band_limit(bands: Sequence[Mapping[str, Any]] | None, use: str | None) -> float:
    """Return how far the bands reach for a use, NaN when none does.

    Bands that name the use go before those for all uses, and of several the widest counts, so that their order in the
    file never matters.
    """
    for word in (use, "*"):
        limits = [float(band["upto_m"]) for band in bands or () if word in band["uses"]]
        if limits:
            return max(limits)
    return float("nan")


# --- the table of kinds -----------------------------------------------------------------------------------------------


def _no_reach(parameters: Mapping[str, Parameter]) -> float:
    return 0.0


def _reach_of(*names: str) -> Callable[[Mapping[str, Parameter]], float]:
    def reach(parameters: Mapping[str, Parameter]) -> float:
        found = [0.0]
        for name in names:
            parameter = parameters.get(name)
            if parameter is not None:
                found.append(float(parameter.value if parameter.value is not None else parameter.ceiling or 0.0))
        return max(found)

    return reach


def _band_reach(parameters: Mapping[str, Parameter]) -> float:
    bands = parameters["band"].value if "band" in parameters else ()
    return max((float(band["upto_m"]) for band in bands), default=0.0)


START_YEAR = "start_year"
"""The attribute of a site that says when it is to be taken into use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of condition.

    Parameters
    ----------
    parameters
        Name → ``number`` (0 or more), ``positive``, ``share`` (0 or more, under 1), ``text``, ``flag``, ``texts``,
        ``uses``, ``value``, ``bands``: what a rule file may set.
    required
        The parameters that must be set.
    may_be_unknown
        The parameters that may be stated as unknown: those for which `judge` answers OPEN then.
    may_be_stated
        The parameters that may be each site's own attribute.
    may_reach
        The outcomes a hit may have.
    reach
        From the parameters, how far in metres the check must be able to see around a site to call it clear.
    judge
        From columns and terms to answers.
    subject
        Which columns it judges: ``theme``, ``zones``, ``attribute``, ``pair``, ``bands``, ``horizons``, or
        ``covered``, which is those of a theme or the plan's standing.
    """

    parameters: Mapping[str, str]
    judge: Callable[[Any, Terms], Judgement]
    subject: str = "theme"
    required: tuple[str, ...] = ()
    may_be_unknown: tuple[str, ...] = ()
    may_be_stated: tuple[str, ...] = ()
    may_reach: frozenset[Outcome] = frozenset({Outcome.REVIEW})
    reach: Callable[[Mapping[str, Parameter]], float] = field(default=_no_reach)


OF_LAND = frozenset({"zones", "horizons"})
"""What `Kind.subject` says of checks that ask about the plan's zones, one by one."""


def judge_covered_or_standing(given: Any, terms: Terms) -> Judgement:  # noqa: ANN401 - one of two column classes
    """Judge ``covered`` by what it asks about: a theme, or the plan's status or currency."""
    return judge_standing(given, terms) if isinstance(given, Standing) else judge_covered(given, terms)


KINDS: Mapping[str, Kind] = {
    "use_matrix": Kind(
        parameters={}, judge=judge_use_matrix, subject="zones", may_reach=frozenset({Outcome.REVIEW, Outcome.FAIL})
    ),
    "avoid": Kind(
        parameters={"attention_m": "number", "serves": "uses", "forbids": "flag", "guideline": "text"},
        may_be_unknown=("attention_m",),
        judge=judge_avoid,
        may_reach=frozenset({Outcome.REVIEW, Outcome.FAIL}),
        reach=_reach_of("attention_m"),
    ),
    "within": Kind(parameters={"share": "share", "eased_by": "text"}, judge=judge_within),
    "at_least": Kind(
        parameters={
            "distance_m": "positive",
            "search_m": "number",
            "from": "text",
            "beyond_open": "flag",
            "guideline": "text",
        },
        required=("distance_m",),
        may_be_unknown=("distance_m",),
        may_be_stated=("distance_m",),
        judge=judge_at_least,
        reach=_reach_of("distance_m"),
    ),
    "band": Kind(
        parameters={"band": "bands", "search_m": "number", "from": "text", "guideline": "text"},
        required=("band",),
        judge=judge_band,
        subject="bands",
        reach=_band_reach,
    ),
    "at_most": Kind(
        parameters={"distance_m": "number", "search_m": "number", "from": "text"},
        judge=judge_at_most,
        reach=_reach_of("distance_m"),
    ),
    "trigger": Kind(
        parameters={"attribute": "text", "op": "text", "value": "value"},
        required=("attribute", "op", "value"),
        judge=judge_trigger,
        subject="attribute",
    ),
    "horizon": Kind(parameters={}, judge=judge_horizon, subject="horizons"),
    "conflict": Kind(
        parameters={"themes": "texts", "why": "text"}, required=("themes",), judge=judge_conflict, subject="pair"
    ),
    "covered": Kind(
        parameters={"themes": "texts", "of": "text"},
        judge=judge_covered_or_standing,
        subject="covered",
        may_reach=frozenset({Outcome.REVIEW, Outcome.OPEN}),
    ),
}
"""Name → kind. The name is the word that rule files use."""
