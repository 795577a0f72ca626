"""The use matrix and the vocabulary: what the plan's pairs say of a use, and where each letter was read."""

from __future__ import annotations

import datetime

import pytest

from opcheck.rules import Cell, letters, read_rules, uses

BOOK = read_rules()
CELLS = [cell for one in BOOK.sets for cell in one.cells]
MIXED, HOMES, WORK = "Mångfunktionell bebyggelse", "Sammanhängande bostadsbebyggelse", "Verksamheter och industri"


def cell(category: str, subcategory: str | None, use: str) -> Cell:
    found = BOOK.cell(category, subcategory, uses()[use])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("category", "subcategory", "use", "value"),
    [
        # A burial ground lies in the mixed town and is still no place for dwellings without a word from the plan.
        (MIXED, None, "bostäder", 1),
        (MIXED, "Bostäder", "bostäder", 1),
        (MIXED, "Begravningsplats", "bostäder", 2),
        (MIXED, "Parkering", "bostäder", 2),
        (MIXED, "Skydd", "skola", 2),
        (MIXED, "Centrum", "kontor", 1),
        (MIXED, "Verksamheter", "verksamheter", 1),
        (MIXED, "Verksamheter", "industri", 2),
        (HOMES, "Skola", "bostäder", 2),
        (HOMES, "Handel", "handel", 1),
        (HOMES, "Handel", "bostäder", 2),
        # A factory in the area for an arena, a quarry or a prison depends; in the area for heavy industry it fits.
        (WORK, None, "industri", 1),
        (WORK, "Omgivningspåverkande och tillståndspliktig verksamhet", "industri", 1),
        (WORK, "Företagsområde", "industri", 1),
        (WORK, "Företagsområde", "vätgas", 2),
        (WORK, "Besöksanläggning", "industri", 2),
        (WORK, "Besöksanläggning", "besöksanläggning", 1),
        (WORK, "Materialutvinning", "lager", 2),
        (WORK, "Ytkrävande anläggning/offentlig verksamhet", "vård", 1),
        (WORK, "Ytkrävande anläggning/offentlig verksamhet", "hamn", 2),
        ("Areell näring", "Jordbruk", "odling", 1),
        ("Areell näring", "Rennäring", "odling", 2),
        ("Grönområde och park", "Lekplats", "camping", 0),
        ("Natur och friluftsliv", "Camping", "camping", 1),
        ("Natur och friluftsliv", "Vandringsled", "camping", 2),
        ("Natur och friluftsliv", "Gästhamn", "hamn", 1),
        ("Transportinfrastruktur", "Hamn", "logistik", 1),
        ("Transportinfrastruktur", None, "logistik", 0),
    ],
)
def test_a_subcategory_narrows_what_its_category_says(
    category: str, subcategory: str | None, use: str, value: int
) -> None:
    assert cell(category, subcategory, use).value == value


@pytest.mark.parametrize("subcategory", sorted({one.subcategory for one in CELLS if one.category == WORK} - {None}))
def test_dwellings_in_an_area_for_disturbing_work_are_spoken_against_whatever_its_subcategory(
    subcategory: str,
) -> None:
    found = cell(WORK, subcategory, "bostäder")
    assert (found.value, found.firm) == (0, True)


@pytest.mark.parametrize("category", [MIXED, HOMES])
def test_only_a_subcategory_for_businesses_makes_room_for_industry_among_dwellings(category: str) -> None:
    subcategories = {one.subcategory for one in CELLS if one.category == category}
    answers = {one: cell(category, one, "industri").value for one in subcategories}
    assert {one for one, value in answers.items() if value != 0} == {"Verksamheter"}
    assert answers["Verksamheter"] == 2


def test_every_cell_of_the_working_table_has_its_reason_in_both_languages_and_is_confirmed_by_nobody() -> None:
    assert len(CELLS) > 100
    for one in CELLS:
        assert one.reason.endswith(".")
        assert one.reason_en is not None
        assert one.reason_en.endswith(".")
        assert (one.statement is None) == (one.statement_en is None)
        assert one.confirmed_by is None


def test_every_use_has_an_answer_in_every_pair_of_the_matrix() -> None:
    pairs = {(one.category, one.subcategory) for one in CELLS} | {(one.category, None) for one in CELLS}
    missing = [(pair, use) for pair in pairs for use in uses() if BOOK.cell(*pair, uses()[use]) is None]
    assert missing == []


def test_every_letter_says_where_it_was_read_and_from_which_day_its_regulation_binds() -> None:
    assert "".join(sorted(letters())) == "BCDEGHJKLNOPRSTVZ"
    for letter in letters().values():
        assert letter.source
        assert (letter.rule, letter.since) == ("BFS 2020:5", datetime.date(2022, 1, 1))


def test_every_use_says_what_its_letters_rest_on_and_a_reading_of_ours_is_not_called_read() -> None:
    for use in uses().values():
        assert use.source
        assert use.checked != use.source.startswith("Vår läsning"), use.id
