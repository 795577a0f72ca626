"""Every rule of the national set, in situations that somebody has written down and in situations that are made up."""

from __future__ import annotations

import collections
import functools
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import generated
import pytest
from generated import Answer, Situation, World

import opcheck
from opcheck.casefile import CASES_FOLDER, PLACES, SHAPES, about_land, case_file_of, read_cases
from opcheck.cases import CaseResult, run_cases
from opcheck.cli import main
from opcheck.errors import RuleError
from opcheck.rules import RULESETS, Rule

BOOK = opcheck.read_rules()
RULES = {rule.id: rule for rule in BOOK.rules}
MAPPED = [rule for rule in BOOK.rules if not about_land(rule)]
FILES = sorted((RULESETS / CASES_FOLDER).glob("*.toml"))

# --- written down: the national case files ----------------------------------------------------------------------------


@functools.cache
def results(path: Path) -> tuple[CaseResult, ...]:
    return run_cases(read_cases(path, book=BOOK), BOOK)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_written_case_has_the_answer_it_says(path: Path) -> None:
    wrong = [f"{one.case}: {' '.join(one.differences)}" for one in results(path) if not one.passed]
    assert not wrong, "\n".join(wrong)


def test_cases_stand_in_a_file_named_as_that_of_their_rules() -> None:
    home = {rule.id: one.file for one in BOOK.sets for rule in one.rules}
    strays = [str(one.case) for path in FILES for one in results(path) if home[one.case.rule] != path.name]
    assert not strays, "\n".join(strays)


BITES = frozenset({
    "hit", "near", "serves", "forbidden", "inside", "eased", "eased_pending", "too_near", "in_band", "later",
    "not_covered", "lapsed", "not_in_force", "unknown", "no_threshold", "f2.depends", "f2.stance_unread",
    "f2.stance_condition", "f2.undecided", "f3", "f4", "f5.firm", "f5.stance", "f5.cell",
})  # fmt: skip
CLEARS = frozenset({
    "clear", "clear.indicative", "contact", "in_time", "horizon_passed", "no_horizon", "covered", "in_force", "current",
    "f1",
})  # fmt: skip


def heard(rule: Rule, case: str) -> str | None:
    """What a case shows of a rule: that it bites, that it does not, or that nobody knows its distance."""
    if case in BITES:
        return "hit"
    if case in CLEARS or (rule.check == "at_most" and case.startswith("open.")):
        return "miss"
    return "unknown" if case == "open.guideline_missing" else None


def needed(rule: Rule) -> list[set[str]]:
    """Of each set, a rule's cases must show one."""
    if not generated.everywhere_open(rule):
        # A distance that is unknown up to a ceiling is open there, one that is known is open beyond it.
        return [{"hit", "unknown"}, {"miss", "unknown"} if rule.value("beyond_open") else {"miss"}]
    return [{"hit"}, {"unknown"}] if rule.check == "avoid" else [{"unknown"}]


def shown() -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = collections.defaultdict(set)
    for path in FILES:
        for one in results(path):
            rule = RULES[one.case.rule]
            word = "not asked" if one.found is None else heard(rule, one.found.case)
            found[rule.id].add(word or "")
    return found


def test_every_rule_has_a_written_case_that_hits_and_one_that_misses() -> None:
    found = shown()
    bare = []
    for rule in BOOK.rules:
        wanted = needed(rule)
        if not all(one & found[rule.id] for one in wanted):
            words = " and ".join(" or ".join(sorted(one)) for one in wanted)
            bare.append(f"{rule.id}: shows {sorted(found[rule.id])}, needs {words}")
    assert not bare, "\n".join(bare)


def test_every_rule_that_law_has_moved_has_a_written_case_on_each_side() -> None:
    found = shown()
    moved = [rule for rule in BOOK.rules if rule.valid_to is not None or rule.supersedes is not None or rule.counties]
    bare = [rule.id for rule in moved if "not asked" not in found[rule.id]]
    assert not bare, f"without a case that answers not_asked: {', '.join(bare)}"


# --- written down: the plan itself ------------------------------------------------------------------------------------

