"""A training script as a tutorial has it: nothing of it is ours but two lines."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from submitting import done, log_of, wait_for

from jupyter_runs.jobs.process import marked

TORCHVISION = Path(__file__).parents[1] / "torchvision_here"

# what a beginner writes: the run and the data at module level, with workers that load it, and all else in the guard
SCRIPT = """
    import torch
    import torchvision

    from jupyter_runs import Run

    run = Run.get_context()

    pictures = torchvision.datasets.CIFAR10(
        root="./data", train=True, download=True, transform=torchvision.transforms.ToTensor()
    )
    batches = torch.utils.data.DataLoader(pictures, batch_size=8, shuffle=True, num_workers=2)

    if __name__ == "__main__":
        torch.manual_seed(0)
        net = torch.nn.Sequential(
            torch.nn.AvgPool2d(4), torch.nn.Flatten(), torch.nn.Linear(3 * 8 * 8, 10)
        )
        optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
        for epoch in range(2):
            seen = 0.0
            for i, (images, labels) in enumerate(batches):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(net(images), labels)
                loss.backward()
                optimizer.step()
                seen += loss.item()
                if i % 20 == 19:
                    loss = seen / 20
                    run.log("loss", loss)
                    print(f"epoch {epoch + 1}, batch {i + 1}: loss {loss:.2f}")
                    seen = 0.0
        print("done")
"""


@pytest.fixture
def digits(monkeypatch, tmp_path):
    """CIFAR-10's loading code on digits in its format, in whatever is submitted."""
    if find_spec("torchvision") is None:  # found, not imported: that may need what is set below
        pytest.skip("there is no torchvision")
    monkeypatch.setenv("PYTHONPATH", str(TORCHVISION))
    monkeypatch.setenv("JUPYTER_RUNS_TEST_DIGITS", "1")


def test_a_tutorials_script(exp, source, digits):
    run = exp.submit(source(SCRIPT))
    details = done(run, timeout=120)
    assert details["status"] == "Completed", log_of(run)
    losses = run.get_metrics("loss")["loss"]
    # 1,498 pictures: 188 batches a round, nine losses each, every one of them once: workers log nothing
    assert len(losses) == 18
    assert losses[-1] < 0.5 * losses[0]
    printed = log_of(run).splitlines()
    assert [line for line in printed if line.startswith("epoch")] == [
        f"epoch {1 + n // 9}, batch {20 * (1 + n % 9)}: loss {loss:.2f}"
        for n, loss in enumerate(losses)
    ]
    assert printed[-1] == "done"
    # downloaded where the script works: a copy, which is gone with it, and never a part of the snapshot
    assert run.get_file_names() == ["logs/70_driver_log.txt"]
    assert [path.name for path in source.folder.iterdir()] == ["train.py"]
    assert details["warnings"] == []


def test_a_tutorials_script_is_canceled_with_its_workers(exp, source, digits):
    run = exp.submit(source(SCRIPT.replace("range(2)", "range(10_000)")))
    wait_for(lambda: run.get_metrics("loss"), "a first loss", timeout=120)
    run.cancel()
    assert done(run)["status"] == "Canceled"
    assert run.get_metrics("loss")["loss"]
    assert not marked(run.folder)
