"""The page as text: one file, complete, the same every time, and nothing from a data file that a browser would run."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fakes
import pytest

import opcheck
from opcheck import texts
from opcheck.report import html, page, section, wording

HERE = Path(__file__).parent
BANNED = ("tillåt", "förbjud", "godkän", "förenlig", "strider", "lämplig", "allowed", "forbidden", "approved")
"""The case officer's words, never the program's."""


class Reader(HTMLParser):
    """Collects tags with their attributes, and the texts between them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.raw: list[tuple[str, str]] = []
        self._open: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):
            self.raw.append((self._open, data))
        else:
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def one() -> str:
    return html.render(fakes.one_site())


@pytest.fixture(scope="module")
def many() -> str:
    return html.render(fakes.many_sites(4))


@pytest.fixture(scope="module")
def real(root: Path) -> opcheck.Assessment:
    """The example that the project ships, through the engine."""
    sites = opcheck.read_sites(root / "examples" / "haraholmen" / "sites.geojson")
    return opcheck.assess(sites, opcheck.read_plan(root / "layers" / "pitea"), on="2026-11-22")


# --- one file, the same every time --------------------------------------------------------------------------


def test_nothing_is_fetched(one: str) -> None:
    read = Reader(one)
    for _, attributes in read.tags:
        for name in ("src", "href", "action", "data", "srcset", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#"), attributes
    assert not read.of("link", "iframe", "object", "embed", "base", "form", "img")
    style = next(data for kind, data in read.raw if kind == "style")
    assert set(re.findall(r"url\(['\"]?([a-z#]+)", style)) == {"data", "#default#"}
    assert "@import" not in style


def test_nothing_in_the_markup_runs_or_styles(one: str) -> None:
    for _, attributes in Reader(one).tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_the_policy_names_every_script_and_style_and_nothing_else(one: str) -> None:
    read = Reader(one)
    policy = next(
        str(meta["content"]) for meta in read.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert rules.pop("default-src") == "'none'"
    assert rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    assert rules.pop("img-src") == "data:"

    def hashes(pattern: str) -> set[str]:
        found = re.findall(pattern, one, re.S)
        return {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in found}

    assert set(rules.pop("script-src").split()) == hashes(r"<script>(.*?)</script>")
    assert set(rules.pop("style-src").split()) == hashes(r"<style>(.*?)</style>")
    assert not rules


def test_the_page_is_small(one: str) -> None:
    assert len(one.encode()) < 300_000


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_same_assessment_gives_the_same_bytes(lang: str) -> None:
    assert html.render(fakes.many_sites(3), lang=lang) == html.render(fakes.many_sites(3), lang=lang)


def test_another_process_gives_the_same_bytes(one: str, root: Path) -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import fakes; from opcheck.report import html; "
        "print(hashlib.sha256(html.render(fakes.one_site()).encode()).hexdigest())"
    )
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", code, str(HERE)],
            capture_output=True, check=True, cwd=root, env=os.environ | {"PYTHONHASHSEED": seed}, text=True,
        )  # fmt: skip
        assert found.stdout.strip() == hashlib.sha256(one.encode()).hexdigest()


def test_map_libraries_are_loaded_when_a_page_is_written_and_not_before(root: Path) -> None:
    code = (
        "import sys, opcheck.report.html; print([one for one in ('folium', 'jinja2', 'branca') if one in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=root,
        text=True,
    )
    assert found.stdout.strip() == "[]"


def test_leaflet_is_the_one_its_origin_names() -> None:
    folder = Path(html.__file__).parent / "assets" / "leaflet"
    origin = (folder / "ORIGIN.txt").read_text(encoding="utf-8").partition("files here")[2]
    recorded = dict(reversed(line.split()) for line in origin.splitlines() if len(line.split()) == 2)
    assert set(recorded) == {"leaflet.js", "leaflet.css"}
    for name, digest in recorded.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


# --- complete -----------------------------------------------------------------------------------------------


