"""For tests alone, on the PYTHONPATH of what they start: torchvision can be imported, and CIFAR-10 can't be downloaded.

Where torchvision's wheel was built for another torch, its compiled part can't be loaded, and its import fails for want of
two operators that nothing here calls. They are declared then.

With JUPYTER_RUNS_TEST_DIGITS set, ``torchvision.datasets.CIFAR10`` is notebook 04's `Digits`: real digits in CIFAR-10's own
format, for scripts that know of nothing else.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import PathFinder
from pathlib import Path

DATA = Path(__file__).parents[2] / "notebooks" / "cifar10" / "src" / "data.py"
SERVER = "www.cs.toronto.edu"  # CIFAR-10's


class Finder(MetaPathFinder):
    """Has torchvision imported by `Importer`."""

    def find_spec(self, name, path, target=None):
        if name != "torchvision":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = Importer(spec.loader)
        return spec


class Importer(Loader):
    """Imports torchvision with what it lacks."""

    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        declare_operators(Path(module.__path__[0]))
        self.loader.exec_module(module)
        if os.environ.get("JUPYTER_RUNS_TEST_DIGITS"):
            spec = importlib.util.spec_from_file_location("digits_of_notebook_04", DATA)
            digits = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(digits)
            module.datasets.CIFAR10 = digits.Digits


def declare_operators(folder):
    import torch

    try:
        for compiled in folder.glob("_C.*"):
            torch.ops.load_library(compiled)
    except OSError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        declare_operators.library = library  # they go when it goes


def resolve(host, *args, **more):
    if host == SERVER:
        raise socket.gaierror(socket.EAI_NONAME, "the tests download no pictures")
    return _resolve(host, *args, **more)


_resolve, socket.getaddrinfo = socket.getaddrinfo, resolve
sys.meta_path.insert(0, Finder())
