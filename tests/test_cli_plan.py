"""The command plan: what a pack holds, whether its data can be relied on, and a first pack for new data."""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from drawn import DAY, Pack, box, geojson, site_file

from opcheck import pack_names
from opcheck.cli import _metres, main
from opcheck.report.lines import WIDTH

LONG = "En text som är så lång att den inte får plats på en rad i en terminal, och som därför måste brytas. " * 3


def info(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    code = main(["plan", "info", str(folder), "--on", DAY, *more])
    told = capsys.readouterr()
    assert code == 0, told.err
    return told.out


def flat(text: str) -> str:
    """The text without its line breaks, so that a wrapped sentence can be found."""
    return " ".join(text.split())


def pack(folder: Path) -> Pack:
    return (
        Pack(folder / "paket")
        .document("op", legal_force="2023-03-01", adopted="2022-11")
        .document("fop", "fördjupning", area=box(0, 0, 5000, 5000), status="samråd", base="op")
        .zones(
            [(box(0, 0, 5000, 5000), "Landsbygd"), (None, "Landsbygd"), (box(5000, 0, 9000, 5000), "Landsbygd")],
            document="op", accuracy_m=25, border="indicative", dated="2022-11", note=LONG,
        )
        .layer("hamn", "port", [box(1, 1, 50, 50)], confirmed=False, coverage=None)
        .add("not_applicable", theme="riksintresse_rennaring", reason="ingen sameby", stated_by="A. Svensson")
        .add("override", rule="criterion.port", parameter="distance_m", value=2500.5, reason="eget", source="PM 3")
        .add("neighbour", name="Grannkommun", code="0101")
        .raw('[units]\nplan = "Planenheten"')
    )  # fmt: skip


# --- info -----------------------------------------------------------------------------------------------------------


def test_everything_in_a_pack_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = flat(info(pack(tmp_path).write(), capsys))
    for word in (
        "Ritade kommun (ritad)", "0100", "EPSG:3017, SWEREF99 21 45", "grans.geojson",
        "op: OP", "översiktsplan", "antagen: 2022-11", "laga kraft: 2023-03-01", "gäller", "aktuell till",
        "fop: FOP", "pågående, gäller inte ännu", "område fop-omrade.geojson", "ändrar op",
        "Mark- och vattenanvändning (land_use)", "zoner.geojson", "2 av 3", "1 utan läge",
        "läst med json", "zoner 2 av 3 2022-11 25 m ungefärlig kommunen ja", "hör till op",
        "Hamn (port)", "hamn 1 av 1 okänt okänt okänd okänt nej",
        "Natura 2000", "Naturvårdsverket och länsstyrelsen",
        "Fysisk planering: Planenheten", "Grannkommun (0101), planen är inte läst",
        "Riksintresse rennäring förekommer inte: ingen sameby (A. Svensson)",
        "criterion.port, distance_m = 2 500,5: eget (PM 3)",
    ):  # fmt: skip
        assert word in told, word


def test_what_has_a_layer_or_does_not_occur_is_not_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, missing = info(pack(tmp_path).write(), capsys).split("Teman utan lager")
    missing = missing.split("\n\n")[0]
    assert "Natura 2000" in missing
    assert "Hamn  " not in missing
    assert "Riksintresse rennäring" not in missing


def test_long_values_are_wrapped_and_never_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = info(pack(tmp_path).write(), capsys)
    assert max(map(len, told.splitlines())) <= WIDTH
    assert flat(LONG) in flat(told)


def test_the_packs_that_come_with_opcheck_fit_the_width(capsys: pytest.CaptureFixture[str]) -> None:
    for name in pack_names():
        for lang in ("sv", "en"):
            lines = info(Path(name), capsys, "--lang", lang).splitlines()
            # An address is never broken.
            assert [line for line in lines if len(line) > WIDTH and "://" not in line] == []


def test_the_day_decides_what_is_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack(tmp_path).write()
    assert main(["plan", "info", str(folder), "--on", "2022-01-01"]) == 0
    before = flat(capsys.readouterr().out)
    assert "laga kraft: 2023-03-01; gäller inte;" in before
    assert "laga kraft: 2023-03-01; gäller; aktuell" in flat(info(folder, capsys))


def test_a_layer_that_cannot_be_read_is_shown_with_its_fault_and_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = pack(tmp_path).layer("skydd", "natura_2000", [box(1, 1, 5, 5)]).write()
    (folder / "skydd.geojson").write_text("{ inte json", encoding="utf-8")
    (folder / "hamn.geojson").write_text("också trasig", encoding="utf-8")
    told = flat(info(folder, capsys))
    assert "Går inte att läsa: skydd.geojson" in told
    assert "Går inte att läsa: hamn.geojson" in told
    assert "2 av 3" in told


def test_a_border_that_cannot_be_read_hides_no_layer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack(tmp_path).write()
    (folder / "grans.geojson").write_text("{ inte json", encoding="utf-8")
    told = flat(info(folder, capsys))
    assert "Går inte att läsa: grans.geojson" in told
    assert "2 av 3" in told


def test_what_does_not_agree_between_layers_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack(tmp_path).add("not_applicable", theme="port", reason="inlandskommun", stated_by="A").write()
    told = flat(info(folder, capsys))
    assert "säger att temat port inte förekommer" in told
    assert "2 av 3" in told


def test_info_does_not_need_data_for_a_base_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "bas"
    folder.mkdir()
    (folder / "plan.toml").write_text(
        '[plan]\nid = "bas"\nname = "Bas kommun"\ncrs = "EPSG:3006"\nbase = true\n'
        'question = "Var får hamnen plats?"\ncontact = "Planenheten"\n\n'
        '[[document]]\nid = "op"\nkind = "översiktsplan"\nname = "ÖP"\nstatus = "laga kraft"\n',
        encoding="utf-8",
    )
    told = flat(info(folder, capsys))
    for word in ("Baspaket", "Kommungräns saknas", "Var får hamnen plats?", "Planenheten", "Lager: inga", "ÖP"):
        assert word in told, word


def test_who_has_answered_for_what_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared = Pack(tmp_path / "lan", id="lan").layer("natura", "natura_2000", [box(1, 1, 5, 5)]).write()
    one = pack(tmp_path).add(
        "accept", feature="zoner/r2", reason="borttagen zon", stated_by="B. Berg", date="2026-01-15"
    )
    one.layer("vind", "wind_turbine", []).raw('[layer.empty]\nstated_by = "C. Ceder"')
    folder = one.write()
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(text.replace("[plan]", '[plan]\ninclude = ["../lan"]', 1), encoding="utf-8")
    told = flat(info(folder, capsys))
    assert "zoner/r2 godtas: borttagen zon (B. Berg, 2026-01-15)" in told
    assert "1 godtagen av en person" in told
    assert "lagret vind är med rätta tomt" in told
    assert "C. Ceder" in told
    assert (
        f"Paket som tas med lan, sha256 {hashlib.sha256((shared / 'plan.toml').read_bytes()).hexdigest()[:12]}" in told
    )
    assert "natura 1 av 1" in told


def test_a_check_says_that_a_pack_is_a_base_or_its_border_a_stand_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = site_file(tmp_path / "s.geojson", ("a", box(1, 1, 50, 50)))
    base = tmp_path / "bas"
    base.mkdir()
    head = '[plan]\nid = "bas"\nname = "Bas kommun"\ncrs = "EPSG:3017"\nbase = true\n'
    (base / "plan.toml").write_text(head, encoding="utf-8")
    stand_in = Pack(tmp_path / "paket", provisional_area=True).zones([(box(0, 0, 9000, 9000), "Landsbygd")]).write()
    for folder, said in ((base, "Baspaket"), (stand_in, "Kommungränsen är provisorisk")):
        assert main(["check", str(sites), "--plan", str(folder), "--on", DAY]) == 0
        told = capsys.readouterr().out
        assert said in told
        assert "Inte prövat" in told


def test_english_is_english(capsys: pytest.CaptureFixture[str]) -> None:
    told = info(Path("pitea"), capsys, "--lang", "en")
    assert "Documents, " in told
    assert "Dokument" not in told.replace("Dokumentet", "")


def test_data_in_another_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack(tmp_path).write()
    (tmp_path / "data").mkdir()
    for path in folder.glob("*.geojson"):
        path.rename(tmp_path / "data" / path.name)
    assert "2 av 3" in flat(info(folder, capsys, "--data", str(tmp_path / "data")))


# --- validate -------------------------------------------------------------------------------------------------------


def validate(*arguments: Any) -> int:
    return main(["plan", "validate", *map(str, arguments), "--on", DAY])


def test_validate_prints_and_is_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate(pack(tmp_path).write()) == 0
    assert capsys.readouterr().out.strip()


def test_validate_writes_files_and_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outs = [tmp_path / "a.json", tmp_path / "a.html"]
    assert validate(pack(tmp_path).write(), "--out", outs[0], "--out", outs[1]) == 0
    assert capsys.readouterr().out.split() == [str(path) for path in outs]
    assert json.loads(outs[0].read_text(encoding="utf-8"))


def test_validate_fails_on_what_is_asked_and_on_worse(tmp_path: Path) -> None:
    """An empty legend and overlapping zones: at least a warning; a whole pack with one zone has no error."""
    folder = (
        Pack(tmp_path / "paket")
        .document("op", legal_force="2023-03-01")
        .zones([(box(0, 0, 5000, 10_000), "Landsbygd"), (box(4000, 0, 10_000, 10_000), "Landsbygd")], document="op")
        .write()
    )
    codes = {level: validate(folder, "--fail-on", level) for level in ("error", "warning", "notice")}
    assert codes["notice"] == 1
    assert codes["error"] <= codes["warning"] <= codes["notice"]


def test_validate_of_a_manifest_with_faults_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = pack(tmp_path).raw("okänd = 1").write()
    assert validate(folder, "--out", tmp_path / "a.json") == 2
    assert capsys.readouterr().err.startswith("opcheck: ")
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize("name", ["a.docx", "a", "saknas/a.json"])
def test_validate_refuses_an_output_before_it_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert validate(pack(tmp_path).write(), "--out", tmp_path / name) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("written", "metres"),
    [("1", 1.0), ("0,001", 0.001), ("0.5", 0.5), ("1 mm", 0.001), ("2mm", 0.002), ("5 cm", 0.05), ("0,5 m", 0.5)],
)
def test_a_tolerance_is_read_as_it_is_written(written: str, metres: float) -> None:
    assert _metres(written) == metres


