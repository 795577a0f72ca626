"""Sites over the municipal border: whose land it is, what the neighbour's plan says, and what nobody has read.

The municipality is the square (0, 0)–(10 000, 10 000). Österby lies east of it, Norrby north of it.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from drawn import COUNTRY, GREEN, TOWN, WORK, Pack, box, geojson, land_book, point, rule, run, saying, several

import opcheck
from opcheck.errors import LayerError, OpcheckError

HOME = box(0, 0, 10_000, 10_000)
EASTERN = box(10_000, 0, 20_000, 10_000)
NORTHERN = box(0, 10_000, 10_000, 20_000)
ACROSS = box(9960, 5000, 10_060, 5100)
"""100 m × 100 m: 40 m inside, 60 m east of the border."""
BEYOND = box(10_200, 5000, 10_300, 5100)
AVOID = rule("t.avoid", theme="groundwater", check="avoid", attention_m=300)


def home(folder: Path, zones: Any = None, **head: Any) -> Pack:
    pack = Pack(folder / "hemma", id="hemma", name="Hemby kommun", **head).document("op")
    return pack.zones(zones or [(HOME, WORK)], document="op")


def neighbour(folder: Path, zones: Any = None, *, area: Any = EASTERN, **document: Any) -> Pack:
    pack = Pack(folder / "oster", id="oster", name="Österby kommun", area=area)
    pack.document("op", **document).zones(zones or [(EASTERN, GREEN)], document="op")
    pack.write()
    return pack


def beside(pack: Pack, name: str = "Österby kommun", border: Any = EASTERN, /, **keys: Any) -> Pack:
    """The pack with a neighbour in it; `border` None leaves its border unknown."""
    if border is not None:
        file = f"{name.split()[0].lower()}.geojson"
        geojson(pack.folder / file, [(border, {})])
        keys["area"] = {"source": file}
    return pack.add("neighbour", name=name, **keys)


def answered(folder: Path, pack: Pack, site: Any = ACROSS, *rules: Any, on: str = "2026-11-22", **more: Any) -> Any:
    return run(folder, pack, land_book(folder, *rules), ("a", site, more), on=on)


def parts(assessment: Any) -> dict[str, tuple[float, str | None, str | None]]:
    return {one.id: (one.amount, one.plan and one.plan.value, one.municipality) for one in assessment["a"].parts}


def message(assessment: Any, question: str = "t.land", lang: str = "sv") -> str:
    (site,) = assessment.to_dict(lang)["sites"]
    return next(str(one["message"]) for one in site["findings"] if one["rule"] == question)


# --- not read ---------------------------------------------------------------------------------------------------------


def test_with_a_border_the_outside_part_is_the_neighbours_by_name_and_area(tmp_path: Path) -> None:
    assessment = answered(tmp_path, beside(home(tmp_path)))
    assert saying(assessment["a"].finding("t.land")) == ("OPEN", "F3", "f3")
    assert parts(assessment) == {
        "op/r1": (4000.0, "F1", None), "utanför kommunen: Österby kommun": (6000.0, "U0", "Österby kommun"),
    }  # fmt: skip
    assert "6\u00a0000\u00a0m² (60\u00a0%) i Österby kommun, där grannkommunens plan inte är läst" in message(
        assessment
    )


def test_without_a_border_all_neighbours_are_listed_as_not_read(tmp_path: Path) -> None:
    pack = beside(beside(home(tmp_path), "Österby kommun", None), "Norrby kommun", None)
    assessment = answered(tmp_path, pack, BEYOND)
    assert parts(assessment) == {"utanför kommunen": (10_000.0, "U0", None)}
    # 200 m beyond the border.
    assert message(assessment) == (
        "Hela platsen ligger utanför Hemby kommun, 200\u00a0m bort. Kontrollera platsens koordinatsystem. "
        "Grannkommunens plan är inte läst. Grannkommuner vars gräns inte är inläst: Österby kommun och Norrby kommun."
    )


def test_land_over_two_neighbours_is_divided_between_them(tmp_path: Path) -> None:
    """The corner of the municipality: a quarter inside, one in each neighbour, and one that no border covers."""
    pack = beside(beside(home(tmp_path)), "Norrby kommun", NORTHERN)
    assessment = answered(tmp_path, pack, box(9950, 9950, 10_050, 10_050))
    assert parts(assessment) == {
        "op/r1": (2500.0, "F1", None),
        "utanför kommunen: Österby kommun": (2500.0, "U0", "Österby kommun"),
        "utanför kommunen: Norrby kommun": (2500.0, "U0", "Norrby kommun"),
        "utanför kommunen": (2500.0, "U0", None),
    }


def test_where_neighbours_borders_overlap_no_land_is_counted_twice(tmp_path: Path) -> None:
    """Österby is drawn 20 m too far west, into the municipality, and Norrby over all of it."""
    pack = beside(
        beside(home(tmp_path), "Österby kommun", box(9980, 0, 20_000, 10_000)),
        "Norrby kommun",
        box(0, 0, 20_000, 20_000),
    )
    told = parts(answered(tmp_path, pack))
    assert told["op/r1"][0] == 4000.0
    assert sum(amount for amount, _, _ in told.values()) == 10_000.0


def test_a_sliver_beyond_the_border_is_no_part(tmp_path: Path) -> None:
    # 0.01 m × 100 m = 1 m².
    told = parts(answered(tmp_path, beside(home(tmp_path)), box(9900, 5000, 10_000.01, 5100)))
    assert told == {"op/r1": (10_000.0, "F1", None)}


def test_the_own_zones_do_not_answer_beyond_the_border(tmp_path: Path) -> None:
    pack = beside(home(tmp_path, [(box(0, 0, 11_000, 10_000), WORK)]))
    assert parts(answered(tmp_path, pack))["op/r1"][0] == 4000.0


# --- read -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("border", [EASTERN, None], ids=["border in the manifest", "border of its own pack"])
@pytest.mark.parametrize("named", ["../oster", "by name"])
def test_the_neighbours_plan_answers_for_its_own_land(
    tmp_path: Path, border: Any, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbour(tmp_path)
    monkeypatch.setenv("OPCHECK_PACKS", str(tmp_path))
    pack = beside(home(tmp_path), "Österby kommun", border, pack=named if "/" in named else "oster")
    assessment = answered(tmp_path, pack)
    assert saying(assessment["a"].finding("t.land")) == ("REVIEW", "F3", "f3")
    assert parts(assessment) == {
        "op/r1": (4000.0, "F1", None), "oster:op/r1": (6000.0, "F4", "Österby kommun"),
    }  # fmt: skip
    assert "Österby kommun" in message(assessment)
    note = next(one["note"] for one in assessment.to_dict()["sites"][0]["findings"] if one["rule"] == "t.land")
    assert note.startswith("Det som ligger i Österby kommun är prövat mot den kommunens översiktsplan.")


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (WORK, ("PASS", "F1", "f1")),
        (COUNTRY, ("REVIEW", "F3", "f3")),
        (TOWN, ("FAIL", "F3", "f3")),
        ("Okänd", ("OPEN", "F3", "f3")),
    ],
)
def test_the_neighbours_zone_counts_in_the_worst(tmp_path: Path, category: str, expected: Any) -> None:
    neighbour(tmp_path, [(EASTERN, category)])
    assert saying(answered(tmp_path, beside(home(tmp_path), pack="../oster"))["a"].finding("t.land")) == expected


def test_bare_land_in_the_neighbours_plan_is_open_and_told_as_its(tmp_path: Path) -> None:
    """Its zone begins 20 m beyond the border: 20 m × 100 m is bare, 40 m × 100 m is not."""
    neighbour(tmp_path, [(box(10_020, 0, 20_000, 10_000), WORK)])
    assessment = answered(tmp_path, beside(home(tmp_path), pack="../oster"))
    assert parts(assessment) == {
        "op/r1": (4000.0, "F1", None), "oster:op/r1": (4000.0, "F1", "Österby kommun"),
        "ingen zon: Österby kommun": (2000.0, "U0", "Österby kommun"),
    }  # fmt: skip
    assert assessment["a"].finding("t.land").outcome == "OPEN"


def test_the_neighbours_amendment_governs_there(tmp_path: Path) -> None:
    pack = neighbour(tmp_path, [(EASTERN, GREEN)], legal_force="2020-05-01")
    pack.document("fop", "fördjupning", area=EASTERN, base="op", legal_force="2023-05-01")
    pack.zones([(EASTERN, WORK)], layer_id="fop-zoner", document="fop").write()
    assessment = answered(tmp_path, beside(home(tmp_path), pack="../oster"))
    assert saying(assessment["a"].finding("t.land")) == ("PASS", "F1", "f1")
    assert {one.id: one.governs for one in assessment["a"].parts} == {
        "op/r1": True, "oster:fop/r1": True, "oster:op/r1": False,
    }  # fmt: skip


@pytest.mark.parametrize(("on", "expected"), [("2023-04-30", "OPEN"), ("2023-05-01", "PASS")])
def test_the_neighbours_plan_counts_from_its_own_legal_force(tmp_path: Path, on: str, expected: str) -> None:
    neighbour(tmp_path, [(EASTERN, WORK)], legal_force="2023-05-01")
    assert answered(tmp_path, beside(home(tmp_path), pack="../oster"), on=on)["a"].finding("t.land").outcome == expected


def test_the_own_municipalitys_cells_do_not_speak_for_the_neighbour(tmp_path: Path) -> None:
    """Each municipality has confirmed the opposite of what the shared matrix says."""
    cell = '[[cell]]\ncategory = "{}"\nuse = ["industri"]\nvalue = {}\nreason = "r"\nconfirmed_by = "{}"\n'
    head = '[ruleset]\nid = "{}"\nversion = "1"\nformat = 1\n'
    neighbour_pack = Pack(tmp_path / "oster", id="oster", name="Österby kommun", area=EASTERN, rules=["egna.toml"])
    (tmp_path / "oster" / "egna.toml").write_text(head.format("o") + cell.format(GREEN, 1, "Österby"), encoding="utf-8")
    neighbour_pack.document("op").zones([(EASTERN, GREEN)], document="op").write()
    pack = home(tmp_path, [(HOME, GREEN)], rules=["egna.toml"])
    (tmp_path / "hemma" / "egna.toml").write_text(head.format("h") + cell.format(GREEN, 0, "Hemby"), encoding="utf-8")
    told = parts(answered(tmp_path, beside(pack, pack="../oster")))
    assert {name: code for name, (_, code, _) in told.items()} == {"op/r1": "F5", "oster:op/r1": "F1"}


def test_the_neighbours_legend_and_stances_hold_for_its_zones(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "oster", id="oster", name="Österby kommun", area=EASTERN).document("op")
    stance = {"id": "r1", "effect": "utesluter", "by": "Österbys arkitekt", "on": "2026-01-15"}
    rows = [(EASTERN, "Industrimark", {"text": "Ingen ny industri."})]
    legend = [{"from": {"category": "Industrimark"}, "to": [WORK]}]
    pack.zones(rows, document="op", value=legend, stance=[stance]).write()
    assessment = answered(tmp_path, beside(home(tmp_path), pack="../oster"))
    assert parts(assessment)["oster:op/r1"][1] == "F5"
    told = [one for one in assessment.to_dict()["inputs"]["plan"]["statements"] if one["kind"] == "stance"]
    assert [(one["what"], one["by"]) for one in told] == [("oster:zoner/r1", "Österbys arkitekt")]


def test_support_under_a_reservation_of_the_neighbours_county_is_at_best_f2(tmp_path: Path) -> None:
    pack = neighbour(tmp_path, [(EASTERN, WORK)])
    pack.layer("anm", "county_reservation", [box(10_050, 0, 20_000, 10_000)]).write()
    mine = beside(home(tmp_path), pack="../oster")
    assert saying(answered(tmp_path, mine)["a"].finding("t.land")) == ("REVIEW", "F2", "f2.reserved")
    # 10 m short of the reservation.
    assert answered(tmp_path, mine, box(9960, 5000, 10_040, 5100))["a"].verdict.plan == "F1"


def test_an_unusable_zone_of_the_neighbours_keeps_the_answer_open(tmp_path: Path) -> None:
    from drawn import line

    neighbour(tmp_path, [(EASTERN, WORK), (line((10_010, 5050), (10_050, 5050)), WORK)])
    assessment = answered(tmp_path, beside(home(tmp_path), pack="../oster"))
    assert saying(assessment["a"].finding("t.land")) == ("OPEN", "U0", "open.feature_set_aside")
    assert [one["layer"] for one in assessment.to_dict()["ledger"]] == ["oster:zoner"]


def test_a_site_wholly_in_the_neighbour_is_told_so_first(tmp_path: Path) -> None:
    neighbour(tmp_path, [(EASTERN, WORK)])
    assessment = answered(tmp_path, beside(home(tmp_path), pack="../oster"), BEYOND)
    assert saying(assessment["a"].finding("t.land")) == ("PASS", "F1", "f1")
    headline = assessment.to_dict()["sites"][0]["verdict"]["headline"][0]
    assert headline.startswith("Hela platsen ligger i Österby kommun, utanför Hemby kommun, 200\u00a0m bort.")


def test_a_site_that_touches_the_border_from_outside_is_told_so_too(tmp_path: Path) -> None:
    assessment = answered(tmp_path, beside(home(tmp_path)), box(10_000, 5000, 10_100, 5100))
    headline = assessment.to_dict()["sites"][0]["verdict"]["headline"][0]
    assert headline.startswith("Hela platsen ligger utanför Hemby kommun, intill gränsen.")


@pytest.mark.parametrize(
    "site",
    [
        several(point(9990, 5000), point(10_010, 5000)),
        several(box(9900, 0, 9950, 50), box(10_050, 0, 10_100, 50)),
    ],
    ids=["points", "areas"],
)
def test_sites_of_several_parts_are_divided_too(tmp_path: Path, site: Any) -> None:
    neighbour(tmp_path)
    told = parts(answered(tmp_path, beside(home(tmp_path), pack="../oster"), site))
    assert sorted(code for _, code, _ in told.values()) == ["F1", "F4"]


def test_a_neighbour_in_another_coordinate_system_is_moved_to_the_own(tmp_path: Path) -> None:
    """The same square in SWEREF 99 TM; metres are the own zone's."""
    import numpy as np
    import shapely

    from opcheck.geometry import transform

    # Densified as the layers of a pack are, or the square's edges would bend.
    (moved,) = transform(np.array([shapely.segmentize(EASTERN, 100)], dtype=object), "EPSG:3017", "EPSG:3006")
    folder = tmp_path / "oster"
    folder.mkdir()
    geojson(folder / "grans.geojson", [(moved, {})], "EPSG:3006")
    geojson(folder / "zoner.geojson", [(moved, {"id": "r1", "category": GREEN})], "EPSG:3006")
    (folder / "plan.toml").write_text(
        '[plan]\nid = "oster"\nname = "Österby kommun"\ncrs = "EPSG:3006"\narea = { source = "grans.geojson" }\n'
        '[[document]]\nid = "op"\nkind = "översiktsplan"\nname = "ÖP"\nstatus = "laga kraft"\n'
        '[[layer]]\nid = "zoner"\ntheme = "land_use"\ndocument = "op"\nsource = "zoner.geojson"\n'
        'coverage = "municipality"\nfields = { id = "id", category = "category" }\n',
        encoding="utf-8",
    )
    told = parts(answered(tmp_path, beside(home(tmp_path), pack="../oster")))
    assert told["oster:op/r1"][0] == pytest.approx(6000.0, abs=0.5)


