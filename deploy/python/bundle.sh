#!/usr/bin/env bash
# Packs what bench_gpu.py needs on a machine with PyTorch and without network, Java or a checkout: a small Java runtime, broker, selector,
# Python packages, and data. Usage: bundle.sh OUT [--python 3.12] [--data DIR] [--part-mb 60]
# OUT gets files part-00, part-01, ... of at most so many megabytes. There: cat part-* | tar xz && dietsb-bench/run.sh [options of bench_gpu.py]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
fail() { echo "bundle.sh: $1" >&2; exit 2; }
usage="usage: bundle.sh OUT [--python 3.12] [--data DIR] [--part-mb 60]"
out=${1:?$usage}
[[ $out != -* ]] || fail "$usage"
shift
python=3.12 data='' part=60
while (($#)); do
  case $1 in
    --python) python=${2:?$usage} ;;
    --data) data=${2:?$usage} ;;
    --part-mb) part=${2:?$usage} ;;
    *) fail "$1 is unknown; $usage" ;;
  esac
  shift 2
done
[[ $python =~ ^3\.[0-9]+$ ]] || fail "--python $python is not allowed, allowed is the version of Python there, such as 3.12"
[[ $part =~ ^[1-9][0-9]*$ ]] || fail "--part-mb $part is not allowed, allowed is a whole number of megabytes"
[[ -z $data || -d $data ]] || fail "--data $data is no folder"
command -v jlink >/dev/null || fail "no jlink is on the PATH: install a JDK"
for built in deploy/broker/target/broker.jar selector-service/target/quarkus-app/quarkus-run.jar; do
  [[ -f $root/$built ]] || fail "$built is missing: build it with deploy/dietsb --help, or mvn -DskipTests package"
done
mkdir -p "$out"
[[ -z $(find "$out" -name 'part-*' -print -quit) ]] || fail "$out has parts already: name another folder"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
to=$work/dietsb-bench
mkdir -p "$to/deploy/broker/target" "$to/selector-service/target" "$to/deploy/python/tests" "$to/wheels"
jlink --add-modules java.se,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs --strip-debug --no-header-files --no-man-pages \
  --output "$to/java"
cp -r "$root/deploy/broker/target/broker.jar" "$root/deploy/broker/target/lib" "$to/deploy/broker/target/"
cp -r "$root/selector-service/target/quarkus-app" "$to/selector-service/target/"
cp "$root"/deploy/python/bench_{cost,gpu}.py "$to/deploy/python/"
cp "$root/deploy/python/tests/local_system.py" "$to/deploy/python/tests/"
images=trainer-service/src/main/resources/datasets/fashion-mini
mkdir -p "$to/$images"
cp "$root/$images"/* "$to/$images/"
if [[ -n $data ]]; then cp -r "$data" "$to/data"; fi
pip=("${PYTHON:-python3}" -m pip)
"${pip[@]}" wheel -q --no-deps -w "$to/wheels" "$root/deploy/python"
"${pip[@]}" download -q --no-deps --only-binary :all: --python-version "$python" --platform manylinux_2_28_x86_64 \
  --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 -d "$to/wheels" confluent-kafka protobuf
cat >"$to/run.sh" <<'RUN'
#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname "$0")"
[[ -d site ]] || python3 -m pip install -q --no-index --no-deps --target site wheels/*.whl
export PYTHONPATH=$PWD/site JAVA_HOME=$PWD/java DIETSB_ROOT=$PWD
[[ ! -d data ]] || set -- --data data "$@"
exec python3 -u deploy/python/bench_gpu.py "$@"
RUN
chmod +x "$to/run.sh"
tar -C "$work" -cz dietsb-bench | split -b "${part}000000" -d - "$out/part-"
ls -l "$out"/part-*
