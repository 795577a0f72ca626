"""What a check takes in and what it can say.

Inside opcheck an answer is a number in a column: a batch of 30 000 sites has millions of them, and none of them is an
object. The enumerations here name the numbers, the column classes hold them, and `Finding`, `Relation` and `Verdict`
are immutable views that are made when somebody looks at one answer.

This module depends on numpy and the standard library alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

SLIVER_M2 = 1.0
"""Overlap up to this area is a drawing inaccuracy: listed with ``sliver = true``, never judged (design: Measuring)."""

SLIVER_M = 0.1
"""The same for overlap that is a length."""

AREA_DECIMALS, DISTANCE_DECIMALS, SHARE_DECIMALS = 2, 3, 6
"""Measures are rounded once, before judging, so that what is printed is what was judged."""


class Outcome(StrEnum):
    """The answer of one rule for one site, or of all of them together. Labels stand in the texts."""

    FAIL = "FAIL"
    OPEN = "OPEN"
    REVIEW = "REVIEW"
    PASS = "PASS"  # noqa: S105 - an outcome, not a password
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Code(StrEnum):
    """The planner's conclusion in short; sentences and terms stand in the texts."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    U0 = "U0"
    R0 = "R0"
    R2 = "R2"
    A = "A"
    K = "K"
    V = "V"
    I = "I"  # noqa: E741 - the field's own letter for "upplysning"


class OpenReason(StrEnum):
    """Why a question could not be tested; a program matches these and not a sentence."""

    LAYER_MISSING = "layer_missing"
    NO_COVERAGE = "no_coverage"
    FEATURE_SET_ASIDE = "feature_set_aside"
    ATTRIBUTE_MISSING = "attribute_missing"
    GUIDELINE_MISSING = "guideline_missing"
    NOT_MAP_BASED = "not_map_based"
    SITE_UNUSABLE = "site_unusable"


class Basis(StrEnum):
    """What a rule rests on."""

    STATUTE = "statute"
    CLAIM = "claim"
    PLAN = "plan"
    GUIDELINE = "guideline"
    CRITERION = "criterion"
    INFORMATION = "information"


UNCOUNTED = frozenset({Basis.CRITERION, Basis.INFORMATION})
"""Findings on these bases are told but never enter a verdict."""


