"""The plan-readiness check: what in a plan pack is missing, wrong or does not close, before the first site is tested.

Nothing here raises for what stands in the pack's data: a layer that cannot be read is a fault beside the others, so
that one broken file hides none of them.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from opcheck.closure import SLIVER_WIDTH_M, TOLERANCE_M, Closure, Flaw, examine, wider
from opcheck.completeness import (
    OVER,
    digital_points,
    horizon_faults,
    legend_faults,
    pack_faults,
    place_of,
    text_faults,
    work_begun,
)
from opcheck.errors import OpcheckError, PlanError, RuleError
from opcheck.features import LoadedPlan, all_rows, load_plan
from opcheck.geometry import LedgerEntry
from opcheck.governing import base_document
from opcheck.plan import MANIFEST, Document, Features, Layer, Plan, precedence
from opcheck.readiness import Closed, PlanFault, Readiness
from opcheck.rules import LAND_USE, RuleBook, read_rules


def validate_plan(plan: Plan, *, tolerance_m: float = TOLERANCE_M, on: datetime.date | str | None = None) -> Readiness:
    """Check whether a plan pack is ready to be asked, and where it is not.

    Parameters
    ----------
    plan
        A pack as `opcheck.read_plan` gives it.
    tolerance_m
        Gaps, overlaps and pieces outside the border that are at most this wide are no fault.
    on
        The day for which documents and their currency are asked; None is today.

    Returns
    -------
    readiness
        The faults, the most serious first, with the place of each.

    Raises
    ------
    PlanError
        The tolerance is no length. A manifest that cannot be used is refused by `opcheck.read_plan` already.

    Examples
    --------
    >>> import opcheck
    >>> from opcheck.validate import validate_plan
    >>> readiness = validate_plan(opcheck.read_plan("exempel"), on="2026-11-22")
    >>> readiness.worst
    'warning'
    """
    if not 0 <= tolerance_m < float("inf"):
        raise PlanError(f"toleransen är {tolerance_m:g}. Förväntade ett mått i meter, till exempel 0.001.")
    day = datetime.date.fromisoformat(on) if isinstance(on, str) else on or datetime.date.today()
    reading = _Reading(plan)
    book = reading.book()
    loaded = reading.layers
    closed, closure = _closures(reading, day, tolerance_m)
    found: list[tuple[PlanFault, Any]] = [(fault, None) for fault in reading.faults]
    found.extend(closure)
    for faults in (
        _repeated(reading),
        _ledger(reading),
        legend_faults(plan, loaded, book),
        text_faults(loaded),
        horizon_faults(plan, loaded, day),
        pack_faults(plan, loaded, book, day, reading.unread),
    ):
        found.extend((fault, None) for fault in faults)  # fmt: skip
    found.sort(key=lambda pair: pair[0].order())
    return Readiness(
        plan=plan, on=day, tolerance_m=tolerance_m, faults=tuple(fault for fault, _ in found),
        shapes=tuple(shape for _, shape in found), closed=tuple(closed),
        digital=tuple(digital_points(plan, loaded, closed, book)), begun=work_begun(plan, day), layers=loaded,
        area=reading.area,
    )  # fmt: skip


# --- reading ----------------------------------------------------------------------------------------------------------


class _Reading:
    """A pack as far as it can be read, with a fault for each piece that cannot."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.faults: list[PlanFault] = []
        self.area: Any = None
        self.document_areas: dict[str, Any] = {}
        self.unplaced: set[str] = set()
        self.unread: set[str] = set()
        self.layers: tuple[Features, ...] = ()
        self.repeated: dict[tuple[str, str], tuple[str, ...]] = {}
        try:
            whole = load_plan(plan, repeated=self.repeated)
        except OpcheckError:
            self._by_pieces()
        else:
            self.area, self.layers = whole.area, whole.layers
            self.document_areas.update(whole.document_areas)

    def _by_pieces(self) -> None:
        """Read the border, each document, each neighbour and each layer by itself."""
        plan = self.plan
        bare = dataclasses.replace(plan, layers=(), documents=(), neighbours=())
        read = self._try(bare, ())
        # Without a border that can be used, the layers are read as in a pack that has none.
        borderless = dataclasses.replace(bare, area=None)
        around = borderless if read is None else bare
        self.area = None if read is None else read.area
        for document in plan.documents:
            read = self._try(dataclasses.replace(borderless, documents=(document,)), (), document.id)
            if read is None:
                self.unplaced.add(document.id)
            else:
                self.document_areas.update(read.document_areas)
        for neighbour in plan.neighbours:
            self._try(dataclasses.replace(borderless, neighbours=(neighbour,)), ())
        layers: list[Features] = []
        for layer in sorted(plan.layers, key=lambda layer: layer.id):
            read = self._try(dataclasses.replace(around, layers=(layer,)), (layer.id,))
            if read is None:
                self.unread.add(layer.id)
            else:
                layers.extend(read.layers)
        self.layers = tuple(layers)

    def _try(self, plan: Plan, layers: tuple[str, ...], document: str | None = None) -> LoadedPlan | None:
        try:
            return load_plan(plan, repeated=self.repeated)
        except OpcheckError as error:
            self._refuse(error, "unreadable", layers, document)
            return None

    def _refuse(
        self, error: OpcheckError, kind: str, layers: tuple[str, ...] = (), document: str | None = None
    ) -> None:
        for fault in error.faults:
            self.faults.append(
                PlanFault(
                    kind=kind, layers=layers, document=document,
                    features=((fault.layer_id, fault.feature_id),) if fault.layer_id and fault.feature_id else (),
                    args={"why": fault.message, "file": fault.path, "place": fault.key},
                )
            )  # fmt: skip

    def book(self) -> RuleBook:
        """Return the national rules with the pack's own; the national ones alone where the pack's cannot be used."""
        national = read_rules()
        try:
            own = read_rules(*self.plan.rule_files, national=False, overrides=False).sets
            heard = (*(override for one in own for override in one.overrides), *self.plan.overrides)
            return national.joined(own, heard, MANIFEST)
        except RuleError as error:
            self._refuse(error, "rules_unusable")
            return national


