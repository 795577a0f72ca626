"""A made-up municipality of ten by ten kilometres, written as small files.

Coordinates are metres from its south-west corner, so that areas and distances can be worked out in the
head. Everything in it is healthy: a test spoils one thing, and shows nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opcheck

CRS = "EPSG:3017"
E0, N0 = 140_000, 7_250_000
"""The south-west corner in SWEREF 99 21 45, near Piteå."""

ON = "2026-11-22"

# --- shapes and rows ----------------------------------------------------------------------------------------


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    """Return a polygon with these corners, closed."""
    return {"type": "Polygon", "coordinates": [[_at(*corner) for corner in (*corners, corners[0])]]}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return ring((west, south), (east, south), (east, north), (west, north))


def line(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [_at(*corner) for corner in corners]}


def point(east: float, north: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": _at(east, north)}


def row(geometry: Mapping[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _at(east: float, north: float) -> list[float]:
    return [E0 + east, N0 + north]


BOW_TIE = ring((4000, 4000), (4100, 4100), (4100, 4000), (4000, 4100))
"""Crosses itself at (4050, 4050): two triangles of 2500 m², whose signed areas cancel to 0."""

WHOLE = box(0, 0, 10_000, 10_000)
SITE = box(4000, 4000, 4100, 4100)
"""One hectare in the middle, far from the objects of the healthy pack."""

# --- files --------------------------------------------------------------------------------------------------


def write_geojson(path: Path, rows: Sequence[Any], crs: str | None = CRS) -> Path:
    document: dict[str, Any] = {"type": "FeatureCollection", "features": list(rows)}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def write_sites(folder: Path, *rows: Any, crs: str | None = CRS) -> Path:
    """Write sites; without rows the one healthy site, an industry."""
    return write_geojson(folder / "platser.geojson", rows or [row(SITE, id="a", use="industri")], crs)


@dataclass
class Layer:
    """A layer of a pack: rows for its file, and its lines in the manifest."""

    theme: str
    rows: Sequence[Any]
    id: str = ""
    crs: str | None = CRS
    fields: str = '{ id = "id" }'
    coverage: str = 'coverage = "municipality"'
    more: str = ""
    file: str = ""

    def __post_init__(self) -> None:
        self.id = self.id or self.theme
        self.file = self.file or f"{self.id}.geojson"

    def toml(self) -> str:
        return "\n".join(
            (
                "[[layer]]", f'id = "{self.id}"', f'theme = "{self.theme}"', f'source = "{self.file}"',
                f"fields = {self.fields}", self.coverage, self.more, "",
            )
        )  # fmt: skip


ZONE = row(WHOLE, id="zon", category="Industri")


def land_use(*rows: Any, **keys: Any) -> Layer:
    """Return the plan's land use; without rows one zone everywhere that supports industry."""
    fields = '{ id = "id", category = "category" }'
    return Layer("land_use", rows or [ZONE], **{"fields": fields, "more": 'document = "op"', **keys})


def healthy_layers() -> dict[str, Layer]:
    """Return one layer for each rule of `RULES`, none of which has anything to say about `SITE`."""
    far = {"natura_2000": box(8000, 8000, 8100, 8100), "shore_protection": box(0, 0, 100, 100)}
    far |= {"seveso": point(9000, 1000), "housing": point(9000, 9000), "water_service_area": WHOLE}
    far |= {"port": point(4050, 5100)}  # 1 000 m north of the site
    return {
        "land_use": land_use(),
        **{theme: Layer(theme, [row(shape, id="1")]) for theme, shape in far.items()},
    }


DOCUMENT = """
[[document]]
id = "op"
kind = "översiktsplan"
name = "Översiktsplan 2040"
status = "laga kraft"
legal_force = "2023-03-01"
"""


def write_pack(folder: Path, layers: Iterable[Layer] | None = None, *, more: str = "", head: str = "") -> Path:
    """Write a plan pack: the healthy layers unless told, `more` TOML at the end, `head` keys of [plan]."""
    folder.mkdir(exist_ok=True)
    chosen = list(healthy_layers().values() if layers is None else layers)
    write_geojson(folder / "grans.geojson", [row(WHOLE, id="kommun")])
    for layer in chosen:
        if layer.file.endswith(".geojson"):
            write_geojson(folder / layer.file, layer.rows, layer.crs)
    plan = f'[plan]\nid = "test"\nname = "Testkommun"\nmunicipality_code = "2581"\ncrs = "{CRS}"\n'
    plan += f'area = {{ source = "grans.geojson" }}\n{head}\n'
    text = "\n".join([plan, DOCUMENT, *(layer.toml() for layer in chosen), more])
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder


def with_layers(**changed: Layer | None) -> list[Layer]:
    """Return the healthy layers with some replaced, added, or (None) left out."""
    layers = {**healthy_layers(), **changed}
    return [layer for layer in layers.values() if layer is not None]


# --- rules --------------------------------------------------------------------------------------------------

RULE_FILE = """
[ruleset]
id = "{id}"
version = "1"
format = 1
"""

RULE = """
[[rule]]
id = "{id}"
title = "{id}"
theme = "{theme}"
check = "{check}"
hit = "{hit}"
basis = "{basis}"
severity = "warning"
responsible = {{ unit = "plan" }}
{more}
"""

CELLS = """
[[cell]]
category = "Industri"
use = ["industri"]
value = 1
reason = "industri"

[[cell]]
category = "Bostäder"
use = ["industri"]
value = 0
reason = "bostäder"

[[cell]]
category = "Natur"
use = ["industri"]
value = 0
firm = true
statement = "Ingen bebyggelse."
reason = "natur"
"""


def rule(
    name: str, theme: str, check: str = "avoid", more: str = "", *, hit: str = "REVIEW", basis: str = "plan"
) -> str:
    return RULE.format(id=name, theme=theme, check=check, more=more, hit=hit, basis=basis)


RULES = (
    rule("t.land", "land_use", "use_matrix", "gate = true", hit="FAIL") + CELLS,
    rule("t.natura", "natura_2000"),
    rule("t.seveso", "seveso", more="attention_m = 1000"),
    rule("t.homes", "housing", "at_least", "distance_m = 500"),
    rule("t.shore", "shore_protection", "within"),
    rule("t.water", "water_service_area", "covered", 'themes = ["water_service_area"]'),
    rule("t.port", "port", "at_most", "distance_m = 2000", basis="criterion"),
)
RULE_IDS = ("t.homes", "t.land", "t.natura", "t.port", "t.seveso", "t.shore", "t.water")


def write_rules(path: Path, *rules: str, set_id: str = "test") -> Path:
    path.write_text(RULE_FILE.format(id=set_id) + "".join(rules), encoding="utf-8")
    return path


# --- answers ------------------------------------------------------------------------------------------------


def assess(pack: Path, sites: Path, *rules: str, on: str = ON) -> opcheck.Assessment:
    """Assess with `RULES`, or with the rules given."""
    book = opcheck.read_rules(write_rules(pack.parent / "regler.toml", *(rules or RULES)), national=False)
    return opcheck.assess(opcheck.read_sites(sites), opcheck.read_plan(pack), rules=book, on=on)


def answers(assessment: opcheck.Assessment, site: str = "a") -> dict[str, str]:
    """Return rule → outcome for a site."""
    return {finding.rule: str(finding.outcome) for finding in assessment[site].findings}
