"""Files with cases of rules: a situation in each, and the answer that the rule must give, as a lawyer can read it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opcheck.attributes import ATTRIBUTES, meant
from opcheck.checks import KINDS, OF_LAND
from opcheck.errors import Fault, RuleError
from opcheck.findings import CASES, Code, OpenReason, Outcome
from opcheck.plan import (
    CURRENCY_SAYS,
    DOCUMENT_KINDS,
    DOCUMENT_STATUSES,
    EFFECTS,
    FIELD_ROLES,
    IN_FORCE,
    Currency,
    Document,
    PartialDate,
)
from opcheck.rules import NEEDS, RULESETS, Rule, RuleBook, expected_use, find_use, themes
from opcheck.sites import read_attribute
from opcheck.tables import Faults, Table, expected, read_toml

CASES_FOLDER = "cases"
"""Beside a rule file: the folder with its cases, in a file of the same name."""

ON = datetime.date(2026, 11, 22)
"""The day of a case that names none."""

USE = "industri"
"""The use of a case that names none, of a rule that is asked of all uses."""

PLACES = ("inside", "partly", "touching", "apart", "crossing", "nothing", "empty", "no_layer", "not_covered")
"""Where a case may place the object, against the site."""

SHAPES = ("polygon", "line", "point")

NOT_ASKED = "not_asked"
"""The answer of a rule that is not asked at all on the day, or in the county."""

ANSWER = ("outcome", "code", "need", "open_reason", "case")

DRAWN_AS: Mapping[str, tuple[str, ...]] = {
    "inside": ("polygon", "line", "point"),
    "partly": ("polygon", "line"),
    "crossing": ("line", "point", "polygon"),
}
"""The kinds of shape with which a place can be drawn, in the order in which they are chosen; other places: `SHAPES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the object of a theme lies, against the site.

    Parameters
    ----------
    word
        One of `PLACES`.
    distance_m
        With ``apart``: from the site's border to the object.
    shape
        One of `SHAPES`; None is the first that the theme allows and the word has a meaning for.
    """

    word: str
    distance_m: float = 0.0
    shape: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A situation, and the answer that a rule must give in it.

    Parameters
    ----------
    file, number
        Where it stands: the file as the user named it, and its place among the file's cases, from 1.
    rule, name, why
        The rule's id, the situation, and why the answer is as it is.
    use, on, county, site
        What is proposed, the day, the first two digits of the municipality code, and what the site states.
    place, other
        Where the object of the rule's theme, and that of its second theme, lies; None where the rule has none.
    object
        What the object says of itself: role → text.
    zones
        Of the plan's land use, from west to east in equally wide strips: role → text, and ``stance``.
    document
        The plan in which the zones stand.
    answer
        What is compared: ``outcome`` and more. Empty: the rule is not asked.
    """

    file: str
    number: int
    rule: str
    name: str
    why: str | None
    use: str
    on: datetime.date
    county: str
    site: Mapping[str, Any]
    place: Place | None
    other: Place | None
    object: Mapping[str, str]
    zones: tuple[Mapping[str, str], ...] | None
    document: Document
    answer: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}: case[{self.number}] {self.rule}, ”{self.name}”"


# --- reading ----------------------------------------------------------------------------------------------------------


def case_file_of(rule_file: str | os.PathLike[str]) -> Path:
    """Return where the cases of a rule file stand: in the folder `CASES_FOLDER` beside it, under its own name."""
    path = Path(rule_file)
    # The files of counties share the folder of the national set.
    folder = RULESETS if path.resolve().is_relative_to(RULESETS.resolve()) else path.parent
    return folder / CASES_FOLDER / path.name


def read_cases(*paths: str | os.PathLike[str], book: RuleBook) -> tuple[Case, ...]:
    """Read case files.

    Parameters
    ----------
    *paths
        The files.
    book
        The rules that the cases are about.

    Raises
    ------
    RuleError
        A file cannot be read or has faults; all faults of all files are listed.
    """
    by_id = {rule.id: rule for rule in book.rules}
    found: list[Case] = []
    problems: list[Fault] = []
    for path in paths:
        file = Path(path)
        faults = Faults(f"{file.parent.name}/{file.name}" if file.parent.name == CASES_FOLDER else file.name)
        root = read_toml(file, faults)
        if root is not None:
            tables = list(root.tables("case"))
            if not tables and not faults:
                faults.add("case", "saknas. Filen har inga fall; skriv minst ett [[case]].")
            read = [_case(table, number, by_id) for number, table in enumerate(tables, 1)]
            found.extend(case for case in read if case is not None)
            root.done()
            _repeated(read, faults)
        problems.extend(faults.found)
    if problems:
        raise RuleError(problems)
    return tuple(found)


def _repeated(cases: Iterable[Case | None], faults: Faults) -> None:
    seen: dict[tuple[str, str], int] = {}
    for case in cases:
        if case is None or not case.name:
            continue
        first = seen.setdefault((case.rule, case.name), case.number)
        if first != case.number:
            faults.add(
                f"case[{case.number}].name",
                f"är {case.name!r}, och det heter även case[{first}] av samma regel. Ge dem olika namn.",
            )


def _case(table: Table, number: int, by_id: Mapping[str, Rule]) -> Case | None:
    name = table.required_text("rule")
    rule = by_id.get(name)
    if name and rule is None:
        table.fault("rule", f"är {name!r}, som inte finns. {expected(name, by_id)}")
    if rule is None:
        # What the other keys may hold depends on the rule.
        return None
    word = table.text("use")
    use = None if word is None else find_use(word)
    if word is not None and use is None:
        table.fault("use", f"är {word!r}. {expected_use(word)}")
    county = table.text("county") or "00"
    if not (len(county) == 2 and county.isdigit()):
        table.fault("county", f'är {county!r}. Förväntade länets två siffror, till exempel "25".')
    zones, before = _zones(table, rule), len(table.faults.found)
    document = _document(table)
    read = len(table.faults.found) == before
    if read and table.has("document") and not about_land(rule) and rule.value("eased_by") is None:
        table.fault("document", f"hör inte hit: regeln {rule.id} läser ingen plan. Ta bort document.")
    case = Case(
        file=table.faults.path, number=number, rule=rule.id, name=table.required_text("name"), why=table.text("why"),
        use=_usual_use(rule) if use is None else use.id, on=table.date("on") or ON, county=county,
        site=_attributes(table, rule), place=_place(table, rule, "place", 0), other=_place(table, rule, "other", 1),
        object=_roles(table.table("object"), rule, skip=()), zones=zones, document=document, answer=_answer(table),
    )  # fmt: skip
    table.done()
    return case


def _usual_use(rule: Rule) -> str:
    return rule.uses[0] if rule.uses else USE


def _place(table: Table, rule: Rule, name: str, number: int) -> Place | None:
    found = placed_themes(rule)
    metres = "distance_m" if number == 0 else f"{name}_distance_m"
    if number >= len(found):
        if table.has(name):
            what = "inget objekt på kartan" if number == 0 else "bara ett tema"
            table.raw(name)
            table.fault(name, f"hör inte hit: regeln {rule.id} frågar om {what}. Ta bort {name}.")
        return None
    word = table.choice(name, PLACES, required=number == 0)
    shape = table.choice("shape", SHAPES) if number == 0 else None
    distance = table.number(metres, least=0.0)
    if word == "apart" and not table.has(metres):
        table.fault(metres, f'saknas. Ange hur många meter som skiljer, när {name} = "apart".')
    if word is not None and word != "apart" and table.has(metres):
        table.fault(metres, f'hör till {name} = "apart", men {name} är {word!r}. Ta bort den ena.')
    if word is None:
        # A second theme that is not spoken of is there, and has nothing near.
        return Place(word="nothing") if number else None
    place = Place(word=word, distance_m=distance or 0.0, shape=shape)
    allowed = themes()[found[number]].geometry
    if shape is not None and shape not in allowed:
        table.fault("shape", f"är {shape!r}, men temat {found[number]} har {', '.join(allowed)}.")
    elif shape_of(place, found[number]) is None:
        table.fault(name, f"är {word!r}, som inte går att rita för temat {found[number]} ({', '.join(allowed)}).")
    return place


def _attributes(table: Table, rule: Rule) -> Mapping[str, Any]:
    inner = table.table("site")
    found: dict[str, Any] = {}
    asked = {*ATTRIBUTES, *_asked_attributes(rule)}
    for name in inner.keys() if inner is not None else ():
        assert inner is not None  # noqa: S101 - for the type checker: the loop is over its keys
        value = inner.raw(name)
        if not isinstance(value, bool | int | float | str):
            inner.fault(name, f"är {value!r}. Förväntade ett tal, en text, true eller false.")
        elif name not in asked and meant(name) is None:
            inner.fault(name, f"är ingen uppgift som regeln {rule.id} frågar efter. {expected(name, asked)}")
        else:
            attribute = meant(name) or name
            try:
                found[attribute] = read_attribute(attribute, value)
            except ValueError:
                # No site file can say it, so the case would show an answer that nobody gets.
                inner.fault(name, f"är {value!r}. Förväntade {ATTRIBUTES[attribute].holds}.")
    return found


def _asked_attributes(rule: Rule) -> Iterator[str]:
    """Yield the attributes of a site that a rule asks for."""
    attribute = rule.value("attribute")
    if attribute:
        yield attribute
    when = rule.when if isinstance(rule.when, tuple) else (rule.when,)
    yield from (one.attribute for one in when if one is not None)
    named = (getattr(one, "attribute", None) for one in rule.parameters.values())
    yield from (one for one in named if one)


def _roles(table: Table | None, rule: Rule, skip: Sequence[str]) -> Mapping[str, str]:
    if table is None:
        return {}
    if not skip and not placed_themes(rule):
        table.fault(None, f"hör inte hit: regeln {rule.id} frågar inte om något objekt på kartan. Ta bort den.")
    found = {}
    for name in table.keys():
        if name in skip:
            continue
        value = table.raw(name)
        if name not in FIELD_ROLES or name == "id":
            table.fault(name, f"är en okänd roll. {expected(name, [one for one in FIELD_ROLES if one != 'id'])}")
        elif not isinstance(value, str | int | float) or isinstance(value, bool):
            table.fault(name, f"är {value!r}. Förväntade en text eller ett tal.")
        else:
            found[name] = str(value)
    return found


def _zones(table: Table, rule: Rule) -> tuple[Mapping[str, str], ...] | None:
    if not table.has("zone"):
        return None
    one = table.raw("zone")
    if not about_land(rule):
        table.fault("zone", f"hör inte hit: regeln {rule.id} frågar inte om planens markanvändning. Ta bort zone.")
        return None
    tables = [table.table("zone")] if isinstance(one, dict) else list(table.tables("zone"))
    found = []
    for inner in tables:
        if inner is not None:
            stance = inner.choice("stance", EFFECTS)
            roles = _roles(inner, rule, ("stance",))
            found.append({**roles, **({"stance": stance} if stance else {})})
    return tuple(found)


def _document(table: Table) -> Document:
    inner = table.table("document")
    if inner is None:
        return Document(id="op", kind=DOCUMENT_KINDS[0], name="Översiktsplan", status=IN_FORCE)
    document = Document(
        id="op", kind=inner.choice("kind", DOCUMENT_KINDS) or DOCUMENT_KINDS[0],
        name=inner.text("name") or "Översiktsplan", status=inner.choice("status", DOCUMENT_STATUSES) or IN_FORCE,
        adopted=_partial(inner, "adopted"), legal_force=_partial(inner, "legal_force"),
        currency=_currency(inner), horizon_from=inner.get("horizon_from", int),
    )  # fmt: skip
    inner.done()
    return document


def _partial(table: Table, name: str) -> PartialDate | None:
    value = table.raw(name)
    if value is None:
        return None
    try:
        return PartialDate.parse(str(value))
    except ValueError:
        table.fault(name, f'är {value!r}. Förväntade "ÅÅÅÅ", "ÅÅÅÅ-MM" eller "ÅÅÅÅ-MM-DD".')
        return None


def _currency(table: Table) -> tuple[Currency, ...]:
    found = []
    for entry in table.tables("currency"):
        decided, says = entry.date("decided"), entry.choice("says", CURRENCY_SAYS, required=True)
        if not entry.has("decided"):
            entry.fault("decided", "saknas. Ange dagen för kommunfullmäktiges beslut.")
        if decided is not None and says is not None:
            found.append(Currency(decided=decided, says=says))
        entry.done()
    return tuple(sorted(found, key=lambda one: one.decided))


def _answer(table: Table) -> Mapping[str, str]:
    raw = table.raw("answer")
    if raw == NOT_ASKED:
        return {}
    if isinstance(raw, str):
        table.fault("answer", f'är {raw!r}. Förväntade {{ outcome = "…" }} eller "{NOT_ASKED}".')
        return {}
    inner = table.table("answer")
    if inner is None:
        if not table.has("answer"):
            table.fault("answer", f'saknas. Ange {{ outcome = "…" }} eller "{NOT_ASKED}".')
        return {}
    choices = ([*map(str, Outcome)], [*map(str, Code)], NEEDS, [*map(str, OpenReason)], CASES)
    found = {
        name: inner.choice(name, allowed, required=name == "outcome")
        for name, allowed in zip(ANSWER, choices, strict=True)
    }
    inner.done()
    return {name: value for name, value in found.items() if value is not None}


# --- what a case is about ---------------------------------------------------------------------------------------------


def about_land(rule: Rule) -> bool:
    """Tell whether a rule asks about the plan itself: its zones, or its standing."""
    return KINDS[rule.check].subject in OF_LAND or rule.value("of") in ("status", "currency")


def placed_themes(rule: Rule) -> tuple[str, ...]:
    """Return the themes whose objects a case places: the rule's own, and then the second one, if it has any."""
    return () if about_land(rule) or KINDS[rule.check].subject == "attribute" else rule.themes()


def shape_of(place: Place, theme: str) -> str | None:
    """Return the kind of shape that a place is drawn with, None when the theme has none that fits."""
    allowed = themes()[theme].geometry if place.shape is None else (place.shape,)
    return next((one for one in DRAWN_AS.get(place.word, SHAPES) if one in allowed), None)
