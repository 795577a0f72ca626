"""What a site states of itself: which column names mean an attribute, and which are only like one."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from drawn import Pack, box, geojson

import opcheck
from opcheck.attributes import ATTRIBUTES, CASE_ATTRIBUTES, meant, meant_case, names_of, near_note, reading_note
from opcheck.errors import SiteError
from opcheck.sites import Sites, read_sites
from opcheck.texts import load

README = Path(__file__).resolve().parents[1] / "README.md"


def read(folder: Path, **values: Any) -> Sites:
    return read_sites(geojson(folder / "p.geojson", [(box(0, 0, 100, 100), {"id": "a", **values})]))


@pytest.mark.parametrize(
    ("column", "attribute"),
    [
        ("startår", "start_year"), ("START_AR", "start_year"), ("Start år", "start_year"), ("StartYear", "start_year"),
        ("höjd", "height_m"), ("höjd_m", "height_m"), ("Höjd (m)", "height_m"), ("hojd_meter", "height_m"),
        ("Ho\u0308jd", "height_m"), ("effekt", "power_mw"), ("Effekt MW", "power_mw"),
        ("noggrannhet", "accuracy_m"), ("skyddsavstånd", "protection_distance_m"), ("yta_m2", "area_m2"),
        ("Yta m²", "area_m2"), ("ytan i kvadratmeter", "area_m2"), ("betydande miljöpåverkan", "significant_impact"),
        ("BETYDANDE_MILJOPAVERKAN", "significant_impact"), ("Seveso", "seveso"), ("Height_m", "height_m"),
    ],
)  # fmt: skip
def test_a_name_means_its_attribute_however_it_is_written(column: str, attribute: str) -> None:
    assert meant(column) == attribute


@pytest.mark.parametrize(
    "column",
    ["höjd_cm", "hojdcm", "effekt_kw", "yta", "yta_ha", "area", "höjdsystem", "effektiv", "startdatum", "protection",
     "höjd m ö h", "shape_area", "lager", "år", ""],
)  # fmt: skip
def test_a_name_that_is_not_one_of_them_means_none(column: str) -> None:
    assert meant(column) is None


def test_no_name_means_two_attributes() -> None:
    wrong = [(one, name) for one in ATTRIBUTES for name in names_of(one) if meant(name) != one]
    assert wrong == []


def test_what_the_report_calls_an_attribute_is_a_name_of_it() -> None:
    """The report tells the reader to ask for it in these words, and to write the answer in."""
    words = {key: load("sv").get("attribute", key) for key in ATTRIBUTES}
    assert {key: meant(word) for key, word in words.items()} == {key: key for key in ATTRIBUTES}


def test_every_name_is_in_the_readme() -> None:
    shown = set(re.findall(r"`([^`\n]+)`", README.read_text(encoding="utf-8")))
    assert sorted({name for one in ATTRIBUTES.values() for name in one.names} - shown) == []
    assert sorted({name for names in CASE_ATTRIBUTES.values() for name in names} - shown) == []


def test_swedish_columns_answer_what_english_ones_do(tmp_path: Path) -> None:
    swedish = read(tmp_path, **{
        "startår": 2030, "höjd_m": "12,5", "effekt (MW)": 3, "noggrannhet_m": 1, "skyddsavstånd_m": 50,
        "betydande miljöpåverkan": "nej", "yta_kvm": 4000, "sevesoverksamhet": "ja",
    })  # fmt: skip
    english = read(
        tmp_path, start_year=2030, height_m=12.5, power_mw=3, accuracy_m=1, protection_distance_m=50,
        significant_impact=False, area_m2=4000, seveso=True,
    )  # fmt: skip
    assert swedish.rows[0].attributes == english.rows[0].attributes
    assert (swedish.content, swedish.notes) == (english.content, ())


@pytest.mark.parametrize(("first", "second"), [("höjd", "height_m"), ("höjd_m", "totalhöjd"), ("startår", "start år")])
def test_two_columns_for_one_attribute_are_an_error_that_names_both(tmp_path: Path, first: str, second: str) -> None:
    with pytest.raises(SiteError, match="betyder samma sak") as caught:
        read(tmp_path, **{first: 1, second: 2})
    assert repr(first) in str(caught.value) and repr(second) in str(caught.value)
    assert len(caught.value.faults) == 1


def test_a_value_that_cannot_be_understood_is_told_by_the_columns_own_name(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"height_m \(kolumnen 'Höjd'\) är 'hög'"):
        read(tmp_path, Höjd="hög")


def test_a_unit_that_the_name_does_not_say_is_noted(tmp_path: Path) -> None:
    assert read(tmp_path, Höjd=12).notes == ("Kolumnen 'Höjd' är läst som height_m, i meter.",)
    assert reading_note("height_m") is None


@pytest.mark.parametrize(
    ("column", "told"),
    [("höjd_cm", "ska vara i meter, inte cm"), ("effekt_kW", "ska vara i megawatt, inte kw"), ("yta_ha", "inte ha"),
     ("power_kw", "inte kw"), ("yta", "enheten inte framgår"), ("höjd m ö h", "liknar"), ("noggranhet", "liknar"),
     ("start_yer", "liknar"), ("seveso_klass", "liknar")],
)  # fmt: skip
def test_what_is_only_like_an_attribute_is_left_and_said(tmp_path: Path, column: str, told: str) -> None:
    found = read(tmp_path, **{column: 1200})
    assert found.rows[0].attributes == {column.casefold(): 1200}
    (note,) = found.notes
    assert repr(column) in note and "inte läst" in note and told in note


@pytest.mark.parametrize("column", ["byggnadshöjd", "Byggnadshöjd (m)", "byggnadshojd_m"])
def test_the_height_that_a_detaljplan_speaks_of_is_not_the_greatest_one(tmp_path: Path, column: str) -> None:
    """Plan- och byggförordningen measures byggnadshöjd below the roof: 19 m of it can be a building above 20 m."""
    found = read(tmp_path, **{column: 19})
    assert math.isnan(found.numbers("height_m")[0])
    (note,) = found.notes
    assert "inte läst" in note and "lägre än byggnadens högsta punkt" in note and "height_m" in note


def test_what_nobody_needs_to_know_is_not_said(tmp_path: Path) -> None:
    assert read(tmp_path, **{"höjd m ö h": None}).notes == ()
    assert read(tmp_path, **{"höjd m ö h": 33, "height_m": 12}).notes == ()
    assert read(tmp_path, **{"höjd_cm": 1200, "height_m": 12}).notes == ()
    assert read(tmp_path, case_beskrivning="x", beskrivning="x", typ="y", OBJECTID=3).notes == ()
    assert near_note("lager", ()) is None


@pytest.mark.parametrize(
    ("column", "attribute"),
    [("noggrannhe", "accuracy_m"), ("betydande_", "significant_impact"), ("effektbeho", "power_mw")],
)
def test_a_swedish_name_that_a_shapefile_has_cut_is_known_again_and_said(
    tmp_path: Path, column: str, attribute: str
) -> None:
    found = read(tmp_path, **{column: 1})
    assert set(found.rows[0].attributes) == {attribute}
    assert "avklippt" in found.notes[0]


def test_a_numbered_column_is_no_swedish_name(tmp_path: Path) -> None:
    found = read(tmp_path, byggnads_1=1)
    assert found.rows[0].attributes == {"byggnads_1": 1}


def test_a_rule_may_name_an_attribute_as_the_file_does(tmp_path: Path) -> None:
    found = read(tmp_path, höjd=12)
    assert (found.numbers("höjd")[0], found.value(0, "totalhöjd"), found.value(0, "height_m")) == (12, 12, 12)


def test_minus_nought_is_nought(tmp_path: Path) -> None:
    assert read(tmp_path, height_m="-0").content == read(tmp_path, height_m="0").content


def test_the_report_has_the_facts_with_their_units(tmp_path: Path) -> None:
    values = {"height_m": 12.25, "accuracy_m": 1, "power_mw": 3, "start_year": 2030, "area_m2": 10_000, "seveso": "nej",
              "protection_distance_m": 1500, "eget": 7}  # fmt: skip
    pack = Pack(tmp_path / "paket").zones([(box(0, 0, 9000, 9000), "Landsbygd")])
    found = opcheck.assess(read(tmp_path, use="industri", **values), pack.read(), on="2026-11-22")
    opcheck.write_report(found, tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    expected = {
        "Byggnadens högsta höjd": "12,25\u00a0m", "Gränsens noggrannhet": "1\u00a0m", "Effektbehov": "3\u00a0MW",
        "Startår": "2030", "Yta som gäller i stället för den ritade": "10\u00a0000\u00a0m²",
        "Omfattas av Sevesolagen": "nej", "Skyddsavstånd enligt verksamheten": "1\u00a0500\u00a0m", "eget": "7",
    }  # fmt: skip
    assert {name: shown.get(name) for name in expected} == expected


# --- the case ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("ärendetyp", "type"), ("Ärendetyp", "type"), ("case_ärendetyp", "type"), ("ARENDETYP", "type"),
        ("a\u0308rendetyp", "type"), ("case_type", "type"), ("Case Type", "type"), ("ärendets slag", "type"),
        ("diarienummer", "dnr"), ("case_diarienummer", "dnr"), ("Dnr", "dnr"), ("Diarienr.", "dnr"),
        ("inkom", "received"), ("inkommen", "received"), ("inkom datum", "received"), ("case_inkom", "received"),
        ("Inkom_datum", "received"), ("fastighet", "fastighet"), ("case_fastighetsbeteckning", "fastighet"),
    ],
)  # fmt: skip
def test_a_swedish_name_of_the_case_is_read_as_it(tmp_path: Path, column: str, key: str) -> None:
    (site,) = read(tmp_path, **{column: "planbesked"}).rows
    assert (dict(site.case), dict(site.attributes)) == ({key: "planbesked"}, {})


@pytest.mark.parametrize("column", ["typ", "type", "ärende", "datum", "received", "inkomst", "case", "handläggare"])
def test_a_word_that_could_be_anything_is_no_case(column: str) -> None:
    assert meant_case(column) is None


def test_no_name_means_both_a_site_and_its_case() -> None:
    names = [name for names in CASE_ATTRIBUTES.values() for name in names]
    assert [name for name in names if meant(name) is not None] == []
    assert [one for one in (*ATTRIBUTES, *(n for m in ATTRIBUTES.values() for n in m.names)) if meant_case(one)] == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("ärendetyp", "case_type"), ("inkom", "inkommen"), ("fastighet", "case_fastighet"), ("dnr", "case_diarienummer")],
)
def test_two_columns_for_one_thing_of_the_case_are_an_error(tmp_path: Path, first: str, second: str) -> None:
    with pytest.raises(SiteError, match="betyder samma sak"):
        read(tmp_path, **{first: "a", second: "b"})


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("ärendetype", "inte läst som case_type"), ("case_typ", "inte läst som case_type"),
        ("case_recieved", "inte läst som case_received"), ("diarienumer", "inte läst som case_dnr"),
        ("case_handläggare", "case_type, case_dnr, case_received, case_fastighet"),
        ("inkom till kommunen", "case_received"), ("ärende", "case_type"),
    ],
)  # fmt: skip
def test_what_seems_to_be_of_the_case_is_said_and_not_taken(tmp_path: Path, column: str, told: str) -> None:
    found = read(tmp_path, **{column: "x"})
    assert not set(found.rows[0].case) & {"type", "dnr", "received", "fastighet"}
    (note,) = found.notes
    assert repr(column) in note and told in note


def test_an_empty_column_of_the_case_says_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, case_handläggare=None, ärendetyp=None)
    assert (found.notes, dict(found.rows[0].case)) == ((), {})


# --- the area of buildings is not the area of the site ----------------------------------------------------------------


@pytest.mark.parametrize(
    "column", ["byggnadsarea", "Byggnadsarea (m2)", "bruttoarea_m2", "byggnadernas yta", "golvyta kvm"]
)
def test_the_area_of_buildings_is_read_as_theirs(tmp_path: Path, column: str) -> None:
    found = read(tmp_path, **{column: 4000})
    assert found.rows[0].attributes == {"buildings_floor_area_m2": 4000.0}


@pytest.mark.parametrize(
    "column",
    [
        "yta",
        "yta_ha",
        "byggd area m2",
        "lokalarea m2",
        "lokalernas area m2",
        "tomtens area m2",
        "areal_ha",
        "BTA yta m2",
    ],
)
def test_no_note_tells_anybody_to_replace_the_drawn_area(tmp_path: Path, column: str) -> None:
    found = read(tmp_path, **{column: 4000})
    assert math.isnan(found.numbers("area_m2")[0])
    for note in found.notes:
        assert "döp kolumnen till area_m2" not in note and "döp den till area_m2" not in note
        assert "area_m2" not in note.replace("buildings_floor_area_m2", "") or "Bara om" in note


def test_a_description_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, verksamhetsbeskrivning="En hall.").rows[0].attributes == {"description": "En hall."}


@pytest.mark.parametrize(
    ("column", "key"), [("case_recei", "received"), ("diarienumm", "dnr"), ("fastighets", "fastighet")]
)
def test_a_name_of_the_case_that_a_shapefile_has_cut_is_given_back(tmp_path: Path, column: str, key: str) -> None:
    found = read(tmp_path, **{column: "2026-10-31"})
    assert dict(found.rows[0].case) == {key: "2026-10-31"}
    (note,) = found.notes
    assert repr(column) in note and "avklippt" in note
