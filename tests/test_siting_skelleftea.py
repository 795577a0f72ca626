"""Skellefteå: industry, suppliers and housing at once: which plots near industry, port and railway, with which limits?

The plan is a patchwork: one plan for the whole municipality, of unknown date, and amendments from 2011 to 2024 that the
pack holds as kept. The map is drawn and stands for no real place. Plots are one hectare unless told; a theme that no
drawn layer carries is stated not to occur, so that every remaining question is about what is drawn.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from siting import Town, findings, governed, hits, spoken

WORK, COUNTRY = "Verksamheter och industri", "Landsbygd"
AREAS = {
    "fop-skelleftedalen": (0, 0, 5000, 10_000),
    "fop-landsbygder": (6000, 0, 10_000, 10_000),
    "fop-hamnen": (8000, 0, 10_000, 2000),  # inside the area of landsbygder
    "fop-centrala-stan": (100, 9000, 300, 9200),
    "fop-havsomradet": (9800, 9800, 10_000, 10_000),
}
FACTORY: dict[str, Any] = {
    "use": "industri", "height_m": 18, "seveso": False, "significant_impact": False, "power_mw": 0,
    "permit_requiring": False,
}  # fmt: skip
DISTANCES = (
    ("risk.seveso_near", "attention_m", 1000), ("risk.housing_near", "distance_m", 500),
    ("risk.housing_near", "beyond_open", False),
)  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = Town("skelleftea", tmp_path, (185_000, 7_180_000))
    for name, corners in AREAS.items():
        assert town.base.document(name).kept is True
        town.document(name, area=town.box(*corners))
    rows = {
        "op": (0, 0, 10_000, 10_000, WORK, "Hela kommunen"),
        "fop-skelleftedalen": (*AREAS["fop-skelleftedalen"], WORK, "Dalens verksamheter"),
        "fop-landsbygder": (*AREAS["fop-landsbygder"], COUNTRY, "Landsbygden"),
        "fop-hamnen": (*AREAS["fop-hamnen"], WORK, "Hamnens verksamheter"),
    }
    for name, (west, south, east, north, category, title) in rows.items():
        zone = (town.box(west, south, east, north), {"category": category, "name": title})
        town.layer(f"z-{name}", "land_use", [zone], document=name, accuracy_m=10, border="indicative")
    # A plant of the higher Seveso level, a railway to come, a village, and water pipes in the valley and the middle.
    town.layer("anlaggning", "seveso", [(town.box(1000, 4000, 1500, 4500), {"name": "Fabriken"})])
    corridor = {"name": "Järnvägskorridoren", "status": "järnvägsplan"}
    town.layer("korridor", "pending_planning", [(town.box(3000, 0, 3200, 10_000), corridor)])
    town.layer("by", "housing", [(town.box(3500, 8000, 3600, 8100), {"name": "Byn"})])
    town.layer("va", "water_service_area", [(town.box(0, 0, 6000, 10_000), {"name": "VA-området"})])
    # No source gives these distances: the municipality states its own. Without them both questions are open.
    for rule, parameter, value in DISTANCES:
        why = {"reason": "Kommunens eget avstånd (påhittat).", "source": "Kommunens riktlinje (påhittad)"}
        town.add("override", rule=rule, parameter=parameter, value=value, **why)
    return town.nowhere()


def plots(town: Town) -> list[tuple[str, Any, dict[str, Any]]]:
    """One plot per answer."""
    corners = {
        "mitten": (5400, 5000),  # base plan alone; 3 900 m from the plant
        "fabriken": (2100, 4200),  # 600 m east of the plant
        "korridoren": (3150, 5000),  # 50 of its 100 m in the corridor, which ends at 3200
        "byn": (3900, 8000),  # 300 m east of the village
        "landet": (7000, 5000),  # landsbygd, outside the water pipes
        "hamnen": (9000, 1000),  # two amendments whose order is not known
    }
    rows = [(name, town.box(e, n, e + 100, n + 100), FACTORY) for name, (e, n) in corners.items()]
    return [*rows, ("bostäder", town.box(5400, 6000, 5500, 6100), {**FACTORY, "use": "bostäder"})]


def test_each_plot_has_its_own_answer(town: Town) -> None:
    assessment = town.assess(*plots(town))
    found = {name: (verdict.outcome, verdict.plan, verdict.interests) for name, verdict in verdicts(assessment).items()}
    assert found == {
        # Nothing against it, and one question open: whether the plan, of unknown date, is current.
        "mitten": ("OPEN", "F1", ()),
        "fabriken": ("REVIEW", "F1", ("K",)),
        "korridoren": ("REVIEW", "F1", ("V",)),
        "byn": ("REVIEW", "F1", ("K",)),
        "landet": ("REVIEW", "F2", ("K",)),
        "hamnen": ("OPEN", "U0", ("K",)),
        "bostäder": ("FAIL", "F5", ()),
    }
    assert verdicts(assessment)["mitten"].open == ("plan.current",)
    assert verdicts(assessment)["hamnen"].open_gate == ("plan.land_use",)


def verdicts(assessment: Any) -> dict[str, Any]:
    return {verdict.site: verdict for verdict in assessment}


def test_with_a_date_and_a_strategy_registered_the_plot_in_the_middle_is_clear(town: Town) -> None:
    """What the municipality would have to state, and no more: somebody must see green."""
    town.document("op", legal_force="2022-06-30", currency=[{"decided": "2024-05-20", "says": "aktuell"}])
    assessment = town.assess(*plots(town))
    verdict = verdicts(assessment)["mitten"]
    assert (verdict.outcome, verdict.plan, verdict.open) == ("PASS", "F1", ())


def test_the_limits_of_each_plot_by_hand(town: Town) -> None:
    assessment = town.assess(*plots(town))
    plant = findings(assessment, "fabriken")["risk.seveso_near"]
    assert (plant["outcome"], plant["measures"]["distance_m"]) == ("REVIEW", 600.0)
    assert "Fabriken" in plant["message"] and "600 m" in spoken(plant["message"])
    corridor = findings(assessment, "korridoren")["plan.pending"]
    assert hits(corridor) == {"Järnvägskorridoren": (5000.0, 0.5)}
    assert "50 %" in spoken(corridor["message"])
    village = findings(assessment, "byn")["risk.housing_near"]
    assert (village["outcome"], village["measures"]["distance_m"]) == ("REVIEW", 300.0)
    assert "Byn" in village["message"]
    pipes = findings(assessment, "landet")["service.water"]
    assert (pipes["outcome"], pipes["code"]) == ("REVIEW", "K")
    housing = findings(assessment, "bostäder")["plan.land_use"]
    assert "inte bör blandas med bostäder" in spoken(housing["message"])
    tall = findings(assessment, "mitten")["height.tall_object"]
    assert tall["outcome"] == "PASS", "18 m; Försvarsmakten is asked above 20 m"


def test_which_plan_of_the_patchwork_governs_each_plot(town: Town) -> None:
    sites = {site["id"]: site for site in town.assess(*plots(town)).to_dict()["sites"]}
    assert governed(sites["mitten"]) == {"op": 10_000.0}
    assert governed(sites["fabriken"]) == {"fop-skelleftedalen": 10_000.0}
    assert governed(sites["landet"]) == {"fop-landsbygder": 10_000.0}
    # Where the order is not known each of the rivals is told, and the answer is open.
    assert {part["document"] for part in sites["hamnen"]["parts"]} >= {"fop-hamnen", "fop-landsbygder"}
    precedence = findings(town.assess(*plots(town)), "hamnen")["plan.land_use"]
    assert "vilken som går före" in precedence["message"]


def test_a_plot_across_two_plans_is_divided(town: Town) -> None:
    """From 4960 to 5060 across the valley's border at 5000: 40 m and 60 m of a hectare. Both say verksamheter: F1."""
    assessment = town.assess(("gräns", town.box(4960, 5000, 5060, 5100), FACTORY))
    (site,) = assessment.to_dict()["sites"]
    assert governed(site) == {"fop-skelleftedalen": 4000.0, "op": 6000.0}
    assert site["verdict"]["plan"] == "F1"


