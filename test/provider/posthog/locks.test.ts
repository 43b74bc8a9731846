import fc from "fast-check";
import { Locks, type LockTaker } from "../../../provider/posthog/locks";

/** A taker that always has room, and counts how often it must read again. */
function taker(): LockTaker & { forgotten: number } {
  const self = {
    forgotten: 0,
    room: async () => {},
    reserve: () => () => {},
    forgetReads: () => {
      self.forgotten += 1;
    },
  };
  return self;
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("work that needs the same lock", () => {
  test("runs one at a time, whatever other locks it needs, and all of it completes", async () => {
    const names = fc.subarray(
      ["organization/1/domains", "organization/1/members", "project/1", "project/2"],
      {
        minLength: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, fc.nat(3)), { maxLength: 12 }), async (works) => {
        const [locks, one] = [new Locks(), taker()];
        const running = new Set<string>();
        let done = 0;
        await Promise.all(
          works.map(([wanted, length]) =>
            locks.exclusive([...wanted].reverse(), one, async () => {
              for (const name of wanted) {
                expect(running).not.toContain(name);
                running.add(name);
              }
              await turns(length);
              for (const name of wanted) running.delete(name);
              done += 1;
            }),
          ),
        );
        expect(done).toBe(works.length);
      }),
      { numRuns: 50 },
    );
  });

  test("runs in the order of the requests, also after a failure", async () => {
    const [locks, one] = [new Locks(), taker()];
    const order: number[] = [];
    const works = [0, 1, 2, 3].map((work) =>
      locks.exclusive(["project/1"], one, async () => {
        await turns(4 - work);
        order.push(work);
        if (work === 1) throw new Error("refused");
      }),
    );
    const ends = await Promise.allSettled(works);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  });
});

test("work that would wait for itself, or take locks out of order, is refused", async () => {
  const [locks, one] = [new Locks(), taker()];
  const inside = (name: string) =>
    locks.exclusive(["project/1"], one, () => locks.exclusive([name], one, async () => "done"));
  await expect(inside("project/1")).rejects.toThrow("project/1");
  await expect(inside("organization/1/members")).rejects.toThrow(
    "organization/1/members comes before project/1",
  );
  await expect(inside("project/1/keys/CI")).resolves.toBe("done");
  await expect(inside("project/1")).rejects.toThrow("is held");
});

test("work that holds a lock knows it, and nothing else does", async () => {
  const [locks, one] = [new Locks(), taker()];
  const work = locks.exclusive(["project/1"], one, async () => {
    await turns(2);
    return locks.isHeld;
  });
  await turns(1);
  expect(locks.isHeld).toBe(false);
  expect(await work).toBe(true);
  expect(locks.isHeld).toBe(false);
});

test("a lock last held by someone else requires a new read; one's own does not", async () => {
  const [locks, one, other] = [new Locks(), taker(), taker()];
  const take = (by: LockTaker) => locks.exclusive(["project/1"], by, async () => {});
  await take(one);
  await take(one);
  expect(one.forgotten).toBe(0);
  await take(other);
  expect(other.forgotten).toBe(1);
  await take(one);
  expect(one.forgotten).toBe(1);
});

test("no lock is held while waiting for the rate limit", async () => {
  const locks = new Locks();
  const open: (() => void)[] = [];
  let rooms = 0;
  // It has room when it asks, but none once it has the lock, so it waits for room again.
  const slow: LockTaker = {
    ...taker(),
    room: () => (rooms++ === 0 ? Promise.resolve() : new Promise((resolve) => open.push(resolve))),
    reserve: () => (rooms > 1 ? () => {} : undefined),
  };
  const order: string[] = [];
  const waiting = locks.exclusive(["project/1"], slow, async () => {
    order.push("slow");
  });
  await turns(2);
  await locks.exclusive(["project/1"], taker(), async () => {
    order.push("other");
  });
  expect(order).toEqual(["other"]);
  open[0]?.();
  await waiting;
  expect(order).toEqual(["other", "slow"]);
});
