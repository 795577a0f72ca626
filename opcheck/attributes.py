"""What a site states of itself: the attributes with a meaning, and the column names by which each of them is known.

A column is taken for an attribute only by a name in the table below, whatever its case, dots, blanks and underscores. A
name that is merely like one of them is never taken, and never passed over in silence either.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """An attribute with a meaning of its own.

    Parameters
    ----------
    holds
        What it is expected to hold, in Swedish.
    names
        Column names that mean it, besides its own: as people write them.
    unit
        Sign of its unit, None where it has none.
    bare
        Whether the names mean it without a unit too. The size of a site is told in hectares as often as not.
    differs
        Name of another quantity that is easily taken for this one → why it is not.
    """

    holds: str
    names: tuple[str, ...]
    unit: str | None = None
    bare: bool = True
    differs: Mapping[str, str] | None = None


METRES = "ett tal i meter, minst 0"
TEXT = "text"
BUILDING = "längd och bredd i meter med x emellan, till exempel 120 x 60"

ATTRIBUTES: Mapping[str, Meaning] = {
    "accuracy_m": Meaning(
        holds=METRES, unit="m", names=("noggrannhet", "gränsens noggrannhet", "lägesnoggrannhet", "accuracy"),
    ),
    "height_m": Meaning(
        holds=METRES, unit="m",
        names=("höjd", "högsta höjd", "byggnadens högsta höjd", "totalhöjd", "height"),
        differs={
            "byggnadshöjd": "byggnadshöjd enligt plan- och byggförordningen kan vara lägre än byggnadens högsta punkt, "
            "som är den som prövas"
        },
    ),
    "start_year": Meaning(holds="ett årtal", names=("startår", "idrifttagningsår", "år för idrifttagning")),
    "power_mw": Meaning(holds="ett tal i MW, minst 0", unit="MW", names=("effekt", "effektbehov", "power")),
    "protection_distance_m": Meaning(
        holds=METRES, unit="m",
        names=("skyddsavstånd", "skyddsavstånd som verksamheten själv anger", "protection distance"),
    ),
    "seveso": Meaning(
        holds="ja eller nej",
        names=("sevesoverksamhet", "omfattas av sevesolagen", "om verksamheten omfattas av sevesolagen"),
    ),
    "significant_impact": Meaning(
        holds="ja eller nej",
        names=("betydande miljöpåverkan", "betydande miljöpåverkan kan antas",
               "om betydande miljöpåverkan kan antas"),
    ),
    "built_up": Meaning(
        holds="ja eller nej",
        names=("sammanhållen bebyggelse", "inom sammanhållen bebyggelse",
               "om platsen ligger inom sammanhållen bebyggelse", "built up area"),
    ),
    "permit_requiring": Meaning(
        holds="ja eller nej",
        names=("tillståndspliktig", "tillståndspliktig verksamhet", "tillståndsplikt",
               "om verksamheten är tillståndspliktig"),
    ),
    "area_m2": Meaning(holds="ett tal i m², minst 0", unit="m²", bare=False, names=("yta", "ytan", "areal", "area")),
    "owner": Meaning(holds=TEXT, names=("markägare", "ägare", "lagfaren ägare", "land owner")),
    "available_from": Meaning(holds=TEXT, names=("ledig från", "tillgänglig från", "tillträde", "tillträdesdag")),
    "easements": Meaning(
        holds=TEXT, names=("servitut", "rättigheter", "servitut och andra rättigheter", "ledningsrätt"),
    ),
    "va": Meaning(holds=TEXT, names=("vatten och avlopp", "va-anslutning")),
    "grid_mw": Meaning(
        holds="ett tal i MW, minst 0", unit="MW",
        names=("nätkapacitet", "tillgänglig effekt", "effekt i elnätet", "grid capacity"),
    ),
    "ground": Meaning(holds=TEXT, names=("mark", "mark och grund", "markförhållanden", "grundförhållanden")),
    "building_m": Meaning(
        holds=BUILDING, names=("byggnad", "byggnad som ska rymmas", "hallens mått", "plats för byggnad"),
    ),
    "buildings_floor_area_m2": Meaning(
        holds="ett tal i m², minst 0", unit="m²",
        names=("byggnadsarea", "byggnadernas area", "bruttoarea", "byggnadsyta", "byggnadernas yta", "golvyta",
               "floor area"),
    ),
    "description": Meaning(
        holds=TEXT,
        names=("beskrivning", "beskrivning av åtgärden", "beskrivning av verksamheten", "verksamhetsbeskrivning"),
    ),
}  # fmt: skip
"""The attributes that rules, report and measuring know; what else a file states, a rule of one's own may ask about."""

