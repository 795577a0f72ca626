"""A plan-readiness check as one HTML page: no network, nothing from a data file that runs, every finding as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opcheck.readiness import KINDS, Level, PlanFault, Readiness
from opcheck.record import version
from opcheck.report import html, readiness_map
from opcheck.report.readiness import ReadinessWords, digital_record, kinds_of, share_of
from opcheck.report.readiness_map import ReadinessMap
from opcheck.report.symbols import SYMBOLS
from opcheck.report.view import Pair, Tag
from opcheck.texts import load

TEMPLATE = "readiness.html"

LISTED_MOST = 2000
LISTED_LEAST = 40
"""Findings listed on the page, and how many of each kind are listed even so; the record has all of them."""

_ICONS = {Level.ERROR: "FAIL", Level.WARNING: "REVIEW", Level.NOTICE: "INFO"}
"""The shapes of the report: octagon, triangle, and the letter i."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding; `foreign` is what in its message is Swedish though the page is not."""

    number: int
    anchor: str
    message: str
    foreign: str | None
    items: tuple[str, ...]
    layer: str
    area: str
    place: str
    on_map: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings of one kind; `hidden` is the sentence that tells how many are not listed."""

    anchor: str
    tag: Tag
    title: str
    step: str
    narrow: str | None
    count: int
    rows: tuple[Row, ...]
    hidden: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many findings there are of a level."""

    tag: Tag
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The page as its template sees it."""

    lang: str
    title: str
    heading: str
    scope: str
    demonstration: bool
    facts: tuple[Pair, ...]
    totals: tuple[Total, ...]
    groups: tuple[Group, ...]
    closed: tuple[tuple[str, ...], ...]
    closed_note: str
    digital: Mapping[str, Any]
    layers: tuple[tuple[str, ...], ...]
    crs: str
    attribution: str | None
    name: str
    map: ReadinessMap | None


def render(readiness: Readiness, lang: str = "sv") -> str:
    """Return the check as an HTML page; the same check always gives the same text."""
    words = ReadinessWords(readiness, load(lang))
    texts = {
        number: {"title": words.title(fault.kind), "text": words.message(fault)}
        for number, fault in enumerate(readiness.faults, 1)
    }
    drawn = readiness_map.build(readiness, texts)
    view = _view(readiness, words, drawn)
    environment = html._environment(None)
    environment.globals["ui"] = words.ui
    return environment.get_template(TEMPLATE).render(page=view, head=_head(words, drawn), symbols=SYMBOLS)


def _head(words: ReadinessWords, drawn: ReadinessMap | None) -> html.Page:
    style = "\n".join([html._asset("leaflet/leaflet.css"), html._asset("report.css"), html._asset("readiness.css")])
    scripts: tuple[str, ...] = ()
    if drawn is not None:
        scripts = (html._asset("leaflet/leaflet.js"), html._asset("readiness.js"))
    own = ("zoom_in", "zoom_out", "close_popup", "show_live", "show_still")
    labels = {key: words.ui(f"map_{key}") for key in own} | {"row": words.ui("ready_map_row")}
    return html.Page(
        policy=html.policy(style, scripts), style=style, scripts=scripts,
        data=html.data_block({"map": None if drawn is None else drawn.data, "words": labels}),
    )  # fmt: skip


def _view(readiness: Readiness, words: ReadinessWords, drawn: ReadinessMap | None) -> View:
    plan, ui = readiness.plan, words.ui
    day = readiness.on.isoformat()
    tolerance = words.width(readiness.tolerance_m) or ""
    read = ui("ready_fact_layers_value", read=len(readiness.layers), number=len(plan.layers))
    facts = (
        Pair(name=ui("ready_fact_plan"), text=f"{plan.name} ({plan.id})"),
        Pair(name=ui("fact_date"), text=day),
        Pair(name=ui("ready_fact_tolerance"), text=tolerance),
        Pair(name=ui("ready_fact_layers"), text=read),
        Pair(name=ui("fact_tool"), text=f"opcheck {version()}"),
        Pair(name="sha256 (plan.toml)", text=plan.sha256, mono=True),
    )
    return View(
        lang=words.texts.language, title=ui("ready_page_title", plan=plan.name, date=day),
        heading=ui("ready_title", plan=plan.name), scope=words.scope(),
        demonstration=plan.demonstration, facts=facts,
        totals=tuple(
            Total(tag=_tag(Level(level), words), count=number) for level, number in readiness.counts.items()
        ),
        groups=tuple(_groups(readiness, words, frozenset() if drawn is None else drawn.shown)),
        closed=tuple(_closed(readiness, words)), closed_note=ui("ready_closed_note", tolerance=tolerance),
        digital=digital_record(words), layers=tuple(_layers(readiness, words)), crs=plan.crs,
        attribution=plan.attribution, name=plan.name, map=drawn,
    )  # fmt: skip


def _tag(level: Level, words: ReadinessWords) -> Tag:
    return Tag(outcome=_ICONS[level], word=words.texts.get("level", level.value))


def _groups(readiness: Readiness, words: ReadinessWords, shown: frozenset[int]) -> Iterator[Group]:
    listed = 0
    for kind, faults in kinds_of(readiness).items():
        most = max(LISTED_LEAST, LISTED_MOST - listed)
        rows = tuple(_row(number, fault, words, number in shown) for number, fault in faults[:most])
        listed += len(rows)
        hidden = None
        if len(faults) > len(rows):
            hidden = words.ui("ready_more_html", shown=len(rows), number=len(faults))
        yield Group(
            anchor=f"kind-{kind}", tag=_tag(KINDS[kind], words), title=words.title(kind), step=words.step(kind),
            narrow=words.narrow(kind), count=len(faults), rows=rows, hidden=hidden,
        )  # fmt: skip


def _row(number: int, fault: PlanFault, words: ReadinessWords, on_map: bool) -> Row:
    place = "–"
    if fault.spot is not None:
        east, north = (words.texts.number(value) for value in fault.spot)
        place = f"E\u00a0{east}, N\u00a0{north}"
    return Row(
        number=number, anchor=f"fault-{number}", message=words.message(fault), foreign=words.foreign(fault),
        items=words.items(fault), layer=words.layers(fault) or "–",
        area=words.area(fault.area_m2) or "–", place=place, on_map=on_map,
    )  # fmt: skip


def _closed(readiness: Readiness, words: ReadinessWords) -> Iterator[tuple[str, ...]]:
    for one in readiness.closed:
        share = share_of(one)
        yield (
            words.document(one.document),
            words.texts.number(one.zones),
            words.texts.area(one.to_cover_m2) if one.to_cover_m2 is not None else words.ui("ready_no_area"),
            "–" if share is None else words.texts.share(share),
            words.texts.number(one.within),
        )


def _layers(readiness: Readiness, words: ReadinessWords) -> Iterator[tuple[str, ...]]:
    read = {features.layer.id: features for features in readiness.layers}
    for layer in sorted(readiness.plan.layers, key=lambda one: one.id):
        features = read.get(layer.id)
        known = ("–", "–", "–")
        if features is not None:
            known = (words.texts.number(features.rows), words.texts.number(len(features)), features.crs)
        yield (words.layer(layer.id), words.texts.get("theme", layer.theme), layer.source.shown, *known)
