"""Sites named by property: which rows of the layer a name means, and what is said when it means none."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import pytest
import shapely
from drawn import DAY, Pack, box, geojson, put, several

import opcheck
from opcheck.cli import main
from opcheck.properties import designation, find_properties

BOW_TIE = put(shapely.Polygon([(4000, 4000), (4100, 4100), (4100, 4000), (4000, 4100)]))
"""Crosses itself in the middle: repaired to two triangles of 2 500 m² each, while its signed areas cancel to 0."""

ROWS = [
    (box(1000, 1000, 1100, 1100), {"bet": "PITHOLM 47:13"}),  # 1 ha
    (box(3000, 1000, 3200, 1100), {"bet": "PITHOLM 47:13"}),  # 2 ha, 1,9 km east of the first
    (box(1000, 2000, 1100, 2100), {"bet": "PITHOLM 91:2"}),
    (box(1000, 3000, 1100, 3100), {"bet": "PITHOLM S:1"}),
    (box(1000, 4000, 1100, 4100), {"bet": "PITHOLM GA:2"}),
    (box(1000, 5000, 1100, 5100), {"bet": "BJÖRNEN 3"}),
    (box(1000, 6000, 1100, 6100), {"bet": "NORRA-BYN 1:5"}),
]


def pack(folder: Path, rows: Any = ROWS, **keys: Any) -> Pack:
    """A municipality called Ritade kommun, with one zone of industry and a layer of properties."""
    fields = keys.pop("fields", {"id": "id", "name": "bet"})
    return (
        Pack(folder / "paket")
        .zones([(box(0, 0, 10_000, 10_000), "Verksamheter och industri")])
        .layer("fastigheter", "properties", rows, fields=fields, **keys)
    )


def find(folder: Path, *names: str, rows: Any = ROWS, use: str | None = "industri", **keys: Any) -> opcheck.Sites:
    return find_properties(pack(folder, rows, **keys).read(), names, use=use)


def refused(folder: Path, *names: str, **keys: Any) -> str:
    with pytest.raises(opcheck.SiteError) as caught:
        find(folder, *names, **keys)
    return str(caught.value)


# --- what a name means ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("PITHOLM 47:13", "PITHOLM 47:13"),
        ("  pitholm   47 : 13 ", "PITHOLM 47:13"),
        ("Pitholm 47 :13", "PITHOLM 47:13"),
        ("Pitholm 47: 13", "PITHOLM 47:13"),
        ("Pitholm\u00a047:13.", "PITHOLM 47:13"),
        ("Ritade Pitholm 47:13", "PITHOLM 47:13"),
        ("Ritade kommun, Pitholm 47:13", "PITHOLM 47:13"),
        ("fastigheten Pitholm 47:13", "PITHOLM 47:13"),
        ("Pitholm s:1", "PITHOLM S:1"),
        ("Pitholm ga:2", "PITHOLM GA:2"),
        ("kv. Björnen 3", "BJÖRNEN 3"),
        ("Kv Bjo\u0308rnen 3", "BJÖRNEN 3"),
        ("kvarteret Björnen 3", "BJÖRNEN 3"),
        ("Norra\u2013byn 1:5", "NORRA-BYN 1:5"),
    ],
)
def test_a_name_is_found_however_it_is_written(tmp_path: Path, written: str, meant: str) -> None:
    assert find(tmp_path, written).ids == (meant,)


def test_the_municipalitys_name_may_stand_in_the_layer_and_not_in_the_question(tmp_path: Path) -> None:
    rows = [(box(1000, 1000, 1100, 1100), {"bet": "RITADE PITHOLM 47:13"})]
    assert find(tmp_path, "Pitholm 47:13", rows=rows).ids == ("RITADE PITHOLM 47:13",)


def test_the_genitive_of_a_municipalitys_name_is_its_name(tmp_path: Path) -> None:
    one = Pack(tmp_path / "paket", name="Älvsbyns kommun")
    one.layer("fastigheter", "properties", ROWS, fields={"id": "id", "name": "bet"})
    assert find_properties(one.read(), "Älvsbyn Pitholm 91:2").ids == ("PITHOLM 91:2",)


def test_a_trakt_with_the_municipalitys_own_name_is_not_taken_for_it(tmp_path: Path) -> None:
    """RITADE 2:3 lies in the trakt Ritade; without that word nothing would be left but a number."""
    rows = [
        (box(1000, 1000, 1100, 1100), {"bet": "RITADE 2:3"}),
        (box(2000, 1000, 2100, 1100), {"bet": "2:3"}),
    ]
    assert find(tmp_path, "Ritade 2:3", rows=rows).ids == ("RITADE 2:3",)
    assert find(tmp_path, "Ritade Ritade 2:3", rows=rows).ids == ("RITADE 2:3",)


def test_a_trakt_that_begins_with_the_municipalitys_name_is_not_the_trakt_without_it(tmp_path: Path) -> None:
    """Where a layer writes the municipality it does so in every row; in one row it is part of the trakt's name."""
    rows = [
        (box(1000, 1000, 1100, 1100), {"bet": "RITADE NOREN 3:1"}),
        (box(2000, 1000, 2100, 1100), {"bet": "STAD 1:1"}),
    ]
    assert "Menades 'RITADE NOREN 3:1'" in refused(tmp_path, "Noren 3:1", rows=rows)
    assert find(tmp_path, "Ritade Noren 3:1", rows=rows).ids == ("RITADE NOREN 3:1",)


