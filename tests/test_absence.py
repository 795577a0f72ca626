"""What a green rests on, and how much of a site a finding is about: layer by layer, piece by piece, by hand."""

from __future__ import annotations

import datetime
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import shapely
from drawn import COUNTRY, SIZE, WORK, Pack, book, box, features, index, land_book, line, point, rule, run, several
from drawn import subjects as drawn_subjects
from shapely.geometry import Polygon

import opcheck
from opcheck.absence import BLOCK, Proofs

SITE = box(5000, 5000, 5100, 5100)
"""100 m × 100 m = 10 000 m², 4 900 m from the municipality's east and north borders."""

AVOID = rule(theme="groundwater", check="avoid")
CORNER_E, CORNER_N = 150_000.0, 7_250_000.0


def asked(folder: Path, objects: list[Any], question: Any = AVOID, site: Any = SITE, **keys: Any) -> Any:
    pack = Pack(folder / "paket").layer("vatten", question.get("theme") or "groundwater", objects, **keys)
    return run(folder, pack, book(folder, question), ("a", site))["a"].finding("t.rule")


# --- proof of absence -----------------------------------------------------------------------------------------------


def two_layers(folder: Path, question: Any = AVOID) -> Any:
    pack = Pack(folder / "paket")
    near = [
        (box(6100, 5000, 6200, 5100), {"name": "Åsen"}),
        (box(5000, 7100, 5100, 7200), {"name": "Mon"}),
    ]
    pack.layer("a-vatten", "groundwater", near, dated="2024-05", owner="VA")
    pack.layer("b-vatten", "groundwater", [box(9100, 5000, 9200, 5100)], coverage=box(0, 0, 5050, 10_000))
    return run(folder, pack, book(folder, question), ("a", SITE))


def test_each_layer_that_was_looked_through_is_told_by_itself(tmp_path: Path) -> None:
    first, second = two_layers(tmp_path)["a"].finding("t.rule").absence
    assert (first.layer, first.theme, first.features, first.dated, first.owner, first.file) == (
        "a-vatten", "groundwater", 2, "2024-05", "VA", "a-vatten.geojson",
    )  # fmt: skip
    # From (5000, 5000) to (6200, 7200), from the municipality's corner.
    assert first.extent == (CORNER_E + 5000, CORNER_N + 5000, CORNER_E + 6200, CORNER_N + 7200)
    # 6100 − 5100 = 1000 m to Åsen, 7100 − 5100 = 2000 m to Mon; the municipality ends 4 900 m away.
    assert first.coverage == 1.0
    near = first.nearest
    assert (near.feature, near.name, near.distance_m, near.at_most) == ("r1", "Åsen", 1000.0, False)
    # The other covers the site's western half; 9100 − 5100 = 4000 m, and something nearer may lie outside it.
    assert (second.features, second.dated, second.owner, second.coverage) == (1, None, None, 0.5)
    assert (second.nearest.distance_m, second.nearest.at_most) == (4000.0, True)
    assert second.nearest.name is None


def test_coverage_is_asked_out_to_the_reach_of_the_rule(tmp_path: Path) -> None:
    question = {**AVOID, "attention_m": 300}
    first, second = two_layers(tmp_path, question)["a"].finding("t.rule").absence
    assert first.coverage == 1.0
    # Grown by 300 m: 100² + 4 · 100 · 300 + π · 300² = 412 743 m². West of 5050 lies half of it by symmetry.
    assert second.coverage == 0.5


@pytest.mark.parametrize(("away", "at_most"), [(100, False), (100.001, True)])
def test_beyond_what_a_layer_covers_something_nearer_may_lie(tmp_path: Path, away: float, at_most: bool) -> None:
    # The coverage ends 100 m east of the site.
    objects = [box(5100 + away, 5000, 5300, 5100)]
    found = asked(tmp_path, objects, coverage=box(0, 0, 5200, SIZE))
    assert (found.absence[0].nearest.distance_m, found.absence[0].nearest.at_most) == (away, at_most)


