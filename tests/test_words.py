"""Words in every length: what they may say, where their numbers and names come from, and what is never left out."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from drawn import COUNTRY, GREEN, TOWN, WORK, Pack, book, box, geojson, land_book, rule, run

import opcheck
from opcheck.findings import CASES
from opcheck.not_seen import CLAIMS_KEPT_CURRENT_FROM
from opcheck.rules import RULESETS, read_rules, themes
from opcheck.texts import LANGUAGES, Texts, load
from opcheck.wordings import LISTED

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "haraholmen"
ASSESSED = (
    ("pitea", "sites.geojson"),
    ("pitea", "tomter.geojson"),
    ("exempel", "gron-tomt.geojson"),
    ("exempel", "sites.geojson"),
)
"""Every situation of the examples, and one municipality's sites against another's plan: what lies far outside."""

SITE = box(5000, 5000, 5100, 5100)
ALL = box(0, 0, 10_000, 10_000)


@functools.cache
def record(pack: str, file: str, language: str) -> dict[str, Any]:
    return assessment(pack, file).to_dict(language)


@functools.cache
def assessment(pack: str, file: str) -> opcheck.Assessment:
    return opcheck.assess(opcheck.read_sites(EXAMPLES / file), opcheck.read_plan(pack), on="2026-11-22")


# --- what a finding's texts say --------------------------------------------------------------------------------------

OF_FINDINGS = ("message", "paragraph", "plain", "note", "next_step")


def finding(folder: Path, asked: Mapping[str, Any], *sites: Any, language: str = "sv", **layer: Any) -> Any:
    """The answer of one rule on a hectare, against one object."""
    pack = Pack(folder / "paket")
    given = {"dated": "2024-05", "owner": "Ägaren", "title": "Lagret", **layer}
    if given.pop("read", True):
        objects = [(given.pop("at", box(5000, 5000, 5040, 5100)), {"name": "Ådalen"})]
        stated = {name: value for name, value in given.items() if value is not None}
        pack.layer("lager", asked["theme"], objects, **stated)
    found = run(folder, pack, book(folder, asked), *(sites or [("a", SITE)])).to_dict(language)
    return next(one for one in found["sites"][0]["findings"] if one["rule"] == asked["id"])


CLAIM = rule(
    "t.claim", theme="riksintresse_hamn", check="avoid", basis="claim", verb="försvåra_anläggning",
    citation=[{"act": "SFS 1998:808", "section": "3 kap. 8 §", "read": __import__("datetime").date(2026, 11, 22)}],
    responsible={"unit": "plan", "consult": ["Trafikverket", "Länsstyrelsen"]},
)  # fmt: skip


def test_a_paragraph_says_what_how_much_and_what_lies_outside(tmp_path: Path) -> None:
    # 40 of the site's 100 metres: 4 000 of 10 000 m².
    told = finding(tmp_path, CLAIM)["paragraph"]
    assert "område med anspråk på riksintresse för hamn: Ådalen." in told
    assert "4\u00a0000\u00a0m² av platsen (40\u00a0%); 6\u00a0000\u00a0m² ligger utanför" in told


def test_a_paragraph_names_the_data_its_owner_and_date(tmp_path: Path) -> None:
    told = finding(tmp_path, CLAIM)["paragraph"]
    assert "Underlag: «Lagret» (Ägaren, daterat 2024-05)." in told
    assert "inte bekräftat" not in told
    (tmp_path / "x").mkdir()
    told = finding(tmp_path / "x", CLAIM, confirmed=False, owner=None, dated=None)["paragraph"]
    assert "«Lagret» (ägare inte angiven, utan datum)" in told
    assert told.count("inte bekräftat") == 1


def test_a_claim_is_told_apart_from_what_the_law_names(tmp_path: Path) -> None:
    told = finding(tmp_path, CLAIM)["paragraph"]
    assert "Det är ett anspråk" in told and "avgörs först i ett beslut som får laga kraft" in told
    assert "Lagrummet är inte kontrollerat mot lagtexten" in told
    assert "Om åtgärden kan påtagligt försvåra tillkomsten eller utnyttjandet av anläggningen är inte bedömt" in told
    (tmp_path / "x").mkdir()
    cited = [{**CLAIM["citation"][0], "section": "4 kap. 3 §", "checked": True}]
    fixed = {**CLAIM, "id": "t.fixed", "theme": "riksintresse_obruten_kust", "basis": "statute", "citation": cited}
    told = finding(tmp_path / "x", fixed)["paragraph"]
    assert "av riksintresse enligt lagen (4 kap. 3 § miljöbalken); det är inte en myndighets anspråk" in told
    assert "Det är ett anspråk" not in told and "inte kontrollerat" not in told


def test_a_paragraph_ends_with_the_next_step_and_who_answers(tmp_path: Path) -> None:
    told = finding(tmp_path, {**CLAIM, "code": "K", "need": "samråd"})["paragraph"]
    assert told.endswith("Svarar: Fysisk planering. Hörs: Trafikverket och länsstyrelsen.")
    assert "Nästa steg: Samråd med Trafikverket och länsstyrelsen innan ärendet går vidare." in told


def test_a_working_value_is_said_with_its_source(tmp_path: Path) -> None:
    value = {"value": 75, "source": "Eget antagande.", "checked": False}
    asked = rule("t.near", theme="housing", check="at_least", basis="guideline", distance_m=value)
    told = finding(tmp_path, asked, at=box(5130, 5000, 5200, 5100))["paragraph"]
    assert "Måttet 75\u00a0m är ett arbetsvärde som inte är kontrollerat (källa: Eget antagande)." in told
    (tmp_path / "x").mkdir()
    asked = {**asked, "distance_m": {**value, "checked": True}}
    assert "arbetsvärde" not in finding(tmp_path / "x", asked, at=box(5130, 5000, 5200, 5100))["paragraph"]


def test_what_is_not_tested_says_who_has_the_data_and_claims_nothing(tmp_path: Path) -> None:
    told = finding(tmp_path, CLAIM, read=False)
    assert (told["outcome"], "Underlag:" in told["paragraph"]) == ("OPEN", False)
    assert "är inte prövad" in told["paragraph"] and "Trafikverket" in told["paragraph"]
    assert told["plain"].startswith("Vi vet inte om platsen berör")


def test_the_plain_text_says_what_why_what_to_do_and_whom_to_ask(tmp_path: Path) -> None:
    told = finding(tmp_path, {**CLAIM, "code": "K", "need": "samråd"})["plain"]
    what, claim, rest = told.partition("En statlig myndighet anser")
    assert what.startswith("En del av platsen (4\u00a0000\u00a0m²) ligger i eller berör ett område")
    assert "inget beslut" in rest and "behöver höras" in rest and claim
    assert rest.endswith("Fråga kommunen: Fysisk planering.")


def test_a_rule_that_nobody_here_has_heard_of_reads_well(tmp_path: Path) -> None:
    asked = rule("min.regel", title="Egen fråga om industrispår", theme="rail_access", check="avoid")
    told = finding(tmp_path, asked)
    assert told["paragraph"].startswith("Platsen berör spåranslutning: Ådalen.")
    assert told["plain"].startswith("En del av platsen (4\u00a0000\u00a0m²) ligger i eller berör ett spår")


def test_what_does_not_apply_has_no_longer_texts(tmp_path: Path) -> None:
    told = finding(tmp_path, {**CLAIM, "uses": ["bostäder"]})
    assert (told["outcome"], told["paragraph"], told["plain"]) == ("NOT_APPLICABLE", None, None)
    assert told["message"]


def test_many_names_are_counted_and_not_cut_silently(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    strips = [(box(5000 + 8 * n, 5000, 5004 + 8 * n, 5100), {"name": f"Udde {chr(65 + n)}"}) for n in range(9)]
    pack.layer("lager", "riksintresse_hamn", strips)
    found = run(tmp_path, pack, book(tmp_path, CLAIM), ("a", SITE)).to_dict()["sites"][0]["findings"][0]
    assert LISTED == 6
    assert "Udde F och 3 till" in found["paragraph"]
    assert "Udde I" in found["message"]


# --- a whole site ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
def test_a_statement_begins_with_the_three_lines_and_keeps_its_order(pack: str, file: str) -> None:
    order = ["headline", "site", "plan", "interests", "risk", "information", "clear", "untested", "data", "closing"]
    for site in record(pack, file, "sv")["sites"]:
        keys = [one["key"] for one in site["statement"]]
        assert keys == [key for key in order if key in keys]
        # The same three lines, but for our code, which says nothing in a case.
        lines = [re.sub(r" \((?:F[1-5]|U0)\)\.", ".", line) for line in site["verdict"]["headline"]]
        assert site["statement"][0]["paragraphs"] == lines
        assert {"headline", "site", "closing"} <= set(keys)


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_counted_finding_is_lost_in_the_statement(pack: str, file: str, language: str) -> None:
    for site in record(pack, file, language)["sites"]:
        paragraphs = [text for part in site["statement"] for text in part["paragraphs"]]
        parts = {part["key"]: " ".join(part["paragraphs"]) for part in site["statement"]}
        untested = parts.get("untested", "")
        for one in site["findings"]:
            if not one["counted"]:
                continue
            if one["outcome"] in ("FAIL", "REVIEW"):
                assert one["paragraph"] in paragraphs, one["rule"]
            elif one["outcome"] == "OPEN" and not one["rule"].startswith("conflict."):
                assert one["paragraph"] in paragraphs or one["title"] in untested, one["rule"]


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
def test_the_letter_says_that_it_decides_nothing_and_asks_what_is_missing(pack: str, file: str) -> None:
    for site in record(pack, file, "sv")["sites"]:
        letter = site["for_applicant"]
        assert "Det är inget beslut." in letter[0]
        assert "Beslut får du först" in letter[-1]
        asked = [one["question"] for one in site["lots"]["applicant"]]
        assert [one for one in asked if f"– {one}" not in letter] == []


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_applicant_reads_has_no_sections_and_no_codes(pack: str, file: str, language: str) -> None:
    # "A" begins many an English sentence.
    codes = re.compile(r"§|\bkap\.|SFS|\b(?:F[1-5]|U0|R0|R2|K|V" + ("|A" if language == "sv" else "") + r")\b")
    for site in record(pack, file, language)["sites"]:
        texts = [*site["for_applicant"], *(one["plain"] for one in site["findings"] if one["plain"])]
        quoted = sorted(strings({"site": site["name"], "findings": [one["args"] for one in site["findings"]]}), key=len)
        questions = {f"– {one['question']}" for one in site["lots"]["applicant"]}
        for text in set(texts) - questions:
            assert codes.findall(without(text, reversed(quoted))) == [], text


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_with_something_unfilled(pack: str, file: str, language: str) -> None:
    for where, text in texts_of(record(pack, file, language)):
        assert not re.search(r"[{}\[\]]|\bNone\b|  |\.\.(?!\.)| \.|\(\)|«»|: \.", text), (where, text)


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
def test_the_longer_texts_say_nothing_of_an_argument_that_is_missing(
    pack: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Texts, "unknown", property(lambda self: "SAKNAS"))
    for where, text in texts_of(assessment(pack, file).to_dict("sv")):
        if where.endswith((".paragraph", ".plain", "for_applicant")) or ".statement." in where:
            assert "SAKNAS" not in text, (where, text)


# --- the words of others ---------------------------------------------------------------------------------------------

RESERVED = re.compile(
    r"\b(o?tillåt\w*|o?tillåten|o?godkän\w*|o?förenlig\w*|strider|strid mot|o?lämplig\w*|förbjud\w*|beviljas|avslås|"
    r"(?:dis)?allowed|(?:dis)?approv(?:es?|ed|al)|permitted|permissible|(?:un)?suitab\w*|forbid\w*|prohibit\w*|"
    r"(?:in)?compatib\w*|R1|R3)\b",
    re.IGNORECASE,
)
"""What a person decides, and no program: the case officer's words."""