# Worked out from the design (Judging) and PBL 3:25: a plan is current until 24 months after the next ordinary election
# after its legal force. Elections: 2022-09-11, 2026-09-13, so 2024-09-11 and 2028-09-13.
PLAN_CASES = """
[[case]]
rule = "plan.land_use"
name = "stöds, utan text"
zone = { category = "Verksamheter och industri" }
answer = { outcome = "PASS", code = "F1", case = "f1" }
[[case]]
rule = "plan.land_use"
name = "stöds, med oläst text"
zone = { category = "Verksamheter och industri", text = "Bullret ska utredas." }
answer = { outcome = "REVIEW", code = "F2", case = "f2.stance_unread" }
[[case]]
rule = "plan.land_use"
name = "stöds, med läst villkor"
zone = { category = "Verksamheter och industri", text = "Bullret ska utredas.", stance = "villkor" }
answer = { outcome = "REVIEW", code = "F2", case = "f2.stance_condition" }
[[case]]
rule = "plan.land_use"
name = "texten utesluter"
zone = { category = "Verksamheter och industri", text = "Ingen industri.", stance = "utesluter" }
answer = { outcome = "FAIL", code = "F5", case = "f5.stance" }
[[case]]
rule = "plan.land_use"
name = "okänd kategori"
zone = { category = "Något helt annat" }
answer = { outcome = "OPEN", code = "U0", open_reason = "no_coverage", case = "u0.unmapped" }
[[case]]
rule = "plan.land_use"
name = "utan kategori"
zone = { name = "Zon" }
answer = { outcome = "OPEN", code = "U0", case = "u0.unmapped" }
[[case]]
rule = "plan.land_use"
name = "två zoner, den ena utesluter: den värsta svarar"
zone = [{ category = "Verksamheter och industri" },
        { category = "Verksamheter och industri", text = "Ingen industri.", stance = "utesluter" }]
answer = { outcome = "FAIL", code = "F3" }
[[case]]
rule = "plan.land_use"
name = "två zoner, den ena okänd"
zone = [{ category = "Verksamheter och industri" }, { category = "Något helt annat" }]
answer = { outcome = "OPEN", code = "F3" }
[[case]]
rule = "plan.land_use"
name = "två zoner som svarar lika"
zone = [{ category = "Verksamheter och industri" }, { category = "Verksamheter och industri" }]
answer = { outcome = "PASS", code = "F1" }
[[case]]
rule = "plan.land_use"
name = "planen är på samråd"
zone = { category = "Verksamheter och industri" }
document = { status = "samråd" }
answer = { outcome = "OPEN" }
[[case]]
rule = "plan.land_use"
name = "planens status är okänd"
zone = { category = "Verksamheter och industri" }
document = { status = "okänd" }
answer = { outcome = "OPEN", code = "U0", open_reason = "not_map_based", case = "u0.force" }
[[case]]
rule = "plan.status"
name = "laga kraft"
answer = { outcome = "PASS", case = "in_force" }
[[case]]
rule = "plan.status"
name = "antagen"
document = { status = "antagen" }
answer = { outcome = "OPEN", case = "not_in_force" }
[[case]]
rule = "plan.status"
name = "upphävd"
document = { status = "upphävd" }
answer = { outcome = "OPEN", case = "not_in_force" }
[[case]]
rule = "plan.status"
name = "okänd"
document = { status = "okänd" }
answer = { outcome = "OPEN", case = "unknown" }
[[case]]
rule = "plan.status"
name = "dagen före laga kraft"
document = { legal_force = "2026-11-23" }
answer = { outcome = "OPEN" }
[[case]]
rule = "plan.status"
name = "dagen för laga kraft"
document = { legal_force = "2026-11-22" }
answer = { outcome = "PASS" }
[[case]]
rule = "plan.current"
name = "laga kraft efter valet 2022"
document = { legal_force = "2023-03-01" }
answer = { outcome = "PASS", case = "current" }
[[case]]
rule = "plan.current"
name = "laga kraft före valet 2022"
document = { legal_force = "2020-06-01" }
answer = { outcome = "REVIEW", code = "K", need = "utredning", case = "lapsed" }
[[case]]
rule = "plan.current"
name = "sista dagen"
on = 2024-09-11
document = { legal_force = "2020-06-01" }
answer = { outcome = "PASS", case = "current" }
[[case]]
rule = "plan.current"
name = "dagen efter den sista"
on = 2024-09-12
document = { legal_force = "2020-06-01" }
answer = { outcome = "REVIEW", case = "lapsed" }
[[case]]
rule = "plan.current"
name = "en strategi i tid förlänger"
document = { legal_force = "2020-06-01", currency = [{ decided = 2024-06-01, says = "aktuell" }] }
answer = { outcome = "PASS", case = "current" }
[[case]]
rule = "plan.current"
name = "en strategi för sent väcker ingenting"
document = { legal_force = "2020-06-01", currency = [{ decided = 2024-10-01, says = "aktuell" }] }
answer = { outcome = "REVIEW", case = "lapsed" }
[[case]]
rule = "plan.current"
name = "laga kraft okänd"
document = { status = "laga kraft" }
answer = { outcome = "OPEN", open_reason = "not_map_based", case = "unknown" }
[[case]]
rule = "plan.horizon"
name = "zonen är till för senare"
zone = { category = "Verksamheter och industri", horizon = "2035–2040" }
site = { start_year = 2034 }
answer = { outcome = "REVIEW", code = "V", case = "later" }
[[case]]
rule = "plan.horizon"
name = "första året är i tid"
zone = { category = "Verksamheter och industri", horizon = "2035–2040" }
site = { start_year = 2035 }
answer = { outcome = "PASS", case = "in_time" }
[[case]]
rule = "plan.horizon"
name = "startåret saknas"
zone = { category = "Verksamheter och industri", horizon = "2035–2040" }
answer = { outcome = "OPEN", open_reason = "attribute_missing" }
[[case]]
rule = "plan.horizon"
name = "ingen horisont"
zone = { category = "Verksamheter och industri" }
site = { start_year = 2030 }
answer = { outcome = "NOT_APPLICABLE", case = "no_horizon" }
"""


