#!/bin/sh
# environment.sh venv|site|tests: create .venv and install the locked packages of the site, or of the site and its tests.
# A copy of each lock file is saved beside the packages it installed. The copies are compared by content, because
# modification times mean nothing in a fresh clone.
set -eu

purpose=$1
venv=.venv
tools=hooks/tools

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

is_supported() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_supported "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11 or newer."
        printf '%s\n' "$PYTHON"
        return
    fi
    # The last ones are for pyenv: its commands fail if the version in .python-version is not installed.
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3 /opt/homebrew/bin/python3; do
        if is_supported "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is required. Install it (Debian: apt install python3 python3-venv) or set PYTHON= to its path."
}

create_venv() {
    [ -x "$venv/bin/python" ] && [ -f "$venv/complete" ] && return
    python=$(find_python)
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python has no venv or ensurepip module. Install them (Debian: apt install python3-venv)."
    sh $tools/step.sh "Creating $venv with $("$python" --version)" "$python" -m venv --clear "$venv"
    : >"$venv/complete" # an interrupted creation leaves no such file and starts again
}

is_installed() {
    cmp -s "$1" "$venv/$2"
}

create_venv
pip="$venv/bin/python -m pip install --quiet --require-hashes"

case $purpose in
venv) ;;
site)
    if ! is_installed requirements.txt site.lock; then
        sh $tools/step.sh "Installing the site's packages" $pip -r requirements.txt
        cp requirements.txt "$venv/site.lock"
    fi
    ;;
tests)
    if ! is_installed requirements.txt site.lock || ! is_installed tests/requirements.txt tests.lock; then
        sh $tools/step.sh "Installing the packages of the site and its tests" \
            $pip -r requirements.txt -r tests/requirements.txt
        cp requirements.txt "$venv/site.lock"
        cp tests/requirements.txt "$venv/tests.lock"
    fi
    if ! cmp -s tests/package-lock.json tests/node_modules/installed.lock; then
        # Install scripts of packages are not run: none of these packages needs one.
        sh $tools/step.sh "Installing the tests' Node packages" \
            env PATH="$PWD/$venv/bin:$PATH" npm ci --prefix tests --ignore-scripts --no-audit --no-fund
        cp tests/package-lock.json tests/node_modules/installed.lock
    fi
    ;;
*)
    fail "usage: environment.sh venv|site|tests"
    ;;
esac
