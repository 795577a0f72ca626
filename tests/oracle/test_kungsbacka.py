"""A real Swedish plan layer with its faults: refused until somebody says where it lies, then told in full."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import opcheck

PACK = Path(__file__).parents[1] / "packs" / "kungsbacka"

# A square of 25 hectares in the middle of the layer.
SITE = {
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3007"}},
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "ruta", "use": "bostäder"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [
                        [153000, 6370000],
                        [153500, 6370000],
                        [153500, 6370500],
                        [153000, 6370500],
                        [153000, 6370000],
                    ]
                ],
            },
        }
    ],
}


@pytest.fixture
def folder(real_data: Path, tmp_path: Path) -> Path:
    """The pack's own files and the published layer in one folder, as a municipality would have them."""
    for source in (PACK / "area.geojson", real_data / "op" / "kungsbacka" / "op_raw.geojson"):
        shutil.copy(source, tmp_path)
    (tmp_path / "sites.geojson").write_text(json.dumps(SITE), encoding="utf-8")
    return tmp_path


def assess(folder: Path, manifest: str) -> Any:
    shutil.copy(PACK / manifest, folder / "plan.toml")
    return opcheck.assess(opcheck.read_sites(folder / "sites.geojson"), opcheck.read_plan(folder), on="2026-11-22")


def test_without_a_declared_crs_the_layer_is_refused(folder: Path) -> None:
    with pytest.raises(opcheck.OpcheckError) as refused:
        assess(folder, "utan_crs.toml")
    message = str(refused.value)
    assert "op_raw.geojson" in message or "markanvandning" in message
    assert "EPSG:3007" in message, "the message proposes the system in which the numbers fit the municipality"


def test_with_a_declared_crs_every_unusable_row_is_in_the_ledger(folder: Path) -> None:
    result = assess(folder, "med_crs.toml").to_dict()
    states = [entry["state"] for entry in result["ledger"] if entry["layer"] == "markanvandning"]
    # 46 rows: one without geometry; 6 closed lines and 2 areas of too few points are no areas; 6 areas cross
    # themselves and are repaired; 31 are used as they stand.
    assert states.count("unplaced") == 1
    assert states.count("set_aside") == 8
    assert states.count("repaired") == 6
    (layer,) = result["inputs"]["plan"]["layers"]
    assert layer["crs"] == "EPSG:3007"


def test_repaired_areas_are_those_of_postgis(folder: Path, database: Any) -> None:
    result = assess(folder, "med_crs.toml").to_dict()
    repaired = {entry["feature"]: entry for entry in result["ledger"] if entry["state"] == "repaired"}
    rows = json.loads((folder / "op_raw.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {str(row["properties"]["gid"]): json.dumps(row["geometry"]) for row in rows}
    assert repaired
    for feature, entry in repaired.items():
        before, after = database.execute(
            "SELECT ST_Area(g), ST_Area(ST_MakeValid(g, 'method=structure keepcollapsed=false'))"
            " FROM ST_GeomFromGeoJSON(%s) g",
            (shapes[feature],),
        ).fetchone()
        assert entry["area_before_m2"] == pytest.approx(before, abs=0.01), feature
        assert entry["area_after_m2"] == pytest.approx(after, abs=0.01), feature


def test_without_categories_the_plan_says_nothing(folder: Path) -> None:
    (site,) = assess(folder, "med_crs.toml").to_dict()["sites"]
    assert site["verdict"]["plan"] == "U0"
    assert site["verdict"]["outcome"] == "OPEN"