def test_every_finding_stands_on_the_page(one: str) -> None:
    read = Reader(one).text
    for finding in fakes.findings():
        if finding["basis"] != "criterion":
            assert " ".join(finding["message"].split()) in read, finding["rule"]


@pytest.mark.parametrize("boundary_case", [None, False, True])
def test_what_is_to_know_of_the_data_stands_beside_every_answer_that_was_given(boundary_case: bool | None) -> None:
    assessment = fakes.one_site()
    findings = assessment.data["sites"][0]["findings"]
    for number, finding in enumerate(findings):
        finding |= {"note": f"Anmärkning {number}.", "boundary_case": boundary_case}
    read = Reader(html.render(assessment)).text
    given = [one for one in findings if one["outcome"] != "NOT_APPLICABLE" and one["features"]]
    assert {one["outcome"] for one in given} >= {"PASS", "REVIEW"}
    for finding in given:
        assert finding["note"] in read, finding["rule"]


def test_the_data_behind_a_clear_answer_is_said_not_to_be_confirmed() -> None:
    """A layer with nothing near the site has no object in the finding that could carry the word."""
    assessment = fakes.one_site()
    ui = texts.load("sv").ui
    shown = [part(html.render(assessment), f">{ui('clear_title')}<", "</table>")]
    for layer in assessment.data["inputs"]["plan"]["layers"]:
        layer["confirmed"] = False
    shown.append(part(html.render(assessment), f">{ui('clear_title')}<", "</table>"))
    rows = sum(section._shelf(finding) == "clear" for finding in fakes.findings())
    assert rows
    assert [one.count(f"({ui('data_unconfirmed')})") for one in shown] == [0, rows]


@pytest.mark.parametrize("outcome", ["FAIL", "REVIEW", "OPEN", "PASS", "NOT_APPLICABLE"])
@pytest.mark.parametrize("basis", ["statute", "claim", "plan", "guideline", "criterion", "information"])
@pytest.mark.parametrize("code", [None, "I", "R0", "F1", "K"])
def test_a_finding_has_one_place(outcome: str, basis: str, code: str | None) -> None:
    finding = {"rule": "x", "outcome": outcome, "basis": basis, "code": code, "features": []}
    shelf = section._shelf(finding)
    if outcome == "OPEN" and basis not in ("criterion", "information"):
        assert shelf == "OPEN"  # what was not tested is never among the clear
    assert shelf in {"FAIL", "REVIEW", "OPEN", "information", "criteria", "met", "clear", "inapplicable"}


def test_findings_for_several_uses_are_told_once() -> None:
    assessment = fakes.one_site()
    site = assessment.data["sites"][0]
    site["uses"] = ["industri", "lager"]
    site["findings"] += [finding | {"use": "lager"} for finding in fakes.findings()]
    site["findings"][-7] = site["findings"][-7] | {"message": "Bara för lager.", "outcome": "OPEN", "code": "U0"}
    read = Reader(html.render(assessment)).text
    assert read.count("Bara för lager.") == 1
    assert "gäller lager" in read
    assert read.count("Ligger 96 m från «Transportled för farligt gods»") == 1


def test_the_order_of_the_page(one: str) -> None:
    places = [
        one.index(f'id="{name}"') for name in ("summary", "site-1", "untested", "not_seen", "ledger", "statements")
    ]
    places += [one.index(f'id="{name}"') for name in ("data", "rules", "method", "limits", "access")]
    assert places == sorted(places)
    site = one[one.index('id="site-1"') :]
    ui = texts.load("sv").ui
    marks = [">Detaljplan<", 'class="map"', *(f'class="answer answer-{one}' for one in ("FAIL", "REVIEW"))]
    marks += [f">{ui(key)}<" for key in ("parts_title", "criteria_title")]
    marks += ['class="group untested"', 'class="answer answer-OPEN', 'class="open-rows"']
    marks += [f">{ui(key)}<" for key in ("clear_title", "inapplicable_title")]
    inner = [site.index(mark) for mark in marks]
    assert inner == sorted(inner)


