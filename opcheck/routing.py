"""Who answers for a finding, who is heard, and what each of them is asked: the table of a företagslots.

Every rule names a unit and those to consult; the pack gives the unit the name it has in the municipality. Where a rule
names nobody outside, that is said in words: an empty cell could be read as forgotten.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opcheck.rules import UNITS, Rule, authority_on
from opcheck.sites import Site
from opcheck.texts import Texts, begun

_LOUD = ("FAIL", "REVIEW", "OPEN")
"""Outcomes that ask for something, the loudest first."""

_DATA = frozenset({"layer_missing", "no_coverage", "feature_set_aside", "site_unusable"})
"""Reasons for which a question waits for data and not for a meeting."""

_USE_MISSING = "open.use_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who answers for a rule's findings.

    Parameters
    ----------
    unit, title
        The unit's id, and its name in the municipality. A unit that a rule file names in full is its own id.
    consult
        Who is heard; never empty.
    outside
        Whether anybody outside the municipality is among them.
    """

    unit: str
    title: str
    consult: tuple[str, ...]
    outside: bool


def route(rule: Rule, units: Mapping[str, str], day: datetime.date, texts: Texts) -> Route:
    """Return who answers for a rule's findings, and who is heard.

    Parameters
    ----------
    units
        Unit id → the municipality's own name, as the pack has them; a unit without one gets the general name.
    day
        The day that is assessed for: authorities are told by the names they had then.
    """
    consult = tuple(texts.get("consult", authority_on(one, day)) for one in rule.consult)
    return Route(
        unit=rule.unit, title=units.get(rule.unit, texts.get("unit", rule.unit)),
        consult=consult or (texts.get("routing", "nobody_outside"),), outside=bool(consult),
    )  # fmt: skip


