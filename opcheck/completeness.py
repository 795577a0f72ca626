"""What a plan pack says of itself: legend, texts, dates and the data behind its layers, and what is missing there."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import numpy as np
import shapely

from opcheck.governing import base_document, document_of
from opcheck.horizon import ROLE, UNREAD, read_horizon
from opcheck.landuse import cut_bytes, mapped_categories
from opcheck.not_seen import CLAIM_YEARS
from opcheck.plan import (
    Current,
    Document,
    Features,
    Force,
    Layer,
    Plan,
    ValueMapping,
    currency,
    folded,
    precedence,
)
from opcheck.readiness import Closed, DigitalPoint, PlanFault
from opcheck.rules import LAND_USE, RuleBook, uses

REQUIREMENT_AFTER = datetime.date(2026, 12, 31)
"""PBF (2011:338) 2:5 c, SFS 2023:50: the digital requirement applies to plans whose work began after this day."""

CLAIM = "riksintresse_"
"""Themes that begin so are claims of agencies, which they are to keep up to date."""

PLAN_KINDS = ("översiktsplan", "fördjupning", "tillägg")

OVER = frozenset({"ersatt", "upphävd"})
"""What plans that are over have as their status: their land use is not held against anything."""

Pair = tuple[str | None, str | None]


def place_of(features: Features, rows: Sequence[int]) -> dict[str, Any]:
    """Return where rows of a layer are, and how large they are together."""
    names = tuple((features.layer.id, features.ids[row]) for row in rows)
    shapes = features.geometry[list(rows)]
    west, south, east, north = (round(float(value), 3) for value in shapely.total_bounds(shapes))
    size = shapely.area(shapes)
    point = shapely.point_on_surface(shapes[int(np.argmax(size))])
    return {
        "layers": (features.layer.id,), "document": features.layer.document, "features": names, "count": len(rows),
        "area_m2": round(float(size.sum()), 2), "bounds": (west, south, east, north),
        "spot": (round(float(point.x), 3), round(float(point.y), 3)),
    }  # fmt: skip


# --- legend -----------------------------------------------------------------------------------------------------------


def legend_faults(plan: Plan, layers: Sequence[Features], book: RuleBook) -> Iterator[PlanFault]:
    """Give what is wrong between the plan's own legend, the ÖP-modell and the use matrix."""
    cells = {(cell.category, cell.subcategory) for one in book.sets for cell in one.cells}
    known = known_categories(book)
    land = [features for features in layers if features.layer.theme == LAND_USE]
    yield from _unknown_targets(plan, known)
    met: dict[Pair, list[tuple[Features, int]]] = {}
    for features in land:
        if not features.rows:
            continue
        if "category" not in features.layer.fields and "subcategory" not in features.layer.fields:
            yield PlanFault(kind="no_category_field", layers=(features.layer.id,), count=len(features))
            continue
        pairs = mapped_categories(features, plan.values)
        yield from _unmapped(features, pairs, known, plan.values)
        yield from _swallowed(features, plan.values)
        yield from _unused(features)
        for row, pair in enumerate(pairs):
            if pair[0] in known:
                met.setdefault(pair, []).append((features, row))
    yield from _unused_vocabulary(plan, land)
    yield from _without_cells(met, cells, book)


def known_categories(book: RuleBook) -> frozenset[str]:
    """Return the categories of which the matrix says anything."""
    return frozenset(cell.category for one in book.sets for cell in one.cells)


def _unknown_targets(plan: Plan, known: Set[str]) -> Iterator[PlanFault]:
    """Give each legend value that is mapped to a category no matrix knows: assessing would be refused."""
    legends: list[tuple[Layer | None, Sequence[ValueMapping]]] = [(None, plan.values)]
    legends += [(layer, layer.values) for layer in plan.layers if layer.theme == LAND_USE]
    for layer, values in legends:
        for value in values:
            if known and value.to[0] not in known:
                words = [word for word in (value.category, value.subcategory) if word]
                yield PlanFault(
                    kind="category_unknown", layers=() if layer is None else (layer.id,),
                    args={"value": " / ".join(words), "to": value.to[0], "known": tuple(sorted(known))},
                )  # fmt: skip


