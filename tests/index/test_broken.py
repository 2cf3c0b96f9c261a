"""A database that is missing, damaged, or of another version: the same answers, from a new one."""

from __future__ import annotations

import os
import random
import sqlite3
import stat

import pytest
from house import House, expect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.errors import IndexUnusableError
from jupyter_runs.index import Index, Query, place
from jupyter_runs.index.place import remove


@pytest.fixture
def furnished(home):
    """A home with runs of all sorts."""
    House(home).furnish()
    return home


def database(index):
    """Return its file."""
    return index._store.path


def settle(path):
    """Bring all that was written into the file itself."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def garbage(path):
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def empty(path):
    path.write_bytes(b"")


def halved(path):
    os.truncate(path, path.stat().st_size // 2)


def a_page(path):
    os.truncate(path, 4096)


def text(path):
    path.write_text("this is no database\n" * 1000)


def missing(path):
    remove(path)


def other_version(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'schema'")
    connection.close()


def no_version(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'version'")
    connection.close()


def no_table(path):
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE labels")
    connection.close()


def other_tables(path):
    remove(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE runs (id)")
        connection.execute("CREATE TABLE meta (key, value)")
    connection.close()


HARMS = [
    garbage,
    empty,
    halved,
    a_page,
    text,
    missing,
    other_version,
    no_version,
    no_table,
    other_tables,
]


@pytest.mark.parametrize("harm", HARMS)
def test_found_when_it_is_opened(furnished, harm):
    index = Index(furnished)
    index.catch_up()
    path, version = database(index), index.version()
    index.close()
    settle(path)
    harm(path)
    index = Index(furnished)
    index.catch_up()
    expect(index, furnished)
    assert index.version() > version
    index.close()


@pytest.mark.parametrize("harm", HARMS)
def test_found_while_it_is_open(furnished, harm):
    index, other = Index(furnished), Index(furnished)
    index.catch_up()
    other.catch_up()
    settle(database(index))
    harm(database(index))
    for one in (index, other, index):
        one.close() if harm is halved else None  # pages that it still holds are good
        one.catch_up()
        one.page(Query(filter="metrics.loss.min < 3 and tags.min", text="run"))
        one.catch_up()
        expect(one, furnished)
    index.close()
    other.close()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 1 << 32))
def test_any_byte(furnished, seed):
    """Whatever is damaged, nothing but our own errors comes out, and a new one is right."""
    index = Index(furnished)
    index.catch_up()
    path = database(index)
    index.close()
    settle(path)
    rng, raw = random.Random(seed), bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 40)):
        raw[rng.randrange(len(raw) if rng.random() < 0.5 else 200)] = rng.randrange(256)
    path.write_bytes(raw)
    index = Index(furnished)
    try:
        index.catch_up()
        for query in (Query(), Query(sort="metrics.loss"), Query(filter="not tags.min = cnn")):
            index.page(query)
    except IndexUnusableError:
        pass
    index.rebuild()
    expect(index, furnished)
    index.close()


def test_a_cache_that_cannot_be_written_to(furnished, tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("JUPYTER_RUNS_CACHE", str(blocked / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    index = Index(furnished)
    index.catch_up()
    expect(index, furnished)
    assert database(index).parent.parent == tmp_path
    index.close()


def test_no_place_at_all(furnished, monkeypatch):
    monkeypatch.setattr("jupyter_runs.index.store.cache_folder", lambda: furnished / "none")
    monkeypatch.setattr("jupyter_runs.index.store.private_folder", lambda: furnished / "none")
    with pytest.raises(IndexUnusableError, match="JUPYTER_RUNS_CACHE"):
        Index(furnished).catch_up()


def test_a_cache_on_a_network(cache, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert place.cache_folder() == cache
    for kind in ("nfs4", "cifs", "fuse.sshfs", "9p"):
        monkeypatch.setattr(place, "file_system", lambda _, kind=kind: kind)
        found = place.cache_folder()
        assert found.parent == tmp_path
        assert stat.S_IMODE(found.stat().st_mode) == 0o700
    monkeypatch.setattr(place, "file_system", lambda _: "ext4")
    assert place.cache_folder() == cache


def test_a_folder_that_somebody_has_prepared(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    trap = tmp_path / f"jupyter-runs-{os.getuid()}"
    trap.symlink_to(tmp_path / "elsewhere")
    found = place.private_folder()
    assert found != trap
    assert stat.S_IMODE(found.stat().st_mode) == 0o700
    trap.unlink()
    trap.mkdir()
    trap.chmod(0o777)
    assert place.private_folder() != trap


def test_by_the_platforms_rules(tmp_path, monkeypatch):
    monkeypatch.delenv("JUPYTER_RUNS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert place.cache_folder() == tmp_path / "xdg" / "jupyter-runs"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert place.cache_folder() == tmp_path / "home" / ".cache" / "jupyter-runs"


def test_each_home_has_its_own(new_home, cache):
    one, two = new_home(), new_home()
    House(one).furnish()
    first, second = Index(one), Index(two)
    first.catch_up()
    second.catch_up()
    assert first.page(Query(include_children=True)).total > 0
    assert second.page(Query()).total == 0
    files = [path for path in cache.iterdir() if path.suffix == ".db"]
    assert len(files) == 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    first.close()
    second.close()
