"""A plan pack as values: its documents, layers and statements, which document governs, and whether it is current.

Nothing here opens a file: `opcheck.manifest` reads the manifest and `opcheck.features` the rows.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from opcheck.checks import Override
from opcheck.findings import Flags, Floats
from opcheck.geometry import Geometries, LedgerEntry

DOCUMENT_KINDS = ("översiktsplan", "fördjupning", "tillägg", "detaljplan", "områdesbestämmelser")
IN_FORCE = "laga kraft"
DOCUMENT_STATUSES = ("okänd", "samråd", "granskning", "antagen", IN_FORCE, "ersatt", "upphävd")
STATUS_UNKNOWN = "okänd"
"""Nobody here knows how far the document has come: it may be in force, so it is neither left out nor relied on."""
PENDING = frozenset({"samråd", "granskning", "antagen"})
"""Not yet in force: shown as pågående, never governing (PBL 3:21: adoption has effect only with legal force)."""

FIELD_ROLES = (
    "id", "name", "category", "subcategory", "text", "status", "date", "owner", "note", "responsible", "forbids",
    "uses", "max_height_m", "section", "horizon",
)  # fmt: skip
CURRENT_SAID, LAPSED_SAID, PART_SAID = CURRENCY_SAYS = ("aktuell", "inte aktuell", "delvis aktuell")
BORDERS = ("indicative", "legal")
EFFECTS = ("stöder", "villkor", "utesluter")
PURPOSES = (
    "läge", "avstånd", "översiktsplan", "planbesked", "detaljplan", "förhandsbesked", "bygglov", "tillstånd",
    "markanvisning", "lokaliseringsutredning",
)  # fmt: skip
"""What data can be said to be fit for: telling whether an object meets a site, how far it is, or a kind of case."""
FITS = ("ja", "begränsat", "nej")
MUNICIPALITY = "municipality"
UNKNOWN = "unknown"
"""Said of a document's area: it applies to a part of the municipality, and nobody here knows which."""
MANIFEST = "plan.toml"
"""Name of the manifest in the folder of a plan pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file, its layer, and what the manifest declares about both."""

    file: str
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None

    @property
    def shown(self) -> str:
        """The file as messages and records name it: never by an absolute path, which is one machine's own."""
        path = Path(self.file)
        return f"{path.parent.name}/{path.name}" if path.is_absolute() else self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date of which the day, or the month, may be unknown: ``2016``, ``2016-05`` or ``2016-05-30``."""

    text: str
    first: datetime.date
    last: datetime.date

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Return the date written in a text.

        Raises
        ------
        ValueError
            The text is none of the three forms, or no such day exists.
        """
        parts = text.split("-")
        if len(parts) == 3:
            day = datetime.date.fromisoformat(text)
            return cls(text=text, first=day, last=day)
        if not 1 <= len(parts) <= 2 or len(parts[0]) != 4:
            raise ValueError(text)
        year = int(parts[0])
        months = (1, 12) if len(parts) == 1 else (int(parts[1]), int(parts[1]))
        last = calendar.monthrange(year, months[1])[1]
        return cls(text=text, first=datetime.date(year, months[0], 1), last=datetime.date(year, months[1], last))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """What a planeringsstrategi (PBL 3:23) says of a document, or of a part of it.

    Parameters
    ----------
    decided, says
        As in the manifest: one of `CURRENCY_SAYS`.
    themes
        It holds for these themes alone; empty is all.
    area
        It holds inside this area alone; None is everywhere. The loaded area is
        ``LoadedPlan.currency_areas[document.id, number]``, with the entry's place in `Document.currency` as number.
    """

    decided: datetime.date
    says: str
    themes: tuple[str, ...] = ()
    area: Source | None = None


class Force(StrEnum):
    """Whether a document is in force on a day."""

    YES = "in_force"
    NO = "not_in_force"
    PENDING = "pending"
    UNKNOWN = "unknown"


