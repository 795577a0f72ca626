"""Downloads that a service cut off: what the file itself says of how much there was."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opcheck.errors import Fault, LayerError

JSON_SUFFIXES = frozenset({".geojson", ".json"})
XML_SUFFIXES = frozenset({".gml", ".xml"})


def check_whole(document: Mapping[str, Any], rows: int, shown: str) -> None:
    """Raise when a service says in the file that it holds more than it sent.

    WFS and OGC API Features count matches (numberMatched; GeoServer also totalFeatures), ArcGIS raises a flag, and a
    page that is not the last links to the next.
    """
    for place in (document, document.get("properties")):
        if not isinstance(place, dict):
            continue
        if str(place.get("exceededTransferLimit")).casefold() == "true":
            raise _capped(shown, rows, "exceededTransferLimit")
        for name in _COUNTS:
            if (_count(place.get(name)) or 0) > rows:
                raise _capped(shown, rows, f"{name}: {place[name]}")
        links = place.get("links")
        whole = _count(place.get("numberMatched")) is not None
        if not whole and isinstance(links, list):
            if any(isinstance(link, dict) and link.get("rel") == "next" for link in links):
                raise _capped(shown, rows, "en länk till nästa sida")


_COUNTS = ("numberMatched", "totalFeatures", "numberReturned")
_GML_COUNTS = re.compile(rb"""\b(numberMatched|numberReturned)\s*=\s*["'](\d{1,18})["']""")
_ENVELOPE_BYTES = 65536


def _count(value: Any) -> int | None:  # noqa: ANN401 - a JSON value
    if isinstance(value, str) and value.isdecimal() and len(value) <= 18:
        return int(value)
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else None


def check_whole_gml(path: Path, shown: str, rows: int) -> None:
    """Do the same for GML, of which GDAL keeps nothing of what stands around the features."""
    with path.open("rb") as stream:
        head = stream.read(_ENVELOPE_BYTES)
    told = {name: int(text) for name, text in reversed(_GML_COUNTS.findall(head))}
    if told.get(b"numberMatched", 0) > told.get(b"numberReturned", 0) > 0:
        raise _capped(shown, rows, f"numberMatched: {told[b'numberMatched']}")


def _capped(shown: str, rows: int, sign: str) -> LayerError:
    return LayerError(
        Fault(
            message=f"hämtningen är avkortad: filen har {rows} objekt, men tjänsten hade fler ({sign}). "
            "Hämta alla sidor och lägg ihop dem. Är filen ett avsiktligt urval: ta bort uppgiften ur filen.",
            path=shown,
        )
    )
