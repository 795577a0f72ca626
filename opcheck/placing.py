"""Whether data lies where it says: the numbers of a file against the extent of the municipality they should lie in.

Magnitude tells SWEREF 99 TM, the local zones, RT 90 and degrees apart, but not the twelve zones from each other:
numbers of one zone read in the next move some 70 km east or west. The municipality's own extent shows it, as long as
what moved no longer fits. A small layer in a municipality more than 70 km wide can be moved and still lie inside; no
program sees that from the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from opcheck.geometry import (
    AREA_SCALE_MOST,
    AS_GOOD,
    RT_90_ZONES,
    SWEDISH_CRS,
    SWEREF_99_TM,
    SWEREF_99_ZONES,
    area_of_use,
    area_scale,
    crs_title,
    extent,
    named_by_parameters,
    plausible,
    share_inside,
    shift_accuracy_m,
    suggest_crs,
)

DEGREES = "EPSG:4326"

SWEDEN = (10.0, 54.9, 24.3, 69.2)
"""Longitudes and latitudes of the country and its sea, rounded outwards (area of use of SWEREF 99, EPSG registry)."""

COUNTIES: Mapping[str, tuple[float, float, float, float]] = {
    "01": (17.1, 58.3, 20.1, 60.4), "03": (16.5, 59.2, 19.3, 61.1), "04": (15.5, 58.2, 18.1, 59.7),
    "05": (14.3, 57.5, 17.7, 59.2), "06": (12.9, 56.7, 15.8, 58.3), "07": (13.1, 56.2, 16.0, 57.4),
    "08": (15.2, 55.8, 17.7, 58.3), "09": (17.4, 56.6, 19.9, 58.7), "10": (14.2, 55.6, 16.4, 56.7),
    "12": (12.0, 55.0, 14.9, 56.7), "13": (11.3, 56.2, 13.8, 57.7), "14": (10.4, 57.0, 14.9, 59.4),
    "17": (11.5, 58.6, 14.6, 61.2), "18": (14.1, 58.5, 15.9, 60.3), "19": (15.3, 59.0, 17.1, 60.3),
    "20": (12.0, 59.7, 16.9, 62.4), "21": (14.3, 60.0, 18.3, 62.5), "22": (14.6, 61.9, 19.8, 64.2),
    "23": (11.8, 61.4, 17.1, 65.3), "24": (14.2, 63.0, 22.2, 66.5), "25": (15.2, 64.8, 24.3, 69.2),
}  # fmt: skip
"""County code → (west, south, east, north) in degrees, its sea included: the extents of the counties as Lantmäteriet's
borders of 2024 have them, widened by a tenth of a degree or more. They find a border file of another part of the
country; they do not show where a county ends."""

HALF = 0.5
"""A layer of which less than this share of the extent lies in the municipality is looked at twice."""

ALIKE = 0.75
"""Two extents that share this much of what they cover together are the same place: seen from another zone an extent
tilts, in Piteå from SWEREF 99 TM so much that it shares 0.8 with itself."""

BETTER = 0.25
"""A system that matches this much better than the one stated: a zone to the side moves Piteå by a quarter of its width,
so that 0.6 is shared."""

WHOLE = 0.95
"""What lies inside to this share lies wholly inside: borders are drawn with more or less detail, and extents tilt."""

BROAD = 1.5
"""A layer whose extent is this many times the municipality's cannot lie inside it in any zone: it is a wider one."""


NEARBY_M = 25_000.0
"""Of what is reached from a site rather than met on it, such as a port, the nearest may lie in the next municipality:
so far from this one it is sound. The nearest zones of SWEREF 99 put the same numbers more than twice as far apart."""

FAR = (3.0, 2.0)
"""Degrees of longitude and latitude from where a CRS is meant to be used. Municipalities are free to choose their zone
(Lantmäteriet), and the next one is 1.5 degrees away; three degrees and more are a mistake."""


def swedish(crs: str) -> bool:
    """Tell whether a CRS is made for Sweden: SWEREF 99 or RT 90 in the plane."""
    return crs in (SWEREF_99_TM, *SWEREF_99_ZONES, *RT_90_ZONES)


