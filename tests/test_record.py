"""The record that result.json holds: its members, one by one, and what may never be in it."""

from __future__ import annotations

import datetime
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from drawn import COUNTRY, DAY, GREEN, WORK, Pack, book, box, land_book, rule, run

import opcheck
from opcheck.not_seen import CLAIM_YEARS
from opcheck.record import HEADLINE_TOPICS

SITE = box(5000, 5000, 5100, 5100)
ALL = box(0, 0, 10_000, 10_000)

QUESTIONS = (
    rule("t.water", theme="groundwater", check="avoid", code="K", need="utredning"),
    rule("t.gone", theme="farmland", check="avoid"),
    rule("t.port", theme="port", check="at_most", basis="criterion", distance_m=5000),
)


def assessment(folder: Path) -> opcheck.Assessment:
    pack = Pack(folder / "paket", attribution="Ritad", licence="CC0-1.0")
    pack.document("op", legal_force="2021-11-27")
    pack.zones([(box(0, 0, 5050, 10_000), WORK), (box(5050, 0, 10_000, 10_000), COUNTRY)], document="op")
    waters = [(box(5080, 5000, 5200, 5100), {"name": "Åsen"}), None, (box(5300, 5000, 5400, 5100), {"name": "Mon"})]
    pack.layer("vatten", "groundwater", waters, dated="2024-05", owner="VA", licence="CC0-1.0", accuracy_m=50)
    pack.layer("hamn", "port", [(box(6100, 5000, 6200, 5100), {"name": "Hamnen"})])
    return run(
        folder,
        pack,
        land_book(folder, *QUESTIONS),
        ("a", SITE, {"name": "Tomten", "height_m": 12, "case_dnr": "KS 1", "case_fastighet": "Ön 1:1"}),
        ("b", None, {"use": "industri; rymdbas"}),
    )


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    return assessment(tmp_path).to_dict(stamp="KS 2026/1", by="Åsa")


def site(record: dict[str, Any], site_id: str = "a") -> Any:
    return next(one for one in record["sites"] if one["id"] == site_id)


def finding(record: dict[str, Any], rule_id: str, site_id: str = "a") -> Any:
    return next(one for one in site(record, site_id)["findings"] if one["rule"] == rule_id)


# --- members --------------------------------------------------------------------------------------------------------

CONTRACT = json.loads("""
{"schema": "", "opcheck": "", "versions": {}, "on": "", "lang": "", "stamp": "",
 "inputs": {"plan": {"id": "", "name": "", "demonstration": "",
                     "documents": [{"id": "", "kind": "", "status": "", "legal_force": "", "current": ""}],
                     "layers": [{"id": "", "theme": "", "document": "", "file": "", "sha256": "", "content": "",
                                 "features": "", "crs": "", "dated": "", "owner": "", "licence": "", "confirmed": ""}]},
            "sites": {"file": "", "sha256": "", "content": "", "count": ""},
            "rules": [{"id": "", "version": "", "sha256": "", "count": ""}]},
 "rules": [{"id": "", "title": "", "basis": "", "severity": "", "gate": "", "ground": "", "citations": [{}],
            "responsible": {"unit": "", "consult": [""]}}],
 "sites": [{"id": "", "name": "", "uses": [""], "area_m2": "", "case": {},
   "verdict": {"outcome": "", "plan": "", "interests": [""],
               "criteria": {"met": [""], "not_met": [""], "unknown": [""]},
               "asked": "", "counts": {"PASS": "", "REVIEW": "", "OPEN": "", "FAIL": ""}, "open": [""],
               "open_gate": [""], "decided_by": [""], "headline": [""]},
   "parts": [{"id": "", "document": "", "area_m2": "", "plan": ""}],
   "findings": [{"rule": "", "use": "", "part": "", "outcome": "", "code": "", "open_reason": "", "need": "",
     "measures": {"area_m2": "", "share": "", "length_m": "", "count": "", "distance_m": "", "coverage": ""},
     "boundary_case": "", "margin_m": "", "outcome_nominal": "", "outcome_inner": "", "outcome_outer": "",
     "adjustments": [{}], "evidence": "", "fingerprint": "",
     "features": [{"role": "", "layer": "", "id": "", "name": "", "category": "", "area_m2": "", "share": "",
                   "length_m": "", "distance_m": "", "depth_m": "", "sliver": "", "governs": "", "text": ""}],
     "message_key": "", "args": {}, "message": "", "next_step": "", "how": [""]}]}],
 "not_seen": [{}], "ledger": [{"layer": "", "feature": "", "state": "", "reason": "", "bounds": [""]}]}
""")
"""Version 1 of the record, member by member; what it holds may grow but never shrink."""


