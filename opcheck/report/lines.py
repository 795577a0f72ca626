"""Lines of text for a terminal: none wider than a terminal is, and nothing in them that steers it."""

from __future__ import annotations

import textwrap

WIDTH = 80
"""Columns of a line: those of a terminal that nobody has made wider. Longer text is wrapped, and none is cut."""


def wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    """Return a text in lines of at most `WIDTH`; a word that is longer stands whole on a line of its own.

    Parameters
    ----------
    first
        What the first line begins with.
    rest
        What the others begin with; without it, as far in as the first and two columns more.
    """
    following = first if rest is None and not first.strip() else rest if rest is not None else " " * len(first)
    deeper = following + ("  " if rest is None else "")
    return [
        line
        for part in text.splitlines() or [""]
        for line in textwrap.wrap(
            part, WIDTH, initial_indent=first, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False
        )
        or [first.rstrip()]
    ]


def seen(text: str) -> str:
    """Return text without what steers a terminal: names come from files that anybody may have written."""
    return "".join(
        letter if letter == "\n" or (ord(letter) >= 0x20 and not 0x7F <= ord(letter) <= 0x9F) else "\ufffd"
        for letter in text
    )
