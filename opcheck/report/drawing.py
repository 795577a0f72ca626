"""The drawn map: the site's surroundings as SVG shapes in the plan's own coordinate system.

It is what prints, what shows where scripts do not run, and the only map on the page whose scale and north are true: the
interactive one is in Web Mercator. Everything here is numbers and plain text; the template writes the markup and
escapes. Coordinates are in pixels, x to the right and y downwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from opcheck.report.symbols import Symbol

WIDTH_PX, HEIGHT_PX = 680.0, 560.0
"""The largest drawing: 680 px is the text width of an A4 page with 15 mm margins, at 96 px to the inch."""

CLOSE_HEIGHT_PX = 400.0
CLOSE_TIMES = 2.5
"""The closer drawing is made when it shows the site at least this many times larger."""

GROUND = frozenset({"zone", "plan"})
"""Land use is the ground that all else lies on: it is filled also where it covers all of the drawing."""

COVERS_SHARE = 0.98
"""An area over this share of the drawing has no outline to be seen: it is listed, and only ground is filled."""

CLOSE_GROWN = 1.2
"""How much of the site's own size is shown on each side in the closer drawing."""

INSET = 0.004
"""Share of the window left out along its edge, where clipped areas would show an outline that is not theirs."""

TOLERANCE_PX = 0.3
"""Lines are simplified by at most this before drawing; measures are never taken from the drawing."""

POINT_PX = 5.0
MARK_PX = 8.5
RING_PX = 13.0
_GLYPH = 0.55
"""Width of an average letter as a share of the font size (Helvetica and its kin)."""

