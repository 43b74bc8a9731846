import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { formatDuration, runCommand } from "../tools/command";
import { ensureEngine } from "../tools/engine";
import { repositoryRoot } from "../tools/repository";
import { formatBar, formatValue, makePages, PLOTS_FOLDER, RESULTS_PATH } from "./page";
import type { Part, Run } from "./part";
import { parts, partsNamed } from "./parts";
import {
  type Figure,
  isReached,
  type Machine,
  type Measurement,
  parseResults,
  type Results,
} from "./results";

/**
 * `npm run bench` measures every part and writes `docs/benchmarks.md`.
 *
 * - `-- --only NAME,NAME`: only these parts; writes nothing unless `--keep` puts their figures on the page.
 * - `-- --page`: only makes the page again, from the stored figures.
 * - `-- --quick`: few and small points, to try the benchmark itself; never stored.
 * - `-- --json FILE`: the figures by their names.
 */
void runCommand(async (signal) => {
  const { values } = parseArgs({
    options: {
      json: { type: "string" },
      only: { type: "string" },
      keep: { type: "boolean", default: false },
      page: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
    },
  });
  if (values.page) return writePages(readResults());
  const started = Date.now();
  const chosen = partsNamed(values.only);
  const engine = await ensureEngine({ signal });
  const { measured, failures } = await measureAll(chosen, { engine, signal, isQuick: values.quick });
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(byName(measured), null, 2)}\n`);
  const isWhole = values.only === undefined;
  if (!values.quick && (isWhole || values.keep)) {
    writePages({
      parts: { ...(isWhole ? {} : readResults().parts), ...withMachine(measured, engine.version) },
    });
  }
  const missed = [...measured.values()].flatMap(({ figures }) => figures).filter((one) => !isReached(one));
  report(chosen, measured);
  console.log(`\n${formatDuration(Date.now() - started)} in all.`);
  const problems = [...failures, ...missed.map(({ name }) => `${name} misses its bar.`)];
  if (problems.length > 0) throw new Error(problems.join("\n"));
});

interface Outcome {
  readonly measured: ReadonlyMap<string, Measurement>;
  readonly failures: readonly string[];
}

/** Measures one part after the other. If one fails, the others still run. */
async function measureAll(chosen: readonly Part[], run: Run): Promise<Outcome> {
  const measured = new Map<string, Measurement>();
  const failures: string[] = [];
  for (const [index, part] of chosen.entries()) {
    console.log(pc.bold(`\nPart ${index + 1} of ${chosen.length}: ${part.name}`));
    try {
      measured.set(part.name, await part.measure(run));
    } catch (error) {
      run.signal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      console.error(pc.red(message));
      failures.push(`${part.name} could not be measured: ${message}`);
    }
  }
  return { measured, failures };
}

function report(chosen: readonly Part[], measured: ReadonlyMap<string, Measurement>): void {
  for (const { name, title } of chosen) {
    const figures = measured.get(name)?.figures;
    if (figures === undefined) continue;
    console.log(`\n${pc.bold(title)}`);
    for (const figure of figures) console.log(reportLine(figure));
  }
}

function reportLine(figure: Figure): string {
  const mark = figure.bar === undefined ? " " : isReached(figure) ? pc.green("✓") : pc.red("✗");
  const bar =
    figure.bar === undefined
      ? ""
      : pc.dim(typeof figure.bar === "number" ? `<= ${formatBar(figure)}` : formatBar(figure));
  return `${mark} ${figure.title.padEnd(68)}${formatValue(figure).padStart(12)}   ${bar}`;
}

function byName(measured: ReadonlyMap<string, Measurement>): Record<string, Figure["value"]> {
  const figures = [...measured.values()].flatMap((measurement) => measurement.figures);
  return Object.fromEntries(figures.map(({ name, value }) => [name, value]));
}

function withMachine(measured: ReadonlyMap<string, Measurement>, engine: string): Results["parts"] {
  const machine: Machine = {
    date: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    node: process.versions.node,
    engine,
  };
  return Object.fromEntries([...measured].map(([name, measurement]) => [name, { ...measurement, machine }]));
}

function readResults(): Results {
  return parseResults(readFileSync(join(repositoryRoot(), RESULTS_PATH), "utf8"));
}

/** Stores the results, writes the page and its plots, and removes old plots. */
function writePages(results: Results): void {
  const root = repositoryRoot();
  const pages = makePages(results, parts);
  mkdirSync(join(root, PLOTS_FOLDER), { recursive: true });
  for (const name of readdirSync(join(root, PLOTS_FOLDER))) {
    if (name.endsWith(".svg")) rmSync(join(root, PLOTS_FOLDER, name));
  }
  for (const [path, text] of pages.set(RESULTS_PATH, `${JSON.stringify(results, null, 1)}\n`)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(`\n${[...pages.keys()].join(", ")} written.`);
}
