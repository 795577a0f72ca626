"""One real plan in two formats: what the municipality published and what became of it must give the same answers.

The 45 Shapefiles are as published: no .cpg, names cut to ten characters, polygons and multipolygons mixed, three null
lines. The GeoPackage holds the 39 distinct layers of them, promoted to multi-geometries and without the null lines.
The manifest of tests/packs/tampere maps the GeoPackage; here the same manifest is written for each of the two, with the
two layers that hold null lines added. Nothing of the data is copied: it is read where it lies.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely
from postgis_oracle import PACK, SITES

import opcheck
from opcheck.features import load_plan
from opcheck.manifest import read_plan
from opcheck.plan import Features

HERE = Path(__file__).parent
RULES = HERE / "rules.toml"
SITE_IDS = [site["properties"]["id"] for site in json.loads(SITES.read_text(encoding="utf-8"))["features"]]

GPKG = "tampere_yk2040.gpkg"
CYCLING, DITCHES = "yk2040_k1_pyorailyn_tavoiteverkko_line", "yk2040_k4_merkittavat_ojat_line"
NULL_LINES = {"pyoraily": (CYCLING, 2), "ojat": (DITCHES, 1)}
"""Layer id → its name in the data, and how many of its lines are null in the Shapefile (48 and 58 rows)."""

MORE = """
[[layer]]
id = "pyoraily"
theme = "rail_access"
document = "yk2040"
source = "tampere_yk2040.gpkg"
layer = "yk2040_k1_pyorailyn_tavoiteverkko_line"
fields = { category = "Kaavamaara" }
coverage = "municipality"

[[layer]]
id = "ojat"
theme = "power_line"
document = "yk2040"
source = "tampere_yk2040.gpkg"
layer = "yk2040_k4_merkittavat_ojat_line"
fields = { category = "Kaavamaara" }
coverage = "municipality"
"""
"""Bicycle routes and ditches stand for tracks and power lines: what counts is that a null line leaves them open."""

QUESTIONS = """
[ruleset]
id = "null"
version = "1"
format = 1

[[rule]]
id = "null.tracks"
title = "spår"
theme = "rail_access"
check = "avoid"
hit = "REVIEW"
basis = "plan"
severity = "warning"
responsible = { unit = "plan" }

[[rule]]
id = "null.lines"
title = "ledningar"
theme = "power_line"
check = "at_least"
distance_m = 100
hit = "REVIEW"
basis = "plan"
severity = "warning"
responsible = { unit = "plan" }
"""
OF_NULL = {"rail_access", "power_line"}
"""The themes with null lines; national rules ask about them too."""


def shapefiles(data: Path) -> dict[str, str]:
    """Layer name → the Shapefile that holds it, relative to the data; the border stands in all four folders."""
    found = {}
    for path in sorted((data / "tampere_yk2040_shp").rglob("*.shp"), reverse=True):
        found[path.stem] = path.relative_to(data).as_posix()
    return found


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder


def as_shapefiles(text: str, data: Path) -> str:
    """The same manifest with each (source, layer) replaced by the Shapefile of that name."""
    paths = shapefiles(data)

    def source(match: re.Match[str]) -> str:
        return f'source = "{paths[match["layer"]]}"'

    written = re.sub(rf'source = "{GPKG}",? *\n?layer = "(?P<layer>\w+)"', source, text)
    assert GPKG not in written
    return written


@pytest.fixture(scope="module")
def data(real_data: Path) -> Path:
    return real_data / "op"


@pytest.fixture(scope="module")
def manifests(data: Path) -> dict[str, str]:
    text = (PACK / "plan.toml").read_text(encoding="utf-8") + MORE
    return {"gpkg": text, "shp": as_shapefiles(text, data)}


@pytest.fixture(scope="module")
def packs(manifests: dict[str, str], data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, opcheck.Plan]:
    folder = tmp_path_factory.mktemp("tampere")
    return {form: read_plan(write(folder / form, text), data=data) for form, text in manifests.items()}


@pytest.fixture(scope="module")
def layers(packs: dict[str, opcheck.Plan]) -> dict[str, dict[str, Features]]:
    return {form: {one.layer.id: one for one in load_plan(plan).layers} for form, plan in packs.items()}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> opcheck.RuleBook:
    path = tmp_path_factory.mktemp("regler") / "null.toml"
    path.write_text(QUESTIONS, encoding="utf-8")
    return opcheck.read_rules(RULES, path)


@pytest.fixture(scope="module")
def records(packs: dict[str, opcheck.Plan], book: opcheck.RuleBook) -> dict[str, dict[str, Any]]:
    sites = opcheck.read_sites(SITES)
    return {form: opcheck.assess(sites, plan, rules=book, on="2026-11-22").to_dict() for form, plan in packs.items()}


def by_rule(record: dict[str, Any], site_id: str) -> dict[tuple[str, str], dict[str, Any]]:
    (site,) = [one for one in record["sites"] if one["id"] == site_id]
    return {(one["rule"], one["use"]): one for one in site["findings"]}


# --- the layers -------------------------------------------------------------------------------------------------------


def test_the_archive_holds_every_layer_once_or_the_same_in_all_folders(data: Path) -> None:
    assert len(list((data / "tampere_yk2040_shp").rglob("*.shp"))) == 45
    assert len(shapefiles(data)) == 39


def test_each_layer_has_the_same_content_in_both_formats(layers: dict[str, dict[str, Features]]) -> None:
    """Ids, values and shapes, whatever the format's own geometry type: the hash is of the rows as used."""
    assert layers["gpkg"].keys() == layers["shp"].keys()
    for name, one in layers["gpkg"].items():
        other = layers["shp"][name]
        assert (one.ids, dict(one.fields)) == (other.ids, dict(other.fields)), name
        assert shapely.equals_exact(one.geometry, other.geometry, tolerance=0.0).all(), name
        assert one.content == other.content, name


