"""The command line: exit codes, what is written and what is left, and what an error looks like."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from drawn import Pack, box, site_file

import opcheck
from opcheck import cli
from opcheck.cli import main
from opcheck.report.listing import BRIEF_FROM

ROOT = Path(__file__).resolve().parents[1]
GREEN = ROOT / "examples" / "haraholmen" / "gron-tomt.geojson"
SITES = ROOT / "examples" / "haraholmen" / "sites.geojson"

NOTHING, GREEN_SITE, REVIEW_SITE, OPEN_SITE, FAIL_SITE = (
    (), ("gron-tomt",), ("modulfabrik",), ("verksamhet-lomtjarn",), ("bostader-hamnen",),
)  # fmt: skip


def only(folder: Path, source: Path, ids: tuple[str, ...]) -> Path:
    """A file with some of the sites of an example."""
    document = json.loads(source.read_text(encoding="utf-8"))
    document["features"] = [one for one in document["features"] if one["properties"]["id"] in ids]
    path = folder / "tomter.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def check(*arguments: Any) -> int:
    return main(["check", *map(str, arguments), "--on", "2026-11-22"])


# --- exit codes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "pack", "source", "codes"),
    [
        (GREEN_SITE, "exempel", GREEN, {"fail": 0, "open": 0, "review": 0}),
        (REVIEW_SITE, "pitea", SITES, {"fail": 0, "open": 0, "review": 1}),
        (OPEN_SITE, "pitea", SITES, {"fail": 0, "open": 1, "review": 1}),
        (FAIL_SITE, "pitea", SITES, {"fail": 1, "open": 1, "review": 1}),
        (REVIEW_SITE + FAIL_SITE, "pitea", SITES, {"fail": 1, "open": 1, "review": 1}),
        (REVIEW_SITE + OPEN_SITE, "pitea", SITES, {"fail": 0, "open": 1, "review": 1}),
    ],
    ids=["green", "review", "open", "fail", "review and fail", "review and open"],
)
def test_fail_on_is_met_by_the_outcome_named_and_by_worse(
    tmp_path: Path, ids: tuple[str, ...], pack: str, source: Path, codes: dict[str, int]
) -> None:
    sites = only(tmp_path, source, ids)
    found = {level: check(sites, "--plan", pack, "--fail-on", level) for level in codes}
    assert found == codes


def test_without_fail_on_any_outcome_is_exit_0(tmp_path: Path) -> None:
    assert check(only(tmp_path, SITES, FAIL_SITE), "--plan", "pitea") == 0


def test_outputs_are_written_when_fail_on_is_met(tmp_path: Path) -> None:
    sites = only(tmp_path, SITES, FAIL_SITE)
    assert check(sites, "--plan", "pitea", "--fail-on", "fail", "--out", tmp_path / "svar.json") == 1
    assert json.loads((tmp_path / "svar.json").read_text(encoding="utf-8"))["sites"][0]["verdict"]["outcome"] == "FAIL"


@pytest.mark.parametrize(
    "arguments",
    [
        ["saknas.geojson", "--plan", "pitea"],
        [GREEN, "--plan", "saknas"],
        [GREEN, "--plan", "exempel", "--rules", "saknas.toml"],
        [GREEN, "--plan", "exempel", "--out", "svar.docx"],
        [GREEN, "--plan", "exempel", "--out", "saknas/svar.html"],
        [GREEN, "--plan", "exempel", "--use", "rymdbas"],
        [GREEN, "--plan", "exempel", "--crs", "EPSG:0"],
        [GREEN],
        [],
    ],
    ids=["sites", "pack", "rules", "suffix", "folder", "use", "crs", "no plan", "nothing"],
)
def test_what_cannot_be_used_is_exit_2_with_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    extra = [] if "--out" in arguments or not arguments else ["--out", "svar.json"]
    assert check(*arguments, *extra) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err
    assert "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_date_is_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(GREEN), "--plan", "exempel", "--on", "22/11 2026"]) == 2
    assert "ÅÅÅÅ-MM-DD" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"]])
def test_asking_about_the_program_is_exit_0(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 0
    assert capsys.readouterr().out.strip()


def test_abbreviated_options_are_refused() -> None:
    assert main(["check", str(GREEN), "--pla", "exempel"]) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "--pln", "kr"], "okänt val: --pln. Menades --plan? Se ”opcheck check --help”."),
        (["check", "x", "--plan", "kr", "--fastighett=A 1:1"], "okänt val: --fastighett. Menades --fastighet?"),
        (["--versionn"], "okänt val: --versionn. Menades --version? Se ”opcheck --help”."),
        (["plan", "validate", "kr", "--zzz"], "okänt val: --zzz. Se ”opcheck plan validate --help”."),
        (["check", "x", "-z"], "okänt val: -z."),
    ],
)
def test_an_unknown_option_is_told_before_what_is_missing(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(arguments) == 2
    assert told in capsys.readouterr().err


def test_a_negative_number_and_what_follows_two_dashes_are_no_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--plan", "exempel", "--", "--platser.geojson"]) == 2
    assert "okänt val" not in capsys.readouterr().err
    assert main(["plan", "validate", "exempel", "--tolerance", "-1"]) == 2
    assert "okänt val" not in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["check"], ["plan"], ["plan", "validate"], ["rules", "show"]])
def test_help_has_no_english_headings(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert main([*command, "--help"]) == 0
    told = capsys.readouterr().out
    assert "Användning: opcheck" in told and "Val:" in told and "visa den här hjälpen" in told
    assert not any(word in told.casefold() for word in ("usage", "options", "positional", "show this"))


def broken(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("delat med noll")


def test_a_fault_of_the_program_is_exit_3_and_one_paragraph(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("opcheck.sites.read_sites", broken)
    assert check(GREEN, "--plan", "exempel") == 3
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("place", ["before", "after"])
def test_debug_shows_the_trace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str) -> None:
    monkeypatch.setattr("opcheck.sites.read_sites", broken)
    command = ["check", str(GREEN), "--plan", "exempel"]
    assert main(["--debug", *command] if place == "before" else [*command, "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupt_is_exit_130_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("opcheck.report.records.to_json", interrupted)
    assert check(GREEN, "--plan", "exempel", "--out", tmp_path / "a.csv", "--out", tmp_path / "b.json") == 130
    assert list(tmp_path.iterdir()) == []
    assert "avbrutet" in capsys.readouterr().err


def test_ctrl_c_in_the_middle_is_exit_130() -> None:
    code = f"""
