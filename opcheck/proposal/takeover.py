"""What a new manifest takes over from a base pack: its facts as TOML text, and the files that they name."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opcheck.manifest import pack_names, read_plan
from opcheck.plan import MANIFEST, Plan
from opcheck.proposal.manifest_text import comment, off, pair

TAKEN = ("units", "neighbour", "document", "value")
"""Tables that are taken over, in the order in which they are written."""

HEAD = ("municipality_code", "note")
"""Keys of [plan] that are taken over as they are; its name, crs, area and attribution have lines of their own."""

_CONTACT = (
    "contact: den som enligt basen har planens lager. Rapporten hänvisar dit där markanvändningen inte kunde prövas. "
    "Ändra raden, eller ta bort den, om det är fel."
)
_QUESTION = (
    "question: basens fråga. Den som är påslagen står överst i varje rapport: slå på raden bara om det är den frågan "
    "ni prövar, eller skriv en egen."
)

FILES = "bas"
"""The folder of the new pack in which the base pack's files stand: their names may be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base pack, read.

    Parameters
    ----------
    plan
        Its values.
    head
        Lines for [plan].
    lines
        Its other tables.
    files
        Where a file stands, and its place in the new pack.
    left
        Names of what is not taken over.
    attribution
        Of its facts; None when it states none.
    """

    plan: Plan
    head: tuple[str, ...]
    lines: tuple[str, ...]
    files: tuple[tuple[Path, str], ...]
    left: tuple[str, ...]
    attribution: str | None

    def area(self) -> Mapping[str, Any] | None:
        """Return the base pack's own border as the new manifest names it, None when it has none."""
        source = self.plan.area
        if source is None or self.plan.provisional_area:
            return None
        keys = {
            "source": f"{FILES}/{source.file}",
            "layer": source.layer,
            "crs": source.crs,
            "encoding": source.encoding,
        }
        return {name: one for name, one in keys.items() if one is not None}


def read_base(source: str | os.PathLike[str], to: Path) -> Base:
    """Read a base pack for a new pack that will stand in `to`.

    Raises
    ------
    PlanError
        The pack is not found, or its manifest has faults.
    """
    plan = read_plan(source)
    folder = plan.folder
    root = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    files: dict[str, Path] = {}
    lines: list[str] = []
    for name in TAKEN:
        tables = root.get(name, [])
        many = isinstance(tables, list)
        for table in tables if many else [tables]:
            moved = _moved(table, folder, to, files)
            lines += [f"[[{name}]]" if many else f"[{name}]"]
            lines += [pair(one, cell) for one, cell in moved.items()]
            lines.append("")
    head = root["plan"]
    if plan.area is not None and not plan.provisional_area:
        _take(plan.area.file, folder, files)
    left = [f"[[{name}]]" for name in ("layer", "override", "accept", "not_applicable") if name in root]
    left += [f"[plan] {name}" for name in ("include", "rules") if name in head]
    found = tuple((path, name) for name, path in sorted(files.items()))
    return Base(
        plan=plan, head=tuple(_head(head)), lines=tuple(lines), files=found, left=tuple(left),
        attribution=head.get("attribution"),
    )  # fmt: skip


def _head(head: Mapping[str, Any]) -> Iterator[str]:
    """Give the lines for [plan]: a question is the planner's own to ask, so the base's is switched off."""
    yield from (pair(name, head[name]) for name in HEAD if name in head)
    if "contact" in head:
        yield pair("contact", head["contact"])
        yield from comment(_CONTACT, "  ")
    if "question" in head:
        yield from off([pair("question", head["question"])])
        yield from comment(_QUESTION, "  ")


def _moved(table: Mapping[str, Any], folder: Path, to: Path, files: dict[str, Path]) -> dict[str, Any]:
    """Return a table whose files are named from the new pack."""
    return {name: _cell(name, one, folder, to, files) for name, one in table.items()}


def _cell(name: str, one: Any, folder: Path, to: Path, files: dict[str, Path]) -> Any:  # noqa: ANN401 - a TOML value
    if isinstance(one, dict):
        return _moved(one, folder, to, files)
    if isinstance(one, list):
        return [_cell("", item, folder, to, files) for item in one]
    if name == "source" and isinstance(one, str):
        return _take(one, folder, files)
    if name == "pack" and isinstance(one, str):
        return _pack(one, folder, to)
    return one


def _take(name: str, folder: Path, files: dict[str, Path]) -> str:
    files[f"{FILES}/{name}"] = folder / name
    return f"{FILES}/{name}"


def _pack(name: str, folder: Path, to: Path) -> str:
    """Return how the new pack names another pack that the base pack names: by name where it has one."""
    beside = folder / name
    if not (beside / MANIFEST).is_file():
        return name
    if beside.resolve().name in pack_names():
        return beside.resolve().name
    return Path(os.path.relpath(beside.resolve(), to.resolve())).as_posix()
