"""Every layer that there is, put where it may belong: a theme, the border, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opcheck.proposal.border import Border, Wanted, border_in
from opcheck.proposal.documents import OF_THE_PLAN
from opcheck.proposal.draft import Draft, free_id
from opcheck.proposal.recognise import BORDER, STRONG, stages, theme_of
from opcheck.proposal.survey import Seen, Survey
from opcheck.rules import LAND_USE


@dataclass(slots=True, kw_only=True)
class Found:
    """What the data may be.

    Parameters
    ----------
    survey
        All of it.
    drafts
        Layers of a theme.
    unplaced
        Layers that nothing is known of, with the reason.
    borders, asides
        What can be the municipality's border, and why others that could have been are not.
    """

    survey: Survey
    drafts: list[Draft] = field(default_factory=list)
    unplaced: list[tuple[Seen, str]] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)

    @property
    def land(self) -> list[Draft]:
        """The layers of land use that are used."""
        return [draft for draft in self.drafts if draft.theme == LAND_USE and draft.active]

    def set_aside(self, seen: Seen, why: str) -> None:
        """Note that a layer could have been the border, and is not."""
        self.unplaced.append((seen, why))
        self.asides.append(f"{seen.name} {why}")


def find(survey: Survey, wanted: Wanted) -> Found:
    """Tell what each layer may be."""
    found = Found(survey=survey)
    taken: set[str] = set()
    for seen in survey.layers:
        stem = Path(seen.shown).stem
        guess = theme_of(seen.layer, stem, seen.folders, tuple(seen.kinds), seen.table.columns, alone=seen.alone)
        if guess.theme == BORDER:
            border = border_in(seen, guess, wanted)
            if isinstance(border, str):
                found.set_aside(seen, border)
            else:
                found.borders.append(border)
        elif guess.theme is None:
            found.unplaced.append((seen, "; ".join(guess.why)))
        else:
            active = guess.strength == STRONG
            found.drafts.append(
                Draft(seen=seen, id=free_id(seen.name, taken), theme=guess.theme, active=active, why=guess.why)
            )
    _versions(found)
    _repeated(found)
    return found


def _versions(found: Found) -> None:
    """Switch off drafts of a plan: of LIS areas always, of land use where the folder has several layers of it.

    A lone layer of land use is kept, since its document's status is for a person to write.
    """
    for draft in found.drafts:
        step = stages(draft.seen.name, draft.seen.shown, early=True)
        if step and draft.active and draft.theme in OF_THE_PLAN - {LAND_USE, "county_reservation"}:
            draft.active = False
            draft.why = (*draft.why, f"men namnet nämner «{step[0]}», ett skede i en plans arbete")
    land = found.land
    for draft in land if len(land) > 1 else ():
        step = stages(draft.seen.name, draft.seen.shown)
        if step:
            draft.active = False
            draft.why = (*draft.why, f"men namnet nämner «{step[0]}» och det finns fler lager med markanvändning")


def _repeated(found: Found) -> None:
    """Switch off a layer that is there twice: the same rows in two files would be counted as two."""
    first: dict[tuple[Any, ...], Draft] = {}
    for draft in sorted(found.drafts, key=lambda draft: not draft.active):
        # Positions to the millimetre: the same data in two formats differs in the last bits.
        box = tuple(round(one, 3) for one in draft.seen.bounds) if draft.seen.bounds else None
        key = (draft.theme, len(draft.seen.table), box)
        if key in first and box is not None:
            draft.active = False
            draft.why = (*draft.why, f"men det är lika många rader på samma plats som i {first[key].seen.shown}")
        first.setdefault(key, draft)
