"""What conda's and pip's words mean, against the library that pip itself goes by."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from jupyter_runs.jobs.build import nearest, pythons, specs, twins
from jupyter_runs.jobs.build.nearest import pin
from jupyter_runs.jobs.build.pythons import Python, choose
from jupyter_runs.jobs.build.reasons import conda_reason, pip_reason
from jupyter_runs.jobs.build.specs import conda_spec, pip_name, pip_versions, satisfies

NUMBER = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(lambda n: ".".join(map(str, n)))
CLAUSE = st.one_of(
    st.tuples(st.sampled_from([">=", "<=", ">", "<", "==", "!="]), NUMBER).map("".join),
    st.tuples(st.sampled_from(["==", "!="]), NUMBER, st.just(".*")).map("".join),
    st.tuples(st.just("~="), NUMBER.filter(lambda n: "." in n)).map("".join),
)


@pytest.mark.parametrize("module", [specs, twins, pythons, nearest])
def test_examples_in_the_documentation(module):
    assert doctest.testmod(module).failed == 0


@given(st.tuples(*[st.integers(0, 4)] * 3), st.lists(CLAUSE, max_size=3).map(",".join))
def test_versions_are_compared_as_pip_compares_them(version, wanted):
    expected = SpecifierSet(wanted).contains(".".join(map(str, version)))
    assert satisfies(version, wanted) == expected


@given(st.lists(CLAUSE, max_size=3).map(",".join))
def test_what_pip_says_already_is_left_as_it_is(wanted):
    assert pip_versions(wanted) == wanted


@pytest.mark.parametrize(
    ("text", "name", "versions"),
    [
        ("numpy", "numpy", ""),
        ("numpy=1.26", "numpy", "==1.26.*"),
        ("numpy=1.26.*", "numpy", "==1.26.*"),
        ("numpy==1.26.4", "numpy", "==1.26.4"),
        ("numpy=1.26.4=py311h64a7726_0", "numpy", "==1.26.4"),
        ("numpy 1.26.4 py311h64a7726_0", "numpy", "==1.26.4"),
        ("numpy 1.26.*", "numpy", "==1.26.*"),
        ("numpy >=1.20, <2", "numpy", ">=1.20,<2"),
        ("numpy>=1.20,<2", "numpy", ">=1.20,<2"),
        ("conda-forge::numpy=1.26", "numpy", "==1.26.*"),
        ("conda-forge/linux-64::NumPy", "numpy", ""),
        ("numpy[version='>=1.20,<2',build=*mkl*]", "numpy", ">=1.20,<2"),
        ("numpy=*", "numpy", ""),
        ("scipy=1.0rc1", "scipy", "==1.0rc1"),
        ("numpy=1.20|1.26", "numpy", None),
    ],
)
def test_conda_s_words_in_pip_s(text, name, versions):
    spec = conda_spec(text)
    assert spec.name == name
    assert pip_versions(spec.version) == versions


@pytest.mark.parametrize("text", ["", "  ", "=1.2", "https://example.org/a.conda"])
def test_what_is_no_conda_package(text):
    assert conda_spec(text) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Torch", "torch"),
        ("scikit_learn[extra] >= 1.0", "scikit-learn"),
        ("a.b==1 ; python_version > '3'", "a-b"),
        ("pkg @ https://example.org/pkg.whl", "pkg"),
        ("-e ./pkg", None),
        ("--index-url https://example.org", None),
        ("./pkg", None),
        ("/abs/pkg", None),
        ("pkg-1.0-py3-none-any.whl", None),
        ("https://example.org/pkg.whl", None),
        ("git+https://example.org/pkg.git", None),
    ],
)
def test_the_name_in_a_requirement(line, name):
    assert pip_name(line) == name


# -- which Python

MACHINE = [Python(f"/py/3.{minor}", (3, minor, 5)) for minor in (11, 9, 10, 13)]


def chosen(wanted, default="/py/3.11"):
    choice = choose(wanted, MACHINE, default)
    return [each.shown for each in choice.candidates], choice.note


@pytest.mark.parametrize(
    ("wanted", "versions"),
    [
        ("==3.11.*", ["3.11.5"]),
        ("==3.13.*", ["3.13.5"]),
        (">=3.8", ["3.11.5"]),  # the submitter's own will do
        (">=3.8,<3.11", ["3.10.5"]),
        ("==3.6.2.*", ["3.9.5", "3.11.5"]),
        ("==3.10.2.*", ["3.10.5", "3.11.5"]),
        ("==3.12.*", ["3.13.5", "3.11.5"]),
        ("==2.7.*", ["3.9.5", "3.11.5"]),
        ("==3.20.*", ["3.13.5", "3.11.5"]),
    ],
)
def test_the_nearest_python_is_tried_first(wanted, versions):
    assert chosen(wanted)[0] == versions


def test_the_note_says_what_was_asked_for_and_what_is_taken():
    assert "Python 3.6.2 was asked for, and runs need 3.9" in chosen("==3.6.2.*")[1]
    note = chosen("==3.12.*")[1]
    assert "Python 3.12 was asked for, and this machine does not have it" in note
    assert "3.13.5 (/py/3.13)" in note
    assert choose("==3.11.*", [], None).candidates == []


def test_pythons_of_this_machine_are_what_they_say():
    import subprocess
    import sys

    found = pythons.find(sys.executable)
    assert found[0].version == sys.version_info[:3]
    assert len({each.path for each in found}) == len(found)
    for each in found:
        code = "import sys; print(*sys.version_info[:3], sep='.')"
        said = subprocess.run([each.path, "-c", code], check=True, capture_output=True, text=True)
        assert said.stdout.strip() == each.shown
        assert each.version >= pythons.OLDEST


# -- why it failed, in what the tools print


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            (
                "Collecting x\nERROR: Could not find a version that satisfies the requirement x (from versions: none)\n"
                "ERROR: No matching distribution found for x"
            ),
            "No matching distribution found for x",
        ),
        (
            (
                "ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.\n"
                "\nThe conflict is caused by:\n    a 1 depends on c==1\n\n"
                "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/"
            ),
            "Cannot install a==1 and b==2 because these package versions have conflicting dependencies.",
        ),
        ("Traceback (most recent call last):\nMemoryError\n\n", "MemoryError"),
        ("", "no output"),
    ],
)
def test_the_reason_in_pip_s_output(output, reason):
    assert pip_reason(output.split("\n")) == reason


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            (
                "Solving environment: ...working... failed\n\nPackagesNotFoundInChannelsError: The following "
                "packages are missing from the target environment:\n\n  - nothere\n\n"
            ),
            (
                "PackagesNotFoundInChannelsError: The following packages are missing from the target "
                "environment: nothere"
            ),
        ),
        (
            (
                "error    libmamba Could not solve for environment specs\n"
                "    The following package could not be installed\n"
                "    └─ nothere =* * does not exist (perhaps a typo or a missing channel).\n"
                "critical libmamba Could not solve for environment specs"
            ),
            (
                "Could not solve for environment specs nothere =* * does not exist (perhaps a typo or a "
                "missing channel)."
            ),
        ),
        (
            "Pip subprocess error:\nERROR: No matching distribution found for x\n",
            "No matching distribution found for x",
        ),
    ],
)
def test_the_reason_in_conda_s_output(output, reason):
    assert conda_reason(output.split("\n")) == reason


# -- pins, and what may take their place

EXTRAS = st.sampled_from(["", "[opt]", "[a,b]"])
MARKER = st.sampled_from(["", "; python_version > '3.8'"])


@given(NUMBER, EXTRAS, MARKER, st.lists(NUMBER, max_size=6))
def test_a_pin_gives_way_to_the_lowest_version_from_it_on(version, extras, marker, there):
    line = f"tiny{extras}=={version}{marker}"
    found = pin(line)
    newer = [each for each in there if Version(each) >= Version(version)]
    chosen = found.nearest(there)
    assert (chosen is None) == (not newer)
    if chosen is not None:
        assert Version(chosen) == min(map(Version, newer))
        one, other = Requirement(line), Requirement(found.replaced(f"=={chosen}"))
        assert (one.name, one.extras, str(one.marker)) == (
            other.name, other.extras, str(other.marker),
        )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["tiny", "tiny>=1", "tiny==1,<2", "--pre", "./tiny.whl", "tiny @ https://a/b==1", "-e ."],
)
def test_what_pins_nothing(line):
    assert pin(line) is None