@pytest.mark.parametrize(
    "text",
    [
        "SBN 2026-1187, aktbilaga 4",
        "Demonstration.",
        "inte kontrollerad mot lagtexten",
        "Gäller inte här, en annan plan har ersatt texten",
        "Rationellt skogsbruk bedrivs vidare.",
        "Arbetsvärde, inte kontrollerat. Mått 150 m.",
        "Gränsen på kartan är inte exakt, och svaret hänger på var den går.",
        "Marginal: läget skulle behöva vara 210 m fel på kartan",
        "Ändrat från Inget fynd emot till Behöver bedömas",
        "A. Planarkitekt, 2026-01-15",
        "Godtaget av B. Handläggare",
        "raden saknar geometri",
        "ersätter inte prövning enligt plan- och bygglagen (PBL)",
        "SWEREF 99 21 45 (EPSG:3017)",
        "Ägare",
        "okänt",
        fakes.HASH,
        fakes.HASH[::-1],
        "inte bekräftat",
        "ger utfallet",
        "Fågelvägen, från platsens gräns till hamnområdets gräns.",
    ],
)
def test_the_page_says(one: str, text: str) -> None:
    assert text in Reader(one).text.replace("\u00a0", " ")


def test_a_page_for_many_says_how_they_fared(many: str) -> None:
    read = Reader(many)
    assert len([one for one in read.of("section") if "site" == one.get("class")]) == 4
    assert "Ingen karta: platsens geometri gick inte att använda." in read.text
    assert len(read.of("figure")) >= 3


def test_maps_and_sections_have_a_stated_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MAPS_MOST", 1)
    monkeypatch.setattr(page, "SITES_MOST", 3)
    read = Reader(html.render(fakes.many_sites(4)))
    assert len([one for one in read.of("section") if "site" == one.get("class")]) == 3
    assert len([one for one in read.of("figure") if "data-map" in one]) == 1
    assert "Kartor visas för de första 1 av 4 platser." in read.text
    assert "De första 3 har egna avsnitt" in read.text
    assert "Plats nummer 3" in read.text


def test_a_site_that_could_not_be_tested_is_told() -> None:
    assessment = fakes.one_site()
    assessment.windows = {"modulfabrik": None}
    site = assessment.data["sites"][0]
    site |= {"area_m2": None, "unusable": "ytan korsar sig själv", "uses": [], "unknown_uses": ["slott"], "parts": []}
    read = Reader(html.render(assessment))
    assert "Platsen gick inte att pröva: ytan korsar sig själv" in read.text
    assert "okänd: slott" in read.text
    assert not [script for script in read.of("script") if script.get("type") != "application/json"]


def test_an_assessment_of_nothing_is_a_page_too() -> None:
    assessment = fakes.Assessment(fakes.document([]), {})
    assert "0 platser" in Reader(html.render(assessment)).text


def test_stamp_and_name_are_printed() -> None:
    read = Reader(html.render(fakes.one_site(), stamp="Dnr 7", by="Kerstin Åkesson")).text
    assert "Dnr 7" in read and "Kerstin Åkesson" in read


