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
