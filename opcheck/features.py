"""The rows of a pack's layers, made usable: fields found, one CRS, ids, valid geometry, and a ledger of the rest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.columns import composed, found_columns, is_cut, told_apart
from opcheck.errors import CRSError, Fault, LayerError, OpcheckError, shortened
from opcheck.findings import Ints
from opcheck.geometry import Geometries, LedgerEntry, canonical, clean, crs_name, finite, transform
from opcheck.placing import NEARBY_M, crs_notes, misplaced, misplaced_border, missing_crs, shift_m, stretched
from opcheck.plan import MANIFEST, MUNICIPALITY, Features, Layer, Plan, Source
from opcheck.rules import expected_use, named_uses, themes
from opcheck.sources.files import LONLAT, FeatureTable, read_table
from opcheck.tables import expected


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlan:
    """A plan with its rows in memory.

    Parameters
    ----------
    area
        The municipality, one valid geometry in the plan's CRS; None when the pack has no border: then nothing is known
        to lie inside the municipality, or outside it.
    layers
        Sorted by layer id.
    document_areas
        Document id → where it applies; a document without an area of its own applies in the whole municipality, unless
        its `area_unknown` is set.
    notes
        Swedish sentences on the municipality's border and other areas that a report must carry.
    currency_areas
        (document id, number of the entry in `Document.currency`) → where that entry holds.
    neighbour_areas
        Number of the neighbour in `Plan.neighbours` → its territory.
    """

    plan: Plan
    area: Any
    layers: tuple[Features, ...]
    document_areas: Mapping[str, Any]
    currency_areas: Mapping[tuple[str, int], Any] = field(default_factory=dict)
    neighbour_areas: Mapping[int, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def ledger(self) -> tuple[LedgerEntry, ...]:
        """Every row that was not simply used, in a fixed order."""
        entries = [entry for features in self.layers for entry in features.ledger]
        return tuple(sorted(entries, key=_ledger_order))

    def of_theme(self, theme: str) -> tuple[Features, ...]:
        """Return the layers that carry a theme."""
        return tuple(features for features in self.layers if features.layer.theme == theme)


REACHED = frozenset({"port", "rail_access", "interchange"})
"""Themes of what a site is near to and not on: the nearest may lie across the municipality's border."""


def _ledger_order(entry: LedgerEntry) -> tuple[Any, ...]:
    return entry.layer, entry.feature, entry.state, entry.reason, entry.bounds or ()


@np.errstate(invalid="ignore", over="ignore")  # a coordinate that is no place is found and said, not warned of
def load_plan(
    plan: Plan, wanted: Collection[str] | None = None, *, repeated: dict[tuple[str, str], tuple[str, ...]] | None = None
) -> LoadedPlan:
    """Read the rows of a plan's layers.

    Parameters
    ----------
    plan
        A pack as `opcheck.manifest.read_plan` gives it.
    wanted
        Themes to read; None is all.
    repeated
        None refuses different rows with the same id, which an assessment must: nothing can be said of such a row by
        name. Otherwise each gets an id made up from its number in the file, and this is filled in with (layer, id) →
        the made-up id of each such row; only for looking through a pack, never for answers.

    Raises
    ------
    LayerError
        Files, layers or fields are missing or unreadable, have no CRS, lie outside the municipality, or repeat ids. All
        faults of all layers are listed.
    """
    faults: list[Fault] = []
    notes: list[str] = []
    area = None if plan.area is None else _border(plan, plan.area, faults, notes)
    if faults:
        raise LayerError(faults)
    layers = []
    for layer in sorted(plan.layers, key=lambda layer: layer.id):
        if wanted is not None and layer.theme not in wanted:
            continue
        try:
            layers.append(_load(plan, layer, area, repeated))
        except OpcheckError as error:
            faults.extend(dataclasses.replace(fault, layer_id=layer.id) for fault in error.faults)
    if not faults:
        faults.extend(_lost_statements(plan, layers))
    faults.extend(_contradictions(plan, layers))
    # An area that cannot be used is None here, and a fault: then nothing is returned.
    areas, currency_areas = {}, {}
    for document in plan.documents:
        if document.area is not None:
            areas[document.id] = _area(plan, document.area, f"document {document.id}: area", area, faults, notes)
        for number, entry in enumerate(document.currency):
            if entry.area is not None:
                key = f"document {document.id}: currency[{number + 1}].area"
                currency_areas[document.id, number] = _area(plan, entry.area, key, area, faults, notes)
    neighbours = {
        number: _area(plan, neighbour.area, f"neighbour[{number + 1}].area", None, faults, notes)
        for number, neighbour in enumerate(plan.neighbours)
        if neighbour.area is not None
    }
    if faults:
        raise LayerError(faults)
    return LoadedPlan(
        plan=plan, area=area, layers=tuple(layers), document_areas=areas, currency_areas=currency_areas,
        neighbour_areas=neighbours, notes=tuple(notes),
    )  # fmt: skip


