"""When the plan means its zones to be used, against when the site is to be taken into use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawn import COUNTRY, GREEN, WORK, Pack, box, land_book, line, read_sites, rule, run, saying
from hypothesis import given, settings
from hypothesis import strategies as st

import opcheck
from opcheck.horizon import UNREAD, Horizon, read_horizon

SITE = box(5000, 5000, 5100, 5100)
ALL = box(0, 0, 10_000, 10_000)
WEST, EAST = box(0, 0, 5050, 10_000), box(5050, 0, 10_000, 10_000)
QUESTION = rule("t.horizon", theme="land_use", check="horizon", basis="plan", code="V")


def answered(folder: Path, pack: Pack, site: Any = SITE, **attributes: Any) -> Any:
    return run(folder, pack, land_book(folder, QUESTION), ("a", site, attributes))["a"]


def asked(folder: Path, zones: list[Any], site: Any = SITE, *, counted: int | None = None, **attributes: Any) -> Any:
    """The horizon's answer for a site over zones given as (shape, category, horizon)."""
    pack = Pack(folder / "paket").document("op", **({} if counted is None else {"horizon_from": counted}))
    rows = [(shape, category, {"horizon": horizon}) for shape, category, horizon in zones]
    return answered(folder, pack.zones(rows, document="op"), site, **attributes).finding("t.horizon")


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2030", 2030, 2030),
        ("år 2030", 2030, 2030),
        ("2030-2040", 2030, 2040),
        ("2030–2040", 2030, 2040),
        ("2030 — 2040", 2030, 2040),
        ("2030 till 2040", 2030, 2040),
        ("till 2030", None, 2030),
        ("till och med 2030", None, 2030),
        ("t.o.m. 2030", None, 2030),
        ("Senast 2030.", None, 2030),
        ("-2030", None, 2030),
        ("före 2030", None, 2029),
        ("efter 2040", 2041, None),
        ("från 2040", 2040, None),
        ("fr.o.m. 2040", 2040, None),
        ("2040-", 2040, None),
        ("2040 och senare", 2040, None),
    ],
)
def test_years_are_read_as_they_are_written(text: str, first: int | None, last: int | None) -> None:
    assert read_horizon(text) == Horizon(first=first, last=last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("0–10 år", 2019, 2029),
        ("10-20 år", 2029, 2039),
        ("0 till 5 år", 2019, 2024),
        ("inom 10 år", 2019, 2029),
        ("efter 20 år", 2039, None),
        ("mer än 20 år", 2039, None),
        (">20 år", 2039, None),
        ("20+ år", 2039, None),
        ("om 15 år", 2034, None),
    ],
)
def test_years_are_counted_from_the_year_that_the_plan_states(text: str, first: int | None, last: int | None) -> None:
    assert read_horizon(text, 2019) == Horizon(first=first, last=last)
    assert read_horizon(text) is UNREAD


@pytest.mark.parametrize(
    "text", ["på sikt", "lång sikt", "etapp 2", "2040-2030", "2030-40", "10", "20-10 år", "30", "2030/2040", "?", "år"]
)
def test_what_does_not_name_years_is_left_unread(text: str) -> None:
    assert read_horizon(text, 2019) is UNREAD


@pytest.mark.parametrize(
    "text", [None, "", "  ", "Befintlig", "befintligt område", "Pågående", "oförändrad användning"]
)
def test_what_is_there_already_has_no_horizon(text: str | None) -> None:
    assert read_horizon(text, 2019) is None


@given(first=st.integers(1950, 2100), last=st.integers(1950, 2100))
def test_a_horizon_never_ends_before_it_begins(first: int, last: int) -> None:
    assert read_horizon(f"{first}–{last}") == (Horizon(first=first, last=last) if first <= last else UNREAD)


# --- one zone ---------------------------------------------------------------------------------------------------------

LATER = ("REVIEW", "V", "later")
IN_TIME = ("PASS", "R0", "in_time")
PASSED = ("PASS", "R0", "horizon_passed")
NONE = ("NOT_APPLICABLE", None, "no_horizon")


