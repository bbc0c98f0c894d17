"""Policies: what a run leaves out, for good by its diet, and of each batch or epoch.

The services define each method, with its sources, in ``selector-service/README.md``. Defaults and allowed ranges are the same here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from dietsb.errors import InvalidArgument, require
from dietsb.wire import selector_policies_pb2 as wire

#: Number of losses that the percentile rule ranks against by default.
DEFAULT_HISTORY = 1_024
#: Largest number of losses that a run remembers.
LARGEST_HISTORY = 1_000_000

_RUN_ID = "[a-z0-9][a-z0-9.-]{0,79}"
_RECORD = re.compile(_RUN_ID + "(@[0-9a-f]{16})?")
_MODEL = re.compile("[a-z0-9][a-z0-9.-]{0,39}")
_OWN = re.compile(r"own:([1-9][0-9]{0,2}|1000)")
_STALE = re.compile(r"stale:([0-9]{1,9})")
_PROXY = "proxy:"

KINDS = (
    "baseline",
    "random",
    "selective",
    "diet",
    "diet-selective",
    "diet-random",
    "infobatch",
    "replay",
    "repb",
    "orderdp",
    "rs2",
    "progressive",
    "seta",
    "random-like",
    "bls",
    "ies",
    "rho",
    "rcap",
)
_BY_LOSS = {"selective", "diet-selective", "rho"}
#: Judge by a score set, besides losses; a diet may use one too.
_BY_SCORES = {"rho", "rcap"}
_DIETS = {"diet", "diet-selective", "diet-random"}
_SELECTS = {"random", "selective", "diet-selective", "diet-random", "replay", "random-like", "rho"}
_BY_TRAINED_LOSSES = {"infobatch", "repb", "orderdp", "progressive", "seta", "bls", "ies", "rcap"}
_BY_EPOCH = {"rs2", *_BY_TRAINED_LOSSES}
_REPLAYS = {"replay", "random-like"}
_WITHOUT_KEEP = {"progressive", "seta", "ies", *_REPLAYS}
_RULES = {"rank": wire.Policy.RANK, "percentile": wire.Policy.PERCENTILE}
_BATCHINGS = {"shrink": wire.Policy.SHRINK, "accumulate": wire.Policy.ACCUMULATE}
_ORDERS = {
    "lowest": wire.Policy.LOWEST,
    "random": wire.Policy.RANDOM_ORDER,
    "highest": wire.Policy.HIGHEST,
}


@dataclasses.dataclass(frozen=True)
class Number:
    """A number that only some kinds of policy have.

    Attributes:
        kinds: the kinds that have it.
        usual: its default.
        least: the smallest allowed value, or its open lower bound.
        most: the largest allowed value.
        included: whether ``least`` is allowed.
        whole: whether only whole numbers are allowed.
    """

    kinds: tuple[str, ...]
    usual: float
    least: float = 0
    most: float = 1
    included: bool = False
    whole: bool = False

    def allows(self, value: float) -> bool:
        """Returns whether a value is in its range."""
        above = value >= self.least if self.included else value > self.least
        return above and value <= self.most and (not self.whole or value == int(value))

    @property
    def allowed(self) -> str:
        """The allowed values, in words."""
        return f"{'[' if self.included else '('}{self.least:g}, {self.most:g}]{', a whole number' if self.whole else ''}"


#: The numbers that only some kinds have, by name.
NUMBERS = {
    "draw": Number(("orderdp",), 0.75),
    "tau": Number(("progressive",), 0.3),
    "gamma": Number(("progressive",), 1.0),
    "recheck": Number(("progressive", "ies"), 5.0, 1, 1000, included=True, whole=True),
    "drop": Number(("seta",), 0.1, 0, 0.99, included=True),
    "groups": Number(("seta",), 5.0, 1, 100, included=True, whole=True),
    "delta": Number(("ies",), 0.001, 0, 10),
    "cap": Number(("repb",), 100_000, 1, 100_000, included=True),
    "smoothing": Number(("bls",), 0.9, 0, 0.99, included=True),
    "window": Number(("seta",), 0.9),
    "beta": Number(("rcap",), 1.0, 0, 1000),
}


def _complete(kind: str, given: Mapping[str, float]) -> dict[str, float]:
    """Returns the numbers of a kind: those that are given, the others at their defaults."""
    for name, value in given.items():
        require(name in NUMBERS and kind in NUMBERS[name].kinds, name, value, f"none for {kind}")
        require(NUMBERS[name].allows(value), name, value, NUMBERS[name].allowed)
    return {name: float(given.get(name, number.usual)) for name, number in NUMBERS.items() if kind in number.kinds}


@dataclasses.dataclass(frozen=True)
class Policy:
    """A policy, checked when it is made. Use the functions of this module, such as :func:`selective`, to make one.

    Attributes:
        kind: the method, one of :data:`KINDS`.
        keep: share of each batch, after the diet, that is backpropagated, in (0, 1]; for infobatch and repb the share that stays of
            the examples below the mean loss, for orderdp, rs2 and rcap of all examples.
        rule: what a loss is ranked against: ``rank``, the losses of its batch, or ``percentile``, a history of losses.
        history_size: number of losses that the percentile rule ranks against, in [1, 1000000], at least the batch size.
        batching: ``shrink``: each batch steps with the examples it kept; ``accumulate``: kept examples queue until there is a full batch.
        losses_every: every n-th epoch has selection passes, the others reuse the losses of these, in [1, 1000]; 1 = each epoch.
        selection_scale: side of a selection pass's images as a share of full size, in [0.25, 1].
        start: share of training, in [0, 1], before which batches are trained whole.
        end: share of training, in [start, 1], from which on batches are trained whole.
        interrupt: every n-th batch is trained whole; 0 = never.
        pre_pruned: share of all training examples that the diet drops, in [0, 1).
        order: what the diet drops: ``lowest`` or ``highest`` EL2N scores, or examples at ``random``.
        balanced: whether the diet drops the same share of each class.
        score_set: id of the EL2N scores of the diet, for rho of the losses of a reference, for rcap of
            any scores with classes; None if neither is needed.
        of: run whose recorded masks replay and random-like use, with ``@`` and 16 hexadecimal digits one record of it.
        proxy: model of another run whose losses judge the batches; None = losses of the run's own selection passes.
        numbers: what only this kind has, by name; those that are missing get their defaults. See :data:`NUMBERS`.
    """

    kind: str
    keep: float = 1.0
    rule: str = "rank"
    history_size: int = DEFAULT_HISTORY
    batching: str = "shrink"
    losses_every: int = 1
    selection_scale: float = 1.0
    start: float = 0.0
    end: float = 1.0
    interrupt: int = 0
    pre_pruned: float = 0.0
    order: str = "lowest"
    balanced: bool = False
    score_set: str | None = None
    of: str | None = None
    proxy: str | None = None
    numbers: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, KINDS)
        _one_of("rule", self.rule, _RULES)
        _one_of("batching", self.batching, _BATCHINGS)
        _one_of("order", self.order, _ORDERS)
        if self.has_keep:
            require(0 < self.keep <= 1, "keep", self.keep, "(0, 1]")
        else:
            why = ", which trains on whole batches"
            if self.selects or self.by_epoch:
                why = ", which keeps what was kept" if self.kind in _REPLAYS else ", which has no keep"
            require(self.keep == 1, "keep", self.keep, f"1 for {self.kind}{why}")
        least = 1 if self.by_loss and self.rule == "percentile" else 0
        require(
            least <= self.history_size <= LARGEST_HISTORY,
            "history_size",
            self.history_size,
            f"[1, {LARGEST_HISTORY}]",
        )
        require(1 <= self.losses_every <= 1000, "losses", f"stale:{self.losses_every}", "fresh or stale:N, N in [1, 1000]")
        require(0.25 <= self.selection_scale <= 1, "selection_scale", self.selection_scale, "[0.25, 1]")
        require(0 <= self.start <= 1, "start", self.start, "[0, 1]")
        require(self.start <= self.end <= 1, "end", self.end, f"[start, 1], start is {self.start}")
        require(self.interrupt >= 0, "interrupt", self.interrupt, "0 (never) or more")
        require(0 <= self.pre_pruned < 1, "pre_pruned", self.pre_pruned, "[0, 1)")
        require(
            self.has_diet or self.pre_pruned == 0,
            "pre_pruned",
            self.pre_pruned,
            f"0 for {self.kind}, which has no diet",
        )
        require(self.kind != "rho" or self.rule == "rank", "rule", self.rule, "none for rho, which keeps the highest")
        by_scores = self.kind in _BY_SCORES or (self.has_diet and (self.order != "random" or self.balanced))
        if by_scores and not (self.score_set or "").strip():
            what = "compares losses with those of a reference" if self.kind == "rho" else "takes the classes of the examples from it"
            why = f"the diet of {self.kind} uses EL2N scores (only order random without balanced does not)"
            raise InvalidArgument(f"score_set is missing: {why if self.has_diet else f'{self.kind} {what}'}")
        if not by_scores:
            object.__setattr__(self, "score_set", None)
        require(
            self.score_set is None or not self.score_set.startswith("own:") or bool(_OWN.fullmatch(self.score_set)),
            "score_set",
            self.score_set,
            "the id of a score set, or own:N, N in [1, 1000]",
        )
        require(
            self.score_set is None or self.has_diet or not self.score_set.startswith("own:"),
            "score_set",
            self.score_set,
            f"the id of a score set for {self.kind}",
        )
        if self.kind in _REPLAYS:
            require(
                self.of is not None and bool(_RECORD.fullmatch(self.of)),
                "of",
                self.of,
                "the id of a run whose masks are recorded, with @ and 16 hexadecimal digits one record of it",
            )
        else:
            require(self.of is None, "of", self.of, f"none for {self.kind}")
        require(
            self.proxy is None or (self.by_loss and bool(_MODEL.fullmatch(self.proxy)) and self.losses_every == 1),
            "losses",
            f"{_PROXY}{self.proxy}",
            "proxy:MODEL with fresh losses, for a kind that judges by losses",
        )
        object.__setattr__(self, "numbers", _complete(self.kind, self.numbers))

    def __hash__(self) -> int:
        return hash((*(getattr(self, field.name) for field in dataclasses.fields(self)[:-1]), tuple(sorted(self.numbers.items()))))

    @property
    def selects(self) -> bool:
        """Whether it selects within each batch."""
        return self.kind in _SELECTS

    @property
    def by_loss(self) -> bool:
        """Whether it judges batches by their losses."""
        return self.kind in _BY_LOSS

    @property
    def by_epoch(self) -> bool:
        """Whether it judges an epoch as a whole."""
        return self.kind in _BY_EPOCH

    @property
    def by_trained_losses(self) -> bool:
        """Whether it judges an epoch by the losses of the training steps before it."""
        return self.kind in _BY_TRAINED_LOSSES

    @property
    def has_diet(self) -> bool:
        """Whether it leaves out examples for good, before training."""
        return self.kind in _DIETS

    @property
    def has_keep(self) -> bool:
        """Whether it has a keep of its own."""
        return (self.selects or self.by_epoch) and self.kind not in _WITHOUT_KEEP

    @property
    def own_epochs(self) -> int:
        """Number of the run's own first epochs that its diet uses and that are trained whole; 0 = none."""
        own = _OWN.fullmatch(self.score_set or "")
        return int(own.group(1)) if own else 0

    def unfit_for(self, batch_size: int) -> str:
        """Returns why this policy cannot judge batches of this size; empty if it can."""
        ranks = self.by_loss and self.keep < 1 and self.rule == "percentile"
        if ranks and self.history_size < batch_size:
            return f"history_size is {self.history_size}, allowed is at least the batch size, {batch_size}"
        return ""

    def to_wire(self) -> wire.Policy:
        """Returns the message of this policy."""
        message = wire.Policy(
            kind=self.kind.upper().replace("-", "_"),
            keep=self.keep,
            rule=_RULES[self.rule],
            history_size=self.history_size,
            batching=_BATCHINGS[self.batching],
            losses_every=self.losses_every,
            selection_scale=self.selection_scale,
            start=self.start,
            end=self.end,
            interrupt=self.interrupt,
            pre_pruned=self.pre_pruned,
            order=_ORDERS[self.order],
            balanced=self.balanced,
        )
        if self.score_set is not None:
            message.score_set = self.score_set
        if self.of is not None:
            message.of = self.of
        if self.proxy is not None:
            message.proxy = self.proxy
        for name in sorted(self.numbers):
            if self.numbers[name] != NUMBERS[name].usual:
                message.numbers.add(name=name, value=self.numbers[name])
        if self.kind == "repb" and message.numbers:
            # Readers that know repb alone must refuse the policy rather than overlook its numbers.
            message.kind = wire.Policy.REPB_WITH_NUMBERS
        return message

    @staticmethod
    def from_wire(message: wire.Policy) -> Policy:
        """Returns the policy of a message.

        Raises:
            InvalidArgument: if a kind, rule, batching, order or number is unknown to this version, or a value is out of its range.
        """
        kind = _known("kind", message.kind, wire.Policy.Kind)
        for number in message.numbers:
            if number.name not in NUMBERS:
                raise InvalidArgument(f"policy with unknown number {number.name}")
        policy = Policy(kind=kind, **_defaults(kind))
        return dataclasses.replace(
            policy,
            keep=message.keep if policy.has_keep else 1.0,
            rule=_label(_RULES, "rule", message.rule or wire.Policy.RANK),
            history_size=message.history_size,
            batching=_label(_BATCHINGS, "batching", message.batching or wire.Policy.SHRINK),
            losses_every=max(1, message.losses_every),
            selection_scale=message.selection_scale or 1.0,
            start=message.start,
            end=message.end,
            interrupt=message.interrupt,
            pre_pruned=message.pre_pruned,
            order=_label(_ORDERS, "order", message.order or wire.Policy.LOWEST),
            balanced=message.balanced,
            score_set=message.score_set or None,
            of=message.of or None,
            proxy=message.proxy or None,
            numbers={number.name: number.value for number in message.numbers},
        )


