"""A first manifest for a stranger's data: what is certain holds, what is likely is switched off, nothing is guessed."""

from __future__ import annotations

import datetime
import json
import shutil
import tomllib
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from support import CRS, E0, N0, ON, answers, assess, row, rule, write_geojson, write_sites
from support import box as drawn

import opcheck
from opcheck.errors import PlanError, SiteError
from opcheck.features import load_plan
from opcheck.plan import Document, Force, PartialDate, precedence
from opcheck.proposal.manifest_text import comment, key, off, pair, quoted, switched_on
from opcheck.proposal.propose import Proposal, propose_plan
from opcheck.proposal.recognise import STRONG, WEAK, legend, names, readings, theme_of
from opcheck.rules import LAND_USE, themes


def box(west: float, south: float, east: float, north: float) -> Any:
    """A box of metres from the corner of the made-up municipality."""
    return shapely.box(E0 + west, N0 + south, E0 + east, N0 + north)


def write(path: Path, columns: Mapping[str, Sequence[Any]], shapes: Sequence[Any], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    crs = options.pop("crs", CRS)
    geopandas.GeoDataFrame(dict(columns), geometry=list(shapes), crs=crs).to_file(path, **options)
    return path


ZONES = (box(0, 0, 5000, 5000), box(5000, 0, 10000, 5000), box(0, 5000, 5000, 10000), box(5000, 5000, 10000, 10000))
MODEL = {
    "objektid": ["z1", "z2", "z3", "z4"],
    "Namn": ["Öster", "Väster", "Hamnen", "Skogen"],
    "Användning": ["Verksamheter och industri", "Mångfunktionell bebyggelse", "Vatten", "Natur & friluftsliv "],
    "Precisering": ["Företagsområde", "Bostäder", None, None],
    "Ställningstagande": [None, "Staden ska växa här.", None, None],
}
WHOLE = box(0, 0, 10_000, 10_000)


def municipality(folder: Path, legend_: Mapping[str, Sequence[Any]] = MODEL) -> Path:
    """A GeoPackage in the ÖP-modell's words, with a border."""
    write(folder / "op.gpkg", legend_, ZONES[: len(next(iter(legend_.values())))], layer="markanvändning")
    write(folder / "op.gpkg", {"kommunnamn": ["Provköping"], "kommunkod": ["2581"]}, [WHOLE], layer="kommungräns")
    return folder


def manifest(proposal: Proposal) -> dict[str, Any]:
    return tomllib.loads(proposal.manifest.read_text(encoding="utf-8"))


def layers(proposal: Proposal) -> dict[str, dict[str, Any]]:
    return {layer["id"]: layer for layer in manifest(proposal).get("layer", [])}


def propose(data: Path, **options: Any) -> Proposal:
    """Propose, and see that what was written can be read, loaded and assessed, and switched on as a whole."""
    proposal = propose_plan(data, to=options.pop("to", data.parent / "paket"), **options)
    plan = opcheck.read_plan(proposal.manifest.parent)
    load_plan(plan)
    sites = opcheck.read_sites(write_sites(data.parent), crs=None)
    opcheck.assess(sites, plan, on=ON)
    tomllib.loads(switched_on(proposal.manifest.read_text(encoding="utf-8")))
    leftovers = [path.name for path in proposal.manifest.parent.rglob(".*")]
    assert leftovers == []
    return proposal


def text(proposal: Proposal) -> str:
    """The manifest, with folded explanations joined."""
    return " ".join(proposal.manifest.read_text(encoding="utf-8").replace("\n#  ", " ").replace("\n# ", " ").split())


def to_model(layer: Mapping[str, Any]) -> dict[tuple[str | None, str | None], list[str]]:
    return {
        (value["from"].get("category"), value["from"].get("subcategory")): value["to"]
        for value in layer.get("value", [])
    }


# --- text -------------------------------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_any_text_comes_back_from_toml(name: str, value: str):
    # Half a character cannot stand in UTF-8 at all; hypothesis leaves it out of text().
    assert tomllib.loads(f"{key(name)} = {quoted(value)}") == {name: value}
    line = pair("a", value, note=name)
    assert len(line.splitlines()) == 1
    assert tomllib.loads(line) == {"a": value}


@given(st.text())
def test_no_text_breaks_out_of_a_comment(value: str):
    for line in comment(value):
        assert len(line.splitlines()) == 1
        assert line.startswith("# ")
        assert tomllib.loads(line) == {}


def test_half_a_character_does_not_stop_the_manifest():
    assert tomllib.loads(pair("a", "x\ud800y", "\udfff")) == {"a": "x\ufffdy"}


def test_what_is_switched_off_can_be_switched_on_again_and_again():
    lines = ["# varför", *off(["[[layer]]", 'id = "a"', *off(['coverage = "municipality"'])])]
    assert tomllib.loads("\n".join(lines)) == {}
    once = switched_on("\n".join(lines))
    assert tomllib.loads(once) == {"layer": [{"id": "a"}]}
    assert tomllib.loads(switched_on(once)) == {"layer": [{"id": "a", "coverage": "municipality"}]}


# --- the word lists ---------------------------------------------------------------------------------------------------


def test_the_categories_are_those_of_the_matrix():
    cells = [cell for one in opcheck.read_rules().sets for cell in one.cells]
    assert set(legend().categories) == {cell.category for cell in cells} - {"Utredningsområde"}
    # The lists of these two categories could not be read to their ends: what the matrix has besides is likely.
    likely = {"Skola", "Tillfällig vistelse", "Vård", "Annat samhällsviktigt ändamål", "Skydd", "Annan användning"}
    cut = {"Mångfunktionell bebyggelse", "Sammanhängande bostadsbebyggelse"}
    for cell in cells:
        if cell.subcategory is not None and not (cell.category in cut and cell.subcategory in likely):
            assert cell.subcategory in legend().categories[cell.category]


def test_every_reading_leads_to_a_word_of_the_model():
    pairs = [*legend().letters.values()]
    pairs += [to for listed in (legend().older, legend().synonyms) for some in listed.values() for to in some]
    for category, *rest in pairs:
        assert category in {*legend().categories, "Utredningsområde"}
        assert not rest or rest[0] in legend().categories[category]


def test_every_theme_can_be_recognised_and_every_word_leads_to_one():
    known = {phrase.theme for phrase in names().phrases}
    assert set(themes()) <= known
    assert known - set(themes()) == {"kommungräns"}


@pytest.mark.parametrize(
    ("name", "kinds", "theme", "strength"),
    [
        ("Mark- och vattenanvändning", ["polygon"], "land_use", STRONG),
        ("OP2030_MarkOchVattenanvändning", ["polygon"], "land_use", STRONG),
        ("Strandskyddsområden", ["polygon"], "shore_protection", STRONG),
        ("strandskydd_upphävt", ["polygon"], "shore_protection", WEAK),
        ("natura2000", ["polygon"], "natura_2000", STRONG),
        ("Biotopskyddsområden", ["polygon"], "biotope_protection", STRONG),
        ("nyckelbiotoper", ["polygon"], "biotope_protection", STRONG),
        ("Byggnadsminnen", ["point"], "building_monument", STRONG),
        ("Skogsmark", ["polygon"], "forest", STRONG),
        ("skog", ["polygon"], "forest", WEAK),  # what grows there, or what the land is for
        ("Dikningsföretag", ["line"], "drainage", STRONG),
        ("Särskilt värdefulla vatten", ["polygon"], "valuable_water", STRONG),
        ("VISS_vattenförekomster", ["polygon"], "environmental_quality_water", STRONG),
        ("Grundvattenförekomster", ["polygon"], "groundwater", STRONG),
        ("MKN luft", ["polygon"], "environmental_quality_air", STRONG),
        ("RI_Naturvård", ["polygon"], "riksintresse_naturvard", STRONG),
        ("Riksintresse hamn", ["polygon"], "riksintresse_hamn", STRONG),
        ("riksintresse_rörligt_friluftsliv", ["polygon"], "riksintresse_rorligt_friluftsliv", STRONG),
        ("RI_obruten_kust", ["polygon"], "riksintresse_obruten_kust", STRONG),
        ("Högexploaterad kust MB 4 kap 4", ["polygon"], "riksintresse_hogexploaterad_kust", STRONG),
        ("riksintresse kust", ["polygon"], "riksintresse_hogexploaterad_kust", WEAK),  # 4:3, 4:4 or both: a draw
        ("Riksintresse obrutet fjäll", ["polygon"], "riksintresse_obrutet_fjall", STRONG),
        ("Nationalstadsparken", ["polygon"], "nationalstadspark", STRONG),
        ("RI vindbruk", ["polygon"], "riksintresse_vindbruk", STRONG),
        ("Riksintresse energiproduktion vindbruk", ["polygon"], "riksintresse_vindbruk", STRONG),
        ("vindbruk", ["polygon"], "wind_turbine", WEAK),  # without a word for riksintresse
        ("Riksintresse energidistribution", ["line"], "riksintresse_energidistribution", STRONG),
        ("ri_telekommunikation", ["polygon"], "riksintresse_tele", STRONG),
        ("Riksintresse avfallshantering", ["polygon"], "riksintresse_avfall", STRONG),
        ("Riks_slutforvaring", ["polygon"], None, WEAK),  # "Riks" alone is no word for riksintresse
        ("Riksintresse slutförvaring av kärnbränsle", ["polygon"], "riksintresse_slutforvar", STRONG),
        ("Riksintresse vattenförsörjning", ["polygon"], "riksintresse_vattenforsorjning", STRONG),
        ("Riksintresse totalförsvaret civila delen", ["polygon"], "riksintresse_totalforsvar_civil", STRONG),
        ("Totalförsvaret områden av betydelse", ["polygon"], "totalforsvar_betydelse", STRONG),
        ("Stora opåverkade områden", ["polygon"], "stort_opaverkat_omrade", STRONG),
        ("Ekologiskt särskilt känsliga områden", ["polygon"], "ekologiskt_kansligt_omrade", STRONG),
        ("Järnvägsplan Skellefteå-Luleå", ["polygon"], "planned_railway", STRONG),
        ("vägplaner", ["polygon"], "planned_road", STRONG),
        ("hinderbegränsande ytor", ["polygon"], "airport_obstacle", STRONG),
        ("stranderosion", ["line"], "coast_erosion", STRONG),
        ("miljöriskområden", ["polygon"], "environmental_risk_area", STRONG),
        ("buller_väg_2040", ["polygon"], "traffic_noise", STRONG),
        ("buller", ["polygon"], "traffic_noise", WEAK),  # of traffic, of aircraft or of industry?
        ("flygbuller", ["polygon"], "aircraft_noise", STRONG),
        ("störande verksamheter", ["polygon"], "disturbing_activity", STRONG),
        ("riksintresse naturvård friluftsliv", ["polygon"], "riksintresse_friluftsliv", WEAK),  # a draw
        ("hamnar", ["point"], "port", WEAK),  # may be marinas
        ("hamngatan", ["line"], None, WEAK),
        ("E4", ["line"], "main_road", STRONG),
        ("E4", ["point"], "main_road", WEAK),  # a road is no point
        ("järnvägar", ["line"], "rail_line", STRONG),
        ("Farligt gods leder", ["line"], "dangerous_goods_route", STRONG),
        ("översvämning_100", ["polygon"], "flood_coast", WEAK),  # sea or river?
        ("verksamhetsområde", ["polygon"], None, WEAK),  # business, or water and sewage?
        ("verksamhetsområde_VA", ["polygon"], "water_service_area", STRONG),
        ("LIS-områden", ["polygon"], "lis_area", STRONG),
        ("lista", ["polygon"], None, WEAK),
        ("spår", ["line"], "rail_line", WEAK),
        ("markanvändning_nuläge", ["polygon"], "land_use", WEAK),
        ("FÖP_Bergsviken_markanvändning", ["polygon"], "land_use", WEAK),
        ("utvecklingsinriktning", ["line"], None, WEAK),
        ("yk2040_rautatiet", ["line"], None, WEAK),
        # What is planned is not what there is.
        ("jarnvag_befintlig", ["line"], "rail_line", STRONG),
        ("järnväg_framtida", ["line"], "pending_planning", WEAK),
        ("planerad järnväg", ["line"], "pending_planning", WEAK),
        ("markreservat järnväg", ["polygon"], "pending_planning", WEAK),
        ("kraftledning_planerad", ["line"], "pending_planning", WEAK),
        ("blivande hamn", ["polygon"], "pending_planning", WEAK),
        ("järnvägsreservat", ["polygon"], "pending_planning", WEAK),
        ("kraftledning_nya", ["point"], "pending_planning", WEAK),
        ("planerade naturreservat", ["polygon"], "nature_protection", WEAK),
        ("vattenskyddsområde_förslag", ["polygon"], "water_protection", WEAK),
        (
            "riksintresse järnväg framtida",
            ["line"],
            "riksintresse_jarnvag",
            STRONG,
        ),  # an interest is in what is to come
        # A road's number says what it is only where nothing stands beside it.
        ("E18_linje", ["line"], "main_road", STRONG),
        ("e4_chords", ["line"], "main_road", WEAK),
        ("E4 reservat", ["polygon"], "pending_planning", WEAK),
        ("markanvändning_SCB_2020", ["polygon"], "land_use", WEAK),  # statistics of what there is
        ("kommunala fastigheter", ["polygon"], "properties", WEAK),
        ("riksintresse_naturvård", ["point"], "riksintresse_naturvard", WEAK),
        ("riksintresse_hamn", ["point"], "riksintresse_hamn", WEAK),  # no site ever lies on a point
        ("kommun", ["polygon"], "kommungräns", STRONG),
        ("kommun_centrum", ["polygon"], "kommungräns", WEAK),
        ("Andra värden", ["polygon"], None, WEAK),
    ],
)
def test_names_are_read_as_a_planner_would(name: str, kinds: list[str], theme: str | None, strength: str):
    guess = theme_of(None, name, (), kinds, {})
    assert (guess.theme, guess.strength) == (theme, strength)
    assert guess.why


def test_what_is_planned_names_the_other_theme_too():
    guess = theme_of(None, "planerad järnväg", (), ["line"], {})
    assert guess.others == ("rail_line",)
    assert any("temat är annars rail_line (Järnvägslinje)" in one for one in guess.why)
    # The same of what all rows say.
    guess = theme_of(None, "lager1", (), ["line"], {"typ": ["Planerad järnväg"] * 3})
    assert (guess.theme, guess.strength, guess.others) == ("pending_planning", WEAK, ("rail_line",))


def test_a_folder_may_lend_a_word_and_never_name_a_layer_alone():
    assert theme_of(None, "hamn", ("Riksintressen",), ["polygon"], {}).theme == "riksintresse_hamn"
    assert theme_of(None, "diverse", ("Strandskydd",), ["polygon"], {}).theme is None


def test_words_that_a_plan_shares_do_not_outdo_a_name_that_says_it_is_no_land_use():
    """A layer of development directions may speak of nature and countryside too."""
    words = {"Kategori": ["Natur och friluftsliv", "Grönområde och park", "Landsbygd"]}
    for name in ("Utvecklingsinriktning grönstruktur", "Utvecklingsinriktning markanvändning"):
        guess = theme_of(name, "op", (), ["polygon"], words, alone=False)
        assert (guess.theme, guess.strength) == (LAND_USE, WEAK)
        assert any("visar utvecklingsinriktning" in one for one in guess.why)
    # The same words under a name that says nothing are the plan's.
    assert theme_of("lager1", "op", (), ["polygon"], words, alone=False).strength == STRONG


@pytest.mark.parametrize(
    ("column", "cells", "strength"),
    [
        ("SKYDDSTYP", ["Strandskydd"] * 3, STRONG),
        ("SKYDDSTYP", ["Strandskydd"], WEAK),  # one row says nothing of what all rows are
        ("SKYDDSTYP", ["Strandskydd upphävs"] * 3, WEAK),
        ("rubrik", ["Strandskydd"] * 3, WEAK),  # may be what a matter is about
    ],
)
def test_a_value_in_all_rows_names_a_theme_only_where_it_tells_their_kind(column: str, cells: list[str], strength: str):
    guess = theme_of(None, "lager1", (), ["polygon"], {column: cells})
    assert (guess.theme, guess.strength) == ("shore_protection", strength)


def test_what_rows_say_never_makes_a_name_weaker():
    assert theme_of(None, "Natura 2000", (), ["polygon"], {"namn": ["Natura 2000 Ön"]}).strength == STRONG


def test_a_column_called_as_a_legend_is_makes_an_unnamed_layer_a_proposal():
    guess = theme_of(None, "Export_Output", (), ["polygon"], {"MarkAnv": [1, 2, 3]})
    assert (guess.theme, guess.strength) == (LAND_USE, WEAK)
    # It never outdoes a name.
    assert theme_of(None, "detaljplan", (), ["polygon"], {"användning": ["B"]}).theme == "detailed_plan"
    assert theme_of(None, "hamn", (), ["polygon"], {"användning": ["B"]}).theme == "port"


def test_the_name_of_a_file_with_several_layers_names_none_of_them():
    assert theme_of("lager1", "markanvändning", (), ["polygon"], {}, alone=True).strength == STRONG
    assert theme_of("lager1", "markanvändning", (), ["polygon"], {}, alone=False).strength == WEAK


def test_a_mixed_layer_is_told_to_be_divided():
    guess = theme_of(None, "riksintressen", (), ["polygon"], {"typ": ["Naturvård", "Hamn", "Väg", "Hamn"]})
    assert guess.theme is None
    assert "dela lagret" in guess.why[0]


# --- legends ----------------------------------------------------------------------------------------------------------


def read(*pairs: tuple[str, str | None]) -> dict[tuple[str, str | None], tuple[bool, tuple[tuple[str, ...], ...]]]:
    return {(one.category, one.subcategory): (one.sure, one.to) for one in readings(pairs)}


def test_only_the_models_own_words_are_sure():
    found = read(
        ("natur  & FRILUFTSLIV", None), ("Areella näringar", None), ("Teknisk anlaggning", None), ("3. Vatten", None)
    )
    assert found["natur  & FRILUFTSLIV", None] == (True, (("Natur och friluftsliv",),))
    assert found["Areella näringar", None] == (False, (("Areell näring",),))
    assert found["Teknisk anlaggning", None] == (False, (("Teknisk anläggning",),))
    assert found["3. Vatten", None] == (False, (("Vatten",),))


def test_a_subcategory_is_read_with_its_category_alone():
    found = read(("Verksamheter och industri", "Besöksanläggning"), ("Vatten", "Handel"))
    assert found["Verksamheter och industri", "Besöksanläggning"] == (
        True, (("Verksamheter och industri", "Besöksanläggning"),),
    )  # fmt: skip
    assert ("Verksamheter och industri", None) not in found  # no row has the category alone
    assert found["Vatten", "Handel"] == (False, ())
    # Alone it means different things in three categories, and is nobody's word.
    (sure, to), = read(("Besöksanläggning", None)).values()  # fmt: skip
    assert not sure
    assert len(to) == 3


def test_a_category_says_nothing_of_a_subcategory_in_other_words():
    """Business land may hold disturbing industry, or shops and offices: the category's word does not tell which."""
    found = read(
        ("Verksamhetsområde", "Störande industri"), ("Verksamhetsområde", "Handel och kontor"),
        ("Verksamhetsområde", "företagsområde"), ("Landsbygd", "Egna ord"), ("Vatten", None),
    )  # fmt: skip
    assert found == {
        ("Verksamhetsområde", "Störande industri"): (False, ()),
        ("Verksamhetsområde", "Handel och kontor"): (False, ()),
        ("Verksamhetsområde", "företagsområde"): (False, (("Verksamheter och industri", "Företagsområde"),)),
        ("Landsbygd", "Egna ord"): (False, ()),
        ("Vatten", None): (True, (("Vatten",),)),
    }


def test_a_category_alone_is_not_sure_beside_subcategories_in_other_words():
    """Its line would hold for them too: a pair without a line of its own is read by its category's."""
    assert read(("LANDSBYGD", None), ("Landsbygd", "Egna ord")) == {
        ("LANDSBYGD", None): (False, (("Landsbygd",),)), ("LANDSBYGD", "Egna ord"): (False, ()),
    }  # fmt: skip
    same = read(("Mångfunktionell bebyggelse", None), ("Mångfunktionell bebyggelse", "Centrum"))
    assert [sure for sure, _ in same.values()] == [True, True]


def test_words_of_the_older_model_make_shared_words_proposals():
    assert read(("Landsbygd", None))["Landsbygd", None][0]
    found = read(("Landsbygd", None), ("Stadsbygd och tätortsområden", None), ("Grönstruktur", None))
    assert not any(sure for sure, _ in found.values())
    # One that is near a word of the older model does not make a layer of the newer one older.
    assert read(("Landsbygd", None), ("Verksamheter", None), ("Areell näring", None))["Landsbygd", None][0]


def test_letters_are_read_only_where_all_values_are_letters():
    assert read(("B", None), ("J1", None))["J1", None] == (False, (("Verksamheter och industri",),))
    # The letters of Tampere's plan: C and T mean other things there, and A, W and EP are no Swedish letters.
    finnish = read(*((letter, None) for letter in ("C", "A", "W", "EP", "T", "P/T")))
    assert all(to == () for _, to in finnish.values())


# --- a municipality in the model's words ------------------------------------------------------------------------------


def test_a_geopackage_in_the_models_words(tmp_path: Path):
    proposal = propose(municipality(tmp_path / "data"))
    plan = manifest(proposal)
    assert plan["plan"]["name"] == "Provköping"
    assert plan["plan"]["municipality_code"] == "2581"
    assert plan["plan"]["crs"] == CRS
    assert plan["plan"]["area"] == {"source": "op.gpkg", "layer": "kommungräns"}
    assert "provisional_area" not in plan["plan"]
    (layer,) = plan["layer"]
    assert (layer["theme"], layer["document"], layer["confirmed"]) == (LAND_USE, "op", False)
    assert layer["fields"] == {
        "id": "objektid", "name": "Namn", "category": "Användning", "subcategory": "Precisering",
        "text": "Ställningstagande",
    }  # fmt: skip
    assert to_model(layer) == {
        ("Verksamheter och industri", "Företagsområde"): ["Verksamheter och industri", "Företagsområde"],
        ("Mångfunktionell bebyggelse", "Bostäder"): ["Mångfunktionell bebyggelse", "Bostäder"],
        ("Vatten", None): ["Vatten"],
        ("Natur & friluftsliv", None): ["Natur och friluftsliv"],
    }
    assert {value["evidence"] for value in layer["value"]} == {
        "samma ord som i ÖP-modell 2.1", "samma ord som i ÖP-modell 2.1, kategori och underkategori",
    }  # fmt: skip
    assert "coverage" not in layer
    assert "2 500 ha" in text(proposal).replace("\u00a0", " ")


def test_the_answer_is_open_until_somebody_says_that_the_plan_is_in_force(tmp_path: Path):
    proposal = propose(municipality(tmp_path / "data"))
    sites = opcheck.read_sites(write_sites(tmp_path))
    before = opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON)["a"]
    assert answers(opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON))["plan.land_use"] == "OPEN"
    assert answers(opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON))["plan.status"] == "OPEN"
    assert before.verdict.plan == "U0"
    filled = proposal.manifest.read_text(encoding="utf-8").replace('status = "okänd"', 'status = "laga kraft"')
    proposal.manifest.write_text(filled, encoding="utf-8")
    after = opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON)["a"]
    assert after.verdict.plan == "F1"


