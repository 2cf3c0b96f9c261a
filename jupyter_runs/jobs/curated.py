"""The environments that come with the package, made of what today's registries hold."""

from __future__ import annotations

from typing import Any

RESERVED = ("AzureML", "Microsoft")


def _of(*packages: str) -> dict[str, Any]:
    # for the Python that submits, from pip: what needs no conda is ready everywhere
    return {"python": {"conda_dependencies": {"dependencies": [{"pip": list(packages)}]}}}


CURATED: dict[str, dict[str, Any]] = {
    "AzureML-Minimal": {"python": {}},
    "AzureML-PyTorch-CPU": _of("numpy", "pillow", "torch", "torchvision"),
    "AzureML-Scikit-learn": _of("joblib", "numpy", "pandas", "scikit-learn", "scipy"),
    "AzureML-Tutorial": _of(
        "joblib", "matplotlib", "numpy", "pandas", "scikit-learn", "scipy", "tqdm"
    ),
}