def _defaults(kind: str) -> dict[str, Any]:
    """Returns values with which a policy of this kind can be made before its fields are set."""
    if kind in _BY_SCORES:
        return {"score_set": "none"}
    return {"order": "random"} if kind in _DIETS else {"of": "none"} if kind in _REPLAYS else {}


def _known(field: str, value: int, kinds: Any) -> str:
    name = kinds.Name(value) if value in kinds.values() else ""
    if not name or name.endswith("UNSPECIFIED"):
        raise InvalidArgument(f"policy with unknown {field} {value}")
    return str(name).removesuffix("_WITH_NUMBERS").lower().replace("_", "-")


def _label(labels: dict[str, Any], field: str, value: int) -> str:
    for label, number in labels.items():
        if number == value:
            return label
    raise InvalidArgument(f"policy with unknown {field} {value}")


def _one_of(field: str, value: str, allowed: Any) -> None:
    require(value in allowed, field, value, "one of " + ", ".join(allowed))


def _losses_every(losses: str) -> dict[str, Any]:
    stale = _STALE.fullmatch(losses)
    require(losses == "fresh" or stale is not None, "losses", losses, "fresh or stale:N, N in [1, 1000]")
    return {"losses_every": int(stale.group(1)) if stale else 1}


def baseline() -> Policy:
    """Trains on every example of every batch."""
    return Policy("baseline")


