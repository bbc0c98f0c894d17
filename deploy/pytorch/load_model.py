"""Loads a model that `dietsb train --model-out FILE` wrote into plain PyTorch. Requires only torch.

    python3 load_model.py FILE                                     prints architecture and parameter count
    python3 load_model.py FILE --images t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz
                                                                   also classifies these images (IDX files, gzipped or not)

FILE contains the weights (safetensors). FILE.json beside it contains the architecture, the classes and the normalisation.
"""
import argparse
import gzip
import json
import struct

import torch
import torch.nn as nn
import torch.nn.functional as F


def read_safetensors(path):
    """Returns every tensor of the file by name, as safetensors.torch.load_file does."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        values = torch.frombuffer(data, dtype=torch.float32, offset=start, count=(end - start) // 4)
        tensors[name] = values.reshape(entry["shape"]).clone()
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
    def __init__(self, blocks, widths, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, widths[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        width = widths[0]
        self.stages = len(blocks)
        for stage in range(self.stages):
            layers = []
            for block in range(blocks[stage]):
                layers.append(Block(width, widths[stage], 2 if stage > 0 and block == 0 else 1))
                width = widths[stage]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        """Maps normalised images [B, C, H, W] to logits [B, classes]."""
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class WideBlock(nn.Module):
    def __init__(self, width_in, width, stride, widens):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(width_in)
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(width_in, width, 1, stride, bias=False) if widens else None

    def forward(self, x):
        active = F.relu(self.bn1(x))
        past = x if self.shortcut is None else self.shortcut(active)
        return self.conv2(F.relu(self.bn2(self.conv1(active)))) + past


class WideResNet(nn.Module):
    def __init__(self, blocks, widths, channels, classes):
        super().__init__()
        width = 16
        self.conv1 = nn.Conv2d(channels, width, 3, 1, 1, bias=False)
        self.stages = len(blocks)
        for stage in range(self.stages):
            layers = []
            for block in range(blocks[stage]):
                layers.append(WideBlock(width, widths[stage], 2 if stage > 0 and block == 0 else 1, block == 0))
                width = widths[stage]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.bn1 = nn.BatchNorm2d(width)
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        """Maps normalised images [B, C, H, W] to logits [B, classes]."""
        x = self.conv1(x)
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(F.adaptive_avg_pool2d(F.relu(self.bn1(x)), 1).flatten(1))


class Convolution(nn.Module):
    def __init__(self, width_in, width, size):
        super().__init__()
        self.conv = nn.Conv2d(width_in, width, size, 1, size // 2, bias=False)
        self.bn = nn.BatchNorm2d(width)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    def __init__(self, width_in, single, reduced3, three, reduced5, five, pooled):
        super().__init__()
        self.branch1 = Convolution(width_in, single, 1)
        self.branch2 = nn.Sequential(Convolution(width_in, reduced3, 1), Convolution(reduced3, three, 3))
        self.branch3 = nn.Sequential(
            Convolution(width_in, reduced5, 1), Convolution(reduced5, five, 3), Convolution(five, five, 3))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), Convolution(width_in, pooled, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class GoogLeNet(nn.Module):
    # Szegedy et al. 2015, table 1: #1x1, #3x3 reduce, #3x3, #5x5 reduce, #5x5, pool proj.
    MODULES = {
        "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
        "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
        "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
        "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
    }

    def __init__(self, blocks, widths, channels, classes):
        super().__init__()
        width = 192
        self.conv1 = Convolution(channels, width, 3)
        for name, columns in self.MODULES.items():
            setattr(self, "inception" + name, Inception(width, *columns))
            width = columns[0] + columns[2] + columns[4] + columns[5]
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        """Maps normalised images [B, C, H, W] to logits [B, classes]."""
        x = self.conv1(x)
        for name in self.MODULES:
            if name in ("4a", "5a"):
                x = F.max_pool2d(x, 3, 2, 1)
            x = getattr(self, "inception" + name)(x)
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


FAMILIES = {"resnet": ResNet, "wide-resnet": WideResNet, "googlenet": GoogLeNet}


def load(path):
    """Returns the network, ready to predict, and its description."""
    with open(path + ".json") as file:
        description = json.load(file)
    architecture = description["architecture"]
    network = FAMILIES[architecture.get("family", "resnet")](
        architecture["blocks"], architecture["widths"], architecture["channels"], architecture["classes"])
    missing, unexpected = network.load_state_dict(read_safetensors(path), strict=False)
    # PyTorch's BatchNorm also counts batches; the count is unused unless momentum is None.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise SystemExit(f"{path}: missing {missing}, unexpected {unexpected}")
    return network.eval(), description


def read_idx(path):
    opened = gzip.open(path) if path.endswith(".gz") else open(path, "rb")
    with opened as file:
        dimensions = struct.unpack(">HBB", file.read(4))[2]
        shape = struct.unpack(">" + "I" * dimensions, file.read(4 * dimensions))
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(shape)


def predict(network, description, images):
    """Returns the classes [N] of grey images, uint8 [N, H, W]."""
    mean, std = (torch.tensor(description["input"][of]).reshape(1, -1, 1, 1) for of in ("mean", "std"))
    with torch.no_grad():
        return torch.cat([
            network((some.unsqueeze(1).float() / 255 - mean) / std).argmax(1) for some in images.split(500)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--images")
    parser.add_argument("--labels")
    arguments = parser.parse_args()
    loaded, about = load(arguments.file)
    count = sum(parameter.numel() for parameter in loaded.parameters())
    print(f"{about['architecture']['model']}, {count} parameters, classes: {', '.join(about['classes'])}")
    if arguments.images:
        labels = read_idx(arguments.labels)
        right = (predict(loaded, about, read_idx(arguments.images)) == labels).sum().item()
        print(f"{right} of {len(labels)} right: accuracy {right / len(labels):.4f}")
