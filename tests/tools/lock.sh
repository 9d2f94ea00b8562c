#!/bin/sh
# lock.sh [--upgrade]: compile every lock file with hashes, for every platform and Python 3.11 or newer. Locked versions
# that still satisfy the requirements stay as they are unless --upgrade is given. The tests use the site's versions.
set -eu

sh hooks/tools/environment.sh venv
uv=$PWD/.venv/bin/uv
if [ ! -x "$uv" ]; then
    # Install only uv, at the version and hashes of the tests' lock file: the rest may not install before it is compiled.
    awk '/^uv==/ { inside = 1 } inside { print } inside && !/\\$/ { exit }' tests/requirements.txt >.venv/uv.lock
    sh hooks/tools/step.sh "Installing uv" .venv/bin/python -m pip install --quiet --require-hashes -r .venv/uv.lock
fi

compile() {
    # "fewest": one version of each package on all platforms, so that the site is the same everywhere.
    (cd "$1" && "$uv" pip compile --quiet --universal --fork-strategy fewest --generate-hashes --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links --output-file requirements.txt requirements.in ${2:+"$2"})
    printf 'Compiled %s\n' "$1/requirements.txt"
}

compile . "${1:-}"
compile tests "${1:-}"
for site in tests/bench/sites/*/requirements.in; do
    compile "${site%/requirements.in}" "${1:-}"
done
