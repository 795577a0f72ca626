"""The situations of the example: what a planner expects of each site, rule by rule."""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from pathlib import Path
from typing import Any

import pytest

import opcheck

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "haraholmen"
SITUATIONS: list[dict[str, Any]] = tomllib.loads((FOLDER / "situations.toml").read_text(encoding="utf-8"))["situation"]
LEFT_OUT = {None: None, "utan_seveso": "seveso", "pdf_plan": "land_use"}
"""Variant → the theme whose layers the pack is read without."""


@functools.cache
def assessed(pack: str, variant: str | None, file: str) -> opcheck.Assessment:
    plan = opcheck.read_plan(pack)
    kept = tuple(layer for layer in plan.layers if layer.theme != LEFT_OUT[variant])
    assert (len(kept) < len(plan.layers)) == (variant is not None)
    sites = opcheck.read_sites(FOLDER / file)
    return opcheck.assess(sites, dataclasses.replace(plan, layers=kept), on="2026-11-22")


def answer(situation: dict[str, Any]) -> Any:
    return assessed(situation["pack"], situation.get("variant"), situation["file"])[situation["site"]]


def named(situation: dict[str, Any]) -> str:
    return f"{situation['number']}-{situation['site']}"


@pytest.mark.parametrize("situation", SITUATIONS, ids=named)
def test_the_situation_comes_out_as_the_planner_expects(situation: dict[str, Any]) -> None:
    verdict = answer(situation).verdict
    assert (verdict.outcome, verdict.plan) == (situation["outcome"], situation["plan"]), situation["why"]


@pytest.mark.parametrize("situation", SITUATIONS, ids=named)
def test_the_findings_that_matter_in_the_situation_hold(situation: dict[str, Any]) -> None:
    found = answer(situation)
    told = []
    for wanted in situation["findings"]:
        one = found.finding(wanted["rule"])
        told.append({"rule": one.rule, "outcome": one.outcome.value, **({"code": one.code.value} if one.code else {})})
    assert told == situation["findings"], situation["why"]


def test_all_fifteen_situations_are_there() -> None:
    numbers = {"".join(sign for sign in one["number"] if sign.isdigit()) for one in SITUATIONS}
    assert numbers == {str(number) for number in range(1, 16)}


def test_somebody_gets_a_green_answer_and_it_rests_on_an_answer_to_every_question() -> None:
    green = [one for one in SITUATIONS if one["outcome"] == "PASS"]
    assert green
    for situation in green:
        found = answer(situation)
        outcomes = {finding.outcome for finding in found.findings if finding.counted}
        assert outcomes <= {opcheck.Outcome.PASS, opcheck.Outcome.NOT_APPLICABLE}
        assert not found.verdict.open
