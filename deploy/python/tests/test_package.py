"""The package as it is built and installed."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from dietsb.wire import batch_losses_pb2, run_events_pb2

PACKAGE = Path(__file__).resolve().parents[1]


def test_the_version_is_that_of_the_poms() -> None:
    pom = (PACKAGE.parents[1] / "pom.xml").read_text(encoding="utf-8")
    found = re.search(r"<version>([\d.]+)(-SNAPSHOT)?</version>", pom)
    assert found is not None
    assert version("dietsb") == found.group(1) + (".dev0" if found.group(2) else "")


def test_messages_of_one_service_contain_those_of_another() -> None:
    event = run_events_pb2.RunEvent(beat=run_events_pb2.Beat(run_id="a"))
    assert run_events_pb2.RunEvent.FromString(event.SerializeToString()) == event
    assert batch_losses_pb2.DESCRIPTOR.name == "dietsb/wire/batch-losses.proto"


def test_importing_needs_no_torch() -> None:
    code = "import sys; sys.modules['torch'] = None; import dietsb"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_wheel_can_be_built_from_the_source_distribution(tmp_path: Path) -> None:
    # Given
    for needed in ("setup.py", "pyproject.toml", "README.md"):
        assert (PACKAGE / needed).exists()
    code = "import sys; from setuptools.build_meta import build_sdist as build; build(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=PACKAGE, stdout=subprocess.DEVNULL)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(tmp_path)
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    # When
    code = code.replace("build_sdist", "build_wheel")
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=source, stdout=subprocess.DEVNULL)
    # Then
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        names = set(files.namelist())
    own = {f"dietsb/{path.relative_to(PACKAGE / 'src/dietsb')}" for path in (PACKAGE / "src/dietsb").rglob("*.py*")}
    assert {name for name in names if name.startswith("dietsb/")} == {name for name in own if "__pycache__" not in name} | {
        "dietsb/py.typed"
    }
    assert "dietsb/wire/batch_losses_pb2.pyi" in names
    assert wheel.name == f"dietsb-{version('dietsb')}-py3-none-any.whl"


@pytest.mark.torch
def test_torch_is_found() -> None:
    import torch

    assert torch.zeros(1).item() == 0
