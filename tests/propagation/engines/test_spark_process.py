"""Spark's Java is looked at before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.errors import UsageError
from knockon.propagation.engines.spark_options import SparkOptions
from knockon.propagation.engines.spark_process import spark_process


def test_a_java_that_does_not_start_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words say what to change: an option of the environment that it does not know, not another Java."""
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\necho 'Picked up JAVA_TOOL_OPTIONS: -XX:Odd' >&2\necho 'Error: no such option: Odd' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with (
        pytest.raises(UsageError, match="does not say its version but 'Error: no such option: Odd': install Java 17"),
        spark_process(SparkOptions(), tmp_path),
    ):
        pass
