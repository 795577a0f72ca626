"""The assessment as a record: plain data with sentences in one language, as it stands in ``result.json``.

The report, the tables and the JSON file are all made of this record, so they cannot say different things. It holds no
wall-clock time and no path of the machine it was made on.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import importlib.metadata
import math
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from opcheck.answers import Answers
from opcheck.checks import START_YEAR
from opcheck.findings import Absence, Adjustment, Code, Finding, Outcome, Relation, Unfit, Verdict
from opcheck.how import HASH_LETTERS
from opcheck.landuse import cut_bytes
from opcheck.neighbours import NeighbourPlan
from opcheck.not_seen import not_seen
from opcheck.parts import Part
from opcheck.plan import Document, Features, Force, Layer, PartialDate, Plan, currency
from opcheck.plots import plot_record
from opcheck.procedure import find_case_type, procedure
from opcheck.routing import lots
from opcheck.rules import DETAILED_PLAN_RULES, LAND_USE, Citation, Rule, RuleSet, authority_on, letters
from opcheck.sites import Site
from opcheck.sources.files import number
from opcheck.texts import Texts, load, year
from opcheck.wordings import Wordings

SCHEMA = "opcheck-assessment/1"
PLANS_OWN = frozenset({LAND_USE, "lis_area"})
"""Themes whose layers are the municipality's own plan: whoever the pack names as its contact has them."""

_GEOMETRY_KINDS = ("point", "line", "polygon")

HEADLINE_TOPICS = 6
"""A headline names this many topics of what was not tested; the full list stands in the report."""

_LIBRARIES = ("shapely", "pyproj", "numpy")


def to_record(answers: Answers, language: str, *, stamp: str | None = None, by: str | None = None) -> dict[str, Any]:
    """Return the whole assessment as plain data.

    Parameters
    ----------
    answers
        What was answered.
    language
        ``sv`` or ``en``.
    stamp, by
        Texts of the caller's: a case number or a time, and a person. They are inputs, since two runs on the same
        content give the same bytes.
    """
    recorder = Recorder(answers, language)
    return {
        **recorder.head(stamp, by),
        "sites": [recorder.site(number) for number in range(len(answers.sites))],
        **recorder.tail(),
    }


def version() -> str:
    """Return opcheck's own version."""
    try:
        return importlib.metadata.version("opcheck")
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"


def section_of(citations: Sequence[Citation], texts: Texts) -> str | None:
    """Return the first citation in short: section and act, ``3 kap. 5 § miljöbalken``."""
    if not citations:
        return None
    first = citations[0]
    if texts.has("act", first.act):
        return " ".join(word for word in (first.section, texts.get("act", first.act)) if word)
    return ", ".join(word for word in (first.act, first.section) if word)


def rule_title(rule: Rule, texts: Texts) -> str:
    """Return a rule's title: from the texts, or as a user's own file has it."""
    return texts.get("rule", rule.id) if texts.has("rule", rule.id) else rule.title


