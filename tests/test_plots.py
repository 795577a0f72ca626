"""Plots: what the site file says of them, and whether a building fits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Point, Polygon, box

import opcheck
from opcheck.errors import SiteError
from opcheck.plots import Building, fit, plot_facts, read_building


def building(length: float, width: float) -> Building:
    return Building(length_m=length, width_m=width)


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("120 x 60", (120, 60)),
        ("60x120", (120, 60)),
        ("99,5 × 40 m", (99.5, 40)),
        ("1 200 m x 80 m", (1200, 80)),
        ("50*50", (50, 50)),
    ],
)
def test_a_building_is_read_as_people_write_it(text: str, sides: tuple[float, float]) -> None:
    found = read_building(text)
    assert (found.length_m, found.width_m) == sides


@pytest.mark.parametrize("text", ["", "120", "120 x", "x 60", "0 x 60", "stor", "-120 x 60", "120 x 60 x 8"])
def test_what_is_no_building_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_building(text)


@pytest.mark.parametrize("angle", [0, 17, 30, 45, 89.5, 133.3])
def test_a_rectangle_fits_in_itself_however_it_is_turned_and_nothing_longer_does(angle: float) -> None:
    plot = affinity.rotate(box(0, 0, 100, 50), angle)
    assert fit(plot, building(100, 50)).fits is True
    assert fit(plot, building(100.01, 50)).fits is False
    assert fit(plot, building(100, 50.01)).fits is False


def test_the_direction_is_that_of_the_longer_side() -> None:
    found = fit(affinity.rotate(box(0, 0, 100, 50), 30), building(100, 50))
    assert found.angle_degrees == pytest.approx(30)
    assert fit(box(0, 0, 50, 100), building(100, 50)).angle_degrees == 90


def test_a_building_does_not_bend_round_the_corner_of_an_l() -> None:
    # Two arms 100 m long and 40 m wide: 100 x 40 fits along either, 60 x 50 in neither, though there is area enough.
    plot = Polygon([(0, 0), (100, 0), (100, 40), (40, 40), (40, 100), (0, 100)])
    assert fit(plot, building(100, 40)).fits is True
    assert fit(plot, building(60, 50)).fits is False


def test_a_building_longer_than_the_side_of_a_square_fits_only_slantwise() -> None:
    # Turned 45 degrees, a building of 110 m by 20 m needs (110 + 20) / sqrt 2 = 91.9 m each way.
    assert fit(box(0, 0, 100, 100), building(110, 20)).fits is True
    # (120 + 25) / sqrt 2 = 102.5 is more than the side, and no other direction is better for a square.
    assert fit(box(0, 0, 100, 100), building(120, 25)).fits is False


def test_the_largest_rectangle_in_a_triangle_has_half_its_base_and_half_its_height() -> None:
    plot = Polygon([(0, 0), (120, 0), (60, 80)])
    assert fit(plot, building(60, 40)).fits is True
    assert fit(plot, building(60, 42)).fits is False


@pytest.mark.parametrize(
    ("corners", "sides"),
    [
        ([(70, 140), (10, 150), (100, 180), (100, 30)], (120, 30)),
        ([(50, 90), (80, 40), (80, 160), (0, 120)], (100, 40)),
        ([(50, 50), (130, 40), (90, 90), (110, 120)], (100, 20)),
        ([(90, 170), (120, 100), (150, 120), (100, 10), (70, 10)], (140, 40)),
    ],
)
@pytest.mark.parametrize("corner", [(0, 0), (150_000, 7_250_000)])
def test_a_building_as_large_as_a_plot_of_another_shape_does_not_fit(
    corners: list[tuple[int, int]], sides: tuple[int, int], corner: tuple[int, int]
) -> None:
    # The building has the very area of the plot, and the plot is no rectangle: no place can be left for it.
    plot = affinity.translate(Polygon(corners), *corner)
    assert plot.area == sides[0] * sides[1]
    assert fit(plot, building(*sides)).fits is False


def test_what_is_said_to_fit_has_a_place_inside_the_plot() -> None:
    random = np.random.default_rng(20261122)
    told = 0
    while told < 25:
        corners = random.uniform((150_000, 7_250_000), (150_200, 7_250_200), (int(random.integers(4, 8)), 2))
        plot = shapely.difference(Polygon(corners).buffer(0), Point(corners.mean(axis=0)).buffer(3))
        length, width = sorted(random.uniform(3, 120, 2), reverse=True)
        found = fit(plot, building(length, width))
        if not found.fits:
            continue
        told += 1
        assert found.place is not None
        assert shapely.covers(plot.buffer(1e-6), found.place)
        # A millimetre is given away on each side: 0.001 m of 120 m by 120 m is 0.24 m² at most.
        assert length * width - shapely.area(found.place) < 0.25
        ring = shapely.get_coordinates(found.place)
        lengths = sorted(np.hypot(*np.diff(ring, axis=0).T), reverse=True)
        assert lengths == pytest.approx([length, length, width, width], abs=0.0011)


def test_a_hole_is_no_part_of_the_plot() -> None:
    plot = shapely.difference(box(0, 0, 100, 100), box(45, 45, 55, 55))
    assert fit(plot, building(100, 45)).fits is True
    assert fit(plot, building(100, 46)).fits is False


def test_a_building_lies_on_one_piece_and_not_on_two_that_touch_at_a_corner() -> None:
    plot = MultiPolygon([box(0, 0, 50, 50), box(60, 0, 90, 90)])
    assert fit(plot, building(90, 30)).fits is True
    assert fit(plot, building(100, 20)).fits is False


@pytest.mark.parametrize("plot", [None, Polygon(), Point(1, 1), shapely.LineString([(0, 0), (100, 0)])])
def test_what_is_no_area_has_no_answer(plot: object) -> None:
    assert fit(plot, building(1, 1)).fits is None


def test_only_what_is_stated_is_told_in_a_fixed_order() -> None:
    stated = {"ground": "morän", "owner": "kommunen", "height_m": 12.0, "va": None}
    assert list(plot_facts(stated).items()) == [("owner", "kommunen"), ("ground", "morän")]


# --- carried through, and never scored ------------------------------------------------------------------------------

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "haraholmen" / "tomter.geojson"


@pytest.fixture(scope="module")
def assessment() -> opcheck.Assessment:
    return opcheck.assess(opcheck.read_sites(EXAMPLE), opcheck.read_plan("pitea"), on="2026-11-22")


def test_a_plots_own_columns_are_read_by_their_swedish_names_and_stand_in_the_record(
    assessment: opcheck.Assessment,
) -> None:
    plots = {site["id"]: site["plot"] for site in assessment.to_dict("sv")["sites"]}
    assert plots["tomt-a"]["stated"] == {
        "owner": "kommunen (påhittat)", "available_from": "2027-05-01",
        "easements": "ledningsrätt för fjärrvärme (påhittat)", "va": "framdraget", "grid_mw": 4.0,
        "ground": "utfyllnad (påhittat)", "building_m": "110 x 60",
    }  # fmt: skip
    # The plots are 120 m by 125 m: 110 by 60 fits along a side; 150 is longer than any side, and slantwise
    # (150 + 60) / sqrt 2 = 148.5 m is needed.
    assert [plots[name]["building"]["fits"] for name in ("tomt-a", "tomt-b", "tomt-c")] == [True, True, False]


def test_what_a_plot_states_changes_no_answer(tmp_path: Path, assessment: opcheck.Assessment) -> None:
    bare = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    for feature in bare["features"]:
        kept = ("id", "name", "use", "height_m")
        feature["properties"] = {name: feature["properties"][name] for name in kept}
    (tmp_path / "bara.geojson").write_text(json.dumps(bare), encoding="utf-8")
    other = opcheck.assess(opcheck.read_sites(tmp_path / "bara.geojson"), opcheck.read_plan("pitea"), on="2026-11-22")
    sites, bare_sites = (one.to_dict("sv")["sites"] for one in (assessment, other))
    for site, same in zip(sites, bare_sites, strict=True):
        assert (site["verdict"], same["plot"]) == (same["verdict"], None)


def test_the_report_sets_plots_side_by_side_and_says_what_is_not_stated(
    tmp_path: Path, assessment: opcheck.Assessment
) -> None:
    opcheck.write_report(assessment, tmp_path / "rapport.html")
    page = (tmp_path / "rapport.html").read_text(encoding="utf-8")
    table = page[page.index("Uppgifter om tomterna") :]
    assert "110 × 60 m ryms" in table
    assert "150 × 60 m: ingen plats hittad" in table
    assert "privat (påhittat)" in table
    assert "inte angivet" in table


def test_the_plots_stand_in_the_map_files(tmp_path: Path, assessment: opcheck.Assessment) -> None:
    opcheck.write_report(assessment, tmp_path / "platser.geojson")
    rows = json.loads((tmp_path / "platser.geojson").read_text(encoding="utf-8"))["features"]
    told = {row["id"]: row["properties"] for row in rows}
    assert (told["tomt-a"]["grid_mw"], told["tomt-a"]["building_fits"]) == (4.0, True)
    assert (told["tomt-c"]["grid_mw"], told["tomt-c"]["building_fits"]) == (None, False)


def test_a_building_that_cannot_be_read_is_a_fault_of_the_file(tmp_path: Path) -> None:
    bad = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    bad["features"][1]["properties"]["byggnad"] = "stor hall"
    (tmp_path / "fel.geojson").write_text(json.dumps(bad), encoding="utf-8")
    with pytest.raises(SiteError, match=r"tomt-b.*byggnad.*stor hall.*120 x 60"):
        opcheck.read_sites(tmp_path / "fel.geojson")