# --- other questions --------------------------------------------------------------------------------------------------


def test_sector_interests_beyond_the_border_stay_open_and_name_the_neighbour(tmp_path: Path) -> None:
    neighbour(tmp_path)
    pack = beside(home(tmp_path), pack="../oster").layer("vatten", "groundwater", [box(0, 0, 10, 10)])
    assessment = answered(tmp_path, pack, ACROSS, AVOID)
    assert saying(assessment["a"].finding("t.avoid")) == ("OPEN", "U0", "open.no_coverage")
    assert "Avståndet når in i Österby kommun, vars uppgifter inte är inlästa." in message(assessment, "t.avoid")


@pytest.mark.parametrize(("gap_m", "named"), [(299.0, True), (300.0, False)])
def test_near_the_border_the_neighbour_within_reach_is_named(tmp_path: Path, gap_m: float, named: bool) -> None:
    pack = beside(home(tmp_path)).layer("vatten", "groundwater", [box(0, 0, 10, 10)])
    site = box(9900 - gap_m, 5000, 10_000 - gap_m, 5100)
    assessment = answered(tmp_path, pack, site, AVOID)
    assert assessment["a"].finding("t.avoid").outcome == ("OPEN" if named else "PASS")
    assert ("Österby kommun" in message(assessment, "t.avoid")) is named


