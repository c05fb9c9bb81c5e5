#!/usr/bin/env python3
"""Checks and expands data/examples: frames with choices become texts, each with its labels.

usage: tools/examples.py [--check | --report | --alike | --out FILE] FILE.tsv …
   --check    every line well-formed (the default); the first wrong ones are named, exit status 1
   --report   how many texts a category, sentiment, emotion, urgency and flag have, by language
   --alike    pairs of frames that share most of their characters
   --out F    writes category, sentiment, emotion, urgency, flags, language, frame, text: one expanded text a line;
              frame is a number that the texts of one frame share
"""
import collections
import itertools
import pathlib
import re
import sys

CATEGORIES = "complaint after_sales order consultation suggestion praise cooperation irrelevant".split()
SENTIMENTS = "-2 -1 0 1 2".split()
EMOTIONS = "angry sad afraid surprised happy neutral".split()
URGENCIES = "0 1 2 3".split()
FLAGS = "spam abuse churn noanswer".split()
MOST = 10
CHOICE = re.compile(r"\{([^{}]*)\}")


def expand(text):
    """At most MOST texts of a frame, spread evenly over its combinations."""
    parts = CHOICE.split(text)
    choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total <= MOST:
        return ["".join(one) for one in itertools.product(*choices)]
    texts = []
    for i in range(MOST):
        at, text = i * total // MOST + i % 2, ""
        for choice in choices:
            at, which = divmod(at, len(choice))
            text += choice[which]
        texts.append(text)
    return list(dict.fromkeys(texts))


def complaint_of(fields):
    """What is wrong with a line, or None."""
    if len(fields) != 6:
        return f"{len(fields)} fields, not 6"
    category, sentiment, emotion, urgency, flags, text = fields
    for name, value, known in (("category", category, CATEGORIES), ("sentiment", sentiment, SENTIMENTS),
                               ("emotion", emotion, EMOTIONS), ("urgency", urgency, URGENCIES)):
        if value not in known:
            return f"{name}: {value!r} is not one of {' '.join(known)}"
    for flag in [] if flags == "-" else flags.split(","):
        if flag not in FLAGS:
            return f"flags: {flag!r} is not one of {' '.join(FLAGS)} or -"
    bare = CHOICE.sub("", text)
    if "{" in bare or "}" in bare:
        return "text: a choice that does not end, or one inside another"
    if not text.strip() or len(text) > 2000:
        return "text: empty or longer than 2,000 characters"
    return None


def read(paths):
    """(path, line number, fields) of every frame; complaints are printed."""
    frames, bad = [], 0
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = line.rstrip("\r").split("\t")
            complaint = complaint_of(fields)
            if complaint is None:
                frames.append((path, number, fields))
            else:
                bad += 1
                print(f"{path}:{number}: {complaint}", file=sys.stderr)
    return frames, bad


def report(frames):
    counts = collections.defaultdict(collections.Counter)
    size = collections.Counter()
    for path, _, fields in frames:
        language = path.parent.name
        texts = len(expand(fields[5]))
        size[language, "frames"] += 1
        size[language, "texts"] += texts
        for name, value in zip(("category", "sentiment", "emotion", "urgency"), fields):
            counts[language, name][value] += texts
        for flag in fields[4].split(","):
            counts[language, "flags"][flag] += texts
    for (language, what), count in sorted(size.items()):
        print(f"{language} {what} {count}")
    for (language, name), counter in sorted(counts.items()):
        print(f"{language} {name}: " + ", ".join(f"{value} {count}" for value, count in counter.most_common()))


def alike(frames):
    grams = []
    where = collections.defaultdict(list)
    pairs = 0
    for i, (path, number, fields) in enumerate(frames):
        text = re.sub(r"\s+", " ", CHOICE.sub(lambda choice: choice[1].split("|")[0], fields[5])).lower()
        mine = {text[k:k + 4] for k in range(max(1, len(text) - 3))}
        shared = collections.Counter(other for gram in mine for other in where[gram])
        for other, count in shared.items():
            if count > 0.6 * min(len(mine), len(grams[other])) and min(len(mine), len(grams[other])) > 6:
                pairs += 1
                print(f"{path}:{number} ~ {frames[other][0]}:{frames[other][1]}: {fields[5][:60]}")
        grams.append(mine)
        for gram in mine:
            where[gram].append(i)
    print(f"{pairs} pairs alike among {len(frames)} frames")


def write(frames, out):
    lines = {}
    for frame, (path, _, (category, sentiment, emotion, urgency, flags, text)) in enumerate(frames, 1):
        for one in expand(text):
            labels = (category, sentiment, emotion, urgency, flags, path.parent.name)
            lines.setdefault((*labels, one), "\t".join((*labels, str(frame), one)))
    pathlib.Path(out).write_text("\n".join(lines.values()) + "\n", encoding="utf-8")


def main():
    arguments = sys.argv[1:]
    mode = arguments.pop(0) if arguments and arguments[0].startswith("--") else "--check"
    out = arguments.pop(0) if mode == "--out" and arguments else None
    if mode not in ("--check", "--report", "--alike", "--out") or not arguments or (mode == "--out" and out is None):
        sys.exit(__doc__)
    frames, bad = read([pathlib.Path(path) for path in arguments])
    if bad:
        sys.exit(f"{bad} wrong lines")
    if mode == "--report":
        report(frames)
    elif mode == "--alike":
        alike(frames)
    elif mode == "--out":
        write(frames, out)


if __name__ == "__main__":
    main()
