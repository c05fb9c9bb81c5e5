#!/usr/bin/env python3
"""Checks that every #include in src/ goes down the list of layers, never up, never sideways between domain folders.

The list is ALLOWED: a folder and the folders whose headers it may include besides its own. A new folder must be
entered here, which is the moment to think about where it stands. Prints each offence; exit code 1 when there is one.
"""
import pathlib
import re
import sys

PURE = {"base"}
STORED = PURE | {"store", "channels", "understanding"}
ACTING = {"desk/actor.h", "desk/audit.h", "desk/permission.h"}  # who does it, and that it is written down
DOMAIN = ["desk", "teaching", "crisis", "assist", "insight", "outreach"]
INBOX = STORED | set(DOMAIN)
API = INBOX | {"inbox", "http"}

ALLOWED = {
    "base": set(),
    "store": PURE,
    "channels": PURE,
    "understanding": PURE,
    **{folder: STORED | ACTING for folder in DOMAIN},
    "inbox": INBOX,
    "http": PURE,
    "api": API,
    "command": API | {"api"},
    ".": API | {"api", "command"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def main():
    src = pathlib.Path(__file__).resolve().parent.parent / "src"
    offences = []
    for file in sorted(path for ending in ("c", "h", "def") for path in src.rglob(f"*.{ending}")):
        name = file.relative_to(src)
        folder = str(name.parent).split("/")[0]
        if folder not in ALLOWED:
            offences.append(f"src/{name}: the folder {folder} has no place in tools/layers.py")
            continue
        for header in INCLUDE.findall(file.read_text(encoding="utf-8")):
            target = header.split("/")[0] if "/" in header else None
            if target and target != folder and not {target, header} & ALLOWED[folder]:
                offences.append(f"src/{name}: {folder} may not include {header}")
    print("\n".join(offences) if offences else "layers: in order")
    sys.exit(bool(offences))


if __name__ == "__main__":
    main()
