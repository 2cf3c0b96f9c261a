"""Definitions: what they hold, how they are written and read, and what their hash depends on."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_runs import CondaDependencies, Environment
from jupyter_runs.errors import (
    ConflictError,
    EnvironmentNameError,
    InvalidValueError,
    MissingPathError,
)

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True).filter(
    lambda name: name.lower() != "built"
)
PACKAGES = st.from_regex(r"[a-z][a-z0-9]{1,8}(==[0-9]\.[0-9])?", fullmatch=True)
CONDA = st.from_regex(r"[a-z][a-z0-9]{1,8}(=[0-9]\.[0-9])?", fullmatch=True).filter(
    lambda text: not text.startswith("python")
)
VARIABLES = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(lambda name: "=" not in name and "\0" not in name),
    st.text(max_size=8),
    max_size=4,
)


@st.composite
def environments(draw):
    made = Environment(draw(NAMES))
    made.python.user_managed_dependencies = draw(st.booleans())
    made.python.conda_dependencies = CondaDependencies.create(
        pip_packages=draw(st.lists(PACKAGES, max_size=5)),
        conda_packages=draw(st.lists(CONDA, max_size=5)),
        python_version=draw(st.sampled_from([None, "3.11", "3.6.2", ">=3.10"])),
    )
    for channel in draw(st.lists(st.sampled_from(["defaults", "pytorch", "conda-forge"]))):
        made.python.conda_dependencies.add_channel(channel)
    made.environment_variables = draw(VARIABLES)
    made.docker.enabled = draw(st.booleans())
    return made


@given(environments())
def test_a_definition_comes_back_from_plain_values_as_it_was(environment):
    plain = json.loads(json.dumps(environment.to_dict()))
    assert Environment.from_dict(plain).to_dict() == environment.to_dict()


@given(environments(), NAMES, VARIABLES, st.randoms())
def test_the_hash_is_of_what_is_built_alone(environment, name, variables, random):
    other = Environment.from_dict({**environment.to_dict(), "name": name})
    other.environment_variables = variables
    other.docker.enabled = not environment.docker.enabled
    packages = environment.python.conda_dependencies
    shuffled = random.sample(packages.pip_packages, len(packages.pip_packages))
    other.python.conda_dependencies.set_pip_requirements(shuffled)
    assert other.definition_hash == environment.definition_hash


@given(environments(), environments())
def test_what_is_built_differently_has_another_hash(one, two):
    def built(environment):
        packages = environment.python.conda_dependencies
        by_conda = bool(packages.conda_packages)
        return environment.python.user_managed_dependencies or (
            sorted(packages.conda_packages),
            sorted(packages.pip_packages),
            packages.conda_channels if by_conda else [],
        )

    assert (one.definition_hash == two.definition_hash) == (built(one) == built(two))


def test_packages_that_stand_for_us_are_not_part_of_what_is_built():
    plain, old = Environment("plain"), Environment("old")
    plain.python.conda_dependencies.add_pip_package("six")
    old.python.conda_dependencies = CondaDependencies.create(
        pip_packages=["azureml-sdk[notebooks]>=1.0", "azureml-dataprep", "six"]
    )
    assert old.definition_hash == plain.definition_hash


def test_the_hash_is_the_same_in_every_process():
    code = (
        "from jupyter_runs import Environment; e = Environment('a');"
        "e.python.conda_dependencies.add_pip_package('six'); print(e.definition_hash)"
    )
    command = [sys.executable, "-c", code]
    seen = {
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    }
    here = Environment("b")
    here.python.conda_dependencies.add_pip_package("six")
    assert seen == {here.definition_hash}


# -- conda's packages


def test_conda_dependencies_as_people_know_them():
    made = CondaDependencies.create(
        conda_packages=["numpy=1.26"], pip_packages=["torch>=2"], python_version="3.11"
    )
    made.add_conda_package("scikit-learn")
    made.add_conda_package("numpy=2.0")
    made.add_pip_package("Torch==2.1")
    made.add_channel("conda-forge")
    made.set_python_version("3.12")
    assert made.conda_packages == ["python=3.12", "scikit-learn", "numpy=2.0"]
    assert made.pip_packages == ["Torch==2.1"]
    assert made.python_version == "3.12"
    assert made.conda_channels == ["conda-forge"]
    made.remove_pip_package("torch")
    made.remove_conda_package("numpy")
    assert (made.pip_packages, made.conda_packages) == ([], ["python=3.12", "scikit-learn"])


@given(environments())
def test_packages_come_back_from_yaml_as_they_were(environment):
    import tempfile

    packages = environment.python.conda_dependencies
    with tempfile.TemporaryDirectory() as folder:
        read = CondaDependencies(packages.save(folder))
    assert read.as_dict() == packages.as_dict()


def test_the_saved_file_is_conda_s_own(tmp_path):
    import yaml

    made = CondaDependencies.create(conda_packages=["pytorch"], pip_packages=["six"])
    said = yaml.safe_load(made.serialize_to_string())
    assert said == {"channels": [], "dependencies": ["pytorch", {"pip": ["six"]}]}
    assert made.save(tmp_path / "env.yml") == str(tmp_path / "env.yml")


@pytest.mark.parametrize("wrong", ["", "a\nb", None, 3])
def test_what_is_no_package_is_refused(wrong):
    with pytest.raises(InvalidValueError, match="one line of text"):
        CondaDependencies().add_pip_package(wrong)
    with pytest.raises(InvalidValueError, match="one line of text"):
        CondaDependencies().add_conda_package(wrong)


def test_a_str_is_no_list_of_packages():
    with pytest.raises(InvalidValueError, match="pip_packages is a list"):
        CondaDependencies.create(pip_packages="torch")


# -- files


def write(path, text):
    path.write_text(textwrap.dedent(text))
    return path


def test_a_conda_specification_is_read(tmp_path):
    file = write(
        tmp_path / "env.yml",
        """
        name: pytorch-env
        channels:
            - defaults
            - pytorch
        dependencies:
            - python=3.10
            - pytorch
            - pip
            - pip:
                - azureml-sdk
                - ./local
        variables:
            THREADS: 2
        """,
    )
    made = Environment.from_conda_specification("pytorch-env", file)
    packages = made.python.conda_dependencies
    assert packages.conda_packages == ["python=3.10", "pytorch", "pip"]
    assert packages.pip_packages == ["azureml-sdk", str(tmp_path / "local")]
    assert packages.conda_channels == ["defaults", "pytorch"]
    assert made.environment_variables == {"THREADS": "2"}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("dependencies:\n  - python\n - pip\n", 3, "not YAML"),
        ("name: a\ndependencies:\n  - a: [unclosed\n", 4, "not YAML"),
        ("dependencies:\n  - numpy\n  - npm:\n    - left-pad\n", 3, "only 'pip:'"),
        ("dependencies: numpy\n", 1, "'dependencies' is a list"),
        ("- numpy\n- pandas\n", 1, "mapping"),
        ("name: x\nchannels: []\n", 1, "no 'dependencies'"),
        ("channels:\n  a: b\ndependencies: []\n", 2, "'channels' is a list"),
        ("dependencies:\n  - pip:\n      six\n", 3, "'pip:' holds a list"),
    ],
)
def test_a_bad_specification_names_file_and_line(tmp_path, text, line, why):
    file = tmp_path / "env.yml"
    file.write_text(text)
    with pytest.raises(InvalidValueError) as caught:
        Environment.from_conda_specification("x", file)
    assert f"{file}, line {line}: " in str(caught.value)
    assert why in str(caught.value)


def test_files_that_are_not_there_or_hold_nothing(tmp_path):
    with pytest.raises(MissingPathError, match="gone.yml"):
        Environment.from_conda_specification("x", tmp_path / "gone.yml")
    with pytest.raises(MissingPathError, match="gone.txt"):
        Environment.from_pip_requirements("x", tmp_path / "gone.txt")
    with pytest.raises(InvalidValueError, match="is empty"):
        CondaDependencies(write(tmp_path / "empty.yml", ""))
    (tmp_path / "odd.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidValueError, match="can't be read"):
        CondaDependencies(tmp_path / "odd.yml")


def test_requirements_are_read_with_what_they_include(tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "pkg").mkdir()
    write(tmp_path / "more" / "base.txt", "numpy>=1  # arrays\n-c limits.txt\n-e ./pkg[extra]\n")
    file = write(
        tmp_path / "requirements.txt",
        "-r more/base.txt\n\n# a comment\ntorch \\\n  ==2.1\nmore/pkg ; python_version > '3'\n"
        "git+https://example.org/a.git#egg=a\n--index-url https://example.org/simple\n",
    )
    made = Environment.from_pip_requirements("x", file).python.conda_dependencies
    assert made.pip_packages == [
        "numpy>=1",
        "torch ==2.1",
        f"{tmp_path}/more/pkg ; python_version > '3'",
        "git+https://example.org/a.git#egg=a",
    ]
    assert made.pip_options == [
        f"-c {tmp_path}/more/limits.txt",
        f"-e {tmp_path}/more/pkg[extra]",
        "--index-url https://example.org/simple",
    ]


def test_one_package_for_several_pythons_stays_so(tmp_path):
    lines = ["numpy<2; python_version < '3.10'", "numpy>=2; python_version >= '3.10'"]
    file = write(tmp_path / "requirements.txt", "\n".join(lines))
    made = Environment.from_pip_requirements("x", file).python.conda_dependencies
    assert made.pip_packages == lines
    added = CondaDependencies()
    for line in lines:
        added.add_pip_package(line)
    assert added.pip_packages == lines


def test_requirements_that_include_themselves_are_refused(tmp_path):
    write(tmp_path / "a.txt", "-r b.txt\n")
    write(tmp_path / "b.txt", "-r a.txt\n")
    with pytest.raises(InvalidValueError, match="includes"):
        Environment.from_pip_requirements("x", tmp_path / "a.txt")
    write(tmp_path / "b.txt", "-r c.txt\n")
    with pytest.raises(MissingPathError, match=r"c\.txt.*b\.txt includes"):
        Environment.from_pip_requirements("x", tmp_path / "a.txt")


@given(environments())
def test_an_environment_comes_back_from_a_folder(environment):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        environment.save_to_directory(folder)
        read = Environment.load_from_directory(folder)
    assert read.to_dict(stored=True) == environment.to_dict(stored=True)


def test_a_folder_is_not_written_over_by_chance(tmp_path):
    Environment("a").save_to_directory(tmp_path / "env")
    with pytest.raises(ConflictError, match="overwrite=True"):
        Environment("b").save_to_directory(tmp_path / "env")
    Environment("b").save_to_directory(tmp_path / "env", overwrite=True)
    assert Environment.load_from_directory(tmp_path / "env").name == "b"
    with pytest.raises(MissingPathError):
        Environment.load_from_directory(tmp_path)


def test_a_folder_that_the_other_sdk_wrote_is_read(tmp_path):
    data = {
        "name": "old",
        "version": "7",
        "environmentVariables": {"A": "b"},
        "python": {
            "userManagedDependencies": False,
            "interpreterPath": "python",
            "condaDependenciesFile": None,
        },
        "docker": {"enabled": True, "baseImage": "mcr.microsoft.com/azureml/base"},
    }
    (tmp_path / "azureml_environment.json").write_text(json.dumps(data))
    (tmp_path / "conda_dependencies.yml").write_text(
        "dependencies:\n- python=3.6.2\n- pip: [six]\n"
    )
    read = Environment.load_from_directory(tmp_path)
    assert (read.name, read.version, read.environment_variables) == ("old", None, {"A": "b"})
    assert read.python.conda_dependencies.pip_packages == ["six"]
    assert read.docker.enabled
    assert read.docker.base_image == "mcr.microsoft.com/azureml/base"


# -- secrets, names, shows


def test_secrets_are_never_in_what_is_stored(ws, tmp_path):
    made = Environment("secretive")
    made.environment_variables = {"HF_TOKEN": "s3cr3t", "EPOCHS": 3}
    packages = made.python.conda_dependencies
    packages.set_pip_index_url("https://me:s3cr3t@example.org/simple")
    packages.add_channel("https://me:s3cr3t@example.org/conda")
    assert made.to_dict()["environment_variables"] == {"HF_TOKEN": "s3cr3t", "EPOCHS": "3"}
    assert "me:s3cr3t@" in json.dumps(made.to_dict())
    kept = made.to_dict(stored=True)["environment_variables"]
    assert kept == {"HF_TOKEN": None, "EPOCHS": "3"}

    registered = made.register(ws)
    made.save_to_directory(tmp_path / "saved")
    assert registered.environment_variables == {"HF_TOKEN": None, "EPOCHS": "3"}
    assert registered.definition_hash == made.definition_hash
    for file in (*ws.folder.rglob("*"), *(tmp_path / "saved").rglob("*")):
        assert not file.is_file() or "s3cr3t" not in file.read_text()
    assert "s3cr3t" not in str(made) + repr(made)
    assert "HF_TOKEN" in str(made)


@pytest.mark.parametrize("name", ["", "-a", "a/b", "..", "a b", "é", "built", "x" * 256, None, 3])
def test_names_that_no_environment_can_have(name):
    with pytest.raises(EnvironmentNameError, match="can't name an environment"):
        Environment(name)


@pytest.mark.parametrize("name", ["AzureML-mine", "AzureMLx", "Microsoft-mine"])
def test_reserved_names_are_nobody_s(ws, name):
    with pytest.raises(EnvironmentNameError, match="reserved"):
        Environment(name).register(ws)
    with pytest.raises(EnvironmentNameError, match="reserved"):
        Environment("mine").clone(name)


def test_a_variable_must_have_a_name_that_the_system_can_take():
    made = Environment("a")
    made.environment_variables = {"A=B": "c"}
    with pytest.raises(InvalidValueError, match="'A=B'"):
        made.to_dict()


def test_a_misspelt_attribute_is_an_error():
    with pytest.raises(AttributeError):
        Environment("a").python.user_managed = True
    with pytest.raises(AttributeError):
        Environment("a").docker.enable = True


def test_a_clone_is_a_copy():
    made = Environment("a")
    made.environment_variables["A"] = "1"
    copy = made.clone("b")
    copy.environment_variables["A"] = "2"
    copy.python.conda_dependencies.add_pip_package("six")
    assert (copy.name, copy.version) == ("b", None)
    assert made.environment_variables == {"A": "1"}
    assert made.python.conda_dependencies.pip_packages == []


def test_docker_shows():
    made = Environment("a")
    made.docker.enabled = True
    assert "docker" in repr(made)
    assert json.loads(str(made))["docker"]["enabled"] is True
