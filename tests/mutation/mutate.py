"""Plant faults in a copy of the program, one at a time, and tell which test finds each.

A fault that no test finds is a question that nobody asks. Run from the checkout, with its tests green:

    python tests/mutation/mutate.py                 # all of mutations.toml, two at a time
    python tests/mutation/mutate.py verdict index   # those with a word in file or name
    python tests/mutation/mutate.py --list

Nothing in the checkout is written. Exit code 0: every fault was found. 1: some were not. 2: nothing was tried, since a
snippet does not stand once in its file, or the tests fail without any fault.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutations.toml")

TESTS = (
    "test_verdict", "test_rule_edges", "test_checks", "test_rule_cases", "test_landuse", "test_index", "test_borders",
    "test_rules", "test_counties", "test_run", "test_answers", "test_precedence", "test_currency_sites",
    "test_contested", "test_neighbours", "test_silent_green", "test_fault_table", "test_properties",
)  # fmt: skip
"""The quick ones that judge, in the order in which they are asked: the first that fails ends the matter."""

NEAREST = {
    "verdict.py": ("test_verdict",),
    "checks.py": ("test_checks", "test_rule_cases"),
    "run.py": ("test_rule_cases", "test_run"),
    "index.py": ("test_index", "test_checks"),
    "rules.py": ("test_rules", "test_counties"),
    "landuse.py": ("test_landuse", "test_precedence"),
    "standing.py": ("test_currency_sites", "test_rule_cases"),
    "answers.py": ("test_answers", "test_run"),
}
"""File → the tests that most often find a fault in it: with the edges, they are asked before all others."""

COPIED = ("opcheck", "tests", "layers", "examples", "docs")
LIMIT_S = 900


@dataclass(frozen=True)
class Mutation:
    """One fault: in `file`, `new` in place of `old`."""

    name: str
    file: str
    old: str
    new: str

    def planted(self, text: str) -> str:
        """Return the source with the fault in it."""
        return text.replace(self.old, self.new)


def read() -> list[Mutation]:
    """Return the faults of the list; a fault of the list itself ends the run."""
    tables = tomllib.loads(LIST.read_text(encoding="utf-8"))["mutation"]
    found = [
        Mutation(one["name"], one["file"], one["old"].removeprefix("\n"), one["new"].removeprefix("\n"))
        for one in tables
    ]
    wrong = []
    for one in found:
        count = (ROOT / "opcheck" / one.file).read_text(encoding="utf-8").count(one.old)
        if count != 1:
            wrong.append(f"{one.file}, {one.name}: its snippet stands {count} times in the file, and must stand once")
        if one.old == one.new:
            wrong.append(f"{one.file}, {one.name}: changes nothing")
    names = [one.name for one in found]
    wrong += [f"two are called {name!r}" for name in sorted({name for name in names if names.count(name) > 1})]
    if wrong:
        sys.exit(_refused(wrong))
    return found


def _refused(reasons: Iterable[str]) -> int:
    print("nothing was tried:", *reasons, sep="\n  ", file=sys.stderr)
    return 2


def copied(folder: Path) -> Path:
    """Return a copy of what the tests need."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache", ".hypothesis")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, folder / path.name)
    return folder


def there(names: Iterable[str]) -> list[str]:
    """Return the paths of those test files that there are."""
    return [f"tests/{name}.py" for name in names if (ROOT / "tests" / f"{name}.py").is_file()]


def tried(folder: Path, names: Sequence[str], deselected: Sequence[str]) -> tuple[bool, str]:
    """Run tests against a copy; return whether all passed, and the first that did not."""
    tests = there(names)
    if not tests:
        return True, ""
    # Without byte code: a file that is changed and changed back within a second would be taken for the old one.
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
    command += [*(f"--deselect={one}" for one in deselected), *tests]
    try:
        ran = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, encoding="utf-8", timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False, f"no answer within {LIMIT_S} s"
    if ran.returncode == 0:
        return True, ""
    found = re.search(r"^(?:FAILED|ERROR) (.*?)(?: - .*)?$", ran.stdout, re.MULTILINE)
    if found is None:
        # Tests that could not be run have found nothing.
        raise RuntimeError(f"pytest ended with {ran.returncode}:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return False, found[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the faults, or those with one of the words given."""
    parser = argparse.ArgumentParser(description="Plant faults, and tell which test finds each.")
    parser.add_argument("words", nargs="*", help="only faults with one of these words in file or name")
    parser.add_argument("--list", action="store_true", help="list the faults and stop")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    parser.add_argument("--deselect", action="append", default=[], metavar="TEST", help="leave a test out")
    parser.add_argument("--tests", nargs="+", default=TESTS, metavar="NAME", help="test files to ask, without .py")
    parser.add_argument("--nearest", action="store_true", help="ask only the tests nearest to each file: a first look")
    parser.add_argument("--trust", action="store_true", help="do not run the tests without a fault first")
    options = parser.parse_args(arguments)
    chosen = [
        one for one in read() if not options.words or any(word in f"{one.file} {one.name}" for word in options.words)
    ]
    if options.list:
        print(*(f"{one.file}: {one.name}" for one in chosen), sep="\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="opcheck-mutation-") as name:
        folders = [copied(Path(name) / str(number)) for number in range(options.jobs)]
        sound, told = (True, "") if options.trust else tried(folders[0], options.tests, options.deselect)
        if not sound:
            return _refused([f"the tests fail without any fault: {told}"])
        free = list(folders)

        def plant(one: Mutation) -> tuple[Mutation, bool, str]:
            folder = free.pop()
            path = folder / "opcheck" / one.file
            text = path.read_text(encoding="utf-8")
            try:
                path.write_text(one.planted(text), encoding="utf-8")
                nearest = [name for name in ("test_rule_edges", *NEAREST.get(one.file, ())) if name in options.tests]
                survived, by = tried(folder, nearest, options.deselect)
                if survived and not options.nearest:
                    rest = [name for name in options.tests if name not in nearest]
                    survived, by = tried(folder, rest, options.deselect)
                return one, survived, by
            finally:
                path.write_text(text, encoding="utf-8")
                free.append(folder)

        survivors = []
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for done in concurrent.futures.as_completed([pool.submit(plant, one) for one in chosen]):
                one, survived, by = done.result()
                print(f"{'SURVIVED' if survived else 'found   '}  {one.file}: {one.name}", flush=True)
                if survived:
                    survivors.append(one)
                else:
                    print(f"          by {by}", flush=True)
    print(f"\n{len(chosen)} faults: {len(chosen) - len(survivors)} found, {len(survivors)} not")
    print(*(f"  {one.file}: {one.name}" for one in survivors), sep="\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
