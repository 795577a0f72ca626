"""Parts of sites that are several areas, as a property in pieces is: area by area, and each with its own zones."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path
from typing import Any

import pytest
import shapely
from drawn import COUNTRY, GREEN, TOWN, WORK, Pack, box, geojson, land_book, line, point, put, run, several
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, MultiPolygon, Polygon
from shapely import box as plain

import opcheck

ALL = box(0, 0, 10_000, 10_000)
SOUTH, NORTH = box(0, 0, 10_000, 5000), box(0, 5000, 10_000, 10_000)
TWO = several(box(1000, 1000, 1100, 1100), box(1000, 7000, 1050, 7100))
"""One hectare in the south, half a hectare in the north."""


def assessed(folder: Path, zones: list[Any], site: Any, *, area: Any = None, **more: Any) -> Any:
    pack = Pack(folder / "paket", area=area).document("op").zones(zones, document="op")
    return run(folder, pack, land_book(folder), ("a", site, more))


def told(assessment: Any) -> list[tuple[str, int | None, float, float, str | None]]:
    return [
        (one.id, one.piece, one.amount, one.share, one.plan and one.plan.value) for one in assessment["a"].parts
    ]  # fmt: skip


def test_each_area_has_its_own_parts_numbered_from_north_to_south(tmp_path: Path) -> None:
    # 5 000 m² and 10 000 m² of 15 000 m².
    assert told(assessed(tmp_path, [(SOUTH, GREEN), (NORTH, WORK)], TWO)) == [
        ("op/r2>1", 1, 5000.0, 0.333333, "F1"), ("op/r1>2", 2, 10_000.0, 0.666667, "F4"),
    ]  # fmt: skip


def test_one_zone_over_two_areas_is_two_parts(tmp_path: Path) -> None:
    assert told(assessed(tmp_path, [(ALL, WORK)], TWO)) == [
        ("op/r1>1", 1, 5000.0, 0.333333, "F1"), ("op/r1>2", 2, 10_000.0, 0.666667, "F1"),
    ]  # fmt: skip


def test_areas_side_by_side_are_numbered_from_west_to_east(tmp_path: Path) -> None:
    site = several(box(5000, 1000, 5100, 1100), box(1000, 1000, 1010, 1100), box(3000, 1000, 3100, 1050))
    parts = told(assessed(tmp_path, [(ALL, WORK)], site))
    # The third is lower: its northern edge lies at 1 050.
    assert [(number, amount) for _, number, amount, _, _ in parts] == [(1, 1000.0), (2, 10_000.0), (3, 5000.0)]


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_areas_in_the_file_does_not_matter(tmp_path: Path, turned: bool) -> None:
    shapes = [put(plain(1000, 1000, 1100, 1100)), put(plain(1000, 7000, 1050, 7100))]
    site = MultiPolygon(shapes[::-1] if turned else shapes)
    assert [one[0] for one in told(assessed(tmp_path, [(SOUTH, GREEN), (NORTH, WORK)], site))] == ["op/r2>1", "op/r1>2"]


def test_an_area_over_two_zones_is_two_parts_of_the_same_number(tmp_path: Path) -> None:
    site = several(box(1000, 4900, 1100, 5100), box(1000, 1000, 1100, 1100))
    # The northern one is 100 m × 200 m, half of it on each side.
    assert told(assessed(tmp_path, [(SOUTH, GREEN), (NORTH, WORK)], site)) == [
        ("op/r1>1", 1, 10_000.0, 0.333333, "F4"), ("op/r2>1", 1, 10_000.0, 0.333333, "F1"),
        ("op/r1>2", 2, 10_000.0, 0.333333, "F4"),
    ]  # fmt: skip


def test_bare_land_is_told_where_it_is(tmp_path: Path) -> None:
    assert told(assessed(tmp_path, [(NORTH, WORK)], TWO)) == [
        ("op/r1>1", 1, 5000.0, 0.333333, "F1"), ("ingen zon>2", 2, 10_000.0, 0.666667, "U0"),
    ]  # fmt: skip


def test_land_outside_the_municipality_is_told_where_it_is(tmp_path: Path) -> None:
    site = several(box(9960, 7000, 10_060, 7100), box(9960, 1000, 9970, 1100))
    # Of the northern area 40 m of 100 m lie inside.
    assert told(assessed(tmp_path, [(ALL, WORK)], site)) == [
        ("op/r1>1", 1, 4000.0, 0.363636, "F1"), ("utanför kommunen>1", 1, 6000.0, 0.545455, "U0"),
        ("op/r1>2", 2, 1000.0, 0.090909, "F1"),
    ]  # fmt: skip


def test_a_zone_that_lost_everywhere_is_told_area_by_area(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2020-05-01")
    pack.document("fop", "fördjupning", area=ALL, base="op", legal_force="2023-05-01")
    pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(ALL, GREEN)], layer_id="z2", document="fop")
    answer = run(tmp_path, pack, land_book(tmp_path), ("a", TWO))["a"]
    assert [(one.id, one.governs) for one in answer.parts] == [
        ("fop/r1>1", True), ("op/r1>1", False), ("fop/r1>2", True), ("op/r1>2", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "site",
    [
        box(1000, 1000, 1100, 1100),
        MultiPolygon([put(plain(1000, 1000, 1100, 1100))]),
        line((1000, 1000), (1100, 1000)),
        several(line((1000, 1000), (1100, 1000)), line((1000, 7000), (1100, 7000))),
        several(point(1000, 1000), point(1000, 7000)),
    ],
    ids=["one area", "one area written as several", "line", "lines", "points"],
)
def test_a_site_that_is_one_and_lines_and_points_have_no_pieces(tmp_path: Path, site: Any) -> None:
    assert {number for _, number, *_ in told(assessed(tmp_path, [(ALL, WORK)], site))} == {None}


def test_a_hole_makes_no_piece(tmp_path: Path) -> None:
    ring = put(Polygon(plain(1000, 1000, 2000, 2000).exterior.coords, [plain(1200, 1200, 1300, 1300).exterior.coords]))
    assert {number for _, number, *_ in told(assessed(tmp_path, [(ALL, WORK)], ring))} == {None}


def test_every_use_has_its_parts_per_area(tmp_path: Path) -> None:
    assessment = assessed(tmp_path, [(ALL, WORK)], TWO, use="industri; bostäder")
    assert [(one.use, one.piece) for one in assessment["a"].parts] == [
        ("industri", 1), ("bostäder", 1), ("industri", 2), ("bostäder", 2),
    ]  # fmt: skip


def test_the_sentence_tells_zones_and_not_areas(tmp_path: Path) -> None:
    assessment = assessed(tmp_path, [(SOUTH, COUNTRY), (NORTH, WORK)], several(*TWO.geoms, box(3000, 1, 3100, 101)))
    (site,) = assessment.to_dict()["sites"]
    (land,) = site["findings"]
    # Two of the three areas lie in the south: 20 000 m² of 25 000 m².
    assert "2,0\u00a0ha (80\u00a0%) i Landsbygd" in land["message"]
    assert len(site["parts"]) == 3


def test_parts_add_up_to_the_site(tmp_path: Path) -> None:
    zones = [(box(0, 0, 10_000, 1050), WORK), (box(0, 1050, 10_000, 7030), GREEN)]
    answer = assessed(tmp_path, zones, TWO)["a"]
    assert sum(one.amount for one in answer.parts) == pytest.approx(15_000.0, abs=0.01)


def test_the_record_and_the_files_hold_the_pieces(tmp_path: Path) -> None:
    assessment = assessed(tmp_path, [(SOUTH, GREEN), (NORTH, WORK)], TWO)
    (site,) = assessment.to_dict()["sites"]
    assert [(one["id"], one["piece"], one["area_m2"]) for one in site["parts"]] == [
        ("op/r2>1", 1, 5000.0), ("op/r1>2", 2, 10_000.0),
    ]  # fmt: skip
    opcheck.write_report(assessment, tmp_path / "ut.gpkg")
    import pyogrio

    frame = pyogrio.read_dataframe(tmp_path / "ut.gpkg", layer="parts")
    assert dict(zip(frame["piece"], frame.geometry.area.round(2), strict=True)) == {1: 5000.0, 2: 10_000.0}
    opcheck.write_report(assessment, tmp_path / "ut.html")
    page = (tmp_path / "ut.html").read_text(encoding="utf-8")
    assert "område 1" in page
    assert "område 2" in page


def test_a_collection_is_no_site_and_has_no_parts(tmp_path: Path) -> None:
    mixed = GeometryCollection([box(1000, 1000, 1100, 1100), point(5000, 5000)])
    assert told(assessed(tmp_path, [(ALL, WORK)], mixed)) == []


def test_parts_are_made_when_somebody_looks(tmp_path: Path) -> None:
    """Judging a site of a thousand areas divides nothing."""
    grid = [plain(10 * x, 10 * y, 10 * x + 5, 10 * y + 5) for x in range(40) for y in range(25)]
    pack = Pack(tmp_path / "paket").document("op").zones([(ALL, WORK)], document="op")
    geojson(tmp_path / "s.geojson", [(put(MultiPolygon(grid)), {"id": "a", "use": "industri"})])
    sites = opcheck.read_sites(tmp_path / "s.geojson")
    assessment = opcheck.assess(sites, pack.read(), rules=land_book(tmp_path), on="2026-11-22")
    assert assessment["a"].verdict.plan == "F1"
    parts = assessment["a"].parts
    assert len(parts) == 1000
    # The north-western one is number 1: 5 m × 5 m at (0, 240).
    assert (parts[0].id, parts[0].amount) == ("op/r1>1", 25.0)


# --- every square metre once ------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_parts_that_govern_add_up_to_the_site(tmp_path: Path, data: st.DataObject) -> None:
    """A base plan, amendments (one of them contested), neighbours over the own border, and sites of several areas.

    Every edge lies on a whole ten metres, so that there is no sliver and no rounding: the sum is exact.
    """
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    tens = st.integers(-20, 20).map(lambda number: 10.0 * number)

    def grid(low: float, high: float, corner: float) -> list[tuple[Any, str]]:
        """Zones on a grid, one of them always at a corner inside the municipality: a plan has zones of its own."""
        cuts = sorted({low, high, *(9900.0 + data.draw(tens) for _ in range(2))})
        kinds = st.sampled_from([WORK, GREEN, TOWN, None])
        cells = [(a, b, c, d) for a, b in itertools.pairwise(cuts) for c, d in itertools.pairwise(cuts)]
        drawn = [(box(a, c, b, d), data.draw(kinds)) for a, b, c, d in cells]
        zones = [one for one in drawn if one[1] is not None]
        own = box(corner, corner, corner + 100, corner + 100)
        # A cell that is drawn over the corner is such a zone itself; no cut comes near it.
        return zones if any(own.intersects(one) for one, _ in zones) else [*zones, (own, WORK)]

    pack = Pack(folder / "hemma", id="hemma", name="Hemby").document("op", legal_force="2015-01-01")
    pack.zones(grid(9000, 11_000, corner=9000), document="op")
    for name in data.draw(st.sets(st.sampled_from(["f1", "f2"]))):
        east, north = 9700 + data.draw(tens), 9700 + data.draw(tens)
        force = data.draw(st.sampled_from(["2010-01-01", "2020", "2020-05-01"]))
        area = box(east, north, east + 250, north + 250)
        pack.document(name, "fördjupning", area=area, base="op", legal_force=force)
        pack.zones(grid(9000, 11_000, corner=9000), layer_id=f"z-{name}", document=name)
    for name in data.draw(st.sets(st.sampled_from(["oster", "norr"]))):
        area = box(10_000 + data.draw(tens), 0, 20_000, 20_000) if name == "oster" else box(0, 9950, 20_000, 20_000)
        other = Pack(folder / name, id=name, name=name.title(), area=area).document("op")
        other.zones(grid(9000, 11_000, corner=10_900), document="op").write()
        pack.add("neighbour", name=name.title(), **({"pack": f"../{name}"} if data.draw(st.booleans()) else {}))
    east, north = 9850 + data.draw(tens), 9850 + data.draw(tens)
    site = shapely.box(east, north, east + 150, north + 100) - shapely.box(east + 20, north + 20, east + 40, north + 40)
    if data.draw(st.booleans()):
        site = shapely.union_all([site, shapely.box(east + 200, north, east + 230, north + 70)])
    found = run(folder, pack, land_book(folder), ("a", put(site)))["a"]
    governing = [one for one in found.parts if one.governs]
    assert sum(one.amount for one in governing) == pytest.approx(site.area, abs=0.01)
    assert sum(one.share for one in governing) == pytest.approx(1.0, abs=1e-6 * len(governing))
    assert len({one.id for one in found.parts}) == len(found.parts)
    if found.finding("t.land").outcome == "PASS":
        assert {one.plan for one in governing} == {"F1"}


def test_a_line_that_lies_in_no_zone_is_told_as_the_whole_of_it(tmp_path: Path) -> None:
    """√(120² + 160²) = 200; moved to √(123² + 163²) = 204.200… m, which is no round number."""
    pack = Pack(tmp_path / "paket").document("op").zones([(box(0, 0, 10, 10), WORK)], document="op")
    (part,) = run(tmp_path, pack, land_book(tmp_path), ("a", line((5000, 5000), (5123, 5163))))["a"].parts
    assert (part.share, part.length_m) == (1.0, pytest.approx(204.201, abs=0.001))


# --- the plan's own words ---------------------------------------------------------------------------------------------

MAPPED = [{"from": {"category": "Verksamhetsområde"}, "to": [WORK]}]
OWN = {"subcategory": "Handel och kontor"}


@pytest.mark.parametrize(
    ("more", "legend"),
    [(OWN, "Verksamhetsområde – Handel och kontor"), ({}, "Verksamhetsområde")],
    ids=["pair", "category alone"],
)
def test_a_part_keeps_the_municipalitys_own_words(tmp_path: Path, more: dict[str, str], legend: str) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    pack.zones([(NORTH, "Verksamhetsområde", more)], document="op", value=MAPPED)
    assessment = run(tmp_path, pack, land_book(tmp_path), ("a", TWO))
    assert [(one.category, one.legend) for one in assessment["a"].parts] == [(WORK, legend), (None, None)]
    (site,) = assessment.to_dict()["sites"]
    assert [one["legend"] for one in site["parts"]] == [legend, None]
    opcheck.write_report(assessment, tmp_path / "ut.html")
    assert f"{WORK} (i planens ord: «{legend}»)" in (tmp_path / "ut.html").read_text(encoding="utf-8")


def test_words_that_are_the_models_own_are_told_once(tmp_path: Path) -> None:
    assessment = assessed(tmp_path, [(ALL, WORK)], TWO)
    assert {one.legend for one in assessment["a"].parts} == {WORK}
    opcheck.write_report(assessment, tmp_path / "ut.html")
    assert "i planens ord" not in (tmp_path / "ut.html").read_text(encoding="utf-8")


# --- a text that the file has cut -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a" * 254, 254),
        ("a" * 255, 255),
        ("å" * 127, 254),  # two bytes each in UTF-8
        ("å" * 254, 254),  # one each in Windows-1252
        ("å" * 126 + "a", 253),  # half a letter was taken off: nothing ends the sentence
        ("a" * 252 + ".", None),
        ("a" * 250, None),
        ("a" * 256, None),
        ("å" * 128, None),
    ],
    ids=["254", "255", "utf-8", "cp1252", "half a letter", "253 whole", "250", "256", "256 in utf-8"],
)
@pytest.mark.parametrize("read", [True, False], ids=["stance", "unread"])
def test_a_quoted_text_as_long_as_its_column_is_said_to_be_cut(
    tmp_path: Path, text: str, size: int | None, read: bool
) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    stance = [{"id": "r1", "effect": "stöder", "by": "B", "on": datetime.date(2026, 1, 1)}]
    pack.zones([(ALL, WORK, {"text": text})], document="op", **({"stance": stance} if read else {}))
    assessment = run(tmp_path, pack, land_book(tmp_path), ("a", TWO))
    (site,) = assessment.to_dict()["sites"]
    (land,) = site["findings"]
    assert land["code"] == ("F1" if read else "F2")
    said = f"Texten är troligen avklippt i filen ({size} byte): läs hela i planen."
    assert (said in (land["note"] or "")) is (size is not None)
    assert ("avklippt" in (land["note"] or "")) is (size is not None)
    opcheck.write_report(assessment, tmp_path / "ut.html")
    assert (said in (tmp_path / "ut.html").read_text(encoding="utf-8")) is (size is not None)


# --- the plan that governs is the one that is named -------------------------------------------------------------------


def named(folder: Path, category: str, site: Any, lang: str = "sv", **amendment: Any) -> dict[str, str]:
    """The sentences of a site, by rule, with an amendment of the south."""
    pack = Pack(folder / "paket").document("op", name="Översiktsplan 2040", legal_force="2020-05-01")
    pack.document("fop", "fördjupning", area=SOUTH, base="op", name="FÖP Hamnen", legal_force="2023-05-01", **amendment)
    pack.zones([(ALL, WORK)], layer_id="z1", document="op").zones([(ALL, category)], layer_id="z2", document="fop")
    geojson(folder / "s.geojson", [(site, {"id": "a", "use": "industri"})])
    found = opcheck.assess(opcheck.read_sites(folder / "s.geojson"), pack.read(), on="2026-11-22")
    return {one["rule"]: one["message"] for one in found.to_dict(lang)["sites"][0]["findings"]}


IN_SOUTH, IN_NORTH, ACROSS = (
    box(1000, 1000, 1100, 1100), box(1000, 7000, 1050, 7100), box(1000, 4900, 1100, 5100)
)  # fmt: skip


@pytest.mark.parametrize("category", [WORK, COUNTRY, GREEN, TOWN])
def test_inside_an_amendment_the_amendment_is_named(tmp_path: Path, category: str) -> None:
    said = named(tmp_path, category, IN_SOUTH)
    assert "FÖP Hamnen" in said["plan.land_use"]
    assert "versiktsplanen" not in said["plan.land_use"]
    assert "FÖP Hamnen" in named(tmp_path, category, IN_SOUTH, "en")["plan.land_use"]
    assert said["plan.status"] == (
        "Översiktsplan 2040 har laga kraft (sedan 2020-05-01); på platsen gäller FÖP Hamnen."
    )


def test_outside_an_amendment_the_base_plan_is_named(tmp_path: Path) -> None:
    said = named(tmp_path, WORK, IN_NORTH)
    assert "stämmer med vad översiktsplanen anger" in said["plan.land_use"]
    assert said["plan.status"] == ("Översiktsplan 2040 har laga kraft (sedan 2020-05-01) och är vägledande på platsen.")


def test_across_an_amendments_border_the_part_is_told(tmp_path: Path) -> None:
    assert named(tmp_path, WORK, ACROSS)["plan.status"] == (
        "Översiktsplan 2040 har laga kraft (sedan 2020-05-01); på en del av platsen gäller FÖP Hamnen."
    )
    assert named(tmp_path, WORK, ACROSS, "en")["plan.status"] == (
        "Översiktsplan 2040 is in force (since 2020-05-01); on a part of the site FÖP Hamnen applies."
    )


def test_of_an_amendment_that_may_govern_the_status_claims_nothing(tmp_path: Path) -> None:
    assert named(tmp_path, WORK, IN_SOUTH, status="okänd")["plan.status"] == (
        "Översiktsplan 2040 har laga kraft (sedan 2020-05-01); om FÖP Hamnen gäller på platsen är inte klarlagt."
    )


# --- an answer that was adjusted --------------------------------------------------------------------------------------


IN_CROSSED = box(100, 1500, 200, 1600)
"""Within the bounds of the crossed zone, and outside what the repair makes of it."""


@pytest.mark.parametrize(("lang", "agrees"), [("sv", "stämmer"), ("en", "agrees")])
def test_an_adjusted_answer_does_not_say_that_the_use_agrees(tmp_path: Path, lang: str, agrees: str) -> None:
    crossed = put(Polygon([(0, 0), (4000, 4000), (4000, 0), (0, 4000)]))
    assessment = assessed(tmp_path, [(ALL, WORK), (crossed, WORK)], IN_CROSSED)
    (land,) = assessment.to_dict(lang)["sites"][0]["findings"]
    assert (land["outcome"], land["code"]) == ("REVIEW", "F2")
    assert [one["by"] for one in land["adjustments"]] == ["repaired"]
    assert agrees not in land["message"]
