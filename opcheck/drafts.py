"""Plans on their way, and where they will apply: planning in progress, whether or not their layers are in the pack.

A plan is announced by its area long before it has zones that anybody has digitised. A site inside is told of it.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import shapely

from opcheck.features import LoadedPlan
from opcheck.plan import Document, Features, Force, Layer, Source
from opcheck.rules import PENDING_PLANNING


def draft_areas(loaded: LoadedPlan, day: datetime.date) -> tuple[Features, ...]:
    """Return the areas of the documents that are on their way on a day, each as a layer of one object.

    They are no layers of the pack: they can be met, and vouch for nothing. Where a document has layers of its own, its
    area is what they leave of it. A document of the whole municipality has no area that could be met: see `underway`.
    """
    found = []
    for document in _coming(loaded, day):
        area = loaded.document_areas.get(document.id)
        own = [one.geometry for one in loaded.layers if one.layer.document == document.id and len(one)]
        if area is not None and own:
            area = shapely.difference(area, shapely.union_all(np.concatenate(own)))
        if area is not None and not area.is_empty:
            found.append(_as_features(loaded, document, area))
    return tuple(found)


def placeless(loaded: LoadedPlan, day: datetime.date) -> tuple[str, ...]:
    """Return the names of documents on their way of which nobody here knows where they will apply."""
    return tuple(one.name for one in _coming(loaded, day) if one.area_unknown)


def underway(loaded: LoadedPlan, day: datetime.date) -> tuple[str, ...]:
    """Return the names of documents on their way for the whole municipality."""
    return tuple(one.name for one in _coming(loaded, day) if not one.area_unknown and one.area is None)


def _coming(loaded: LoadedPlan, day: datetime.date) -> list[Document]:
    coming = [one for one in loaded.plan.documents if one.force(day) is Force.PENDING]
    return sorted(coming, key=lambda one: one.id)  # whatever the order in the manifest


def _as_features(loaded: LoadedPlan, document: Document, area: Any) -> Features:  # noqa: ANN401 - a geometry
    source = document.area or Source(file="")
    geometry = np.empty(1, dtype=object)
    geometry[0] = area
    return Features(
        layer=Layer(id=f"{document.id} (planområde)", theme=PENDING_PLANNING, source=source, document=document.id),
        ids=(document.id,), geometry=geometry, fields={}, repaired=np.zeros(1, bool), coverage=None, ledger=(),
        file=source.shown, reader="", crs=loaded.plan.crs, sha256=None, content="", rows=1,
    )  # fmt: skip