def missing_crs(bounds: Sequence[float], box: Sequence[float] | None, target: str) -> str:
    """Return what to say of numbers whose coordinate system nobody states, with the ones that fit the municipality.

    Parameters
    ----------
    bounds
        Of the numbers, nan where there are none.
    box, target
        The municipality's bounds and their CRS; no box when its border is not known.
    """
    text = "saknar koordinatsystem. "
    if box is None:
        return f'{text}Fråga den som lämnat filen och ange crs = "EPSG:…".'
    names, swapped = suggest_crs(bounds, box, target) if _finite(bounds) else ([], False)
    if swapped:
        return f"{text}Talen hamnar i kommunen först om x och y byter plats ({_or(names)}). Rätta axlarna i filen."
    if len(names) == 1:
        return f'{text}Talen hamnar i kommunen om de är {names[0]}: ange crs = "{names[0]}".'
    if names:
        return (
            f"{text}Talen hamnar i kommunen om de är {_or(names)}, och kan inte skilja dem åt. "
            'Fråga den som lämnat filen och ange crs = "EPSG:…".'
        )
    return (
        f"{text}Talen hamnar inte i kommunen i något svenskt system. "
        'Fråga den som lämnat filen och ange crs = "EPSG:…".'
    )


def misplaced(
    bounds: Sequence[float],
    crs: str,
    here: Sequence[float] | None,
    box: Sequence[float] | None,
    target: str,
    reach_m: float = 0.0,
) -> tuple[str | None, str | None]:
    """Return why data cannot lie where its numbers say, and else what makes it doubtful; None for nothing to say.

    Parameters
    ----------
    bounds, crs
        Of the numbers as they stand, and the CRS they are read in.
    here
        The same extent in the plan's CRS; None where nothing of it has a place there.
    box, target
        The municipality's bounds and the plan's CRS; without a border, all that can be told is the country.
    reach_m
        How far outside the municipality data may lie and still be sound: that is told, and no fault.

    Returns
    -------
    fault, doubt
        A fault where the extent misses the municipality's, or where it is about as large and another Swedish system
        makes it match. A doubt where something smaller lies mostly outside, and wholly inside in another system: it may
        rightly lie at the edge.

    Notes
    -----
    The extent is compared and not the rows: a sound national layer may lie all around a municipality and have nothing
    in it.
    """
    if box is None:
        return _abroad(here, crs, target), None
    if here is not None and not _meets(here, box) and _meets(here, _grown(box, reach_m)):
        return None, _nearby(bounds, crs, box, target, reach_m)
    if here is None or not _meets(here, box):
        names, swapped = suggest_crs(bounds, box, target) if _finite(bounds) else ([], False)
        return _elsewhere(crs, [name for name in names if swapped or name != crs], swapped), None
    match, size = _match(here, box), _size(here) / _size(box)
    edge = share_inside(here, target, box, target) < HALF
    # Moving between zones keeps sizes, so most layers need no second look.
    alike = 1 / BROAD < size < BROAD and match < 1 - BETTER
    if not _finite(bounds) or size > BROAD or not (edge or alike):
        return None, None
    others = [name for name in SWEDISH_CRS if name != crs and plausible(bounds, name)]
    matches = {name: _match(extent(bounds, name, target), box) for name in others if alike}
    best = max(matches.values(), default=0.0)
    if best >= max(ALIKE, match + BETTER):
        names = [name for name, one in matches.items() if one >= best - AS_GOOD]
        return (
            f"objekten täcker kommunen när talen läses som {_or(names)}, men ligger till en del utanför den som {crs}: "
            "kontrollera koordinatsystemet."
        ), None
    inside = [name for name in others if edge and share_inside(bounds, name, box, target) >= WHOLE]
    if not inside:
        return None, None
    return None, (
        f"Objekten ligger till mer än hälften utanför kommunen när talen läses som {crs}, men i kommunen som "
        f"{_or(inside)}. Kontrollera koordinatsystemet."
    )


def _nearby(bounds: Sequence[float], crs: str, box: Sequence[float], target: str, reach_m: float) -> str:
    text = f"Alla objekt ligger utanför kommunen, men inom {reach_m / 1000:.0f} km från den."
    names = [name for name in suggest_crs(bounds, box, target)[0] if name != crs] if _finite(bounds) else []
    return f"{text} Läst som {_or(names)} ligger de i kommunen: kontrollera koordinatsystemet." if names else text


