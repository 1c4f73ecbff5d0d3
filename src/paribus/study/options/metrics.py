"""What a network can be judged by."""

from __future__ import annotations

from paribus.study.options.option import Option

METRICS: dict[str, tuple[tuple[str, ...], bool, str]] = {
    # name: (tasks, larger is better, meaning)
    "accuracy": (("binary", "multiclass", "multilabel"), True, "share of rows classified right"),
    "balanced_accuracy": (("binary", "multiclass"), True, "mean recall over classes"),
    "precision": (
        ("binary", "multiclass", "multilabel"),
        True,
        "share of positive calls that are right (macro mean over classes)",
    ),
    "recall": (
        ("binary", "multiclass", "multilabel"),
        True,
        "share of positives that are found (macro mean over classes)",
    ),
    "f1": (
        ("binary", "multiclass", "multilabel"),
        True,
        "harmonic mean of precision and recall (macro mean over classes)",
    ),
    "roc_auc": (
        ("binary", "multiclass", "multilabel"),
        True,
        "area under the ROC curve (one against rest, macro mean)",
    ),
    "average_precision": (
        ("binary", "multiclass", "multilabel"),
        True,
        "area under the precision-recall steps",
    ),
    "log_loss": (("binary", "multiclass", "multilabel"), False, "negative mean log likelihood"),
    "brier": (("binary", "multiclass", "multilabel"), False, "mean squared error of the probability"),
    "mcc": (("binary", "multiclass"), True, "Matthews correlation coefficient"),
    "mse": (("regression",), False, "mean squared error"),
    "rmse": (("regression",), False, "root of the mean squared error"),
    "mae": (("regression",), False, "mean absolute error"),
    "r2": (("regression",), True, "share of variance explained"),
}
METRIC_OPTIONS = tuple(
    Option(
        "metric",
        name,
        f"{meaning}; {'larger' if up else 'smaller'} is better",
        (("task", ", ".join(tasks)),),
    )
    for name, (tasks, up, meaning) in METRICS.items()
)


def larger_is_better(metric: str) -> bool:
    """Whether a larger value of `metric` is a better one."""
    return METRICS[metric][1]
