import { parse } from "yaml";
import * as z from "zod";
import { releaseSchema } from "../../../tools/plugin/releaseSchema";
import { archiveName, platformOf, platforms } from "../../../tools/release/platforms";
import { schemaPath } from "../../../tools/schema/document";
import { textOf } from "../../support/sources";

const own = textOf(schemaPath);
const schemaOf = (repository?: string): unknown =>
  JSON.parse(releaseSchema(own, { version: "0.2.0", repository, homepage: "https://posthog.example" }));

describe("the schema of a release", () => {
  test("is the generated one if package.json names no repository", () => {
    expect(releaseSchema(own, { version: "0.2.0" })).toBe(own);
    expect(own).not.toContain("pluginDownloadURL");
  });

  test.each([
    ["GitHub", "https://github.com/acme/posthog-plugin", "github://api.github.com/acme/posthog-plugin"],
    [
      "another host",
      "git+https://code.example/acme/posthog-plugin.git",
      `https://code.example/acme/posthog-plugin/releases/download/v${["$", "{VERSION}"].join("")}`,
    ],
  ])("names the address where the engine downloads the plugin: %s", (_, repository, address) => {
    expect(schemaOf(repository)).toMatchObject({
      name: "posthog",
      homepage: "https://posthog.example",
      pluginDownloadURL: address,
      language: {
        go: { importBasePath: expect.stringMatching(/^[\w.]+\/acme\/posthog-plugin\/sdk\/go\/posthog$/) },
        python: { packageName: "pulumi_posthog" },
      },
    });
  });
});

describe("an archive", () => {
  test("has the name that the engine looks for", () => {
    const platform = platformOf("darwin", "arm64");
    expect(archiveName("0.2.0", platform)).toBe("pulumi-resource-posthog-v0.2.0-darwin-arm64.tar.gz");
  });

  test("is built only for released platforms", () => {
    expect(platformOf("win32", "x64")).toEqual({ os: "windows", arch: "amd64" });
    expect(() => platformOf("win32", "arm64")).toThrow(
      "there is no archive of the plugin for win32 on arm64",
    );
    expect(() => platformOf("freebsd", "x64")).toThrow(
      "there is no archive of the plugin for freebsd on x64",
    );
  });

  test("is made by the release workflow for each platform", () => {
    const { jobs } = z
      .object({
        jobs: z.object({
          plugin: z.object({
            strategy: z.object({
              matrix: z.object({ include: z.array(z.object({ platform: z.string() })) }),
            }),
          }),
        }),
      })
      .parse(parse(textOf(".github/workflows/release.yml")));
    const made = jobs.plugin.strategy.matrix.include.map(({ platform }) => platform);
    expect(made).toEqual(platforms.map(({ os, arch }) => `${os}-${arch}`));
  });
});
