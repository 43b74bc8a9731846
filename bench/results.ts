import * as z from "zod";

const figureSchema = z.strictObject({
  /** Its key for machines. */
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** What is measured. */
  title: z.string().min(1),
  value: z.union([z.number(), z.boolean()]),
  /** Missing for ratios and counts that the title names. */
  unit: z.enum(["MB", "bytes", "ms"]).optional(),
  /** The most that a number may be, or what a yes or no has to be. Without one the figure is only shown. */
  bar: z.union([z.number(), z.boolean()]).optional(),
});

/** One figure, and what it is held against. */
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
  /** Name of its file under `docs/benchmarks`, without the ending. */
  file: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string().min(1),
  x: axisSchema,
  y: axisSchema,
  /** Side by side, with the same axes. */
  panels: z.array(z.strictObject({ title: z.string(), series: z.array(seriesSchema).min(1) })).min(1),
});

/** A picture of lines. */
export type Plot = z.infer<typeof plotSchema>;

const measurementSchema = z.strictObject({
  figures: z.array(figureSchema),
  plots: z.array(plotSchema).optional(),
});

/** What one part of the benchmark measured. */
export type Measurement = z.infer<typeof measurementSchema>;

const machineSchema = z.strictObject({
  /** Day, as `2026-11-29`. */
  date: z.iso.date(),
  cores: z.number().int().positive(),
  node: z.string(),
  engine: z.string(),
});

/** When and on what a part was measured. */
export type Machine = z.infer<typeof machineSchema>;

const resultsSchema = z.strictObject({
  /** By name of the part. */
  parts: z.record(z.string(), measurementSchema.extend({ machine: machineSchema })),
});

/** What `docs/benchmarks.md` and its plots are made of. */
export type Results = z.infer<typeof resultsSchema>;

/** Reads results that were kept. */
export function parseResults(text: string): Results {
  return resultsSchema.parse(JSON.parse(text));
}

/** Whether a figure is within its bar; one without a bar always is. */
export function isReached({ value, bar }: Figure): boolean {
  if (bar === undefined) return true;
  return typeof value === "number" && typeof bar === "number" ? value <= bar : value === bar;
}
