import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { descendants, killTree, listProcesses, parseProcStatus, parsePs, run } from "../../tools/processes";

const node = (program: string, options = {}) => run(process.execPath, ["-e", program], options);

test("a program's output comes line by line and as a whole, with its exit code", async () => {
  const lines: string[] = [];
  const result = await node("console.log('one\\ntwo'); console.error('bad'); process.exitCode = 3", {
    onLine: (line: string) => lines.push(line),
  });
  expect(result).toMatchObject({ code: 3, stdout: "one\ntwo\n", stderr: "bad\n" });
  expect(lines.sort()).toEqual(["bad", "one", "two"]);
});

test("a missing program is a result, not a crash", async () => {
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

test("a stop before the start prevents the start", async () => {
  expect((await node("setInterval(() => {}, 1000)", { signal: AbortSignal.abort() })).code).toBe(130);
});

test("the output of ps is read, including command lines with spaces", () => {
  const text = "    1     0   1200 /sbin/init splash\n  812     1 409600 node provider.js --flag a b\n\n";
  expect(parsePs(text)).toEqual([
    { pid: 1, parent: 0, residentBytes: 1200 * 1024, command: "/sbin/init splash" },
    { pid: 812, parent: 1, residentBytes: 409600 * 1024, command: "node provider.js --flag a b" },
  ]);
});

test.each([
  ["a program", "Name:\tnode\nPPid:\t77\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n", 77, 2048 * 1024],
  ["a kernel thread, which has no memory", "Name:\tkthreadd\nPPid:\t0\n", 0, 0],
])("the status of %s gives its parent and its peak memory", (_name, text, parent, residentBytes) => {
  expect(parseProcStatus(text)).toEqual({ parent, residentBytes });
});

test("descendants are found in every generation, and others are not", () => {
  const row = (pid: number, parent: number) => ({ pid, parent, residentBytes: 0, command: "" });
  const rows = [row(5, 4), row(1, 0), row(4, 2), row(3, 1), row(2, 1), row(9, 8)];
  expect(descendants(rows, 2).map(({ pid }) => pid)).toEqual([2, 4, 5]);
  expect(descendants(rows, 77)).toEqual([]);
});

test("ending a process also ends its children in separate sessions", async () => {
  const program = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
    console.log(child.pid);
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => parent.on("exit", (_code, signal) => resolve(signal)));
  const child = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));

  await killTree(Number(parent.pid));

  expect(await ended).toBe("SIGKILL");
  // A killed process stays listed until its new parent collects it, which takes a moment on a busy machine.
  const isListed = async () => (await listProcesses()).some(({ pid }) => pid === child);
  for (const end = Date.now() + 10_000; Date.now() < end && (await isListed()); ) await setTimeout(100);
  expect(await isListed()).toBe(false);
});
