"""A plan-readiness check as a table for a terminal, as a record, and as files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from opcheck.plan import Features
from opcheck.readiness import KINDS, Closed, PlanFault, Readiness
from opcheck.record import version
from opcheck.report import check_targets, records, write_together
from opcheck.report.lines import seen, wrapped
from opcheck.rules import themes
from opcheck.texts import Texts, load

SCHEMA = "opcheck-readiness/1"
SUFFIXES = (".html", ".json")

TABLE_MOST = 8
"""Of faults of one kind, the terminal shows this many and counts the rest."""

NAMED_MOST = 4
LAYERS_MOST = 6
"""A sentence names this many zones, and this many layers, and counts the rest; the record has all of them."""

NARROW_M = 0.01
"""Coordinates rounded to a centimetre leave gaps and overlaps up to about this wide."""

NARROW_KINDS = ("gap_sliver", "overlap_sliver", "outside_sliver")
NARROW_LEAST = 10
"""From so many on, and when they are most of a kind, the narrow ones are counted and the tolerance is told."""

FOREIGN = ("why", "text")
"""Arguments that are the readers' own sentences, which are Swedish whatever the language of the rest."""

MILLIMETRES_BELOW_M = 0.1
LEAST_AREA_M2 = 0.01
"""Widths below the first are told in millimetres; areas below the second have no figure."""