def test_english_is_complete(one: str) -> None:
    english = Reader(html.render(fakes.one_site(), lang="en"))
    assert english.of("html") == [{"lang": "en"}]
    for key in ("summary_title", "clear_title", "not_seen_title", "access_title"):
        assert texts.load("en").ui(key) in english.text
    assert len(english.tags) == len(Reader(one).tags)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_text_that_is_asked_for_exists(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = set()
    found = texts.Texts.get

    def get(self: texts.Texts, table: str, key: str) -> str:
        asked.add((table, key))
        return found(self, table, key)

    monkeypatch.setattr(texts.Texts, "get", get)
    html.render(fakes.one_site(), lang=lang)
    html.render(fakes.many_sites(4), lang=lang)
    known = texts.load(lang)
    assert not [key for table, key in asked if table == "ui" and not known.has("ui", key)]


def test_both_languages_say_the_same_things() -> None:
    folder = Path(texts.__file__).with_name("texts")
    found = {lang: tomllib.loads((folder / lang / "report.toml").read_text(encoding="utf-8")) for lang in ("sv", "en")}
    assert list(found["sv"]["ui"]) == list(found["en"]["ui"])
    for key, text in found["sv"]["ui"].items():
        assert set(re.findall(r"\{\w+", text)) == set(re.findall(r"\{\w+", found["en"]["ui"][key])), key


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_page_leaves_the_verdict_to_the_case_officer(lang: str) -> None:
    ui = texts.load(lang)
    for key in ui.keys("ui"):
        assert not [word for word in BANNED if word in ui.get("ui", key).lower()], key


def test_no_machine_path_and_no_clock(one: str, root: Path) -> None:
    assert str(root) not in one
    assert str(Path.home()) not in one


# --- each answer in its place, in words that a planner reads ------------------------------------------------


def part(text: str, first: str, last: str) -> str:
    """Return what is read between two places in the markup."""
    start = text.index(first)
    return " ".join(Reader(text[start : text.index(last, start)]).text.split()).replace("\u00a0", " ")


def test_a_criterion_without_a_threshold_is_told_among_the_criteria(one: str) -> None:
    ui = texts.load("sv").ui
    table = part(one, f">{ui('criteria_title')}<", 'class="group untested"')
    row = table[table.index("Avstånd till järnvägslinje") :]
    assert "1 480 m Hamnbanan" in row and "ingen angiven" in row and "bara en upplysning" in row
    assert "järnvägslinje" not in part(one, f">{ui('inapplicable_title')}<", "</ul>")


@pytest.mark.parametrize(("case", "shelf"), [("no_threshold", "criteria"), ("at_most", "criteria")])
def test_only_what_does_not_apply_is_listed_so(case: str, shelf: str) -> None:
    finding = {"rule": "x", "outcome": "NOT_APPLICABLE", "basis": "criterion", "code": None, "features": []}
    assert section._shelf(finding | {"case": case}) == shelf
    assert section._shelf(finding | {"case": "not_applicable.use"}) == "inapplicable"


def test_an_upper_bound_without_a_threshold_is_no_answer() -> None:
    assessment = fakes.one_site()
    finding = assessment.data["sites"][0]["findings"][-1]
    finding |= {"case": "at_most", "outcome": "OPEN", "open_reason": "no_coverage"}
    assert "Bara en upplysning. Högst så långt" in Reader(html.render(assessment)).text


def test_the_findings_that_decided_say_so_and_no_other(one: str) -> None:
    site = one[one.index('id="site-1"') : one.index('id="untested"')]
    cards = re.findall(r"<article.*?</article>", site, re.S)
    assert [Reader(card).text.split()[0] for card in cards if "ger utfallet" in card] == ["Vattenskyddsområde"]
    gates = [card for card in cards if "avgörande fråga" in card]
    # a gate that has its answer says nothing of being one
    assert len(gates) == 1 and "Seveso" in gates[0]


def test_what_was_not_tested_is_as_loud_and_shorter(one: str) -> None:
    ui = texts.load("sv").ui
    place = one.index('class="group untested"')
    heading = one[place : one.index("</h3>", place)]
    assert '#icon-OPEN"' in heading and "Inte prövat" in heading and ">4<" in heading
    opened = one[place : one.index(f">{ui('information_title')}<")]
    rows = re.findall(r'<tr id="finding.*?</tr>', opened, re.S)
    assert [Reader(row).text.split()[0] for row in rows] == ["Är", "Elförsörjning"]
    missing = re.findall(r'<li id="finding.*?</li>', opened, re.S)
    assert [Reader(item).text.split()[0] for item in missing] == ["Anspråk"]
    assert opened.count("<article") == 1
    assert "Inte prövat" not in part(one, f">{ui('answers_title')}<", f">{ui('parts_title')}<")


def test_no_open_question_is_lost_on_the_way(real: opcheck.Assessment) -> None:
    rendered = html.render(real)
    ids = set(re.findall(r'id="(finding-\d+-\d+)"', rendered))
    for number, site in enumerate(real.to_dict("sv")["sites"], 1):
        for finding, anchor in section._anchored(site, number):
            if section._shelf(finding) == "OPEN":
                assert anchor in ids, (site["id"], finding["rule"])


def test_the_margin_is_folded_away_and_the_trace_is_left_to_the_record(one: str) -> None:
    assert "Marginal: läget" in Reader("".join(re.findall(r"<details.*?</details>", one, re.S))).text
    assert "Marginal: läget" not in Reader(re.sub(r"<details.*?</details>", "", one, flags=re.S)).text
    assert "Spår:" not in Reader(one).text


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("distance_m", 150.0, "Mått 150 m"),
        ("attention_m", 500.0, "Uppmärksamhetsavstånd 500 m"),
        ("serves", ["vätgas", "hamn"], "Användningar som hör till intresset: vätgas och hamn"),
        ("beyond_open", True, "Längre bort är frågan öppen: ja"),
        (
            "band",
            [{"upto_m": 50.0, "uses": ["industri"]}, {"upto_m": 100.0, "uses": ["kontor", "handel"]}],
            "Avstånd per användning: upp till 50 m för industri; upp till 100 m för kontor och handel",
        ),
        ("something_new", 3, "something_new = 3"),
    ],
)
def test_parameters_are_told_in_words(name: str, value: object, told: str) -> None:
    words = wording.Wording(fakes.document([]), texts.load("sv"))
    assert words.parameter(name, value).replace("\u00a0", " ") == told.replace("county_99", "99")


