"""Which trials call every row alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from paribus.report.replicates import one_class_trials
from paribus.store.record import Record, Truth
from paribus.study.plan import Trial
from tests.draw import configuration
from tests.store.test_record import outcome

LOW, HIGH = 0.1, 0.9


@pytest.mark.parametrize(
    ("folds", "alike"),
    [
        # One row a fold: each alone is called alike by any network.
        ({0: [LOW], 1: [HIGH], 2: [LOW]}, set()),
        ({0: [LOW], 1: [LOW], 2: [LOW]}, {0, 1, 2}),
        # Folds that are large enough stand for themselves.
        ({0: [LOW] * 12, 1: [LOW, HIGH] * 6}, {0}),
        ({0: [HIGH] * 4, 1: [LOW] * 4}, set()),
    ],
)
def test_a_small_fold_alone_accuses_no_network(
    tmp_path: Path, folds: dict[int, list[float]], alike: set[int]
) -> None:
    """Every leave-one-out study would be told that its networks don't tell the classes apart."""
    made = configuration()
    with Record.at(tmp_path, create=True) as record:
        record.plan([Trial("one", made, fold, 1) for fold in folds])
        record.put_truths(
            "val",
            [Truth(n, np.arange(len(rows)), np.arange(len(rows)) % 2) for n, rows in folds.items()],
        )
        record.put_outcomes(
            outcome(made, fold=fold, predictions=np.array(rows, np.float32)) for fold, rows in folds.items()
        )
        assert one_class_trials(record) == {(made.config_id, fold, 1) for fold in alike}
