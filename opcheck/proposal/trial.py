"""A manifest tried before it is left: what cannot be used as proposed is switched off, with the reason."""

from __future__ import annotations

import itertools
import secrets
import shutil
from collections.abc import Callable, Sequence
from typing import Any

import shapely

from opcheck.errors import Fault, LayerError, PlanError
from opcheck.features import LoadedPlan, load_plan
from opcheck.manifest import read_plan
from opcheck.plan import MANIFEST
from opcheck.proposal.border import Border
from opcheck.proposal.draft import Draft
from opcheck.proposal.finding import Found
from opcheck.proposal.folder import Folder
from opcheck.proposal.situate import MARGIN_M, stand_in
from opcheck.proposal.systems import Systems
from opcheck.proposal.takeover import Base
from opcheck.proposal.whole import Whole

STAND_IN_FILE = "granser-preliminara.geojson"

OVERLAP_SHARE = 0.1
"""Two layers of one plan that share more than this of the smaller one may be two versions of it. Layers of land and of
water meet along the shore, and share a little there."""

_STATES = {
    "unplaced": "rader har ingen användbar geometri: lagret ger inget «Inget fynd emot» förrän det är rättat i filen "
    "eller godtaget med [[accept]]",
    "set_aside": "rader går inte att använda, och är lagda åt sidan",
    "repaired": "rader har en geometri som är lagad",
    "duplicate": "rader är dubbletter, och räknas en gång",
}


