#!/usr/bin/env bash
# Install system packages (as root on Debian) and a virtual environment: install.sh REQUIREMENTS PACKAGE…
set -euo pipefail
cd "$(dirname "$0")/.."
requirements=$1; shift

missing=()
if command -v dpkg-query >/dev/null; then
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
    done
fi
# A Python with its own venv and ensurepip needs no package for it.
if python3 -c 'import venv, ensurepip' 2>/dev/null; then
    missing=("${missing[@]/python3-venv/}")
fi
missing=($(printf '%s\n' "${missing[@]}" | grep . || true))
system=
system_packages() {
    apt-get update -q >/dev/null
    apt-get install -q -y --no-install-recommends "$@" >/dev/null
}
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing system packages: ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        if [[ " ${missing[*]} " = *" python3-venv "* ]]; then
            system_packages "${missing[@]}"
        else  # while the Python packages are fetched
            system_packages "${missing[@]}" &
            system=$!
        fi
    else
        echo "These system packages are missing; PDF files or browser tests will not work without them:"
        echo "  sudo apt-get install ${missing[*]}"
    fi
fi

[ -x .tools/bin/uv ] || { python3 -m venv .tools && .tools/bin/pip install -q --disable-pip-version-check uv; } || true
if [ -x .tools/bin/uv ]; then
    [ -x .venv/bin/python ] || .tools/bin/uv venv -q --python "$(command -v python3)" .venv
    .tools/bin/uv pip install -q --python .venv/bin/python --require-hashes -r "$requirements"
else
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$requirements"
fi
if [ -n "$system" ]; then wait "$system"; fi
