import { run } from "../../tools/run";

const node = (program: string, options = {}) => run(process.execPath, ["-e", program], options);

test("a program's output comes line by line and as a whole, with its exit code", async () => {
  const lines: string[] = [];
  const result = await node("console.log('one\\ntwo'); console.error('bad'); process.exitCode = 3", {
    onLine: (line: string) => lines.push(line),
  });
  expect(result).toMatchObject({ code: 3, stdout: "one\ntwo\n", stderr: "bad\n" });
  expect(lines.sort()).toEqual(["bad", "one", "two"]);
});

test("a program that is not there is a result, not a crash", async () => {
  const result = await run("no-such-program-here", []);
  expect(result.code).toBe(127);
  expect(result.stderr).toContain("ENOENT");
});

test("stopping ends a program that would run forever", async () => {
  const stop = new AbortController();
  const running = node("setInterval(() => {}, 1000); console.log('up')", {
    signal: stop.signal,
    onLine: () => stop.abort(),
  });
  expect((await running).code).toBe(130);
});

test("a stop that came before the start is heeded", async () => {
  expect((await node("setInterval(() => {}, 1000)", { signal: AbortSignal.abort() })).code).toBe(130);
});
