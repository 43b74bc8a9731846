import { repositoryRoot } from "../repository";
import { run } from "../run";
import { failureLine } from "./versionCheck";

const INSTALL_SCRIPT = "https://get.pulumi.com/install.sh";
const REACH_TIMEOUT_MS = 5_000;
const INSTALL_TIMEOUT_MS = 180_000;

/**
 * Why Pulumi's download site cannot be reached, or `undefined` when it can. Asked first, because the installer itself
 * waits for minutes on a network that swallows packets.
 */
export async function refuseInstaller(url = INSTALL_SCRIPT): Promise<string | undefined> {
  const { host } = new URL(url);
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
    return answer.ok ? undefined : `${host} answered ${answer.status}`;
  } catch (error) {
    return `${host} cannot be reached (${networkReason(error)})`;
  }
}

/** Runs the Automation API's installer into `root`; throws an error of one line when it does not get there. */
export async function runInstaller(root: string, signal?: AbortSignal): Promise<void> {
  const program = "require('@pulumi/pulumi/automation').PulumiCommand.install({ root: process.argv[1] })";
  const timeout = AbortSignal.timeout(INSTALL_TIMEOUT_MS);
  // A process of its own: the installer cannot be canceled, and its shell script would outlive this one.
  const result = await run(
    process.execPath,
    ["-e", `${program}.catch((error) => { console.error(error.message); process.exit(1); })`, root],
    {
      cwd: repositoryRoot(),
      env: process.env,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    },
  );
  if (timeout.aborted) throw new Error(`it did not finish within ${INSTALL_TIMEOUT_MS / 60_000} minutes`);
  if (result.code !== 0) throw new Error(failureLine(result.text));
}

function networkReason(error: unknown): string {
  if (textOf(error, "name") === "TimeoutError") return `no answer within ${REACH_TIMEOUT_MS / 1000} s`;
  // `fetch` always says "fetch failed"; what failed is in the cause.
  const cause = typeof error === "object" && error !== null && "cause" in error ? error.cause : error;
  return textOf(cause, "code") ?? textOf(cause, "message") ?? "unknown reason";
}

function textOf(value: unknown, key: "name" | "code" | "message"): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === "string" ? found : undefined;
}
