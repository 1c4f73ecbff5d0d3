"""How features and classes can be prepared."""

from __future__ import annotations

from paribus.study.options.option import Option

_K = ("k", "number of features to keep, 1 to the number of features")

PREPARATION = (
    Option("scaler", "none", "features as they are"),
    Option("scaler", "standard", "mean 0 and standard deviation 1", source="scikit-learn StandardScaler"),
    Option("scaler", "minmax", "to the range 0 to 1", source="scikit-learn MinMaxScaler"),
    Option("scaler", "robust", "median 0 and interquartile range 1", source="scikit-learn RobustScaler"),
    Option(
        "scaler",
        "power",
        "Yeo-Johnson transform to near normal, then standard",
        source="Yeo & Johnson, Biometrika 87, 2000; scikit-learn PowerTransformer",
    ),
    Option(
        "scaler",
        "quantile",
        "ranks to a uniform distribution, at most 1,000 quantiles",
        source="scikit-learn QuantileTransformer",
    ),
    Option("selector", "none", "every feature"),
    Option(
        "selector",
        "mutual_info",
        "the k features with the largest mutual information with the target",
        (_K,),
        "Kraskov, Stögbauer & Grassberger, Phys. Rev. E 69, 2004; Ross, PLoS ONE 9, 2014",
    ),
    Option(
        "selector",
        "sfs",
        "sequential forward selection of k features by a linear model's 5-fold score",
        (_K,),
        "Ferri et al., Pattern Recognition in Practice IV, 1994; scikit-learn SequentialFeatureSelector",
    ),
    Option(
        "selector",
        "kbest",
        "the k features with the largest F statistic (analysis of variance, or linear regression)",
        (_K,),
        "scikit-learn SelectKBest",
    ),
    Option(
        "selector",
        "pca",
        "the first k principal components",
        (_K,),
        "Pearson, Philosophical Magazine 2, 1901; scikit-learn PCA",
    ),
    Option("class_weight", "none", "every row counts the same in the loss"),
    Option(
        "class_weight",
        "balanced",
        "rows / (classes · rows of the class), of the training part",
        source="King & Zeng, Political Analysis 9, 2001; scikit-learn compute_class_weight",
    ),
)
