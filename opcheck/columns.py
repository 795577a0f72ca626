"""Column names as files cut and fold them: which column a wanted name has become.

A Shapefile keeps ten bytes of a name (GDAL, driver "ESRI Shapefile"), and å, ä and ö are two bytes each where the text
is UTF-8. Names that become equal by that are told apart by a number. Exports also change case and letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

DBF_NAME_BYTES = 10
"""A field's name in a .dbf file, without its end mark (dBASE III, as the Shapefile specification has it)."""

CLASH_BYTES = 8
"""Of names that would be cut to the same, GDAL keeps this much and adds ``_1`` to ``_9``, then ``10`` to ``99``."""

LEAST = 8
"""A folded beginning shorter than this could be of too many words."""

_NUMBER = re.compile(r"(_[1-9]|_?[1-9]\d)\Z")


def composed(name: str) -> str:
    """Return a name with its letters composed (NFC) and no blanks round it."""
    return unicodedata.normalize("NFC", name).strip()


def plain(name: str) -> str:
    """Return a name as it is compared: lower case, å and ä as a, ö as o, anything else than letters and digits as _."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return re.sub(r"\W", "_", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def cut(name: str, most: int = DBF_NAME_BYTES) -> tuple[str, ...]:
    """Return what is left of a name in a .dbf file: in an encoding of one byte a letter, and in UTF-8."""
    whole = composed(name)
    return tuple(dict.fromkeys((whole[:most], whole.encode()[:most].decode(errors="ignore"))))


def may_be_cut(columns: Iterable[str]) -> bool:
    """Tell whether a file can have cut the names of its columns: one that holds a longer name has not."""
    return all(len(composed(column)) <= DBF_NAME_BYTES for column in columns)


def is_cut(column: str, name: str) -> bool:
    """Tell whether a column can be what a Shapefile makes of a name: cut, or cut and numbered."""
    found = composed(column).casefold()
    if found in {one.casefold() for one in cut(name)}:
        return len(composed(name).encode()) > DBF_NAME_BYTES
    number = _NUMBER.search(found)
    if number is None or len(composed(name).encode()) < CLASH_BYTES:
        return False
    return found[: number.start()] in {one.casefold() for one in cut(name, CLASH_BYTES)}


def candidates(name: str, columns: Iterable[str], *, whole: bool = False) -> tuple[str, ...]:
    """Return the columns that a name may have become.

    Parameters
    ----------
    name
        As it should be.
    columns
        Those of the file.
    whole
        The file is known to cut no names.

    Returns
    -------
    columns
        One that has the name itself; else those that differ in case and accents alone; else those that are cut from it,
        unless a longer name shows that the file cuts none. Two or more that are as good as each other are all returned:
        which of them is meant, nobody here can tell.
    """
    every = list(columns)
    same = tuple(column for column in every if composed(column) == composed(name))
    if same:
        return same
    folded = plain(name)
    alike = tuple(column for column in every if plain(column) == folded)
    if alike:
        return alike
    if whole or not may_be_cut(every):
        return ()
    return tuple(column for column in every if is_cut(column, name) or _begins(plain(column), folded))


def _begins(column: str, name: str) -> bool:
    return len(column) >= LEAST and name.startswith(column)


def found_columns(wanted: Collection[str], columns: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return for each wanted name the columns that it may have become; a column that has a wanted name is only that.

    One cut column cannot be two names: it is given to neither, unless one name is the other with an addition
    (``Ställningstagande`` and ``Ställningstagande_2``) and there are two columns, of which the later one is numbered.
    """
    return _found(wanted, columns)[0]


def told_apart(wanted: Collection[str], columns: Collection[str]) -> tuple[tuple[str, str, str, str], ...]:
    """Return the pairs of names that `found_columns` tells apart by a convention: name, column, name, column.

    Of names that it would cut to the same, GDAL leaves the first in the source unnumbered (documentation of the driver
    "ESRI Shapefile", Creation issues). That the name without an addition was the first one, no file says.
    """
    return _found(wanted, columns)[1]


def _found(
    wanted: Collection[str], columns: Collection[str]
) -> tuple[dict[str, tuple[str, ...]], tuple[tuple[str, str, str, str], ...]]:
    exact = {name: candidates(name, columns) for name in wanted}
    taken = {
        column
        for name, found in exact.items()
        for column in found
        if len(found) == 1 and composed(column) == composed(name)
    }
    free = [column for column in columns if column not in taken]
    # The long name that shows it may be one of those that are taken.
    whole = not may_be_cut(columns)
    result = {
        name: found if set(found) <= taken and found else candidates(name, free, whole=whole)
        for name, found in exact.items()
    }
    return result, _tell_apart(result, list(columns))


def _tell_apart(result: dict[str, tuple[str, ...]], columns: Sequence[str]) -> tuple[tuple[str, str, str, str], ...]:
    """Settle the pairs of names of which one is the other with an addition, where one of two columns is numbered."""
    names = sorted(result)
    pairs = []
    for first in names:
        for second in names:
            both = result[first]
            if first == second or not second.startswith(first) or len(both) != 2 or set(both) != set(result[second]):
                continue
            numbered = [column for column in both if _NUMBER.search(column)]
            if len(numbered) == 1:
                (rest,) = (column for column in both if column not in numbered)
                if columns.index(rest) > columns.index(numbered[0]):
                    continue  # nobody who follows the convention has written this
                result[first], result[second] = (rest,), (numbered[0],)
                pairs.append((first, rest, second, numbered[0]))
    return tuple(pairs)
