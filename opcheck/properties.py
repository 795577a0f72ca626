"""Sites named by property: looked up in the pack's own layer of properties, theme ``properties``."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from opcheck.attributes import meant, meant_case
from opcheck.errors import Fault, LayerError, SiteError
from opcheck.features import LoadedPlan, all_rows, load_plan
from opcheck.geometry import Geometries, LedgerEntry
from opcheck.plan import Features, Plan
from opcheck.sites import CASE_PREFIX, Sites, sites_of
from opcheck.sources.delimited import NoCoordinates
from opcheck.sources.files import SHEET_SUFFIXES, TEXT_SUFFIXES, FeatureTable, checked, read_table
from opcheck.tables import counted

PROPERTIES = "properties"
"""The theme whose layers hold properties: `name` is the designation, or `category` the trakt and `name` the number;
`subcategory` is the number of the area, where a property has several."""

LISTED = 20
"""So many unknown names are answered with those that are near; the rest are only named."""

_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad]")
_AREA = re.compile(r"\s*>\s*(\d+)$")
_BLOCK = re.compile(r"^(?:fastigheten\s+|kvarteret\s+|kv\.?\s+)", re.IGNORECASE)
_PART = re.compile(r"^del(?:en|ar)?\.?\s+av\b|\bdel(?:\s+av)?\)?$", re.IGNORECASE)
_OTHERS = re.compile(r"\bm\.?\s?fl\.?$", re.IGNORECASE)
_WHOLE = re.compile(r"\w.*\s(?:[^\W\d]{1,4}:)?\d+(?::\d+)?$")
"""What looks like a whole designation: a name, and a number such as 3, 47:13, S:1 or GA:2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """A property's name as it is compared, and the area of it that is meant (``>2``), None for all of it."""

    key: str
    area: str | None = None

    def __str__(self) -> str:
        return self.key.upper() if self.area is None else f"{self.key.upper()}>{self.area}"


def find_properties(
    plan: Plan, designations: str | os.PathLike[str] | Iterable[str], *, use: str | Sequence[str] | None = None
) -> Sites:
    """Return properties as sites, with the geometry that the pack's layer of properties has for them.

    Parameters
    ----------
    plan
        A pack with a layer of the theme ``properties`` whose role ``name`` holds the designation.
    designations
        One designation, several, or a file (`pathlib.Path`): a CSV or Excel table without coordinates, with the column
        ``fastighet`` and otherwise the columns of `opcheck.read_sites`. Case, blanks, kinds of dash, "kv." and the
        municipality's own name before the designation do not matter. ``PITHOLM 47:13>2`` is area 2 of the property.
    use
        The use of sites that state none.

    Returns
    -------
    sites
        One site per designation, in the plan's CRS; all areas of the property are one (multi)polygon. Its id is the
        designation in capitals, unless a list gives one. A property of which a row stands in the ledger stays, and
        every rule answers OPEN for it: it would otherwise be smaller than it is.

    Raises
    ------
    SiteError
        A property is not in the layer, or the name does not tell which area is meant. All of them are listed.
    LayerError
        The pack has no layer of properties, or it cannot be read.
    """
    if isinstance(designations, os.PathLike):
        path = Path(designations)
        listed = property_list(path)
        if listed is None:
            raise SiteError(
                Fault(message="är ingen lista över fastigheter. Förväntade CSV eller Excel med kolumnen fastighet.",
                      path=path.name)
            )  # fmt: skip
        return sites_of_list(plan, listed, use=use)
    names = [designations] if isinstance(designations, str) else list(designations)
    if not names:
        raise SiteError("ingen fastighet är angiven. Ange minst en, till exempel PITHOLM 47:13.")
    register = _Register(plan)
    faults: list[Fault] = []
    found = register.look_up(names, [Fault(message="")] * len(names), faults)
    seen: dict[str, str] = {}
    for name, one in zip(names, found, strict=True):
        if one is not None and str(one.named) in seen:
            message = f"{name!r} är samma fastighet som {seen[str(one.named)]!r}. Ange den en gång."
            faults.append(Fault(message=message))
        elif one is not None:
            seen[str(one.named)] = name
    if faults:
        raise SiteError(faults)
    hits = [one for one in found if one is not None]
    layers = {one.features.layer.id: one.features for one in hits}
    files = sorted({one.file for one in layers.values()})
    hashes = {one.sha256 for one in layers.values()}
    # Of several files there is no one hash; the notes give each.
    sha256 = hashes.pop() if len(hashes) == 1 else None
    return _sites(plan, {"id": [str(one.named) for one in hits]}, list(found), ", ".join(files), sha256, use)


