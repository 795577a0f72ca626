"""Searching and measuring: every number that a check sees, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from drawn import box, features, index, line, point, put, several, subjects

from opcheck.geometry import LedgerEntry
from opcheck.index import Boxes, Measured

SITE = box(5000, 5000, 5100, 5100)


def measured(objects: list[Any], site: Any = SITE, reach_m: float = 0.0, **layer: Any) -> Measured:
    accuracy = layer.pop("site_accuracy_m", 0.0)
    return index(features(objects, **layer)).measure(subjects(site, accuracy_m=accuracy), reach_m)


# --- unions and shares ----------------------------------------------------------------------------------------------


def test_three_stacked_objects_hit_the_site_once_over() -> None:
    found = measured([SITE, SITE, SITE])
    # Not 30 000 m²: the union of three equal squares of 100 m is one of them.
    assert (found.area_m2[0], found.share[0], found.hits[0]) == (10_000.0, 1.0, 3.0)
    assert list(found.pairs.area_m2) == [10_000.0] * 3


def test_objects_that_overlap_each_other_are_measured_on_their_union() -> None:
    found = measured([box(4000, 5000, 5060, 5100), box(5040, 5000, 6000, 5100)])
    # 60 m and 60 m of the site's 100 m, 20 m of them shared: together the whole.
    assert list(found.pairs.area_m2) == [6000.0, 6000.0]
    assert (found.area_m2[0], found.share[0]) == (10_000.0, 1.0)


def test_objects_apart_add_up() -> None:
    found = measured([box(5000, 5000, 5010, 5100), box(5090, 5000, 5100, 5100)])
    assert (found.area_m2[0], found.share[0]) == (2000.0, 0.2)


def test_stacked_lines_are_measured_once() -> None:
    found = measured([line((5000, 5050), (5060, 5050)), line((5040, 5050), (5100, 5050))])
    assert (found.length_m[0], found.hits[0]) == (100.0, 2.0)


def test_a_share_is_never_above_one_however_the_pieces_are_rounded() -> None:
    corners = [(5000, 5000), (5033.333, 5000), (5066.667, 5000), (5100, 5000), (5100, 5100), (5000, 5100)]
    middle = (5047.123, 5051.321)
    pieces = [
        put(shapely.Polygon([middle, corners[number], corners[(number + 1) % len(corners)]]))
        for number in range(len(corners))
    ]
    assert measured(pieces).share[0] == 1.0


def test_one_point_of_two_is_half_the_site() -> None:
    site = several(point(5050, 5050), point(7000, 7000))
    assert measured([SITE], site).share[0] == 0.5


def test_a_point_in_two_stacked_objects_is_counted_once() -> None:
    assert measured([SITE, SITE], several(point(5050, 5050), point(7000, 7000))).share[0] == 0.5


def test_a_site_without_a_hit_has_area_zero_and_share_zero() -> None:
    found = measured([box(9000, 9000, 9100, 9100)])
    assert (found.hit[0], found.area_m2[0], found.share[0], found.hits[0]) == (False, 0.0, 0.0, 0.0)


def test_lines_and_points_on_an_area_have_no_share() -> None:
    found = measured([line((4000, 5050), (6000, 5050)), point(5050, 5020)])
    assert np.isnan(found.share[0])
    assert np.isnan(found.area_m2[0])
    assert (found.length_m[0], found.hits[0]) == (100.0, 2.0)


def test_slivers_do_not_enter_the_union() -> None:
    # 0.005 m × 100 m = 0.5 m² is a sliver; 10 m × 100 m is not.
    found = measured([box(5099.995, 5000, 5200, 5100), box(5000, 5000, 5010, 5100)])
    assert (found.area_m2[0], found.hits[0]) == (1000.0, 1.0)
    assert list(found.pairs.sliver) == [True, False]


def test_areas_are_rounded_to_a_hundredth_and_distances_to_a_thousandth() -> None:
    # 0.333333 m × 100 m = 33.3333 m².
    assert measured([box(5099.666667, 5000, 5200, 5100)]).area_m2[0] == 33.33
    assert measured([box(5100.1234567, 5000, 5200, 5100)]).nearest_m[0] == 0.123


# --- depth ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "site", "depth_m"),
    [
        (box(5080, 4000, 9000, 9000), SITE, 20.0),
        (box(4970, 4000, 9000, 9000), SITE, 130.0),
        (box(4000, 4000, 9000, 9000), SITE, 1100.0),
        (box(5080, 4000, 9000, 9000), line((5000, 5050), (5100, 5050)), 20.0),
        (box(5080, 4000, 9000, 9000), point(5090, 5050), 10.0),
        (box(5000, 5000, 5100, 5100), line((4900, 5050), (5200, 5050)), 50.0),
        (box(5080, 5000, 5200, 5100), SITE, 20.0),
        (SITE, SITE, 50.0),
    ],
    ids=[
        "entered by 20 m",
        "30 m inside",
        "far inside",
        "line entering",
        "point inside",
        "line straight across",
        "edges shared with the zone",
        "the zone itself",
    ],
)
def test_depth_is_how_far_behind_the_border_the_overlap_reaches(zone: Any, site: Any, depth_m: float) -> None:
    found = measured([zone], site)
    assert found.pairs.depth_m[0] == depth_m
    assert found.signed_m[0] == depth_m


def test_without_overlap_there_is_no_depth_and_the_signed_distance_is_negative() -> None:
    found = measured([box(5130, 5000, 5200, 5100)], reach_m=50)
    assert np.isnan(found.pairs.depth_m[0])
    assert found.signed_m[0] == -30.0


def test_the_deepest_of_several_overlaps_counts() -> None:
    found = measured([box(5095, 4000, 9000, 9000), box(5080, 4000, 9000, 9000), box(5090, 4000, 9000, 9000)])
    assert found.signed_m[0] == 20.0


# --- nearest --------------------------------------------------------------------------------------------------------


def test_the_nearest_object_is_found_at_any_distance() -> None:
    found = measured([box(9000, 9000, 9100, 9100), box(5400, 5000, 5500, 5100)])
    assert (found.nearest[0], found.nearest_m[0]) == (1, 300.0)
    assert len(found.pairs) == 0


def test_the_nearest_object_may_stand_in_any_layer() -> None:
    near, far = features([box(5150, 5000, 5200, 5100)]), features([box(9000, 9000, 9100, 9100)])
    for layers in ((near, far), (far, near)):
        assert index(*layers).measure(subjects(SITE), 0.0).nearest_m[0] == 50.0


def test_of_two_equally_near_the_first_in_order_is_named() -> None:
    east, west = box(5200, 5000, 5300, 5100), box(4800, 5000, 4900, 5100)
    assert measured([east, west]).nearest[0] == 0
    assert measured([west, east]).nearest[0] == 0


def test_the_distance_is_to_the_border_and_not_to_the_middle() -> None:
    assert measured([box(5110, 0, 9900, 10_000)]).nearest_m[0] == 10.0


def test_inside_a_large_object_the_distance_is_zero() -> None:
    assert measured([box(0, 0, 10_000, 10_000)]).nearest_m[0] == 0.0


def test_a_theme_without_objects_has_no_nearest() -> None:
    found = measured([])
    assert (found.nearest[0], found.hit[0]) == (-1, False)
    assert np.isnan(found.nearest_m[0])


def test_no_sites_give_no_rows() -> None:
    found = index(features([SITE])).measure(subjects(), 100.0)
    assert (len(found.pairs), len(found.hit), len(found.nearest_m)) == (0, 0, 0)


@pytest.mark.parametrize(("reach_m", "listed"), [(100.0, 1), (99.999, 0), (250.0, 2)])
def test_pairs_are_listed_out_to_the_reach(reach_m: float, listed: int) -> None:
    found = measured([box(5200, 5000, 5250, 5100), box(5350, 5000, 5400, 5100)], reach_m=reach_m)
    assert len(found.pairs) == listed


def test_each_site_keeps_its_own_pairs() -> None:
    sites = subjects(box(7000, 7000, 7100, 7100), SITE, box(3000, 3000, 3100, 3100))
    found = index(features([SITE, box(7050, 7000, 7200, 7100)])).measure(sites, 0.0)
    assert list(found.area_m2) == [5000.0, 10_000.0, 0.0]
    assert list(found.pairs.object[found.pairs.of(0)]) == [1]
    assert list(found.pairs.object[found.pairs.of(1)]) == [0]
    assert list(found.pairs.object[found.pairs.of(2)]) == []


# --- borders that may lie elsewhere ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("gap_m", "outer"), [(0.001, True), (49.999, True), (50.0, False), (50.001, False)])
def test_a_near_object_could_be_a_hit_when_nearer_than_its_accuracy(gap_m: float, outer: bool) -> None:
    found = measured([box(5100 + gap_m, 4000, 6000, 6000)], accuracy_m=50)
    assert (found.hit[0], found.outer_hit[0], found.inner_hit[0]) == (False, outer, False)


@pytest.mark.parametrize(("depth_m", "inner"), [(1, False), (49.9, False), (50.0, True), (50.1, True)])
def test_an_overlap_shallower_than_the_accuracy_could_be_none(depth_m: float, inner: bool) -> None:
    found = measured([box(5100 - depth_m, 4000, 6000, 6000)], accuracy_m=50)
    assert (found.hit[0], found.outer_hit[0], found.inner_hit[0]) == (True, True, inner)


def test_a_site_smaller_than_the_accuracy_is_inside_when_deep_enough() -> None:
    small = box(5000, 5000, 5010, 5010)
    # The site's far corner lies 60 m behind the border: more than the accuracy of 50 m.
    assert measured([box(4950, 4000, 6000, 6000)], small, accuracy_m=50).inner_hit[0]
    # And here 40 m.
    assert not measured([box(4970, 4000, 6000, 6000)], small, accuracy_m=50).inner_hit[0]


def test_a_zone_wider_than_twice_its_accuracy_survives_being_moved_inwards() -> None:
    site = box(4000, 4000, 6000, 6000)
    assert measured([box(5000, 5000, 5101, 5101)], site, accuracy_m=50).inner_hit[0]
    assert not measured([box(5000, 5000, 5099, 5099)], site, accuracy_m=50).inner_hit[0]


def test_accuracies_of_zone_and_site_combine_as_the_root_of_squares() -> None:
    # hypot(30, 40) = 50 m.
    near = measured([box(5149.9, 4000, 6000, 6000)], accuracy_m=30, site_accuracy_m=40)
    far = measured([box(5150, 4000, 6000, 6000)], accuracy_m=30, site_accuracy_m=40)
    assert near.pairs.accuracy_m[0] == 50.0
    assert (near.outer_hit[0], far.outer_hit[0]) == (True, False)


def test_an_unknown_accuracy_moves_no_border() -> None:
    found = measured([box(5100.001, 4000, 6000, 6000)], reach_m=10)
    assert np.isnan(found.pairs.accuracy_m[0])
    assert not found.outer_hit[0]


@pytest.mark.parametrize(("border", "hit"), [("legal", True), ("indicative", False), (None, False)])
def test_only_legal_borders_count_as_legal_hits(border: str | None, hit: bool) -> None:
    found = measured([box(5101, 4000, 6000, 6000)], accuracy_m=5, border=border)
    assert found.legal_hit[0] == hit
    assert found.legal_m[0] == (0.0 if hit else 1.0)


def test_the_moved_distances_are_the_distance_less_and_more_the_accuracy() -> None:
    found = measured([box(5300, 5000, 5400, 5100)], reach_m=500, accuracy_m=50)
    # 200 m away.
    assert (found.nearest_m[0], found.outer_m[0], found.inner_m[0]) == (200.0, 150.0, 250.0)


def test_the_moved_distances_hold_beyond_the_reach_too() -> None:
    found = measured([box(5300, 5000, 5400, 5100)], reach_m=0, accuracy_m=50)
    assert (found.outer_m[0], found.inner_m[0]) == (150.0, 250.0)


def test_a_less_accurate_object_farther_away_can_come_nearest() -> None:
    sure, unsure = (
        features([box(5200, 5000, 5250, 5100)], accuracy_m=1),
        features([box(5250, 5000, 5300, 5100)], accuracy_m=100),
    )
    found = index(sure, unsure).measure(subjects(SITE), 200.0)
    # 100 − 1 = 99 m to the first, 150 − 100 = 50 m to the second.
    assert found.outer_m[0] == 50.0


# --- coverage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reach_m", "whole"), [(0.0, True), (400.0, True), (400.001, False), (1000.0, False)])
def test_coverage_is_asked_of_the_site_grown_by_the_reach(reach_m: float, whole: bool) -> None:
    theme = index(features([], coverage=box(4600, 4600, 5500, 5500)))
    assert bool(theme.covers(subjects(SITE), reach_m)[0]) is whole
    assert bool(theme.covered_share(subjects(SITE), reach_m)[0] == 1.0) is whole


def test_the_share_that_is_covered_is_that_of_the_grown_site() -> None:
    # Without growth: 30 of 100 m.
    share = index(features([], coverage=box(0, 0, 5030, 10_000))).covered_share(subjects(SITE), 0.0)
    assert share[0] == 0.3


def test_a_hole_in_the_coverage_counts_as_its_edge() -> None:
    coverage = put(shapely.box(0, 0, 10_000, 10_000) - shapely.box(5200, 5000, 5300, 5100))
    theme = index(features([], coverage=coverage))
    assert theme.covers(subjects(SITE), 100.0)[0]
    assert not theme.covers(subjects(SITE), 100.001)[0]


def test_no_stated_coverage_covers_nothing() -> None:
    assert not index(features([SITE])).covers(subjects(SITE), 0.0)[0]
    assert np.isnan(index(features([SITE])).covered_share(subjects(SITE), 0.0)[0])


def test_layers_cover_together() -> None:
    left, right = features([], coverage=box(0, 0, 5050, 10_000)), features([], coverage=box(5050, 0, 10_000, 10_000))
    assert index(left, right).covers(subjects(SITE), 0.0)[0]


# --- boxes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reach_m", "near"), [(0, False), (99.9, False), (100, True), (200, True)])
def test_an_unusable_object_is_near_when_its_bounds_are(reach_m: float, near: bool) -> None:
    bounds = shapely.bounds(box(5200, 5000, 5300, 5100))
    entry = LedgerEntry(layer="l", feature="f", state="set_aside", reason="", bounds=tuple(bounds))
    assert Boxes([entry]).near(subjects(SITE), reach_m)[0] == near


def test_objects_without_bounds_are_near_nothing() -> None:
    entry = LedgerEntry(layer="l", feature="f", state="unplaced", reason="")
    assert not Boxes([entry]).near(subjects(SITE), 1e9)[0]


@pytest.mark.parametrize("side", [3.1629, 10.0003, 38.72995])
def test_the_whole_of_a_small_site_is_the_whole_however_its_area_is_rounded(side: float) -> None:
    """3.1629² = 10.0039…: as 10.00 m² it would be 99.96 per cent of itself."""
    assert measured([box(0, 0, 10_000, 10_000)], box(1000, 1000, 1000 + side, 1000 + side)).share[0] == 1.0
