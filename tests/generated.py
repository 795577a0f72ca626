"""Situations made up for any rule, and the answers that the design's text gives: no case file and no judge is asked.

For one rule a row of sites is laid out, far apart, each with one object of the rule's theme placed against it. What the
answers must be is worked out here from the rule's own keys and docs/rules.md, word by word; nothing of `opcheck.checks`
is used. Sites are squares of 100 m on the central meridian of EPSG:3017, so that metres are metres.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.assessment import Assessment
from opcheck.checks import Parameter
from opcheck.features import LoadedPlan
from opcheck.geometry import LedgerEntry
from opcheck.plan import Document, Features, Layer, Plan, Source, Statement
from opcheck.rules import Rule, RuleBook, themes, uses
from opcheck.run import assess_loaded
from opcheck.sites import Site, Sites

TODAY = datetime.date(2026, 11, 22)
DAY = datetime.timedelta(days=1)
EAST, NORTH = 150_000.0, 7_250_000.0
OWN_DISTANCE_M = 200.0
"""What a site states where a rule asks for its own distance."""

CRITERION_M = 1000.0
"""A threshold that the user sets for a criterion."""

MM = 0.001

# --- what the design says of a rule -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """An outcome, and where the design names them, the code and the reason of an OPEN answer."""

    outcome: str
    code: str | None = None
    reason: str | None = None


NOTHING = Answer("PASS", "R0")
NOT_ASKED = Answer("NOT_ASKED")
ASKED = Answer("ASKED")
"""Whatever the rule answers, as long as it is asked."""
NOT_APPLICABLE = Answer("NOT_APPLICABLE")
NO_COVERAGE = Answer("OPEN", "U0", "no_coverage")
NO_LAYER = Answer("OPEN", "U0", "layer_missing")
NO_GUIDELINE = Answer("OPEN", "U0", "guideline_missing")
NO_ATTRIBUTE = Answer("OPEN", "U0", "attribute_missing")
ASIDE = Answer("OPEN", "U0", "feature_set_aside")


@dataclass(frozen=True)
class Limit:
    """Up to where a rule's objects matter, and what it says there.

    `at` is the answer exactly at the limit, `nearer` one millimetre closer (or anywhere closer, off the site), `beyond`
    farther away where the data is complete.
    """

    metres: float
    nearer: Answer
    at: Answer
    beyond: Answer


def hit_of(rule: Rule, use: str) -> Answer:
    """What an object on the site comes to."""
    code = rule.code.value
    if rule.check == "avoid" and use in (rule.value("serves") or ()) and code != "I":
        code = "K"  # consultation instead of R2
    # FAIL is for a föreskrift that names the use; information is told and not counted.
    return NOT_APPLICABLE if code == "I" else Answer("REVIEW", code)


def limit_of(rule: Rule, use: str) -> Limit | None:
    """The rule's distance for a use; None where only what lies on the site matters."""
    if rule.check == "avoid":
        parameter = rule.parameters.get("attention_m")
        if parameter is None:
            return None
        if parameter.value is not None:  # at the attention distance is within it
            near = NOT_APPLICABLE if rule.code.value == "I" else Answer("REVIEW", rule.code.value)
            return Limit(float(parameter.value), near, near, NOTHING)
        if parameter.ceiling is not None:
            return Limit(float(parameter.ceiling), NO_GUIDELINE, NO_GUIDELINE, NOTHING)
        return Limit(0.0, NO_GUIDELINE, NO_GUIDELINE, NO_GUIDELINE)
    if rule.check == "at_least":
        parameter = rule.parameters["distance_m"]
        beyond = NO_GUIDELINE if rule.value("beyond_open") else NOTHING
        hit = hit_of(rule, use)
        if parameter.attribute is not None:
            return Limit(OWN_DISTANCE_M, hit, beyond, beyond)
        if parameter.value is not None:  # exactly at it is far enough
            return Limit(float(parameter.value), hit, beyond, beyond)
        if parameter.ceiling is not None:
            return Limit(float(parameter.ceiling), NO_GUIDELINE, beyond, beyond)
        return Limit(0.0, NO_GUIDELINE, NO_GUIDELINE, NO_GUIDELINE)
    if rule.check == "band":
        named = [band["upto_m"] for band in rule.value("band") if use in band["uses"]]
        anyone = [band["upto_m"] for band in rule.value("band") if "*" in band["uses"]]
        return Limit(float(max(named or anyone)), hit_of(rule, use), NOTHING, NOTHING)
    return None