def test_names_that_are_near_are_listed_as_a_sentence_does(tmp_path: Path) -> None:
    """A comma between the first ones, and «eller» before the last alone."""
    rows = [(box(x, 1000, x + 100, 1100), {"bet": f"STAD 1:{x // 1000}"}) for x in (1000, 2000, 3000)]
    (said,) = re.findall(r"Menades (.*?)\?", refused(tmp_path, "Stad 1:9", rows=rows))
    assert re.fullmatch(r"'STAD 1:\d', 'STAD 1:\d' eller 'STAD 1:\d'", said)


def test_a_name_that_can_mean_two_properties_is_not_guessed_at(tmp_path: Path) -> None:
    rows = [
        (box(1000, 1000, 1100, 1100), {"bet": "RITADE STAD 1:1"}),
        (box(2000, 1000, 2100, 1100), {"bet": "STAD 1:1"}),
    ]
    told = refused(tmp_path, "Stad 1:1", rows=rows)
    assert "RITADE STAD 1:1" in told
    assert "STAD 1:1" in told


def test_another_municipalitys_name_is_part_of_the_designation(tmp_path: Path) -> None:
    rows = [
        (box(1000, 1000, 1100, 1100), {"bet": "BERG 1:1"}),
        (box(2000, 1000, 2100, 1100), {"bet": "LULEÅ BERG 1:1"}),
    ]
    assert find(tmp_path, "Berg 1:1", rows=rows).geometry[0].area == 10_000


# --- what it gives --------------------------------------------------------------------------------------------------


def test_all_areas_of_a_property_are_one_site(tmp_path: Path) -> None:
    sites = find(tmp_path, "Pitholm 47:13")
    assert len(sites) == 1
    assert sites.geometry[0].geom_type == "MultiPolygon"
    assert len(sites.geometry[0].geoms) == 2
    assert sites.geometry[0].area == 10_000 + 20_000
    (site,) = sites
    assert site.uses == ("industri",)
    assert site.case["fastighet"] == "PITHOLM 47:13"
    assert site.unusable is None


def test_areas_that_share_a_border_are_one(tmp_path: Path) -> None:
    rows = [
        (box(1000, 1000, 1100, 1100), {"bet": "PITHOLM 47:13"}),
        (box(1100, 1000, 1300, 1100), {"bet": "PITHOLM 47:13"}),
    ]
    (geom,) = find(tmp_path, "Pitholm 47:13", rows=rows).geometry
    assert geom.geom_type == "Polygon"
    assert geom.area == 30_000
    assert geom.is_valid


