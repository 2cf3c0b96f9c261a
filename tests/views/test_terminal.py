"""Logs as a terminal shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs.views.terminal import Terminal, plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", ""),
        ("a\nb\n", "a\nb\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b(B", "red x"),
        (" 10%|#\r 50%|###\r100%|####\nend", "100%|####\nend"),
        ("abcdef\rxy", "xycdef"),
        ("abcdef\rxy\x1b[K", "xy"),
        ("abc\x1b[2K\rx", "x"),
        ("abc\x1b[1Kd", "   d"),
        ("abc\b\bX", "aXc"),
        ("abc\x1b[1GX\x1b[2CY", "XbcY"),
        ("a\nb\x1b[99Ac", "ac\nb"),
        ("a\x1b[99999999999A\x1b[;mb\x1b", "ab"),
        ("progress\r", "progress"),
    ],
)
def test_what_is_shown(written, shown):
    assert plain(written) == shown


def nested(epochs, batches):
    """Two bars of tqdm, one below the other."""
    text = ""
    for epoch in range(epochs):
        text += f"\repochs {epoch}/{epochs}"
        for batch in range(batches):
            text += f"\n\rbatches {batch}/{batches}\x1b[A"
    return text


def test_bars_below_each_other_are_two_lines():
    assert plain(f"start\n{nested(3, 50)}") == "start\nepochs 2/3\nbatches 49/50"


WRITTEN = st.lists(
    st.one_of(
        st.text("ab ", max_size=6),
        st.sampled_from(
            [
                "\n",
                "\r",
                "\r\n",
                "\b",
                "\x1b[A",
                "\x1b[2A",
                "\x1b[B",
                "\x1b[K",
                "\x1b[2K",
                "\x1b[31m",
            ]
        ),
        st.sampled_from(["\x1b", "\x1b[", "\x1b[3", "\x1b]0;t\x07"]),
    ),
    max_size=40,
).map("".join)


@given(WRITTEN, st.lists(st.integers(0, 200), max_size=6))
def test_pieces_or_whole_within_what_is_kept(text, cuts):
    text = "\n\x1b[A" + text[:60]  # so that from its beginning as much is kept as for bars
    whole = Terminal()
    shown = whole.feed(text) + whole.live
    pieces, done = Terminal(), ""
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    for begin, end in zip(edges, edges[1:]):
        done += pieces.feed(text[begin:end])
    if text.count("\n") < 20:
        assert done + pieces.live == shown


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_no_line_is_made_up(text):
    assert plain(text).count("\n") <= text.count("\n")


@given(st.text(st.characters(blacklist_characters="\r\x1b\b"), max_size=200))
def test_plain_text_stays(text):
    terminal = Terminal()
    assert plain(text) == text == terminal.feed(text) + terminal.live


def test_what_cannot_change_any_more_is_given_away():
    terminal = Terminal()
    given_ = terminal.feed("".join(f"{i}\n" for i in range(100)))
    assert given_ == "".join(f"{i}\n" for i in range(98))
    assert terminal.live == "98\n99\n"
