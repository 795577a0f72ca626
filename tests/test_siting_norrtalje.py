"""Norrtälje: there is planned industrial land along E18, but does the detaljplan allow what the firm needs?

The municipality itself names the wish: 12 m of height where lower heights are permitted. Documents, words and names of
units are the base pack's; the map is drawn and stands for no real place. What the pack holds as unknown, that
Översiktsplan 2050 is in force, is stated by each test that needs it, as the municipality would have to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from siting import Town, findings, governed, hits, spoken

import opcheck

CORNER = (190_000, 6_620_000)
WORK = "Verksamheter och industri"
FIRM: dict[str, Any] = {
    "use": "industri", "height_m": 12, "seveso": False, "significant_impact": False, "power_mw": 3,
}  # fmt: skip
PLOT = (4000, 4000, 4200, 4200)
"""Four hectares, north of the road and inside the detaljplan."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """The map of Översiktsplan 2050 in the words of the plan, with its own marks of how much is to change."""
    town = Town("norrtalje", tmp_path, CORNER)
    shown = [value.category for value in town.base.values]
    assert shown == ["Mångfunktionell bebyggelse", "Sammanhängande bostadsbebyggelse"]
    rows = [
        ((0, 0, 5000, 10_000), WORK, "pågående användning", "Längs E18"),
        ((5000, 0, 7000, 10_000), WORK, "ändrad användning", "Nya industrimarken"),
        ((7000, 0, 9000, 10_000), shown[0], "utvecklad användning", "Tätorten"),
        ((9000, 0, 10_000, 10_000), shown[1], "pågående användning", "Villorna"),
    ]
    zones = [
        (town.box(*corners), {"category": category, "status": change, "name": name})
        for corners, category, change, name in rows
    ]
    # The pack maps two words of the legend; the third is this test's own to map.
    town.layer("op", "land_use", zones, document="op-2050",
               value=[{"from": {"category": WORK}, "to": [WORK], "evidence": "provet"}])  # fmt: skip
    provisions = {"name": "Detaljplan för industri", "uses": "J", "max_height_m": "8"}
    town.layer("detaljplan", "detailed_plan", [(town.box(3900, 3900, 4500, 4500), provisions)])
    town.layer("va", "water_service_area", [(town.box(0, 0, 4100, 10_000), {"name": "VA-området"})])
    return town.layer("vag", "main_road", [(town.line((0, 3900), (10_000, 3900)), {"name": "E18"})])


def in_force(town: Town) -> Town:
    """State what the pack does not know: that the plan of 2050 has legal force and replaced the earlier one."""
    town.document("op-2050", status="laga kraft", adopted="2025-02-24", legal_force="2025-04-01")
    town.document("op-2040", status="ersatt")
    # Its area and dates are as unknown as in the pack; the plots here lie outside the town.
    return town.document("fop-norrtalje-stad", area=town.box(9500, 9500, 10_000, 10_000))


def firm(town: Town, corners: tuple[float, float, float, float] = PLOT, **keys: Any) -> opcheck.Assessment:
    return town.assess(("tomt", town.box(*corners), {**FIRM, **keys}))


def test_what_the_pack_knows_leaves_the_plan_open(town: Town) -> None:
    """Neither plan can be said to be in force, nor not to be: no answer on use, and that is said."""
    assessment = firm(town)
    verdict = assessment["tomt"].verdict
    assert (verdict.outcome, verdict.plan) == ("OPEN", "U0")
    assert {"plan.status", "plan.land_use"} <= set(verdict.open_gate)
    status = findings(assessment, "tomt")["plan.status"]
    assert (status["outcome"], status["case"]) == ("OPEN", "unknown")
    assert "inte känd" in status["message"]


def test_with_legal_force_stated_the_plan_answers(town: Town) -> None:
    assessment = firm(in_force(town))
    verdict = assessment["tomt"].verdict
    assert (verdict.outcome, verdict.plan, verdict.open_gate) == ("REVIEW", "F1", ())
    assert findings(assessment, "tomt")["plan.status"]["outcome"] == "PASS"
    assert findings(assessment, "tomt")["plan.current"]["case"] == "current"


def test_the_detaljplan_is_told_first_with_its_height_beside_the_wish(town: Town) -> None:
    """Inside a detaljplan bygglov follows the detaljplan: 8 m there, 12 m wished for. No verdict is drawn from it."""
    assessment = firm(in_force(town))
    (site,) = assessment.to_dict()["sites"]
    assert site["verdict"]["headline"][0].startswith("Detaljplan gäller på platsen.")
    found = findings(assessment, "tomt")["plan.detailed_plan"]
    assert (found["case"], found["code"], found["counted"]) == ("hit", "I", False)
    assert hits(found) == {"Detaljplan för industri": (40_000.0, 1.0)}
    message = spoken(found["message"])
    assert "högsta höjd 8 m" in message
    assert "J" in message and "bygglov" in message.lower()
    assert site["attributes"]["height_m"] == 12
    assert findings(assessment, "tomt")["height.tall_object"]["outcome"] == "PASS", "12 m is not over 20 m"


def test_under_the_older_wording_the_detaljplan_is_told_first_too(town: Town, tmp_path: Path) -> None:
    """PBL 9:30 before 2025-12-01, 9:56 after: another rule, and the same place in headline and report."""
    rows = ("tomt", in_force(town).box(*PLOT), FIRM)
    before, after = (town.assess(rows, on=day) for day in ("2025-11-30", "2025-12-01"))
    for assessment, rule, section in (
        (before, "plan.detailed_plan_before_2025_12", "9 kap. 30 §"),
        (after, "plan.detailed_plan", "9 kap. 56 §"),
    ):
        (site,) = assessment.to_dict()["sites"]
        assert site["verdict"]["headline"][0].startswith("Detaljplan gäller på platsen.")
        asked = [one["rule"] for one in site["findings"] if one["theme"] == "detailed_plan"]
        assert asked == [rule]
        assert section in findings(assessment, "tomt")[rule]["message"]
        opcheck.write_report(assessment, tmp_path / "svar.html")
        page = spoken((tmp_path / "svar.html").read_text(encoding="utf-8"))
        assert -1 < page.find("högsta höjd 8 m") < page.find("Användningen industri stämmer")


def test_outside_the_detaljplan_none_is_told(town: Town) -> None:
    assessment = firm(in_force(town), (1000, 1000, 1200, 1200))
    (site,) = assessment.to_dict()["sites"]
    assert not site["verdict"]["headline"][0].startswith("Detaljplan")


def test_the_detaljplan_stands_before_the_plan_in_the_report(town: Town, tmp_path: Path) -> None:
    opcheck.write_report(firm(in_force(town)), tmp_path / "svar.html")
    page = spoken((tmp_path / "svar.html").read_text(encoding="utf-8"))
    first, second = page.find("högsta höjd 8 m"), page.find("Användningen industri stämmer")
    assert -1 < first < second


def test_water_and_power_are_questions_for_those_who_have_them(town: Town) -> None:
    """Half the plot lies outside the water pipes, and 3 MW are asked for."""
    found = findings(firm(in_force(town)), "tomt")
    pipes = found["service.water"]
    assert (pipes["outcome"], pipes["measures"]["area_m2"], pipes["measures"]["share"]) == ("REVIEW", 20_000.0, 0.5)
    assert pipes["unit"] == "Norrtälje vatten och avfall"
    power = found["service.power"]
    assert power["outcome"] == "REVIEW" and "3 MW" in spoken(power["message"])


def test_every_counted_finding_names_a_unit_and_the_municipalitys_own_where_it_has_one(town: Town) -> None:
    assessment = firm(in_force(town))
    own = dict(town.base.units)
    assert own["va"] == "Norrtälje vatten och avfall" and own["plan"] == "Planenheten"
    rules = {rule.id: rule.unit for rule in assessment.answers.rules}
    for found in findings(assessment, "tomt").values():
        assert found["unit"], found["rule"]
        if rules[found["rule"]] in own:
            assert found["unit"] == own[rules[found["rule"]]], found["rule"]
    assert {own[name] for name in ("plan", "miljo", "va", "trafik", "naringsliv")} <= {
        found["unit"] for found in findings(assessment, "tomt").values()
    }


@pytest.mark.parametrize(
    ("east", "use", "plan", "name"),
    [
        (4000, "industri", "F1", "Längs E18"),  # pågående
        (6000, "industri", "F1", "Nya industrimarken"),  # ändrad
        (8000, "industri", "F5", "Tätorten"),  # utvecklad; the category holds only what goes with housing
        (8000, "bostäder", "F1", "Tätorten"),
        (9400, "bostäder", "F1", "Villorna"),
        (6000, "bostäder", "F5", "Nya industrimarken"),
    ],
)
def test_the_plans_words_are_read_through_the_pack_and_its_marks_of_change_decide_nothing(
    town: Town, east: float, use: str, plan: str, name: str
) -> None:
    """Whether a use goes on, is developed or is to change is a mark of the map, and no category."""
    assessment = firm(in_force(town), (east, 1000, east + 100, 1100), use=use)
    assert assessment["tomt"].verdict.plan == plan
    (site,) = assessment.to_dict()["sites"]
    assert [part["name"] for part in site["parts"] if part["governs"]] == [name]


def test_a_word_that_neither_pack_nor_layer_maps_is_open(town: Town) -> None:
    """The legend's other words are not read: they are open, while the words that the pack maps answer."""
    words = [
        (town.box(0, 0, 5000, 10_000), {"category": "Verksamhetsområde", "name": "Längs E18"}),
        (town.box(5000, 0, 10_000, 10_000), {"category": "Sammanhängande bostadsbebyggelse", "name": "Villorna"}),
    ]
    town.tables["layer"] = []
    town.layer("op", "land_use", words, document="op-2050")
    assessment = firm(in_force(town))
    assert assessment["tomt"].verdict.plan == "U0"
    found = findings(assessment, "tomt")["plan.land_use"]
    assert found["case"] == "u0.unmapped"
    assert "Verksamhetsområde" in found["message"] and "inte översatt" in found["message"]
    assert firm(town, (8000, 1000, 8100, 1100), use="bostäder")["tomt"].verdict.plan == "F1"


