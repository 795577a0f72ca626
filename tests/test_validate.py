"""The plan-readiness check on drawn plans: each fault by itself, with its place, and none that is not there."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import drawn
import pytest
import shapely
from drawn import COUNTRY, GREEN, WORK, Pack, box

import opcheck
from opcheck.completeness import work_begun
from opcheck.errors import LayerError, PlanError
from opcheck.features import load_plan
from opcheck.readiness import KINDS, Level, PlanFault, Readiness
from opcheck.report.readiness import readiness_table
from opcheck.rules import themes
from opcheck.validate import validate_plan

DAY = "2026-11-22"
EAST, NORTH = drawn.CORNER

FULL = {
    "dated": "2024-01-01", "owner": "Ritade kommun", "licence": "CC0-1.0", "accuracy_m": 5.0, "border": "indicative",
}  # fmt: skip
"""What a manifest can say of a layer."""

HALVES = (box(0, 0, 5000, 10_000), box(5000, 0, 10_000, 10_000))


def zone(shape: Any, category: str = WORK, **values: Any) -> tuple[Any, str, dict[str, Any]]:
    return shape, category, values


def whole(folder: Path, rows: Any = None, /, *, layer: dict[str, Any] | None = None, **head: Any) -> Pack:
    """A pack with nothing to remark on: two halves, every theme stated, a document in force and current."""
    pack = Pack(folder / "paket", **head)
    pack.document("op", adopted="2023-01-30", legal_force="2023-03-01", url="https://example.org/op")
    rows = rows if rows is not None else [zone(HALVES[0]), zone(HALVES[1], COUNTRY)]
    pack.zones(rows, document="op", **{**FULL, **(layer or {})})
    for theme in themes():
        if theme not in ("land_use", "properties"):
            pack.add("not_applicable", theme=theme, reason="förekommer inte", stated_by="provet")
    return pack


def check(pack: Pack, **options: Any) -> Readiness:
    return validate_plan(pack.read(), **{"on": DAY, **options})


def kinds(readiness: Readiness, *ignored: str) -> list[str]:
    """The kinds found, but those that every drawn pack has: drawn zones have no text, and not all uses a cell."""
    skipped = {"text_missing", "some_uses", "no_cell", *ignored}
    return [fault.kind for fault in readiness.faults if fault.kind not in skipped]


def one(readiness: Readiness, kind: str) -> PlanFault:
    (fault,) = (fault for fault in readiness.faults if fault.kind == kind)
    return fault


def relative(place: Any) -> list[float]:
    """A place in metres from the municipality's corner."""
    return [round(value - (EAST, NORTH)[number % 2], 2) for number, value in enumerate(place)]


# --- the whole ------------------------------------------------------------------------------------------------------


def test_a_pack_without_a_fault(tmp_path: Path) -> None:
    readiness = check(whole(tmp_path))
    assert kinds(readiness) == []
    (closed,) = readiness.closed
    assert (closed.document, closed.zones, closed.to_cover_m2, closed.covered_m2) == ("op", 2, 1e8, 1e8)
    assert readiness.worst in ("warning", "notice", None)


def test_levels_and_counts(tmp_path: Path) -> None:
    readiness = check(whole(tmp_path, [zone(HALVES[0])]))
    assert readiness.worst == "warning"
    assert sum(readiness.counts.values()) == len(readiness)
    assert sum(readiness.kinds.values()) == len(readiness)
    order = [list(Level).index(fault.level) for fault in readiness.faults]
    assert order == sorted(order)
    assert len(readiness.shapes) == len(readiness.faults)


def test_every_kind_has_a_level() -> None:
    assert {level for level in KINDS.values()} == set(Level)


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_no_length_is_refused(tmp_path: Path, tolerance: float) -> None:
    with pytest.raises(PlanError, match="toleransen"):
        check(whole(tmp_path), tolerance_m=tolerance)


def test_the_order_of_rows_and_layers_changes_nothing(tmp_path: Path) -> None:
    rows = [zone(HALVES[0]), zone(box(4990, 0, 10_000, 9000), COUNTRY), zone(box(100, 100, 200, 200), "Okänt")]
    named = [(shape, category, {"id": f"z{number}"}) for number, (shape, category, _) in enumerate(rows)]
    first = check(whole(tmp_path / "a", named))
    second = check(whole(tmp_path / "b", named[::-1]))
    assert first.faults == second.faults


# --- closure --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "tolerance", "kind"),
    [
        (0.001, 0.001, None),
        (0.0011, 0.001, "gap_sliver"),
        (0.002, 0.002, None),
        (0.0021, 0.002, "gap_sliver"),
        (0.0021, 0.001, "gap_sliver"),
        (0.9, 0.001, "gap_sliver"),
        (1.0, 0.001, "gap"),
        (40.0, 0.001, "gap"),
        (40.0, 50.0, None),
    ],
)
def test_a_gap_and_its_measures(tmp_path: Path, width: float, tolerance: float, kind: str | None) -> None:
    rows = [zone(HALVES[0]), zone(box(5000 + width, 0, 10_000, 10_000))]
    readiness = check(whole(tmp_path, rows), tolerance_m=tolerance)
    assert kinds(readiness, "loose") == ([kind] if kind else [])
    if kind:
        gap = one(readiness, kind)
        assert gap.area_m2 == pytest.approx(width * 10_000, abs=0.01)
        assert gap.width_m == pytest.approx(width, rel=0.01)
        assert gap.features == (("zoner", "r1"), ("zoner", "r2"))
        assert gap.document == "op" and gap.layers == ("zoner",)
        assert relative(gap.bounds) == [5000, 0, round(5000 + width, 2), 10_000]
        assert 5000 <= relative(gap.spot)[0] <= 5000 + width
    else:
        assert readiness.closed[0].within >= 1


def test_an_overlap_is_a_notice_since_the_model_permits_it(tmp_path: Path) -> None:
    rows = [zone(HALVES[0]), zone(box(4900, 0, 10_000, 10_000), COUNTRY)]
    readiness = check(whole(tmp_path, rows))
    assert kinds(readiness) == ["overlap"]
    overlap = one(readiness, "overlap")
    assert (overlap.level, overlap.area_m2, overlap.width_m) == (Level.NOTICE, 1e6, 100.0)
    assert overlap.args["share"] == 0.02 and "same" not in overlap.args


