"""Wording: numbers that never round into another meaning, optional parts, and one vocabulary in two languages."""

from __future__ import annotations

import datetime
import re
import string
from typing import Any

import pytest

from opcheck.checks import KINDS
from opcheck.findings import CASES, UNCOUNTED, Basis, Code, Outcome
from opcheck.rules import read_rules, themes, uses
from opcheck.texts import LANGUAGES, Texts, load

SP = "\u00a0"
SV, EN = load("sv"), load("en")


def filled(template: str, **arguments: Any) -> str:
    return Texts("sv", {"t": {"k": template}}).say("t", "k", arguments)


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("square_metres", "swedish", "english"),
    [
        (0, f"0{SP}m²", f"0{SP}m²"),
        (0.01, f"0,01{SP}m²", f"0.01{SP}m²"),
        (0.4, f"0,40{SP}m²", f"0.40{SP}m²"),
        (1, f"1{SP}m²", f"1{SP}m²"),
        (850, f"850{SP}m²", f"850{SP}m²"),
        (4000, f"4{SP}000{SP}m²", f"4,000{SP}m²"),
        (9999, f"9{SP}999{SP}m²", f"9,999{SP}m²"),
        (10_000, f"1,0{SP}ha", f"1.0{SP}ha"),
        (12_345, f"1,2{SP}ha", f"1.2{SP}ha"),
        (1_234_567, f"123{SP}ha", f"123{SP}ha"),
        (12_345_678, f"1{SP}235{SP}ha", f"1,235{SP}ha"),
    ],
)
def test_areas_are_told_in_square_metres_below_a_hectare(square_metres: float, swedish: str, english: str) -> None:
    assert (SV.area(square_metres), EN.area(square_metres)) == (swedish, english)


@pytest.mark.parametrize(
    ("share", "swedish"),
    [
        (0, f"0{SP}%"),
        (0.000001, f"under 1{SP}%"),
        (0.004, f"under 1{SP}%"),
        (0.01, f"1{SP}%"),
        (0.344, f"34{SP}%"),
        (0.99, f"99{SP}%"),
        (0.996, f"över 99{SP}%"),
        (0.999999, f"över 99{SP}%"),
        (1.0, f"100{SP}%"),
    ],
)
def test_a_share_reads_0_or_100_only_when_it_is(share: float, swedish: str) -> None:
    assert SV.share(share) == swedish
    assert EN.share(share) == swedish.replace("över", "over").replace(f"{SP}%", "%")


@pytest.mark.parametrize(
    ("metres", "swedish"),
    [
        (0, f"0{SP}m"),
        (0.001, f"0,001{SP}m"),
        (0.004, f"0,004{SP}m"),
        (0.25, f"0,25{SP}m"),
        (1, f"1{SP}m"),
        (150, f"150{SP}m"),
        (999, f"999{SP}m"),
        (9999, f"9{SP}999{SP}m"),
        (10_000, f"10,0{SP}km"),
        (123_456, f"123,5{SP}km"),
    ],
)
def test_distances_are_told_in_metres_below_ten_kilometres_and_never_rounded_to_nothing(
    metres: float, swedish: str
) -> None:
    assert SV.distance(metres) == swedish
    assert EN.distance(metres) == swedish.replace(",", ".").replace(f"9{SP}9", "9,9")


def test_a_number_and_its_unit_never_part() -> None:
    for text in (SV.area(123_456_789), SV.area(5), SV.distance(5), SV.distance(5000), SV.share(0.5)):
        assert " " not in text
        assert SP in text


def test_swedish_has_decimal_comma_and_a_true_minus() -> None:
    assert SV.number(-1234.5, 1) == f"−1{SP}234,5"
    assert EN.number(-1234.5, 1) == "−1,234.5"


@pytest.mark.parametrize(
    ("items", "swedish", "english"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a och b", "a and b"),
        (["a", "b", "c"], "a, b och c", "a, b and c"),
    ],
)
def test_lists_read_as_a_sentence(items: list[str], swedish: str, english: str) -> None:
    assert (SV.listing(items), EN.listing(items)) == (swedish, english)


# --- templates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"name": "Ån", "metres": 30}, f"Nära, Ån {SP}30{SP}m.".replace(f" {SP}", " ")),
        ({"metres": 30}, f"Nära, 30{SP}m."),
        ({}, "Nära."),
        ({"name": "", "metres": None}, "Nära."),
        ({"name": "Ån", "metres": float("nan")}, "Nära."),
        ({"name": "Ån", "metres": 0}, f"Nära, Ån 0{SP}m."),
    ],
)
def test_of_optional_parts_the_first_that_can_be_filled_is_told(arguments: dict[str, Any], expected: str) -> None:
    assert filled("Nära[, {name} {metres:dist}|, {metres:dist}].", **arguments) == expected


