"""Mistakes that planners make, and what opcheck says about each.

Every mistake ends with exit code 2, nothing written, and a message that says what was found, where, what
was expected and what to do next. The words asserted are those without which the reader could not go on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas
import pytest
import shapely
from support import (
    CRS,
    E0,
    N0,
    ON,
    SITE,
    Layer,
    healthy_layers,
    land_use,
    row,
    rule,
    write_geojson,
    write_pack,
    write_rules,
    write_sites,
)

from opcheck.cli import main


@dataclass
class Desk:
    """A planner's folder with everything in order, and the command about to be given."""

    folder: Path
    plan: str = "pack"
    sites: str = "platser.geojson"
    out: str = "svar.html"
    on: str = ON
    options: list[str] = field(default_factory=list)

    def command(self) -> list[str]:
        plan = ["--plan", self.plan] if self.plan else []
        return ["check", self.sites, *plan, "--on", self.on, "--out", self.out, *self.options]

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def manifest(self, old: str, new: str) -> None:
        self.edit("pack/plan.toml", old, new)

    def write(self, name: str, content: str | bytes) -> None:
        raw = content if isinstance(content, bytes) else content.encode("utf-8")
        (self.folder / name).write_bytes(raw)

    def rules(self, *rules: str, name: str = "regler.toml", **keys: str) -> None:
        write_rules(self.folder / name, *rules, **keys)
        self.options += ["--rules", name]


Mistake = Callable[[Desk], None]
MISTAKES: list[tuple[Mistake, tuple[str, ...]]] = []


def says(*words: str) -> Callable[[Mistake], Mistake]:
    """Register a mistake, with the words that its message must hold."""

    def register(mistake: Mistake) -> Mistake:
        MISTAKES.append((mistake, words))
        return mistake

    return register


# --- on the command line ------------------------------------------------------------------------------------


@says("planpaketet 'piteå' finns inte", "Menades 'pitea'?", "exempel")
def pack_name_misspelt(desk):
    desk.plan = "piteå"


@says("planpaketet 'paket/pitea' finns inte")
def pack_folder_misspelt(desk):
    desk.plan = "paket/pitea"


@says("mappen har ingen plan.toml", "tom:")
def folder_that_is_no_pack(desk):
    (desk.folder / "tom").mkdir()
    desk.plan = "tom"


@says("--plan saknas", "opcheck check --help")
def plan_left_out(desk):
    desk.plan = ""


@says("'2026-13-01' är inget datum", "--on", "ÅÅÅÅ-MM-DD")
def date_that_does_not_exist(desk):
    desk.on = "2026-13-01"


@says("'22/11 2026' är inget datum", "--on", "ÅÅÅÅ-MM-DD")
def date_in_another_form(desk):
    desk.on = "22/11 2026"


@says("svar.pdf: har ändelsen '.pdf'", ".html", ".json")
def suffix_that_cannot_be_written(desk):
    desk.out = "svar.pdf"


@says("svar: saknar ändelse", ".html", ".json")
def output_without_suffix(desk):
    desk.out = "svar"


@says("resultat/svar.html", "mappen 'resultat' finns inte", "Skapa den")
def output_folder_missing(desk):
    desk.out = "resultat/svar.html"


@says("platser.geojson är filen med platserna", "ett annat namn")
def output_over_the_sites(desk):
    desk.out = "platser.geojson"


@says("pack/land_use.geojson", "planpaketet", "ett annat namn")
def output_over_the_plans_own_data(desk):
    desk.out = "pack/land_use.geojson"


@says("svar.html: är angiven två gånger", "Ta bort")
def same_output_twice(desk):
    desk.options += ["--out", "./svar.html"]


@says("okänt val: --utdata", "opcheck check --help")
def option_that_does_not_exist(desk):
    desk.options += ["--utdata", "x.html"]


@says("'norska'", "--lang", "sv", "en")
def language_that_does_not_exist(desk):
    desk.options += ["--lang", "norska"]


@says("användningen 'industi' är okänd", "Menades 'industri'?")
def use_misspelt_on_the_command_line(desk):
    desk.options += ["--use", "industi"]


@says("koordinatsystemet 'SWREF 99 TM' är okänt", "EPSG:3006")
def crs_misspelt(desk):
    write_sites(desk.folder, crs=None)
    desk.options += ["--crs", "SWREF 99 TM"]


