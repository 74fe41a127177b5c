#!/usr/bin/env bash
# Runs the Dockerfile's steps in a clean folder, since no container engine is needed for that: what is copied, the install,
# the pruning, the start, the health check and the stop.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT

cd "$root"
cp package.json package-lock.json tsconfig.json "$folder/"
cp -r scripts src "$folder/"
cd "$folder"
npm ci --no-audit --no-fund --silent
npm prune --omit=dev --ignore-scripts --no-audit --no-fund --silent
rm -r src scripts tsconfig.json
cp -r "$root/callboard.yaml" "$root/manifest.yml" "$root/catalog" "$root/templates" .

CALLBOARD_DATA_DIR="$folder/data" PORT=0 LOG_LEVEL=info node dist/cli/main.js start >start.out 2>start.log &
pid=$!
for _ in $(seq 1 300); do
  port=$(sed -nE 's/.*http:\/\/(127\.0\.0\.1|localhost):([0-9]+).*/\2/p' start.out | head -n 1)
  [ -n "$port" ] && break
  kill -0 "$pid" 2>/dev/null || { cat start.out start.log; echo "the production install does not start"; exit 1; }
  sleep 0.1
done
[ -n "$port" ] || { cat start.out start.log; echo "the production install printed no address"; exit 1; }
PORT=$port node -e 'fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))'
kill -TERM "$pid"
wait "$pid"
pid=
echo "production install: $(du -sm node_modules | cut -f1) MB of packages, starts, is healthy, stops with 0 on SIGTERM"
