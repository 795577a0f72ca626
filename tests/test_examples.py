"""The scripts of the examples run anywhere, say what they should, and use nothing but the public names."""

from __future__ import annotations

import ast
import csv
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import opcheck

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SCRIPTS = sorted(EXAMPLES.rglob("*.py"))


def run(script: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script as a user does, in a folder of his own."""
    command = [sys.executable, str(EXAMPLES / script), *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


def test_run_finds_what_a_planner_expects(tmp_path: Path):
    done = run("haraholmen/run.py", "ut", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    situations = tomllib.loads((EXAMPLES / "haraholmen" / "situations.toml").read_text(encoding="utf-8"))["situation"]
    lines = done.stdout.splitlines()
    for one in situations:
        (line,) = (line for line in lines if line.split()[:2] == [one["number"], one["site"]])
        answer = f"{one['outcome']} {one['plan']}"
        assert line.split("väntat ")[1].split() == [*answer.split(), "funnet", *answer.split(), "stämmer"]
    assert lines[-1] == f"{len(situations)} av {len(situations)} lägen stämmer."
    assert sorted(path.name for path in (tmp_path / "ut").iterdir()) == ["report.html", "result.json"]
    record = json.loads((tmp_path / "ut" / "result.json").read_text(encoding="utf-8"))
    assert "modulfabrik" in [site["id"] for site in record["sites"]]


def test_compare_plots_sets_words_and_metres_side_by_side(tmp_path: Path):
    done = run("haraholmen/compare_plots.py", "ut", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "ut" / "tomter.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row[0]: row[1:] for row in csv.reader(stream, delimiter=";")}
    assert [name.split(",")[0] for name in rows["Fråga"]] == ["Tomt A", "Tomt B", "Tomt C"]
    assert rows["Avstånd till hamn"] == ["1 186 m, uppfyllt", "2 497 m, uppfyllt", "7 428 m, inte uppfyllt"]
    assert rows["Användning enligt översiktsplanen"] == [
        "Inget fynd emot, F1", "Behöver bedömas, F2", "Inget fynd emot, F1",
    ]  # fmt: skip
    assert rows["Sevesoverksamhet i närheten"][0] == "Inte prövat"
    assert all(len(row) == 3 for row in rows.values())
    for question, cells in rows.items():
        assert question in done.stdout
        assert all(cell in done.stdout for cell in cells)
    assert "Demonstrationsunderlag" in done.stdout


def test_compare_plots_takes_rules_of_ones_own(tmp_path: Path):
    own = EXAMPLES / "haraholmen" / "mina-regler.toml"
    done = run("haraholmen/compare_plots.py", "ut", "--rules", str(own), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 497 m, inte uppfyllt" in done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_only_public_names_are_used(script: Path):
    tree = ast.parse(script.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in imported | modules}
    # What makes data needs no opcheck: anybody can see how it was made, and make it again.
    assert script.name.startswith("make_") or "opcheck" in imported
    assert not [name for name in imported | modules if name.startswith("opcheck.")]
    assert roots - {"opcheck"} <= sys.stdlib_module_names
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "opcheck"
    }
    assert used <= set(opcheck.__all__)


def test_the_data_of_the_own_plan_is_what_its_script_writes(tmp_path: Path):
    done = run("egen-plan/make_data.py", "data", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    kept = EXAMPLES / "egen-plan" / "data"
    names = sorted(path.name for path in kept.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "data").iterdir())
    for name in names:
        assert (kept / name).read_bytes() == (tmp_path / "data" / name).read_bytes(), name