def on_site(rule: Rule, use: str) -> Answer:
    """What an object over the whole site comes to."""
    limit = limit_of(rule, use)
    if rule.check == "at_least" and limit is not None:
        return limit.nearer
    return hit_of(rule, use)


def asked_use(rule: Rule) -> str:
    """A use that the rule is asked of, and that does not serve its interest."""
    serves = set(rule.value("serves") or ())
    asked = rule.uses or tuple(sorted(uses()))
    if rule.check == "band":
        named = {use for band in rule.value("band") for use in band["uses"]}
        asked = tuple(use for use in asked if use in named or "*" in named)
    return next((use for use in asked if use not in serves), asked[0])


def other_use(rule: Rule) -> str | None:
    """A use that the rule is not asked of; None where it is asked of all."""
    asked = set(rule.uses or uses())
    if rule.check == "band":
        named = {use for band in rule.value("band") for use in band["uses"]}
        asked &= asked if "*" in named else named
    return next((use for use in sorted(uses()) if use not in asked), None)


def stated(rule: Rule) -> dict[str, Any]:
    """What a site must state for the rule to be asked."""
    found: dict[str, Any] = {}
    for when in rule.when:
        found[when.attribute] = fulfilling(when.op, when.value)
    if rule.own_distance is not None:
        found[rule.own_distance] = OWN_DISTANCE_M
    return found


def fulfilling(op: str, value: Any) -> Any:
    if isinstance(value, bool):
        return value if op == "==" else not value
    return {">": value + 1, ">=": value, "<": value - 1, "<=": value, "==": value, "!=": value + 1}[op]


def failing(op: str, value: Any) -> Any:
    if isinstance(value, bool):
        return (not value) if op == "==" else value
    return {">": value, ">=": value - 1, "<": value, "<=": value + 1, "==": value + 1, "!=": value}[op]


def asked_day(rule: Rule, book: RuleBook) -> datetime.date:
    """The last day up to today on which the rule is asked: before it ends, and before another rule replaces it."""
    days = [TODAY if rule.valid_from is None else max(TODAY, rule.valid_from)]
    if rule.valid_to is not None:
        days.append(rule.valid_to)
    for other in book.rules:
        wider = set(other.counties or rule.counties) >= set(rule.counties) if rule.counties else not other.counties
        if other.supersedes == rule.id and other.valid_from is not None and wider and not other.when and not other.uses:
            days.append(other.valid_from - DAY)
    return min(days)


def family(rule: Rule, book: RuleBook) -> RuleBook:
    """The book with the rule, those that it replaces and those that replace it."""
    kept = {rule.id}
    for _ in range(len(book)):
        kept |= {one.id for one in book.rules if one.supersedes in kept}
        kept |= {one.supersedes for one in book.rules if one.id in kept and one.supersedes}
    sets = [dataclasses.replace(one, rules=tuple(each for each in one.rules if each.id in kept)) for one in book.sets]
    return dataclasses.replace(book, sets=tuple(sets))


# --- a row of sites ---------------------------------------------------------------------------------------------------


@dataclass
class Situation:
    """One site: where the object of each theme lies, what the site states, and what the rule must answer."""

    name: str
    expected: Answer
    use: str
    place: tuple[str | None, ...]
    metres: float = 0.0
    states: Mapping[str, Any] = field(default_factory=dict)
    hole_m: float | None = None
    """The layers' coverage has a hole this far north of the site; negative: over the site."""
    aside_m: float | None = None
    """A row that could not be used lies this far north of the site."""
    uses: tuple[str, ...] | None = None


@dataclass(frozen=True)
class World:
    """What holds for all sites of a row."""

    name: str
    day: datetime.date
    county: str = "00"
    layers: str = "there"
    """``there``, ``missing``, ``empty``, ``stated`` (not to apply), ``unplaced`` (a row without a place)."""
    rule: Rule | None = None
    """The rule with a parameter set by the user, in place of the book's."""


def kind_of(theme: str) -> str:
    return next(kind for kind in ("polygon", "line", "point") if kind in themes()[theme].geometry)


