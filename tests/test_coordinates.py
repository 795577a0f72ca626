"""Coordinate systems: which are read, what moving between them costs, and data that does not lie where it says.

Numbers here come from outside opcheck: published positions, the EPSG registry, or formulas worked out beside each test.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from drawn import CRS, Pack, box, geojson, line, rule, site_file
from drawn import book as rules_of

import opcheck
from opcheck.columns import candidates, found_columns
from opcheck.errors import CRSError, LayerError, PlanError
from opcheck.features import load_plan
from opcheck.geometry import (
    RT_90_ZONES,
    SWEREF_99_TM,
    SWEREF_99_ZONES,
    crs_name,
    ellipsoid_area_m2,
    extent,
    measuring_fault,
    named_by_parameters,
    shift_accuracy_m,
    suggest_crs,
    transform,
)
from opcheck.placing import COUNTIES, SWEDEN, misplaced, misplaced_border, missing_crs

ROOT = Path(__file__).resolve().parents[1]
PLACE = (21.4798, 65.3172)
"""Central Piteå, longitude and latitude."""


def array(*shapes: Any) -> Any:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def at(x: float, y: float, source: str, target: str) -> tuple[float, float]:
    (moved,) = transform(array(shapely.Point(x, y)), source, target)
    return moved.x, moved.y


# --- codes and other ways to say them -------------------------------------------------------------------------------

KNOWN = (
    SWEREF_99_TM, *SWEREF_99_ZONES, *RT_90_ZONES, "EPSG:25833", "EPSG:4619", "EPSG:4258", "EPSG:4326", "EPSG:3857",
)  # fmt: skip
COMPOUND = {f"EPSG:{5845 + number}": name for number, name in enumerate((SWEREF_99_TM, *SWEREF_99_ZONES))}
"""SWEREF 99 TM with RH 2000, and the zones in the order of their codes (EPSG registry)."""


def test_all_zones_are_there() -> None:
    assert (SWEREF_99_TM, *SWEREF_99_ZONES) == tuple(f"EPSG:{code}" for code in range(3006, 3019))
    assert set(RT_90_ZONES) == {f"EPSG:{code}" for code in range(3019, 3025)}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize(
    "form",
    [
        "urn:ogc:def:crs:EPSG::{}", "urn:ogc:def:crs:EPSG:6.9:{}", "urn:x-ogc:def:crs:EPSG:{}", "{}", "epsg:{}",
        "http://www.opengis.net/def/crs/EPSG/0/{}", "http://www.opengis.net/gml/srs/epsg.xml#{}", "EPSG::{}",
    ],
)  # fmt: skip
def test_a_code_is_understood_in_every_form(name: str, form: str) -> None:
    assert crs_name(form.format(name.removeprefix("EPSG:"))) == name


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_wkt_without_a_code_is_understood(name: str, version: Any) -> None:
    text = pyproj.CRS(name).to_wkt(version)
    bare = re.sub(r",\s*(?:ID|AUTHORITY)\[[^\[\]]*\]", "", text)
    assert "4326" not in bare and "EPSG" not in bare
    assert crs_name(bare) == name


MAPINFO = (
    'PROJCS["unnamed",GEOGCS["unnamed",DATUM["{datum}",SPHEROID[{ellipsoid}]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",{meridian}],PARAMETER["scale_factor",{scale}],PARAMETER["false_easting",{east}],'
    'PARAMETER["false_northing",0],UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
)
"""What GDAL makes of the projection line of a MapInfo file: no name, and of the datum the ellipsoid alone."""

GRS = '"GRS 80",6378137,298.257222101'
BESSEL = '"Bessel 1841",6377397.155,299.1528128'


def mapinfo(
    meridian: float, *, scale: float = 1, east: int = 150_000, datum: str = "GRS_80", ellipsoid: str = GRS
) -> str:
    return MAPINFO.format(datum=datum, ellipsoid=ellipsoid, meridian=meridian, scale=scale, east=east)


# Meridian of each code (EPSG registry): the south set first, then the north set, not west to east.
MERIDIANS = (12, 13.5, 15, 16.5, 18, 14.25, 15.75, 17.25, 18.75, 20.25, 21.75, 23.25)


@pytest.mark.parametrize(("name", "meridian"), list(zip(SWEREF_99_ZONES, MERIDIANS, strict=True)))
def test_a_projection_without_a_name_is_the_swedish_one_it_equals(name: str, meridian: float) -> None:
    assert crs_name(mapinfo(meridian)) == name
    assert at(150_000, 7_000_000, name, "EPSG:4326")[0] == pytest.approx(meridian, abs=1e-9)


def test_what_was_inferred_of_a_projection_is_known_to_be() -> None:
    assert crs_name(mapinfo(15, scale=0.9996, east=500_000)) == "EPSG:3006"
    assert named_by_parameters(mapinfo(21.75))
    old = mapinfo(15.8082777777778, east=1_500_000, datum="Rikets_koordinatsystem_1990", ellipsoid=BESSEL)
    assert crs_name(old) == "EPSG:3021"
    assert not named_by_parameters(old)
    assert not named_by_parameters("EPSG:3017")


def test_another_projection_or_datum_is_not_taken_for_a_swedish_one() -> None:
    for text in (mapinfo(22), mapinfo(21.75, scale=0.9999), mapinfo(21.75, datum="Geocentric_Datum_of_Nowhere")):
        assert crs_name(text) == text


@pytest.mark.parametrize(("code", "name"), COMPOUND.items())
def test_heights_beside_a_system_are_left_out(code: str, name: str) -> None:
    assert crs_name(code) == name
    text = pyproj.CRS(code).to_wkt("WKT1_GDAL")
    assert crs_name(re.sub(r",\s*AUTHORITY\[[^\[\]]*\]", "", text)) == name


def test_a_system_of_heights_alone_is_refused_for_what_it_is() -> None:
    with pytest.raises(CRSError, match=r"höjdsystem.*EPSG:3006"):
        crs_name("EPSG:5613")


# --- published positions --------------------------------------------------------------------------------------------

# One point in four systems, northing and easting (the project's domain notes, section 5.2, worked out with PROJ there).
VECTORS = [
    ("EPSG:3006", 7_259_321.1, 801_517.8), ("EPSG:3017", 7_246_732.3, 137_404.6), ("EPSG:3016", 7_247_264.4, 207_324.7),
    ("EPSG:3021", 7_257_976.7, 1_764_257.2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "north", "east"), VECTORS)
def test_a_point_in_pitea_has_its_numbers_in_every_system(name: str, north: float, east: float) -> None:
    assert at(*PLACE, "EPSG:4619", name) == pytest.approx((east, north), abs=0.06)


def test_the_town_hall_of_boden_lies_in_boden() -> None:
    # Published by the municipality: N 7303417, E 147211 in SWEREF 99 21 45. The town lies at 65.82 N, 21.69 E.
    assert at(147_211, 7_303_417, "EPSG:3017", "EPSG:4326") == pytest.approx((21.69, 65.825), abs=0.0025)


# Railway stations with both pairs as Trafikverket publishes them (CC0): E, N in SWEREF 99 TM; longitude, latitude.
STATIONS = {
    "Arnemark": (787_450, 7_277_419, 21.217933827304552, 65.49127557165512),
    "Nyfors": (773_852, 7_296_330, 20.964426286010095, 65.67177684996618),
    "Stensundberget": (881_778, 7_328_630, 23.382241834279473, 65.84906813211998),
    "Riksgränsen": (627_923, 7_593_733, 18.11869690003302, 68.42719824233153),
    "Skellefteå": (783_111, 7_194_307, 20.955692728423887, 64.7534893095815),
}


@pytest.mark.parametrize("station", STATIONS)
def test_the_stations_two_positions_are_one(station: str) -> None:
    east, north, lon, lat = STATIONS[station]
    assert math.dist(at(lon, lat, "EPSG:4326", "EPSG:3006"), (east, north)) < 0.011


def test_the_twelve_zones_cannot_be_told_apart_by_magnitude() -> None:
    # The next meridian is 1.5 degrees away: about 70 km at Piteå (cos 65.3° · 111.3 km · 1.5 = 69.8 km).
    east, north = at(*PLACE, "EPSG:4619", "EPSG:3017")
    there = at(east, north, "EPSG:3016", "EPSG:3017")
    assert math.dist(there, (east, north)) == pytest.approx(69_800, abs=500)


# --- how exactly numbers are moved ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [SWEREF_99_TM, *SWEREF_99_ZONES, "EPSG:4619", "EPSG:4258", "EPSG:25833"])
def test_within_sweref_99_nothing_is_lost(name: str) -> None:
    assert shift_accuracy_m(name, CRS, *PLACE) == 0.0


@pytest.mark.parametrize("name", ["EPSG:4326", "EPSG:3857", "OGC:CRS84"])
def test_wgs_84_counts_as_sweref_99(name: str) -> None:
    assert shift_accuracy_m(name, CRS, *PLACE) == 0.0
    assert shift_accuracy_m(name, "EPSG:3021", *PLACE) == shift_accuracy_m(CRS, "EPSG:3021", *PLACE)


@pytest.mark.parametrize("name", RT_90_ZONES)
def test_rt_90_is_moved_with_the_accuracy_that_the_registry_states(name: str) -> None:
    # EPSG registry, transformation 1895 "RT90 to SWEREF99 (1)": 0.1 m. Between zones of RT 90 there is no shift.
    assert shift_accuracy_m(name, CRS, *PLACE) == 0.1
    assert shift_accuracy_m(CRS, name, *PLACE) == 0.1
    assert shift_accuracy_m(name, "EPSG:3021", *PLACE) == 0.0


def test_a_shift_that_nobody_knows_is_unknown() -> None:
    # NAD27, made for America: PROJ has no way to SWEREF 99 and lays its degrees on the other's.
    assert math.isnan(shift_accuracy_m("EPSG:4267", CRS, *PLACE))


SQUARE = box(5000, 5000, 5100, 5100)


def written(folder: Path, rows: list[Any], crs: str, **keys: Any) -> Any:
    """The one layer of a pack, its file written in another CRS."""
    pack = Pack(folder / "paket").layer("lager", "groundwater", [SQUARE], **keys)
    plan = pack.read()
    geojson(folder / "paket" / "lager.geojson", rows, crs)
    return load_plan(plan).layers[0]


def moved_to(crs: str, shape: Any = SQUARE) -> Any:
    return transform(array(shape), CRS, crs)[0]


def test_a_layer_in_rt_90_says_how_exactly_it_was_moved(tmp_path: Path) -> None:
    layer = written(tmp_path, [(moved_to("EPSG:3021"), {"id": "a"})], "EPSG:3021", accuracy_m=0.2)
    (note,) = layer.notes
    assert "RT90 2.5 gon V (EPSG:3021)" in note and "SWEREF99 21 45 (EPSG:3017)" in note and "0,1 m" in note
    assert layer.crs_accuracy_m == 0.1
    # The root of 0.2² + 0.1² = 0.05.
    assert layer.accuracies().tolist() == pytest.approx([math.sqrt(0.05)])


def test_a_layer_whose_own_accuracy_is_unknown_stays_unknown(tmp_path: Path) -> None:
    layer = written(tmp_path, [(moved_to("EPSG:3021"), {"id": "a"})], "EPSG:3021")
    assert np.isnan(layer.accuracies()).all()


def test_a_layer_in_sweref_99_has_nothing_to_say(tmp_path: Path) -> None:
    layer = written(tmp_path, [(moved_to("EPSG:3006"), {"id": "a"})], "EPSG:3006", accuracy_m=0.2)
    assert (layer.notes, layer.crs_accuracy_m, layer.accuracies().tolist()) == ((), 0.0, [0.2])


def test_a_layer_moved_by_an_unknown_shift_has_no_known_accuracy(tmp_path: Path) -> None:
    layer = written(tmp_path, [(moved_to("EPSG:4267"), {"id": "a"})], "EPSG:4267", accuracy_m=0.2)
    assert np.isnan(layer.accuracies()).all()
    assert "inte känt" in layer.notes[0]


NEAR = rule(theme="groundwater", check="avoid")


def asked(folder: Path, shape: Any, crs: str, question: Any = NEAR, objects: Any = (SQUARE,), **attributes: Any) -> Any:
    """One rule asked of one site, given in a CRS of its own."""
    keys = {"coverage": "municipality", "border": "legal", "accuracy_m": 0.0}
    pack = Pack(folder / "paket").layer("lager", "groundwater", list(objects), **keys)
    path = geojson(folder / "platser.geojson", [(shape, {"id": "a", "use": "industri", **attributes})], crs)
    return opcheck.assess(opcheck.read_sites(path), pack.read(), rules=rules_of(folder, question), on="2026-11-22")


@pytest.mark.parametrize(("gap_m", "outcome"), [(0.05, "REVIEW"), (0.5, "PASS")])
def test_a_site_in_rt_90_may_lie_a_decimetre_off(tmp_path: Path, gap_m: float, outcome: str) -> None:
    # Beside a legal border that is exact: 5 cm away may be inside when the site itself is known to 0.1 m.
    beside = box(5100 + gap_m, 5000, 5200, 5100)
    assert asked(tmp_path / "1", beside, CRS)["a"].verdict.outcome == "PASS"
    found = asked(tmp_path / "2", moved_to("EPSG:3021", beside), "EPSG:3021")
    assert found["a"].verdict.outcome == outcome
    (note,) = found.to_dict("sv")["inputs"]["sites"]["notes"]
    assert note.startswith("Platserna ligger i RT90 2.5 gon V (EPSG:3021)") and "0,1 m" in note


# --- what can be measured in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [SWEREF_99_TM, *SWEREF_99_ZONES, "EPSG:3021", "EPSG:25833", "EPSG:3878"])
def test_systems_made_for_the_north_are_fit_for_measuring(name: str) -> None:
    assert measuring_fault(name) is None


@pytest.mark.parametrize("name", ["EPSG:3857", "ESRI:102100", "EPSG:3395"])
def test_web_mercator_is_not(name: str) -> None:
    # On the sphere an area at 62° N is 1 / cos² 62° = 4.54 times too large.
    assert "4,5 gånger" in str(measuring_fault(name))


def test_a_plan_cannot_be_measured_in_web_mercator(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"4,5 gånger.*EPSG:3017"):
        Pack(tmp_path / "paket", crs="EPSG:3857").read()


def test_a_plan_cannot_be_measured_far_from_its_zone(tmp_path: Path) -> None:
    # UTM zone 30 has its meridian at 3° W: 24.7° from Piteå, where an area is cosh-like 7 % too large.
    plan = Pack(tmp_path / "paket", crs="EPSG:25830").read()
    with pytest.raises(LayerError, match=r"EPSG:25830, där ytor i kommunen blir \d,\d procent för stora"):
        load_plan(plan)


# --- data that does not lie where it says ---------------------------------------------------------------------------


def municipality() -> Any:
    """The border of Piteå as the demonstration pack draws it: 134 km wide and 84 km high, in SWEREF 99 21 45."""
    document = json.loads((ROOT / "layers" / "pitea" / "kommungrans.geojson").read_text(encoding="utf-8"))
    return shapely.union_all([shapely.geometry.shape(one["geometry"]) for one in document["features"]])


PITEA = municipality()
SMALL = shapely.box(100_000, 7_235_000, 125_000, 7_260_000)
"""A municipality the size of the smaller ones: 25 km across."""
TOWN = shapely.box(135_000, 7_240_000, 140_000, 7_250_000)

MISTAKES = [(true, read) for true in SWEREF_99_ZONES for read in SWEREF_99_ZONES if true != read]


def judged(shape: Any, area: Any, true: str, read: str) -> tuple[str | None, str | None]:
    """What is said of a shape whose numbers are those of one zone, read in another."""
    bounds = moved_to(true, shape).bounds
    return misplaced(bounds, read, extent(bounds, read, CRS), area.bounds, CRS)


@pytest.mark.parametrize("area", [PITEA, SMALL], ids=["as wide as Piteå", "small"])
@pytest.mark.parametrize(("true", "read"), MISTAKES)
def test_a_layer_of_the_whole_municipality_in_the_wrong_zone_is_an_error_that_names_the_right_one(
    area: Any, true: str, read: str
) -> None:
    fault, _ = judged(area, area, true, read)
    if fault is None:
        # 75 km are moved at least: three quarters of a degree at 65° N are 35 km, a quarter of Piteå's width.
        assert area is PITEA
        assert abs(meridian(true) - meridian(read)) == 0.75
        return
    assert true in fault and f"läses som {true}" not in fault.partition(" men ")[2]


def meridian(name: str) -> float:
    return MERIDIANS[SWEREF_99_ZONES.index(name)]


def test_only_a_few_neighbouring_zones_slip_by_a_wide_municipality() -> None:
    unseen = [pair for pair in MISTAKES if judged(PITEA, PITEA, *pair) == (None, None)]
    assert len(unseen) <= 2


@pytest.mark.parametrize("zone", SWEREF_99_ZONES)
@pytest.mark.parametrize("shape", [PITEA, TOWN])
def test_a_layer_in_the_right_zone_is_left_alone(zone: str, shape: Any) -> None:
    assert judged(shape, PITEA, zone, zone) == (None, None)


def test_where_two_zones_fit_both_are_named() -> None:
    # A town in the middle of a wide municipality, read two zones off: one zone off would put it inside as well.
    fault, _ = judged(TOWN, PITEA, "EPSG:3017", "EPSG:3014")
    assert fault is not None
    assert "EPSG:3017" in fault and "EPSG:3016" in fault


def test_a_small_layer_moved_by_one_zone_inside_a_wide_municipality_is_what_no_program_sees() -> None:
    assert judged(TOWN, PITEA, "EPSG:3017", "EPSG:3016") == (None, None)


@pytest.mark.parametrize("true", RT_90_ZONES)
@pytest.mark.parametrize("read", RT_90_ZONES)
def test_the_zones_of_rt_90_are_told_apart_in_the_same_way(true: str, read: str) -> None:
    fault, _ = judged(SMALL, SMALL, true, read)
    assert (fault is None) is (true == read)
    assert fault is None or true in fault


def test_a_wider_layer_is_not_held_to_the_municipality() -> None:
    wide = PITEA.envelope.buffer(150_000)
    assert judged(wide, PITEA, CRS, CRS) == (None, None)


def test_a_smaller_layer_mostly_outside_is_told_and_not_refused() -> None:
    # 10 km of 40 lie inside in the west; read in the zone to the west, all of it does not, in that to the east it does.
    west, south, _, north = PITEA.bounds
    fault, doubt = misplaced(
        (west - 30_000, south + 20_000, west + 10_000, north - 20_000), CRS,
        (west - 30_000, south + 20_000, west + 10_000, north - 20_000), PITEA.bounds, CRS,
    )  # fmt: skip
    assert fault is None
    assert doubt is not None and "EPSG:3018" in doubt and "Kontrollera koordinatsystemet" in doubt


def test_a_system_that_is_missing_is_suggested_and_never_taken() -> None:
    # Read in the zones beside, some of the whole municipality would lie inside as well: that is no likelihood.
    assert 'ange crs = "EPSG:3017"' in missing_crs(PITEA.bounds, PITEA.bounds, CRS)
    one = missing_crs(moved_to("EPSG:3021", SMALL).bounds, SMALL.bounds, CRS)
    assert 'ange crs = "EPSG:3021"' in one
    two = missing_crs(TOWN.bounds, PITEA.bounds, CRS)
    assert "EPSG:3016 eller EPSG:3017" in two or "EPSG:3016, EPSG:3017 eller EPSG:3018" in two
    assert 'crs = "EPSG:…"' in two


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in ("EPSG:25833", "EPSG:4619", "EPSG:4258")])
def test_every_system_is_suggested_for_its_own_numbers(name: str) -> None:
    names, swapped = suggest_crs(moved_to(name, SMALL).bounds, SMALL.bounds, CRS)
    assert (names, swapped) == ([name], False)


@pytest.mark.parametrize("key", ["coverage", "document"])
def test_other_areas_of_a_pack_are_held_against_the_municipality_too(tmp_path: Path, key: str) -> None:
    pack = Pack(tmp_path / "paket").document("op")
    if key == "coverage":
        pack.layer("lager", "groundwater", [SQUARE], coverage=box(0, 0, 5000, 5000))
    else:
        pack.document("fop", "fördjupning", area=box(0, 0, 5000, 5000)).layer("lager", "groundwater", [SQUARE])
    plan = pack.read()
    (file,) = [path for path in plan.files if path.name not in ("grans.geojson", "lager.geojson")]
    load_plan(plan)
    geojson(file, [(box(0, 0, 5000, 5000), {})], "EPSG:3016")
    with pytest.raises(LayerError, match="EPSG:3017") as caught:
        load_plan(plan)
    assert key in str(caught.value.faults[0].key)


def bordered(folder: Path, shape: Any, crs: str, **head: Any) -> Any:
    plan = Pack(folder / "paket", **head).read()
    geojson(folder / "paket" / "grans.geojson", [(shape, {})], crs)
    return load_plan(plan)


def test_a_border_far_from_where_its_zone_is_used_is_an_error(tmp_path: Path) -> None:
    # The numbers of SWEREF 99 23 15 for Piteå, read as 12 00: eleven degrees too far west, in Norway.
    wrong = moved_to("EPSG:3018", PITEA)
    with pytest.raises(LayerError, match=r"EPSG:3007 används.*län 25 som .*EPSG:3018"):
        bordered(tmp_path, wrong, "EPSG:3007", municipality_code="2581")


@pytest.mark.parametrize("crs", ["EPSG:3006", "EPSG:4326"])
def test_a_border_with_its_axes_exchanged_is_an_error_that_says_so(tmp_path: Path, crs: str) -> None:
    turned = shapely.transform(moved_to(crs, PITEA), lambda xy: xy[:, ::-1])
    with pytest.raises(LayerError, match="x och y byter plats") as caught:
        bordered(tmp_path, turned, crs, municipality_code="2581")
    assert crs in str(caught.value)


@pytest.mark.parametrize(("county", "told"), [("2581", False), ("0180", True), ("0000", False)])
def test_a_border_in_another_county_than_the_code_says_is_told(tmp_path: Path, county: str, told: bool) -> None:
    loaded = bordered(tmp_path, PITEA, CRS, municipality_code=county)
    assert any("län 01" in note for note in loaded.notes) is told


def test_a_border_just_outside_where_its_zone_is_meant_is_told_and_not_refused() -> None:
    # Skellefteå, in Västerbotten at 64.75 N, in the zone of its northern neighbours: 65.01 N and up (EPSG registry).
    south = shapely.box(130_000, 7_150_000, 180_000, 7_190_000).bounds
    fault, doubt = misplaced_border(south, CRS, CRS, "24")
    assert fault is None
    assert doubt is not None and "brukar användas" in doubt


def test_a_border_abroad_is_not_held_against_sweden() -> None:
    # Tampere in its own system (EPSG:3878), 61.5 N 23.8 E: outside Sweden, and none of our business.
    bounds = moved_between((23.6, 61.4, 23.9, 61.6), "EPSG:4326", "EPSG:3878")
    assert misplaced_border(bounds, "EPSG:3878", "EPSG:3878", "08") == (None, None)


def moved_between(bounds: tuple[float, ...], source: str, target: str) -> tuple[float, ...]:
    found = extent(bounds, source, target)
    assert found is not None
    return found


def test_the_counties_lie_in_the_country() -> None:
    assert len(COUNTIES) == 21
    for west, south, east, north in COUNTIES.values():
        assert SWEDEN[0] <= west < east <= SWEDEN[2] and SWEDEN[1] <= south < north <= SWEDEN[3]


# --- sites that do not lie where they say ---------------------------------------------------------------------------


def test_sites_all_outside_are_told_in_which_system_they_would_lie_inside(tmp_path: Path) -> None:
    found = asked(tmp_path, SQUARE, "EPSG:3016")
    (note,) = found.to_dict("sv")["inputs"]["sites"]["notes"]
    assert "EPSG:3016" in note and "om de är EPSG:3017" in note


def test_one_site_inside_is_no_sign_of_a_wrong_system(tmp_path: Path) -> None:
    # One lies ten kilometres west of a wide municipality, one inside: read one zone to the east, both would lie inside.
    row = 7_245_000
    west = PITEA.intersection(shapely.LineString([(0, row), (250_000, row)])).bounds[0]
    here = [shapely.box(east, row, east + 100, row + 100) for east in (west - 10_000, west + 5000)]
    for number, shapes in enumerate((here, here[:1])):
        pack = Pack(tmp_path / str(number), area=PITEA).layer("lager", "groundwater", [here[1]])
        path = site_file(tmp_path / "p.geojson", *((f"s{row}", shape) for row, shape in enumerate(shapes)))
        found = opcheck.assess(opcheck.read_sites(path), pack.read(), rules=rules_of(tmp_path, NEAR), on="2026-11-22")
        told = found.to_dict("sv")["inputs"]["sites"]["notes"]
        assert [("EPSG:3018" in note) for note in told] == [True] * number


# --- areas on the ellipsoid -----------------------------------------------------------------------------------------

A_AXIS, FLATTENING = 6_378_137.0, 1 / 298.257222101
E2 = FLATTENING * (2 - FLATTENING)


def cell_m2(south: float, north: float, width_deg: float) -> float:
    """The area between two parallels and two meridians on GRS 80, by the closed formula (Snyder 1987, 3-12)."""

    def q(latitude: float) -> float:
        e, sine = math.sqrt(E2), math.sin(math.radians(latitude))
        return (1 - E2) * (sine / (1 - E2 * sine**2) - math.log((1 - e * sine) / (1 + e * sine)) / (2 * e))

    return A_AXIS**2 / 2 * math.radians(width_deg) * (q(north) - q(south))


def cell(south: float, north: float, west: float, east: float) -> Any:
    """The same cell as a polygon, with points so close along the parallels that they are the parallels."""
    along = np.linspace(west, east, 2001)
    return shapely.Polygon([(lon, south) for lon in along] + [(lon, north) for lon in along[::-1]])


def test_an_area_on_the_ellipsoid_is_that_of_the_closed_formula() -> None:
    (found,) = ellipsoid_area_m2(array(cell(65.2, 65.4, 21.3, 21.8)), "EPSG:4619")
    assert found == pytest.approx(cell_m2(65.2, 65.4, 0.5), rel=1e-8)


def test_holes_and_parts_count() -> None:
    whole, hole = cell(65.2, 65.4, 21.3, 21.8), cell(65.25, 65.3, 21.4, 21.5)
    shapes = array(
        shapely.Polygon(whole.exterior, [hole.exterior]), shapely.MultiPolygon([hole, cell(64, 64.1, 21, 22)])
    )
    found = ellipsoid_area_m2(shapes, "EPSG:4619")
    inner = cell_m2(65.25, 65.3, 0.1)
    assert found.tolist() == pytest.approx([cell_m2(65.2, 65.4, 0.5) - inner, inner + cell_m2(64, 64.1, 1)], rel=1e-8)


def test_what_is_no_area_has_none() -> None:
    shapes = array(shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]), None, shapely.Polygon())
    assert np.isnan(ellipsoid_area_m2(shapes, CRS)).all()


# Plane area over true area (domain notes, section 5.4): +0.143 % in SWEREF 99 TM at Piteå, +2 ppm a length, that is
# +0.0004 % an area, in the local zone.
@pytest.mark.parametrize(("name", "percent"), [("EPSG:3006", 0.143), ("EPSG:3017", 0.0004)])
def test_the_plane_area_in_pitea_is_too_large(name: str, percent: float) -> None:
    east, north = at(*PLACE, "EPSG:4619", name)
    plane = shapely.box(east, north, east + 100, north + 100)
    (true,) = ellipsoid_area_m2(array(plane), name)
    assert (plane.area / true - 1) * 100 == pytest.approx(percent, abs=0.0005)


SMALL_AREA = "plan.small_area"


def small_area(folder: Path, shape: Any, crs: str, **attributes: Any) -> Any:
    pack = Pack(folder / "paket", municipality_code="2581").layer("lager", "groundwater", [])
    path = geojson(folder / "p.geojson", [(shape, {"id": "a", "use": "industri", **attributes})], crs)
    return opcheck.assess(opcheck.read_sites(path), pack.read(), on="2026-11-22")


def square_of(true_m2: float) -> Any:
    """A square in the local zone, by the town, with a true area: the plane one there is 4 ppm larger or less."""
    side = math.sqrt(true_m2)
    found = box(5000, 5000, 5000 + side, 5000 + side)
    (area,) = ellipsoid_area_m2(array(found), CRS)
    side *= math.sqrt(true_m2 / area)
    return box(5000, 5000, 5000 + side, 5000 + side)


@pytest.mark.parametrize(("true_m2", "case"), [(4999.99, "hit"), (5000.0, "clear"), (5000.01, "clear")])
def test_less_than_5_000_m2_is_measured_on_the_ellipsoid(tmp_path: Path, true_m2: float, case: str) -> None:
    for crs in (CRS, "EPSG:3006", "EPSG:4326", "EPSG:25833"):
        drawn = moved_to(crs, square_of(true_m2))
        finding = small_area(tmp_path / crs[5:], drawn, crs)["a"].finding(SMALL_AREA)
        assert (finding.case, finding.arguments["value"]) == (case, true_m2), crs
        assert (finding.outcome.value, finding.counted) == ({"hit": "NOT_APPLICABLE", "clear": "PASS"}[case], False)


def test_the_plane_area_in_sweref_99_tm_would_have_said_otherwise(tmp_path: Path) -> None:
    drawn = moved_to("EPSG:3006", square_of(4995.0))
    assert drawn.area > 5000
    finding = small_area(tmp_path, drawn, "EPSG:3006")["a"].finding(SMALL_AREA)
    assert finding.case == "hit"
    assert finding.arguments["value"] == 4995.0


@pytest.mark.parametrize(
    ("lang", "area", "limit"), [("sv", "4\u00a0999,99", "5\u00a0000"), ("en", "4,999.99", "5,000")]
)
def test_the_answer_shows_every_decimal_that_decided(tmp_path: Path, lang: str, area: str, limit: str) -> None:
    record = small_area(tmp_path, square_of(4999.99), CRS).to_dict(lang)
    (finding,) = (one for one in record["sites"][0]["findings"] if one["rule"] == SMALL_AREA)
    assert f"{area}\u00a0m²" in finding["message"] and f"{limit}\u00a0m²" in finding["message"]
    assert SMALL_AREA not in record["sites"][0]["verdict"]["decided_by"]


def test_a_line_has_no_area_to_ask_about(tmp_path: Path) -> None:
    edge = line((5000, 5000), (5100, 5000))
    assert small_area(tmp_path, edge, CRS)["a"].finding(SMALL_AREA).case == "open.attribute_missing"


def test_an_area_that_is_stated_goes_first_and_its_difference_is_told(tmp_path: Path) -> None:
    found = small_area(tmp_path, square_of(12_000), CRS, area_m2=4900)
    assert found["a"].finding(SMALL_AREA).case == "hit"
    (note,) = found.to_dict("sv")["inputs"]["sites"]["notes"]
    assert "4\u00a0900 m²" in note and "12\u00a0000 m²" in note
    assert found.to_dict("sv")["sites"][0]["attributes"] == {"area_m2": 4900.0}


def test_an_area_that_is_not_stated_is_no_attribute_of_the_site(tmp_path: Path) -> None:
    assert small_area(tmp_path, square_of(12_000), CRS).to_dict("sv")["sites"][0]["attributes"] == {}


# --- column names that a file has cut or folded ---------------------------------------------------------------------

# As GDAL 3.6 writes them to a Shapefile (the project's domain notes, section 6.2).
CUT = {
    "Ställningstagande": ("Ställnings", "Ställning"),
    "Ställningstagande_2": ("Ställnin_1", "Ställni_1"),
    "Användning": ("Användning", "Användnin"),
    "Underkategori": ("Underkateg", "Underkateg"),
    "Beslutsdatum": ("Beslutsdat", "Beslutsdat"),
}


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("encoding", [0, 1], ids=["Latin-1", "UTF-8"])
def test_a_cut_name_is_known_again(name: str, encoding: int) -> None:
    column = CUT[name][encoding]
    assert candidates(name, ["id", "Namn", column, "Yta"]) == (column,)


@pytest.mark.parametrize("encoding", [0, 1], ids=["Latin-1", "UTF-8"])
def test_all_of_them_at_once_are_told_apart(encoding: int) -> None:
    columns = [cut[encoding] for cut in CUT.values()]
    assert found_columns(list(CUT), columns) == {name: (cut[encoding],) for name, cut in CUT.items()}


@pytest.mark.parametrize(
    "column",
    ["användning", "ANVANDNING", "Anvandning", "anva\u0308ndning", "ANVÄNDNIN", "anvandni", " Användning", "Anvandnin"],
)
def test_case_accents_and_their_coding_do_not_matter(column: str) -> None:
    assert candidates("Användning", ["id", column]) == (column,)


@pytest.mark.parametrize("column", ["Använd", "anvandn", "Användningssätt", "Nvandning", "Ställnings", "Typ"])
def test_what_is_too_short_or_another_word_is_not_taken(column: str) -> None:
    assert candidates("Användning", ["id", column]) == ()


def test_in_a_file_with_long_names_none_is_cut() -> None:
    """A file that holds a name of more than ten letters has not been a Shapefile: its short names are whole."""
    assert found_columns(["Användningskategori"], ["Användning", "Beslutat"]) == {
        "Användningskategori": ("Användning",)
    }
    assert found_columns(["Användningskategori"], ["Användning", "Beslutsdatum"]) == {"Användningskategori": ()}
    # The long name shows it where it is itself asked for, too.
    both = found_columns(["Användningskategori", "Beslutsdatum"], ["Användning", "Beslutsdatum"])
    assert both == {"Användningskategori": (), "Beslutsdatum": ("Beslutsdatum",)}
    assert found_columns(["Användning"], ["ANVANDNING", "Beslutsdatum"]) == {"Användning": ("ANVANDNING",)}


def test_in_a_site_file_with_long_names_none_is_cut(tmp_path: Path) -> None:
    rows = [(SQUARE, {"id": "a", "use": "industri", "protection": "staket", "anteckningar": "lager"})]
    (site,) = opcheck.read_sites(geojson(tmp_path / "p.geojson", rows))
    assert site.attributes == {"protection": "staket", "anteckningar": "lager"}


@pytest.mark.parametrize("number", ["_1", "_9", "10", "99"])
def test_numbered_names_are_cut_to_eight_letters(number: str) -> None:
    # GDAL: "%.8s_%d" up to 9, "%.8s%d" from 10.
    assert candidates("Bestämmelsetyp", [f"Bestämme{number}"]) == (f"Bestämme{number}",)


def test_a_column_by_its_own_name_goes_before_every_other() -> None:
    assert candidates("Användning", ["Användnin", "ANVÄNDNING", "Användning"]) == ("Användning",)
    assert candidates("Användning", ["Användnin", "ANVÄNDNING"]) == ("ANVÄNDNING",)


def columns_of(folder: Path, names: list[str], fields: dict[str, str]) -> Any:
    rows = [(SQUARE, {"id": "a", **{name: f"värde {name}" for name in names}})]
    return load_plan(Pack(folder / "paket").layer("lager", "groundwater", rows, fields=fields).read()).layers[0]


def test_a_cut_column_is_used_and_said(tmp_path: Path) -> None:
    layer = columns_of(tmp_path, ["Ställnings", "NAMN"], {"id": "id", "text": "Ställningstagande", "name": "Namn"})
    assert (layer.value("text", 0), layer.value("name", 0)) == ("värde Ställnings", "värde NAMN")
    assert layer.notes == (
        "Kolumnen 'NAMN' är läst som 'Namn' (namnet är skrivet på annat sätt i filen).",
        "Kolumnen 'Ställnings' är läst som 'Ställningstagande' (namnet är avklippt i filen).",
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Ställnings", "Ställnin_1"], ["'Ställnings'", "'Ställnin_1'"]),
        (["ANVÄNDNING", "användning"], []),
        (["Kategori"], ["'Ställningstagande'"]),
    ],
)
def test_a_column_that_cannot_be_told_is_a_fault_with_the_candidates(
    tmp_path: Path, names: list[str], told: list[str]
) -> None:
    wanted = "Användning" if "användning" in names else "Ställningstagande"
    with pytest.raises(LayerError) as caught:
        columns_of(tmp_path, names, {"id": "id", "text": wanted})
    assert all(one in str(caught.value) for one in told or [repr(name) for name in names])
    assert caught.value.faults[0].key == "fields.text"


BOTH = {"id": "id", "text": "Ställningstagande", "note": "Ställningstagande_2"}


def test_two_cut_columns_are_paired_in_the_order_of_gdal_and_that_is_said(tmp_path: Path) -> None:
    layer = columns_of(tmp_path, ["Ställnings", "Ställnin_1"], BOTH)
    assert (layer.value("text", 0), layer.value("note", 0)) == ("värde Ställnings", "värde Ställnin_1")
    assert any("Filen säger inte vilken av kolumnerna 'Ställnings' och 'Ställnin_1'" in note for note in layer.notes)


def test_two_cut_columns_in_another_order_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="'Ställnin_1' och 'Ställnings' kan vara den"):
        columns_of(tmp_path, ["Ställnin_1", "Ställnings"], BOTH)


@pytest.mark.parametrize("wanted", ["Ställningstagande", "Ställningstagande_2"])
def test_one_of_two_names_is_never_chosen_from_two_cut_columns(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(LayerError, match="'Ställnings' och 'Ställnin_1' kan vara den"):
        columns_of(tmp_path, ["Ställnings", "Ställnin_1"], {"id": "id", "text": wanted})


def test_one_cut_column_is_not_two_names(tmp_path: Path) -> None:
    fields = {"id": "id", "text": "Ställningstagande", "note": "Ställningstagande_2"}
    with pytest.raises(LayerError, match="kan vara 'Ställningstagande' eller 'Ställningstagande_2'"):
        columns_of(tmp_path, ["Ställnings"], fields)


def test_a_cut_column_of_sites_is_used_and_said(tmp_path: Path) -> None:
    rows = [(SQUARE, {"id": "a", "användnin": "industri", "significan": "ja"})]
    sites = opcheck.read_sites(geojson(tmp_path / "p.geojson", rows))
    (site,) = sites
    assert (site.uses, site.attributes) == (("industri",), {"significant_impact": True})
    assert len(sites.notes) == 2
    assert all("avklippt" in note for note in sites.notes)


# --- notes reach the reader -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_notes_stand_in_the_report_in_swedish_and_escaped(tmp_path: Path, lang: str) -> None:
    rows = [(SQUARE, {"id": "a", "<b>vägna_1": "x"})]
    fields = {"id": "id", "text": "<b>vägnamn"}
    pack = Pack(tmp_path / "paket").layer("lager", "groundwater", rows, fields=fields)
    found = opcheck.assess(
        opcheck.read_sites(site_file(tmp_path / "p.geojson", ("a", SQUARE))), pack.read(),
        rules=rules_of(tmp_path, NEAR), on="2026-11-22",
    )  # fmt: skip
    (layer,) = found.to_dict(lang)["inputs"]["plan"]["layers"]
    assert layer["notes"] == ["Kolumnen '<b>vägna_1' är läst som '<b>vägnamn' (namnet är avklippt i filen)."]
    opcheck.write_report(found, tmp_path / "r.html", lang=lang)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    text = "Kolumnen &#39;&lt;b&gt;vägna_1&#39; är läst som &#39;&lt;b&gt;vägnamn&#39;"
    assert text in page
    assert "<b>vä" not in page.split('type="application/json"')[0]
    start = page.rindex("<ul", 0, page.index(text))
    assert ('lang="sv"' in page[start : page.index(text)]) is (lang == "en")
