"""Several plans on one spot: which of them governs, and on which day.

Domain facts, 1.4: only plans with legal force enter the result; inside an area the newest change goes first; a change
older than the base plan is open until somebody says whether it was kept; a tillägg rules its own theme alone; every
plan that touches the site is told. A base plan says verksamheter everywhere (industry: F1), amendments say green (F4),
landsbygd (F2) or town (F5). The amendment's area is the land east of 5040: 60 % of the site across it lies there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from drawn import COUNTRY, GREEN, TOWN, WORK, Pack, box, land_book, put, read_sites, rule, run, saying, site_file

import opcheck
from opcheck.cli import main

ON = "2026-11-22"
ALL, EAST = box(0, 0, 10_000, 10_000), box(5040, 0, 10_000, 10_000)
ACROSS = box(5000, 5000, 5100, 5100)
INSIDE, OUTSIDE = box(7000, 5000, 7100, 5100), box(3000, 5000, 3100, 5100)

STATUS = rule("t.status", theme="land_use", check="covered", themes=["land_use"], of="status", hit="OPEN", gate=True)
PENDING = rule("t.pending", theme="pending_planning", check="avoid", code="V", basis="plan")


def plan(folder: Path, **base: Any) -> Pack:
    """A base plan in force since 2020, with a zone and a text."""
    pack = Pack(folder / "paket").document("op", **{"name": "ÖP 2020", "legal_force": "2020-05-01", **base})
    return pack.zones([(ALL, WORK, {"name": "Hela kommunen"})], layer_id="op-zoner", document="op")


def amended(folder: Path, category: str = GREEN, area: Any = EAST, **keys: Any) -> Pack:
    pack = plan(folder, **keys.pop("base", {}))
    pack.document("fop", "fördjupning", area=area, **{"name": "FÖP Hamnen", "legal_force": "2023-05-01", **keys})
    return pack.zones([(EAST, category, {"name": "Hamnparken"})], layer_id="fop-zoner", document="fop")


def answer(folder: Path, pack: Pack, site: Any = INSIDE, on: str = ON, *rules: Any) -> Any:
    return run(folder, pack, land_book(folder, STATUS, PENDING, *rules), ("a", site), on=on)["a"]


def land(folder: Path, pack: Pack, site: Any = INSIDE, on: str = ON) -> tuple[str, str | None, str]:
    return saying(answer(folder, pack, site, on).finding("t.land"))


def governing(found: Any) -> dict[str, float]:
    """Document → the area that it governs."""
    return {one.document or one.id: one.amount for one in found.parts if one.governs}


def losing(found: Any) -> set[str]:
    return {one.layer for one in found.finding("t.land").features if not one.governs}


SUPPORTED, NOT_TAKEN_UP, UNSETTLED = ("PASS", "F1", "f1"), ("REVIEW", "F4", "f4"), ("OPEN", "U0", "u0.precedence")

# --- a base plan and one amendment ------------------------------------------------------------------------------------


def test_a_newer_amendment_governs_inside_its_area_and_the_base_plan_outside(tmp_path: Path) -> None:
    assert land(tmp_path, amended(tmp_path), INSIDE) == NOT_TAKEN_UP
    assert land(tmp_path, amended(tmp_path), OUTSIDE) == SUPPORTED


def test_the_plan_that_lost_is_told_beside_the_one_that_governs(tmp_path: Path) -> None:
    found = answer(tmp_path, amended(tmp_path))
    told = {(one.layer, one.name, one.governs) for one in found.finding("t.land").features}
    assert told == {("fop-zoner", "Hamnparken", True), ("op-zoner", "Hela kommunen", False)}
    assert governing(found) == {"fop": 10_000.0}
    assert [(one.document, one.plan) for one in found.parts if not one.governs] == [("op", None)]


def test_a_site_across_the_amendments_border_is_divided(tmp_path: Path) -> None:
    """100 m from north to south: 60 m × 100 m = 0.6 ha in the amendment, 0.4 ha left to the base plan."""
    found = answer(tmp_path, amended(tmp_path), ACROSS)
    assert saying(found.finding("t.land")) == ("REVIEW", "F3", "f3")
    assert governing(found) == {"fop": 6000.0, "op": 4000.0}
    assert {one.document: one.plan for one in found.parts if one.governs} == {"fop": "F4", "op": "F1"}
    # The base plan's zone covers the whole site: it governs 40 m × 100 m of it, and lost the rest to the amendment.
    told = {one.governs: one.area_m2 for one in found.finding("t.land").features if one.layer == "op-zoner"}
    assert told == {True: 4000.0, False: 6000.0}
    assert [(one.id, one.amount, one.governs) for one in found.parts if one.layer == "op-zoner"] == [
        ("op/r1", 4000.0, True), ("op/r1#2", 6000.0, False),
    ]  # fmt: skip


def test_the_divided_answer_is_written_out(tmp_path: Path) -> None:
    pack = amended(tmp_path)
    sites = read_sites(tmp_path, ("a", ACROSS))
    assessment = opcheck.assess(sites, pack.read(), rules=land_book(tmp_path), on=ON)
    (site,) = assessment.to_dict()["sites"]
    (found,) = site["findings"]
    message = found["message"].replace("\u00a0", " ")
    assert "6 000 m² (60 %) i Grönområde och park" in message
    assert "4 000 m² (40 %) i Verksamheter och industri" in message


def test_an_amendment_with_a_hole_leaves_the_hole_to_the_base_plan(tmp_path: Path) -> None:
    import shapely

    ring = put(shapely.box(5040, 0, 10_000, 10_000) - shapely.box(7020, 5000, 7050, 5100))
    found = answer(tmp_path, amended(tmp_path, area=ring))
    assert governing(found) == {"fop": 7000.0, "op": 3000.0}


@pytest.mark.parametrize(
    ("kept", "expected"), [(None, UNSETTLED), (True, NOT_TAKEN_UP), (False, SUPPORTED)], ids=["unsaid", "kept", "not"]
)
def test_an_amendment_older_than_the_base_plan(tmp_path: Path, kept: bool | None, expected: Any) -> None:
    """Nothing tells whether the newer base plan took it over: open inside its area, until the pack says."""
    said = {} if kept is None else {"kept": kept}
    assert land(tmp_path, amended(tmp_path, legal_force="2015-05-01", **said)) == expected
    assert land(tmp_path, amended(tmp_path, legal_force="2015-05-01", **said), OUTSIDE) == SUPPORTED


def test_what_is_not_settled_is_open_in_its_part_alone_and_said(tmp_path: Path) -> None:
    pack = amended(tmp_path, legal_force="2015-05-01")
    assessment = opcheck.assess(read_sites(tmp_path, ("a", ACROSS)), pack.read(), rules=land_book(tmp_path), on=ON)
    assert governing(assessment["a"]) == {"fop": 6000.0, "op": 4000.0}
    assert {one.document: one.plan for one in assessment["a"].parts if one.governs} == {"fop": "U0", "op": "F1"}
    (site,) = assessment.to_dict()["sites"]
    assert (site["verdict"]["outcome"], site["verdict"]["plan"]) == ("OPEN", "F3")
    assert "oklart vilken plan som gäller" in site["findings"][0]["message"]


def test_before_the_base_plan_the_older_amendment_governed_alone(tmp_path: Path) -> None:
    """In 2017 there was no base plan in force: the amendment answers inside its area, nothing does outside."""
    pack = amended(tmp_path, legal_force="2015-05-01")
    assert land(tmp_path, pack, INSIDE, "2017-01-01") == NOT_TAKEN_UP
    found = answer(tmp_path, amended(tmp_path, legal_force="2015-05-01"), ACROSS, "2017-01-01")
    assert governing(found) == {"fop": 6000.0, "ingen plan": 4000.0}
    # Without a municipality-wide plan in force the verdict is open whatever the amendment says.
    assert (found.verdict.outcome, "t.status" in found.verdict.open_gate) == ("OPEN", True)


# --- tillägg ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["2015-05-01", "2023-05-01"], ids=["older", "newer"])
def test_a_thematic_amendment_rules_its_own_theme_and_no_land_use(tmp_path: Path, year: str) -> None:
    """A plan for shore development: its layer counts, and the base plan still answers on use."""
    pack = plan(tmp_path).document("lis", "tillägg", name="LIS", themes=["lis_area"], legal_force=year)
    pack.layer("lis", "lis_area", [ALL], document="lis").layer("strand", "shore_protection", [ALL])
    eased = rule("t.shore", theme="shore_protection", check="within", eased_by="lis_area")
    found = answer(tmp_path, pack, INSIDE, ON, eased)
    assert saying(found.finding("t.land")) == SUPPORTED
    assert governing(found) == {"op": 10_000.0}
    assert found.finding("t.shore").case == "eased"


def test_a_thematic_amendment_without_themes_is_refused(tmp_path: Path) -> None:
    """It would rule everything in the whole municipality."""
    pack = plan(tmp_path).document("lis", "tillägg", legal_force="2023-05-01")
    with pytest.raises(opcheck.OpcheckError, match="tema"):
        pack.read()


def test_a_thematic_amendment_on_its_way_eases_nothing(tmp_path: Path) -> None:
    pack = plan(tmp_path).document("lis", "tillägg", name="LIS", themes=["lis_area"], status="granskning")
    pack.layer("lis", "lis_area", [ALL], document="lis").layer("strand", "shore_protection", [ALL])
    eased = rule("t.shore", theme="shore_protection", check="within", eased_by="lis_area")
    found = answer(tmp_path, pack, INSIDE, ON, eased)
    assert found.finding("t.shore").case == "eased_pending"
    assert saying(found.finding("t.pending")) == ("REVIEW", "V", "hit")


# --- two amendments ---------------------------------------------------------------------------------------------------


def two(folder: Path, first: str | None, second: str | None) -> Pack:
    """`first` says green east of 5040, `second` landsbygd east of 6000."""
    pack = plan(folder)
    for name, since, area, category in (
        ("a", first, EAST, GREEN),
        ("b", second, box(6000, 0, 10_000, 10_000), COUNTRY),
    ):
        dated = {} if since is None else {"legal_force": since}
        pack.document(name, "fördjupning", area=area, **dated)
        pack.zones([(area, category)], layer_id=f"{name}-zoner", document=name)
    return pack


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2021-01-01", "2023-01-01", ("REVIEW", "F2", "f2.depends")),
        ("2023-01-01", "2021-01-01", NOT_TAKEN_UP),
        ("2021", "2023", ("REVIEW", "F2", "f2.depends")),
        ("2023-03", "2023-02", NOT_TAKEN_UP),
        ("2023-02", "2023-02-10", UNSETTLED),
        ("2023-02-10", "2023-02-10", UNSETTLED),
        ("2023", "2023-06-01", UNSETTLED),
    ],
)
def test_of_two_amendments_the_provably_newer_governs_where_both_lie(
    tmp_path: Path, first: str, second: str, expected: Any
) -> None:
    assert land(tmp_path, two(tmp_path, first, second), INSIDE) == expected
    # Where only the first lies its answer stands, whatever their order.
    assert land(tmp_path, two(tmp_path, first, second), box(5500, 5000, 5600, 5100)) == NOT_TAKEN_UP


def unplaced(pack: Pack, **dates: str) -> Pack:
    """Add an amendment for a part of the municipality that is not loaded."""
    return pack.add("document", id="b", kind="fördjupning", name="B", status="laga kraft", area="unknown", **dates)


def test_an_amendment_of_unknown_area_leaves_open_what_it_may_go_before(tmp_path: Path) -> None:
    """In force some day of 2023, as the amendment whose area is drawn: which of them is newer is not known."""
    assert land(tmp_path, unplaced(amended(tmp_path), legal_force="2023")) == UNSETTLED
    # Provably older, it may govern outside the other's area only.
    assert land(tmp_path, unplaced(amended(tmp_path), legal_force="2022-01-01")) == NOT_TAKEN_UP
    assert land(tmp_path, unplaced(amended(tmp_path), legal_force="2022-01-01"), OUTSIDE) == UNSETTLED


def test_an_amendment_of_unknown_area_leaves_open_layers_that_belong_to_no_plan(tmp_path: Path) -> None:
    pack = unplaced(Pack(tmp_path / "paket").zones([(ALL, WORK)]), legal_force="2023")
    assert land(tmp_path, pack) == UNSETTLED


def test_three_plans_on_one_site_in_hectares(tmp_path: Path) -> None:
    """From 5000 to 6200: 40 m base plan, 960 m the first amendment, 200 m the second; 100 m from south to north."""
    found = answer(tmp_path, two(tmp_path, "2021-01-01", "2023-01-01"), box(5000, 5000, 6200, 5100))
    assert governing(found) == {"op": 4000.0, "a": 96_000.0, "b": 20_000.0}
    assert {one.document: one.plan for one in found.parts if one.governs} == {"op": "F1", "a": "F4", "b": "F2"}


def test_the_order_of_documents_in_the_manifest_decides_nothing(tmp_path: Path) -> None:
    """The same two amendments and their layers, written in the other order, with other ids."""
    results = []
    for number, names in enumerate((("a", "b"), ("z", "b"))):
        folder = tmp_path / str(number)
        pack = plan(folder)
        rows = [(names[0], "2021-01-01", EAST, GREEN), (names[1], "2023-01-01", EAST, COUNTRY)]
        for name, since, area, category in rows if number else rows[::-1]:
            pack.document(name, "fördjupning", area=area, legal_force=since)
            pack.zones([(area, category)], layer_id=f"{name}-zoner", document=name)
        results.append(land(folder, pack))
    assert results == [("REVIEW", "F2", "f2.depends")] * 2


# --- status -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["samråd", "granskning", "antagen"])
def test_a_plan_on_its_way_is_told_as_such_and_governs_nothing(tmp_path: Path, status: str) -> None:
    pack = amended(tmp_path, TOWN, status=status, legal_force="2023-05-01")
    pack.layer("pagaende", "pending_planning", [box(100, 100, 200, 200)])
    found = answer(tmp_path, pack)
    assert saying(found.finding("t.land")) == SUPPORTED
    assert losing(found) == {"fop-zoner"}
    pending = found.finding("t.pending")
    assert saying(pending) == ("REVIEW", "V", "hit")
    assert [(one.layer, one.name, one.governs) for one in pending.features if one.role == "hit"] == [
        ("fop-zoner", "Hamnparken", False)
    ]
    assert pending.arguments["status"] == status
    assert found.verdict.interests == ("V",)
    # Beside the draft's area nothing is on its way.
    assert answer(tmp_path, amended_with_pending(tmp_path, status), OUTSIDE).finding("t.pending").outcome == "PASS"


def amended_with_pending(folder: Path, status: str) -> Pack:
    pack = amended(folder, TOWN, status=status)
    return pack.layer("pagaende", "pending_planning", [box(100, 100, 200, 200)])


def test_a_draft_vouches_for_nothing(tmp_path: Path) -> None:
    """A draft covers the municipality, and no layer of planning in progress is loaded: beside the draft's zones it is
    not known whether anything is on its way."""
    pack = amended(tmp_path, status="samråd")
    assert saying(answer(tmp_path, pack, OUTSIDE).finding("t.pending")) == ("OPEN", "U0", "open.layer_missing")


def test_beside_a_draft_the_planning_in_progress_is_known_as_far_as_its_own_layer_reaches(tmp_path: Path) -> None:
    """The draft's layer says nothing of where all planning is known: neither more nor less than the theme's own."""
    west = box(0, 0, 4000, 10_000)
    for draft, expected in ((None, ("PASS", "OPEN")), ("municipality", ("PASS", "OPEN"))):
        found = []
        for site in (OUTSIDE, box(4500, 5000, 4600, 5100)):  # inside and outside what the own layer covers
            pack = plan(tmp_path).document("fop", "fördjupning", area=EAST, status="samråd")
            pack.zones([(EAST, TOWN)], layer_id="fop-zoner", document="fop", coverage=draft)
            pack.layer("pagaende", "pending_planning", [box(100, 100, 200, 200)], coverage=west)
            found.append(answer(tmp_path, pack, site).finding("t.pending").outcome)
        assert tuple(found) == expected


def test_a_draft_without_names_is_called_by_its_plan(tmp_path: Path) -> None:
    pack = plan(tmp_path).document("ren", "tillägg", name="Tillägg för rennäring", status="samråd",
                                   themes=["riksintresse_rennaring"])  # fmt: skip
    pack.layer("ren", "riksintresse_rennaring", [ALL], document="ren")
    assessment = opcheck.assess(
        read_sites(tmp_path, ("a", INSIDE)), pack.read(), rules=land_book(tmp_path, PENDING), on=ON
    )
    (found,) = [one for one in assessment.to_dict()["sites"][0]["findings"] if one["rule"] == "t.pending"]
    assert found["outcome"] == "REVIEW"
    assert [one["name"] for one in found["features"]] == ["Tillägg för rennäring"]


@pytest.mark.parametrize("status", ["ersatt", "upphävd"])
def test_a_plan_that_no_longer_applies_is_neither_heard_nor_on_its_way(tmp_path: Path, status: str) -> None:
    found = answer(tmp_path, amended(tmp_path, TOWN, status=status))
    assert saying(found.finding("t.land")) == SUPPORTED
    assert losing(found) == {"fop-zoner"}
    assert found.finding("t.pending").outcome == "OPEN", "no layer of planning in progress is loaded"


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("legal_force", "on", "code"),
    [
        ("2023-05-01", "2023-04-30", "F1"),
        ("2023-05-01", "2023-05-01", "F4"),
        ("2023-05", "2023-04-30", "F1"),
        ("2023-05", "2023-05-01", "U0"),
        ("2023-05", "2023-05-31", "U0"),
        ("2023-05", "2023-06-01", "F4"),
        ("2023", "2022-12-31", "F1"),
        ("2023", "2023-01-01", "U0"),
        ("2023", "2023-12-31", "U0"),
        ("2023", "2024-01-01", "F4"),
    ],
)
def test_two_days_two_answers(tmp_path: Path, legal_force: str, on: str, code: str) -> None:
    """A day inside a date known only to its month or year is open: the plan may be in force, or not yet."""
    assert answer(tmp_path, amended(tmp_path, legal_force=legal_force), on=on).verdict.plan == code


@pytest.mark.parametrize(
    ("adopted", "on", "code"),
    [
        ("2023-02-10", "2023-02-09", "F1"),
        ("2023-02-10", "2023-02-10", "U0"),
        ("2023-02-10", "2023-12-31", "U0"),
        ("2023-02-10", "2024-01-01", "F4"),
        ("2022-02", "2022-01-31", "F1"),
    ],
)
def test_adoption_alone_gives_no_force(tmp_path: Path, adopted: str, on: str, code: str) -> None:
    """PBL 3:21. Of the day of legal force only the adoption is known: the rest of that year is open."""
    pack = plan(tmp_path).document("fop", "fördjupning", area=EAST, adopted=adopted)
    pack.zones([(EAST, GREEN)], layer_id="fop-zoner", document="fop")
    assert answer(tmp_path, pack, on=on).verdict.plan == code


def test_between_adoption_and_legal_force_a_plan_is_on_its_way(tmp_path: Path) -> None:
    dates = {"adopted": "2023-02-10", "legal_force": "2023-05-01"}
    days = (
        ("2023-02-09", "F1", "U0"),
        ("2023-02-10", "F1", "V"),
        ("2023-04-30", "F1", "V"),
        ("2023-05-01", "F4", "U0"),
    )
    for on, land_code, pending in days:
        found = answer(tmp_path, amended(tmp_path, **dates), on=on)
        assert (found.verdict.plan, found.finding("t.pending").code) == (land_code, pending)
    told = answer(tmp_path, amended(tmp_path, **dates), on="2023-03-15").finding("t.pending")
    assert told.arguments["status"] == "antagen"


def test_the_command_line_asks_for_a_day_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = amended(tmp_path).write()
    sites = site_file(tmp_path / "platser.geojson", ("a", INSIDE))
    found = {}
    for on in ("2023-04-30", "2023-05-01"):
        out = tmp_path / f"{on}.json"
        assert main(["check", str(sites), "--plan", str(pack), "--on", on, "--out", str(out)]) == 0
        record = json.loads(out.read_text(encoding="utf-8"))
        (site,) = record["sites"]
        found[record["on"]] = [(part["document"], part["governs"]) for part in site["parts"]]
    # The national matrix is another than the tests' own; which plan governs is the same.
    assert ("op", True) in found["2023-04-30"] and ("fop", True) not in found["2023-04-30"]
    assert ("fop", True) in found["2023-05-01"] and ("op", True) not in found["2023-05-01"]


def test_a_day_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = site_file(tmp_path / "platser.geojson", ("a", INSIDE))
    assert main(["check", str(sites), "--plan", str(amended(tmp_path).write()), "--on", "2023-02-30"]) == 2
    assert "2023-02-30" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("legal_force", "case"),
    [("2020-03-31", "unknown"), ("2020-04-01", "current")],
    ids=["before the rules", "first day"],
)
def test_a_plan_is_current_by_the_rules_of_april_2020_from_their_first_day(
    tmp_path: Path, legal_force: str, case: str
) -> None:
    """SFS 2020:76 came into force on 1 April 2020. 24 months after the election of 2022 is September 2024."""
    current = rule("t.current", theme="land_use", check="covered", themes=["land_use"], of="currency")
    pack = plan(tmp_path, legal_force=legal_force)
    assert answer(tmp_path, pack, INSIDE, "2024-09-11", current).finding("t.current").case == case


# --- a base plan that replaces another --------------------------------------------------------------------------------


def replaced(folder: Path, old: str = "laga kraft", **new: Any) -> Pack:
    """The old plan says verksamheter since 2010, the new one green since 2025."""
    pack = Pack(folder / "paket").document("gammal", name="ÖP 2010", legal_force="2010-03-01", status=old)
    pack.document("ny", name="ÖP 2025", **{"legal_force": "2025-03-01", **new})
    pack.zones([(ALL, WORK)], layer_id="gamla", document="gammal")
    return pack.zones([(ALL, GREEN)], layer_id="nya", document="ny")


@pytest.mark.parametrize(
    ("on", "code", "document"),
    [("2010-02-28", "U0", None), ("2010-03-01", "F1", "gammal"), ("2025-02-28", "F1", "gammal"),
     ("2025-03-01", "F4", "ny")],
)  # fmt: skip
def test_the_newer_base_plan_takes_over_on_its_day(tmp_path: Path, on: str, code: str, document: str | None) -> None:
    found = answer(tmp_path, replaced(tmp_path), on=on)
    assert found.verdict.plan == code
    assert (set(governing(found)) or {None}) == {document or "ingen plan"}


def test_while_the_new_plans_day_is_not_known_neither_answers(tmp_path: Path) -> None:
    """Nor is it said that a plan is in force on the site: it may be the old one, or the new."""
    for on, code, status in (("2024-12-31", "F1", "PASS"), ("2025-06-01", "U0", "OPEN"), ("2026-01-01", "F4", "PASS")):
        found = answer(tmp_path, replaced(tmp_path, legal_force="2025"), on=on)
        assert (found.verdict.plan, found.finding("t.status").outcome) == (code, status)


@pytest.mark.parametrize("on", ["2015-01-01", "2025-02-28"])
def test_a_plan_marked_as_replaced_answers_for_no_day(tmp_path: Path, on: str) -> None:
    """The manifest does not say from when it was replaced, so for an older day the answer is open and not a guess.

    To ask for an older day, leave the old plan's status as it was: its successor takes over by its own date.
    """
    found = answer(tmp_path, replaced(tmp_path, old="ersatt"), on=on)
    assert (found.verdict.outcome, found.verdict.plan) == ("OPEN", "U0")
    assert {"t.land", "t.status"} <= set(found.verdict.open_gate)
    assert governing(found) == {"ingen plan": 10_000.0}
    assert losing(found) == {"gamla", "nya"}, "both plans are told, as governing nothing"


def test_from_the_successors_day_a_replaced_plan_is_merely_told(tmp_path: Path) -> None:
    found = answer(tmp_path, replaced(tmp_path, old="ersatt"), on="2025-03-01")
    assert (saying(found.finding("t.land")), found.finding("t.status").outcome) == (NOT_TAKEN_UP, "PASS")
    assert losing(found) == {"gamla"}


def recorded(folder: Path, pack: Pack, on: str) -> dict[str, Any]:
    """Rule → finding, under the national rules."""
    assessment = opcheck.assess(read_sites(folder, ("a", INSIDE)), pack.read(), on=on)
    return {one["rule"]: one for one in assessment.to_dict()["sites"][0]["findings"]}


def test_the_plans_status_is_told_for_the_day(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("ny", name="ÖP 2025", legal_force="2025-03-01")
    pack.zones([(ALL, WORK)], document="ny")
    before = recorded(tmp_path, pack, "2025-02-28")
    assert before["plan.status"]["outcome"] == "OPEN"
    assert "ÖP 2025 har inte laga kraft" in before["plan.status"]["message"]
    assert "2025-03-01" in before["plan.status"]["message"]
    assert "status: laga kraft" not in before["plan.status"]["message"], "that would contradict itself"
    assert "gäller inte den dag som prövas" in before["plan.current"]["message"]
    after = recorded(tmp_path, pack, "2025-03-01")
    assert (after["plan.status"]["outcome"], after["plan.current"]["case"]) == ("PASS", "current")


def test_an_amendment_of_the_old_plan_is_open_under_the_new_one(tmp_path: Path) -> None:
    """Made for the plan of 2010, in force since 2015: a plan of 2025 may have replaced, kept or partly kept it."""
    pack = replaced(tmp_path).document("fop", "fördjupning", area=EAST, legal_force="2015-06-01", base="gammal")
    pack.zones([(EAST, COUNTRY)], layer_id="fop-zoner", document="fop")
    for on, expected in (
        ("2014-01-01", SUPPORTED), ("2016-01-01", ("REVIEW", "F2", "f2.depends")), ("2025-03-01", UNSETTLED),
    ):  # fmt: skip
        assert land(tmp_path, pack, INSIDE, on) == expected
    assert land(tmp_path, pack, OUTSIDE, "2025-03-01") == NOT_TAKEN_UP
