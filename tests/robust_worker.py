"""Read every layer of every data file in a folder, as the engine does, and say what became of each; one JSON a line.

A process of its own for `tests/test_robust.py`: a crash or a hang in a library ends this and not the tests.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from opcheck.errors import OpcheckError
from opcheck.geometry import canonical, clean
from opcheck.sources.files import find_data, read_table

EVERY_KIND = {"point", "line", "polygon"}


def layers(path: Path) -> list[str | None]:
    """Return the layers as GDAL lists them, not as opcheck does; None where there is one table."""
    import fiona
    import pyogrio

    if path.suffix.lower() in (".geojson", ".json", ".csv", ".seq", ".topojson"):
        return [None]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of measures along lines, which this is not about
            names = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (RuntimeError, UnicodeDecodeError):
        names = list(fiona.listlayers(path))
    return [None] if len(names) == 1 else list(names)


@np.errstate(invalid="ignore", over="ignore")  # as the engine reads: what is no number is found and said
def outcome(path: Path, name: str, layer: str | None) -> dict[str, Any]:
    try:
        table = read_table(path, shown=name, layer=layer)
    except OpcheckError as error:
        fault = error.faults[0]
        return {"verdict": "refused", "error": type(error).__name__, "path": fault.path, "message": fault.message}
    ids = [str(row) for row in range(len(table))]
    used, _, ledger = clean(canonical(table.geometry), ids, layer=name, allowed=EVERY_KIND)
    left = {int(entry.feature) for entry in ledger if entry.state in ("unplaced", "set_aside")}
    return {
        "verdict": "partly" if left else "read", "rows": len(table), "used": len(used), "left": sorted(left),
        "repaired": sum(entry.state == "repaired" for entry in ledger),
        "reasons": [table.broken.get(int(entry.feature), entry.reason) for entry in ledger],
        "broken": sorted(table.broken), "reader": table.reader, "notes": list(table.notes),
    }  # fmt: skip


def main(folder: Path) -> None:
    warnings.simplefilter("error")
    for path in find_data(folder):
        name = path.relative_to(folder).as_posix()
        # The copies are read, never the originals: GML is listed by GDAL itself here, which writes beside it.
        for layer in layers(folder.with_name(f"{folder.name}-listed") / name):
            print(json.dumps({"file": name, "layer": layer, **outcome(path, name, layer)}), flush=True)
    print(json.dumps({"end": True}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
