"""The selector's answers to one attempt."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from dietsb.errors import Cancelled, Fenced, Refused, RunEnded
from dietsb.wire import backprop_masks_pb2 as wire

Bits = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

#: Number of examples of each part of an epoch's mask but the last.
PART_EXAMPLES = 2_000_000
#: Longest time between two requests for the same answer, in seconds.
LONGEST_WAIT = 300.0


class Unknown(RunEnded):
    """The selector does not know the attempt: another one is to be opened."""


@dataclasses.dataclass(frozen=True)
class EpochMask:
    """What remains of the training set in an epoch.

    Attributes:
        kept: [N] whether an example is kept; None = all are.
        weights: [N] weight of each example in the loss; None = all 1.
        takes_spans: whether batches of this epoch may be announced in spans.
    """

    epoch: int
    revision: int
    kept: Bits | None
    weights: Floats | None
    takes_spans: bool


@dataclasses.dataclass(frozen=True)
class BatchMask:
    """Which announced examples of a batch to backpropagate.

    Attributes:
        selected: [B] whether an example is selected.
        weights: weight of each selected example, in order; None = all 1.
    """

    epoch: int
    batch: int
    revision: int
    selected: Bits
    weights: Floats | None


class Malformed(Exception):
    """A message is not a valid answer."""


@dataclasses.dataclass
class _Request:
    revision: int
    size: int
    since: float


class MaskInbox:
    """Answers, which arrive in any order and are waited for. One thread offers them, the training thread waits.

    A mask is handed out once. Masks that do not fit the request, that were not requested, that arrive twice or too late are dropped and
    counted.

    Args:
        round_trip: receives the seconds from the announcement of a batch to its mask, on the thread that offers it.
    """

    def __init__(self, round_trip: Callable[[float], None] = lambda seconds: None) -> None:
        self.dropped = 0
        self._round_trip = round_trip
        self._changed = threading.Condition()
        self._requests: dict[tuple[int, int], _Request] = {}
        self._masks: dict[tuple[int, int], EpochMask | BatchMask] = {}
        self._parts: dict[int, dict[int, wire.EpochMaskPart]] = {}
        self._state_place: tuple[int, int] | None = None
        self._state: dict[int, wire.SelectorState] = {}
        self._ended: RunEnded | None = None

    def expect_epoch(self, epoch: int, revision: int, examples: int) -> None:
        """Expects the mask of an epoch that is about to be opened."""
        self._expect((epoch, -1), revision, examples)

    def expect_batch(self, epoch: int, batch: int, revision: int, size: int) -> None:
        """Expects the mask of a batch of a size that is about to be announced."""
        self._expect((epoch, batch), revision, size)

    def _expect(self, place: tuple[int, int], revision: int, size: int) -> None:
        with self._changed:
            self._requests[place] = _Request(revision, size, time.monotonic())

    def offer(self, messages: list[wire.MaskMessage]) -> list[str]:
        """Takes answers that arrived together; returns what is wrong with those that cannot be used."""
        flaws = []
        with self._changed:
            for message in messages:
                try:
                    self._take(message)
                except Malformed as flaw:
                    flaws.append(str(flaw))
            self._changed.notify_all()
        return flaws

    def end(self, why: RunEnded) -> None:
        """Ends every wait, now and later. A fence replaces every other reason."""
        with self._changed:
            if self._ended is None or isinstance(why, (Fenced, Cancelled)):
                self._ended = why
            self._changed.notify_all()

    def _take(self, message: wire.MaskMessage) -> None:
        kind = message.WhichOneof("answer")
        if kind == "batch_mask":
            self._take_batch(message.batch_mask)
        elif kind == "span_mask":
            for mask in message.span_mask.masks:
                self._take_batch(mask)
        elif kind == "epoch_mask":
            self._take_epoch(message.epoch_mask, message.takes_spans)
        elif kind == "epoch_mask_part":
            self._take_part(message.epoch_mask_part, message.takes_spans)
        elif kind == "selector_state":
            state = message.selector_state
            if (state.epoch, state.batch) != self._state_place or state.part in self._state:
                self.dropped += 1
            else:
                self._state[state.part] = state
        elif kind == "fenced":
            self.end(Fenced(f"attempt {message.fenced.by_attempt} of this run has begun elsewhere; this one stops"))
        elif kind == "unknown":
            self.end(Unknown("the selector does not know this run"))
        elif kind == "refused":
            self.end(Refused(message.refused.reason))

    def _requested(self, place: tuple[int, int], revision: int) -> _Request | None:
        request = self._requests.get(place)
        if request is not None and request.revision != revision:
            raise Malformed(f"revision is {revision}, requested was {request.revision}")
        if request is None or place in self._masks:
            self.dropped += 1
            return None
        return request

    def _take_batch(self, mask: wire.BatchMask) -> None:
        place = (mask.epoch, mask.batch)
        request = self._requested(place, mask.revision)
        if request is None:
            return
        selected = _bits(mask.selected, request.size, mask.selected_count)
        weights = np.fromiter(mask.weights, np.float32, len(mask.weights)) if mask.weights else None
        if weights is not None:
            if len(weights) != mask.selected_count:
                raise Malformed(f"{len(weights)} weights for {mask.selected_count} examples")
            _check_weights(weights, least=0)
        self._masks[place] = BatchMask(mask.epoch, mask.batch, mask.revision, selected, weights)
        self._round_trip(time.monotonic() - request.since)

    def _take_epoch(self, mask: wire.EpochMask, takes_spans: bool) -> None:
        request = self._requested((mask.epoch, -1), mask.revision)
        if request is None:
            return
        kept = _bits(mask.kept, request.size, mask.kept_count) if mask.kept else None
        self._epoch(request, mask.epoch, kept, _weighted(mask.weighted, mask.weight, request.size), takes_spans)

    def _epoch(self, request: _Request, epoch: int, kept: Bits | None, weights: Floats | None, spans: bool) -> None:
        if kept is not None and not kept.any():
            raise Malformed("an epoch of no examples")
        self._masks[(epoch, -1)] = EpochMask(epoch, request.revision, kept, weights, spans)

    def _take_part(self, part: wire.EpochMaskPart, takes_spans: bool) -> None:
        request = self._requested((part.epoch, -1), part.revision)
        if request is None:
            return
        parts = -(-request.size // PART_EXAMPLES)
        if part.parts != parts or part.part >= parts:
            raise Malformed(f"part {part.part} of {part.parts} of an epoch, allowed is [0, {parts}) of {parts}")
        known = self._parts.setdefault(part.epoch, {})
        known[part.part] = part
        if len(known) < parts:
            return
        del self._parts[part.epoch]
        kept = np.ones(request.size, np.bool_)
        weights: Floats | None = None
        for number in range(parts):
            first = number * PART_EXAMPLES
            size = min(PART_EXAMPLES, request.size - first)
            one = known[number]
            kept[first : first + size] = _bits(one.kept, size, one.kept_count)
            some = _weighted(one.weighted, one.weight, size)
            if some is not None:
                weights = np.ones(request.size, np.float32) if weights is None else weights
                weights[first : first + size] = some
        self._epoch(request, part.epoch, kept, weights, takes_spans)

    def await_epoch(self, epoch: int, first: float, again: Callable[[], None]) -> EpochMask:
        """Waits for the mask of an epoch, and asks again while there is none.

        Args:
            epoch: from 1.
            first: seconds until it is asked for again; each further time is twice as long, up to 5 minutes.
            again: asks again.

        Raises:
            RunEnded: if the attempt is over.
        """
        mask = self._await_for_ever((epoch, -1), first, again)
        assert isinstance(mask, EpochMask)
        return mask

    def await_batch(self, epoch: int, batch: int, first: float, again: Callable[[], None]) -> BatchMask:
        """Waits for the mask of a batch like :meth:`await_epoch`."""
        mask = self._await_for_ever((epoch, batch), first, again)
        assert isinstance(mask, BatchMask)
        return mask

    def batch(self, epoch: int, batch: int, timeout: float) -> BatchMask | None:
        """Waits for the mask of a batch; returns None on a time-out, after which answers to it are dropped."""
        mask = self._wait((epoch, batch), timeout, last=True)
        assert mask is None or isinstance(mask, BatchMask)
        return mask

    def _await_for_ever(self, place: tuple[int, int], wait: float, again: Callable[[], None]) -> EpochMask | BatchMask:
        while True:
            mask = self._wait(place, wait, last=False)
            if mask is not None:
                return mask
            again()
            wait = min(LONGEST_WAIT, 2 * wait)

    def _wait(self, place: tuple[int, int], timeout: float, last: bool) -> EpochMask | BatchMask | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended is not None or place in self._masks, timeout)
            mask = self._masks.pop(place, None)
            if last or mask is not None or self._ended is not None:
                self._requests.pop(place, None)
            self._check()
            return mask

    def expect_state(self, epoch: int, batch: int) -> None:
        """Expects the selector's state at a barrier, which is about to be requested."""
        with self._changed:
            self._state.clear()
            self._state_place = (epoch, batch)

    def state(self, timeout: float) -> list[wire.SelectorState] | None:
        """Waits for all parts of the requested state; returns None on a time-out."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended is not None or self._is_state_whole(), timeout)
            self._state_place = None
            self._check()
            return [self._state[part] for part in sorted(self._state)] if self._is_state_whole() else None

    def _is_state_whole(self) -> bool:
        return bool(self._state) and next(iter(self._state.values())).parts == len(self._state)

    def check(self) -> None:
        """Raises why the attempt is over, if it is."""
        with self._changed:
            self._check()

    def _check(self) -> None:
        if self._ended is not None:
            raise self._ended


def _bits(packed: bytes, size: int, count: int) -> Bits:
    """Returns [size] booleans of packed bits, little-endian: bit i is byte i / 8, mask 1 << (i % 8)."""
    array = np.frombuffer(packed, np.uint8)
    if len(array) > (size + 7) // 8:
        raise Malformed(f"{len(array)} bytes of bits for at most {size} examples")
    bits = np.unpackbits(array, bitorder="little").astype(np.bool_)
    if len(bits) > size:
        if bits[size:].any():
            raise Malformed(f"a bit beyond the {size} examples is set")
        bits = bits[:size]
    elif len(bits) < size:
        bits = np.concatenate([bits, np.zeros(size - len(bits), np.bool_)])
    if int(np.count_nonzero(bits)) != count:
        raise Malformed(f"{np.count_nonzero(bits)} bits set, declared are {count}")
    return bits


def _weighted(packed: bytes, weight: float, size: int) -> Floats | None:
    if not packed:
        return None
    array = np.frombuffer(packed, np.uint8)
    bits = _bits(packed, size, int(np.unpackbits(array).sum()))
    _check_weights(np.array([weight], np.float32), least=0)
    return np.where(bits, np.float32(weight), np.float32(1)).astype(np.float32)


def _check_weights(weights: Floats, least: float) -> None:
    if not np.isfinite(weights).all() or (weights < least).any():
        raise Malformed(f"a weight is {weights.min()}, allowed is {least} or more, and finite")
