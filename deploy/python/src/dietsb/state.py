"""The state of a run between two batches, as it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from dietsb.errors import InvalidArgument, require

STATE_VERSION = 1


def checked(state: Any) -> dict[str, Any]:
    """Returns a state that :func:`packed` made, unpacked.

    Raises:
        InvalidArgument: if it is none, or one of another version.
    """
    if not isinstance(state, Mapping) or "version" not in state:
        raise InvalidArgument("state is not one that run.state_dict() returned")
    require(state["version"] == STATE_VERSION, "state", f"of version {state['version']}", f"version {STATE_VERSION}")
    return dict(_unpacked(state))


def same(name: str, value: Any, saved: Any) -> Any:
    """Returns the value of a state, which must be that of the argument.

    Raises:
        InvalidArgument: if it is another.
    """
    require(value == saved, name, value, f"{saved}, as in the state")
    return saved


def packed(value: Any) -> Any:
    """Returns a state with bytes and arrays as tensors, which ``torch.load(weights_only=True)`` reads."""
    if isinstance(value, bytes):
        return {"bytes": torch.frombuffer(bytearray(value), dtype=torch.uint8) if value else torch.empty(0, dtype=torch.uint8)}
    if isinstance(value, np.ndarray):
        return {"array": torch.from_numpy(value.copy())}
    if isinstance(value, dict):
        return {key: packed(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        return type(value)(packed(one) for one in value)
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"bytes"}:
            return value["bytes"].cpu().numpy().tobytes()
        if set(value) == {"array"}:
            return value["array"].cpu().numpy()
        return {key: _unpacked(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_unpacked(one) for one in value)
    return value
