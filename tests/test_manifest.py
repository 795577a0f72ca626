"""The manifest of a plan pack: found by path or name, read whole, and vetted whole."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from drawn import WORK, Pack, book, box, geojson, read_sites, rule, rule_file

import opcheck
from opcheck.errors import PlanError
from opcheck.features import load_plan
from opcheck.manifest import PACKS_VARIABLE, pack_names, read_plan

ALL = box(0, 0, 10_000, 10_000)


def faults_of(pack: Pack) -> list[str]:
    with pytest.raises(PlanError) as caught:
        pack.read()
    return [str(fault.key) for fault in caught.value.faults]


# --- finding a pack -------------------------------------------------------------------------------------------------


def test_a_pack_is_read_from_its_folder_or_its_file(tmp_path: Path) -> None:
    folder = Pack(tmp_path / "paket").zones([(ALL, WORK)]).write()
    assert read_plan(folder) == read_plan(str(folder)) == read_plan(folder / "plan.toml")


def test_a_name_is_looked_up_in_the_users_folders_before_the_shipped_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Pack(tmp_path / "egna" / "pitea", name="Min egen").write()
    assert read_plan("pitea").name == "Piteå kommun"
    monkeypatch.setenv(PACKS_VARIABLE, str(tmp_path / "egna"))
    assert read_plan("pitea").name == "Min egen"
    assert read_plan("exempel").name == "Exempelkommun"
    assert {"pitea", "exempel"} <= set(pack_names())


@pytest.mark.parametrize("name", ["pitee", "finns/inte", "plan.toml"])
def test_a_pack_that_is_not_there_is_an_error_that_names_those_that_are(name: str) -> None:
    with pytest.raises(PlanError, match="exempel"):
        read_plan(name)


def test_a_folder_without_a_manifest_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"plan\.toml"):
        read_plan(tmp_path)


# --- what is read ---------------------------------------------------------------------------------------------------


def test_a_manifest_is_read_with_everything_it_says(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket", demonstration=True, licence="CC0-1.0", attribution="vi")
    pack.document("op", adopted="2016", currency=[{"decided": datetime.date(2024, 6, 1), "says": "aktuell"}])
    pack.document("fop", "fördjupning", area=box(0, 0, 10, 10), base="op", kept=False, legal_force="2012-05")
    pack.zones(
        [(ALL, "Industri")], document="op", title="Zoner", dated=datetime.date(2016, 1, 1), owner="K",
        licence="CC0-1.0", accuracy_m=50, border="indicative", confirmed=False, note="ritad",
        value=[{"from": {"category": "Industri"}, "to": [WORK, "Företagsområde"], "evidence": "s. 12"}],
        stance=[{"id": "r1", "effect": "villkor", "uses": ["industri"], "by": "A", "on": datetime.date(2026, 1, 15)}],
    )  # fmt: skip
    pack.add("neighbour", name="Grannby", code="0001")
    pack.add("not_applicable", theme="port", reason="ingen kust", stated_by="B")
    pack.raw('[units]\nplan = "Planenheten"')
    plan = pack.read()
    assert (plan.id, plan.crs, plan.demonstration, plan.county_code) == ("ritad", "EPSG:3017", True, "01")
    op, fop = plan.documents
    assert (str(op.adopted), op.legal_force, op.currency[0].says) == ("2016", None, "aktuell")
    assert (fop.base, fop.kept, str(fop.legal_force)) == ("op", False, "2012-05")
    (layer,) = plan.layers
    assert (layer.theme, layer.document, layer.accuracy_m, layer.border, layer.confirmed) == (
        "land_use", "op", 50.0, "indicative", False,
    )  # fmt: skip
    assert (str(layer.dated), layer.coverage, layer.note) == ("2016-01-01", "municipality", "ritad")
    assert (layer.values[0].to, layer.values[0].evidence) == ((WORK, "Företagsområde"), "s. 12")
    assert (layer.stances[0].feature, layer.stances[0].effect, layer.stances[0].uses) == (
        "r1",
        "villkor",
        ("industri",),
    )
    assert plan.neighbours[0].name == "Grannby"
    assert plan.not_applicable[0].stated_by == "B"
    assert plan.units == {"plan": "Planenheten"}


def test_what_a_pack_says_of_itself_its_documents_and_its_neighbours(tmp_path: Path) -> None:
    Pack(tmp_path / "granne").write()
    pack = Pack(
        tmp_path / "paket", question="Var?", contact="Planenheten", note="ritad", provisional_area=True, base=True
    )
    geojson(pack.folder / "del.geojson", [(box(0, 0, 9, 9), {})])
    decided = datetime.date(2024, 6, 18)
    pack.document(
        "op", published="PDF", horizon_from=2019, note="läst så",
        currency=[{"decided": decided, "says": "aktuell"},
                  {"decided": decided, "says": "inte aktuell", "themes": ["port"], "area": {"source": "del.geojson"}}],
    )  # fmt: skip
    pack.add("document", id="fop", kind="fördjupning", name="F", status="laga kraft", area="unknown")
    pack.add("value", **{"from": {"category": "Natur"}, "to": ["Natur och friluftsliv"], "evidence": "s. 1"})
    pack.add("neighbour", name="G", code="0002", pack="../granne", area={"source": "del.geojson"})
    pack.layer("v", "land_use", [(ALL, {"h": "2030-2040"})], fields={"horizon": "h"})
    plan = pack.read()
    assert (plan.base, plan.provisional_area) == (True, True)
    assert (plan.question, plan.contact, plan.note) == ("Var?", "Planenheten", "ritad")
    op, fop = plan.documents
    assert (op.published, op.horizon_from, op.note, op.area_unknown) == ("PDF", 2019, "läst så", False)
    assert [(one.says, one.themes, one.area and one.area.file) for one in op.currency] == [
        ("aktuell", (), None), ("inte aktuell", ("port",), "del.geojson"),
    ]  # fmt: skip
    assert (fop.area, fop.area_unknown) == (None, True)
    assert [(one.category, one.to, one.evidence) for one in plan.values] == [
        ("Natur", ("Natur och friluftsliv", None), "s. 1")
    ]
    (neighbour,) = plan.neighbours
    assert (neighbour.code, neighbour.pack, neighbour.area and neighbour.area.file) == (
        "0002", "../granne", "del.geojson",
    )  # fmt: skip
    assert neighbour.manifest == (tmp_path / "granne" / "plan.toml").resolve()
    # What the plan is made of: the border, the layer, where the strategy holds, and the neighbour's border.
    assert [file.name for file in plan.files] == ["grans.geojson", "v.geojson", "del.geojson", "del.geojson"]
    loaded = load_plan(plan)
    assert {key: shape.area for key, shape in loaded.currency_areas.items()} == {("op", 1): 81.0}
    assert {key: shape.area for key, shape in loaded.neighbour_areas.items()} == {0: 81.0}


def test_neighbours_may_name_each_other(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        Pack(tmp_path / name).add("neighbour", name=other, pack=f"../{other}").write()
    assert read_plan(tmp_path / "a").neighbours[0].manifest == (tmp_path / "b" / "plan.toml").resolve()


def base_pack(folder: Path, head: str = "", more: str = "") -> Path:
    """A base pack without a border."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f'[plan]\nid = "bas"\nname = "Bas"\ncrs = "EPSG:3017"\nbase = true\n{head}\n{more}'
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_base_pack_needs_no_border(tmp_path: Path) -> None:
    plan = read_plan(base_pack(tmp_path / "bas"))
    assert (plan.base, plan.area, plan.files) == (True, None, ())
    loaded = load_plan(plan)
    assert (loaded.area, loaded.layers) == (None, ())


