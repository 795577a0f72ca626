"""What counts as usable geometry, and what stands in the ledger instead."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyproj
import pyproj.exceptions
import pytest
import shapely
from drawn import CRS, box, line, point, put

from opcheck.errors import CRSError
from opcheck.geometry import (
    LedgerEntry,
    canonical,
    clean,
    crs_name,
    fits,
    homogeneous,
    invalid_reason,
    kinds,
    measuring_fault,
    off_earth,
    suggest_crs,
    transform,
)

SQUARE = shapely.box(0, 0, 100, 100)
BOW_TIE = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
ALL_KINDS = ("polygon", "line", "point")


def array(*shapes: Any) -> Any:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def cleaned(*shapes: Any, allowed: Any = ("polygon",)) -> tuple[list[int], Any, list[LedgerEntry]]:
    rows, kept, ledger = clean(array(*shapes), [f"r{n}" for n in range(len(shapes))], layer="lager", allowed=allowed)
    return list(rows), kept, ledger


# --- the ledger -----------------------------------------------------------------------------------------------------


def test_usable_rows_pass_through_and_leave_no_trace() -> None:
    rows, kept, ledger = cleaned(SQUARE, SQUARE)
    assert (rows, ledger) == ([0, 1], [])
    assert all(one.equals(SQUARE) for one in kept)


@pytest.mark.parametrize("shape", [None, shapely.Polygon(), shapely.MultiPolygon()], ids=["null", "empty", "no parts"])
def test_a_row_without_geometry_is_unplaced(shape: Any) -> None:
    rows, _, (entry,) = cleaned(SQUARE, shape)
    assert rows == [0]
    assert (entry.layer, entry.feature, entry.state, entry.bounds) == ("lager", "r1", "unplaced", None)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_row_with_a_coordinate_that_is_no_number_is_unplaced(value: float) -> None:
    broken = shapely.set_coordinates(shapely.box(0, 0, 1, 1), [(0, 0), (value, 0), (1, 1), (0, 1), (0, 0)])
    rows, _, (entry,) = cleaned(broken, SQUARE)
    assert rows == [1]
    assert (entry.feature, entry.state) == ("r0", "unplaced")


def test_a_row_of_a_kind_that_means_nothing_here_is_set_aside_with_its_bounds() -> None:
    rows, _, (entry,) = cleaned(shapely.LineString([(1, 2), (3, 4)]), SQUARE)
    assert rows == [1]
    assert (entry.state, entry.bounds) == ("set_aside", (1.0, 2.0, 3.0, 4.0))
    assert "linje" in entry.reason
    assert "ytor" in entry.reason


def test_an_area_that_crosses_itself_is_repaired_and_both_areas_are_told() -> None:
    rows, (mended,), (entry,) = cleaned(BOW_TIE)
    # The rings run against each other: 2 500 − 2 500 = 0 m² as it stood, two triangles of 2 500 m² after.
    assert rows == [0]
    assert mended.is_valid and mended.area == 5000.0
    assert (entry.state, entry.area_before_m2, entry.area_after_m2, entry.moved) == ("repaired", 0.0, 5000.0, True)
    assert "korsar sig själv" in entry.reason


def test_a_repair_that_moves_nothing_says_so() -> None:
    # A spike without area: the same square before and after.
    spiked = shapely.Polygon([(0, 0), (100, 0), (100, 100), (50, 100), (50, 120), (50, 100), (0, 100)])
    assert not spiked.is_valid
    _, _, (entry,) = cleaned(spiked)
    assert (entry.state, entry.moved) == ("repaired", False)


def test_an_area_that_collapses_to_a_line_is_set_aside() -> None:
    rows, _, (entry,) = cleaned(shapely.Polygon([(0, 0), (100, 0), (50, 0), (0, 0)]))
    assert (rows, entry.state, entry.bounds) == ([], "set_aside", (0.0, 0.0, 100.0, 0.0))


@pytest.mark.parametrize(
    ("before", "after", "moved"), [(100.0, 101.0, False), (100.0, 101.01, True), (None, None, False)]
)
def test_a_repair_counts_as_moved_above_a_sliver(before: Any, after: Any, moved: bool) -> None:
    entry = LedgerEntry(layer="l", feature="f", state="repaired", reason="", area_before_m2=before, area_after_m2=after)
    assert entry.moved is moved


# --- kinds ----------------------------------------------------------------------------------------------------------


def test_kinds_are_area_line_or_point_whatever_the_number_of_parts() -> None:
    ring = shapely.LinearRing([(0, 0), (1, 0), (1, 1)])
    shapes = [SQUARE, shapely.MultiPolygon([SQUARE]), shapely.LineString([(0, 0), (1, 1)]), ring, shapely.Point(1, 1),
              shapely.MultiPoint([(1, 1)]), None, shapely.Polygon(), shapely.GeometryCollection([SQUARE])]  # fmt: skip
    assert list(kinds(array(*shapes))) == ["polygon"] * 2 + ["line"] * 2 + ["point"] * 2 + [None] * 3


def test_a_collection_of_one_kind_is_that_kind() -> None:
    beside = shapely.box(200, 0, 300, 100)
    found = homogeneous(shapely.GeometryCollection([SQUARE, beside]))
    assert (found.geom_type, found.area) == ("MultiPolygon", 20_000.0)
    lines = homogeneous(shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 0)])]))
    assert (lines.geom_type, lines.length) == ("MultiLineString", 1.0)
    assert homogeneous(shapely.GeometryCollection([shapely.Point(1, 1)])).geom_type == "MultiPoint"


def test_a_mixed_collection_is_set_aside() -> None:
    mixed = shapely.GeometryCollection([SQUARE, shapely.Point(500, 500)])
    rows, _, (entry,) = cleaned(mixed, allowed=ALL_KINDS)
    assert (rows, entry.state) == ([], "set_aside")


# --- coordinate systems ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EPSG:3017", "EPSG:3017"),
        ("urn:ogc:def:crs:EPSG::3006", "EPSG:3006"),
        ("epsg:4326", "EPSG:4326"),
        ("EPSG:5845", "EPSG:3006"),
    ],
    ids=["code", "urn", "lower case", "with heights"],
)
def test_a_crs_has_one_short_name(text: str, name: str) -> None:
    assert crs_name(text) == name


def test_an_unknown_crs_is_an_error_that_names_it() -> None:
    with pytest.raises(CRSError, match="SWEREF 99 Luleå"):
        crs_name("SWEREF 99 Luleå")


LOCAL = 'ENGCRS["lokalt",EDATUM["okänt"],CS[Cartesian,2],AXIS["e",east],AXIS["n",north],LENGTHUNIT["metre",1]]'


@pytest.mark.parametrize("text", [LOCAL, "EPSG:5613", "EPSG:4978", "x\ud800", "x" * 5000])
def test_a_crs_without_places_on_the_map_is_an_error_with_advice(text: str) -> None:
    with pytest.raises(CRSError, match="EPSG:3006") as caught:
        transform(array(SQUARE), text, CRS)
    assert len(str(caught.value).encode()) < 250


def test_two_systems_that_proj_cannot_join_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise pyproj.exceptions.ProjError("no way")

    monkeypatch.setattr(pyproj.Transformer, "from_crs", refuse)
    with pytest.raises(CRSError, match="räkna om från EPSG:3013 till EPSG:3012"):
        transform(array(SQUARE), "EPSG:3013", "EPSG:3012")


@pytest.mark.parametrize(
    ("name", "metres"), [("EPSG:3017", True), ("EPSG:3006", True), ("EPSG:4326", False), ("EPSG:2263", False)]
)
def test_only_projected_metres_can_be_measured_in(name: str, metres: bool) -> None:
    assert (measuring_fault(name) is None) is metres


def test_within_one_crs_nothing_moves() -> None:
    shapes = array(box(1, 2, 3, 4), None)
    assert transform(shapes, CRS, "urn:ogc:def:crs:EPSG::3017") is shapes


def test_there_and_back_is_the_same_place_to_a_millimetre() -> None:
    there = transform(array(point(5000, 5000), None), CRS, "EPSG:4326")
    back = transform(there, "EPSG:4326", CRS)
    assert shapely.distance(back[0], point(5000, 5000)) < 0.001
    assert back[1] is None


def test_x_is_east_in_every_crs() -> None:
    (lonlat,) = transform(array(point(0, 5000)), CRS, "EPSG:4326")
    # EPSG:3017 has its meridian at 21° 45'.
    assert lonlat.x == pytest.approx(21.75, abs=1e-9)


def test_a_long_edge_is_cut_before_it_is_moved() -> None:
    # 50 km straight east in SWEREF 99 TM, far from its meridian, is a curve in the local zone.
    edge = shapely.LineString([(800_000, 7_250_000), (850_000, 7_250_000)])
    (moved,) = transform(array(edge), "EPSG:3006", CRS)
    assert shapely.get_num_coordinates(moved) >= 501
    (middle,) = transform(array(shapely.Point(825_000, 7_250_000)), "EPSG:3006", CRS)
    assert shapely.distance(moved, middle) < 0.001


def test_coordinates_outside_a_projection_are_set_aside_and_never_put_somewhere() -> None:
    moved = transform(array(shapely.Point(500, 500)), "EPSG:4326", CRS)
    rows, _, (entry,) = cleaned(moved[0], allowed=ALL_KINDS)
    assert (rows, entry.state) == ([], "unplaced")


def test_what_lies_outside_the_earth() -> None:
    shapes = array(shapely.Point(1e8, 0), shapely.Point(0, -1.1e8), None, shapely.Polygon(), shapely.Point(361, 0))
    assert list(off_earth(shapes)) == [False, True, False, False, False]
    assert list(off_earth(shapes, degrees=True)) == [True, True, False, False, True]


@pytest.mark.parametrize("source", [CRS, "EPSG:3006", "EPSG:4326"])
@pytest.mark.parametrize("value", [1e9, -1e18, 1e300, math.inf, math.nan])
def test_an_edge_that_leaves_the_earth_is_unplaced_before_it_is_cut(source: str, value: float) -> None:
    wild = shapely.set_coordinates(shapely.box(0, 0, 1, 1), [(1, 1), (value, 1), (1, 2), (1, 1.5), (1, 1)])
    given = array(wild, shapely.box(20, 60, 20.001, 60.001), None)
    before = shapely.to_wkb(given[0])
    moved = transform(given, source, CRS)
    assert (shapely.to_wkb(given[0]), moved[2]) == (before, None)
    rows, _, ledger = cleaned(*moved)
    assert rows == [1]
    assert [(entry.feature, entry.state) for entry in ledger] == [("r2", "unplaced"), ("r0", "unplaced")]


def test_a_row_outside_the_earth_is_unplaced() -> None:
    rows, _, (entry,) = cleaned(SQUARE, shapely.box(0, 0, 1e9, 1))
    assert (rows, entry.feature, entry.state, entry.bounds) == ([0], "r1", "unplaced", None)
    assert "utanför jorden" in entry.reason


MUNICIPALITY = shapely.bounds(box(0, 0, 10_000, 10_000))


def test_the_municipality_tells_apart_crs_that_the_numbers_do_not() -> None:
    (square,) = transform(array(box(4000, 4000, 6000, 6000)), CRS, "EPSG:3006")
    assert suggest_crs(square.bounds, MUNICIPALITY, CRS) == (["EPSG:3006"], False)
    names, swapped = suggest_crs(box(4000, 4000, 6000, 6000).bounds, MUNICIPALITY, CRS)
    assert (names, swapped) == (["EPSG:3017"], False)


def test_exchanged_axes_are_recognised() -> None:
    low_e, low_n, high_e, high_n = box(4000, 4000, 6000, 6000).bounds
    names, swapped = suggest_crs((low_n, low_e, high_n, high_e), MUNICIPALITY, CRS)
    assert (names, swapped) == (["EPSG:3017"], True)


def test_numbers_from_elsewhere_suggest_nothing() -> None:
    assert suggest_crs((1, 1, 2, 2), MUNICIPALITY, CRS) == ([], False)


def test_a_system_in_which_a_part_fits_is_no_suggestion_beside_one_in_which_all_does() -> None:
    """A municipality 100 km wide: read in the next zone, about 70 km away, some 30 % of its extent still meets it."""
    wide = (100_000.0, 7_200_000.0, 200_000.0, 7_300_000.0)
    assert suggest_crs(wide, wide, "EPSG:3017") == (["EPSG:3017"], False)


def _ring(*corners: tuple[float, float]) -> list[tuple[float, float]]:
    return [(150_000.0 + east, 7_250_000.0 + north) for east, north in corners]


CROSSED = shapely.Polygon(_ring((0, 0), (300, 300), (300, 0), (0, 300)))
LOPSIDED = shapely.Polygon(_ring((0, 0), (1000, 200), (1000, 0), (0, 100)))
HOLE_OUTSIDE = shapely.Polygon(
    _ring((0, 0), (300, 0), (300, 300), (0, 300)), [_ring((500, 0), (600, 0), (600, 100), (500, 100))]
)
NESTED = shapely.MultiPolygon([put(shapely.box(0, 0, 300, 300)), put(shapely.box(100, 100, 400, 400))])


@pytest.mark.parametrize("shape", [CROSSED, LOPSIDED, HOLE_OUTSIDE, NESTED])
@pytest.mark.parametrize("source", ["EPSG:3006", "EPSG:4326", "EPSG:3016"])
def test_what_is_invalid_in_its_file_is_as_invalid_in_the_plans_system(shape: Any, source: str) -> None:
    """Measured by make_valid before and after: what a repair gives must not depend on the system the file has.

    The shapes are moved to another system corner by corner, with pyproj alone, as a file would have them; an edge of
    a kilometre that is straight there bends by some centimetres here. What a buffer of nought takes is thousands of m².
    """
    there = pyproj.Transformer.from_crs(CRS, source, always_xy=True)
    filed = shapely.transform(shape, there.transform, interleaved=False)
    assert not shapely.is_valid(shape) and not shapely.is_valid(filed)
    (moved,) = transform(np.array([filed], dtype=object), source, CRS)
    assert not shapely.is_valid(moved)
    expected = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    found = shapely.make_valid(moved, method="structure", keep_collapsed=False)
    assert found.area == pytest.approx(expected.area, rel=1e-3)
    assert shapely.symmetric_difference(found, expected).area < 100.0


NOWHERE = [(150_000.0, 7_250_000.0)] * 4
LONG = shapely.box(150_000, 7_250_000, 150_500, 7_250_100)


@pytest.mark.parametrize(
    ("shape", "corners"),
    [
        (shapely.Polygon(NOWHERE), 4),
        (shapely.LineString(NOWHERE[:2]), 2),
        # 500 m is cut in 5 and 100 m is not cut: 12 edges.
        (shapely.MultiPolygon([shapely.Polygon(NOWHERE), LONG]), 4 + 13),
        (shapely.Polygon(LONG.exterior, [NOWHERE]), 13 + 4),
        (shapely.GeometryCollection([shapely.LineString(NOWHERE[:2]), shapely.Point(150_000, 7_250_000), LONG]), 16),
    ],
)
def test_a_shape_that_has_collapsed_to_a_point_is_moved_like_any_other(shape: Any, corners: int) -> None:
    (moved,) = transform(np.array([shape], dtype=object), CRS, "EPSG:3006")
    assert moved.geom_type == shape.geom_type
    assert shapely.get_num_coordinates(moved) == corners


@pytest.mark.parametrize(
    ("gap_m", "margin_m", "near"), [(0, 0, True), (100, 0, False), (100, 100, True), (101, 100, False)]
)
def test_bounds_fit_when_they_meet_the_box_grown_by_the_margin(gap_m: float, margin_m: float, near: bool) -> None:
    bounds = shapely.bounds(box(10_000 + gap_m, 0, 11_000 + gap_m, 1000))
    assert fits(bounds, CRS, MUNICIPALITY, CRS, margin_m) is near


def test_the_test_shapes_are_what_they_are_said_to_be() -> None:
    assert put(SQUARE).area == 10_000.0
    assert line((0, 0), (3, 4)).length == 5.0


# --- noughts and places ---------------------------------------------------------------------------------------------


def test_minus_noughts_make_no_other_shape() -> None:
    one, other = shapely.Polygon([(0, 0), (1, 0), (1, 1)]), shapely.Polygon([(-0.0, 0), (1, -0.0), (1, 1)])
    assert one.wkb != other.wkb
    first, second = canonical(np.array([one, None], dtype=object)), canonical(np.array([other, None], dtype=object))
    assert shapely.to_wkb(first[0]) == shapely.to_wkb(second[0])
    assert second[1] is None


def bow_tie(size: float) -> Any:
    """An hourglass whose sides cross in the middle of it, a little beside round numbers."""
    corners = np.array([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)]) * size
    return shapely.Polygon(corners + np.array((151_000.25, 6_366_000.25)))


def test_the_place_of_a_fault_is_told_in_whole_metres() -> None:
    # The middle lies at 151 000.25 + 50 and 6 366 000.25 + 50.
    assert invalid_reason(bow_tie(100)) == "ytan korsar sig själv vid E 151\u00a0050, N 6\u00a0366\u00a0050"


def test_in_a_small_shape_it_is_told_to_the_millimetre() -> None:
    assert invalid_reason(bow_tie(1)) == "ytan korsar sig själv vid E 151\u00a0000,750, N 6\u00a0366\u00a0000,750"


def test_in_degrees_it_has_six_decimals() -> None:
    corners = np.array([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)]) * 0.01 + np.array((21.8, 65.4))
    told = invalid_reason(shapely.Polygon(corners), degrees=True)
    assert told == "ytan korsar sig själv vid long 21,805000, lat 65,405000"
