"""One layer of a manifest in the making: which column holds what, and what its legend says, with the evidence."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from opcheck.errors import CRSError
from opcheck.features import cell_text
from opcheck.geometry import transform
from opcheck.plan import ValueMapping, folded
from opcheck.proposal.recognise import (
    LEGEND_MOST,
    Column,
    Reading,
    columns_for,
    joined,
    legend,
    names,
    one_value,
    plain,
    readings,
    unknown_subcategories,
)
from opcheck.proposal.survey import Seen
from opcheck.rules import LAND_USE

PROPERTIES = "properties"

PLACEHOLDER = "…"
"""Stands where a person must write a word."""

LISTED = 60
"""So many values of a legend are listed; the rest is counted."""

AMBIGUOUS = ("beteckning", "omradesnr", "omradesnummer")
"""Column names that may mean a row's number, and other things as well."""

FEW = 5
"""So many values that stand more than once are named, when a column would else be an id."""

LONG = 40
"""A column whose texts are longer than this on average holds sentences."""


@dataclass(slots=True, kw_only=True)
class Value:
    """A legend's pair with what it may stand for, how many zones have it, and how much land."""

    reading: Reading
    rows: int
    area_m2: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDocument:
    """A document that a layer's name speaks of and no manifest has: proposed with the layer, and switched off with it.

    `base` is the id of the plan that it amends; None when that is not known, or when it amends none.
    """

    id: str
    kind: str
    base: str | None


@dataclass(slots=True, kw_only=True)
class Draft:
    """One layer of the manifest.

    Parameters
    ----------
    active
        False for a proposal: written, and switched off.
    why
        What speaks for the theme, and against it.
    declared
        The CRS that the manifest has to state, since the file does not.
    remarks
        More to say: on the CRS, or why the layer could not be used when it was tried.
    fields, evidence, offered
        Role → column; a sentence on each; roles that a person must take in.
    choice
        What a person must do about the document.
    own
        The document that the layer brings with it.
    told
        What all rows say alike of the layer or its document: what, column, text.
    values, extra, legend
        The legend's values, what else there is to say of them, and their column.
    known
        Values that the plan's own vocabulary has a word on.
    """

    seen: Seen
    id: str
    theme: str
    active: bool
    why: tuple[str, ...]
    document: str | None = None
    choice: str | None = None
    own: OwnDocument | None = None
    declared: str | None = None
    remarks: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    offered: list[tuple[str, str, str]] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    legend: str | None = None
    known: set[str] = field(default_factory=set)


# --- columns ----------------------------------------------------------------------------------------------------------


def read_fields(draft: Draft) -> None:
    """Fill in which column holds what, with the evidence for each."""
    table = draft.seen.table
    present = [name for name, cells in table.columns.items() if any(cell is not None for cell in cells)]
    taken: set[str] = set()
    for role in names().roles:
        if (role.themes and draft.theme not in role.themes) or role.role in draft.fields:
            continue
        found = [one for one in columns_for(role.role, role.names, present) if one.name not in taken]
        if role.role == "id":
            _id(draft, found)
        elif role.role == "category":
            _category(draft, found, [name for name in present if name not in taken])
        elif role.role == "text":
            _text_column(draft, found)
        else:
            _plain(draft, found, proposal=role.proposal)
        taken.update(draft.fields.values())
    if draft.theme == PROPERTIES:
        _designation(draft, present)
    _told(draft, present)


