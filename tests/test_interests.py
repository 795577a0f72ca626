"""National interests, 3 and 4 kap. miljöbalken: the rules say of each interest no more than its section does."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from opcheck.findings import Basis
from opcheck.rules import read_rules, themes, uses
from opcheck.texts import LANGUAGES, load

RULES = {rule.id: rule for rule in read_rules().rules if rule.id.startswith(("interest.", "conflict."))}
INTERESTS = [rule for rule in RULES.values() if rule.id.startswith("interest.")]
PAIRS = [rule for rule in RULES.values() if rule.id.startswith("conflict.")]

# Hushållningsförordningen (1998:896) 2 a §, as consolidated to SFS 2025:1103: number → theme and agency.
AGENCIES = [
    (1, "riksintresse_rennaring", "Sametinget"),
    (2, "riksintresse_yrkesfiske", "Havs- och vattenmyndigheten"),
    (3, "riksintresse_naturvard", "Naturvårdsverket"),
    (3, "riksintresse_friluftsliv", "Naturvårdsverket"),
    (4, "riksintresse_kulturmiljovard", "Riksantikvarieämbetet"),
    (5, "riksintresse_mineral", "SGU"),
    (6, "riksintresse_industri", "Tillväxtverket"),
    (7, "riksintresse_energi", "Energimyndigheten"),
    (7, "riksintresse_vindbruk", "Energimyndigheten"),
    (7, "riksintresse_energidistribution", "Energimyndigheten"),
    (8, "riksintresse_slutforvar", "Strålsäkerhetsmyndigheten"),
    (9, "riksintresse_hamn", "Trafikverket"),
    (9, "riksintresse_sjofart", "Trafikverket"),
    (9, "riksintresse_vag", "Trafikverket"),
    (9, "riksintresse_jarnvag", "Trafikverket"),
    (9, "riksintresse_flygplats", "Trafikverket"),
    (9, "riksintresse_tele", "Post- och telestyrelsen"),
    (10, "riksintresse_avfall", "Naturvårdsverket"),
    (11, "riksintresse_vattenforsorjning", "Havs- och vattenmyndigheten"),
    (12, "riksintresse_totalforsvar", "Försvarsmakten"),
    (12, "riksintresse_totalforsvar_civil", "Myndigheten för civilt försvar"),
]
FIXED = {
    "riksintresse_rorligt_friluftsliv": "4 kap. 2 §",
    "riksintresse_obruten_kust": "4 kap. 3 §",
    "riksintresse_hogexploaterad_kust": "4 kap. 4 §",
    "riksintresse_obrutet_fjall": "4 kap. 5 §",
    "riksintresse_skyddad_alv": "4 kap. 6 §",
    "nationalstadspark": "4 kap. 7 §",
}
IMPORTANT = {
    "stort_opaverkat_omrade": "3 kap. 2 §",
    "ekologiskt_kansligt_omrade": "3 kap. 3 §",
    "totalforsvar_betydelse": "3 kap. 9 §",
}
# The wordings that differ; the rest of 3 kap. 8 and 9 §§ has that of installations.
VERBS = {
    "3 kap. 5 §": "försvåra_näring",
    "3 kap. 6 §": "skada_miljö",
    "3 kap. 7 §": "försvåra_utvinning",
    "3 kap. 8 §": "försvåra_anläggning",
    "3 kap. 9 §": "försvåra_anläggning",
}


def first(rule: Any) -> str:
    return str(rule.citations[0].section)


@pytest.mark.parametrize(("number", "theme", "agency"), AGENCIES)
def test_each_interest_of_the_ordinance_is_asked_and_its_agency_heard(number: int, theme: str, agency: str) -> None:
    (rule,) = [one for one in INTERESTS if one.theme == theme]
    assert f"2 a § {number}" in [one.section for one in rule.citations if one.act == "SFS 1998:896"]
    assert agency in rule.consult
    assert agency in load("sv").get("holder", theme)
    assert (rule.basis, rule.ground, rule.uses, rule.verb) == (Basis.CLAIM, 1, (), VERBS[first(rule)])


@pytest.mark.parametrize(("theme", "section"), FIXED.items())
def test_each_area_of_the_act_is_a_statute_and_asked_of_every_use(theme: str, section: str) -> None:
    asked = [one for one in INTERESTS if one.theme == theme]
    assert {first(one) for one in asked} == {section}
    assert {one.basis for one in asked} <= {Basis.STATUTE, Basis.INFORMATION}
    # A use added to the vocabulary must not fall between two rules.
    assert {use for one in asked for use in (one.uses or uses())} == set(uses())


@pytest.mark.parametrize(("theme", "section"), IMPORTANT.items())
def test_an_area_of_importance_is_no_riksintresse(theme: str, section: str) -> None:
    (rule,) = [one for one in INTERESTS if one.theme == theme]
    assert (first(rule), rule.basis, rule.ground, rule.uses) == (section, Basis.STATUTE, None, ())
    assert themes()[theme].indicative
    sentence = load("sv").get("message", f"{rule.id}.hit")
    assert "område av betydelse" in sentence
    assert "så långt möjligt" in sentence
    assert "anspråk" not in sentence


def test_no_theme_of_an_interest_is_left_without_a_rule() -> None:
    asked = {one.theme for one in INTERESTS}
    assert {one.id for one in themes().values() if one.group == "interest"} == asked
    named = {theme for _, theme, _ in AGENCIES} | {*FIXED, *IMPORTANT, "msa_area", "totalforsvar_paverkansomrade"}
    assert asked == named


def test_only_claims_are_called_claims() -> None:
    texts = load("sv")
    for rule in INTERESTS:
        sentence = texts.get("message", f"{rule.id}.hit")
        if rule.basis is Basis.CLAIM and rule.theme not in ("msa_area", "totalforsvar_paverkansomrade"):
            assert "område med anspråk på riksintresse för" in sentence, rule.id
        else:
            assert "anspråk" not in sentence, rule.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_has_words_of_its_own(rule: Any, language: str) -> None:
    texts = load(language)
    wanted = {("rule", rule.id), ("topic", rule.id), ("step", rule.id), ("message", f"{rule.id}.hit")}
    if rule.value("serves"):
        wanted.add(("message", f"{rule.id}.serves"))
    if rule.verb:
        wanted.add(("verb", rule.verb))
    assert {(table, key) for table, key in wanted if not texts.has(table, key)} == set()
    # Which damage is meant is said where the rule knows it, save where a hit only asks for a hearing.
    said = "{verb}" in texts.get("message", f"{rule.id}.hit")
    assert said == (rule.verb is not None and rule.need is None)


# --- 3 kap. 10 § ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", PAIRS, ids=lambda rule: rule.id)
def test_a_pair_has_a_source_and_names_both(rule: Any) -> None:
    assert first(rule) == "3 kap. 10 §"
    why = rule.parameters["why"]
    assert why.source
    assert why.checked
    claims = {one.theme: one for one in INTERESTS if one.basis is Basis.CLAIM}
    assert set(rule.themes()) <= set(claims)
    # Somebody who knows each of the two is heard, besides the county board.
    for theme in rule.themes():
        assert set(rule.consult) & {*claims[theme].consult} - {"Länsstyrelsen"}


def test_nature_culture_and_outdoor_life_are_stacked_and_not_opposed() -> None:
    stacked = {"riksintresse_naturvard", "riksintresse_kulturmiljovard", "riksintresse_friluftsliv"}
    paired = {frozenset(rule.themes()) for rule in PAIRS}
    assert len(paired) == len(PAIRS)
    assert not paired & {frozenset(two) for two in itertools.combinations(stacked, 2)}


def test_what_was_not_read_is_not_called_read() -> None:
    read = {
        one.section for rule in RULES.values() for one in rule.citations if one.act == "SFS 1998:808" and one.checked
    }
    assert read == {"3 kap. 7 §", "4 kap. 7 §"}
