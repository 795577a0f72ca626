"""Rule files: law, guidance and criteria as data, vetted whole before the first site is looked at."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opcheck.checks import KINDS, OPERATORS, Override, Parameter
from opcheck.errors import Fault, RuleError
from opcheck.findings import UNCOUNTED, Basis, Code, Outcome, Severity
from opcheck.tables import Faults, Table, expected, read_toml

RULESETS = Path(__file__).with_name("rulesets")
THEMES_FILE = "themes.toml"
USES_FILE = "uses.toml"
FORMAT = 1
NEEDS = ("utredning", "tillstånd", "samråd")
ANY_USE = "*"

UNITS = ("plan", "bygg", "miljo", "exploatering", "va", "trafik", "naringsliv", "raddning")
"""Parts of a municipality that answer for findings; each pack gives them its own names."""

GROUNDS = (1, 2, 3, 4, 5)
"""The grounds on which the county may review a plan (PBL 11:10 second paragraph)."""

_ORDER = ("plan", "interest", "protection", "risk", "road", "rail", "height", "service", "criterion")
"""Families of rule ids in the order in which a planner asks; others come last. Presentation only."""

_NOBODY: tuple[str, ...] = ()

_COUNTED_CODES = tuple(code.value for code in (Code.R2, Code.K, Code.V, Code.A, Code.I))


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
class Use:
    """A word for a proposed use, and the detaljplan letters it reads as."""

    id: str
    letters: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A section of an act or another source, when it was read, and whether its wording has been checked."""

    act: str
    section: str
    read: datetime.date
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """An attribute of the site on which a rule depends."""

    attribute: str
    op: str
    value: Any


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One question to ask of every site.

    Parameters
    ----------
    id
        Never reused: changed law is a new id that supersedes the old one.
    title
        A key in the texts, or the title itself in a user's own file.
    theme
        What it asks about; None where no map can answer.
    check
        Name of its kind in `opcheck.checks.KINDS`.
    hit, code, need
        What a hit comes to.
    basis, severity, gate, verb, ground
        As in the rule file.
    uses, when
        The uses the rule applies to (empty is all), and the attribute it depends on.
    parameters
        The check's parameters.
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
    when: When | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    supersedes: str | None = None

    @property
    def counted(self) -> bool:
        """Whether its findings enter the verdict."""
        return self.basis not in UNCOUNTED

    @property
    def reach_m(self) -> float:
        """How far around a site the rule must be able to see."""
        return KINDS[self.check].reach(self.parameters)

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

    def order(self) -> tuple[int, str]:
        """Return a key that sorts rules for presentation, independent of files and their order."""
        family = self.id.partition(".")[0]
        return (_ORDER.index(family) if family in _ORDER else len(_ORDER)), self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One rule file."""

    id: str
    version: str
    title: str | None
    file: str
    sha256: str
    rules: tuple[Rule, ...]
    cells: tuple[Cell, ...]
    overrides: tuple[Override, ...] = ()


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

    def on(self, day: datetime.date) -> tuple[Rule, ...]:
        """Return the rules valid on a day; a rule replaced by another valid one is left out."""
        valid = [rule for rule in self.rules if rule.holds_on(day)]
        replaced = {rule.supersedes for rule in valid}
        return tuple(rule for rule in valid if rule.id not in replaced)

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
        """Return the matrix cell for a pair and a use: the most specific one, the municipality's own first."""
        fitting = [
            (_specific(cell, use), cell)
            for one in self.sets
            for cell in one.cells
            if cell.category == category
            and cell.subcategory in (None, subcategory)
            and _specific(cell, use) is not None
        ]
        return max(fitting, key=lambda pair: (pair[0], pair[1].reason), default=(None, None))[1]


def _specific(cell: Cell, use: Use) -> tuple[bool, bool, int, int] | None:
    """Return how closely a cell fits a use, None when it does not; of several letters the more favourable one wins."""
    if use.id in cell.uses:
        near = 2
    elif set(use.letters) & set(cell.uses):
        near = 1
    elif ANY_USE in cell.uses:
        near = 0
    else:
        return None
    return cell.confirmed_by is not None, cell.subcategory is not None, near, (0, 2, 1)[cell.value]


# --- vocabulary
# --------------------------------------------------------------------------------------------------------


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
        use = Use(id=table.required_text("id"), letters=table.texts("letters"), aliases=table.texts("aliases"))
        table.done()
        found[use.id] = use
    root.done()
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


def find_use(word: str) -> Use | None:
    """Return the use that a word stands for, whatever its case; None when the vocabulary lacks it."""
    found = _use_words().get(" ".join(word.split()).casefold())
    return None if found is None else uses()[found]


