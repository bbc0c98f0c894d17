#!/usr/bin/env bash
# Package:   lightning 2.6.6, torch 2.7.0
# Belief:    With the default val_check_interval=1.0, a Trainer validates at the end of each epoch of training.
# Behaviour: It validates after the batch whose number is the length of the loader. If the loader yields fewer batches than its len() says, the
#            epoch ends with its hooks, but without validation, and so without what depends on it: checkpoints of the best network,
#            early stopping, plateau schedules. Nothing reports it. A loader without len() is validated, and is read one batch ahead.
# Seen:      5 of 5 batches: 2 validations in 2 epochs; 4 of 5: 0
#
# Needs Python 3.10 to 3.13 with venv, and 6 GB of disk for PyTorch and its libraries. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv environment
environment/bin/pip install -q --no-cache-dir lightning==2.6.6 torch==2.7.0 2>log || { tail -5 log >&2; exit 1; }
cat > epochs.py <<'PYTHON'
import lightning
import torch


class Loader:
    def __init__(self, says, yields):
        self.says, self.yields = says, yields

    def __len__(self):
        return self.says

    def __iter__(self):
        return iter([torch.ones(2, 1)] * self.yields)


class Module(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.steps = self.epochs = self.validations = 0

    def training_step(self, batch, number):
        self.steps += 1
        return self.layer(batch).mean()

    def validation_step(self, batch, number):
        pass

    def on_train_epoch_end(self):
        self.epochs += 1

    def on_validation_epoch_end(self):
        self.validations += 1

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


for yields in (5, 4):
    module = Module()
    lightning.Trainer(
        max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, num_sanity_val_steps=0,
    ).fit(module, Loader(5, yields), Loader(1, 1))
    print(f"{yields} of 5 batches: {module.steps} steps, {module.epochs} epochs, {module.validations} validations")
PYTHON
timeout 300 environment/bin/python epochs.py 2> log | grep batches | tee seen || { tail -5 log >&2; exit 1; }
diff seen - <<'SEEN'
5 of 5 batches: 10 steps, 2 epochs, 2 validations
4 of 5 batches: 8 steps, 2 epochs, 0 validations
SEEN
