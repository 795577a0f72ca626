"""The order of work: borders, adjustments, sites that cannot be tested, which rules and plans count on the day."""

from __future__ import annotations

import dataclasses
import datetime
import gc
from pathlib import Path
from typing import Any

import pytest
import shapely
from drawn import (
    DAY,
    GREEN,
    TOWN,
    WORK,
    Pack,
    ask,
    book,
    box,
    geojson,
    land_book,
    line,
    point,
    put,
    read_sites,
    rule,
    rule_file,
    run,
    saying,
)

import opcheck
from opcheck.errors import LayerError, RuleError, SiteError
from opcheck.findings import REVIEW, Finding, Relation

SITE = box(5000, 5000, 5100, 5100)
ALL = box(0, 0, 10_000, 10_000)
AVOID = rule(theme="groundwater", check="avoid")
AT_LEAST = rule(theme="housing", check="at_least", distance_m=150)
COVERED = rule(theme="water_service_area", check="covered", themes=["water_service_area"], of="theme")


def moved(found: Finding) -> tuple[str, str, str]:
    return found.outcome_nominal.value, found.outcome_inner.value, found.outcome_outer.value


def adjusted(found: Finding) -> list[tuple[str, str, str]]:
    return [(one.by, one.from_.value, one.to.value) for one in found.adjustments]


def bordered(kind: str | None, accuracy: float | None) -> dict[str, Any]:
    keys = {"border": kind, "accuracy_m": accuracy}
    return {"layer": {name: value for name, value in keys.items() if value is not None}}


# --- borders --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gap_m", "boundary"), [(49.999, True), (50.0, False), (50.001, False)])
def test_near_an_indicative_border_the_outcome_stands(tmp_path: Path, gap_m: float, boundary: bool) -> None:
    found = ask(tmp_path, AVOID, [box(5100 + gap_m, 5000, 6000, 6000)], SITE, **bordered("indicative", 50))
    assert saying(found) == ("PASS", "R0", "clear")
    assert found.boundary_case is boundary
    assert moved(found) == ("PASS", "PASS", "REVIEW" if boundary else "PASS")
    assert adjusted(found) == []


@pytest.mark.parametrize(("gap_m", "flips"), [(4.999, True), (5.0, False), (5.001, False)])
def test_near_a_legal_border_the_outcome_becomes_review(tmp_path: Path, gap_m: float, flips: bool) -> None:
    found = ask(tmp_path, AVOID, [box(5100 + gap_m, 5000, 6000, 6000)], SITE, **bordered("legal", 5))
    assert found.outcome == ("REVIEW" if flips else "PASS")
    assert adjusted(found) == ([("accuracy", "PASS", "REVIEW")] if flips else [])
    assert moved(found) == ("PASS", "PASS", "REVIEW" if flips else "PASS")


@pytest.mark.parametrize(("depth_m", "boundary"), [(49.9, True), (50.0, False), (50.1, False)])
@pytest.mark.parametrize("kind", ["indicative", "legal"])
def test_a_shallow_hit_stays_a_hit_and_is_a_boundary_case(
    tmp_path: Path, kind: str, depth_m: float, boundary: bool
) -> None:
    found = ask(tmp_path, AVOID, [box(5100 - depth_m, 4000, 6000, 6000)], SITE, **bordered(kind, 50))
    assert saying(found) == ("REVIEW", "R2", "hit")
    assert found.boundary_case is boundary
    assert moved(found) == ("REVIEW", "PASS" if boundary else "REVIEW", "REVIEW")


def test_of_an_unknown_accuracy_nothing_is_said(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [box(5101, 5000, 6000, 6000)], SITE)
    assert found.boundary_case is None


def test_a_layer_that_is_exact_has_no_boundary_cases(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [box(5100.001, 5000, 6000, 6000)], SITE, **bordered("legal", 0))
    assert (found.outcome, found.boundary_case) == ("PASS", False)


