"""Plans on their way: a site is told of them by their area, whether or not the pack has their layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawn import GREEN, WORK, Pack, book, box, read_sites, rule, saying

import opcheck

ALL, EAST = box(0, 0, 10_000, 10_000), box(5000, 0, 10_000, 10_000)
IN_EAST, IN_WEST, ACROSS = box(7000, 0, 7100, 100), box(1000, 0, 1100, 100), box(4970, 0, 5070, 100)
RULE = rule("plan.pending", theme="pending_planning", check="avoid", code="V", basis="plan")


def pack(folder: Path, **draft: Any) -> Pack:
    """A base plan in force and a layer of planning in progress far off, so that a clear answer is possible."""
    found = Pack(folder / "paket").document("op", legal_force="2020-05-01")
    found.layer("pagaende", "pending_planning", [box(0, 9000, 10, 9010)])
    values = {"name": "FÖP Hamnen", "status": "samråd", "base": "op", **draft}
    return found.document("fop", values.pop("kind", "fördjupning"), **values)


def answer(folder: Path, drawn: Pack, site: Any, on: str = "2026-11-22") -> Any:
    assessment = opcheck.assess(read_sites(folder, ("a", site)), drawn.read(), rules=book(folder, RULE), on=on)
    (found,) = assessment.to_dict()["sites"][0]["findings"]
    return assessment["a"].finding("plan.pending"), found


@pytest.mark.parametrize("status", ["samråd", "granskning", "antagen"])
def test_a_draft_without_layers_is_met_by_its_area(tmp_path: Path, status: str) -> None:
    """70 m of the site's 100 m lie east of 5000: 7 000 m²."""
    finding, told = answer(tmp_path, pack(tmp_path, area=EAST, status=status), ACROSS)
    assert saying(finding) == ("REVIEW", "V", "hit")
    assert told["measures"]["area_m2"] == 7000.0
    word = {"antagen": "antagen, inte laga kraft"}.get(status, status)
    assert told["message"].startswith("Berör pågående planering: FÖP Hamnen, 7\u00a0000\u00a0m² (70\u00a0% av platsen)")
    assert f"status: {word}." in told["message"]
    assert [(one["id"], one["governs"]) for one in told["features"] if one["role"] == "hit"] == [("fop", False)]


def test_outside_the_area_nothing_is_on_its_way(tmp_path: Path) -> None:
    assert saying(answer(tmp_path, pack(tmp_path, area=EAST), IN_WEST)[0]) == ("PASS", "R0", "clear")


@pytest.mark.parametrize("status", ["laga kraft", "ersatt", "upphävd", "okänd"])
def test_only_what_is_on_its_way_is_told(tmp_path: Path, status: str) -> None:
    assert answer(tmp_path, pack(tmp_path, area=EAST, status=status), IN_EAST)[0].outcome == "PASS"


def test_a_plan_with_a_later_day_of_force_is_on_its_way_until_then(tmp_path: Path) -> None:
    drawn = pack(tmp_path, area=EAST, status="laga kraft", adopted="2026-10-01", legal_force="2026-11-23")
    assert saying(answer(tmp_path, drawn, IN_EAST, on="2026-11-22")[0]) == ("REVIEW", "V", "hit")
    assert answer(tmp_path, drawn, IN_EAST, on="2026-11-23")[0].outcome == "PASS"


def test_a_draft_with_layers_is_told_between_its_zones_too_and_never_twice(tmp_path: Path) -> None:
    """A zone from 7050 on: 50 m of the site lie in it, and the other 50 m in the rest of the area."""
    drawn = pack(tmp_path, area=EAST)
    drawn.zones([(box(7050, 0, 10_000, 10_000), GREEN)], layer_id="fop-zoner", document="fop")
    finding, told = answer(tmp_path, drawn, IN_EAST)
    hits = {one["layer"]: one["area_m2"] for one in told["features"] if one["role"] == "hit"}
    assert hits == {"fop-zoner": 5000.0, "fop (planområde)": 5000.0}
    assert finding.measures["area_m2"] == 10_000.0
    assert answer(tmp_path, drawn, box(6000, 0, 6100, 100))[0].outcome == "REVIEW"


def test_a_draft_whose_area_nobody_knows_leaves_the_question_open(tmp_path: Path) -> None:
    drawn = pack(tmp_path, status="ersatt", area=EAST)
    drawn.add("document", id="f2", kind="fördjupning", name="FÖP Byn", status="samråd", base="op", area="unknown")
    finding, told = answer(tmp_path, drawn, IN_EAST)
    assert saying(finding) == ("OPEN", "U0", "open.unplaced")
    assert told["message"].startswith("Var dessa planer kommer att gälla är inte inläst: FÖP Byn.")


def test_a_draft_for_the_whole_municipality_is_said_beside_a_clear_answer(tmp_path: Path) -> None:
    drawn = pack(tmp_path, status="ersatt", area=EAST).document("ny", name="ÖP 2045", status="samråd")
    finding, told = answer(tmp_path, drawn, IN_EAST)
    assert saying(finding) == ("PASS", "R0", "clear")
    assert told["message"].endswith("På väg för hela kommunen: ÖP 2045.")


def test_the_report_and_the_records_can_show_the_area(tmp_path: Path) -> None:
    drawn = pack(tmp_path, area=EAST).zones([(ALL, WORK)], document="op")
    assessment = opcheck.assess(read_sites(tmp_path, ("a", IN_EAST)), drawn.read(), on="2026-11-22")
    for name in ("ut.html", "ut.json", "ut.gpkg"):
        opcheck.write_report(assessment, tmp_path / name)
    assert "FÖP Hamnen" in (tmp_path / "ut.html").read_text(encoding="utf-8")


def test_each_of_several_matters_tells_its_own_step_and_who_answers_for_it(tmp_path: Path) -> None:
    """The draft is at samråd; the corridor is not, and has a date and somebody responsible of its own."""
    corridor = {"name": "Banan", "status": "järnvägsplan pågår", "date": "2026-01", "responsible": "Trafikverket"}
    drawn = pack(tmp_path, area=EAST)
    drawn.layer("korridor", "pending_planning", [(IN_EAST, corridor)])
    told = answer(tmp_path, drawn, IN_EAST)[1]
    said = "FÖP Hamnen (samråd) och Banan (järnvägsplan pågår; uppgift från 2026-01; ansvarig: Trafikverket)"
    turned = "Banan (järnvägsplan pågår; uppgift från 2026-01; ansvarig: Trafikverket) och FÖP Hamnen (samråd)"
    for text in (told["message"], told["paragraph"]):
        assert (said in text or turned in text) and "tatus: " not in text
    # The draft names nobody, so those whom the rule names are heard too.
    assert told["consult"] == ["Trafikverket", "Länsstyrelsen"]
    assert told["next_step"].startswith("Fråga Trafikverket och länsstyrelsen hur långt")
    assert [told["args"][name] for name in ("status", "date", "responsible")] == [None, None, None]


def test_what_the_pack_notes_about_a_plan_on_its_way_is_told(tmp_path: Path) -> None:
    told = answer(tmp_path, pack(tmp_path, area=EAST, note="Skedet är inte läst."), IN_EAST)[1]
    assert told["message"].endswith("Anmärkning: FÖP Hamnen: Skedet är inte läst.")
