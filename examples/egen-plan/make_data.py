"""Write the shapefiles of this example: a made-up municipality of 20 by 20 km with the usual traps in it.

    python examples/egen-plan/make_data.py FOLDER

Nothing in it is anybody's plan: zones, borders, the railway and the properties are boxes and lines with round numbers,
exact to the metre because they were invented there. The place (SWEREF 99 TM, E 500-520 km, N 6600-6620 km) was chosen
for its round numbers too. The script uses the standard library alone, and writes the same bytes every time.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

WEST, SOUTH = 500_000.0, 6_600_000.0
"""The south-west corner in SWEREF 99 TM; everything below is in metres from it."""

Corners = list[tuple[float, float]]

POLYLINE, POLYGON = 3, 5
"""Shape types of the Shapefile format (ESRI Shapefile Technical Description, July 1998)."""

SWEREF_99_TM = (
    'PROJCS["SWEREF99_TM",GEOGCS["GCS_SWEREF99",DATUM["D_SWEREF99",SPHEROID["GRS_1980",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",15.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def box(west: float, south: float, east: float, north: float) -> Corners:
    """Return a box, clockwise as Shapefile has its outer rings."""
    return [(west, south), (west, north), (east, north), (east, south), (west, south)]


WATER = "Ny bebyggelse prövas när vattenfrågan är löst."
ZONES = [
    (1, "Verksamhetsområde", "Norra industriområdet", "", box(4000, 12_000, 6000, 14_000)),
    (2, "Bostäder", "Norrby", "", box(6000, 12_000, 8000, 14_000)),
    (3, "Utredningsområde", "Sjölunda", WATER, box(8000, 12_000, 10_000, 14_000)),
    # Drawn 20 m into Sjölunda: 4 ha that lie in two zones.
    (4, "Landsbygd", "Österby", "", box(9980, 12_000, 16_000, 14_000)),
    (5, "Landsbygd", "Söderbygden", "", box(0, 0, 20_000, 12_000)),
    # Between Österby and the border nothing is drawn.
    (6, "Landsbygd", "Norrskogen", "", box(0, 14_000, 20_000, 20_000)),
    (7, "Verksamhetsområde", "Västra industriområdet", "", box(0, 12_000, 4000, 14_000)),
]
PROPERTIES = [
    ("NORRBY 1:5", "1", box(4500, 12_500, 4900, 12_900)),
    ("NORRBY 1:5", "2", box(7900, 12_500, 8300, 12_900)),
    ("NORRBY 1:6", "1", box(4900, 12_500, 5200, 12_900)),
    ("NORRBY S:1", "1", box(4500, 12_400, 5200, 12_500)),
    ("SJÖLUNDA 2:1", "1", box(8500, 13_000, 9000, 13_500)),
    ("BJÖRNEN 3", "1", box(6200, 12_200, 6400, 12_400)),
]
RAILWAY = [(0.0, 11_000.0), (9000.0, 11_500.0), (20_000.0, 11_800.0)]
SHORE = box(8000, 13_800, 10_000, 14_000)


def main() -> None:
    parser = argparse.ArgumentParser(description="Skriver exemplets shapefiler.")
    parser.add_argument("folder", metavar="MAPP", type=Path, help="mapp att skriva i")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    whole = [box(0, 0, 20_000, 20_000)]
    shapefile(folder / "kommungrans", POLYGON, whole, {"KOMMUNNAMN": ["Påhittade"]})
    shapefile(folder / "markanvandning", POLYGON, [row[4] for row in ZONES], {
        "OBJEKTID": [row[0] for row in ZONES],
        "ANVANDNING": [row[1] for row in ZONES],
        "NAMN": [row[2] for row in ZONES],
        # Ten letters are all that a Shapefile keeps of "Stallningstagande".
        "STALLNINGS": [row[3] for row in ZONES],
    })  # fmt: skip
    # Without .prj: the file does not say in which coordinate system its numbers are.
    shapefile(folder / "jarnvag", POLYLINE, [RAILWAY], {"OBJEKTID": [1], "NAMN": ["Västra banan"]}, crs=None)
    shapefile(folder / "strandskydd", POLYGON, [SHORE], {"OBJEKTID": [1], "NAMN": ["Sjölundasjön"]})
    shapefile(folder / "fastigheter", POLYGON, [row[2] for row in PROPERTIES], {
        "FASTIGHET": [row[0] for row in PROPERTIES],
        "OMRADE": [row[1] for row in PROPERTIES],
    })  # fmt: skip


def shapefile(
    path: Path, kind: int, shapes: Sequence[Corners], columns: Mapping[str, Sequence[str | int]],
    crs: str | None = SWEREF_99_TM,
) -> None:  # fmt: skip
    """Write the parts of one Shapefile: shapes, their index, the table and the coordinate system."""
    placed = [[(WEST + east, SOUTH + north) for east, north in corners] for corners in shapes]
    records = [_record(kind, corners) for corners in placed]
    everything = [corner for corners in placed for corner in corners]
    index, start = b"", 50
    body = b""
    for number, record in enumerate(records, 1):
        words = len(record) // 2
        body += struct.pack(">2i", number, words) + record
        index += struct.pack(">2i", start, words)
        start += 4 + words
    for suffix, content in ((".shp", body), (".shx", index)):
        path.with_suffix(suffix).write_bytes(_header(kind, everything, len(content)) + content)
    path.with_suffix(".dbf").write_bytes(_table(columns))
    if crs is not None:
        path.with_suffix(".prj").write_bytes(crs.encode())


def _header(kind: int, corners: Corners, length: int) -> bytes:
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, (100 + length) // 2) + struct.pack("<2i", 1000, kind)
    return head + struct.pack("<8d", *_bounds(corners), 0, 0, 0, 0)


def _bounds(corners: Corners) -> tuple[float, float, float, float]:
    eastings, northings = zip(*corners, strict=True)
    return min(eastings), min(northings), max(eastings), max(northings)


def _record(kind: int, corners: Corners) -> bytes:
    head = struct.pack("<i4d3i", kind, *_bounds(corners), 1, len(corners), 0)
    return head + b"".join(struct.pack("<2d", *corner) for corner in corners)


def _table(columns: Mapping[str, Sequence[str | int]]) -> bytes:
    """Return a dBASE III table in Windows-1252, which its language byte (0x57) says; there is no .cpg."""
    cells = {name: [str(value).encode("cp1252") for value in values] for name, values in columns.items()}
    widths = {name: max(map(len, values)) or 1 for name, values in cells.items()}
    rows = len(next(iter(cells.values())))
    start, length = 33 + 32 * len(cells), 1 + sum(widths.values())
    table = struct.pack("<4BIHH17xB2x", 3, 126, 11, 22, rows, start, length, 0x57)
    for name, width in widths.items():
        kind = b"N" if isinstance(columns[name][0], int) else b"C"
        table += struct.pack("<11sc4xBB14x", name.encode("cp1252"), kind, width, 0)
    table += b"\r"
    for row in range(rows):
        table += b" " + b"".join(
            cells[name][row].rjust(width) if isinstance(columns[name][0], int) else cells[name][row].ljust(width)
            for name, width in widths.items()
        )
    return table + b"\x1a"


if __name__ == "__main__":
    main()
