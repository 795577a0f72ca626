"""The section of one site: its findings grouped, in order, and written out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from opcheck.attributes import ATTRIBUTES
from opcheck.checks import START_YEAR
from opcheck.how import sentences
from opcheck.report.case import CaseBuilder
from opcheck.report.map import Named, SiteMap
from opcheck.report.view import (
    Answer,
    Clear,
    Criterion,
    Group,
    Inapplicable,
    Lack,
    Lacking,
    Object,
    Open,
    Pair,
    Part,
    Proof,
    Quote,
    Site,
    Untold,
    Words,
    WordsPart,
)
from opcheck.report.wording import LOUD, Json, Texts, Wording
from opcheck.rules import DETAILED_PLAN_RULES
from opcheck.texts import year

_HANDLED = ("FAIL", "REVIEW")
"""Outcomes that ask somebody to take a stand. What was not tested has a heading of its own, as loud as theirs."""

_WRITTEN = ("detailed_plan", *LOUD, "information", "met")
"""The parts of a section where findings are written out, in the order of the page."""

_SAME = ("rule", "part", "outcome", "code", "message", "next_step", "measures", "features", "adjustments")
"""What findings for two uses of a site have in common when they are told as one."""

_MARKS = {"met": "met", "not_met": "not_met", "told": "INFO", "at_most_told": "INFO"}
"""The icons of a criterion's answers; any other is not known."""

_DATA_WANTED = frozenset({"layer_missing", "no_coverage"})
"""Reasons for which the next step is the same wherever they turn up: get the data, and test again."""

PAIRS_LEAST = 3
"""Pairs of interests that do not meet are told together from so many on."""

_CASE = frozenset({"type", "dnr", "received", "fastighet"})
"""Facts about a case that the page has words for; others stand under their own names."""


def named_in(site: Json, number: int, texts: Texts) -> Named:
    """Return what a site's findings say of the things that may be on its map."""
    findings = sorted(site["findings"], key=_rank)
    told = [(one, (one["layer"], one["id"])) for finding in findings for one in finding["features"]]
    met = {key for one, key in told if one["role"] in {"hit", "easing"} and one["governs"]}
    distances = {
        key: texts.format("{value:dist}", value=one["distance_m"]) for one, key in told if one["distance_m"] is not None
    }
    return Named(
        order=[key for one, key in told if one["role"] != "contact"],
        met=frozenset(met),
        anchors=_anchors(site, number),
        distances=distances,
    )


