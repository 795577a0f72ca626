"""What the tests need from outside the repository, and what happens when it is not there.

A missing browser, database or data folder skips a test at a developer's desk and fails it where everything is
promised (``OPCHECK_REQUIRE_ALL=1``), so that a green run never hides tests that were not run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIRE_ALL = os.environ.get("OPCHECK_REQUIRE_ALL", "") not in ("", "0")

# A test that asks for one of these fixtures carries that marker, so `-m "not chromium"` works.
MARKING_FIXTURES = {"real_data": "real_data", "chromium": "chromium", "postgis_dsn": "postgis"}


def require(is_there: bool, what: str, *, always: bool = False) -> None:
    """Skip the test unless `is_there`; fail instead where everything is promised, or when told `always`."""
    if is_there:
        return
    if always or REQUIRE_ALL:
        pytest.fail(f"missing: {what}", pytrace=False)
    pytest.skip(f"missing: {what}")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with openly licensed geodata, which is kept beside the repository and not in it."""
    told = os.environ.get("OPCHECK_REAL_DATA")
    folder = Path(told) if told else ROOT.parent / "shared" / "data" / "real"
    require(
        (folder / "op").is_dir() and (folder / "sites").is_dir(),
        f"the real geodata; looked in {folder}, OPCHECK_REAL_DATA can name another folder",
        always="CI" in os.environ,
    )
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that Playwright can start."""
    told = os.environ.get("OPCHECK_CHROMIUM")
    names = [told] if told else ["chromium", "chromium-browser", "google-chrome"]
    found = next(filter(None, map(shutil.which, names)), None)
    require(found is not None, f"a browser; looked for {', '.join(names)}, OPCHECK_CHROMIUM can name another")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def postgis_dsn() -> str:
    """How to reach a database with the PostGIS extension that the tests may write to."""
    dsn = os.environ.get("OPCHECK_POSTGIS_DSN", "")
    require(bool(dsn), "a PostGIS database; OPCHECK_POSTGIS_DSN says how to reach one")
    return dsn


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if marker := MARKING_FIXTURES.get(fixture):
                item.add_marker(marker)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that gives the skip's reason; an expected failure is left alone."""
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"OPCHECK_REQUIRE_ALL is set and this was skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