def _grown(box: Sequence[float], metres: float) -> tuple[float, float, float, float]:
    return box[0] - metres, box[1] - metres, box[2] + metres, box[3] + metres


def _elsewhere(crs: str, names: Sequence[str], swapped: bool) -> str:
    text = f"alla objekt ligger utanför kommunen när talen läses som {crs}. "
    if swapped:
        return f"{text}De hamnar i kommunen om x och y byter plats ({_or(names)}): axlarna är omkastade i filen."
    if names:
        return f"{text}De hamnar i kommunen som {_or(names)}: kontrollera koordinatsystemet."
    return (
        f"{text}Kontrollera att filen gäller rätt kommun och rätt koordinatsystem. "
        "Om temat inte förekommer i kommunen: ta bort lagret och ange [[not_applicable]]."
    )


def _abroad(here: Sequence[float] | None, crs: str, target: str) -> str | None:
    place = None if here is None else extent(here, target, DEGREES)
    if not swedish(target) or (place is not None and _meets(place, SWEDEN)):
        return None
    return (
        f"alla objekt ligger utanför Sverige när talen läses som {crs}. Kontrollera koordinatsystemet och axlarnas "
        "ordning. Kommunens gräns är inte inläst, så läget i kommunen kan inte kontrolleras."
    )


def misplaced_border(
    bounds: Sequence[float], crs: str, target: str, county: str | None
) -> tuple[str | None, str | None]:
    """Return why a municipality's border cannot lie where it says, and else what makes it doubtful.

    Parameters
    ----------
    bounds, crs
        Of the border's numbers as they stand, and the CRS they are read in.
    target
        The plan's CRS. Where it is not a Swedish one, the municipality is not taken to be Swedish.
    county
        The county's code, None when unknown.

    Returns
    -------
    fault, doubt
        A fault where the border lies outside Sweden, or far from where its CRS is meant to be used. A doubt where it
        lies beside that, since a municipality is free to choose its zone, or in another county than the municipality's
        code says. The border is what everything else is held against, so a zone taken for its neighbour shows in what
        follows, and not here.
    """
    at_home = swedish(target)
    here = extent(bounds, crs, DEGREES)
    use = area_of_use(crs)
    around = None if use is None else (use[0] - FAR[0], use[1] - FAR[1], use[2] + FAR[0], use[3] + FAR[1])
    if here is None or (around is not None and not _meets(here, around)) or (at_home and not _meets(here, SWEDEN)):
        text = f"gränsen hamnar utanför det område där {crs} används. " if use else "gränsen hamnar utanför Sverige. "
        names, swapped = _homes(bounds, COUNTIES.get(county or "", SWEDEN)) if at_home else ([], False)
        if names and swapped:
            text += f"Talen hamnar i {_where(county)} om x och y byter plats ({_or(names)}): axlarna är omkastade. "
        elif names:
            text += f"Talen hamnar i {_where(county)} som {_or(names)}. "
        return f"{text}Kontrollera koordinatsystemet.", None
    if use is not None and not _meets(here, use):
        return None, (
            f"Kommunens gräns ligger utanför det område där {crs} brukar användas. "
            "Kontrollera gränsens koordinatsystem."
        )
    box = COUNTIES.get(county or "") if at_home else None
    if box is not None and not _meets(here, box):
        return None, (
            f"Kommunens gräns ligger utanför län {county}, som kommunkoden pekar ut, när talen läses som {crs}. "
            "Kontrollera kommunkoden och gränsens koordinatsystem."
        )
    return None, None


def _homes(bounds: Sequence[float], box: Sequence[float]) -> tuple[list[str], bool]:
    names, swapped = suggest_crs(bounds, box, DEGREES)
    numbers = [bounds[1], bounds[0], bounds[3], bounds[2]] if swapped else list(bounds)
    kept = []
    for name in names:
        here, use = extent(numbers, name, DEGREES), area_of_use(name)
        if here is not None and (use is None or _meets(here, use)):
            kept.append(name)
    return kept, swapped


def _where(county: str | None) -> str:
    return f"län {county}" if county in COUNTIES else "Sverige"


