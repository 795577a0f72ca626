"""The readiness page in a browser without a network: map and rows lead to each other, with a mouse and with keys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fakes
import pytest
import ready
from playwright.sync_api import Browser, Page

from opcheck.readiness import Readiness
from opcheck.report import readiness_page

A4_TEXT_PX = 680

MARKS = "#map_readiness path[role='button']"


class Opened:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.trouble: list[str] = []


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Readiness:
    return ready.faulty(tmp_path_factory.mktemp("brister"))


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from a file, offline, and collects everything that should not happen."""
    contexts = []

    def open_page(text: str, *, start: bool = True, **options: Any) -> Opened:
        context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        opened = Opened(context.new_page())
        page, trouble = opened.page, opened.trouble
        page.on("dialog", lambda dialog: (trouble.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: trouble.append(f"error {error}"))
        page.on("console", lambda line: trouble.append(f"console {line.type} {line.text}"))
        page.on(
            "request",
            lambda request: None if request.url.startswith(("file:", "data:")) else trouble.append(request.url),
        )
        file = tmp_path / "sida å ä ö.html"
        file.write_text(text, encoding="utf-8", newline="\n")
        page.goto(file.as_uri())
        if start:
            page.locator("#readiness-map").scroll_into_view_if_needed()
            page.wait_for_selector(MARKS, state="attached")
        return opened

    yield open_page
    for context in contexts:
        context.close()


def test_every_place_is_a_mark_with_a_name(show: Open, found: Readiness) -> None:
    opened = show(readiness_page.render(found))
    names = opened.page.eval_on_selector_all(MARKS, "all => all.map((one) => one.getAttribute('aria-label'))")
    located = [
        number
        for number, (fault, shape) in enumerate(zip(found.faults, found.shapes, strict=True), 1)
        if shape is not None or (fault.spot is not None and len(fault.features) == 1)
    ]
    assert sorted(int(name.split(".")[0]) for name in names) == located
    assert opened.trouble == []


def test_a_mark_tells_the_fault_and_marks_its_row(show: Open, found: Readiness) -> None:
    opened = show(readiness_page.render(found))
    page = opened.page
    mark = page.query_selector_all(MARKS)[-1]
    number = str(mark.get_attribute("aria-label")).split(".")[0]
    mark.dispatch_event("click")
    page.wait_for_selector(".leaflet-popup .popup-name")
    assert str(page.text_content(".leaflet-popup .popup-name")).startswith(f"{number}. ")
    page.wait_for_selector(".leaflet-pan-anim", state="detached")  # the map comes to rest
    current = page.query_selector_all("tr.is-current")
    assert [row.get_attribute("id") for row in current] == [f"fault-{number}"]
    assert current[0].get_attribute("aria-current") == "true"
    page.click(f".leaflet-popup a[href='#fault-{number}']")
    page.wait_for_selector(f"#fault-{number}:focus")
    assert opened.trouble == []


def test_a_row_shows_its_place(show: Open, found: Readiness) -> None:
    opened = show(readiness_page.render(found))
    page = opened.page
    number = next(number for number, fault in enumerate(found.faults, 1) if fault.kind == "overlap_sliver")
    before = page.evaluate("document.getElementById('readiness-map').opcheckMap.getZoom()")
    page.click(f"button[data-fault='{number}']")
    page.wait_for_selector(".leaflet-popup")
    assert page.evaluate("document.getElementById('readiness-map').opcheckMap.getZoom()") > before
    assert page.get_attribute(f"#fault-{number}", "aria-current") == "true"
    box = page.query_selector("#map_readiness").bounding_box()
    assert box is not None and 0 <= box["y"] < 900
    at = page.evaluate(
        f"""() => {{
            const fault = JSON.parse(document.getElementById('opcheck-data').textContent).map.faults
                .find((one) => one.number === {number});
            return document.getElementById('readiness-map').opcheckMap.getBounds().contains(fault.at);
        }}"""
    )
    assert at is True
    assert opened.trouble == []


def test_a_fault_of_many_zones_shows_the_zones(show: Open, found: Readiness) -> None:
    opened = show(readiness_page.render(found))
    page = opened.page
    number = next(number for number, fault in enumerate(found.faults, 1) if fault.kind == "text_missing")
    count = len(found.faults[number - 1].features)
    before = len(page.query_selector_all("#map_readiness path"))
    page.click(f"button[data-fault='{number}']")
    assert count > 1 and len(page.query_selector_all("#map_readiness path")) == before + count
    assert opened.trouble == []


def test_the_box_of_one_fault_does_not_stay_beside_the_zones_of_the_next(show: Open, found: Readiness) -> None:
    opened = show(readiness_page.render(found))
    page = opened.page
    of_kind = {fault.kind: number for number, fault in enumerate(found.faults, 1)}
    page.click(f"button[data-fault='{of_kind['overlap_sliver']}']")
    page.wait_for_selector(".leaflet-popup")
    page.click(f"button[data-fault='{of_kind['text_missing']}']")
    page.wait_for_selector(".leaflet-popup", state="detached")
    assert page.get_attribute(f"#fault-{of_kind['text_missing']}", "aria-current") == "true"
    assert opened.trouble == []


def test_the_keyboard_reaches_every_mark(show: Open, found: Readiness) -> None:
    opened = show(readiness_page.render(found))
    page = opened.page
    marks = len(page.query_selector_all(MARKS))
    assert len(page.query_selector_all(f"{MARKS}[tabindex='0']")) == 1
    page.focus(f"{MARKS}[tabindex='0']")
    met = []
    for _ in range(marks):
        met.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("ArrowRight")
    assert len(set(met)) == marks
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup")
    page.keyboard.press("Escape")
    page.wait_for_selector(".leaflet-popup", state="detached")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "button"
    page.focus("button[data-fault]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup")
    assert opened.trouble == []


@pytest.mark.parametrize("payload", fakes.PAYLOADS)
def test_hostile_text_runs_nothing(payload: str, show: Open, tmp_path: Path) -> None:
    opened = show(readiness_page.render(ready.hostile(tmp_path, payload)))
    page = opened.page
    for button in page.query_selector_all("button[data-fault]"):
        button.click()
    assert page.query_selector(".leaflet-popup") is not None
    for mark in page.query_selector_all(MARKS):
        mark.dispatch_event("mouseover")
        mark.dispatch_event("click")
    assert page.evaluate("window.__pwned") is None
    assert len(page.query_selector_all("script")) == 3 and not page.query_selector_all("img")
    assert opened.trouble == []


def test_without_scripts_the_drawn_map_is_there(show: Open, found: Readiness) -> None:
    page = show(readiness_page.render(found), start=False, java_script_enabled=False).page
    assert page.is_visible(".drawing")
    assert not page.is_visible(".map-live") and not page.is_visible("button[data-fault]")


def test_a_map_that_cannot_start_leaves_the_drawn_one(show: Open, found: Readiness) -> None:
    text = readiness_page.render(found).replace('"ratio":', '"rato":').replace('"corners":', '"corner":')
    page = show(text, start=False).page
    page.locator("#readiness-map").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert page.is_visible(".drawing")


@pytest.mark.parametrize("hostile", [False, True])
def test_a_narrow_phone_scrolls_one_way_only(hostile: bool, show: Open, found: Readiness, tmp_path: Path) -> None:
    made = ready.hostile(tmp_path, "x" * 120) if hostile else found
    page = show(readiness_page.render(made), viewport={"width": 320, "height": 640}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_print_on_a4_crops_nothing(show: Open, found: Readiness) -> None:
    page = show(readiness_page.render(found), viewport={"width": A4_TEXT_PX, "height": 1000}).page
    page.emulate_media(media="print")
    assert page.is_visible(".drawing") and not page.is_visible(".map-live")
    assert not page.is_visible("button[data-fault]")
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_TEXT_PX
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every((one) => one.scrollWidth <= one.clientWidth)")
    assert page.pdf(prefer_css_page_size=True, tagged=True, outline=True).startswith(b"%PDF")


def test_dark_pages_keep_light_maps(show: Open, found: Readiness) -> None:
    page = show(readiness_page.render(found), color_scheme="dark").page
    assert page.eval_on_selector("body", "one => getComputedStyle(one).backgroundColor") == "rgb(22, 24, 26)"
    assert page.eval_on_selector(".map-live", "one => getComputedStyle(one).backgroundColor") == "rgb(251, 250, 247)"


if os.environ.get("OPCHECK_AXE"):

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(scheme: str, show: Open, found: Readiness) -> None:
        page = show(readiness_page.render(found), color_scheme=scheme, bypass_csp=True).page
        page.add_script_tag(path=os.environ["OPCHECK_AXE"])
        violations = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
        )["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []
