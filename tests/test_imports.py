"""Which module may import which: down the ranks only, and each library in its own place."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "opcheck"

# The design's order of modules, cut finer where two of its neighbours need an order between them. Modules of one set
# change together and may import each other; a folder is one package.
RANKS = (
    ({"errors"}, {"findings"}),
    ({"checks"}, {"verdict"}, {"geometry"}, {"tables"}, {"columns"}, {"attributes"}),
    ({"sources"}, {"rules"}, {"plan"}, {"texts"}, {"placing"}, {"plots"}),
    ({"sites"}, {"manifest"}, {"features"}),
    ({"properties"}, {"proposal"}, {"casefile"}),
    ({"index", "cache"}, {"closure"}, {"readiness"}),
    ({"neighbours"},),
    ({"governing"}, {"drafts"}),
    ({"landuse"}, {"standing"}),
    ({"horizon"}, {"parts"}, {"absence"}, {"fitness"}, {"how"}, {"procedure"}, {"routing"}),
    ({"answers"},),
    ({"wordings"}, {"not_seen"}),
    ({"record"},),
    ({"assessment"},),
    ({"run"}, {"validate", "completeness"}),
    ({"report"}, {"batch"}, {"cluster"}, {"cases"}),
    ({"cli"},),
    ({"__init__", "__main__"},),
)
RANK = {name: (rank, row) for rank, rows in enumerate(RANKS) for row in map(frozenset, rows) for name in row}

# Where each library may be imported. What is not named here may be imported anywhere.
HOMES = {
    "fiona": {"sources"},
    "pyogrio": {"sources"},
    "pyproj": {"geometry"},
    "rtree": {"index", "cache"},
    "folium": {"report"},
    "branca": {"report"},
    "jinja2": {"report"},
}
SLOW = ("geopandas", "pandas", "fiona", "pyogrio", "folium", "branca", "jinja2", "rtree")


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "rulesets" not in path.parts)


def unit(path: Path) -> str:
    """The name under which a file is ranked: its top-level module, or its folder."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Every module a file imports, inside functions and under TYPE_CHECKING too, as (line, dotted name).

    ``from opcheck import x`` is given as ``opcheck.x``, relative imports as absolute ones.
    """
    here = ("opcheck", *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = ".".join(here[: len(here) - node.level])
                base = f"{package}.{base}" if base else package
            if base == "opcheck":
                yield from ((node.lineno, f"opcheck.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, base


def steps_up(importer: str, name: str) -> bool:
    """Tell whether `importer` may not import the module called `name`."""
    if importer == name:
        return False
    rank, row = RANK[importer]
    other_rank, _ = RANK[name]
    return not (other_rank < rank or name in row)


def test_every_module_has_a_rank() -> None:
    unknown = {unit(path) for path in modules()} - set(RANK)
    assert not unknown, f"give these a place in RANKS, and in the design's table: {sorted(unknown)}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    wrong = []
    for line, name in imported(path):
        parts = name.split(".")
        if parts[0] != "opcheck" or parts[1:] == ["__version__"]:
            continue
        if len(parts) == 1 or parts[1] not in RANK:
            wrong.append(f"line {line}: {name} is not one of the package's modules")
        elif unit(path) in RANK and steps_up(unit(path), parts[1]):
            wrong.append(f"line {line}: {unit(path)} (rank {RANK[unit(path)][0]}) imports {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_stays_at_home(path: Path) -> None:
    wrong = [
        f"line {line}: {name} belongs in {sorted(homes)}"
        for line, name in imported(path)
        if (homes := HOMES.get(name.split(".")[0])) and unit(path) not in homes
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_imported_is_declared() -> None:
    setup = configparser.ConfigParser()
    setup.read(PACKAGE.parent / "setup.cfg", encoding="utf-8")
    wanted = setup["options"]["install_requires"].split("\n")
    declared = {match[0].lower() for line in wanted if (match := re.match(r"[\w-]+", line))}
    used = {name.split(".")[0].lower() for path in modules() for _, name in imported(path)}
    foreign = used - set(sys.stdlib_module_names) - {"opcheck"}
    assert foreign <= declared, f"imported but not in setup.cfg: {sorted(foreign - declared)}"


@pytest.mark.parametrize("name", ["opcheck", "opcheck.cli"])
def test_starting_is_quick(name: str) -> None:
    """Reading and drawing libraries come in when something is read or drawn."""
    code = f"import sys, {name}; print(*(set(sys.modules) & set({SLOW!r})))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def test_every_public_name_answers() -> None:
    import opcheck

    assert sorted(set(opcheck.__all__)) == sorted(opcheck.__all__)
    for name in opcheck.__all__:
        assert getattr(opcheck, name) is not None, name
    assert set(opcheck.__all__) <= set(dir(opcheck))
