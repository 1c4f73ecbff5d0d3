"""How a network can be trained."""

from __future__ import annotations

from paribus.study.options.option import Option

_RATE = ("train.learning_rate", "step size, above 0")
_BETAS = (("train.beta_1", "decay of the first moment, 0.9"), ("train.beta_2", "decay of the second, 0.999"))
_MOMENTUM = ("train.momentum", "share of the last step that is kept, 0 to below 1")


def _epsilon(where: str, torch: str) -> tuple[str, str]:
    return ("train.epsilon", f"added {where}; 1e-7 (torch convention: {torch})")


_MONITOR = (
    ("train.schedule.monitor", "what is watched, val_loss"),
    ("train.schedule.patience", "epochs without improvement, 10"),
    ("train.schedule.min_delta", "the least that counts as improvement, 1e-4"),
)

TRAINING = (
    Option(
        "optimizer",
        "sgd",
        "gradient descent on batches",
        (_RATE, _MOMENTUM, ("train.nesterov", "look ahead along the momentum (Nesterov)")),
        "Polyak, USSR Comp. Math. 4, 1964; Sutskever et al., ICML 2013. The velocity holds the learning rate"
        " (torch convention: it doesn't, which differs where the rate moves)",
    ),
    Option(
        "optimizer",
        "rmsprop",
        "steps scaled by a running mean of squared gradients",
        (
            _RATE,
            _MOMENTUM,
            ("train.rho", "decay of the mean of squares, 0.9 (torch convention: 0.99)"),
            _epsilon("under the root", "1e-8, beside the root"),
        ),
        "Tieleman & Hinton, Coursera lecture 6.5, 2012",
    ),
    Option(
        "optimizer",
        "adam",
        "steps scaled by running first and second moments",
        (_RATE, *_BETAS, _epsilon("beside the uncorrected root", "1e-8, beside the corrected root")),
        "Kingma & Ba, ICLR 2015",
    ),
    Option(
        "optimizer",
        "adamw",
        "adam, its weight_decay apart from the gradient in both conventions",
        (_RATE, *_BETAS, _epsilon("beside the uncorrected root", "1e-8, beside the corrected root")),
        "Loshchilov & Hutter, ICLR 2019",
    ),
    Option(
        "optimizer",
        "nadam",
        "adam that looks ahead along the first moment",
        (_RATE, *_BETAS, _epsilon("beside the corrected root", "1e-8")),
        "Dozat, ICLR workshop 2016. Momentum rises with 0.96^t (torch convention: 0.96^(0.004 t))",
    ),
    Option(
        "optimizer",
        "adamax",
        "steps scaled by a running first moment and a decaying maximum",
        (_RATE, *_BETAS, _epsilon("to the maximum", "1e-8, inside the maximum")),
        "Kingma & Ba, ICLR 2015, section 7.1",
    ),
    Option(
        "optimizer",
        "adagrad",
        "steps scaled by the sum of all squared gradients",
        (_RATE, _epsilon("under the root", "1e-10, beside the root")),
        "Duchi, Hazan & Singer, Journal of Machine Learning Research 12, 2011."
        " The sum starts at 0.1 (torch convention: 0)",
    ),
    Option(
        "optimizer",
        "adadelta",
        "steps scaled by running means of squared gradients and of squared steps",
        (
            _RATE,
            ("train.rho", "decay of both means, 0.95 (torch convention: 0.9)"),
            _epsilon("under both roots", "1e-6"),
        ),
        "Zeiler, arXiv 1212.5701",
    ),
    Option(
        "optimizer",
        "lion",
        "steps by the sign of a moving average",
        (_RATE, ("train.beta_1", "share of the average in a step, 0.9"), ("train.beta_2", "its decay, 0.99")),
        "Chen et al., NeurIPS 2023",
    ),
    Option(
        "loss",
        "binary_crossentropy",
        "negative log likelihood of two classes, sigmoid output",
        (("train.label_smoothing", "share of the truth that is spread over both classes"),),
    ),
    Option(
        "loss",
        "categorical_crossentropy",
        "negative log likelihood of classes, softmax output",
        (("train.label_smoothing", "share of the truth that is spread over all classes"),),
    ),
    Option("loss", "mse", "mean squared error (of probabilities where the target is a class)"),
    Option("loss", "mae", "mean absolute error (of probabilities where the target is a class)"),
    Option(
        "loss",
        "huber",
        "squared error near 0, absolute error beyond delta",
        (("train.huber_delta", "where one turns into the other, 1"),),
        "Huber, Annals of Mathematical Statistics 35, 1964",
    ),
    Option(
        "loss",
        "hinge",
        "how far the right side of the margin is missed, by the logits; over classes, the mean",
        source="Cortes & Vapnik, Machine Learning 20, 1995; Weston & Watkins, ESANN 1999",
    ),
    Option(
        "loss",
        "focal",
        "cross-entropy in which what is classified well counts less",
        (("train.focal_gamma", "how much less, 2"),),
        "Lin et al., ICCV 2017",
    ),
    Option("schedule", "constant", "the learning rate as it is"),
    Option(
        "schedule",
        "step",
        "times factor after every so many epochs",
        (("train.schedule.every", "epochs, 10"), ("train.schedule.factor", "0.1")),
    ),
    Option("schedule", "exponential", "times factor after every epoch", (("train.schedule.factor", "0.95"),)),
    Option(
        "schedule",
        "cosine",
        "down half a cosine over all epochs",
        (("train.schedule.floor", "the end, as a share of the learning rate; 0"),),
        "Loshchilov & Hutter, ICLR 2017",
    ),
    Option(
        "schedule",
        "one_cycle",
        "up to the learning rate and down to nearly 0, a step at a time, by cosines",
        (
            ("train.schedule.peak", "the share of all steps that goes up, 0.3"),
            ("train.schedule.start", "the first rate, as a share of the learning rate; 0.04"),
            ("train.schedule.floor", "the last rate, as a share of the learning rate; 4e-6"),
        ),
        "Smith & Topin, arXiv 1708.07120",
    ),
    Option(
        "schedule",
        "plateau",
        "times factor when what is watched has not improved for so many epochs",
        (("train.schedule.factor", "0.1"), ("train.schedule.floor", "the least, as a share; 0"), *_MONITOR),
        "Keras ReduceLROnPlateau",
    ),
    Option("engine", "population", "many networks trained as one batched program, float32"),
    Option("engine", "torch", "a plain PyTorch loop: one network of any kind at a time"),
    Option("engine", "numpy", "the readable reference: one network at a time, float64"),
    Option("engine", "sklearn", "scikit-learn's multilayer perceptrons, as far as they go"),
    Option("engine", "keras", "Keras' layers, losses and optimizers, on any backend (extra keras)"),
    Option("engine", "tensorflow", "a loop by hand on TensorFlow (extra tensorflow)"),
)
