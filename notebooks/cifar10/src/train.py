"""Train a small network on CIFAR-10, by hand or as a submitted run."""

import argparse
import itertools
import os
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader

from jupyter_runs import Run

from data import load
from model import Net

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def main():
    options = read_options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)  # a network this small is no quicker on more
    run = Run.get_context()  # this very run; by hand, one that prints what it is told

    train, test = load(options.data)
    batches = DataLoader(
        train, options.batch_size, shuffle=True, num_workers=2, persistent_workers=True
    )
    total = options.batches or options.epochs * len(batches)
    print(f"{len(train):,} pictures to learn from, {len(test):,} to test on, {total:,} batches")

    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), lr=options.lr, momentum=0.9)
    losses = []
    for step, (images, labels) in enumerate(first(total, batches), start=1):
        loss = cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

        losses.append(loss.item())
        if step % options.every == 0 or step == total:
            mean = sum(losses) / len(losses)
            losses.clear()
            print(f"batch {step:,}: loss {mean:.3f}")
            run.log("loss", mean, step=step)
            run.progress(step, total, unit="batches")

    right = accuracy(net, DataLoader(test, 500))
    print(f"{right:.1%} of the test pictures are told right")
    run.log("test accuracy", right)

    Path("outputs").mkdir(exist_ok=True)
    torch.save(net.state_dict(), "outputs/model.pt")


def first(count, batches):
    """Yield so many batches, from the beginning again where one round is over."""
    return itertools.islice(itertools.chain.from_iterable(itertools.repeat(batches)), count)


@torch.no_grad()
def accuracy(net, batches):
    right = [net(images).argmax(dim=1) == labels for images, labels in batches]
    return torch.cat(right).float().mean().item()


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=2, help="rounds over the pictures")
    parser.add_argument("--batches", type=int, help="so many batches instead of rounds")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--lr", type=float, default=0.005, help="the learning rate")
    parser.add_argument("--every", type=int, default=25, help="batches between two reports")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, default=CACHE / "cifar10", help="the pictures' folder")
    return parser.parse_args()


if __name__ == "__main__":
    main()