SCALE_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something to draw.

    Parameters
    ----------
    symbol
        How.
    geometry
        shapely geometry in the plan's CRS, inside the window.
    label
        What may be written beside it.
    number
        Its number in the legend, None without one.
    met
        The site meets it: the number is white on black.
    covers
        It covers the whole drawing, and is not filled.
    """

    symbol: Symbol
    geometry: Any
    label: str | None
    number: int | None
    met: bool
    covers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One outline."""

    symbol: Symbol
    d: str
    filled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A number in a circle."""

    x: float
    y: float
    number: int
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text on the map; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str
    kind: str
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole drawn map.

    Parameters
    ----------
    width, height
        In pixels.
    paths, marks, labels
        In the order in which they are drawn.
    scale_px, scale_m
        Length of the scale bar on the drawing and on the ground.
    ring
        Where a circle points out a site too small to be seen; None where it can be seen.
    bounds
        West, south, east, north of what is drawn, in the plan's CRS.
    """

    width: float
    height: float
    paths: tuple[Path, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    scale_px: float
    scale_m: float
    ring: tuple[float, float] | None
    bounds: tuple[float, float, float, float]


class _View:
    """The window's place on paper."""

    def __init__(self, bounds: Sequence[float], height_px: float) -> None:
        west, south, east, north = bounds
        cut = INSET * max(east - west, north - south)
        self.west, self.north = west + cut, north - cut
        self.bounds = (self.west, south + cut, east - cut, self.north)
        width_m, height_m = max(east - west - 2 * cut, 1.0), max(north - south - 2 * cut, 1.0)
        self.px_per_m = min(WIDTH_PX / width_m, height_px / height_m)
        self.width, self.height = width_m * self.px_per_m, height_m * self.px_per_m

    def place(self, geometry: Any) -> Any:  # noqa: ANN401 - shapely's geometries share no narrower public type
        simple = shapely.simplify(geometry, TOLERANCE_PX / self.px_per_m, preserve_topology=True)
        kept = geometry if shapely.is_empty(simple) else simple
        return shapely.transform(kept, self._to_px)

    def _to_px(self, xy: Any) -> Any:  # noqa: ANN401 - see place
        return np.column_stack([(xy[:, 0] - self.west) * self.px_per_m, (self.north - xy[:, 1]) * self.px_per_m])


@dataclass(slots=True)
class _Space:
    """Which parts of the paper are taken by text."""

    width: float
    height: float
    taken: list[tuple[float, float, float, float]]

    def free(self, box: tuple[float, float, float, float]) -> bool:
        x0, y0, x1, y1 = box
        if x0 < 2 or y0 < 2 or x1 > self.width - 2 or y1 > self.height - 2:
            return False
        return all(x1 < a or c < x0 or y1 < b or d < y0 for a, b, c, d in self.taken)

    def take(self, box: tuple[float, float, float, float]) -> None:
        self.taken.append(box)


def draw(bounds: Sequence[float], subjects: Sequence[Subject], *, height_px: float = HEIGHT_PX) -> Drawing:
    """Return the drawing of a window.

    Parameters
    ----------
    bounds
        West, south, east, north of the window in the plan's CRS, in metres.
    subjects
        What lies in it. Drawn by the order of their symbols, then in the order given.
    height_px
        The drawing is at most this high.
    """
    view = _View(bounds, height_px)
    ordered = sorted(subjects, key=lambda subject: subject.symbol.order)
    shapes = [(subject, view.place(subject.geometry)) for subject in ordered]
    paths = tuple(path for subject, shape in shapes for path in _paths(subject, shape))
    scale_m = _round_scale(view)
    scale_px = scale_m * view.px_per_m
    space = _Space(view.width, view.height, [])
    space.take((0.0, view.height - 34.0, scale_px + 30.0, view.height))
    space.take((view.width - 34.0, 0.0, view.width, 52.0))
    for subject, shape in shapes:
        if subject.symbol.key == "site":
            space.take(tuple(shape.bounds))
    labels = list(_site_labels(shapes, space))
    # a distance has one line to stand at, a number has many places: it gives way
    labels += _labels([pair for pair in shapes if pair[0].symbol.key == "link"], space)
    marks = tuple(_marks(shapes, space))
    labels += _labels([pair for pair in shapes if pair[0].symbol.key != "link"], space)
    return Drawing(
        width=_px(view.width),
        height=_px(view.height),
        paths=paths,
        marks=marks,
        labels=tuple(labels),
        scale_px=_px(scale_px),
        scale_m=scale_m,
        ring=_ring(shapes),
        bounds=view.bounds,
    )


def closer(bounds: Sequence[float], subjects: Sequence[Subject]) -> Drawing | None:
    """Return a drawing of the site and what lies at it, None where the surroundings' own drawing shows it well enough.

    Parameters
    ----------
    bounds
        Of the surroundings, in the plan's CRS.
    subjects
        What lies in them.
    """
    sites = [subject.geometry for subject in subjects if subject.symbol.key == "site"]
    if not sites:
        return None
    west, south, east, north = shapely.total_bounds(sites)
    size = max(east - west, north - south)
    around = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    # a point or a short line has no size of its own to go by
    height = max(size * (1 + 2 * CLOSE_GROWN), around / 20)
    width = height * WIDTH_PX / CLOSE_HEIGHT_PX
    scale = min(WIDTH_PX / (bounds[2] - bounds[0]), HEIGHT_PX / (bounds[3] - bounds[1]))
    if CLOSE_HEIGHT_PX / height < CLOSE_TIMES * scale:
        return None
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    box = shapely.box(
        max(middle_x - width / 2, bounds[0]),
        max(middle_y - height / 2, bounds[1]),
        min(middle_x + width / 2, bounds[2]),
        min(middle_y + height / 2, bounds[3]),
    )
    cut = [(subject, shapely.intersection(subject.geometry, box)) for subject in subjects]
    inside = [
        replace(subject, geometry=geometry, covers=covers(geometry, box.bounds))
        for subject, geometry in cut
        if not geometry.is_empty
    ]
    return draw(box.bounds, inside, height_px=CLOSE_HEIGHT_PX)


def covers(geometry: Any, bounds: Sequence[float]) -> bool:  # noqa: ANN401 - see _View.place
    """Tell whether an area, clipped to a window, is as good as all of it."""
    return bool(shapely.area(geometry) > COVERS_SHARE * (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]))


