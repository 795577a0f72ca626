"""GeoPackage files, written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "1.3"
"""GDAL's newer default, 1.4, makes the QGIS that Debian 12 and many offices run warn about the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutTable:
    """One layer to write: rows as mappings with the same keys, and a geometry per row or no geometry at all."""

    name: str
    rows: Sequence[Mapping[str, Any]]
    geometry: Sequence[Any] | None


def write_geopackage(path: Path, tables: Sequence[OutTable], *, crs: str, day: datetime.date) -> None:
    """Write tables into a new GeoPackage.

    Parameters
    ----------
    path
        Must not exist.
    tables
        Written in order; one without rows is left out.
    crs
        Of the geometries.
    day
        Stands in the file where GDAL would write the time, so that the same content gives the same bytes.
    """
    import geopandas
    import pandas as pd
    import pyogrio

    previous = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day.isoformat()}T00:00:00.000Z"})
    try:
        for table in tables:
            if not table.rows:
                continue
            new: dict[str, Any] = {"append": True} if path.exists() else {"dataset_options": {"VERSION": VERSION}}
            if table.geometry is None:
                pyogrio.write_dataframe(pd.DataFrame(table.rows), path, layer=table.name, driver="GPKG", **new)
            else:
                frame = geopandas.GeoDataFrame(table.rows, geometry=list(table.geometry), crs=crs)
                pyogrio.write_dataframe(frame, path, layer=table.name, driver="GPKG", **new)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": previous})
