import { startEmulator } from "../emulator";
import { formatDuration, startStep } from "../tools/command";
import { emulatorConfig, PulumiStack, type StackOptions } from "../tools/stack";
import { figure, ratio } from "./figures";
import { COMMANDS, type Life, live, unlimitedConfig } from "./life";
import type { Part, Run } from "./part";
import { ORGANIZATION_SEED, POLICY_PROGRAM, SINGLE_PROGRAM } from "./programs";

/** Resources of the program with single resources: three projects with settings and defaults, and 100 of six kinds. */
const RESOURCES = 604;

/** Projects that both programs manage. */
const MANAGED_PROJECTS = 3;

/** A whole organization: as single resources, as policies, and under the rate limit. */
export const organization: Part = {
  name: "organization",
  title: "An organization of 604 resources",
  text: `
Three projects with settings, 100 roles, members, memberships, grants and rules on types and objects: once with one resource for each of them, once with the same access as \`ProjectAccess\` and \`Role\`s with their members. The single reads of projects are those that a run makes beyond the ${MANAGED_PROJECTS} projects that it manages, to learn whether PostHog is deleting a project.
`,
  async measure(run) {
    const single = await lifeOf("the organization as single resources", SINGLE_PROGRAM, run);
    const policy = await lifeOf("the organization as policies", POLICY_PROGRAM, run);
    const isPassing = await passesUnderTheLimit(run);
    const timeRatio = ratio(policy.milliseconds.up, single.milliseconds.up);
    const projectReads = Math.max(
      ...COMMANDS.map((command) => Math.max(0, single.projectReads[command] - MANAGED_PROJECTS)),
    );
    return {
      figures: [
        figure("org_refresh_requests", "requests of a refresh", single.requests.refresh, 20),
        figure("org_first_up_requests", "requests of the up", single.requests.up, RESOURCES + 30),
        figure("org_no_change_requests", "requests of a preview without changes", single.requests.preview, 3),
        figure(
          "org_project_reads",
          "reads of a project, only to learn of its deletion, in any command",
          projectReads,
          0,
        ),
        figure(
          "org_policy_up_ratio",
          "up as policies, share of the time as single resources",
          timeRatio,
          0.35,
        ),
        {
          name: "org_rate_limited_ok",
          title: "no error and no refused request under PostHog Cloud's rate limit",
          value: isPassing,
          bar: true,
        },
      ],
    };
  },
};

async function lifeOf(
  title: string,
  program: StackOptions["program"],
  { engine, signal }: Run,
): Promise<Life> {
  const emulator = await startEmulator({ seed: ORGANIZATION_SEED });
  const step = startStep(title);
  try {
    const life = await live({ engine, signal, program, config: unlimitedConfig(emulator) }, emulator);
    step.done(`up ${formatDuration(life.milliseconds.up)}, ${life.requests.up} requests`);
    return life;
  } finally {
    await emulator.close();
  }
}

async function passesUnderTheLimit({ engine, signal }: Run): Promise<boolean> {
  const emulator = await startEmulator({ seed: ORGANIZATION_SEED, rateLimit: true });
  const step = startStep("the organization under the rate limit");
  const stack = await PulumiStack.create({
    engine,
    signal,
    program: SINGLE_PROGRAM,
    config: emulatorConfig(emulator),
  });
  try {
    await stack.up();
    await stack.refresh();
    const refused = emulator.requests.filter(({ status }) => status === 429).length;
    step.done(`${emulator.requests.length} requests, ${refused} refused`);
    return refused === 0;
  } finally {
    await stack.close();
    await emulator.close();
  }
}