def test_the_plan_itself_is_answered_as_the_design_says(tmp_path: Path) -> None:
    file = tmp_path / "planen.toml"
    file.write_text(PLAN_CASES, encoding="utf-8")
    wrong = [one for one in run_cases(read_cases(file, book=BOOK), BOOK) if not one.passed]
    assert not wrong, "\n".join(f"{one.case}: {one.differences}" for one in wrong)
    asked = {rule.id for rule in BOOK.rules if about_land(rule)}
    assert asked <= {one.rule for one in read_cases(file, book=BOOK)}


# --- made up ----------------------------------------------------------------------------------------------------------


def differences(rule: Rule, world: World, situations: list[Situation]) -> Iterator[str]:
    for situation, found in generated.ask(rule, BOOK, world, situations):
        expected = situation.expected
        if expected == generated.ASKED and found != generated.NOT_ASKED:
            continue
        same = found.outcome == expected.outcome
        same &= expected.code is None or found.code == expected.code
        same &= expected.reason is None or found.reason == expected.reason
        if not same:
            yield f"{world.name}, {situation.name}: expected {expected}, got {found}"


@pytest.mark.parametrize("rule", MAPPED, ids=lambda rule: rule.id)
def test_made_up_situations_are_answered_as_the_design_says(rule: Rule) -> None:
    wrong = [one for world, situations in generated.worlds(rule, BOOK) for one in differences(rule, world, situations)]
    assert not wrong, "\n".join(wrong)


def test_there_are_many_made_up_situations() -> None:
    count = sum(len(situations) for rule in MAPPED for _, situations in generated.worlds(rule, BOOK))
    assert count >= 15 * len(MAPPED)


def test_a_made_up_situation_that_is_answered_otherwise_is_found() -> None:
    wrong = Situation("over the site", Answer("PASS", "R0"), "industri", ("on",))
    rule = RULES["interest.reindeer"]
    (found,) = differences(rule, World(name="w", day=generated.TODAY), [wrong])
    assert "REVIEW" in found


# --- the format of case files -----------------------------------------------------------------------------------------

