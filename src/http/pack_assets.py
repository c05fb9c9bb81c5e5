#!/usr/bin/env python3
"""pack_assets.py OUT.c OUT.bin OUT.d CONSOLE_DIST WIDGET_DIST

Packs the built web files, plain and gzipped, into OUT.bin and writes OUT.c: a
table of them and an .incbin of the bytes. A folder that is not there is marked
as not built. OUT.d lists the inputs for ninja, so that a new front end is
packed by the next build. Equal input gives equal output."""
import base64
import gzip
import hashlib
import os
import re
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wasm": "application/wasm",
}
HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.S)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folder_files(folder):
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            full = os.path.join(base, name)
            yield os.path.relpath(full, folder).replace(os.sep, "/"), full


def nearest(path):
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path


def pack_folder(folder, blob, inputs):
    """The rows of one table and the hashes of inline scripts."""
    rows, hashes = [], []
    if not os.path.isdir(folder):
        inputs.append(nearest(folder))
        return None, hashes
    inputs.extend(base for base, _, _ in os.walk(folder))
    for path, full in sorted(folder_files(folder), key=lambda pair: pair[0].encode()):
        inputs.append(full)
        with open(full, "rb") as file:
            data = file.read()
        kind = TYPES.get(os.path.splitext(path)[1].lower(), "application/octet-stream")
        if kind.startswith("text/html"):
            hashes += [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in INLINE_SCRIPT.findall(data)]
        packed = gzip.compress(data, 9, mtime=0)
        offset = len(blob)
        blob += data
        gzip_offset, gzip_size = 0, 0
        if len(packed) < len(data) * 0.95:
            gzip_offset, gzip_size = len(blob), len(packed)
            blob += packed
        rows.append("    {%s, %s, %s, %d, %d, %d, %d, %s}," % (
            quoted(path), quoted(kind), quoted(hashlib.sha256(data).hexdigest()[:20]), offset, len(data),
            gzip_offset, gzip_size, "true" if path.startswith("assets/") and HASHED.search(path) else "false"))
    return rows, hashes


def write_if_changed(path, data):
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return
    except FileNotFoundError:
        pass
    with open(path, "wb") as file:
        file.write(data)


def main():
    out_c, out_bin, out_d = sys.argv[1:4]
    blob, inputs, tables, folders = bytearray(), [], [], []
    for number, folder in enumerate(sys.argv[4:6]):
        rows, hashes = pack_folder(os.path.abspath(folder), blob, inputs)
        policy = "".join(" 'sha256-%s'" % one for one in hashes)
        if rows:
            tables.append("static const struct asset_file FILES_%d[] = {\n%s\n};\n" % (number, "\n".join(rows)))
            folders.append("    {true, %s, FILES_%d, %d}," % (quoted(policy), number, len(rows)))
        else:
            folders.append('    {false, "", NULL, 0},')
    text = """/* Written by pack_assets.py. Content %s. */
#include "http/asset_table.h"

__asm__(".section .rodata\\n"
        ".balign 16\\n"
        ".globl asset_bytes\\n"
        ".hidden asset_bytes\\n"
        "asset_bytes:\\n"
        ".incbin %s\\n"
        ".byte 0\\n"
        ".text\\n");

%sconst struct asset_folder asset_folders[ASSET_SITE_COUNT] = {
%s
};
""" % (hashlib.sha256(blob).hexdigest(), quoted(quoted(os.path.abspath(out_bin)))[1:-1], "\n".join(tables), "\n".join(folders))
    write_if_changed(out_bin, bytes(blob))
    write_if_changed(out_c, text.encode())
    escaped = [path.replace(" ", "\\ ") for path in inputs + [os.path.abspath(__file__)]]
    with open(out_d, "w", encoding="utf-8") as file:
        file.write("%s: %s\n" % (out_c, " ".join(escaped)))


main()