CASE_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "case_type": ("ärendetyp", "ärendets typ", "ärendeslag", "ärendets slag"),
    "case_dnr": ("diarienummer", "diarienr", "dnr"),
    "case_received": (
        "inkom",
        "inkommen",
        "inkommet",
        "inkom datum",
        "inkommen datum",
        "inkommet datum",
        "ankomstdatum",
    ),
    "case_fastighet": ("fastighet", "fastighetsbeteckning"),
}
"""What a site states of its case → other names of the columns; each of them may stand after ``case_`` too.

In a list without coordinates ``fastighet`` says where the site is as well (`opcheck.properties`)."""

_CASE_FREE = ("ändamål", "andamal", "purpose", "beskrivning", "description", "verksamhetsbeskrivning",
              "fastighetsgränser")  # fmt: skip
"""What else of a case is read, under the names that stand here."""

_CASE_BEGINS = ("arende", "diarie", "inkom")
"""How columns begin that are about a case, whatever else they say."""

_UNITS: Mapping[str, tuple[str, ...]] = {
    "m": ("m", "meter", "i meter"),
    "MW": ("mw", "megawatt", "i megawatt"),
    "m²": ("m2", "kvm", "kvadratmeter", "i kvadratmeter"),
}
"""The sign of a unit → how the names of columns write it."""

_UNIT_WORDS = {"m": "meter", "MW": "megawatt", "m²": "kvadratmeter"}

_OTHER_UNITS = frozenset({"mm", "cm", "dm", "km", "mil", "fot", "ft", "feet", "w", "kw", "gw", "kwh", "mwh", "gwh",
                          "kva", "mva", "ha", "hektar", "km2", "cm2", "tunnland"})  # fmt: skip

_ALIKE = 0.88
"""Two names that share this much are looked at twice: one letter more, less or wrong in nine (difflib's ratio)."""

_ALIKE_CASE = 0.82
"""The same of the few names of a case, where a wrong guess only says one sentence too many."""

_SHORTEST = 5
"""Names shorter than this are like too many words."""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).strip().casefold())
    whole = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", whole).split())