def _border(plan: Plan, source: Source, faults: list[Fault], notes: list[str]) -> Any:  # noqa: ANN401 - shapely's geometry
    """Return the municipality: what everything else is held against, so it is held against country and county."""
    union = _area(plan, source, "plan.area", None, faults, notes)
    why = None if union is None else stretched(shapely.bounds(union).tolist(), plan.crs)
    if why is not None:
        faults.append(Fault(message=why, path=MANIFEST, key="plan.crs"))
    return union


def _area(
    plan: Plan,
    source: Source,
    key: str,
    area: Any,  # noqa: ANN401 - shapely's geometry
    faults: list[Fault],
    notes: list[str],
) -> Any:  # noqa: ANN401 - shapely's geometry
    """Return the union of a source's areas; where the border of something is drawn, nothing may be missing from it.

    It is held against the municipality where there is one, and the municipality itself against the country.
    """
    try:
        table = _read(plan, source)
        crs = _crs_of(table, source, area, plan)
        geometry = transform(canonical(table.geometry), crs, plan.crs)
    except OpcheckError as error:
        faults.extend(dataclasses.replace(fault, key=key) for fault in error.faults)
        return None
    names = [str(row + 1) for row in range(len(table))]
    rows, shapes, ledger = clean(geometry, names, layer=key, allowed={"polygon"})
    bad = [entry for entry in ledger if entry.state != "repaired" or entry.moved]
    where = _places(table.geometry, geometry)
    fault, doubt = None, None
    if len(table) and area is not None:
        fault, doubt = misplaced(where[0], crs, where[1], shapely.bounds(area).tolist(), plan.crs)
    elif len(table) and key == "plan.area":
        fault, doubt = misplaced_border(where[0], crs, plan.crs, plan.county_code)
    if fault is not None:
        faults.append(Fault(message=fault, path=source.shown, key=key))
        return None
    if bad or not len(rows):
        why = f"rad {bad[0].feature}: {bad[0].reason}" if bad else "filen har inga ytor"
        faults.append(
            Fault(message=f"går inte att använda som gräns ({why}). Rätta geometrin.", path=source.shown, key=key)
        )
        return None
    union = shapely.normalize(shapely.union_all(shapes[np.argsort(shapely.to_wkb(shapes))]))
    shapely.prepare(union)
    accuracy = shift_m(shapely.bounds(union).tolist(), crs, plan.crs)
    told = [*table_notes(table), *crs_notes("Området", table.crs, crs, plan.crs, accuracy), *([doubt] if doubt else [])]
    notes.extend(f"{source.shown}: {note}" for note in told)
    return union


def table_notes(table: FeatureTable) -> tuple[str, ...]:
    """Return what the reader of a file has to say of it."""
    return table.notes


def _places(before: Geometries, after: Geometries) -> tuple[list[float], list[float] | None]:
    """Return the bounds of the rows that have a place, as the file has them and in the plan's CRS; None: no row has."""
    whole = finite(after) & ~shapely.is_missing(after) & ~shapely.is_empty(after)
    if not whole.any():
        return shapely.total_bounds(before).tolist() if len(before) else [np.nan] * 4, None
    return shapely.total_bounds(before[whole]).tolist(), shapely.total_bounds(after[whole]).tolist()