@pytest.mark.parametrize(("metres", "flips"), [(154.999, True), (155.0, False), (149.999, None)])
def test_a_distance_is_judged_with_the_border_moved_too(tmp_path: Path, metres: float, flips: bool | None) -> None:
    found = ask(tmp_path, AT_LEAST, [box(5100 + metres, 5000, 6000, 6000)], SITE, **bordered("legal", 5))
    assert found.outcome == ("PASS" if flips is False else "REVIEW")
    assert adjusted(found) == ([("accuracy", "PASS", "REVIEW")] if flips else [])


def test_the_margin_is_how_far_the_border_may_move(tmp_path: Path) -> None:
    # 200 m away with 150 m asked for: 50 m to spare.
    assert ask(tmp_path, AT_LEAST, [box(5300, 5000, 5400, 5100)], SITE).margin_m == 50.0
    # 100 m away: 50 m too near.
    assert ask(tmp_path, AT_LEAST, [box(5200, 5000, 5300, 5100)], SITE).margin_m == 50.0
    # Entered by 20 m.
    assert ask(tmp_path, AVOID, [box(5080, 4000, 6000, 6000)], SITE).margin_m == 20.0
    # 30 m away.
    assert ask(tmp_path, AVOID, [box(5130, 4000, 6000, 6000)], SITE).margin_m == 30.0


def test_the_sites_own_accuracy_counts(tmp_path: Path) -> None:
    # hypot(3, 4) = 5 m.
    near = box(5104.999, 4000, 6000, 6000)
    assert ask(tmp_path, AVOID, [near], SITE, **bordered("legal", 3), accuracy_m=4).outcome == "REVIEW"
    assert ask(tmp_path, AVOID, [near], SITE, **bordered("legal", 3), accuracy_m=3.9).outcome == "PASS"


def test_information_and_criteria_are_never_adjusted(tmp_path: Path) -> None:
    told = rule(theme="groundwater", check="avoid", basis="information", code="I")
    found = ask(tmp_path, told, [box(5101, 5000, 6000, 6000)], SITE, **bordered("legal", 5))
    assert (found.outcome, found.adjustments) == ("PASS", ())


@pytest.mark.parametrize(("metres", "boundary"), [(49.9, True), (50.1, False)])
def test_covered_up_to_an_inexact_border_is_a_boundary_case(tmp_path: Path, metres: float, boundary: bool) -> None:
    # The service area ends this far beyond the site on its eastern side.
    area = box(0, 0, 5100 + metres, 10_000)
    found = ask(tmp_path, COVERED, [area], SITE, **bordered("indicative", 50))
    assert found.outcome == "PASS"
    assert moved(found)[1] == ("REVIEW" if boundary else "PASS")
    assert found.boundary_case is boundary
    assert found.margin_m == metres


@pytest.mark.parametrize(("metres", "boundary"), [(49.9, True), (50.1, False)])
def test_nearly_covered_up_to_an_inexact_border_is_a_boundary_case(
    tmp_path: Path, metres: float, boundary: bool
) -> None:
    # The site reaches this far out of the service area.
    found = ask(tmp_path, COVERED, [box(0, 0, 5100 - metres, 10_000)], SITE, **bordered("indicative", 50))
    assert found.outcome == "REVIEW"
    assert moved(found)[2] == ("PASS" if boundary else "REVIEW")
    assert found.boundary_case is boundary
    assert found.margin_m == metres


def test_where_two_areas_meet_there_is_no_border_to_be_inexact(tmp_path: Path) -> None:
    halves = [box(0, 0, 5050, 10_000), box(5050, 0, 10_000, 10_000)]
    beside = [box(0, 0, 5101, 10_000), box(5101, 0, 10_000, 10_000)]
    for areas in (halves, beside):
        found = ask(tmp_path, COVERED, areas, SITE, **bordered("legal", 5))
        assert (found.outcome, found.boundary_case) == ("PASS", False)


def test_covered_up_to_an_inexact_legal_border_is_review(tmp_path: Path) -> None:
    found = ask(tmp_path, COVERED, [box(0, 0, 5101, 10_000)], SITE, **bordered("legal", 5))
    assert found.outcome == "REVIEW"
    assert adjusted(found) == [("accuracy", "PASS", "REVIEW")]


# --- adjustments ----------------------------------------------------------------------------------------------------


