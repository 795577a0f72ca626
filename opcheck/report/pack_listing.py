"""A plan pack as text for a terminal: what is in it, how it was read, and what it lacks."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from opcheck.checks import Override
from opcheck.errors import Fault, LayerError
from opcheck.features import LoadedPlan, load_plan
from opcheck.geometry import parse_crs
from opcheck.plan import (
    MAY_GOVERN,
    MUNICIPALITY,
    Document,
    Features,
    Layer,
    Neighbour,
    Plan,
    Source,
    Statement,
    currency,
)
from opcheck.report.lines import WIDTH, seen, wrapped
from opcheck.rules import themes
from opcheck.texts import Texts, load

CAN_LAPSE = ("översiktsplan", "fördjupning", "tillägg")
"""Kinds of document that are current or not (PBL 3:25); a detaljplan holds until it is changed."""

LEDGER_STATES = ("unplaced", "set_aside", "repaired", "duplicate")


def pack_listing(plan: Plan, on: datetime.date, lang: str) -> str:
    """Return everything a pack holds: documents, layers with what was read of them, what is missing, who has said what.

    Parameters
    ----------
    plan
        As `opcheck.read_plan` gives it. A layer that cannot be read is shown with its faults, and the rest is shown.
    on
        The day on which documents are in force and current.
    lang
        ``sv`` or ``en``.
    """
    texts = load(lang)
    read = _read(plan)
    paragraphs = [
        _head(plan, read, texts),
        _documents(plan, read, on, texts),
        _layers(plan, read, texts),
        _missing(plan, texts),
        _units(plan, texts),
        _neighbours(plan, texts),
        _statements(plan, texts),
        _overrides(plan.overrides, texts),
        _included(plan, texts),
    ]
    return seen("\n\n".join("\n".join(lines) for lines in paragraphs if lines) + "\n")


# --- reading what can be read -----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What could be read: layers by id, and the faults of what could not, by layer (None is the pack's own areas)."""

    layers: dict[str, Features]
    faults: dict[str | None, tuple[Fault, ...]]


def _read(plan: Plan) -> _Read:
    try:
        return _Read(layers=_by_id(load_plan(plan)), faults={})
    except LayerError:
        pass
    # Something cannot be read: each layer by itself, so that one of them does not hide the others.
    layers: dict[str, Features] = {}
    faults: dict[str | None, tuple[Fault, ...]] = {}
    bare = dataclasses.replace(plan, layers=(), not_applicable=(), accepted=())
    area = plan.area
    try:
        load_plan(bare)
    except LayerError as error:
        faults[None] = error.faults
        area = None if any(fault.key == "plan.area" for fault in error.faults) else area
    bare = dataclasses.replace(bare, documents=(), neighbours=(), area=area)
    for layer in plan.layers:
        try:
            layers.update(_by_id(load_plan(dataclasses.replace(bare, layers=(layer,)))))
        except LayerError as error:
            faults[layer.id] = tuple(dataclasses.replace(fault, layer_id=None) for fault in error.faults)
    if not faults:
        # What is wrong lies between the layers and what is stated of them.
        try:
            load_plan(plan)
        except LayerError as error:
            faults[None] = error.faults
    return _Read(layers=layers, faults=faults)


def _by_id(loaded: LoadedPlan) -> dict[str, Features]:
    return {features.layer.id: features for features in loaded.layers}


# --- the pack ---------------------------------------------------------------------------------------------------------


def _head(plan: Plan, read: _Read, texts: Texts) -> list[str]:
    title = texts.say("pack", "title", {"name": plan.name, "id": plan.id})
    kinds = [key for key, there in (("demonstration", plan.demonstration), ("base", plan.base)) if there]
    lines = [
        title,
        "=" * min(len(title), WIDTH),
        *(line for key in kinds for line in wrapped(texts.get("pack", key), "", "")),
    ]
    rows: list[tuple[str, Any]] = [
        ("code", plan.municipality_code or texts.unknown),
        ("crs", f"{plan.crs}, {parse_crs(plan.crs).name}"),
        ("border", _border(plan, texts)),
        ("question", plan.question),
        ("contact", plan.contact),
        ("note", plan.note),
        ("licence", plan.licence),
        ("attribution", plan.attribution),
        ("rules", ", ".join(path.name for path in plan.rule_files)),
        ("values", len(plan.values) or None),
    ]
    lines += _pairs(rows, texts)
    return [*lines, *_faults(read.faults.get(None, ()), texts, "  ")]


