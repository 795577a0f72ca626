"""A first manifest for data that nobody has described, in which nothing is guessed.

What is certain is written so that it holds, what is likely is written and switched off, and what cannot be placed is
listed; beside each stands what speaks for it. The manifest is tried before it is left: a layer that cannot be read as
proposed is switched off, with the reason.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from opcheck.errors import Fault, LayerError, PlanError, cause
from opcheck.features import LoadedPlan, load_plan
from opcheck.geometry import SWEREF_99_TM, crs_name, extent
from opcheck.manifest import read_plan
from opcheck.placing import COUNTIES
from opcheck.plan import MANIFEST, Document
from opcheck.proposal.border import Border, Wanted, border_in
from opcheck.proposal.draft import PLACEHOLDER, Draft, OwnDocument, read_fields, read_legend
from opcheck.proposal.recognise import BORDER, STRONG, amends, joined, stages, theme_of
from opcheck.proposal.situate import DEGREES, MARGIN_M, Answer, Known, missing_crs, stand_in, zone
from opcheck.proposal.survey import Seen, Survey, survey
from opcheck.proposal.takeover import Base, read_base
from opcheck.proposal.whole import DETAILED, OF_THE_PLAN, PLAN, UNSAID, Whole, free_id
from opcheck.rules import LAND_USE

OVER = ("ersatt", "upphävd")
"""Statuses of a document that no longer counts."""

STAND_IN_FILE = "granser-preliminara.geojson"

_SIDES: Mapping[str, tuple[str, ...]] = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".cst", ".qix", ".sbn", ".sbx", ".shp.xml", ".qmd"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".gml": (".xsd",),
    ".gpkg": (".gpkg-wal", ".gpkg-shm"),
}
"""Suffix of a file → what belongs to it and is copied with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What was written.

    Parameters
    ----------
    manifest
        The new ``plan.toml``.
    summary
        In Swedish, for the one who asked: what was proposed, what could not be, what to do next.
    """

    manifest: Path
    summary: tuple[str, ...]


def propose_plan(
    data: str | os.PathLike[str],
    *,
    to: str | os.PathLike[str],
    base: str | os.PathLike[str] | None = None,
    name: str | None = None,
    crs: str | None = None,
) -> Proposal:
    """Write a first manifest for a municipality's own data.

    Parameters
    ----------
    data
        A file or a folder with plan data, in any form that opcheck reads.
    to
        The folder of the new pack. If the data lies in it, it stays where it is; else it is copied there, unchanged.
    base
        A pack whose facts (name, documents, units, vocabulary, neighbours, coordinate system) are taken over.
    name
        The municipality. With it the border is found in a file of several municipalities.
    crs
        The coordinate system of files that do not state one, where the caller knows it.

    Raises
    ------
    PlanError
        There is nothing that can be used, the folder already has a manifest, or it holds other things than the data.
        Nothing is written then.
    CRSError
        `crs` is no coordinate system.
    """
    work = _Work(Path(data), Path(to), name=name, stated=None if crs is None else crs_name(crs))
    work.base = None if base is None else read_base(base, work.to)
    try:
        with _place(work) as folder:
            work.find()
            work.decide()
            if not work.in_place:
                work.copy(folder)
            whole = work.settle(folder)
    except OSError as error:
        message = f"går inte att skriva ({cause(error)}). Ange en mapp att skriva i. Inget är skrivet."
        raise PlanError(Fault(message=message, path=str(to))) from None
    copied = None if work.in_place else work.copied_bytes
    lines = whole.summary(files=work.found.files, layers=len(work.found.layers), copied=copied)
    return Proposal(manifest=work.to / MANIFEST, summary=tuple(lines))


class _Work:
    """One proposal on its way: what was found, what was decided, what was written."""

    def __init__(self, data: Path, to: Path, *, name: str | None, stated: str | None) -> None:
        self.data, self.to, self.name, self.stated = data, to, name, stated
        self.in_place = data.exists() and data.resolve().is_relative_to(to.resolve())
        self.base: Base | None = None
        self.found = Survey(root=to, layers=(), unreadable=(), files=0)
        self.drafts: list[Draft] = []
        self.unplaced: list[tuple[Seen, str]] = []
        self.borders: list[Border] = []
        self.asides: list[str] = []
        self.systems: dict[tuple[str, str | None], Answer] = {}
        self.crs = Answer(crs=None, why="")
        self.made: list[Path] = []
        self.copied_bytes = 0

    @property
    def documents(self) -> tuple[Document, ...]:
        """The base pack's documents."""
        return self.base.plan.documents if self.base is not None else ()

    # --- finding ------------------------------------------------------------------------------------------------------

    def find(self) -> None:
        """Read all data, and tell what each layer may be."""
        self.found = survey(self.data, within=self.to if self.in_place else None)
        if not self.found.layers:
            raise PlanError(self.found.unreadable or self._fault("har inga lager med geometri."))
        wanted = Wanted(names=[self.name] if self.name else [])
        if self.base is not None:
            wanted.code = self.base.plan.municipality_code
            wanted.names.append(self.base.plan.name)
        taken: set[str] = set()
        for seen in self.found.layers:
            stem = Path(seen.shown).stem
            guess = theme_of(
                seen.layer, stem, seen.folders, tuple(seen.kinds), seen.table.columns, alone=seen.alone
            )  # fmt: skip
            if guess.theme == BORDER:
                border = border_in(seen, guess, wanted)
                if isinstance(border, str):
                    self._aside(seen, border)
                else:
                    self.borders.append(border)
            elif guess.theme is None:
                self.unplaced.append((seen, "; ".join(guess.why)))
            else:
                active = guess.strength == STRONG
                self.drafts.append(
                    Draft(seen=seen, id=free_id(seen.name, taken), theme=guess.theme, active=active, why=guess.why)
                )
        self._versions()
        self._repeated()

    def _aside(self, seen: Seen, why: str) -> None:
        self.unplaced.append((seen, why))
        self.asides.append(f"{seen.name} {why}")

    def _repeated(self) -> None:
        """Switch off a layer that is there twice: the same rows in two files would be counted as two."""
        first: dict[tuple[Any, ...], Draft] = {}
        for draft in sorted(self.drafts, key=lambda draft: not draft.active):
            # Positions to the millimetre: the same data in two formats differs in the last bits.
            box = tuple(round(one, 3) for one in draft.seen.bounds) if draft.seen.bounds else None
            key = (draft.theme, len(draft.seen.table), box)
            if key in first and box is not None:
                draft.active = False
                draft.why = (*draft.why, f"men det är lika många rader på samma plats som i {first[key].seen.shown}")
            first.setdefault(key, draft)

    def _versions(self) -> None:
        """Switch off drafts of a plan: of LIS areas always, of land use where the folder has several layers of it.

        A lone layer of land use is kept, since its document's status is for a person to write.
        """
        for draft in self.drafts:
            step = stages(draft.seen.name, draft.seen.shown, early=True)
            if step and draft.active and draft.theme in OF_THE_PLAN - {LAND_USE, "county_reservation"}:
                draft.active = False
                draft.why = (*draft.why, f"men namnet nämner «{step[0]}», ett skede i en plans arbete")
        land = [draft for draft in self.drafts if draft.theme == LAND_USE and draft.active]
        for draft in land if len(land) > 1 else ():
            step = stages(draft.seen.name, draft.seen.shown)
            if step:
                draft.active = False
                draft.why = (*draft.why, f"men namnet nämner «{step[0]}» och det finns fler lager med markanvändning")

    # --- deciding -----------------------------------------------------------------------------------------------------

    def decide(self) -> None:
        """Settle coordinate systems, documents, columns and legends."""
        known = self._known()
        self.systems = {
            (seen.shown, seen.layer): self._system(seen, known) for seen in self.found.layers if seen.crs is None
        }
        for border in self.borders:
            if border.crs is None and border.seen is not None:
                answer = self.systems[border.seen.shown, border.seen.layer]
                border.crs = answer.crs
                border.note += f" crs: {answer.why}."
                if answer.crs is None:
                    self._aside(border.seen, answer.why)
                elif border.shape is None:
                    border.area["crs"] = answer.crs
        # Of several, a file of its own goes before one row of many, and then the one that is drawn in most detail.
        self.borders = sorted(
            (border for border in self.borders if border.crs is not None),
            key=lambda border: (border.shape is not None, -border.corners),
        )
        for draft in self.drafts:
            if draft.seen.crs is None and draft.seen.bounds is not None:
                answer = self.systems[draft.seen.shown, draft.seen.layer]
                draft.declared = answer.crs or PLACEHOLDER
                draft.active = draft.active and answer.crs is not None
                draft.remarks.append(f"crs: {answer.why}.")
        self.crs = self._plan_crs()
        if self.crs.crs is None:
            raise PlanError(self._nowhere())
        vocabulary = self.base.plan.values if self.base is not None else ()
        for draft in self.drafts:
            self._give_document(draft)
            read_fields(draft)
            read_legend(draft, self.crs.crs, vocabulary)

    def _system(self, seen: Seen, known: Known | None) -> Answer:
        if self.stated is not None:
            return Answer(crs=self.stated, why="filen säger inget koordinatsystem; angivet när förslaget togs fram")
        return missing_crs(seen, known)

    def _read_in(self, seen: Seen) -> str | None:
        """Return the coordinate system of a layer: what its file says, or the only one that fits."""
        return seen.crs if seen.crs is not None else self.systems[seen.shown, seen.layer].crs

    def _known(self) -> Known | None:
        """Return where the municipality is known to lie: by a border, by its county, or by the layers that say it."""
        if self.base is not None and self.base.area() is not None:
            area = load_plan(self.base.plan, wanted=()).area
            return Known(bounds=area.bounds, crs=self.base.plan.crs, what="basens kommungräns")
        for border in self.borders:
            if border.crs is not None and border.bounds is not None:
                return Known(bounds=border.bounds, crs=border.crs, what="kommungränsen")
        county = (self.base.plan.county_code if self.base is not None else None) or ""
        if county in COUNTIES:
            return _in_metres([(COUNTIES[county], DEGREES)], f"län {county}, enligt basens kommunkod")
        # A national file says nothing of where the municipality lies, and the plan's own layers say it best.
        land = [draft.seen for draft in self.drafts if draft.theme == LAND_USE]
        for some in (land, [draft.seen for draft in self.drafts], self.found.layers):
            boxes = [(seen.bounds, seen.crs) for seen in some if seen.bounds and seen.crs]
            if boxes:
                break
        return _in_metres(boxes, "läget för de lager vars filer säger sitt system")

    def _plan_crs(self) -> Answer:
        if self.base is not None:
            return Answer(crs=self.base.plan.crs, why=f"som i basen {self.base.plan.id}")
        order = sorted(self.drafts, key=lambda draft: (not draft.active, draft.theme != LAND_USE))
        every = [draft.seen for draft in order] + [seen for seen, _ in self.unplaced]
        placed = [(seen, one) for seen in every if seen.bounds and (one := self._read_in(seen)) is not None]
        places: list[tuple[Sequence[float], str]] = [
            (border.bounds, border.crs) for border in self.borders if border.bounds and border.crs
        ]
        if not places:
            land = {id(draft.seen) for draft in self.drafts if draft.theme == LAND_USE and draft.active}
            some = [one for one in placed if id(one[0]) in land] or placed
            places = [(seen.bounds, crs) for seen, crs in some if seen.bounds]
        said = [seen.crs for seen, _ in placed if seen.crs is not None]
        return zone(places, said or [crs for _, crs in placed])

    def _nowhere(self) -> list[Fault]:
        """Return why nothing can be measured: no file says where it lies, or all of it lies abroad."""
        what = "Ange systemet med --crs, ange --base, eller lägg kommungränsen bredvid."
        faults = [
            Fault(message=f"{answer.why}. {what}", path=shown, layer_id=layer)
            for (shown, layer), answer in self.systems.items()
        ]
        return faults or [self._fault(f"{self.crs.why}. Ange data i ett system som mäter i meter.")]

    def _give_document(self, draft: Draft) -> None:
        """Tell which document a layer belongs to; where several could be it, the layer is switched off."""
        if draft.theme == "detailed_plan":
            known = [one.id for one in self.documents if one.kind == "detaljplan"]
            draft.document = known[0] if len(known) == 1 else DETAILED
            return
        if draft.theme not in OF_THE_PLAN:
            return
        whole = [one for one in self.documents if one.kind == "översiktsplan" and one.status not in OVER]
        named = [one for one in self.documents if _names_it(one, draft.seen)]
        kind = amends(draft.seen.name, draft.seen.shown)
        if kind is None and stages(draft.seen.name, draft.seen.shown):
            kind = "översiktsplan" if draft.theme == LAND_USE else "tillägg"
        if not draft.active and kind is not None and not named:
            self._give_own(draft, kind, [one.id for one in whole] if self.base is not None else [PLAN])
        elif self.base is None:
            draft.document = PLAN
        else:
            own = [one for one in self.documents if draft.theme in one.themes]
            self._choose(draft, named, own, [] if named or own else whole)

    def _give_own(self, draft: Draft, kind: str, bases: Sequence[str]) -> None:
        """Give a layer whose name speaks of another document a proposal of that document, switched off like itself."""
        taken = {PLAN, DETAILED, UNSAID, *(one.id for one in self.documents)}
        draft.document = draft.id if draft.id not in taken else free_id(f"{draft.id}-plan", taken)
        base = bases[0] if len(bases) == 1 and kind != "översiktsplan" else None
        draft.own = OwnDocument(id=draft.document, kind=kind, base=base)

    def _choose(
        self, draft: Draft, named: Sequence[Document], own: Sequence[Document], whole: Sequence[Document]
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
            choices = ", ".join(one.id for one in self.documents) or "inga"
            draft.document = UNSAID
            draft.choice = f"ÄNDRA till den plan som lagret visar: {choices}"
            draft.remarks.append("document: det framgår inte vilket av basens dokument lagret hör till.")
        steps = stages(draft.seen.name, draft.seen.shown)
        if steps:
            draft.remarks.append(f"document: namnet nämner «{steps[0]}», ett skede i en plans arbete.")

    # --- writing ------------------------------------------------------------------------------------------------------

    def copy(self, folder: Path) -> None:
        """Copy the files that hold layers, with what belongs to them, as they lie."""
        for path, shown in dict.fromkeys((seen.path, seen.shown) for seen in self.found.layers):
            target = folder / shown
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, target)
                self.copied_bytes += sum(part.stat().st_size for part in path.rglob("*") if part.is_file())
                continue
            for part in (path, *_sides(path)):
                shutil.copy2(part, target.parent / part.name)
                self.copied_bytes += part.stat().st_size

    def settle(self, folder: Path) -> Whole:
        """Write the manifest, try it, and switch off what does not work, until it does."""
        options = self._borders(folder)
        whole = Whole(
            to=self.to, data=self.data.resolve().name, name=self.name, base=self.base, crs=self.crs,
            border=options[0](), drafts=self.drafts, unplaced=self.unplaced, systems=self.systems,
            unreadable=self.found.unreadable, asides=self.asides,
        )  # fmt: skip
        trial = folder / f".{MANIFEST}.{secrets.token_hex(4)}"
        self.made.append(trial)
        while True:
            trial.write_text(whole.text(), encoding="utf-8", newline="\n")
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
                    raise PlanError(self._fault(message)) from None
                if not border:
                    raise
                del options[0]
                why = "; ".join(one.message for one in error.faults)
                self.asides.append(f"{whole.border.area['source']} kan inte användas som kommungräns: {why}")
                whole.border = options[0]()
        self._tell_ledger(loaded)
        self.asides += [
            f"{border.seen.name} ({border.seen.shown}) kunde också vara kommungränsen"
            for border in self.borders
            if border is not whole.border and border.seen is not None
        ]
        trial.write_text(whole.text(), encoding="utf-8", newline="\n")
        trial.replace(folder / MANIFEST)
        self.made.remove(trial)
        return whole

    def _borders(self, folder: Path) -> list[Callable[[], Border]]:
        """Return what can be the border, best first; each writes the file it needs when it is called."""
        options: list[Callable[[], Border]] = []
        if self.base is not None:
            for path, shown in self.base.files:
                self._new(folder / shown, lambda target, path=path: shutil.copy2(path, target))  # type: ignore[misc]
            area = self.base.area()
            if area is not None:
                found = Border(area=dict(area), note=f"kommungränsen ur basen {self.base.plan.id}.")
                options.append(lambda: found)
        options += [lambda border=border: self._written(border, folder) for border in self.borders]  # type: ignore[misc]
        options.append(lambda: self._written(self._stand_in(), folder))
        return options

    def _switch_off(self, faults: Sequence[Fault]) -> bool:
        """Switch off the layers that could not be loaded, with the reason; tell whether there was one."""
        by_id = {draft.id: draft for draft in self.drafts if draft.active}
        hit = [(by_id[fault.layer_id], fault) for fault in faults if fault.layer_id in by_id]
        for draft, fault in hit:
            draft.active = False
            draft.remarks.append(f"Lagret gick inte att använda som det är: {fault.message}")
        return bool(hit)

    def _tell_ledger(self, loaded: LoadedPlan) -> None:
        """Say of each layer what of it cannot be used, and what was done in reading it."""
        drafts = {draft.id: draft for draft in self.drafts if draft.active}
        for features in loaded.layers:
            draft = drafts[features.layer.id]
            states = [entry.state for entry in features.ledger]
            draft.remarks += [
                f"{states.count(state)} {words if states.count(state) != 1 else words.replace('rader', 'rad', 1)}."
                for state, words in _STATES.items()
                if state in states
            ]
            draft.remarks += [f"{note.rstrip('.')}." for note in features.notes]

    def _written(self, border: Border, folder: Path) -> Border:
        """Write the file of a border that opcheck has drawn."""
        if border.shape is not None:
            target = folder / border.area["source"]
            while target.exists():
                target = target.with_name(f"{target.stem}-ny{target.suffix}")
            border.area["source"] = target.name
            self._new(target, lambda one: one.write_text(border.geojson(), encoding="utf-8", newline="\n"))
        return border

    def _new(self, target: Path, write: Callable[[Path], object]) -> None:
        if target.exists():
            message = "finns redan i paketets mapp. Flytta den, eller ange en annan mapp."
            raise PlanError(Fault(message=message, path=target.name))
        missing = [one for one in target.parents if not one.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        self.made += [*reversed(missing), target]
        write(target)

    def _stand_in(self) -> Border:
        active = [draft.seen for draft in self.drafts if draft.active]
        land = [draft.seen for draft in self.drafts if draft.active and draft.theme == LAND_USE]
        what = "planens zoner" if land else "de lager som används" if active else "alla lager"
        some = land or active or self.found.layers
        shape = stand_in([(seen, one) for seen in some if (one := self._read_in(seen)) is not None], self.crs.crs or "")
        if shape is None:
            raise PlanError(self._fault("har inget objekt med ett läge att dra en gräns kring."))
        note = (
            f"kommungränsen finns inte bland filerna. {STAND_IN_FILE} är ett hölje kring {what} med "
            f"{MARGIN_M / 1000:g} km marginal: det är INTE kommunens gräns, och rapporten säger det. Byt till den "
            "riktiga gränsen, och ta då bort provisional_area."
        )
        return Border(area={"source": STAND_IN_FILE}, note=note, provisional=True, shape=shape, crs=self.crs.crs)

    def _fault(self, message: str) -> Fault:
        return Fault(message=message, path=self.data.name)


_STATES = {
    "unplaced": "rader har ingen användbar geometri: lagret ger inget «Inget fynd emot» förrän det är rättat i filen "
    "eller godtaget med [[accept]]",
    "set_aside": "rader går inte att använda, och är lagda åt sidan",
    "repaired": "rader har en geometri som är lagad",
    "duplicate": "rader är dubbletter, och räknas en gång",
}


def _in_metres(boxes: Sequence[tuple[Sequence[float], str]], what: str) -> Known | None:
    """Return the extent of boxes in several systems: in metres, in which extents are compared."""
    moved = [one for bounds, crs in boxes if (one := extent(bounds, crs, SWEREF_99_TM)) is not None]
    if not moved:
        return None
    low, high = (np.array(moved)[:, :2].min(axis=0), np.array(moved)[:, 2:].max(axis=0))
    return Known(bounds=(float(low[0]), float(low[1]), float(high[0]), float(high[1])), crs=SWEREF_99_TM, what=what)


# --- the folder -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _place(work: _Work) -> Iterator[Path]:
    """Give the folder to write in, and leave nothing behind unless all goes well."""
    to = work.to
    if (to / MANIFEST).exists():
        message = f"har redan en {MANIFEST}, som inte skrivs över. Ange en annan mapp, eller flytta den."
        raise PlanError(Fault(message=message, path=str(to)))
    if to.is_file():
        raise PlanError(Fault(message="är en fil. Ange en mapp för planpaketet.", path=str(to)))
    if work.in_place:
        try:
            yield to
        except BaseException:
            for path in reversed(work.made):
                if path.is_dir():
                    with contextlib.suppress(OSError):
                        path.rmdir()
                else:
                    path.unlink(missing_ok=True)
            raise
        return
    if to.is_dir() and any(to.iterdir()):
        message = "är inte tom. Ange en ny mapp, eller den mapp där planens data redan ligger."
        raise PlanError(Fault(message=message, path=str(to)))
    missing = [folder for folder in to.parents if not folder.exists()]
    folder = to.parent / f".{to.name}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True)
        yield folder
        if to.is_dir():
            to.rmdir()
        folder.replace(to)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        for one in missing:
            with contextlib.suppress(OSError):
                one.rmdir()
        raise


def _sides(path: Path) -> list[Path]:
    """Return the files that belong to a file, by its name: a Shapefile's table, and so on."""
    wanted = _SIDES.get(path.suffix.lower(), ())
    beside = [one for one in path.parent.iterdir() if one.name.startswith(path.stem) and one.is_file()]
    return sorted(one for one in beside if one.name[len(path.stem) :].lower() in wanted)


def _names_it(document: Document, seen: Seen) -> bool:
    """Tell whether a layer's name has all the words of a document's id, when the id is more than "op"."""
    words = {joined(part) for part in re.split(r"\W+", document.id)} - {""}
    return len(words) > 1 and all(word in joined(f"{seen.name} {seen.shown}") for word in words)


__all__ = ["Proposal", "propose_plan"]
