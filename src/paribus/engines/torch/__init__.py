"""A plain PyTorch loop: one network at a time, of any kind, by its modules and its autograd.

losses, optimizers (`keras_forms` for those that PyTorch means otherwise), descent, training.
"""

from paribus.engines.torch.engine import TorchEngine

__all__ = ["TorchEngine"]