def missing(contract: Any, found: Any, where: str = "") -> list[str]:
    if isinstance(contract, dict):
        if not isinstance(found, dict):
            return [f"{where} is no object"]
        gone = [f"{where}.{name}" for name in contract if name not in found]
        both = [name for name in contract if name in found]
        return gone + [one for name in both for one in missing(contract[name], found[name], f"{where}.{name}")]
    if isinstance(contract, list):
        if not isinstance(found, list):
            return [f"{where} is no list"]
        return [one for number, item in enumerate(found) for one in missing(contract[0], item, f"{where}[{number}]")]
    return [f"{where} is nested"] if isinstance(found, dict | list) else []


def test_every_member_of_the_contract_is_there(record: dict[str, Any]) -> None:
    assert missing(CONTRACT, record) == []


def test_the_record_fits_the_shipped_schema(record: dict[str, Any]) -> None:
    schema = json.loads((files("opcheck") / "schema" / "assessment-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(record, schema)


def test_the_head_names_versions_day_and_inputs(record: dict[str, Any]) -> None:
    assert (record["schema"], record["on"], record["lang"]) == ("opcheck-assessment/1", DAY, "sv")
    assert (record["stamp"], record["by"], record["opcheck"]) == ("KS 2026/1", "Åsa", opcheck.__version__)
    assert record["versions"].keys() >= {"shapely", "pyproj", "numpy"}
    plan = record["inputs"]["plan"]
    assert (plan["id"], plan["name"], plan["crs"], plan["demonstration"]) == (
        "ritad",
        "Ritade kommun",
        "EPSG:3017",
        False,
    )
    assert record["inputs"]["sites"]["count"] == 2
    assert [(one["id"], one["version"], one["count"]) for one in record["inputs"]["rules"]] == [("t", "1", 4)]


def test_each_layer_has_its_lineage(record: dict[str, Any]) -> None:
    layers = {one["id"]: one for one in record["inputs"]["plan"]["layers"]}
    assert list(layers) == ["hamn", "vatten", "zoner"]
    water = layers["vatten"]
    told = {
        name: water[name]
        for name in ("theme", "file", "features", "dated", "owner", "licence", "accuracy_m", "unplaced")
    }
    assert told == {
        "theme": "groundwater", "file": "vatten.geojson", "features": 2, "dated": "2024-05", "owner": "VA",
        "licence": "CC0-1.0", "accuracy_m": 50.0, "unplaced": 1,
    }  # fmt: skip
    assert all(re.fullmatch("[0-9a-f]{64}", one[name]) for one in layers.values() for name in ("sha256", "content"))
    assert (layers["hamn"]["dated"], layers["hamn"]["owner"], layers["hamn"]["accuracy_m"]) == (None, None, None)
    assert layers["zoner"]["document"] == "op"


def test_a_document_says_whether_it_is_in_force_and_current(record: dict[str, Any]) -> None:
    (document,) = record["inputs"]["plan"]["documents"]
    # 24 months after the election of 11 September 2022.
    assert (document["in_force"], document["current"], document["current_until"]) == (
        "in_force",
        "lapsed",
        "2024-09-11",
    )


def test_a_site_carries_what_was_stated_of_it(record: dict[str, Any]) -> None:
    one = site(record)
    assert (one["name"], one["uses"], one["area_m2"]) == ("Tomten", ["industri"], 10_000.0)
    assert one["case"] == {"dnr": "KS 1", "fastighet": "Ön 1:1"}
    assert one["attributes"] == {"height_m": 12.0}


def test_what_is_unknown_is_null_and_never_empty_zero_or_minus_one(record: dict[str, Any]) -> None:
    broken = site(record, "b")
    assert (broken["name"], broken["area_m2"]) == (None, None)
    for one in broken["findings"]:
        assert set(one["measures"].values()) == {None}
        assert (one["outcome"], one["need"], one["margin_m"], one["features"]) == ("OPEN", None, None, [])

    def empty_or_negative(value: Any) -> bool:
        return value == "" or (isinstance(value, float) and (value < 0 or value != value))

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)
        else:
            yield value

    assert [one for one in walk(record["sites"]) if empty_or_negative(one)] == []


def test_the_verdict_sums_up_its_findings(record: dict[str, Any]) -> None:
    verdict = site(record)["verdict"]
    # Land use F3 and water K to be assessed, farmland without a layer, port 1000 m away within 5000 m.
    assert verdict["counts"] == {"PASS": 0, "REVIEW": 2, "OPEN": 1, "FAIL": 0}
    assert (verdict["outcome"], verdict["plan"], verdict["interests"], verdict["asked"]) == ("REVIEW", "F3", ["K"], 3)
    assert verdict["criteria"] == {"met": ["t.port"], "not_met": [], "unknown": []}
    assert (verdict["open"], verdict["open_gate"]) == (["t.gone"], [])
    assert sorted(verdict["decided_by"]) == ["t.land", "t.water"]
    assert len(verdict["headline"]) == 3


def test_a_finding_carries_its_measures_and_the_objects_behind_them(record: dict[str, Any]) -> None:
    one = finding(record, "t.water")
    assert (one["outcome"], one["code"], one["need"], one["open_reason"]) == ("REVIEW", "K", "utredning", None)
    assert one["measures"] == {
        "area_m2": 2000.0, "share": 0.2, "length_m": None, "count": 1, "distance_m": 0.0, "coverage": 1.0,
    }  # fmt: skip
    told = [
        (f["role"], f["id"], f["name"], f["area_m2"], f["depth_m"], f["sliver"], f["governs"]) for f in one["features"]
    ]
    assert told == [("hit", "r1", "Åsen", 2000.0, 20.0, False, True)]
    # Entered by 20 m; the border is exact to 50 m.
    assert (one["boundary_case"], one["margin_m"], one["outcome_inner"], one["outcome_outer"]) == (
        True, 20.0, "OPEN", "REVIEW",
    )  # fmt: skip
    assert "Åsen" in one["message"]
    assert one["next_step"]


def test_an_open_finding_says_why(record: dict[str, Any]) -> None:
    one = finding(record, "t.gone")
    assert (one["outcome"], one["open_reason"], one["code"]) == ("OPEN", "layer_missing", "U0")
    assert one["message"]


def test_the_parts_of_a_site_have_their_own_codes(record: dict[str, Any]) -> None:
    parts = [(one["id"], one["document"], one["area_m2"], one["share"], one["plan"]) for one in site(record)["parts"]]
    assert parts == [("op/r1", "op", 5000.0, 0.5, "F1"), ("op/r2", "op", 5000.0, 0.5, "F2")]


def test_the_ledger_lists_what_was_not_simply_used(record: dict[str, Any]) -> None:
    (entry,) = record["ledger"]
    assert (entry["layer"], entry["feature"], entry["state"], entry["bounds"]) == ("vatten", "r2", "unplaced", [])


def test_a_rule_carries_its_citation_and_its_unit(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").raw('[units]\nplan = "Samhällsbyggnad"')
    record = run(tmp_path, pack, book(tmp_path, QUESTIONS[0]), ("a", SITE)).to_dict()
    (one,) = record["rules"]
    citation = {name: one["citations"][0][name] for name in ("act", "section", "read", "checked")}
    assert citation == {"act": "SFS 2010:900", "section": "2 kap. 5 §", "read": DAY, "checked": False}
    assert one["responsible"] == {"unit": "Samhällsbyggnad", "consult": ["Länsstyrelsen"]}
    assert finding(record, "t.water")["unit"] == "Samhällsbyggnad"


# --- what may not be in it ------------------------------------------------------------------------------------------


def test_no_path_of_this_machine_and_no_time_of_day_is_in_it(tmp_path: Path) -> None:
    text = json.dumps(assessment(tmp_path).to_dict(), ensure_ascii=False)
    assert str(tmp_path.parent) not in text
    assert str(Path.cwd()) not in text
    assert not re.search(r"\d\dT?\d\d:\d\d:\d\d|T\d\d:\d\d", text)
    assert datetime.date.today().isoformat() in (DAY, "x") or datetime.date.today().isoformat() not in text


def test_the_same_content_gives_the_same_record(tmp_path: Path) -> None:
    one, other = (assessment(tmp_path / name).to_dict() for name in _made(tmp_path, "ett", "två"))
    assert json.dumps(one) == json.dumps(other)


def _made(folder: Path, *names: str) -> tuple[str, ...]:
    for name in names:
        (folder / name).mkdir()
    return names


def test_both_languages_answer_alike(tmp_path: Path) -> None:
    found = assessment(tmp_path)
    swedish, english = found.to_dict("sv"), found.to_dict("en")
    assert (swedish["lang"], english["lang"]) == ("sv", "en")
    for one, other in zip(site(swedish)["findings"], site(english)["findings"], strict=True):
        same = ("rule", "outcome", "code", "measures", "evidence", "fingerprint", "message_key", "args", "features")
        assert {name: one[name] for name in same} == {name: other[name] for name in same}
        assert one["message"] != other["message"]


# --- evidence and fingerprint ---------------------------------------------------------------------------------------


def marks(folder: Path, shape: Any = None, question: Any = None, site_id: str = "a") -> tuple[str, str]:
    folder.mkdir()
    pack = Pack(folder / "paket").layer("vatten", "groundwater", [shape or box(5080, 5000, 5200, 5100)])
    found = run(folder, pack, book(folder, question or QUESTIONS[0]), (site_id, SITE))[site_id].findings[0]
    return found.evidence, found.fingerprint


def test_evidence_follows_the_rule_and_what_was_measured_and_the_fingerprint_the_question(tmp_path: Path) -> None:
    first = marks(tmp_path / "1")
    assert marks(tmp_path / "2") == first
    moved = marks(tmp_path / "3", box(5081, 5000, 5200, 5100))
    assert moved[0] != first[0] and moved[1] == first[1]
    wider = marks(tmp_path / "4", question={**QUESTIONS[0], "attention_m": 10})
    assert wider[0] != first[0] and wider[1] == first[1]
    other = marks(tmp_path / "5", site_id="b")
    assert other[0] == first[0] and other[1] != first[1]


# --- headline -------------------------------------------------------------------------------------------------------


def test_the_headline_tells_the_plan_what_to_handle_and_what_was_not_tested(record: dict[str, Any]) -> None:
    plan, handle, opened = site(record)["verdict"]["headline"]
    assert "F3" in plan
    assert "t.water" in handle
    assert "t.gone" in opened
    assert "1 av 3" in opened


def test_a_site_that_cannot_be_tested_says_so_in_its_headline(record: dict[str, Any]) -> None:
    plan, _, opened = site(record, "b")["verdict"]["headline"]
    assert "U0" in plan
    # Three counted rules; a criterion is not counted.
    assert "3 av 3" in opened


def test_a_long_list_of_open_questions_is_counted_once_and_not_cut_silently(tmp_path: Path) -> None:
    count = HEADLINE_TOPICS + 3
    rules = [rule(f"t.r{number}", theme="farmland", check="avoid") for number in range(count)]
    record = run(tmp_path, Pack(tmp_path / "paket"), book(tmp_path, *rules), ("a", SITE)).to_dict()
    opened = site(record)["verdict"]["headline"][2]
    assert f"{count} av {count}" in opened
    # The rest is no second number: topics are fewer than questions, and the two would not add up.
    assert "(bland annat t.r0, " in opened and opened.endswith(f" och t.r{HEADLINE_TOPICS - 1}).")
    assert len(site(record)["verdict"]["open"]) == count


# --- what was not seen ----------------------------------------------------------------------------------------------


def not_seen(folder: Path, **layer: Any) -> dict[str, str]:
    pack = Pack(folder / "paket", demonstration=layer.pop("demonstration", False))
    pack.layer("h", "riksintresse_hamn", [SITE], title="Hamnlagret", **layer)
    claim = rule("t.h", theme="riksintresse_hamn", check="avoid", basis="claim", verb="försvåra_anläggning")
    rules = book(folder, claim, QUESTIONS[1])
    return {one["key"]: one["text"] for one in run(folder, pack, rules, ("a", SITE)).to_dict()["not_seen"]}


def test_themes_without_a_layer_are_named_among_what_was_not_seen(tmp_path: Path) -> None:
    found = not_seen(tmp_path, dated="2025")
    assert "jordbruksmark" in found["layers_not_loaded"].casefold()
    assert "stale_claims" not in found
    assert "demonstration" not in found


@pytest.mark.parametrize(("dated", "stale"), [({"dated": "2018"}, True), ({"dated": "2019"}, False), ({}, False)])
def test_claims_older_than_agencies_must_renew_them_are_named(tmp_path: Path, dated: Any, stale: bool) -> None:
    # The run is of 2026-11-22: a claim of 2018 may be of January, and one without a date is named as that.
    assert CLAIM_YEARS == 8
    found = not_seen(tmp_path, **dated)
    assert ("Hamnlagret" in found.get("stale_claims", "")) is stale
    assert ("Hamnlagret" in found.get("undated", "")) is (not dated)


def test_a_demonstration_pack_says_so(tmp_path: Path) -> None:
    assert not_seen(tmp_path, demonstration=True)["demonstration"]


# --- statements -----------------------------------------------------------------------------------------------------


def test_every_place_where_a_person_takes_responsibility_is_listed(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    reading = {
        "id": "r1",
        "effect": "villkor",
        "uses": ["industri"],
        "by": "Arkitekten",
        "on": datetime.date(2026, 1, 15),
    }
    pack.zones([(ALL, GREEN, {"text": "x"})], document="op", stance=[reading])
    pack.layer("vatten", "groundwater", [SITE, None])
    pack.layer("aker", "farmland", [], fields={}, empty={"stated_by": "Lantmätaren", "date": datetime.date(2026, 1, 1)})
    pack.add("not_applicable", theme="port", reason="ingen kust", stated_by="Hamnchefen")
    pack.add("accept", feature="vatten/r2", reason="utgått", stated_by="VA-chefen")
    told = run(tmp_path, pack, land_book(tmp_path, *QUESTIONS), ("a", SITE)).to_dict()["inputs"]["plan"]["statements"]
    assert {(one["kind"], one["by"]) for one in told} == {
        ("stance", "Arkitekten"), ("empty", "Lantmätaren"), ("not_applicable", "Hamnchefen"), ("accept", "VA-chefen"),
    }  # fmt: skip


def test_an_acceptance_of_several_rows_says_how_many(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    pack.layer("hamn", "port", [(None, {"id": "x"})] * 2 + [(SITE, {})])
    pack.layer("aker", "farmland", [SITE, None])
    pack.add("accept", feature="hamn/x", reason="utgått", stated_by="A", count=2)
    pack.add("accept", feature="aker/r2", reason="utgått", stated_by="B")
    record = run(tmp_path, pack, book(tmp_path, *QUESTIONS), ("a", SITE)).to_dict()
    told = [(one["what"], one["text"], one["count"]) for one in record["inputs"]["plan"]["statements"]]
    assert told == [("aker/r2", "utgått", 1), ("hamn/x", "utgått (× 2)", 2)]
    assert {one["accepted_by"] for one in record["ledger"]} == {"A", "B"}


# --- text where a number was expected -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("height", "said"),
    [("20", "20\u00a0m"), (20, "20\u00a0m"), ("12,5", "12,5\u00a0m"), ("-1", "högsta höjd -1"),
     ("20 m", "högsta höjd 20 m"), ("ca 20", "högsta höjd ca 20"), ("", "okänt"), (None, "okänt")],
)  # fmt: skip
def test_a_height_that_is_no_number_is_told_as_it_stands(tmp_path: Path, height: Any, said: str) -> None:
    pack = Pack(tmp_path / "paket")
    pack.layer("dp", "detailed_plan", [(ALL, {"name": "Kvarteret", "max_height_m": height})])
    question = rule("plan.detailed_plan", theme="detailed_plan", check="avoid", code="I", basis="information")
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))
    for language in ("sv", "en"):
        assert finding(found.to_dict(language), "plan.detailed_plan")["case"] == "hit"
    message = finding(found.to_dict(), "plan.detailed_plan")["message"]
    assert said in message or said == "okänt"
    assert "m m" not in message


def test_a_citation_without_a_section_says_null(tmp_path: Path) -> None:
    cited = [{"act": "Boverket", "read": datetime.date(2026, 11, 22)}]
    question = rule("t.water", theme="groundwater", check="avoid", citation=cited)
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))
    record = found.to_dict()
    assert record["rules"][0]["citations"][0]["section"] is None
    schema = json.loads((files("opcheck") / "schema" / "assessment-1.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    assert "Boverket" in page
    assert "None" not in page.split("<script")[0]


# --- unknown is null ------------------------------------------------------------------------------------------------


def leaves(value: Any, where: str = "") -> Any:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{where}[{number}]")
    else:
        yield where, value


def no_value(value: Any) -> bool:
    """Tell whether something stands for unknown that is not null."""
    if isinstance(value, str):
        return not value.strip() or value.strip().casefold() in ("nan", "none", "null", "-1", "-1.0")
    return isinstance(value, int | float) and not isinstance(value, bool) and (value != value or value == -1)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_nothing_in_a_whole_record_stands_for_unknown_but_null(language: str) -> None:
    sites = opcheck.read_sites(Path(__file__).parents[1] / "examples" / "haraholmen" / "sites.geojson")
    record = opcheck.assess(sites, opcheck.read_plan("pitea"), on=DAY).to_dict(language)
    assert [where for where, value in leaves(record) if no_value(value)] == []


def test_data_that_nobody_has_confirmed_is_said_in_each_finding_that_rests_on_it(tmp_path: Path) -> None:
    for confirmed in (True, False):
        pack = Pack(tmp_path / str(confirmed)).layer("natur", "natura_2000", [box(0, 0, 100, 100)], confirmed=confirmed)
        question = rule(theme="natura_2000", check="avoid")
        assessment = run(tmp_path, pack, book(tmp_path, question), ("a", box(5000, 5000, 5100, 5100), {}))
        (finding,) = assessment.to_dict()["sites"][0]["findings"]
        assert finding["note"] == (
            None if confirmed else "Underlaget är inte bekräftat av den som ansvarar för uppgiften."
        )
