#!/usr/bin/env python3
"""Runs the tests, counts them and ends with one line "N passed, N failed" (", N skipped" when there are).

usage: tests/run.py [PART …]      parts: lint unit web fuzz e2e fault; all of them when none is named

Each part prints one line; what failed is shown with its log. Everything that does not even start counts as one failure.
Environment: HUIYIN_FUZZ_SECONDS (30), HUIYIN_TEST_JOBS (number of cores).
"""
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "build-asan" / "logs"
JOBS = int(os.environ.get("HUIYIN_TEST_JOBS") or os.cpu_count() or 1)
SANITIZED = ["-Db_sanitize=address,undefined", "-Db_lundef=false",
             f"-Dshipped_model={ROOT}/build/src/understanding/shipped.model"]  # trained once, by script/build
SANITIZERS = {
    "ASAN_OPTIONS": "abort_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-14",
}


class Count:
    """What a part found: numbers, and for each failure its name and the end of its log."""

    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped, self.complaints = passed, failed, skipped, []

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.complaints += other.complaints
        return self

    def fail(self, name, text=""):
        self.failed += 1
        return self.complain(name, text)

    def complain(self, name, text=""):
        self.complaints.append((name, "\n".join(text.strip().splitlines()[-60:])))
        return self


def run(name, command, timeout, cwd=ROOT, env=None):
    """(exit code, output), the output kept in LOGS. The whole process group is ended when time runs out."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            code = process.wait(timeout)
        except BaseException as stopped:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            out.write(f"\nended: not done within {timeout} s\n".encode())
            code = -1
    return code, log.read_text(encoding="utf-8", errors="replace")


def with_postgres(*command):
    return ["tests/with_postgres.sh", *command]


def require(name, command, timeout):
    """A step that the others stand on."""
    code, text = run(name, command, timeout)
    return Count() if code == 0 else Count().fail(name, text)


def count_tap(text):
    """The tests of one TAP stream as GTest writes it."""
    count = Count()
    for line in text.splitlines():
        match = re.match(r"(not )?ok\b(?: \d+)?\s*(?:- )?([^#]*)(#\s*(SKIP|TODO))?", line, re.I)
        if not match:
            continue
        if match[4]:
            count.skipped += 1
        elif match[1]:
            count.failed += 1
        else:
            count.passed += 1
    return count


# ---- the parts ----

def lint():
    count = Count()
    for check in ("format", "layers", "types", "tidy"):
        code, text = run(f"lint-{check}", ["script/lint", check], 1800)
        if code == 0:
            count.passed += 1
        else:
            count.fail(f"lint: {check}", text)
    return count


def unit():
    """Every GTest case, under the sanitizers, on both databases."""
    log = ROOT / "build-asan" / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    code, text = run("unit", with_postgres("meson", "test", "-C", "build-asan", "--no-rebuild", "--suite", "unit",
                                           "--num-processes", str(JOBS), "--print-errorlogs"), 1800, env=SANITIZERS)
    if not log.exists():
        return Count().fail("unit", text)
    count = Count()
    for line in log.read_text(encoding="utf-8").splitlines():
        test = json.loads(line)
        cases = count_tap(test.get("stdout", ""))
        if test["result"] == "SKIP" and not cases.skipped:
            cases.skipped += 1
        if test["result"] not in ("OK", "SKIP"):
            if cases.failed == 0:
                cases.failed = 1  # it crashed, hung, or a sanitizer ended it
            cases.complain(f"unit: {test['name']} ({test['result']})", test.get("stdout", "") + test.get("stderr", ""))
        count.add(cases)
    return count if code == 0 or count.failed else count.fail("unit", text)


def vitest(project):
    name = project.replace("/", "-")
    result = LOGS / f"{name}.json"
    result.unlink(missing_ok=True)
    code, text = run(name, ["npx", "vitest", "run", "--reporter=default", "--reporter=json", f"--outputFile.json={result}"],
                     300, cwd=ROOT / project)
    if not result.exists():
        return Count().fail(project, text)
    report = json.loads(result.read_text(encoding="utf-8"))
    count = Count(report["numPassedTests"], report["numFailedTests"],
                  report["numPendingTests"] + report.get("numTodoTests", 0))
    if count.failed:
        count.complain(project, text)
    elif code != 0 or not report["success"]:
        count.fail(project, text)
    return count


def web():
    count = Count()
    for project in ("web/console", "web/widget"):
        if (ROOT / project / "package.json").exists():
            count.add(vitest(project))
    return count


def fuzz_one(binary):
    name = binary.name.removesuffix("_fuzz")
    found = ROOT / "build-fuzz" / "corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    corpus = ROOT / "tests" / "fuzz" / "corpus" / name
    seconds = os.environ.get("HUIYIN_FUZZ_SECONDS", "30")
    code, text = run(f"fuzz-{name}", [str(binary), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
                                      f"-artifact_prefix={LOGS}/fuzz-{name}-", str(found),
                                      *([str(corpus)] if corpus.is_dir() else [])], int(seconds) + 120, env=SANITIZERS)
    return Count(passed=1) if code == 0 else Count().fail(f"fuzz: {name}", text)


def fuzz():
    count = Count()
    if not (ROOT / "build-fuzz" / "build.ninja").exists():
        count.add(require("fuzz-setup", ["meson", "setup", "build-fuzz", "-Dfuzz=true", *SANITIZED], 300))
    count.add(require("fuzz-build", ["ninja", "-C", "build-fuzz", "fuzzers"], 900))
    targets = sorted((ROOT / "build-fuzz" / "tests" / "fuzz").glob("*_fuzz"))
    if count.failed == 0 and not targets:
        count.fail("fuzz", "no targets in build-fuzz/tests/fuzz")
    if count.failed == 0:
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            for one in pool.map(fuzz_one, targets):
                count.add(one)
    return count


def node_tests(part):
    """tests/PART/*.test.mjs, one after the other: each has the machine and the browser for itself."""
    count = Count()
    for file in sorted((ROOT / "tests" / part).glob("*.test.mjs")):
        name = f"{part}-{file.name.removesuffix('.test.mjs')}"
        code, text = run(name, with_postgres("node", "--test", "--test-reporter=tap", str(file)), 900)
        numbers = {key: int(value) for key, value in re.findall(r"^# (pass|fail|cancelled|skipped|todo) (\d+)$", text, re.M)}
        one = Count(numbers.get("pass", 0), numbers.get("fail", 0) + numbers.get("cancelled", 0),
                    numbers.get("skipped", 0) + numbers.get("todo", 0))
        if one.failed:
            one.complain(name, "\n".join(line for line in text.splitlines() if not re.match(r"\s*ok ", line)))
        elif code != 0 or not numbers:
            one.fail(name, text)
        count.add(one)
    return count


PARTS = {"lint": lint, "unit": unit, "web": web, "fuzz": fuzz,
         "e2e": lambda: node_tests("e2e"), "fault": lambda: node_tests("fault")}


def prepare(parts):
    count = require("build", ["script/build"], 3600)
    if count.failed == 0 and {"lint", "unit"} & set(parts):
        if not (ROOT / "build-asan" / "build.ninja").exists():
            count.add(require("asan-setup", ["meson", "setup", "build-asan", *SANITIZED], 300))
        count.add(require("asan-build", ["ninja", "-C", "build-asan"], 1800))
    return count


def main():
    parts = sys.argv[1:] or list(PARTS)
    for part in parts:
        if part not in PARTS:
            sys.exit(f"{sys.argv[0]}: no such part: {part} (there are: {' '.join(PARTS)})")
    ccache = "/usr/lib/ccache"
    if os.path.isdir(ccache) and ccache not in os.environ["PATH"]:
        os.environ["PATH"] = f"{ccache}:{os.environ['PATH']}"
    os.environ["CC"] = "clang-14"  # of the sanitizer builds; build/ is set up by script/build without it
    total = Count()

    def do(name, part):
        began = time.monotonic()
        count = part()
        for what, text in count.complaints:
            print(f"--- {what}\n{text}\n---", flush=True)
        print(f"{name:8} {count.passed:5} good {count.failed:4} bad {count.skipped:4} left out"
              f"   {time.monotonic() - began:5.0f} s", flush=True)
        total.add(count)
        return count.failed == 0

    if do("build", lambda: prepare(parts)):
        for part in parts:
            do(part, PARTS[part])
    print(f"{total.passed} passed, {total.failed} failed" + (f", {total.skipped} skipped" if total.skipped else ""))
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    main()
