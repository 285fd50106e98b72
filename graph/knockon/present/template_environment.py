"""The environment of the HTML templates: everything is escaped, and each template is compiled once in a process."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket


class _CompiledTemplates(BytecodeCache):
    """The compiled templates of this process, by a hash of their path and one of their content."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledTemplates()


def template_environment(finalize: Callable[[Any], Any], package: str = "knockon.present") -> Environment:
    """Return a new environment for the templates of a package, whose filters and globals can be set.

    Parameters
    ----------
    finalize
        What is done to each value before it is escaped.
    package
        The package whose folder ``templates`` has them.

    Examples
    --------
    >>> template_environment(str).from_string("{{ text }}").render(text="<b>")
    '&lt;b&gt;'
    """
    return Environment(
        loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=finalize, bytecode_cache=_COMPILED,
    )  # fmt: skip


__all__ = ["template_environment"]
