"""Text in files that do not say its encoding, or say it wrong: read right, said so, and never changed when it is right.

The tables of the Shapefiles are written by hand, so that what stands in them is known to the byte.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from opcheck.errors import LayerError
from opcheck.sources.files import FeatureTable, list_tables, read_table

SQUARE = shapely.box(150_000, 7_250_000, 150_100, 7_250_100)
WORDS = ("Grönområde", "Älvstranden", "Översvämning på ön", "vid ån")


def read(path: Path, **options: Any) -> FeatureTable:
    return read_table(path, shown=path.name, **options)


def shapefile(
    folder: Path, cells: list[bytes], *, column: bytes = b"Text", language: int = 0, codepage: str | None = None,
    width: int = 40,
) -> Path:  # fmt: skip
    path = folder / "a.shp"
    geopandas.GeoDataFrame({"x": [""] * len(cells)}, geometry=[SQUARE] * len(cells), crs="EPSG:3017").to_file(path)
    (folder / "a.cpg").unlink(missing_ok=True)
    # dBASE III: 32 bytes of header, 32 for the one column, an end mark; then a flag and the cell for each row.
    assert all(len(cell) <= width for cell in cells)
    head = bytes([3, 126, 11, 22]) + len(cells).to_bytes(4, "little") + (65).to_bytes(2, "little")
    head += (1 + width).to_bytes(2, "little") + bytes(17) + bytes([language]) + bytes(2)
    field = column.ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    rows = b"".join(b" " + cell.ljust(width) for cell in cells)
    (folder / "a.dbf").write_bytes(head + field + b"\r" + rows + b"\x1a")
    if codepage is not None:
        (folder / "a.cpg").write_text(codepage, encoding="ascii")
    return path


UTF8, LATIN, DOS = "utf-8", "cp1252", "cp850"


@pytest.mark.parametrize(
    ("written", "language", "codepage", "said"),
    [
        (UTF8, 0, "UTF-8", None),
        (UTF8, 0, None, "anger ingen teckenkodning; texten är UTF-8"),
        (UTF8, 0x57, None, "UTF-8 fast filen anger Windows-1252"),
        (UTF8, 0, "ISO-8859-1", "UTF-8 fast filen anger ISO 8859-1"),
        (UTF8, 0, "nonsens", "anger ingen teckenkodning; texten är UTF-8"),
        (LATIN, 0x57, None, None),
        (LATIN, 0, "ISO-8859-1", None),
        (LATIN, 0, "88591", None),
        (LATIN, 0, "1252", None),
        (LATIN, 0, "ANSI 1252", None),
        (LATIN, 0, None, "läst som Windows-1252"),
        (LATIN, 0, "UTF-8", "inte UTF-8 som filen anger; läst som Windows-1252"),
        (LATIN, 2, None, "inte DOS (cp850) som filen anger; läst som Windows-1252"),
        (DOS, 2, None, None),
        (DOS, 1, None, None),
        (DOS, 0, None, "läst som DOS"),
        (DOS, 0x57, None, "inte Windows-1252 (Latin-1) som filen anger; läst som DOS"),
        (DOS, 0, "UTF-8", "inte UTF-8 som filen anger; läst som DOS"),
    ],
)
def test_swedish_text_is_read_right_whatever_the_file_says(
    tmp_path: Path, written: str, language: int, codepage: str | None, said: str | None
) -> None:
    path = shapefile(
        tmp_path, [word.encode(written) for word in WORDS], column="Områdes".encode(written), language=language,
        codepage=codepage,
    )  # fmt: skip
    found = read(path)
    assert list(found.columns) == ["Områdes"]
    assert tuple(found.columns["Områdes"]) == WORDS
    assert len(found.notes) == (said is not None)
    assert all(said in note for note in found.notes if said)
    (info,) = list_tables(path, shown="a.shp")
    assert (info.layer, info.kinds, info.rows, info.columns) == (None, ("polygon",), len(WORDS), ("Områdes",))


@pytest.mark.parametrize("codepage", ["UTF-8", "ISO-8859-1", None])
def test_text_without_any_such_letter_needs_no_note(tmp_path: Path, codepage: str | None) -> None:
    found = read(shapefile(tmp_path, [b"Skog", b"Vatten"], codepage=codepage))
    assert (list(found.columns["Text"]), found.notes) == (["Skog", "Vatten"], ())


# Right as it stands: Portuguese in Latin-1, whose Ã is followed by a letter; the same letter in UTF-8; a German and a
# French quotation with marks on the bytes that DOS has its å, ä and ö on; and a trade mark.
@pytest.mark.parametrize(
    ("text", "written", "codepage"),
    [
        ("SÃO PAULO", LATIN, "ISO-8859-1"),
        ("SÃO PAULO", UTF8, "UTF-8"),
        ("Ã¤", UTF8, "UTF-8"),
        ("„Grün“ und † 1999", LATIN, "1252"),
        ("Volvo™ på ön", LATIN, "1252"),
        ("”citat” på ön", LATIN, "1252"),
        ("naïve", LATIN, "1252"),
        ("IKEA™AB", LATIN, "1252"),
        ("”citat”och så", LATIN, "1252"),
        ("ordet”och", LATIN, "1252"),
    ],
)
def test_text_that_is_right_stays_as_it_is(tmp_path: Path, text: str, written: str, codepage: str) -> None:
    found = read(shapefile(tmp_path, [text.encode(written)], codepage=codepage))
    assert list(found.columns["Text"]) == [text]
    assert not any("läst som" in note for note in found.notes)


# Windows has no letter on the byte that DOS has Å on, so that one alone tells them apart, at the end of a word too.
@pytest.mark.parametrize("codepage", ["1252", "UTF-8", None])
def test_capitals_at_the_end_of_words_are_known_by_a_byte_that_windows_does_not_have(
    tmp_path: Path, codepage: str | None
) -> None:
    found = read(shapefile(tmp_path, ["PITEÅ 1:1".encode(DOS), "MALMÖ 1:1".encode(DOS)], codepage=codepage))
    assert list(found.columns["Text"]) == ["PITEÅ 1:1", "MALMÖ 1:1"]
    assert any("läst som DOS" in note for note in found.notes)


def test_one_mark_without_a_blank_does_not_make_a_whole_file_dos(tmp_path: Path) -> None:
    words = ["Grönområde", "”citat”och", "Västra Åmsele"]
    found = read(shapefile(tmp_path, [word.encode(LATIN) for word in words], codepage="850"))
    assert list(found.columns["Text"]) == words
    assert any("inte DOS (cp850) som filen anger; läst som Windows-1252" in note for note in found.notes)


def test_text_that_was_encoded_twice_is_left_and_noted(tmp_path: Path) -> None:
    """What stands in the file is ”Ã¤”; whether that was meant is for the one who wrote it to say."""
    found = read(shapefile(tmp_path, ["GrÃ¶nomrÃ¥de".encode(), b"Skog"], codepage="UTF-8"))
    assert list(found.columns["Text"]) == ["GrÃ¶nomrÃ¥de", "Skog"]
    (note,) = found.notes
    assert note.startswith("1 rad har text som ser ut att ha kodats två gånger")


def test_what_the_user_says_always_wins(tmp_path: Path) -> None:
    path = shapefile(tmp_path, ["Grönområde".encode()], codepage="UTF-8")
    assert list(read(path, encoding="cp1252").columns["Text"]) == ["GrÃ¶nomrÃ¥de"]
    assert list(read(path, encoding="utf-8").columns["Text"]) == ["Grönområde"]
    assert read(path, encoding="utf-8").notes == ()


def test_an_encoding_that_does_not_fit_or_does_not_exist_is_an_error(tmp_path: Path) -> None:
    path = shapefile(tmp_path, ["Grönområde".encode(LATIN)])
    with pytest.raises(LayerError, match=r"rad 1: texten är inte utf-8"):
        read(path, encoding="utf-8")
    with pytest.raises(LayerError, match="'svenska' är okänd"):
        read(path, encoding="svenska")


@pytest.mark.parametrize("bytes_left", [253, 254])
def test_a_letter_cut_in_half_is_dropped_and_counted(tmp_path: Path, bytes_left: int) -> None:
    # 126 å are 252 bytes; after one or two ASCII letters the next å does not fit, and only its first byte stands.
    whole = ("x" * (bytes_left - 253) + "å" * 126).encode()
    cut = whole + "å".encode()[:1]
    assert len(cut) == bytes_left
    found = read(shapefile(tmp_path, [cut, "Hammarön".encode()], width=254, codepage="UTF-8"))
    assert list(found.columns["Text"]) == [whole.decode(), "Hammarön"]
    assert "1 rad har text som är avklippt i filen mitt i en bokstav; den halva bokstaven är borta" in found.notes
    assert any("1 rad har text i kolumnen 'Text' som fyller kolumnens 254 byte" in note for note in found.notes)


def test_a_text_that_fills_its_column_is_probably_cut(tmp_path: Path) -> None:
    cells = ["Riktlinje för området. ".encode(LATIN) * 12, b"Kort.", b"x" * 254, b"y" * 252]
    found = read(shapefile(tmp_path, [cell[:254] for cell in cells], width=254, codepage="1252"))
    assert found.notes == (
        "2 rader har text i kolumnen 'Text' som fyller kolumnens 254 byte: slutet är troligen avklippt i filen",
    )


@pytest.mark.parametrize(
    ("texts", "said"), [([150], False), ([150, 150], True), ([150, 151], True), ([150, 140], False)]
)
def test_a_column_made_for_its_longest_text_has_cut_nothing(tmp_path: Path, texts: list[int], said: bool) -> None:
    """A program that makes its columns as wide as they need to be has one text that fills each of them."""
    cells = [bytes([97 + number]) * length for number, length in enumerate(texts)]
    found = read(shapefile(tmp_path, [*cells, b"Kort."], width=max(texts)))
    assert any("fyller kolumnens" in note for note in found.notes) is said


def test_a_short_code_that_fills_its_column_is_whole(tmp_path: Path) -> None:
    assert read(shapefile(tmp_path, [b"0114", b"2581"], width=4)).notes == ()


def test_one_text_in_another_encoding_does_not_spoil_the_others(tmp_path: Path) -> None:
    found = read(shapefile(tmp_path, [*(word.encode() for word in WORDS), "Blåbär".encode(LATIN)], codepage="UTF-8"))
    assert tuple(found.columns["Text"]) == (*WORDS, "Blåbär")
    assert found.notes == ("1 text är inte UTF-8 som de andra; den är läst som Windows-1252 (Latin-1)",)


# --- MapInfo ----------------------------------------------------------------------------------------------------------


def mapinfo(folder: Path, name: str, encoding: str) -> Path:
    values = {"Användning": list(WORDS), "kod": ["01", "02", "03", "04"]}
    frame = geopandas.GeoDataFrame(values, geometry=[SQUARE] * 4, crs="EPSG:3006")
    frame.to_file(folder / name, driver="MapInfo File", encoding=encoding)
    return folder / name


@pytest.mark.parametrize("name", ["a.tab", "a.mif"])
def test_mapinfo_that_names_no_encoding_is_read_with_its_swedish_columns(tmp_path: Path, name: str) -> None:
    path = mapinfo(tmp_path, name, "cp1252")
    found = read(path)
    assert {column: tuple(cells) for column, cells in found.columns.items()} == {
        "Användning": WORDS, "kod": ("01", "02", "03", "04"),
    }  # fmt: skip
    assert "filen anger ingen teckenkodning; texten är läst som Windows-1252 (Latin-1)" in found.notes
    assert list_tables(path, shown=name)[0].columns == ("Användning", "kod")


def test_mapinfo_that_names_its_encoding_is_believed(tmp_path: Path) -> None:
    path = mapinfo(tmp_path, "a.tab", "cp1252")
    raw = path.read_bytes()
    assert raw.count(b"Neutral") == 2
    path.write_bytes(raw.replace(b"Neutral", b"WindowsLatin1"))
    found = read(path)
    assert (list(found.columns), tuple(found.columns["Användning"]), found.notes) == (["Användning", "kod"], WORDS, ())
    # What the user says is of the bytes in the file: cp850 has other letters on them.
    assert read(path, encoding="cp850").columns["Anv\u00f5ndning"][0] == "Grönområde".encode(LATIN).decode(DOS)


# --- any file ---------------------------------------------------------------------------------------------------------


def test_letters_in_two_parts_become_one(tmp_path: Path) -> None:
    """A Mac writes ä as a and a sign above it: the same word, and the same file, in another spelling."""
    apart = unicodedata.normalize("NFD", "Användning"), unicodedata.normalize("NFD", "Grönområde")
    assert apart[0] != "Användning"
    path = tmp_path / f"{unicodedata.normalize('NFD', 'översikt')}.gpkg"
    frame = geopandas.GeoDataFrame({apart[0]: [apart[1], None]}, geometry=[SQUARE] * 2, crs="EPSG:3017")
    frame.to_file(path)
    found = read(tmp_path / "översikt.gpkg")
    assert {name: list(cells) for name, cells in found.columns.items()} == {"Användning": ["Grönområde", None]}


def test_two_columns_that_become_one_in_the_normal_form_are_an_error(tmp_path: Path) -> None:
    names = ["ö", unicodedata.normalize("NFD", "ö")]
    frame = geopandas.GeoDataFrame({name: ["x"] for name in names}, geometry=[SQUARE], crs="EPSG:3017")
    frame.to_file(tmp_path / "a.gpkg")
    with pytest.raises(LayerError, match="två gånger"):
        read(tmp_path / "a.gpkg")


def test_letters_lost_before_the_file_was_written_are_counted(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"a": ["Gr\ufffdnomr\ufffdde", "Skog", None], "b": ["x", "\ufffd", None]},
        geometry=[SQUARE] * 3,
        crs="EPSG:3017",
    )
    frame.to_file(tmp_path / "a.gpkg")
    found = read(tmp_path / "a.gpkg")
    assert list(found.columns["a"]) == ["Gr\ufffdnomr\ufffdde", "Skog", None]
    (note,) = found.notes
    assert note.startswith("2 rader har text med tecken som gått förlorade")


# --- CSV --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("id;e;n\nå;1;2\n".encode(), None),
        ("id;e;n\nå;1;2\n".encode("utf-8-sig"), None),
        ("id;e;n\nå;1;2\n".encode("utf-16"), "UTF-16"),
        ("id;e;n\nå;1;2\n".encode("utf-16-le"), "UTF-16"),
        ("id;e;n\nå;1;2\n".encode("utf-16-be"), "UTF-16"),
        ("id;e;n;namn\r\nå;1;2;Grönområde\r\n".encode("cp1252"), "Windows-1252"),
        ("id;e;n;namn\nå;1;2;Grönområde\n".encode("cp850"), "DOS"),
        ("sep=;\nid;e;n\nå;1;2\n".encode(), None),
    ],
)
def test_csv_is_read_in_the_encoding_that_it_is_in(tmp_path: Path, raw: bytes, note: str | None) -> None:
    (tmp_path / "a.csv").write_bytes(raw)
    found = read(tmp_path / "a.csv")
    assert list(found.columns["id"]) == ["å"]
    assert found.geometry[0].equals(shapely.Point(1, 2))
    assert len(found.notes) == (note is not None)
    assert note is None or note in found.notes[0]


def test_a_csv_that_is_cut_inside_a_letter_of_utf16_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id;e;n\nå;1;2\n".encode("utf-16")[:-1])
    with pytest.raises(LayerError, match="utf-16"):
        read(tmp_path / "a.csv")