def _read(plan: Plan, source: Source) -> FeatureTable:
    path = Path(plan.folder) / source.file
    return read_table(path, shown=source.shown, layer=source.layer, encoding=source.encoding)


def _crs_of(table: FeatureTable, source: Source, area: Any, plan: Plan) -> str:  # noqa: ANN401 - shapely's geometry
    if source.crs is None and table.crs is None:
        bounds = (shapely.total_bounds(table.geometry) if len(table) else np.full(4, np.nan)).tolist()
        box = None if area is None else shapely.bounds(area).tolist()
        raise CRSError(Fault(message=missing_crs(bounds, box, plan.crs), path=table.path))
    if source.crs is None:
        return crs_name(str(table.crs))
    if table.crs not in (None, LONLAT) and crs_name(str(table.crs)) != source.crs:
        raise CRSError(
            Fault(
                message=f"filen säger {crs_name(str(table.crs))} men manifestet {source.crs}. "
                "Ta bort crs ur manifestet, eller rätta filen.",
                path=table.path,
            )
        )
    return source.crs


def _load(
    plan: Plan,
    layer: Layer,
    area: Any,  # noqa: ANN401 - shapely's geometry
    told: dict[tuple[str, str], tuple[str, ...]] | None = None,
) -> Features:
    table = _read(plan, layer.source)
    faults: list[Fault] = []
    notes = list(table_notes(table))
    fields = _fields(layer, table, faults, notes)
    try:
        crs = _crs_of(table, layer.source, area, plan)
    except CRSError as error:
        raise LayerError([*faults, *error.faults]) from None
    geometry = transform(canonical(table.geometry), crs, plan.crs)
    faults.extend(_not_empty(layer, table))
    box = None if area is None else shapely.bounds(area).tolist()
    if not (shapely.is_missing(geometry) | shapely.is_empty(geometry)).all():
        where = _places(table.geometry, geometry)
        reach = NEARBY_M if layer.theme in REACHED else 0.0
        fault, doubt = misplaced(where[0], crs, where[1], box, plan.crs, reach)
        faults.extend([Fault(message=fault, path=table.path)] if fault else [])
        notes.extend([doubt] if doubt else [])
    accuracy = shift_m(box, crs, plan.crs)
    notes.extend(crs_notes("Lagret", table.crs, crs, plan.crs, accuracy))
    coverage = _coverage(plan, layer, area, faults, notes)
    names = _ids(table, fields)
    ids = names if told is None else _made_distinct(layer, names, geometry, fields, told)
    repeated: list[Fault] = []
    keep, duplicates = _once(layer, ids, geometry, fields, repeated)
    faults.extend(_lost_stances(layer, names))
    faults.extend(_unknown_uses(layer, fields, table.path))
    if faults or repeated:
        raise LayerError([*faults, *shortened(repeated)])
    allowed = themes()[layer.theme].geometry
    rows, shapes, ledger = clean(geometry[keep], [ids[row] for row in keep], layer=layer.id, allowed=allowed)
    rows = keep[rows]
    ledger = [_explained(entry, ids, table) for entry in ledger]
    order = sorted(range(len(rows)), key=lambda number: ids[rows[number]])
    moved = {entry.feature for entry in ledger if entry.moved}
    kept = tuple(ids[rows[number]] for number in order)
    # The ledger names rows as the file does: so does [[accept]].
    given = dict(zip(ids, names, strict=True))
    ledger = [dataclasses.replace(entry, feature=given[entry.feature]) for entry in [*ledger, *duplicates]]
    values = {role: [cells[rows[number]] for number in order] for role, cells in fields.items()}
    shapes = shapes[order] if len(order) else shapes
    return Features(
        layer=layer, ids=kept, geometry=shapes, fields=values,
        repaired=np.array([name in moved for name in kept], dtype=bool), coverage=coverage,
        ledger=tuple(_accepted(entry, plan) for entry in ledger), file=table.path, reader=table.reader,
        crs=crs, sha256=table.sha256, content=_content(kept, shapes, values), rows=len(table),
        notes=tuple(notes), crs_accuracy_m=accuracy,
    )  # fmt: skip


