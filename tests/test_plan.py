"""Plans as values: partial dates, which document governs, and whether a plan is current."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from opcheck.plan import (
    Currency,
    Document,
    Force,
    PartialDate,
    Plan,
    Source,
    currency,
    lapses,
    ordinary_election,
    precedence,
)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def decision(when: str, says: str, *parts: str) -> Currency:
    """What a strategy says; of its parts, "@" is an area and the others are themes."""
    area = Source(file="del.geojson") if "@" in parts else None
    return Currency(decided=day(when), says=says, themes=tuple(one for one in parts if one != "@"), area=area)


def document(document_id: str = "op", kind: str = "översiktsplan", **keys: Any) -> Document:
    for name in ("legal_force", "adopted"):
        if isinstance(keys.get(name), str):
            keys[name] = PartialDate.parse(keys[name])
    decisions = keys.pop("decisions", ())
    keys["currency"] = tuple(decision(*one) for one in decisions)
    return Document(id=document_id, kind=kind, name=document_id, status=keys.pop("status", "laga kraft"), **keys)


# --- partial dates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", "2016-01-01", "2016-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2015-02", "2015-02-01", "2015-02-28"),
        ("2016-05-30", "2016-05-30", "2016-05-30"),
    ],
)
def test_a_partial_date_spans_the_days_it_may_mean(text: str, first: str, last: str) -> None:
    found = PartialDate.parse(text)
    assert (found.first, found.last, str(found)) == (day(first), day(last), text)


@pytest.mark.parametrize(
    "text", ["", "16", "2016-13", "2016-02-30", "2016-05-30-01", "maj 2016", "20160530", "2016-5-30"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.parse(text)


# --- in force -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "on", "force"),
    [
        ({"legal_force": "2021-11-27"}, "2021-11-26", Force.NO),
        ({"legal_force": "2021-11-27"}, "2021-11-27", Force.YES),
        ({"legal_force": "2021"}, "2020-12-31", Force.NO),
        ({"legal_force": "2021"}, "2021-01-01", Force.UNKNOWN),
        ({"legal_force": "2021"}, "2021-12-31", Force.UNKNOWN),
        ({"legal_force": "2021"}, "2022-01-01", Force.YES),
        ({"adopted": "2021-05-01"}, "2021-04-30", Force.NO),
        ({"adopted": "2021-05-01"}, "2021-05-01", Force.UNKNOWN),
        ({"adopted": "2021-05-01"}, "2021-12-31", Force.UNKNOWN),
        ({"adopted": "2021-05-01"}, "2022-01-01", Force.YES),
        # Adopted and not yet in force: on its way (PBL 3:21).
        ({"adopted": "2021-05-01", "legal_force": "2021-06-01"}, "2021-05-15", Force.PENDING),
        ({"adopted": "2021-05-01", "legal_force": "2021-06-01"}, "2021-04-30", Force.NO),
        ({"adopted": "2021-05", "legal_force": "2021-06-01"}, "2021-05-15", Force.NO),
        ({"status": "okänd"}, "2026-01-01", Force.UNKNOWN),
        ({"status": "okänd", "adopted": "2013"}, "2026-01-01", Force.UNKNOWN),
        ({}, "1900-01-01", Force.YES),
        ({"status": "samråd"}, "2026-01-01", Force.PENDING),
        ({"status": "granskning"}, "2026-01-01", Force.PENDING),
        ({"status": "antagen", "adopted": "2020-01-01"}, "2026-01-01", Force.PENDING),
        ({"status": "ersatt", "legal_force": "2010-01-01"}, "2026-01-01", Force.NO),
        ({"status": "upphävd", "legal_force": "2010-01-01"}, "2026-01-01", Force.NO),
    ],
)
def test_a_document_is_in_force_from_its_legal_force_on(keys: dict[str, Any], on: str, force: Force) -> None:
    assert document(**keys).force(day(on)) is force


# --- which goes first -----------------------------------------------------------------------------------------------

ON = day("2026-11-22")
BASE = document("op", legal_force="2020-05-01")


def ranked(*documents: Document, theme: str = "land_use", on: datetime.date = ON) -> list[tuple[str, bool]]:
    return [(rank.document.id, rank.settled) for rank in precedence(documents, theme, on)]


def fop(document_id: str = "fop", **keys: Any) -> Document:
    return document(document_id, "fördjupning", **keys)


@pytest.mark.parametrize(
    ("amendment", "expected"),
    [
        (fop(legal_force="2023-01-01"), [("fop", True), ("op", True)]),
        (fop(legal_force="2015-01-01"), [("fop", False), ("op", True)]),
        (fop(legal_force="2015-01-01", kept=True), [("fop", True), ("op", True)]),
        (fop(legal_force="2015-01-01", kept=False), [("op", True)]),
        (fop(legal_force="2020-05-01"), [("fop", False), ("op", True)]),
        (fop(legal_force="2020-05-02"), [("fop", True), ("op", True)]),
        (fop(legal_force="2020"), [("fop", False), ("op", True)]),
        (fop(), [("fop", False), ("op", True)]),
        (fop(status="antagen", adopted="2025-01-01"), [("op", True)]),
        (fop(status="upphävd", legal_force="2023-01-01"), [("op", True)]),
        (fop(legal_force="2027-01-01"), [("op", True)]),
    ],
)
def test_an_amendment_goes_before_its_base_when_it_is_newer_or_kept(amendment: Document, expected: Any) -> None:
    assert ranked(BASE, amendment) == expected
    assert ranked(amendment, BASE) == expected


def test_of_amendments_the_newest_goes_first_in_whatever_order_they_stand() -> None:
    a, b = fop("a", legal_force="2022-01-01"), fop("b", legal_force="2024-01-01")
    for documents in ((BASE, a, b), (b, a, BASE), (a, BASE, b)):
        assert ranked(*documents) == [("b", True), ("a", True), ("op", True)]


def test_a_tillagg_deals_with_its_own_theme_alone() -> None:
    lis = document("lis", "tillägg", legal_force="2023-01-01", themes=("lis_area",))
    assert ranked(BASE, lis) == [("op", True)]
    assert ranked(BASE, lis, theme="lis_area") == [("lis", True), ("op", True)]


def test_detaljplaner_never_take_part() -> None:
    plan = document("dp", "detaljplan", legal_force="2023-01-01")
    assert ranked(BASE, plan) == [("op", True)]


def test_the_newest_base_in_force_is_the_base() -> None:
    assert ranked(document("gammal", legal_force="2005-01-01"), BASE) == [("op", True)]


def test_without_a_base_in_force_an_amendment_still_governs() -> None:
    assert ranked(document("op", status="samråd"), fop(legal_force="2015-01-01")) == [("fop", True)]


# --- currency -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "election"),
    # Second Sunday in September, as held: 2018, 2022 and 2026.
    [(2018, "2018-09-09"), (2022, "2022-09-11"), (2026, "2026-09-13"), (2030, "2030-09-08")],
)
def test_ordinary_elections_are_on_the_second_sunday_in_september(year: int, election: str) -> None:
    assert ordinary_election(year) == day(election)
    assert ordinary_election(year).weekday() == 6


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2021-11-27", "2024-09-11"),
        ("2022-09-10", "2024-09-11"),
        ("2022-09-11", "2028-09-13"),
        ("2024-06-18", "2028-09-13"),
        ("2026-09-12", "2028-09-13"),
        ("2026-09-13", "2032-09-08"),
    ],
)
def test_a_plan_stays_current_24_months_after_the_next_election(since: str, until: str) -> None:
    assert lapses(day(since)) == day(until)


KRISTINEHAMN = document(legal_force="2021-11-27", decisions=[("2024-06-18", "aktuell")])


@pytest.mark.parametrize(
    ("on", "state", "until"),
    [
        ("2021-11-27", "current", "2024-09-11"),
        ("2024-06-17", "current", "2024-09-11"),
        ("2024-06-18", "current", "2028-09-13"),
        ("2026-11-22", "current", "2028-09-13"),
        ("2028-09-13", "current", "2028-09-13"),
        ("2028-09-14", "lapsed", "2028-09-13"),
    ],
)
def test_kristinehamns_plan_is_current_until_the_autumn_of_2028(on: str, state: str, until: str) -> None:
    assert currency(KRISTINEHAMN, day(on)) == (state, day(until))


@pytest.mark.parametrize(
    ("decisions", "on", "state", "until"),
    [
        ([], "2024-09-11", "current", "2024-09-11"),
        ([], "2024-09-12", "lapsed", "2024-09-11"),
        ([("2024-09-11", "aktuell")], "2026-11-22", "current", "2028-09-13"),
        ([("2024-09-12", "aktuell")], "2026-11-22", "lapsed", "2024-09-11"),
        ([("2024-10-01", "aktuell"), ("2025-01-01", "aktuell")], "2026-11-22", "lapsed", "2024-09-11"),
        ([("2024-06-18", "inte aktuell")], "2024-06-17", "current", "2024-09-11"),
        ([("2024-06-18", "inte aktuell")], "2024-06-18", "lapsed", "2024-06-18"),
        ([("2024-06-18", "inte aktuell"), ("2028-01-01", "aktuell")], "2028-01-02", "lapsed", "2024-06-18"),
        ([("2024-06-18", "delvis aktuell")], "2024-06-17", "current", "2024-09-11"),
        ([("2024-06-18", "delvis aktuell")], "2028-09-14", "lapsed", "2028-09-13"),
        ([("2024-06-18", "delvis aktuell"), ("2025-05-05", "inte aktuell")], "2026-11-22", "lapsed", "2025-05-05"),
    ],
    ids=[
        "last day",
        "the day after",
        "strategy on the last day",
        "strategy a day late does not revive",
        "nor does a second one",
        "the day before it is called not current",
        "the day it is",
        "nor does one after that",
        "the day before it is called current in part",
        "what is current in part lapses with time",
        "what is current in part can be called not current",
    ],
)
def test_only_a_strategy_in_time_keeps_a_plan_current(decisions: Any, on: str, state: str, until: str) -> None:
    found = currency(document(legal_force="2021-11-27", decisions=decisions), day(on))
    assert found == (state, day(until))


IN_PART = [("2024-06-18", "delvis aktuell")]


@pytest.mark.parametrize("on", ["2024-06-18", "2026-11-22", "2028-09-13"])
@pytest.mark.parametrize("later", [[], [("2028-01-01", "aktuell")]])
def test_of_a_plan_that_is_current_in_part_nobody_can_tell_which_part(on: str, later: Any) -> None:
    found = document(legal_force="2021-11-27", decisions=[*IN_PART, *later])
    assert currency(found, day(on)) == currency(found, day(on), "land_use") == ("unknown", None)


WIND, LAND = "wind_turbine", "land_use"
NOT_WIND = [("2024-06-18", "aktuell"), ("2024-06-18", "inte aktuell", WIND)]
WIND_ALONE = [("2024-06-18", "aktuell", WIND), ("2024-06-18", "inte aktuell")]
WIND_UNTOLD = [("2024-06-18", "delvis aktuell", WIND), ("2024-06-18", "aktuell")]
ONLY_WIND = [("2024-06-18", "inte aktuell", WIND)]
LATE_WIND = [("2024-09-12", "aktuell", WIND)]


@pytest.mark.parametrize(
    ("decisions", "theme", "on", "state", "until"),
    [
        (NOT_WIND, LAND, "2026-11-22", "current", "2028-09-13"),
        (NOT_WIND, WIND, "2026-11-22", "lapsed", "2024-06-18"),
        (NOT_WIND, WIND, "2024-06-17", "current", "2024-09-11"),
        (NOT_WIND, None, "2024-06-17", "current", "2024-09-11"),
        (NOT_WIND, None, "2026-11-22", "unknown", None),
        # After 2028-09-13 all of it has lapsed; the last part of it on that day.
        (NOT_WIND, None, "2028-09-14", "lapsed", "2028-09-13"),
        (WIND_ALONE, LAND, "2026-11-22", "lapsed", "2024-06-18"),
        (WIND_ALONE, WIND, "2026-11-22", "current", "2028-09-13"),
        (WIND_UNTOLD, LAND, "2026-11-22", "current", "2028-09-13"),
        (WIND_UNTOLD, WIND, "2026-11-22", "unknown", None),
        # A strategy that is only told as far as wind goes: the rest runs on as if there were none, and is then unknown.
        (ONLY_WIND, LAND, "2024-09-11", "current", "2024-09-11"),
        (ONLY_WIND, LAND, "2024-09-12", "unknown", None),
        (ONLY_WIND, LAND, "2028-09-13", "unknown", None),
        (ONLY_WIND, LAND, "2028-09-14", "lapsed", "2028-09-13"),
        ([*ONLY_WIND, ("2024-09-10", "aktuell", LAND)], LAND, "2026-11-22", "current", "2028-09-13"),
        ([*ONLY_WIND, ("2024-09-12", "aktuell", LAND)], LAND, "2026-11-22", "unknown", None),
        (LATE_WIND, LAND, "2026-11-22", "lapsed", "2024-09-11"),
        (LATE_WIND, WIND, "2026-11-22", "lapsed", "2024-09-11"),
    ],
)
def test_a_strategy_may_judge_some_themes_alone(
    decisions: Any, theme: str | None, on: str, state: str, until: str | None
) -> None:
    for told in (decisions, decisions[::-1] if len({one[0] for one in decisions}) == 1 else decisions):
        found = document(legal_force="2021-11-27", decisions=told)
        assert currency(found, day(on), theme) == (state, until and day(until))


NOT_THERE = [("2024-06-18", "aktuell"), ("2024-06-18", "inte aktuell", "@")]


@pytest.mark.parametrize(
    ("decisions", "theme", "inside", "state"),
    [
        (NOT_THERE, LAND, (), "current"),
        (NOT_THERE, LAND, (1,), "lapsed"),
        (NOT_THERE, LAND, None, "unknown"),
        (NOT_THERE, None, (), "current"),
        # As precise as each other: the theme says yes, the area no.
        ([*NOT_THERE, ("2024-06-18", "aktuell", LAND)], LAND, (1,), "lapsed"),
        ([*NOT_THERE, ("2024-06-18", "aktuell", LAND, "@")], LAND, (1, 2), "current"),
        ([*NOT_THERE, ("2024-06-18", "aktuell", LAND, "@")], LAND, (1,), "lapsed"),
        ([*NOT_THERE, ("2024-06-18", "aktuell", LAND, "@")], WIND, (1, 2), "lapsed"),
    ],
)
def test_a_strategy_may_judge_an_area_alone(
    decisions: Any, theme: str | None, inside: tuple[int, ...] | None, state: str
) -> None:
    found = document(legal_force="2021-11-27", decisions=decisions)
    assert currency(found, ON, theme, inside)[0] == state


def test_a_strategy_older_than_the_plan_does_not_shorten_its_time() -> None:
    # Decided before the election of 2022, in force after it: current until two years after the next one.
    found = document(legal_force="2022-09-20", decisions=[("2022-06-01", "aktuell")])
    assert currency(found, day("2026-11-22")) == ("current", day("2028-09-13"))


def test_kirunas_plan_is_older_than_the_rules_and_unknown_until_a_strategy_is_registered() -> None:
    assert currency(document(legal_force="2019-01-10"), ON) == ("unknown", None)
    told = document(legal_force="2019-01-10", decisions=[("2024-06-18", "aktuell")])
    assert currency(told, ON) == ("current", day("2028-09-13"))
    part = document(legal_force="2019-01-10", decisions=[("2024-06-18", "aktuell", WIND)])
    assert currency(part, ON, WIND) == ("current", day("2028-09-13"))
    assert currency(part, ON, LAND) == ("unknown", None)


@pytest.mark.parametrize(
    "keys", [{}, {"legal_force": "2016-05-01"}, {"legal_force": "2021"}, {"adopted": "2021-05-01"}]
)
def test_without_a_full_date_under_the_present_rules_currency_is_unknown(keys: dict[str, Any]) -> None:
    assert currency(document(**keys), ON) == ("unknown", None)


def test_a_strategy_settles_it_for_a_plan_whose_own_date_does_not() -> None:
    old = document(legal_force="2016-05-01", decisions=[("2024-06-18", "aktuell")])
    assert currency(old, ON) == ("current", day("2028-09-13"))
    assert currency(old, day("2024-06-17")) == ("unknown", None)


# --- the rest -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "county"), [("2581", "25"), ("0180", "01"), (None, None)])
def test_the_county_is_the_first_two_digits(code: str | None, county: str | None) -> None:
    from pathlib import Path

    plan = Plan(
        id="p", name="P", crs="EPSG:3017", area=Source(file=""), folder=Path(), sha256="", municipality_code=code
    )
    assert plan.county_code == county
