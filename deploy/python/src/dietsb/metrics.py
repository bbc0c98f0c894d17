"""Metrics for Prometheus, under the names that the trainer-service uses. Needs prometheus-client."""

from __future__ import annotations

from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, Summary

from dietsb.tally import EpochTally

_COUNTERS = {
    "seen": ("dietsb_examples_seen", "Examples announced"),
    "selected": ("dietsb_examples_selected", "Examples that got a gradient"),
    "steps": ("dietsb_steps", "Optimizer steps"),
    "mask_timeouts": ("dietsb_mask_timeouts", "Batches whose mask timed out"),
}
_STAGES = {"selection_seconds": "selection_forward", "mask_wait_seconds": "mask_wait", "step_seconds": "forward_backward"}
_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Meters:
    """Meters of the runs of a process: made once, given to its runs, and served by ``prometheus_client.start_http_server``.

    The stage ``forward_backward`` has the whole step of the loop, with its optimizer and what else its body does.

    Args:
        registry: where the meters are registered.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._counters = {field: Counter(name, text, registry=registry) for field, (name, text) in _COUNTERS.items()}
        self._dropped = Counter("dietsb_masks_dropped", "Masks that arrived twice or too late", registry=registry)
        self._keep = Summary("dietsb_keep", "Share of a batch that its mask selects", registry=registry)
        text = "Time of one stage of a step"
        self._stages: Any = Histogram("dietsb_stage_seconds", text, ["stage"], buckets=_BUCKETS, registry=registry)
        text = "Time from the announcement of a batch to the arrival of its mask"
        self._round_trip = Histogram("dietsb_mask_round_trip_seconds", text, buckets=_BUCKETS, registry=registry)
        self._last = EpochTally(0)
        self._last_dropped = 0

    def note(self, tally: EpochTally, kept: list[float], round_trips: list[float], dropped: int) -> None:
        """Adds what a step slot has changed.

        Args:
            tally: of the running epoch.
            kept: share of each batch that its mask selected, since the last call.
            round_trips: seconds of each mask, since the last call.
            dropped: masks dropped by the attempt so far.
        """
        before = self._last if self._last.epoch == tally.epoch else EpochTally(tally.epoch)
        for field, counter in self._counters.items():
            counter.inc(max(0, getattr(tally, field) - getattr(before, field)))
        for field, stage in _STAGES.items():
            seconds = getattr(tally, field) - getattr(before, field)
            if seconds > 0:
                self._stages.labels(stage=stage).observe(seconds)
        for share in kept:
            self._keep.observe(share)
        for seconds in round_trips:
            self._round_trip.observe(seconds)
        self._dropped.inc(max(0, dropped - self._last_dropped))
        self._last_dropped = dropped
        self._last = EpochTally(**vars(tally))
