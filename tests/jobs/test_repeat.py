"""A run repeated: the code that a person copies, and runs submitted anew from what is stored of them."""

from __future__ import annotations

import ast
import json
import math
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from submitting import done, log_of

from jupyter_runs import Environment, ScriptRunConfig
from jupyter_runs.errors import (
    ComputeTargetException,
    ConflictError,
    InvalidValueError,
    RunsError,
)
from jupyter_runs.jobs.arguments import fields_of, params_of
from jupyter_runs.jobs.repeat import repeat_of, submit_again
from jupyter_runs.jobs.repeat_code import code_of, literal
from jupyter_runs.journal import RunFolder, RunReader

WORDS = st.text(max_size=12) | st.sampled_from(
    ["--lr", "--lr=1", "-n", "-1", "--", "***", "=", "--api-key", "--api-key=***", "a\nb", "\"'\\"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def reader_of(run):
    reader = RunReader(run._folder)
    reader.poll()
    return reader


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


@given(VALUES)
def test_a_literal_gives_the_value_again_on_one_line(value):
    text = literal(value)
    assert len(text.splitlines()) <= 1
    assert same(eval(text), value)


@given(st.lists(WORDS, max_size=8))
def test_the_fields_of_arguments_are_all_of_them(arguments):
    found = fields_of(arguments)
    assert [each for field in found for each in field.arguments()] == arguments
    assert set(params_of(arguments)) <= {field.label.lstrip("-") for field in found}


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(TEXTS, max_size=10), TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_the_code_of_a_script_has_its_arguments_whatever_they_are(
    tmp_path_factory, arguments, source, variables
):
    place = tmp_path_factory.mktemp("home")
    told = {
        "script": "train.py",
        "arguments": arguments,
        "source_directory": source,
        "snapshot": "0" * 32,
        "environment_variables": variables,
        "max_run_duration_seconds": 2_592_000,
    }
    folder = RunFolder.create(
        place / "default",
        "r1",
        {"experiment": source or "e", "type": "script", "target": "local", "definition": told},
    )
    code = code_of(RunReader(folder))
    tree = ast.parse(code.text)
    (config,) = [
        node
        for node in ast.walk(tree)
        if getattr(getattr(node, "func", None), "id", "") == "ScriptRunConfig"
    ]
    secret = [field.label for field in fields_of(arguments) if field.secret]
    if not secret:
        assert ast.literal_eval(config.args[2]) == arguments
    else:
        assert "***" not in ast.unparse(config.args[2]) or "***" in "".join(secret)
    set_to = {
        node.targets[0].attr: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute)
    }
    if variables:
        assert ast.literal_eval(set_to["environment_variables"]) == variables
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    # nothing that a stranger has named is called
    assert set(calls) <= {
        *(
            "tempfile.mkdtemp",
            "shutil.unpack_archive",
            "workspace.get_run",
            "Workspace.get",
            "getpass",
        ),
        *(
            "before.restore_snapshot",
            "ScriptRunConfig",
            "Experiment",
            "RunDetails",
        ),
        *("Experiment(workspace, " + repr(source or "e") + ").submit", "RunDetails(run).show"),
    }


def test_the_code_that_is_copied_repeats_the_run(exp, source, monkeypatch):
    config = source("import sys; print(sys.argv[1:])", "--lr", "0.1", "two words", 'say "hi"')
    first = exp.submit(config)
    assert done(first)["status"] == "Completed"
    (source.folder / "train.py").write_text("raise SystemExit('the source of another day')")
    code = code_of(reader_of(first)).text.replace("RunDetails(run).show()\n", "")
    names = {}
    exec(code, names)
    again = names["run"]
    assert done(again)["status"] == "Completed"
    assert log_of(again) == log_of(first)
    assert again.get_snapshot_id() == first.get_snapshot_id()
    assert again.experiment == exp


def test_a_script_submitted_anew_has_what_the_first_had_and_says_of_which_it_is(exp, source):
    config = source(
        "import os, sys; print(sys.argv[1:], os.environ['MODE'])", "--lr", "0.1", "--amp"
    )
    config.run_config.environment_variables = {"MODE": "fast"}
    first = exp.submit(config)
    done(first)
    reader = reader_of(first)
    known = repeat_of(reader)
    assert [(f.label, f.value, f.form) for f in known.fields] == [
        ("--lr", "0.1", "pair"),
        ("--amp", "", "flag"),
    ]
    assert (known.what, known.target, known.refusal) == ("train.py", "local", None)
    (source.folder / "train.py").write_text("raise SystemExit('the source of another day')")
    again = submit_again(exp, reader, arguments=["--lr", "0.5"], name="half")
    assert done(again)["status"] == "Completed"
    assert log_of(again).strip() == "['--lr', '0.5'] fast"
    assert again.name == "half"
    assert again.get_properties()["repeats"] == first.id
    assert reader_of(again).params == {"lr": 0.5}
    assert again.get_snapshot_id() == first.get_snapshot_id()
    third = submit_again(exp, reader_of(again))
    assert done(third)["status"] == "Completed"
    assert third.get_properties()["repeats"] == again.id


def test_a_command_of_the_shell_is_changed_as_one_text(exp, source):
    source("")
    config = ScriptRunConfig(source.folder, command="echo one > outputs/x; echo two")
    first = exp.submit(config)
    done(first)
    known = repeat_of(reader_of(first))
    assert (known.command, known.fields) == ("echo one > outputs/x; echo two", ())
    again = submit_again(exp, reader_of(first), command="echo three")
    done(again)
    assert log_of(again).strip() == "three"
    with pytest.raises(InvalidValueError, match="no list"):
        submit_again(exp, reader_of(first), arguments=["echo"])
    assert (
        ast.literal_eval(
            next(
                word.value
                for node in ast.walk(ast.parse(code_of(reader_of(first)).text))
                if isinstance(node, ast.Call)
                for word in node.keywords
                if word.arg == "command"
            )
        )
        == config.command
    )


def test_secrets_have_to_be_given_again(exp, source, monkeypatch):
    config = source("import sys; print(len(sys.argv[2]))", "--api-key", "abcdef", "--n=1")
    first = exp.submit(config)
    done(first)
    known = repeat_of(reader_of(first))
    assert [(f.label, f.value, f.secret) for f in known.fields] == [
        ("--api-key", "", True),
        ("--n", "1", False),
    ]
    with pytest.raises(InvalidValueError, match="--api-key"):
        submit_again(exp, reader_of(first))
    again = submit_again(exp, reader_of(first), arguments=["--api-key", "abc", "--n=1"])
    done(again)
    assert log_of(again).strip() == "3"
    assert b"abc" not in (again.folder / "run.json").read_bytes()
    assert 'getpass("--api-key: ")' in code_of(reader_of(first)).text
    config.run_config.environment_variables = {"MY_TOKEN": "xyz"}
    second = exp.submit(config)
    done(second)
    assert "MY_TOKEN" in repeat_of(reader_of(second)).refusal
    with pytest.raises(ConflictError, match="MY_TOKEN"):
        submit_again(exp, reader_of(second))
    assert 'os.environ["MY_TOKEN"]' in code_of(reader_of(second)).text
    monkeypatch.setenv("MY_TOKEN", "xyz")
    assert repeat_of(reader_of(second)).refusal is None


def test_an_environment_goes_into_the_code(exp, source):
    config = source("print('hi')")
    config.environment = Environment("own")
    config.environment.python.user_managed_dependencies = True
    config.environment.environment_variables["A"] = "b'\"\n"
    first = exp.submit(config)
    done(first)
    names = {}
    exec(code_of(reader_of(first)).text.replace("RunDetails(run).show()", ""), names)
    made = names["config"].environment
    assert made.to_dict(stored=True) == config.environment.to_dict(stored=True)
    assert done(names["run"])["status"] == "Completed"
    again = submit_again(exp, reader_of(first))
    assert done(again)["status"] == "Completed"


def work(rate, note=""):
    print("rate", rate, note)


def test_functions_in_a_process_are_repeated_and_those_of_a_thread_say_why_not(exp):
    process = exp.submit(work, kwargs={"rate": 0.5}, where="process")
    done(process)
    known = repeat_of(reader_of(process))
    assert (known.what, known.fields, known.refusal) == ("work", (), None)
    again = submit_again(exp, reader_of(process))
    done(again)
    assert "rate 0.5" in log_of(again)
    assert reader_of(again).params == {"rate": 0.5, "note": ""}
    with pytest.raises(InvalidValueError):
        submit_again(exp, reader_of(process), arguments=["1"])
    thread = exp.submit(work, kwargs={"rate": float("nan")})
    done(thread)
    assert "thread" in repeat_of(reader_of(thread)).refusal
    code = code_of(reader_of(thread)).text
    assert "def work(rate" in code
    assert 'submit(work, kwargs={"rate": float("nan"), "note": ""})' in code


def test_what_was_not_submitted_says_so(exp):
    with exp.start_logging(outputs=False) as run:
        run.log("x", 1)
    assert "not submitted" in repeat_of(reader_of(run)).refusal
    with pytest.raises(ConflictError):
        submit_again(exp, reader_of(run))


def test_a_snapshot_that_is_gone_and_a_target_that_is_unknown(exp, source):
    first = exp.submit(source("print(1)"))
    done(first)
    with pytest.raises(ComputeTargetException, match="nowhere"):
        submit_again(exp, reader_of(first), target="nowhere")
    with pytest.raises(InvalidValueError, match="NUL"):
        submit_again(exp, reader_of(first), arguments=["a\0b"])
    archive = exp.workspace.folder / "snapshots" / f"{first.get_snapshot_id()}.zip"
    assert zipfile.is_zipfile(archive)
    archive.unlink()
    assert "not there any more" in repeat_of(reader_of(first)).refusal


@pytest.mark.parametrize(
    "told",
    [
        {"script": 5, "arguments": "x", "snapshot": "../../x"},
        {"script": "a", "arguments": {"a": 1}, "environment": [1], "environment_variables": 7},
        {"script": "a", "arguments": [None], "environment": {"name": "../x"}},
        {"command": [1, {}], "environment": {}, "sealed": "x", "cleaned": 1},
        {"module": "os", "steps": 1},
        {"module": ["x"]},
    ],
)
def test_what_strangers_have_stored_is_refused_or_taken_as_text(exp, source, told):
    first = exp.submit(source("print(1)"))
    done(first)
    file = first.folder / "run.json"
    whole = json.loads(file.read_text())
    snapshot = whole["definition"]["snapshot"]
    whole["definition"] = {"snapshot": snapshot, **told}
    folder = RunFolder.create(exp.workspace.folder, "strange", {**whole, "id": "strange"})
    reader = RunReader(folder)
    reader.poll()
    repeat_of(reader)
    code = code_of(reader)
    assert code is None or ast.parse(code.text)
    with suppress(RunsError):
        done(submit_again(exp, reader))
