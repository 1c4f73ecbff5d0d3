"""A network of images that can't mean what it says would be trained, or a right one refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from paribus.errors import StudyError
from paribus.study.configuration import Configuration
from paribus.study.convolution import PRESETS, Step, parse_blocks
from paribus.study.spec import Network, Prepare, Study, Train
from paribus.study.toml import format_study, parse_study


def test_a_block_means_what_it_says() -> None:
    """Other layers would be built than those asked for, or in another order."""
    (block, last) = parse_blocks(("32 norm 16x5/2:linear norm activation", "pool:3 dropout:0.25 average"))
    assert block == (
        Step("convolution", 32, 3, 1),
        Step("activation"),
        Step("norm"),
        Step("convolution", 16, 5, 2),
        Step("norm"),
        Step("activation"),
    )
    assert last == (Step("pool", size=3, stride=3), Step("dropout", rate=0.25), Step("average"))


@pytest.mark.parametrize("kind", PRESETS)
def test_a_named_network_is_its_blocks(kind: str) -> None:
    """A study that writes the blocks out would train another network than the name it stands for."""
    written = Network(kind="cnn", blocks=PRESETS[kind])
    assert written.recipe == Network(kind=kind).recipe
    assert Network(kind=kind).hidden == ()


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ("32 average", "must be a list of blocks"),
        ([], "needs a block"),
        (["32", ""], "is an empty block"),
        (["32 nrm", "average"], "'nrm' in '32 nrm' is no word, did you mean 'norm'?"),
        (["32y5 average"], "'32y5' in '32y5 average' is no convolution"),
        (["32x4 average"], "must be odd, so that it has a middle, and at most 31, received 4"),
        (["0 average"], "filters must be 1 to 65,536, received 0"),
        (["32/0 average"], "the stride must be 1 to 16, received 0"),
        (["32 pool:1 average"], "the side must be 2 to 31"),
        (["32 dropout average"], "dropout needs a rate"),
        (["32 dropout:1 average"], "received '1'"),
        (["32 norm:2 average"], "norm takes no number"),
        (["pool average"], "needs a convolution"),
        (["32 pool"], "end the last block with average, max or flatten"),
        (["32 average 64"], "goes on with 'convolution' after 'average'"),
        (["32 average", "max"], "goes on with 'max' after 'average'"),
        (["residual 32 average"], "a convolution must come before it"),
        (["32", "32 pool residual average"], "and no pool or stride"),
        (["32 " * 200, "average"], "may have 256 words in all"),
    ],
)
def test_what_are_no_blocks_is_told(blocks: Any, message: str) -> None:
    """A slip would end in a fault of ours, or in another network."""
    with pytest.raises(ValidationError) as told:
        Network(kind="cnn", blocks=blocks)
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "cnn"}, "'cnn' needs network.blocks"),
        ({"kind": "pretrained"}, "'pretrained' needs network.weights"),
        ({"kind": "simple_cnn", "weights": "x"}, "weights belongs to 'pretrained'"),
        ({"kind": "simple_cnn", "blocks": ["32 average"]}, "blocks belongs to 'cnn'"),
        ({"kind": "pretrained", "weights": "x", "trained": "last"}, "must be head, all, or last:N"),
        ({"kind": "pretrained", "weights": "x", "trained": "last:0"}, "received 'last:0'"),
        ({"kind": "simple_cnn", "views": 3}, "1, 2, 4 or 8"),
        ({"views": 2}, "2 has no effect with kind = 'mlp'"),
        ({"fresh": True}, "fresh belongs to 'pretrained'"),
        ({"kind": "enhanced_cnn", "dropout": 0.3}, "would come right after dropout:0.5"),
        ({"kind": "simple_cnn", "dropout": [0.1, 0.2]}, "give one rate each, and one before them"),
        ({"kind": "simple_cnn", "norm_epsilon": 1e-4}, "has no effect with norm = 'none'"),
        ({"kind": "simple_cnn", "vectors": "glove"}, "'glove' has no effect"),
    ],
)
def test_settings_without_effect_or_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    """A level would be compared that changes nothing, and its 'effect' reported."""
    with pytest.raises(ValidationError) as told:
        Network(**settings)
    assert message in str(told.value)


def test_the_constants_of_normalisation_count_where_blocks_normalise() -> None:
    """A right study would be refused: blocks normalise without network.norm, which is of dense layers."""
    assert Network(kind="enhanced_cnn", norm_epsilon=1e-4).norm_epsilon == 1e-4


def test_rates_go_to_the_summary_and_each_dense_layer() -> None:
    """Study D's head (drop .3, dense 128, drop .3) could not be said."""
    both = Network(kind="pretrained", weights="x", hidden=(128,), dropout=0.3)
    assert (both.summary_dropout, both.dropouts) == (0.3, (0.3,))
    last = Network(kind="pretrained", weights="x", hidden=(128,), dropout=0.3, dropout_at="last")
    assert (last.summary_dropout, last.dropouts) == (0.0, (0.3,))
    listed = Network(kind="simple_cnn", hidden=(8, 4), dropout=(0.1, 0.2, 0.3))
    assert (listed.summary_dropout, listed.dropouts) == (0.1, (0.2, 0.3))


@pytest.mark.parametrize(
    ("trained", "mode", "expected"),
    [
        (None, None, (0, True)),
        ("last:2", None, (2, True)),
        ("all", None, (None, False)),
        ("all", "frozen", (None, True)),
        ("head", "batch", (0, False)),
    ],
)
def test_what_of_a_pretrained_network_is_trained(
    trained: str | None, mode: Any, expected: tuple[int | None, bool]
) -> None:
    """Frozen layers would move, or those that are to be trained would stay."""
    made = Network(kind="pretrained", weights="x", trained=trained, norm_mode=mode)
    assert (made.last, made.freezes_norm) == expected


def test_a_study_of_images_is_written_as_it_was_read() -> None:
    """The study in a run's folder would be another than the one that ran."""
    asked = {"kind": "cnn", "blocks": ["8 norm pool", "average"], "views": 4}
    study = Study(name="t", data={"source": "a", "target": "y", "image": "id"}, network=asked)
    again = parse_study(format_study(study), "t.toml")
    assert again.network == study.network
    made = Configuration(Prepare(), again.network, Train())
    assert Configuration.from_levels(made.levels) == made


def test_a_wrong_block_is_told_by_its_key() -> None:
    """A user would have to search for the line."""
    text = '[study]\nname = "t"\n[data]\nsource = "a"\ntarget = "y"\nimage = "id"\n[network]\nkind = "cnn"\n'
    with pytest.raises(StudyError, match=r"network\.blocks: 'averge' in '32 averge' is no word"):
        parse_study(text + 'blocks = ["32 averge"]\n', "t.toml")
