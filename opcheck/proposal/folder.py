"""The folder of a new pack: made whole or not at all, and the files that are copied to it."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from opcheck.errors import Fault, PlanError
from opcheck.plan import MANIFEST

_SIDES: Mapping[str, tuple[str, ...]] = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".cst", ".qix", ".sbn", ".sbx", ".shp.xml", ".qmd"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".gml": (".xsd",),
    ".gpkg": (".gpkg-wal", ".gpkg-shm"),
}
"""Suffix of a file → what belongs to it and is copied with it."""


def sides(path: Path) -> list[Path]:
    """Return the files that belong to a file, by its name: a Shapefile's table, and so on."""
    wanted = _SIDES.get(path.suffix.lower(), ())
    if not wanted:
        return []
    beside = [one for one in path.parent.iterdir() if one.name.startswith(path.stem) and one.is_file()]
    return sorted(one for one in beside if one.name[len(path.stem) :].lower() in wanted)


@dataclass(slots=True, kw_only=True)
class Folder:
    """Where a pack is being written.

    Parameters
    ----------
    path
        The pack's own folder where the data lies in it, else one that takes its place when all has gone well.
    made
        What has been written so far, in that order.
    """

    path: Path
    made: list[Path] = field(default_factory=list)

    def new(self, name: str, write: Callable[[Path], object]) -> None:
        """Write a file that must not be there already.

        Raises
        ------
        PlanError
            It is there.
        """
        target = self.path / name
        if target.exists():
            message = "finns redan i paketets mapp. Flytta den, eller ange en annan mapp."
            raise PlanError(Fault(message=message, path=target.name))
        missing = [one for one in target.parents if not one.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        self.made += [*reversed(missing), target]
        write(target)

    def copy(self, files: Iterable[tuple[Path, str]]) -> int:
        """Copy files to their places, with what belongs to them, as they lie; return how many bytes that was."""
        copied = 0
        for path, shown in files:
            target = self.path / shown
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, target)
                copied += sum(part.stat().st_size for part in path.rglob("*") if part.is_file())
                continue
            for part in (path, *sides(path)):
                shutil.copy2(part, target.parent / part.name)
                copied += part.stat().st_size
        return copied


@contextlib.contextmanager
def place(to: Path, *, in_place: bool) -> Iterator[Folder]:
    """Give the folder to write in, and leave nothing behind unless all goes well.

    Raises
    ------
    PlanError
        The folder has a manifest, or other things than the data.
    """
    if (to / MANIFEST).exists():
        message = f"har redan en {MANIFEST}, som inte skrivs över. Ange en annan mapp, eller flytta den."
        raise PlanError(Fault(message=message, path=str(to)))
    if to.is_file():
        raise PlanError(Fault(message="är en fil. Ange en mapp för planpaketet.", path=str(to)))
    if not in_place and to.is_dir() and any(to.iterdir()):
        message = "är inte tom. Ange en ny mapp, eller den mapp där planens data redan ligger."
        raise PlanError(Fault(message=message, path=str(to)))
    yield from _beside_the_data(to) if in_place else _of_its_own(to)


def _beside_the_data(to: Path) -> Iterator[Folder]:
    folder = Folder(path=to)
    try:
        yield folder
    except BaseException:
        for path in reversed(folder.made):
            if path.is_dir():
                with contextlib.suppress(OSError):
                    path.rmdir()
            else:
                path.unlink(missing_ok=True)
        raise


def _of_its_own(to: Path) -> Iterator[Folder]:
    missing = [folder for folder in to.parents if not folder.exists()]
    path = to.parent / f".{to.name}.{secrets.token_hex(4)}"
    try:
        path.mkdir(parents=True)
        yield Folder(path=path)
        if to.is_dir():
            to.rmdir()
        path.replace(to)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        for one in missing:
            with contextlib.suppress(OSError):
                one.rmdir()
        raise
