"""The index says what the folders say, whatever has happened to them."""

from __future__ import annotations

import dataclasses
import shutil

import oracle
import pytest
from filters import nodes
from house import ALL, House, expect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.errors import FilterError
from jupyter_runs.index import Index, Query, database, recent
from jupyter_runs.index.language import parse
from jupyter_runs.journal import Writer

SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
names = st.sampled_from(["loss", "val/loss", "learning rate", "a.b", "min", 'q"'])
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
value = st.one_of(st.floats(), st.integers(), st.booleans(), st.none(), text)
which = st.integers(0, 5)
events = st.one_of(
    st.tuples(st.just("create"), which, st.sampled_from(["w", "v"]), st.one_of(st.none(), which)),
    st.tuples(st.just("log"), which, names, value),
    st.tuples(st.just("list"), which, st.just("l"), st.lists(value, min_size=1, max_size=3)),
    st.tuples(st.just("param"), which, names, value),
    st.tuples(st.just("tag"), which, names, st.one_of(st.none(), text, st.just("3.5"))),
    st.tuples(st.just("untag"), which, names, st.none()),
    st.tuples(st.just("property"), which, names, text),
    st.tuples(st.just("rename"), which, text.filter(len), st.none()),
    st.tuples(st.just("progress"), which, st.integers(0, 9), st.none()),
    st.tuples(st.just("archive"), which, st.sampled_from(["archive", "reactivate"]), st.none()),
    st.tuples(st.just("close"), which, st.none(), st.none()),
    st.tuples(st.just("end"), which, st.sampled_from(["Completed", "Failed", "Canceled"]), text),
    st.tuples(st.just("cancel"), which, st.none(), st.none()),
    st.tuples(st.just("delete"), which, st.none(), st.none()),
    st.tuples(st.just("copy in"), which, st.none(), st.none()),
    st.tuples(st.just("look"), which, st.none(), st.none()),
    st.tuples(st.just("look anew"), which, st.none(), st.none()),
)


@SETTINGS
@given(script=st.lists(events, max_size=30))
def test_the_index_says_what_the_folders_say(new_home, script):
    home = new_home()
    house, index = House(home), Index(home)
    for what, *rest in script:
        if what == "look":
            index.catch_up()
            expect(index, home)
        elif what == "look anew":
            index.close()
            index = Index(home)
        else:
            house.do(what, *rest)
    for _ in range(2):
        index.catch_up()
        expect(index, home)
    version = index.version()
    assert index.catch_up() == 0
    assert index.version() == version
    assert index.rebuild() == len(oracle.rows(home))
    expect(index, home)
    assert index.version() > version
    index.close()


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    """Runs of all sorts, and their index."""
    home = tmp_path_factory.mktemp("home")
    house = House(home)
    house.furnish()
    index = Index(home)
    index.catch_up()
    yield index, oracle.rows(home)
    index.close()


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(node=nodes)
def test_filters_find_what_holds(furnished, node):
    index, rows = furnished
    expected = [row["id"] for row in rows if oracle.holds(node, row)]
    for pages in (0, 10):  # looked for one by one, or at once
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(database, "_MANY", pages)
            page = index.page(dataclasses.replace(ALL, filter=str(node)))
        assert [row.id for row in page.rows] == expected, str(node)
        assert page.total == len(expected)


SORTS = st.sampled_from(
    [
        "created",
        "-created",
        "name",
        "-status",
        "number",
        "-duration",
        "experiment",
        "metrics.loss.last",
        "-metrics.loss",
        "-metrics.val/loss.min",
        "metrics.loss.count",
        "params.a.b",
        "-params.learning^rate",
        "tags.min",
        '-properties."q\\""',
        "archived",
        "-metrics.none.max",
    ]
).map(lambda sort: sort.replace("^", " "))


@pytest.mark.usefixtures("_clock_stands_still")
@SETTINGS
@given(
    sort=SORTS, limit=st.integers(1, 10), filtered=st.sampled_from(["", "metrics.val/loss < 1.5"])
)
def test_pages_hold_each_run_once_in_order(furnished, sort, limit, filtered):
    index, rows = furnished
    whole = index.page(dataclasses.replace(ALL, sort=sort, filter=filtered))
    assert whole.next is None
    found, after = [], None
    while True:
        page = index.page(
            dataclasses.replace(ALL, sort=sort, filter=filtered, limit=limit, after=after)
        )
        found += page.rows
        assert page.total == whole.total
        after = page.next
        if after is None:
            break
        assert len(page.rows) == limit
    assert [row.id for row in found] == [row.id for row in whole.rows]
    assert len({row.id for row in found}) == whole.total
    assert filtered or whole.total == len(rows)


def test_sorted_by_what(furnished):
    index, _ = furnished

    def by(sort):
        return index.page(dataclasses.replace(ALL, sort=sort)).rows

    least = [row.metrics["val/loss"].min for row in by("metrics.val/loss.min")]
    assert least == sorted(least)
    steps = [row.params["a.b"] for row in by("-params.a.b")]
    assert steps == sorted(steps, reverse=True)
    rates = [row.params["learning rate"] for row in by("params.learning rate")]
    assert rates[0] == pytest.approx(1e-3)
    assert rates[-1] is None


