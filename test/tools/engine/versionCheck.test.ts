import {
  compareVersions,
  engineMissingText,
  failureLine,
  parseVersion,
  refuseGo,
  refusePath,
} from "../../../tools/engine/versionCheck";

describe("versions", () => {
  test.each([
    ["v3.220.0\n", "3.220.0"],
    ["3.221.0-alpha.1736+abc", "3.221.0"],
    ["go1.25.1", "1.25.1"],
    ["go1.26", "1.26"],
    ["command not found", undefined],
  ])("%j is read as %s", (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  test.each([
    ["3.9.0", "3.220.0", -1],
    ["3.220.0", "3.220.0", 0],
    ["3.220", "3.220.0", 0],
    ["4.0.0", "3.999.9", 1],
    ["1.26", "1.25.4", 1],
  ])("%s against %s compares by number, not by letter", (left, right, sign) => {
    expect(Math.sign(compareVersions(left, right))).toBe(sign);
    expect(Math.sign(compareVersions(right, left))).toBe(sign === 0 ? 0 : -sign);
  });
});

describe("the engine on PATH", () => {
  test.each([
    ["the oldest supported one", { versionText: "v3.216.0", missingPrograms: [] }],
    ["a newer one", { versionText: "v3.248.0\n", missingPrograms: [] }],
  ])("%s is used", (_name, findings) => {
    expect(refusePath(findings)).toBeUndefined();
  });

  test.each([
    [{ missingPrograms: [] }, "there is no `pulumi` on PATH"],
    [{ versionText: "v3.215.9", missingPrograms: [] }, "`pulumi` on PATH is 3.215.9, older than 3.216.0"],
    [
      { versionText: "sh: broken\nmore", missingPrograms: [] },
      "`pulumi version` printed no version: sh: broken",
    ],
    [
      {
        versionText: "v3.220.0",
        missingPrograms: ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"],
      },
      "`pulumi` 3.220.0 is on PATH without its pulumi-language-nodejs and pulumi-resource-pulumi-nodejs",
    ],
  ])("%j is rejected in one line", (findings, reason) => {
    expect(refusePath(findings)).toBe(reason);
  });
});

describe("building with Go", () => {
  test.each(["linux", "darwin"] as const)("is tried on %s", (platform) => {
    expect(refuseGo(platform, "/usr/bin/go")).toBeUndefined();
  });

  test.each([
    ["linux", undefined, "there is no `go` on PATH"],
    ["win32", "C:\\go.exe", "building from source is not supported on Windows"],
  ] as const)("on %s with %s is refused in one line", (platform, go, reason) => {
    expect(refuseGo(platform, go)).toBe(reason);
  });
});

describe("the reason of a failed command", () => {
  test.each([
    [
      "go: downloading a v1\ngo: b@v2: verifying: checksum mismatch\n\tsum: x\n",
      "go: b@v2: verifying: checksum mismatch",
    ],
    ["curl: (7) Failed to connect\ntry again later\n", "curl: (7) Failed to connect"],
    ["only this\n\n", "only this"],
    ["go: downloading a v1\n", "it printed nothing"],
    ["", "it printed nothing"],
  ])("%j gives the line with the reason", (output, line) => {
    expect(failureLine(output)).toBe(line);
  });

  test("is cut if a program prints a whole page on one line", () => {
    expect(failureLine(`error: ${"x".repeat(5000)}`)).toHaveLength(300);
  });
});

test("without an engine, the error lists all three ways, why each failed, and the fix", () => {
  const text = engineMissingText([
    { way: "path", reason: "there is no `pulumi` on PATH" },
    { way: "installer", reason: "get.pulumi.com cannot be reached (ENOTFOUND)" },
    { way: "go", reason: "there is no `go` on PATH" },
  ]);
  expect(text.split("\n")).toEqual([
    "No Pulumi engine. Three ways were tried:",
    "  1. the `pulumi` on PATH: there is no `pulumi` on PATH.",
    "  2. Pulumi's own installer: get.pulumi.com cannot be reached (ENOTFOUND).",
    "  3. building Pulumi 3.220.0 with Go: there is no `go` on PATH.",
    "Any one of these fixes it:",
    expect.stringContaining("install Pulumi 3.216.0 or newer"),
    expect.stringContaining("get.pulumi.com"),
    expect.stringContaining("install Go 1.25 or newer"),
    "Then run the same command again.",
  ]);
});
