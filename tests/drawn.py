"""Drawn municipalities: plan packs, rule files and sites of a few boxes, made in code for each test.

Every number is in metres from a corner of the municipality, so that a distance or an area in a test can be worked out
by eye. `CORNER` places that corner in EPSG:3017, SWEREF 99 21 45.
"""

from __future__ import annotations

import datetime
import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate

import opcheck
from opcheck.findings import Finding, ThemeState
from opcheck.index import Subjects, ThemeIndex
from opcheck.plan import Features, Layer, Source

CRS = "EPSG:3017"
CORNER = (150_000.0, 7_250_000.0)
SIZE = 10_000.0
"""The municipality is a square with this side."""

DAY = "2026-11-22"


def put(shape: Any) -> Any:
    """A shape drawn from the municipality's corner, where it lies in EPSG:3017."""
    return translate(shape, *CORNER)


def box(low_e: float, low_n: float, high_e: float, high_n: float) -> Any:
    return put(shapely.box(low_e, low_n, high_e, high_n))


def line(*points: tuple[float, float]) -> Any:
    return put(shapely.LineString(points))


def point(east: float, north: float) -> Any:
    return put(shapely.Point(east, north))


def several(*shapes: Any) -> Any:
    """Parts that do not meet, as one shape."""
    kind = {"Polygon": shapely.MultiPolygon, "LineString": shapely.MultiLineString, "Point": shapely.MultiPoint}
    return kind[shapes[0].geom_type](shapes)


# --- files ----------------------------------------------------------------------------------------------------------


