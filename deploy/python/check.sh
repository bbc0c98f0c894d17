#!/usr/bin/env bash
# Checks format and types of this package, and runs its tests, in a virtual environment in target/, which is made once and kept.
# mvn verify runs it. Arguments are pytest's. Skipped, with a line that says why, where no such environment can be made.
# With DIETSB_FRAMEWORKS=true: runs the tests of the adapters instead, with PyTorch, transformers and Lightning from PyPI (6 GB).
set -euo pipefail
cd "$(dirname "$0")"
environment=$PWD/target/environment
requirements=(requirements-test.txt)
shared=(--system-site-packages)
tests=()
if [[ ${DIETSB_FRAMEWORKS:-} == true ]]; then
  environment=$PWD/target/frameworks
  requirements+=(requirements-frameworks.txt)
  shared=()
  tests=(tests/test_huggingface.py tests/test_lightning.py)
fi

skip() {
  echo "deploy/python: tests skipped: $1"
  exit 0
}

# Debian's PyTorch belongs to Debian's Python.
python=${PYTHON:-/usr/bin/python3}
[[ -x $python ]] || python=$(command -v python3) || skip "there is no python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "$python is older than Python 3.10"

wanted=$("$python" -c 'import sys; print(sys.executable, sys.version)'; cat "${requirements[@]}")
if [[ $(cat "$environment/made-of" 2>/dev/null) != "$wanted" ]]; then
  mkdir -p target
  rm -rf "$environment"
  "$python" -m venv "${shared[@]}" "$environment" >target/environment.log 2>&1 ||
    skip "no virtual environment can be made (Debian: python3-venv), see $PWD/target/environment.log"
  "$environment/bin/python" -m pip install -q --retries 2 "${requirements[@]/#/-r}" >target/environment.log 2>&1 ||
    skip "pip cannot install ${requirements[*]}, see $PWD/target/environment.log"
  echo "$wanted" >"$environment/made-of"
fi
export PATH=$environment/bin:$PATH PYTHONDONTWRITEBYTECODE=1

# Installs the package as a user would, if it is another than the one installed.
package=$(cat pyproject.toml setup.py README.md ../../*-service/src/main/proto/*.proto; find src -type f -not -path '*/wire/*' | sort | xargs tail -n +1)
package=$(sha256sum <<<"$package")
if [[ $(cat "$environment/installed" 2>/dev/null) != "$package" ]]; then
  pip install -q --no-deps --no-build-isolation --no-index --force-reinstall .
  echo "$package" >"$environment/installed"
fi

if [[ ${DIETSB_FRAMEWORKS:-} != true ]]; then
  ruff check -q --cache-dir target/ruff .
  ruff format -q --check --cache-dir target/ruff . || { echo "format with: ruff format $PWD"; exit 1; }
  mypy --cache-dir target/mypy --no-error-summary
fi
pytest -q -rs -o cache_dir=target/pytest "${tests[@]}" "$@"
