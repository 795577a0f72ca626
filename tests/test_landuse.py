"""What the plans say of the land: governing documents, zones, the matrix, the texts of zones, and their borders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely
from drawn import (
    COUNTRY,
    GREEN,
    LAND_RULE,
    TOWN,
    WORK,
    Pack,
    book,
    box,
    land_book,
    line,
    point,
    put,
    run,
    saying,
    several,
)

from opcheck.findings import Finding

SITE = box(5000, 5000, 5100, 5100)
ALL = box(0, 0, 10_000, 10_000)
WEST, EAST = box(0, 0, 5050, 10_000), box(5050, 0, 10_000, 10_000)


def answered(
    folder: Path, pack: Pack, site: Any = SITE, more: str = "", on: str = "2026-11-22", **attributes: Any
) -> Any:
    return run(folder, pack, land_book(folder, more=more), ("a", site, attributes), on=on)["a"]


def land(
    folder: Path, zones: list[Any], site: Any = SITE, more: str = "", layer: Any = None, **attributes: Any
) -> Finding:
    pack = Pack(folder / "paket").document("op").zones(zones, document="op", **(layer or {}))
    return answered(folder, pack, site, more, **attributes).finding("t.land")


def parts(answer: Any) -> list[tuple[str, float, str | None, bool]]:
    return [(one.id, one.amount, one.plan.value if one.plan else None, one.governs) for one in answer.parts]


# --- the matrix -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (WORK, ("PASS", "F1", "f1")),
        (COUNTRY, ("REVIEW", "F2", "f2.depends")),
        (GREEN, ("REVIEW", "F4", "f4")),
        (TOWN, ("FAIL", "F5", "f5.firm")),
        ("Okänd legend", ("OPEN", "U0", "u0.unmapped")),
    ],
)
def test_each_cell_of_the_matrix_gives_its_code(tmp_path: Path, category: str, expected: Any) -> None:
    assert saying(land(tmp_path, [(ALL, category)])) == expected


def test_a_use_without_a_cell_is_open(tmp_path: Path) -> None:
    assert saying(land(tmp_path, [(ALL, WORK)], use="bostäder")) == ("OPEN", "U0", "u0.unmapped")


def test_an_area_left_undecided_makes_every_use_depend(tmp_path: Path) -> None:
    cell = """
        [[cell]]
        category = "Utredningsområde"
        use = ["*"]
        value = 2
        undecided = true
        reason = "öppet"
    """
    for use in ("industri", "bostäder"):
        found = land(tmp_path, [(ALL, "Utredningsområde")], more=cell, use=use)
        assert saying(found) == ("REVIEW", "F2", "f2.undecided")


def test_a_site_without_a_use_is_open(tmp_path: Path) -> None:
    found = land(tmp_path, [(ALL, WORK)], use=None)
    assert saying(found) == ("OPEN", "U0", "open.use_missing")


CONFIRMED = """
    [[cell]]
    category = "Verksamheter och industri"
    use = ["industri"]
    value = 0
    reason = "kommunen säger nej"
    confirmed_by = "Kommunen"
