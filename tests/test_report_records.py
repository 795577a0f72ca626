"""The assessment as data files: CSV, GeoJSON and GeoPackage say what the record says, and are safe to open."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from drawn import COUNTRY, DAY, WORK, Pack, book, box, land_book, line, point, rule, run, several

import opcheck
from opcheck.errors import OutputError
from opcheck.report import WRITERS, records, write_reports

SITE = box(5000, 5000, 5100, 5100)
WATER = rule("t.water", theme="groundwater", check="avoid", attention_m=500)


def assessment(folder: Path, *rows: Any, **water: Any) -> opcheck.Assessment:
    pack = Pack(folder / "paket").document("op")
    pack.zones([(box(0, 0, 5050, 10_000), WORK), (box(5050, 0, 10_000, 10_000), COUNTRY)], document="op")
    waters = [(box(5080, 5000, 5200, 5100), {"name": "Åsen"}), (box(5300, 5000, 5400, 5100), {"name": "Mon"})]
    pack.layer("vatten", "groundwater", waters, **water)
    return run(folder, pack, land_book(folder, WATER), *(rows or (("a", SITE, {"name": "Tomten"}), ("b", None))))


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_is_the_record_as_utf8_with_line_feeds(tmp_path: Path) -> None:
    found = assessment(tmp_path)
    path = opcheck.write_report(found, tmp_path / "svar.json", stamp="KS 1")
    raw = path.read_bytes()
    assert json.loads(raw) == found.to_dict("sv", stamp="KS 1")
    assert b"\r" not in raw
    assert "Åsen".encode() in raw
    assert raw.endswith(b"\n")


def test_json_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError):
        records.to_json({"x": float("nan")})


# --- CSV ------------------------------------------------------------------------------------------------------------


def test_csv_has_one_row_per_site_use_and_rule(tmp_path: Path) -> None:
    found = assessment(tmp_path, ("a", SITE, {"use": "industri; lager"}), ("b", SITE))
    lines = records.to_csv(found.to_dict()).splitlines()
    # Three (site, use) pairs under two rules, and the heading.
    assert len(lines) == 1 + 3 * 2


def test_csv_in_swedish_has_semicolons_and_decimal_comma_and_opens_as_utf8(tmp_path: Path) -> None:
    found = assessment(tmp_path)
    raw = opcheck.write_report(found, tmp_path / "svar.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" not in raw
    text = raw.decode("utf-8-sig")
    # 20 of 100 m.
    assert ";2000,0;0,2;" in text


def test_csv_in_english_has_commas_and_decimal_points(tmp_path: Path) -> None:
    text = records.to_csv(assessment(tmp_path).to_dict("en"))
    assert ",2000.0,0.2," in text


def test_csv_leaves_unknown_cells_empty(tmp_path: Path) -> None:
    (row,) = [row for row in csv.reader(io.StringIO(records.to_csv(assessment(tmp_path).to_dict())), delimiter=";")
              if row[0] == "b" and row[5] == "t.water"]  # fmt: skip
    measures = row[records.COLUMNS.index("area_m2") : records.COLUMNS.index("distance_m") + 1]
    assert measures == ["", "", "", ""]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(tmp_path: Path, sign: str) -> None:
    evil = f"{sign}HYPERLINK(1)"
    swedish = records._cell(evil, True)
    assert swedish == f"'{evil}"
    assert records._cell(evil, False) == swedish


def test_names_and_ids_from_outside_cannot_start_a_formula(tmp_path: Path) -> None:
    found = assessment(tmp_path, ("=1+1", SITE, {"name": "@SUM(A1)"}))
    cells = [cell for row in csv.reader(io.StringIO(records.to_csv(found.to_dict())), delimiter=";") for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=1+1" in cells


def test_numbers_keep_their_sign() -> None:
    assert records._cell(-1.5, True) == "-1,5"
    assert records._cell(-1.5, False) == "-1.5"


def test_separators_quotes_and_line_breaks_in_a_name_stay_in_their_cell(tmp_path: Path) -> None:
    name = 'Ön; "norra"\nskiftet'
    found = assessment(tmp_path, ("a", SITE, {"name": name}))
    names = {row[1] for row in csv.reader(io.StringIO(records.to_csv(found.to_dict())), delimiter=";")}
    assert name in names


# --- GeoJSON --------------------------------------------------------------------------------------------------------


def geojson(folder: Path, *rows: Any) -> dict[str, Any]:
    found = assessment(folder, *rows)
    document: dict[str, Any] = json.loads(opcheck.write_report(found, folder / "svar.geojson").read_text("utf-8"))
    return document


def test_geojson_is_longitude_and_latitude_in_wgs84(tmp_path: Path) -> None:
    document = geojson(tmp_path)
    assert "crs" not in document
    shape = shapely.geometry.shape(document["features"][0]["geometry"])
    east, north = shape.centroid.coords[0]
    # SWEREF 99 21 45 has its meridian at 21.75° and false easting 150 000 m; the site lies 5 km east of it at
    # 7 255 km north, about 65.4°.
    assert 21.75 < east < 22.0
    assert 65.3 < north < 65.5
    assert shape.exterior.is_ccw


def test_geojson_keeps_a_site_without_a_shape(tmp_path: Path) -> None:
    told = {one["id"]: one["geometry"] for one in geojson(tmp_path)["features"]}
    assert told["b"] is None
    assert told["a"]["type"] == "Polygon"


def test_geojson_carries_the_verdict(tmp_path: Path) -> None:
    document = geojson(tmp_path)
    properties = document["features"][0]["properties"]
    told = {name: properties[name] for name in ("id", "outcome", "plan", "interests", "n_review", "n_open", "area_m2")}
    assert told == {
        "id": "a", "outcome": "REVIEW", "plan": "F3", "interests": "R2", "n_review": 2, "n_open": 0,
        "area_m2": 10_000.0,
    }  # fmt: skip
    assert (document["schema"], document["on"]) == ("opcheck-assessment/1", DAY)


# --- GeoPackage -----------------------------------------------------------------------------------------------------


def layers(path: Path) -> Mapping[str, Any]:
    return dict(pyogrio.list_layers(path))


def test_the_geopackage_has_sites_parts_objects_and_findings(tmp_path: Path) -> None:
    path = opcheck.write_report(assessment(tmp_path), tmp_path / "svar.gpkg")
    assert set(layers(path)) == {"sites", "parts", "objects", "findings"}
    sites = pyogrio.read_dataframe(path, layer="sites")
    assert list(sites["id"]) == ["a", "b"]
    assert sites.crs.to_epsg() == 3017
    assert list(sites.geometry.isna()) == [False, True]
    parts = pyogrio.read_dataframe(path, layer="parts")
    assert sorted(zip(parts["plan"], parts.geometry.area.round(2), strict=True)) == [("F1", 5000.0), ("F2", 5000.0)]
    objects = pyogrio.read_dataframe(path, layer="objects")
    # One is hit, the other lies 200 m away, within the 500 m that the rule looks.
    told = set(zip(objects["layer"], objects["role"], objects["name"].fillna(""), strict=True))
    assert {("vatten", "hit", "Åsen"), ("vatten", "near", "Mon")} <= told
    findings = pyogrio.read_dataframe(path, layer="findings")
    assert len(findings) == 4
    assert set(findings["outcome"]) == {"REVIEW", "OPEN"}


def test_sites_of_all_kinds_stand_in_one_geopackage(tmp_path: Path) -> None:
    rows = [
        ("a", SITE),
        ("b", line((1, 1), (9, 9))),
        ("c", point(5, 5)),
        ("d", several(box(1, 1, 2, 2), box(3, 3, 4, 4))),
    ]
    path = opcheck.write_report(assessment(tmp_path, *rows), tmp_path / "svar.gpkg")
    assert [shape.geom_type for shape in pyogrio.read_dataframe(path, layer="sites").geometry] == [
        "Polygon", "LineString", "Point", "MultiPolygon",
    ]  # fmt: skip


def test_a_geopackage_can_be_written_when_nothing_is_met(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [box(9000, 9000, 9100, 9100)])
    found = run(tmp_path, pack, book(tmp_path, rule(theme="groundwater", check="avoid")), ("a", SITE))
    path = opcheck.write_report(found, tmp_path / "svar.gpkg")
    assert {"sites", "findings"} <= set(layers(path))


def test_the_geopackage_carries_the_day_judged_and_not_the_time_of_writing(tmp_path: Path) -> None:
    path = opcheck.write_report(assessment(tmp_path), tmp_path / "svar.gpkg")
    connection = sqlite3.connect(path)
    try:
        changed = {row[0] for row in connection.execute("select last_change from gpkg_contents")}
    finally:
        connection.close()
    assert changed == {f"{DAY}T00:00:00.000Z"}


# --- writing --------------------------------------------------------------------------------------------------------


def test_an_existing_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "svar.gpkg"
    target.write_bytes(b"inte en databas")
    opcheck.write_report(assessment(tmp_path), target)
    assert "sites" in layers(target)


def test_suffixes_are_read_whatever_their_case(tmp_path: Path) -> None:
    assert json.loads(opcheck.write_report(assessment(tmp_path), tmp_path / "SVAR.JSON").read_text("utf-8"))


@pytest.mark.parametrize("name", ["svar.pdf", "svar", "finns_inte/svar.json", "."])
def test_a_target_that_cannot_be_written_is_refused_before_anything_is(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "ut"
    folder.mkdir()
    with pytest.raises(OutputError):
        write_reports(assessment(tmp_path), [folder / "a.json", folder / name])
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_when_any_writer_fails_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    folder = tmp_path / "ut"
    folder.mkdir()

    def broken(*_: Any) -> None:
        raise OSError(28, "fullt", "x")

    monkeypatch.setitem(WRITERS, suffix, broken)
    first = ".json" if suffix != ".json" else ".csv"
    with pytest.raises(OutputError):
        write_reports(assessment(tmp_path), [folder / f"a{first}", folder / f"b{suffix}"])
    assert list(folder.iterdir()) == []


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="de"):
        opcheck.write_report(assessment(tmp_path), tmp_path / "svar.json", lang="de")


# --- all of them or none --------------------------------------------------------------------------------------------


def earlier(folder: Path, *names: str) -> Path:
    """A folder with outputs of an earlier run."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text(f"gammal {name}", encoding="utf-8")
    return folder


