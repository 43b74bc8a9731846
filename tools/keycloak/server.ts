import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { failureLine } from "../engine/versionCheck";
import { run } from "../processes";

const READY_TIMEOUT_MS = 300_000;

/** A running Keycloak on the loopback address. */
export interface KeycloakServer {
  /** Its address, without a trailing slash. */
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string };
  /** Ends it and everything it started. */
  stop(): Promise<void>;
}

/** Starts Keycloak with a database in memory, and waits until it answers. */
export async function startKeycloak(home: string, signal: AbortSignal): Promise<KeycloakServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const admin = { username: "admin", password: randomBytes(12).toString("hex") };
  const ending = new AbortController();
  const flags = [
    "start-dev",
    "--http-host=127.0.0.1",
    `--http-port=${port}`,
    "--cache=local",
    "--db=dev-mem",
  ];
  const running = run("sh", [join(home, "bin", "kc.sh"), ...flags], {
    env: {
      ...process.env,
      KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
      JAVA_OPTS_KC_HEAP: "-Xms64m -Xmx384m",
    },
    signal: AbortSignal.any([signal, ending.signal]),
  });
  const stop = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  try {
    await Promise.race([
      answering(`${url}/realms/master`, AbortSignal.any([signal, ending.signal])),
      running.then(({ text }) => {
        throw new Error(`Keycloak ended by itself: ${failureLine(text)}`);
      }),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, admin, stop };
}

async function answering(url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const answer = await fetch(url, { signal }).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(500, undefined, { signal });
  }
  throw new Error(`Keycloak did not answer within ${READY_TIMEOUT_MS / 60_000} minutes.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