# --- the neighbour ----------------------------------------------------------------------------------------------------


def bordering(town: Town) -> Town:
    """Östhammar lies north of 10 000, with the port of Hargshamn 4 km beyond the border."""
    town._draw("granne", [(town.box(0, 10_000, 10_000, 20_000), {})])
    (neighbour,) = [one for one in town.tables["neighbour"] if one["name"] == "Östhammars kommun"]
    neighbour["area"] = {"source": "granne.geojson"}
    ports = [(town.point(9900, 100), {"name": "Kapellskär"}), (town.point(4100, 14_000), {"name": "Hargshamn"})]
    return town.layer("hamn", "port", ports, coverage=None)


def test_a_site_across_the_border_is_open_for_the_neighbours_part(town: Town) -> None:
    """200 × 150 m inside, 200 × 50 m in Östhammar, whose plan has not been read."""
    assessment = firm(bordering(in_force(town)), (4000, 9850, 4200, 10_050))
    (site,) = assessment.to_dict()["sites"]
    outside = [part["area_m2"] for part in site["parts"] if part["case"] == "u0.outside"]
    assert outside == [10_000.0]
    assert governed(site)["op-2050"] == 30_000.0
    assert site["verdict"]["outcome"] == "OPEN"
    told = " ".join(spoken(one["message"]) for one in site["findings"])
    assert "Östhammars kommun" in told
    assert "inte är läst" in told


def test_a_port_over_the_border_is_measured_and_is_no_zone_of_this_plan(town: Town) -> None:
    """From 9 800 to 14 000: 4 200 m; the municipality's own port lies more than 10 km away.

    The layer claims to be complete nowhere, so the distance is told as the farthest it can be.
    """
    assessment = firm(bordering(in_force(town)), (4000, 9700, 4200, 9800))
    found = findings(assessment, "tomt")["criterion.port"]
    assert found["measures"]["distance_m"] == 4200.0
    assert (found["case"], found["counted"]) == ("at_most", False)
    assert "Hargshamn" in found["message"] and "4,2 km" in spoken(found["message"]).replace("4 200 m", "4,2 km")
    (site,) = assessment.to_dict()["sites"]
    assert governed(site) == {"op-2050": 20_000.0}


def test_a_site_far_from_the_border_hears_nothing_of_the_neighbour(town: Town) -> None:
    (site,) = firm(bordering(in_force(town)), (4000, 4000, 4200, 4200)).to_dict()["sites"]
    assert "Östhammar" not in " ".join(one["message"] for one in site["findings"] if one["theme"] == "land_use")