def all_rows(plan: Plan, layer: Layer) -> Iterator[tuple[str, Mapping[str, str | None], bool]]:
    """Yield each row of a layer's file, usable or not: its id, its fields, and whether nothing in it could be read.

    The ledger names rows by their ids alone; this tells what the rows that it names are called.
    """
    table = _read(plan, layer.source)
    fields = _fields(layer, table, [])
    for row, name in enumerate(_ids(table, fields)):
        lost = row in table.broken and all(cells[row] is None for cells in table.columns.values())
        yield name, {role: cells[row] for role, cells in fields.items()}, lost


def _fields(
    layer: Layer, table: FeatureTable, faults: list[Fault], notes: list[str] | None = None
) -> dict[str, list[str | None]]:
    if not len(table) and not table.columns:
        # GeoJSON without features names no columns: the layer is empty, which is told as such.
        return {role: [] for role in layer.fields}
    known = found_columns(set(layer.fields.values()), list(table.columns))
    for first, column, second, other in told_apart(set(layer.fields.values()), list(table.columns)):
        if notes is not None:
            notes.append(
                f"Filen säger inte vilken av kolumnerna {column!r} och {other!r} som är {first!r} och vilken som är "
                f"{second!r}: den utan nummer är läst som {first!r}, eftersom den brukar stå först. Kontrollera texten."
            )
    claims = Counter(columns[0] for columns in known.values() if len(columns) == 1)
    found: dict[str, list[str | None]] = {}
    for role, wanted in sorted(layer.fields.items()):
        columns = known[wanted]
        if len(columns) == 1 and claims[columns[0]] == 1:
            found[role] = [cell_text(value) for value in table.columns[columns[0]]]
            if notes is not None and composed(columns[0]) != composed(wanted):
                why = "namnet är avklippt" if is_cut(columns[0], wanted) else "namnet är skrivet på annat sätt"
                notes.append(f"Kolumnen {columns[0]!r} är läst som {wanted!r} ({why} i filen).")
            continue
        if len(columns) > 1:
            message = f"kolumnen {wanted!r} ({role}) finns inte, men {_and(columns)} kan vara den. Ange den som gäller."
        elif columns:
            others = sorted(name for name, one in known.items() if one == columns)
            message = f"kolumnen {columns[0]!r} kan vara {_and(others, 'eller')}. Ange den som gäller ({role})."
        else:
            message = f"kolumnen {wanted!r} ({role}) finns inte. {expected(wanted, list(table.columns))}"
        faults.append(Fault(message=message, path=table.path, layer_id=layer.id, key=f"fields.{role}"))
    return found


def _and(names: Sequence[str], word: str = "och") -> str:
    shown = [repr(name) for name in names]
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def cell_text(value: Any) -> str | None:  # noqa: ANN401 - a cell of any type
    """Return a cell as text, composed and without blanks round it; None for what is missing or empty."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        value = ";".join(str(item) for item in value)
    return unicodedata.normalize("NFC", str(value)).strip() or None


def _coverage(
    plan: Plan,
    layer: Layer,
    area: Any,  # noqa: ANN401 - shapely's geometry
    faults: list[Fault],
    notes: list[str],
) -> Any:  # noqa: ANN401 - shapely's geometry
    if layer.coverage is None:
        return None
    if layer.coverage == MUNICIPALITY:
        return area
    assert isinstance(layer.coverage, Source)  # noqa: S101 - the manifest reader lets nothing else through
    return _area(plan, layer.coverage, "coverage", area, faults, notes)


def _ids(table: FeatureTable, fields: Mapping[str, Sequence[str | None]]) -> list[str]:
    """Return each row's id: the mapped column, or a hash of the row, so that the order of rows never names anything."""
    given = fields.get("id")
    shapes: Any = shapely.to_wkb(canonical(table.geometry)) if len(table) else []
    names = []
    for row in range(len(table)):
        name = given[row] if given is not None else None
        if name is None:
            cells = sorted((role, cells[row]) for role, cells in fields.items())
            mark = hashlib.sha256((shapes[row] or b"") + json.dumps(cells, ensure_ascii=False).encode()).hexdigest()
            name = f"rad-{mark[:12]}"
        names.append(name)
    return names


