import type { PackageSpec } from "../schema/spec";
import { csharp } from "./csharp";
import { go } from "./go";
import { type Language, printExample } from "./printer";
import { python } from "./python";
import type { Example } from "./tree";
import { printYaml } from "./yaml";

/** A language that Pulumi generates an SDK for, or that needs none. */
interface ExampleLanguage {
  readonly name: string;
  /** The language tag of its code blocks. */
  readonly fence: string;
  print(example: Example, schema: PackageSpec): string;
}

const withSdk = (name: string, fence: string, language: Language): ExampleLanguage => ({
  name,
  fence,
  print: (example, schema) => printExample(example, schema, language),
});

/** The languages of the docs' examples in addition to TypeScript, in this order. */
export const exampleLanguages: readonly ExampleLanguage[] = [
  withSdk("Python", "python", python),
  withSdk("Go", "go", go),
  withSdk("C#", "csharp", csharp),
  { name: "YAML", fence: "yaml", print: printYaml },
];
