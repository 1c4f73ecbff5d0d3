"""How training images can be changed: the keys of `train.augment`, in the order in which they work."""

from __future__ import annotations

from paribus.study.options.option import Option

_AFFINE = "Simard, Steinkraus & Platt, ICDAR 2003"
_COLOUR = "Howard, arXiv 1312.5402, 2013"


def _key(name: str, values: str, meaning: str, source: str = "") -> Option:
    return Option("augmentation", name, meaning, ((f"train.augment.{name}", values),), source)


AUGMENTATIONS = (
    _key(
        "flip",
        "none, horizontal, vertical or both",
        "left and right, top and bottom change places, each by half a chance",
        "Krizhevsky, Sutskever & Hinton, NeurIPS 2012",
    ),
    _key(
        "turn",
        "true or false",
        "by 0, 1, 2 or 3 right angles, alike likely; pixels stay as they are, of square images",
        "Veeling et al., MICCAI 2018",
    ),
    _key(
        "rotate",
        "degrees, 0 to 180",
        "about the centre by an angle between minus this and this; flips, turns, rotation, shear, zoom and"
        " shift are one movement, read between pixels once (bilinear)",
        _AFFINE,
    ),
    _key(
        "shear",
        "degrees, 0 to below 90",
        "rows slide over each other, so that upright lines lean by an angle between minus this and this",
        _AFFINE,
    ),
    _key(
        "zoom",
        "0 to below 1",
        "larger or smaller by one factor for both axes, between 1 less and 1 more than this",
        "Simonyan & Zisserman, ICLR 2015",
    ),
    _key(
        "shift",
        "share of the image's length along each axis, 0 to below 1",
        "along each axis by a share between minus this and this",
        _AFFINE,
    ),
    _key(
        "fill",
        "reflect (its mirror image, edge pixels twice), nearest (its nearest pixel) or constant (0, black)",
        "what comes in from outside the image where it was moved",
    ),
    _key(
        "stain",
        "0 to below 1; 0.05 is light, 0.2 strong",
        "the amounts of haematoxylin, eosin and DAB in each pixel, by optical density (-log10 of intensity):"
        " each times a number between 1 less and 1 more than this, plus one between minus this and this",
        "Tellez et al., IEEE Transactions on Medical Imaging 37, 2018; Ruifrok & Johnston, Analytical and"
        " Quantitative Cytology and Histology 23, 2001",
    ),
    _key(
        "saturation",
        "0 to below 1",
        "distances from the grey of equal brightness, times a number between 1 less and 1 more than this",
        f"{_COLOUR}; Haeberli, Matrix Operations for Image Processing, 1993",
    ),
    _key(
        "hue",
        "degrees, 0 to 180",
        "round the axis of grey by an angle between minus this and this, in NTSC's colours (YIQ): brightness"
        " stays",
        "Haeberli, Matrix Operations for Image Processing, 1993",
    ),
    _key(
        "contrast",
        "0 to below 1",
        "distances from the image's mean brightness, times a number between 1 less and 1 more than this",
        _COLOUR,
    ),
    _key(
        "brightness",
        "of intensities of 0 to 1; 0 to below 1",
        "all intensities plus a number between minus this and this",
        _COLOUR,
    ),
    _key(
        "cutout",
        "share of the shorter side, 0 to below 1",
        "a square about a random point becomes the image's mean colour; it may reach over the edge",
        "DeVries & Taylor, arXiv 1708.04552, 2017",
    ),
    _key(
        "noise",
        "standard deviation, of intensities of 0 to 1",
        "normal noise is added to every number; then numbers are cut off at 0 and 1",
        "Bishop, Neural Computation 7, 1995",
    ),
    _key(
        "mixup",
        "0 or more; 0.2 is usual",
        "images and their targets are mixed in pairs, one's share from beta(mixup, mixup); pairs are"
        " neighbours in the epoch's order, so use an even batch size",
        "Zhang et al., ICLR 2018",
    ),
)
