"""Diet Selective-Backprop for PyTorch loops: train on the examples that a selector chooses, while the network trains.

The messages of the services are in :mod:`dietsb.wire`. Importing this package does not import PyTorch; :class:`Run` does.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from dietsb.errors import Cancelled, DietsbError, Fenced, InvalidArgument, Refused, RunEnded, Unavailable
from dietsb.policy import (
    Policy,
    baseline,
    bls,
    diet,
    diet_random,
    diet_selective,
    ies,
    infobatch,
    orderdp,
    progressive,
    random,
    random_like,
    rcap,
    repb,
    replay,
    rho,
    rs2,
    selective,
    seta,
)

if TYPE_CHECKING:
    from dietsb.batch import Batch
    from dietsb.el2n import ScoreSet, scores
    from dietsb.run import Epoch, Run

__version__ = version("dietsb")
__all__ = [
    "Batch",
    "Cancelled",
    "DietsbError",
    "Epoch",
    "Fenced",
    "InvalidArgument",
    "Policy",
    "Refused",
    "Run",
    "RunEnded",
    "ScoreSet",
    "Unavailable",
    "baseline",
    "bls",
    "diet",
    "diet_random",
    "diet_selective",
    "ies",
    "infobatch",
    "orderdp",
    "progressive",
    "random",
    "random_like",
    "rcap",
    "repb",
    "replay",
    "rho",
    "rs2",
    "scores",
    "selective",
    "seta",
]


def __getattr__(name: str) -> Any:
    if name in ("Batch", "Epoch", "Run"):
        from dietsb import run

        return getattr(run, name)
    if name in ("ScoreSet", "scores"):
        from dietsb import el2n

        return getattr(el2n, name)
    raise AttributeError(f"module 'dietsb' has no attribute {name!r}")
