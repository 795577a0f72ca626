"""The proposed sites: how applications arrive, and what each of them states."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from opcheck.attributes import (
    ATTRIBUTES,
    BUILDING,
    CASE_ATTRIBUTES,
    TEXT,
    case_names_of,
    case_note,
    meant,
    meant_case,
    names_of,
    near_note,
    reading_note,
)
from opcheck.checks import LONGEST_M
from opcheck.columns import cut, is_cut, may_be_cut
from opcheck.errors import CRSError, Fault, LayerError, SiteError
from opcheck.findings import Floats
from opcheck.geometry import (
    Geometries,
    canonical,
    crs_name,
    finite,
    homogeneous,
    invalid_reason,
    kinds,
    off_earth,
    parse_crs,
)
from opcheck.placing import crs_notes
from opcheck.plots import read_building
from opcheck.rules import expected_use, find_use
from opcheck.sources.files import LONLAT, FeatureTable, check_unique, checked, number, read_table, within_lonlat
from opcheck.tables import counted

if TYPE_CHECKING:
    import geopandas

_ID = ("id", "beteckning")
_NO_ID = "saknar kolumnen id (eller beteckning). Kolumner: {}. Döp om den kolumn som skiljer platserna åt till id."
_NAME = ("name", "namn")
_USE = ("use", "användning", "anvandning")
CASE_PREFIX = "case_"

_YES = frozenset({"ja", "j", "true", "sant", "1", "yes", "y"})
_FLAGS = frozenset(name for name, meaning in ATTRIBUTES.items() if meaning.holds == "ja eller nej")
_NO = frozenset({"nej", "n", "false", "falskt", "0", "no"})

AREA = "area_m2"
"""The attribute that says how large a site is: measured on the drawing, unless the file states another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One proposed site, as a view of a row of `Sites`.

    Parameters
    ----------
    id, name
        As in the file; `name` is None when it has none.
    uses
        Ids from the use vocabulary; empty when none is stated or none is known.
    unknown_uses
        Words for uses that the vocabulary lacks.
    attributes
        Everything else the file states, with numbers as numbers; a missing one is left out.
    case
        ``case_…`` attributes without the prefix.
    unusable
        Why the site's geometry cannot be tested, None when it can.
    """

    id: str
    name: str | None
    uses: tuple[str, ...]
    unknown_uses: tuple[str, ...]
    attributes: Mapping[str, Any]
    case: Mapping[str, str]
    unusable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """Proposed sites in one order and one CRS. Iterates `Site` views.

    Parameters
    ----------
    geometry
        One shapely geometry per site: polygons, lines or points, multiparts and holes too; None where there is none.
    crs
        Of the geometry, as an authority code where it has one.
    file, sha256, content
        Lineage; `content` is the hash of the rows whatever their order, `sha256` is None for data from memory.
    notes
        Swedish sentences on how the file was read that a report must carry.
    areas_m2
        Each site's area on the ellipsoid, NaN for what has none; None until the sites have been placed in a plan.
    """

    rows: tuple[Site, ...]
    geometry: Geometries
    crs: str
    file: str
    sha256: str | None
    content: str
    notes: tuple[str, ...] = ()
    areas_m2: Floats | None = None
    ids: tuple[str, ...] = field(init=False)
    _numbers: dict[str, Floats] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take the ids out once: they are asked for again and again."""
        object.__setattr__(self, "ids", tuple(site.id for site in self.rows))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Site]:
        return iter(self.rows)

    def numbers(self, attribute: str) -> Floats:
        """Return an attribute as floats, yes as 1 and no as 0, NaN where a site does not state it.

        The area is that of the drawing where no other is stated. Many rules may ask for the same attribute, so it is
        read once; what is returned cannot be written to.
        """
        if attribute not in self._numbers:
            found = np.array([_as_float(_stated(site, attribute)) for site in self.rows], dtype=np.float64)
            if attribute == AREA and self.areas_m2 is not None:
                found = np.where(np.isnan(found), self.areas_m2, found)
            found.flags.writeable = False
            self._numbers[attribute] = found
        return self._numbers[attribute]

    def numbers_of(self, row: int, attribute: str) -> float:
        """Return one site's attribute as `numbers` has it."""
        return _as_float(self.value(row, attribute))

    def compared(self, attribute: str, limit: Any) -> Floats:  # noqa: ANN401 - a number, true or false
        """Return an attribute as `numbers` does, but NaN also where what a site states is not of the limit's kind.

        A yes is no size, and a size of 2 is neither yes nor no: held against each other they would answer something.
        """
        found = self.numbers(attribute)
        rows = range(len(self.rows))
        if isinstance(limit, bool):
            return np.where((found == 0) | (found == 1), found, np.nan)
        if meant(attribute) in _FLAGS:
            return found
        return np.where([_is_flag(self.value(row, attribute)) for row in rows], np.nan, found) if rows else found

    def compared_of(self, row: int, attribute: str, limit: Any) -> float:  # noqa: ANN401 - a number, true or false
        """Return one site's attribute as `compared` has it."""
        found = self.numbers_of(row, attribute)
        if isinstance(limit, bool):
            return found if found in (0, 1) else math.nan
        return math.nan if meant(attribute) not in _FLAGS and _is_flag(self.value(row, attribute)) else found

    def distances(self, attribute: str) -> Floats:
        """Return an attribute as distances that can be kept: NaN where a site states none, or none above 0.

        What is longer than any distance on Earth is none either.
        """
        found = self.compared(attribute, 0.0)
        return np.where((found > 0) & (found <= LONGEST_M), found, np.nan)

    def value(self, row: int, attribute: str) -> Any:  # noqa: ANN401 - attributes are of many types
        """Return one site's attribute, None where it is neither stated nor follows from the drawing."""
        stated = _stated(self.rows[row], attribute)
        if stated is None and attribute == AREA and self.areas_m2 is not None:
            drawn = float(self.areas_m2[row])
            return None if math.isnan(drawn) else drawn
        return stated


