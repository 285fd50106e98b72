"""Where Spark runs and what it may use: what a user may choose, and the settings that follow from it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from knockon.errors import UsageError

#: Where Spark runs if nobody says: in this machine, on all of its cores.
LOCAL = "local[*]"
#: How often Spark tries a task before it gives up.
ATTEMPTS = 4
_LOCAL = re.compile(r"local(\[(?P<cores>\*|[0-9]+)(, *(?P<attempts>[0-9]+))?\])?")
_CLUSTER_IN_ONE_MACHINE = re.compile(r"local-cluster\[ *[0-9]+ *, *[0-9]+ *, *[0-9]+ *\]")
_CLUSTER = re.compile(r"(spark|k8s)://.+|yarn")


@dataclass(frozen=True)
class SparkOptions:
    """Where Spark runs, and what it may use.

    Attributes
    ----------
    master
        The address of the cluster: ``local[*]``, ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://https://host``. None:
        the session that runs in this process, or else ``local[*]``.
    memory
        The memory of the Java process (of each executor, on a cluster) in bytes; None: what Spark is configured to take.
    spill
        A folder for temporary files; None: the one of the system. On a cluster it must be one that all machines see, such as
        ``hdfs://host/folder``.
    settings
        Further settings of Spark by name, as its documentation lists them: they win over those made here.

    Examples
    --------
    >>> SparkOptions("local[2]").is_local, SparkOptions("spark://host:7077").is_local
    (True, False)
    """

    master: str | None = None
    memory: int | None = None
    spill: str | None = None
    settings: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.master is not None:
            _check_master(self.master)
        if self.memory is not None and self.memory < 512 << 20:
            raise UsageError(f"Spark needs at least 512 MB of memory, not {self.memory:,} bytes")

    @property
    def is_local(self) -> bool:
        """Whether everything runs on this machine."""
        return self.master is None or self.master.startswith("local")


#: What the numbers depend on, whatever the configuration of the machine says.
SQL_SETTINGS = {
    # Times and texts are read alike everywhere.
    "spark.sql.session.timeZone": "UTC",
    # The same plan for the same data: what is sent to all executors, and how much is divided, is decided by counts of rows.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.broadcastTimeout": "3600",
    # A number that overflows or cannot be read is an error, not a null.
    "spark.sql.ansi.enabled": "true",
    # Ids that differ in case are different.
    "spark.sql.caseSensitive": "true",
    # A file that is missing or damaged is an error, not no rows.
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
}


def _check_master(master: str) -> None:
    """Refuse what is no address of a cluster that the engine runs on."""
    if master.startswith("sc://"):
        raise UsageError(
            f"--master {master}: Spark Connect cannot start the engine's Python workers; give spark://, yarn or k8s://"
        )
    if not any(pattern.fullmatch(master) for pattern in (_LOCAL, _CLUSTER_IN_ONE_MACHINE, _CLUSTER)):
        known = "local[*], local[2], spark://host:7077, yarn, k8s://https://host"
        raise UsageError(f"{master!r} is not a master of Spark; use one of {known}")


def settings_at_start(options: SparkOptions, folder: Path) -> dict[str, str]:
    """Return the settings of a new Spark."""
    master = options.master or LOCAL
    java = "-Duser.timezone=UTC -Duser.language=en -Duser.country=US -Dfile.encoding=UTF-8"
    settings = {
        "spark.app.name": "knockon",
        "spark.master": _with_attempts(master),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": f"file://{folder}/warehouse",
        "spark.local.dir": str(folder),
        "spark.driver.extraJavaOptions": f'{java} "-Djava.io.tmpdir={folder}"',
    }
    if options.is_local:
        settings |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.pyspark.python": sys.executable,
            "spark.pyspark.driver.python": sys.executable,
            # Workers find the package as this process did, wherever it is.
            "spark.executorEnv.PYTHONPATH": _python_path(),
            "spark.eventLog.enabled": "false",
        }
    if options.memory is not None:
        # Beside its heap Java has memory of its own, about a tenth.
        megabytes = max(460, int(options.memory * 0.9) >> 20)
        settings["spark.driver.memory" if options.is_local else "spark.executor.memory"] = f"{megabytes}m"
    return {**settings, **(options.settings or {})}


def runs_in_one_process(master: str) -> bool:
    """Return whether tasks run in the Java process that is started, not in executors of their own.

    >>> runs_in_one_process("local[2]"), runs_in_one_process("local-cluster[2, 1, 1024]")
    (True, False)
    """
    return _LOCAL.fullmatch(master) is not None


def _with_attempts(master: str) -> str:
    """Return a master on which a task that fails is tried again, as on a cluster: in local mode Spark would give up."""
    local = _LOCAL.fullmatch(master)
    if local is None or local["attempts"]:
        return master
    return f"local[{local['cores'] or 1},{ATTEMPTS}]"


def _python_path() -> str:
    """Return the folders in which workers look for this package, numpy and what else is imported."""
    import numpy

    own = [str(Path(__file__).resolve().parents[3]), str(Path(numpy.__file__).resolve().parents[1])]
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join(dict.fromkeys(path for path in (*inherited, *own) if path))


__all__ = ["ATTEMPTS", "LOCAL", "SQL_SETTINGS", "SparkOptions", "runs_in_one_process", "settings_at_start"]