def _designation(draft: Draft, present: Sequence[str]) -> None:
    """Settle where a property's designation stands: in one column, or the trakt in one and the number in another."""

    def looks(column: str, form: re.Pattern[str]) -> bool:
        said = [text for cell in draft.seen.table.columns[column] if (text := cell_text(cell))]
        return bool(said) and sum(form.fullmatch(text) is not None for text in said) * 2 > len(said)

    known = draft.fields.get("name")
    if known is not None and looks(known, WHOLE):
        return
    parts = names().property
    trakt = [one.name for one in columns_for("category", parts["trakt"], present) if one.sure]
    some = [one.name for one in columns_for("name", parts["number"], present) if one.sure]
    number = [one for one in (known, *some) if one is not None and looks(one, NUMBER)]
    if trakt and number:
        draft.fields |= {"category": trakt[0], "name": number[0]}
        draft.fields = {role: name for role, name in draft.fields.items() if role != "id" or name != number[0]}
        draft.evidence = [one for one in draft.evidence if not one.startswith("name:")]
        draft.evidence.append(f"category och name: trakten står i «{trakt[0]}» och numret i «{number[0]}».")
        return
    draft.active = False
    draft.why = (*draft.why, "men ingen kolumn ser ut att ha fastighetsbeteckningar, som PITHOLM 47:13")


WHOLE = re.compile(r"\w.*\s(?:[^\W\d]{1,4}:)?\d+(?::\d+)?(\s*>\s*\d+)?")
NUMBER = re.compile(r"(?:[^\W\d]{1,4}:)?\d+(?::\d+)?(\s*>\s*\d+)?")
"""A whole designation, PITHOLM 47:13, and what stands after the trakt."""


def _id(draft: Draft, found: Sequence[Column]) -> None:
    table = draft.seen.table
    good = []
    for column in found:
        cells = [cell_text(cell) for cell in table.columns[column.name]]
        if joined(column.name) in AMBIGUOUS and not _numbers(draft, column.name, cells):
            continue
        missing, repeated = cells.count(None), len(cells) - len(set(cells))
        if not missing and not repeated:
            good.append(column)
        else:
            draft.evidence.append(f"id: «{column.name}» {_not_an_id(cells, missing, repeated)}")
    if not good:
        draft.evidence.append(
            "id: ingen kolumn med ett eget värde på varje rad hittades bland dem som brukar heta så. Id görs då av "
            "radens innehåll, och ändras när raden ändras."
        )
        return
    also = f" Det gäller även {_listed([one.name for one in good[1:]])}." if len(good) > 1 else ""
    draft.fields["id"] = good[0].name
    draft.evidence.append(f"id: «{good[0].name}» har ett eget värde på varje rad ({len(table)} st).{also}")


def _numbers(draft: Draft, name: str, cells: Sequence[str | None]) -> bool:
    """Tell whether a column that might as well be a legend or a designation holds the rows' own numbers."""
    if draft.theme == PROPERTIES or not all(cell and any(sign.isdigit() for sign in cell) for cell in cells):
        return False
    rest = [one for one in draft.seen.table.columns if one != name]
    legends = next(role.names for role in names().roles if role.role == "category")
    return draft.theme != LAND_USE or any(one.sure for one in columns_for("category", legends, rest))


def _not_an_id(cells: Sequence[str | None], missing: int, repeated: int) -> str:
    """Say why a column is no id; where but a few rows stand in the way, which they are."""
    several = {cell: count for cell, count in Counter(cells).items() if cell is not None and count > 1}
    if missing or len(several) > FEW or sum(several.values()) > max(2, len(cells) / 2):
        why = f"{missing} tomma" if missing else f"{repeated} upprepade"
        return f"används inte, {why} värden av {len(cells)}."
    words = {2: "två", 3: "tre", 4: "fyra"}
    listed = ", ".join(f"{cell} står {words.get(count, count)} gånger" for cell, count in several.items())
    return (
        f"har ett eget värde på alla rader utom {sum(several.values())} av {len(cells)}: {listed}; rätta i källan "
        "eller välj en annan."
    )