def test_a_row_that_is_itself_several_areas_is_taken_whole(tmp_path: Path) -> None:
    both = several(box(1000, 1000, 1100, 1100), box(3000, 1000, 3200, 1100))
    assert find(tmp_path, "Pitholm 47:13", rows=[(both, {"bet": "PITHOLM 47:13"})]).geometry[0].area == 30_000


def test_lineage_is_the_layers(tmp_path: Path) -> None:
    plan = pack(tmp_path, dated="2026-03-01", accuracy_m=2, confirmed=False).read()
    sites = find_properties(plan, ["Pitholm 47:13", "Pitholm 91:2"], use="industri")
    assert sites.file == "fastigheter.geojson"
    assert sites.sha256 is not None
    assert sites.crs == plan.crs
    first, second = sites
    for word in ("fastigheter.geojson", "2026-03-01", "2 områden", "inte bekräftade"):
        assert word in first.case["fastighetsgränser"]
    assert "1 område," in second.case["fastighetsgränser"]
    assert any(sites.sha256 in note for note in sites.notes)
    assert first.attributes["accuracy_m"] == 2


def test_an_unknown_accuracy_stays_unknown(tmp_path: Path) -> None:
    (site,) = find(tmp_path, "Pitholm 47:13")
    assert "accuracy_m" not in site.attributes


def test_a_property_gets_an_answer(tmp_path: Path) -> None:
    plan = pack(tmp_path).read()
    assessment = opcheck.assess(opcheck.find_properties(plan, "Pitholm 47:13", use="industri"), plan, on=DAY)
    assert assessment["PITHOLM 47:13"].verdict.plan == "F1"
    record = assessment.to_dict()["sites"][0]
    assert record["area_m2"] == 30_000
    assert record["case"]["fastighet"] == "PITHOLM 47:13"


def test_the_answer_is_the_one_of_the_same_area_in_a_file(tmp_path: Path) -> None:
    plan = pack(tmp_path).read()
    both = several(box(1000, 1000, 1100, 1100), box(3000, 1000, 3200, 1100))
    drawn = opcheck.read_sites(geojson(tmp_path / "s.geojson", [(both, {"id": "a", "use": "industri"})]))
    found = find_properties(plan, "Pitholm 47:13", use="industri")
    one, other = (opcheck.assess(sites, plan, on=DAY).to_dict()["sites"][0] for sites in (drawn, found))
    assert one["verdict"] == other["verdict"]
    assert one["area_m2"] == other["area_m2"]


# --- areas ----------------------------------------------------------------------------------------------------------

NUMBERED = [
    (box(1000, 1000, 1100, 1100), {"bet": "PITHOLM 47:13", "omr": "1"}),
    (box(3000, 1000, 3200, 1100), {"bet": "PITHOLM 47:13", "omr": "2"}),
]
AREA_FIELDS = {"id": "id", "name": "bet", "subcategory": "omr"}


def test_an_area_is_picked_where_the_layer_numbers_them(tmp_path: Path) -> None:
    sites = find(tmp_path, "Pitholm 47:13 > 2", "Pitholm 47:13>1", rows=NUMBERED, fields=AREA_FIELDS)
    assert sites.ids == ("PITHOLM 47:13>2", "PITHOLM 47:13>1")
    assert [geom.area for geom in sites.geometry] == [20_000, 10_000]


def test_the_number_may_stand_in_the_name(tmp_path: Path) -> None:
    rows = [
        (box(1000, 1000, 1100, 1100), {"bet": "PITHOLM 47:13>1"}),
        (box(3000, 1000, 3200, 1100), {"bet": "PITHOLM 47:13>2"}),
    ]
    sites = find(tmp_path, "Pitholm 47:13", "Pitholm 47:13>2", rows=rows)
    assert [geom.area for geom in sites.geometry] == [30_000, 20_000]


