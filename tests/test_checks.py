"""Each kind of condition, asked end to end about one drawn site: from shapes to outcome, code and case.

The site is a square of 100 m (10 000 m²) in the middle of the municipality unless a test says otherwise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from drawn import Pack, ask, book, box, line, point, put, rule, run, saying, several

from opcheck.checks import (
    KINDS,
    ZONE_CASES,
    Distances,
    Parameter,
    Terms,
    judge_at_least,
    judge_use_matrix,
    zone_cases,
)
from opcheck.errors import RuleError
from opcheck.findings import (
    FAIL,
    PASS,
    REVIEW,
    STANCE_CONDITION,
    STANCE_EXCLUDES,
    STANCE_NO_TEXT,
    STANCE_SUPPORTS,
    STANCE_SUPPORTS_USE,
    STANCE_UNREAD,
    Code,
    Columns,
    ThemeState,
    Zones,
)

SITE = box(5000, 5000, 5100, 5100)
AVOID = rule(theme="groundwater", check="avoid")
ANY_SHAPE = rule(theme="pending_planning", check="avoid")
"""A theme that takes areas, lines and points."""

HIT, MISS, TOUCH = ("REVIEW", "R2", "hit"), ("PASS", "R0", "clear"), ("PASS", "R0", "contact")
NO_COVERAGE = ("OPEN", "U0", "open.no_coverage")


# --- avoid ----------------------------------------------------------------------------------------------------------


def test_an_object_over_half_the_site_is_a_hit_with_its_area(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [box(5050, 4000, 6000, 6000)], SITE)
    assert saying(found) == HIT
    # 50 m of 100 m wide, 100 m high.
    assert (found.measures["area_m2"], found.measures["share"], found.measures["count"]) == (5000.0, 0.5, 1)
    assert found.measures["distance_m"] == 0.0


def test_an_object_100_m_away_is_no_hit_and_its_distance_is_told(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [box(5200, 5000, 5300, 5100)], SITE)
    assert saying(found) == MISS
    assert found.measures["distance_m"] == 100.0
    assert found.measures["area_m2"] is None
    assert [(one.role, one.feature, one.distance_m) for one in found.features] == [("nearest", "r1", 100.0)]


@pytest.mark.parametrize(
    "neighbour",
    [box(5100, 5000, 5200, 5100), box(5100, 5100, 5200, 5200), box(5100, 5040, 5200, 5060)],
    ids=["whole side", "corner", "part of a side"],
)
def test_a_shared_border_is_no_overlap(tmp_path: Path, neighbour: Any) -> None:
    found = ask(tmp_path, AVOID, [neighbour], SITE)
    assert saying(found) == TOUCH
    assert [(one.role, one.sliver, one.distance_m) for one in found.features] == [("contact", False, 0.0)]


@pytest.mark.parametrize(
    ("wide_m", "expected", "sliver"),
    # 100 m high: 0.0100 m wide is 1.00 m², the sliver limit itself; 0.0101 m is 1.01 m².
    [(0.0100, TOUCH, True), (0.0101, HIT, False)],
)
def test_an_overlap_counts_above_one_square_metre(tmp_path: Path, wide_m: float, expected: Any, sliver: bool) -> None:
    found = ask(tmp_path, AVOID, [box(5100 - wide_m, 5000, 5200, 5100)], SITE)
    assert saying(found) == expected
    assert [one.sliver for one in found.features] == [sliver]


def test_an_object_smaller_than_a_sliver_wholly_inside_the_site_is_a_hit(tmp_path: Path) -> None:
    # 0.7 m × 0.7 m = 0.49 m²: all of it lies inside, so nothing was drawn carelessly.
    found = ask(tmp_path, AVOID, [box(5050, 5050, 5050.7, 5050.7)], SITE)
    assert saying(found) == HIT
    assert found.measures["area_m2"] == 0.49


def test_a_site_in_the_hole_of_an_object_is_not_hit(tmp_path: Path) -> None:
    ring = put(shapely.box(4000, 4000, 6000, 6000) - shapely.box(4950, 4950, 5150, 5150))
    found = ask(tmp_path, AVOID, [ring], SITE)
    assert saying(found) == MISS
    assert found.measures["distance_m"] == 50.0


def test_a_site_that_fills_the_hole_of_an_object_only_touches_it(tmp_path: Path) -> None:
    ring = put(shapely.box(4000, 4000, 6000, 6000) - shapely.box(5000, 5000, 5100, 5100))
    assert saying(ask(tmp_path, AVOID, [ring], SITE)) == TOUCH


def test_an_object_in_the_hole_of_a_site_is_not_hit(tmp_path: Path) -> None:
    site = put(shapely.box(5000, 5000, 5100, 5100) - shapely.box(5040, 5040, 5060, 5060))
    assert saying(ask(tmp_path, AVOID, [box(5045, 5045, 5055, 5055)], site)) == MISS


def test_any_part_of_a_multipart_object_can_hit(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [several(box(9000, 9000, 9100, 9100), box(5090, 5000, 5200, 5100))], SITE)
    assert saying(found) == HIT
    assert (found.measures["area_m2"], found.measures["count"]) == (1000.0, 1)


def test_a_hit_on_one_part_of_a_multipart_site_is_a_share_of_the_whole(tmp_path: Path) -> None:
    # Two parts of 10 000 m²; half of one of them is hit.
    site = several(box(5000, 5000, 5100, 5100), box(7000, 7000, 7100, 7100))
    found = ask(tmp_path, AVOID, [box(7050, 7000, 7300, 7300)], site)
    assert saying(found) == HIT
    assert (found.measures["area_m2"], found.measures["share"]) == (5000.0, 0.25)


def test_a_line_site_is_measured_in_length(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [box(5060, 4000, 6000, 6000)], line((5000, 5000), (5100, 5000)))
    assert saying(found) == HIT
    assert (found.measures["length_m"], found.measures["share"], found.measures["area_m2"]) == (40.0, 0.4, None)


def test_a_line_site_along_an_objects_border_only_touches_it(tmp_path: Path) -> None:
    assert saying(ask(tmp_path, AVOID, [box(5000, 5000, 5100, 5100)], line((5000, 5000), (5100, 5000)))) == TOUCH


@pytest.mark.parametrize(
    ("east", "expected"),
    [(5050, HIT), (5100, TOUCH), (5100.001, MISS)],
    ids=["inside", "on the border", "1 mm outside"],
)
def test_a_point_site_is_inside_on_or_outside(tmp_path: Path, east: float, expected: Any) -> None:
    assert saying(ask(tmp_path, AVOID, [box(5000, 5000, 5100, 5100)], point(east, 5050))) == expected


def test_a_line_across_the_site_is_told_in_metres_and_has_no_area(tmp_path: Path) -> None:
    found = ask(tmp_path, ANY_SHAPE, [line((4000, 5050), (6000, 5050))], SITE)
    assert saying(found) == HIT
    assert (found.measures["length_m"], found.measures["area_m2"], found.measures["share"]) == (100.0, None, None)


def test_a_line_along_the_sites_border_only_touches_it(tmp_path: Path) -> None:
    assert saying(ask(tmp_path, ANY_SHAPE, [line((4000, 5000), (6000, 5000))], SITE)) == TOUCH


@pytest.mark.parametrize(("metres", "expected"), [(0.1, TOUCH), (0.101, HIT)], ids=["exactly a sliver", "1 mm more"])
def test_a_line_counts_above_a_tenth_of_a_metre(tmp_path: Path, metres: float, expected: Any) -> None:
    found = ask(tmp_path, ANY_SHAPE, [line((4000, 5050), (5000 + metres, 5050))], SITE)
    assert saying(found) == expected


def test_a_point_inside_the_site_is_counted(tmp_path: Path) -> None:
    found = ask(tmp_path, ANY_SHAPE, [point(5050, 5050), point(5060, 5060), point(5500, 5500)], SITE)
    assert saying(found) == HIT
    assert (found.measures["count"], found.measures["area_m2"], found.measures["length_m"]) == (2, None, None)


def test_a_point_on_the_sites_border_only_touches_it(tmp_path: Path) -> None:
    assert saying(ask(tmp_path, ANY_SHAPE, [point(5100, 5050)], SITE)) == TOUCH


def test_two_lines_that_cross_are_a_hit_without_length(tmp_path: Path) -> None:
    found = ask(tmp_path, ANY_SHAPE, [line((5050, 4900), (5050, 5100))], line((5000, 5000), (5100, 5000)))
    assert saying(found) == HIT
    assert found.measures["length_m"] == 0.0


def test_two_lines_that_share_an_edge_are_a_hit_with_its_length(tmp_path: Path) -> None:
    found = ask(tmp_path, ANY_SHAPE, [line((5070, 5000), (5300, 5000))], line((5000, 5000), (5100, 5000)))
    assert saying(found) == HIT
    assert (found.measures["length_m"], found.measures["share"]) == (30.0, 0.3)


def test_two_lines_that_meet_end_to_end_only_touch(tmp_path: Path) -> None:
    assert (
        saying(ask(tmp_path, ANY_SHAPE, [line((5100, 5000), (5300, 5000))], line((5000, 5000), (5100, 5000)))) == TOUCH
    )


def test_a_point_site_on_an_objects_point_is_a_hit(tmp_path: Path) -> None:
    assert saying(ask(tmp_path, ANY_SHAPE, [point(5000, 5000)], point(5000, 5000))) == HIT


def test_an_empty_layer_is_no_answer(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [], SITE, layer={"fields": {}})
    assert saying(found) == ("OPEN", "U0", "open.layer_empty")
    assert found.open_reason == "layer_missing"


def test_an_empty_layer_that_somebody_answers_for_is_clear(tmp_path: Path) -> None:
    stated = {"fields": {}, "empty": {"stated_by": "Planenheten", "date": "2026-01-01"}}
    assert saying(ask(tmp_path, AVOID, [], SITE, layer=stated)) == MISS


def test_a_theme_without_a_layer_is_open(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("annat", "farmland", [SITE])
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("OPEN", "U0", "open.layer_missing")
    assert found.open_reason == "layer_missing"


def test_a_theme_stated_not_to_apply_is_not_asked(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    pack.add("not_applicable", theme="groundwater", reason="inget grundvatten", stated_by="VA")
    found = run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("NOT_APPLICABLE", None, "not_applicable.stated")


FAR = [box(9000, 9000, 9100, 9100)]


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        (box(4000, 4000, 6000, 6000), MISS),
        (SITE, MISS),
        (box(4000, 4000, 5099.999, 6000), NO_COVERAGE),
        (box(4000, 4000, 5050, 6000), NO_COVERAGE),
        (box(1000, 1000, 2000, 2000), NO_COVERAGE),
        (None, NO_COVERAGE),
    ],
    ids=["inside", "exactly", "1 mm short", "across the edge", "outside", "not stated"],
)
def test_no_hit_is_clear_only_inside_the_coverage(tmp_path: Path, coverage: Any, expected: Any) -> None:
    assert saying(ask(tmp_path, AVOID, FAR, SITE, coverage=coverage)) == expected


def test_a_hit_outside_the_coverage_is_still_a_hit(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, [box(5050, 5000, 5200, 5100)], SITE, coverage=box(1000, 1000, 2000, 2000))
    assert saying(found) == HIT


def test_how_much_of_the_site_is_covered_is_told(tmp_path: Path) -> None:
    found = ask(tmp_path, AVOID, FAR, SITE, coverage=box(4000, 4000, 5025, 6000))
    # 25 of 100 m.
    assert found.measures["coverage"] == 0.25


def test_two_layers_cover_a_site_together(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    pack.layer("vast", "groundwater", [box(100, 100, 200, 200)], coverage=box(0, 0, 5050, 10_000))
    pack.layer("ost", "groundwater", [box(9000, 100, 9100, 200)], coverage=box(5050, 0, 10_000, 10_000))
    assert saying(run(tmp_path, pack, book(tmp_path, AVOID), ("a", SITE))["a"].finding("t.rule")) == MISS


ATTENTION = rule(theme="groundwater", check="avoid", attention_m=500)


@pytest.mark.parametrize(
    ("east", "expected"),
    [(5600, ("REVIEW", "R2", "near")), (5600.001, MISS), (5599.999, ("REVIEW", "R2", "near"))],
    ids=["exactly at", "1 mm outside", "1 mm inside"],
)
def test_attention_reaches_out_to_its_distance_and_no_further(tmp_path: Path, east: float, expected: Any) -> None:
    assert saying(ask(tmp_path, ATTENTION, [box(east, 5000, 6000, 5100)], SITE)) == expected


@pytest.mark.parametrize(("edge", "expected"), [(5600, MISS), (5599.999, NO_COVERAGE)], ids=["exactly", "1 mm short"])
def test_coverage_is_asked_out_to_the_attention_distance(tmp_path: Path, edge: float, expected: Any) -> None:
    assert saying(ask(tmp_path, ATTENTION, FAR, SITE, coverage=box(1000, 1000, edge, 9000))) == expected


GUIDELINE = ("OPEN", "U0", "open.guideline_missing")


@pytest.mark.parametrize(
    ("east", "expected"),
    [(5050, HIT), (5110, GUIDELINE), (5150, GUIDELINE), (5150.001, MISS)],
    ids=["on the site", "inside the ceiling", "at the ceiling", "1 mm beyond it"],
)
def test_an_unknown_attention_distance_is_open_out_to_its_ceiling(tmp_path: Path, east: float, expected: Any) -> None:
    question = rule(theme="groundwater", check="avoid", attention_m={"unknown": True, "ceiling": 50})
    assert saying(ask(tmp_path, question, [box(east, 5000, east + 400, 5100)], SITE)) == expected


def test_an_unknown_attention_distance_without_a_ceiling_is_open_everywhere(tmp_path: Path) -> None:
    question = rule(theme="groundwater", check="avoid", attention_m={"unknown": True})
    assert saying(ask(tmp_path, question, [box(9000, 9000, 9100, 9100)], SITE)) == GUIDELINE


@pytest.mark.parametrize(("edge", "expected"), [(5150, MISS), (5149, NO_COVERAGE)])
def test_coverage_is_asked_out_to_an_unknown_distances_ceiling(tmp_path: Path, edge: float, expected: Any) -> None:
    question = rule(theme="groundwater", check="avoid", attention_m={"unknown": True, "ceiling": 50})
    away = [box(100, 100, 200, 200)]
    assert saying(ask(tmp_path, question, away, SITE, coverage=box(0, 0, edge, 10_000))) == expected


def test_absence_of_what_is_never_fully_mapped_has_its_own_words(tmp_path: Path) -> None:
    question = rule(theme="ancient_monument", check="avoid")
    assert saying(ask(tmp_path, question, FAR, SITE)) == ("PASS", "R0", "clear.indicative")


SERVES = rule(theme="riksintresse_hamn", check="avoid", serves=["hamn"])


@pytest.mark.parametrize(("use", "expected"), [("hamn", ("REVIEW", "K", "serves")), ("industri", HIT)])
def test_a_use_that_serves_the_interest_leads_to_consultation(tmp_path: Path, use: str, expected: Any) -> None:
    found = ask(tmp_path, SERVES, [SITE], SITE, use=use)
    assert saying(found) == expected
    assert found.need == ("samråd" if use == "hamn" else None)


FORBIDS = rule(theme="water_protection", check="avoid", forbids=True, code="K", need="tillstånd")


@pytest.mark.parametrize(
    ("forbidden", "use", "expected"),
    [
        ("drivmedel", "drivmedel", ("FAIL", "K", "forbidden")),
        ("lager; Bensinstation", "drivmedel", ("FAIL", "K", "forbidden")),
        ("drivmedel", "lager", ("REVIEW", "K", "hit")),
        (None, "drivmedel", ("REVIEW", "K", "hit")),
    ],
    ids=["named", "named by another word", "another use", "nothing named"],
)
def test_only_a_foreskrift_that_names_the_use_speaks_against_it(
    tmp_path: Path, forbidden: str | None, use: str, expected: Any
) -> None:
    assert saying(ask(tmp_path, FORBIDS, [(SITE, {"forbids": forbidden})], SITE, use=use)) == expected


def test_a_forbidding_zone_that_is_only_touched_forbids_nothing(tmp_path: Path) -> None:
    zone = (box(5100, 5000, 5200, 5100), {"forbids": "drivmedel"})
    assert saying(ask(tmp_path, FORBIDS, [zone], SITE, use="drivmedel")) == TOUCH


def test_a_forbidding_zone_among_others_is_found(tmp_path: Path) -> None:
    zones = [(SITE, {"forbids": "lager"}), (SITE, {"forbids": "drivmedel"}), (SITE, {"forbids": None})]
    assert saying(ask(tmp_path, FORBIDS, zones, SITE, use="drivmedel")) == ("FAIL", "K", "forbidden")


# --- within ---------------------------------------------------------------------------------------------------------

WITHIN = rule(theme="shore_protection", check="within")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (box(5090, 5000, 5200, 5100), ("REVIEW", "R2", "inside")),
        (box(5100, 5000, 5200, 5100), TOUCH),
        (box(5200, 5000, 5300, 5100), MISS),
    ],
    ids=["overlap", "shared border", "away"],
)
def test_any_overlap_with_an_area_is_inside_it(tmp_path: Path, zone: Any, expected: Any) -> None:
    assert saying(ask(tmp_path, WITHIN, [zone], SITE)) == expected


@pytest.mark.parametrize(
    ("wide_m", "case"), [(50.0, "contact"), (50.001, "inside"), (49.999, "contact")], ids=["exactly", "more", "less"]
)
def test_a_share_must_be_exceeded(tmp_path: Path, wide_m: float, case: str) -> None:
    question = rule(theme="shore_protection", check="within", share=0.5)
    found = ask(tmp_path, question, [box(5100 - wide_m, 5000, 5300, 5100)], SITE)
    assert found.case == case
    assert found.outcome == ("REVIEW" if case == "inside" else "PASS")


EASED = rule(theme="shore_protection", check="within", eased_by="lis_area", code="K", need="tillstånd")


@pytest.mark.parametrize(
    ("lis", "status", "case"),
    [
        (SITE, "laga kraft", "eased"),
        (box(4000, 4000, 5099, 6000), "laga kraft", "inside"),
        (box(5100, 5000, 5200, 5100), "laga kraft", "inside"),
        (SITE, "samråd", "eased_pending"),
        (SITE, "antagen", "eased_pending"),
        (SITE, "upphävd", "inside"),
    ],
    ids=["in force", "1 m short", "touched", "samråd", "antagen", "upphävd"],
)
def test_lis_changes_the_words_and_never_the_call(tmp_path: Path, lis: Any, status: str, case: str) -> None:
    pack = Pack(tmp_path / "paket").document("op").document("lis", "tillägg", status=status, themes=["lis_area"])
    pack.layer("strand", "shore_protection", [SITE]).layer("lis", "lis_area", [lis], document="lis")
    found = run(tmp_path, pack, book(tmp_path, EASED), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("REVIEW", "K", case)


def test_a_lis_area_is_named_beside_the_protection_it_eases(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").document("lis", "tillägg", status="samråd", themes=["lis_area"])
    pack.layer("strand", "shore_protection", [SITE]).layer("lis", "lis_area", [SITE], document="lis")
    found = run(tmp_path, pack, book(tmp_path, EASED), ("a", SITE))["a"].finding("t.rule")
    assert [(one.role, one.layer, one.governs) for one in found.features] == [
        ("hit", "strand", True),
        ("easing", "lis", False),
    ]


# --- at_least -------------------------------------------------------------------------------------------------------

AT_LEAST = rule(theme="housing", check="at_least", distance_m=150)
TOO_NEAR = ("REVIEW", "R2", "too_near")


@pytest.mark.parametrize(
    ("east", "expected"),
    [(5250, MISS), (5249.999, TOO_NEAR), (5250.001, MISS), (5100, TOO_NEAR), (5050, TOO_NEAR), (9000, MISS)],
    ids=["exactly at", "1 mm nearer", "1 mm farther", "shared border", "overlap", "far away"],
)
def test_exactly_at_the_least_distance_is_far_enough(tmp_path: Path, east: float, expected: Any) -> None:
    assert saying(ask(tmp_path, AT_LEAST, [box(east, 5000, east + 100, 5100)], SITE)) == expected


def test_a_distance_within_half_a_millimetre_of_the_least_counts_as_met(tmp_path: Path) -> None:
    # 149.9996 m is 150.000 m at the millimetre that distances are compared at.
    assert saying(ask(tmp_path, AT_LEAST, [box(5249.9996, 5000, 5300, 5100)], SITE)) == MISS


@pytest.mark.parametrize("site", [line((5000, 5000), (5100, 5000)), point(5100, 5000)], ids=["line", "point"])
@pytest.mark.parametrize(("east", "expected"), [(5250, MISS), (5249.999, TOO_NEAR)], ids=["at", "nearer"])
def test_lines_and_points_keep_their_distance_too(tmp_path: Path, site: Any, east: float, expected: Any) -> None:
    assert saying(ask(tmp_path, AT_LEAST, [point(east, 5000)], site)) == expected


def test_the_distance_to_a_line_is_to_its_nearest_point(tmp_path: Path) -> None:
    question = rule(theme="dangerous_goods_route", check="at_least", distance_m=150)
    # The line passes 30 m east and 40 m north of the corner (5100, 5100): hypot(30, 40) = 50 m.
    found = ask(tmp_path, question, [line((5130, 5140), (9000, 9000))], SITE)
    assert saying(found) == TOO_NEAR
    assert found.measures["distance_m"] == 50.0


@pytest.mark.parametrize(("edge", "expected"), [(5250, MISS), (5249.999, NO_COVERAGE)], ids=["exactly", "1 mm short"])
def test_far_enough_needs_coverage_out_to_the_least_distance(tmp_path: Path, edge: float, expected: Any) -> None:
    found = ask(tmp_path, AT_LEAST, [box(100, 100, 200, 200)], SITE, coverage=box(0, 0, edge, 10_000))
    assert saying(found) == expected


def test_too_near_needs_no_coverage(tmp_path: Path) -> None:
    assert saying(ask(tmp_path, AT_LEAST, [box(5200, 5000, 5300, 5100)], SITE, coverage=None)) == TOO_NEAR


@pytest.mark.parametrize(
    ("east", "expected"), [(5175, MISS), (5174.999, GUIDELINE)], ids=["at the ceiling", "1 mm inside it"]
)
def test_an_unknown_distance_is_open_inside_its_ceiling_and_clear_beyond(
    tmp_path: Path, east: float, expected: Any
) -> None:
    question = rule(theme="housing", check="at_least", distance_m={"unknown": True, "ceiling": 75})
    assert saying(ask(tmp_path, question, [box(east, 5000, 5500, 5100)], SITE)) == expected


def test_an_unknown_distance_without_a_ceiling_is_open_everywhere(tmp_path: Path) -> None:
    question = rule(theme="housing", check="at_least", distance_m={"unknown": True})
    assert saying(ask(tmp_path, question, FAR, SITE)) == GUIDELINE


@pytest.mark.parametrize(("east", "expected"), [(9000, GUIDELINE), (5250, GUIDELINE), (5249.999, TOO_NEAR)])
def test_beyond_a_distance_that_is_not_the_last_word_the_question_is_open(
    tmp_path: Path, east: float, expected: Any
) -> None:
    # The site ends at 5 100: 5 250 is 150 m away, which is far enough for the distance and not for the guideline.
    question = rule(theme="housing", check="at_least", distance_m=150, beyond_open=True, guideline="dnr 1")
    found = ask(tmp_path, question, [box(east, 5000, east + 50, 5100)], SITE)
    assert saying(found) == expected
    assert found.arguments["guideline"] == "dnr 1"


def test_beyond_a_distance_that_is_the_last_word_the_answer_is_clear(tmp_path: Path) -> None:
    question = rule(theme="housing", check="at_least", distance_m=150, beyond_open=False)
    assert saying(ask(tmp_path, question, [box(5250, 5000, 5300, 5100)], SITE)) == MISS


def test_without_a_layer_it_is_the_layer_that_is_missing_and_not_the_guideline(tmp_path: Path) -> None:
    question = rule(theme="housing", check="at_least", distance_m=150, beyond_open=True)
    found = run(tmp_path, Pack(tmp_path / "paket"), book(tmp_path, question), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("OPEN", "U0", "open.layer_missing")


# --- at_least with each site's own distance -------------------------------------------------------------------------

OWN = rule(theme="housing", check="at_least", distance_m={"attribute": "protection_distance_m"})
NOT_STATED = ("OPEN", "U0", "open.attribute_missing")


@pytest.mark.parametrize(
    ("stated", "expected"),
    # The house lies 400 m away. A distance that is nought, negative or no number is no distance.
    [(400, MISS), (400.001, TOO_NEAR), (399.999, MISS), (0, NOT_STATED), (None, NOT_STATED)],
)
def test_a_site_is_held_against_the_distance_it_states(tmp_path: Path, stated: float | None, expected: Any) -> None:
    found = ask(tmp_path, OWN, [box(5500, 5000, 5600, 5100)], SITE, protection_distance_m=stated)
    assert saying(found) == expected
    assert found.arguments["attribute"] == "protection_distance_m"
    assert found.arguments["threshold_m"] == (stated or None)


@pytest.mark.parametrize("stated", [-1.0, float("nan"), float("inf"), 0.0])
def test_what_is_no_distance_is_never_clear(stated: float) -> None:
    """Of a site that is not read from a file too, nothing follows from a distance that cannot be kept."""
    flags, metres = np.zeros(1, bool), np.array([9000.0])
    columns = Columns(
        state=ThemeState(), hit=flags, contact=flags, area_m2=metres, share=metres, length_m=metres, hits=metres,
        distance_m=metres, covered=~flags, set_aside=flags, serves=flags, forbids=flags, eased=metres * 0,
        eased_pending=metres * 0,
    )  # fmt: skip
    terms = Terms(
        parameters={"distance_m": Parameter(value=None, attribute="protection_distance_m")}, hit=REVIEW, code=Code.K
    )
    answer = judge_at_least(Distances(columns=columns, distance_m=np.array([stated])), terms)
    assert answer.outcome[0] != PASS


@pytest.mark.parametrize(
    "stated", ["-5", "inf", "nan", "0", "långt", "", None, -5, "nej", "ja", True, "y", 1e308, "1e300", 200_000_000]
)
def test_an_attribute_of_ones_own_that_is_no_distance_is_asked_for(tmp_path: Path, stated: Any) -> None:
    question = rule(theme="housing", check="at_least", distance_m={"attribute": "eget_avstand"})
    found = ask(tmp_path, question, [box(9000, 9000, 9100, 9100)], SITE, eget_avstand=stated)
    assert saying(found) == NOT_STATED
    assert found.arguments["threshold_m"] is None


def test_the_coverage_told_is_that_of_each_rules_own_reach(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("hus", "housing", [box(100, 100, 200, 200)])
    here = rule("t.here", theme="housing", check="avoid")
    found = run(tmp_path, pack, book(tmp_path, here, OWN), ("a", SITE, {"protection_distance_m": 6000}))["a"]
    assert found.finding("t.here").measures["coverage"] == 1.0
    # 6 000 m around the site reach beyond the municipality, which ends 4 900 m away.
    assert 0.5 < found.finding("t.rule").measures["coverage"] < 1.0


def test_the_distance_is_missing_also_where_the_site_lies_on_a_house(tmp_path: Path) -> None:
    assert saying(ask(tmp_path, OWN, [SITE], SITE)) == NOT_STATED


@pytest.mark.parametrize(("stated", "expected"), [(4900, MISS), (4900.001, NO_COVERAGE)])
def test_coverage_is_asked_out_to_the_distance_that_the_site_states(
    tmp_path: Path, stated: float, expected: Any
) -> None:
    # The municipality is 10 000 m wide and the site lies from 5 000 to 5 100: the eastern border is 4 900 m away.
    layer = Pack(tmp_path / "paket").layer("hus", "housing", [box(100, 100, 200, 200)])
    found = run(tmp_path, layer, book(tmp_path, OWN), ("a", SITE, {"protection_distance_m": stated}))
    assert saying(found["a"].finding("t.rule")) == expected


def test_each_site_has_a_distance_and_a_reach_of_its_own(tmp_path: Path) -> None:
    # The house lies 300 m east of a; b lies 900 m west of the municipality's middle and 1 200 m from the house.
    pack = Pack(tmp_path / "paket").layer("hus", "housing", [box(5400, 5000, 5500, 5100)])
    rows = [
        ("a", SITE, {"protection_distance_m": 200}),
        ("b", box(4100, 5000, 4200, 5100), {"protection_distance_m": 2000}),
        ("c", SITE, {}), ("d", SITE, {"protection_distance_m": 5000}),
    ]  # fmt: skip
    found = run(tmp_path, pack, book(tmp_path, OWN), *rows)
    answers = {site: found[site].finding("t.rule") for site in "abcd"}
    assert {site: saying(one) for site, one in answers.items()} == {
        "a": MISS, "b": TOO_NEAR, "c": NOT_STATED, "d": TOO_NEAR,
    }  # fmt: skip
    # Within its reach the house is near; beyond it, only the nearest.
    assert {site: [one.role for one in answers[site].features] for site in "abcd"} == {
        "a": ["nearest"], "b": ["near"], "c": ["nearest"], "d": ["near"],
    }  # fmt: skip
    # 200 m of 300 m leave 100 m; the house would have to move 800 m from b (1 200 of 2 000).
    assert (answers["a"].margin_m, answers["b"].margin_m) == (100.0, 800.0)
    assert answers["a"].measures["coverage"] == 1.0
    assert (answers["d"].measures["coverage"] or 1.0) < 1.0
    assert "reach_m=200" in answers["a"].how


def test_the_distance_a_site_states_is_part_of_the_evidence(tmp_path: Path) -> None:
    houses = [box(5500, 5000, 5600, 5100)]
    found = [ask(tmp_path, OWN, houses, SITE, protection_distance_m=metres) for metres in (100, 200, 100)]
    assert found[0].evidence == found[2].evidence != found[1].evidence


def test_an_unusable_house_within_the_stated_distance_leaves_the_question_open(tmp_path: Path) -> None:
    bow_tie = put(shapely.Polygon([(5400, 5000), (5500, 5100), (5500, 5000), (5400, 5100)]))
    pack = Pack(tmp_path / "paket").layer("hus", "housing", [bow_tie, box(9000, 9000, 9100, 9100)])
    rows = [("a", SITE, {"protection_distance_m": 299}), ("b", SITE, {"protection_distance_m": 301})]
    found = run(tmp_path, pack, book(tmp_path, OWN), *rows)
    outcomes = [found[site].finding("t.rule").outcome.value for site in "ab"]
    assert outcomes[0] == "PASS"
    assert outcomes[1] != "PASS"


def test_a_theme_that_does_not_occur_asks_no_site_for_its_distance(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    pack.add("not_applicable", theme="housing", reason="inga bostäder", stated_by="A. A.")
    found = run(tmp_path, pack, book(tmp_path, OWN), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("NOT_APPLICABLE", None, "not_applicable.stated")


def test_a_house_in_any_layer_of_the_theme_is_the_nearest(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("a-stad", "housing", [box(9000, 9000, 9100, 9100)])
    pack.layer("b-land", "housing", [box(5200, 5000, 5250, 5100)])
    found = run(tmp_path, pack, book(tmp_path, AT_LEAST), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == TOO_NEAR
    assert found.measures["distance_m"] == 100.0


# --- band -----------------------------------------------------------------------------------------------------------

BANDS = [{"upto_m": 70, "uses": ["kontor"]}, {"upto_m": 150, "uses": ["bostäder", "vård"]}]
BAND = rule(theme="dangerous_goods_route", check="band", band=BANDS)
IN_BAND = ("REVIEW", "R2", "in_band")


@pytest.mark.parametrize(
    ("use", "metres", "expected"),
    [
        ("kontor", 69.999, IN_BAND),
        ("kontor", 70, MISS),
        ("kontor", 100, MISS),
        ("bostäder", 100, IN_BAND),
        ("vård", 149.999, IN_BAND),
        ("bostäder", 150, MISS),
        ("industri", 1, ("NOT_APPLICABLE", None, "not_applicable.use")),
    ],
)
def test_each_use_has_its_own_band(tmp_path: Path, use: str, metres: float, expected: Any) -> None:
    road = line((5100 + metres, 0), (5100 + metres, 10_000))
    assert saying(ask(tmp_path, BAND, [road], SITE, use=use)) == expected


@pytest.mark.parametrize("bands", [BANDS, BANDS[::-1]], ids=["as written", "turned round"])
@pytest.mark.parametrize(("use", "expected"), [("kontor", MISS), ("industri", IN_BAND)])
def test_a_band_for_a_use_goes_before_one_for_all_uses(tmp_path: Path, bands: Any, use: str, expected: Any) -> None:
    wide = {"upto_m": 150, "uses": ["*"]}
    question = rule(
        theme="dangerous_goods_route", check="band", band=[{k: v for k, v in wide.items() if k != "uses"}, *bands]
    )
    road = line((5200, 0), (5200, 10_000))
    assert saying(ask(tmp_path, question, [road], SITE, use=use)) == expected


@pytest.mark.parametrize("turned", [False, True])
def test_a_use_in_two_bands_is_asked_about_out_to_the_wider(tmp_path: Path, turned: bool) -> None:
    bands = [{"upto_m": 70, "uses": ["kontor"]}, {"upto_m": 150, "uses": ["kontor"]}]
    question = rule(theme="dangerous_goods_route", check="band", band=bands[::-1] if turned else bands)
    found = ask(tmp_path, question, [line((5200, 0), (5200, 10_000))], SITE, use="kontor")
    assert saying(found) == IN_BAND
    assert found.arguments["threshold_m"] == 150.0


def test_coverage_is_asked_out_to_the_widest_band(tmp_path: Path) -> None:
    road = [line((100, 0), (100, 10_000))]
    assert saying(ask(tmp_path, BAND, road, SITE, use="kontor", coverage=box(0, 0, 5249, 10_000))) == NO_COVERAGE


# --- at_most --------------------------------------------------------------------------------------------------------


def criterion(**keys: Any) -> dict[str, Any]:
    return rule(theme="port", check="at_most", basis="criterion", **keys)


@pytest.mark.parametrize(
    ("east", "expected"),
    [
        (6100, ("PASS", None, "met")),
        (6100.001, ("REVIEW", None, "not_met")),
        (6099.999, ("PASS", None, "met")),
        (5050, ("PASS", None, "met")),
    ],
    ids=["exactly at", "1 mm farther", "1 mm nearer", "on the site"],
)
def test_exactly_at_the_most_distance_is_met(tmp_path: Path, east: float, expected: Any) -> None:
    assert saying(ask(tmp_path, criterion(distance_m=1000), [point(east, 5050)], SITE)) == expected


@pytest.mark.parametrize(
    ("edge", "case"), [(6100, "not_met"), (6099.999, "at_most")], ids=["covered to the threshold", "1 mm short"]
)
def test_a_miss_counts_only_where_the_data_reaches_the_threshold(tmp_path: Path, edge: float, case: str) -> None:
    found = ask(tmp_path, criterion(distance_m=1000), [point(9000, 5050)], SITE, coverage=box(0, 0, edge, 10_000))
    assert found.case == case
    assert found.outcome == ("REVIEW" if case == "not_met" else "OPEN")


def test_a_criterion_that_is_met_needs_no_coverage(tmp_path: Path) -> None:
    assert ask(tmp_path, criterion(distance_m=1000), [point(5200, 5050)], SITE, coverage=None).case == "met"


def test_without_a_threshold_the_distance_is_told_and_nothing_judged(tmp_path: Path) -> None:
    found = ask(tmp_path, criterion(), [point(5400, 5050)], SITE)
    assert saying(found) == ("NOT_APPLICABLE", None, "no_threshold")
    assert found.measures["distance_m"] == 300.0


@pytest.mark.parametrize(("edge", "case"), [(8100, "no_threshold"), (8099.999, "at_most")])
def test_a_distance_beyond_the_edge_of_the_data_is_only_an_upper_bound(tmp_path: Path, edge: float, case: str) -> None:
    # 3000 m away; what lies outside the data may be nearer.
    found = ask(tmp_path, criterion(), [point(8100, 5050)], SITE, coverage=box(0, 0, edge, 10_000))
    assert (found.case, found.measures["distance_m"]) == (case, 3000.0)


def test_slivers_that_together_are_more_than_a_sliver_are_a_hit(tmp_path: Path) -> None:
    # 0.009 m × 100 m = 0.9 m² along two opposite sides: 1.8 m² together.
    east, west = box(5099.991, 5000, 5200, 5100), box(4900, 5000, 5000.009, 5100)
    assert saying(ask(tmp_path / "1", AVOID, [east], SITE)) == TOUCH
    found = ask(tmp_path / "2", AVOID, [east, west], SITE)
    assert (saying(found), found.measures["area_m2"]) == (HIT, 1.8)


def test_beyond_the_search_distance_nothing_is_known(tmp_path: Path) -> None:
    found = ask(tmp_path, criterion(distance_m=1000, search_m=2000), [point(9000, 5050)], SITE)
    assert found.case == "not_met"
    assert found.measures["distance_m"] is None
    assert found.features == ()


def test_a_criterion_without_a_layer_is_open(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    found = run(tmp_path, pack, book(tmp_path, criterion(distance_m=10)), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("OPEN", "U0", "open.layer_missing")


def test_criteria_stand_beside_the_verdict(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("hamn", "port", [point(9000, 5050)])
    pack.layer("vatten", "groundwater", [box(100, 100, 200, 200)])
    rules = book(
        tmp_path,
        {**criterion(distance_m=10), "id": "t.far"},
        {**criterion(distance_m=9000), "id": "t.near"},
        {**criterion(), "id": "t.told"},
        AVOID,
    )
    verdict = run(tmp_path, pack, rules, ("a", SITE))["a"].verdict
    assert (verdict.outcome, verdict.asked) == ("PASS", 1)
    assert (verdict.met, verdict.not_met, verdict.unknown) == (("t.near",), ("t.far",), ("t.told",))


# --- trigger --------------------------------------------------------------------------------------------------------


def tall(**keys: Any) -> dict[str, Any]:
    return rule(check="trigger", attribute="height_m", op=">", value=20, **keys)


def about(folder: Path, question: dict[str, Any], **attributes: Any) -> Any:
    pack = Pack(folder / "paket").layer("msa", "msa_area", [box(4000, 4000, 6000, 6000)])
    return run(folder, pack, book(folder, question), ("a", SITE, attributes))["a"].finding("t.rule")


@pytest.mark.parametrize(
    ("height", "expected"),
    [
        (20, MISS),
        (20.001, HIT),
        ("20,5", HIT),
        (0, MISS),
        (None, ("OPEN", "U0", "open.attribute_missing")),
        ("", ("OPEN", "U0", "open.attribute_missing")),
    ],
)
def test_a_missing_attribute_is_a_question_and_never_zero(tmp_path: Path, height: Any, expected: Any) -> None:
    found = about(tmp_path, tall(), height_m=height)
    assert saying(found) == expected
    assert found.open_reason == ("attribute_missing" if expected[0] == "OPEN" else None)


@pytest.mark.parametrize(
    ("op", "holds"),
    [(">", [False, False, True]), (">=", [False, True, True]), ("<", [True, False, False]), ("<=", [True, True, False]),
     ("==", [False, True, False]), ("!=", [True, False, True])],
)  # fmt: skip
def test_every_operator_compares_the_sites_value_with_the_limit(tmp_path: Path, op: str, holds: list[bool]) -> None:
    question = rule(check="trigger", attribute="height_m", op=op, value=20)
    found = [about(tmp_path, question, height_m=height).case for height in (19, 20, 21)]
    assert found == ["hit" if one else "clear" for one in holds]


@pytest.mark.parametrize(("seveso", "expected"), [("ja", HIT), (True, HIT), ("nej", MISS), (False, MISS)])
def test_yes_and_no_can_be_asked_for(tmp_path: Path, seveso: Any, expected: Any) -> None:
    question = rule(check="trigger", attribute="seveso", op="==", value=True)
    assert saying(about(tmp_path, question, seveso=seveso)) == expected


@pytest.mark.parametrize("stated", ["ja", True, "nej", False])
def test_a_yes_is_no_size_that_can_be_compared(tmp_path: Path, stated: Any) -> None:
    question = rule(check="trigger", attribute="skorsten", op=">", value=20)
    found = about(tmp_path, question, skorsten=stated)
    assert saying(found) == NOT_STATED
    depending = rule(theme="msa_area", check="avoid", when={"attribute": "skorsten", "op": ">", "value": 20})
    found = about(tmp_path, depending, skorsten=stated)
    assert (saying(found), found.arguments["attribute"]) == (NOT_STATED, "skorsten")


@pytest.mark.parametrize("stated", [2, "2", 0.5, -1])
def test_a_size_is_neither_yes_nor_no(tmp_path: Path, stated: Any) -> None:
    question = rule(check="trigger", attribute="farligt_avfall", op="==", value=True)
    assert saying(about(tmp_path, question, farligt_avfall=stated)) == NOT_STATED
    depending = rule(theme="msa_area", check="avoid", when={"attribute": "farligt_avfall", "op": "==", "value": True})
    found = about(tmp_path, depending, farligt_avfall=stated)
    assert (saying(found), found.arguments["attribute"]) == (NOT_STATED, "farligt_avfall")


@pytest.mark.parametrize(("stated", "expected"), [(1, HIT), ("1", HIT), (0, MISS), ("ja", HIT), (False, MISS)])
def test_one_and_nought_are_yes_and_no(tmp_path: Path, stated: Any, expected: Any) -> None:
    question = rule(check="trigger", attribute="farligt_avfall", op="==", value=True)
    assert saying(about(tmp_path, question, farligt_avfall=stated)) == expected


@pytest.mark.parametrize(("stated", "expected"), [("ja", HIT), ("nej", MISS)])
def test_what_is_known_to_be_yes_or_no_can_be_asked_for_by_number(tmp_path: Path, stated: str, expected: Any) -> None:
    question = rule(check="trigger", attribute="seveso", op="==", value=1)
    assert saying(about(tmp_path, question, seveso=stated)) == expected


@pytest.mark.parametrize("limit", [1e9, 1e308])
def test_a_distance_longer_than_the_world_is_a_fault(tmp_path: Path, limit: float) -> None:
    with pytest.raises(RuleError, match="distance_m"):
        book(tmp_path, rule(theme="housing", check="at_least", distance_m=limit))
    with pytest.raises(RuleError, match="attention_m"):
        book(tmp_path, rule(theme="housing", check="avoid", attention_m=limit))


@pytest.mark.parametrize(
    ("height", "expected"),
    [
        (10, ("NOT_APPLICABLE", None, "not_applicable.when")),
        (30, HIT),
        (None, ("OPEN", "U0", "open.attribute_missing")),
    ],
)
def test_a_rule_can_depend_on_an_attribute(tmp_path: Path, height: Any, expected: Any) -> None:
    question = rule(theme="msa_area", check="avoid", when={"attribute": "height_m", "op": ">=", "value": 20})
    assert saying(about(tmp_path, question, height_m=height)) == expected


def test_an_attribute_that_the_map_makes_irrelevant_is_not_asked_for(tmp_path: Path) -> None:
    question = rule(theme="msa_area", check="avoid", when={"attribute": "height_m", "op": ">=", "value": 20})
    assert saying(ask(tmp_path, question, FAR, SITE)) == MISS


@pytest.mark.parametrize(
    ("use", "expected"), [("industri", HIT), ("lager", ("NOT_APPLICABLE", None, "not_applicable.use"))]
)
def test_a_rule_for_some_uses_is_not_asked_of_others(tmp_path: Path, use: str, expected: Any) -> None:
    question = rule(theme="groundwater", check="avoid", uses=["industri"])
    assert saying(ask(tmp_path, question, [SITE], SITE, use=use)) == expected


# --- several conditions ---------------------------------------------------------------------------------------------

TALL = {"attribute": "height_m", "op": ">", "value": 20}
OUTSIDE_TOWN = {"attribute": "built_up", "op": "==", "value": False}
NOT_HERE = ("NOT_APPLICABLE", None, "not_applicable.when")


@pytest.mark.parametrize(
    ("height", "built_up", "expected", "about_what"),
    [
        (25, "nej", HIT, "height_m"),
        (25, "ja", NOT_HERE, "built_up"),
        (15, "nej", NOT_HERE, "height_m"),
        # One that does not hold settles it, whatever the other would have been.
        (15, None, NOT_HERE, "height_m"),
        (None, "ja", NOT_HERE, "built_up"),
        (25, None, NOT_STATED, "built_up"),
        (None, "nej", NOT_STATED, "height_m"),
        (None, None, NOT_STATED, "height_m"),
    ],
)
def test_all_conditions_must_hold(
    tmp_path: Path, height: float | None, built_up: str | None, expected: Any, about_what: str
) -> None:
    question = rule(theme="msa_area", check="avoid", when=[TALL, OUTSIDE_TOWN])
    found = about(tmp_path, question, height_m=height, built_up=built_up)
    assert saying(found) == expected
    assert found.arguments["attribute"] == about_what


@pytest.mark.parametrize(("built_up", "expected"), [("nej", HIT), ("ja", NOT_HERE), (None, HIT)])
def test_a_rule_may_be_asked_anyway_where_the_attribute_is_not_stated(
    tmp_path: Path, built_up: str | None, expected: Any
) -> None:
    question = rule(theme="msa_area", check="avoid", when={**OUTSIDE_TOWN, "missing": "ask"})
    assert saying(about(tmp_path, question, built_up=built_up)) == expected


def test_a_theme_that_does_not_occur_asks_no_site_for_its_height(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    pack.add("not_applicable", theme="msa_area", reason="ingen flygplats", stated_by="A. A.")
    question = rule(theme="msa_area", check="avoid", when=TALL)
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("NOT_APPLICABLE", None, "not_applicable.stated")


def test_asking_anyway_leaves_the_other_conditions_as_they_are(tmp_path: Path) -> None:
    question = rule(theme="msa_area", check="avoid", when=[{**OUTSIDE_TOWN, "missing": "ask"}, TALL])
    found = about(tmp_path, question)
    assert (saying(found), found.arguments["attribute"]) == (NOT_STATED, "height_m")


def test_a_trigger_tells_which_of_its_attributes_is_missing(tmp_path: Path) -> None:
    question = tall(when=OUTSIDE_TOWN)
    for stated, missing in (({"height_m": 25}, "built_up"), ({"built_up": "nej"}, "height_m")):
        found = about(tmp_path, question, **stated)
        assert (saying(found), found.arguments["attribute"]) == (NOT_STATED, missing)


def test_every_attribute_that_a_rule_depends_on_is_part_of_the_evidence(tmp_path: Path) -> None:
    question = tall(when={**OUTSIDE_TOWN, "missing": "ask"})
    stated = ({"height_m": 25}, {"height_m": 26}, {"height_m": 25, "built_up": "nej"})
    assert len({about(tmp_path, question, **one).evidence for one in stated}) == 3


# --- conflict -------------------------------------------------------------------------------------------------------

CONFLICT = rule(check="conflict", themes=["riksintresse_hamn", "riksintresse_naturvard"])
OVER, AWAY = SITE, box(9000, 9000, 9100, 9100)


@pytest.mark.parametrize(
    ("harbour", "nature", "expected"),
    [
        (OVER, OVER, ("REVIEW", "A", "hit")),
        (OVER, AWAY, MISS),
        (AWAY, OVER, MISS),
        (AWAY, AWAY, MISS),
        (OVER, None, ("OPEN", "U0", "open.layer_missing")),
        (None, OVER, ("OPEN", "U0", "open.layer_missing")),
        (AWAY, None, MISS),
        (None, None, ("OPEN", "U0", "open.layer_missing")),
    ],
)
def test_two_interests_meet_only_where_both_are_and_one_proven_away_settles_it(
    tmp_path: Path, harbour: Any, nature: Any, expected: Any
) -> None:
    pack = Pack(tmp_path / "paket")
    for name, theme, shape in (("h", "riksintresse_hamn", harbour), ("n", "riksintresse_naturvard", nature)):
        if shape is not None:
            pack.layer(name, theme, [shape])
    assert saying(run(tmp_path, pack, book(tmp_path, CONFLICT), ("a", SITE))["a"].finding("t.rule")) == expected


def test_two_interests_in_different_corners_of_the_site_both_count(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("h", "riksintresse_hamn", [box(4900, 4900, 5010, 5010)])
    pack.layer("n", "riksintresse_naturvard", [box(5090, 5090, 5200, 5200)])
    found = run(tmp_path, pack, book(tmp_path, CONFLICT), ("a", SITE))["a"].finding("t.rule")
    assert saying(found) == ("REVIEW", "A", "hit")
    assert {one.layer for one in found.features if one.role == "hit"} == {"h", "n"}


def test_why_two_purposes_may_be_hard_to_combine_is_told(tmp_path: Path) -> None:
    why = {"value": "Hamnen behöver ytan.", "source": "ÖP s. 3", "checked": False}
    pack = Pack(tmp_path / "paket").layer("h", "riksintresse_hamn", [box(4900, 4900, 5010, 5010)])
    pack.layer("n", "riksintresse_naturvard", [box(5090, 5090, 5200, 5200)])
    found = run(tmp_path, pack, book(tmp_path, {**CONFLICT, "why": why}), ("a", SITE)).to_dict()
    assert "Hamnen behöver ytan." in found["sites"][0]["findings"][0]["message"]
    assert found["rules"][0]["parameters"]["why"] == {**why, "ceiling": None, "attribute": None}


# --- covered --------------------------------------------------------------------------------------------------------

COVERED = rule(theme="water_service_area", check="covered", themes=["water_service_area"], of="theme")
INSIDE, NOT_INSIDE = ("PASS", "R0", "covered"), ("REVIEW", "R2", "not_covered")


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ([SITE], INSIDE),
        ([box(4000, 4000, 6000, 6000)], INSIDE),
        ([box(4000, 4000, 5050, 6000), box(5050, 4000, 6000, 6000)], INSIDE),
        ([box(4000, 4000, 5050, 6000), box(4000, 4000, 5050, 6000)], NOT_INSIDE),
        ([box(4000, 4000, 5099, 6000)], NOT_INSIDE),
        ([put(shapely.box(4000, 4000, 6000, 6000) - shapely.box(5040, 5040, 5060, 5060))], NOT_INSIDE),
        ([box(5100, 5000, 5200, 5100)], NOT_INSIDE),
        ([AWAY], NOT_INSIDE),
    ],
    ids=["exactly", "wider", "two halves", "one half twice", "1 m short", "hole", "shared border", "away"],
)
def test_covered_asks_for_the_whole_site_on_the_union(tmp_path: Path, areas: list[Any], expected: Any) -> None:
    named = [(shape, {"id": f"a{number}"}) for number, shape in enumerate(areas)]
    assert saying(ask(tmp_path, COVERED, named, SITE)) == expected


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (point(5050, 5050), INSIDE),
        (point(7000, 7000), NOT_INSIDE),
        (several(point(5040, 5050), point(5060, 5050)), INSIDE),
        (several(point(5040, 5050), point(7000, 7000)), NOT_INSIDE),
        (line((5000, 5050), (5090, 5050)), INSIDE),
        (line((5000, 5050), (5110, 5050)), NOT_INSIDE),
    ],
    ids=["point inside", "point outside", "two inside", "one of two inside", "line inside", "line across"],
)
def test_every_point_and_metre_of_a_site_must_be_covered(tmp_path: Path, site: Any, expected: Any) -> None:
    assert saying(ask(tmp_path, COVERED, [SITE], site)) == expected


def test_outside_the_data_nobody_knows_whether_a_site_is_served(tmp_path: Path) -> None:
    assert saying(ask(tmp_path, COVERED, [AWAY], SITE, coverage=box(8000, 8000, 9500, 9500))) == NO_COVERAGE


# --- use_matrix: what a zone says -----------------------------------------------------------------------------------


def zone(value: int, stance: int = STANCE_NO_TEXT, **flags: bool) -> Zones:
    def flag(name: str) -> Any:
        return np.array([flags.get(name, False)])

    return Zones(
        subject=np.zeros(1, np.int64),
        value=np.array([value], np.int8),
        stance=np.array([stance], np.int8),
        firm=flag("firm"),
        confirmed=flag("confirmed"),
        undecided=flag("undecided"),
        unclear=flag("unclear"),
        bare_m2=np.zeros(1),
        outside_m2=np.zeros(1),
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (zone(1), "f1"),
        (zone(1, STANCE_SUPPORTS), "f1"),
        (zone(1, STANCE_SUPPORTS_USE), "f1"),
        (zone(1, STANCE_UNREAD), "f2.stance_unread"),
        (zone(1, STANCE_CONDITION), "f2.stance_condition"),
        (zone(1, STANCE_EXCLUDES), "f5.stance"),
        (zone(2), "f2.depends"),
        (zone(2, undecided=True), "f2.undecided"),
        (zone(2, STANCE_UNREAD), "f2.depends"),
        (zone(2, STANCE_SUPPORTS), "f2.depends"),
        (zone(2, STANCE_SUPPORTS_USE), "f1"),
        (zone(2, STANCE_EXCLUDES), "f5.stance"),
        (zone(0), "f4"),
        (zone(0, STANCE_SUPPORTS), "f4"),
        (zone(0, STANCE_UNREAD), "f4"),
        (zone(0, firm=True), "f5.firm"),
        (zone(0, confirmed=True), "f5.cell"),
        (zone(0, firm=True, confirmed=True), "f5.firm"),
        (zone(1, confirmed=True), "f1"),
        (zone(2, confirmed=True), "f2.depends"),
        (zone(-1), "u0.unmapped"),
        (zone(-1, STANCE_UNREAD), "u0.unmapped"),
        (zone(-1, STANCE_EXCLUDES), "f5.stance"),
        (zone(1, unclear=True), "u0.precedence"),
        (zone(0, STANCE_EXCLUDES, firm=True, unclear=True), "u0.precedence"),
    ],
)
def test_matrix_and_text_together_give_a_zones_answer(given: Zones, expected: str) -> None:
    assert [ZONE_CASES[rank][0] for rank in zone_cases(given)] == [expected]


WORST_FIRST = ["f5.stance", "u0.unmapped", "f4", "f2.depends", "f1"]


def test_zone_answers_are_ranked_from_against_over_untested_to_support() -> None:
    ranked = [case for case, _, _ in ZONE_CASES if case in WORST_FIRST]
    assert ranked == WORST_FIRST


def together(values: list[int], bare: float = 0.0, outside: float = 0.0) -> tuple[str | None, str | None]:
    count = len(values)
    zones = Zones(
        subject=np.zeros(count, np.int64),
        value=np.array(values, np.int8),
        stance=np.full(count, STANCE_NO_TEXT, np.int8),
        firm=np.zeros(count, bool),
        confirmed=np.zeros(count, bool),
        undecided=np.zeros(count, bool),
        unclear=np.zeros(count, bool),
        bare_m2=np.array([bare]),
        outside_m2=np.array([outside]),
    )
    answer = judge_use_matrix(zones, Terms(parameters={}, hit=FAIL, code=Code.R2))
    from opcheck.findings import CODES, OUTCOMES

    return OUTCOMES.name(int(answer.outcome[0])), CODES.name(int(answer.code[0]))


@pytest.mark.parametrize(
    ("values", "bare", "outside", "expected"),
    [
        ([1], 0, 0, ("PASS", "F1")),
        ([1, 1], 0, 0, ("PASS", "F1")),
        ([1, 2], 0, 0, ("REVIEW", "F3")),
        ([2, 2], 0, 0, ("REVIEW", "F2")),
        ([0, 1], 0, 0, ("REVIEW", "F3")),
        ([0], 0, 0, ("REVIEW", "F4")),
        ([-1], 0, 0, ("OPEN", "U0")),
        ([1, -1], 0, 0, ("OPEN", "F3")),
        ([1], 10, 0, ("OPEN", "F3")),
        ([1], 0, 10, ("OPEN", "F3")),
        ([0], 0, 10, ("OPEN", "F3")),
        ([], 10, 0, ("OPEN", "U0")),
        ([], 0, 10, ("OPEN", "U0")),
        ([], 10, 10, ("OPEN", "U0")),
        ([], 0, 0, ("OPEN", "U0")),
    ],
)
def test_zones_that_differ_give_the_worst_as_f3(
    values: list[int], bare: float, outside: float, expected: tuple[str, str]
) -> None:
    assert together(values, bare, outside) == expected


# --- the table of kinds ---------------------------------------------------------------------------------------------


def test_the_kinds_are_those_of_the_design() -> None:
    assert set(KINDS) == {
        "use_matrix", "avoid", "within", "at_least", "band", "at_most", "trigger", "conflict", "covered",
        "horizon",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(KINDS))
def test_only_a_ban_or_the_plan_itself_may_reach_fail(name: str) -> None:
    assert ("FAIL" in KINDS[name].may_reach) == (name in ("use_matrix", "avoid"))