@pytest.mark.parametrize(
    ("horizon", "start", "expected"),
    [
        ("2030–2040", 2029, LATER),
        ("2030–2040", 2030, IN_TIME),
        ("2030–2040", 2040, IN_TIME),
        ("2030–2040", 2041, PASSED),
        ("2030", 2029, LATER),
        ("2030", 2030, IN_TIME),
        ("till 2030", 2026, IN_TIME),
        ("till 2030", 2031, PASSED),
        ("efter 2040", 2040, LATER),
        ("efter 2040", 2041, IN_TIME),
        ("efter 2040", 2099, IN_TIME),
        ("Befintlig", 2027, NONE),
        (None, 2027, NONE),
    ],
)
def test_a_zone_meant_for_later_than_the_sites_start_is_a_question(
    tmp_path: Path, horizon: str | None, start: int, expected: Any
) -> None:
    # A column of nothing but nulls is no column of text, so a zone far away has a horizon of its own.
    zones = [(ALL, WORK, horizon), (box(1, 1, 2, 2), WORK, "2050")]
    assert saying(asked(tmp_path, zones, start_year=start)) == expected


@pytest.mark.parametrize(("start", "expected"), [(2028, LATER), (2029, IN_TIME), (2039, IN_TIME), (2040, PASSED)])
def test_relative_horizons_count_from_the_plans_year(tmp_path: Path, start: int, expected: Any) -> None:
    # Ten years from 2019 is 2029, twenty is 2039.
    assert saying(asked(tmp_path, [(ALL, WORK, "10–20 år")], counted=2019, start_year=start)) == expected


def test_relative_horizons_without_a_year_are_open_and_say_what_is_missing(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(ALL, WORK, {"horizon": "10–20 år"})], document="op")
    assessment = run(tmp_path, pack, land_book(tmp_path, QUESTION), ("a", SITE, {"start_year": 2028}))
    found = assessment["a"].finding("t.horizon")
    assert (*saying(found), found.open_reason) == ("OPEN", "U0", "horizon_unread", "not_map_based")
    (told,) = [one for one in assessment.to_dict()["sites"][0]["findings"] if one["rule"] == "t.horizon"]
    assert told["message"] == (
        "Planens tidshorisont för området, «10–20 år», går inte att läsa som årtal: planpaketet anger inte från vilket "
        "år planen räknar «10–20 år». Det är därför inte prövat om platsen kommer tidigare än planen avser."
    )


def test_free_text_is_open_and_quoted(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", horizon_from=2019)
    pack.zones([(ALL, WORK, {"horizon": "på sikt", "name": "Mon"})], document="op")
    assessment = run(tmp_path, pack, land_book(tmp_path, QUESTION), ("a", SITE, {"start_year": 2028}))
    (told,) = [one for one in assessment.to_dict()["sites"][0]["findings"] if one["rule"] == "t.horizon"]
    assert told["outcome"] == "OPEN"
    assert "området «Mon», «på sikt», går inte att läsa som årtal." in told["message"]


def test_without_a_start_year_the_applicant_is_asked(tmp_path: Path) -> None:
    found = asked(tmp_path, [(ALL, WORK, "2030")])
    assert (*saying(found), found.open_reason) == ("OPEN", "U0", "open.attribute_missing", "attribute_missing")


def test_without_a_horizon_nobody_is_asked_for_a_year(tmp_path: Path) -> None:
    assert saying(asked(tmp_path, [(ALL, WORK, None), (box(1, 1, 2, 2), WORK, "2050")])) == NONE


def test_layers_without_horizons_ask_nothing(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(WEST, WORK)], document="op")
    assert saying(answered(tmp_path, pack, start_year=2027).finding("t.horizon")) == NONE


