"""One small study, trained once, and its facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.report.exports.write import export
from paribus.report.facts import Facts, gather
from paribus.run import run
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.study.toml import parse_study
from tests.conftest import BREAST_CANCER, WIDTH, without_figures

ASKED = (
    BREAST_CANCER
    + """\
[network]
hidden = [4]
[train]
learning_rate = 1e-2
epochs = 4
[[stage]]
name = "network"
factors."network.dropout" = [0.0, 0.3]
factors."train.batch_size" = [32, 64]
"""
    + WIDTH
)


@pytest.fixture(scope="package")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of `ASKED`; copy it before changing it."""
    folder = tmp_path_factory.mktemp("trained")
    with without_figures():
        run(parse_study(ASKED, "small.toml"), folder, workers=1)
    return folder


@pytest.fixture(scope="package")
def facts(trained: Path) -> Facts:
    """What its record says."""
    with Record.at(trained) as record:
        return gather(record, read_record(record))


@pytest.fixture(scope="package")
def exported(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of the same study."""
    folder = tmp_path_factory.mktemp("exported")
    export(facts, folder, ["pdf", "md", "tex"])
    return folder