def random(keep: float = 0.5, **more: Any) -> Policy:
    """Trains on a random share of each batch, without replacement. Needs no selection pass."""
    return Policy("random", keep=keep, **more)


def selective(keep: float = 0.5, losses: str = "fresh", **more: Any) -> Policy:
    """Selective-Backprop (Jiang et al. 2019): trains on the examples of each batch with the highest losses.

    Args:
        keep: share of each batch that is backpropagated, in (0, 1].
        losses: ``fresh``, or ``stale:N``: every N-th epoch has selection passes, the others reuse the losses of these.
        more: further fields of :class:`Policy`, for example ``rule``, ``start``, ``selection_scale``.
    """
    return Policy("selective", keep=keep, **_losses_every(losses), **more)


def diet(score_set: str | None = None, pre_pruned: float = 0.25, **more: Any) -> Policy:
    """Drops a share of all training examples before training, those with the lowest EL2N scores by default (Paul et al. 2021)."""
    return Policy("diet", score_set=score_set, pre_pruned=pre_pruned, **more)


def diet_selective(
    score_set: str | None = None, pre_pruned: float = 0.25, keep: float = 2 / 3, losses: str = "fresh", **more: Any
) -> Policy:
    """A diet, and Selective-Backprop on what is left."""
    return Policy("diet-selective", score_set=score_set, pre_pruned=pre_pruned, keep=keep, **_losses_every(losses), **more)