def test_the_message_names_zone_horizon_and_year(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    zones = [(WEST, WORK, {"horizon": "2040–2050", "name": "Väster"}), (EAST, WORK, {"horizon": "2025", "name": "Ö"})]
    assessment = run(
        tmp_path, pack.zones(zones, document="op"), land_book(tmp_path, QUESTION), ("a", SITE, {"start_year": 2030})
    )
    (told,) = [one for one in assessment.to_dict()["sites"][0]["findings"] if one["rule"] == "t.horizon"]
    # The western half of 100 m × 100 m.
    assert told["message"] == (
        "Planen avser området «Väster» för senare: tidshorisonten är «2040–2050», tidigast 2040, och platsen ska börja "
        "användas 2030. Det gäller 5\u00a0000\u00a0m² av platsen."
    )


# --- several zones ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("west", "east", "expected"),
    [
        ("2025", "2040", "later"),
        ("2040", None, "later"),
        ("2040", "på sikt", "later"),
        ("2025", "på sikt", "horizon_unread"),
        (None, "på sikt", "horizon_unread"),
        ("2025", None, "horizon_passed"),
        ("2030", "2025-2035", "in_time"),
        ("2030", "2025", "horizon_passed"),
    ],
)
def test_the_worst_zone_decides(tmp_path: Path, west: str | None, east: str | None, expected: str) -> None:
    assert asked(tmp_path, [(WEST, WORK, west), (EAST, WORK, east)], start_year=2030).case == expected


def test_a_zone_beside_the_site_is_not_asked_about(tmp_path: Path) -> None:
    zones = [(box(0, 0, 5100, 10_000), WORK, "2025-2035"), (box(5100, 0, 10_000, 10_000), WORK, "2060")]
    assert saying(asked(tmp_path, zones, start_year=2030)) == IN_TIME


def test_what_lies_in_no_zone_is_open(tmp_path: Path) -> None:
    found = asked(tmp_path, [(WEST, WORK, "2025-2035")], start_year=2030)
    assert saying(found) == ("OPEN", "U0", "open.no_coverage")
    assert saying(asked(tmp_path, [(WEST, WORK, "2050")], start_year=2030)) == LATER


def test_a_zone_that_cannot_be_used_keeps_the_answer_open(tmp_path: Path) -> None:
    zones = [(ALL, WORK, "2025-2035"), (line((5000, 5050), (5100, 5050)), WORK, "2060")]
    assert asked(tmp_path, zones, start_year=2030).case == "open.feature_set_aside"


def test_only_governing_zones_count(tmp_path: Path) -> None:
    for status, code in (("laga kraft", "later"), ("samråd", "in_time")):
        pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01")
        pack.document("fop", "fördjupning", area=EAST, base="op", status=status, legal_force="2023-05-01")
        pack.zones([(ALL, WORK, {"horizon": "2025-2035"})], layer_id="z1", document="op")
        pack.zones([(EAST, WORK, {"horizon": "2050"})], layer_id="z2", document="fop")
        found = answered(tmp_path, pack, box(7000, 5000, 7100, 5100), start_year=2030)
        assert found.finding("t.horizon").case == code


def test_each_document_counts_from_its_own_year(tmp_path: Path) -> None:
    """Ten years from 2010 is 2020, from 2025 it is 2035."""
    pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01", horizon_from=2010)
    pack.document("fop", "fördjupning", area=EAST, base="op", legal_force="2023-05-01", horizon_from=2025)
    pack.zones([(ALL, WORK, {"horizon": "10-20 år"})], layer_id="z1", document="op")
    pack.zones([(EAST, WORK, {"horizon": "10-20 år"})], layer_id="z2", document="fop")
    west, east = box(3000, 5000, 3100, 5100), box(7000, 5000, 7100, 5100)
    assert answered(tmp_path, pack, west, start_year=2030).finding("t.horizon").case == "in_time"
    assert answered(tmp_path, pack, east, start_year=2030).finding("t.horizon").case == "later"