MAY_GOVERN = frozenset({Force.YES, Force.UNKNOWN})
"""What is in force, and what may be: the latter can settle nothing, but must not be left out either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An adopted or pending plan.

    Parameters
    ----------
    id, kind, name, status
        As in the manifest.
    adopted, legal_force
        Dates, None when unknown.
    area
        Where the document applies; None is the whole municipality, unless `area_unknown`.
    area_unknown
        The document applies to a part of the municipality that is not loaded: it may govern anywhere.
    themes
        What a tillägg deals with; empty is everything.
    base
        The document that this one amends.
    kept
        For an amendment older than its base plan: whether the base plan kept it. None is unknown.
    currency
        Decisions on whether the document is current, oldest first.
    url
        Where the document can be read.
    published
        In what form it is published; None is unknown.
    horizon_from
        The year from which the plan counts its horizons ("0–10 år"); None is unknown.
    note
        What a reader must know of the document, such as how a date was read.
    """

    id: str
    kind: str
    name: str
    status: str
    adopted: PartialDate | None = None
    legal_force: PartialDate | None = None
    area: Source | None = None
    area_unknown: bool = False
    themes: tuple[str, ...] = ()
    base: str | None = None
    kept: bool | None = None
    currency: tuple[Currency, ...] = ()
    url: str | None = None
    published: str | None = None
    horizon_from: int | None = None
    note: str | None = None

    def force(self, on: datetime.date) -> Force:
        """Tell whether the document is in force on a day.

        A day inside a date that is known only to its year or month is unknown. Adoption alone gives no force
        (PBL 3:21): without a date of legal force, the rest of the year of adoption is unknown, and later days rest on
        the status. A document that has been replaced is not in force, since the manifest does not say from when; ask
        with the older pack for an older day.
        """
        if self.status in ("ersatt", "upphävd"):
            return Force.NO
        if self.status in PENDING:
            return Force.PENDING
        if self.status == STATUS_UNKNOWN:
            return Force.UNKNOWN
        since = self.since
        if since is None or on > since.last:
            return Force.YES
        if on < since.first:
            # Adopted and not yet in force is a plan on its way; before its adoption nothing is known of it.
            return Force.PENDING if self.adopted is not None and self.adopted.last <= on else Force.NO
        return Force.YES if since.first == since.last else Force.UNKNOWN

    @property
    def since(self) -> PartialDate | None:
        """From when the document has been in force, as far as known: what is not known widens it."""
        if self.legal_force is not None or self.adopted is None:
            return self.legal_force
        end = datetime.date(self.adopted.last.year, 12, 31)
        return PartialDate(text=self.adopted.text, first=self.adopted.first, last=end)

    def covers(self, theme: str) -> bool:
        """Tell whether the document deals with a theme."""
        return not self.themes or theme in self.themes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """What a person has read out of a zone's text."""

    feature: str
    effect: str
    uses: tuple[str, ...]
    quote: str | None
    by: str
    on: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMapping:
    """The municipality's own legend value, and the ÖP-modell pair it stands for."""

    category: str | None
    subcategory: str | None
    to: tuple[str, str | None]
    evidence: str | None