def test_a_layer_that_covers_the_neighbour_too_answers_there(tmp_path: Path) -> None:
    pack = beside(home(tmp_path)).layer(
        "vatten", "groundwater", [box(0, 0, 10, 10)], coverage=box(0, 0, 20_000, 10_000)
    )
    assert answered(tmp_path, pack, ACROSS, AVOID)["a"].finding("t.avoid").outcome == "PASS"


def test_status_and_currency_are_the_neighbours_for_a_site_wholly_there(tmp_path: Path) -> None:
    status = rule("plan.status", theme="land_use", check="covered", themes=["land_use"], of="status", hit="OPEN")
    current = rule("plan.current", theme="land_use", check="covered", themes=["land_use"], of="currency")
    strategy = [{"decided": datetime.date(2024, 6, 18), "says": "inte aktuell"}]
    neighbour(tmp_path, name="Österbys översiktsplan", legal_force="2021-11-27", currency=strategy)
    assessment = answered(tmp_path, beside(home(tmp_path), pack="../oster"), BEYOND, status, current)
    assert assessment["a"].finding("plan.status").case == "in_force"
    assert message(assessment, "plan.status").startswith("Österbys översiktsplan (Österby kommun) har laga kraft")
    assert assessment["a"].finding("plan.current").case == "lapsed"


