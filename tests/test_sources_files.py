"""Files of features: what is read by which reader, and what is refused."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely

from opcheck.errors import LayerError
from opcheck.sources import files
from opcheck.sources.files import FeatureTable, digest, number, read_table

SQUARE = shapely.box(150_000, 7_250_000, 150_100, 7_250_100)
CRS = "EPSG:3017"


def frame(count: int = 2) -> Any:
    values = {"id": [f"å{n}" for n in range(count)], "tal": [1.5, None][:count]}
    return geopandas.GeoDataFrame(values, geometry=[SQUARE] * count, crs=CRS)


def read(path: Path, **options: Any) -> FeatureTable:
    return read_table(path, shown=path.name, **options)


def written(folder: Path, document: Any, name: str = "a.geojson") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    shape = json.loads(shapely.to_geojson(SQUARE)) if geometry is None else geometry
    return {"type": "Feature", "properties": properties, "geometry": shape}


# --- formats --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "driver", "reader"),
    [("a.geojson", "GeoJSON", "json"), ("a.gpkg", "GPKG", "pyogrio"), ("a.shp", "ESRI Shapefile", "pyogrio"),
     ("a.fgb", "FlatGeobuf", "pyogrio"), ("a.gml", "GML", "pyogrio")],
)  # fmt: skip
def test_every_common_format_gives_the_same_rows(tmp_path: Path, name: str, driver: str, reader: str) -> None:
    path = tmp_path / name
    frame().to_file(path, driver=driver)
    found = read(path)
    assert (found.reader, len(found)) == (reader, 2)
    assert list(found.columns["id"]) == ["å0", "å1"]
    assert list(found.columns["tal"]) == [1.5, None]
    assert all(shapely.equals(shape, SQUARE) for shape in found.geometry)
    assert found.crs is not None


def test_reading_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "källa.gml", driver="GML")
    clean = tmp_path / "ren"
    clean.mkdir()
    shutil.copy(tmp_path / "källa.gml", clean)
    read(clean / "källa.gml")
    assert [path.name for path in clean.iterdir()] == ["källa.gml"]


def test_heights_are_left_out(tmp_path: Path) -> None:
    document = {"type": "FeatureCollection", "features": [feature({"type": "Point", "coordinates": [1, 2, 3]})]}
    (shape,) = read(written(tmp_path, document)).geometry
    assert not shape.has_z


def test_a_file_with_several_layers_is_never_read_by_guessing(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="ett", driver="GPKG")
    frame(1).to_file(path, layer="två", driver="GPKG")
    with pytest.raises(LayerError, match="ett, två"):
        read(path)
    assert len(read(path, layer="två")) == 1
    with pytest.raises(LayerError, match="tre"):
        read(path, layer="tre")


@pytest.mark.parametrize("name", ["saknas.geojson", "saknas.gpkg", "saknas"])
def test_a_missing_file_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(LayerError, match="finns inte"):
        read(tmp_path / name)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.xyz"])
def test_a_file_that_is_something_else_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(LayerError):
        read(written(tmp_path, "det här är inga geodata", name))


# --- GeoJSON --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('{"type": "FeatureCollection", "features": [', "giltig JSON"),
        ({"type": "FeatureCollection"}, "features"),
        ({"type": "FeatureCollection", "features": {}}, "features"),
        ({"type": "Sak"}, "Sak"),
        ({"features": []}, "type"),
        ([], "type"),
        ('{"type": "FeatureCollection", "type": "FeatureCollection", "features": []}', "två gånger"),
        ({"type": "FeatureCollection", "features": [], "crs": {"type": "link"}}, "crs"),
        ({"type": "FeatureCollection", "features": [], "crs": {"type": "name", "properties": None}}, "crs"),
        ({"type": "FeatureCollection", "features": [], "crs": {"type": "name", "properties": ["EPSG:3017"]}}, "crs"),
        ('{"type": "FeatureCollection", "features": [], "n": ' + "9" * 5000 + "}", "siffror"),
    ],
)
def test_what_is_no_geojson_is_an_error_and_never_an_empty_layer(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        read(written(tmp_path, document))


def test_geojson_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes('{"type": "Point", "coordinates": [1, 2], "n": "å"}'.encode("latin-1"))
    with pytest.raises(LayerError, match="UTF-8"):
        read(tmp_path / "a.geojson")


def test_more_features_than_are_made_at_a_time_are_all_there(tmp_path: Path) -> None:
    """A thousand shapes are made at a time; the third row of the second thousand is spoilt."""
    rows: list[Any] = [feature(id=str(number)) for number in range(2500)]
    rows[1002] = feature({"type": "Point", "coordinates": ["1", 2]}, id="1002", more="x")
    found = read(written(tmp_path, {"type": "FeatureCollection", "features": rows}))
    assert list(found.columns["id"]) == [str(number) for number in range(2500)]
    assert found.columns["more"].count(None) == 2499
    assert [row for row, shape in enumerate(found.geometry) if shape is None] == list(found.broken) == [1002]


@pytest.mark.parametrize(
    "text",
    ['{"type": "FeatureCollection", "features": [%s %s]}', '{"type": "FeatureCollection", "features": [%s, %s,]}',
     '{"type": "FeatureCollection", "features": [%s, %s]', '{"type": "FeatureCollection", "features": [%s, %s]} {}',
     '{"type": "FeatureCollection" "features": [%s, %s]}', '{"type" "FeatureCollection", "features": [%s, %s]}',
     '{1: 2, "type": "FeatureCollection", "features": [%s, %s]}', '{"features": [%s, %s], }', '{"features": [%s, %s'],
)  # fmt: skip
def test_geojson_that_is_not_quite_json_is_an_error(tmp_path: Path, text: str) -> None:
    row = json.dumps(feature(id="a"))
    with pytest.raises(LayerError, match="inte giltig JSON"):
        read(written(tmp_path, text % (row, row)))


@pytest.mark.parametrize("text", ["\n { } ", '{"features": []}', "[]", "1"])
def test_json_without_a_type_is_no_geojson(tmp_path: Path, text: str) -> None:
    with pytest.raises(LayerError, match="”type” saknas"):
        read(written(tmp_path, text))


def test_a_geometry_with_a_list_of_features_is_a_geometry(tmp_path: Path) -> None:
    (shape,) = read(written(tmp_path, {"features": [feature(id="a")], "type": "Point", "coordinates": [1, 2]})).geometry
    assert shape.wkt == "POINT (1 2)"


def test_features_may_come_before_the_type_and_with_blanks_between(tmp_path: Path) -> None:
    row = json.dumps(feature(id="a"))
    found = read(written(tmp_path, f' {{ "features"\n:\t[ {row}\r\n, {row} ] , "type" : "FeatureCollection" }}\n'))
    assert list(found.columns["id"]) == ["a", "a"]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": [feature(id="a")]})
    (tmp_path / "a.geojson").write_text(text, encoding="utf-8-sig")
    assert len(read(tmp_path / "a.geojson")) == 1


def test_rows_with_different_properties_share_their_columns(tmp_path: Path) -> None:
    document = {
        "type": "FeatureCollection",
        "features": [feature(a=1), feature(b=2), {"type": "Feature", "id": 7, "geometry": None}],
    }
    found = read(written(tmp_path, document))
    assert {name: list(cells) for name, cells in found.columns.items()} == {
        "a": [1, None, None], "b": [None, 2, None], "id": [None, None, 7],
    }  # fmt: skip
    assert found.geometry[2] is None
    assert found.broken == {}


@pytest.mark.parametrize(
    "row",
    ["text", {"type": "Något"}, feature({"type": "Polygon", "coordinates": [[0]]}), {**feature(), "properties": ["x"]}],
)
def test_a_row_that_cannot_be_read_is_kept_and_told(tmp_path: Path, row: Any) -> None:
    found = read(written(tmp_path, {"type": "FeatureCollection", "features": [feature(id="a"), row]}))
    assert len(found) == 2
    assert set(found.broken) == {1}
    assert found.geometry[1] is None


@pytest.mark.parametrize(
    ("geometry", "crs"),
    [
        ({"type": "Point", "coordinates": [21.8, 65.4]}, "OGC:CRS84"),
        ({"type": "Point", "coordinates": [150_000, 7_250_000]}, None),
    ],
)
def test_without_a_crs_only_degrees_mean_degrees(tmp_path: Path, geometry: Any, crs: str | None) -> None:
    assert read(written(tmp_path, {"type": "FeatureCollection", "features": [feature(geometry)]})).crs == crs


@pytest.mark.parametrize(
    "value",
    ["NaN", "-Infinity", "1e400", '[1, {"a": NaN}]', "9" * 400, r'"\ud800"', r'{"\udfff": 1}', "[" * 50 + "]" * 50],
    ids=["NaN", "infinite", "too large", "nested", "integer", "half a character", "half a character in a key", "deep"],
)
def test_a_value_that_cannot_be_written_again_is_an_error_that_names_its_place(tmp_path: Path, value: str) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": [feature(id="a"), feature(id="b", x="§")]})
    with pytest.raises(LayerError, match=r"rad 2: kolumnen 'x'") as caught:
        read(written(tmp_path, text.replace('"\\u00a7"', value)))
    str(caught.value).encode()


def test_a_column_whose_name_is_half_a_character_is_an_error(tmp_path: Path) -> None:
    document = {"type": "FeatureCollection", "features": [feature(**{"a\ud800": 1})]}
    with pytest.raises(LayerError, match="halvt tecken") as caught:
        read(written(tmp_path, document))
    str(caught.value).encode()


def test_a_whole_character_outside_the_first_plane_is_no_fault(tmp_path: Path) -> None:
    assert list(read(written(tmp_path, {**feature(id="🌲")})).columns["id"]) == ["🌲"]


def test_many_faults_of_one_kind_are_counted(tmp_path: Path) -> None:
    rows = [feature(x=float("nan")) for _ in range(30)]
    with pytest.raises(LayerError, match="25 fel till") as caught:
        read(written(tmp_path, {"type": "FeatureCollection", "features": rows}))
    assert len(caught.value.faults) == 6


# --- downloads that were cut off ------------------------------------------------------------------------------------

CAPS: list[dict[str, Any]] = [
    {"numberMatched": 5000, "numberReturned": 1},
    {"totalFeatures": "5000"},
    {"numberReturned": 2},
    {"exceededTransferLimit": True},
    {"properties": {"exceededTransferLimit": True}},
    {"links": [{"rel": "self"}, {"rel": "next", "href": "https://example.se/?offset=1"}]},
]


@pytest.mark.parametrize("sign", CAPS, ids=str)
def test_a_download_that_says_it_was_cut_off_is_an_error(tmp_path: Path, sign: dict[str, Any]) -> None:
    for document in (
        {"type": "FeatureCollection", **sign, "features": [feature(id="a")]},
        {"type": "FeatureCollection", "features": [feature(id="a")], **sign},
    ):
        with pytest.raises(LayerError, match=r"hämtningen är avkortad: filen har 1 objekt"):
            read(written(tmp_path, document))


@pytest.mark.parametrize(
    "sign",
    [{"numberMatched": 1, "numberReturned": 1, "links": [{"rel": "next"}]}, {"totalFeatures": "unknown"},
     {"exceededTransferLimit": False}, {"numberMatched": None}, {"links": [{"rel": "self"}, "x"]}],
    ids=str,
)  # fmt: skip
def test_a_download_that_is_whole_is_read(tmp_path: Path, sign: dict[str, Any]) -> None:
    assert len(read(written(tmp_path, {"type": "FeatureCollection", **sign, "features": [feature(id="a")]}))) == 1


def esri(**more: Any) -> dict[str, Any]:
    rings = [[list(corner) for corner in SQUARE.exterior.coords]]
    return {
        "geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 3017},
        "fields": [{"name": "id", "type": "esriFieldTypeString"}],
        "features": [{"attributes": {"id": "1"}, "geometry": {"rings": rings}}], **more,
    }  # fmt: skip


def test_esri_json_is_read_and_its_limit_seen(tmp_path: Path) -> None:
    assert len(read(written(tmp_path, esri(), "a.json"))) == 1
    with pytest.raises(LayerError, match="avkortad"):
        read(written(tmp_path, esri(exceededTransferLimit=True), "a.json"))


def test_gml_that_says_it_was_cut_off_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.gml"
    frame().to_file(path, driver="GML")
    text = path.read_text("utf-8").replace("<ogr:FeatureCollection", "<ogr:FeatureCollection {}", 1)
    path.write_text(text.format('numberMatched="2" numberReturned="2"'), encoding="utf-8")
    assert len(read(path)) == 2
    path.write_text(text.format('numberMatched="5000" numberReturned="2"'), encoding="utf-8")
    with pytest.raises(LayerError, match="5000"):
        read(path)


# --- damaged files --------------------------------------------------------------------------------------------------


def many(folder: Path, name: str, driver: str) -> Path:
    shapes = [shapely.box(150_000 + n, 7_250_000, 150_001 + n, 7_250_001) for n in range(2000)]
    whole = geopandas.GeoDataFrame({"id": [str(n) for n in range(2000)]}, geometry=shapes, crs=CRS)
    whole.to_file(folder / name, driver=driver)
    return folder / name


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def assert_nothing_lost(path: Path, count: int = 2000) -> None:
    found = read(path)
    assert len(found) == count
    assert all(len(cells) == count for cells in found.columns.values())
    assert 0 < found.lost <= len(found.broken)
    assert all(found.geometry[row] is None and why for row, why in found.broken.items())
    assert set(range(count - found.lost, count)) <= set(found.broken)


@pytest.mark.parametrize(
    ("name", "driver", "part"),
    [("a.shp", "ESRI Shapefile", "a.dbf"), ("a.fgb", "FlatGeobuf", "a.fgb"), ("a.tab", "MapInfo File", "a.dat")],
)
def test_records_that_a_damaged_file_still_counts_are_broken_rows(
    tmp_path: Path, name: str, driver: str, part: str
) -> None:
    path = many(tmp_path, name, driver)
    halve(tmp_path / part)
    assert_nothing_lost(path)


def test_records_on_the_lost_pages_of_a_geopackage_are_broken_rows(tmp_path: Path) -> None:
    path = many(tmp_path, "a.gpkg", "GPKG")
    raw = bytearray(path.read_bytes())
    start = int(len(raw) * 0.6) // 4096 * 4096
    raw[start : start + 8192] = b"\xff" * 8192
    path.write_bytes(bytes(raw))
    assert_nothing_lost(path)


def _geopackage(folder: Path, *statements: str) -> Path:
    path = folder / "a.gpkg"
    frame(2).to_file(path, layer="a")
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            base.execute(statement)
    return path


@pytest.mark.parametrize("told", [0, 1, 5])
def test_rows_that_a_geopackage_does_not_count_are_read_too(tmp_path: Path, told: int) -> None:
    """GDAL keeps the number of rows in a table of its own, which other programs forget."""
    path = _geopackage(tmp_path, "UPDATE gpkg_ogr_contents SET feature_count = %d" % told)  # noqa: S608, UP031 - a number
    found = read(path)
    assert (list(found.columns["id"]), found.lost) == (["å0", "å1"], 0)
    assert all(shapely.equals(shape, SQUARE) for shape in found.geometry)
    (info,) = files.list_tables(path, shown="a.gpkg")
    assert info.rows == 2


def test_a_geopackage_that_is_open_elsewhere_is_read_with_its_log_and_left_alone(tmp_path: Path) -> None:
    path = _geopackage(tmp_path)
    whole = digest(path)
    assert read(path).notes == ()
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode = wal")
        base.execute("INSERT INTO a (geom, id) SELECT geom, 'ny' FROM a LIMIT 1")
        base.commit()
        copy = tmp_path / "kopia"
        copy.mkdir()
        for part in ("a.gpkg", "a.gpkg-wal"):
            shutil.copy(tmp_path / part, copy)
        alone = tmp_path / "ensam"
        alone.mkdir()
        shutil.copy(path, alone)
    found = read(copy / "a.gpkg")
    assert list(found.columns["id"]) == ["å0", "å1", "ny"]
    assert sorted(one.name for one in copy.iterdir()) == ["a.gpkg", "a.gpkg-wal"]
    assert digest(copy / "a.gpkg") not in (whole, digest(alone / "a.gpkg"))
    found = read(alone / "a.gpkg")
    assert list(found.columns["id"]) == ["å0", "å1"]
    assert any("a.gpkg-wal" in note for note in found.notes)


def test_a_large_whole_number_in_a_column_with_gaps_keeps_its_digits(tmp_path: Path) -> None:
    """2^53 + 1 is the least whole number that a float cannot hold."""
    path = _geopackage(
        tmp_path, "ALTER TABLE a ADD COLUMN nr INTEGER", "UPDATE a SET nr = 9007199254740993 WHERE id = 'å0'"
    )
    assert list(read(path).columns["nr"]) == [9007199254740993, None]


def test_gml_that_was_cut_off_is_never_an_empty_layer(tmp_path: Path) -> None:
    path = many(tmp_path, "a.gml", "GML")
    halve(path)
    found = read(path)
    assert found.lost > 0


def test_a_line_of_geojson_that_was_cut_off_is_a_broken_row(tmp_path: Path) -> None:
    line = json.dumps(feature(id="a"))
    path = written(tmp_path, f"{line}\n{line}\n{line[:-30]}", "a.geojsonl")
    assert_nothing_lost(path, 3)


def test_deleted_records_of_a_shapefile_are_no_rows_and_no_loss(tmp_path: Path) -> None:
    path = many(tmp_path, "a.shp", "ESRI Shapefile")
    raw = bytearray((tmp_path / "a.dbf").read_bytes())
    header, length = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    for row in (5, 7):
        raw[header + row * length] = ord("*")
    (tmp_path / "a.dbf").write_bytes(bytes(raw))
    found = read(path)
    assert (len(found), found.lost, found.broken) == (1998, 0, {})


@pytest.mark.parametrize("srs_id", [0, -1])
def test_the_undefined_systems_of_geopackage_say_nothing(tmp_path: Path, srs_id: int) -> None:
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="a", driver="GPKG")
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE gpkg_contents SET srs_id = ?", (srs_id,))
        base.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (srs_id,))
        base.commit()
    assert read(path).crs is None


# --- CSV ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("id;e;n\na;155000,5;7255000\n", (155_000.5, 7_255_000)),
        ("id,e,n\na,155000.5,7255000\n", (155_000.5, 7_255_000)),
        ("id\tÖst\tNord\na\t155 000\t7 255 000\n", (155_000, 7_255_000)),
        ("id;lon;lat\na;21,8;65,4\n", (21.8, 65.4)),
        ('id;wkt\na;"POINT (3 4)"\n', (3, 4)),
    ],
)
def test_csv_may_be_written_in_the_usual_ways(tmp_path: Path, text: str, point: tuple[float, float]) -> None:
    found = read(written(tmp_path, text, "a.csv"))
    assert (found.reader, list(found.columns["id"])) == ("csv", ["a"])
    assert found.geometry[0].coords[0] == point
    assert found.crs == ("OGC:CRS84" if "lon" in text else None)


@pytest.mark.parametrize("row", ["a;x;1", "a;1;", "a;1;2;3", "a;inf;1", "a;1", "a"])
def test_a_csv_row_that_cannot_be_read_is_kept_and_told(tmp_path: Path, row: str) -> None:
    found = read(written(tmp_path, f"id;e;n\n{row}\nb;1;2\n", "a.csv"))
    assert len(found) == 2
    assert set(found.broken) == {0}
    assert found.geometry[0] is None


@pytest.mark.parametrize(
    "rows", ['a;"x;1;2\nb;y;1;2\n', 'a;x;1;2\nb;"y;1;2\n', 'a;"x"y;1;2\n'], ids=["first", "last", "inside"]
)
def test_a_quotation_mark_without_its_end_swallows_no_rows(tmp_path: Path, rows: str) -> None:
    with pytest.raises(LayerError, match="CSV"):
        read(written(tmp_path, f"id;namn;e;n\n{rows}", "a.csv"))


def test_quotation_marks_inside_a_cell_are_no_fault(tmp_path: Path) -> None:
    text = 'id;namn;e;n\na;15" rör;1;2\nb;"Kaj ""A"";\nöst";1;2\n'
    assert list(read(written(tmp_path, text, "a.csv")).columns["namn"]) == ['15" rör', 'Kaj "A";\nöst']


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "tom"), ("id;namn\na;b\n", "koordinater"), ("id;id;e;n\na;b;1;2\n", "två gånger")],
)
def test_csv_without_coordinates_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        read(written(tmp_path, text, "a.csv"))


def test_csv_is_read_in_the_encoding_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id;e;n\nå;1;2\n".encode("latin-1"))
    assert list(read(tmp_path / "a.csv", encoding="latin-1").columns["id"]) == ["å"]
    assert list(read(tmp_path / "a.csv", encoding="cp850").columns["id"]) == ["Õ"]
    with pytest.raises(LayerError, match="utf-8"):
        read(tmp_path / "a.csv", encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("1,5", 1.5), ("1 234,5", 1234.5), ("1\u00a0234", 1234), ("-3", -3), (" 7 ", 7)]
)
def test_numbers_are_read_as_they_are_written_in_sweden(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", None, "x", "1,2,3", "nan", "inf", "12 m", "1_000"])
def test_what_is_no_finite_number_is_refused(text: str | None) -> None:
    with pytest.raises(ValueError, match="tal"):
        number(text)


# --- hashes ---------------------------------------------------------------------------------------------------------


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, {"type": "FeatureCollection", "features": [feature(id="a")]})
    assert read(path).sha256 == digest(path) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf", ".prj"])
def test_the_hash_of_a_shapefile_covers_its_companions(tmp_path: Path, part: str) -> None:
    path = tmp_path / "a.shp"
    frame().to_file(path)
    before = digest(path)
    companion = path.with_suffix(part)
    companion.write_bytes(companion.read_bytes() + b" ")
    assert digest(path) != before


def test_the_hash_of_a_shapefile_with_brackets_in_its_name_is_that_of_its_content(tmp_path: Path) -> None:
    frame(1).to_file(tmp_path / "a.shp")
    frame(2).to_file(tmp_path / "b[1].shp")
    assert digest(tmp_path / "b[1].shp") not in (digest(tmp_path / "a.shp"), hashlib.sha256().hexdigest())


def test_the_hash_of_a_shapefile_does_not_depend_on_its_name_or_strangers(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    frame().to_file(path)
    before = digest(path)
    (tmp_path / "a.txt").write_text("anteckning", encoding="utf-8")
    assert digest(path) == before


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.fgb"])
def test_yes_and_no_beside_a_missing_one_are_no_numbers(tmp_path: Path, name: str) -> None:
    flags = pd.array([True, None, False], dtype="boolean")
    points = [shapely.Point(150_000 + number, 7_250_000) for number in range(3)]
    geopandas.GeoDataFrame({"flagga": flags}, geometry=points, crs="EPSG:3017").to_file(tmp_path / name)
    table = read_table(tmp_path / name, shown=name)
    east = [shape.x for shape in table.geometry]
    cells = [cell for _, cell in sorted(zip(east, table.columns["flagga"], strict=True), key=lambda one: one[0])]
    assert cells == [True, None, False]
    assert [type(cell) for cell in cells] == [bool, type(None), bool]
