"""The manifest of a plan pack, ``plan.toml``: found, parsed, and checked as a whole before any data is opened."""

from __future__ import annotations

import codecs
import dataclasses
import datetime
import difflib
import hashlib
import importlib.util
import os
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from opcheck.checks import Override
from opcheck.errors import CRSError, Fault, PlanError
from opcheck.geometry import crs_name, measuring_fault
from opcheck.plan import (
    BORDERS,
    CURRENCY_SAYS,
    DOCUMENT_KINDS,
    DOCUMENT_STATUSES,
    EFFECTS,
    FIELD_ROLES,
    FITS,
    MANIFEST,
    MUNICIPALITY,
    PURPOSES,
    UNKNOWN,
    Currency,
    Document,
    Fitness,
    Layer,
    Neighbour,
    PartialDate,
    Plan,
    Source,
    Stance,
    Statement,
    ValueMapping,
    folded,
)
from opcheck.rules import LAND_USE, UNITS, divided, read_override, read_uses, themes
from opcheck.sources.companions import found as as_on_disk
from opcheck.tables import Faults, Table, expected, read_toml
from opcheck.texts import load

PACKS_VARIABLE = "OPCHECK_PACKS"
DEMO_PACKAGE = "opcheck.demo"
YEARS = range(1950, 2101)
"""Years that a plan can count its horizons from; anything else is a slip of the pen."""
MOST_ACCEPTED = 1_000_000
"""An `[[accept]]` of more rows than this is a slip of the pen, and not a statement that somebody answers for."""


def read_plan(source: str | os.PathLike[str], *, data: str | os.PathLike[str] | None = None) -> Plan:
    """Read the manifest of a plan pack.

    Parameters
    ----------
    source
        A folder with a ``plan.toml``, the file itself, or the name of a pack. A name is looked up in the folders of the
        environment variable ``OPCHECK_PACKS``, then among the packs that come with opcheck.
    data
        Folder in which the manifest's relative sources lie. By default they must lie inside the pack's own folder; with
        `data` the caller allows another one.

    Returns
    -------
    plan
        The pack as values. Its layers are not opened yet: their rows are read when sites are assessed.

    Raises
    ------
    PlanError
        The pack is not found, or its manifest has faults; all of them are listed.

    Examples
    --------
    >>> import opcheck
    >>> plan = opcheck.read_plan("pitea")
    >>> plan.name, plan.crs, plan.demonstration
    ('Piteå kommun', 'EPSG:3017', True)
    """
    return _read(source, data, ())


def _read(source: str | os.PathLike[str], data: str | os.PathLike[str] | None, included_by: tuple[Path, ...]) -> Plan:
    """Read a pack; `included_by` is the way here, from the pack that was asked for."""
    manifest = _find(source)
    faults = Faults(_shown(manifest))
    table = read_toml(manifest, faults)
    if table is None:
        raise PlanError(faults.found)
    folder = Path(data) if data is not None else manifest.parent
    if data is not None and not folder.is_dir():
        faults.add(None, f"datamappen {os.fspath(data)!r} finns inte.")
    plan = _Reader(manifest, folder.resolve(), faults, included_by).plan(table)
    if faults:
        raise PlanError(faults.found)
    assert plan is not None  # noqa: S101 - None only together with a fault
    return plan


def pack_names() -> list[str]:
    """Return the names of the packs that `read_plan` finds without a path."""
    return sorted({pack.name for folder in _pack_folders() for pack in folder.iterdir() if (pack / MANIFEST).is_file()})


def _pack_folders() -> list[Path]:
    listed = [Path(part) for part in os.environ.get(PACKS_VARIABLE, "").split(os.pathsep) if part]
    spec = importlib.util.find_spec(DEMO_PACKAGE)
    shipped = [Path(part) for part in (spec.submodule_search_locations or ())] if spec else []
    return [folder for folder in listed + shipped if folder.is_dir()]


