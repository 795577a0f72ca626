"""Kristinehamn: does an area suit a verksamhets- och logistikområde, given port, E18, rail reserve and flood risk?

Documents, currency and names of units are the base pack's; the map is drawn and stands for no real place. The site is
600 × 400 m = 24 ha of land that the plan sets aside for transport-intensive business.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from siting import Town, findings, hits, spoken

SITE = (4000, 4000, 4600, 4400)
TERMINAL = {"use": "logistik", "height_m": 14, "seveso": False, "significant_impact": False, "power_mw": 1}
METRES = {"criterion.port": 3000, "criterion.interchange": 1000}
"""The municipality's own wishes: at most this far to the port and to the junction with E18."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town("kristinehamn", tmp_path, (180_000, 6_570_000))
    zone = {
        "category": "Verksamheter och industri",
        "subcategory": "Transportintensiv verksamhet",
        "name": "Logistiken",
    }
    around = {"category": "Landsbygd", "name": "Omlandet"}
    whole = town.box(0, 0, 10_000, 10_000)
    business = town.box(3900, 3900, 4700, 4500)
    town.layer("zoner", "land_use", [(business, zone), (whole - business, around)], document="op")
    # A strip 40 m wide across the site, held for a railway.
    reserve = {"name": "Markreservat för järnväg", "status": "i översiktsplanen"}
    town.layer("reservat", "pending_planning", [(town.box(4300, 0, 4340, 10_000), reserve)])
    # The lake rises over the southernmost 50 m.
    town.layer("vatten", "flood_watercourse", [(town.box(0, 0, 10_000, 4050), {"name": "Sjön vid högsta nivå"})])
    # 2 500 m west of the site; 1 200 m north of it, and the road itself 300 m north.
    town.layer("hamn", "port", [(town.point(1500, 4200), {"name": "Hamnen"})])
    town.layer("mot", "interchange", [(town.point(4300, 5600), {"name": "Trafikplatsen"})])
    town.layer("vag", "main_road", [(town.line((0, 4700), (10_000, 4700)), {"name": "E18"})])
    return town


def terminal(town: Town, on: str = "2026-11-22") -> Any:
    return town.assess(("logistik", town.box(*SITE), TERMINAL), on=on)


def wishing(town: Town) -> Town:
    for rule, metres in METRES.items():
        town.add("override", rule=rule, parameter="distance_m", value=metres, reason="eget mått", source="Närsam")
    return town


def test_the_answer_in_short(town: Town) -> None:
    """The plan supports logistics; flooding (K) and the rail reserve (V) remain, and much is not loaded."""
    verdict = terminal(town)["logistik"].verdict
    assert (verdict.outcome, verdict.plan, verdict.open_gate) == ("REVIEW", "F1", ())
    assert verdict.interests == ("K", "V")
    assert {"risk.flood_watercourse", "plan.pending"} <= set(verdict.decided_by)
    first, second, _ = terminal(town).to_dict()["sites"][0]["verdict"]["headline"]
    assert "(F1)" in first and "Planen är aktuell" in first
    assert "pågående planering" in second


def test_flooding_in_hectares(town: Town) -> None:
    """600 × 50 m = 3 ha of 24: an eighth."""
    found = findings(terminal(town), "logistik")["risk.flood_watercourse"]
    assert (found["outcome"], found["code"]) == ("REVIEW", "K")
    assert hits(found) == {"Sjön vid högsta nivå": (30_000.0, 0.125)}
    message = spoken(found["message"])
    assert "3,0 ha" in message and "översvämmas" in message.lower()


def test_the_rail_reserve_is_planning_in_progress(town: Town) -> None:
    """40 × 400 m = 1.6 ha."""
    found = findings(terminal(town), "logistik")["plan.pending"]
    assert (found["outcome"], found["code"]) == ("REVIEW", "V")
    assert hits(found)["Markreservat för järnväg"][0] == 16_000.0
    assert "Markreservat för järnväg" in found["message"] and "1,6 ha" in spoken(found["message"])