SOUND = """
[[case]]
rule = "interest.reindeer"
name = "På"
place = "inside"
answer = { outcome = "REVIEW", code = "R2" }
"""


def read(folder: Path, text: str) -> tuple[CaseResult, ...]:
    file = folder / "fall.toml"
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    return run_cases(read_cases(file, book=BOOK), BOOK)


def faults(folder: Path, text: str) -> list[tuple[str | None, str]]:
    with pytest.raises(RuleError) as caught:
        read(folder, text)
    return [(fault.key, fault.message) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('rule = "interest.reindeer"', 'rule = "interest.raindeer"', "rule", "Menades 'interest.reindeer'?"),
        ('rule = "interest.reindeer"', "", "rule", "saknas"),
        ('name = "På"', "", "name", "saknas"),
        ('name = "På"', 'name = "På"\nplats = 1', "plats", "okänd nyckel"),
        ('"inside"', '"insidan"', "place", "Giltiga"),
        ('place = "inside"', "", "place", "saknas"),
        ('place = "inside"', 'place = "apart"', "distance_m", "saknas"),
        ('place = "inside"', 'place = "inside"\ndistance_m = 3', "distance_m", 'hör till place = "apart"'),
        ('place = "inside"', 'place = "apart"\ndistance_m = -1', "distance_m", "minst 0"),
        ('place = "inside"', 'place = "inside"\nshape = "point"', "shape", "har polygon"),
        ('place = "inside"', 'place = "inside"\nother = "inside"', "other", "bara ett tema"),
        ('place = "inside"', 'place = "inside"\nuse = "indstri"', "use", "Menades 'industri'?"),
        ('place = "inside"', 'place = "inside"\ncounty = "2580"', "county", "två siffror"),
        ('place = "inside"', 'place = "inside"\non = "i går"', "on", "ett datum"),
        ('place = "inside"', 'place = "inside"\nsite = { tyngd = 3 }', "site.tyngd", "frågar efter"),
        ('place = "inside"', 'place = "inside"\nsite = { height_m = [] }', "site.height_m", "Förväntade ett tal"),
        ('place = "inside"', 'place = "inside"\nsite = { height_m = "hög" }', "site.height_m", "minst 0"),
        ('place = "inside"', 'place = "inside"\nsite = { height_m = -5 }', "site.height_m", "minst 0"),
        ('place = "inside"', 'place = "inside"\nsite = { height_m = nan }', "site.height_m", "minst 0"),
        ('place = "inside"', 'place = "inside"\nsite = { seveso = "kanske" }', "site.seveso", "ja eller nej"),
        ('place = "inside"', 'place = "inside"\nobject = { namn = "A" }', "object.namn", "okänd roll"),
        ('place = "inside"', 'place = "inside"\nzone = { category = "A" }', "zone", "markanvändning"),
        ('place = "inside"', 'place = "inside"\ndocument = { status = "klar" }', "document.status", "Giltiga"),
        ('place = "inside"', 'place = "inside"\ndocument = { status = "samråd" }', "document", "ingen plan"),
        ('"REVIEW"', '"REVEIW"', "answer.outcome", "Menades 'REVIEW'?"),
        ('outcome = "REVIEW", ', "", "answer.outcome", "saknas"),
        ('code = "R2"', 'code = "R9"', "answer.code", "Giltiga"),
        ('code = "R2"', 'kod = "R2"', "answer.kod", "okänd nyckel"),
        ('{ outcome = "REVIEW", code = "R2" }', '"inte_ställd"', "answer", "not_asked"),
        ('answer = { outcome = "REVIEW", code = "R2" }', "", "answer", "saknas"),
    ],
)  # fmt: skip
def test_a_fault_in_a_case_names_its_key(tmp_path: Path, old: str, new: str, key: str, words: str) -> None:
    assert SOUND.count(old) == 1
    ((where, message),) = faults(tmp_path, SOUND.replace(old, new))
    assert where == f"case[1].{key}"
    assert words in message


def test_all_faults_of_a_file_come_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, SOUND + SOUND.replace('"inside"', '"nowhere"') + "more = 1\n")
    assert [key for key, _ in found] == ["case[2].place", "case[2].more", "case[2].name"]


