"""Rule files: law, guidance and criteria as data, vetted whole before the first site is looked at."""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import functools
import hashlib
import math
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opcheck.attributes import meant
from opcheck.checks import KINDS, LONGEST_M, OF_LAND, OPERATORS, Override, Parameter
from opcheck.errors import Fault, RuleError
from opcheck.findings import UNCOUNTED, Basis, Code, Outcome, Severity
from opcheck.tables import Faults, Table, expected, read_toml

RULESETS = Path(__file__).with_name("rulesets")
COUNTIES = RULESETS / "counties"
"""Rule files of the national set that are asked in some counties only."""

THEMES_FILE = "themes.toml"
USES_FILE = "uses.toml"
AUTHORITIES_FILE = "authorities.toml"
FORMAT = 1
NEEDS = ("utredning", "tillstånd", "anmälan", "samråd")
ANY_USE = "*"

UNITS = ("plan", "bygg", "miljo", "exploatering", "va", "trafik", "naringsliv", "raddning")
"""Parts of a municipality that answer for findings; each pack gives them its own names."""

COUNTY_CODES = (
    "01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14", "17", "18", "19", "20", "21", "22", "23",
    "24", "25",
)  # fmt: skip
"""The counties (län), which are the first two digits of a municipality's code."""

GROUNDS = (1, 2, 3, 4, 5)
"""The grounds on which the county may review a plan (PBL 11:10 second paragraph)."""

_ORDER = ("plan", "interest", "protection", "risk", "road", "rail", "height", "service", "criterion")
"""Families of rule ids in the order in which a planner asks; others come last. Presentation only."""

_NOBODY: tuple[str, ...] = ()

_ANYWHERE = "*"
"""Stands for land outside every county known: a rule asked of all land is asked there too."""

ASK = "ask"
WHEN_MISSING = ("open", ASK)
"""What a rule may do where an attribute it depends on is not stated; the first is the default."""

DETAILED_PLAN_RULES = frozenset({"plan.detailed_plan", "plan.detailed_plan_before_2025_12"})
"""Whether a detaljplan applies, under the act as it was and as it is: told first, since bygglov follows it."""

LAND_USE = "land_use"
PENDING_PLANNING = "pending_planning"
"""The theme whose zones the use matrix is about."""

_ASKED_OF = ("theme", "status", "currency")
"""What the check ``covered`` can ask about."""

_EQUALITY = ("==", "!=")
"""The operators that mean something for true and false: nothing is more than true."""

