#!/usr/bin/env python3
"""Writes fold_table.h from OpenCC's character dictionaries (Debian packages opencc and libopencc-data).

usage: make_fold_table.py OPENCC_DICT OUTPUT

FOLD_SIMPLIFY      traditional character → the simplified one it is folded to, in order
FOLD_SIMPLIFIED    characters that only simplified text has, in order: they tell zh-Hans from zh-Hant
"""
import subprocess
import sys
import tempfile

DICTIONARIES = "/usr/share/opencc"


def read(opencc_dict, name):
    """{character: [characters it may become, the usual one first]}"""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as text:
        subprocess.run([opencc_dict, "-i", f"{DICTIONARIES}/{name}.ocd2", "-o", text.name, "-f", "ocd2", "-t", "text"],
                       check=True, stdout=subprocess.DEVNULL)
        pairs = (line.rstrip("\n").split("\t") for line in open(text.name, encoding="utf-8"))
        return {key: values.split(" ") for key, values in pairs if len(key) == 1}


def main():
    opencc_dict, output = sys.argv[1:]
    traditional = read(opencc_dict, "TSCharacters")
    simplified = read(opencc_dict, "STCharacters")
    fold = {key: values[0] for key, values in traditional.items() if len(values[0]) == 1 and values[0] != key}
    # One step must be enough: 裏 → 裡 → 里 would fold differently when folded twice.
    for key in fold:
        seen = {key}
        while fold[key] in fold and fold[key] not in seen:
            seen.add(fold[key])
            fold[key] = fold[fold[key]]
    # The table of the common plane has 16 bits: the few rare characters that would leave it stay as they are.
    fold = {key: value for key, value in fold.items() if key != value and (value < "\U00010000" or key > "\uffff")}
    only = [key for key, values in simplified.items() if key not in values and key not in fold]
    if len(fold) < 3000 or len(only) < 2000:
        sys.exit("make_fold_table: OpenCC's dictionaries look incomplete")
    with open(output, "w", encoding="utf-8") as out:
        out.write("/* Made by make_fold_table.py from OpenCC's TSCharacters and STCharacters. */\n")
        out.write("static const struct { uint32_t from, to; } FOLD_SIMPLIFY[] = {\n")
        for key in sorted(fold):
            out.write(f"{{0x{ord(key):X}, 0x{ord(fold[key]):X}}},\n")
        out.write("};\nstatic const uint32_t FOLD_SIMPLIFIED[] = {\n")
        for key in sorted(only):
            out.write(f"0x{ord(key):X},\n")
        out.write("};\n")


main()
