"""Each method's source: the one list behind a report's references and `paribus cite`."""

from __future__ import annotations

from collections.abc import Iterable

_DEMSAR = "Demšar, Journal of Machine Learning Research 7, 2006"
_DELONG = (
    "DeLong, DeLong & Clarke-Pearson, Biometrics 44, 1988; Sun & Xu, IEEE Signal Processing Letters 21, 2014"
)

INTERVALS = {
    "wilson": "Wilson, Journal of the American Statistical Association 22, 1927",
    "delong": _DELONG,
    "newcombe": "Newcombe, Statistics in Medicine 25, 2006 (method 5),"
    " after Hanley & McNeil, Radiology 143, 1982",
    "bootstrap": "Efron & Tibshirani, An Introduction to the Bootstrap, 1993 (percentile, rows resampled)",
}
COMPARISONS = {
    "paired_t": "Student, Biometrika 6, 1908",
    "corrected_t": "Nadeau & Bengio, Machine Learning 52, 2003;"
    " for repeated k-fold Bouckaert & Frank, PAKDD 2004",
    "wilcoxon": "Wilcoxon, Biometrics Bulletin 1, 1945;"
    " estimate and interval Hodges & Lehmann, Annals of Mathematical Statistics 34, 1963",
    "sign_flip": "Fisher, The Design of Experiments, 1935;"
    " interval Hartigan, Journal of the American Statistical Association 64, 1969;"
    " where flips are drawn Phipson & Smyth,"
    " Statistical Applications in Genetics and Molecular Biology 9, 2010",
    "mcnemar": "McNemar, Psychometrika 12, 1947 (exact);"
    " interval Newcombe, Statistics in Medicine 17, 1998, 2635-2650 (method 10)",
    "delong_difference": _DELONG,
    "paired_bootstrap": "Efron & Tibshirani, An Introduction to the Bootstrap, 1993"
    " (percentile, the same rows resampled for both)",
    "pairing": "Fisher, The Design of Experiments, 1935",
    "effect_size": "Hedges, Journal of Educational Statistics 6, 1981;"
    " interval Cumming & Finch, Educational and Psychological Measurement 61, 2001",
    "equivalence": "Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987;"
    " region of practical equivalence Kruschke, Advances in Methods and Practices"
    " in Psychological Science 1, 2018",
    "pairs_to_settle": "Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988",
    "friedman": "Friedman, Journal of the American Statistical Association 32, 1937;"
    f" Iman & Davenport, Communications in Statistics 9, 1980; {_DEMSAR}",
    "nemenyi": f"Nemenyi, Distribution-free Multiple Comparisons, 1963; {_DEMSAR}",
    "repeated_measures_anova": "Fisher, Statistical Methods for Research Workers, 1925;"
    " correction Greenhouse & Geisser, Psychometrika 24, 1959",
    "holm": "Holm, Scandinavian Journal of Statistics 6, 1979",
    "benjamini_hochberg": "Benjamini & Hochberg, Journal of the Royal Statistical Society B 57, 1995",
}
CHOICES = {
    "optimism": "Tsamardinos, Greasidou & Borboudakis, Machine Learning 107, 2018",
    "weighted_composite": "Hwang & Yoon, Multiple Attribute Decision Making, 1981"
    " (simple additive weighting)",
    "pareto": "Kung, Luccio & Preparata, Journal of the ACM 22, 1975",
    "one_standard_error": "Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984",
}
IMPORTANCES = {
    "grid_importance": "Fisher, The Design of Experiments, 1935;"
    " as shares of variance Sobol', Mathematical Modelling and Computational Experiments 1, 1993",
    "fanova": "Hutter, Hoos & Leyton-Brown, ICML 2014; Optuna's evaluator, Akiba et al., KDD 2019",
    "permutation_importance": "Breiman, Machine Learning 45, 2001; scikit-learn permutation_importance",
}
PREDICTIONS = {
    "threshold_f1": "van Rijsbergen, Information Retrieval, 1979; Lipton et al., ECML PKDD 2014",
    "threshold_youden": "Youden, Cancer 3, 1950",
    "threshold_cost": "Elkan, IJCAI 2001",
    "threshold_recall": "Neyman & Pearson, Philosophical Transactions of the Royal Society A 231, 1933",
    "reliability": "Murphy & Winkler, Journal of the Royal Statistical Society C 26, 1977",
    "calibration_error": "Naeini, Cooper & Hauskrecht, AAAI 2015",
    "brier_decomposition": "Murphy, Journal of Applied Meteorology 12, 1973;"
    " terms within bins Stephenson, Coelho & Jolliffe, Weather and Forecasting 23, 2008",
    "temperature": "Guo, Pleiss, Sun & Weinberger, ICML 2017",
    "platt": "Platt, Advances in Large Margin Classifiers, 1999",
    "isotonic": "Zadrozny & Elkan, KDD 2002",
}
REFERENCES: dict[str, str] = {**INTERVALS, **COMPARISONS, **CHOICES, **IMPORTANCES, **PREDICTIONS}
"""Method to source. A record's `method` is a name of this list."""


def cite(methods: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The (method, source) pairs of those used, each once, in the order of `REFERENCES`.

    Raises KeyError for a method without a source.
    """
    used = set(methods)
    if unknown := used - REFERENCES.keys():
        raise KeyError(f"methods without a source: {', '.join(sorted(unknown))}")
    return tuple((method, source) for method, source in REFERENCES.items() if method in used)