@says("platser.geojson: talen är inte grader, men EPSG:4619 räknas i grader", "SWEREF 99", "--crs EPSG:")
def crs_in_degrees_for_numbers_in_metres(desk):
    write_sites(desk.folder, crs=None)
    desk.options += ["--crs", "SWEREF99"]


# --- in the file with sites ---------------------------------------------------------------------------------


@says("plaster.geojson: filen finns inte", "Kontrollera namn och mapp")
def sites_file_misspelt(desk):
    desk.sites = "plaster.geojson"


@says("platser.geojson: innehåller inga platser", "minst en")
def sites_file_empty(desk):
    write_geojson(desk.folder / "platser.geojson", [])


@says("platser.geojson: är inte giltig JSON", "rad 1", "avklippt", "exportera den igen")
def sites_file_cut_off(desk):
    whole = (desk.folder / "platser.geojson").read_bytes()
    desk.write("platser.geojson", whole[:200])


@says("platser.geojson: saknar kolumnen id", "beteckning", "use")
def id_column_with_another_name(desk):
    write_sites(desk.folder, row(SITE, nummer="a", use="industri"))


@says("platser.geojson, a: height_m är 'cirka 20'", "ett tal i meter", "lämna tomt")
def height_in_words(desk):
    write_sites(desk.folder, row(SITE, id="a", use="industri", height_m="cirka 20"))


@says("platser.geojson, a: accuracy_m är -5", "ett tal i meter, minst 0")
def accuracy_negative(desk):
    write_sites(desk.folder, row(SITE, id="a", use="industri", accuracy_m=-5))


@says("platser.geojson, a: seveso är 'vet ej'", "ja eller nej", "lämna tomt")
def yes_or_no_in_other_words(desk):
    write_sites(desk.folder, row(SITE, id="a", use="industri", seveso="vet ej"))


@says("platser.geojson, a: ligger utanför Testkommun", "x och y byter plats", "öst", "före nord")
def axes_exchanged(desk):
    swapped = {"type": "Polygon", "coordinates": [[xy[::-1] for xy in SITE["coordinates"][0]]]}
    write_sites(desk.folder, row(swapped, id="a", use="industri"))


@says("platser.geojson: saknar koordinatsystem", "7254000", "--crs EPSG:")
def sites_in_metres_that_do_not_say_in_what(desk):
    write_sites(desk.folder, crs=None)


@says("filen säger EPSG:3017 men EPSG:3006 angavs", "--crs")
def two_coordinate_systems(desk):
    desk.options += ["--crs", "EPSG:3006"]


@says("platser.csv: har kolumnerna id, use, adress men inga koordinater", "e och n", "lon och lat", "wkt")
def csv_without_coordinates(desk):
    desk.write("platser.csv", "id;use;adress\na;industri;Hamnvägen 1\n")
    desk.sites = "platser.csv"


@says("platser.csv: filen börjar som utf-16", "CSV UTF-8")
def csv_cut_inside_a_letter(desk):
    desk.write("platser.csv", "id;use;e;n\na;bostäder;144000;7254000\n".encode("utf-16")[:-1])
    desk.sites = "platser.csv"


@says("platser.csv: filen är tom", "rubrikrad")
def csv_empty(desk):
    desk.write("platser.csv", "")
    desk.sites = "platser.csv"


@says("platser.csv: kolumnen 'use' står två gånger")
def csv_with_a_column_twice(desk):
    desk.write("platser.csv", "id;use;e;n;use\na;industri;144000;7254000;skola\n")
    desk.sites = "platser.csv"


@says("platser.csv, rad 2: id 'a' finns redan på rad 1")
def csv_with_an_id_twice(desk):
    desk.write("platser.csv", "id;use;e;n\na;industri;144000;7254000\na;skola;144100;7254000\n")
    desk.sites, desk.options = "platser.csv", ["--crs", CRS]


@says("platser.gpkg: filen har 2 lager (platser, tomter)", "--layer")
def geopackage_with_two_layers(desk):
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(E0, N0, E0 + 9, N0 + 9)], crs=CRS)
    for name in ("platser", "tomter"):
        frame.to_file(desk.folder / "platser.gpkg", layer=name, engine="pyogrio")
    desk.sites = "platser.gpkg"


@says("platser.geojson: lagret 'tomter' finns inte", "--layer")
def layer_of_a_geojson_file(desk):
    desk.options += ["--layer", "tomter"]


@says("platser.xlsx: filen går inte att läsa")
def sites_in_a_format_without_geometry(desk):
    desk.write("platser.xlsx", b"PK\x03\x04")
    desk.sites = "platser.xlsx"


