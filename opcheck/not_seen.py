"""What no map of a run can show: told in every assessment, whatever the outcome.

The list follows the run. A theme that a rule asks about is no longer unmapped, a claim is old on the day that is judged
for and not on another, and a layer without a date is named.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from opcheck.answers import Answers
from opcheck.findings import Basis
from opcheck.plan import MAY_GOVERN, Features, Layer, PartialDate, Plan
from opcheck.rules import Rule, themes
from opcheck.texts import Texts

CLAIM_YEARS = 8
"""Agencies must keep riksintresse claims current at least every eighth year (hushållningsförordningen 2 §)."""

CLAIMS_KEPT_CURRENT_FROM = datetime.date(2023, 3, 14)
"""Since then (SFS 2023:51); before that day nothing said how old a claim may be."""

BACKGROUND = frozenset({"properties", "main_road", "public_place", "lis_area"})
"""Themes that say something of another question and ask none themselves."""


def not_seen(answers: Answers, texts: Texts) -> list[dict[str, str]]:
    """Return what this run cannot show: keys in a fixed order, each with its sentence."""
    loaded = answers.loaded
    asked = {theme for rule in answers.rules for theme in rule.themes()}
    present = {features.layer.theme for features in loaded.layers}
    stated = {one.what for one in loaded.plan.not_applicable}
    here = {"municipality": loaded.plan.name, "contact": loaded.plan.contact}
    claims = _claims(answers.rules)
    old = [_title(one, texts) for one in answers.layers if one.layer.theme in claims and stale(one.layer, answers.day)]
    unused = [_title(one, texts) for one in loaded.layers if one.layer.theme not in asked | BACKGROUND]
    undated = [_title(one, texts) for one in answers.layers if one.layer.dated is None]
    duty = answers.day >= CLAIMS_KEPT_CURRENT_FROM
    arguments: dict[str, Mapping[str, Any] | None] = {
        f"border_{_border(loaded.plan)}": here,
        "document_areas": _named(one.name for one in loaded.plan.documents if _placeless(one, answers.day)),
        "unmapped_themes": _named(_unmapped(asked, texts)),
        "layers_not_loaded": _named(texts.get("theme", theme) for theme in asked - present - stated),
        "unused_layers": _named(unused),
        "stale_claims": _named(old, limit=CLAIM_YEARS) if duty else None,
        "stale_claims_before": None if duty else _named(old, limit=CLAIM_YEARS, since=CLAIMS_KEPT_CURRENT_FROM),
        "undated": _named(undated),
        "demonstration": {} if answers.demonstration else None,
    }
    told = []
    for key in texts.keys("not_seen"):
        found = arguments.get(key, None if key in _WHERE_IT_IS_SO else {})
        if found is not None:
            told.append({"key": key, "text": texts.say("not_seen", key, found)})
    return told


def stale(layer: Layer, day: datetime.date) -> bool:
    """Tell whether a claim is, or may be, older than agencies may let it grow; of one without a date nobody knows."""
    return layer.dated is not None and _years_later(layer.dated) < day


_WHERE_IT_IS_SO = frozenset({
    "border_not_loaded", "border_provisional", "document_areas", "unmapped_themes", "layers_not_loaded",
    "unused_layers", "stale_claims", "stale_claims_before", "undated", "demonstration",
})  # fmt: skip
"""Keys that are told only where there is something to tell; the rest hold for every run."""


def _claims(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the themes of agencies' claims; areas that the act itself names are none."""
    return frozenset(theme for rule in rules if rule.basis is Basis.CLAIM for theme in rule.themes())


def _unmapped(asked: set[str], texts: Texts) -> list[str]:
    """Return what no rule of the run asks about: themes that layers can carry, and what no theme stands for."""
    rest = [texts.get("theme", theme) for theme in themes() if theme not in asked | BACKGROUND]
    return [*rest, *(texts.get("unmapped", key) for key in texts.keys("unmapped"))]


def _named(names: Iterable[str], **more: Any) -> dict[str, Any] | None:  # noqa: ANN401 - whatever the sentence says
    """Return names for a sentence; with semicolons, since they may hold commas of their own."""
    found = sorted(set(names))
    return {"names": "; ".join(found), **more} if found else None


def _title(features: Features, texts: Texts) -> str:
    """Return a layer's title, or that of its theme: an id alone says nothing to a reader."""
    return features.layer.title or texts.get("theme", features.layer.theme)


def _border(plan: Plan) -> str:
    if plan.area is None:
        return "not_loaded"
    return "provisional" if plan.provisional_area else "loaded"


def _placeless(document: Any, day: datetime.date) -> bool:  # noqa: ANN401 - a document
    return bool(document.area_unknown) and document.force(day) in MAY_GOVERN


def _years_later(date: PartialDate) -> datetime.date:
    """Return the day from which a claim may be too old: of a year alone, its first day counts."""
    first = date.first
    year = first.year + CLAIM_YEARS
    return first.replace(year=year, day=28) if (first.month, first.day) == (2, 29) else first.replace(year=year)