def diet_random(score_set: str | None = None, pre_pruned: float = 0.25, keep: float = 2 / 3, **more: Any) -> Policy:
    """A diet, and a random share of each batch of what is left."""
    return Policy("diet-random", score_set=score_set, pre_pruned=pre_pruned, keep=keep, **more)


def infobatch(keep: float = 0.5, end: float = 0.875, **more: Any) -> Policy:
    """InfoBatch (Qin et al. 2024): each epoch leaves out a share of the examples below the mean loss, and weights those that stay."""
    return Policy("infobatch", keep=keep, end=end, **more)


def repb(keep: float = 0.5, cap: float = 100_000, **more: Any) -> Policy:
    """RePB: as infobatch, corrected by how often each example was selected.

    Args:
        keep: share that stays of the examples last below the mean loss of their batch, in (0, 1].
        cap: largest weight of an example in the loss, in [1, 100000]; 100000 = no bound.
        more: further fields of :class:`Policy`, for example ``start``, ``end``.
    """
    return Policy("repb", keep=keep, numbers={"cap": cap}, **more)


def bls(keep: float = 0.5, smoothing: float = 0.9, end: float = 0.875, **more: Any) -> Policy:
    """BLS (Zhou et al. 2026): as infobatch, by smoothed mean losses of steps in place of the losses of examples.

    Args:
        keep: share that stays of the examples below the mean score, in (0, 1].
        smoothing: share of an example's score that a step leaves as it was, in [0, 0.99].
        end: share of training from which on all are trained.
        more: further fields of :class:`Policy`, for example ``start``.
    """
    return Policy("bls", keep=keep, end=end, numbers={"smoothing": smoothing}, **more)


