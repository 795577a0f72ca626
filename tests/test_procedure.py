"""Cases: kinds and their other names, days that are due, what a request lacks, and how the statement is built.

Days are worked out by hand, from a calendar: 28 February 2027 is a Sunday, 30 March 2027 a Tuesday.
"""

from __future__ import annotations

import datetime
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from drawn import Pack as Drawn
from drawn import box, geojson
from support import DOCUMENT, SITE, line, point, row, write_pack, write_sites

import opcheck
from opcheck import cli
from opcheck.procedure import (
    CASE_TYPES,
    CHAPTER_9_SINCE,
    Due,
    due,
    due_line,
    find_case_type,
    months_later,
    procedure,
    read_date,
)
from opcheck.rules import read_rules
from opcheck.texts import LANGUAGES, load

at_shore = box(5000, 5000, 5100, 5100)
Day = datetime.date
ON = Day(2026, 11, 22)
LAST = CHAPTER_9_SINCE - datetime.timedelta(days=1)
SV = load("sv")

# --- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("planbesked", "planbesked"),
        ("  Begäran om  planbesked ", "planbesked"),
        ("FÖRHANDSBESKED", "förhandsbesked"),
        ("fo\u0308rhandsbesked", "förhandsbesked"),  # as macOS writes ö
        ("forhandsbesked", "förhandsbesked"),
        ("Ansökan om bygglov", "bygglov"),
        ("markanvisning", "markanvisning"),
        ("lokaliseringsutredning", "lokaliseringsutredning"),
        ("Företagslots", "lots"),
        ("lots", "lots"),
    ],
)
def test_a_kind_goes_by_several_names(word: str, kind: str) -> None:
    assert find_case_type(word) == kind


@pytest.mark.parametrize(
    "word", ["", "plan", "planbesket", "detaljplan", "lokaliseringsprövning", "bygglov planbesked"]
)
def test_a_word_that_is_merely_like_one_is_not_taken(word: str) -> None:
    assert find_case_type(word) is None


# --- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-22", Day(2026, 11, 22)),
        ("2026/11/22", Day(2026, 11, 22)),
        ("2026-11-22T00:00:00", Day(2026, 11, 22)),
        ("2026-11-22 10:15:00+01:00", Day(2026, 11, 22)),
        ("2024-02-29", Day(2024, 2, 29)),
        ("2026-02-29", None),
        ("2026-13-01", None),
        ("22.11.2026", None),
        ("11/22/2026", None),
        ("2026-11/22", None),
        ("2026", None),
        ("2026-11", None),
        ("2026-W47-7", None),
        ("20261122", None),
        ("2026-11-22 och senare", None),
        ("", None),
    ],
)
def test_a_date_begins_with_its_year_or_is_not_read(text: str, day: Day | None) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-11-22", "2027-03-22"),
        ("2026-10-31", "2027-02-28"),  # February has no 31st
        ("2023-10-31", "2024-02-29"),  # a leap year
        ("2023-10-29", "2024-02-29"),
        ("2026-10-29", "2027-02-28"),
        ("2026-11-30", "2027-03-30"),  # and not the 31st: the last of one month is not the last of another
        ("2026-12-31", "2027-04-30"),
        ("2026-08-31", "2026-12-31"),  # the year's last month
        ("2026-09-01", "2027-01-01"),
        ("2024-02-29", "2024-06-29"),
        ("2099-10-31", "2100-02-28"),  # 2100 is no leap year
    ],
)
def test_four_calendar_months(received: str, last: str) -> None:
    assert months_later(Day.fromisoformat(received), 4) == Day.fromisoformat(last)


def when(kind: str, received: str | None, day: Day = ON) -> str | None:
    case = {"type": kind} if received is None else {"type": kind, "received": received}
    found = due(case, day)
    return None if found is None else found.date.isoformat()


def test_a_planning_notice_is_due_four_months_after_the_request() -> None:
    assert when("planbesked", "2026-10-31") == "2027-02-28"
    assert due({"type": "planbesked", "received": "2026-10-31"}, ON).law.section == "5 kap. 4 §"


def test_no_day_is_counted_from_one_that_is_missing_unreadable_or_yet_to_come() -> None:
    assert when("planbesked", None) is None
    assert when("planbesked", "i höstas") is None
    assert when("planbesked", "2026-11-23") is None
    assert when("planbesked", "2026-11-22") == "2027-03-22"  # the very day