def test_a_cursor_survives_what_comes_and_goes(index, make):
    for n in range(10):
        make(f"r{n}", created=float(n))
    index.catch_up()
    first = index.page(Query(limit=4))
    assert [row.id for row in first.rows] == ["r9", "r8", "r7", "r6"]
    make("new", created=20.0)
    make("between", created=4.5)
    shutil.rmtree(index.home / "w" / "runs" / "r6")
    shutil.rmtree(index.home / "w" / "runs" / "r5")
    index.catch_up()
    second = index.page(Query(limit=4, after=first.next))
    assert [row.id for row in second.rows] == ["between", "r4", "r3", "r2"]


@pytest.mark.parametrize(
    "after", ["", "x", "!!!", "W10", "WzEsMiwzXQ", "é", "WyItY3JlYXRlZCIsMSxbMSwyXV0"]
)
def test_a_cursor_that_is_none(index, after):
    with pytest.raises(FilterError, match="begin anew"):
        index.page(Query(after=after))


def test_a_cursor_of_another_order(index, make):
    make()
    make()
    index.catch_up()
    after = index.page(Query(limit=1)).next
    with pytest.raises(FilterError, match="sorted by '-created', not by 'name'"):
        index.page(Query(limit=1, sort="name", after=after))


@pytest.mark.parametrize("sort", ["", "-", "colour", "metrics", "name > 3", 'tags."x" = 3'])
def test_sorted_by_nothing(index, sort):
    with pytest.raises(FilterError):
        index.page(Query(sort=sort))


@pytest.mark.parametrize("limit", [0, -1, 10_001, "3", None])
def test_limits(limit):
    with pytest.raises(FilterError, match="limit"):
        Query(limit=limit)


@pytest.mark.parametrize("pages", [0, 10])
def test_narrowed(index, make, monkeypatch, pages):
    monkeypatch.setattr(database, "_MANY", pages)  # looked for one by one, or at once
    make("a", experiment="x", workspace="one", created=1.0)
    make("b", experiment="y", workspace="two", created=2.0, name="Brave Otter")
    make("c", experiment="x", workspace="two", created=3.0, parent="b", tags={"model": "CNN"})
    index.catch_up()

    def ids(**asked):
        return [row.id for row in index.page(Query(**asked)).rows]

    assert ids() == ["b", "a"]
    assert ids(include_children=True) == ["c", "b", "a"]
    assert ids(parent="b") == ["c"]
    assert ids(workspace="two") == ["b"]
    assert ids(experiment="x", include_children=True) == ["c", "a"]
    assert ids(text="OTTER brave") == ["b"]
    assert ids(text="otter cnn") == []
    assert ids(text="model=cnn", include_children=True) == ["c"]
    assert ids(text="%") == []


def test_the_first_of_many_and_all_of_them(index, make):
    for n in range(40):
        tags = {"model": "cnn" if n % 2 else "mlp", **({"rare": "yes"} if n == 7 else {})}
        make(f"r{n}", name=f"otter {n % 4}", metrics={"loss": [n]}, tags=tags)
    index.catch_up()
    for asked in (
        {"filter": 'tags.model = "cnn" and metrics.loss < 35'},
        {"filter": "not tags.rare"},
        {"filter": "tags.rare"},
        {"filter": "tags.none or metrics.loss.min > 100"},
        {"text": "otter cnn"},
        {"text": "rare=yes"},
        {"text": "nowhere", "sort": "created"},
    ):
        whole = index.page(Query(limit=100, **asked))
        assert whole.total == len(whole.rows)
        found, after = [], None
        for _ in range(len(whole.rows) or 1):  # many pages: looked for one by one
            page = index.page(Query(limit=1, after=after, **asked))
            assert page.total == whole.total
            found += page.rows
            after = page.next
        assert after is None
        assert found == whole.rows


def test_a_row_that_was_handed_out_is_made_anew_when_it_changes(index, home, make, monkeypatch):
    monkeypatch.setattr(recent, "MOST", 2)
    folders = [make(f"r{n}") for n in range(3)]
    index.catch_up()
    for _ in range(2):
        assert [row.tags for row in index.page(Query()).rows] == [{}, {}, {}]
    assert len(index._recent._rows) == 2
    late = Writer(folders[2], role="guest")
    late.event("tag", key="best", value="yes")
    late.close()
    other = Index(home)  # whoever finds it
    other.catch_up()
    assert index.page(Query()).rows[0].tags == {"best": "yes"}
    late = Writer(folders[1], role="guest")
    late.event("tag", key="second", value=None)
    late.close()
    index.rebuild()
    assert [row.tags for row in index.page(Query()).rows] == [{"best": "yes"}, {"second": None}, {}]
    other.close()


