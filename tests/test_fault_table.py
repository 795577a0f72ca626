"""What opcheck does about each fault that data can have: the fault table of the design, row by row.

A plan that cannot be used at all is an error, and all its faults come in one message. A fault that concerns
some rows or some sites never stops the rest: it stands in the ledger or in the site's own answer, and what
depends on it is OPEN.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import pytest
import shapely
from support import (
    BOW_TIE,
    CRS,
    E0,
    N0,
    ON,
    RULE_IDS,
    SITE,
    ZONE,
    Layer,
    answers,
    assess,
    box,
    land_use,
    line,
    point,
    ring,
    row,
    rule,
    with_layers,
    write_geojson,
    write_pack,
    write_sites,
)

import opcheck
from opcheck.cli import main

FAR = box(8000, 8000, 8100, 8100)


def nature(*rows: object, **keys: object) -> Layer:
    return Layer("natura_2000", rows, **keys)


def run(folder: Path, *sites: object, more: str = "", **changed: Layer | None) -> opcheck.Assessment:
    return assess(write_pack(folder / "pack", with_layers(**changed), more=more), write_sites(folder, *sites))


def states(assessment: opcheck.Assessment) -> list[tuple[str, str]]:
    return [(entry.feature, entry.state) for entry in assessment.answers.loaded.ledger]


def refused(pack: Path, sites: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Run the command line, assert that it refuses and writes nothing, and return what it says."""
    outputs = [sites.parent / f"svar{suffix}" for suffix in (".html", ".json", ".gpkg", ".geojson", ".csv")]
    before = sorted(sites.parent.rglob("*"))
    wanted = [word for path in outputs for word in ("--out", str(path))]
    code = main(["check", str(sites), "--plan", str(pack), "--on", ON, *wanted, *options])
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert sorted(sites.parent.rglob("*")) == before
    return shown.err


# --- a plan that cannot be used -----------------------------------------------------------------------------