def test_unknown_words_are_listed_with_their_land_and_answer_open(tmp_path: Path):
    local = {
        **MODEL,
        "Användning": ["Grönområde", "Kulturlandskap", "Kulturlandskap", "Vatten"],
        "Precisering": [None] * 4,
    }
    proposal = propose(municipality(tmp_path / "data", local))
    (layer,) = manifest(proposal)["layer"]
    assert to_model(layer) == {("Vatten", None): ["Vatten"]}
    said = text(proposal).replace("\u00a0", " ")
    assert '#{ from = { category = "Kulturlandskap" }, to = ["…"], evidence = "…" }, # 2 ytor, 5 000 ha' in said
    assert '#{ from = { category = "Grönområde" }, to = ["Grönområde och park"], evidence = "' in said
    assert "1 saknar översättning" in proposal.summary[1]


TWO_LEVELS = {
    "Kategori": ["Verksamhetsområde", "Verksamhetsområde", "Verksamhetsområde", "Landsbygd"],
    "Underkategori": ["Störande industri", "Handel och kontor", "Störande industri", "Egna ord"],
}


def test_each_pair_of_a_legend_in_two_levels_has_a_line_of_its_own(tmp_path: Path):
    proposal = propose(municipality(tmp_path / "data", TWO_LEVELS))
    (layer,) = manifest(proposal)["layer"]
    assert not layer.get("value")
    said = text(proposal).replace("\u00a0", " ")
    for category, sub, amount in (
        ("Verksamhetsområde", "Störande industri", "2 ytor, 5 000 ha"),
        ("Verksamhetsområde", "Handel och kontor", "1 yta, 2 500 ha"),
        ("Landsbygd", "Egna ord", "1 yta, 2 500 ha"),
    ):
        pair_ = f'#{{ from = {{ category = "{category}", subcategory = "{sub}" }}, to = ["…"], evidence = "…" }},'
        assert f"{pair_} # {amount}" in said
    assert 'from = { category = "Verksamhetsområde" }' not in said
    assert "3 saknar översättning" in proposal.summary[1]


