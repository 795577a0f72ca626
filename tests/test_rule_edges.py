"""Edges that planted faults (tests/mutation) have shown that no quick test asked about."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from drawn import WORK, Pack, ask, book, box, land_book, point, read_sites, rule, run, saying

import opcheck
from opcheck.assessment import SiteAnswer

SITE = box(5000, 5000, 5100, 5100)
BAN = rule(theme="water_protection", check="avoid", forbids=True, hit="FAIL", code="K", need="tillstånd")


@pytest.mark.parametrize("forbidden", [None, "lager"], ids=["nothing", "another use"])
def test_a_rule_that_may_speak_against_does_so_only_where_the_use_is_named(
    tmp_path: Path, forbidden: str | None
) -> None:
    found = ask(tmp_path, BAN, [(SITE, {"forbids": forbidden})], SITE, use="drivmedel")
    assert saying(found) == ("REVIEW", "K", "hit")


def test_what_a_foreskrift_forbids_is_forbidden_to_a_use_that_serves_too(tmp_path: Path) -> None:
    question = {**BAN, "serves": ["drivmedel"]}
    found = ask(tmp_path, question, [(SITE, {"forbids": "drivmedel"})], SITE, use="drivmedel")
    assert saying(found) == ("FAIL", "K", "forbidden")


# --- a site with several uses -----------------------------------------------------------------------------------------

NEAR = rule("t.near", theme="port", check="at_most", distance_m=500, basis="criterion")
ONE_USE = rule("t.one", theme="groundwater", check="avoid", uses=["industri"])


def several(folder: Path, *questions: dict[str, Any], uses: str) -> SiteAnswer:
    pack = Pack(folder / "paket").layer("hamn", "port", [point(5050, 5150)]).layer("vatten", "groundwater", [SITE])
    return run(folder, pack, book(folder, *questions), ("a", SITE, {"use": uses}))["a"]


def test_a_question_counts_by_its_worst_answer_over_the_uses(tmp_path: Path) -> None:
    verdict = several(tmp_path, ONE_USE, uses="industri; kontor").verdict
    # Of kontor it is not asked, and of industri it is a hit.
    assert {str(name): count for name, count in verdict.counts.items()} == {
        "PASS": 0, "REVIEW": 1, "OPEN": 0, "FAIL": 0,
    }  # fmt: skip
    assert verdict.decided_by == ("t.one",)


def test_a_criterion_that_is_asked_of_one_use_alone_is_not_known_to_be_met(tmp_path: Path) -> None:
    verdict = several(tmp_path, {**NEAR, "uses": ["industri"]}, ONE_USE, uses="industri; kontor").verdict
    assert (verdict.met, verdict.not_met, verdict.unknown) == ((), (), ("t.near",))


def test_criteria_and_information_neither_count_nor_decide(tmp_path: Path) -> None:
    told = rule("t.told", theme="groundwater", check="avoid", code="I", basis="information")
    answer = several(tmp_path, NEAR, told, uses="industri")
    assert (answer.verdict.met, answer.verdict.asked) == (("t.near",), 0)
    assert answer.verdict.decided_by == ()
    assert answer.verdict.outcome == "OPEN"
    assert saying(answer.finding("t.told")) == ("NOT_APPLICABLE", "I", "hit")


# --- what a site states -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({"height_m": 30, "power_mw": 5}, ("REVIEW", "R2", "hit")),
        ({"height_m": 30}, ("OPEN", "U0", "open.attribute_missing")),
        ({"power_mw": 5}, ("OPEN", "U0", "open.attribute_missing")),
        ({"height_m": 30, "power_mw": 0}, ("NOT_APPLICABLE", None, "not_applicable.when")),
        ({"power_mw": 0}, ("NOT_APPLICABLE", None, "not_applicable.when")),
    ],
)
def test_of_several_conditions_one_that_is_missing_leaves_the_question_open(
    tmp_path: Path, states: dict[str, float], expected: tuple[str, str | None, str]
) -> None:
    when = [{"attribute": "height_m", "op": ">", "value": 20}, {"attribute": "power_mw", "op": ">", "value": 1}]
    question = rule(theme="groundwater", check="avoid", when=when)
    assert saying(ask(tmp_path, question, [SITE], SITE, **states)) == expected


# --- layers that vouch for nothing ------------------------------------------------------------------------------------


def test_a_layer_of_a_plan_that_may_not_be_in_force_can_be_met_but_clears_nothing(tmp_path: Path) -> None:
    question = rule(theme="groundwater", check="avoid")
    pack = Pack(tmp_path / "paket").document("op", status="okänd")
    pack.layer("vatten", "groundwater", [box(5000, 5000, 5100, 5100)], document="op")
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE), ("b", box(7000, 7000, 7100, 7100)))
    assert saying(found["a"].finding("t.rule")) == ("REVIEW", "R2", "hit")
    assert saying(found["b"].finding("t.rule")) == ("OPEN", "U0", "open.no_coverage")


def test_one_layer_that_states_no_coverage_leaves_the_theme_without(tmp_path: Path) -> None:
    question = rule(theme="groundwater", check="avoid")
    pack = Pack(tmp_path / "paket").layer("a", "groundwater", [box(100, 100, 200, 200)])
    pack.layer("b", "groundwater", [box(300, 100, 400, 200)], coverage=None)
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))["a"]
    assert saying(found.finding("t.rule")) == ("OPEN", "U0", "open.no_coverage")


def test_one_layer_with_objects_does_not_vouch_for_an_empty_one(tmp_path: Path) -> None:
    question = rule(theme="groundwater", check="avoid")
    pack = Pack(tmp_path / "paket").layer("a", "groundwater", [box(100, 100, 200, 200)])
    pack.layer("b", "groundwater", [], fields={})
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))["a"]
    assert saying(found.finding("t.rule")) == ("OPEN", "U0", "open.layer_empty")


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_of_two_readings_of_one_text_the_one_that_excludes_is_heard(tmp_path: Path) -> None:
    read = {"id": "r1", "by": "Planenheten", "on": datetime.date(2026, 1, 15)}
    stances = [{**read, "effect": "villkor"}, {**read, "effect": "utesluter", "uses": ["industri"]}]
    pack = Pack(tmp_path / "paket").document("op")
    pack.zones([(SITE, WORK, {"text": "Buller ska utredas. Ingen industri."})], document="op", stance=stances)
    found = run(tmp_path, pack, land_book(tmp_path), ("a", SITE))["a"].finding("t.land")
    assert saying(found) == ("FAIL", "F5", "f5.stance")


def test_without_an_oversiktsplan_nothing_is_known_of_its_status(tmp_path: Path) -> None:
    question = rule(theme="land_use", check="covered", themes=["land_use"], of="status", hit="OPEN", gate=True)
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("OPEN", "U0", "unknown")


def told(folder: Path, pack: Pack, rule_id: str, on: str = "2026-11-22") -> Any:
    sites = read_sites(folder, ("a", box(0, 0, 100, 100), {"use": "industri"}))
    (site,) = opcheck.assess(sites, pack.read(), on=on).to_dict()["sites"]
    return next(one for one in site["findings"] if one["rule"] == rule_id)


def test_a_value_that_an_override_gives_is_nobodys_working_value(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("bostader", "housing", [box(200, 0, 300, 100)])
    assert "är ett arbetsvärde som inte är kontrollerat" in told(tmp_path, pack, "risk.housing_near")["paragraph"]
    given = {"parameter": "distance_m", "value": 400, "reason": "prövat", "source": "Planens bilaga."}
    pack.add("override", rule="risk.housing_near", **given)
    found = told(tmp_path, pack, "risk.housing_near")["paragraph"]
    assert "Måttet 400\u00a0m anges av Planens bilaga." in found and "arbetsvärde" not in found


@pytest.mark.parametrize(
    ("on", "rule_id", "section"),
    [
        ("2025-06-30", "protection.shore_before_2025_07", "7 kap. 18 e § miljöbalken"),
        ("2025-07-01", "protection.shore", "7 kap. 18 h § miljöbalken"),
    ],
)
def test_an_lis_area_is_told_with_the_section_on_lis_areas(tmp_path: Path, on: str, rule_id: str, section: str) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01")
    pack.layer("strand", "shore_protection", [box(0, 0, 100, 100)]).layer("lis", "lis_area", [box(-9, -9, 109, 109)])
    found = told(tmp_path, pack, rule_id, on)
    assert found["case"] == "eased"
    assert section in found["message"] and section in found["paragraph"]