def test_a_plan_without_zones_leaves_the_question_open(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    assert saying(answered(tmp_path, pack, start_year=2030).finding("t.horizon")) == (
        "OPEN",
        "U0",
        "open.layer_missing",
    )


# --- borders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("metres", "boundary"), [(49.9, True), (50.1, False)])
def test_a_zone_for_later_behind_an_inexact_border_is_a_boundary_case(
    tmp_path: Path, metres: float, boundary: bool
) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    zones = [
        (box(0, 0, 5100 + metres, 10_000), WORK, {"horizon": "2025"}),
        (box(5100 + metres, 0, 10_000, 10_000), WORK, {"horizon": "2050"}),
    ]
    pack.zones(zones, document="op", accuracy_m=50, border="indicative")
    found = answered(tmp_path, pack, start_year=2025).finding("t.horizon")
    assert (found.outcome, found.boundary_case) == ("PASS", boundary)
    assert found.margin_m == (metres if boundary else None)


# --- properties -------------------------------------------------------------------------------------------------------

BY_WEIGHT = ["FAIL", "REVIEW", "OPEN", "PASS", "NOT_APPLICABLE"]
"""As a question that is no gate weighs in the verdict."""

HORIZONS = st.sampled_from([None, "2025", "2030–2040", "2050", "på sikt", "0–10 år", "Befintlig", "till 2020"])


def outcomes(folder: Path, horizons: list[str | None], start: int | None) -> tuple[str, str, str | None]:
    folder.mkdir(exist_ok=True)
    shapes = [WEST, EAST, box(4000, 5020, 6000, 5040)]
    # A column that holds nothing but nulls still is a column.
    zones = [(shape, WORK, {"horizon": text}) for shape, text in zip(shapes, horizons, strict=True)]
    pack = Pack(folder / "paket").document("op").zones(zones, document="op", fields={
        "id": "id", "category": "category", "horizon": "horizon"})  # fmt: skip
    answer = answered(folder, pack, start_year=start)
    verdict = answer.verdict
    return answer.finding("t.horizon").outcome.value, verdict.outcome.value, verdict.plan


@settings(max_examples=30, deadline=None)
@given(
    horizons=st.lists(HORIZONS, min_size=3, max_size=3), which=st.integers(0, 2), more=HORIZONS,
    start=st.sampled_from([None, 2024, 2030, 2045]),
)  # fmt: skip
def test_a_horizon_more_never_lifts_an_answer(
    tmp_path_factory: Any, horizons: list[str | None], which: int, more: str | None, start: int | None
) -> None:
    folder = tmp_path_factory.mktemp("h")
    before = [*horizons[:which], None, *horizons[which + 1 :]]
    after = [*horizons[:which], more, *horizons[which + 1 :]]
    first, second = outcomes(folder / "a", before, start), outcomes(folder / "b", after, start)
    assert BY_WEIGHT.index(second[0]) <= BY_WEIGHT.index(first[0])
    assert BY_WEIGHT.index(second[1]) <= BY_WEIGHT.index(first[1])
    assert second[2] == first[2] == "F1"


@pytest.mark.parametrize(("category", "code"), [(WORK, "F1"), (COUNTRY, "F2"), (GREEN, "F4")])
def test_a_horizon_never_changes_what_the_plan_says_of_the_use(tmp_path: Path, category: str, code: str) -> None:
    for horizon in ("2025", "2050", "på sikt"):
        pack = Pack(tmp_path / "paket").document("op").zones([(ALL, category, {"horizon": horizon})], document="op")
        assert answered(tmp_path, pack, start_year=2030).verdict.plan == code


def test_the_national_rules_ask_and_the_example_without_horizons_is_not_asked() -> None:
    sites = opcheck.read_sites(Path(__file__).parents[1] / "examples" / "haraholmen" / "sites.geojson")
    assessment = opcheck.assess(sites, opcheck.read_plan("pitea"), on="2026-11-22")
    assert {one.finding("plan.horizon").outcome for one in assessment.values()} == {"NOT_APPLICABLE"}


def test_a_year_is_written_as_one(tmp_path: Path) -> None:
    """2030 is no quantity: it has no thousands."""
    pack = Pack(tmp_path / "paket").document("op").zones([(box(0, 0, 10_000, 10_000), WORK)], document="op")
    sites = read_sites(tmp_path, ("a", box(0, 0, 100, 100), {"start_year": 2030}))
    opcheck.write_report(opcheck.assess(sites, pack.read(), on="2026-11-22"), tmp_path / "ut.html")
    page = (tmp_path / "ut.html").read_text(encoding="utf-8")
    assert ">2030<" in page
    assert "2\u00a0030" not in page