class Recorder:
    """Turns answers into plain data, in one language."""

    def __init__(self, answers: Answers, language: str) -> None:
        self._answers = answers
        self._texts = load(language)
        self._rules = {rule.id: rule for rule in answers.rules}
        self._words = Wordings(answers, self._texts, self._topic)

    # --- the head ----------------------------------------------------------------------------------------------------

    def head(self, stamp: str | None, by: str | None) -> dict[str, Any]:
        """Return everything that stands before the sites."""
        answers = self._answers
        plan = answers.loaded.plan
        return {
            "schema": SCHEMA,
            "opcheck": version(),
            "versions": {name: importlib.metadata.version(name) for name in _LIBRARIES},
            "on": answers.day.isoformat(),
            "lang": self._texts.language,
            "stamp": stamp,
            "by": by,
            "inputs": {
                "plan": {
                    "id": plan.id, "name": plan.name, "demonstration": answers.demonstration,
                    "municipality_code": plan.municipality_code, "crs": plan.crs, "licence": plan.licence,
                    "attribution": plan.attribution, "sha256": plan.sha256,
                    "notes": list(answers.loaded.notes),
                    "included": [{"id": one, "sha256": sha256} for one, sha256 in plan.included],
                    "base": plan.base, "question": plan.question, "contact": plan.contact, "note": plan.note,
                    "area": _area(plan),
                    "documents": [self._document(one) for one in sorted(plan.documents, key=_id)],
                    "layers": [self._layer(features) for features in answers.loaded.layers],
                    "statements": self._statements(),
                    "neighbours": [self._neighbour(one) for one in answers.neighbours],
                },
                "sites": {
                    "file": answers.sites.file, "sha256": answers.sites.sha256, "content": answers.sites.content,
                    "count": len(answers.sites), "crs": answers.sites.crs,
                    "notes": list(answers.sites.notes),
                },
                "rules": [
                    {"id": one.id, "version": one.version, "sha256": one.sha256, "count": len(one.rules),
                     "title": self._ruleset_title(one), "file": one.file}
                    for one in answers.book.sets
                ],
            },
            "rules": [self._rule(rule) for rule in answers.rules],
        }  # fmt: skip

    def tail(self) -> dict[str, Any]:
        """Return everything that stands after the sites."""
        return {"not_seen": not_seen(self._answers, self._texts), "ledger": self._ledger()}

    def _neighbour(self, one: NeighbourPlan) -> dict[str, Any]:
        """Return a neighbour, and what was read of its plan when a site reached into it."""
        loaded = one.loaded
        found: dict[str, Any] = {
            "name": one.neighbour.name, "code": one.neighbour.code, "border": one.area is not None,
            "pack": None, "plan_name": None, "demonstration": None, "sha256": None, "documents": [], "layers": [],
        }  # fmt: skip
        if loaded is not None:
            found.update(
                pack=loaded.plan.id, plan_name=loaded.plan.name, demonstration=loaded.plan.demonstration,
                sha256=loaded.plan.sha256,
                documents=[self._document(document) for document in sorted(loaded.plan.documents, key=_id)],
                layers=[self._layer(features) for features in loaded.layers],
            )  # fmt: skip
        return found

    def _document(self, document: Document) -> dict[str, Any]:
        state, until = currency(document, self._answers.day)
        force = document.force(self._answers.day)
        return {
            "id": document.id, "kind": document.kind, "name": document.name, "status": document.status,
            "adopted": _text(document.adopted), "legal_force": _text(document.legal_force),
            "in_force": force.value, "current": state.value if force is Force.YES else "unknown",
            "current_until": until.isoformat() if until else None, "base": document.base,
            "themes": [self._texts.get("theme", theme) for theme in document.themes], "url": document.url,
            "published": document.published, "horizon_from": document.horizon_from, "note": document.note,
            "area": _document_area(document),
            "decisions": [
                {"decided": one.decided.isoformat(), "says": one.says,
                 "themes": [self._texts.get("theme", theme) for theme in one.themes],
                 "area": one.area.shown if one.area is not None else None}
                for one in document.currency
            ],
        }  # fmt: skip

    def _layer(self, features: Features) -> dict[str, Any]:
        layer = features.layer
        states = [entry.state for entry in features.ledger]
        return {
            "id": layer.id, "theme": layer.theme, "theme_title": self._texts.get("theme", layer.theme),
            "title": layer.title, "document": layer.document, "file": features.file, "source_layer": layer.source.layer,
            "sha256": features.sha256, "content": features.content, "features": len(features), "rows": features.rows,
            "crs": features.crs, "dated": _text(layer.dated), "owner": layer.owner, "licence": layer.licence,
            "confirmed": layer.confirmed, "accuracy_m": layer.accuracy_m, "border": layer.border,
            "crs_accuracy_m": None if math.isnan(features.crs_accuracy_m) else features.crs_accuracy_m,
            "notes": list(features.notes),
            "coverage": _coverage(layer), "note": layer.note, "reader": features.reader,
            "unread": _unread(features) if layer.theme == LAND_USE else None,
            "scale": layer.scale,
            "fitness": [
                {"purpose": one.purpose, "fit": one.fit, "scale": one.scale, "source": one.source}
                for one in layer.fitness
            ],
            **{state: states.count(state) for state in ("repaired", "set_aside", "unplaced", "duplicate")},
        }  # fmt: skip

    def _rule(self, rule: Rule) -> dict[str, Any]:
        plan = self._answers.loaded.plan
        return {
            "id": rule.id, "title": self._title(rule), "ruleset": rule.ruleset, "version": rule.version,
            "check": rule.check, "theme": rule.theme,
            "theme_title": self._texts.get("theme", rule.theme) if rule.theme else None,
            "holder": self._holder(rule.theme), "basis": rule.basis.value, "severity": rule.severity.value,
            "gate": rule.gate, "counted": rule.counted, "code": rule.code.value, "ground": rule.ground,
            "citations": [
                {"act": one.act, "act_title": self._texts.get("act", one.act), "section": one.section or None,
                 "read": one.read.isoformat(), "checked": one.checked}
                for one in rule.citations
            ],
            "responsible": {
                "unit": plan.units.get(rule.unit, self._texts.get("unit", rule.unit)),
                "consult": [self._authority(one) for one in rule.consult],
            },
            "parameters": {
                name: {"value": _jsonable(one.value), "source": one.source, "checked": one.checked,
                       "ceiling": one.ceiling, "attribute": one.attribute}
                for name, one in sorted(rule.parameters.items())
            },
            "uses": list(rule.uses),
            "counties": list(rule.counties), "replaced_in": list(rule.replaced_in),
            "when": [
                {"attribute": one.attribute, "op": one.op, "value": one.value, "missing": one.missing}
                for one in rule.when
            ],
            "valid_from": rule.valid_from.isoformat() if rule.valid_from else None,
            "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        }  # fmt: skip

    def _authority(self, name: str) -> str:
        """Return an authority by the name it had on the day that is judged for."""
        return self._texts.get("consult", authority_on(name, self._answers.day))

    def _title(self, rule: Rule) -> str:
        return rule_title(rule, self._texts)

    def _ruleset_title(self, one: RuleSet) -> str:
        known = self._texts.has("ruleset", one.id)
        return self._texts.get("ruleset", one.id) if known else one.title or one.id

    def _holder(self, theme: str | None) -> str | None:
        contact = self._answers.loaded.plan.contact
        if contact and theme in PLANS_OWN:
            return contact
        return self._texts.get("holder", theme) if theme and self._texts.has("holder", theme) else None

    def _statements(self) -> list[dict[str, Any]]:
        """Return every place where a person has taken responsibility, by name."""
        plan = self._answers.loaded.plan
        found = []
        for one in plan.not_applicable:
            theme = self._texts.get("theme", one.what)
            found.append(_statement("not_applicable", theme, one.reason, one.stated_by, one.date))
        for one, count in Counter(plan.accepted).items():
            reason = one.reason if count == 1 else f"{one.reason} (× {count})"
            found.append(_statement("accept", one.what, reason, one.stated_by, one.date, count))
        others = [one.loaded for one in self._answers.neighbours if one.loaded is not None]
        for layer in (*plan.layers, *(features.layer for loaded in others for features in loaded.layers)):
            if layer.empty is not None:
                found.append(_statement("empty", layer.id, layer.empty.reason, layer.empty.stated_by, layer.empty.date))
            for stance in layer.stances:
                what = f"{layer.id}/{stance.feature}"
                text = stance.effect + (f" ({', '.join(stance.uses)})" if stance.uses else "")
                found.append(_statement("stance", what, text, stance.by, stance.on))
        overrides = self._answers.book.overrides
        # The last one heard for a rule's parameter is the one that was applied.
        last = {(override.rule, override.parameter): place for place, override in enumerate(overrides)}
        for place, override in enumerate(overrides):
            text = f"{override.parameter} = {_jsonable(override.value)}: {override.reason}"
            # A county's rule may be asked instead of the one that is overridden: then the override changes nothing.
            applies = last[override.rule, override.parameter] == place and override.rule in self._rules
            found.append({**_statement("override", override.rule, text, override.source, None), "applies": applies})
        return sorted(found, key=lambda one: (one["kind"], one["what"], one["text"]))

    # --- sites -------------------------------------------------------------------------------------------------------

    def site(self, number: int) -> dict[str, Any]:
        """Return one site with its verdict, parts and findings."""
        answers = self._answers
        site = answers.site(number)
        verdict = answers.verdict(number)
        size = answers.size(number)
        row = int(answers.measured_row[number])
        dimension = int(answers.dimensions[row]) if row >= 0 else None
        findings = list(answers.findings(number))
        parts = answers.parts(number)
        case_type = find_case_type(site.case.get("type", ""))
        told = [self._finding(finding, case_type) for finding in findings]
        kind = None if dimension is None else _GEOMETRY_KINDS[dimension]
        found = {
            "id": site.id, "name": site.name, "uses": list(site.uses), "unknown_uses": list(site.unknown_uses),
            "use_titles": [self._texts.get("use", use) for use in site.uses],
            "area_m2": size if dimension == 2 else None,
            "geometry_kind": kind,
            "unusable": site.unusable or answers.unusable[number],
            "attributes": {name: _jsonable(value) for name, value in sorted(site.attributes.items())},
            "case": dict(sorted(site.case.items())),
            "plot": plot_record(site.attributes, answers.geometry[number]),
            "verdict": self._verdict(verdict, findings),
            "parts": [self._part(part) for part in parts],
            "findings": told, **self._handling(site, told, kind, self._neighbours(parts)),
        }  # fmt: skip
        # A text that goes into a case has no codes of ours in it.
        lines = self.headline(verdict, findings, code=False)
        return {**found, **self._words.site(found, lines, self._outside(findings))}

    def _handling(
        self, site: Site, findings: Sequence[dict[str, Any]], kind: str | None, near: Sequence[str]
    ) -> dict[str, Any]:  # fmt: skip
        """Return what the site's case asks for, and who is asked what."""
        day, texts, units = self._answers.day, self._texts, self._answers.loaded.plan.units
        case = procedure(
            site, findings, self._rules, day=day, geometry_kind=kind, texts=texts, neighbours=near
        )  # fmt: skip
        missing = case["missing"] if case else ()
        table = lots(
            site, findings, self._rules, units, missing=missing, day=day, texts=texts, neighbours=near,
            kind=case["type"] if case else None,
        )  # fmt: skip
        return {"procedure": case, "lots": table}

    def _neighbours(self, parts: Sequence[Part]) -> tuple[str, ...]:
        """Return the other municipalities that a site lies in, one in words where nobody here knows which it is."""
        named = dict.fromkeys(part.municipality for part in parts if part.municipality)
        unknown = any(part.case == "u0.outside" and part.municipality is None for part in parts)
        return (*named, *((self._texts.get("routing", "neighbour"),) if unknown else ()))

    def _verdict(self, verdict: Verdict, findings: Sequence[Finding]) -> dict[str, Any]:
        return {
            "outcome": verdict.outcome.value,
            "outcome_title": self._texts.get("outcome", verdict.outcome.value),
            "plan": verdict.plan.value if verdict.plan else None,
            "interests": [code.value for code in verdict.interests],
            "criteria": {"met": list(verdict.met), "not_met": list(verdict.not_met), "unknown": list(verdict.unknown)},
            "asked": verdict.asked,
            "counts": {outcome.value: count for outcome, count in verdict.counts.items()},
            "open": list(verdict.open), "open_gate": list(verdict.open_gate), "decided_by": list(verdict.decided_by),
            "headline": self.headline(verdict, findings),
        }  # fmt: skip

    def headline(self, verdict: Verdict, findings: Sequence[Finding], *, code: bool = True) -> list[str]:
        """Return the three lines: what the plan says, what to handle, what was not tested.

        The numbers are those of the verdict: a question counts once, with the worst of its answers. Questions with the
        same topic are named once, so there may be fewer topics than questions.
        """
        rules: dict[Outcome, dict[str, None]] = {}
        for one in findings:
            if one.counted:
                rules.setdefault(one.outcome, {})[one.rule] = None
        against = rules.get(Outcome.FAIL, {})
        return [
            self._plan_line(verdict, findings, code=code),
            self._handle_line(against, rules.get(Outcome.REVIEW, {}), {*against, *verdict.open}),
            self._open_line(verdict, against),
        ]

    def _handle_line(self, against: Iterable[str], review: Iterable[str], worse: Container[str]) -> str:
        """Return what to handle: what speaks against, what is to be assessed, and what is for some of the uses."""
        texts = self._texts
        whole, some = [one for one in review if one not in worse], [one for one in review if one in worse]
        # What speaks against comes first; that nothing else needs handling would then read as good news.
        told = [("against", list(against)), ("handle", whole), ("handle_some", some)]
        lines = [
            texts.say("headline", key, {"n": len(found), "topics": self._topics(found)}) for key, found in told if found
        ]
        return " ".join(lines) or texts.get("headline", "handle_none")

    def _open_line(self, verdict: Verdict, against: Container[str]) -> str:
        """Return what was not tested; what speaks against for one use and is open for another counts as the former."""
        texts = self._texts
        opened, gates = [one for one in verdict.open if one not in against], verdict.open_gate
        topics = self._topics(opened)
        few = len(topics) <= HEADLINE_TOPICS
        told = {
            "n": verdict.counts[Outcome.OPEN], "asked": verdict.asked,
            "topics": self._topics(gates) if gates else topics if few else None,
            "some": None if gates or few else topics[:HEADLINE_TOPICS],
        }  # fmt: skip
        some = self._topics(one for one in verdict.open if one in against)
        lines = [texts.say("headline", "open.gate" if gates else "open.nogate", told)] if opened else []
        lines += [texts.say("headline", "open_some", {"topics": some})] if some else []
        return " ".join(lines) or texts.say("headline", "open_none", told)

    def _plan_line(self, verdict: Verdict, findings: Sequence[Finding], *, code: bool) -> str:
        texts = self._texts
        plan = verdict.plan or Code.U0
        shown = plan.value if code else None
        told = {"what": texts.get("plan_line", plan.value), "code": shown, **self._governing(findings)}
        line = texts.say("headline", "plan", told)
        if self._answers.loaded.area is None:
            told = {"municipality": self._answers.loaded.plan.name}
            line = f"{texts.say('headline', 'no_border', told)} {line}"
        away = next((one for one in findings if one.arguments.get("away_m") or one.arguments.get("beside")), None)
        if away is not None:
            line = f"{texts.say('headline', 'away', away.arguments)} {line}"
        outside = self._outside(findings)
        if outside is not None:
            line = f"{outside} {line}"
        inside = next((one for one in findings if one.rule in DETAILED_PLAN_RULES and one.case == "hit"), None)
        if inside is not None:
            # Inside a detaljplan bygglov follows the detaljplan: that is told before what the översiktsplan says.
            share = inside.measures["share"]
            told = {"part_share": share if share is not None and share < 1 else None}
            line = f"{texts.say('headline', 'detailed_plan', told)} {line}"
        current = next((one for one in findings if one.rule == "plan.current"), None)
        if current is not None and texts.has("headline", f"plan_current.{current.case}"):
            about = self._theme_titles(current.arguments.get("about"))
            worded = {**current.arguments, "about": about}
            line = f"{line} {texts.say('headline', f'plan_current.{current.case}', worded)}"
        return line

    def _outside(self, findings: Sequence[Finding]) -> str | None:
        """Return that a part of the site lies in another municipality, None for a site that lies in one."""
        return next((told for one in findings if (told := self._words.outside(one)) is not None), None)

    def _governing(self, findings: Sequence[Finding]) -> dict[str, Any]:
        """Return which fördjupningar and tillägg speak for a site's land, on the whole of it or on a part."""
        land = next((one for one in findings if one.arguments.get("parts")), None)
        parts = land.arguments["parts"] if land is not None else ()
        names = [self._answers.amendments.get(part.document or "") for part in parts if part.governs and part.zone]
        amended = tuple(dict.fromkeys(name for name in names if name is not None))
        whole = None not in names
        return {"amendments": amended if whole else (), "partly": () if whole else amended}

    def _theme_titles(self, named: Sequence[str] | None) -> tuple[str, ...]:
        return tuple(self._texts.get("theme", theme) for theme in named or ())

    def _topics(self, rules: Iterable[str]) -> list[str]:
        """Return the short nouns of rules, each once."""
        return list(dict.fromkeys(self._topic(rule) for rule in rules))

    def _topic(self, rule: str) -> str:
        return self._texts.topic(rule, self._title(self._rules[rule]))

    def _part(self, part: Part) -> dict[str, Any]:
        return {
            "id": part.id, "use": part.use, "document": part.document, "layer": part.layer, "zone": part.zone,
            "name": part.name, "category": part.category, "subcategory": part.subcategory,
            "area_m2": part.area_m2, "length_m": part.length_m,
            "count": part.count,
            "share": part.share, "plan": part.plan.value if part.plan else None, "governs": part.governs,
            "case": part.case, "text": part.text, "piece": part.piece, "municipality": part.municipality,
            "legend": part.legend,
        }  # fmt: skip

    # --- findings ----------------------------------------------------------------------------------------------------

    def _finding(self, finding: Finding, case_type: str | None) -> dict[str, Any]:
        rule = self._rules[finding.rule]
        arguments = self._worded(rule, finding)
        touching = finding.measures["distance_m"] == 0
        # An answer that an adjustment took from PASS to REVIEW is no longer that the use agrees.
        case = "f1.adjusted" if finding.case == "f1" and finding.adjustments else finding.case
        key = self._texts.message_key(rule.id, rule.check, case, rule.basis.value, touching=touching)
        key = self._texts.at("message", key, case_type)
        responsible = self._rule_of(rule.id)["responsible"]
        told = {
            "rule": rule.id, "use": finding.use, "part": None, "outcome": finding.outcome.value,
            "outcome_title": self._texts.get("outcome", finding.outcome.value),
            "code": finding.code.value if finding.code else None,
            "open_reason": finding.open_reason.value if finding.open_reason else None, "need": finding.need,
            "title": self._title(rule), "theme": rule.theme, "basis": rule.basis.value, "severity": rule.severity.value,
            "gate": rule.gate, "counted": rule.counted, "unit": responsible["unit"],
            "consult": self._consulted(rule, finding),
            "measures": dict(finding.measures),
            "boundary_case": finding.boundary_case, "margin_m": finding.margin_m,
            "outcome_nominal": finding.outcome_nominal.value, "outcome_inner": finding.outcome_inner.value,
            "outcome_outer": finding.outcome_outer.value,
            "adjustments": [self._adjustment(one, arguments) for one in finding.adjustments],
            "evidence": finding.evidence, "fingerprint": finding.fingerprint,
            "features": [self._relation(one) for one in finding.features],
            "case": finding.case, "message_key": key,
            "args": {name: _jsonable(one) for name, one in finding.arguments.items()},
            "message": self._texts.say("message", key, arguments),
            "note": self._note(finding, arguments),
            "next_step": self._texts.next_step(
                rule.id, finding.case, finding.outcome.value, finding.need, arguments, case_type
            ),
            "how": list(finding.how),
            "outside_m2": finding.outside_m2,
            "absence": None if finding.absence is None else [_absence(one) for one in finding.absence],
            "pieces": None if finding.pieces is None else [dataclasses.asdict(one) for one in finding.pieces],
            "fitness": [self._unfit(one) for one in finding.fitness],
        }  # fmt: skip
        return {**told, **self._words.of(finding, rule, arguments, told, case_type)}

    def _unfit(self, one: Unfit) -> str:
        purpose = one.arguments.get("purpose")
        worded = {**one.arguments, "purpose": self._texts.get("purpose", purpose) if purpose else None}
        return self._texts.say("fitness", one.key, worded)

    @functools.cache  # noqa: B019 - a recorder lives as long as one record is being made
    def _rule_of(self, rule_id: str) -> dict[str, Any]:
        return self._rule(self._rules[rule_id])

    def _worded(self, rule: Rule, finding: Finding) -> dict[str, Any]:
        """Return the arguments of a finding's sentences, with ids turned into words."""
        texts = self._texts
        found = dict(finding.arguments)
        theme = found.get("theme")
        responsible = self._rule_of(rule.id)["responsible"]
        found.update(
            theme=texts.get("theme", theme) if theme else None,
            rule=self._title(rule),
            section=found.get("section") or section_of(rule.citations, texts),
            easing_section=section_of(rule.citations[1:], texts) if rule.value("eased_by") else None,
            verb=texts.get("verb", rule.verb) if rule.verb else None,
            holder=self._holder(theme or rule.theme),
            what=texts.get("theme", theme) if theme else self._title(rule),
            use=texts.get("use", found["use"]) if found.get("use") else None,
            need=texts.get("need", finding.need) if finding.need else None,
            units=responsible["unit"],
            consult=self._words.in_a_sentence(self._consulted(rule, finding)),
        )
        if found.get("objects"):
            found["objects"] = [self._pending_words(one) for one in found["objects"]]
        if found.get("remarks"):
            found["remarks"] = " ".join(found["remarks"])
        found["reason"] = self._reason(found.get("reason"))
        if found.get("attribute") == "power_mw":
            # What is asked for and what there is stand beside each other; nobody has weighed them here.
            site = self._answers.site(self._answers.number(finding.site))
            found["grid_mw"] = site.attributes.get("grid_mw")
        found["about"] = self._theme_titles(found.get("about"))
        for name in ("counties", "replaced_in"):
            found[name] = tuple(texts.get("ui", f"county_{one}") for one in found.get(name) or ())
        if found.get("attribute") == START_YEAR:
            for name in ("value", "limit"):
                found[name] = year(found[name]) if found.get(name) is not None else None
        if found.get("attribute"):
            found["attribute"] = texts.get("attribute", found["attribute"])
        if rule.theme == LAND_USE and found.get("category"):
            found["category"] = self._category(*str(found["category"]).split(" – "))
        if found.get("status"):
            found["status"] = texts.get("status", found["status"])
        if found.get("parts"):
            found["parts"] = [self._part_words(part) for part in finding.arguments["parts"]]
        if rule.theme == "detailed_plan":
            found["text"] = self._provisions(found)
        if found.get("forbidden"):
            found["forbidden"] = found.get("text") or found["forbidden"]
        return found

    def _consulted(self, rule: Rule, finding: Finding) -> list[str]:
        """Return who is heard: those who answer for what was met, and the rule's own where one of them is not named."""
        own: list[str] = self._rule_of(rule.id)["responsible"]["consult"]
        named = finding.arguments.get("asked_of") or ()
        known = [self._authority(one) for one in dict.fromkeys(named) if one]
        return [*known, *(one for one in own if one not in known)] if None in named or not known else known

    def _reason(self, told: str | None) -> str | None:
        """Return the matrix's reason in the language of the record; a pack's own may be in Swedish only."""
        return told if told is None or self._texts.language == "sv" else self._english_reasons.get(told, told)

    @functools.cached_property
    def _english_reasons(self) -> Mapping[str, str]:
        books = (self._answers.book, *self._answers.books)
        cells = [cell for book in books for one in book.sets for cell in one.cells]
        pairs = [(cell.reason, cell.reason_en) for cell in cells] + [(one.statement, one.statement_en) for one in cells]
        return {swedish: english for swedish, english in pairs if swedish is not None and english is not None}

    def _letters(self, text: str) -> str:
        """Return use letters of a detaljplan with the names that the catalogue has for them, others as they stand."""
        swedish = self._texts.language == "sv"
        words = []
        for word in text.replace(",", ";").split(";"):
            letter = letters().get(word.strip().rstrip("0123456789"))
            name = None if letter is None else letter.title if swedish else letter.title_en
            words.append(word.strip() if name is None else f"{word.strip()} ({name})")
        return ", ".join(words)

    def _provisions(self, found: Mapping[str, Any]) -> str | None:
        """Return a detaljplan's use letters and height in words."""
        height = found.get("max_height_m")
        words = [self._letters(str(found["uses"]))] if found.get("uses") else []
        if height:
            words.append(self._texts.say("part", "max_height", {"value": self._height(str(height))}))
        return "; ".join(words) or None

    def _height(self, text: str) -> float | str:
        """Return a height in metres, or what stands in the layer when it is no height: "20 m", "se plankartan"."""
        try:
            metres = number(text)
        except ValueError:
            return text
        if metres < 0:
            return text
        # A provision of 12,5 metres is not one of 12.
        return metres if metres.is_integer() else f"{self._texts.number(metres, 1)}\u00a0m"

    def _pending_words(self, pending: Mapping[str, Any]) -> str:
        """Return a pending matter with what it says of itself in brackets."""
        texts = self._texts
        details = [texts.get("status", str(pending["status"]))] if pending["status"] else []
        details += [texts.say("part", f"pending_{one}", pending) for one in ("date", "responsible") if pending[one]]
        return f"{pending['name']} ({'; '.join(details)})" if details else str(pending["name"])

    def _category(self, *words: str | None) -> str | None:
        """Return a category and its subcategory in words; what the model does not have is told as the plan has it."""
        return " – ".join(self._texts.get("category", word) for word in words if word) or None

    def _part_words(self, part: Part) -> str:
        key = part.case if self._texts.has("part", part.case) else (part.plan or Code.U0).value.lower()
        category = self._category(part.category, part.subcategory)
        arguments = {
            "area_m2": part.area_m2,
            "length_m": part.length_m,
            "count": part.count,
            "share": part.share,
            "category": category,
            "zone": part.name,
            "municipality": part.municipality,
            "amendment": self._answers.amendments.get(part.document or ""),
        }
        return self._texts.say("part", key, arguments)

    def _adjustment(self, one: Adjustment, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "by": one.by, "from": one.from_.value, "to": one.to.value,
            "why": self._texts.say("message", one.why, arguments),
        }  # fmt: skip

    def _note(self, finding: Finding, arguments: Mapping[str, Any]) -> str | None:
        """Return what to say beside the answer: a border that is not exact, data that is not the authority's own."""
        notes = []
        if finding.boundary_case and not finding.adjustments:
            told = {**arguments, **self._border_near(finding, arguments)}
            notes.append(self._texts.say("message", "note.boundary", told))
        if arguments.get("elsewhere"):
            notes.append(self._texts.say("message", "note.elsewhere", arguments))
        cut = next((size for one in finding.features if (size := cut_bytes(one.text)) is not None), None)
        if cut is not None:
            notes.append(self._texts.say("message", "note.cut", {"bytes": cut}))
        if any(one.layer in self._unconfirmed for one in finding.features):
            notes.append(self._texts.get("message", "note.unconfirmed"))
        return " ".join(notes) or None

    def _border_near(self, finding: Finding, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return whose border is near, and how near; for what the site already lies in, only its name."""
        near = [one for one in finding.features if one.role in ("near", "nearest") and one.distance_m]
        # The border that decides is the one whose distance is the margin; another zone may lie nearer and say the same.
        first = min(near, key=lambda one: (one.distance_m != finding.margin_m, one.distance_m), default=None)
        if first is not None:
            return {"name": first.name, "distance_m": first.distance_m}
        if finding.outcome is Outcome.PASS:
            return {"name": None, "distance_m": finding.margin_m}
        return {"name": arguments.get("name"), "distance_m": None}

    @functools.cached_property
    def _unconfirmed(self) -> frozenset[str]:
        """The layers that are not the authority's own."""
        layers = (features.layer for features in self._answers.layers)
        return frozenset(layer.id for layer in layers if not layer.confirmed)

    def _relation(self, one: Relation) -> dict[str, Any]:
        return {
            "role": one.role, "layer": one.layer, "id": one.feature, "name": one.name, "category": one.category,
            "area_m2": one.area_m2, "share": one.share, "length_m": one.length_m, "distance_m": one.distance_m,
            "depth_m": one.depth_m, "sliver": one.sliver, "governs": one.governs, "text": one.text,
        }  # fmt: skip

    def _ledger(self) -> list[dict[str, Any]]:
        return [
            {"layer": one.layer, "feature": one.feature, "state": one.state, "reason": one.reason,
             "bounds": list(one.bounds) if one.bounds else [], "area_before_m2": one.area_before_m2,
             "area_after_m2": one.area_after_m2, "accepted_by": one.accepted_by}
            for one in self._answers.ledger
        ]  # fmt: skip


def _id(document: Document) -> str:
    return document.id


def _unread(features: Features) -> int:
    """Return how many zones have a text of which nobody has entered what it means."""
    read = {stance.feature for stance in features.layer.stances}
    texts = features.fields.get("text", ())
    return sum(1 for name, text in zip(features.ids, texts, strict=False) if text is not None and name not in read)


def _absence(one: Absence) -> dict[str, Any]:
    near = one.nearest
    return {
        "layer": one.layer, "title": one.title, "theme": one.theme, "extent": list(one.extent) if one.extent else None,
        "features": one.features, "dated": one.dated, "owner": one.owner, "file": one.file,
        "hash": one.content[:HASH_LETTERS] if one.content else None, "coverage": one.coverage,
        "nearest": None if near is None else {
            "id": near.feature, "name": near.name, "distance_m": near.distance_m, "at_most": near.at_most,
        },
    }  # fmt: skip


def _text(value: PartialDate | None) -> str | None:
    return None if value is None else str(value)


def _area(plan: Plan) -> str:
    """Return what is known of the municipality's border: ``loaded``, ``provisional`` or ``not_loaded``."""
    if plan.area is None:
        return "not_loaded"
    return "provisional" if plan.provisional_area else "loaded"


def _document_area(document: Document) -> str:
    """Return what is known of where a document applies: ``municipality``, ``part`` or ``unknown``."""
    if document.area_unknown:
        return "unknown"
    return "municipality" if document.area is None else "part"


def _coverage(layer: Layer) -> str | None:
    return layer.coverage if isinstance(layer.coverage, str) or layer.coverage is None else layer.coverage.shown


def _statement(
    kind: str, what: str, text: str, by: str, date: datetime.date | None, count: int | None = None
) -> dict[str, Any]:
    day = date.isoformat() if date else None
    return {"kind": kind, "what": what, "text": text, "by": by, "date": day, "count": count}


def _jsonable(value: Any) -> Any:  # noqa: ANN401 - what JSON can hold
    if isinstance(value, Part):
        return value.id
    if isinstance(value, list | tuple):
        return [_jsonable(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _jsonable(one) for name, one in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
