import fc from "fast-check";
import { type Clock, Gate, waitFor } from "../../../provider/posthog/gate";

/** A clock that jumps ahead whenever someone sleeps. */
function jumpingClock(): Clock & { time: number } {
  const clock = {
    time: 0,
    now: () => clock.time,
    sleep: async (milliseconds: number) => {
      await new Promise((resolve) => setImmediate(resolve));
      clock.time += milliseconds;
    },
  };
  return clock;
}

describe("the wait before a request", () => {
  test("is nothing while the minute has room", () => {
    expect(waitFor([0, 1, 2], 10, 4)).toBe(0);
  });
  test("lasts until the oldest request of a full minute is sixty seconds old", () => {
    expect(waitFor([0, 100, 200], 500, 3)).toBe(59_500);
  });
  test("is long enough for several requests that start together, in the minute and in the hour", () => {
    expect(waitFor([0, 100, 200], 500, 4, 2)).toBe(59_500);
    expect(waitFor([0, 100, 200], 500, 4, 9)).toBe(59_700);
    const starts = Array.from({ length: 19 }, (_, index) => index * 60_000);
    expect(waitFor(starts, 20 * 60_000, 2, 1)).toBe(0);
    expect(waitFor(starts, 20 * 60_000, 2, 2)).toBe(40 * 60_000);
  });
  test("respects the hour once ten minutes' worth has gone out", () => {
    const starts = Array.from({ length: 20 }, (_, index) => index * 60_000);
    expect(waitFor(starts, 20 * 60_000, 2)).toBe(40 * 60_000);
  });
  test("is zero where there is no limit", () => {
    expect(waitFor([0, 0, 0], 0, false)).toBe(0);
  });
});

