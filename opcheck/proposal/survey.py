"""What there is in data that nobody has described: every file and layer, read once, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from opcheck.errors import CRSError, Fault, LayerError, OpcheckError
from opcheck.geometry import crs_name, finite, kinds
from opcheck.proposal.folder import sides
from opcheck.sources.files import LONLAT, FeatureTable, TableInfo, find_data, list_tables, read_table

KIND_ORDER = ("polygon", "line", "point")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One layer of one file.

    Parameters
    ----------
    path, shown
        The file, and its path from the data's folder as a manifest writes it.
    layer
        What to give as ``layer``; None where the file is one table.
    alone
        Whether the file has no other layer with geometry.
    table
        Its rows.
    kinds
        Kind of geometry → number of rows, the most common first; without rows that have none.
    bounds
        Of the numbers as they stand; None where no row has a place.
    crs
        What the file says, as a short name; None when it says nothing.
    """

    path: Path
    shown: str
    layer: str | None
    alone: bool
    table: FeatureTable
    kinds: dict[str, int]
    bounds: tuple[float, float, float, float] | None
    crs: str | None

    @property
    def name(self) -> str:
        """The layer as a person would call it."""
        return self.layer or Path(self.shown).stem

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders between the data's folder and the file, outermost first."""
        return Path(self.shown).parent.parts

    def told(self) -> str:
        """Return "304 ytor", with what is missing."""
        words = {"polygon": ("yta", "ytor"), "line": ("linje", "linjer"), "point": ("punkt", "punkter")}
        parts = [f"{count} {words[kind][count != 1]}" for kind, count in self.kinds.items()]
        without = len(self.table) - sum(self.kinds.values())
        parts += [f"{without} utan användbar geometri"] if without else []
        return ", ".join(parts) or "inga objekt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Everything that was looked at.

    Parameters
    ----------
    root
        The folder from which files are named.
    layers, unreadable
        All layers that could be read, and a fault for each file or layer that could not.
    files
        How many files there were with data.
    tables
        Names of tables without geometry.
    skipped
        Kinds of files that hold no data, ".pdf", the most common first; "" for files without a suffix.
    """

    root: Path
    layers: tuple[Seen, ...]
    unreadable: tuple[Fault, ...]
    files: int
    tables: tuple[str, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)


def survey(data: Path, *, within: Path | None = None) -> Survey:
    """Read every layer of a file, or of all files in a folder.

    Parameters
    ----------
    data
        A file, or a folder that is searched with its subfolders.
    within
        The folder from which files are named; None is the data's own.

    Raises
    ------
    LayerError
        There is no such file or folder, or no data in it.
    """
    if not data.exists():
        raise LayerError(
            Fault(message="finns inte. Ange en fil med kartdata, eller en mapp med sådana.", path=data.name)
        )
    files = find_data(data)
    if not files:
        raise LayerError(
            Fault(
                message="har inga kartdata som opcheck läser. Förväntade GeoPackage, Shapefile, MapInfo TAB, GML, "
                "GeoJSON eller liknande.",
                path=data.name,
            )
        )
    root = (within or (data if data.is_dir() and data not in files else data.parent)).resolve()
    layers: list[Seen] = []
    faults: list[Fault] = []
    tables: list[str] = []
    for path in files:
        shown = path.resolve().relative_to(root).as_posix()
        try:
            every = list_tables(path, shown=shown)
        except OpcheckError as error:
            faults.extend(error.faults)
            continue
        infos = [one for one in every if one.kinds or not one.rows]
        tables += [one.layer or shown for one in every if one not in infos]
        layers.extend(_layers(path, shown, infos, faults))
    return Survey(
        root=root, layers=tuple(layers), unreadable=tuple(faults), files=len(files), tables=tuple(tables),
        skipped=_skipped(data, files),
    )  # fmt: skip


def _skipped(data: Path, files: Sequence[Path]) -> dict[str, int]:
    """Count the files of a folder that are neither data nor belong to data, by their suffixes."""
    if not data.is_dir() or data in files:
        return {}
    known = {*files, *(part for path in files if path.is_file() for part in sides(path))}
    counted = Counter(
        path.suffix.lower()
        for path in data.rglob("*")
        if path.is_file()
        and not known & {path, *path.parents}
        and not any(part.startswith((".", "~$")) or part == "__MACOSX" for part in path.relative_to(data).parts)
    )
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0] == "", one[0])))


def _layers(path: Path, shown: str, infos: list[TableInfo], faults: list[Fault]) -> Iterator[Seen]:
    for info in infos:
        try:
            table = read_table(path, shown=shown, layer=info.layer)
        except OpcheckError as error:
            faults.extend(
                Fault(message=one.message, path=one.path or shown, key=one.key, layer_id=info.layer)
                for one in error.faults
            )
            continue
        yield seen(path, shown, info.layer, table, alone=len(infos) == 1)


@np.errstate(invalid="ignore")
def seen(path: Path, shown: str, layer: str | None, table: FeatureTable, *, alone: bool) -> Seen:
    """Return what there is to say of a table that has been read."""
    usable = ~shapely.is_missing(table.geometry) & ~shapely.is_empty(table.geometry) & finite(table.geometry)
    counted = Counter(kind for kind in kinds(table.geometry[usable]) if kind)
    order = sorted(counted, key=lambda kind: (-counted[kind], KIND_ORDER.index(kind)))
    bounds = shapely.total_bounds(table.geometry[usable]).tolist() if usable.any() else None
    return Seen(
        path=path, shown=shown, layer=layer, alone=alone, table=table, kinds={kind: counted[kind] for kind in order},
        bounds=tuple(bounds) if bounds else None, crs=_crs(table),
    )  # fmt: skip


def _crs(table: FeatureTable) -> str | None:
    if table.crs is None:
        return None
    try:
        return "EPSG:4326" if table.crs == LONLAT else crs_name(table.crs)
    except CRSError:
        return None