@pytest.mark.parametrize(
    ("head", "more", "key"),
    [
        ("provisional_area = true", "", "plan.provisional_area"),
        ("", '[[layer]]\nid = "v"\ntheme = "port"\nsource = "v.geojson"\ncoverage = "municipality"',
         "layer[1].coverage"),
    ],
)  # fmt: skip
def test_without_a_border_nothing_is_said_of_it(tmp_path: Path, head: str, more: str, key: str) -> None:
    geojson(base_pack(tmp_path / "bas", head, more) / "v.geojson", [(ALL, {})])
    with pytest.raises(PlanError) as caught:
        read_plan(tmp_path / "bas")
    assert [fault.key for fault in caught.value.faults] == [key]


def test_an_ordinary_pack_without_a_border_is_a_fault(tmp_path: Path) -> None:
    folder = base_pack(tmp_path / "bas")
    text = (folder / "plan.toml").read_text("utf-8")
    (folder / "plan.toml").write_text(text.replace("base = true", "base = false"), "utf-8")
    with pytest.raises(PlanError, match="baspaket") as caught:
        read_plan(folder)
    assert [fault.key for fault in caught.value.faults] == ["plan.area"]


def test_what_the_manifest_leaves_out_is_unknown_and_not_assumed(tmp_path: Path) -> None:
    layer = Pack(tmp_path / "paket").layer("v", "groundwater", [ALL], coverage=None).read().layers[0]
    assert (layer.coverage, layer.accuracy_m, layer.border, layer.dated, layer.owner, layer.empty) == (None,) * 6


