"""Files that hold others: archives, geodatabases, folders; which data there is, and that none is taken by default."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import struct
import unicodedata
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from opcheck.errors import LayerError, MissingPackage
from opcheck.sources import domains
from opcheck.sources.files import FeatureTable, TableInfo, find_data, list_tables, read_table

SQUARE = shapely.box(150_000, 7_250_000, 150_100, 7_250_100)


def read(path: Path, **options: Any) -> FeatureTable:
    return read_table(path, shown=path.name, **options)


def frame(*names: str) -> Any:
    return geopandas.GeoDataFrame({"namn": list(names)}, geometry=[SQUARE] * len(names), crs="EPSG:3017")


def shapefile(path: Path, *names: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame(*names).to_file(path, driver="ESRI Shapefile", encoding="utf-8")
    return path


def archive(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for one in sorted(folder.rglob("*")):
            made.write(one, one.relative_to(folder).as_posix())
    return path


# --- archives ---------------------------------------------------------------------------------------------------------


def test_an_archive_with_one_shapefile_needs_no_layer(tmp_path: Path) -> None:
    shapefile(tmp_path / "in" / "Översikt" / "områden.shp", "Ängen", "Ön")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    found = read(path)
    assert (found.path, list(found.columns["namn"]), found.crs) == ("a.zip", ["Ängen", "Ön"], "EPSG:3017")
    assert list_tables(path, shown="a.zip") == (
        TableInfo(layer=None, kinds=("polygon",), rows=2, crs="EPSG:3017", columns=("namn",)),
    )
    assert len(read(path, layer="områden")) == 2


def test_an_archive_with_several_names_them_and_takes_none(tmp_path: Path) -> None:
    shapefile(tmp_path / "in" / "norr" / "områden.shp", "a")
    shapefile(tmp_path / "in" / "söder" / "områden.shp", "b", "c")
    shapefile(tmp_path / "in" / "vägar.shp", "d", "e", "f")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    with pytest.raises(LayerError, match=r"3 lager \(norr/områden, söder/områden, vägar\)"):
        read(path)
    assert list(read(path, layer="söder/områden").columns["namn"]) == ["b", "c"]
    assert len(read(path, layer="vägar")) == 3
    with pytest.raises(LayerError, match="'områden' finns inte"):
        read(path, layer="områden")
    assert [info.layer for info in list_tables(path, shown="a.zip")] == ["norr/områden", "söder/områden", "vägar"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp850"])
def test_names_in_an_archive_without_the_flag_for_utf8_keep_their_letters(tmp_path: Path, encoding: str) -> None:
    """Older programs write the bytes of their own system and no flag; Python takes them for the first IBM PC's."""
    shapefile(tmp_path / "in" / "omr@den.shp", "a")
    shapefile(tmp_path / "in" / "other.shp", "b")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    new = "å".encode(encoding)
    raw = path.read_bytes()
    assert raw.count(b"omr@den") == 10  # five files, each named before itself and in the list at the end
    if len(new) == 1:
        path.write_bytes(raw.replace(b"omr@den", b"omr" + new + b"den"))
    else:
        path.write_bytes(raw.replace(b"omr@den", b"omr" + new + b"en"))
        assert len(b"omr@den") == len(b"omr" + new + b"en")
    names = [info.layer for info in list_tables(path, shown="a.zip")]
    assert names == [f"områ{'d' if len(new) == 1 else ''}en", "other"]


