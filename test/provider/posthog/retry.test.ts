import fc from "fast-check";
import {
  type Attempt,
  decide,
  longestWaitMs,
  maxAttempts,
  maxThrottledAttempts,
  parseRetryAfter,
} from "../../../provider/posthog/retry";

const attempt = (over: Partial<Attempt>): Attempt => ({
  method: "GET",
  attempts: 1,
  waitedMs: 0,
  sent: true,
  canRecover: false,
  ...over,
});

describe("what follows a failed attempt", () => {
  const table: [string, Partial<Attempt>, string][] = [
    ["a GET without an answer is tried again", {}, "retry"],
    ["a PUT that met a 502 is tried again", { method: "PUT", status: 502 }, "retry"],
    ["a DELETE that met a 503 is tried again", { method: "DELETE", status: 503 }, "retry"],
    ["a refusal is final", { status: 403 }, "giveUp"],
    ["a wrong value is final", { method: "POST", status: 400, canRecover: true }, "giveUp"],
    ["a POST that never left is tried again", { method: "POST", sent: false }, "retry"],
    ["a POST without an answer is looked up first", { method: "POST", canRecover: true }, "recover"],
    [
      "a POST that met a 502 is looked up first",
      { method: "POST", status: 502, canRecover: true },
      "recover",
    ],
    ["a POST that nothing can look up is not repeated", { method: "POST" }, "giveUp"],
    ["a POST that met the rate limit was not carried out", { method: "POST", status: 429 }, "retry"],
    ["the last failed attempt gives up", { attempts: maxAttempts }, "giveUp"],
    [
      "the last failed POST is still looked up",
      { method: "POST", attempts: maxAttempts, canRecover: true },
      "recover",
    ],
    [
      "waiting for the rate limit does not use up attempts",
      { status: 429, attempts: maxAttempts + 1 },
      "retry",
    ],
    ["waiting for the rate limit ends as well", { status: 429, attempts: maxThrottledAttempts }, "giveUp"],
  ];
  test.each(table)("%s", (_, over, next) => {
    expect(decide(attempt(over), 0.5).next).toBe(next);
  });

  test("a wait of more than 15 minutes in total never starts", () => {
    const throttled = { status: 429, retryAfterMs: 60_000 };
    expect(decide(attempt({ ...throttled, waitedMs: longestWaitMs - 60_000 }), 0).next).toBe("retry");
    expect(decide(attempt({ ...throttled, waitedMs: longestWaitMs - 59_999 }), 0)).toEqual({
      next: "giveUp",
      tooLongMs: 60_000,
    });
    const down = { status: 503, retryAfterMs: longestWaitMs + 1 };
    expect(decide(attempt(down), 0)).toEqual({ next: "giveUp", tooLongMs: longestWaitMs + 1 });
    expect(decide(attempt({ ...down, method: "POST", canRecover: true }), 0)).toEqual({
      next: "recover",
      waitMs: 0,
    });
  });

  test("Retry-After is honored in full, as long as a request may wait", () => {
    expect(decide(attempt({ status: 429, retryAfterMs: 57_000 }), 0)).toEqual({
      next: "retry",
      waitMs: 57_000,
    });
    expect(decide(attempt({ status: 503, retryAfterMs: 1_000 }), 0)).toEqual({
      next: "retry",
      waitMs: 1_000,
    });
  });

  test("an expired Retry-After does not cause a burst of retries", () => {
    const over = (attempts: number) => decide(attempt({ status: 429, retryAfterMs: 0, attempts }), 0.5);
    expect([1, 2, 3].map(over)).toEqual([200, 400, 800].map((waitMs) => ({ next: "retry", waitMs })));
  });

  test("waits grow, stay under six seconds, and differ between parallel requests", () => {
    const wait = (attempts: number, jitter: number): number => {
      const decision = decide(attempt({ attempts }), jitter);
      return decision.next === "giveUp" ? Number.NaN : decision.waitMs;
    };
    expect([1, 2, 3, 4].map((attempts) => wait(attempts, 0.5))).toEqual([200, 400, 800, 1600]);
    expect(wait(2, 0)).toBeLessThan(wait(2, 1));
  });

  test("a POST is never simply repeated once it may have been carried out", () => {
    const statuses = fc.option(fc.constantFrom(408, 500, 502, 503, 504), { nil: undefined });
    fc.assert(
      fc.property(statuses, fc.integer({ min: 1, max: 10 }), fc.boolean(), (status, attempts, canRecover) => {
        expect(decide(attempt({ method: "POST", status, attempts, canRecover }), 0.5).next).not.toBe("retry");
      }),
    );
  });
});

describe("reading Retry-After", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  const table: [string | undefined, number | undefined][] = [
    ["12", 12_000],
    ["0.5", 500],
    ["Mon, 23 Nov 2026 12:01:00 GMT", 60_000],
    ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
    ["soon", undefined],
    ["-5", 0],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["", undefined],
    ["2678400", 86_400_000],
    ["9".repeat(400), 86_400_000],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 86_400_000],
    [undefined, undefined],
  ];
  test.each(table)("%s is %s milliseconds", (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});
