"""The reader and the tests that docs/how-to/write-a-reader.md shows do what the page says, once they are in their places."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from knockon.readers.registry import READERS, Reader

PAGE = (Path(__file__).parents[2] / "docs/how-to/write-a-reader.md").read_text("utf-8")


def _module(name: str, code: str) -> ModuleType:
    module = ModuleType(name)
    exec(compile(code, f"{name}.py", "exec"), module.__dict__)  # noqa: S102 - code of the documentation
    return module


def test_the_reader_of_the_page_passes_the_tests_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    (reader,) = re.findall(r'^```python\n(""".*?)^# To try it', PAGE, re.M | re.S)
    (tests,) = re.findall(r'^   ```\n(   """.*?)^   ```', PAGE, re.M | re.S)
    (entry,) = re.findall(r'`"depot": (Reader\(.*?\))`', PAGE)
    monkeypatch.setitem(sys.modules, "knockon.readers.depot", _module("knockon.readers.depot", reader))
    monkeypatch.setitem(READERS, "depot", eval(entry, {"Reader": Reader}))  # noqa: S307 - code of the documentation
    module = _module("test_depot", re.sub("^   ", "", tests, flags=re.M))
    names = [name for name in vars(module) if name.startswith("test_")]
    assert len(names) == 3
    for name in names:
        getattr(module, name)()
