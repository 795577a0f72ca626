"""What may be in force, and what nobody vouches for: neither may turn into a clear answer.

Each case once gave PASS. Coordinates are metres from the south-west corner of a municipality of ten by ten kilometres.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawn import GREEN, WORK, Pack, book, box, land_book, line, read_sites, rule, run, saying

import opcheck
from opcheck.findings import Finding

SITE = box(5000, 5000, 5100, 5100)
ALL, EAST = box(0, 0, 10_000, 10_000), box(4000, 0, 10_000, 10_000)
ON = "2026-11-22"


def land(folder: Path, pack: Pack, site: Any = SITE, on: str = ON) -> tuple[str, str | None, str]:
    return saying(run(folder, pack, land_book(folder), ("a", site, {}), on=on)["a"].finding("t.land"))


def base(folder: Path, **keys: Any) -> Pack:
    return Pack(folder / "paket").document("op", **{"legal_force": "2020-05-01", **keys})


def ask(folder: Path, pack: Pack, site: Any, **keys: Any) -> Finding:
    return run(folder, pack, book(folder, rule(**{"check": "avoid", **keys})), ("a", site, {}), on=ON)["a"].finding(
        "t.rule"
    )


# --- plans that may be in force ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["fördjupning", "översiktsplan"])
def test_a_plan_that_may_be_in_force_leaves_its_land_open(tmp_path: Path, kind: str) -> None:
    """Legal force some day in 2026: on 22 November it may be in force or not, so the older plan cannot say yes."""
    pack = base(tmp_path).document("ny", kind, legal_force="2026", **({"area": EAST} if kind == "fördjupning" else {}))
    pack.zones([(ALL, WORK)], layer_id="op-zoner", document="op").zones(
        [(EAST, GREEN)], layer_id="ny-zoner", document="ny"
    )
    assert land(tmp_path, pack)[:2] == ("OPEN", "U0")


def test_two_amendments_of_unknown_order_leave_what_they_share_open(tmp_path: Path) -> None:
    """Both in 2020. Their ids must not decide which is the newer; where only one of them lies it governs."""
    for first, second in (("a", "b"), ("b", "a")):
        folder = tmp_path / first
        pack = base(folder, legal_force="2019-01-01")
        pack.document(first, "fördjupning", area=EAST, legal_force="2020")
        pack.document(second, "fördjupning", area=box(4000, 4000, 10_000, 10_000), legal_force="2020")
        pack.zones([(ALL, WORK)], layer_id="op-zoner", document="op")
        pack.zones([(EAST, GREEN)], layer_id="z1", document=first).zones([(EAST, WORK)], layer_id="z2", document=second)
        assert land(folder, pack)[:2] == ("OPEN", "U0")
        assert land(folder, pack, box(5000, 1000, 5100, 1100))[:2] == ("REVIEW", "F4")


def test_two_base_plans_of_unknown_order_leave_the_land_open(tmp_path: Path) -> None:
    pack = base(tmp_path, legal_force="2020").document("op2", legal_force="2020")
    pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(ALL, WORK)], layer_id="z2", document="op2")
    assert land(tmp_path, pack)[:2] == ("OPEN", "U0")


def test_a_base_plan_governs_its_own_area_only(tmp_path: Path) -> None:
    pack = base(tmp_path, area=box(0, 0, 1000, 1000)).zones([(ALL, WORK)], document="op")
    assert land(tmp_path, pack, box(100, 100, 200, 200)) == ("PASS", "F1", "f1")
    assert land(tmp_path, pack) == ("OPEN", "U0", "u0.no_zone")


def test_adoption_alone_gives_no_force(tmp_path: Path) -> None:
    """PBL 3:21. The day of legal force is not stated: the rest of the year of adoption is unknown."""
    pack = Pack(tmp_path / "paket").document("op", adopted="2023-01-30").zones([(ALL, WORK)], document="op")
    assert land(tmp_path, pack, on="2023-02-10")[:2] == ("OPEN", "U0")
    assert land(tmp_path, pack, on="2024-01-01") == ("PASS", "F1", "f1")


@pytest.mark.parametrize(
    ("objects", "expected"),
    [([box(0, 0, 100, 100)], ("OPEN", "open.no_coverage")), ([EAST], ("REVIEW", "hit"))],
)
def test_a_layer_that_may_be_in_force_is_met_but_vouches_for_nothing(
    tmp_path: Path, objects: list[Any], expected: tuple[str, str]
) -> None:
    pack = base(tmp_path).document("lis", "tillägg", themes=["natura_2000"], legal_force="2026")
    pack.layer("n1", "natura_2000", [box(0, 0, 50, 50)]).layer("n2", "natura_2000", objects, document="lis")
    found = ask(tmp_path, pack, SITE, theme="natura_2000")
    assert (found.outcome, found.case) == expected


def test_a_sliver_of_an_amendment_does_not_decide(tmp_path: Path) -> None:
    """Drawn 3 mm into the site: 0.003 m × 100 m = 0.3 m²."""
    pack = base(tmp_path).document(
        "fop", "fördjupning", area=box(5099.997, 0, 10_000, 10_000), legal_force="2023-05-01"
    )
    pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(EAST, GREEN)], layer_id="z2", document="fop")
    assert land(tmp_path, pack) == ("PASS", "F1", "f1")


# --- what nobody vouches for ------------------------------------------------------------------------------------------


def test_one_layers_coverage_does_not_vouch_for_another(tmp_path: Path) -> None:
    far = [box(0, 0, 100, 100)]
    pack = base(tmp_path).layer("n1", "natura_2000", far).layer("n2", "natura_2000", far, coverage=None)
    assert ask(tmp_path, pack, SITE, theme="natura_2000").case == "open.no_coverage"


def test_small_overlaps_count_together(tmp_path: Path) -> None:
    """Fifty strips of 2 m, each 0.45 m into the site: 0.9 m² each and 45 m² on their union."""
    strips = [box(4900, 5000 + 2 * n, 5000.45, 5002 + 2 * n) for n in range(50)]
    found = ask(tmp_path, base(tmp_path).layer("n", "natura_2000", strips), SITE, theme="natura_2000")
    assert (found.outcome, found.measures["area_m2"]) == ("REVIEW", 45.0)


def test_the_same_small_overlap_many_times_is_still_a_sliver(tmp_path: Path) -> None:
    """Fifty copies of one strip of 0.9 m²: their union is 0.9 m²."""
    strips = [(box(4900, 5000, 5000.45, 5002), {"name": f"remsa {n}"}) for n in range(50)]
    found = ask(tmp_path, base(tmp_path).layer("n", "natura_2000", strips), SITE, theme="natura_2000")
    assert (found.outcome, found.case) == ("PASS", "contact")


@pytest.mark.parametrize(
    ("site", "objects"),
    [
        (box(5000, 5000, 5000.05, 5000.08), [EAST]),  # 0.004 m² inside
        (SITE, [box(5050, 5050, 5050.06, 5050.06)]),  # 0.0036 m² inside the site
        (SITE, [line((5050, 5050), (5050.0004, 5050))]),  # 0.4 mm
    ],
)
def test_what_lies_wholly_inside_is_met_however_small(tmp_path: Path, site: Any, objects: list[Any]) -> None:
    found = ask(tmp_path, base(tmp_path).layer("n", "natura_2000", objects), site, theme="natura_2000")
    assert (found.outcome, found.case) == ("REVIEW", "hit")


def test_a_distance_without_a_threshold_holds_as_far_as_the_data_does(tmp_path: Path) -> None:
    """The port lies 4 950 m away, the nearest edge of what is known 4 900 m; from the other site 100 m and 150 m."""
    pack = base(tmp_path).layer("hamn", "port", [box(0, 5000, 50, 5100)])
    keys = {"theme": "port", "check": "at_most", "basis": "criterion"}
    assert ask(tmp_path, pack, SITE, **keys).case == "at_most"
    assert ask(tmp_path, pack, box(150, 5000, 250, 5100), **keys).case == "no_threshold"


def test_a_reservation_that_cannot_be_used_counts_as_one(tmp_path: Path) -> None:
    """A line among the county's reservations through the site: set aside, and so is the plan's plain support."""
    pack = base(tmp_path).zones([(ALL, WORK)], document="op")
    pack.layer("anm", "county_reservation", [line((4000, 5050), (6000, 5050))])
    assert land(tmp_path, pack) == ("REVIEW", "F2", "f2.reserved")


# --- amendments whose order nobody knows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"area": None}, {"area": None}),
        ({"area": None}, {"area": EAST}),
        ({"area": EAST}, {"area": None}),
        ({"area": None, "legal_force": "2024"}, {"area": EAST}),
    ],
)
@pytest.mark.parametrize("swap", [False, True])
def test_an_amendment_of_the_whole_municipality_is_contested_like_any_other(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], swap: bool
) -> None:
    """Two tillägg on the use of land, neither provably the newer: which of them governs the site nobody can say."""
    pack = base(tmp_path)
    names = ("b", "a") if swap else ("a", "b")
    for name, keys, zone in zip(names, (first, second), (GREEN, WORK), strict=True):
        keys = {"legal_force": "2024-05-01", "themes": ["land_use"], "base": "op", **keys}
        pack.document(name, "tillägg", **keys).zones([(ALL, zone)], layer_id=f"z-{name}", document=name)
    pack.zones([(ALL, WORK)], layer_id="z-op", document="op")
    assert land(tmp_path, pack) == ("OPEN", "U0", "u0.precedence")


@pytest.mark.parametrize("other", [{"legal_force": "2016"}, {"status": "okänd"}], ids=["some day in 2016", "unknown"])
def test_an_amendment_newer_than_one_base_plan_may_be_older_than_another(tmp_path: Path, other: dict[str, Any]) -> None:
    """In force on 1 September 2016, and so newer than the plan of May; the other base plan may have come after it."""
    pack = base(tmp_path, legal_force="2016-05-01").document("annan", **other)
    pack.document("fop", "fördjupning", area=EAST, legal_force="2016-09-01", base="op")
    pack.zones([(ALL, GREEN)], layer_id="z1", document="op").zones([(ALL, GREEN)], layer_id="z2", document="annan")
    pack.zones([(ALL, WORK)], layer_id="z3", document="fop")
    assert land(tmp_path, pack) == ("OPEN", "U0", "u0.precedence")


# --- what is said of plans that are not known to govern ---------------------------------------------------------------


def told(folder: Path, pack: Pack, site: Any = SITE, on: str = ON) -> dict[str, Any]:
    sites = opcheck.assess(read_sites(folder, ("a", site)), pack.read(), rules=land_book(folder), on=on)
    return sites.to_dict()["sites"][0]


def test_a_plan_alone_of_unknown_status_is_not_called_several(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", name="ÖP 2050", status="okänd").zones([(ALL, WORK)], document="op")
    (finding,) = told(tmp_path, pack)["findings"]
    assert (finding["outcome"], finding["code"], finding["case"]) == ("OPEN", "U0", "u0.force")
    assert finding["open_reason"] == "not_map_based"
    assert finding["message"] == (
        "ÖP 2050 anger Verksamheter och industri, men det är inte känt om planen har laga kraft den dag som prövas. "
        "Användningen är därför inte prövad."
    )


@pytest.mark.parametrize("kind", ["fördjupning", "översiktsplan"])
def test_where_another_plan_may_govern_both_are_named(tmp_path: Path, kind: str) -> None:
    pack = base(tmp_path, name="ÖP 2020").document(
        "ny", kind, name="Nya planen", legal_force="2026", **({"area": EAST} if kind == "fördjupning" else {})
    )
    pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(EAST, GREEN)], layer_id="z2", document="ny")
    (finding,) = told(tmp_path, pack)["findings"]
    assert finding["case"] == "u0.precedence"
    if kind == "fördjupning":
        assert "vilken som går före: Nya planen och ÖP 2020." in finding["message"]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"status": "samråd"}, "ÖP 2045 har status samråd"),
        ({"legal_force": "2027-01-15", "adopted": "2026-10-01"}, "ÖP 2045 har laga kraft först 2027-01-15"),
        ({"status": "upphävd"}, "ÖP 2045 har status upphävd"),
    ],
)
def test_with_no_plan_in_force_it_is_the_plan_and_not_the_layer_that_is_missing(
    tmp_path: Path, document: dict[str, Any], why: str
) -> None:
    pack = Pack(tmp_path / "paket").document("op", name="ÖP 2045", **document).zones([(ALL, WORK)], document="op")
    site = told(tmp_path, pack)
    (finding,) = site["findings"]
    assert (finding["outcome"], finding["code"], finding["case"]) == ("OPEN", "U0", "open.no_plan")
    assert finding["message"] == (
        f"Enligt planpaketet gäller ingen plan på platsen den dag som prövas: {why}. Vad planen säger om platsen är "
        "därför inte prövat."
    )
    assert [(one["id"], one["area_m2"]) for one in site["parts"] if one["governs"]] == [("ingen plan", 10_000.0)]


def test_beside_an_amendment_in_force_the_land_without_a_plan_is_told_as_such(tmp_path: Path) -> None:
    """East of 5040 the amendment governs: 60 m of the site. West of it no plan does, though the base has a zone."""
    pack = Pack(tmp_path / "paket").document("op", status="samråd")
    pack.document("fop", "fördjupning", area=box(5040, 0, 10_000, 10_000), legal_force="2020-01-01", base="op")
    pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(EAST, WORK)], layer_id="z2", document="fop")
    site = told(tmp_path, pack)
    (finding,) = site["findings"]
    assert (finding["outcome"], finding["case"]) == ("OPEN", "f3")
    assert {one["id"]: one["area_m2"] for one in site["parts"] if one["governs"]} == {
        "fop/r1": 6000.0, "ingen plan": 4000.0,
    }  # fmt: skip
    assert "4\u00a0000\u00a0m² (40\u00a0%) där ingen plan gäller den dag som prövas" in finding["message"]
