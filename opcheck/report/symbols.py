"""How things look on the maps, in one table for the interactive map, the drawn one and the legend.

Nothing is told by colour alone: line pattern, fill pattern and a number or a word differ too. The colours keep their
distance under deuteranopia, protanopia and tritanopia (least difference 57 on the CIE76 scale) and have a contrast of
at least 4.8:1 against white.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

BLUE, BROWN, BLACK = "#0072B2", "#B35900", "#000000"
GREY, PALE = "#595959", "#EFEBE0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """One way of drawing.

    Parameters
    ----------
    key
        Its name in the page: legend, texts and the switches of the interactive map.
    stroke, width, dash
        Line colour, width in pixels, and dash pattern in pixels (None is solid).
    fill, opacity
        Fill colour (None is no fill) and how much of it shows.
    hatched
        Filled with diagonal lines in the line's colour instead.
    order
        Higher is drawn later, on top.
    named
        Its label is written on the map.
    """

    key: str
    stroke: str
    width: float
    dash: str | None = None
    fill: str | None = None
    opacity: float = 1.0
    hatched: bool = False
    order: int
    named: bool = False


def _table(*symbols: Symbol) -> Mapping[str, Symbol]:
    return MappingProxyType({symbol.key: symbol for symbol in symbols})


SYMBOLS = _table(
    Symbol(key="zone", stroke=GREY, width=0.8, fill=PALE, opacity=0.55, order=0, named=True),
    Symbol(key="plan", stroke="#333333", width=1.8, fill="#E2DBC6", opacity=0.55, order=1, named=True),
    Symbol(key="place", stroke="#333333", width=1.2, fill="#C9C9C9", opacity=0.5, order=2, named=True),
    Symbol(key="road", stroke=GREY, width=3.2, order=3, named=True),
    Symbol(key="rail", stroke=BLACK, width=2.0, dash="9 3 2 3", order=4, named=True),
    Symbol(key="interest", stroke=BLUE, width=1.5, dash="7 4", fill=BLUE, opacity=0.05, order=5),
    Symbol(key="border", stroke=BLACK, width=1.4, dash="14 4 2 4", order=6),
    Symbol(key="near", stroke=BROWN, width=1.8, dash="3 3", order=7),
    Symbol(key="hit", stroke=BROWN, width=2.4, fill=BROWN, opacity=0.9, hatched=True, order=8),
    Symbol(key="part", stroke=BLACK, width=1.2, dash="2 3", order=9, named=True),
    Symbol(key="link", stroke=BLACK, width=1.5, dash="1 4", order=10, named=True),
    Symbol(key="site", stroke=BLACK, width=3.0, fill=BLACK, opacity=0.1, order=11, named=True),
)

_BY_THEME = MappingProxyType(
    {
        "port": "place",
        "interchange": "place",
        "rail_line": "rail",
        "rail_access": "rail",
        "main_road": "road",
        "dangerous_goods_route": "road",
        "power_line": "road",
        "land_use": "plan",
        "detailed_plan": "plan",
        "lis_area": "plan",
        "county_reservation": "plan",
        "pending_planning": "plan",
    }
)
_CONTEXT = frozenset({"place", "road", "rail"})
_OWN = frozenset({"border", "interest", "part", "link", "site"})


def symbol_for(role: str, theme: str | None, *, met: bool) -> Symbol:
    """Return the symbol of a thing on the map.

    Parameters
    ----------
    role
        What it is to the site: border, zone, context, interest, hit, near, part, link or site. A role that is not
        known is drawn as context, so that nothing the engine sends is left out.
    theme
        Of its layer. Harbours, railways and roads keep their own look as long as the site does not meet them, and
        the plan's areas keep theirs even then: to lie in a zone is no conflict.
    met
        The site meets it.
    """
    if role in _OWN:
        return SYMBOLS[role]
    own = _BY_THEME.get(theme or "")
    if own == "plan":
        return SYMBOLS["plan" if met else "zone"]
    if met:
        return SYMBOLS["hit"]
    if own in _CONTEXT:
        return SYMBOLS[own]
    return SYMBOLS["near" if role == "near" else "place"]