class ReadinessWords:
    """The sentences of a readiness check in one language.

    Parameters
    ----------
    readiness
        What was found.
    texts
        The wording.
    """

    def __init__(self, readiness: Readiness, texts: Texts) -> None:
        self.readiness, self.texts, self.ui = readiness, texts, texts.ui
        self._layers = {layer.id: layer for layer in readiness.plan.layers}
        self._read = {features.layer.id: features for features in readiness.layers}
        self._rows: dict[str, dict[str, int]] = {}

    def message(self, fault: PlanFault) -> str:
        """Return what was found, and where."""
        return self.texts.say("fault", fault.kind, self.arguments(fault))

    def step(self, kind: str) -> str:
        """Return what a kind of fault means, and what to do."""
        return self.texts.get("fault_step", kind)

    def scope(self) -> str:
        """Return on which day and at which tolerance the pack was checked."""
        tolerance = self.width(self.readiness.tolerance_m)
        return self.ui("ready_scope", date=self.readiness.on.isoformat(), tolerance=tolerance)

    def title(self, kind: str) -> str:
        """Return the name of a kind of fault."""
        return self.texts.get("fault_title", kind)

    def width(self, width_m: float | None) -> str | None:
        """Return a width: in millimetres where metres would hide it."""
        if width_m is None:
            return None
        if width_m >= MILLIMETRES_BELOW_M:
            return self.texts.distance(width_m) if width_m < 1 or width_m >= 10 else self._exact(width_m, "m")
        return self._exact(width_m * 1000, "mm")

    def area(self, area_m2: float | None) -> str | None:
        """Return an area; one too small for two decimals as that, and never as nothing."""
        if area_m2 is None:
            return None
        return self.ui("ready_area_tiny") if 0 < area_m2 < LEAST_AREA_M2 else self.texts.area(area_m2)

    def _exact(self, value: float, unit: str) -> str:
        decimals = next((places for places in (0, 1, 2) if round(value, places) == round(value, 3)), 2)
        return f"{self.texts.number(value, decimals)}\u00a0{unit}"

    def count(self, key: str, number: int) -> str:
        """Return a number with its noun."""
        return self.ui(f"ready_n_{key}_{'one' if number == 1 else 'many'}", number=number)

    def counts(self) -> str:
        """Return how many there are of each level, in words."""
        return self.texts.listing([self.count(level, number) for level, number in self.readiness.counts.items()])

    def layer(self, layer_id: str) -> str:
        """Return a layer's title, or that of its theme with its id."""
        layer = self._layers.get(layer_id)
        return layer_id if layer is None else layer.title or f"{self.texts.get('theme', layer.theme)} ({layer_id})"

    def layers(self, fault: PlanFault) -> str | None:
        """Return the layers of a fault in words; titles that hold a comma are marked, so that each ends somewhere."""
        names = [self.layer(one) for one in fault.layers]
        marked = [self.ui("ready_quoted", text=name) if "," in name else name for name in names]
        return self._some(marked if len(names) > 1 else names, LAYERS_MOST)

    def zone(self, layer_id: str, feature: str) -> str:
        """Return a row by its id, and what it is called where it is called anything."""
        features = self._read.get(layer_id)
        if features is None:
            return feature
        if layer_id not in self._rows:
            self._rows[layer_id] = {name: row for row, name in enumerate(features.ids)}
        row = self._rows[layer_id].get(feature)
        name = None if row is None else _called(features, row)
        return feature if name is None else self.ui("ready_zone_named", id=feature, name=name)

    def zones(self, fault: PlanFault) -> str | None:
        """Return the first rows of a fault in words."""
        shown = [self.zone(*one) for one in fault.features[:NAMED_MOST]]
        return self._some(shown, NAMED_MOST, len(fault.features))

    def _some(self, names: Sequence[str], most: int, number: int | None = None) -> str | None:
        number = len(names) if number is None else number
        if not names:
            return None
        if number <= most:
            return self.texts.listing(list(names))
        return self.ui("ready_more_zones", names=", ".join(names[:most]), number=number - most)

    def document(self, document_id: str | None) -> str:
        """Return a document's name."""
        if document_id is None:
            return self.ui("ready_whole")
        return self.readiness.plan.document(document_id).name

    def arguments(self, fault: PlanFault) -> dict[str, Any]:
        """Return what fills in the sentence of a fault."""
        args = dict(fault.args)
        zones = self.zones(fault)
        count = fault.count or 0
        to = args.get("to")
        return {
            **args,
            "layer": self.layers(fault), "zones": zones, "features": zones,
            "name": args.get("name") or self.document(fault.document), "area_m2": self.area(fault.area_m2),
            "width": self.width(fault.width_m), "count": fault.count,
            "tolerance": self.width(args.get("tolerance_m", self.readiness.tolerance_m)),
            "at": ", ".join(str(one) for one in (args.get("file"), args.get("place")) if one) or "plan.toml",
            "uses": self.texts.listing([self.texts.get("use", one) for one in args.get("uses", ())]),
            "same": self.ui("ready_same") if args.get("same") else None,
            "quoted": self._quoted(args.get("words", ())),
            "counted_text": self.ui("ready_horizon_counted") if args.get("counted") else None,
            "unmapped_text": self.ui("ready_text_unmapped") if args.get("mapped") is False else None,
            **{f"n_{key}": self.count(key, count) for key in ("zones", "themes", "mappings")},
            "why": str(args.get("why") or "").rstrip("."),
            "away": self._away(args.get("away_m")), "to": " / ".join(to) if isinstance(to, tuple) else to,
        }  # fmt: skip

    def _away(self, away_m: float | None) -> str | None:
        """Return how far from the border something lies, None where that was not measured."""
        if away_m is None:
            return None
        return self.ui("ready_away", distance=self.width(away_m)) if away_m else self.ui("ready_beside")

    def _quoted(self, words: Sequence[str]) -> list[str]:
        """Return the first of the plan's own words, each marked as that."""
        shown = [self.ui("ready_quoted", text=word) for word in words[:NAMED_MOST]]
        rest = len(words) - len(shown)
        return [*shown, self.ui("ready_more_words", number=rest)] if rest else shown

    def items(self, fault: PlanFault) -> tuple[str, ...]:
        """Return what a fault lists, each for itself: themes with who has the data, words that are passed over."""
        passed = zip(fault.args.get("subcategories", ()), fault.args.get("zones_of", ()), strict=True)
        if words := tuple(
            self.ui("ready_word_zones", word=self.ui("ready_quoted", text=word), zones=self.count("zones", number))
            for word, number in passed
        ):
            return words
        asked = fault.args.get("themes", ())
        return tuple(
            self.ui("ready_themes_holder", theme=self.texts.get("theme", theme), holder=self.texts.get("holder", theme))
            if self.texts.has("holder", theme)
            else self.texts.get("theme", theme)
            for theme in themes()
            if theme in asked
        )

    def foreign(self, fault: PlanFault) -> str | None:
        """Return what in a fault's sentence is Swedish although the rest is not, None where nothing is."""
        if self.texts.language == "sv":
            return None
        return next((str(fault.args[name]).rstrip(".") for name in FOREIGN if fault.args.get(name)), None)

    def narrow(self, kind: str) -> str | None:
        """Return how many of a kind are as narrow as rounded coordinates make them, where that is most of them."""
        if kind not in NARROW_KINDS or self.readiness.tolerance_m >= NARROW_M:
            return None
        found = [fault.width_m for fault in self.readiness.faults if fault.kind == kind and fault.width_m is not None]
        narrow = sum(width <= NARROW_M for width in found)
        if narrow < NARROW_LEAST or 2 * narrow < len(found):
            return None
        metres = self.texts.number(NARROW_M, 2)
        return self.ui("ready_narrow", number=narrow, of=len(found), width=self.width(NARROW_M), metres=metres)

    def closed(self, one: Closed) -> str:
        """Return in a line how far the zones of a document cover their area."""
        share = share_of(one)
        return self.ui(
            "ready_closed_line", document=self.document(one.document), zones=one.zones, within=one.within,
            area=one.to_cover_m2, covered=one.covered_m2, share=share,
        )  # fmt: skip


