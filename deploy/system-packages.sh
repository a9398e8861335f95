#!/usr/bin/env bash
# What the system itself must have: installs it as root on Debian and Ubuntu, elsewhere says what is missing.
#   system-packages.sh python   print the interpreter to use
#   system-packages.sh run      what it takes to run
#   system-packages.sh test     what the browser tests take as well
set -euo pipefail

interpreter() {
    for name in python3.11 python3.12 python3.13 python3; do
        command -v "$name" >/dev/null || continue
        "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        "$name" -c 'import sys; print(sys.executable)'
        return
    done
    return 1
}

# provide PACKAGES... : install them, or say how
provide() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing $*" >&2
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 && return
        apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends "$@" >/dev/null
    else
        echo "Missing on this machine: $*. On Debian or Ubuntu: sudo apt-get install $*" >&2
        return 1
    fi
}

has_chinese_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }
has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }

case "${1:-}" in
    python) interpreter ;;
    run)
        interpreter >/dev/null || provide python3 python3-venv
        interpreter >/dev/null || { echo "Python 3.11 or newer with its venv module is needed." >&2; exit 1; }
        command -v npm >/dev/null || provide nodejs npm
        ;;
    test)
        has_browser || provide chromium
        has_chinese_font || provide fontconfig fonts-noto-cjk
        command -v pdfsig >/dev/null || provide poppler-utils  # an independent reader of signed licences
        ;;
    *) sed -n '2,5p' "$0" >&2; exit 2 ;;
esac
