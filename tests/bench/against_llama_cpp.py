#!/usr/bin/env python3
"""Measures Lectern's engine in alternation with llama.cpp's llama-bench and writes a table in Markdown.

Binaries:
    cmake --preset release -DLECTERN_BENCH=ON
    cmake --build build/release --target session_bench shape_gguf kernel_bench
They need no Qt. For another machine (x86-64, glibc 2.36 or later) put the few shared libraries beside them, where this
script has them looked for:
    cd build/release/bin && ldd session_bench kernel_bench | grep -oE '/[^ ]*(hwy|benchmark|stdc|gcc_s|pcre2)[^ ]*' |
        sort -u | xargs cp -Lt .
llama-bench: llama.cpp, Release, -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF; it may be anywhere.

    against_llama_cpp.py --ours build/release/bin --peer /path/to/llama-bench --out results --cpus 0,1
        44M shape up to 8K tokens and the 1.1B shape at 2K: about 20 minutes on two 3 GHz cores
    ... --rows long         32K tokens of the 44M shape, 8K of the 1.1B shape: the peer takes minutes for each row
    ... --rows kv           q8_0 and q4_0 keys and values against f16, without the peer
    ... --only "decode"     rows whose name holds the text
    ... --realtime          on a machine that has other work: gives both sides the cores, not the caches and the bus

Every round runs both sides in turn, each in a process of its own with the same number of threads and the same cores;
the peer runs with and without flash attention, and the better median of the two counts (after the first round the way
that was slower by a quarter or more is left out). Medians of --repeat rounds, ratios by round. Models are random weights
written by shape_gguf into the output folder, the same file for both; nothing else is written outside it.
"""
import argparse
import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

LOSER = 0.75  # a way of the peer below this share of the other in the first round is not run again


@dataclasses.dataclass
class Row:
    """One line of the table: `context` tokens are read; for decode, tokens follow them one by one."""
    shape: str
    weights: str
    work: str  # "prefill" or "decode"
    context: int
    plan: str = "full"
    kv: str = "f16"
    asked: float = 0  # ratio that is wanted, 0: none

    def name(self):
        where = f"{self.work} {'at ' if self.work == 'decode' else ''}{self.context if self.context > 1 else 0}"
        return f"{self.shape} {self.weights} {where} {self.plan.split(':')[0]}" + (f", {self.kv} KV" if self.kv != "f16" else "")


def rows_small():
    rows = []
    for weights, prefill, decode in (("F16", 1.0, 0), ("Q8_0", 1.1, 1.0), ("Q4_K", 1.1, 1.0)):
        rows += [Row("44m", weights, "prefill", 512, asked=prefill), Row("44m", weights, "decode", 1, asked=decode)]
    rows += [Row("44m", "F16", "prefill", 8192, asked=1.5), Row("44m", "F16", "prefill", 8192, "longgen"),
             Row("44m", "F16", "decode", 8192, asked=2.5), Row("44m", "F16", "decode", 8192, "longgen", asked=3.5)]
    return rows + rows_large_model(2048)


def rows_large_model(context):
    return [Row("1.1b", weights, work, context, asked=1.0) for weights in ("F16", "Q4_K") for work in ("prefill", "decode")]


def rows_long():
    rows = [Row("44m", "F16", "prefill", 32768, asked=1.8), Row("44m", "F16", "prefill", 32768, "longgen", asked=3.5),
            Row("44m", "F16", "decode", 32768, asked=2.5), Row("44m", "F16", "decode", 32768, "longgen", asked=5.0)]
    return rows + rows_large_model(8192)


def rows_kv():
    return [Row("44m", "F16", work, context, plan, kv)
            for context in (8192, 32768) for plan in ("full", "longgen") for work in ("prefill", "decode")
            for kv in ("f16", "q8_0", "q4_0")]


