"""A small network as TorchScript, for `dietsb train --model FILE.pt`: python3 own_model.py FILE.pt [CHANNELS] [CLASSES].

Shows what a custom network must provide: it takes normalised images [B, CHANNELS, H, W] and returns logits [B, CLASSES]. It is
scripted, not traced, so that BatchNorm and dropout follow the training mode. The trainer's tests use it too.
"""

import sys

import torch
from torch import nn


class Own(nn.Module):
    def __init__(self, channels: int, classes: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 8, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 16, 3, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(16)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(16 * 4 * 4, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.norm1(self.conv1(images)))
        x = torch.relu(self.norm2(self.conv2(x)))
        x = nn.functional.adaptive_avg_pool2d(x, 4)
        return self.head(self.dropout(x.view(x.size(0), -1)))


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    torch.manual_seed(1)
    channels = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    classes = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    torch.jit.script(Own(channels, classes)).save(sys.argv[1])
