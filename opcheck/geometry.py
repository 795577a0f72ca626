"""What counts as usable geometry: its coordinate system, its axes, its kind and its validity.

Nothing is dropped here without a line in the ledger. A row that cannot be placed or used is what turns a wrong "clear"
into a visible gap, so the ledger is as much a result as the geometry.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from opcheck.errors import CRSError
from opcheck.findings import SLIVER_M2, Flags, Floats, Ints

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

MULTI_TYPES = (4, 5, 6)
"""The same numbers, of the three kinds that hold several parts."""

KIND_WORDS = {"point": "punkt", "line": "linje", "polygon": "yta"}

SWEREF_99_TM = "EPSG:3006"
SWEREF_99_ZONES = (
    "EPSG:3007", "EPSG:3008", "EPSG:3009", "EPSG:3010", "EPSG:3011", "EPSG:3012", "EPSG:3013", "EPSG:3014",
    "EPSG:3015", "EPSG:3016", "EPSG:3017", "EPSG:3018",
)  # fmt: skip
RT_90_ZONES = ("EPSG:3021", "EPSG:3019", "EPSG:3020", "EPSG:3022", "EPSG:3023", "EPSG:3024")
SWEREF_99_LATLON = "EPSG:4619"
EQUAL_AREA = "EPSG:3035"
"""Lambert's equal-area projection of Europe, on GRS 80."""

SWEDISH_CRS = (SWEREF_99_TM, *SWEREF_99_ZONES, *RT_90_ZONES, "EPSG:4326", "EPSG:3857")
"""What Swedish planning data comes in; tried in turn when a file does not say, or seems to say wrong (EPSG registry
v11.022). ETRS89 / UTM 33N (EPSG:25833) has the same numbers as SWEREF 99 TM, and SWEREF 99 and ETRS89 in degrees
(EPSG:4619, EPSG:4258) as WGS 84 to half a metre, so that trying them would tell nothing more."""

AS_GOOD = 0.1
"""Two coordinate systems that put as much of a layer inside the municipality, to this share, are equally likely."""

AREA_SCALE_MOST = 0.01
"""A system in which areas in the municipality come out more than 1 % wrong is not for measuring. The largest error of
SWEREF 99 TM in Sweden is 0.35 % (Haparanda); Web Mercator makes an area in Piteå 5.7 times too large."""


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

    old = _OLD_FORM.match(text)
    try:
        crs = pyproj.CRS.from_user_input(f"EPSG:{old[1]}" if old else text)
    except (ProjError, UnicodeEncodeError):
        raise CRSError(f"koordinatsystemet {_short(text)!r} är okänt. {_ADVICE}") from None
    # A bound system carries somebody's own shift to WGS 84 along; PROJ's own way is used, with its known accuracy.
    plain = crs.source_crs if crs.is_bound else crs
    plain = plain.sub_crs_list[0] if plain is not None and plain.is_compound else plain
    crs = plain.source_crs or plain if plain is not None and plain.is_bound else plain or crs
    if crs.is_vertical:
        raise CRSError(f"{_short(crs.name)!r} är ett höjdsystem, som inte säger var något ligger. {_ADVICE}")
    if not (crs.is_geographic or crs.is_projected):
        raise CRSError(f"koordinatsystemet {_short(crs.name)!r} ger inga lägen på kartan ({crs.type_name}). {_ADVICE}")
    return crs


_OLD_FORM = re.compile(r"\s*(?:https?://www\.opengis\.net/gml/srs/epsg\.xml#|EPSG::)(\d+)\s*\Z", re.IGNORECASE)
"""Two forms that PROJ does not read: that of GML 2, and a URN that has lost its head."""

_ADVICE = "Ange en EPSG-kod, till exempel EPSG:3006 (SWEREF 99 TM)."


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


