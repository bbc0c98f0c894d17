"""The policies of one run, as the log of topic selector-policies gives them."""

from __future__ import annotations

import dataclasses

from dietsb.errors import InvalidArgument
from dietsb.policy import Policy
from dietsb.wire import selector_policies_pb2 as wire


@dataclasses.dataclass(frozen=True)
class Stamped:
    """A policy and its revision."""

    revision: int
    policy: Policy


class PolicyChain:
    """The changes of one run. Every reader of the log comes to the same revisions:

    - Of two changes that replace the same revision, the first in the log takes effect; the other is stale.
    - A change that this reader cannot use, for example because its kind of policy is newer than the reader, takes its revision too, and
      the earlier policies stay in force.
    - In force at a place of the run is the policy of the highest revision whose schedule covers the place.
    """

    def __init__(self) -> None:
        self.revision = 0
        self._usable: list[tuple[int, Policy, wire.PolicyChange]] = []

    def accept(self, change: wire.PolicyChange) -> str | None:
        """Reads the next change of the log.

        Returns:
            None if it is used or stale, else why it cannot be used.
        """
        if change.replaces != self.revision or change.revision != self.revision + 1:
            return None
        self.revision += 1
        try:
            self._usable.append((self.revision, _usable(change), change))
        except InvalidArgument as unusable:
            return str(unusable)
        return None

    def at(self, epoch: int, progress: float, first: Policy) -> Stamped:
        """Returns the policy in force at a place of the run.

        Args:
            epoch: from 1.
            progress: share of the run's length that was announced before, in [0, 1].
            first: the policy of revision 0.
        """
        for revision, policy, change in reversed(self._usable):
            begun = not change.HasField("from") or _is_reached(getattr(change, "from"), epoch, progress)
            over = change.HasField("until") and _is_reached(change.until, epoch, progress)
            if begun and not over:
                return Stamped(revision, policy)
        return Stamped(0, first)


def _is_reached(moment: wire.Moment, epoch: int, progress: float) -> bool:
    if moment.WhichOneof("at") == "epoch":
        return epoch >= moment.epoch
    return progress >= moment.progress


def _usable(change: wire.PolicyChange) -> Policy:
    for name in ("from", "until"):
        if change.HasField(name):
            _check_moment(getattr(change, name))
    if len(change.who) > 200:
        raise InvalidArgument(f"who is {len(change.who)} characters, allowed is 200 or fewer")
    return Policy.from_wire(change.policy)


def _check_moment(moment: wire.Moment) -> None:
    at = moment.WhichOneof("at")
    if at is None:
        raise InvalidArgument("a moment is neither an epoch nor a progress")
    if at == "epoch" and moment.epoch < 1:
        raise InvalidArgument(f"epoch is {moment.epoch}, allowed is 1 or more")
    if at == "progress" and not 0 <= moment.progress <= 1:
        raise InvalidArgument(f"progress is {moment.progress}, allowed is [0, 1]")
