"""What counts as usable geometry: its coordinate system, its axes, its kind and its validity.

Nothing is dropped here without a line in the ledger. A row that cannot be placed or used is what turns a wrong "clear"
into a visible gap, so the ledger is as much a result as the geometry.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from opcheck.errors import CRSError
from opcheck.findings import SLIVER_M2, Flags, Ints

Geometries = npt.NDArray[np.object_]

MAX_EDGE_M = 100.0
"""Edges are cut to at most this before reprojection: a straight edge in one CRS is a curve in another, and 100 m keeps
the gap between the two below a millimetre in Swedish projections (design: Measuring)."""

MAX_EDGE_DEG = MAX_EDGE_M / 111_700
"""The same along a meridian, where a degree is longest (111.7 km at the poles of GRS 80)."""

EARTH_M = 1e8
EARTH_DEG = 360.0
"""No coordinate on earth is larger than this, in any projection; a larger one is damage, and cutting an edge that ends
there would fill the memory."""

KINDS = {0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "polygon", 6: "polygon"}
"""shapely's geometry type numbers (OGC Simple Features, part 1) → the kinds that themes speak of."""

KIND_WORDS = {"point": "punkt", "line": "linje", "polygon": "yta"}

SWEDISH_CRS = (
    "EPSG:3006", "EPSG:3007", "EPSG:3008", "EPSG:3009", "EPSG:3010", "EPSG:3011", "EPSG:3012", "EPSG:3013",
    "EPSG:3014", "EPSG:3015", "EPSG:3016", "EPSG:3017", "EPSG:3018", "EPSG:3021", "EPSG:4326", "EPSG:3857",
)  # fmt: skip
"""What Swedish planning data comes in; tried in turn when a file does not say (EPSG registry v11.022)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One row that was not simply used as it stood.

    Parameters
    ----------
    layer, feature
        Where the row stands.
    state
        ``unplaced`` (no geometry), ``set_aside`` (unusable), ``repaired`` or ``duplicate``.
    reason
        Why, in Swedish.
    bounds
        (min E, min N, max E, max N) in the plan's CRS, None when the row cannot be placed.
    area_before_m2, area_after_m2
        For repaired areas: as the file had it, and as it was used.
    accepted_by
        Who has taken responsibility for going on without the row; None when nobody has.
    """

    layer: str
    feature: str
    state: str
    reason: str
    bounds: tuple[float, float, float, float] | None = None
    area_before_m2: float | None = None
    area_after_m2: float | None = None
    accepted_by: str | None = None

    @property
    def moved(self) -> bool:
        """Whether the repair changed the area by more than a sliver."""
        if self.area_before_m2 is None or self.area_after_m2 is None:
            return False
        return abs(self.area_before_m2 - self.area_after_m2) > SLIVER_M2


@functools.lru_cache(maxsize=64)
def parse_crs(text: str) -> Any:  # noqa: ANN401 - pyproj is imported only when a CRS is needed
    """Return the pyproj CRS that a text names: an EPSG code, a URN or WKT; a height system in it is left out.

    Raises
    ------
    CRSError
        The text names no CRS that PROJ knows, or one without places in the plane: heights, a local grid, the geocentre.
    """
    import pyproj
    from pyproj.exceptions import ProjError

    try:
        crs = pyproj.CRS.from_user_input(text)
    except (ProjError, UnicodeEncodeError):
        raise CRSError(f"koordinatsystemet {_short(text)!r} är okänt. {_ADVICE}") from None
    crs = crs.sub_crs_list[0] if crs.is_compound else crs
    if not (crs.is_geographic or crs.is_projected):
        raise CRSError(f"koordinatsystemet {_short(crs.name)!r} ger inga lägen på kartan ({crs.type_name}). {_ADVICE}")
    return crs


_ADVICE = "Ange en EPSG-kod, till exempel EPSG:3006 (SWEREF 99 TM)."


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def crs_name(text: str) -> str:
    """Return the short standard name of a CRS, ``EPSG:3017``, or the text itself when it has none."""
    authority = parse_crs(text).to_authority(min_confidence=70)
    return ":".join(authority) if authority else text


