"""Times a training step in plain PyTorch that does the same work as the trainer's, for comparison. Requires only torch.

    python3 step_time.py --model resnet20 --batch 128 --threads 2
    python3 step_time.py --model resnet18 --batch 512 --device cuda --precision tf32

A step gathers its batch from uint8 images on the device (random crop with a border of 4, random flip, normalisation), then runs
forward, cross-entropy of each example, backward, and SGD with Nesterov momentum and weight decay. Pixels and labels are noise:
the time of a step does not depend on what it learns.

Prints one line of JSON, in seconds: `step`, the whole step; `gather`, its gathering alone; `forward`, a forward pass without
gradients and with BatchNorm in evaluation mode, which is the cost of a selection pass. A figure is the time of a block of steps
divided by their number; the device is synchronised at the end of a block only. To compare, run both sides alternately.
"""
import argparse
import contextlib
import json
import statistics
import time

import torch
import torch.nn.functional as F

from load_model import GoogLeNet, ResNet, WideResNet

ARCHITECTURES = {
    "resnet8": (ResNet, [1, 1, 1], [16, 32, 64]),
    "resnet18": (ResNet, [2, 2, 2, 2], [64, 128, 256, 512]),
    "resnet20": (ResNet, [3, 3, 3], [16, 32, 64]),
    "resnet32": (ResNet, [5, 5, 5], [16, 32, 64]),
    "resnet56": (ResNet, [9, 9, 9], [16, 32, 64]),
    "wrn-16-4": (WideResNet, [2, 2, 2], [64, 128, 256]),
    "wrn-28-10": (WideResNet, [4, 4, 4], [160, 320, 640]),
    "googlenet": (GoogLeNet, [2, 5, 2], [480, 832, 1024]),
}
PAD = 4


class Images:
    """Random images on the device, as uint8 with a black border."""

    def __init__(self, count, channels, size, classes, device):
        self.count, self.size, self.device = count, size, device
        self.width = size + 2 * PAD
        self.image = channels * self.width * self.width
        pixels = torch.randint(0, 256, (count, channels, size, size), dtype=torch.uint8)
        self.flat = F.pad(pixels, (PAD, PAD, PAD, PAD)).flatten().to(device)
        self.labels = torch.randint(0, classes, (count,)).to(device)
        along = torch.arange(size)
        rows = torch.arange(channels).reshape(1, -1, 1, 1) * self.width * self.width + along.reshape(1, 1, -1, 1) * self.width
        self.rows, self.columns = rows.to(device), along.reshape(1, 1, 1, -1).to(device)
        self.mean = torch.full((1, channels, 1, 1), 127.5, device=device)
        self.std = torch.full((1, channels, 1, 1), 73.9, device=device)

    def batch(self, size):
        """Returns augmented random examples, float32 [size, C, H, W], and their labels [size]."""
        drawn = [torch.randint(0, below, (size, 1, 1, 1)) for below in (self.count, 2 * PAD + 1, 2 * PAD + 1, 2)]
        indices, down, right, flipped = (some.to(self.device) for some in drawn)
        starts = indices * self.image + down * self.width + right + flipped * (self.size - 1)
        places = (1 - 2 * flipped) * self.columns + starts + self.rows
        pixels = self.flat.take(places).float().sub_(self.mean).div_(self.std)
        return pixels, self.labels[indices.flatten()]


def waiting(device):
    return torch.cuda.synchronize if device.type == "cuda" else lambda: None


def timed(work, steps, block, warmup, wait):
    """Returns the seconds of one call of work: median, minimum and maximum over the blocks."""
    for _ in range(warmup):
        work()
    seconds = []
    for _ in range(max(1, steps // block)):
        wait()
        started = time.perf_counter()
        for _ in range(block):
            work()
        wait()
        seconds.append((time.perf_counter() - started) / block)
    return {"median": statistics.median(seconds), "min": min(seconds), "max": max(seconds), "n": len(seconds)}


def measure(options):
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SystemExit(f"--device is {options.device}, but torch {torch.__version__} sees no GPU")
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.precision != "fp32"
    torch.backends.cudnn.benchmark = options.cudnn_benchmark
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    family, blocks, widths = ARCHITECTURES[options.model]
    network = family(blocks, widths, options.channels, options.classes).to(device).to(memory_format=layout)
    optimizer = torch.optim.SGD(network.parameters(), lr=.05, momentum=.9, nesterov=True, weight_decay=5e-4)
    images = Images(options.images, options.channels, options.size, options.classes, device)
    wait = waiting(device)

    def precision():
        return torch.autocast(device.type, torch.bfloat16) if options.precision == "bf16" else contextlib.nullcontext()

    def step():
        pixels, labels = images.batch(options.batch)
        with precision():
            losses = F.cross_entropy(network(pixels.contiguous(memory_format=layout)), labels, reduction="none")
            loss = losses.sum() / options.batch
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    still = images.batch(options.batch)[0].contiguous(memory_format=layout)

    def forward():
        with torch.no_grad(), precision():
            network(still)

    def seconds_of(work):
        return timed(work, options.steps, options.block or (10 if device.type == "cuda" else 1), options.warmup, wait)

    network.train()
    whole = seconds_of(step)
    gather = seconds_of(lambda: images.batch(options.batch))
    network.eval()
    return {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
        "model": options.model,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "batch": options.batch,
        "shape": [options.channels, options.size, options.size],
        "precision": options.precision,
        "cudnnBenchmark": options.cudnn_benchmark,
        "channelsLast": options.channels_last,
        "stepsPerSecond": 1 / whole["median"],
        "step": whole,
        "gather": gather,
        "forward": seconds_of(forward),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=sorted(ARCHITECTURES), default="resnet20")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--channels", type=int, default=3)
    parser.add_argument("--size", type=int, default=32, help="height and width of an image")
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--images", type=int, default=10_000, help="number of images on the device")
    parser.add_argument("--threads", type=int, default=0, help="threads of one operation on the CPU; 0 = torch's default")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--warmup", type=int, default=5, help="untimed steps before the first timed one")
    parser.add_argument("--block", type=int, default=0, help="steps per figure; 0 = 1 on the CPU, 10 on a GPU")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N")
    parser.add_argument("--precision", choices=["fp32", "tf32", "bf16"], default="fp32",
                        help="fp32: TF32 off; tf32: on, for convolutions and products; bf16: autocast, and TF32 for the rest")
    parser.add_argument("--cudnn-benchmark", action="store_true", help="let cuDNN choose its convolution algorithms by timing them")
    parser.add_argument("--channels-last", action="store_true", help="use the NHWC memory layout")
    print(json.dumps(measure(parser.parse_args())))
