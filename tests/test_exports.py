"""What the package gives out, and what it takes in before anybody has asked for anything."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import opcheck

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"geopandas", "pandas", "fiona", "pyogrio", "folium", "branca", "jinja2", "shapely", "numpy", "pyproj", "rtree"}


def loaded_after(code: str, folder: Path) -> set[str]:
    """Which heavy libraries are in a fresh interpreter after some code."""
    program = f"{code}\nimport sys\nprint('LOADED', *sorted(name for name in {sorted(HEAVY)!r} if name in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split("LOADED")[1].split())


def test_all_dir_and_the_table_of_homes_agree() -> None:
    assert sorted(opcheck.__all__) == sorted({*opcheck._HOME, "__version__"})
    assert dir(opcheck) == sorted(opcheck.__all__)
    assert len(set(opcheck.__all__)) == len(opcheck.__all__)


@pytest.mark.parametrize("name", sorted(opcheck._HOME))
def test_every_public_name_is_the_one_of_its_home(name: str) -> None:
    home = importlib.import_module(f"opcheck.{opcheck._HOME[name]}")
    assert getattr(opcheck, name) is getattr(home, name)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="finns_inte"):
        _ = opcheck.finns_inte


def test_the_version_is_the_installed_one() -> None:
    from importlib.metadata import version

    assert opcheck.__version__ == version("opcheck")


@pytest.mark.parametrize("first", ["opcheck.run", "opcheck.answers", "opcheck.cli"])
def test_the_verb_assess_is_never_hidden_by_its_module(tmp_path: Path, first: str) -> None:
    loaded_after(f"import {first}, opcheck\nassert callable(opcheck.assess), opcheck.assess", tmp_path)


def test_importing_the_package_loads_no_library(tmp_path: Path) -> None:
    assert loaded_after("import opcheck", tmp_path) == set()


def test_the_errors_can_be_caught_without_loading_a_library(tmp_path: Path) -> None:
    assert loaded_after("import opcheck; opcheck.OpcheckError; opcheck.Fault", tmp_path) == set()


def test_the_command_lines_help_loads_no_map_or_data_library(tmp_path: Path) -> None:
    code = "from opcheck.cli import main; main(['--help'])"
    assert loaded_after(code, tmp_path) <= {"numpy"}


@pytest.mark.parametrize("suffix", ["json", "html"])
def test_one_site_needs_neither_geopandas_nor_pyogrio(tmp_path: Path, suffix: str) -> None:
    site = ROOT / "examples" / "haraholmen" / "tomter.geojson"
    command = ["check", str(site), "--plan", "pitea", "--on", "2026-11-22", "--out", f"svar.{suffix}"]
    found = loaded_after(f"from opcheck.cli import main; assert main({command!r}) == 0", tmp_path)
    assert "shapely" in found
    assert not found & {"geopandas", "pyogrio", "fiona"}
    assert (tmp_path / f"svar.{suffix}").stat().st_size > 0


def test_a_record_is_written_without_the_map_library(tmp_path: Path) -> None:
    site = ROOT / "examples" / "haraholmen" / "tomter.geojson"
    command = ["check", str(site), "--plan", "pitea", "--on", "2026-11-22", "--out", "svar.json"]
    found = loaded_after(f"from opcheck.cli import main; assert main({command!r}) == 0", tmp_path)
    assert not found & {"folium", "branca", "jinja2"}


def test_the_logger_is_silent_until_somebody_listens(tmp_path: Path) -> None:
    code = "import opcheck, logging; logging.getLogger('opcheck').warning('x')"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stderr == ""
