"""Which plan governs each piece of a site: first by municipality, then by document.

Layers are never cut by documents; the sites are. Most sites lie in one municipality and touch no amendment, and are one
piece.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.features import LoadedPlan
from opcheck.findings import (
    AREA_DECIMALS,
    SLIVER_M,
    SLIVER_M2,
    UNCLEAR_FORCE,
    UNCLEAR_NOT,
    UNCLEAR_ORDER,
    Floats,
    Ints,
)
from opcheck.geometry import Geometries
from opcheck.index import Subjects
from opcheck.neighbours import NeighbourPlan
from opcheck.plan import MAY_GOVERN, Document, Features, Force, Layer, Plan, precedence


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """The parts of sites that lie in one municipality.

    Parameters
    ----------
    name
        The municipality when it is another than the plan's own; None for the own one, and for land outside it that no
        neighbour's border says whose it is.
    own
        Whether it is the plan's own municipality.
    loaded
        The plan to ask; None where no plan has been read.
    county
        The county's code; None when unknown.
    sites, geometry
        Per part: which site, and what of it lies here.
    """

    name: str | None
    own: bool
    loaded: LoadedPlan | None
    county: str | None
    sites: Ints
    geometry: Geometries

    def part(self, subjects: Subjects) -> Subjects:
        """Return the parts as what is measured."""
        return Subjects(geometry=self.geometry, accuracy_m=subjects.accuracy_m[self.sites])


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The parts of sites in which one document governs.

    Parameters
    ----------
    document
        None for layers without a document, and where no document is in force.
    unclear
        One of `opcheck.findings.UNCLEAR`: whether another document may govern instead, or only the document's own force
        is not known.
    rows, geometry
        Per part: its row in the territory, and its shape.
    """

    document: Document | None
    unclear: int
    rows: Ints
    geometry: Geometries

    @property
    def settled(self) -> bool:
        """Whether the document is known to govern here."""
        return self.unclear == UNCLEAR_NOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Governed:
    """A territory and its division between documents."""

    territory: Territory
    pieces: tuple[Piece, ...]


def governed(
    loaded: LoadedPlan, neighbours: Sequence[NeighbourPlan], theme: str, day: datetime.date, subjects: Subjects
) -> tuple[Governed, ...]:
    """Divide sites by municipality, and there by the document that governs a theme on a day."""
    found = []
    for one in territories(loaded, neighbours, subjects):
        parts = () if one.loaded is None else tuple(pieces(one.loaded, theme, day, one.part(subjects)))
        found.append(Governed(territory=one, pieces=parts))
    return tuple(found)


# --- municipalities ---------------------------------------------------------------------------------------------------


def territories(loaded: LoadedPlan, neighbours: Sequence[NeighbourPlan], subjects: Subjects) -> list[Territory]:
    """Divide sites by municipality; a sliver beyond a border stays where the rest of the site lies.

    The plan's own municipality goes first, then the neighbours whose border is known, in order of name. What is left
    lies outside the municipality, and nobody here knows whose it is.
    """
    geometry = subjects.geometry
    home, sites = geometry, np.arange(len(subjects))
    across = sites[:0]
    if loaded.area is not None:  # without a border nothing is known to lie outside
        across = np.flatnonzero(~shapely.covers(loaded.area, geometry))
    found = []
    least, dimension = least_size(subjects), subjects.dimension
    rest = _alike(shapely.difference(geometry[across], loaded.area), dimension[across])
    beyond = _sized(rest, subjects, across) > least[across]
    across, rest = across[beyond], rest[beyond]
    if len(across):
        home = geometry.copy()
        home[across] = _alike(shapely.intersection(geometry[across], loaded.area), dimension[across])
        kept = np.ones(len(subjects), bool)
        kept[across] = _sized(home[across], subjects, across) > least[across]
        home, sites = home[kept], sites[kept]
    county = loaded.plan.county_code
    found.append(Territory(name=None, own=True, loaded=loaded, county=county, sites=sites, geometry=home))
    if not len(across):
        return found
    for one in sorted(neighbours, key=lambda one: (one.neighbour.name, one.neighbour.code or "")):
        if one.area is None:
            continue
        inside = _alike(shapely.intersection(rest, one.area), dimension[across])
        there = _sized(inside, subjects, across) > least[across]
        left = _alike(shapely.difference(rest[there], one.area), dimension[across[there]])
        rest[there] = left
        found.append(
            Territory(
                name=one.neighbour.name,
                own=False,
                loaded=one.loaded,
                county=one.county_code,
                sites=across[there],
                geometry=inside[there],
            )
        )
    remains = _sized(rest, subjects, across) > least[across]
    found.append(
        Territory(name=None, own=False, loaded=None, county=None, sites=across[remains], geometry=rest[remains])
    )
    return [one for one in found if one.own or len(one.sites)]


def _alike(geoms: Geometries, dimension: Ints) -> Geometries:
    """Return geometries with only what has the dimension asked for, empty where nothing has."""
    mixed = np.flatnonzero(shapely.get_type_id(geoms) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for row in mixed:
        parts = shapely.get_parts(geoms[row])
        geoms[row] = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension[row]])
    geoms[shapely.get_dimensions(geoms) < dimension] = shapely.Point()
    return geoms


def _sized(geoms: Geometries, subjects: Subjects, rows: Ints) -> Floats:
    """Return the sizes of parts of subjects, 0 for what is empty."""
    found: Floats = Subjects(geometry=geoms, accuracy_m=subjects.accuracy_m[rows]).size * ~shapely.is_empty(geoms)
    return found.round(AREA_DECIMALS)


