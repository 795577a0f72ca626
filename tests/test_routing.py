"""Who answers, who is heard and what each is asked: never empty, in any pack, for any rule."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from support import SITE, box, row, with_layers, write_pack, write_sites

import opcheck
from opcheck.manifest import pack_names
from opcheck.routing import lots, route
from opcheck.rules import UNITS, Rule, read_rules
from opcheck.texts import LANGUAGES, load

ON = datetime.date(2026, 11, 22)
NATIONAL = read_rules().rules
PACKS = ("exempel", "kiruna", "kristinehamn", "norrtalje", "pitea", "skelleftea")
SV = load("sv")


def test_every_pack_is_looked_at() -> None:
    assert set(PACKS) <= set(pack_names())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_names_a_unit_and_somebody_to_consult(pack: str, lang: str) -> None:
    units = opcheck.read_plan(pack).units
    for rule in NATIONAL:
        found = route(rule, units, ON, load(lang))
        assert found.title.strip() and found.consult and all(one.strip() for one in found.consult), rule.id
        # an id is no name: each has one in the pack, or the general one of the texts
        assert found.title not in UNITS, rule.id
        assert found.outside is bool(rule.consult)


@pytest.mark.parametrize("pack", PACKS)
def test_a_packs_units_are_opchecks_and_have_names(pack: str) -> None:
    units = opcheck.read_plan(pack).units
    assert set(units) <= set(UNITS) and all(name.strip() for name in units.values())


def test_the_municipalitys_own_name_goes_before_the_general_one() -> None:
    rule = _rule("plan.status")
    assert route(rule, {"plan": "Planenheten"}, ON, SV).title == "Planenheten"
    assert route(rule, {}, ON, SV).title == "Fysisk planering"
    assert route(rule, {"bygg": "Byggkontoret"}, ON, SV).title == "Fysisk planering"


def test_nobody_outside_is_said_in_words() -> None:
    nobody = next(rule for rule in NATIONAL if not rule.consult)
    found = route(nobody, {}, ON, SV)
    assert (found.consult, found.outside) == (("Ingen utanför kommunen",), False)


def _rule(rule_id: str) -> Rule:
    return next(rule for rule in NATIONAL if rule.id == rule_id)


# --- the table of a meeting -------------------------------------------------------------------------------------------


def seats(folder: Path, *, layers: Any = None, more: str = "", **columns: Any) -> dict[str, Any]:
    pack = opcheck.read_plan(write_pack(folder / "paket", layers, more=more))
    sites = opcheck.read_sites(write_sites(folder, row(SITE, **{"id": "a", "use": "industri"} | columns)))
    return opcheck.assess(sites, pack, on=ON).lots("a")


def asked(table: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {one["title"]: one["questions"] for one in table["units"]}


def test_every_question_that_asks_for_something_has_a_seat(tmp_path: Path) -> None:
    pack = opcheck.read_plan(write_pack(tmp_path / "paket"))
    found = opcheck.assess(opcheck.read_sites(write_sites(tmp_path)), pack, on=ON)
    (site,) = found.to_dict()["sites"]
    asking = {one["rule"] for one in site["findings"]
              if one["counted"] and one["outcome"] in ("FAIL", "REVIEW", "OPEN")}  # fmt: skip
    told = {each["rule"] for one in site["lots"]["units"] for each in one["questions"]}
    assert told == asking and asking


def test_units_go_by_their_own_names_and_one_name_is_one_seat(tmp_path: Path) -> None:
    table = seats(tmp_path, more='[units]\nplan = "Samhällsbyggnad"\nbygg = "Samhällsbyggnad"\n')
    titles = [one["title"] for one in table["units"]]
    assert titles.count("Samhällsbyggnad") == 1 and len(titles) == len(set(titles))


def test_who_only_waits_for_data_need_not_sit_there(tmp_path: Path) -> None:
    table = seats(tmp_path)
    for one in table["units"]:
        kinds = {each["kind"] for each in one["questions"]}
        assert one["at_table"] is bool(kinds - {"data"})
    order = [one["at_table"] for one in table["units"]]
    assert order == sorted(order, reverse=True)


def test_the_applicant_is_asked_each_thing_once(tmp_path: Path) -> None:
    table = seats(tmp_path)
    names = [one["attribute"] for one in table["applicant"]]
    assert len(names) == len(set(names)) and {"height_m", "power_mw"} <= set(names)
    assert all(one["question"].endswith("?") for one in table["applicant"])


def test_what_is_stated_is_not_asked_for(tmp_path: Path) -> None:
    names = {one["attribute"] for one in seats(tmp_path, height_m=12, power_mw=3)["applicant"]}
    assert not names & {"height_m", "power_mw"}


def test_a_case_asks_for_what_its_request_lacks(tmp_path: Path) -> None:
    names = [one["attribute"] for one in seats(tmp_path, case_type="planbesked")["applicant"]]
    assert {"description", "building_m", "height_m"} <= set(names) and len(names) == len(set(names))


def test_a_site_without_a_use_asks_for_it_first_and_invites_nobody(tmp_path: Path) -> None:
    table = seats(tmp_path, use=None)
    assert table["applicant"][0] == {"attribute": "use", "question": SV.get("applicant", "use")}
    assert all(each["kind"] == "data" for one in table["units"] for each in one["questions"])
    assert not any(one["at_table"] for one in table["units"]) and table["consult"] == []


def test_parties_are_those_of_questions_that_the_meeting_can_take_up(tmp_path: Path) -> None:
    near = with_layers()
    table = seats(tmp_path, layers=near)
    waiting = {each["rule"] for one in table["units"] for each in one["questions"] if each["kind"] != "meeting"}
    told = {each["rule"] for one in table["consult"] for each in one["questions"]}
    assert not told & waiting
    counts = [len(one["questions"]) for one in table["consult"]]
    assert counts == sorted(counts, reverse=True)
    assert all(one["name"].strip() for one in table["consult"])


def test_the_loudest_question_of_a_unit_comes_first() -> None:
    sites = opcheck.read_sites("examples/haraholmen/sites.geojson")
    found = opcheck.assess(sites, opcheck.read_plan("pitea"), on=ON)
    kinds, loud = ("meeting", "applicant", "data"), ("FAIL", "REVIEW", "OPEN")
    for site_id in found.keys():
        for one in found.lots(site_id)["units"]:
            order = [(kinds.index(each["kind"]), loud.index(each["outcome"])) for each in one["questions"]]
            assert order == sorted(order)


def test_both_languages_seat_the_same(tmp_path: Path) -> None:
    pack = opcheck.read_plan(write_pack(tmp_path / "paket"))
    found = opcheck.assess(opcheck.read_sites(write_sites(tmp_path)), pack, on=ON)
    one, other = found.lots("a"), found.lots("a", "en")
    assert [seat["unit"] for seat in one["units"]] == [seat["unit"] for seat in other["units"]]
    assert [each["attribute"] for each in one["applicant"]] == [each["attribute"] for each in other["applicant"]]
    assert asked(one) != asked(other)


def test_a_neighbour_that_the_site_lies_in_is_a_party() -> None:
    site = opcheck.Site(id="a", name=None, uses=("industri",), unknown_uses=(), attributes={}, case={}, unusable=None)
    table = lots(site, [], {}, {}, missing=(), day=ON, texts=SV, neighbours=("Luleå", "Grannkommunen"))
    assert [one["name"] for one in table["consult"]] == ["Luleå", "Grannkommunen"]
    assert all(each["text"].endswith("?") for one in table["consult"] for each in one["questions"])


def test_a_site_over_the_border_invites_the_neighbour(tmp_path: Path) -> None:
    pack = opcheck.read_plan(write_pack(tmp_path / "paket"))
    over = row(box(-50, 4000, 50, 4100), id="a", use="industri", case_type="planbesked")
    inside = row(SITE, id="b", use="industri", case_type="planbesked")
    found = opcheck.assess(opcheck.read_sites(write_sites(tmp_path, over, inside)), pack, on=ON)
    names = [one["name"] for one in found.lots("a")["consult"]]
    assert "Grannkommunen" in names
    assert "Grannkommunen" not in [one["name"] for one in found.lots("b")["consult"]]
    (between,) = [one for one in found.procedure("a")["groups"] if one["ground"] == 2]
    assert "Grannkommunen" in between["text"] or "grannkommunen" in between["text"]
