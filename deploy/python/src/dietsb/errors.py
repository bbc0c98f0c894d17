"""Errors that the client raises. Every one of them is a :class:`DietsbError`."""

from __future__ import annotations


class DietsbError(Exception):
    """Base of all errors of this package."""


class InvalidArgument(DietsbError, ValueError):
    """An argument is out of its range. The message names the argument, its value and what is allowed."""


class Unavailable(DietsbError):
    """Kafka, or a topic of it, cannot be reached."""


class RunEnded(DietsbError):
    """Base of what ends a run early."""


class Refused(RunEnded):
    """The selector cannot answer a message of this run as asked. The message has the selector's reason."""


class Fenced(RunEnded):
    """A later attempt of this run exists. This process writes nothing more about it."""


class Cancelled(RunEnded):
    """The run was cancelled from outside."""


def require(holds: bool, name: str, value: object, allowed: str) -> None:
    """Raises :class:`InvalidArgument` unless a condition holds."""
    if not holds:
        shown = int(value) if isinstance(value, float) and value.is_integer() else value
        raise InvalidArgument(f"{name} is {shown}, allowed is {allowed}")
