import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type Holder, isHeld, Lock, LockedError, staleAfter } from "../../../cli/audit/lock";
import { log } from "../../support/activity";
import { audited, idsOf } from "./support";

const self: Holder = { token: "mine", pid: 1, host: "a", processes: "a boot pid:[1]" };
const other: Holder = { ...self, token: "other", pid: 7 };

describe("a lock", () => {
  const cases: [string, Holder | undefined, number, readonly number[], boolean][] = [
    ["of another process that runs", other, 0, [7], true],
    ["of another process that is gone", other, 0, [], false],
    ["that an earlier process with this process's id left", { ...other, pid: 1 }, 0, [1], false],
    ["of this process", self, 0, [1], true],
    [
      "of this process's id in another container",
      { ...other, pid: 1, processes: "a boot pid:[2]" },
      0,
      [],
      true,
    ],
    ["of another machine", { ...other, host: "b", processes: "b boot pid:[1]" }, 0, [], true],
    [
      "from before this machine's last boot, recently",
      { ...other, processes: "a reboot pid:[1]" },
      0,
      [],
      true,
    ],
    ["of an unknown process table", { ...other, processes: "" }, 0, [], true],
    ["that does not name its holder", undefined, 0, [], true],
    ["just before it becomes stale", { ...other, host: "b", processes: "b" }, staleAfter, [], true],
    [
      "of another machine that has been silent for long",
      { ...other, processes: "b" },
      staleAfter + 1,
      [],
      false,
    ],
    ["of a process that was suspended for long", other, staleAfter + 1, [7], false],
    ["that does not name its holder and is old", undefined, staleAfter + 1, [], false],
    ["from the future", { ...other, processes: "b" }, -staleAfter, [], true],
  ];
  test.each(cases)("%s", (_, holder, silence, running, expected) => {
    expect(isHeld(holder, self, silence, (pid) => running.includes(pid))).toBe(expected);
  });

  test("without a known process table, only heartbeats count", () => {
    const unsure = { ...self, processes: "" };
    expect(isHeld({ ...other, processes: "" }, unsure, 0, () => false)).toBe(true);
    expect(isHeld({ ...other, processes: "" }, unsure, staleAfter + 1, () => true)).toBe(false);
  });
});

describe("the file of a lock", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "audit-lock-test-"));
    path = join(folder, "lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The lock of a process that has ended, with changes. */
  const left = (changed: Partial<Holder>, minutesAgo = 0): string => {
    rmSync(path, { force: true });
    const lock = Lock.take(path);
    const text = JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), token: "other", ...changed });
    lock.release();
    writeFileSync(path, text);
    const at = Date.now() / 1000 - minutesAgo * 60;
    utimesSync(path, at, at);
    return text;
  };
  const ended = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

  test("exists as long as the lock, and contains no secret", () => {
    const lock = Lock.take(path);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(() => Lock.take(path)).toThrow(LockedError);
    expect(lock.isOwn()).toBe(true);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("of a process that was killed is replaced at once", () => {
    for (const pid of [ended(), process.pid]) {
      left({ pid });
      Lock.take(path).release();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test("of a process in another container is kept until its heartbeats stop", () => {
    const text = left({ pid: process.pid, processes: "another", host: "b" }, 4);
    expect(() => Lock.take(path)).toThrow(LockedError);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["lock"]);
    left({ processes: "another", host: "b" }, 6);
    Lock.take(path).release();
    expect(existsSync(path)).toBe(false);
  });

  test("that is empty counts as being written", () => {
    writeFileSync(path, "");
    expect(() => Lock.take(path)).toThrow(LockedError);
    utimesSync(path, 1, 1);
    Lock.take(path).release();
  });

  test("is renewed while its holder lives", () => {
    jest.useFakeTimers();
    try {
      const lock = Lock.take(path);
      const text = readFileSync(path, "utf8");
      utimesSync(path, 1, 1);
      jest.advanceTimersByTime(60_000);
      expect(() => Lock.take(path)).toThrow(LockedError);
      expect(readFileSync(path, "utf8")).toBe(text);
      lock.release();
    } finally {
      jest.useRealTimers();
    }
  });

  test("that another run took over is neither renewed nor removed", () => {
    jest.useFakeTimers();
    try {
      const lock = Lock.take(path);
      rmSync(path);
      writeFileSync(path, "another's");
      jest.advanceTimersByTime(60_000);
      expect(lock.isOwn()).toBe(false);
      lock.release();
      expect(readFileSync(path, "utf8")).toBe("another's");
    } finally {
      jest.useRealTimers();
    }
  });
});

describe("a cursor", () => {
  test("that a run on another machine uses is rejected, with the names of both", () =>
    audited(async ({ folder, run }) => {
      const cursor = join(folder, "cursor.json");
      writeFileSync(
        `${cursor}.lock`,
        JSON.stringify({ token: "x", pid: 1, host: "runner-2", processes: "" }),
      );
      const result = await run({ cursor });
      expect(result).toMatchObject({ code: 1, out: "" });
      expect(result.error).toMatch(
        /in use by process 1 on runner-2[\s\S]*wait 5 minutes for its lock to expire, or delete .*cursor\.json\.lock/,
      );
      expect(existsSync(cursor)).toBe(false);
    }));

  test("that another run took over is no longer written", () =>
    audited(async ({ emulator, folder, run }) => {
      log(emulator, [{ minute: 1 }]);
      const cursor = join(folder, "cursor.json");
      let before = "";
      const result = await run(
        { cursor },
        {
          onWrite: () => {
            before = readFileSync(cursor, "utf8");
            writeFileSync(`${cursor}.lock`, "another's");
          },
        },
      );
      expect(result).toMatchObject({
        code: 1,
        error: expect.stringMatching(/no longer belongs to this run/),
      });
      expect(idsOf(result.out).length).toBe(1);
      expect(readFileSync(cursor, "utf8")).toBe(before);
      expect(readFileSync(`${cursor}.lock`, "utf8")).toBe("another's");
    }));
});