def test_a_value_that_is_not_known_tells_its_ceiling() -> None:
    words = wording.Wording(fakes.document([]), texts.load("sv"))
    one = {"value": None, "source": "Väglagen 47 §.", "checked": False, "ceiling": 75.0}
    told = next(words.working({"parameters": {"distance_m": one}})).replace("\u00a0", " ")
    assert told == "Arbetsvärde, inte kontrollerat. Mått okänt, högst 75 m. Väglagen 47 §."


def test_a_changed_value_has_a_source_and_the_one_that_applies_says_so() -> None:
    assessment = fakes.one_site()
    statements = assessment.data["inputs"]["plan"]["statements"]
    first = next(one for one in statements if one["kind"] == "override")
    statements.append(first | {"text": "distance_m = 9000: äldre önskemål", "by": "PM 2020-01", "applies": False})
    read = Reader(html.render(assessment)).text.replace("\u00a0", " ")
    told = "Avstånd till hamn (criterion.port): Mått 3 000 m. näringslivskontorets önskemål"
    assert f"{told} Det här värdet gäller. Källa: PM 2026-02" in read
    assert "Mått 9 000 m. äldre önskemål Gäller inte: ett annat värde" in read
    assert "Svarar: A. Planarkitekt, 2026-01-15" in read


def test_a_changed_value_alone_needs_no_word_on_that(one: str) -> None:
    assert "Det här värdet gäller." not in Reader(one).text


def test_a_layer_without_a_title_goes_by_its_theme() -> None:
    assessment = fakes.one_site()
    for layer in assessment.data["inputs"]["plan"]["layers"]:
        if layer["id"] == "vattenskydd":
            layer |= {"title": None, "theme_title": "Vattenskydd (tema)"}
    rendered = html.render(assessment)
    assert Reader(rendered).text.count("Vattenskydd (tema)") > 3  # legend, numbers, card, data
    assert '"layer":"vattenskydd"' not in rendered