def measures_in_metres(text: str) -> bool:
    """Tell whether a CRS is projected with the metre as its unit."""
    crs = parse_crs(text)
    return bool(crs.is_projected) and all(axis.unit_conversion_factor == 1.0 for axis in crs.axis_info)


def transform(geoms: Geometries, source: str, target: str) -> Geometries:
    """Return geometries in another CRS, x before y (E, N or lon, lat) in both.

    Parameters
    ----------
    geoms
        Array of shapely geometries; None stays None.
    source, target
        The two CRS, as `parse_crs` takes them.

    Returns
    -------
    geometries
        New 2-D geometries. Edges are first cut to at most `MAX_EDGE_M`. Where the projection has no value for a
        coordinate it becomes infinite, which `clean` sets aside; a shape with coordinates outside the earth becomes
        infinite as a whole.

    Raises
    ------
    CRSError
        One of the two is unknown, or PROJ knows no way from one to the other.
    """
    import pyproj

    from_crs, to_crs = parse_crs(source), parse_crs(target)
    lost = ~finite(geoms) | off_earth(geoms, degrees=from_crs.is_geographic)
    if from_crs == to_crs or crs_name(source) == crs_name(target):
        moved: Geometries = geoms
    else:
        transformer = _transformer(pyproj, source, target)
        edge = MAX_EDGE_DEG if from_crs.is_geographic else MAX_EDGE_M
        cut = geoms.copy()
        cut[lost] = None
        cut = shapely.segmentize(cut, edge)
        moved = shapely.transform(cut, transformer.transform, interleaved=False)
    if lost.any():
        moved = moved.copy()
        moved[lost] = shapely.transform(geoms[lost], lambda corners: np.full_like(corners, np.inf))
    return moved


@functools.lru_cache(maxsize=64)
def _transformer(pyproj: Any, source: str, target: str) -> Any:  # noqa: ANN401 - see parse_crs
    try:
        return pyproj.Transformer.from_crs(parse_crs(source), parse_crs(target), always_xy=True)
    except pyproj.exceptions.ProjError:
        raise CRSError(
            f"det går inte att räkna om från {_short(crs_name(source))} till {_short(crs_name(target))}. {_ADVICE}"
        ) from None


def fits(bounds: Iterable[float], source: str, box: Sequence[float], target: str, margin_m: float) -> bool:
    """Tell whether bounds in one CRS meet a box in another, grown by a margin in metres."""
    low_x, low_y, high_x, high_y = bounds
    corners = shapely.box(low_x, low_y, high_x, high_y)
    try:
        (moved,) = transform(np.array([corners], dtype=object), source, target)
    except CRSError:
        return False
    if not np.isfinite(shapely.bounds(moved)).all():
        return False
    grown = shapely.box(box[0] - margin_m, box[1] - margin_m, box[2] + margin_m, box[3] + margin_m)
    return bool(shapely.intersects(shapely.envelope(moved), grown))


def suggest_crs(bounds: Sequence[float], box: Sequence[float], target: str) -> tuple[list[str], bool]:
    """Return the Swedish CRS in which bounds would lie in a municipality.

    The twelve local zones cannot be told apart by magnitude, so the municipality's own extent decides.

    Parameters
    ----------
    bounds
        Of the numbers as they stand in the file.
    box, target
        The municipality's bounds and their CRS.

    Returns
    -------
    names, swapped
        Candidates, best guess first. `swapped` is true when they fit only with x and y exchanged.
    """
    for swapped in (False, True):
        numbers = [bounds[1], bounds[0], bounds[3], bounds[2]] if swapped else list(bounds)
        names = [name for name in SWEDISH_CRS if _plausible(numbers, name) and fits(numbers, name, box, target, 0.0)]
        if names:
            return names, swapped
    return [], False


def _plausible(bounds: Sequence[float], name: str) -> bool:
    geographic = abs(bounds[0]) <= 180 and abs(bounds[2]) <= 180 and abs(bounds[1]) <= 90 and abs(bounds[3]) <= 90
    return geographic == (name == "EPSG:4326")


