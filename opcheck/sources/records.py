"""A layer read record by record with fiona, so that one bad record does not lose the others."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.errors import Fault, LayerError
from opcheck.sources.companions import deleted
from opcheck.sources.table import FeatureTable, first_line, shapes


def layer_names(path: Path) -> list[str] | None:
    """Return the names of a file's layers as fiona lists them, None when it cannot either."""
    try:
        import fiona
        from fiona.errors import FionaError

        return [str(name) for name in fiona.listlayers(path)]
    except (ImportError, FionaError, ValueError, UnicodeDecodeError):
        return None


def with_lost(table: FeatureTable, declared: int) -> FeatureTable:
    """Return a table with a broken row for every record that the file counts and that could not be read."""
    have, lost = len(table), declared - len(table)
    if lost <= 0:
        return table
    return dataclasses.replace(
        table,
        columns={name: [*cells, *[None] * lost] for name, cells in table.columns.items()},
        geometry=np.concatenate([table.geometry, np.full(lost, None, dtype=object)]),
        broken={**table.broken, **dict.fromkeys(range(have, declared), "posten går inte att läsa")},
        lost=lost,
    )


FIXED_STEP_DEG = 0.1
"""The angle of the chords that stand for an arc: a centimetre off on a radius of 26 km."""


def read_records(
    path: Path, shown: str, layer: str, encoding: str | None, sha256: str, why: str, declared: int
) -> FeatureTable:
    """Read a layer that pyogrio gave up on; `why` is what it said, `declared` how many records there should be."""
    try:
        import fiona
        from fiona.errors import FionaError
    except ImportError:
        raise LayerError(
            Fault(
                message=f"lagret {layer!r} går inte att läsa ({why}). Installera fiona för att läsa det post för post.",
                path=shown,
            )
        ) from None
    columns: dict[str, list[Any]] = {}
    geometry: list[Any] = []
    broken: dict[int, str] = {}
    try:
        with fiona.Env(OGR_ARC_STEPSIZE=FIXED_STEP_DEG), fiona.open(path, layer=layer, encoding=encoding) as source:
            crs = stated(source.crs_wkt)
            with contextlib.suppress(TypeError):  # some formats do not know
                declared = max(declared, len(source) - deleted(path))
            columns = {name: [] for name in source.schema["properties"]}
            for row, record in enumerate(_records(source)):
                shape = None
                if isinstance(record, str):
                    broken[row] = record
                    values: Mapping[str, Any] = {}
                else:
                    values = record.properties
                    shape = _shape(record.geometry, row, broken)
                geometry.append(shape)
                for name, cells in columns.items():
                    value = values.get(name)
                    cells.append(None if isinstance(value, float) and math.isnan(value) else value)
    except (FionaError, ValueError, LookupError, UnicodeDecodeError) as error:
        raise LayerError(
            Fault(message=f"lagret {layer!r} går inte att läsa ({why}; {first_line(error)}).", path=shown)
        ) from None
    table = FeatureTable(
        path=shown, reader="fiona", crs=crs, columns=columns, geometry=shapely.force_2d(shapes(geometry)),
        broken=broken, sha256=sha256, notes=(f"läst post för post, eftersom lagret inte gick att läsa helt ({why})",),
    )  # fmt: skip
    return with_lost(table, declared)


_NOWHERE = re.compile(r'(LOCAL_CS|ENGCRS|ENGINEERINGCRS)\[|\w+\["Undefined ', re.IGNORECASE)


def stated(crs: str | None) -> str | None:
    """Return a file's CRS, None where it says that it has none: GeoPackage's undefined systems, a local grid."""
    return None if not crs or _NOWHERE.match(crs) else crs


def _records(source: Any) -> Iterator[Any]:  # noqa: ANN401 - fiona has no type hints
    """Go through a fiona collection; a record that cannot be read comes as the reason why."""
    from fiona.errors import FionaError

    iterator = iter(source)
    while True:
        try:
            yield next(iterator)
        except StopIteration:
            return
        except (FionaError, ValueError, UnicodeDecodeError) as error:
            yield f"posten går inte att läsa ({first_line(error)})"


def _shape(geometry: Any, row: int, broken: dict[int, str]) -> Any:  # noqa: ANN401 - fiona has no type hints
    if geometry is None:
        return None
    try:
        return shapely.geometry.shape(geometry)
    except (ValueError, TypeError, AttributeError, shapely.GEOSException) as error:
        broken[row] = f"geometrin går inte att läsa ({first_line(error)})"
        return None
