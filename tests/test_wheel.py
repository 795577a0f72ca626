"""The wheel, installed in an empty environment and used elsewhere, does what the README promises."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

# A rectangle of 40 hectares by the port of Haraholmen, in SWEREF 99 TM: inside the municipality of the
# demonstration pack. What the answer is does not matter here.
SITES = {
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}},
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "å-1", "name": "Provytan vid Haraholmen", "use": "industri"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [
                        [809000, 7250400],
                        [809800, 7250400],
                        [809800, 7250900],
                        [809000, 7250900],
                        [809000, 7250400],
                    ]
                ],
            },
        }
    ],
}


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command and give what it printed; a failure shows all of it."""
    ran = subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, f"{command} gave {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # From a copy: building in place leaves a folder that a later build would take stale files from.
    source = folder / "source"
    for name in ("opcheck", "layers"):
        shutil.copytree(root / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "LICENSE", "README.md"):
        (source / name).write_bytes((root / name).read_bytes())
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, source, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.network
def test_wheel_holds_every_data_file(root: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    package = {
        f"opcheck/{path.relative_to(root / 'opcheck').as_posix()}"
        for path in (root / "opcheck").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    packs = {
        f"opcheck/demo/{path.relative_to(root / 'layers').as_posix()}"
        for path in (root / "layers").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert sorted((package | packs) - inside) == []
    assert not [name for name in inside if name.startswith(("tests/", "layers/", "examples/"))]


@pytest.mark.network
def test_wheel_answers_from_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "å ä ö"
    folder.mkdir()
    (folder / "områden.geojson").write_text(json.dumps(SITES, ensure_ascii=False), encoding="utf-8")

    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)

    # Nothing of the checkout or of this environment may help.
    helpers = ("PYTHON", "OPCHECK_", "VIRTUAL_ENV")
    env = {key: value for key, value in os.environ.items() if not key.startswith(helpers)}
    run(
        scripts / "opcheck",
        *("check", "områden.geojson", "--plan", "pitea", "--out", "report.html", "--out", "result.json"),
        cwd=folder,
        env=env,
    )
    page = (folder / "report.html").read_text(encoding="utf-8")
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert "Provytan vid Haraholmen" in page
    assert [site["id"] for site in result["sites"]] == ["å-1"]
    assert result["sites"][0]["findings"]
    assert sorted(path.name for path in folder.iterdir()) == ["områden.geojson", "report.html", "result.json"]