@pytest.mark.parametrize("kind", ["markanvisning", "lokaliseringsutredning", "lots", "remiss", ""])
def test_other_kinds_have_no_day(kind: str) -> None:
    assert when(kind, "2026-11-01") is None and when(kind, "2025-11-01", LAST) is None


@pytest.mark.parametrize("kind", ["bygglov", "förhandsbesked"])
def test_ten_weeks_for_permits_until_the_law_changed(kind: str) -> None:
    # 22 September 2025 + 70 days: 8 left of September, 31 of October, 30 of November, 1 of December
    assert when(kind, "2025-09-22", LAST) == "2025-12-01"
    assert due({"type": kind, "received": "2025-09-22"}, LAST).conditional is False
    # the wording since then has not been read
    assert when(kind, "2025-12-01", CHAPTER_9_SINCE) is None and when(kind, "2026-11-01") is None


@pytest.mark.parametrize("kind", ["bygglov", "förhandsbesked"])
def test_a_permit_that_came_in_before_the_law_changed_keeps_its_day_on_a_condition(kind: str) -> None:
    # 30 November 2025 + 70 days: 31 of December, 31 of January, 8 of February
    found = due({"type": kind, "received": "2025-11-30"}, ON)
    assert (found.date, found.conditional, found.law.section) == (Day(2026, 2, 8), True, "9 kap. 27 §")
    assert due({"type": kind, "received": "2025-12-01"}, ON) is None


# --- the record's member ----------------------------------------------------------------------------------------------


def told(folder: Path, *, on: Day = ON, geometry: Any = SITE, lang: str = "sv", **columns: Any) -> Any:
    pack = opcheck.read_plan(write_pack(folder / "paket"))
    sites = opcheck.read_sites(write_sites(folder, row(geometry, **{"id": "a", "use": "industri"} | columns)))
    return opcheck.assess(sites, pack, on=on).procedure("a", lang)


def test_a_site_without_a_case_has_none(tmp_path: Path) -> None:
    assert told(tmp_path) is None


def test_a_property_alone_is_no_case(tmp_path: Path) -> None:
    assert told(tmp_path, case_fastighet="Haraholmen 1:2") is None


def test_a_planning_notice_told_in_full(tmp_path: Path) -> None:
    found = told(tmp_path, case_type="Begäran om planbesked", case_dnr="KS 1", case_received="2026-10-31")
    assert (found["type"], found["title"], found["received"]) == ("planbesked", "Planbesked", "2026-10-31")
    assert found["due"]["date"] == "2027-02-28" and found["due"]["passed"] is False
    assert "4 månader" in found["due"]["rule"] and "fullständig" in found["due"]["rule"]
    assert "överens om något annat" in found["due"]["rule"]
    assert found["due"]["citation"]["section"] == "5 kap. 4 §" and found["due"]["citation"]["checked"] is True
    assert [one["section"] for one in found["law"]] == ["5 kap. 2–5 b §§"]
    # 28 February 2027 is a Sunday
    assert "2027-02-28 är en söndag. Om dagen då flyttas till nästa vardag är inte prövat." in found["notes"]


def test_a_working_day_has_no_note_on_it(tmp_path: Path) -> None:
    found = told(tmp_path, case_type="planbesked", case_received="2026-11-30", on=Day(2026, 12, 1))
    assert found["due"]["date"] == "2027-03-30"  # a Tuesday
    assert not any("flyttas" in note for note in found["notes"])


def test_a_day_that_has_passed_says_so(tmp_path: Path) -> None:
    found = told(tmp_path, case_type="planbesked", case_received="2026-07-21")
    assert (found["due"]["date"], found["due"]["passed"]) == ("2026-11-21", True)
    assert "Sista dagen, 2026-11-21, har passerat den dag som tillämpats, 2026-11-22." in found["notes"]


def test_the_last_day_itself_has_not_passed(tmp_path: Path) -> None:
    found = told(tmp_path, case_type="planbesked", case_received="2026-07-22")
    assert (found["due"]["date"], found["due"]["passed"]) == ("2026-11-22", False)
    assert not any("har passerat" in note for note in found["notes"])


def test_a_saturday_is_told_too(tmp_path: Path) -> None:
    found = told(tmp_path, case_type="planbesked", case_received="2026-10-27")
    assert "2027-02-27 är en lördag. Om dagen då flyttas till nästa vardag är inte prövat." in found["notes"]


def test_an_unknown_kind_is_told_and_not_guessed(tmp_path: Path) -> None:
    found = told(tmp_path, case_type="planbesket", case_received="2026-10-31")
    assert (found["type"], found["title"], found["due"], found["law"]) == (None, None, None, [])
    assert found["groups"] is None and found["structure"] is None
    (first, *_) = found["notes"]
    assert "«planbesket»" in first and all(SV.get("case_type", kind) in first for kind in CASE_TYPES)


