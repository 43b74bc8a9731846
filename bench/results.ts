import * as z from "zod";

const figureSchema = z.strictObject({
  /** Its name for programs. */
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** What is measured. */
  title: z.string().min(1),
  value: z.union([z.number(), z.boolean()]),
  /** Undefined for ratios, and for counts that the title names. */
  unit: z.enum(["MB", "bytes", "ms"]).optional(),
  /** A number's upper limit, or the expected yes or no. Without a bar the figure is only shown. */
  bar: z.union([z.number(), z.boolean()]).optional(),
});

/** One figure and its bar. */
export type Figure = z.infer<typeof figureSchema>;

const axisSchema = z.strictObject({ label: z.string().min(1), scale: z.enum(["linear", "log"]) });

/** What an axis shows, and how. */
export type Axis = z.infer<typeof axisSchema>;

const seriesSchema = z.strictObject({
  name: z.string().min(1),
  points: z.array(z.tuple([z.number(), z.number()])).min(1),
});

/** One line of a plot: pairs of x and y, x ascending. */
export type Series = z.infer<typeof seriesSchema>;

const plotSchema = z.strictObject({
  /** The name of its file under `docs/benchmarks`, without the extension. */
  file: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  x: axisSchema,
  y: axisSchema,
  /** Side by side, with the same axes. */
  panels: z.array(z.strictObject({ title: z.string(), series: z.array(seriesSchema).min(1) })).min(1),
});

/** A plot of lines. */
export type Plot = z.infer<typeof plotSchema>;

const measurementSchema = z.strictObject({
  figures: z.array(figureSchema),
  plots: z.array(plotSchema).optional(),
});

/** What one part of the benchmark measured. */
export type Measurement = z.infer<typeof measurementSchema>;

const machineSchema = z.strictObject({
  /** The day, as `2026-11-29`. */
  date: z.iso.date(),
  cores: z.number().int().positive(),
  node: z.string(),
  engine: z.string(),
});

/** When and on what machine a part was measured. */
export type Machine = z.infer<typeof machineSchema>;

const resultsSchema = z.strictObject({
  /** By the part's name. */
  parts: z.record(z.string(), measurementSchema.extend({ machine: machineSchema })),
});

/** The data of `docs/benchmarks.md` and its plots. */
export type Results = z.infer<typeof resultsSchema>;

/** Reads stored results. */
export function parseResults(text: string): Results {
  return resultsSchema.parse(JSON.parse(text));
}

/** Whether a figure is within its bar. A figure without one always is. */
export function isReached({ value, bar }: Figure): boolean {
  if (bar === undefined) return true;
  return typeof value === "number" && typeof bar === "number" ? value <= bar : value === bar;
}
