import { XMLParser, XMLValidator } from "fast-xml-parser";
import * as z from "zod";
import { drawPlot } from "../../bench/plot";
import type { Plot } from "../../bench/results";

const line = (name: string, ...points: [number, number][]) => ({ name, points });

const plot: Plot = {
  file: "growth-up",
  title: 'Time of <the> "up" & more',
  x: { label: "Grants", scale: "log" },
  y: { label: "Times", scale: "linear" },
  panels: [
    { title: "0 ms", series: [line("Policy", [10, 1], [1000, 4]), line("Single", [10, 2])] },
    { title: "50 ms", series: [line("Policy", [10, 2], [1000, 8])] },
  ],
};

const named = z.object({ "#text": z.string() });
const picture = z.object({ svg: z.looseObject({ title: named, desc: named, style: z.string() }) });

test("a plot is one well-formed picture, with its title and all values for screen readers", () => {
  const drawn = drawPlot(plot);
  expect(XMLValidator.validate(drawn)).toBe(true);
  const { svg } = picture.parse(new XMLParser({ ignoreAttributes: false, htmlEntities: true }).parse(drawn));
  expect(svg).toMatchObject({ "@_role": "img", "@_aria-labelledby": "title description" });
  expect(svg.title["#text"]).toBe(plot.title);
  expect(svg.desc["#text"]).toBe(
    "Times by Grants. 0 ms, Policy: 1 at 10, 4 at 1,000. 0 ms, Single: 2 at 10. 50 ms, Policy: 2 at 10, 8 at 1,000.",
  );
});

test("every point has its mark, every line its own shape and dashes, and nothing is loaded", () => {
  const drawn = drawPlot(plot);
  expect(drawn.match(/<use href="#mark0"/g)).toHaveLength(4 + 1);
  expect(drawn.match(/<use href="#mark1"/g)).toHaveLength(1 + 1);
  expect(drawn).toContain(".line1 .line{stroke-dasharray:7 4}");
  expect(drawn).toContain("@media (prefers-color-scheme:dark)");
  expect(drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
    /https?:|<script|<image|@import/,
  );
});

test("higher values are higher, later ones further right, and all within the picture", () => {
  const places = [...drawPlot(plot).matchAll(/<use href="#mark0" x="([\d.]+)" y="([\d.]+)"\/>/g)].map(
    ([, x, y]) => [Number(x), Number(y)] as const,
  );
  // The first is in the legend.
  const [, first, second, third, fourth] = places;
  expect(first?.[0]).toBeLessThan(second?.[0] ?? 0);
  expect(second?.[0]).toBeLessThan(third?.[0] ?? 0);
  expect(first?.[1]).toBeGreaterThan(second?.[1] ?? 0);
  expect(third?.[1]).toBeGreaterThan(fourth?.[1] ?? 0);
  for (const [x, y] of places) expect([x > 0 && x < 760, y > 0 && y < 380]).toEqual([true, true]);
});

test("a plot with more lines than can be distinguished is rejected", () => {
  const series = ["a", "b", "c", "d", "e"].map((name) => line(name, [1, 1]));
  expect(() => drawPlot({ ...plot, panels: [{ title: "", series }] })).toThrow("can be told apart");
});
