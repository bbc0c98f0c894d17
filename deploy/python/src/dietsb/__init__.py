"""Selection masks for PyTorch loops."""
