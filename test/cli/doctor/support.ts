import { examine } from "../../../cli/doctor";
import type { Check } from "../../../cli/doctor/check";
import type { Report } from "../../../cli/doctor/report";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import type { Configuration } from "../../../provider/posthog/configuration";
import { acmeWorld } from "../../support/seeds";

type World = ReturnType<typeof acmeWorld>;

/** Runs `doctor` against the emulator. */
export async function examined(
  world: World = acmeWorld(),
  options: {
    over?: Partial<Configuration>;
    emulator?: EmulatorOptions;
    resources?: string[];
    before?: (emulator: Emulator) => void;
    after?: (emulator: Emulator, report: Report) => void;
  } = {},
): Promise<(name: string) => Check> {
  const emulator = await startEmulator({ ...world.emulator, ...options.emulator });
  try {
    options.before?.(emulator);
    const configuration: Configuration = {
      host: emulator.url,
      organizationId: emulator.organizationId,
      ...world.config,
      preflight: true,
      requestsPerMinute: 430,
      ...options.over,
    };
    const report = await examine(Promise.resolve(configuration), options.resources);
    options.after?.(emulator, report);
    return (name) => {
      const check = report.checks.find((one) => one.name === name);
      if (check === undefined) throw new Error(`no check is called ${name}`);
      return check;
    };
  } finally {
    await emulator.close();
  }
}