def test_an_overlap_of_zones_that_say_the_same_says_so(tmp_path: Path) -> None:
    rows = [zone(HALVES[0]), zone(box(4900, 0, 10_000, 10_000))]
    assert one(check(whole(tmp_path, rows)), "overlap").args["same"] is True


def test_a_narrow_overlap_is_a_warning(tmp_path: Path) -> None:
    rows = [zone(HALVES[0]), zone(box(4999.9, 0, 10_000, 10_000))]
    assert kinds(check(whole(tmp_path, rows))) == ["overlap_sliver"]


@pytest.mark.parametrize(("out", "kind"), [(0.5, "outside_sliver"), (30.0, "outside")])
def test_outside_the_border(tmp_path: Path, out: float, kind: str) -> None:
    rows = [zone(HALVES[0]), zone(box(5000, 0, 10_000 + out, 10_000))]
    readiness = check(whole(tmp_path, rows))
    assert kinds(readiness) == [kind]
    fault = one(readiness, kind)
    assert (fault.features, fault.area_m2) == ((("zoner", "r2"),), pytest.approx(out * 10_000))


@pytest.mark.parametrize(
    ("shape", "away", "told"),
    [
        (box(10_400, 0, 10_900, 500), 400.0, "Hela r3 (Grönområde) ligger utanför"),
        (box(10_000, 0, 10_500, 500), 0.0, "intill gränsen"),
        (box(10_000.2, 0, 10_000.7, 500), 0.2, "Hela r3"),
    ],
)
def test_a_zone_wholly_outside_the_border(tmp_path: Path, shape: Any, away: float, told: str) -> None:
    readiness = check(whole(tmp_path, [zone(HALVES[0]), zone(HALVES[1], COUNTRY), zone(shape, GREEN)]))
    assert kinds(readiness, "thin") == ["outside_whole"]
    fault = one(readiness, "outside_whole")
    assert fault.args["away_m"] == pytest.approx(away, abs=0.001)
    assert fault.area_m2 == pytest.approx(shape.area, rel=1e-6)
    table = " ".join(readiness_table(readiness, "sv").split())
    assert told.replace("Grönområde", GREEN) in table and "bredast" not in table.split("Resultat")[0].split("Mycket")[0]
    if away == 400:
        assert "400\u00a0m från gränsen" in readiness_table(readiness, "sv").replace("\n    ", " ")


def test_a_zone_that_is_partly_inside_is_not_wholly_outside(tmp_path: Path) -> None:
    rows = [zone(HALVES[0]), zone(HALVES[1]), zone(box(9999, 0, 20_000, 500), GREEN)]
    assert "outside_whole" not in kinds(check(whole(tmp_path, rows)))


def test_a_thin_zone(tmp_path: Path) -> None:
    rows = [zone(box(0, 0, 0.5, 10_000)), zone(box(0.5, 0, 10_000, 10_000))]
    readiness = check(whole(tmp_path, rows))
    assert kinds(readiness) == ["thin"]
    assert one(readiness, "thin").features == (("zoner", "r1"),)


def test_corners_beside_a_border(tmp_path: Path) -> None:
    left = drawn.put(shapely.Polygon([(0, 0), (5000, 0), (4999.9995, 5000), (5000, 10_000), (0, 10_000)]))
    readiness = check(whole(tmp_path, [zone(left), zone(HALVES[1])]))
    assert kinds(readiness) == ["loose"]
    assert (one(readiness, "loose").count, relative(one(readiness, "loose").spot)) == (1, [5000.0, 5000.0])


def test_the_layers_of_one_document_close_together(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0])])
    pack.zones([zone(HALVES[1], COUNTRY)], layer_id="vatten", document="op", **FULL)
    readiness = check(pack)
    assert kinds(readiness) == []
    assert readiness.closed[0].layers == ("vatten", "zoner")


def test_a_layer_without_a_document_is_the_oversiktsplans(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0])])
    pack.zones([zone(HALVES[1], COUNTRY)], layer_id="vatten", **FULL)
    assert kinds(check(pack)) == []


def amended(folder: Path, rows: Any, **keys: Any) -> Pack:
    """A plan whose north half is a fördjupning's, with zones of its own."""
    pack = whole(folder, [zone(box(0, 0, 10_000, 5000))])
    keys = {"adopted": "2024-01-30", "legal_force": "2024-03-01", "base": "op", "status": "laga kraft", **keys}
    pack.document("fop", "fördjupning", area=box(0, 5000, 10_000, 10_000), **keys)
    return pack.zones(rows, layer_id="fopzoner", document="fop", **FULL)


def test_an_amendment_is_held_against_its_own_area(tmp_path: Path) -> None:
    readiness = check(amended(tmp_path, [zone(box(0, 5000, 10_000, 9000)), zone(box(0, 9000, 10_000, 10_200))]))
    assert kinds(readiness) == ["outside"]
    assert (one(readiness, "outside").document, one(readiness, "outside").area_m2) == ("fop", 2e6)
    assert {closed.document: closed.to_cover_m2 for closed in readiness.closed} == {"fop": 5e7, "op": 5e7}


def test_what_an_amendment_covers_is_no_gap_in_the_base_plan(tmp_path: Path) -> None:
    gap = box(0, 5000, 1000, 10_000)
    readiness = check(amended(tmp_path, [zone(box(1000, 5000, 10_000, 10_000))]))
    assert kinds(readiness) == ["gap"]
    fault = one(readiness, "gap")
    assert (fault.document, fault.area_m2) == ("fop", gap.area)


def test_what_a_pending_amendment_covers_is_still_a_gap_in_the_base_plan(tmp_path: Path) -> None:
    pack = amended(tmp_path, [zone(box(0, 5000, 10_000, 10_000))], status="samråd")
    readiness = check(pack)
    assert kinds(readiness) == ["gap", "not_in_force"]
    assert one(readiness, "gap").document == "op"


