"""A broker and services of this checkout as child processes, on free ports in a folder of their own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(os.environ.get("DIETSB_ROOT") or Path(__file__).resolve().parents[3])
BROKER = ROOT / "deploy" / "broker" / "target" / "broker.jar"
READY_SECONDS = 120
FRUGAL = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms32m"]
TOKEN = "token-of-the-tests"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def jar(service: str) -> Path:
    """Returns what is started as a service."""
    return ROOT / f"{service}-service" / "target" / "quarkus-app" / "quarkus-run.jar"


def missing() -> str | None:
    """Returns why no system can be started here; None if one can."""
    if java() is None:
        return "there is no java"
    for needed in (BROKER, jar("selector"), jar("trainer"), jar("scorer")):
        if not needed.is_file():
            return f"{needed.relative_to(ROOT)} is missing: build it with mvn -DskipTests package"
    return None


def java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else shutil.which("java")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _end_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Part:
    """A process that can be killed, suspended and started again. It ends with this process, even if that is killed."""

    def __init__(self, name: str, arguments: list[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and does not wait until it is ready."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("DIETSB_", "KAFKA_"))}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(java()), *FRUGAL, *self._arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**environment, "DIETSB_TOKEN": TOKEN},
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None, f"the {self.name} was not started"
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        raise NotImplementedError

    def await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            last = self.log.read_text(errors="replace")[-3000:]
            assert self.is_alive(), f"the {self.name} ended: {last}"
            assert time.monotonic() < deadline, f"the {self.name} is not ready after {READY_SECONDS} s: {last}"
            time.sleep(0.1)

    def suspend(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Ends it at once, and waits until it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()

    def stop(self) -> None:
        """Requests it to end, and waits until it has."""
        if self._process is not None and self.is_alive():
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
        self.kill()


class Broker(Part):
    """One Kafka node, without a login."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        arguments = ["-Xmx512m", "-jar", str(BROKER), str(self.port), str(free_port()), str(folder / "kafka")]
        super().__init__("broker", arguments, folder / "broker.log")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self.log.unlink(missing_ok=True)
        super().start()

    def is_ready(self) -> bool:
        return "broker is ready" in self.log.read_text(errors="replace")


class Service(Part):
    """Selector, trainer or scorer. Writing over REST needs the header ``Authorization: Bearer TOKEN``."""

    def __init__(self, name: str, folder: Path, kafka: str, *options: str) -> None:
        port, management = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.management = f"http://127.0.0.1:{management}"
        arguments = [
            *options,
            f"-Dquarkus.http.port={port}",
            "-Dquarkus.http.host=127.0.0.1",
            f"-Dquarkus.management.port={management}",
            "-Dquarkus.management.host=127.0.0.1",
            f"-Dkafka.bootstrap.servers={kafka}",
            "-jar",
            str(jar(name)),
        ]
        super().__init__(name, arguments, folder / f"{name}.log")

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.management}/q/health/ready", timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


class LocalSystem:
    """A broker and a selector; a trainer for its REST interface of runs and a scorer, which a test starts if it needs them."""

    def __init__(self, folder: Path) -> None:
        self.broker = Broker(folder)
        home = folder / "home"
        home.mkdir()
        self.trainer = Service("trainer", folder, self.broker.address, "-Xmx512m", f"-Ddietsb.trainer.home={home}")
        trainer_url = f"-Ddietsb.selector.trainer-url={self.trainer.url}"
        self.selector = Service("selector", folder, self.broker.address, "-Xmx384m", trainer_url)
        self.scorer = Service("scorer", folder, self.broker.address, "-Xmx256m")

    @property
    def kafka(self) -> str:
        """Address of the broker, for ``dietsb.Run(kafka=...)``."""
        return self.broker.address

    def start(self) -> None:
        """Starts broker and selector together, and waits until both are ready."""
        self.broker.start()
        self.selector.start()
        self.broker.await_ready()
        self.selector.await_ready()

    def close(self) -> None:
        for part in (self.scorer, self.trainer, self.selector, self.broker):
            part.kill()