def property_list(path: Path, *, layer: str | None = None) -> FeatureTable | None:
    """Return a list of plots that names properties instead of having coordinates; None for any other file."""
    if path.suffix.lower() not in TEXT_SUFFIXES | SHEET_SUFFIXES:
        return None
    try:
        read_table(path, shown=path.name, layer=layer)
    except NoCoordinates as found:
        return checked(found.table) if _columns(found.table) else None
    except LayerError:
        # The reader of sites meets the same fault, and says what it is.
        return None
    return None


def sites_of_list(plan: Plan, table: FeatureTable, *, use: str | Sequence[str] | None = None) -> Sites:
    """Return the sites of a list of plots as `property_list` gives it; see `find_properties`."""
    column, *more = _columns(table)
    faults: list[Fault] = []
    if more:
        message = f"kolumnerna {column!r} och {more[0]!r} betyder samma sak. Ta bort den som inte ska gälla."
        raise SiteError(Fault(message=message, path=table.path))
    names = [None if value is None else str(value) for value in table.columns[column]]
    for row, name in enumerate(names):
        if name is None and row not in table.broken:
            faults.append(Fault(message="saknar fastighet. Ange en.", path=table.path, key=f"rad {row + 1}"))
    wanted = [row for row, name in enumerate(names) if name is not None and row not in table.broken]
    places = [Fault(message="", path=table.path, key=f"rad {row + 1}") for row in wanted]
    hits = _Register(plan).look_up([str(names[row]) for row in wanted], places, faults)
    if faults:
        raise SiteError(faults)
    found: list[_Found | None] = [None] * len(table)
    for row, hit in zip(wanted, hits, strict=True):
        found[row] = hit
    folded = {name.casefold() for name in table.columns}
    columns = {name: list(cells) for name, cells in table.columns.items() if name != column}
    if not folded & {"id", "beteckning"}:
        columns["id"] = [str(one.named) if one else names[row] for row, one in enumerate(found)]
    return _sites(plan, columns, found, table.path, table.sha256, use, table.broken, table.notes)


def _columns(table: FeatureTable) -> list[str]:
    """Return the columns of a list of plots that name the property."""
    return [name for name in table.columns if meant_case(name) == "case_fastighet"]


def _sites(
    plan: Plan, columns: dict[str, list[Any]], found: Sequence[_Found | None], file: str, sha256: str | None,
    use: str | Sequence[str] | None, broken: Mapping[int, str] | None = None, notes: Sequence[str] = (),
) -> Sites:  # fmt: skip
    """Return sites through the reader of sites, so that uses and attributes mean what they mean in a file."""
    geometry: Geometries = np.full(len(found), None, dtype=object)
    for row, one in enumerate(found):
        geometry[row] = None if one is None else one.geometry
    why = {**(broken or {}), **{row: one.unusable for row, one in enumerate(found) if one and one.unusable}}
    case = {
        "fastighet": [str(one.named) if one else None for one in found],
        "fastighetsgränser": [one.lineage if one else None for one in found],
    }
    given = {name.casefold() for name in columns}
    for name, cells in case.items():
        if CASE_PREFIX + name not in given:
            columns[CASE_PREFIX + name] = list(cells)
    if "accuracy_m" not in map(meant, columns):
        columns["accuracy_m"] = [one.accuracy_m if one else None for one in found]
    layers = {one.features.layer.id: one.features for one in found if one is not None}
    told = [
        f"{features.file}: {note}"
        for _, features in sorted(layers.items())
        for note in (_origin(features), *features.notes)
    ]
    table = FeatureTable(
        path=file, reader="lista", crs=plan.crs, columns=columns, geometry=geometry, broken=why, sha256=sha256,
        notes=(*notes, *dict.fromkeys(told)),
    )  # fmt: skip
    return sites_of(table, crs=None, use=use)


def _origin(features: Features) -> str:
    made = f" (sha256 {features.sha256})" if features.sha256 else ""
    return f"fastigheternas ytor är hämtade härifrån{made}."