def test_an_area_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    told = refused(tmp_path, "Pitholm 47:13>3", rows=NUMBERED, fields=AREA_FIELDS)
    assert ">1, >2" in told


def test_areas_may_be_named_by_letters_in_the_layer(tmp_path: Path) -> None:
    rows = [
        (box(1000, 1000, 1100, 1100), {"bet": "PITHOLM 47:13", "del": "10"}),
        (box(2000, 1000, 2100, 1100), {"bet": "PITHOLM 47:13", "del": "9"}),
        (box(3000, 1000, 3100, 1100), {"bet": "PITHOLM 47:13", "del": "B"}),
    ]
    told = refused(tmp_path, "Pitholm 47:13>3", rows=rows, fields={"id": "id", "name": "bet", "subcategory": "del"})
    assert "Lagret har >9, >10, >B" in told


def test_areas_are_not_numbered_by_guess(tmp_path: Path) -> None:
    told = refused(tmp_path, "Pitholm 47:13>1")
    assert "numrerar inte" in told
    assert "2 ytor" in told


def test_trakt_and_number_may_stand_in_two_columns(tmp_path: Path) -> None:
    rows = [(box(1000, 1000, 1100, 1100), {"trakt": "PITHOLM", "nr": "47:13"})]
    sites = find(tmp_path, "Pitholm 47:13", rows=rows, fields={"id": "id", "name": "nr", "category": "trakt"})
    assert sites.ids == ("PITHOLM 47:13",)


# --- what is not there ----------------------------------------------------------------------------------------------


def test_an_unknown_name_is_answered_with_those_that_are_near(tmp_path: Path) -> None:
    told = refused(tmp_path, "Pitholm 47:31")
    assert "PITHOLM 47:13" in told
    assert "6 fastigheter" in told  # seven rows, two of which are one property


def test_a_misspelt_trakt_is_answered_too(tmp_path: Path) -> None:
    assert "PITHOLM 47:13" in refused(tmp_path, "Pittholm 47:13")


def test_all_unknown_names_come_at_once(tmp_path: Path) -> None:
    told = refused(tmp_path, "Pitholm 1:1", "Pitholm 47:13", "Byn 2:2")
    assert "Pitholm 1:1" in told
    assert "Byn 2:2" in told
    assert told.startswith("2 fel")


def test_rows_without_a_name_are_counted(tmp_path: Path) -> None:
    rows = [*ROWS, (box(5000, 5000, 5100, 5100), {"bet": None})]
    assert "1 yta utan beteckning" in refused(tmp_path, "Byn 2:2", rows=rows)


@pytest.mark.parametrize("name", ["del av Pitholm 47:13", "Del av PITHOLM 47:13", "Pitholm 47:13 (del)"])
def test_a_part_of_a_property_needs_a_geometry(tmp_path: Path, name: str) -> None:
    assert "geometri" in refused(tmp_path, name)


@pytest.mark.parametrize("name", ["Pitholm 47:13 m.fl.", "Pitholm 47:13 m fl"])
def test_others_must_be_named(tmp_path: Path, name: str) -> None:
    assert "var och en för sig" in refused(tmp_path, name)


def test_two_names_in_one_are_asked_for_apart(tmp_path: Path) -> None:
    assert "en fastighet i taget" in refused(tmp_path, "Lomtjärn 1:1 och Öhn 2:2")


def test_a_dash_between_numbers_is_not_read_as_a_colon(tmp_path: Path) -> None:
    """Björnen 3-5 means three properties."""
    assert "PITHOLM 47:13" in refused(tmp_path, "Pitholm 47-13")


def test_the_same_property_twice_is_refused(tmp_path: Path) -> None:
    assert "samma fastighet" in refused(tmp_path, "Pitholm 47:13", "PITHOLM  47:13")


