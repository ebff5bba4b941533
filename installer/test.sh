#!/usr/bin/env bash
# Builds everything and runs every test: what continuous integration runs.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bash "$root/installer/build.sh" release
cd "$root"
export QT_QPA_PLATFORM=offscreen
ctest --preset release -j2
