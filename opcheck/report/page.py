"""The whole page: what was tested, the summary, the sites, and what holds for all of them."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from opcheck.plots import BUILDING, plot_columns
from opcheck.report.case import CaseBuilder
from opcheck.report.map import SiteMap
from opcheck.report.rulelist import RuleListBuilder, usual
from opcheck.report.section import SectionBuilder, has_no_layer
from opcheck.report.view import (
    CaseRow,
    Data,
    Document,
    LedgerRow,
    Page,
    Pair,
    PlotRow,
    Row,
    Ruleset,
    Statement,
    Unasked,
    Untested,
)
from opcheck.report.wording import LOUD, Json, Wording
from opcheck.texts import begun

MAPS_MOST = 60
"""Maps on one page: each holds the shapes of its surroundings, and a page of more opens slowly."""

SITES_MOST = 500
"""Sites with a section of their own; the rest stand in the summary table and in the machine-readable copies."""

RUNS_MOST = 40
"""Runs of site numbers that are told one by one."""

_SWEREF = {
    "EPSG:3006": "SWEREF 99 TM",
    "EPSG:3007": "SWEREF 99 12 00",
    "EPSG:3008": "SWEREF 99 13 30",
    "EPSG:3009": "SWEREF 99 15 00",
    "EPSG:3010": "SWEREF 99 16 30",
    "EPSG:3011": "SWEREF 99 18 00",
    "EPSG:3012": "SWEREF 99 14 15",
    "EPSG:3013": "SWEREF 99 15 45",
    "EPSG:3014": "SWEREF 99 17 15",
    "EPSG:3015": "SWEREF 99 18 45",
    "EPSG:3016": "SWEREF 99 20 15",
    "EPSG:3017": "SWEREF 99 21 45",
    "EPSG:3018": "SWEREF 99 23 15",
}
"""The names planners use for the codes (EPSG registry v11.022)."""

_SHARED = ("crs", "reader")
"""What is most often the same for all layers."""

_BORDERS = frozenset({"indicative", "legal"})

_NUMBER_SET = re.compile(r"(?P<name>\w+) = (?P<value>\d+(?:\.\d+)?): (?P<reason>.*)", re.DOTALL)
"""An override's text in the record: parameter, value and reason."""

_HAS_CURRENCY = frozenset({"översiktsplan", "fördjupning", "tillägg"})


