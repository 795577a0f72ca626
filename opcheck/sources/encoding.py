"""Text in old files: which encoding it is in, told by its bytes where the file says nothing or says it wrong.

Shapefile and MapInfo say the encoding of their text beside the text, if at all, and the note is easily lost on the way.
So the bytes are asked: text with å, ä and ö that is valid UTF-8 all through is UTF-8, since no Swedish text in another
encoding happens to be; and inside a word the letters of DOS and of Windows stand on different bytes.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from opcheck.errors import Fault, LayerError
from opcheck.sources.table import rows_word

RAW = "ISO-8859-1"
"""Every byte is a character of its own number here, so text read as this can be turned back into its bytes."""

_DOS = "cp850"
_WINDOWS = "cp1252"
_NAMES = {
    "utf-8": "UTF-8", _DOS: "DOS (cp850)", _WINDOWS: "Windows-1252 (Latin-1)", "iso8859-1": "ISO 8859-1 (Latin-1)",
}  # fmt: skip

# å ä ö Å Ä Ö é as cp850 and cp437 write them, and as Windows-1252 and ISO 8859-1 do; counted inside words, where the
# quotation marks and daggers that have the same bytes never stand, and capitals also before a letter.
_IN_DOS = re.compile(rb"(?<=[A-Za-z])[\x86\x84\x94\x8f\x8e\x99\x82]+(?=[A-Za-z])|[\x8f\x99](?=[A-Za-z])")
_IN_WINDOWS = re.compile(rb"(?<=[A-Za-z])[\xe5\xe4\xf6\xc5\xc4\xd6\xe9]+(?=[A-Za-z])|[\xc5\xc4\xd6](?=[A-Za-z])")

_NOT_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
"""Bytes that Windows-1252 leaves empty; DOS has Å on one of them."""

_LANGUAGES = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x57: "cp1252",
    0x64: "cp852",
    0x65: "cp866",
    0xC8: "cp1250",
}
"""The language byte of a dBASE file → the encoding it means; 0x57 is "the computer's own", Windows-1252 in Sweden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text turned from bytes into characters.

    Parameters
    ----------
    names
        Of the columns.
    columns
        Number of the column → its cells.
    notes
        What was not as the file said, in Swedish.
    """

    names: tuple[str, ...]
    columns: Mapping[int, list[str | None]]
    notes: tuple[str, ...]


def known(encoding: str, shown: str) -> str:
    """Return Python's own name of an encoding.

    Raises
    ------
    LayerError
        There is none of that name.
    """
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        message = f"teckenkodningen {encoding!r} är okänd. Ange till exempel utf-8, latin-1, cp1252 eller cp850."
        raise LayerError(Fault(message=message, path=shown)) from None


def of_language(code: int) -> str | None:
    """Return the encoding that a dBASE file's language byte means, None when it means none that we know."""
    return _LANGUAGES.get(code)


def of_codepage(text: str) -> str | None:
    """Return the encoding that a .cpg file names, None when it names none that Python knows."""
    word = text.strip().strip("\ufeff\x00").casefold()
    digits = re.fullmatch(r"(?:ansi|oem|windows|cp|ibm)?[ _-]*(\d{3,5})", word)
    if digits is not None:
        word = {"65001": "utf-8", "88591": "latin-1", "28591": "latin-1"}.get(digits[1], f"cp{digits[1]}")
    try:
        return codecs.lookup(word).name
    except LookupError:
        return None


