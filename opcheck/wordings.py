"""Words in more lengths than one line: for the case officer's paper, and for the person who applies.

Every finding has a one-line message. Here it gets a ``paragraph`` that can be pasted into a case (what was met and how
much of the site, which data says so, what the question rests on, what nobody has assessed, what comes next and who
answers) and a ``plain`` version without sections and codes. A site gets both as a whole.

The words stand in ``texts/<language>/paragraphs.toml`` and ``plain.toml``. They are looked up from the most particular
to the most general, by rule, theme, check, case and basis, so that a rule nobody here has heard of reads well too.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from opcheck.answers import Answers
from opcheck.attributes import ATTRIBUTES
from opcheck.findings import Basis, Code, Finding, Outcome
from opcheck.plan import Features
from opcheck.plots import BUILDING
from opcheck.rules import Rule, themes
from opcheck.texts import Texts

Json = dict[str, Any]

LISTED = 6
"""A sentence names this many objects and counts the rest; all of them stand in the finding."""

_DECIDED = frozenset({"FAIL", "REVIEW"})
_PLANS_OWN_RULES = frozenset({"plan.status", "plan.current"})
"""Whether the plan is in force and current stands with what it says, also where nothing is to be handled."""

_PLAN_THEMES = frozenset({"land_use", "detailed_plan", "county_reservation", "pending_planning"})
_TOLD_WITHOUT_A_MAP = frozenset({"trigger"})
_DISTANCES = ("distance_m", "attention_m")
_STANDING = frozenset({"in_force", "not_in_force", "current", "lapsed", "unknown"})
"""Cases that rest on what the manifest says of a plan: no layer stands behind them."""

_HELD_BY_SOMEBODY = frozenset({"layer_missing", "no_coverage"})
"""Reasons why a question is open that somebody's data would take away."""

_FIXED = re.compile(r"4 kap\. [1-7] §")
"""Sections of miljöbalken that name the areas themselves: no claim stands behind them."""

_MILJOBALKEN = "SFS 1998:808"
_SPACES = re.compile(r" {2,}")