def _repeated(reading: _Reading) -> Iterator[PlanFault]:
    """Give a fault for each id that stands on different rows: an assessment refuses the layer, the check goes on."""
    read = {features.layer.id: features for features in reading.layers}
    rows_of = {layer: {name: row for row, name in enumerate(features.ids)} for layer, features in read.items()}
    for (layer, name), made in sorted(reading.repeated.items()):
        rows = sorted({rows_of[layer][one] for one in made if one in rows_of.get(layer, {})})
        place = place_of(read[layer], rows) if rows else {}
        names = tuple((layer, one) for one in dict.fromkeys(made))
        yield PlanFault(
            kind="id_repeated",
            **{**place, "layers": (layer,), "features": names, "count": len(made), "args": {"id": name}},
        )


_LEDGER_KINDS = {"unplaced": "unplaced", "set_aside": "set_aside", "repaired": "repaired", "duplicate": "duplicate"}


_UNUSED = ("unplaced", "set_aside")
"""States of rows that are not among a layer's features: what they are called has to be looked up in the file."""

CALLED_BY = ("name", "subcategory", "category")
_VALUES_MOST, _VALUE_LENGTH = 3, 40


def _ledger(reading: _Reading) -> Iterator[PlanFault]:
    """Give a fault for each row that was not simply used as it stood."""
    for features in reading.layers:
        called = _unused_rows(reading, features)
        for entry in features.ledger:
            kind = "repaired_moved" if entry.state == "repaired" and entry.moved else _LEDGER_KINDS[entry.state]
            if entry.accepted_by is not None:
                kind = "accepted"
            yield PlanFault(
                kind=kind, layers=(entry.layer,), features=((entry.layer, entry.feature),), bounds=entry.bounds,
                spot=_middle(entry), area_m2=entry.area_after_m2,
                args={"why": entry.reason, "by": entry.accepted_by, "before_m2": entry.area_before_m2,
                      "after_m2": entry.area_after_m2, **_next_row(called, entry)},
            )  # fmt: skip


def _unused_rows(reading: _Reading, features: Features) -> dict[str, list[dict[str, Any]]]:
    """Return by id the number in the file and the name of the rows that could not be used; the file is read again.

    Nothing is told where it cannot be known which of several rows of the same id an entry is about.
    """
    layer = features.layer
    entries = [entry for entry in features.ledger if entry.state in _UNUSED]
    found: dict[str, list[dict[str, Any]]] = {entry.feature: [] for entry in entries}
    if not found:
        return found
    used = set(features.ids)
    made = {name: iter(reading.repeated[layer.id, name]) for name in found if (layer.id, name) in reading.repeated}
    for number, (name, cells, _) in enumerate(all_rows(reading.plan, layer), 1):
        if name in found and (name not in made or next(made[name]) not in used):
            found[name].append({"row": number, "called": _called(layer, cells)})
    placed = {entry.feature for entry in entries if entry.bounds is not None}
    return {name: rows for name, rows in found.items() if len(rows) == 1 or name not in placed}


