"""`[train] augment`: how training images are changed, each epoch anew."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from paribus.study.fields import Amount, Section

Part = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


class Augment(Section):
    """How training images are changed, each epoch anew, at random: a row is changed alike in all trainings
    of a seed. Turning, shifting, zooming and shearing are one movement of the image; colours follow, then
    cutout, noise and mixup. What each key means, and its source: `paribus options augmentation`.
    """

    flip: Literal["none", "horizontal", "vertical", "both"] = "none"
    """Each direction by half a chance."""
    turn: bool = False
    """By a right angle or several, each by a quarter of a chance; of square images."""
    rotate: Annotated[float, Field(ge=0, le=180, allow_inf_nan=False)] = 0.0
    """By an angle between minus this and this, in degrees."""
    shift: Part = 0.0
    """Along each axis, by a share of its length between minus this and this."""
    zoom: Part = 0.0
    """By a factor between 1 less and 1 more than this."""
    shear: Annotated[float, Field(ge=0, lt=90, allow_inf_nan=False)] = 0.0
    """By an angle between minus this and this, in degrees."""
    brightness: Part = 0.0
    """Intensities, of 0 to 1, plus a number between minus this and this."""
    contrast: Part = 0.0
    """Distances from the image's mean, times a number between 1 less and 1 more than this."""
    saturation: Part = 0.0
    """Distances from grey, times a number between 1 less and 1 more than this."""
    hue: Annotated[float, Field(ge=0, le=180, allow_inf_nan=False)] = 0.0
    """Round the colour circle, in degrees between minus this and this."""
    stain: Part = 0.0
    """Each of haematoxylin, eosin and DAB times a number between 1 less and 1 more than this, plus one
    between minus this and this."""
    cutout: Part = 0.0
    """A square of this share of the shorter side becomes the image's mean."""
    mixup: Amount = 0.0
    """Images and their targets are mixed in pairs, by a share from beta(mixup, mixup)."""
    noise: Amount = 0.0
    """Standard deviation of the normal noise that is added to intensities of 0 to 1."""
    fill: Literal["reflect", "nearest", "constant"] = "reflect"
    """What comes in from outside the image: its mirror image, its nearest pixel, or 0."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is changed."""
        return self.model_copy(update={"fill": "reflect"}) == Augment()

    @property
    def colour_keys(self) -> tuple[str, ...]:
        """The keys that are used and need three channels."""
        return tuple(key for key in ("saturation", "hue", "stain") if getattr(self, key))
