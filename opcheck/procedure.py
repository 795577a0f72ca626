"""What a site's case is, and what its kind asks for: what is due and when, what is lacking, how a statement is built.

Values only, in one language; the page is laid out by ``report``. A case of an unknown kind is told and never guessed.
Where nobody has read the wording of the law that holds, that is said, and no day or section is given.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opcheck.findings import Basis
from opcheck.rules import GROUNDS, NEEDS, Rule, themes
from opcheck.sites import Site
from opcheck.texts import Texts, begun

PLANNING_NOTICE = "planbesked"
ADVANCE_NOTICE = "förhandsbesked"
PERMIT = "bygglov"
LAND_ALLOCATION = "markanvisning"
SITING_STUDY = "lokaliseringsutredning"
ROUND_TABLE = "lots"

_ALIASES: Mapping[str, tuple[str, ...]] = {
    PLANNING_NOTICE: ("begäran om planbesked", "ansökan om planbesked", "planbeskedsärende"),
    ADVANCE_NOTICE: ("forhandsbesked", "ansökan om förhandsbesked", "begäran om förhandsbesked"),
    PERMIT: ("bygglovsansökan", "ansökan om bygglov", "bygglovsärende"),
    LAND_ALLOCATION: ("markanvisningsansökan", "ansökan om markanvisning", "begäran om markanvisning"),
    SITING_STUDY: ("lokaliseringsstudie",),
    ROUND_TABLE: ("företagslots", "foretagslots", "etableringslots"),
}
"""Kind of case → other words for the same. "Lokaliseringsprövning" is not one: it is what happens in other cases."""

CASE_TYPES = tuple(_ALIASES)

GROUPED = frozenset({PLANNING_NOTICE})
"""Kinds whose findings are grouped by the grounds on which the county may review a plan: the case must be about one."""

_UNTIMED = frozenset({LAND_ALLOCATION, SITING_STUDY, ROUND_TABLE})
"""Kinds for which no rule that was read sets a time, so that nobody misses the day they came in."""

_CHAPTER_9 = frozenset({ADVANCE_NOTICE, PERMIT})
"""Kinds that chapter 9 of PBL is about."""

CHAPTER_9_SINCE = datetime.date(2025, 12, 1)
"""PBL chapter 9 has other rules and sections from this day on (SFS 2025:974); their wording has not been read."""

SHORE_SINCE = datetime.date(2025, 7, 1)
"""PBL 4:17 on lifting shore protection in a detaljplan was read as worded from this day on (SFS 2025:514)."""

_READ = datetime.date(2026, 11, 22)
_PBL, _MB = "SFS 2010:900", "SFS 1998:808"

NOTICE_MONTHS = 4
"""Months from a complete request to the planbesked (PBL 5:4)."""

CHAPTER_9_WEEKS = 10
"""Weeks from an application to the decision on lov and förhandsbesked (PBL 9:27 as it was before `CHAPTER_9_SINCE`)."""

ADVANCE_NOTICE_YEARS = 2
"""Years within which a positive förhandsbesked binds the lov (PBL 9:18 as it was before `CHAPTER_9_SINCE`)."""

_TOLD: Mapping[str, Any] = {
    "months": NOTICE_MONTHS, "weeks": CHAPTER_9_WEEKS, "years": ADVANCE_NOTICE_YEARS, "since": CHAPTER_9_SINCE,
}  # fmt: skip
"""The times and days that sentences name."""

_DATE = re.compile(r"(\d{4})([-/])(\d{2})\2(\d{2})(?:[T ]\d{2}:\d{2}.*)?")
"""Year first, so that day and month cannot be mixed up; GDAL writes a file's dates with strokes, or with a time."""

_OPENED = frozenset({"type", "dnr", "received"})
"""What makes a site a case. A property alone does not: it says where, and not that somebody has asked anything."""