def orderdp(keep: float = 0.5, draw: float = 0.75, **more: Any) -> Policy:
    """OrderDP (Jin et al. 2026): each epoch draws a share of all examples at random, and trains those of it with the highest losses.

    Args:
        keep: share of all examples that an epoch trains, in (0, 1].
        draw: share that is drawn, in (0, 1]; below ``keep`` it counts as ``keep``.
        more: further fields of :class:`Policy`, for example ``start``, ``end``.
    """
    return Policy("orderdp", keep=keep, numbers={"draw": draw}, **more)


def rs2(keep: float = 0.5, **more: Any) -> Policy:
    """Repeated random sampling (Okanovic et al. 2024): each epoch trains a fresh random share, none again until all were trained."""
    return Policy("rs2", keep=keep, **more)


def progressive(tau: float = 0.3, gamma: float = 1.0, recheck: int = 5, end: float = 0.9, **more: Any) -> Policy:
    """Progressive data dropout (2025): each epoch trains the examples whose class the model gives a probability below tau.

    Args:
        tau: probability from which on an example is easy, in (0, 1].
        gamma: an epoch trains at most gamma^(epoch - 1) of all examples, in (0, 1]; 1 = no bound.
        recheck: an easy example is trained again in one epoch of so many, in [1, 1000].
        end: share of training from which on all are trained.
        more: further fields of :class:`Policy`, for example ``start``.
    """
    return Policy("progressive", end=end, numbers={"tau": tau, "gamma": gamma, "recheck": recheck}, **more)


