"""The assessment as data files: JSON, CSV, GeoJSON and GeoPackage, all made of one record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from opcheck.geometry import transform
from opcheck.plots import BUILDING, plot_columns
from opcheck.sources.files import LONLAT
from opcheck.sources.geopackage import OutTable, write_geopackage
from opcheck.texts import Texts, load

if TYPE_CHECKING:
    from opcheck.assessment import Assessment

LONLAT_DECIMALS = 7
"""About a centimetre at Swedish latitudes (RFC 7946 section 11.2 warns of more)."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is run as a formula by spreadsheet programs when it comes from a CSV file."""

COLUMNS = (
    "site", "name", "use", "verdict", "plan", "rule", "title", "outcome", "code", "area_m2", "share", "length_m",
    "distance_m", "unit", "consult", "message", "next_step", "data",
)  # fmt: skip
"""Columns of the table: one row per finding, so that nothing needs to be folded into a cell."""


def to_json(record: Mapping[str, Any]) -> str:
    """Return the record as JSON: indented, UTF-8, lines ending in a line feed."""
    return json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_csv(record: Mapping[str, Any]) -> str:
    """Return one row per finding: in Swedish with semicolons and decimal comma, in English with commas and points."""
    texts = load(record["lang"])
    swedish = texts.language == "sv"
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";" if swedish else ",", lineterminator="\n")
    writer.writerow([texts.get("column", name) for name in COLUMNS])
    # On every row, since rows are copied out of files: what rests on drawn data says so wherever it goes.
    data = texts.ui("csv_demonstration") if record["inputs"]["plan"]["demonstration"] else None
    for site in record["sites"]:
        for finding in site["findings"]:
            writer.writerow([_cell(value, swedish) for value in (*_row(site, finding, texts), data)])
    return stream.getvalue()


def _row(site: Mapping[str, Any], finding: Mapping[str, Any], texts: Texts) -> list[Any]:
    measures = finding["measures"]
    return [
        site["id"], site["name"], texts.get("use", finding["use"]) if finding["use"] else None,
        site["verdict"]["outcome_title"], site["verdict"]["plan"], finding["rule"], finding["title"],
        texts.get("outcome", finding["outcome"]), finding["code"], measures["area_m2"], measures["share"],
        measures["length_m"], measures["distance_m"], finding["unit"], _joined(", ", finding["consult"]),
        finding["message"], finding["next_step"],
    ]  # fmt: skip


def _cell(value: Any, swedish: bool) -> str:  # noqa: ANN401 - text, number or None
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        text = repr(value)
        return text.replace(".", ",") if swedish else text
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _joined(sign: str, words: Iterable[str]) -> str | None:
    """Return words as one text, None when there are none: what is not there is never an empty text."""
    return sign.join(words) or None


def to_geojson(record: Mapping[str, Any], assessment: Assessment) -> str:
    """Return the sites as GeoJSON after RFC 7946: WGS 84, longitude first, null where a site has no geometry."""
    answers = assessment.answers
    shapes = np.array(answers.geometry, dtype=object)
    good = np.array([shape is not None for shape in shapes], dtype=bool)
    lonlat = np.full(len(shapes), None, dtype=object)
    if good.any():
        lonlat[good] = transform(shapes[good], answers.loaded.plan.crs, LONLAT)
        lonlat[good] = shapely.transform(
            shapely.orient_polygons(lonlat[good]), lambda xy: np.round(xy, LONLAT_DECIMALS)
        )
    plots = plot_columns(record["sites"])
    features = [
        {
            "type": "Feature", "id": site["id"],
            "geometry": json.loads(shapely.to_geojson(shape)) if shape is not None else None,
            "properties": _properties(site, record, plots),
        }
        for site, shape in zip(record["sites"], lonlat, strict=True)
    ]  # fmt: skip
    document = {
        "type": "FeatureCollection", "schema": record["schema"], "on": record["on"], "stamp": record["stamp"],
        "demonstration": record["inputs"]["plan"]["demonstration"], "features": features,
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _properties(site: Mapping[str, Any], record: Mapping[str, Any], plots: Sequence[str]) -> dict[str, Any]:
    """Return one site as a row; `plots` names the columns that any site states of itself as a plot."""
    verdict = site["verdict"]
    plot = site["plot"] or {"stated": {}, "building": None}
    fits = {"building_fits": (plot["building"] or {}).get("fits")} if BUILDING in plots else {}
    return {
        "id": site["id"], "name": site["name"], "use": _joined("; ", site["uses"]), "outcome": verdict["outcome"],
        "outcome_title": verdict["outcome_title"], "plan": verdict["plan"],
        "interests": _joined("; ", verdict["interests"]),
        "headline": " ".join(verdict["headline"]), "asked": verdict["asked"],
        **{f"n_{name.lower()}": count for name, count in verdict["counts"].items()},
        "area_m2": site["area_m2"],
        **{name: plot["stated"].get(name) for name in plots}, **fits,
        # On every row, since rows are copied out of files: what rests on drawn data says so wherever it goes.
        "demonstration": record["inputs"]["plan"]["demonstration"],
    }  # fmt: skip


def write_gpkg(record: Mapping[str, Any], assessment: Assessment, path: Path) -> None:
    """Write a GeoPackage in the plan's CRS with the layers sites, parts and objects, and the table findings."""
    answers = assessment.answers
    objects, met = _objects(record, assessment)
    parts, pieces = _parts(record, assessment)
    plots = plot_columns(record["sites"])
    tables = (
        OutTable(
            name="sites",
            rows=[_properties(site, record, plots) for site in record["sites"]],
            geometry=list(answers.geometry),
        ),
        OutTable(name="parts", rows=parts, geometry=pieces),
        OutTable(name="objects", rows=objects, geometry=met),
        OutTable(name="findings", rows=_findings(record), geometry=None),
    )
    write_geopackage(path, tables, crs=answers.loaded.plan.crs, day=answers.day)


_FINDING_COLUMNS = (
    "rule", "use", "title", "outcome", "code", "open_reason", "need", "basis", "unit", "message", "next_step",
)  # fmt: skip


def _findings(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "site": site["id"],
            **{name: finding[name] for name in _FINDING_COLUMNS},
            "consult": _joined(", ", finding["consult"]),
            **finding["measures"],
        }
        for site in record["sites"]
        for finding in site["findings"]
    ]


def _objects(record: Mapping[str, Any], assessment: Assessment) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return every object that a finding names as met, once per site, with its own shape."""
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    for site in record["sites"]:
        seen = set()
        for finding in site["findings"]:
            for one in finding["features"]:
                key = (one["layer"], one["id"])
                if one["role"] not in ("hit", "near", "easing") or key in seen:
                    continue
                seen.add(key)
                features = assessment.answers.features(one["layer"])
                rows.append({"site": site["id"], "rule": finding["rule"], **one})
                shapes.append(features.geometry[features.ids.index(one["id"])])
    return rows, shapes


def _parts(record: Mapping[str, Any], assessment: Assessment) -> tuple[list[dict[str, Any]], list[Any]]:
    answers = assessment.answers
    rows: list[dict[str, Any]] = []
    shapes: list[Any] = []
    for number, site in enumerate(record["sites"]):
        for part, (_, shape) in zip(site["parts"], answers.part_shapes(number), strict=True):
            if shape is not None:
                rows.append({"site": site["id"], **{name: value for name, value in part.items() if name != "case"}})
                shapes.append(shape)
    return rows, shapes
