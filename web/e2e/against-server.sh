#!/usr/bin/env bash
# Runs the browser tests against the real binary with demo data: against-server.sh PATH_OF_MILLRACE
set -euo pipefail
millrace=$(realpath "$1")
cd "$(dirname "$0")/.."
data=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$data"' EXIT
"$millrace" demo --data-dir "$data" --listen 127.0.0.1:0 >"$data/out" 2>"$data/log" &
server=$!
for _ in $(seq 300); do
  url=$(grep -o 'http://[0-9.:]*' "$data/out" | head -n 1 || true)
  if [ -n "$url" ] && curl --silent --fail --output /dev/null "$url/readyz"; then break; fi
  kill -0 "$server" || { cat "$data/log"; exit 1; }
  sleep 0.1
done
MILLRACE_URL=$url npm run e2e
