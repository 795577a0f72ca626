"""What a stranger's layers, columns and legend words probably are, and what speaks for it.

Nothing here decides: each answer carries its evidence, and how strong that is. The words stand in ``profiles/*.toml``.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opcheck.plan import FIELD_ROLES, folded
from opcheck.rules import LAND_USE, themes
from opcheck.tables import Faults, Table, read_toml
from opcheck.texts import load

PROFILES = Path(__file__).with_name("profiles")
BORDER = "kommungräns"
"""What a layer can be besides a theme: the municipality's border."""

STRONG, WEAK = "strong", "weak"

LEGEND_SHARE = 0.5
"""Of a legend column's rows, at least so many must hold the ÖP-modell's words for the words to name the theme."""

SEVERAL = 40
"""A column with more distinct values than this does not tell the themes of a mixed layer."""

WORDS = 60
"""A longer value is a sentence, and no name of a theme."""

LEGEND_MOST = 80
"""A column with more distinct values than this is no legend."""

CUT = range(8, 11)
"""A Shapefile's column names are cut to 10 bytes: 8 to 10 signs, as å, ä and ö may take two."""

SHARED = ("Landsbygd", "Vatten")
"""Words that ÖP-modell 1.0 has too: any other of the newer model's words shows that a layer is not by the older."""

LIKE = 0.86
"""How like two words must be (difflib's ratio) for one to be proposed for the other."""


SHORT = 3
"""Words of up to so many letters take no ending of one letter."""


# --- names ------------------------------------------------------------------------------------------------------------

_LATIN = str.maketrans("åäöéü", "aaoeu")
_CAMEL = re.compile(r"(?<=[a-zåäö])(?=[A-ZÅÄÖ])|(?<=[A-ZÅÄÖ])(?=[A-ZÅÄÖ][a-zåäö])")
_DIGITS = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
_ENDING = re.compile(
    r"(s|en|et|er|ar|or|n|r|t|na|erna|arna|orna|ens|ets)?"
    r"(omr(ade)?(n|t|na|s)?|zon(er)?|yt(a|or)|linje(r)?|punkt(er)?|polygon(er)?|pl|ln|pt|lager|grans(er)?|utbredning)?"
)


def plain(text: str) -> str:
    """Return a text for comparing: NFC, lower case, å ä ö without their marks."""
    return unicodedata.normalize("NFC", text).casefold().translate(_LATIN)


def joined(name: str) -> str:
    """Return a column's name for comparing: only its letters and digits."""
    return re.sub(r"[^a-z0-9]", "", plain(name))


def tokens(name: str) -> frozenset[str]:
    """Return the words of a file's or layer's name, as they stand and cut at capitals and digits."""
    name = unicodedata.normalize("NFC", name)
    found: set[str] = set()
    for one in (name, _CAMEL.sub(" ", name)):
        words = re.findall(r"[a-z0-9]+", plain(one))
        found.update(words)
        found.update(part for word in words for part in _DIGITS.sub(" ", word).split())
    return frozenset(found)


def _fits(word: str, token: str) -> bool:
    if word.endswith("*"):
        return token.startswith(word[:-1])
    if not token.startswith(word):
        return False
    rest = token[len(word) :]
    # A short word with a letter more is another word: spa and spår, lis and list.
    return _ENDING.fullmatch(rest) is not None and (len(word) > SHORT or len(rest) != 1)


def _matched(phrase: str, found: frozenset[str]) -> frozenset[str] | None:
    """Return the tokens by which a phrase fits, None when it does not."""
    used = set()
    for word in phrase.split():
        token = next((one for one in _shortest_first(found) if _fits(word, one)), None)
        if token is None:
            return None
        used.add(token)
    return frozenset(used)


@functools.lru_cache(maxsize=4096)
def _shortest_first(found: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda one: (len(one), one)))


