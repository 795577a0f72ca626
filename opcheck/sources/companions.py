"""The files that belong together: a Shapefile's or MapInfo table's parts, their hash, and whether they are whole."""

from __future__ import annotations

import glob
import hashlib
import unicodedata
from pathlib import Path

import numpy as np
import numpy.typing as npt

from opcheck.errors import Fault, LayerError
from opcheck.tables import counted

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_PARTS = {
    ".shp": SHAPEFILE_PARTS,
    ".tab": (".tab", ".dat", ".map", ".id", ".ind"),
    ".mif": (".mif", ".mid"),
}  # fmt: skip


def found(path: Path) -> Path:
    """Return the path as the disk spells it: å can be one character or two, and a file may come from either world."""
    if path.exists():
        return path
    here = Path(path.anchor) if path.is_absolute() else Path()
    for part in path.parts[1:] if path.is_absolute() else path.parts:
        if not (here / part).exists() and here.is_dir():
            wanted = unicodedata.normalize("NFC", part)
            part = next((one.name for one in here.iterdir() if unicodedata.normalize("NFC", one.name) == wanted), part)
        here = here / part
    return here if here.exists() else path


def family(path: Path) -> dict[str, Path]:
    """Return the files that share a file's name, by suffix in lower case; ``a.2019.dbf`` is none of ``a.shp``'s."""
    beside = path.parent.glob(f"{glob.escape(path.stem)}.*")
    return {part.suffix.lower(): part for part in beside if part.stem == path.stem}


def digest(path: Path) -> str:
    """Return the sha256 of a file, of a file with its companions, or of the files in a folder in order of name."""
    path = found(path)
    suffix = path.suffix.lower()
    if path.is_dir():
        parts = sorted(part for part in path.rglob("*") if part.is_file() and part.suffix.lower() != ".lock")
    elif suffix in _PARTS:
        members = family(path)
        parts = [members[one] for one in _PARTS[suffix] if one in members]
    else:
        parts = [path, *([log] if (log := unmerged(path)) is not None else [])]
    hashes = []
    for part in parts:
        with part.open("rb") as stream:
            hashes.append(hashlib.file_digest(stream, "sha256"))
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(one.digest() for one in hashes))
    return whole.hexdigest()


SQLITE_SUFFIXES = frozenset({".gpkg", ".sqlite"})


def unmerged(path: Path) -> Path | None:
    """Return the log beside a GeoPackage that holds its newest rows while a program has it open; None without one."""
    log = path.with_name(f"{path.name}-wal")
    return log if path.suffix.lower() in SQLITE_SUFFIXES and log.exists() else None


def may_lack_log(path: Path) -> bool:
    """Tell whether the newest rows of a GeoPackage may stand in a log, and there is no log beside it."""
    if path.suffix.lower() not in SQLITE_SUFFIXES or unmerged(path) is not None:
        return False
    with path.open("rb") as stream:
        # SQLite file format, 1.3.3: byte 19 is 2 for a file that is read through a log.
        return stream.read(20)[19:] == b"\x02"


def check_companions(path: Path, shown: str) -> None:
    """Raise `LayerError` when a file cannot be read without a companion that is missing, or that counts other rows."""
    suffix = path.suffix.lower()
    needed = {".shp": (".shx", ".dbf"), ".tab": (), ".mif": (".mid",)}.get(suffix, ())
    members = family(path) if suffix in _PARTS else {}
    missing = [one for one in needed if one not in members]
    if missing:
        which = " och ".join(missing)
        raise LayerError(
            Fault(
                message=f"filen {path.stem}{which} saknas bredvid {path.name}. {_ROLES[missing[0]]} "
                "Hämta alla filer med samma namn, eller exportera som GeoPackage.",
                path=shown,
            )
        )
    if suffix == ".shp":
        shapes, rows = _index_count(members[".shx"]), dbf_count(members[".dbf"])
        if shapes != rows:
            raise LayerError(
                Fault(
                    message=f"{path.name} har {shapes} objekt men {members['.dbf'].name} har "
                    f"{counted(rows, 'rad', 'rader')}, så det går inte att veta vilken rad som hör "
                    "till vilket objekt. Exportera filen igen.",
                    path=shown,
                )
            )
        _check_index(path, members[".shx"], shown)


_ROLES = {
    ".shx": "Utan den går det inte att veta var objekten börjar.",
    ".dbf": "Den har objektens egenskaper.",
    ".mid": "Den har objektens egenskaper.",
}