_HIT_CODES = tuple(code.value for code in (Code.R2, Code.K, Code.V, Code.A, Code.I))


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What layers can be about.

    Parameters
    ----------
    geometry
        The kinds of shape that mean something for the theme.
    indicative
        No hit never means nothing there: the data is incomplete by nature.
    """

    id: str
    group: str
    geometry: tuple[str, ...]
    indicative: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A detaljplan use of kvartersmark, as one catalogue of planbestämmelser has it.

    Parameters
    ----------
    id
        The letter.
    title, title_en
        Its name in the catalogue, and in English.
    rule, since
        The regulation, and the first day on which a plan had to be started under it: in older plans the same letter
        may mean something else.
    content
        What the use takes in, in Swedish.
    source, checked
        Where letter and content were read, and whether both were.
    """

    id: str
    title: str
    title_en: str
    rule: str
    since: datetime.date
    content: str
    source: str
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A word for a proposed use, and the detaljplan letters it reads as.

    Parameters
    ----------
    source, checked
        What the reading as these letters rests on, and whether that was read: False for a reading of ours.
    """

    id: str
    letters: tuple[str, ...]
    aliases: tuple[str, ...]
    source: str | None = None
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A section of an act or another source, when it was read, and whether its wording has been checked.

    Parameters
    ----------
    section
        Empty for a source without sections.
    """

    act: str
    section: str
    read: datetime.date
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """An attribute of the site on which a rule depends.

    Parameters
    ----------
    missing
        What holds where the site does not state it: ``open``, the question is OPEN; ``ask``, it is asked anyway.
    """

    attribute: str
    op: str
    value: Any
    missing: str = WHEN_MISSING[0]

    def covers(self, other: When) -> bool:
        """Tell whether whatever fulfils another condition fulfils this one."""
        return self == other or (self.missing == ASK and dataclasses.replace(other, missing=ASK) == self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One answer of the use matrix: how a category of the plan takes a use.

    Parameters
    ----------
    category, subcategory
        An ÖP-modell pair; a cell without subcategory holds for all of them.
    uses
        Letters, use ids, or "*".
    value
        1 supports, 2 depends, 0 does not take up.
    statement
        For a firm cell: what the plan or the category's definition says.
    reason_en, statement_en
        The same in English, for an English report; None where the file has none, and then the Swedish is quoted.
    confirmed_by
        Who in the municipality has confirmed the cell; None for opcheck's working table.
    """

    category: str
    subcategory: str | None
    uses: tuple[str, ...]
    value: int
    reason: str
    firm: bool = False
    undecided: bool = False
    statement: str | None = None
    confirmed_by: str | None = None
    reason_en: str | None = None
    statement_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One question to ask of every site.

    Parameters
    ----------
    id
        Never reused: changed law is a new id that supersedes the old one.
    title
        What the rule is called where the texts have no title for its id, as for a user's own rule.
    theme
        What it asks about; None where no map can answer.
    check
        Name of its kind in `opcheck.checks.KINDS`.
    hit, code, need
        What a hit comes to.
    basis, severity, gate, verb, ground
        As in the rule file.
    uses, when
        The uses the rule applies to (empty is all), and the attributes it depends on: all of them must hold.
    parameters
        The check's parameters.
    counties
        The counties in which it is asked; empty is everywhere.
    replaced_in
        The counties in which another rule is asked instead, on the day that the rules were taken out for.
    """

    id: str
    ruleset: str
    version: str
    title: str
    theme: str | None
    check: str
    hit: Outcome
    code: Code
    basis: Basis
    severity: Severity
    gate: bool
    citations: tuple[Citation, ...]
    unit: str
    consult: tuple[str, ...]
    need: str | None = None
    verb: str | None = None
    ground: int | None = None
    uses: tuple[str, ...] = ()
    when: tuple[When, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    supersedes: str | None = None
    counties: tuple[str, ...] = ()
    replaced_in: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether its findings enter the verdict."""
        return self.basis not in UNCOUNTED

    @property
    def reach_m(self) -> float:
        """How far around a site the rule must be able to see; what each site states itself comes on top."""
        return KINDS[self.check].reach(self.parameters)

    @property
    def own_distance(self) -> str | None:
        """The attribute with which each site states the distance to be kept; None where the rule sets it."""
        found = self.parameters.get("distance_m")
        return None if found is None else found.attribute

    def themes(self) -> tuple[str, ...]:
        """Return every theme the rule looks at."""
        named = [self.theme, *(self.value("themes") or ()), self.value("eased_by")]
        return tuple(dict.fromkeys(theme for theme in named if theme))

    def value(self, parameter: str) -> Any:  # noqa: ANN401 - parameters are of many types
        """Return a parameter's value, None when unset."""
        found = self.parameters.get(parameter)
        return None if found is None else found.value

    def holds_on(self, day: datetime.date) -> bool:
        """Tell whether the rule is valid on a day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def asks_as_widely(self, other: Rule) -> bool:
        """Tell whether the rule is asked of every site and use that another rule is asked of."""
        mine, theirs = self._asked_uses(), other._asked_uses()
        uses_covered = mine is None or (theirs is not None and theirs <= mine)
        return uses_covered and all(any(mine.covers(theirs) for theirs in other.when) for mine in self.when)

    def _asked_uses(self) -> frozenset[str] | None:
        """Return the uses that get an answer, None for all; bands may name fewer uses than the rule itself."""
        own = frozenset(self.uses) or None
        bands = self.value("band")
        if bands is None or any(ANY_USE in band["uses"] for band in bands):
            return own
        named = frozenset(use for band in bands for use in band["uses"])
        return named if own is None else named & own

    def asked_in(self, county: str | None) -> bool:
        """Tell whether the rule is asked of land in a county; None is land of which nobody knows the county.

        There a county's rule that stands in for no other is asked all the same: left out, nobody would ask.
        """
        known = county in COUNTY_CODES
        here = not self.counties or county in self.counties or (not known and self.supersedes is None)
        return here and county not in self.replaced_in

    def order(self) -> tuple[int, str]:
        """Return a key that sorts rules for presentation, independent of files and their order."""
        family = self.id.partition(".")[0]
        return (_ORDER.index(family) if family in _ORDER else len(_ORDER)), self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One rule file.

    Parameters
    ----------
    national
        It is one of those that come with opcheck; the others are the municipality's or the user's own.
    counties
        The counties in which its rules are asked; empty is everywhere.
    """

    id: str
    version: str
    title: str | None
    file: str
    sha256: str
    rules: tuple[Rule, ...]
    cells: tuple[Cell, ...]
    overrides: tuple[Override, ...] = ()
    national: bool = False
    counties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Rule files that are applied together.

    Parameters
    ----------
    sets
        Sorted by id.
    overrides
        Parameters that a pack or a file has set, already applied to the rules.
    """

    sets: tuple[RuleSet, ...]
    overrides: tuple[Override, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order of presentation."""
        return tuple(sorted((rule for one in self.sets for rule in one.rules), key=Rule.order))

    def __len__(self) -> int:
        return sum(len(one.rules) for one in self.sets)

    def on(self, day: datetime.date, counties: Collection[str | None] | None = None) -> tuple[Rule, ...]:
        """Return the rules valid on a day; a rule replaced by another valid one is left out.

        A rule that is asked of fewer uses or sites than the one it supersedes replaces it for none: both are asked. A
        county's rule replaces a national one in its own counties: elsewhere the national one is asked.

        Parameters
        ----------
        counties
            Those in which the sites lie, None among them for land of which nobody knows the county. A rule that is
            asked in none of them is left out. Not given, rules of all counties are kept.
        """
        valid = {rule.id: rule for rule in self.rules if rule.holds_on(day)}
        replaced: dict[str, set[str]] = {}
        for rule in valid.values():
            old = valid.get(rule.supersedes or "")
            if old is not None and rule.asks_as_widely(old):
                replaced.setdefault(old.id, set()).update(rule.counties or (*COUNTY_CODES, _ANYWHERE))
        found = []
        for rule in valid.values():
            gone = replaced.get(rule.id, set())
            where = rule.counties or (*COUNTY_CODES, _ANYWHERE)
            if gone.issuperset(where):
                continue
            kept = dataclasses.replace(rule, replaced_in=tuple(sorted(gone.intersection(where)))) if gone else rule
            if counties is None or any(kept.asked_in(county) for county in counties):
                found.append(kept)
        return tuple(found)

    def joined(self, sets: Sequence[RuleSet], overrides: Sequence[Override], where: str) -> RuleBook:
        """Return the book with a pack's own files and overrides added; the book's own overrides are heard last.

        Raises
        ------
        RuleError
            The same rule or file id stands in both, or an override names a rule or parameter that does not exist, or a
            value of the wrong kind.
        """
        return _assemble((*self.sets, *sets), (*overrides, *self.overrides), where) if sets or overrides else self

    def cell(self, category: str, subcategory: str | None, use: Use) -> Cell | None:
        """Return the matrix cell for a pair and a use: the most specific one, the municipality's own first.

        A confirmed cell goes before all others, then one with the subcategory, then one that names the use id, then one
        that names a letter of it. Between equally specific cells an own file goes before the shipped working table, and
        within that the answer that speaks most against the use: of two letters, neither is picked for being kinder.
        """
        best: tuple[tuple[Any, ...], Cell] | None = None
        for one in self.sets:
            for cell in one.cells:
                if cell.category != category or cell.subcategory not in (None, subcategory):
                    continue
                near = _nearness(cell, use)
                if near is None:
                    continue
                key = (*_specific(cell), near, not one.national, *_against(cell), cell.reason, cell.statement or "")
                if best is None or key > best[0]:
                    best = key, cell
        return None if best is None else best[1]


def _specific(cell: Cell) -> tuple[bool, bool]:
    return cell.confirmed_by is not None, cell.subcategory is not None


def _nearness(cell: Cell, use: Use) -> int | None:
    """Return how closely a cell names a use, None when it does not."""
    if use.id in cell.uses:
        return 2
    if set(use.letters) & set(cell.uses):
        return 1
    return 0 if ANY_USE in cell.uses else None


def _against(cell: Cell) -> tuple[int, bool, bool]:
    """Return how much a cell speaks against a use, the most last: supports, depends, does not take up, firmly so."""
    return (2, 0, 1)[cell.value], cell.firm, cell.undecided


# --- vocabulary -------------------------------------------------------------------------------------------------------


@functools.cache
def themes() -> Mapping[str, Theme]:
    """Return the themes by id."""
    root, faults = _open(RULESETS / THEMES_FILE)
    found = {}
    for table in root.tables("theme"):
        theme = Theme(
            id=table.required_text("id"), group=table.required_text("group"), geometry=table.texts("geometry"),
            indicative=table.choice("absence", ("indicative",)) is not None,
        )  # fmt: skip
        table.done()
        found[theme.id] = theme
    root.done()
    _raise(faults)
    return found


@functools.cache
def uses() -> Mapping[str, Use]:
    """Return the use vocabulary by id."""
    root, faults = _open(RULESETS / USES_FILE)
    _head(root)
    found = {}
    for table in root.tables("use"):
        use = Use(
            id=table.required_text("id"), letters=table.texts("letters"), aliases=table.texts("aliases"),
            source=table.required_text("source"), checked=table.flag("checked", False),
        )  # fmt: skip
        table.done()
        for letter in use.letters:
            if letter not in letters():
                table.fault("letters", f"har {letter!r}. {expected(letter, letters())}")
        found[use.id] = use
    list(root.tables("letter"))  # read in `letters`
    root.done()
    _raise(faults)
    return found


@functools.cache
def letters() -> Mapping[str, Letter]:
    """Return the detaljplan uses by letter."""
    root, faults = _open(RULESETS / USES_FILE)
    found = {}
    for table in root.tables("letter"):
        letter = Letter(
            id=table.required_text("id"), title=table.required_text("title"),
            title_en=table.required_text("title_en"), rule=table.required_text("rule"),
            since=table.date("since") or datetime.date.min, content=table.required_text("content"),
            source=table.required_text("source"), checked=table.flag("checked", False),
        )  # fmt: skip
        if letter.since == datetime.date.min:
            table.fault("since", "saknas. Ange den första dag som föreskriften gäller för nya planer.")
        table.done()
        found[letter.id] = letter
    _raise(faults)
    return found


@functools.cache
def _use_words() -> Mapping[str, str]:
    words: dict[str, str] = {}
    for use in uses().values():
        for word in (use.id, *use.aliases):
            words[word.casefold()] = use.id
    return words


def named_uses(text: str | None) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the use ids that a cell names, words apart by semicolons or commas, and the words that name no use."""
    words = [word.strip() for word in (text or "").replace(",", ";").split(";") if word.strip()]
    found = {word: find_use(word) for word in words}
    return (
        frozenset(use.id for use in found.values() if use is not None),
        tuple(word for word, use in found.items() if use is None),
    )


def expected_use(word: str) -> str:
    """Return the sentence that names the nearest word for a use, an alias too; without one, all uses."""
    near = difflib.get_close_matches(word.casefold(), _use_words(), n=1, cutoff=0.75)
    if not near:
        return expected(word, uses())
    use = _use_words()[near[0]]
    return f"Menades {near[0]!r}?" if near[0] == use else f"Menades {near[0]!r} ({use})?"


def find_use(word: str) -> Use | None:
    """Return the use that a word stands for, whatever its case; None when the vocabulary lacks it."""
    found = _use_words().get(" ".join(word.split()).casefold())
    return None if found is None else uses()[found]


# --- authorities ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority that rules consult, and what it was called before.

    Parameters
    ----------
    name
        Its newest name, the one that rules write.
    former
        Earlier names, each with the last day on which it was used; the earliest first.
    """

    name: str
    former: tuple[tuple[str, datetime.date], ...]
    citations: tuple[Citation, ...]


@functools.cache
def authorities() -> Mapping[str, Authority]:
    """Return the authorities that have changed their name, by their newest one."""
    root, faults = _open(RULESETS / AUTHORITIES_FILE)
    found = {}
    for table in root.tables("authority"):
        former = []
        for one in table.tables("former"):
            name, until = one.required_text("name"), one.date("until")
            if until is None:
                one.fault("until", "saknas. Ange den sista dag som namnet gällde.")
            one.done()
            former.append((name, until or datetime.date.min))
        authority = Authority(
            name=table.required_text("name"), former=tuple(sorted(former, key=lambda one: one[1])),
            citations=tuple(_citation(one) for one in table.tables("citation")),
        )  # fmt: skip
        table.done()
        found[authority.name] = authority
    root.done()
    _raise(faults)
    return found


def authority_on(name: str, day: datetime.date) -> str:
    """Return what an authority was called on a day; a name that has never changed stands for itself."""
    known = authorities().get(name)
    former = () if known is None else known.former
    return next((old for old, until in former if day <= until), name)


# --- reading ----------------------------------------------------------------------------------------------------------


def read_rules(*paths: str | os.PathLike[str], national: bool = True, overrides: bool = True) -> RuleBook:
    """Read rule files.

    Parameters
    ----------
    *paths
        Rule files of your own. They are added to the national set: leaving rules out would make the list of findings
        silently shorter.
    national
        False to read only the files named.
    overrides
        False to leave the files' overrides unapplied, for looking at a file by itself.

    Returns
    -------
    rules
        The files, with their overrides applied.

    Raises
    ------
    RuleError
        A file cannot be read or has faults; all faults of all files are listed.

    Examples
    --------
    >>> import opcheck
    >>> rules = opcheck.read_rules()
    >>> len(rules) >= 30
    True
    """
    own = _read_sets((Path(path), os.fspath(path)) for path in paths)
    sets = (*(_national_sets() if national else ()), *own)
    applied = tuple(override for one in sets for override in one.overrides) if overrides else ()
    return _assemble(sets, applied)


@functools.cache
def _national_sets() -> tuple[RuleSet, ...]:
    """Return the rule files that come with opcheck: they are values, and are read once however many books need them.

    Raises
    ------
    RuleError
        A file has faults; all faults of all files are listed.
    """
    return _read_sets((file, file.name) for file in _national_files())


def _read_sets(files: Iterable[tuple[Path, str]]) -> tuple[RuleSet, ...]:
    """Return rule files, given with the names that faults call them by; all faults of all files are raised at once."""
    problems: list[Fault] = []
    sets = []
    for file, name in files:
        faults = Faults(name)
        one = _read_set(file, faults)
        problems.extend(faults.found)
        if one is not None:
            sets.append(one)
    _raise_all(problems)
    return tuple(sets)


def _national_files() -> tuple[Path, ...]:
    """Return the rule files that come with opcheck: those of the whole country, then those of its counties."""
    others = (THEMES_FILE, USES_FILE, AUTHORITIES_FILE)
    return (
        *sorted(path for path in RULESETS.glob("*.toml") if path.name not in others),
        *sorted(COUNTIES.glob("*.toml")),
    )


def read_override(table: Table) -> Override:
    """Read an ``[[override]]`` table; whether the rule and parameter exist is checked where the rules are."""
    override = Override(
        rule=table.required_text("rule"), parameter=table.required_text("parameter"), value=table.raw("value"),
        reason=table.required_text("reason"), source=table.required_text("source"),
        checked=table.flag("checked", False),
    )  # fmt: skip
    if override.value is None:
        table.fault("value", "saknas. Ange det värde som ska gälla.")
    table.done()
    return override


def _read_set(path: Path, faults: Faults) -> RuleSet | None:
    root = read_toml(path, faults)
    if root is None:
        return None
    head = _head(root)
    rules = [_rule(table, head) for table in root.tables("rule")]
    cells = [_cell(table) for table in root.tables("cell")]
    overrides = [read_override(table) for table in root.tables("override")]
    root.done()
    if not any((fault.key or "").startswith("cell[") for fault in faults.found):
        _contradicting(cells, faults)
    if not rules and not cells and not overrides and not faults:
        faults.add(None, "har varken [[rule]], [[cell]] eller [[override]]. Filen säger ingenting; kontrollera namnet.")
    if faults:
        return None
    return RuleSet(
        id=head.id, version=head.version, title=head.title, file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        rules=tuple(rule for rule in rules if rule is not None), cells=tuple(cells), overrides=tuple(overrides),
        national=path.resolve().parent in (RULESETS.resolve(), COUNTIES.resolve()), counties=head.counties,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What a file says of itself."""

    id: str = ""
    version: str = ""
    title: str | None = None
    counties: tuple[str, ...] = ()


def _head(root: Table) -> _Head:
    head = root.table("ruleset")
    if head is None:
        if not root.has("ruleset"):
            root.fault("ruleset", "saknas. Filen ska börja med [ruleset] och id, version och format = 1.")
        return _Head()
    found = _Head(
        id=head.required_text("id"), version=head.required_text("version"), title=head.text("title"),
        counties=head.texts("counties"),
    )  # fmt: skip
    if head.raw("counties") == []:
        head.fault("counties", "är tom, och då ställs filens frågor ingenstans. Ange länskoder, eller ta bort den.")
    for one in found.counties:
        if one not in COUNTY_CODES:
            head.fault("counties", f"har {one!r}. {expected(one, COUNTY_CODES)}")
    number = head.get("format", int, required=True)
    if number is not None and number != FORMAT:
        head.fault("format", f"är {number}. Den här versionen av opcheck läser format {FORMAT}.")
    head.done()
    return found


def _rule(table: Table, head: _Head) -> Rule | None:
    check = table.choice("check", KINDS, required=True)
    rule_id = table.required_text("id")
    theme = _theme(table)
    hit = table.choice("hit", ("REVIEW", "FAIL", "OPEN"), required=True)
    basis = table.choice("basis", tuple(Basis), required=True)
    severity = table.choice("severity", tuple(Severity), required=True)
    need = table.choice("need", NEEDS)
    code = table.choice("code", _HIT_CODES)
    ground = table.get("ground", int)
    if ground is not None and ground not in GROUNDS:
        table.fault("ground", f"är {ground}. Grunderna i 11 kap. 10 § PBL har nummer 1 till 5.")
    if code == Code.K and need is None:
        table.fault("need", f"saknas. Koden K kräver ett steg: {', '.join(NEEDS)}.")
    responsible = table.table("responsible")
    unit, consult = "", _NOBODY
    if responsible is None:
        if not table.has("responsible"):
            table.fault("responsible", 'saknas. Varje svar ska ha en ansvarig enhet: { unit = "…", consult = [ … ] }.')
    else:
        unit, consult = responsible.required_text("unit"), responsible.texts("consult")
        if unit and unit not in UNITS and unit.isidentifier() and unit.islower():
            # A name in full, "Piteå Hamn AB", stands for itself; a single small word is a mistyped id.
            responsible.fault("unit", f"är {unit!r}. {expected(unit, UNITS)}")
        responsible.done()
    citations = tuple(_citation(one) for one in table.tables("citation"))
    applies = read_uses(table)
    when = _when(table)
    parameters = _parameters(table, check) if check else {}
    rule_basis = Basis(basis) if basis else Basis.PLAN
    valid_from, valid_to = table.date("valid_from"), table.date("valid_to")
    title, verb, gate = table.required_text("title"), table.text("verb"), table.flag("gate", False)
    supersedes = table.text("supersedes")
    if check:
        table.done()
    if valid_from and valid_to and valid_to < valid_from:
        table.fault("valid_to", f"är {valid_to}, före valid_from {valid_from}.")
    if check is None or hit is None:
        return None
    about_themes = KINDS[check].subject in ("theme", "bands", "covered", *OF_LAND)
    if about_themes and not table.has("theme") and "themes" not in parameters:
        table.fault("theme", "saknas. Ange vilket tema regeln frågar om.")
    usual = Code.A if check == "conflict" else Code.K if need else Code.R2
    rule = Rule(
        id=rule_id, ruleset=head.id, version=head.version, title=title, theme=theme, check=check, hit=Outcome(hit),
        code=Code(code) if code else usual, basis=rule_basis,
        severity=Severity(severity) if severity else Severity.WARNING, gate=gate, citations=citations, unit=unit,
        consult=consult, need=need, verb=verb, ground=ground, uses=applies, when=when, parameters=parameters,
        valid_from=valid_from, valid_to=valid_to, supersedes=supersedes, counties=head.counties,
    )  # fmt: skip
    told = {fault.key for fault in table.faults.found}
    for key, message in _disagreements(rule):
        # A key that could not be read has its fault already, and what was put in its place means nothing.
        if table.key(key) not in told and (basis or key not in ("basis", "code", "gate")):
            table.fault(key, message)
    return rule


def _theme(table: Table) -> str | None:
    theme = table.text("theme")
    if theme is not None and theme not in themes():
        table.fault("theme", f"är {theme!r}. {divided(theme) or expected(theme, themes())}")
        return None
    return theme


_DIVIDED = {"riksintresse_kust": ("riksintresse_rorligt_friluftsliv", "riksintresse_obruten_kust",
                                  "riksintresse_hogexploaterad_kust")}  # fmt: skip
"""Themes that there were once → those that are asked about in their place."""


def divided(theme: str) -> str | None:
    """Return what to write in the place of a theme that there once was, None for a word that never was one."""
    parts = _DIVIDED.get(theme)
    if parts is None:
        return None
    return f"Temat har delats upp: skriv {', '.join(parts[:-1])} eller {parts[-1]}, ett lager för varje."


def _disagreements(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield the key and message of each fault that lies between keys, as the file or an override has set them."""
    yield from _answer_disagreements(rule)
    yield from _theme_disagreements(rule)
    op, value = rule.value("op"), rule.value("value")
    if op is not None and op not in OPERATORS:
        yield "op", f"är {op!r}. {expected(op, OPERATORS)}"
    elif isinstance(value, bool) and op is not None and op not in _EQUALITY:
        yield "op", _NO_ORDER.format(op=op)
    search, reach = rule.value("search_m"), rule.reach_m
    if search is not None and search < reach:
        yield (
            "search_m",
            f"är {search:g}, men regeln frågar om allt inom {reach:g} m: det som ligger där emellan skulle aldrig "
            "hittas. Höj search_m eller ta bort den.",
        )
    if search is not None and rule.own_distance is not None:
        yield (
            "search_m",
            f"är {search:g}, men varje plats anger sitt eget avstånd, som kan vara längre: det som ligger där emellan "
            "skulle aldrig hittas. Ta bort search_m.",
        )
    named = {use for band in rule.value("band") or () for use in band["uses"]}
    if named and rule.uses and ANY_USE not in named and named.isdisjoint(rule.uses):
        yield (
            "band",
            "namnger ingen av de användningar som regeln ställs om. Ändra uses i banden eller i regeln.",
        )


_NO_ORDER = "är {op!r}, men value är true eller false, som varken är större eller mindre. Skriv == eller !=."


def _answer_disagreements(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield faults in what a hit comes to."""
    kind = KINDS[rule.check]
    if rule.hit not in kind.may_reach:
        allowed = ", ".join(sorted(kind.may_reach))
        yield "hit", f"är {rule.hit.value!r}. Villkoret {rule.check} kan bara ge {allowed}."
    if rule.hit is Outcome.FAIL and rule.check == "avoid" and not rule.value("forbids"):
        yield "hit", "är 'FAIL', men forbids = true saknas. Bara en föreskrift som nämner användningen ger FAIL."
    uncounted = " eller ".join(sorted(basis.value for basis in UNCOUNTED))
    if rule.code is Code.I and rule.counted:
        yield (
            "code",
            f"är 'I', upplysning, men basis = {rule.basis.value!r} räknas: träffen skulle försvinna ur utfallet. "
            f'Välj en annan kod eller basis = "information".',
        )
    if rule.check == "conflict" and rule.code not in (Code.A, Code.I):
        yield "code", f"är {rule.code.value!r}. Villkoret conflict ger alltid koden A, avvägning. Ta bort code."
    if rule.gate and not rule.counted:
        yield (
            "gate",
            f"är true, men basis = {rule.basis.value!r} räknas inte, och en grind som inte räknas håller ingenting. "
            f"Ta bort gate eller välj en annan basis än {uncounted}.",
        )
    if rule.check == "at_most" and rule.basis is not Basis.CRITERION:
        yield (
            "basis",
            f'är {rule.basis.value!r}. Villkoret at_most är ett lokaliseringskriterium: basis = "criterion".',
        )


def _theme_disagreements(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield faults in which themes a rule looks at."""
    for name in ("themes", "eased_by"):
        named = rule.value(name) or ()
        for one in (named,) if isinstance(named, str) else named:
            if one not in themes():
                yield name, f"har det okända temat {one!r}. {divided(one) or expected(one, themes())}"
    named = rule.value("themes")
    if rule.check == "conflict" and named is not None:
        if len(named) != 2 or len(set(named)) != 2:
            yield "themes", f"är {list(named)}. Förväntade två olika teman; skriv en regel för varje par."
        elif rule.theme is not None and rule.theme not in named:
            yield "theme", f"är {rule.theme!r}, som inte står i themes och aldrig prövas. Ta bort theme."
    if rule.check == "covered":
        found = {*(named or ()), *((rule.theme,) if rule.theme else ())}
        if len(found) > 1 or named == ():
            yield (
                "themes",
                f"är {list(named or ())}. Villkoret covered prövar exakt ett tema, samma i theme och themes. "
                "Skriv en regel för varje tema.",
            )
        of = rule.value("of")
        if of is not None and of not in _ASKED_OF:
            yield "of", f"är {of!r}. {expected(of, _ASKED_OF)}"
    if KINDS[rule.check].subject in OF_LAND and rule.theme not in (None, LAND_USE):
        yield "theme", f'är {rule.theme!r}. Villkoret {rule.check} läser bara markanvändningen: theme = "land_use".'


def _citation(table: Table) -> Citation:
    citation = Citation(
        act=table.required_text("act"), section=table.text("section") or "",
        read=table.date("read") or datetime.date.min, checked=table.flag("checked", False),
    )  # fmt: skip
    if citation.read == datetime.date.min:
        table.fault("read", "saknas. Ange vilken dag källan lästes.")
    table.done()
    return citation


def read_uses(table: Table, name: str = "uses") -> tuple[str, ...]:
    """Return the ids of the uses that a key names; a word that names none is a fault, since it would be lost."""
    found = []
    for word in table.texts(name):
        use = find_use(word)
        if use is None:
            table.fault(name, f"har den okända användningen {word!r}. {expected_use(word)}")
        else:
            found.append(use.id)
    return tuple(found)


def _when(table: Table) -> tuple[When, ...]:
    """Read the conditions of a rule: one table, or a list of tables that must all hold."""
    raw = table.raw("when")
    if raw is None:
        return ()
    if isinstance(raw, list):
        if not raw:
            table.fault("when", "är tom. Ange minst ett villkor, eller ta bort nyckeln.")
        return tuple(_condition(one) for one in table.tables("when"))
    inner = table.table("when")
    return () if inner is None else (_condition(inner),)


def _condition(inner: Table) -> When:
    when = When(
        attribute=inner.required_text("attribute"), op=inner.choice("op", OPERATORS, required=True) or "==",
        value=inner.raw("value"), missing=inner.choice("missing", WHEN_MISSING) or WHEN_MISSING[0],
    )  # fmt: skip
    if not _comparable(when.value):
        inner.fault("value", f"är {when.value!r}. Förväntade ett ändligt tal, true eller false.")
    if isinstance(when.value, bool) and when.op not in _EQUALITY:
        inner.fault("op", _NO_ORDER.format(op=when.op))
    inner.done()
    return when


def _parameters(table: Table, check: str) -> dict[str, Parameter]:
    kind = KINDS[check]
    found = {}
    for name, shape in kind.parameters.items():
        if name not in table.keys():
            if name in kind.required:
                table.fault(name, f"saknas. Villkoret {check} kräver {name}.")
            continue
        parameter = _parameter(
            table, name, shape, unknown=name in kind.may_be_unknown, stated=name in kind.may_be_stated
        )
        if parameter is not None:
            found[name] = parameter
    return found


def _parameter(table: Table, name: str, shape: str, *, unknown: bool, stated: bool) -> Parameter | None:
    """Read a parameter: the bare value, or a table with value, source and checked.

    Where they may be, ``unknown`` or the ``attribute`` with which each site states its own stand instead of the value.
    """
    raw = table.raw(name)
    if not isinstance(raw, dict) or shape == "bands":
        return _valued(table, name, shape, raw)
    inner = Table(raw, table.key(name), table.faults)
    source, checked = inner.text("source"), inner.flag("checked", True)
    ceiling = _number(inner, "ceiling", "positive")
    if inner.flag("unknown", False):
        if not unknown:
            inner.fault("unknown", f"är true, men villkoret kan inte prövas utan {name}. Ange value.")
        if inner.raw("value") is not None:
            inner.fault("value", "står bredvid unknown = true. Ange det ena.")
        inner.done()
        return Parameter(value=None, source=source, checked=checked, ceiling=ceiling)
    if inner.has("ceiling"):
        inner.fault(
            "ceiling", "gäller bara ett okänt värde. Skriv unknown = true i stället för value, eller ta bort ceiling."
        )
    attribute = inner.text("attribute")
    if attribute is not None:
        if not stated:
            inner.fault("attribute", f"kan inte ange {name}: bara ett avstånd som varje plats har sitt eget av.")
        if inner.raw("value") is not None:
            inner.fault("value", "står bredvid attribute. Ange det ena.")
        inner.done()
        return Parameter(value=None, source=source, checked=checked, attribute=meant(attribute) or attribute)
    if inner.raw("value") is None:
        instead = ", eller unknown = true om värdet inte är känt" if unknown else ""
        instead += ", eller attribute om varje plats anger sitt eget" if stated else ""
        inner.fault("value", f"saknas. Ange value{instead}.")
        return None
    parameter = _valued(inner, "value", shape, inner.raw("value"))
    inner.done()
    return None if parameter is None else dataclasses.replace(parameter, source=source, checked=checked)


def _valued(table: Table, name: str, shape: str, raw: Any) -> Parameter | None:  # noqa: ANN401 - a TOML value
    if shape in ("number", "positive", "share"):
        value: Any = _number(table, name, shape)
    elif shape == "flag":
        value = table.get(name, bool)
    elif shape == "text":
        value = table.get(name, str, required=True)
    elif shape == "uses":
        value = read_uses(table, name)
    elif shape == "texts":
        value = table.texts(name)
    elif shape == "bands":
        value = tuple(_band(band) for band in table.tables(name))
        if raw == []:
            table.fault(name, "är tom, och då ställs frågan aldrig. Ange minst ett band med upto_m.")
    else:
        value = raw if _comparable(raw) else None
        if value is None:
            table.fault(name, f"är {raw!r}. Förväntade ett ändligt tal, true eller false.")
    return None if value is None else Parameter(value=value)


def _comparable(value: Any) -> bool:  # noqa: ANN401 - a TOML value
    """Tell whether an attribute can be compared with a value: nothing is ever more or less than nan."""
    return isinstance(value, bool | int | float) and math.isfinite(value)


def _number(table: Table, name: str, shape: str) -> float | None:
    """Return a number of 0 or more; what would make a condition never come true is a fault."""
    value = table.number(name, least=0.0)
    if value is None:
        return None
    if math.isinf(value):
        table.fault(name, "är inf. Förväntade ett ändligt tal.")
    elif value > LONGEST_M:
        table.fault(name, f"är {value:g}, och så långt är det ingenstans. Förväntade högst {LONGEST_M:g}.")
    elif shape == "positive" and value == 0:
        table.fault(name, "är 0, och då slår villkoret aldrig till. Förväntade ett tal större än 0.")
    elif shape == "share" and value >= 1:
        table.fault(name, f"är {value:g}. Förväntade en andel från 0 till under 1, till exempel 0.5 för hälften.")
    else:
        return value
    return None


def _band(table: Table) -> Mapping[str, Any]:
    upto = _number(table, "upto_m", "positive")
    if not table.has("upto_m"):
        table.fault("upto_m", "saknas. Ange bandets yttre gräns i meter.")
    # Left out and "*" mean the same: any use.
    anyone = table.raw("uses") in (None, [ANY_USE])
    band = {"upto_m": upto or 0.0, "uses": (ANY_USE,) if anyone else read_uses(table) or (ANY_USE,)}
    table.done()
    return band


def _cell(table: Table) -> Cell:
    value = table.get("value", int, required=True)
    if value is not None and value not in (0, 1, 2):
        table.fault("value", f"är {value}. Förväntade 1 (stöder), 2 (beror på) eller 0 (tas inte upp).")
        value = None
    named = table.texts("use")
    for word in named:
        if word not in letters() and word not in uses() and word != ANY_USE:
            table.fault("use", f"har {word!r}. {expected(word, [*uses(), *letters(), ANY_USE])}")
    cell = Cell(
        category=table.required_text("category"), subcategory=table.text("subcategory"), uses=named,
        value=2 if value is None else value, reason=table.required_text("reason"), firm=table.flag("firm", False),
        undecided=table.flag("undecided", False), statement=table.text("statement"),
        confirmed_by=table.text("confirmed_by"), reason_en=table.text("reason_en"),
        statement_en=table.text("statement_en"),
    )  # fmt: skip
    if not named:
        table.fault("use", 'saknas. Ange bokstäver, användningar eller "*".')
    if cell.firm and cell.statement is None:
        table.fault("statement", "saknas. Ett fast ställningstagande ska ha sin text.")
    table.done()
    return cell


def _contradicting(cells: Sequence[Cell], faults: Faults) -> None:
    """Record cells of one file that answer the same question differently and equally closely."""
    seen: dict[tuple[Any, ...], tuple[int, tuple[int, bool, bool]]] = {}
    for number, cell in enumerate(cells, 1):
        for word in dict.fromkeys(cell.uses):
            key = (cell.category, cell.subcategory, cell.confirmed_by is not None, word)
            first, answer = seen.setdefault(key, (number, _against(cell)))
            if answer != _against(cell):
                pair = " / ".join(part for part in (cell.category, cell.subcategory) if part)
                faults.add(
                    f"cell[{number}].use",
                    f"har {word!r} för {pair}, men cell[{first}] svarar annorlunda på samma fråga. "
                    "Ta bort den ena eller ge dem samma value.",
                )


# --- putting files together -------------------------------------------------------------------------------------------


def _assemble(sets: Sequence[RuleSet], overrides: Sequence[Override], where: str | None = None) -> RuleBook:
    problems: list[Fault] = []
    _unique("regelfilen", ((one.id, one.file) for one in sets), problems)
    _unique("regeln", ((rule.id, one.file) for one in sets for rule in one.rules), problems)
    _check_replacing(sets, problems)
    changed = _overridden(sets, overrides, where, problems)
    _raise_all(problems)
    applied = tuple(
        dataclasses.replace(one, rules=tuple(changed.get(rule.id, rule) for rule in one.rules))
        for one in sorted(sets, key=lambda one: one.id)
    )
    return RuleBook(sets=applied, overrides=tuple(overrides))


def _overridden(
    sets: Sequence[RuleSet], overrides: Sequence[Override], where: str | None, problems: list[Fault]
) -> Mapping[str, Rule]:
    """Return the rules that overrides change, as changed and vetted like any other rule."""
    by_id = {rule.id: rule for one in sets for rule in one.rules}
    owners = {id(override): one for one in sets for override in one.overrides}
    changed: dict[str, Rule] = {}
    heard: dict[tuple[str, str], str | None] = {}
    said: set[tuple[str | None, str, str]] = set()
    for override in overrides:
        owner = owners.get(id(override))
        source = where if owner is None else owner.file
        rule = changed.get(override.rule) or by_id.get(override.rule)
        if rule is None:
            message = f"[[override]] namnger regeln {override.rule!r}. {expected(override.rule, by_id)}"
            problems.append(Fault(message=message, path=source, rule_id=override.rule))
            continue
        this = (None if owner is None else owner.id, override.rule, override.parameter)
        if this in said:
            message = f"[[override]] av {rule.id}: filen sätter {override.parameter} mer än en gång. Behåll en av dem."
            problems.append(Fault(message=message, path=source, rule_id=rule.id))
        said.add(this)
        parameter = _overriding(rule, override, source, problems)
        if parameter is not None:
            changed[rule.id] = dataclasses.replace(rule, parameters={**rule.parameters, override.parameter: parameter})
            heard[rule.id, override.parameter] = heard[rule.id, ""] = source
    for rule in changed.values():
        for key, message in _disagreements(rule):
            # The fault stands at the key; the file to mend is the one that set it, or that set what it disagrees with.
            path = heard.get((rule.id, key), heard[rule.id, ""])
            problems.append(Fault(message=f"[[override]] av {rule.id}: {key} {message}", path=path, rule_id=rule.id))
    return changed


def _overriding(rule: Rule, override: Override, where: str | None, problems: list[Fault]) -> Parameter | None:
    allowed = KINDS[rule.check].parameters
    if override.parameter not in allowed:
        message = f"[[override]] av {rule.id}: parametern {override.parameter!r} finns inte. "
        problems.append(Fault(message=message + expected(override.parameter, allowed), path=where, rule_id=rule.id))
        return None
    faults = Faults(where or "")
    table = Table({"value": override.value}, f"override {rule.id}", faults)
    parameter = _valued(table, "value", allowed[override.parameter], override.value)
    problems.extend(faults.found)
    return (
        None
        if parameter is None
        else dataclasses.replace(parameter, source=override.source, checked=override.checked, overridden=True)
    )


def _check_replacing(sets: Sequence[RuleSet], problems: list[Fault]) -> None:
    """Record a rule that supersedes one it cannot stand in for: the question would fall silent."""
    by_id = {rule.id: rule for one in sets for rule in one.rules}
    for file, rule in ((one.file, rule) for one in sets for rule in one.rules if rule.supersedes is not None):
        message = _cannot_replace(rule, by_id)
        message = message or _leaves_a_gap(rule, by_id)
        if message is not None:
            message = f"regeln {rule.id!r} har supersedes = {rule.supersedes!r}, {message}"
            problems.append(Fault(message=message, path=file, rule_id=rule.id))


def _cannot_replace(rule: Rule, by_id: Mapping[str, Rule]) -> str | None:
    old = by_id.get(rule.supersedes or "")
    if old is None:
        # A file read by itself, as a pack's are before they join the rest, may still name a national rule.
        known = {*by_id, *_national_ids()}
        if rule.supersedes in known:
            return None
        return f"som inte finns. {expected(str(rule.supersedes), known)} Ersätter den ingen regel, ta bort supersedes."
    if old.counted and not rule.counted:
        return (
            f"som räknas i utfallet, men har själv basis = {rule.basis.value!r}, som inte räknas. "
            "Ge den en basis som räknas, eller ta bort supersedes."
        )
    if old.gate and not rule.gate:
        return "som är en grind, men är själv ingen. Ange gate = true, eller ta bort supersedes."
    lost = [one for one in old.themes() if one != old.value("eased_by") and one not in rule.themes()]
    if lost:
        return f"men frågar inte om {', '.join(lost)}: den frågan skulle ingen ställa. Ta bort supersedes."
    later, seen = old, {rule.id}
    while later.id not in seen:
        seen.add(later.id)
        later = by_id.get(later.supersedes or "", later)
    if later.id == rule.id:
        return "som i sin tur ersätts av den: ingen av dem skulle ställas. Ta bort supersedes ur den äldre regeln."
    return None


def _leaves_a_gap(rule: Rule, by_id: Mapping[str, Rule]) -> str | None:
    """Return what to say of a rule that begins later than the day after the one that it supersedes has ended."""
    old = by_id.get(rule.supersedes or "")
    if old is None or old.valid_to is None or rule.valid_from is None:
        return None
    first, last = old.valid_to + datetime.timedelta(days=1), rule.valid_from - datetime.timedelta(days=1)
    others = (one for one in by_id.values() if one.id != rule.id and one.supersedes == old.id)
    if first > last or any(one.holds_on(first) and one.asks_as_widely(old) for one in others):
        return None
    return (
        f"som gäller till och med {old.valid_to}, men gäller själv från {rule.valid_from}: från {first} till {last} "
        "skulle ingen av dem ställas. Rätta valid_to eller valid_from."
    )


@functools.cache
def _national_ids() -> frozenset[str]:
    """Return the ids of the national rules, without vetting them."""
    found: set[str] = set()
    for path in _national_files():
        root = read_toml(path, Faults(path.name))
        found.update(table.required_text("id") for table in (root.tables("rule") if root is not None else ()))
    return frozenset(found)


def _unique(kind: str, named: Iterable[tuple[str, str]], problems: list[Fault]) -> None:
    seen: dict[str, str] = {}
    for name, file in named:
        if name in seen:
            message = (
                f"{kind} {name!r} finns redan i {seen[name]}. Ge den ett eget id; ändra en gräns med [[override]]."
            )
            problems.append(Fault(message=message, path=file))
        seen.setdefault(name, file)


def _open(path: Path) -> tuple[Table, Faults]:
    faults = Faults(path.name)
    root = read_toml(path, faults)
    if root is None:
        raise RuleError(faults.found)
    return root, faults


def _raise(faults: Faults) -> None:
    _raise_all(faults.found)


def _raise_all(faults: Sequence[Fault]) -> None:
    if faults:
        raise RuleError(faults)
