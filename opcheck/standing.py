"""Whether the plans that govern a site are in force and current, place by place.

A planeringsstrategi may judge a plan in part: for some themes, or in some area (PBL 3:25). So two sites under one plan
need not get the same answer, and a site across an area's border gets the worst, and is told so.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from opcheck.features import LoadedPlan
from opcheck.findings import CASE, Flags, Floats, Ints, Small
from opcheck.geometry import Geometries
from opcheck.governing import Governed, base_document, least_size
from opcheck.index import Subjects
from opcheck.plan import Current, Document, Force, Plan, currency
from opcheck.rules import LAND_USE

WORST_FIRST = (Current.LAPSED, Current.UNKNOWN, Current.CURRENT)
"""A plan known to have lapsed is a question to answer, and goes before one of which nothing is known."""

_CASES = {Current.LAPSED: "lapsed", Current.UNKNOWN: "unknown", Current.CURRENT: "current"}


def named(document: Document, municipality: str | None) -> str:
    """Return a document's name, with the municipality where it is a neighbour's."""
    return document.name if municipality is None else f"{document.name} ({municipality})"


Meets = Callable[[LoadedPlan, Document, str], Flags]
"""Tells which of the sites that can be measured meet a theme in a document's own layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """The currency of one document in one place.

    Parameters
    ----------
    document
        None where no document governs.
    state, until
        As `opcheck.plan.currency` gives them.
    theme
        Another theme than the use of land that the state is about; None for the use of land.
    settled
        False where the document is not known to be in force, or another may govern instead.
    read
        False on land outside the municipality of which no plan has been read.
    municipality
        The neighbour whose document it is; None for the own plan's.
    rows, geometry
        The sites, and what of each of them lies there.
    """

    document: Document | None
    state: Current
    until: datetime.date | None
    theme: str | None
    settled: bool
    read: bool = True
    municipality: str | None = None
    rows: Ints
    geometry: Geometries

    @property
    def name(self) -> str | None:
        """The document's name, with the municipality where it is a neighbour's."""
        return None if self.document is None else named(self.document, self.municipality)


def standpoints(parts: Sequence[Governed], day: datetime.date, subjects: Subjects, meets: Meets) -> list[Standpoint]:
    """Return the currency of every document that governs the land of some site, place by place.

    Parameters
    ----------
    parts
        The sites, divided by municipality and document.
    subjects
        The sites that can be measured.
    meets
        Which sites meet a theme of which a strategy says something of its own.
    """
    least = least_size(subjects)
    found = []
    for one in parts:
        loaded = one.territory.loaded
        if loaded is None:
            # Of a plan that nobody has read here, least of all that it is current.
            found.append(
                Standpoint(
                    document=None, state=Current.UNKNOWN, until=None, theme=None, settled=False, read=False,
                    municipality=one.territory.name, rows=one.territory.sites, geometry=one.territory.geometry,
                )
            )  # fmt: skip
            continue
        for piece in one.pieces:
            rows = one.territory.sites[piece.rows]
            if piece.document is None or not piece.settled or piece.document.force(day) is not Force.YES:
                # Of a plan that is not known to be in force here, nobody can say that it is current.
                found.append(
                    Standpoint(
                        document=piece.document, state=Current.UNKNOWN, until=None, theme=None, settled=False,
                        municipality=one.territory.name, rows=rows, geometry=piece.geometry,
                    )
                )  # fmt: skip
            else:
                for inside, at, geometry in _places(loaded, piece.document, rows, piece.geometry, least):
                    said = _said(loaded, piece.document, day, inside, at, geometry, meets)
                    found.extend(dataclasses.replace(point, municipality=one.territory.name) for point in said)
    return [one for one in found if len(one.rows)]


def _said(
    loaded: LoadedPlan, document: Document, day: datetime.date, inside: tuple[int, ...], rows: Ints,
    geometry: Geometries, meets: Meets,
) -> list[Standpoint]:  # fmt: skip
    """Return the currency of the land in one place, and of each other theme that the sites there meet."""
    state, until = currency(document, day, LAND_USE, inside)
    found = [
        Standpoint(document=document, state=state, until=until, theme=None, settled=True, rows=rows, geometry=geometry)
    ]
    for theme in limited(document):
        state, until = currency(document, day, theme, inside)
        if state is not Current.CURRENT:
            met = meets(loaded, document, theme)[rows]
            found.append(
                Standpoint(
                    document=document,
                    state=state,
                    until=until,
                    theme=theme,
                    settled=True,
                    rows=rows[met],
                    geometry=geometry[met],
                )
            )
    return found


def limited(document: Document) -> tuple[str, ...]:
    """Return the themes other than the use of land of which some strategy says something of its own."""
    return tuple(sorted({theme for entry in document.currency for theme in entry.themes} - {LAND_USE}))


def _places(
    loaded: LoadedPlan,
    document: Document,
    rows: Ints,
    geometry: Geometries,
    least: Floats,
) -> list[tuple[tuple[int, ...], Ints, Geometries]]:
    """Divide sites by the areas of which a document's strategies speak: which areas, which sites, what of them."""
    places: list[tuple[tuple[int, ...], Ints, Geometries]] = [((), rows, geometry)]
    for number, entry in enumerate(document.currency):
        if entry.area is None:
            continue
        area = loaded.currency_areas[document.id, number]
        divided = []
        for inside, at, shapes in places:
            dimension = shapely.get_dimensions(shapes)
            for now, cut in (((*inside, number), shapely.intersection), (inside, shapely.difference)):
                part = cut(shapes, area)
                size = Subjects(geometry=part, accuracy_m=np.zeros(len(part))).size
                # A sliver beyond an area's border does not decide.
                kept = (shapely.get_dimensions(part) == dimension) & (size > least[at])
                divided.append((now, at[kept], part[kept]))
        places = [one for one in divided if len(one[1])]
    return places


def worst(found: Sequence[Standpoint], count: int) -> Small:
    """Return for each site the worst currency of the documents that govern it, as a number in `CASES`."""
    ranks = np.full(count, len(WORST_FIRST), np.int64)
    for one in found:
        np.minimum.at(ranks, one.rows, WORST_FIRST.index(one.state))
    cases = np.array([CASE[_CASES[state]] for state in WORST_FIRST] + [CASE["unknown"]], np.int8)
    told: Small = cases[ranks]
    return told


def status_case(plan: Plan, day: datetime.date) -> str:
    """Return whether an översiktsplan is in force on a day: ``in_force``, ``not_in_force`` or ``unknown``."""
    document = base_document(plan, day)
    if document is None:
        return "unknown"
    return {Force.YES: "in_force", Force.UNKNOWN: "unknown"}.get(document.force(day), "not_in_force")


def statuses(parts: Sequence[Governed], day: datetime.date, count: int) -> Small:
    """Return for each site whether the översiktsplan of its municipality is in force, as a number in `CASES`.

    A site wholly outside the municipality is asked about there; where no plan has been read the answer is unknown.
    """
    cases = np.full(count, CASE["unknown"], np.int8)
    for one in reversed(parts):  # the own municipality is heard last, so that it goes before the others
        if one.territory.loaded is not None:
            cases[one.territory.sites] = CASE[status_case(one.territory.loaded.plan, day)]
    return cases
