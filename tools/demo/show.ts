import pc from "picocolors";
import { formatDuration } from "../command";
import type { StackStep } from "../stack";

const WIDTH = 78;
const MARKS: Record<string, string> = {
  create: pc.green("+"),
  update: pc.yellow("~"),
  replace: pc.yellow("±"),
  delete: pc.red("-"),
};

/** Shows the story in numbered chapters. */
export class Show {
  private chapters = 0;

  constructor(private readonly write: (text: string) => void = (text) => process.stdout.write(text)) {}

  /** Runs one chapter: prints its heading, then the time it took, then its result's lines. */
  async chapter<T>(
    title: string,
    work: () => Promise<{ result: T; requests?: number }>,
    describe: (result: T) => readonly string[],
  ): Promise<T> {
    const heading = `${String(++this.chapters).padStart(2)} ${title}`;
    this.write(`\n${pc.bold(heading)}`);
    const started = Date.now();
    try {
      const { result, requests } = await work();
      const time = formatDuration(Date.now() - started);
      const facts = requests === undefined ? time : `${counted(requests, "request")}, ${time}`;
      const lines = describe(result);
      this.write(`${pc.dim(facts.padStart(Math.max(WIDTH - heading.length, facts.length + 2)))}\n`);
      for (const line of lines) this.write(`   ${line}\n`);
      return result;
    } catch (error) {
      this.write("\n");
      throw error;
    }
  }
}

/** `1 request`, `3 requests`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** One line for each resource that a run changes, sorted by kind and name, with the differences. */
export function changeLines(steps: readonly StackStep[]): string[] {
  const lines = steps.flatMap((step) => {
    const mark = MARKS[step.op];
    if (mark === undefined) return [];
    const title = `${kind(step).padEnd(15)} ${step.name.padEnd(24)}`;
    return [{ title, line: `${mark} ${title} ${differences(step)}`.trimEnd() }];
  });
  return lines.sort((a, b) => a.title.localeCompare(b.title)).map(({ line }) => line);
}

/** One line for each output; secrets stay masked. */
export function outputLines(outputs: Readonly<Record<string, unknown>>): string[] {
  const rows = Object.entries(outputs).flatMap(([key, value]) => flatten(key, value));
  const width = Math.max(0, ...rows.map(([key]) => key.length));
  return rows.map(([key, value]) => `${pc.dim(key.padEnd(width))}  ${value}`);
}

function kind({ type }: StackStep): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

function differences({ op, diffs, before, inputs }: StackStep): string {
  if (op !== "update") return "";
  return diffs.map((key) => `${key}: ${brief(before[key])} -> ${brief(inputs[key])}`).join(", ");
}

function brief(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "unset");
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}

function flatten(key: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [[key, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) => flatten(`${key}.${name}`, inner));
}