BOW_TIE = put(shapely.Polygon([(5200, 5000), (5300, 5100), (5300, 5000), (5200, 5100)]))
"""Crosses itself: GEOS gives it another area than the two triangles it is mended to."""


def test_a_repaired_object_whose_bounds_meet_the_site_is_review_even_without_overlap(tmp_path: Path) -> None:
    # Between the two triangles of the bow-tie, touching neither.
    site = box(5245, 5060, 5249, 5080)
    assert shapely.distance(shapely.make_valid(BOW_TIE), site) > 0
    found = ask(tmp_path, AVOID, [BOW_TIE], site)
    assert (found.outcome, found.outcome_nominal) == ("REVIEW", "PASS")
    assert adjusted(found) == [("repaired", "PASS", "REVIEW")]


def reserved(folder: Path, zone: Any, category: str = WORK) -> Any:
    pack = Pack(folder / "paket").document("op").zones([(ALL, category)], document="op")
    pack.layer("forbehall", "county_reservation", [zone])
    return run(folder, pack, land_book(folder), ("a", SITE))["a"].finding("t.land")


def test_support_under_a_county_reservation_is_at_best_f2(tmp_path: Path) -> None:
    found = reserved(tmp_path, box(5050, 0, 6000, 9000))
    assert saying(found) == ("REVIEW", "F2", "f2.reserved")
    assert adjusted(found) == [("reservation", "PASS", "REVIEW")]


def test_a_county_reservation_beside_the_site_changes_nothing(tmp_path: Path) -> None:
    assert saying(reserved(tmp_path, box(5100, 5000, 6000, 9000))) == ("PASS", "F1", "f1")


@pytest.mark.parametrize(("category", "expected"), [(GREEN, ("REVIEW", "F4", "f4")), (TOWN, ("FAIL", "F5", "f5.firm"))])
def test_a_county_reservation_never_lifts_an_answer(tmp_path: Path, category: str, expected: Any) -> None:
    assert saying(reserved(tmp_path, ALL, category)) == expected


ORDER = ["FAIL", "OPEN", "REVIEW", "PASS"]


@pytest.mark.parametrize("border", ["legal", "indicative"])
@pytest.mark.parametrize("category", [WORK, GREEN, TOWN])
@pytest.mark.parametrize("gap_m", [-20.0, -1.0, 1.0, 20.0])
def test_no_adjustment_makes_an_answer_milder(tmp_path: Path, border: str, category: str, gap_m: float) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    zones = [(box(0, 0, 5100 + gap_m, 10_000), WORK), (box(5100 + gap_m, 0, 10_000, 10_000), category)]
    pack.zones(zones, document="op", accuracy_m=10, border=border)
    pack.layer("vatten", "groundwater", [box(5100 + gap_m, 0, 10_000, 10_000)], accuracy_m=10, border=border)
    answer = run(tmp_path, pack, land_book(tmp_path, AVOID), ("a", SITE))["a"]
    for found in answer.findings:
        assert ORDER.index(found.outcome) <= ORDER.index(found.outcome_nominal)


# --- sites that cannot be tested ------------------------------------------------------------------------------------


NO_SHAPE = ("OPEN", "U0", "open.site_unusable")
CROSSED = put(shapely.Polygon([(5000, 5000), (5100, 5100), (5100, 5000), (5000, 5100)]))


@pytest.mark.parametrize(
    "shape",
    [None, CROSSED, shapely.Polygon(), shapely.GeometryCollection([point(1, 1), line((1, 1), (2, 2))])],
    ids=["null", "crossing itself", "empty", "mixed"],
)
def test_a_site_without_a_usable_shape_stays_and_every_rule_is_open(tmp_path: Path, shape: Any) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    rules = book(tmp_path, AVOID, rule("t.tall", check="trigger", attribute="height_m", op=">", value=20))
    found = run(tmp_path, pack, rules, ("a", shape, {"height_m": 10}), ("b", SITE, {"height_m": 10}))
    assert found.keys() == ("a", "b")
    assert {saying(one) for one in found["a"].findings} == {NO_SHAPE}
    assert found["a"].verdict.outcome == "OPEN"
    assert found["b"].finding("t.rule").outcome == "REVIEW"