def test_a_plan_that_is_over_is_not_held_against_anything(tmp_path: Path) -> None:
    pack = whole(tmp_path)
    pack.document("gammal", status="ersatt", adopted="1990")
    pack.zones([zone(box(0, 0, 100, 100))], layer_id="gamla", document="gammal", **FULL)
    readiness = check(pack)
    assert kinds(readiness) == ["not_in_force"]
    assert [closed.document for closed in readiness.closed] == ["op"]


def test_a_provisional_border_is_said_and_only_holes_are_gaps(tmp_path: Path) -> None:
    ring = shapely.difference(box(0, 0, 9000, 9000), box(4000, 4000, 5000, 5000))
    readiness = check(whole(tmp_path, [zone(ring)], provisional_area=True))
    assert kinds(readiness) == ["provisional_area", "gap"]
    assert one(readiness, "gap").area_m2 == 1e6


# --- subcategories that the legend passes over -----------------------------------------------------------------------


def swallowed(folder: Path, value: list[dict[str, Any]], *words: str | None) -> Readiness:
    strips = [box(1000 * number, 0, 1000 * (number + 1), 10_000) for number in range(len(words))]
    rows = [zone(shape, "Bygd", subcategory=word) for shape, word in zip(strips, words, strict=True)]
    rows.append(zone(box(1000 * len(words), 0, 10_000, 10_000), "Skog", subcategory=None))
    skog = {"from": {"category": "Skog"}, "to": [COUNTRY]}
    return check(whole(folder, rows, layer={"value": [*value, skog]}))


BYGD = {"from": {"category": "Bygd"}, "to": [WORK]}


def test_subcategories_that_only_their_category_maps_are_told(tmp_path: Path) -> None:
    readiness = swallowed(tmp_path, [BYGD], "Tät", "Gles", "Tät", None)
    assert kinds(readiness) == ["subcategory_swallowed"]
    fault = one(readiness, "subcategory_swallowed")
    assert (fault.level, fault.count, fault.area_m2) == (Level.WARNING, 3, 3e7)
    assert fault.features == (("zoner", "r1"), ("zoner", "r2"), ("zoner", "r3"))
    assert (fault.args["value"], fault.args["to"]) == ("Bygd", (WORK,))
    assert (fault.args["subcategories"], fault.args["zones_of"]) == (("Gles", "Tät"), (1, 2))
    table = " ".join(readiness_table(readiness, "sv").split())
    assert "«Gles»: 1 zon" in table and "«Tät»: 2 zoner" in table
    assert "ett värde per par" in table
    assert "“Tät”: 2 zones" in readiness_table(readiness, "en")


def test_a_value_for_each_pair_swallows_nothing(tmp_path: Path) -> None:
    pairs = [{"from": {"category": "Bygd", "subcategory": word}, "to": [WORK]} for word in ("Tät", "Gles")]
    assert kinds(swallowed(tmp_path / "a", [*pairs, BYGD], "Tät", "gles", None)) == []
    found = one(swallowed(tmp_path / "b", [pairs[0], BYGD], "Tät", "Gles"), "subcategory_swallowed")
    assert found.args["subcategories"] == ("Gles",)


def test_a_subcategory_that_the_mapping_keeps_is_not_swallowed(tmp_path: Path) -> None:
    kept = {"from": {"category": "Bygd"}, "to": [WORK, "Tät"]}
    assert "subcategory_swallowed" not in kinds(swallowed(tmp_path / "a", [kept], "Tät", "tät"))
    of_words = [{"from": {"subcategory": "Tät"}, "to": [WORK]}]
    assert "subcategory_swallowed" not in kinds(swallowed(tmp_path / "b", of_words, "Tät"))


def test_the_vocabulary_swallows_too(tmp_path: Path) -> None:
    rows = [zone(HALVES[0], "Bygd", subcategory="Tät"), zone(HALVES[1], COUNTRY, subcategory=None)]
    pack = whole(tmp_path, rows).add("value", **BYGD)
    assert one(check(pack), "subcategory_swallowed").args["subcategories"] == ("Tät",)


# --- what cannot be read --------------------------------------------------------------------------------------------


def test_an_unreadable_layer_hides_nothing_else(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0])])
    for name in ("trasig", "trasig2"):
        pack.layer(name, "port", [drawn.point(10, 10)], **FULL)
        (pack.folder / f"{name}.geojson").write_text("{", encoding="utf-8")
    readiness = check(pack)
    found = [fault for fault in readiness.faults if fault.kind == "unreadable"]
    assert [fault.layers for fault in found] == [("trasig",), ("trasig2",)]
    assert readiness.worst == "error"
    assert one(readiness, "gap").area_m2 == 5e7


def test_without_one_of_its_layers_a_plan_is_not_said_to_close_or_not(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0])])
    pack.zones([zone(HALVES[1])], layer_id="vatten", document="op", **FULL)
    (pack.folder / "vatten.geojson").write_text("{", encoding="utf-8")
    readiness = check(pack)
    assert kinds(readiness) == ["unreadable", "closure_untested"]
    assert one(readiness, "closure_untested").layers == ("vatten",)
    assert readiness.closed == ()


def test_an_unreadable_border_hides_no_layer(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0]), zone(box(6000, 0, 10_000, 10_000), "Okänt")])
    pack.write()
    (pack.folder / "grans.geojson").write_text("{", encoding="utf-8")
    readiness = validate_plan(opcheck.read_plan(pack.folder), on=DAY)
    assert kinds(readiness) == ["unreadable", "unmapped"]
    assert one(readiness, "unreadable").args["place"] == "plan.area"
    assert [len(features) for features in readiness.layers] == [2]


def test_an_unreadable_document_area_is_told_and_its_closure_is_not_tested(tmp_path: Path) -> None:
    pack = amended(tmp_path, [zone(box(0, 5000, 10_000, 10_000))])
    (pack.folder / "fop-omrade.geojson").write_text("{", encoding="utf-8")
    readiness = check(pack)
    assert one(readiness, "unreadable").document == "fop"
    assert one(readiness, "closure_untested").document == "fop"