# --- the word lists ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words that name a theme, and how strongly."""

    theme: str
    words: str
    strength: str
    alone: bool = False
    """So strong only where no other word stands beside: "E4" is the road, "E4 reservat" is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Words that take something away: a theme that opcheck does not have, or certainty.

    `kind` is that of the document of its own which the layer may belong to. `instead` is the theme of what the words
    speak of, proposed in the place of the themes in `replaces`.
    """

    words: tuple[str, ...]
    why: str
    themes: tuple[str, ...] = ()
    kind: str | None = None
    instead: str | None = None
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The column names by which a role is known, best first."""

    role: str
    names: tuple[str, ...]
    themes: tuple[str, ...] = ()
    proposal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Everything in ``themes.toml`` and ``fields.toml``."""

    phrases: tuple[Phrase, ...]
    interest: tuple[str, ...]
    apart: tuple[Aside, ...]
    doubt: tuple[Aside, ...]
    early: tuple[str, ...]
    late: tuple[str, ...]
    roles: tuple[Role, ...]
    told: Mapping[str, tuple[str, ...]]
    municipality: Mapping[str, tuple[str, ...]]
    property: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Everything in ``legend.toml``: the model's own words, and words that may stand for them."""

    model: str
    categories: Mapping[str, tuple[str, ...]]
    older: Mapping[str, tuple[tuple[str, ...], ...]]
    synonyms: Mapping[str, tuple[tuple[str, ...], ...]]
    letters: Mapping[str, tuple[str, ...]]


def _profile(name: str) -> Table:
    faults = Faults(name)
    root = read_toml(PROFILES / name, faults)
    if root is None:
        raise AssertionError(faults.found)
    return root


def _whole(*tables: Table) -> None:
    for table in tables:
        table.done()
        if table.faults:
            raise AssertionError(table.faults.found)


@functools.cache
def names() -> Names:
    """Return the words for themes and columns."""
    root = _profile("themes.toml")
    interest = _list(root, "interest", "words")
    phrases: list[Phrase] = []
    for table in root.tables("theme"):
        theme = table.required_text("theme")
        phrases += [Phrase(theme=theme, words=words, strength=STRONG) for words in table.texts("strong")]
        phrases += [Phrase(theme=theme, words=words, strength=STRONG, alone=True) for words in table.texts("alone")]
        phrases += [Phrase(theme=theme, words=words, strength=WEAK) for words in table.texts("weak")]
        phrases += [
            Phrase(theme=theme, words=f"{sign} {words}", strength=STRONG)
            for words in table.texts("interest")
            for sign in interest
        ]
        _whole(table)
    border = _lists(root, "border")
    phrases += [Phrase(theme=BORDER, words=words, strength=STRONG) for words in border["strong"]]
    phrases += [Phrase(theme=BORDER, words=words, strength=STRONG, alone=True) for words in border["alone"]]
    apart, doubt = (tuple(_asides(root, kind)) for kind in ("apart", "doubt"))
    stages = _lists(root, "stages")
    _whole(root)
    fields = _profile("fields.toml")
    roles = []
    for table in fields.tables("role"):
        role = Role(
            role=table.choice("role", FIELD_ROLES, required=True) or "", names=table.texts("names"),
            themes=table.texts("themes"), proposal=table.flag("proposal", False),
        )  # fmt: skip
        _whole(table)
        roles.append(role)
    told, municipality, parts = (_lists(fields, name) for name in ("told", "municipality", "property"))
    _whole(fields)
    return Names(
        phrases=tuple(phrases), interest=interest, apart=apart, doubt=doubt, early=stages["early"],
        late=stages["late"], roles=tuple(roles),
        told=told, municipality=municipality, property=parts,
    )  # fmt: skip


@functools.cache
def legend() -> Legend:
    """Return the words of legends."""
    root = _profile("legend.toml")
    model = root.required_text("model")
    categories = {}
    for table in root.tables("category"):
        categories[table.required_text("name")] = table.texts("subcategories")
        _whole(table)
    older: dict[str, tuple[tuple[str, ...], ...]] = {}
    synonyms: dict[str, tuple[tuple[str, ...], ...]] = {}
    for kind, found in (("older", older), ("synonym", synonyms)):
        for table in root.tables(kind):
            to = table.raw("to")
            found[table.required_text("word")] = tuple(tuple(one) for one in to)
            _whole(table)
    letters = _lists(root, "letters")
    _whole(root)
    return Legend(model=model, categories=categories, older=older, synonyms=synonyms, letters=letters)


