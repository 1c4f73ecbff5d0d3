"""How columns are read, and how features, targets and classes can be prepared."""

from __future__ import annotations

from paribus.study.options.option import Option

_K = ("k", "number of features to keep, 1 to the number of features")
_WITH = ("prepare.select_with", "the estimator whose score is compared: linear, tree or knn")
_WITH_IMPORTANCE = ("prepare.select_with", "the estimator whose importance is compared: linear or tree")

COLUMNS = (
    Option("column", "numeric", "a number; NA, ?, - and the like are missing values"),
    Option("column", "boolean", "two values, the second in sorted order (true, yes, 1) as 1"),
    Option("column", "category", "levels without an order; numbers are read as names"),
    Option("column", "ordinal", "levels in the order given, as 0, 1, 2 ..."),
    Option(
        "column",
        "date",
        "year, month, day, weekday (Monday 0), day_of_year, days since 1970, hour: those of them that vary",
    ),
    Option("column", "drop", "no feature, as in data.drop"),
)

IMPUTERS = (
    Option("imputer", "mean", "numbers: the training rows' mean; a missing category is its own level"),
    Option("imputer", "median", "numbers: the training rows' median; a missing category is its own level"),
    Option(
        "imputer", "most_frequent", "the training rows' most frequent number, or level (the least of several)"
    ),
    Option(
        "imputer",
        "constant",
        "numbers: one value for all; a missing category is a level of its own",
        (("prepare.fill_value", "the value, 0 where none is given"),),
    ),
    Option(
        "imputer",
        "knn",
        "numbers: the mean of the k nearest training rows, distances on standardised numbers",
        (("k", "number of neighbours, 1 or more"),),
        "Troyanskaya et al., Bioinformatics 17, 2001; scikit-learn KNNImputer",
    ),
    Option(
        "imputer",
        "iterative",
        "numbers: each from the others by Bayesian ridge regression, in turns, at most 10",
        source="van Buuren & Groothuis-Oudshoorn, J. Stat. Softw. 45, 2011; scikit-learn IterativeImputer",
    ),
)

ENCODERS = (
    Option(
        "encoder",
        "onehot",
        "a 0/1 feature for each level of the training rows; another level is 0 in all of them; not scaled",
        source="scikit-learn OneHotEncoder",
    ),
    Option(
        "encoder",
        "ordinal",
        "the level's place in sorted order, from 0; a level that the training rows lack is -1; then scaled",
        source="scikit-learn OrdinalEncoder",
    ),
    Option(
        "encoder",
        "target",
        "the mean target of the level, drawn towards that of all rows; training rows are encoded by"
        " 5-fold cross-fitting; a level that the training rows lack is the mean of all; then scaled",
        source="Micci-Barreca, SIGKDD Explorations 3, 2001; scikit-learn TargetEncoder",
    ),
    Option(
        "encoder",
        "hashing",
        "every (column, level) adds 1 or -1 to one of n features that all categories share; not scaled",
        (("n", "number of features, 1 or more"),),
        "Weinberger et al., ICML 2009; scikit-learn FeatureHasher",
    ),
)

SCALERS = (
    Option("scaler", "none", "features as they are"),
    Option("scaler", "standard", "mean 0 and standard deviation 1", source="scikit-learn StandardScaler"),
    Option("scaler", "minmax", "to the range 0 to 1", source="scikit-learn MinMaxScaler"),
    Option("scaler", "maxabs", "to a largest absolute value of 1", source="scikit-learn MaxAbsScaler"),
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
)