import signal, sys
from opcheck import cli, sites
# A job started in the background inherits SIGINT as ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
sites.read_sites = lambda *_, **__: signal.raise_signal(signal.SIGINT)
sys.exit(cli.main(["check", {str(GREEN)!r}, "--plan", "exempel"]))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ran.returncode == 130
    assert b"Traceback" not in ran.stderr


# --- what is written ------------------------------------------------------------------------------------------------


def test_every_suffix_is_written_and_named_on_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["a.html", "a.json", "a.gpkg", "a.geojson", "a.csv"]
    outs = [part for name in names for part in ("--out", tmp_path / name)]
    assert check(GREEN, "--plan", "exempel", *outs) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert all(path.stat().st_size > 0 for path in tmp_path.iterdir())
    assert capsys.readouterr().out.split() == [str(tmp_path / name) for name in names]


def test_when_the_second_output_fails_the_first_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opcheck.report.records.to_csv", broken)
    assert check(GREEN, "--plan", "exempel", "--out", tmp_path / "a.json", "--out", tmp_path / "b.csv") == 3
    assert list(tmp_path.iterdir()) == []


def test_when_an_output_fails_an_older_one_is_kept_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text("äldre svar", encoding="utf-8")
    monkeypatch.setattr("opcheck.report.records.to_csv", broken)
    assert check(GREEN, "--plan", "exempel", "--out", tmp_path / "a.json", "--out", tmp_path / "b.csv") == 3
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "äldre svar"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_full_disk_is_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device", str(tmp_path / "a.json"))

    monkeypatch.setattr("opcheck.report.records.to_json", full)
    assert check(GREEN, "--plan", "exempel", "--out", tmp_path / "b.csv", "--out", tmp_path / "a.json") == 2
    assert list(tmp_path.iterdir()) == []
    assert "går inte att skriva" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_to_is_named_by_the_output_and_no_file_of_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **options: Any) -> Any:
        raise OSError(errno.EROFS, "Read-only file system", str(Path(options["dir"]) / ".opcheck-x7.html"))

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert check(GREEN, "--plan", "exempel", "--out", tmp_path / "svar.html") == 2
    told = capsys.readouterr().err
    assert str(tmp_path / "svar.html") in told and ".opcheck-" not in told
    assert "skrivskyddad" in told and "Read-only" not in told


