#!/bin/sh
# environment.sh venv|site|tests: make .venv, and install the locked packages of the site, or of the site and its tests.
# Nothing is done twice: a copy of each lock is kept beside what was installed from it and compared by content, since
# times of change say nothing in a fresh clone.
set -eu

purpose=$1
venv=.venv
here=tests/tools

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

suits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suits "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11 or newer."
        printf '%s\n' "$PYTHON"
        return
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if suits "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed: install it (Debian: apt install python3 python3-venv), or name it with PYTHON=."
}

make_venv() {
    [ -x "$venv/bin/python" ] && [ -f "$venv/made" ] && return
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python lacks venv or ensurepip: install them (Debian: apt install python3-venv)."
    sh $here/step.sh "Making $venv with $("$python" --version)" "$python" -m venv --clear "$venv"
    : >"$venv/made" # a half-made environment has no such mark, and is made again
}

installed() {
    cmp -s "$1" "$venv/$2"
}

make_venv
pip="$venv/bin/python -m pip install --quiet --require-hashes"

case $purpose in
venv) ;;
site)
    if ! installed requirements.txt site.lock; then
        sh $here/step.sh "Installing the site's packages" $pip -r requirements.txt
        cp requirements.txt "$venv/site.lock"
    fi
    ;;
tests)
    if ! installed requirements.txt site.lock || ! installed tests/requirements.txt tests.lock; then
        sh $here/step.sh "Installing the packages of the site and its tests" \
            $pip -r requirements.txt -r tests/requirements.txt
        cp requirements.txt "$venv/site.lock"
        cp tests/requirements.txt "$venv/tests.lock"
    fi
    if ! cmp -s tests/package-lock.json tests/node_modules/installed.lock; then
        # No package's own install scripts are run: none of these needs one.
        sh $here/step.sh "Installing the tests' Node packages" \
            env PATH="$PWD/$venv/bin:$PATH" npm ci --prefix tests --ignore-scripts --no-audit --no-fund
        cp tests/package-lock.json tests/node_modules/installed.lock
    fi
    ;;
*)
    fail "usage: environment.sh venv|site|tests"
    ;;
esac
