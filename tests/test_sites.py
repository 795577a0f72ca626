"""How applications arrive: every row stays, nothing is guessed, and faults come all at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from drawn import CRS, box, geojson, point, put

from opcheck.errors import CRSError, SiteError
from opcheck.sites import read_sites

SITE = box(5000, 5000, 5100, 5100)


def read(folder: Path, *rows: Any, crs: str | None = CRS, **options: Any) -> Any:
    drawn = [(shape, {"id": f"s{number}", **values}) for number, (shape, values) in enumerate(rows, 1)]
    return read_sites(geojson(folder / "platser.geojson", drawn, crs), **options)


# --- what a site states ---------------------------------------------------------------------------------------------


def test_a_site_is_read_with_everything_it_states(tmp_path: Path) -> None:
    values = {
        "name": "Tomten", "use": "Industri; lager", "accuracy_m": 5, "height_m": "12,5", "start_year": 2028,
        "seveso": "nej", "case_dnr": "KS 1", "case_type": None, "eget": "x",
    }  # fmt: skip
    (site,) = read(tmp_path, (SITE, values))
    assert (site.id, site.name, site.uses, site.unknown_uses) == ("s1", "Tomten", ("industri", "lager"), ())
    assert site.attributes == {"accuracy_m": 5.0, "height_m": 12.5, "start_year": 2028.0, "seveso": False, "eget": "x"}
    assert (site.case, site.unusable) == ({"dnr": "KS 1"}, None)


@pytest.mark.parametrize("columns", [("ID", "Namn", "Användning"), ("beteckning", "NAME", "anvandning")])
def test_columns_may_be_swedish_and_in_any_case(tmp_path: Path, columns: tuple[str, str, str]) -> None:
    rows = [(SITE, dict(zip(columns, ("a", "Tomten", "industri"), strict=True)))]
    (site,) = read_sites(geojson(tmp_path / "p.geojson", rows))
    assert (site.id, site.name, site.uses) == ("a", "Tomten", ("industri",))


@pytest.mark.parametrize(
    ("use", "uses", "unknown"),
    [
        ("industri", ("industri",), ()),
        ("lager, industri", ("lager", "industri"), ()),
        (["lager", "hamn"], ("lager", "hamn"), ()),
        ("fabrik; industri", ("industri",), ()),
        ("rymdbas", (), ("rymdbas",)),
        ("industri; rymdbas", ("industri",), ("rymdbas",)),
        (None, (), ()),
        ("  ", (), ()),
        ("a\u030atervinning; va\u0308tgas", ("vätgas",), ("återvinning",)),
    ],
)
def test_uses_are_looked_up_and_unknown_words_are_kept(tmp_path: Path, use: Any, uses: Any, unknown: Any) -> None:
    (site,) = read(tmp_path, (SITE, {"use": use}))
    assert (site.uses, site.unknown_uses) == (uses, unknown)


def test_a_given_use_fills_only_what_is_missing(tmp_path: Path) -> None:
    rows = [(SITE, {"use": "lager"}), (SITE, {"use": None}), (SITE, {"use": "rymdbas"})]
    assert [site.uses for site in read(tmp_path, *rows, use="industri")] == [("lager",), ("industri",), ()]
    assert [site.uses for site in read(tmp_path, *rows, use=["hamn", "kaj", "lager"])][1] == ("hamn", "lager")


def test_a_given_use_that_is_unknown_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="rymdbas"):
        read(tmp_path, (SITE, {}), use="rymdbas")


def test_numbers_for_a_check_are_nan_where_a_site_does_not_say(tmp_path: Path) -> None:
    found = read(tmp_path, (SITE, {"seveso": "ja"}), (SITE, {"seveso": "Nej"}), (SITE, {"seveso": None})).numbers(
        "seveso"
    )
    assert list(found[:2]) == [1.0, 0.0]
    assert np.isnan(found[2])


# --- rows that stay -------------------------------------------------------------------------------------------------


BOW_TIE = put(shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]))


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (None, "saknar geometri"),
        (shapely.Polygon(), "saknar geometri"),
        (BOW_TIE, "ogiltig"),
        (shapely.GeometryCollection([point(1, 1), SITE]), "blandad"),
    ],
)
def test_a_site_that_cannot_be_tested_stays_and_says_why(tmp_path: Path, shape: Any, why: str) -> None:
    bad, good = read(tmp_path, (shape, {}), (SITE, {}))
    assert why in (bad.unusable or "")
    assert good.unusable is None


def test_a_collection_of_areas_is_a_site_of_several_parts(tmp_path: Path) -> None:
    (site,) = read(tmp_path, (shapely.GeometryCollection([SITE, box(7000, 7000, 7100, 7100)]), {}))
    assert site.unusable is None


@pytest.mark.parametrize("value", [1e9, 1e18, 1e300, np.inf, np.nan])
def test_a_site_outside_the_earth_cannot_be_tested(value: float) -> None:
    wild = shapely.set_coordinates(shapely.LineString([(0, 0), (1, 1)]), [(155_000, 7_255_000), (value, 7_255_000)])
    bad, good = read_sites(geopandas.GeoDataFrame({"id": ["a", "b"]}, geometry=[wild, SITE], crs=CRS))
    assert "utanför jorden" in (bad.unusable or "") or not np.isfinite(value)
    assert bad.unusable
    assert good.unusable is None


def test_one_site_with_wild_degrees_leaves_the_others(tmp_path: Path) -> None:
    rows = [(point(5000, 5000), {}), (shapely.Point(21.8, 65.4), {})]
    bad, good = read(tmp_path, *rows, crs="OGC:CRS84")
    assert "utanför jorden" in (bad.unusable or "")
    assert good.unusable is None


@pytest.mark.parametrize("row", ["a;industri;155000", "a;industri;155000;7255000;1"])
def test_a_csv_row_of_another_length_cannot_be_tested(tmp_path: Path, row: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(f"id;use;e;n\n{row}\nb;lager;155000;7255000\n", encoding="utf-8")
    bad, good = read_sites(path, crs="EPSG:3017")
    assert "fält" in (bad.unusable or "")
    assert good.unusable is None


@pytest.mark.parametrize(
    "geometry",
    [{"type": "Polygon", "coordinates": "x"}, {"type": "Polygon"}, {"type": "Cirkel", "coordinates": []}, "POINT(1 1)"],
)
def test_a_geometry_that_cannot_be_read_is_a_site_that_cannot_be_tested(tmp_path: Path, geometry: Any) -> None:
    path = geojson(tmp_path / "p.geojson", [(SITE, {"id": "a"}), (SITE, {"id": "b"})])
    document = json.loads(path.read_text("utf-8"))
    document["features"][0]["geometry"] = geometry
    path.write_text(json.dumps(document), encoding="utf-8")
    bad, good = read_sites(path)
    assert bad.unusable
    assert good.unusable is None


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ids", [["a", "a"], ["a", None], [None, None], ["a", " a "], [1, "1"]],
    ids=["twice", "one missing", "all missing", "blanks", "number and text"],
)  # fmt: skip
def test_ids_are_there_and_unique(tmp_path: Path, ids: list[Any]) -> None:
    with pytest.raises(SiteError, match="id"):
        read(tmp_path, *((SITE, {"id": one}) for one in ids))


def test_a_file_without_an_id_column_is_an_error_that_lists_the_columns(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="fastighet"):
        read_sites(geojson(tmp_path / "p.geojson", [(SITE, {"fastighet": "Ön 1:1"})]))


def test_a_file_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="inga platser"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("height_m", "hög"), ("height_m", -1), ("height_m", True), ("seveso", "kanske"), ("accuracy_m", "5 m"),
     ("start_year", "nästa år")],
)  # fmt: skip
def test_an_attribute_that_cannot_be_understood_is_an_error_and_not_missing(
    tmp_path: Path, name: str, value: Any
) -> None:
    with pytest.raises(SiteError, match=name) as caught:
        read(tmp_path, (SITE, {name: value}))
    assert caught.value.faults[0].site_id == "s1"


def test_all_faults_of_all_sites_come_at_once(tmp_path: Path) -> None:
    rows = [(SITE, {"height_m": "hög"}), (SITE, {"seveso": "?"}), (SITE, {"id": "s1"})]
    with pytest.raises(SiteError) as caught:
        read(tmp_path, *rows)
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [("use", "Use"), ("use", "användning"), ("användning", "anvandning"), ("Height_m", "height_m"), ("name", "Namn"),
     ("id", "Beteckning"), ("eget", "EGET"), ("case_dnr", "Case_dnr"), ("use", " use")],
)  # fmt: skip
def test_two_columns_that_mean_the_same_are_an_error_that_names_both(tmp_path: Path, first: str, second: str) -> None:
    one, other = {first: "1"}, {second: "2"}
    for rows in ([(SITE, {**one, **other})], [(SITE, one), (SITE, other)]):
        with pytest.raises(SiteError, match=r"betyder samma sak") as caught:
            read(tmp_path, *rows, use="industri")
        assert repr(first) in str(caught.value) and repr(second) in str(caught.value)


def test_an_id_outside_the_properties_yields_to_one_inside(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.geojson", [(SITE, {"ID": "a"})])
    document = json.loads(path.read_text("utf-8"))
    document["features"][0]["id"] = "0"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert read_sites(path).ids == ("a",)


@pytest.mark.parametrize("name", ["height_m", "eget", "case_dnr", "use", "id"])
@pytest.mark.parametrize("value", ["NaN", "1e400", "-Infinity", "9" * 400, "9" * 5000, r'"\ud800"'])
def test_a_value_that_is_no_finite_number_and_no_text_is_an_error(tmp_path: Path, name: str, value: str) -> None:
    path = geojson(tmp_path / "p.geojson", [(SITE, {"id": "a", name: "§"})])
    path.write_text(path.read_text("utf-8").replace('"\\u00a7"', value).replace('"§"', value), encoding="utf-8")
    with pytest.raises(SiteError, match=r"ändligt|för stort|siffror|halvt tecken"):
        read_sites(path)


@pytest.mark.parametrize("value", [[1], {"m": 1}, [[1] * 100], "9" * 4000])
def test_a_known_attribute_that_is_nested_or_absurd_is_told_briefly(tmp_path: Path, value: Any) -> None:
    with pytest.raises(SiteError, match="height_m") as caught:
        read(tmp_path, (SITE, {"height_m": value}))
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("value", [np.inf, np.float32("inf"), "a\ud800"])
def test_a_geodataframe_is_held_to_the_same(value: Any) -> None:
    frame = geopandas.GeoDataFrame({"id": ["a"], "eget": [value]}, geometry=[SITE], crs=CRS)
    with pytest.raises(SiteError, match="eget"):
        read_sites(frame)


def test_a_geodataframe_with_two_columns_of_one_name_is_an_error() -> None:
    values = [["a", "industri", "lager"]]
    frame = geopandas.GeoDataFrame(values, columns=["id", "use", "use"], geometry=[SITE], crs=CRS)
    with pytest.raises(SiteError, match="två gånger"):
        read_sites(frame)


def test_a_file_that_cannot_be_read_to_its_end_is_an_error(tmp_path: Path) -> None:
    shapes = [box(n, 0, n + 1, 1) for n in range(2000)]
    frame = geopandas.GeoDataFrame({"id": [str(n) for n in range(2000)]}, geometry=shapes, crs=CRS)
    frame.to_file(tmp_path / "p.shp")
    table = tmp_path / "p.dbf"
    table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])
    with pytest.raises(SiteError, match=r"p.shp: filen har 2000 poster, bara \d+ går att läsa"):
        read_sites(tmp_path / "p.shp")


def test_a_download_that_was_cut_off_is_an_error(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.geojson", [(SITE, {"id": "a"})])
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "numberMatched": 2}), encoding="utf-8")
    with pytest.raises(SiteError, match="avkortad"):
        read_sites(path)


def test_a_row_that_cannot_be_read_says_why_it_has_no_id(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.geojson", [(SITE, {"id": "a"})])
    document = json.loads(path.read_text("utf-8"))
    document["features"].append({**document["features"][0], "properties": "x"})
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SiteError, match="rad 2: ”properties” är inte ett objekt"):
        read_sites(path)


# --- coordinate systems ---------------------------------------------------------------------------------------------


def test_the_files_own_crs_is_used(tmp_path: Path) -> None:
    assert read(tmp_path, (SITE, {})).crs == "EPSG:3017"


def test_geojson_in_degrees_needs_no_crs(tmp_path: Path) -> None:
    found = read(tmp_path, (shapely.box(21.8, 65.4, 21.81, 65.41), {}), crs=None)
    assert found.crs in ("OGC:CRS84", "EPSG:4326")


def test_metres_without_a_crs_are_an_error_with_a_guess_and_never_assumed(tmp_path: Path) -> None:
    with pytest.raises(CRSError, match="lokal zon"):
        read(tmp_path, (SITE, {}), crs=None)
    with pytest.raises(CRSError, match="EPSG:3006"):
        read(tmp_path, (shapely.box(800_000, 7_250_000, 800_100, 7_250_100), {}), crs=None)
    with pytest.raises(CRSError, match="Nord står först"):
        read(tmp_path, (shapely.box(7_250_000, 800_000, 7_250_100, 800_100), {}), crs=None)


def test_the_caller_may_say_the_crs_of_a_file_that_does_not(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.geojson", [(SITE, {"id": "a"})], crs=None)
    assert read_sites(path, crs="EPSG:3017").crs == "EPSG:3017"


def test_the_caller_may_not_contradict_the_file(tmp_path: Path) -> None:
    path = geojson(tmp_path / "p.geojson", [(SITE, {"id": "a"})])
    assert read_sites(path, crs="EPSG:3017").crs == "EPSG:3017"
    with pytest.raises(CRSError, match="EPSG:3006"):
        read_sites(path, crs="EPSG:3006")


def test_degrees_that_are_all_metres_are_still_an_error(tmp_path: Path) -> None:
    with pytest.raises(CRSError, match="inte grader"):
        read(tmp_path, (SITE, {}), (None, {}), crs="OGC:CRS84")


@pytest.mark.parametrize("name", ["EPSG:5613", "EPSG:4978"])
def test_a_system_without_places_on_the_map_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(CRSError, match="EPSG:3006"):
        read(tmp_path, (SITE, {}), crs=name)


# --- other sources --------------------------------------------------------------------------------------------------


def test_a_geodataframe_is_read_like_a_file(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"id": [1, 2], "use": ["industri", None], "height_m": [12.5, float("nan")]}, geometry=[SITE, None], crs=CRS
    )
    one, other = read_sites(frame)
    assert (one.id, one.uses, one.attributes, one.unusable) == ("1", ("industri",), {"height_m": 12.5}, None)
    assert (other.id, other.uses, other.attributes) == ("2", (), {})
    assert other.unusable


def test_a_geodataframes_index_may_be_the_id() -> None:
    frame = geopandas.GeoDataFrame({"use": ["industri"]}, geometry=[SITE], crs=CRS, index=["a"])
    frame.index.name = "id"
    assert read_sites(frame).ids == ("a",)


def test_what_is_no_geodataframe_is_refused() -> None:
    wrong: Any = {"id": 1}
    with pytest.raises(SiteError, match="dict"):
        read_sites(wrong)


def test_a_bare_geometry_is_one_site_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "hamnen.geojson"
    path.write_text(shapely.to_geojson(shapely.box(21.8, 65.4, 21.81, 65.41)), encoding="utf-8")
    (site,) = read_sites(path, use="hamn")
    assert (site.id, site.uses) == ("hamnen", ("hamn",))


def test_csv_with_coordinates_gives_points(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id;use;e;n\na;industri;155000,5;7255000\nb;lager;;\n", encoding="utf-8")
    found = read_sites(path, crs="EPSG:3017")
    assert shapely.equals(found.geometry[0], shapely.Point(155_000.5, 7_255_000))
    assert [site.unusable is None for site in found] == [True, False]


# --- content --------------------------------------------------------------------------------------------------------


def test_content_does_not_depend_on_the_order_of_rows_or_vertices(tmp_path: Path) -> None:
    turned = shapely.Polygon(list(SITE.exterior.coords)[::-1])
    other = box(1, 1, 2, 2)
    one = read_sites(geojson(tmp_path / "a.geojson", [(SITE, {"id": "a"}), (other, {"id": "b"})]))
    two = read_sites(geojson(tmp_path / "b.geojson", [(other, {"id": "b"}), (turned, {"id": "a"})]))
    assert one.content == two.content
    assert one.sha256 != two.sha256


@pytest.mark.parametrize(
    ("shape", "values"),
    [(box(5000, 5000, 5100, 5101), {}), (SITE, {"use": "lager"}), (SITE, {"height_m": 1}), (SITE, {"name": "x"})],
)
def test_content_changes_with_what_a_site_is_or_states(tmp_path: Path, shape: Any, values: dict[str, Any]) -> None:
    one = read_sites(geojson(tmp_path / "a.geojson", [(SITE, {"id": "a"})]))
    two = read_sites(geojson(tmp_path / "b.geojson", [(shape, {"id": "a", **values})]))
    assert one.content != two.content