def test_a_pack_without_the_layer_says_how_to_add_it(tmp_path: Path) -> None:
    plan = Pack(tmp_path / "paket").zones([(box(0, 0, 9000, 9000), "Landsbygd")]).read()
    with pytest.raises(opcheck.LayerError, match='theme = "properties"'):
        find_properties(plan, "Pitholm 47:13")


def test_a_layer_without_the_role_is_an_error(tmp_path: Path) -> None:
    plan = pack(tmp_path, fields={"id": "id"}).read()
    with pytest.raises(opcheck.LayerError, match=r"fields\.name"):
        find_properties(plan, "Pitholm 47:13")


def test_a_property_in_two_layers_is_not_guessed_at(tmp_path: Path) -> None:
    both = pack(tmp_path).layer("flera", "properties", ROWS[:1], fields={"id": "id", "name": "bet"})
    with pytest.raises(opcheck.SiteError, match="flera lager"):
        find_properties(both.read(), "Pitholm 47:13")


def test_properties_of_two_layers_are_found_together(tmp_path: Path) -> None:
    both = pack(tmp_path, ROWS[:2]).layer("samfalligheter", "properties", ROWS[3:4], fields={"id": "id", "name": "bet"})
    sites = find_properties(both.read(), ["Pitholm 47:13", "Pitholm S:1"])
    assert sites.file == "fastigheter.geojson, samfalligheter.geojson"
    assert sites.sha256 is None
    assert "samfalligheter.geojson" in tuple(sites)[1].case["fastighetsgränser"]


def test_the_same_name_in_two_municipalities_is_not_one_property(tmp_path: Path) -> None:
    rows = [(box(1000, 1000, 1100, 1100), {"bet": "BERG 1:1"}), (box(12_000, 0, 12_100, 100), {"bet": "BERG 1:1"})]
    assert "två kommuner" in refused(tmp_path, "Berg 1:1", rows=rows)


# --- never smaller than it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "count"), [(None, "1 av fastighetens 2"), (BOW_TIE, "1 av fastighetens 2")])
def test_a_row_in_the_ledger_leaves_the_site_open(tmp_path: Path, shape: Any, count: str) -> None:
    rows = [(box(1000, 1000, 1100, 1100), {"bet": "PITHOLM 47:13"}), (shape, {"bet": "Pitholm 47:13"}), *ROWS[2:]]
    plan = pack(tmp_path, rows).read()
    sites = find_properties(plan, ["Pitholm 47:13", "Pitholm 91:2"], use="industri")
    spoilt, sound = sites
    assert spoilt.unusable is not None
    assert count in spoilt.unusable
    assert sound.unusable is None
    assessment = opcheck.assess(sites, plan, on=DAY)
    assert {str(one.outcome) for one in assessment["PITHOLM 47:13"].findings} <= {"OPEN", "NOT_APPLICABLE"}
    assert assessment["PITHOLM 91:2"].verdict.plan == "F1"


def test_a_property_of_which_nothing_can_be_used_stays_and_is_open(tmp_path: Path) -> None:
    sites = find(tmp_path, "Pitholm 47:13", rows=[(None, {"bet": "PITHOLM 47:13"}), *ROWS[2:]])
    assert next(iter(sites)).unusable is not None


def test_an_identical_row_twice_spoils_nothing(tmp_path: Path) -> None:
    twin = (box(1000, 1000, 1100, 1100), {"id": "x", "bet": "PITHOLM 47:13"})
    sites = find(tmp_path, "Pitholm 47:13", rows=[twin, twin])
    assert next(iter(sites)).unusable is None
    assert sites.geometry[0].area == 10_000


def test_an_area_in_the_ledger_spoils_only_what_it_belongs_to(tmp_path: Path) -> None:
    rows = [*NUMBERED, (None, {"bet": "PITHOLM 47:13", "omr": "3"})]
    sites = find(tmp_path, "Pitholm 47:13>1", "Pitholm 47:13", rows=rows, fields=AREA_FIELDS)
    one, whole = sites
    assert one.unusable is None
    assert whole.unusable is not None