@says("är en mapp", "Ange en fil")
def a_folder_as_sites(desk):
    desk.sites = "pack"


# --- in the manifest ----------------------------------------------------------------------------------------


@says("pack/plan.toml: är inte giltig TOML", "rad", "Rätta raden")
def toml_with_a_missing_quote(desk):
    desk.manifest('name = "Testkommun"', 'name = "Testkommun')


@says("pack/plan.toml: filen är inte UTF-8", "Spara den som UTF-8")
def manifest_in_latin_1(desk):
    path = desk.folder / "pack" / "plan.toml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))


@says("pack/plan.toml, plan: saknas", "[plan]", "id, name, crs och area")
def manifest_without_plan(desk):
    desk.write("pack/plan.toml", 'id = "test"\n')


@says("pack/plan.toml, layer[2].theme: är 'natura2000'", "Menades natura_2000 (Natura 2000)")
def theme_misspelt(desk):
    desk.manifest('theme = "natura_2000"', 'theme = "natura2000"')


@says("pack/plan.toml, layer[1].coverge: är en okänd nyckel", "Menades 'coverage'?")
def key_misspelt(desk):
    desk.manifest('coverage = "municipality"\ndocument', 'coverge = "municipality"\ndocument')


@says("pack/plan.toml, layer[1].fields.kategori: är en okänd roll", "Menades 'category'?")
def role_in_swedish(desk):
    desk.manifest('category = "category"', 'kategori = "category"')


@says("land_use.geojson, lager land_use, fields.category: kolumnen 'kategori' (category) finns inte", "category, id")
def column_misspelt(desk):
    desk.manifest('category = "category"', 'category = "kategori"')


@says("pack/plan.toml, layer[1].document: är 'öp'", "Giltiga: op")
def document_id_misspelt(desk):
    desk.manifest('document = "op"', 'document = "öp"')


@says("pack/plan.toml, document[1].status: är 'laga kraftt'", "Menades 'laga kraft'?")
def status_misspelt(desk):
    desk.manifest('"laga kraft"', '"laga kraftt"')


@says("pack/plan.toml, document[1].kind: är 'oversiktsplan'", "Menades 'översiktsplan'?")
def kind_without_umlauts(desk):
    desk.manifest('"översiktsplan"', '"oversiktsplan"')


@says("pack/plan.toml, document[1].legal_force: är '2023-02-30'", '"2016-05-30"')
def day_that_does_not_exist(desk):
    desk.manifest('"2023-03-01"', '"2023-02-30"')


@says("pack/plan.toml, layer[1].accuracy_m: är -50", "minst 0")
def accuracy_of_a_layer_negative(desk):
    desk.manifest('document = "op"', 'document = "op"\naccuracy_m = -50')


@says("pack/plan.toml, layer[1].accuracy_m: är '50 m'", "ett tal")
def accuracy_with_a_unit(desk):
    desk.manifest('document = "op"', 'document = "op"\naccuracy_m = "50 m"')


@says("pack/plan.toml, plan.crs: är 'EPSG:4326', som inte mäter i meter", "EPSG:3017")
def plan_measured_in_degrees(desk):
    desk.manifest(f'crs = "{CRS}"', 'crs = "EPSG:4326"')


@says("pack/plan.toml, plan.municipality_code: är '258'", "fyra siffror")
def municipality_code_too_short(desk):
    desk.manifest('"2581"', '"258"')


@says("pack/plan.toml, layer[2].source: är '../natur.geojson', utanför paketets mapp", "--data")
def source_outside_the_pack(desk):
    write_geojson(desk.folder / "natur.geojson", [row(SITE, id="1")])
    desk.manifest('source = "natura_2000.geojson"', 'source = "../natur.geojson"')


@says("pack/plan.toml, layer[2].source: är 'https://exempel.se/wfs'", "tjänster", "Ange en fil")
def service_as_a_source(desk):
    desk.manifest('source = "natura_2000.geojson"', 'source = "https://exempel.se/wfs"')


@says("pack/plan.toml, layer[2].source: är 'Natura_2000.gejson', men filen finns inte", "Kontrollera namnet")
def source_misspelt(desk):
    desk.manifest('source = "natura_2000.geojson"', 'source = "Natura_2000.gejson"')


