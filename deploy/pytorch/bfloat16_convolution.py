"""Writes the trainer's convolution in bfloat16 as TorchScript, which is how it comes into the trainer. Needs torch alone.

    python3 bfloat16_convolution.py ../../trainer-service/src/main/resources/org/dietsb/trainer/model/bfloat16-convolution.pt

DJL has no autocast, its casts take no part in gradients, and a cast to bfloat16 of its own ends the JVM; within TorchScript a
cast is one of PyTorch's, gradients included. The file holds this code as text and no weights.
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
    """The module's archive without what names the source's folder, and with the same bytes each time."""
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
