"""The rows of a pack's layers made usable: columns found, one CRS, ids, and a ledger of the rest."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from drawn import CRS, Pack, box, geojson, line, point, put, several

from opcheck.errors import LayerError
from opcheck.features import LoadedPlan, load_plan
from opcheck.geometry import transform

SQUARE = box(5000, 5000, 5100, 5100)


def loaded(folder: Path, rows: list[Any], theme: str = "groundwater", **keys: Any) -> Any:
    return load_plan(Pack(folder / "paket").layer("lager", theme, rows, **keys).read()).layers[0]


def failed(folder: Path, rows: list[Any], **keys: Any) -> str:
    with pytest.raises(LayerError) as caught:
        loaded(folder, rows, **keys)
    return str(caught.value)


def replaced(folder: Path, rows: list[Any], written: str | None, /, **keys: Any) -> LoadedPlan:
    """A pack whose layer file is written again, in another CRS."""
    pack = Pack(folder / "paket").layer("lager", "groundwater", [shape for shape, _ in rows], **keys)
    plan = pack.read()
    geojson(folder / "paket" / "lager.geojson", rows, written)
    return load_plan(plan)


# --- rows -----------------------------------------------------------------------------------------------------------


def test_rows_come_sorted_by_id_with_the_columns_mapped(tmp_path: Path) -> None:
    rows = [(SQUARE, {"id": "b", "name": "Mon"}), (box(1, 1, 2, 2), {"id": "a", "name": "Åsen"})]
    found = loaded(tmp_path, rows)
    assert found.ids == ("a", "b")
    assert [found.value("name", row) for row in (0, 1)] == ["Åsen", "Mon"]
    assert found.value("text", 0) is None
    assert found.geometry[1].equals(SQUARE)
    assert (found.rows, found.reader, found.crs, found.file) == (2, "json", "EPSG:3017", "lager.geojson")


@pytest.mark.parametrize(
    ("value", "text"),
    [(17, "17"), (17.0, "17"), (True, "ja"), (["a", "b"], "a;b"), (" x ", "x"), ("", None), (None, None)],
)
def test_cells_become_text_or_missing(tmp_path: Path, value: Any, text: str | None) -> None:
    assert loaded(tmp_path, [(SQUARE, {"name": value})]).value("name", 0) == text


def test_letters_written_in_two_ways_are_the_same_column_and_value(tmp_path: Path) -> None:
    rows = [(SQUARE, {"anva\u0308ndning": "A\u030asen"})]
    found = loaded(tmp_path, rows, fields={"id": "id", "name": "användning"})
    assert found.value("name", 0) == "Åsen"


def test_rows_without_an_id_get_one_from_their_content(tmp_path: Path) -> None:
    shapes = [SQUARE, box(1, 1, 2, 2)]
    one = loaded(tmp_path / "1", shapes, fields={})
    two = loaded(tmp_path / "2", shapes[::-1], fields={})
    assert one.ids == two.ids
    assert len(set(one.ids)) == 2


def test_a_row_moved_by_a_metre_gets_another_id(tmp_path: Path) -> None:
    one, two = (
        loaded(tmp_path / "1", [SQUARE], fields={}),
        loaded(tmp_path / "2", [box(5001, 5000, 5101, 5100)], fields={}),
    )
    assert one.ids != two.ids


def test_the_same_row_twice_is_kept_once_and_told(tmp_path: Path) -> None:
    found = loaded(tmp_path, [(SQUARE, {"id": "a"}), (SQUARE, {"id": "a"})])
    assert found.ids == ("a",)
    assert [(entry.feature, entry.state) for entry in found.ledger] == [("a", "duplicate")]


@pytest.mark.parametrize("other", [(box(1, 1, 2, 2), {"id": "a"}), (SQUARE, {"id": "a", "name": "x"})])
def test_one_id_on_different_rows_is_an_error(tmp_path: Path, other: Any) -> None:
    assert "'a'" in failed(tmp_path, [(SQUARE, {"id": "a", "name": None}), other])


def test_faults_of_many_rows_are_counted_and_not_all_spelled_out(tmp_path: Path) -> None:
    rows = [(box(n, 0, n + 1, 1), {"id": f"i{n // 2}"}) for n in range(20)]
    assert "5 fel till" in failed(tmp_path, rows)


def test_a_column_that_is_not_there_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    assert "Menades 'namn'" in failed(tmp_path, [(SQUARE, {"namn": "x"})], fields={"name": "nam"})


# --- what a theme takes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theme", "kept"),
    [("groundwater", 1), ("pending_planning", 3), ("wind_turbine", 2), ("main_road", 2)],
)
def test_only_kinds_that_mean_something_for_the_theme_are_used(tmp_path: Path, theme: str, kept: int) -> None:
    found = loaded(tmp_path, [SQUARE, line((1, 1), (2, 2)), point(5, 5)], theme)
    assert len(found) == kept
    assert [entry.state for entry in found.ledger] == ["set_aside"] * (3 - kept)


def test_a_repaired_row_is_marked_when_the_repair_moved_it(tmp_path: Path) -> None:
    bow_tie = put(shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]))
    found = loaded(tmp_path, [(SQUARE, {"id": "hel"}), (bow_tie, {"id": "korsad"})])
    assert dict(zip(found.ids, map(bool, found.repaired), strict=True)) == {"hel": False, "korsad": True}


def test_an_accepted_row_says_by_whom(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("lager", "groundwater", [SQUARE, None])
    pack.add("accept", feature="lager/r2", reason="utgått", stated_by="VA")
    (entry,) = load_plan(pack.read()).ledger
    assert (entry.feature, entry.accepted_by) == ("r2", "VA")


NOTHING_TO_TELL_APART = [(None, {"name": "x"})] * 3


def accepting(folder: Path, rows: list[Any], feature: str, **keys: Any) -> Any:
    pack = Pack(folder / "paket").layer("lager", "groundwater", [], fields={"name": "name"})
    geojson(pack.folder / "lager.geojson", rows)
    pack.add("accept", feature=feature, reason="utgått", stated_by="VA", **keys)
    return load_plan(pack.read()).ledger


def nameless(folder: Path) -> str:
    """The id that rows without a geometry, an id and other content share."""
    ledger = loaded(folder / "x", NOTHING_TO_TELL_APART, fields={"name": "name"}).ledger
    (name,) = {entry.feature for entry in ledger}
    return str(name)


def test_rows_that_nothing_tells_apart_are_accepted_by_their_number(tmp_path: Path) -> None:
    name = nameless(tmp_path)
    rows = [*NOTHING_TO_TELL_APART, (SQUARE, {"name": "y"})]
    ledger = accepting(tmp_path, rows, f"lager/{name}", count=3)
    assert [(entry.feature, entry.accepted_by) for entry in ledger] == [(name, "VA")] * 3


@pytest.mark.parametrize("count", [{}, {"count": 1}, {"count": 2}, {"count": 4}])
def test_an_acceptance_of_another_number_of_rows_is_an_error(tmp_path: Path, count: Any) -> None:
    name = nameless(tmp_path)
    rows = [*NOTHING_TO_TELL_APART, (SQUARE, {"name": "y"})]
    with pytest.raises(LayerError, match="count = 3") as caught:
        accepting(tmp_path, rows, f"lager/{name}", **count)
    assert [fault.key for fault in caught.value.faults] == ["accept[1].count"]


def test_a_row_that_was_repaired_and_then_set_aside_is_one_row(tmp_path: Path) -> None:
    bow_tie = put(shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]))
    pack = Pack(tmp_path / "paket").layer("k", "seveso", [(SQUARE.centroid, {}), bow_tie], fields={"id": "id"})
    pack.add("accept", feature="k/r2", reason="ritat fel", stated_by="VA")
    assert {entry.accepted_by for entry in load_plan(pack.read()).ledger} <= {"VA"}


def test_a_row_that_is_whole_and_stands_twice_is_nothing_to_accept(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("v", "groundwater", [(SQUARE, {"id": "a"})] * 2)
    pack.add("accept", feature="v/a", reason="x", stated_by="VA")
    with pytest.raises(LayerError, match="inte bland objekten"):
        load_plan(pack.read())


@pytest.mark.parametrize("shape", [SQUARE, None, shapely.Point(SQUARE.centroid)])
def test_a_layer_with_rows_contradicts_that_its_theme_does_not_occur(tmp_path: Path, shape: Any) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [shape])
    pack.add("not_applicable", theme="groundwater", reason="inget", stated_by="VA")
    with pytest.raises(LayerError, match="'vatten'") as caught:
        load_plan(pack.read())
    assert [fault.key for fault in caught.value.faults] == ["not_applicable[1].theme"]


def test_a_layer_without_rows_does_not_contradict_it(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", [], fields={})
    pack.add("not_applicable", theme="groundwater", reason="inget", stated_by="VA")
    assert load_plan(pack.read()).plan.not_applicable[0].what == "groundwater"


@pytest.mark.parametrize("shape", [SQUARE, None])
def test_a_layer_that_is_said_to_be_empty_has_no_rows(tmp_path: Path, shape: Any) -> None:
    message = failed(tmp_path, [shape], empty={"stated_by": "VA"})
    assert "layer.empty" in message
    assert "1 rad" in message


# --- coordinate systems and place -----------------------------------------------------------------------------------


def test_a_layer_in_another_crs_is_moved_to_the_plans(tmp_path: Path) -> None:
    (tm,) = transform(np.array([SQUARE], dtype=object), CRS, "EPSG:3006")
    (layer,) = replaced(tmp_path, [(tm, {"id": "a"})], "EPSG:3006").layers
    assert layer.crs == "EPSG:3006"
    assert layer.geometry[0].area == pytest.approx(10_000, abs=0.01)
    assert shapely.hausdorff_distance(layer.geometry[0], SQUARE) < 0.001


def test_a_layer_without_a_crs_is_an_error_that_suggests_one(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="EPSG:3017"):
        replaced(tmp_path, [(SQUARE, {"id": "a"})], None)


def test_the_manifest_may_say_the_crs_of_a_file_that_does_not(tmp_path: Path) -> None:
    (layer,) = replaced(tmp_path, [(SQUARE, {"id": "a"})], None, crs=CRS).layers
    assert layer.geometry[0].equals(SQUARE)


def test_the_manifest_may_not_contradict_the_file(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="EPSG:3006"):
        replaced(tmp_path, [(SQUARE, {"id": "a"})], CRS, crs="EPSG:3006")


def test_a_layer_outside_the_municipality_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="utanför kommunen"):
        replaced(tmp_path, [(box(50_000, 0, 51_000, 1000), {"id": "a"})], CRS)


def test_a_layer_with_axes_exchanged_is_an_error_that_says_so(tmp_path: Path) -> None:
    exchanged = shapely.transform(SQUARE, lambda xy: xy[:, ::-1])
    with pytest.raises(LayerError, match="omkastade"):
        replaced(tmp_path, [(exchanged, {"id": "a"})], CRS)


def test_one_row_inside_is_enough(tmp_path: Path) -> None:
    rows = [(SQUARE, {"id": "a"}), (box(90_000, 0, 91_000, 1000), {"id": "b"})]
    assert len(replaced(tmp_path, rows, CRS).layers[0]) == 2


FAR_SOUTH_WEST, FAR_NORTH_EAST = box(-90_000, -90_000, -89_000, -89_000), box(90_000, 90_000, 91_000, 91_000)


@pytest.mark.parametrize("rows", [[FAR_SOUTH_WEST, FAR_NORTH_EAST], [several(FAR_SOUTH_WEST, FAR_NORTH_EAST)]])
def test_a_layer_that_lies_around_the_municipality_may_have_nothing_in_it(tmp_path: Path, rows: list[Any]) -> None:
    assert len(loaded(tmp_path, rows)) == len(rows)


@pytest.mark.parametrize("row", [FAR_SOUTH_WEST, FAR_NORTH_EAST])
def test_a_layer_on_one_side_of_the_municipality_is_misplaced(tmp_path: Path, row: Any) -> None:
    assert "utanför kommunen" in failed(tmp_path, [row])


def test_a_row_that_only_touches_the_municipality_is_near(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, [box(10_000, 0, 11_000, 10)])) == 1


def test_a_row_beyond_all_measure_is_set_apart_without_a_warning(tmp_path: Path) -> None:
    far = shapely.LineString([(-1e300, -1e300), (1e300, -1e300)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert loaded(tmp_path, [SQUARE, (far, {"id": "x"})]).ids == ("r1",)


def test_a_broken_row_in_the_municipality_is_near(tmp_path: Path) -> None:
    bow_tie = put(shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]))
    assert len(loaded(tmp_path, [bow_tie, FAR_NORTH_EAST])) == 2


# --- the municipality and other borders -----------------------------------------------------------------------------


def test_the_municipality_may_come_in_several_pieces(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    plan = pack.read()
    geojson(tmp_path / "paket" / "grans.geojson", [(box(0, 0, 10, 10), {}), (box(10, 0, 20, 10), {})])
    assert load_plan(plan).area.area == 200.0


@pytest.mark.parametrize("shape", [None, line((0, 0), (1, 1))])
def test_a_border_with_a_row_that_is_no_area_is_an_error(tmp_path: Path, shape: Any) -> None:
    plan = Pack(tmp_path / "paket").read()
    geojson(tmp_path / "paket" / "grans.geojson", [(box(0, 0, 10, 10), {}), (shape, {})])
    with pytest.raises(LayerError, match="gräns"):
        load_plan(plan)


def test_coverage_is_what_was_stated_and_nothing_when_nothing_was(tmp_path: Path) -> None:
    told = {
        name: loaded(tmp_path / name, [SQUARE], coverage=given).coverage
        for name, given in (("alla", "municipality"), ("del", box(0, 0, 10, 10)), ("ingen", None))
    }
    assert (told["alla"].area, told["del"].area, told["ingen"]) == (1e8, 100.0, None)


def test_an_amendments_area_is_read(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").document("fop", "fördjupning", area=box(0, 0, 10, 10))
    areas = load_plan(pack.read()).document_areas
    assert {name: shape.area for name, shape in areas.items()} == {"fop": 100.0}


def test_only_wanted_themes_are_read(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("a", "groundwater", [SQUARE]).layer("b", "farmland", [SQUARE])
    assert [one.layer.id for one in load_plan(pack.read(), {"farmland"}).layers] == ["b"]


# --- content --------------------------------------------------------------------------------------------------------


def test_content_is_that_of_the_rows_whatever_their_order_and_vertices(tmp_path: Path) -> None:
    turned = shapely.Polygon(list(SQUARE.exterior.coords)[::-1])
    rows = [(SQUARE, {"id": "a"}), (box(1, 1, 2, 2), {"id": "b"})]
    other = [rows[1], (turned, {"id": "a"})]
    one, two = loaded(tmp_path / "1", rows), loaded(tmp_path / "2", other)
    assert one.content == two.content
    assert one.sha256 != two.sha256


@pytest.mark.parametrize("row", [(box(5000, 5000, 5100, 5101), {"name": "x"}), (SQUARE, {"name": "y"})])
def test_content_changes_with_a_shape_or_a_value(tmp_path: Path, row: Any) -> None:
    one, two = loaded(tmp_path / "1", [(SQUARE, {"name": "x"})]), loaded(tmp_path / "2", [row])
    assert one.content != two.content


@pytest.mark.parametrize("theme", ["port", "rail_access", "interchange"])
def test_what_is_reached_from_a_site_may_lie_in_the_next_municipality(tmp_path: Path, theme: str) -> None:
    """The nearest port is the neighbour's, 4 km beyond the border: sound, and told."""
    pack = Pack(tmp_path / "paket").layer("hamn", theme, [point(14_000, 5000)])
    (features,) = load_plan(pack.read()).layers
    assert features.notes == ("Alla objekt ligger utanför kommunen, men inom 25 km från den.",)


def test_what_lies_farther_off_than_that_is_misplaced(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("hamn", "port", [point(36_000, 5000)])
    with pytest.raises(LayerError, match="alla objekt ligger utanför kommunen"):
        load_plan(pack.read())


def test_what_is_met_on_a_site_and_lies_all_outside_is_misplaced_however_near(tmp_path: Path) -> None:
    """Else the neighbour's file by mistake would read as nothing here."""
    pack = Pack(tmp_path / "paket").layer("g", "groundwater", [box(11_000, 0, 12_000, 100)])
    with pytest.raises(LayerError, match="alla objekt ligger utanför kommunen"):
        load_plan(pack.read())
