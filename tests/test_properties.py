"""What must hold for any drawing: hypothesis draws the municipality, the sites and the rules."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import itertools
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from drawn import COUNTRY, GREEN, TOWN, WORK, Pack, box, features, index, land_book, put, read_sites, rule, subjects
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import opcheck
from opcheck.checks import KINDS, Parameter, Terms
from opcheck.features import LoadedPlan
from opcheck.findings import FAIL, NOT_APPLICABLE, OPEN, OUTCOMES, PASS, REVIEW, Code, Columns, ThemeState
from opcheck.plan import Plan
from opcheck.run import assess_loaded
from opcheck.sites import Site, Sites
from opcheck.verdict import combine

FEW = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=100, deadline=None, derandomize=True)

metres = st.integers(0, 400).map(lambda tens: 4000 + 10 * tens)


@st.composite
def boxes(draw: Any) -> Any:
    """A box on a grid of ten metres, at most 500 m wide, in the middle of the municipality."""
    east, north = draw(metres), draw(metres)
    wide, high = draw(st.integers(1, 50)), draw(st.integers(1, 50))
    return box(east, north, east + 10 * wide, north + 10 * high)


@st.composite
def triangles(draw: Any) -> Any:
    corners = draw(st.lists(st.tuples(metres, metres), min_size=3, max_size=3, unique=True))
    shape = put(shapely.Polygon(corners))
    return shape if shape.area > 100 else box(4000, 4000, 4100, 4100)


areas = boxes() | triangles()
CATEGORIES = (WORK, COUNTRY, GREEN, TOWN)


# --- the whole way from files to record -----------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class World:
    """A municipality and its questions, each in a list whose order must not matter."""

    zones: tuple[Any, ...]
    waters: tuple[Any, ...]
    houses: tuple[Any, ...]
    sites: tuple[Any, ...]

    def layers(self) -> list[tuple[str, str, list[Any], dict[str, Any]]]:
        def named(prefix: str, shapes: Sequence[Any]) -> list[Any]:
            return [(shape, {"id": f"{prefix}{number}"}) for number, shape in enumerate(shapes)]

        zones = [
            (shape, {"id": f"z{number}", "category": category}) for number, (shape, category) in enumerate(self.zones)
        ]
        return [
            ("a-zoner", "land_use", zones, {"accuracy_m": 20, "border": "indicative"}),
            ("b-vatten", "groundwater", named("v", self.waters), {"accuracy_m": 5, "border": "legal"}),
            ("c-hus", "housing", named("h", self.houses), {"coverage": box(3000, 3000, 9000, 9000)}),
        ]


@st.composite
def worlds(draw: Any) -> World:
    zones = draw(st.lists(st.tuples(areas, st.sampled_from(CATEGORIES)), min_size=1, max_size=5))
    return World(
        zones=tuple(zones),
        waters=tuple(draw(st.lists(areas, min_size=1, max_size=4))),
        houses=tuple(draw(st.lists(boxes(), min_size=1, max_size=4))),
        sites=tuple(draw(st.lists(areas, min_size=1, max_size=3))),
    )


def questions(distance_m: float = 150) -> list[dict[str, Any]]:
    return [
        rule("t.water", theme="groundwater", check="avoid", attention_m=100),
        rule("t.houses", theme="housing", check="at_least", distance_m=distance_m),
        rule("t.inside", theme="groundwater", check="within"),
    ]


def assessed(
    world: World, *, turn: int = 0, rules: Sequence[dict[str, Any]] | None = None, shift: tuple[float, float] = (0, 0)
) -> opcheck.Assessment:
    """Write the world to files, with every list turned round by `turn`, and assess it."""

    def turned(items: Sequence[Any]) -> list[Any]:
        by = turn % len(items) if items else 0
        return [*items[by:], *items[:by]]

    def moved(shape: Any) -> Any:
        return shapely.transform(shape, lambda xy: xy + np.array(shift)) if shift != (0, 0) else shape

    def started(shape: Any) -> Any:
        """The same shape, with its rings begun at another corner and drawn the other way."""
        ring = list(shape.exterior.coords)[:-1]
        by = turn % len(ring)
        begun = [*ring[by:], *ring[:by]]
        return shapely.Polygon(begun[::-1] if turn % 2 else begun)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack = Pack(folder / "paket", area=moved(box(0, 0, 10_000, 10_000))).document("op")
        for layer_id, theme, rows, keys in turned(world.layers()):
            cover = {"coverage": moved(keys["coverage"])} if "coverage" in keys else {}
            drawn = [(moved(started(shape)), values) for shape, values in turned(rows)]
            pack.layer(layer_id, theme, drawn, **{**keys, **cover})
        book = land_book(folder, *turned(rules if rules is not None else questions()))
        sites = [(f"s{number}", moved(started(shape))) for number, shape in enumerate(world.sites)]
        return opcheck.assess(read_sites(folder, *turned(sites)), pack.read(), rules=book, on="2026-11-22")


def record(assessment: opcheck.Assessment) -> dict[str, Any]:
    """The record without the hashes and orders of the input files themselves."""
    found = assessment.to_dict()
    plan = found["inputs"]["plan"]
    plan.pop("sha256")
    for layer in plan["layers"]:
        layer.pop("sha256")
    found["inputs"]["sites"].pop("sha256")
    for one in found["inputs"]["rules"]:
        one.pop("sha256"), one.pop("file")
    for finding in (finding for site in found["sites"] for finding in site["findings"]):
        # The rule file's hash again: the file was written with its rules in another order.
        finding["how"] = [step for step in finding["how"] if not step.startswith("ruleset=")]
    return found


@FEW
@given(worlds(), st.integers(1, 7))
def test_no_order_of_sites_layers_rules_rows_or_vertices_changes_anything(world: World, turn: int) -> None:
    assert json.dumps(record(assessed(world, turn=turn))) == json.dumps(record(assessed(world)))


def told(assessment: opcheck.Assessment) -> list[Any]:
    return [
        (one.site, one.rule, one.outcome, one.code, one.case, one.boundary_case, dict(one.measures), one.margin_m)
        for one in assessment.findings
    ]


@FEW
@given(worlds(), st.tuples(st.integers(-5, 5), st.integers(-50, 50)))
def test_moving_everything_alike_changes_no_answer(world: World, thousands: tuple[int, int]) -> None:
    shift = (1024.0 * thousands[0], 1024.0 * thousands[1])
    for still, moved in zip(told(assessed(world)), told(assessed(world, shift=shift)), strict=True):
        assert moved[:6] == still[:6]
        for name, value in still[6].items():
            assert moved[6][name] == pytest.approx(value, abs=0.011), name


@FEW
@given(worlds())
def test_one_more_rule_never_lifts_a_site_that_the_plan_speaks_against(world: World) -> None:
    few, more = assessed(world, rules=[]), assessed(world)
    for before, after in zip(few, more, strict=True):
        if before.outcome == "FAIL":
            assert after.outcome == "FAIL"
        if after.outcome == "PASS":
            assert before.outcome == "PASS"


@FEW
@given(worlds())
def test_adjustments_only_worsen(world: World) -> None:
    order = ["FAIL", "OPEN", "REVIEW", "PASS", "NOT_APPLICABLE"]
    for found in assessed(world).findings:
        assert order.index(found.outcome) <= order.index(found.outcome_nominal)
        assert bool(found.adjustments) == (found.outcome != found.outcome_nominal)


@FEW
@given(worlds(), st.integers(10, 300), st.integers(1, 300))
def test_a_longer_least_distance_never_finds_less(world: World, short: int, longer: int) -> None:
    near, far = (assessed(world, rules=questions(metre)) for metre in (short, short + longer))
    for before, after in zip(near.findings, far.findings, strict=True):
        if before.rule == "t.houses" and before.outcome == "REVIEW":
            assert after.outcome == "REVIEW"
        if before.rule == "t.houses" and after.outcome == "PASS":
            assert before.outcome == "PASS"


@FEW
@given(worlds())
def test_the_parts_of_a_site_that_govern_fill_it_where_zones_do_not_overlap(world: World) -> None:
    apart = [(shape, category) for shape, category in world.zones[:1]]
    assessment = assessed(dataclasses.replace(world, zones=tuple(apart)))
    for site_id, answer in assessment.items():
        total = sum(part.amount for part in answer.parts if part.governs)
        size = assessment.answers.size(assessment.answers.number(site_id))
        # Slivers of at most a square metre are in no part.
        assert total == pytest.approx(size, abs=1.02)


# --- measuring ------------------------------------------------------------------------------------------------------


@MANY
@given(st.lists(areas, max_size=6), areas)
def test_the_share_of_a_union_is_never_above_one_nor_below_its_largest_piece(shapes: list[Any], site: Any) -> None:
    found = index(features(shapes)).measure(subjects(site), 0.0)
    assert 0.0 <= found.share[0] <= 1.0
    hits = found.pairs.area_m2[found.pairs.hit]
    assert found.area_m2[0] <= round(float(shapely.area(site)), 2) + 0.01
    assert found.area_m2[0] >= hits.max(initial=0.0) - 0.01
    assert found.area_m2[0] <= hits.sum() + 0.01


@MANY
@given(areas, areas, metres)
def test_a_zone_cut_in_two_is_the_same_zone(zone: Any, site: Any, east: float) -> None:
    west_of = box(0, 0, east, 10_000)
    halves = [
        part for part in (shapely.intersection(zone, west_of), shapely.difference(zone, west_of)) if part.area > 10
    ]
    pieces = [one for part in halves for one in shapely.get_parts(part) if one.geom_type == "Polygon"]
    if not pieces:
        return
    whole, cut = (index(features(shapes)).measure(subjects(site), 0.0) for shapes in ([zone], pieces))
    if abs(sum(one.area for one in pieces) - zone.area) < 1e-6:
        assert cut.area_m2[0] == pytest.approx(whole.area_m2[0], abs=2.02)
        assert cut.nearest_m[0] == pytest.approx(whole.nearest_m[0], abs=0.0011)
        if whole.area_m2[0] > 2.02:
            assert cut.hit[0]


@MANY
@given(st.lists(areas, min_size=1, max_size=5), areas)
def test_measuring_does_not_depend_on_the_order_of_objects(shapes: list[Any], site: Any) -> None:
    forward = index(features(shapes)).measure(subjects(site), 500.0)
    backward = index(features(shapes[::-1])).measure(subjects(site), 500.0)
    for name in ("nearest_m", "hit", "contact", "area_m2", "share", "hits", "signed_m", "inner_hit", "outer_hit"):
        assert np.array_equal(getattr(forward, name), getattr(backward, name), equal_nan=True), name


@MANY
@given(st.lists(areas, min_size=1, max_size=4), areas, st.floats(0, 200))
def test_borders_moved_outwards_hit_no_less_and_moved_inwards_no_more(
    shapes: list[Any], site: Any, accuracy: float
) -> None:
    found = index(features(shapes, accuracy_m=accuracy)).measure(subjects(site), 0.0)
    assert found.outer_hit[0] >= found.hit[0] >= found.inner_hit[0]
    assert found.outer_m[0] <= found.nearest_m[0] <= found.inner_m[0] + 0.001


@MANY
@given(areas, areas)
def test_nothing_is_both_a_hit_and_only_a_contact(zone: Any, site: Any) -> None:
    found = index(features([zone])).measure(subjects(site), 0.0)
    assert not (found.hit[0] and found.contact[0])
    assert (found.nearest_m[0] == 0.0) == bool(shapely.intersects(zone, site)) or found.nearest_m[0] <= 0.0005


# --- whole rules, in memory -------------------------------------------------------------------------------------------

QUICK = settings(max_examples=40, deadline=None, derandomize=True)

grid = st.integers(0, 30).map(lambda tens: 4000 + 10 * tens)
"""Close together, so that sites and objects meet more often than not."""


@st.composite
def squares(draw: Any) -> Any:
    """A box on whole tens of metres: overlaps are nothing or at least 100 m², never a sliver."""
    east, north = draw(grid), draw(grid)
    return box(east, north, east + 10 * draw(st.integers(1, 20)), north + 10 * draw(st.integers(1, 20)))


MAP_RULES: tuple[dict[str, Any], ...] = (
    rule("m.avoid", theme="groundwater", check="avoid"),
    rule("m.near", theme="groundwater", check="avoid", attention_m=60),
    rule("m.unknown", theme="groundwater", check="avoid", attention_m={"unknown": True, "ceiling": 60}),
    rule("m.least", theme="groundwater", check="at_least", distance_m=60),
    rule("m.within", theme="groundwater", check="within"),
    rule("m.half", theme="groundwater", check="within", share=0.5),
    rule("m.band", theme="groundwater", check="band", band=[{"upto_m": 60}]),
    rule("m.covered", theme="groundwater", check="covered", themes=["groundwater"]),
    rule("m.both", check="conflict", themes=["groundwater", "farmland"]),
)


@functools.cache
def rules_of(text: str) -> opcheck.RuleBook:
    with tempfile.TemporaryDirectory() as name:
        return land_book(Path(name), *json.loads(text, object_hook=dated))


def dated(values: dict[str, Any]) -> dict[str, Any]:
    return {key: datetime.date.fromisoformat(one) if key == "read" else one for key, one in values.items()}


def answered(
    sites: Sequence[Any],
    waters: Sequence[Any],
    fields: Sequence[Any] = (),
    zones: Sequence[tuple[Any, str]] = (),
    *,
    rules: Sequence[dict[str, Any]] = MAP_RULES,
    coverage: Any = None,
    shift: tuple[float, float] = (0, 0),
) -> dict[tuple[str, str], Any]:
    """Findings by site and rule, of a municipality that never was a file."""

    def moved(shapes: Sequence[Any]) -> list[Any]:
        return [shapely.transform(one, lambda xy: xy + np.array(shift)) for one in shapes]

    (whole,) = moved([box(0, 0, 10_000, 10_000)])
    (cover,) = [whole] if coverage is None else moved([coverage])
    given_ = {"coverage": cover, "accuracy_m": 0.0}
    categories = [category for _, category in zones]
    layers = (
        features(moved(waters), layer_id="a", theme="groundwater", **given_),
        features(moved(fields), layer_id="b", theme="farmland", **given_),
        dataclasses.replace(
            features(moved([shape for shape, _ in zones]), layer_id="c", theme="land_use", **given_),
            fields={"category": categories},
        ),
    )
    plan = Plan(id="p", name="K", crs="EPSG:3017", folder=Path(), sha256="", layers=tuple(one.layer for one in layers))
    loaded = LoadedPlan(plan=plan, area=whole, layers=layers, document_areas={})
    rows = tuple(
        Site(id=f"s{number}", name=None, uses=("industri",), unknown_uses=(), attributes={}, case={}, unusable=None)
        for number in range(len(sites))
    )
    places = np.empty(len(rows), dtype=object)
    places[:] = moved(sites)
    drawn = Sites(rows=rows, geometry=places, crs="EPSG:3017", file="f", sha256=None, content="")
    book = rules_of(json.dumps(rules, default=str))
    assessment = assess_loaded(drawn, loaded, rules=book, on=datetime.date(2026, 11, 22))
    return {(one.site, one.rule): one for one in assessment.findings}


def told_of(found: dict[tuple[str, str], Any]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {key: (one.outcome, one.code, one.case) for key, one in found.items()}


some_squares = st.lists(squares(), min_size=1, max_size=4)
all_zones = st.lists(st.tuples(squares(), st.sampled_from(CATEGORIES)), min_size=1, max_size=3)


@QUICK
@given(
    some_squares, some_squares, some_squares, all_zones, st.integers(-90_000, 90_000), st.integers(-999_999, 999_999)
)
def test_moving_everything_by_whole_metres_changes_no_answer(
    sites: list[Any], waters: list[Any], fields: list[Any], zones: list[Any], east: int, north: int
) -> None:
    still = answered(sites, waters, fields, zones)
    moved = answered(sites, waters, fields, zones, shift=(east, north))
    assert told_of(moved) == told_of(still)
    assert [one.measures for one in moved.values()] == [one.measures for one in still.values()]


@QUICK
@given(some_squares, some_squares, some_squares, all_zones, grid, st.booleans())
def test_cutting_every_object_and_zone_in_two_changes_no_answer(
    sites: list[Any], waters: list[Any], fields: list[Any], zones: list[Any], where: int, east: bool
) -> None:
    low = box(0, 0, where, 10_000) if east else box(0, 0, 10_000, where)

    def halves(shape: Any) -> list[Any]:
        parts = [shapely.intersection(shape, low), shapely.difference(shape, low)]
        return [part for part in parts if part.area > 0]

    whole = answered(sites, waters, fields, zones)
    cut = answered(
        sites,
        [part for one in waters for part in halves(one)],
        [part for one in fields for part in halves(one)],
        [(part, category) for one, category in zones for part in halves(one)],
    )
    assert told_of(cut) == told_of(whole)
    for key, one in whole.items():
        for name in ("area_m2", "share", "distance_m"):
            assert cut[key].measures[name] == one.measures[name], (key, name)


BITING = ("FAIL", "REVIEW")


@QUICK
@given(squares(), st.lists(squares(), max_size=3), squares(), st.sampled_from([None, box(4000, 4000, 4200, 4300)]))
def test_one_more_object_never_improves_an_answer_about_what_to_avoid(
    site: Any, waters: list[Any], extra: Any, coverage: Any
) -> None:
    # A layer without any object is no answer at all: one far away stands in for what there is elsewhere.
    there = [*waters, box(9000, 9000, 9100, 9100)]
    few = answered([site], there, there, coverage=coverage)
    more = answered([site], [*there, extra], [*there, extra], coverage=coverage)
    for name in ("m.avoid", "m.near", "m.unknown", "m.least", "m.within", "m.half", "m.band", "m.both"):
        before, after = few["s0", name].outcome, more["s0", name].outcome
        assert before not in BITING or after in BITING, name
        assert after != "PASS" or before == "PASS", name
        assert (more["s0", name].measures["area_m2"] or 0) >= (few["s0", name].measures["area_m2"] or 0)


@QUICK
@given(some_squares, some_squares, st.integers(1, 200), st.integers(1, 200), st.booleans())
def test_a_longer_distance_of_any_kind_never_finds_less(
    sites: list[Any], waters: list[Any], short: int, longer: int, narrow: bool
) -> None:
    def of(metres: int) -> dict[tuple[str, str], Any]:
        asked = (
            rule("m.near", theme="groundwater", check="avoid", attention_m=metres),
            rule("m.unknown", theme="groundwater", check="avoid", attention_m={"unknown": True, "ceiling": metres}),
            rule("m.least", theme="groundwater", check="at_least", distance_m=metres),
            rule("m.open", theme="groundwater", check="at_least", distance_m={"unknown": True, "ceiling": metres}),
            rule("m.band", theme="groundwater", check="band", band=[{"upto_m": metres, "uses": ["industri"]}]),
        )
        return answered(sites, waters, rules=asked, coverage=box(3990, 3990, 4400, 4500) if narrow else None)

    near, far = of(short), of(short + longer)
    for key, before in near.items():
        if key[1] != "t.land":
            assert before.outcome not in BITING or far[key].outcome in BITING, key
            assert far[key].outcome != "PASS" or before.outcome == "PASS", key


@QUICK
@given(some_squares, st.lists(squares(), min_size=1, max_size=6))
def test_stacked_objects_never_cover_more_than_the_site(sites: list[Any], waters: list[Any]) -> None:
    for (site, _), found in answered(sites, [*waters, *waters]).items():
        share, area = found.measures["share"], found.measures["area_m2"]
        assert share is None or 0 <= share <= 1
        assert area is None or area <= round(sites[int(site[1:])].area, 2)


@QUICK
@given(st.data())
def test_one_more_rule_never_makes_a_verdict_better(data: Any) -> None:
    """Over every table of outcomes: what was spoken against stays so, and neither a gate nor a question is lifted."""
    rules, subjects_ = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4))
    numbers = st.sampled_from([FAIL, OPEN, REVIEW, PASS, NOT_APPLICABLE])
    outcome = np.array(
        data.draw(st.lists(st.lists(numbers, min_size=subjects_, max_size=subjects_), min_size=rules, max_size=rules)),
        dtype=np.int8,
    )
    counted, gate = (np.array(data.draw(st.lists(st.booleans(), min_size=rules, max_size=rules))) for _ in range(2))
    site = np.sort(np.array(data.draw(st.lists(st.integers(0, 1), min_size=subjects_, max_size=subjects_))))
    few = combine(outcome[:-1], counted[:-1], gate[:-1], site, 2)
    more = combine(outcome, counted, gate, site, 2)
    gated = [bool(((outcome[:-1][counted[:-1] & gate[:-1]] == OPEN)[:, site == one]).any()) for one in (0, 1)]
    for one in (0, 1):
        asked = bool((outcome[:-1][counted[:-1]][:, site == one] != NOT_APPLICABLE).any())
        before, after = OUTCOMES.name(int(few[one])), OUTCOMES.name(int(more[one]))
        if before == "FAIL":
            assert after == "FAIL"
        elif before == "OPEN" and gated[one]:
            assert after in ("FAIL", "OPEN")
        elif before == "REVIEW":
            assert after in ("FAIL", "OPEN", "REVIEW")
        elif before == "OPEN" and asked:
            assert after != "PASS"
        assert (after == "PASS") <= (before == "PASS" or not asked)


# --- judging --------------------------------------------------------------------------------------------------------


def columns(distances: Sequence[float], covered: Sequence[bool]) -> Columns:
    count = len(distances)
    metre = np.array(distances, dtype=np.float64)
    flags = {name: np.zeros(count, bool) for name in ("contact", "set_aside", "serves", "forbids")}
    numbers = {name: np.zeros(count) for name in ("area_m2", "share", "length_m", "hits", "eased", "eased_pending")}
    return Columns(
        state=ThemeState(), hit=metre == 0, distance_m=metre, covered=np.array(covered, bool), **flags, **numbers
    )


@MANY
@given(
    st.lists(st.tuples(st.floats(0, 1000) | st.just(float("nan")), st.booleans()), min_size=1),
    st.sampled_from(["avoid", "within", "at_least", "at_most"]),
)
def test_no_check_calls_clear_what_the_data_does_not_reach(rows: list[tuple[float, bool]], kind: str) -> None:
    parameters = {"at_least": "distance_m", "avoid": "attention_m"}.get(kind, "")
    given_ = {parameters: Parameter(value=100.0)} if parameters else {}
    answer = KINDS[kind].judge(
        columns([one for one, _ in rows], [one for _, one in rows]), Terms(parameters=given_, hit=REVIEW, code=Code.R2)
    )
    for (_, covered), outcome in zip(rows, answer.outcome, strict=True):
        assert outcome >= 0
        assert covered or outcome != PASS


WORLDS_OF_STATE = list(itertools.product([False, True], repeat=3))


@pytest.mark.parametrize(("missing", "empty", "unplaced"), [one for one in WORLDS_OF_STATE if any(one)])
@pytest.mark.parametrize("kind", ["avoid", "within", "at_least", "covered"])
def test_a_theme_with_a_gap_is_never_clear(kind: str, missing: bool, empty: bool, unplaced: bool) -> None:
    state = ThemeState(missing=missing, empty=empty, unplaced=unplaced)
    given_ = {"distance_m": Parameter(value=100.0)} if kind == "at_least" else {}
    far = dataclasses.replace(columns([500.0, float("nan")], [True, True]), state=state)
    answer = KINDS[kind].judge(far, Terms(parameters=given_, hit=REVIEW, code=Code.R2))
    assert [OUTCOMES.name(int(one)) for one in answer.outcome] == ["OPEN", "OPEN"]
