"""DXF drawings: closed outlines become areas, and what a drawing holds besides is counted and said."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.errors import Fault, LayerError
from opcheck.sources.companions import digest
from opcheck.sources.gdal import plain, quiet, settings
from opcheck.sources.table import FeatureTable, first_line, shapes

STEP_DEG = 0.1
"""The angle of the chords that stand for an arc: a centimetre off on a radius of 26 km."""

_LAYER = "entities"
_PARTS = frozenset({"VERTEX", "SEQEND", "ATTRIB"})
"""What belongs to the entity before it, and is none of its own."""

_WORDS = frozenset({"TEXT", "MTEXT"})
_UTF8_SINCE = "AC1021"
"""AutoCAD 2007: from then on a drawing's text is UTF-8."""


@dataclass(slots=True)
class _Entity:
    kind: str
    handle: str | None = None
    paper: bool = False
    codes: list[tuple[int, str]] = field(default_factory=list)


def read_dxf(path: Path, shown: str, layer: str | None) -> FeatureTable:
    """Read the outlines of a drawing.

    Returns
    -------
    table
        One row per closed outline (an area), open line and point. Columns: ``id`` (the entity's handle, which stays
        the same when the drawing is saved again), ``name`` (the text that stands inside the area), ``layer`` and
        ``entity`` (its kind). A drawing says nothing of its coordinate system.

    Raises
    ------
    LayerError
        The file is no DXF in text form, or holds no outlines, lines or points.
    """
    raw = path.read_bytes()
    entities, version = _entities(raw, shown)
    if layer not in (None, _LAYER):
        message = f"lagret {layer!r} finns inte. En ritning läses som ett lager; ta bort layer (--layer)."
        raise LayerError(Fault(message=message, path=shown))
    columns, geometry = _read(path, shown, utf8=version >= _UTF8_SINCE or _is_utf8(raw))
    kinds = {entity.handle: entity.kind for entity in entities if entity.handle}
    handles = columns["EntityHandle"]
    named = [kinds.get(handle, "") for handle in handles]
    paper = [bool(cell) for cell in columns["PaperSpace"]]
    words = [row for row, kind in enumerate(named) if _is_word(kind, columns, row) and not paper[row]]
    inserts = [row for row, cell in enumerate(columns.get("BlockName", [])) if cell is not None]
    skipped = {*words, *inserts, *(row for row, is_paper in enumerate(paper) if is_paper)}
    rows = [row for row in range(len(geometry)) if row not in skipped]
    made = shapes(_closed(geometry[row]) for row in rows)
    labels, loose = _labels(made, [(geometry[row], str(columns["Text"][row] or "")) for row in words])
    ids = [handles[row] for row in rows]
    notes = _notes(entities, handles, ids, made, len(words), loose, len(inserts), sum(paper))
    if not rows:
        told = "; ".join(notes) or "den är tom"
        message = f"ritningen har inga ytor, linjer eller punkter att läsa: {told}. Rita området som sluten polylinje."
        raise LayerError(Fault(message=message, path=shown))
    return FeatureTable(
        path=shown, reader="dxf", crs=None, geometry=made, broken={}, sha256=digest(path), notes=tuple(notes),
        columns={"id": ids, "name": labels, "layer": [columns["Layer"][row] for row in rows],
                 "entity": [named[row] or None for row in rows]},
    )  # fmt: skip


def _is_word(kind: str, columns: dict[str, list[Any]], row: int) -> bool:
    return kind in _WORDS or (not kind and columns["Text"][row] is not None)