def seta(drop: float = 0.1, groups: int = 5, window: float = 0.9, end: float = 0.875, **more: Any) -> Policy:
    """SeTa (Zhou et al. 2025): each epoch trains a window of groups of like losses, which slides from easy to hard.

    Args:
        drop: share of all examples that an epoch leaves out at random, in [0, 0.99].
        groups: number of groups, in [1, 100].
        window: share of the groups that an epoch trains, in (0, 1].
        end: share of training from which on all are trained.
        more: further fields of :class:`Policy`, for example ``start``.
    """
    return Policy("seta", end=end, numbers={"drop": drop, "groups": groups, "window": window}, **more)


def ies(delta: float = 0.001, recheck: int = 5, **more: Any) -> Policy:
    """Instance-dependent early stopping (Yuan et al. 2025): each epoch trains the examples whose loss still bends.

    Args:
        delta: an example is left out while the mean size of the last 3 second differences of its loss is below this, in (0, 10].
        recheck: such an example is trained again in one epoch of so many, in [1, 1000].
        more: further fields of :class:`Policy`, for example ``start``, ``end``.
    """
    return Policy("ies", numbers={"delta": delta, "recheck": recheck}, **more)


def rho(score_set: str, keep: float = 0.5, losses: str = "fresh", **more: Any) -> Policy:
    """RHO-LOSS (Mindermann et al. 2022): trains on the examples of each batch whose loss exceeds that of a reference most.

    Args:
        score_set: id of the losses of the reference, one for each example, such as ``dietsb score-run RUN --method last-loss`` makes.
        keep: share of each batch that is backpropagated, in (0, 1].
        losses: ``fresh``, or ``stale:N``: every N-th epoch has selection passes, the others reuse the losses of these.
        more: further fields of :class:`Policy`, for example ``start``, ``selection_scale``.
    """
    return Policy("rho", score_set=score_set, keep=keep, **_losses_every(losses), **more)


def rcap(score_set: str, keep: float = 0.5, beta: float = 1.0, **more: Any) -> Policy:
    """RCAP (Hassan et al. 2025): each epoch trains a quota of each class by its losses, within a class mostly examples of high last loss.

    Args:
        score_set: id of a score set with classes, such as :func:`dietsb.scores` makes; its scores do not count.
        keep: share of all examples that an epoch trains, in (0, 1].
        beta: within its class an example is drawn in proportion to exp(loss / beta), in (0, 1000]; the lower, the more a high loss counts.
        more: further fields of :class:`Policy`, for example ``start``, ``end``.
    """
    return Policy("rcap", score_set=score_set, keep=keep, numbers={"beta": beta}, **more)


def replay(of: str, **more: Any) -> Policy:
    """Selects what the record of another run selected in the same epoch.

    Args:
        of: id of the run, with ``@`` and 16 hexadecimal digits one record of it.
    """
    return Policy("replay", of=of, **more)


def random_like(of: str, **more: Any) -> Policy:
    """Selects at random as many examples of each epoch and batch as another run did: the control of its choice.

    Args:
        of: id of the run, with ``@`` and 16 hexadecimal digits one record of it.
    """
    return Policy("random-like", of=of, **more)
