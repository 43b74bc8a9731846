import { formatDuration, startStep } from "../../tools/command";

test.each([
  [0, "0.0 s"],
  [3249, "3.2 s"],
  [59_949, "59.9 s"],
  [60_000, "1 min 00 s"],
  [125_400, "2 min 05 s"],
])("%d ms is shown as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

function recorder(isTTY: boolean): { isTTY: boolean; write: (text: string) => void; text: () => string } {
  const written: string[] = [];
  return { isTTY, write: (text) => written.push(text), text: () => written.join("") };
}

test("in a log, a step has one line at its start and one at its end, however often it is updated", () => {
  const stream = recorder(false);
  const step = startStep("Building", stream);
  for (let index = 0; index < 100; index++) step.update(`${index} packages`);
  step.done("300 packages");
  const lines = stream.text().split("\n");
  expect(lines).toEqual(["• Building ...", expect.stringMatching(/✓.* Building {2}300 packages {2}/), ""]);
});

test("in a terminal, the line is redrawn, and a failure is marked", () => {
  const stream = recorder(true);
  const step = startStep("Building", stream);
  step.update("1 package");
  step.fail();
  expect(stream.text().split("\r")).toHaveLength(3);
  expect(stream.text()).toMatch(/✗.* Building {2}.*s.*\n$/);
});
