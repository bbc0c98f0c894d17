"""The system that other tests use."""

from __future__ import annotations

import json
import urllib.request

import pytest
from confluent_kafka import Producer

from local_system import LocalSystem, Service

pytestmark = pytest.mark.system


def test_broker_has_the_topics(system: LocalSystem) -> None:
    topics = Producer({"bootstrap.servers": system.kafka}).list_topics(timeout=10).topics
    assert {"batch-losses", "backprop-masks", "run-events"} <= topics.keys()


def test_services_answer(system: LocalSystem, trainer: Service) -> None:
    for address in (f"{system.selector.url}/policies", f"{trainer.url}/runs"):
        with urllib.request.urlopen(address, timeout=10) as answer:
            json.load(answer)
