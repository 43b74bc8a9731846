import type { Plot, Series } from "./results";
import { formatNumber, type Scale, scaleOf } from "./scale";

const WIDTH = 760;
const HEIGHT = 380;
/** The space around the panels: title and legend above, axis labels below and on the left. */
const MARGIN = { top: 92, right: 20, bottom: 52, left: 66 };
const GAP = 18;
/** The distance between points and the sides of their panel. */
const INSET = 10;

/** Lines differ in color, point shape and dashes; each of these alone is enough to distinguish them. */
const COLORS = {
  light: ["#0b62c4", "#b3450a", "#0f7a4d", "#8a2da5"],
  dark: ["#6cb2ff", "#ff9d5c", "#4fd399", "#dd92f5"],
};
const DASHES = ["none", "7 4", "2 4", "9 3 2 3"];
const MARKS = [
  "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z",
  "M-4-4H4V4H-4Z",
  "M0-5L5 4H-5Z",
  "M0-5.5L5.5 0L0 5.5L-5.5 0Z",
];

/** Draws a plot as a self-contained SVG, light or dark as its reader prefers. */
export function drawPlot(plot: Plot): string {
  const names = seriesNames(plot);
  if (names.length > MARKS.length)
    throw new Error(`${plot.file}: at most ${MARKS.length} lines can be told apart.`);
  const points = plot.panels.flatMap(({ series }) => series.flatMap((line) => line.points));
  const x = scaleOf(
    plot.x,
    points.map(([value]) => value),
  );
  const y = scaleOf(
    plot.y,
    points.map(([, value]) => value),
  );
  const width = (WIDTH - MARGIN.left - MARGIN.right - GAP * (plot.panels.length - 1)) / plot.panels.length;
  const panels = plot.panels.map(({ title, series }, index) => {
    const left = MARGIN.left + index * (width + GAP);
    return panel({ left, width, x, y, title, isFirst: index === 0 }, series, names);
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(plot.title)}</title>`,
    `<desc id="description">${escapeXml(describePlot(plot))}</desc>`,
    `<style>${style()}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`,
    text(plot.title, 20, 28, "title"),
    ...legend(names),
    ...panels,
    text(plot.x.label, MARGIN.left + (WIDTH - MARGIN.left - MARGIN.right) / 2, HEIGHT - 14, "middle"),
    `<text class="middle" transform="translate(18 ${MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) / 2}) rotate(-90)">${escapeXml(plot.y.label)}</text>`,
    "</svg>",
  ].join("\n")}\n`;
}

/** The names of all lines of a plot, in the order in which they first appear. */
export function seriesNames({ panels }: Pick<Plot, "panels">): string[] {
  return [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
}

/** A description of the picture for people who do not see it. */
function describePlot({ x, y, panels }: Plot): string {
  const lines = panels.flatMap(({ title, series }) =>
    series.map(({ name, points }) => {
      const values = points.map(([at, value]) => `${formatNumber(value)} at ${formatNumber(at)}`);
      return `${title === "" ? "" : `${title}, `}${name}: ${values.join(", ")}.`;
    }),
  );
  return [`${y.label} by ${x.label}.`, ...lines].join(" ");
}

interface Frame {
  readonly left: number;
  readonly width: number;
  readonly x: Scale;
  readonly y: Scale;
  readonly title: string;
  /** Whether the y axis has its labels on the left. */
  readonly isFirst: boolean;
}

function panel(
  { left, width, x, y, title, isFirst }: Frame,
  series: readonly Series[],
  names: readonly string[],
): string {
  const bottom = HEIGHT - MARGIN.bottom;
  const across = (value: number): number => round(left + INSET + x.at(value) * (width - 2 * INSET));
  const up = (value: number): number => round(bottom - y.at(value) * (bottom - MARGIN.top));
  const rows = y.ticks.flatMap((tick) => [
    `<path class="grid" d="M${round(left)} ${up(tick)}h${round(width)}"/>`,
    ...(isFirst ? [text(formatNumber(tick), left - 8, up(tick) + 4, "end")] : []),
  ]);
  const columns = x.ticks.map((tick) => text(formatNumber(tick), across(tick), bottom + 20, "middle"));
  const lines = series.map(({ name, points }) => {
    const kind = names.indexOf(name);
    const places = points.map(([at, value]) => [across(at), up(value)]);
    const marks = places.map(([at, height]) => `<use href="#mark${kind}" x="${at}" y="${height}"/>`);
    const path = places.map(([at, height]) => `${at} ${height}`).join("L");
    return `<g class="line${kind}"><path class="line" d="M${path}"/>${marks.join("")}</g>`;
  });
  return [
    ...rows,
    ...columns,
    text(title, left + width / 2, MARGIN.top - 10, "middle strong"),
    ...lines,
  ].join("\n");
}

/** The point shapes, each next to its line's name. */
function legend(names: readonly string[]): string[] {
  const marks = MARKS.slice(0, names.length).map((shape, kind) => `<path id="mark${kind}" d="${shape}"/>`);
  let left = 20;
  const entries = names.map((name, kind) => {
    const at = left;
    left += 50 + name.length * 7;
    return `<g class="line${kind}"><path class="line" d="M${at} 50h26"/><use href="#mark${kind}" x="${at + 13}" y="50"/></g>${text(name, at + 33, 54, "")}`;
  });
  return [`<defs>${marks.join("")}</defs>`, ...entries];
}

function style(): string {
  const theme = (ground: string, ink: string, grid: string, colors: readonly string[]): string =>
    [
      `.ground{fill:${ground}}text{fill:${ink}}.grid{stroke:${grid}}`,
      ...colors.map((color, kind) => `.line${kind}{fill:${color};stroke:${color}}`),
    ].join("");
  const dashes = DASHES.map((dash, kind) => `.line${kind} .line{stroke-dasharray:${dash}}`);
  return [
    "text{font:13px system-ui,sans-serif}.title{font-size:16px}.title,.strong{font-weight:600}",
    ".middle{text-anchor:middle}.end{text-anchor:end}.line{fill:none;stroke-width:2}use{stroke:none}",
    ...dashes,
    theme("#ffffff", "#24292f", "#d8dee4", COLORS.light),
    `@media (prefers-color-scheme:dark){${theme("#161b22", "#e6edf3", "#30363d", COLORS.dark)}}`,
  ].join("");
}

function text(content: string, x: number, y: number, style: string): string {
  return content === ""
    ? ""
    : `<text class="${style}" x="${round(x)}" y="${round(y)}">${escapeXml(content)}</text>`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
