"""TOML tables: every fault is collected with its path, and no key is ever passed over."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest

from opcheck.tables import Faults, Table, expected, read_toml


def opened(text: str) -> tuple[Table, Faults]:
    faults = Faults("regler.toml")
    return Table(tomllib.loads(text), "", faults), faults


def told(faults: Faults) -> list[tuple[str | None, str]]:
    return [(fault.key, fault.message) for fault in faults.found]


def test_a_key_nobody_asks_for_is_a_fault_that_names_the_nearest() -> None:
    table, faults = opened('distance = 150\nid = "a"')
    table.text("id"), table.number("distance_m")
    table.done()
    ((key, message),) = told(faults)
    assert key == "distance"
    assert "Menades 'distance_m'" in message


def test_faults_inside_tables_carry_their_whole_path() -> None:
    table, faults = opened('[[rule]]\nid = "a"\n[[rule]]\nname = 1\n[rule.when]\nop = 5')
    for rule in table.tables("rule"):
        rule.text("id")
        inner = rule.table("when")
        if inner is not None:
            inner.text("op")
        rule.done()
    assert [key for key, _ in told(faults)] == ["rule[2].when.op", "rule[2].name"]
    assert {fault.path for fault in faults.found} == {"regler.toml"}


@pytest.mark.parametrize(
    ("text", "read", "value"),
    [
        ('x = "a"', lambda t: t.text("x"), "a"),
        ("x = 1", lambda t: t.number("x"), 1.0),
        ("x = 1.5", lambda t: t.number("x"), 1.5),
        ("x = true", lambda t: t.flag("x", False), True),
        ("", lambda t: t.flag("x", True), True),
        ("x = 2026-11-22", lambda t: t.date("x"), datetime.date(2026, 11, 22)),
        ('x = "2026-11-22"', lambda t: t.date("x"), datetime.date(2026, 11, 22)),
        ('x = ["a", "b"]', lambda t: t.texts("x"), ("a", "b")),
        ('x = "a"', lambda t: t.texts("x"), ("a",)),
        ("", lambda t: t.texts("x"), ()),
        ('x = ""', lambda t: t.text("x"), None),
        ('x = "b"', lambda t: t.choice("x", ("a", "b")), "b"),
        ("", lambda t: t.text("x"), None),
    ],
)
def test_values_of_the_right_kind_are_read_without_a_fault(text: str, read: Any, value: Any) -> None:
    table, faults = opened(text)
    assert read(table) == value
    assert told(faults) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("x = 1", lambda t: t.text("x")),
        ('x = "1"', lambda t: t.number("x")),
        ("x = true", lambda t: t.number("x")),
        ("x = nan", lambda t: t.number("x")),
        ("x = -1", lambda t: t.number("x", least=0.0)),
        ("x = 1", lambda t: t.flag("x", False)),
        ("x = 2026-11-22T10:00:00", lambda t: t.date("x")),
        ('x = "i går"', lambda t: t.date("x")),
        ("x = [1]", lambda t: t.texts("x")),
        ('x = [""]', lambda t: t.texts("x")),
        ('x = "c"', lambda t: t.choice("x", ("a", "b"))),
        ("", lambda t: t.required_text("x")),
        ('x = " "', lambda t: t.required_text("x")),
        ("x = 1", lambda t: t.table("x")),
        ("x = {}", lambda t: list(t.tables("x"))),
        ("x = 1", lambda t: list(t.tables("x"))),
        ("x = [1]", lambda t: list(t.tables("x"))),
    ],
)
def test_values_of_another_kind_are_faults(text: str, read: Any) -> None:
    table, faults = opened(text)
    read(table)
    assert len(told(faults)) == 1


def test_what_was_expected_is_listed_nearest_first() -> None:
    assert expected("groundwatr", ["housing", "groundwater"]) == "Menades 'groundwater'? Giltiga: groundwater, housing."
    assert expected("xyz", ["b", "a"]) == "Giltiga: a, b."


@pytest.mark.parametrize(
    "content", [None, b"x = ", b"\xff\xfe", b"x = 1\nx = 2"], ids=["missing", "cut off", "not UTF-8", "key twice"]
)
def test_a_file_that_cannot_be_parsed_is_a_fault(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "regler.toml"
    if content is not None:
        path.write_bytes(content)
    faults = Faults("regler.toml")
    assert read_toml(path, faults) is None
    assert len(faults.found) == 1


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    faults = Faults("regler.toml")
    assert read_toml(tmp_path, faults) is None
    assert bool(faults)