NOT_OF_ASSESSMENTS = frozenset({"ui", "readiness", "readiness_ui", "fact", "plan_fault"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_shipped_text_uses_the_case_officers_words(language: str) -> None:
    texts = load(language)
    told = {(table, key): texts.get(table, key) for table in texts._tables for key in texts.keys(table)}
    found = {name: RESERVED.findall(re.sub(r"\{[^}]*\}", "", text)) for name, text in told.items()}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_an_assessment_uses_the_case_officers_words(pack: str, file: str, language: str) -> None:
    whole = record(pack, file, language)
    for site in whole["sites"]:
        # What a plan, a regulation or a person has written stands in quotation marks, in their words.
        quotes = quoted_in(site)
        for where, text in texts_of_site(site):
            found = RESERVED.findall(without(text, quotes))
            assert found == [], (site["id"], where, found, text)
    for one in whole["not_seen"]:
        assert RESERVED.findall(one["text"]) == []


def test_the_words_are_found_where_they_stand() -> None:
    for word in ("tillåts", "tillåten", "förbjuden", "godkänd", "olämpligt", "oförenlig", "strider", "allowed", "R3"):
        assert RESERVED.search(f"Åtgärden {word} här."), word
    for word in ("tillstånd", "permit", "R2", "förbud", "strand"):
        assert not RESERVED.search(f"Åtgärden {word} här."), word


# --- numbers and names come from the assessment ----------------------------------------------------------------------

NUMBER = re.compile(r"\d+(?:[\u00a0,.]\d+)*")
WORD = re.compile(r"[^\W\d_][\w-]*")

GLOSSARY = frozenset({
    "VA", "LIS", "MSA", "CNS", "LFV", "MKN", "ÖP", "ÖP-modellen", "MW", "EU", "E4", "Seveso", "Natura", "PBL", "MIFO",
})  # fmt: skip
"""Words of the field that are written with capitals and name nobody."""

TABLES_OF_NAMES = ("consult", "consult_inside", "unit", "act", "holder", "theme", "rule", "topic", "category")


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_comes_from_the_assessment(pack: str, file: str, language: str) -> None:
    whole = record(pack, file, language)
    wrong = [found for site in whole["sites"] for found in strange(whole, site, language, numbers=True)]
    assert wrong == []


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_comes_from_the_assessment(pack: str, file: str, language: str) -> None:
    whole = record(pack, file, language)
    wrong = [found for site in whole["sites"] for found in strange(whole, site, language, numbers=False)]
    assert wrong == []


@pytest.mark.parametrize("numbers", [True, False])
@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("paragraph", "clear"),
        ("plain", "clear"),
        ("message", "clear"),
        ("statement", "closing"),
        ("letter", "closing"),
        ("standing", "plan"),
        ("next", "who"),
        ("step", "plan.land_use.f1"),
    ],
)
def test_a_number_or_a_name_that_somebody_writes_into_a_text_is_found(
    table: str, key: str, numbers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = load("sv")
    broken = f"{texts.get(table, key)} Det är {{}}.".replace("{}", "4711 m" if numbers else "av Kalle Karlsson")
    monkeypatch.setitem(texts._tables[table], key, broken)
    whole = assessment("exempel", "gron-tomt.geojson").to_dict("sv")
    found = [one for site in whole["sites"] for one in strange(whole, site, "sv", numbers=numbers)]
    assert {token for _, _, token in found} == ({"4711"} if numbers else {"Kalle", "Karlsson"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", ["paragraph", "standing", "unassessed", "plain", "plain_why", "plain_do", "letter"])
def test_the_templates_hold_no_number(table: str, language: str) -> None:
    texts = load(language)
    for key in texts.keys(table):
        bare = re.sub(r"\{[^}]*\}|Natura 2000", "", texts.get(table, key))
        assert not re.search(r"\d", bare), (table, key)


def strange(whole: Any, site: Any, language: str, *, numbers: bool) -> Iterator[tuple[str, str, str]]:
    """Give (where, text, token) for every number, or name, that no value of the assessment holds."""
    texts = load(language)
    rules = rule_tokens(whole, language, numbers)
    here = {name: site[name] for name in site if name not in ("findings", "statement", "for_applicant", "procedure")}
    shared = tokens([whole["on"], whole["inputs"]["plan"], here], texts, numbers)
    if not numbers:
        shared |= names_of_tables(language)

    def told(where: str, text: str, known: set[str]) -> Iterator[tuple[str, str, str]]:
        found = NUMBER.findall(text) if numbers else capitals(text)
        yield from ((where, text, token) for token in found if token not in known)

    of_all: set[str] = set()
    for one in site["findings"]:
        own = {name: value for name, value in one.items() if name not in OF_FINDINGS}
        many = len(one["args"].get("names") or ()) - LISTED
        known = tokens(own, texts, numbers) | rules[one["rule"]] | {texts.number(many)}
        of_all |= known
        for name in OF_FINDINGS:
            if one[name]:
                yield from told(f"{one['rule']}.{name}", one[name], known | shared)
    written = {text for one in site["findings"] for text in (one["paragraph"], one["plain"])}
    rest = [("statement", text) for part in site["statement"] for text in part["paragraphs"]]
    rest += [("for_applicant", text) for text in site["for_applicant"]]
    counts = {texts.number(one) for one in counts_of(site)}
    for where, text in rest:
        if text not in written:
            yield from told(where, text, of_all | shared | counts)


def tokens(held: Any, texts: Texts, numbers: bool) -> set[str]:
    return allowed_numbers(held, texts) if numbers else allowed_words(held)


_RULES: dict[tuple[int, bool], dict[str, set[str]]] = {}


def rule_tokens(whole: Any, language: str, numbers: bool) -> dict[str, set[str]]:
    key = (id(whole), numbers)
    if key not in _RULES:
        _RULES[key] = {one["id"]: tokens(one, load(language), numbers) for one in whole["rules"]}
    return _RULES[key]


@functools.cache
def names_of_tables(language: str) -> set[str]:
    texts = load(language)
    uses_of_letters = (RULESETS / "uses.toml").read_text(encoding="utf-8")
    return allowed_words(
        [
            uses_of_letters,
            *(texts.get(table, key) for table in TABLES_OF_NAMES for key in texts.keys(table)),
            *(texts.get("ui", key) for key in texts.keys("ui") if key.startswith("county_")),
        ]
    )


def counts_of(site: Any) -> set[int]:
    """Counts of questions that a headline, a statement and a letter may tell."""
    verdict = site["verdict"]
    pairs = [one for one in site["findings"] if one["rule"].startswith("conflict.")]
    opened = [one for one in site["findings"] if one["counted"] and one["outcome"] == "OPEN"]
    found = {verdict["asked"], len(verdict["open"]), *verdict["counts"].values()}
    found |= {len({one["rule"] for one in opened if one["open_reason"] != "attribute_missing"})}
    kinds = {(one["outcome"], one["open_reason"]) for one in pairs}
    found |= {sum((one["outcome"], one["open_reason"]) == kind for one in pairs) for kind in kinds}
    return (
        found
        | {len(verdict["open"]) - LISTED, len({one["unit"] for one in site["findings"]}) - LISTED}
        | {
            len({one["unit"] for one in some}) - LISTED
            for some in ([one for one in site["findings"] if one["outcome"] in ("FAIL", "REVIEW", "OPEN")], opened)
        }
    )


def allowed_numbers(held: Any, texts: Texts) -> set[str]:
    """Every way in which the values of an assessment can be written in the language."""
    found: set[str] = set()
    for text in strings(held):
        found |= set(NUMBER.findall(text))
    for value in set(numbers_in(held)):
        ways = [texts.area(value), texts.exact_area(value), texts.distance(value), texts.share(value)]
        ways += [texts.number(value, decimals) for decimals in (0, 1)]
        ways += [texts.format("{v}", v=value), texts.format("{v:exact}", v=value), str(value)]
        found |= {token for way in ways for token in NUMBER.findall(way)}
    return found


def allowed_words(held: Any) -> set[str]:
    found = {word for text in strings(held) for word in WORD.findall(text)}
    return found | GLOSSARY


SENTENCE_START = re.compile(r"(?:^|[.?!:;][»”)\"]*\s+|–\s+)[(«“]*$")


def capitals(text: str) -> list[str]:
    """Words with a capital that begin no sentence."""
    found = [match for match in WORD.finditer(text) if match[0][0].isupper()]
    return [
        match[0]
        for match in found
        if match[0].split("-")[0] not in GLOSSARY and not SENTENCE_START.search(text[: match.start()])
    ]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from numbers_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from numbers_in(one)


def quoted_in(site: Any) -> list[str]:
    """What others have written, longest first."""
    found = set()
    for one in site["findings"]:
        found |= {text for name in ("text", "forbidden", "reason", "note") for text in strings(one["args"].get(name))}
        found |= {text for feature in one["features"] for text in strings(feature["text"])}
    found |= {text for part in site["parts"] for text in strings(part["text"])}
    return sorted(found, key=len, reverse=True)


def without(text: str, quotes: Iterable[str]) -> str:
    for quote in quotes:
        text = text.replace(quote, "") if len(quote) > 3 else text
    return text


def texts_of(whole: Any) -> Iterator[tuple[str, str]]:
    for site in whole["sites"]:
        yield from ((f"{site['id']}.{where}", text) for where, text in texts_of_site(site))
    yield from ((one["key"], one["text"]) for one in whole["not_seen"])


def texts_of_site(site: Any) -> Iterator[tuple[str, str]]:
    yield from (("headline", line) for line in site["verdict"]["headline"])
    for one in site["findings"]:
        yield from ((f"{one['rule']}.{name}", one[name]) for name in OF_FINDINGS if one[name])
    for part in site["statement"]:
        yield from ((f"statement.{part['key']}", text) for text in part["paragraphs"])
    yield from (("for_applicant", text) for text in site["for_applicant"])


# --- one word for one thing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [table for table in load("sv")._tables if table != "consult"])
def test_the_county_board_has_a_small_letter_inside_a_sentence(table: str) -> None:
    texts = load("sv")
    for key in texts.keys(table):
        template = texts.get(table, key)
        inside = [
            template[max(match.start() - 20, 0) : match.end()]
            for match in re.finditer("Länsstyrelse", template)
            if match.start() and not re.search(r"[.?!:][»)\]]* ?\[?$|[.?!] $|\]\. $|«$", template[: match.start()])
        ]
        assert inside == [], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_theme_has_a_noun_for_both_readers(language: str) -> None:
    texts = load(language)
    for table in ("thing", "plain_thing"):
        assert [theme for theme in themes() if not texts.has(table, theme)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", read_rules().rules, ids=lambda one: one.id)
def test_every_rule_and_case_has_a_plain_text(asked: Any, language: str) -> None:
    texts = load(language)
    cases = [key.removeprefix(f"{asked.id}.") for key in texts.keys("message") if key.startswith(f"{asked.id}.")]
    words = opcheck.wordings.Wordings(None, texts, str)  # type: ignore[arg-type]
    for case in cases:
        if case not in CASES or case.startswith("not_applicable"):
            continue
        theme = asked.themes()[0] if asked.themes() else None
        found = words.template("plain", asked.id, theme, asked.check, case, asked.basis.value, touching=False)
        assert found, case


# --- a fördjupning that governs --------------------------------------------------------------------------------------


def test_the_headline_names_the_plan_that_governs(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    pack.document("op", legal_force="2021-11-27")
    pack.document("fop", kind="fördjupning", name="Fördjupning för udden", base="op", legal_force="2022-01-01",
                  area=box(0, 0, 5050, 10_000))  # fmt: skip
    pack.zones([(ALL, WORK)], document="op")
    pack.zones([(box(0, 0, 5050, 10_000), GREEN)], document="fop", layer_id="fopzoner")
    within, across = box(4900, 5000, 5000, 5100), SITE
    found = run(tmp_path, pack, land_book(tmp_path), ("a", within), ("b", across)).to_dict()
    first, second = (site["verdict"]["headline"][0] for site in found["sites"])
    assert "Fördjupning för udden: " in first and "Översiktsplanen" not in first
    assert "Översiktsplanen och Fördjupning för udden: " in second
    message = next(one["message"] for one in found["sites"][1]["findings"] if one["theme"] == "land_use")
    assert "Fördjupning för udden" in message


# --- what is not seen ------------------------------------------------------------------------------------------------


def unseen(folder: Path, *rules: Any, on: str = "2026-11-22", **layer: Any) -> dict[str, str]:
    pack = Pack(folder / "paket")
    pack.layer("h", layer.pop("theme", "riksintresse_hamn"), [ALL], **{"title": "Lagret", **layer})
    found = run(folder, pack, book(folder, *rules), ("a", SITE), on=on).to_dict()
    return {one["key"]: one["text"] for one in found["not_seen"]}


def test_a_theme_is_unmapped_until_a_rule_asks_about_it(tmp_path: Path) -> None:
    aside = rule("t.port", theme="port", check="avoid")
    before = unseen(tmp_path / "a", aside, dated="2025") if (tmp_path / "a").mkdir() is None else {}
    (tmp_path / "b").mkdir()
    asked = rule("t.noise", theme="farmland", check="avoid")
    after = unseen(tmp_path / "b", aside, asked, dated="2025")
    assert "Jordbruksmark" in before["unmapped_themes"]
    assert "Jordbruksmark" not in after["unmapped_themes"]
    assert "Jordbruksmark" in after["layers_not_loaded"]
    assert "artskydd" in after["unmapped_themes"]


def test_every_theme_of_the_national_rules_is_mapped() -> None:
    told = next(one["text"] for one in record("exempel", "gron-tomt.geojson", "sv")["not_seen"]
                if one["key"] == "unmapped_themes")  # fmt: skip
    asked = {theme for one in read_rules().rules for theme in one.themes()}
    titles = {load("sv").get("theme", theme) for theme in asked}
    assert [title for title in titles if title in told.split(": ", 1)[1].split("; ")] == []


def test_a_loaded_layer_that_no_rule_asks_about_is_named(tmp_path: Path) -> None:
    told = unseen(tmp_path, rule("t.farm", theme="farmland", check="avoid"), dated="2025")
    assert "Lagret" in told["unused_layers"]


@pytest.mark.parametrize(
    ("on", "dated", "key"),
    [
        ("2026-11-22", "2018-11-22", None),
        ("2026-11-23", "2018-11-22", "stale_claims"),
        ("2023-03-14", "2015-03-13", "stale_claims"),
        ("2023-03-13", "2015-03-12", "stale_claims_before"),
        ("2023-03-13", "2016", None),
        # the twenty-ninth of February comes back in a year that has one
        ("2024-02-29", "2016-02-29", "stale_claims"),
    ],
)
def test_a_claim_is_old_on_a_day_and_the_duty_has_a_first_day(
    on: str, dated: str, key: str | None, tmp_path: Path
) -> None:
    assert CLAIMS_KEPT_CURRENT_FROM.isoformat() == "2023-03-14"
    told = unseen(tmp_path, CLAIM, on=on, dated=dated)
    assert {one for one in told if one.startswith("stale_claims")} == ({key} if key else set())
    if key == "stale_claims_before":
        assert "gäller först från 2023-03-14" in told[key]


def test_an_area_that_the_law_names_is_no_claim_that_grows_old(tmp_path: Path) -> None:
    asked = rule("t.coast", theme="riksintresse_obruten_kust", check="avoid")
    told = unseen(tmp_path, asked, theme="riksintresse_obruten_kust", dated="1999")
    assert "stale_claims" not in told


def test_a_layer_without_a_date_is_named(tmp_path: Path) -> None:
    assert "Lagret" in unseen(tmp_path, CLAIM)["undated"]


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
def test_secrets_and_what_is_withheld_are_told_in_every_assessment(pack: str, file: str) -> None:
    told = {one["key"] for one in record(pack, file, "sv")["not_seen"]}
    assert {"secret_defence", "withheld", "unmapped_themes", "outside_influence", "cumulative"} <= told


# --- one count of one thing ------------------------------------------------------------------------------------------

PACKS = ("exempel", "kiruna", "kristinehamn", "norrtalje", "pitea", "skelleftea")
COUNTED = tuple((pack, file) for pack in PACKS for file in ("sites.geojson", "gron-tomt.geojson", "tomter.geojson"))

TOLD_COUNTS = {
    "sv": (r"Att hantera: (\d+) fråg", r"Inte prövat: (\d+) av (\d+),", r"^(\d+) av (\d+) frågor är inte prövade",
           r"\((\d+) fråg(?:a|or)\)", r"inte prövat än: (\d+) av (\d+) frågor"),
    "en": (r"To handle: (\d+) question", r"Not tested: (\d+) of (\d+),", r"^(\d+) of (\d+) questions have not been",
           r"\((\d+) questions?\)", r"has been tested yet: (\d+) of (\d+) questions"),
}  # fmt: skip


@pytest.mark.parametrize(("pack", "file"), COUNTED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_counts_the_untested_questions_alike(pack: str, file: str, language: str) -> None:
    handle, headline, lead, group, letter = TOLD_COUNTS[language]
    for site in record(pack, file, language)["sites"]:
        counts, asked = site["verdict"]["counts"], site["verdict"]["asked"]
        lines = site["verdict"]["headline"]
        assert [int(one) for one in re.findall(handle, lines[1])] == ([counts["REVIEW"]] if counts["REVIEW"] else [])
        told = [(str(counts["OPEN"]), str(asked))] if counts["OPEN"] else []
        assert re.findall(headline, lines[2]) == told
        paragraphs = {one["key"]: one["paragraphs"] for one in site["statement"]}
        assert re.findall(lead, (paragraphs.get("untested") or [""])[0]) == told
        grouped = [int(one) for text in paragraphs.get("untested", ()) for one in re.findall(group, text)]
        gates = {one["rule"] for one in site["findings"] if one["gate"] and one["outcome"] == "OPEN"}
        assert sum(grouped) + len(gates) == counts["OPEN"]
        assert re.findall(letter, " ".join(site["for_applicant"])) == told


def test_a_list_that_was_cut_says_so_without_a_second_number() -> None:
    for site in record("pitea", "sites.geojson", "sv")["sites"]:
        assert " till)" not in site["verdict"]["headline"][2]
        if len(site["verdict"]["open"]) > 20 and not site["verdict"]["open_gate"]:
            assert "(bland annat " in site["verdict"]["headline"][2]


def test_a_question_that_is_open_for_one_use_alone_is_not_lost_in_the_counts(tmp_path: Path) -> None:
    # Landsbygd depends for industri; of bostäder the little matrix says nothing. The worse of the two is OPEN.
    pack = Pack(tmp_path / "paket").document("op")
    pack.zones([(ALL, COUNTRY)], document="op")
    found = run(tmp_path, pack, land_book(tmp_path), ("a", SITE, {"use": "bostäder, industri"})).to_dict()
    site = found["sites"][0]
    assert {one["outcome"] for one in site["findings"]} == {"REVIEW", "OPEN"}
    assert site["verdict"]["counts"]["OPEN"] == 1 and site["verdict"]["counts"]["REVIEW"] == 0
    assert site["verdict"]["headline"][1] == "Att hantera för en del av användningarna: t.land."
    assert "Inte prövat: 1 av 1," in site["verdict"]["headline"][2]


def test_a_question_that_speaks_against_one_use_and_is_open_for_another_is_told_as_both(tmp_path: Path) -> None:
    # The category does not hold industri; of bostäder the little matrix says nothing.
    pack = Pack(tmp_path / "paket").document("op")
    pack.zones([(ALL, TOWN)], document="op")
    found = run(tmp_path, pack, land_book(tmp_path), ("a", SITE, {"use": "bostäder, industri"})).to_dict()
    site = found["sites"][0]
    assert (site["verdict"]["counts"]["FAIL"], site["verdict"]["counts"]["OPEN"]) == (1, 0)
    assert site["verdict"]["headline"][2] == "Inte prövat för en del av användningarna: t.land."
    untested = next(one["paragraphs"] for one in site["statement"] if one["key"] == "untested")
    assert untested[-1] == "Inte prövat för en del av användningarna: t.land."
    assert "av 1 frågor" not in " ".join(untested)


# --- a part of the site ----------------------------------------------------------------------------------------------


def test_a_detailed_plan_on_a_part_of_the_site_is_not_told_as_the_whole(tmp_path: Path) -> None:
    # 7 of the site's 100 metres: 7 %.
    asked = rule("plan.detailed_plan", theme="detailed_plan", check="avoid", basis="information", hit="REVIEW")
    for name, size, told in (
        ("a", box(5000, 5000, 5007, 5100), "Detaljplan gäller på en del av platsen (7\u00a0%)."),
        ("b", box(4000, 4000, 6000, 6000), "Detaljplan gäller på platsen."),
    ):
        folder = tmp_path / name
        pack = Pack(folder / "paket").layer("dp", "detailed_plan", [size])
        found = run(folder, pack, book(folder, asked), ("a", SITE)).to_dict()
        assert found["sites"][0]["verdict"]["headline"][0].startswith(told)


def across(folder: Path, language: str = "sv", *, neighbour: bool) -> Any:
    """Half of a site of two hectares in the municipality, half of it in another."""
    pack = Pack(folder / "paket", area=box(0, 0, 5050, 10_000)).document("op")
    pack.zones([(ALL, WORK)], document="op")
    if neighbour:
        geojson(folder / "paket" / "grann.geojson", [(box(5050, 0, 9000, 10_000), {})])
        pack.add("neighbour", name="Grannbo kommun", code="0200", area={"source": "grann.geojson"})
    return run(folder, pack, land_book(folder), ("a", box(4950, 5000, 5150, 5100))).to_dict(language)["sites"][0]


def test_a_site_across_the_border_says_so_in_every_text(tmp_path: Path) -> None:
    for known, where in ((True, "i Grannbo kommun"), (False, "i en annan kommun")):
        (tmp_path / str(known)).mkdir()
        site = across(tmp_path / str(known), neighbour=known)
        told = f"En del av platsen (1,0\u00a0ha) ligger utanför Ritade kommun, {where}."
        assert site["verdict"]["headline"][0].startswith(told)
        parts = {one["key"]: " ".join(one["paragraphs"]) for one in site["statement"]}
        assert told in parts["site"]
        letter = " ".join(site["for_applicant"])
        assert told in letter
        assert "flera områden" not in letter and "grannkommunen" not in letter.replace("Fråga också grannkommunen", "")


# --- the text for a case officer's paper -----------------------------------------------------------------------------


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_has_no_codes_and_no_checksums(pack: str, file: str, language: str) -> None:
    for site in record(pack, file, language)["sites"]:
        for part in site["statement"]:
            for text in part["paragraphs"]:
                assert "?." not in text
                assert not re.search(r"\((?:F[1-5]|U0|R0|R2|K|V|A|I)\)|kontrollsumma|checksum|[0-9a-f]{12}", text), text


@pytest.mark.parametrize(("pack", "file"), ASSESSED)
def test_what_lacks_data_is_a_list_by_who_has_it(pack: str, file: str) -> None:
    for site in record(pack, file, "sv")["sites"]:
        paragraphs = next((one["paragraphs"] for one in site["statement"] if one["key"] == "untested"), [])
        assert not any("(finns hos" in text for text in paragraphs)
        holders = [text.split(":")[0] for text in paragraphs if text.startswith("– Hos ")]
        assert bool(holders) == any(
            one["open_reason"] in ("layer_missing", "no_coverage")
            for one in site["findings"]
            if one["counted"] and one["theme"] and not one["gate"]
        )
        titles = {one["rule"]: one["title"] for one in site["findings"]}
        for one in site["findings"]:
            if one["counted"] and one["open_reason"] == "layer_missing" and not one["rule"].startswith("conflict."):
                assert any(titles[one["rule"]] in text for text in paragraphs), one["rule"]


def test_a_municipality_s_own_criterion_is_not_told_as_the_readers(tmp_path: Path) -> None:
    for text in Texts.keys(load("sv"), "message"):
        assert "Ert mått" not in load("sv").get("message", text)
        assert "Your" not in load("en").get("message", text)


def test_the_facts_of_a_plot_stand_in_the_statement(tmp_path: Path) -> None:
    stated = {"owner": "kommunen", "va": "framdraget", "grid_mw": 4.5, "building_m": "60 x 40"}
    pack = Pack(tmp_path / "paket")
    asked = rule("t.a", theme="housing", check="avoid")
    site = run(tmp_path, pack, book(tmp_path, asked), ("a", SITE, stated)).to_dict()["sites"][0]
    told = next(one["paragraphs"] for one in site["statement"] if one["key"] == "site")[-1]
    assert told.startswith("Uppgifter om tomten, som de står i platsfilen: ")
    for fact in ("kommunen", "framdraget", "4,5", "60 × 40 m ryms"):
        assert fact in told
    (tmp_path / "x").mkdir()
    bare = run(tmp_path / "x", Pack(tmp_path / "x" / "paket"), book(tmp_path / "x", asked), ("a", SITE)).to_dict()
    assert "Uppgifter om tomten" not in str(bare["sites"][0]["statement"])


def test_the_demand_for_power_stands_beside_what_the_grid_has(tmp_path: Path) -> None:
    asked = next(one for one in read_rules().rules if one.id == "service.power")
    assert asked.value("attribute") == "power_mw"
    pack = Pack(tmp_path / "paket")
    sites = [("a", SITE, {"power_mw": 8, "grid_mw": 4.5}), ("b", SITE, {"power_mw": 8, "grid_mw": None})]
    found = run(tmp_path, pack, read_rules(), *sites).to_dict()["sites"]
    first, second = (
        next(one for one in site["findings"] if one["rule"] == "service.power")["message"] for site in found
    )
    assert first.startswith("Effektbehovet är 8\u00a0MW; i platsfilen anges 4,5\u00a0MW i nätet. ")
    assert second.startswith("Effektbehovet är 8\u00a0MW. ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outcome_is_given_and_a_gate_is_decisive(language: str) -> None:
    texts = load(language)
    words = "vgörande för utfallet" if language == "sv" else "ecisive for the outcome"
    found = [(table, key) for table in texts._tables for key in texts.keys(table) if words in texts.get(table, key)]
    assert found == []


def test_english_writes_per_cent_without_a_space_and_one_word_for_dispens() -> None:
    texts = load("en")
    assert (texts.share(0.08), load("sv").share(0.08)) == ("8%", "8\u00a0%")
    assert (texts.share(0.001), texts.share(0.999)) == ("under 1%", "over 99%")
    told = [(table, key) for table in texts._tables for key in texts.keys(table)
            if "dispensation" in texts.get(table, key).lower()]  # fmt: skip
    assert told == []
