"""What is told of where code runs; a real kernel is asked in tests/nouns/test_run_exit.py."""

from __future__ import annotations

import sys
import types

import pytest

from jupyter_runs.capture import notebook


@pytest.fixture
def kernel(monkeypatch):
    """Stand in for a kernel's shell."""

    def make(user_ns=None, **variables):
        shell = types.SimpleNamespace(
            kernel=types.SimpleNamespace(
                get_parent=lambda channel: {"metadata": {"cellId": "c-9"}},
                parent=types.SimpleNamespace(connection_file="/run/kernel-0a1b.json"),
            ),
            user_ns=user_ns or {},
        )
        ipython = types.SimpleNamespace(get_ipython=lambda: shell)
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "ipykernel", types.SimpleNamespace())
        monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return make


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ("work/01-first-run.ipynb", "01-first-run"),
        ("My notebook (copy).ipynb", "My-notebook-copy"),
        ("première analyse.ipynb", "première-analyse"),
        ("_.ipynb", "default"),
        ("日本.ipynb", "default"),
        ("console-1-8f1b", "default"),
        ("train.py", "train"),
    ],
)
def test_jupyterlab(kernel, session, name):
    kernel(JPY_SESSION_NAME=session)
    assert notebook.default_experiment_name() == name


def test_vs_code(kernel):
    kernel({"__vsc_ipynb_file__": r"c:\Users\me\Dia betes.ipynb"})
    assert notebook.default_experiment_name() == "Dia-betes"
    kernel({"__vsc_ipynb_file__": "/home/me/x.y.ipynb"})
    assert notebook.default_experiment_name() == "x-y"


def test_a_kernel_that_was_told_nothing(kernel):
    kernel()
    assert notebook.default_experiment_name() == "default"
    assert notebook.where_am_i() == {"cell": "c-9", "kernel": "0a1b"}


def test_a_script_started_from_a_notebook_is_a_script(monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    main = types.ModuleType("__main__")
    main.__file__ = str(tmp_path / "train model.py")
    main.__spec__ = None
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.delattr(sys, "ps1", raising=False)
    assert notebook.default_experiment_name() == "train-model"
    assert notebook.where_am_i() == {"script": main.__file__}
    main.__spec__ = types.SimpleNamespace(name="package.tools.__main__")
    assert notebook.default_experiment_name() == "tools"
    main.__spec__ = types.SimpleNamespace(name="package.train")
    assert notebook.default_experiment_name() == "train"


def test_shells_that_break(monkeypatch):
    def broken():
        raise RuntimeError

    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=broken))
    assert notebook.shell() is None
    assert notebook.cell_id() is None
