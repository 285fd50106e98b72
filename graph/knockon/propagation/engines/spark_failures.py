"""Turn the errors of Spark, which are pages of Java, into one of ours that says what happened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from knockon.errors import EngineFailed, KnockonError

#: The last line of a Python traceback: the error itself.
_PYTHON_ERROR = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*): (?P<message>.+)$")
#: What Spark writes where there is no Python error, and what it means; the first that occurs counts.
_MEANINGS = (
    ("No space left on device", "a disk is full: choose another folder with --spill"),
    ("Disk quota exceeded", "a disk is full: choose another folder with --spill"),
    ("Java heap space", "Java ran out of memory: give it more with --memory"),
    ("GC overhead limit exceeded", "Java ran out of memory: give it more with --memory"),
    ("UnableToAcquireMemory", "Java ran out of memory: give it more with --memory"),
    ("UNABLE_TO_ACQUIRE_MEMORY", "Java ran out of memory: give it more with --memory"),
    ("spark.driver.maxResultSize", "the result does not fit the memory of the driver: give it more with --memory"),
    (
        "No module named 'knockon'",
        "knockon is not installed in the Python of the workers: install it, or send it with --archives",
    ),
    ("PYTHON_VERSION_MISMATCH", "the workers run another version of Python than this process: set PYSPARK_PYTHON"),
    ("Python worker exited unexpectedly", "a Python worker was killed or crashed each time; it may have run out of memory"),
    ("ExecutorLostFailure", "an executor was lost each time; it may have run out of memory"),
    ("FAILED_READ_FILE", "a file cannot be read"),
    ("Connection refused", "Spark's Java process or cluster does not answer: it ended or was killed"),
    ("Answer from Java side is empty", "Spark's Java process ended or was killed"),
    ("SparkContext was shut down", "Spark was shut down while it worked"),
    ("Cannot call methods on a stopped SparkContext", "Spark was shut down while it worked"),
)


@contextmanager
def spark_failures(work: str) -> Iterator[None]:
    """Raise EngineFailed where Spark fails within the block.

    Parameters
    ----------
    work
        What is done, for the message.

    Examples
    --------
    >>> with spark_failures("ranking"):
    ...     raise OSError("java.io.IOException: No space left on device")
    Traceback (most recent call last):
    ...
    knockon.errors.EngineFailed: Spark failed while ranking: a disk is full: choose another folder with --spill; \
nothing was written
    """
    try:
        yield
    except (KnockonError, AssertionError):
        raise
    except Exception as error:
        raise EngineFailed(f"Spark failed while {work}: {reason(error)}; nothing was written") from error


def reason(error: BaseException) -> str:
    r"""Return why Spark failed, in one line.

    >>> reason(ValueError("Task 3 failed 4 times\nTraceback\n  File x\nZeroDivisionError: division by zero\n\tat org"))
    'a task failed each time it was tried: ZeroDivisionError: division by zero'
    """
    text = str(error)
    for sign, meaning in _MEANINGS:
        if sign in text:
            return meaning
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [
        line for line in text.splitlines() if _PYTHON_ERROR.match(line) and not line.startswith(("org.", "java.", "py4j."))
    ]
    if "Traceback" in text and errors:
        return f"a task failed each time it was tried: {errors[-1][:300]}"
    causes = [line for line in lines if line.startswith("Caused by:")]
    return (causes[-1] if causes else lines[0] if lines else type(error).__name__)[:300]


__all__ = ["reason", "spark_failures"]
