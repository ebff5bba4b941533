#!/usr/bin/env bash
# Installs what is missing, then configures and builds a preset: build.sh [PRESET] [CMAKE --build ARGUMENTS...]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
preset=${1:-release}
shift || true
bash "$root/installer/setup.sh"
cd "$root"
cmake --preset "$preset" >/dev/null
cmake --build --preset "$preset" "$@"