"""


def test_a_cell_the_municipality_has_confirmed_speaks_against_the_use(tmp_path: Path) -> None:
    assert saying(land(tmp_path, [(ALL, WORK)], more=CONFIRMED)) == ("FAIL", "F5", "f5.cell")


def cell(value: int, use: str, subcategory: str | None = None, confirmed: bool = False) -> str:
    text = f'\n[[cell]]\ncategory = "K"\nuse = ["{use}"]\nvalue = {value}\nreason = "r"\n'
    text += f'subcategory = "{subcategory}"\n' if subcategory else ""
    return text + ('confirmed_by = "Kommunen"\n' if confirmed else "")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (cell(0, "J") + cell(1, "J", "U"), "F1"),
        (cell(0, "*") + cell(1, "J"), "F1"),
        (cell(0, "J") + cell(1, "industri"), "F1"),
        (cell(0, "industri") + cell(1, "*", "U"), "F1"),
        (cell(0, "industri", "U") + cell(1, "J", confirmed=True), "F1"),
        (cell(1, "J") + cell(0, "J", "annan"), "F1"),
        (cell(2, "J", "U") + cell(1, "J"), "F2"),
        (cell(2, "industri") + cell(1, "J"), "F2"),
    ],
    ids=[
        "subcategory before none",
        "letter before any",
        "use before letter",
        "subcategory before use",
        "confirmed before all",
        "another subcategory does not fit",
        "subcategory, less favourable",
        "use, less favourable",
    ],
)
def test_the_most_specific_cell_wins_in_whatever_order_they_stand(tmp_path: Path, cells: str, expected: str) -> None:
    turned = "\n[[cell]]".join(["", *reversed(cells.split("\n[[cell]]")[1:])])
    for text in (cells, turned):
        pack = Pack(tmp_path / "paket").document("op").zones([(ALL, "K", {"subcategory": "U"})], document="op")
        found = run(tmp_path, pack, book(tmp_path, LAND_RULE, more=text), ("a", SITE))["a"]
        assert found.verdict.plan == expected


def test_the_municipalitys_own_legend_is_read_through_its_mapping(tmp_path: Path) -> None:
    mapping = {"value": [{"from": {"category": "Industrimark"}, "to": [WORK]}]}
    assert saying(land(tmp_path, [(ALL, "Industrimark")], layer=mapping)) == ("PASS", "F1", "f1")


@pytest.mark.parametrize("written", ["industrimark", "INDUSTRIMARK", "  Industri  mark".replace("  m", "m")])
def test_case_and_blanks_in_a_legend_do_not_matter(tmp_path: Path, written: str) -> None:
    mapping = {"value": [{"from": {"category": "Industrimark"}, "to": [WORK]}]}
    assert land(tmp_path, [(ALL, written)], layer=mapping).code == "F1"


def test_with_a_mapping_a_value_outside_it_is_open_even_when_it_reads_like_a_category(tmp_path: Path) -> None:
    mapping = {"value": [{"from": {"category": "Industrimark"}, "to": [WORK]}]}
    assert saying(land(tmp_path, [(ALL, WORK)], layer=mapping)) == ("OPEN", "U0", "u0.unmapped")


# --- texts of zones -------------------------------------------------------------------------------------------------


def stance(effect: str, **keys: Any) -> dict[str, Any]:
    return {"id": "r1", "effect": effect, "by": "Planarkitekten", "on": "2026-01-15", **keys}


@pytest.mark.parametrize(
    ("category", "stances", "expected"),
    [
        (WORK, [], ("REVIEW", "F2", "f2.stance_unread")),
        (WORK, [stance("stöder")], ("PASS", "F1", "f1")),
        (WORK, [stance("villkor")], ("REVIEW", "F2", "f2.stance_condition")),
        (WORK, [stance("utesluter")], ("FAIL", "F5", "f5.stance")),
        (WORK, [stance("utesluter", uses=["industri"])], ("FAIL", "F5", "f5.stance")),
        (WORK, [stance("utesluter", uses=["bostäder"])], ("REVIEW", "F2", "f2.stance_unread")),
        (WORK, [stance("villkor", uses=["bostäder"]), stance("stöder")], ("PASS", "F1", "f1")),
        (WORK, [stance("stöder"), stance("utesluter", uses=["industri"])], ("FAIL", "F5", "f5.stance")),
        (COUNTRY, [stance("stöder", uses=["industri"])], ("PASS", "F1", "f1")),
        (COUNTRY, [stance("stöder")], ("REVIEW", "F2", "f2.depends")),
        (GREEN, [stance("stöder")], ("REVIEW", "F4", "f4")),
    ],
)
def test_a_zones_text_is_worth_what_a_person_has_read_in_it(
    tmp_path: Path, category: str, stances: list[Any], expected: Any
) -> None:
    layer = {"stance": stances} if stances else {}
    assert saying(land(tmp_path, [(ALL, category, {"text": "Området är bra."})], layer=layer)) == expected


def test_a_zone_without_text_needs_no_reader(tmp_path: Path) -> None:
    assert land(tmp_path, [(ALL, WORK, {"text": None}), (box(1, 1, 2, 2), WORK, {"text": "x"})]).code == "F1"


def test_a_reading_of_one_zone_says_nothing_of_its_neighbour(tmp_path: Path) -> None:
    layer = {"stance": [stance("stöder")]}
    zones = [(box(0, 0, 1000, 1000), WORK, {"text": "a"}), (box(4000, 4000, 6000, 6000), WORK, {"text": "b"})]
    assert saying(land(tmp_path, zones, layer=layer)) == ("REVIEW", "F2", "f2.stance_unread")


# --- several zones --------------------------------------------------------------------------------------------------


def test_a_site_over_two_zones_gets_the_worst_as_f3_with_both_parts(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(WEST, WORK), (EAST, COUNTRY)], document="op")
    answer = answered(tmp_path, pack)
    assert saying(answer.finding("t.land")) == ("REVIEW", "F3", "f3")
    assert parts(answer) == [("op/r1", 5000.0, "F1", True), ("op/r2", 5000.0, "F2", True)]
    assert [one.share for one in answer.parts] == [0.5, 0.5]


def test_one_part_against_the_use_speaks_against_the_site(tmp_path: Path) -> None:
    assert saying(land(tmp_path, [(WEST, WORK), (EAST, TOWN)])) == ("FAIL", "F3", "f3")


def test_two_zones_that_say_the_same_are_one_answer(tmp_path: Path) -> None:
    assert saying(land(tmp_path, [(WEST, WORK), (EAST, WORK)])) == ("PASS", "F1", "f1")


def test_a_sliver_of_another_zone_changes_nothing(tmp_path: Path) -> None:
    # 0.01 m × 100 m = 1 m².
    zones = [(box(0, 0, 5099.99, 10_000), WORK), (box(5099.99, 0, 10_000, 10_000), TOWN)]
    assert saying(land(tmp_path, zones)) == ("PASS", "F1", "f1")


def test_a_neighbouring_zone_that_shares_the_border_changes_nothing(tmp_path: Path) -> None:
    zones = [(box(0, 0, 5100, 10_000), WORK), (box(5100, 0, 10_000, 10_000), TOWN)]
    assert saying(land(tmp_path, zones)) == ("PASS", "F1", "f1")


@pytest.mark.parametrize(
    ("site", "bare"),
    [
        (SITE, 5000.0),
        (line((5000, 5050), (5100, 5050)), 50.0),
        (several(point(5010, 5050), point(5090, 5050)), 1.0),
    ],
    ids=["area", "line", "points"],
)
def test_what_lies_in_no_zone_is_open_and_told(tmp_path: Path, site: Any, bare: float) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(WEST, WORK)], document="op")
    answer = answered(tmp_path, pack, site)
    assert saying(answer.finding("t.land")) == ("OPEN", "F3", "f3")
    assert parts(answer)[-1] == ("ingen zon", bare, "U0", True)


def test_a_site_in_a_hole_of_the_plan_is_open(tmp_path: Path) -> None:
    ring = put(shapely.box(0, 0, 10_000, 10_000) - shapely.box(4900, 4900, 5200, 5200))
    assert saying(land(tmp_path, [(ring, WORK)])) == ("OPEN", "U0", "u0.no_zone")


def test_zones_on_top_of_each_other_do_not_hide_bare_land(tmp_path: Path) -> None:
    # Twice the western half is still half.
    assert saying(land(tmp_path, [(WEST, WORK), (WEST, WORK)])) == ("OPEN", "F3", "f3")


@pytest.mark.parametrize(("east", "expected"), [(10_000, ("PASS", "F1", "f1")), (10_001, ("OPEN", "F3", "f3"))])
def test_land_beyond_the_municipality_is_open(tmp_path: Path, east: float, expected: Any) -> None:
    assert saying(land(tmp_path, [(ALL, WORK)], box(9900, 5000, east, 5100))) == expected


def test_zones_beyond_the_municipality_hide_nothing_inside_it(tmp_path: Path) -> None:
    # Half the site lies outside, in a zone that reaches there; of the inner half, 10 m × 100 m has no zone.
    zones = [(box(9960, 0, 11_000, 10_000), WORK)]
    pack = Pack(tmp_path / "paket").document("op").zones(zones, document="op")
    answer = answered(tmp_path, pack, box(9950, 5000, 10_050, 5100))
    assert saying(answer.finding("t.land")) == ("OPEN", "F3", "f3")
    left = {one.id: one.amount for one in answer.parts if one.zone is None}
    assert left == {"ingen zon": 1000.0, "utanför kommunen": 5000.0}


@pytest.mark.parametrize("site", [line((5010, 5050), (5040, 5050)), point(5020, 5050)], ids=["line", "point"])
def test_line_and_point_sites_are_answered_too(tmp_path: Path, site: Any) -> None:
    assert saying(land(tmp_path, [(WEST, WORK), (EAST, TOWN)], site)) == ("PASS", "F1", "f1")


def test_a_line_site_over_two_zones_is_f3(tmp_path: Path) -> None:
    assert saying(land(tmp_path, [(WEST, WORK), (EAST, TOWN)], line((5000, 5050), (5100, 5050)))) == (
        "FAIL",
        "F3",
        "f3",
    )


# --- indicative and legal borders -----------------------------------------------------------------------------------


def near_zone(metres: float) -> list[Any]:
    """The site's own zone ends this far to the east of it, and another begins."""
    return [(box(0, 0, 5100 + metres, 10_000), WORK), (box(5100 + metres, 0, 10_000, 10_000), GREEN)]


