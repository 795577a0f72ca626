"""The section on a site's case, the table of last days, and the sheet for a meeting, which prints on one A4 page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fakes
import pytest
from playwright.sync_api import Browser, Page

from opcheck.report import html
from opcheck.report.case import APPLICANT_MOST, PARTY_LINES, TOPIC_MOST, _cut, _shared, _within
from opcheck.texts import load

SV = load("sv")
TEXT_MM = 297 - 11 - 13
"""Height of the text on A4 with the page's own margins, in the style sheet."""

A4_TEXT_PX = 680
MM_PX = 96 / 25.4


def question(
    number: int, kind: str = "meeting", text: str = "Farligt gods: vilken utredning behövs?"
) -> dict[str, Any]:
    outcome = "REVIEW" if kind == "meeting" else "OPEN"
    return {"rule": f"r.{number}", "topic": f"ämne {number}", "text": text, "kind": kind, "outcome": outcome}


def seat(title: str, *questions: dict[str, Any], at_table: bool = True) -> dict[str, Any]:
    return {"unit": "plan", "title": title, "at_table": at_table, "questions": list(questions)}


def lots(**changed: Any) -> dict[str, Any]:
    return {
        "units": [
            seat("Planenheten", question(1), question(2, "applicant"), question(3, "data")),
            seat("Vatten och avlopp", question(4, "data"), at_table=False),
        ],
        "consult": [{"name": "Länsstyrelsen", "questions": [question(1)]}],
        "applicant": [{"attribute": "height_m", "question": "Hur hög blir byggnaden?"}],
    } | changed


def procedure(**changed: Any) -> dict[str, Any]:
    law = {"act": "SFS 2010:900", "act_title": "plan- och bygglagen", "section": "5 kap. 4 §", "read": "2026-11-22"}
    return {
        "type": "planbesked", "title": "Planbesked", "law": [law | {"checked": True}], "received": "2026-10-31",
        "due": {"date": "2027-02-28", "rule": "Inom fyra månader.", "citation": law | {"checked": True},
                "passed": False},
        "missing": [{"key": "height", "attributes": ["height_m"], "text": "Byggnadens höjd saknas."}],
        "documents": [{"rule": "risk.dangerous_goods", "title": "Farligt gods", "need": "utredning",
                       "need_title": "utredning", "text": "Ta fram en riskutredning.", "unit": "Räddningstjänst",
                       "consult": ["Länsstyrelsen"]}],
        "groups": [{"ground": 5, "title": "Hälsa och säkerhet", "findings": ["risk.dangerous_goods"]},
                   {"ground": None, "title": "Utanför grunderna", "findings": ["plan.current", "service.power"]}],
        "structure": [
            {"number": 1, "key": "case", "title": "Ärendet", "text": "Skrivs av handläggaren.", "findings": []},
            {"number": 2, "key": "plans", "title": "Gällande planer", "text": None,
             "findings": ["plan.land_use", "plan.current", "interest.reindeer"]},
        ],
        "notes": ["Dagen är en söndag."],
    } | changed  # fmt: skip


def page_of(**members: Any) -> str:
    made = fakes.one_site()
    made.data["sites"][0].update({"plot": None} | members)
    return html.render(made)