describe("the gate", () => {
  test("never lets more through in any minute than PostHog allows, whatever arrives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 90 }),
        async (perMinute, requests) => {
          const clock = jumpingClock();
          const gate = new Gate({ perMinute, concurrency: 4 }, clock);
          const starts: number[] = [];
          // Requests beyond the hour's budget would wait too long.
          await Promise.allSettled(
            Array.from({ length: requests }, () =>
              gate.pass("reading", async () => {
                starts.push(clock.now());
              }),
            ),
          );
          expect(starts).toHaveLength(Math.min(requests, 10 * perMinute));
          for (const start of starts) {
            expect(
              starts.filter((other) => other >= start && other < start + 60_000).length,
            ).toBeLessThanOrEqual(perMinute);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("limits concurrent requests", async () => {
    const gate = new Gate({ perMinute: false, concurrency: 3 }, jumpingClock());
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        gate.pass("reading", async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
  });

  test("makes all requests wait when PostHog says so, and resumes one by one", async () => {
    const clock = jumpingClock();
    const gate = new Gate({ perMinute: false, concurrency: 8 }, clock);
    gate.pause(42_000);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        gate.pass("reading", async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        }),
      ),
    );
    expect(clock.now()).toBe(42_000);
    expect(most).toBe(1);
  });

  test("raises its limit again as responses arrive", async () => {
    const gate = new Gate({ perMinute: false, concurrency: 2 }, jumpingClock());
    gate.pause(1);
    gate.succeeded();
    let running = 0;
    let most = 0;
    const slow = (): Promise<void> =>
      gate.pass("reading", async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      });
    await Promise.all([slow(), slow(), slow()]);
    expect(most).toBe(2);
  });

  test("continues after a failed request", async () => {
    const gate = new Gate({ perMinute: false, concurrency: 1 }, jumpingClock());
    await expect(gate.pass("reading", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(gate.pass("reading", async () => "yes")).resolves.toBe("yes");
  });

  describe("when it stays closed", () => {
    const until = (clock: Clock, milliseconds: number) =>
      new Date(clock.now() + milliseconds).toISOString().slice(0, 19).replace("T", " ");

    test("shows until when, once, if that takes more than five seconds", async () => {
      const [clock, said] = [jumpingClock(), [] as string[]];
      const gate = new Gate({ perMinute: false, concurrency: 8 }, clock, (line) => said.push(line));
      gate.pause(5_000);
      await gate.pass("reading", async () => {});
      expect(said).toEqual([]);
      gate.succeeded();
      const expected = `waiting until ${until(clock, 42_000)} UTC for PostHog's rate limit`;
      gate.pause(42_000);
      gate.pause(41_000);
      await Promise.all([1, 2, 3].map(() => gate.pass("reading", async () => {})));
      expect(said).toEqual([expected]);
    });

    test("shows it too if short waits add up", async () => {
      const [clock, said] = [jumpingClock(), [] as string[]];
      const gate = new Gate({ perMinute: false, concurrency: 8 }, clock, (line) => said.push(line));
      for (const wait of [2_000, 2_000, 2_000]) {
        gate.pause(wait);
        await gate.pass("reading", async () => {});
      }
      expect(said).toHaveLength(1);
    });

    test("refuses all requests at once if they would wait for more than 15 minutes in total", async () => {
      const clock = jumpingClock();
      const gate = new Gate({ perMinute: false, concurrency: 8 }, clock);
      gate.pause(10 * 60_000);
      await gate.pass("reading", async () => {});
      gate.pause(10 * 60_000);
      const message = `creating role "A" failed: no request is possible until ${until(clock, 10 * 60_000)} UTC`;
      await Promise.all(
        [1, 2].map(() => expect(gate.pass('creating role "A"', async () => {})).rejects.toThrow(message)),
      );
      expect(clock.now()).toBe(10 * 60_000);
    });

    test("later accepts what it refused", async () => {
      const clock = jumpingClock();
      const gate = new Gate({ perMinute: false, concurrency: 8 }, clock);
      gate.pause(3_600_000);
      await expect(gate.pass("reading", async () => {})).rejects.toThrow("no request is possible");
      clock.time += 3_600_000;
      await expect(gate.pass("reading", async () => "yes")).resolves.toBe("yes");
    });

    test("refuses requests once the hour's budget is used up", async () => {
      const clock = jumpingClock();
      const gate = new Gate({ perMinute: 1, concurrency: 1 }, clock);
      for (let count = 0; count < 10; count += 1) await gate.pass("reading", async () => {});
      await expect(gate.pass("reading", async () => {})).rejects.toThrow(
        "no request is possible until 1970-01-01 01:00:00 UTC",
      );
    });
  });

  test("reserves room for priority requests, however many others wait", async () => {
    const clock = jumpingClock();
    const gate = new Gate({ perMinute: 10, concurrency: 8 }, clock);
    const send = (first = false): Promise<number> => gate.pass("reading", async () => clock.now(), first);
    await Promise.all(Array.from({ length: 5 }, () => send()));
    expect(gate.reserve(6)).toBeUndefined();
    const room = gate.room("writing", 6);
    const others = Array.from({ length: 10 }, () => send());
    await room;
    const leave = gate.reserve(6);
    expect(clock.now()).toBe(60_000);
    for (let request = 0; request < 6; request++) expect(await send(true)).toBe(60_000);
    leave?.();
    expect((await Promise.all(others)).sort()).toEqual(
      [...Array(4).fill(60_000), ...Array(6).fill(120_000)].sort(),
    );
  });

  test("has room for its full limit of requests, and for none while PostHog says wait", async () => {
    const gate = new Gate({ perMinute: 3, concurrency: 8 }, jumpingClock());
    gate.reserve(8)?.();
    gate.pause(1_000);
    expect(gate.reserve(1)).toBeUndefined();
    await gate.room("writing", 8);
    const [one, other] = [gate.reserve(8), gate.reserve(8)];
    expect([one, other]).not.toContain(undefined);
    // Reserved room never stops the others for good.
    await gate.pass("reading", async () => {});
  });
});
