import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lackingForKeycloak } from "../../../tools/keycloak/distribution";

const java = (version: string): string => `#!/bin/sh\necho 'openjdk version "${version}" 2025-04-15' >&2\n`;

test.each<[string, Record<string, string>, string | undefined]>([
  ["no Java", {}, "npm run test:keycloak needs Java 17 or newer: there is no `java` on PATH."],
  [
    "an old Java",
    { java: java("11.0.2"), mvn: "" },
    "npm run test:keycloak needs Java 17 or newer: the `java` on PATH is 11.",
  ],
  [
    "no Maven",
    { java: java("17.0.15") },
    "npm run test:keycloak needs Maven, to fetch Keycloak 26.5.6: there is no `mvn` on PATH.",
  ],
  ["nothing lacking", { java: java("21"), mvn: "" }, undefined],
])("a machine with %s gives one clear line, or none", async (_, programs, expected) => {
  const folder = mkdtempSync(join(tmpdir(), "keycloak-"));
  try {
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(folder, name), script, { mode: 0o755 });
    }
    expect(await lackingForKeycloak({ PATH: folder, XDG_CACHE_HOME: folder })).toBe(expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
