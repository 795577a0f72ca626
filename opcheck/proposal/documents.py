"""Which plan document a layer belongs to: told where a file's name or the base says it, and never guessed in force."""

from __future__ import annotations

import re
from collections.abc import Sequence

from opcheck.plan import Document
from opcheck.proposal.draft import PLACEHOLDER, Draft, OwnDocument, free_id
from opcheck.proposal.recognise import amends, joined, stages
from opcheck.proposal.survey import Seen
from opcheck.proposal.takeover import Base
from opcheck.rules import LAND_USE

OF_THE_PLAN = frozenset({LAND_USE, "lis_area", "county_reservation"})
"""Themes that are the översiktsplan's own word: their layers belong to its document."""

UNSAID = "obekraftad"
"""Id of the document of layers of which nobody has said which of a base pack's plans they show: that a plan is in force
must not pass to a layer by a guess."""

PLAN, DETAILED = "op", "detaljplaner"
"""Ids of the documents that stand in a manifest without a base pack."""

OVER = ("ersatt", "upphävd")
"""Statuses of a document that no longer counts."""


def give_document(draft: Draft, base: Base | None) -> None:
    """Tell which document a layer belongs to, or what a person must do to tell it."""
    documents = _documents(base)
    if draft.theme == "detailed_plan":
        known = [one.id for one in documents if one.kind == "detaljplan"]
        draft.document = known[0] if len(known) == 1 else DETAILED
        return
    if draft.theme not in OF_THE_PLAN:
        return
    whole = [one for one in documents if one.kind == "översiktsplan" and one.status not in OVER]
    named = [one for one in documents if _names_it(one, draft.seen)]
    kind = amends(draft.seen.name, draft.seen.shown)
    if kind is None and stages(draft.seen.name, draft.seen.shown):
        kind = "översiktsplan" if draft.theme == LAND_USE else "tillägg"
    if not draft.active and kind is not None and not named:
        _give_own(draft, kind, [one.id for one in whole] if base is not None else [PLAN], documents)
    elif base is None:
        draft.document = PLAN
    else:
        own = [one for one in documents if draft.theme in one.themes]
        _choose(draft, base, named, own, [] if named or own else whole)


def offer_document(draft: Draft, base: Base | None) -> None:
    """Give a layer of no theme the document that it has if a person finds that it is the plan's land use."""
    if base is None:
        draft.document, draft.choice = PLAN, "bara för planens markanvändning"
    else:
        draft.document, draft.choice = PLACEHOLDER, f"{_choices(base)}; bara för planens markanvändning"


def _documents(base: Base | None) -> tuple[Document, ...]:
    return base.plan.documents if base is not None else ()


def _choices(base: Base) -> str:
    return f"ÄNDRA till den plan som lagret visar: {', '.join(one.id for one in _documents(base)) or 'inga'}"


def _give_own(draft: Draft, kind: str, bases: Sequence[str], documents: Sequence[Document]) -> None:
    """Give a layer whose name speaks of another document a proposal of that document, switched off like itself."""
    taken = {PLAN, DETAILED, UNSAID, *(one.id for one in documents)}
    draft.document = draft.id if draft.id not in taken else free_id(f"{draft.id}-plan", taken)
    base = bases[0] if len(bases) == 1 and kind != "översiktsplan" else None
    draft.own = OwnDocument(id=draft.document, kind=kind, base=base)


def _choose(
    draft: Draft, base: Base, named: Sequence[Document], own: Sequence[Document], whole: Sequence[Document]
) -> None:
    """Tell which of the base's documents a layer may show; its legal force is for a person to pass on."""
    for some, why in (
        (named, "lagrets namn är dokumentets"),
        (own, "det är basens dokument för temat"),
        (whole, "det är den enda översiktsplan i basen som inte är ersatt"),
    ):
        if len(some) != 1:
            continue
        (one,) = some
        # What is not in force answers nothing, and a reservation only takes certainty away: no guess helps anybody.
        if one.status != "laga kraft" or draft.theme == "county_reservation":
            draft.document = one.id
            draft.remarks.append(f"document: «{one.id}», {why}.")
        else:
            draft.document = UNSAID
            draft.choice = f'ÄNDRA till "{one.id}" om lagret visar {one.name}'
            draft.remarks.append(f"document: kan vara «{one.id}», {why}; ingen har bekräftat det.")
        break
    else:
        draft.document = UNSAID
        draft.choice = _choices(base)
        draft.remarks.append("document: det framgår inte vilket av basens dokument lagret hör till.")
    steps = stages(draft.seen.name, draft.seen.shown)
    if steps:
        draft.remarks.append(f"document: namnet nämner «{steps[0]}», ett skede i en plans arbete.")


def _names_it(document: Document, seen: Seen) -> bool:
    """Tell whether a layer's name has all the words of a document's id, when the id is more than "op"."""
    words = {joined(part) for part in re.split(r"\W+", document.id)} - {""}
    return len(words) > 1 and all(word in joined(f"{seen.name} {seen.shown}") for word in words)