def test_the_neighbours_horizons_count_from_its_own_year(tmp_path: Path) -> None:
    horizon = rule("t.horizon", theme="land_use", check="horizon", basis="plan", code="V")
    pack = Pack(tmp_path / "oster", id="oster", name="Österby kommun", area=EASTERN).document("op", horizon_from=2025)
    pack.zones([(EASTERN, WORK, {"horizon": "10-20 år"})], document="op").write()
    mine = beside(home(tmp_path), pack="../oster")
    told = [answered(tmp_path, mine, BEYOND, horizon, start_year=year)["a"].finding("t.horizon").case
            for year in (2034, 2035)]  # fmt: skip
    assert told == ["later", "in_time"]


# --- lineage ----------------------------------------------------------------------------------------------------------


def test_what_was_read_of_the_neighbour_stands_in_the_record(tmp_path: Path) -> None:
    pack = neighbour(tmp_path)
    assessment = answered(tmp_path, beside(home(tmp_path), pack="../oster", code="0100"))
    (told,) = assessment.to_dict()["inputs"]["plan"]["neighbours"]
    assert (told["name"], told["code"], told["border"], told["pack"]) == ("Österby kommun", "0100", True, "oster")
    import hashlib

    assert told["sha256"] == hashlib.sha256((pack.folder / "plan.toml").read_bytes()).hexdigest()
    (layer,) = told["layers"]
    assert (layer["id"], layer["document"]) == ("oster:zoner", "oster:op")
    assert layer["sha256"] == hashlib.sha256((pack.folder / "zoner.geojson").read_bytes()).hexdigest()
    assert [one["id"] for one in told["documents"]] == ["oster:op"]
    assert str(tmp_path) not in json.dumps(assessment.to_dict())


