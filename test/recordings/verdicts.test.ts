import * as z from "zod";
import { type Emulator, startEmulator } from "../../emulator";
import { createHost } from "../../provider/engine/host";
import { handlers } from "../../provider/handlers";
import { environmentOnlySettings } from "../../provider/handlers/project/projectSettings";
import { type Declaration, declarationOf } from "./declarations";
import { Player } from "./player";
import { readJson, readTape, readWorld, recording, type Step, TAPES, type WorldSeed } from "./tape";

const Entry = z.strictObject({
  /** The step's method and path, as scenarios write it. */
  request: z.string(),
  /** Its body; undefined matches any body. */
  body: z.json().optional(),
  /** `unmapped`: no program declares it; `differs`: the preview intentionally says something else. */
  kind: z.enum(["unmapped", "differs"]),
  reason: z.string().min(20),
  /** The number of matching steps on all tapes. */
  steps: z.int().positive(),
});
type Entry = z.output<typeof Entry>;

const entries = z.array(Entry).parse(readJson("verdicts.json"));
const counts = new Map<Entry, number>();

/** Whether the list has a step. Counts the step for its entry. */
function isListed(kind: Entry["kind"], step: Step): boolean {
  const [request, body] = [`${step.method} ${step.path}`, JSON.stringify(step.body)];
  const entry = entries.find(
    (one) =>
      one.kind === kind &&
      one.request === request &&
      (one.body === undefined || JSON.stringify(one.body) === body),
  );
  if (entry === undefined) return false;
  counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return true;
}

/** Whether a preview must agree: the server accepted the values, or rejected them as invalid. */
function isJudged({ method, answer }: Step): boolean {
  if (!["POST", "PATCH", "PUT"].includes(method) || answer === undefined) return false;
  if (answer.status < 300) return true;
  return (
    answer.status === 400 &&
    z.looseObject({ type: z.literal("validation_error") }).safeParse(answer.body).success
  );
}

/** PostHog's verdict. If its answer lacks a setting, it dropped the setting, and a preview must report that too. */
function recordedVerdict({ method, path, body, answer }: Step): "accepted" | "refused" {
  if ((answer?.status ?? 0) >= 300) return "refused";
  const isSettings = method !== "POST" && /^\/api\/(organizations|projects)\/[^/]+\/$/.test(path);
  const answered = z.record(z.string(), z.unknown()).safeParse(answer?.body).data ?? {};
  const sent = Object.keys(z.record(z.string(), z.unknown()).safeParse(body).data ?? {});
  const elsewhere = (field: string) =>
    [...environmentOnlySettings].some((name) => name.toLowerCase() === field.replaceAll("_", ""));
  const isDropped = ([field = ""]: [string?]) => !(field in answered) && !elsewhere(field);
  return isSettings && sent.some((field) => isDropped([field])) ? "refused" : "accepted";
}

describe.each(TAPES)("previews judge as PostHog did on the tape %s", (tape, worldName, options) => {
  const world = readWorld(worldName);
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator({ ...options, seed: recording("seeds", `emulator.${worldName}.json`) });
  });
  beforeEach(() => emulator.reset());
  afterAll(() => emulator.close());

  for (const { name, steps } of readTape(tape)) {
    test(`in the scenario ${name}`, async () => {
      const player = new Player(emulator.url, world);
      const wrong: string[] = [];
      for (const [index, step] of steps.entries()) {
        const problem = isJudged(step) ? await disagreement(player, emulator, world, step) : undefined;
        if (problem !== undefined) {
          wrong.push(
            `${index + 1} ${step.as} ${step.method} ${step.path} ${JSON.stringify(step.body)}: ${problem}`,
          );
        }
        await player.play(step);
      }
      expect(wrong).toEqual([]);
    });
  }
});

test("each listed step occurs on the tapes as often as stated", () => {
  const miscounted = entries.map((entry) => ({ ...entry, found: counts.get(entry) ?? 0 }));
  expect(miscounted.filter(({ steps, found }) => steps !== found)).toEqual([]);
});

async function disagreement(
  player: Player,
  emulator: Emulator,
  world: WorldSeed,
  step: Step,
): Promise<string | undefined> {
  const { path, body, ...sender } = player.fill(step);
  const sent = z.record(z.string(), z.unknown()).safeParse(body).data;
  const declaration = sent && declarationOf({ method: step.method, path, body: sent }, emulator);
  if (declaration === undefined)
    return isListed("unmapped", step) ? undefined : "is not mapped, and not listed";
  const expected = recordedVerdict(step);
  const refused = await refusals(declaration, emulator, world, { path, ...sender });
  const said = refused.length > 0 ? "refused" : "accepted";
  if (said === expected || isListed("differs", step)) return undefined;
  return `PostHog ${expected} it, the preview ${said} it: ${refused.join("; ")}`;
}

/** A preview's errors for a declaration with the step's credentials. */
async function refusals(
  { type, args, before = {} }: Declaration,
  emulator: Emulator,
  world: WorldSeed,
  sender: { path: string; key?: string; session?: string },
): Promise<string[]> {
  const project = /^\/api\/projects\/(\d+)\//.exec(sender.path)?.[1];
  const organization = /^\/api\/organizations\/([0-9a-f-]{36})\//.exec(sender.path)?.[1];
  const config: Record<string, string | undefined> = {
    host: emulator.url,
    apiKey: sender.key ?? world.keys[`${sender.session}_all`],
    organizationId:
      organization ?? emulator.store.projects.get(Number(project))?.organization_id ?? world.orgs.acme?.id,
    email: sender.session && world.users[sender.session]?.email,
    password: sender.session && world.password,
    requestsPerMinute: "off",
  };
  const host = createHost(
    (key) => config[key],
    () => {},
  );
  const handler = handlers.get(type);
  if (handler === undefined) throw new Error(`there is no resource ${type}`);
  const { errors } = await handler.check(host, "it", before, args);
  return errors.map(({ property, message }) => `${property ?? ""} ${message.split("\n")[0]}`);
}
