"""Packages that conda and PyPI both have: what each conda name is called there."""

from __future__ import annotations

from typing import Optional

# the same thing under the same name
_SAME = """
absl-py accelerate aiohttp altair arviz astropy attrs beautifulsoup4 biopython black bokeh boto3
bottleneck catboost certifi click cloudpickle colorama cython dask datasets dill distributed
einops fairlearn fastai fastapi fastparquet fiona flake8 flask fsspec gensim geopandas gitpython
gym gymnasium h5py hdf5plugin holoviews httpx hydra-core hyperopt imageio imbalanced-learn
interpret ipykernel ipython ipywidgets isort jax jaxlib jinja2 joblib jsonschema jupyter
jupyterlab keras lightgbm lightning lime llvmlite lmdb lxml mako markdown matplotlib mlflow mock
mypy nbconvert nbformat networkx nibabel nltk notebook numba numexpr numpy onnx onnxruntime openpyxl
opt-einsum optuna orjson packaging pandas papermill patsy pillow pip plotly polars pooch prophet
protobuf psutil psycopg2 pyarrow pycocotools pydantic pydicom pygments pylint pymongo pyparsing
pyproj pytest pytest-cov python-dateutil pytorch-lightning pytz pyyaml rasterio regex requests rich
s3fs safetensors scikit-image scikit-learn scipy seaborn sentencepiece setuptools shap shapely six
spacy sqlalchemy statsmodels sympy tabulate tensorboard tensorboardx tensorflow
tensorflow-probability textblob threadpoolctl timm tokenizers tomli toolz torchaudio torchmetrics
torchtext torchvision tornado tqdm traitlets transformers typing-extensions ujson umap-learn
urllib3 wandb wheel wordcloud wrapt xarray xgboost xlrd yarl zarr
"""

_RENAMED = {
    "dask-core": "dask",
    "faiss": "faiss-cpu",
    "faiss-cpu": "faiss-cpu",
    "graphviz": None,  # PyPI's is only the binding of what conda's is
    "grpcio": "grpcio",
    "huggingface-hub": "huggingface-hub",
    "keras-gpu": "keras",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python-headless",
    "pil": "pillow",
    "py-lightgbm": "lightgbm",
    "py-opencv": "opencv-python-headless",
    "py-xgboost": "xgboost",
    "pyqt": "pyqt5",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "seaborn-base": "seaborn",
    "tensorflow-base": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "torchvision-cpu": "torchvision",
}

# what a wheel brings along, or what only steers conda's choice of a build
_NEEDLESS = """
blas cpuonly cuda cuda-runtime cuda-toolkit cudatoolkit cudnn intel-openmp libblas libcblas
libgcc libgcc-ng libgfortran-ng libstdcxx-ng llvm-openmp mkl mkl-service nccl ninja-base nomkl
openblas openssl pytorch-cuda pytorch-mutex sqlite zlib
"""

_LEFT_OUT = frozenset(_NEEDLESS.split())
_TWINS: dict[str, Optional[str]] = {**{name: name for name in _SAME.split()}, **_RENAMED}


def twin(name: str) -> Optional[str]:
    """Return what a conda package is called on PyPI, None if no twin is known.

    >>> twin("pytorch"), twin("scikit-learn"), twin("r-base")
    ('torch', 'scikit-learn', None)
    """
    return _TWINS.get(name)


def needless(name: str) -> bool:
    """Tell whether what this conda package is for comes with PyPI's wheels by itself."""
    return name in _LEFT_OUT
