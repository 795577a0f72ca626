"""Arcs made into straight pieces, close enough that no answer can turn on it, and said so.

Shapes with arcs come from GeoPackage, file geodatabase and GML. GDAL turns each arc into chords of equal angle, four
degrees as it comes: 61 cm off on a radius of a kilometre. So the arcs' own control points are asked for, and the angle
is chosen from the largest of them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.geometry import parse_crs
from opcheck.sources.sqlite import asked
from opcheck.sources.table import FeatureTable, noted, rows_word, within_lonlat

TOLERANCE_M = 0.01
"""Greatest gap between a true arc and the chords that stand for it: a centimetre, finer than anything is drawn."""

METRES_PER_DEGREE = 111_700
"""The longest a degree gets on GRS 80, so that a tolerance in degrees is never wider than the one in metres."""

FIRST_STEP_DEG = 1.0
"""A centimetre on a radius of 263 m; larger arcs are read again with the step that they need."""

FINEST_STEP_DEG = 0.002

_SPARE = 0.98
"""GDAL rounds the number of chords to a whole one, and may make them a little longer than asked."""

_CURVED = re.compile(r"CIRCULARSTRING\s*(?:ZM|Z|M)?\s*\(([^()]*)\)")
_XML_SIGNS = (b"Arc", b"Circle")


class Steps:
    """The angle of chords that GDAL uses while this is entered."""

    def __init__(self) -> None:
        self.degrees = FIRST_STEP_DEG
        self._before: Any = None
        self._fiona: Any = contextlib.nullcontext()

    def set(self, degrees: float) -> None:
        """Use another angle from now on."""
        import pyogrio

        self.degrees = degrees
        pyogrio.set_gdal_config_options({_OPTION: repr(degrees)})

    def __enter__(self) -> Steps:
        import pyogrio

        self._before = pyogrio.get_gdal_config_option(_OPTION)
        self.set(self.degrees)
        return self

    def __exit__(self, *exc: object) -> None:
        import pyogrio

        pyogrio.set_gdal_config_options({_OPTION: self._before})


_OPTION = "OGR_ARC_STEPSIZE"


def straightened(
    table: FeatureTable, source: Path, layer: str, steps: Steps, again: Callable[[], Any]
) -> FeatureTable:  # fmt: skip
    """Return the table with its arcs within the tolerance, and a note when there were any.

    Parameters
    ----------
    table
        As read with `steps`.
    source, layer
        Where it was read from.
    steps
        Entered; its angle is made smaller where the arcs need it.
    again
        Reads the layer's geometry once more.
    """
    if not len(table) or not may_have_arcs(source):
        return table
    if source.suffix.lower() in _UNMARKED and not _looks_cut(table.geometry, steps.degrees):
        return table
    texts = _curved_texts(source, layer)
    arcs = [arc for text in texts for arc in _arcs(text)]
    rows = sum(bool(_CURVED.search(text)) for text in texts)
    if not rows:
        return table
    degrees = within_lonlat(table.geometry) if table.crs is None else bool(parse_crs(table.crs).is_geographic)
    tolerance = TOLERANCE_M / METRES_PER_DEGREE if degrees else TOLERANCE_M
    step = min((needed_step(radius, angle, tolerance) for radius, angle in arcs), default=FIRST_STEP_DEG) * _SPARE
    if step < steps.degrees:
        steps.set(max(step, FINEST_STEP_DEG))
        geometry = again()
        if len(geometry) == len(table):
            for row in table.broken:
                geometry[row] = None
            table = dataclasses.replace(table, geometry=shapely.force_2d(geometry))
    gap = max((_gap(radius, angle, steps.degrees) for radius, angle in arcs), default=0.0)
    gap_mm = gap * (METRES_PER_DEGREE if degrees else 1.0) * 1000
    shown = str(max(1, math.ceil(gap_mm - 1e-3)))
    return noted(
        table,
        f"{rows_word(rows)} har bågar; de är gjorda till raka stycken som ligger högst {shown} mm från den sanna bågen",
    )


def may_have_arcs(path: Path) -> bool:
    """Tell whether a file may hold arcs, without reading its shapes."""
    suffix = path.suffix.lower()
    if suffix in (".gml", ".xml"):
        raw = path.read_bytes()
        return any(sign in raw for sign in _XML_SIGNS)
    if suffix == ".gpkg":
        return _registered(path)
    return suffix in _UNMARKED


_UNMARKED = frozenset({".gdb", ".sqlite"})
"""Formats that may hold arcs and do not say whether they do."""


def _looks_cut(geometry: Any, degrees: float) -> bool:  # noqa: ANN401 - an array of shapely geometries
    """Tell whether somewhere two edges of one length meet at no more than an angle of chords, as a cut arc's do.

    Asking every row for its own control points takes ten times as long as reading it, so that is done on a sign only.
    """
    edges = np.diff(shapely.get_coordinates(geometry), axis=0)
    length = np.hypot(edges[:, 0], edges[:, 1])
    first, second = edges[:-1], edges[1:]
    product = length[:-1] * length[1:]
    turn = abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
    ahead = (first * second).sum(axis=1) > 0
    alike = abs(length[:-1] - length[1:]) <= _ALIKE * length[:-1]
    bent = (turn > _STRAIGHT * product) & (turn <= math.sin(math.radians(degrees)) * 1.01 * product)
    return bool((ahead & alike & bent).any())


_ALIKE = 1e-5
_STRAIGHT = 1e-5
"""Edges that turn less than this are one straight line cut in two; as an arc they would be a millimetre off in a
kilometre."""


def _registered(path: Path) -> bool:
    """Tell whether a GeoPackage lists an extension for curved geometry, which it must to hold any."""
    rows = asked(path, "SELECT extension_name FROM gpkg_extensions") or ()
    return any(str(name).startswith("gpkg_geom_") for (name,) in rows)


def _curved_texts(source: Path, layer: str) -> list[str]:
    """Return the layer's curved shapes as WKT, in their own control points."""
    import pyogrio.raw

    name = layer.replace('"', '\\"')
    like = " OR ".join(f"OGR_GEOMETRY LIKE '%{word}%'" for word in ("CURVE", "CIRCULAR", "SURFACE", "COLLECTION"))
    sql = f'SELECT OGR_GEOM_WKT FROM "{name}" WHERE {like}'  # noqa: S608 - GDAL's own SQL over a file that is only read
    try:
        _, _, _, (cells,) = pyogrio.raw.read(source, sql=sql, sql_dialect="OGRSQL", read_geometry=False)
    except (RuntimeError, ValueError):
        return []
    return [str(cell) for cell in cells if cell]


