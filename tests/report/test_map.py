"""What is on a map: numbers, letters, legend, and what folium is given."""

from __future__ import annotations

import json
import re

import fakes
import folium
import pytest
import shapely

from opcheck import texts
from opcheck.report import map as maps
from opcheck.report.section import named_in


def site_map(window: fakes.MapWindow | None = None, assessment: fakes.Assessment | None = None) -> maps.SiteMap:
    assessment = assessment or fakes.one_site()
    record = assessment.data["sites"][0]
    layers = {layer["id"]: layer["title"] for layer in assessment.data["inputs"]["plan"]["layers"]}
    named = named_in(record, 1, texts.load("sv"))
    return maps.build(window or fakes.window(), crs=fakes.CRS, index=1, named=named, layers=layers)


def test_numbers_follow_the_findings() -> None:
    numbered = site_map().numbered
    assert [one.number for one in numbered] == list(range(1, len(numbered) + 1))
    labels = [one.label for one in numbered]
    # the detaljplan is not on this map; then what speaks against, then what needs assessment
    assert labels[0] == "Harasjöns vattentäkt, primär zon"
    assert labels.index("Haraholmens hamn") < labels.index("Flyttled Harasjön")


def test_what_the_site_meets_is_marked_so() -> None:
    met = {one.label for one in site_map().numbered if one.met}
    assert met == {"Harasjöns vattentäkt, primär zon", "Verksamheter och industri", "Natur", "Haraholmens hamn"}


def test_parts_get_letters() -> None:
    assert site_map().parts == {("markanvandning", "17"): "A", ("markanvandning", "18"): "B"}


def test_one_part_gets_no_letter() -> None:
    items = [one for one in fakes.window().items if not (one.role == "part" and one.feature_id == "18")]
    assert site_map(fakes.MapWindow(fakes.BOUNDS, tuple(items))).parts == {}


@pytest.mark.parametrize(("number", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (52, "BA"), (701, "ZZ")])
def test_letters_go_on_after_z(number: int, letter: str) -> None:
    assert maps._letter(number) == letter


def test_the_legend_names_each_symbol_once_with_its_layers() -> None:
    legend = site_map().legend
    keys = [entry.symbol.key for entry in legend]
    assert keys == sorted(set(keys), key=keys.index)
    hit = next(entry for entry in legend if entry.symbol.key == "hit")
    assert hit.layers == ("Riksintresse hamn", "Vattenskyddsområden")


def test_a_line_to_something_far_away_says_how_far() -> None:
    labels = [label.text for label in site_map().picture.labels]
    assert any(label.startswith("1") and label.endswith("→ Haraholmen") for label in labels)


def test_a_crowded_map_draws_a_bounded_number_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "BACKGROUND_MOST", 3)
    crowd = [
        fakes.MapItem(
            "interest", "natura", "natura_2000", f"n{number}", None, shapely.Point(141_000 + number, 7_234_000)
        )
        for number in range(10)
    ]
    site = next(one for one in fakes.window().items if one.role == "site")
    built = site_map(fakes.MapWindow(fakes.BOUNDS, (*crowd, site)))
    assert built.left_out == 7


def test_what_has_no_shape_is_passed_over() -> None:
    nothing = [
        fakes.MapItem("interest", "natura", "natura_2000", "a", None, None),
        fakes.MapItem("interest", "natura", "natura_2000", "b", None, shapely.Polygon()),
    ]
    site = next(one for one in fakes.window().items if one.role == "site")
    assert [entry.symbol.key for entry in site_map(fakes.MapWindow(fakes.BOUNDS, (*nothing, site))).legend] == ["site"]


def test_folium_is_given_numbers_only() -> None:
    hostile = fakes.hostile(lambda count: fakes.PAYLOADS[count % len(fakes.PAYLOADS)])
    script = site_map(*hostile.windows.values(), assessment=hostile).script
    for _, collection in re.findall(r"(_add)\((\{.*\})\);", script):
        for feature in json.loads(collection)["features"]:
            assert set(feature) == {"type", "id", "properties", "geometry"}
            assert re.fullmatch(r"\d+-\d+-\d+(-open)?|cover", feature["id"])
            assert list(feature["properties"]) == ["i"]
            assert isinstance(feature["properties"]["i"], int)
    assert not re.search(r"pwned|Harasj|srv", script)
    # with or without hostile names, the script is the same
    assert script == site_map().script


def test_coordinates_have_six_decimals_and_lie_in_place() -> None:
    built = site_map()
    numbers = re.findall(r"\d+\.\d+", re.sub(r'"id": "[^"]*"|"weight.*?\n', "", built.script))
    assert max(len(number.partition(".")[2]) for number in numbers) <= 6
    (south, west), (north, east) = built.data["corners"]
    assert 65 < south < north < 66 and 21 < west < east < 22


def test_the_interactive_map_opens_close_up_and_knows_the_overview() -> None:
    built = site_map()
    close, overview = built.data["views"]
    assert overview["corners"] == built.data["corners"]
    (south, west), (north, east) = close["corners"]
    (low, left), (high, right) = overview["corners"]
    assert low < south < north < high and left < west < east < right
    assert len(overview["marks"]) == len(built.numbered) >= len(close["marks"])


def test_the_rest_of_the_process_keeps_its_folium() -> None:
    before = (list(folium.Map.default_js), list(folium.Map.default_css))
    site_map()
    assert (folium.Map.default_js, folium.Map.default_css) == before