def lots(
    site: Site, findings: Sequence[Mapping[str, Any]], rules: Mapping[str, Rule], units: Mapping[str, str], *,
    missing: Iterable[Mapping[str, Any]], day: datetime.date, texts: Texts, kind: str | None = None,
    neighbours: Sequence[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return who should sit at the table, which question each gets, and what to ask the applicant.

    Parameters
    ----------
    findings
        The site's findings as they stand in the record.
    rules
        Rule id → rule.
    missing
        What the case's kind asks for and the data do not say, as `opcheck.procedure.procedure` has it.
    kind
        The kind of the site's case: a plan is asked other things than a permit.
    neighbours
        The other municipalities that the site lies in: each is a party.

    Returns
    -------
    lots
        ``units`` (those with a question for the meeting first; ``at_table`` is false for one whose questions only wait
        for data), ``consult`` (outside parties) and ``applicant`` (attribute and question).
    """
    seats: dict[str, dict[str, Any]] = {}
    parties: dict[str, dict[str, dict[str, Any]]] = {}
    for one in findings:
        if not one["counted"] or one["outcome"] not in _LOUD:
            continue
        found = route(rules[one["rule"]], units, day, texts)
        question = _question(one, texts, kind)
        seat = seats.setdefault(found.title, {"unit": found.unit, "title": found.title, "questions": {}})
        seat["questions"].setdefault((question["rule"], question["text"]), question)
        # A question that waits for the applicant decides who is heard only once it has been answered.
        if found.outside and question["kind"] == "meeting":
            # The finding knows of some by name whom the rule knows by their task only.
            for name in one.get("consult") or found.consult:
                parties.setdefault(name, {}).setdefault(question["rule"], question)
    for name in neighbours:
        parties.setdefault(name, {}).setdefault(_LAND_USE, _of_neighbour(texts))
    at_table = [_seat(one) for one in seats.values()]
    return {
        "units": sorted(at_table, key=_seat_order),
        "consult": [
            {"name": name, "questions": list(questions.values())}
            # Of those with as many questions, the one that a rule names first comes first: the interest is theirs.
            # A municipality that the site lies in goes before them: its own plan holds for that land.
            for name, questions in sorted(parties.items(), key=lambda pair: (-len(pair[1]), pair[0] not in neighbours))
        ],
        "applicant": _applicant(site, findings, missing, texts),
    }


_LAND_USE = "plan.land_use"


def _of_neighbour(texts: Texts) -> dict[str, Any]:
    topic = texts.get("routing", "neighbour_topic")
    return {
        "rule": _LAND_USE, "topic": topic, "text": texts.say("lots_question", "neighbour", {"topic": topic}),
        "kind": "meeting", "outcome": "REVIEW",
    }  # fmt: skip


def _seat(one: Mapping[str, Any]) -> dict[str, Any]:
    questions = sorted(
        one["questions"].values(), key=lambda each: (_KINDS.index(each["kind"]), _LOUD.index(each["outcome"]))
    )
    at_table = any(each["kind"] != "data" for each in questions)
    return {"unit": one["unit"], "title": one["title"], "at_table": at_table, "questions": questions}


_KINDS = ("meeting", "applicant", "data")
"""What a question waits for: the meeting itself, the applicant's answer, or data."""


def _seat_order(seat: Mapping[str, Any]) -> tuple[bool, int, str]:
    unit = str(seat["unit"])
    return not seat["at_table"], UNITS.index(unit) if unit in UNITS else len(UNITS), str(seat["title"])


def _question(finding: Mapping[str, Any], texts: Texts, case_type: str | None) -> dict[str, Any]:
    """Return the short question that a finding poses."""
    key, kind = _key(finding), "meeting"
    if finding["outcome"] == "REVIEW":
        own = texts.at("lots_question", finding["rule"], case_type)
        key = own if texts.has("lots_question", own) else texts.at("lots_question", key, case_type)
    if finding["outcome"] == "OPEN":
        reason = finding["open_reason"]
        waits = finding["case"] == _USE_MISSING or reason in _DATA
        kind = "data" if waits else "applicant" if reason == "attribute_missing" else "meeting"
    topic = texts.topic(finding["rule"], str(finding["title"]))
    attribute = (finding["args"] or {}).get("attribute")
    told = {
        "topic": begun(topic),
        "attribute": texts.get("attribute", attribute) if attribute else None,
    }
    return {
        "rule": finding["rule"], "topic": topic, "text": texts.say("lots_question", key, told), "kind": kind,
        "outcome": finding["outcome"],
    }  # fmt: skip


def _key(finding: Mapping[str, Any]) -> str:
    """Return which question: by what is missing, what is needed, or what the answer was."""
    if finding["outcome"] == "OPEN":
        return "use_missing" if finding["case"] == _USE_MISSING else str(finding["open_reason"])
    if finding["outcome"] == "FAIL":
        return "F5" if finding["code"] == "F5" else "FAIL"
    code = str(finding["code"] or "other")
    return f"K.{finding['need']}" if code == "K" and finding["need"] else code


def _applicant(
    site: Site, findings: Iterable[Mapping[str, Any]], missing: Iterable[Mapping[str, Any]], texts: Texts
) -> list[dict[str, Any]]:  # fmt: skip
    """Return what to ask the applicant: what rules lacked, then what the case's kind asks for beside it."""
    asked: dict[str, None] = {}
    if not site.uses:
        asked["use"] = None
    for one in findings:
        if one["outcome"] == "OPEN" and one["open_reason"] == "attribute_missing" and one["case"] != _USE_MISSING:
            attribute = (one["args"] or {}).get("attribute")
            if attribute:
                asked[attribute] = None
    for one in missing:
        asked[one["attributes"][0]] = None
    return [{"attribute": name, "question": _asked(name, texts)} for name in asked]


def _asked(attribute: str, texts: Texts) -> str:
    if texts.has("applicant", attribute):
        return texts.get("applicant", attribute)
    return texts.say("routing", "ask_attribute", {"attribute": texts.get("attribute", attribute)})