def _entities(raw: bytes, shown: str) -> tuple[list[_Entity], str]:
    """Return the entities of the model as the file lists them, and the version of the format."""
    if raw.startswith(b"AutoCAD Binary DXF"):
        message = "är en binär DXF, som inte läses. Spara ritningen som DXF i textform (ASCII)."
        raise LayerError(Fault(message=message, path=shown))
    lines = raw.decode("utf-8", "replace").splitlines()
    version, section, before = "", "", ""
    entities: list[_Entity] = []
    complete = False
    for code, value in zip(lines[::2], lines[1::2], strict=False):
        code, value = code.strip(), value.strip()
        if code == "0":
            complete = value == "EOF"
            if value == "ENDSEC":
                section = ""
            elif section == "ENTITIES" and value in _PARTS and entities:
                entities[-1].codes.append((0, value))
            elif section == "ENTITIES":
                entities.append(_Entity(kind=value))
        elif code == "2" and before == "SECTION":
            section = value
        elif section == "HEADER" and code == "1" and before == "$ACADVER":
            version = value
        elif section == "ENTITIES" and entities and code.lstrip("-").isdigit():
            entity = entities[-1]
            inside = any(one == (0, part) for one in entity.codes for part in _PARTS)
            if code == "5" and entity.handle is None and not inside:
                entity.handle = value
            elif code == "67" and not inside:
                entity.paper = value == "1"
            elif code in ("10", "20", "40", "42", "70"):
                entity.codes.append((int(code), value))
        before = value
    if not complete:
        message = "är ingen hel DXF: slutet (EOF) saknas. Filen kan vara avklippt; exportera den igen."
        raise LayerError(Fault(message=message, path=shown))
    return entities, version


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(path: Path, shown: str, *, utf8: bool) -> tuple[dict[str, list[Any]], Any]:
    import pyogrio.raw

    options = {
        "DXF_CLOSED_LINE_AS_POLYGON": "TRUE", "DXF_INLINE_BLOCKS": "FALSE", "OGR_ARC_STEPSIZE": str(STEP_DEG),
        "DXF_ENCODING": "UTF-8" if utf8 else None,
    }  # fmt: skip
    with quiet(), settings(**options):
        try:
            meta, _, wkb, cells = pyogrio.raw.read(path, layer=_LAYER, force_2d=True)
        except (RuntimeError, ValueError) as error:
            message = f"ritningen går inte att läsa ({first_line(error)}). Exportera den igen som DXF 2013 eller äldre."
            raise LayerError(Fault(message=message, path=shown)) from None
    columns = {str(name): plain(column) for name, column in zip(meta["fields"], cells, strict=True)}
    return columns, shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))


def _closed(geom: Any) -> Any:  # noqa: ANN401 - shapely's geometries
    """Return a line that ends where it began as the area inside it."""
    if geom is None or geom.geom_type != "LineString" or not geom.is_closed or len(geom.coords) < 4:
        return geom
    return shapely.Polygon(geom)


def _labels(made: Any, words: Sequence[tuple[Any, str]]) -> tuple[list[str | None], int]:  # noqa: ANN401 - shapely's
    """Return the texts that stand inside each area, and how many stand inside none."""
    found: list[list[str]] = [[] for _ in made]
    areas = [row for row, geom in enumerate(made) if geom is not None and geom.geom_type in ("Polygon", "MultiPolygon")]
    loose = 0
    for place, word in words:
        inside = [row for row in areas if place is not None and shapely.intersects(made[row], place)]
        # Of areas inside each other the text belongs to the smallest.
        if inside:
            found[min(inside, key=lambda row: made[row].area)].append(" ".join(word.split()))
        else:
            loose += 1
    return [" / ".join(one) or None for one in found], loose