@pytest.mark.parametrize("use", [None, "", "rymdbas", "industri; rymdbas"])
def test_a_site_whose_use_is_not_known_stays_and_every_rule_is_open(tmp_path: Path, use: Any) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [box(1, 1, 2, 2)])
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE, {"use": use}))["a"]
    assert {saying(one) for one in found.findings} == {("OPEN", "U0", "open.use_missing")}
    assert (found.verdict.outcome, found.verdict.open) == ("OPEN", ("t.rule",))


def test_sites_with_x_and_y_exchanged_are_refused(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    exchanged = shapely.transform(SITE, lambda xy: xy[:, ::-1])
    with pytest.raises(SiteError, match="omkastade") as caught:
        run(tmp_path, pack, book(tmp_path, AVOID), ("a", exchanged), ("b", SITE))
    assert [fault.site_id for fault in caught.value.faults] == ["a"]


def test_sites_in_another_crs_are_moved_to_the_plans(tmp_path: Path) -> None:
    import numpy as np

    from opcheck.geometry import transform

    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    (lonlat,) = transform(np.array([SITE], dtype=object), "EPSG:3017", "EPSG:4326")
    path = geojson(tmp_path / "s.geojson", [(lonlat, {"id": "a", "use": "industri"})], crs=None)
    found = opcheck.assess(opcheck.read_sites(path), pack.read(), rules=book(tmp_path, AVOID), on=DAY)["a"]
    # GeoJSON holds fifteen digits: the square comes back to within a hundredth of a square metre.
    assert found.finding("t.rule").measures["area_m2"] == pytest.approx(10_000, abs=0.5)


def test_what_is_not_sites_is_refused(tmp_path: Path) -> None:
    wrong: Any = [SITE]
    with pytest.raises(SiteError, match="read_sites"):
        opcheck.assess(wrong, Pack(tmp_path / "paket").read())


def test_sites_come_back_sorted_by_id(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("b", SITE), ("c", SITE), ("a", SITE))
    assert [verdict.site for verdict in found] == ["a", "b", "c"]


# --- layers with faults ---------------------------------------------------------------------------------------------


def test_a_row_without_geometry_keeps_the_whole_layer_from_being_clear(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [box(9000, 9000, 9100, 9100), None], SITE)
    assert saying(found) == ("OPEN", "U0", "open.unplaced")
    assert found.open_reason == "feature_set_aside"


def test_a_row_without_geometry_that_somebody_accepts_is_passed_over(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [box(9000, 9000, 9100, 9100), None])
    pack.add("accept", feature="vatten/r2", reason="utgått", stated_by="VA")
    assert run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))["a"].finding("t.rule").outcome == "PASS"


@pytest.mark.parametrize(("east", "outcome"), [(5100, "OPEN"), (5100.5, "PASS")], ids=["meets", "away"])
def test_an_unusable_row_is_open_where_it_may_lie(tmp_path: Path, east: float, outcome: str) -> None:
    # A line means nothing in a theme of areas.
    pack_rows = [box(9000, 9000, 9100, 9100), line((east, 5000), (5200, 5100))]
    found = ask(tmp_path, AVOID, pack_rows, SITE)
    assert found.outcome == outcome
    assert found.case == ("open.feature_set_aside" if outcome == "OPEN" else "clear")


def test_an_unusable_zone_of_the_plan_turns_support_into_open(tmp_path: Path) -> None:
    zones = [(ALL, WORK), (line((5000, 5050), (5100, 5050)), TOWN)]
    pack = Pack(tmp_path / "paket").document("op").zones(zones, document="op")
    found = run(tmp_path, pack, land_book(tmp_path), ("a", SITE), ("b", box(8000, 8000, 8100, 8100)))
    assert saying(found["a"].finding("t.land")) == ("OPEN", "U0", "open.feature_set_aside")
    assert found["b"].finding("t.land").outcome == "PASS"


def test_the_same_row_twice_is_measured_once(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [(SITE, {"id": "x"}), (SITE, {"id": "x"})], SITE)
    assert (found.measures["count"], found.measures["area_m2"]) == (1, 10_000.0)


