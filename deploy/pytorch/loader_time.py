"""Times PyTorch's DataLoader over an image folder, for comparison with the trainer's. Requires torch, numpy and Pillow.

    python3 loader_time.py --folder pictures/train --side 224 --batch 128 --workers 2

A worker does what the trainer does for a picture: it opens it, converts it to RGB, scales its central square (bilinear,
anti-aliased), and returns it as float32 [3, side, side], normalised; the loader collates batches in random order. There is no
augmentation. Each line that is read from standard input begins one pass over the folder, and is answered by one line of JSON:
`seconds` of the pass, with the start of its workers, and `pictures`.
"""
import argparse
import json
import os
import sys
import time

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset


class Pictures(Dataset):
    def __init__(self, folder, side):
        self.side = side
        classes = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
        self.files = [
            (os.path.join(folder, name, file), label)
            for label, name in enumerate(classes)
            for file in sorted(os.listdir(os.path.join(folder, name)))
        ]
        self.mean = torch.full((3, 1, 1), 0.5)
        self.std = torch.full((3, 1, 1), 0.25)

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        path, label = self.files[index]
        image = Image.open(path).convert("RGB")
        width, height = image.size
        square = min(width, height)
        left, top = (width - square) // 2, (height - square) // 2
        image = image.resize((self.side, self.side), Image.BILINEAR, box=(left, top, left + square, top + square))
        pixels = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).contiguous().float().div_(255)
        return pixels.sub_(self.mean).div_(self.std), label


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print(json.dumps({"torch": torch.__version__}), flush=True)
    loader = None
    for _ in sys.stdin:
        loader = loader or DataLoader(
            Pictures(options.folder, options.side), batch_size=options.batch, shuffle=True, num_workers=options.workers
        )
        started = time.perf_counter()
        pictures = sum(len(labels) for _, labels in loader)
        print(json.dumps({"seconds": time.perf_counter() - started, "pictures": pictures}), flush=True)


main()