def _list(root: Table, name: str, key: str) -> tuple[str, ...]:
    return _lists(root, name)[key]


def _lists(root: Table, name: str) -> dict[str, tuple[str, ...]]:
    inner = root.table(name)
    if inner is None:
        raise AssertionError(name)
    found = {key: inner.texts(key) for key in inner.keys()}
    _whole(inner)
    return found


def _asides(root: Table, kind: str) -> Iterator[Aside]:
    for table in root.tables(kind):
        aside = Aside(
            words=table.texts("words"), why=table.required_text("why"), themes=table.texts("themes"),
            kind=table.text("kind"), instead=table.text("instead"), replaces=table.texts("replaces"),
        )  # fmt: skip
        _whole(table)
        yield aside


# --- themes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a layer may be.

    Parameters
    ----------
    theme
        A theme, `BORDER`, or None when nothing in name or content says.
    strength
        `STRONG` or `WEAK`.
    why
        The evidence, and then what speaks against it, in Swedish.
    others
        Other themes that are as near.
    beside
        It is weak for nothing but other words beside the one that names it.
    """

    theme: str | None
    strength: str
    why: tuple[str, ...]
    others: tuple[str, ...] = ()
    beside: bool = False


def theme_of(
    layer: str | None,
    file: str,
    folders: Sequence[str],
    kinds: Sequence[str],
    columns: Mapping[str, Sequence[Any]],
    *,
    alone: bool = True,
) -> Guess:
    """Tell what a layer may be about.

    Parameters
    ----------
    layer, file, folders
        Its name in the file (None where the file is one table), the file's name without suffix, and the folders it lies
        in, outermost first.
    kinds
        Of its geometries: "point", "line", "polygon".
    columns
        Column name → values.
    alone
        Whether the file has no other layer: the file's name says nothing about one of several.
    """
    guess = _by_name(layer or file, (file, *folders) if layer else folders)
    if guess.theme is None and layer and not guess.why:
        guess = _by_name(file, folders)
        if guess.theme is not None and not alone:
            why = (*guess.why, "men det är filens namn, och filen har flera lager")
            guess = Guess(theme=guess.theme, strength=WEAK, why=why, others=guess.others)
    content = _by_content(" ".join((layer or "", file, *folders)), columns)
    if content is not None and content.theme is None and guess.theme != LAND_USE:
        return content
    same = content is not None and guess.theme == content.theme
    better = guess.theme is None or (guess.strength, content and content.strength) == (WEAK, STRONG)
    if content is not None and content.theme and (same or better):
        # A name that says it is something else is not outdone by words that the plan has too.
        aside = _apart(tokens(layer or file))
        but = (f"men lagret {aside.why}",) if aside is not None else ()
        sure = not but and STRONG in (content.strength, guess.strength if same else WEAK)
        guess = Guess(
            theme=content.theme, strength=STRONG if sure else WEAK,
            why=(*guess.why, *content.why) if same else (*content.why, *but), others=content.others,
        )  # fmt: skip
    if guess.theme is None and not guess.why:
        guess = _by_column(columns)
    if guess.theme is None:
        return guess
    around = " ".join((layer or "", file, *folders))
    guess = _instead(guess, around)
    against = [*_doubts(guess.theme or "", around), *_shapes(guess.theme or "", kinds)]
    return dataclasses.replace(
        guess, strength=WEAK if against else guess.strength, why=(*guess.why, *against),
        beside=guess.beside and not against,
    )  # fmt: skip


def _instead(guess: Guess, text: str) -> Guess:
    """Return a guess with the theme of what is planned in the place of the thing itself, where a text says so.

    No distance is to be measured to a railway that nobody has built.
    """
    around = tokens(text)
    for one in names().doubt:
        used = next((used for word in one.words if (used := _matched(word, around))), None)
        if used is not None and one.instead is not None and guess.theme in one.replaces:
            title = load("sv").get("theme", guess.theme)
            why = (
                f"men namnet innehåller också {_said(used, (text,))}: lagret {one.why}, och temat är annars "
                f"{guess.theme} ({title})"
            )
            return Guess(theme=one.instead, strength=WEAK, why=(*guess.why, why), others=(guess.theme, *guess.others))
    return guess


def _by_name(own_name: str, around_names: Sequence[str]) -> Guess:
    """Tell a theme from a name; what is around it may lend a word ("riksintressen/hamn.shp"), but not name it alone."""
    own = tokens(own_name)
    around = own | tokens(" ".join(around_names))
    found: dict[str, tuple[tuple[int, bool, int], Phrase, frozenset[str]]] = {}
    for phrase in names().phrases:
        used = _matched(phrase.words, around)
        if used is None or not used & own:
            continue
        words = phrase.words.split()
        key = (len(words), phrase.strength == STRONG, sum(len(word.rstrip("*")) for word in words))
        if phrase.theme not in found or key > found[phrase.theme][0]:
            found[phrase.theme] = key, phrase, used
    best = max((key[:2] for key, _, _ in found.values()), default=None)
    apart = _apart(own)
    if best is None or (apart is not None and best < (1, True)):
        return Guess(theme=None, strength=WEAK, why=(apart.why,) if apart is not None else ())
    drawn = sorted((one for one in found if found[one][0][:2] == best), key=lambda one: (-found[one][0][2], one))
    theme, others = drawn[0], tuple(drawn[1:])
    _, phrase, used = found[theme]
    why = [f"namnet innehåller {_said(used, (own_name, *around_names))}"]
    strength = WEAK if others else phrase.strength
    more = _beside(own_name, used) if phrase.alone else ()
    if more:
        strength = WEAK
        why.append(f"men namnet har fler ord ({', '.join(more)})")
    if others:
        why.append(f"men namnet passar lika bra på {' och '.join(others)}")
    if apart is not None:
        strength = WEAK
        why.append(f"men lagret {apart.why}")
    if any(_matched(word, own) for word in names().interest) and not theme.startswith(("riksintresse", BORDER)):
        strength = WEAK
        why.append("men namnet säger också riksintresse")
    return Guess(theme=theme, strength=strength, why=tuple(why), others=others, beside=bool(more) and len(why) == 2)


def _apart(own: frozenset[str]) -> Aside | None:
    """Return what a name says that no theme is about, None when it says nothing of the kind."""
    return next((one for one in names().apart if any(_matched(word, own) for word in one.words)), None)


def _beside(name: str, used: frozenset[str]) -> tuple[str, ...]:
    """Return the words of a name besides those that were used, without numbers and words for a kind of shape."""
    return tuple(
        f"«{word}»"
        for word in re.findall(r"\w+", _CAMEL.sub(" ", name).replace("_", " "))
        if plain(word) not in used and not word.isdigit() and not _ENDING.fullmatch(plain(word))
    )


def _said(used: frozenset[str], where: Sequence[str]) -> str:
    """Return the words as they are spelled in the names, and which name it is where it is not the layer's own."""
    said = []
    for token in sorted(used):
        number, text = next((number, text) for number, text in enumerate(where) if token in tokens(text))
        word = _spelled(token, text)
        said.append(f"«{word}»" if number == 0 else f"«{word}» (i {text})")
    return " och ".join(said)