def test_all_faults_of_all_layers_come_at_once(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    pack.layer("a", "groundwater", [SITE], fields={"name": "saknas"})
    pack.layer("b", "farmland", [SITE], fields={"name": "saknas_ock"})
    with pytest.raises(LayerError) as caught:
        run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))
    assert [fault.layer_id for fault in caught.value.faults] == ["a", "b"]


# --- the plan's status and currency ---------------------------------------------------------------------------------

STATUS = rule("t.status", theme="land_use", check="covered", themes=["land_use"], of="status", hit="OPEN", gate=True)
CURRENT = rule("t.current", theme="land_use", check="covered", themes=["land_use"], of="currency")


def standing(folder: Path, on: str = DAY, **document: Any) -> Any:
    pack = Pack(folder / "paket").document("op", **document).zones([(ALL, WORK)], document="op")
    return run(folder, pack, land_book(folder, STATUS, CURRENT), ("a", SITE), on=on)["a"]


KRISTINEHAMN = {"legal_force": "2021-11-27", "currency": [{"decided": datetime.date(2024, 6, 18), "says": "aktuell"}]}


@pytest.mark.parametrize(
    ("on", "case", "outcome"),
    [
        ("2021-11-27", "current", "PASS"),
        ("2024-06-17", "current", "PASS"),
        ("2026-11-22", "current", "PASS"),
        ("2028-09-13", "current", "PASS"),
        ("2028-09-14", "lapsed", "REVIEW"),
    ],
)
def test_a_plan_is_current_until_24_months_after_the_election_that_follows_its_strategy(
    tmp_path: Path, on: str, case: str, outcome: str
) -> None:
    found = standing(tmp_path, on, **KRISTINEHAMN).finding("t.current")
    assert (found.case, found.outcome) == (case, outcome)


def test_currency_never_changes_what_the_plan_says_of_the_use(tmp_path: Path) -> None:
    for on in ("2026-11-22", "2028-09-14"):
        assert standing(tmp_path, on, **KRISTINEHAMN).verdict.plan == "F1"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"legal_force": "2021-11-27"}, "in_force"),
        ({}, "in_force"),
        ({"legal_force": "2026"}, "unknown"),
        ({"legal_force": "2026-11-23"}, "not_in_force"),
        ({"status": "antagen", "adopted": "2026-11-01"}, "not_in_force"),
        ({"status": "samråd"}, "not_in_force"),
        ({"status": "upphävd", "legal_force": "2021-11-27"}, "not_in_force"),
    ],
)
def test_the_plans_status_is_a_question_of_its_own(tmp_path: Path, document: dict[str, Any], expected: str) -> None:
    found = standing(tmp_path, **document).finding("t.status")
    assert (found.case, found.outcome) == (expected, "PASS" if expected == "in_force" else "OPEN")


@pytest.mark.parametrize(
    "document",
    [
        {"status": "upphävd", "legal_force": "2023-11-27"},
        {"status": "ersatt", "legal_force": "2023-11-27"},
        {"legal_force": "2026-11-23"},
        {"status": "samråd"},
        {"legal_force": "2026"},
    ],
    ids=["upphävd", "ersatt", "from tomorrow", "samråd", "some time this year"],
)
def test_a_plan_that_is_not_known_to_be_in_force_is_not_called_current(tmp_path: Path, document: Any) -> None:
    found = standing(tmp_path, **document).finding("t.current")
    assert (found.outcome, found.case) == ("OPEN", "unknown")


def test_without_a_plan_in_force_nothing_is_said_of_the_use(tmp_path: Path) -> None:
    answer = standing(tmp_path, status="samråd")
    assert (answer.verdict.outcome, answer.verdict.plan) == ("OPEN", "U0")
    assert set(answer.verdict.open_gate) == {"t.land", "t.status"}


# --- which rules ----------------------------------------------------------------------------------------------------


def asked_on(folder: Path, on: str, *rules: Any) -> set[str]:
    pack = Pack(folder / "paket").layer("vatten", "groundwater", [SITE])
    return {one.rule for one in run(folder, pack, book(folder, *rules), ("a", SITE), on=on)["a"].findings}


