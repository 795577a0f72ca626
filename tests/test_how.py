"""How an answer was made, step by step, and whether the question is finer than the data: worked out by hand."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import shapely
from drawn import SIZE, WORK, Pack, book, box, land_book, line, point, rule, run, several

import opcheck
from opcheck.checks import KINDS
from opcheck.errors import PlanError
from opcheck.how import PREDICATES, sentences
from opcheck.plan import FITS, PURPOSES, Fitness
from opcheck.texts import load

SITE = box(5000, 5000, 5100, 5100)
"""100 m × 100 m: the largest circle inside it is 100 m across."""

NEAR = rule(theme="groundwater", check="at_least", distance_m=30)
MEETS = rule(theme="groundwater", check="avoid")
HIT = [box(5090, 5000, 5200, 5100)]


def answered(
    folder: Path, question: Any, objects: list[Any], site: Any = SITE, *, layer: Any = None, **stated: Any
) -> Any:
    pack = Pack(folder / "paket").layer("vatten", question.get("theme", "groundwater"), objects, **(layer or {}))
    return run(folder, pack, book(folder, question), ("a", site, stated))


# --- steps ----------------------------------------------------------------------------------------------------------


def test_the_steps_of_an_overlap_are_complete(tmp_path: Path) -> None:
    found = answered(tmp_path, MEETS, HIT, layer={"accuracy_m": 5}, accuracy_m=2)
    record = found.to_dict()
    content = record["inputs"]["plan"]["layers"][0]["content"]
    ruleset = record["inputs"]["rules"][0]
    assert found["a"].finding("t.rule").how == (
        "rule=t.rule@1", "check=avoid", "crs=EPSG:3017", "sliver_m2=1", "reach_m=0", "predicate=overlaps",
        f"ruleset=t@1#{ruleset['sha256'][:12]}", "measure=area_of_union", "measured=site_border>object_border",
        "sliver_m=0.1", "rounding=m2:0.01,m:0.001,share:1e-06", "site_accuracy_m=2",
        f"layer=vatten#{content[:12]};accuracy_m=5",
    )  # fmt: skip


def test_the_steps_of_a_distance_say_from_which_edge_and_what_exactly_at_it_counts_as(tmp_path: Path) -> None:
    question = {**NEAR, "from": "spårmitt", "search_m": 500}
    steps = answered(tmp_path, question, [box(5200, 5000, 5300, 5100)])["a"].finding("t.rule").how
    assert {"check=at_least", "reach_m=30", "from=spårmitt", "predicate=nearer_than", "measured=site_border>from",
            "threshold_m=30", "at_threshold=far_enough", "site_accuracy_m=unknown"} <= set(steps)  # fmt: skip
    assert any(step.startswith("layer=vatten#") and step.endswith(";accuracy_m=unknown") for step in steps)


@pytest.mark.parametrize(
    ("site", "measure"),
    [
        (SITE, "area"),
        (line((5000, 5050), (5100, 5050)), "length"),
        (several(point(5010, 5010), point(5020, 5020)), "points"),
    ],
)  # fmt: skip
def test_what_is_measured_follows_the_site(tmp_path: Path, site: Any, measure: str) -> None:
    assert f"measure={measure}_of_union" in answered(tmp_path, MEETS, HIT, site)["a"].finding("t.rule").how


@pytest.mark.parametrize(
    ("keys", "word", "at"),
    [
        ({"check": "avoid"}, "overlaps", None),
        ({"check": "avoid", "attention_m": 40}, "overlaps_or_near", "within"),
        ({"check": "within"}, "share_inside", None),
        ({"check": "at_least", "distance_m": 40}, "nearer_than", "far_enough"),
        ({"check": "band", "band": [{"upto_m": 40, "uses": ["industri"]}]}, "nearer_than_band", "far_enough"),
        ({"check": "at_most", "distance_m": 40, "basis": "criterion"}, "within_distance", "met"),
    ],
)  # fmt: skip
def test_each_check_says_what_it_asked(tmp_path: Path, keys: Any, word: str, at: str | None) -> None:
    steps = answered(tmp_path, rule(theme="groundwater", **keys), HIT)["a"].finding("t.rule").how
    assert f"predicate={word}" in steps
    assert [step for step in steps if step.startswith("at_threshold=")] == ([f"at_threshold={at}"] if at else [])


def test_a_question_without_a_map_says_what_it_compared(tmp_path: Path) -> None:
    question = rule(check="trigger", attribute="height_m", op=">", value=20)
    found = run(tmp_path, Pack(tmp_path / "paket"), book(tmp_path, question), ("a", SITE, {"height_m": 12}))
    steps = found["a"].finding("t.rule").how
    assert "compared=height_m > 20" in steps
    assert not [step for step in steps if step.startswith(("layer=", "measure", "rounding="))]


def test_the_use_of_land_names_the_layers_it_was_read_in(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").document("op").zones([(box(0, 0, SIZE, SIZE), WORK)], document="op", accuracy_m=25)
    steps = run(tmp_path, pack, land_book(tmp_path), ("a", SITE))["a"].finding("t.land").how
    assert "predicate=zones" in steps
    assert [step.partition("#")[0] for step in steps if step.startswith("layer=")] == ["layer=zoner"]


def test_an_adjustment_is_a_step(tmp_path: Path) -> None:
    # A legal border 3 m away that is exact to 5 m.
    layer = {"accuracy_m": 5, "border": "legal"}
    found = answered(tmp_path, MEETS, [box(5103, 5000, 5200, 5100)], layer=layer)["a"].finding("t.rule")
    assert (found.outcome, found.how[-1]) == ("REVIEW", "adjusted=accuracy:PASS>REVIEW")


def test_a_site_that_cannot_be_tested_has_the_steps_that_hold_for_any(tmp_path: Path) -> None:
    steps = answered(tmp_path, MEETS, HIT, None)["a"].finding("t.rule").how
    assert steps[:5] == ("rule=t.rule@1", "check=avoid", "crs=EPSG:3017", "sliver_m2=1", "reach_m=0")
    assert not [step for step in steps if step.startswith("measure")]


# --- in words -------------------------------------------------------------------------------------------------------


def test_every_check_kind_has_a_sentence_in_both_languages() -> None:
    for language in ("sv", "en"):
        texts = load(language)
        words = {*PREDICATES.values(), "overlaps_or_near", "standing"}
        assert [word for word in words if not texts.has("how", f"predicate.{word}")] == []
        assert [word for word in PURPOSES if not texts.has("purpose", word)] == []
        assert [word for word in FITS if not texts.has("fit", word)] == []
    assert set(PREDICATES) == set(KINDS)


def test_steps_read_as_sentences(tmp_path: Path) -> None:
    found = answered(
        tmp_path, {**NEAR, "from": "spårmitt"}, HIT, layer={"accuracy_m": 5, "title": "Vattnet"}, accuracy_m=2
    )
    steps = found["a"].finding("t.rule").how
    digest = next(step for step in steps if step.startswith("layer=")).partition("#")[2].partition(";")[0]
    ruleset = next(step for step in steps if step.startswith("ruleset=")).partition("#")[2]
    swedish = sentences(steps, load("sv"), {"vatten": "Vattnet"})
    assert swedish == [
        "Prövat: ligger något objekt närmare än 30\N{NO-BREAK SPACE}m? "
        "Precis på avståndet räknas som tillräckligt långt.",
        "Mätt i EPSG:3017, från platsens gräns till spårmitt, fågelvägen. Mått rundas en gång, före bedömningen.",
        "Frågan når 30\N{NO-BREAK SPACE}m utanför platsen.",
        f"Underlag: Vattnet ({digest}, noggrannhet 5\N{NO-BREAK SPACE}m).",
        "Platsens gräns är känd på 2\N{NO-BREAK SPACE}m när.",
        f"Regel t.rule, version 1, ur t ({ruleset}).",
    ]
    english = sentences(steps, load("en"), {"vatten": "Vattnet"})
    assert len(english) == len(swedish)
    assert not [one for one in (*swedish, *english) if "{" in one or "okänt" in one or "unknown" in one]


def test_a_check_that_the_words_do_not_know_is_named() -> None:
    steps = ("rule=x@1", "check=nytt", "crs=EPSG:3017", "predicate=nytt")
    assert sentences(steps, load("sv"), {}) == ["Prövat med villkoret nytt."]


def test_the_page_tells_how(tmp_path: Path) -> None:
    found = answered(tmp_path, MEETS, HIT)
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    assert "Prövat: överlappar platsen något objekt?" in page
    assert "noggrannheten är inte känd" in page


# --- is the question finer than the data? ---------------------------------------------------------------------------


def told(folder: Path, question: Any, *args: Any, **keys: Any) -> list[str]:
    folder.mkdir(exist_ok=True)
    return [one.key for one in answered(folder, question, *args, **keys)["a"].finding("t.rule").fitness]


@pytest.mark.parametrize(
    ("layer", "site", "keys"),
    [
        (30, None, ["distance"]),
        (29.999, None, []),
        (None, None, []),
        # The root of 18² + 24² is 30; of 18² + 23.9² it is 29.919.
        (18, 24, ["distance"]),
        (18, 23.9, []),
        # A layer of which nobody knows how exact it is: the site's own outline alone says something.
        (None, 30, ["site.distance"]),
        (None, 29, []),
    ],
)
def test_a_border_no_more_exact_than_the_distance_asked_about(
    tmp_path: Path, layer: float | None, site: float | None, keys: list[str]
) -> None:
    of_layer = {} if layer is None else {"accuracy_m": layer}
    of_site = {} if site is None else {"accuracy_m": site}
    assert told(tmp_path, NEAR, [box(7000, 7000, 7100, 7100)], layer=of_layer, **of_site) == keys


STRIP = box(5000, 5000, 6000, 5010)
RING = shapely.difference(box(5000, 5000, 5100, 5100), box(5010, 5010, 5090, 5090))


@pytest.mark.parametrize(
    ("site", "accuracy", "keys"),
    [
        (SITE, 100, ["width"]),
        (SITE, 99.9, []),
        # 1 000 m long and 10 m wide.
        (STRIP, 10, ["width"]),
        (STRIP, 9.9, []),
        # A ring 10 m wide: in its corners a circle touches the two outer sides and the inner corner. Its radius r is
        # 10√2 / (1 + √2) = 5.858, so 11.7 m across.
        (RING, 11.8, ["width"]),
        (RING, 11.6, []),
        # The widest of several areas decides.
        (several(STRIP, box(5000, 6000, 5050, 6050)), 50, ["width"]),
        (several(STRIP, box(5000, 6000, 5050, 6050)), 49.9, []),
        (line((5000, 5050), (5100, 5050)), 1000, []),
        (point(5050, 5050), 1000, []),
    ],
)
def test_a_border_no_more_exact_than_the_site_is_wide(tmp_path: Path, site: Any, accuracy: float, keys: Any) -> None:
    assert told(tmp_path, MEETS, [box(8000, 8000, 8100, 8100)], site, layer={"accuracy_m": accuracy}) == keys


def test_a_question_without_an_answer_says_nothing_of_fineness(tmp_path: Path) -> None:
    found = answered(tmp_path, NEAR, [], layer={"accuracy_m": 500})["a"].finding("t.rule")
    assert (found.outcome, found.fitness) == ("OPEN", ())


def test_only_the_layer_that_was_met_is_spoken_of(tmp_path: Path) -> None:
    def layers(folder: Path, objects: list[Any]) -> list[Any]:
        folder.mkdir()
        pack = Pack(folder / "paket").layer("fin", "groundwater", objects, accuracy_m=1)
        pack.layer("grov", "groundwater", [box(8000, 8000, 8100, 8100)], accuracy_m=500)
        found = run(folder, pack, book(folder, MEETS), ("a", SITE))["a"].finding("t.rule")
        return [one.arguments["layer"] for one in found.fitness]

    assert layers(tmp_path / "träff", HIT) == []
    # Nothing found rests on both.
    assert layers(tmp_path / "miss", [box(7000, 7000, 7100, 7100)]) == ["grov"]


def test_a_part_within_that_is_clear_still_rests_on_every_layer(tmp_path: Path) -> None:
    # A tenth of the site lies inside, and the rule asks for more than half: nothing to report.
    pack = Pack(tmp_path / "paket").layer("fin", "groundwater", HIT, accuracy_m=1)
    pack.layer("grov", "groundwater", [box(8000, 8000, 8100, 8100)], accuracy_m=500)
    question = rule(theme="groundwater", check="within", share=0.5)
    found = run(tmp_path, pack, book(tmp_path, question), ("a", SITE))["a"].finding("t.rule")
    assert found.outcome == "PASS"
    assert [one.arguments["layer"] for one in found.fitness] == ["grov"]


def test_the_sites_own_outline_is_said_once(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket")
    for layer in ("a", "b"):
        pack.layer(layer, "groundwater", [box(8000, 8000, 8100, 8100)])
    found = run(tmp_path, pack, book(tmp_path, NEAR), ("a", SITE, {"accuracy_m": 50}))["a"].finding("t.rule")
    assert [one.key for one in found.fitness] == ["site.distance"]


def stated(*entries: Any) -> Any:
    return {"fitness": [{"purpose": purpose, "fit": fit, "source": "produktblad"} for purpose, fit in entries]}


@pytest.mark.parametrize(
    ("question", "entry", "case", "keys"),
    [
        (MEETS, ("läge", "nej"), None, ["stated_no"]),
        (MEETS, ("läge", "begränsat"), None, ["stated_limited"]),
        (MEETS, ("läge", "ja"), None, []),
        (MEETS, ("avstånd", "nej"), None, []),
        (MEETS, ("bygglov", "nej"), None, []),
        (MEETS, ("bygglov", "nej"), "Bygglov", ["stated_no"]),
        (MEETS, ("bygglov", "nej"), "planbesked", []),
        (MEETS, ("bygglov", "nej"), "Ansökan om bygglov", ["stated_no"]),
        (NEAR, ("avstånd", "nej"), None, ["stated_no"]),
        (NEAR, ("läge", "nej"), None, []),
    ],
)
def test_what_the_holder_says_the_layer_is_not_for(
    tmp_path: Path, question: Any, entry: Any, case: str | None, keys: list[str]
) -> None:
    of_case = {} if case is None else {"case_type": case}
    objects = [box(7000, 7000, 7100, 7100)]
    assert told(tmp_path, question, objects, layer=stated(entry), **of_case) == keys


def test_warnings_are_told_in_both_languages_and_on_the_page(tmp_path: Path) -> None:
    found = answered(
        tmp_path, NEAR, [box(7000, 7000, 7100, 7100)], layer={"accuracy_m": 40, **stated(("avstånd", "nej"))}
    )
    told_ = found.to_dict()["sites"][0]["findings"][0]["fitness"]
    assert told_ == [
        "Frågan är finare än underlaget: noggrannhet 40\N{NO-BREAK SPACE}m, frågan gäller 30\N{NO-BREAK SPACE}m.",
        "Underlaget är inte avsett för detta: att mäta avstånd (produktblad).",
    ]
    english = found.to_dict("en")["sites"][0]["findings"][0]["fitness"]
    assert len(english) == 2 and not set(english) & set(told_)
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    for text in told_:
        assert text in page


def test_unknown_accuracy_is_told_once_and_is_no_warning(tmp_path: Path) -> None:
    found = answered(tmp_path, NEAR, [box(7000, 7000, 7100, 7100)])
    assert found["a"].finding("t.rule").fitness == ()
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    data = page[page.index('id="data"') : page.index('id="rules"')]
    assert data.count("noggrannheten är inte känd") == 1
    assert "Frågan är finare" not in page


# --- the manifest ---------------------------------------------------------------------------------------------------


def test_a_layer_states_its_scale_and_what_it_is_fit_for(tmp_path: Path) -> None:
    entry = {"purpose": "detaljplan", "fit": "begränsat", "scale": 10_000, "source": "SGU:s produktblad"}
    found = answered(tmp_path, MEETS, HIT, layer={"scale": 50_000, "fitness": [entry]})
    (layer,) = found.plan.layers
    assert layer.scale == 50_000
    assert layer.fitness == (Fitness(purpose="detaljplan", fit="begränsat", source="SGU:s produktblad", scale=10_000),)
    record = found.to_dict()
    told_ = record["inputs"]["plan"]["layers"][0]
    assert (told_["scale"], told_["fitness"]) == (50_000, [entry])
    schema = json.loads((files("opcheck") / "schema" / "assessment-1.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    page = opcheck.write_report(found, tmp_path / "rapport.html").read_text("utf-8")
    assert "skala 1:50\N{NO-BREAK SPACE}000" in page
    assert "Enligt SGU:s produktblad: detaljplan, begränsat, skala 1:10\N{NO-BREAK SPACE}000" in page


def test_the_table_form_is_read_too(tmp_path: Path) -> None:
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", HIT)
    pack.raw('[[layer.fitness]]\npurpose = "läge"\nfit = "nej"\nsource = "produktblad"')
    assert [one.purpose for one in pack.read().layers[0].fitness] == ["läge"]


def test_all_faults_of_what_a_layer_is_fit_for_come_at_once(tmp_path: Path) -> None:
    entries = [
        {"purpose": "bygglof", "fit": "ja", "source": "x"},
        {"purpose": "läge", "fit": "kanske", "source": "x"},
        {"purpose": "läge", "fit": "ja"},
        {"purpose": "avstånd", "fit": "ja", "source": "x", "scale": 0.5, "skal": 1},
        {"fit": "nej", "source": "x"},
    ]
    pack = Pack(tmp_path / "paket").layer("vatten", "groundwater", HIT, scale=0, fitness=entries)
    with pytest.raises(PlanError) as caught:
        pack.read()
    assert sorted(str(fault.key) for fault in caught.value.faults) == sorted(
        f"layer[1].{key}"
        for key in (
            "scale", "fitness[1].purpose", "fitness[2].fit", "fitness[3].source", "fitness[3].purpose",
            "fitness[4].scale", "fitness[4].skal", "fitness[5].purpose",
        )
    )  # fmt: skip
    assert "Menades 'bygglov'" in str(caught.value)


def test_no_accuracy_is_read_out_of_a_scale(tmp_path: Path) -> None:
    assert told(tmp_path, NEAR, HIT, layer={"scale": 1_000_000}) == []
