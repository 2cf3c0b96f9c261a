"""Python that repeats a run: what a person copies, and changes as they like."""

from __future__ import annotations

import ast
import math
import shlex
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from jupyter_runs._settings import home_dir
from jupyter_runs.jobs.arguments import fields_of
from jupyter_runs.jobs.capacity import LOCAL
from jupyter_runs.jobs.config import LONGEST_RUN
from jupyter_runs.jobs.repeat import definition_of

if TYPE_CHECKING:
    from jupyter_runs.journal import RunReader

PYTHON, CELL, SHELL = "python", "cell", "shell"
_WIDTH = 88


class Code(NamedTuple):
    """A text that repeats a run; ``language`` is ``"python"``, ``"cell"`` (with a magic) or ``"shell"``."""

    text: str
    language: str = PYTHON
    note: str = ""


def code_of(reader: RunReader) -> Optional[Code]:
    """Return the code that repeats a run, None where too little is known of it."""
    told, kind = definition_of(reader), reader.definition.get("type")
    facts = {
        **reader.writers.get(str(reader.definition.get("owner")), {}),
        **reader.facts,
    }
    if told.get("script") or (told.get("command") and not told.get("module")):
        return _script(reader, told)
    source, cell = facts.get("function_source"), facts.get("cell_source")
    if kind == "cell" and isinstance(source, str):
        process = " --process" if told else ""
        name = str(reader.definition.get("experiment") or "")
        return Code(
            f"%%submit{process} {name}\n{source}",
            CELL,
            "A cell of its own, after %load_ext jupyter_runs.",
        )
    if kind == "function" and isinstance(source, str):
        return _function(reader, str(facts.get("function") or ""), source, bool(told))
    if isinstance(cell, str):
        return Code(cell, PYTHON, "The cell that started it: start_logging() in it starts another.")
    argv = facts.get("argv")
    if kind == "interactive" and facts.get("script") and isinstance(argv, list) and argv:
        line = shlex.join(["python", *(str(each) for each in argv)])
        place = facts.get("cwd")
        return Code(f"cd {shlex.quote(str(place))} && {line}" if place else line, SHELL)
    return None


# -- a submitted script or command


def _script(reader: RunReader, told: Mapping[str, Any]) -> Code:
    environment = told.get("environment")
    arguments = told.get("arguments")
    command = told.get("command")
    variables = _variables(told)
    hidden = any(field.secret for field in _fields(command or arguments))
    lines = ["import shutil", "import tempfile"] if told.get("snapshot") else []
    lines += ["import os"] if any(value is None for value in variables.values()) else []
    lines += ["from getpass import getpass"] if hidden else []
    names = ["Experiment", "RunDetails", "ScriptRunConfig", "Workspace"]
    names = ["Environment", *names] if environment else names
    lines = [*sorted(lines, key=lambda line: line.split()[1]), *([""] if lines else [])]
    lines += [f"from jupyter_runs import {', '.join(names)}", "", _workspace(reader)]
    lines += _source(reader, told)
    given = ["source"]
    if told.get("script"):
        given += [literal(str(told["script"])), _listed(arguments)]
    else:
        text = literal(command) if isinstance(command, str) else _listed(command)
        given += [f"command={text}"]
    target = reader.definition.get("target")
    given += [f"compute_target={literal(str(target))}"] if target not in (None, LOCAL) else []
    given += [f"environment={_environment(environment)}"] if environment else []
    limit = told.get("max_run_duration_seconds")
    given += [] if limit == LONGEST_RUN else [f"max_run_duration_seconds={literal(limit)}"]
    lines += _called("config = ScriptRunConfig", given)
    if variables:
        pairs = ", ".join(
            f"{literal(name)}: {f'os.environ[{literal(name)}]' if value is None else literal(value)}"
            for name, value in variables.items()
        )
        lines += [f"config.run_config.environment_variables = {{{pairs}}}"]
    lines += ["", f"run = {_experiment(reader)}.submit(config)", "RunDetails(run).show()"]
    return Code("\n".join(lines) + "\n")