SELECTORS = (
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
        "kbest",
        "the k features with the largest F statistic (analysis of variance, or linear regression)",
        (_K,),
        "scikit-learn SelectKBest",
    ),
    Option(
        "selector",
        "variance",
        "the features whose variance, once scaled, is above a threshold",
        (("threshold", "0 or more; 0 takes out what is constant"),),
        "scikit-learn VarianceThreshold",
    ),
    Option(
        "selector",
        "sfs",
        "sequential forward selection of k features by an estimator's 5-fold score",
        (_K, _WITH),
        "Ferri et al., Pattern Recognition in Practice IV, 1994; scikit-learn SequentialFeatureSelector",
    ),
    Option(
        "selector",
        "sbs",
        "sequential backward selection: features are taken out until k are left",
        (_K, _WITH),
        "Ferri et al., Pattern Recognition in Practice IV, 1994; scikit-learn SequentialFeatureSelector",
    ),
    Option(
        "selector",
        "rfe",
        "recursive elimination: the least important feature of an estimator is taken out until k are left"
        " (of more than 100, a tenth at a time)",
        (_K, _WITH_IMPORTANCE),
        "Guyon et al., Machine Learning 46, 2002; scikit-learn RFE",
    ),
    Option(
        "selector",
        "l1",
        "the features that an L1-penalised linear model weighs: logistic regression at C = 1, lasso at a"
        " penalty chosen by 5 folds; the strongest where it weighs none",
        source="Tibshirani, J. Royal Stat. Soc. B 58, 1996; scikit-learn SelectFromModel",
    ),
    Option(
        "selector",
        "pca",
        "the first k principal components",
        (_K,),
        "Pearson, Philosophical Magazine 2, 1901; scikit-learn PCA",
    ),
    Option("estimator", "linear", "logistic or ridge regression"),
    Option("estimator", "tree", "a decision tree of depth 5 or less"),
    Option("estimator", "knn", "the 5 nearest neighbours"),
)

_SYNTHETIC = "; never the validation or test rows"
SAMPLERS = (
    Option("sampler", "none", "training rows as they are"),
    Option("sampler", "oversample", "rows of smaller classes again, by chance, until classes are equal"),
    Option("sampler", "undersample", "rows of larger classes left out, by chance, until classes are equal"),
    Option(
        "sampler",
        "smote",
        "new rows between a row of a smaller class and one of its 5 nearest" + _SYNTHETIC,
        source="Chawla et al., JAIR 16, 2002; imbalanced-learn SMOTE",
    ),
    Option(
        "sampler",
        "smotenc",
        "SMOTE that takes 0/1 and ordinal codes of categories from the neighbours, by majority",
        source="Chawla et al., JAIR 16, 2002; imbalanced-learn SMOTENC",
    ),
    Option(
        "sampler",
        "borderline_smote",
        "SMOTE from the rows of a smaller class that lie among others",
        source="Han, Wang & Mao, ICIC 2005; imbalanced-learn BorderlineSMOTE",
    ),
    Option(
        "sampler",
        "adasyn",
        "as SMOTE, more rows where a smaller class is harder to learn",
        source="He et al., IJCNN 2008; imbalanced-learn ADASYN",
    ),
    Option(
        "sampler",
        "tomek",
        "rows of larger classes left out whose nearest neighbour is of another class, and it theirs",
        source="Tomek, IEEE Trans. SMC 6, 1976; imbalanced-learn TomekLinks",
    ),
    Option(
        "sampler",
        "enn",
        "rows of larger classes left out whose 3 nearest aren't all of their class",
        source="Wilson, IEEE Trans. SMC 2, 1972; imbalanced-learn EditedNearestNeighbours",
    ),
    Option(
        "sampler",
        "smote_tomek",
        "SMOTE, then Tomek links taken out",
        source="Batista, Bazzan & Monard, WOB 2003; imbalanced-learn SMOTETomek",
    ),
    Option(
        "sampler",
        "smote_enn",
        "SMOTE, then edited nearest neighbours",
        source="Batista, Prati & Monard, SIGKDD Explorations 6, 2004; imbalanced-learn SMOTEENN",
    ),
)

TARGETS = (
    Option("target transform", "none", "the target as it is"),
    Option("target transform", "standard", "mean 0 and standard deviation 1 over the training rows"),
    Option(
        "target transform", "log", "log(1 + y), for targets above -1, then standard", source="NumPy log1p"
    ),
    Option(
        "target transform",
        "power",
        "Yeo-Johnson transform to near normal, then standard",
        source="Yeo & Johnson, Biometrika 87, 2000; scikit-learn PowerTransformer",
    ),
    Option(
        "target transform",
        "quantile",
        "ranks to a normal distribution, at most 1,000 quantiles",
        source="scikit-learn QuantileTransformer",
    ),
)

WEIGHTS = (
    Option("class_weight", "none", "every row counts the same in the loss"),
    Option(
        "class_weight",
        "balanced",
        "rows / (classes · rows of the class), of the training part",
        source="King & Zeng, Political Analysis 9, 2001; scikit-learn compute_class_weight",
    ),
)

PREPARATION = (*COLUMNS, *IMPUTERS, *ENCODERS, *SCALERS, *SELECTORS, *SAMPLERS, *TARGETS, *WEIGHTS)
