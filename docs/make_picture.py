"""Write docs/images/report.png, the picture in the README: one site's answer and map in a browser without a network.

Run from anywhere: ``python docs/make_picture.py``. Needs the test packages and Chromium; OPCHECK_CHROMIUM can name one.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import opcheck

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "report.png"
NAME = "Modulfabrik, byggnad och gård"
WIDTH, HEIGHT, MARGIN = 1000, 1560, 24


def main() -> int:
    """Write a report, open it and take the picture."""
    sites = opcheck.read_sites(ROOT / "examples" / "haraholmen" / "sites.geojson")
    assessment = opcheck.assess(sites, opcheck.read_plan("pitea"), on="2026-11-22")
    browser_path = os.environ.get("OPCHECK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = opcheck.write_report(assessment, Path(folder) / "report.html")
        browser = playwright.chromium.launch(executable_path=browser_path)
        page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, offline=True).new_page()
        page.goto(report.as_uri())
        heading = page.get_by_role("heading", level=2, name=NAME)
        heading.evaluate(
            "(element, margin) => scrollTo(0, element.getBoundingClientRect().top + scrollY - margin)", MARGIN
        )
        page.wait_for_timeout(2000)  # the map is drawn when it comes into view
        page.screenshot(path=PICTURE)
        browser.close()
    print(PICTURE.relative_to(ROOT).as_posix(), PICTURE.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
