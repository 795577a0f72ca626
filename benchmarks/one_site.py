"""One site against the Piteå pack, HTML and JSON written: the whole process, beside what its peers cost to import.

Run from the root: ``python benchmarks/one_site.py``. Each round runs every command once, in turn, so that whatever else
the machine does falls on all of them alike; medians are printed, and the ratio to the first peer.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 9
ROOT = Path(__file__).parent.parent


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sites = json.loads((ROOT / "examples/haraholmen/sites.geojson").read_text(encoding="utf-8"))
        sites["features"] = [one for one in sites["features"] if one["properties"]["id"] == "modulfabrik"]
        (folder / "site.geojson").write_text(json.dumps(sites), encoding="utf-8")
        check = [sys.executable, "-m", "opcheck", "check", str(folder / "site.geojson"), "--plan", "pitea"]
        commands = {
            "import geopandas, folium": [sys.executable, "-c", "import geopandas, folium"],
            "import shapely": [sys.executable, "-c", "import shapely"],
            "opcheck check, table": check,
            "opcheck check, JSON": [*check, "--out", str(folder / "a.json")],
            "opcheck check, HTML and JSON": [*check, "--out", str(folder / "b.html"), "--out", str(folder / "b.json")],
        }
        times: dict[str, list[float]] = {label: [] for label in commands}
        for _ in range(ROUNDS):
            for label, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
                times[label].append(time.perf_counter() - start)
    first = statistics.median(next(iter(times.values())))
    for label, found in times.items():
        median = statistics.median(found)
        print(f"{label:<32} {median:6.2f} s   {median / first:5.2f} of the first")


if __name__ == "__main__":
    main()