@pytest.mark.parametrize(
    ("on", "asked"),
    [("2024-12-31", False), ("2025-01-01", True), ("2025-12-31", True), ("2026-01-01", False)],
)
def test_a_rule_is_asked_on_the_days_it_is_valid(tmp_path: Path, on: str, asked: bool) -> None:
    dated = {**AVOID, "valid_from": datetime.date(2025, 1, 1), "valid_to": datetime.date(2025, 12, 31)}
    assert asked_on(tmp_path, on, dated, {**AVOID, "id": "t.always"}) == {"t.always"} | ({"t.rule"} if asked else set())


@pytest.mark.parametrize(("on", "asked"), [("2025-06-30", {"t.old"}), ("2025-07-01", {"t.new"})])
def test_a_rule_replaces_the_old_one_from_its_own_day(tmp_path: Path, on: str, asked: set[str]) -> None:
    old = {**AVOID, "id": "t.old"}
    new = {**AVOID, "id": "t.new", "supersedes": "t.old", "valid_from": datetime.date(2025, 7, 1)}
    assert asked_on(tmp_path, on, old, new) == asked


def test_no_rules_at_all_is_open_and_never_green(tmp_path: Path) -> None:
    dated = {**AVOID, "valid_to": datetime.date(2000, 1, 1)}
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    verdict = run(tmp_path, pack, book(tmp_path, dated), ("a", SITE))["a"].verdict
    assert (verdict.outcome, verdict.asked, verdict.plan) == ("OPEN", 0, None)


def test_a_packs_own_rules_are_added(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket", rules=["egna.toml"]).layer("vatten", "groundwater", [SITE])
    rule_file(tmp_path / "paket" / "egna.toml", {**AVOID, "id": "egen.regel"}, set_id="egen")
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))["a"]
    assert [one.rule for one in found.findings] == ["egen.regel", "t.rule"]


# --- overrides ------------------------------------------------------------------------------------------------------


def override(metres: float, source: str) -> dict[str, Any]:
    return {"rule": "t.rule", "parameter": "distance_m", "value": metres, "reason": "vi vet bättre", "source": source}


def overriding(metres: float, source: str) -> str:
    head = f'\n[[override]]\nrule = "t.rule"\nparameter = "distance_m"\nvalue = {metres}\n'
    return head + f'reason = "r"\nsource = "{source}"\n'


def house(folder: Path, **head: Any) -> Pack:
    return Pack(folder / "paket", **head).layer("hus", "housing", [box(5300, 5000, 5400, 5100)])


def test_the_packs_override_replaces_the_rules_own_value(tmp_path: Path) -> None:
    # 200 m away; the rule asks for 150 m, the municipality for 250 m.
    pack = house(tmp_path).add("override", **override(250, "KF 2025"))
    assessment = run(tmp_path, pack, book(tmp_path, AT_LEAST), ("a", SITE))
    assert assessment["a"].finding("t.rule").outcome == "REVIEW"
    (told,) = [one for one in assessment.to_dict()["inputs"]["plan"]["statements"] if one["kind"] == "override"]
    assert (told["what"], told["by"]) == ("t.rule", "KF 2025")


def test_the_callers_override_is_heard_after_the_packs(tmp_path: Path) -> None:
    pack = house(tmp_path).add("override", **override(250, "kommunen"))
    rules = book(tmp_path, AT_LEAST, more=overriding(100, "sökanden"))
    assert run(tmp_path, pack, rules, ("a", SITE))["a"].finding("t.rule").outcome == "PASS"


def test_the_callers_override_is_heard_after_the_packs_own_rule_files(tmp_path: Path) -> None:
    pack = house(tmp_path, rules=["egna.toml"])
    own = {**AVOID, "id": "egen.regel"}
    rule_file(tmp_path / "paket" / "egna.toml", own, set_id="egen", more=overriding(250, "kommunen"))
    plain = run(tmp_path, pack, book(tmp_path, AT_LEAST), ("a", SITE))
    assert plain["a"].finding("t.rule").outcome == "REVIEW"
    rules = book(tmp_path, AT_LEAST, more=overriding(100, "sökanden"))
    assert run(tmp_path, pack, rules, ("a", SITE))["a"].finding("t.rule").outcome == "PASS"


