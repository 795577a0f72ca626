"""Rules of one county: asked where its land is, in the place of the national one; and the counties' own files.

The municipality is the square (0, 0)-(10 000, 10 000), in county 25 unless a test says otherwise. A neighbour lies east
of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from drawn import DAY, Pack, box, geojson, read_sites, rule, rule_file, run, saying

import opcheck
from opcheck.errors import OpcheckError, RuleError
from opcheck.rules import COUNTIES, COUNTY_CODES, RuleBook, read_rules
from opcheck.texts import load

NOVEMBER = datetime.date(2026, 11, 22)
SITE = box(5000, 5000, 5100, 5100)
ACROSS = box(9900, 5000, 10_100, 5100)
"""Half of it in the municipality, half in the one east of it."""

EAST = box(10_000, 0, 20_000, 10_000)
FARTHER = box(20_500, 5000, 20_600, 5100)

NATIONAL = rule("t.national", theme="groundwater", check="avoid")
COUNTY = rule("t.county", theme="groundwater", check="avoid", supersedes="t.national")
ELSEWHERE = ("NOT_APPLICABLE", None, "not_applicable.county")
MISS = ("PASS", "R0", "clear")


def books(folder: Path, *files: tuple[Sequence[str] | None, Sequence[Mapping[str, Any]]]) -> RuleBook:
    """Rule files as (counties, rules)."""
    paths = [
        rule_file(folder / f"regler-{number}.toml", *rules, set_id=f"t{number}", counties=counties)
        for number, (counties, rules) in enumerate(files)
    ]
    return read_rules(*paths, national=False)


def pack(folder: Path, code: str | None = "2581", neighbour: Mapping[str, Any] | None = None) -> Pack:
    """A municipality with groundwater in a far corner, known far outside it too."""
    head = {} if code is None else {"municipality_code": code}
    drawn = Pack(folder / "paket", **head)
    if code is None:
        drawn._head = drawn._head.replace('municipality_code = "0100"\n', "")
    drawn.layer("vatten", "groundwater", [box(100, 100, 200, 200)], coverage=box(-99_000, -99_000, 99_000, 99_000))
    if neighbour is not None:
        geojson(drawn.folder / "granne.geojson", [(EAST, {})])
        drawn.add("neighbour", name="Grannby", area={"source": "granne.geojson"}, **neighbour)
    return drawn


def asked(folder: Path, drawn: Pack, book: RuleBook, site: Any) -> dict[str, tuple[str, str | None, str]]:
    found = run(folder, drawn, book, ("a", site))["a"].findings
    return {one.rule: saying(one) for one in found}


# --- the file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counties", [["25", "26"], ["2581"], ["Norrbotten"], []])
def test_a_county_that_does_not_exist_is_a_fault(tmp_path: Path, counties: list[str]) -> None:
    with pytest.raises(RuleError, match="counties"):
        books(tmp_path, (counties, [NATIONAL]))


def test_counties_are_texts_since_they_begin_with_a_nought(tmp_path: Path) -> None:
    path = rule_file(tmp_path / "regler.toml", NATIONAL)
    path.write_text(path.read_text().replace("format = 1", "format = 1\ncounties = [25]"))
    with pytest.raises(RuleError, match="counties"):
        read_rules(path, national=False)


def test_a_rule_knows_the_counties_of_its_file(tmp_path: Path) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["24", "25"], [COUNTY]))
    assert {one.id: one.counties for one in book.rules} == {"t.national": (), "t.county": ("24", "25")}
    assert [one.counties for one in book.sets] == [(), ("24", "25")]


# --- which rules are asked ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counties", "expected"),
    [
        ({"25"}, {"t.county"}), ({"01"}, {"t.national"}), ({"24", "01"}, {"t.national", "t.county"}),
        ({None}, {"t.national"}), ({"00"}, {"t.national"}), ({"25", None}, {"t.national", "t.county"}),
        (None, {"t.national", "t.county"}), (set(), set()),
    ],
)  # fmt: skip
def test_a_countys_rule_replaces_the_national_one_in_its_county_only(
    tmp_path: Path, counties: set[str | None] | None, expected: set[str]
) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["24", "25"], [COUNTY]))
    assert {one.id for one in book.on(NOVEMBER, counties)} == expected


@pytest.mark.parametrize("code", [None, "9999", "0000"])
def test_where_nobody_knows_the_county_a_countys_own_question_is_asked_all_the_same(
    tmp_path: Path, code: str | None
) -> None:
    # It stands in for no national rule: left out, nobody would ask.
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [rule("t.own", theme="groundwater", check="avoid")]))
    assert asked(tmp_path, pack(tmp_path, code), book, SITE) == {"t.national": MISS, "t.own": MISS}
    assert asked(tmp_path, pack(tmp_path, "0180"), book, SITE) == {"t.national": MISS}
    assert asked(tmp_path, pack(tmp_path, "2482", {}), book, ACROSS) == {"t.national": MISS, "t.own": MISS}


def test_a_rule_that_is_replaced_in_every_one_of_its_counties_is_not_asked(tmp_path: Path) -> None:
    newer = rule("t.newer", theme="groundwater", check="avoid", supersedes="t.county", valid_from=NOVEMBER)
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]), (["24", "25"], [newer]))
    assert {one.id: one.replaced_in for one in book.on(NOVEMBER)} == {"t.national": ("25",), "t.newer": ()}
    before = book.on(NOVEMBER - datetime.timedelta(days=1))
    assert {one.id: one.replaced_in for one in before} == {"t.national": ("25",), "t.county": ()}


def test_a_county_rule_that_is_asked_more_narrowly_replaces_nothing(tmp_path: Path) -> None:
    narrow = {**COUNTY, "uses": ["industri"]}
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [narrow]))
    assert {one.id for one in book.on(NOVEMBER, {"25"})} == {"t.national", "t.county"}


def test_a_national_rule_replaces_a_countys(tmp_path: Path) -> None:
    later = rule("t.later", theme="groundwater", check="avoid", supersedes="t.county")
    book = books(tmp_path, (None, [later]), (["25"], [rule("t.county", theme="groundwater", check="avoid")]))
    assert {one.id for one in book.on(NOVEMBER, {"25"})} == {"t.later"}


# --- per site -------------------------------------------------------------------------------------------------------


def test_a_site_is_asked_the_rule_of_its_own_county(tmp_path: Path) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    assert asked(tmp_path, pack(tmp_path), book, SITE) == {"t.county": MISS}


@pytest.mark.parametrize("code", ["0180", "0000", None])
def test_without_a_countys_own_rule_the_national_one_is_asked(tmp_path: Path, code: str | None) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    assert asked(tmp_path, pack(tmp_path, code), book, SITE) == {"t.national": MISS}


@pytest.mark.parametrize(
    ("neighbour", "expected"),
    [
        ({"code": "2482"}, {"t.county": MISS, "t.national": MISS}),  # the neighbour's county has no rule of its own
        ({}, {"t.county": MISS, "t.national": MISS}),  # nobody knows in which county the neighbour lies
        ({"code": "2580"}, {"t.county": MISS}),  # the same county on both sides
    ],
)
def test_a_site_over_a_border_is_asked_the_rules_of_both_sides(
    tmp_path: Path, neighbour: Mapping[str, Any], expected: Any
) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    assert asked(tmp_path, pack(tmp_path, "2581", neighbour), book, ACROSS) == expected


def test_a_site_over_a_county_border_is_asked_both_counties_rules(tmp_path: Path) -> None:
    other = rule("t.other", theme="groundwater", check="avoid", supersedes="t.national")
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]), (["24"], [other]))
    found = asked(tmp_path, pack(tmp_path, "2581", {"code": "2482"}), book, ACROSS)
    assert found == {"t.county": MISS, "t.other": MISS}


def test_a_neighbour_whose_code_is_not_that_of_its_own_pack_is_a_fault(tmp_path: Path) -> None:
    # The code decides which county's rules are asked.
    drawn = pack(tmp_path, "2581", {"code": "2580", "pack": "../granne"})
    Pack(tmp_path / "granne", area=EAST, id="granne", municipality_code="2482").write()
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    with pytest.raises(OpcheckError, match=r"Grannby.*2482.*2580"):
        run(tmp_path, drawn, book, ("a", ACROSS))
    Pack(tmp_path / "granne", area=EAST, id="granne", municipality_code="2580").write()
    assert run(tmp_path, drawn, book, ("a", ACROSS))["a"].findings[0].rule == "t.county"


def test_a_weighing_is_asked_where_the_county_has_put_another_question_in_the_place_of_the_interests_own(
    tmp_path: Path,
) -> None:
    own = [rule(f"t.{name}", theme=name, check="avoid") for name in ("riksintresse_hamn", "riksintresse_naturvard")]
    pair = rule("t.pair", check="conflict", themes=["riksintresse_hamn", "riksintresse_naturvard"])
    # The county's question is another one: whether it says that the interest was not tested, the pair does not know.
    other = rule("t.county", theme="riksintresse_hamn", check="within", supersedes="t.riksintresse_hamn")
    book = books(tmp_path, (None, [*own, pair]), (["25"], [other]))
    drawn = pack(tmp_path, "2581", {"code": "2482"})
    found = run(tmp_path, drawn, book, ("a", SITE), ("b", box(11_000, 5000, 11_100, 5100)))
    assert saying(found["a"].finding("t.pair")) == ("OPEN", "U0", "open.layer_missing")
    assert saying(found["b"].finding("t.pair"))[0] == "OPEN"


def test_a_sliver_beyond_the_border_lies_in_no_other_county(tmp_path: Path) -> None:
    # 0.009 m × 100 m = 0.9 m², less than the sliver limit of 1 m².
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    drawn = pack(tmp_path, "2581", {"code": "2482"})
    assert asked(tmp_path, drawn, book, box(9900, 5000, 10_000.009, 5100)) == {"t.county": MISS}


def test_a_site_outside_every_known_municipality_is_asked_the_national_rule(tmp_path: Path) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    assert asked(tmp_path, pack(tmp_path, "2581", {"code": "2482"}), book, FARTHER) == {"t.national": MISS}


def test_beside_a_site_of_another_county_a_rule_says_that_it_is_not_asked(tmp_path: Path) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    drawn = pack(tmp_path, "2581", {"code": "2482"})
    found = run(tmp_path, drawn, book, ("a", SITE), ("b", box(11_000, 5000, 11_100, 5100)))
    said = {site: {one.rule: saying(one) for one in found[site].findings} for site in "ab"}
    assert said == {
        "a": {"t.county": MISS, "t.national": ELSEWHERE}, "b": {"t.county": ELSEWHERE, "t.national": MISS},
    }  # fmt: skip
    told = {(site["id"], one["rule"]): one["message"] for site in found.to_dict()["sites"] for one in site["findings"]}
    assert told["a", "t.national"] == "I länet ställs länets egen fråga i stället (Norrbotten)."
    assert told["b", "t.county"] == "Frågan ställs bara i vissa län (Norrbotten), och platsen ligger inte där."


def test_a_site_that_cannot_be_placed_is_asked_what_its_own_county_asks(tmp_path: Path) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]), (["24"], [{**COUNTY, "id": "t.other"}]))
    found = asked(tmp_path, pack(tmp_path), book, None)
    assert found == {"t.county": ("OPEN", "U0", "open.site_unusable")}


def test_a_site_that_cannot_be_placed_moves_no_other_to_its_county(tmp_path: Path) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["25"], [COUNTY]))
    found = run(tmp_path, pack(tmp_path), book, ("a", None), ("b", FARTHER))
    assert {one.rule: saying(one) for one in found["b"].findings} == {"t.county": ELSEWHERE, "t.national": MISS}


def test_the_answers_do_not_depend_on_the_order_of_sites_and_files(tmp_path: Path) -> None:
    drawn = pack(tmp_path, "2581", {"code": "2482"})
    files = [(None, [NATIONAL]), (["25"], [COUNTY])]
    rows = [("a", SITE), ("b", ACROSS), ("c", FARTHER)]
    one = run(tmp_path, drawn, books(tmp_path, *files), *rows).to_dict()["sites"]
    other = run(tmp_path, drawn, books(tmp_path, *files[::-1]), *rows[::-1]).to_dict()["sites"]
    assert [site["verdict"] for site in one] == [site["verdict"] for site in other]
    assert [[f["message"] for f in site["findings"]] for site in one] == [
        [f["message"] for f in site["findings"]] for site in other
    ]


def test_an_override_of_a_rule_that_is_not_asked_is_said_to_change_nothing(tmp_path: Path) -> None:
    near = rule("t.national", theme="groundwater", check="at_least", distance_m=100)
    county = rule("t.county", theme="groundwater", check="at_least", distance_m=200, supersedes="t.national")
    book = books(tmp_path, (None, [near]), (["25"], [county]))
    drawn = pack(tmp_path)
    drawn.add("override", rule="t.national", parameter="distance_m", value=50, reason="prövning", source="A. A.")
    record = opcheck.assess(read_sites(tmp_path, ("a", SITE)), drawn.read(), rules=book, on=DAY).to_dict()
    told = [one["applies"] for one in record["inputs"]["plan"]["statements"] if one["kind"] == "override"]
    assert told == [False]


def test_the_record_tells_in_which_counties_a_rule_is_asked(tmp_path: Path) -> None:
    book = books(tmp_path, (None, [NATIONAL]), (["24", "25"], [COUNTY]))
    drawn = pack(tmp_path, "2581", {"code": "0180"})
    rules = run(tmp_path, drawn, book, ("a", ACROSS)).to_dict()["rules"]
    assert {one["id"]: (one["counties"], one["replaced_in"]) for one in rules} == {
        "t.national": ([], ["24", "25"]), "t.county": (["24", "25"], []),
    }  # fmt: skip


# --- the files that come with opcheck -------------------------------------------------------------------------------


def test_every_county_file_is_part_of_the_national_set() -> None:
    book = read_rules()
    files = {one.file for one in book.sets if one.counties}
    assert files == {path.name for path in COUNTIES.glob("*.toml")}
    assert all(one.national for one in book.sets)


def test_no_county_is_asked_the_same_question_by_two_files() -> None:
    for county in COUNTY_CODES:
        asked = read_rules().on(NOVEMBER, {county})
        superseded = [one.supersedes for one in asked if one.counties and one.supersedes]
        assert len(superseded) == len(set(superseded)), county


@pytest.mark.parametrize(
    ("county", "goods", "road"),
    [
        ("01", "stockholm", "stockholm"), ("12", "skane_vastra_gotaland", None), ("13", None, None),
        ("14", "skane_vastra_gotaland", None), ("17", "varmland", "varmland"), ("21", None, "gavleborg"),
        ("24", "norrbotten_vasterbotten", "norrbotten_vasterbotten"),
        ("25", "norrbotten_vasterbotten", "norrbotten_vasterbotten"), ("00", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_each_county_is_asked_its_own_question_or_the_national_one(
    county: str | None, goods: str | None, road: str | None
) -> None:
    asked = {one.id for one in read_rules().on(NOVEMBER, {county})}
    for name, own in (("risk.dangerous_goods", goods), ("road.building_free", road)):
        expected = {name} if own is None else {f"{name}.{own}"}
        assert {one for one in asked if one == name or one.startswith(f"{name}.")} == expected


def test_no_metres_of_a_county_are_called_checked_that_nobody_has_read() -> None:
    rules = [one for one in read_rules().rules if one.counties and one.check == "at_least"]
    assert rules
    distances = [one.parameters["distance_m"] for one in rules]
    assert all(one.source and not one.checked for one in distances)
    # The one county that is clear beyond a distance is one whose policy says that distance.
    ends = {one.id for one in rules if one.value("distance_m") is not None and not one.value("beyond_open")}
    assert ends == {"risk.dangerous_goods.skane_vastra_gotaland"}


def test_a_county_rule_names_what_has_not_been_read() -> None:
    for one in read_rules().rules:
        if one.counties and one.check == "at_least" and (one.value("beyond_open") or one.value("distance_m") is None):
            assert one.value("guideline"), one.id


def test_every_county_has_a_name_in_both_languages() -> None:
    for language in ("sv", "en"):
        assert [one for one in COUNTY_CODES if not load(language).has("ui", f"county_{one}")] == []
