"""Counter-based random numbers, equal to those of the services bit by bit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_MEMBERS = 0x5C02E6D1E72B0001


def _finalised(z: int) -> int:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    z = ((z ^ (z >> 30)) * _FIRST) & _MASK
    z = ((z ^ (z >> 27)) * _SECOND) & _MASK
    return z ^ (z >> 31)


def _mix(z: int) -> int:
    return _finalised((z + _GAMMA) & _MASK)


def member_seed(seed: int, member: int) -> int:
    """Returns the seed of an ensemble member, in [0, 2^48), as the scorer derives it: of a stream of its own, which no run shares.

    Args:
        seed: of the scoring, a signed 64-bit integer.
        member: from 0.
    """
    return _finalised((_finalised((seed & _MASK) ^ _MEMBERS) + (member + 1) * _GAMMA) & _MASK) >> 16


def _mix_all(z: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    z = z + np.uint64(_GAMMA)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_SECOND)
    return z ^ (z >> np.uint64(31))


class RandomStream:
    """A number is a hash of the stream's name, the seed and counters. It depends neither on time nor on the order of calls.

    Args:
        stream: name of the stream, in ASCII.
        seed: seed of the run, a signed 64-bit integer.
        first: first counters.
    """

    def __init__(self, stream: str, seed: int, *first: int) -> None:
        self._hash = seed & _MASK
        for byte in stream.encode("ascii"):
            self._hash = _mix(self._hash ^ byte)
        for counter in first:
            self._hash = (_mix(self._hash) + counter) & _MASK

    def uniform(self, last: int) -> float:
        """Returns a number that is uniform in (0, 1), neither end included."""
        mixed = _mix((_mix(self._hash) + last) & _MASK)
        return float(((mixed >> 12) + 0.5) * 2.0**-52)

    def shuffled(self, values: npt.NDArray[np.int64], epoch: int) -> npt.NDArray[np.int64]:
        """Returns the values in the random order of an epoch (Fisher-Yates).

        Args:
            values: [N] values; not changed.
            epoch: from 1.
        """
        count = len(values)
        if count < 2:
            return values.copy()
        places = np.arange(count, dtype=np.uint64)
        base = np.uint64(_mix(self._hash ^ (epoch & _MASK)))
        drawn = (_mix_all(base + places) >> np.uint64(1)) % (places + np.uint64(1))
        with_what = drawn.tolist()
        shuffled = values.tolist()
        for i in range(count - 1, 0, -1):
            j = with_what[i]
            shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
        return np.array(shuffled, dtype=np.int64)
