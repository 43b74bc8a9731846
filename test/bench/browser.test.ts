import { browserFigures } from "../../bench/browser";

test("the pages' figures are medians in whole milliseconds, each with its bar", () => {
  const visits = [
    { firstPaint: 180.4, longestTask: 0, emulatorLoad: 500 },
    { firstPaint: 900, longestTask: 90, emulatorLoad: 2500 },
    { firstPaint: 200.6, longestTask: 140, emulatorLoad: 600 },
  ];
  expect(browserFigures(visits).map(({ name, value, bar }) => [name, value, bar])).toEqual([
    ["page_first_paint_ms", 201, 1000],
    ["page_longest_task_ms", 90, 100],
    ["emulator_page_load_ms", 600, 2000],
  ]);
});