def canonical(geoms: Geometries) -> Geometries:
    """Return the same shapes with parts, rings and vertices in one order: a file's own order shows nowhere."""
    ordered: Geometries = shapely.normalize(geoms)
    # GEOS orders rings by their orientation, which a ring that crosses or touches itself does not have.
    odd = ~shapely.is_valid(ordered) & ~shapely.is_missing(ordered) & finite(ordered)
    for row in np.flatnonzero(odd):
        if KINDS.get(int(shapely.get_type_id(ordered[row]))) == "polygon":
            ordered[row] = _ordered_area(ordered[row])
    return ordered


def _ordered_area(geom: Any) -> Any:  # noqa: ANN401 - as homogeneous
    polygons = []
    for part in shapely.get_parts(geom):
        rings = [_ordered_ring(shapely.get_coordinates(ring)[:-1].tolist()) for ring in shapely.get_rings(part)]
        if any(len(ring) < 4 for ring in rings):
            return geom
        polygons.append([*rings[:1], *sorted(rings[1:])])
    areas = [shapely.Polygon(rings[0], rings[1:]) for rings in sorted(polygons) if rings]
    return areas[0] if geom.geom_type == "Polygon" and areas else shapely.MultiPolygon(areas)


def _ordered_ring(corners: list[list[float]]) -> list[list[float]]:
    """Return a ring's corners from the first in order, in the direction that comes first in order."""
    least = min(corners)
    starts = [number for number, corner in enumerate(corners) if corner == least]
    runs = [[*way[start:], *way[:start]] for way, begins in (
        (corners, starts), (corners[::-1], [len(corners) - 1 - start for start in starts]),
    ) for start in begins]  # fmt: skip
    first = min(runs)
    return [*first, first[0]]


def kinds(geoms: Geometries) -> npt.NDArray[np.object_]:
    """Return "point", "line", "polygon" or None (empty, missing, collection, curve) for each geometry."""
    numbers = shapely.get_type_id(geoms)
    words = np.array([KINDS.get(int(number)) for number in numbers], dtype=object)
    words[shapely.is_empty(geoms)] = None
    return words


def finite(geoms: Geometries) -> Flags:
    """Tell for each geometry whether all its coordinates are finite; true for None and empty."""
    good = np.ones(len(geoms), bool)
    coordinates, rows = shapely.get_coordinates(geoms, return_index=True)
    good[rows[~np.isfinite(coordinates).all(axis=1)]] = False
    return good


def off_earth(geoms: Geometries, *, degrees: bool = False) -> Flags:
    """Tell for each geometry whether a coordinate lies outside the earth; false for None, empty and NaN."""
    far = np.zeros(len(geoms), bool)
    coordinates, rows = shapely.get_coordinates(geoms, return_index=True)
    far[rows[(abs(coordinates) > (EARTH_DEG if degrees else EARTH_M)).any(axis=1)]] = True
    return far


def homogeneous(geom: Any) -> Any:  # noqa: ANN401 - shapely's geometries share no narrower public type
    """Return a collection of one kind as the multi-geometry it is, anything else unchanged."""
    if geom is None or geom.geom_type != "GeometryCollection":
        return geom
    parts = [part for part in shapely.get_parts(geom) if not part.is_empty]
    found = {KINDS.get(int(shapely.get_type_id(part))) for part in parts}
    if found == {"polygon"}:
        return shapely.union_all(parts)
    if found == {"line"}:
        return shapely.multilinestrings([line for part in parts for line in shapely.get_parts(part)])
    if found == {"point"}:
        return shapely.multipoints([point for part in parts for point in shapely.get_parts(part)])
    return geom


