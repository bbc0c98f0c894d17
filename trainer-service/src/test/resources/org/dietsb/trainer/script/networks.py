"""Networks in the styles of well-known architectures, as TorchScript, tiny: python3 networks.py DIR.

They take images [B, 1, 28, 28] and return logits [B, 10]. ScriptArchiveTest reads the files beside this one, which torch 1.13 wrote.
"""

import sys

import torch
from torch import nn
from torch.nn import functional as F


class ResNet(nn.Module):
    class Block(nn.Module):
        def __init__(self, channels: int):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(channels)
            self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(channels)
            self.relu = nn.ReLU(inplace=True)
            self.downsample = None

        def forward(self, x):
            identity = x
            out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
            if self.downsample is not None:
                identity = self.downsample(x)
            out += identity
            return self.relu(out)

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 4, 7, 2, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU(True), nn.MaxPool2d(3, 2, 1))
        self.layers = nn.Sequential(self.Block(4), self.Block(4))
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(4, 10)

    def forward(self, x):
        return self.fc(torch.flatten(self.pool(self.layers(self.stem(x))), 1))


class MobileNet(nn.Module):
    class Inverted(nn.Module):
        def __init__(self, channels: int):
            super().__init__()
            wide = 2 * channels
            self.conv = nn.Sequential(
                nn.Conv2d(channels, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.Hardswish(inplace=True),
                nn.Conv2d(wide, wide, 3, padding=1, groups=wide, bias=False), nn.BatchNorm2d(wide), nn.ReLU6(inplace=True))
            self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(wide, 2, 1), nn.ReLU(), nn.Conv2d(2, wide, 1), nn.Hardsigmoid())
            self.project = nn.Sequential(nn.Conv2d(wide, channels, 1, bias=False), nn.BatchNorm2d(channels))

        def forward(self, x):
            y = self.conv(x)
            return x + self.project(y * self.squeeze(y))

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), self.Inverted(4), self.Inverted(4))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(4, 10))

    def forward(self, x):
        return self.classifier(self.features(x).mean([2, 3]))


def stochastic_depth(x: torch.Tensor, p: float, training: bool) -> torch.Tensor:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if not training or p == 0.0:
        return x
    noise = torch.empty([x.shape[0]] + [1] * (x.ndim - 1), dtype=x.dtype, device=x.device)
    noise = noise.bernoulli_(1.0 - p)
    if p < 1.0:
        noise.div_(1.0 - p)
    return x * noise


class ConvNeXt(nn.Module):
    class Block(nn.Module):
        def __init__(self, dim: int):
            super().__init__()
            self.depthwise = nn.Conv2d(dim, dim, 7, padding=3, groups=dim)
            self.norm = nn.LayerNorm(dim, eps=1e-6)
            self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))
            self.scale = nn.Parameter(torch.ones(dim, 1, 1) * 1e-6)

        def forward(self, x):
            y = self.mlp(self.norm(self.depthwise(x).permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
            return x + stochastic_depth(self.scale * y, 0.1, self.training)

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 4, 4)
        self.blocks = nn.ModuleList([self.Block(4), self.Block(4)])
        self.norm = nn.GroupNorm(2, 4)
        self.head = nn.Linear(4, 10)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(F.adaptive_avg_pool2d(self.norm(x), 1).flatten(1))


class VisionTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, 8, 7, 7)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.position = nn.Parameter(torch.randn(1, 17, 8) * 0.02)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu"), 2)
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1) + self.position
        return self.head(self.encoder(x)[:, 0])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(28, 8)
        self.attention = nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)
        self.qkv = nn.Linear(8, 24)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        x = self.embed(x.squeeze(1))
        a, _ = self.attention(x, x, x)
        x = self.norm(x + a)
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        mask = torch.triu(torch.full((28, 28), float("-inf"), device=x.device), 1)
        weights = torch.softmax(torch.einsum("bid,bjd->bij", q, k) / 8**0.5 + mask, dim=-1)
        return self.head(torch.matmul(F.dropout(weights, 0.1, self.training), v).mean(1))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 8, num_layers=2, batch_first=True, bidirectional=True, dropout=0.1)
        self.gru = nn.GRU(16, 8, batch_first=True)
        self.cell = nn.LSTMCell(8, 8)
        self.head = nn.Linear(8, 10)

    def forward(self, x):
        y, (h, c) = self.lstm(x.squeeze(1))
        y, _ = self.gru(y)
        state = (torch.zeros(x.size(0), 8, device=x.device), torch.zeros(x.size(0), 8, device=x.device))
        for step in range(3):
            state = self.cell(y[:, step], state)
        return self.head(state[0] + y[:, -1])