@pytest.mark.parametrize("written", ["", "mm", "-1", "1 km", "en meter", "1,2,3", "nan", "1e3"])
def test_what_is_no_length_is_refused(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="längd"):
        _metres(written)
    assert main(["plan", "validate", "pitea", f"--tolerance={written}"]) == 2
    assert "2 mm" in capsys.readouterr().err


# --- new ------------------------------------------------------------------------------------------------------------


def data(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    geojson(folder / "grans.geojson", [(box(0, 0, 10_000, 10_000), {"namn": "Ritade"})])
    geojson(folder / "anvandning.geojson", [(box(0, 0, 10_000, 10_000), {"objektid": 1, "kategori": "Landsbygd"})])
    return folder


def test_new_writes_a_pack_that_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "minkommun"
    code = main(["plan", "new", str(data(tmp_path / "data")), "--to", str(target), "--name", "Min kommun"])
    told = capsys.readouterr()
    assert code == 0, told.err
    assert str(target / "plan.toml") in told.out
    assert main(["plan", "info", str(target)]) == 0
    assert "Min kommun" in capsys.readouterr().out


def test_new_never_writes_over_a_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "minkommun"
    target.mkdir()
    (target / "plan.toml").write_text("# mitt eget\n", encoding="utf-8")
    assert main(["plan", "new", str(data(tmp_path / "data")), "--to", str(target)]) == 2
    assert (target / "plan.toml").read_text(encoding="utf-8") == "# mitt eget\n"
    assert capsys.readouterr().out == ""


def test_new_of_data_that_is_not_there_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "new", str(tmp_path / "saknas"), "--to", str(tmp_path / "minkommun")]) == 2
    assert capsys.readouterr().err.startswith("opcheck: ")
    assert not (tmp_path / "minkommun").exists()


