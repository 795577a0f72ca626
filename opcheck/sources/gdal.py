"""What GDAL reads: whole with pyogrio, or record by record with fiona where pyogrio gives up."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.errors import CRSError, Fault, LayerError
from opcheck.geometry import crs_name
from opcheck.sources import curves, domains, gml, records
from opcheck.sources.capped import XML_SUFFIXES
from opcheck.sources.companions import (
    SQLITE_SUFFIXES,
    check_companions,
    dbf_layout,
    deleted,
    digest,
    family,
    is_cut,
    may_lack_log,
    unmerged,
)
from opcheck.sources.discover import find_data
from opcheck.sources.encoding import RAW, decode, of_codepage, of_language
from opcheck.sources.sqlite import row_count
from opcheck.sources.table import (
    HEIGHTS,
    KIND_ORDER,
    FeatureTable,
    TableInfo,
    check_unique,
    first_line,
    info_of,
    kinds_of,
    noted,
)

BYTE_SUFFIXES = frozenset({".shp", ".tab", ".mif"})
"""Formats whose text is in an encoding that has to be found out."""


def read_gdal(path: Path, shown: str, layer: str | None, encoding: str | None) -> FeatureTable:
    """Read one layer of any file that GDAL knows."""
    check_companions(path, shown)
    with undisturbed(path) as source, quiet() as heard:
        name = choose_layer(layer_names(source, path, shown), layer, shown)
        coarse = curves.Steps()
        try:
            with coarse:
                table = _pyogrio_table(source, shown, name, encoding, digest(path))
                table = curves.straightened(table, source, name, coarse, lambda: _geometry(source, name))
            table = records.with_lost(table, _declared(source, name))
        except (RuntimeError, ValueError, MemoryError) as error:
            # pyogrio's own errors are RuntimeErrors; a layer that it gives up on is read record by record.
            with coarse:
                table = records.read_records(
                    source, shown, name, encoding, digest(path), first_line(error), _declared(source, name)
                )
            if source.suffix.lower() in XML_SUFFIXES and not table.lost and not gml.is_whole(source):
                # What stands after the break is not known: one lost row says that there may be some.
                table = records.with_lost(table, len(table) + 1)
        if path.suffix.lower() == ".gdb" and not len(table) and not table.columns:
            # GDAL gives a layer whose files are damaged as one without rows and columns.
            message = f"lagret {name!r} går inte att läsa: det har varken rader eller kolumner. Exportera det igen."
            raise LayerError(Fault(message=message, path=shown))
        table = domains.labelled(table, source, name)
        if source.suffix.lower() in XML_SUFFIXES:
            rows = gml.look_at(source, name)
            table = noted(dataclasses.replace(table, crs=_one_system(rows, table.crs, shown)), rows.note)
        return noted(table, *_said(heard), _uncounted(path, table), _unlogged(path))


def _one_system(rows: gml.Rows, crs: str | None, shown: str) -> str | None:
    """Return the coordinate system of a GML layer: the one that its shapes name, where GDAL took another or none."""
    names: dict[str | None, str] = {}
    for name in rows.systems:
        with contextlib.suppress(CRSError):
            names.setdefault(None if name is None else crs_name(name), name or "inget")
    if len(names) > 1:
        listing = ", ".join(names.values())
        message = (
            f"objekten ligger i flera koordinatsystem ({listing}), och ett lager kan bara ha ett. Exportera det med "
            "ett koordinatsystem för alla objekt."
        )
        raise LayerError(Fault(message=message, path=shown))
    return next((name for name in names if name is not None), crs)


def list_gdal(path: Path, shown: str) -> tuple[TableInfo, ...]:
    """Return what there is to know of each layer of a file."""
    check_companions(path, shown)
    with undisturbed(path) as source, quiet():
        names = layer_names(source, path, shown)
        return tuple(_info(source, path, name, shown, named=len(names) > 1) for name in names)


def _info(source: Path, path: Path, name: str, shown: str, *, named: bool) -> TableInfo:
    import pyogrio

    layer = name if named else None
    text: dict[str, Any] = {"encoding": _asked(path)} if _asked(path) else {}
    try:
        told = pyogrio.read_info(source, layer=name, force_feature_count=True, **text)
        kinds = _kinds(told["geometry_type"], source, name)
        if path.suffix.lower() in BYTE_SUFFIXES and any(not str(one).isascii() for one in told["fields"]):
            return _read_info(path, shown, name, layer)
    except (RuntimeError, ValueError):
        return _read_info(path, shown, name, layer)
    columns = [str(one) for one in told["fields"]]
    labels = domains.labels(source, name)
    columns += [domains.label_column(column) for column in columns if column in labels]
    rows = row_count(source, name)
    crs = records.stated(told["crs"])
    if path.suffix.lower() in XML_SUFFIXES:
        try:
            crs = _one_system(gml.look_at(source, name), crs, shown)
        except LayerError:
            crs = None  # several, which the reading of it says
    return TableInfo(
        layer=layer, kinds=kinds, rows=max(0, int(told["features"]) - deleted(path)) if rows is None else rows,
        crs=crs, columns=tuple(columns),
    )  # fmt: skip


def _read_info(path: Path, shown: str, name: str, layer: str | None) -> TableInfo:
    """Return what a layer turns out to be when it is read: it is damaged, or its text has to be found out."""
    try:
        return info_of(read_gdal(path, shown, name, None), layer)
    except LayerError:
        return TableInfo(layer=layer, kinds=(), rows=None, crs=None, columns=())


def _kinds(declared: str | None, source: Path, name: str) -> tuple[str, ...]:
    if declared is None:
        return ()
    word = declared.replace("Multi", "").split(" ")[0].removeprefix("2.5D").removeprefix("Measured").strip()
    known = {"Point": "point", "LineString": "line", "Polygon": "polygon"}.get(word)
    if known is not None:
        return tuple(kind for kind in KIND_ORDER if kind == known)
    return kinds_of(_geometry(source, name))


def _asked(path: Path) -> str | None:
    """Return the encoding to read a file's text as, so that its bytes come through whatever they are."""
    suffix = path.suffix.lower()
    # Each driver has its own way with encodings; these two names are what leaves the bytes alone in both.
    return {".shp": RAW, ".tab": "latin-1", ".mif": "latin-1"}.get(suffix)


