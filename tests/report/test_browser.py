"""The page in a browser without a network: it draws, runs nothing it should not, reflows and prints.

axe-core is not part of the repository. With ``OPCHECK_AXE`` naming its ``axe.min.js`` (``npm pack axe-core``, dev only)
the page is held against its WCAG 2.1 A and AA rules too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fakes
import pytest
from playwright.sync_api import Browser, Page

import opcheck
from opcheck.report import html

A4_TEXT_PX = 680
"""Width of the text on A4 with the page's own margins of 15 mm, at 96 px to the inch."""

Open = Callable[..., "Opened"]


@dataclass
class Opened:
    page: Page
    trouble: list[str] = field(default_factory=list)


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page from a file, offline, and collects everything that should not happen."""
    contexts = []

    def open_page(text: str, **options: Any) -> Opened:
        context = browser.new_context(offline=True, **{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        opened = Opened(page=context.new_page())
        opened.page.on("dialog", lambda dialog: (opened.trouble.append(f"dialog {dialog.message}"), dialog.dismiss()))
        opened.page.on("pageerror", lambda error: opened.trouble.append(f"error {error}"))
        opened.page.on("console", lambda line: opened.trouble.append(f"console {line.type} {line.text}"))
        opened.page.on(
            "request",
            lambda request: (
                None if request.url.startswith(("file:", "data:")) else opened.trouble.append(f"request {request.url}")
            ),
        )
        file = tmp_path / "sida å ä ö.html"
        file.write_text(text, encoding="utf-8", newline="\n")
        opened.page.goto(file.as_uri())
        return opened

    yield open_page
    for context in contexts:
        context.close()


def start_maps(page: Page) -> None:
    for figure in page.query_selector_all("figure[data-map]"):
        figure.scroll_into_view_if_needed()
        figure.wait_for_selector(".leaflet-overlay-pane path", state="attached")


def count(page: Page, selector: str) -> int:
    return len(page.query_selector_all(selector))


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_the_map_draws_all_there_is(show: Open) -> None:
    opened = show(html.render(fakes.one_site()))
    start_maps(opened.page)
    items = opened.page.evaluate(
        "JSON.parse(document.getElementById('opcheck-data').textContent).maps['1'].items.length"
    )
    # one path each, one more for the object that is both a point and a line, and the cover outside the window
    assert count(opened.page, ".leaflet-overlay-pane path") == items + 2
    first = "JSON.parse(document.getElementById('opcheck-data').textContent).maps['1'].views[0].marks.length"
    assert count(opened.page, ".leaflet-marker-pane .mark") == opened.page.evaluate(first)
    # from the overview all numbers are seen
    opened.page.evaluate(
        """() => {
            const map = document.querySelector("figure[data-map]").opcheckMap;
            map.setZoom(map.getMinZoom() + 1, { animate: false });
        }"""
    )
    assert count(opened.page, ".leaflet-marker-pane .mark") == count(opened.page, ".numbered li")
    assert opened.trouble == []


def test_maps_start_one_by_one_as_they_come_into_view(show: Open) -> None:
    opened = show(html.render(fakes.many_sites(4)))
    opened.page.wait_for_timeout(300)
    assert count(opened.page, ".leaflet-container") < 3
    start_maps(opened.page)
    assert count(opened.page, ".leaflet-container") == 3
    assert opened.trouble == []


@pytest.mark.parametrize("payload", fakes.PAYLOADS)
def test_hostile_text_runs_nothing(payload: str, show: Open) -> None:
    opened = show(html.render(fakes.hostile(payload), stamp=payload, by=payload))
    page = opened.page
    start_maps(page)
    popups = page.evaluate(
        """() => {
            let opened = 0;
            document.querySelectorAll("figure[data-map]").forEach((figure) => {
                figure.opcheckMap.eachLayer((layer) => {
                    if (layer.getPopup && layer.getPopup()) { layer.openPopup(); opened += 1; }
                });
            });
            return opened;
        }"""
    )
    assert popups > 15
    for path in page.query_selector_all(".leaflet-interactive")[:5]:
        path.dispatch_event("mouseover")
        path.dispatch_event("click")
    assert page.evaluate("window.__pwned") is None
    assert opened.trouble == []
    assert count(page, "script") == 4 and count(page, "img") == 0


def test_the_policy_stops_what_should_turn_up_all_the_same(show: Open) -> None:
    planted = "<script>window.__pwned = 1</script><img src=x onerror='window.__pwned = 2'></body>"
    opened = show(html.render(fakes.one_site()).replace("</body>", planted))
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("window.__pwned") is None
    assert any("Content Security Policy" in line for line in opened.trouble)


def test_the_keyboard_reaches_the_site_and_its_box(show: Open) -> None:
    opened = show(html.render(fakes.one_site()))
    page = opened.page
    start_maps(page)
    reached = page.query_selector_all(".leaflet-overlay-pane path[tabindex='0']")
    assert [path.get_attribute("aria-label") for path in reached] == ["Modulfabrik Haraudden"]
    assert reached[0].get_attribute("role") == "button"
    assert count(page, ".leaflet-overlay-pane path[aria-hidden='true']") >= 15
    reached[0].focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup")
    assert page.get_attribute(".leaflet-popup-close-button", "aria-label") == "Stäng rutan"
    page.keyboard.press("Escape")
    page.wait_for_selector(".leaflet-popup", state="detached")
    page.keyboard.press("Tab")
    assert opened.trouble == []


def test_the_box_leads_to_the_answer(show: Open) -> None:
    page = show(html.render(fakes.one_site())).page
    start_maps(page)
    page.evaluate(
        """() => document.querySelector("figure[data-map]").opcheckMap.eachLayer((layer) => {
            if (layer.feature && layer.feature.id.startsWith("8-")) { layer.openPopup(); }
        })"""
    )
    link = page.wait_for_selector(".leaflet-popup a[href^='#finding']")
    assert link is not None
    target = str(link.get_attribute("href"))
    assert count(page, f"article{target}") == 1


def test_the_first_tab_skips_to_the_content(show: Open) -> None:
    page = show(html.render(fakes.one_site())).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_legend_switches_layers(show: Open) -> None:
    page = show(html.render(fakes.one_site())).page
    start_maps(page)
    before = count(page, ".leaflet-overlay-pane path")
    last = page.eval_on_selector(".leaflet-overlay-pane g", "one => one.lastChild.getAttribute('fill')")
    page.uncheck(".legend li[data-symbol='hit'] input")
    assert count(page, ".leaflet-overlay-pane path") == before - 2
    page.check(".legend li[data-symbol='hit'] input")
    assert count(page, ".leaflet-overlay-pane path") == before
    # the cover outside the window is on top again
    assert page.eval_on_selector(".leaflet-overlay-pane g", "one => one.lastChild.getAttribute('fill')") == last


def test_one_can_go_back_to_the_drawn_map(show: Open) -> None:
    page = show(html.render(fakes.one_site())).page
    start_maps(page)
    assert not page.is_visible(".drawing")
    page.click(".map-switch")
    assert page.is_visible(".drawing") and not page.is_visible(".map-live")
    page.click(".map-switch")
    assert page.is_visible(".map-live")


def test_without_scripts_the_drawn_map_is_there(show: Open) -> None:
    opened = show(html.render(fakes.one_site()), java_script_enabled=False)
    page = opened.page
    assert page.is_visible(".drawing")
    assert not page.is_visible(".map-live") and not page.is_visible(".map-switch")
    assert page.is_visible("text=Vattenskyddsområde")


def test_a_map_that_cannot_start_leaves_the_drawn_one(show: Open) -> None:
    page = show(html.render(fakes.one_site()).replace("return map_site1;", "return map_site2;")).page
    page.wait_for_timeout(300)
    assert page.is_visible(".drawing")


@pytest.mark.parametrize("name", ["one", "many", "hostile"])
def test_a_narrow_phone_scrolls_one_way_only(name: str, show: Open) -> None:
    made = {
        "one": fakes.one_site,
        "many": lambda: fakes.many_sites(3),
        "hostile": lambda: fakes.hostile(lambda number: "x" * 120 + fakes.PAYLOADS[number % len(fakes.PAYLOADS)]),
    }
    page = show(html.render(made[name]()), viewport={"width": 320, "height": 640}).page
    start_maps(page)
    assert width(page) <= 320


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_print_on_a4_crops_nothing(lang: str, show: Open, tmp_path: Path) -> None:
    opened = show(html.render(fakes.many_sites(3), lang=lang), viewport={"width": A4_TEXT_PX, "height": 1000})
    page = opened.page
    start_maps(page)
    page.emulate_media(media="print")
    assert page.is_visible(".drawing") and not page.is_visible(".map-live")
    assert not page.is_visible("nav") and not page.is_visible(".legend input")
    assert width(page) <= A4_TEXT_PX
    outside = page.evaluate(
        f"""() => [...document.querySelectorAll("body *")].filter((one) => {{
            const box = one.getBoundingClientRect();
            return box.width > 0 && box.right > {A4_TEXT_PX} + 1 && !one.closest("svg, .visually-hidden, .skip");
        }}).map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert outside == []
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every((one) => one.scrollWidth <= one.clientWidth)")
    made = page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    assert made.startswith(b"%PDF") and b"/StructTreeRoot" in made
    assert b"/MediaBox [0 0 594" in made or b"/MediaBox [0 0 595" in made