def _ring(shapes: Sequence[tuple[Subject, Any]]) -> tuple[float, float] | None:
    for subject, shape in shapes:
        if subject.symbol.key == "site" and not shape.is_empty:
            x0, y0, x1, y1 = shape.bounds
            small = max(x1 - x0, y1 - y0) < 2 * RING_PX - 6
            return (_px((x0 + x1) / 2), _px((y0 + y1) / 2)) if small else None
    return None


def _round_scale(view: _View) -> float:
    """Return the longest round length (1, 2 or 5 times a power of ten) that takes at most a fifth of the width."""
    most = max(view.width, 200.0) / 5 / view.px_per_m
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in SCALE_STEPS if step * power <= most)


def _paths(subject: Subject, shape: Any) -> Iterator[Path]:  # noqa: ANN401 - see place
    """Areas, lines and points of a geometry as one path each: a mixed collection draws all it holds."""
    symbol = subject.symbol
    areas: list[str] = []
    lines: list[str] = []
    points: list[str] = []
    for part in _simple(shape):
        if part.geom_type == "Polygon":
            areas += [f"M{_string(ring.coords[:-1])}Z" for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "Point":
            points.append(_circle(part.x, part.y, POINT_PX))
        else:
            lines.append(f"M{_string(part.coords)}")
    if areas:
        filled = symbol.fill is not None and (symbol.key in GROUND or not subject.covers)
        yield Path(symbol=symbol, d="".join(areas), filled=filled)
    if lines:
        yield Path(symbol=symbol, d="".join(lines), filled=False)
    if points:
        yield Path(symbol=symbol, d="".join(points), filled=symbol.fill is not None)


def _simple(shape: Any) -> Iterator[Any]:  # noqa: ANN401 - see place
    if shape is None or shape.is_empty:
        return
    if hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from _simple(part)
    else:
        yield shape


def _string(coordinates: Any) -> str:  # noqa: ANN401 - see place
    return "L".join(f"{_px(x):g},{_px(y):g}" for x, y, *_ in coordinates)


def _circle(x: float, y: float, radius: float) -> str:
    left, across = _px(x - radius), 2 * radius
    return f"M{left:g},{_px(y):g}a{radius:g},{radius:g} 0 1,0 {across:g},0a{radius:g},{radius:g} 0 1,0 {-across:g},0Z"


def _px(value: float) -> float:
    # -0.0 and 0.0 are the same place but not the same bytes
    return round(float(value), 1) + 0.0


def _site_labels(shapes: Sequence[tuple[Subject, Any]], space: _Space) -> Iterator[Label]:
    for subject, shape in shapes:
        if subject.symbol.key != "site" or not subject.label or shape.is_empty:
            continue
        text, size = _short(subject.label, 34), 13.0
        x0, y0, x1, y1 = shape.bounds
        middle, half = (x0 + x1) / 2, len(text) * size * _GLYPH / 2
        spots = [
            (middle, y0 - 8, "middle"),
            (middle, y1 + 17, "middle"),
            (x1 + 8, (y0 + y1) / 2 + 4, "start"),
            (x0 - 8, (y0 + y1) / 2 + 4, "end"),
            (max(middle, half + 4), 20.0, "middle"),
        ]
        placed = _first_free(spots, text, size, space)
        x, y, anchor = placed or spots[-1]
        yield Label(x=_px(x), y=_px(y), text=text, anchor=anchor, kind="site", size=size)


def _marks(shapes: Sequence[tuple[Subject, Any]], space: _Space) -> Iterator[Mark]:
    """Place each number where it is free, and as far as can be where it lies in no other numbered area."""
    numbered = [(subject, shape) for subject, shape in shapes if subject.number is not None and not shape.is_empty]
    for subject, shape in sorted(numbered, key=lambda pair: pair[0].number or 0):
        others = [other for one, other in numbered if one.number != subject.number]
        spots = list(_spots(shape))
        inside = np.zeros(len(spots), int)
        for other in others:
            inside += shapely.contains_xy(other, np.array(spots))
        boxes = [(x - MARK_PX - 1, y - MARK_PX - 1, x + MARK_PX + 1, y + MARK_PX + 1) for x, y in spots]
        best = min(range(len(spots)), key=lambda spot: (not space.free(boxes[spot]), int(inside[spot]), spot))
        space.take(boxes[best])
        x, y = spots[best]
        yield Mark(x=_px(x), y=_px(y), number=subject.number or 0, met=subject.met)


def _spots(shape: Any, *, outline: bool = True) -> Iterator[tuple[float, float]]:  # noqa: ANN401 - see place
    """Places for a number or a name, best first: inside, along the outline, then a net of places inside."""
    if shape.geom_type in {"Point", "MultiPoint"}:
        point = next(_simple(shape))
        yield from ((point.x + dx, point.y + dy) for dx, dy in ((15, -11), (15, 11), (-15, -11), (-15, 11)))
        return
    inside = shapely.point_on_surface(shape)
    yield (inside.x, inside.y)
    parts = sorted(_simple(shape), key=lambda part: (-part.area, -part.length))
    line = parts[0].exterior if parts[0].geom_type == "Polygon" else parts[0]
    for step in (8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15) if outline or line is parts[0] else ():
        point = shapely.line_interpolate_point(line, step / 16, normalized=True)
        yield (point.x, point.y)
    if parts[0].geom_type == "Polygon":
        x0, y0, x1, y1 = parts[0].bounds
        for row in range(1, 8):
            for column in range(1, 8):
                point = shapely.Point(x0 + (x1 - x0) * column / 8, y0 + (y1 - y0) * row / 8)
                if parts[0].contains(point):
                    yield (point.x, point.y)


_INSIDE = frozenset({"zone", "plan", "part"})
_LABEL_SIZES: Mapping[str, float] = {"link": 11.5, "plan": 11.0, "zone": 10.5, "part": 13.0}


def _labels(shapes: Sequence[tuple[Subject, Any]], space: _Space) -> Iterator[Label]:
    """Names of the surroundings, most important first; one that finds no room is left out of the drawing."""
    written: set[tuple[str, str]] = set()
    for subject, shape in sorted(shapes, key=lambda pair: -pair[0].symbol.order):
        key = subject.symbol.key
        if not subject.symbol.named or key == "site" or not subject.label or shape.is_empty:
            continue
        text, size = _short(subject.label, 40), _LABEL_SIZES.get(key, 11.5)
        if (key, text) in written:
            continue
        spots = [(x, y + size / 3, "middle") for x, y in _spots(shape, outline=key not in _INSIDE)]
        if key in {"zone", "plan"}:
            half = len(text) * size * _GLYPH / 2
            spots = [spot for spot in spots if _holds(shape, spot, half)]
        elif shape.geom_type in {"Point", "MultiPoint"}:
            point = next(_simple(shape))
            spots = [(point.x + 9, point.y + 4, "start"), (point.x - 9, point.y + 4, "end")]
        placed = _part_place(shape, spots) if key == "part" else _first_free(spots, text, size, space)
        if placed:
            written.add((key, text))
            x, y, anchor = placed
            yield Label(x=_px(x), y=_px(y), text=text, anchor=anchor, kind=key, size=size)


def _holds(shape: Any, spot: tuple[float, float, str], half: float) -> bool:  # noqa: ANN401 - see place
    """Tell whether an area's name stays inside it, so that it cannot be read as its neighbour's."""
    x, y, _ = spot
    return bool(shapely.contains_xy(shape, [x - half, x, x + half], [y - 4] * 3).all())


def _part_place(shape: Any, spots: Sequence[tuple[float, float, str]]) -> tuple[float, float, str] | None:  # noqa: ANN401 - see place
    """Return the middle of a part that is large enough for its letter; it lies inside the site, which is taken."""
    x0, y0, x1, y1 = shape.bounds
    return spots[0] if min(x1 - x0, y1 - y0) >= 14 else None


def _first_free(
    spots: Sequence[tuple[float, float, str]], text: str, size: float, space: _Space
) -> tuple[float, float, str] | None:
    width = len(text) * size * _GLYPH
    for x, y, anchor in spots:
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        box = (left - 2, y - size, left + width + 2, y + size / 3)
        if space.free(box):
            space.take(box)
            return x, y, anchor
    return None


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
