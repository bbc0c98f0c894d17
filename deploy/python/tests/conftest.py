"""Fixtures: one system for the whole session. Tests that need what is not here are skipped, and say what is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import local_system


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests that take a minute too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    system = local_system.missing()
    if os.environ.get("DIETSB_SYSTEM_MUST_BE_BUILT") and system is not None:
        pytest.exit(system, returncode=1)
    torch = None if importlib.util.find_spec("torch") else "there is no PyTorch (Debian: python3-torch)"
    for item in items:
        long = None if config.getoption("--long") else "takes a minute, runs with --long"
        for mark, why in (("system", system), ("torch", torch), ("long", long)):
            if why is not None and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def system() -> Iterator[local_system.LocalSystem]:
    """A running broker and selector, shared by all tests; a test that harms a part waits until it is ready again."""
    yield from _started()


@pytest.fixture
def own_system() -> Iterator[local_system.LocalSystem]:
    """A running broker and selector of one test."""
    yield from _started()


def _started() -> Iterator[local_system.LocalSystem]:
    folder = Path(tempfile.mkdtemp(prefix="dietsb-python"))
    # The login of a system that the user has started is not one for this broker.
    before = os.environ.get("DIETSB_HOME", "")
    os.environ["DIETSB_HOME"] = str(folder)
    started = local_system.LocalSystem(folder)
    try:
        started.start()
        yield started
    finally:
        started.close()
        shutil.rmtree(folder)
        os.environ["DIETSB_HOME"] = before


@pytest.fixture(scope="session")
def trainer(system: local_system.LocalSystem) -> local_system.Service:
    """The trainer of the shared system, for its REST interface of runs."""
    system.trainer.start()
    system.trainer.await_ready()
    return system.trainer