_PURPOSE = ("ändamål", "andamal", "purpose")
_DESCRIPTION = ("beskrivning", "description", "verksamhetsbeskrivning")
_EXTENT = ("building_m", "buildings_floor_area_m2")

_STATED = frozenset({"FAIL", "REVIEW", "OPEN", "PASS"})
_ASKING = frozenset({"FAIL", "REVIEW", "OPEN"})

_STRUCTURE: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    PLANNING_NOTICE: (
        ("case", ()), ("plans", ("detailed", "plan")), ("interests", ("interest",)), ("conditions", ("condition",)),
        ("assessment", ("conflict",)), ("steps", ("step",)), ("proposal", ()),
    ),
    ADVANCE_NOTICE: (
        ("application", ()), ("guidance", ("detailed", "plan")), ("chapter_2", ("interest", "condition")),
        ("heard", ()), ("assessment", ("conflict",)), ("terms", ()), ("decision", ()),
    ),
    PERMIT: (
        ("application", ()), ("detailed_plan", ("detailed",)), ("outside_plan", ("plan", "interest", "condition")),
        ("heard", ()), ("assessment", ("conflict",)), ("terms", ()), ("decision", ()),
    ),
    SITING_STUDY: (
        ("purpose", ()), ("criteria", ("criterion",)), ("candidates", ()), ("comparison", ("interest", "condition")),
        ("consequences", ("conflict",)), ("choice", ("detailed", "plan")),
    ),
}  # fmt: skip
"""Kind → the headings of its statement in order, and which findings belong under each. Practice, not law."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A section that a kind of case rests on; `checked` when somebody has read its wording."""

    act: str
    section: str
    checked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an answer is due.

    Parameters
    ----------
    date
        The last day.
    rule
        ``notice`` (planbesked), ``weeks`` (lov and förhandsbesked before `CHAPTER_9_SINCE`) or ``weeks_before`` (the
        same for a case that came in before that day and is judged for a later one): names the sentence.
    law
        Section and act that it rests on, as `Law`.
    conditional
        It holds only if the rules that applied when the case came in still do: the transitional provisions have not
        been read.
    """

    date: datetime.date
    rule: str
    law: Law
    conditional: bool = False


def find_case_type(word: str) -> str | None:
    """Return the kind of case that a word means, None for a word that is not one of those listed."""
    wanted = _plain(word)
    for kind, names in _ALIASES.items():
        if wanted in {_plain(name) for name in (kind, *names)}:
            return kind
    return None


def read_date(text: str) -> datetime.date | None:
    """Return a date that begins with its year, None for what cannot be read as one."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return datetime.date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def months_later(day: datetime.date, months: int) -> datetime.date:
    """Return the same day so many calendar months later; the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due(case: Mapping[str, str], day: datetime.date) -> Due | None:
    """Return when an answer is due, None where no time is known or it cannot be counted.

    Parameters
    ----------
    case
        The site's ``case_…`` attributes, without the prefix.
    day
        The day that is assessed for: a request cannot have come in after it.
    """
    kind = find_case_type(case.get("type", ""))
    received = read_date(case.get("received", ""))
    if received is None or received > day:
        return None
    if kind == PLANNING_NOTICE:
        return Due(date=months_later(received, NOTICE_MONTHS), rule="notice", law=Law(act=_PBL, section="5 kap. 4 §"))
    if kind in _CHAPTER_9 and received < CHAPTER_9_SINCE:
        last = received + datetime.timedelta(weeks=CHAPTER_9_WEEKS)
        later = day >= CHAPTER_9_SINCE
        law = Law(act=_PBL, section="9 kap. 27 §")
        return Due(date=last, rule="weeks_before" if later else "weeks", law=law, conditional=later)
    return None


def due_line(case: Mapping[str, str], day: datetime.date, texts: Texts, *, brief: bool = False) -> str | None:
    """Return what is due and when in a line, or why no day is told; None for a site that is no case.

    Parameters
    ----------
    brief
        Only the day, where there is one: for a table with a line a site.
    """
    if not _OPENED & case.keys():
        return None
    kind = find_case_type(case.get("type", ""))
    found = due(case, day)
    told = {
        "title": texts.get("case_type", kind) if kind else None, "dnr": case.get("dnr"),
        "received": read_date(case.get("received", "")), "date": found.date if found else None,
        "passed": texts.get("ui", "case_passed") if found and found.date < day else None,
    }  # fmt: skip
    if brief:
        key = "line_brief_conditional" if found and found.conditional else "line_brief"
        return texts.say("procedure", key, told) if found else None
    if found is not None:
        return texts.say("procedure", f"line_{found.rule}", told)
    lines = [texts.say("procedure", "line_untimed" if kind in _UNTIMED else "line_none", told)]
    return " ".join([*lines, *_doubts(case, day, texts), *_chapter_9_notes(kind, case, day, texts)])


def procedure(
    site: Site, findings: Sequence[Mapping[str, Any]], rules: Mapping[str, Rule], *, day: datetime.date,
    geometry_kind: str | None, texts: Texts, neighbours: Sequence[str] = (),
) -> dict[str, Any] | None:  # fmt: skip
    """Return what a site's case asks for, None for a site that is no case.

    Parameters
    ----------
    findings
        The site's findings as they stand in the record.
    rules
        Rule id → rule.
    day
        The day that is assessed for: it decides which law applies.
    geometry_kind
        ``polygon``, ``line``, ``point``, or None for a site that cannot be tested.
    neighbours
        The other municipalities that the site lies in.

    Returns
    -------
    procedure
        ``type`` (None when it is missing or unknown), ``title``, ``law``, ``received``, ``due``, ``due_none`` (what to
        say where no day is told), ``missing``,
        ``documents``, ``groups`` (by the grounds of PBL 11:10, or None), ``structure`` (the statement's headings, or
        None) and ``notes``.
    """
    if not _OPENED & site.case.keys():
        return None
    word = site.case.get("type", "")
    kind = find_case_type(word)
    received = read_date(site.case.get("received", ""))
    found = due(site.case, day)
    missing = _missing(site, geometry_kind, texts) if kind == PLANNING_NOTICE else []
    documents = _documents(findings, texts, kind)
    notes = [*_doubts(site.case, day, texts), *_deadline_notes(found, missing, day, texts)]
    notes += _kind_notes(kind, site.case, findings, rules, day, texts)
    shore = kind == PLANNING_NOTICE and _meets_shore(findings, rules)
    if shore:
        notes.append(texts.say("procedure", "shore_planbesked", {"section": _SHORE.section}))
    return {
        "type": kind, "title": texts.get("case_type", kind) if kind else None,
        "law": [_cited(law, texts) for law in _laws(kind, received, day, shore=shore)],
        "received": received.isoformat() if received else None,
        "due": None if found is None else _due(found, received, day, texts),
        "due_none": None if found else texts.get("procedure", "due_unset" if kind in _UNTIMED else "due_uncounted"),
        "missing": missing, "documents": documents,
        "groups": _groups(findings, rules, neighbours, texts) if kind in GROUPED else None,
        "structure": _structure(kind, findings, rules, texts) if kind is not None and kind in _STRUCTURE else None,
        "notes": notes,
    }  # fmt: skip


def _plain(word: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", word).casefold()).split())


_SHORE = Law(act=_PBL, section="4 kap. 17 §")


def _laws(
    kind: str | None, received: datetime.date | None, day: datetime.date, *, shore: bool
) -> tuple[Law, ...]:  # fmt: skip
    """Return the sections a kind of case rests on, as they were on a day and on the day it came in.

    Parameters
    ----------
    shore
        The site meets shore protection, and the case leads to a detaljplan.
    """
    if kind == PLANNING_NOTICE:
        lifted = dataclasses.replace(_SHORE, checked=day >= SHORE_SINCE)
        return (Law(act=_PBL, section="5 kap. 2–5 b §§"), *((lifted,) if shore else ()))
    if kind == ADVANCE_NOTICE:
        return Law(act=_PBL, section="2 kap. 2–6 §§"), *_chapter_9("9 kap. 17, 18 och 27 §§", received, day)
    if kind == PERMIT:
        return *_chapter_9("9 kap. 27, 30 och 31 §§", received, day), Law(act=_PBL, section="2 kap. 2–6 §§")
    if kind == SITING_STUDY:
        return (Law(act=_MB, section="2 kap. 6 §", checked=False),)
    return ()


def _chapter_9(earlier: str, received: datetime.date | None, day: datetime.date) -> tuple[Law, ...]:
    """Return the sections before `CHAPTER_9_SINCE`, the chapter since then, or both where either may apply."""
    before, since = Law(act=_PBL, section=earlier), Law(act=_PBL, section="9 kap.", checked=False)
    if day < CHAPTER_9_SINCE:
        return (before,)
    return (before, since) if _came_before(received) else (since,)


def _came_before(received: datetime.date | None) -> bool:
    return received is not None and received < CHAPTER_9_SINCE


def _meets_shore(findings: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule]) -> bool:
    return any(rules[one["rule"]].theme == "shore_protection" and one["outcome"] in ("FAIL", "REVIEW")
               for one in findings)  # fmt: skip


def _cited(law: Law, texts: Texts) -> dict[str, Any]:
    return {
        "act": law.act, "act_title": texts.get("act", law.act), "section": law.section, "read": _READ.isoformat(),
        "checked": law.checked,
    }  # fmt: skip


def _due(found: Due, received: datetime.date | None, day: datetime.date, texts: Texts) -> dict[str, Any]:
    return {
        "date": found.date.isoformat(),
        "rule": texts.say("procedure", f"due_{found.rule}", {**_TOLD, "received": received}),
        "citation": _cited(found.law, texts), "passed": found.date < day, "conditional": found.conditional,
    }  # fmt: skip


def _doubts(case: Mapping[str, str], day: datetime.date, texts: Texts) -> list[str]:
    """Return what is not understood of a case: its kind, or the day it came in."""
    told = []
    kinds = [texts.get("case_type", kind) for kind in CASE_TYPES]
    if "type" not in case:
        told.append(texts.say("procedure", "type_missing", {"kinds": kinds}))
    elif find_case_type(case["type"]) is None:
        told.append(texts.say("procedure", "type_unknown", {"word": case["type"], "kinds": kinds}))
    received = read_date(case.get("received", ""))
    if "received" not in case:
        told += [] if find_case_type(case.get("type", "")) in _UNTIMED else [texts.get("procedure", "received_missing")]
    elif received is None:
        told.append(texts.say("procedure", "received_unreadable", {"word": case["received"]}))
    elif received > day:
        told.append(texts.say("procedure", "received_later", {"received": received, "day": day}))
    return told


def _deadline_notes(
    found: Due | None, missing: Sequence[Mapping[str, Any]], day: datetime.date, texts: Texts
) -> list[str]:  # fmt: skip
    """Return what to know of a last day: that it has passed, is no working day, or rests on a request that lacks."""
    if found is None:
        return []
    told = []
    if found.date < day:
        told.append(texts.say("procedure", "due_passed", {"date": found.date, "day": day}))
    if found.date.weekday() >= 5:
        # The act on how time is counted (1930:173) has not been read: the day is told, and not moved.
        which = texts.get("procedure", "saturday" if found.date.weekday() == 5 else "sunday")
        told.append(texts.say("procedure", "due_weekend", {"date": found.date, "weekday": which}))
    if missing:
        told.append(texts.get("procedure", "due_incomplete"))
    return told


def _chapter_9_notes(kind: str | None, case: Mapping[str, str], day: datetime.date, texts: Texts) -> list[str]:
    """Return which rules of chapter 9 a case may follow: those of the day it came in, or those since."""
    if kind not in _CHAPTER_9:
        return []
    received = read_date(case.get("received", ""))
    if day < CHAPTER_9_SINCE:
        return [texts.say("procedure", f"{kind}_earlier", _TOLD)]
    if _came_before(received):
        return [texts.say("procedure", "chapter_9_before", _TOLD)]
    told = [texts.say("procedure", f"{kind}_later", _TOLD)]
    return told if received is not None else [*told, texts.say("procedure", "chapter_9_unknown", _TOLD)]


def _kind_notes(
    kind: str | None, case: Mapping[str, str], findings: Sequence[Mapping[str, Any]], rules: Mapping[str, Rule],
    day: datetime.date, texts: Texts,
) -> list[str]:  # fmt: skip
    """Return what a reader of this kind of case must know; ``{kind}.*`` in the texts."""
    if kind is None:
        return []
    told = []
    if kind == PERMIT:
        told.append(texts.get("procedure", f"bygglov_{_detailed_plan(findings, rules)}"))
    told += _chapter_9_notes(kind, case, day, texts)
    return [*told, *(texts.get("procedure", key) for key in texts.keys("procedure") if key.startswith(f"{kind}."))]


def _detailed_plan(findings: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule]) -> str:
    """Return whether the site lies in a detaljplan: ``inside``, ``outside``, or ``unknown``."""
    cases = [str(one["case"]) for one in findings if _of_detailed_plan(rules[one["rule"]])]
    if "hit" in cases:
        return "inside"
    return "outside" if cases and all(case == "clear" for case in cases) else "unknown"


def _of_detailed_plan(rule: Rule) -> bool:
    return rule.theme == "detailed_plan"


def _missing(site: Site, geometry_kind: str | None, texts: Texts) -> list[dict[str, Any]]:
    """Return what a request for planbesked must hold (PBL 5:3) and the site's data do not say."""
    lacking: list[tuple[str, tuple[str, ...]]] = []

    def stated(names: Iterable[str]) -> bool:
        return any(site.attributes.get(name) not in (None, "") or name in site.case for name in names)

    if not (site.uses or site.unknown_uses or stated(_PURPOSE)):
        lacking.append(("purpose", ("use",)))
    if geometry_kind != "polygon":
        lacking.append(("map", ("geometry",)))
    if not stated(_DESCRIPTION):
        lacking.append(("character", ("description",)))
    if not stated(_EXTENT):
        lacking.append(("extent", _EXTENT))
    if not stated(("height_m",)):
        lacking.append(("height", ("height_m",)))
    return [{"key": key, "attributes": list(names), "text": texts.get("procedure_missing", key)}
            for key, names in lacking]  # fmt: skip


