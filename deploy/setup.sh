#!/bin/sh
# Prepares what a command needs and nothing more: `setup.sh python [--dev]`, `web`, `browser`.
# Everything lands in .venv and web/node_modules; a second run with nothing to do takes a second.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\033[1m%s\033[0m\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

find_python() {
  for candidate in "${PYTHON:-}" python3.13 python3.12 python3.11 python3; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
      2>/dev/null && { command -v "$candidate"; return; }
  done
  fail "Readout needs Python 3.11, 3.12 or 3.13 and found none. Install one, or name it: make start PYTHON=/path/to/python3"
}

find_uv() {
  if command -v uv >/dev/null 2>&1; then command -v uv; return; fi
  [ -x .venv/bin/uv ] && { echo .venv/bin/uv; return; }
  python=$(find_python)
  say "Preparing the Python environment" >&2
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    # Debian and Ubuntu keep venv in a package of its own.
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 \
      && apt-get install -y -qq python3-venv >/dev/null 2>&1 \
      || fail "This Python cannot make environments. Install its venv module (Debian, Ubuntu: apt-get install python3-venv) and start again."
  fi
  "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check uv >&2
  echo .venv/bin/uv
}

setup_python() {
  uv=$(find_uv)
  python=$([ -x .venv/bin/python ] && echo .venv/bin/python || find_python)
  # --inexact keeps uv itself and the other command's groups, so `start` and `test` can alternate.
  groups=$([ "${1:-}" = --dev ] && echo "--group dev" || echo "--no-dev")
  # shellcheck disable=SC2086
  "$uv" sync --locked --inexact --quiet --python "$python" $groups
}

node_is_new_enough() {
  command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'
}

setup_node() {
  node_is_new_enough && return
  say "Fetching Node.js"
  # shellcheck disable=SC2046
  "$(find_uv)" sync --locked --inexact --quiet --no-dev --group node
  PATH="$PWD/.venv/bin:$PATH"
  node_is_new_enough || fail "Node.js 20.19 or newer is needed to build the web app and could not be installed."
}

setup_web() {
  setup_node
  installed=web/node_modules/.package-lock.json
  if [ ! -f "$installed" ] || [ web/package-lock.json -nt "$installed" ]; then
    say "Fetching the web app's libraries"
    (cd web && npm ci --no-audit --no-fund --loglevel=error)
    touch "$installed"
  fi
  if [ ! -f web/dist/index.html ] || [ -n "$(find web/src web/index.html web/public web/*.json web/*.ts -newer web/dist/index.html 2>/dev/null | head -n 1)" ]; then
    say "Building the web app"
    (cd web && npm run --silent build -- --logLevel error)
  fi
}

find_browser() {
  for candidate in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    command -v "$candidate" 2>/dev/null && return
  done
  find "${HOME:-/root}/.cache/ms-playwright" -name chrome -type f 2>/dev/null | head -n 1 | grep .
}

setup_browser() {
  find_browser >/dev/null && return
  say "Fetching Chromium for the browser tests"
  .venv/bin/playwright install chromium >/dev/null 2>&1 && find_browser >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get install -y -qq chromium >/dev/null 2>&1 && return
  fi
  fail "The browser tests need Chromium: install it (Debian: apt-get install chromium; elsewhere: .venv/bin/playwright install chromium) and run make test again."
}

case "${1:-}" in
  python) setup_python "${2:-}" ;;
  web) setup_web ;;
  browser) setup_browser ;;
  *) fail "usage: setup.sh python [--dev] | web | browser" ;;
esac