def test_all_39_layers_have_the_same_content_in_both_formats(data: Path, tmp_path: Path) -> None:
    """Also those that no theme fits: as pending planning, which takes any kind of geometry."""
    head = (PACK / "plan.toml").read_text(encoding="utf-8").split("[[document]]")[0]
    text = head + "".join(
        f'[[layer]]\nid = "{name}"\ntheme = "pending_planning"\nsource = "{GPKG}"\nlayer = "{name}"\n\n'
        for name in shapefiles(data)
    )
    found = {}
    for form, written in {"gpkg": text, "shp": as_shapefiles(text, data)}.items():
        plan = read_plan(write(tmp_path / form, written), data=data)
        found[form] = load_plan(plan).layers
    assert len(found["gpkg"]) == 39
    assert [sum(one.rows for one in found[form]) for form in ("gpkg", "shp")] == [1493, 1493 + 3]
    for one, other in zip(found["gpkg"], found["shp"], strict=True):
        assert (one.layer.id, one.content, len(one)) == (other.layer.id, other.content, len(other))


def test_the_null_lines_stand_in_the_ledger_and_nothing_else_does(layers: dict[str, dict[str, Features]]) -> None:
    assert [entry for one in layers["gpkg"].values() for entry in one.ledger] == []
    unplaced = {name: [entry.state for entry in one.ledger] for name, one in layers["shp"].items() if one.ledger}
    assert unplaced == {name: ["unplaced"] * count for name, (_, count) in NULL_LINES.items()}
    assert {name: layers["shp"][name].rows - layers["gpkg"][name].rows for name in NULL_LINES} == {
        name: count for name, (_, count) in NULL_LINES.items()
    }


# --- the 13 test sites ------------------------------------------------------------------------------------------------


