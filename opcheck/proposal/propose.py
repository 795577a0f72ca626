"""A first manifest for data that nobody has described, in which nothing is guessed.

What is certain is written so that it holds, what is likely is written and switched off, and what cannot be placed is
listed; beside each stands what speaks for it. The manifest is tried before it is left: a layer that cannot be read as
proposed is switched off, with the reason.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from opcheck.errors import Fault, PlanError, cause
from opcheck.geometry import crs_name
from opcheck.plan import MANIFEST
from opcheck.proposal.border import Border, Wanted
from opcheck.proposal.documents import give_document
from opcheck.proposal.draft import read_fields, read_legend
from opcheck.proposal.finding import Found, find
from opcheck.proposal.folder import place
from opcheck.proposal.survey import survey
from opcheck.proposal.systems import Systems, settle_systems
from opcheck.proposal.takeover import Base, read_base
from opcheck.proposal.trial import Trial
from opcheck.proposal.whole import Whole
from opcheck.sources.companions import found as as_on_disk


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
    # A folder typed with å as one character may have it as two on the disk.
    source, target = as_on_disk(Path(data)), as_on_disk(Path(to))
    stated = None if crs is None else crs_name(crs)
    known = None if base is None else read_base(base, target)
    in_place = source.exists() and source.resolve().is_relative_to(target.resolve())
    shown = source.resolve().name
    try:
        with place(target, in_place=in_place) as folder:
            found = _found(source, known, name, within=target if in_place else None)
            systems = settle_systems(found, known, stated, shown)
            _describe(found, systems, known)
            copied = None
            if not in_place:
                copied = folder.copy(dict.fromkeys((seen.path, seen.shown) for seen in found.survey.layers))

            def whole(border: Border) -> Whole:
                return Whole(
                    to=target, data=shown, name=name, base=known, crs=systems.crs, border=border, drafts=found.drafts,
                    unplaced=found.unplaced, systems=systems.missing, survey=found.survey, asides=found.asides,
                )  # fmt: skip

            made = Trial(folder, found, systems, known, shown).settle(whole)
    except OSError as error:
        message = f"går inte att skriva ({cause(error)}). Ange en mapp att skriva i. Inget är skrivet."
        raise PlanError(Fault(message=message, path=str(to))) from None
    return Proposal(manifest=target / MANIFEST, summary=tuple(made.summary(copied=copied)))


def _found(data: Path, base: Base | None, name: str | None, *, within: Path | None) -> Found:
    """Read all data, and tell what each layer may be."""
    seen = survey(data, within=within)
    if not seen.layers:
        raise PlanError(seen.unreadable or Fault(message="har inga lager med geometri.", path=data.name))
    wanted = Wanted(names=[name] if name else [])
    if base is not None:
        wanted.code = base.plan.municipality_code
        wanted.names.append(base.plan.name)
    return find(seen, wanted)


def _describe(found: Found, systems: Systems, base: Base | None) -> None:
    """Settle documents, columns and legends."""
    vocabulary = base.plan.values if base is not None else ()
    for draft in found.drafts:
        give_document(draft, base)
        read_fields(draft)
        read_legend(draft, systems.crs.crs or "", vocabulary)


__all__ = ["Proposal", "propose_plan"]