def test_a_packs_rule_file_can_override_a_national_rule(tmp_path: Path) -> None:
    pack = house(tmp_path, rules=["egna.toml"])
    text = overriding(9000, "kommunen").replace("t.rule", "risk.housing_near")
    rule_file(tmp_path / "paket" / "egna.toml", set_id="egen", more=text)
    assessment = opcheck.assess(read_sites(tmp_path, ("a", SITE)), pack.read(), on=DAY)
    assert assessment["a"].finding("risk.housing_near").case == "too_near"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({"rule": "t.saknas"}, "t.saknas"), ({"parameter": "meter"}, "meter"), ({"value": "långt"}, "långt")],
)
def test_an_override_that_leads_nowhere_is_an_error(tmp_path: Path, changed: dict[str, Any], expected: str) -> None:
    pack = house(tmp_path).add("override", **{**override(250, "x"), **changed})
    with pytest.raises(RuleError, match=expected):
        run(tmp_path, pack, book(tmp_path, AT_LEAST), ("a", SITE))


# --- the rest -------------------------------------------------------------------------------------------------------


def test_the_day_is_today_when_none_is_given(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    before = datetime.date.today()
    found = opcheck.assess(read_sites(tmp_path, ("a", SITE)), pack.read(), rules=book(tmp_path, AVOID))
    assert before <= found.answers.day <= datetime.date.today()


def test_progress_counts_every_rule(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    rules = book(tmp_path, AVOID, {**AVOID, "id": "t.two"})
    told: list[tuple[int, int]] = []
    opcheck.assess(
        read_sites(tmp_path, ("a", SITE)), pack.read(), rules=rules, on=DAY, progress=lambda *now: told.append(now)
    )
    assert told == [(1, 2), (2, 2)]


def test_uses_that_make_no_difference_give_equal_answers(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [box(5050, 5000, 5100, 5100)])
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE, {"use": "industri; lager; vätgas"}))["a"]
    assert [one.use for one in found.findings] == ["industri", "lager", "vätgas"]
    assert {saying(one) for one in found.findings} == {("REVIEW", "R2", "hit")}
    assert (found.verdict.asked, found.verdict.counts["REVIEW"]) == (1, 1)


def test_pending_layers_are_not_judged_as_if_in_force(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").document("ny", "tillägg", status="samråd", themes=["groundwater"])
    pack.layer("vatten", "groundwater", [SITE], document="ny")
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("OPEN", "U0", "open.layer_missing")


def test_land_rule_and_theme_rules_share_one_verdict(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(ALL, WORK)], document="op")
    pack.layer("vatten", "groundwater", [SITE])
    verdict = run(tmp_path, pack, land_book(tmp_path, AVOID), ("a", SITE))["a"].verdict
    assert (verdict.outcome, verdict.plan, verdict.interests) == ("REVIEW", "F1", ("R2",))
    assert verdict.decided_by == ("t.rule",)
    assert verdict.counts == {"PASS": 1, "REVIEW": 1, "OPEN": 0, "FAIL": 0}


def test_a_plan_is_the_same_values_after_it_was_used(tmp_path: Path) -> None:
    plan = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE]).read()
    before = dataclasses.asdict(plan)
    opcheck.assess(read_sites(tmp_path, ("a", SITE)), plan, rules=book(tmp_path, AVOID), on=DAY)
    assert dataclasses.asdict(plan) == before


def views() -> set[int]:
    """The findings and relations that exist as objects."""
    gc.collect()
    return {id(one) for one in gc.get_objects() if isinstance(one, Finding | Relation)}


