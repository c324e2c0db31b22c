#!/usr/bin/env bash
# Runs the browser tests against the real binary: against-server.sh PATH_OF_MILLRACE
set -euo pipefail
MILLRACE_BIN=$(realpath "$1")
export MILLRACE_BIN
cd "$(dirname "$0")/.."
npm run e2e
