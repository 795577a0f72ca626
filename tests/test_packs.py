"""The base packs: what is published of four municipalities' plans, without geometry, answered for honestly."""

from __future__ import annotations

import csv
import datetime
import functools
import html
import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
from drawn import DAY, WORK, Pack, box, line, read_sites, saying

import opcheck
from opcheck.features import load_plan
from opcheck.plan import Force, Plan, currency
from opcheck.report.listing import outside
from opcheck.rules import read_rules

ROOT = Path(__file__).parents[1]
SITES = ROOT / "examples" / "haraholmen" / "sites.geojson"

# Read by hand on the pages that each pack's README names; codes from SCB's list of municipalities. Per pack: name,
# code, CRS, whether the CRS is the municipality's own word, unit names.
FACTS: dict[str, tuple[str, str, str, bool, dict[str, str]]] = {
    "kiruna": ("Kiruna kommun", "2584", "EPSG:3016", False, {}),
    "kristinehamn": ("Kristinehamns kommun", "1781", "EPSG:3008", True, {
        "bygg": "Byggkontoret, miljö- och stadsbyggnadsförvaltningen", "naringsliv": "Närsam",
    }),
    "skelleftea": ("Skellefteå kommun", "2482", "EPSG:3016", True, {}),
    "norrtalje": ("Norrtälje kommun", "0188", "EPSG:3011", False, {
        "plan": "Planenheten", "exploatering": "Mark och exploatering", "miljo": "Miljö och hälsa",
        "va": "Norrtälje vatten och avfall", "trafik": "Trafikstrateg", "naringsliv": "Näringslivsenheten",
    }),
}  # fmt: skip

# Per document: kind, status, adopted, legal force, whether its area is unknown, whether the base plan kept it, themes.
DOCUMENTS: dict[str, dict[str, tuple[str, str, str | None, str | None, bool, bool | None, tuple[str, ...]]]] = {
    "kiruna": {
        "Översiktsplan 2018": ("översiktsplan", "laga kraft", "2018-12-10", "2019-01-10", False, None, ()),
        "Fördjupad översiktsplan för Torneträsk": ("fördjupning", "laga kraft", "2014", None, True, True, ()),
        "Fördjupad översiktsplan för Svappavaara": ("fördjupning", "laga kraft", "2015", None, True, True, ()),
        "Fördjupad översiktsplan för Kiruna C": ("fördjupning", "laga kraft", "2014", None, True, True, ()),
        "Dispositionsplan för Rovasuanto": ("fördjupning", "laga kraft", "1979", None, True, True, ()),
        "Tematiskt tillägg för rennäring (förslag)": (
            "tillägg", "samråd", None, None, False, None, ("riksintresse_rennaring",),
        ),
    },
    "kristinehamn": {
        "Översiktsplan (antagen 2021)": ("översiktsplan", "laga kraft", "2021-10", "2021-11-27", False, None, ()),
        "Översiktsplan 2004": ("översiktsplan", "ersatt", "2006-06-20", None, False, None, ()),
    },
    "skelleftea": {
        "Kommuntäckande översiktsplan": ("översiktsplan", "laga kraft", None, None, False, None, ()),
        "Fördjupad översiktsplan för Skelleftedalen": ("fördjupning", "laga kraft", "2011", None, True, True, ()),
        "Fördjupad översiktsplan för centrala stan": ("fördjupning", "laga kraft", "2016-10-18", None, True, True, ()),
        "Fördjupad översiktsplan för havsområdet": ("fördjupning", "laga kraft", "2020-09-15", None, True, True, ()),
        "Fördjupad översiktsplan för landsbygder": ("fördjupning", "laga kraft", "2024-04-29", None, True, True, ()),
        "Fördjupad översiktsplan för hamnen i Skelleftehamn": (
            "fördjupning", "laga kraft", None, None, True, True, (),
        ),
        "Tillägg om landsbygdsutveckling i strandnära lägen (LIS)": (
            "tillägg", "laga kraft", None, None, False, True, ("lis_area",),
        ),
        "Skelleftedalen 2040 (arbete pågår)": ("fördjupning", "samråd", None, None, False, None, ()),
    },
    "norrtalje": {
        "Översiktsplan 2050": ("översiktsplan", "okänd", None, None, False, None, ()),
        "Översiktsplan 2040": ("översiktsplan", "okänd", "2013", None, False, None, ()),
        "Fördjupad översiktsplan för Norrtälje stad": ("fördjupning", "okänd", None, None, True, None, ()),
    },
}  # fmt: skip