def drawn(kind: str, place: str, metres: float, west: float) -> Any:
    """The object, from the corner of its site."""

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(EAST + west + east, NORTH + north) for east, north in points]

    if place == "on":
        if kind == "polygon":
            return shapely.box(*at((-50, -50))[0], *at((150, 150))[0])
        return shapely.LineString(at((-50, 50), (150, 50))) if kind == "line" else shapely.Point(at((50, 50)))
    if place == "half":
        return shapely.box(*at((50, -50))[0], *at((150, 150))[0])
    edge = 100 + metres
    if kind == "polygon":
        return shapely.box(*at((edge, 0))[0], *at((edge + 100, 100))[0])
    return shapely.LineString(at((edge, 0), (edge, 100))) if kind == "line" else shapely.Point(at((edge, 50)))


def ask(rule: Rule, book: RuleBook, world: World, situations: list[Situation]) -> Iterator[tuple[Situation, Answer]]:
    """Lay the sites out, assess them, and give each one's answer."""
    reach = max([rule.reach_m, OWN_DISTANCE_M, CRITERION_M, *(one.metres for one in situations)])
    gap = 4 * reach + 5_000
    wests = [number * gap for number in range(len(situations))]
    around = shapely.box(EAST - 2 * gap, NORTH - 2 * gap, EAST + (len(situations) + 2) * gap, NORTH + 2 * gap)
    shapely.prepare(around)
    loaded = load(rule, world, situations, wests, around, gap)
    book = family(rule, book)
    if world.rule is not None:
        swapped = [
            dataclasses.replace(
                one, rules=tuple(world.rule if each.id == world.rule.id else each for each in one.rules)
            )
            for one in book.sets
        ]
        book = dataclasses.replace(book, sets=tuple(swapped))
    assessment = assess_loaded(sites(situations, wests), loaded, rules=book, on=world.day)
    for number, situation in enumerate(situations):
        yield situation, answer(assessment, rule, f"s{number:03}")


def answer(assessment: Assessment, rule: Rule, site: str) -> Answer:
    found = [one for one in assessment[site].findings if one.rule == rule.id]
    if not found:
        return NOT_ASKED
    (one,) = found
    code = None if one.code is None else one.code.value
    return Answer(one.outcome.value, code, None if one.open_reason is None else one.open_reason.value)


def sites(situations: list[Situation], wests: list[float]) -> Sites:
    rows, shapes = [], np.empty(len(situations), dtype=object)
    for number, (one, west) in enumerate(zip(situations, wests, strict=True)):
        shapes[number] = shapely.box(EAST + west, NORTH, EAST + west + 100, NORTH + 100)
        named = (one.use,) if one.uses is None else one.uses
        rows.append(
            Site(
                id=f"s{number:03}", name=None, uses=named, unknown_uses=(), attributes=dict(one.states), case={},
                unusable=None,
            )
        )  # fmt: skip
    return Sites(rows=tuple(rows), geometry=shapes, crs="EPSG:3017", file="f", sha256=None, content="")


def load(
    rule: Rule, world: World, situations: list[Situation], wests: list[float], around: Any, gap: float
) -> LoadedPlan:
    named = rule.themes() if world.layers not in ("missing", "stated") else ()
    layers = []
    for order, theme in enumerate(named):
        shapes, ledger, coverage = [], [], around
        for number, (one, west) in enumerate(zip(situations, wests, strict=True)):
            place = one.place[order] if order < len(one.place) else None
            if place is not None:
                shapes.append(drawn(kind_of(theme), place, one.metres, west))
            if one.hole_m is not None:
                low = NORTH + 100 + one.hole_m
                coverage -= shapely.box(EAST + west + 49, low, EAST + west + 51, low + gap)
            if one.aside_m is not None:
                low = NORTH + 100 + one.aside_m
                bounds = (EAST + west, low, EAST + west + 100, low + 100)
                ledger.append(
                    LedgerEntry(layer=theme, feature=f"b{number}", state="set_aside", reason="…", bounds=bounds)
                )
        # One object that no site is near, or the layer would be empty.
        shapes.append(drawn(kind_of(theme), "apart", 0.0, -1.5 * gap))
        if world.layers == "empty":
            shapes, ledger = [], []
        if world.layers == "unplaced":
            ledger.append(LedgerEntry(layer=theme, feature="u", state="unplaced", reason="…"))
        layers.append(layer_of(theme, shapes, ledger, coverage))
    off = tuple(Statement(what=theme, reason="r", stated_by="s") for theme in rule.themes())
    plan = Plan(
        id="p", name="K", crs="EPSG:3017", folder=Path(), sha256="", municipality_code=f"{world.county}80",
        documents=(Document(id="op", kind="översiktsplan", name="ÖP", status="laga kraft"),),
        layers=tuple(one.layer for one in layers), not_applicable=off if world.layers == "stated" else (),
    )  # fmt: skip
    return LoadedPlan(
        plan=plan, area=around, layers=tuple(sorted(layers, key=lambda one: one.layer.id)), document_areas={}
    )