def test_a_ledger_without_names_is_told_apart_by_the_file(tmp_path: Path) -> None:
    """Without a column of ids the ledger names rows by hashes; the property they belong to is still found."""
    rows = [(box(1000, 1000, 1100, 1100), {"bet": "PITHOLM 47:13"}), (None, {"bet": "PITHOLM 47:13"})]
    (site,) = find(tmp_path, "Pitholm 47:13", rows=rows, fields={"name": "bet"})
    assert site.unusable is not None


def test_a_record_that_cannot_be_read_at_all_may_belong_to_any_property(tmp_path: Path) -> None:
    plan = pack(tmp_path).read()
    path = tmp_path / "paket" / "fastigheter.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    unread = {"type": "Feature", "properties": {"bet": None}, "geometry": {"type": "Polygon", "coordinates": "trasig"}}
    document["features"].append(unread)
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(opcheck.LayerError, match="vilken fastighet som helst"):
        find_properties(plan, "Pitholm 47:13")
    # With anything in it read, the record is one without a designation, and belongs to none.
    unread["properties"] = {"id": "väg 1", "bet": None}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert find_properties(plan, "Pitholm 47:13").geometry[0].area == 30_000


# --- lists of plots -------------------------------------------------------------------------------------------------


def listing(folder: Path, text: str) -> Path:
    path = folder / "tomter.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_of_properties_is_a_file_of_sites(tmp_path: Path) -> None:
    plan = pack(tmp_path).read()
    path = listing(tmp_path, "fastighet;användning;height_m\nPitholm 47:13;industri;12\nkv Björnen 3;bostäder;\n")
    sites = find_properties(plan, path)
    assert sites.ids == ("PITHOLM 47:13", "BJÖRNEN 3")
    first, second = sites
    assert (first.uses, second.uses) == (("industri",), ("bostäder",))
    assert first.attributes["height_m"] == 12
    assert first.case["fastighet"] == "PITHOLM 47:13"
    assert "fastigheter.geojson" in first.case["fastighetsgränser"]
    assert sites.file == "tomter.csv"
    layer = hashlib.sha256((tmp_path / "paket" / "fastigheter.geojson").read_bytes()).hexdigest()
    assert any(layer in note and "fastigheter.geojson" in note for note in sites.notes)


def test_ids_of_a_list_are_kept_so_that_one_property_may_stand_twice(tmp_path: Path) -> None:
    plan = pack(tmp_path).read()
    path = listing(tmp_path, "id;fastighet;use\na;Pitholm 47:13;industri\nb;Pitholm 47:13;bostäder\n")
    assert find_properties(plan, path).ids == ("a", "b")


def test_faults_of_a_list_name_their_rows(tmp_path: Path) -> None:
    plan = pack(tmp_path).read()
    path = listing(tmp_path, "fastighet;use\nPitholm 47:31;industri\n;industri\nPitholm 91:2;industri\n")
    with pytest.raises(opcheck.SiteError) as caught:
        find_properties(plan, path)
    assert [(fault.path, fault.key) for fault in caught.value.faults] == [
        ("tomter.csv", "rad 2"), ("tomter.csv", "rad 1"),
    ]  # fmt: skip


def test_a_list_with_coordinates_is_read_by_them(tmp_path: Path) -> None:
    path = listing(tmp_path, "id;fastighet;use;e;n\na;Pitholm 47:13;industri;151000;7251000\n")
    with pytest.raises(opcheck.SiteError, match="ingen lista"):
        find_properties(pack(tmp_path).read(), path)


def test_a_row_of_a_list_that_is_out_of_shape_stays_and_is_open(tmp_path: Path) -> None:
    path = listing(tmp_path, "fastighet;use\nPitholm 47:13;industri;för mycket\nPitholm 91:2;industri\n")
    first, second = find_properties(pack(tmp_path).read(), path)
    assert first.unusable is not None
    assert second.unusable is None