@pytest.mark.parametrize(("kind", "told"), [("point", "en punkt"), ("line", "en linje"), (None, "en punkt eller")])
def test_a_site_without_an_area_says_that_its_extent_is_not_tested(kind: str | None, told: str) -> None:
    assessment = fakes.one_site()
    assessment.data["sites"][0] |= {"area_m2": None, "geometry_kind": kind}
    read = Reader(html.render(assessment)).text
    assert f"ingen, platsen är {told}" in read and "utbredningen är inte prövad" in read


# --- accessible ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_structure_for_those_who_do_not_see_it(lang: str) -> None:
    read = Reader(html.render(fakes.many_sites(3), lang=lang))
    assert read.of("html") == [{"lang": lang}]
    assert len(read.of("main")) == len(read.of("h1")) == 1
    assert read.of("title")
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    tables, captions = len(read.of("table")), len(read.of("caption"))
    assert tables == captions
    assert all(cell.get("scope") in ("row", "col") for cell in read.of("th"))
    ids = [str(attributes["id"]) for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in read.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)
        if (attributes.get("href") or "").startswith("#"):
            assert str(attributes["href"])[1:] in ids
        if attributes.get("role") in ("group", "img"):
            assert attributes.get("aria-label") or attributes.get("aria-labelledby")
    viewport = next(str(meta["content"]) for meta in read.of("meta") if meta.get("name") == "viewport")
    assert "maximum-scale" not in viewport and "user-scalable" not in viewport


def test_every_outcome_has_a_word_and_a_shape(many: str) -> None:
    for outcome, word in (("FAIL", "Talar emot"), ("REVIEW", "Behöver bedömas"), ("OPEN", "Inte prövat")):
        assert f'<use href="#icon-{outcome}"/></svg><span>{word}</span>' in many
        assert f'<symbol id="icon-{outcome}"' in many


def test_the_drawn_map_has_a_name_a_scale_and_north(one: str) -> None:
    assert one.count('class="drawing"') == 2  # the surroundings, and the site closer
    assert one.index("-title-closer") < one.index(">Översikt<") < one.index('map_site1-title"')
    assert "<title id=" in one and "<desc id=" in one
    assert 'class="scale"' in one and 'class="north"' in one