def _border(plan: Plan, texts: Texts) -> str:
    if plan.area is None:
        return texts.get("pack", "border_missing")
    named = _file(plan.area)
    return texts.say("pack", "border_provisional", {"file": named}) if plan.provisional_area else named


def _file(source: Source) -> str:
    return source.shown if source.layer is None else f"{source.shown}, {source.layer}"


# --- documents --------------------------------------------------------------------------------------------------------


def _documents(plan: Plan, read: _Read, on: datetime.date, texts: Texts) -> list[str]:
    lines = [*_heading("documents", texts, n=len(plan.documents), on=on)]
    for document in plan.documents:
        lines += wrapped(f"{document.id}: {document.name}", "  ")
        lines += _facts(_document(document, on, texts), texts)
        # An address on a line of its own can be clicked, however long it is.
        lines += [line for told in (document.note, document.url) if told for line in wrapped(told, "      ")]
    return lines if plan.documents else [*_heading("no_documents", texts)]


def _document(document: Document, on: datetime.date, texts: Texts) -> Iterator[str]:
    yield texts.get("document_kind", document.kind)
    yield texts.say("pack", "status", {"status": texts.get("status", document.status)})
    yield texts.say("pack", "adopted", {"date": _date(document.adopted)})
    yield texts.say("pack", "legal_force", {"date": _date(document.legal_force)})
    force = document.force(on)
    yield texts.get("pack", f"force_{force.value}")
    if force in MAY_GOVERN and document.kind in CAN_LAPSE:
        state, day = currency(document, on)
        yield texts.say("pack", f"current_{state.value}", {"day": day})
    if document.area is not None:
        yield texts.say("pack", "area", {"file": _file(document.area)})
    else:
        yield texts.get("pack", "area_unknown" if document.area_unknown else "area_whole")
    if document.themes:
        names = texts.listing([texts.get("theme", theme) for theme in document.themes])
        yield texts.say("pack", "themes", {"themes": names})
    for key, value in (("base_of", document.base), ("published", document.published), ("horizon", _year(document))):
        if value:
            yield texts.say("pack", key, {"value": value})
    if document.kept is not None:
        yield texts.get("pack", "kept" if document.kept else "not_kept")
    for entry in document.currency:
        facts: dict[str, Any] = {"day": entry.decided, "says": entry.says}
        if entry.themes:
            facts["themes"] = texts.listing([texts.get("theme", theme) for theme in entry.themes])
        if entry.area is not None:
            facts["area"] = _file(entry.area)
        yield texts.say("pack", "decision", facts)


def _date(date: Any) -> str | None:  # noqa: ANN401 - a partial date or nothing
    return None if date is None else str(date)


def _year(document: Document) -> str | None:
    return None if document.horizon_from is None else str(document.horizon_from)


# --- layers -----------------------------------------------------------------------------------------------------------


