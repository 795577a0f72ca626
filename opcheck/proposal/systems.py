"""In which coordinate system each layer stands, and in which the plan is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from opcheck.errors import Fault, PlanError
from opcheck.features import load_plan
from opcheck.geometry import SWEREF_99_TM, SWEREF_99_ZONES, crs_title, extent
from opcheck.placing import COUNTIES
from opcheck.proposal.border import shortened
from opcheck.proposal.draft import PLACEHOLDER
from opcheck.proposal.finding import Found
from opcheck.proposal.situate import DEGREES, Answer, Known, missing_crs, zone
from opcheck.proposal.survey import Seen
from opcheck.proposal.takeover import Base
from opcheck.rules import LAND_USE


@dataclass(slots=True, kw_only=True)
class Systems:
    """Coordinate systems.

    Parameters
    ----------
    crs
        In which the plan is measured.
    missing
        For each layer whose file says none: the one that it has.
    """

    crs: Answer
    missing: dict[tuple[str, str | None], Answer] = field(default_factory=dict)

    def of(self, seen: Seen) -> str | None:
        """Return the system of a layer: what its file says, or the only one that fits."""
        return seen.crs if seen.crs is not None else self.missing[seen.shown, seen.layer].crs


def settle_systems(found: Found, base: Base | None, stated: str | None, shown: str) -> Systems:
    """Find the systems, and switch off each layer, and take away each border, of which none is known.

    Parameters
    ----------
    stated
        By the caller, of files that say none.
    shown
        What the data is called.

    Raises
    ------
    PlanError
        There is none in which the plan can be measured.
    """
    known = _known(found, base)
    systems = Systems(crs=Answer(crs=None, why=""))
    for seen in found.survey.layers:
        if seen.crs is None:
            systems.missing[seen.shown, seen.layer] = _system(seen, known, stated)
    for border in found.borders:
        if border.crs is None and border.seen is not None:
            answer = systems.missing[border.seen.shown, border.seen.layer]
            border.crs = answer.crs
            border.note += f" crs: {answer.why}."
            if answer.crs is None:
                found.set_aside(border.seen, answer.why)
            elif border.shape is None:
                border.area["crs"] = answer.crs
    # Of several, a file of its own goes before one row of many, and then the one that is drawn in most detail.
    found.borders = sorted(
        (border for border in found.borders if border.crs is not None),
        key=lambda border: (border.shape is not None, -border.corners),
    )
    for draft in found.drafts:
        if draft.seen.crs is None and draft.seen.bounds is not None:
            answer = systems.missing[draft.seen.shown, draft.seen.layer]
            draft.declared = answer.crs or PLACEHOLDER
            draft.active = draft.active and answer.crs is not None
            draft.remarks.append(f"crs: {answer.why}.")
    systems.crs = _of_the_plan(found, base, systems)
    if systems.crs.crs is None:
        raise PlanError(_nowhere(systems, shown))
    return systems


def _system(seen: Seen, known: Known | None, stated: str | None) -> Answer:
    if stated is not None:
        return Answer(crs=stated, why="filen säger inget koordinatsystem; angivet när förslaget togs fram")
    return missing_crs(seen, known)


def _known(found: Found, base: Base | None) -> Known | None:
    """Return where the municipality is known to lie: by a border, by its county, or by the layers that say it."""
    if base is not None and base.area() is not None:
        area = load_plan(base.plan, wanted=()).area
        return Known(bounds=area.bounds, crs=base.plan.crs, what="basens kommungräns")
    for border in found.borders:
        if border.crs is not None and border.bounds is not None:
            return Known(bounds=border.bounds, crs=border.crs, what="kommungränsen")
    county = (base.plan.county_code if base is not None else None) or ""
    if county in COUNTIES:
        return _in_metres([(COUNTIES[county], DEGREES)], f"län {county}, enligt basens kommunkod")
    # A national file says nothing of where the municipality lies, and the plan's own layers say it best.
    land = [draft.seen for draft in found.drafts if draft.theme == LAND_USE]
    for some in (land, [draft.seen for draft in found.drafts], found.survey.layers):
        boxes = [(seen.bounds, seen.crs) for seen in some if seen.bounds and seen.crs]
        if boxes:
            break
    return _in_metres(boxes, "läget för de lager vars filer säger sitt system")


def _in_metres(boxes: Sequence[tuple[Sequence[float], str]], what: str) -> Known | None:
    """Return the extent of boxes in several systems: in metres, in which extents are compared."""
    moved = [one for bounds, crs in boxes if (one := extent(bounds, crs, SWEREF_99_TM)) is not None]
    if not moved:
        return None
    low, high = (np.array(moved)[:, :2].min(axis=0), np.array(moved)[:, 2:].max(axis=0))
    return Known(bounds=(float(low[0]), float(low[1]), float(high[0]), float(high[1])), crs=SWEREF_99_TM, what=what)


def _of_the_plan(found: Found, base: Base | None, systems: Systems) -> Answer:
    if base is not None:
        return Answer(crs=base.plan.crs, why=f"som i basen {base.plan.id}")
    order = sorted(found.drafts, key=lambda draft: (not draft.active, draft.theme != LAND_USE))
    every = [draft.seen for draft in order] + [seen for seen, _ in found.unplaced]
    placed = [(seen, one) for seen in every if seen.bounds and (one := systems.of(seen)) is not None]
    places: list[tuple[Sequence[float], str]] = [
        (border.bounds, border.crs) for border in found.borders if border.bounds and border.crs
    ]
    if not places:
        land = {id(draft.seen) for draft in found.land}
        some = [one for one in placed if id(one[0]) in land] or placed
        places = [(seen.bounds, crs) for seen, crs in some if seen.bounds]
    stated = [one for one in placed if one[0].crs is not None] or placed
    return zone(places, [crs for _, crs in stated], _whose(found, stated))


def _whose(found: Found, stated: Sequence[tuple[Seen, str]]) -> str:
    """Say which layers lie in the first zone there is, and whether the plan's land use does."""
    local = next((crs for _, crs in stated if crs in SWEREF_99_ZONES), None)
    of_plan = {id(draft.seen) for draft in found.drafts if draft.theme == LAND_USE}
    land = {crs for seen, crs in stated if id(seen) in of_plan}
    if local in land:
        return "planens markanvändning ligger i den zonen"
    listed = shortened([f"«{seen.name}»" for seen, crs in stated if crs == local])
    others = " och ".join(crs_title(crs) for crs in sorted(land))
    also = f"; planens markanvändning ligger i {others} och räknas om" if land else ""
    return f"i den zonen ligger {listed}{also}. Kontrollera vilken zon kommunen använder"


def _nowhere(systems: Systems, shown: str) -> list[Fault]:
    """Return why nothing can be measured: no file says where it lies, or all of it lies abroad."""
    what = "Ange systemet med --crs, ange --base, eller lägg kommungränsen bredvid."
    faults = [
        Fault(message=f"{answer.why}. {what}", path=file, layer_id=layer)
        for (file, layer), answer in systems.missing.items()
    ]
    message = f"{systems.crs.why}. Ange data i ett system som mäter i meter."
    return faults or [Fault(message=message, path=shown)]
