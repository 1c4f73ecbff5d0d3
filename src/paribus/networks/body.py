"""What a pretrained network is without its own output."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from paribus.data.prepare.pixels import Pixels


class Body(nn.Module):
    """Images (row, 3, height, width) → maps (row, channel, height, width), or words (row, word, value)."""

    pixels: Pixels | None = None
    """What pixels were worth when it was trained, where that is known."""

    @property
    @abstractmethod
    def blocks(self) -> Sequence[nn.Module]:
        """What `network.trained = "last:N"` counts, in the order of the way."""

    def summary(self, maps: Tensor, pool: str | None) -> Tensor:
        """The maps as one row of values, (row, value). `pool`: mean or max; None for the body's own way."""
        return maps.amax((2, 3)) if pool == "max" else maps.mean((2, 3))