class SectionBuilder(Wording):
    """Turns one site of a record into its section."""

    def site(self, number: int, site: Json, site_map: SiteMap | None, absent: str | None) -> Site:
        """Return the section of a site.

        Parameters
        ----------
        number
            Its number on the page, from 1.
        site
            As the record has it.
        site_map, absent
            Its map, or why it has none.
        """
        verdict = site["verdict"]
        asked = len(site["uses"])
        cases = CaseBuilder(self.data, self.texts)
        shelves: dict[str, list[tuple[Json, str]]] = {}
        for finding, anchor in _anchored(site, number):
            shelves.setdefault(_shelf(finding), []).append((finding, anchor))

        numbers = site_map.numbers if site_map else {}

        def written(shelf: str) -> tuple[Answer, ...]:
            return tuple(
                self._answer(finding, anchor, numbers, asked, verdict) for finding, anchor in shelves.get(shelf, ())
            )

        def listed(shelf: str) -> list[Json]:
            return [finding for finding, _ in shelves.get(shelf, ())]

        return Site(
            number=number,
            anchor=f"site-{number}",
            id=site["id"],
            name=self.site_name(site),
            facts=tuple(self._site_facts(site)),
            tag=self.tag(verdict["outcome"]),
            plan_code=verdict["plan"] or "–",
            headline=tuple(verdict["headline"]),
            counts=tuple(self._counts(verdict)),
            detailed_plan=written("detailed_plan"),
            information=written("information"),
            groups=tuple(
                Group(tag=self.tag(kind), intro=self.ui(f"intro_{kind}"), answers=written(kind))
                for kind in _HANDLED
                if kind in shelves
            ),
            untested=self._untested(shelves.get("OPEN", ()), numbers, asked, verdict, number),
            found_nothing_against=written("met"),
            parts=tuple(self._part(part, site_map) for part in site["parts"]),
            criteria=tuple(self._criterion(finding, verdict["criteria"], asked) for finding in listed("criteria")),
            clear=tuple(self._clears(listed("clear"))),
            inapplicable=tuple(self._inapplicable(listed("inapplicable"))),
            unusable=site.get("unusable"),
            map=site_map,
            map_absent=None if site_map else absent,
            case_line=cases.line(site),
            case=cases.case(number, site),
            lots=cases.lots(number, site),
            words=tuple(self._words(number, site)),
        )

    def _words(self, number: int, site: Json) -> Iterator[Words]:
        """Give the texts to copy; a record that has none of them gets none."""
        statement = [
            WordsPart(title=one["title"], paragraphs=tuple(one["paragraphs"])) for one in site.get("statement") or ()
        ]
        letter = tuple(site.get("for_applicant") or ())
        texts = {"statement": statement, "applicant": [WordsPart(title=None, paragraphs=letter)] if letter else []}
        for kind, parts in texts.items():
            if parts:
                yield Words(
                    anchor=f"{kind}-{number}",
                    title=self.ui(f"words_{kind}"),
                    intro=self.ui(f"words_{kind}_intro"),
                    parts=tuple(parts),
                )

    def _site_facts(self, site: Json) -> Iterator[Pair]:
        yield Pair(name=self.ui("fact_id"), text=site["id"], mono=True)
        yield Pair(name=self.ui("fact_use"), text=self.uses(site))
        yield Pair(name=self.ui("fact_area"), text=self._area(site))
        for key, value in (site.get("attributes") or {}).items():
            if value is not None:
                named = self.texts.has("fact", key)
                yield Pair(name=self.term("fact" if named else "attribute", key), text=self._stated(key, value))
        for key, value in site["case"].items():
            if value not in (None, ""):
                yield Pair(name=self._case_name(key), text=str(value))

    def _stated(self, key: str, value: Any) -> str:  # noqa: ANN401 - attributes are of many types
        if key == START_YEAR:
            return year(value)
        unit = ATTRIBUTES[key].unit if key in ATTRIBUTES else None
        if unit is None or isinstance(value, bool) or not isinstance(value, int | float):
            return self.texts.format("{value:num}", value=value)
        return f"{self.texts.format('{value:exact}', value=value)}\u00a0{unit}"

    def _area(self, site: Json) -> str:
        """Return a site's area; a point and a line have none, and what will stand around them was not tested."""
        kind = site.get("geometry_kind")
        if site["area_m2"] is None and not site.get("unusable") and kind != "polygon":
            return self.ui(f"area_{kind or 'none'}")
        return self.number(site["area_m2"], "area", self.ui("unknown"))

    def _case_name(self, key: str) -> str:
        return self.ui(f"case_{key}") if key in _CASE else key

    def _counts(self, verdict: Json) -> Iterator[Pair]:
        yield Pair(name=self.ui("count_asked"), text=str(verdict["asked"]))
        for kind in (*LOUD, "PASS"):
            yield Pair(name=self.texts.get("outcome", kind), text=str(verdict["counts"].get(kind, 0)))

    def _untested(
        self,
        findings: Iterable[tuple[Json, str]],
        numbers: Mapping[tuple[str, str], int],
        asked: int,
        verdict: Json,
        place: int,
    ) -> Untold | None:
        """Return what was not tested; each question stands in one of the three places, so that none can be lost."""
        alone: list[Answer] = []
        particular: list[Open] = []
        missing: dict[str, list[Lack]] = {}
        for finding, anchor in findings:
            if _stands_alone(finding):
                alone.append(self._answer(finding, anchor, numbers, asked, verdict))
            else:
                if has_no_layer(finding):
                    mine = missing.setdefault(finding.get("unit") or self.ui("unknown"), [])
                    mine.append(self._lack(finding, anchor, asked, verdict))
                else:
                    particular.append(self._open(finding, anchor, numbers, asked, verdict))
        lacking = sum(map(len, missing.values()))
        count = len(alone) + len(particular) + lacking
        return (
            Untold(
                tag=self.tag("OPEN"),
                intro=self.ui("intro_OPEN"),
                count=count,
                answers=tuple(alone),
                particular=tuple(particular),
                missing=tuple(
                    Lacking(unit=unit, questions=tuple(questions)) for unit, questions in sorted(missing.items())
                ),
                missing_count=lacking,
                shared=self._shared(missing, place) if len(self.data["sites"]) > 1 else None,
            )
            if count
            else None
        )

    def _shared(self, missing: Mapping[str, list[Lack]], place: int) -> str:
        """Return where paper has the questions without a layer when sites share them, and which of them decide."""
        each = [one for questions in missing.values() for one in questions]
        decisive = [one.title for one in each if one.decides]
        told = [self.ui("missing_shared", number=place)]
        if decisive:
            every = len(decisive) == len(each)
            told.append(self.ui("missing_decide_all") if every else self.ui("missing_decide", titles=decisive))
        return " ".join(told)

    def _open(
        self, finding: Json, anchor: str, numbers: Mapping[tuple[str, str], int], asked: int, verdict: Json
    ) -> Open:
        rule = self.rules.get(finding["rule"], {})
        return Open(
            anchor=anchor,
            title=self.rule_title(finding),
            rule=finding["rule"],
            decides=_decides(finding, verdict),
            uses=self._for_uses(finding, asked),
            message=finding["message"],
            next_step=self.own_step(finding),
            objects=tuple(self._object(feature, numbers) for feature in finding["features"]),
            unit=finding.get("unit"),
            working=tuple(self.working(rule, numbers_only=True)),
        )

    def _lack(self, finding: Json, anchor: str, asked: int, verdict: Json) -> Lack:
        return Lack(
            anchor=anchor,
            title=self.rule_title(finding),
            rule=finding["rule"],
            decides=_decides(finding, verdict),
            uses=self._for_uses(finding, asked),
            text=self.missing(finding),
            next_step=self.own_step(finding),
        )

    def missing(self, finding: Json) -> str:
        """Return what is missing and who has it; a sentence of the rule's own stands as it is."""
        theme, rule = finding["args"].get("theme"), self.rules.get(finding["rule"], {})
        holder = rule.get("holder") if theme == rule.get("theme") else None
        if holder is None and theme and self.texts.has("holder", theme):
            holder = self.texts.get("holder", theme)
        if finding.get("message_key") != "open.layer_missing" or not theme or not holder:
            return str(finding["message"])
        title = self.texts.get("theme", theme)
        said = set(_words(title)) <= set(_words(self.rule_title(finding)))
        return self.ui("missing_holder" if said else "missing_item", theme=title, holder=holder)

    def own_step(self, finding: Json) -> str | None:
        """Return the next step unless it only asks for the data: the sentence says who has them, the intro the rest."""
        own = f"{finding['rule']}.{finding['case']}"
        if finding["open_reason"] in _DATA_WANTED and not self.texts.has("step", own):
            return None
        return str(finding["next_step"]) if finding["next_step"] else None

    def _for_uses(self, finding: Json, asked: int) -> str | None:
        uses = [use for use in finding["uses"] if use]
        return self.names(uses) if uses and len(uses) < asked else None

    def _answer(
        self, finding: Json, anchor: str, numbers: Mapping[tuple[str, str], int], asked: int, verdict: Json
    ) -> Answer:
        rule = self.rules.get(finding["rule"], {})
        code, tag = finding["code"], self.tag_of(finding)
        return Answer(
            anchor=anchor,
            title=self.rule_title(finding),
            tag=tag,
            code=None if tag.outcome == "INFO" else code,
            term=self.texts.get("code", code) if code else None,
            gate=bool(finding.get("gate")) and finding["outcome"] == "OPEN",
            decides=_decides(finding, verdict),
            uncounted=not finding.get("counted", True) and tag.outcome != "INFO",
            brief=finding["outcome"] == "OPEN" and not finding["features"],
            uses=self._for_uses(finding, asked),
            message=finding["message"],
            measures=tuple(self._measures(finding)),
            objects=tuple(self._object(feature, numbers) for feature in finding["features"]),
            quotes=tuple(self._quotes(finding["features"])),
            next_step=finding["next_step"],
            unit=finding.get("unit"),
            consult=self.names(finding["consult"]) if finding.get("consult") else None,
            basis=self.term("basis", finding["basis"]),
            citations=self.citations(rule),
            rule=finding["rule"],
            version=self.version(rule),
            border=self._border(finding),
            adjustments=tuple(self._adjustment(one) for one in finding["adjustments"]),
            working=tuple(self.working(rule, numbers_only=True)),
            details=tuple(self._details(finding)),
            pieces=self._pieces(finding),
            fitness=tuple(finding.get("fitness") or ()),
        )

    def _measures(self, finding: Json) -> Iterator[Pair]:
        """Give the measures on the union, where the table of objects does not already say the same."""
        measures = finding["measures"]
        kinds = (
            ("area_m2", "area"),
            ("share", "share"),
            ("length_m", "dist"),
            ("count", "num"),
            ("distance_m", "dist"),
        )
        alone = sum(feature.get("governs", True) for feature in finding["features"]) == 1
        for key, spec in () if alone else kinds:
            # what is met is at no distance, and what is not met has no extent: a zero says nothing more
            if measures.get(key):
                yield Pair(name=self.ui(f"measure_{key}"), text=self.number(measures[key], spec))
        if finding.get("outside_m2"):
            yield Pair(name=self.ui("measure_outside_m2"), text=self.number(finding["outside_m2"], "area"))

    def _pieces(self, finding: Json) -> str | None:
        """Return which of the site's areas the answer is about; of a site that is one there is nothing to say."""
        found = [self._piece(one) for one in finding.get("pieces") or ()]
        return self.ui("pieces", pieces="; ".join(found)) if found else None

    def _piece(self, one: Json) -> str:
        amount = (("area_m2", "area"), ("length_m", "dist"), ("distance_m", "dist"))
        key, spec = next((pair for pair in amount if one[pair[0]]), ("area_m2", "area"))
        told_ = self.number(one[key], spec, self.ui("relation_hit"))
        if key == "distance_m":
            told_ = self.ui("piece_away", distance=told_)
        share = self.number(one["share"], "share") if one["share"] is not None else None
        return f"{self.ui('piece', number=one['piece'])}: {', '.join(text for text in (told_, share) if text)}"

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
            relation=self.ui(f"relation_{feature['role']}"),
            layer=self.layer_title(feature["layer"]),
            id=feature["id"],
            name=str(name or "–"),
            amount=self.number(area, "area") if area else self.number(length or None, "dist"),
            share=self.number(feature.get("share") or None, "share"),
            distance=self.number(feature.get("distance_m"), "dist"),
            note="; ".join(notes),
        )

    def _quotes(self, features: Iterable[Json]) -> Iterator[Quote]:
        seen: set[tuple[str, str]] = set()
        for feature in features:
            text = feature.get("text")
            source = f"{self.layer_title(feature['layer'])}, {feature.get('name') or feature['id']}"
            if text and (text, source) not in seen:
                seen.add((text, source))
                yield Quote(text=text, source=source, superseded=not feature.get("governs", True))

    def _border(self, finding: Json) -> tuple[str, ...]:
        """Return what to know of the data behind an answer, and what the border's accuracy means for it."""
        measures = finding["measures"]
        told = [str(finding["note"])] if finding.get("note") else []
        if finding["outcome"] not in {"REVIEW", "FAIL", "PASS"}:
            return tuple(told)
        if all(measures.get(key) is None for key in ("area_m2", "length_m", "distance_m")):
            return tuple(told)
        if finding["boundary_case"] is None:
            return (*told, self.ui("border_unknown"))
        outcomes = [finding[f"outcome_{which}"] for which in ("nominal", "inner", "outer")]
        if finding["boundary_case"] and len(set(outcomes)) > 1:
            nominal, inner, outer = (self.texts.get("outcome", outcome) for outcome in outcomes)
            told.append(self.ui("border_case", nominal=nominal, inner=inner, outer=outer))
        return tuple(told)

    def _details(self, finding: Json) -> Iterator[str]:
        """Give what few readers ask for: how far from another answer this one is, and how it was measured."""
        outcomes = {finding[f"outcome_{which}"] for which in ("nominal", "inner", "outer")}
        decided = finding["outcome"] in {"REVIEW", "FAIL", "PASS"} and finding["boundary_case"] is not None
        if decided and finding["margin_m"] is not None and not (finding["boundary_case"] and len(outcomes) > 1):
            yield self.ui("border_margin", margin_m=finding["margin_m"])
        yield from sentences(finding["how"], self.texts, self.titles)

    def _adjustment(self, one: Json) -> str:
        before, after = (self.texts.get("outcome", one[which]) for which in ("from", "to"))
        return self.ui("adjustment", before=before, after=after, why=one["why"])

    def _steps(self, finding: Json) -> dict[str, str]:
        """Return the steps behind a finding; they stand as ``name=value``, for programs."""
        pairs = (str(step).partition("=") for step in finding["how"])
        return {name: value for name, _, value in pairs}

    def _from(self, finding: Json) -> str:
        place = self._steps(finding).get("from")
        return self.ui("criterion_straight_from", place=place) if place else self.ui("criterion_straight")

    def _category(self, words: Sequence[str]) -> str:
        return " – ".join(self.texts.get("category", word) for word in words)

    def _part(self, part: Json, site_map: SiteMap | None) -> Part:
        document = self.documents.get(part.get("document") or "", {})
        category = [text for text in (part.get("category"), part.get("subcategory")) if text]
        zone = [str(part["name"])] if part.get("name") else []
        words = " – ".join(category)
        if words and part.get("legend") and part["legend"] != words:
            template = self.texts.get("part", "own_words")
            words = self.texts.format(template, category=self._category(category), legend=part["legend"])
        else:
            words = self._category(category)
        text = ": ".join([*zone, words]) if words else "".join(zone)
        where = [str(part["municipality"])] if part.get("municipality") and part.get("document") is None else []
        if part.get("piece"):
            where.append(self.ui("piece", number=part["piece"]))
        return Part(
            letter=site_map.parts.get((part["layer"], part["zone"]), "") if site_map and part["governs"] else "",
            document=str(document.get("name") or part.get("document") or "–"),
            zone=", ".join([text or self.ui("zone_none"), *where]),
            area=self._amount(part),
            share=self.number(part.get("share"), "share"),
            code=str(part.get("plan") or "–"),
            use=self.texts.get("use", str(part.get("use") or "")),
            superseded=not part.get("governs", True),
        )

    def _amount(self, part: Json) -> str:
        """Return a part's area; of a line its length, of points their number."""
        measures = (("area_m2", "area"), ("length_m", "dist"), ("count", "num"))
        return next((self.number(part[key], spec) for key, spec in measures if part.get(key) is not None), "–")

    def _criterion(self, finding: Json, criteria: Json, asked: int) -> Criterion:
        met = next((word for word in ("met", "not_met", "unknown") if finding["rule"] in criteria[word]), None)
        case = finding["case"]
        answer = case if case in {"met", "not_met", "no_threshold", "at_most"} else met
        if finding["outcome"] == "OPEN" and answer not in {"at_most", "no_threshold"}:
            answer = "unknown"
        answer = answer or "no_threshold"
        threshold = finding["args"].get("threshold_m")
        if answer == "no_threshold" or (answer == "at_most" and threshold is None):
            answer = "at_most_told" if answer == "at_most" else "told"
        near = [feature for feature in finding["features"] if feature.get("distance_m") is not None]
        nearest = min(near, key=lambda feature: float(feature["distance_m"]), default=None)
        uses = [use for use in finding["uses"] if use]
        return Criterion(
            title=self.rule_title(finding),
            rule=finding["rule"],
            use=self.names(uses) if uses and len(uses) < asked else None,
            measured=self.number(finding["measures"].get("distance_m"), "dist", self.ui("unknown")),
            nearest=str((nearest and (nearest.get("name") or nearest["id"])) or "–"),
            how=" ".join(
                [self._from(finding), *(str(one) for one in (finding.get("note"), *finding.get("fitness", ())) if one)]
            ),
            threshold=self.number(threshold, "dist", self.ui("criterion_no_threshold")),
            mark=_MARKS.get(answer, "unknown"),
            answer=self.ui(f"criterion_{answer}"),
        )

    def _clears(self, findings: Iterable[Json]) -> Iterator[Clear]:
        """Yield a row for each question, and one for all pairs of interests that do not meet."""
        pairs: list[Json] = []
        for finding in findings:
            if self.rules.get(finding["rule"], {}).get("check") == "conflict" and finding["case"] == "clear":
                pairs.append(finding)
            else:
                yield self._clear(finding)
        rows = [self._clear(finding) for finding in pairs]
        if len(rows) < PAIRS_LEAST:
            yield from rows
            return
        yield Clear(
            title=self.ui("clear_pairs", number=len(rows)),
            rule=None,
            pairs=tuple(Pair(name=row.title, text=str(row.rule)) for row in rows),
            code=rows[0].code if len({row.code for row in rows}) == 1 else None,
            message=None,
            border=tuple(dict.fromkeys(text for row in rows for text in row.border)),
            proofs=tuple(dict.fromkeys(proof for row in rows for proof in row.proofs)),
            details=tuple(f"{row.title}: {' '.join(row.details)}" for row in rows if row.details),
        )

    def _clear(self, finding: Json) -> Clear:
        rule = self.rules.get(finding["rule"], {})
        # That nobody has confirmed the data is said with each layer.
        note = str(finding.get("note") or "").replace(self.texts.get("message", "note.unconfirmed"), "").strip()
        border = self._border({**finding, "note": note or None}) if finding["boundary_case"] or note else ()
        return Clear(
            title=self.rule_title(finding),
            rule=finding["rule"],
            pairs=(),
            code=finding["code"],
            message=None if finding.get("absence") and finding.get("message_key") == "clear" else finding["message"],
            # Of two interests at once, each has a row of its own that says how exact its data is.
            border=(*border, *(str(one) for one in (finding.get("fitness") or ()) if rule.get("check") != "conflict")),
            proofs=tuple(self._proofs(finding)),
            details=tuple(sentences(finding["how"], self.texts, self.titles)),
        )

    def _inapplicable(self, findings: Iterable[Json]) -> Iterator[Inapplicable]:
        """Yield each reason once, with the questions that it concerns."""
        found: dict[str, list[Pair]] = {}
        for finding in findings:
            one = Pair(name=self.rule_title(finding), text=finding["rule"])
            found.setdefault(finding["message"], []).append(one)
        for message, questions in found.items():
            yield Inapplicable(message=message, questions=tuple(questions))

    def _proofs(self, finding: Json) -> Iterator[Proof]:
        """Yield what nothing found rests on; an answer that rests on no layer has one row without any."""
        if finding.get("absence"):
            for one in finding["absence"]:
                source = self._source(one["layer"], one["features"], one["dated"], one["title"])
                yield self._proof(source, one["coverage"], self._nearest(one["nearest"], one["title"]))
            return
        theme = finding.get("theme") or self.rules.get(finding["rule"], {}).get("theme")
        coverage = finding["measures"].get("coverage")
        layers = [layer for layer in self.every_layer if layer["theme"] == theme]
        for layer in layers:
            yield self._proof(self._source(layer["id"], layer["features"], layer["dated"]), coverage, "–")
        if not layers:
            yield self._proof("–", coverage, "–")

    def _proof(self, source: str, coverage: float | None, nearest: str) -> Proof:
        share = self.number(coverage, "share")
        line = self.ui("clear_line", layer=source, coverage=share, nearest=nearest)
        return Proof(layer=source, coverage=share, nearest=nearest, line=line)

    def _source(self, layer_id: str, features: int, dated: str | None, title: str | None = None) -> str:
        """Return a layer with its date and number of objects, and that nobody has confirmed it where that is so."""
        date = dated or self.ui("clear_undated")
        told = self.count("clear_source", features, layer=title or self.layer_title(layer_id), date=date)
        unconfirmed = self.layers.get(layer_id, {}).get("confirmed") is False
        return f"{told} ({self.ui('data_unconfirmed')})" if unconfirmed else told

    def _nearest(self, near: Json | None, title: str | None) -> str:
        """Return what lies nearest and how far away; a layer that is one object has been named already."""
        if near is None:
            return self.ui("clear_no_object")
        key = "clear_nearest_at_most" if near["at_most"] else "clear_nearest"
        name = near["name"] or near["id"]
        return self.ui(key, name=None if name == title else name, distance_m=near["distance_m"])


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _shelf(finding: Json) -> str:
    """Return which part of the section a finding stands in: each stands in exactly one, so none can be lost."""
    outcome = str(finding["outcome"])
    if finding["rule"] in DETAILED_PLAN_RULES:
        return "detailed_plan"
    if finding["basis"] == "criterion":
        # one without a threshold applies all the same: how far it is was asked for, and is told
        return "inapplicable" if str(finding.get("case") or "").startswith("not_applicable") else "criteria"
    if finding["basis"] == "information" and (outcome in LOUD or finding["code"] == "I"):
        return "information"
    if outcome in LOUD:
        return outcome
    if outcome == "NOT_APPLICABLE":
        return "inapplicable"
    met = any(feature["role"] in {"hit", "easing"} for feature in finding["features"])
    return "met" if met or str(finding["code"] or "").startswith("F") else "clear"


