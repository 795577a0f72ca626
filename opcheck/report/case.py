"""What the page says of a site's case, and the sheet for a meeting about it: one A4 page; what does not fit is counted.

Both are made of the record's ``procedure`` and ``lots``; a record without them gets neither.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import TypedDict

from opcheck.report.view import Case, Citation, Ground, Heading, Lots, Pair, Question, Seat, Step
from opcheck.report.wording import LOUD, Json, Wording

SEAT_LINES = 20
"""Lines of questions to units on the sheet, beside what waits for the applicant."""

UNTESTED_MOST = 3
"""Untested questions that a case names; more are counted, and named where the site says what was not tested."""

SEATS_MOST = 8
PARTY_LINES = 14
APPLICANT_MOST = 8
TOPICS_MOST, TOPICS_ON_LINE = 3, 2

SHEET_LINES, WAITING_LEAST = 46, 5
"""Lines on the sheet; what waits for data gets those that are left, and at least so many."""

DENSE_FROM, DENSER_FROM = 44, 64
"""With more lines than this the sheet is set in a smaller type, and in one smaller still."""

LINE = 85
"""Letters of a question on a line."""

QUESTION_MOST = 130
NAME_MOST = 60
TOPIC_MOST = 54
TITLE_MOST = 80
"""Letters of what other people have named, which can be of any length."""


class _Sorted(TypedDict):
    questions: tuple[Question, ...]
    clear: str | None


class CaseBuilder(Wording):
    """Turns a site's case, and who is asked what, into what the page shows."""

    def line(self, site: Json) -> str | None:
        """Return the last day for an answer, None for a site without one."""
        due = (site.get("procedure") or {}).get("due")
        return None if due is None else self._last_day(due)

    def case(self, number: int, site: Json) -> Case | None:
        """Return the section on a site's case, None for a site that is no case."""
        told = site.get("procedure")
        if told is None:
            return None
        findings: Sequence[Json] = site["findings"]
        return Case(
            anchor=f"case-{number}",
            title=self.ui("case_title", title=told["title"]) if told["title"] else self.ui("case_title_none"),
            facts=tuple(self._facts(site, told)),
            rule=told["due"]["rule"] if told["due"] else None,
            notes=tuple(told["notes"]),
            law=self._law(told),
            asks=told["type"] == "planbesked",
            missing=tuple(one["text"] for one in told["missing"]),
            documents=tuple(self._step(one) for one in told["documents"]),
            groups=tuple(self._ground(one, findings) for one in told["groups"] or ()),
            structure=tuple(self._heading(one, findings) for one in told["structure"] or ()),
        )

    def lots(self, number: int, site: Json) -> Lots | None:
        """Return the sheet for a meeting about a site, None where the record has nothing for it."""
        told = site.get("lots")
        if told is None:
            return None
        at_table = [one for one in told["units"] if one["at_table"]]
        seats = tuple(self._seats(at_table[:SEATS_MOST]))
        applicant = [_cut(one["question"], QUESTION_MOST) for one in told["applicant"]]
        parties = [
            Pair(
                name=_cut(one["name"], NAME_MOST),
                text=self._some([each["topic"] for each in one["questions"]], TOPICS_MOST),
            )
            for one in told["consult"]
        ]
        shown = _within([_lines(one.text) for one in parties], PARTY_LINES)
        lines = sum(map(_seat_lines, seats)) + sum(_lines(one.text) for one in parties[:shown])
        lines += sum(_lines(one) for one in applicant[:APPLICANT_MOST])
        waiting = tuple(self._waiting(told["units"], max(WAITING_LEAST, SHEET_LINES - lines)))
        lines += sum(_lines(one.text) for one in waiting)
        return Lots(
            anchor=f"lots-{number}",
            title=self.ui("lots_title", name=_cut(self.site_name(site), TITLE_MOST)),
            density=(lines > DENSE_FROM) + (lines > DENSER_FROM),
            facts=tuple(self._lots_facts(site)),
            seats=seats,
            seats_more=self._more(len(at_table) - SEATS_MOST, "_units"),
            parties=tuple(parties[:shown]),
            parties_more=self._more(len(parties) - shown, "_parties"),
            applicant=tuple(applicant[:APPLICANT_MOST]),
            applicant_more=self._more(len(applicant) - APPLICANT_MOST, "_asked"),
            waiting=waiting,
        )

    def _facts(self, site: Json, told: Json) -> Iterable[Pair]:
        due = told["due"]
        none = told.get("due_none") or self.ui("case_due_none")
        yield Pair(name=self.ui("case_due"), text=self._last_day(due) if due else none)
        for key in ("received", "dnr", "fastighet"):
            value = told["received"] or site["case"].get(key) if key == "received" else site["case"].get(key)
            if value:
                yield Pair(name=self.ui(f"case_{key}"), text=str(value))

    def _last_day(self, due: Json) -> str:
        marks = [self.ui(key) for key, holds in (
            ("case_conditional", due.get("conditional")), ("case_passed", due["passed"])
        ) if holds]  # fmt: skip
        return f"{due['date']} ({'; '.join(marks)})" if marks else str(due["date"])

    def _law(self, told: Json) -> tuple[Citation, ...]:
        return self.citations({"citations": told["law"]})

    def _step(self, one: Json) -> Step:
        who = [str(one["unit"]), *(str(name) for name in one["consult"])]
        return Step(title=str(one["title"]), need=str(one["need_title"]), text=one["text"], who=", ".join(who))

    def _ground(self, one: Json, findings: Sequence[Json]) -> Ground:
        title = str(one["title"]) if one["ground"] is None else f"{one['ground']}. {one['title']}"
        clear = one.get("clear") if one["findings"] else 0
        return Ground(
            title=title, text=one.get("text"), questions=self._sorted(one["findings"], findings)["questions"],
            clear=self.count("case_clear", clear) if clear else None,
        )  # fmt: skip

    def _heading(self, one: Json, findings: Sequence[Json]) -> Heading:
        sorted_ = self._sorted(one["findings"], findings)
        return Heading(number=int(one["number"]), title=str(one["title"]), text=one["text"], **sorted_)

    def _sorted(self, rules: Sequence[str], findings: Sequence[Json]) -> _Sorted:
        """Return questions by what they ask for; those that nothing speaks against are counted."""
        known = {finding["rule"] for finding in findings}
        wanted = dict.fromkeys(rule for rule in rules if rule in known)
        told: dict[str, dict[str, str]] = {outcome: {} for outcome in LOUD}
        for outcome in LOUD:
            for finding in findings:
                if finding["rule"] in wanted and finding["outcome"] == outcome:
                    # the same rule may answer otherwise for another use: the loudest answer is told
                    del wanted[finding["rule"]]
                    told[outcome][finding["rule"]] = self.rule_title(finding)
        return {
            "questions": tuple(
                self._question(outcome, list(titles.values())) for outcome, titles in told.items() if titles
            ),
            "clear": self.count("case_clear", len(wanted)) if wanted else None,
        }

    def _question(self, outcome: str, titles: Sequence[str]) -> Question:
        """Return questions in words; what was not tested stands under that heading already, so many are counted."""
        told = "; ".join(titles)
        if outcome != "OPEN" or len(titles) <= UNTESTED_MOST:
            return Question(tag=self.tag(outcome), title=told, more=None)
        counted = self.ui("case_untested", number=len(titles))
        return Question(tag=self.tag(outcome), title=counted, more=told)

    def _lots_facts(self, site: Json) -> Iterable[Pair]:
        yield Pair(name=self.ui("fact_use"), text=_cut(self.uses(site), NAME_MOST))
        yield Pair(name=self.ui("column_outcome"), text=self.tag(site["verdict"]["outcome"]).word)
        yield Pair(name=self.ui("fact_date"), text=str(self.data["on"]))
        line = self.line(site)
        if line is not None:
            yield Pair(name=self.ui("case_due"), text=line)
        for key in ("dnr", "fastighet"):
            if site["case"].get(key):
                yield Pair(name=self.ui(f"case_{key}"), text=_cut(site["case"][key], TOPIC_MOST))

    def _seats(self, at_table: Sequence[Json]) -> Iterable[Seat]:
        """Yield the units with their questions: what waits for the applicant is one line, the rest share the page."""
        meetings = [[_cut(each["text"], QUESTION_MOST) for each in one["questions"] if each["kind"] == "meeting"]
                    for one in at_table]  # fmt: skip
        allowed = _shared([[_lines(text) for text in one] for one in meetings], SEAT_LINES)
        for one, questions, most in zip(at_table, meetings, allowed, strict=True):
            asked = [each["topic"] for each in one["questions"] if each["kind"] == "applicant"]
            yield Seat(
                title=_cut(one["title"], NAME_MOST),
                questions=tuple(questions[:most]),
                more=self._more(len(questions) - most),
                waiting=self.ui("lots_waiting_for", topics=self._listed(asked, TOPICS_MOST, "untested"))
                if asked
                else None,
            )

    def _waiting(self, units: Sequence[Json], lines: int) -> Iterable[Pair]:
        """Yield the units with what they should get before the meeting; they too share their lines."""
        told = [(one["title"], [each["topic"] for each in one["questions"] if each["kind"] == "data"]) for one in units]
        told = [(title, topics) for title, topics in told if topics]
        allowed = _shared([_pairs_of(topics) for _, topics in told], lines)
        for (title, topics), most in list(zip(told, allowed, strict=True))[:lines]:
            shown = self._listed(topics, most * TOPICS_ON_LINE, "untested")
            yield Pair(name=_cut(title, NAME_MOST), text=self.names(shown))
        rest = self._more(len(told) - lines, "_units")
        if rest:
            yield Pair(name="…", text=rest)

    def _listed(self, topics: Sequence[str], most: int, where: str = "item") -> list[str]:
        """Return the first topics, and how many more stand where."""
        shown = [_cut(topic, TOPIC_MOST) for topic in dict.fromkeys(topics)]
        rest = len(shown) - most
        return [*shown[:most], *([self.ui(f"lots_more_{where}", number=rest)] if rest > 0 else [])]

    def _some(self, topics: Sequence[str], most: int) -> str:
        return self.names(self._listed(topics, most))

    def _more(self, rest: int, of: str = "") -> str | None:
        """Return how many more there are, and where they stand."""
        return self.ui(f"lots_more{of}", number=rest) if rest > 0 else None