# --- reading
# -----------------------------------------------------------------------------------------------------------


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
    files = [Path(path) for path in paths]
    shown = [os.fspath(path) for path in paths]
    if national:
        shipped = sorted(path for path in RULESETS.glob("*.toml") if path.name not in (THEMES_FILE, USES_FILE))
        files, shown = shipped + files, [path.name for path in shipped] + shown
    problems: list[Fault] = []
    sets = []
    for file, name in zip(files, shown, strict=True):
        faults = Faults(name)
        one = _read_set(file, faults)
        problems.extend(faults.found)
        if one is not None:
            sets.append(one)
    _raise_all(problems)
    applied = tuple(override for one in sets for override in one.overrides) if overrides else ()
    return _assemble(tuple(sets), applied)


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
    set_id, version, title = _head(root)
    rules = [_rule(table, set_id, version) for table in root.tables("rule")]
    cells = [_cell(table) for table in root.tables("cell")]
    overrides = [read_override(table) for table in root.tables("override")]
    root.done()
    if not rules and not cells and not overrides and not faults:
        faults.add(None, "har varken [[rule]], [[cell]] eller [[override]]. Filen säger ingenting; kontrollera namnet.")
    if faults:
        return None
    return RuleSet(
        id=set_id, version=version, title=title, file=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        rules=tuple(rule for rule in rules if rule is not None), cells=tuple(cells), overrides=tuple(overrides),
    )  # fmt: skip


def _head(root: Table) -> tuple[str, str, str | None]:
    head = root.table("ruleset")
    if head is None:
        if not root.has("ruleset"):
            root.fault("ruleset", "saknas. Filen ska börja med [ruleset] och id, version och format = 1.")
        return "", "", None
    set_id, version, title = head.required_text("id"), head.required_text("version"), head.text("title")
    number = head.get("format", int, required=True)
    if number is not None and number != FORMAT:
        head.fault("format", f"är {number}. Den här versionen av opcheck läser format {FORMAT}.")
    head.done()
    return set_id, version, title


def _rule(table: Table, set_id: str, version: str) -> Rule | None:
    check = table.choice("check", KINDS, required=True)
    rule_id = table.required_text("id")
    theme = table.choice("theme", themes())
    hit = table.choice("hit", ("REVIEW", "FAIL", "OPEN"), required=True)
    basis = table.choice("basis", tuple(Basis), required=True)
    severity = table.choice("severity", tuple(Severity), required=True)
    need = table.choice("need", NEEDS)
    code = table.choice("code", _COUNTED_CODES)
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
        _agree(table, check, theme, hit, rule_basis, parameters)
    if valid_from and valid_to and valid_to < valid_from:
        table.fault("valid_to", f"är {valid_to}, före valid_from {valid_from}.")
    if check is None or hit is None:
        return None
    return Rule(
        id=rule_id, ruleset=set_id, version=version, title=title, theme=theme, check=check, hit=Outcome(hit),
        code=Code(code) if code else (Code.K if need else Code.R2), basis=rule_basis,
        severity=Severity(severity) if severity else Severity.WARNING, gate=gate, citations=citations, unit=unit,
        consult=consult, need=need, verb=verb, ground=ground, uses=applies, when=when, parameters=parameters,
        valid_from=valid_from, valid_to=valid_to, supersedes=supersedes,
    )  # fmt: skip


def _agree(
    table: Table, check: str, theme: str | None, hit: str | None, basis: Basis, parameters: Mapping[str, Parameter]
) -> None:
    """Record faults that lie between keys."""
    kind = KINDS[check]
    if hit is not None and Outcome(hit) not in kind.may_reach:
        allowed = ", ".join(sorted(kind.may_reach))
        table.fault("hit", f"är {hit!r}. Villkoret {check} kan bara ge {allowed}.")
    if hit == "FAIL" and check == "avoid" and not (parameters.get("forbids") and parameters["forbids"].value):
        table.fault("hit", "är 'FAIL', men forbids = true saknas. Bara en föreskrift som nämner användningen ger FAIL.")
    about_themes = kind.subject in ("theme", "zones", "bands", "covered") and "themes" not in parameters
    if theme is None and not table.has("theme") and about_themes:
        table.fault("theme", "saknas. Ange vilket tema regeln frågar om.")
    if check == "conflict" and len(parameters.get("themes", Parameter(value=())).value or ()) != 2:
        table.fault("themes", "ska namnge två teman.")
    if check == "at_most" and basis is not Basis.CRITERION:
        table.fault(
            "basis", f'är {basis.value!r}. Villkoret at_most är ett lokaliseringskriterium: basis = "criterion".'
        )
    if check == "trigger" and "op" in parameters and parameters["op"].value not in OPERATORS:
        table.fault("op", f"är {parameters['op'].value!r}. {expected(str(parameters['op'].value), OPERATORS)}")
    for name in ("themes", "eased_by"):
        named = parameters[name].value if name in parameters else ()
        for one in (named,) if isinstance(named, str) else named or ():
            if one not in themes():
                table.fault(name, f"har det okända temat {one!r}. {expected(one, themes())}")


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
            table.fault(name, f"har den okända användningen {word!r}. {expected(word, uses())}")
        else:
            found.append(use.id)
    return tuple(found)