def test_a_layer_that_is_rightly_empty_has_no_extent_and_no_nearest(tmp_path: Path) -> None:
    empty = {"stated_by": "VA-chefen", "date": datetime.date(2026, 1, 1)}
    found = asked(tmp_path, [], fields={}, empty=empty)
    assert (found.outcome, found.case) == ("PASS", "clear")
    (one,) = found.absence
    assert (one.features, one.extent, one.nearest, one.coverage) == (0, None, None, 1.0)


@pytest.mark.parametrize(
    ("objects", "keys", "outcome"),
    [([SITE], {}, "REVIEW"), ([], {}, "OPEN"), ([box(1, 1, 2, 2)], {"coverage": None}, "OPEN")],
)
def test_only_a_green_has_a_proof(tmp_path: Path, objects: list[Any], keys: Any, outcome: str) -> None:
    found = asked(tmp_path, objects, **keys)
    assert (found.outcome, found.absence) == (outcome, None)


def test_a_shared_border_is_a_green_with_something_at_no_distance(tmp_path: Path) -> None:
    found = asked(tmp_path, [box(5100, 5000, 5200, 5100)])
    assert (found.case, found.absence[0].nearest.distance_m, found.absence[0].nearest.at_most) == ("contact", 0, False)


@pytest.mark.parametrize(
    "question",
    [
        rule(theme="groundwater", check="at_least", distance_m=150),
        rule(theme="groundwater", check="band", band=[{"upto_m": 150, "uses": ["industri"]}]),
        rule(theme="groundwater", check="within"),
        rule(theme="seveso", check="avoid"),
    ],
)
def test_every_check_of_a_map_proves_its_green(tmp_path: Path, question: Any) -> None:
    found = asked(tmp_path, [box(5300, 5000, 5400, 5100)], question)
    assert found.outcome == "PASS"
    # 5300 − 5100.
    assert [one.nearest.distance_m for one in found.absence] == [200.0]


def test_a_conflict_proves_nothing_by_a_theme_that_was_not_tested_at_the_site(tmp_path: Path) -> None:
    # Groundwater is known in a far corner alone; that there is no farmland is what answers.
    pack = Pack(tmp_path / "paket").layer("aker", "farmland", [box(0, 0, 100, 100)])
    pack.layer("vatten", "groundwater", [box(0, 0, 100, 100)], coverage=box(0, 0, 1000, 1000))
    question = rule(check="conflict", themes=["groundwater", "farmland"], code="A")
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))["a"].finding("t.rule")
    assert found.outcome == "PASS"
    assert found.absence is not None
    assert [one.layer for one in found.absence] == ["aker"]


def test_a_conflict_proves_the_theme_that_was_not_met(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [SITE])
    pack.layer("aker", "farmland", [box(5300, 5000, 5400, 5100)])
    question = rule(check="conflict", themes=["groundwater", "farmland"], code="A")
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))["a"].finding("t.rule")
    assert (found.case, [one.layer for one in found.absence]) == ("clear", ["aker"])


