"""Writes the trainer's bfloat16 convolution as a TorchScript file, which the trainer loads. Requires only torch.

    python3 bfloat16_convolution.py ../../trainer-service/src/main/resources/org/dietsb/trainer/model/bfloat16-convolution.pt

DJL has no autocast, its casts cut off gradients, and its own cast to bfloat16 terminates the JVM. Within TorchScript a cast is
PyTorch's, gradients included. The file contains this code as text and no weights.
"""
import io
import sys
import zipfile

import torch


class Convolution(torch.nn.Module):
    def forward(self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, stride: torch.Tensor) -> torch.Tensor:
        """Float32 or bfloat16 in, bfloat16 out; an empty bias is none; stride is a number on the host."""
        x = x.to(torch.bfloat16, memory_format=torch.channels_last)
        weight = weight.to(torch.bfloat16, memory_format=torch.channels_last)
        step = int(stride)
        padding = weight.size(2) // 2
        if bias.numel() == 0:
            return torch.conv2d(x, weight, None, [step, step], [padding, padding])
        return torch.conv2d(x, weight, bias.to(torch.bfloat16), [step, step], [padding, padding])


def archive(module):
    """Returns the module's archive without debug entries, which name the source folder; its bytes are reproducible."""
    saved = io.BytesIO()
    torch.jit.save(torch.jit.script(module), saved)
    written = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            if not name.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(name), source.read(name))
    return written.getvalue()


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        file.write(archive(Convolution()))