def _called(features: Features, row: int) -> str | None:
    for role in ("name", "subcategory", "category"):
        found = features.value(role, row)
        if found is not None:
            return found
    return None


# --- the terminal -----------------------------------------------------------------------------------------------------


def readiness_table(readiness: Readiness, lang: str) -> str:
    """Return the check as text for a terminal: the most serious first, long lists shortened with their number."""
    words = ReadinessWords(readiness, load(lang))
    lines = [words.ui("ready_title", plan=readiness.plan.name)]
    if readiness.plan.demonstration:
        lines += wrapped(words.ui("cli_demonstration"), "", "")
    lines += wrapped(words.scope(), "", "")
    lines += ["", f"{words.counts()}."]
    for kind, faults in kinds_of(readiness).items():
        level = words.texts.get("level", KINDS[kind]).upper()
        lines += ["", f"{level} {words.title(kind)} ({len(faults)})"]
        for _, fault in faults[:TABLE_MOST]:
            lines += wrapped(f"{words.message(fault)}{_at(fault)}", "  - ", "    ")
            lines += [line for item in words.items(fault) for line in wrapped(item, "      ", "        ")]
        if len(faults) > TABLE_MOST:
            lines.append(f"  {words.ui('ready_more_kind', number=len(faults) - TABLE_MOST)}")
        told = (words.narrow(kind), words.step(kind))
        lines += [line for one in told if one for line in wrapped(one, "  → ", "    ")]
    if readiness.closed:
        lines += ["", words.ui("ready_closed_title")]
        lines += [line for one in readiness.closed for line in wrapped(words.closed(one), "  ", "    ")]
    lines += ["", words.ui("ready_digital_title"), *wrapped(words.ui("ready_digital_lists"), "  ", "  ")]
    for point in digital_record(words)["points"]:
        amount = "" if point["state"] == "unseen" else f" ({point['amount']})"
        lines += wrapped(f"{point['state_title']}: {point['title']}{amount}", "  ", "    ")
    return seen("\n".join([*lines, "", words.ui("ready_hint"), ""]))


def _at(fault: PlanFault) -> str:
    return "" if fault.spot is None else f" [{fault.spot[0]:.0f}, {fault.spot[1]:.0f}]"


# --- the record -------------------------------------------------------------------------------------------------------


def readiness_record(readiness: Readiness, lang: str) -> dict[str, Any]:
    """Return the whole check as plain data: all faults, with all their rows. No path of the machine, no clock."""
    words = ReadinessWords(readiness, load(lang))
    plan = readiness.plan
    return {
        "schema": SCHEMA, "opcheck": version(), "on": readiness.on.isoformat(), "lang": lang,
        "tolerance_m": readiness.tolerance_m, "worst": readiness.worst, "counts": dict(readiness.counts),
        "plan": {
            "id": plan.id, "name": plan.name, "municipality_code": plan.municipality_code, "crs": plan.crs,
            "demonstration": plan.demonstration, "sha256": plan.sha256,
        },
        "layers": [_layer(readiness, words, layer.id) for layer in sorted(plan.layers, key=lambda one: one.id)],
        "closure": [
            {
                "document": one.document, "name": words.document(one.document), "layers": list(one.layers),
                "zones": one.zones, "to_cover_m2": one.to_cover_m2, "covered_m2": one.covered_m2,
                "share": share_of(one), "within_tolerance": one.within,
            }
            for one in readiness.closed
        ],
        "kinds": [
            {"kind": kind, "level": KINDS[kind].value, "title": words.title(kind), "next_step": words.step(kind),
             "count": number}
            for kind, number in readiness.kinds.items()
        ],
        "faults": [_fault(fault, number, words) for number, fault in enumerate(readiness.faults, 1)],
        "digital": digital_record(words),
    }  # fmt: skip


def share_of(closed: Closed) -> float | None:
    """Return how much of its area a document covers: 1 only when nothing is missing, None without an area."""
    have, of = closed.covered_m2, closed.to_cover_m2
    if have is None or not of:
        return None
    share = round(have / of, 6)
    return share if share < 1 or have >= of else 0.999999


