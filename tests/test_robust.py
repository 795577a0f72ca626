"""Odd and broken files that others made: each is read, refused, or read in part with every lost row accounted for.

The files are published test data of other projects (see the real data's own README). They are copied to a folder of
their own and read in another process, with warnings as errors, so that a crash, a hang, a file written beside the
original and a library's complaint all show.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from opcheck.geometry import clean

WORKER = Path(__file__).with_name("robust_worker.py")
LIMIT_S = 240  # a hang is what this is about: the work itself takes seconds
NO_GEOMETRY = "har ingen geometri"
NOT_PARSED = "posten går inte att läsa"
NO_SHAPE = "raden saknar geometri"

Key = tuple[str, str | None]

# What is refused, and why that is right. In the Norwegian plans the layer Arealplan is the plan's own record, without a
# shape: 28 files have it.
REFUSED: dict[Key, str] = {
    # One of its areas is in EPSG:23095 and the others are in 25832, which is what the file was made to fail for.
    ("dibk_gml/gml.epsg.1-fail.gml", "RpOmråde"): "flera koordinatsystem",
    ("fiona/testopenfilegdb.gdb.zip", "none"): NO_GEOMETRY,  # a table of the geodatabase
    ("fiona/testopenfilegdb.gdb.zip", "big_layer"): NO_GEOMETRY,  # another
    ("fiona/testopenfilegdb.gdb.zip", "no_field"): NO_GEOMETRY,  # a third
    ("geojsonhint_bad/bad-duplicate-properties.geojson", None): "två gånger",  # "type" twice in one object
    ("geojsonhint_bad/bad-json.geojson", None): "inte giltig JSON",  # a bracket is missing
    ("geojsonhint_bad/bad-object-type.geojson", None): "”type” saknas",  # type is an object
    ("geojsonhint_bad/featurecollection-obj.geojson", None): "inte en lista",  # features is an object
    ("geojsonhint_bad/featurecollection-type-case.geojson", None): "featurecollection",  # in lower case
    ("geojsonhint_bad/rootstring.geojson", None): "”type” saknas",  # the file is one text
    ("qgis/multipatch.shp", None): "multipatch.dbf saknas",  # its companion was never published
}

# What is read in part: the rows that cannot be used, and what is wrong with them.
PARTLY: dict[Key, tuple[set[int], str]] = {
    ("dibk_gml/gml.bue.1-fail.gml", "RpFormålGrense"): ({0}, NOT_PARSED),  # an arc of two points, and the same
    ("dibk_gml/gml.flate.1-fail.gml", "RpOmråde"): ({0}, NOT_PARSED),  # 49 numbers, which make no pairs
    ("dibk_gml/gml.flate.1-fail.gml", "RpBestemmelseOmråde"): ({1}, NOT_PARSED),  # 13 numbers
    ("dibk_gml/gml.flate.1-fail.gml", "RpHandlingOmråde"): ({0}, NOT_PARSED),  # 13 numbers
    ("dibk_gml/gml.kurve.1-fail.gml", "RpOmråde"): ({0}, NOT_PARSED),  # 49 numbers
    ("dibk_gml/gml.kurve.1-fail.gml", "RpRegulertHøyde"): ({0}, NOT_PARSED),  # 11 numbers
    ("fiona/curves_line.csv", None): ({1, 2, 5, 7}, "bågar"),  # arcs in WKT, which shapely does not hold
    ("fiona/test_tin.csv", None): ({0, 1, 2}, "Unknown type"),  # triangulated surfaces
    ("fiona/test_tin.shp", None): ({0}, "okänd eller trasig"),  # a triangulated surface in three dimensions
    ("fiona/testopenfilegdb.gdb.zip", "multipatch"): ({0, 1, 2, 3, 4}, "okänd eller trasig"),  # solids
    ("fiona/testopenfilegdb.gdb.zip", "null_polygon"): ({0, 1, 2, 3, 4}, NO_SHAPE),
    ("fiona/testopenfilegdb.gdb.zip", "empty_polygon"): ({0, 1, 2, 3, 4}, NO_SHAPE),
    ("fiona/testopenfilegdb.gdb.zip", "empty_multipoint"): ({0, 1, 2, 3, 4}, NO_SHAPE),
    ("fiona/testopenfilegdb.gdb.zip", "empty_polygonm"): ({0}, NO_SHAPE),
    ("fiona/testopenfilegdb.gdb.zip", "hole"): (set(range(12)), NO_SHAPE),  # made for gaps in the ids, not for shapes
    ("geojsonhint_bad/bad-polygonloop.geojson", None): ({0}, "must be array"),  # a ring that is one position
    ("geojsonhint_bad/bad-properties-as-array.geojson", None): ({0}, "properties"),
    ("geojsonhint_bad/badcoordtype.geojson", None): ({0}, "must be array"),
    ("geojsonhint_bad/badfeature.geojson", None): ({0}, "Feature"),  # a geometry in place of a feature
    ("geojsonhint_bad/different-first-last.geojson", None): ({0}, "closed"),  # a ring that is not closed
    ("geojsonhint_bad/expected_object.geojson", None): ({0}, "properties"),
    ("geojsonhint_bad/false.geojson", None): ({0}, "boolean"),  # coordinates: false
    ("geojsonhint_bad/multiple_problems.geojson", None): ({0, 2, 3}, ""),  # a number as text, and two of type Foo
    ("geojsonhint_bad/multipoint-nondimension.geojson", None): ({0}, "must be array"),
    ("geojsonhint_bad/nofeaturetype.geojson", None): ({0}, "Feature"),
    ("geojsonhint_bad/point-labeled-as-a-multipolygon.geojson", None): ({0}, "must be array"),
    ("geojsonhint_bad/point-string.geojson", None): ({0}, "must be number"),
    ("geojsonhint_bad/point-toomany.geojson", None): ({0}, "more than three"),  # four numbers in a position
    ("geojsonhint_bad/point.geojson", None): ({0}, "not found"),  # "coordinate" for "coordinates"
    ("geojsonhint_bad/short-line.geojson", None): ({0}, ">1"),  # a line of one point
    ("geojsonhint_bad/short-multilinestring.geojson", None): ({0}, ">1"),
    ("geojsonhint_bad/stringcoord.geojson", None): ({0}, "must be number"),
    ("geojsonhint_good/good-geometrycollection.geojson", None): ({0}, "blandad geometri"),  # a point and a line
    ("geojsonhint_good/nullgeometry.geojson", None): ({0}, NO_SHAPE),
    ("qgis/geopackage_poly.gpkg", None): ({3}, NO_SHAPE),
    ("qgis/mixed_types.TAB", None): ({11, 12}, NO_SHAPE),  # two rows of kind NONE
    ("qgis/multi_polys_with_empty_geoms.gpkg", None): ({8, 9}, NO_SHAPE),  # one null, one flagged as empty
    ("qgis/nullGeometryDissolve.gml", None): ({1}, NO_SHAPE),
    ("qgis/polygon_layer.shp", None): ({6}, "för få punkter"),  # a ring of three points, there and back
    ("qgis/polygon_layer_empty_geometries.geojson", None): ({0, 1, 2}, NO_SHAPE),  # empty lists of coordinates
}

# What is read whole, but not as it stands: fiona had to, or arcs were made straight.
SOLID = "läst post för post"
ARCS = "bågar"
NOTED: dict[Key, str] = {
    **{(f"dibk_gml/gml.{name}.gml", "RpRegulertTerreng"): SOLID  # 3D surfaces of triangles, which pyogrio refuses
       for name in ("epsg.2-fail", "epsg.2-pass", "gmlid.1-3D-fail", "gmlid.1-3D-pass", "xlink.1-3D-fail",
                    "xlink.1-3D-pass")},
    **{(f"dibk_gml/gml.{name}.gml", layer): ARCS  # ArcString elements
       for name in ("gmlid.1-2D-fail", "gmlid.1-2D-pass", "xlink.1-2D-fail", "xlink.1-2D-pass")
       for layer in ("RpOmråde", "RpBestemmelseOmråde")},
    **{(f"dibk_gml/gml.{name}.gml", "RpFormålGrense"): ARCS
       for name in ("bue.1-pass", "bue.2-fail", "bue.2-pass", "uuid.1-fail", "uuid.1-pass")},
    ("fiona/multicurve.gml", None): ARCS,
    ("qgis/circular_strings.gpkg", "circular_strings"): ARCS,
    ("qgis/circular_strings.gpkg", "circular_strings_with_line"): ARCS,
    ("qgis/curved_polys.gpkg", None): ARCS,
}  # fmt: skip


@pytest.fixture(scope="module")
def robust(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder, and a second one beside it that GDAL may list, and write in."""
    base = tmp_path_factory.mktemp("robust")
    for name in ("odd", "odd-listed"):
        shutil.copytree(real_data / "robust", base / name)
        for path in (base / name).rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    return base / "odd"


