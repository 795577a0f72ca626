"""The plans of neighbouring municipalities, read where a site reaches into one.

A neighbour's pack answers for its own land alone: what its documents in force say of the use, and whether its county
has reserved itself. Sector interests are asked of the own pack's layers everywhere. A neighbour's own neighbours are
never followed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from opcheck.errors import Fault, LayerError, OpcheckError, PlanError
from opcheck.features import LoadedPlan, load_plan
from opcheck.geometry import Geometries
from opcheck.manifest import read_plan
from opcheck.plan import MANIFEST, Document, Features, Neighbour, Plan
from opcheck.rules import LAND_USE, RuleBook

RESERVATION = "county_reservation"
ASKED = frozenset({LAND_USE, RESERVATION})
"""Themes that a neighbour's pack is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourPlan:
    """A neighbouring municipality as far as it is known.

    Parameters
    ----------
    neighbour
        As the manifest names it.
    area
        Its territory in the plan's CRS; None is not loaded.
    loaded
        Its plan, when a site reaches into it and there is a pack. Ids of documents and layers begin with the pack's own
        id, so that they are no other pack's.
    book
        The rules with its own cells in the matrix; None when `loaded` is.
    """

    neighbour: Neighbour
    area: Any
    loaded: LoadedPlan | None = None
    book: RuleBook | None = None

    @property
    def county_code(self) -> str | None:
        """The county, by the code that the manifest gives for the neighbour, else by its own pack's."""
        if self.neighbour.code:
            return self.neighbour.code[:2]
        return None if self.loaded is None else self.loaded.plan.county_code


def read_neighbours(
    home: LoadedPlan, geometry: Geometries, book_of: Callable[[Plan], RuleBook]
) -> tuple[NeighbourPlan, ...]:
    """Return the neighbours of a plan, with their own plans where a site needs them.

    Parameters
    ----------
    home
        The plan that is assessed against.
    geometry
        The sites in its CRS, None for those that cannot be placed.
    book_of
        The rules to apply to a neighbour's plan.

    Raises
    ------
    PlanError, LayerError, RuleError
        A neighbour's pack is needed and has faults.
    """
    outside = geometry[~shapely.is_missing(geometry)]
    outside = outside[~shapely.covers(home.area, outside)] if home.area is not None else outside[:0]
    found = []
    taken = {home.plan.id: home.plan.name}
    faults: list[Fault] = []
    for number, neighbour in enumerate(home.plan.neighbours):
        area = home.neighbour_areas.get(number)
        one = NeighbourPlan(neighbour=neighbour, area=area)
        # Without a border of its own in the manifest, the pack's own border has to be read to tell.
        needed = neighbour.manifest is not None and len(outside) > 0
        if needed and area is not None:
            needed = bool(shapely.intersects(area, outside).any())
        if needed:
            try:
                one = _read(one, home, book_of, taken)
            except OpcheckError as error:
                faults.extend(dataclasses.replace(fault, path=_path(neighbour, fault)) for fault in error.faults)
        found.append(one)
    if faults:
        raise LayerError(faults)
    return tuple(found)


def _path(neighbour: Neighbour, fault: Fault) -> str:
    return f"{neighbour.name}: {fault.path or neighbour.pack}"


def _read(
    one: NeighbourPlan, home: LoadedPlan, book_of: Callable[[Plan], RuleBook], taken: dict[str, str]
) -> NeighbourPlan:
    assert one.neighbour.manifest is not None  # noqa: S101 - the caller has looked
    plan = read_plan(one.neighbour.manifest)
    code, own = one.neighbour.code, plan.municipality_code
    if code and own and code != own:
        # The code says which county's rules are asked there.
        message = f"är {own!r}, men grannkommunen anges med code = {code!r}. Rätta den kod som är fel."
        raise PlanError(Fault(message=message, path=MANIFEST, key="plan.municipality_code"))
    if plan.id in taken:
        message = (
            f"har id {plan.id!r}, som är samma som för {taken[plan.id]}. Ge grannkommunens planpaket ett eget id: "
            "annars går det inte att se vilken plan ett svar kommer från."
        )
        raise PlanError(Fault(message=message, path=MANIFEST, key="plan.id"))
    taken[plan.id] = plan.name
    loaded = load_plan(dataclasses.replace(plan, crs=home.plan.crs), ASKED)
    area = one.area if one.area is not None else loaded.area
    return dataclasses.replace(one, area=area, loaded=named_apart(loaded), book=book_of(plan))


def named_apart(loaded: LoadedPlan) -> LoadedPlan:
    """Return a plan in which the id of each document and layer begins with the plan's own."""

    def named(name: str) -> str:
        return f"{loaded.plan.id}:{name}"

    def document(one: Document) -> Document:
        return dataclasses.replace(one, id=named(one.id), base=named(one.base) if one.base else None)

    def features(one: Features) -> Features:
        layer = dataclasses.replace(
            one.layer, id=named(one.layer.id), document=named(one.layer.document) if one.layer.document else None
        )
        ledger = tuple(dataclasses.replace(entry, layer=named(entry.layer)) for entry in one.ledger)
        return dataclasses.replace(one, layer=layer, ledger=ledger)

    plan = dataclasses.replace(loaded.plan, documents=tuple(document(one) for one in loaded.plan.documents))
    return dataclasses.replace(
        loaded, plan=plan, layers=tuple(features(one) for one in loaded.layers),
        document_areas={named(name): area for name, area in loaded.document_areas.items()},
        currency_areas={(named(name), number): area for (name, number), area in loaded.currency_areas.items()},
    )  # fmt: skip


def within_reach(
    area: Any,  # noqa: ANN401 - a geometry or None
    border: Any,  # noqa: ANN401 - a geometry or None
    neighbours: Sequence[NeighbourPlan],
    shape: Any,  # noqa: ANN401 - a geometry or None
    reach_m: float,
) -> Reached:
    """Return whose land lies within a distance of a shape, where the own municipality does not reach so far.

    Parameters
    ----------
    area, border
        The own municipality, and its border; None when it is not known.
    """
    if area is None or shape is None:
        return Reached(known=(), maybe=())
    if shapely.covers(area, shape) and (reach_m <= 0 or shapely.distance(border, shape) >= reach_m):
        return Reached(known=(), maybe=())
    near = [one for one in neighbours if one.area is not None and shapely.dwithin(one.area, shape, reach_m)]
    unknown = [one for one in neighbours if one.area is None]
    return Reached(known=tuple(one.neighbour.name for one in near), maybe=tuple(one.neighbour.name for one in unknown))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Names of neighbours within reach: those whose border says so, and those whose border is not known."""

    known: tuple[str, ...]
    maybe: tuple[str, ...]