def _layer(readiness: Readiness, words: ReadinessWords, layer_id: str) -> dict[str, Any]:
    layer = next(one for one in readiness.plan.layers if one.id == layer_id)
    read = next((one for one in readiness.layers if one.layer.id == layer_id), None)
    known: dict[str, Any] = dict.fromkeys(("rows", "used", "crs", "sha256", "content", "reader"))
    if read is not None:
        known = {"rows": read.rows, "used": len(read), "crs": read.crs, "sha256": read.sha256,
                 "content": read.content, "reader": read.reader}  # fmt: skip
    return {
        "id": layer.id, "title": words.layer(layer.id), "theme": layer.theme,
        "theme_title": words.texts.get("theme", layer.theme), "document": layer.document, "file": layer.source.shown,
        "readable": read is not None, **known,
    }  # fmt: skip


def _fault(fault: PlanFault, number: int, words: ReadinessWords) -> dict[str, Any]:
    return {
        "number": number, "level": fault.level.value, "kind": fault.kind, "layers": list(fault.layers),
        "document": fault.document, "features": [{"layer": layer, "id": name} for layer, name in fault.features],
        "area_m2": fault.area_m2, "width_m": fault.width_m, "count": fault.count,
        "bounds": None if fault.bounds is None else list(fault.bounds),
        "spot": None if fault.spot is None else list(fault.spot),
        "args": {name: _plain(value) for name, value in sorted(fault.args.items())},
        "title": words.title(fault.kind), "message": words.message(fault), "items": list(words.items(fault)),
        "next_step": words.step(fault.kind),
    }  # fmt: skip


def _plain(value: Any) -> Any:  # noqa: ANN401 - what JSON can hold
    return list(value) if isinstance(value, tuple) else value


def digital_record(words: ReadinessWords) -> dict[str, Any]:
    """Return what can be said of the digital requirement, with what cannot."""
    readiness = words.readiness
    names = {one.id: one.name for one in readiness.plan.documents}
    begun = [names[one] for one, before in readiness.begun.items() if before]
    unknown = [names[one] for one, before in readiness.begun.items() if not before]
    points = []
    for point in readiness.digital:
        amount = words.texts.unknown
        if point.have is not None and point.of is not None:
            key = "ready_digital_of_area" if point.key == "covered" else "ready_digital_of"
            # Hectares may read the same on both sides of a small gap.
            lacking = point.of - point.have if point.state == "partly" else None
            amount = words.ui(key, have=point.have, of=point.of, lacking=lacking)
        points.append(
            {
                "key": point.key, "title": words.texts.get("digital", point.key), "state": point.state,
                "state_title": words.texts.get("digital_state", point.state), "have": point.have, "of": point.of,
                "amount": amount,
            }
        )  # fmt: skip
    return {
        "intro": words.ui("ready_digital_intro"), "limits": words.ui("ready_digital_lists"),
        "begun_before": words.ui("ready_digital_begun", names=begun) if begun else None,
        "begun_unknown": words.ui("ready_digital_unknown", names=unknown) if unknown else None,
        "points": points,
    }  # fmt: skip


# --- files ------------------------------------------------------------------------------------------------------------


def check_readiness_targets(paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """Return the paths to write to.

    Raises
    ------
    OutputError
        A suffix is neither ``.html`` nor ``.json``, a folder does not exist, or a path is named twice. All faults are
        listed.
    """
    return check_targets(paths, SUFFIXES)


def write_readiness(readiness: Readiness, paths: Sequence[str | os.PathLike[str]], lang: str = "sv") -> list[Path]:
    """Write a check to files, all of them or none: ``.html`` (one page with a map) and ``.json`` (the whole record).

    Raises
    ------
    OutputError
        A path cannot be written. Nothing is left behind.
    """

    def write(target: Path, path: Path) -> None:
        if target.suffix.lower() == ".html":
            from opcheck.report import readiness_page

            text = readiness_page.render(readiness, lang)
        else:
            text = records.to_json(readiness_record(readiness, lang))
        path.write_text(text, encoding="utf-8", newline="\n")

    return write_together(check_readiness_targets(paths), write)


def kinds_of(readiness: Readiness) -> Mapping[str, list[tuple[int, PlanFault]]]:
    """Return the faults by kind, each with its number in the list, in the order of presentation."""
    found: dict[str, list[tuple[int, PlanFault]]] = {kind: [] for kind in readiness.kinds}
    for number, fault in enumerate(readiness.faults, 1):
        found[fault.kind].append((number, fault))
    return found