def test_a_missing_kind_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, case_dnr="KS 1")
    assert found["type"] is None and found["due"] is None
    assert "inte angivet (kolumnen ärendetyp eller case_type)" in found["notes"][0]
    assert "inte angiven (kolumnen inkom eller case_received)" in found["notes"][1]


@pytest.mark.parametrize(
    ("received", "words"),
    [
        ("3 november 2026", "går inte att läsa: «3 november 2026»"),
        ("2027-01-15", "2027-01-15, är senare än dagen som tillämpats, 2026-11-22"),
        (None, "inte angiven (kolumnen inkom eller case_received)"),
    ],
)
def test_a_day_that_cannot_be_used_is_told(received: str | None, words: str, tmp_path: Path) -> None:
    found = told(tmp_path, case_type="planbesked", case_received=received)
    assert found["due"] is None
    assert any(words in note for note in found["notes"])
    # a day that is read is given, though nothing is counted from it
    assert found["received"] == ("2027-01-15" if received == "2027-01-15" else None)


# --- what a request lacks (PBL 5:3) -----------------------------------------------------------------------------------

CASE = {"case_type": "planbesked", "case_received": "2026-11-01"}
ALL = {"beskrivning": "En hall i plåt.", "buildings_floor_area_m2": 4000, "height_m": 12}


@pytest.mark.parametrize(
    ("columns", "keys"),
    [
        (ALL, []),
        ({}, ["character", "extent", "height"]),
        ({**ALL, "height_m": None}, ["height"]),
        ({**ALL, "beskrivning": "  "}, ["character"]),
        ({**ALL, "beskrivning": None, "case_beskrivning": "En hall."}, []),
        ({**ALL, "buildings_floor_area_m2": None}, ["extent"]),
        ({**ALL, "buildings_floor_area_m2": None, "building_m": "120 x 60"}, []),
        ({"byggnadsarea": 4000, "verksamhetsbeskrivning": "En hall.", "höjd": 12}, []),
        ({**ALL, "use": None}, ["purpose"]),
        ({**ALL, "use": "rymdhamn"}, []),  # not in the vocabulary, but it says what for
        ({**ALL, "use": None, "case_ändamål": "Lager för virke"}, []),
    ],
)
def test_what_a_request_must_hold_and_the_data_lack(columns: dict[str, Any], keys: list[str], tmp_path: Path) -> None:
    found = told(tmp_path, **CASE, **columns)
    assert [one["key"] for one in found["missing"]] == keys
    incomplete = SV.get("procedure", "due_incomplete") in found["notes"]
    assert incomplete is bool(keys)


@pytest.mark.parametrize("shape", [point(4000, 4000), line((4000, 4000), (4100, 4000)), None])
def test_a_point_shows_no_area(shape: Any, tmp_path: Path) -> None:
    found = told(tmp_path, geometry=shape, **CASE, **ALL)
    assert [one["key"] for one in found["missing"]] == ["map"]
    assert found["due"]["date"] == "2027-03-01"


def test_what_lacks_is_asked_for_in_words_with_the_column_in_brackets(tmp_path: Path) -> None:
    for one in told(tmp_path, **CASE)["missing"]:
        outside = re.sub(r"\([^)]*\)", "", one["text"])
        assert "_" not in outside and re.search(r"\(kolumnen [^)]*\)", one["text"]), one["text"]


def test_only_a_planning_notice_says_what_it_must_hold(tmp_path: Path) -> None:
    assert told(tmp_path, case_type="bygglov")["missing"] == []


# --- findings in their places -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def harbour() -> opcheck.Assessment:
    """The project's example with one site of each kind of case."""
    source = json.loads(Path("examples/haraholmen/sites.geojson").read_text(encoding="utf-8"))
    features = sorted(source["features"], key=lambda one: str(one["properties"]["id"]))
    for one, kind in zip(features, (*CASE_TYPES, "planbesked", "bygglov"), strict=False):
        one["properties"] |= {"case_type": kind, "case_received": "2026-11-02"}
    import geopandas

    frame = geopandas.GeoDataFrame.from_features(source["features"], crs=_crs_of(source))
    return opcheck.assess(opcheck.read_sites(frame), opcheck.read_plan("pitea"), on=ON)


