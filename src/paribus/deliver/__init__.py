"""The model that is delivered: from raw columns to calls in one ONNX file; predicted with, and served."""