# Whether the plan of the whole municipality is current on 22 November 2026, by its own dates (PBL 3:25): that of
# Kristinehamn by a strategy of 18 June 2024, until 24 months after the election of 13 September 2026; of the others no
# date under the present rules is known.
CURRENT = {
    "kiruna": ("unknown", None),
    "kristinehamn": ("current", "2028-09-13"),
    "skelleftea": ("unknown", None),
    "norrtalje": ("unknown", None),
}
IN_FORCE = {"kiruna": "PASS", "kristinehamn": "PASS", "skelleftea": "PASS", "norrtalje": "OPEN"}

packs = pytest.mark.parametrize("name", FACTS)


@functools.cache
def assessed(name: str) -> opcheck.Assessment:
    """The example's sites, which lie in Piteå, against a base pack."""
    return opcheck.assess(opcheck.read_sites(SITES), opcheck.read_plan(name), on=DAY)


@packs
def test_each_fact_is_as_it_was_read(name: str) -> None:
    plan = opcheck.read_plan(name)
    full, code, crs, own_crs, units = FACTS[name]
    assert (plan.id, plan.name, plan.municipality_code, plan.crs, dict(plan.units)) == (name, full, code, crs, units)
    assert plan.base and plan.question and plan.contact and plan.licence and plan.attribution
    assert not plan.demonstration
    # A system that is inferred is never told as the municipality's word: the pack says so in every report.
    assert (plan.note is None) == own_crs
    found = {
        one.name: (
            one.kind, one.status, one.adopted and str(one.adopted), one.legal_force and str(one.legal_force),
            one.area_unknown, one.kept, one.themes,
        )
        for one in plan.documents
    }  # fmt: skip
    assert found == DOCUMENTS[name]


@packs
def test_a_date_whose_kind_is_our_reading_says_so(name: str) -> None:
    told = {"kiruna": {"op"}, "kristinehamn": {"op", "op-2004"}}  # the page says of these what the date is
    for one in opcheck.read_plan(name).documents:
        if one.adopted is not None and one.id not in told.get(name, set()):
            assert one.note, one.id


@pytest.mark.parametrize(
    ("name", "document", "said"),
    [
        ("kiruna", "op", ("inte är exakta", "LIS-områdena")),
        ("kristinehamn", "op", ("eget namn", "Kroksvik har beställts")),  # the name is made up of what is known
        ("kristinehamn", "op-2004", ("§ 76", "är projektets slutsats")),  # nobody wrote that it is replaced
        ("norrtalje", "op-2050", ("2025-01-22", "pågående, utvecklad och ändrad")),
        ("norrtalje", "op-2040", ("är projektets läsning", "inte läst")),
        ("skelleftea", "op", ("eget namn",)),
        ("skelleftea", "fop-skelleftedalen", ("uppdaterad 2020",)),
        ("skelleftea", "fop-skelleftedalen-2040", ("inte läst",)),
    ],
)
def test_what_is_inferred_or_unread_reaches_the_reader_as_such(name: str, document: str, said: tuple[str, ...]) -> None:
    (note,) = (one.note or "" for one in opcheck.read_plan(name).documents if one.id == document)
    for words in said:
        assert words in note
    # Nothing read says which plan was in force while the new one was before the committee.
    assert "gällande plan" not in note


@packs
def test_the_neighbours_are_those_that_the_published_borders_show(name: str, real_data: Path) -> None:
    """Measured anew, with geopandas, in the borders that the pack names: within 300 m, water included."""
    borders = geopandas.read_file(real_data / "pitea" / "kommuner_sverige_wof_lantmateriet.gpkg").to_crs("EPSG:3006")
    with (real_data / "pitea" / "kommun_lan_koder.csv").open(encoding="utf-8") as stream:
        codes = {row["municipality_name_short"]: row["municipality_code"] for row in csv.DictReader(stream)}
    code = FACTS[name][1]
    (mine,) = (row.geometry for row in borders.itertuples() if codes.get(row.name_swe) == code)
    near = borders[(borders.distance(mine) <= 300) & (borders["name_swe"].map(codes) != code)]
    plan = opcheck.read_plan(name)
    assert {one.code for one in plan.neighbours} == {codes[one] for one in near["name_swe"]}
    for one in plan.neighbours:
        (short,) = (short for short, other in codes.items() if other == one.code)
        assert one.name.startswith(short) and one.name.endswith(" kommun")