def _notes(
    entities: Sequence[_Entity], handles: Sequence[Any], ids: Sequence[Any], made: Any, words: int, loose: int,  # noqa: ANN401 - shapely's
    inserts: int, paper: int,
) -> list[str]:  # fmt: skip
    read = {str(handle) for handle in handles if handle}
    unread = Counter(
        one.kind for one in entities if one.kind not in ("INSERT",) and not one.paper and str(one.handle) not in read
    )
    notes = []
    lines = [str(name) for name, geom in zip(ids, made, strict=True) if geom is not None and "Line" in geom.geom_type]
    if lines:
        many = len(lines) > 1
        notes.append(
            f"{'linjerna' if many else 'linjen'} {_listed(lines)} är {'öppna' if many else 'öppen'} och "
            f"räknas {'var för sig ' if many else ''}som ett eget objekt utan yta, bland platser som en egen plats: "
            f"slut {'dem' if many else 'den'} i ritningen om "
            f"{'de ska vara ytor, och ta bort dem' if many else 'den ska vara en yta, och ta bort den'} "
            f"om {'de' if many else 'den'} inte hör dit"
        )
    if words:
        what = "1 text i ritningen är läst" if words == 1 else f"{words} texter i ritningen är lästa"
        left = "den står inte i någon yta" if words == 1 else f"{loose} av dem står inte i någon yta"
        place = f"; {left} och är inte med" if loose else ""
        notes.append(f"{what} som namn på ytan {'den' if words == 1 else 'de'} står i{place}")
    if inserts:
        notes.append(
            f"{inserts} block (INSERT) är inte {'läst' if inserts == 1 else 'lästa'}: spräng "
            f"{'det' if inserts == 1 else 'dem'} i ritningen om {'det' if inserts == 1 else 'de'} innehåller områden"
        )
    if paper:
        notes.append(f"{paper} objekt ligger i pappersläge (layout) och är inte {'läst' if paper == 1 else 'lästa'}")
    if any(one.handle is None for one in entities):
        if len(entities) > len(handles):
            notes.append(f"{len(entities) - len(handles)} objekt i ritningen är av slag som inte läses")
    elif unread:
        listing = ", ".join(f"{count} {kind}" for kind, count in sorted(unread.items()))
        notes.append(f"{sum(unread.values())} objekt är av slag som inte läses ({listing})")
    hatches = sum(one.kind == "HATCH" and str(one.handle) in read for one in entities)
    if hatches == 1:
        notes.append("1 skraffering (HATCH) är läst som yta; den kan vara samma yta som sin kontur")
    elif hatches:
        notes.append(f"{hatches} skrafferingar (HATCH) är lästa som ytor; de kan vara samma yta som sin kontur")
    splines = sum(one.kind in ("SPLINE", "ELLIPSE", "HELIX") and str(one.handle) in read for one in entities)
    if splines == 1:
        notes.append("1 fri kurva (SPLINE, ELLIPSE) är läst som linje utan känd noggrannhet")
    elif splines:
        notes.append(f"{splines} fria kurvor (SPLINE, ELLIPSE) är lästa som linjer utan känd noggrannhet")
    radii = [radius for one in entities for radius in _radii(one)]
    if radii:
        gap_mm = max(radii) * (1 - math.cos(math.radians(STEP_DEG) / 2)) * 1000
        notes.append(
            "bågar är gjorda till raka stycken som ligger högst "
            f"{max(1, math.ceil(gap_mm))} mm från den sanna bågen, om ritningen är i meter"
        )
    return notes


_MOST = 20
"""So many lines are named; a drawing can have thousands."""


def _listed(names: Sequence[str]) -> str:
    if len(names) > _MOST:
        return f"{', '.join(names[:_MOST])} och {len(names) - _MOST} till"
    return " och ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _radii(entity: _Entity) -> Iterator[float]:
    """Yield the radius of every arc in an entity."""
    if entity.kind in ("ARC", "CIRCLE"):
        yield from (float(value) for code, value in entity.codes if code == 40)
        return
    if entity.kind not in ("LWPOLYLINE", "POLYLINE"):
        return
    corners: list[list[float]] = []
    bulges: list[float] = []
    flag = next((int(value) for code, value in entity.codes if code == 70), 0)
    vertices = entity.codes
    if entity.kind == "POLYLINE":
        # What comes before its first vertex describes the whole line.
        first = next((number for number, one in enumerate(vertices) if one == (0, "VERTEX")), len(vertices))
        vertices = vertices[first:]
    for code, value in vertices:
        if code == 10:
            corners.append([float(value), 0.0])
            bulges.append(0.0)
        elif code == 20 and corners:
            corners[-1][1] = float(value)
        elif code == 42 and bulges:
            bulges[-1] = float(value)
    if len(corners) < 2:
        return
    around = [*corners[1:], corners[0]]
    for number, (start, end, bulge) in enumerate(zip(corners, around, bulges, strict=True)):
        if bulge and (flag & 1 or number < len(corners) - 1):
            # A bulge is the tangent of a quarter of the angle.
            yield float(np.hypot(end[0] - start[0], end[1] - start[1])) * (1 + bulge**2) / (4 * abs(bulge))