def other_systems(bounds: Sequence[float], crs: str, box: Sequence[float], target: str) -> list[str]:
    """Return the Swedish systems that put everything inside a municipality which lies outside it as it is read."""
    if not _finite(bounds):
        return []
    names, swapped = suggest_crs(bounds, box, target)
    return [name for name in names if name != crs and share_inside(bounds, name, box, target) >= WHOLE and not swapped]


def usable_in(bounds: Sequence[float], crs: str) -> bool:
    """Tell whether numbers, read in a CRS, lie near where that CRS is meant to be used."""
    if not _finite(bounds) or not plausible(bounds, crs):
        return False
    here, use = extent(bounds, crs, DEGREES), area_of_use(crs) or SWEDEN
    around = use[0] - FAR[0], use[1] - FAR[1], use[2] + FAR[0], use[3] + FAR[1]
    return here is not None and _meets(here, around)


def stretched(box: Sequence[float], crs: str) -> str | None:
    """Return why a municipality cannot be measured in the plan's CRS, None when it can."""
    here = extent(box, crs, DEGREES)
    if here is None:
        return None
    scale = area_scale(crs, (here[0] + here[2]) / 2, (here[1] + here[3]) / 2)
    if abs(scale - 1) <= AREA_SCALE_MOST:
        return None
    percent = f"{abs(scale - 1) * 100:.1f}".replace(".", ",") if math.isfinite(scale) else "oändligt många"
    way = "stora" if scale > 1 else "små"
    return (
        f"är {crs}, där ytor i kommunen blir {percent} procent för {way}. "
        "Ange den zon i SWEREF 99 som kommunen ligger i, eller EPSG:3006."
    )


def shift_m(box: Sequence[float] | None, source: str, target: str) -> float:
    """Return how exactly coordinates are moved between two CRS inside a box in the second, in metres; NaN: unknown.

    Without a box the middle of the country is asked about.
    """
    here = (extent(box, target, DEGREES) if box is not None else None) or SWEDEN
    return shift_accuracy_m(source, target, round((here[0] + here[2]) / 2, 2), round((here[1] + here[3]) / 2, 2))


def crs_notes(what: str, stated: str | None, crs: str, target: str, accuracy_m: float) -> tuple[str, ...]:
    """Return what a report must say of the coordinate system of data: inferred, or moved with less than full accuracy.

    Parameters
    ----------
    what
        ``Lagret``, ``Platserna`` or ``Området``.
    stated
        What the file says, None when the manifest or the caller says it.
    crs, target
        What the data is read in and moved to.
    accuracy_m
        Of the move, NaN when unknown.
    """
    many = what == "Platserna"
    notes = []
    if stated is not None and named_by_parameters(stated):
        notes.append(
            "Filen säger vilken projektion den har men inte vilket referenssystem. "
            f"{what} är {'lästa' if many else 'läst'} som {crs_title(crs)}, som har samma projektion."
        )
    if math.isnan(accuracy_m):
        known = "Lagrets noggrannhet räknas därför som okänd." if what == "Lagret" else "Det är inte inräknat."
        notes.append(
            f"{what} ligger i {crs_title(crs)}. "
            f"Hur noggrann omräkningen till {crs_title(target)} är, är inte känt. {known}"
        )
    elif accuracy_m > 0:
        metres = f"{accuracy_m:g}".replace(".", ",")
        known = {
            "Lagret": "Det är inräknat där lagrets egen noggrannhet är känd.",
            "Platserna": "Det är inräknat i platsernas noggrannhet.",
        }.get(what, "Det är inte inräknat.")
        notes.append(
            f"{what} ligger i {crs_title(crs)}. Omräkningen till {crs_title(target)} är noggrann till omkring "
            f"{metres} m. {known}"
        )
    return tuple(notes)


def _finite(bounds: Sequence[float]) -> bool:
    return all(math.isfinite(value) for value in bounds)


def _meets(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _match(one: Sequence[float] | None, other: Sequence[float]) -> float:
    """Return how much two extents share of what they cover together, 0 to 1."""
    if one is None or not _meets(one, other):
        return 0.0
    common = _size((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
    return common / (_size(one) + _size(other) - common)


def _size(box: Sequence[float]) -> float:
    return max(box[2] - box[0], 1.0) * max(box[3] - box[1], 1.0)


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} eller {names[-1]}"