def test_that_a_use_changed_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two sites state a use of their own, and one of them is the one that is asked for; the third states none."""
    shape = box(4000, 4000, 4100, 4100)
    rows = [("a", shape, {"use": "bostäder"}), ("b", shape, {"use": "industri"}), ("c", shape, {"use": None})]
    assert check(site_file(tmp_path / "p.geojson", *rows), "--plan", "pitea", "--use", "industri") == 0
    assert "--use gäller platser utan egen användning. 1 av 3 har en egen, som gäller." in capsys.readouterr().err


def test_how_sites_without_a_use_get_one_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("a", box(4000, 4000, 4100, 4100), {"use": None})]
    assert check(site_file(tmp_path / "p.geojson", *rows), "--plan", "pitea") == 0
    told = capsys.readouterr().out
    assert "ingen användning angiven" in told and "--use" in told


def test_the_file_with_the_sites_is_never_written_over(tmp_path: Path) -> None:
    sites = only(tmp_path, GREEN, GREEN_SITE)
    before = sites.read_bytes()
    assert check(sites, "--plan", "exempel", "--out", sites) == 2
    assert sites.read_bytes() == before


def test_the_same_output_twice_is_refused(tmp_path: Path) -> None:
    assert check(GREEN, "--plan", "exempel", "--out", tmp_path / "a.json", "--out", tmp_path / "a.json") == 2
    assert list(tmp_path.iterdir()) == []


def test_stamp_by_and_day_stand_in_the_record(tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    assert check(GREEN, "--plan", "exempel", "--out", out, "--stamp", "KS 2026/1", "--by", "Åsa") == 0
    record = json.loads(out.read_text(encoding="utf-8"))
    assert (record["stamp"], record["by"], record["on"]) == ("KS 2026/1", "Åsa", "2026-11-22")


# --- the table on stdout --------------------------------------------------------------------------------------------


def test_without_out_the_three_lines_of_each_site_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = only(tmp_path, SITES, REVIEW_SITE)
    assert check(sites, "--plan", "pitea") == 0
    told = capsys.readouterr()
    assessment = opcheck.assess(opcheck.read_sites(sites), opcheck.read_plan("pitea"), on="2026-11-22")
    headline = assessment.to_dict()["sites"][0]["verdict"]["headline"]
    assert len(headline) == 3
    assert all(one in told.out for one in headline)
    assert told.err == ""


def test_the_table_of_a_demonstration_pack_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(GREEN, "--plan", "exempel")
    demonstration = capsys.readouterr().out
    pack = Pack(tmp_path / "paket").zones([(box(0, 0, 9000, 9000), "Landsbygd")])
    check(site_file(tmp_path / "s.geojson", ("a", box(1, 1, 50, 50))), "--plan", pack.write())
    real = capsys.readouterr().out
    assert "demonstration" in demonstration.casefold()
    assert "demonstration" not in real.casefold()


def test_a_site_is_listed_with_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = Pack(tmp_path / "paket").zones([(box(0, 0, 9000, 9000), "Landsbygd")])
    shape = box(1, 1, 50, 50)
    rows = [("2F", shape, {"name": "Kajen"}), ("b", shape, {"name": "B"}), ("c", shape, {"name": "x" * 60})]
    assert check(site_file(tmp_path / "s.geojson", *rows), "--plan", pack.write()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("2F (Kajen) ") for line in lines)
    assert any(line.startswith("b  ") for line in lines)
    assert any(line.startswith(f"c ({'x' * 39}…) ") for line in lines)


@pytest.mark.parametrize(
    ("count", "told"), [(1, "Platsen ligger helt utanför"), (2, "2 av 2 platser ligger helt utanför")]
)
def test_sites_outside_are_counted_as_people_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int, told: str
) -> None:
    pack = Pack(tmp_path / "paket").zones([(box(0, 0, 9000, 9000), "Landsbygd")])
    rows = [(f"p{number}", box(90_000, 0, 90_050, 50)) for number in range(count)]
    assert check(site_file(tmp_path / "s.geojson", *rows), "--plan", pack.write()) == 0
    assert told in capsys.readouterr().err


def test_a_system_that_does_not_fit_is_not_recommended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id;use;e;n\na;industri;12;34567\n", encoding="utf-8")
    assert check(path, "--plan", "exempel") == 2
    told = capsys.readouterr().err
    assert "liknar inget svenskt koordinatsystem. Fråga den som lämnat filen" in told
    assert not re.search(r"EPSG:\d", told)


def test_many_sites_get_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = Pack(tmp_path / "paket").zones([(box(0, 0, 9000, 9000), "Landsbygd")])
    rows = [(f"plats-{number:02}", box(number * 100, 0, number * 100 + 50, 50)) for number in range(BRIEF_FROM)]
    assert check(site_file(tmp_path / "s.geojson", *rows), "--plan", pack.write()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("plats-")] == [site_id for site_id, _ in rows]
    assert "" not in lines


def test_english_is_english(capsys: pytest.CaptureFixture[str]) -> None:
    check(GREEN, "--plan", "exempel", "--lang", "en")
    told = capsys.readouterr().out
    assert "Not tested" in told
    assert "Översiktsplanen:" not in told


def test_use_fills_only_what_is_missing(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").zones([(box(0, 0, 9000, 9000), "Landsbygd")])
    sites = site_file(
        tmp_path / "s.geojson", ("a", box(1, 1, 50, 50), {"use": "lager"}), ("b", box(1, 1, 50, 50), {"use": None})
    )
    assert check(sites, "--plan", pack.write(), "--use", "bostäder", "--out", tmp_path / "a.json") == 0
    record = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [one["uses"] for one in record["sites"]] == [["lager"], ["bostäder"]]


# --- errors and the terminal ----------------------------------------------------------------------------------------


def test_an_error_says_what_where_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    check(GREEN, "--plan", "exempl")
    told = capsys.readouterr().err
    assert told.startswith("opcheck: ")
    assert "exempl" in told
    assert "exempel" in told


def test_all_faults_of_a_file_come_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("a", box(1, 1, 2, 2), {"height_m": "hög"}), ("b", box(1, 1, 2, 2), {"seveso": "kanske"})]
    assert check(site_file(tmp_path / "s.geojson", *rows), "--plan", "exempel") == 2
    told = capsys.readouterr().err
    assert "height_m" in told
    assert "seveso" in told


def test_progress_is_shown_on_a_terminal_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    class Terminal:
        def __init__(self) -> None:
            self.text = ""

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            self.text += text
            return len(text)

        def flush(self) -> None:
            pass

    terminal: Any = Terminal()
    with cli._progress(terminal) as progress:
        progress(3, 31)
    assert "3 av 31" in terminal.text
    check(GREEN, "--plan", "exempel")
    assert capsys.readouterr().err == ""


def test_a_console_that_cannot_show_swedish_letters_stops_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "opcheck", "check", str(GREEN), "--plan", "exempel", "--out", "a.json"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert ran.returncode == 0
    assert "Översiktsplan" in (tmp_path / "a.json").read_text(encoding="utf-8")


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = [sys.executable, "-m", "opcheck", "check", str(SITES), "--plan", "pitea"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
        process.wait(timeout=60)
    assert b"Traceback" not in told
    assert process.returncode == 0