def _unmapped(
    features: Features, pairs: Sequence[Pair], known: Set[str], vocabulary: Sequence[ValueMapping]
) -> Iterator[PlanFault]:
    """Give each legend value that stands for no category of the matrix, and the rows without a value."""
    lost: dict[Pair, list[int]] = {}
    empty: list[int] = []
    legend = (*features.layer.values, *vocabulary)
    for row, pair in enumerate(pairs):
        own = features.value("category", row), features.value("subcategory", row)
        if own == (None, None):
            empty.append(row)
        elif pair[0] is None or (known and pair[0] not in known and not _mapped(legend, own)):
            lost.setdefault(own, []).append(row)
    for own, rows in sorted(lost.items(), key=lambda item: (-len(item[1]), str(item[0]))):
        args = {"category": own[0], "subcategory": own[1], "value": " / ".join(word for word in own if word)}
        yield PlanFault(kind="unmapped", args=args, **place_of(features, rows))
    if empty:
        yield PlanFault(kind="category_missing", **place_of(features, empty))


def _swallowed(features: Features, vocabulary: Sequence[ValueMapping]) -> Iterator[PlanFault]:
    """Give each category whose own subcategories are passed over, since only the category's word is mapped."""
    if "subcategory" not in features.layer.fields:
        return
    legends = [
        {_fold((one.category, one.subcategory)): one.to for one in values}
        for values in (features.layer.values, vocabulary)
    ]
    lost: dict[tuple[str, Pair], list[int]] = {}
    for row in range(len(features)):
        category, subcategory = _fold((features.value("category", row), features.value("subcategory", row)))
        if category is None or subcategory is None:
            continue
        # As an assessment looks a zone up: the first of these in the layer's legend, then in the municipality's.
        keys = ((category, subcategory), (category, None), (None, subcategory))
        found = next(((key, one[key]) for one in legends for key in keys if key in one), None)
        if found is None:
            continue
        key, to = found
        if key == (category, None) and folded(to[1]) != subcategory:
            lost.setdefault((category, to), []).append(row)
    for (_, pair), rows in sorted(lost.items(), key=lambda item: str(item[0])):
        words = Counter(" ".join(str(features.value("subcategory", row)).split()) for row in rows)
        shown = tuple(sorted(words))
        args = {
            "value": features.value("category", rows[0]), "to": tuple(word for word in pair if word),
            "subcategories": shown, "zones_of": tuple(words[word] for word in shown),
        }  # fmt: skip
        yield PlanFault(kind="subcategory_swallowed", args=args, **place_of(features, rows))


def _mapped(legend: Iterable[ValueMapping], own: Pair) -> bool:
    """Tell whether a legend says what a value stands for, be it a category that no matrix knows."""
    return any(_speaks_of(value.category, value.subcategory, {_fold(own)}) for value in legend)


def _fold(own: Pair) -> Pair:
    return folded(own[0]), folded(own[1])


def _speaks_of(category: str | None, subcategory: str | None, found: Iterable[Pair]) -> bool:
    """Tell whether a legend value is met among those found."""
    wanted = _fold((category, subcategory))
    return any(all(mine is None or mine == its for mine, its in zip(wanted, one, strict=True)) for one in found)


def _found(features: Features) -> set[Pair]:
    return {
        _fold((features.value("category", row), features.value("subcategory", row))) for row in range(len(features))
    }


def _unused(features: Features) -> Iterator[PlanFault]:
    found = _found(features)
    words = _unused_words(features.layer.values, found)
    if words:
        yield PlanFault(kind="mapping_unused", layers=(features.layer.id,), count=len(words), args={"values": words})


def _unused_vocabulary(plan: Plan, land: Sequence[Features]) -> Iterator[PlanFault]:
    words = _unused_words(plan.values, {pair for features in land for pair in _found(features)}) if land else ()
    if words:
        yield PlanFault(kind="mapping_unused", count=len(words), args={"values": words})


