"""The rules of a run as a short list: those that rest on the same thing told together, and what all share told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from opcheck.report.view import Basis, Citation, Pair, Rule, RuleList, Sections
from opcheck.report.wording import Json, Wording


class RuleListBuilder(Wording):
    """Turns a record's rules into the list at the end of the page."""

    def build(self) -> RuleList:
        """Return the list; a rule that no site has a question for stands apart, since no answer rests on it."""
        rules: Sequence[Json] = self.data["rules"]
        sites: Sequence[Json] = self.data["sites"]
        applies = {
            finding["rule"] for site in sites for finding in site["findings"] if finding["outcome"] != "NOT_APPLICABLE"
        }
        # information and criteria apply though they have no outcome of their own
        applies |= {
            finding["rule"]
            for site in sites
            for finding in site["findings"]
            if not str(finding.get("case") or "").startswith("not_applicable")
        }
        read = usual(one.get("read") for rule in rules for one in rule.get("citations") or ())
        version = usual(self.version(rule) for rule in rules)
        idle = [rule for rule in rules if rule["id"] not in applies]
        return RuleList(
            asked=self._grounds((rule for rule in rules if rule["id"] in applies), read, version),
            idle=self._grounds(idle, read, version),
            idle_title=self.count("rules_idle", len(idle)) if idle else None,
            acts="; ".join(self._acts(rules)),
            read=read,
            version=version,
        )

    def _grounds(self, rules: Iterable[Json], read: str | None, version: str | None) -> tuple[Basis, ...]:
        found: dict[str, dict[tuple[object, ...], list[Json]]] = {}
        for rule in rules:
            same = (self._sections(rule, read), tuple(self.working(rule)), self.version(rule))
            found.setdefault(self.term("basis", rule["basis"]), {}).setdefault(same, []).append(rule)
        return tuple(
            Basis(title=title, rules=tuple(self._rule(one, read, version) for one in alike.values()))
            for title, alike in found.items()
        )

    def _rule(self, alike: Sequence[Json], read: str | None, most: str | None) -> Rule:
        version = self.version(alike[0])
        return Rule(
            names=tuple(Pair(name=str(rule["title"]), text=rule["id"]) for rule in alike),
            version=None if version == most else version,
            citations=self._sections(alike[0], read),
            working=tuple(self.working(alike[0])),
        )

    def _sections(self, rule: Json, read: str | None) -> tuple[Sections, ...]:
        acts: dict[tuple[str, bool], list[Citation]] = {}
        for one in rule.get("citations") or ():
            section = str(one["section"] or "")
            if one.get("read") != read:
                when = self.known(one.get("read"))
                with_section, alone = ("citation", "read_on") if one.get("checked") else ("citation_noted", "noted_on")
                section = self.ui(with_section, what=section, read=when) if section else self.ui(alone, read=when)
            unchecked = None if one.get("checked", False) else self.unchecked(one)
            what = str(one.get("act_title") or one["act"])
            acts.setdefault((what, what != one["act"]), []).append(Citation(text=section, unchecked=unchecked))
        return tuple(
            Sections(what=what, statute=statute, sections=tuple(sections)) for (what, statute), sections in acts.items()
        )

    def _acts(self, rules: Sequence[Json]) -> Iterator[str]:
        acts = {
            str(one["act_title"]): str(one["act"])
            for rule in rules
            for one in rule.get("citations") or ()
            if one.get("act_title") and one["act_title"] != one["act"]
        }
        for title, act in sorted(acts.items()):
            yield f"{title} ({act})"


def usual(values: Iterable[str | None]) -> str | None:
    """Return what most say, the first of those that are as common."""
    told = Counter(value for value in values if value)
    return told.most_common(1)[0][0] if told else None