def test_a_batch_is_answered_without_an_object_per_finding(tmp_path: Path) -> None:
    """30 000 sites and two rules: 60 000 answers in columns. Looking at one site makes its own, no more."""
    pack = Pack(tmp_path / "paket").layer("natur", "natura_2000", [box(0, 0, 5000, 10_000)])
    rules = book(
        tmp_path, rule("t.a", theme="natura_2000", check="avoid"), rule("t.b", theme="natura_2000", check="within")
    )
    corners = [(100 * (number % 100), 30 * (number // 100)) for number in range(30_000)]
    rows = [(f"t{number}", box(e, n, e + 10, n + 10)) for number, (e, n) in enumerate(corners)]
    kept = views()  # other tests may hold some
    assessment = run(tmp_path, pack, rules, *rows)
    assert views() == kept
    # The reserve reaches to 5 000 m: of the 100 columns of sites, 100 m apart, those from 0 to 4 900 lie in it.
    assert (assessment.answers.outcomes == REVIEW).sum() == 2 * 15_000
    assert [finding.outcome for finding in assessment["t0"].findings] == ["REVIEW", "REVIEW"]


# --- several documents with the same theme ----------------------------------------------------------------------------

SHORE = rule("t.shore", theme="shore_protection", check="within", eased_by="lis_area")
LIS = rule("t.lis", theme="lis_area", check="avoid")


def with_lis(folder: Path, base: Any, newer: Any, **newer_document: Any) -> Any:
    """Shore protection everywhere, LIS areas of the plan of 2020 and of an amendment."""
    pack = Pack(folder / "paket").document("op", legal_force="2020-05-01")
    keys = {"themes": ["lis_area"], "base": "op", "legal_force": "2023-05-01", **newer_document}
    pack.document("lis", "tillägg", **keys).layer("strand", "shore_protection", [ALL])
    pack.layer("lis-op", "lis_area", [base], document="op").layer("lis-ny", "lis_area", [newer], document="lis")
    return run(folder, pack, book(folder, SHORE, LIS), ("a", SITE))["a"]


FAR = box(1, 1, 2, 2)


def test_an_easing_area_of_a_replaced_plan_eases_nothing_and_is_shown(tmp_path: Path) -> None:
    found = with_lis(tmp_path, ALL, FAR).finding("t.shore")
    assert found.case == "inside"
    assert [(one.layer, one.governs) for one in found.features if one.role == "easing"] == [("lis-op", False)]


def test_an_easing_area_of_the_newer_plan_eases(tmp_path: Path) -> None:
    found = with_lis(tmp_path, FAR, ALL).finding("t.shore")
    assert found.case == "eased"
    assert [(one.layer, one.governs) for one in found.features if one.role == "easing"] == [("lis-ny", True)]


def test_the_newer_plan_eases_in_its_own_area_only(tmp_path: Path) -> None:
    west = box(0, 0, 4000, 10_000)
    assert with_lis(tmp_path, ALL, FAR, area=west).finding("t.shore").case == "eased"
    assert with_lis(tmp_path, ALL, FAR, area=ALL).finding("t.shore").case == "inside"


@pytest.mark.parametrize("status", ["samråd", "antagen"])
def test_a_plan_on_its_way_replaces_nothing(tmp_path: Path, status: str) -> None:
    assert with_lis(tmp_path, ALL, FAR, status=status).finding("t.shore").case == "eased"
    assert with_lis(tmp_path, FAR, ALL, status=status).finding("t.shore").case == "eased_pending"


def test_plans_of_unknown_order_ease_nothing(tmp_path: Path) -> None:
    assert with_lis(tmp_path, ALL, ALL, legal_force="2020").finding("t.shore").case == "inside"


def test_what_is_to_be_avoided_counts_whichever_plan_has_it(tmp_path: Path) -> None:
    """A hit is never dropped because a newer plan says nothing of it."""
    for base, newer in ((ALL, FAR), (FAR, ALL)):
        assert saying(with_lis(tmp_path, base, newer).finding("t.lis")) == ("REVIEW", "R2", "hit")


def test_an_authoritys_layer_belongs_to_no_plan_and_always_eases(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01")
    pack.document("lis", "tillägg", themes=["lis_area"], base="op", legal_force="2023-05-01")
    pack.layer("strand", "shore_protection", [ALL]).layer("lis-ny", "lis_area", [FAR], document="lis")
    pack.layer("lis-op", "lis_area", [FAR], document="op").layer("lis-lst", "lis_area", [ALL])
    assert run(tmp_path, pack, book(tmp_path, SHORE), ("a", SITE))["a"].finding("t.shore").case == "eased"