@pytest.mark.parametrize(
    ("metres", "boundary"), [(49.999, True), (50.0, False), (50.001, False)], ids=["inside", "at", "outside the band"]
)
def test_near_an_indicative_border_the_answer_stands_and_the_border_is_told(
    tmp_path: Path, metres: float, boundary: bool
) -> None:
    found = land(tmp_path, near_zone(metres), layer={"accuracy_m": 50, "border": "indicative"})
    assert saying(found) == ("PASS", "F1", "f1")
    assert found.boundary_case is boundary
    assert (found.outcome_nominal, found.outcome_outer) == ("PASS", "REVIEW" if boundary else "PASS")
    assert found.adjustments == ()


@pytest.mark.parametrize(
    ("metres", "expected"),
    [(4.999, ("REVIEW", "F2", "f1")), (5.0, ("PASS", "F1", "f1"))],
    ids=["inside the band", "at its edge"],
)
def test_near_a_legal_border_the_answer_becomes_review(tmp_path: Path, metres: float, expected: Any) -> None:
    found = land(tmp_path, near_zone(metres), layer={"accuracy_m": 5, "border": "legal"})
    assert saying(found) == expected
    made = [(one.by, one.from_, one.to) for one in found.adjustments]
    assert made == ([("accuracy", "PASS", "REVIEW")] if expected[0] == "REVIEW" else [])