def test_a_neighbour_that_no_site_reaches_is_not_read(tmp_path: Path) -> None:
    neighbour(tmp_path)
    (tmp_path / "oster" / "zoner.geojson").write_text("{")
    pack = beside(home(tmp_path), pack="../oster")
    assessment = answered(tmp_path, pack, box(5000, 5000, 5100, 5100))
    (told,) = assessment.to_dict()["inputs"]["plan"]["neighbours"]
    assert (told["pack"], told["sha256"], told["layers"]) == (None, None, [])
    with pytest.raises(LayerError, match="Österby kommun"):
        answered(tmp_path, pack)


def test_a_neighbours_demonstration_data_marks_the_whole_report(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "oster", id="oster", name="Österby kommun", area=EASTERN, demonstration=True).document("op")
    pack.zones([(EASTERN, WORK)], document="op").write()
    mine = beside(home(tmp_path), pack="../oster")
    assert answered(tmp_path, mine).to_dict()["inputs"]["plan"]["demonstration"] is True
    assert answered(tmp_path, mine, box(0, 0, 9, 9)).to_dict()["inputs"]["plan"]["demonstration"] is False


def test_all_outputs_can_be_written(tmp_path: Path) -> None:
    neighbour(tmp_path)
    pack = beside(home(tmp_path), pack="../oster").layer("vatten", "groundwater", [box(0, 0, 10, 10)])
    assessment = answered(tmp_path, pack, ACROSS, AVOID)
    for suffix in ("html", "json", "gpkg", "geojson", "csv"):
        opcheck.write_report(assessment, tmp_path / f"ut.{suffix}")
    page = (tmp_path / "ut.html").read_text(encoding="utf-8")
    assert "OP (Österby kommun)" in page