def _crs_of(source: dict[str, Any]) -> str:
    told = str(source.get("crs", {}).get("properties", {}).get("name", "EPSG:4326"))
    found = re.search(r"(\d{4,5})$", told)
    return f"EPSG:{found[1]}" if found else "EPSG:4326"


@pytest.fixture(scope="module")
def record(harbour: opcheck.Assessment) -> dict[str, Any]:
    return harbour.to_dict()


def sites_of(record: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in record["sites"] if one["procedure"] and one["procedure"]["type"] == kind]


def test_findings_are_grouped_by_ground_for_a_planning_notice_alone(record: dict[str, Any]) -> None:
    for kind in CASE_TYPES:
        for site in sites_of(record, kind):
            assert (site["procedure"]["groups"] is not None) is (kind == "planbesked")


def test_every_question_that_asks_for_something_stands_in_one_group(record: dict[str, Any]) -> None:
    grounds = {one["id"]: one["ground"] for one in record["rules"]}
    for site in sites_of(record, "planbesked"):
        groups = site["procedure"]["groups"]
        placed = [rule for one in groups for rule in one["findings"]]
        asking = {one["rule"] for one in site["findings"]
                  if one["counted"] and one["outcome"] in ("FAIL", "REVIEW", "OPEN")}  # fmt: skip
        assert sorted(placed) == sorted(asking)
        assert all(grounds[rule] == one["ground"] for one in groups for rule in one["findings"])
        numbers = [one["ground"] for one in groups]
        assert numbers[:5] == [1, 2, 3, 4, 5]
        passed = {one["rule"] for one in site["findings"] if one["counted"] and one["outcome"] == "PASS"} - asking
        assert sum(one["clear"] for one in groups) == len(passed)
        assert all(one["findings"] or one["text"] for one in groups)
        assert numbers == sorted(numbers, key=lambda one: 9 if one is None else one)


@pytest.mark.parametrize("kind", ["planbesked", "förhandsbesked", "bygglov", "lokaliseringsutredning"])
def test_every_counted_question_stands_under_one_heading(kind: str, record: dict[str, Any]) -> None:
    for site in sites_of(record, kind):
        headings = site["procedure"]["structure"]
        assert [one["number"] for one in headings] == list(range(1, len(headings) + 1))
        placed = [rule for one in headings if one["key"] != "steps" for rule in one["findings"]]
        assert len(placed) == len(set(placed))
        asked = {one["rule"] for one in site["findings"] if one["counted"] and one["outcome"] != "NOT_APPLICABLE"}
        assert asked <= set(placed)


def test_the_headings_are_those_of_their_kind(record: dict[str, Any]) -> None:
    keys = {kind: [one["key"] for one in sites_of(record, kind)[0]["procedure"]["structure"] or ()]
            for kind in CASE_TYPES}  # fmt: skip
    assert keys == {
        "planbesked": ["case", "plans", "interests", "conditions", "assessment", "steps", "proposal"],
        "förhandsbesked": ["application", "guidance", "chapter_2", "heard", "assessment", "terms", "decision"],
        "bygglov": ["application", "detailed_plan", "outside_plan", "heard", "assessment", "terms", "decision"],
        "lokaliseringsutredning": ["purpose", "criteria", "candidates", "comparison", "consequences", "choice"],
        "markanvisning": [], "lots": [],
    }  # fmt: skip


def test_the_steps_are_what_the_findings_point_to(record: dict[str, Any]) -> None:
    for site in record["sites"]:
        if site["procedure"] is None:
            continue
        wanted = {(one["rule"], one["need"]) for one in site["findings"]
                  if one["code"] == "K" and one["need"] and one["outcome"] in ("FAIL", "REVIEW")}  # fmt: skip
        if site["procedure"]["type"] == "planbesked":
            handled = [one for one in site["findings"] if one["outcome"] in ("FAIL", "REVIEW")]
            required = [one for one in site["findings"] if one["rule"] == "plan.detailed_plan_required"]
            wanted |= {(one["rule"], one["need"]) for one in handled if one["code"] in ("F2", "V")}
            wanted |= {(one["rule"], one["need"]) for one in required if one["outcome"] in ("FAIL", "REVIEW", "OPEN")}
        assert {(one["rule"], one["need"]) for one in site["procedure"]["documents"]} == wanted
    assert any(site["procedure"] and site["procedure"]["documents"] for site in record["sites"])


def test_no_rule_asks_of_the_ground_between_municipalities(record: dict[str, Any]) -> None:
    assert 2 not in {rule.ground for rule in read_rules().rules}
    for site in sites_of(record, "planbesked"):
        (between,) = [one for one in site["procedure"]["groups"] if one["ground"] == 2]
        assert between["text"].startswith("Inte prövat av programmet") and between["findings"] == []


