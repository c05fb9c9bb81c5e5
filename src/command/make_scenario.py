#!/usr/bin/env python3
"""Checks data/demo/scenario.*.jsonl and writes them as scenario_data.h.

usage: make_scenario.py OUTPUT FILE...

A line: {"id", "brand", "kind", "author", "followers", "verified"?, "text", "reposts"?, "under"?} and either "at", in
seconds from the start, or "when_answered" (the id of a line by the same author) with "delay", in seconds from the
brand's answer to that line. "under" names the post a comment stands under.
"""
import json
import sys

BRANDS = {"luma", "norbay"}
VERIFIED = {"", "person", "organisation", "media", "government"}


def check(line, known):
    if line["brand"] not in BRANDS or line["kind"] not in {"post", "comment", "dm"} or not line["text"].strip():
        raise ValueError("brand, kind or text")
    if line["id"] in known or not isinstance(line["followers"], int) or line.get("verified", "") not in VERIFIED:
        raise ValueError("id, followers or verified")
    if ("at" in line) == ("when_answered" in line):
        raise ValueError("either at or when_answered")
    if line["kind"] == "comment" and known[line["under"]]["kind"] != "post":
        raise ValueError("under is no post")
    if "when_answered" in line:
        asked = known[line["when_answered"]]
        if asked["author"] != line["author"] or asked["brand"] != line["brand"] or line["delay"] < 0:
            raise ValueError("answers to somebody else")
    known[line["id"]] = line


def main():
    output, *files = sys.argv[1:]
    lines, known = [], {}
    for path in files:
        for number, text in enumerate(open(path, encoding="utf-8"), 1):
            lines.append((f"{path}:{number}", json.loads(text)))
    # A reaction may stand before what it answers: the plain ones are looked at first.
    for where, line in sorted(lines, key=lambda pair: "when_answered" in pair[1]):
        try:
            check(line, known)
        except (KeyError, ValueError) as problem:
            sys.exit(f"{where}: {problem}")
    with open(output, "w", encoding="utf-8") as out:
        out.write("/* Made by make_scenario.py of data/demo. */\nstatic const char *const SCENARIO_LINES[] = {\n")
        for _, line in lines:
            out.write(f"    {json.dumps(json.dumps(line, ensure_ascii=False), ensure_ascii=False)},\n")
        out.write("};\n")


if __name__ == "__main__":
    main()