@functools.lru_cache(maxsize=64)
def crs_name(text: str) -> str:
    """Return the short standard name of a CRS, ``EPSG:3017``, or the text itself when it has none.

    A system without a name of its own, as MapInfo files have them, gets the name of the Swedish one whose ellipsoid
    and projection it has; `named_by_parameters` tells when that was done.
    """
    return _authority(parse_crs(text)) or _same_parameters(text) or text


def crs_title(text: str) -> str:
    """Return a CRS as people know it, name and code: ``SWEREF99 21 45 (EPSG:3017)``."""
    crs, name = parse_crs(text), crs_name(text)
    title = parse_crs(name).name if name != text or _authority(crs) else crs.name
    return f"{_short(title)} ({name})" if _authority(parse_crs(name)) else _short(title)


def named_by_parameters(text: str) -> bool:
    """Tell whether the name of a CRS was inferred from its ellipsoid and projection, the file naming no datum."""
    crs = parse_crs(text)
    return _authority(crs) is None and _same_parameters(text) is not None and _nameless(crs)


def _authority(crs: Any) -> str | None:  # noqa: ANN401 - see parse_crs
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else None


_OUR_DATUM = re.compile("sweref|etrs|rikets|rt ?90", re.IGNORECASE)
_NO_DATUM = re.compile("unknown|unnamed|not.specified|grs|bessel", re.IGNORECASE)


def _nameless(crs: Any) -> bool:  # noqa: ANN401 - see parse_crs
    datum = crs.geodetic_crs.datum
    return datum is None or (_OUR_DATUM.search(datum.name) is None and _NO_DATUM.search(datum.name) is not None)


def _same_parameters(text: str) -> str | None:
    """Return the Swedish CRS with the same ellipsoid and projection; None when none has, or another datum is named."""
    crs = parse_crs(text)
    datum = crs.geodetic_crs.datum
    if not _nameless(crs) and _OUR_DATUM.search(datum.name) is None:
        return None
    wanted = _parameters(crs)
    names = (SWEREF_99_TM, *SWEREF_99_ZONES, *RT_90_ZONES, SWEREF_99_LATLON)
    return next((name for name in names if _parameters(parse_crs(name)) == wanted), None)


def _parameters(crs: Any) -> tuple[Any, ...]:  # noqa: ANN401 - see parse_crs
    ellipsoid = crs.ellipsoid
    shape = round(ellipsoid.semi_major_metre, 2), round(ellipsoid.inverse_flattening, 5)
    if not crs.is_projected:
        return shape
    units = tuple(axis.unit_conversion_factor for axis in crs.axis_info[:2])
    operation = crs.coordinate_operation
    # A file may hold the meridian as decimals: 1e-7 degrees is a centimetre.
    values = sorted((one.name, round(one.value * one.unit_conversion_factor, 9)) for one in operation.params)
    return *shape, operation.method_name.replace("_", " "), units, *values


def measuring_fault(text: str) -> str | None:
    """Return why nothing can be measured in a CRS, in Swedish; None when it can.

    It must be projected, in metres, and not stretch the country: what an area comes out as is tried in the middle of
    Sweden, and for a plan's own municipality by `area_scale`.
    """
    crs = parse_crs(text)
    if not crs.is_projected or any(axis.unit_conversion_factor != 1.0 for axis in crs.axis_info):
        return "som inte mäter i meter"
    scale = area_scale(text, *_MIDDLE_OF_SWEDEN)
    if not abs(scale - 1) <= _STRETCHED:
        return f"där en yta i mellersta Sverige blir {_times(scale)} för stor, så att inget mått stämmer"
    return None


_MIDDLE_OF_SWEDEN = (16.0, 62.0)
_STRETCHED = 0.1
"""Far more than any zone of the Nordic countries gives in the middle of Sweden, far less than Web Mercator (4.5)."""


def _times(scale: float) -> str:
    return f"{scale:.1f} gånger".replace(".", ",") if np.isfinite(scale) else "oändligt"


