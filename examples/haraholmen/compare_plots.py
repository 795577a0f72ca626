"""Set candidate plots side by side: one row per question, one column per plot.

    python examples/haraholmen/compare_plots.py FOLDER [--rules examples/haraholmen/mina-regler.toml]
    python examples/haraholmen/compare_plots.py FOLDER --sites plots.gpkg --plan mypack --on 2026-11-22

Prints the table, and writes it to tomter.csv in the folder. The cells hold outcome words, codes and metres. There is no
sum and no score on purpose: how an open question weighs against a shorter way to the quay is for people to say. Without
--sites the three plots of tomter.geojson are compared, against the Piteå pack.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import opcheck

HERE = Path(__file__).resolve().parent
DAY = "2026-11-22"
CRITERION = {
    "PASS": "uppfyllt",
    "REVIEW": "inte uppfyllt",
    "OPEN": "inte prövat",
    "NOT_APPLICABLE": "ingen gräns angiven",
}
NAMES = {
    "owner": "Markägare",
    "available_from": "Tillgänglig från",
    "easements": "Servitut",
    "va": "VA",
    "grid_mw": "Effekt i elnätet, MW",
    "ground": "Mark",
    "building_m": "Byggnad som ska rymmas",
}
"""What plots state of themselves, in the order of the table."""
FITS = {True: "ryms", False: "ingen plats hittad", None: "inte prövat"}
WITH_METRES = frozenset({"REVIEW", "FAIL", "PASS"})
"""Outcomes of ordinary questions whose distance is worth a cell of its own."""


def compare(record: Mapping[str, Any]) -> list[list[str]]:
    """Return the rows of the table, headings first."""
    plots = record["sites"]
    rows = [["Fråga", *(plot["name"] or plot["id"] for plot in plots)]]
    rows.append(["Användning", *(", ".join(plot["use_titles"]) or "ingen angiven" for plot in plots)])
    rows.append(["Yta", *(area(plot["area_m2"]) for plot in plots)])
    for name in plot_names(plots):
        rows.append([NAMES[name], *(stated(plot, name) for plot in plots)])
    rows.append(["Samlat utfall", *(plot["verdict"]["outcome_title"] for plot in plots)])
    for rule in sorted(record["rules"], key=lambda one: one["basis"] != "criterion"):
        rows.append([rule["title"], *(answers(plot, rule["id"]) for plot in plots)])
    return rows


def answers(plot: Mapping[str, Any], rule: str) -> str:
    """Return what a plot got on one question, use by use where the uses differ."""
    told = {one["use"]: cell(one) for one in plot["findings"] if one["rule"] == rule}
    if len(set(told.values())) > 1:
        return "; ".join(f"{use}: {words}" for use, words in told.items())
    return next(iter(told.values()), "Gäller inte")


def area(square_metres: float | None) -> str:
    """Return an area in hectares, or that the plot has none."""
    return "ingen yta" if square_metres is None else f"{square_metres / 10_000:.2f} ha".replace(".", ",")


def plot_names(plots: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what any of the plots states of itself, in a fixed order."""
    return [name for name in NAMES if any(name in (plot["plot"] or {"stated": {}})["stated"] for plot in plots)]


def stated(plot: Mapping[str, Any], name: str) -> str:
    """Return what a plot states of itself, and of a building whether it fits."""
    told = plot["plot"] or {"stated": {}, "building": None}
    value = told["stated"].get(name)
    if value is None:
        return "inte angivet"
    if name != "building_m":
        return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)
    return f"{value} m, {FITS[told['building']['fits']]}"


def cell(finding: Mapping[str, Any]) -> str:
    """Return what one plot got on one question for one use."""
    metres = finding["measures"]["distance_m"]
    at_most = "högst " if finding["case"] == "at_most" else ""
    distance = "" if metres is None else f"{at_most}{metres:,.0f} m".replace(",", " ")
    if finding["basis"] == "criterion":
        return f"{distance or 'avstånd okänt'}, {CRITERION[finding['outcome']]}"
    word = "Upplysning" if finding["code"] == "I" else finding["outcome_title"]
    code = finding["code"] if finding["code"] not in (None, "I", "U0", "R0") else ""
    shown = distance if metres and finding["outcome"] in WITH_METRES else ""
    return ", ".join(part for part in (word, code, shown) if part)


def as_text(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as a table of aligned columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Jämför tomter, fråga för fråga.")
    parser.add_argument("folder", metavar="MAPP", type=Path, help="mapp för tomter.csv")
    parser.add_argument("--sites", metavar="FIL", type=Path, default=HERE / "tomter.geojson", help="fil med tomterna")
    parser.add_argument("--plan", metavar="PAKET", default="pitea", help="planpaketets mapp eller namn")
    parser.add_argument("--on", metavar="DATUM", default=DAY, help="dag att pröva för, ÅÅÅÅ-MM-DD")
    parser.add_argument("--rules", metavar="FIL", type=Path, help="egna regler, utöver de nationella")
    options = parser.parse_args()
    rules = opcheck.read_rules(options.rules) if options.rules else None
    sites = opcheck.read_sites(options.sites)
    record = opcheck.assess(sites, opcheck.read_plan(options.plan), rules=rules, on=options.on).to_dict("sv")
    rows = compare(record)
    options.folder.mkdir(parents=True, exist_ok=True)
    target = options.folder / "tomter.csv"
    # Spreadsheet programs in Swedish expect semicolons, and take a file without the mark for another encoding.
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";", lineterminator="\n").writerows(rows)
    print(as_text(rows))
    if record["inputs"]["plan"]["demonstration"]:
        print("\nDemonstrationsunderlag: får inte läggas till grund för ett ärende.")
    print(target.as_posix())
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a console that cannot show å must not stop the run
    sys.exit(main())
