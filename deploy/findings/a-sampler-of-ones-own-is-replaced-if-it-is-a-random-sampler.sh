#!/usr/bin/env bash
# Package:   transformers 5.24.0 with accelerate 1.15.0, torch 2.7.0
# Belief:    A Trainer that overrides _get_train_sampler trains on the examples that this sampler yields, in its order.
# Behaviour: If the sampler is an instance of torch's RandomSampler, accelerate replaces it by a SeedableRandomSampler, which takes over the dataset,
#            replacement and number of samples alone. The seed of the sampler's generator is lost, and so is the __iter__ of a
#            subclass: one that yields half of the dataset in its own order trains on all of it. accelerator_config={"use_seedable_sampler": False}
#            turns that off; a sampler that derives from Sampler directly is used as it is.
# Seen:      Sampler: as given; RandomSampler: replaced; subclass of RandomSampler: replaced; without seedable samplers: as given
#
# Needs Python 3.10 to 3.13 with venv, and 6 GB of disk for PyTorch and its libraries. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv environment
environment/bin/pip install -q --no-cache-dir transformers==5.24.0 accelerate==1.15.0 torch==2.7.0 2>log || { tail -5 log >&2; exit 1; }
cat > samplers.py <<'PYTHON'
import torch
from torch.utils.data import RandomSampler, Sampler
from transformers import Trainer, TrainingArguments

DATA = [{"x": torch.tensor([float(i)]), "labels": torch.tensor(0)} for i in range(32)]
HALF = list(range(30, -1, -2))


class Half(Sampler):
    def __iter__(self):
        return iter(HALF)

    def __len__(self):
        return len(HALF)


class RandomHalf(RandomSampler):
    def __iter__(self):
        return iter(HALF)

    def __len__(self):
        return len(HALF)


def seeded():
    return RandomSampler(DATA, generator=torch.Generator().manual_seed(7))


def verdict(sampler, **arguments):
    class Own(Trainer):
        def _get_train_sampler(self, *_):
            return sampler()

    settings = TrainingArguments("out", use_cpu=True, per_device_train_batch_size=4, report_to=[], **arguments)
    trainer = Own(model=torch.nn.Linear(1, 2), args=settings, train_dataset=DATA)
    trainer._remove_unused_columns = lambda data, description=None: data
    settings.remove_unused_columns = False
    seen = [int(x) for batch in trainer.get_train_dataloader() for x in batch["x"][:, 0]]
    return "as given" if seen == list(sampler()) else f"replaced, {len(seen)} examples"


print("Sampler:", verdict(Half))
print("RandomSampler:", verdict(seeded))
print("subclass of RandomSampler:", verdict(lambda: RandomHalf(DATA)))
print("without seedable samplers:", verdict(lambda: RandomHalf(DATA), accelerator_config={"use_seedable_sampler": False}))
PYTHON
timeout 300 environment/bin/python samplers.py 2> log | tee seen || { tail -5 log >&2; exit 1; }
diff seen - <<'SEEN'
Sampler: as given
RandomSampler: replaced, 32 examples
subclass of RandomSampler: replaced, 32 examples
without seedable samplers: as given
SEEN
