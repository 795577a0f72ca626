"""Where data of an unknown place lies: its coordinate system, the zone to measure in, and a border for want of one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.errors import CRSError
from opcheck.geometry import (
    SWEDISH_CRS,
    SWEREF_99_TM,
    SWEREF_99_ZONES,
    area_of_use,
    clean,
    crs_title,
    extent,
    measuring_fault,
    plausible,
    suggest_crs,
    transform,
)
from opcheck.placing import SWEDEN
from opcheck.proposal.survey import Seen

DEGREES = "EPSG:4326"

MARGIN_M = 1000.0
"""A stand-in border runs this far outside the zones, so that a site at the edge of one does not count as outside."""

ZONES: tuple[tuple[str, float, float, float, float, float], ...] = (
    ("EPSG:3007", 12.00, 10.0, 12.75, 54.9, 60.2), ("EPSG:3008", 13.50, 12.75, 14.25, 54.9, 62.2),
    ("EPSG:3009", 15.00, 14.25, 15.75, 54.9, 61.6), ("EPSG:3010", 16.50, 15.75, 17.25, 54.9, 62.4),
    ("EPSG:3011", 18.00, 17.25, 20.2, 58.8, 60.7), ("EPSG:3012", 14.25, 11.0, 15.0, 61.5, 64.5),
    ("EPSG:3013", 15.75, 15.0, 16.5, 60.5, 65.1), ("EPSG:3014", 17.25, 14.3, 18.9, 62.0, 67.2),
    ("EPSG:3015", 18.75, 18.0, 19.5, 62.8, 66.1), ("EPSG:3015", 18.75, 17.6, 19.7, 56.8, 58.6),
    ("EPSG:3016", 20.25, 19.5, 22.0, 63.4, 65.1), ("EPSG:3016", 20.25, 17.0, 23.4, 65.8, 69.2),
    ("EPSG:3017", 21.75, 19.5, 25.0, 65.0, 65.9), ("EPSG:3018", 23.25, 21.8, 25.0, 65.4, 69.2),
)  # fmt: skip
"""Zone, its central meridian, and where it is used: west, east, south and north in degrees. From the area texts of the
EPSG registry (v11.022), rounded outwards. They overlap in the north, where municipalities chose between two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Where the municipality is known to lie, and from what."""

    bounds: tuple[float, float, float, float]
    crs: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A coordinate system, None where several or none fit, and the reason in Swedish."""

    crs: str | None
    why: str
    candidates: tuple[str, ...] = ()


def missing_crs(seen: Seen, known: Known | None) -> Answer:
    """Find the coordinate system of a layer whose file does not say it.

    Only a single system that fits is an answer. The twelve local zones cannot be told apart by the size of the numbers,
    so without a known place there is hardly ever one.
    """
    if seen.bounds is None:
        return Answer(crs=None, why="filen säger inget koordinatsystem, och lagret har inget läge att pröva")
    swapped = False
    if known is not None:
        names, swapped = suggest_crs(seen.bounds, known.bounds, known.crs)
        where = f"prövat mot {known.what}"
    else:
        names = [name for name in SWEDISH_CRS if plausible(seen.bounds, name) and _at_home(seen.bounds, name)]
        where = "prövat mot varje systems eget användningsområde; kommunens läge är inte känt"
    titles = " eller ".join(crs_title(name) for name in names)
    if swapped:
        why = f"talen hamnar rätt först om x och y byter plats ({titles}): axlarna är omkastade i filen"
        return Answer(crs=None, why=why, candidates=tuple(names))
    if len(names) == 1:
        return Answer(crs=names[0], why=f"filen säger inget koordinatsystem; bara {titles} passar, {where}")
    if names:
        why = f"filen säger inget koordinatsystem, och flera passar: {titles} ({where})"
        return Answer(crs=None, why=why, candidates=tuple(names))
    return Answer(crs=None, why=f"filen säger inget koordinatsystem, och inget svenskt passar ({where})")


def _at_home(bounds: Sequence[float], name: str) -> bool:
    here, use = extent(bounds, name, DEGREES), area_of_use(name)
    if here is None or use is None:
        return False
    return all(
        box[0] <= here[2] and here[0] <= box[2] and box[1] <= here[3] and here[1] <= box[3] for box in (use, SWEDEN)
    )


def zone(places: Iterable[tuple[Sequence[float], str]], systems: Sequence[str], whose: str) -> Answer:
    """Choose the coordinate system in which a plan is measured.

    Parameters
    ----------
    places
        Bounds, and their CRS: of the border if it is known, else of the layers.
    systems
        Of the layers, the land use first.
    whose
        What to say when the zone is the first layer's that lies in one.
    """
    local = [name for name in systems if name in SWEREF_99_ZONES]
    if local:
        return Answer(crs=local[0], why=whose)
    here = [box for bounds, crs in places if (box := extent(bounds, crs, DEGREES)) is not None]
    if not here:
        return Answer(crs=None, why="inget lager har ett känt läge")
    lon = (min(box[0] for box in here) + max(box[2] for box in here)) / 2
    lat = (min(box[1] for box in here) + max(box[3] for box in here)) / 2
    near = {name: abs(meridian - lon) for name, meridian, west, east, south, north in ZONES
            if west <= lon <= east and south <= lat <= north}  # fmt: skip
    place = f"{lon:.2f}° öst, {lat:.2f}° nord".replace(".", ",")
    if near:
        best = min(near, key=lambda name: (near[name], name))
        others = [name for name in near if name != best]
        also = f" Här används också {' och '.join(crs_title(name) for name in others)}." if others else ""
        return Answer(
            crs=best,
            why=f"inget lager ligger i en lokal zon; datats mitt ({place}) ligger i den här zonens område.{also} "
            "Kontrollera vilken zon kommunen använder",
        )  # fmt: skip
    metric = next((name for name in systems if name != SWEREF_99_TM and measuring_fault(name) is None), None)
    if metric is not None:
        return Answer(crs=metric, why=f"datats mitt ({place}) ligger inte i Sverige; lagren ligger i det systemet")
    return Answer(crs=None, why=f"datats mitt ({place}) ligger inte i Sverige")


def stand_in(layers: Iterable[tuple[Seen, str]], crs: str) -> Any:  # noqa: ANN401 - shapely's geometry
    """Return an area round the layers: their convex hull with a margin, in whole metres; None without any shape."""
    hulls = []
    for seen, source in layers:
        try:
            moved = transform(seen.table.geometry, source, crs)
        except CRSError:
            continue
        _, shapes, _ = clean(moved, [""] * len(moved), layer="", allowed=("polygon", "line", "point"))
        if len(shapes):
            hulls.append(shapely.convex_hull(shapely.geometrycollections(shapes)))
    if not hulls:
        return None
    hull = shapely.convex_hull(shapely.geometrycollections(np.array(hulls, dtype=object)))
    around = shapely.buffer(hull, MARGIN_M, join_style="mitre", mitre_limit=2.0)
    whole: Any = shapely.convex_hull(shapely.set_precision(around, 1.0))
    return whole if math.isfinite(whole.area) and whole.area > 0 else None