def _find(source: str | os.PathLike[str]) -> Path:
    # A folder typed with å as one character may have it as two on the disk.
    path = as_on_disk(Path(source))
    if path.is_file():
        return path
    if (path / MANIFEST).is_file():
        return path / MANIFEST
    if len(path.parts) == 1:
        for folder in _pack_folders():
            if (folder / path / MANIFEST).is_file():
                return folder / path / MANIFEST
    if path.is_dir():
        message = f"mappen har ingen {MANIFEST}. Ange en mapp med ett planpaket."
        raise PlanError(Fault(message=message, path=os.fspath(source)))
    names = pack_names()
    known = expected(os.fspath(source), names) if names else "Inga paket följer med den här installationen."
    raise PlanError(
        Fault(message=f"planpaketet {os.fspath(source)!r} finns inte, varken som mapp eller som namn. {known}")
    )


def _shown(manifest: Path) -> str:
    return f"{manifest.parent.name}/{manifest.name}" if manifest.parent.name else manifest.name


class _Reader:
    """Turns the tables of a manifest into values, collecting faults."""

    def __init__(self, manifest: Path, folder: Path, faults: Faults, included_by: tuple[Path, ...]) -> None:
        self._manifest = manifest
        self._folder = folder
        self._faults = faults
        self._way = (*included_by, manifest.resolve())
        self._border = False  # whether the pack names the municipality's border

    def plan(self, root: Table) -> Plan | None:
        head = root.table("plan")
        if head is None:
            root.fault("plan", "saknas. Filen ska börja med en tabell [plan] med id, name, crs och area.")
            return None
        base = head.flag("base", False)
        area = self._source(head, "area", required=not base)
        self._border = area is not None or head.has("area")
        documents = tuple(self._document(table) for table in root.tables("document"))
        layers = tuple(self._layer(table) for table in root.tables("layer"))
        plan = Plan(
            id=head.required_text("id"),
            name=head.required_text("name"),
            municipality_code=self._code(head, "municipality_code"),
            crs=self._crs(head),
            area=area,
            base=base,
            question=head.text("question"),
            contact=head.text("contact"),
            provisional_area=self._provisional(head),
            note=head.text("note"),
            demonstration=head.flag("demonstration", False),
            licence=head.text("licence"),
            attribution=head.text("attribution"),
            rule_files=tuple(self._inside(head, "rules", name) for name in head.texts("rules")),
            folder=self._folder,
            sha256=hashlib.sha256(self._manifest.read_bytes()).hexdigest(),
            documents=documents,
            layers=layers,
            units=self._units(root),
            neighbours=tuple(self._neighbour(table) for table in root.tables("neighbour")),
            not_applicable=tuple(self._theme_statement(table) for table in root.tables("not_applicable")),
            accepted=tuple(self._accepted(root)),
            overrides=tuple(read_override(table) for table in root.tables("override")),
            values=tuple(self._values(root)),
        )
        own = {(one.rule, one.parameter) for one in plan.overrides}
        for name in head.texts("include"):
            plan = self._with(head, plan, name, own)
        head.done()
        root.done()
        self._consistent(root, plan)
        return plan

    def _with(self, head: Table, plan: Plan, name: str, own: Set[tuple[str, str]]) -> Plan:
        """Return the plan with the layers of a shared pack, and with everything that the pack says of them."""
        beside = self._manifest.parent / name
        try:
            manifest = _find(beside if beside.is_dir() else name)
            if manifest.resolve() in self._way:
                ring = " → ".join(one.parent.name for one in (*self._way, manifest.resolve()))
                head.fault("include", f"tar med paketen i en ring: {ring}. Ta bort {name!r} ur include.")
                return plan
            other = _read(manifest, None, self._way)
        except PlanError as error:
            self._faults.found.extend(error.faults)
            return plan
        return dataclasses.replace(
            plan,
            layers=(*plan.layers, *self._shared(head, plan, other)),
            demonstration=plan.demonstration or other.demonstration,
            attribution="; ".join(dict.fromkeys(one for one in (plan.attribution, other.attribution) if one)) or None,
            rule_files=tuple(dict.fromkeys((*plan.rule_files, *other.rule_files))),
            overrides=(*self._overrides(head, plan, other, own), *plan.overrides),
            accepted=(*plan.accepted, *other.accepted),
            not_applicable=(*plan.not_applicable, *other.not_applicable),
            # A pack that two others include is one pack.
            included=tuple(sorted({*plan.included, (other.id, other.sha256), *other.included})),
        )

    def _overrides(self, head: Table, plan: Plan, other: Plan, own: Set[tuple[str, str]]) -> Iterator[Override]:
        """Give a shared pack's overrides but those in `own`: a pack's own word goes before what it includes."""
        heard = {(one.rule, one.parameter) for one in plan.overrides}
        for one in other.overrides:
            key = (one.rule, one.parameter)
            if key not in own and key in heard:
                head.fault(
                    "include",
                    f"paketet {other.id!r} ändrar {one.parameter} i regeln {one.rule}, som ett annat paket i include "
                    "redan ändrar. Ange det värde som gäller här i ett eget [[override]].",
                )
            elif key not in own:
                yield one

    def _shared(self, head: Table, plan: Plan, other: Plan) -> Iterator[Layer]:
        """Give the layers of a shared pack as this plan can read them: files by full path, areas the pack's own."""
        taken = {layer.id for layer in plan.layers}
        for layer in other.layers:
            if layer.document is not None:
                # Without its document nobody could tell whether the layer is in force.
                head.fault(
                    "include",
                    f"lagret {layer.id!r} hör till ett dokument; ur ett annat paket ({other.id!r}) tas bara lager utan "
                    "dokument med. Flytta lagret och dokumentet hit, eller lägg de gemensamma lagren i ett eget paket.",
                )
            elif layer.theme == LAND_USE:
                head.fault(
                    "include",
                    f"lagret {layer.id!r} har temat {LAND_USE}; markanvändning tas inte med ur ett annat paket "
                    f"({other.id!r}). Flytta lagret hit med sitt dokument, eller lägg de gemensamma lagren i ett eget "
                    "paket.",
                )
            elif layer.id in taken:
                head.fault(
                    "include",
                    f"lagret {layer.id!r} finns redan när paketet {other.id!r} tas med. Varje id får stå en gång; "
                    "byt id på det ena, eller ta med paketet på ett ställe.",
                )
            else:
                coverage = other.area if layer.coverage == MUNICIPALITY else layer.coverage
                yield dataclasses.replace(
                    layer,
                    source=_placed(layer.source, other),
                    coverage=_placed(coverage, other) if isinstance(coverage, Source) else coverage,
                    licence=layer.licence or other.licence,
                )

    def _code(self, table: Table, name: str) -> str | None:
        code = table.text(name)
        if code is not None and not (len(code) == 4 and code.isdigit()):
            table.fault(name, f'är {code!r}. Förväntade fyra siffror som text, till exempel "2581".')
        return code

    def _crs(self, head: Table) -> str:
        text = head.required_text("crs")
        if not text:
            return ""
        try:
            why = measuring_fault(text)
            if why is not None:
                head.fault("crs", f"är {text!r}, {why}. Ange kommunens zon, till exempel EPSG:3017.")
            return crs_name(text)
        except CRSError as error:
            head.fault("crs", error.faults[0].message)
            return ""

    def _provisional(self, head: Table) -> bool:
        provisional = head.flag("provisional_area", False)
        if provisional and not self._border:
            head.fault("provisional_area", "är true, men area saknas: det finns ingen gräns att säga något om.")
        return provisional

    def _source(self, table: Table, name: str, *, required: bool = False) -> Source | None:
        inner = table.table(name)
        if inner is None:
            if required and not table.has(name):
                table.fault(
                    name,
                    f'saknas. Ange {name} = {{ source = "fil" }}. Bara ett baspaket, base = true, får vara utan.',
                )
            return None
        source = Source(
            file=self._file(inner, "source"), layer=inner.text("layer"), crs=self._declared_crs(inner),
            encoding=_encoding(inner),
        )  # fmt: skip
        inner.done()
        return source

    def _file(self, table: Table, name: str) -> str:
        text = table.required_text(name)
        if text:
            self._inside(table, name, text)
        return text

    def _inside(self, table: Table, name: str, text: str) -> Path:
        """Return the path of a source, with a fault when it leaves the pack or does not exist."""
        path = (self._folder / text).resolve()
        if text.startswith("/vsi") or "://" in text:
            table.fault(name, f"är {text!r}. Ange en fil i paketets mapp; tjänster och virtuella sökvägar läses inte.")
        elif not path.is_relative_to(self._folder):
            table.fault(
                name, f"är {text!r}, utanför paketets mapp. Lägg filen i mappen, eller ange datamappen med --data."
            )
        elif not path.exists():
            table.fault(name, f"är {text!r}, men filen finns inte i paketets mapp. Kontrollera namnet.")
        return path

    def _declared_crs(self, table: Table) -> str | None:
        text = table.text("crs")
        if text is None:
            return None
        try:
            return crs_name(text)
        except CRSError as error:
            table.fault("crs", error.faults[0].message)
            return None

    def _partial(self, table: Table, name: str) -> PartialDate | None:
        value = table.raw(name)
        if value is None:
            return None
        text = value.isoformat() if isinstance(value, datetime.date) else str(value)
        try:
            return PartialDate.parse(text)
        except ValueError:
            table.fault(name, f'är {text!r}. Förväntade "2016", "2016-05" eller "2016-05-30".')
            return None

    def _document(self, table: Table) -> Document:
        area, area_unknown = self._document_area(table)
        document = Document(
            id=table.required_text("id"),
            kind=table.choice("kind", DOCUMENT_KINDS, required=True) or "",
            name=table.required_text("name"),
            status=table.choice("status", DOCUMENT_STATUSES, required=True) or "",
            adopted=self._partial(table, "adopted"),
            legal_force=self._partial(table, "legal_force"),
            area=area,
            area_unknown=area_unknown,
            themes=self._themes(table, "themes"),
            base=table.text("base"),
            kept=table.get("kept", bool),
            currency=tuple(sorted(self._currency(table), key=lambda entry: entry.decided)),
            url=table.text("url"),
            published=table.text("published"),
            horizon_from=self._year(table, "horizon_from"),
            note=table.text("note"),
        )
        table.done()
        return document

    def _document_area(self, table: Table) -> tuple[Source | None, bool]:
        """Return the area of a document, and whether it is said to be unknown."""
        if table.raw("area") == UNKNOWN:
            return None, True
        if isinstance(table.raw("area"), str):
            table.fault("area", f'är {table.raw("area")!r}. Ange {{ source = "fil" }}, eller "{UNKNOWN}" om området '
                        "inte är inläst.")  # fmt: skip
            return None, False
        return self._source(table, "area"), False

    def _currency(self, table: Table) -> Iterator[Currency]:
        """Give what strategies say of a document; the same thing said twice is a fault, since one would be lost."""
        seen: set[object] = set()
        for entry in table.tables("currency"):
            decided = entry.date("decided")
            says = entry.choice("says", CURRENCY_SAYS, required=True)
            found_themes, area = self._themes(entry, "themes"), self._source(entry, "area")
            if decided is None and not entry.has("decided"):
                entry.fault("decided", "saknas. Ange dagen för kommunfullmäktiges beslut.")
            elif decided is not None and says:
                what = (decided, tuple(sorted(found_themes)), area)
                if what in seen:
                    entry.fault(
                        "decided",
                        f"är {decided}, och en annan post säger redan vad samma beslut säger om samma sak. "
                        "Slå ihop dem, eller skilj dem åt med themes eller area.",
                    )
                seen.add(what)
                yield Currency(decided=decided, says=says, themes=found_themes, area=area)
            entry.done()

    def _year(self, table: Table, name: str) -> int | None:
        year = table.get(name, int)
        if year is not None and year not in YEARS:
            table.fault(name, f"är {year}. Förväntade ett årtal från {YEARS.start} till {YEARS.stop - 1}.")
            return None
        return year

    def _themes(self, table: Table, name: str) -> tuple[str, ...]:
        found = table.texts(name)
        for theme in found:
            if theme not in themes():
                table.fault(name, f"har det okända temat {theme!r}. {divided(theme) or expected(theme, themes())}")
        return found

    def _layer(self, table: Table) -> Layer:
        layer_id = table.required_text("id")
        source = Source(
            file=self._file(table, "source"), layer=table.text("layer"), crs=self._declared_crs(table),
            encoding=_encoding(table),
        )  # fmt: skip
        border = table.choice("border", BORDERS)
        accuracy = table.number("accuracy_m", least=0.0)
        layer = Layer(
            id=layer_id,
            theme=_theme(table),
            source=source,
            title=table.text("title"),
            document=table.text("document"),
            fields=self._fields(table),
            dated=self._partial(table, "dated"),
            owner=table.text("owner"),
            licence=table.text("licence"),
            accuracy_m=accuracy,
            border=border,
            coverage=self._coverage(table),
            confirmed=table.flag("confirmed", True),
            note=table.text("note"),
            values=tuple(self._values(table)),
            stances=tuple(self._stance(stance) for stance in table.tables("stance")),
            empty=self._empty(table),
            scale=_scale(table),
            fitness=tuple(self._fitness(table)),
        )
        table.done()
        return layer

    def _fitness(self, table: Table) -> Iterator[Fitness]:
        """Give what a layer is said to be fit for; the same purpose twice is a fault, since one would be lost."""
        seen = set()
        for entry in table.tables("fitness"):
            one = Fitness(
                purpose=entry.choice("purpose", PURPOSES, required=True) or "",
                fit=entry.choice("fit", FITS, required=True) or "",
                source=entry.required_text("source"), scale=_scale(entry),
            )  # fmt: skip
            if one.purpose and one.purpose in seen:
                entry.fault("purpose", f"är {one.purpose!r}, som redan står. Varje syfte får stå en gång.")
            seen.add(one.purpose)
            entry.done()
            yield one

    def _fields(self, table: Table) -> dict[str, str]:
        inner = table.table("fields")
        if inner is None:
            return {}
        found = {role: inner.text(role) for role in FIELD_ROLES if inner.has(role)}
        for name in inner.keys():
            if name not in FIELD_ROLES:
                inner.raw(name)
                inner.fault(name, f"är en okänd roll. {expected(name, FIELD_ROLES)}")
        inner.done()
        return {role: column for role, column in found.items() if column}

    def _coverage(self, table: Table) -> str | Source | None:
        value = table.raw("coverage")
        if value is None:
            return None
        if isinstance(value, str):
            if value != MUNICIPALITY:
                table.fault("coverage", f'är {value!r}. Ange "{MUNICIPALITY}" eller {{ source = "fil" }}.')
            elif not self._border:
                table.fault(
                    "coverage",
                    f'är "{MUNICIPALITY}", men kommunens gräns är inte inläst. Ange [plan] area, eller '
                    'coverage = { source = "fil" }.',
                )
            return value
        return self._source(table, "coverage")

    def _values(self, table: Table) -> Iterator[ValueMapping]:
        """Give the mappings of a legend; the same value twice is a fault, since one of them would be lost."""
        seen = set()
        for entry in table.tables("value"):
            mapping = self._value(entry)
            value = (folded(mapping.category), folded(mapping.subcategory))
            if value in seen and value != (None, None):
                words = " och ".join(repr(one) for one in (mapping.category, mapping.subcategory) if one)
                entry.fault(
                    "from",
                    f"namnger {words}, som redan har en översättning här (versaler och blanktecken spelar ingen "
                    "roll). Varje värde får stå en gång; ta bort den ena.",
                )
            seen.add(value)
            yield mapping

    def _value(self, table: Table) -> ValueMapping:
        source = table.table("from")
        category = subcategory = None
        if source is None:
            table.fault("from", 'saknas. Ange from = { category = "…" }.')
        else:
            category, subcategory = source.text("category"), source.text("subcategory")
            source.done()
            if category is None and subcategory is None:
                table.fault("from", "namnger inget värde. Ange category, subcategory eller båda.")
        to = table.texts("to")
        if not 1 <= len(to) <= 2:
            table.fault("to", 'saknas eller är för lång. Ange ["Kategori"] eller ["Kategori", "Underkategori"].')
            to = ("",)
        mapping = ValueMapping(
            category=category, subcategory=subcategory, to=(to[0], to[1] if len(to) == 2 else None),
            evidence=table.text("evidence"),
        )  # fmt: skip
        table.done()
        return mapping

    def _stance(self, table: Table) -> Stance:
        on = table.date("on")
        if on is None:
            table.fault("on", "saknas. Ange vilken dag texten lästes.")
        stance = Stance(
            feature=table.required_text("id"),
            effect=table.choice("effect", EFFECTS, required=True) or "",
            uses=read_uses(table),
            quote=table.text("quote"),
            by=table.required_text("by"),
            on=on or datetime.date.min,
        )
        table.done()
        return stance

    def _empty(self, table: Table) -> Statement | None:
        inner = table.table("empty")
        if inner is None:
            return None
        statement = Statement(
            what=str(table.raw("id")), reason=inner.text("reason") or "lagret ska vara tomt",
            stated_by=inner.required_text("stated_by"), date=inner.date("date"),
        )  # fmt: skip
        inner.done()
        return statement

    def _theme_statement(self, table: Table) -> Statement:
        statement = Statement(
            what=_theme(table), reason=table.required_text("reason"),
            stated_by=table.required_text("stated_by"), date=table.date("date"),
        )  # fmt: skip
        table.done()
        return statement

    def _accepted(self, root: Table) -> Iterator[Statement]:
        """Give one statement for each row that is accepted: of rows that nothing tells apart, as many as `count`."""
        seen = set()
        for table in root.tables("accept"):
            statement = Statement(
                what=table.required_text("feature"), reason=table.required_text("reason"),
                stated_by=table.required_text("stated_by"), date=table.date("date"),
            )  # fmt: skip
            count = table.get("count", int)
            if count is not None and not 1 <= count <= MOST_ACCEPTED:
                table.fault("count", f"är {count}. Förväntade hur många rader som godtas, från 1 till {MOST_ACCEPTED}.")
                count = None
            if statement.what and "/" not in statement.what:
                table.fault("feature", f'är {statement.what!r}. Ange "lager/objekt".')
            elif statement.what in seen:
                table.fault(
                    "feature",
                    f"är {statement.what!r}, som redan är godtaget. Ange objektet en gång, med count = antalet rader "
                    "om det gäller flera.",
                )
            seen.add(statement.what)
            table.done()
            for _ in range(1 if count is None else count):
                yield statement

    def _units(self, root: Table) -> dict[str, str]:
        inner = root.table("units")
        if inner is None:
            return {}
        units = {name: inner.required_text(name) for name in inner.keys()}
        for name in units:
            if name not in UNITS:
                inner.fault(name, f"är en okänd enhet. {expected(name, UNITS)}")
        inner.done()
        return units

    def _neighbour(self, table: Table) -> Neighbour:
        pack = table.text("pack")
        neighbour = Neighbour(
            name=table.required_text("name"), code=self._code(table, "code"), pack=pack,
            manifest=None if pack is None else self._beside(table, "pack", pack), area=self._source(table, "area"),
        )  # fmt: skip
        table.done()
        return neighbour

    def _beside(self, table: Table, name: str, pack: str) -> Path | None:
        """Return the manifest of another pack: a folder beside this one, or a name. It is found, not read."""
        beside = self._manifest.parent / pack
        try:
            manifest = _find(beside if beside.is_dir() else pack).resolve()
        except PlanError as error:
            table.fault(name, error.faults[0].message)
            return None
        if manifest == self._manifest.resolve():
            table.fault(name, f"är {pack!r}, som är det här paketet. Ange grannkommunens paket.")
            return None
        return manifest

    def _consistent(self, root: Table, plan: Plan) -> None:
        """Record what no single table can show: repeated ids, and names that lead nowhere."""
        _unique(root, "document", (document.id for document in plan.documents))
        _unique(root, "layer", (layer.id for layer in plan.layers))
        _unique(root, "neighbour", (neighbour.name for neighbour in plan.neighbours), "name")
        ids = {document.id for document in plan.documents}
        for number, layer in enumerate(plan.layers, 1):
            if layer.document is not None and layer.document not in ids:
                root.fault(f"layer[{number}].document", f"är {layer.document!r}. {expected(layer.document, ids)}")
            _unique(root, f"layer[{number}].stance", (f"{s.feature} {s.uses}" for s in layer.stances))
        for number, document in enumerate(plan.documents, 1):
            if document.base is not None and document.base not in ids:
                root.fault(f"document[{number}].base", f"är {document.base!r}. {expected(document.base, ids)}")
            unplaced = document.area is None and not document.area_unknown
            if document.kind == "fördjupning" and unplaced and document.status == "laga kraft":
                root.fault(
                    f"document[{number}].area",
                    'saknas. En fördjupning gäller ett område; ange area = { source = "fil" }, eller '
                    f'area = "{UNKNOWN}" om området inte är inläst: frågan står då öppen där planen kan gälla.',
                )
            if document.kind == "tillägg" and not document.themes:
                root.fault(f"document[{number}].themes", "saknas. Ett tillägg gäller ett visst intresse; ange teman.")
        layers = {layer.id for layer in plan.layers}
        for number, statement in enumerate(dict.fromkeys(plan.accepted), 1):
            layer_id = statement.what.partition("/")[0]
            if layer_id not in layers:
                root.fault(f"accept[{number}].feature", f"namnger lagret {layer_id!r}. {expected(layer_id, layers)}")


