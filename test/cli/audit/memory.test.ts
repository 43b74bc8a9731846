import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type AuditFlags, readRequest } from "../../../cli/audit/request";
import { runAudit } from "../../../cli/audit/runAudit";
import { resolveConfiguration } from "../../../provider/posthog/configuration";
import { Connection } from "../../../provider/posthog/connection";
import { Gate } from "../../../provider/posthog/gate";
import { Http, type Request } from "../../../provider/posthog/http";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const pageLength = 1000;
const acme = { id: "0198f3a1-0000-4000-8000-000000000001", name: "Acme", slug: "acme" };

/** A PostHog with a long log, which is generated while it is read. */
class LongLog extends Connection {
  constructor(private readonly pages: number) {
    const configuration = resolveConfiguration(
      (key) => ({ host: "http://127.0.0.1:9", apiKey: "phx_a" })[key],
      {},
    );
    super(configuration, new Http(configuration.host, new Gate({ perMinute: false, concurrency: 1 })));
  }

  override async send<T>({ path, schema }: Request<T>): Promise<T> {
    if (!path.includes("log"))
      return schema.parse(/organizations\/\?/.test(path) ? { results: [acme], next: null } : acme);
    const page = Number(/at=(\d+)/.exec(path)?.[1] ?? 0);
    const results = Array.from({ length: pageLength }, (_, at) => ({
      id: `${page}-${at}`,
      activity: "updated",
      scope: "Role",
      item_id: "1",
      created_at: new Date(Date.UTC(2026, 0, 1) - page * 1000).toISOString(),
      detail: { name: "x".repeat(200), changes: [] },
    }));
    const next = page + 1 < this.pages ? `http://127.0.0.1:9/api/log/?at=${page + 1}` : null;
    return schema.parse({ results, next, count: this.pages * pageLength });
  }
}

test("a log of any length needs the same memory", async () => {
  const used: number[] = [];
  let count = 0;
  const flags: AuditFlags = { format: "jsonl", header: true };
  await runAudit(new LongLog(160), readRequest(flags, new Date()), {
    output: {
      write: async () => {
        count += 1;
        if (count % 80 !== 0) return;
        collectGarbage();
        used.push(process.memoryUsage().heapUsed);
      },
    },
    say: () => {},
    stop: new AbortController().signal,
    now: new Date(),
  });
  expect(count).toBe(160);
  const [half = 0, whole = 0] = used;
  expect(whole - half).toBeLessThan(10_000_000);
});
