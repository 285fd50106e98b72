"""What several floors' tests share: the bundled graph, and the folder of source documents where it is there."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.doctest import DoctestModule
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

import knockon

if TYPE_CHECKING:
    from knockon.propagation.engines.spark_session import Session

# One day for every answer: a test must not change with the calendar.
os.environ["SOURCE_DATE_EPOCH"] = "1767225600"  # 2026-01-01

# Laws are tried with few examples, the same in each run; `make test-all` (--hypothesis-profile=thorough) tries many, and new
# ones each time. Busy machines are slow machines: a deadline for each example would only make laws look broken.
settings.register_profile(
    "quick", max_examples=7, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")


# Nothing that collecting the tests loads is garbage.
gc.disable()


def pytest_configure(config: pytest.Config) -> None:
    """Let all folders have the hooks of this file."""
    config.pluginmanager.register(_Collection())
    if not config.getoption("--hypothesis-profile"):
        # The quick profile has the same examples in every process. By default hypothesis also draws the constants of the source
        # of all modules loaded by then, which differ from process to process and take five seconds to read in a new clone.
        providers._get_local_constants = lambda: providers._local_constants
    if processes := os.environ.pop("KNOCKON_TEST_PROCESSES", ""):
        from support.forked_run import ForkedRun

        config.pluginmanager.register(ForkedRun(int(processes), os.environ.pop("KNOCKON_TEST_FIRST", "")))


class _Collection:
    """What makes collecting thousands of tests quick."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Import no module for its docstrings that has no example in them."""
        collectors = yield
        if collectors and b">>>" not in file_path.read_bytes():
            return [collector for collector in collectors if not isinstance(collector, DoctestModule)]
        return collectors

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Let the sockets of results be closed when they are garbage, as pyspark 4.0 leaves them."""
        if item.get_closest_marker("spark") is not None:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Let a test that uses no browser run event loops of its own: a browser of this process keeps one running."""
        with _browser_loop_hidden(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """As before a test."""
        with _browser_loop_hidden(item):
            return (yield)

    def pytest_collection_finish(self) -> None:
        """Make what every process would make; leave what is loaded by now out of every later search for garbage."""
        st.text().validate()  # the characters of Unicode: two seconds in a new clone
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        gc.enable()


@contextmanager
def _browser_loop_hidden(item: pytest.Item) -> Iterator[None]:
    running = asyncio._get_running_loop()
    if running is None or item.get_closest_marker("browser") is not None:
        yield
        return
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


@pytest.fixture(scope="session")
def graph() -> knockon.Graph:
    """The bundled graph; ask it, and load nothing into it."""
    return knockon.open()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the source documents: KNOCKON_SHARED, else ``shared`` beside the project."""
    given = os.environ.get("KNOCKON_SHARED")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: set KNOCKON_SHARED to where the source documents lie")
    return folder


@pytest.fixture(scope="session")
def spark() -> Iterator[Session]:
    """One Spark in this machine for all tests of a process that need it."""
    from knockon.propagation.engines.spark_options import SparkOptions
    from knockon.propagation.engines.spark_session import spark_session
    from support.spark import QUICK_JAVA, missing

    if reason := missing():
        pytest.skip(reason)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in QUICK_JAVA.items():
            patch.setenv(name, value)
        with spark_session(SparkOptions("local[2]")) as session:
            yield session