def _index_count(path: Path) -> int:
    """Return how many shapes a Shapefile's index says that there are: its header's length, not what is left of it."""
    with path.open("rb") as stream:
        head = stream.read(100)
    # Bytes 24–27 are the length in 16-bit words, the header's 50 included; each shape takes four.
    return max(0, (int.from_bytes(head[24:28], "big") - 50) // 4) if len(head) >= 28 else 0


_HEAD_BYTES, _RECORD_HEAD_BYTES = 100, 8
"""Of a .shp and a .shx file, and of each shape: its number and its length, both in the order of big-endian machines."""


def _check_index(path: Path, index: Path, shown: str) -> None:
    """Raise `LayerError` when a Shapefile's index is not its own: shapes would be lost, or given to other rows."""
    with index.open("rb") as stream:
        stream.seek(_HEAD_BYTES)
        # Both are counted in 16-bit words.
        words = np.frombuffer(stream.read(_index_count(index) * 8), dtype=">i4").astype(np.int64).reshape(-1, 2)
    size = path.stat().st_size
    starts = words[:, 0] * 2
    starts = starts[(starts >= _HEAD_BYTES) & (starts + _RECORD_HEAD_BYTES <= size)]
    if not len(starts):
        return
    shapes = np.memmap(path, dtype=np.uint8, mode="r")
    numbers = shapes[starts[:, None] + np.arange(4)].reshape(-1).view(">i4")
    # Shapes are numbered in the order of the rows, from 1; programs that number otherwise still do not count backwards.
    if len(np.unique(starts)) < len(starts) or (np.diff(numbers) < 0).any():
        message = (
            f"{index.name} hör inte till {path.name}: den pekar ut objekten i en annan ordning än de har. "
            "Filerna kan vara av olika datum; exportera alla på nytt."
        )
        raise LayerError(Fault(message=message, path=shown))
    if _HEAD_BYTES + int((words[:, 1] * 2 + _RECORD_HEAD_BYTES).sum()) < size:
        there = _numbers(shapes)
        if len(there) > len(words):
            message = (
                f"{path.name} har {len(there)} objekt men {index.name} pekar bara ut {len(words)}, så resten skulle "
                "saknas. Filerna kan vara av olika datum; exportera alla på nytt."
            )
            raise LayerError(Fault(message=message, path=shown))


def _numbers(shapes: npt.NDArray[np.uint8]) -> set[int]:
    """Return the numbers of the shapes that stand one after the other; one that was drawn anew stands there twice."""
    found = set()
    start = _HEAD_BYTES
    while start + _RECORD_HEAD_BYTES <= len(shapes):
        number, words = shapes[start : start + _RECORD_HEAD_BYTES].view(">i4").tolist()
        if words < 2:  # not even the kind of a shape
            break
        found.add(number)
        start += _RECORD_HEAD_BYTES + words * 2
    return found


def is_cut(path: Path) -> bool:
    """Tell whether a .shp file is shorter than its own header says."""
    with path.open("rb") as stream:
        head = stream.read(28)
    return path.stat().st_size < int.from_bytes(head[24:28], "big") * 2


def dbf_count(path: Path) -> int:
    """Return how many records a dBASE file says that it has."""
    with path.open("rb") as stream:
        head = stream.read(8)
    return int.from_bytes(head[4:8], "little") if len(head) == 8 else 0


def dbf_layout(path: Path | None) -> tuple[int, dict[int, int]]:
    """Return a dBASE file's language byte, and the width of its text columns by their number."""
    if path is None:
        return 0, {}
    with path.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            return 0, {}
        fields = stream.read(max(0, int.from_bytes(head[8:10], "little") - 32))
    widths = {}
    for number in range(len(fields) // 32):
        field = fields[number * 32 : number * 32 + 32]
        if field[0] == 0x0D:
            break
        if field[11:12] == b"C":
            widths[number] = field[16]
    return head[29], widths


def deleted(path: Path) -> int:
    """Return how many records of a Shapefile or MapInfo table are marked as deleted: counted by GDAL, but not rows."""
    suffix = {".shp": ".dbf", ".tab": ".dat"}.get(path.suffix.lower())
    if suffix is None:
        return 0
    part = family(path).get(suffix)
    raw = part.read_bytes() if part is not None else b""
    if len(raw) < 32:
        return 0
    # dBASE: bytes 4–7 count the records, 8–9 are the header's length and 10–11 a record's, which a flag begins.
    count, start, length = (int.from_bytes(raw[at:end], "little") for at, end in ((4, 8), (8, 10), (10, 12)))
    return raw[start::length][:count].count(b"*") if length else 0