def _layers(plan: Plan, read: _Read, texts: Texts) -> list[str]:
    if not plan.layers:
        return [*_heading("no_layers", texts)]
    lines = [*_heading("layers", texts, n=len(plan.layers))]
    rows = {layer.id: _row(layer, read.layers.get(layer.id), texts) for layer in plan.layers}
    names = [texts.get("pack", f"column_{name}") for name in COLUMNS]
    widths = [max(len(row[place]) for row in (names, *rows.values())) for place in range(len(names))]
    # A long id pushes its own columns to the next line, and not those of every layer.
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - 2 * len(widths) - 4)
    lines += _columns(names, widths)
    for theme in themes():
        layers = sorted((layer for layer in plan.layers if layer.theme == theme), key=lambda layer: layer.id)
        if layers:
            lines += wrapped(f"{texts.get('theme', theme)} ({theme})", "  ", "    ")
        for layer in layers:
            lines += _columns(rows[layer.id], widths)
            if layer.title:
                lines += wrapped(layer.title, "      ")
            lines += _faults(read.faults.get(layer.id, ()), texts, "      ")
            lines += _facts(_layer(layer, read.layers.get(layer.id), texts), texts)
            told = [*_stances(layer, texts), *_notes(layer, read.layers.get(layer.id))]
            lines += [line for note in told for line in wrapped(note, "      ")]
    return lines


COLUMNS = ("layer", "rows", "dated", "accuracy", "border", "coverage", "confirmed")
"""What is said of each layer in columns: what a reader compares between layers."""


def _row(layer: Layer, features: Features | None, texts: Texts) -> list[str]:
    def word(key: str) -> str:
        return texts.get("pack", key)

    coverage = (
        "part" if isinstance(layer.coverage, Source) else "whole" if layer.coverage == MUNICIPALITY else "unknown"
    )
    return [
        layer.id,
        "–" if features is None else texts.say("pack", "rows", {"used": len(features), "rows": features.rows}),
        _date(layer.dated) or texts.unknown,
        texts.unknown if layer.accuracy_m is None else texts.distance(layer.accuracy_m),
        word(f"border_{layer.border or 'unknown'}"),
        word(f"coverage_{coverage}"),
        word("confirmed" if layer.confirmed else "unconfirmed"),
    ]


def _columns(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    rest = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True)).rstrip()
    if len(cells[0]) > widths[0]:
        return [f"    {cells[0]}", f"    {'':<{widths[0]}}  {rest}"]
    return [f"    {cells[0]:<{widths[0]}}  {rest}"]


def _layer(layer: Layer, features: Features | None, texts: Texts) -> Iterator[str]:
    yield _file(layer.source)
    if features is not None:
        states = Counter(entry.state for entry in features.ledger)
        for state in LEDGER_STATES:
            if states[state]:
                yield texts.say("pack", f"ledger_{state}", {"n": states[state]})
        accepted = sum(entry.accepted_by is not None for entry in features.ledger)
        if accepted:
            yield texts.say("pack", "ledger_accepted", {"n": accepted})
        yield features.crs
        yield texts.say("pack", "reader", {"reader": features.reader})
    if layer.document is not None:
        yield texts.say("pack", "belongs", {"document": layer.document})
    if isinstance(layer.coverage, Source):
        yield texts.say("pack", "coverage", {"file": _file(layer.coverage)})
    for key, value in (("owner", layer.owner), ("licence_of", layer.licence), ("legend", len(layer.values) or None)):
        if value is not None:
            yield texts.say("pack", key, {"value": value})


def _stances(layer: Layer, texts: Texts) -> Iterator[str]:
    for stance in layer.stances:
        facts = {"id": stance.feature, "effect": stance.effect, "by": stance.by, "on": stance.on}
        yield texts.say("pack", "stance", facts)


def _notes(layer: Layer, features: Features | None) -> Iterator[str]:
    if layer.note:
        yield layer.note
    yield from getattr(features, "notes", ())


def _faults(faults: Sequence[Fault], texts: Texts, indent: str) -> list[str]:
    return [
        line
        for fault in faults
        for line in wrapped(texts.say("pack", "unreadable", {"why": str(fault)}), indent)
    ]  # fmt: skip


# --- what is missing, and who has said what ---------------------------------------------------------------------------


_TITLES = 38
"""Letters of a theme's title beside which its holder still has half a line."""


