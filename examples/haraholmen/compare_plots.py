"""Set the three candidate plots of tomter.geojson side by side: one row per question, one column per plot.

    python examples/haraholmen/compare_plots.py FOLDER [--rules examples/haraholmen/mina-regler.toml]

Prints the table, and writes it to tomter.csv in the folder. The cells hold outcome words, codes and metres. There is no
sum and no score on purpose: how an open question weighs against a shorter way to the quay is for people to say.
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


def compare(rules: opcheck.RuleBook | None) -> list[list[str]]:
    """Return the rows of the table, headings first."""
    sites = opcheck.read_sites(HERE / "tomter.geojson")
    assessment = opcheck.assess(sites, opcheck.read_plan("pitea"), rules=rules, on=DAY)
    record = assessment.to_dict("sv")
    plots = record["sites"]
    rows = [["Fråga", *(plot["name"] or plot["id"] for plot in plots)]]
    for name in plot_names(plots):
        rows.append([NAMES[name], *(stated(plot, name) for plot in plots)])
    rows.append(["Samlat utfall", *(plot["verdict"]["outcome_title"] for plot in plots)])
    by_rule = [{finding["rule"]: finding for finding in plot["findings"]} for plot in plots]
    for rule in sorted(record["rules"], key=lambda one: one["basis"] != "criterion"):
        cells = [cell(findings.get(rule["id"])) for findings in by_rule]
        rows.append([rule["title"], *cells])
    return rows


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


def cell(finding: Mapping[str, Any] | None) -> str:
    """Return what one plot got on one question."""
    if finding is None:
        return "Gäller inte"
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
    parser = argparse.ArgumentParser(description="Jämför tomterna i tomter.geojson.")
    parser.add_argument("folder", metavar="MAPP", type=Path, help="mapp för tomter.csv")
    parser.add_argument("--rules", metavar="FIL", type=Path, help="egna regler, utöver de nationella")
    options = parser.parse_args()
    rows = compare(opcheck.read_rules(options.rules) if options.rules else None)
    options.folder.mkdir(parents=True, exist_ok=True)
    target = options.folder / "tomter.csv"
    # Spreadsheet programs in Swedish expect semicolons, and take a file without the mark for another encoding.
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";", lineterminator="\n").writerows(rows)
    print(as_text(rows))
    print(f"\nDemonstrationsunderlag: får inte läggas till grund för ett ärende.\n{target.as_posix()}")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a console that cannot show å must not stop the run
    sys.exit(main())