def test_a_green_that_rests_on_no_absence_has_none(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2025-01-01")
    pack.zones([(box(0, 0, SIZE, SIZE), WORK)], document="op")
    pack.layer("verk", "water_service_area", [box(0, 0, SIZE, SIZE)])
    questions = (
        rule("t.high", check="trigger", attribute="height_m", op=">", value=20),
        rule("t.served", theme="water_service_area", check="covered", basis="plan"),
    )
    found = run(tmp_path, pack, land_book(tmp_path, *questions), ("a", SITE, {"height_m": 12}))["a"]
    for rule_id in ("t.land", "t.high", "t.served"):
        one = found.finding(rule_id)
        assert (one.outcome, one.absence) == ("PASS", None), rule_id


def test_sites_are_measured_a_block_at_a_time_and_answer_alike() -> None:
    # Site n lies n metres east of the corner; one object lies at 0, the other at 3000 m.
    count = BLOCK + 6
    sites = drawn_subjects(*(point(number, 0) for number in range(count)))
    layers = (
        features([point(0, 0)], layer_id="a", coverage=box(0, -10, 4000, 10)),
        features([point(3000, 0)], layer_id="b"),
    )
    one = index(*layers)
    proofs = Proofs(indexes={("groundwater", False): one}, measures={("groundwater", False): one.measure(sites, 0.0)},
                    subjects=sites)  # fmt: skip
    for row in (0, BLOCK - 1, BLOCK, count - 1):
        west, east = proofs.of("groundwater", row, lambda: 0.0, 0.0)
        assert (west.nearest.distance_m, east.nearest.distance_m) == (row, 3000 - row)
        # The strip reaches 10 m north and south of the sites, and 0 m west of the first.
        assert west.nearest.at_most is (row > min(row, 10))
        assert (west.coverage, east.coverage, east.nearest.at_most) == (1.0, None, True)
        assert proofs.width_m(row) is None
    # Each site's own reach: 20 m out of a strip that ends 10 m away, and nothing for the rest.
    reach = np.zeros(count)
    reach[BLOCK + 1] = 20.0
    covered = [next(iter(proofs.of("groundwater", row, lambda: reach, "own"))).coverage for row in (BLOCK, BLOCK + 1)]
    # A strip 20 m wide through the middle of a circle of 20 m: 2 · (10 · √300 + 400 · asin(1/2)) of π · 400 m².
    assert covered == [1.0, pytest.approx(0.609, abs=0.01)]


# --- how much of the site -------------------------------------------------------------------------------------------

HOLE = shapely.difference(box(5000, 5000, 5100, 5100), box(5040, 5040, 5060, 5060))
"""9 600 m²: 10 000 less a hole of 20 m × 20 m."""


@pytest.mark.parametrize(
    ("objects", "site", "outside"),
    [
        ([box(5090, 5000, 5200, 5100)], SITE, 9000.0),
        # 30 m and 20 m from the east, the second inside the first: 30 m × 100 m are met, and not 50.
        ([box(5070, 5000, 5200, 5100), box(5080, 5000, 5200, 5100)], SITE, 7000.0),
        # 20 m from the west and 30 m from the south, which share 20 m × 30 m: 2 000 + 3 000 − 600 = 4 400.
        ([box(4900, 4900, 5020, 5200), box(4900, 4900, 5200, 5030)], SITE, 5600.0),
        ([box(4000, 4000, 6000, 6000)], SITE, 0.0),
        ([box(4000, 4000, 5050, 6000), box(5050, 4000, 6000, 6000)], SITE, 0.0),
        # The western half of a site with a hole: 50 · 100 − 10 · 20 = 4 800 of 9 600.
        ([box(4000, 4000, 5050, 6000)], HOLE, 4800.0),
        # Only what lies in the hole: nothing is met.
        ([box(5041, 5041, 5059, 5059)], HOLE, None),
        ([box(5300, 5000, 5400, 5100)], SITE, None),
        ([line((5050, 4900), (5050, 5200))], SITE, None),
        ([point(5050, 5050)], SITE, None),
        ([box(4000, 4000, 5050, 6000)], line((5000, 5050), (5100, 5050)), None),
        ([box(4000, 4000, 5050, 6000)], several(point(5010, 5050), point(5090, 5050)), None),
        # Half of one of two areas of 10 000 m²: 15 000 outside.
        ([box(4000, 4000, 5050, 6000)], several(SITE, box(7000, 5000, 7100, 5100)), 15_000.0),
    ],
)
def test_the_area_outside_an_interest_is_told(tmp_path: Path, objects: list[Any], site: Any, outside: Any) -> None:
    question = rule(theme="riksintresse_hamn", check="avoid")
    found = asked(tmp_path, objects, question, site)
    assert found.outside_m2 == outside
    assert found.arguments["outside_m2"] == outside


def test_a_site_wholly_inside_has_nothing_outside_for_the_sake_of_rounding(tmp_path: Path) -> None:
    # Triangles whose areas end in halves of a hundredth: their sum may be a hundredth off the whole.
    corners = [(5000.0, 5000.0), (5033.3335, 5000.0), (5011.1117, 5077.7778)]
    site = Polygon([(CORNER_E + e, CORNER_N + n) for e, n in corners])
    middle = (CORNER_E + 5014.81507, CORNER_N + 5025.92593)
    pairs = zip(site.exterior.coords[:-1], site.exterior.coords[1:], strict=True)
    found = asked(tmp_path, [Polygon([one, other, middle]).buffer(1e-7) for one, other in pairs], site=site)
    assert found.outside_m2 == 0.0


def test_what_lies_outside_a_service_area_is_told(tmp_path: Path) -> None:
    question = rule(theme="water_service_area", check="covered", basis="plan")
    found = asked(tmp_path, [box(4000, 4000, 5080, 6000)], question)
    # 100 m × 20 m.
    assert (found.case, found.outside_m2) == ("not_covered", 2000.0)


def test_the_use_of_land_is_told_in_parts_and_not_as_outside(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    pack.zones([(box(0, 0, 5025, SIZE), WORK), (box(5025, 0, 5050, SIZE), COUNTRY)], document="op")
    found = run(tmp_path, pack, land_book(tmp_path), ("a", SITE))["a"].finding("t.land")
    assert (found.outside_m2, found.pieces, found.absence) == (None, None, None)


def test_each_objects_own_area_stands_beside_the_union(tmp_path: Path) -> None:
    found = asked(tmp_path, [box(5070, 5000, 5200, 5100), box(5080, 5000, 5200, 5100)])
    assert [one.area_m2 for one in found.features] == [3000.0, 2000.0]
    assert (found.measures["area_m2"], found.outside_m2) == (3000.0, 7000.0)


# --- sites of several areas -----------------------------------------------------------------------------------------

NORTH, SOUTH = box(5000, 6000, 5100, 6100), box(5000, 5000, 5100, 5050)
"""Area 1 of 10 000 m², area 2 of 5 000 m², 950 m apart."""


def pieces(folder: Path, objects: list[Any], site: Any = None, **keys: Any) -> Any:
    question = rule(theme="groundwater", **{"check": "avoid", **keys})
    found = asked(folder, objects, question, several(NORTH, SOUTH) if site is None else site).pieces
    return found if found is None else [(one.piece, one.area_m2, one.share, one.distance_m) for one in found]


def test_the_areas_that_are_met_are_told_with_their_own_shares(tmp_path: Path) -> None:
    # 20 m of the northern area's 100 m, 50 m of the southern one's: 2 000 of 10 000 and 2 500 of 5 000 m².
    objects = [box(5080, 5990, 5200, 6200), box(4900, 4900, 5050, 5060)]
    assert pieces(tmp_path, objects) == [(1, 2000.0, 0.2, 0.0), (2, 2500.0, 0.5, 0.0)]


def test_an_area_that_is_not_met_is_not_told(tmp_path: Path) -> None:
    assert pieces(tmp_path, [box(4900, 4900, 5050, 5060)]) == [(2, 2500.0, 0.5, 0.0)]


def test_no_area_is_told_where_nothing_is_met(tmp_path: Path) -> None:
    assert pieces(tmp_path, [box(9000, 9000, 9100, 9100)]) == []
    (tmp_path / "gräns").mkdir()
    assert pieces(tmp_path / "gräns", [box(5100, 6000, 5200, 6100)]) == []


def test_an_area_that_something_only_borders_on_is_not_told(tmp_path: Path) -> None:
    # The northern area is met; what lies along the southern one's border, and half a square metre into it, is not.
    objects = [box(5080, 5990, 5200, 6200), box(5099.995, 5000, 5200, 5050)]
    assert pieces(tmp_path, objects) == [(1, 2000.0, 0.2, 0.0)]


def test_stacked_objects_count_once_in_an_area(tmp_path: Path) -> None:
    objects = [box(5080, 5990, 5200, 6200), box(5070, 5990, 5200, 6200)]
    assert pieces(tmp_path, objects) == [(1, 3000.0, 0.3, 0.0)]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        # 40 m east of the northern area; exactly at a distance to be kept is far enough, at one to heed it is not.
        ({"check": "at_least", "distance_m": 40.001}, [(1, None, None, 40.0)]),
        ({"check": "at_least", "distance_m": 40}, []),
        ({"attention_m": 40}, [(1, None, None, 40.0)]),
        ({"attention_m": 39.999}, []),
    ],
)
def test_the_areas_within_the_distance_that_decides_are_told(tmp_path: Path, keys: Any, told: Any) -> None:
    assert pieces(tmp_path, [box(5140, 6000, 5200, 6100)], **keys) == told


