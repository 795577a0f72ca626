"""The files that belong together: a Shapefile's or MapInfo table's parts, their hash, and whether they are whole."""

from __future__ import annotations

import glob
import hashlib
import unicodedata
from pathlib import Path

from opcheck.errors import Fault, LayerError

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
    """Return the files that share a file's name, by suffix in lower case."""
    return {part.suffix.lower(): part for part in path.parent.glob(f"{glob.escape(path.stem)}.*")}


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
        parts = [path]
    hashes = []
    for part in parts:
        with part.open("rb") as stream:
            hashes.append(hashlib.file_digest(stream, "sha256"))
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(one.digest() for one in hashes))
    return whole.hexdigest()


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
                    message=f"{path.name} har {shapes} objekt men {members['.dbf'].name} har {rows} rader, så det går "
                    "inte att veta vilken rad som hör till vilket objekt. Exportera filen igen.",
                    path=shown,
                )
            )


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