def geojson(path: Path, rows: Iterable[tuple[Any, Mapping[str, Any]]], crs: str | None = CRS) -> Path:
    """Write shapes and their properties; a shape of None becomes a null geometry."""
    document: dict[str, Any] = {"type": "FeatureCollection"}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    document["features"] = [
        {
            "type": "Feature",
            "properties": dict(values),
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for shape, values in rows
    ]
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def toml(value: Any) -> str:
    """A value as TOML, tables inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def table(name: str, values: Mapping[str, Any]) -> str:
    return f"[[{name}]]\n" + "".join(f"{key} = {toml(one)}\n" for key, one in values.items())


class Pack:
    """A plan pack in a folder. The municipality is the square (0, 0)–(10 000, 10 000).

    Layers take their rows as shapes or as (shape, properties); every row without an id is named r1, r2 … in order.
    """

    def __init__(self, folder: Path, *, area: Any = None, **head: Any) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        geojson(folder / "grans.geojson", [(area or box(0, 0, SIZE, SIZE), {})])
        values = {"id": "ritad", "name": "Ritade kommun", "crs": CRS, "municipality_code": "0100", **head}
        self._head = "[plan]\n" + "".join(f"{key} = {toml(one)}\n" for key, one in values.items())
        self._head += 'area = { source = "grans.geojson" }\n'
        self._tables: list[str] = []

    def document(self, document_id: str, kind: str = "översiktsplan", /, *, area: Any = None, **keys: Any) -> Pack:
        values = {"id": document_id, "kind": kind, "name": document_id.upper(), "status": "laga kraft", **keys}
        if area is not None:
            geojson(self.folder / f"{document_id}-omrade.geojson", [(area, {})])
            values["area"] = {"source": f"{document_id}-omrade.geojson"}
        return self.add("document", **values)

    def layer(
        self, layer_id: str, theme: str, rows: Sequence[Any], /, *, coverage: Any = "municipality", **keys: Any
    ) -> Pack:
        pairs = [row if isinstance(row, tuple) else (row, {}) for row in rows]
        pairs = [(shape, {"id": f"r{number}", **values}) for number, (shape, values) in enumerate(pairs, 1)]
        geojson(self.folder / f"{layer_id}.geojson", pairs)
        columns = {name for _, values in pairs for name in values}
        fields = keys.pop("fields", {name: name for name in sorted(columns)})
        values: dict[str, Any] = {"id": layer_id, "theme": theme, "source": f"{layer_id}.geojson", "fields": fields}
        if coverage is not None and not isinstance(coverage, str):
            geojson(self.folder / f"{layer_id}-tackning.geojson", [(coverage, {})])
            coverage = {"source": f"{layer_id}-tackning.geojson"}
        if coverage is not None:
            values["coverage"] = coverage
        values.update(keys)
        nested = {name: values.pop(name) for name in ("value", "stance") if name in values}
        self.add("layer", **values)
        for name, entries in nested.items():
            for entry in entries:
                self.add(f"layer.{name}", **entry)
        return self

    def zones(self, rows: Sequence[tuple[Any, str] | tuple[Any, str, Mapping[str, Any]]], **keys: Any) -> Pack:
        """A land-use layer; each row is (shape, category) or (shape, category, more properties)."""
        drawn = [(row[0], {"category": row[1], **(row[2] if len(row) > 2 else {})}) for row in rows]
        return self.layer(keys.pop("layer_id", "zoner"), "land_use", drawn, **keys)

    def add(self, kind: str, /, **values: Any) -> Pack:
        self._tables.append(table(kind, values))
        return self

    def raw(self, text: str) -> Pack:
        self._tables.append(textwrap.dedent(text) + "\n")
        return self

    def write(self) -> Path:
        (self.folder / "plan.toml").write_text("\n".join([self._head, *self._tables]), encoding="utf-8")
        return self.folder

    def read(self) -> opcheck.Plan:
        return opcheck.read_plan(self.write())


def rule(rule_id: str = "t.rule", **keys: Any) -> dict[str, Any]:
    """A rule as a table: a REVIEW of no particular kind unless the keys say otherwise."""
    values = {
        "id": rule_id,
        "title": rule_id,
        "hit": "REVIEW",
        "basis": "statute",
        "severity": "warning",
        "citation": [{"act": "SFS 2010:900", "section": "2 kap. 5 §", "read": datetime.date(2026, 11, 22)}],
        "responsible": {"unit": "plan", "consult": ["Länsstyrelsen"]},
    }
    return {**values, **keys}


def rule_file(
    path: Path, *rules: Mapping[str, Any], set_id: str = "t", more: str = "", counties: Sequence[str] | None = None
) -> Path:
    head = f'[ruleset]\nid = "{set_id}"\nversion = "1"\nformat = 1\n'
    head += "\n" if counties is None else f"counties = {toml(counties)}\n\n"
    text = head + "\n".join(table("rule", one) for one in rules) + textwrap.dedent(more)
    path.write_text(text, encoding="utf-8")
    return path


def book(folder: Path, *rules: Mapping[str, Any], more: str = "") -> opcheck.RuleBook:
    """The rules alone, without the national ones."""
    return opcheck.read_rules(rule_file(folder / "regler.toml", *rules, more=more), national=False)


CELLS = """
    [[cell]]
    category = "Verksamheter och industri"
    use = ["J"]
    value = 1
    reason = "stöds"

    [[cell]]
    category = "Landsbygd"
    use = ["J"]
    value = 2
    reason = "beror på"

    [[cell]]
    category = "Grönområde och park"
    use = ["J"]
    value = 0
    reason = "tas inte upp"

    [[cell]]
    category = "Mångfunktionell bebyggelse"
    use = ["J"]
    value = 0
    firm = true
    statement = "rymmer inte industri"
    reason = "rymmer inte industri"
"""
"""A matrix for one use, industri: supports, depends, does not take up, and firmly so."""

WORK, COUNTRY, GREEN, TOWN = (
    "Verksamheter och industri",
    "Landsbygd",
    "Grönområde och park",
    "Mångfunktionell bebyggelse",
)

LAND_RULE = rule("t.land", theme="land_use", check="use_matrix", hit="FAIL", basis="plan", gate=True)


def land_book(folder: Path, *rules: Mapping[str, Any], more: str = "") -> opcheck.RuleBook:
    """The land-use rule with the little matrix, and further rules."""
    return book(folder, LAND_RULE, *rules, more=textwrap.dedent(CELLS) + textwrap.dedent(more))


def site_file(path: Path, *rows: tuple[str, Any] | tuple[str, Any, Mapping[str, Any]]) -> Path:
    """Sites as (id, shape) or (id, shape, attributes); industri where no use is given."""
    drawn = [(row[1], {"id": row[0], "use": "industri", **(row[2] if len(row) > 2 else {})}) for row in rows]
    return geojson(path, drawn)


def read_sites(folder: Path, *rows: tuple[str, Any] | tuple[str, Any, Mapping[str, Any]]) -> opcheck.Sites:
    return opcheck.read_sites(site_file(folder / "platser.geojson", *rows))


def run(folder: Path, pack: Pack, rules: opcheck.RuleBook, *rows: Any, on: str = DAY) -> opcheck.Assessment:
    """Sites, given as for `site_file`, against a pack."""
    return opcheck.assess(read_sites(folder, *rows), pack.read(), rules=rules, on=on)


def ask(
    folder: Path,
    question: Mapping[str, Any],
    objects: Sequence[Any],
    site: Any,
    *,
    coverage: Any = "municipality",
    layer: Mapping[str, Any] | None = None,
    **attributes: Any,
) -> Finding:
    """The answer of one rule about one site, with all objects in one layer of the rule's theme."""
    pack = Pack(folder / "paket").layer("lager", question["theme"], objects, coverage=coverage, **(layer or {}))
    return run(folder, pack, book(folder, question), ("a", site, attributes))["a"].finding(question["id"])


def saying(finding: Finding) -> tuple[str, str | None, str]:
    """What a finding comes to: outcome, code and case."""
    return finding.outcome.value, finding.code.value if finding.code else None, finding.case


# --- without files --------------------------------------------------------------------------------------------------


def features(shapes: Sequence[Any], *, coverage: Any = None, layer_id: str = "lager", **layer: Any) -> Features:
    """Rows of a layer in memory, named r0, r1 … in order."""
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = list(shapes)
    keys = {"id": layer_id, "theme": "groundwater", "source": Source(file="ritad"), **layer}
    return Features(
        layer=Layer(**keys),
        ids=tuple(f"r{number}" for number in range(len(shapes))),
        geometry=geometry,
        fields={},
        repaired=np.zeros(len(shapes), bool),
        coverage=coverage,
        ledger=(),
        file="ritad",
        reader="json",
        crs=CRS,
        sha256=None,
        content="",
        rows=len(shapes),
    )


def index(*layers: Features) -> ThemeIndex:
    return ThemeIndex(theme="groundwater", layers=layers, state=ThemeState(missing=not layers))


def subjects(*shapes: Any, accuracy_m: float = 0.0) -> Subjects:
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = list(shapes)
    return Subjects(geometry=geometry, accuracy_m=np.full(len(shapes), accuracy_m))