def drawn(kind: str, neighbours: tuple[str, ...] = ()) -> dict[str, Any]:
    """A case with three findings drawn by hand: a step, a mere note of one, and two interests against each other."""
    rules = {rule.id: rule for rule in read_rules().rules}
    step = next(one.id for one in rules.values() if one.check != "conflict" and one.need == "utredning")
    other = next(one.id for one in rules.values() if one.check != "conflict" and one.id != step)
    pair = next(one.id for one in rules.values() if one.check == "conflict")

    def finding(rule: str, code: str, need: str | None) -> dict[str, Any]:
        return {
            "rule": rule, "outcome": "REVIEW", "code": code, "need": need, "counted": True, "case": "hit",
            "open_reason": None, "title": "Fråga", "next_step": "Se 3 kap. 5 § miljöbalken.", "unit": "Planenheten",
            "consult": ["Länsstyrelsen"], "features": [], "args": {},
        }  # fmt: skip

    site = opcheck.Site(id="a", name=None, uses=("industri",), unknown_uses=(), attributes={}, case={"type": kind},
                        unusable=None)  # fmt: skip
    findings = [finding(step, "K", "utredning"), finding(other, "R2", "samråd"), finding(pair, "A", None)]
    found = procedure(site, findings, rules, day=ON, geometry_kind="polygon", texts=SV, neighbours=neighbours)
    assert found is not None
    return found | {"step": step, "pair": pair}


def test_only_answers_with_code_k_are_steps() -> None:
    found = drawn("planbesked")
    assert [(one["rule"], one["text"]) for one in found["documents"]] == [(found["step"], "Se 3 kap. 5 § miljöbalken.")]
    assert [one["findings"] for one in found["structure"] if one["key"] == "steps"] == [[found["step"]]]


def test_a_site_over_the_border_names_the_neighbour_under_its_ground() -> None:
    (between,) = [one for one in drawn("planbesked", ("Luleå",))["groups"] if one["ground"] == 2]
    assert "gränsen till Luleå" in between["text"] and "inte prövad av programmet" in between["text"]


def finding(rule: str, outcome: str, code: str | None, **changed: Any) -> dict[str, Any]:
    return {
        "rule": rule, "outcome": outcome, "code": code, "need": None, "counted": True, "case": "hit",
        "open_reason": None, "title": "Fråga", "next_step": "Ett steg.", "unit": "Planenheten", "consult": [],
        "features": [], "args": {},
    } | changed  # fmt: skip


@pytest.mark.parametrize(("kind", "asked"), [("planbesked", True), ("förhandsbesked", False)])
def test_what_a_plan_has_to_answer_itself_is_among_the_steps_of_a_planning_notice(kind: str, asked: bool) -> None:
    rules = {rule.id: rule for rule in read_rules().rules}
    site = opcheck.Site(id="a", name=None, uses=("industri",), unknown_uses=(), attributes={}, case={"type": kind},
                        unusable=None)  # fmt: skip
    findings = [
        finding("plan.land_use", "REVIEW", "F2"), finding("plan.pending", "REVIEW", "V"),
        finding("plan.detailed_plan_required", "OPEN", None, open_reason="attribute_missing"),
        finding("interest.port", "REVIEW", "R2"),
    ]  # fmt: skip
    findings = [one for one in findings if one["rule"] in rules]
    assert len(findings) >= 3
    found = procedure(site, findings, rules, day=ON, geometry_kind="polygon", texts=SV)
    assert found is not None
    wanted = [one["rule"] for one in findings[:-1]] if asked else []
    assert [one["rule"] for one in found["documents"]] == wanted
    assert [one["findings"] for one in found["structure"] if one["key"] == "steps"] == ([wanted] if asked else [])
    assert all(one["need_title"] for one in found["documents"])


def test_interests_against_each_other_stand_under_the_assessment() -> None:
    found = drawn("planbesked")
    assert [one["key"] for one in found["structure"] if found["pair"] in one["findings"]] == ["assessment"]


def test_the_steps_of_a_land_allocation_have_no_sentences_of_law() -> None:
    assert [one["text"] for one in drawn("markanvisning")["documents"]] == [None]