class Trial:
    """A manifest on its way to where it will stand.

    Parameters
    ----------
    shown
        What the data is called.
    """

    def __init__(self, folder: Folder, found: Found, systems: Systems, base: Base | None, shown: str) -> None:
        self.folder, self.found, self.systems, self.base, self.shown = folder, found, systems, base, shown

    def settle(self, whole: Callable[[Border], Whole]) -> Whole:
        """Write the manifest, try it, and switch off what does not work, until it does.

        Raises
        ------
        PlanError
            The layers do not lie where they should, or a file that has to be written is there.
        """
        options = self._borders()
        made = whole(options[0]())
        trial = self.folder.path / f".{MANIFEST}.{secrets.token_hex(4)}"
        self.folder.made.append(trial)
        while True:
            trial.write_text(made.text(), encoding="utf-8", newline="\n")
            try:
                loaded = load_plan(read_plan(trial))
                break
            except LayerError as error:
                if self._switch_off(error.faults):
                    continue
                border = [one for one in error.faults if (one.key or "").startswith("plan.area")]
                if len(options) == 1 and border:
                    # The stand-in is drawn round the layers: it lies wrong because they do.
                    message = f"lagren ligger inte där de ska: {border[0].message}"
                    raise PlanError(Fault(message=message, path=self.shown)) from None
                if not border:
                    raise
                del options[0]
                why = "; ".join(one.message for one in error.faults)
                self.found.asides.append(f"{made.border.area['source']} kan inte användas som kommungräns: {why}")
                made.border = options[0]()
        self._tell_ledger(loaded)
        made.warnings += self._tell_overlaps(loaded)
        self.found.asides += [
            f"{border.seen.name} ({border.seen.shown}) kunde också vara kommungränsen"
            for border in self.found.borders
            if border is not made.border and border.seen is not None
        ]
        trial.write_text(made.text(), encoding="utf-8", newline="\n")
        trial.replace(self.folder.path / MANIFEST)
        self.folder.made.remove(trial)
        return made

    def _switch_off(self, faults: Sequence[Fault]) -> bool:
        """Switch off the layers that could not be loaded, with the reason; tell whether there was one."""
        by_id = {draft.id: draft for draft in self.found.drafts if draft.active}
        hit = [(by_id[fault.layer_id], fault) for fault in faults if fault.layer_id in by_id]
        for draft, fault in hit:
            draft.active = False
            draft.remarks.append(f"Lagret gick inte att använda som det är: {fault.message}")
        return bool(hit)

    # --- what loading showed ------------------------------------------------------------------------------------------

    def _tell_ledger(self, loaded: LoadedPlan) -> None:
        """Say of each layer what of it cannot be used, and what was done in reading it."""
        drafts = {draft.id: draft for draft in self.found.drafts if draft.active}
        for features in loaded.layers:
            draft = drafts[features.layer.id]
            states = [entry.state for entry in features.ledger]
            draft.remarks += [
                f"{states.count(state)} {words if states.count(state) != 1 else words.replace('rader', 'rad', 1)}."
                for state, words in _STATES.items()
                if state in states
            ]
            draft.remarks += [f"{note.rstrip('.')}." for note in features.notes]

    def _tell_overlaps(self, loaded: LoadedPlan) -> list[str]:
        """Say of layers that are used as one plan's land use and lie on each other; return what was said."""
        drafts = {draft.id: draft for draft in self.found.land}
        shapes = {
            one.layer.id: shapely.union_all(one.geometry) for one in loaded.layers if one.layer.id in drafts
        } if len(drafts) > 1 else {}  # fmt: skip
        said = []
        for one, other in itertools.combinations(shapes, 2):
            share = _shared(shapes[one], shapes[other])
            if drafts[one].document == drafts[other].document and share > OVERLAP_SHARE:
                note = _overlap(drafts[one], drafts[other], share)
                drafts[one].remarks.append(note)
                drafts[other].remarks.append(note)
                said.append(note)
        return said

    # --- the border ---------------------------------------------------------------------------------------------------

    def _borders(self) -> list[Callable[[], Border]]:
        """Return what can be the border, best first; each writes the file it needs when it is called."""
        options: list[Callable[[], Border]] = []
        if self.base is not None:
            for path, shown in self.base.files:
                self.folder.new(shown, lambda target, path=path: shutil.copy2(path, target))  # type: ignore[misc]
            area = self.base.area()
            if area is not None:
                found = Border(area=dict(area), note=f"kommungränsen ur basen {self.base.plan.id}.")
                options.append(lambda: found)
        options += [lambda border=border: self._written(border) for border in self.found.borders]  # type: ignore[misc]
        options.append(lambda: self._written(self._stand_in()))
        return options

    def _written(self, border: Border) -> Border:
        """Write the file of a border that opcheck has drawn."""
        if border.shape is not None:
            target = self.folder.path / border.area["source"]
            while target.exists():
                target = target.with_name(f"{target.stem}-ny{target.suffix}")
            border.area["source"] = target.name
            self.folder.new(target.name, lambda one: one.write_text(border.geojson(), encoding="utf-8", newline="\n"))
        return border

    def _stand_in(self) -> Border:
        active = [draft.seen for draft in self.found.drafts if draft.active]
        land = [draft.seen for draft in self.found.land]
        what = "planens zoner" if land else "de lager som används" if active else "alla lager"
        some = land or active or self.found.survey.layers
        crs = self.systems.crs.crs or ""
        shape = stand_in([(seen, one) for seen in some if (one := self.systems.of(seen)) is not None], crs)
        if shape is None:
            message = "har inget objekt med ett läge att dra en gräns kring."
            raise PlanError(Fault(message=message, path=self.shown))
        note = (
            f"kommungränsen finns inte bland filerna. {STAND_IN_FILE} är ett hölje kring {what} med "
            f"{MARGIN_M / 1000:g} km marginal: det är INTE kommunens gräns, och rapporten säger det. Byt till den "
            "riktiga gränsen, och ta då bort provisional_area."
        )
        return Border(area={"source": STAND_IN_FILE}, note=note, provisional=True, shape=shape, crs=crs)


def _shared(one: Any, other: Any) -> float:  # noqa: ANN401 - shapely's geometry
    """Return how much of the smaller of two areas lies on the other."""
    smaller = min(one.area, other.area)
    return float(shapely.intersection(one, other).area / smaller) if smaller else 0.0


def _overlap(one: Draft, other: Draft, share: float) -> str:
    return (
        f"OBS: {one.seen.name} och {other.seen.name} används båda som planens markanvändning och ligger på varandra "
        f"({round(100 * share)} % av den mindre). Båda räknas, och där de ligger på varandra gäller det sämsta svaret. "
        "Är den ena äldre, ett utkast eller en annan plan: stäng av den med #, eller ge den ett eget [[document]]."
    )