def layer_of(theme: str, shapes: list[Any], ledger: list[LedgerEntry], coverage: Any) -> Features:
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    return Features(
        layer=Layer(id=f"l-{theme}", theme=theme, source=Source(file=theme), accuracy_m=0.0),
        ids=tuple(f"r{number:03}" for number in range(len(shapes))), geometry=geometry, fields={},
        repaired=np.zeros(len(shapes), bool), coverage=coverage, ledger=tuple(ledger), file=theme, reader="t",
        crs="EPSG:3017", sha256=None, content="", rows=len(shapes) + len(ledger),
    )  # fmt: skip


# --- the situations ---------------------------------------------------------------------------------------------------


def with_parameter(rule: Rule, name: str, value: Any) -> Rule:
    return dataclasses.replace(rule, parameters={**rule.parameters, name: Parameter(value=value)})


def worlds(rule: Rule, book: RuleBook) -> Iterator[tuple[World, list[Situation]]]:
    """Every situation of a rule about a map or an attribute, world by world."""
    county = rule.counties[0] if rule.counties else "00"
    day = asked_day(rule, book)
    use = asked_use(rule)
    states = stated(rule)

    def world(name: str, **keys: Any) -> World:
        return World(name=name, **{"day": day, "county": county, **keys})

    if rule.check == "trigger":
        usual = list(triggers(rule, use))
    elif rule.check == "conflict":
        usual = list(pairs(rule, use, states))
    elif rule.check == "covered":
        usual = list(coverings(rule, use, states))
    elif rule.check == "at_most":
        usual = list(nearest(rule, use, states))
    else:
        usual = list(places(rule, use, states))
    yield world("usual"), [*usual, *others(rule, use, states)]
    if rule.check == "at_most":
        asked = with_parameter(rule, "distance_m", CRITERION_M)
        yield world("threshold", rule=asked), list(criteria(use, states))
    if rule.check != "trigger":
        yield from without_data(rule, use, states, world)
    yield from on_days(rule, use, states, world)
    if rule.counties:
        elsewhere = next(code for code in ("25", "01", "12") if code not in rule.counties)
        one = Situation("another county", NOT_ASKED, use, ("on",), states=states)
        yield world("another county", county=elsewhere), [one]


def on_days(rule: Rule, use: str, states: Mapping[str, Any], world: Any) -> Iterator[tuple[World, list[Situation]]]:
    def one(name: str, expected: Answer) -> list[Situation]:
        return [Situation(name, expected, use, ("on",), states=states)]

    day = world("").day
    if rule.valid_from is not None:
        yield world("before", day=rule.valid_from - DAY), one("the day before valid_from", NOT_ASKED)
        if rule.valid_from <= day:
            yield world("first day", day=rule.valid_from), one("on valid_from", ASKED)
    if rule.valid_to is not None:
        yield world("last day", day=rule.valid_to), one("on valid_to", ASKED)
        yield world("after", day=rule.valid_to + DAY), one("the day after valid_to", NOT_ASKED)


def others(rule: Rule, use: str, states: Mapping[str, Any]) -> Iterator[Situation]:
    """What holds for any check: uses and attributes that keep the rule from being asked."""
    if (word := other_use(rule)) is not None:
        yield Situation("another use", NOT_APPLICABLE, word, ("on", "on"), states=states)
    yield Situation("no use stated", NO_ATTRIBUTE, use, ("on", "on"), states=states, uses=())
    for when in rule.when:
        rest = {name: value for name, value in states.items() if name != when.attribute}
        failed = {**states, when.attribute: failing(when.op, when.value)}
        yield Situation(f"{when.attribute} does not hold", NOT_APPLICABLE, use, ("on", "on"), states=failed)
        if when.attribute == "area_m2":
            continue  # what is not stated is measured
        limit = limit_of(rule, use)
        beyond = NOTHING if limit is None else limit.beyond
        looks = rule.check in ("avoid", "within", "at_least")
        if when.missing == "ask":
            if looks:
                yield Situation(f"{when.attribute} not stated", on_site(rule, use), use, ("on", "on"), states=rest)
            continue
        yield Situation(f"{when.attribute} not stated, met", NO_ATTRIBUTE, use, ("on", "on"), states=rest)
        if looks:
            # Where the map shows nothing, the attribute need not be asked for.
            clear = beyond if beyond == NOTHING else NO_ATTRIBUTE
            yield Situation(f"{when.attribute} not stated, nothing near", clear, use, (None,), states=rest)


