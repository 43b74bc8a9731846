import { cell, page, table } from "../tools/docs/markdown";
import type { Part } from "./part";
import { drawPlot, seriesNames } from "./plot";
import { type Figure, isReached, type Machine, type Plot, type Results } from "./results";
import { formatNumber } from "./scale";

/** The folder of the plots. */
export const PLOTS_FOLDER = "docs/benchmarks";

/** The file of the results that the page is made from. */
export const RESULTS_PATH = `${PLOTS_FOLDER}/results.json`;

/** The parts of a {@link Part} that the page needs. */
type Section = Pick<Part, "name" | "title" | "text">;

const INTRODUCTION = `
\`npm run bench\` measures everything on this page on the real Pulumi engine and the [emulator](emulator.md), and writes the page. Times are shares of another time of the same run, so that the machine matters little: 0.5 is half as long. A bar is the most that a figure may be; the command fails when one is missed.
`.trim();

/** The page and its plots, by their paths in the repository. Leaves out parts without results. */
export function makePages({ parts }: Results, sections: readonly Section[]): Map<string, string> {
  const measured = sections.flatMap((section) => {
    const result = parts[section.name];
    return result === undefined ? [] : [{ ...section, ...result }];
  });
  const plots = measured.flatMap((part) => part.plots ?? []);
  const pages = new Map(plots.map((plot) => [`${PLOTS_FOLDER}/${plot.file}.svg`, drawPlot(plot)]));
  if (pages.size < plots.length) throw new Error("Two plots have one file name.");
  const text = page([
    "<!-- Made by `npm run bench`. -->",
    "# Benchmarks",
    INTRODUCTION,
    ...measured.flatMap(({ title, text, figures, plots = [] }) => [
      `## ${title}`,
      text.trim(),
      figuresTable(figures),
      ...plots.flatMap(picture),
    ]),
    ...(measured.length === 0 ? [] : ["## When and where it was measured", machinesTable(measured)]),
  ]);
  return pages.set(`${PLOTS_FOLDER}.md`, text);
}

function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    cell(figure.title),
    formatShare(figure),
    formatBar(figure),
    figure.bar === undefined ? "" : isReached(figure) ? "yes" : "**no**",
  ]);
  return rows.length === 0 ? "" : table(["What", "Figure", "Bar", "Reached"], rows);
}

/** Shows a time as a share of its bar, because machines differ. */
function formatShare(figure: Figure): string {
  const { value, unit, bar } = figure;
  if (unit !== "ms" || typeof value !== "number" || typeof bar !== "number") return formatValue(figure);
  return `${formatNumber((100 * value) / bar)} % of the bar`;
}

/** A figure as people read it. */
export function formatValue({ value, unit }: Pick<Figure, "value" | "unit">): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (unit === "ms") return `${formatNumber(value / 1000)} s`;
  return `${formatNumber(value)}${unit === undefined ? "" : ` ${unit}`}`;
}

/** A figure's bar as people read it. */
export function formatBar({ unit, bar }: Figure): string {
  return bar === undefined ? "" : formatValue({ value: bar, unit });
}

/** A plot, with its values in a table for exact reading. */
function picture(plot: Plot): string[] {
  return [
    `![${plot.title}](benchmarks/${plot.file}.svg)`,
    `<details><summary>${plot.title}, in figures</summary>`,
    valuesTable(plot),
    "</details>",
  ];
}

function valuesTable({ x, panels }: Plot): string {
  const names = seriesNames({ panels });
  const at = [
    ...new Set(panels.flatMap(({ series }) => series.flatMap(({ points }) => points.map(([x]) => x)))),
  ];
  const rows = panels.flatMap(({ title, series }) =>
    at
      .sort((one, other) => one - other)
      .map((place) => [
        title,
        formatNumber(place),
        ...names.map((name) => {
          const value = series.find((line) => line.name === name)?.points.find(([x]) => x === place)?.[1];
          return value === undefined ? "" : formatNumber(value);
        }),
      ]),
  );
  return table(["", x.label, ...names].map(cell), rows);
}

function machinesTable(parts: readonly { title: string; machine: Machine }[]): string {
  const rows = parts.map(({ title, machine: { date, cores, node, engine } }) => [
    title,
    date,
    String(cores),
    node,
    engine,
  ]);
  return table(["Part", "Day", "Cores", "Node", "Pulumi"], rows);
}