def _unused_words(values: Iterable[ValueMapping], found: Set[Pair]) -> tuple[str, ...]:
    return tuple(
        " / ".join(word for word in (value.category, value.subcategory) if word)
        for value in values
        if not _speaks_of(value.category, value.subcategory, found)
    )


def _without_cells(
    met: Mapping[Pair, list[tuple[Features, int]]], cells: Set[tuple[str, str | None]], book: RuleBook
) -> Iterator[PlanFault]:
    """Give the categories about which the matrix says nothing, of some uses or of all."""
    asked = tuple(uses().values())
    for pair, rows in sorted(met.items(), key=lambda item: str(item[0])):
        category, subcategory = pair
        assert category is not None  # noqa: S101 - only known categories are met
        silent = tuple(use.id for use in asked if book.cell(category, subcategory, use) is None)
        layers = tuple(dict.fromkeys(features.layer.id for features, _ in rows))
        names = tuple((features.layer.id, features.ids[row]) for features, row in rows)
        args = {"category": category, "subcategory": subcategory, "uses": silent}
        if len(silent) == len(asked):
            yield PlanFault(kind="no_cell", layers=layers, features=names, count=len(names), args=args)
        elif silent:
            yield PlanFault(kind="some_uses", layers=layers, features=names, count=len(names), args=args)
        if subcategory is not None and (category, subcategory) not in cells:
            yield PlanFault(kind="subcategory_unknown", layers=layers, features=names, count=len(names), args=args)


# --- texts ------------------------------------------------------------------------------------------------------------


def text_faults(layers: Sequence[Features]) -> Iterator[PlanFault]:
    """Give zones whose text is missing, cut or unread, and readings older than the data."""
    for features in layers:
        layer = features.layer
        if layer.theme != LAND_USE:
            continue
        texts = [features.value("text", row) for row in range(len(features))]
        without = [row for row, text in enumerate(texts) if text is None]
        if without:
            args = {"mapped": "text" in layer.fields, "of": len(features)}
            yield PlanFault(kind="text_missing", args=args, **place_of(features, without))
        cut = [row for row, text in enumerate(texts) if text and (cut_bytes(text) or text.endswith("\ufffd"))]
        if cut:
            args = {"of": len(features) - len(without)}
            yield PlanFault(kind="text_cut", args=args, **place_of(features, cut))
        read = {stance.feature for stance in layer.stances}
        unread = [row for row, text in enumerate(texts) if text is not None and features.ids[row] not in read]
        if unread:
            yield PlanFault(kind="text_unread", args={"of": len(features)}, **place_of(features, unread))
        if layer.dated is not None:
            old = {stance.feature for stance in layer.stances if stance.on < layer.dated.first}
            rows = [row for row, name in enumerate(features.ids) if name in old]
            if rows:
                yield PlanFault(kind="stance_old", args={"dated": str(layer.dated)}, **place_of(features, rows))


def horizon_faults(plan: Plan, layers: Sequence[Features], day: datetime.date) -> Iterator[PlanFault]:
    """Give zones whose horizon cannot be read as years: free text, or years that count from a year nobody states."""
    base = base_document(plan, day)
    for features in layers:
        if features.layer.theme != LAND_USE or ROLE not in features.fields:
            continue
        document = document_of(plan, features, base)
        start = None if document is None else document.horizon_from
        words = [features.value(ROLE, row) for row in range(len(features))]
        rows = [row for row, text in enumerate(words) if read_horizon(text, start) is UNREAD]
        if rows:
            told = tuple(sorted({str(words[row]) for row in rows}))
            counted = any(read_horizon(words[row], day.year) is not UNREAD for row in rows)
            yield PlanFault(kind="horizon_unread", args={"words": told, "counted": counted}, **place_of(features, rows))


# --- documents, layers and themes -------------------------------------------------------------------------------------


