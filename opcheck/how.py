"""How an answer was made: the steps, as ``name=value`` for programs and as sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from opcheck.checks import KINDS, OF_LAND
from opcheck.findings import AREA_DECIMALS, DISTANCE_DECIMALS, SHARE_DECIMALS, SLIVER_M, SLIVER_M2, Adjustment
from opcheck.plan import Features
from opcheck.rules import Rule, RuleSet


class Texts(Protocol):
    """The wording that steps ask for."""

    def say(self, table: str, key: str, arguments: Mapping[str, Any], /) -> str:
        """Return a text with its arguments filled in."""
        ...

    def has(self, table: str, key: str, /) -> bool:
        """Tell whether a text exists."""
        ...


HASH_LETTERS = 12
"""So much of a hash tells which rule file or layer is meant; the whole of it stands among the inputs."""

PREDICATES: Mapping[str, str] = {
    "avoid": "overlaps", "within": "share_inside", "covered": "covered_by", "at_least": "nearer_than",
    "band": "nearer_than_band", "at_most": "within_distance", "conflict": "overlaps_both", "trigger": "attribute",
    "use_matrix": "zones", "horizon": "horizon",
}  # fmt: skip
"""Check kind → what was asked, in one word; any other kind goes by its own name."""

_ON_MAPS = ("theme", "bands", "pair", "covered", *OF_LAND)

_AT_THRESHOLD: Mapping[str, str] = {"avoid": "within", "at_most": "met"}
"""What lying exactly at the distance counts as; at the checks that ask for a distance to be kept it is far enough."""

_MEASURES = ("points", "length", "area")
"""What an overlap comes to, by the dimension of the site."""


def on_map(rule: Rule) -> bool:
    """Tell whether a rule is answered by objects of layers."""
    return KINDS[rule.check].subject in _ON_MAPS and rule.value("of") not in ("status", "currency")


def predicate(rule: Rule) -> str:
    """Return what a rule asks, in one word."""
    if rule.value("of") in ("status", "currency"):
        return "standing"
    word = PREDICATES.get(rule.check, rule.check)
    return f"{word}_or_near" if word == "overlaps" and "attention_m" in rule.parameters else word


def steps(
    rule: Rule,
    *,
    crs: str,
    reach_m: float,
    ruleset: RuleSet | None = None,
    dimension: int | None = None,
    threshold_m: float | None = None,
    site_accuracy_m: float | None = None,
    layers: Sequence[Features] = (),
    adjustments: Sequence[Adjustment] = (),
) -> Iterator[str]:
    """Give the steps behind a finding in a fixed form and order; those of the first version come first."""
    yield f"rule={rule.id}@{rule.version}"
    yield f"check={rule.check}"
    yield f"crs={crs}"
    if KINDS[rule.check].subject in ("theme", "bands", "pair", *OF_LAND):
        yield f"sliver_m2={SLIVER_M2:g}"
        yield f"reach_m={reach_m:g}"
    place = rule.value("from")
    if place:
        yield f"from={place}"
    yield f"predicate={predicate(rule)}"
    if ruleset is not None:
        yield f"ruleset={ruleset.id}@{ruleset.version}#{ruleset.sha256[:HASH_LETTERS]}"
    if not on_map(rule):
        attribute = rule.value("attribute")
        if attribute:
            yield f"compared={attribute} {rule.value('op')} {rule.value('value')}"
        return
    if dimension is not None:
        yield f"measure={_MEASURES[dimension]}_of_union"
        yield f"measured=site_border>{'from' if place else 'object_border'}"
    yield f"sliver_m={SLIVER_M:g}"
    if threshold_m is not None:
        yield f"threshold_m={threshold_m:g}"
        yield f"at_threshold={_AT_THRESHOLD.get(rule.check, 'far_enough')}"
    area, metres, share = (f"{10.0**-places:g}" for places in (AREA_DECIMALS, DISTANCE_DECIMALS, SHARE_DECIMALS))
    yield f"rounding=m2:{area},m:{metres},share:{share}"
    yield f"site_accuracy_m={'unknown' if site_accuracy_m is None else f'{site_accuracy_m:g}'}"
    for features in layers:
        accuracy = "unknown" if features.layer.accuracy_m is None else f"{features.layer.accuracy_m:g}"
        yield f"layer={features.layer.id}#{features.content[:HASH_LETTERS] or '-'};accuracy_m={accuracy}"
    for change in adjustments:
        yield f"adjusted={change.by}:{change.from_.value}>{change.to.value}"


def sentences(found: Sequence[str], texts: Texts, titles: Mapping[str, str]) -> list[str]:
    """Return steps as sentences.

    Parameters
    ----------
    found
        As `steps` gives them.
    titles
        Layer id → title.
    """
    pairs = [(name, value) for name, _, value in (step.partition("=") for step in found)]
    one = dict(pairs)
    arguments: dict[str, Any] = {**one}
    for name in ("sliver_m2", "sliver_m", "reach_m", "threshold_m", "site_accuracy_m"):
        arguments[name] = _number(one.get(name))
    lines = []
    if "predicate" in one:
        key = f"predicate.{one['predicate']}"
        lines.append(texts.say("how", key if texts.has("how", key) else "predicate", arguments))
    if "measured" in one and one.get("predicate") not in ("zones", "horizon"):
        lines.append(texts.say("how", "measured_from" if one.get("from") else "measured", arguments))
    if arguments["reach_m"]:
        lines.append(texts.say("how", "reach", arguments))
    layers = [value for name, value in pairs if name == "layer"]
    if layers:
        words = [_layer(value, texts, titles) for value in layers]
        lines.append(texts.say("how", "layers", {**arguments, "layers": "; ".join(words)}))
    if arguments["site_accuracy_m"] is not None:
        lines.append(texts.say("how", "site_accuracy", arguments))
    if "ruleset" in one:
        rule, _, version = one["rule"].rpartition("@")
        ruleset, _, digest = one["ruleset"].rpartition("#")
        named = {"rule": rule, "version": version, "ruleset": ruleset.rpartition("@")[0], "digest": digest}
        lines.append(texts.say("how", "rule", named))
    return lines


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _layer(value: str, texts: Texts, titles: Mapping[str, str]) -> str:
    """Return a layer of a step in words."""
    named, _, accuracy = value.rpartition(";accuracy_m=")
    layer, _, digest = named.rpartition("#")
    metres = _number(accuracy)
    told_ = {"layer": titles.get(layer, layer), "digest": digest, "accuracy_m": metres}
    return texts.say("how", "layer" if metres is not None else "layer_unknown", told_)