def test_a_file_without_cases_is_a_fault(tmp_path: Path) -> None:
    ((where, message),) = faults(tmp_path, "")
    assert (where, "saknas" in message) == ("case", True)


def test_a_point_cannot_lie_partly_in_a_site(tmp_path: Path) -> None:
    text = SOUND.replace("interest.reindeer", "criterion.interchange").replace('"inside"', '"partly"\nshape = "point"')
    ((where, message),) = faults(tmp_path, text)
    assert (where, "inte går att rita" in message) == ("case[1].place", True)


def test_the_answer_of_a_trigger_needs_no_place(tmp_path: Path) -> None:
    text = SOUND.replace("interest.reindeer", "plan.detailed_plan_required")
    ((where, message),) = faults(tmp_path, text)
    assert (where, "inget objekt på kartan" in message) == ("case[1].place", True)


@pytest.mark.parametrize(
    ("place", "more", "expected"),
    [
        ("inside", "", ("REVIEW", "hit")), ("partly", "", ("REVIEW", "hit")), ("crossing", "", ("REVIEW", "hit")),
        ("touching", "", ("PASS", "contact")), ("apart", "distance_m = 0.001", ("PASS", "clear")),
        ("nothing", "", ("PASS", "clear")), ("empty", "", ("OPEN", "open.layer_empty")),
        ("no_layer", "", ("OPEN", "open.layer_missing")), ("not_covered", "", ("OPEN", "open.no_coverage")),
    ],
)  # fmt: skip
def test_every_place_is_what_it_says(tmp_path: Path, place: str, more: str, expected: tuple[str, str]) -> None:
    (one,) = read(tmp_path, SOUND.replace('"inside"', f'"{place}"\n{more}'))
    assert one.found is not None
    assert (one.found.outcome.value, one.found.case) == expected
    # Half of 100 m × 100 m, all of it, and a line across it.
    assert one.found.measures["area_m2"] == {"partly": 5000.0, "inside": 10_000.0}.get(place)
    assert one.found.measures["length_m"] == {"crossing": 100.0}.get(place)
    if place == "apart":
        assert one.found.measures["distance_m"] == 0.001


def test_a_difference_says_what_was_expected_and_what_came(tmp_path: Path) -> None:
    (one,) = read(tmp_path, SOUND.replace('"inside"', '"nothing"'))
    assert not one.passed
    assert one.differences == ("väntade utfall REVIEW, kod R2, fick utfall PASS, kod R0, fall clear.",)


def test_a_rule_is_not_asked_before_its_day(tmp_path: Path) -> None:
    text = SOUND.replace('"inside"', '"inside"\non = 1998-12-31')
    assert RULES["interest.reindeer"].valid_from is not None
    (one,) = read(tmp_path, text)
    assert one.found is None
    assert "ställdes inte (1998-12-31, län 00)" in one.differences[0]
    (one,) = read(tmp_path, text.replace('{ outcome = "REVIEW", code = "R2" }', '"not_asked"'))
    assert one.passed
    (one,) = read(tmp_path, SOUND.replace('{ outcome = "REVIEW", code = "R2" }', '"not_asked"'))
    assert one.differences == (
        "väntade att regeln inte skulle ställas, men den svarade utfall REVIEW, kod R2, fall hit.",
    )


def test_the_cases_that_the_documentation_shows_pass(root: Path, tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```toml\n(\[\[case\]\].*?)^```", document(root), re.MULTILINE | re.DOTALL)
    wrong = [f"{one.case}: {one.differences}" for one in read(tmp_path, shown) if not one.passed]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('rule = "interest.reindeer"\nplace = "inside"\nzzz = 1', "case[1].zzz"),
        ('rule = "interest.reindeer"\nplace = "inside"\nanswer = { zzz = 1 }', "case[1].answer.zzz"),
        ('rule = "plan.status"\ndocument = { zzz = 1 }', "case[1].document.zzz"),
    ],
)
def test_every_key_of_a_case_is_documented(root: Path, tmp_path: Path, text: str, key: str) -> None:
    message = dict(faults(tmp_path, f"[[case]]\n{text}"))[key]
    named = set(message.rpartition("Giltiga: ")[2].rstrip(".").split(", ")) - {"zzz"}
    assert len(named) >= 5
    assert not [one for one in named if f"`{one}`" not in document(root)]