def _unknown_uses(layer: Layer, fields: Mapping[str, Sequence[str | None]], path: str) -> list[Fault]:
    """Return a fault for each word that a föreskrift names as forbidden and that is no known use: it would be lost."""
    cells = dict.fromkeys(cell for cell in fields.get("forbids", ()) if cell)
    lost = dict.fromkeys(word for cell in cells for word in named_uses(cell)[1])
    return [
        Fault(message=f"nämner {word!r}, som inte är en känd användning. {expected_use(word)}", path=path,
              layer_id=layer.id, key="fields.forbids")
        for word in lost
    ]  # fmt: skip


def _lost_stances(layer: Layer, ids: Collection[str]) -> list[Fault]:
    """Return a fault for each stance on a zone that is not there: an exclusion would otherwise be lost in silence."""
    known = set(ids)
    return [
        Fault(
            message=f"namnger {stance.feature!r}, som inte finns i {layer.source.shown}. "
            f"{expected(stance.feature, known)}",
            path=MANIFEST, key=f"stance[{number}].id", layer_id=layer.id,
        )
        for number, stance in enumerate(layer.stances, 1)
        if stance.feature not in known
    ]  # fmt: skip


def _lost_statements(plan: Plan, layers: Sequence[Features]) -> list[Fault]:
    """Return a fault for each ``[[accept]]`` of rows that were read and need none, or of another number of rows."""
    read = {features.layer.id for features in layers}
    rows = _unusable(entry for features in layers for entry in features.ledger)
    faults = []
    for number, (one, count) in enumerate(Counter(plan.accepted).items(), 1):
        found = rows.get(one.what, 0)
        if one.what.partition("/")[0] not in read or found == count:
            continue
        if not found:
            key, message = "feature", (
                f"{one.what!r} finns inte bland objekten som inte gick att använda. "
                "Rätta namnet, eller ta bort [[accept]] om felet är rättat i filen."
            )  # fmt: skip
        else:
            key, message = "count", (
                f"{one.what!r} godtar {_rows(count)}, men {_rows(found)} med det namnet gick inte att använda. "
                f"Se efter i filen, och ange count = {found} om alla ska godtas."
            )  # fmt: skip
        faults.append(Fault(message=message, path=MANIFEST, key=f"accept[{number}].{key}"))
    return faults


def _unusable(ledger: Iterable[LedgerEntry]) -> dict[str, int]:
    """Return the number of rows by name that could not be used as they stood; what only stands twice is no such row."""
    states = Counter((f"{one.layer}/{one.feature}", one.state) for one in ledger if one.state != "duplicate")
    rows: dict[str, int] = {}
    for (name, _), count in states.items():
        # One row can have been repaired and then set aside.
        rows[name] = max(rows.get(name, 0), count)
    return rows


def _rows(count: int) -> str:
    return "1 rad" if count == 1 else f"{count} rader"


def _contradictions(plan: Plan, layers: Sequence[Features]) -> list[Fault]:
    """Return a fault for each theme that is said not to occur and of which there are rows, usable or not."""
    return [
        Fault(
            message=f"säger att temat {one.what} inte förekommer, men lagret {features.layer.id!r} har "
            f"{_rows(features.rows)} av det. Ta bort det ena.",
            path=MANIFEST, key=f"not_applicable[{number}].theme", layer_id=features.layer.id,
        )
        for number, one in enumerate(plan.not_applicable, 1)
        for features in layers
        if features.layer.theme == one.what and features.rows
    ]  # fmt: skip


def _not_empty(layer: Layer, table: FeatureTable) -> list[Fault]:
    """Return a fault when a layer that is said to be rightly empty has rows."""
    if layer.empty is None or not len(table):
        return []
    message = (
        f"har {_rows(len(table))}, men [layer.empty] säger att lagret ska vara tomt. "
        "Ta bort [layer.empty], eller rätta filen."
    )
    return [Fault(message=message, path=table.path, layer_id=layer.id, key="empty")]