@packs
def test_a_base_pack_holds_no_geometry(name: str) -> None:
    plan = opcheck.read_plan(name)
    assert (plan.area, plan.layers, plan.files, plan.not_applicable, plan.accepted) == (None, (), (), (), ())
    assert sorted(one.name for one in (ROOT / "layers" / name).iterdir()) == ["README.md", "plan.toml"]


@packs
def test_the_vocabulary_leads_to_categories_that_the_matrix_knows(name: str) -> None:
    cells = {(cell.category, cell.subcategory) for one in read_rules().sets for cell in one.cells}
    for value in opcheck.read_plan(name).values:
        assert value.to in cells, value
        assert value.evidence


@packs
def test_what_rests_on_a_map_is_open_and_names_who_has_it(name: str) -> None:
    plan = opcheck.read_plan(name)
    assessment = assessed(name)
    record = assessment.to_dict()
    for site in record["sites"]:
        assert (site["verdict"]["outcome"], site["verdict"]["plan"]) == ("OPEN", "U0")
        assert "plan.land_use" in site["verdict"]["open_gate"]
        (land,) = (one for one in site["findings"] if one["rule"] == "plan.land_use")
        assert (land["outcome"], land["code"], land["open_reason"]) == ("OPEN", "U0", "layer_missing")
        assert plan.contact and plan.contact in land["message"]
        # Nothing about the place is answered: what is, is about the plan, or asked of other uses.
        answered = {one["rule"] for one in site["findings"] if one["outcome"] in ("PASS", "FAIL", "REVIEW")}
        assert answered <= {"plan.status", "plan.current", *_stated(site)}
        # Whether the site lies in the municipality at all is what the headline begins with.
        assert site["verdict"]["headline"][0].startswith("Kommungränsen är inte inläst")
        assert FACTS[name][0] in site["verdict"]["headline"][0]
        assert not any(one["case"] == "u0.outside" for one in site["findings"])
    (border,) = (one["text"] for one in record["not_seen"] if one["key"] == "border_not_loaded")
    assert FACTS[name][0] in border and plan.contact in border
    assert record["inputs"]["plan"]["area"] == "not_loaded"


def _stated(site: dict[str, Any]) -> set[str]:
    """Rules that no map answers, but the site's own attributes: their answer is as good here as anywhere."""
    mapless = {rule.id for rule in read_rules().rules if rule.check == "trigger"}
    return {one["rule"] for one in site["findings"] if one["rule"] in mapless}


@packs
def test_the_plans_standing_is_told_as_far_as_it_is_known(name: str) -> None:
    plan = opcheck.read_plan(name)
    assessment = assessed(name)
    site = "modulfabrik"
    assert str(assessment[site].finding("plan.status").outcome) == IN_FORCE[name]
    # That the plan gives guidance for the site is not said while nobody knows that the site lies in the municipality.
    for lang, said in (("sv", "på platsen ("), ("en", "for the site (")):
        (status,) = (one for one in assessment.to_dict(lang)["sites"][0]["findings"] if one["rule"] == "plan.status")
        assert said not in status["message"]
        assert plan.name in status["message"] or status["outcome"] == "OPEN"
    state, until = currency(_base(plan), datetime.date.fromisoformat(DAY))
    assert (str(state), until and until.isoformat()) == CURRENT[name]
    assert assessment[site].finding("plan.current").case == state
    documents = {one["name"]: one for one in assessment.to_dict()["inputs"]["plan"]["documents"]}
    assert {one for one, told in documents.items() if told["area"] == "unknown"} == {
        one for one, facts in DOCUMENTS[name].items() if facts[4]
    }


def _base(plan: Plan) -> Any:
    return next(one for one in plan.documents if one.kind == "översiktsplan" and one.status != "ersatt")


