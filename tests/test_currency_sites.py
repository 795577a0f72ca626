"""Whether the plan is current, site by site: in part by area or theme, by the document that governs, on two days."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from drawn import GREEN, WORK, Pack, box, geojson, land_book, rule, run

ALL = box(0, 0, 10_000, 10_000)
WEST, EAST = box(0, 0, 5000, 10_000), box(5000, 0, 10_000, 10_000)
IN_WEST, IN_EAST = box(3000, 5000, 3100, 5100), box(7000, 5000, 7100, 5100)
ACROSS = box(4975, 5000, 5075, 5100)
"""100 m × 100 m: 25 m in the west, 75 m in the east."""

CURRENT = rule("plan.current", theme="land_use", check="covered", themes=["land_use"], of="currency", code="K",
               need="utredning", basis="plan")  # fmt: skip
STATUS = rule("plan.status", theme="land_use", check="covered", themes=["land_use"], of="status", hit="OPEN",
              gate=True, basis="plan")  # fmt: skip
STRATEGY = datetime.date(2024, 6, 18)


def decision(says: str, **keys: Any) -> dict[str, Any]:
    return {"decided": STRATEGY, "says": says, **keys}


def base(folder: Path, *decisions: dict[str, Any], areas: Any = None, **keys: Any) -> Pack:
    """A plan in force since 27 November 2021, with what a strategy of 18 June 2024 says of it."""
    pack = Pack(folder / "paket")
    for name, shape in (areas or {}).items():
        geojson(folder / "paket" / f"{name}.geojson", [(shape, {})])
    told = {"currency": list(decisions)} if decisions else {}
    return pack.document("op", **{"legal_force": "2021-11-27", **told, **keys})


def asked(folder: Path, pack: Pack, site: Any, on: str = "2026-11-22") -> tuple[Any, dict[str, Any]]:
    """The finding, and how it reads."""
    assessment = run(folder, pack, land_book(folder, CURRENT, STATUS), ("a", site), on=on)
    (told,) = [one for one in assessment.to_dict()["sites"][0]["findings"] if one["rule"] == "plan.current"]
    return assessment["a"].finding("plan.current"), told


def case(folder: Path, pack: Pack, site: Any, on: str = "2026-11-22") -> str:
    return asked(folder, pack, site, on)[0].case


# --- in part, by area -------------------------------------------------------------------------------------------------


def in_part(folder: Path) -> Pack:
    east = {"area": {"source": "oster.geojson"}}
    pack = base(folder, decision("aktuell"), decision("inte aktuell", **east), areas={"oster": EAST})
    return pack.zones([(ALL, WORK)], document="op")


@pytest.mark.parametrize(
    ("site", "on", "expected"),
    [
        # Before the strategy the plan is current everywhere, until 24 months after the election of 2022.
        (IN_WEST, "2024-06-17", "current"),
        (IN_EAST, "2024-06-17", "current"),
        (IN_WEST, "2024-06-18", "current"),
        (IN_EAST, "2024-06-18", "lapsed"),
        (ACROSS, "2024-06-18", "lapsed"),
        # The election after the strategy is that of 13 September 2026.
        (IN_WEST, "2028-09-13", "current"),
        (IN_WEST, "2028-09-14", "lapsed"),
    ],
)
def test_where_the_strategy_says_not_current_the_plan_has_lapsed_and_elsewhere_not(
    tmp_path: Path, site: Any, on: str, expected: str
) -> None:
    assert case(tmp_path, in_part(tmp_path), site, on) == expected


def test_a_site_across_the_areas_border_gets_the_worst_and_is_told_how_much(tmp_path: Path) -> None:
    found, told = asked(tmp_path, in_part(tmp_path), ACROSS)
    assert (found.outcome, found.code, found.case) == ("REVIEW", "K", "lapsed")
    # 75 m of 100 m lie in the east.
    assert (found.arguments["part_m2"], found.arguments["part_share"]) == (7500.0, 0.75)
    assert told["message"] == (
        "OP är inte längre aktuell på en del av platsen, 7\u00a0500\u00a0m² (75\u00a0%) sedan 2024-06-18. Planen är "
        "fortfarande vägledande tills den ersätts, men dess tyngd behöver motiveras."
    )


def test_the_headline_says_that_it_is_a_part(tmp_path: Path) -> None:
    assessment = run(tmp_path, in_part(tmp_path), land_book(tmp_path, CURRENT), ("a", ACROSS), ("b", IN_EAST))
    across, east = (site["verdict"]["headline"][0] for site in assessment.to_dict()["sites"])
    assert across.endswith("Planen är inte längre aktuell på en del av platsen (75\u00a0%).")
    assert east.endswith("Planen är inte längre aktuell.")


@pytest.mark.parametrize("beyond_m", [0.0, 0.009])
def test_a_shared_border_or_a_sliver_of_the_area_changes_nothing(tmp_path: Path, beyond_m: float) -> None:
    # 0.009 m × 100 m = 0.9 m².
    site = box(4900, 5000, 5000 + beyond_m, 5100)
    assert case(tmp_path, in_part(tmp_path), site) == "current"


def test_a_decision_for_an_area_alone_leaves_the_rest_unknown_when_its_time_is_out(tmp_path: Path) -> None:
    """The strategy speaks of the east only. What it does not mention is current as long as it would have been without
    it, until 11 September 2024, and unknown after that."""
    pack = base(tmp_path, decision("aktuell", area={"source": "oster.geojson"}), areas={"oster": EAST})
    pack.zones([(ALL, WORK)], document="op")
    told = {(name, on): case(tmp_path, pack, site, on)
            for name, site in (("west", IN_WEST), ("east", IN_EAST), ("across", ACROSS))
            for on in ("2024-09-11", "2024-09-12")}  # fmt: skip
    assert {on: told["west", on] for on in ("2024-09-11", "2024-09-12")} == {
        "2024-09-11": "current", "2024-09-12": "unknown"}  # fmt: skip
    assert told["east", "2024-09-12"] == "current"
    assert told["across", "2024-09-12"] == "unknown"


def test_overlapping_areas_are_heard_together(tmp_path: Path) -> None:
    north, east = {"area": {"source": "norr.geojson"}}, {"area": {"source": "oster.geojson"}}
    pack = base(
        tmp_path, decision("aktuell"), decision("delvis aktuell", **north), decision("inte aktuell", **east),
        areas={"norr": box(0, 5000, 10_000, 10_000), "oster": EAST},
    ).zones([(ALL, WORK)], document="op")  # fmt: skip
    sites = {"sw": box(1000, 1000, 1100, 1100), "nw": box(1000, 8000, 1100, 8100), "se": box(8000, 1000, 8100, 1100),
             "ne": box(8000, 8000, 8100, 8100)}  # fmt: skip
    told = {name: case(tmp_path, pack, site) for name, site in sites.items()}
    assert told == {"sw": "current", "nw": "unknown", "se": "lapsed", "ne": "lapsed"}


# --- late, in part, not at all ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "expected"), [("2024-09-11", "current"), ("2024-09-12", "lapsed")])
def test_without_a_strategy_a_plan_lapses_24_months_after_the_election(tmp_path: Path, on: str, expected: str) -> None:
    pack = base(tmp_path).zones([(ALL, WORK)], document="op")
    assert case(tmp_path, pack, IN_WEST, on) == expected


def test_a_strategy_that_came_too_late_does_not_revive_the_plan(tmp_path: Path) -> None:
    late = {"decided": datetime.date(2024, 9, 12), "says": "aktuell"}
    pack = base(tmp_path, late).zones([(ALL, WORK)], document="op")
    assert case(tmp_path, pack, IN_WEST) == "lapsed"


def test_partly_current_without_saying_where_is_unknown(tmp_path: Path) -> None:
    pack = base(tmp_path, decision("delvis aktuell")).zones([(ALL, WORK)], document="op")
    found, _ = asked(tmp_path, pack, IN_WEST)
    assert (found.outcome, found.case, found.open_reason) == ("OPEN", "unknown", "not_map_based")


def test_what_lapsing_means_for_a_detaljplan_is_said(tmp_path: Path) -> None:
    _, told = asked(tmp_path, in_part(tmp_path), IN_EAST)
    assert "utökat förfarande (5 kap. 7 §" in told["next_step"]


# --- by theme ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("site", "expected"), [(IN_WEST, "current"), (IN_EAST, "lapsed")])
def test_a_theme_that_is_not_current_matters_where_the_site_meets_it(tmp_path: Path, site: Any, expected: str) -> None:
    pack = base(tmp_path, decision("aktuell"), decision("inte aktuell", themes=["lis_area"]))
    pack.zones([(ALL, WORK)], document="op").layer("lis", "lis_area", [EAST], document="op")
    found, told = asked(tmp_path, pack, site)
    assert found.case == expected
    if expected == "lapsed":
        assert told["message"].startswith("OP är inte längre aktuell i fråga om ")
        assert found.arguments["about"] == ("lis_area",)


def test_another_documents_layer_of_the_theme_says_nothing(tmp_path: Path) -> None:
    pack = base(tmp_path, decision("aktuell"), decision("inte aktuell", themes=["lis_area"]))
    pack.document("lis", "tillägg", themes=["lis_area"], base="op", legal_force="2023-05-01")
    pack.zones([(ALL, WORK)], document="op").layer("lis", "lis_area", [EAST], document="lis")
    assert case(tmp_path, pack, IN_EAST) == "current"


def test_land_use_as_a_theme_is_the_land_itself(tmp_path: Path) -> None:
    pack = base(tmp_path, decision("aktuell"), decision("inte aktuell", themes=["land_use"]))
    assert case(tmp_path, pack.zones([(ALL, WORK)], document="op"), IN_WEST) == "lapsed"


# --- by document ------------------------------------------------------------------------------------------------------


def amended(folder: Path, *decisions: dict[str, Any], **fop: Any) -> Pack:
    """A plan with a strategy, and an amendment of the east with decisions of its own."""
    pack = base(folder, decision("aktuell"))
    told = {"currency": list(decisions)} if decisions else {}
    pack.document("fop", "fördjupning", area=EAST, base="op", **{"legal_force": "2022-05-01", **told, **fop})
    return pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(EAST, GREEN)], layer_id="z2", document="fop")


@pytest.mark.parametrize(
    ("site", "on", "expected", "named"),
    [
        (IN_WEST, "2026-11-22", "current", "OP"),
        # In force since 1 May 2022 and no strategy of its own: until 24 months after the election of 2022.
        (IN_EAST, "2024-09-11", "current", "FOP"),
        (IN_EAST, "2024-09-12", "lapsed", "FOP"),
        (ACROSS, "2024-09-12", "lapsed", "FOP"),
    ],
)
def test_the_document_that_governs_the_land_is_asked(
    tmp_path: Path, site: Any, on: str, expected: str, named: str
) -> None:
    found, told = asked(tmp_path, amended(tmp_path), site, on)
    assert (found.case, found.arguments["document"]) == (expected, named)
    assert told["message"].startswith(f"{named} är ")


def test_two_documents_that_are_both_current_are_both_named(tmp_path: Path) -> None:
    _, told = asked(tmp_path, amended(tmp_path, decision("aktuell")), ACROSS)
    assert (
        told["message"] == "FOP och OP är aktuella till och med 2028-09-13, om fullmäktige inte beslutar något annat."
    )


def test_an_amendment_may_be_current_where_the_base_plan_is_not(tmp_path: Path) -> None:
    pack = base(tmp_path, decision("inte aktuell"))
    pack.document("fop", "fördjupning", area=EAST, base="op", legal_force="2023-05-01", currency=[decision("aktuell")])
    pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(EAST, GREEN)], layer_id="z2", document="fop")
    assert [case(tmp_path, pack, site) for site in (IN_WEST, IN_EAST, ACROSS)] == ["lapsed", "current", "lapsed"]


def test_where_it_is_not_settled_which_plan_governs_its_currency_is_unknown(tmp_path: Path) -> None:
    pack = amended(tmp_path, decision("aktuell"), legal_force="2015-05-01")
    found, told = asked(tmp_path, pack, IN_EAST)
    assert (found.outcome, found.case) == ("OPEN", "unknown")
    assert "det är inte klarlagt vilken plan som gäller där (FOP)" in told["message"]


def test_a_pending_amendment_changes_nothing(tmp_path: Path) -> None:
    assert case(tmp_path, amended(tmp_path, status="samråd"), IN_EAST) == "current"


def test_without_any_plan_in_force_currency_is_unknown_and_the_plan_is_named(tmp_path: Path) -> None:
    pack = base(tmp_path, status="samråd").zones([(ALL, WORK)], document="op")
    found, told = asked(tmp_path, pack, IN_WEST)
    assert (found.case, found.arguments["document"]) == ("unknown", "OP")
    assert "okänt" not in told["message"]


def test_status_and_currency_are_not_told_of_a_place_outside_the_municipality(tmp_path: Path) -> None:
    pack = base(tmp_path, decision("aktuell")).zones([(ALL, WORK)], document="op")
    answer = run(tmp_path, pack, land_book(tmp_path, CURRENT, STATUS), ("a", box(11_000, 0, 11_100, 100)))["a"]
    assert answer.finding("plan.current").case == "unknown"
    assert answer.finding("plan.status").case == "unknown"
    assert answer.verdict.outcome == "OPEN"


def test_currency_never_changes_the_code_of_the_use(tmp_path: Path) -> None:
    answers = run(tmp_path, in_part(tmp_path), land_book(tmp_path, CURRENT), ("a", IN_WEST), ("b", IN_EAST))
    assert [one.plan for one in answers] == ["F1", "F1"]


# --- land of which no plan has been read ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"),
    [("Österby kommun", "översiktsplanen i Österby kommun"), (None, "översiktsplanen utanför Ritade kommun")],
)
def test_of_land_whose_plan_nobody_has_read_nothing_is_known(tmp_path: Path, name: str | None, why: str) -> None:
    """The own plan is current, and 60 m of the site's 100 m lie beyond its border."""
    pack = base(tmp_path, decision("aktuell")).zones([(ALL, WORK)], document="op")
    if name is not None:
        geojson(pack.folder / "granne.geojson", [(box(10_000, 0, 20_000, 10_000), {})])
        pack.add("neighbour", name=name, area={"source": "granne.geojson"})
    finding, told = asked(tmp_path, pack, box(9960, 5000, 10_060, 5100))
    assert (finding.outcome, finding.case) == ("OPEN", "unknown")
    assert told["message"].replace("\u00a0", " ") == (
        f"Planens aktualitet är inte känd på en del av platsen, 6 000 m² (60 %): {why} är inte läst."
    )
    assert case(tmp_path, pack, IN_EAST) == "current"


def test_what_an_answer_rests_on_differs_when_the_answer_does(tmp_path: Path) -> None:
    """An overlay is applied again only to equal evidence; a strategy or a date is no relation between shapes."""
    packs = {
        "current": base(tmp_path / "1", decision("aktuell")),
        "lapsed": base(tmp_path / "2", decision("inte aktuell")),
        "unknown": base(tmp_path / "3", legal_force="2011-11-27"),
    }
    found = {}
    for number, (expected, pack) in enumerate(packs.items(), 1):
        finding = asked(tmp_path / str(number), pack.zones([(ALL, WORK)], document="op"), IN_EAST)[0]
        assert finding.case == expected
        found[expected] = finding.evidence
    assert len(set(found.values())) == 3
