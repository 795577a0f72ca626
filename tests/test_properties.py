"""What must hold for any drawing: hypothesis draws the municipality, the sites and the rules."""

from __future__ import annotations

import dataclasses
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
from opcheck.findings import OUTCOMES, PASS, REVIEW, Code, Columns, ThemeState

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=100, deadline=None)

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
