"""Zip archives: unpacked to a folder that is removed again, every entry checked against its own sum."""

from __future__ import annotations

import functools
import shutil
import tempfile
import unicodedata
import weakref
import zipfile
import zlib
from pathlib import Path

from opcheck.errors import Fault, LayerError
from opcheck.sources.table import TableInfo

LIMIT_BYTES = 8 * 1024**3
"""An archive that would fill more than this is refused: a few kilobytes can unpack to a full disk."""


class Unpacked:
    """An archive's content in a folder, for as long as this object lives; what it holds is listed once."""

    def __init__(self, path: Path, shown: str) -> None:
        self.tables: list[tuple[str, Path, TableInfo]] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="opcheck-"))
        # A finalizer runs at exit too, and says nothing: the folder is ours alone.
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self._fill(path, shown)
        except BaseException:
            self._remove()
            raise

    def _fill(self, path: Path, shown: str) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                entries = [entry for entry in archive.infolist() if not _foreign(entry.filename)]
                if sum(entry.file_size for entry in entries) > LIMIT_BYTES:
                    message = f"arkivet blir större än {LIMIT_BYTES // 1024**3} GB uppackat. Packa upp det själv."
                    raise LayerError(Fault(message=message, path=shown))
                for entry in entries:
                    entry.filename = _name(entry)
                    if not entry.is_dir() and (self.folder / entry.filename).exists():
                        message = (
                            f"filen {entry.filename} finns två gånger i arkivet, och det går inte att veta vilken som "
                            "gäller. Packa om arkivet med en av dem."
                        )
                        raise LayerError(Fault(message=message, path=shown))
                    self._extract(archive, entry, shown)
        except zipfile.BadZipFile:
            message = "är inget helt zip-arkiv. Filen kan vara avklippt; hämta den igen."
            raise LayerError(Fault(message=message, path=shown)) from None

    def _extract(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> None:
        try:
            archive.extract(entry, self.folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError):
            message = f"filen {entry.filename} i arkivet är skadad. Hämta arkivet igen."
            raise LayerError(Fault(message=message, path=shown)) from None
        except (RuntimeError, NotImplementedError):
            message = f"filen {entry.filename} i arkivet går inte att packa upp: lösenord, eller okänd packning."
            raise LayerError(Fault(message=message, path=shown)) from None


def unpacked(path: Path, shown: str) -> Unpacked:
    """Return an archive's content; asked for again while nothing has changed, the same."""
    state = path.stat()
    return _unpacked(path.resolve(), shown, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=2)
def _unpacked(path: Path, shown: str, changed: int, size: int) -> Unpacked:
    return Unpacked(path, shown)


def _foreign(name: str) -> bool:
    """Tell whether an entry is something that a Mac puts beside every file."""
    return name.startswith("__MACOSX/") or name.endswith(".DS_Store") or "/._" in f"/{name}"


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name that an entry is unpacked under, inside the folder and with its own letters.

    Without the flag for UTF-8 the name may still be UTF-8, or DOS; and programs for Windows may have the
    other slash between folders.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        raw = name.encode("cp437")
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("cp850")
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in (".", ".."))
