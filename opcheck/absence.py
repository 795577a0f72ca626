"""Proof of absence: for an answer of nothing found, what was looked through, and what lies nearest.

A green is worth what it rests on. Everything here is made when somebody looks at a finding; what holds for all sites of
a layer is measured once, in columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from opcheck.findings import DISTANCE_DECIMALS, Absence, Floats, Nearest
from opcheck.index import Measured, Subjects, ThemeIndex
from opcheck.plan import Features

ABSENT = frozenset({"clear", "clear.indicative", "contact"})
"""Situations in which a rule of a map found nothing to report."""

BLOCK = 1024
"""Sites are measured so many at a time: one that is looked at by itself does not wait for all the others."""

WIDTH_TOLERANCE = 1e-4
"""The centre of a site's largest circle is found to within this share of the root of its area."""

WIDTH_DECIMALS = 1
"""A width is known to a decimetre: the circle is found by search."""

Reach = Callable[[], float | Floats]
"""Gives how far around sites a rule had to see: one for all of them, or one each."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Proofs:
    """Themes and sites, layer by layer.

    Parameters
    ----------
    indexes, measures
        Per (theme, pending), as in `opcheck.answers`.
    subjects
        The sites that can be measured.
    """

    indexes: Mapping[tuple[str, bool], ThemeIndex]
    measures: Mapping[tuple[str, bool], Measured]
    subjects: Subjects
    _known: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(
        self, theme: str, row: int, reach: Reach, key: object, drafts: Callable[[Features], str | None] = lambda _: None
    ) -> Iterator[Absence]:
        """Give one proof for each layer of a theme, in order of their ids.

        Parameters
        ----------
        row
            The site's row among those that can be measured.
        reach
            How far around sites the rule had to see.
        key
            What tells one reach from another.
        drafts
            Gives the name of the plan on its way that a layer belongs to, None for one that is in force.
        """
        for number, features in enumerate(self.indexes[theme, False].layers):
            coverage = float(self._coverage(theme, number, row, reach, key))
            draft = drafts(features)
            yield Absence(
                layer=features.layer.id, title=features.layer.title or draft, theme=theme,
                extent=self._extent(theme, number, features),
                features=len(features), dated=str(features.layer.dated) if features.layer.dated else None,
                owner=features.layer.owner, file=features.file, content=features.content or None,
                coverage=None if np.isnan(coverage) else coverage, nearest=self._nearest(theme, number, row, draft),
            )  # fmt: skip

    def width_m(self, row: int) -> float | None:
        """Return a site's width where it is widest: the diameter of the largest circle inside it; None for no area."""
        width = float(self._at(("width",), row, _widths))
        return None if np.isnan(width) else width

    def _at(self, key: tuple[object, ...], row: int, measure: Callable[[Subjects, slice], Any]) -> Any:  # noqa: ANN401
        """Return one site's entry of a column that is measured a block at a time."""
        block = slice(row - row % BLOCK, min(row - row % BLOCK + BLOCK, len(self.subjects)))
        place = (*key, block.start)
        if place not in self._known:
            self._known[place] = measure(self.subjects.take(np.arange(block.start, block.stop)), block)
        return self._known[place][row - block.start]

    def _layer(self, theme: str, number: int) -> ThemeIndex:
        """Return one layer of a theme by itself."""
        index = self.indexes[theme, False]
        if len(index.layers) == 1:
            return index
        place = ("layer", theme, number)
        if place not in self._known:
            self._known[place] = ThemeIndex(theme=theme, layers=(index.layers[number],), state=index.state)
        found: ThemeIndex = self._known[place]
        return found

    def _coverage(self, theme: str, number: int, row: int, reach: Reach, key: object) -> float:
        layer = self._layer(theme, number)

        def measure(subjects: Subjects, block: slice) -> Floats:
            metres = reach()
            return layer.covered_share(subjects, metres[block] if isinstance(metres, np.ndarray) else metres)

        # Layers that cover the municipality share one shape.
        return float(self._at(("coverage", id(layer.coverage), key), row, measure))

    def _extent(self, theme: str, number: int, features: Features) -> Bounds | None:
        place = ("extent", theme, number)
        if place not in self._known:
            bounds = shapely.total_bounds(features.geometry) if len(features) else None
            self._known[place] = None if bounds is None else tuple(bounds.round(DISTANCE_DECIMALS).tolist())
        found: Bounds | None = self._known[place]
        return found

    def _nearest(self, theme: str, number: int, row: int, draft: str | None) -> Nearest | None:
        layer, whole = self._layer(theme, number), self.measures[theme, False]
        if len(self.indexes[theme, False].layers) == 1:
            found, metres = whole.nearest[row], whole.nearest_m[row]
        else:
            found, metres = self._at(
                ("nearest", theme, number), row, lambda subjects, _: np.transpose(layer.nearest(subjects))
            )
        if found < 0:
            return None
        features, at = layer.layers[0], int(layer.row[int(found)])
        return Nearest(
            feature=features.ids[at], name=features.value("name", at) or draft, distance_m=float(metres),
            at_most=bool(metres > self._to_edge(layer, row)),
        )  # fmt: skip

    def _to_edge(self, layer: ThemeIndex, row: int) -> float:
        """Return how far a site lies inside what a layer covers; 0 for one that reaches out of it."""

        def measure(subjects: Subjects, _: slice) -> Floats:
            inside = shapely.covers(layer.coverage, subjects.geometry)
            found = np.zeros(len(subjects))
            found[inside] = shapely.distance(subjects.geometry[inside], layer.coverage_edge)
            return found.round(DISTANCE_DECIMALS)

        return float(self._at(("edge", id(layer.coverage)), row, measure))


def _widths(subjects: Subjects, _: slice) -> Floats:
    found = np.full(len(subjects), np.nan)
    for row in np.flatnonzero(subjects.dimension == 2).tolist():
        shape = subjects.geometry[row]
        tolerance = max(float(np.sqrt(shapely.area(shape))) * WIDTH_TOLERANCE, 10.0**-DISTANCE_DECIMALS)
        found[row] = 2 * shapely.length(shapely.maximum_inscribed_circle(shape, tolerance=tolerance))
    return found.round(WIDTH_DECIMALS)
