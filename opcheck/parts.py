"""The pieces of a site as they are told: one for each zone, and for what lies in none."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from opcheck.findings import DISTANCE_DECIMALS, Code
from opcheck.landuse import NO_PLAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a site: the part of it in one zone, or in none.

    Parameters
    ----------
    id
        ``document/zone``, ``ingen zon``, ``ingen plan`` or ``utanför kommunen``, with the neighbour's name where it
        lies in one; for a site of several areas followed by ``>`` and the number of the area. A zone that is told more
        than once, such as where it governs and where it lost, has ``#2`` and so on after that.
    use
        The use it was judged for.
    amount, dimension, share
        Its area, length or number of points, by whether the site is an area (2), a line (1) or points (0), and its
        share of the site.
    plan
        Its own code.
    legend
        The municipality's own words for its category and subcategory, as they stand in the file; None when there are
        none.
    case
        Which situation the matrix reported for it.
    governs
        False for a zone that lost to another plan or whose plan is not in force.
    piece
        Which of the site's areas it lies in, from 1, numbered from north to south and then from west to east; None for
        a site that is one.
    municipality
        The neighbour it lies in; None for the own municipality, and where nobody here knows.
    """

    id: str
    use: str | None
    document: str | None
    layer: str | None
    zone: str | None
    name: str | None
    category: str | None
    subcategory: str | None
    text: str | None
    amount: float
    dimension: int
    share: float
    plan: Code | None
    case: str
    governs: bool
    piece: int | None = None
    municipality: str | None = None
    legend: str | None = None

    @property
    def area_m2(self) -> float | None:
        """Its area, None for a line or points."""
        return self.amount if self.dimension == 2 else None

    @property
    def length_m(self) -> float | None:
        """Its length, None for an area or points."""
        return self.amount if self.dimension == 1 else None

    @property
    def count(self) -> int | None:
        """Its number of points, None for an area or a line."""
        return int(self.amount) if self.dimension == 0 else None


def separate_areas(geometry: Any) -> list[Any]:  # noqa: ANN401 - shapely's geometry
    """Return the separate areas of a site, from north to south and then from west to east; none for lines and points.

    Nothing in a geometry tells how its areas are numbered elsewhere: the order follows from where they lie alone.
    """
    if shapely.get_dimensions(geometry) != 2:
        return []

    def place(area: Any) -> tuple[Any, ...]:  # noqa: ANN401 - shapely's geometry
        west, _, _, north = shapely.bounds(area).round(DISTANCE_DECIMALS).tolist()
        return -north, west, shapely.to_wkb(shapely.normalize(area))

    return sorted(shapely.get_parts(geometry), key=place)


def left_id(case: str, municipality: str | None) -> str:
    """Return the name of a part that lies in no zone."""
    name = {"u0.no_zone": "ingen zon", NO_PLAN: "ingen plan"}.get(case, "utanför kommunen")
    return name if municipality is None else f"{name}: {municipality}"


def named_apart(found: Sequence[tuple[Part, Any]]) -> Iterator[tuple[Part, Any]]:
    """Give each part of a use an id of its own."""
    times: Counter[tuple[str, str | None]] = Counter()
    for part, shape in found:
        key = (part.id, part.use)
        times[key] += 1
        yield (part if times[key] == 1 else dataclasses.replace(part, id=f"{part.id}#{times[key]}")), shape
