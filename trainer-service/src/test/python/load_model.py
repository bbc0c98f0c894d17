"""Loads a model.safetensors of the trainer into plain PyTorch; needs torch alone.

    python3 load_model.py model.safetensors resnet8 --channels 1 --classes 10
    prints the logits of a black image, and how many parameters the network has.
"""
import argparse
import json
import struct

import torch
import torch.nn as nn
import torch.nn.functional as F

BLOCKS = {"resnet8": [1, 1, 1], "resnet20": [3, 3, 3], "resnet18": [2, 2, 2, 2]}
WIDTHS = {"resnet8": [16, 32, 64], "resnet20": [16, 32, 64], "resnet18": [64, 128, 256, 512]}


def read_safetensors(path):
    """Every tensor of the file by name; the same as safetensors.torch.load_file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data, dtype=torch.float32, offset=start, count=(end - start) // 4)
        tensors[name] = tensors[name].reshape(entry["shape"]).clone()
    return tensors


class Block(nn.Module):
    def __init__(self, width_in, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(nn.Conv2d(width_in, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, model, channels, classes):
        super().__init__()
        blocks, widths = BLOCKS[model], WIDTHS[model]
        self.stages = len(blocks)
        self.conv1 = nn.Conv2d(channels, widths[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        width = widths[0]
        for stage in range(self.stages):
            layers = []
            for block in range(blocks[stage]):
                layers.append(Block(width, widths[stage], 2 if stage > 0 and block == 0 else 1))
                width = widths[stage]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        """Images [B, C, H, W], normalised as model.json says, to logits [B, classes]."""
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


def load(path, model, channels, classes):
    network = ResNet(model, channels, classes)
    missing, unexpected = network.load_state_dict(read_safetensors(path), strict=False)
    # PyTorch's BatchNorm also counts batches; nothing but its own momentum=None reads that.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise SystemExit(f"missing {missing}, unexpected {unexpected}")
    return network.eval()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("model", choices=sorted(BLOCKS))
    parser.add_argument("--channels", type=int, default=3)
    parser.add_argument("--classes", type=int, default=10)
    arguments = parser.parse_args()
    loaded = load(arguments.file, arguments.model, arguments.channels, arguments.classes)
    with torch.no_grad():
        print(loaded(torch.zeros(1, arguments.channels, 32, 32)))
    print(sum(parameter.numel() for parameter in loaded.parameters()), "parameters")
