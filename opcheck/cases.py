"""Cases of rules, run: each gets a little municipality of its own, and the whole engine answers.

The municipality is made in memory: one square site of a hundred metres, one object of the rule's theme where the case
places it, and nothing else. The rule in question is asked alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.casefile import ANSWER, Case, Place, about_land, placed_themes, shape_of
from opcheck.features import LoadedPlan
from opcheck.findings import Finding
from opcheck.plan import MUNICIPALITY, Features, Layer, Plan, Source, Stance
from opcheck.rules import LAND_USE, Rule, RuleBook
from opcheck.run import assess_loaded
from opcheck.sites import Site, Sites

LIS_AREA = "lis_area"

# A corner on the central meridian of SWEREF 99 21 45, where a metre on the map is a metre on the ground.
_CRS = "EPSG:3017"
_CORNER = (150_000.0, 7_250_000.0)
_SIDE = 100.0
_WIDE = 1_000.0
"""How far objects reach beyond the site: more than the borders of any layer move."""
_AREA = 100_000.0
"""The municipality reaches this far round the site, so that no rule looks past it."""
_FAR = 90_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What came out of a case.

    Parameters
    ----------
    found
        The finding; None where the rule was not asked.
    differences
        Swedish sentences on what was not as the case has it; empty when all was.
    """

    case: Case
    found: Finding | None
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the answer is the one that the case has."""
        return not self.differences


# --- the little municipality ------------------------------------------------------------------------------------------


def _box(low_e: float, low_n: float, high_e: float, high_n: float) -> Any:  # noqa: ANN401 - shapely's geometry
    east, north = _CORNER
    return shapely.box(east + low_e, north + low_n, east + high_e, north + high_n)


def _line(*corners: tuple[float, float]) -> Any:  # noqa: ANN401 - shapely's geometry
    return shapely.LineString([(_CORNER[0] + east, _CORNER[1] + north) for east, north in corners])


def _point(east: float, north: float) -> Any:  # noqa: ANN401 - shapely's geometry
    return shapely.Point(_CORNER[0] + east, _CORNER[1] + north)


def _east_of(shape: str, metres: float) -> Any:  # noqa: ANN401 - shapely's geometry
    """Return an object whose nearest point lies so far east of the site."""
    edge = _SIDE + metres
    if shape == "polygon":
        return _box(edge, -_WIDE, edge + _WIDE, _SIDE + _WIDE)
    return _line((edge, -_WIDE), (edge, _SIDE + _WIDE)) if shape == "line" else _point(edge, _SIDE / 2)


_MIDDLE = _SIDE / 2
_ACROSS = ((-_WIDE, _MIDDLE), (_SIDE + _WIDE, _MIDDLE))
_DRAWN: Mapping[str, Mapping[str, Any]] = {
    "inside": {
        "polygon": _box(-_WIDE, -_WIDE, _SIDE + _WIDE, _SIDE + _WIDE),
        "line": _line(*_ACROSS),
        "point": _point(_MIDDLE, _MIDDLE),
    },
    "partly": {
        "polygon": _box(_MIDDLE, -_WIDE, _SIDE + _WIDE, _SIDE + _WIDE),
        "line": _line((_MIDDLE, _MIDDLE), _ACROSS[1]),
    },
    "crossing": {
        "line": _line(*_ACROSS),
        "point": _point(_MIDDLE, _MIDDLE),
        "polygon": _box(-_WIDE, _MIDDLE - 5, _SIDE + _WIDE, _MIDDLE + 5),
    },
}
"""Word → kind of shape → the object."""

_SITE = _box(0, 0, _SIDE, _SIDE)
_TERRITORY = _box(-_AREA, -_AREA, _AREA, _AREA)
_ELSEWHERE = _box(_FAR - _WIDE, _FAR - _WIDE, _FAR + _WIDE, _FAR + _WIDE)
_FAR_AWAY: Mapping[str, Any] = {
    "polygon": _ELSEWHERE, "line": _line((_FAR, _FAR), (_FAR, _FAR + _WIDE)), "point": _point(_FAR, _FAR),
}  # fmt: skip
for _prepared in (_TERRITORY, _ELSEWHERE):
    shapely.prepare(_prepared)


def _object(place: Place, theme: str) -> Any:  # noqa: ANN401 - shapely's geometry
    shape = shape_of(place, theme) or "polygon"
    if place.word in ("touching", "apart"):
        return _east_of(shape, place.distance_m)
    if place.word in _DRAWN:
        return _DRAWN[place.word][shape]
    # Nothing near: but a layer without any object would say nothing at all.
    return {"polygon": _ELSEWHERE, "line": _line((_FAR, _FAR), (_FAR, _FAR + _WIDE)), "point": _point(_FAR, _FAR)}[
        shape
    ]


def _layer(layer: Layer, shapes: Sequence[Any], rows: Sequence[Mapping[str, str]], coverage: Any) -> Features:  # noqa: ANN401
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = list(shapes)
    roles = {role for row in rows for role in row}
    return Features(
        layer=layer, ids=tuple(f"{layer.id}-{number}" for number in range(1, len(shapes) + 1)), geometry=geometry,
        fields={role: [row.get(role) for row in rows] for role in sorted(roles)},
        repaired=np.zeros(len(shapes), bool), coverage=coverage, ledger=(), file=layer.source.file, reader="case",
        crs=_CRS, sha256=None, content="", rows=len(shapes),
    )  # fmt: skip


def _theme_layer(theme: str, place: Place, roles: Mapping[str, str], document: str) -> Features | None:
    if place.word == "no_layer":
        return None
    layer = Layer(
        id=theme, theme=theme, source=Source(file=theme), accuracy_m=0.0, coverage=MUNICIPALITY,
        # LIS areas ease nothing before the plan in which they stand is in force.
        document=document if theme == LIS_AREA else None,
    )  # fmt: skip
    shapes = [] if place.word == "empty" else [_object(place, theme)]
    coverage = _ELSEWHERE if place.word == "not_covered" else _TERRITORY
    return _layer(layer, shapes, [roles for _ in shapes], coverage)


def _land_layer(case: Case) -> Features:
    rows = case.zones if case.zones is not None else ({},)
    wide = _SIDE / max(len(rows), 1)
    # The outermost strips reach beyond the site.
    west = [-_WIDE if number == 0 else number * wide for number in range(len(rows))]
    east = [_SIDE + _WIDE if number == len(rows) else number * wide for number in range(1, len(rows) + 1)]
    shapes = [_box(low, -_WIDE, high, _SIDE + _WIDE) for low, high in zip(west, east, strict=True)]
    stances = tuple(
        Stance(
            feature=f"{LAND_USE}-{number}", effect=row["stance"], uses=(), quote=None, by="Fallets författare",
            on=case.on,
        )
        for number, row in enumerate(rows, 1)
        if "stance" in row
    )  # fmt: skip
    layer = Layer(
        id=LAND_USE, theme=LAND_USE, source=Source(file=LAND_USE), document=case.document.id, accuracy_m=0.0,
        coverage=MUNICIPALITY, stances=stances,
    )  # fmt: skip
    roles = [{role: text for role, text in row.items() if role != "stance"} for row in rows]
    return _layer(layer, shapes, roles, _TERRITORY)


def _loaded(case: Case, rule: Rule) -> LoadedPlan:
    if about_land(rule):
        layers: list[Features | None] = [_land_layer(case)]
    else:
        places = zip(placed_themes(rule), (case.place, case.other), (case.object, {}), strict=False)
        layers = [
            _theme_layer(theme, place, roles, case.document.id) for theme, place, roles in places if place is not None
        ]
    kept = tuple(sorted((one for one in layers if one is not None), key=lambda one: one.layer.id))
    plan = Plan(
        id="case", name="Kommunen", crs=_CRS, folder=Path(), sha256="", municipality_code=f"{case.county}00",
        documents=(case.document,), layers=tuple(one.layer for one in kept),
    )  # fmt: skip
    return LoadedPlan(plan=plan, area=_TERRITORY, layers=kept, document_areas={})


def _site(case: Case) -> Sites:
    geometry = np.empty(1, dtype=object)
    geometry[0] = _SITE
    row = Site(
        id="plats", name=None, uses=(case.use,), unknown_uses=(), attributes=dict(case.site), case={}, unusable=None
    )
    return Sites(rows=(row,), geometry=geometry, crs=_CRS, file=case.file, sha256=None, content="")


# --- running ----------------------------------------------------------------------------------------------------------


def run_cases(cases: Sequence[Case], book: RuleBook) -> tuple[CaseResult, ...]:
    """Run cases, each against a municipality of its own, and compare.

    Parameters
    ----------
    cases
        As `read_cases` gives them.
    book
        The rules that they were read with.
    """
    books: dict[str, RuleBook] = {}
    rules = {rule.id: rule for rule in book.rules}
    results = []
    for case in cases:
        if case.rule not in books:
            books[case.rule] = _alone(book, case.rule)
        answers = assess_loaded(_site(case), _loaded(case, rules[case.rule]), rules=books[case.rule], on=case.on)
        found = next((one for one in answers["plats"].findings if one.rule == case.rule), None)
        results.append(CaseResult(case=case, found=found, differences=tuple(_differences(case, found))))
    return tuple(results)


def _alone(book: RuleBook, rule_id: str) -> RuleBook:
    """Return the book with one rule, and those that it replaces or that replace it: they decide whether it is asked."""
    rules = book.rules
    kept = {rule_id}
    while True:
        more = {one.id for one in rules if one.supersedes in kept}
        more |= {one.supersedes for one in rules if one.id in kept and one.supersedes}
        if more <= kept:
            break
        kept |= more
    sets = tuple(
        dataclasses.replace(one, rules=tuple(rule for rule in one.rules if rule.id in kept)) for one in book.sets
    )
    return dataclasses.replace(book, sets=sets)


_WORDS = {"outcome": "utfall", "code": "kod", "need": "behov", "open_reason": "skäl", "case": "fall"}


def _differences(case: Case, found: Finding | None) -> Iterator[str]:
    if found is None:
        if case.answer:
            yield f"väntade {_shown(case.answer)}, men regeln ställdes inte ({case.on}, län {case.county})."
        return
    got = {name: getattr(found, name) for name in ANSWER}
    shown = {name: str(value) for name, value in got.items() if value is not None}
    if not case.answer:
        yield f"väntade att regeln inte skulle ställas, men den svarade {_shown(shown)}."
        return
    wrong = {name: value for name, value in case.answer.items() if shown.get(name) != value}
    if wrong:
        rest = {name: shown.get(name, "inget") for name in wrong}
        # The outcome and the case explain the rest.
        rest |= {name: shown[name] for name in ("outcome", "case") if name in shown}
        yield f"väntade {_shown(wrong)}, fick {_shown(rest)}."


def _shown(answer: Mapping[str, str]) -> str:
    return ", ".join(f"{_WORDS[name]} {answer[name]}" for name in ANSWER if name in answer)