def _category(draft: Draft, found: Sequence[Column], present: Sequence[str]) -> None:
    """Choose the legend's column: the one with the ÖP-modell's words, else by name; what was not chosen is said."""
    table = draft.seen.table
    known = {folded(name) for name in legend().categories}

    def hits(name: str) -> int:
        return sum(folded(cell_text(cell)) in known for cell in table.columns[name])

    def like_a_legend(name: str) -> bool:
        said = [cell_text(cell) for cell in table.columns[name]]
        distinct = len(set(said) - {None})
        return 0 < distinct <= LEGEND_MOST and (distinct <= 12 or distinct <= len(said) / 2)

    by_name = {column.name: column for column in found if like_a_legend(column.name)}
    best = max(present, key=lambda name: (hits(name), name in by_name, -present.index(name)), default=None)
    if best is not None and hits(best):
        chosen, why = best, f"{hits(best)} av {len(table)} rader har kategorier ur {legend().model}"
    else:
        sure = [column for column in by_name.values() if column.sure]
        if not sure:
            draft.offered += [("category", column.name, column.how) for column in by_name.values()]
            draft.evidence.append(
                "category: ingen kolumn ser säkert ut att vara planens teckenförklaring. Utan den blir svaret på "
                "markanvändningen «Inte prövat»."
            )
            return
        chosen, why = sure[0].name, f"{sure[0].how}; få olika värden, som i en teckenförklaring"
    others = [name for name in by_name if name != chosen]
    also = f" Kunde också vara {_listed(others)}." if others else ""
    draft.fields["category"] = chosen
    draft.evidence.append(f"category: «{chosen}» ({why}).{also}")


def _text_column(draft: Draft, found: Sequence[Column]) -> None:
    table = draft.seen.table

    def length(name: str) -> float:
        said = [len(text) for cell in table.columns[name] if (text := cell_text(cell))]
        return sum(said) / len(said) if said else 0.0

    stance = [
        column for column in found if column.sure and (length(column.name) >= LONG or column.name == found[0].name)
    ]
    if stance:
        rest = [column.name for column in found if column is not stance[0]]
        also = f" Även {_listed(rest)} har text, men en roll kan bara ha en kolumn." if rest else ""
        draft.fields["text"] = stance[0].name
        draft.evidence.append(
            f"text: «{stance[0].name}» ({stance[0].how}). Text som ingen har läst gör ett ja till F2, se "
            f"[[layer.stance]].{also}"
        )
    draft.offered += [("text", column.name, column.how) for column in found if not stance]


def _plain(draft: Draft, found: Sequence[Column], *, proposal: bool) -> None:
    if not found:
        return
    if found[0].role == "name" and len(draft.seen.table) > 1:
        # What all rows say alike names the plan or the kind, and no row.
        found = [one for one in found if one_value(draft.seen.table.columns[one.name]) is None]
        if not found:
            return
    first = found[0]
    rest = [column.name for column in found[1:] if column.sure]
    also = f" Kunde också vara {_listed(rest)}." if rest else ""
    if proposal or not first.sure:
        draft.offered.append((first.role, first.name, first.how))
        return
    draft.fields[first.role] = first.name
    draft.evidence.append(f"{first.role}: «{first.name}» ({first.how}).{also}")


def _told(draft: Draft, present: Sequence[str]) -> None:
    """Note what all rows say alike of the layer or its document."""
    for what, wanted in names().told.items():
        for column in columns_for(what, wanted, present):
            said = one_value(draft.seen.table.columns[column.name])
            if column.sure and said and len(said) <= LEGEND_MOST:
                draft.told.append((what, column.name, said))
                break