def _declared(path: Path, layer: str) -> int:
    """Return how many records a file says that it has: GDAL ends quietly where a file is damaged."""
    import pyogrio

    if (counted := row_count(path, layer)) is not None:
        return counted
    text: dict[str, Any] = {"encoding": _asked(path)} if _asked(path) else {}
    try:
        told = int(pyogrio.read_info(path, layer=layer, **text)["features"])
        if told < 0:
            told = int(pyogrio.read_info(path, layer=layer, force_feature_count=True, **text)["features"])
    except (RuntimeError, ValueError):
        return 0
    if path.suffix.lower() == ".mif" and (rows := family(path).get(".mid")) is not None:
        told = max(told, sum(1 for line in rows.read_bytes().splitlines() if line.strip()))
    return told - deleted(path)


def _uncounted(path: Path, table: FeatureTable) -> str | None:
    if path.suffix.lower() != ".mif":
        return None
    return (
        f"MIF anger inte hur många objekt filen ska ha: {len(table) - table.lost} lästes, och raderna i .mid-filen är "
        "det enda att jämföra med. Är båda avklippta på samma ställe märks det inte"
    )


def _unlogged(path: Path) -> str | None:
    if not may_lack_log(path):
        return None
    return (
        f"filen är skriven så att de senaste ändringarna kan stå i {path.name}-wal, som inte finns bredvid: är den "
        "kopierad medan ett program hade den öppen kan rader saknas"
    )


@contextlib.contextmanager
def quiet() -> Iterator[list[warnings.WarningMessage]]:
    """Collect what GDAL warns of, so that it can be told with the data and never stops a reading."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        yield heard


@contextlib.contextmanager
def settings(**options: str | None) -> Iterator[None]:
    """Use settings of GDAL, and leave them as they were; older GDAL has them only so, and not per file."""
    import pyogrio

    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


_MEANT = re.compile(r"(?i)measured \(m\) geometry types|more than one layer found")
SHOWN_WARNINGS = 3


def _said(heard: Sequence[warnings.WarningMessage]) -> Iterator[str]:
    """Yield what GDAL warned of; that measures along lines are left out is said in our own words, or not at all."""
    said = dict.fromkeys(first_line(Exception(str(one.message))) for one in heard)
    told = [text for text in said if not _MEANT.search(text)]
    for text in told[:SHOWN_WARNINGS]:
        yield f"läsaren varnar: {text}"
    if len(told) > SHOWN_WARNINGS:
        rest = len(told) - SHOWN_WARNINGS
        yield f"läsaren varnar för {rest} {'sak' if rest == 1 else 'saker'} till"


def layer_names(source: Path, path: Path, shown: str) -> list[str]:
    """Return the names of a file's layers; pyogrio cannot list those of some kinds of geometry, which fiona can."""
    import pyogrio

    try:
        return [str(name) for name, kind in pyogrio.list_layers(source)]
    except (RuntimeError, UnicodeDecodeError) as error:
        first = error
    names = records.layer_names(source)
    if names is None:
        raise LayerError(Fault(message=_unreadable(path, first), path=shown)) from None
    return names