def test_an_archive_may_hold_any_format(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    frame("a").to_file(tmp_path / "in" / "z.gpkg", layer="ett")
    frame("b", "c").to_file(tmp_path / "in" / "z.gpkg", layer="två")
    (tmp_path / "in" / "LÄSMIG.txt").write_text("läs", encoding="utf-8")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    assert [info.layer for info in list_tables(path, shown="a.zip")] == ["ett", "två"]
    assert len(read(path, layer="två")) == 2


def test_an_archive_with_a_damaged_entry_is_an_error_that_names_it(tmp_path: Path) -> None:
    shapefile(tmp_path / "in" / "a.shp", "a")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    with zipfile.ZipFile(path) as whole:
        at = whole.getinfo("a.dbf").header_offset
    raw = bytearray(path.read_bytes())
    raw[at + 30 + len("a.dbf") + 5] ^= 0xFF
    path.write_bytes(bytes(raw))
    with pytest.raises(LayerError, match=r"a\.dbf i arkivet är skadad"):
        read(path)


@pytest.mark.parametrize("keep", [0, 10, 300])
def test_an_archive_that_was_cut_off_is_an_error(tmp_path: Path, keep: int) -> None:
    shapefile(tmp_path / "in" / "a.shp", "a")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(LayerError, match="tom" if not keep else "zip-arkiv"):
        read(path)


def test_an_archive_without_data_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "plan.pdf").write_bytes(b"%PDF")
    with pytest.raises(LayerError, match="inga kartdata"):
        read(archive(tmp_path / "a.zip", tmp_path / "in"))


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    shapefile(tmp_path / "in" / "a.shp", "a")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("../../../../../../tmp/opcheck-rymt.txt", "x")
    assert len(read(path)) == 1
    assert not Path("/tmp/opcheck-rymt.txt").exists()  # noqa: S108 - where the entry asks to be put


@pytest.mark.parametrize("second", ["zoner.geojson", "../zoner.geojson"])
def test_two_entries_of_an_archive_that_become_one_file_are_an_error(tmp_path: Path, second: str) -> None:
    """Unpacked one after the other, the second would take the place of the first, and its rows with it."""
    frame("a").to_file(tmp_path / "a.geojson", driver="GeoJSON")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of a name that is written twice
        for name in ("zoner.geojson", second):
            made.write(tmp_path / "a.geojson", name)
    with pytest.raises(LayerError, match=r"zoner\.geojson finns två gånger i arkivet"):
        read(tmp_path / "a.zip")


def test_one_name_spelled_in_two_ways_in_an_archive_is_an_error(tmp_path: Path) -> None:
    frame("a").to_file(tmp_path / "a.geojson", driver="GeoJSON")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for form in ("NFC", "NFD"):
            made.write(tmp_path / "a.geojson", unicodedata.normalize(form, "ängar.geojson"))
    with pytest.raises(LayerError, match="finns två gånger i arkivet"):
        read(tmp_path / "a.zip")


def test_an_archive_that_would_fill_the_disk_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from opcheck.sources import archive as archives

    shapefile(tmp_path / "in" / "a.shp", "a")
    path = archive(tmp_path / "a.zip", tmp_path / "in")
    monkeypatch.setattr(archives, "LIMIT_BYTES", 100)
    with pytest.raises(LayerError, match="uppackat"):
        read(path)


# --- Shapefiles in parts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_without_a_companion_is_an_error_that_names_it(tmp_path: Path, part: str) -> None:
    path = shapefile(tmp_path / "a.shp", "a")
    path.with_suffix(part).unlink()
    with pytest.raises(LayerError, match=rf"a\{part} saknas"):
        read(path)
    with pytest.raises(LayerError, match=rf"a\{part} saknas"):
        list_tables(path, shown="a.shp")


@pytest.mark.parametrize(("count", "told"), [(1, "1 rad,"), (3, "3 rader,")])
def test_a_shapefile_whose_table_has_another_number_of_rows_is_an_error(tmp_path: Path, count: int, told: str) -> None:
    path = shapefile(tmp_path / "a.shp", "a", "b")
    other = shapefile(tmp_path / "other" / "a.shp", *["x"] * count)
    shutil.copy(other.with_suffix(".dbf"), tmp_path / "a.dbf")
    with pytest.raises(LayerError, match=f"a.shp har 2 objekt men a.dbf har {told}"):
        read(path)