# --- names ------------------------------------------------------------------------------------------------------------


def designation(text: str) -> Designation:
    """Return a property's name as it is compared: "Kv. Björnen  3 > 1" and "BJÖRNEN 3>1" are the same."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"\s*:\s*", ":", " ".join(plain.replace(",", " ").split())).strip(" .;")
    area = _AREA.search(plain)
    plain = _AREA.sub("", plain)
    return Designation(key=_BLOCK.sub("", plain).casefold(), area=area[1].lstrip("0") or "0" if area else None)


def _own_names(plan: Plan) -> list[str]:
    """Return how the municipality's name may stand before a designation, longest first: it says nothing here."""
    whole = " ".join(plan.name.casefold().split())
    stem = re.sub(r"\s+(?:kommun|stad)$", "", whole)
    stems = dict.fromkeys([stem, stem.removesuffix("s")])
    return sorted({whole, *stems, *(f"{one} kommun" for one in stems)}, key=lambda one: (-len(one), one))


def _readings(key: str, own: Sequence[str]) -> list[str]:
    """Return the keys under which a layer may hold what was asked for: with or without the municipality's name."""
    short = next((rest for name in own if (rest := key.removeprefix(f"{name} ")) != key and _WHOLE.match(rest)), key)
    return list(dict.fromkeys([key, short, *(f"{name} {short}" for name in own)]))


# --- the register -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A property that was found: the rows of its layer, and what keeps it from being used."""

    named: Designation
    features: Features
    rows: tuple[int, ...]
    ledger: tuple[LedgerEntry, ...]

    @cached_property
    def geometry(self) -> Any:  # noqa: ANN401 - shapely's geometry
        """All areas as one; areas that share a border become one, since a multipolygon may not hold them."""
        if not self.rows:
            return None
        shapes = self.features.geometry[list(self.rows)]
        return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)

    @property
    def unusable(self) -> str | None:
        if not self.ledger:
            return None
        bad = len({(one.feature, one.state) for one in self.ledger})
        whole = len(self.rows) + sum(not one.moved for one in self.ledger)
        return (
            f"{'fastighetens enda yta' if whole == 1 else f'{bad} av fastighetens {whole} ytor'} i lagret "
            f"{self.features.layer.id!r} går inte att använda "
            f"som den står ({self.ledger[0].reason}), och platsen skulle bli en annan än fastigheten"
        )

    @property
    def accuracy_m(self) -> float | None:
        known = self.features.accuracies()[list(self.rows)]
        return float(known.max()) if len(known) and np.isfinite(known).all() else None

    @property
    def lineage(self) -> str:
        layer = self.features.layer
        count = len(shapely.get_parts(self.geometry)) if self.rows else 0
        facts = [
            self.features.file, str(layer.dated) if layer.dated else "datum inte känt",
            counted(count, "område", "områden"),
        ]  # fmt: skip
        if not layer.confirmed:
            facts.append("gränserna är inte bekräftade")
        return ", ".join(facts)


@dataclass(slots=True)
class _Entry:
    """The rows of one property in one layer, and its rows in the ledger."""

    layer: int
    rows: list[int] = field(default_factory=list)
    ledger: list[tuple[str | None, LedgerEntry]] = field(default_factory=list)


