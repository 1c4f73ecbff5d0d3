"""Data: read and checked, split, and prepared without leakage.

    table = load(study.data, folder=folder, metrics=study.protocol.metrics)     # data.load
    parts = split(table, study.protocol, study.seed)                            # data.split
    for fold in parts.folds:                                                    # data.prepare.preparation
        preparation, rows = prepare_training(study.prepare, fold.training, study.seed)
        preparation.apply(fold.validation)      # float32, (row, feature), sparse from text

Whatever is learned from rows can be learned from a `TrainingPart` and from nothing else, and only
`split` makes one. Each is imported from its own module: who reads a record needs none of scikit-learn.
"""