# --- what must not happen ---------------------------------------------------------------------------------------------


def test_neighbours_of_each_other_are_no_ring(tmp_path: Path) -> None:
    other = Pack(tmp_path / "oster", id="oster", name="Österby kommun", area=EASTERN).document("op")
    other.zones([(EASTERN, WORK)], document="op").add("neighbour", name="Hemby kommun", pack="../hemma")
    mine = beside(home(tmp_path), pack="../oster")
    mine.write()
    other.write()
    assert answered(tmp_path, mine)["a"].verdict.plan == "F1"


def test_a_neighbour_with_the_own_packs_id_is_refused(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "oster", id="hemma", name="Österby kommun", area=EASTERN).document("op")
    pack.zones([(EASTERN, WORK)], document="op").write()
    with pytest.raises(OpcheckError, match="samma som för Hemby kommun"):
        answered(tmp_path, beside(home(tmp_path), pack="../oster"))


def test_a_neighbour_pack_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OpcheckError, match="finns inte"):
        answered(tmp_path, beside(home(tmp_path), pack="../saknas"), box(5000, 5000, 5100, 5100))


def test_one_neighbours_plan_more_never_turns_what_was_found_into_nothing(tmp_path: Path) -> None:
    """With the neighbour's plan read, the own part still answers as it did."""
    neighbour(tmp_path, [(EASTERN, WORK)])
    zones = [(HOME, TOWN)]
    alone = answered(tmp_path, beside(home(tmp_path, zones)))["a"]
    read = answered(tmp_path, beside(home(tmp_path, zones), pack="../oster"))["a"]
    assert [one.finding("t.land").outcome for one in (alone, read)] == ["FAIL", "FAIL"]
