"""The database that the oracle asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from postgis_oracle import Relation, ask, load


@pytest.fixture(scope="session")
def database(postgis_dsn: str) -> Iterator[Any]:
    """A connection to a schema of its own, which is gone afterwards."""
    import psycopg

    schema = f"oracle_{os.getpid()}"
    with psycopg.connect(postgis_dsn, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"SET search_path TO {schema}, public")
        try:
            yield connection
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(scope="session")
def oracle(database: Any, real_data: Path) -> dict[tuple[str, str], Relation]:
    load(database, real_data / "op")
    return ask(database)
