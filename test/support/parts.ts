import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Declares tests that need something that not every machine has: a browser, Python. If it is missing, one test takes
 * their place, and `npm test` ends with the part's name and the reason. `npm test -- --require browser` makes that a
 * failure.
 *
 * @param lacking Why the tests cannot run here, such as `no Chromium`; undefined if they can.
 */
export function describePart(part: string, lacking: string | undefined, tests: () => void): void {
  note({ part, lacking });
  if (lacking === undefined) {
    describe(`with ${part}`, tests);
    return;
  }
  test(`not run: ${part} (${lacking})`, () => {
    const required = (process.env.TEST_PARTS_REQUIRED ?? "").split(",");
    if (required.includes(part)) throw new Error(`--require ${part}: it cannot run here: ${lacking}.`);
  });
}

/**
 * Reports to the process that started Jest; see `tools/bootstrap/parts.mjs`. Each test file has a separate process
 * and file.
 */
function note(content: { part: string; lacking: string | undefined }): void {
  const folder = process.env.TEST_PARTS_FOLDER;
  if (folder) writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(content));
}
