"""Arcs, and the order of axes: shapes as the file means them, checked against circles and points worked out by hand."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import struct
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from opcheck.errors import LayerError
from opcheck.geometry import crs_name
from opcheck.sources.curves import TOLERANCE_M, needed_step
from opcheck.sources.files import FeatureTable, list_tables, read_table

CENTRE = (150_000.0, 7_250_000.0)


def read(path: Path, **options: Any) -> FeatureTable:
    return read_table(path, shown=path.name, **options)


def circle_wkb(radius: float) -> bytes:
    """A circle as CURVEPOLYGON (COMPOUNDCURVE (CIRCULARSTRING (…))) in WKB, through its four outermost points."""
    east, north = CENTRE
    corners = [(east + radius, north), (east, north + radius), (east - radius, north), (east, north - radius),
               (east + radius, north)]  # fmt: skip
    points = b"".join(struct.pack("<dd", *corner) for corner in corners)
    string = struct.pack("<BII", 1, 8, 5) + points
    return struct.pack("<BII", 1, 10, 1) + string


def geopackage(folder: Path, shapes: list[bytes]) -> Path:
    """A GeoPackage with curved areas, written into the table by hand: no Python library writes them."""
    path = folder / "a.gpkg"
    frame = geopandas.GeoDataFrame({"id": range(len(shapes))}, geometry=[shapely.Point(CENTRE)] * len(shapes), crs=3017)
    frame.to_file(path, layer="a", SPATIAL_INDEX="NO", geometry_type="Unknown", engine="pyogrio")
    head = b"GP" + struct.pack("<BBi", 0, 1, 3017)
    with contextlib.closing(sqlite3.connect(path)) as base:
        for number, shape in enumerate(shapes, 1):
            base.execute("UPDATE a SET geom = ? WHERE fid = ?", (head + shape, number))
        base.execute("CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
                     "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL)")  # fmt: skip
        base.execute("INSERT INTO gpkg_extensions VALUES ('a', 'geom', 'gpkg_geom_CURVEPOLYGON', 'spec', 'read-write')")
        base.commit()
    return path


def assert_circle(shape: Any, radius: float) -> None:
    """Every corner lies on the true circle, and the middle of every edge at most a centimetre inside it."""
    corners = shapely.get_coordinates(shape.exterior) - np.array(CENTRE)
    assert abs(np.hypot(*corners.T) - radius).max() < 1e-6
    middles = (corners[1:] + corners[:-1]) / 2
    gap = (radius - np.hypot(*middles.T)).max()
    assert 0 < gap <= TOLERANCE_M + 1e-6
    # The chords of a circle lose a sector's bow each: 2/3 of the gap along the whole of it, and never gain.
    lost = math.pi * radius**2 - shape.area
    assert 0 < lost <= 2 * math.pi * radius * TOLERANCE_M


@pytest.mark.parametrize("radius", [10.0, 263.0, 1_000.0, 20_000.0])
def test_a_circle_is_within_a_centimetre_of_the_true_one(tmp_path: Path, radius: float) -> None:
    found = read(geopackage(tmp_path, [circle_wkb(radius)]))
    assert_circle(found.geometry[0], radius)
    (note,) = found.notes
    assert note.startswith("1 rad har bågar; de är gjorda till raka stycken som ligger högst ")
    assert 1 <= int(note.split("högst ")[1].split(" ")[0]) <= 10


def test_the_largest_arc_decides_for_the_layer(tmp_path: Path) -> None:
    found = read(geopackage(tmp_path, [circle_wkb(10.0), shapely.to_wkb(shapely.box(0, 0, 1, 1)), circle_wkb(5_000.0)]))
    assert_circle(found.geometry[0], 10.0)
    assert_circle(found.geometry[2], 5_000.0)
    assert found.geometry[1].equals(shapely.box(0, 0, 1, 1))
    assert found.notes[0].startswith("2 rader har bågar")


def test_arcs_in_a_geodatabase_are_found_without_asking_every_row(tmp_path: Path) -> None:
    import pyogrio.raw

    pyogrio.raw.write(
        tmp_path / "a.gdb", np.array([circle_wkb(1_000.0), circle_wkb(30.0)], dtype=object),
        [np.array([1, 2], dtype=np.int32)], np.array(["id"]), geometry_type="MultiPolygon", crs="EPSG:3017",
        driver="OpenFileGDB", layer="a",
    )  # fmt: skip
    found = read(tmp_path / "a.gdb")
    for shape, radius in zip(found.geometry, (1_000.0, 30.0), strict=True):
        (part,) = shapely.get_parts(shape)
        assert_circle(part, radius)
    assert found.notes[0].startswith("2 rader har bågar")


def test_straight_shapes_are_read_to_the_bit_and_not_noted(tmp_path: Path) -> None:
    shapes = [shapely.box(0, 0, 1, 1), shapely.Point(CENTRE).buffer(100, quad_segs=90)]
    found = read(geopackage(tmp_path, [shapely.to_wkb(shape) for shape in shapes]))
    assert shapely.equals_identical(found.geometry, np.array(shapes, dtype=object)).all()
    assert found.notes == ()


# 1 - cos x is x²/2 for small x: a chord of angle v is r·v²/8 from its arc, so v = sqrt(8·0.01/r) radians.
@pytest.mark.parametrize(("radius", "degrees"), [(1_000.0, 0.5125), (100.0, 1.6206), (20_000.0, 0.1146)])
def test_the_angle_of_chords_follows_from_the_radius(radius: float, degrees: float) -> None:
    assert needed_step(radius, 360.0, 0.01) == pytest.approx(degrees, abs=1e-3)


def test_settings_of_gdal_are_left_as_they_were(tmp_path: Path) -> None:
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": "7"})
    try:
        assert_circle(read(geopackage(tmp_path, [circle_wkb(500.0)])).geometry[0], 500.0)
        assert str(pyogrio.get_gdal_config_option("OGR_ARC_STEPSIZE")) == "7"
    finally:
        pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": None})


# --- GML 3.2 ----------------------------------------------------------------------------------------------------------

GML = """<?xml version="1.0" encoding="UTF-8"?>
<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:k="http://example.se/k" gml:id="f">
{members}</gml:FeatureCollection>
"""
MEMBER = (
    '<gml:featureMember><k:zon gml:id="z{number}"><k:kod>007</k:kod><k:yta>{shape}</k:yta></k:zon>'
    "</gml:featureMember>\n"
)


def gml(folder: Path, *shapes: str) -> Path:
    path = folder / "a.gml"
    members = "".join(MEMBER.format(number=number, shape=shape) for number, shape in enumerate(shapes))
    path.write_text(GML.format(members=members), encoding="utf-8")
    return path


# EPSG has the northing of 3006 first. A name in the form of a URN or of an http address means that order (OGC 05-096r2
# and 07-092r1), and the file's numbers are turned round. The short name says nothing, and they stand as they are.
@pytest.mark.parametrize(
    ("name", "numbers", "point"),
    [
        ("urn:ogc:def:crs:EPSG::3006", "7259000 801000", (801_000, 7_259_000)),
        ("urn:x-ogc:def:crs:EPSG:3006", "7259000 801000", (801_000, 7_259_000)),
        ("http://www.opengis.net/def/crs/EPSG/0/3006", "7259000 801000", (801_000, 7_259_000)),
        ("EPSG:3006", "801000 7259000", (801_000, 7_259_000)),
        ("EPSG:3006", "7259000 801000", (7_259_000, 801_000)),
        ("http://www.opengis.net/gml/srs/epsg.xml#3006", "801000 7259000", (801_000, 7_259_000)),
        ("urn:ogc:def:crs:EPSG::4326", "65.3 21.5", (21.5, 65.3)),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "21.5 65.3", (21.5, 65.3)),
    ],
)
def test_the_axes_of_gml_are_in_the_order_that_the_name_means(
    tmp_path: Path, name: str, numbers: str, point: tuple[float, float]
) -> None:
    shape = f'<gml:Point gml:id="p" srsName="{name}"><gml:pos>{numbers}</gml:pos></gml:Point>'
    found = read(gml(tmp_path, shape))
    assert found.geometry[0].coords[0] == point
    assert list(found.columns["kod"]) == ["007"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.gml"]


def _placed(name: str | None, numbers: str) -> str:
    stated = f' srsName="{name}"' if name else ""
    return f'<gml:Point gml:id="p{abs(hash((name, numbers)))}"{stated}><gml:pos>{numbers}</gml:pos></gml:Point>'


ENVELOPE = (
    '<gml:boundedBy><gml:Envelope srsName="{}"><gml:lowerCorner>1 2</gml:lowerCorner><gml:upperCorner>3 4'
    "</gml:upperCorner></gml:Envelope></gml:boundedBy>\n"
)
URN_3006, URN_3017 = "urn:ogc:def:crs:EPSG::3006", "urn:ogc:def:crs:EPSG::3017"


@pytest.mark.parametrize(
    ("envelope", "names"),
    [(None, (URN_3017, URN_3006)), (URN_3017, (None, URN_3006)), (None, (None, URN_3017)), (None, (URN_3017, None))],
    ids=str,
)
def test_gml_whose_rows_lie_in_several_systems_is_an_error(
    tmp_path: Path, envelope: str | None, names: tuple[str | None, str | None]
) -> None:
    """A layer has one system: the others' rows would lie elsewhere, and one without a name has its axes exchanged."""
    path = gml(tmp_path, *(_placed(name, f"725000{number} 150000") for number, name in enumerate(names)))
    if envelope:
        path.write_text(path.read_text("utf-8").replace("<gml:featureMember>", ENVELOPE.format(envelope) +
                                                        "<gml:featureMember>", 1), encoding="utf-8")  # fmt: skip
    with pytest.raises(LayerError, match="flera koordinatsystem"):
        read(path)
    assert list_tables(path, shown="a.gml")[0].crs is None