def pages_of(made: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", made))


def case_file(root: Path, folder: Path) -> Path:
    """Write the example's modular factory as a request for a planbesked, the fullest case that a report has."""
    given = json.loads((root / "examples" / "haraholmen" / "sites.geojson").read_text(encoding="utf-8"))
    (site,) = [one for one in given["features"] if one["properties"]["id"] == "modulfabrik-vast"]
    site["properties"] |= {"case_type": "planbesked", "case_dnr": "SBN 2026-1187", "case_received": "2026-10-31"}
    file = folder / "case.geojson"
    file.write_text(json.dumps(given | {"features": [site]}), encoding="utf-8")
    return file


def test_a_case_prints_on_sixteen_pages_and_sixteen_sites_on_a_hundred_and_thirty(
    show: Open, root: Path, tmp_path: Path
) -> None:
    plan = opcheck.read_plan(root / "layers" / "pitea")
    for file, most in (
        (case_file(root, tmp_path), 16),
        (root / "examples" / "haraholmen" / "sites.geojson", 130),
    ):
        made = opcheck.assess(opcheck.read_sites(file), plan, on="2026-11-22")
        page = show(html.render(made), java_script_enabled=False).page
        printed = pages_of(page.pdf(prefer_css_page_size=True))
        assert most / 2 < printed <= most, file.name


def test_paper_has_less_than_the_screen_and_says_so(show: Open, root: Path) -> None:
    sites = opcheck.read_sites(root / "examples" / "haraholmen" / "sites.geojson")
    made = opcheck.assess(sites, opcheck.read_plan(root / "layers" / "pitea"), on="2026-11-22")
    page = show(html.render(made), java_script_enabled=False, viewport={"width": A4_TEXT_PX, "height": 1000}).page
    # on the screen a site has its own list of what has no layer; on paper it says where the common one stands
    assert page.is_visible(".missing-shared dl >> nth=0") and not page.is_visible(".on-paper >> nth=0")
    page.emulate_media(media="print")
    assert not page.is_visible(".missing-shared dl >> nth=0")
    assert all(one.is_visible() for one in page.query_selector_all(".missing-shared .missing-caption, .on-paper"))
    assert count(page, ".missing-shared .on-paper") == count(page, ".missing-shared") > 10
    assert page.is_visible("#untested .compact >> nth=0")
    # what is folded stays off paper unless somebody opens it
    assert not page.is_visible(".rules-idle")
    page.eval_on_selector(".rules-idle", "one => one.open = true")
    assert page.is_visible(".rules-idle .compact >> nth=0")
    # twelve signs of a hash and no part of the thirteenth
    signs = page.evaluate(
        """() => [...document.querySelectorAll(".hash")].map((one) => {
            const range = document.createRange();
            const edge = one.getBoundingClientRect().right;
            const right = (n) => {
                range.setStart(one.firstChild, n - 1); range.setEnd(one.firstChild, n);
                return range.getBoundingClientRect().right;
            };
            return right(12) <= edge + 0.5 && right(13) > edge + 0.5;
        })"""
    )
    assert len(signs) > 60 and all(signs)


def test_nothing_is_set_too_small_to_read_on_paper(show: Open, root: Path) -> None:
    sites = opcheck.read_sites(root / "examples" / "haraholmen" / "gron-tomt.geojson")
    page = show(html.render(opcheck.assess(sites, opcheck.read_plan("exempel"), on="2026-11-22"))).page
    page.emulate_media(media="print")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("body *")].filter((one) =>
            !one.closest("svg, .lots, .mono, .leaflet-container, .numeral, script, style")
            && one.getClientRects().length
            && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
        ).map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
    )
    assert smallest * 0.75 >= 7  # px to points


def test_dark_pages_keep_light_maps(show: Open) -> None:
    page = show(html.render(fakes.one_site()), color_scheme="dark").page
    start_maps(page)

    def ground(selector: str) -> str:
        return str(page.eval_on_selector(selector, "one => getComputedStyle(one).backgroundColor"))

    assert ground("body") == "rgb(22, 24, 26)"
    assert ground(".map-live") == "rgb(251, 250, 247)"


def test_the_projects_own_example_opens(show: Open, root: Path) -> None:
    sites = opcheck.read_sites(root / "examples" / "haraholmen" / "sites.geojson")
    assessment = opcheck.assess(sites, opcheck.read_plan(root / "layers" / "pitea"), on="2026-11-22")
    opened = show(html.render(assessment))
    start_maps(opened.page)
    assert opened.trouble == []
    assert width(opened.page) <= 1280


if os.environ.get("OPCHECK_AXE"):

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(scheme: str, show: Open) -> None:
        page = show(html.render(fakes.many_sites(3)), color_scheme=scheme, bypass_csp=True).page
        start_maps(page)
        page.add_script_tag(path=os.environ["OPCHECK_AXE"])
        found = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})"
        )
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
