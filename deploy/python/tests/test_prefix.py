"""The prefix of topics, checked before a broker is asked."""

from __future__ import annotations

import pytest

import dietsb
from dietsb.kafka import Connection


@pytest.mark.parametrize("prefix", ["a b", "lab/", "lab.\n", "é", "x" * 101])
def test_prefix_that_no_topic_can_have_is_refused(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIETSB_PREFIX", prefix)
    with pytest.raises(dietsb.InvalidArgument, match=r"DIETSB_PREFIX is \"[^\"]+\", allowed is up to 100 of \[a-zA-Z0-9\._-\]"):
        Connection("localhost:1", {})
