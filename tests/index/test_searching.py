"""What scripts find in the index and in the folders is the same; without SQLAlchemy too."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from house import House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs.errors import FilterError
from jupyter_runs.index import (
    STATUSES,
    Index,
    find_children,
    find_runs,
    search_children,
    search_runs,
    searching,
)
from jupyter_runs.journal import RunFolder, Writer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def always(monkeypatch):
    """The index pays for one run already."""
    monkeypatch.setattr(searching, "_FEW", 0)
    yield
    for index in searching._indexes.values():
        index.close()
    searching._indexes.clear()


@pytest.fixture
def furnished(home, always):
    """A house whose index is there."""
    house = House(home)
    house.furnish()
    Index(home).catch_up()
    return house


keys = st.sampled_from(["min", "none", 'q"'])
labels = st.one_of(
    st.none(),
    keys,
    st.lists(keys, min_size=1, max_size=2),
    st.dictionaries(keys, st.sampled_from([None, "cnn", 3.5, "Cnn.v2", "Cnn"]), min_size=1),
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    wanted=st.fixed_dictionaries(
        {},
        optional={
            "experiment": st.sampled_from(["e0", "e1", "none"]),
            "type": st.sampled_from(["t", "other"]),
            "tags": labels,
            "properties": labels,
            "status": st.one_of(
                st.none(), st.sampled_from(STATUSES), st.just(["running", "Failed"])
            ),
            "parent": st.sampled_from(["r1", "r2", "r7"]),
            "include_children": st.booleans(),
        },
    ),
    workspace=st.sampled_from(["w", "v", "nowhere"]),
)
def test_the_same_as_in_the_folders(furnished, wanted, workspace):
    place = furnished.home / workspace
    found = [folder.path for folder in search_runs(place, **wanted)]
    assert found == [folder.path for folder in find_runs(place, **wanted)]
    if workspace == "w":
        assert searching._indexes


def test_children_are_the_same(furnished):
    place = furnished.home / "w"
    furnished.do("create", 3, "w", 0)
    furnished.do("create", 4, "w", len(furnished.runs) - 1)
    for folder in find_runs(place, include_children=True):
        for recursive in (False, True):
            for wanted in ({}, {"status": "Running"}, {"tags": "min"}):
                found = search_children(folder, recursive=recursive, **wanted)
                again = find_children(folder, recursive=recursive, **wanted)
                assert [run.id for run in found] == [run.id for run in again]
    assert searching._indexes


def test_what_was_done_a_moment_ago_shows(furnished):
    place = furnished.home / "w"
    for n in range(5):
        furnished.do("create", n, "w", None)
        newest = furnished.runs[-1]
        newest[1].event("tag", key="now", value=str(n))
        found = [folder.id for folder in search_runs(place, tags={"now": n})]
        assert found == [newest[0].id]
        shutil.copytree(newest[0].path, place / "runs" / f"copy{n}")
        assert len(list(search_runs(place, tags={"now": str(n)}))) == 2
        shutil.rmtree(place / "runs" / f"copy{n}")
        assert len(list(search_runs(place, tags={"now": str(n)}))) == 1


def test_lazy_and_long(furnished, monkeypatch):
    monkeypatch.setattr(searching, "_PAGE", 2)
    place = furnished.home / "w"
    found = search_runs(place)
    first = next(found)
    rest = [folder.id for folder in find_runs(place)][1:]
    shutil.rmtree(place / "runs" / rest[3])
    assert first.id not in [folder.id for folder in found]
    assert [folder.id for folder in search_runs(place)] == [first.id, *rest[:3], *rest[4:]]


def test_a_fault_of_the_index_finds_all_the_same(furnished, monkeypatch):
    place = furnished.home / "w"
    monkeypatch.setattr(searching, "_PAGE", 3)
    truth, pages = Index.page, []

    def page(self, query):
        pages.append(query)
        if len(pages) == 2:
            raise OSError("a disk that fails")
        return truth(self, query)

    monkeypatch.setattr(Index, "page", page)
    found = [folder.id for folder in search_runs(place)]
    assert len(pages) == 2
    assert found == [folder.id for folder in find_runs(place)]
    parent = RunFolder(place / "runs" / "r1")
    pages[:] = [1]
    found = [folder.id for folder in search_children(parent)]
    assert found == [folder.id for folder in find_children(parent)]


def test_where_none_is_none_is_made(home, always, cache):
    House(home).furnish()
    assert len(list(search_runs(home / "w"))) == len(list(find_runs(home / "w")))
    assert list(cache.iterdir()) == []


def test_bad_filters_fail_at_the_call(home):
    with pytest.raises(FilterError, match="is no status of a run"):
        search_runs(home, status="Donne")
    with pytest.raises(TypeError):
        search_runs(home, colour="red")


def test_without_sqlalchemy(home):
    folder = RunFolder.create(home / "w", "r", {"experiment": "e", "owner": "main-1"})
    Writer(folder, name="main-1").event("tag", key="k", value=None)
    code = f"""
import sys
sys.modules["sqlalchemy"] = sys.modules["lark"] = None
import jupyter_runs
from jupyter_runs.index import searching
searching._FEW = searching._MANY = 0
ws = jupyter_runs.Workspace("w", {str(home)!r})
print([run.id for run in jupyter_runs.Experiment(ws, "e").get_runs(tags="k")])
print([run.id for run in ws.get_run("r").get_children()])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["['r']", "[]"]


def test_scripts_load_none_of_it():
    code = (
        "import sys, jupyter_runs.index; print({'sqlalchemy', 'lark', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