def folded(text: str | None) -> str | None:
    """Return a legend value as it is compared: case, runs of blanks and the ampersand do not matter."""
    return None if text is None else " ".join(text.replace("&", "och").split()).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Somebody's statement that something is as it should be, and who says so."""

    what: str
    reason: str
    stated_by: str
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitness:
    """What the holder of a layer says it can be used for.

    Parameters
    ----------
    purpose, fit
        One of `PURPOSES` and one of `FITS`.
    source
        Where the holder says so.
    scale
        The largest scale for which it holds, as its denominator: 50 000 is 1:50 000. None is not stated.
    """

    purpose: str
    fit: str
    source: str
    scale: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A neighbouring municipality.

    Parameters
    ----------
    pack
        Its own plan pack, as the manifest names it; None when there is none.
    manifest
        The manifest of that pack, found but not read; not part of any output.
    area
        Its territory; None is not loaded.
    """

    name: str
    code: str | None = None
    pack: str | None = None
    manifest: Path | None = None
    area: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One theme's data: where it is, how it is read, how good it is.

    Parameters
    ----------
    fields
        Role (see `FIELD_ROLES`) → column.
    accuracy_m
        Of the drawn borders; None is unknown.
    border
        ``legal`` where the drawn line is the law's, ``indicative`` where it is not meant exactly.
    coverage
        Inside it the layer holds every object of its theme: "municipality", a source, or None (not stated).
    confirmed
        False when the data is not the authority's own.
    scale
        The scale it was made for, as its denominator; None is unknown. No accuracy is derived from it.
    fitness
        What its holder says it can be used for, purpose by purpose.
    """

    id: str
    theme: str
    source: Source
    title: str | None = None
    document: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    dated: PartialDate | None = None
    owner: str | None = None
    licence: str | None = None
    accuracy_m: float | None = None
    border: str | None = None
    coverage: str | Source | None = None
    confirmed: bool = True
    note: str | None = None
    values: tuple[ValueMapping, ...] = ()
    stances: tuple[Stance, ...] = ()
    empty: Statement | None = None
    scale: float | None = None
    fitness: tuple[Fitness, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan pack of one municipality.

    Parameters
    ----------
    folder
        Where relative sources are looked up; not part of any output.
    units
        Unit id → the municipality's own name of the unit.
    rule_files
        The pack's own rule files.
    sha256
        Of the manifest.
    area
        The municipality's territory; None in a base pack that has no border: then nothing can be said to lie inside.
    base
        A base pack: facts on the plan and its documents, without layers of its own.
    question
        The siting question that the pack poses.
    contact
        Who has the plan's layers.
    provisional_area
        `area` is a stand-in drawn round the data, and not the municipality's border.
    note
        What a reader must know of the pack as a whole, such as a coordinate system that is inferred.
    values
        The municipality's vocabulary: for every land-use layer, after the layer's own.
    included
        Id and hash of the manifest of each pack that was included, in order of id.
    """

    id: str
    name: str
    crs: str
    folder: Path
    sha256: str
    area: Source | None = None
    base: bool = False
    question: str | None = None
    contact: str | None = None
    provisional_area: bool = False
    note: str | None = None
    municipality_code: str | None = None
    demonstration: bool = False
    licence: str | None = None
    attribution: str | None = None
    documents: tuple[Document, ...] = ()
    layers: tuple[Layer, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    neighbours: tuple[Neighbour, ...] = ()
    not_applicable: tuple[Statement, ...] = ()
    accepted: tuple[Statement, ...] = ()
    overrides: tuple[Override, ...] = ()
    rule_files: tuple[Path, ...] = ()
    values: tuple[ValueMapping, ...] = ()
    included: tuple[tuple[str, str], ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the plan is made of, except the manifest."""
        sources = [self.area, *(layer.source for layer in self.layers)]
        sources += [layer.coverage for layer in self.layers if isinstance(layer.coverage, Source)]
        for document in self.documents:
            sources += [document.area, *(entry.area for entry in document.currency)]
        sources += [neighbour.area for neighbour in self.neighbours]
        return (*(self.folder / source.file for source in sources if source is not None), *self.rule_files)

    @property
    def county_code(self) -> str | None:
        """The county (län), which is the first two digits of the municipality code."""
        return self.municipality_code[:2] if self.municipality_code else None

    def document(self, document_id: str) -> Document:
        """Return a document by its id."""
        return next(document for document in self.documents if document.id == document_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The usable rows of one layer: columns in one order, in the plan's CRS.

    Parameters
    ----------
    layer
        The layer they come from.
    ids
        Sorted, unique.
    geometry
        Valid, 2-D, of kinds that the theme allows.
    fields
        Role → one value per row, None for missing.
    repaired
        Which rows have a geometry that repair moved by more than a sliver.
    coverage
        Inside it the layer is complete; None is not stated.
    ledger
        What was not simply used.
    file, reader, crs, sha256, content, rows
        Lineage: as read; `content` is the hash of the canonical rows.
    notes
        Swedish sentences on how the file was read that a report must carry: a column taken under a cut name, text that
        was repaired, a coordinate system that was inferred.
    crs_accuracy_m
        How exactly the rows were moved to the plan's CRS: 0 within SWEREF 99, NaN when unknown.
    """

    layer: Layer
    ids: tuple[str, ...]
    geometry: Geometries
    fields: Mapping[str, Sequence[str | None]]
    repaired: Flags
    coverage: Any
    ledger: tuple[LedgerEntry, ...]
    file: str
    reader: str
    crs: str
    sha256: str | None
    content: str
    rows: int
    notes: tuple[str, ...] = ()
    crs_accuracy_m: float = 0.0

    def __len__(self) -> int:
        return len(self.ids)

    def value(self, role: str, row: int) -> str | None:
        """Return a row's value in a role, None when missing or not mapped."""
        column = self.fields.get(role)
        return None if column is None else column[row]

    def accuracies(self) -> Floats:
        """Return the border accuracy of each row in metres, NaN when unknown: as drawn, and as moved between CRS."""
        value = np.nan if self.layer.accuracy_m is None else self.layer.accuracy_m
        # What is exact stays as it stands: the root of a square may differ from its number in the last digit.
        return np.full(len(self), np.hypot(value, self.crs_accuracy_m) if self.crs_accuracy_m else value)


# --- which document governs -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """A document that takes part in deciding a theme, and whether its place in the order is settled.

    Parameters
    ----------
    document
        The document.
    settled
        False when it is not known to be in force, or not known to be newer than the plan it amends.
    ties
        Ids of documents of the same kind whose order against this one is not known: where their areas overlap, which of
        them governs is not settled.
    alone
        No other document may govern instead of this one: what is not settled is its own force.
    """

    document: Document
    settled: bool
    ties: tuple[str, ...] = ()
    alone: bool = False


def precedence(documents: Sequence[Document], theme: str, on: datetime.date) -> list[Rank]:
    """Return the documents that deal with a theme and are, or may be, in force; the one that goes first comes first.

    Amendments go before the plan they amend, the newest legal force first. An amendment that may be older than the plan
    is settled only when the manifest says whether the plan kept it: when it did not, the amendment is left out. A
    document that may not be in force takes its place unsettled: leaving it out could let an older plan say yes.

    References
    ----------
    PBL (2010:900) 3:21 and 3:27. That the newest goes first is opcheck's reading; no statute orders them.
    """
    alive = [one for one in documents if one.covers(theme) and one.force(on) in MAY_GOVERN]
    alive.sort(key=lambda one: (_since(one), one.id), reverse=True)
    bases = [one for one in alive if one.kind == "översiktsplan"]
    amendments = [one for one in alive if one.kind in ("fördjupning", "tillägg")]
    base = bases[0] if bases else None
    ranks: list[Rank] = []
    for document in amendments:
        # Newer than every base plan that may be the one in force, not only than the one that goes first among them.
        newer = all(_is_newer(document, one) for one in bases)
        if not newer and document.kept is False:
            continue
        settled = document.force(on) is Force.YES and (newer or document.kept is True)
        alone = not bases and len(amendments) == 1
        ranks.append(Rank(document=document, settled=settled, ties=_ties(document, amendments), alone=alone))
    if base is not None:
        settled = base.force(on) is Force.YES and not _ties(base, bases)
        ranks.append(Rank(document=base, settled=settled, alone=len(bases) == 1))
    return ranks


def _ties(document: Document, others: Sequence[Document]) -> tuple[str, ...]:
    """Return the others that are neither provably newer nor provably older."""
    return tuple(
        one.id
        for one in others
        if one.id != document.id and not _is_newer(document, one) and not _is_newer(one, document)
    )


def _since(document: Document) -> datetime.date:
    return document.since.first if document.since else datetime.date.min


def _is_newer(document: Document, other: Document) -> bool:
    mine, its = document.since, other.since
    return mine is not None and its is not None and mine.first > its.last


# --- currency ---------------------------------------------------------------------------------------------------------


class Current(StrEnum):
    """Whether a document is current (aktuell) on a day."""

    CURRENT = "current"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"


STRATEGY_RULES_FROM = datetime.date(2020, 4, 1)
"""The rules on planeringsstrategi came into force (SFS 2020:76). Its transitional rules have not been read, so a plan
older than this is unknown until a strategy has been registered for it."""


def ordinary_election(year: int) -> datetime.date:
    """Return the election day of a year: the second Sunday in September."""
    first = datetime.date(year, 9, 1)
    return first + datetime.timedelta(days=(6 - first.weekday()) % 7 + 7)


def lapses(since: datetime.date) -> datetime.date:
    """Return the day until which a plan stays current: 24 months after the next ordinary election (PBL 3:25)."""
    year = since.year + (2 - since.year) % 4
    if ordinary_election(year) <= since:
        year += 4
    election = ordinary_election(year)
    return election.replace(year=election.year + 2)


def currency(
    document: Document, on: datetime.date, theme: str | None = None, inside: Collection[int] | None = None
) -> tuple[Current, datetime.date | None]:
    """Return whether a document is current on a day, and the day on which that changes or changed.

    A planeringsstrategi may judge a plan in part (PBL 3:25). An entry with themes or an area says something of these
    alone; of one strategy, the entry that is most precise for the place and the theme is heard.

    Parameters
    ----------
    theme
        What is asked about; None is the document as a whole, which is unknown where its themes differ.
    inside
        Numbers, in `Document.currency`, of the entries with an area in which the place lies; None when the place is not
        known: then the answer is unknown where the areas differ. The areas are in `LoadedPlan.currency_areas`. For a
        site partly inside an area, ask for each part, and combine with `same_currency`.

    Returns
    -------
    state, day
        The day is None when the state is unknown.

    Notes
    -----
    A strategy adopted after a plan has lapsed does not revive it, nor does one that follows upon "inte aktuell".
    "delvis aktuell" leaves what it concerns unknown, until the time of the strategy has run out and all has lapsed. Of
    what a strategy does not mention, nothing is known after the day on which it would have lapsed without it.

    References
    ----------
    PBL (2010:900) 3:23 and 3:25: current from legal force, or from a planeringsstrategi, until 24 months after the next
    ordinary election, unless the strategy says otherwise.
    """
    # "" is no theme: it stands for all that no entry names.
    named = ("", *(one for entry in document.currency for one in entry.themes)) if theme is None else (theme,)
    drawn = [number for number, entry in enumerate(document.currency) if entry.area is not None]
    places = ((), *((number,) for number in drawn)) if inside is None else (tuple(inside),)
    return same_currency([_currency(document, on, one, place) for one in dict.fromkeys(named) for place in places])


def same_currency(
    found: Sequence[tuple[Current, datetime.date | None]],
) -> tuple[Current, datetime.date | None]:
    """Return the currency that parts have in common, unknown where they differ.

    The day is the last on which all of them are current, or the first on which all of them have lapsed.
    """
    states = {state for state, _ in found}
    if len(states) != 1:
        return Current.UNKNOWN, None
    state = states.pop()
    days = [day for _, day in found if day is not None]
    return state, (min if state is Current.CURRENT else max)(days, default=None)


def _currency(
    document: Document, on: datetime.date, theme: str, inside: Collection[int]
) -> tuple[Current, datetime.date | None]:
    """Return the currency of one theme in one place."""
    start = document.legal_force
    # Until `sure` the plan is current; after `at_most` it has lapsed, whatever the strategies said.
    sure: datetime.date | None = None
    if start is not None and start.first == start.last and start.first >= STRATEGY_RULES_FROM:
        sure = lapses(start.first)
    at_most = sure
    for decided, says in _heard(document, theme, inside):
        if decided > on:
            break
        if at_most is not None and decided > at_most:
            return Current.LAPSED, at_most
        if says == LAPSED_SAID:
            return Current.LAPSED, decided
        settles = at_most is None or (sure is not None and decided <= sure)
        # A strategy older than the plan's own legal force does not shorten its time.
        at_most = max(at_most or decided, lapses(decided))
        if says == CURRENT_SAID and settles:
            sure = at_most
        elif says == PART_SAID:
            sure = None
    if at_most is not None and on > at_most:
        return Current.LAPSED, at_most
    return (Current.CURRENT, sure) if sure is not None and on <= sure else (Current.UNKNOWN, None)


def _heard(document: Document, theme: str, inside: Collection[int]) -> Iterator[tuple[datetime.date, str | None]]:
    """Give each strategy's day and what it says of a theme in a place, None when it does not mention it."""
    strategies: dict[datetime.date, list[tuple[int, int, str]]] = {}
    against = (CURRENT_SAID, PART_SAID, LAPSED_SAID)
    for number, entry in enumerate(document.currency):
        heard = strategies.setdefault(entry.decided, [])
        if (not entry.themes or theme in entry.themes) and (entry.area is None or number in inside):
            precise = bool(entry.themes) + (entry.area is not None)
            # Of two that are as precise, the one that speaks against is heard.
            heard.append((precise, against.index(entry.says), entry.says))
    for decided in sorted(strategies):
        yield decided, max(strategies[decided])[2] if strategies[decided] else None