def everywhere_open(rule: Rule) -> bool:
    """Whether an unknown distance without a ceiling leaves every answer of the rule open."""
    name = {"avoid": "attention_m", "at_least": "distance_m"}.get(rule.check, "")
    parameter = rule.parameters.get(name)
    known = parameter is None or parameter.value is not None or parameter.attribute is not None
    return not known and parameter is not None and parameter.ceiling is None


def beside_gaps(rule: Rule, hit: Answer) -> Answer:
    """What an object on the site comes to where the theme's data has a gap: without a distance, the gap is told."""
    return ASIDE if rule.check == "at_least" and everywhere_open(rule) else hit


def places(rule: Rule, use: str, states: Mapping[str, Any]) -> Iterator[Situation]:
    """Where the object may lie, for the checks of one theme that report what is near."""
    limit = limit_of(rule, use)
    hit, beyond = on_site(rule, use), NOTHING if limit is None else limit.beyond
    reach = rule.reach_m if rule.own_distance is None else OWN_DISTANCE_M

    def one(name: str, expected: Answer, *place: str | None, **keys: Any) -> Situation:
        return Situation(name, expected, use, place, states=keys.pop("states", states), **keys)

    def unless_open(answer: Answer) -> Answer:
        return NO_GUIDELINE if everywhere_open(rule) else answer

    yield one("over the whole site", hit, "on")
    if kind_of(rule.themes()[0]) == "polygon":
        yield one("over half the site", hit, "half")
    yield one("nothing near", beyond)
    touching = NOTHING if limit is None else limit.nearer if limit.metres > 0 else limit.at
    yield one("shared border only", touching, "apart")
    if limit is None:
        yield one("1 mm from the border", NOTHING, "apart", metres=MM)
    elif not everywhere_open(rule):
        yield one("exactly at the distance", limit.at, "apart", metres=limit.metres)
        yield one("1 mm farther", limit.beyond, "apart", metres=limit.metres + MM)
        if limit.metres > 0:
            yield one("1 mm nearer", limit.nearer, "apart", metres=limit.metres - MM)
    yield one("on the site, outside coverage", hit, "on", hole_m=-100.0)
    yield one("nothing near, outside coverage", unless_open(NO_COVERAGE), hole_m=-100.0)
    yield one("coverage ends 1 mm short", unless_open(NO_COVERAGE), hole_m=reach - MM)
    yield one("coverage ends at the reach", beyond, hole_m=reach)
    yield one("an unusable row within reach", ASIDE, aside_m=reach - 1 if reach > 1 else -50.0)
    yield one("an unusable row out of reach", beyond, aside_m=reach + 1)
    # Where no distance is known, an object on the site settles nothing either.
    yield one("on the site, beside an unusable row", beside_gaps(rule, hit), "on", aside_m=-50.0)
    if rule.value("eased_by"):
        yield one("eased", hit, "on", "on")
        yield one("only the easing theme", beyond, None, "on")
    for word in sorted(set(rule.value("serves") or ()) & set(rule.uses or uses())):
        expected = hit_of(rule, word)
        yield Situation(f"{word} serves the interest", expected, word, ("on",), states=states)
    if rule.own_distance is not None:
        rest = {name: value for name, value in states.items() if name != rule.own_distance}
        yield one("own distance not stated, near", NO_ATTRIBUTE, "on", states=rest)
        yield one("own distance not stated, nothing near", NO_ATTRIBUTE, states=rest)


def triggers(rule: Rule, use: str) -> Iterator[Situation]:
    attribute, op, value = rule.value("attribute"), rule.value("op"), rule.value("value")
    base = stated(rule)
    yield Situation("it holds", hit_of(rule, use), use, (), states={**base, attribute: fulfilling(op, value)})
    yield Situation("it does not hold", NOTHING, use, (), states={**base, attribute: failing(op, value)})
    if not isinstance(value, bool):
        exactly = {">": False, ">=": True, "<": False, "<=": True, "==": True, "!=": False}[op]
        expected = hit_of(rule, use) if exactly else NOTHING
        yield Situation("exactly the value", expected, use, (), states={**base, attribute: value})
        above = {">": True, ">=": True, "<": False, "<=": False, "==": False, "!=": True}[op]
        expected = hit_of(rule, use) if above else NOTHING
        yield Situation("a thousandth more", expected, use, (), states={**base, attribute: value + MM})
        below = {">": False, ">=": False, "<": True, "<=": True, "==": False, "!=": True}[op]
        expected = hit_of(rule, use) if below else NOTHING
        yield Situation("a thousandth less", expected, use, (), states={**base, attribute: value - MM})
    if attribute != "area_m2":
        yield Situation("it is not stated", NO_ATTRIBUTE, use, (), states=base)