def pack_faults(
    plan: Plan, layers: Sequence[Features], book: RuleBook, day: datetime.date, unread: Set[str]
) -> Iterator[PlanFault]:
    """Give what is missing about documents, about layers, and which themes have none."""
    if plan.provisional_area:
        yield PlanFault(kind="provisional_area")
    if not any(document.kind == "översiktsplan" for document in plan.documents):
        yield PlanFault(kind="no_plan")
    if not plan.base and not any(layer.theme == LAND_USE for layer in plan.layers):
        yield PlanFault(kind="no_land_use")
    for document in plan.documents:
        if document.kind in PLAN_KINDS:
            yield from _document_faults(document, day)
    for rank in precedence(plan.documents, LAND_USE, day):
        if not rank.settled and rank.document.force(day) is Force.YES:
            yield PlanFault(kind="order_unknown", document=rank.document.id, args={"name": rank.document.name})
    yield from _layer_faults(layers, day)
    asked = {theme for rule in book.on(day) for theme in rule.themes()}
    yield from _statements_missing(plan.layers, asked | {LAND_USE})
    asked -= {LAND_USE}
    have = {layer.theme for layer in plan.layers} | {one.what for one in plan.not_applicable}
    if asked - have:
        yield PlanFault(kind="theme_missing", count=len(asked - have), args={"themes": tuple(sorted(asked - have))})


def _document_faults(document: Document, day: datetime.date) -> Iterator[PlanFault]:
    args = {"name": document.name, "status": document.status}
    force = document.force(day)
    if force in (Force.NO, Force.PENDING):
        # What has been replaced was in force from that day; only of what is on its way is it the day to wait for.
        since = document.legal_force if document.status not in OVER else None
        yield PlanFault(
            kind="not_in_force", document=document.id, args={**args, "since": None if since is None else str(since)}
        )
        return
    if force is Force.UNKNOWN:
        yield PlanFault(kind="force_unknown", document=document.id, args=args)
    if document.legal_force is None:
        yield PlanFault(kind="legal_force_missing", document=document.id, args=args)
    if document.adopted is None:
        yield PlanFault(kind="adopted_missing", document=document.id, args=args)
    if not document.covers(LAND_USE):
        # An assessment asks for the currency of what governs land use.
        return
    state, until = currency(document, day)
    if state is Current.LAPSED:
        day_text = None if until is None else until.isoformat()
        yield PlanFault(kind="currency_lapsed", document=document.id, args={**args, "until": day_text})
    elif state is Current.UNKNOWN:
        yield PlanFault(kind="currency_unknown", document=document.id, args=args)


def _layer_faults(layers: Sequence[Features], day: datetime.date) -> Iterator[PlanFault]:
    made: dict[str, tuple[tuple[str, str], ...]] = {}
    for features in layers:
        layer = features.layer
        if not features.rows and layer.empty is None:
            yield PlanFault(kind="layer_empty", layers=(layer.id,), args={"theme": layer.theme})
        own = features.fields.get("id")
        nameless = tuple(
            (layer.id, name) for row, name in enumerate(features.ids) if own is None or own[row] is None
        )  # fmt: skip
        if nameless:
            made[layer.id] = nameless
        if layer.theme.startswith(CLAIM) and layer.dated is not None and _older(layer.dated.last, day):
            args = {"dated": str(layer.dated), "years": CLAIM_YEARS, "theme": layer.theme}
            yield PlanFault(kind="claim_old", layers=(layer.id,), args=args)
        for note in getattr(features, "notes", ()):
            yield PlanFault(kind="note", layers=(layer.id,), args={"text": note})
    if made:
        names = tuple(name for one in made.values() for name in one)
        yield PlanFault(kind="ids_made", layers=tuple(made), features=names, count=len(names))


def _older(date: datetime.date, day: datetime.date) -> bool:
    """Tell whether a date lies further back than agencies' claims may."""
    limit = day.year - CLAIM_YEARS
    return (date.year, date.month, date.day) < (limit, day.month, day.day)