@pytest.mark.parametrize("lang", ["sv", "en"])
@packs
def test_the_report_renders_and_says_what_the_pack_is(name: str, lang: str, tmp_path: Path) -> None:
    plan = opcheck.read_plan(name)
    assessment = assessed(name)
    page = opcheck.write_report(assessment, tmp_path / "r.html", lang=lang)
    text = html.unescape((tmp_path / "r.html").read_text("utf-8"))
    assert page
    for told in (plan.question, plan.contact, plan.note, *(one.note for one in plan.documents)):
        assert told is None or told in text
    texts = opcheck_texts(lang)
    assert texts["fact_pack_base"] in text
    assert texts["fact_border_not_loaded"].format(name=plan.name) in text
    assert (texts["document_area_unknown"] in text) == any(one.area_unknown for one in plan.documents)
    opcheck.write_report(assessment, tmp_path / "r.json", lang=lang)
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["inputs"]["plan"]["base"] is True


def opcheck_texts(lang: str) -> dict[str, str]:
    from opcheck.texts import load

    return {key: load(lang).get("ui", key) for key in load(lang).keys("ui")}


def test_which_of_norrtaljes_plans_is_in_force_is_not_known() -> None:
    plan = opcheck.read_plan("norrtalje")
    assert {one.force(datetime.date(2026, 11, 22)) for one in plan.documents} == {Force.UNKNOWN}


# --- a base pack that somebody has drawn on ---------------------------------------------------------------------------


