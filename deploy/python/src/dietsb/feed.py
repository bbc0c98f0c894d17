"""The policies that a run is to use, as they are changed."""

from __future__ import annotations

import logging

from confluent_kafka import Message
from google.protobuf.message import DecodeError

from dietsb.chain import PolicyChain, Stamped
from dietsb.kafka import POLICIES, Connection
from dietsb.policy import Policy
from dietsb.wire import selector_policies_pb2

LOG = logging.getLogger("dietsb")
NEW_RUNS = b"*"


class PolicyFeed:
    """Topic selector-policies, read whole, as far as it concerns one run."""

    def __init__(self, connection: Connection, run_id: str) -> None:
        self._key = run_id.encode()
        self._chain = PolicyChain()
        self._new_runs = PolicyChain()
        self.next_offset = connection.read_whole(POLICIES, 0, self.read)

    def read(self, message: Message) -> None:
        """Reads a change of the log."""
        key = message.key()
        chain = self._chain if key == self._key else self._new_runs if key == NEW_RUNS else None
        if chain is None:
            return
        try:
            unusable = chain.accept(selector_policies_pb2.PolicyChange.FromString(bytes(message.value() or b"")))
        except DecodeError as poison:
            unusable = str(poison)
        if unusable is not None:
            LOG.warning("a change of policy is passed over: %s", unusable)

    def at(self, epoch: int, progress: float, first: Policy) -> Stamped:
        """Returns the policy in force at a place of the run."""
        return self._chain.at(epoch, progress, first)

    def for_new_runs(self) -> Policy:
        """Returns the policy of new runs that name none."""
        return self._new_runs.at(1, 0.0, Policy("baseline")).policy
