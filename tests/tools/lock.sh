#!/bin/sh
# lock.sh [--upgrade]: compile the locks with hashes, for every platform and Python from 3.11 on. Versions that still
# fit are kept unless --upgrade is given. The tests' lock is held to the versions of the site's.
set -eu

sh tests/tools/environment.sh venv
uv=$PWD/.venv/bin/uv
if [ ! -x "$uv" ]; then
    # Only uv, at the version and hashes of the tests' lock: what is about to be compiled may not even install.
    awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' tests/requirements.txt >.venv/uv.lock
    sh tests/tools/step.sh "Installing uv" .venv/bin/python -m pip install --quiet --require-hashes -r .venv/uv.lock
fi

compile() {
    # "fewest": one version of a package everywhere, so that the site comes out the same everywhere.
    (cd "$1" && "$uv" pip compile --quiet --universal --fork-strategy fewest --generate-hashes --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links --output-file requirements.txt requirements.in ${2:+"$2"})
    printf 'Compiled %s\n' "$1/requirements.txt"
}

compile . "${1:-}"
compile tests "${1:-}"
for site in tests/bench/sites/*/requirements.in; do
    compile "${site%/requirements.in}" "${1:-}"
done
