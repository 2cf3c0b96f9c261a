"""The same answers from PostgreSQL."""

from __future__ import annotations

import dataclasses
import threading

import oracle
import pytest
from filters import nodes
from house import ALL, House, expect
from hypothesis import HealthCheck, given, settings
from postgresql import server
from sqlalchemy import create_engine, text

from jupyter_runs.errors import FilterError, IndexUnusableError
from jupyter_runs.index import Index, Query


@pytest.fixture(scope="module")
def url():
    """A server's."""
    with server() as found:
        yield found


@pytest.fixture(scope="module")
def furnished(url, tmp_path_factory):
    """Runs of all sorts, and their index."""
    home = tmp_path_factory.mktemp("home")
    house = House(home)
    house.furnish()
    index = Index(home, url)
    index.catch_up()
    yield index, oracle.rows(home)
    index.close()


def test_as_the_folders(furnished):
    index, _ = furnished
    index.catch_up()
    expect(index, index.home)
    version = index.version()
    assert index.catch_up() == 0
    assert index.rebuild() == 24
    expect(index, index.home)
    assert index.version() > version


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(node=nodes)
def test_filters_find_what_holds(furnished, node):
    index, rows = furnished
    page = index.page(dataclasses.replace(ALL, filter=str(node)))
    expected = [row["id"] for row in rows if oracle.holds(node, row)]
    assert [row.id for row in page.rows] == expected, str(node)


@pytest.mark.usefixtures("_clock_stands_still")
@pytest.mark.parametrize(
    "sort",
    [
        "created",
        "-name",
        "status",
        "-metrics.loss",
        "params.learning rate",
        "-tags.min",
        "duration",
    ],
)
def test_pages_hold_each_run_once_in_order(furnished, sort):
    index, _ = furnished
    whole = index.page(dataclasses.replace(ALL, sort=sort))
    found, after = [], None
    while after is not None or not found:
        page = index.page(dataclasses.replace(ALL, sort=sort, limit=5, after=after))
        found += page.rows
        after = page.next
        if after is None:
            break
    assert [row.id for row in found] == [row.id for row in whole.rows]


def test_strangers_texts(url, new_home, make, home):
    long = "x" * 5000
    make("a", name="x\0y\ud800z", tags={"k\0": "\udfff", long: long}, params={"p": 10**5000})
    make("b", experiment=long, parent=long, number=1 << 70, created=1e308)
    index = Index(home, url)
    index.catch_up()
    assert index.page(Query(filter='tags."k\0" and params.p > 1e300')).total == 1
    assert index.page(dataclasses.replace(ALL)).total == 2
    with pytest.raises(FilterError):
        index.page(Query(after="W10"))
    index.close()


def test_tables_removed_or_of_another_version(url, home, make):
    make("a")
    index = Index(home, url)
    index.catch_up()
    schema = index._store.tables.metadata.schema
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    for harm in (
        f"DROP SCHEMA {schema} CASCADE",
        f"DROP TABLE {schema}.labels",
        f"UPDATE {schema}.meta SET value = '0' WHERE key = 'schema'",
    ):
        with engine.begin() as connection:
            connection.execute(text(harm))
        expect(index, home)
        index.close()
        index.catch_up()
        expect(index, home)
    engine.dispose()
    index.close()


def test_several_at_once(url, new_home):
    home = new_home()
    house = House(home)
    house.furnish()
    indexes = [Index(home, url) for _ in range(4)]
    threads = [threading.Thread(target=index.catch_up) for index in indexes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index in indexes:
        index.catch_up()
        expect(index, home)
        index.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://runs@127.0.0.1:1/none", "can't be opened"),
        ("mysql://x/y", "can be a PostgreSQL database, not mysql"),
        ("sqlite:///x.db", "can be a PostgreSQL database, not sqlite"),
        ("nonsense", "can't be opened"),
    ],
)
def test_no_such_database(url, told, home):
    pytest.importorskip("psycopg")
    with pytest.raises(IndexUnusableError, match=told):
        Index(home, url).catch_up()
