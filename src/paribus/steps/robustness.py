"""Robustness: the finalists once more, from other seeds than those that chose them."""

from __future__ import annotations

from paribus.steps.work import Work
from paribus.store.tables import compared_trials, configuration_of
from paribus.study.plan import ROBUSTNESS, robustness_seeds, trials


def retrain_finalists(work: Work) -> None:
    """Train the best configurations again, each on every fold with new seeds, where the study asks for it.

    The choice stands: these trials are ranked by nothing, and see nothing of the sealed part.
    """
    asked = work.study.protocol.robustness
    if asked is None:
        return
    seeds = robustness_seeds(work.study)
    work.record.put_facts(robustness_seeds=list(seeds))
    board = work.rank(compared_trials(work.frame(), work.parts.compared))
    finalists = [configuration_of(work.record, config_id) for config_id in board["config_id"].head(asked.top)]
    work.train(ROBUSTNESS, trials(ROBUSTNESS, finalists, work.parts.compared, work.study, seeds))
