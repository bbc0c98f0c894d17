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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    system = local_system.missing()
    if os.environ.get("DIETSB_SYSTEM_MUST_BE_BUILT") and system is not None:
        pytest.exit(system, returncode=1)
    torch = None if importlib.util.find_spec("torch") else "there is no PyTorch (Debian: python3-torch)"
    for item in items:
        for mark, why in (("system", system), ("torch", torch)):
            if why is not None and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def system() -> Iterator[local_system.LocalSystem]:
    """A running broker and selector, shared by all tests; a test that harms a part waits until it is ready again."""
    folder = Path(tempfile.mkdtemp(prefix="dietsb-python"))
    # The login of a system that the user has started is not one for this broker.
    os.environ["DIETSB_HOME"] = str(folder)
    started = local_system.LocalSystem(folder)
    try:
        started.start()
        yield started
    finally:
        started.close()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def trainer(system: local_system.LocalSystem) -> local_system.Service:
    """The trainer of the shared system, for its REST interface of runs."""
    system.trainer.start()
    system.trainer.await_ready()
    return system.trainer
