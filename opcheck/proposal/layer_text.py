"""The text of one layer in a proposed manifest, for a person to read and to correct."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from opcheck.plan import STATUS_UNKNOWN
from opcheck.proposal.documents import offer_document
from opcheck.proposal.draft import LISTED, PLACEHOLDER, Draft, Value, legend_counts, read_fields
from opcheck.proposal.manifest_text import comment, off, on_one_line, pair
from opcheck.proposal.manifest_text import value as toml
from opcheck.proposal.recognise import Reading, legend, stages
from opcheck.proposal.situate import Answer
from opcheck.proposal.survey import Seen
from opcheck.proposal.takeover import Base
from opcheck.rules import LAND_USE
from opcheck.texts import load

STATUS_CHOICES = "ÄNDRA: samråd, granskning, antagen, laga kraft, ersatt eller upphävd"
DATES = (("adopted", "kommunfullmäktiges beslut"), ("legal_force", "dagen för laga kraft"))
DATE_FORM = "ÅÅÅÅ-MM-DD"

DATE = re.compile(r"\d{4}(-\d\d){0,2}")


def layer_lines(draft: Draft) -> list[str]:
    """Return a layer's part of the manifest."""
    head = "" if draft.active else "FÖRSLAG: "
    why = "; ".join(draft.why)
    lines = comment(f"{head}{draft.seen.name} ({draft.seen.shown}): {draft.seen.told()}. {_sentence(why)}")
    lost = draft.theme == LAND_USE and "category" not in draft.fields
    columns = [f"Kolumner: {', '.join(draft.seen.table.columns) or 'inga'}."] if lost or not draft.active else []
    evidence = draft.evidence if draft.active or draft.fields or lost else []
    for note in (*draft.remarks, *evidence, *columns):
        lines += comment(note, "  ")
    body = [*_own_document(draft), *_body(draft)]
    return [*lines, *(body if draft.active else off(body)), ""]


def _own_document(draft: Draft) -> Iterator[str]:
    own = draft.own
    if own is None:
        return
    seen = draft.seen
    told = {what: text for what, _, text in draft.told}
    yield "[[document]]"
    yield pair("id", own.id)
    yield pair("kind", own.kind)
    yield pair("name", told.get("document", seen.name), "ÄNDRA till planens namn")
    steps = stages(seen.name, seen.shown)
    more = f"; namnet nämner «{steps[0]}»" if steps else ""
    yield pair("status", STATUS_UNKNOWN, f"{STATUS_CHOICES}{more}")
    if own.base is not None:
        yield pair("base", own.base)
    if own.kind == "tillägg":
        themes = [draft.theme if draft.theme != LAND_USE else PLACEHOLDER]
        yield pair("themes", themes, "vad tillägget handlar om")
    elif own.kind == "fördjupning":
        yield pair("area", _source(draft), "FÖRSLAG: där lagret har ytor; byt till planens egen gräns om den finns")
    yield from off([pair(what, told.get(what, DATE_FORM), meaning) for what, meaning in DATES])


def _source(draft: Draft) -> dict[str, str]:
    keys = {"source": draft.seen.shown, "layer": draft.seen.layer, "crs": draft.declared}
    return {name: one for name, one in keys.items() if one is not None}


def _body(draft: Draft) -> Iterator[str]:
    seen = draft.seen
    yield "[[layer]]"
    yield pair("id", draft.id)
    yield pair("theme", draft.theme, "ÄNDRA" if draft.theme == PLACEHOLDER else load("sv").get("theme", draft.theme))
    if draft.document is not None:
        line = pair("document", draft.document, draft.choice)
        yield from off([line]) if draft.theme == PLACEHOLDER else [line]
    yield pair("title", seen.name)
    yield from (pair(name, one) for name, one in _source(draft).items())
    yield from _fields(draft)
    for role, column, how in draft.offered:
        where = "i fields" if draft.fields else f"raden fields = {{ {pair(role, column)} }}"
        add = f"{pair(role, column)} " if draft.fields else ""
        yield from comment(f"FÖRSLAG: «{column}» kan vara {role} ({how}). Lägg i så fall till {add}{where}.")
    yield "confirmed = false  # ingen har bekräftat lagret än; ta bort raden när ansvarig har gjort det"
    yield from _offers(draft)
    yield from _legend_lines(draft)


def _fields(draft: Draft) -> Iterator[str]:
    note = None
    if draft.theme == PLACEHOLDER and "polygon" in draft.seen.kinds:
        note = 'planens markanvändning behöver också category = "kolumnen med teckenförklaringen"'
    if draft.fields:
        yield pair("fields", draft.fields, note)
    elif note is not None:
        note = "planens markanvändning: kolumnen med teckenförklaringen"
        yield from off([pair("fields", {"category": PLACEHOLDER}, note)])