def test_new_where_nothing_can_be_written_is_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: Path, *_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(self))

    source = data(tmp_path / "data")
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert main(["plan", "new", str(source), "--to", str(tmp_path / "minkommun")]) == 2
    told = capsys.readouterr().err
    assert "minkommun" in told and "skrivskyddad" in told and "Read-only" not in told


# --- the command itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plan"], "ÅTGÄRD saknas (info, validate, new)"),
        (["rules"], "ÅTGÄRD saknas (list, show, validate)"),
        (["plan", "info"], "PAKET saknas"),
        (["plan", "visa", "pitea"], "'visa' finns inte. Giltiga: "),
        (["plan", "new", "data"], "--to saknas"),
        (["plan", "validate", "pitea", "--fail-on", "fail"], "'fail' finns inte"),
        (["plan", "info", "pitea", "--on", "i dag"], "ÅÅÅÅ-MM-DD"),
        (["plan", "info", "saknas"], "finns inte, varken som mapp eller som namn"),
    ],
)
def test_what_the_command_refuses_is_said_in_swedish(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


@pytest.mark.parametrize("action", ["info", "validate", "new"])
def test_help_is_there(capsys: pytest.CaptureFixture[str], action: str) -> None:
    assert main(["plan", action, "--help"]) == 0
    assert capsys.readouterr().out
