import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installSdk } from "../../../tools/identityProviders/sdk";

test("without a registry the reason is one line, and nothing is left in the cache", () => {
  const folder = mkdtempSync(join(tmpdir(), "sdk-"));
  const env = {
    ...process.env,
    XDG_CACHE_HOME: folder,
    npm_config_cache: join(folder, "npm"),
    npm_config_registry: "http://127.0.0.1:9/",
  };
  try {
    expect(() => installSdk("okta", env)).toThrow(/^ECONNREFUSED$/);
    expect(readdirSync(join(folder, "pulumi-posthog"))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
