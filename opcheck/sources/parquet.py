"""GeoParquet, where pyarrow is installed."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.errors import Fault, LayerError, MissingPackage
from opcheck.sources.companions import digest
from opcheck.sources.table import HEIGHTS, FeatureTable, check_unique, first_line, noted


def read_parquet(path: Path, shown: str) -> FeatureTable:
    """Read a GeoParquet file with geopandas."""
    import geopandas

    try:
        frame = geopandas.read_parquet(path)
    except ImportError:
        raise MissingPackage(
            f"{shown}: för att läsa GeoParquet behövs pyarrow. Installera det: python -m pip install pyarrow. "
            "Eller exportera filen som GeoPackage."
        ) from None
    except (ValueError, OSError, KeyError, TypeError, shapely.GEOSException) as error:
        message = f"är inte GeoParquet ({first_line(error)}). Exportera filen igen, eller som GeoPackage."
        raise LayerError(Fault(message=message, path=shown)) from None
    geometry = np.asarray(frame.geometry.array, dtype=object)
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    check_unique(names, shown)
    rest = frame.drop(columns=frame.geometry.name)
    columns = {
        str(name): [
            None if missing else _plain(cell)
            for cell, missing in zip(rest[name].tolist(), rest[name].isna(), strict=True)
        ]
        for name in rest.columns
    }
    table = FeatureTable(
        path=shown, reader="parquet", crs=None if frame.crs is None else frame.crs.to_string(), columns=columns,
        geometry=shapely.force_2d(geometry), broken={}, sha256=digest(path),
    )  # fmt: skip
    return noted(table, HEIGHTS if shapely.has_z(geometry).any() else None)


def _plain(cell: Any) -> Any:  # noqa: ANN401 - a cell of any type
    """Return a cell as the other readers give it: whole numbers whole, a time as its date."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime.date):
        return cell.isoformat()[:10]
    return cell.tolist() if isinstance(cell, np.ndarray | np.generic) else cell