def decode(
    names: Sequence[str], columns: Mapping[int, Sequence[str | None]], *, told: str | None, wanted: str | None,
    widths: Mapping[int, int], shown: str,
) -> Decoded:  # fmt: skip
    """Turn text that was read as `RAW` into what it is.

    Parameters
    ----------
    names, columns
        As read; only text columns, by number.
    told
        The encoding that the file names, if any.
    wanted
        What the user says; always followed.
    widths
        Number of the column → bytes that it has room for, where that is known.
    shown
        The file, for messages.

    Raises
    ------
    LayerError
        The text is not in the encoding that the user says.
    """
    if wanted is not None:
        return _as_wanted(names, columns, known(wanted, shown), shown)
    # The same texts come again and again in a column: each is looked at once.
    odd: dict[int, dict[str, bytes]] = {}
    counts: dict[int, Counter[str | None]] = {}
    for number, column in columns.items():
        counts[number] = Counter(column)
        odd[number] = {cell: cell.encode(RAW) for cell in counts[number] if cell and not cell.isascii()}
    heads = [name.encode(RAW) for name in names if not name.isascii()]
    whole = cut = rest = 0
    for number, texts in odd.items():
        for cell, raw in texts.items():
            rows = counts[number][cell]
            if _is_utf8(raw):
                whole += rows
            elif _is_cut(raw, widths.get(number)):
                cut += rows
            else:
                rest += rows
    single, single_name = _single([*(raw for texts in odd.values() for raw in texts.values()), *heads], told)
    notes: list[str] = []
    codec = "utf-8"
    if (whole or any(map(_is_utf8, heads))) and (not rest or whole > rest):
        if told is None:
            notes.append("filen anger ingen teckenkodning; texten är UTF-8 och läst så")
        elif told != "utf-8":
            notes.append(f"texten är UTF-8 fast filen anger {_NAMES.get(told, told)}; läst som UTF-8")
        if rest:
            subject = "1 text är inte UTF-8 som de andra; den är läst" if rest == 1 else (
                f"{rest} texter är inte UTF-8 som de andra; de är lästa"
            )  # fmt: skip
            notes.append(f"{subject} som {single_name}")
    elif whole or cut or rest or heads:
        codec = single
        if told is None:
            notes.append(f"filen anger ingen teckenkodning; texten är läst som {single_name}")
        elif codec != told:
            notes.append(f"texten är inte {_NAMES.get(told, told)} som filen anger; läst som {single_name}")
    halves: set[int] = set()
    made: dict[int, list[str | None]] = {}
    for number, column in columns.items():
        width = widths.get(number)
        made[number] = list(column)
        if odd[number]:
            new: dict[str | None, str] = {cell: _text(raw, codec, single, width) for cell, raw in odd[number].items()}
            made[number] = [new.get(cell, cell) for cell in column]
        if cut and codec == "utf-8":
            ends = {cell for cell, raw in odd[number].items() if _is_cut(raw, width)}
            halves.update(row for row, cell in enumerate(column) if cell in ends)
    if halves:
        notes.append(
            f"{rows_word(len(halves))} har text som är avklippt i filen mitt i en bokstav; den halva bokstaven är borta"
        )
    spelled = tuple(name if name.isascii() else _head(name.encode(RAW), codec) for name in names)
    for number, found in counts.items():
        room = widths.get(number, 0)
        filling = {cell: rows for cell, rows in found.items() if cell and len(cell) >= room - 1}
        # One text alone that fills its column is what the column was made for, unless it is as wide as columns get.
        if filling and (room >= WIDEST_BYTES or (room >= LONG_TEXT_BYTES and len(filling) > 1)):
            rows = sum(filling.values())
            notes.append(
                f"{rows_word(rows)} har text i kolumnen {spelled[number]!r} som fyller kolumnens {room} byte: "
                "slutet är troligen avklippt i filen"
            )
    return Decoded(names=spelled, columns=made, notes=tuple(notes))


LONG_TEXT_BYTES = 100
"""Texts that fill a column of at least this width have probably lost their ends; short codes fill theirs rightly."""

WIDEST_BYTES = 253
"""A column for text in a .dbf file is at most 254 or 255 bytes wide (dBASE III), and longer texts are cut to that."""


def _as_wanted(names: Sequence[str], columns: Mapping[int, Sequence[str | None]], codec: str, shown: str) -> Decoded:
    made: dict[int, list[str | None]] = {}
    for number, column in columns.items():
        made[number] = []
        for row, cell in enumerate(column, 1):
            try:
                made[number].append(None if cell is None else cell.encode(RAW).decode(codec))
            except UnicodeDecodeError as error:
                message = (
                    f"texten är inte {codec}: byte {error.start + 1} i kolumn {number + 1} går inte att läsa. "
                    "Ange rätt teckenkodning, eller ta bort encoding så avgörs den av texten."
                )
                raise LayerError(Fault(message=message, path=shown, key=f"rad {row}")) from None
    return Decoded(names=tuple(name.encode(RAW).decode(codec, "replace") for name in names), columns=made, notes=())


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _without_half(text: bytes) -> str | None:
    """Return UTF-8 text without the half letter at its end, None when that is not all that is wrong."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(text, final=False)
    except UnicodeDecodeError:
        return None


def _is_cut(text: bytes, width: int | None) -> bool:
    """Tell whether a text fills its column and ends inside a letter of UTF-8."""
    # Programs that cut at the column's width may stop a byte or two before it.
    return width is not None and len(text) >= width - 3 and not _is_utf8(text) and _without_half(text) is not None


def _single(texts: Iterable[bytes], told: str | None) -> tuple[str, str]:
    """Return the encoding of one byte per letter that texts are in, and its name for people."""
    dos = windows = 0
    letters: set[int] = set()
    strange = False
    for text in texts:
        if not _is_utf8(text):
            found = _IN_DOS.findall(text)
            dos += len(found)
            letters.update(*found)
            windows += len(_IN_WINDOWS.findall(text))
            strange = strange or _NOT_WINDOWS.search(text) is not None
    stated = _WINDOWS if told in (None, "utf-8", "ascii") else told
    # One quotation mark or ™ that has lost its blank looks like one letter of DOS; a text that is DOS has several.
    if stated not in _OF_DOS and not windows and (strange or len(letters) > 1 or (letters and stated != told)):
        stated = _DOS
    elif stated in _OF_DOS and windows > dos:
        stated = _WINDOWS
    return stated, _NAMES.get(stated, stated)


_OF_DOS = frozenset({"cp437", "cp850", "cp852", "cp865", "cp866"})


def _text(raw: bytes, codec: str, single: str, width: int | None) -> str:
    if codec != "utf-8":
        return _one_byte(raw, codec)
    if _is_utf8(raw):
        return raw.decode("utf-8")
    return (_without_half(raw) or "") if _is_cut(raw, width) else _one_byte(raw, single)


def _one_byte(raw: bytes, codec: str) -> str:
    # ISO 8859-1 has control characters where Windows-1252 has dashes and quotation marks; the latter is what is meant.
    codec = _WINDOWS if codec == "iso8859-1" else codec
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return raw.decode(RAW)


def _head(head: bytes, codec: str) -> str:
    return head.decode(codec, "replace") if codec == "utf-8" else _one_byte(head, codec)
