#!/usr/bin/env bash
# Pins every package with the hashes of its files, for Python 3.11 to 3.13 on Linux and macOS.
#   requirements/runtime.txt  what an office runs
#   requirements/dev.txt      the same and what tests and checks need
#   requirements/bench.txt    what measuring needs beside
#   requirements/build.txt    what builds the distributions (hatchling)
# The files name no package index. LOCK_ARGS=--upgrade takes new versions.
set -euo pipefail
cd "$(dirname "$0")/.."

pin() { # OUTPUT SOURCE...
    local output=$1
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links ${LOCK_ARGS:-} --output-file "$@" >/dev/null
    { echo "# Written by 'make lock'; do not edit."; cat "$output"; } >"$output.new"
    mv "$output.new" "$output"
}
pin requirements/dev.txt pyproject.toml --extra testing --group dev
pin requirements/runtime.txt pyproject.toml --constraint requirements/dev.txt
pin requirements/build.txt requirements/build.in --constraint requirements/dev.txt
pin requirements/bench.txt requirements/bench.in --constraint requirements/dev.txt
