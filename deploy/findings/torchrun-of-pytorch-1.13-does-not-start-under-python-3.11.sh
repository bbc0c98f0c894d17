#!/usr/bin/env bash
# Package:   torch 1.13.1, for which there are wheels for Python 3.11, and which Debian 12 ships with Python 3.11
# Belief:    torchrun starts the processes of a script.
# Behaviour: It ends before it starts any: AttributeError: 'NoneType' object has no attribute 'get'. It looks for the default of --redirects, 0, among
#            the members of an IntFlag, and Python 3.11 leaves out a member of value 0, and combinations such as 3, when it iterates over one.
#            With --redirects=1 --tee=1 --log_dir=DIR it starts; with 3 it does not. PyTorch 2.7.0 starts.
# Seen:      by default: AttributeError; redirects 3: AttributeError; redirects 1: rank 0 of 1
#
# Needs Python 3.11 with venv as python3.11, and 6 GB of disk for PyTorch and its libraries. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3.11 -m venv environment
environment/bin/pip install -q --no-cache-dir torch==1.13.1 'numpy<2' 'setuptools<80' 2>log || { tail -5 log >&2; exit 1; }
echo 'import os; print("rank", os.environ["RANK"], "of", os.environ["WORLD_SIZE"])' > script.py
run() {
  { timeout 100 environment/bin/python -m torch.distributed.run --standalone "$@" script.py || true; } 2>&1 |
    grep -oE "^AttributeError: .*|rank 0 of 1" || echo "neither"
}
{
  echo "by default: $(run)"
  echo "redirects 3: $(run --redirects=3 --tee=3 --log_dir=out)"
  echo "redirects 1: $(run --redirects=1 --tee=1 --log_dir=out)"
} | tee seen
diff seen - <<'SEEN'
by default: AttributeError: 'NoneType' object has no attribute 'get'
redirects 3: AttributeError: 'NoneType' object has no attribute 'get'
redirects 1: rank 0 of 1
SEEN