def test_a_list_may_be_a_spreadsheet(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"Fastighet": ["Pitholm 47:13", "kv Björnen 3"], "use": ["industri", "lager"], "height_m": [12, 9]}
    )
    pyogrio.write_dataframe(frame, tmp_path / "tomter.xlsx", driver="XLSX")
    sites = find_properties(pack(tmp_path).read(), tmp_path / "tomter.xlsx")
    assert sites.ids == ("PITHOLM 47:13", "BJÖRNEN 3")
    assert [(site.uses, site.attributes["height_m"]) for site in sites] == [(("industri",), 12), (("lager",), 9)]


def test_a_property_twice_in_a_list_needs_ids(tmp_path: Path) -> None:
    path = listing(tmp_path, "fastighet;use\nPitholm 47:13;industri\npitholm 47:13;lager\n")
    with pytest.raises(opcheck.SiteError, match="finns redan på rad 1"):
        find_properties(pack(tmp_path).read(), path)


def test_two_columns_of_names_are_refused(tmp_path: Path) -> None:
    path = listing(tmp_path, "fastighet;fastighetsbeteckning;use\nPitholm 47:13;Pitholm 91:2;industri\n")
    with pytest.raises(opcheck.SiteError, match="betyder samma sak"):
        find_properties(pack(tmp_path).read(), path)


# --- the command ----------------------------------------------------------------------------------------------------


def check(*arguments: Any) -> int:
    return main(["check", *map(str, arguments), "--on", DAY])


def test_the_command_takes_properties(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack(tmp_path).write()
    code = check("--fastighet", "Pitholm 47:13", "--fastighet", "kv. Björnen 3", "--plan", folder, "--use", "industri")
    told = capsys.readouterr()
    assert code == 0, told.err
    assert "PITHOLM 47:13" in told.out
    assert "BJÖRNEN 3" in told.out


def test_the_command_takes_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = listing(tmp_path, "fastighet;use\nPitholm 47:13;industri\n")
    assert check(path, "--plan", pack(tmp_path).write()) == 0
    assert "PITHOLM 47:13" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["s.geojson", "--fastighet", "Pitholm 47:13"], "båda"),
        ([], "--fastighet"),
        (["--fastighet", "Pitholm 47:13", "--crs", "EPSG:3006"], "--crs"),
        (["--fastighet", "Pitholm 47:13", "--layer", "x"], "--layer"),
        (["--fastighet", "Byn 9:9"], "Byn 9:9"),
    ],
    ids=["both", "neither", "crs", "layer", "unknown"],
)
def test_what_the_command_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert check(*arguments, "--plan", pack(tmp_path).write(), "--out", tmp_path / "a.json") == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
    assert not (tmp_path / "a.json").exists()


def test_designations_of_areas_and_blocks() -> None:
    assert str(designation("Kv. Björnen  3 > 01")) == "BJÖRNEN 3>1"
    assert designation("Björnen 3").area is None


def test_how_the_layer_was_read_is_told_of_the_layers_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack(tmp_path).write()
    path = listing(tmp_path, "fastighet;användning;höjd\nPitholm 47:13;industri;12\n")
    for arguments, own in (
        (["--fastighet", "Pitholm 47:13", "--use", "industri"], []),
        ([str(path)], ["tomter.csv: "]),
    ):
        assert main(["check", *arguments, "--plan", str(folder)]) == 0
        told = [line.removeprefix("opcheck: ") for line in capsys.readouterr().err.splitlines()]
        assert [line[:21] for line in told if "hämtade" in line] == ["fastigheter.geojson: "]
        assert [line[:12] for line in told if "Kolumnen" in line] == own


def test_the_accuracy_that_a_list_states_goes_before_the_layers(tmp_path: Path) -> None:
    plan = pack(tmp_path, accuracy_m=2).read()
    path = listing(tmp_path, "fastighet;användning;noggrannhet_m\nPitholm 47:13;industri;5\n")
    assert find_properties(plan, path).rows[0].attributes["accuracy_m"] == 5
