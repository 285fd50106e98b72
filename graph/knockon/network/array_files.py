"""Write an array to a file that ``numpy.load`` reads; what the disk refuses is told with the number of the system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


class _Stream:
    """A stream that numpy writes to as Python does: to a file of its own it writes by itself, and loses what went wrong."""

    def __init__(self, file: Any) -> None:
        self.write = file.write


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an array, byte for byte as ``numpy.save`` does.

    Parameters
    ----------
    path
        The file; its name ends in ``.npy``.
    array
        The array, of numbers or truth values.

    Raises
    ------
    OSError
        It cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_array(Path(folder, "a.npy"), np.arange(3))
    ...     np.load(Path(folder, "a.npy")).tolist()
    [0, 1, 2]
    """
    with path.open("wb") as file:
        np.lib.format.write_array(_Stream(file), np.asanyarray(array), allow_pickle=False)


__all__ = ["write_array"]