def has_no_layer(finding: Json) -> bool:
    """Tell whether a question is open for want of any layer: then there is nothing to say about the site itself."""
    return finding["open_reason"] == "layer_missing" and not finding["features"] and not _stands_alone(finding)


def _stands_alone(finding: Json) -> bool:
    """Tell whether an open question is written out: a gate, or one with a plan's text or an adjustment to read."""
    return bool(
        finding.get("gate")
        or finding["adjustments"]
        or any(feature["text"] and feature["role"] != "nearest" for feature in finding["features"])
    )


def _decides(finding: Json, verdict: Json) -> bool:
    """Tell whether a finding made the site's outcome; the same rule may have answered otherwise for another use."""
    return finding["rule"] in verdict["decided_by"] and finding["outcome"] == verdict["outcome"]


def _rank(finding: Json) -> int:
    shelf = _shelf(finding)
    return _WRITTEN.index(shelf) if shelf in _WRITTEN else len(_WRITTEN)


def _anchored(site: Json, number: int) -> list[tuple[Json, str]]:
    """Return a site's findings, the ones that differ in their use alone as one, each with its anchor."""
    merged: dict[str, dict[str, Any]] = {}
    for finding in site["findings"]:
        same = [finding[name] for name in _SAME]
        one = merged.setdefault(repr(same), {**finding, "uses": []})
        one["uses"].append(finding["use"])
    return [(one, f"finding-{number}-{count}") for count, one in enumerate(merged.values(), 1)]


def _anchors(site: Json, number: int) -> dict[tuple[str, str], str]:
    """Return (layer, feature) → anchor of the first finding on the page that is written out and names it."""
    found: dict[tuple[str, str], str] = {}
    for finding, anchor in sorted(_anchored(site, number), key=lambda pair: _rank(pair[0])):
        if _shelf(finding) in _WRITTEN:
            for feature in finding["features"]:
                found.setdefault((feature["layer"], feature["id"]), anchor)
    return found