@pytest.mark.parametrize(
    ("envelope", "names"),
    [(URN_3017, (None, URN_3017)), (None, (URN_3017, "http://www.opengis.net/def/crs/EPSG/0/3017")),
     (URN_3006, (URN_3017, URN_3017)), (URN_3017, (None, None))],
    ids=str,
)  # fmt: skip
def test_gml_whose_rows_lie_in_one_system_however_named_is_read(
    tmp_path: Path, envelope: str | None, names: tuple[str | None, str | None]
) -> None:
    path = gml(tmp_path, *(_placed(name, f"725000{number} 150000") for number, name in enumerate(names)))
    if envelope:
        path.write_text(path.read_text("utf-8").replace("<gml:featureMember>", ENVELOPE.format(envelope) +
                                                        "<gml:featureMember>", 1), encoding="utf-8")  # fmt: skip
    found = read(path)
    assert [shape.coords[0] for shape in found.geometry] == [(150_000, 7_250_000), (150_000, 7_250_001)]
    assert found.crs is not None and crs_name(found.crs) == "EPSG:3017"
    assert list_tables(path, shown="a.gml")[0].crs == found.crs


def test_a_value_that_stands_several_times_in_a_row_is_a_list(tmp_path: Path) -> None:
    path = gml(tmp_path, POINT.format(name="a"), POINT.format(name="b"))
    text = path.read_text("utf-8").replace("<k:kod>007</k:kod>", "<k:kod>Bostäder</k:kod><k:kod>Industri</k:kod>", 1)
    path.write_text(text, encoding="utf-8")
    assert list(read(path).columns["kod"]) == [["Bostäder", "Industri"], ["007"]]


