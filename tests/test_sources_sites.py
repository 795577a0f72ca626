"""What planners send as sites: drawings and spreadsheets."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import pytest
import shapely

import opcheck
from opcheck.errors import CRSError, LayerError, SiteError
from opcheck.sources.files import FeatureTable, list_tables, read_table
from opcheck.sources.table import TableInfo

SQUARE = ((0, 0), (100, 0), (100, 100), (0, 100))
EAST, NORTH = 150_000, 7_250_000


def read(path: Path, **options: Any) -> FeatureTable:
    return read_table(path, shown=path.name, **options)


# --- drawings ---------------------------------------------------------------------------------------------------------


def entity(*pairs: tuple[int, object]) -> str:
    return "".join(f"{code}\n{value}\n" for code, value in pairs)


def outline(
    handle: str, layer: str, corners: Sequence[tuple[float, float]] = SQUARE, *, closed: bool = True,
    bulges: Sequence[float] = (), paper: bool = False,
) -> str:  # fmt: skip
    pairs: list[tuple[int, object]] = [(0, "LWPOLYLINE"), (5, handle), (100, "AcDbEntity")]
    pairs += [(67, 1)] if paper else []
    pairs += [(8, layer), (100, "AcDbPolyline"), (90, len(corners)), (70, int(closed))]
    for number, (x, y) in enumerate(corners):
        pairs += [(10, EAST + x), (20, NORTH + y)]
        pairs += [(42, bulges[number])] if bulges else []
    return entity(*pairs)


def text(handle: str, words: str, x: float, y: float) -> str:
    return entity((0, "TEXT"), (5, handle), (100, "AcDbEntity"), (8, "TEXT"), (100, "AcDbText"), (10, EAST + x),
                  (20, NORTH + y), (30, 0), (40, 2), (1, words))  # fmt: skip


BLOCK = (
    entity((0, "SECTION"), (2, "BLOCKS"), (0, "BLOCK"), (5, "20"), (8, "0"), (2, "RUTA"), (70, 0), (10, 0), (20, 0),
           (30, 0), (3, "RUTA")) + outline("21", "0") + entity((0, "ENDBLK"), (5, "23"), (0, "ENDSEC"))
)  # fmt: skip
INSERT = entity((0, "INSERT"), (5, "E1"), (100, "AcDbEntity"), (8, "0"), (100, "AcDbBlockReference"), (2, "RUTA"),
                (10, EAST), (20, NORTH), (30, 0))  # fmt: skip
SOLID = entity((0, "3DSOLID"), (5, "E2"), (100, "AcDbEntity"), (8, "0"), (100, "AcDbModelerGeometry"), (70, 1))


def drawing(folder: Path, *entities: str, version: str = "AC1021", encoding: str = "utf-8", end: bool = True) -> Path:
    path = folder / "a.dxf"
    head = entity((0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, version), (9, "$DWGCODEPAGE"), (3, "ANSI_1252"))
    head += entity((0, "ENDSEC"))
    body = entity((0, "SECTION"), (2, "ENTITIES")) + "".join(entities) + entity((0, "ENDSEC"))
    path.write_bytes((head + BLOCK + body + (entity((0, "EOF")) if end else "")).encode(encoding))
    return path


@pytest.mark.parametrize(("version", "encoding"), [("AC1021", "utf-8"), ("AC1015", "cp1252"), ("AC1015", "utf-8")])
def test_a_closed_outline_is_an_area_with_its_layer_and_the_text_inside_it(
    tmp_path: Path, version: str, encoding: str
) -> None:
    path = drawing(
        tmp_path, outline("A1", "OMRÅDE"), text("A2", "Kajen på ön", 50, 50), version=version, encoding=encoding
    )
    found = read(path)
    assert (found.reader, found.crs) == ("dxf", None)
    assert {name: list(cells) for name, cells in found.columns.items()} == {
        "id": ["A1"], "name": ["Kajen på ön"], "layer": ["OMRÅDE"], "entity": ["LWPOLYLINE"],
    }  # fmt: skip
    assert found.geometry[0].equals(shapely.box(EAST, NORTH, EAST + 100, NORTH + 100))
    assert found.notes == ("1 text i ritningen är läst som namn på ytan den står i",)


def test_a_text_belongs_to_the_smallest_area_around_it(tmp_path: Path) -> None:
    inner = tuple((x / 10 + 40, y / 10 + 40) for x, y in SQUARE)
    path = drawing(tmp_path, outline("A1", "X"), outline("A2", "X", inner), text("A3", "Inre", 45, 45),
                   text("A4", "Yttre", 5, 5), text("A5", "Utanför", 500, 500))  # fmt: skip
    found = read(path)
    assert dict(zip(found.columns["id"], found.columns["name"], strict=True)) == {"A1": "Yttre", "A2": "Inre"}
    assert found.notes == (
        "3 texter i ritningen är lästa som namn på ytan de står i; 1 av dem står inte i någon yta och är inte med",
    )


def test_what_a_drawing_holds_besides_areas_is_counted_and_said(tmp_path: Path) -> None:
    line = outline("A2", "VÄG", closed=False)
    path = drawing(tmp_path, outline("A1", "X"), line, INSERT, SOLID, outline("A3", "X", paper=True))
    found = read(path)
    assert [shape.geom_type for shape in found.geometry] == ["Polygon", "LineString"]
    said = "\n".join(found.notes)
    assert "linjen A2 är öppen och räknas som ett eget objekt utan yta, bland platser som en egen plats" in said
    assert "1 block (INSERT) är inte läst: spräng det" in said
    assert "1 objekt ligger i pappersläge (layout) och är inte läst" in said
    assert "1 objekt är av slag som inte läses (1 3DSOLID)" in said
    assert len(found.notes) == 4


def test_open_lines_of_a_drawing_are_named(tmp_path: Path) -> None:
    lines = [outline(f"B{number}", "VÄG", closed=False) for number in range(3)]
    (note,) = read(drawing(tmp_path, outline("A1", "X"), *lines)).notes
    assert note.startswith("linjerna B0, B1 och B2 är öppna och räknas var för sig som ett eget objekt utan yta")
    many = [outline(f"C{number}", "VÄG", closed=False) for number in range(25)]
    (note,) = read(drawing(tmp_path, *many)).notes
    assert "C19 och 5 till är öppna" in note and "C20" not in note


def test_an_arc_in_a_drawing_is_straight_within_its_tolerance(tmp_path: Path) -> None:
    # Two half circles: a bulge of 1 is half a turn (the tangent of a quarter of it), and the chord its diameter.
    found = read(drawing(tmp_path, outline("A1", "X", ((0, 0), (2000, 0)), bulges=(1, 1))))
    corners = shapely.get_coordinates(found.geometry[0]) - (EAST + 1000, NORTH)
    middles = (corners[1:] + corners[:-1]) / 2
    assert max(abs(math.hypot(x, y) - 1000) for x, y in corners) < 1e-6
    assert max(1000 - math.hypot(x, y) for x, y in middles) <= 0.001
    assert found.notes == (
        "bågar är gjorda till raka stycken som ligger högst 1 mm från den sanna bågen, om ritningen är i meter",
    )


def test_a_circle_is_an_area(tmp_path: Path) -> None:
    circle = entity((0, "CIRCLE"), (5, "A1"), (100, "AcDbEntity"), (8, "X"), (100, "AcDbCircle"), (10, EAST),
                    (20, NORTH), (30, 0), (40, 50))  # fmt: skip
    found = read(drawing(tmp_path, circle))
    assert found.geometry[0].geom_type == "Polygon"
    assert found.geometry[0].area == pytest.approx(math.pi * 2500, rel=1e-5)


@pytest.mark.parametrize(
    ("entities", "message"), [((), "inga ytor"), ((INSERT,), "block"), ((text("A1", "x", 0, 0),), "1 text ")]
)
def test_a_drawing_without_outlines_is_an_error(tmp_path: Path, entities: tuple[str, ...], message: str) -> None:
    with pytest.raises(LayerError, match=message):
        read(drawing(tmp_path, *entities))


def test_a_drawing_that_was_cut_off_or_is_binary_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="avklippt"):
        read(drawing(tmp_path, outline("A1", "X"), end=False))
    (tmp_path / "b.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\0")
    with pytest.raises(LayerError, match="binär DXF"):
        read(tmp_path / "b.dxf")


def test_a_drawing_becomes_sites_when_its_coordinate_system_is_given(tmp_path: Path) -> None:
    path = drawing(tmp_path, outline("A1", "OMRÅDE"), outline("A2", "VÄG", closed=False))
    with pytest.raises(CRSError, match="saknar koordinatsystem"):
        opcheck.read_sites(path, use="industri")
    sites = opcheck.read_sites(path, crs="EPSG:3017", use="industri")
    assert [(site.id, site.unusable) for site in sites] == [("A1", None), ("A2", None)]
    assert [site.attributes["layer"] for site in sites] == ["OMRÅDE", "VÄG"]
    assert sites.geometry[0].area == 10_000


def test_a_layer_is_not_ignored_where_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id;e;n\na;1;2\n", encoding="utf-8")
    assert len(read(path, layer="a")) == 1
    with pytest.raises(LayerError, match=r"lagret 'x' finns inte\. Filen har bara en tabell; ta bort layer"):
        read(path, layer="x")


# --- spreadsheets -----------------------------------------------------------------------------------------------------


def sheet(path: Path, name: str, rows: dict[str, list[Any]], *, append: bool = False) -> Path:
    driver = {".xlsx": "XLSX", ".ods": "ODS"}[path.suffix]
    pyogrio.write_dataframe(pd.DataFrame(rows), path, layer=name, driver=driver, append=append)
    return path


ROWS: dict[str, list[Any]] = {
    "id": ["007", "b"], "namn": ["Ön", None], "användning": ["hamn", "industri"], "e": ["155 000,5", "156000"],
    "n": [7_255_000, 7_256_000], "power_mw": [1.5, 2.0],
}  # fmt: skip


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_a_sheet_is_read_by_the_columns_of_csv(tmp_path: Path, name: str) -> None:
    path = sheet(tmp_path / name, "Platser", ROWS)
    found = read(path)
    assert (found.reader, found.crs, found.notes) == ("sheet", None, ())
    assert [list(shape.coords[0]) for shape in found.geometry] == [[155_000.5, 7_255_000], [156_000, 7_256_000]]
    assert list(found.columns["id"]) == ["007", "b"]
    assert "e" not in found.columns
    assert list_tables(path, shown=name) == (
        TableInfo(layer=None, kinds=("point",), rows=2, crs=None, columns=("id", "namn", "användning", "power_mw")),
    )
    sites = opcheck.read_sites(path, crs="EPSG:3017")
    assert [(site.id, site.name, site.uses) for site in sites] == [
        ("007", "Ön", ("hamn",)), ("b", None, ("industri",)),
    ]  # fmt: skip
    assert list(sites.numbers("power_mw")) == [1.5, 2.0]


def test_a_sheet_whose_cells_are_all_text_has_its_header_in_the_first_row(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", "Blad1", {"id": ["1", "2"], "e": ["1", "2"], "n": ["3", "4"]})
    assert list(read(path).columns["id"]) == ["1", "2"]


def test_of_several_sheets_one_has_to_be_named(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", "Blad 1", ROWS)
    sheet(path, "Blad 2", {"id": ["x"], "e": [1], "n": [2]}, append=True)
    with pytest.raises(SiteError, match=r"2 lager \(Blad 1, Blad 2\)"):
        opcheck.read_sites(path, crs="EPSG:3017", use="hamn")
    assert opcheck.read_sites(path, layer="Blad 2", crs="EPSG:3017", use="hamn").ids == ("x",)
    assert [info.layer for info in list_tables(path, shown="a.xlsx")] == ["Blad 1", "Blad 2"]


def test_a_sheet_without_coordinates_or_with_a_number_that_is_none_is_told(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", "Blad1", {"id": ["1"], "namn": ["x"]})
    with pytest.raises(LayerError, match="inga koordinater"):
        read(path)
    assert list_tables(path, shown="a.xlsx")[0].kinds == ()
    other = read(sheet(tmp_path / "b.xlsx", "Blad1", {"id": ["1", "2"], "e": ["x", "5"], "n": [1, 2]}))
    assert (len(other), set(other.broken)) == (2, {0})


def replaced(path: Path, old: bytes, new: bytes) -> None:
    """Write a workbook anew with something in its parts replaced; it has to be there."""
    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    assert any(old in raw for raw in parts.values())
    with zipfile.ZipFile(path, "w") as made:
        for name, raw in parts.items():
            made.writestr(name, raw.replace(old, new))


# The value 77 in the column n: as a formula with the value that was worked out, and in three ways as one without, which
# GDAL gives as an empty cell.
@pytest.mark.parametrize(
    ("cell", "count"),
    [(b"<f>70+7</f><v>77</v>", 0), (b"<f>70+7</f><v></v>", 1), (b"<f>70+7</f>", 1), (b"<f>70+7</f><v/>", 1)],
)
def test_a_formula_that_nobody_has_worked_out_is_an_error(tmp_path: Path, cell: bytes, count: int) -> None:
    path = sheet(tmp_path / "a.xlsx", "Blad1", {"id": ["1"], "e": [1], "n": [77]})
    replaced(path, b"<v>77</v>", cell)
    if not count:
        assert read(path).geometry[0].coords[0] == (1, 77)
        return
    with pytest.raises(LayerError, match="1 cell har en formel som inte är uträknad"):
        read(path)


@pytest.mark.parametrize("flag", ['date1904="1"', "date1904='true'"])
def test_a_workbook_that_counts_days_from_1904_is_an_error(tmp_path: Path, flag: str) -> None:
    """GDAL counts from 1900: every date would come out four years and a day too early."""
    path = sheet(tmp_path / "a.xlsx", "Blad1", {"id": ["1"], "e": [1], "n": [2]})
    replaced(path, b"<sheets>", f"<workbookPr {flag}/><sheets>".encode())
    with pytest.raises(LayerError, match="1904"):
        read(path)


@pytest.mark.parametrize("header", ["id;E;e;n", "id;e;n;N", "id;wkt;WKT;n"])
def test_two_columns_of_coordinates_that_differ_in_case_are_an_error(tmp_path: Path, header: str) -> None:
    (tmp_path / "a.csv").write_text(f"{header}\na;1;2;3\n", encoding="utf-8")
    with pytest.raises(LayerError, match="betyder samma sak"):
        read(tmp_path / "a.csv")


def test_a_file_that_is_no_sheet_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 inget kalkylblad")
    with pytest.raises(LayerError, match="går inte att läsa som kalkylblad"):
        read(tmp_path / "a.xlsx")