def _spelled(token: str, text: str) -> str:
    """Return a token as it is written in a text."""
    words = re.findall(r"\w+", _CAMEL.sub(" ", unicodedata.normalize("NFC", text)).replace("_", " "))
    return next((one for one in words if plain(one) == token), token)


def few(cells: Sequence[Any]) -> Counter[str]:
    """Return the texts of a column with their number; nothing where they are too many to be a legend."""
    found: Counter[str] = Counter()
    for cell in cells:
        if cell is not None:
            found[str(cell)] += 1
            if len(found) > LEGEND_MOST:
                return Counter()
    return found


def _by_content(name: str, columns: Mapping[str, Sequence[Any]]) -> Guess | None:
    """Tell a theme from what stands in the rows: the ÖP-modell's categories, or one theme's name in all of them."""
    known = {folded(name) for name in legend().categories}
    best: tuple[int, str, int, int] | None = None
    for column, cells in columns.items():
        texts = few(cells)
        if not texts:
            continue
        own = {text: count for text, count in texts.items() if folded(text) in known}
        hits, rows, count = len({folded(text) for text in own}), sum(own.values()), sum(texts.values())
        if hits >= 2 and rows >= LEGEND_SHARE * count and (best is None or rows > best[0]):
            best = rows, column, hits, count
    if best is not None:
        rows, column, hits, count = best
        return Guess(
            theme=LAND_USE, strength=STRONG,
            why=(f"kolumnen «{column}» har {hits} av kategorierna i {legend().model} ({rows} av {count} rader)",),
        )  # fmt: skip
    for column, cells in columns.items():
        said = {text.strip() for text in few(cells)}
        if 2 <= len(said) <= SEVERAL:
            told = {word: _by_name(f"{name} {word}", ()) for word in sorted(said) if len(word) <= WORDS}
            about = {guess.theme for guess in told.values() if guess.theme and guess.strength == STRONG}
            if len(about - {LAND_USE, BORDER}) >= 2:
                words = ", ".join(word for word, guess in told.items() if guess.theme)
                return Guess(
                    theme=None, strength=STRONG,
                    why=(f"kolumnen «{column}» blandar flera teman ({words}); dela lagret i ett per tema",),
                )  # fmt: skip
        if len(said) != 1 or any(cell is None for cell in cells):
            continue
        (text,) = said
        guess = _by_name(text, ()) if len(text) <= WORDS else None
        if guess is not None and guess.theme not in (None, LAND_USE, BORDER) and guess.strength == STRONG:
            why = [f"kolumnen «{column}» säger «{text}» i alla rader", *_doubts(guess.theme or "", text)]
            if len(cells) == 1:
                why.append("men det är en enda rad")
            elif not joined(column).endswith(KIND_COLUMN):
                why.append("men kolumnens namn säger inte att det är lagrets slag")
            strength = STRONG if len(why) == 1 else WEAK
            return _instead(Guess(theme=guess.theme, strength=strength, why=tuple(why), others=guess.others), text)
    return None


