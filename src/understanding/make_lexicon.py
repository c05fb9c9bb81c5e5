#!/usr/bin/env python3
"""Checks data/lexicon/*.tsv and writes them as lexicon_data.h.

usage: make_lexicon.py OUTPUT FILE...

A file is called KIND.LANGUAGE.tsv. Lines: word, label (not of sentiment and urgency), weight, parted by tabs; empty
lines and lines that begin with "# " say something to people. word* has an open end. A sentiment, emotion or flag of
weight 0 only hides the words of its kind inside it (贵公司 is not 贵).
"""
import os
import sys
import unicodedata

CATEGORIES = {"complaint", "after_sales", "order", "consultation", "cooperation", "suggestion", "praise", "irrelevant"}
TOPICS = {"injury", "death", "food_safety", "fire", "lawsuit", "regulator", "media", "fraud", "privacy", "boycott",
          "discrimination", "minor"}
EMOTIONS = {"angry", "sad", "afraid", "surprised", "happy"}
FLAGS = {"spam", "abuse", "churn"}
LABELS = {"category": CATEGORIES, "gravity": TOPICS, "emotion": EMOTIONS, "flag": FLAGS, "sentiment": None,
          "urgency": None}
RANGES = {"category": (0.5, 3), "gravity": (1, 3), "emotion": (0.5, 3), "flag": (0.5, 3), "sentiment": (-3, 3),
          "urgency": (1, 3)}
HIDING = {"sentiment", "emotion", "flag"}  # where a weight of 0 hides the shorter words inside


def check(path, number, columns, kind, seen):
    def wrong(why):
        sys.exit(f"{path}:{number}: {why}")
    labels = LABELS[kind]
    if len(columns) != (3 if labels else 2):
        wrong("wrong number of columns")
    if labels and columns[1] not in labels:
        wrong(f"unknown label {columns[1]}")
    low, high = RANGES[kind]
    try:
        weight = float(columns[-1])
    except ValueError:
        wrong(f"{columns[-1]} is no weight")
    if not (kind in HIDING if weight == 0 else low <= weight <= high):
        wrong(f"weight {columns[-1]} is outside {low} to {high}")
    word = unicodedata.normalize("NFKC", columns[0]).casefold()
    if not word.strip("*") or word != word.strip() or len(word.encode()) > 128:
        wrong("the word is empty, too long or has blanks around it")
    key = (kind, word, columns[1] if labels else "")
    if key in seen:
        wrong(f"{columns[0]} stands here twice ({seen[key]})")
    seen[key] = f"{path}:{number}"


def main():
    output, paths = sys.argv[1], sys.argv[2:]
    seen = {}
    with open(output, "w", encoding="utf-8") as out:
        out.write("/* Made by make_lexicon.py from data/lexicon. */\n"
                  "static const struct { enum lexicon_kind kind; const char *line; } LEXICON_LINES[] = {\n")
        for path in paths:
            kind = os.path.basename(path).split(".")[0]
            for number, line in enumerate(open(path, encoding="utf-8"), 1):
                line = line.rstrip("\n")
                if not line or line.startswith("# "):
                    continue
                check(path, number, line.split("\t"), kind, seen)
                text = line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("?", "\\?")
                out.write(f'{{LEXICON_{kind.upper()}, "{text}"}},\n')
        out.write("};\n")


main()
