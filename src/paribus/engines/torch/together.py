"""Networks of any kind trained together through torch.func: one call for the same step of all of them.

Horace He & Richard Zou, functorch, 2021. A network whose operations can't be batched so (random numbers of
its own, recurrent layers, branches on values) is trained alone, and its outcome says why.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, grad, stack_module_state, vmap

from paribus.engines.torch.optimizers import optimizer
from paribus.engines.torch.training import Training
from paribus.population.outcome import Outcome

REFUSED = (RuntimeError, NotImplementedError, ValueError, TypeError)
"""What torch.func raises where it can't."""
COMPANIES = ((0, 1), (1, 0, 0), (0, 1, 1, 0, 1), (1, 1, 0, 0, 1, 0, 1, 0, 0))
"""Companies in which two networks are tried, the first and the last of a group."""


class Together:
    """Trainings of one configuration, on folds of one size: their parameters are stacked, (member, ...)."""

    def __init__(self, trainings: Sequence[Training]) -> None:
        self.trainings, first = trainings, trainings[0]
        self.rule, self.objective, self.network = first.train, first.objective, first.network
        networks = [training.network.train() for training in trainings]
        self.parameters, self.buffers = stack_module_state(networks)
        self.penalised = [
            name
            for name, own in self.network.named_parameters()
            if any(own is each for each in self.network.penalised())
        ]
        self.batched = vmap(grad(self._loss, has_aux=True), randomness="error")

    def refusal(self) -> str | None:
        """Why this can't be, or None: found by steps that move nothing."""
        schedule = self.rule.schedule
        if schedule is not None and schedule.name == "plateau":
            return "a plateau gives each network a learning rate of its own"
        try:
            alike = self._same_in_company()
        except REFUSED as error:
            return f"torch.func: {str(error).strip().splitlines()[0][:120]}"
        return None if alike else "beside others its last bits would be other ones"

    def _same_in_company(self) -> bool:
        """Whether two networks' gradients have the same bits beside each other and beside more."""
        ends = (0, len(self.trainings) - 1)
        rows = np.arange(min(self.rule.batch_size, self.trainings[0].n_rows))
        found = {}
        for company in COMPANIES:
            places = [ends[place] for place in company]
            parameters, buffers = (
                {name: tensor.detach()[places].clone() for name, tensor in stack.items()}
                for stack in (self.parameters, self.buffers)
            )
            batches = [self.trainings[place].batch(rows) for place in places]
            found[company] = self._gradients(parameters, buffers, batches)[0]
        return all(
            torch.equal(gradient[position], expected[place])
            for company, gradients in found.items()
            for gradient, expected in zip(gradients, found[COMPANIES[0]], strict=True)
            for position, place in enumerate(company)
        )

    def outcomes(self) -> list[list[Outcome]]:
        """Train all to their ends; the outcomes of each."""
        self._share()
        stacked = list(self.parameters.values())
        moved = optimizer(self.rule, stacked)
        found: list[list[Outcome]] = [[] for _ in self.trainings]
        while not all(training.ended for training in self.trainings):
            planned = [training.plan() for training in self.trainings]
            for training in self.trainings:
                training.network.train()
            met = []
            for step, batch in enumerate(self.trainings[0].batches()):
                batches = [
                    training.batch(places[batch])
                    for training, (places, _) in zip(self.trainings, planned, strict=True)
                ]
                gradients, logits = self._gradients(self.parameters, self.buffers, batches)
                for parameter, gradient in zip(stacked, self._clipped(gradients), strict=True):
                    parameter.grad = gradient
                for group in moved.param_groups:
                    group["lr"] = planned[0][1][step]
                moved.step()
                met.append(logits)
            each = torch.cat(met, dim=1).numpy(force=True)
            for training, into, (places, _), own in zip(self.trainings, found, planned, each, strict=True):
                if not training.ended:
                    into.extend(training.close(places, own))
        return found

    def _share(self) -> None:
        """Let every network's own tensors be views of the stacks, so that it is evaluated as it stands."""
        for place, training in enumerate(self.trainings):
            for name, parameter in training.network.named_parameters():
                parameter.data = self.parameters[name].data[place]
            for name, buffer in training.network.named_buffers():
                buffer.data = self.buffers[name].data[place]

    def _loss(
        self,
        parameters: dict[str, Tensor],
        buffers: dict[str, Tensor],
        rows: Tensor,
        y: Tensor,
        weights: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Of one network: what is trained on, and the logits."""
        logits: Tensor = functional_call(self.network, (parameters, buffers), (rows,))
        return self.objective(logits, y, weights, [parameters[name] for name in self.penalised]), logits

    def _gradients(
        self,
        parameters: dict[str, Tensor],
        buffers: dict[str, Tensor],
        batches: Sequence[tuple[Tensor, Tensor, Tensor]],
    ) -> tuple[list[Tensor], Tensor]:
        """Of every member: the gradient by each stack, and the logits (member, row, output)."""
        rows, y, weights = (torch.stack(parts) for parts in zip(*batches, strict=True))
        gradients, logits = self.batched(parameters, buffers, rows, y, weights)
        return [gradients[name].detach() for name in self.parameters], logits.detach()

    def _clipped(self, gradients: list[Tensor]) -> list[Tensor]:
        """Each member's gradients bounded, as `training.clip` bounds those of one."""
        rule = self.rule
        if rule.clip_value is not None:
            return [each.clamp(-rule.clip_value, rule.clip_value) for each in gradients]
        if rule.clip_norm is None:
            return gradients
        squares = torch.stack([each.flatten(1).square().sum(1) for each in gradients])
        length = squares.sum(0).sqrt() + (1e-6 if rule.convention == "torch" else 0.0)
        scale = (rule.clip_norm / length).clamp(max=1)
        return [each * scale.view(-1, *[1] * (each.ndim - 1)) for each in gradients]
