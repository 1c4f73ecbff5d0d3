"""A transformer small enough for tests, saved as Transformers saves one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.data.text.corpora import BLAME, PLAIN, PRAISE

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
SIZE = 8


def save_encoder(folder: Path, seed: int = 1, layers: int = 1, dropout: float = 0.1) -> Path:
    """An untrained one that knows the words of the reviews; skips the test without Transformers."""
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    known = {word: code for code, word in enumerate([*SPECIAL, *PRAISE, *BLAME, *PLAIN])}
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(known, unk_token="[UNK]"))
    words.normalizer = tokenizers.normalizers.Lowercase()
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", known["[CLS]"]), ("[SEP]", known["[SEP]"])]
    )
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    settings = transformers.BertConfig(
        vocab_size=len(known),
        hidden_size=SIZE,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        initializer_range=0.5,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    transformers.BertModel(settings).save_pretrained(folder)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 16}')
    return folder