def test_repeated_ids_are_an_error_and_hide_nothing_else_of_their_layer(tmp_path: Path) -> None:
    rows = [
        zone(HALVES[0], id="a", text="Ingen bebyggelse."),
        zone(box(5000, 0, 9000, 10_000), COUNTRY, id="a", text="x" * 254),
        zone(box(4900, 0, 5000, 100), "Golf", id="b"),
        zone(None, id="a"),
    ]
    pack = whole(tmp_path, rows)
    readiness = check(pack)
    found = kinds(readiness, "text_unread")
    assert sorted(found) == ["gap", "id_repeated", "overlap", "text_cut", "unmapped", "unplaced"]
    fault = one(readiness, "id_repeated")
    assert (fault.level, fault.layers, fault.count, fault.args["id"]) == (Level.ERROR, ("zoner",), 3, "a")
    assert fault.features == (("zoner", "a (rad 1)"), ("zoner", "a (rad 2)"), ("zoner", "a (rad 4)"))
    assert relative(fault.bounds) == [0, 0, 9000, 10_000]
    assert one(readiness, "gap").area_m2 == 1e7
    assert one(readiness, "text_cut").features == (("zoner", "a (rad 2)"),)
    assert one(readiness, "unplaced").features == (("zoner", "a"),)
    assert one(readiness, "unplaced").args["row"] == 4
    ids = next(point for point in readiness.digital if point.key == "ids")
    assert ids.have == 1
    with pytest.raises(LayerError, match="flera olika rader"):
        load_plan(pack.read())


def test_a_repeated_id_hides_nothing_where_another_layer_cannot_be_read(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0], id="a"), zone(box(5000, 0, 9000, 10_000), id="a")])
    pack.layer("trasig", "port", [drawn.point(10, 10)], **FULL)
    (pack.folder / "trasig.geojson").write_text("{", encoding="utf-8")
    assert kinds(check(pack)) == ["unreadable", "id_repeated", "gap"]


def test_a_made_id_is_never_another_rows_own(tmp_path: Path) -> None:
    rows = [zone(HALVES[0], id="a"), zone(HALVES[1], id="a"), zone(box(0, 0, 9, 9), id="a (rad 1)")]
    (features,) = check(whole(tmp_path, rows)).layers
    assert len(features) == len(set(features.ids)) == 3


def test_what_is_accepted_by_a_repeated_id_stays_accepted(tmp_path: Path) -> None:
    rows = [zone(HALVES[0], id="a"), zone(HALVES[1], id="b"), zone(None, id="a")]
    pack = whole(tmp_path, rows)
    pack.add("accept", feature="zoner/a", reason="borttagen", stated_by="Anna")
    assert kinds(check(pack)) == ["id_repeated", "accepted"]


def test_the_same_row_twice_is_no_repeated_id(tmp_path: Path) -> None:
    rows = [zone(HALVES[0], id="a"), zone(HALVES[0], id="a"), zone(HALVES[1], id="b")]
    assert kinds(check(whole(tmp_path, rows))) == ["duplicate"]


def test_rules_of_the_pack_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    pack = whole(tmp_path, rules=["regler.toml"])
    (pack.folder / "regler.toml").write_text("[ruleset]\n", encoding="utf-8")
    assert set(kinds(check(pack))) == {"rules_unusable"}


# --- rows -----------------------------------------------------------------------------------------------------------


def test_each_row_that_was_not_simply_used_is_told(tmp_path: Path) -> None:
    bow = drawn.put(shapely.Polygon([(100, 100), (200, 200), (200, 100), (100, 200)]))
    rows = [
        zone(HALVES[0]), zone(HALVES[1]), zone(None), zone(bow), zone(drawn.line((10, 10), (20, 20))),
        zone(box(1, 1, 9, 9), id="tva"), zone(box(1, 1, 9, 9), id="tva"),
    ]  # fmt: skip
    readiness = check(whole(tmp_path, rows))
    assert sorted(set(kinds(readiness))) == ["duplicate", "overlap", "repaired_moved", "set_aside", "unplaced"]
    assert one(readiness, "unplaced").spot is None and one(readiness, "unplaced").level is Level.WARNING
    assert relative(one(readiness, "repaired_moved").spot) == [150, 150]
    assert one(readiness, "set_aside").features == (("zoner", "r5"),)
    assert relative(one(readiness, "duplicate").bounds) == [1, 1, 9, 9]


def test_a_row_without_a_place_is_told_by_what_it_is_called(tmp_path: Path) -> None:
    rows = [
        zone(HALVES[0], id=None, namn="Norr"), zone(None, id=None, namn="Norra hamnen"), zone(HALVES[1], id="b"),
        zone(None, COUNTRY, id=None), zone(drawn.line((10, 10), (20, 20)), id="strecket", namn="Strecket"),
    ]  # fmt: skip
    fields = {"id": "id", "category": "category", "name": "namn"}
    readiness = check(whole(tmp_path, rows, layer={"fields": fields}))
    told = {fault.args["row"]: fault.args["called"] for fault in readiness.faults if fault.kind == "unplaced"}
    assert told == {2: "Norra hamnen", 4: f"category: {COUNTRY}"}
    assert (one(readiness, "set_aside").args["row"], one(readiness, "set_aside").args["called"]) == (5, "Strecket")
    table = " ".join(readiness_table(readiness, "sv").split())
    assert "(Norra hamnen), rad 2 i filen: raden saknar geometri" in table


def test_rows_of_the_same_name_without_a_place_are_each_told(tmp_path: Path) -> None:
    rows = [zone(HALVES[0]), zone(None, id="x"), zone(HALVES[1]), zone(None, id="x")]
    found = [fault for fault in check(whole(tmp_path, rows)).faults if fault.kind == "unplaced"]
    assert sorted(fault.args["row"] for fault in found) == [2, 4]


def test_a_row_that_somebody_has_accepted_is_a_notice(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0]), zone(HALVES[1]), zone(None)])
    pack.add("accept", feature="zoner/r3", reason="borttagen", stated_by="Anna")
    fault = one(check(pack), "accepted")
    assert (fault.level, fault.args["by"]) == (Level.NOTICE, "Anna")


def test_objects_without_an_id(tmp_path: Path) -> None:
    rows = [zone(HALVES[0], id=None), zone(HALVES[1])]
    fault = one(check(whole(tmp_path, rows)), "ids_made")
    assert fault.count == 1 and fault.layers == ("zoner",)