def _arcs(text: str) -> list[tuple[float, float]]:
    """Return the radius of every arc in a WKT, and the angle that it spans in degrees."""
    found = []
    for body in _CURVED.findall(text):
        corners = np.array([point.split()[:2] for point in body.split(",")], dtype=float)
        for first in range(0, len(corners) - 2, 2):
            arc = _arc(*corners[first : first + 3])
            if arc is not None:
                found.append(arc)
    return found


def _arc(start: Any, middle: Any, end: Any) -> tuple[float, float] | None:  # noqa: ANN401 - arrays of two numbers
    a, b, c = (float(np.hypot(*one)) for one in (middle - start, end - middle, end - start))
    if c == 0:
        return (a / 2, 360.0) if a else None
    sides = (a + b + c) / 2
    area = math.sqrt(max(0.0, sides * (sides - a) * (sides - b) * (sides - c)))
    if area <= 1e-12 * c * c:
        return None  # straight
    radius = a * b * c / (4 * area)
    return radius, math.degrees(2 * (math.asin(min(1.0, a / 2 / radius)) + math.asin(min(1.0, b / 2 / radius))))


def needed_step(radius: float, angle: float, tolerance: float) -> float:
    """Return the widest angle of chords that keeps an arc within a tolerance; its own when that is narrower."""
    if tolerance >= radius:
        return 180.0
    step = math.degrees(2 * math.acos(1 - tolerance / radius))
    # An arc is cut at its middle point at least, whatever the step.
    return step if angle / 2 > step else 180.0


def _gap(radius: float, angle: float, step: float) -> float:
    return radius * (1 - math.cos(math.radians(min(step, angle / 2)) / 2))
