"""When the plan means its zones to be used: horizons as the plan writes them, read as years.

Plans write them in words of their own: "2030", "2030–2040", "0–10 år", "efter 2040". What cannot be read as years is
left unread and said so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opcheck.checks import HORIZON_NONE, HORIZON_READ, HORIZON_UNREAD, Horizons
from opcheck.findings import Flags, Floats, Ints, Small
from opcheck.governing import base_document, document_of
from opcheck.landuse import Land
from opcheck.plan import Document

ROLE = "horizon"

_YEAR = r"(?:år )?(\d{4})"
_YEARS = r"(\d{1,2})"
_TO = r" ?(?:-|till) ?"
_BEFORE = r"(?:till och med|t\.? ?o\.? ?m\.?|till|före|fram till|senast|-)"
_AFTER = r"(?:efter|mer än|över|>)"
_SINCE = r"(?:från och med|fr\.? ?o\.? ?m\.?|från|tidigast)"
_NOW = re.compile(r"(pågående|befintligt?|befintliga|oförändra[dt]e?)( \w+)?")

DASHES = {**dict.fromkeys(range(0x2010, 0x2016), "-"), 0x2212: "-"}
"""Hyphens and dashes of all lengths, and the minus sign, are all read as a hyphen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The years that a zone is meant for.

    Parameters
    ----------
    first, last
        Both included; None without a beginning or an end.
    """

    first: int | None
    last: int | None


UNREAD = Horizon(first=None, last=None)
"""Stands for a horizon that cannot be read as years: free text, or years that count from a year nobody has stated."""


def read_horizon(text: str | None, counted_from: int | None = None) -> Horizon | None:
    """Return the years that a zone's horizon names.

    Parameters
    ----------
    text
        As the plan has it. A single year, "2030", can mean that the zone is to be built in that year or by it: it is
        read as the former, which asks more. "befintlig" and "pågående" are no horizon: the use is there already.
    counted_from
        The year from which the plan counts "0–10 år"; None is unknown.

    Returns
    -------
    horizon
        None where there is no horizon; `UNREAD` where there is one that cannot be read.

    Examples
    --------
    >>> read_horizon("2030–2040")
    Horizon(first=2030, last=2040)
    >>> read_horizon("0–10 år", 2019)
    Horizon(first=2019, last=2029)
    >>> read_horizon("på sikt") is UNREAD
    True
    """
    words = " ".join((text or "").translate(DASHES).casefold().split()).rstrip(".")
    if not words or _NOW.fullmatch(words):
        return None
    found = _years(words)
    if found is None and counted_from is not None:
        found = _counted(words, counted_from)
    if found is None or (found.first is not None and found.last is not None and found.last < found.first):
        return UNREAD
    return found


def _years(words: str) -> Horizon | None:
    """Return a horizon that is written with years."""
    if one := re.fullmatch(rf"{_YEAR}{_TO}{_YEAR}", words):
        return Horizon(first=int(one[1]), last=int(one[2]))
    if one := re.fullmatch(_YEAR, words):
        return Horizon(first=int(one[1]), last=int(one[1]))
    if one := re.fullmatch(rf"{_BEFORE} ?{_YEAR}", words):
        return Horizon(first=None, last=int(one[1]) - ("före" in words))
    if one := re.fullmatch(rf"{_AFTER} ?{_YEAR}", words):
        return Horizon(first=int(one[1]) + 1, last=None)
    if one := re.fullmatch(rf"(?:{_SINCE} ?{_YEAR}|{_YEAR} ?(?:-|och framåt|och senare))", words):
        return Horizon(first=int(one[1] or one[2]), last=None)
    return None


def _counted(words: str, start: int) -> Horizon | None:
    """Return a horizon that is written as a number of years from a start."""
    if one := re.fullmatch(rf"{_YEARS}{_TO}{_YEARS} ?år", words):
        return Horizon(first=start + int(one[1]), last=start + int(one[2]))
    if one := re.fullmatch(rf"(?:inom|<) ?{_YEARS} ?år", words):
        return Horizon(first=start, last=start + int(one[1]))
    if one := re.fullmatch(rf"(?:{_AFTER} ?{_YEARS}|om {_YEARS}|{_YEARS} ?\+) ?år", words):
        return Horizon(first=start + int(one[1] or one[2] or one[3]), last=None)
    return None


# --- the zones of sites -----------------------------------------------------------------------------------------------


class HorizonReader:
    """Reads the horizon of each zone once.

    Parameters
    ----------
    land
        The zones of all sites.
    day
        The day judged for: which översiktsplan a layer that names no document belongs to.
    """

    def __init__(self, land: Land, day: datetime.date) -> None:
        self._land = land
        bases = {id(plan): base_document(plan, day) for plan in land.plans}
        counted = [self._counted_from(number, bases[id(plan)]) for number, plan in enumerate(land.plans)]
        self._read = [
            [read_horizon(one.value(ROLE, row), counted[number]) for row in range(len(one))]
            for number, one in enumerate(land.layers)
        ]
        self.told = any(counts and ROLE in one.fields for one, counts in zip(land.layers, land.counts, strict=True))

    def _counted_from(self, number: int, base: Document | None) -> int | None:
        document = document_of(self._land.plans[number], self._land.layers[number], base)
        return None if document is None else document.horizon_from

    def of(self, place: int) -> Horizon | None:
        """Return the horizon of a row's zone."""
        return self._read[int(self._land.features[place])][int(self._land.row[place])]

    def text(self, place: int) -> str | None:
        """Return the horizon of a row's zone as the plan has it."""
        features = self._land.layers[int(self._land.features[place])]
        return features.value(ROLE, int(self._land.row[place]))

    def columns(self, site_of: Ints, start_year: Floats, rows: Flags, bare: Flags) -> Horizons:
        """Return the columns of the check: chosen rows, repeated for every subject of their site."""
        land = self._land
        subject, row = land.spread(site_of, rows)
        state, first, last = self._numbers(land.features[row], land.row[row])
        return Horizons(
            subject=subject, state=state, first=first, last=last, start_year=start_year, told=self.told,
            bare=bare[site_of],
        )  # fmt: skip

    def _numbers(self, features: Ints, row: Ints) -> tuple[Small, Floats, Floats]:
        sizes = [len(one) for one in self._read]
        flat: Sequence[Horizon | None] = [one for layer in self._read for one in layer]
        states = [HORIZON_NONE if one is None else HORIZON_UNREAD if one is UNREAD else HORIZON_READ for one in flat]
        first = [-np.inf if one is None or one.first is None else float(one.first) for one in flat]
        last = [np.inf if one is None or one.last is None else float(one.last) for one in flat]
        place = np.cumsum([0, *sizes])[features] + row
        return np.array(states, np.int8)[place], np.array(first)[place], np.array(last)[place]


def rank(horizons: Horizons) -> Ints:
    """Return for each row how much it speaks against the site's start, the worst with the lowest number."""
    start = horizons.start_year[horizons.subject]
    later = (horizons.state == HORIZON_READ) & (start < horizons.first)
    ranks: Ints = np.where(later, 0, np.where(horizons.state == HORIZON_UNREAD, 1, 2)).astype(np.int64)
    return ranks
