"""One map per site: what is on it, its numbers and letters, and its legend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import shapely

from opcheck.report import drawing
from opcheck.report.leaflet import Leaflet, Shape
from opcheck.report.symbols import SYMBOLS, Symbol, symbol_for

TOLERANCE_SHARE = 1 / 4000
"""Surroundings are simplified by at most this share of the window's longer side; the site and its parts are not."""

BACKGROUND_MOST = 400
"""Objects in the surroundings that are drawn on one map; the legend says how many more there are."""

_EXACT = frozenset({"site", "part", "link"})
_UNNUMBERED = _EXACT | {"border"}
_BACKGROUND = frozenset({"zone", "interest", "context"})


class Item(Protocol):
    """One thing inside a window, as the assessment gives it."""

    @property
    def role(self) -> str: ...  # noqa: D102 - the protocol names the members, map items explain them
    @property
    def layer_id(self) -> str | None: ...  # noqa: D102
    @property
    def theme(self) -> str | None: ...  # noqa: D102
    @property
    def feature_id(self) -> str | None: ...  # noqa: D102
    @property
    def label(self) -> str | None: ...  # noqa: D102
    @property
    def geometry(self) -> Any: ...  # noqa: ANN401, D102 - shapely's geometries share no narrower public type


class Window(Protocol):
    """A site's surroundings, clipped, in the plan's CRS."""

    @property
    def bounds(self) -> Sequence[float]: ...  # noqa: D102 - see Item
    @property
    def items(self) -> Sequence[Item]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the legend: a symbol, the numbers on the map that have it, and the layers it stands for.

    Parameters
    ----------
    symbol
        How it is drawn.
    shape
        ``area``, ``line`` or ``point``: what the sample in the legend shows.
    layers
        Titles of the layers, without repeats; empty where the symbol's own name says enough.
    """

    symbol: Symbol
    shape: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A numbered thing on the map, by its key in `SiteMap.numbers`."""

    number: int
    label: str
    layer: str
    symbol: Symbol
    met: bool
    covers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMap:
    """All that the page says about one map.

    Parameters
    ----------
    index
        The site's number on the page, from 1.
    element
        Id of the element that the interactive map takes.
    picture, closer
        The drawn map, and one of the site itself where it is small on the first.
    legend, numbered
        What is on it.
    numbers
        (layer, feature) → number on the map.
    parts
        (layer, zone) → letter on the map, for a site that is in several parts.
    tolerance_m
        How much the lines of the surroundings may have been simplified for drawing.
    left_out
        Number of surrounding objects that were not drawn.
    script
        The interactive map as folium writes it, in a function of its own.
    data
        Names for popups and places for numbers; goes into the page's data block.
    """

    index: int
    element: str
    picture: drawing.Drawing
    closer: drawing.Drawing | None
    legend: tuple[Entry, ...]
    numbered: tuple[Numbered, ...]
    numbers: Mapping[tuple[str, str], int]
    parts: Mapping[tuple[str, str], str]
    tolerance_m: float
    left_out: int
    script: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    item: Item
    symbol: Symbol
    number: int | None
    letter: str | None
    met: bool
    covers: bool
    geometry: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the findings say of the things that may be on a map; keys are (layer, feature).

    Parameters
    ----------
    order
        All that the findings name, in the order of the page: numbers on the map follow it.
    met
        Those that the site meets.
    anchors
        The finding on the page that names a thing first.
    distances
        How far it is to a thing, in words.
    """

    order: Sequence[tuple[str, str]]
    met: frozenset[tuple[str, str]]
    anchors: Mapping[tuple[str, str], str]
    distances: Mapping[tuple[str, str], str]


def build(window: Window, *, crs: str, index: int, named: Named, layers: Mapping[str, str]) -> SiteMap:
    """Return the map of one site.

    Parameters
    ----------
    window
        The site's surroundings.
    crs
        Of the window; the plan's.
    index
        The site's number on the page.
    named
        What the findings say of things on the map.
    layers
        Layer id → title.
    """
    chosen, left_out = _chosen(window.items)
    numbers = _numbers(chosen, named.order)
    letters = _letters(chosen)
    tolerance = TOLERANCE_SHARE * max(window.bounds[2] - window.bounds[0], window.bounds[3] - window.bounds[1])
    drawn = [_drawn(item, numbers, letters, named, window.bounds) for item in chosen]
    drawn.sort(key=lambda one: one.symbol.order)
    leaflet = Leaflet(window.bounds, crs, index, tolerance)
    subjects = [_subject(one, named.distances) for one in drawn]
    picture = drawing.draw(window.bounds, subjects)
    closer = drawing.closer(window.bounds, subjects)
    return SiteMap(
        index=index,
        element=leaflet.element,
        picture=picture,
        closer=closer,
        legend=tuple(_legend(drawn, layers)),
        numbered=tuple(_numbered(drawn, layers)),
        numbers=numbers,
        parts=letters,
        tolerance_m=tolerance,
        left_out=left_out,
        script=leaflet.script([_shape(one) for one in drawn]),
        data=_data(leaflet, drawn, layers, named.anchors, [closer, picture] if closer else [picture]),
    )


def _drawn(
    item: Item,
    numbers: Mapping[tuple[str, str], int],
    letters: Mapping[tuple[str, str], str],
    named: Named,
    bounds: Sequence[float],
) -> _Drawn:
    key = _key(item)
    met = item.role not in _UNNUMBERED and (item.role == "hit" or key in named.met)
    return _Drawn(
        item=item,
        symbol=symbol_for(item.role, item.theme, met=met),
        met=met,
        geometry=item.geometry,
        covers=drawing.covers(item.geometry, bounds),
        number=None if item.role in _UNNUMBERED else numbers.get(key),
        letter=letters.get(key) if item.role == "part" else None,
    )


def _key(item: Item) -> tuple[str, str]:
    return item.layer_id or "", item.feature_id or ""


def _chosen(items: Iterable[Item]) -> tuple[list[Item], int]:
    """Return the things to draw: each object of the surroundings once, in its weightiest role, and a bounded number."""
    kept = [item for item in items if item.geometry is not None and not shapely.is_empty(item.geometry)]
    weighty = {_key(item) for item in kept if item.role in {"hit", "near"}}
    hits = {_key(item) for item in kept if item.role == "hit"}
    found: list[Item] = []
    seen: set[tuple[str, str, str]] = set()
    background = left_out = 0
    for item in kept:
        mark = (item.role, *_key(item))
        if (item.role in _BACKGROUND and _key(item) in weighty) or (item.role == "near" and _key(item) in hits):
            continue
        if item.role in {"hit", "near"} and mark in seen:
            continue
        if item.role in _BACKGROUND:
            background += 1
            if background > BACKGROUND_MOST:
                left_out += 1
                continue
        seen.add(mark)
        found.append(item)
    return found, left_out


def _numbers(items: Iterable[Item], order: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Give a number to what the site meets and to what lies nearest, in the order of the findings, then the rest."""
    here = [_key(item) for item in items if item.role in {"hit", "near"}]
    also = {_key(item) for item in items if item.role in _BACKGROUND}
    named = [key for key in order if key in also or key in here]
    return {key: number for number, key in enumerate(dict.fromkeys([*named, *here]), 1)}