def clean(
    geoms: Geometries, ids: Sequence[str], *, layer: str, allowed: Collection[str]
) -> tuple[Ints, Geometries, list[LedgerEntry]]:
    """Sort rows into usable ones and a ledger of the rest.

    Parameters
    ----------
    geoms
        In the plan's CRS, 2-D, None where a row has no geometry.
    ids
        One per row, for the ledger.
    layer
        The layer's id, for the ledger.
    allowed
        The kinds of geometry that mean something here.

    Returns
    -------
    rows, geometries, ledger
        Numbers of the rows that can be used, their valid geometries in the same order, and an entry for every row that
        is missing, set aside or repaired. Invalid areas are repaired by rebuilding their rings (GEOS "structure"
        method, after OGC Simple Features 6.1.11); what collapses to less than an area is set aside.
    """
    ledger: list[LedgerEntry] = []
    use = np.ones(len(geoms), bool)
    geoms = np.array([homogeneous(geom) for geom in geoms], dtype=object)
    missing = shapely.is_missing(geoms) | shapely.is_empty(geoms)
    for row in np.flatnonzero(missing).tolist():
        ledger.append(LedgerEntry(layer=layer, feature=ids[row], state="unplaced", reason="raden saknar geometri"))
    use &= ~missing
    for row in np.flatnonzero(use & (~finite(geoms) | off_earth(geoms))).tolist():
        use[row] = False
        ledger.append(
            LedgerEntry(
                layer=layer,
                feature=ids[row],
                state="unplaced",
                reason="raden har koordinater som inte är ändliga tal, som ligger utanför jorden eller som inte går "
                "att räkna om",
            )
        )
    for row in np.flatnonzero(use & ~shapely.is_valid(geoms)).tolist():
        geoms[row] = _repair(geoms[row], ids[row], layer, ledger)
        use[row] = geoms[row] is not None
    words = kinds(geoms)
    for row in np.flatnonzero(use).tolist():
        if words[row] not in allowed:
            use[row] = False
            ledger.append(
                LedgerEntry(
                    layer=layer,
                    feature=ids[row],
                    state="set_aside",
                    bounds=_bounds(geoms[row]),
                    reason=f"raden är en {_word(geoms[row])}; här används bara {_words(allowed)}",
                )
            )
    rows = np.flatnonzero(use)
    return rows, geoms[rows], ledger


def _repair(geom: Any, feature: str, layer: str, ledger: list[LedgerEntry]) -> Any:  # noqa: ANN401 - as homogeneous
    why = _reason(shapely.is_valid_reason(geom))
    bounds = _bounds(geom)
    before = float(shapely.area(geom))
    kind = KINDS.get(int(shapely.get_type_id(geom)))
    try:
        repaired = homogeneous(shapely.make_valid(geom, method="structure", keep_collapsed=False))
    except shapely.GEOSException as error:
        repaired, why = None, f"{why}; går inte att laga ({error})"
    if repaired is None or repaired.is_empty or KINDS.get(int(shapely.get_type_id(repaired))) != kind:
        ledger.append(LedgerEntry(layer=layer, feature=feature, state="set_aside", reason=why, bounds=bounds))
        return None
    area = kind == "polygon"
    ledger.append(
        LedgerEntry(
            layer=layer,
            feature=feature,
            state="repaired",
            reason=why,
            bounds=bounds,
            area_before_m2=round(before, 2) if area else None,
            area_after_m2=round(float(shapely.area(repaired)), 2) if area else None,
        )
    )
    return repaired


_REASONS = {
    "Self-intersection": "ytan korsar sig själv",
    "Ring Self-intersection": "en ring vidrör sig själv",
    "Too few points in geometry component": "en del har för få punkter",
    "Hole lies outside shell": "ett hål ligger utanför ytan",
    "Holes are nested": "hål ligger inuti varandra",
    "Nested shells": "delytor ligger inuti varandra",
    "Nested holes": "hål ligger inuti varandra",
    "Duplicate Rings": "samma ring finns två gånger",
    "Interior is disconnected": "ytans inre hänger inte ihop",
    "Interior is not connected": "ytans inre hänger inte ihop",
    "Ring is not closed": "en ring är inte sluten",
    "Invalid Coordinate": "en koordinat är inget tal",
}


def _reason(text: str) -> str:
    kind, _, place = text.partition("[")
    known = _REASONS.get(kind.strip(), kind.strip())
    return f"{known} vid {place.rstrip(']')}" if place else known


def _bounds(geom: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - as homogeneous
    low_x, low_y, high_x, high_y = (round(float(value), 3) for value in shapely.bounds(geom))
    return low_x, low_y, high_x, high_y


def _word(geom: Any) -> str:  # noqa: ANN401 - as homogeneous
    kind = KINDS.get(int(shapely.get_type_id(geom)))
    return KIND_WORDS[kind] if kind else f"blandad geometri ({geom.geom_type})"


def _words(allowed: Iterable[str]) -> str:
    plural = {"point": "punkter", "line": "linjer", "polygon": "ytor"}
    return " och ".join(plural[kind] for kind in sorted(allowed))