def slug(text: str) -> str:
    """Return a name as an id: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-") or "plan"


def free_id(name: str, taken: set[str]) -> str:
    """Return an id made of a name, and add it to those that are taken."""
    start = found = slug(name)
    number = 1
    while found in taken:
        number += 1
        found = f"{start}-{number}"
    taken.add(found)
    return found


def _listed(some: Sequence[str]) -> str:
    quoted = [f"«{one}»" for one in some]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} och {quoted[-1]}"


# --- legends ----------------------------------------------------------------------------------------------------------


def read_legend(draft: Draft, crs: str, vocabulary: Sequence[ValueMapping] = ()) -> None:
    """Fill in what the legend's values may stand for, and how much land each concerns.

    Parameters
    ----------
    crs
        Of the plan, for the areas.
    vocabulary
        What the plan already says of its words, for all layers.
    """
    column = draft.fields.get("category")
    if draft.theme != LAND_USE or column is None:
        return
    table = draft.seen.table
    categories = [cell_text(cell) for cell in table.columns[column]]
    second = draft.fields.get("subcategory")
    subs = [cell_text(cell) for cell in table.columns[second]] if second else [None] * len(table)
    pairs = [(category, sub) for category, sub in zip(categories, subs, strict=True) if category is not None]
    areas = _areas(draft, crs)
    order = Counter(category for category, _ in pairs)
    pairs.sort(key=lambda one: (-order[one[0]], one[0], one[1] is not None, one[1] or ""))
    seen: set[tuple[str | None, str | None]] = set()
    known = {(folded(one.category), folded(one.subcategory)) for one in vocabulary}
    partly = {key[0] for key in known}
    for reading in readings(list(dict.fromkeys(pairs))):
        key = (folded(reading.category), folded(reading.subcategory))
        if known & {key, (key[0], None), (None, key[1])} - {(None, None)}:
            whole = key not in known and (key[0], None) in known
            words = (reading.category, None if whole else reading.subcategory)
            draft.known.add(" / ".join(word for word in words if word))
            continue
        if key in seen:
            continue
        if key[1] is None and key[0] in partly:
            # The layer's own line for the category would go before the vocabulary's for its subcategories.
            reading = dataclasses.replace(reading, sure=False, why=f"{reading.why}; kommunens ordlista delar upp ordet")
        seen.add(key)
        rows = [
            row
            for row, (category, sub) in enumerate(zip(categories, subs, strict=True))
            if folded(category) == key[0] and folded(sub) == key[1]
        ]
        area = float(areas[rows].sum()) if areas is not None else None
        draft.values.append(Value(reading=reading, rows=len(rows), area_m2=area))
    draft.legend = column
    if not any(value.reading.sure for value in draft.values) and any(
        folded(value.reading.category) in {folded(name) for name in legend().categories} for value in draft.values
    ):
        # A layer without any [[layer.value]] is taken to use the model's own words: here they are not to be trusted.
        del draft.fields["category"]
        draft.offered.append(("category", column, "slå på raden tillsammans med de [[layer.value]] som stämmer"))
    blank = categories.count(None)
    if blank:
        unit = "rad" if blank == 1 else "rader"
        draft.extra.append(f"{blank} {unit} saknar värde i «{column}»; där blir svaret «Inte prövat».")
    if draft.known:
        draft.extra.append(f"Översätts av kommunens ordlista, [[value]] ovan: {_listed(sorted(draft.known))}.")
    unknown = unknown_subcategories(pairs)
    if unknown:
        listed = ", ".join(f"«{sub}» ({category})" for category, sub in unknown[:LISTED])
        draft.extra.append(
            f"Underkategorier som inte står i den lista över {legend().model} som opcheck har: {listed}. De läses inte "
            "som sin kategori: skriv i raden för vart och ett av paren vad det betyder, och slå på den."
        )


def _areas(draft: Draft, crs: str) -> np.ndarray | None:
    source = draft.declared or draft.seen.crs
    if source is None:
        return None
    try:
        found = shapely.area(transform(draft.seen.table.geometry, source, crs))
    except CRSError:
        return None
    return np.nan_to_num(found, nan=0.0, posinf=0.0)


def legend_counts(draft: Draft) -> tuple[int, int, int]:
    """Return how many of a legend's values are the model's own words, have a proposal, and have nothing."""
    whole = [value.reading for value in draft.values]
    sure, some = sum(one.sure for one in whole), sum(bool(one.to) for one in whole)
    return sure, some - sure, len(whole) - some