def _when(table: Table) -> When | None:
    inner = table.table("when")
    if inner is None:
        return None
    when = When(
        attribute=inner.required_text("attribute"), op=inner.choice("op", OPERATORS, required=True) or "==",
        value=inner.raw("value"),
    )  # fmt: skip
    if not isinstance(when.value, bool | int | float):
        inner.fault("value", f"är {when.value!r}. Förväntade ett tal, true eller false.")
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
        parameter = _parameter(table, name, shape)
        if parameter is not None:
            found[name] = parameter
    return found


def _parameter(table: Table, name: str, shape: str) -> Parameter | None:
    """Read a parameter: the bare value, or a table with value (or unknown), source and checked."""
    if shape == "bands":
        return Parameter(value=tuple(_band(band) for band in table.tables(name)))
    raw = table.raw(name)
    if not isinstance(raw, dict):
        return _valued(table, name, shape, raw)
    inner = Table(raw, table.key(name), table.faults)
    source, checked, unknown = inner.text("source"), inner.flag("checked", True), inner.flag("unknown", False)
    ceiling = inner.number("ceiling", least=0.0)
    if unknown:
        inner.done()
        return Parameter(value=None, source=source, checked=checked, ceiling=ceiling)
    if inner.raw("value") is None:
        inner.fault("value", "saknas. Ange value, eller unknown = true om värdet inte är känt.")
        return None
    parameter = _valued(inner, "value", shape, inner.raw("value"))
    inner.done()
    return None if parameter is None else dataclasses.replace(parameter, source=source, checked=checked)


def _valued(table: Table, name: str, shape: str, raw: Any) -> Parameter | None:  # noqa: ANN401 - a TOML value
    if shape == "number":
        value: Any = table.number(name, least=0.0)
    elif shape == "flag":
        value = table.get(name, bool)
    elif shape == "text":
        value = table.text(name)
    elif shape == "uses":
        value = read_uses(table, name)
    elif shape == "texts":
        value = table.texts(name)
    else:
        value = raw if isinstance(raw, bool | int | float) else None
        if value is None:
            table.fault(name, f"är {raw!r}. Förväntade ett tal, true eller false.")
    return None if value is None else Parameter(value=value)


def _band(table: Table) -> Mapping[str, Any]:
    upto = table.number("upto_m", least=0.0)
    if upto is None:
        table.fault("upto_m", "saknas. Ange bandets yttre gräns i meter.")
    band = {"upto_m": upto or 0.0, "uses": read_uses(table) or (ANY_USE,)}
    table.done()
    return band


def _cell(table: Table) -> Cell:
    value = table.get("value", int, required=True)
    if value is not None and value not in (0, 1, 2):
        table.fault("value", f"är {value}. Förväntade 1 (stöder), 2 (beror på) eller 0 (tas inte upp).")
        value = None
    named = table.texts("use")
    letters = {letter for use in uses().values() for letter in use.letters}
    for word in named:
        if word not in letters and word not in uses() and word != ANY_USE:
            table.fault("use", f"har {word!r}. {expected(word, [*uses(), *letters, ANY_USE])}")
    cell = Cell(
        category=table.required_text("category"), subcategory=table.text("subcategory"), uses=named,
        value=2 if value is None else value, reason=table.required_text("reason"), firm=table.flag("firm", False),
        undecided=table.flag("undecided", False), statement=table.text("statement"),
        confirmed_by=table.text("confirmed_by"),
    )  # fmt: skip
    if not named:
        table.fault("use", 'saknas. Ange bokstäver, användningar eller "*".')
    if cell.firm and cell.statement is None:
        table.fault("statement", "saknas. Ett fast ställningstagande ska ha sin text.")
    table.done()
    return cell


# --- putting files together
# --------------------------------------------------------------------------------------------


def _assemble(sets: Sequence[RuleSet], overrides: Sequence[Override], where: str | None = None) -> RuleBook:
    problems: list[Fault] = []
    _unique("regelfilen", ((one.id, one.file) for one in sets), problems)
    _unique("regeln", ((rule.id, one.file) for one in sets for rule in one.rules), problems)
    by_id = {rule.id: rule for one in sets for rule in one.rules}
    changed: dict[str, Rule] = {}
    for override in overrides:
        source = next((one.file for one in sets if any(own is override for own in one.overrides)), where)
        rule = changed.get(override.rule) or by_id.get(override.rule)
        if rule is None:
            message = f"[[override]] namnger regeln {override.rule!r}. {expected(override.rule, by_id)}"
            problems.append(Fault(message=message, path=source, rule_id=override.rule))
            continue
        parameter = _overriding(rule, override, source, problems)
        if parameter is not None:
            changed[rule.id] = dataclasses.replace(rule, parameters={**rule.parameters, override.parameter: parameter})
    _raise_all(problems)
    applied = tuple(
        dataclasses.replace(one, rules=tuple(changed.get(rule.id, rule) for rule in one.rules))
        for one in sorted(sets, key=lambda one: one.id)
    )
    return RuleBook(sets=applied, overrides=tuple(overrides))


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
        None if parameter is None else dataclasses.replace(parameter, source=override.source, checked=override.checked)
    )


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