@pytest.mark.parametrize(("on", "document"), [("2024-04-28", "op"), ("2024-06-01", None), ("2025-01-01", "amendment")])
def test_the_newest_amendment_counts_from_its_own_year(town: Town, on: str, document: str | None) -> None:
    """Adopted on 2024-04-29; when it gained legal force is not read, so the rest of 2024 is open."""
    site = town.assess(("landet", town.box(7000, 5000, 7100, 5100), FACTORY), on=on)["landet"]
    assert site.verdict.plan == {"op": "F1", None: "U0", "amendment": "F2"}[document]


def test_the_order_of_the_plots_decides_nothing(town: Town, tmp_path: Path) -> None:
    rows = plots(town)
    one = town.assess(*rows).to_dict()
    other = town.assess(*rows[::-1]).to_dict()
    assert one["sites"] == other["sites"]
    assert one["inputs"]["sites"]["content"] == other["inputs"]["sites"]["content"]
    assert json.dumps(one["inputs"]["plan"]) == json.dumps(other["inputs"]["plan"])


def test_a_plot_gets_the_same_answer_alone_and_in_the_batch(town: Town) -> None:
    rows = plots(town)
    batch = {site["id"]: site for site in town.assess(*rows).to_dict()["sites"]}
    for row in rows:
        (alone,) = town.assess(row).to_dict()["sites"]
        assert alone == batch[row[0]]
