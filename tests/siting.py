"""A municipality's base pack with made-up geometry under it: its documents and words are the pack's, the map is drawn.

The base packs hold facts without geometry. `Town` takes the manifest as it is, adds a border of ten by ten kilometres
and layers drawn from its south-west corner in metres, and nothing else, so that a fact that the pack loses is missed.
The layers are fictitious and stay in the test's own folder.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from drawn import geojson, table, toml
from shapely.affinity import translate

import opcheck
from opcheck.rules import themes

SIZE = 10_000.0
ON = "2026-11-22"


class Town:
    """The pack `name`, written to a folder with what a test adds to it."""

    def __init__(self, name: str, folder: Path, corner: tuple[float, float]) -> None:
        self.base = opcheck.read_plan(name)
        self.corner = corner
        self.folder = folder / name
        self.folder.mkdir(parents=True)
        self.tables: dict[str, Any] = tomllib.loads((self.base.folder / "plan.toml").read_text(encoding="utf-8"))
        head = self.tables["plan"]
        assert head.pop("base") is True, "a base pack has no geometry of its own"
        assert not self.tables.get("layer")
        self._draw("grans", [(self.box(0, 0, SIZE, SIZE), {})])
        head.update(area={"source": "grans.geojson"}, demonstration=True)
        self.tables["layer"] = []

    # --- shapes -------------------------------------------------------------------------------------------------------

    def put(self, shape: Any) -> Any:
        return translate(shape, *self.corner)

    def box(self, low_e: float, low_n: float, high_e: float, high_n: float) -> Any:
        return self.put(shapely.box(low_e, low_n, high_e, high_n))

    def line(self, *points: tuple[float, float]) -> Any:
        return self.put(shapely.LineString(points))

    def point(self, east: float, north: float) -> Any:
        return self.put(shapely.Point(east, north))

    def _draw(self, name: str, rows: Sequence[tuple[Any, Mapping[str, Any]]]) -> str:
        geojson(self.folder / f"{name}.geojson", rows, self.base.crs)
        return f"{name}.geojson"

    # --- what a test adds ---------------------------------------------------------------------------------------------

    def document(self, document_id: str, /, *, area: Any = None, **keys: Any) -> Town:
        """State more of one of the pack's own documents, or (None) less."""
        (entry,) = [one for one in self.tables["document"] if one["id"] == document_id]
        if area is not None:
            keys["area"] = {"source": self._draw(f"{document_id}-omrade", [(area, {})])}
        entry.update(keys)
        for name in [name for name, value in entry.items() if value is None]:
            del entry[name]
        return self

    def layer(self, layer_id: str, theme: str, rows: Sequence[Any], /, **keys: Any) -> Town:
        """Add a layer; rows are shapes or (shape, values)."""
        pairs = [row if isinstance(row, tuple) else (row, {}) for row in rows]
        pairs = [(shape, {"id": f"{layer_id}-{number}", **values}) for number, (shape, values) in enumerate(pairs, 1)]
        columns = sorted({name for _, values in pairs for name in values})
        entry = {
            "id": layer_id, "theme": theme, "source": self._draw(layer_id, pairs),
            "fields": {name: name for name in columns}, "coverage": "municipality", **keys,
        }  # fmt: skip
        self.tables["layer"].append({name: value for name, value in entry.items() if value is not None})
        return self

    def add(self, name: str, /, **values: Any) -> Town:
        self.tables.setdefault(name, []).append(values)
        return self

    def nowhere(self, *but: str) -> Town:
        """State of every theme without a layer, except those named, that it does not occur here."""
        there = {layer["theme"] for layer in self.tables["layer"]}
        for theme in themes():
            if theme not in there and theme not in but and theme != "land_use":
                self.add("not_applicable", theme=theme, reason="förekommer inte i provet", stated_by="Provet")
        return self

    # --- answers ------------------------------------------------------------------------------------------------------

    def write(self) -> Path:
        text = ""
        for name, value in self.tables.items():
            if isinstance(value, Mapping):
                text += f"[{name}]\n" + "".join(f"{key} = {toml(one)}\n" for key, one in value.items()) + "\n"
            else:
                text += "".join(self._entry(name, one) + "\n" for one in value)
        (self.folder / "plan.toml").write_text(text, encoding="utf-8")
        return self.folder

    def _entry(self, name: str, values: Mapping[str, Any]) -> str:
        nested = {key: values[key] for key in ("value", "stance") if name == "layer" and key in values}
        text = table(name, {key: value for key, value in values.items() if key not in nested})
        return text + "".join(table(f"{name}.{key}", one) for key, several in nested.items() for one in several)

    def assess(self, *rows: tuple[str, Any, Mapping[str, Any]], on: str = ON) -> opcheck.Assessment:
        """Assess sites given as (id, shape, attributes) under the national rules."""
        drawn = [(shape, {"id": site_id, **values}) for site_id, shape, values in rows]
        path = geojson(self.folder.parent / f"{self.folder.name}-platser.geojson", drawn, self.base.crs)
        return opcheck.assess(opcheck.read_sites(path), opcheck.read_plan(self.write()), on=on)


def spoken(text: str | None) -> str:
    """A sentence with ordinary blanks."""
    return (text or "").replace("\u00a0", " ")


def findings(assessment: opcheck.Assessment, site_id: str, lang: str = "sv") -> dict[str, dict[str, Any]]:
    """Rule → finding of a site with one use, as recorded."""
    (site,) = [one for one in assessment.to_dict(lang)["sites"] if one["id"] == site_id]
    return {one["rule"]: one for one in site["findings"]}


def hits(finding: Mapping[str, Any]) -> dict[str, tuple[float | None, float | None]]:
    """Name (or id) of each object met → its area on the site and its share of it."""
    met = [one for one in finding["features"] if one["role"] == "hit"]
    return {one["name"] or one["id"]: (one["area_m2"], one["share"]) for one in met}


def governed(site: Mapping[str, Any]) -> dict[str, float]:
    """Document, or what is missing → the area of the site that it governs."""
    return {part["document"] or part["id"]: part["area_m2"] for part in site["parts"] if part["governs"]}
