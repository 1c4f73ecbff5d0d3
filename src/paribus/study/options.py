"""The named options that a study can choose from: what each means, its arguments, its source.

The one list behind validation, `paribus options` and the documentation. What stands here can be run.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One name that a study may use.

    `arguments` maps a key of the study, or the number after a colon (`k`), to what it means.
    """

    family: str
    name: str
    meaning: str
    arguments: tuple[tuple[str, str], ...] = ()
    source: str = ""


_RATE = ("train.learning_rate", "step size, above 0")
_EPSILON = ("train.epsilon", "added to the denominator; 1e-7 as in Keras (PyTorch: 1e-8)")
_K = ("k", "number of features to keep, 1 to the number of features")

OPTIONS: tuple[Option, ...] = (
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
    Option("network", "mlp", "fully connected layers", (("network.hidden", "units of each hidden layer"),)),
    Option("activation", "relu", "max(0, x)", source="Nair & Hinton, ICML 2010"),
    Option("activation", "tanh", "hyperbolic tangent"),
    Option("activation", "sigmoid", "1 / (1 + exp(-x))"),
    Option("activation", "linear", "x: no non-linearity"),
    Option(
        "optimizer",
        "sgd",
        "gradient descent on batches",
        (_RATE, ("train.momentum", "share of the last step that is kept, 0 to below 1")),
        "Polyak, USSR Comp. Math. 4, 1964; the velocity holds the learning rate, as in Keras",
    ),
    Option(
        "optimizer",
        "adam",
        "steps scaled by running first and second moments",
        (
            _RATE,
            ("train.beta_1", "decay of the first moment, 0.9"),
            ("train.beta_2", "decay of the second moment, 0.999"),
            _EPSILON,
        ),
        "Kingma & Ba, ICLR 2015; epsilon beside the uncorrected root, as in Keras",
    ),
    Option(
        "optimizer",
        "rmsprop",
        "steps scaled by a running mean of squared gradients",
        (
            _RATE,
            ("train.rho", "decay of the mean of squares, 0.9"),
            ("train.epsilon", "added under the root; 1e-7 as in Keras"),
        ),
        "Tieleman & Hinton, Coursera lecture 6.5, 2012; epsilon under the root, as in Keras",
    ),
    Option("loss", "binary_crossentropy", "negative log likelihood of two classes, sigmoid output"),
    Option("loss", "categorical_crossentropy", "negative log likelihood of classes, softmax output"),
    Option("loss", "mse", "mean squared error (of probabilities where the target is a class)"),
    Option("engine", "population", "many networks trained as one batched program, float32"),
    Option("engine", "numpy", "the readable reference: one network at a time, float64"),
    Option("validation", "holdout", "one stratified share of all rows", (("share", "above 0, below 1"),)),
    Option("design", "grid", "every combination of the levels"),
    Option("design", "list", "the first levels together, the second together, ..."),
    Option("keep", "best", "the next stage starts from the best configuration"),
    Option("keep", "top", "the next stage starts from each of the n best", (("n", "1 or more"),)),
    Option("open", "best", "the sealed test part is opened for the chosen configuration"),
    Option("open", "finalists", "... for the n best on validation", (("n", "1 or more"),)),
    Option("open", "all", "... for every configuration of the study"),
)

METRICS: dict[str, tuple[tuple[str, ...], bool, str]] = {
    # name: (tasks, larger is better, meaning)
    "accuracy": (("binary", "multiclass"), True, "share of rows classified right"),
    "balanced_accuracy": (("binary", "multiclass"), True, "mean recall over classes"),
    "precision": (
        ("binary", "multiclass"),
        True,
        "share of positive calls that are right (macro mean over classes)",
    ),
    "recall": (("binary", "multiclass"), True, "share of positives that are found (macro mean over classes)"),
    "f1": (("binary", "multiclass"), True, "harmonic mean of precision and recall (macro mean over classes)"),
    "roc_auc": (("binary", "multiclass"), True, "area under the ROC curve (one against rest, macro mean)"),
    "average_precision": (("binary",), True, "area under the precision-recall steps"),
    "log_loss": (("binary", "multiclass"), False, "negative mean log likelihood"),
    "brier": (("binary",), False, "mean squared error of the probability"),
    "mcc": (("binary", "multiclass"), True, "Matthews correlation coefficient"),
    "mse": (("regression",), False, "mean squared error"),
    "rmse": (("regression",), False, "root of the mean squared error"),
    "mae": (("regression",), False, "mean absolute error"),
    "r2": (("regression",), True, "share of variance explained"),
}
for _name, (_tasks, _up, _meaning) in METRICS.items():
    OPTIONS += (
        Option(
            "metric",
            _name,
            f"{_meaning}; {'larger' if _up else 'smaller'} is better",
            (("task", ", ".join(_tasks)),),
        ),
    )


def names(family: str) -> tuple[str, ...]:
    """The names of one family, in their listed order."""
    return tuple(option.name for option in OPTIONS if option.family == family)


def larger_is_better(metric: str) -> bool:
    """Whether a larger value of `metric` is a better one."""
    return METRICS[metric][1]