def _next_row(rows: Mapping[str, list[dict[str, Any]]], entry: LedgerEntry) -> dict[str, Any]:
    """Return which row of the file an entry is about, and no other entry of its name."""
    mine = rows.get(entry.feature, []) if entry.state in _UNUSED else []
    return mine.pop(0) if mine else {}


def _called(layer: Layer, cells: Mapping[str, str | None]) -> str | None:
    """Return what a row is called, else the first values by which a person finds it, with their columns."""
    if cells.get("name"):
        return cells["name"]
    roles = [*CALLED_BY, *sorted(set(cells) - {*CALLED_BY, "id"})]
    told = [(layer.fields[role], cell) for role in roles if (cell := cells.get(role))]
    short = [(column, cell if len(cell) <= _VALUE_LENGTH else f"{cell[:_VALUE_LENGTH]}…") for column, cell in told]
    return ", ".join(f"{column}: {cell}" for column, cell in short[:_VALUES_MOST]) or None


def _middle(entry: LedgerEntry) -> tuple[float, float] | None:
    if entry.bounds is None:
        return None
    west, south, east, north = entry.bounds
    return round((west + east) / 2, 3), round((south + north) / 2, 3)


# --- closure ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The land use of one document: zones of all its layers in one row, and what they are to cover.

    Parameters
    ----------
    names
        (layer, feature) of each zone.
    pairs
        For telling whether two zones say the same: the legend's values of each zone.
    """

    document: Document | None
    layers: tuple[Features, ...]
    zones: Any
    names: tuple[tuple[str, str], ...]
    cover: Any
    border: Any

    @property
    def document_id(self) -> str | None:
        return None if self.document is None else self.document.id


def _closures(
    reading: _Reading, day: datetime.date, tolerance_m: float
) -> tuple[list[Closed], list[tuple[PlanFault, Any]]]:
    closed: list[Closed] = []
    found: list[tuple[PlanFault, Any]] = []
    plan = reading.plan
    by_document: dict[str | None, list[Layer]] = {}
    base = base_document(plan, day)
    for layer in plan.layers:
        if layer.theme == LAND_USE:
            # A layer that names no document is the översiktsplan's.
            own = layer.document or (None if base is None else base.id)
            by_document.setdefault(own, []).append(layer)
    read = {features.layer.id: features for features in reading.layers}
    for document_id, layers in sorted(by_document.items(), key=lambda item: item[0] or ""):
        document = None if document_id is None else plan.document(document_id)
        if document is not None and document.status in OVER:
            continue
        missing = sorted(layer.id for layer in layers if layer.id not in read)
        if missing or document_id in reading.unplaced:
            # With a layer missing, what the others leave open is no gap in the plan.
            fault = PlanFault(
                kind="closure_untested", layers=tuple(missing), document=document_id, args=_named(document)
            )
            found.append((fault, None))
            continue
        group = _group(reading, document, [read[layer.id] for layer in layers], day)
        closure = examine(group.zones, group.cover, tolerance_m, border=group.border)
        closed.append(
            Closed(
                document=group.document_id, layers=tuple(sorted(layer.id for layer in layers)), zones=len(group.zones),
                to_cover_m2=closure.to_cover_m2, covered_m2=closure.covered_m2, within=closure.within,
            )
        )  # fmt: skip
        found.extend(_flaw_faults(group, closure, tolerance_m))
        found.extend(_loose_faults(group, closure, plan, tolerance_m))
    return closed, found


def _named(document: Document | None) -> dict[str, Any]:
    return {"name": None if document is None else document.name}


def _group(reading: _Reading, document: Document | None, layers: Sequence[Features], day: datetime.date) -> _Group:
    zones = np.concatenate([features.geometry for features in layers])
    names = tuple((features.layer.id, name) for features in layers for name in features.ids)
    cover, border = _to_cover(reading, document, day)
    return _Group(document=document, layers=tuple(layers), zones=zones, names=names, cover=cover, border=border)


def _to_cover(reading: _Reading, document: Document | None, day: datetime.date) -> tuple[Any, Any]:
    """Return what a document's zones are to cover, and what they are not to leave; None where nobody has said.

    The översiktsplan need not cover what its amendments in force do: they are part of the plan (PBL 3:27).
    """
    if document is not None and document.id in reading.document_areas:
        area = reading.document_areas[document.id]
        return area, area
    plan = reading.plan
    if (document is not None and (document.area_unknown or document.kind != "översiktsplan")) or plan.provisional_area:
        return None, None
    if reading.area is None:
        return None, None
    with_land_use = {layer.document for layer in plan.layers if layer.theme == LAND_USE}
    amended = [
        reading.document_areas[rank.document.id]
        for rank in precedence(plan.documents, LAND_USE, day)
        if document is not None and rank.document.id != document.id and rank.settled
        and rank.document.id in with_land_use and rank.document.id in reading.document_areas
    ]  # fmt: skip
    cover = shapely.difference(reading.area, shapely.union_all(amended)) if amended else reading.area
    return cover, reading.area


def _flaw_faults(group: _Group, closure: Closure, tolerance_m: float) -> Iterator[tuple[PlanFault, Any]]:
    values = [_value(features, row) for features in group.layers for row in range(len(features))]
    for flaw in closure.flaws:
        kind = flaw.kind
        away = _away(group, flaw, tolerance_m)
        if away is not None:
            yield _flaw_fault(group, flaw, "outside_whole", {"away_m": away})
            continue
        if kind != "thin" and flaw.width_m < SLIVER_WIDTH_M:
            kind = f"{kind}_sliver"
        words = {values[zone] for zone in flaw.zones}
        same = flaw.kind == "overlap" and len(words) == 1 and words != {(None, None)}
        yield _flaw_fault(group, flaw, kind, {"same": True} if same else {})


def _away(group: _Group, flaw: Flaw, tolerance_m: float) -> float | None:
    """Return how far from the border a zone lies of which nothing wider than the tolerance is inside, else None."""
    if flaw.kind != "outside":
        return None
    zone = group.zones[flaw.zones[0]]
    if flaw.area_m2 < float(shapely.area(zone)) / 2:
        return None
    inside, _ = wider(np.array([shapely.intersection(zone, group.border)], dtype=object), tolerance_m)
    return None if len(inside) else round(float(shapely.distance(zone, group.border)), 3)


def _value(features: Features, row: int) -> tuple[str | None, str | None]:
    return features.value("category", row), features.value("subcategory", row)


def _flaw_fault(group: _Group, flaw: Flaw, kind: str, more: Mapping[str, Any]) -> tuple[PlanFault, Any]:
    names = tuple(group.names[zone] for zone in flaw.zones)
    layers = tuple(dict.fromkeys(layer for layer, _ in names)) or tuple(one.layer.id for one in group.layers)
    fault = PlanFault(
        kind=kind, layers=layers, document=group.document_id, features=names, area_m2=flaw.area_m2,
        width_m=flaw.width_m, bounds=_bounds(flaw.shape), spot=_spot(flaw.shape),
        args={**_named(group.document), "share": flaw.share, **more},
    )  # fmt: skip
    return fault, flaw.shape


def _loose_faults(group: _Group, closure: Closure, plan: Plan, tolerance_m: float) -> Iterable[tuple[PlanFault, Any]]:
    """Give one fault for corners beside a neighbour's border; not where recalculation alone may have moved them."""
    layers = tuple(features.layer.id for features in group.layers)
    if any(features.crs != plan.crs for features in group.layers):
        return
    args = {**_named(group.document), "tolerance_m": tolerance_m}
    if closure.loose is None:
        yield PlanFault(kind="noise", layers=layers, document=group.document_id, args=args), None
    elif len(closure.loose):
        shape = shapely.multipoints(closure.loose)
        fault = PlanFault(
            kind="loose", layers=layers, document=group.document_id, count=len(closure.loose), bounds=_bounds(shape),
            spot=_spot(shape), args=args,
        )  # fmt: skip
        yield fault, shape


def _bounds(shape: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - shapely's geometry
    west, south, east, north = (round(float(value), 3) for value in shapely.bounds(shape))
    return west, south, east, north


def _spot(shape: Any) -> tuple[float, float]:  # noqa: ANN401 - shapely's geometry
    point = shapely.point_on_surface(shape)
    return round(float(point.x), 3), round(float(point.y), 3)
