#!/usr/bin/env bash
# Builds Lectern and starts it: run.sh [FILES, FOLDERS OR OPTIONS...]
# Where there is no display it says so and answers a question about the sample document on the command line instead.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bash "$root/installer/build.sh" release --target lectern lectern-cli lectern_annals lectern_recall_model
bin=$root/build/release/bin

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$bin/lectern" "$@"
fi
sample=$root/build/release/resources/annals.txt
start='The vault code of'
start=$(grep -o -m1 'The vault code of [^.]* is' "$sample" || true)
echo
echo "There is no display, so the window cannot open. Asking about the sample document instead:"
echo "  $(basename "$sample"), $(wc -c < "$sample") bytes: \"$start ...\""
echo
exec "$bin/lectern-cli" ask --model recall --plan longgen --doc "$sample" "$start"