def _statements_missing(layers: Sequence[Layer], asked: Set[str]) -> Iterator[PlanFault]:
    """Give one fault for each thing that the manifest does not say of some layers, with the layers."""
    missing: dict[str, Callable[[Layer], bool]] = {
        # On a layer that no rule asks about, such as that of properties, no answer rests.
        "coverage_missing": lambda layer: layer.coverage is None and layer.theme in asked,
        "dated_missing": lambda layer: layer.dated is None,
        "accuracy_missing": lambda layer: layer.accuracy_m is None,
        "border_missing": lambda layer: layer.border is None,
        "owner_missing": lambda layer: layer.owner is None,
        "licence_missing": lambda layer: layer.licence is None,
        "unconfirmed": lambda layer: not layer.confirmed,
    }
    for kind, is_missing in missing.items():
        found = tuple(layer.id for layer in layers if is_missing(layer))
        if found:
            yield PlanFault(kind=kind, layers=found, count=len(found), args={"of": len(layers)})


# --- the digital requirement ------------------------------------------------------------------------------------------


def digital_points(
    plan: Plan, layers: Sequence[Features], closed: Sequence[Closed], book: RuleBook
) -> Iterator[DigitalPoint]:
    """Give what information to be handled digitally needs, as far as the pack shows it.

    References
    ----------
    PBF (2011:338) 2:5 c. The lists of the regulations that are to fill it in have not been found; what is asked here is
    what handling by machine needs in any case.
    """
    land = [features for features in layers if features.layer.theme == LAND_USE]
    zones = sum(len(features) for features in land)
    documents = [one for one in plan.documents if one.kind in PLAN_KINDS and one.status not in OVER]
    plan_layers = [layer for layer in plan.layers if layer.theme == LAND_USE or layer.document is not None]
    # A row of a repeated id is read under a made-up one.
    own = sum(
        one == name for features in land for one, name in zip(features.fields.get("id", ()), features.ids, strict=False)
    )
    known = known_categories(book)
    mapped = sum(1 for features in land for pair in mapped_categories(features, plan.values) if pair[0] in known)
    texts = sum(1 for features in land for row in range(len(features)) if features.value("text", row) is not None)
    yield _point("readable", len(layers), len(plan.layers))
    yield _point("valid", sum(_sound(features) for features in land), sum(features.rows for features in land))
    yield _point("ids", own, zones)
    yield _point("categories", mapped, zones)
    yield _point("texts", texts, zones)
    cover = [(one.covered_m2, one.to_cover_m2) for one in closed if one.to_cover_m2]
    yield _point("covered", sum(have or 0.0 for have, _ in cover), sum(of or 0.0 for _, of in cover))
    yield _point("dates", sum(layer.dated is not None for layer in plan_layers), len(plan_layers))
    decided = [one for one in documents if one.status == "laga kraft"]
    full = [one for one in decided if one.adopted is not None and one.legal_force is not None]
    yield _point("decisions", len(full), len(decided))
    yield _point("links", sum(one.url is not None for one in documents), len(documents))
    exact = [layer for layer in plan_layers if layer.border is not None and layer.accuracy_m is not None]
    yield _point("borders", len(exact), len(plan_layers))
    yield _point("licences", sum(layer.licence is not None for layer in plan_layers), len(plan_layers))


def _sound(features: Features) -> int:
    """Return how many rows were used just as the file has them."""
    repaired = {entry.feature for entry in features.ledger if entry.state == "repaired"}
    # Rows of a repeated id are one name in the ledger: rather too few are called sound.
    written = features.fields.get("id", features.ids)
    return sum(not {name, one} & repaired for name, one in zip(features.ids, written, strict=True))


def _point(key: str, have: float, of: float) -> DigitalPoint:
    return DigitalPoint(key=key, have=have, of=of) if of else DigitalPoint(key=key, have=None, of=None)


def work_begun(plan: Plan, day: datetime.date) -> Mapping[str, bool]:
    """Return for each plan document whether the work on it certainly began before the requirement applies.

    A manifest does not say when the work began. What exists on a day when the requirement does not apply yet, or was
    adopted by then, began before.
    """
    return {
        one.id: day <= REQUIREMENT_AFTER or (one.adopted is not None and one.adopted.last <= REQUIREMENT_AFTER)
        for one in plan.documents
        if one.kind in PLAN_KINDS
    }