class Runner:
    def __init__(self, options):
        self.options = options
        self.models = pathlib.Path(options.out)
        self.cpus = {int(cpu) for cpu in options.cpus.split(",")} if options.cpus else None
        self.peak_bytes = {}

    def run_ours(self, program, *arguments):
        folder = pathlib.Path(self.options.ours).absolute()
        return self.run([folder / program, *arguments], {"LD_LIBRARY_PATH": str(folder)})

    def run(self, command, environment=None):
        """The program's standard output; its peak of resident memory in self.last_peak."""
        def prepare():
            if self.cpus:
                os.sched_setaffinity(0, self.cpus)
            if self.options.realtime:
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        with tempfile.TemporaryFile() as err:
            child = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=err,
                                     preexec_fn=prepare, env=os.environ | (environment or {}))
            out = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            err.seek(0)
            if status != 0:
                sys.exit(f"{' '.join(map(str, command))} failed:\n{err.read().decode()}")
        self.last_peak = usage.ru_maxrss * 1024
        return out

    def model(self, row):
        path = self.models / f"{row.shape}-{row.weights}.gguf"
        if not path.exists():
            self.run_ours("shape_gguf", row.shape, row.weights, path)
        return path

    def ours(self, row):
        tokens = self.options.decode if row.work == "decode" else 0
        result = json.loads(self.run_ours("session_bench", "--model", self.model(row), "--threads", self.options.threads,
                                          "--contexts", row.context, "--plans", row.plan, "--kv-type", row.kv,
                                          "--decode", tokens))
        measured = result["rows"][0]
        self.peak_bytes[row.name()] = (self.last_peak, result["weights_bytes"], measured["kv_bytes"])
        return measured["decode_tokens_per_second" if tokens else "prefill_tokens_per_second"]

    def peer(self, row, flash):
        command = [self.options.peer, "-m", self.model(row), "-t", self.options.threads, "-r", 1, "-o", "json", "-fa", flash]
        if row.work == "prefill":
            command += ["-p", row.context, "-n", 0]
        else:
            command += ["-p", 0, "-n", self.options.decode, "-d", row.context if row.context > 1 else 0]
        return json.loads(self.run(command))[0]["avg_ts"]


def key_of_peer(row):
    """Rows that differ in plan alone share the peer's runs."""
    return (row.shape, row.weights, row.work, row.context)


def measure(runner, rows, options):
    """rates[row name] and peer[key][flash]: one number a round; 0 where the peer was left out."""
    rates = {row.name(): [] for row in rows}
    peer = {key_of_peer(row): {0: [], 1: []} for row in rows}
    groups = list(dict.fromkeys(key_of_peer(row) for row in rows))
    for group in groups:
        members = [row for row in rows if key_of_peer(row) == group]
        for number in range(options.repeat):
            for row in members:
                rates[row.name()].append(runner.ours(row))
            for flash in (0, 1) if options.peer else ():
                first = {way: of[0] for way, of in peer[group].items() if of}
                loses = number > 0 and first[flash] < LOSER * first[1 - flash]
                peer[group][flash].append(0.0 if loses else runner.peer(members[0], flash))
            print(f"{time.strftime('%H:%M:%S')} {' '.join(map(str, group))}: round {number + 1} of {options.repeat}",
                  file=sys.stderr)
        # Written anew after each group, so that a run that is stopped leaves what it has.
        yield [row for row in rows if groups.index(key_of_peer(row)) <= groups.index(group)], rates, peer


def best_way(of):
    return max((0, 1), key=lambda way: statistics.median([rate for rate in of[way] if rate > 0] or [0]))


def line_of(row, rates, peer):
    mine = rates[row.name()]
    line = {"row": row.name(), "ours": statistics.median(mine), "rounds": len(mine), "asked": row.asked, "rates": mine}
    ways = peer[key_of_peer(row)]
    theirs = ways[best_way(ways)]
    if theirs:
        ratios = [a / b for a, b in zip(mine, theirs)]
        line |= {"peer": statistics.median(theirs), "flash": best_way(ways), "peer_rates": theirs,
                 "ratio": statistics.median(mine) / statistics.median(theirs), "ratios": ratios}
    return line