def _explained(entry: LedgerEntry, ids: Sequence[str], table: FeatureTable) -> LedgerEntry:
    """Return the entry with the reader's own reason where the reader knew why there is no geometry."""
    if entry.state != "unplaced":
        return entry
    row = next((row for row in table.broken if ids[row] == entry.feature), None)
    return entry if row is None else dataclasses.replace(entry, reason=table.broken[row])


def _once(
    layer: Layer, ids: Sequence[str], geometry: Geometries, fields: Mapping[str, Sequence[str | None]],
    faults: list[Fault],
) -> tuple[Ints, list[LedgerEntry]]:  # fmt: skip
    """Return the rows to keep, each once; the same id on different rows is a fault, whether they can be used or not."""
    marks: Any = shapely.to_wkb(geometry) if len(geometry) else []
    first: dict[str, tuple[bytes | None, tuple[str | None, ...]]] = {}
    keep: list[int] = []
    twice: list[LedgerEntry] = []
    for row in range(len(geometry)):
        row_content = (marks[row], tuple(cells[row] for _, cells in sorted(fields.items())))
        known = first.setdefault(ids[row], row_content)
        if known is row_content or (known == row_content and marks[row] is None):
            # Of rows without geometry nobody can tell that they are the same: each of them stands in the ledger.
            keep.append(row)
        elif known == row_content:
            twice.append(
                LedgerEntry(
                    layer=layer.id,
                    feature=ids[row],
                    state="duplicate",
                    reason="raden finns två gånger och mäts en gång",
                    bounds=_rounded(geometry[row]),
                )
            )
        else:
            message = f"id {ids[row]!r} står på flera olika rader. Välj en kolumn med unika värden för fields.id."
            faults.append(Fault(message=message, path=layer.source.shown, layer_id=layer.id, feature_id=ids[row]))
    return np.array(keep, dtype=np.int64), twice


def _made_distinct(
    layer: Layer, ids: Sequence[str], geometry: Geometries, fields: Mapping[str, Sequence[str | None]],
    told: dict[tuple[str, str], tuple[str, ...]],
) -> list[str]:  # fmt: skip
    """Return ids that differ where rows do, and tell of those that had to be made up: `_once` then refuses none."""
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(ids):
        rows_of.setdefault(name, []).append(row)
    made, taken = list(ids), set(ids)
    for name, rows in rows_of.items():
        if len(rows) == 1:
            continue
        content = [
            (shapely.to_wkb(geometry[row]), tuple(cells[row] for _, cells in sorted(fields.items()))) for row in rows
        ]
        if len(set(content)) == 1:
            continue
        new: dict[Any, str] = {}
        for row, one in zip(rows, content, strict=True):
            if one not in new:
                new[one] = f"{name} (rad {row + 1})"
                while new[one] in taken:
                    new[one] += "'"
                taken.add(new[one])
            made[row] = new[one]
        told[layer.id, name] = tuple(made[row] for row in rows)
    return made


def _rounded(geom: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401 - shapely's geometry
    """Return bounds to the millimetre, None for a row that cannot be placed."""
    low_x, low_y, high_x, high_y = (round(float(value), 3) for value in shapely.bounds(geom))
    return (low_x, low_y, high_x, high_y) if np.isfinite([low_x, low_y, high_x, high_y]).all() else None


def _accepted(entry: LedgerEntry, plan: Plan) -> LedgerEntry:
    name = f"{entry.layer}/{entry.feature}"
    statement = next((one for one in plan.accepted if one.what == name), None)
    return entry if statement is None else dataclasses.replace(entry, accepted_by=statement.stated_by)


def _content(ids: Iterable[str], shapes: Geometries, fields: Mapping[str, Sequence[str | None]]) -> str:
    """Return the hash of the rows as used: whatever their order in the file, or the order of rings and vertices."""
    marks: Any = shapely.to_wkb(shapely.normalize(shapes)) if len(shapes) else []
    total = hashlib.sha256()
    for number, (name, mark) in enumerate(zip(ids, marks, strict=True)):
        cells = sorted((role, cells[number]) for role, cells in fields.items())
        total.update(json.dumps([name, cells], ensure_ascii=False).encode())
        total.update(mark)
    return total.hexdigest()