def _placed(source: Source, other: Plan) -> Source:
    """Return a source of another pack by its full path."""
    return dataclasses.replace(source, file=os.fspath(other.folder / source.file))


def _encoding(table: Table) -> str | None:
    name = table.text("encoding")
    try:
        return name if name is None else codecs.lookup(name).name
    except LookupError:
        table.fault("encoding", f'är {name!r}. Förväntade en teckenkodning, till exempel "utf-8" eller "latin-1".')
        return None


def _scale(table: Table) -> float | None:
    """Return the denominator of a scale: 50000 stands for 1:50 000."""
    scale = table.number("scale")
    if scale is not None and scale < 1:
        table.fault("scale", f"är {scale:g}. Ange skalans nämnare, till exempel 50000 för 1:50 000.")
        return None
    return scale


def _theme(table: Table) -> str:
    """Return a theme's id; a word that is none is answered with the themes whose Swedish titles are like it."""
    word = table.required_text("theme")
    if not word or word in themes():
        return word
    instead = divided(word)
    if instead is not None:
        table.fault("theme", f"är {word!r}. {instead}")
        return ""
    titles = {title.casefold(): name for name in themes() for title in (load("sv").get("theme", name),)}
    near = difflib.get_close_matches(word.casefold(), titles, n=3, cutoff=0.5)
    near += [title for title in titles if word.casefold()[:LIKE] in title and title not in near]
    if near:
        likely = ", ".join(f"{titles[title]} ({load('sv').get('theme', titles[title])})" for title in near[:3])
        table.fault("theme", f"är {word!r}. Menades {likely}? Alla teman står i docs/rule-reference.md.")
    else:
        table.fault("theme", f"är {word!r}. {expected(word, themes())}")
    return ""


LIKE = 5
"""So many first letters of a word are looked for in the titles: "järnväg" is in "Järnvägslinje"."""


def _unique(root: Table, kind: str, ids: Iterable[str], key: str = "id") -> None:
    word = {"id": "id", "name": "namn"}[key]
    seen: set[str] = set()
    for number, one in enumerate(ids, 1):
        if one and one in seen:
            root.fault(f"{kind}[{number}].{key}", f"{one!r} finns redan. Varje {word} får stå en gång.")
        seen.add(one)
