"""Many sites against the Piteå pack, beside plain geopandas asking the same layers the same questions.

Run from the root: ``python benchmarks/batch.py [SITES]`` (30 000 by default). geopandas is measured on a sample, since
it is linear in the number of sites; both are given as time per site, and as a ratio. Reading files is outside the clock
of geopandas and inside that of opcheck.
"""

from __future__ import annotations

import resource
import sys
import time

import geopandas
import numpy as np
import shapely

import opcheck
from opcheck.features import load_plan

SAMPLE = 300
SEED = 2026


def parcels(count: int, crs: str) -> geopandas.GeoDataFrame:
    """Return rectangles of about a hectare, spread over the middle of the municipality."""
    random = np.random.default_rng(SEED)
    east, north = random.uniform(100_000, 180_000, count), random.uniform(7_215_000, 7_290_000, count)
    shapes = shapely.box(east, north, east + 120, north + 90)
    names = [f"tomt-{number:06d}" for number in range(count)]
    return geopandas.GeoDataFrame({"id": names, "use": "industri"}, geometry=shapes, crs=crs)


def plain(frame: geopandas.GeoDataFrame, layers: list[geopandas.GeoDataFrame]) -> float:
    """Return the seconds that an overlay with each layer and the nearest object of each take."""
    start = time.perf_counter()
    for layer in layers:
        if (layer.geom_type.isin(["Polygon", "MultiPolygon"])).all():
            geopandas.overlay(frame, layer, how="intersection").area.groupby(level=0).sum()
        else:
            geopandas.sjoin(frame, layer)
        geopandas.sjoin_nearest(frame, layer, distance_col="distance")
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    plan = opcheck.read_plan("pitea")
    loaded = load_plan(plan)
    layers = [
        geopandas.GeoDataFrame({"row": range(len(one))}, geometry=list(one.geometry), crs=plan.crs)
        for one in loaded.layers
        if len(one)
    ]
    frame = parcels(count, plan.crs)
    sites = opcheck.read_sites(frame)
    start = time.perf_counter()
    assessment = opcheck.assess(sites, plan, on="2026-11-22")
    ours = (time.perf_counter() - start) / count
    theirs = plain(frame.head(SAMPLE), layers) / SAMPLE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    questions = len(assessment.answers.rules)
    print(f"{count} sites, {questions} rules, {len(layers)} layers, {sum(map(len, layers))} objects")
    print(f"opcheck    {ours * 1e6:9.0f} µs a site (all rules judged, layers read)")
    print(f"geopandas  {theirs * 1e6:9.0f} µs a site (overlay and nearest alone, {SAMPLE} sites)")
    print(f"ratio      {theirs / ours:9.1f}")
    print(f"peak       {peak:9.0f} MiB, the whole process")


if __name__ == "__main__":
    main()