def _workspace(reader: RunReader) -> str:
    folder = reader.folder.path.parent.parent
    more = "" if folder.parent == home_dir() else f", {literal(str(folder.parent))}"
    return f"workspace = Workspace.get({literal(folder.name)}{more})"


def _experiment(reader: RunReader) -> str:
    return (
        f"Experiment(workspace, {literal(str(reader.definition.get('experiment') or 'default'))})"
    )


def _source(reader: RunReader, told: Mapping[str, Any]) -> list[str]:
    folder = literal(str(told.get("source_directory") or "."))
    if not told.get("snapshot"):
        return [f"source = {folder}"]
    return [
        f"before = workspace.get_run({literal(reader.folder.id)})",
        f"# the code as it was then; it came from {folder}",
        "source = tempfile.mkdtemp()",
        "shutil.unpack_archive(before.restore_snapshot(path=tempfile.mkdtemp()), source)",
    ]


def _environment(told: Any) -> str:
    if not isinstance(told, Mapping):
        return "None"
    name, version = told.get("name"), told.get("version")
    if version is not None:
        return f"Environment.get(workspace, {literal(name)}, {literal(version)})"
    return f"Environment.from_dict({literal(told)})"


def _variables(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that it was given: None for one whose value was not stored."""
    given, environment = told.get("environment_variables"), told.get("environment")
    of_environment = (
        environment.get("environment_variables") if isinstance(environment, Mapping) else None
    )
    own = of_environment if isinstance(of_environment, Mapping) else {}
    if not isinstance(given, Mapping):
        return {}
    sealed = told.get("sealed")
    return {
        str(name): value
        for name, value in given.items()
        # what comes with the environment is there already, and None of it is the value that it has here
        if (name not in own or own[name] != value)
        and (value is not None or (isinstance(sealed, list) and name in sealed))
    }


def _fields(given: Any) -> list[Any]:
    return fields_of([str(each) for each in given]) if isinstance(given, (list, tuple)) else []


def _listed(given: Any) -> str:
    """Return arguments as a list; each that was not kept is asked for."""
    parts: list[str] = []
    for field in _fields(given):
        asked = f"getpass({literal(f'{field.label}: ')})"
        if not field.secret:
            parts.append(", ".join(literal(each) for each in field.arguments()))
        elif field.form == "joined":
            parts.append(f"{literal(field.label + '=')} + {asked}")
        else:
            parts.append(f"{literal(field.label)}, {asked}")
    line = f"[{', '.join(parts)}]"
    if len(line) < _WIDTH - 4:
        return line
    return "[\n" + "".join(f"        {part},\n" for part in parts) + "    ]"


def _called(name: str, given: list[str]) -> list[str]:
    line = f"{name}({', '.join(given)})"
    if "\n" not in line and len(line) <= _WIDTH:
        return [line]
    return [f"{name}(", *(f"    {each}," for each in given), ")"]


# -- a function


def _function(reader: RunReader, function: str, source: str, process: bool) -> Code:
    text = textwrap.dedent(source)
    try:
        first = ast.parse(text).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        first = None
    named = isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef)) and first.name == function
    if not named:  # a lambda, a method: its lines are all that is known
        return Code(text, PYTHON, "The lines that its function was made by.")
    params = dict(reader.params)
    more = [f"kwargs={literal(params)}"] if params else []
    more += ['where="process"'] if process else []
    lines = [
        "from jupyter_runs import Experiment, RunDetails, Workspace",
        "",
        text.rstrip("\n"),
        "",
        _workspace(reader),
        f"run = {_experiment(reader)}.submit({', '.join([function, *more])})",
        "RunDetails(run).show()",
    ]
    note = "What its function uses of the notebook must be there; it is called with what was kept of its arguments."
    return Code("\n".join(lines) + "\n", PYTHON, note)


# -- values


def literal(value: Any) -> str:
    """Return Python that gives a value of JSON's kinds, on one line; what is of no such kind as its text."""
    if isinstance(value, str):
        text = repr(value)
        return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, int):
        return hex(value) if abs(value) > 10**300 else repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{literal(k)}: {literal(v)}' for k, v in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(literal, value))}]"
    return literal(str(value))
