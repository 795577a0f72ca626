"""Kiruna: where can anything be placed, when the mine moves the town and reindeer, nature and heritage claim the rest?

The documents and what is known of them are the base pack's; the map is drawn and stands for no real place. An
industrial site of 12 ha lies under four claims, near borders that the plan itself calls inexact, with amendments
from 2014 that are kept and a draft on reindeer husbandry that does not count yet.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from siting import Town, findings, governed, hits, spoken

AMENDMENTS = ("fop-tornetrask", "fop-svappavaara", "fop-kiruna-c", "dispositionsplan-rovasuanto")
WORK, REINDEER, TOWN = "Verksamheter och industri", "Areell näring", "Mångfunktionell bebyggelse"
MINE = {"use": "industri", "height_m": 15, "seveso": False}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """West of 5000 verksamheter, east of it reindeer husbandry; in the north-west Kiruna C has its own plan."""
    town = Town("kiruna", tmp_path, (145_000, 7_525_000))
    assert [document.id for document in town.base.documents if document.kept] == list(AMENDMENTS)
    for number, name in enumerate(AMENDMENTS):
        # Their areas are not in the pack. Here they are drawn: Kiruna C in one corner, the others in another.
        far = town.box(9000, 9000 + 100 * number, 9900, 9080 + 100 * number)
        town.document(name, area=town.box(0, 6000, 4000, 10_000) if name == "fop-kiruna-c" else far)
    zones = [
        (town.box(0, 0, 5000, 10_000), {"category": WORK, "name": "Gruvområdet"}),
        (town.box(5000, 0, 10_000, 10_000), {"category": REINDEER, "subcategory": "Rennäring", "name": "Renbetet"}),
    ]
    town.layer("zoner", "land_use", zones, document="op", accuracy_m=100, border="indicative")
    kiruna_c = [(town.box(0, 6000, 4000, 10_000), {"category": TOWN, "name": "Nya centrum"})]
    return town.layer("kiruna-c", "land_use", kiruna_c, document="fop-kiruna-c", accuracy_m=100, border="indicative")


def claimed(town: Town) -> Town:
    """Four claims on the site (4000, 2000)–(4400, 2300), 400 × 300 m."""
    rows: dict[str, list[Any]] = {
        # 100 × 300 m and 150 × 300 m that share 50 × 300 m: together 200 × 300 m.
        "riksintresse_rennaring": [
            (town.box(4000, 1000, 4100, 5000), {"name": "Flyttleden"}),
            (town.box(4050, 1000, 4200, 5000), {"name": "Kärnområdet"}),
        ],
        "riksintresse_mineral": [(town.box(4200, 1000, 4900, 2150), {"name": "Fyndigheten"})],  # 200 × 150 m
        "riksintresse_kulturmiljovard": [(town.box(3000, 2270, 4500, 2600), {"name": "Gruvstaden"})],  # 400 × 30 m
        "natura_2000": [(town.box(4396, 1900, 4900, 2400), {"name": "Älven"})],  # 4 × 300 m
    }
    for theme, shapes in rows.items():
        town.layer(theme.replace("_", "-"), theme, shapes, accuracy_m=50, border="indicative")
    return town


SITE = (4000, 2000, 4400, 2300)


def test_overlapping_claims_stand_side_by_side_with_their_shares_of_the_site(town: Town) -> None:
    assessment = claimed(town).assess(("gruvnära", town.box(*SITE), MINE))
    found = findings(assessment, "gruvnära")
    claims = {
        "interest.reindeer": (60_000.0, 0.5),
        "interest.minerals": (30_000.0, 0.25),
        "interest.culture": (12_000.0, 0.1),
        "protection.natura_2000": (1200.0, 0.01),
    }
    for rule, (area, share) in claims.items():
        assert found[rule]["outcome"] == "REVIEW", rule
        assert (found[rule]["measures"]["area_m2"], found[rule]["measures"]["share"]) == (area, share), rule
    assert {rule: found[rule]["code"] for rule in claims} == {
        "interest.reindeer": "R2", "interest.minerals": "R2", "interest.culture": "R2", "protection.natura_2000": "K",
    }  # fmt: skip
    # The two reindeer objects are listed with what each covers; together they are not 7.5 ha.
    assert hits(found["interest.reindeer"]) == {"Flyttleden": (30_000.0, 0.25), "Kärnområdet": (45_000.0, 0.375)}
    verdict = assessment["gruvnära"].verdict
    # Most themes have no layer here: the gaps are told, and what was found still decides.
    assert (verdict.outcome, verdict.plan, verdict.open_gate) == ("REVIEW", "F1", ())
    assert set(claims) <= set(verdict.decided_by)
    assert {"R2", "K"} <= set(verdict.interests)
    assert {"plan.current", "risk.flood_watercourse"} <= set(verdict.open)


def test_each_claim_is_told_by_its_name_its_share_and_whom_to_ask(town: Town) -> None:
    found = findings(claimed(town).assess(("gruvnära", town.box(*SITE), MINE)), "gruvnära")
    reindeer = spoken(found["interest.reindeer"]["message"])
    assert "Flyttleden" in reindeer and "Kärnområdet" in reindeer
    assert "6,0 ha" in reindeer and "50 %" in reindeer
    assert "rennäring" in reindeer.lower()
    assert "Sametinget" in found["interest.reindeer"]["consult"]
    assert "Fyndigheten" in found["interest.minerals"]["message"]
    assert "10 %" in spoken(found["interest.culture"]["message"])
    natura = spoken(found["protection.natura_2000"]["message"])
    assert "Älven" in natura and "1 200 m²" in natura


def test_a_claim_entered_by_less_than_its_borders_accuracy_is_a_boundary_case(town: Town) -> None:
    """Natura 2000 reaches 4 m into the site and is good to 50 m; the minerals reach 150 m in."""
    found = findings(claimed(town).assess(("gruvnära", town.box(*SITE), MINE)), "gruvnära")
    natura = found["protection.natura_2000"]
    assert (natura["boundary_case"], natura["outcome_inner"], natura["margin_m"]) == (True, "PASS", 4.0)
    assert "inte exakt" in natura["note"]
    assert found["interest.minerals"]["boundary_case"] is False


def test_no_claim_wins_over_another(town: Town) -> None:
    """MB 3:10 leaves the weighing to the authorities: the claims are told, and the plan's answer on use is its own."""
    found = findings(claimed(town).assess(("gruvnära", town.box(*SITE), MINE)), "gruvnära")
    assert found["plan.land_use"]["code"] == "F1"
    text = " ".join(spoken(one["message"]) for one in found.values()).casefold()
    for word in ("tillåt", "förbjud", "strider", "godkän", "förenlig"):
        assert word not in text, word


