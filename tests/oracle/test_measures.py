"""Overlaps, shares, lengths, distances and ids of a real plan: opcheck against PostGIS.

Both measure in the plan's CRS. Areas agree to 0.01 m², lengths and distances to 1 mm, shares to 1e-6, and the
objects hit by more than a sliver are the same ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from postgis_oracle import PACK, SITES, Relation, manifest

HERE = Path(__file__).parent
RULES = HERE / "rules.toml"
LAND_USE_RULE = HERE / "rules_land_use.toml"

# opcheck rounds once, to these: half a step more than that is arithmetic, not rounding.
AREA_M2, LENGTH_M, SHARE = 0.01, 0.001, 1e-6

THEMES = sorted({layer["theme"] for layer in manifest()["layer"]})
SITE_IDS = [site["properties"]["id"] for site in json.loads(SITES.read_text(encoding="utf-8"))["features"]]

Oracle = dict[tuple[str, str], Relation]
Findings = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def result(real_data: Path) -> dict[str, Any]:
    import opcheck

    plan = opcheck.read_plan(PACK, data=real_data / "op")
    found = opcheck.assess(opcheck.read_sites(SITES), plan, rules=opcheck.read_rules(RULES), on="2026-11-22")
    return found.to_dict()


@pytest.fixture(scope="module")
def findings(result: dict[str, Any]) -> Findings:
    return {(site["id"], finding["rule"]): finding for site in result["sites"] for finding in site["findings"]}


def features(finding: dict[str, Any], *roles: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["layer"], row["id"]): row for row in finding["features"] if row["role"] in roles}


def test_nothing_was_left_out(result: dict[str, Any], oracle: Oracle) -> None:
    """Every row of the layers was used as it stands, and every site was asked about every theme."""
    assert result["ledger"] == []
    assert sum(layer["features"] for layer in result["inputs"]["plan"]["layers"]) == 304 + 8 + 149 + 24 + 10 + (
        19 + 19 + 3 + 43 + 95 + 15
    )
    assert {key for key in oracle} == {(site, theme) for site in SITE_IDS for theme in THEMES}


def test_area_of_the_sites(result: dict[str, Any], oracle: Oracle) -> None:
    for site in result["sites"]:
        expected = oracle[site["id"], "land_use"].site_area_m2
        if expected:
            assert site["area_m2"] == pytest.approx(expected, abs=AREA_M2), site["id"]
        else:
            assert site["area_m2"] is None, "a line or a point has no area, which is not an area of nothing"


def test_parts_are_the_zones_cut_by_the_site(result: dict[str, Any], oracle: Oracle, database: Any) -> None:
    """And by the municipality: a zone that reaches over the border has no say there."""
    rows = database.execute(
        "SELECT s.id, z.layer, z.feature, ST_Area(ST_Intersection(ST_Intersection(s.geom, z.geom), m.geom))"
        " FROM sites s, zones z, municipality m WHERE z.theme = 'land_use' AND ST_Intersects(s.geom, z.geom)"
    ).fetchall()
    cut = {(site, layer, feature): area for site, layer, feature, area in rows}
    for site in result["sites"]:
        expected = oracle[site["id"], "land_use"]
        if expected.site_area_m2:
            inside: dict[tuple[str, str], float] = {}
            for part in site["parts"]:
                if part["zone"]:
                    # A site of several areas has a part for each of them.
                    zone = (part["layer"], part["zone"])
                    inside[zone] = inside.get(zone, 0.0) + part["area_m2"]
            overlap = {feature: cut[site["id"], *feature] for feature in expected.hits}
            assert inside == pytest.approx(overlap, abs=AREA_M2), site["id"]


@pytest.mark.parametrize("site_id", SITE_IDS)
def test_what_no_zone_covers_is_a_part_too(result: dict[str, Any], oracle: Oracle, database: Any, site_id: str) -> None:
    """Both what the plan leaves out and what lies outside its area, wherever it is more than a sliver."""
    # Area of an area, length of a line; a point that lies inside has neither.
    dimension, bare, outside = database.execute(
        "SELECT ST_Dimension(s.geom), ST_Area(b.geom) + ST_Length(b.geom), ST_Area(o.geom) + ST_Length(o.geom)"
        " FROM sites s, municipality m,"
        " (SELECT ST_Union(geom) AS geom FROM zones WHERE theme = 'land_use') z,"
        " LATERAL (SELECT ST_Difference(ST_Intersection(s.geom, m.geom), z.geom) AS geom) b,"
        " LATERAL (SELECT ST_Difference(s.geom, m.geom) AS geom) o"
        " WHERE s.id = %s",
        [site_id],
    ).fetchone()
    least = {2: 1.0, 1: 0.1, 0: 0.0}[dimension]
    (site,) = (one for one in result["sites"] if one["id"] == site_id)
    measure = {2: "area_m2", 1: "length_m", 0: "count"}[dimension]
    told = {part["case"]: part[measure] for part in site["parts"] if not part["zone"]}
    expected = {case: size for case, size in (("u0.no_zone", bare), ("u0.outside", outside)) if size > least}
    assert set(told) == set(expected)
    assert told.get("u0.outside", 0.0) == pytest.approx(expected.get("u0.outside", 0.0), abs=AREA_M2)
    # Zones that reach into the site by a sliver are not hits, and what they cover may be told as bare or not.
    assert told.get("u0.no_zone", 0.0) == pytest.approx(expected.get("u0.no_zone", 0.0), abs=least)


def test_an_untranslated_class_is_not_tested(real_data: Path) -> None:
    import opcheck

    plan = opcheck.read_plan(PACK, data=real_data / "op")
    answer = opcheck.assess(opcheck.read_sites(SITES), plan, on="2026-11-22")["forsvar"]
    assert answer.verdict.outcome == "OPEN"
    assert answer.verdict.plan == "U0"
    assert "plan.land_use" in answer.verdict.open_gate


def test_every_zone_as_a_site(real_data: Path, database: Any, oracle: Oracle) -> None:
    """Each of the 304 zones as a site: it covers itself, and neighbours with a common border are no hits."""
    import pyogrio

    import opcheck

    land_use = next(layer for layer in manifest()["layer"] if layer["theme"] == "land_use")
    frame = pyogrio.read_dataframe(real_data / "op" / land_use["source"], layer=land_use["layer"])
    frame = frame[["id", "geometry"]].assign(id=frame["id"].astype(str), use="industri")
    plan = opcheck.read_plan(PACK, data=real_data / "op")
    rules = opcheck.read_rules(LAND_USE_RULE, national=False)
    found = opcheck.assess(opcheck.read_sites(frame), plan, rules=rules, on="2026-11-22").to_dict()

    rows = database.execute(
        "SELECT a.feature, b.feature, ST_Area(ST_Intersection(a.geom, b.geom))"
        " FROM zones a JOIN zones b ON ST_Intersects(a.geom, b.geom)"
        " WHERE a.theme = 'land_use' AND b.theme = 'land_use'"
    ).fetchall()
    expected: dict[str, dict[str, float]] = {}
    for site, zone, area in rows:
        if area > 1.0:
            expected.setdefault(site, {})[zone] = area
    assert len(found["sites"]) == len(expected) == 304
    for site in found["sites"]:
        (finding,) = site["findings"]
        hits = {zone: row["area_m2"] for (_, zone), row in features(finding, "hit").items()}
        assert hits == {zone: pytest.approx(area, abs=AREA_M2) for zone, area in expected[site["id"]].items()}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("site", SITE_IDS)
class TestMeasures:
    def test_same_objects_are_hit(self, findings: Findings, oracle: Oracle, site: str, theme: str) -> None:
        finding, expected = findings[site, f"oracle.overlap.{theme}"], oracle[site, theme]
        hits = features(finding, "hit")
        assert set(hits) == set(expected.hits)
        assert (finding["measures"]["count"] or 0) == len(expected.hits)
        assert set(features(finding, "contact")) <= expected.touched - set(expected.hits)
        for feature, row in hits.items():
            area, length = expected.hits[feature]
            assert (row["area_m2"] or 0.0) == pytest.approx(area, abs=AREA_M2), feature
            if row["length_m"] is not None:
                assert row["length_m"] == pytest.approx(length, abs=LENGTH_M), feature

    def test_overlap_on_the_union(self, findings: Findings, oracle: Oracle, site: str, theme: str) -> None:
        measures, expected = findings[site, f"oracle.overlap.{theme}"]["measures"], oracle[site, theme]
        if not expected.hits:
            assert not measures["area_m2"]
            assert not measures["length_m"]
            return
        if expected.area_m2 > 0:
            assert measures["area_m2"] == pytest.approx(expected.area_m2, abs=AREA_M2)
            share = expected.area_m2 / expected.site_area_m2
            assert measures["share"] == pytest.approx(share, abs=SHARE)
        if expected.length_m > 0:
            assert measures["length_m"] == pytest.approx(expected.length_m, abs=LENGTH_M)

    def test_distance_to_the_nearest(self, findings: Findings, oracle: Oracle, site: str, theme: str) -> None:
        finding, expected = findings[site, f"oracle.nearest.{theme}"], oracle[site, theme]
        assert finding["measures"]["distance_m"] == pytest.approx(expected.distance_m, abs=LENGTH_M)
        if expected.distance_m > 0:
            assert set(features(finding, "nearest", "near")) & expected.nearest

    def test_distance_within_reach(self, findings: Findings, oracle: Oracle, site: str, theme: str) -> None:
        """A rule that looks 500 m far finds what is nearer, and never says that nothing is."""
        finding, expected = findings[site, f"oracle.overlap.{theme}"], oracle[site, theme]
        if expected.distance_m <= 500:
            assert finding["measures"]["distance_m"] == pytest.approx(expected.distance_m, abs=LENGTH_M)
            assert finding["outcome"] == "REVIEW"
        else:
            assert finding["outcome"] in ("PASS", "OPEN")