@says("pack/plan.toml, accept[1].feature: namnger lagret 'natur'", "Giltiga:", "natura_2000")
def accept_of_an_unknown_layer(desk):
    accept = '[[accept]]\nfeature = "natur/17"\nreason = "x"\nstated_by = "A"\n\n[[document]]'
    desk.manifest("[[document]]", accept)


@says("plan.toml, accept[1].feature: 'natura_2000/17' finns inte bland objekten som inte gick", "ta bort")
def accept_of_a_row_that_is_not_in_the_ledger(desk):
    accept = '[[accept]]\nfeature = "natura_2000/17"\nreason = "x"\nstated_by = "A"\n\n[[document]]'
    desk.manifest("[[document]]", accept)


@says("pack/plan.toml, accept[1].stated_by: saknas")
def accept_that_nobody_stands_for(desk):
    desk.manifest("[[document]]", '[[accept]]\nfeature = "natura_2000/1"\nreason = "x"\n\n[[document]]')


@says("pack/plan.toml, layer: är en tabell", "[[layer]]", "dubbla klamrar")
def single_brackets_around_layer(desk):
    write_pack(desk.folder / "pack", [land_use()])
    desk.manifest("[[layer]]", "[layer]")


@says("n.gpkg, lager natura_2000: filen har 2 lager (natur, vatten)", 'layer = "…"')
def plan_geopackage_with_two_layers(desk):
    pack = write_pack(desk.folder / "pack", [Layer("natura_2000", [], file="n.gpkg")])
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(E0, N0, E0 + 9, N0 + 9)], crs=CRS)
    for name in ("natur", "vatten"):
        frame.to_file(pack / "n.gpkg", layer=name, engine="pyogrio")


@says(
    "natura_2000.geojson, lager natura_2000: alla objekt ligger utanför kommunen",
    "EPSG:3018",
    "EPSG:3017",
    "koordinatsystemet",
)
def layer_declared_in_the_neighbouring_zone(desk):
    layers = healthy_layers()
    layers["natura_2000"].crs = "EPSG:3018"
    write_pack(desk.folder / "pack", layers.values())


@says(
    "natura_2000.geojson, lager natura_2000: alla objekt ligger utanför kommunen när talen läses som EPSG:4326",
    "som EPSG:3017",
)
def layer_declared_in_degrees(desk):
    layers = healthy_layers()
    layers["natura_2000"].crs = "EPSG:4326"
    write_pack(desk.folder / "pack", layers.values())


@says("natura_2000.geojson, lager natura_2000: filen säger EPSG:3017 men manifestet EPSG:3006", "Ta bort crs")
def layer_declared_in_another_zone_than_its_file(desk):
    desk.manifest('source = "natura_2000.geojson"', 'source = "natura_2000.geojson"\ncrs = "EPSG:3006"')


@says("pack/plan.toml, layer[1].encoding: är 'latin-99'", '"latin-1"')
def encoding_that_does_not_exist(desk):
    desk.manifest('document = "op"', 'document = "op"\nencoding = "latin-99"')


STANCE = '[[layer.stance]]\nid = "zon"\neffect = "utesluter"\nuses = ["industri"]\nby = "A"\non = 2026-01-15\n'


@says(
    "plan.toml, lager land_use, stance[1].id: namnger 'zn', som inte finns i land_use.geojson",
    "Menades 'zon'?",
)
def stance_on_a_zone_that_is_not_there(desk):
    write_pack(desk.folder / "pack", [land_use(more=STANCE.replace('"zon"', '"zn"'))])


@says("layer[1].stance[1].uses: har den okända användningen 'industi'", "Menades 'industri'?")
def use_misspelt_in_a_stance(desk):
    write_pack(desk.folder / "pack", [land_use(more=STANCE.replace('"industri"', '"industi"'))])


# --- in rule files ------------------------------------------------------------------------------------------

ONE = rule("eget.avstand", "housing", "at_least", "distance_m = 200")


@says("reglr.toml: filen finns inte")
def rule_file_misspelt(desk):
    desk.options += ["--rules", "reglr.toml"]


@says("regler.toml, rule[1].distanc_m: är en okänd nyckel", "Menades 'distance_m'?")
def rule_key_misspelt(desk):
    desk.rules(ONE.replace("distance_m = 200", "distance_m = 200\ndistanc_m = 300"))


@says("regler.toml, rule[1].distance_m: saknas", "at_least kräver distance_m")
def rule_without_its_distance(desk):
    desk.rules(ONE.replace("distance_m = 200", ""))