def _documents(findings: Iterable[Mapping[str, Any]], texts: Texts, kind: str | None) -> list[dict[str, Any]]:
    """Return the steps that findings ask for: a study, a permit, a consultation; each once, studies first.

    For a planbesked the plan's own questions come before them: `_is_of_the_plan`. Papers on a land allocation speak of
    no law, and so have no sentences.
    """
    found: dict[tuple[str | None, str], dict[str, Any]] = {}
    for one in findings:
        asks = _is_step(one) or (kind == PLANNING_NOTICE and _is_of_the_plan(one))
        if not asks:
            continue
        need = one["need"]
        own = texts.at("case_need", one["rule"], kind)
        title = texts.get("need", need) if need else texts.get("case_need", "plan")
        found.setdefault((need, one["rule"]), {
            "rule": one["rule"], "title": begun(texts.topic(one["rule"], one["title"])), "need": need,
            "need_title": texts.get("case_need", own) if texts.has("case_need", own) else title,
            "text": None if kind == LAND_ALLOCATION else one["next_step"],
            "unit": one["unit"], "consult": list(one["consult"] or ()),
        })  # fmt: skip
    order = (None, *NEEDS)
    return sorted(found.values(), key=lambda one: order.index(one["need"]))


_DETAILED_PLAN_REQUIRED = "plan.detailed_plan_required"


