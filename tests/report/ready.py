"""Readiness checks to report on, made through the program from drawn packs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import drawn
import shapely
from drawn import COUNTRY, WORK, Pack, box

import opcheck
from opcheck.readiness import Readiness
from opcheck.validate import validate_plan

DAY = "2026-11-22"


def check(pack: Pack) -> Readiness:
    return validate_plan(pack.read(), on=DAY)


def gap(folder: Path, width: float) -> Readiness:
    rows = [(box(0, 0, 5000, 10_000), WORK), (box(5000 + width, 0, 10_000, 10_000), COUNTRY)]
    return check(Pack(folder / "paket").document("op").zones(rows, document="op"))


def faulty(folder: Path) -> Readiness:
    """Something of almost every kind: gaps and overlaps wide and narrow, rows that cannot be used, unmapped words."""
    bow = drawn.put(shapely.Polygon([(100, 100), (200, 200), (200, 100), (100, 200)]))
    rows: list[Any] = [
        (box(0, 0, 5000, 4000), "Industri", {"name": "Norra verken", "text": "a" * 254}),
        (box(5000, 0, 10_000, 4000.5), "Skog", {"text": "Ingen bebyggelse."}),
        (box(0, 4000, 9000, 8000), "Golf"),
        (box(8000, 7000, 10_000, 9000), "Industri"),
        (box(0, 8000.003, 8000, 10_000), None),
        (box(8000, 9000, 10_050, 10_000), "Industri"),
        (box(500, 500, 500.25, 900), "Skog"),
        (bow, "Skog"),
        (None, "Skog"),
        (drawn.line((10, 10), (20, 20)), "Skog"),
    ]
    legend = {"Industri": [WORK, "Rymdhamn"], "Skog": [COUNTRY], "Gruva": [WORK]}
    values = [{"from": {"category": word}, "to": to} for word, to in legend.items()]
    pack = Pack(folder / "paket").document("op", adopted="2012", legal_force="2012-03-01")
    pack.document("fop", "fördjupning", area=box(0, 0, 100, 100), status="samråd")
    pack.zones(rows, document="op", value=values, coverage=None)
    pack.layer("hamn", "riksintresse_hamn", [box(0, 0, 10, 10)], dated="2010", confirmed=False)
    pack.layer("tomt", "natura_2000", [], fields={})
    pack.layer("trasig", "port", [drawn.point(1, 1)])
    (pack.folder / "trasig.geojson").write_text("{", encoding="utf-8")
    return check(pack)


def many(folder: Path, count: int, *more: Any, width: float = 0.5, tolerance_m: float = 0.001) -> Readiness:
    """So many slivers between strips, and more zones on top."""
    step = 10_000 / (count + 1)
    rows = [(box(step * i, 0, step * (i + 1) - (width if i < count else 0), 10_000), WORK) for i in range(count + 1)]
    rows += [(shape, COUNTRY) for shape in more]
    pack = Pack(folder / "paket").document("op").zones(rows, document="op")
    return validate_plan(pack.read(), tolerance_m=tolerance_m, on=DAY)


def nowhere(folder: Path) -> Readiness:
    """A base pack: a document, and neither a border nor a zone."""
    folder.mkdir(exist_ok=True)
    text = '[plan]\nid = "b"\nname = "B"\ncrs = "EPSG:3017"\nbase = true\n'
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return validate_plan(opcheck.read_plan(folder), on=DAY)


def hostile(folder: Path, payload: str) -> Readiness:
    """The payload in every text that a pack can hold."""

    def evil(text: str) -> str:
        return f"{payload} {text}"

    rows: list[Any] = [
        (box(0, 0, 5000, 10_000), evil("Industri"), {"id": evil("1"), "name": evil("namn"), "text": evil("text")}),
        (box(4900, 0, 10_000, 9000), evil("Skog"), {"id": evil("2"), "name": evil("namn"), "text": None}),
        (None, evil("Skog"), {"id": evil("3")}),
    ]
    pack = Pack(folder / "paket", name=evil("kommun"), attribution=evil("källa"), licence=evil("licens"))
    pack.document("op", status="laga kraft")
    pack.document("lis", "tillägg", themes=["lis_area"], name=evil("tillägg"), status="samråd")
    value = [{"from": {"category": evil("Gruva")}, "to": [WORK]}]
    pack.zones(rows, document="op", title=evil("titel"), value=value, coverage=None, owner=evil("ägare"))
    pack.layer("hamn", "riksintresse_hamn", [box(0, 0, 10, 10)], title=evil("hamn"), dated="2010", confirmed=False)
    pack.layer("trasig", "port", [drawn.point(1, 1)], title=evil("trasig"))
    (pack.folder / "trasig.geojson").write_text("{", encoding="utf-8")
    return check(pack)
