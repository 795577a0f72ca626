"""A pack as text for a terminal: nothing in it steers the terminal, and no line is wider than one is."""

from __future__ import annotations

import datetime
from pathlib import Path

import drawn
import fakes
import pytest
import ready
from drawn import WORK, Pack, box

import opcheck
from opcheck.report.lines import WIDTH
from opcheck.report.pack_listing import pack_listing
from opcheck.texts import LANGUAGES

DAY = datetime.date(2026, 11, 22)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["exempel", "kiruna", "kristinehamn", "norrtalje", "pitea", "skelleftea"])
def test_no_line_is_wider_than_a_terminal(name: str, lang: str, root: Path) -> None:
    lines = pack_listing(opcheck.read_plan(root / "layers" / name), DAY, lang).splitlines()
    assert [line for line in lines if len(line) > WIDTH and " " in line.strip()] == []


@pytest.mark.parametrize("payload", fakes.PAYLOADS)
def test_names_do_not_steer_the_terminal(payload: str, tmp_path: Path) -> None:
    """A title that clears the screen, and every text that a page must not run."""
    plan = ready.hostile(tmp_path / "a", payload).plan
    assert "\x1b" not in pack_listing(plan, DAY, "sv")
    evil = Pack(tmp_path / "b", name="Kommun\x1b[2J\x9b2J\x07").document("op").zones([(box(0, 0, 9, 9), WORK)])
    text = pack_listing(evil.read(), DAY, "sv")
    assert text.startswith("Kommun\ufffd[2J\ufffd2J\ufffd")


def test_a_broken_layer_hides_nothing(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(box(0, 0, 9, 9), WORK)])
    pack.layer("hamn", "port", [drawn.point(1, 1)])
    (pack.folder / "hamn.geojson").write_text("{", encoding="utf-8")
    lines = [line.strip() for line in pack_listing(pack.read(), DAY, "sv").splitlines()]
    assert any(line.startswith("Går inte att läsa:") for line in lines)
    assert any(line.startswith("1 av 1") or " 1 av 1 " in line for line in lines)