@pytest.mark.parametrize(
    ("edge", "code", "boundary"),
    [(4890, "F1", False), (4950, "F1", True), (5050, "F3", True), (5150, "F3", True)],
    ids=["110 m away", "50 m away", "50 m across, of 100", "150 m across, 50 m left"],
)
def test_the_plans_own_inexact_borders(town: Town, edge: float, code: str, boundary: bool) -> None:
    """The plan says that its areas' borders are not exact. Here they are good to 100 m.

    A site 200 m wide that ends at `edge`; the border between mine and reindeer runs at 5000.
    """
    note = town.base.document("op").note
    assert note is not None and "inte är exakta" in note, "the pack has lost what the plan says of its borders"
    found = findings(town.assess(("kant", town.box(edge - 200, 2000, edge, 2100), MINE)), "kant")["plan.land_use"]
    assert (found["code"], found["boundary_case"]) == (code, boundary)
    if (edge, boundary) == (4950, True):
        assert found["outcome"] == "PASS", "merely near: the answer stands, with a note"
        assert "50 m till Renbetet" in spoken(found["note"])


def test_a_draft_on_reindeer_husbandry_is_on_its_way_and_claims_nothing(town: Town) -> None:
    draft = town.base.document("tillagg-rennaring")
    assert (draft.status, draft.themes) == ("samråd", ("riksintresse_rennaring",))
    claimed(town).layer(
        "forslag", "riksintresse_rennaring", [town.box(4300, 1000, 4400, 5000)], document="tillagg-rennaring"
    )
    assessment = town.assess(("gruvnära", town.box(*SITE), MINE))
    found = findings(assessment, "gruvnära")
    # What is in force is as it was: 6 ha; the proposal is 100 × 300 m of its own.
    assert found["interest.reindeer"]["measures"]["area_m2"] == 60_000.0
    assert "forslag-1" not in {one["id"] for one in found["interest.reindeer"]["features"]}
    pending = found["plan.pending"]
    assert (pending["outcome"], pending["code"], pending["measures"]["area_m2"]) == ("REVIEW", "V", 30_000.0)
    assert [(one["layer"], one["governs"]) for one in pending["features"] if one["role"] == "hit"] == [
        ("forslag", False)
    ]
    message = spoken(pending["message"])
    assert draft.name in message and "samråd" in message and "3,0 ha" in message
    assert "V" in assessment["gruvnära"].verdict.interests


def test_an_amendment_from_2014_that_was_kept_governs_in_its_area(town: Town) -> None:
    """Older than the plan of 2018; the municipality lists it as in force beside it, and the pack says so."""
    kontor = {"use": "kontor", "height_m": 15, "seveso": False}
    assessment = town.assess(
        ("centrum", town.box(2000, 8000, 2100, 8100), kontor), ("söder", town.box(2000, 3000, 2100, 3100), kontor)
    )
    records = {site["id"]: site for site in assessment.to_dict()["sites"]}
    assert governed(records["centrum"]) == {"fop-kiruna-c": 10_000.0}
    assert assessment["centrum"].verdict.plan == "F1"
    # In the plan of 2018 an office in verksamheter depends on its scale.
    assert governed(records["söder"]) == {"op": 10_000.0}
    assert assessment["söder"].verdict.plan == "F2"
    lost = [part["document"] for part in records["centrum"]["parts"] if not part["governs"]]
    assert lost == ["op"], "the text that lost is told"


def test_what_the_pack_alone_knows_of_the_amendments_leaves_the_plan_open(tmp_path: Path) -> None:
    """The areas are not read, so each of the kept amendments may govern anywhere: no answer on use is settled."""
    town = Town("kiruna", tmp_path, (145_000, 7_525_000))
    town.layer("zoner", "land_use", [(town.box(0, 0, 10_000, 10_000), {"category": WORK})], document="op")
    assessment = town.assess(("gruvnära", town.box(*SITE), MINE))
    verdict = assessment["gruvnära"].verdict
    assert (verdict.outcome, verdict.plan) == ("OPEN", "U0")
    assert "plan.land_use" in verdict.open_gate
    assert "vilken som går före" in findings(assessment, "gruvnära")["plan.land_use"]["message"]


def test_whether_the_plan_is_current_is_not_known(town: Town) -> None:
    """In force since 2019-01-10, before the rules on planeringsstrategi, and no strategy is registered."""
    found = findings(town.assess(("gruvnära", town.box(*SITE), MINE)), "gruvnära")
    assert (found["plan.status"]["outcome"], found["plan.current"]["outcome"]) == ("PASS", "OPEN")
    assert "inte känd" in found["plan.current"]["message"]