def test_entering_another_zone_by_less_than_the_accuracy_is_review(tmp_path: Path) -> None:
    found = land(tmp_path, near_zone(-20), layer={"accuracy_m": 50, "border": "indicative"})
    assert saying(found) == ("REVIEW", "F3", "f3")
    assert found.boundary_case is True
    assert found.outcome_inner == "PASS"
    # Twenty metres back and the site lies in one zone.
    assert found.margin_m == 20.0


def test_entering_another_zone_by_more_than_the_accuracy_is_no_boundary_case(tmp_path: Path) -> None:
    found = land(tmp_path, near_zone(-60), layer={"accuracy_m": 50, "border": "indicative"})
    assert saying(found) == ("REVIEW", "F3", "f3")
    assert found.outcome_inner == "REVIEW"


def test_the_margin_to_a_zone_that_says_otherwise_is_its_distance(tmp_path: Path) -> None:
    assert land(tmp_path, near_zone(30), layer={"accuracy_m": 50, "border": "indicative"}).margin_m == 30.0


def test_an_unknown_accuracy_is_said_and_not_taken_for_exact(tmp_path: Path) -> None:
    assert land(tmp_path, near_zone(1)).boundary_case is None


def test_a_neighbour_that_says_the_same_makes_no_boundary_case(tmp_path: Path) -> None:
    zones = [(box(0, 0, 5110, 10_000), WORK), (box(5110, 0, 10_000, 10_000), WORK)]
    found = land(tmp_path, zones, layer={"accuracy_m": 50, "border": "indicative"})
    assert found.boundary_case is False


def test_a_site_smaller_than_the_accuracy_still_has_an_answer(tmp_path: Path) -> None:
    small = box(5000, 5000, 5010, 5010)
    found = land(tmp_path, [(WEST, WORK), (EAST, GREEN)], small, layer={"accuracy_m": 50, "border": "indicative"})
    assert saying(found) == ("PASS", "F1", "f1")
    # The other zone begins 40 m to the east.
    assert (found.boundary_case, found.margin_m) == (True, 40.0)


# --- documents ------------------------------------------------------------------------------------------------------