def section(page: str, name: str) -> str:
    (found,) = re.findall(rf'<section class="{name}[" ].*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_a_record_without_a_case_has_no_section_on_one() -> None:
    page = page_of(procedure=None, lots=lots())
    assert 'class="case"' not in page and 'class="case-line"' not in page
    assert SV.ui("cases_title") not in page


def test_the_case_tells_the_last_day_and_why() -> None:
    told = section(page_of(procedure=procedure(), lots=lots()), "case")
    for words in ("Ärendet: Planbesked", "2027-02-28", "2026-10-31", "Inom fyra månader.", "Dagen är en söndag.",
                  "5 kap. 4 § plan- och bygglagen (SFS 2010:900)", "Byggnadens höjd saknas.",
                  "Ta fram en riskutredning. Räddningstjänst, Länsstyrelsen"):  # fmt: skip
        assert words in told


def test_the_case_groups_by_ground_and_by_heading() -> None:
    told = section(page_of(procedure=procedure(), lots=lots()), "case")
    assert "5. Hälsa och säkerhet Behöver bedömas Transportled för farligt gods" in told
    assert "Utanför grunderna Inte prövat Är översiktsplanen aktuell?; Elförsörjning" in told
    assert "1. Ärendet Skrivs av handläggaren." in told
    # the land use is REVIEW, the currency OPEN, and of the third there is only that it has nothing against
    assert (
        "2. Gällande planer Behöver bedömas Användning enligt översiktsplanen "
        "Inte prövat Är översiktsplanen aktuell? 1 fråga utan fynd emot" in told
    )


def test_what_was_not_tested_is_counted_in_the_case_and_named_where_it_stands() -> None:
    made = fakes.one_site()
    site = made.data["sites"][0]
    site.update(plot=None, procedure=procedure(), lots=None)
    opened = [one for one in site["findings"] if one["outcome"] == "OPEN"]
    rules = [f"made.{number}" for number in range(4)]
    site["findings"] += [opened[0] | {"rule": rule, "title": f"Fråga {rule}"} for rule in rules]
    for part in ("groups", "structure"):
        site["procedure"][part] = [site["procedure"][part][0] | {"findings": [*rules, "risk.dangerous_goods"]}]
    page = html.render(made)
    told = section(page, "case")
    assert told.count("Behöver bedömas Transportled för farligt gods Inte prövat 4 frågor, namngivna under") == 2
    named = "; ".join(f"Fråga {rule}" for rule in rules)
    folded = re.findall(r'<details class="small more"><summary>Vilka</summary>(.*?)</details>', page)
    assert folded == [named, named]
    # and each of them has its own place among what was not tested
    untested = page[page.index('class="group untested"') : page.index('class="case"')]
    assert all(untested.count(f"Fråga {rule}") == 1 for rule in rules)


def test_the_last_day_stands_first_in_the_section_and_in_the_summary() -> None:
    page = page_of(procedure=procedure(), lots=lots())
    assert '<p class="case-line"><strong>Sista dag för svar:</strong> 2027-02-28.' in page
    summary = page[page.index(SV.ui("cases_title")) :]
    assert re.search(r"Planbesked</td><td>[^<]*</td><td class=\"date\">2026-10-31</td><td>2027-02-28</td>", summary)


def test_a_day_that_has_passed_says_so() -> None:
    due = procedure()["due"] | {"date": "2026-06-28", "passed": True}
    assert "2026-06-28 (har passerat)" in section(page_of(procedure=procedure(due=due), lots=lots()), "case")


def test_a_case_without_a_day_says_that_none_is_counted() -> None:
    told = procedure(type=None, title=None, due=None, received=None, groups=None, structure=None, missing=[], law=[])
    page = page_of(procedure=told, lots=lots())
    assert "ingen dag är räknad" in section(page, "case") and 'class="case-line"' not in page
    assert SV.ui("case_groups") not in page and SV.ui("case_structure") not in page
    assert SV.ui("case_missing") not in page


def test_a_request_that_lacks_nothing_says_so() -> None:
    assert SV.ui("case_missing_none") in section(page_of(procedure=procedure(missing=[]), lots=lots()), "case")


def test_cases_stand_in_the_order_of_their_last_days() -> None:
    made = fakes.many_sites(3)
    for site, day in zip(made.data["sites"], ("2027-02-01", None, "2027-01-31"), strict=True):
        due = None if day is None else procedure()["due"] | {"date": day}
        site.update(plot=None, procedure=procedure(due=due), lots=lots())
    page = html.render(made)
    table = page[page.index(SV.ui("cases_title")) :].split("</table>")[0]
    assert re.findall(r"<td>(2027-\d\d-\d\d|ingen dag är räknad)</td></tr>", table) == [
        "2027-01-31", "2027-02-01", "ingen dag är räknad",
    ]  # fmt: skip


# --- the sheet for a meeting ------------------------------------------------------------------------------------------


def test_the_sheet_names_who_sits_there_who_is_heard_and_what_is_asked() -> None:
    told = section(page_of(procedure=None, lots=lots()), "lots")
    table, rest = told.split("Utanför kommunen: hör eller bjud in")
    assert "Planenheten Farligt gods: vilken utredning behövs? Väntar på sökandens svar: ämne 2." in table
    assert "Vatten och avlopp" not in table
    heard, rest = rest.split("Fråga sökanden")
    assert "Länsstyrelsen ämne 1" in heard
    asked, waiting = rest.split("Hämtas före mötet: underlag saknas")
    assert "Hur hög blir byggnaden?" in asked
    assert "Planenheten ämne 3" in waiting and "Vatten och avlopp ämne 4" in waiting


def test_an_empty_sheet_says_that_there_is_nothing_rather_than_nothing() -> None:
    told = section(page_of(procedure=None, lots=lots(units=[], consult=[], applicant=[])), "lots")
    for key in ("lots_seats_none", "lots_parties_none", "lots_applicant_none"):
        assert SV.ui(key) in told


def test_what_does_not_fit_is_counted() -> None:
    many = lots(
        units=[seat("Planenheten", *(question(number) for number in range(60)))],
        consult=[{"name": f"Part {number}", "questions": [question(1)]} for number in range(PARTY_LINES + 3)],
        applicant=[{"attribute": f"a{number}", "question": "Vad?"} for number in range(APPLICANT_MOST + 2)],
    )
    page = page_of(procedure=None, lots=many)
    told = section(page, "lots")
    shown = told.count("Farligt gods: vilken utredning behövs?")
    assert 10 < shown < 60
    assert f"och {60 - shown} frågor till: se Svar att hantera, och Inte prövat och varför" in told
    assert SV.ui("answers_title") == "Svar att hantera" and SV.ui("untested_title") == "Inte prövat och varför"
    assert "och 3 parter till; de står vid frågorna i rapporten" in told
    assert "och 2 uppgifter till; de står i rapporten, under Inte prövat och varför" in told


@pytest.mark.parametrize(
    ("text", "most", "told"),
    [
        ("riksintresse totalförsvar", 25, "riksintresse totalförsvar"),  # 12 + 1 + 12 = 25
        ("riksintresse totalförsvar", 24, "riksintresse…"),
        ("buller, lukt och ljus", 9, "buller…"),
        ("ab cd ef", 6, "ab cd…"),  # the word ends where the room does
        ("Totalförsvarsverksamheten", 6, "Total…"),  # a word of its own that no line holds
    ],
)
def test_no_word_is_cut_in_two(text: str, most: int, told: str) -> None:
    assert _cut(text, most) == told and len(told) <= most


def test_every_topic_of_the_rules_stands_whole_on_the_sheet() -> None:
    assert [text for key in SV.keys("topic") if (text := SV.get("topic", key)) != _cut(text, TOPIC_MOST)] == []


def test_who_only_waits_for_data_is_explained() -> None:
    told = section(page_of(procedure=None, lots=lots()), "lots")
    assert SV.ui("lots_waiting_note") in told


def test_a_ground_without_questions_says_why() -> None:
    groups = [{"ground": 2, "title": "Samordning", "findings": [], "text": "Inte prövat av programmet."}]
    assert "2. Samordning Inte prövat av programmet." in section(
        page_of(procedure=procedure(groups=groups), lots=lots()), "case"
    )


def test_a_ground_tells_what_was_tested_beside_what_was_not() -> None:
    groups = [{"ground": 5, "title": "Hälsa", "findings": ["risk.dangerous_goods"], "clear": 3, "text": None}]
    told = section(page_of(procedure=procedure(groups=groups), lots=lots()), "case")
    assert "5. Hälsa Behöver bedömas Transportled för farligt gods 3 frågor utan fynd emot" in told


def test_a_day_on_a_condition_is_marked() -> None:
    due = procedure()["due"] | {"date": "2026-02-08", "passed": True, "conditional": True}
    page = page_of(procedure=procedure(due=due), lots=lots())
    assert "2026-02-08 (om äldre regler gäller; har passerat)" in section(page, "case")
    assert "2026-02-08 (om äldre regler gäller; har passerat)" in section(page, "lots")


def test_a_case_without_a_statutory_day_says_so() -> None:
    told = procedure(type="lots", due=None, due_none="ingen dag är satt i det som är läst", groups=None)
    assert "ingen dag är satt i det som är läst" in section(page_of(procedure=told, lots=lots()), "case")


@pytest.mark.parametrize(
    ("wanted", "lines", "given"),
    [
        ([[1, 1, 1], [1]], 10, [3, 1]),
        ([[1] * 9, [1], [1] * 9], 7, [3, 1, 3]),
        ([[1] * 5] * 3, 2, [1, 1, 1]),  # each keeps its first though the lines are too few
        ([[2, 2], [1, 1, 1]], 4, [1, 2]),  # 2 + 1, and of the one line left no room for 2
        ([], 4, []),
        ([[], [1] * 6], 4, [0, 4]),
    ],
)
def test_units_share_the_lines(wanted: list[list[int]], lines: int, given: list[int]) -> None:
    assert _shared(wanted, lines) == given


def test_as_many_as_fit_are_shown() -> None:
    assert _within([1, 2, 1], 3) == 2 and _within([1, 2, 1], 4) == 3 and _within([3], 2) == 0


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    contexts = []

    def open_page(text: str, width: int = A4_TEXT_PX) -> Page:
        context = browser.new_context(offline=True, viewport={"width": width, "height": 1000})
        contexts.append(context)
        file = tmp_path / "sida å ä ö.html"
        file.write_text(text, encoding="utf-8", newline="\n")
        page = context.new_page()
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


LONG = "Ett mycket långt namn på en enhet eller en fråga som någon annan har skrivit, ord efter ord efter ord " * 3


def fullest() -> dict[str, Any]:
    """Ten units, each with more questions than anybody has, every text longer than it may be."""
    asked = [question(number, text=LONG) | {"topic": LONG} for number in range(20)]
    waits = [question(number, kind, LONG) | {"topic": f"{number} {LONG}"}
             for kind in ("applicant", "data") for number in range(20)]  # fmt: skip
    return lots(
        units=[seat(LONG, *asked, *waits) for _ in range(10)],
        consult=[
            {
                "name": f"{number} {LONG}",
                "questions": [one | {"topic": f"{place} {LONG}"} for place, one in enumerate(asked)],
            }
            for number in range(20)
        ],
        applicant=[{"attribute": str(number), "question": LONG} for number in range(20)],
    )


def alone(page: Page, selector: str) -> None:
    """Hide all but one element of the page."""
    page.evaluate(
        """(selector) => {
            for (let one = document.querySelector(selector); one !== document.body; one = one.parentElement) {
                for (const other of one.parentElement.children) {
                    if (other !== one) { other.style.display = "none"; }
                }
            }
        }""",
        selector,
    )


@pytest.mark.parametrize("full", [False, True])
def test_the_sheet_prints_on_one_page(full: bool, opened: Any) -> None:
    page = opened(page_of(procedure=procedure(), lots=fullest() if full else lots()))
    page.emulate_media(media="print")
    height = page.eval_on_selector(".lots", "one => one.getBoundingClientRect().height") / MM_PX
    assert height <= TEXT_MM
    alone(page, ".lots")
    made = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1


def test_the_sheet_begins_a_page_of_its_own(opened: Any) -> None:
    page = opened(page_of(procedure=procedure(), lots=lots()))
    page.emulate_media(media="print")
    style = page.eval_on_selector(
        ".lots", "one => [getComputedStyle(one).breakBefore, getComputedStyle(one).breakAfter]"
    )
    assert style == ["page", "page"]


@pytest.mark.parametrize("full", [False, True])
def test_a_narrow_phone_scrolls_one_way_only(full: bool, opened: Any) -> None:
    page = opened(page_of(procedure=procedure(), lots=fullest() if full else lots()), width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    # the sheet's tables fit too: it is read in a meeting, and not scrolled sideways
    assert page.evaluate(
        "[...document.querySelectorAll('.lots .scroll')].every((one) => one.scrollWidth <= one.clientWidth)"
    )


def test_hostile_names_run_nothing(opened: Any) -> None:
    asked = [question(number, text=payload) | {"topic": payload} for number, payload in enumerate(fakes.PAYLOADS)]
    page = opened(
        page_of(
            procedure=procedure(notes=list(fakes.PAYLOADS), title=fakes.PAYLOADS[0]),
            lots=lots(
                units=[seat(payload, *asked) for payload in fakes.PAYLOADS],
                consult=[{"name": payload, "questions": asked} for payload in fakes.PAYLOADS],
                applicant=[{"attribute": "a", "question": payload} for payload in fakes.PAYLOADS],
            ),
        )
    )
    assert page.evaluate("window.__pwned") is None
    assert page.query_selector_all("img") == []
    assert fakes.PAYLOADS[0] in str(page.inner_text(".lots"))