def test_rows_come_when_they_are_needed(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("v", "groundwater", [ALL])
    folder = pack.write()
    (folder / "v.geojson").write_text("inte json", encoding="utf-8")
    assert read_plan(folder).layers[0].id == "v"


def test_data_may_lie_in_a_folder_that_the_caller_names(tmp_path: Path) -> None:
    folder = Pack(tmp_path / "paket").layer("v", "groundwater", [ALL]).write()
    (tmp_path / "data").mkdir()
    for file in folder.glob("*.geojson"):
        shutil.move(file, tmp_path / "data" / file.name)
    with pytest.raises(PlanError):
        read_plan(folder)
    assert read_plan(folder, data=tmp_path / "data").layers[0].id == "v"
    with pytest.raises(PlanError, match="finns inte"):
        read_plan(folder, data=tmp_path / "saknas")


def test_shared_packs_add_their_layers(tmp_path: Path) -> None:
    Pack(tmp_path / "paket" / "nationellt").layer("ri", "riksintresse_hamn", [ALL]).write()
    pack = Pack(tmp_path / "paket", include=["nationellt"]).layer("v", "groundwater", [ALL])
    plan = pack.read()
    assert {layer.id for layer in plan.layers} == {"v", "ri"}
    manifest = tmp_path / "paket" / "nationellt" / "plan.toml"
    included = ("ritad", hashlib.sha256(manifest.read_bytes()).hexdigest())
    assert plan.included == (included,)
    sites = geojson(tmp_path / "s.geojson", [(box(1, 1, 9, 9), {"id": "a", "use": "industri"})])
    assessment = opcheck.assess(opcheck.read_sites(sites), plan, on="2026-11-22")
    assert assessment["a"].finding("interest.port").case == "hit"
    told = assessment.to_dict()["inputs"]["plan"]["included"]
    assert told == [{"id": included[0], "sha256": included[1]}]


def test_a_pack_that_two_others_include_is_named_once(tmp_path: Path) -> None:
    Pack(tmp_path / "rot", id="rot").write()
    for name in "ab":
        Pack(tmp_path / name, id=name, include=["../rot"]).write()
    plan = Pack(tmp_path / "paket", include=["../b", "../a"]).read()
    assert [one for one, _ in plan.included] == ["a", "b", "rot"]


def including(folder: Path, shared: Pack, **head: Any) -> Pack:
    """A pack with one layer of its own that includes a shared one."""
    name = shared.write().name
    return Pack(folder / "paket", include=[f"../{name}"], **head).layer("v", "groundwater", [ALL])


@pytest.mark.parametrize("status", ["laga kraft", "samråd", "upphävd"])
@pytest.mark.parametrize("theme", ["land_use", "lis_area"])
def test_a_shared_layer_of_a_document_is_a_fault(tmp_path: Path, status: str, theme: str) -> None:
    shared = Pack(tmp_path / "delat").document("op", status=status).layer("z", theme, [ALL], document="op")
    pack = including(tmp_path, shared)
    with pytest.raises(PlanError, match="'z' hör till ett dokument"):
        pack.read()
    assert faults_of(pack) == ["plan.include"]


def test_shared_land_use_is_a_fault_without_a_document_too(tmp_path: Path) -> None:
    pack = including(tmp_path, Pack(tmp_path / "delat").zones([(ALL, WORK)]))
    with pytest.raises(PlanError, match="'zoner' har temat land_use"):
        pack.read()


def test_a_shared_layer_covers_its_own_packs_area_and_no_more(tmp_path: Path) -> None:
    shared = Pack(tmp_path / "delat", area=box(0, 0, 2000, 2000)).layer("n", "natura_2000", [box(1, 1, 2, 2)])
    plan = including(tmp_path, shared).read()
    covered = {one.layer.id: one.coverage.area for one in load_plan(plan).layers}
    assert covered == {"v": 1e8, "n": 4e6}
    # Where the shared pack ends nothing has been looked for.
    asked = rule("t.n", theme="natura_2000", check="avoid")
    sites = read_sites(tmp_path, ("inne", box(10, 10, 20, 20)), ("ute", box(5000, 5000, 5100, 5100)))
    found = opcheck.assess(sites, plan, rules=book(tmp_path, asked), on="2026-11-22")
    assert {name: found[name].finding("t.n").case for name in ("inne", "ute")} == {
        "inne": "clear", "ute": "open.no_coverage",
    }  # fmt: skip


def test_the_area_of_a_shared_pack_keeps_its_declared_crs(tmp_path: Path) -> None:
    folder = Pack(tmp_path / "delat").layer("n", "natura_2000", [ALL]).write()
    geojson(folder / "grans.geojson", [(ALL, {})], crs=None)
    manifest = folder / "plan.toml"
    manifest.write_text(
        manifest.read_text("utf-8").replace('"grans.geojson" }', '"grans.geojson", crs = "EPSG:3017" }'), "utf-8"
    )
    plan = Pack(tmp_path / "paket", include=["../delat"]).read()
    (layer,) = load_plan(plan).layers
    assert layer.coverage.area == 1e8


def test_what_a_shared_pack_says_of_itself_comes_along(tmp_path: Path) -> None:
    shared = Pack(
        tmp_path / "delat", demonstration=True, attribution="Myndigheten", licence="CC0-1.0", rules=["extra.toml"]
    )
    rule_file(tmp_path / "delat" / "extra.toml", rule("x.extra", theme="natura_2000", check="avoid"), set_id="x")
    shared.layer("n", "natura_2000", [ALL, None])
    shared.add("accept", feature="n/r2", reason="utgått", stated_by="A")
    shared.add("not_applicable", theme="port", reason="ingen kust", stated_by="B")
    for name, value in (("t.n", 100), ("t.m", 200)):
        shared.add("override", rule=name, parameter="attention_m", value=value, reason="r", source="delat")
    pack = including(tmp_path, shared, attribution="Kommunen")
    pack.add("override", rule="t.m", parameter="attention_m", value=300, reason="r", source="eget")
    plan = pack.read()
    assert plan.demonstration
    assert plan.attribution == "Kommunen; Myndigheten"
    assert {layer.id: layer.licence for layer in plan.layers} == {"v": None, "n": "CC0-1.0"}
    assert [one.what for one in plan.accepted] == ["n/r2"]
    assert [one.what for one in plan.not_applicable] == ["port"]
    # The pack's own value goes before the shared one of the same parameter.
    assert [(one.rule, one.value, one.source) for one in plan.overrides] == [
        ("t.n", 100, "delat"), ("t.m", 300, "eget"),
    ]  # fmt: skip
    assert [file.name for file in plan.rule_files] == ["extra.toml"]
    rules = book(tmp_path, *(rule(name, theme="natura_2000", check="avoid", attention_m=1) for name in ("t.n", "t.m")))
    sites = read_sites(tmp_path, ("a", box(10, 10, 20, 20)))
    record = opcheck.assess(sites, plan, rules=rules, on="2026-11-22").to_dict()
    assert record["inputs"]["plan"]["demonstration"]
    told = {(one["kind"], one["by"]) for one in record["inputs"]["plan"]["statements"]}
    assert told == {("accept", "A"), ("not_applicable", "B"), ("override", "delat"), ("override", "eget")}
    assert {one["id"] for one in record["rules"]} == {"t.n", "t.m", "x.extra"}


@pytest.mark.parametrize(("own", "keys"), [(False, ["plan.include"]), (True, [])])
def test_two_shared_packs_may_not_set_one_parameter_unless_the_pack_does(
    tmp_path: Path, own: bool, keys: list[str]
) -> None:
    for number, name in enumerate("ab"):
        Pack(tmp_path / name).add(
            "override", rule="t", parameter="p", value=number, reason="r", source=name
        ).write()  # fmt: skip
    pack = Pack(tmp_path / "paket", include=["../a", "../b"])
    if own:
        pack.add("override", rule="t", parameter="p", value=9, reason="r", source="eget")
    if keys:
        assert faults_of(pack) == keys
    else:
        assert [one.value for one in pack.read().overrides] == [9]


@pytest.mark.parametrize("ring", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_packs_that_include_each_other_in_a_ring_are_a_fault(tmp_path: Path, ring: list[str]) -> None:
    for name, following in zip(ring, [*ring[1:], ring[0]], strict=True):
        Pack(tmp_path / name, include=[f"../{following}"]).write()
    with pytest.raises(PlanError, match="ring") as caught:
        read_plan(tmp_path / "a")
    assert [fault.key for fault in caught.value.faults] == ["plan.include"]


def test_a_shared_layer_with_the_id_of_another_is_a_fault_that_names_the_pack(tmp_path: Path) -> None:
    pack = including(tmp_path, Pack(tmp_path / "delat", id="delade").layer("v", "natura_2000", [ALL]))
    with pytest.raises(PlanError, match=r"'v' finns redan.*'delade'"):
        pack.read()


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ({"crs": "EPSG:4326"}, "plan.crs"),
        ({"crs": "SWEREF"}, "plan.crs"),
        ({"crs": ""}, "plan.crs"),
        ({"municipality_code": "25"}, "plan.municipality_code"),
        ({"rules": ["saknas.toml"]}, "plan.rules"),
        ({"namn": "x"}, "plan.namn"),
        ({"demonstration": "ja"}, "plan.demonstration"),
        ({"base": "ja"}, "plan.base"),
        ({"provisional_area": 1}, "plan.provisional_area"),
        ({"question": 1}, "plan.question"),
        ({"contact": ["A"]}, "plan.contact"),
        ({"note": 1}, "plan.note"),
        ({"id": ""}, "plan.id"),
    ],
)
def test_each_fault_in_the_head_is_found_at_its_place(tmp_path: Path, head: dict[str, Any], key: str) -> None:
    assert key in faults_of(Pack(tmp_path / "paket", **head))


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"theme": "grundvatten"}, "layer[1].theme"),
        ({"source": "saknas.geojson"}, "layer[1].source"),
        ({"source": "../grans.geojson"}, "layer[1].source"),
        ({"source": "/vsicurl/http://x.se/a.geojson"}, "layer[1].source"),
        ({"source": "https://x.se/a.geojson"}, "layer[1].source"),
        ({"crs": "EPSG:1"}, "layer[1].crs"),
        ({"border": "exakt"}, "layer[1].border"),
        ({"accuracy_m": -1}, "layer[1].accuracy_m"),
        ({"coverage": "hela"}, "layer[1].coverage"),
        ({"document": "op"}, "layer[1].document"),
        ({"fields": {"namn": "x"}}, "layer[1].fields.namn"),
        ({"dated": "i fjol"}, "layer[1].dated"),
        ({"empty": {"date": datetime.date(2026, 1, 1)}}, "layer[1].empty.stated_by"),
        ({"value": [{"from": {}, "to": ["K"]}]}, "layer[1].value[1].from"),
        ({"value": [{"from": {"category": "a"}, "to": []}]}, "layer[1].value[1].to"),
        ({"stance": [{"id": "r1", "effect": "kanske", "by": "A", "on": datetime.date(2026, 1, 1)}]},
         "layer[1].stance[1].effect"),
        ({"stance": [{"id": "r1", "effect": "stöder", "by": "A"}]}, "layer[1].stance[1].on"),
        ({"noggrannhet": 5}, "layer[1].noggrannhet"),
    ],
)  # fmt: skip
def test_each_fault_in_a_layer_is_found_at_its_place(tmp_path: Path, keys: dict[str, Any], key: str) -> None:
    theme = keys.pop("theme", "groundwater")
    assert key in faults_of(Pack(tmp_path / "paket").layer("v", theme, [ALL], **keys))


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"status": "gällande"}, "document[1].status"),
        ({"legal_force": "2021-13-01"}, "document[1].legal_force"),
        ({"base": "saknas"}, "document[1].base"),
        ({"themes": ["lis"]}, "document[1].themes"),
        ({"currency": [{"decided": datetime.date(2024, 1, 1), "says": "kanske"}]}, "document[1].currency[1].says"),
        ({"currency": [{"says": "aktuell"}]}, "document[1].currency[1].decided"),
        ({"lagakraft": "2021"}, "document[1].lagakraft"),
        ({"currency": [{"decided": "i fjol", "says": "aktuell"}]}, "document[1].currency[1].decided"),
        ({"currency": [{"decided": datetime.date(2024, 1, 1), "says": "aktuell", "themes": ["lis"]}]},
         "document[1].currency[1].themes"),
        ({"currency": [{"decided": datetime.date(2024, 1, 1), "says": "aktuell", "area": {"source": "x.geojson"}}]},
         "document[1].currency[1].area.source"),
        ({"currency": [{"decided": datetime.date(2024, 1, 1), "says": says, "themes": ["port"]}
                       for says in ("aktuell", "inte aktuell")]}, "document[1].currency[2].decided"),
        ({"published": 1}, "document[1].published"),
        ({"note": 1}, "document[1].note"),
        ({"horizon_from": "2019"}, "document[1].horizon_from"),
        ({"horizon_from": 19}, "document[1].horizon_from"),
    ],
)  # fmt: skip
def test_each_fault_in_a_document_is_found_at_its_place(tmp_path: Path, keys: dict[str, Any], key: str) -> None:
    assert key in faults_of(Pack(tmp_path / "paket").document("op", **keys))


