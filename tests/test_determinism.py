"""The same content gives the same answer, byte for byte, whatever order it came in and wherever it is run.

One small case with something of everything (several documents, zones that divide a site, rows that are
repaired, set aside, repeated and missing) is written and run again and again. Between runs the order of
something is changed that carries no meaning. The hash of a file that was rewritten differs then, and
nothing else may.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import (
    BOW_TIE,
    RULES,
    WHOLE,
    Layer,
    box,
    land_use,
    line,
    point,
    row,
    rule,
    with_layers,
    write_geojson,
    write_pack,
    write_rules,
)

from opcheck.cli import main
from opcheck.how import HASH_LETTERS

SUFFIXES = (".html", ".json", ".gpkg", ".geojson", ".csv")
ON = "2031-05-04"
"""Never the day on which the tests run."""

L_SHAPE = {
    "type": "MultiPolygon",
    "coordinates": [box(4000, 4000, 4200, 4100)["coordinates"], box(4000, 4100, 4100, 4200)["coordinates"]],
}
FRAME = {
    "type": "Polygon",
    "coordinates": [
        box(4040, 3900, 4300, 4300)["coordinates"][0],
        box(4060, 4010, 4070, 4020)["coordinates"][0][::-1],
        box(4080, 4010, 4090, 4020)["coordinates"][0][::-1],
    ],
}

SITES = [
    row(box(4000, 4000, 4100, 4100), id="a", name="Ö tomten", use="industri; bostäder", height_m=20),
    row(L_SHAPE, id="b", name="Vinkeln", use="industri", case_dnr="2026-17"),
    row(line((3900, 3900), (4500, 4501)), id="c", use="industri"),
    row(None, id="d", use="industri"),
    row(box(9950, 100, 10_050, 200), id="e", use="rymdbas"),
]

AREA = 'area = { source = "fop-yta.geojson" }\nadopted = "2025"\nlegal_force = "2025-05-05"'
AMENDMENT = f'\n[[document]]\nid = "fop"\nkind = "fördjupning"\nname = "FÖP"\nstatus = "laga kraft"\n{AREA}\n'
EXTRA_RULES = (
    rule("u.road", "main_road", "at_least", "distance_m = 30"),
    rule("u.both", "natura_2000", "conflict", 'themes = ["natura_2000", "shore_protection"]').replace(
        'theme = "natura_2000"\n', ""
    ),
)


def layers() -> list[Layer]:
    zones = [row(WHOLE, id="1", category="Industri"), row(FRAME, id="2", category="Natur")]
    twice = row(box(4090, 4090, 4110, 4110), namn="Dubbel")
    return with_layers(
        land_use=land_use(*zones),
        fop=land_use(row(L_SHAPE, id="f", category="Bostäder"), id="fop", more='document = "fop"'),
        natura_2000=Layer(
            "natura_2000",
            [twice, row(FRAME, namn="Ram"), twice, row(BOW_TIE, namn="Fluga")],
            fields='{ name = "namn" }',
        ),
        shore_protection=Layer("shore_protection", [row(L_SHAPE, id="1"), row(None, id="2"), row(None, id="3")]),
        seveso=Layer("seveso", [row(point(4500, 4000 + n), id=str(n)) for n in range(5)], more="accuracy_m = 10"),
        main_road=Layer(
            "main_road",
            [row(line((0, 3995), (10_000, 3995)), id="1"), row(line((4110, 0), (4110, 9000)), id="2")],
        ),
    )


class Case:
    """The content, and the order in which it is written."""

    def __init__(self) -> None:
        self.sites = copy.deepcopy(SITES)
        self.layers = layers()
        self.rule_files = [("test", list(RULES)), ("extra", list(EXTRA_RULES))]
        self.lang = "sv"

    def write(self, folder: Path) -> list[str]:
        """Write everything, and return the arguments that assess it."""
        folder.mkdir(parents=True, exist_ok=True)
        pack = write_pack(folder / "pack", self.layers, more=AMENDMENT)
        write_geojson(pack / "fop-yta.geojson", [row(box(3000, 3000, 4050, 5000))])
        write_geojson(folder / "platser.geojson", self.sites)
        chosen = []
        for name, rules in self.rule_files:
            write_rules(folder / f"{name}.toml", *rules, set_id=name)
            chosen += ["--rules", f"{name}.toml"]
        outputs = [word for suffix in SUFFIXES for word in ("--out", f"svar{suffix}")]
        return [
            "check",
            "platser.geojson",
            "--plan",
            "pack",
            "--on",
            ON,
            "--lang",
            self.lang,
            *chosen,
            *outputs,
        ]


def outputs(folder: Path) -> dict[str, bytes]:
    return {suffix: (folder / f"svar{suffix}").read_bytes() for suffix in SUFFIXES}


def run(folder: Path, case: Case) -> dict[str, bytes]:
    arguments = case.write(folder)
    with contextlib.chdir(folder):
        assert main(arguments) == 0
    return outputs(folder)


def without_file_hashes(found: dict[str, bytes]) -> dict[str, bytes]:
    """Return the outputs with the hash of each input file exchanged for the file's name."""
    inputs = json.loads(found[".json"])["inputs"]
    names = {inputs["plan"]["sha256"]: "plan", inputs["sites"]["sha256"]: "sites"}
    names |= {one["sha256"]: one["id"] for one in [*inputs["plan"]["layers"], *inputs["rules"]]}
    masked = {}
    for suffix, raw in found.items():
        for digest, name in names.items():
            raw = raw.replace(digest.encode(), f"<sha256 of {name}>".encode())
            # The steps of a finding name a rule file by the beginning of its hash.
            raw = raw.replace(digest[:HASH_LETTERS].encode(), f"<short sha256 of {name}>".encode())
        masked[suffix] = raw
    return masked