def test_a_plan_whose_area_is_not_loaded_may_govern_anywhere(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2019-01-10")
    pack.zones([(box(0, 0, 10_000, 10_000), WORK)], document="op")
    site = ("a", box(4000, 4000, 4100, 4100))

    def land() -> tuple[str, str | None, str]:
        found = opcheck.assess(read_sites(tmp_path, site), pack.read(), on=DAY)
        return saying(found["a"].finding("plan.land_use"))

    assert land() == ("PASS", "F1", "f1")
    for more, expected in (
        # Rejected by the newer plan, or on its way: it does not take part.
        ({"kept": False}, ("PASS", "F1", "f1")),
        ({"status": "samråd"}, ("PASS", "F1", "f1")),
        ({"kept": True}, ("OPEN", "U0", "u0.precedence")),
        ({}, ("OPEN", "U0", "u0.precedence")),
        ({"adopted": "2020-01-01", "legal_force": "2020-02-01"}, ("OPEN", "U0", "u0.precedence")),
    ):
        keys = {"status": "laga kraft", "adopted": "2014", **more}
        pack.add("document", id="fop", kind="fördjupning", name="Fördjupning", base="op", area="unknown", **keys)
        assert land() == expected, more
        pack._tables.pop()


def test_a_newer_plan_whose_area_is_known_goes_before_one_whose_area_is_not(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2019-01-10")
    pack.add("document", id="old", kind="fördjupning", name="Gammal", status="laga kraft", base="op", kept=True,
             adopted="2014", area="unknown")  # fmt: skip
    pack.document("new", "fördjupning", legal_force="2023-01-01", area=box(0, 0, 5000, 10_000), base="op")
    pack.zones([(box(0, 0, 10_000, 10_000), WORK)], document="op")
    pack.zones([(box(0, 0, 5000, 10_000), WORK)], document="new", layer_id="nya")
    sites = read_sites(tmp_path, ("inne", box(1000, 10, 1100, 110)), ("ute", box(7000, 10, 7100, 110)))
    found = opcheck.assess(sites, pack.read(), on=DAY)
    assert saying(found["inne"].finding("plan.land_use")) == ("PASS", "F1", "f1")
    assert saying(found["ute"].finding("plan.land_use")) == ("OPEN", "U0", "u0.precedence")
    told = [one["text"] for one in found.to_dict()["not_seen"] if one["key"] == "document_areas"]
    assert len(told) == 1 and "Gammal" in told[0]


def test_two_amendments_of_unknown_order_are_not_settled_where_one_may_lie_anywhere(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2019-01-10")
    # The one whose area is known sorts first by its id; neither has a date.
    pack.document("z", "fördjupning", area=box(0, 0, 5000, 10_000), base="op", kept=True)
    pack.zones([(box(0, 0, 5000, 10_000), WORK)], document="z")
    sites = read_sites(tmp_path, ("a", box(1000, 10, 1100, 110)))
    assert saying(opcheck.assess(sites, pack.read(), on=DAY)["a"].finding("plan.land_use")) == ("PASS", "F1", "f1")
    pack.add("document", id="a", kind="fördjupning", name="A", status="laga kraft", base="op", kept=True,
             area="unknown")  # fmt: skip
    found = opcheck.assess(sites, pack.read(), on=DAY)["a"].finding("plan.land_use")
    assert saying(found) == ("OPEN", "U0", "u0.precedence")


def test_with_layers_but_no_border_nothing_lies_outside(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket", base=True).document("op", legal_force="2021-11-27")
    pack.zones([(box(0, 0, 5000, 5000), WORK)], document="op", coverage=None)
    pack.layer("väg", "main_road", [line((0, 0), (5000, 0))], coverage=box(0, 0, 5000, 5000))
    folder = pack.write()
    manifest = (folder / "plan.toml").read_text("utf-8")
    (folder / "plan.toml").write_text(manifest.replace('area = { source = "grans.geojson" }\n', "", 1), "utf-8")
    plan = opcheck.read_plan(folder)
    assert load_plan(plan).area is None
    sites = read_sites(tmp_path, ("i", box(10, 10, 90, 90)), ("delvis", box(4950, 10, 5050, 110)),
                       ("bort", box(8000, 8000, 8100, 8100)))  # fmt: skip
    found = opcheck.assess(sites, plan, on=DAY)
    land = {one: saying(found[one].finding("plan.land_use")) for one in ("i", "delvis", "bort")}
    assert (land["i"], land["delvis"][0], land["bort"]) == (("PASS", "F1", "f1"), "OPEN", ("OPEN", "U0", "u0.no_zone"))
    parts = {part["id"] for site in found.to_dict()["sites"] for part in site["parts"]}
    assert parts == {"op/r1", "ingen zon"}
    for lang in ("sv", "en"):
        opcheck.write_report(found, tmp_path / f"{lang}.html", lang=lang)
    window = found.window("i")
    assert window is not None and not [one for one in window.items if one.role == "border"]


@pytest.mark.parametrize("provisional", [False, True])
def test_a_border_that_is_a_stand_in_is_said_to_be_one(provisional: bool, tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket", provisional_area=provisional).document("op", legal_force="2021-11-27")
    pack.zones([(box(0, 0, 10_000, 10_000), WORK)], document="op")
    found = opcheck.assess(read_sites(tmp_path, ("a", box(10, 10, 90, 90))), pack.read(), on=DAY)
    assert ("border_provisional" in {one["key"] for one in found.to_dict()["not_seen"]}) is provisional
    assert found.to_dict()["inputs"]["plan"]["area"] == ("provisional" if provisional else "loaded")
    # A site beyond a stand-in may lie in the municipality all the same.
    beyond = opcheck.assess(read_sites(tmp_path, ("a", box(20_000, 0, 20_100, 100))), pack.read(), on=DAY)
    (site,) = beyond.to_dict()["sites"]
    (land,) = (one["message"] for one in site["findings"] if one["rule"] == "plan.land_use")
    assert "utanför" in land and ("inte prövat om platsen ligger i" in land) is provisional
    headline = site["verdict"]["headline"][0]
    assert ("inte prövat om platsen ligger i" in headline) is provisional
    warning = outside(beyond, "sv")
    assert warning is not None and ("kan ändå ligga i" in warning) is provisional
    opcheck.write_report(found, tmp_path / "r.html")
    text = html.unescape((tmp_path / "r.html").read_text("utf-8"))
    assert (opcheck_texts("sv")["fact_border_provisional"] in text) is provisional


# --- the vocabulary ---------------------------------------------------------------------------------------------------


def categories(tmp_path: Path, vocabulary: list[Any], own: list[Any], word: str, finer: str | None = None) -> str:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2021-11-27")
    rows = [(box(0, 0, 10_000, 10_000), word, {"subcategory": finer} if finer else {})]
    pack.zones(rows, document="op", **({"value": own} if own else {}))
    for value in vocabulary:
        pack.add("value", **value)
    found = opcheck.assess(read_sites(tmp_path, ("a", box(10, 10, 90, 90))), pack.read(), on=DAY)
    (part,) = found.to_dict()["sites"][0]["parts"]
    return f"{part['plan']} {part['category']}/{part['subcategory']}"


def maps(word: dict[str, str], *to: str) -> dict[str, Any]:
    return {"from": word, "to": list(to)}


INDUSTRY, VILLAGE = maps({"category": "Verkstad"}, WORK), maps({"category": "By"}, "Landsbygd")


@pytest.mark.parametrize(
    ("vocabulary", "own", "word", "finer", "expected"),
    [
        ([INDUSTRY], [], "verkstad ", None, f"F1 {WORK}/None"),
        ([INDUSTRY], [VILLAGE], "Verkstad", None, f"F1 {WORK}/None"),
        # A layer's own goes before, also where the vocabulary is more precise.
        ([INDUSTRY], [maps({"category": "Verkstad"}, "Landsbygd")], "Verkstad", None, "F2 Landsbygd/None"),
        ([maps({"category": "Verkstad", "subcategory": "tung"}, WORK)],
         [maps({"category": "Verkstad"}, "Landsbygd")], "Verkstad", "tung", "F2 Landsbygd/None"),
        ([INDUSTRY, maps({"category": "Verkstad", "subcategory": "tung"}, "Landsbygd")], [], "Verkstad", "tung",
         "F2 Landsbygd/None"),
        ([maps({"subcategory": "tung"}, WORK)], [], "Annat", "Tung", f"F1 {WORK}/None"),
        # A layer without a mapping of its own uses the ÖP-modell's words where the vocabulary is silent.
        ([INDUSTRY], [], "Landsbygd", None, "F2 Landsbygd/None"),
        ([maps({"category": "Landsbygd"}, WORK)], [], "Landsbygd", None, f"F1 {WORK}/None"),
        # A layer with one has said what its words are.
        ([INDUSTRY], [VILLAGE], "Landsbygd", None, "U0 Landsbygd/None"),
        ([INDUSTRY], [], "Torg", None, "U0 Torg/None"),
    ],
)  # fmt: skip
def test_the_vocabulary_is_heard_where_a_layer_is_silent(
    tmp_path: Path, vocabulary: Any, own: Any, word: str, finer: str | None, expected: str
) -> None:
    assert categories(tmp_path, vocabulary, own, word, finer) == expected


def test_a_vocabulary_that_leads_nowhere_is_a_fault(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(box(0, 0, 10_000, 10_000), "By")], document="op")
    pack.add("value", **INDUSTRY).add("value", **maps({"category": "By"}, "Lansbygd"))
    with pytest.raises(opcheck.PlanError, match="Menades 'Landsbygd'") as caught:
        opcheck.assess(read_sites(tmp_path, ("a", box(10, 10, 90, 90))), pack.read(), on=DAY)
    assert [(one.key, one.layer_id) for one in caught.value.faults] == [("value[2].to", None)]


CELL = """
[ruleset]
id = "egna"
version = "1"
format = 1

[[cell]]
category = "{}"
use = ["J"]
value = 1
reason = "kommunens"
"""


@pytest.mark.parametrize(
    ("category", "value", "word", "known"),
    [
        ("Landsbygd", None, "Landsbygd", True),
        ("Lansbygd", None, "Landsbygd", False),
        # Not the ÖP-modell's, but something that the pack's own values or words can be.
        ("Hamnområde", maps({"category": "Hamn"}, "Hamnområde"), "Hamn", True),
        ("Hamnområde", None, "Hamnområde", True),
        ("Hamnområd", maps({"category": "Hamn"}, "Landsbygd"), "Hamn", False),
    ],
)
def test_a_cell_about_a_category_that_nothing_can_be_is_a_fault(
    tmp_path: Path, category: str, value: Any, word: str, known: bool
) -> None:
    pack = Pack(tmp_path / "paket", rules=["egna.toml"]).document("op", legal_force="2021-11-27")
    (pack.folder / "egna.toml").write_text(CELL.format(category), encoding="utf-8")
    pack.zones([(box(0, 0, 10_000, 10_000), word)], document="op", **({"value": [value]} if value else {}))
    sites = read_sites(tmp_path, ("a", box(10, 10, 90, 90)))
    if known:
        assert opcheck.assess(sites, pack.read(), on=DAY)["a"].finding("plan.land_use").code == "F1"
        return
    with pytest.raises(opcheck.RuleError, match=category) as caught:
        opcheck.assess(sites, pack.read(), on=DAY)
    assert [(one.path, one.key) for one in caught.value.faults] == [("egna.toml", "cell[1].category")]
