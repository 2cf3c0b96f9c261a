"""The small parts of submitted runs: arguments, reasons of failures, sealed files, usage, surroundings."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from submitting import done, wait_for

from jupyter_runs.jobs import outlive, sealed
from jupyter_runs.jobs.arguments import params_of
from jupyter_runs.jobs.collect import Collector
from jupyter_runs.jobs.failure import exit_reason, last_lines
from jupyter_runs.journal import RunFolder

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,10}", fullmatch=True)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))


@given(st.dictionaries(NAMES.filter(lambda n: "key" not in n.lower()), NUMBERS, max_size=5))
def test_numbers_come_back_as_they_were_given(given_params):
    from jupyter_runs.capture.secrets import looks_secret

    wanted = {name: value for name, value in given_params.items() if not looks_secret(name)}
    apart = [part for name, value in wanted.items() for part in (f"--{name}", repr(value))]
    joined = [f"--{name}={value!r}" for name, value in wanted.items()]
    assert params_of(apart) == params_of(joined) == wanted
    assert [type(v) for v in params_of(joined).values()] == [type(v) for v in wanted.values()]


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_arguments_make_parameters_that_are_plain(arguments):
    found = params_of(arguments)
    assert all(type(value) in (bool, int, float, str) for value in found.values())
    json.dumps(found)


@pytest.mark.parametrize(
    ("arguments", "params"),
    [
        (["--lr", "-0.1"], {"lr": -0.1}),
        (["--amp", "--lr", "1"], {"amp": True, "lr": 1}),
        (["--lr", "1", "--lr", "2"], {"lr": 2}),
        (["--id", "007"], {"id": "007"}),
        (["-n", "5", "rest"], {"n": 5}),
        (["--use", "False"], {"use": False}),
        (["--api-key", "x", "--hf_token=y"], {}),
        (["data.csv", "--", "x"], {}),
        (["--size", "1_000"], {"size": "1_000"}),
    ],
)
def test_arguments(arguments, params):
    assert params_of(arguments) == params


def test_the_reason_is_the_last_exception(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(
        b"step 1\rstep 2\nTraceback (most recent call last):\n  File 'x'\nOSError: first\n\n"
        b"During handling of the above exception, another exception occurred:\n\n"
        b"Traceback (most recent call last):\n  File 'y', line 2\nmy.pkg.BadError: second\nbye\n"
    )
    assert exit_reason(log, 1, None) == ("my.pkg.BadError: second", "BadError")
    assert last_lines(log).splitlines()[0] == "step 2"
    log.write_bytes(
        b"42%|####  | 4/10Traceback (most recent call last):\n  File 'x'\nKeyError: 'a'\n"
    )
    assert exit_reason(log, 1, None) == ("KeyError: 'a'", "KeyError")
    assert exit_reason(tmp_path / "no", 3, None) == (
        "the script ended with exit code 3",
        "UserError",
    )
    assert last_lines(tmp_path / "no") is None
    assert exit_reason(log, None, "SIGSEGV")[0] == "the script was killed by SIGSEGV"


@given(st.binary(max_size=2000))
def test_any_log_gives_a_reason(tmp_path_factory, data):
    log = tmp_path_factory.mktemp("log") / "log"
    log.write_bytes(data)
    message, code = exit_reason(log, 1, None)
    assert message
    assert code


def test_what_is_sealed_is_for_its_owner_alone_and_taken_once(tmp_path):
    folder = RunFolder(tmp_path / "run")
    sealed.seal(folder, {"variables": {"A": "\udcff"}})
    file = sealed._file(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert sealed.unseal(folder) == {"variables": {"A": "\udcff"}}
    assert sealed.unseal(folder) is None


def test_a_folder_of_others_is_not_trusted(tmp_path, monkeypatch):
    place = tmp_path / "shared"
    place.mkdir()
    place.chmod(0o777)
    monkeypatch.setattr(sealed, "_memory", lambda: place)
    folder = RunFolder(tmp_path / "run")
    sealed.seal(folder, {"variables": {}})
    assert not list(place.iterdir())
    assert sealed.unseal(folder) is None


def test_what_a_script_uses_is_a_group_of_its_own(exp, source, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNS_USAGE_SECONDS", "0.1")
    run = exp.submit(
        source(
            """
            import time
            from jupyter_runs import Run
            Run.get_context().log("loss", 1)
            Run.get_context().log("loss", 2)
            block = bytearray(60_000_000)
            time.sleep(600)
            """
        )
    )
    name = "system/memory (MB)"
    wait_for(lambda: isinstance(run.get_metrics(name).get(name), list))
    wait_for(lambda: 60 < max(run.get_metrics(name)[name]) < 1000)
    assert run.get_metrics() == {"loss": [1, 2]}
    from jupyter_runs.views import RunView

    view = RunView(run._folder)
    assert view.chart_keys() == ["loss", "system/cpu (%)", "system/memory (MB)"]
    run.cancel()
    done(run)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"SLURM_JOB_ID": "12"}, "Slurm job 12"),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "Kubernetes pod"),
        ({"container": "podman"}, "container"),
    ],
)
def test_surroundings_that_end_all_in_them_are_told_once(monkeypatch, capsys, variables, told):
    for name in ("SLURM_JOB_ID", "KUBERNETES_SERVICE_HOST", "container"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert outlive.surroundings() == told
    monkeypatch.setattr(outlive, "_told", False)
    outlive.tell_once()
    outlive.tell_once()
    assert capsys.readouterr().err.count(f"This is a {told}: ") == 1


@given(
    st.lists(st.one_of(st.binary(min_size=1, max_size=30), st.just(None)), min_size=1, max_size=12)
)
def test_a_log_that_is_followed_is_the_log(tmp_path_factory, steps):
    base = tmp_path_factory.mktemp("follow")
    folder, place = RunFolder(base / "run"), base / "work"
    (place / "logs").mkdir(parents=True)
    folder.path.mkdir()
    collector = Collector(folder, place, lambda *_, **__: None)
    log = place / "logs" / "a.log"
    replaced = False
    for step in steps:
        if step is None:
            replaced = True
            log.unlink(missing_ok=True)  # begun anew
        else:
            with log.open("ab") as file:
                file.write(step)
        collector.follow_logs()
        # of one that was replaced by another of the same inode, size and time, only the end is sure
        if log.exists() and not replaced:
            assert (folder.logs / "a.log").read_bytes() == log.read_bytes()
    assert collector.finish() == []
    if log.exists():
        assert (folder.logs / "a.log").read_bytes() == log.read_bytes()


def test_a_link_in_the_runs_folder_is_not_followed_out_of_it(tmp_path):
    folder, place = RunFolder(tmp_path / "run"), tmp_path / "work"
    (place / "logs").mkdir(parents=True)
    folder.logs.mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (folder.logs / "a.log").symlink_to(outside)
    collector = Collector(folder, place, lambda *_, **__: None)
    (place / "logs" / "a.log").write_text("theirs")
    collector.follow_logs()
    collector.finish()
    assert outside.read_text() == "mine"


def test_torchrun_ranks_and_dataloader_workers(exp, source):
    pytest.importorskip("torch")
    config = source(
        """
        import os
        from torch.utils.data import DataLoader, Dataset
        from jupyter_runs import Run

        class Data(Dataset):
            def __len__(self): return 8
            def __getitem__(self, i):
                Run.get_context().log("item", i)
                return i

        if __name__ == "__main__":
            run = Run.get_context()
            for batch in DataLoader(Data(), batch_size=2, num_workers=2):
                run.log("batch", int(batch[0]), step=int(os.environ["RANK"]))
        """
    )
    torchrun = f"{sys.executable} -m torch.distributed.run --nproc-per-node=2 --nnodes=1"
    meeting = "--master-port=0 --rdzv-backend=c10d --rdzv-endpoint=localhost:0"
    config.script, config.command = None, f"{torchrun} {meeting} train.py"
    run = exp.submit(config)
    details = done(run, 120)
    assert details["status"] == "Completed", details["error"]
    assert sorted(run.get_metrics("item")["item"]) == sorted([*range(8)] * 2)
    assert len(run.get_metrics("batch")["batch"]) == 8
    with run._reading() as reader:
        ranks = {facts.get("rank") for facts in reader.writers.values() if "rank" in facts}
    assert ranks == {0, 1}
    assert os.environ.get("RANK") is None
    assert Path(run.folder).is_dir()
