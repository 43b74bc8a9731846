import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A named type of arguments or results. */
export type TypeDeclaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** The declarations in folders of sources, with types by name. */
export interface Declarations {
  readonly types: ReadonlyMap<string, TypeDeclaration>;
  readonly classes: readonly ts.ClassDeclaration[];
  readonly functions: readonly ts.FunctionDeclaration[];
}

/** Reads every source of some folders. If types have the same name, the earlier folder's counts. */
export function readDeclarations(folders: readonly string[]): Declarations {
  const types = new Map<string, TypeDeclaration>();
  const classes: ts.ClassDeclaration[] = [];
  const functions: ts.FunctionDeclaration[] = [];
  for (const statement of folders.flatMap(sourcesIn).flatMap(({ statements }) => [...statements])) {
    if (ts.isClassDeclaration(statement)) classes.push(statement);
    if (ts.isFunctionDeclaration(statement)) functions.push(statement);
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      const name = statement.name.text;
      types.set(name, types.get(name) ?? statement);
    }
  }
  return { types, classes, functions };
}

/** Parses one source, with its comments. */
function parseSource(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

export function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}

function sourcesIn(folder: string): ts.SourceFile[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => name.endsWith(".ts"));
  return names.map(({ name }) => parseSource(join(folder, name)));
}
