"""Stands in for the libraries that Keras's NumPy backend imports and a web page does not have.

Keras imports them for operations on numbers: convolutions by JAX, linear algebra by SciPy. A check
reads how layers are connected and computes no convolution with Keras. So a name may stand for what
is missing, and says so as soon as it is used.
"""

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from checks.browser import trees

#: What Keras and the lessons' first cells import, and may be missing.
LIBRARIES = ("PIL", "h5py", "jax", "matplotlib", "ml_dtypes", "scipy")

#: What of Keras itself a page does without: JAX's backend, and other names for what is there.
OF_KERAS = ("keras.src.backend.jax", "keras._tf_keras")


def prepare() -> None:
    """Make Keras importable with the NumPy backend, whatever libraries are missing.

    What is installed is used. It has to be called before Keras is imported.
    """
    os.environ["KERAS_BACKEND"] = "numpy"
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    sys.meta_path.insert(0, _Finder([*missing, *OF_KERAS]))
    if importlib.util.find_spec("optree") is None:
        sys.modules["optree"] = sys.modules["optree.utils"] = trees


class _Missing(type):
    """A name of a library that is missing. It can be imported, and not used."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _missing(f"{cls.__module__}.{cls.__qualname__}", name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            "this cannot be computed in a web page, only in JupyterLab "
            f"({cls.__module__}.{cls.__qualname__} is missing)"
        )


def _missing(owner: str, name: str) -> _Missing:
    return _Missing(name, (), {"__module__": owner})


class _StandIn(ModuleType):
    """A module that has every name."""

    def __init__(self, name: str) -> None:
        """Look like a package, which has modules inside."""
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _missing(self.__name__, name)


class _Finder(MetaPathFinder, Loader):
    """Finds the stand-ins."""

    def __init__(self, missing: Sequence[str]) -> None:
        """Stand in for some libraries and everything below them."""
        self._missing = missing

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if any(name == known or name.startswith(f"{known}.") for known in self._missing):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: a stand-in makes its names when they are asked for."""
