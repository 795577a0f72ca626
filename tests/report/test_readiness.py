"""The readiness check as table, record and page: complete, the same every time, and nothing from a file that runs."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import drawn
import fakes
import jsonschema
import pytest
import ready

import opcheck
from opcheck.errors import OutputError
from opcheck.readiness import KINDS, PlanFault, Readiness
from opcheck.report import readiness_map, readiness_page
from opcheck.report.lines import WIDTH
from opcheck.report.readiness import (
    ReadinessWords,
    check_readiness_targets,
    readiness_record,
    readiness_table,
    write_readiness,
)
from opcheck.texts import LANGUAGES, load
from opcheck.validate import validate_plan

BANNED = ("tillåt", "förbjud", "godkän", "förenlig", "strider", "lämplig", "uppfyll", "allowed", "approved", "complies")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Readiness:
    return ready.faulty(tmp_path_factory.mktemp("brister"))


@pytest.fixture(scope="module")
def page(found: Readiness) -> str:
    return readiness_page.render(found)


class Reader(HTMLParser):
    """Collects tags with their attributes, and the texts between them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open not in ("script", "style"):
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def plain(text: str) -> str:
    return " ".join(text.split())


def squeezed(text: str) -> str:
    """Text without spaces: between two tags there may be one or none."""
    return "".join(text.split())


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_has_title_sentence_and_step(lang: str) -> None:
    texts = load(lang)
    for table in ("fault_title", "fault", "fault_step"):
        assert list(texts.keys(table)) == list(KINDS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_left_with_an_unknown_in_it(lang: str, found: Readiness) -> None:
    for fault in readiness_record(found, lang)["faults"]:
        assert load(lang).unknown not in fault["message"].replace("okänd ", ""), fault
        assert not re.search(r"[{}]|None|\(\)", fault["message"]), fault


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nobody_is_told_that_a_requirement_is_met(lang: str) -> None:
    texts = load(lang)
    tables = ("fault_title", "fault", "fault_step", "digital", "digital_state", "level")
    sentences = [texts.get(table, key) for table in tables for key in texts.keys(table)]
    sentences += [texts.get("ui", key) for key in texts.keys("ui") if key.startswith("ready_")]
    assert [text for text in sentences if any(word in text.lower() for word in BANNED)] == []


# --- table ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_groups_and_counts_the_most_serious_first(lang: str, found: Readiness) -> None:
    table = readiness_table(found, lang)
    texts = load(lang)
    heads = re.findall(r"^([A-ZÅÄÖ]+) (.+) \((\d+)\)$", table, re.MULTILINE)
    assert [(title, int(count)) for _, title, count in heads] == [
        (texts.get("fault_title", kind), number) for kind, number in found.kinds.items()
    ]
    words = [texts.get("level", level).upper() for level in ("error", "warning", "notice")]
    assert [words.index(word) for word, _, _ in heads] == sorted(words.index(word) for word, _, _ in heads)


def test_a_long_list_is_shortened_and_counted(tmp_path: Path) -> None:
    table = readiness_table(ready.many(tmp_path, 30), "sv")
    assert table.count("som bredast 0,5") == 8
    assert "… och 22 till av samma slag" in plain(table)


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    table = readiness_table(ready.hostile(tmp_path, "\x1b[2J\x9b31m\r\x07"), "sv")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", table)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_line_of_the_table_is_wider_than_a_terminal(lang: str, found: Readiness) -> None:
    lines = readiness_table(found, lang).splitlines()
    assert [line for line in lines if len(line) > WIDTH and " " in line.strip(" -→")] == []


def test_each_theme_without_a_layer_has_a_line_of_its_own(found: Readiness) -> None:
    """The holders of two themes: a line for each, and not one paragraph of all."""
    (fault,) = (fault for fault in found.faults if fault.kind == "theme_missing")
    lines = readiness_table(found, "sv").splitlines()
    items = ReadinessWords(found, load("sv")).items(fault)
    assert len(items) == fault.count == len(fault.args["themes"])
    assert "      Större väg: Trafikverket" in lines and "      Jordbruksmark: Jordbruksverket" in lines


def test_the_table_says_what_was_checked_and_how_far_it_closes(tmp_path: Path) -> None:
    """The west half and all of the east but a strip of 100 m: 99 % of 10 000 ha."""
    table = plain(readiness_table(ready.gap(tmp_path, 100), "sv"))
    assert "gällde 2026-11-22" in table and "bredare än 1 mm" in table
    assert "OP: 2 zoner, 9 900 ha av 10 000 ha är täckt (99 %). Inom toleransen: 0." in table


def test_what_the_readers_say_is_marked_as_swedish_in_english_pages(found: Readiness) -> None:
    page = readiness_page.render(found, "en")
    marked = re.findall(r'<span lang="sv">(.*?)</span>', page)
    swedish = [fault for fault in found.faults if fault.args.get("why")]
    assert len(marked) == len(swedish) > 3
    assert any("är inte giltig JSON" in text for text in marked)
    assert '<span lang="sv">' not in readiness_page.render(found, "sv")


def test_titles_that_hold_a_comma_can_be_told_apart(found: Readiness) -> None:
    words = ReadinessWords(found, load("sv"))
    fault = PlanFault(kind="dated_missing", layers=("zoner", "hamn"), count=2, args={"of": 2})
    words._layers = {one.id: dataclasses.replace(one, title=f"Lager, {one.id}") for one in found.plan.layers}
    assert words.layers(fault) == "«Lager, zoner» och «Lager, hamn»"


# --- record ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_record_fits_the_shipped_schema(lang: str, found: Readiness) -> None:
    schema = json.loads((files("opcheck") / "schema" / "readiness-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    record = json.loads(json.dumps(readiness_record(found, lang), allow_nan=False))
    jsonschema.validate(record, schema)

    def closed(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: closed(value) for key, value in part.items()} | (
                {"additionalProperties": False} if "properties" in part else {}
            )
        return part

    jsonschema.validate(record, closed(schema))  # nothing in the record that the schema does not name


def test_the_record_has_every_fault_with_all_its_rows(found: Readiness) -> None:
    record = readiness_record(found, "sv")
    assert [fault["number"] for fault in record["faults"]] == list(range(1, len(found) + 1))
    assert sum(record["counts"].values()) == len(found)
    for fault, told in zip(found.faults, record["faults"], strict=True):
        assert [(one["layer"], one["id"]) for one in told["features"]] == list(fault.features)


def test_the_record_names_no_place_of_this_machine(found: Readiness) -> None:
    assert str(found.plan.folder.parent) not in json.dumps(readiness_record(found, "sv"), ensure_ascii=False)


def test_a_share_short_of_all_is_not_all(tmp_path: Path) -> None:
    """A gap of 20 m² in 10 000 ha is less than a millionth of it."""
    record = readiness_record(ready.gap(tmp_path, 0.002), "sv")
    assert record["closure"][0]["share"] == 0.999999


# --- widths and areas in words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "swedish"),
    [(0.0011, "1,1\u00a0mm"), (0.0035, "3,5\u00a0mm"), (0.05, "50\u00a0mm"), (0.5, "0,50\u00a0m"), (40.0, "40\u00a0m")],
)
def test_a_narrow_width_is_told_in_millimetres(tmp_path: Path, width: float, swedish: str) -> None:
    found = ready.gap(tmp_path, width)
    fault = next(one for one in readiness_record(found, "sv")["faults"] if one["kind"].startswith("gap"))
    assert f"som bredast {swedish}" in fault["message"]


# --- page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_stands_in_the_page_as_text(lang: str, found: Readiness) -> None:
    text = plain(Reader(readiness_page.render(found, lang)).text)
    for fault in readiness_record(found, lang)["faults"]:
        assert squeezed(fault["message"]) in squeezed(text)
        assert all(squeezed(item) in squeezed(text) for item in fault["items"])
        assert plain(fault["next_step"]) in text


def test_nothing_is_fetched_and_nothing_in_the_markup_runs(page: str) -> None:
    for tag, attributes in Reader(page).tags:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form", "img")
        for name in ("src", "href", "action", "data", "srcset", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#"), attributes
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_the_same_check_gives_the_same_bytes(tmp_path: Path, page: str) -> None:
    assert readiness_page.render(ready.faulty(tmp_path)) == page


def test_each_row_has_its_number_and_each_place_its_button(page: str, found: Readiness) -> None:
    tags = Reader(page).tags
    rows = [attributes["id"] for tag, attributes in tags if tag == "tr" and "id" in attributes]
    assert rows == [f"fault-{number}" for number in range(1, len(found) + 1)]
    buttons = {int(str(attributes["data-fault"])) for tag, attributes in tags if "data-fault" in attributes}
    located = {number for number, shape in enumerate(found.shapes, 1) if shape is not None}
    assert located and located <= buttons
    data = json.loads(re.search(r'id="opcheck-data">(.*?)</script>', page, re.DOTALL)[1])
    assert {fault["number"] for fault in data["map"]["faults"]} == buttons


@pytest.mark.parametrize("payload", fakes.PAYLOADS)
def test_hostile_text_stays_text(payload: str, tmp_path: Path) -> None:
    page = readiness_page.render(ready.hostile(tmp_path, payload))
    tags = [tag for tag, _ in Reader(page).tags]
    assert tags.count("script") == 3 and "img" not in tags
    assert not (Path.cwd() / "opcheck-pwned").exists()
    if payload.startswith("{{"):
        assert "cycler" in Reader(page).text


def test_more_than_can_be_listed_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness_page, "LISTED_MOST", 5)
    monkeypatch.setattr(readiness_page, "LISTED_LEAST", 3)
    monkeypatch.setattr(readiness_map, "DRAWN_MOST", 4)
    monkeypatch.setattr(readiness_map, "DRAWN_LEAST", 2)
    found = ready.many(tmp_path, 30)
    text = plain(Reader(readiness_page.render(found)).text)
    assert "Här visas de 5 första av 30 fynd" in text
    assert "Kartan visar 4 av" in text
    assert len(readiness_record(found, "sv")["faults"]) == len(found)


def test_slivers_do_not_drive_other_kinds_from_the_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty slivers come before an overlap in the list; a map with room for five has the overlap all the same."""
    monkeypatch.setattr(readiness_map, "DRAWN_MOST", 5)
    monkeypatch.setattr(readiness_map, "DRAWN_LEAST", 1)
    found = ready.many(tmp_path, 30, drawn.box(10, 10, 500, 500))
    page = readiness_page.render(found)
    data = json.loads(re.search(r'id="opcheck-data">(.*?)</script>', page, re.DOTALL)[1])
    marked = [found.faults[fault["number"] - 1].kind for fault in data["map"]["faults"] if fault["at"]]
    assert (marked.count("gap_sliver"), marked.count("overlap")) == (4, 1)


@pytest.mark.parametrize(
    ("width", "tolerance", "told"), [(0.008, 0.001, True), (0.02, 0.001, False), (0.3, 0.01, False)]
)
def test_slivers_as_narrow_as_rounded_coordinates_are_counted(
    tmp_path: Path, width: float, tolerance: float, told: bool
) -> None:
    found = ready.many(tmp_path, 12, width=width, tolerance_m=tolerance)
    told_of = "12 av 12 är högst 10 mm breda"
    assert found.kinds["gap_sliver"] == 12
    assert (told_of in plain(readiness_table(found, "sv"))) is told
    assert (told_of in plain(Reader(readiness_page.render(found)).text)) is told


def test_a_page_without_a_place_has_no_map_and_says_so(tmp_path: Path) -> None:
    found = ready.nowhere(tmp_path)
    page = readiness_page.render(found)
    assert "<script" not in page and "Ingen karta" in page


def test_a_demonstration_says_so(root: Path) -> None:
    found = validate_plan(opcheck.read_plan(root / "layers" / "exempel"), on=ready.DAY)
    assert "Demonstration." in Reader(readiness_page.render(found)).text
    assert "Demonstrationsunderlag" in readiness_table(found, "sv")


# --- files ----------------------------------------------------------------------------------------------------------


def test_files_are_written_together(tmp_path: Path, found: Readiness) -> None:
    targets = write_readiness(found, [tmp_path / "g.html", tmp_path / "g.json"], "en")
    assert [path.name for path in targets] == ["g.html", "g.json"]
    assert json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))["lang"] == "en"
    assert b"\r" not in (tmp_path / "g.html").read_bytes()


def test_all_or_none(tmp_path: Path, found: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> str:
        raise OSError(28, "No space left on device", "g.html")

    monkeypatch.setattr(readiness_page, "render", fail)
    with pytest.raises(OutputError):
        write_readiness(found, [tmp_path / "g.json", tmp_path / "g.html"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["g.csv", "g", "saknas/g.html"])
def test_paths_that_cannot_be_written_are_refused_first(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError):
        check_readiness_targets([tmp_path / name])


# --- documentation --------------------------------------------------------------------------------------------------


def test_every_kind_and_member_is_documented(root: Path, found: Readiness) -> None:
    text = (root / "docs" / "readiness.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"`([\w.]+)`", text))
    record = readiness_record(found, "sv")
    members = {*record, *record["plan"], *record["layers"][0], *record["closure"][0], *record["kinds"][0]}
    members |= {*record["faults"][0], *record["digital"], *record["digital"]["points"][0]}
    assert sorted({*KINDS, *members} - shown) == []


def test_the_documented_level_of_each_kind_is_its_own(root: Path) -> None:
    text = (root / "docs" / "readiness.md").read_text(encoding="utf-8")
    told = {
        kind: level
        for cells, level in re.findall(r"^\| ([^|]+) \| (error|warning|notice) \|", text, re.MULTILINE)
        for kind in re.findall(r"`(\w+)`", cells)
    }
    assert told == {kind: level.value for kind, level in KINDS.items()}
