"""The ways in which other systems come to say "clear" about what they never tested: S1 to S17.

Each test spoils one thing in a healthy pack, in which every answer is PASS, and asks for an error or for an
OPEN finding: never a PASS, and never a shorter list of findings.

S1 to S4, S7, S9 and S17 are about services. A file can go wrong in the same ways, which is what is tested
here: it is missing, it cannot be read, it is cut off, it holds an error page. What only a service can do
waits for a module that asks services: a timeout or an HTTP error half-way (S1), a coverage or catalogue
service that is down (S2, S3, S4), a cap on the number of objects in a page (S7), a distance service that
fails (S9).
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import geopandas
import pytest
import shapely
from support import (
    BOW_TIE,
    CRS,
    E0,
    N0,
    ON,
    RULE_IDS,
    RULES,
    SITE,
    WHOLE,
    Layer,
    answers,
    assess,
    box,
    land_use,
    line,
    point,
    row,
    rule,
    with_layers,
    write_geojson,
    write_pack,
    write_rules,
    write_sites,
)

import opcheck
from opcheck.cli import main
from opcheck.errors import CRSError, LayerError, PlanError, SiteError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def run(folder: Path, *sites: object, more: str = "", **changed: Layer | None) -> opcheck.Assessment:
    """Assess the healthy site, or others, against the healthy pack with some layers changed."""
    pack = write_pack(folder / "pack", with_layers(**changed), more=more)
    return assess(pack, write_sites(folder, *sites))


def assert_open(assessment: opcheck.Assessment, *rules: str, site: str = "a") -> None:
    """Assert that exactly these rules are OPEN, that all were asked, and that the site is not clear."""
    found = answers(assessment, site)
    assert tuple(sorted(found)) == RULE_IDS
    assert {name for name, outcome in found.items() if outcome == "OPEN"} == set(rules)
    assert str(assessment[site].verdict.outcome) != "PASS"
    assert set(rules) - {"t.port"} <= set(assessment[site].verdict.open)


def test_the_healthy_pack_answers_pass_to_everything(folder):
    found = run(folder)
    assert answers(found) == dict.fromkeys(RULE_IDS, "PASS")
    assert str(found["a"].verdict.outcome) == "PASS"


# --- S1: what could not be fetched "does not apply" ---------------------------------------------------------


def test_s01_a_layer_file_that_disappears_after_the_plan_was_read_is_an_error(folder):
    pack = write_pack(folder / "pack")
    plan = opcheck.read_plan(pack)
    (pack / "natura_2000.geojson").unlink()
    with pytest.raises(LayerError, match=r"natura_2000\.geojson.*finns inte"):
        opcheck.assess(opcheck.read_sites(write_sites(folder)), plan, on=ON)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b'{"type": "FeatureCollection", "features": [{"type": "Fea',
        b"<html><body>503 Service Unavailable</body></html>",
    ],
    ids=["tom", "binar", "avklippt", "felsida"],
)
@pytest.mark.parametrize("file", ["natura_2000.geojson", "grans.geojson", "land_use.geojson"])
def test_s01_a_file_that_cannot_be_read_is_an_error_and_never_an_empty_layer(folder, file, content):
    pack = write_pack(folder / "pack")
    (pack / file).write_bytes(content)
    with pytest.raises(LayerError, match=file):
        assess(pack, write_sites(folder))


# --- S2, S3: coverage that fails ----------------------------------------------------------------------------


def test_s02_a_layer_whose_coverage_is_not_stated_is_asked_but_gives_no_pass(folder):
    layer = Layer("natura_2000", [row(box(8000, 8000, 8100, 8100), id="1")], coverage="")
    assert_open(run(folder, natura_2000=layer), "t.natura")


def test_s02_a_layer_whose_coverage_is_not_stated_still_gives_its_hits(folder):
    layer = Layer("natura_2000", [row(SITE, id="1")], coverage="")
    assert answers(run(folder, natura_2000=layer))["t.natura"] == "REVIEW"


@pytest.mark.parametrize("spoil", ["saknas", "trasig", "tom", "utan geometri", "korsar sig"])
def test_s03_a_coverage_that_cannot_be_used_is_an_error_and_never_full_coverage(folder, spoil):
    layer = Layer("natura_2000", [row(SITE, id="1")], coverage='coverage = { source = "tackning.geojson" }')
    pack = write_pack(folder / "pack", with_layers(natura_2000=layer))
    rows = {"tom": [], "utan geometri": [row(None)], "korsar sig": [row(BOW_TIE)]}
    if spoil != "saknas":
        write_geojson(pack / "tackning.geojson", rows.get(spoil, []))
    if spoil == "trasig":
        (pack / "tackning.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(PlanError, match=r"coverage"):
        assess(pack, write_sites(folder))


# --- S4: the catalogue fails --------------------------------------------------------------------------------


def test_s04_a_manifest_that_cannot_be_read_is_an_error(folder):
    pack = write_pack(folder / "pack")
    (pack / "plan.toml").write_text("[plan\n", encoding="utf-8")
    with pytest.raises(PlanError, match="TOML"):
        opcheck.read_plan(pack)


def test_s04_a_manifest_without_layers_leaves_every_question_open(folder):
    found = assess(write_pack(folder / "pack", []), write_sites(folder))
    assert answers(found) == dict.fromkeys(RULE_IDS, "OPEN")
    assert {str(one.open_reason) for one in found["a"].findings} == {"layer_missing"}


# --- S5, S6: rows that cannot be used -----------------------------------------------------------------------


def test_s05_invalid_geometry_is_repaired_and_measured_not_filtered(folder):
    # The bow-tie lies inside the site: two triangles of 50 × 100 / 2 = 2 500 m² each.
    found = run(folder, natura_2000=Layer("natura_2000", [row(BOW_TIE, id="1")]))
    finding = found["a"].finding("t.natura")
    assert (str(finding.outcome), finding.measures["area_m2"]) == ("REVIEW", 5000.0)


def test_s05_geometry_that_cannot_be_repaired_is_open_where_it_may_lie(folder):
    flat = {"type": "Polygon", "coordinates": [[[E0 + 4050, N0 + 4050]] * 4]}
    found = run(folder, natura_2000=Layer("natura_2000", [row(flat, id="1")]))
    assert_open(found, "t.natura")
    assert [entry.state for entry in found.answers.loaded.ledger] == ["set_aside"]


def test_s05_a_zone_that_cannot_be_repaired_does_not_let_the_zone_beside_it_answer_alone(folder):
    flat = {"type": "Polygon", "coordinates": [[[E0 + 4050, N0 + 4050]] * 4]}
    rows = [row(WHOLE, id="zon", category="Industri"), row(flat, id="trasig", category="Natur")]
    assert_open(run(folder, land_use=land_use(*rows)), "t.land")


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "Feature", "properties": {"id": "2"}, "geometry": {"type": "Polygn", "coordinates": []}},
        {
            "type": "Feature",
            "properties": {"id": "2"},
            "geometry": {"type": "Polygon", "coordinates": [[["x"]]]},
        },
        {"type": "Feature", "properties": {"id": "2"}, "geometry": "POLYGON"},
        {"type": "Feature", "properties": {"id": "2"}},
        {"type": "Feature", "properties": {"id": "2"}, "geometry": {"type": "Polygon", "coordinates": []}},
        {"type": "Point", "coordinates": [1, 2]},
        None,
    ],
    ids=["okand typ", "text som koordinat", "wkt", "utan geometri", "tom yta", "inte Feature", "null"],
)
def test_s06_a_row_that_cannot_be_read_is_not_skipped(folder, bad):
    good = row(box(8000, 8000, 8100, 8100), id="1")
    found = run(folder, natura_2000=Layer("natura_2000", [good, bad]))
    assert_open(found, "t.natura")
    (entry,) = found.answers.loaded.ledger
    assert (entry.layer, entry.state) == ("natura_2000", "unplaced")


def test_s06_a_broken_record_in_a_geopackage_is_not_skipped(folder):
    layer = Layer("natura_2000", [], file="natur.gpkg")
    pack = write_pack(folder / "pack", with_layers(natura_2000=layer))
    frame = geopandas.GeoDataFrame({"id": ["1", "2"]}, geometry=[shapely.box(E0, N0, E0 + 9, N0 + 9)] * 2, crs=CRS)
    frame.to_file(pack / "natur.gpkg", layer="natur", engine="pyogrio")
    with sqlite3.connect(pack / "natur.gpkg") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE natur SET geom = x'47500001' WHERE id = '2'")
    database.close()
    assert_open(assess(pack, write_sites(folder)), "t.natura")


def test_s06_a_shapefile_that_has_been_cut_off_is_an_error_or_open(folder):
    layer = Layer("natura_2000", [], file="natur.shp")
    pack = write_pack(folder / "pack", with_layers(natura_2000=layer))
    shapes = [shapely.box(E0 + 100 * n, N0, E0 + 100 * n + 50, N0 + 50) for n in range(20)]
    frame = geopandas.GeoDataFrame({"id": [str(n) for n in range(20)]}, geometry=shapes, crs=CRS)
    frame.to_file(pack / "natur.shp", engine="pyogrio")
    whole = (pack / "natur.shp").read_bytes()
    (pack / "natur.shp").write_bytes(whole[: len(whole) // 2])
    try:
        found = assess(pack, write_sites(folder))
    except LayerError as error:
        assert "natur.shp" in str(error)
    else:
        assert_open(found, "t.natura")


@pytest.mark.parametrize("lost", [".dbf", ".shx"])
def test_s06_a_shapefile_without_its_companions_is_an_error(folder, lost):
    layer = Layer("natura_2000", [], file="natur.shp")
    pack = write_pack(folder / "pack", with_layers(natura_2000=layer))
    frame = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[shapely.box(E0, N0, E0 + 9, N0 + 9)], crs=CRS)
    frame.to_file(pack / "natur.shp", engine="pyogrio")
    (pack / "natur").with_suffix(lost).unlink()
    with pytest.raises(LayerError, match=r"natur\.shp"):
        assess(pack, write_sites(folder))


# --- S7: caps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["natur.geojson", "natur.gpkg"])
def test_s07_a_file_has_no_cap_the_last_of_many_rows_is_met(folder, file):
    # 12 000 squares of 1 m in the south-west corner, and the last row, which is the site itself.
    pack = write_pack(folder / "pack", with_layers(natura_2000=Layer("natura_2000", [], file="natur.gpkg")))
    shapes = [
        *(shapely.box(E0 + n, N0, E0 + n + 1, N0 + 1) for n in range(12_000)),
        shapely.geometry.shape(SITE),
    ]
    frame = geopandas.GeoDataFrame({"id": [f"{n:05}" for n in range(12_001)]}, geometry=shapes, crs=CRS)
    frame.to_file(pack / file, engine="pyogrio")
    text = (pack / "plan.toml").read_text(encoding="utf-8").replace("natur.gpkg", file)
    (pack / "plan.toml").write_text(text, encoding="utf-8")
    finding = assess(pack, write_sites(folder))["a"].finding("t.natura")
    assert (str(finding.outcome), finding.measures["area_m2"]) == ("REVIEW", 10_000.0)
    assert [one.feature for one in finding.features if one.role == "hit"] == ["12000"]


# --- S8: the first hit stops the search ---------------------------------------------------------------------


def test_s08_the_worst_of_several_zones_answers_whatever_their_order(folder):
    halves = [
        row(box(0, 0, 4050, 10_000), id="1", category="Industri"),
        row(box(4050, 0, 10_000, 10_000), id="2", category="Natur"),
    ]
    for rows in (halves, halves[::-1]):
        finding = run(folder, land_use=land_use(*rows))["a"].finding("t.land")
        assert (str(finding.outcome), str(finding.code)) == ("FAIL", "F3")
        assert {one.feature for one in finding.features if one.role == "hit"} == {"1", "2"}


def test_s08_a_ban_behind_a_served_interest_is_found(folder):
    objects = [row(SITE, id="1", bans=None), row(box(4090, 4090, 4100, 4100), id="2", bans="industri")]
    layer = Layer("natura_2000", objects, fields='{ id = "id", forbids = "bans" }')
    pack = write_pack(folder / "pack", with_layers(natura_2000=layer))
    ban = rule("t.natura", "natura_2000", more='forbids = true\nserves = ["industri"]', hit="FAIL", basis="statute")
    finding = assess(pack, write_sites(folder), ban)["a"].finding("t.natura")
    assert (str(finding.outcome), str(finding.code)) == ("FAIL", "K")


def test_s08_every_use_of_a_site_is_asked(folder):
    found = run(folder, row(SITE, id="a", use="industri; bostäder"))
    # No cell of the matrix takes up housing in the industry zone.
    assert [(one.use, str(one.outcome)) for one in found["a"].findings if one.rule == "t.land"] == [
        ("industri", "PASS"),
        ("bostäder", "OPEN"),
    ]
    assert str(found["a"].verdict.outcome) == "OPEN"


# --- S9: distance that cannot be measured -------------------------------------------------------------------


def test_s09_a_distance_without_a_layer_is_open_not_far(folder):
    found = run(folder, housing=None, port=None, seveso=None)
    assert_open(found, "t.homes", "t.port", "t.seveso")
    assert found["a"].finding("t.homes").measures["distance_m"] is None


def test_s09_a_distance_to_a_layer_with_no_rows_is_open_not_far(folder):
    assert_open(run(folder, housing=Layer("housing", [])), "t.homes")


def test_s09_a_distance_is_open_where_the_data_ends_before_the_threshold(folder):
    # The data on housing is complete in a square that ends 400 m east of the site; the rule asks for 500 m.
    layer = Layer("housing", [row(point(100, 100), id="1")], coverage='coverage = { source = "yta.geojson" }')
    pack = write_pack(folder / "pack", with_layers(housing=layer))
    write_geojson(pack / "yta.geojson", [row(box(0, 0, 4500, 10_000))])
    assert_open(assess(pack, write_sites(folder)), "t.homes")


# --- S10: several layers of one theme -----------------------------------------------------------------------


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_s10_distance_is_measured_to_all_layers_of_a_theme(folder, names):
    # 4 900 m east of the site in one layer, 100 m east of it in the other.
    far = Layer("housing", [row(point(9000, 4050), id="1")], id=names[0])
    near = Layer("housing", [row(point(4200, 4050), id="1")], id=names[1])
    finding = run(folder, housing=far, more_housing=near)["a"].finding("t.homes")
    assert (str(finding.outcome), finding.measures["distance_m"]) == ("REVIEW", 100.0)


def test_s10_one_layer_with_no_rows_beside_one_with_rows_is_not_a_proof(folder):
    full = Layer("natura_2000", [row(box(8000, 8000, 8100, 8100), id="1")], id="sci")
    assert_open(run(folder, natura_2000=full, another=Layer("natura_2000", [], id="spa")), "t.natura")


# --- S11: the centroid decides the municipality -------------------------------------------------------------


def test_s11_the_part_of_a_site_in_the_neighbouring_municipality_is_open(folder):
    # 60 m of 100 m lie inside: the centre does, so a test of centres would see nothing.
    neighbour = '[[neighbour]]\nname = "Grannkommun"\ncode = "0001"'
    found = run(folder, row(box(9940, 4000, 10_040, 4100), id="a", use="industri"), more=neighbour)
    finding = found["a"].finding("t.land")
    assert (str(finding.outcome), finding.measures["share"]) == ("OPEN", 0.6)
    assert_open(found, *RULE_IDS)


def test_s11_a_site_wholly_outside_the_municipality_is_open_in_everything(folder):
    found = run(folder, row(box(15_000, 4000, 15_100, 4100), id="a", use="industri"))
    assert_open(found, *RULE_IDS)


# --- S12: axes and coordinate systems -----------------------------------------------------------------------


def exchanged(geometry: dict) -> dict:
    return {**geometry, "coordinates": [[[north, east] for east, north in geometry["coordinates"][0]]]}


def test_s12_a_site_with_exchanged_axes_is_an_error(folder):
    with pytest.raises(SiteError, match="x och y byter plats"):
        run(folder, row(exchanged(SITE), id="a", use="industri"))


def test_s12_a_layer_with_exchanged_axes_is_an_error(folder):
    with pytest.raises(LayerError, match="x och y byter plats"):
        run(folder, natura_2000=Layer("natura_2000", [row(exchanged(SITE), id="1")]))


def test_s12_plain_geojson_in_metres_is_an_error_for_sites_and_layers(folder):
    pack = write_pack(folder / "pack", with_layers(natura_2000=Layer("natura_2000", [row(SITE, id="1")], crs=None)))
    with pytest.raises(LayerError, match=r"saknar koordinatsystem.*EPSG:3017"):
        assess(pack, write_sites(folder))
    with pytest.raises(CRSError, match=r"saknar koordinatsystem.*--crs"):
        assess(write_pack(folder / "pack"), write_sites(folder, crs=None))


def test_s12_a_layer_read_in_the_wrong_zone_is_an_error_that_names_the_right_one(folder):
    wrong = Layer("natura_2000", [row(SITE, id="1")], crs="EPSG:3006")
    with pytest.raises(LayerError, match=r"EPSG:3006.*EPSG:3017"):
        run(folder, natura_2000=wrong)


def test_s12_a_site_read_in_the_wrong_zone_falls_outside_and_is_open(folder):
    found = assess(write_pack(folder / "pack"), write_sites(folder, crs="EPSG:3006"))
    assert_open(found, *RULE_IDS)


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "1e400"])
def test_s12_a_coordinate_that_is_no_number_makes_a_site_open(folder, bad):
    text = json.dumps({"type": "FeatureCollection", "features": [row(SITE, id="a", use="industri")]})
    path = folder / "platser.geojson"
    path.write_text(text.replace(str(E0 + 4100), bad, 1), encoding="utf-8")
    book = opcheck.read_rules(write_rules(folder / "regler.toml", *RULES), national=False)
    plan = opcheck.read_plan(write_pack(folder / "pack"))
    assert_open(opcheck.assess(opcheck.read_sites(path, crs=CRS), plan, rules=book, on=ON), *RULE_IDS)


# --- S13: what lies outside the frame -----------------------------------------------------------------------


def test_s13_objects_outside_the_municipality_count_when_they_are_near_enough(folder):
    # The site ends 50 m inside the border, the house stands 100 m outside it: 150 m, less than 500 m.
    homes = Layer("housing", [row(point(10_100, 4050), id="1"), row(point(100, 100), id="2")])
    found = run(folder, row(box(9850, 4000, 9950, 4100), id="a", use="industri"), housing=homes)
    finding = found["a"].finding("t.homes")
    assert (str(finding.outcome), finding.measures["distance_m"]) == ("REVIEW", 150.0)


def test_s13_a_rule_that_looks_farther_than_the_data_is_open(folder):
    # 400 m from the border of what is known, while Seveso establishments matter within 1 000 m, homes within
    # 500 m, and a port within 2 000 m may lie on the other side (the known one is over 5 000 m away).
    found = run(folder, row(box(9500, 4000, 9600, 4100), id="a", use="industri"))
    assert_open(found, "t.homes", "t.port", "t.seveso")


# --- S14: no data and zero ----------------------------------------------------------------------------------


def test_s14_nothing_found_and_nothing_known_are_two_answers(folder):
    cover = 'coverage = { source = "yta.geojson" }'
    layer = Layer("natura_2000", [row(box(0, 0, 10, 10), id="1")], coverage=cover)
    pack = write_pack(folder / "pack", with_layers(natura_2000=layer))
    write_geojson(pack / "yta.geojson", [row(box(0, 0, 5000, 10_000))])
    # b lies outside the coverage, c lies half inside it.
    places = {"a": 4000, "b": 6000, "c": 4950}
    rows = [row(box(x, 4000, x + 100, 4100), id=name, use="industri") for name, x in places.items()]
    found = assess(pack, write_sites(folder, *rows))
    seen = {name: found[name].finding("t.natura") for name in places}
    assert {name: str(one.outcome) for name, one in seen.items()} == {"a": "PASS", "b": "OPEN", "c": "OPEN"}
    assert {name: one.measures["coverage"] for name, one in seen.items()} == {"a": 1.0, "b": 0.0, "c": 0.5}
    assert str(seen["b"].open_reason) == "no_coverage"


# --- S15: a layer that is not there -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theme", "name"),
    [
        ("land_use", "t.land"), ("natura_2000", "t.natura"), ("seveso", "t.seveso"), ("housing", "t.homes"),
        ("shore_protection", "t.shore"), ("water_service_area", "t.water"), ("port", "t.port"),
    ],
)  # fmt: skip
def test_s15_a_theme_without_a_layer_is_open_and_named_in_the_record(folder, theme, name):
    found = run(folder, **{theme: None})
    finding = found["a"].finding(name)
    assert (str(finding.outcome), str(finding.open_reason)) == ("OPEN", "layer_missing")
    assert tuple(sorted(answers(found))) == RULE_IDS
    record = found.to_dict("sv")
    title = next(one["theme_title"] for one in record["rules"] if one["id"] == name)
    (missing,) = (one["text"] for one in record["not_seen"] if one["key"] == "layers_not_loaded")
    assert title.casefold() in missing.casefold()


def test_s15_a_layer_of_a_plan_that_is_not_in_force_is_no_answer(folder):
    pack = write_pack(folder / "pack")
    text = (pack / "plan.toml").read_text(encoding="utf-8").replace('"laga kraft"', '"samråd"')
    (pack / "plan.toml").write_text(text, encoding="utf-8")
    assert_open(assess(pack, write_sites(folder)), "t.land")


# --- S16: thresholds ----------------------------------------------------------------------------------------


def test_s16_a_small_hit_counts(folder):
    # 2 m² of a hectare: a share of 0.0002.
    found = run(folder, natura_2000=Layer("natura_2000", [row(box(4098, 4099, 4200, 4200), id="1")]))
    finding = found["a"].finding("t.natura")
    assert (str(finding.outcome), finding.measures["area_m2"], finding.measures["share"]) == (
        "REVIEW",
        2.0,
        0.0002,
    )


def test_s16_a_sliver_passes_but_leaves_its_trace(folder):
    # 0.01 m × 50 m = 0.5 m², under the sliver limit of 1 m².
    found = run(folder, natura_2000=Layer("natura_2000", [row(box(4099.99, 4050, 4200, 4200), id="1")]))
    finding = found["a"].finding("t.natura")
    assert (str(finding.outcome), finding.case) == ("PASS", "contact")
    assert [(one.feature, one.sliver, one.area_m2) for one in finding.features] == [("1", True, 0.5)]


def test_s16_a_small_object_inside_the_site_counts_under_the_sliver_limit(folder):
    # 0.5 m × 0.5 m = 0.25 m², all of it inside the site.
    found = run(folder, natura_2000=Layer("natura_2000", [row(box(4050, 4050, 4050.5, 4050.5), id="1")]))
    assert answers(found)["t.natura"] == "REVIEW"


def test_s16_a_line_and_a_point_count_by_length_and_number(folder):
    for theme, shape, measure, value in (
        ("riksintresse_vag", line((4050, 3000), (4050, 5000)), "length_m", 100.0),
        ("seveso", point(4050, 4050), "count", 1),
    ):
        pack = write_pack(folder / "pack", [land_use(), Layer(theme, [row(shape, id="1")])])
        finding = assess(pack, write_sites(folder), rule("t.one", theme))["a"].finding("t.one")
        assert (str(finding.outcome), finding.measures[measure]) == ("REVIEW", value)


# --- S17: errors as empty lists, overlaps as nothing --------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {"error": {"code": 500, "message": "Error performing query operation"}},
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": None},
        {"type": "ExceptionReport", "features": []},
        [],
        "fel",
    ],
    ids=["felsvar", "utan features", "features null", "annan typ", "lista", "text"],
)
def test_s17_an_error_answer_saved_as_a_file_is_an_error(folder, content):
    pack = write_pack(folder / "pack")
    (pack / "natura_2000.geojson").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(LayerError, match=r"natura_2000\.geojson"):
        assess(pack, write_sites(folder))


def test_s17_an_empty_list_is_open(folder):
    found = run(folder, natura_2000=Layer("natura_2000", []))
    assert_open(found, "t.natura")
    assert found["a"].finding("t.natura").case == "open.layer_empty"


def test_s17_plans_that_overlap_are_both_told(folder):
    rows = [
        row(WHOLE, id="1", category="Industri"),
        row(box(3000, 3000, 5000, 5000), id="2", category="Bostäder"),
    ]
    finding = run(folder, land_use=land_use(*rows))["a"].finding("t.land")
    assert (str(finding.outcome), str(finding.code)) == ("REVIEW", "F3")
    assert {one.feature for one in finding.features if one.role == "hit"} == {"1", "2"}


def test_s17_stacked_objects_are_counted_each_and_measured_once(folder):
    rows = [row(box(4000, 4000, 4100, 4050 + n), id=str(n)) for n in range(3)]
    finding = run(folder, natura_2000=Layer("natura_2000", rows))["a"].finding("t.natura")
    # The largest is 100 m × 52 m and holds the others.
    assert (finding.measures["area_m2"], finding.measures["count"]) == (5200.0, 3)


def test_nothing_is_written_when_the_plan_cannot_be_read(folder, capsys):
    pack = write_pack(folder / "pack")
    (pack / "natura_2000.geojson").write_text("{", encoding="utf-8")
    out = folder / "svar.html"
    code = main(["check", str(write_sites(folder)), "--plan", str(pack), "--out", str(out), "--on", ON])
    assert (code, out.exists()) == (2, False)
    assert "natura_2000.geojson" in capsys.readouterr().err