# --- documents --------------------------------------------------------------------------------------------------------


def force_of(plan: Plan, layer: Layer, day: datetime.date) -> Force:
    """Return whether a layer's document is in force on a day; a layer without a document is."""
    return Force.YES if layer.document is None else plan.document(layer.document).force(day)


def belongs(layer: Layer, document: Document | None, plan: Plan) -> bool:
    """Tell whether a layer is a document's; a layer that names none belongs to the översiktsplan, if there is one."""
    if layer.document is not None:
        return document is not None and layer.document == document.id
    bases = {one.id for one in plan.documents if one.kind == "översiktsplan"}
    return document is None if not bases else document is not None and document.id in bases


def document_of(plan: Plan, features: Features, base: Document | None) -> Document | None:
    """Return the document that a layer's rows stand in; for a layer that names none, the översiktsplan."""
    return base if features.layer.document is None else plan.document(features.layer.document)


def pieces(loaded: LoadedPlan, theme: str, day: datetime.date, subjects: Subjects) -> list[Piece]:
    """Divide sites by the document that governs a theme."""
    rest = subjects.geometry.copy()
    found = []
    doubt = False
    # Documents that apply, or may apply, on all land that is left: a plan of unknown order against one of them is
    # nowhere settled.
    everywhere = {document.id for document in loaded.plan.documents if document.id not in loaded.document_areas}
    for rank in precedence(loaded.plan.documents, theme, day):
        if rank.document.area_unknown:
            # It may govern anywhere, and nobody here knows where: neither it nor what it goes before is settled.
            rows = np.flatnonzero(~shapely.is_empty(rest))
            found.append(Piece(document=rank.document, unclear=UNCLEAR_ORDER, rows=rows, geometry=rest[rows]))
            doubt = True
            continue
        if doubt or not everywhere.isdisjoint(rank.ties):
            rank = dataclasses.replace(rank, settled=False, alone=False)
        unclear = UNCLEAR_NOT if rank.settled else UNCLEAR_FORCE if rank.alone else UNCLEAR_ORDER
        rows, inside = _taken(rest, loaded.document_areas.get(rank.document.id), subjects)
        rivals = [loaded.document_areas[one] for one in rank.ties if one in loaded.document_areas]
        if not rank.settled or not rivals:
            found.append(Piece(document=rank.document, unclear=unclear, rows=rows, geometry=inside))
            continue
        # Where another document of unknown order lies too, which of them governs is open; elsewhere this one does.
        contested = shapely.union_all(rivals)
        for unclear, cut in ((UNCLEAR_ORDER, shapely.intersection), (UNCLEAR_NOT, shapely.difference)):
            part = cut(inside, contested)
            whole = (shapely.get_dimensions(part) == shapely.get_dimensions(inside)) & ~shapely.is_empty(part)
            found.append(Piece(document=rank.document, unclear=unclear, rows=rows[whole], geometry=part[whole]))
    rows = np.flatnonzero(~shapely.is_empty(rest))
    unclear = UNCLEAR_ORDER if doubt else UNCLEAR_NOT
    found.append(Piece(document=None, unclear=unclear, rows=rows, geometry=rest[rows]))
    return found


def _taken(rest: Geometries, area: Any, subjects: Subjects) -> tuple[Ints, Geometries]:  # noqa: ANN401 - a geometry
    """Take what lies in a document's area out of what is left of the sites; a sliver stays where it was."""
    if area is None:
        sites = np.flatnonzero(~shapely.is_empty(rest))
        inside = rest[sites]
        rest[sites] = shapely.Point()
        return sites, inside
    sites = np.flatnonzero(shapely.intersects(area, rest) & ~shapely.touches(area, rest))
    inside = shapely.intersection(rest[sites], area)
    taken = Subjects(geometry=inside, accuracy_m=subjects.accuracy_m[sites])
    whole = (taken.dimension == subjects.dimension[sites]) & (taken.size > least_size(subjects)[sites])
    sites, inside = sites[whole], inside[whole]
    rest[sites] = shapely.difference(rest[sites], area)
    rest[shapely.get_dimensions(rest) < subjects.dimension] = shapely.Point()
    return sites, inside


def least_size(subjects: Subjects) -> Floats:
    """Return up to which size a piece of each subject is a sliver."""
    limit = np.where(subjects.dimension == 2, SLIVER_M2, np.where(subjects.dimension == 1, SLIVER_M, 0.0))
    return np.minimum(limit, 0.5 * subjects.size)


def base_document(plan: Plan, day: datetime.date) -> Document | None:
    """Return the översiktsplan that is, or may be, in force: the newest where there are several; else the nearest."""
    bases = [document for document in plan.documents if document.kind == "översiktsplan"]
    order = {Force.YES: 3, Force.UNKNOWN: 3, Force.PENDING: 1, Force.NO: 0}

    def rank(document: Document) -> tuple[int, datetime.date, str]:
        since = document.since
        return order[document.force(day)], since.first if since else datetime.date.min, document.id

    return max(bases, key=rank, default=None)


def without_plan(plan: Plan, day: datetime.date) -> bool:
    """Tell whether a pack has an översiktsplan, but none that is, or may be, in force on a day."""
    base = base_document(plan, day)
    return base is not None and base.force(day) not in MAY_GOVERN