def test_an_empty_layer(tmp_path: Path) -> None:
    pack = whole(tmp_path).raw("")
    pack.layer("natura", "natura_2000", [], fields={}, **FULL)
    text = (pack.write() / "plan.toml").read_text(encoding="utf-8")
    start = text.index('[[not_applicable]]\ntheme = "natura_2000"')
    (pack.folder / "plan.toml").write_text(text[:start] + text[text.index("[[", start + 5) :], encoding="utf-8")
    assert kinds(validate_plan(opcheck.read_plan(pack.folder), on=DAY)) == ["layer_empty"]


# --- legend ---------------------------------------------------------------------------------------------------------

OWN = [
    {"from": {"category": "Industri"}, "to": [WORK]},
    {"from": {"category": "Skog"}, "to": [GREEN]},
    {"from": {"category": "Gruva"}, "to": [WORK, "Materialutvinning"]},
]


def test_legend_values_that_are_not_mapped(tmp_path: Path) -> None:
    rows = [
        zone(box(0, 0, 5000, 10_000), "INDUSTRI "), zone(box(5000, 0, 6000, 10_000), "Golf"),
        zone(box(6000, 0, 8000, 10_000), "Golf"), zone(box(8000, 0, 10_000, 10_000), None),
    ]  # fmt: skip
    readiness = check(whole(tmp_path, rows, layer={"value": OWN}))
    assert kinds(readiness) == ["category_missing", "unmapped", "mapping_unused"]
    golf = one(readiness, "unmapped")
    assert (golf.args["value"], golf.count, golf.area_m2) == ("Golf", 2, 3e7)
    assert golf.features == (("zoner", "r2"), ("zoner", "r3"))
    assert one(readiness, "category_missing").features == (("zoner", "r4"),)
    assert one(readiness, "mapping_unused").args["values"] == ("Skog", "Gruva")


def test_a_word_of_a_layer_without_a_mapping_must_be_the_models_own(tmp_path: Path) -> None:
    readiness = check(whole(tmp_path, [zone(HALVES[0]), zone(HALVES[1], "Verksamhet och industri")]))
    assert one(readiness, "unmapped").args["value"] == "Verksamhet och industri"


def test_a_mapping_to_an_unknown_category_is_an_error_as_in_an_assessment(tmp_path: Path) -> None:
    value = [{"from": {"category": "Industri"}, "to": ["Industriland"]}]
    pack = whole(tmp_path, [zone(HALVES[0], "Industri"), zone(HALVES[1], "Industri")], layer={"value": value})
    readiness = check(pack)
    assert kinds(readiness) == ["category_unknown"]
    sites = drawn.read_sites(tmp_path, ("a", box(10, 10, 20, 20)))
    with pytest.raises(PlanError, match="Industriland"):
        opcheck.assess(sites, pack.read(), on=DAY)


def test_what_is_told_of_the_legend_agrees_with_an_assessment(tmp_path: Path) -> None:
    """A site in a zone that is told as unmapped is U0, one in the other zone is not."""
    rows = [zone(HALVES[0], "Industri"), zone(HALVES[1], "Golf")]
    pack = whole(tmp_path, rows, layer={"value": OWN})
    lost = {name for _, name in one(check(pack), "unmapped").features}
    sites = drawn.read_sites(tmp_path, ("r1", box(10, 10, 20, 20)), ("r2", box(6000, 10, 6010, 20)))
    verdicts = {verdict.site: verdict.plan for verdict in opcheck.assess(sites, pack.read(), on=DAY)}
    assert {name for name, code in verdicts.items() if code == "U0"} == lost == {"r2"}


def test_the_municipalitys_vocabulary_counts(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0], "Industri"), zone(HALVES[1], "Golf")], layer={"value": OWN[:1]})
    pack.add("value", **{"from": {"category": "Golf"}, "to": [GREEN]})
    pack.add("value", **{"from": {"category": "Kyrka"}, "to": [GREEN]})
    readiness = check(pack)
    assert kinds(readiness) == ["mapping_unused"]
    assert one(readiness, "mapping_unused").args["values"] == ("Kyrka",)


def test_a_layer_without_a_column_of_uses(tmp_path: Path) -> None:
    pack = whole(tmp_path, layer={"fields": {"id": "id"}})
    assert kinds(check(pack)) == ["no_category_field"]


def test_a_subcategory_that_the_matrix_does_not_know(tmp_path: Path) -> None:
    value = [{"from": {"category": "Industri"}, "to": [WORK, "Rymdhamn"]}]
    rows = [zone(HALVES[0], "Industri"), zone(HALVES[1], "Industri")]
    fault = one(check(whole(tmp_path, rows, layer={"value": value})), "subcategory_unknown")
    assert (fault.args["subcategory"], fault.count) == ("Rymdhamn", 2)


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("a" * 254, True),
        ("a" * 255, True),
        ("a" * 253, True),
        ("a" * 252 + ".", False),
        ("ö" * 127, True),
        ("ö" * 254, True),
        ("a" * 200 + "\ufffd", True),
        ("a" * 252, False),
        ("a" * 256, False),
        ("ö" * 128, False),
    ],
)
def test_texts_that_have_probably_lost_their_end(tmp_path: Path, text: str, cut: bool) -> None:
    rows = [zone(HALVES[0], text=text), zone(HALVES[1], text="Hela texten.")]
    found = [fault for fault in check(whole(tmp_path, rows)).faults if fault.kind == "text_cut"]
    assert [fault.features for fault in found] == ([(("zoner", "r1"),)] if cut else [])


def test_texts_that_are_missing_or_unread(tmp_path: Path) -> None:
    stance = [{"id": "r1", "effect": "villkor", "by": "Anna", "on": datetime.date(2020, 1, 1)}]
    rows = [zone(HALVES[0], text="Ett."), zone(box(5000, 0, 7000, 10_000), text="Två."),
            zone(box(7000, 0, 10_000, 10_000), text=None)]  # fmt: skip
    readiness = check(whole(tmp_path, rows, layer={"stance": stance}))
    assert one(readiness, "text_missing").features == (("zoner", "r3"),)
    assert one(readiness, "text_unread").features == (("zoner", "r2"),)
    assert one(readiness, "stance_old").features == (("zoner", "r1"),)
    assert one(readiness, "text_unread").args["of"] == 3


