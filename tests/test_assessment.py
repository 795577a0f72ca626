"""The assessment as its user meets it: a mapping by site id, a frame, shapes, and what a map shows."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from drawn import COUNTRY, WORK, Pack, box, land_book, point, rule, run

import opcheck
from opcheck.assessment import WINDOW_LEAST_M
from opcheck.errors import CRSError

SITE = box(5000, 5000, 5100, 5100)
QUESTIONS = (
    rule("t.water", theme="groundwater", check="avoid"),
    rule("t.port", theme="port", check="at_most", basis="criterion", distance_m=5000),
)


@pytest.fixture
def found(tmp_path: Path) -> opcheck.Assessment:
    pack = Pack(tmp_path / "paket").document("op")
    zones = [(box(0, 0, 5050, 10_000), WORK), (box(5050, 0, 10_000, 10_000), COUNTRY)]
    pack.zones(zones, document="op").layer("vatten", "groundwater", [(box(5080, 5000, 5200, 5100), {"name": "Åsen"})])
    pack.layer("hamn", "port", [(point(5300, 5050), {"name": "Kajen"})])
    rows = [("b", None), ("a", SITE, {"name": "Tomten", "use": "industri; lager"}), ("c", box(1, 1, 9, 9))]
    return run(tmp_path, pack, land_book(tmp_path, *QUESTIONS), *rows)


def test_an_assessment_is_a_mapping_by_site_id_in_order(found: opcheck.Assessment) -> None:
    assert (len(found), found.keys()) == (3, ("a", "b", "c"))
    assert "a" in found
    assert "x" not in found
    assert [site_id for site_id, _ in found.items()] == ["a", "b", "c"]
    assert [answer.site.id for answer in found.values()] == ["a", "b", "c"]
    with pytest.raises(KeyError):
        found["x"]


def test_iterating_gives_the_verdicts(found: opcheck.Assessment) -> None:
    assert [(verdict.site, verdict.outcome) for verdict in found] == [("a", "REVIEW"), ("b", "OPEN"), ("c", "PASS")]


def test_every_site_has_every_finding_for_every_use(found: opcheck.Assessment) -> None:
    told = [(one.site, one.use, one.rule) for one in found.findings]
    rules = ["t.land", "t.port", "t.water"]
    expected = [("a", use, one) for use in ("industri", "lager") for one in rules]
    expected += [(site, "industri", one) for site in ("b", "c") for one in rules]
    assert told == expected


def test_a_finding_is_found_by_rule_and_use(found: opcheck.Assessment) -> None:
    assert found["a"].finding("t.water", "lager").use == "lager"
    for wrong in (("t.saknas", None), ("t.water", "hamn")):
        with pytest.raises(KeyError):
            found["a"].finding(*wrong)


def test_the_frame_has_one_row_a_site_and_one_column_a_rule(found: opcheck.Assessment) -> None:
    frame = found.to_frame()
    assert list(frame.index) == ["a", "b", "c"]
    assert list(frame.columns) == ["name", "use", "outcome", "plan", "t.land", "t.port", "t.water", "geometry"]
    assert list(frame["outcome"]) == ["REVIEW", "OPEN", "PASS"]
    assert list(frame["t.water"]) == ["REVIEW", "OPEN", "PASS"]
    assert frame.crs.to_epsg() == 3017
    assert frame.geometry["a"].equals(SITE)
    assert frame.geometry["b"] is None


def test_the_frame_says_what_the_verdicts_say(found: opcheck.Assessment) -> None:
    frame = found.to_frame()
    told = [(verdict.site, verdict.outcome, verdict.plan) for verdict in found]
    assert list(zip(frame.index, frame["outcome"], frame["plan"], strict=True)) == told


def test_shapes_are_told_by_key_as_wkb(found: opcheck.Assessment) -> None:
    assert list(found.shapes) == ["site/a", "site/b", "site/c"]
    assert len(found.shapes) == 3
    assert shapely.from_wkb(found.shapes["site/a"]).equals(SITE)
    assert found.shapes["site/b"] == b""
    for key in ("site/x", "plats/a", "a"):
        with pytest.raises(KeyError):
            found.shapes[key]


# --- the map --------------------------------------------------------------------------------------------------------


def test_a_site_without_a_shape_has_no_map(found: opcheck.Assessment) -> None:
    assert found.window("b") is None
    with pytest.raises(KeyError):
        found.window("x")


def test_the_window_shows_the_site_its_surroundings_and_what_it_met(found: opcheck.Assessment) -> None:
    window = found.window("a")
    assert window is not None
    told = [(item.role, item.key) for item in window.items]
    assert told == [
        ("zone", "zoner/r1"), ("zone", "zoner/r2"), ("context", "hamn/r1"), ("hit", "vatten/r1"),
        ("part", "part/zoner/r1"), ("part", "part/zoner/r2"), ("link", "link/t.port/industri"),
        ("link", "link/t.port/lager"), ("site", "site/a"),
    ]  # fmt: skip
    assert len({item.key for item in window.items}) == len(window.items)


def test_the_window_reaches_at_least_its_least_around_the_site(found: opcheck.Assessment) -> None:
    window = found.window("a")
    assert window is not None
    expected = shapely.bounds(shapely.buffer(SITE, WINDOW_LEAST_M, join_style="mitre"))
    assert window.bounds == pytest.approx(tuple(expected))


def test_nothing_reaches_out_of_the_window(found: opcheck.Assessment) -> None:
    for site_id in ("a", "c"):
        window = found.window(site_id)
        assert window is not None
        frame = shapely.box(*window.bounds)
        assert all(shapely.covers(shapely.buffer(frame, 0.001), item.geometry) for item in window.items)


def test_the_border_is_drawn_where_it_is_near(found: opcheck.Assessment) -> None:
    near, far = found.window("c"), found.window("a")
    assert near is not None and far is not None
    assert "border" in {item.role for item in near.items}
    assert "border" not in {item.role for item in far.items}


def test_a_link_is_as_long_as_the_distance_told(found: opcheck.Assessment) -> None:
    window = found.window("a")
    assert window is not None
    (link,) = {item.geometry.length for item in window.items if item.role == "link"}
    assert link == found["a"].finding("t.port").measures["distance_m"] == 200.0


def test_errors_are_of_the_packages_own_kind() -> None:
    assert issubclass(CRSError, opcheck.OpcheckError)