def test_no_pair_is_answered_by_its_category_alone(tmp_path: Path):
    """Landsbygd in somebody's own words is not the model's Landsbygd, though other rows are sure."""
    rows = {**TWO_LEVELS, "Kategori": ["Vatten", "Landsbygd", "Landsbygd", "Landsbygd"]}
    rows["Underkategori"] = [None, None, "Egna ord", "Egna ord"]
    proposal = propose(municipality(tmp_path / "data", rows))
    assert to_model(manifest(proposal)["layer"][0]) == {("Vatten", None): ["Vatten"]}
    said = text(proposal)
    assert '#{ from = { category = "Landsbygd" }, to = ["Landsbygd"]' in said
    assert "raden gäller också de underkategorier som inte har en egen påslagen rad" in said
    filled = proposal.manifest.read_text(encoding="utf-8").replace('status = "okänd"', 'status = "laga kraft"')
    proposal.manifest.write_text(filled, encoding="utf-8")
    sites = opcheck.read_sites(
        write_geojson(tmp_path / "s.geojson", [row(drawn(100, 6000, 200, 6100), id="a", use="odling")])
    )
    assert opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON)["a"].verdict.plan == "U0"


def test_a_layer_in_the_older_models_words_is_not_read_by_the_newer(tmp_path: Path):
    """Without any [[layer.value]] a layer is taken to use the model's words: here two of them mean something else."""
    older = {**MODEL, "Användning": ["Stadsbygd och tätortsområden", "Landsbygd", "Grönstruktur", "Vatten"]}
    proposal = propose(municipality(tmp_path / "data", older))
    (layer,) = manifest(proposal)["layer"]
    assert not layer.get("value")
    assert "category" not in layer["fields"]
    filled = proposal.manifest.read_text(encoding="utf-8").replace('status = "okänd"', 'status = "laga kraft"')
    proposal.manifest.write_text(filled, encoding="utf-8")
    sites = opcheck.read_sites(
        write_geojson(tmp_path / "s.geojson", [row(drawn(6000, 100, 6100, 200), id="a", use="odling")])
    )
    assert opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON)["a"].verdict.plan == "U0"


def test_local_variants_of_the_model(tmp_path: Path):
    """The words of a real FÖP: most are the model's, tätort and grönområde are not."""
    words = ["Tätort", "Landsbygd", "Verksamheter och industri", "Grönområde"]
    proposal = propose(municipality(tmp_path / "data", {**MODEL, "Användning": words, "Precisering": [None] * 4}))
    (layer,) = manifest(proposal)["layer"]
    assert {category for category, sub in to_model(layer) if sub is None} == {"Landsbygd", "Verksamheter och industri"}


def test_content_alone_can_name_the_land_use(tmp_path: Path):
    write(tmp_path / "data" / "lager7.gpkg", {"x1": MODEL["Användning"]}, ZONES, layer="lager7")
    proposal = propose(tmp_path / "data")
    (layer,) = manifest(proposal)["layer"]
    assert (layer["theme"], layer["fields"]) == (LAND_USE, {"category": "x1"})


def test_each_line_of_a_legend_can_be_switched_on_alone(tmp_path: Path):
    words = ["Grönområde", "Industri", "Kulturlandskap", "Vatten"]
    proposal = propose(municipality(tmp_path / "data", {**MODEL, "Användning": words, "Precisering": [None] * 4}))
    lines = proposal.manifest.read_text(encoding="utf-8").splitlines()
    offered = [number for number, line in enumerate(lines) if line.startswith("#{ from = ") and "…" not in line[:90]]
    assert len(offered) == 2
    for number in offered:
        on = [line[1:] if number == here else line for here, line in enumerate(lines)]
        proposal.manifest.write_text("\n".join(on), encoding="utf-8")
        opcheck.read_plan(proposal.manifest)
        assert len(manifest(proposal)["layer"][0]["value"]) == 2
    # The active ones can be switched off alone just as well.
    sure = next(number for number, line in enumerate(lines) if line.startswith("{ from = "))
    proposal.manifest.write_text("\n".join([*lines[:sure], f"#{lines[sure]}", *lines[sure + 1 :]]), encoding="utf-8")
    assert not manifest(proposal)["layer"][0].get("value")
    # A table of the other form beside the list is no TOML, and the message says what to do.
    both = [*lines, "[[layer.value]]", 'from = { category = "Sjö" }', 'to = ["Vatten"]']
    proposal.manifest.write_text("\n".join(both), encoding="utf-8")
    with pytest.raises(PlanError, match=r"står redan som en lista.*en rad i listan"):
        opcheck.read_plan(proposal.manifest)
    # What is known of ten categories is no longer forty lines: two for a proposal, one for a word of the model.
    start = next(number for number, line in enumerate(lines) if line.startswith("value = ["))
    stop = next(number for number in range(start, len(lines)) if lines[number] == "]")
    assert stop - start - 1 <= 1 + 2 * len(offered) + 3


