"""Let people play over a running playground, each acting once a minute, and write bench/results/load.json and load.md.

python deploy/load/run.py http://127.0.0.1:8080 --people 2000 --minutes 5 --metrics http://127.0.0.1:8111/metrics

Nothing of YourTale is started here: `make run` or `yourtale run` does that, and deploy/load/seat.py seats the people
first. JMeter 2.13 (Debian: jmeter, jmeter-http) runs the plan without a screen; javac and the library XStream patch it
to read plans at all, see patch/SecurityMapper.java.
"""  # noqa: INP001 - a script

import argparse
import csv
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import scrape

from bench.report import Row, bounded, write

HERE: Final = Path(__file__).parent
JARS: Final = Path("/usr/share/java")
PATCHED: Final = (JARS / "xstream.jar", JARS / "xpp3.jar")
DEFINED: Final = ("jmeter.save.saveservice.output_format=csv", "jmeter.save.saveservice.print_field_names=true")


@dataclass(frozen=True)
class Sample:
    """One act: when it began (seconds since 1970), how long until its first answer (seconds), whether it was taken."""

    at: float
    seconds: float
    ok: bool


def patch(folder: Path) -> str:
    """Compile the patch and return Java's boot class path. Raises CalledProcessError."""
    javac = ["javac", "-nowarn", "-cp", str(PATCHED[0]), "-d", str(folder), str(HERE / "patch" / "SecurityMapper.java")]
    subprocess.run(javac, check=True, timeout=120)  # noqa: S603
    return ":".join(map(str, (folder, *PATCHED)))


def jmeter(options: argparse.Namespace, folder: Path) -> list[Sample]:
    """Run the plan and return its samples. Raises CalledProcessError."""
    target = urlsplit(options.url)
    given = {
        "host": target.hostname,
        "port": target.port,
        "csv": options.csv.resolve(),
        "people": options.people,
        "ramp": options.ramp,
        "seconds": options.ramp + round(options.minutes * 60),
    }
    results = folder / "results.csv"
    argv = ["jmeter", "-n", "-t", str(HERE / "plan.jmx"), "-l", str(results), "-j", str(folder / "jmeter.log")]
    argv += [f"-J{name}={value}" for name, value in given.items()] + [f"-J{pair}" for pair in DEFINED]
    java = f"-Xmx{options.heap} -Xss256k -Xbootclasspath/a:{patch(folder)}"
    subprocess.run(argv, check=True, env=os.environ | {"JAVA_ARGS": java}, cwd=folder)  # noqa: S603
    if not results.is_file():
        sys.stderr.write((folder / "jmeter.log").read_text()[-3_000:])
        raise SystemExit("JMeter wrote no results; the end of its log is above.")
    return read(results)


def read(results: Path) -> list[Sample]:
    """Read JMeter's results."""
    with results.open(newline="", encoding="utf-8") as file:
        return [
            Sample(int(row["timeStamp"]) / 1000, int(row["elapsed"]) / 1000, row["success"] == "true")
            for row in csv.DictReader(file)
        ]


def steady(samples: list[Sample], ramp: float, minutes: float) -> list[Sample]:
    """Return the samples after everyone has come and before the first goes."""
    began = min(sample.at for sample in samples)
    return [sample for sample in samples if ramp <= sample.at - began <= ramp + minutes * 60]


def rows(samples: list[Sample], options: argparse.Namespace, change: scrape.Change) -> list[Row]:
    """Return the figures of the steady minutes, then those of the metrics over the whole run."""
    held = steady(samples, options.ramp, options.minutes)
    if len(held) < 2:
        raise SystemExit(f"Only {len(held)} acts in the steady minutes; let it run longer.")
    times = sorted(sample.seconds for sample in held)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    failed = sum(not sample.ok for sample in held)
    found = [
        Row("people", options.people, "people"),
        Row("acts a minute", round(len(held) / options.minutes, 1), "acts"),
        bounded("acts failed or refused", round(100 * failed / len(held), 3), "%", 0),
        bounded("first answer, mean", round(statistics.fmean(times) * 1000, 1), "ms", 2_000),
        Row("first answer, median", round(cuts[49] * 1000, 1), "ms"),
        Row("first answer, 95th percentile", round(cuts[94] * 1000, 1), "ms"),
        bounded("first answer, 99th percentile", round(cuts[98] * 1000, 1), "ms", 3_000),
    ]
    return found + change.rows()


def main() -> int:
    """Read the command line, run, write."""
    parser = argparse.ArgumentParser(description="Let people play over a running playground.")
    parser.add_argument("url", help="the playground's page address")
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--minutes", type=float, default=5.0, help="after everyone has come")
    parser.add_argument("--ramp", type=int, default=60, help="seconds in which they come")
    parser.add_argument("--csv", type=Path, default=HERE / "people.csv")
    parser.add_argument("--metrics", nargs="*", default=[], help="/metrics addresses of the roles")
    parser.add_argument("--heap", default="2g", help="JMeter's memory")
    options = parser.parse_args()
    if not options.csv.is_file():
        raise SystemExit(f"{options.csv} is missing; deploy/load/seat.py writes it.")
    before = scrape.read(options.metrics)
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        samples = jmeter(options, Path(folder))
    change = scrape.Change(before, scrape.read(options.metrics))
    write("load", rows(samples, options, change), f"python {shlex.join(_shown())}")
    return 0


def _shown() -> list[str]:
    """The command line without what is only this machine's: ports and folders."""
    words = ["URL" if "://" in word else Path(word).name if word.startswith("/") else word for word in sys.argv[1:]]
    return ["deploy/load/run.py", *words]


if __name__ == "__main__":
    sys.exit(main())
