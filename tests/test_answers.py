"""The views that are made of columns: findings, verdicts and parts, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import COUNTRY, GREEN, TOWN, WORK, Pack, book, box, land_book, line, point, rule, run, several

from opcheck.answers import RuleAnswers
from opcheck.findings import ADJUSTED_ACCURACY, CODES, FAIL, NOT_APPLICABLE, OPEN, PASS, REVIEW, Code, Judgement

SITE = box(5000, 5000, 5100, 5100)
AVOID = rule(theme="groundwater", check="avoid", attention_m=300, verb="försvåra")


def answered(folder: Path, objects: list[Any], question: Any = AVOID, site: Any = SITE, **attributes: Any) -> Any:
    pack = Pack(folder / "paket").layer("vatten", question.get("theme", "groundwater"), objects)
    return run(folder, pack, book(folder, question), ("a", site, attributes))


# --- adjustments ----------------------------------------------------------------------------------------------------


def test_worsening_touches_only_what_was_clear() -> None:
    answer = Judgement.blank(5)
    answer.outcome[:] = [FAIL, OPEN, REVIEW, PASS, NOT_APPLICABLE]
    one = RuleAnswers.of(rule=None, answer=answer)  # type: ignore[arg-type]
    one.worsen(np.arange(5), ADJUSTED_ACCURACY, CODES[Code.R2])
    assert list(one.outcome) == [FAIL, OPEN, REVIEW, REVIEW, NOT_APPLICABLE]
    assert list(one.nominal) == [FAIL, OPEN, REVIEW, PASS, NOT_APPLICABLE]
    assert list(one.adjusted) == [0, 0, 0, ADJUSTED_ACCURACY, 0]


# --- objects of a finding -------------------------------------------------------------------------------------------


def test_objects_are_told_by_how_they_meet_the_site(tmp_path: Path) -> None:
    objects = [
        (box(5090, 5000, 5150, 5100), {"id": "träff"}),
        (box(5000, 5100, 5100, 5200), {"id": "gräns"}),
        (box(5300, 5000, 5400, 5100), {"id": "nära"}),
        (box(9000, 9000, 9100, 9100), {"id": "bortom"}),
    ]
    found = answered(tmp_path, objects)["a"].finding("t.rule")
    told = {one.feature: (one.role, one.area_m2, one.share, one.distance_m) for one in found.features}
    # 10 m × 100 m; 200 m from 5100 to 5300; what lies beyond 300 m is not told when something is nearer.
    assert told == {
        "träff": ("hit", 1000.0, 0.1, 0.0), "gräns": ("contact", None, None, 0.0), "nära": ("near", None, None, 200.0),
    }  # fmt: skip


def test_the_nearest_object_is_told_as_proof_when_nothing_is_near(tmp_path: Path) -> None:
    found = answered(tmp_path, [(box(5500, 5000, 5600, 5100), {"id": "x", "name": "Mon"})])["a"].finding("t.rule")
    assert [(one.role, one.name, one.distance_m) for one in found.features] == [("nearest", "Mon", 400.0)]
    assert (found.arguments["name"], found.arguments["distance_m"]) == ("Mon", 400.0)


def test_a_shares_denominator_is_the_site_and_not_the_object(tmp_path: Path) -> None:
    found = answered(tmp_path, [box(4000, 4000, 5025, 6000)])["a"].finding("t.rule")
    assert [one.share for one in found.features] == [0.25]


def test_the_arguments_name_every_hit_once(tmp_path: Path) -> None:
    objects = [(SITE, {"id": str(number), "name": name}) for number, name in enumerate(["Åsen", "Mon", "Åsen", None])]
    assert answered(tmp_path, objects)["a"].finding("t.rule").arguments["names"] == ("Åsen", "Mon")


def test_how_a_finding_was_made_is_told_in_steps(tmp_path: Path) -> None:
    found = answered(tmp_path, [SITE])["a"].finding("t.rule")
    assert found.how[:5] == ("rule=t.rule@1", "check=avoid", "crs=EPSG:3017", "sliver_m2=1", "reach_m=300")


# --- size and measures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "size"),
    [
        (SITE, 10_000.0),
        (line((5000, 5000), (5030, 5040)), 50.0),
        (several(point(1, 1), point(2, 2)), 2.0),
        (None, None),
    ],
)
def test_the_size_of_a_site_is_area_length_or_number(tmp_path: Path, site: Any, size: float | None) -> None:
    found = answered(tmp_path, [box(1, 1, 2, 2)], site=site)
    assert found.answers.size(0) == size


def test_land_use_tells_how_much_of_the_site_the_plan_covers(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    pack.zones([(box(0, 0, 5025, 10_000), WORK), (box(5025, 0, 5050, 10_000), COUNTRY)], document="op")
    found = run(tmp_path, pack, land_book(tmp_path), ("a", SITE))["a"].finding("t.land")
    assert (found.measures["area_m2"], found.measures["share"], found.measures["count"]) == (5000.0, 0.5, 2)


# --- the verdict of several uses ------------------------------------------------------------------------------------


CELLS = """
    [[cell]]
    category = "Verksamheter och industri"
    use = ["bostäder"]
    value = 0
    firm = true
    statement = "x"
    reason = "x"

    [[cell]]
    category = "Verksamheter och industri"
    use = ["handel"]
    value = 2
    reason = "x"
