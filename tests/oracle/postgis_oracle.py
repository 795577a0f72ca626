"""PostGIS as a second opinion: the same layers and sites, measured by another program through SQL.

Nothing here uses opcheck. The manifest is read as plain TOML, for the names of the layers alone.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACK = HERE.parent / "packs" / "tampere"
SITES = HERE / "sites.geojson"

Feature = tuple[str, str]
"""A layer's id and the id of a row in it."""


@dataclass
class Relation:
    """How a site lies to everything of one theme, as PostGIS has it.

    Areas and lengths are of the overlap with the union, so that zones on top of each other count once.
    """

    area_m2: float
    length_m: float
    site_area_m2: float
    distance_m: float
    nearest: set[Feature] = field(default_factory=set)
    hits: dict[Feature, tuple[float, float]] = field(default_factory=dict)
    touched: set[Feature] = field(default_factory=set)


# Every zone's distance to every site, once; the rest is asked of these pairs.
PAIRS = """
CREATE TABLE pairs AS
SELECT s.id, s.geom AS site, z.theme, z.layer, z.feature, z.geom AS zone,
       ST_Distance(s.geom, z.geom) AS distance
FROM sites s CROSS JOIN zones z
"""

UNION = """
SELECT d.id, d.theme, coalesce(ST_Area(x.geom), 0), coalesce(ST_Length(x.geom), 0),
       ST_Area(s.geom), d.distance
FROM (SELECT id, theme, min(distance) AS distance FROM pairs GROUP BY id, theme) d
JOIN sites s ON s.id = d.id
CROSS JOIN LATERAL (
    SELECT ST_Intersection(s.geom, ST_Union(p.zone)) AS geom FROM pairs p
    WHERE p.id = d.id AND p.theme = d.theme AND ST_Intersects(p.zone, s.geom)
) x
"""

# The answers are rounded to a millimetre, so everything within one of the nearest may be called the nearest.
NEAREST = """
SELECT id, theme, layer, feature FROM (
    SELECT *, min(distance) OVER (PARTITION BY id, theme) AS least FROM pairs
) ranked
WHERE distance <= least + 0.001
"""

HITS = """
SELECT p.id, p.theme, p.layer, p.feature,
       ST_Dimension(p.site), ST_Dimension(p.zone), ST_Crosses(p.site, p.zone),
       ST_Area(x.geom), ST_Length(x.geom)
FROM pairs p CROSS JOIN LATERAL (SELECT ST_Intersection(p.site, p.zone) AS geom) x
WHERE ST_Intersects(p.site, p.zone)
"""


def manifest() -> dict[str, Any]:
    return tomllib.loads((PACK / "plan.toml").read_text(encoding="utf-8"))


def load(connection: Any, data: Path) -> None:
    """Put the layers of the manifest and the test sites into two tables in the plan's CRS."""
    import pyogrio

    plan = manifest()
    srid = int(plan["plan"]["crs"].removeprefix("EPSG:"))
    with connection.cursor() as cursor:
        shape = f"geom geometry(Geometry, {srid})"
        cursor.execute(f"CREATE TABLE municipality ({shape})")
        cursor.execute(f"CREATE TABLE zones (theme text, layer text, feature text, {shape})")
        cursor.execute(f"CREATE TABLE sites (id text, {shape})")
        area = plan["plan"]["area"]
        _, _, (border,), _ = pyogrio.raw.read(data / area["source"], layer=area["layer"], columns=[])
        from_wkb = f"ST_SetSRID(ST_GeomFromWKB(%s), {srid})"
        cursor.execute(f"INSERT INTO municipality SELECT {from_wkb}", [bytes(border)])
        for layer in plan["layer"]:
            _, _, shapes, columns = pyogrio.raw.read(
                data / layer["source"], layer=layer["layer"], columns=[layer["fields"]["id"]]
            )
            cursor.executemany(
                "INSERT INTO zones SELECT %s, %s, %s, CASE WHEN ST_IsValid(g) THEN g"
                " ELSE ST_MakeValid(g, 'method=structure keepcollapsed=false') END"
                f" FROM (SELECT {from_wkb} AS g) AS row",
                [
                    (layer["theme"], layer["id"], str(number), bytes(shape))
                    for number, shape in zip(columns[0], shapes, strict=True)
                ],
            )
        sites = json.loads(SITES.read_text(encoding="utf-8"))["features"]
        cursor.executemany(
            f"INSERT INTO sites VALUES (%s, ST_SetSRID(ST_GeomFromGeoJSON(%s), {srid}))",
            [(site["properties"]["id"], json.dumps(site["geometry"])) for site in sites],
        )
        cursor.execute(PAIRS)


def ask(connection: Any) -> dict[tuple[str, str], Relation]:
    """Return how each site lies to each theme."""
    found: dict[tuple[str, str], Relation] = {}
    with connection.cursor() as cursor:
        for site, theme, area, length, site_area, distance in cursor.execute(UNION).fetchall():
            found[site, theme] = Relation(area, length, site_area, distance)
        for site, theme, layer, feature in cursor.execute(NEAREST).fetchall():
            found[site, theme].nearest.add((layer, feature))
        for site, theme, layer, feature, site_dim, zone_dim, crosses, area, length in cursor.execute(HITS):
            relation = found[site, theme]
            relation.touched.add((layer, feature))
            # A point on a site, and a line across a line, have neither area nor length and count as they are.
            shared = min(site_dim, zone_dim)
            lines = site_dim == zone_dim == 1
            if shared == 0 or (shared == 1 and (length > 0.1 or (lines and crosses))) or (shared == 2 and area > 1.0):
                relation.hits[layer, feature] = (area, length)
    return found
