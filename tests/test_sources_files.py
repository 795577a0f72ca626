"""Files of features: what is read by which reader, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from opcheck.errors import LayerError
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
    ],
)
def test_what_is_no_geojson_is_an_error_and_never_an_empty_layer(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        read(written(tmp_path, document))


def test_geojson_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes('{"type": "Point", "coordinates": [1, 2], "n": "å"}'.encode("latin-1"))
    with pytest.raises(LayerError, match="UTF-8"):
        read(tmp_path / "a.geojson")


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


@pytest.mark.parametrize("row", ["text", {"type": "Något"}, feature({"type": "Polygon", "coordinates": [[0]]})])
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


@pytest.mark.parametrize("row", ["a;x;1", "a;1;", "a;1;2;3", "a;inf;1"])
def test_a_csv_row_that_cannot_be_read_is_kept_and_told(tmp_path: Path, row: str) -> None:
    found = read(written(tmp_path, f"id;e;n\n{row}\nb;1;2\n", "a.csv"))
    assert len(found) == 2
    assert set(found.broken) == {0}


@pytest.mark.parametrize(("text", "message"), [("", "tom"), ("id;namn\na;b\n", "koordinater")])
def test_csv_without_coordinates_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LayerError, match=message):
        read(written(tmp_path, text, "a.csv"))


def test_csv_in_another_encoding_is_read_when_told_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id;e;n\nå;1;2\n".encode("latin-1"))
    with pytest.raises(LayerError, match="UTF-8"):
        read(tmp_path / "a.csv")
    assert list(read(tmp_path / "a.csv", encoding="latin-1").columns["id"]) == ["å"]


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("1,5", 1.5), ("1 234,5", 1234.5), ("1\u00a0234", 1234), ("-3", -3), (" 7 ", 7)]
)
def test_numbers_are_read_as_they_are_written_in_sweden(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", None, "x", "1,2,3", "nan", "inf", "12 m"])
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


def test_the_hash_of_a_shapefile_does_not_depend_on_its_name_or_strangers(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    frame().to_file(path)
    before = digest(path)
    (tmp_path / "a.txt").write_text("anteckning", encoding="utf-8")
    assert digest(path) == before