def whatever_the_file(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding without the names and hashes of the files that its proof names: those are of the form."""
    proof = finding["absence"]
    told = proof and [{name: one[name] for name in one if name not in ("file", "hash")} for one in proof]
    return {**finding, "absence": told}


@pytest.mark.parametrize("site_id", SITE_IDS)
def test_the_sites_get_the_same_answers(records: dict[str, dict[str, Any]], site_id: str) -> None:
    """Every finding alike to the last number and the hash of its evidence, but for the themes with null lines."""
    one, other = by_rule(records["gpkg"], site_id), by_rule(records["shp"], site_id)
    assert one.keys() == other.keys()
    for key, finding in one.items():
        if finding["theme"] not in OF_NULL:
            assert whatever_the_file(finding) == whatever_the_file(other[key]), key
    sites = {form: next(site for site in record["sites"] if site["id"] == site_id) for form, record in records.items()}
    for member in ("parts", "area_m2", "uses"):
        assert sites["gpkg"][member] == sites["shp"][member]


@pytest.mark.parametrize("site_id", SITE_IDS)
def test_a_null_line_leaves_its_theme_open_and_takes_no_hit_away(
    records: dict[str, dict[str, Any]], site_id: str
) -> None:
    """A row without a place may lie anywhere: what was clear is open, what was met is met, with the same measures.

    What was open already, because the data ends too near, is open for the graver reason.
    """
    one, other = by_rule(records["gpkg"], site_id), by_rule(records["shp"], site_id)
    for key, before in one.items():
        if before["theme"] in OF_NULL:
            after = other[key]
            assert (after["measures"], after["features"]) == (before["measures"], before["features"])
            told = (before["outcome"], before["case"])
            stays = before["outcome"] == "REVIEW" or before["case"] == "not_applicable.use"
            left = told if stays else ("OPEN", "open.unplaced")
            assert (after["outcome"], after["case"]) == left, key


def test_some_site_meets_each_of_the_two_situations(records: dict[str, dict[str, Any]]) -> None:
    found = {
        finding["outcome"]
        for site_id in SITE_IDS
        for finding in by_rule(records["gpkg"], site_id).values()
        if finding["theme"] in OF_NULL
    }
    assert {"PASS", "REVIEW"} <= found


def test_with_the_null_lines_accepted_all_answers_are_equal(
    manifests: dict[str, str],
    layers: dict[str, dict[str, Features]],
    records: dict[str, dict[str, Any]],
    book: opcheck.RuleBook,
    data: Path,
    tmp_path: Path,
) -> None:
    # The two empty rows of one layer are alike, and have one name.
    accept = "".join(
        f'\n[[accept]]\nfeature = "{name}/{layers["shp"][name].ledger[0].feature}"\ncount = {count}\n'
        'reason = "tom rad"\nstated_by = "Planenheten"\n'
        for name, (_, count) in NULL_LINES.items()
    )
    plan = read_plan(write(tmp_path / "shp", manifests["shp"] + accept), data=data)
    found = opcheck.assess(opcheck.read_sites(SITES), plan, rules=book, on="2026-11-22").to_dict()
    one, other = (
        [{**site, "findings": [whatever_the_file(finding) for finding in site["findings"]]} for site in sites]
        for sites in (found["sites"], records["gpkg"]["sites"])
    )
    assert one == other


# --- each zone of the plan as a site ----------------------------------------------------------------------------------


def test_each_of_the_304_zones_gets_the_same_answer(
    packs: dict[str, opcheck.Plan], layers: dict[str, dict[str, Features]], book: opcheck.RuleBook, tmp_path: Path
) -> None:
    """The zones as proposed sites: each shares its border with its neighbours, which is where numbers would differ."""
    zones = layers["gpkg"]["kayttotarkoitus"]
    rows = [
        {
            "type": "Feature",
            "properties": {"id": name, "use": "industri"},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for name, shape in zip(zones.ids, zones.geometry, strict=True)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3878"}}
    path = tmp_path / "zoner.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}), encoding="utf-8")
    sites = opcheck.read_sites(path)
    assert len(sites) == 304
    found = {form: opcheck.assess(sites, plan, rules=book, on="2026-11-22") for form, plan in packs.items()}
    kept = [rule.theme not in OF_NULL for rule in found["gpkg"].answers.rules]
    one, other = (found[form].answers for form in ("gpkg", "shp"))
    assert (one.outcomes[kept] == other.outcomes[kept]).all()
    for name, kind in (("code", int), ("case", int), ("inner", int), ("outer", int), ("boundary", int)):
        for before, after in zip(one.answers, other.answers, strict=True):
            if before.rule.theme not in OF_NULL:
                assert (getattr(before, name).astype(kind) == getattr(after, name).astype(kind)).all(), before.rule.id
    for site_id in zones.ids:
        findings = zip(found["gpkg"][site_id].findings, found["shp"][site_id].findings, strict=True)
        for before, after in findings:
            assert before.measures == after.measures, (site_id, before.rule)
            # What an answer rests on is not the same where a null line changes it, or why it is open.
            if (before.outcome, before.case) == (after.outcome, after.case):
                assert before.evidence == after.evidence, (site_id, before.rule)
            assert before.features == after.features, (site_id, before.rule)
        assert found["gpkg"][site_id].parts == found["shp"][site_id].parts


# --- the same without the data ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("single", "promoted"),
    [
        (shapely.box(0, 0, 100, 50), shapely.MultiPolygon([shapely.box(0, 0, 100, 50)])),
        (shapely.LineString([(0, 0), (9, 9)]), shapely.MultiLineString([[(0, 0), (9, 9)]])),
        (shapely.Point(1, 2), shapely.MultiPoint([(1, 2)])),
    ],
    ids=["area", "line", "point"],
)
def test_a_shape_of_one_part_is_the_same_shape_when_it_is_promoted(tmp_path: Path, single: Any, promoted: Any) -> None:
    """Two parts stay two: only the wrapping of one is no content."""
    from drawn import Pack, put

    contents = []
    for number, shape in enumerate((single, promoted)):
        plan = Pack(tmp_path / str(number)).layer("p", "pending_planning", [put(shape)]).read()
        (features,) = load_plan(plan).layers
        contents.append(features.content)
    assert contents[0] == contents[1]
