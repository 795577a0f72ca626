"""The drawn map: shapes, scale, and where numbers and names go. One pixel is ten metres in these windows."""

from __future__ import annotations

import math

import pytest
import shapely

from opcheck.report import drawing
from opcheck.report.symbols import BLACK, BLUE, BROWN, SYMBOLS, symbol_for

BOUNDS = (0.0, 0.0, 6_800.0, 5_600.0)


def subject(key: str, geometry: object, label: str | None = None, number: int | None = None) -> drawing.Subject:
    return drawing.Subject(
        symbol=SYMBOLS[key], geometry=geometry, label=label, number=number, met=key == "hit", covers=False
    )


def drawn(*subjects: drawing.Subject) -> drawing.Drawing:
    return drawing.draw(BOUNDS, subjects)


def test_a_window_fills_the_paper_and_keeps_its_shape() -> None:
    picture = drawn()
    assert (picture.width, picture.height) == (680.0, 559.0)
    tall = drawing.draw((0.0, 0.0, 1_000.0, 4_000.0), [])
    assert tall.height == drawing.HEIGHT_PX
    assert tall.width == pytest.approx(tall.height / 4, rel=0.05)


@pytest.mark.parametrize("side_m", [3.0, 80.0, 915.0, 5_600.0, 44_000.0, 1_500_000.0])
def test_the_scale_bar_is_round_and_true(side_m: float) -> None:
    picture = drawing.draw((0.0, 0.0, side_m, side_m), [])
    assert picture.scale_m / 10 ** math.floor(math.log10(picture.scale_m)) in (1, 2, 5)
    assert picture.scale_px <= picture.width / 5 + 0.1
    west, _, east, _ = picture.bounds
    assert picture.scale_px / picture.width == pytest.approx(picture.scale_m / (east - west), abs=2e-3)


def test_holes_parts_lines_and_points_are_all_drawn() -> None:
    ring = shapely.Polygon(
        shapely.box(1_000, 1_000, 3_000, 3_000).exterior, [shapely.box(1_500, 1_500, 2_000, 2_000).exterior]
    )
    both = shapely.MultiPolygon([ring, shapely.box(4_000, 1_000, 5_000, 2_000)])
    mixed = shapely.GeometryCollection([both, shapely.Point(100, 100), shapely.LineString([(0, 0), (900, 900)])])
    paths = drawn(subject("hit", mixed)).paths
    assert [path.d.count("M") for path in paths] == [3, 1, 1]  # two outlines and a hole, a line, a point
    assert [path.filled for path in paths] == [True, False, True]


def test_what_is_clipped_away_is_not_drawn() -> None:
    assert drawn(subject("hit", shapely.Polygon())).paths == ()


def test_an_area_that_covers_the_window_is_not_filled() -> None:
    whole = shapely.box(*BOUNDS)
    assert drawing.covers(whole, BOUNDS)
    assert not drawing.covers(shapely.box(0, 0, 6_800, 5_000), BOUNDS)
    covering = drawing.Subject(symbol=SYMBOLS["hit"], geometry=whole, label=None, number=1, met=True, covers=True)
    assert not drawn(covering).paths[0].filled


def test_land_use_is_ground_and_filled_all_the_same() -> None:
    ground = drawing.Subject(
        symbol=SYMBOLS["plan"], geometry=shapely.box(*BOUNDS), label=None, number=1, met=True, covers=True
    )
    assert drawn(ground).paths[0].filled
    close = drawing.closer(BOUNDS, [ground, subject("site", shapely.box(3_000, 3_000, 3_200, 3_150), "Liten")])
    assert close is not None and close.paths[0].filled


def test_a_number_gives_way_to_a_distance() -> None:
    link = subject("link", shapely.LineString([(1_000, 2_800), (5_800, 2_800)]), "480 m → Hamnen")
    picture = drawn(link, subject("near", shapely.box(1_000, 2_600, 5_800, 3_000), number=1))
    label, mark = picture.labels[0], picture.marks[0]
    assert label.text == "480 m → Hamnen"
    half = len(label.text) * label.size * 0.55 / 2
    beside = abs(mark.x - label.x) > half + drawing.MARK_PX
    assert beside or not label.y - label.size - drawing.MARK_PX < mark.y < label.y + drawing.MARK_PX


