"""Many networks as one program: grouping, stacked layers, optimizers, metrics, the training loop."""