def _is_step(one: Mapping[str, Any]) -> bool:
    """Tell whether a finding points to a study, a permit or a consultation."""
    return one["code"] == "K" and one["need"] is not None and one["outcome"] in ("FAIL", "REVIEW")


def _is_of_the_plan(one: Mapping[str, Any]) -> bool:
    """Tell whether a finding is one that a coming detaljplan has to answer itself.

    What the översiktsplan leaves to be settled (F2), planning on its way (V), and whether a detaljplan is required: the
    last also where nobody has said whether a significant environmental impact can be expected.
    """
    if one["rule"] == _DETAILED_PLAN_REQUIRED:
        return one["outcome"] in _ASKING
    return one["code"] in ("F2", "V") and one["outcome"] in ("FAIL", "REVIEW")


def _groups(
    findings: Sequence[Mapping[str, Any]], rules: Mapping[str, Rule], neighbours: Sequence[str], texts: Texts
) -> list[dict[str, Any]]:  # fmt: skip
    """Return what asks for something, by the ground on which the county may review a plan; the rest last.

    Every ground is told: one that no rule asks about, or that nothing was found for, says so.
    """
    counted = [one for one in findings if one["counted"] and one["outcome"] in _STATED]
    grouped = []
    for ground in (*GROUNDS, None):
        of = [one for one in counted if rules[one["rule"]].ground == ground]
        ids = dict.fromkeys(one["rule"] for one in of if one["outcome"] in _ASKING)
        if not ids and ground is None:
            continue
        title = texts.get("procedure", "ground_none") if ground is None else texts.get("ground", str(ground))
        clear = len({one["rule"] for one in of} - ids.keys())
        text = None
        if ground == _BETWEEN_MUNICIPALITIES and neighbours:
            text = texts.say("procedure", "ground_neighbours", {"neighbours": list(neighbours)})
        elif not ids:
            text = texts.say("procedure", "ground_clear" if of else "ground_untested", {"n": clear})
        grouped.append({"ground": ground, "title": title, "findings": list(ids), "clear": clear, "text": text})
    return grouped


