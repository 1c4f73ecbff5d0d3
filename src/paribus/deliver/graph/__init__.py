"""A recipe and its networks as one ONNX graph, built from operators of the standard alone."""