def pairs(rule: Rule, use: str, states: Mapping[str, Any]) -> Iterator[Situation]:
    hit = hit_of(rule, use)
    for name, expected, place, hole in (
        ("both on the site", hit, ("on", "on"), None),
        ("the first alone", NOTHING, ("on", None), None),
        ("the second alone", NOTHING, (None, "on"), None),
        ("neither", NOTHING, (None, None), None),
        ("both share a border alone", NOTHING, ("apart", "apart"), None),
        ("one on the site, one at its border", NOTHING, ("on", "apart"), None),
        ("both on the site, outside coverage", hit, ("on", "on"), -100.0),
        ("one on the site, outside coverage", NO_COVERAGE, ("on", None), -100.0),
        ("neither, outside coverage", NO_COVERAGE, (None, None), -100.0),
    ):
        yield Situation(name, expected, use, place, states=states, hole_m=hole)


def coverings(rule: Rule, use: str, states: Mapping[str, Any]) -> Iterator[Situation]:
    outside = hit_of(rule, use)
    for name, expected, place, hole in (
        ("wholly inside", NOTHING, ("on",), None),
        ("half inside", outside, ("half",), None),
        ("shared border only", outside, ("apart",), None),
        ("outside", outside, (None,), None),
        ("wholly inside, outside coverage", NOTHING, ("on",), -100.0),
        ("outside, outside coverage", NO_COVERAGE, (None,), -100.0),
    ):
        yield Situation(name, expected, use, place, states=states, hole_m=hole)


def nearest(rule: Rule, use: str, states: Mapping[str, Any]) -> Iterator[Situation]:
    """A criterion without a threshold: told in metres, and neither met nor missed."""
    yield Situation("no threshold", NOT_APPLICABLE, use, ("apart",), 300.0, states)
    open_ = Answer("OPEN", None, "no_coverage")
    yield Situation("no threshold, data ends before", open_, use, ("apart",), 300.0, states, hole_m=200.0)


def criteria(use: str, states: Mapping[str, Any]) -> Iterator[Situation]:
    met, missed, open_ = Answer("PASS"), Answer("REVIEW"), Answer("OPEN", None, "no_coverage")
    yield Situation("1 mm nearer than wished", met, use, ("apart",), CRITERION_M - MM, states)
    yield Situation("exactly as wished", met, use, ("apart",), CRITERION_M, states)
    yield Situation("1 mm farther than wished", missed, use, ("apart",), CRITERION_M + MM, states)
    yield Situation("nothing near", missed, use, (None,), states=states)
    yield Situation("farther, and the data ends before", open_, use, ("apart",), 1200.0, states, hole_m=900.0)
    yield Situation("near, and the data ends after", met, use, ("apart",), 300.0, states, hole_m=400.0)


def without_data(
    rule: Rule, use: str, states: Mapping[str, Any], world: Any
) -> Iterator[tuple[World, list[Situation]]]:
    gone = NOTHING if rule.check == "conflict" else NOT_APPLICABLE
    yield world("no layer", layers="missing"), [Situation("no layer", NO_LAYER, use, (None,), states=states)]
    yield world("empty", layers="empty"), [Situation("an empty layer", NO_LAYER, use, (None,), states=states)]
    yield world("stated", layers="stated"), [Situation("stated not to apply", gone, use, (None,), states=states)]
    lost = [Situation("nothing near, a row without a place", ASIDE, use, (None, None), states=states)]
    if rule.check in ("avoid", "within", "at_least", "band"):
        hit = beside_gaps(rule, on_site(rule, use))
        lost.append(Situation("on the site, a row without a place", hit, use, ("on",), states=states))
    if rule.check == "conflict":
        hit = hit_of(rule, use)
        lost.append(Situation("both, a row without a place", hit, use, ("on", "on"), states=states))
    yield world("unplaced", layers="unplaced"), lost