def _missing(plan: Plan, texts: Texts) -> list[str]:
    there = {layer.theme for layer in plan.layers} | {one.what for one in plan.not_applicable}
    lacking = [theme for theme in themes() if theme not in there]
    if not lacking:
        return []
    titles = [texts.get("theme", theme) for theme in lacking]
    width = min(max(map(len, titles)), _TITLES)
    lines = [*_heading("missing", texts, n=len(lacking))]
    for theme, title in zip(lacking, titles, strict=True):
        begun = f"  {title:<{width}}  "
        if len(title) > width:
            # A title that leaves no room for the holder has a line of its own.
            lines += wrapped(title, "  ", "    ")
            begun = " " * (width + 4)
        lines += wrapped(texts.get("holder", theme), begun, " " * (width + 4))
    return lines


def _units(plan: Plan, texts: Texts) -> list[str]:
    rows = [f"{texts.get('unit', unit)}: {name}" for unit, name in sorted(plan.units.items())]
    return _section("units", rows, texts)


def _neighbours(plan: Plan, texts: Texts) -> list[str]:
    return _section("neighbours", [_neighbour(one, texts) for one in plan.neighbours], texts)


def _neighbour(one: Neighbour, texts: Texts) -> str:
    facts = [f"{one.name} ({one.code})" if one.code else one.name]
    facts.append(texts.say("pack", "neighbour_pack", {"pack": one.pack}) if one.pack else texts.get("pack", "not_read"))
    if one.area is not None:
        facts.append(texts.say("pack", "area", {"file": _file(one.area)}))
    return ", ".join(facts)


def _statements(plan: Plan, texts: Texts) -> list[str]:
    rows = [_stated("not_applicable", one, texts, what=texts.get("theme", one.what)) for one in plan.not_applicable]
    rows += [
        _stated("accepted", one, texts, count=count if count > 1 else None)
        for one, count in Counter(plan.accepted).items()
    ]
    rows += [_stated("empty", layer.empty, texts, what=layer.id) for layer in plan.layers if layer.empty is not None]
    return _section("statements", rows, texts)


def _stated(key: str, one: Statement, texts: Texts, **more: Any) -> str:  # noqa: ANN401 - what the template names
    facts = {"what": one.what, "reason": one.reason, "by": one.stated_by, "date": one.date, **more}
    return texts.say("pack", key, facts)


def _overrides(overrides: Iterable[Override], texts: Texts) -> list[str]:
    rows = [
        texts.say("pack", "override", {
            "rule": one.rule, "parameter": one.parameter, "value": _plain(one.value, texts), "reason": one.reason,
            "source": one.source,
        })
        for one in sorted(overrides, key=lambda one: (one.rule, one.parameter))
    ]  # fmt: skip
    return _section("overrides", rows, texts)


def _plain(value: Any, texts: Texts) -> str:  # noqa: ANN401 - parameters are of many types
    if isinstance(value, int | float) and not isinstance(value, bool):
        return texts.number(value, 0 if float(value).is_integer() else 1)
    return texts.listing(value) if isinstance(value, list | tuple) else str(value)


def _included(plan: Plan, texts: Texts) -> list[str]:
    return _section("included", [f"{name}, sha256 {sha256[:12]}" for name, sha256 in plan.included], texts)


# --- lines ------------------------------------------------------------------------------------------------------------


def _heading(key: str, texts: Texts, **facts: Any) -> list[str]:  # noqa: ANN401 - what the template names
    return wrapped(texts.say("pack", key, facts), "", "")


def _section(key: str, rows: Sequence[str], texts: Texts) -> list[str]:
    return [*_heading(key, texts), *(line for row in rows for line in wrapped(row, "  "))] if rows else []


def _pairs(rows: Iterable[tuple[str, Any]], texts: Texts) -> list[str]:
    """Return facts under their names, the names in a column of their own."""
    told = [(texts.get("pack", f"name_{key}"), str(value)) for key, value in rows if value]
    width = max(len(name) for name, _ in told)
    return [line for name, value in told for line in wrapped(value, f"  {name:<{width}}  ", " " * (width + 4))]


def _facts(facts: Iterable[str], texts: Texts, indent: str = "      ") -> list[str]:
    return wrapped("; ".join(facts), indent)