def _squeezed(name: str) -> str:
    return _plain(name).replace(" ", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    attribute: str
    assumed: str | None = None


@functools.cache
def _known() -> Mapping[str, _Reading]:
    """Return every name that is taken, squeezed → what it means."""
    found: dict[str, _Reading] = {}
    for attribute, meaning in ATTRIBUTES.items():
        found[_squeezed(attribute)] = _Reading(attribute=attribute)
        for name in meaning.names:
            if meaning.bare:
                assumed = _UNIT_WORDS[meaning.unit] if meaning.unit else None
                found[_squeezed(name)] = _Reading(attribute=attribute, assumed=assumed)
            for unit in _UNITS.get(meaning.unit or "", ()):
                found[_squeezed(f"{name} {unit}")] = _Reading(attribute=attribute)
    return found


def names_of(attribute: str) -> tuple[str, ...]:
    """Return the names of an attribute as a file may have them before they are cut, its own first."""
    meaning = ATTRIBUTES[attribute]
    units = _UNITS.get(meaning.unit or "", ())[:1]
    more = [*(meaning.names if meaning.bare else ()), *(f"{name} {unit}" for name in meaning.names for unit in units)]
    return tuple(dict.fromkeys([attribute, *(one.replace(" ", "_") for one in more)]))


@functools.cache
def _known_of_cases() -> Mapping[str, str]:
    """Return every name of what a site states of its case, squeezed → its own."""
    named = {one: (one, *(f"{prefix}{name}" for name in names for prefix in ("", "case ")))
             for one, names in CASE_ATTRIBUTES.items()}  # fmt: skip
    return {_squeezed(name): one for one, names in named.items() for name in names}


@functools.lru_cache(maxsize=1024)
def meant_case(column: str) -> str | None:
    """Return the ``case_…`` attribute that a column's name means, None when it means none."""
    return _known_of_cases().get(_squeezed(column))


def case_names_of(attribute: str) -> tuple[str, ...]:
    """Return the names of a ``case_…`` attribute as a file may have them before they are cut, its own first."""
    names = [one.replace(" ", "_") for one in CASE_ATTRIBUTES[attribute]]
    return (attribute, *names, *(f"case_{one}" for one in names))


def case_note(column: str, known: Collection[str]) -> str | None:
    """Return what to say of a column that seems to be about a case and is not taken for it; None for any other.

    Parameters
    ----------
    column
        As the file has it: one that begins with ``case_`` is about a case, whatever it is called.
    known
        What other columns already give.
    """
    squeezed = _squeezed(column)
    begins = squeezed.startswith("case") and re.match(r"case[\W_]", column.strip(), re.IGNORECASE) is not None
    if squeezed in _known_of_cases() or (begins and squeezed[4:] in map(_squeezed, _CASE_FREE)):
        return None
    free = {name: one for name, one in _known_of_cases().items() if one not in known}
    like = difflib.get_close_matches(squeezed, free, n=1, cutoff=_ALIKE_CASE) if len(squeezed) >= _SHORTEST else []
    if like:
        found = free[like[0]]
        return (
            f"Kolumnen {column!r} är inte läst som {found}, men liknar det. Är det den uppgiften, döp kolumnen till "
            f"{found}."
        )
    if begins or squeezed.startswith(_CASE_BEGINS):
        return (
            f"Kolumnen {column!r} skrivs ut som den står och styr inget. Uppgifter om ärendet läses ur "
            f"{', '.join(CASE_ATTRIBUTES)}."
        )
    return None


@functools.lru_cache(maxsize=1024)  # asked site by site, of few names
def meant(column: str) -> str | None:
    """Return the attribute that a column's name means, None when it means none."""
    reading = _known().get(_squeezed(column))
    return None if reading is None else reading.attribute


def reading_note(column: str) -> str | None:
    """Return what a report has to say of how a column was taken: in a unit that its name does not say, for one."""
    reading = _known().get(_squeezed(column))
    if reading is None or reading.assumed is None:
        return None
    return f"Kolumnen {column!r} är läst som {reading.attribute}, i {reading.assumed}."


def near_note(column: str, known: Collection[str]) -> str | None:
    """Return what to say of a column whose name is like an attribute's and is not taken for it; None for any other.

    Parameters
    ----------
    column
        As the file has it.
    known
        Attributes that other columns already give: nobody asks for those.
    """
    squeezed, words = _squeezed(column), _plain(column).split()
    if squeezed in _known():
        return None
    for attribute, meaning in ATTRIBUTES.items():
        if attribute in known:
            continue
        for name, why in (meaning.differs or {}).items():
            if squeezed.startswith(_squeezed(name)):
                return f"Kolumnen {column!r} är inte läst: {why}. Lägg till det värdet i kolumnen {attribute}."
        bases = [*meaning.names, *([] if meaning.unit is None else [attribute.rpartition("_")[0]])]
        for base in map(_plain, bases):
            other = _other_unit(words, squeezed, base)
            if meaning.unit is not None and other is not None:
                unit = _UNIT_WORDS[meaning.unit]
                told = f"Kolumnen {column!r} är inte läst: {attribute} ska vara i {unit}, inte {other}."
                if attribute == _AREA:
                    return f"{told} {_DRAWN}"
                return f"{told} Räkna om talen och döp kolumnen till {attribute}."
            if squeezed == base.replace(" ", ""):
                return f"Kolumnen {column!r} är inte läst, eftersom enheten inte framgår. {_DRAWN}"
    free = {name: one.attribute for name, one in _known().items() if one.attribute not in known}
    like = difflib.get_close_matches(squeezed, free, n=1, cutoff=_ALIKE) if len(squeezed) >= _SHORTEST else []
    found = free[like[0]] if like else _inside(words, free)
    if found is None:
        return None
    if found == _AREA and any(word.startswith(_OF_BUILDINGS) for word in words):
        found = "buildings_floor_area_m2"
    told = f"Kolumnen {column!r} är inte läst som {found}, men liknar det."
    return f"{told} {_DRAWN}" if found == _AREA else f"{told} Är det den uppgiften, döp kolumnen till {found}."


_AREA = "area_m2"

_DRAWN = (
    "Platsens yta mäts på ritningen. Bara om ett annat tal ska gälla i stället för den, lägg till det i kvadratmeter i "
    "kolumnen area_m2; byggnadernas area skrivs i buildings_floor_area_m2."
)
"""A column that is taken for the site's area replaces the drawn one: nobody is told to rename another area to it."""

_OF_BUILDINGS = ("bygg", "brutto", "golv", "lokal", "bta", "bya", "loa", "boa", "vaning", "hall", "building", "floor")
"""How words begin that speak of the area of buildings, and not of the site."""


def _other_unit(words: list[str], squeezed: str, base: str) -> str | None:
    if words and words[-1] in _OTHER_UNITS and [one for one in words[:-1] if one != "i"] == base.split():
        return words[-1]
    rest = squeezed.removeprefix(base.replace(" ", ""))
    return rest if rest != squeezed and rest in _OTHER_UNITS else None


def _inside(words: list[str], free: Mapping[str, str]) -> str | None:
    """Return the attribute of which a name stands whole among the words of another: "höjd m ö h", "ny effekt"."""
    for first in range(len(words)):
        for last in range(len(words), first, -1):
            found = free.get("".join(words[first:last]))
            if found is not None and len("".join(words[first:last])) >= _SHORTEST - 1:
                return found
    return None