def test_an_amendment_in_force_without_an_area_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(Pack(tmp_path / "paket").document("fop", "fördjupning")) == ["document[1].area"]


@pytest.mark.parametrize("kind", ["document", "layer"])
def test_ids_are_never_repeated(tmp_path: Path, kind: str) -> None:
    pack = Pack(tmp_path / "paket")
    for _ in range(2):
        pack = pack.document("a") if kind == "document" else pack.layer("a", "groundwater", [ALL])
    assert faults_of(pack) == [f"{kind}[2].id"]


@pytest.mark.parametrize("feature", ["saknas/r1", "r1"])
def test_accepting_something_that_is_no_feature_of_a_layer_is_a_fault(tmp_path: Path, feature: str) -> None:
    pack = Pack(tmp_path / "paket").layer("v", "groundwater", [ALL])
    assert "accept[1].feature" in faults_of(pack.add("accept", feature=feature, reason="x", stated_by="A"))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"category": "Natur"}, {"category": " NATUR "}),
        ({"subcategory": "Park & torg"}, {"subcategory": "park  och torg"}),
        ({"category": "A", "subcategory": "b"}, {"category": "a", "subcategory": "B"}),
    ],
)
def test_a_legend_value_is_mapped_once(tmp_path: Path, one: Any, other: Any, turned: bool) -> None:
    values = [{"from": one, "to": ["Natur"]}, {"from": other, "to": ["Industri"]}]
    pack = Pack(tmp_path / "paket").zones([(ALL, "Natur")], value=values[::-1] if turned else values)
    assert faults_of(pack) == ["layer[1].value[2].from"]