def _stated(site: Site, attribute: str) -> Any:  # noqa: ANN401 - attributes are of many types
    """Return what a site states under a name; a rule may name an attribute by any of its names, as a file may."""
    found = site.attributes.get(attribute)
    return site.attributes.get(meant(attribute) or attribute) if found is None else found


@np.errstate(invalid="ignore", over="ignore")  # a coordinate that is no number is found and said, not warned of
def read_sites(
    source: str | os.PathLike[str] | geopandas.GeoDataFrame,
    *,
    layer: str | None = None,
    crs: str | None = None,
    use: str | Sequence[str] | None = None,
) -> Sites:
    """Read proposed sites.

    Parameters
    ----------
    source
        A file (GeoJSON, CSV with coordinates, GeoPackage, Shapefile and what else GDAL reads), or a GeoDataFrame.
        Columns: ``id`` (required, unique), ``name``, ``use`` (one or several, separated by semicolons), optional
        ``accuracy_m``, ``height_m``, ``start_year``, ``seveso``, ``significant_impact``, ``power_mw``,
        ``protection_distance_m``, ``built_up``, ``permit_requiring``, ``area_m2``, ``case_…``, and whatever else rules
        name. Each may have its Swedish name (`opcheck.attributes`). A file that is one bare geometry becomes one site
        named after the file.
    layer
        Required where the file holds several.
    crs
        The coordinate system of a file that does not say; an error when the file says another.
    use
        The use of sites that state none. It never replaces a stated use.

    Returns
    -------
    sites
        All rows of the file: a site with null or invalid geometry, or without a known use, stays, and every rule
        answers OPEN for it.

    Raises
    ------
    SiteError
        The file cannot be read to its end, ids are missing or repeated, two columns mean the same, an attribute cannot
        be understood.
    CRSError
        No coordinate system is stated, or two different ones.

    Examples
    --------
    >>> import opcheck
    >>> sites = opcheck.read_sites("examples/haraholmen/sites.geojson")
    >>> len(sites) >= 15
    True
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        table = _as_sites(lambda: read_table(path, shown=path.name, layer=layer))
    else:
        table = _as_sites(lambda: checked(_from_frame(source)))
    if table.lost:
        message = (
            f"filen har {counted(len(table), 'post', 'poster')}, bara {len(table) - table.lost} går att läsa. "
            "Exportera den igen."
        )
        raise SiteError(Fault(message=message, path=table.path))
    return sites_of(table, crs=crs, use=use)


def sites_of(table: FeatureTable, *, crs: str | None, use: str | Sequence[str] | None) -> Sites:
    """Return the sites of a table that has been read; parameters and errors are those of `read_sites`."""
    table = dataclasses.replace(table, geometry=canonical(table.geometry))
    if not len(table):
        raise SiteError(Fault(message="innehåller inga platser. Förväntade minst en rad.", path=table.path))
    name = _resolve_crs(table, crs)
    given = (use,) if isinstance(use, str) else tuple(use or ())
    faults: list[Fault] = []
    notes = [*table.notes, *crs_notes("Platserna", table.crs, name, name, 0.0)]
    rows = _rows(table, name, given, faults, notes)
    _check_ids(rows, table, faults)
    if faults:
        raise SiteError(faults)
    geometry = np.array([homogeneous(geom) for geom in table.geometry], dtype=object)
    return Sites(
        rows=tuple(rows), geometry=geometry, crs=name, file=table.path, sha256=table.sha256,
        content=_content(rows, geometry, name), notes=tuple(notes),
    )  # fmt: skip


def _as_sites(read: Callable[[], FeatureTable]) -> FeatureTable:
    try:
        return read()
    except LayerError as error:
        raise SiteError(error.faults) from None


_FRAME = "GeoDataFrame"


def _from_frame(frame: geopandas.GeoDataFrame) -> FeatureTable:
    try:
        geometry = np.asarray(frame.geometry.array, dtype=object)
        names = [name for name in frame.columns if name != frame.geometry.name]
        check_unique([str(name) for name in names], _FRAME)
        columns = {str(name): list(frame[name]) for name in names}
        crs = None if frame.crs is None else frame.crs.to_wkt()
    except AttributeError:
        message = f"{type(frame).__name__} är varken en fil eller en GeoDataFrame med geometri."
        raise SiteError(message) from None
    if "id" not in columns and frame.index.name == "id":
        columns["id"] = list(frame.index)
    clean = {name: [_none_if_missing(value) for value in cells] for name, cells in columns.items()}
    return FeatureTable(
        path=_FRAME, reader="geopandas", crs=crs, columns=clean,
        geometry=shapely.force_2d(geometry), broken={}, sha256=None,
    )  # fmt: skip


def _none_if_missing(value: Any) -> Any:  # noqa: ANN401 - a cell of any type
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    return None if type(value).__name__ in ("NAType", "NaTType") else value


def _resolve_crs(table: FeatureTable, declared: str | None) -> str:
    if declared is not None:
        name = crs_name(declared)
        if table.crs not in (None, LONLAT) and crs_name(str(table.crs)) != name:
            raise CRSError(
                Fault(
                    message=f"filen säger {crs_name(str(table.crs))} men {name} angavs. "
                    "Ta bort --crs (crs= i Python), eller rätta filen.",
                    path=table.path,
                )
            )
    elif table.crs is None:
        bounds = shapely.total_bounds(table.geometry)
        raise UnknownSystem(Fault(message=_no_crs(bounds), path=table.path), bounds)
    else:
        name = crs_name(table.crs)
    if not parse_crs(name).is_geographic:
        return name
    # One wild coordinate makes one site unusable; when no number could be a degree it is the system that is wrong.
    far = off_earth(table.geometry, degrees=True)
    judged = table.geometry if far[~shapely.is_missing(table.geometry)].all() else table.geometry[~far]
    bounds = shapely.total_bounds(judged)
    if np.isfinite(bounds).all() and not within_lonlat(judged):
        message = f"talen är inte grader, men {name} räknas i grader. {_guess(bounds)}"
        raise UnknownSystem(Fault(message=message, path=table.path), bounds)
    return name


class UnknownSystem(CRSError):
    """Nobody says in which coordinate system the sites are drawn, or what is said cannot be.

    Parameters
    ----------
    faults
        As for every error.
    bounds
        Of the numbers as they stand in the file.
    """

    def __init__(self, faults: Fault | Iterable[Fault], bounds: Iterable[float]) -> None:
        super().__init__(faults)
        self.bounds = tuple(float(bound) for bound in bounds)


def _no_crs(bounds: Any) -> str:  # noqa: ANN401 - four floats
    """Return what to say of numbers without a coordinate system: magnitude narrows it down, but never decides."""
    low_x, low_y, high_x, high_y = bounds
    if not np.isfinite(bounds).all():
        return f"saknar koordinatsystem. {_ASK}"
    return (
        f"saknar koordinatsystem (tal från {low_x:.0f}, {low_y:.0f} till {high_x:.0f}, {high_y:.0f}). {_guess(bounds)}"
    )


_ASK = "Fråga den som lämnat filen vilket som gäller, och ange det med --crs EPSG:… (crs= i Python)."


def _guess(bounds: Any) -> str:  # noqa: ANN401 - four floats
    """Return what the numbers are like and what to do: no system is named that they are not like."""
    low_x, low_y, high_x, high_y = bounds
    guess, advice = "Talen liknar inget svenskt koordinatsystem.", _ASK
    for swapped, (x, y) in enumerate((((low_x, high_x), (low_y, high_y)), ((low_y, high_y), (low_x, high_x)))):
        if 6_100_000 <= y[0] and y[1] <= 7_700_000:
            if 305_000 <= x[0] <= 1_090_000:
                guess = "Talen liknar SWEREF 99 TM (EPSG:3006)."
                advice = "Stämmer det, ange --crs EPSG:3006 (crs= i Python)."
            elif 0 < x[0] < 305_000:
                guess = "Talen liknar en lokal zon i SWEREF 99 (EPSG:3007–3018) eller västra delen av SWEREF 99 TM."
            elif 1_200_000 <= x[0] <= 1_900_000:
                guess = "Talen liknar RT 90 (EPSG:3021)."
                advice = "Stämmer det, ange --crs EPSG:3021 (crs= i Python)."
            if swapped:
                guess += " Nord står först: kolumnerna eller axlarna kan vara omkastade."
            break
    return f"{guess} {advice}"


def _folded(table: FeatureTable, faults: list[Fault]) -> dict[str, str]:
    """Return column names as they are looked up → as the file has them; two that become one are a fault."""
    folded: dict[str, str] = {}
    for column in table.columns:
        first = folded.setdefault(unicodedata.normalize("NFC", column).strip().casefold(), column)
        if first != column:
            faults.append(Fault(message=_TWO.format(repr(first), repr(column)), path=table.path))
    return folded


def _uncut(folded: dict[str, str], notes: list[str]) -> None:
    """Give columns back the names that a Shapefile has cut, where one column alone can be the name; each is noted."""
    if not may_be_cut(folded):
        return
    taken = {_means(column) for column in folded}
    wanted = {} if any(name in folded for name in _USE) else {name: name for name in _USE}
    wanted |= {name: attribute for attribute in ATTRIBUTES if attribute not in taken for name in names_of(attribute)}
    wanted |= {name: one for one in CASE_ATTRIBUTES if one not in taken for name in case_names_of(one)}
    found: dict[str, dict[str, str]] = {}
    for name, target in sorted(wanted.items()):
        for column in folded:
            # A number at the end tells two cut names apart; of the many names of an attribute it would fit too many.
            if _means(column) is None and (is_cut(column, name) if name == target else column in cut(name)):
                found.setdefault(target, {}).setdefault(column, name)
    counts = Counter(column for columns in found.values() for column in columns)
    for _, columns in sorted(found.items()):
        column, name = next(iter(columns.items()))
        if len(columns) == 1 and counts[column] == 1:
            folded[name] = folded.pop(column)
            notes.append(f"Kolumnen {folded[name]!r} är läst som {name!r} (namnet är avklippt i filen).")


def _named(
    rest: Mapping[str, str], table: FeatureTable, faults: list[Fault], notes: list[str]
) -> dict[str, str]:  # fmt: skip
    """Return what is left of the columns under the names of the attributes that they mean, and note what is not clear.

    A column without a value says nothing, and is not spoken of.
    """
    named: dict[str, str] = {}
    for name, column in rest.items():
        attribute = _means(name) or name
        first = named.setdefault(attribute, column)
        if first != column:
            faults.append(Fault(message=_TWO.format(repr(first), repr(column)), path=table.path))
    for name, column in rest.items():
        if meant_case(name) is not None or all(_text(cell) is None for cell in table.columns[column]):
            continue
        if meant(name) is not None:
            note = reading_note(column if meant(column) else name)
        else:
            note = case_note(column, named)
            if note is None and not name.startswith(CASE_PREFIX):
                note = near_note(column, [one for one in named if one in ATTRIBUTES])
        notes.extend([note] if note else [])
    return named


def _means(column: str) -> str | None:
    """Return what a column says of a site or of its case, None when its name means neither."""
    return meant(column) or meant_case(column)


_TWO = "kolumnerna {} och {} betyder samma sak. Ta bort eller byt namn på den som inte ska gälla."


def _role(names: Sequence[str], folded: Mapping[str, str], path: str, faults: list[Fault]) -> str | None:
    """Return the one column that fills a role; of two, neither may win in silence."""
    found = [folded[name] for name in names if name in folded]
    if len(found) > 1:
        hint = " I GeoJSON kan id stå utanför ”properties”." if names == _ID else ""
        faults.append(Fault(message=_TWO.format(*map(repr, found[:2])) + hint, path=path))
    return found[0] if found else None


def _rows(
    table: FeatureTable, crs: str, given: tuple[str, ...], faults: list[Fault], notes: list[str]
) -> list[Site]:  # fmt: skip
    folded = _folded(table, faults)
    _uncut(folded, notes)
    known = {
        role: _role(names, folded, table.path, faults) for role, names in (("id", _ID), ("name", _NAME), ("use", _USE))
    }
    if known["id"] is None:
        listing = ", ".join(table.columns) or "inga"
        faults.append(Fault(message=_NO_ID.format(listing), path=table.path))
    default, default_unknown = _words(given)
    if default_unknown:
        raise SiteError(f"användningen {default_unknown[0]!r} är okänd. {expected_use(default_unknown[0])}")
    rest = {name: column for name, column in folded.items() if column not in known.values()}
    rest = _named(rest, table, faults, notes)
    geometry = _problems(table, degrees=parse_crs(crs).is_geographic)
    rows = []
    for row in range(len(table)):
        values = {name: table.columns[column][row] for name, column in rest.items()}
        site_id = _text(table.columns[known["id"]][row]) if known["id"] else None
        words = _split(table.columns[known["use"]][row]) if known["use"] else ()
        named, unknown = _words(words) if words else (default, ())
        rows.append(
            Site(
                id=site_id or "",
                name=_text(table.columns[known["name"]][row]) if known["name"] else None,
                uses=named,
                unknown_uses=unknown,
                unusable=geometry[row],
                attributes=_attributes(values, rest, site_id or f"rad {row + 1}", table.path, faults),
                case={
                    name.removeprefix(CASE_PREFIX): text
                    for name, value in values.items()
                    if name.startswith(CASE_PREFIX) and (text := _text(value)) is not None
                },
            )
        )
    return rows


def _split(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - a text, a list or nothing
    if value is None:
        return ()
    words = value if isinstance(value, list | tuple) else str(value).replace(",", ";").split(";")
    return tuple(text for word in words if (text := _text(word)) is not None)


def _words(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = [(word, find_use(unicodedata.normalize("NFC", word))) for word in words]
    known = dict.fromkeys(use.id for _, use in found if use is not None)
    return tuple(known), tuple(word for word, use in found if use is None)


def _problems(table: FeatureTable, *, degrees: bool) -> list[str | None]:
    geometry = table.geometry
    words = kinds(np.array([homogeneous(geom) for geom in geometry], dtype=object))
    valid = shapely.is_valid(geometry)
    whole = finite(geometry)
    far = off_earth(geometry, degrees=degrees)
    found: list[str | None] = []
    for row, geom in enumerate(geometry):
        why = table.broken.get(row)
        if why is None and (geom is None or geom.is_empty):
            why = "platsen saknar geometri"
        elif why is None and not whole[row]:
            why = "platsen har koordinater som inte är ändliga tal"
        elif why is None and far[row]:
            why = "platsens koordinater ligger utanför jorden"
        elif why is None and not valid[row]:
            why = f"platsens geometri är ogiltig ({invalid_reason(geom, degrees=degrees)})"
        elif why is None and words[row] is None:
            why = f"platsens geometri är blandad eller av okänt slag ({geom.geom_type})"
        found.append(why)
    return found


def _attributes(
    values: Mapping[str, Any], columns: Mapping[str, str], who: str, path: str, faults: list[Fault]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or name.startswith(CASE_PREFIX) or (isinstance(value, str) and not value.strip()):
            continue
        if name not in ATTRIBUTES:
            found[name] = value
            continue
        holds = ATTRIBUTES[name].holds
        try:
            found[name] = read_attribute(name, value)
        except ValueError:
            column = "" if columns[name].strip().casefold() == name else f" (kolumnen {columns[name]!r})"
            message = f"{name}{column} är {_shown(value)}. Förväntade {holds}; lämna tomt om det inte är känt."
            faults.append(Fault(message=message, path=path, key=who, site_id=who))
    return found


def read_attribute(name: str, value: Any) -> Any:  # noqa: ANN401 - a cell of any type, and what it means
    """Return what a cell says of an attribute, as a site file is read; what else a site states stands as it is.

    Raises
    ------
    ValueError
        The cell is nothing that the attribute can hold.
    """
    return _PARSERS.get(ATTRIBUTES[name].holds, _number)(value) if name in ATTRIBUTES else value


def _shown(value: Any) -> str:  # noqa: ANN401 - a cell of any type
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _flag(value: Any) -> bool:  # noqa: ANN401 - a cell of any type
    word = str(value).strip().casefold()
    if word in _YES or word in ("1.0",):
        return True
    if word in _NO or word in ("0.0",):
        return False
    raise ValueError(word)


def _number(value: Any) -> float:  # noqa: ANN401 - a cell of any type
    if isinstance(value, bool):
        raise ValueError(value)
    found = number(str(value))
    if found < 0:
        raise ValueError(value)
    return found + 0.0  # no minus before a nought: -0 is 0, and their bytes would differ


def _building(value: Any) -> str:  # noqa: ANN401 - a cell of any type
    """Return a building's size as it was written, once it has proven to be one."""
    read_building(str(value))
    return str(value).strip()


