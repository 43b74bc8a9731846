import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { startEmulator } from "../emulator";
import { lackingBrowser, startBrowser } from "../tools/browser";
import { startStep } from "../tools/command";
import { figure, median } from "./figures";
import type { Part } from "./part";
import type { Figure } from "./results";
import { PEOPLE, PROJECTS, reviewSeed, runReview } from "./review";

const ROUNDS = 3;

/** Steps from the top of the table to its end. */
const STEPS = 120;

/** The times of one visit to both pages, in milliseconds. */
export interface Visit {
  readonly firstPaint: number;
  /** The longest task while the table scrolled; 0 if none took 50 ms. */
  readonly longestTask: number;
  readonly emulatorLoad: number;
}

/** The review's page and the emulator's, in a browser. */
export const browser: Part = {
  name: "browser",
  title: "The pages in a browser",
  text: `
The page of a review of ${PEOPLE.toLocaleString("en-US")} people and ${PROJECTS} projects, and the emulator's page of the same organization, in Chromium without a window: the median of ${ROUNDS} visits. The table is scrolled from its top to its end in ${STEPS} frames; browsers call a task long from 50 ms on.
`,
  async measure({ isQuick }) {
    if (lackingBrowser !== undefined) throw new Error(`the pages need a browser: ${lackingBrowser}`);
    const emulator = await startEmulator({ seed: reviewSeed() });
    const folder = mkdtempSync(join(tmpdir(), "pulumi-posthog-bench-"));
    try {
      const file = join(folder, "review.html");
      await runReview(emulator, [file]);
      const visits: Visit[] = [];
      for (let round = 1; round <= (isQuick ? 1 : ROUNDS); round++) {
        const step = startStep(`visit ${round} of both pages`);
        visits.push(await visit(pathToFileURL(file).href, emulator.url));
        step.done();
      }
      return { figures: browserFigures(visits) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await emulator.close();
    }
  },
};

async function visit(review: string, emulator: string): Promise<Visit> {
  const chromium = await startBrowser();
  try {
    const page = await chromium.newPage();
    await page.setViewport({ width: 1400, height: 900 });
    await page.goto(review, { waitUntil: "load" });
    const firstPaint = z.number().parse(await page.evaluate(FIRST_PAINT));
    const longestTask = z.number().parse(await page.evaluate(SCROLL));
    const before = performance.now();
    await page.goto(emulator, { waitUntil: "load" });
    return { firstPaint, longestTask, emulatorLoad: performance.now() - before };
  } finally {
    await chromium.close();
  }
}

/** Runs in the page: scrolls the table to its end and returns the longest task's duration. */
const SCROLL = `(async () => {
  const table = document.getElementById("matrix");
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ type: "longtask" });
  const end = table.scrollHeight - table.clientHeight;
  for (let step = 1; step <= ${STEPS}; step++) {
    table.scrollTop = (end * step) / ${STEPS};
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  // Entries arrive shortly after their task.
  await new Promise((resolve) => setTimeout(resolve, 300));
  if (end < 10000 || table.scrollTop < end - 1) throw new Error("The table did not scroll to its end.");
  return longest;
})()`;

/** Runs in the page: waits until it is painted, and answers when that was. */
const FIRST_PAINT = `new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => {
    const [painted] = list.getEntriesByName("first-contentful-paint");
    if (painted !== undefined) resolve(painted.startTime);
  });
  observer.observe({ type: "paint", buffered: true });
})`;

export function browserFigures(visits: readonly Visit[]): Figure[] {
  const milliseconds = (read: (visit: Visit) => number): number => Math.round(median(visits.map(read)));
  return [
    figure(
      "page_first_paint_ms",
      "review, first paint",
      milliseconds((one) => one.firstPaint),
      1000,
      "ms",
    ),
    figure(
      "page_longest_task_ms",
      "review, longest task while scrolling",
      milliseconds((one) => one.longestTask),
      100,
      "ms",
    ),
    figure(
      "emulator_page_load_ms",
      "emulator, loaded",
      milliseconds((one) => one.emulatorLoad),
      2000,
      "ms",
    ),
  ];
}