def test_every_place_is_documented(root: Path) -> None:
    assert not [one for one in (*PLACES, *SHAPES) if f"`{one}`" not in document(root)]


def document(root: Path) -> str:
    return (root / "docs" / "rules.md").read_text(encoding="utf-8").partition("## Case files")[2]


# --- the command ------------------------------------------------------------------------------------------------------

OWN = """
[ruleset]
id = "egen"
version = "1"
format = 1

[[rule]]
id = "egen.vatten"
title = "Vatten"
theme = "groundwater"
check = "avoid"
attention_m = 50
hit = "REVIEW"
basis = "guideline"
severity = "note"
responsible = { unit = "plan" }
"""

OWN_CASES = """
[[case]]
rule = "egen.vatten"
name = "Precis på gränsen"
place = "apart"
distance_m = 50
answer = { outcome = "REVIEW" }

[[case]]
rule = "egen.vatten"
name = "En millimeter bortom"
place = "apart"
distance_m = 50.001
answer = { outcome = "PASS" }
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "cases").mkdir()
    (tmp_path / "egna.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "cases" / "egna.toml").write_text(OWN_CASES, encoding="utf-8")
    return tmp_path / "egna.toml"


def test_cases_beside_a_rule_file_are_run(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "validate", str(own)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("egna.toml: inga fel i reglernas form.")
    assert out[1:] == ["cases/egna.toml: 2 fall, alla med väntat svar."]


def test_a_case_that_fails_is_named_and_the_code_is_2(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.write_text(OWN.replace("attention_m = 50", "attention_m = 49"), encoding="utf-8")
    assert main(["rules", "validate", str(own)]) == 2
    told = capsys.readouterr()
    assert told.out.splitlines()[1:] == ["cases/egna.toml: 2 fall, 1 med annat svar än väntat."]
    assert "cases/egna.toml, case[1]: egen.vatten, ”Precis på gränsen”: väntade utfall REVIEW, fick" in told.err
    assert "Traceback" not in told.err


def test_a_faulty_case_file_is_refused(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case_file_of(own).write_text(OWN_CASES.replace("distance_m = 50.001", ""), encoding="utf-8")
    assert main(["rules", "validate", str(own)]) == 2
    assert "cases/egna.toml, case[2].distance_m: saknas" in capsys.readouterr().err


def test_case_files_can_be_named(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = tmp_path / "fler.toml"
    more.write_text(SOUND, encoding="utf-8")
    assert main(["rules", "validate", "--cases", str(more)]) == 0
    assert capsys.readouterr().out.splitlines() == ["fler.toml: 1 fall, alla med väntat svar."]
    assert main(["rules", "validate", str(own), "--cases", str(more), "--cases", str(case_file_of(own))]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "cases/egna.toml: 2 fall, alla med väntat svar.", "fler.toml: 1 fall, alla med väntat svar.",
    ]  # fmt: skip
    assert main(["rules", "validate", "--cases", str(tmp_path / "borta.toml")]) == 2
    assert "borta.toml: filen finns inte" in capsys.readouterr().err


def test_rules_without_a_case_are_named(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = OWN[OWN.index("[[rule]]") :]
    own.write_text(OWN + more.replace("egen.vatten", "egen.andra") + more.replace("egen.vatten", "egen.tredje"))
    assert main(["rules", "validate", str(own)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "cases/egna.toml: 2 fall, alla med väntat svar.",
        "egna.toml: 2 regler är inte prövade i något fall: egen.andra, egen.tredje.",
    ]


def test_validate_needs_something_to_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "validate"]) == 2
    assert "ange en regelfil" in capsys.readouterr().err


def test_a_file_without_cases_beside_it_is_read_as_before(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case_file_of(own).unlink()
    assert main(["rules", "validate", str(own)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["egna.toml: 1 regel är inte prövad i något fall: egen.vatten."]