def _unreadable(path: Path, error: BaseException) -> str:
    if path.is_dir():
        inside = find_data(path)
        if inside:
            first = inside[0].relative_to(path.parent).as_posix()
            return (
                f"är en mapp med kartdata. Ange en fil i den, till exempel {first}. Ett planpaket av allt i mappen gör "
                "«opcheck plan new»."
            )
        return "är en mapp utan kartdata. Ange en fil."
    if not path.stat().st_size:
        return "filen är tom (0 byte). Hämta eller exportera den igen."
    why = first_line(error)
    if "not recognized" in why:
        why = "formatet känns inte igen"
        return f"filen går inte att läsa: {why}. Exportera den som GeoPackage, Shapefile eller GeoJSON."
    return f"filen går inte att läsa ({why}). Exportera den igen."


def choose_layer(names: Sequence[str], layer: str | None, shown: str) -> str:
    """Return the layer to read: the one that is named, or the only one there is."""
    if not names:
        raise LayerError(Fault(message="filen har inga lager.", path=shown))
    listing = ", ".join(names)
    if layer is None and len(names) > 1:
        raise LayerError(
            Fault(
                message=f"filen har {len(names)} lager ({listing}). "
                'Ange vilket: layer = "…" i manifestet, --layer för platser.',
                path=shown,
            )
        )
    if layer is not None and layer not in names:
        raise LayerError(Fault(message=f"lagret {layer!r} finns inte. Filen har: {listing}.", path=shown))
    return layer if layer is not None else names[0]