def test_numbers_stand_apart_and_on_the_paper() -> None:
    stack = [subject("hit", shapely.box(1_000, 1_000, 6_000, 5_000), number=number) for number in range(1, 13)]
    marks = drawn(*stack).marks
    assert [mark.number for mark in marks] == list(range(1, 13))
    for one in marks:
        assert 0 < one.x < 680 and 0 < one.y < 560
        apart = [math.dist((one.x, one.y), (other.x, other.y)) for other in marks if other is not one]
        assert min(apart) > drawing.MARK_PX


def test_a_number_avoids_other_numbered_areas() -> None:
    inner = shapely.box(3_000, 2_400, 3_800, 3_200)
    outer = shapely.box(1_000, 1_000, 5_800, 4_600)
    marks = drawn(subject("hit", outer, number=1), subject("near", inner, number=2)).marks
    west, _, _, north = drawn().bounds
    outer_mark = shapely.Point(west + marks[0].x * 10, north - marks[0].y * 10)
    assert not inner.buffer(-30).contains(outer_mark)


def test_the_name_of_an_area_stays_inside_it_or_is_left_out() -> None:
    name = "Verksamheter och industri"
    wide, narrow = shapely.box(500, 500, 5_000, 2_500), shapely.box(500, 500, 900, 2_500)
    assert [label.text for label in drawn(subject("zone", wide, name)).labels] == [name]
    assert drawn(subject("zone", narrow, name)).labels == ()


def test_a_name_is_written_once() -> None:
    road = shapely.LineString([(0, 1_000), (6_800, 1_000)])
    again = shapely.LineString([(0, 3_000), (6_800, 3_000)])
    assert len(drawn(subject("road", road, "E4"), subject("road", again, "E4")).labels) == 1


def test_a_site_too_small_to_see_is_ringed() -> None:
    assert drawn(subject("site", shapely.Point(3_400, 2_800), "Mast")).ring == pytest.approx((340.0, 280.0), abs=3)
    assert drawn(subject("site", shapely.box(1_000, 1_000, 3_000, 3_000), "Fabrik")).ring is None


def test_a_closer_drawing_is_made_only_when_it_shows_more() -> None:
    around = subject("zone", shapely.box(*BOUNDS))
    small = drawing.closer(BOUNDS, [around, subject("site", shapely.box(3_000, 3_000, 3_200, 3_150), "Liten")])
    assert small is not None
    assert small.bounds[2] - small.bounds[0] < 2_000
    assert drawing.closer(BOUNDS, [around, subject("site", shapely.box(1_000, 1_000, 4_000, 4_000), "Stor")]) is None
    assert drawing.closer(BOUNDS, [around]) is None


def test_a_closer_drawing_stays_in_the_window() -> None:
    corner = drawing.closer(BOUNDS, [subject("site", shapely.box(0, 0, 100, 100), "Hörn")])
    assert corner is not None
    assert corner.bounds[0] >= 0 and corner.bounds[1] >= 0


def test_the_same_drawing_comes_out_twice() -> None:
    things = [subject("hit", shapely.Point(x, 900).buffer(300), f"Nummer {x}", x) for x in (900, 2_000, 3_100)]
    assert drawn(*things) == drawn(*things)


@pytest.mark.parametrize("role", ["border", "interest", "part", "link", "site"])
def test_some_roles_have_a_symbol_of_their_own(role: str) -> None:
    assert symbol_for(role, "land_use", met=True).key == role


@pytest.mark.parametrize(
    ("role", "theme", "met", "key"),
    [
        ("zone", "land_use", False, "zone"),
        ("zone", "land_use", True, "plan"),
        ("hit", "detailed_plan", True, "plan"),
        ("context", "detailed_plan", False, "zone"),
        ("hit", "water_protection", True, "hit"),
        ("hit", "rail_line", True, "hit"),
        ("near", "rail_line", False, "rail"),
        ("context", "main_road", False, "road"),
        ("near", "water_protection", False, "near"),
        ("context", "housing", False, "place"),
        ("something new", None, False, "place"),
    ],
)
def test_every_role_has_a_symbol(role: str, theme: str | None, met: bool, key: str) -> None:
    assert symbol_for(role, theme, met=met).key == key


def test_symbols_differ_without_colour() -> None:
    looks = {(one.width, one.dash, one.hatched, one.fill is None, one.opacity) for one in SYMBOLS.values()}
    assert len(looks) == len(SYMBOLS)


@pytest.mark.parametrize("colour", [BLUE, BROWN, BLACK])
def test_line_colours_stand_out_from_white(colour: str) -> None:
    # relative luminance and contrast, WCAG 2.1
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    luminance = sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5
