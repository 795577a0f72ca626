"""Rule files: read whole, vetted whole, and put together without anything getting lost."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest
from drawn import LAND_RULE, Pack, book, box, rule, rule_file, run

import opcheck
from opcheck.checks import KINDS, Override
from opcheck.errors import PlanError, RuleError
from opcheck.findings import Basis, Code, Outcome
from opcheck.rules import COUNTIES, RULESETS, Use, authority_on, find_use, read_rules, themes, uses

AVOID = rule(theme="groundwater", check="avoid")


def faults_of(folder: Path, *rules: Any, more: str = "") -> list[str]:
    with pytest.raises(RuleError) as caught:
        book(folder, *rules, more=more)
    return [str(fault.key) for fault in caught.value.faults]


# --- a rule ---------------------------------------------------------------------------------------------------------


def test_a_rule_is_read_with_everything_it_says(tmp_path: Path) -> None:
    given = rule(
        "t.full", theme="groundwater", check="avoid", attention_m={"value": 50, "source": "ÖP s. 3", "checked": False},
        serves=["hamn"], uses=["Fabrik", "lager"], when={"attribute": "height_m", "op": ">", "value": 20}, ground=5,
        code="K", need="samråd", verb="försvåra", valid_from=datetime.date(2020, 1, 1), gate=True, basis="claim",
    )  # fmt: skip
    (one,) = book(tmp_path, given).rules
    assert (one.id, one.ruleset, one.version, one.theme, one.check) == ("t.full", "t", "1", "groundwater", "avoid")
    assert (one.hit, one.code, one.need, one.basis, one.ground) == (Outcome.REVIEW, Code.K, "samråd", Basis.CLAIM, 5)
    assert (one.uses, one.verb, one.gate) == (("industri", "lager"), "försvåra", True)
    assert (one.unit, one.consult) == ("plan", ("Länsstyrelsen",))
    attention = one.parameters["attention_m"]
    assert (attention.value, attention.source, attention.checked, one.reach_m) == (50.0, "ÖP s. 3", False, 50.0)
    assert [(when.attribute, when.op, when.value, when.missing) for when in one.when] == [("height_m", ">", 20, "open")]


def test_a_bare_value_counts_as_checked_and_a_rule_without_code_is_r2(tmp_path: Path) -> None:
    (one,) = book(tmp_path, {**AVOID, "attention_m": 50}).rules
    assert (one.parameters["attention_m"].checked, one.code) == (True, Code.R2)


def test_an_unknown_value_keeps_its_ceiling(tmp_path: Path) -> None:
    given = rule(theme="housing", check="at_least", distance_m={"unknown": True, "ceiling": 75, "source": "lag"})
    (one,) = book(tmp_path, given).rules
    assert (one.value("distance_m"), one.parameters["distance_m"].ceiling, one.reach_m) == (None, 75.0, 75.0)


def test_criteria_and_information_are_not_counted(tmp_path: Path) -> None:
    rules = book(
        tmp_path,
        rule("t.a", theme="port", check="at_most", basis="criterion"),
        rule("t.b", theme="port", check="avoid", basis="information", code="I"),
        {**AVOID, "id": "t.c"},
    )
    assert {one.id: one.counted for one in rules.rules} == {"t.a": False, "t.b": False, "t.c": True}


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"check": "undvik"}, "rule[1].check"),
        ({"theme": "grundvatten"}, "rule[1].theme"),
        ({"hit": "PASS"}, "rule[1].hit"),
        ({"hit": "FAIL"}, "rule[1].hit"),
        ({"basis": "känsla"}, "rule[1].basis"),
        ({"severity": "hög"}, "rule[1].severity"),
        ({"need": "tur"}, "rule[1].need"),
        ({"code": "F1"}, "rule[1].code"),
        ({"ground": 6}, "rule[1].ground"),
        ({"uses": ["rymdbas"]}, "rule[1].uses"),
        ({"attention_m": -1}, "rule[1].attention_m"),
        ({"attention_m": "långt"}, "rule[1].attention_m"),
        ({"attention_m": {"source": "x"}}, "rule[1].attention_m.value"),
        ({"attention_m": {"value": 1, "kalla": "x"}}, "rule[1].attention_m.kalla"),
        ({"attention_m": {"value": 1, "unknown": True}}, "rule[1].attention_m.value"),
        ({"attention_m": {"value": 1, "ceiling": 5}}, "rule[1].attention_m.ceiling"),
        ({"attention_m": {"unknown": True, "ceiling": 0}}, "rule[1].attention_m.ceiling"),
        ({"code": "I"}, "rule[1].code"),
        ({"gate": True, "basis": "information"}, "rule[1].gate"),
        ({"distance_m": 5}, "rule[1].distance_m"),
        ({"when": {"attribute": "height_m", "op": "~", "value": 1}}, "rule[1].when.op"),
        ({"when": {"attribute": "height_m", "op": ">", "value": "hög"}}, "rule[1].when.value"),
        ({"when": {"attribute": "seveso", "op": ">", "value": True}}, "rule[1].when.op"),
        ({"when": {"attribute": "seveso", "op": "==", "value": True, "missing": "pass"}}, "rule[1].when.missing"),
        ({"when": []}, "rule[1].when"),
        (
            {"when": [{"attribute": "seveso", "op": "==", "value": True}, {"attribute": "height_m", "op": ">"}]},
            "rule[1].when[2].value",
        ),
        ({"when": "seveso"}, "rule[1].when"),
        ({"attention_m": {"attribute": "protection_distance_m"}}, "rule[1].attention_m.attribute"),
        ({"guideline": 5}, "rule[1].guideline"),
        ({"valid_from": datetime.date(2026, 1, 1), "valid_to": datetime.date(2025, 1, 1)}, "rule[1].valid_to"),
        ({"citation": [{"act": "PBL"}]}, "rule[1].citation[1].read"),
        ({"responsible": {"consult": []}}, "rule[1].responsible.unit"),
    ],
)
def test_each_fault_in_a_rule_is_found_at_its_place(tmp_path: Path, changed: dict[str, Any], key: str) -> None:
    assert key in faults_of(tmp_path, {**AVOID, **changed})


@pytest.mark.parametrize("gone", ["id", "title", "check", "hit", "basis", "severity", "responsible", "theme"])
def test_what_a_rule_must_say_is_missed(tmp_path: Path, gone: str) -> None:
    assert f"rule[1].{gone}" in faults_of(tmp_path, {name: value for name, value in AVOID.items() if name != gone})


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        (rule(theme="housing", check="at_least"), "distance_m"),
        (rule(theme="housing", check="band"), "band"),
        (rule(check="trigger", attribute="height_m", op=">"), "value"),
        (rule(check="trigger", attribute="height_m", op="över", value=1), "op"),
        (rule(check="conflict", themes=["port"]), "themes"),
        (rule(check="conflict", themes=["port", "hamnen"]), "themes"),
        (rule(theme="port", check="at_most", distance_m=5), "basis"),
        (rule(theme="shore_protection", check="within", eased_by="lis"), "eased_by"),
        (rule(theme="port", check="within", hit="FAIL"), "hit"),
        (rule(theme="housing", check="band", band=[{"uses": ["kontor"]}]), "band[1].upto_m"),
        (rule(theme="housing", check="band", band=[{"upto_m": 0}]), "band[1].upto_m"),
        (rule(theme="housing", check="band", band=[]), "band"),
        (rule(theme="housing", check="band", band=[{"upto_m": 9, "uses": ["kontor"]}], uses=["hamn"]), "band"),
        (rule(theme="housing", check="band", band=[{"upto_m": 500}], search_m=100), "search_m"),
        (rule(theme="housing", check="at_least", distance_m=500, search_m=100), "search_m"),
        (rule(theme="housing", check="at_least", distance_m={"unknown": True, "ceiling": 75}, search_m=50), "search_m"),
        (rule(theme="port", check="at_most", distance_m=500, search_m=100, basis="criterion"), "search_m"),
        (rule(theme="housing", check="at_least", distance_m=0), "distance_m"),
        (rule(theme="housing", check="at_least", distance_m={"attribute": "x", "value": 5}), "distance_m.value"),
        (rule(theme="housing", check="at_least", distance_m={"attribute": "x", "ceiling": 5}), "distance_m.ceiling"),
        (
            rule(theme="housing", check="at_least", distance_m={"attribute": "x", "unknown": True}),
            "distance_m.attribute",
        ),
        (rule(theme="housing", check="at_least", distance_m={"attribute": "x"}, search_m=9000), "search_m"),
        (rule(theme="housing", check="at_least", distance_m=5, beyond_open="ja"), "beyond_open"),
        (
            rule(theme="housing", check="at_least", distance_m=5, beyond_open_except_counties=["01"]),
            "beyond_open_except_counties",
        ),
        (rule(theme="shore_protection", check="within", share=50), "share"),
        (rule(theme="shore_protection", check="within", share=1), "share"),
        (rule(theme="shore_protection", check="within", eased_by=""), "eased_by"),
        (rule(check="trigger", attribute="seveso", op=">", value=True), "op"),
        (rule(check="covered", themes=["water_service_area", "groundwater"]), "themes"),
        (rule(theme="groundwater", check="covered", themes=["water_service_area"]), "themes"),
        (rule(theme="groundwater", check="covered", themes=[]), "themes"),
        (rule(theme="land_use", check="covered", of="curency"), "of"),
        (rule(check="conflict", themes=["port", "port"]), "themes"),
        (rule(check="conflict", theme="housing", themes=["port", "groundwater"]), "theme"),
        (rule(check="conflict", themes=["port", "groundwater"], code="R2"), "code"),
        (rule(theme="groundwater", check="use_matrix"), "theme"),
    ],
)
def test_each_kind_of_check_asks_for_its_own(tmp_path: Path, wrong: dict[str, Any], key: str) -> None:
    assert f"rule[1].{key}" in faults_of(tmp_path, wrong)


@pytest.mark.parametrize("number", ["nan", "-nan", "inf"])
@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({**AVOID, "attention_m": 12345}, "attention_m"),
        ({**AVOID, "attention_m": {"unknown": True, "ceiling": 12345}}, "attention_m.ceiling"),
        ({**AVOID, "when": {"attribute": "height_m", "op": ">", "value": 12345}}, "when.value"),
        (rule(check="trigger", attribute="height_m", op=">", value=12345), "value"),
        (rule(check="trigger", attribute="height_m", op=">", value={"value": 12345, "source": "s"}), "value.value"),
        (rule(theme="housing", check="band", band=[{"upto_m": 12345}]), "band[1].upto_m"),
    ],
)
def test_nothing_is_compared_with_what_is_no_number(
    tmp_path: Path, given: dict[str, Any], key: str, number: str
) -> None:
    file = rule_file(tmp_path / "a.toml", given)
    file.write_text(file.read_text(encoding="utf-8").replace("12345", number), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        read_rules(file, national=False)
    assert [fault.key for fault in caught.value.faults] == [f"rule[1].{key}"]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (rule(check="trigger", attribute="height_m", op=">"), "value"),
        (rule(check="trigger", attribute="height_m", value=1), "op"),
        (rule(theme="housing", check="at_least", distance_m=5), "search_m"),
        (rule(theme="port", check="at_most", basis="criterion"), "distance_m"),
        (rule(theme="shore_protection", check="within"), "share"),
        (rule(theme="nature_protection", check="avoid"), "forbids"),
        (rule(theme="land_use", check="covered"), "of"),
        (rule(check="conflict"), "themes"),
    ],
)
def test_only_a_distance_that_its_check_leaves_open_may_be_unknown(
    tmp_path: Path, wrong: dict[str, Any], name: str
) -> None:
    assert f"rule[1].{name}.unknown" in faults_of(tmp_path, {**wrong, name: {"unknown": True}})
    allowed = {(kind, one) for kind in KINDS for one in KINDS[kind].may_be_unknown}
    assert allowed == {("avoid", "attention_m"), ("at_least", "distance_m")}


def test_a_fault_is_told_once(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {**AVOID, "basis": "känsla", "code": "I", "gate": True}) == ["rule[1].basis"]


def test_a_conflict_is_coded_as_one(tmp_path: Path) -> None:
    (one,) = book(tmp_path, rule(check="conflict", themes=["port", "groundwater"])).rules
    assert one.code is Code.A


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    one = rule_file(tmp_path / "a.toml", {**AVOID, "hit": "x"}, {**AVOID, "id": "t.b", "basis": "y"}, set_id="a")
    two = rule_file(tmp_path / "b.toml", {**AVOID, "id": "t.c", "severity": "z"}, set_id="b")
    with pytest.raises(RuleError) as caught:
        read_rules(one, two, national=False)
    assert [(Path(str(fault.path)).name, fault.key) for fault in caught.value.faults] == [
        ("a.toml", "rule[1].hit"), ("a.toml", "rule[2].basis"), ("b.toml", "rule[1].severity"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", '[ruleset]\nid = "a"\nversion = "1"\nformat = 2\n', '[ruleset]\nid = "a"\nversion = "1"\n',
     '[ruleset]\nid = "a"\nversion = "1"\nformat = 1\n', '[ruleset]\nid = "a"\nversion = "1"\nformat = 1\n[regel]\n'],
    ids=["empty", "another format", "no format", "says nothing", "unknown table"],
)  # fmt: skip
def test_a_file_that_is_no_rule_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError):
        read_rules(tmp_path / "a.toml", national=False)


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ('category = "K"\nuse = ["J"]\nvalue = 3\nreason = "r"', "value"),
        ('category = "K"\nuse = ["Å"]\nvalue = 1\nreason = "r"', "use"),
        ('category = "K"\nvalue = 1\nreason = "r"', "use"),
        ('category = "K"\nuse = ["J"]\nvalue = 1', "reason"),
        ('use = ["J"]\nvalue = 1\nreason = "r"', "category"),
        ('category = "K"\nuse = ["J"]\nvalue = 0\nreason = "r"\nfirm = true', "statement"),
        ('category = "K"\nuse = ["J"]\nvalue = 1\nreason = "r"\nunder = "x"', "under"),
    ],
)
def test_each_fault_in_a_matrix_cell_is_found(tmp_path: Path, cell: str, key: str) -> None:
    assert faults_of(tmp_path, LAND_RULE, more=f"\n[[cell]]\n{cell}\n") == [f"cell[1].{key}"]


def test_a_distance_may_be_each_sites_own(tmp_path: Path) -> None:
    stated = {"attribute": "skyddsavstånd", "source": "anmälan", "checked": False}
    (one,) = book(tmp_path, rule(theme="housing", check="at_least", distance_m=stated)).rules
    # The attribute is known by any of its names, as a column of a file is.
    assert (one.own_distance, one.reach_m, one.value("distance_m")) == ("protection_distance_m", 0.0, None)
    assert (one.parameters["distance_m"].source, one.parameters["distance_m"].checked) == ("anmälan", False)


def test_an_override_gives_a_distance_and_closes_what_lay_beyond(tmp_path: Path) -> None:
    near = rule("t.near", theme="housing", check="at_least", distance_m=150, beyond_open=True)
    changes = """
        [[override]]
        rule = "t.near"
        parameter = "distance_m"
        value = 300
        reason = "länets riktlinje är läst"
        source = "dnr 1"

        [[override]]
        rule = "t.near"
        parameter = "beyond_open"
        value = false
        reason = "länets riktlinje är läst"
        source = "dnr 1"
    """
    (one,) = book(tmp_path, near, more=changes).rules
    assert (one.value("distance_m"), one.value("beyond_open")) == (300.0, False)


def test_an_override_replaces_what_each_site_states(tmp_path: Path) -> None:
    own = rule("t.own", theme="housing", check="at_least", distance_m={"attribute": "protection_distance_m"})
    change = """
        [[override]]
        rule = "t.own"
        parameter = "distance_m"
        value = 300
        reason = "beslut"
        source = "dnr 1"
    """
    (one,) = book(tmp_path, own, more=change).rules
    assert (one.own_distance, one.reach_m) == (None, 300.0)


# --- authorities ----------------------------------------------------------------------------------------------------

DEFENCE, FORMER = "Myndigheten för civilt försvar", "Myndigheten för samhällsskydd och beredskap"


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        (DEFENCE, "2025-12-31", FORMER), (DEFENCE, "2026-01-01", DEFENCE), (DEFENCE, "2009-01-01", FORMER),
        ("Länsstyrelsen", "2025-12-31", "Länsstyrelsen"),
    ],
)  # fmt: skip
def test_an_authority_has_the_name_of_the_day(name: str, day: str, expected: str) -> None:
    assert authority_on(name, datetime.date.fromisoformat(day)) == expected


def test_the_record_tells_the_name_of_its_own_day(tmp_path: Path) -> None:
    question = rule(theme="seveso", check="avoid", responsible={"unit": "plan", "consult": [DEFENCE]})
    pack = Pack(tmp_path / "paket")
    for day, name in (("2025-12-31", FORMER), ("2026-01-01", DEFENCE)):
        found = run(tmp_path, pack, book(tmp_path, question), ("a", box(0, 0, 100, 100)), on=day).to_dict()
        assert found["rules"][0]["responsible"]["consult"] == [name]
        assert found["sites"][0]["findings"][0]["consult"] == [name]


# --- putting files together -----------------------------------------------------------------------------------------


def test_own_files_are_added_to_the_national_rules(tmp_path: Path) -> None:
    own = read_rules(rule_file(tmp_path / "a.toml", AVOID))
    assert len(own) == len(read_rules()) + 1
    assert {one.id for one in read_rules().rules} < {one.id for one in own.rules}


def test_an_id_is_never_used_twice(tmp_path: Path) -> None:
    taken = {**AVOID, "id": "plan.land_use"}
    with pytest.raises(RuleError, match=r"plan\.land_use"):
        read_rules(rule_file(tmp_path / "a.toml", taken))
    with pytest.raises(RuleError, match="'t'"):
        read_rules(rule_file(tmp_path / "b.toml", AVOID), rule_file(tmp_path / "c.toml", {**AVOID, "id": "t.x"}))


def override(value: str = "250", rule_id: str = "risk.housing_near", parameter: str = "distance_m") -> str:
    text = f'\n[[override]]\nrule = "{rule_id}"\nparameter = "{parameter}"\nvalue = {value}\n'
    return text + 'reason = "eget mått"\nsource = "KF 2025-03-01 § 12"\n'


def test_an_override_changes_one_parameter_and_says_whose_it_is(tmp_path: Path) -> None:
    found = read_rules(rule_file(tmp_path / "a.toml", more=override()))
    changed = {one.id: one for one in found.rules}["risk.housing_near"]
    parameter = changed.parameters["distance_m"]
    assert (parameter.value, parameter.source, parameter.checked) == (250.0, "KF 2025-03-01 § 12", False)
    before = {one.id: one for one in read_rules().rules}["risk.housing_near"]
    assert before.value("distance_m") == 500.0
    assert (changed.uses, changed.code, changed.citations) == (before.uses, before.code, before.citations)


def test_an_override_is_marked_as_checked_only_when_it_says_so(tmp_path: Path) -> None:
    found = read_rules(rule_file(tmp_path / "a.toml", more=override() + "checked = true\n"))
    assert {one.id: one for one in found.rules}["risk.housing_near"].parameters["distance_m"].checked


def test_of_two_overrides_the_last_file_named_is_heard(tmp_path: Path) -> None:
    files = [
        rule_file(tmp_path / f"{name}.toml", set_id=name, more=override(value))
        for name, value in (("b", "1"), ("a", "2"))
    ]
    for order, expected in ((files, 2.0), (files[::-1], 1.0)):
        found = {one.id: one for one in read_rules(*order).rules}["risk.housing_near"]
        assert found.value("distance_m") == expected


@pytest.mark.parametrize(
    "text",
    [override(rule_id="risk.hus"), override(parameter="meter"), override(value='"långt"'), override(value="-5"),
     override().replace("reason", "varför"), override().replace("value = 250\n", "")],
    ids=["no such rule", "no such parameter", "wrong kind", "negative", "unknown key", "no value"],
)  # fmt: skip
def test_an_override_that_leads_nowhere_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_rules(rule_file(tmp_path / "a.toml", more=text))
    assert str(caught.value)


LIMIT = rule("t.limit", check="trigger", attribute="height_m", op=">", value=20)
PAIR = rule("t.pair", check="conflict", themes=["port", "groundwater"])
SHORE = rule("t.shore", theme="shore_protection", check="within", eased_by="lis_area")
NEAR = rule("t.near", theme="housing", check="at_least", distance_m=50, search_m=100)
BANDS = rule("t.bands", theme="housing", check="band", band=[{"upto_m": 50}])
SERVED = rule("t.served", theme="water_service_area", check="covered")


@pytest.mark.parametrize(
    ("given", "parameter", "value"),
    [
        (LIMIT, "op", '"≥"'),
        (LIMIT, "op", '""'),
        (LIMIT, "value", "nan"),
        (LIMIT, "value", "inf"),
        (LIMIT, "value", "true"),
        (LIMIT, "value", "{ unknown = true }"),
        (PAIR, "themes", '["port"]'),
        (PAIR, "themes", '["port", "port"]'),
        (PAIR, "themes", '["port", "nonsens"]'),
        (SHORE, "eased_by", '"nonsens"'),
        (SHORE, "share", "50"),
        (NEAR, "distance_m", "500"),
        (NEAR, "distance_m", "nan"),
        (NEAR, "distance_m", "0"),
        (NEAR, "search_m", "49"),
        (BANDS, "band", "[]"),
        (BANDS, "band", "12"),
        (BANDS, "search_m", "5"),
        (SERVED, "themes", '["groundwater"]'),
        (SERVED, "of", '"curency"'),
    ],
)
def test_an_overridden_rule_is_vetted_like_any_other(
    tmp_path: Path, given: dict[str, Any], parameter: str, value: str
) -> None:
    own = override(value, given["id"], parameter)
    with pytest.raises(RuleError) as caught:
        book(tmp_path, given, more=own)
    assert f"override {given['id']}" in str(caught.value) or f"[[override]] av {given['id']}" in str(caught.value)
    # The same from a pack's manifest, which is heard when the files are joined.
    told = book(tmp_path, given)
    with pytest.raises(RuleError, match=r"plan\.toml"):
        told.joined((), (Override(rule=given["id"], parameter=parameter, value=tomllib.loads(f"v = {value}")["v"],
                                  reason="r", source="s"),), "plan.toml")  # fmt: skip


def test_overrides_are_vetted_together(tmp_path: Path) -> None:
    both = override("500", "t.near", "distance_m") + override("900", "t.near", "search_m")
    (one,) = book(tmp_path, NEAR, more=both).rules
    assert (one.value("distance_m"), one.value("search_m")) == (500.0, 900.0)


def test_bands_can_be_overridden(tmp_path: Path) -> None:
    (one,) = book(tmp_path, BANDS, more=override('[{ upto_m = 70, uses = ["kontor"] }]', "t.bands", "band")).rules
    assert one.value("band") == ({"upto_m": 70.0, "uses": ("kontor",)},)


def test_one_file_sets_a_parameter_once(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="mer än en gång"):
        book(tmp_path, NEAR, more=override("60", "t.near") + override("70", "t.near"))
    twice = [Override(rule="t.near", parameter="distance_m", value=one, reason="r", source="s") for one in (60, 70)]
    with pytest.raises(RuleError, match=r"plan\.toml.*mer än en gång"):
        book(tmp_path, NEAR).joined((), twice, "plan.toml")


def test_a_pack_and_a_file_may_each_set_a_parameter(tmp_path: Path) -> None:
    packs = Override(rule="t.near", parameter="distance_m", value=60, reason="r", source="s")
    found = book(tmp_path, NEAR, more=override("70", "t.near")).joined((), (packs,), "plan.toml")
    assert found.rules[0].value("distance_m") == 70.0


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_a_day_has_the_rules_valid_on_it_and_no_replaced_ones(tmp_path: Path) -> None:
    rules = book(
        tmp_path,
        {**AVOID, "id": "t.old"},
        {**AVOID, "id": "t.new", "supersedes": "t.old", "valid_from": day("2025-07-01"), "valid_to": day("2025-12-31")},
    )
    ids = {on: [one.id for one in rules.on(day(on))] for on in ("2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01")}
    # After the new rule has ended, the old one is no longer replaced.
    assert ids == {
        "2025-06-30": ["t.old"], "2025-07-01": ["t.new"], "2025-12-31": ["t.new"], "2026-01-01": ["t.old"],
    }  # fmt: skip


OLD, NEW = {**AVOID, "id": "t.old"}, {**AVOID, "id": "t.new", "supersedes": "t.old"}
TALL = {"attribute": "height_m", "op": ">", "value": 20}
DANGEROUS = {"attribute": "seveso", "op": "==", "value": True}


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ({}, {}, {"t.new"}),
        ({}, {"uses": ["bostäder"]}, {"t.old", "t.new"}),
        ({}, {"when": TALL}, {"t.old", "t.new"}),
        ({"uses": ["hamn"]}, {}, {"t.new"}),
        ({"uses": ["hamn"]}, {"uses": ["lager", "hamn"]}, {"t.new"}),
        ({"uses": ["hamn", "lager"]}, {"uses": ["hamn"]}, {"t.old", "t.new"}),
        ({"when": TALL}, {}, {"t.new"}),
        ({"when": TALL}, {"when": TALL}, {"t.new"}),
        ({"when": TALL}, {"when": {**TALL, "value": 45}}, {"t.old", "t.new"}),
        ({"when": TALL}, {"when": [TALL, DANGEROUS]}, {"t.old", "t.new"}),
        ({"when": [TALL, DANGEROUS]}, {"when": TALL}, {"t.new"}),
        ({"when": [TALL, DANGEROUS]}, {"when": [DANGEROUS, TALL]}, {"t.new"}),
        ({"when": TALL}, {"when": {**TALL, "missing": "ask"}}, {"t.new"}),
        ({"when": {**TALL, "missing": "ask"}}, {"when": TALL}, {"t.old", "t.new"}),
    ],
)
def test_a_rule_replaces_another_only_when_it_is_asked_as_widely(
    tmp_path: Path, old: dict[str, Any], new: dict[str, Any], left: set[str]
) -> None:
    found = book(tmp_path, {**OLD, **old}, {**NEW, **new})
    assert {one.id for one in found.on(day("2026-11-22"))} == left


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({}, {"basis": "information"}, "räknas"),
        ({"gate": True}, {}, "grind"),
        ({}, {"theme": "housing"}, "frågar inte om groundwater"),
        ({}, {"supersedes": "t.odl"}, "Menades 't.old'"),
        ({}, {"supersedes": "t.new"}, "ersätts"),
        ({"supersedes": "t.new"}, {}, "ersätts"),
    ],
    ids=["uncounted", "no gate", "another theme", "nowhere", "itself", "each other"],
)
def test_a_rule_that_cannot_stand_in_for_another_is_refused(
    tmp_path: Path, old: dict[str, Any], new: dict[str, Any], said: str
) -> None:
    with pytest.raises(RuleError, match=said):
        book(tmp_path, {**OLD, **old}, {**NEW, **new})


def test_a_file_read_by_itself_may_replace_a_national_rule(tmp_path: Path) -> None:
    file = rule_file(tmp_path / "a.toml", {**NEW, "supersedes": "protection.groundwater"})
    assert {one.id for one in read_rules(file, national=False).on(day("2026-11-22"))} == {"t.new"}
    assert "protection.groundwater" not in {one.id for one in read_rules(file).on(day("2026-11-22"))}


def test_a_national_rule_that_counts_is_not_replaced_by_a_packs_that_does_not(tmp_path: Path) -> None:
    loose = {**NEW, "supersedes": "protection.groundwater", "basis": "information", "code": "I"}
    own = read_rules(rule_file(tmp_path / "a.toml", loose), national=False).sets
    with pytest.raises(RuleError, match=r"a\.toml.*räknas"):
        read_rules().joined(own, (), "plan.toml")


def test_a_rule_whose_bands_name_some_uses_replaces_none_that_is_asked_of_all(tmp_path: Path) -> None:
    old = rule("t.old", theme="groundwater", check="at_least", distance_m=500)
    bands = [{"upto_m": 100, "uses": ["bostäder"]}]
    new = rule("t.new", theme="groundwater", check="band", band=bands, supersedes="t.old")
    today = day("2026-11-22")
    assert {one.id for one in book(tmp_path, old, new).on(today)} == {"t.old", "t.new"}
    assert {one.id for one in book(tmp_path, {**old, "uses": ["bostäder"]}, new).on(today)} == {"t.new"}
    wide = {**new, "band": [*bands, {"upto_m": 50}]}
    assert {one.id for one in book(tmp_path, old, wide).on(today)} == {"t.new"}
    # Bands say nothing of uses that the rule is not asked of.
    assert {one.id for one in book(tmp_path, old, {**wide, "uses": ["lager"]}).on(today)} == {"t.old", "t.new"}
    # Nor does an old rule ask of more than its own bands.
    banded = {**old, "check": "band", "band": bands}
    del banded["distance_m"]
    assert {one.id for one in book(tmp_path, banded, new).on(today)} == {"t.new"}


@pytest.mark.parametrize(
    ("ends", "begins", "refused"),
    [
        ("2025-06-30", "2025-07-01", False), ("2025-06-30", "2025-06-01", False), ("2025-06-30", None, False),
        (None, "2025-07-01", False), ("2025-06-30", "2025-07-02", True), ("2025-06-30", "2026-01-01", True),
    ],
)  # fmt: skip
def test_between_two_versions_of_a_rule_there_is_no_day_on_which_nobody_asks(
    tmp_path: Path, ends: str | None, begins: str | None, refused: bool
) -> None:
    old = {**OLD, **({"valid_to": day(ends)} if ends else {})}
    new = {**NEW, **({"valid_from": day(begins)} if begins else {})}
    if not refused:
        assert len(book(tmp_path, old, new)) == 2
        return
    with pytest.raises(RuleError, match=rf"2025-07-01.*{day(str(begins)) - datetime.timedelta(days=1)}"):
        book(tmp_path, old, new)
    # Another version may stand between them.
    between = {**NEW, "id": "t.between", "valid_from": day("2025-07-01")}
    assert len(book(tmp_path, old, new, between)) == 3


def test_the_order_of_rules_is_their_own_and_not_the_files(tmp_path: Path) -> None:
    ids = ["egen.b", "risk.a", "plan.z", "egen.a", "interest.a"]
    turned = [book(tmp_path, *({**AVOID, "id": one} for one in order)) for order in (ids, ids[::-1])]
    told = [[one.id for one in found.rules] for found in turned]
    assert told[0] == told[1] == ["plan.z", "interest.a", "risk.a", "egen.a", "egen.b"]


# --- the national rules ---------------------------------------------------------------------------------------------


NATIONAL = read_rules().rules


@pytest.mark.parametrize("one", NATIONAL, ids=lambda one: one.id)
def test_every_national_rule_has_a_source_a_unit_and_a_theme_or_an_attribute(one: Any) -> None:
    assert one.citations
    assert all(citation.act and citation.read <= datetime.date.today() for citation in one.citations)
    assert one.unit
    assert one.themes() or one.value("attribute")
    assert set(one.themes()) <= set(themes())


@pytest.mark.parametrize("one", NATIONAL, ids=lambda one: one.id)
def test_no_national_distance_stands_without_a_source_unless_it_is_only_how_far_to_look(one: Any) -> None:
    for name, parameter in one.parameters.items():
        if KINDS[one.check].parameters[name] in ("number", "positive", "share") and name != "search_m":
            assert parameter.source, name


def test_the_gates_are_land_use_and_the_plans_status() -> None:
    assert {one.id for one in NATIONAL if one.gate} == {"plan.land_use", "plan.status"}


def test_only_the_plan_and_a_foreskrift_may_speak_against_a_site() -> None:
    may = {one.id for one in NATIONAL if one.hit is Outcome.FAIL or one.value("forbids")}
    assert may == {"plan.land_use", "protection.nature", "protection.water"}


def test_criteria_have_no_threshold_of_ours() -> None:
    criteria = [one for one in NATIONAL if one.check == "at_most"]
    assert criteria
    assert all(one.value("distance_m") is None and not one.counted for one in criteria)


def test_every_rule_file_is_read() -> None:
    files = {path.name for path in (*RULESETS.glob("*.toml"), *COUNTIES.glob("*.toml"))}
    files -= {"themes.toml", "uses.toml", "authorities.toml"}
    assert {one.file for one in opcheck.read_rules().sets} == files


# --- the matrix -----------------------------------------------------------------------------------------------------


# The working table of the domain notes: category → one value per letter.
LETTERS = "BCDEGHJKLNOPRSTVZ"
WORKING_TABLE = {
    "Mångfunktionell bebyggelse": "11122101221111221",
    "Sammanhängande bostadsbebyggelse": "12122202221221222",
    "Verksamheter och industri": "02211212202120111",
    "Transportinfrastruktur": "00022000000100112",
    "Teknisk anläggning": "00010020000200202",
    "Areell näring": "00020000120000200",
    "Grönområde och park": "00020000210220000",
    "Natur och friluftsliv": "00020000212220020",
    "Landsbygd": "22222222122222222",
    "Vatten": "00020000220000220",
}
PLAIN = {
    "B": "bostäder", "C": "centrum", "D": "vård", "E": "tekniska anläggningar", "G": "drivmedel", "H": "handel",
    "J": "industri", "K": "kontor", "L": "odling", "N": "friluftsliv", "O": "tillfällig vistelse", "P": "parkering",
    "R": "besöksanläggning", "S": "skola", "T": "trafik", "V": "hamn", "Z": "verksamheter",
}  # fmt: skip


@pytest.mark.parametrize("category", sorted(WORKING_TABLE))
def test_the_national_matrix_is_the_working_table(category: str) -> None:
    rules = read_rules()
    found = {letter: rules.cell(category, None, uses()[PLAIN[letter]]) for letter in LETTERS}
    told = "".join(str(found[letter].value) if found[letter] else "?" for letter in LETTERS)  # type: ignore[union-attr]
    assert told == WORKING_TABLE[category]


def test_only_the_two_firm_statements_are_firm() -> None:
    cells = [cell for one in read_rules().sets for cell in one.cells if cell.firm]
    assert {(cell.category, cell.uses) for cell in cells} == {
        ("Verksamheter och industri", ("B",)), ("Mångfunktionell bebyggelse", ("J",)),
    }  # fmt: skip
    assert all(cell.statement for cell in cells)


def test_no_national_cell_claims_to_be_confirmed() -> None:
    assert not [cell for one in read_rules().sets for cell in one.cells if cell.confirmed_by]


def cells(*answers: tuple[int, str], category: str = "K", more: str = "") -> str:
    text = f'\n[[cell]]\ncategory = "{category}"\nuse = ["{{}}"]\nvalue = {{}}\nreason = "r{{}}"\n{more}'
    return "".join(text.format(use, value, number) for number, (value, use) in enumerate(answers))


def test_only_the_files_that_come_with_opcheck_are_national(tmp_path: Path) -> None:
    own = rule_file(tmp_path / "a.toml", AVOID, set_id="a")
    assert {one.id for one in read_rules(own).sets if not one.national} == {"a"}
    assert all(one.national for one in read_rules(RULESETS / "landuse.toml", national=False).sets)


@pytest.mark.parametrize("value", [0, 1, 2])
@pytest.mark.parametrize("set_id", ["a", "z"])
def test_the_municipalitys_own_cell_goes_before_the_shipped_one(tmp_path: Path, value: int, set_id: str) -> None:
    category = "Verksamheter och industri"
    own = rule_file(tmp_path / "a.toml", set_id=set_id, more=cells((value, "J"), category=category))
    found = read_rules(own).cell(category, None, uses()["industri"])
    assert found is not None
    assert (found.value, found.reason) == (value, "r0")
    # A more specific cell of the shipped table still holds for its subcategory.
    heavy = read_rules(own).cell(category, "Omgivningspåverkande och tillståndspliktig verksamhet", uses()["industri"])
    assert heavy is not None
    assert (heavy.value, heavy.reason.startswith("Underkategorin")) == (1, True)


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_own_files_the_answer_against_the_use_is_heard(tmp_path: Path, turned: bool) -> None:
    files = [
        rule_file(tmp_path / f"{name}.toml", set_id=name, more=cells((value, "J")))
        for name, value in (("a", 0 if turned else 1), ("b", 1 if turned else 0))
    ]
    found = read_rules(*files, national=False).cell("K", None, uses()["industri"])
    assert found is not None
    assert found.value == 0


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        ([(1, "J"), (0, "Z")], 0),
        ([(1, "J"), (2, "Z")], 2),
        ([(2, "J"), (0, "Z")], 0),
        ([(0, "J"), (1, "industri")], 1),
        ([(1, "J"), (0, "industri")], 0),
    ],
)
def test_of_several_letters_the_worst_counts_unless_the_use_itself_is_named(
    tmp_path: Path, answers: list[tuple[int, str]], value: int
) -> None:
    several = Use(id="industri", letters=("J", "Z"), aliases=())
    for one in (answers, answers[::-1]):
        found = book(tmp_path, more=cells(*one)).cell("K", None, several)
        assert found is not None
        assert found.value == value


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (cells((1, "J"), (0, "J")), True),
        (cells((0, "J")) + cells((0, "J"), more='firm = true\nstatement = "nej"\n'), True),
        (cells((1, "J"), (1, "J")), False),
        (cells((1, "J"), (0, "industri"), (2, "*")), False),
        (cells((1, "J")) + cells((0, "J"), more='subcategory = "U"\n'), False),
        (cells((1, "J")) + cells((0, "J"), more='confirmed_by = "KS"\n'), False),
        (cells((1, "J"), (0, "J"), more='confirmed_by = "KS"\n'), True),
    ],
    ids=["other value", "firm", "the same", "less specific", "subcategory", "confirmed", "both confirmed"],
)
def test_a_file_does_not_answer_one_question_in_two_ways(tmp_path: Path, text: str, refused: bool) -> None:
    if refused:
        assert faults_of(tmp_path, more=text) == ["cell[2].use"]
    else:
        assert book(tmp_path, more=text).sets


# --- words for uses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "use"),
    [("industri", "industri"), ("INDUSTRI", "industri"), (" Fabrik ", "industri"), ("drivmedelsstation", "drivmedel"),
     ("tekniska  anläggningar", "tekniska anläggningar"), ("hydrogen", "vätgas")],
)  # fmt: skip
def test_words_for_uses_are_found_whatever_their_case(word: str, use: str) -> None:
    found = find_use(word)
    assert found is not None
    assert found.id == use


@pytest.mark.parametrize("word", ["", "rymdbas", "J", "indust"])
def test_a_word_that_is_no_use_is_not_guessed(word: str) -> None:
    assert find_use(word) is None


def test_no_word_means_two_uses() -> None:
    words = [word.casefold() for use in uses().values() for word in (use.id, *use.aliases)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("uses", [{}, {"uses": ["*"]}], ids=["left out", "a star"])
def test_a_band_for_any_use(tmp_path: Path, uses: dict[str, Any]) -> None:
    (one,) = book(tmp_path, rule("t.any", theme="housing", check="band", band=[{"upto_m": 50, **uses}])).rules
    assert one.value("band") == ({"upto_m": 50.0, "uses": ("*",)},)


def test_a_theme_that_has_been_divided_is_answered_with_its_parts(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="delats upp: skriv riksintresse_rorligt_friluftsliv, "):
        book(tmp_path, {**AVOID, "id": "t.coast", "theme": "riksintresse_kust"})
    with pytest.raises(RuleError, match="delats upp"):
        book(tmp_path, rule("t.pair", check="conflict", themes=["groundwater", "riksintresse_kust"]))
    with pytest.raises(PlanError, match=r"layer\[1\].theme.*delats upp.*riksintresse_hogexploaterad_kust"):
        Pack(tmp_path / "paket").layer("kust", "riksintresse_kust", [box(0, 0, 1, 1)]).read()
