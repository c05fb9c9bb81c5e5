#!/bin/sh
# usage: land.sh   (after committing)
set -e
git rebase main 2>&1 | tail -1
ninja -j2 -C build 2>&1 | grep -E "error|FAILED|warning" && exit 1
flock /work/main/.git/land.lock git -C /work/main merge --ff-only api 2>&1 | tail -1