def test_a_reading_as_new_as_the_data_is_not_old(tmp_path: Path) -> None:
    stance = [{"id": "r1", "effect": "villkor", "by": "Anna", "on": datetime.date(2024, 1, 1)}]
    rows = [zone(HALVES[0], text="Ett."), zone(HALVES[1])]
    assert "stance_old" not in check(whole(tmp_path, rows, layer={"stance": stance})).kinds


# --- documents, dates and data --------------------------------------------------------------------------------------


def plan_with(folder: Path, **keys: Any) -> Pack:
    pack = Pack(folder / "paket")
    pack.document("op", **keys)
    pack.zones([zone(HALVES[0]), zone(HALVES[1])], document="op", **FULL)
    return pack


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"legal_force": "2023-03-01", "adopted": "2023"}, []),
        ({"legal_force": "2023-03-01"}, ["adopted_missing"]),
        ({"adopted": "2023-01-30"}, ["currency_unknown", "legal_force_missing"]),
        ({"status": "samråd"}, ["not_in_force"]),
        ({"legal_force": "2027-01-01", "adopted": "2026"}, ["not_in_force"]),
        ({"legal_force": "2026", "adopted": "2026-01-30"}, ["force_unknown", "currency_unknown"]),
        ({"legal_force": "2012-03-01", "adopted": "2012"}, ["currency_unknown"]),
        (
            {
                "legal_force": "2012-03-01",
                "adopted": "2012",
                "currency": [{"decided": datetime.date(2024, 6, 1), "says": "inte aktuell"}],
            },
            ["currency_lapsed"],
        ),
    ],
)
def test_dates_of_the_plan(tmp_path: Path, keys: dict[str, Any], expected: list[str]) -> None:
    assert kinds(check(plan_with(tmp_path, **keys)), "theme_missing") == expected


def test_a_plan_lapses_24_months_after_the_next_election(tmp_path: Path) -> None:
    """In force 1 March 2023; the next ordinary election is 13 September 2026."""
    pack = plan_with(tmp_path, legal_force="2023-03-01", adopted="2023")
    assert "currency_lapsed" not in check(pack, on="2028-09-13").kinds
    assert one(check(pack, on="2028-09-14"), "currency_lapsed").args["until"] == "2028-09-13"


def test_an_amendment_older_than_its_plan_has_no_place_in_the_order(tmp_path: Path) -> None:
    pack = amended(tmp_path, [zone(box(0, 5000, 10_000, 10_000))], legal_force="2010-01-01", adopted="2010")
    readiness = check(pack)
    assert one(readiness, "order_unknown").document == "fop"
    # What may not govern covers nothing for certain.
    assert one(readiness, "gap").document == "op"
    kept = amended(
        tmp_path / "kvar", [zone(box(0, 5000, 10_000, 10_000))], legal_force="2010-01-01", adopted="2010", kept=True
    )
    assert not {"order_unknown", "gap"} & set(check(kept).kinds)


@pytest.mark.parametrize(
    ("dated", "old"),
    [("2018-11-21", True), ("2018-11-22", False), ("2018", False), ("2017", True), ("2026-01-01", False)],
)
def test_claims_older_than_eight_years(tmp_path: Path, dated: str, old: bool) -> None:
    pack = plan_with(tmp_path, legal_force="2023-03-01", adopted="2023")
    pack.layer("hamn", "riksintresse_hamn", [box(0, 0, 10, 10)], **{**FULL, "dated": dated})
    pack.layer("reservat", "nature_protection", [box(0, 0, 10, 10)], **{**FULL, "dated": "1990"})
    found = [fault.layers for fault in check(pack).faults if fault.kind == "claim_old"]
    assert found == ([("hamn",)] if old else [])


