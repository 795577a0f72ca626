"""What the page says, as frozen values: everything is decided before the templates, which only lay it out."""

from __future__ import annotations

from dataclasses import dataclass

from opcheck.report.map import SiteMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """An outcome: its word, and the name that its icon and line pattern go by."""

    outcome: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A name and what it stands for."""

    name: str
    text: str
    mono: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """An object of a layer that a finding names."""

    number: int | None
    relation: str
    layer: str
    id: str
    name: str
    amount: str
    share: str
    distance: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a plan or a decision says itself, and whether that holds here."""

    text: str
    source: str
    superseded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A section of a statute; `unchecked` is the warning when nobody has held it against the text itself."""

    text: str
    unchecked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finding, written out."""

    anchor: str
    title: str
    tag: Tag
    code: str | None
    term: str | None
    gate: bool
    decides: bool
    uncounted: bool
    brief: bool
    uses: str | None
    message: str
    measures: tuple[Pair, ...]
    objects: tuple[Object, ...]
    quotes: tuple[Quote, ...]
    next_step: str | None
    unit: str | None
    consult: str | None
    basis: str
    citations: tuple[Citation, ...]
    rule: str
    version: str | None
    border: tuple[str, ...]
    adjustments: tuple[str, ...]
    working: tuple[str, ...]
    details: tuple[str, ...]
    pieces: str | None
    fitness: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All answers of a site with one outcome."""

    tag: Tag
    intro: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A question that could not be answered, as a row of a table: what is missing, what to do and who answers."""

    anchor: str
    title: str
    rule: str
    decides: bool
    uses: str | None
    message: str
    next_step: str | None
    objects: tuple[Object, ...]
    unit: str | None
    working: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A question for which there is no layer at all: what is missing and who has it."""

    anchor: str
    title: str
    rule: str
    decides: bool
    uses: str | None
    text: str
    next_step: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Questions without a layer that one unit answers."""

    unit: str
    questions: tuple[Lack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """All that was not tested for a site, in the order it asks for attention.

    Parameters
    ----------
    tag, intro, count
        The outcome, what it means, and how many questions.
    answers
        Gates, and questions with more to read than fits in a row.
    particular
        Questions that lack something about this very site.
    missing, missing_count
        Questions for which the plan pack has no layer, unit by unit: they are the same for every site.
    shared
        Where paper has those questions when several sites share them: once, for the whole report.
    """

    tag: Tag
    intro: str
    count: int
    answers: tuple[Answer, ...]
    particular: tuple[Open, ...]
    missing: tuple[Lacking, ...]
    missing_count: int
    shared: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a site with one governing document and zone."""

    letter: str
    document: str
    zone: str
    area: str
    share: str
    code: str
    use: str
    superseded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """How far it is to something the user asked for; `mark` names the icon of the answer."""

    title: str
    rule: str
    use: str | None
    measured: str
    nearest: str
    how: str
    threshold: str
    mark: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A layer that was looked through without a hit.

    Parameters
    ----------
    layer
        Its title, date and number of objects as one text.
    line
        All of it as one text, for a table in which several share a cell.
    """

    layer: str
    coverage: str
    nearest: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """A question that met nothing, and what that rests on: one proof per layer, at least one.

    Parameters
    ----------
    pairs
        Title and rule of the questions that the row answers, where it answers several of one kind at once; such a row
        has no rule of its own.
    """

    title: str
    rule: str | None
    pairs: tuple[Pair, ...]
    code: str | None
    message: str | None
    border: tuple[str, ...]
    proofs: tuple[Proof, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inapplicable:
    """Questions that do not arise for one reason, by title and rule."""

    message: str
    questions: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A study, a permit or a consultation that a question points to."""

    title: str
    need: str
    text: str | None
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Questions on a site with one outcome that asks for something, as a list in words.

    Parameters
    ----------
    more
        The list, where `title` only counts: what was not tested is listed once, in a part of its own.
    """

    tag: Tag
    title: str
    more: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a statement, and the questions that belong under it; `clear` counts those with nothing against."""

    number: int
    title: str
    text: str | None
    questions: tuple[Question, ...]
    clear: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A ground for the county's review, and the questions that belong to it, or why there are none."""

    title: str
    text: str | None
    questions: tuple[Question, ...]
    clear: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A site's case: what is due and why, what is lacking, and how the statement is built.

    Parameters
    ----------
    rule
        The sentence behind the last day, None where there is none.
    asks
        Whether the kind of case says what a request must hold.
    """

    anchor: str
    title: str
    facts: tuple[Pair, ...]
    rule: str | None
    notes: tuple[str, ...]
    law: tuple[Citation, ...]
    asks: bool
    missing: tuple[str, ...]
    documents: tuple[Step, ...]
    groups: tuple[Ground, ...]
    structure: tuple[Heading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A unit at the table with its questions; `more` counts those that did not fit."""

    title: str
    questions: tuple[str, ...]
    more: str | None
    waiting: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """The sheet for a meeting about a site, on one page; `density` 1 or 2 when that takes a smaller type."""

    anchor: str
    title: str
    density: int
    facts: tuple[Pair, ...]
    seats: tuple[Seat, ...]
    seats_more: str | None
    parties: tuple[Pair, ...]
    parties_more: str | None
    applicant: tuple[str, ...]
    applicant_more: str | None
    waiting: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in the summary's table of last days."""

    anchor: str | None
    name: str
    kind: str
    number: str
    received: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsPart:
    """Paragraphs under a heading; a letter has none."""

    title: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text to copy: for the case officer's paper, or to the applicant."""

    anchor: str
    title: str
    intro: str
    parts: tuple[WordsPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site's own section."""

    number: int
    anchor: str
    id: str
    name: str
    facts: tuple[Pair, ...]
    tag: Tag
    plan_code: str
    headline: tuple[str, ...]
    counts: tuple[Pair, ...]
    detailed_plan: tuple[Answer, ...]
    information: tuple[Answer, ...]
    groups: tuple[Group, ...]
    untested: Untold | None
    found_nothing_against: tuple[Answer, ...]
    parts: tuple[Part, ...]
    criteria: tuple[Criterion, ...]
    clear: tuple[Clear, ...]
    inapplicable: tuple[Inapplicable, ...]
    unusable: str | None
    map: SiteMap | None
    map_absent: str | None
    case_line: str | None
    case: Case | None
    lots: Lots | None
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A site in the summary table; `anchor` is None when it has no section."""

    number: int
    anchor: str | None
    name: str
    id: str
    uses: str
    tag: Tag
    plan_code: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRow:
    """A site in the table of plots: one cell per column, in the columns' order."""

    anchor: str | None
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """A question that some sites have no answer to; `text` and `next_step` only where no site says them on paper."""

    title: str
    rule: str
    text: str | None
    next_step: str | None
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """A reason why questions could not be answered, and those questions over all sites, with the sites they concern."""

    reason: str
    count: str
    questions: tuple[Unasked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """A row of a layer that was not simply used as it stood."""

    layer: str
    feature: str
    state: str
    reason: str
    place: str
    accepted: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something that a person answers for."""

    kind: str
    text: str
    by: str
    standing: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A plan document and its standing, with what stands under its name."""

    name: str
    kind: str
    status: str
    dates: tuple[str, ...]
    current: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A layer: what it is, where it comes from, and the bytes it was."""

    title: str
    theme: str
    document: str | None
    note: str | None
    unconfirmed: bool
    date: str
    owner: str
    licence: str
    accuracy: str
    fitness: tuple[str, ...]
    border: str
    coverage: str
    rows: str
    remarks: str
    traces: tuple[Pair, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """A rule file."""

    title: str
    id: str
    version: str
    count: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """Sections of one act or source that a rule rests on, each with whether somebody has held it against the text."""

    what: str
    statute: bool
    sections: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Rules that rest on the same thing: title and id of each; `version` only where it is not the usual one."""

    names: tuple[Pair, ...]
    version: str | None
    citations: tuple[Sections, ...]
    working: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Rules with one kind of ground."""

    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleList:
    """The rules of a run.

    Parameters
    ----------
    asked
        Those that apply to some site.
    idle, idle_title
        The others, and how many: they stand folded.
    acts
        The acts cited, with their numbers, so that each stands once.
    read, version
        What holds for those that say nothing else.
    """

    asked: tuple[Basis, ...]
    idle: tuple[Basis, ...]
    idle_title: str | None
    acts: str
    read: str | None
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page."""

    lang: str
    title: str
    heading: str
    demonstration: bool
    facts: tuple[Pair, ...]
    documents: tuple[Document, ...]
    scope: str
    rows: tuple[Row, ...]
    plot_columns: tuple[str, ...]
    plots: tuple[PlotRow, ...]
    totals: tuple[Tag, ...]
    total_counts: tuple[int, ...]
    cases: tuple[CaseRow, ...]
    sites: tuple[Site, ...]
    sites_note: str | None
    maps_note: str | None
    untested: tuple[Untested, ...]
    not_seen: tuple[str, ...]
    ledger: tuple[LedgerRow, ...]
    statements: tuple[Statement, ...]
    data: tuple[Data, ...]
    data_usual: str | None
    data_notes: tuple[str, ...]
    site_notes: tuple[str, ...]
    rulesets: tuple[Ruleset, ...]
    rules: RuleList
    crs: str
    attribution: str | None
    licence: str | None
