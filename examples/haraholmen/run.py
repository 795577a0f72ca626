"""Run the situations of situations.toml, and say for each what was expected and what was found.

    python examples/haraholmen/run.py FOLDER

Besides the table, the folder gets report.html and result.json for the sites of sites.geojson. The exit code is 1 if an
answer differs. The script uses the public names of opcheck and the standard library.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import opcheck

HERE = Path(__file__).resolve().parent
DAY = "2026-11-22"
WITHOUT = {"utan_seveso": "seveso", "pdf_plan": "land_use"}
"""Variant of a pack → the theme whose layers are taken out of it."""


def read_pack(name: str, variant: str | None) -> opcheck.Plan:
    """Return a pack, or a variant of it: a plan is a value, so a changed one is a copy."""
    plan = opcheck.read_plan(name)
    if variant is None:
        return plan
    return dataclasses.replace(plan, layers=tuple(one for one in plan.layers if one.theme != WITHOUT[variant]))


def differences(expected: Mapping[str, Any], found: opcheck.SiteAnswer) -> list[str]:
    """Return in words where the answer about a site is not the expected one."""
    pairs = [("utfall", expected["outcome"], found.verdict.outcome), ("plan", expected["plan"], found.verdict.plan)]
    for one in expected["findings"]:
        finding = found.finding(one["rule"])
        pairs.append((one["rule"], one["outcome"], finding.outcome))
        pairs.append((f"{one['rule']}, kod", one.get("code"), finding.code))
    return [f"{what}: väntat {wanted}, funnet {got}" for what, wanted, got in pairs if wanted != got]


def main() -> int:
    parser = argparse.ArgumentParser(description="Kör lägena i situations.toml.")
    parser.add_argument("folder", metavar="MAPP", type=Path, help="mapp för report.html och result.json")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    situations = tomllib.loads((HERE / "situations.toml").read_text(encoding="utf-8"))["situation"]
    assessments: dict[tuple[str, str, str | None], opcheck.Assessment] = {}
    wrong = 0
    for one in situations:
        key = (one["file"], one["pack"], one.get("variant"))
        if key not in assessments:
            sites = opcheck.read_sites(HERE / one["file"])
            assessments[key] = opcheck.assess(sites, read_pack(one["pack"], one.get("variant")), on=DAY)
        answer = assessments[key][one["site"]]
        bad = differences(one, answer)
        wrong += bool(bad)
        wanted, found = f"{one['outcome']} {one['plan']}", f"{answer.verdict.outcome} {answer.verdict.plan}"
        mark = "OLIKA" if bad else "stämmer"
        print(f"{one['number']:<4}{one['site']:<22}väntat {wanted:<11} funnet {found:<11} {mark}")
        for line in bad:
            print(f"      {line}")
    main_run = assessments["sites.geojson", "pitea", None]
    for name in ("report.html", "result.json"):
        print(opcheck.write_report(main_run, folder / name).as_posix())
    print(f"{len(situations) - wrong} av {len(situations)} lägen stämmer.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a console that cannot show å must not stop the run
    sys.exit(main())
