"""What the page says, as frozen values: everything is decided here, the templates only lay it out.

Made from the contract's JSON (`Assessment.to_dict`), so that the page can say nothing that the JSON does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from opcheck.report.map import Named, SiteMap

MAPS_MOST = 60
"""Maps on one page: each holds the shapes of its surroundings, and a page of more opens slowly."""

SITES_MOST = 500
"""Sites with a section of their own; the rest stand in the summary table and in the machine-readable copies."""

LOUD = ("FAIL", "REVIEW", "OPEN")
"""Outcomes that ask for something, in the order of the page. What was not tested is as loud as a conflict."""

_SWEREF = {
    "EPSG:3006": "SWEREF 99 TM", "EPSG:3007": "SWEREF 99 12 00", "EPSG:3008": "SWEREF 99 13 30",
    "EPSG:3009": "SWEREF 99 15 00", "EPSG:3010": "SWEREF 99 16 30", "EPSG:3011": "SWEREF 99 18 00",
    "EPSG:3012": "SWEREF 99 14 15", "EPSG:3013": "SWEREF 99 15 45", "EPSG:3014": "SWEREF 99 17 15",
    "EPSG:3015": "SWEREF 99 18 45", "EPSG:3016": "SWEREF 99 20 15", "EPSG:3017": "SWEREF 99 21 45",
    "EPSG:3018": "SWEREF 99 23 15",
}  # fmt: skip
"""The names planners use for the codes (EPSG registry v11.022)."""

_HAS_CURRENCY = frozenset({"översiktsplan", "fördjupning", "tillägg"})
_CASE = frozenset({"type", "dnr", "received", "fastighet"})
"""Facts about a case that the page has words for; others stand under their own names."""

Json = Mapping[str, Any]


class Texts(Protocol):
    """The wording that the page asks for; `opcheck.texts` gives it."""

    def ui(self, key: str, **arguments: Any) -> str:
        """Return a text of the page's own."""
        ...

    def get(self, table: str, key: str, /) -> str:
        """Return a term: an outcome, a code, a kind of document; the key itself where there is none."""
        ...

    def format(self, template: str, **arguments: Any) -> str:
        """Fill a template; its format specs write measures the way the language does."""
        ...


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
    """A section of a statute; `unchecked` says that nobody has held it against the statute's text."""

    text: str
    unchecked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finding, written out."""

    anchor: str
    title: str
    tag: Tag
    code: str | None
    term: str | None
    gate: bool
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
    how: str
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All answers of a site with one outcome."""

    tag: Tag
    intro: str
    answers: tuple[Answer, ...]


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
class Clear:
    """A question that met nothing, and what that rests on."""

    title: str
    rule: str
    code: str | None
    message: str
    nearest: str
    coverage: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inapplicable:
    """A question that does not arise, and why."""

    title: str
    rule: str
    message: str


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
    found_nothing_against: tuple[Answer, ...]
    parts: tuple[Part, ...]
    criteria: tuple[Criterion, ...]
    clear: tuple[Clear, ...]
    inapplicable: tuple[Inapplicable, ...]
    unusable: str | None
    map: SiteMap | None
    map_absent: str | None


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
class Untested:
    """A reason why questions could not be answered, and those questions over all sites, with the sites they concern."""

    reason: str
    count: str
    questions: tuple[Pair, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A plan document and its standing."""

    name: str
    kind: str
    status: str
    dates: tuple[str, ...]
    current: str


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
    border: str
    coverage: str
    rows: str
    remarks: str
    traces: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """A rule file."""

    title: str
    id: str
    version: str
    count: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was asked."""

    id: str
    version: str
    title: str
    basis: str
    citations: tuple[Citation, ...]
    working: tuple[str, ...]


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
    totals: tuple[Tag, ...]
    total_counts: tuple[int, ...]
    sites: tuple[Site, ...]
    sites_note: str | None
    maps_note: str | None
    untested: tuple[Untested, ...]
    not_seen: tuple[str, ...]
    ledger: tuple[LedgerRow, ...]
    statements: tuple[Statement, ...]
    data: tuple[Data, ...]
    rulesets: tuple[Ruleset, ...]
    rules: tuple[Rule, ...]
    crs: str
    attribution: str | None
    licence: str | None


def named_in(site: Json, number: int, texts: Texts) -> Named:
    """Return what a site's findings say of the things that may be on its map."""
    findings = sorted(site["findings"], key=_rank)
    told = [(one, (one["layer"], one["id"])) for finding in findings for one in finding["features"]]
    met = {key for one, key in told if one["role"] in {"hit", "easing"} and one["governs"]}
    distances = {
        key: texts.format("{value:dist}", value=one["distance_m"]) for one, key in told if one["distance_m"] is not None
    }
    return Named(
        order=[key for one, key in told if one["role"] != "contact"], met=frozenset(met),
        anchors=_anchors(site, number), distances=distances,
    )  # fmt: skip


def _rank(finding: Json) -> int:
    outcome = str(finding["outcome"])
    if _is_detailed_plan(finding):
        return 0
    return 1 + LOUD.index(outcome) if outcome in LOUD and not _is_criterion(finding) else 1 + len(LOUD)


def _anchors(site: Json, number: int) -> dict[tuple[str, str], str]:
    """Return (layer, feature) → anchor of the first finding on the page that is written out and names it."""
    found: dict[tuple[str, str], str] = {}
    for finding, anchor in sorted(_anchored(site, number), key=lambda pair: _rank(pair[0])):
        if _is_loud(finding) or _is_detailed_plan(finding):
            for feature in finding["features"]:
                found.setdefault((feature["layer"], feature["id"]), anchor)
    return found


def _anchored(site: Json, number: int) -> list[tuple[Json, str]]:
    """Return a site's findings, the ones that differ in their use alone as one, each with its anchor."""
    merged: dict[str, dict[str, Any]] = {}
    for finding in site["findings"]:
        same = (
            finding["rule"], finding.get("part"), finding["outcome"], finding["code"], finding["message"],
            finding["next_step"], finding["measures"], finding["features"], finding["adjustments"],
        )  # fmt: skip
        one = merged.setdefault(repr(same), {**finding, "uses": []})
        one["uses"].append(finding["use"])
    return [(one, f"finding-{number}-{count}") for count, one in enumerate(merged.values(), 1)]


def _is_detailed_plan(finding: Json) -> bool:
    return bool(finding["rule"] == "plan.detailed_plan")


def _is_criterion(finding: Json) -> bool:
    return bool(finding["basis"] == "criterion")


def _is_information(finding: Json) -> bool:
    return bool(finding["basis"] == "information")


def _is_loud(finding: Json) -> bool:
    return finding["outcome"] in LOUD and not _is_criterion(finding)


class Builder:
    """Turns an assessment's JSON into the page.

    Parameters
    ----------
    data
        ``Assessment.to_dict(lang)``.
    texts
        The wording, in the same language.
    """

    def __init__(self, data: Json, texts: Texts) -> None:
        self.data, self.texts, self.ui = data, texts, texts.ui
        self.plan: Json = data["inputs"]["plan"]
        self.layers: dict[str, Json] = {layer["id"]: layer for layer in self.plan["layers"]}
        self.rules: dict[str, Json] = {rule["id"]: rule for rule in data["rules"]}
        self.documents: dict[str, Json] = {document["id"]: document for document in self.plan["documents"]}

    # --- words and numbers

    def tag(self, outcome: str) -> Tag:
        """Return an outcome with its word."""
        return Tag(outcome=outcome, word=self.texts.get("outcome", outcome))

    def _tag_of(self, finding: Json) -> Tag:
        if finding["code"] == "I" and finding["outcome"] not in LOUD:
            return Tag(outcome="INFO", word=self.ui("information_word"))
        return self.tag(finding["outcome"])

    def number(self, value: float | None, spec: str, absent: str = "–") -> str:
        """Return a measure in the language's own writing; `absent` where there is none."""
        return absent if value is None else self.texts.format("{value:" + spec + "}", value=value)

    def known(self, value: object) -> str:
        """Return a text, or the word for unknown: an empty cell could be read as nothing to say."""
        return self.ui("unknown") if value is None or value == "" else str(value)

    def names(self, values: Iterable[str]) -> str:
        """Return a list in words."""
        return self.texts.format("{value:list}", value=list(values))

    def count(self, key: str, number: int, **args: object) -> str:
        """Return a text in the singular or the plural."""
        return self.ui(f"{key}_{'one' if number == 1 else 'many'}", number=number, **args)

    def layer_title(self, layer_id: str | None) -> str:
        """Return a layer's title, or its id."""
        layer = self.layers.get(layer_id or "", {})
        return str(layer.get("title") or layer_id or "")

    def term(self, table: str, key: object) -> str:
        """Return a term, or the key itself where there is no term for it; the word for unknown without a key."""
        return self.ui("unknown") if key is None or key == "" else self.texts.get(table, str(key))

    # --- the page

    def page(self, maps: Mapping[str, SiteMap], absent: Mapping[str, str]) -> Page:
        """Return the whole page.

        Parameters
        ----------
        maps
            Site id → map.
        absent
            Site id → why it has none.
        """
        sites: Sequence[Json] = self.data["sites"]
        numbered = list(enumerate(sites, 1))
        outcomes = [site["verdict"]["outcome"] for site in sites]
        kinds = (*LOUD, "PASS")
        return Page(
            lang=self.data["lang"], title=self._title(sites), heading=self._heading(sites),
            demonstration=bool(self.plan["demonstration"]), facts=tuple(self._facts()),
            documents=tuple(self._document(document) for document in sorted(self.plan["documents"], key=_standing)),
            scope=self.count("scope", len(sites), plan=self._against(), date=self.data["on"]),
            rows=tuple(self._row(number, site) for number, site in numbered),
            totals=tuple(self.tag(kind) for kind in kinds),
            total_counts=tuple(outcomes.count(kind) for kind in kinds),
            sites=tuple(
                self._site(number, site, maps.get(site["id"]), absent.get(site["id"]))
                for number, site in numbered[:SITES_MOST]
            ),
            sites_note=self.ui("sites_note", most=SITES_MOST, number=len(sites)) if len(sites) > SITES_MOST else None,
            maps_note=self.ui("maps_note", most=MAPS_MOST, number=len(sites)) if len(sites) > MAPS_MOST else None,
            untested=tuple(self._untested(sites)),
            not_seen=tuple(str(one["text"]) for one in self.data["not_seen"]),
            ledger=tuple(self._ledger_row(entry) for entry in self.data["ledger"]),
            statements=tuple(self._statement(one) for one in self.plan["statements"]),
            data=tuple(self._data(layer) for layer in self.plan["layers"]),
            rulesets=tuple(self._ruleset(one) for one in self.data["inputs"]["rules"]),
            rules=tuple(self._rule(rule) for rule in self.data["rules"]),
            crs=self._crs(), attribution=self.plan["attribution"], licence=self.plan["licence"],
        )  # fmt: skip

    def _title(self, sites: Sequence[Json]) -> str:
        what = self._site_name(sites[0]) if len(sites) == 1 else self.count("sites", len(sites))
        return self.ui("page_title", plan=self._against(), what=what, date=self.data["on"])

    def _heading(self, sites: Sequence[Json]) -> str:
        return self._site_name(sites[0]) if len(sites) == 1 else self.count("heading", len(sites))

    def _site_name(self, site: Json) -> str:
        return str(site["name"] or site["id"])

    def _against(self) -> str:
        """Return what the sites were tested against: the plan of the whole municipality, by its own name if it has one."""
        for document in sorted(self.plan["documents"], key=_standing):
            if document["kind"] == "översiktsplan" and document.get("name"):
                return f"{document['name']}, {self.plan['name']}"
        return str(self.plan["name"])

    def _facts(self) -> Iterator[Pair]:
        given = self.data["inputs"]["sites"]
        yield Pair(name=self.ui("fact_plan"), text=self._against())
        yield Pair(name=self.ui("fact_sites"), text=self.count("fact_sites_value", given["count"], file=self.known(given["file"])))
        yield Pair(name=self.ui("fact_date"), text=str(self.data["on"]))
        yield Pair(name=self.ui("fact_tool"), text=f"opcheck {self.data['opcheck']}")
        if self.data.get("by"):
            yield Pair(name=self.ui("fact_by"), text=str(self.data["by"]))
        yield Pair(name=self.ui("fact_stamp"), text=str(self.data["stamp"] or self.ui("fact_stamp_none")))

    def _crs(self) -> str:
        code = str(self.plan["crs"])
        return f"{_SWEREF[code]} ({code})" if code in _SWEREF else code

    def _document(self, document: Json) -> Document:
        dates = [
            self.ui(f"document_{key}", date=document[key]) for key in ("adopted", "legal_force") if document.get(key)
        ]
        if document["status"] == "laga kraft" and not document.get("legal_force"):
            dates.append(self.ui("document_no_legal_force"))
        return Document(
            name=self.known(document.get("name") or document["id"]), kind=self.term("document_kind", document["kind"]),
            status=self.term("status", document["status"]), dates=tuple(dates) or ("–",), current=self._current(document),
        )  # fmt: skip

    def _current(self, document: Json) -> str:
        """Return the currency of a document that has one: a plan of the municipality's land in force."""
        if document["kind"] not in _HAS_CURRENCY or document["status"] != "laga kraft":
            return "–"
        until = document.get("current_until")
        word = self.ui(f"current_{document.get('current') or 'unknown'}")
        return f"{word} ({self.ui('current_until', date=until)})" if until else word

    def _row(self, number: int, site: Json) -> Row:
        counts = site["verdict"]["counts"]
        return Row(
            number=number, anchor=f"site-{number}" if number <= SITES_MOST else None, name=self._site_name(site),
            id=site["id"], uses=self._uses(site), tag=self.tag(site["verdict"]["outcome"]),
            plan_code=site["verdict"]["plan"] or "–",
            counts=tuple(int(counts.get(kind, 0)) for kind in (*LOUD, "PASS")),
        )  # fmt: skip

    def _uses(self, site: Json) -> str:
        words = [*(site.get("use_titles") or site["uses"]), *(self.ui("use_unknown", use=use) for use in site.get("unknown_uses") or ())]
        return self.names(words) if words else self.ui("use_missing")

    # --- one site

    def _site(self, number: int, site: Json, site_map: SiteMap | None, absent: str | None) -> Site:
        verdict = site["verdict"]
        answers = _anchored(site, number)
        numbers = site_map.numbers if site_map else {}
        asked = len(site["uses"])

        def written(chosen: Iterable[tuple[Json, str]]) -> tuple[Answer, ...]:
            return tuple(self._answer(finding, anchor, numbers, asked) for finding, anchor in chosen)

        detailed = [pair for pair in answers if _is_detailed_plan(pair[0])]
        rest = [pair for pair in answers if not _is_detailed_plan(pair[0])]
        criteria = [finding for finding, _ in rest if _is_criterion(finding) and finding["outcome"] != "NOT_APPLICABLE"]
        informed = [pair for pair in rest if _is_information(pair[0]) and _says_something(pair[0])]
        counted = [pair for pair in rest if not _is_criterion(pair[0]) and not _is_information(pair[0])]
        passed = [pair for pair in counted if pair[0]["outcome"] == "PASS"]
        quiet = [finding for finding, _ in rest if _is_information(finding) and finding["outcome"] == "PASS"]
        return Site(
            number=number, anchor=f"site-{number}", id=site["id"], name=self._site_name(site),
            facts=tuple(self._site_facts(site)), tag=self.tag(verdict["outcome"]), plan_code=verdict["plan"] or "–",
            headline=tuple(verdict["headline"]), counts=tuple(self._counts(verdict)),
            detailed_plan=written(detailed), information=written(informed),
            groups=tuple(
                Group(tag=self.tag(kind), intro=self.ui(f"intro_{kind}"), answers=written(chosen))
                for kind in LOUD
                if (chosen := [pair for pair in counted if pair[0]["outcome"] == kind])
            ),
            found_nothing_against=written(pair for pair in passed if _met_something(pair[0])),
            parts=tuple(self._part(part, site_map) for part in site["parts"]),
            criteria=tuple(self._criterion(finding, verdict["criteria"], asked) for finding in criteria),
            clear=tuple(
                self._clear(finding)
                for finding in [*(finding for finding, _ in passed if not _met_something(finding)), *quiet]
                if not (_is_information(finding) and _says_something(finding))
            ),
            inapplicable=tuple(
                Inapplicable(title=self._rule_title(finding), rule=finding["rule"], message=finding["message"])
                for finding, _ in rest
                if finding["outcome"] == "NOT_APPLICABLE" and not (_is_information(finding) and _says_something(finding))
            ),
            unusable=site.get("unusable"), map=site_map, map_absent=None if site_map else absent,
        )  # fmt: skip

    def _site_facts(self, site: Json) -> Iterator[Pair]:
        yield Pair(name=self.ui("fact_id"), text=site["id"], mono=True)
        yield Pair(name=self.ui("fact_use"), text=self._uses(site))
        yield Pair(name=self.ui("fact_area"), text=self.number(site["area_m2"], "area", self.ui("unknown")))
        for key, value in (site.get("attributes") or {}).items():
            if value is not None:
                yield Pair(name=self.term("attribute", key), text=self.texts.format("{value:num}", value=value))
        for key, value in site["case"].items():
            if value not in (None, ""):
                yield Pair(name=self._case_name(key), text=str(value))

    def _case_name(self, key: str) -> str:
        return self.ui(f"case_{key}") if key in _CASE else key

    def _counts(self, verdict: Json) -> Iterator[Pair]:
        yield Pair(name=self.ui("count_asked"), text=str(verdict["asked"]))
        for kind in (*LOUD, "PASS"):
            yield Pair(name=self.texts.get("outcome", kind), text=str(verdict["counts"].get(kind, 0)))

    def _rule_title(self, finding: Json) -> str:
        return str(finding.get("title") or self.rules.get(finding["rule"], {}).get("title") or finding["rule"])

    def _answer(self, finding: Json, anchor: str, numbers: Mapping[tuple[str, str], int], asked: int) -> Answer:
        rule = self.rules.get(finding["rule"], {})
        uses = [use for use in finding["uses"] if use]
        code, tag = finding["code"], self._tag_of(finding)
        return Answer(
            anchor=anchor, title=self._rule_title(finding), tag=tag, code=None if tag.outcome == "INFO" else code,
            term=self.texts.get("code", code) if code else None, gate=bool(finding.get("gate")),
            uncounted=not finding.get("counted", True) and tag.outcome != "INFO",
            brief=finding["outcome"] == "OPEN" and not finding["features"],
            uses=self.names(uses) if uses and len(uses) < asked else None, message=finding["message"],
            measures=tuple(self._measures(finding)),
            objects=tuple(self._object(feature, numbers) for feature in finding["features"]),
            quotes=tuple(self._quotes(finding["features"])), next_step=finding["next_step"],
            unit=finding.get("unit"), consult=self.names(finding["consult"]) if finding.get("consult") else None,
            basis=self.term("basis", finding["basis"]), citations=self._citations(rule), rule=finding["rule"],
            version=self._version(rule), border=self._border(finding),
            adjustments=tuple(self._adjustment(one) for one in finding["adjustments"]), how=self._how(finding),
            working=tuple(self._working(rule, numbers_only=True)), trace=str(finding["fingerprint"]),
        )  # fmt: skip

    def _measures(self, finding: Json) -> Iterator[Pair]:
        """Give the measures on the union, where the table of objects does not already say the same."""
        measures = finding["measures"]
        if sum(feature.get("governs", True) for feature in finding["features"]) == 1:
            return
        for key, spec in (("area_m2", "area"), ("share", "share"), ("length_m", "dist"), ("count", "num"), ("distance_m", "dist")):
            # what is met is at no distance, and what is not met has no extent: a zero says nothing more
            if measures.get(key):
                yield Pair(name=self.ui(f"measure_{key}"), text=self.number(measures[key], spec))

    def _object(self, feature: Json, numbers: Mapping[tuple[str, str], int]) -> Object:
        area, length = feature.get("area_m2"), feature.get("length_m")
        name = feature.get("name") or feature.get("category")
        notes = []
        if feature.get("sliver"):
            notes.append(self.ui("note_sliver"))
        if not feature.get("governs", True):
            notes.append(self.ui("note_superseded"))
        if feature.get("depth_m") is not None:
            notes.append(self.ui("note_depth", depth_m=feature["depth_m"]))
        return Object(
            number=numbers.get((feature["layer"], feature["id"])),
            relation=self.ui(f"relation_{feature['role']}"), layer=self.layer_title(feature["layer"]),
            id=feature["id"], name=str(name or "–"),
            amount=self.number(area, "area") if area else self.number(length or None, "dist"),
            share=self.number(feature.get("share") or None, "share"),
            distance=self.number(feature.get("distance_m"), "dist"), note="; ".join(notes),
        )  # fmt: skip

    def _quotes(self, features: Iterable[Json]) -> Iterator[Quote]:
        seen: set[tuple[str, str]] = set()
        for feature in features:
            text = feature.get("text")
            source = f"{self.layer_title(feature['layer'])}, {feature.get('name') or feature['id']}"
            if text and (text, source) not in seen:
                seen.add((text, source))
                yield Quote(text=text, source=source, superseded=not feature.get("governs", True))

    def _citations(self, rule: Json) -> tuple[Citation, ...]:
        return tuple(
            Citation(
                text=self.ui("citation", act=_act(one), section=one["section"], read=self.known(one.get("read"))),
                unchecked=not one.get("checked", False),
            )
            for one in rule.get("citations") or ()
        )

    def _working(self, rule: Json, *, numbers_only: bool = False) -> Iterator[str]:
        """Give the values of a rule that nobody has checked, where they come from included."""
        for name, one in (rule.get("parameters") or {}).items():
            number = isinstance(one["value"], int | float) and not isinstance(one["value"], bool)
            if one.get("checked") is False and (number or not numbers_only):
                yield self.ui("working_value", name=name, value=self._value(one["value"]), source=self.known(one["source"]))

    def _value(self, value: object) -> str:
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            return "; ".join(self._value(one) for one in value)
        if isinstance(value, Mapping):
            return ", ".join(f"{name} = {self._value(one)}" for name, one in value.items())
        return self.texts.format("{value:num}", value=value)

    def _version(self, rule: Json) -> str | None:
        version = rule.get("version")
        return None if version is None else str(version)

    def _border(self, finding: Json) -> tuple[str, ...]:
        """Return what the border's accuracy means for an answer that rests on a border."""
        measures = finding["measures"]
        if finding["outcome"] not in {"REVIEW", "FAIL", "PASS"}:
            return ()
        if all(measures.get(key) is None for key in ("area_m2", "length_m", "distance_m")):
            return ()
        if finding["boundary_case"] is None:
            return (self.ui("border_unknown"),)
        told = [str(finding["note"])] if finding.get("note") else []
        outcomes = [finding[f"outcome_{which}"] for which in ("nominal", "inner", "outer")]
        if finding["boundary_case"] and len(set(outcomes)) > 1:
            nominal, inner, outer = (self.texts.get("outcome", outcome) for outcome in outcomes)
            told.append(self.ui("border_case", nominal=nominal, inner=inner, outer=outer))
        elif finding["margin_m"] is not None:
            told.append(self.ui("border_margin", margin_m=finding["margin_m"]))
        return tuple(told)

    def _adjustment(self, one: Json) -> str:
        before, after = (self.texts.get("outcome", one[which]) for which in ("from", "to"))
        return self.ui("adjustment", before=before, after=after, why=one["why"])

    def _steps(self, finding: Json) -> dict[str, str]:
        """Return the steps behind a finding; they stand as ``name=value``, for programs."""
        return dict(str(step).partition("=")[::2] for step in finding["how"])

    def _how(self, finding: Json) -> str:
        """Return how it was measured, in words; the rule and the CRS are told elsewhere."""
        steps = self._steps(finding)
        told = []
        if float(steps.get("reach_m") or 0) > 0:
            told.append(self.ui("how_reach", reach_m=float(steps["reach_m"])))
        if steps.get("from"):
            told.append(self.ui("how_from", place=steps["from"]))
        return "; ".join(told)

    def _from(self, finding: Json) -> str:
        place = self._steps(finding).get("from")
        return self.ui("criterion_straight_from", place=place) if place else self.ui("criterion_straight")

    def _part(self, part: Json, site_map: SiteMap | None) -> Part:
        document = self.documents.get(part.get("document") or "", {})
        category = [text for text in (part.get("category"), part.get("subcategory")) if text]
        zone = [str(part["name"])] if part.get("name") else []
        text = ": ".join([*zone, " – ".join(category)]) if category else "".join(zone)
        return Part(
            letter=site_map.parts.get((part["layer"], part["zone"]), "") if site_map and part["governs"] else "",
            document=str(document.get("name") or part.get("document") or "–"), zone=text or self.ui("zone_none"),
            area=self.number(part["area_m2"], "area"), share=self.number(part.get("share"), "share"),
            code=str(part.get("plan") or "–"), use=str(part.get("use") or ""),
            superseded=not part.get("governs", True),
        )  # fmt: skip

    def _criterion(self, finding: Json, criteria: Json, asked: int) -> Criterion:
        met = next((word for word in ("met", "not_met", "unknown") if finding["rule"] in criteria[word]), None)
        case = finding["case"]
        answer = case if case in {"met", "not_met", "no_threshold", "at_most"} else met
        if finding["outcome"] == "OPEN" and answer not in {"at_most", "no_threshold"}:
            answer = "unknown"
        answer = answer or "no_threshold"
        threshold = finding["args"].get("threshold_m")
        near = [feature for feature in finding["features"] if feature.get("distance_m") is not None]
        nearest = min(near, key=lambda feature: float(feature["distance_m"]), default=None)
        uses = [use for use in finding["uses"] if use]
        return Criterion(
            title=self._rule_title(finding), rule=finding["rule"],
            use=self.names(uses) if uses and len(uses) < asked else None,
            measured=self.number(finding["measures"].get("distance_m"), "dist", self.ui("unknown")),
            nearest=str((nearest and (nearest.get("name") or nearest["id"])) or "–"),
            how=self._from(finding),
            threshold=self.number(threshold, "dist", self.ui("criterion_no_threshold")),
            mark={"met": "met", "not_met": "not_met"}.get(answer, "unknown"),
            answer=self.ui(f"criterion_{answer}"),
        )  # fmt: skip

    def _clear(self, finding: Json) -> Clear:
        rule = self.rules.get(finding["rule"], {})
        theme = finding.get("theme") or rule.get("theme")
        nearest = next((one for one in finding["features"] if one["role"] in {"nearest", "near"}), None)
        coverage = finding["measures"].get("coverage")
        return Clear(
            title=self._rule_title(finding), rule=finding["rule"], code=finding["code"], message=finding["message"],
            nearest=self._nearest(nearest, finding), coverage=self.number(coverage, "share"),
            source="; ".join(self._source(layer) for layer in self.plan["layers"] if layer["theme"] == theme) or "–",
        )  # fmt: skip

    def _nearest(self, nearest: Json | None, finding: Json) -> str:
        distance = finding["measures"].get("distance_m") if nearest is None else nearest.get("distance_m")
        if distance is None:
            return "–"
        name = "" if nearest is None else str(nearest.get("name") or nearest["id"])
        return self.number(distance, "dist") + (f" ({name})" if name else "")

    def _source(self, layer: Json) -> str:
        return self.count(
            "clear_source", layer["features"], layer=self.layer_title(layer["id"]), date=self.known(layer["dated"])
        )

    # --- the whole report

    def _untested(self, sites: Sequence[Json]) -> Iterator[Untested]:
        found: dict[str | None, dict[str, tuple[Json, list[str]]]] = {}
        for site in sites:
            for finding in site["findings"]:
                if finding["outcome"] == "OPEN":
                    questions = found.setdefault(finding["open_reason"], {})
                    _, where = questions.setdefault(finding["rule"], (finding, []))
                    if site["id"] not in where:
                        where.append(site["id"])
        names = {site["id"]: self._site_name(site) for site in sites}
        for reason, questions in sorted(found.items(), key=lambda pair: (-len(pair[1]), str(pair[0]))):
            yield Untested(
                reason=self.term("open_reason", reason), count=self.count("questions", len(questions)),
                questions=tuple(
                    Pair(name=self._rule_title(finding), text=self._where(finding, [names[one] for one in where], len(sites)))
                    for finding, where in questions.values()
                ),
            )  # fmt: skip

    def _where(self, finding: Json, names: Sequence[str], of: int) -> str:
        told = [self.ui("gate")] if finding.get("gate") else []
        if of > 1 and len(names) == of:
            told.append(self.ui("sites_all"))
        elif of > 1:
            told.append(self.names(names) if len(names) <= 3 else self.ui("sites_some", number=len(names), of=of))
        return "; ".join(told)

    def _ledger_row(self, entry: Json) -> LedgerRow:
        bounds = entry.get("bounds") or ()
        before, after = entry.get("area_before_m2"), entry.get("area_after_m2")
        reason = str(entry["reason"])
        if before is not None and after is not None:
            reason = f"{reason} ({self.number(before, 'area')} → {self.number(after, 'area')})"
        accepted = entry.get("accepted_by")
        return LedgerRow(
            layer=self.layer_title(entry["layer"]), feature=str(entry["feature"]),
            state=self.ui(f"state_{entry['state']}"), reason=reason,
            place="–" if len(bounds) != 4 else self.ui("place", north=round((bounds[1] + bounds[3]) / 2), east=round((bounds[0] + bounds[2]) / 2)),
            accepted=self.ui("accepted_by", who=accepted) if accepted else None,
        )  # fmt: skip

    def _statement(self, one: Json) -> Statement:
        who = ", ".join(str(one[key]) for key in ("by", "date") if one.get(key))
        text = ": ".join(str(one[key]) for key in ("what", "text") if one.get(key))
        return Statement(kind=self.ui(f"statement_{one['kind']}"), text=text, by=who or self.ui("unknown"))

    def _data(self, layer: Json) -> Data:
        document = self.documents.get(layer.get("document") or "", {})
        traces = [
            Pair(name=self.ui("data_file"), text=self.known(layer["file"]), mono=True),
            Pair(name=self.ui("data_crs"), text=self.known(layer["crs"])),
            Pair(name=self.ui("data_reader"), text=self.known(layer.get("reader"))),
            Pair(name="sha256", text=self.known(layer["sha256"]), mono=True),
            Pair(name=self.ui("data_content"), text=self.known(layer["content"]), mono=True),
        ]
        return Data(
            title=self.layer_title(layer["id"]), theme=str(layer.get("theme_title") or layer["theme"]), note=layer.get("note"),
            document=None if not document else str(document.get("name") or document["id"]),
            unconfirmed=not layer.get("confirmed", False), date=self.known(layer["dated"]),
            owner=self.known(layer["owner"]), licence=self.known(layer["licence"]),
            accuracy=self.number(layer.get("accuracy_m"), "dist", self.ui("unknown")),
            border=self.term("border", layer.get("border") or "unknown"), coverage=self._coverage(layer.get("coverage")),
            rows=self.number(layer.get("rows", layer["features"]), "num"), remarks=self._ledger_counts(layer), traces=tuple(traces),
        )  # fmt: skip

    def _coverage(self, coverage: object) -> str:
        if coverage is None:
            return self.ui("coverage_none")
        return self.ui("coverage_municipality") if coverage == "municipality" else str(coverage)

    def _ledger_counts(self, layer: Json) -> str:
        states = ("repaired", "set_aside", "unplaced", "duplicate")
        told = [f"{self.ui(f'state_{state}')}: {layer[state]}" for state in states if layer.get(state)]
        return "; ".join(told)

    def _ruleset(self, one: Json) -> Ruleset:
        return Ruleset(title=str(one.get("title") or one["id"]), id=one["id"], version=str(one["version"]), count=str(one["count"]), sha256=self.known(one["sha256"]))

    def _rule(self, rule: Json) -> Rule:
        return Rule(
            id=rule["id"], version=self._version(rule) or "–", title=str(rule["title"]),
            basis=self.term("basis", rule["basis"]), citations=self._citations(rule),
            working=tuple(self._working(rule)),
        )  # fmt: skip


def _act(citation: Json) -> str:
    title = citation.get("act_title") or citation["act"]
    return str(title) if title == citation["act"] else f"{title} ({citation['act']})"


def _standing(document: Json) -> tuple[int, int, str]:
    """Sort documents: those in force first, the plan of the whole municipality before its amendments."""
    kinds = ("översiktsplan", "fördjupning", "tillägg", "detaljplan", "områdesbestämmelser")
    kind = str(document["kind"])
    return (
        0 if document["status"] == "laga kraft" else 1,
        kinds.index(kind) if kind in kinds else len(kinds),
        str(document["id"]),
    )


def _met_something(finding: Json) -> bool:
    """Tell whether a finding without objection rests on something met, which is then worth showing."""
    code = finding["code"] or ""
    return code.startswith("F") or any(feature["role"] in {"hit", "easing"} for feature in finding["features"])


def _says_something(finding: Json) -> bool:
    """Tell whether an information has anything to tell: something met, or that it could not be looked up."""
    return bool(finding["outcome"] in LOUD or finding["code"] == "I")