def area_scale(text: str, lon: float, lat: float) -> float:
    """Return how many times too large a projected CRS makes a small area at a place, infinite where it has no value."""
    import pyproj
    from pyproj.exceptions import ProjError

    try:
        return float(pyproj.Proj(parse_crs(text)).get_factors(lon, lat, errcheck=True).areal_scale)
    except ProjError:
        return float("inf")


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
        moved = shapely.transform(_cut(cut, edge), transformer.transform, interleaved=False)
    if lost.any():
        moved = moved.copy()
        moved[lost] = shapely.transform(geoms[lost], lambda corners: np.full_like(corners, np.inf))
    return moved


def _cut(geoms: Geometries, edge: float) -> Geometries:
    """Return geometries with edges cut to a length, and what is invalid as invalid as it was.

    GEOS mends an invalid area when it cuts its edges, by a buffer of nought that can take half of it away: one that
    crosses itself would come out as a valid one that nobody has drawn. Such areas are cut ring by ring.
    """
    odd = ~shapely.is_valid(geoms) & ~shapely.is_missing(geoms)
    whole: Geometries = np.empty(len(geoms), dtype=object)
    whole[~odd] = shapely.segmentize(geoms[~odd], edge)
    whole[odd] = [_cut_apart(geom, edge) for geom in geoms[odd]]
    return whole


def _cut_apart(geom: Any, edge: float) -> Any:  # noqa: ANN401 - as homogeneous
    if geom.geom_type == "Polygon":
        rings = [_cut_apart(ring, edge) for ring in (geom.exterior, *geom.interiors)]
        return shapely.Polygon(rings[0], rings[1:])
    if geom.geom_type.startswith("Multi") or geom.geom_type == "GeometryCollection":
        return type(geom)([_cut_apart(part, edge) for part in shapely.get_parts(geom)])
    try:
        return shapely.segmentize(geom, edge)
    except shapely.GEOSException:
        return geom  # collapsed to a point: there is nothing to cut


@functools.lru_cache(maxsize=64)
def _transformer(pyproj: Any, source: str, target: str) -> Any:  # noqa: ANN401 - see parse_crs
    try:
        return pyproj.Transformer.from_crs(parse_crs(source), parse_crs(target), always_xy=True)
    except pyproj.exceptions.ProjError:
        raise CRSError(
            f"det går inte att räkna om från {_short(crs_name(source))} till {_short(crs_name(target))}. {_ADVICE}"
        ) from None


@functools.lru_cache(maxsize=64)
def shift_accuracy_m(source: str, target: str, lon: float, lat: float) -> float:
    """Return how exactly coordinates are moved from one CRS to another at a place, in metres.

    Parameters
    ----------
    source, target
        The two CRS, as `parse_crs` takes them.
    lon, lat
        The place: PROJ picks its way by it.

    Returns
    -------
    accuracy
        0 within one datum; what the EPSG registry says of the shift that is used where there is one (0.1 m between
        RT 90 and SWEREF 99); NaN where PROJ only lays one datum's degrees on the other's.

    Notes
    -----
    WGS 84 counts as SWEREF 99. They differ by about half a metre, but data published in WGS 84 in Sweden have been made
    from SWEREF 99 by the shift that changes no number, and come back as they were.
    """
    import pyproj

    def geodetic(text: str) -> Any:  # noqa: ANN401 - see parse_crs
        found = parse_crs(crs_name(text)).geodetic_crs
        return parse_crs(SWEREF_99_LATLON) if "World Geodetic System 1984" in found.datum.name else found

    one, other = geodetic(source), geodetic(target)
    if one.datum == other.datum:
        return 0.0
    try:
        transformer = pyproj.Transformer.from_crs(one, other, always_xy=True)
    except pyproj.exceptions.ProjError:
        return float("nan")
    try:
        transformer.transform(lon, lat)
        used = transformer.get_last_used_operation()
    except pyproj.exceptions.ProjError:
        used = transformer  # a shift that changes no number is never "used"
    accuracy = float(used.accuracy)
    return accuracy if accuracy >= 0 else float("nan")


