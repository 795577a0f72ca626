"""Site files as planners send them, in four coordinate systems: they lie where their names say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import shapely

import opcheck
from opcheck.geometry import transform

WGS84 = "EPSG:4326"
EARTH_RADIUS_M = 6_371_000

# File → its CRS, latitude and longitude of the place in its name (typed by hand, good to a kilometre), and
# how many kilometres away the site may be. A wrong zone moves a site by hundreds, swapped axes by thousands.
PLACES = {
    "no_asker": ("EPSG:25833", 59.546, 10.568, 2),  # Tofte, in the municipality of Asker since 2020
    "no_bodoe": (
        "EPSG:25833",
        67.283,
        14.405,
        20,
    ),  # the town of Bodø; the site is in the east of the municipality
    "no_roeros": ("EPSG:25833", 62.575, 11.385, 3),
    "no_gamvik": ("EPSG:25835", 71.036, 27.849, 3),  # Mehamn, the main village of Gamvik
    "no_his-alle": ("EPSG:25832", 58.436, 8.743, 2),  # His, outside Arendal
    "no_skien-havneterminal": (
        "EPSG:25832",
        59.210,
        9.609,
        12,
    ),  # the town of Skien; its port is to the south
    "no_laupsnipa": (WGS84, 62.222, 5.700, 8),  # the island of Gurskøya
}


def read(real_data: Path, name: str) -> Any:
    return opcheck.read_sites(real_data / "sites" / f"{name}.geojson", use="industri")


def in_degrees(sites: Any) -> Any:
    (shape,) = transform(sites.geometry, sites.crs, WGS84)
    return shape


def kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along the surface of a sphere, good to half a percent."""
    north = math.radians(other_lat - lat)
    east = math.radians(other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(north, east) * EARTH_RADIUS_M / 1000


@pytest.mark.parametrize("name", PLACES)
def test_one_site_named_after_the_file(real_data: Path, name: str) -> None:
    (site,) = read(real_data, name)
    assert (site.id, site.uses, site.unusable) == (name, ("industri",), None)


@pytest.mark.parametrize(("name", "place"), PLACES.items())
def test_lies_where_its_name_says(real_data: Path, name: str, place: tuple[str, float, float, float]) -> None:
    crs, lat, lon, within_km = place
    sites = read(real_data, name)
    assert sites.crs.replace("OGC:CRS84", WGS84) == crs
    middle = in_degrees(sites).centroid
    assert kilometres(lat, lon, middle.y, middle.x) < within_km


@pytest.mark.parametrize(("name", "place"), PLACES.items())
def test_lies_where_postgis_puts_it(
    real_data: Path, database: Any, name: str, place: tuple[str, float, float, float]
) -> None:
    """To a hundred-millionth of a degree, a millimetre on the ground."""
    published = json.loads((real_data / "sites" / f"{name}.geojson").read_text(encoding="utf-8"))
    published.pop("crs", None)
    srid = int(place[0].removeprefix("EPSG:"))
    edge = 100 / 111_700 if place[0] == WGS84 else 100
    (apart,) = database.execute(
        "SELECT ST_HausdorffDistance("
        " ST_Transform(ST_Segmentize(ST_SetSRID(ST_GeomFromGeoJSON(%s), %s), %s), 4326),"
        " ST_SetSRID(ST_GeomFromWKB(%s), 4326))",
        (json.dumps(published), srid, edge, shapely.to_wkb(in_degrees(read(real_data, name)))),
    ).fetchone()
    assert apart < 1e-8


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if place[0] != WGS84])
def test_another_crs_than_the_file_says_is_refused(real_data: Path, name: str) -> None:
    with pytest.raises(opcheck.OpcheckError) as refused:
        opcheck.read_sites(real_data / "sites" / f"{name}.geojson", crs="EPSG:3006", use="industri")
    assert PLACES[name][0] in str(refused.value)
    assert "EPSG:3006" in str(refused.value)