def _by_column(columns: Mapping[str, Sequence[Any]]) -> Guess:
    """Propose land use for a layer of which nothing else is known, where a column is called as a legend is."""
    column = next((one for one in columns if re.search("anvandning|markanv", joined(one))), None)
    if column is None:
        return Guess(theme=None, strength=WEAK, why=("inget i namn eller innehåll säger vad det är",))
    why = (f"kolumnen «{column}» heter som en teckenförklaring", "men inget annat säger vad lagret är")
    return Guess(theme=LAND_USE, strength=WEAK, why=why)


KIND_COLUMN = ("typ", "type", "kategori", "klass", "tema", "intresse", "skydd", "slag")
"""How the name of a column ends that tells what kind of thing all rows are, and not something about them."""


def _doubts(theme: str, text: str) -> list[str]:
    """Return what in a text makes a theme doubtful."""
    around = tokens(text)
    found = []
    for one in names().doubt:
        used = next((used for word in one.words if (used := _matched(word, around))), None)
        if used is not None and (not one.themes or theme in one.themes):
            found.append(f"men namnet innehåller också {_said(used, (text,))}: lagret {one.why}")
    return found


def _shapes(theme: str, kinds: Sequence[str]) -> list[str]:
    """Return what speaks against a theme in the shapes: they are of the wrong kind."""
    found: list[str] = []
    allowed = {"polygon"} if theme == BORDER else set(themes()[theme].geometry)
    if not kinds:
        found.append("men lagret har inga objekt med geometri")
    elif not allowed & set(kinds):
        have, want = (" och ".join(KIND_WORDS[kind] for kind in sorted(some)) for some in (set(kinds), allowed))
        found.append(f"men lagret har {have}, och här används bara {want}")
    elif theme.startswith("riksintresse") and set(kinds) == {"point"}:
        found.append(
            "men lagret har bara punkter: hur stort området är framgår inte, och nästan ingen plats träffar en punkt"
        )
    return found


KIND_WORDS = {"point": "punkter", "line": "linjer", "polygon": "ytor"}