def test_a_value_and_a_pair_with_the_same_value_are_two(tmp_path: Path) -> None:
    values = [{"from": {"category": "A"}, "to": ["X"]}, {"from": {"category": "A", "subcategory": "b"}, "to": ["Y"]}]
    assert Pack(tmp_path / "paket").zones([(ALL, "A")], value=values).read().layers[0].values[1].to == ("Y", None)


@pytest.mark.parametrize("count", [0, -1, 1.5, "2", True, 10**12])
def test_the_number_of_accepted_rows_is_a_whole_number_from_one(tmp_path: Path, count: Any) -> None:
    pack = Pack(tmp_path / "paket").layer("v", "groundwater", [ALL])
    pack.add("accept", feature="v/r1", reason="x", stated_by="A", count=count)
    assert faults_of(pack) == ["accept[1].count"]


def test_a_feature_is_accepted_in_one_place(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("v", "groundwater", [ALL])
    for _ in range(2):
        pack.add("accept", feature="v/r1", reason="x", stated_by="A")
    assert faults_of(pack) == ["accept[2].feature"]


@pytest.mark.parametrize(
    ("kind", "keys", "key"),
    [
        ("not_applicable", {"theme": "hamn", "reason": "x", "stated_by": "A"}, "not_applicable[1].theme"),
        ("not_applicable", {"theme": "port", "reason": "x"}, "not_applicable[1].stated_by"),
        ("accept", {"feature": "v/r1", "stated_by": "A"}, "accept[1].reason"),
        ("override", {"rule": "a", "parameter": "b", "value": 1, "reason": "c"}, "override[1].source"),
        ("neighbour", {"kod": "0001", "name": "G"}, "neighbour[1].kod"),
        ("neighbour", {"name": "G", "code": "1"}, "neighbour[1].code"),
        ("neighbour", {"name": "G", "pack": "../saknas"}, "neighbour[1].pack"),
        ("neighbour", {"name": "G", "pack": "../paket"}, "neighbour[1].pack"),
        ("neighbour", {"name": "G", "area": {"source": "saknas.geojson"}}, "neighbour[1].area.source"),
        ("value", {"from": {}, "to": ["K"]}, "value[1].from"),
        ("value", {"from": {"category": "a"}, "to": []}, "value[1].to"),
        ("document", {"id": "f", "kind": "fördjupning", "name": "F", "status": "samråd", "area": "okänt"},
         "document[1].area"),
    ],
)  # fmt: skip
def test_whoever_takes_responsibility_says_why_and_who(tmp_path: Path, kind: str, keys: Any, key: str) -> None:
    assert key in faults_of(Pack(tmp_path / "paket").layer("v", "groundwater", [ALL]).add(kind, **keys))


def test_a_table_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(Pack(tmp_path / "paket").add("lager", id="x")) == ["lager"]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket", crs="EPSG:4326", base=1).document("op", status="x", horizon_from=1)
    pack.layer("v", "y", [ALL]).add("neighbour", name="G", pack="saknas").add("value", to=["K"])
    assert set(faults_of(pack)) == {
        "plan.crs", "plan.base", "document[1].status", "document[1].horizon_from", "layer[1].theme",
        "neighbour[1].pack", "value[1].from",
    }  # fmt: skip


def test_the_shipped_packs_are_demonstrations_and_say_so() -> None:
    for name in ("pitea", "exempel"):
        plan = read_plan(name)
        assert plan.demonstration
        assert not plan.base
        assert plan.licence
        assert plan.attribution


def test_a_neighbour_stands_once(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").zones([(ALL, WORK)])
    for name in ("Öster", "Väster", "Öster"):
        pack.add("neighbour", name=name)
    assert faults_of(pack) == ["neighbour[3].name"]