@says("regler.toml, rule[1].distance_m: är '200 m'", "ett tal")
def distance_with_a_unit(desk):
    desk.rules(ONE.replace("200", '"200 m"'))


@says("regler.toml, rule[1].theme: är 'houses'", "Menades 'housing'?")
def theme_of_a_rule_unknown(desk):
    desk.rules(ONE.replace('"housing"', '"houses"'))


@says("regler.toml, rule[1].check: är 'atleast'", "Menades 'at_least'?")
def check_misspelt(desk):
    desk.rules(ONE.replace('"at_least"', '"atleast"'))


@says("regler.toml, rule[1].hit: är 'FAIL'", "at_least", "REVIEW")
def distance_rule_that_wants_to_say_fail(desk):
    desk.rules(ONE.replace('"REVIEW"', '"FAIL"'))


@says("regler.toml, rule[1].uses: har den okända användningen 'bostder'", "Menades 'bostäder'?")
def use_misspelt_in_a_rule(desk):
    desk.rules(ONE + 'uses = ["bostder"]\n')


@says("regler.toml, rule[1].serves: har den okända användningen 'hamnen'", "Menades 'hamn'?")
def use_misspelt_among_those_that_serve(desk):
    desk.rules(rule("eget.hamn", "port", more='serves = ["hamnen"]'))


@says("regler.toml: har varken [[rule]], [[cell]] eller [[override]]", "kontrollera namnet")
def rule_file_without_content(desk):
    desk.rules()


@says("regler.toml, ruleset: saknas", "[ruleset]", "format = 1")
def rule_file_without_its_head(desk):
    desk.write("regler.toml", ONE)
    desk.options += ["--rules", "regler.toml"]


@says("regler.toml", "regeln 'eget.avstand' finns redan", "eget id", "[[override]]")
def rule_id_twice(desk):
    desk.rules(ONE, ONE)


@says("regler.toml", "regeln 'criterion.port' finns redan i criteria.toml", "[[override]]")
def rule_id_of_a_national_rule(desk):
    desk.rules(ONE.replace("eget.avstand", "criterion.port"))


OVERRIDE = """
[[override]]
rule = "criterion.port"
parameter = "distance_m"
value = 2000
reason = "x"
source = "y"
"""


@says("regler.toml", "[[override]] namnger regeln 'criteron.port'", "Menades 'criterion.port'?")
def override_of_an_unknown_rule(desk):
    desk.rules(OVERRIDE.replace("criterion.port", "criteron.port"))


@says("regler.toml", "[[override]] av criterion.port: parametern 'distance' finns inte", "Menades 'distance_m'?")
def override_of_an_unknown_parameter(desk):
    desk.rules(OVERRIDE.replace('"distance_m"', '"distance"'))


@says("regler.toml", "override criterion.port.value: är '2 km'", "ett tal")
def override_with_a_unit(desk):
    desk.rules(OVERRIDE.replace("2000", '"2 km"'))


@says("regler.toml, override[1].reason: saknas")
def override_without_a_reason(desk):
    desk.rules(OVERRIDE.replace('reason = "x"\n', ""))


@says("plan.toml", "[[override]] namnger regeln 'criteron.port'", "Menades 'criterion.port'?")
def override_of_an_unknown_rule_in_the_pack(desk):
    desk.manifest("[[document]]", OVERRIDE.replace("criterion.port", "criteron.port") + "\n[[document]]")


# --- the test -----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_pack(tmp_path / "pack")
    write_sites(tmp_path)
    return Desk(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_command_without_a_mistake_writes_the_report(desk, capsys):
    assert main(desk.command()) == 0
    assert capsys.readouterr() == ("svar.html\n", "")


@pytest.mark.parametrize(("mistake", "words"), [pytest.param(*one, id=one[0].__name__) for one in MISTAKES])
def test_a_mistake_is_refused_with_a_message_that_helps(desk, capsys, mistake, words):
    mistake(desk)
    before = contents(desk.folder)
    assert main(desk.command()) == 2
    assert contents(desk.folder) == before
    said, errors = capsys.readouterr()
    assert said == ""
    assert errors.startswith("opcheck: ")
    for word in words:
        assert word in errors
    # The message is Swedish to its last word, names no place on this machine, and ends as a sentence.
    assert not re.search(r"\b(error|argument|required|invalid|usage|unrecognized|expected|the)\b", errors)
    assert str(desk.folder) not in errors
    assert errors.rstrip()[-1] in ".?…)"