@pytest.mark.parametrize("value", [None, "", (), [], float("nan")])
def test_what_is_missing_outside_optional_parts_reads_as_unknown(value: Any) -> None:
    assert filled("{name}", name=value) == "okänt"
    assert filled("{name:area}", name=value) == "okänt"
    assert Texts("en", {"t": {"k": "{name}"}}).say("t", "k", {"name": value}) == "unknown"


def test_zero_is_not_missing() -> None:
    assert filled("[{count:num} objekt]", count=0) == "0 objekt"
    assert filled("[{value}]", value=False) == "nej"


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        ("{x:area}", 20_000, f"2,0{SP}ha"),
        ("{x:dist}", 15_000, f"15,0{SP}km"),
        ("{x:share}", 0.5, f"50{SP}%"),
        ("{x:list}", ["a", "b"], "a och b"),
        ("{x:num}", 1234, f"1{SP}234"),
        ("{x:num}", 2.5, "2,5"),
        ("{x}", 3.0, "3"),
        ("{x:date}", datetime.date(2026, 11, 22), "2026-11-22"),
        ("{x:exact}", 12.25, "12,25"),
        ("{x:exact}", 12, "12"),
        ("{x:exact}", 1e-05, "0,00001"),
        ("{x:=punkt/punkter}", 1, "1 punkt"),
        ("{x:=punkt/punkter}", 0, "0 punkter"),
        ("{x:=punkt/punkter}", 1200, f"1{SP}200 punkter"),
        ("{x}", True, "ja"),
        ("{x:area}", "okänd yta", "okänd yta"),
    ],
)
def test_each_format_spells_its_kind_of_value(template: str, value: Any, expected: str) -> None:
    assert filled(template, x=value) == expected


def test_braces_and_brackets_in_a_value_are_left_alone() -> None:
    assert filled("«{name}»", name="Kv. [A|B] {C}") == "«Kv. [A|B] {C}»"


def test_a_key_without_a_text_reads_as_itself() -> None:
    assert SV.get("rule", "min egen rubrik") == "min egen rubrik"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        load("de")


# --- the shipped texts ----------------------------------------------------------------------------------------------

TABLES = sorted(SV._tables)


def test_both_languages_have_the_same_tables() -> None:
    assert sorted(SV._tables) == sorted(EN._tables)


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_have_the_same_keys(table: str) -> None:
    assert set(SV.keys(table)) == set(EN.keys(table))


def arguments_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