class PageBuilder(Wording):
    """Turns a record into the page."""

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
        sections = SectionBuilder(self.data, self.texts)
        numbered = list(enumerate(sites, 1))
        outcomes = [site["verdict"]["outcome"] for site in sites]
        kinds = (*LOUD, "PASS")
        return Page(
            lang=self.data["lang"],
            title=self._title(sites),
            heading=self._heading(sites),
            demonstration=bool(self.plan["demonstration"]),
            facts=tuple(self._facts()),
            documents=tuple(self._document(document) for document in sorted(self.every_document, key=_standing)),
            scope=self.count("scope", len(sites), plan=self._against(), date=self.data["on"]),
            rows=tuple(self._row(number, site) for number, site in numbered),
            plot_columns=tuple(begun(self.term("attribute", name)) for name in plot_columns(sites)),
            plots=tuple(self._plots(numbered)),
            totals=tuple(self.tag(kind) for kind in kinds),
            total_counts=tuple(outcomes.count(kind) for kind in kinds),
            cases=tuple(self._cases(numbered)),
            sites=tuple(
                sections.site(number, site, maps.get(site["id"]), absent.get(site["id"]))
                for number, site in numbered[:SITES_MOST]
            ),
            sites_note=self.ui("sites_note", most=SITES_MOST, number=len(sites)) if len(sites) > SITES_MOST else None,
            maps_note=self.ui("maps_note", most=MAPS_MOST, number=len(sites)) if len(sites) > MAPS_MOST else None,
            untested=tuple(self._untested(sites, sections)),
            not_seen=tuple(str(one["text"]) for one in self.data["not_seen"]),
            ledger=tuple(self._ledger_row(entry) for entry in self.data["ledger"]),
            statements=tuple(self._statements()),
            data=tuple(self._data(layer) for layer in self.every_layer),
            data_usual=self._data_usual(),
            data_notes=tuple(self.plan.get("notes") or ()),
            site_notes=tuple(self.data["inputs"]["sites"].get("notes") or ()),
            rulesets=tuple(self._ruleset(one) for one in self.data["inputs"]["rules"]),
            rules=RuleListBuilder(self.data, self.texts).build(),
            crs=self._crs(),
            attribution=self.plan["attribution"],
            licence=self.plan["licence"],
        )

    def _title(self, sites: Sequence[Json]) -> str:
        what = self.site_name(sites[0]) if len(sites) == 1 else self.count("sites", len(sites))
        return self.ui("page_title", plan=self._against(), what=what, date=self.data["on"])

    def _heading(self, sites: Sequence[Json]) -> str:
        return self.site_name(sites[0]) if len(sites) == 1 else self.count("heading", len(sites))

    def _against(self) -> str:
        """Return what the sites were tested against: the whole municipality's plan, by its own name if it has one."""
        for document in sorted(self.plan["documents"], key=_standing):
            if document["kind"] == "översiktsplan" and document.get("name"):
                return f"{document['name']}, {self.plan['name']}"
        return str(self.plan["name"])

    def _facts(self) -> Iterator[Pair]:
        given = self.data["inputs"]["sites"]
        yield Pair(name=self.ui("fact_plan"), text=self._against())
        yield Pair(
            name=self.ui("fact_sites"),
            text=self.count("fact_sites_value", given["count"], file=self.known(given["file"])),
        )
        yield Pair(name=self.ui("fact_date"), text=str(self.data["on"]))
        yield Pair(name=self.ui("fact_tool"), text=f"opcheck {self.data['opcheck']}")
        if self.data.get("by"):
            yield Pair(name=self.ui("fact_by"), text=str(self.data["by"]))
        yield Pair(name=self.ui("fact_stamp"), text=str(self.data["stamp"] or self.ui("fact_stamp_none")))
        yield from self._pack_facts()

    def _pack_facts(self) -> Iterator[Pair]:
        """Yield what a reader must know of the pack before the answers; most packs have nothing to say here."""
        plan = self.plan
        if plan["base"]:
            yield Pair(name=self.ui("fact_pack"), text=self.ui("fact_pack_base"))
        if plan["area"] != "loaded":
            yield Pair(name=self.ui("fact_border"), text=self.ui(f"fact_border_{plan['area']}", name=plan["name"]))
        for key in ("question", "contact", "note"):
            if plan[key]:
                yield Pair(name=self.ui(f"fact_{key}"), text=str(plan[key]))

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
            name=self.known(document.get("name") or document["id"]),
            kind=self.term("document_kind", document["kind"]),
            status=self.term("status", document["status"]),
            dates=tuple(dates) or ("–",),
            current=self._current(document),
            remarks=tuple(self._remarks(document)),
        )

    def _remarks(self, document: Json) -> Iterator[str]:
        """Yield what stands under a document's name: where it applies, what of it is current, how it was read."""
        if document["area"] == "unknown":
            yield self.ui("document_area_unknown")
        for one in document["decisions"]:
            if one["themes"] or one["area"]:
                where = self.ui("decision_area") if one["area"] else None
                part = self.names([*one["themes"], *([where] if where else [])])
                yield self.ui("document_decision_part", says=self._says(one), date=one["decided"], part=part)
            elif one["says"] == "delvis aktuell":
                yield self.ui("document_decision", says=self._says(one), date=one["decided"])
        if document.get("published"):
            yield self.ui("document_published", form=document["published"])
        if document.get("note"):
            yield str(document["note"])

    def _says(self, one: Json) -> str:
        return self.ui("says_" + str(one["says"]).replace(" ", "_"))

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
            number=number,
            anchor=f"site-{number}" if number <= SITES_MOST else None,
            name=self.site_name(site),
            id=site["id"],
            uses=self.uses(site),
            tag=self.tag(site["verdict"]["outcome"]),
            plan_code=site["verdict"]["plan"] or "–",
            counts=tuple(int(counts.get(kind, 0)) for kind in (*LOUD, "PASS")),
        )

    def _plots(self, numbered: Sequence[tuple[int, Json]]) -> Iterator[PlotRow]:
        """Yield what the site file says of plots, side by side and never scored."""
        columns = plot_columns([site for _, site in numbered])
        for number, site in numbered if columns else ():
            yield PlotRow(
                anchor=f"site-{number}" if number <= SITES_MOST else None,
                name=self.site_name(site),
                cells=tuple(self._plot_cell(site["plot"], name) for name in columns),
            )

    def _plot_cell(self, plot: Json | None, name: str) -> str:
        value = None if plot is None else plot["stated"].get(name)
        if value is None:
            return self.ui("plot_not_stated")
        if name != BUILDING or plot is None:
            return self.number(value, "exact") if isinstance(value, int | float) else str(value)
        building = plot["building"]
        answer = {True: "yes", False: "no", None: "unknown"}[building["fits"]]
        length, width = (self.number(building[side], "exact") for side in ("length_m", "width_m"))
        return self.ui(f"plot_building_{answer}", length=length, width=width)

    def _cases(self, numbered: Sequence[tuple[int, Json]]) -> Iterator[CaseRow]:
        """Yield the sites that are cases, the first last day first; those without a day last."""
        cases = CaseBuilder(self.data, self.texts)
        told = [(number, site, site["procedure"]) for number, site in numbered if site.get("procedure")]
        told.sort(key=lambda one: (one[2]["due"] is None, one[2]["due"]["date"] if one[2]["due"] else "", one[0]))
        for number, site, procedure in told:
            yield CaseRow(
                anchor=f"case-{number}" if number <= SITES_MOST else None,
                name=self.site_name(site),
                kind=self.known(procedure["title"] or site["case"].get("type")),
                number=str(site["case"].get("dnr") or "–"),
                received=self.known(procedure["received"] or site["case"].get("received")),
                due=cases.line(site) or self.ui("case_due_none"),
            )

    def _untested(self, sites: Sequence[Json], sections: SectionBuilder) -> Iterator[Untested]:
        # a site's own words about what it lacks are a question of their own: no site's can be lost among the others'
        found: dict[str | None, dict[tuple[str, str | None], tuple[Json, list[int]]]] = {}
        for number, site in enumerate(sites, 1):
            for finding in site["findings"]:
                if finding["outcome"] == "OPEN":
                    questions = found.setdefault(finding["open_reason"], {})
                    text = sections.missing(finding) if has_no_layer(finding) else None
                    _, where = questions.setdefault((finding["rule"], text), (finding, []))
                    if number not in where:
                        where.append(number)
        for reason, questions in sorted(found.items(), key=lambda pair: (-len(pair[1]), str(pair[0]))):
            yield Untested(
                reason=self.term("open_reason", reason),
                count=self.count("questions", len(questions)),
                questions=tuple(
                    Unasked(
                        title=self.rule_title(finding),
                        rule=finding["rule"],
                        # on paper the sites leave it to this list to say what they all lack
                        text=text,
                        next_step=sections.own_step(finding) if text else None,
                        where=self._where(finding, where, len(sites)),
                    )
                    for (_, text), (finding, where) in questions.items()
                ),
            )

    def _where(self, finding: Json, numbers: Sequence[int], of: int) -> str:
        told = [self.ui("gate_open")] if finding.get("gate") else []
        runs = list(_runs(numbers))
        if of > 1 and len(numbers) == of:
            told.append(self.ui("sites_all"))
        elif of > 1 and len(runs) <= RUNS_MOST:
            told.append(self.ui("sites_numbers", numbers=", ".join(runs)))
        elif of > 1:
            told.append(self.ui("sites_some", number=len(numbers), of=of))
        return "; ".join(told)

    def _ledger_row(self, entry: Json) -> LedgerRow:
        before, after = entry.get("area_before_m2"), entry.get("area_after_m2")
        reason = str(entry["reason"])
        if before is not None and after is not None:
            reason = f"{reason} ({self.number(before, 'area')} → {self.number(after, 'area')})"
        accepted = entry.get("accepted_by")
        return LedgerRow(
            layer=self.layer_title(entry["layer"]),
            feature=str(entry["feature"]),
            state=self.ui(f"state_{entry['state']}"),
            reason=reason,
            place=self._place(entry.get("bounds") or []),
            accepted=self.ui("accepted_by", who=accepted) if accepted else None,
        )

    def _place(self, bounds: Sequence[float]) -> str:
        if not bounds:
            return "–"
        west, south, east, north = bounds
        return self.ui("place", north=round((south + north) / 2), east=round((west + east) / 2))

    def _statements(self) -> Iterator[Statement]:
        told = self.plan["statements"]
        changed = Counter(_changed(one) for one in told if one["kind"] == "override")
        for one in told:
            override = one["kind"] == "override"
            who = ", ".join(str(one[key]) for key in ("by", "date") if one.get(key)) or self.ui("unknown")
            applies = one.get("applies", True)
            standing = None
            if override and (not applies or changed[_changed(one)] > 1):
                standing = self.ui("override_applies" if applies else "override_replaced")
            text = self._changed_value(str(one["text"])) if override else str(one.get("text") or "")
            yield Statement(
                kind=self.ui(f"statement_{one['kind']}"),
                text=": ".join(word for word in (self._subject(one), text) if word),
                # the value of an override comes from somewhere; nobody is named who answers for it
                by=self.ui("statement_source" if override else "statement_by", who=who),
                standing=standing,
            )

    def _subject(self, one: Json) -> str:
        """Return what a statement is about in words: a rule's title, a layer's with the object in it."""
        what = str(one.get("what") or "")
        if one["kind"] == "override" and what in self.rules:
            return f"{self.rules[what]['title']} ({what})"
        layer, _, feature = what.partition("/")
        if one["kind"] != "not_applicable" and layer in self.layers:
            return ", ".join(word for word in (self.layer_title(layer), feature) if word)
        return what

    def _changed_value(self, text: str) -> str:
        """Return a changed value in words where it is a number of a parameter that the page has words for."""
        found = _NUMBER_SET.match(text)
        if not found or not self.texts.has("ui", f"parameter_{found['name']}"):
            return text
        return f"{self.parameter(found['name'], float(found['value']))}. {found['reason']}"

    def _data(self, layer: Json) -> Data:
        document = self.documents.get(layer.get("document") or "", {})
        traces = [
            Pair(name=self.ui("data_file"), text=self.known(layer["file"]), mono=True),
            *(
                Pair(name=self.ui(f"data_{key}"), text=self.known(layer.get(key)))
                for key in _SHARED
                if not layer.get(key) or layer[key] != self._most[key]
            ),
            Pair(name="sha256", text=self.known(layer["sha256"]), mono=True),
            Pair(name=self.ui("data_content"), text=self.known(layer["content"]), mono=True),
        ]
        return Data(
            title=self.layer_title(layer["id"]),
            theme=str(layer.get("theme_title") or layer["theme"]),
            note=layer.get("note"),
            document=None if not document else str(document.get("name") or document["id"]),
            unconfirmed=not layer.get("confirmed", False),
            date=self.known(layer["dated"]),
            owner=self.known(layer["owner"]),
            licence=self.known(layer["licence"]),
            accuracy=self._accuracy(layer),
            fitness=tuple(self._fit(one, layer) for one in layer.get("fitness") or ()),
            border=self.ui(f"border_{layer['border']}" if layer.get("border") in _BORDERS else "border_kind_unknown"),
            coverage=self._coverage(layer.get("coverage")),
            rows=self.number(layer.get("rows", layer["features"]), "num"),
            remarks=self._ledger_counts(layer),
            traces=tuple(traces),
            notes=tuple(layer.get("notes") or ()),
        )

    @functools.cached_property
    def _most(self) -> Mapping[str, str | None]:
        """What most layers have, of what is told once for all that say nothing else."""
        return {key: usual(layer.get(key) for layer in self.every_layer) for key in _SHARED}

    def _data_usual(self) -> str | None:
        told = [f"{self.ui(f'data_{key}')}: {most}" for key, most in self._most.items() if most]
        return self.ui("data_usual", told="; ".join(told)) if told else None

    def _accuracy(self, layer: Json) -> str:
        told = self.number(layer.get("accuracy_m"), "dist", self.ui("data_accuracy_unknown"))
        return f"{told}, {self.ui('data_scale', scale=layer['scale'])}" if layer.get("scale") else told

    def _fit(self, one: Json, layer: Json) -> str:
        """Return what a layer's holder says it can be used for."""
        purpose, fit = self.term("purpose", one["purpose"]), self.term("fit", one["fit"])
        told = self.ui("data_fit", source=one["source"], purpose=purpose, fit=fit)
        return f"{told}, {self.ui('data_scale', scale=one['scale'])}" if one.get("scale") else told

    def _coverage(self, coverage: object) -> str:
        if coverage is None:
            return self.ui("coverage_none")
        return self.ui("coverage_municipality") if coverage == "municipality" else str(coverage)

    def _ledger_counts(self, layer: Json) -> str:
        states = ("repaired", "set_aside", "unplaced", "duplicate")
        told = [f"{self.ui(f'state_{state}')}: {layer[state]}" for state in states if layer.get(state)]
        return "; ".join(told)

    def _ruleset(self, one: Json) -> Ruleset:
        return Ruleset(
            title=str(one.get("title") or one["id"]),
            id=one["id"],
            version=str(one["version"]),
            count=str(one["count"]),
            sha256=self.known(one["sha256"]),
        )


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """Yield numbers in order, those that follow on one another as one."""
    for _, run in itertools.groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        told = [number for _, number in run]
        yield str(told[0]) if len(told) == 1 else f"{told[0]}–{told[-1]}"


def _changed(one: Json) -> tuple[str, str]:
    """Return the rule and the parameter that an override changes."""
    return str(one["what"]), str(one["text"]).partition(" = ")[0]


def _standing(document: Json) -> tuple[int, int, str]:
    """Sort documents: those in force first, the plan of the whole municipality before its amendments."""
    kinds = ("översiktsplan", "fördjupning", "tillägg", "detaljplan", "områdesbestämmelser")
    kind = str(document["kind"])
    return (
        0 if document["status"] == "laga kraft" else 1,
        kinds.index(kind) if kind in kinds else len(kinds),
        str(document["id"]),
    )
