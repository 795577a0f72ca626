"""Whether a question is finer than the data that answers it.

Three things say so: a border that is no more exact than the distance asked about, one that is no more exact than the
site is wide, and a holder who says that the layer is not for this. Where nobody has stated how exact the data is,
nothing is said: what is not known is told once, with the layer.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from opcheck.findings import DISTANCE_DECIMALS, Unfit
from opcheck.plan import Features


def purposes(overlap: bool, distance: bool, case: str | None) -> tuple[str, ...]:
    """Return what a question needs of its data, in words of `opcheck.plan.PURPOSES`.

    Parameters
    ----------
    overlap, distance
        The answer rests on what meets the site; on how far something is.
    case
        The type of the site's case, None when it states none.
    """
    found = ("läge",) * overlap + ("avstånd",) * distance
    return (*found, case.strip().casefold()) if case else found


def unfit(
    layers: Sequence[Features],
    site_accuracy_m: float | None,
    *,
    limit_m: float | None,
    width_m: float | None,
    wanted: Collection[str],
) -> Iterator[Unfit]:
    """Give every reason why a question is finer than its data, layer by layer.

    Parameters
    ----------
    site_accuracy_m
        Of the site's own outline; None where it does not state one.
    limit_m
        The distance that the question is about; None or 0 when it is about none.
    width_m
        Of the site where it is widest; None for a line or points.
    wanted
        What the question needs of its data.
    """
    told = False
    for features in layers:
        own = _accuracy(features)
        both = _combined(own, site_accuracy_m)
        # Which of the layers is said where there are several.
        title = features.layer.title or features.layer.id if len(layers) > 1 else None
        arguments = {
            "layer": title, "theme": features.layer.theme,
            "accuracy_m": both, "layer_accuracy_m": own, "site_accuracy_m": site_accuracy_m,
            "threshold_m": limit_m, "width_m": width_m,
        }  # fmt: skip
        if both is not None and not (own is None and told):
            # The site's own outline is said once, however many layers of unknown accuracy there are.
            told |= own is None
            where = "site." if own is None else ""
            if limit_m and both >= limit_m:
                yield Unfit(key=f"{where}distance", arguments=arguments)
            elif width_m is not None and both >= width_m:
                yield Unfit(key=f"{where}width", arguments=arguments)
        for one in features.layer.fitness:
            if one.purpose in wanted and one.fit != "ja":
                key = "stated_no" if one.fit == "nej" else "stated_limited"
                stated = {**arguments, "purpose": one.purpose, "scale": one.scale, "source": one.source}
                yield Unfit(key=key, arguments=stated)


def _accuracy(features: Features) -> float | None:
    """Return how exact a layer's borders are, as drawn and as moved between coordinate systems; None when unknown."""
    if features.layer.accuracy_m is None or math.isnan(features.crs_accuracy_m):
        return None
    return _combined(features.layer.accuracy_m, features.crs_accuracy_m or None)


def _combined(one: float | None, other: float | None) -> float | None:
    """Return the root of the sum of squares of what is known."""
    known = [value for value in (one, other) if value is not None and not math.isnan(value)]
    if not known:
        return None
    # What stands alone stays as it was stated.
    return known[0] if len(known) == 1 else round(math.hypot(*known), DISTANCE_DECIMALS)