def test_experiments_and_what_they_hold(index, make, start):
    make("a", experiment="x", created=1.0)
    make("b", experiment="", created=2.0)
    make("c", experiment=None, created=3.0)
    make("child", experiment="x", parent="a", created=9.0)
    start("d", experiment="x", created=4.0, target="local")
    index.catch_up()

    def told():
        return [(one.experiment, one.runs, one.active, one.latest) for one in index.experiments()]

    assert told() == [("x", 2, 1, 4.0), ("", 2, 0, 3.0)]
    assert told() == told()
    make("e", experiment="y", workspace="v", created=5.0)
    index.catch_up()
    assert told()[0] == ("y", 1, 0, 5.0)
    assert index.experiments()[0].workspace == "v"


def test_a_cursor_is_the_same_until_the_list_is_another(index, make):
    for n in range(3):
        make(f"r{n}", created=float(n), metrics={"loss": [n]})
    index.catch_up()
    for asked in ({}, {"sort": "metrics.loss.min"}, {"filter": "metrics.loss >= 0"}):
        first, again = (index.page(Query(limit=1, **asked)).next for _ in range(2))
        assert first == again


def test_archived_ones_are_left_out(index, make):
    make("a", created=1.0)
    away = make("b", created=2.0)
    writer = Writer(away, role="guest")
    writer.event("archive")
    writer.close()
    index.catch_up()
    assert [row.id for row in index.page(Query()).rows] == ["a"]
    assert [row.id for row in index.page(Query(archived=True)).rows] == ["b", "a"]
    assert [row.id for row in index.page(Query(filter="archived")).rows] == ["b"]


def test_what_is_written_after_the_end_shows(index, make):
    folder = make("a")
    index.catch_up()
    assert index._catching._followed == {}
    late = Writer(folder, role="guest")
    late.event("tag", key="best", value=None)
    assert index.catch_up() == 1
    assert index.page(Query(filter="tags.best")).total == 1
    late.event("rename", name="another")
    assert index.catch_up() == 1
    assert index.page(Query(filter="name = another")).total == 1
    late.close()
    index.catch_up()
    assert index._catching._followed == {}


def test_a_line_of_the_feed_that_was_lost_heals(index, make):
    folder = make("a")
    index.catch_up()
    late = Writer(folder, role="guest")
    late.event("tag", key="best", value=None)
    late.close()
    (index.home / "w" / "runs.jsonl").write_bytes(b"")
    index._catching._sample_at = -10.0
    index.catch_up()
    assert index.page(Query(filter="tags.best")).total == 1


def test_the_version_grows_with_changes_alone(index, start):
    _, writer = start()
    writer.log("loss", 1.0)
    index.catch_up()
    version = index.version()
    assert index.catch_up() == 0
    assert index.page(Query()).version == version
    writer.log("loss", 2.0)
    assert index.catch_up() == 1
    page = index.page(Query())
    assert page.version > version
    assert page.rows[0].changed == page.version


def test_a_folder_that_makes_no_sense_hides_no_other(index, make, home, monkeypatch):
    from jupyter_runs.index import following

    make("good")
    make("bad")
    truth = following.said_by

    def said_by(reader, *args):
        if reader.folder.id == "bad":
            raise ValueError("a stranger's")
        return truth(reader, *args)

    monkeypatch.setattr(following, "said_by", said_by)
    index.catch_up()
    rows = {row.id: row for row in index.page(Query()).rows}
    assert rows["bad"].status == "Unreadable"
    assert "stranger" in rows["bad"].reason
    assert rows["good"].status == "Completed"


def test_strangers_texts(index, make):
    make("a", name="x\0y\ud800z", tags={"k\0": "\udfff"}, params={"p": 10**5000})
    index.catch_up()
    page = index.page(Query(filter='tags."k\0" and params.p > 1e300'))
    assert page.total == 1
    assert page.rows[0].params["p"] == 10**5000
    assert page.rows[0].tags == {"k\0": "\udfff"}


def test_a_workspace_goes(index, make, home):
    make("a", workspace="one")
    make("b", workspace="two")
    index.catch_up()
    shutil.rmtree(home / "one")
    assert index.catch_up() == 1
    assert [row.workspace for row in index.page(Query()).rows] == ["two"]


def test_a_run_made_again_under_its_name(index, make):
    first = make("a", experiment="x")
    index.catch_up()
    shutil.rmtree(first.path)
    make("b")
    make("a", experiment="y")
    index.catch_up()
    assert index.page(Query(experiment="x")).total == 0
    assert index.page(Query(experiment="y")).total == 1


def test_what_is_no_run_yet_is_found_later(index, home, make):
    make("a")
    place = home / "w" / "runs" / "late"
    place.mkdir()
    index.catch_up()
    (place / "run.json").write_text('{"id": "late"}')
    index.catch_up()
    assert index.page(Query()).total == 2


def test_an_empty_home(index):
    assert index.catch_up() == 0
    page = index.page(Query())
    assert (page.rows, page.next, page.total) == ([], None, 0)
    assert parse("").nodes == ()