SPECS = {"", "area", "m2", "dist", "share", "list", "num", "exact", "date"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_every_template_uses_known_formats(table: str, language: str) -> None:
    texts = load(language)
    for key in texts.keys(table):
        specs = {spec for _, name, spec, _ in string.Formatter().parse(texts.get(table, key)) if name}
        assert {spec for spec in specs if not re.fullmatch(r"=\w+/\w+", spec)} <= SPECS, (table, key)


def messages_of(check: str, rule: Any) -> list[str]:
    common = [case for case in CASES if case.startswith(("open.", "not_applicable."))]
    own = {
        "avoid": ["hit", "near", "contact", "clear", "clear.indicative", "serves", "forbidden"],
        "within": ["inside", "eased", "eased_pending", "contact", "clear"],
        "at_least": ["too_near", "clear", "clear.indicative", "contact"],
        "band": ["in_band", "clear"],
        "at_most": ["met", "not_met", "at_most", "no_threshold"],
        "trigger": ["hit", "clear"],
        "conflict": ["hit", "clear"],
        "horizon": ["later", "in_time", "horizon_passed", "horizon_unread", "no_horizon"],
        "covered": ["covered", "not_covered"]
        if rule.value("of") == "theme"
        else ["in_force", "not_in_force", "unknown"],
        "use_matrix": [case for case in CASES if re.match(r"(f\d|u0)(\.|$)", case)],
    }[check]
    return common + own


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", read_rules().rules, ids=lambda rule: rule.id)
def test_every_rule_has_a_sentence_for_every_case(rule: Any, language: str) -> None:
    texts = load(language)
    for case in messages_of(rule.check, rule):
        key = texts.message_key(rule.id, rule.check, case, rule.basis.value)
        assert texts.has("message", key), case


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_closed_set_has_its_words(language: str) -> None:
    texts = load(language)
    wanted = {
        "outcome": list(Outcome),
        "code": [code for code in Code if code not in (Code.I,)],
        "theme": list(themes()),
        "use": list(uses()),
        "rule": [rule.id for rule in read_rules().rules],
    }
    missing = [(table, key) for table, keys in wanted.items() for key in keys if not texts.has(table, key)]
    assert missing == []


FORBIDDEN = re.compile(
    r"\b(tillåt\w*|otillåt\w*|godkän\w*|förenlig\w*|strider|lämplig\w*|olämplig\w*|allowed|approved|permitted|suitable)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("table", ["message", "step", "outcome", "code", "headline", "part", "not_seen", "rule"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_uses_the_case_officers_words(table: str, language: str) -> None:
    texts = load(language)
    found = {key: FORBIDDEN.findall(texts.get(table, key)) for key in texts.keys(table)}
    assert {key: words for key, words in found.items() if words} == {}


# --- which sentence -------------------------------------------------------------------------------------------------

TEXTS = Texts(
    "sv",
    {
        "message": {"hit": "a", "avoid.hit": "b", "avoid.hit.claim": "c", "r.one.hit": "d"},
        "step": {"r.one.hit": "1", "r.one": "2", "samråd": "3", "open": "4", "open.layer_missing": "5"},
    },
)


@pytest.mark.parametrize(
    ("rule", "check", "basis", "key"),
    [
        ("r.one", "avoid", "claim", "r.one.hit"),
        ("r.two", "avoid", "claim", "avoid.hit.claim"),
        ("r.two", "avoid", "plan", "avoid.hit"),
        ("r.two", "trigger", "plan", "hit"),
    ],
)
def test_the_most_particular_sentence_is_chosen(rule: str, check: str, basis: str, key: str) -> None:
    assert TEXTS.message_key(rule, check, "hit", basis) == key


@pytest.mark.parametrize(
    ("rule", "case", "outcome", "need", "step"),
    [
        ("r.one", "hit", "REVIEW", "samråd", "1"),
        ("r.one", "near", "REVIEW", "samråd", "2"),
        ("r.two", "near", "REVIEW", "samråd", "3"),
        ("r.two", "near", "REVIEW", None, None),
        ("r.one", "open.layer_missing", "OPEN", None, "5"),
        ("r.one", "open.no_coverage", "OPEN", None, "4"),
        ("r.one", "clear", "PASS", None, None),
        ("r.one", "hit", "NOT_APPLICABLE", None, "1"),
        ("r.one", "serves", "NOT_APPLICABLE", None, "2"),
        ("r.one", "not_applicable.use", "NOT_APPLICABLE", None, None),
    ],
)
def test_the_next_step_follows_the_outcome(
    rule: str, case: str, outcome: str, need: str | None, step: str | None
) -> None:
    assert TEXTS.next_step(rule, case, outcome, need, {}) == step


def test_bases_that_do_not_count_are_two() -> None:
    assert {Basis.CRITERION, Basis.INFORMATION} == UNCOUNTED
    assert set(KINDS) >= {"avoid"}


def test_a_distance_of_nothing_is_not_told_as_metres() -> None:
    for language in LANGUAGES:
        texts = load(language)
        apart = texts.message_key("t.rule", "at_least", "too_near", "guideline")
        touching = texts.message_key("t.rule", "at_least", "too_near", "guideline", touching=True)
        assert apart == "at_least.too_near"
        assert touching == "at_least.too_near.touching"
        assert "0" not in texts.say(
            "message", touching, {"theme": "väg", "threshold_m": 150, "distance_m": 0.0}
        ).replace("150", "")


# --- halves -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.125, "13\u00a0%"), (0.135, "14\u00a0%"), (0.145, "15\u00a0%"), (0.285, "29\u00a0%"), (0.124999, "12\u00a0%")],
)
def test_half_a_per_cent_is_rounded_up(share: float, expected: str) -> None:
    assert load("sv").share(share) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(2.5, 0, "3"), (3.5, 0, "4"), (-2.5, 0, "−3"), (1.15, 1, "1,2"), (1.25, 1, "1,3"), (0.005, 2, "0,01")],
)
def test_halves_are_rounded_away_from_nought(value: float, decimals: int, expected: str) -> None:
    assert load("sv").number(value, decimals) == expected


def test_hectares_are_rounded_as_people_do() -> None:
    assert load("sv").area(12_500) == "1,3\u00a0ha"
    assert load("sv").distance(10_050) == "10,1\u00a0km"


def test_a_border_that_stands_in_for_the_municipalitys_has_one_word() -> None:
    for language, word in (("sv", "provisorisk"), ("en", "provisional")):
        texts = load(language)
        told = {f"{table}.{key}": texts.get(table, key) for table in TABLES for key in texts.keys(table)}
        drawn = {
            key: text for key, text in told.items() if re.search(r"(ritad|dragen) (kring|runt)|drawn a?round", text)
        }
        assert len(drawn) >= 6
        assert [key for key, text in drawn.items() if word not in text and key != "not_seen.demonstration"] == []
        assert [key for key, text in told.items() if "preliminär" in text] == []
