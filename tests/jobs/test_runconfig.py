"""Run configurations as files: what is written comes back, and a stranger's file is an error at worst."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_runs import Environment, RunConfiguration
from jupyter_runs.errors import InvalidValueError, MissingPathError, RunsError

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,10}", fullmatch=True)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        "script",
        "arguments",
        "command",
        "target",
        "maxRunDurationSeconds",
        "environmentVariables",
        "environment",
        "history",
    ]
)
PARTS = st.sampled_from(
    [
        "userManagedDependencies",
        "interpreterPath",
        "condaDependencies",
        "condaDependenciesFile",
        "enabled",
        "baseImage",
    ]
)
PACKAGES = st.fixed_dictionaries({"dependencies": PLAIN | st.lists(PLAIN), "channels": PLAIN})
SECTION = PLAIN | st.dictionaries(PARTS, PLAIN | PACKAGES, max_size=3)
ENVIRONMENT = st.dictionaries(
    st.sampled_from(["name", "version", "environmentVariables", "python", "docker"]), SECTION
)
quick = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(
    script=TEXT.filter(bool),
    arguments=st.lists(TEXT, min_size=1, max_size=4),
    variables=st.dictionaries(NAME.map("X_{}_x".format), TEXT, max_size=3),
    limit=st.none() | st.integers(1, 10**9) | st.floats(0.1, 1e9),
)
def test_what_is_saved_is_loaded(tmp_path, script, arguments, variables, limit):
    config = RunConfiguration(
        script, arguments, target="some-target", max_run_duration_seconds=limit
    )
    config.environment_variables = variables
    config.save(tmp_path, "it")
    again = RunConfiguration.load(tmp_path, "it")
    assert (again.script, again.arguments, again.command) == (script, arguments, None)
    assert (again.target, again.max_run_duration_seconds) == ("some-target", limit)
    assert again.environment_variables == variables
    assert again.chosen_environment() is None


def test_an_environment_comes_back_without_secrets(tmp_path):
    environment = Environment("mine")
    environment.python.conda_dependencies.add_pip_package("six")
    environment.environment_variables = {"A": "1", "API_KEY": "hidden"}
    config = RunConfiguration(command="echo a", environment=environment)
    config.environment_variables = {"MY_PASSWORD": "hidden"}
    config.save(tmp_path / "it.runconfig")
    assert "hidden" not in (tmp_path / "it.runconfig").read_text()
    again = RunConfiguration.load(tmp_path / "it.runconfig")
    assert again.command == "echo a"
    found = again.chosen_environment()
    assert found.environment_variables == {"A": "1", "API_KEY": None}
    assert found.python.conda_dependencies.pip_packages == ["six"]


def test_where_it_is_looked_for(tmp_path):
    for folder in (".jupyter_runs", ".azureml", "aml_config", "."):
        (tmp_path / folder).mkdir(exist_ok=True)
        name = f"in-{folder.strip('._')}"
        (tmp_path / folder / f"{name}.runconfig").write_text("script: a.py")
        assert RunConfiguration.load(tmp_path, name).script == "a.py"
    with pytest.raises(MissingPathError, match="did you mean 'in-azureml'"):
        RunConfiguration.load(tmp_path, "in-azurml")
    for name in ("../it", "..", "", "a/b"):
        with pytest.raises(InvalidValueError, match="can't name a run configuration"):
            RunConfiguration().save(tmp_path, name)


@quick
@given(data=PLAIN | st.dictionaries(KEYS, PLAIN | ENVIRONMENT, max_size=4), text=st.none() | TEXT)
def test_a_file_of_a_stranger_is_an_error_at_worst(tmp_path, data, text):
    from jupyter_runs.jobs.specification import write_yaml

    (tmp_path / "it.runconfig").write_text(
        write_yaml(data) if text is None else text, encoding="utf-8"
    )
    try:
        RunConfiguration.load(tmp_path / "it.runconfig")
    except RunsError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n- b", "holds no names with values"),
        ("script: [a]", r"script is a text, not \['a'\]"),
        ("arguments: {a: b}", "arguments is a list"),
        ("environment: 5", "environment holds names with values, not 5"),
        ("environment: {python: {condaDependenciesFile: nowhere.yml}}", "nowhere.yml"),
        ("a: [", "line 1: this is not YAML"),
        ("!!python/object/apply:os.system ['false']", "this is not YAML"),
        ("maxRunDurationSeconds: soon", "maxRunDurationSeconds is a number"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    (tmp_path / "it.runconfig").write_text(text)
    with pytest.raises(RunsError, match=said):
        RunConfiguration.load(tmp_path / "it.runconfig")