def assert_same(found: dict[str, bytes], wanted: dict[str, bytes]) -> None:
    assert [suffix for suffix in SUFFIXES if found[suffix] != wanted[suffix]] == []


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return run(tmp_path_factory.mktemp("first"), Case())


def test_the_case_has_something_of_everything(first):
    record = json.loads(first[".json"])
    assert {entry["state"] for entry in record["ledger"]} == {"repaired", "unplaced", "duplicate"}
    assert {"REVIEW", "OPEN", "FAIL", "PASS"} <= {
        finding["outcome"] for site in record["sites"] for finding in site["findings"]
    }
    # 50 m of the 100 m of site a lie west of 4050, in the fördjupning and in its zone f.
    parts = {part["zone"]: part["area_m2"] for part in record["sites"][0]["parts"] if part["governs"]}
    assert parts["f"] == 5000.0


def test_two_runs_give_the_same_bytes(first, tmp_path):
    assert_same(run(tmp_path / "again", Case()), first)


# --- the order of things ------------------------------------------------------------------------------------


def rewound(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the same shape with rings begun elsewhere and run backwards, and parts in another order."""
    if geometry is None or geometry["type"] == "Point":
        return geometry
    if geometry["type"] == "LineString":
        return {**geometry, "coordinates": geometry["coordinates"][::-1]}
    several = geometry["type"] == "MultiPolygon"
    polygons = geometry["coordinates"] if several else [geometry["coordinates"]]
    turned = [[_rewound_ring(ring) for ring in (rings[0], *rings[:0:-1])] for rings in polygons][::-1]
    return {**geometry, "coordinates": turned if several else turned[0]}


def _rewound_ring(ring: list[Any]) -> list[Any]:
    corners = ring[:-1]
    begun = [*corners[2:], *corners[:2]][::-1]
    return [*begun, begun[0]]


def sites_shuffled(case: Case) -> None:
    case.sites.reverse()


def site_properties_shuffled(case: Case) -> None:
    for one in case.sites:
        one["properties"] = dict(reversed(one["properties"].items()))


def layers_shuffled(case: Case) -> None:
    case.layers.reverse()


def rows_shuffled(case: Case) -> None:
    for layer in case.layers:
        layer.rows = list(layer.rows)[::-1]


def rules_shuffled(case: Case) -> None:
    # The cells of the matrix stand behind the first rule and go with it.
    case.rule_files = [(name, rules[::-1]) for name, rules in case.rule_files]


def rule_files_shuffled(case: Case) -> None:
    case.rule_files.reverse()


def vertices_rewound(case: Case) -> None:
    for one in [*case.sites, *(one for layer in case.layers for one in layer.rows)]:
        one["geometry"] = rewound(one["geometry"])


def everything_shuffled(case: Case) -> None:
    dice = random.Random(17)  # noqa: S311 - a fixed shuffle, nothing secret
    vertices_rewound(case)
    for things in (case.sites, case.layers, case.rule_files, *(rules for _, rules in case.rule_files)):
        dice.shuffle(things)
    for layer in case.layers:
        layer.rows = dice.sample(list(layer.rows), len(layer.rows))


@pytest.mark.parametrize(
    "change",
    [
        sites_shuffled, site_properties_shuffled, layers_shuffled, rows_shuffled, rules_shuffled,
        rule_files_shuffled, vertices_rewound, everything_shuffled,
    ],
)  # fmt: skip
def test_an_order_without_meaning_changes_nothing(first, tmp_path, change: Callable[[Case], None]):
    case = Case()
    change(case)
    found = run(tmp_path / "other", case)
    assert_same(without_file_hashes(found), without_file_hashes(first))


def test_another_answer_is_not_called_the_same(first, tmp_path):
    """Guard the comparison itself: one metre more of one zone shows in every output."""
    case = Case()
    case.sites[0]["geometry"] = box(4000, 4000, 4101, 4100)
    found = without_file_hashes(run(tmp_path / "other", case))
    wanted = without_file_hashes(first)
    assert all(found[suffix] != wanted[suffix] for suffix in SUFFIXES)


# --- where and when it is run -------------------------------------------------------------------------------

PLACES = {
    # Between these two zones lie 26 hours: their clocks never show the same date.
    "one": {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C"},
    "two": {
        "PYTHONHASHSEED": "4711",
        "TZ": "Etc/GMT+12",
        "LC_ALL": "sv_SE.UTF-8",
        "LANG": "sv_SE.UTF-8",
    },
}


@pytest.mark.parametrize("place", PLACES)
def test_hash_seed_time_zone_and_locale_change_nothing(first, tmp_path, place):
    folder = tmp_path / place
    arguments = Case().write(folder)
    environment = {**os.environ, **PLACES[place]}
    command = [sys.executable, "-m", "opcheck", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert_same(outputs(folder), first)


def test_the_working_folder_changes_nothing(first, tmp_path):
    folder = tmp_path / "å ä ö"
    arguments = Case().write(folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    places = {"platser.geojson", "pack", "test.toml", "extra.toml", *(f"svar{suffix}" for suffix in SUFFIXES)}
    with contextlib.chdir(elsewhere):
        assert main([str(folder / word) if word in places else word for word in arguments]) == 0
    assert_same(outputs(folder), first)


def test_no_output_holds_a_path_of_this_machine(first, tmp_path_factory):
    places = {
        str(tmp_path_factory.getbasetemp()),
        str(Path.home()),
        str(Path(__file__).parents[1]),
        sys.prefix,
    }
    for suffix, raw in first.items():
        assert [place for place in places if place.encode() in raw] == [], suffix


def test_no_output_holds_the_path_of_an_included_pack(tmp_path):
    shared = write_pack(tmp_path / "delat", [Layer("natura_2000", [row(BOW_TIE, id="1")], id="delat_natur")])
    cover = 'coverage = { source = "yta.geojson" }'
    shared = write_pack(shared, [Layer("natura_2000", [row(BOW_TIE, id="1")], id="delat_natur", coverage=cover)])
    write_geojson(shared / "yta.geojson", [row(WHOLE)])
    case = Case()
    case.layers = with_layers(natura_2000=None)
    arguments = case.write(tmp_path / "run")
    manifest = tmp_path / "run" / "pack" / "plan.toml"
    text = manifest.read_text(encoding="utf-8").replace("[plan]\n", f'[plan]\ninclude = ["{shared.as_posix()}"]\n')
    manifest.write_text(text, encoding="utf-8")
    with contextlib.chdir(tmp_path / "run"):
        assert main(arguments) == 0
    found = outputs(tmp_path / "run")
    layer = next(one for one in json.loads(found[".json"])["inputs"]["plan"]["layers"] if one["id"] == "delat_natur")
    assert (layer["file"], layer["coverage"]) == ("delat/delat_natur.geojson", "delat/yta.geojson")
    assert [suffix for suffix, raw in found.items() if str(tmp_path).encode() in raw] == []


# --- languages ----------------------------------------------------------------------------------------------

WORDS = {
    "lang", "title", "theme_title", "holder", "unit", "consult", "headline", "outcome_title", "use_titles",
    "message", "note", "next_step", "how", "text", "what", "why", "themes", "act_title",
    "paragraph", "plain", "paragraphs", "for_applicant", "fitness", "questions", "question", "notes", "due_none",
}  # fmt: skip
"""Members of the record that hold words of the language, and nothing that is compared or counted."""


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, str(number)))
    else:
        yield path, value


def test_another_language_differs_in_words_only(first, tmp_path):
    case = Case()
    case.lang = "en"
    swedish = dict(leaves(json.loads(first[".json"])))
    english = dict(leaves(json.loads(run(tmp_path / "english", case)[".json"])))
    assert swedish.keys() == english.keys()
    differing = {path for path in swedish if swedish[path] != english[path]}
    assert {path for path in differing if not WORDS & set(path)} == set()
    assert {type(swedish[path]) for path in differing} == {str}


def test_the_verb_stays_a_function_whatever_was_imported_first():
    code = "from opcheck.run import base_document; import opcheck; print(callable(opcheck.assess))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
