"""The pictures: CIFAR-10, or handwritten digits where that can't be downloaded."""

import pickle
import socket
from pathlib import Path

import numpy as np
from torchvision.datasets import CIFAR10
from torchvision.transforms import ToTensor

PATIENCE = 20  # seconds that the download may be silent


def load(folder):
    """Return what to learn from and what to test on; downloaded into `folder` the first time."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        return pair(CIFAR10, folder)
    except (OSError, RuntimeError) as problem:  # no network; or something else came in its place
        print(f"CIFAR-10 can't be downloaded ({problem}): handwritten digits take its place")
        return pair(Digits, folder)
    finally:
        socket.setdefaulttimeout(before)


def pair(dataset, folder):
    options = {"root": folder, "transform": ToTensor(), "download": True}
    return dataset(train=True, **options), dataset(train=False, **options)


class Digits(CIFAR10):
    """scikit-learn's 1,797 real digits, stored as CIFAR-10 is: 32 × 32 pixels, three channels."""

    base_folder = "digits-batches-py"
    train_list = [(f"data_batch_{n}", None) for n in range(1, 6)]  # None: no checksum
    test_list = [("test_batch", None)]
    meta = {"filename": "batches.meta", "key": "label_names", "md5": None}

    def download(self):
        if self._check_integrity():
            return
        from sklearn.datasets import load_digits

        digits, labels = load_digits(return_X_y=True)
        # 8 × 8 pixels of 0 to 16 become 32 × 32 of 0 to 255
        pixels = np.kron(digits.reshape(-1, 8, 8) * (255 / 16), np.ones((4, 4))).astype(np.uint8)
        rows = np.repeat(pixels[:, np.newaxis], 3, axis=1).reshape(len(pixels), -1)
        order = np.random.default_rng(0).permutation(len(rows))
        place = Path(self.root, self.base_folder)
        place.mkdir(parents=True, exist_ok=True)
        names = [name for name, _ in self.train_list + self.test_list]
        for name, chosen in zip(names, np.array_split(order, len(names))):
            write(place / name, {"data": rows[chosen], "labels": labels[chosen].tolist()})
        write(place / "batches.meta", {"label_names": [str(digit) for digit in range(10)]})


def write(path, entry):
    """Write whole or not at all: another run may be looking."""
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(entry))
    part.replace(path)
