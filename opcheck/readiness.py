"""What a plan-readiness check can say: kinds of faults, how serious each is, and the whole as one value."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from opcheck.plan import Features, Plan


class Level(StrEnum):
    """How serious a fault is, the most serious first.

    An *error* stops opcheck from using the pack, or part of it. A *warning* leaves answers open or makes them weaker
    than they could be. A *notice* is worth knowing, and may be as it should.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


_ERRORS = ("unreadable", "id_repeated", "rules_unusable", "category_unknown")
_WARNINGS = (
    "no_plan", "no_land_use", "closure_untested", "provisional_area",
    "gap", "gap_sliver", "overlap_sliver", "outside_whole", "outside", "thin",
    "unplaced", "set_aside", "repaired_moved", "layer_empty", "ids_made",
    "no_category_field", "category_missing", "unmapped", "subcategory_swallowed", "no_cell",
    "text_cut", "text_unread", "stance_old", "horizon_unread",
    "force_unknown", "order_unknown", "currency_lapsed", "currency_unknown", "claim_old",
    "coverage_missing", "theme_missing",
)  # fmt: skip
_NOTICES = (
    "overlap", "outside_sliver", "loose", "noise", "repaired", "duplicate", "accepted",
    "some_uses", "subcategory_unknown", "mapping_unused",
    "text_missing", "not_in_force", "legal_force_missing", "adopted_missing",
    "dated_missing", "accuracy_missing", "border_missing", "owner_missing", "licence_missing", "unconfirmed", "note",
)  # fmt: skip

KINDS: Mapping[str, Level] = MappingProxyType(
    dict.fromkeys(_ERRORS, Level.ERROR)
    | dict.fromkeys(_WARNINGS, Level.WARNING)
    | dict.fromkeys(_NOTICES, Level.NOTICE)
)
"""Kind → how serious, in the order of presentation. Texts: table ``fault`` in ``texts/*/readiness.toml``."""

_ORDER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFault:
    """One thing in a plan pack that is missing, wrong, or worth knowing, and where.

    Parameters
    ----------
    kind
        One of `KINDS`; names the sentence too.
    layers
        Ids of the layers concerned; empty where it is the whole pack.
    document
        Id of the document, None where none is concerned.
    features
        (layer, feature) of the rows concerned, all of them.
    area_m2, width_m, count
        Measures, None where they mean nothing.
    bounds
        West, south, east, north in the plan's CRS, None without a place.
    spot
        A point in it: where to look.
    args
        What fills in the sentence, beside the members above.
    """

    kind: str
    layers: tuple[str, ...] = ()
    document: str | None = None
    features: tuple[tuple[str, str], ...] = ()
    area_m2: float | None = None
    width_m: float | None = None
    count: int | None = None
    bounds: tuple[float, float, float, float] | None = None
    spot: tuple[float, float] | None = None
    args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """How serious it is."""
        return KINDS[self.kind]

    def order(self) -> tuple[Any, ...]:
        """Sort key: the most serious kind first, within a kind the largest."""
        place = (self.layers, self.document or "", self.features, self.bounds or ())
        return _ORDER[self.kind], -(self.area_m2 or 0.0), -(self.count or 0), place, str(sorted(self.args.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How far the land use of one document has been held against its area.

    Parameters
    ----------
    document
        Its id, None for layers without one.
    layers
        The land-use layers read.
    zones
        Number of zones.
    to_cover_m2, covered_m2
        What they are to cover and what they do, None where the pack does not say what.
    within
        Gaps, overlaps, pieces outside and crumbs of zones that are not wider than the tolerance.
    """

    document: str | None
    layers: tuple[str, ...]
    zones: int
    to_cover_m2: float | None
    covered_m2: float | None
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalPoint:
    """One thing that data to be handled digitally needs: how many have it, and of how many.

    Both are None where it could not be seen.
    """

    key: str
    have: float | None
    of: float | None

    @property
    def state(self) -> str:
        """``there``, ``partly``, ``missing`` or ``unseen``; one short of all is never ``there``."""
        if self.have is None or not self.of:
            return "unseen"
        if self.have >= self.of:
            return "there"
        return "partly" if self.have > 0 else "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What a plan-readiness check found.

    Parameters
    ----------
    plan
        The pack that was checked.
    on
        The day for which documents and currency were asked.
    tolerance_m
        Widths up to this are no fault.
    faults
        The most serious first.
    shapes
        One per fault: where it is, in the plan's CRS; None where it has no shape of its own.
    closed
        One per document whose land use was examined.
    digital
        What the digital requirement asks for, as far as it can be seen here.
    begun
        Document id → whether its work certainly began before the requirement applies.
    layers
        The layers that could be read, by id.
    area
        The municipality, None where the pack has none or it could not be read.
    """

    plan: Plan
    on: datetime.date
    tolerance_m: float
    faults: tuple[PlanFault, ...]
    shapes: tuple[Any, ...]
    closed: tuple[Closed, ...]
    digital: tuple[DigitalPoint, ...]
    begun: Mapping[str, bool]
    layers: tuple[Features, ...]
    area: Any

    def __len__(self) -> int:
        return len(self.faults)

    @property
    def worst(self) -> str | None:
        """The most serious level found: ``error``, ``warning``, ``notice``, or None."""
        found = {fault.level for fault in self.faults}
        return next((level.value for level in Level if level in found), None)

    @property
    def counts(self) -> Mapping[str, int]:
        """Level → number of faults."""
        found = Counter(fault.level for fault in self.faults)
        return {level.value: found[level] for level in Level}

    @property
    def kinds(self) -> Mapping[str, int]:
        """Kind → number of faults, of the kinds that were found, in the order of presentation."""
        found = Counter(fault.kind for fault in self.faults)
        return {kind: found[kind] for kind in KINDS if found[kind]}
