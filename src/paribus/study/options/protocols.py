"""How evidence can be gathered, and what is compared."""

from __future__ import annotations

from paribus.study.options.option import Option

MOST_FOLDS = 5_000
"""Of one study."""

_FOLDS = ("folds", "2 or more")
_REPEATS = ("repeats", "1 or more")
_SHARE = ("share", "of all rows, above 0, below 1; or a number of rows, 2 or more")
_STONE = "Stone, Journal of the Royal Statistical Society B 36, 1974"
_DRAWN = (
    ("stage.configurations", "how many are drawn"),
    ("stage.seed", "in place of the study's: the draw is the same whatever that is"),
)

PROTOCOLS = (
    Option("validation", "holdout", "one stratified share of all rows, or so many of them", (_SHARE,)),
    Option("validation", "kfold", "every row judges once, in one of the stratified folds", (_FOLDS,), _STONE),
    Option(
        "validation",
        "repeated_kfold",
        "k-fold with other folds in each repeat",
        (_REPEATS, _FOLDS),
        "Kim, Computational Statistics & Data Analysis 53, 2009",
    ),
    Option("validation", "loocv", "leave one out: each row (or group) judges alone", source=_STONE),
    Option(
        "validation",
        "leave_p_out",
        f"every choice of p rows (or groups) judges, at most {MOST_FOLDS:,} of them",
        (("p", "1 or more"),),
        "Celisse & Robin, Computational Statistics & Data Analysis 52, 2008",
    ),
    Option(
        "validation",
        "nested",
        "configurations are chosen by inner folds alone, and the choice is judged on outer folds",
        (("outer", "2 or more"), ("inner", "2 or more")),
        "Varma & Simon, BMC Bioinformatics 7, 2006",
    ),
    Option(
        "validation",
        "group_kfold",
        "k-fold of whole groups (data.group), stratified where there are classes",
        (_FOLDS,),
    ),
    Option(
        "validation",
        "time",
        "each fold judges later rows than it trains on (data.time, or the rows' order)",
        (_FOLDS,),
        "Bergmeir & Benítez, Information Sciences 191, 2012; scikit-learn TimeSeriesSplit",
    ),
    Option(
        "validation",
        "monte_carlo",
        "a share of all rows judges, drawn anew in each repeat",
        (_REPEATS, _SHARE),
        "Picard & Cook, Journal of the American Statistical Association 79, 1984",
    ),
    Option("validation", "given", "the rows that the column data.split calls validation"),
    Option("design", "grid", "every combination of the levels"),
    Option("design", "list", "the first levels together, the second together, ..."),
    Option(
        "design",
        "ofat",
        "the base, and every level of one factor at a time, the rest held",
        source="Daniel, Journal of the American Statistical Association 68, 1973",
    ),
    Option("design", "pairs", "every combination of the levels of two factors at a time, the rest held"),
    Option(
        "design",
        "factorial",
        "every combination; with resolution a fraction of them, two levels a factor",
        (("stage.resolution", "3 to 6: how far the fraction keeps effects apart"),),
        "Box & Hunter, Technometrics 3, 1961",
    ),
    Option(
        "design",
        "random",
        "independent draws from levels and ranges",
        _DRAWN,
        "Bergstra & Bengio, Journal of Machine Learning Research 13, 2012",
    ),
    Option(
        "design",
        "latin",
        "a Latin hypercube: every slice of every factor once",
        _DRAWN,
        "McKay, Beckman & Conover, Technometrics 21, 1979; SciPy",
    ),
    Option(
        "design",
        "sobol",
        "a scrambled Sobol' sequence, evenest at powers of 2",
        _DRAWN,
        "Sobol', USSR Comp. Math. 7, 1967; Owen, Journal of Complexity 14, 1998; SciPy",
    ),
    Option(
        "design",
        "adaptive",
        "batches drawn near the configurations that did well (Optuna's TPE; extra adaptive)",
        (*_DRAWN, ("stage.batch", "how many are drawn, and trained, at once; 8")),
        "Bergstra, Bardenet, Bengio & Kégl, NIPS 2011; Optuna, Akiba et al., KDD 2019",
    ),
    Option("keep", "best", "the next stage starts from the best configuration"),
    Option("keep", "top", "the next stage starts from each of the n best", (("n", "1 or more"),)),
    Option("open", "best", "the sealed test part is opened for the chosen configuration"),
    Option("open", "finalists", "... for the n best on validation", (("n", "1 or more"),)),
    Option("open", "all", "... for every configuration of the study"),
)
