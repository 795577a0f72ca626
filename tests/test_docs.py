"""The documentation says what the program does: it runs, names everything there is, and points at things that exist."""

from __future__ import annotations

import argparse
import doctest
import importlib
import importlib.util
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import geopandas
import pytest
import shapely

import opcheck
from opcheck import cli
from opcheck.checks import KINDS
from opcheck.errors import OpcheckError
from opcheck.findings import ADJUSTMENTS, Basis, Code, OpenReason, Outcome, Severity
from opcheck.plan import BORDERS, DOCUMENT_KINDS, DOCUMENT_STATUSES, EFFECTS, FIELD_ROLES
from opcheck.report import WRITERS
from opcheck.texts import load

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "examples/README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
WITH_EXAMPLES = (
    "opcheck.manifest", "opcheck.sites", "opcheck.rules", "opcheck.run", "opcheck.report", "opcheck.validate",
)  # fmt: skip

FENCE = re.compile(r"^```.*$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return [body for found, body in BLOCK.findall(text(page)) if found == language]


def words(page: str) -> set[str]:
    """Return what a page shows as code, word by word."""
    shown = re.findall(r"`([^`\n]+)`", FENCE.sub("", text(page))) + re.findall(
        r"```\w*\n(.*?)```", text(page), re.DOTALL
    )
    return {word for one in shown for word in re.findall(r"[\w.åäöÅÄÖ-]+", one)} | {one.strip() for one in shown}


def missing(named: Iterable[str], shown: set[str]) -> list[str]:
    return sorted(set(named) - shown)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the examples in it, so that what the documentation writes lands outside the checkout."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- it runs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [page for page in PAGES if ">>> " in text(page)])
def test_examples_of_a_page_run(page: str, desk: Path):
    example = doctest.DocTestParser().get_doctest(FENCE.sub("", text(page)), {}, page, page, 0)
    told: list[str] = []
    failed, tried = doctest.DocTestRunner().run(example, out=told.append)
    assert tried
    assert not failed, "".join(told)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of_the_public_verbs_run(name: str, desk: Path):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried
    assert not failed


def test_the_smallest_manifest_works_on_a_geopackage(desk: Path):
    (manifest,) = (block for block in blocks("docs/own-plan.md", "toml") if "[plan]" in block)
    pack = desk / "minsta"
    pack.mkdir()
    (pack / "plan.toml").write_text(manifest, encoding="utf-8")
    area = geopandas.GeoDataFrame(geometry=[shapely.box(600000, 7200000, 640000, 7240000)], crs="EPSG:3006")
    area.to_file(pack / "op.gpkg", layer="kommungrans")
    zones = geopandas.GeoDataFrame(
        {
            "objektid": ["1", "2"],
            "namn": ["Norr", "Söder"],
            "kategori": ["Verksamhetsområde", "Skog"],
            "text": [None, None],
        },
        geometry=[shapely.box(610000, 7210000, 612000, 7212000), shapely.box(610000, 7208000, 612000, 7210000)],
        crs="EPSG:3006",
    )
    zones.to_file(pack / "op.gpkg", layer="markanvandning")
    (desk / "sites.csv").write_text("id;use;e;n\na;industri;611000;7211000\nb;industri;611000;7209000\n")
    sites = opcheck.read_sites("sites.csv", crs="EPSG:3006")
    assessment = opcheck.assess(sites, opcheck.read_plan("minsta"), on="2026-11-22")
    assert [(one.site, one.plan) for one in assessment] == [("a", "F1"), ("b", "U0")]


def test_from_file_to_report_as_it_is_written(desk: Path, capsys: pytest.CaptureFixture[str]):
    """Every command in its order, and every line shown of what they print."""
    commands = [line for block in blocks("docs/own-plan.md", "sh") for line in block.splitlines()]
    for command in map(shlex.split, commands):
        if command[0] == "cp":
            shutil.copy(command[1], command[2])
        else:
            assert command[0] == "opcheck"
            assert cli.main(command[1:]) == 0, command
    told = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    shown = [line for block in blocks("docs/own-plan.md", "text") for line in block.splitlines()]
    assert len(shown) >= 12
    assert [line for line in shown if " ".join(line.split()) not in told] == []
    assert (desk / "readiness.html").is_file()
    assert (desk / "report.html").is_file()
    # The commands of the README are the same ones.
    mine = {" ".join(command.split()[:3]) for command in commands}
    steps = [line for block in blocks("README.md", "sh") for line in block.splitlines() if "minkommun" in line]
    assert {" ".join(step.split()[:3]) for step in steps if " plan " in step} <= mine


def test_what_own_plan_shows_of_a_manifest_stands_in_the_finished_one():
    manifest = tomllib.loads(text("examples/egen-plan/plan.toml"))
    tables = [*manifest["document"], *manifest["layer"]]
    tables += [one for layer in manifest["layer"] for kind in ("value", "stance") for one in layer.get(kind, [])]
    shown = [tomllib.loads(block) for block in blocks("docs/own-plan.md", "toml") if "[plan]" not in block]
    assert len(shown) >= 5
    assert [one for one in shown if not any(one.items() <= table.items() for table in tables)] == []


def test_the_swedish_guide_is_the_english_one():
    """The same commands and output in the same order: what the English page is run for holds for both.

    The Swedish page is therefore not run a second time. What is shown of a manifest is compared as it is read, since
    its remarks are in the page's own language.
    """

    def shown(page: str) -> list[tuple[str, object]]:
        read = {"toml": tomllib.loads, "sh": str.splitlines, "text": str.splitlines}
        return [(language, read[language](body)) for language, body in BLOCK.findall(text(page))]

    english, swedish = shown("docs/own-plan.md"), shown("docs/egen-plan.md")
    assert {language for language, _ in english} == {"sh", "text", "toml"}
    assert swedish == english
    for page in ("docs/own-plan.md", "docs/egen-plan.md"):
        # A block without a language would not be compared.
        assert len(FENCE.findall(text(page))) == 2 * len(swedish)
    assert table_rows("docs/egen-plan.md", "## Fällor") == table_rows("docs/own-plan.md", "## Traps")


def table_rows(page: str, heading: str) -> int:
    """Return the number of rows, the head among them, of the table under a heading."""
    (section,) = re.findall(rf"^{heading}\n(.*?)(?=^## |\Z)", text(page), re.MULTILINE | re.DOTALL)
    return len(re.findall(r"^\|", section, re.MULTILINE))


def test_the_swedish_guide_uses_the_words_of_the_program():
    """Outcomes, codes and kinds of faults are called what the program calls them."""
    page, texts = " ".join(text("docs/egen-plan.md").split()), load("sv")
    for outcome in Outcome:
        label = texts.get("outcome", outcome)
        assert f"| {label} | `{outcome}` |" in page or f"«{label}» (`{outcome}`)" in page
    assert [code for code in Code if not re.search(rf"\| (?:\w+, )?{code}(?:, \w+)? \|", page)] == []
    for code in ("F1", "F2", "F3", "F4", "F5", "U0"):
        assert f"| {code} | {texts.get('plan_line', code)}" in page
    for level in cli.LEVELS:
        assert f"| {texts.get('level', level)} | `{level}` |" in page
    for kind in ("gap_sliver", "overlap_sliver", "theme_missing", "text_unread", "unmapped"):
        assert f"«{texts.get('fault_title', kind)}»" in page, kind


@pytest.mark.parametrize(("page", "count"), [("README.md", 2), ("examples/README.md", 3)])
def test_commands_of_a_page_run(page: str, count: int, desk: Path, capsys: pytest.CaptureFixture[str]):
    """The commands as a user types them, without the setting up, which the test of the wheel does."""
    steps = [step for block in blocks(page, "sh") for line in block.splitlines() for step in line.split("&&")]
    checks = [shlex.split(step) for step in steps if "opcheck check" in step and "minkommun" not in step]
    assert len(checks) == count
    for words_ in checks:
        start = words_.index("check")
        assert cli.main(words_[start:]) == 0
        report = desk / words_[words_.index("--out") + 1]
        assert report.is_file()
        report.unlink()


def test_the_threshold_shown_in_the_readme_is_the_one_in_the_file():
    (shown,) = (tomllib.loads(block) for block in blocks("README.md", "toml") if "[[override]]" in block)
    file = tomllib.loads(text("examples/haraholmen/mina-regler.toml"))
    assert shown["override"] == file["override"]


# --- it names everything there is -------------------------------------------------------------------------------------


def test_each_outcome_code_and_reason_is_documented():
    shown = words("docs/concepts.md")
    named = {*Outcome, *Code, *OpenReason, *ADJUSTMENTS.values()}
    assert missing({str(one) for one in named}, shown) == []
    assert missing({str(one) for one in Outcome}, words("README.md")) == []


def test_each_check_kind_and_parameter_is_documented():
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##)", text("docs/rules.md"), re.MULTILINE | re.DOTALL))
    assert sections.keys() == KINDS.keys()
    for name, kind in KINDS.items():
        assert not [parameter for parameter in kind.parameters if f"`{parameter}`" not in sections[name]], name


def test_the_words_a_rule_file_may_use_are_documented():
    shown = words("docs/rules.md")
    assert missing({str(one) for one in (*Basis, *Severity)}, shown) == []


def test_the_words_a_manifest_may_use_are_documented():
    shown = words("docs/manifest.md")
    named = {*DOCUMENT_KINDS, *DOCUMENT_STATUSES, *FIELD_ROLES, *EFFECTS, *BORDERS}
    assert missing(named, shown) == []


def test_each_option_of_the_command_line_is_documented():
    shown = text("README.md") + text("docs/errors.md")
    assert [option for option in options(cli._parser()) if f"`{option}" not in shown] == []


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every long option, and every subcommand as it is typed."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield f"{parser.prog} {name}"
                yield from options(inner)
        yield from (option for option in action.option_strings if option.startswith("--") and option != "--help")


def test_each_exit_code_and_form_is_documented():
    for code in (cli.DONE, cli.MET, cli.REFUSED, cli.BROKEN, cli.INTERRUPTED):
        assert f"| {code} |" in text("docs/errors.md")
    assert missing(WRITERS, words("README.md")) == []


def test_each_error_is_documented():
    shown = words("docs/errors.md")
    named = {one for one in opcheck.__all__ if isinstance(getattr(opcheck, one), type)}
    errors = {one for one in named if issubclass(getattr(opcheck, one), OpcheckError)}
    assert errors
    assert missing(errors, shown) == []


def unknown_key(read, path: Path, content: str) -> set[str]:
    """Return the keys that a reader says are valid where it meets a key it does not know."""
    path.write_text(content, encoding="utf-8")
    with pytest.raises(OpcheckError) as caught:
        read(path)
    said = [fault.message for fault in caught.value.faults if fault.key and fault.key.endswith("zzz")]
    assert said, caught.value
    return {key for message in said for key in re.search(r"Giltiga: (.*)\.$", message)[1].split(", ")}


MANIFEST = '[plan]\nid = "a"\nname = "A"\ncrs = "EPSG:3006"\narea = { source = "a.geojson" }\n'
DOCUMENT = '[[document]]\nid = "d"\nkind = "översiktsplan"\nname = "D"\nstatus = "laga kraft"\n'
LAYER = '[[layer]]\nid = "l"\ntheme = "port"\nsource = "a.geojson"\n'
MANIFEST_TABLES = {
    "the file": "zzz = 1\n" + MANIFEST,
    "plan": MANIFEST + "zzz = 1\n",
    "source": MANIFEST.replace('"a.geojson"', '"a.geojson", zzz = 1'),
    "document": MANIFEST + DOCUMENT + "zzz = 1\n",
    "currency": MANIFEST + DOCUMENT + "[[document.currency]]\nzzz = 1\n",
    "layer": MANIFEST + LAYER + "zzz = 1\n",
    "fields": MANIFEST + LAYER + "[layer.fields]\nzzz = 'x'\n",
    "vocabulary": MANIFEST + "[[value]]\nzzz = 1\n",
    "value": MANIFEST + LAYER + "[[layer.value]]\nzzz = 1\n",
    "from": MANIFEST + LAYER + "[[layer.value]]\nfrom = { zzz = 1 }\n",
    "stance": MANIFEST + LAYER + "[[layer.stance]]\nzzz = 1\n",
    "empty": MANIFEST + LAYER + "[layer.empty]\nzzz = 1\n",
    "not_applicable": MANIFEST + "[[not_applicable]]\nzzz = 1\n",
    "accept": MANIFEST + "[[accept]]\nzzz = 1\n",
    "override": MANIFEST + "[[override]]\nzzz = 1\n",
    "neighbour": MANIFEST + "[[neighbour]]\nzzz = 1\n",
}


@pytest.mark.parametrize("table", MANIFEST_TABLES)
def test_each_key_of_the_manifest_is_documented(table: str, tmp_path: Path):
    (tmp_path / "a.geojson").write_text("{}")
    keys = unknown_key(opcheck.read_plan, tmp_path / "plan.toml", MANIFEST_TABLES[table])
    assert missing(keys, words("docs/manifest.md")) == []


RULES = '[ruleset]\nid = "r"\nversion = "1"\nformat = 1\n'
RULE = '[[rule]]\nid = "r.1"\ntheme = "port"\ncheck = "{check}"\n'
RULE_TABLES = {
    "the file": "zzz = 1\n" + RULES,
    "ruleset": RULES + "zzz = 1\n",
    **{check: RULES + RULE.format(check=check) + "zzz = 1\n" for check in KINDS},
    "responsible": RULES + RULE.format(check="avoid") + "responsible = { zzz = 1 }\n",
    "citation": RULES + RULE.format(check="avoid") + "citation = [{ zzz = 1 }]\n",
    "when": RULES + RULE.format(check="avoid") + "when = { zzz = 1 }\n",
    "parameter": RULES + RULE.format(check="at_least") + "distance_m = { value = 1, zzz = 1 }\n",
    "band": RULES + RULE.format(check="band") + "[[rule.band]]\nzzz = 1\n",
    "cell": RULES + "[[cell]]\nzzz = 1\n",
    "override": RULES + "[[override]]\nzzz = 1\n",
}


@pytest.mark.parametrize("table", RULE_TABLES)
def test_each_key_of_a_rule_file_is_documented(table: str, tmp_path: Path):
    keys = unknown_key(opcheck.read_rules, tmp_path / "rules.toml", RULE_TABLES[table])
    assert missing(keys, words("docs/rules.md")) == []


def test_each_member_of_the_record_is_documented(desk: Path):
    sites = opcheck.read_sites("examples/haraholmen/sites.geojson")
    rules = opcheck.read_rules("examples/haraholmen/mina-regler.toml")
    record = opcheck.assess(sites, opcheck.read_plan("pitea"), rules=rules, on="2026-11-22").to_dict()
    assert missing(members(record), words("docs/json.md")) == []


OPEN_ENDED = {"parameters": 1, "attributes": 0, "case": 0, "args": 0, "counts": 0}
"""Members whose own names are data: 1 where what they hold is described."""


def members(value: object) -> Iterator[str]:
    """Yield the names of all members of a record, but not names that are data, such as those of parameters."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            if name not in OPEN_ENDED:
                yield from members(inner)
            elif OPEN_ENDED[name] and isinstance(inner, Mapping):
                for one in inner.values():
                    yield from members(one)
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner)


def test_the_rule_reference_is_what_the_rule_files_say():
    spec = importlib.util.spec_from_file_location("make_rule_reference", ROOT / "docs" / "make_rule_reference.py")
    assert spec and spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert text("docs/rule-reference.md") == maker.page(), "run: python docs/make_rule_reference.py"


# --- it points at things that exist -----------------------------------------------------------------------------------


def anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text(page)), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {"".join(sign for sign in one.lower() if sign.isalnum() or sign in "-_ ").replace(" ", "-") for one in plain}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str):
    dead = []
    for link in LINK.findall(text(page)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        if not target.exists():
            dead.append(link)
        elif anchor and anchor not in anchors(target.resolve().relative_to(ROOT).as_posix()):
            dead.append(link)
    assert dead == []


def test_files_named_in_commands_exist():
    commands = "\n".join(blocks("README.md", "sh") + blocks("README.md", "bat") + blocks("examples/README.md", "sh"))
    named = {name.replace("\\", "/") for name in re.findall(r"examples[/\\][\w./\\-]+", commands)}
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_picture_is_small_enough_to_load():
    picture = ROOT / "docs" / "images" / "report.png"
    assert picture.stat().st_size < 300_000
