#!/usr/bin/env bash
# Runs test programs one after the other on a virtual X display of their own: focus, exposure and drops go
# other ways there than in Qt's offscreen platform.
set -uo pipefail
if ! command -v Xvfb >/dev/null; then
    echo "Xvfb is not installed: nothing was run"
    exit 77 # skipped
fi
number=$(mktemp)
Xvfb -displayfd 1 -screen 0 1600x1000x24 -nolisten tcp >"$number" 2>/dev/null &
server=$!
trap 'kill "$server" 2>/dev/null; rm -f "$number"' EXIT
for _ in $(seq 100); do
    [ -s "$number" ] && break
    sleep 0.1
done
if [ ! -s "$number" ]; then
    echo "Xvfb does not start"
    exit 1
fi
export DISPLAY=:$(head -n 1 "$number") QT_QPA_PLATFORM=xcb
failed=0
for program in "$@"; do
    echo "== $(basename "$program")"
    "$program" || failed=1
done
exit $failed
