#!/usr/bin/env python3
"""Checks a table of data/text and writes it as a header for the file that reads it.

usage: make_text.py emoji|place|obfuscation INPUT OUTPUT
"""
import sys

EMOTIONS = {"angry", "sad", "afraid", "surprised", "happy", "neutral"}


def rows(path, columns):
    """(line number, fields) of every line that is not empty and no remark."""
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip("\n")
        if not line or line.startswith("# "):
            continue
        fields = line.split("\t")
        if len(fields) != columns or not all(field == field.strip() and field for field in fields):
            sys.exit(f"{path}:{number}: {columns} columns, parted by tabs, none empty, without blanks around")
        yield number, fields


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '"'


def emoji(path, out):
    seen = set()
    out.write("static const struct emoji EMOJI[] = {\n")
    for number, (code, zh, en, sentiment, emotion) in rows(path, 5):
        if code in seen or sentiment not in {str(n) for n in range(-3, 4)} or emotion not in EMOTIONS:
            sys.exit(f"{path}:{number}: stands twice, or sentiment or emotion is none")
        if len(code.encode()) > 64:
            sys.exit(f"{path}:{number}: too long")
        seen.add(code)
        out.write(f"{{{quote(code)}, {quote(zh)}, {quote(en)}, {sentiment}, {quote(emotion)}}},\n")
    out.write("};\n")


def place(path, out):
    seen = set()
    out.write("static const struct {\n    const char *word, *name;\n} PLACES[] = {\n")
    for number, (words, kind) in rows(path, 2):
        if kind not in {"province", "city", "station", "airport", "country"}:
            sys.exit(f"{path}:{number}: {kind} is no kind of place")
        for word in words.split("|"):
            if word.casefold() in seen or len(word.encode()) < 2:
                sys.exit(f"{path}:{number}: {word} stands twice or is too short")
            seen.add(word.casefold())
            out.write(f"{{{quote(word)}, {quote(words.split('|')[0])}}},\n")
    out.write("};\n")


def obfuscation(path, out):
    seen = {}
    out.write("static const struct {\n    const char *word, *pinyin, *initials, *writings;\n} HIDDEN[] = {\n")
    for number, (word, pinyin, initials, writings) in rows(path, 4):
        def wrong(why):
            sys.exit(f"{path}:{number}: {why}")
        syllables = [] if pinyin == "-" else pinyin.split(" ")
        if syllables and (len(syllables) != len(word) or not 2 <= len(word) <= 5):
            wrong("a Chinese word has two to five characters, and each has a syllable")
        if not syllables and not (word.isascii() and word.isalpha() and word.islower()):
            wrong("a word without pinyin is of small letters")
        if initials != "-" and (len(initials) != len(word) or not initials.isalnum()):
            wrong("as many initials as characters")
        for written in [word] + ([] if writings == "-" else writings.split("|")):
            if not written or written.lower() in seen:
                wrong(f"{written} stands here twice ({seen.get(written.lower())})")
            seen[written.lower()] = word
        fields = [word] + ["" if field == "-" else field for field in (pinyin, initials, writings)]
        out.write("{" + ", ".join(quote(field) for field in fields) + "},\n")
    out.write("};\n")


def main():
    table, path, output = sys.argv[1:]
    with open(output, "w", encoding="utf-8") as out:
        out.write(f"/* Made by make_text.py from data/text/{table}.tsv. */\n")
        {"emoji": emoji, "place": place, "obfuscation": obfuscation}[table](path, out)


main()