def amended(folder: Path, area: Any = EAST, fop_zones: Any = None, **fop: Any) -> Pack:
    """A base plan for the whole municipality, and an amendment for a part of it that says otherwise."""
    pack = Pack(folder / "paket").document("op", legal_force="2020-05-01")
    pack.document("fop", "fördjupning", area=area, base="op", **{"legal_force": "2023-05-01", **fop})
    pack.zones([(ALL, WORK, {"text": "Industri."})], layer_id="op-zoner", document="op", stance=[stance("stöder")])
    if fop_zones is not False:
        zones = fop_zones or [(EAST, GREEN, {"text": "Park."})]
        pack.zones(zones, layer_id="fop-zoner", document="fop")
    return pack


INSIDE_FOP, OUTSIDE_FOP = box(7000, 5000, 7100, 5100), box(3000, 5000, 3100, 5100)


def test_a_newer_amendment_governs_its_area_and_the_base_the_rest(tmp_path: Path) -> None:
    pack = amended(tmp_path)
    assert saying(answered(tmp_path, pack, INSIDE_FOP).finding("t.land")) == ("REVIEW", "F4", "f4")
    assert saying(answered(tmp_path, amended(tmp_path), OUTSIDE_FOP).finding("t.land")) == ("PASS", "F1", "f1")


def test_a_site_across_an_amendments_border_is_divided_between_the_documents(tmp_path: Path) -> None:
    answer = answered(tmp_path, amended(tmp_path), SITE)
    assert saying(answer.finding("t.land")) == ("REVIEW", "F3", "f3")
    governing = [(one.document, one.amount, one.plan) for one in answer.parts if one.governs]
    assert sorted(governing) == [("fop", 5000.0, "F4"), ("op", 5000.0, "F1")]


def test_the_text_that_lost_is_told_and_does_not_govern(tmp_path: Path) -> None:
    answer = answered(tmp_path, amended(tmp_path), INSIDE_FOP)
    told = {(one.layer, one.text, one.governs) for one in answer.finding("t.land").features if one.role == "hit"}
    assert told == {("fop-zoner", "Park.", True), ("op-zoner", "Industri.", False)}
    assert ("op/r1", 10_000.0, None, False) in parts(answer)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (None, ("OPEN", "U0", "u0.precedence")),
        (True, ("REVIEW", "F4", "f4")),
        (False, ("PASS", "F1", "f1")),
    ],
)
def test_an_older_amendment_is_untested_until_somebody_says_whether_it_was_kept(
    tmp_path: Path, kept: bool | None, expected: Any
) -> None:
    said = {} if kept is None else {"kept": kept}
    pack = amended(tmp_path, legal_force="2015-05-01", **said)
    assert saying(answered(tmp_path, pack, INSIDE_FOP).finding("t.land")) == expected


@pytest.mark.parametrize(
    ("legal_force", "code"),
    [("2020-05-02", "F4"), ("2020-05-01", "U0"), ("2020", "U0"), ("2021", "F4"), (None, "U0")],
    ids=["a day later", "the same day", "the same year, day unknown", "the year after", "unknown"],
)
def test_an_amendment_is_newer_only_when_its_date_proves_it(tmp_path: Path, legal_force: str | None, code: str) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01")
    dated = {} if legal_force is None else {"legal_force": legal_force}
    pack.document("fop", "fördjupning", area=EAST, **dated)
    pack.zones([(ALL, WORK)], layer_id="op-zoner", document="op")
    pack.zones([(EAST, GREEN)], layer_id="fop-zoner", document="fop")
    assert answered(tmp_path, pack, INSIDE_FOP).verdict.plan == code


@pytest.mark.parametrize("status", ["samråd", "granskning", "antagen", "ersatt", "upphävd"])
def test_a_plan_not_in_force_is_not_judged(tmp_path: Path, status: str) -> None:
    answer = answered(tmp_path, amended(tmp_path, status=status), INSIDE_FOP)
    assert saying(answer.finding("t.land")) == ("PASS", "F1", "f1")
    assert [one.governs for one in answer.finding("t.land").features if one.layer == "fop-zoner"] == [False]


def test_an_amendment_governs_from_the_day_of_its_legal_force(tmp_path: Path) -> None:
    for on, code in (("2023-04-30", "F1"), ("2023-05-01", "F4")):
        assert answered(tmp_path, amended(tmp_path), INSIDE_FOP, on=on).verdict.plan == code


