#!/usr/bin/env python3
"""Makes queries.h and queries.c of queries/*.sql and migrations/*.sql.

A query in a .sql file:

    -- conversation_page: one page of the queue            name: what it does
    -- in: state text?, limit i64                          parameters, in the order of the C function
    -- out: id i64, subject text                           columns; without it: nothing comes back
    -- changes                                             the C function tells how many rows changed
    SELECT id, subject FROM conversation
    WHERE 1 = 1
    --? state: AND state = :state                          taken in only when state has a value
    ORDER BY id LIMIT :limit

Types: i64, real, text, blob, bool (0/1). "?" after a type: NULL is possible; in C that is 0, NULL.
Macros: @IDS(:list) is a list of ids out of a JSON array, for "x IN @IDS(:list)".
"""
import re
import sys
from pathlib import Path

C_IN = {"i64": "int64_t ", "bool": "bool ", "real": "double ", "text": "const char *", "blob": "GBytes *"}
C_OUT = {"i64": "int64_t ", "bool": "bool ", "real": "double ", "text": "const char *"}
VALUE = {"i64": "VALUE_I64", "bool": "VALUE_I64", "real": "VALUE_REAL", "text": "VALUE_TEXT", "blob": "VALUE_BLOB"}


class Query:
    def __init__(self, name, about, where):
        self.name, self.about, self.where = name, about, where
        self.params, self.columns, self.changes, self.lines = [], None, False, []


def fields(text, where):
    out = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        match = re.fullmatch(r"(\w+) (i64|bool|real|text|blob)(\??)", part)
        if not match:
            sys.exit(f"{where}: cannot read the field '{part}'")
        out.append((match[1], match[2], match[3] == "?"))
    return out


def read(path):
    queries, current, last = [], None, None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{path.name}:{number}"
        head = re.fullmatch(r"-- ([a-z0-9_]+): (.*)", line)
        if head and head[1] in ("in", "out"):
            last = head[1]
            if last == "in":
                current.params += fields(head[2], where)
            else:
                current.columns = (current.columns or []) + fields(head[2], where)
        elif head:
            current, last = Query(head[1], head[2], where), None
            queries.append(current)
        elif line.strip() == "-- changes":
            current.changes = True
        elif line.startswith("--?"):
            match = re.fullmatch(r"--\? (\w+): (.*)", line)
            if not match:
                sys.exit(f"{where}: cannot read the optional line")
            current.lines.append((match[1], match[2]))
        elif line.startswith("--"):
            if last and re.match(r"--\s{3,}\S", line):  # a longer field list goes on
                more = fields(line[2:].strip(), where)
                if last == "in":
                    current.params += more
                else:
                    current.columns += more
        elif line.strip():
            current.lines.append((None, line.strip()))
    return queries


def dialects(sql, query):
    names = [p[0] for p in query.params]

    def numbered(sign):
        def number(match):
            if match[1] not in names:
                sys.exit(f"{query.where}: :{match[1]} is no parameter of {query.name}")
            return f"{sign}{names.index(match[1]) + 1}"
        return number

    marked = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
    sqlite = re.sub(r"@IDS\((.*?)\)", r"(SELECT value FROM json_each(\1))", sql)
    postgres = re.sub(r"@IDS\((.*?)\)", r"(SELECT value::bigint FROM json_array_elements_text(\1::json))", sql)
    # one pass over the names only: "::json" is not a name
    return marked.sub(numbered("?"), sqlite), marked.sub(numbered("$"), postgres)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def signature(query):
    args = ["struct tx *tx"]
    if query.columns is not None:
        args.append("struct rows **rows")
    if query.changes:
        args.append("int64_t *changes")
    args.append("GError **error")
    args += [C_IN[kind] + name for name, kind, _ in query.params]
    return f"bool q_{query.name}({', '.join(args)})"


def header(queries):
    out = ["/* queries.h - made from queries/ by make_queries.py. */", "#pragma once", '#include "store/store.h"', ""]
    for q in queries:
        out.append(f"/* {q.about} */")
        out.append(signature(q) + ";")
        if q.columns is not None:
            out.append(f"struct q_{q.name} {{")
            for name, kind, _ in q.columns:
                if kind == "blob":
                    out.append(f"    const void *{name};")
                    out.append(f"    gsize {name}_length;")
                else:
                    out.append(f"    {C_OUT[kind]}{name};")
            out.append("};")
            out.append("/* The next row; its texts are borrowed from rows. False after the last. */")
            out.append(f"bool q_{q.name}_next(struct rows *rows, struct q_{q.name} *row);")
        out.append("")
    return "\n".join(out) + "\n"


def bind(name, kind, null, index):
    if kind in ("i64", "bool"):
        condition = f"{name} == 0" if null else None
        value = f"{{.type = VALUE_I64, .i64 = {name}}}"
    elif kind == "real":
        condition, value = None, f"{{.type = VALUE_REAL, .real = {name}}}"
    elif kind == "text":
        condition = f"{name} == NULL"
        value = f"{{.type = VALUE_TEXT, .bytes = {{{name}, strlen({name})}}}}"
    else:
        return f"    values[{index}] = blob_value({name});"
    if condition:
        return (f"    values[{index}] = {condition} ? (struct value){{.type = VALUE_NULL}} : (struct value){value};")
    return f"    values[{index}] = (struct value){value};"


