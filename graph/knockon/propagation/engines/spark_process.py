"""Start Spark in a Java process of its own, and end both: one that has died, or does not end by itself, too."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knockon.errors import EngineFailed, UsageError
from knockon.propagation.engines.spark_options import LOCAL, SparkOptions, settings_at_start

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


#: The oldest Java that Spark 4 runs on.
OLDEST_JAVA = 17
_JAVA_VERSION = re.compile(r'version "(?:1\.)?([0-9]+)')


def require_pyspark() -> None:
    """Refuse to go on without pyspark."""
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        raise UsageError("the Spark engine needs pyspark and Java 17: pip install 'knockon[spark]', and install Java 17")


def _require_java() -> None:
    """Refuse to go on without Java, or with one that Spark does not run on."""
    hint = "install Java 17 (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME to it"
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if program is None:
        raise UsageError(f"the Spark engine needs Java 17, and no java is on the path: {hint}")
    try:
        run = subprocess.run([program, "-version"], capture_output=True, text=True, errors="replace", timeout=60, check=False)  # noqa: S603 - the user's own java
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"the Spark engine needs Java 17, and {program} does not run ({error}): {hint}") from None
    said = run.stderr + run.stdout
    version = _JAVA_VERSION.search(said)
    if version is None:
        # Such as an option of JAVA_TOOL_OPTIONS that it does not know; it also says which options it has picked up.
        lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("Picked up ")]
        told = f" but {lines[0][:200]!r}" if lines else ""
        raise UsageError(f"the Spark engine needs Java 17, and {program} does not say its version{told}: {hint}")
    if int(version[1]) < OLDEST_JAVA:
        raise UsageError(f"the Spark engine needs Java 17 or later, and {program} is Java {version[1]}: {hint}")


@contextmanager
def spark_process(options: SparkOptions, folder: Path) -> Iterator[SparkSession]:
    """Start Spark in a Java process of its own; end both."""
    _require_java()
    log = folder / "spark.log"
    with quiet_imports(), log.open("wb") as stream:
        from pyspark import SparkConf, SparkContext, java_gateway
        from pyspark.sql import SparkSession

        conf = SparkConf(loadDefaults=False).setAll(list(settings_at_start(options, folder).items()))
        gateway = None
        try:
            with _java_environment(options):
                gateway = java_gateway.launch_gateway(conf, {"stdout": stream, "stderr": subprocess.STDOUT})
            with _own_interrupts():
                spark = SparkSession(SparkContext(conf=conf, gateway=gateway))
        except Exception as error:
            _end(gateway)
            raise EngineFailed(f"Spark did not start on {options.master or LOCAL}: {_reason(error, log)}") from None
    try:
        yield spark
    finally:
        # A Java process that has died cannot be asked to stop.
        with suppress(Exception):
            spark.stop()
        _end(gateway)


@contextmanager
def _java_environment(options: SparkOptions) -> Iterator[None]:
    """Set what Java and the scripts of Spark read from the environment, while they are started."""
    wanted = {"LC_ALL": "C.UTF-8"}
    if options.is_local:
        wanted |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def quiet_imports() -> Iterator[None]:
    """Import pyspark without its warnings about versions of packages that the engine does not use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _own_interrupts() -> Iterator[None]:
    """Keep the handler of Ctrl-C: that of Spark would ask a context to stop that has ended already."""
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT) if is_main else None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _end(gateway: Any) -> None:
    """End the Java process behind a gateway, and let the next session start one of its own."""
    from pyspark import SparkContext

    if gateway is not None:
        with suppress(Exception):
            gateway.shutdown()
        process = getattr(gateway, "proc", None)
        if process is not None:
            _end_process(process)
    SparkContext._gateway = SparkContext._jvm = None


def _end_process(process: subprocess.Popen[bytes]) -> None:
    """Let the Java process end by itself when its input ends; after ten seconds end it."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _reason(error: Exception, log: Path) -> str:
    """Return why Spark did not start: the last lines that it wrote, or else the error."""
    lines = [line.strip() for line in log.read_text("utf-8", errors="replace").splitlines()]
    telling = [line for line in lines if re.search(r"\b(ERROR|Exception|Error|error|cannot|Could not)\b", line)]
    return " / ".join(telling[-2:]) or str(error).partition("\n")[0] or type(error).__name__


__all__ = ["OLDEST_JAVA", "quiet_imports", "require_pyspark", "spark_process"]