class Severity(StrEnum):
    """How loudly the report speaks. Never the outcome."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


E = TypeVar("E", bound=StrEnum)


class Ordered:
    """A closed set of names as small numbers for columns; -1 stands for none.

    Parameters
    ----------
    members
        The enumeration, in the order of its definition.
    """

    def __init__(self, members: type[StrEnum]) -> None:
        self.names: tuple[str, ...] = tuple(members)
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def __getitem__(self, name: str) -> int:
        """Return the number of a name."""
        return self._numbers[name]

    def name(self, number: int) -> str | None:
        """Return the name of a number, None for -1."""
        return None if number < 0 else self.names[number]


OUTCOMES = Ordered(Outcome)
CODES = Ordered(Code)
REASONS = Ordered(OpenReason)

FAIL, OPEN, REVIEW, PASS, NOT_APPLICABLE = (OUTCOMES[outcome] for outcome in Outcome)

CASES: tuple[str, ...] = (
    "open.layer_missing", "open.layer_empty", "open.no_coverage", "open.feature_set_aside", "open.unplaced",
    "open.attribute_missing", "open.guideline_missing", "open.site_unusable", "open.use_missing",
    "not_applicable.use", "not_applicable.when", "not_applicable.stated",
    "not_applicable.county", "not_applicable.pair",
    "hit", "near", "contact", "clear", "clear.indicative", "serves", "forbidden",
    "inside", "eased", "eased_pending",
    "too_near", "in_band", "met", "not_met", "at_most", "no_threshold",
    "later", "in_time", "horizon_passed", "horizon_unread", "no_horizon",
    "covered", "not_covered", "in_force", "not_in_force", "current", "lapsed", "unknown",
    "f1", "f2.depends", "f2.stance_unread", "f2.stance_condition", "f2.undecided", "f2.reserved",
    "f3", "f4", "f5.firm", "f5.stance", "f5.cell", "u0.no_zone", "u0.outside", "u0.unmapped", "u0.precedence",
    "u0.force", "open.no_plan",
)  # fmt: skip
"""Every situation a check can report; the texts hold at least one sentence for each that occurs."""

CASE = {name: number for number, name in enumerate(CASES)}

ADJUSTED_REPAIRED, ADJUSTED_RESERVATION, ADJUSTED_ACCURACY = 1, 2, 4
ADJUSTMENTS: Mapping[int, str] = {
    ADJUSTED_REPAIRED: "repaired", ADJUSTED_RESERVATION: "reservation", ADJUSTED_ACCURACY: "accuracy",
}  # fmt: skip
"""The program's own adjustments, in the order in which they are made; each of them can only worsen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeState:
    """What is known of a theme before any site is looked at.

    Parameters
    ----------
    missing
        No layer in the pack carries the theme (or none that is in force).
    empty
        There are layers, all without usable rows, and nobody has stated that this is right.
    unplaced
        A row has no geometry and nobody has accepted it: it may lie anywhere, so nothing is clear.
    indicative
        Absence proves nothing for this theme (secret or incomplete by nature).
    stated
        Somebody has stated that the theme does not apply in this municipality.
    """

    missing: bool = False
    empty: bool = False
    unplaced: bool = False
    indicative: bool = False
    stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a check may see of a theme: one entry per subject (a site under one of its uses), and no geometry.

    Parameters
    ----------
    state
        What holds for the theme as a whole.
    hit
        Some object overlaps the subject by more than a sliver.
    contact
        Some object touches the subject, or overlaps it by a sliver at most.
    area_m2, share, length_m, hits
        The overlap on the union of all objects, the share of the subject it makes, the length where the overlap is a
        line, and the number of objects hit. NaN where a measure does not apply.
    distance_m
        To the nearest object, 0 on overlap or contact; NaN when there is none.
    covered
        The subject, grown by the rule's reach, lies wholly inside the theme's coverage.
    set_aside
        An unusable object lies within the rule's reach.
    serves, forbids
        The subject's use serves the interest; an object hit names the use as forbidden.
    eased, eased_pending
        Share of the subject inside the easing theme in force, and inside the same theme of a plan not yet in force.
    """

    state: ThemeState
    hit: Flags
    contact: Flags
    area_m2: Floats
    share: Floats
    length_m: Floats
    hits: Floats
    distance_m: Floats
    covered: Flags
    set_aside: Flags
    serves: Flags
    forbids: Flags
    eased: Floats
    eased_pending: Floats

    def __len__(self) -> int:
        return len(self.hit)

    def moved(self, hit: Flags, distance_m: Floats) -> Columns:
        """Return the columns as they would be with the objects' borders moved."""
        return dataclasses.replace(self, hit=hit, distance_m=distance_m, contact=self.contact & ~hit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """What the land-use check may see: one entry per (subject, zone) that overlap, and what is left over.

    Parameters
    ----------
    subject
        Number of the subject of each row.
    value
        The matrix: 0, 1, 2, or -1 for a pair without a cell (unmapped category or use).
    firm, confirmed, undecided
        The cell rests on a firm statement; has been confirmed by the municipality; leaves the use open.
    stance
        What a person has read in the zone's text: one of `STANCES`.
    unclear
        One of `UNCLEAR`: whether it is settled which document governs here.
    bare_m2
        Per subject: area (or length, or count) outside every governing zone, inside the municipality.
    outside_m2
        Per subject: the same outside the municipality.
    """

    subject: Ints
    value: Small
    firm: Flags
    confirmed: Flags
    undecided: Flags
    stance: Small
    unclear: Small
    bare_m2: Floats
    outside_m2: Floats


STANCE_NO_TEXT, STANCE_UNREAD, STANCE_SUPPORTS, STANCE_SUPPORTS_USE, STANCE_CONDITION, STANCE_EXCLUDES = range(6)
"""No text at all; text nobody has read; read as support, as support for this very use, as a condition, as exclusion."""

UNCLEAR_NOT, UNCLEAR_ORDER, UNCLEAR_FORCE = UNCLEAR = range(3)
"""A document is known to govern; another may govern instead; no other may, but it is not known to be in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a check says: one entry per subject.

    Parameters
    ----------
    outcome, code, case, reason
        Numbers in `OUTCOMES`, `CODES`, `CASES` and `REASONS`; -1 for none.
    """

    outcome: Small
    code: Small
    case: Small
    reason: Small

    @classmethod
    def blank(cls, count: int) -> Judgement:
        """Return a judgement in which nothing has been said yet; -1 everywhere, never a default that means fine."""
        return cls(**{name: np.full(count, -1, np.int8) for name in ("outcome", "code", "case", "reason")})

    def say(
        self, where: Flags, outcome: int, case: str, *, code: Code | None = None, reason: OpenReason | None = None
    ) -> None:
        """Give the subjects in `where` that have no answer yet this one."""
        rows = where & (self.outcome < 0)
        self.outcome[rows] = outcome
        self.case[rows] = CASE[case]
        self.code[rows] = -1 if code is None else CODES[code]
        self.reason[rows] = -1 if reason is None else REASONS[reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How one site and one object meet.

    Parameters
    ----------
    role
        ``hit``, ``contact``, ``near`` (within the rule's reach), ``nearest`` or ``easing``.
    layer, feature
        Where the object stands.
    name, category, text
        What the object says of itself, where it says so.
    area_m2, share, length_m, distance_m, depth_m
        Measures of the meeting; None where one does not apply. `depth_m` is how deep the overlap reaches behind the
        object's border.
    sliver
        The overlap is too small to be judged.
    governs
        False for a zone of a plan that another plan has replaced here, or that is not in force.
    """

    role: str
    layer: str
    feature: str
    name: str | None
    category: str | None
    area_m2: float | None
    share: float | None
    length_m: float | None
    distance_m: float | None
    depth_m: float | None
    sliver: bool
    governs: bool
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One change made after judging: by what, from which outcome to which, and why."""

    by: str
    from_: Outcome
    to: Outcome
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The nearest object of a layer, whether or not a rule asks so far.

    Parameters
    ----------
    at_most
        The layer's coverage ends nearer than this object lies: another one may lie between.
    """

    feature: str
    name: str | None
    distance_m: float
    at_most: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What an answer of nothing found rests on, layer by layer.

    Parameters
    ----------
    title
        Of the layer, or the name of the plan on its way whose area it is; None when it has none.
    extent
        Bounds of the layer's objects in the plan's CRS (min E, min N, max E, max N); None for a layer without any.
    features
        Number of objects used.
    dated, owner
        As stated; None is unknown.
    file, content
        Where the rows came from, and the hash of the canonical rows; None for what was not read from rows.
    coverage
        Share of the site, grown by the rule's reach, inside the layer's own coverage; None when it states none.
    nearest
        None for a layer without objects.
    """

    layer: str
    title: str | None
    theme: str
    extent: tuple[float, float, float, float] | None
    features: int
    dated: str | None
    owner: str | None
    file: str
    content: str | None
    coverage: float | None
    nearest: Nearest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One of a site's separate areas that a finding is about.

    Parameters
    ----------
    piece
        Its number, as in `opcheck.parts`.
    area_m2, share, length_m
        The overlap on the union of the objects met, and the share of this piece; None where a measure does not apply.
    distance_m
        From this piece to the nearest object.
    """

    piece: int
    area_m2: float | None
    share: float | None
    length_m: float | None
    distance_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """A reason why a question is finer than the data that answered it: a message key and its arguments."""

    key: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer of one rule for one site under one use.

    Parameters
    ----------
    rule, site, use
        Ids. `use` is None where the site states none.
    outcome, code, open_reason, need
        The answer; None where one does not apply.
    counted
        Whether it enters the verdict.
    measures
        ``area_m2``, ``share``, ``length_m``, ``count``, ``distance_m``, ``coverage``; None is "does not apply" or
        "unknown", never 0.
    boundary_case
        True when the border's accuracy could change the answer; None when the accuracy is unknown.
    margin_m
        How many metres the nearest deciding border is from changing the answer; None when unknown.
    outcome_nominal, outcome_inner, outcome_outer
        The outcome before adjustments, and with the objects' borders moved inwards and outwards by the accuracy.
    features
        The objects met, the nearest one, and those that lost to another plan.
    case
        Which situation the check reported; `arguments` fill the sentence made of it.
    how
        The steps behind the answer, each as ``name=value``.
    outside_m2
        Area of the site outside everything of the theme that it meets; 0 when it lies wholly inside, None when nothing
        is met by area.
    absence
        What an answer of nothing found rests on; None for any other answer.
    pieces
        Which of the site's separate areas the answer is about; None for a site that is one.
    fitness
        Why the question is finer than the data; empty when nothing is known that says so.
    """

    rule: str
    site: str
    use: str | None
    outcome: Outcome
    code: Code | None
    open_reason: OpenReason | None
    need: str | None
    counted: bool
    gate: bool
    measures: Mapping[str, float | int | None]
    boundary_case: bool | None
    margin_m: float | None
    outcome_nominal: Outcome
    outcome_inner: Outcome
    outcome_outer: Outcome
    adjustments: tuple[Adjustment, ...]
    evidence: str
    fingerprint: str
    features: tuple[Relation, ...]
    case: str
    arguments: Mapping[str, Any]
    how: tuple[str, ...]
    outside_m2: float | None
    absence: tuple[Absence, ...] | None
    pieces: tuple[Touched, ...] | None
    fitness: tuple[Unfit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all counted findings of a site come to.

    Parameters
    ----------
    site
        The site's id.
    outcome
        FAIL if any is FAIL; else OPEN if a gate is OPEN; else REVIEW; else OPEN; else PASS.
    plan
        The F-code, U0 when the plan could not be tested.
    interests
        The other codes that ask for something, without repeats.
    met, not_met, unknown
        Criteria, by rule id. They never enter the outcome.
    asked, counts
        Number of counted questions, and how many of them had each outcome.
    open, open_gate, decided_by
        Rule ids: not tested; not tested and decisive; those that made the outcome.
    """

    site: str
    outcome: Outcome
    plan: Code | None
    interests: tuple[Code, ...]
    met: tuple[str, ...]
    not_met: tuple[str, ...]
    unknown: tuple[str, ...]
    asked: int
    counts: Mapping[Outcome, int]
    open: tuple[str, ...]
    open_gate: tuple[str, ...]
    decided_by: tuple[str, ...]