def test_arcs_in_gml_are_made_straight_within_the_tolerance(tmp_path: Path) -> None:
    east, north = CENTRE
    radius = 2_000.0
    corners = ((east + radius, north), (east, north + radius), (east - radius, north), (east, north - radius),
               (east + radius, north))  # fmt: skip
    positions = " ".join(f"{y} {x}" for x, y in corners)
    shape = (
        '<gml:Surface gml:id="s" srsName="urn:ogc:def:crs:EPSG::3017"><gml:patches><gml:PolygonPatch><gml:exterior>'
        '<gml:Ring><gml:curveMember><gml:Curve gml:id="c"><gml:segments><gml:ArcString>'
        f"<gml:posList>{positions}</gml:posList></gml:ArcString></gml:segments></gml:Curve></gml:curveMember></gml:Ring>"
        "</gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>"
    )
    found = read(gml(tmp_path, shape))
    assert_circle(found.geometry[0], radius)
    assert found.notes[0].startswith("1 rad har bågar")


POINT = '<gml:Point gml:id="{name}" srsName="EPSG:3006"><gml:pos>1 2</gml:pos></gml:Point>'


def test_a_row_with_two_shapes_is_noted(tmp_path: Path) -> None:
    """GDAL gives one of them, and does not say that there is another."""
    second = f"</k:yta><k:etikett>{POINT.format(name='b')}</k:etikett><k:yta>"
    path = gml(tmp_path, POINT.format(name="a"), POINT.format(name="a") + second)
    found = read(path)
    assert len(found) == 2
    (note,) = found.notes
    assert note.startswith("1 objekt har flera geometrier (yta, etikett); bara en av dem är läst")
    assert read(gml(tmp_path, POINT.format(name="a"))).notes == ()


def test_gml_that_breaks_off_after_whole_rows_has_a_lost_row(tmp_path: Path) -> None:
    shape = '<gml:Point gml:id="p" srsName="EPSG:3006"><gml:pos>1 2</gml:pos></gml:Point>'
    path = gml(tmp_path, shape, shape)
    text = path.read_text("utf-8")
    path.write_text(text[: text.rindex("</gml:FeatureCollection>")], encoding="utf-8")
    found = read(path)
    assert len(found) > 2 or found.lost
    assert found.lost >= 1
