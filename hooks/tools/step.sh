#!/bin/sh
# step.sh TITLE COMMAND [ARGUMENT...]: run COMMAND and print TITLE as its progress line. On a terminal the line counts
# the seconds. The command's output is printed only if it fails, its duration only if it took more than two seconds.
set -u

title=$1
shift
log=$(mktemp)
ticker=
trap 'rm -f "$log"; [ -z "$ticker" ] || kill "$ticker" 2>/dev/null' EXIT
trap 'exit 130' INT TERM

started=$(date +%s)
printf '%s …' "$title"
if [ -t 1 ]; then
    (while sleep 1; do printf '\r%s … %d s' "$title" "$(($(date +%s) - started))"; done) &
    ticker=$!
fi

status=0
"$@" >"$log" 2>&1 || status=$?
[ -z "$ticker" ] || kill "$ticker" 2>/dev/null
ticker=

seconds=$(($(date +%s) - started))
[ ! -t 1 ] || printf '\r%s …' "$title"
if [ "$status" -ne 0 ]; then
    printf ' failed\n'
    cat "$log" >&2
elif [ "$seconds" -gt 2 ]; then
    printf ' done in %d s\n' "$seconds"
else
    printf ' done      \n'
fi
exit "$status"