class Wordings:
    """Makes the longer texts of findings and sites, in one language.

    Parameters
    ----------
    answers
        What was answered.
    texts
        The language.
    topic
        Rule id → its short noun.
    """

    def __init__(self, answers: Answers, texts: Texts, topic: Callable[[str], str]) -> None:
        self._answers = answers
        self._texts = texts
        self._topic = topic
        self._groups = {theme.id: theme.group for theme in themes().values()}

    # --- findings ----------------------------------------------------------------------------------------------------

    def of(
        self, finding: Finding, rule: Rule, arguments: Mapping[str, Any], told: Mapping[str, Any],
        kind: str | None = None,
    ) -> Json:  # fmt: skip
        """Return the two longer texts of a finding, None for what does not apply.

        Parameters
        ----------
        arguments
            What fills in the sentences, ids turned into words.
        told
            The finding as the record has it: message, note, next step, who answers.
        kind
            The kind of the site's case: it may have words of its own.
        """
        if finding.outcome is Outcome.NOT_APPLICABLE and finding.code is not Code.I:
            return {"paragraph": None, "plain": None}
        one = _One(self, finding, rule, arguments, told, kind)
        return {"paragraph": one.paragraph(), "plain": one.plain()}

    @functools.cache  # noqa: B019 - lives as long as one record is being made
    def template(
        self, table: str, rule: str, theme: str | None, check: str, case: str, basis: str, touching: bool,
        kind: str | None = None,
    ) -> str | None:  # fmt: skip
        """Return the most particular text of a table for a situation, None where there is none."""
        family = case.split(".")[0]
        keys = [f"{rule}.{case}", f"{theme}.{case}", f"{rule}.{family}", f"{theme}.{family}"]
        if table not in _BY_SITUATION:
            # What a regulation does not let happen is no matter of how it is done.
            keys += ["forbidden"] if case == "forbidden" else []
            # What to do about a finding is no advice where nothing could be found.
            keys += [rule, str(theme)] if family != "open" else []
        keys += [f"{check}.{case}.{basis}", f"{check}.{case}", f"{check}.{family}.{basis}", f"{check}.{family}"]
        keys += [case, family]
        if table not in _BY_SITUATION:
            keys.append(basis)
        if touching:
            keys = [f"{key}.touching" for key in keys[:1] + keys[4:]] + keys
        known = (self._texts.at(table, one, kind) for one in keys)
        found = next((key for key in known if self._texts.has(table, key)), None)
        return None if found is None else self._texts.get(table, found)

    def say(self, table: str, key: str, arguments: Mapping[str, Any]) -> str:
        """Return a text of the tables here, None where the table has none."""
        return self._texts.say(table, key, arguments)

    def fill(self, template: str, arguments: Mapping[str, Any]) -> str:
        """Return a template with its arguments filled in, optional parts chosen."""
        return Texts(self._texts.language, {"_": {"_": template}}).say("_", "_", arguments)

    def thing(self, theme: str | None, table: str) -> str | None:
        """Return what a theme's objects are, as a noun that fits in a sentence."""
        if theme is None:
            return None
        if self._texts.has(table, theme):
            return self._texts.get(table, theme)
        return f"«{self._texts.get('theme', theme)}»"

    def shortened(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the first names and how many more there are."""
        if len(names) <= LISTED:
            return tuple(names)
        return (*names[:LISTED], self.say("headline", "more", {"n": len(names) - LISTED}))

    def in_a_sentence(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return who is heard as it stands inside a sentence: an authority by its name, a common noun in lower case."""
        return tuple(self._inside.get(name, name) for name in names)

    @functools.cached_property
    def _inside(self) -> Mapping[str, str]:
        texts = self._texts
        return {texts.get("consult", key): texts.get("consult_inside", key) for key in texts.keys("consult_inside")}

    def series(self, items: Iterable[str]) -> str:
        """Return items that may hold commas of their own, with semicolons between them."""
        return "; ".join(items)

    # --- data --------------------------------------------------------------------------------------------------------

    @functools.cached_property
    def layers(self) -> Mapping[str, Features]:
        """Every layer that was read, by id; the area of a plan on its way is none, and its manifest tells it."""
        return {one.layer.id: one for one in self._answers.layers}

    @functools.cached_property
    def by_theme(self) -> Mapping[str, tuple[str, ...]]:
        """Theme → the ids of its layers."""
        found: dict[str, list[str]] = {}
        for one in self._answers.layers:
            found.setdefault(one.layer.theme, []).append(one.layer.id)
        return {theme: tuple(sorted(ids)) for theme, ids in found.items()}

    @functools.cache  # noqa: B019 - lives as long as one record is being made
    def source(self, layer_id: str) -> str:
        """Return a layer as a source: name, owner and date."""
        layer = self.layers[layer_id].layer
        told = {
            "layer": layer.title or self._texts.get("theme", layer.theme),
            "owner": layer.owner,
            "dated": str(layer.dated) if layer.dated else None,
        }
        return self.say("source", "layer", told)

    def sources(self, ids: Sequence[str]) -> Iterator[str]:
        """Give the sentences on where an answer comes from."""
        known = [one for one in ids if one in self.layers]
        if not known:
            return
        yield self.say("source", "from", {"layers": [self.source(one) for one in known]})
        if any(not self.layers[one].layer.confirmed for one in known):
            yield self._texts.get("source", "unconfirmed")

    # --- sites -------------------------------------------------------------------------------------------------------

    def site(self, told: Mapping[str, Any], headline: Sequence[str], outside: str | None) -> Json:
        """Return the texts of a whole site.

        Parameters
        ----------
        told
            The site as the record has it, findings with their texts included.
        headline
            The three lines, without codes.
        outside
            That a part of the site lies in another municipality, None where none does.
        """
        return {
            "statement": [one for one in self._statement(told, headline, outside) if one["paragraphs"]],
            "for_applicant": [one for one in self._letter(told, outside) if one],
        }

    def outside(self, finding: Finding) -> str | None:
        """Return that a part of the site lies in another municipality, and which; None for a site that lies in one."""
        found = finding.arguments
        parts = [one for one in found.get("parts") or () if one.governs]
        beyond = [one for one in parts if one.municipality or one.case == "u0.outside"]
        if not beyond or found.get("away_m") or found.get("beside"):
            return None
        told = {
            # Zones of a neighbour's plan may overlap: their areas are no sum of land.
            "outside_m2": None if any(one.zone for one in beyond) else found.get("outside_m2"),
            "municipality": self._answers.loaded.plan.name,
            "others": tuple(dict.fromkeys(one.municipality for one in beyond))
            if all(one.municipality for one in beyond) else None,
        }  # fmt: skip
        return self.say("headline", "outside_provisional" if found.get("provisional") else "outside", told)

    def _statement(self, site: Mapping[str, Any], headline: Sequence[str], outside: str | None) -> Iterator[Json]:
        by_family: dict[str, list[Mapping[str, Any]]] = {}
        counted = [one for one in site["findings"] if one["counted"]]
        for one in counted:
            by_family.setdefault(self._family(one), []).append(one)
        yield self._section("headline", headline)
        yield self._section("site", [_joined([self._place(site), outside]), self._plot(site)])
        beside = [one for one in site["findings"] if not one["counted"] and self._is_worth_telling(one)]
        # Inside a detaljplan bygglov follows the detaljplan: that is told before what the översiktsplan says.
        first = [one for one in beside if one["theme"] == "detailed_plan"]
        for family in ("plan", "interests", "risk"):
            handled = [one for one in by_family.get(family, ()) if self._is_told(one)]
            handled.sort(key=lambda one: one["outcome"] != "FAIL")
            if family == "plan":
                handled = [*first, *handled]
            yield self._section(family, _once(one["paragraph"] for one in handled))
        yield self._section("information", _once(one["paragraph"] for one in beside if one not in first))
        yield self._section("clear", self._clear(counted))
        yield self._section("untested", self._untested(counted, site["verdict"]))
        yield self._section("data", self._data(site))
        yield self._section("closing", [self._texts.get("statement", "closing")])

    def _section(self, key: str, paragraphs: Iterable[str | None]) -> Json:
        return {
            "key": key,
            "title": self._texts.get("statement_title", key),
            "paragraphs": [one for one in paragraphs if one],
        }

    def _is_told(self, one: Mapping[str, Any]) -> bool:
        """Tell whether a finding has a paragraph of its own: the plan, and what it says of the use, always have."""
        own = self._is_land_use(one) or one["rule"] in _PLANS_OWN_RULES
        return one["outcome"] in _DECIDED or (own and one["outcome"] == "PASS")

    def _is_worth_telling(self, one: Mapping[str, Any]) -> bool:
        """Tell whether something that does not count stands in the statement: what was met, and how far it is."""
        return one["code"] == "I" or one["outcome"] in _DECIDED or one["basis"] == "criterion"

    def _is_land_use(self, one: Mapping[str, Any]) -> bool:
        return one["theme"] == "land_use" and str(one["case"])[:1] in "fu" and str(one["case"])[1:2].isdigit()

    def _family(self, one: Mapping[str, Any]) -> str:
        theme = one["theme"]
        group = self._groups.get(theme)
        if one["basis"] == "plan" or theme in _PLAN_THEMES or str(one["rule"]).startswith("plan."):
            return "plan"
        if one["basis"] == "claim" or group in ("interest", "protection") or one["code"] in ("R2", "A"):
            return "interests"
        return "risk"

    def _place(self, site: Mapping[str, Any]) -> str:
        plan = self._answers.loaded.plan
        size = {"polygon": "area_m2"}.get(str(site["geometry_kind"]))
        told = {
            "site": site["name"] or site["id"], "area_m2": site[size] if size else None, "uses": site["use_titles"],
            "municipality": plan.name, "on": self._answers.day.isoformat(),
            "documents": sorted({one["document"] for one in site["parts"] if one["document"] and one["governs"]}),
            "fastighet": site["case"].get("fastighet"), "dnr": site["case"].get("dnr"),
        }  # fmt: skip
        names = {one.id: one.name for one in plan.documents}
        told["documents"] = [names.get(one, one) for one in told["documents"]]
        texts = [self.say("statement", "site", told)]
        if self._answers.demonstration:
            texts.append(self._texts.get("source", "demonstration"))
        return _joined(texts)

    def _plot(self, site: Mapping[str, Any]) -> str | None:
        """Return what the site file states of a plot, as it stands there; None where it states nothing."""
        plot = site["plot"]
        if not plot:
            return None
        building = plot["building"]
        facts = []
        for name, value in plot["stated"].items():
            text = self.fill("{value}", {"value": value})
            if building is not None and name == BUILDING:
                key = {True: "yes", False: "no", None: "unknown"}[building["fits"]]
                sides = {side: self.fill("{v:exact}", {"v": building[f"{side}_m"]}) for side in ("length", "width")}
                text = self.say("ui", f"plot_building_{key}", sides)
            facts.append(self.say("statement", "fact", {"name": self._texts.get("attribute", name), "text": text}))
        return self.say("statement", "plot", {"facts": self.series(facts)})

    def _clear(self, counted: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """Give what was tested with nothing found, in one paragraph: each of them has its own in the finding."""
        clear = [one for one in counted if one["outcome"] == "PASS" and not self._is_told(one)]
        elsewhere = {one["rule"] for one in counted if one["outcome"] in ("FAIL", "REVIEW", "OPEN")}
        told = {one["rule"]: one for one in clear if one["rule"] not in elsewhere}
        for indicative in (False, True):
            of = {one["rule"] for one in clear if str(one["case"]).endswith(".indicative") == indicative}
            titles = self._titles([one for rule, one in told.items() if rule in of])
            if titles:
                yield self.say("statement", "clear.indicative" if indicative else "clear", {"topics": titles})

    def _titles(self, ones: Sequence[Mapping[str, Any]]) -> str:
        """Return questions by their titles; pairs of claims are counted, since their names would fill a page."""
        pairs = [one for one in ones if self._is_pair(one)]
        named = list(dict.fromkeys(one["title"] for one in ones if not self._is_pair(one)))
        if pairs:
            named.append(self.say("statement", "pairs", {"n": len(pairs)}))
        return self.series(named)

    def _is_pair(self, one: Mapping[str, Any]) -> bool:
        return self._checks.get(one["rule"]) == "conflict"

    @functools.cached_property
    def _checks(self) -> Mapping[str, str]:
        return {rule.id: rule.check for rule in self._answers.rules}

    def _untested(self, counted: Sequence[Mapping[str, Any]], verdict: Mapping[str, Any]) -> Iterator[str]:
        """Give what was not tested: what nothing can be said without in full, the rest by the reason.

        Every question counts once, as in the verdict: with the first of its reasons, and not at all where it speaks
        against for another use.
        """
        against = {one["rule"] for one in counted if one["outcome"] == "FAIL"}
        every = [one for one in counted if one["outcome"] == "OPEN"]
        opened = {one["rule"]: one for one in reversed(every) if one["rule"] not in against}
        if opened:
            yield self.say("statement", "untested", {"n": verdict["counts"]["OPEN"], "asked": verdict["asked"]})
        yield from _once(one["paragraph"] for one in every if one["gate"])
        rest: dict[str, list[Mapping[str, Any]]] = {}
        for one in every:
            if not one["gate"] and opened.get(one["rule"]) is one:
                rest.setdefault(one["open_reason"] or "not_map_based", []).append(one)
        for reason, ones in rest.items():
            told = {"n": len(ones), "items": self._titles(ones)}
            # Some titles are questions: no full stop after their mark.
            yield self.say("statement", f"open.{reason}", told).replace("?.", "?")
            if reason in _HELD_BY_SOMEBODY:
                yield from self._by_holder(ones)
        some = [one for one in every if one["rule"] in against]
        if some:
            yield self.say("statement", "untested_some", {"topics": self._topics(one["rule"] for one in some)})

    def _topics(self, rules: Iterable[str]) -> str:
        return self.series(dict.fromkeys(self._topic(rule) for rule in rules))

    def _by_holder(self, ones: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """Give questions as a list by who has the data, each holder once; pairs of claims wait for all of them."""
        pairs = sum(map(self._is_pair, ones))
        by_holder: dict[str | None, list[Mapping[str, Any]]] = {}
        for one in ones:
            if not self._is_pair(one):
                by_holder.setdefault(self._holder(one["theme"]) if one["theme"] else None, []).append(one)
        for holder, some in by_holder.items():
            yield self.say("statement", "item", {"topics": self._titles(some), "holder": holder}).replace("?.", "?")
        if pairs:
            yield self.say("statement", "item_pairs", {"n": pairs})

    def _holder(self, theme: str) -> str | None:
        return self._texts.get("holder", theme) if self._texts.has("holder", theme) else None

    def _data(self, site: Mapping[str, Any]) -> Iterator[str]:
        """Give the layers the answers rest on: name, owner and date; their checksums stand in the report."""
        used: dict[str, None] = {}
        for one in site["findings"]:
            if one["outcome"] in ("FAIL", "REVIEW", "PASS"):
                for layer in self.layers_of(one):
                    used[layer] = None
        known = [layer for layer in sorted(used) if layer in self.layers]
        if known:
            items = self.series(self.source(layer) for layer in known)
            yield self.say("statement", "data", {"items": items})

    def layers_of(self, one: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the layers an answer rests on: those of what was met, or all of the theme where nothing was."""
        if one["case"] in _STANDING:
            return ()
        met = [feature["layer"] for feature in one["features"] if feature["role"] in ("hit", "easing", "contact")]
        if met:
            return tuple(dict.fromkeys(met))
        near = [feature["layer"] for feature in one["features"]]
        if near and one["outcome"] in _DECIDED:
            return tuple(dict.fromkeys(near[:1]))
        return self.by_theme.get(one["theme"], ()) if one["theme"] else ()

    # --- the letter --------------------------------------------------------------------------------------------------

    def _letter(self, site: Mapping[str, Any], outside: str | None) -> Iterator[str | None]:
        counted = [one for one in site["findings"] if one["counted"]]
        verdict = site["verdict"]
        told = {
            "site": site["name"] or site["id"], "uses": site["use_titles"], "on": self._answers.day.isoformat(),
            "municipality": self._answers.loaded.plan.name,
        }  # fmt: skip
        yield self.say("letter", "about", told)
        if self._answers.demonstration:
            yield self._texts.get("letter", "demonstration")
        yield self._texts.get("letter", f"outcome.{verdict['outcome']}")
        land = _once(one["plain"] for one in counted if self._is_land_use(one))
        if outside is not None and not any(outside in text for text in land):
            yield outside
        yield from land
        handled = [one for one in counted if one["outcome"] in _DECIDED]
        handled.sort(key=lambda one: one["outcome"] != "FAIL")
        yield from (text for text in _once(one["plain"] for one in handled) if text not in land)
        asked = _once(one["question"] for one in (site.get("lots") or {}).get("applicant", ()))
        if asked:
            yield self._texts.get("letter", "questions")
            yield from (f"– {one}" for one in asked)
        opened = [one for one in counted if one["outcome"] == "OPEN"]
        others = [one for one in opened if one["open_reason"] != "attribute_missing"]
        if verdict["counts"]["OPEN"]:
            against = {one["rule"] for one in counted if one["outcome"] == "FAIL"}
            ours = len({one["rule"] for one in others} - against)
            n = verdict["counts"]["OPEN"]
            yield self.say("letter", "unknown", {
                "n": n, "asked": verdict["asked"], "ours": ours or None, "yours": n - ours or None,
            })  # fmt: skip
        units = list(dict.fromkeys(one["unit"] for one in [*handled, *others] if one["unit"]))
        yield self.say("letter", "ask", {"units": self.shortened(units), "municipality": told["municipality"]})
        yield self._texts.get("letter", "closing")


class _One:
    """The texts of one finding."""

    def __init__(
        self, words: Wordings, finding: Finding, rule: Rule, arguments: Mapping[str, Any], told: Mapping[str, Any],
        kind: str | None,
    ) -> None:  # fmt: skip
        self._words, self._finding, self._rule, self._told, self._kind = words, finding, rule, told, kind
        self._texts = words._texts
        theme = finding.arguments.get("theme") or rule.theme
        # A pair is about two themes: the words of one of them would speak of half the question.
        self._theme = str(theme) if theme and rule.check != "conflict" else None
        names = words.shortened([str(one) for one in arguments.get("names") or ()])
        self._arguments: Json = {
            **arguments,
            "names": names,
            "message": told["message"],
            "topic": words._topic(rule.id),
            "thing": words.thing(self._theme, "thing") or arguments.get("rule"),
            "plain_thing": words.thing(self._theme, "plain_thing") or arguments.get("rule"),
            "consult": words.in_a_sentence(told["consult"]),
            "units": told["unit"],
        }
        self._arguments["outside"] = words.outside(finding)
        self._arguments["extent"] = self._extent("extent")
        self._arguments["where"] = self._extent("where") or self._texts.get("where", "site")

    @property
    def _touching(self) -> bool:
        return self._finding.measures["distance_m"] == 0

    def _template(self, table: str) -> str | None:
        one = self._finding
        case = "f1.adjusted" if one.case == "f1" and one.adjustments else one.case
        if case == "f3" and self._arguments["outside"] and one.arguments.get("outside_m2"):
            case = "f3.outside"
        rule = self._rule
        return self._words.template(
            table, rule.id, self._theme, rule.check, case, rule.basis.value, touching=self._touching, kind=self._kind
        )

    def _said(self, table: str) -> str | None:
        template = self._template(table)
        return None if template is None else self._words.fill(template, self._arguments).strip()

    def _extent(self, table: str) -> str | None:
        """Return how much of the site a finding is about, and how much of it lies outside."""
        found = self._arguments
        if found.get("area_m2") and found.get("share") is not None:
            whole = found["share"] >= 1 or found.get("outside_m2") == 0
            # Of the land-use question `outside_m2` is what lies outside the municipality, not outside the zone.
            key = "whole" if whole else "part"
            size = found.get("outside_m2") if self._rule.theme != "land_use" else None
            return self._words.say(table, key, {**found, "outside_m2": size})
        if found.get("length_m"):
            return self._words.say(table, "length", found)
        if found.get("count") and self._theme != "land_use":
            return self._words.say(table, "count", found)
        return None

    # --- for the case officer ----------------------------------------------------------------------------------------

    def paragraph(self) -> str:
        """Return the paragraph for a case officer's paper."""
        finding, told = self._finding, self._told
        opened = finding.outcome is Outcome.OPEN
        decided = finding.outcome in (Outcome.FAIL, Outcome.REVIEW)
        weighty = decided or finding.code is Code.I
        said = [self._said("paragraph") or str(told["message"]), *self._border()]
        if not opened and self._rule.check not in _TOLD_WITHOUT_A_MAP:
            said += self._words.sources(self._words.layers_of(told))
        rest = None if opened else self._unassessed()
        if weighty or self._rule.check == "use_matrix":
            # What the rest says of a section is not said twice.
            said.append(self._standing(_joined([*said, rest])))
        if weighty or finding.case == "open.guideline_missing":
            said += self._unchecked(_joined(said))
        said.append(rest)
        if told["next_step"]:
            said.append(self._words.say("next", "step", {"step": told["next_step"]}))
        if decided or opened:
            said.append(self._words.say("next", "who", self._arguments))
        return _joined(said)

    def _unassessed(self) -> str | None:
        """Return what nobody has assessed: in words for the rule or theme, as the message goes on, or at large.

        A rule's own message says in its first sentence what was met, which the paragraph has said, and then what is
        particular to the question.
        """
        key, lead = str(self._told["message_key"]), self._template("paragraph")
        said_whole = lead is None or "{message}" in lead or self._finding.case == "forbidden"
        particular = key.startswith(f"{self._rule.id}.") and not (said_whole or self._is_own("paragraph"))
        if particular and not self._is_own("unassessed"):
            rest = _after_first_sentence(self._texts.get("message", key))
            if rest:
                return self._words.fill(rest, self._arguments).strip()
        return self._said("unassessed")

    def _is_own(self, table: str) -> bool:
        """Tell whether a table has a text for the situation of this very rule, or of its theme."""
        case = self._finding.case
        names = (self._rule.id, str(self._theme))
        return any(self._texts.has(table, f"{name}.{one}") for name in names for one in (case, case.split(".")[0]))

    def _border(self) -> Iterator[str | None]:
        for one in self._told["adjustments"]:
            yield one["why"]
        note = self._told["note"]
        unconfirmed = self._texts.get("message", "note.unconfirmed")
        if note:
            # That data is not confirmed is told beside the data.
            yield str(note).replace(unconfirmed, "").strip()

    def _standing(self, said: str) -> str | None:
        """Return what the answer rests on and with what weight; nothing where the section alone has been said."""
        rule = self._rule
        own = self._said("standing") if self._has_own("standing") else None
        if own is not None:
            return own
        key = "conflict" if rule.check == "conflict" else rule.basis.value
        if rule.basis is Basis.STATUTE and _is_fixed(rule):
            key = "fixed"
        section = self._arguments.get("section")
        if key == "statute" and (not section or section in said):
            return None
        if key == "plan" and self._finding.code is Code.F5:
            # The sentence of a plan that speaks against the use says that the plan gives guidance.
            return None
        return self._words.say("standing", key, self._arguments) if self._texts.has("standing", key) else None

    def _has_own(self, table: str) -> bool:
        return any(self._texts.has(table, key) for key in (self._rule.id, str(self._theme)))

    def _unchecked(self, said: str) -> Iterator[str]:
        """Give what nobody has held against its source: the section that was named, and the numbers of the rule."""
        first = self._rule.citations[0] if self._rule.citations else None
        section = self._arguments.get("section")
        if first is not None and not first.checked and section and section in said:
            yield self._texts.get("standing", "unchecked" if first.act.startswith("SFS") else "unchecked.source")
        for name, one in sorted(self._rule.parameters.items()):
            if one.checked is not False:
                continue
            key, value = self._working(name, one.value if one.value is not None else one.ceiling)
            if key is not None:
                source = str(one.source).strip().rstrip(".") if one.source else None
                if one.overridden and self._texts.has("given", key):
                    yield self._words.say("given", key, {**self._arguments, "value": value, "source": source})
                    continue
                yield self._words.say("working", key, {**self._arguments, "value": value, "source": source})

    def _working(self, name: str, value: Any) -> tuple[str | None, Any]:  # noqa: ANN401 - parameters are of many types
        """Return which sentence a value that is not checked has, None where it plays no part in the answer."""
        if name in _DISTANCES and isinstance(value, int | float):
            # A distance of nothing is a shared border: no number that anybody could check.
            return ("distance", value) if value else (None, None)
        if name == "band":
            value = self._arguments.get("threshold_m")
            return ("distance", value) if value is not None else (None, None)
        if name == "value" and isinstance(value, int | float) and not isinstance(value, bool):
            unit = ATTRIBUTES[self._rule.value("attribute")].unit if self._rule.value("attribute") in ATTRIBUTES else ""
            return "limit", f"{self._words.fill('{v:exact}', {'v': value})}\u00a0{unit}".strip("\u00a0 ")
        if name == "serves" and self._finding.case == "serves":
            return "serves", value
        return None, None

    # --- for the applicant -------------------------------------------------------------------------------------------

    def plain(self) -> str:
        """Return the version for the person who applies: what, why, what to do, whom to ask."""
        return _joined(self._plainly())

    def _plainly(self) -> Iterator[str | None]:
        finding = self._finding
        yield self._said("plain")
        if self._rule.basis is Basis.CRITERION:
            return
        if finding.adjustments and finding.outcome_nominal is Outcome.PASS:
            # Nothing was met, and the answer is not sure: why the thing matters says nothing about that.
            yield self._texts.get("plain_need", "uncertain")
            yield self._words.say("plain_ask", "ask", self._arguments)
            return
        if finding.outcome in (Outcome.FAIL, Outcome.REVIEW) or finding.code is Code.I:
            yield self._said("plain_why")
        if finding.outcome in (Outcome.FAIL, Outcome.REVIEW, Outcome.OPEN):
            # A text that is empty on purpose asks for nothing.
            do = self._said("plain_do")
            yield self._need() if do is None else do
            yield self._words.say("plain_ask", "ask", self._arguments)

    def _need(self) -> str | None:
        key = self._finding.need or self._finding.outcome.value
        return self._texts.get("plain_need", key) if self._texts.has("plain_need", key) else None


_BY_SITUATION = frozenset({"paragraph", "plain"})
"""Tables of leading sentences: one for a rule as a whole would say the same whether the site was met or not."""


def _after_first_sentence(template: str) -> str:
    """Return what follows the first full stop that stands outside every argument and optional part."""
    depth = 0
    for place, sign in enumerate(template):
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0 and sign == "." and template[place + 1 : place + 2] in (" ", "["):
            return template[place + 1 :].strip()
    return ""


def _is_fixed(rule: Rule) -> bool:
    return any(one.act == _MILJOBALKEN and _FIXED.match(one.section) for one in rule.citations[:1])


def _once(texts: Iterable[str | None]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def _joined(sentences: Iterable[str | None]) -> str:
    """Return sentences as one paragraph, each told once."""
    return _SPACES.sub(" ", " ".join(_once(one.strip() if one else None for one in sentences)))