_BETWEEN_MUNICIPALITIES = 2
"""The ground on the use of land that concerns several municipalities (PBL 11:10 second paragraph 2)."""


def _structure(
    kind: str, findings: Sequence[Mapping[str, Any]], rules: Mapping[str, Rule], texts: Texts
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the headings of the statement in order, each with the findings that belong under it."""
    placed: dict[str, dict[str, None]] = {}
    for one in findings:
        rule = rules[one["rule"]]
        if one["outcome"] in _STATED and (one["counted"] or rule.basis is Basis.CRITERION):
            placed.setdefault(_shelf(rule), {})[rule.id] = None
        elif _of_detailed_plan(rule) and (one["code"] == "I" or one["outcome"] in _STATED):
            placed.setdefault("detailed", {})[rule.id] = None
        if _is_step(one) or (kind == PLANNING_NOTICE and _is_of_the_plan(one)):
            placed.setdefault("step", {})[rule.id] = None
    return [
        {"number": number, "key": key, "title": texts.get("procedure_heading", key),
         "text": texts.get("procedure_under", key) if texts.has("procedure_under", key) else None,
         "findings": [rule for shelf in shelves for rule in placed.get(shelf, ())]}
        for number, (key, shelves) in enumerate(_STRUCTURE[kind], 1)
    ]  # fmt: skip


def _shelf(rule: Rule) -> str:
    """Return what a rule is about, as statements are divided."""
    if rule.basis is Basis.CRITERION:
        return "criterion"
    if rule.check == "conflict":
        return "conflict"
    if _of_detailed_plan(rule):
        return "detailed"
    group = themes()[rule.theme].group if rule.theme is not None and rule.theme in themes() else None
    if group == "plan" or rule.id.startswith("plan."):
        return "plan"
    return "interest" if group in ("interest", "protection") else "condition"