def _cut(text: object, most: int) -> str:
    """Return so much of a text as there is room for, in whole words: half a word can be read as another."""
    told = str(text)
    if len(told) <= most:
        return told
    begun = told[: most - 1]
    whole, _, _ = begun.rpartition(" ") if told[most - 1] != " " else (begun, "", "")
    # Only a single word that is longer than the line is cut.
    return f"{(whole or begun).rstrip(' ,;:–-(')}…"


def _lines(text: str) -> int:
    return max(1, math.ceil(len(text) / LINE))


def _pairs_of(topics: Sequence[str]) -> list[int]:
    """Return the lines that topics take, so many at a time as are told together."""
    shown = [_cut(topic, TOPIC_MOST) for topic in dict.fromkeys(topics)]
    return [_lines(", ".join(shown[first : first + TOPICS_ON_LINE])) for first in range(0, len(shown), TOPICS_ON_LINE)]


def _within(wanted: Sequence[int], lines: int) -> int:
    """Return how many of the first fit in so many lines."""
    return sum(1 for used in itertools.accumulate(wanted) if used <= lines)


def _seat_lines(one: Seat) -> int:
    told = [*one.questions, *(text for text in (one.more, one.waiting) if text)]
    return sum(map(_lines, told))


def _shared(wanted: Sequence[Sequence[int]], lines: int) -> list[int]:
    """Return how many of their questions units may show.

    Every unit gets its first; then each in turn gets one more, in the units' order, while there are lines for it.

    Parameters
    ----------
    wanted
        Lines of each question, unit by unit.
    lines
        Lines there are.
    """
    given = [min(len(one), 1) for one in wanted]
    left = lines - sum(one[0] for one in wanted if one)
    grew = True
    while grew:
        grew = False
        for place, one in enumerate(wanted):
            if given[place] < len(one) and one[given[place]] <= left:
                left -= one[given[place]]
                given[place] += 1
                grew = True
    return given