def test_what_is_not_said_of_layers_is_one_fault_each(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op", legal_force="2023-03-01", adopted="2023")
    pack.zones([zone(HALVES[0]), zone(HALVES[1])], document="op", coverage=None)
    pack.layer("hamn", "port", [drawn.point(1, 1)], coverage=None, confirmed=False, **FULL)
    readiness = check(pack)
    found = {fault.kind: fault.layers for fault in readiness.faults if fault.layers}
    for kind in ("dated_missing", "accuracy_missing", "border_missing", "owner_missing", "licence_missing"):
        assert found[kind] == ("zoner",)
    assert found["coverage_missing"] == ("zoner", "hamn")
    assert found["unconfirmed"] == ("hamn",)


def test_coverage_is_asked_of_layers_that_rules_ask_about(tmp_path: Path) -> None:
    pack = plan_with(tmp_path, legal_force="2023-03-01", adopted="2023")
    pack.layer("fastigheter", "properties", [box(0, 0, 10, 10)], coverage=None, **FULL)
    assert "coverage_missing" not in check(pack).kinds


def test_themes_without_a_layer_are_one_fault(tmp_path: Path) -> None:
    pack = plan_with(tmp_path, legal_force="2023-03-01", adopted="2023")
    pack.layer("hamn", "port", [drawn.point(1, 1)], **FULL)
    pack.add("not_applicable", theme="seveso", reason="inga", stated_by="Anna")
    missing = one(check(pack), "theme_missing")
    assert {"natura_2000", "shore_protection"} <= set(missing.args["themes"])
    assert not {"port", "seveso", "land_use", "properties"} & set(missing.args["themes"])
    assert missing.count == len(missing.args["themes"])


def test_a_pack_without_plan_or_land_use(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("hamn", "port", [drawn.point(1, 1)], **FULL)
    assert kinds(check(pack), "theme_missing") == ["no_plan", "no_land_use"]


def test_a_base_pack_is_not_asked_for_land_use(tmp_path: Path) -> None:
    folder = tmp_path / "bas"
    folder.mkdir()
    text = '[plan]\nid = "b"\nname = "B"\ncrs = "EPSG:3017"\nbase = true\n\n[[document]]\nid = "op"\n'
    text += 'kind = "översiktsplan"\nname = "ÖP"\nstatus = "laga kraft"\nadopted = "2023"\nlegal_force = "2023-03-01"\n'
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    readiness = validate_plan(opcheck.read_plan(folder), on=DAY)
    assert kinds(readiness) == ["theme_missing"]
    assert readiness.area is None and readiness.closed == ()


# --- the digital requirement ----------------------------------------------------------------------------------------


def digital(readiness: Readiness) -> dict[str, tuple[Any, Any, str]]:
    return {point.key: (point.have, point.of, point.state) for point in readiness.digital}


def test_what_digital_handling_needs(tmp_path: Path) -> None:
    rows = [zone(box(0, 0, 5000, 10_000), "Industri", text="Ja."), zone(box(5000, 0, 7500, 10_000), "Golf", id=None)]
    points = digital(check(whole(tmp_path, rows, layer={"value": OWN})))
    assert points["ids"] == (1, 2, "partly")
    assert points["categories"] == (1, 2, "partly")
    assert points["texts"] == (1, 2, "partly")
    assert points["covered"] == (7.5e7, 1e8, "partly")
    assert points["links"] == (1, 1, "there")
    assert points["decisions"] == (1, 1, "there")


def test_what_could_not_be_seen_is_not_said_to_be_there(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("hamn", "port", [drawn.point(1, 1)], **FULL)
    points = digital(check(pack))
    for key in ("ids", "categories", "texts", "covered", "links"):
        assert points[key] == (None, None, "unseen")


@pytest.mark.parametrize(
    ("adopted", "day", "begun"),
    [
        (None, datetime.date(2026, 12, 31), True),
        (None, datetime.date(2027, 1, 1), False),
        ("2026-12-31", datetime.date(2030, 1, 1), True),
        ("2027", datetime.date(2030, 1, 1), False),
        ("2026", datetime.date(2030, 1, 1), True),
    ],
)
def test_which_plans_were_certainly_begun_before_the_requirement(
    tmp_path: Path, adopted: str | None, day: datetime.date, begun: bool
) -> None:
    keys = {"adopted": adopted} if adopted else {}
    assert work_begun(plan_with(tmp_path, **keys).read(), day) == {"op": begun}


# --- what is counted, by hand ---------------------------------------------------------------------------------------


def test_every_count_of_a_pack_made_by_hand(tmp_path: Path) -> None:
    """Ten strips a kilometre wide.

    1, 2 and 3 are mapped; 4 and 5 are "Golf", 6 is "Kyrka"; 7 has an empty cell. 8 overlaps 7 by 100 m, 9 is not there,
    10 is mapped. Texts: 1–6, of which 2 is cut at 254 letters and 1 has been read. One claim without a date.
    """
    words = ["Industri", "Industri", "Skog", "Golf", "Golf", "Kyrka", None, "Skog", None, "Skog"]
    texts = ["Ett.", "a" * 254, "Tre.", "Fyra.", "Fem.", "Sex.", None, None, None, None]
    rows = [
        zone(box(1000 * number - (100 if number == 7 else 0), 0, 1000 * number + 1000, 10_000), word, text=text)
        for number, (word, text) in enumerate(zip(words, texts, strict=True))
        if number != 8
    ]
    stance = [{"id": "r1", "effect": "stöder", "by": "Anna", "on": datetime.date(2025, 1, 1)}]
    pack = Pack(tmp_path / "hand").document("op", legal_force="2023-03-01", adopted="2023")
    pack.zones(rows, document="op", value=OWN, stance=stance, **FULL)
    pack.layer("hamn", "riksintresse_hamn", [box(0, 0, 10, 10)], owner="O", licence="L", accuracy_m=1, border="legal")
    readiness = check(pack)
    lost = [fault for fault in readiness.faults if fault.kind == "unmapped"]
    unmapped = {fault.args["value"]: (fault.count, fault.area_m2) for fault in lost}
    assert unmapped == {"Golf": (2, 2e7), "Kyrka": (1, 1e7)}
    assert (one(readiness, "category_missing").count, one(readiness, "category_missing").area_m2) == (1, 1e7)
    assert (one(readiness, "text_missing").count, one(readiness, "text_missing").args["of"]) == (3, 9)
    assert (one(readiness, "text_unread").count, one(readiness, "text_unread").args["of"]) == (5, 9)
    assert (one(readiness, "text_cut").count, one(readiness, "text_cut").args["of"]) == (1, 6), "of the texts there are"
    assert (one(readiness, "dated_missing").layers, one(readiness, "dated_missing").args["of"]) == (("hamn",), 2)
    assert (one(readiness, "gap").area_m2, one(readiness, "overlap").area_m2) == (1e7, 1e6)
    assert one(readiness, "mapping_unused").args["values"] == ("Gruva",)
    assert digital(readiness)["categories"] == (5, 9, "partly")


def test_words_that_no_matrix_knows_are_not_said_to_be_readable(tmp_path: Path) -> None:
    """Without a legend the layer's own words count, and only those of the model."""
    readiness = check(whole(tmp_path, [zone(HALVES[0]), zone(HALVES[1], "Golf")]))
    assert one(readiness, "unmapped").count == 1
    assert digital(readiness)["categories"] == (1, 2, "partly")


def test_a_word_that_the_vocabulary_maps_wrongly_is_told_once(tmp_path: Path) -> None:
    pack = whole(tmp_path, [zone(HALVES[0]), zone(HALVES[1], "Golf")])
    pack.add("value", **{"from": {"category": "Golf"}, "to": ["Golfland"]})
    assert kinds(check(pack)) == ["category_unknown"]


def test_zones_without_a_use_are_not_said_to_have_the_same(tmp_path: Path) -> None:
    rows = [zone(HALVES[0], None), zone(box(4900, 0, 10_000, 10_000), None)]
    assert "same" not in one(check(whole(tmp_path, rows)), "overlap").args


def test_an_empty_layer_is_not_asked_for_a_column(tmp_path: Path) -> None:
    assert kinds(check(whole(tmp_path, [], layer={"fields": {}}))) == ["gap", "layer_empty"]


def test_a_document_that_is_over_is_not_said_to_be_on_its_way(tmp_path: Path) -> None:
    pack = whole(tmp_path)
    pack.document("gammal", status="ersatt", adopted="1990", legal_force="1991-01-01")
    pack.document("kommande", "tillägg", themes=["lis_area"], adopted="2026-10-01", legal_force="2027-01-01")
    since = {fault.document: fault.args["since"] for fault in check(pack).faults if fault.kind == "not_in_force"}
    assert since == {"gammal": None, "kommande": "2027-01-01"}


def test_a_layer_without_a_document_is_the_newest_plans_as_in_an_assessment(tmp_path: Path) -> None:
    """The plan on its way is listed first; the layer is of the one in force all the same."""
    pack = Pack(tmp_path / "paket").document("ny", status="samråd").document("op", legal_force="2023-03-01")
    pack.zones([zone(HALVES[0]), zone(HALVES[1], COUNTRY)], **FULL)
    readiness = check(pack)
    assert [closed.document for closed in readiness.closed] == ["op"]


@pytest.mark.parametrize(("horizon_from", "unread"), [(None, ("r1", "r2")), (2020, ("r2",))])
def test_horizons_that_cannot_be_read_as_years(
    tmp_path: Path, horizon_from: int | None, unread: tuple[str, ...]
) -> None:
    """A site there gets an open answer on when: years that count from a year nobody has stated, and free text."""
    thirds = [(0, 3000, "0–10 år"), (3000, 6000, "på sikt"), (6000, 8000, "2030–2040"), (8000, 9000, "pågående")]
    rows = [zone(box(west, 0, east, 10_000), tid=text) for west, east, text in thirds]
    rows.append(zone(box(9000, 0, 10_000, 10_000), tid=None))
    pack = Pack(tmp_path / "paket")
    pack.document("op", legal_force="2023-03-01", **({"horizon_from": horizon_from} if horizon_from else {}))
    pack.zones(rows, document="op", fields={"id": "id", "category": "category", "horizon": "tid"}, **FULL)
    fault = one(check(pack), "horizon_unread")
    assert tuple(name for _, name in fault.features) == unread
    assert fault.args["words"] == (("0–10 år", "på sikt") if horizon_from is None else ("på sikt",))


def test_what_a_tillagg_says_of_other_themes_can_not_lapse_the_land_use(tmp_path: Path) -> None:
    pack = whole(tmp_path)
    pack.document("lis", "tillägg", themes=["lis_area"], adopted="2012", legal_force="2012-03-01", area=HALVES[0])
    pack.document("omr", "tillägg", themes=["land_use"], adopted="2024", legal_force="2012-03-01", area=HALVES[0])
    found = [fault.document for fault in check(pack).faults if fault.kind == "currency_unknown"]
    assert found == ["omr"]


def test_how_a_file_was_read_is_told(tmp_path: Path) -> None:
    """A column whose name a Shapefile has cut to ten letters is read all the same, and the pack's keeper is told."""
    rows = [zone(HALVES[0], Ställnings="Ja."), zone(HALVES[1], Ställnings="Nej.")]
    fields = {"id": "id", "category": "category", "text": "Ställningstagande"}
    readiness = check(whole(tmp_path, rows, layer={"fields": fields}))
    fault = one(readiness, "note")
    assert (fault.level, fault.layers) == (Level.NOTICE, ("zoner",))
    assert "Ställnings" in fault.args["text"]
    (features,) = readiness.layers
    assert fault.args["text"] in features.notes


# --- real and shipped packs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["exempel", "pitea"])
def test_the_shipped_packs_have_no_error(name: str, root: Path) -> None:
    readiness = validate_plan(opcheck.read_plan(root / "layers" / name), on=DAY)
    assert readiness.counts["error"] == 0, [fault for fault in readiness.faults if fault.level is Level.ERROR]
    assert readiness.worst == "warning"


def test_kungsbacka(real_data: Path, tmp_path: Path, root: Path) -> None:
    """46 rows: 39 areas of which 8 are invalid, 6 of them repaired and 2 with too few points; 6 lines; a null."""
    for source in (
        root / "tests" / "packs" / "kungsbacka" / "area.geojson",
        real_data / "op" / "kungsbacka" / "op_raw.geojson",
    ):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    manifest = root / "tests" / "packs" / "kungsbacka" / "med_crs.toml"
    (tmp_path / "plan.toml").write_bytes(manifest.read_bytes())
    found = validate_plan(opcheck.read_plan(tmp_path), on=DAY)
    assert found.kinds["unplaced"] == 1
    assert found.kinds["set_aside"] == 8
    assert found.kinds["repaired"] + found.kinds.get("repaired_moved", 0) == 6
    assert sum(fault.kind == "overlap" and fault.area_m2 > 100 for fault in found.faults) == 9
    assert found.closed[0].zones == 37


def test_tampere_agrees_with_brute_force(real_data: Path, root: Path) -> None:
    plan = opcheck.read_plan(root / "tests" / "packs" / "tampere", data=real_data / "op")
    readiness = validate_plan(plan, on=DAY)
    (land,) = (features for features in readiness.layers if features.layer.theme == "land_use")
    assert len(land) == 304
    left = shapely.get_parts(shapely.difference(readiness.area, shapely.union_all(land.geometry)))
    gaps = [
        shape
        for fault, shape in zip(readiness.faults, readiness.shapes, strict=True)
        if fault.kind in ("gap", "gap_sliver")
    ]
    large = left[shapely.area(left) > 100]
    for hole in large:
        # A hole that threads of noise join to another is told in its wide pieces.
        told = sum(shape.area for shape in gaps if shape.intersects(hole) and shape.intersection(hole).area > 0)
        assert told == pytest.approx(hole.area, rel=0.01)
    assert len(large)
    pairs = shapely.STRtree(land.geometry).query(land.geometry, predicate="overlaps")
    common = shapely.intersection(land.geometry[pairs[0]], land.geometry[pairs[1]])
    assert shapely.area(common).max() < 1, "the published plan has no overlap of a square metre"
    assert "overlap" not in readiness.kinds
    # 266 texts of the published layer stop at 254 letters: it was made from Shapefiles.
    assert one(readiness, "text_cut").count == sum(
        len(text or "") == 254 or len((text or "").encode()) in (254, 255) for text in land.fields["text"]
    )