def test_shapes_beyond_the_end_of_a_cut_shapefile_are_lost_rows(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", *(str(number) for number in range(100)))
    # A square takes 136 bytes: a header of 8, and 128 of shape; the file begins with 100 of its own.
    path.write_bytes(path.read_bytes()[: 100 + 40 * 136])
    found = read(path)
    assert len(found) == 100
    assert set(found.broken) == set(range(40, 100))
    assert all(shape is not None for shape in found.geometry[:40])
    assert all(shape is None for shape in found.geometry[40:])


def test_a_file_of_a_longer_name_is_no_companion(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "zoner.shp", "Ängen", "Ön")
    path.with_suffix(".cpg").unlink()
    alone = read(path)
    for name in ("zoner.2019.shp", "zoner.shp.gammal.shp"):
        shapefile(tmp_path / name, "a", "b", "c")
    (tmp_path / "zoner.2019.cpg").write_text("cp850", encoding="ascii")
    found = read(path)
    assert (found.sha256, found.notes, list(found.columns["namn"])) == (alone.sha256, alone.notes, ["Ängen", "Ön"])
    path.with_suffix(".dbf").unlink()
    with pytest.raises(LayerError, match=r"zoner\.dbf saknas"):
        read(path)


def _index(path: Path, *offsets: int) -> None:
    """Write an index of squares, each of 128 bytes, at other offsets: both are counted in 16-bit words."""
    index = path.with_suffix(".shx")
    head = index.read_bytes()[:24] + struct.pack(">i", 50 + 4 * len(offsets)) + index.read_bytes()[28:100]
    index.write_bytes(head + b"".join(struct.pack(">ii", offset, 64) for offset in offsets))


@pytest.mark.parametrize("offsets", [(118, 50, 186), (50, 50, 50), (50, 186, 118)], ids=str)
def test_an_index_of_another_edition_of_a_shapefile_is_an_error(tmp_path: Path, offsets: tuple[int, ...]) -> None:
    """The header takes 50 words and a square 68, so the three begin at 50, 118 and 186."""
    path = shapefile(tmp_path / "a.shp", "a", "b", "c")
    _index(path, 50, 118, 186)
    assert len(read(path)) == 3
    _index(path, *offsets)
    with pytest.raises(LayerError, match=r"a\.shx hör inte till a\.shp"):
        read(path)


def test_shapes_that_no_row_points_at_are_an_error(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", "a", "b", "c")
    short = shapefile(tmp_path / "kort" / "a.shp", "a", "b")
    for part in (".shx", ".dbf"):
        shutil.copy(short.with_suffix(part), path.with_suffix(part))
    with pytest.raises(LayerError, match=r"a\.shp har 3 objekt men a\.shx pekar bara ut 2"):
        read(path)


def test_a_shape_that_was_drawn_anew_leaves_a_gap_and_no_fault(tmp_path: Path) -> None:
    """A program that makes a shape larger writes it at the end, and leaves what was there before."""
    path = shapefile(tmp_path / "a.shp", "a", "b", "c")
    raw = path.read_bytes()
    raw += raw[100:236]  # the first record once more, at word 50 + 3 * 68 = 254
    path.write_bytes(raw[:24] + struct.pack(">i", len(raw) // 2) + raw[28:])
    _index(path, 254, 118, 186)
    assert [shapely.equals(shape, SQUARE) for shape in read(path).geometry] == [True] * 3


def test_a_mif_cut_between_two_records_is_known_by_its_companion(tmp_path: Path) -> None:
    path = tmp_path / "a.mif"
    frame("a", "b", "c").to_file(path, driver="MapInfo File")
    whole = read(path)
    assert (len(whole), whole.lost) == (3, 0)
    assert any("MIF anger inte hur många objekt" in note for note in whole.notes)
    raw = path.read_bytes()
    path.write_bytes(raw[: raw.rindex(b"Region")])
    cut = read(path)
    assert (len(cut), cut.lost, set(cut.broken)) == (3, 1, {2})
    (tmp_path / "a.mid").unlink()
    with pytest.raises(LayerError, match=r"a\.mid saknas"):
        read(path)


@pytest.mark.parametrize(
    "name", ["a.gpkg", "a.shp", "a.geojson", "a.csv", "a.gml", "a.zip", "a.xlsx", "a.dxf", "a.tab"]
)
def test_an_empty_file_is_an_error_that_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(LayerError, match="filen är tom"):
        read(tmp_path / name)


# --- codes and their labels -------------------------------------------------------------------------------------------

DOMAIN = """<GPCodedValueDomain2 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:type="typens:GPCodedValueDomain2" xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.3"><DomainName>Markanvandning</DomainName><CodedValues>
<CodedValue><Name>Verksamhetsområde</Name><Code>1</Code></CodedValue><CodedValue><Name>Natur &amp; friluftsliv</Name>
<Code>2</Code></CodedValue></CodedValues></GPCodedValueDomain2>"""
LAYER = """<DEFeatureClassInfo xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.3"><Name>zoner</Name>
<GPFieldInfoExs><GPFieldInfoEx><Name>kod</Name><DomainName>Markanvandning</DomainName></GPFieldInfoEx>
<GPFieldInfoEx><Name>namn</Name></GPFieldInfoEx><GPFieldInfoEx><Name>x</Name><DomainName>Saknas</DomainName>
</GPFieldInfoEx></GPFieldInfoExs></DEFeatureClassInfo>"""


def test_the_codes_of_a_geodatabase_have_their_labels_in_its_own_definitions() -> None:
    items = [("Markanvandning", DOMAIN), ("zoner", LAYER), ("annat", LAYER), ("trasig", "<x")]
    assert domains.coded("zoner", items) == {"kod": {"1": "Verksamhetsområde", "2": "Natur & friluftsliv"}}
    assert domains.coded("vägar", items) == {}


def test_labels_stand_beside_the_codes_of_a_geodatabase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coded = geopandas.GeoDataFrame({"kod": [1, 2, 9, None]}, geometry=[SQUARE] * 4, crs="EPSG:3017")
    path = tmp_path / "a.gdb"
    coded.to_file(path, layer="zoner", driver="OpenFileGDB")
    assert domains.labels(path, "zoner") == {}  # its table of items is there, and defines no lists
    monkeypatch.setattr(
        domains, "_geodatabase", lambda source, layer: domains.coded(layer, [("d", DOMAIN), (layer, LAYER)])
    )
    found = read(path)
    assert list(found.columns["kod"]) == [1, 2, 9, None]
    assert list(found.columns["kod (klartext)"]) == ["Verksamhetsområde", "Natur & friluftsliv", None, None]
    assert found.notes == (
        "kolumnen 'kod' har koder; kodlistans ord står i 'kod (klartext)' (1 kod saknas i listan: 9)",
    )
    assert list_tables(path, shown="a.gdb")[0].columns == ("kod", "kod (klartext)")


@pytest.mark.parametrize("part", [".gdbtable", ".gdbtablx"])
def test_a_layer_of_a_geodatabase_that_cannot_be_opened_is_no_empty_layer(tmp_path: Path, part: str) -> None:
    path = tmp_path / "a.gdb"
    frame("a", "b").to_file(path, driver="OpenFileGDB", layer="zoner")
    files = {one.stem: one for one in path.glob(f"*{part}")}
    table = files[max(name for name in files if name.startswith("a0000000"))]
    table.write_bytes(table.read_bytes()[:30])
    with pytest.raises(LayerError, match="'zoner' går inte att läsa"):
        read(path)


def test_labels_stand_beside_the_codes_of_a_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame("1", "2").to_file(path, layer="zoner")
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE gpkg_data_columns (table_name, column_name, name, title, description, mime_type, "
                     "constraint_name)")  # fmt: skip
        base.execute("CREATE TABLE gpkg_data_column_constraints (constraint_name, constraint_type, value, min, "
                     "min_is_inclusive, max, max_is_inclusive, description)")  # fmt: skip
        base.execute("INSERT INTO gpkg_data_columns VALUES ('zoner', 'namn', NULL, NULL, NULL, NULL, 'm')")
        for value, word in (("1", "Hamn"), ("2", "Skog")):
            base.execute("INSERT INTO gpkg_data_column_constraints VALUES ('m', 'enum', ?, NULL, NULL, NULL, NULL, ?)",
                         (value, word))  # fmt: skip
        base.commit()
    assert list(read(path).columns["namn (klartext)"]) == ["Hamn", "Skog"]


# --- what there is ----------------------------------------------------------------------------------------------------


def test_the_data_of_a_folder_are_found_without_their_companions(tmp_path: Path) -> None:
    shapefile(tmp_path / "b" / "zoner.shp", "a")
    frame("a").to_file(tmp_path / "c.tab", driver="MapInfo File")
    frame("a").to_file(tmp_path / "d.mif", driver="MapInfo File")
    frame("a").to_file(tmp_path / "a.gpkg")
    frame("a").to_file(tmp_path / "e.gdb", driver="OpenFileGDB")
    frame("a").to_file(tmp_path / "f.gml", driver="GML")
    archive(tmp_path / "g.zip", tmp_path / "b")
    feature = {"type": "Feature", "properties": {}, "geometry": None}
    (tmp_path / "h.json").write_text(json.dumps(feature), encoding="utf-8")
    for name, text in (("package.json", "{}"), ("zoner.shp.xml", "<metadata/>"), ("LÄSMIG.txt", "x"), ("a.qgz", "x"),
                       (".dold.gpkg", "x"), ("karta.tab", "!table\nType RASTER"), ("~$b.xlsx", "x")):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "bilder.zip").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "bilder.zip", "w") as made:
        made.writestr("plan.pdf", "x")
    names = [path.relative_to(tmp_path).as_posix() for path in find_data(tmp_path)]
    assert names == ["a.gpkg", "b/zoner.shp", "c.tab", "d.mif", "e.gdb", "f.gml", "g.zip", "h.json"]


def test_one_file_is_its_own_answer_and_a_missing_one_an_error(tmp_path: Path) -> None:
    frame("a").to_file(tmp_path / "a.gpkg")
    assert find_data(tmp_path / "a.gpkg") == (tmp_path / "a.gpkg",)
    with pytest.raises(LayerError, match="finns inte"):
        find_data(tmp_path / "b.gpkg")


def test_the_layers_of_a_file_are_listed_with_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame("a").to_file(path, layer="ytor")
    points = geopandas.GeoDataFrame({"x": [1, 2]}, geometry=[shapely.Point(1, 2)] * 2, crs="EPSG:3006")
    points.to_file(path, layer="punkter")
    both = geopandas.GeoDataFrame(
        {"y": [1, 2]}, geometry=[shapely.LineString([(0, 0), (1, 1)]), SQUARE], crs="EPSG:3006"
    )
    both.to_file(path, layer="blandat")
    assert list_tables(path, shown="a.gpkg") == (
        TableInfo(layer="ytor", kinds=("polygon",), rows=1, crs="EPSG:3017", columns=("namn",)),
        TableInfo(layer="punkter", kinds=("point",), rows=2, crs="EPSG:3006", columns=("x",)),
        TableInfo(layer="blandat", kinds=("line", "polygon"), rows=2, crs="EPSG:3006", columns=("y",)),
    )


def test_geoparquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: Path) -> None:
        raise ImportError("pyarrow")

    monkeypatch.setattr(geopandas, "read_parquet", missing)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(MissingPackage, match="pip install pyarrow"):
        read(tmp_path / "a.parquet")


def test_geoparquet_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geopandas, "read_parquet", lambda path: frame("a", "b"))
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    found = read(tmp_path / "a.parquet")
    assert (found.reader, list(found.columns["namn"]), len(found)) == ("parquet", ["a", "b"], 2)
