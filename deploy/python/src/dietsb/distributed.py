"""One run in several processes of torch.distributed: the first one speaks with the selector for all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch.distributed as dist

from dietsb.errors import DietsbError

T = TypeVar("T")


class Ranks:
    """The processes of a run. Without torch.distributed there is one.

    What is exchanged goes over a group of its own on the host (gloo), whatever the backend of the gradients: for each step slot one
    broadcast of a mask, and for each selection pass one gather of losses. If a process dies, the next exchange raises on the others; if
    it stops without an end, it does after gloo's time-out of 30 minutes.
    """

    def __init__(self) -> None:
        several = dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1
        self.rank: int = dist.get_rank() if several else 0
        self.count: int = dist.get_world_size() if several else 1
        self._group = dist.new_group(backend="gloo") if several else None
        self._failed: Exception | None = None

    @property
    def leads(self) -> bool:
        """Whether this process speaks with the selector."""
        return self.rank == 0

    def lead(self, make: Callable[[], T]) -> T:
        """Returns on all processes what the first one makes, or raises on all of them what it raises."""
        if self.count == 1:
            return make()
        said: list[Any] = [None]
        if self.leads:
            try:
                if self._failed is not None:
                    raise self._failed
                said = [(make(), None)]
            except Exception as failed:
                said = [(None, failed if isinstance(failed, DietsbError) else DietsbError(f"{type(failed).__name__}: {failed}"))]
                with _exchange():
                    dist.broadcast_object_list(said, 0, self._group)
                raise
        with _exchange():
            dist.broadcast_object_list(said, 0, self._group)
        made, why = said[0]
        if why is not None:
            raise why
        result: T = made
        return result

    def tell(self, make: Callable[[], Any]) -> None:
        """Does something on the first process alone. What it raises there, the next :meth:`lead` raises on all."""
        if self.count == 1:
            make()
        elif self.leads and self._failed is None:
            try:
                make()
            except Exception as failed:
                self._failed = failed

    def gather(self, mine: T) -> list[T]:
        """Returns on the first process what each process has, in their order; nothing on the others."""
        if self.count == 1:
            return [mine]
        all_of_them: list[Any] | None = [None] * self.count if self.leads else None
        with _exchange():
            dist.gather_object(mine, all_of_them, 0, self._group)
        return all_of_them or []


@contextlib.contextmanager
def _exchange() -> Iterator[None]:
    try:
        yield
    except RuntimeError as failed:
        raise DietsbError(f"a process of the run is gone: {str(failed).splitlines()[0]}") from failed