def _offers(draft: Draft) -> Iterator[str]:
    for what, column, text in draft.told:
        if what in ("owner", "licence") or (what == "dated" and DATE.match(text)):
            found = DATE.match(text) if what == "dated" else None
            yield from comment(f"FÖRSLAG: kolumnen «{column}» säger «{text}» i alla rader.")
            yield from off([pair(what, found[0] if found else text)])
    yield from off([pair("coverage", "municipality", "bara en människa kan intyga att lagret är komplett")])


def _legend_lines(draft: Draft) -> Iterator[str]:
    if draft.theme != LAND_USE:
        return
    sure = [value for value in draft.values if value.reading.sure]
    likely = [value for value in draft.values if not value.reading.sure and value.reading.to]
    unknown = [value for value in draft.values if not value.reading.to]
    counts = legend_counts(draft)
    if not draft.values and not draft.known:
        return
    yield from comment(
        f"Teckenförklaringen i «{draft.legend}»: {counts[0]} {_words(counts[0])} är samma ord som i {legend().model}, "
        f"{counts[1]} har förslag och {counts[2]} saknar läsning. Fler skrivs som rader i listan."
    )
    for note in draft.extra:
        yield from comment(note, "  ")
    if not draft.values:
        return
    # One line for each, not indented: a line can be switched off alone, and an indented one would look explained.
    yield "value = ["
    for value in sure:
        yield _value(value, value.reading.to[0], value.reading.why, _amount(value))
    for value in likely:
        reading = value.reading
        rest = [" / ".join(to) for to in reading.to[1:]]
        or_else = f" Eller: {'; '.join(rest)}." if rest else ""
        yield from comment(f"FÖRSLAG: {_pair_of(reading)}, {_amount(value)}.{or_else}")
        yield from off([_value(value, reading.to[0], f"{reading.why}; bekräftat av {PLACEHOLDER}")])
    if unknown:
        yield from comment("Utan översättning blir svaret «Inte prövat». Skriv vad orden betyder, eller lämna dem så:")
        parted = {value.reading.category for value in draft.values if value.reading.subcategory is not None}
        if any(value.reading.subcategory is None and value.reading.category in parted for value in unknown):
            yield from comment(
                "En rad utan subcategory gäller också de underkategorier som inte har en egen påslagen rad."
            )
        for value in unknown[:LISTED]:
            yield from off([_value(value, (PLACEHOLDER,), PLACEHOLDER, _amount(value))])
        if len(unknown) > LISTED:
            yield from comment(f"- … och {len(unknown) - LISTED} {_words(len(unknown) - LISTED)} till")
    yield "]"


def _value(value: Value, to: Sequence[str], evidence: str, note: str | None = None) -> str:
    reading = value.reading
    source = {"category": reading.category}
    if reading.subcategory is not None:
        source["subcategory"] = reading.subcategory
    line = f"{toml({'from': source, 'to': list(to), 'evidence': evidence})},"
    return f"{line}  # {on_one_line(note)}" if note else line


def _amount(value: Value) -> str:
    area = f", {load('sv').area(value.area_m2)}" if value.area_m2 is not None else ""
    return f"{value.rows} {'yta' if value.rows == 1 else 'ytor'}{area}"


def _pair_of(reading: Reading) -> str:
    return f"{reading.category} / {reading.subcategory}" if reading.subcategory else reading.category


def _words(count: int) -> str:
    return "beteckning" if count == 1 else "beteckningar"


def _sentence(text: str) -> str:
    text = on_one_line(text)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def unplaced_lines(seen: Seen, layer_id: str, why: str, system: Answer | None, base: Base | None) -> list[str]:
    """Return what to say of a layer that nothing is known of, with a block to fill in: as for any other proposal."""
    columns = ", ".join(seen.table.columns) or "inga"
    lines = comment(
        f"Inte placerade: lager {seen.name} ({seen.shown}; {seen.told()}; kolumner: {columns}): {why}.", "  "
    )
    draft = Draft(seen=seen, id=layer_id, theme=PLACEHOLDER, active=False, why=(why,))
    if system is not None:
        draft.declared = system.crs or PLACEHOLDER
        lines += comment(f"crs: {system.why}.", "  ")
    if "polygon" in seen.kinds:
        offer_document(draft, base)
    read_fields(draft)
    return [*lines, *off(_body(draft)), ""]
