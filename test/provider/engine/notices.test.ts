import type { Properties } from "../../../provider/engine/state";
import { handlers } from "../../../provider/handlers";
import { type Scenario, scenarios, seedOf } from "../../../tools/sweep/scenarios";
import { withWorld } from "../../support/driver";

/** One run of a resource: its messages, and what existed before and after. */
interface Run {
  readonly lines: readonly string[];
  readonly before: Properties;
  readonly after: Properties;
  readonly id: string;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const namesIn = (text = ""): string[] => text.split(/, | and /);
const without = (from: unknown, what: unknown): string[] =>
  listOf(from)
    .filter((one) => !listOf(what).includes(one))
    .map(String);

/** The numbers of new, changed and removed grants, from the outputs. */
function grantCounts({ before, after }: Run): string {
  const [added, gone] = [without(after.grants, before.grants), without(before.grants, after.grants)];
  const whose = (line: string): string => line.replace(/: \w+$/, "");
  const changed = added.filter((line) => gone.map(whose).includes(whose(line)));
  const counts = [
    [added.length - changed.length, "new"],
    [changed.length, "changed"],
    [gone.length - changed.length, "removed"],
  ];
  return counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(", ");
}

/** What notices say about an update, and the corresponding outputs of the same run. */
const claims: readonly [string, RegExp, (run: Run, said: RegExpMatchArray) => [unknown, unknown]][] = [
  ["counts of grants", /: grants: (.*)$/, (run, [, counts]) => [counts, grantCounts(run)]],
  [
    "people who join",
    /(?:: |; )([^:;]+) joins?\b/,
    ({ before, after }, [, names]) => [
      namesIn(names).sort(),
      without(after.members ?? [after.user], before.members).sort(),
    ],
  ],
  [
    "people who leave",
    /(?:: |; )([^:;]+) leaves?\b/,
    ({ before, after }, [, names]) => [namesIn(names).sort(), without(before.members, after.members).sort()],
  ],
  ["a person's level", /: changes from (\w+) to (\w+)/, ({ after }, [, , level]) => [level, after.level]],
  [
    "a setting",
    /(?:: |; )(\w+) changes from .*? to "?([^";]+)"?/,
    ({ after }, [, setting = "", value]) => [value, String(after[setting])],
  ],
  ["a rotated key", /rotates the key/, ({ before, after }) => [before.value !== after.value, true]],
  ["an adopted object", /: adopts [\w ]+ (\S+);/, ({ id }, [, adopted]) => [adopted, id]],
  [
    "what adopting changes",
    /: adopts .*; changes (\w+)/,
    ({ before, after }, [, name = ""]) => [after[name] !== before[name], true],
  ],
  [
    "someone's level on a project",
    /: (\S+@\S+) (?:gains|keeps) (\w+) on \w+,? (?:now )?through their own rule/,
    ({ after }, [, person = "", level]) => [
      level,
      Object.entries(after.members ?? {}).find(([one]) => one === person)?.[1],
    ],
  ],
];
const checked = new Set<string>();
const kindsSeen = new Set<string>();

/** Creates the resource and changes it, in one run each, and passes each run on. */
async function life(scenario: Scenario, judge: (run: Run, next: readonly string[]) => void): Promise<void> {
  await withWorld(
    async ({ emulator, resource, run, messages }) => {
      for (const { type, before } of scenario.siblings ?? [])
        await resource(type, `sibling ${JSON.stringify(before)}`).up(before);
      const it = resource(scenario.type, "web");
      for (const args of [scenario.before, scenario.after]) {
        run();
        const before = it.state;
        if (it.id !== "") await it.diff(args);
        await it.up(args);
        const lines = [...messages];
        run();
        expect(await it.refusals(args)).toEqual([]);
        await it.diff(args);
        judge({ lines, before, after: it.state, id: it.id }, [...messages]);
        const { challengeRecordName, challengeRecordValue } = it.state;
        if (scenario.publishes)
          emulator.publishDns(String(challengeRecordName), String(challengeRecordValue));
      }
    },
    { emulator: { seed: seedOf(scenario), generation: scenario.generation } },
  );
}

test.each(scenarios)("the messages of $name agree with the result", async (scenario) => {
  kindsSeen.add(scenario.type);
  await life(scenario, (run, next) => {
    expect(run.lines).toEqual([...new Set(run.lines)]);
    // A preview of what is already done promises nothing.
    expect(next.filter((line) => !line.startsWith("warning: "))).toEqual([]);
    for (const line of run.lines) {
      for (const [what, form, facts] of claims) {
        const said = line.match(form);
        if (said === null) continue;
        checked.add(what);
        const [claimed, is] = facts(run, said);
        expect([line, claimed]).toEqual([line, is]);
      }
    }
  });
});

test("every form of notice and every kind occurs", () => {
  expect([...checked].sort()).toEqual(claims.map(([what]) => what).sort());
  expect([...kindsSeen].sort()).toEqual([...handlers.keys()].sort());
});