def listing(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(robust: Path) -> dict[Key, dict[str, Any]]:
    before = listing(robust)
    ran = subprocess.run(
        [sys.executable, "-W", "error", str(WORKER), str(robust)], capture_output=True, text=True, timeout=LIMIT_S,
        check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    done = len(lines)
    assert ran.returncode == 0, f"stopped after {done} layers, at {lines[-1:]}: {ran.stderr[-2000:]}"
    assert lines[-1] == {"end": True}, f"ended after {done} layers"
    assert "Traceback" not in ran.stderr
    assert listing(robust) == before, "files were written beside the originals"
    return {(line["file"], line["layer"]): line for line in lines[:-1]}


def test_each_layer_is_read_refused_or_read_in_part(robust: Path, outcomes: dict[Key, dict[str, Any]]) -> None:
    found = Counter(one["verdict"] for one in outcomes.values())
    # 29 + 7 GeoJSON; 28 plan GML with 91 layers, which the elements inside them say too; Fiona's ten, of which GPX has
    # five layers and the geodatabase 37; QGIS's 26, of which three have two layers; the table of WKT.
    files = Counter(file.partition("/")[0] for file in {file for file, _ in outcomes})
    assert files == {
        "geojsonhint_bad": 29, "geojsonhint_good": 7, "dibk_gml": 28, "fiona": 10, "qgis": 26,
        "geos_isvalid_cases.csv": 1,
    }  # fmt: skip
    layers = sum(len(members(path)) for path in robust.glob("dibk_gml/*.gml"))
    assert len(outcomes) == 29 + 7 + layers + (10 - 2 + 5 + 37) + (26 + 3) + 1 == 207
    assert found == {"refused": 28 + len(REFUSED), "partly": len(PARTLY) + 1, "read": 127}


def test_what_is_refused_is_refused_for_its_own_fault(outcomes: dict[Key, dict[str, Any]]) -> None:
    refused = {key: one for key, one in outcomes.items() if one["verdict"] == "refused"}
    plans = {key for key in refused if key[1] == "Arealplan"}
    assert len(plans) == 28
    assert set(refused) - plans == set(REFUSED)
    for key, one in refused.items():
        assert REFUSED.get(key, NO_GEOMETRY) in one["message"], key
        assert one["error"] == "LayerError"
        assert one["path"].startswith(key[0])


def test_what_is_read_in_part_says_which_rows_are_not_used(outcomes: dict[Key, dict[str, Any]]) -> None:
    partly = {key: one for key, one in outcomes.items() if one["verdict"] == "partly"}
    cases = ("geos_isvalid_cases.csv", None)  # has a test of its own
    assert set(partly) - {cases} == set(PARTLY)
    for key, (rows, why) in PARTLY.items():
        one = partly[key]
        assert set(one["left"]) == rows, key
        assert one["used"] == one["rows"] - len(rows), key
        assert sum(why in reason for reason in one["reasons"]) >= len(rows), key


def test_what_is_not_read_as_it_stands_is_noted(outcomes: dict[Key, dict[str, Any]]) -> None:
    noted = {
        key: one["notes"] for key, one in outcomes.items()
        if one["verdict"] == "read" and any(SOLID in note or ARCS in note for note in one["notes"])
    }  # fmt: skip
    assert set(noted) == set(NOTED)
    for key, why in NOTED.items():
        assert any(why in note for note in noted[key]), key
    for notes in noted.values():
        for note in notes:
            if ARCS in note:
                assert int(note.rpartition("högst ")[2].split(" mm")[0]) <= 10, note


# --- no row is lost: the files' own count, by other means -------------------------------------------------------------


def members(path: Path) -> Counter[str]:
    """Count the features of a GML file by their element's name."""
    features: Counter[str] = Counter()
    for element in ElementTree.parse(path).getroot().iter():  # noqa: S314 - test data
        if element.tag.rpartition("}")[2] in ("featureMember", "featureMembers", "member"):
            features.update(inner.tag.rpartition("}")[2] for inner in element)
    return features


def declared(path: Path, layer: str | None) -> int:
    """Return how many rows a file says that it has, read without opcheck and, where it can be, without GDAL."""
    suffix = path.suffix.lower()
    if suffix in (".geojson", ".json"):
        document = json.loads(path.read_text("utf-8"))
        return len(document["features"]) if document["type"] == "FeatureCollection" else 1
    if suffix == ".topojson":
        (collection,) = json.loads(path.read_text("utf-8"))["objects"].values()
        return len(collection["geometries"])
    if suffix == ".seq":
        return len(path.read_text("utf-8").splitlines())  # one object to a line
    if suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            return sum(1 for _ in csv.reader(stream)) - 1
    if suffix == ".gml":
        count = members(path)
        return count[layer] if layer else sum(count.values())
    if suffix == ".gpkg":
        with sqlite3.connect(path) as base:
            tables = [name for (name,) in base.execute("SELECT table_name FROM gpkg_contents") if layer in (None, name)]
            ((count,),) = [base.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in tables]  # noqa: S608
        base.close()
        return int(count)
    if suffix == ".shp":
        return int.from_bytes(path.with_suffix(".dbf").read_bytes()[4:8], "little")
    if suffix == ".tab":
        return int.from_bytes(path.with_suffix(".DAT").read_bytes()[4:8], "little")
    if suffix == ".kml":
        folders = [one for one in ElementTree.parse(path).iter() if one.tag.endswith("}Folder")]  # noqa: S314 - test data
        (folder,) = (one for one in folders if any(part.text == layer for part in one))
        return sum(part.tag.endswith("}Placemark") for part in folder)
    if suffix == ".gpx":
        tag = {"waypoints": "wpt", "routes": "rte", "tracks": "trk", "route_points": "rtept", "track_points": "trkpt"}
        return sum(one.tag.endswith(f"}}{tag[str(layer)]}") for one in ElementTree.parse(path).iter())  # noqa: S314 - test data
    if path.name == "points2.zip":
        with zipfile.ZipFile(path) as archive:
            (table,) = (name for name in archive.namelist() if name.endswith(".dbf"))
            return int.from_bytes(archive.read(table)[4:8], "little")
    import fiona

    with fiona.open(path, layer=layer) as source:
        return len(source)


def test_the_rows_of_each_layer_are_as_many_as_the_file_says(robust: Path, outcomes: dict[Key, dict[str, Any]]) -> None:
    counted = 0
    for (name, layer), one in outcomes.items():
        if one["verdict"] == "refused":
            continue
        assert one["rows"] == declared(robust / name, layer), (name, layer)
        assert one["used"] + len(one["left"]) == one["rows"], (name, layer)
        assert set(one["broken"]) <= set(one["left"]), (name, layer)
        counted += one["rows"]
    assert counted > 1200


# --- 927 shapes and what two other libraries say of them --------------------------------------------------------------

# Valid by OGC Simple Features, and yet no place on a map: what to expect instead of "used unchanged", case by case.
EMPTY = {1, 4, 15, 815, 830}  # nothing to place
FAR = {87, 88, 89, 850}  # coordinates of 1e14 and more, which are damage in any file of places
MIXED = {640, 849}  # collections of points with lines, and of areas with points: no one kind


def cases(real_data: Path) -> list[dict[str, str]]:
    with (real_data / "robust" / "geos_isvalid_cases.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_cases_of_geos_and_jts_are_valid_here_as_there(real_data: Path) -> None:
    rows = cases(real_data)
    assert Counter(row["expected"] for row in rows) == {"true": 795, "false": 132}
    wrong = []
    for number, row in enumerate(rows):
        with np.errstate(invalid="ignore", over="ignore"):  # of infinite coordinates, as the engine has it
            geom = shapely.from_wkt(row["WKT"])
            again = shapely.from_wkt(row["WKT"])
            used, shapes, ledger = clean(
                np.array([geom], dtype=object), ["a"], layer="l", allowed={"point", "line", "polygon"}
            )
        states = [entry.state for entry in ledger]
        if row["expected"] == "false":
            good = states in (["repaired"], ["set_aside"], ["unplaced"]) and bool(len(used)) == (states == ["repaired"])
        elif number in EMPTY | FAR:
            good = states == ["unplaced"]
        elif number in MIXED:
            good = states == ["set_aside"]
        else:
            good = states == [] and len(used) == 1 and shapely.equals_identical(shapes[0], again)
        if not good:
            wrong.append((number, row["expected"], states, row["WKT"][:60]))
    assert wrong == []
