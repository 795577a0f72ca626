"""The text of a proposed manifest as a whole, and what is told to the one who asked for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from opcheck.geometry import crs_title
from opcheck.plan import MANIFEST, STATUS_UNKNOWN
from opcheck.proposal.border import Border, code_form, shortened
from opcheck.proposal.documents import DETAILED, OF_THE_PLAN, PLAN, UNSAID
from opcheck.proposal.draft import PLACEHOLDER, Draft, free_id, legend_counts, slug
from opcheck.proposal.layer_text import DATE, DATE_FORM, DATES, STATUS_CHOICES, layer_lines, unplaced_lines
from opcheck.proposal.manifest_text import comment, off, pair
from opcheck.proposal.recognise import stages
from opcheck.proposal.situate import Answer
from opcheck.proposal.survey import Seen, Survey
from opcheck.proposal.takeover import Base
from opcheck.rules import LAND_USE
from opcheck.texts import load

_SIGNS = (
    "En rad som börjar med # och ett blanksteg förklarar. En rad som börjar med # utan blanksteg är avstängd: ta bort "
    "tecknet för att låta den gälla. «FÖRSLAG» är sådant som ingen har bekräftat; det påverkar inget svar förrän någon "
    "slår på det. Steg för steg: docs/egen-plan.md. Alla nycklar: docs/manifest.md."
)
_FOR_EACH = (
    "Varje lager kan också få dated (när uppgifterna gäller), owner, licence, accuracy_m (hur noga gränserna är "
    'ritade, i meter) och border ("legal" eller "indicative"). Vad som saknas står som okänt i rapporten. coverage = '
    '"municipality" säger att lagret har allt som finns i kommunen: det kan bara en människa intyga, och utan det blir '
    "svaret aldrig «Inget fynd emot»."
)
_DOCUMENT = (
    "Vilken plan lagren hör till, och om den gäller, framgår inte säkert av filerna. Med status "
    f'"{STATUS_UNKNOWN}" blir svaren om markanvändningen «Inte prövat». Skriv in planens namn och status, och dagen då '
    "beslutet fick laga kraft: först då gäller planen (PBL 3:21)."
)
_UNSAID = (
    "Vilken av basens planer lagren visar framgår inte säkert av filerna: ett lager kan vara ett samrådsförslag eller "
    f'en äldre plan. Byt document = "{UNSAID}" på varje lager till planens id, och ta sedan bort den här tabellen: så '
    "länge den står kvar är svaren «Inte prövat»."
)
_CHOOSE = (
    "Välj tema bland dem i docs/rule-reference.md och ta bort # på raderna, eller låt dem stå. Rader med två # gäller "
    f'inte alla teman. Planens markanvändning får temat "{LAND_USE}", sitt document, och category i fields.'
)
_BASE = (
    "Uppgifterna i den här delen är basens, oförändrade: sammanställda ur det som är publicerat om planerna, av den "
    "som gjort basen. Stäm av dem mot planernas egna handlingar, och rätta det som har ändrats."
)
_ATTRIBUTION = (
    "attribution: basens, om uppgifterna om planerna. Lägg till varifrån era egna data kommer, om det inte står."
)


@dataclass(slots=True, kw_only=True)
class Whole:
    """Everything that a proposed manifest says.

    Parameters
    ----------
    to
        The pack's folder, as the user named it.
    data
        What the data is called.
    name
        The municipality as the caller named it; None when nobody did.
    border
        What [plan] area is; `asides` are other layers that could have been, and why they are not.
    unplaced, systems
        Layers that nothing is known of, with the reason; and the coordinate system that each file without one has.
    survey
        All data that there was.
    warnings
        What the one who asked must not miss.
    """

    to: Path
    data: str
    name: str | None
    base: Base | None
    crs: Answer
    border: Border
    drafts: list[Draft]
    unplaced: list[tuple[Seen, str]]
    systems: dict[tuple[str, str | None], Answer]
    survey: Survey
    asides: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def active(self) -> list[Draft]:
        """The layers that are used, the land use first."""
        return sorted((draft for draft in self.drafts if draft.active), key=_order)

    @property
    def proposed(self) -> list[Draft]:
        """The layers that are switched off."""
        return sorted((draft for draft in self.drafts if not draft.active), key=_order)

    def text(self) -> str:
        """Return the manifest."""
        lines = [*self._head(), *self._documents()]
        if self.active:
            lines += ["# --- Lager som används ---", "", *comment(_FOR_EACH), ""]
        for draft in self.active:
            lines += layer_lines(draft)
        if self.proposed:
            lines += ["# --- Förslag: avstängda lager, att ta ställning till ---", ""]
        for draft in self.proposed:
            lines += layer_lines(draft)
        if self.unplaced:
            lines += ["# --- Inte placerade lager ---", "", *comment(_CHOOSE), ""]
        taken = {draft.id for draft in self.drafts}
        for seen, why in self.unplaced:
            system = self.systems.get((seen.shown, seen.layer))
            lines += unplaced_lines(seen, free_id(seen.name, taken), why, system, self.base)
        if self.survey.unreadable:
            lines += ["# --- Filer som inte gick att läsa ---", ""]
            for fault in self.survey.unreadable:
                lines += comment(f"- {fault}", "  ")
        return "\n".join(lines).rstrip() + "\n"

    # --- [plan] -------------------------------------------------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        name, why = self.municipality()
        yield from comment(f"Planpaket för {name}, föreslaget av «opcheck plan new» ur {self.data}.")
        yield "#"
        yield from comment(_SIGNS)
        yield ""
        yield "[plan]"
        yield pair("id", slug(self.to.resolve().name))
        yield pair("name", name, why)
        keys = self.base.head if self.base is not None else ()
        yield from keys
        if not any(line.startswith("municipality_code") for line in keys):
            yield from self._code()
        yield pair("crs", self.crs.crs, crs_title(self.crs.crs or ""))
        yield from comment(f"crs: {self.crs.why}.", "  ")
        yield pair("area", self.border.area)
        yield from comment(f"area: {self.border.note}", "  ")
        for note in self.asides:
            yield from comment(f"area: {note}.", "  ")
        if self.border.provisional:
            yield pair("provisional_area", True)
        yield from off([pair("licence", PLACEHOLDER, "villkor för paketets data")])
        yield from self._attribution()
        yield ""

    def _attribution(self) -> Iterator[str]:
        stated = self.base.attribution if self.base is not None else None
        if stated is None:
            yield from off([pair("attribution", PLACEHOLDER)])
            return
        owners = dict.fromkeys(text for draft in self.active for what, _, text in draft.told if what == "owner")
        data = f" Data, enligt filerna: {', '.join(owners)}." if owners else ""
        yield pair("attribution", f"{stated}{data}")
        yield from comment(_ATTRIBUTION, "  ")

    def municipality(self) -> tuple[str, str | None]:
        """Return the municipality's name, and where it is from when nobody gave it."""
        if self.name:
            return self.name, None
        if self.base is not None:
            return self.base.plan.name, None
        told = self.border.told("name")
        if told is not None:
            return told[0], f"ur kolumnen «{told[1]}» i {told[2]}"
        return self.to.resolve().name, "ÄNDRA: kommunens namn är inte känt, här står mappens"

    def _code(self) -> Iterator[str]:
        told = self.border.told("code")
        if told is not None and re.fullmatch(r"\d{4}", code_form(told[0])):
            yield pair("municipality_code", code_form(told[0]), f"ur kolumnen «{told[1]}» i {told[2]}")
        else:
            yield from off(
                [pair("municipality_code", PLACEHOLDER, "kommunkoden, fyra siffror; vissa regler beror på länet")]
            )

    # --- documents ----------------------------------------------------------------------------------------------------

    def _documents(self) -> Iterator[str]:
        known: set[str] = set()
        if self.base is not None:
            known = {one.id for one in self.base.plan.documents}
            yield f"# --- Ur basen {self.base.plan.id} ---"
            yield ""
            yield from comment(_BASE)
            yield ""
            yield from self.base.lines
            if self.base.left:
                yield from comment(f"Inte överfört ur basen: {', '.join(self.base.left)}.")
                yield ""
        used = {draft.document for draft in self.active} | ({PLAN} if self.base is None else set())
        if used - known - {None}:
            yield "# --- Plandokument ---"
            yield ""
        if PLAN in used - known:
            yield from self._plan_document()
        if any(draft.document == UNSAID for draft in self.drafts):
            yield from comment(_UNSAID)
            yield "[[document]]"
            yield pair("id", UNSAID)
            yield pair("kind", "översiktsplan")
            yield pair("name", "Plan som ingen har bekräftat")
            yield pair("status", STATUS_UNKNOWN)
            yield ""
        if DETAILED in used - known:
            yield from comment("Lagret kan blanda gällande planer och planer under arbete.")
            yield "[[document]]"
            yield pair("id", DETAILED)
            yield pair("kind", "detaljplan")
            yield pair("name", "Detaljplaner")
            yield pair("status", STATUS_UNKNOWN, 'ÄNDRA till "laga kraft" om lagret bara har gällande planer')
            yield ""

    def _plan_document(self) -> Iterator[str]:
        yield from comment(_DOCUMENT)
        for note in self._told():
            yield from comment(note, "  ")
        yield "[[document]]"
        yield pair("id", PLAN)
        yield pair("kind", "översiktsplan")
        yield pair("name", "Översiktsplan (namnet är inte ifyllt)", "ÄNDRA")
        yield pair("status", STATUS_UNKNOWN, STATUS_CHOICES)
        yield from self._dates()
        yield ""

    def _told(self) -> Iterator[str]:
        """Give what names and columns tell of the plan itself: proposals, and no proof."""
        own = [draft for draft in self.drafts if draft.document == PLAN and draft.theme in OF_THE_PLAN]
        words = {word: draft.seen.shown for draft in own for word in stages(draft.seen.name, draft.seen.shown)}
        for word, shown in words.items():
            yield (
                f"FÖRSLAG: namnet «{shown}» nämner «{word}». Det är ett skede i arbetet, och inget bevis på laga kraft."
            )
        for draft in own:
            for what, column, text in draft.told:
                if what in ("document", "status"):
                    key = "name" if what == "document" else "status"
                    where = f"i alla rader i kolumnen «{column}» i {draft.seen.shown}"
                    yield f"FÖRSLAG: {key} kan vara «{text}», som står {where}."

    def _dates(self) -> Iterator[str]:
        told = {
            what: (column, text, draft.seen.shown)
            for draft in self.drafts
            if draft.theme in OF_THE_PLAN and draft.document == PLAN
            for what, column, text in draft.told
        }
        for what, meaning in DATES:
            found = DATE.match(told[what][1]) if what in told else None
            if found is not None:
                column, text, shown = told[what]
                yield from comment(f"FÖRSLAG: «{text}» står i alla rader i kolumnen «{column}» i {shown}.")
            yield from off([pair(what, found[0] if found else DATE_FORM, meaning)])

    # --- the summary --------------------------------------------------------------------------------------------------

    def summary(self, *, copied: int | None) -> Iterator[str]:
        """Give the lines for the one who asked.

        Parameters
        ----------
        copied
            Bytes that were copied into the pack; None where the data lies in it.
        """
        manifest = self.to / MANIFEST
        files, layers = self.survey.files, len(self.survey.layers)
        border = "1 är kommungränsen, " if self.border.seen is not None else ""
        yield (
            f"{manifest}: {files} {'fil' if files == 1 else 'filer'}, {layers} lager. {len(self.active)} används, "
            f"{border}{len(self.proposed)} är förslag att ta ställning till, {len(self.unplaced)} är inte placerade."
        )
        yield from self._land()
        yield from self.warnings
        themes = dict.fromkeys(_theme(draft) for draft in self.active if draft.theme != LAND_USE)
        if themes:
            yield f"Andra teman: {', '.join(themes)}."
        if self.proposed:
            yield f"Förslag: {shortened([f'{draft.seen.name} ({_theme(draft)})' for draft in self.proposed])}."
        if self.unplaced:
            yield f"Inte placerade: {shortened([seen.name for seen, _ in self.unplaced])}."
        yield from (f"Gick inte att läsa: {fault}" for fault in self.survey.unreadable)
        yield from self._skipped()
        if self.border.provisional:
            yield "Kommungräns: saknas. En provisorisk är ritad kring lagren, och rapporten säger det."
            yield from (f"  {note}." for note in self.asides)
        else:
            yield f"Kommungräns: {self.border.area['source']}."
        yield f"Mäts i {crs_title(self.crs.crs or '')}: {self.crs.why}."
        if copied is not None:
            yield f"Filerna är kopierade till {self.to} ({_bytes(copied)}), oförändrade."
        yield "Gör så här nu:"
        yield from (f"  {number}. {step}" for number, step in enumerate(self._steps(), 1))

    def _land(self) -> Iterator[str]:
        land = [draft for draft in self.active if draft.theme == LAND_USE]
        for draft in land:
            sure, likely, rest = legend_counts(draft)
            legend = "ingen kolumn är säkert teckenförklaringen"
            if draft.values or draft.known:
                words = [
                    f"{sure} {'beteckning är ett av' if sure == 1 else 'beteckningar är'} ÖP-modellens egna ord",
                    f"{likely} har förslag",
                ]
                words += [f"{len(draft.known)} översätts av basens ordlista"] if draft.known else []
                legend = f"{', '.join(words)}, {rest} saknar översättning"
            yield f"Markanvändning: {draft.seen.name} ({draft.seen.told()}); {legend}."
        if not land:
            yield "Markanvändning: inget lager är säkert planens markanvändning, så svaret på den blir «Inte prövat»."

    def _skipped(self) -> Iterator[str]:
        """Give what was found and not looked into."""
        if self.survey.tables:
            yield f"Tabeller utan geometri, som inte används: {shortened(self.survey.tables)}."
        kinds = self.survey.skipped
        if kinds:
            count = sum(kinds.values())
            listed = shortened([f"{number} {kind or 'utan filändelse'}" for kind, number in kinds.items()])
            unit = "fil" if count == 1 else "filer"
            yield f"Hoppades över, eftersom de inte är kartdata: {count} {unit} ({listed})."

    def _steps(self) -> Iterator[str]:
        manifest = self.to / MANIFEST
        if self.base is None:
            nameless = (self.municipality()[1] or "").startswith("ÄNDRA")
            whose = "kommunens namn, och planens" if nameless else "planens"
            yield f"öppna {manifest} och skriv in {whose} namn och status"
        if any(draft.document == UNSAID for draft in self.active):
            yield f'byt document = "{UNSAID}" i {manifest} till den plan som lagret visar, och ta bort den tabellen'
        if not any(draft.theme == LAND_USE for draft in self.active):
            yield f"leta upp lagret med planens markanvändning i {manifest}, skriv in tema och kolumner, och ta bort #"
        if "FÖRSLAG:" in self.text():
            yield f"läs raderna med FÖRSLAG i {manifest} och slå på dem som stämmer"
        yield f"opcheck plan validate {self.to}"
        yield f"opcheck check PLATSER --plan {self.to} --out rapport.html"


def _order(draft: Draft) -> tuple[bool, str, str]:
    return draft.theme != LAND_USE, draft.theme, draft.id


def _theme(draft: Draft) -> str:
    return load("sv").get("theme", draft.theme)


def _bytes(size: int) -> str:
    for unit, part in (("GB", 1e9), ("MB", 1e6)):
        if size >= part:
            return f"{size / part:.1f} {unit}".replace(".", ",")
    return f"{max(1, round(size / 1000))} kB"
