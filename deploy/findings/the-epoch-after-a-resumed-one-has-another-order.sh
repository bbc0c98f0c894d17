#!/usr/bin/env bash
# Package:   torchdata 0.11.0 (StatefulDataLoader), torch 2.7.0
# Belief:    A StatefulDataLoader that loads a state goes on as the one that saved it, in this epoch and in all that follow; the number of
#            workers has no influence.
# Behaviour: With shuffle=True and a generator, the rest of the epoch is the same. Without workers, the next epoch has another order than it has in
#            the loader that was not interrupted; with workers it has the same. A state that was saved between two epochs gives another
#            order at once. Nothing reports it.
# Seen:      0 workers: rest True, next epoch False, saved between epochs False; 2 workers: True, True, True
#
# Needs Python 3.10 to 3.13 with venv, and 6 GB of disk for PyTorch and its libraries. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv environment
environment/bin/pip install -q --no-cache-dir torchdata==0.11.0 torch==2.7.0 numpy 2>log || { tail -5 log >&2; exit 1; }
cat > resume.py <<'PYTHON'
import torch
from torchdata.stateful_dataloader import StatefulDataLoader


def loader(workers):
    generator = torch.Generator().manual_seed(5)
    return StatefulDataLoader(range(32), batch_size=4, num_workers=workers, shuffle=True, generator=generator)


def epoch(batches):
    return [batch.tolist() for batch in batches]


for workers in (0, 2):
    whole = loader(workers)
    batches = iter(whole)
    for _ in range(3):
        next(batches)
    saved = whole.state_dict()
    rest, following = epoch(batches), epoch(whole)
    resumed = loader(workers)
    resumed.load_state_dict(saved)
    print(f"{workers} workers, rest: {epoch(resumed) == rest}, next epoch: {epoch(resumed) == following}")

    whole = loader(workers)
    epoch(whole)
    saved, following = whole.state_dict(), epoch(whole)
    resumed = loader(workers)
    resumed.load_state_dict(saved)
    print(f"{workers} workers, saved between epochs: {epoch(resumed) == following}")
PYTHON
timeout 300 environment/bin/python resume.py 2> log | tee seen || { tail -5 log >&2; exit 1; }
diff seen - <<'SEEN'
0 workers, rest: True, next epoch: False
0 workers, saved between epochs: False
2 workers, rest: True, next epoch: True
2 workers, saved between epochs: True
SEEN
