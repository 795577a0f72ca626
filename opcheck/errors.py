"""Every failure opcheck raises on purpose.

::

    OpcheckError
    ├── PlanError        the manifest of a plan pack, or its documents
    │   └── LayerError   a layer's file, fields or rows
    ├── SiteError        the proposed sites
    ├── RuleError        a rule file
    ├── CRSError         a coordinate system that is missing, unknown or does not fit
    ├── OutputError      a report or record that cannot be written
    └── MissingPackage   an optional library that this call needs

A conflict between a site and a plan is never an exception: it is a finding. One error carries every fault that was
found in the file, so that a planner mends them in one go. Messages are Swedish, because their readers are planners:
what was found, where, what was expected, and what to do next.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, and where.

    Parameters
    ----------
    message
        A sentence or two: what was found, what was expected, what to do next.
    path
        The file, as the user named it. None where no file is involved.
    key
        Place inside the file, for example ``layer[2].fields.id``.
    layer_id, feature_id, rule_id, site_id
        What the fault concerns, where it concerns one.
    """

    message: str
    path: str | None = None
    key: str | None = None
    layer_id: str | None = None
    feature_id: str | None = None
    rule_id: str | None = None
    site_id: str | None = None

    def __str__(self) -> str:
        layer = f"lager {self.layer_id}" if self.layer_id else None
        place = ", ".join(part for part in (self.path, layer, self.key) if part)
        return f"{place}: {self.message}" if place else self.message


class OpcheckError(Exception):
    """Base of all errors that opcheck raises on purpose.

    Parameters
    ----------
    faults
        One message, one `Fault`, or several of them. At least one.
    """

    def __init__(self, faults: str | Fault | Iterable[Fault]) -> None:
        if isinstance(faults, str):
            faults = (Fault(message=faults),)
        elif isinstance(faults, Fault):
            faults = (faults,)
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(_paragraph(self.faults))

    @property
    def path(self) -> str | None:
        """The file of the first fault."""
        return self.faults[0].path

    @property
    def key(self) -> str | None:
        """The place in the file of the first fault."""
        return self.faults[0].key

    @property
    def layer_id(self) -> str | None:
        """The layer of the first fault."""
        return self.faults[0].layer_id

    @property
    def feature_id(self) -> str | None:
        """The feature of the first fault."""
        return self.faults[0].feature_id

    @property
    def rule_id(self) -> str | None:
        """The rule of the first fault."""
        return self.faults[0].rule_id


class PlanError(OpcheckError):
    """The manifest of a plan pack cannot be used."""


class LayerError(PlanError):
    """A layer's file, fields or rows cannot be used."""


class SiteError(OpcheckError):
    """The proposed sites cannot be used."""


class RuleError(OpcheckError):
    """A rule file cannot be used."""


class CRSError(OpcheckError):
    """A coordinate system is missing, unknown or does not fit the numbers."""


class OutputError(OpcheckError):
    """An output cannot be written."""


class MissingPackage(OpcheckError):
    """An optional library that the call needs is not installed."""


SHOWN_FAULTS = 5
"""Of faults that repeat row by row, this many are spelled out and the rest counted."""


def shortened(faults: Sequence[Fault]) -> list[Fault]:
    """Return faults of one kind in one file: the first of them, and one that counts the rest."""
    if len(faults) <= SHOWN_FAULTS:
        return list(faults)
    rest = Fault(message=f"… och {len(faults) - SHOWN_FAULTS} fel till av samma slag.", path=faults[0].path)
    return [*faults[:SHOWN_FAULTS], rest]


_CAUSES = {
    errno.EACCES: "det saknas behörighet", errno.EPERM: "det saknas behörighet", errno.EROFS: "platsen är skrivskyddad",
    errno.ENOSPC: "disken är full", errno.EDQUOT: "utrymmet är slut", errno.ENOENT: "mappen finns inte",
    errno.ENAMETOOLONG: "namnet är för långt", errno.EISDIR: "det är en mapp", errno.EBUSY: "filen är upptagen",
    errno.ETXTBSY: "filen är upptagen", errno.ENOTDIR: "en del av sökvägen är ingen mapp",
}  # fmt: skip


def cause(error: OSError) -> str:
    """Return why the operating system refused, in Swedish; what is not known stays in the system's own words."""
    return _CAUSES.get(error.errno or 0) or error.strerror or type(error).__name__


def _paragraph(faults: Sequence[Fault]) -> str:
    if len(faults) == 1:
        return str(faults[0])
    lines = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, 1))
    return f"{len(faults)} fel att rätta:\n{lines}"