def test_an_amendment_without_layers_leaves_its_area_untested(tmp_path: Path) -> None:
    answer = answered(tmp_path, amended(tmp_path, fop_zones=False), INSIDE_FOP)
    assert saying(answer.finding("t.land")) == ("OPEN", "U0", "u0.no_zone")
    assert [(one.layer, one.governs) for one in answer.finding("t.land").features] == [("op-zoner", False)]


def test_of_two_amendments_the_newest_governs_where_they_meet(tmp_path: Path) -> None:
    for older, newer, code in (("2021-01-01", "2023-01-01", "F2"), ("2023-01-01", "2021-01-01", "F4")):
        pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01")
        pack.document("a", "fördjupning", area=EAST, legal_force=older)
        pack.document("b", "fördjupning", area=box(6000, 0, 10_000, 10_000), legal_force=newer)
        pack.zones([(ALL, WORK)], layer_id="op-zoner", document="op")
        pack.zones([(EAST, GREEN)], layer_id="a-zoner", document="a")
        pack.zones([(EAST, COUNTRY)], layer_id="b-zoner", document="b")
        assert answered(tmp_path, pack, INSIDE_FOP).verdict.plan == code


def test_a_thematic_amendment_leaves_land_use_alone(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01")
    pack.document("lis", "tillägg", themes=["lis_area"], base="op", legal_force="2023-05-01")
    pack.zones([(ALL, WORK)], document="op").layer("lis", "lis_area", [ALL], document="lis")
    assert saying(answered(tmp_path, pack).finding("t.land")) == ("PASS", "F1", "f1")


def test_a_layer_that_names_no_document_belongs_to_the_base_plan(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(ALL, WORK)])
    assert saying(answered(tmp_path, pack).finding("t.land")) == ("PASS", "F1", "f1")


def test_without_any_land_use_layer_the_plan_is_untested(tmp_path: Path) -> None:
    answer = answered(tmp_path, Pack(tmp_path / "paket").document("op"))
    assert saying(answer.finding("t.land")) == ("OPEN", "U0", "open.layer_missing")
    assert (answer.verdict.outcome, answer.verdict.open_gate) == ("OPEN", ("t.land",))


# --- several uses ---------------------------------------------------------------------------------------------------


def test_every_use_is_judged_on_its_own_and_the_worst_is_the_sites(tmp_path: Path) -> None:
    more = CONFIRMED.replace('use = ["industri"]', 'use = ["bostäder"]')
    pack = Pack(tmp_path / "paket").document("op").zones([(ALL, WORK)], document="op")
    answer = answered(tmp_path, pack, more=more, use="industri; bostäder")
    assert saying(answer.finding("t.land", "industri")) == ("PASS", "F1", "f1")
    assert saying(answer.finding("t.land", "bostäder")) == ("FAIL", "F5", "f5.cell")
    assert (answer.verdict.outcome, answer.verdict.plan, answer.verdict.asked) == ("FAIL", "F5", 1)
    assert [(one.use, one.plan) for one in answer.parts] == [("industri", "F1"), ("bostäder", "F5")]


def test_a_multipart_site_with_one_part_in_an_amendment_and_one_beside_it_is_divided(tmp_path: Path) -> None:
    # The western part shares its border with the amendment's area, the eastern part lies inside it.
    site = several(box(4950, 5000, 5050, 5100), box(7000, 5000, 7100, 5100))
    answer = answered(tmp_path, amended(tmp_path), site)
    governing = [(one.document, one.amount, one.plan) for one in answer.parts if one.governs]
    assert sorted(governing) == [("fop", 10_000.0, "F4"), ("op", 10_000.0, "F1")]


def test_a_multipart_site_with_one_part_in_a_zone_and_one_beside_it_is_measured(tmp_path: Path) -> None:
    site = several(box(4950, 5000, 5050, 5100), box(7000, 5000, 7100, 5100))
    pack = Pack(tmp_path / "paket").document("op")
    pack.zones([(WEST, WORK), (EAST, GREEN)], document="op", accuracy_m=200, border="indicative")
    answer = answered(tmp_path, pack, site)
    assert parts(answer) == [("op/r1>1", 10_000.0, "F1", True), ("op/r2>2", 10_000.0, "F4", True)]