def amends(*texts: str) -> str | None:
    """Return the kind of document that names say a layer belongs to besides the översiktsplan, None when none."""
    found = tokens(" ".join(texts))
    return next(
        (one.kind for one in names().doubt if one.kind and any(_matched(word, found) for word in one.words)), None
    )


def stages(*texts: str, early: bool = False) -> tuple[str, ...]:
    """Return the words in names that tell of a step in a plan's making, as they are spelled there."""
    text = " ".join(texts)
    words = names().early if early else (*names().early, *names().late)
    used = [_matched(word, tokens(text)) for word in words]
    return tuple(dict.fromkeys(_spelled(token, text) for one in used for token in sorted(one or ())))


# --- columns ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that may hold a role.

    Parameters
    ----------
    how
        In Swedish, how its name was recognised.
    sure
        False when the name is only part of a longer one.
    """

    role: str
    name: str
    how: str
    sure: bool = True


def columns_for(role: str, wanted: Sequence[str], present: Sequence[str]) -> list[Column]:
    """Return the columns whose names may mean a role, best first."""
    found = []
    for column in present:
        exact = joined(column)
        words = [joined(part) for part in re.split(r"[\s_.\-]+", _CAMEL.sub(" ", column)) if joined(part)]
        fits = []
        for rank, name in enumerate(wanted):
            if exact == name:
                fits.append(((0, rank), Column(role=role, name=column, how="namnet")))
            elif len(exact) in CUT and name.startswith(exact):
                fits.append(((1, rank), Column(role=role, name=column, how=f"avklippt namn, {name}")))
            elif len(name) >= 4 and len(words) > 1 and words[-1] == name:
                how = f"namnet slutar med {name}"
                fits.append(((2, rank), Column(role=role, name=column, how=how, sure=False)))
        if fits:
            found.append(min(fits, key=lambda one: one[0]))
    return [column for _, column in sorted(found, key=lambda one: (one[0], one[1].name))]


def one_value(cells: Sequence[Any]) -> str | None:
    """Return the value that stands in all rows, None when they differ or one is missing."""
    said = {str(cell).strip() for cell in cells if cell is not None}
    return said.pop() or None if len(said) == 1 and all(cell is not None for cell in cells) else None


# --- legends ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a legend's pair may stand for.

    Parameters
    ----------
    category, subcategory
        As they stand in the data; subcategory None stands for the rows that have none.
    to
        The ÖP-modell's words; several readings where a person must choose; empty when none is known.
    sure
        True only where the words are the model's own.
    why
        The evidence, in Swedish.
    """

    category: str
    subcategory: str | None
    to: tuple[tuple[str, ...], ...]
    sure: bool
    why: str


def readings(pairs: Sequence[tuple[str, str | None]]) -> list[Reading]:
    """Return what a legend's pairs may stand for: one reading for each pair, a category's own together.

    A category alone is read for the rows that have no subcategory. What the category stands for says nothing certain
    of a subcategory in the municipality's own words, so such a pair has no reading. A line for a category alone holds
    for every subcategory without a line of its own, so it is never sure where there are any in other words.
    """
    own = {folded(name): name for name in legend().categories}
    present = {folded(category) for category, _ in pairs}
    older = [word for word in legend().older if folded(word) in present - own.keys()]
    if present & own.keys() - {folded(word) for word in SHARED}:
        older = []
    letters = all(re.fullmatch(r"[A-ZÅÄÖ]\w?\d*", category.strip()) for category, _ in pairs)
    letters = letters and all(category.strip()[0] in legend().letters for category, _ in pairs)
    found: list[Reading] = []
    for key in dict.fromkeys(folded(category) for category, _ in pairs):
        inside = [pair for pair in dict.fromkeys(pairs) if folded(pair[0]) == key]
        category = inside[0][0]
        name = own.get(key)
        if name is None:
            whole = _guessed(category, letters=letters)
        else:
            why = f"samma ord som i {legend().model}"
            why += f", men lagret har också «{older[0]}» ur ÖP-modell 1.0" if older else ""
            whole = Reading(category=category, subcategory=None, to=((name,),), sure=not older, why=why)
        some = [_pair(whole, sub) for _, sub in inside if sub]
        if any(not sub for _, sub in inside):
            if whole.to and not all(one.sure for one in some):
                why = f"{whole.why}; raden gäller också de underkategorier som inte har en egen påslagen rad"
                whole = dataclasses.replace(whole, sure=False, why=why)
            found.append(whole)
        found += some
    return found