def standing(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("there", [["a.json", "b.csv"], ["b.csv"], ["a.json"], []])
@pytest.mark.parametrize("stuck", ["a.json", "b.csv", "c.geojson"])
@pytest.mark.parametrize("way", ["to", "from"])
def test_when_a_file_cannot_be_replaced_all_stand_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: list[str], stuck: str, way: str
) -> None:
    # "to": what is new cannot be moved in. "from": what stands there cannot be moved away, as when it is open in a
    # program on Windows.
    folder = earlier(tmp_path / "ut", *there)
    before = standing(folder)
    replace = Path.replace

    def refused(self: Path, target: Any) -> Path:
        if (Path(target) if way == "to" else self).name == stuck:
            raise PermissionError(13, "Permission denied", str(self), None, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    targets = [folder / name for name in ("a.json", "b.csv", "c.geojson")]
    if way == "from" and stuck not in there:
        write_reports(assessment(tmp_path), targets)
        assert not [text for text in standing(folder).values() if text.startswith("gammal")]
        return
    with pytest.raises(OutputError, match=stuck) as caught:
        write_reports(assessment(tmp_path), targets)
    assert "öppen i ett annat program" in str(caught.value)
    assert standing(folder) == before


def test_nothing_set_aside_is_left_after_a_run_that_went_well(tmp_path: Path) -> None:
    folder = earlier(tmp_path / "ut", "a.json", "b.csv")
    write_reports(assessment(tmp_path), [folder / "a.json", folder / "b.csv"])
    assert sorted(standing(folder)) == ["a.json", "b.csv"]
    assert not [text for text in standing(folder).values() if text.startswith("gammal")]


# --- unknown is empty -----------------------------------------------------------------------------------------------


def no_value(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip() or value.strip().casefold() in ("nan", "none", "null", "-1", "-1.0", "-1,0")
    return isinstance(value, int | float) and (value != value or value == -1)


@pytest.mark.parametrize("pack", ["pitea", "drawn"])
def test_no_output_says_unknown_with_a_value(tmp_path: Path, pack: str) -> None:
    if pack == "pitea":
        sites = opcheck.read_sites(Path(__file__).parents[1] / "examples" / "haraholmen" / "sites.geojson")
        found = opcheck.assess(sites, opcheck.read_plan("pitea"), on=DAY)
    else:
        # Sites without a name, a use, a shape; a rule with nobody to consult.
        found = assessment(tmp_path, ("a", SITE), ("b", None, {"use": None}), ("c", line((1, 1), (9, 9))))
    paths = write_reports(found, [tmp_path / f"ut.{suffix}" for suffix in ("json", "csv", "geojson", "gpkg")])
    told = {"csv": [(column, cell)
                    for row in csv.DictReader(io.StringIO(paths[1].read_text("utf-8-sig")), delimiter=";")
                    for column, cell in row.items() if cell != ""]}  # fmt: skip
    for path in (paths[0], paths[2]):
        told[path.suffix] = list(leaves(json.loads(path.read_text("utf-8"))))
    connection = sqlite3.connect(paths[3])
    try:
        for layer in ("sites", "parts", "objects", "findings"):
            rows = connection.execute(f"select * from {layer}")  # noqa: S608 - four fixed names
            names = [column[0] for column in rows.description]
            told[layer] = [(name, value) for row in rows for name, value in zip(names, row, strict=True)]
    finally:
        connection.close()
    assert {name: [where for where, value in pairs if no_value(value)] for name, pairs in told.items()} == {
        name: [] for name in told
    }


def leaves(value: Any, where: str = "") -> Any:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{where}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{where}[{number}]")
    else:
        yield where, value