def ellipsoid_area_m2(geoms: Geometries, crs: str) -> Floats:
    """Return the areas of shapes on the ellipsoid, in square metres: what a limit in the law means.

    Parameters
    ----------
    geoms
        Areas with or without holes, in any CRS; edges are straight in it.
    crs
        Their CRS, as `parse_crs` takes it.

    Returns
    -------
    area_m2
        On GRS 80, NaN for what is not an area. The plane area in SWEREF 99 TM is 0.14 % larger in Piteå.

    Notes
    -----
    Areas are kept in an equal-area projection, and edges are cut before they are moved there: against the areas between
    geodesics that PROJ computes one by one, the difference is under 1e-5 m² for a plot and 1e-10 of a municipality.
    """
    found = np.full(len(geoms), np.nan)
    rows = np.flatnonzero((kinds(geoms) == "polygon") & finite(geoms))
    if len(rows):
        moved = transform(geoms[rows], crs, EQUAL_AREA)
        whole = finite(moved)
        found[rows[whole]] = shapely.area(moved[whole])
    return found


def area_of_use(text: str) -> tuple[float, float, float, float] | None:
    """Return where a CRS is meant to be used, as (west, south, east, north) in degrees; None when it is not said."""
    area = parse_crs(crs_name(text)).area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


EXTENT_STEPS = 33
"""Points along each side of an extent that is moved. A municipality's side bends by some metres between them,
and an extent is only looked at in kilometres."""


def extent(bounds: Iterable[float], source: str, target: str) -> tuple[float, float, float, float] | None:
    """Return bounds in another CRS; None where they have no place there."""
    low_x, low_y, high_x, high_y = bounds
    along_x, along_y = np.linspace(low_x, high_x, EXTENT_STEPS), np.linspace(low_y, high_y, EXTENT_STEPS)
    # Points and not a box: what has no width, as one point or a straight line, has an extent too.
    sides = [(x, y) for y in (low_y, high_y) for x in along_x] + [(x, y) for x in (low_x, high_x) for y in along_y]
    try:
        (moved,) = transform(np.array([shapely.multipoints(sides)], dtype=object), source, target)
    except CRSError:
        return None
    found = shapely.bounds(moved)
    return (found[0], found[1], found[2], found[3]) if np.isfinite(found).all() else None


def share_inside(bounds: Iterable[float], source: str, box: Sequence[float], target: str) -> float:
    """Return how much of an extent in one CRS lies in a box in another, 0 to 1; a point or a line counts as 2 m wide.

    What only touches the box counts as inside it by a little.
    """
    moved = extent(bounds, source, target)
    if moved is None:
        return 0.0
    around = shapely.box(*moved).buffer(1.0, join_style="mitre")
    inside = shapely.intersection(around, shapely.box(box[0], box[1], box[2], box[3]))
    return float(shapely.area(inside) / shapely.area(around))