def machine(runner, options):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    facts = {"cpu": model, "threads": options.threads, "cpus": options.cpus or "any", "load": os.getloadavg(),
             "date": time.strftime("%Y-%m-%d %H:%M")}
    if (pathlib.Path(options.ours) / "kernel_bench").exists():
        os.environ["LECTERN_BENCH_THREADS"] = str(options.threads)
        found = json.loads(runner.run_ours("kernel_bench", "--benchmark_filter=^machine", "--benchmark_format=json"))["benchmarks"][0]
        facts |= {name: found[name] for name in ("GFLOP/s", "read_GB/s", "copy_GB/s")}
    return facts


def table(facts, lines, runner):
    text = [f"# Against llama.cpp, {facts['date']}", "",
            f"{facts['cpu']}, {facts['threads']} threads on cores {facts['cpus']}; load of the machine at the start "
            f"{facts['load'][0]:.1f}; " + ", ".join(f"{name} {facts[name]:.0f}" for name in ("GFLOP/s", "read_GB/s", "copy_GB/s")
                                                     if name in facts) + ".", "",
            "| row | ours t/s | llama.cpp t/s | ratio of medians (lowest, highest round) | asked | share of the memory floor | peak over weights + KV, MiB | rounds |",
            "|---|---|---|---|---|---|---|---|"]
    for line in lines:
        peak, weights, kv = runner.peak_bytes[line["row"]]
        floor = "-"
        if "decode" in line["row"] and "read_GB/s" in facts:
            floor = f"{line['ours'] * (weights + kv) / facts['read_GB/s'] / 1e9:.0%}"
        peer = f"{line['peer']:.1f} (fa {'on' if line['flash'] else 'off'})" if "peer" in line else "-"
        ratio = f"{line['ratio']:.2f} ({min(line['ratios']):.2f}, {max(line['ratios']):.2f})" if "peer" in line else "-"
        text.append(f"| {line['row']} | {line['ours']:.1f} | {peer} | {ratio} | {line['asked'] or '-'} | {floor} | "
                    f"{(peak - weights - kv) / 2**20:.0f} | {line['rounds']} |")
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True, help="folder of session_bench, shape_gguf and (for the floors) kernel_bench")
    parser.add_argument("--peer", default="", help="llama-bench; without it our own figures alone")
    parser.add_argument("--out", required=True, help="folder for the models, table.md and rounds.json")
    parser.add_argument("--rows", choices=["small", "long", "kv"], default="small")
    parser.add_argument("--only", default="", help="rows whose name holds this text")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--decode", type=int, default=32, help="tokens decoded")
    parser.add_argument("--cpus", default="", help="cores both sides are pinned to, such as 0,1")
    parser.add_argument("--realtime", action="store_true", help="both sides before all other programs (needs the right to)")
    options = parser.parse_args()
    if options.rows == "kv":
        options.peer = ""
    pathlib.Path(options.out).mkdir(parents=True, exist_ok=True)
    runner = Runner(options)
    rows = [row for row in {"small": rows_small, "long": rows_long, "kv": rows_kv}[options.rows]() if options.only in row.name()]
    facts = machine(runner, options)
    for done, rates, peer in measure(runner, rows, options):
        lines = [line_of(row, rates, peer) for row in done]
        (pathlib.Path(options.out) / f"{options.rows}.json").write_text(json.dumps({"machine": facts, "rows": lines}, indent=1))
        (pathlib.Path(options.out) / f"{options.rows}.md").write_text(table(facts, lines, runner))
    print((pathlib.Path(options.out) / f"{options.rows}.md").read_text(), end="")


if __name__ == "__main__":
    main()