def _pair(whole: Reading, subcategory: str) -> Reading:
    """Read a subcategory by what its category may stand for; without a reading when it is in other words."""
    listed = {to[0]: {folded(one): one for one in legend().categories.get(to[0], ())} for to in whole.to}
    same = tuple((name, subs[folded(subcategory)]) for name, subs in listed.items() if folded(subcategory) in subs)
    if same:
        why = f"{whole.why}, kategori och underkategori" if whole.sure else f"{whole.why}; underkategorin är modellens"
        return dataclasses.replace(whole, subcategory=subcategory, to=same, why=why)
    if len(listed) == 1 and folded(whole.category) in {folded(name) for name in listed}:
        ((name, subs),) = listed.items()
        near = _near(subcategory, list(subs.values()))
        if near:
            why = f"underkategorin liknar «{near[0]}» i {legend().model}"
            return Reading(category=whole.category, subcategory=subcategory, to=((name, near[0]),), sure=False, why=why)
    return Reading(category=whole.category, subcategory=subcategory, to=(), sure=False, why="")


def unknown_subcategories(pairs: Sequence[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Return the pairs whose category is the model's word and whose subcategory is none of those listed for it."""
    own = {folded(name): {folded(one) for one in subs} for name, subs in legend().categories.items()}
    return [
        (category, sub)
        for category, sub in dict.fromkeys(pairs)
        if sub and folded(category) in own and folded(sub) not in own[folded(category)]
    ]


def _guessed(category: str, *, letters: bool) -> Reading:
    word = _bare(category)
    if letters:
        letter = category.strip()[0]
        why = f"bokstaven {letter} i en detaljplan; i en översiktsplan kan den betyda annat"
        return Reading(category=category, subcategory=None, to=(legend().letters[letter],), sure=False, why=why)
    for listed, why in (
        (legend().older, "ordet finns i ÖP-modell 1.0, som delar in marken på annat sätt"),
        (legend().synonyms, "arbetsantagande, som ingen kommun har bekräftat"),
    ):
        near = _near(word, list(listed))
        if near:
            same = folded(near[0]) == folded(category)
            return Reading(
                category=category, subcategory=None, to=listed[near[0]], sure=False,
                why=why if same else f"liknar «{near[0]}»; {why}",
            )  # fmt: skip
    near = _near(word, list(legend().categories))
    if near:
        why = f"liknar «{near[0]}» i {legend().model} (annan böjning, stavning eller kod före)"
        return Reading(category=category, subcategory=None, to=((near[0],),), sure=False, why=why)
    within = tuple(
        (name, sub) for name, subs in legend().categories.items() for sub in subs if folded(sub) == folded(word)
    )
    if within:
        why = f"ordet är en underkategori i {legend().model}, och betyder olika saker i olika kategorier"
        return Reading(category=category, subcategory=None, to=within, sure=False, why=why)
    return Reading(category=category, subcategory=None, to=(), sure=False, why="")


_CODE = re.compile(r"^\s*(\d+(\.\d+)*[.:)]?|[A-ZÅÄÖ]{1,2}\d*\s*[-–:.)])\s*")


def _bare(text: str) -> str:
    """Return a legend word without a code before it: "3. Vatten", "LB - Landsbygd"."""
    return _CODE.sub("", text).strip() or text


def _near(word: str, choices: Sequence[str]) -> list[str]:
    by_form = {_form(one): one for one in choices}
    form = _form(word)
    near = difflib.get_close_matches(form, list(by_form), n=1, cutoff=LIKE)
    # "Hamnområde" is "hamn" with an ending, and too long to be like it.
    near = near or [one for one in by_form if len(one) > SHORT and " " not in form and _fits(one, form)]
    return [by_form[one] for one in near[:1]]


def _form(text: str) -> str:
    """Return a word without what differs between spellings of it: marks, hyphens, & for och."""
    return " ".join(re.findall(r"[a-z0-9]+", plain(text.replace("&", " och "))))
