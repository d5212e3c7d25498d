"""Data-parallel training: the processes of a team share the examples of every batch and add up their gradients.

A step's loss is a sum over units divided by what a mean batch is worth, so the sum of the processes' gradients is the
gradient one process would have, and the weights stay equal on all of them. What is drawn at random inside the encoder
(dropout, masking) is drawn by each process for its own examples.
"""

import datetime
import functools
import os
from collections.abc import Sequence
from typing import Any

import torch

from isogloss.core.errors import SpecError
from isogloss.core.typing import Float, Int, np

PATIENCE = datetime.timedelta(days=30)
"""How long a process waits for the first one, which tests a run while the others have nothing to do."""


MEMBER = "ISOGLOSS_TEAM"
"""Set in the environment of a team's processes, beside what torch.distributed reads (RANK, WORLD_SIZE …)."""


def environment(rank: int, size: int, port: int) -> dict[str, str]:
    """What a member on this machine has in its environment."""
    numbers = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_PORT": port}
    return {name: str(number) for name, number in numbers.items()} | {"MASTER_ADDR": "127.0.0.1", MEMBER: "1"}


class Alone:
    """A team of one: the whole batch is its own, and there is nothing to add up."""

    rank, size = 0, 1

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def purpose(self, name: str) -> str:
        """The name of this process's random stream: no two processes drop out the same."""
        return name if self.first else f"{name}/{self.rank}"

    def share(self, picked: Int[np.ndarray, "_"]) -> Int[np.ndarray, "_"]:
        """This process's part of a batch; may be empty."""
        return picked[self.rank :: self.size]

    def add(self, sums: Sequence[Sequence[float]]) -> Sequence[Sequence[float]]:
        """A table of numbers, added up over the team."""
        return sums

    def add_gradients(self, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """Add up the gradients over the team, in place."""

    def agree(self, value: Any) -> Any:
        """The first process's value, on all of them."""
        return value


class Team(Alone):
    """Processes that know of each other by the environment, joined by `accelerate`: NCCL on GPUs, gloo on CPUs."""

    def __init__(self) -> None:
        try:
            from accelerate import PartialState
        except ImportError as error:
            raise SpecError("several processes per run need accelerate: pip install 'isogloss[parallel]'.") from error
        self.state = PartialState(cpu=not torch.cuda.is_available(), timeout=PATIENCE)
        self.rank, self.size = int(self.state.process_index), int(self.state.num_processes)

    def add(self, sums: Sequence[Sequence[float]]) -> Sequence[Sequence[float]]:
        """In float64, in which the counts are exact."""
        table = self._sum(torch.tensor(sums, dtype=torch.float64, device=self.state.device))
        return [[float(number) for number in row] for row in table.tolist()]

    def add_gradients(self, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """One reduction of all gradients. A weight without one on every process keeps none: no decay, no momentum."""
        weights = [w for each in optimizers for group in each.param_groups for w in group["params"]]
        having = self._sum(torch.tensor([float(w.grad is not None) for w in weights], device=self.state.device))
        used = [w for w, count in zip(weights, having.tolist(), strict=True) if count]
        flat = self._sum(
            torch.cat([(torch.zeros_like(w) if w.grad is None else w.grad).reshape(-1).float() for w in used])
        )
        for weight, part in zip(used, torch.split(flat, [w.numel() for w in used]), strict=True):
            weight.grad = part.view_as(weight).to(weight.dtype)

    def agree(self, value: Any) -> Any:
        """Plain Python values; they travel pickled between the processes of this team only."""
        from accelerate.utils import broadcast_object_list

        return broadcast_object_list([value])[0]

    def _sum(self, tensor: Float[torch.Tensor, "..."]) -> Float[torch.Tensor, "..."]:
        from accelerate.utils import reduce

        summed: torch.Tensor = reduce(tensor, reduction="sum")
        return summed


@functools.cache
def team() -> Alone:
    """The team this process was started in."""
    # Not by WORLD_SIZE alone: clusters set it for whatever they start.
    return Team() if os.environ.get(MEMBER) else Alone()