class Mixed(nn.Module):
    """Dense concatenation, upsampling, several norms, loops and branches over lists, a frozen backbone."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(1 + 2 * i, 2, 3, padding="same") for i in range(3)])
        self.act = nn.ModuleDict({"prelu": nn.PReLU(), "selu": nn.SELU()})
        self.norm = nn.InstanceNorm2d(7, affine=True)
        self.flat = nn.BatchNorm1d(28)
        self.head = nn.Linear(28, 10)
        self.register_buffer("mean", torch.tensor([0.1]))
        self.steps = 3

    @torch.jit.export
    def describe(self, x: torch.Tensor) -> str:
        return "shape {}".format(x.shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            x = x - self.mean
        features = [x]
        for conv in self.convs:
            y = conv(torch.cat(features, 1))
            features.append(self.act["prelu"](y) if y.numel() > 10 else self.act["selu"](y))
        x = self.norm(torch.cat(features, 1))
        x = F.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=False)
        x = F.interpolate(F.max_pool2d(x, 2), size=[14, 14], mode="nearest")
        assert x.dim() == 4, "four dimensions"
        i = 0
        while i < self.steps:
            x = F.leaky_relu(x, 0.1) if i % 2 == 0 else torch.tanh(x)
            i += 1
        x = F.adaptive_max_pool2d(x, (2, 2)).reshape(x.shape[0], -1)
        return self.head(F.silu(self.flat(x)))


class Plain(nn.Module):
    """What the odd ones below have in common."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.head = nn.Linear(16, 10)

    def features(self, x):
        return F.adaptive_avg_pool2d(torch.relu(self.norm(self.first(x))), 2).flatten(1)

    def forward(self, x):
        return self.head(self.features(x))


class Frozen(Plain):
    def __init__(self):
        super().__init__()
        for parameter in list(self.first.parameters()) + list(self.norm.parameters()):
            parameter.requires_grad = False


class Unused(Plain):
    def __init__(self):
        super().__init__()
        self.auxiliary = nn.Linear(16, 10)


class Pair(Plain):
    def forward(self, x):
        y = self.head(self.features(x))
        return y, y


class Squeezed(Plain):
    def forward(self, x):
        return self.head(self.features(x)).squeeze()


class OnCuda(Plain):
    def forward(self, x):
        return self.head(self.features(x)) + torch.zeros(10, device=torch.device("cuda:0"))


class NotListed(Plain):
    """Uses an operator that the trainer does not list: it returns the number of a tensor's device."""

    def forward(self, x):
        return self.head(self.features(x)) * (2 + x.get_device())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    torch.manual_seed(1)
    for network in (ResNet, MobileNet, ConvNeXt, VisionTransformer, Attention, Recurrent, Mixed, Frozen, Unused, Pair, Squeezed, OnCuda, NotListed):
        torch.jit.script(network()).save(f"{sys.argv[1]}/{network.__name__}.pt")
    for network in (ResNet, ConvNeXt, VisionTransformer, Recurrent):
        traced = torch.jit.trace(network().eval(), torch.zeros(2, 1, 28, 28), check_trace=False)
        traced.save(f"{sys.argv[1]}/{network.__name__}-traced.pt")