_PARSERS: Mapping[str, Callable[[Any], float | bool | str]] = {
    "ja eller nej": _flag, TEXT: lambda value: str(value).strip(), BUILDING: _building,
}  # fmt: skip
"""What an attribute holds → how a cell is read; all others are numbers."""


def _is_flag(value: Any) -> bool:  # noqa: ANN401 - a cell of any type
    """Tell whether a cell says yes or no in so many words; 1 and 0 are numbers as well."""
    if not isinstance(value, str):
        return isinstance(value, bool | np.bool_)
    try:
        number(value)
    except ValueError:
        return True  # or a word that is neither, which is no number anyhow
    return False


def _as_float(value: Any) -> float:  # noqa: ANN401 - a cell of any type
    if value is None:
        return math.nan
    try:
        return float(value) if isinstance(value, bool | int | float) else number(str(value))
    except ValueError:
        pass
    try:
        return float(_flag(value))
    except ValueError:
        return math.nan


def _text(value: Any) -> str | None:  # noqa: ANN401 - a cell of any type
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).strip()
    return text or None


def _check_ids(rows: Sequence[Site], table: FeatureTable, faults: list[Fault]) -> None:
    seen: dict[str, int] = {}
    for number_, site in enumerate(rows, 1):
        if not site.id:
            if number_ - 1 in table.broken:
                message = f"{table.broken[number_ - 1]}, och har därför inget id. Rätta raden, eller exportera igen."
                faults.append(Fault(message=message, path=table.path, key=f"rad {number_}"))
            elif any(other.id for other in rows):
                faults.append(
                    Fault(message="saknar id. Varje plats ska ha ett.", path=table.path, key=f"rad {number_}")
                )
        elif site.id in seen:
            message = f"id {site.id!r} finns redan på rad {seen[site.id]}. Varje id får stå en gång."
            faults.append(Fault(message=message, path=table.path, key=f"rad {number_}", site_id=site.id))
        seen.setdefault(site.id, number_)
    if rows and not any(site.id for site in rows) and not faults:
        faults.append(Fault(message="alla platser saknar id. Ge varje plats ett eget id.", path=table.path))


def _content(rows: Sequence[Site], geometry: Geometries, crs: str) -> str:
    """Return the hash of the sites whatever the order of rows, rings and vertices."""
    shapes = shapely.to_wkb(shapely.normalize(geometry))
    lines = sorted(
        json.dumps(
            [site.id, site.name, site.uses, site.unknown_uses, sorted(site.attributes.items()),
             sorted(site.case.items()), hashlib.sha256(shape or b"").hexdigest()],
            ensure_ascii=False, default=str,
        )
        for site, shape in zip(rows, shapes, strict=True)
    )  # fmt: skip
    return hashlib.sha256("\n".join([crs, *lines]).encode()).hexdigest()