# --- hostile text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", fakes.PAYLOADS)
def test_hostile_text_stays_text(payload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assessment = fakes.hostile(payload)
    rendered = html.render(assessment)
    assert not list(tmp_path.iterdir())  # nothing ran in Python
    honest = Reader(html.render(fakes.one_site()))
    read = Reader(rendered)
    shape = [tag for tag, _ in read.tags]
    # the extra texts may be told apart where honest ones are merged, but no element is new
    assert set(shape) == set(tag for tag, _ in honest.tags)
    assert shape.count("script") == 4 and shape.count("style") == 1
    for _, attributes in read.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert (attributes.get("href") or "#").startswith("#")
    seen = " ".join(str(html._shown(payload)).split())
    assert read.text.count(seen) > 100


def test_hostile_text_in_the_data_block_cannot_leave_it() -> None:
    for payload in fakes.PAYLOADS:
        block = html.data_block({"text": payload, "key": [payload]})
        assert not re.search("[<>&\u2028\u2029]", block)
        assert json.loads(block)["text"] == html._shown(payload)


def test_directions_and_control_characters_are_shown() -> None:
    assert html._shown("a\u202eb\u0000c\u2066d\ne") == "a\ufffdb\ufffdc\ufffdd\ne"


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        html.data_block({"x": float("nan")})


# --- templates of one's own ---------------------------------------------------------------------------------


def test_a_template_of_ones_own_is_used_and_escaped(tmp_path: Path) -> None:
    (tmp_path / "summary.html").write_text("<h2 id='summary'>Mitt eget: {{ page.heading }}</h2>", encoding="utf-8")
    rendered = html.render(fakes.hostile("<b>fet</b>"), template=tmp_path)
    assert "Mitt eget: &lt;b&gt;fet&lt;/b&gt;" in rendered
    assert 'id="method"' in rendered


@pytest.mark.parametrize("fault", ["{{ page.nothing }}", "{{ nothing }}", "{{ ''.__class__.__mro__ }}"])
def test_a_template_with_a_fault_is_an_error(fault: str, tmp_path: Path) -> None:
    import jinja2

    (tmp_path / "summary.html").write_text(fault, encoding="utf-8")
    with pytest.raises((jinja2.UndefinedError, jinja2.sandbox.SecurityError)):
        html.render(fakes.one_site(), template=tmp_path)


# --- the engine's own answers -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_real_assessment_is_told_in_full(real: opcheck.Assessment, lang: str) -> None:
    rendered = html.render(real, lang=lang)
    assert rendered == html.render(real, lang=lang)
    read = Reader(rendered).text
    record: dict[str, Any] = real.to_dict(lang)
    for site in record["sites"]:
        for line in site["verdict"]["headline"]:
            assert " ".join(line.split()) in read
        for finding in site["findings"]:
            if finding["basis"] != "criterion":
                told = finding["title"] if _in_short(finding) else finding["message"]
                assert " ".join(told.split()) in read, (site["id"], finding["rule"])
    for layer in record["inputs"]["plan"]["layers"]:
        assert layer["sha256"] in read and layer["content"] in read
    for one in record["not_seen"]:
        assert " ".join(one["text"].split()) in read


def _in_short(finding: dict[str, Any]) -> bool:
    """Tell whether the general sentence is not written out, since the row or the list it stands in says the same."""
    clear = finding["case"] == "clear" and (
        finding["message_key"] == "clear" or finding["rule"].startswith("conflict.")
    )
    return finding["message_key"] == "open.layer_missing" or bool(clear and finding["absence"])


def test_what_has_no_layer_is_listed_with_who_has_the_data(real: opcheck.Assessment) -> None:
    """The question, the layer unless the question names it, and its holder: all that the general sentence says."""
    rendered, record = html.render(real), real.to_dict("sv")
    holders = {rule["id"]: rule["holder"] for rule in record["rules"]}
    lists = [Reader(one).text for one in re.findall(r'<div class="missing[ "].*?</div>', rendered, re.S)]
    assert lists
    for site, listed in zip((one for one in record["sites"] if not one["unusable"]), lists, strict=True):
        for finding in site["findings"]:
            if finding["message_key"] == "open.layer_missing" and not finding["features"]:
                assert finding["title"] in listed, (site["id"], finding["rule"])
                assert (holders[finding["rule"]] or "") in listed, (site["id"], finding["rule"])


def test_what_paper_leaves_out_at_the_sites_stands_once_for_all_of_them(real: opcheck.Assessment) -> None:
    """Question, who has the data, and which sites: a paper report must lose none of a site's open questions."""
    rendered, record = html.render(real), real.to_dict("sv")
    whole = rendered[rendered.index('id="untested"') : rendered.index('id="not_seen"')]
    rows = {}
    for row in re.findall(r"<li>(.*?)</li>", whole, re.S):
        (rule,) = re.findall(r'<span class="mono">(.*?)</span>', row)
        rows.setdefault(rule, []).append(row)
    holders = {rule["id"]: rule["holder"] for rule in record["rules"]}
    told = 0
    for number, site in enumerate(record["sites"], 1):
        for finding in site["findings"]:
            if finding["outcome"] == "OPEN":
                here = [row for row in rows[finding["rule"]] if number in sites_of(row, len(record["sites"]))]
                assert here, (number, finding["rule"])
                if section.has_no_layer(finding):
                    told += 1
                    text = Reader(" ".join(here)).text
                    assert finding["title"] in text and (holders[finding["rule"]] or "") in text
    assert told > 100


def sites_of(row: str, of: int) -> set[int]:
    """Return the numbers of the sites that a row names."""
    (where,) = re.findall(r"<i>(.*?)</i>", row)
    if "alla" in where.split("; "):
        return set(range(1, of + 1))
    found = re.search(r"plats ([\d–, ]+)", where)
    assert found, where
    runs = [run.split("–") for run in found[1].split(", ")]
    return {number for run in runs for number in range(int(run[0]), int(run[-1]) + 1)}


@pytest.mark.parametrize(
    ("numbers", "runs"), [([], []), ([4], ["4"]), ([1, 2, 3, 5, 8, 7], ["1–3", "5", "7–8"]), ([2, 4], ["2", "4"])]
)
def test_numbers_that_follow_on_one_another_are_told_as_one(numbers: list[int], runs: list[str]) -> None:
    assert list(page._runs(numbers)) == runs


def test_a_single_site_has_its_open_questions_in_one_place(one: str) -> None:
    ui = texts.load("sv").ui
    whole = part(one, 'id="untested"', 'id="not_seen"')
    assert ui("untested_at_site") in whole
    assert "uppgift om platsen saknas: 3 frågor" in whole and "underlag saknas: 2 frågor" in whole
    titles = {finding["title"] for finding in fakes.one_site().data["sites"][0]["findings"] if finding.get("title")}
    assert not [title for title in titles if title in whole]
    assert 'class="missing"' in one and "missing-shared" not in one.split("</style>")[1]


def test_every_rule_stands_in_the_list_with_what_it_rests_on(real: opcheck.Assessment) -> None:
    rendered, record = html.render(real), real.to_dict("sv")
    rules = rendered[rendered.index('id="rules"') : rendered.index('id="method"')]
    items = {}
    for item in re.findall(r"<li>(.*?)</li>", rules[rules.index(f">{texts.load('sv').ui('rules_caption')}<") :], re.S):
        for rule in re.findall(r'<span class="mono">(.*?)</span>', item):
            items[rule] = item
    assert set(items) == {rule["id"] for rule in record["rules"]}
    applies = {
        finding["rule"]
        for site in record["sites"]
        for finding in site["findings"]
        if not str(finding["case"]).startswith("not_applicable")
    }
    folded = rules[rules.index("<details") :]
    for rule in record["rules"]:
        item = items[rule["id"]]
        assert (item in folded) is (rule["id"] not in applies), rule["id"]
        text = Reader(item).text
        assert rule["title"] in text
        for one in rule["citations"]:
            assert str(one["section"] or "") in text and one["act_title"] in text, rule["id"]
        assert item.count('class="mark-unchecked"') == sum(not one["checked"] for one in rule["citations"])
    for one in record["inputs"]["rules"]:
        assert one["sha256"] in rules
    assert rules.count(texts.load("sv").ui("rules_mark")) == 1


def test_pairs_of_interests_that_do_not_meet_are_one_row_with_all_they_rest_on(real: opcheck.Assessment) -> None:
    rendered, record = html.render(real), real.to_dict("sv")
    rows = re.findall(r'<tr><th scope="row">Avvägning mellan intressen: (\d+) par (.*?)</tr>', rendered, re.S)
    wanted = [
        [
            one
            for one in site["findings"]
            # one that meets an interest without the other has something to show, and is a card
            if one["rule"].startswith("conflict.") and one["case"] == "clear" and section._shelf(one) == "clear"
        ]
        for site in record["sites"]
    ]
    wanted = [pairs for pairs in wanted if len(pairs) >= section.PAIRS_LEAST]
    assert wanted and len(rows) == len(wanted)
    for (number, row), pairs in zip(rows, wanted, strict=True):
        assert int(number) == len(pairs)
        text = Reader(re.sub(r"<details.*?</details>", "", row, flags=re.S)).text  # what is folded is not on paper
        for finding in pairs:
            assert finding["title"] in text and finding["rule"] in text
            assert all(layer["title"] in text and (layer["dated"] or "") in text for layer in finding["absence"])


def test_every_site_that_can_be_placed_gets_a_map(real: opcheck.Assessment) -> None:
    read = Reader(html.render(real))
    placed = [site_id for site_id in real.keys() if real.window(site_id) is not None]
    assert len([one for one in read.of("figure") if "data-map" in one]) == len(placed)