class _Register:
    """The properties of a pack by name. The layers are read once, whatever number of names is looked up."""

    def __init__(self, plan: Plan) -> None:
        if not any(layer.theme == PROPERTIES for layer in plan.layers):
            raise LayerError(
                Fault(
                    message=f"planpaketet {plan.id!r} har inget lager med fastigheter: ingen fastighet kan slås upp. "
                    f'Lägg till [[layer]] med theme = "{PROPERTIES}" och fields = {{ name = "…" }}, kolumnen med '
                    "beteckningen (se docs/egen-plan.md), eller ange platserna som en fil med geometri."
                )
            )
        nameless = [layer.id for layer in plan.layers if layer.theme == PROPERTIES and "name" not in layer.fields]
        if nameless:
            raise LayerError([
                Fault(message='säger inte vilken kolumn beteckningen står i. Ange fields = { name = "…" }.',
                      layer_id=one, key="fields.name")
                for one in nameless
            ])  # fmt: skip
        self._plan = plan
        self._own = _own_names(plan)
        self._loaded: LoadedPlan = load_plan(plan, {PROPERTIES})
        self._layers = self._loaded.of_theme(PROPERTIES)
        self._entries: dict[str, dict[int, _Entry]] = {}
        self._areas: dict[tuple[int, int], str | None] = {}
        self._unnamed = 0
        for number, features in enumerate(self._layers):
            self._take_in(number, features)

    def _take_in(self, number: int, features: Features) -> None:
        roles = [features.fields.get(role) for role in ("name", "category", "subcategory")]
        for row in range(len(features)):
            named = _of_row(*(None if cells is None else cells[row] for cells in roles))
            if named is None:
                self._unnamed += 1
                continue
            self._entry(number, named).rows.append(row)
            self._areas[number, row] = named.area
        bad = [one for one in features.ledger if one.state in ("unplaced", "set_aside") or one.moved]
        if not bad:
            return
        names: dict[str, Designation | None] = {}
        lost = 0
        for row_id, cells, unread in all_rows(self._plan, features.layer):
            names[row_id] = _of_row(cells.get("name"), cells.get("category"), cells.get("subcategory"))
            lost += unread
        if lost:
            message = (
                f"{counted(lost, 'post', 'poster')} går inte att läsa, och kan höra till vilken fastighet som helst. "
                "Exportera filen igen, eller ange platserna som en fil med geometri."
            )
            raise LayerError(Fault(message=message, path=features.file, layer_id=features.layer.id))
        for one in bad:
            named = names.get(one.feature)
            if named is not None:
                self._entry(number, named).ledger.append((named.area, one))

    def _entry(self, number: int, named: Designation) -> _Entry:
        return self._entries.setdefault(named.key, {}).setdefault(number, _Entry(layer=number))

    def look_up(self, texts: Sequence[str], places: Sequence[Fault], faults: list[Fault]) -> list[_Found | None]:
        """Return what each text names, None with a fault where it names nothing."""
        found: list[_Found | None] = []
        unknown: list[tuple[str, Designation, Fault]] = []
        for text, place in zip(texts, places, strict=True):
            named = designation(text)
            why = _not_one(text)
            hits = [one for key in _readings(named.key, self._own) for one in self._entries.get(key, {}).items()]
            keys = [key for key in _readings(named.key, self._own) if key in self._entries]
            if keys and not self._is_prefixed and not named.key.endswith(keys[0]):
                # Found only with the municipality's name before it, which in this layer is part of a trakt's name.
                hits = []
            if why is None and not hits:
                unknown.append((text, named, place))
                found.append(None)
                continue
            if why is None and (len(keys) > 1 or len(hits) > 1):
                why = self._ambiguous(text, keys, [self._layers[number] for number, _ in hits])
            one: _Found | None = None
            if why is None:
                one, why = self._found(text, named, keys[0], hits[0][1])
            if why is not None:
                faults.append(dataclasses.replace(place, message=why))
            found.append(one if why is None else None)
        for text, named, place in unknown[:LISTED]:
            message = f"fastigheten {text!r} finns inte i planpaketet. {self._near(text, named.key)}"
            faults.append(dataclasses.replace(place, message=message))
        if len(unknown) > LISTED:
            rest = ", ".join(text for text, _, _ in unknown[LISTED:])
            more = counted(len(unknown) - LISTED, "fastighet", "fastigheter")
            faults.append(Fault(message=f"{more} till finns inte i planpaketet: {rest}."))
        return found

    def _found(self, text: str, named: Designation, key: str, entry: _Entry) -> tuple[_Found | None, str | None]:
        features = self._layers[entry.layer]
        rows, ledger = entry.rows, entry.ledger
        if named.area is not None:
            numbers = {self._areas[entry.layer, row] for row in rows} | {area for area, _ in ledger}
            if None in numbers:
                return None, (
                    f"{text!r} frågar efter område {named.area}, men lagret {features.layer.id!r} numrerar inte "
                    f"fastighetens områden ({counted(len(rows) + len(ledger), 'yta', 'ytor')}). Ange hela fastigheten, "
                    "eller lämna området som en fil med geometri."
                )
            if named.area not in numbers:
                known = ", ".join(f">{one}" for one in sorted((one for one in numbers if one), key=_in_order))
                return None, f"{text!r}: fastigheten har inget område {named.area}. Lagret har {known}."
            rows = [row for row in rows if self._areas[entry.layer, row] == named.area]
            ledger = [one for one in ledger if one[0] == named.area]
        # With several municipalities in one layer the same name can be two properties.
        area = self._loaded.area
        if area is not None and not self._plan.provisional_area and len(rows) > 1:
            inside = shapely.intersects(area, features.geometry[rows])
            if inside.any() and not inside.all():
                return None, (
                    f"{text!r} har ytor både i kommunen och helt utanför den ({int((~inside).sum())} av {len(rows)}). "
                    "Samma beteckning kan finnas i två kommuner: klipp lagret till kommunen, eller lämna platsen "
                    "som en fil med geometri."
                )
        return _Found(
            named=Designation(key=key, area=named.area), features=features, rows=tuple(rows),
            ledger=tuple(one for _, one in ledger),
        ), None  # fmt: skip

    def _ambiguous(self, text: str, keys: Sequence[str], layers: Sequence[Features]) -> str:
        if len(keys) > 1:
            listing = ", ".join(one.upper() for one in keys)
            return f"{text!r} kan vara {listing}, som alla finns i lagret. Skriv som lagret."
        listing = ", ".join(one.layer.id for one in layers)
        return f"{text!r} finns i flera lager ({listing}). Ta bort den ur det lager som inte ska gälla."

    def _near(self, text: str, key: str) -> str:
        """Return the sentences that help with a name that is not there: those that are near, and how many there are."""
        near = self._likely(key)
        *first, last = [repr(one.upper()) for one in near] or [""]
        hint = f"Menades {', '.join(first)}{' eller ' if first else ''}{last}? " if near else ""
        several = bool(re.search(r",|;|\boch\b|\bsamt\b", text)) and not near
        count = len(self._entries)
        layers = ", ".join(one.layer.id for one in self._layers)
        told = f"Lagret {layers} har {counted(count, 'fastighet', 'fastigheter')}"
        unnamed = counted(self._unnamed, "yta", "ytor")
        more = f" och {unnamed} utan beteckning" if self._unnamed else ""
        return hint + ("Ange en fastighet i taget. " if several else "") + f"{told}{more}."

    def _likely(self, key: str) -> list[str]:
        """Return names like one that is not there, sought first among the trakter: all names would take too long."""
        for reading in _readings(key, self._own)[:2]:
            trakt = reading.rpartition(" ")[0] or reading
            trakter = difflib.get_close_matches(trakt, self._trakter, n=3, cutoff=0.6)
            if trakter:
                among = [one for name in trakter for one in self._trakter[name]]
                if near := difflib.get_close_matches(reading, among, n=3, cutoff=0.6):
                    return near
        return []

    @cached_property
    def _is_prefixed(self) -> bool:
        """Whether the layer writes the municipality's name before its designations: it does so in every row."""
        return all(any(key.startswith(f"{name} ") for name in self._own) for key in self._entries)

    @cached_property
    def _trakter(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in sorted(self._entries):
            found.setdefault(key.rpartition(" ")[0] or key, []).append(key)
        return found


def _of_row(name: str | None, trakt: str | None, area: str | None) -> Designation | None:
    """Return what a row of the layer is called; a trakt in a column of its own goes before the number."""
    if name is None:
        return None
    found = designation(f"{trakt} {name}" if trakt else name)
    number = (area or "").strip().lstrip("0")
    return Designation(key=found.key, area=found.area or (number or None)) if found.key else None


def _in_order(area: str) -> tuple[bool, int, str]:
    """Return what puts the names of areas in order: 9 before 10, and what is no number last."""
    return not area.isdecimal(), len(area), area


def _not_one(text: str) -> str | None:
    """Return why a text does not name a whole property, None when it does."""
    plain = " ".join(text.split()).strip(" .;")
    if _PART.search(plain):
        return (
            f"{text!r} är en del av en fastighet, och vilken del säger inte namnet. Lämna platsen som en fil med "
            "geometri, eller ange hela fastigheten."
        )
    if _OTHERS.search(plain):
        return f"{text!r} nämner inte alla fastigheter. Ange var och en för sig."
    return "en fastighet är angiven utan namn. Ange till exempel PITHOLM 47:13." if not designation(text).key else None