class undisturbed:
    """Give the path of a file that GDAL may read without writing beside the original.

    GDAL leaves a .gfs file beside any GML it reads, so GML is read from a copy. A schema beside it stays behind: with
    one, GDAL no longer looks for the coordinate system in the geometries. A GeoPackage that another program has open
    would have its log merged into it, so both are copied.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path:
        log = unmerged(self._path)
        if log is None and self._path.suffix.lower() not in XML_SUFFIXES:
            return self._path
        self._folder = tempfile.TemporaryDirectory(prefix="opcheck-")
        if log is not None:
            shutil.copy2(log, self._folder.name)
        return Path(shutil.copy2(self._path, self._folder.name))

    def __exit__(self, *exc: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def _all_rows(path: Path) -> str | None:
    """Return a condition that every row meets, where GDAL would else believe a count that other programs do not keep.

    GeoPackage has it in a table of GDAL's own; with a condition the rows are counted.
    """
    return "1 = 1" if path.suffix.lower() in SQLITE_SUFFIXES else None


def _geometry(source: Path, layer: str) -> Any:  # noqa: ANN401 - an array of shapely geometries
    import pyogrio.raw

    _, _, wkb, _ = pyogrio.raw.read(source, layer=layer, columns=[], force_2d=True, where=_all_rows(source))
    return shapely.from_wkb(wkb, on_invalid="ignore")


def _pyogrio_table(path: Path, shown: str, layer: str, encoding: str | None, sha256: str) -> FeatureTable:
    import pyogrio.raw

    text = _asked(path)
    meta, _, wkb, cells = pyogrio.raw.read(
        path, layer=layer, encoding=text or encoding, force_2d=False, where=_all_rows(path)
    )
    if wkb is None:
        raise LayerError(
            Fault(message=f"lagret {layer!r} har ingen geometri. Välj ett lager med geometri.", path=shown)
        )
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    broken = {
        int(row): "geometrin går inte att läsa (okänd eller trasig geometrityp)"
        for row in np.flatnonzero(shapely.is_missing(geometry))
        if wkb[row] is not None
    }
    if path.suffix.lower() == ".shp" and is_cut(path):
        # GDAL gives the rows whose shapes are gone as rows that never had any.
        gone = np.flatnonzero(shapely.is_missing(geometry)).tolist()
        broken.update(dict.fromkeys(gone, "geometrin går inte att läsa (.shp-filen är avklippt)"))
    names = [str(name) for name in meta["fields"]]
    if any(_is_rounded(kind, column) for kind, column in zip(meta["ogr_types"], cells, strict=True)):
        raise RuntimeError("stora heltal skulle avrundas")
    columns = [
        _flags(column) if subtype == "OFSTBoolean" else plain(column)
        for column, subtype in zip(cells, meta["ogr_subtypes"], strict=True)
    ]
    notes: list[str] = []
    if text is not None:
        names, columns, notes = _spelled(path, shown, names, columns, encoding)
    check_unique(names, shown)
    table = FeatureTable(
        path=shown, reader="pyogrio", crs=records.stated(meta["crs"]), columns=dict(zip(names, columns, strict=True)),
        geometry=shapely.force_2d(geometry), broken=broken, sha256=sha256, notes=tuple(notes),
    )  # fmt: skip
    return noted(table, HEIGHTS if shapely.has_z(geometry).any() else None)


def _is_rounded(kind: str, column: Any) -> bool:  # noqa: ANN401 - a numpy array of any kind
    """Tell whether whole numbers have become floats, as they do beside missing ones, and are too large for that."""
    return bool(kind == "OFTInteger64" and column.dtype.kind == "f" and (abs(column) >= 2**53).any())


def _spelled(
    path: Path, shown: str, names: list[str], columns: list[list[Any]], wanted: str | None
) -> tuple[list[str], list[list[Any]], list[str]]:
    """Return names and columns with their text in the encoding that it is in."""
    texts = {number: column for number, column in enumerate(columns) if set(map(type, column)) <= {str, type(None)}}
    members = family(path)
    language, widths = dbf_layout(members.get(".dbf" if path.suffix.lower() == ".shp" else ".dat"))
    told = of_language(language)
    if path.suffix.lower() == ".shp":
        if (codepage := members.get(".cpg")) is not None:
            told = of_codepage(codepage.read_bytes()[:64].decode("ascii", "ignore")) or told
    else:
        charset = _charset(path)
        told = None if charset is None else "utf-8"  # GDAL has turned what the file names into UTF-8
        if wanted is not None and charset is not None:
            # What the file names was used already; what the user says is said of the bytes that stand in it.
            texts = {number: [_back(cell, charset) for cell in column] for number, column in texts.items()}
            names = [_back(name, charset) or name for name in names]
    done = decode(names, texts, told=told, wanted=wanted, widths=widths, shown=shown)
    return list(done.names), [done.columns.get(number, column) for number, column in enumerate(columns)], [*done.notes]


_CHARSETS = {"windowslatin1": "cp1252", "iso8859_1": "latin-1", "codepage850": "cp850", "codepage437": "cp437",
             "utf-8": "utf-8"}  # fmt: skip


def _charset(path: Path) -> str | None:
    """Return the encoding that a MapInfo file names; "Neutral" names none."""
    head = path.read_bytes()[:2048]
    match = re.search(rb'(?i)charset\s+"?([\w-]+)', head)
    word = match[1].decode("ascii").casefold() if match else "neutral"
    return None if word == "neutral" else _CHARSETS.get(word, "cp1252")


def _back(text: str | None, charset: str) -> str | None:
    if text is None:
        return None
    try:
        return text.encode(RAW).decode("utf-8").encode(charset).decode(RAW)
    except UnicodeError:
        return text


def _flags(column: Any) -> list[Any]:  # noqa: ANN401 - a numpy array of any kind
    """Return a column of yes and no as such: beside missing ones they come as the numbers 1 and 0."""
    return [None if cell is None else bool(cell) for cell in plain(column)]


def plain(column: Any) -> list[Any]:  # noqa: ANN401 - a numpy array of any kind
    """Return a column as Python values, with None for NaN, NaT and missing text."""
    if column.dtype.kind == "M":
        return [None if np.isnat(value) else str(value)[:10] for value in column]
    if column.dtype.kind == "f":
        return [None if value != value else (int(value) if value.is_integer() else value) for value in column.tolist()]
    values: list[Any] = column.tolist()
    if np.ndarray in set(map(type, values)):
        return [cell.tolist() if isinstance(cell, np.ndarray) else cell for cell in values]
    return values