def _letters(items: Iterable[Item]) -> dict[tuple[str, str], str]:
    """Give the parts of a site that is in several a letter each."""
    parts = list(dict.fromkeys(_key(item) for item in items if item.role == "part"))
    if len(parts) < 2:
        return {}
    return {part: _letter(number) for number, part in enumerate(parts)}


def _letter(number: int) -> str:
    return (_letter(number // 26 - 1) if number >= 26 else "") + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 26]


def _subject(one: _Drawn, distances: Mapping[tuple[str, str], str]) -> drawing.Subject:
    # a numbered thing is named in the legend; its name on the map would only crowd it
    if one.item.role == "part":
        label = one.letter
    elif one.item.role == "link":
        label = " → ".join(text for text in (distances.get(_key(one.item)), one.item.label) if text)
    elif one.number is None or one.symbol.named:
        label = one.item.label
    else:
        label = None
    return drawing.Subject(
        symbol=one.symbol, geometry=one.geometry, label=label, number=one.number, met=one.met, covers=one.covers
    )


def _legend(drawn: Sequence[_Drawn], layers: Mapping[str, str]) -> Iterator[Entry]:
    for symbol in sorted(SYMBOLS.values(), key=lambda symbol: -symbol.order):
        mine = [one for one in drawn if one.symbol.key == symbol.key]
        if not mine:
            continue
        titles = [layers.get(one.item.layer_id or "") for one in mine if one.item.role not in _UNNUMBERED]
        kinds = {_kind(one.geometry) for one in mine}
        shape = next(kind for kind in ("area", "line", "point") if kind in kinds)
        yield Entry(symbol=symbol, shape=shape, layers=tuple(dict.fromkeys(title for title in titles if title)))


def _kind(geometry: Any) -> str:  # noqa: ANN401 - shapely's geometries share no narrower public type
    return ("point", "line", "area")[int(shapely.get_dimensions(geometry))]


def _numbered(drawn: Sequence[_Drawn], layers: Mapping[str, str]) -> list[Numbered]:
    found = [
        Numbered(
            number=one.number,
            label=one.item.label or one.item.feature_id or "",
            layer=layers.get(one.item.layer_id or "", one.item.layer_id or ""),
            symbol=one.symbol,
            met=one.met,
            covers=one.covers,
        )
        for one in drawn
        if one.number is not None
    ]
    return sorted(found, key=lambda entry: entry.number)


def _filled(one: _Drawn) -> bool:
    return one.symbol.key in drawing.GROUND or not one.covers


def _shape(one: _Drawn) -> Shape:
    return Shape(symbol=one.symbol, geometry=one.geometry, exact=one.item.role in _EXACT, filled=_filled(one))


def _data(
    leaflet: Leaflet,
    drawn: Sequence[_Drawn],
    layers: Mapping[str, str],
    anchors: Mapping[tuple[str, str], str],
    pictures: Sequence[drawing.Drawing],
) -> dict[str, Any]:
    """Return what the page's data block says about the map; every text in it is shown as text.

    The views are the drawn maps: the interactive one opens with the first, and numbers and names stand where they
    stand on the one that is nearest in scale.
    """
    items = [
        {
            "role": one.item.role,
            "symbol": one.symbol.key,
            "label": one.item.label,
            "id": one.item.feature_id,
            "layer": layers.get(one.item.layer_id or "", one.item.layer_id),
            "number": one.number,
            "letter": one.letter,
            "anchor": anchors.get(_key(one.item)),
        }
        for one in drawn
    ]
    return {
        "element": leaflet.element,
        "ratio": round(pictures[0].width / pictures[0].height, 3),
        "corners": leaflet.corners,
        "items": items,
        "views": [_view(leaflet, picture) for picture in pictures],
    }


def _view(leaflet: Leaflet, picture: drawing.Drawing) -> dict[str, Any]:
    """Return a drawn map's corners on the ground, and where its numbers and names stand."""
    marks = [
        {"number": mark.number, "met": mark.met, "at": at}
        for mark, at in zip(
            picture.marks, leaflet.places(picture, [(one.x, one.y) for one in picture.marks]), strict=True
        )
    ]
    spots = [(one.x, one.y - one.size / 3) for one in picture.labels]
    labels = [
        {"text": label.text, "kind": label.kind, "anchor": label.anchor, "at": at}
        for label, at in zip(picture.labels, leaflet.places(picture, spots), strict=True)
    ]
    return {"corners": leaflet.box(picture.bounds), "marks": marks, "labels": labels}
