"""What a TOML table may hold: keys, kinds and choices, with every fault of a file collected before anything is raised.

A mistyped key is an error, never ignored: a rule that silently loses its distance would turn into a wrong "clear".
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from opcheck.errors import Fault, cause

T = TypeVar("T")

_KINDS: dict[type, str] = {
    str: "text",
    bool: "true eller false",
    int: "ett heltal",
    float: "ett tal, utan citattecken och enhet",
    list: "en lista [ … ]",
    dict: "en tabell { … }",
    datetime.date: "ett datum (ÅÅÅÅ-MM-DD)",
}


class Faults:
    """The faults found so far in one file, and the words for the common ones."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: list[Fault] = []

    def add(self, key: str | None, message: str) -> None:
        """Record one fault at `key`."""
        self.found.append(Fault(message=message, path=self.path, key=key))

    def __bool__(self) -> bool:
        return bool(self.found)


class Table:
    """One TOML table being read.

    Every key that is asked for is ticked off; `done` reports those that nobody asked for.

    Parameters
    ----------
    values
        The table as `tomllib` gives it.
    where
        Its path in the file, for example ``rule[3]``; the empty string for the file itself.
    faults
        Where faults are collected.
    """

    def __init__(self, values: Mapping[str, Any], where: str, faults: Faults) -> None:
        self._values = values
        self.where = where
        self.faults = faults
        self._asked: set[str] = set()

    def key(self, name: str) -> str:
        """Return the full path of a key of this table."""
        return f"{self.where}.{name}" if self.where else name

    def fault(self, name: str | None, message: str) -> None:
        """Record a fault at a key of this table, or at the table itself."""
        self.faults.add(self.key(name) if name else (self.where or None), message)

    def has(self, name: str) -> bool:
        """Tell whether the key stands in the table."""
        return name in self._values

    def raw(self, name: str) -> Any:  # noqa: ANN401 - TOML values have no narrower type
        """Return the value as it stands, or None."""
        self._asked.add(name)
        return self._values.get(name)

    def get(self, name: str, kind: type[T], *, required: bool = False) -> T | None:
        """Return the value of a key if it is of the kind asked for, else None with a fault recorded.

        An integer counts as a number, a date-time does not count as a date, and an empty text counts as missing.
        """
        value = self.raw(name)
        if value is None:
            if required:
                self.fault(name, f"saknas. Förväntade {_KINDS[kind]}; lägg till {name} = …")
            return None
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        fits = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
        if kind is datetime.date and isinstance(value, datetime.datetime):
            fits = False
        if not fits:
            self.fault(name, f"är {value!r}. Förväntade {_KINDS[kind]}.")
            return None
        if isinstance(value, str) and not value.strip():
            if required:
                self.fault(name, "är tom. Skriv en text.")
            return None
        found: T = value
        return found

    def text(self, name: str) -> str | None:
        """Return an optional text."""
        return self.get(name, str)

    def required_text(self, name: str) -> str:
        """Return a text that must be there; the empty string after a recorded fault."""
        return self.get(name, str, required=True) or ""

    def flag(self, name: str, default: bool) -> bool:
        """Return true or false."""
        value = self.get(name, bool)
        return default if value is None else value

    def number(self, name: str, *, least: float | None = None) -> float | None:
        """Return an optional number, at least `least`."""
        value = self.get(name, float)
        if value is not None and (value != value or (least is not None and value < least)):
            wanted = "ett tal" if least is None else f"ett tal som är minst {least:g}"
            self.fault(name, f"är {value:g}. Förväntade {wanted}.")
            return None
        return value

    def date(self, name: str) -> datetime.date | None:
        """Return a date, written as a TOML date or as the text ÅÅÅÅ-MM-DD."""
        value = self.raw(name)
        if isinstance(value, str):
            try:
                return datetime.date.fromisoformat(value)
            except ValueError:
                self.fault(name, f"är {value!r}. Förväntade {_KINDS[datetime.date]}.")
                return None
        return self.get(name, datetime.date)

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str | None:
        """Return a text that is one of `choices`."""
        value = self.get(name, str, required=required)
        if value is not None and value not in choices:
            self.fault(name, f"är {value!r}. {expected(value, choices)}")
            return None
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        value = self.raw(name)
        if value is None:
            return ()
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.fault(name, f"är {value!r}. Förväntade en lista med texter.")
            return ()
        return tuple(value)

    def table(self, name: str) -> Table | None:
        """Return a sub-table."""
        value = self.get(name, dict)
        return None if value is None else Table(value, self.key(name), self.faults)

    def tables(self, name: str) -> Iterator[Table]:
        """Iterate over the tables of an array of tables."""
        value = self.raw(name)
        if value is None:
            return
        if isinstance(value, dict):
            self.fault(name, f"är en tabell. Förväntade en eller flera [[{self.key(name)}]] med dubbla klamrar.")
            return
        if not isinstance(value, list):
            self.fault(name, f"är {value!r}. Förväntade en eller flera [[{self.key(name)}]].")
            return
        for number, item in enumerate(value, 1):
            where = f"{self.key(name)}[{number}]"
            if isinstance(item, dict):
                yield Table(item, where, self.faults)
            else:
                self.faults.add(where, f"är {item!r}. Förväntade en tabell.")

    def done(self) -> None:
        """Record a fault for each key that nobody asked for."""
        for name in sorted(set(self._values) - self._asked):
            self.fault(name, f"är en okänd nyckel. {expected(name, self._asked)}")

    def keys(self) -> tuple[str, ...]:
        """Return the names of all keys in the table."""
        return tuple(self._values)


def counted(count: int, one: str, many: str) -> str:
    """Return a number and what is counted: ``1 plats``, ``3 platser``."""
    return f"1 {one}" if count == 1 else f"{count} {many}"


LISTED = 20
"""With more choices than this, one that is near is named alone: a list of fifty hides it."""


def expected(found: str, choices: Collection[str]) -> str:
    """Return the sentence that names what was expected, nearest first when something is near."""
    near = difflib.get_close_matches(found, sorted(choices), n=1, cutoff=0.6)
    if near and len(choices) > LISTED:
        return f"Menades {near[0]!r}?"
    hint = f"Menades {near[0]!r}? " if near else ""
    return f"{hint}Giltiga: {', '.join(sorted(choices))}."


def read_toml(path: Path, faults: Faults) -> Table | None:
    """Read a TOML file. A file that cannot be read or parsed is a fault, and gives None."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        faults.add(None, "filen finns inte. Kontrollera namnet och mappen.")
        return None
    except UnicodeDecodeError as error:
        faults.add(None, f"filen är inte UTF-8 (byte {error.start}). Spara den som UTF-8.")
        return None
    except OSError as error:
        faults.add(None, f"filen går inte att läsa ({cause(error)}).")
        return None
    try:
        return Table(tomllib.loads(text), "", faults)
    except tomllib.TOMLDecodeError as error:
        where = _place(error)
        hint = "Rätta raden eller den före; ofta saknas ett citattecken eller en klammer."
        if "immutable" in str(error):
            hint = "Samma sak står redan som en lista, inom hakparenteser: skriv den nya som en rad i listan."
        faults.add(None, f"är inte giltig TOML: fel {where}. {hint}")
        return None


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Return where a TOML file is wrong, in Swedish; the parser's own words are English."""
    found = re.search(r"line (\d+), column (\d+)", str(error))
    return f"på rad {found[1]}, tecken {found[2]}" if found else "på sista raden"