def source(queries, migrations):
    out = ["/* queries.c - made from queries/ and migrations/ by make_queries.py. */", '#include "store/queries.h"', "",
           '#include "store/backend.h"', "", "#include <string.h>", "",
           "static inline struct value blob_value(GBytes *bytes)", "{",
           "    struct value value = {.type = VALUE_NULL};", "    if (bytes != NULL) {", "        value.type = VALUE_BLOB;",
           "        value.bytes.data = g_bytes_get_data(bytes, &value.bytes.length);", "    }", "    return value;", "}",
           "", "static inline const char *text_of(const struct value *cell)", "{",
           "    return cell->type == VALUE_NULL ? NULL : cell->bytes.data;", "}", ""]
    for n, q in enumerate(queries):
        optional = [p for p, _ in q.lines if p]
        if len(optional) > 8:
            sys.exit(f"{q.where}: {q.name} has more than 8 optional lines")
        pieces, names = [], [p[0] for p in q.params]
        for param, text in q.lines:
            if param is not None and param not in names:
                sys.exit(f"{q.where}: --? {param} is no parameter of {q.name}")
            pieces.append((-1 if param is None else names.index(param), *dialects(text + " ", q)))
        merged = []
        for piece in pieces:
            if merged and merged[-1][0] == -1 and piece[0] == -1:
                merged[-1] = (-1, merged[-1][1] + piece[1], merged[-1][2] + piece[2])
            else:
                merged.append(piece)
        out.append(f"static const struct query_piece PIECES_{n}[] = {{")
        out += [f"    {{{p}, {{{quoted(a)}, {quoted(b)}}}}}," for p, a, b in merged]
        out.append("};")
        kinds = ", ".join(VALUE[k] for _, k, _ in q.params) or "VALUE_NULL"
        out.append(f"static const enum value_type PARAMS_{n}[] = {{{kinds}}};")
        kinds = ", ".join(VALUE[k] for _, k, _ in q.columns or []) or "VALUE_NULL"
        out.append(f"static const enum value_type COLUMNS_{n}[] = {{{kinds}}};")
        out.append(signature(q) + "\n{")
        out.append(f"    struct value values[{max(1, len(q.params))}];")
        if not q.params:
            out.append("    values[0] = (struct value){.type = VALUE_NULL};")
        out += [bind(name, kind, null, i) for i, (name, kind, null) in enumerate(q.params)]
        rows = "rows" if q.columns is not None else "NULL"
        changes = "changes" if q.changes else "NULL"
        out.append(f"    return tx_run(tx, {n}, values, {rows}, {changes}, error);\n}}")
        if q.columns is not None:
            out.append(f"bool q_{q.name}_next(struct rows *rows, struct q_{q.name} *row)\n{{")
            out.append("    if (rows->next == rows->count)\n        return false;")
            out.append("    const struct value *cell = rows->cells + (gsize)rows->next++ * rows->width;")
            for i, (name, kind, _) in enumerate(q.columns):
                if kind == "i64":
                    out.append(f"    row->{name} = cell[{i}].type == VALUE_I64 ? cell[{i}].i64 : 0;")
                elif kind == "bool":
                    out.append(f"    row->{name} = cell[{i}].type == VALUE_I64 && cell[{i}].i64 != 0;")
                elif kind == "real":
                    out.append(f"    row->{name} = cell[{i}].type == VALUE_REAL ? cell[{i}].real : 0;")
                elif kind == "text":
                    out.append(f"    row->{name} = text_of(cell + {i});")
                else:
                    out.append(f"    row->{name} = text_of(cell + {i});")
                    out.append(f"    row->{name}_length = cell[{i}].type == VALUE_NULL ? 0 : cell[{i}].bytes.length;")
            out.append("    return true;\n}")
        out.append("")
    out.append("const struct query_kind QUERIES[] = {")
    for n, q in enumerate(queries):
        pieces = f"G_N_ELEMENTS(PIECES_{n}), PIECES_{n}"
        out.append(f"    {{\"{q.name}\", {len(q.params)}, PARAMS_{n}, {len(q.columns or [])}, COLUMNS_{n}, {pieces}}},")
    out.append("};\nconst unsigned QUERY_COUNT = G_N_ELEMENTS(QUERIES);\n")
    out.append("const char *const MIGRATIONS[] = {")
    for path in migrations:
        for line in path.read_text(encoding="utf-8").splitlines():
            out.append("    " + quoted(line.split("--")[0].rstrip() + "\n"))
        out[-1] += ","
    out.append("    NULL,\n};")
    return "\n".join(out) + "\n"


def main():
    header_path, source_path, *inputs = sys.argv[1:]
    paths = [Path(p) for p in inputs]
    queries, seen = [], set()
    for path in sorted(p for p in paths if p.parent.name == "queries"):
        queries += read(path)
    for query in queries:
        if query.name in seen:
            sys.exit(f"{query.where}: {query.name} is there twice")
        seen.add(query.name)
    migrations = sorted(p for p in paths if p.parent.name == "migrations")
    Path(header_path).write_text(header(queries), encoding="utf-8")
    Path(source_path).write_text(source(queries, migrations), encoding="utf-8")


main()
