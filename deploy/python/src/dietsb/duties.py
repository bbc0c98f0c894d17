"""What a policy requires of the trainer: selection passes, losses to report, and what to train whole."""

from __future__ import annotations

from dietsb.policy import Policy


def wants_losses(policy: Policy) -> bool:
    """Returns whether batches are judged by losses of the run's own selection passes."""
    return policy.by_loss and policy.keep < 1 and policy.proxy is None


def wants_selection_pass(policy: Policy, epochs: int) -> bool:
    """Returns whether batches need a selection pass in an epoch.

    Args:
        policy: that judges the epoch.
        epochs: since the one in which the policy took effect.
    """
    return wants_losses(policy) and epochs % policy.losses_every == 0


def wants_trained_losses(policy: Policy) -> bool:
    """Returns whether the selector judges by the losses of the training steps."""
    return policy.by_trained_losses and (policy.keep < 1 or not policy.has_keep)


def is_free_of_losses(policy: Policy, whole: bool) -> bool:
    """Returns whether the mask of a batch depends on no losses, reported or remembered."""
    return policy.proxy is None and (whole or not wants_losses(policy))


def accumulates(policy: Policy) -> bool:
    """Returns whether kept examples queue until there is a full batch."""
    return policy.selects and policy.batching == "accumulate"


def trains_epoch_whole(policy: Policy, progress: float) -> bool:
    """Returns whether an epoch-wise policy trains the epoch that begins at this progress, in [0, 1), whole."""
    return policy.by_epoch and _is_outside(policy, progress)


def trains_whole(policy: Policy, epoch: int, progress: float, batch: int) -> bool:
    """Returns whether a batch is trained whole: by the schedule, or because the diet collects error norms in its epoch.

    Args:
        policy: that judges the batch.
        epoch: from 1.
        progress: share of training done, in [0, 1).
        batch: from 0, within its epoch.
    """
    interrupted = policy.interrupt > 0 and batch % policy.interrupt == policy.interrupt - 1
    return policy.selects and (_is_outside(policy, progress) or interrupted or epoch <= policy.own_epochs)


def _is_outside(policy: Policy, progress: float) -> bool:
    return progress < policy.start or progress >= policy.end