def test_a_line_through_an_area_is_told_by_its_length(tmp_path: Path) -> None:
    found = asked(tmp_path, [line((5050, 6050), (5050, 7000))], rule(theme="main_road", check="avoid"),
                  several(NORTH, SOUTH))  # fmt: skip
    # From 6050 to the area's border at 6100.
    assert [(one.piece, one.area_m2, one.share, one.length_m) for one in found.pieces] == [(1, None, None, 50.0)]


def test_a_point_in_an_area_is_told(tmp_path: Path) -> None:
    found = asked(tmp_path, [point(5050, 5025)], rule(theme="housing", check="avoid"), several(NORTH, SOUTH))
    assert [(one.piece, one.area_m2, one.length_m, one.distance_m) for one in found.pieces] == [(2, None, None, 0.0)]


@pytest.mark.parametrize("site", [SITE, HOLE, line((5000, 5050), (5100, 5050)), point(5010, 5010),
                                  several(point(5010, 5010), point(5090, 5090))])  # fmt: skip
def test_a_site_that_is_one_has_no_pieces(tmp_path: Path, site: Any) -> None:
    assert pieces(tmp_path, [box(4000, 4000, 6000, 6000)], site) is None


# --- the record and the page ----------------------------------------------------------------------------------------


def test_the_record_carries_the_proof_and_fits_the_schema(tmp_path: Path) -> None:
    record = two_layers(tmp_path).to_dict()
    (found,) = record["sites"][0]["findings"]
    layers = {one["id"]: one for one in record["inputs"]["plan"]["layers"]}
    first, second = found["absence"]
    assert first == {
        "layer": "a-vatten", "title": None, "theme": "groundwater",
        "extent": [CORNER_E + 5000, CORNER_N + 5000, CORNER_E + 6200, CORNER_N + 7200],
        "features": 2, "dated": "2024-05", "owner": "VA", "file": "a-vatten.geojson",
        "hash": layers["a-vatten"]["content"][:12], "coverage": 1.0,
        "nearest": {"id": "r1", "name": "Åsen", "distance_m": 1000.0, "at_most": False},
    }  # fmt: skip
    assert second["nearest"]["at_most"] is True
    assert (found["outside_m2"], found["pieces"], found["fitness"]) == (None, None, [])
    schema = json.loads((files("opcheck") / "schema" / "assessment-1.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    wanted = {"absence", "outside_m2", "pieces", "fitness"}
    assert wanted <= set(schema["$defs"]["finding"]["properties"])


def test_the_page_shows_what_a_green_rests_on(tmp_path: Path) -> None:
    found = two_layers(tmp_path)
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    table = page[page.index('<table class="clear">') :]
    table = table[: table.index("</table>")]
    for text in ("2024-05", "Åsen, 1\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}m", "50\N{NO-BREAK SPACE}%", "<li>"):
        assert text in table, text
    # What it rests on is no part of what is folded away.
    assert "Åsen, 1" in table.partition("<details")[0] + table.partition("</details>")[2]


def test_the_page_says_that_a_layer_has_no_object(tmp_path: Path) -> None:
    empty = {"stated_by": "VA-chefen", "date": datetime.date(2026, 1, 1)}
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [], fields={}, empty=empty)
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    assert "lagret har inget objekt" in page
    english = opcheck.write_report(found, tmp_path / "report.html", lang="en").read_text("utf-8")
    assert "the layer has no object" in english


def test_the_page_shows_what_lies_outside_and_which_areas_are_met(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [box(4900, 4900, 5050, 5060)])
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", several(NORTH, SOUTH)))
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    # 15 000 − 2 500 = 12 500 m² = 1,3 ha outside.
    assert "Utanför</dt><dd>1,3\N{NO-BREAK SPACE}ha" in page
    assert "Svaret gäller område 2: 2\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}m², 50\N{NO-BREAK SPACE}%." in page


def test_numbers_of_a_proof_are_plain(tmp_path: Path) -> None:
    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            for inner in value.values():
                yield from walk(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                yield from walk(inner)
        else:
            yield value

    (found,) = two_layers(tmp_path).to_dict()["sites"][0]["findings"]
    assert [one for one in walk(found["absence"]) if isinstance(one, np.generic)] == []