def test_land_allocation_speaks_of_no_law(record: dict[str, Any]) -> None:
    words = re.compile(r"§|\b(lag|lagen|lagens|lagar|\w+lagen|\w+balken|författning\w*)\b", re.IGNORECASE)
    for site in sites_of(record, "markanvisning"):
        found = {name: value for name, value in site["procedure"].items() if name != "type"}
        assert found["law"] == [] and found["due"] is None
        assert words.findall(json.dumps(found, ensure_ascii=False)) == []
    for lang in LANGUAGES:
        texts = load(lang)
        own = [texts.get("procedure", key) for key in texts.keys("procedure") if key.startswith("markanvisning")]
        assert own and not words.findall(" ".join(own)) and "law" not in " ".join(own).lower().split()


def test_the_record_fits_the_schema(record: dict[str, Any], harbour: opcheck.Assessment) -> None:
    schema = json.loads((files("opcheck") / "schema" / "assessment-1.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    assert {"procedure", "lots"} <= schema["$defs"].keys()
    # the validator must have something to say of what is wrong
    broken = json.loads(json.dumps(record))
    broken["sites"][0]["procedure"]["received"] = "i höstas"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema)


def test_both_languages_tell_the_same(harbour: opcheck.Assessment) -> None:
    for site_id in harbour.keys()[:8]:
        one, other = harbour.procedure(site_id), harbour.procedure(site_id, "en")
        if one is None or other is None:
            assert one is other
            continue
        assert [one[name] for name in ("type", "received")] == [other[name] for name in ("type", "received")]
        assert [part["findings"] for part in one["structure"] or ()] == [
            part["findings"] for part in other["structure"] or ()
        ]
        assert len(one["notes"]) == len(other["notes"]) and one["notes"] != other["notes"]


# --- a case that leads to a plan is asked other things ----------------------------------------------------------------


def on_the_shore(folder: Path, kind: str | None, on: str = "2026-11-22", lang: str = "sv") -> dict[str, Any]:
    pack = Drawn(folder / "paket")
    pack.layer("strand", "shore_protection", [(at_shore, {"name": "Stranden"})], dated="2026-01", owner="Länsstyrelsen")
    columns = {} if kind is None else {"ärendetyp": kind}
    sites = geojson(folder / "p.geojson", [(at_shore, {"id": "a", "use": "industri", **columns})])
    return opcheck.assess(opcheck.read_sites(sites), opcheck.read_plan(pack.write()), on=on).to_dict(lang)["sites"][0]


@pytest.mark.parametrize(
    ("on", "rule"), [("2026-11-22", "protection.shore"), ("2025-06-30", "protection.shore_before_2025_07")]
)
def test_in_a_planning_notice_shore_protection_is_a_question_for_the_plan(on: str, rule: str, tmp_path: Path) -> None:
    site = on_the_shore(tmp_path, "planbesked", on)
    found = next(one for one in site["findings"] if one["rule"] == rule)
    assert found["outcome"] == "REVIEW" and "upphävas i detaljplanen" in found["next_step"]
    for name in ("next_step", "plain", "paragraph", "message"):
        assert "sök dispens" not in found[name].casefold(), name
    (step,) = [one for one in site["procedure"]["documents"] if one["rule"] == rule]
    assert step["need_title"] == "upphävande i detaljplanen" and "upphävas" in step["text"]
    asked = [each for one in site["lots"]["units"] for each in one["questions"] if each["rule"] == rule]
    assert asked and all("upphävas i detaljplanen" in each["text"] for each in asked)
    assert not any("sök dispens" in text.casefold() for text in site["for_applicant"])
    assert "dispens hos" not in json.dumps(site["statement"], ensure_ascii=False)
    law = {one["section"]: one["checked"] for one in site["procedure"]["law"]}
    # as worded since 2025-07-01 it was read; before that it was not
    assert law["4 kap. 17 §"] is (on == "2026-11-22")
    assert any("4 kap. 17 §" in note for note in site["procedure"]["notes"])


@pytest.mark.parametrize("kind", [None, "bygglov", "förhandsbesked", "markanvisning"])
def test_in_other_cases_shore_protection_is_a_question_of_an_exemption(kind: str | None, tmp_path: Path) -> None:
    site = on_the_shore(tmp_path, kind)
    found = next(one for one in site["findings"] if one["rule"] == "protection.shore")
    assert "sök dispens" in found["next_step"] and "upphäv" not in found["next_step"]
    if kind:
        assert "4 kap. 17 §" not in {one["section"] for one in site["procedure"]["law"]}


def test_every_text_of_a_kind_stands_beside_a_general_one() -> None:
    """The general one is what every other kind of case reads; a text of a kind nobody knows would never be read."""
    rules = {rule.id for rule in read_rules().rules}
    for table in ("message", "paragraph", "step", "plain_why", "plain_do", "plain_need", "lots_question"):
        own = [key for key in SV.keys(table) if "@" in key]
        assert own
        for key in own:
            general, _, kind = key.partition("@")
            assert kind in CASE_TYPES
            assert SV.has(table, general) or (table == "lots_question" and general in rules)
            if SV.has(table, general):
                assert SV.get(table, key) != SV.get(table, general)


# --- permits and the detaljplan ---------------------------------------------------------------------------------------


def test_a_permit_looks_at_the_detailed_plan_first(record: dict[str, Any], tmp_path: Path) -> None:
    # the healthy pack has no layer of detaljplaner: whether one applies is not known
    found = told(tmp_path, case_type="bygglov")
    assert found["notes"][1] == SV.get("procedure", "bygglov_unknown")
    first = {one["rule"]: one for one in sites_of(record, "bygglov")[0]["findings"]}["plan.detailed_plan"]
    notes = sites_of(record, "bygglov")[0]["procedure"]["notes"]
    key = {"hit": "bygglov_inside", "clear": "bygglov_outside"}.get(first["case"], "bygglov_unknown")
    assert SV.get("procedure", key) in notes


def test_the_law_of_permits_is_read_until_it_changed(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    before = told(tmp_path / "1", case_type="bygglov", case_received="2025-09-22", on=LAST)
    after = told(tmp_path / "2", case_type="bygglov", case_received="2025-09-22", on=CHAPTER_9_SINCE)
    assert [(one["section"], one["checked"]) for one in before["law"]] == [
        ("9 kap. 27, 30 och 31 §§", True), ("2 kap. 2–6 §§", True),
    ]  # fmt: skip
    # the day it came in decides which of them apply, and how is not read: both are named
    assert [(one["section"], one["checked"]) for one in after["law"]] == [
        ("9 kap. 27, 30 och 31 §§", True), ("9 kap.", False), ("2 kap. 2–6 §§", True),
    ]  # fmt: skip
    assert before["due"]["date"] == after["due"]["date"] == "2025-12-01"
    assert (before["due"]["conditional"], after["due"]["conditional"]) == (False, True)
    assert "övergångsbestämmelserna är inte lästa" in after["due"]["rule"]
    assert any("kom in före 2025-12-01" in note and "inte lästa" in note for note in after["notes"])


@pytest.mark.parametrize("kind", ["bygglov", "förhandsbesked"])
def test_a_permit_that_came_in_since_the_law_changed_has_no_day(kind: str, tmp_path: Path) -> None:
    found = told(tmp_path, case_type=kind, case_received="2025-12-01")
    assert found["due"] is None and found["due_none"] == SV.get("procedure", "due_uncounted")
    assert [one["section"] for one in found["law"] if one["section"].startswith("9")] == ["9 kap."]
    assert not any("kom in före" in note or "kom ärendet in före" in note for note in found["notes"])


@pytest.mark.parametrize("kind", ["bygglov", "förhandsbesked"])
def test_a_permit_without_a_day_says_that_older_rules_may_apply(kind: str, tmp_path: Path) -> None:
    words = "Om ärendet kom in före 2025-12-01 kan äldre regler gälla; övergångsbestämmelserna är inte lästa."
    assert words in told(tmp_path, case_type=kind)["notes"]
    assert words in str(due_line({"type": kind}, ON, SV))


@pytest.mark.parametrize("kind", ["markanvisning", "lokaliseringsutredning", "lots"])
def test_where_nothing_that_is_read_sets_a_day_that_is_said(kind: str, tmp_path: Path) -> None:
    found = told(tmp_path, case_type=kind, case_received="2026-11-01")
    assert found["due"] is None and found["due_none"] == "ingen dag är satt i det som är läst"
    assert str(due_line({"type": kind}, ON, SV)).endswith(": ingen sista dag är satt i det som är läst.")


def test_an_advance_notice_binds_two_years_as_far_as_is_read(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    before = told(tmp_path / "1", case_type="förhandsbesked", on=LAST)
    after = told(tmp_path / "2", case_type="förhandsbesked")
    assert any("2 år" in note for note in before["notes"])
    assert not any("2 år" in note for note in after["notes"])
    assert [one["section"] for one in before["law"]] == ["2 kap. 2–6 §§", "9 kap. 17, 18 och 27 §§"]
    assert [one["section"] for one in after["law"]] == ["2 kap. 2–6 §§", "9 kap."]


def test_the_section_on_siting_has_not_been_read(tmp_path: Path) -> None:
    (law,) = told(tmp_path, case_type="lokaliseringsutredning")["law"]
    assert (law["section"], law["act"], law["checked"]) == ("2 kap. 6 §", "SFS 1998:808", False)


# --- words and lines --------------------------------------------------------------------------------------------------


def test_no_text_uses_the_case_officers_words() -> None:
    words = re.compile(
        r"\b(tillåt\w*|otillåt\w*|tillåts|godkän\w*|förenlig\w*|strider|lämplig\w*|olämplig\w*|förbjud\w*|"
        r"allowed|approved|permitted|suitable|forbidden)\b",
        re.IGNORECASE,
    )
    for lang in LANGUAGES:
        texts = load(lang)
        for table in ("case_type", "procedure", "procedure_heading", "procedure_under", "procedure_missing",
                      "routing", "lots_question", "applicant"):  # fmt: skip
            assert texts.keys(table)
            assert [key for key in texts.keys(table) if words.search(texts.get(table, key))] == [], (lang, table)


def test_the_line_tells_what_is_due_and_when() -> None:
    case = {"type": "planbesked", "dnr": "KS 1", "received": "2026-10-31"}
    assert due_line(case, ON, SV) == (
        "Planbesked KS 1: svar senast 2027-02-28, räknat från 2026-10-31. "
        "Blev begäran fullständig senare räknas tiden från den dagen."
    )
    assert due_line(case, ON, SV, brief=True) == "senast 2027-02-28"
    assert due_line({"type": "planbesked"}, ON, SV, brief=True) is None
    assert due_line({}, ON, SV) is None and due_line({"fastighet": "A 1:1"}, ON, SV) is None
    unknown = due_line({"type": "remiss", "received": "2026-10-31"}, ON, SV)
    assert unknown is not None and unknown.startswith("Ärende: ingen dag för svar är räknad.") and "«remiss»" in unknown
    later = due_line({"type": "bygglov", "received": "2026-10-31"}, ON, SV)
    assert later is not None and "inte lästa" in later


def test_the_line_says_that_the_day_has_passed_and_on_what_it_rests() -> None:
    passed = {"type": "planbesked", "received": "2026-07-21"}
    assert "svar senast 2026-11-21 (har passerat), räknat från 2026-07-21." in str(due_line(passed, ON, SV))
    assert due_line(passed, ON, SV, brief=True) == "senast 2026-11-21 (har passerat)"
    assert "har passerat" not in str(due_line(passed, Day(2026, 11, 21), SV))
    before = {"type": "bygglov", "received": "2025-11-30"}
    assert "beslut senast 2026-02-08 om äldre regler gäller (har passerat)" in str(due_line(before, ON, SV))
    assert due_line(before, ON, SV, brief=True) == "senast 2026-02-08 om äldre regler gäller (har passerat)"


def test_the_line_and_the_page_count_from_the_same_day(tmp_path: Path) -> None:
    """Both say from which day it is counted, and which day it is counted from if the request was not complete."""
    found = told(tmp_path, case_type="planbesked", case_received="2026-10-31")
    line = str(due_line({"type": "planbesked", "received": "2026-10-31"}, ON, SV))
    for text in (line, found["due"]["rule"]):
        assert "räknat från 2026-10-31" in text or "räknad från 2026-10-31" in text
        assert "lev begäran fullständig senare räknas tiden från den dagen" in text


def test_the_command_line_tells_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = write_pack(tmp_path / "paket")
    sites = write_sites(tmp_path, row(SITE, id="a", use="industri", case_type="planbesked", case_received="2026-10-31"))
    assert cli.main(["check", str(sites), "--plan", str(pack), "--on", "2026-11-22"]) == 0
    assert "svar senast 2027-02-28, räknat från 2026-10-31. Blev begäran fullständig" in capsys.readouterr().out


def test_many_sites_have_the_day_at_the_end_of_the_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = write_pack(tmp_path / "paket")
    rows = [row(SITE, id=f"a{number}", use="industri", case_type="planbesked", case_received="2026-10-31")
            for number in range(20)]  # fmt: skip
    sites = write_sites(tmp_path, *rows)
    assert cli.main(["check", str(sites), "--plan", str(pack), "--on", "2026-11-22"]) == 0
    assert capsys.readouterr().out.count("; senast 2027-02-28") == 20


def test_the_kinds_of_a_rules_ground_are_the_laws_five() -> None:
    assert {rule.ground for rule in read_rules().rules} <= {None, 1, 2, 3, 4, 5}
    assert DOCUMENT and isinstance(due({"type": "planbesked", "received": "2026-10-31"}, ON), Due)
