"""Data sets that need no file: what comes with scikit-learn, and what is made by chance."""

from __future__ import annotations

from paribus.study.options.option import Option

_ROWS = ("rows", "number of rows, 2 or more")
_NOISE = ("noise", "standard deviation of normal noise on the features, 0 or more")
_CLASSES = ("classes", "number of classes, 2 to 100")
_FEATURES = ("features", "number of features")
_IMBALANCE = ("imbalance", "rows of the largest class over those of the smallest, 1 or more")
_SEED = ("seed", "of the chance that makes the rows; the study's seed doesn't change them")
_FRIEDMAN = "Friedman, Annals of Statistics 19, 1991; scikit-learn make_"
_TARGET_NOISE = ("noise", "standard deviation of normal noise on the target, 0 or more")

BUILTINS = (
    Option(
        "builtin",
        "breast_cancer",
        "569 tumours, 30 features of cell nuclei; target diagnosis",
        source="Street, Wolberg & Mangasarian, SPIE 1905, 1993",
    ),
    Option("builtin", "iris", "150 flowers, 4 features; target species", source="Fisher, 1936"),
    Option("builtin", "wine", "178 wines, 13 features; target cultivar", source="Forina et al., 1988"),
    Option(
        "builtin", "digits", "1,797 images of 8 × 8 pixels; target digit", source="Alpaydin & Kaynak, 1998"
    ),
    Option(
        "builtin",
        "diabetes",
        "442 patients, 10 features; target progression, a number",
        source="Efron et al., Annals of Statistics 32, 2004",
    ),
    Option(
        "builtin",
        "california_housing",
        "20,640 districts, 8 features; target MedHouseVal, a number; fetched once",
        source="Pace & Barry, Statistics & Probability Letters 33, 1997",
    ),
    Option(
        "builtin",
        "imdb",
        "50,000 film reviews, 25,000 of them given as test; text, target label (1: praise), split; from"
        " imdb/imdb.parquet or aclImdb/ in the data folder, or fetched once",
        source="Maas et al., ACL 2011",
    ),
    Option("builtin", "circles", "rings, one a class", (_ROWS, _NOISE, _CLASSES, _IMBALANCE, _SEED)),
    Option(
        "builtin", "moons", "two half circles", (_ROWS, _NOISE, _IMBALANCE, _SEED), "scikit-learn make_moons"
    ),
    Option(
        "builtin",
        "blobs",
        "normal clouds, one a class",
        (_ROWS, _NOISE, _CLASSES, _FEATURES, _IMBALANCE, _SEED),
        "scikit-learn make_blobs",
    ),
    Option(
        "builtin",
        "gaussian_quantiles",
        "one normal cloud, classes by distance from its centre",
        (_ROWS, _CLASSES, _FEATURES, _SEED),
        "scikit-learn make_gaussian_quantiles",
    ),
    Option(
        "builtin", "spirals", "arms of a spiral, one a class", (_ROWS, _NOISE, _CLASSES, _IMBALANCE, _SEED)
    ),
    Option("builtin", "xor", "a square, the class by whether the signs differ", (_ROWS, _NOISE, _SEED)),
    Option(
        "builtin",
        "checkerboard",
        "a square of cells, classes in turn",
        (_ROWS, _NOISE, ("cells", "cells along a side, 2 or more"), _SEED),
    ),
    Option(
        "builtin",
        "integer_points",
        "whole numbers x1 and x2 from -5 to 4, the class by whether x1 is 0 or more",
        (_ROWS, _SEED),
    ),
    Option(
        "builtin",
        "friedman1",
        "a number from 5 of the features",
        (_ROWS, _TARGET_NOISE, ("features", "number of features, 5 or more"), _SEED),
        f"{_FRIEDMAN}friedman1",
    ),
    Option(
        "builtin",
        "friedman2",
        "a number from 4 features",
        (_ROWS, _TARGET_NOISE, _SEED),
        f"{_FRIEDMAN}friedman2",
    ),
    Option(
        "builtin",
        "friedman3",
        "a number from 4 features",
        (_ROWS, _TARGET_NOISE, _SEED),
        f"{_FRIEDMAN}friedman3",
    ),
    Option(
        "builtin",
        "classification",
        "normal clusters on the corners of a cube, and features that say nothing",
        (
            _ROWS,
            ("noise", "share of rows whose class is drawn by chance, 0 to 1"),
            _CLASSES,
            _FEATURES,
            ("informative", "number of features that say something"),
            _IMBALANCE,
            _SEED,
        ),
        "Guyon, NIPS 2003; scikit-learn make_classification",
    ),
    Option(
        "builtin",
        "tissue",
        "patches of stained tissue, images; columns image, label (tumour where the centre third holds tumour"
        " nuclei, whatever the rim holds), slide",
        (
            _ROWS,
            ("slides", "number of slides, each with stains of its own strength"),
            ("size", "height and width in pixels, 24 or more"),
            (
                "difficulty",
                "how much tumour looks like other nuclei, and how often its like stands elsewhere, 0 to 1",
            ),
            _SEED,
        ),
    ),
)
