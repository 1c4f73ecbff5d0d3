"""The engines against PyTorch's and Keras' own modules, losses and optimizers, step by step."""