def test_port_and_road_are_told_in_metres_and_judged_by_the_municipalitys_own_wish(town: Town) -> None:
    """2 500 m to the port, 1 200 m to the junction, by hand. No Swedish norm sets a limit, so none is invented."""
    told = findings(terminal(town), "logistik")
    assert (told["criterion.port"]["case"], told["criterion.port"]["measures"]["distance_m"]) == (
        "no_threshold",
        2500.0,
    )
    assert told["criterion.interchange"]["measures"]["distance_m"] == 1200.0
    assessment = terminal(wishing(town))
    verdict = assessment["logistik"].verdict
    assert "criterion.port" in verdict.met and "criterion.interchange" in verdict.not_met
    # Criteria stand in a table of their own and decide nothing.
    assert (verdict.outcome, verdict.plan) == ("REVIEW", "F1")
    assert not {"criterion.port", "criterion.interchange"} & set(verdict.decided_by)


def test_the_road_is_beyond_every_building_free_distance(town: Town) -> None:
    """300 m: no county can have set more than 50 m from the road area."""
    found = findings(terminal(town), "logistik")["road.building_free.varmland"]
    assert (found["outcome"], found["measures"]["distance_m"]) == ("PASS", 300.0)


@pytest.mark.parametrize(
    ("on", "case", "outcome", "words"),
    [
        ("2021-11-26", "unknown", "OPEN", "inte känd"),
        ("2021-11-27", "current", "PASS", "2024-09-11"),  # 24 months after the election of 11 September 2022
        ("2024-06-17", "current", "PASS", "2024-09-11"),
        ("2024-06-18", "current", "PASS", "2028-09-13"),  # the strategy: 24 months after 13 September 2026
        ("2026-11-22", "current", "PASS", "2028-09-13"),
        ("2028-09-13", "current", "PASS", "2028-09-13"),
        ("2028-09-14", "lapsed", "REVIEW", "2028-09-13"),
    ],
)
def test_the_plan_is_current_until_2028_09_13(town: Town, on: str, case: str, outcome: str, words: str) -> None:
    found = findings(terminal(town, on), "logistik")["plan.current"]
    assert (found["case"], found["outcome"]) == (case, outcome)
    assert words in found["message"]


def test_a_lapsed_plan_still_guides_and_says_the_same_of_the_use(town: Town) -> None:
    before, after = (terminal(town, on)["logistik"].verdict for on in ("2028-09-13", "2028-09-14"))
    assert (before.plan, after.plan) == ("F1", "F1")
    assert "plan.current" not in before.decided_by and "plan.current" in after.decided_by
    told = spoken(findings(terminal(town, "2028-09-14"), "logistik")["plan.current"]["message"])
    assert "inte längre aktuell" in told and "vägledande" in told


def test_before_legal_force_nothing_is_said_of_the_use(town: Town) -> None:
    """Adopted in October, in force on 27 November 2021. The plan of 2004 is marked as replaced, without a day: open."""
    assert town.base.document("op-2004").status == "ersatt"
    for on, plan in (("2021-11-26", "U0"), ("2021-11-27", "F1")):
        verdict = terminal(town, on)["logistik"].verdict
        assert verdict.plan == plan
        assert verdict.outcome == ("OPEN" if plan == "U0" else "REVIEW")


def test_the_municipalitys_own_units_are_named(town: Town) -> None:
    found = findings(terminal(town), "logistik")
    assert found["height.tall_object"]["unit"] == town.base.units["bygg"]
    assert found["criterion.port"]["unit"] == town.base.units["naringsliv"] == "Närsam"
    assert all(one["unit"] for one in found.values() if one["counted"])


def test_housing_in_the_same_area_speaks_against(town: Town) -> None:
    """The category is for what disturbs and should not be mixed with housing."""
    assessment = town.assess(("bostäder", town.box(*SITE), {**TERMINAL, "use": "bostäder"}))
    assert (assessment["bostäder"].verdict.outcome, assessment["bostäder"].verdict.plan) == ("FAIL", "F5")
    assert "inte bör blandas med bostäder" in spoken(findings(assessment, "bostäder")["plan.land_use"]["message"])