# --- shapefiles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-8"])
def test_shapefiles_with_cut_names(tmp_path: Path, encoding: str):
    columns = {
        "Objektidentitet": [7, 8, 9, 10], "Användning_typ": MODEL["Användning"], "Underkategori": MODEL["Precisering"],
        "Ställningstagande": MODEL["Ställningstagande"], "Områdesnamn": MODEL["Namn"],
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that names are cut is what is meant
        write(tmp_path / "data" / "Markanvändning.shp", columns, ZONES, encoding=encoding)
    (layer,) = manifest(propose(tmp_path / "data"))["layer"]
    fields = layer["fields"]
    assert fields["id"].startswith("Objektid")
    assert fields["category"].startswith("Användni")
    assert fields["subcategory"] == "Underkateg"
    assert fields["text"].startswith("Ställnin")
    assert fields["name"].startswith("Område")
    assert len(to_model(layer)) == 4  # one for each pair


def test_a_shapefile_travels_with_its_companions(tmp_path: Path):
    write(tmp_path / "data" / "planer" / "strandskydd å.shp", {"id": [1]}, [box(0, 0, 10, 10)])
    (tmp_path / "data" / "planer" / "strandskydd å.pdf").write_text("inte data")
    proposal = propose(tmp_path / "data")
    (layer,) = manifest(proposal)["layer"]
    assert layer["source"] == "planer/strandskydd å.shp"
    copied = {path.suffix for path in (proposal.manifest.parent / "planer").iterdir()}
    assert {".shp", ".shx", ".dbf", ".prj"} <= copied
    assert ".pdf" not in copied
    original = (tmp_path / "data" / "planer" / "strandskydd å.shp").read_bytes()
    assert (proposal.manifest.parent / layer["source"]).read_bytes() == original


FORMS = {".gdb": "OpenFileGDB", ".tab": "MapInfo File", ".mif": "MapInfo File", ".fgb": "FlatGeobuf", ".gml": "GML"}


@pytest.mark.parametrize("suffix", [*FORMS, ".zip"])
def test_every_form_is_placed_and_travels_whole(tmp_path: Path, suffix: str):
    data = tmp_path / "data"
    columns = {"objektid": MODEL["objektid"], "kategori": MODEL["Användning"]}
    if suffix == ".zip":
        made = write(tmp_path / "ut" / "markanvandning.shp", columns, ZONES)
        data.mkdir()
        shutil.make_archive(str(data / "markanvandning"), "zip", made.parent)
    else:
        write(data / f"markanvandning{suffix}", columns, ZONES, driver=FORMS[suffix])
    (layer,) = manifest(propose(data))["layer"]
    assert (layer["theme"], layer["source"]) == (LAND_USE, f"markanvandning{suffix}")
    assert layer["fields"] == {"id": "objektid", "category": "kategori"}
    assert len(to_model(layer)) == 4


# --- many themes ------------------------------------------------------------------------------------------------------


def test_a_folder_of_twelve_themes(tmp_path: Path):
    data = municipality(tmp_path / "data")
    line = shapely.LineString([(E0, N0), (E0 + 5000, N0 + 5000)])
    shapes = {
        "Strandskydd": box(0, 0, 100, 100), "Natura 2000": box(0, 0, 100, 100),
        "Vattenskyddsområde": box(0, 0, 100, 100), "E4": line, "Järnväg": line, "Farligt gods": line,
        "Vindkraftverk": shapely.Point(E0, N0),
        "LIS-områden": box(0, 0, 100, 100), "Fornlämningar": shapely.Point(E0, N0), "Detaljplaner": box(0, 0, 100, 100),
        "Skredrisk": box(0, 0, 100, 100), "Sevesoverksamheter": shapely.Point(E0, N0),
    }  # fmt: skip
    for name, shape in shapes.items():
        write(data / f"{name}.geojson", {"namn": ["ett"], "id": [1]}, [shape])
    proposal = propose(data)
    found = {layer["title"]: layer["theme"] for layer in layers(proposal).values()}
    assert found == {
        "markanvändning": "land_use", "Strandskydd": "shore_protection", "Natura 2000": "natura_2000",
        "Vattenskyddsområde": "water_protection", "E4": "main_road", "Järnväg": "rail_line",
        "Farligt gods": "dangerous_goods_route", "Vindkraftverk": "wind_turbine", "LIS-områden": "lis_area",
        "Fornlämningar": "ancient_monument", "Detaljplaner": "detailed_plan", "Skredrisk": "landslide",
        "Sevesoverksamheter": "seveso",
    }  # fmt: skip
    documents = {one["id"]: (one["kind"], one["status"]) for one in manifest(proposal)["document"]}
    assert documents == {"op": ("översiktsplan", "okänd"), "detaljplaner": ("detaljplan", "okänd")}
    assert layers(proposal)["lis-omraden"]["document"] == "op"
    # What may not be in force eases nothing, and can still be met.
    assert "document" not in layers(proposal)["strandskydd"]


def test_weak_evidence_stays_switched_off(tmp_path: Path):
    data = municipality(tmp_path / "data")
    write(data / "hamnar.geojson", {"id": [1]}, [shapely.Point(E0 + 100, N0 + 100)])
    write(data / "saker.geojson", {"id": [1], "radbrytning\nkolumn": ["a"]}, [box(0, 0, 10, 10)])
    proposal = propose(data)
    assert set(layers(proposal)) == {"markanvandning"}
    assert "FÖRSLAG: hamnar (hamnar.geojson): 1 punkt. Namnet innehåller «hamnar»." in text(proposal)
    assert "Inte placerade: lager saker (saker.geojson; 1 yta; kolumner: id, radbrytning kolumn)" in text(proposal)
    assert "2 " not in proposal.summary[0].split("lager")[1][:4]
    on = tomllib.loads(switched_on(proposal.manifest.read_text(encoding="utf-8")))
    assert {layer["id"]: layer["theme"] for layer in on["layer"]}["hamnar"] == "port"


def test_a_layer_that_was_not_placed_counts_as_unconfirmed_when_it_is_switched_on(tmp_path: Path):
    """Its lines are those of any other proposal: to fill in the theme is all that has to be done."""
    data = municipality(tmp_path / "data")
    write(data / "saker.geojson", {"id": [1, 2], "namn": ["a", "b"], "slag": ["x", "x"]}, [box(0, 0, 10, 10)] * 2)
    write(data / "streck.geojson", {"a": [1]}, [shapely.LineString([(E0, N0), (E0 + 9, N0)])])
    proposal = propose(data)
    assert set(layers(proposal)) == {"markanvandning"}
    switch_on(proposal, "# Inte placerade: lager saker")
    switch_on(proposal, "# Inte placerade: lager streck")
    one, other = layers(proposal)["saker"], layers(proposal)["streck"]
    assert one == {
        "id": "saker", "theme": "…", "title": "saker", "source": "saker.geojson",
        "fields": {"id": "id", "name": "namn"}, "confirmed": False,
    }  # fmt: skip
    assert (other["confirmed"], "fields" in other) == (False, False)
    # What only land use has is one step further away.
    tables = tomllib.loads(switched_on(proposal.manifest.read_text(encoding="utf-8")))["layer"]
    again = {layer["id"]: layer for layer in tables}
    assert again["saker"]["document"] == "op"
    assert again["saker"]["coverage"] == "municipality"
    assert "document" not in again["streck"]  # lines are no land use
    assert 'category = "kolumnen med teckenförklaringen"' in text(proposal)


def test_with_a_base_a_layer_that_was_not_placed_names_none_of_its_plans(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    write(data / "saker.geojson", {"id": [1]}, [box(0, 0, 10, 10)])
    proposal = propose(data, base=base_pack(tmp_path / "bas"))
    assert '##document = "…"  # ÄNDRA till den plan som lagret visar: op, op-1990, lis' in (
        proposal.manifest.read_text(encoding="utf-8")
    )


def test_the_same_layer_twice_is_used_once(tmp_path: Path):
    data = municipality(tmp_path / "data")
    write(data / "zon" / "Markanvändning.shp", {"Anv": MODEL["Användning"]}, ZONES)
    proposal = propose(data)
    used = [layer for layer in layers(proposal).values() if layer["theme"] == LAND_USE]
    assert len(used) == 1
    assert "men det är lika många rader på samma plats som i op.gpkg" in text(proposal)


def test_versions_of_a_plan_are_left_to_a_person(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning_samrådshandling.geojson", MODEL, ZONES)
    write(data / "markanvändning_antagandehandling.geojson", MODEL, [*ZONES[:3], box(5000, 5000, 9000, 9000)])
    proposal = propose(data)
    assert layers(proposal) == {}
    assert "namnet nämner «samrådshandling»" in text(proposal)
    # One version alone is used, and its name still proves nothing.
    shutil.rmtree(proposal.manifest.parent)
    (data / "markanvändning_samrådshandling.geojson").unlink()
    proposal = propose(data)
    assert len(layers(proposal)) == 1
    assert manifest(proposal)["document"][0]["status"] == "okänd"
    assert "«antagandehandling». Det är ett skede i arbetet" in text(proposal)


def switch_on(proposal: Proposal, name: str) -> None:
    """Take away the # of one layer's lines, as a planner would."""
    parts = proposal.manifest.read_text(encoding="utf-8").split("\n\n")
    heads = ("# FÖRSLAG: ", "# Inte placerade: ", "# ---")
    start = next(n for n, part in enumerate(parts) if part.startswith((f"# FÖRSLAG: {name}", name)))
    stop = next((n for n in range(start + 1, len(parts)) if parts[n].startswith(heads)), len(parts))
    on = [switched_on(part) if start <= number < stop else part for number, part in enumerate(parts)]
    proposal.manifest.write_text("\n\n".join(on), encoding="utf-8")


def test_a_layer_of_an_amendment_brings_its_document_switched_off(tmp_path: Path):
    """Switched on, it must not become the översiktsplan's."""
    data = municipality(tmp_path / "data")
    rows = {one: cells[:1] for one, cells in MODEL.items()} | {"plannamn": ["FÖP för hamnen"]}
    write(data / "FÖP_hamnen_markanvändning.geojson", rows, [box(0, 0, 3000, 3000)])
    proposal = propose(data)
    assert [one["id"] for one in manifest(proposal)["document"]] == ["op"]
    assert "kan vara «FÖP för hamnen»" not in text(proposal)  # that is not the översiktsplan's name
    switch_on(proposal, "FÖP_hamnen_markanvändning")
    _, own = manifest(proposal)["document"]
    assert own == {
        "id": "fop-hamnen-markanvandning", "kind": "fördjupning", "name": "FÖP för hamnen", "status": "okänd",
        "base": "op", "area": {"source": "FÖP_hamnen_markanvändning.geojson"},
    }  # fmt: skip
    assert layers(proposal)["fop-hamnen-markanvandning"]["document"] == own["id"]
    loaded = load_plan(opcheck.read_plan(proposal.manifest))
    assert loaded.document_areas[own["id"]].area == pytest.approx(9e6)


def test_versions_switched_on_are_documents_of_their_own(tmp_path: Path):
    data = tmp_path / "data"
    for name in ("samråd", "antagen"):
        write(data / f"ÖP_{name}_markanvändning.geojson", MODEL, [*ZONES[:3], box(5000, 5000, 9000 + len(name), 9000)])
    write(data / "LIS_samråd.geojson", {"id": [1]}, [box(0, 0, 100, 100)])
    proposal = propose(data)
    assert layers(proposal) == {}
    for name in ("ÖP_samråd", "ÖP_antagen", "LIS_samråd"):
        switch_on(proposal, name)
    load_plan(opcheck.read_plan(proposal.manifest))
    kinds = {one["id"]: (one["kind"], one["status"], one.get("themes")) for one in manifest(proposal)["document"]}
    assert kinds == {
        "op": ("översiktsplan", "okänd", None),
        "op-samrad-markanvandning": ("översiktsplan", "okänd", None),
        "op-antagen-markanvandning": ("översiktsplan", "okänd", None),
        "lis-samrad": ("tillägg", "okänd", ["lis_area"]),
    }
    assert all(layer["document"] == name for name, layer in layers(proposal).items())


def test_two_land_use_layers_that_cover_each_other_are_warned_of(tmp_path: Path):
    """Both are used, and nothing in their names tells a version from another."""
    data = tmp_path / "data"
    # The second is 5 km by 10 km, of which 5 km by 8 km (80 %) lie on the first.
    write(data / "markanvändning_a.geojson", MODEL, ZONES)
    rows = {name: cells[:2] for name, cells in MODEL.items()}
    write(data / "markanvändning_b.geojson", rows, [box(5000, 2000, 10_000, 10_000), box(5000, 10_000, 10_000, 12_000)])
    proposal = propose(data)
    assert set(layers(proposal)) == {"markanvandning-a", "markanvandning-b"}
    assert "80 % av den mindre" in text(proposal)
    assert text(proposal).count("OBS: markanvändning_a och markanvändning_b") == 2  # at both layers
    assert any(line.startswith("OBS: markanvändning_a och markanvändning_b") for line in proposal.summary)


def test_land_use_layers_beside_each_other_are_not_warned_of(tmp_path: Path):
    """A plan is often divided between land and water; along the shore they may share a little."""
    data = tmp_path / "data"
    rows = {name: cells[:2] for name, cells in MODEL.items()}
    write(data / "markanvändning.geojson", rows, ZONES[:2])
    write(data / "vattenanvändning.geojson", rows, [box(0, 4900, 5000, 10_000), box(5000, 4900, 10_000, 10_000)])
    proposal = propose(data)
    assert len(layers(proposal)) == 2
    assert "OBS:" not in text(proposal)
    assert not any("OBS:" in line for line in proposal.summary)


# --- columns ----------------------------------------------------------------------------------------------------------


def test_an_id_must_be_unique(tmp_path: Path):
    rows = {"objektid": ["a", "a", None, "b"], "gid": [1, 2, 3, 4], "Användning": MODEL["Användning"]}
    proposal = propose(municipality(tmp_path / "data", rows))
    (layer,) = manifest(proposal)["layer"]
    assert layer["fields"]["id"] == "gid"
    assert "«objektid» används inte, 1 tomma värden av 4" in text(proposal)


def test_a_number_that_is_nearly_unique_is_told_with_what_stands_twice(tmp_path: Path):
    rows = {"Områdesnr": ["L01", "L02", "L02", "L03"], "Användning": MODEL["Användning"]}
    proposal = propose(municipality(tmp_path / "data", rows))
    assert "id" not in manifest(proposal)["layer"][0]["fields"]
    assert (
        "«Områdesnr» har ett eget värde på alla rader utom 2 av 4: L02 står två gånger; rätta i källan eller välj en "
        "annan." in text(proposal)
    )


@pytest.mark.parametrize("column", ["Områdesnr", "Ärendenr", "LIS_nr", "Beteckning"])
def test_numbers_by_other_names_are_ids_when_they_are_unique(tmp_path: Path, column: str):
    rows = {column: ["L01", "L02", "L03", "L04"], "gid": [1, 2, 3, 4], "Användning": MODEL["Användning"]}
    fields = manifest(propose(municipality(tmp_path / "data", rows)))["layer"][0]["fields"]
    assert (fields["id"], fields["category"]) == (column, "Användning")


def test_a_legend_called_beteckning_is_no_id(tmp_path: Path):
    for number, words in enumerate((["B1", "J1", "N1", "W1"], MODEL["Användning"])):
        data = tmp_path / str(number) / "data"
        write(data / "markanvändning.gpkg", {"Namn": MODEL["Namn"], "Beteckning": words}, ZONES, layer="markanvändning")
        fields = manifest(propose(data))["layer"][0]["fields"]
        assert fields["category"] == "Beteckning"
        assert "id" not in fields


def test_a_proposed_land_use_without_a_sure_legend_names_its_columns(tmp_path: Path):
    data = municipality(tmp_path / "data")
    write(data / "markanvändning samråd.geojson", {"slag": ["x", "y", "x", "y"], "Pnr": [1, 2, 3, 4]}, ZONES)
    proposal = propose(data)
    assert "markanvandning-samrad" not in layers(proposal)
    said = text(proposal)
    assert "Kolumner: slag, Pnr." in said
    assert "ingen kolumn ser säkert ut att vara planens teckenförklaring" in said


def test_without_an_id_it_is_said_that_ids_change(tmp_path: Path):
    proposal = propose(municipality(tmp_path / "data", {"Användning": MODEL["Användning"]}))
    assert "id" not in manifest(proposal)["layer"][0]["fields"]
    assert "ändras när raden ändras" in text(proposal)


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        ({"FASTIGHET": ["NORRBY 1:5", "BJÖRNEN 3"]}, {"name": "FASTIGHET"}),
        ({"TRAKT": ["NORRBY", "BJÖRNEN"], "BLOCKENHET": ["1:5", "3"]}, {"category": "TRAKT", "name": "BLOCKENHET"}),
        # The column called as the whole designation is holds the number alone.
        ({"trakt": ["NORRBY", "BJÖRNEN"], "beteckning": ["1:5", "S:3"]}, {"category": "trakt", "name": "beteckning"}),
        # With the whole designation, a trakt beside it must not stand before it a second time.
        ({"trakt": ["NORRBY", "BJÖRNEN"], "fastighet": ["NORRBY 1:5", "BJÖRNEN 3"]}, {"name": "fastighet"}),
        ({"TRAKT": ["NORRBY", "BJÖRNEN"]}, None),
    ],
)
def test_a_property_is_named_in_one_column_or_two(tmp_path: Path, columns: Any, fields: Any):
    data = municipality(tmp_path / "data")
    write(data / "fastighetsytor.geojson", columns, [box(0, 0, 100, 100), box(100, 0, 200, 100)])
    proposal = propose(data)
    if fields is None:
        assert "fastighetsytor" not in layers(proposal)
        assert "ingen kolumn ser ut att ha fastighetsbeteckningar" in text(proposal)
        return
    assert layers(proposal)["fastighetsytor"]["fields"] == fields
    plan = opcheck.read_plan(proposal.manifest)
    second = "BJÖRNEN S:3" if columns.get("beteckning") else "BJÖRNEN 3"
    assert len(opcheck.find_properties(plan, ["Norrby 1:5", second], use="industri")) == 2


@pytest.mark.parametrize("column", ["Namn_på_om", "Namn_på_omr", "Namn på området", "Områdets namn"])
def test_names_of_areas_are_names(tmp_path: Path, column: str):
    rows = {"objektid": MODEL["objektid"], column: MODEL["Namn"], "Användning": MODEL["Användning"]}
    proposal = propose(municipality(tmp_path / "data", rows))
    assert manifest(proposal)["layer"][0]["fields"]["name"] == column


def test_what_all_rows_are_called_is_no_rows_name(tmp_path: Path):
    proposal = propose(municipality(tmp_path / "data", {**MODEL, "Namn": ["ÖP 2040"] * 4}))
    assert "name" not in manifest(proposal)["layer"][0]["fields"]


def test_of_two_legend_columns_the_one_with_the_models_words_is_chosen_and_both_are_named(tmp_path: Path):
    rows = {"kategori": ["Mark- och vattenanvändning"] * 4, "typ": MODEL["Användning"], "id": [1, 2, 3, 4]}
    proposal = propose(municipality(tmp_path / "data", rows))
    assert manifest(proposal)["layer"][0]["fields"]["category"] == "typ"
    assert "Kunde också vara «kategori»" in text(proposal)


def test_dates_and_names_in_columns_are_proposals(tmp_path: Path):
    rows = {**MODEL, "plannamn": ["ÖP 2040"] * 4, "lagakraft": ["2021-11-27"] * 4, "källa": ["Kommunen"] * 4}
    proposal = propose(municipality(tmp_path / "data", rows))
    document = manifest(proposal)["document"][0]
    assert document == {
        "id": "op", "kind": "översiktsplan", "name": "Översiktsplan (namnet är inte ifyllt)", "status": "okänd",
    }  # fmt: skip
    assert "«ÖP 2040», som står i alla rader" in text(proposal)
    assert '#legal_force = "2021-11-27"' in text(proposal)
    assert '#owner = "Kommunen"' in text(proposal)


# --- coordinate systems -----------------------------------------------------------------------------------------------


def without_crs(path: Path, columns: Mapping[str, Sequence[Any]], shapes: Sequence[Any]) -> Path:
    rows = [
        row(shapely.geometry.mapping(shape), **{name: cells[number] for name, cells in columns.items()})
        for number, shape in enumerate(shapes)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_geojson(path, rows, crs=None)


def test_a_missing_system_is_found_by_the_border(tmp_path: Path):
    data = tmp_path / "data"
    without_crs(data / "markanvändning.geojson", MODEL, ZONES)
    write(data / "kommungräns.geojson", {"namn": ["Provköping"]}, [WHOLE])
    proposal = propose(data)
    (layer,) = manifest(proposal)["layer"]
    assert layer["crs"] == CRS
    assert "prövat mot kommungränsen" in text(proposal)


def test_a_national_file_does_not_tell_where_the_municipality_lies(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    without_crs(data / "strandskydd.geojson", {"id": [1, 2]}, ZONES[:2])
    sweden = shapely.box(270_000, 6_140_000, 910_000, 7_660_000)
    write(data / "indelning.geojson", {"namn": ["Sverige"]}, [sweden], crs="EPSG:3006")
    assert layers(propose(data))["strandskydd"]["crs"] == CRS


def test_a_missing_system_that_could_be_several_switches_the_layer_off(tmp_path: Path):
    """Without the municipality the zones cannot be told apart: easting 140 000 is on land in several."""
    data = tmp_path / "data"
    without_crs(data / "markanvändning.geojson", MODEL, ZONES)
    # Known only to be in a box as wide as two zones: metres 0 to 300 000 around 15° and 18° east do not tell which.
    write(data / "landet.geojson", {"a": [1]}, [shapely.box(270_000, 6_400_000, 900_000, 7_600_000)], crs="EPSG:3006")
    proposal = propose(data)
    assert layers(proposal) == {}
    assert "flera passar" in text(proposal)


def test_with_nothing_to_go_by_nothing_is_written(tmp_path: Path):
    without_crs(tmp_path / "data" / "markanvändning.geojson", MODEL, ZONES)
    with pytest.raises(PlanError, match=r"flera passar.*--crs"):
        propose_plan(tmp_path / "data", to=tmp_path / "paket")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    (layer,) = manifest(propose(tmp_path / "data", crs=CRS))["layer"]
    assert layer["crs"] == CRS


def test_swapped_axes_are_told_and_not_mended(tmp_path: Path):
    data = municipality(tmp_path / "data")
    swapped = [shapely.transform(shape, lambda at: at[:, ::-1]) for shape in ZONES]
    without_crs(data / "strandskydd.geojson", {"id": [1, 2, 3, 4]}, swapped)
    proposal = propose(data)
    assert "strandskydd" not in layers(proposal)
    assert "crs: talen hamnar rätt först om x och y byter plats (SWEREF99 21 45 (EPSG:3017))" in text(proposal)


def test_a_layer_elsewhere_is_switched_off_with_the_reason(tmp_path: Path):
    data = municipality(tmp_path / "data")
    write(data / "strandskydd.geojson", {"id": [1]}, [box(200_000, 0, 200_100, 100)])
    proposal = propose(data)
    assert set(layers(proposal)) == {"markanvandning"}
    assert "Lagret gick inte att använda som det är: alla objekt ligger utanför kommunen" in text(proposal)


def test_national_coordinates_are_measured_in_the_local_zone(tmp_path: Path):
    frame = geopandas.GeoDataFrame(dict(MODEL), geometry=list(ZONES), crs=CRS).to_crs("EPSG:3006")
    (tmp_path / "data").mkdir()
    frame.to_file(tmp_path / "data" / "markanvändning.gpkg", layer="markanvändning")
    plan = manifest(propose(tmp_path / "data"))["plan"]
    assert plan["crs"] == CRS  # 65.3 north and 21.6 east: SWEREF 99 21 45


def test_the_reason_for_the_zone_names_the_layers_that_lie_in_it(tmp_path: Path):
    data = tmp_path / "data"
    national = geopandas.GeoDataFrame(dict(MODEL), geometry=list(ZONES), crs=CRS).to_crs("EPSG:3006")
    data.mkdir()
    national.to_file(data / "markanvändning.gpkg", layer="markanvändning")
    write(data / "järnväg.geojson", {"id": [1]}, [shapely.LineString([(E0, N0), (E0 + 900, N0)])])
    proposal = propose(data)
    assert manifest(proposal)["plan"]["crs"] == CRS
    said = text(proposal)
    assert "crs: i den zonen ligger «järnväg»; planens markanvändning ligger i SWEREF99 TM (EPSG:3006)" in said
    own = propose(municipality(tmp_path / "egen" / "data"))
    assert "crs: planens markanvändning ligger i den zonen." in text(own)


# --- borders ----------------------------------------------------------------------------------------------------------


def test_without_a_border_a_stand_in_is_drawn_and_said(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    proposal = propose(data)
    head = manifest(proposal)["plan"]
    assert head["provisional_area"] is True
    assert head["area"] == {"source": "granser-preliminara.geojson"}
    area = load_plan(opcheck.read_plan(proposal.manifest)).area
    # The zones are 10 km square; the stand-in runs 1 km outside them on each side, with square corners.
    assert area.bounds == (E0 - 1000, N0 - 1000, E0 + 11_000, N0 + 11_000)
    assert area.area == 12_000 * 12_000
    assert "INTE kommunens gräns" in text(proposal)
    assert any("provisorisk" in line for line in proposal.summary)


def counties(folder: Path) -> Path:
    names_ = ["Grannby", "Provköping", "Annanstad"]
    shapes = [box(-10_000, 0, 0, 10_000), WHOLE, box(10_000, 0, 20_000, 10_000)]
    return write(
        folder / "kommuner.gpkg", {"KnNamn": names_, "KnKod": ["2501", "2581", "2502"]}, shapes, layer="kommuner"
    )


def test_one_municipality_is_taken_out_of_many_by_name(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    counties(data)
    proposal = propose(data, name="Provköpings kommun")
    head = manifest(proposal)["plan"]
    assert head["area"] == {"source": "kommungrans.geojson"}
    assert (head["name"], head["municipality_code"]) == ("Provköpings kommun", "2581")
    assert load_plan(opcheck.read_plan(proposal.manifest)).area.equals(WHOLE)
    assert "kommungrans.geojson är gjord av opcheck" in text(proposal)


def test_of_two_borders_the_other_is_told(tmp_path: Path):
    data = municipality(tmp_path / "data")
    write(data / "kommunyta.geojson", {"id": [1]}, [shapely.segmentize(WHOLE, 1000)])  # drawn in more detail
    proposal = propose(data)
    assert manifest(proposal)["plan"]["area"] == {"source": "kommunyta.geojson"}
    assert "kommungräns (op.gpkg) kunde också vara kommungränsen" in text(proposal)


def test_of_many_municipalities_none_is_taken_unasked(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    counties(data)
    proposal = propose(data)
    assert manifest(proposal)["plan"]["provisional_area"] is True
    assert "--name för att välja en av dem (Annanstad, Grannby, Provköping)" in text(proposal)


def test_one_area_with_more_words_than_kommun_is_no_border_unasked(tmp_path: Path):
    """Were the centre taken for the municipality, everything else would lie outside it."""
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    write(data / "kommun_centrum.geojson", {"namn": ["Centrum"]}, [box(0, 0, 9000, 9000)])
    proposal = propose(data)
    assert manifest(proposal)["plan"]["provisional_area"]
    assert any("kommun_centrum kan vara kommungränsen" in line for line in proposal.summary)
    # A column with the municipality's code says that it is one.
    shutil.rmtree(proposal.manifest.parent)
    (data / "kommun_centrum.geojson").unlink()
    write(data / "Prov_kommun.geojson", {"kommunkod": ["2581"]}, [WHOLE])
    assert manifest(propose(data))["plan"]["area"] == {"source": "Prov_kommun.geojson"}


def test_a_border_drawn_as_a_line_is_no_border(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    write(data / "kommungräns.geojson", {"id": [1]}, [WHOLE.exterior])
    proposal = propose(data)
    assert manifest(proposal)["plan"]["provisional_area"] is True
    assert "har linjer, och här används bara ytor" in text(proposal)


def test_a_border_that_cannot_be_used_gives_way_to_a_stand_in(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    tie = shapely.Polygon([(E0, N0), (E0 + 9000, N0 + 9000), (E0 + 9000, N0), (E0, N0 + 9000)])
    write(data / "kommungräns.geojson", {"id": [1]}, [tie])
    proposal = propose(data)
    assert manifest(proposal)["plan"]["provisional_area"] is True
    assert "kan inte användas som kommungräns" in text(proposal)


# --- a base pack ------------------------------------------------------------------------------------------------------

BASE = """
[plan]
id = "bas"
name = "Provköpings kommun"
municipality_code = "2581"
crs = "EPSG:3016"
base = true
question = "Var får fabriken plats?"
contact = "Plankontoret, \\"Lisa\\""
licence = "CC0-1.0"
attribution = "Provköpings webbplats, läst 2026."

[units]
bygg = "Byggkontoret"

# Adopted in October; the day was not found.
[[document]]
id = "op"
kind = "översiktsplan"
name = "Översiktsplan 2021"
status = "laga kraft"
legal_force = "2021-11-27"
currency = [{ decided = 2024-06-18, says = "aktuell" }]

[[document]]
id = "op-1990"
kind = "översiktsplan"
name = "Översiktsplan 1990"
status = "ersatt"

[[document]]
id = "lis"
kind = "tillägg"
name = "LIS-plan"
status = "samråd"
base = "op"
themes = ["lis_area"]

[[value]]
from = { category = "Kulturlandskap" }
to = ["Landsbygd"]
evidence = "planbeskrivningen s. 4"

[[neighbour]]
name = "Grannby"
code = "2501"
"""


def base_pack(folder: Path, more: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "plan.toml").write_text(BASE + more, encoding="utf-8")
    return folder


def test_a_base_packs_facts_are_taken_over(tmp_path: Path):
    data = tmp_path / "data"
    words = ["Verksamheter och industri", "Kulturlandskap", "Skog", "Vatten"]
    write(data / "markanvändning.geojson", {**MODEL, "Användning": words}, ZONES)
    write(data / "LIS.geojson", {"id": [1]}, [box(0, 0, 100, 100)])
    proposal = propose(data, base=base_pack(tmp_path / "bas"))
    new, old = manifest(proposal), tomllib.loads(BASE)
    assert new["document"][:-1] == old["document"]
    for name in ("value", "neighbour", "units"):
        assert new[name] == old[name], name
    assert new["plan"]["name"] == "Provköpings kommun"
    assert new["plan"]["crs"] == "EPSG:3016"
    assert new["plan"]["contact"] == 'Plankontoret, "Lisa"'
    assert new["plan"]["attribution"] == "Provköpings webbplats, läst 2026."
    written = proposal.manifest.read_text(encoding="utf-8")
    # The report of a new pack is not headed by a question that its planner never asked.
    assert "question" not in new["plan"]
    assert '#question = "Var får fabriken plats?"' in written
    assert "basens fråga" in text(proposal)
    # The base's remarks are in another language, and speak to whoever keeps the base.
    assert "Adopted" not in written
    assert "Uppgifterna i den här delen är basens" in text(proposal)
    assert layers(proposal)["lis"]["document"] == "lis"
    assert "Översätts av kommunens ordlista, [[value]] ovan: «Kulturlandskap»" in text(proposal)
    assert ("Kulturlandskap", None) not in to_model(layers(proposal)["markanvandning"])


def test_the_bases_attribution_is_joined_with_what_the_data_says(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", {**MODEL, "källa": ["Provköpings kommun"] * 4}, ZONES)
    write(data / "strandskydd.geojson", {"id": [1, 2], "källa": ["Länsstyrelsen"] * 2}, ZONES[:2])
    proposal = propose(data, base=base_pack(tmp_path / "bas"))
    assert manifest(proposal)["plan"]["attribution"] == (
        "Provköpings webbplats, läst 2026. Data, enligt filerna: Provköpings kommun, Länsstyrelsen."
    )


def test_what_the_base_says_of_one_pair_holds_for_that_pair_alone(tmp_path: Path):
    data = tmp_path / "data"
    rows = {"Kategori": ["Landsbygd", "Landsbygd", "Vatten", "Kulturlandskap"]}
    rows["Underkategori"] = ["Bymiljö", None, None, "Hagmark"]
    write(data / "markanvändning.geojson", rows, ZONES)
    more = (
        '[[value]]\nfrom = { category = "Landsbygd", subcategory = "Bymiljö" }\nto = ["Mångfunktionell bebyggelse"]\n'
    )
    proposal = propose(data, base=base_pack(tmp_path / "bas", more))
    # An active line of the layer for Landsbygd alone would go before the base's for Bymiljö.
    assert to_model(layers(proposal)["markanvandning"]) == {("Vatten", None): ["Vatten"]}
    said = text(proposal)
    assert "[[value]] ovan: «Kulturlandskap» och «Landsbygd / Bymiljö»" in said
    assert '#{ from = { category = "Landsbygd" }, to = ["Landsbygd"]' in said


@pytest.mark.parametrize("name", ["markanvändning", "ÖP 2040 samråd markanvändning", "op_2021_markanvändning"])
def test_that_a_plan_is_in_force_never_passes_to_a_layer_by_a_guess(tmp_path: Path, name: str):
    """The base knows that its plan is in force, and no file says that these zones are that plan's."""
    data = tmp_path / "data"
    write(data / f"{name}.geojson", MODEL, ZONES)
    proposal = propose(data, base=base_pack(tmp_path / "bas"))
    sites = opcheck.read_sites(write_sites(tmp_path))
    assert opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON)["a"].verdict.plan == "U0"
    written = proposal.manifest.read_text(encoding="utf-8")
    assert 'document = "obekraftad"  # ÄNDRA till "op" om lagret visar Översiktsplan 2021' in written
    assert ("nämner «samråd»" in text(proposal)) == ("samråd" in name)
    assert any("obekraftad" in line for line in proposal.summary)
    # The two things that the summary asks for are enough.
    start = written.index("# Vilken av basens planer")
    table = written[start : written.index("# --- Lager")]
    done = written.replace(table, "").replace('document = "obekraftad"', 'document = "op"')
    proposal.manifest.write_text(done, encoding="utf-8")
    assert opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON)["a"].verdict.plan == "F1"


def test_a_base_packs_files_come_along(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    fop = '\n[[document]]\nid = "fop-hamnen"\nkind = "fördjupning"\nname = "FÖP"\nstatus = "laga kraft"\nbase = "op"\n'
    base = base_pack(tmp_path / "bas", fop + 'area = { source = "fop.geojson" }\n')
    write(base / "fop.geojson", {"id": [1]}, [box(0, 0, 100, 100)])
    proposal = propose(data, base=base)
    areas = {one["id"]: one.get("area") for one in manifest(proposal)["document"]}
    assert areas["fop-hamnen"] == {"source": "bas/fop.geojson"}
    assert (proposal.manifest.parent / "bas" / "fop.geojson").read_bytes() == (base / "fop.geojson").read_bytes()


def test_a_base_with_several_plans_leaves_the_choice_to_a_person(tmp_path: Path):
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", MODEL, ZONES)
    more = '\n[[document]]\nid = "op-2040"\nkind = "översiktsplan"\nname = "ÖP 2040"\nstatus = "granskning"\n'
    proposal = propose(data, base=base_pack(tmp_path / "bas", more))
    assert layers(proposal)["markanvandning"]["document"] == "obekraftad"
    assert "det framgår inte vilket av basens dokument lagret hör till" in text(proposal)
    assert "# ÄNDRA till den plan som lagret visar: op, op-1990, lis, op-2040" in text(proposal)
    sites = opcheck.read_sites(write_sites(tmp_path))
    assert opcheck.assess(sites, opcheck.read_plan(proposal.manifest), on=ON)["a"].verdict.plan == "U0"


@pytest.mark.parametrize("name", ["kristinehamn", "kiruna", "norrtalje", "skelleftea", "pitea"])
def test_every_shipped_pack_can_be_a_base(tmp_path: Path, name: str):
    pack = Path(__file__).resolve().parents[1] / "layers" / name
    data = tmp_path / "data"
    base = opcheck.read_plan(pack)
    north = {"kristinehamn": 6_580_000, "norrtalje": 6_630_000, "skelleftea": 7_190_000, "kiruna": 7_530_000}
    moved = [shapely.transform(zone, lambda at: at + np.array([0, north.get(name, N0) - N0])) for zone in ZONES]
    write(data / "markanvändning.gpkg", MODEL, moved, layer="markanvändning", crs=base.crs)
    proposal = propose(data, base=pack)
    assert manifest(proposal)["plan"]["name"] == base.name
    taken = [one.id for one in opcheck.read_plan(proposal.manifest).documents]
    assert taken[: len(base.documents)] == [one.id for one in base.documents]


# --- a plan that nobody knows the status of ---------------------------------------------------------------------------


def test_an_unknown_status_neither_governs_nor_is_left_out():
    document = Document(id="op", kind="översiktsplan", name="ÖP", status="okänd", legal_force=PartialDate.parse("2020"))
    day = datetime.date(2026, 11, 22)
    assert document.force(day) is Force.UNKNOWN
    (rank,) = precedence([document], LAND_USE, day)
    assert not rank.settled


def test_a_lis_area_of_an_unknown_plan_eases_nothing(tmp_path: Path):
    """On the shore a LIS area turns the answer; one that may not be in force must not."""
    data = municipality(tmp_path / "data")
    for name in ("Strandskydd", "LIS"):
        write(data / f"{name}.geojson", {"id": [1]}, [WHOLE])
    proposal = propose(data)
    known = proposal.manifest.read_text(encoding="utf-8").replace('status = "okänd"', 'status = "laga kraft"')
    rules = rule("t.shore", "shore_protection", "within", 'eased_by = "lis_area"')
    told = {}
    for status in ("okänd", "laga kraft"):
        if status == "laga kraft":
            proposal.manifest.write_text(known, encoding="utf-8")
        found = assess(proposal.manifest.parent, write_sites(tmp_path), rules)["a"].findings
        told[status] = [finding.case for finding in found if finding.rule == "t.shore"]
    assert told["okänd"] != told["laga kraft"]


# --- the summary ------------------------------------------------------------------------------------------------------


def test_the_steps_are_those_that_are_left(tmp_path: Path):
    data = municipality(tmp_path / "data")
    steps = " ".join(propose(data).summary)
    # The border's own column told the municipality's name, and all words are the model's own.
    assert "skriv in planens namn och status" in steps
    assert "kommunens" not in steps.split("Gör så här nu:")[1]
    assert "FÖRSLAG" not in steps
    write(data / "hamnar.geojson", {"id": [1]}, [shapely.Point(E0 + 100, N0 + 100)])
    steps = " ".join(propose(data, to=tmp_path / "två", name="Provköping").summary)
    assert "läs raderna med FÖRSLAG" in steps
    assert "skriv in planens namn och status" in steps
    (tmp_path / "utan").mkdir()
    write(tmp_path / "utan" / "markanvändning.geojson", MODEL, ZONES)
    assert "skriv in kommunens namn, och planens namn och status" in " ".join(
        propose(tmp_path / "utan", to=tmp_path / "tre").summary
    )


def test_files_that_are_no_map_data_are_counted(tmp_path: Path):
    data = municipality(tmp_path / "data")
    write(data / "strandskydd.shp", {"id": [1]}, [box(0, 0, 10, 10)])
    (data / "läs mig.docx").write_bytes(b"PK")
    (data / "bilagor").mkdir()
    for name in ("a.pdf", "b.PDF", "LICENS", ".DS_Store"):
        (data / "bilagor" / name).write_text("inte data")
    line = next(line for line in propose(data).summary if line.startswith("Hoppades över"))
    assert line == "Hoppades över, eftersom de inte är kartdata: 4 filer (2 .pdf, 1 .docx, 1 utan filändelse)."


def test_tables_without_geometry_are_named(tmp_path: Path):
    data = municipality(tmp_path / "data")
    pyogrio.write_dataframe(pandas.DataFrame({"kod": [1], "text": ["B"]}), data / "op.gpkg", layer="koder")
    assert "Tabeller utan geometri, som inte används: koder." in propose(data).summary


def test_without_other_files_nothing_is_said_of_them(tmp_path: Path):
    data = municipality(tmp_path / "data")
    write(data / "strandskydd.shp", {"id": [1]}, [box(0, 0, 10, 10)], encoding="UTF-8")
    assert not any("Hoppades över" in line for line in propose(data).summary)


# --- the folder -------------------------------------------------------------------------------------------------------


def test_data_that_lies_in_the_pack_stays_there(tmp_path: Path):
    data = municipality(tmp_path / "paket")
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    proposal = propose(data, to=data)
    after = {path.name: path.read_bytes() for path in data.iterdir() if path.name != "plan.toml"}
    assert after == before
    assert not any("kopierade" in line for line in proposal.summary)


def test_data_in_a_folder_of_the_pack_is_named_from_the_pack(tmp_path: Path):
    municipality(tmp_path / "paket" / "data")
    proposal = propose(tmp_path / "paket" / "data", to=tmp_path / "paket")
    assert layers(proposal)["markanvandning"]["source"] == "data/op.gpkg"


@pytest.mark.parametrize(("disk", "typed"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_folder_is_found_however_its_letters_are_made(tmp_path: Path, disk: str, typed: str):
    """A Mac writes å as two signs, and a keyboard as one."""
    on_disk = tmp_path / unicodedata.normalize(disk, "Åmåls öar")
    municipality(on_disk)
    given = tmp_path / unicodedata.normalize(typed, "Åmåls öar")
    proposal = propose(given, to=tmp_path / "paket")
    assert layers(proposal)["markanvandning"]["source"] == "op.gpkg"
    # The pack in the data's own folder: no second folder that looks the same, and the pack is found there.
    propose(given, to=given)
    assert (on_disk / "plan.toml").is_file()
    assert opcheck.read_plan(given).id == "amals-oar"
    assert len([path for path in tmp_path.iterdir() if path.name.endswith("ar")]) == 1


def test_a_folder_given_as_a_file_is_told_what_takes_folders(tmp_path: Path):
    municipality(tmp_path / "leverans" / "under")
    said = r"leverans: är en mapp med kartdata\. Ange en fil i den, till exempel leverans/under/op\.gpkg.*plan new"
    with pytest.raises(SiteError, match=said):
        opcheck.read_sites(tmp_path / "leverans")
    (tmp_path / "tom").mkdir()
    with pytest.raises(SiteError, match="tom: är en mapp utan kartdata"):
        opcheck.read_sites(tmp_path / "tom")


def test_a_manifest_is_never_written_over(tmp_path: Path):
    data = municipality(tmp_path / "data")
    (tmp_path / "paket").mkdir()
    (tmp_path / "paket" / "plan.toml").write_text("# min")
    with pytest.raises(PlanError, match="inte skrivs över"):
        propose_plan(data, to=tmp_path / "paket")
    assert (tmp_path / "paket" / "plan.toml").read_text() == "# min"


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path):
    data = municipality(tmp_path / "data")
    (tmp_path / "paket").mkdir()
    (tmp_path / "paket" / "brev.txt").write_text("hej")
    with pytest.raises(PlanError, match="inte tom"):
        propose_plan(data, to=tmp_path / "paket")
    assert [path.name for path in (tmp_path / "paket").iterdir()] == ["brev.txt"]


def test_nothing_is_left_behind_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data = municipality(tmp_path / "data")

    def broken(*args: object, **options: object) -> None:
        raise OSError("skivan är full")

    monkeypatch.setattr("opcheck.proposal.trial.load_plan", broken)
    for to in (tmp_path / "ny" / "paket", data):
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(PlanError, match="Inget är skrivet"):
            propose_plan(data, to=to)
        assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("what", ["saknas", "tom"])
def test_no_data_is_an_error(tmp_path: Path, what: str):
    if what == "tom":
        (tmp_path / what).mkdir()
    with pytest.raises(PlanError):
        propose_plan(tmp_path / what, to=tmp_path / "paket")
    assert not (tmp_path / "paket").exists()


def test_unreadable_files_are_listed_and_the_rest_goes_on(tmp_path: Path):
    data = municipality(tmp_path / "data")
    (data / "trasig.geojson").write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    proposal = propose(data)
    assert set(layers(proposal)) == {"markanvandning"}
    assert "- trasig.geojson: är inte giltig JSON" in text(proposal)
    assert any(line.startswith("Gick inte att läsa: trasig.geojson") for line in proposal.summary)
    assert not (proposal.manifest.parent / "trasig.geojson").exists()


def test_a_single_file_is_enough(tmp_path: Path):
    municipality(tmp_path / "data")
    proposal = propose(tmp_path / "data" / "op.gpkg", to=tmp_path / "paket")
    assert layers(proposal)["markanvandning"]["source"] == "op.gpkg"


def test_the_same_data_gives_the_same_manifest(tmp_path: Path):
    data = municipality(tmp_path / "data")
    first = propose(data, to=tmp_path / "ett" / "paket").manifest.read_bytes()
    assert propose(data, to=tmp_path / "två" / "paket").manifest.read_bytes() == first


def test_text_from_the_data_stays_where_it_belongs(tmp_path: Path):
    """A value that looks like TOML, in every place from which text comes."""
    trap = 'x"\n[plan]\nid = "min"\n#'
    rows = {**MODEL, "Användning": [trap, "Vatten", "Landsbygd", "Vatten"], "plannamn": [trap] * 4, trap: [1, 2, 3, 4]}
    data = tmp_path / "data"
    write(data / "markanvändning.geojson", rows, ZONES)
    proposal = propose(data)
    assert manifest(proposal)["plan"]["id"] == "paket"
    assert len(manifest(proposal)["document"]) == 1


def test_rows_that_cannot_be_used_are_told(tmp_path: Path):
    data = tmp_path / "data"
    tie = shapely.Polygon([(E0, N0), (E0 + 90, N0 + 90), (E0 + 90, N0), (E0, N0 + 90)])
    write(data / "markanvändning.geojson", MODEL, [*ZONES[:2], None, tie])
    proposal = propose(data)
    assert "1 rad har ingen användbar geometri" in text(proposal)
    assert "1 rad har en geometri som är lagad" in text(proposal)


# --- real data --------------------------------------------------------------------------------------------------------


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["tampere_yk2040_shp", "tampere_yk2040.gpkg"])
def test_a_plan_in_another_language_is_not_guessed_at(tmp_path: Path, real_data: Path, name: str):
    proposal = propose_plan(real_data / "op" / name, to=tmp_path / "paket")
    found = manifest(proposal)
    assert "layer" not in found
    assert found["plan"]["crs"] == "EPSG:3878"
    assert found["plan"]["provisional_area"] is True
    load_plan(opcheck.read_plan(proposal.manifest))
    # A person who writes one theme and one column has a plan.
    start = proposal.manifest.read_text(encoding="utf-8")
    place = start.index('#id = "yk2040-k1-yhdyskuntarakenne-kayttotarkoitusalueet-polygon"')
    head, block = start[: place - len("#[[layer]]\n")], start[place - len("#[[layer]]\n") :]
    block, rest = block.split("\n\n", 1)
    block = switched_on(block).replace('theme = "…"', 'theme = "land_use"').replace("#document", "document")
    assert 'fields = { id = "id" }' in block
    block = block.replace('fields = { id = "id" }', 'fields = { id = "id", category = "Kayttotark" }')
    proposal.manifest.write_text(f"{head}{block}\n\n{rest}", "utf-8")
    (features,) = load_plan(opcheck.read_plan(proposal.manifest)).layers
    assert len(features) == 304


@pytest.mark.real_data
def test_a_real_layer_without_system_or_names(tmp_path: Path, real_data: Path):
    kungsbacka = real_data / "op" / "kungsbacka"
    with pytest.raises(PlanError, match=r"EPSG:3007.*EPSG:3008"):
        propose_plan(kungsbacka / "op_raw.geojson", to=tmp_path / "ett")
    proposal = propose_plan(kungsbacka, to=tmp_path / "alla")
    load_plan(opcheck.read_plan(proposal.manifest))
    assert manifest(proposal)["plan"]["crs"] == "EPSG:3007"
    on = tomllib.loads(switched_on(proposal.manifest.read_text(encoding="utf-8")))
    (layer,) = [layer for layer in on["layer"] if layer["id"] == "op-raw"]
    assert (layer["theme"], layer["crs"]) == (LAND_USE, "EPSG:3007")


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["Kungsbacka", "Piteå kommun", "Norrtälje"])
def test_a_real_municipality_is_found_among_all(tmp_path: Path, real_data: Path, name: str):
    (tmp_path / "data").mkdir()
    shutil.copy(real_data / "pitea" / "kommuner_sverige_wof_lantmateriet.gpkg", tmp_path / "data")
    proposal = propose_plan(tmp_path / "data", to=tmp_path / "paket", name=name)
    assert manifest(proposal)["plan"]["area"] == {"source": "kommungrans.geojson"}
    plan = opcheck.read_plan(proposal.manifest)
    expected = {"Kungsbacka": "EPSG:3007", "Piteå kommun": "EPSG:3017", "Norrtälje": "EPSG:3011"}
    assert plan.crs == expected[name]
    document = json.loads((proposal.manifest.parent / "kommungrans.geojson").read_text(encoding="utf-8"))
    assert len(document["features"]) == 1