def fits(bounds: Iterable[float], source: str, box: Sequence[float], target: str, margin_m: float) -> bool:
    """Tell whether bounds in one CRS meet a box in another, grown by a margin in metres."""
    moved = extent(bounds, source, target)
    grown = shapely.box(box[0] - margin_m, box[1] - margin_m, box[2] + margin_m, box[3] + margin_m)
    return moved is not None and bool(shapely.intersects(shapely.box(*moved), grown))


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
        Candidates, in the order of `SWEDISH_CRS`: those that put as much of the extent inside as the best one does, to
        `AS_GOOD`. `swapped` is true when they fit only with x and y exchanged.
    """
    for swapped in (False, True):
        numbers = [bounds[1], bounds[0], bounds[3], bounds[2]] if swapped else list(bounds)
        shares = {name: share_inside(numbers, name, box, target) for name in SWEDISH_CRS if plausible(numbers, name)}
        best = max(shares.values(), default=0.0)
        if best > 0:
            return [name for name, share in shares.items() if share >= best - AS_GOOD and share > 0], swapped
    return [], False


def plausible(bounds: Sequence[float], name: str) -> bool:
    """Tell whether numbers have the magnitude of a CRS: degrees or metres."""
    geographic = abs(bounds[0]) <= 180 and abs(bounds[2]) <= 180 and abs(bounds[1]) <= 90 and abs(bounds[3]) <= 90
    return geographic == (name == "EPSG:4326")


def canonical(geoms: Geometries) -> Geometries:
    """Return the same shapes with parts, rings and vertices in one order: a file's own order shows nowhere.

    A multi-geometry of one part is that part: a Shapefile holds polygons where a GeoPackage of the same layer has been
    promoted to multipolygons.
    """
    ordered: Geometries = shapely.normalize(_unsigned(geoms))
    # GEOS orders rings by their orientation, which a ring that crosses or touches itself does not have.
    odd = ~shapely.is_valid(ordered) & ~shapely.is_missing(ordered) & finite(ordered)
    for row in np.flatnonzero(odd):
        if KINDS.get(int(shapely.get_type_id(ordered[row]))) == "polygon":
            ordered[row] = _ordered_area(ordered[row])
    alone = np.isin(shapely.get_type_id(ordered), MULTI_TYPES) & (shapely.get_num_geometries(ordered) == 1)
    ordered[alone] = shapely.get_geometry(ordered[alone], 0)
    return ordered


def _unsigned(geoms: Geometries) -> Geometries:
    """Return shapes without minus noughts: -0 and 0 are the same place, and their bytes differ."""
    coordinates, rows = shapely.get_coordinates(geoms, return_index=True)
    signed = np.unique(rows[((coordinates == 0) & np.signbit(coordinates)).any(axis=1)])
    if not len(signed):
        return geoms
    plain: Geometries = geoms.copy()
    plain[signed] = shapely.transform(geoms[signed], lambda corners: corners + 0.0)
    return plain


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
    why = invalid_reason(geom)
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


_FINE_M = 10.0
"""In a shape smaller than this the place of a fault is told to the millimetre: whole metres would not find it."""


def invalid_reason(geom: Any, *, degrees: bool = False) -> str:  # noqa: ANN401 - as homogeneous
    """Return why a shape is invalid, and where, in Swedish: ``ytan korsar sig själv vid E 151 076, N 6 366 341``."""
    kind, _, place = str(shapely.is_valid_reason(geom)).partition("[")
    known = _REASONS.get(kind.strip(), kind.strip())
    numbers = place.rstrip("]").split()
    try:
        x, y = (float(number) for number in numbers[:2])
    except ValueError:
        return known
    if not np.isfinite((x, y)).all():
        return known
    if degrees:
        return f"{known} vid long {_decimal(x, 6)}, lat {_decimal(y, 6)}"
    low_x, low_y, high_x, high_y = shapely.bounds(geom)
    decimals = 3 if max(high_x - low_x, high_y - low_y) < _FINE_M else 0
    return f"{known} vid E {_decimal(x, decimals)}, N {_decimal(y, decimals)}"


def _decimal(value: float, decimals: int) -> str:
    text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
    return text.replace(",", "\u00a0").replace(".", ",")


def _bounds(geom: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - as homogeneous
    low_x, low_y, high_x, high_y = (round(float(value), 3) for value in shapely.bounds(geom))
    return low_x, low_y, high_x, high_y


def _word(geom: Any) -> str:  # noqa: ANN401 - as homogeneous
    kind = KINDS.get(int(shapely.get_type_id(geom)))
    return KIND_WORDS[kind] if kind else f"blandad geometri ({geom.geom_type})"


def _words(allowed: Iterable[str]) -> str:
    plural = {"point": "punkter", "line": "linjer", "polygon": "ytor"}
    return " och ".join(plural[kind] for kind in sorted(allowed))