"""


@pytest.mark.parametrize(
    ("use", "plan"),
    [
        ("industri", "F1"),
        ("industri; handel", "F2"),
        ("handel; industri; bostäder", "F5"),
        ("industri; odling", "U0"),
        ("bostäder; odling", "F5"),
    ],
)
def test_the_plans_code_is_that_of_the_least_favourable_use(tmp_path: Path, use: str, plan: str) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(box(0, 0, 10_000, 10_000), WORK)], document="op")
    found = run(tmp_path, pack, land_book(tmp_path, more=CELLS), ("a", SITE, {"use": use}))
    assert found["a"].verdict.plan == plan
    assert list(found.to_frame()["plan"]) == [plan]


def test_a_rule_counts_once_however_many_uses_it_was_asked_for(tmp_path: Path) -> None:
    question = rule(theme="groundwater", check="avoid", serves=["hamn"])
    verdict = answered(tmp_path, [SITE], question, use="hamn; industri; lager")["a"].verdict
    assert (verdict.asked, sum(verdict.counts.values()), verdict.interests) == (1, 1, ("R2", "K"))


def test_a_rule_that_applies_to_one_use_only_is_asked(tmp_path: Path) -> None:
    question = rule(theme="groundwater", check="avoid", uses=["lager"])
    assert answered(tmp_path, [SITE], question, use="hamn; lager")["a"].verdict.asked == 1
    assert answered(tmp_path, [SITE], question, use="hamn")["a"].verdict.asked == 0


# --- parts ----------------------------------------------------------------------------------------------------------


def test_parts_come_with_name_text_category_and_share(tmp_path: Path) -> None:
    zones = [
        (box(0, 0, 5040, 10_000), GREEN, {"name": "Parken", "text": "Bevaras.", "subcategory": "Park"}),
        (box(5040, 0, 10_000, 10_000), TOWN),
    ]
    pack = Pack(tmp_path / "paket").document("op").zones(zones, document="op")
    first, second = run(tmp_path, pack, land_book(tmp_path), ("a", SITE))["a"].parts
    assert (first.name, first.text, first.category, first.subcategory) == ("Parken", "Bevaras.", GREEN, "Park")
    assert (first.share, first.area_m2, first.plan, first.governs) == (0.4, 4000.0, "F4", True)
    assert (second.share, second.area_m2, second.plan) == (0.6, 6000.0, "F5")


@pytest.mark.parametrize(
    ("site", "measures"),
    [(SITE, (5000.0, None, None)), (line((5000, 5050), (5100, 5050)), (None, 50.0, None)),
     (several(point(5010, 5050), point(5090, 5050)), (None, None, 1))],
)  # fmt: skip
def test_a_part_is_measured_as_its_site_is(tmp_path: Path, site: Any, measures: Any) -> None:
    zones = [(box(0, 0, 5050, 10_000), WORK), (box(5050, 0, 10_000, 10_000), GREEN)]
    pack = Pack(tmp_path / "paket").document("op").zones(zones, document="op")
    for part in run(tmp_path, pack, land_book(tmp_path), ("a", site))["a"].parts:
        assert (part.area_m2, part.length_m, part.count) == measures


def test_a_site_without_a_shape_has_no_parts(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(box(0, 0, 10_000, 10_000), WORK)], document="op")
    assert run(tmp_path, pack, land_book(tmp_path), ("a", None))["a"].parts == ()


# --- links ----------------------------------------------------------------------------------------------------------


def test_the_line_to_an_object_is_as_long_as_the_distance_told(tmp_path: Path) -> None:
    found = answered(tmp_path, [(box(5130, 5140, 5200, 5200), {"id": "x"})])
    # hypot(30, 40) = 50 m.
    assert found.answers.link(0, "vatten", "x").length == pytest.approx(50.0)
    assert found["a"].finding("t.rule").measures["distance_m"] == 50.0
