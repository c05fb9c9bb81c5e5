#!/usr/bin/env python3
"""Puts a file into the program: make_bytes.py NAME IN OUT.c defines NAME_bytes and NAME_length of shipped_data.h.

The assembler reads the bytes; the checksum in the comment makes it read them again when they change.
"""
import hashlib
import sys
from pathlib import Path

name, source, out = sys.argv[1:]
content = Path(source).read_bytes()
path = str(Path(source).resolve()).replace("\\", "\\\\").replace('"', '\\"')
quoted = path.replace("\\", "\\\\").replace('"', '\\"')
Path(out).write_text(f"""/* Written by make_bytes.py. Content {hashlib.sha256(content).hexdigest()}. */
#include "understanding/shipped_data.h"

__asm__(".section .rodata\\n"
        ".globl {name}_bytes\\n"
        ".hidden {name}_bytes\\n"
        "{name}_bytes:\\n"
        ".incbin \\"{quoted}\\"\\n"
        ".byte 0\\n"
        ".text\\n");

const size_t {name}_length = {len(content)};
""", encoding="utf-8")
