# Sourced by the scripts beside it: finds or gets uv, syncs the locked environment, speaks plainly when it can't.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
UV_VERSION=0.13.8
export UV_NO_PROGRESS="${UV_NO_PROGRESS:-1}" UV_PYTHON_PREFERENCE="${UV_PYTHON_PREFERENCE:-system}"
unset VIRTUAL_ENV

say() { printf '%s\n' "$*" >&2; }
die() { say "$1"; say "Fix: $2"; exit "${3:-1}"; }

find_python() {
  local candidate
  for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  die "No Python between 3.11 and 3.13 was found." "install Python 3.11, 3.12 or 3.13 and run this again" 2
}

need_space() {
  local free
  free=$(df -Pk "$ROOT" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge $(($1 * 1024)) ] ||
    die "Only $((free / 1024)) MB are free where the project lies; $1 MB are needed." "free some disk space, or clone to a larger disk"
}

get_uv() {
  if command -v uv >/dev/null 2>&1; then UV=$(command -v uv); return; fi
  UV="$ROOT/.wdh/uv/bin/uv"
  [ -x "$UV" ] && return
  say "Getting uv $UV_VERSION (into .wdh/uv; the system's Python stays as it is) …"
  mkdir -p "$ROOT/.wdh" && chmod 700 "$ROOT/.wdh"
  rm -rf "$ROOT/.wdh/uv"
  "$PYTHON" -m venv "$ROOT/.wdh/uv" >"$ROOT/.wdh/uv.log" 2>&1 &&
    "$ROOT/.wdh/uv/bin/python" -m pip --disable-pip-version-check install --quiet "uv==$UV_VERSION" >>"$ROOT/.wdh/uv.log" 2>&1 || {
    tail -n 3 "$ROOT/.wdh/uv.log" >&2
    rm -rf "$ROOT/.wdh/uv"
    die "uv could not be installed." "check the network and that Python has its venv module, or install uv yourself and run this again"
  }
}

sync_environment() {
  PYTHON=$(find_python)
  [ -d "$ROOT/.venv" ] && need_space 500 || need_space 3000
  get_uv
  local log="$ROOT/.wdh/sync.log"
  mkdir -p "$ROOT/.wdh" && chmod 700 "$ROOT/.wdh"
  [ -d "$ROOT/.venv" ] || say "Installing the locked environment (about half a gigabyte, once) …"
  "$UV" sync --locked --compile-bytecode --python "$PYTHON" "$@" >"$log" 2>&1 || {
    tail -n 8 "$log" >&2
    grep -qi 'lockfile.*needs to be updated' "$log" &&
      die "uv.lock does not fit pyproject.toml." "run 'uv lock' and commit the result"
    grep -qi 'no space left' "$log" && die "The disk is full." "free some disk space and run this again"
    grep -qiE 'dns|resolve|connect|network|timed out|fetch' "$log" &&
      die "The package index can't be reached." "check the network or the proxy settings (HTTPS_PROXY, UV_INDEX_URL) and run this again"
    die "The environment could not be installed; the whole log is in .wdh/sync.log." "mend what the lines above say"
  }
}