def test_a_missing_file_is_an_error(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack")
    (pack / "natura_2000.geojson").unlink()
    text = refused(pack, write_sites(tmp_path), capsys)
    assert "pack/plan.toml, layer[2].source" in text
    assert "'natura_2000.geojson', men filen finns inte" in text


def test_a_missing_layer_of_a_file_is_an_error_that_lists_the_layers(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack", [Layer("natura_2000", [], file="n.gpkg", more='layer = "natura"')])
    frame = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[shapely.box(E0, N0, E0 + 1, N0 + 1)], crs=CRS)
    for name in ("naturreservat", "natura2000"):
        frame.to_file(pack / "n.gpkg", layer=name, engine="pyogrio")
    text = refused(pack, write_sites(tmp_path), capsys)
    assert "n.gpkg, lager natura_2000: lagret 'natura' finns inte. Filen har: naturreservat, natura2000." in text


def test_a_missing_field_is_an_error_that_lists_the_columns(tmp_path, capsys):
    layer = nature(row(FAR, objektid="1", namn="x"), fields='{ id = "objekt_id" }')
    text = refused(write_pack(tmp_path / "pack", [layer]), write_sites(tmp_path), capsys)
    assert "natura_2000.geojson, lager natura_2000, fields.id: kolumnen 'objekt_id' (id) finns inte" in text
    assert "Menades 'objektid'? Giltiga: namn, objektid." in text


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_an_unreadable_file_is_an_error(tmp_path, capsys, suffix):
    pack = write_pack(tmp_path / "pack", [Layer("natura_2000", [], file=f"n{suffix}")])
    (pack / f"n{suffix}").write_bytes(b"inte en karta")
    assert f"n{suffix}, lager natura_2000: " in refused(pack, write_sites(tmp_path), capsys)


def test_a_layer_without_a_coordinate_system_is_an_error_that_suggests_one(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack", [nature(row(SITE, id="1"), crs=None)])
    text = refused(pack, write_sites(tmp_path), capsys)
    assert 'Talen hamnar i kommunen om de är EPSG:3017: ange crs = "EPSG:3017"' in text


def test_a_layer_outside_the_municipality_is_an_error(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack", [nature(row(box(90_000, 90_000, 90_100, 90_100), id="1"))])
    text = refused(pack, write_sites(tmp_path), capsys)
    assert "natura_2000.geojson, lager natura_2000: alla objekt ligger utanför kommunen" in text


def test_repeated_ids_of_different_rows_are_an_error(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack", [nature(row(FAR, id="1"), row(SITE, id="1"))])
    text = refused(pack, write_sites(tmp_path), capsys)
    assert "natura_2000.geojson, lager natura_2000: id '1' står på flera olika rader" in text


def test_a_repeated_id_is_an_error_also_when_one_of_the_rows_cannot_be_used(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack", [nature(row(FAR, id="1"), row(None, id="1"))])
    assert "id '1' står på flera olika rader" in refused(pack, write_sites(tmp_path), capsys)


def test_repeated_ids_of_layers_and_documents_are_errors(tmp_path, capsys):
    twice = '[[document]]\nid = "op"\nkind = "tillägg"\nname = "Ett till"\nstatus = "samråd"\n'
    pack = write_pack(tmp_path / "pack", [nature(row(FAR, id="1")), nature(row(FAR, id="1"))], more=twice)
    text = refused(pack, write_sites(tmp_path), capsys)
    assert "document[2].id: 'op' finns redan" in text
    assert "layer[2].id: 'natura_2000' finns redan" in text


def test_all_faults_of_a_manifest_come_at_once(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack", [nature(row(FAR, id="1")), Layer("housing", [row(FAR, id="1")])])
    text = (pack / "plan.toml").read_text(encoding="utf-8")
    for old, new in (
        ('"EPSG:3017"', '"EPSG:999999"'), ('"natura_2000.geojson"', '"natur.geojson"'),
        ('"housing"', '"houses"'), ("fields =", "felds ="), ('"laga kraft"', '"gällande"'),
    ):  # fmt: skip
        text = text.replace(old, new)
    (pack / "plan.toml").write_text(text, encoding="utf-8")
    said = refused(pack, write_sites(tmp_path), capsys)
    for part in ("EPSG:999999", "natur.geojson", "houses", "layer[1].felds", "layer[2].felds", "gällande"):
        assert part in said


def test_all_faults_of_all_layers_come_at_once(tmp_path, capsys):
    spoilt = [
        nature(row(FAR, id="1"), row(SITE, id="1"), fields='{ id = "id", name = "namn" }'),
        Layer("housing", [row(FAR, id="1")], crs=None, fields='{ id = "nr" }'),
        Layer("seveso", [row(box(90_000, 90_000, 90_001, 90_001), id="1")]),
        Layer("farmland", [row(FAR, id="1")], coverage='coverage = { source = "yta.geojson" }'),
        Layer("groundwater", [], file="grundvatten.gpkg"),
    ]
    pack = write_pack(tmp_path / "pack", spoilt)
    write_geojson(pack / "yta.geojson", [])
    (pack / "grundvatten.gpkg").write_bytes(b"x")
    said = refused(pack, write_sites(tmp_path), capsys)
    assert said.startswith("opcheck: 7 fel att rätta:")
    for part in (
        "natura_2000.geojson, lager natura_2000, fields.name: kolumnen 'namn'",
        "natura_2000.geojson, lager natura_2000: id '1' står på flera",
        "housing.geojson, lager housing, fields.id: kolumnen 'nr'",
        "housing.geojson, lager housing: saknar koordinatsystem",
        "seveso.geojson, lager seveso: alla objekt ligger utanför",
        "yta.geojson, lager farmland, coverage: går inte att använda som gräns",
        "grundvatten.gpkg, lager groundwater: filen går inte att läsa",
    ):  # fmt: skip
        assert part in said


# --- a theme without data -----------------------------------------------------------------------------------


def test_a_theme_without_a_layer_is_open(tmp_path):
    finding = run(tmp_path, natura_2000=None)["a"].finding("t.natura")
    assert (str(finding.outcome), str(finding.code), str(finding.open_reason)) == (
        "OPEN",
        "U0",
        "layer_missing",
    )


def test_a_layer_with_no_rows_is_open(tmp_path):
    finding = run(tmp_path, natura_2000=nature())["a"].finding("t.natura")
    assert (str(finding.outcome), finding.case) == ("OPEN", "open.layer_empty")


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_a_layer_with_no_rows_is_open_in_every_format(tmp_path, suffix):
    pack = write_pack(tmp_path / "pack", with_layers(natura_2000=nature(file=f"n{suffix}")))
    frame = geopandas.GeoDataFrame({"id": ["1"]}, geometry=[shapely.box(E0, N0, E0 + 1, N0 + 1)], crs=CRS)
    frame.iloc[:0].to_file(pack / f"n{suffix}", engine="pyogrio", geometry_type="Polygon")
    assert answers(assess(pack, write_sites(tmp_path)))["t.natura"] == "OPEN"


def test_a_layer_that_somebody_says_is_rightly_empty_gives_pass(tmp_path):
    stated = '[layer.empty]\nstated_by = "A. Planerare"\ndate = 2026-01-15'
    found = run(tmp_path, natura_2000=nature(more=stated))
    assert answers(found)["t.natura"] == "PASS"
    (statement,) = found.to_dict()["inputs"]["plan"]["statements"]
    assert (statement["kind"], statement["what"], statement["by"]) == ("empty", "natura_2000", "A. Planerare")


# --- rows without geometry ----------------------------------------------------------------------------------


def test_a_row_without_geometry_leaves_no_pass_anywhere(tmp_path):
    places = {"a": 1000, "b": 9000}
    sites = [row(box(x, 1000, x + 100, 1100), id=name, use="industri") for name, x in places.items()]
    found = run(tmp_path, *sites, natura_2000=nature(row(FAR, id="1"), row(None, id="2")))
    assert states(found) == [("2", "unplaced")]
    assert [answers(found, name)["t.natura"] for name in places] == ["OPEN", "OPEN"]
    assert found["a"].finding("t.natura").case == "open.unplaced"


def test_a_row_without_geometry_does_not_hide_a_hit(tmp_path):
    found = run(tmp_path, natura_2000=nature(row(SITE, id="1"), row(None, id="2")))
    assert answers(found)["t.natura"] == "REVIEW"


def test_a_zone_without_geometry_leaves_no_support_anywhere(tmp_path):
    found = run(tmp_path, land_use=land_use(ZONE, row(None, id="2", category="Natur")))
    finding = found["a"].finding("t.land")
    assert (str(finding.outcome), str(finding.code), finding.case) == ("OPEN", "U0", "open.unplaced")


def test_a_row_without_geometry_passes_when_somebody_accepts_it_by_name(tmp_path):
    accept = '[[accept]]\nfeature = "natura_2000/2"\nreason = "Utgånget område."\nstated_by = "A. Planerare"\n'
    layer = nature(row(FAR, id="1"), row(None, id="2"))
    found = run(tmp_path, natura_2000=layer, more=accept)
    assert answers(found)["t.natura"] == "PASS"
    assert [entry.accepted_by for entry in found.answers.loaded.ledger] == ["A. Planerare"]
    (statement,) = found.to_dict()["inputs"]["plan"]["statements"]
    assert (statement["kind"], statement["what"]) == ("accept", "natura_2000/2")


def test_accepting_one_row_accepts_no_other(tmp_path):
    accept = '[[accept]]\nfeature = "natura_2000/2"\nreason = "Utgånget."\nstated_by = "A. Planerare"\n'
    layer = nature(row(FAR, id="1"), row(None, id="2"), row(None, id="3"))
    assert answers(run(tmp_path, natura_2000=layer, more=accept))["t.natura"] == "OPEN"


# --- rows that cannot be used -------------------------------------------------------------------------------


def flat(east: float, north: float) -> dict:
    """Return a polygon whose corners all lie in one point."""
    return ring(*[(east, north)] * 3)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (flat(6000, 6000), "punkter"),
        (point(6000, 6000), "raden är en punkt; här används bara linjer och ytor"),
        (
            {
                "type": "GeometryCollection",
                "geometries": [box(6000, 6000, 6010, 6010), line((6000, 6000), (6050, 6050))],
            },
            "blandad geometri",
        ),
    ],
    ids=["hopfallen", "fel slag", "blandad"],
)  # fmt: skip
def test_an_unusable_row_is_open_within_reach_and_pass_far_away(tmp_path, shape, why):
    at = {"a": (6000, 6000), "b": (6000, 4000)}
    sites = [row(box(e, n, e + 200, n + 200), id=name, use="industri") for name, (e, n) in at.items()]
    found = run(tmp_path, *sites, natura_2000=nature(row(FAR, id="1"), row(shape, id="2")))
    (entry,) = found.answers.loaded.ledger
    assert (entry.feature, entry.state, entry.bounds[:2]) == ("2", "set_aside", (E0 + 6000, N0 + 6000))
    assert why in entry.reason
    assert [answers(found, name)["t.natura"] for name in at] == ["OPEN", "PASS"]
    assert str(found["a"].finding("t.natura").open_reason) == "feature_set_aside"


@pytest.mark.parametrize(("gap", "outcome"), [(499, "OPEN"), (501, "PASS")])
def test_reach_is_the_distance_of_the_rule(tmp_path, gap, outcome):
    # The rule asks for 500 m to homes; the unusable row lies `gap` metres east of the site.
    homes = Layer("housing", [row(FAR, id="1"), row(flat(4100 + gap, 4050), id="2")])
    assert answers(run(tmp_path, housing=homes))["t.homes"] == outcome


def test_an_unusable_row_passes_when_somebody_accepts_it_by_name(tmp_path):
    accept = '[[accept]]\nfeature = "natura_2000/2"\nreason = "Ritfel."\nstated_by = "A. Planerare"\n'
    layer = nature(row(FAR, id="1"), row(flat(4050, 4050), id="2"))
    assert answers(run(tmp_path, natura_2000=layer, more=accept))["t.natura"] == "PASS"


# --- repaired rows ------------------------------------------------------------------------------------------


def test_a_repaired_row_is_in_the_ledger_with_its_areas(tmp_path):
    (entry,) = run(tmp_path, natura_2000=nature(row(BOW_TIE, id="1"))).answers.loaded.ledger
    # The signed areas of the two triangles, 50 × 100 / 2 = 2 500 m² each, cancel before the repair.
    assert (entry.state, entry.area_before_m2, entry.area_after_m2) == ("repaired", 0.0, 5000.0)
    assert entry.reason.startswith("ytan korsar sig själv")


BETWEEN = box(4045, 4080, 4055, 4090)
"""Between the two triangles of the bow-tie: outside what the repair made of it, inside its bounds."""


@pytest.mark.parametrize(
    ("name", "theme", "check", "more"),
    [
        ("avoid", "natura_2000", "avoid", ""),
        ("within", "shore_protection", "within", ""),
        ("near", "seveso", "avoid", "attention_m = 1"),
        ("conflict", "natura_2000", "conflict", 'themes = ["natura_2000", "seveso"]'),
    ],
)
def test_no_pass_rests_on_a_repair_that_moved_more_than_a_sliver(tmp_path, name, theme, check, more):
    pack = write_pack(tmp_path / "pack", [Layer(theme, [row(BOW_TIE, id="1")])])
    if check == "conflict":
        # The first theme is met; that the second is not rests on the repair.
        pack = write_pack(tmp_path / "pack", [nature(row(BETWEEN, id="1")), Layer("seveso", [row(BOW_TIE, id="1")])])
    question = rule(f"t.{name}", theme, check, more)
    if check == "conflict":
        question = question.replace('theme = "natura_2000"\n', "")
    found = assess(pack, write_sites(tmp_path, row(BETWEEN, id="a", use="industri")), question)
    finding = found["a"].finding(f"t.{name}")
    assert str(finding.outcome) == "REVIEW"
    assert str(finding.outcome_nominal) == "PASS"
    assert [one.by for one in finding.adjustments] == ["repaired"]


def test_a_repaired_zone_is_at_best_a_question(tmp_path):
    rows = [ZONE, row(BOW_TIE, id="2", category="Industri")]
    found = run(tmp_path, row(BETWEEN, id="a", use="industri"), land_use=land_use(*rows))
    finding = found["a"].finding("t.land")
    assert (str(finding.outcome), str(finding.code)) == ("REVIEW", "F2")


def test_a_repaired_row_far_away_changes_nothing(tmp_path):
    found = run(
        tmp_path,
        row(box(1000, 1000, 1100, 1100), id="a", use="industri"),
        natura_2000=nature(row(BOW_TIE, id="1")),
    )
    assert answers(found)["t.natura"] == "PASS"


def test_a_repair_that_moves_nothing_is_told_and_changes_nothing(tmp_path):
    # A square of 100 m whose outer ring goes round a hole and touches itself in (4050, 4000).
    # 10 000 m² less the triangle of 20 × 40 / 2 = 400 m², before and after.
    touching = ring(
        (4000, 4000), (4050, 4000), (4040, 4040), (4060, 4040), (4050, 4000),
        (4100, 4000), (4100, 4100), (4000, 4100),
    )  # fmt: skip
    found = run(
        tmp_path,
        row(box(4045, 4030, 4055, 4035), id="a", use="industri"),
        natura_2000=nature(row(touching, id="1")),
    )
    (entry,) = found.answers.loaded.ledger
    assert (entry.state, entry.area_before_m2, entry.area_after_m2) == ("repaired", 9600.0, 9600.0)
    assert answers(found)["t.natura"] == "PASS"


# --- the same row twice -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", ['{ id = "id" }', "{}"], ids=["med id", "utan id"])
def test_identical_rows_are_measured_once_and_stand_in_the_ledger(tmp_path, fields):
    twice = row(box(4000, 4000, 4050, 4050), id="1")
    found = run(tmp_path, natura_2000=nature(twice, twice, fields=fields))
    finding = found["a"].finding("t.natura")
    assert (finding.measures["count"], finding.measures["area_m2"]) == (1, 2500.0)
    assert [state for _, state in states(found)] == ["duplicate"]


# --- sites --------------------------------------------------------------------------------------------------


def test_sites_without_a_coordinate_system_are_an_error(tmp_path, capsys):
    text = refused(write_pack(tmp_path / "pack"), write_sites(tmp_path, crs=None), capsys)
    assert "platser.geojson: saknar koordinatsystem" in text
    assert "lokal zon" in text and "EPSG:3006" not in text
    assert "--crs EPSG:3017" in text


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (("a", "b", "a"), "rad 3: id 'a' finns redan på rad 1"),
        (("a", None), "rad 2: saknar id"),
        (("a", " "), "rad 2: saknar id"),
        ((None, None), "alla platser saknar id"),
    ],
)
def test_sites_with_repeated_or_missing_ids_are_an_error(tmp_path, capsys, ids, said):
    sites = write_sites(tmp_path, *(row(SITE, id=name, use="industri") for name in ids))
    assert said in refused(write_pack(tmp_path / "pack"), sites, capsys)


def test_sites_without_an_id_column_are_an_error_that_lists_the_columns(tmp_path, capsys):
    sites = write_sites(tmp_path, row(SITE, namn="x", use="industri"))
    assert "saknar kolumnen id (eller beteckning). Kolumner: namn, use" in refused(
        write_pack(tmp_path / "pack"), sites, capsys
    )


GOOD = row(SITE, id="b", use="industri")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(None, id="a", use="industri"), "site_unusable"),
        (row({"type": "Polygon", "coordinates": []}, id="a", use="industri"), "site_unusable"),
        (row(BOW_TIE, id="a", use="industri"), "site_unusable"),
        (row(flat(4050, 4050), id="a", use="industri"), "site_unusable"),
        (row({"type": "Polygn", "coordinates": []}, id="a", use="industri"), "site_unusable"),
        (row(SITE, id="a"), "attribute_missing"),
        (row(SITE, id="a", use=""), "attribute_missing"),
        (row(SITE, id="a", use="rymdbas"), "attribute_missing"),
        (row(SITE, id="a", use="industri; rymdbas"), "attribute_missing"),
    ],
    ids=[
        "null",
        "tom",
        "korsar sig",
        "hopfallen",
        "okand typ",
        "ingen use",
        "tom use",
        "okand use",
        "en okand use",
    ],
)
def test_one_bad_site_stays_with_every_rule_open_and_the_others_are_answered(tmp_path, bad, reason):
    found = run(tmp_path, bad, GOOD)
    assert found.keys() == ("a", "b")
    assert answers(found, "a") == dict.fromkeys(RULE_IDS, "OPEN")
    assert {str(one.open_reason) for one in found["a"].findings} == {reason}
    assert answers(found, "b") == dict.fromkeys(RULE_IDS, "PASS")
    assert [str(verdict.outcome) for verdict in found] == ["OPEN", "PASS"]


def test_a_bad_site_is_in_every_output(tmp_path, capsys):
    outputs = [tmp_path / f"svar{suffix}" for suffix in (".html", ".json", ".gpkg", ".geojson", ".csv")]
    sites = write_sites(tmp_path, row(None, id="utan-geometri", use="industri"), GOOD)
    wanted = [word for path in outputs for word in ("--out", str(path))]
    pack = write_pack(tmp_path / "pack")
    assert main(["check", str(sites), "--plan", str(pack), "--on", ON, *wanted]) == 0
    assert capsys.readouterr().err == ""
    missing: Sequence[str] = [path.name for path in outputs if b"utan-geometri" not in path.read_bytes()]
    assert missing == []
