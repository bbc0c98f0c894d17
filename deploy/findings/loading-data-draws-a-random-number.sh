#!/usr/bin/env bash
# Package:   torch 2.7.0 (the same in 1.13.1)
# Belief:    A DataLoader without shuffling, random transforms or workers draws no random numbers, so that iterating over one, for example to
#            evaluate, changes nothing of the training.
# Behaviour: Each iteration draws a seed for workers from PyTorch's generator, also if there are none. The dropout of the steps that follow is
#            another one: a training that evaluates differs from one that does not, and one that is resumed in the midst of an epoch, whose loader
#            begins once more, differs even if the state of the generator was saved. A loader with a generator of its own draws from that.
# Seen:      without a generator: moved, dropout differs; with one: not moved, the same dropout
#
# Needs Python 3.10 to 3.13 with venv, and 6 GB of disk for PyTorch and its libraries. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv environment
environment/bin/pip install -q --no-cache-dir torch==2.7.0 numpy 2>log || { tail -5 log >&2; exit 1; }
cat > loaders.py <<'PYTHON'
import torch
from torch.utils.data import DataLoader


def dropout(loader):
    torch.manual_seed(0)
    before = torch.get_rng_state()
    if loader is not None:
        list(loader)
    moved = not torch.equal(before, torch.get_rng_state())
    return moved, torch.nn.functional.dropout(torch.ones(64)).tolist()


_, plain = dropout(None)
for name, loader in (("without", DataLoader(range(4))), ("with", DataLoader(range(4), generator=torch.Generator()))):
    moved, masked = dropout(loader)
    print(f"{name} a generator of its own: moved {moved}, same dropout {masked == plain}")
PYTHON
timeout 300 environment/bin/python loaders.py 2> log | tee seen || { tail -5 log >&2; exit 1; }
diff seen - <<'SEEN'
without a generator of its own: moved True, same dropout False
with a generator of its own: moved False, same dropout True
SEEN
