import ts from "typescript";

export type Value =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "boolean"; readonly boolean: boolean }
  | { readonly kind: "list"; readonly items: readonly Value[] }
  | { readonly kind: "entries"; readonly entries: readonly Entry[] }
  | Reference;

/** A member of an object, or an entry of a map. */
export interface Entry {
  readonly name: string;
  readonly value: Value;
}

/** An output of a resource. */
export interface Reference {
  readonly kind: "reference";
  /** The variable that holds the resource. */
  readonly resource: string;
  readonly output: string;
}

/** A resource that an example declares. */
export interface ExampleResource {
  /** The variable that holds it, if any. */
  readonly variable?: string;
  readonly type: string;
  readonly name: string;
  readonly args: readonly Entry[];
}

interface ExampleOutput {
  readonly name: string;
  readonly value: Reference;
}

/** What an example declares, independent of language. */
export interface Example {
  readonly resources: readonly ExampleResource[];
  readonly outputs: readonly ExampleOutput[];
}

/**
 * Reads a TypeScript example that declares resources from plain values and other resources' outputs.
 *
 * @throws Error for anything that some language cannot express, such as `apply`.
 */
export function parseExample(text: string): Example {
  const { statements } = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ES2022, true);
  const [resources, outputs]: [ExampleResource[], ExampleOutput[]] = [[], []];
  for (const statement of statements) {
    if (ts.isExpressionStatement(statement)) {
      resources.push(resourceOf(statement.expression));
      continue;
    }
    const declaration = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations[0]
      : undefined;
    if (declaration?.initializer === undefined || !ts.isIdentifier(declaration.name))
      throw unsuited(statement);
    const name = declaration.name.text;
    const value = declaration.initializer;
    if (ts.isNewExpression(value)) resources.push({ variable: name, ...resourceOf(value) });
    else if (ts.isPropertyAccessExpression(value)) outputs.push({ name, value: referenceOf(value) });
    else throw unsuited(value);
  }
  return { resources, outputs };
}

/** The resource outputs that an example uses. */
export function referencesIn({ resources, outputs }: Example): Reference[] {
  const inValue = (value: Value): Reference[] => {
    if (value.kind === "reference") return [value];
    if (value.kind === "list") return value.items.flatMap(inValue);
    return value.kind === "entries" ? value.entries.flatMap((entry) => inValue(entry.value)) : [];
  };
  return [
    ...resources.flatMap(({ args }) => args.flatMap(({ value }) => inValue(value))),
    ...outputs.map(({ value }) => value),
  ];
}

/** `new posthog.Role("analysts", { ... })`. */
function resourceOf(node: ts.Expression): Omit<ExampleResource, "variable"> {
  if (!ts.isNewExpression(node)) throw unsuited(node);
  const [, type] = /^posthog\.(\w+)$/.exec(node.expression.getText()) ?? [];
  const [name, args, ...more] = node.arguments ?? [];
  if (type === undefined || name === undefined || !ts.isStringLiteral(name) || more.length > 0) {
    throw unsuited(node);
  }
  return { type, name: name.text, args: args === undefined ? [] : entriesOf(args) };
}

function readValue(node: ts.Expression): Value {
  if (ts.isStringLiteral(node)) return { kind: "text", text: node.text };
  if (ts.isNumericLiteral(node)) return { kind: "number", number: Number(node.text) };
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { kind: "boolean", boolean: true };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { kind: "boolean", boolean: false };
  if (ts.isArrayLiteralExpression(node)) return { kind: "list", items: node.elements.map(readValue) };
  if (ts.isObjectLiteralExpression(node)) return { kind: "entries", entries: entriesOf(node) };
  if (ts.isPropertyAccessExpression(node)) return referenceOf(node);
  throw unsuited(node);
}

function entriesOf(node: ts.Expression): Entry[] {
  if (!ts.isObjectLiteralExpression(node)) throw unsuited(node);
  return node.properties.map((property) => {
    if (!ts.isPropertyAssignment(property)) throw unsuited(property);
    const { name } = property;
    if (!ts.isIdentifier(name) && !ts.isStringLiteral(name)) throw unsuited(property);
    return { name: name.text, value: readValue(property.initializer) };
  });
}

function referenceOf(node: ts.PropertyAccessExpression): Reference {
  if (!ts.isIdentifier(node.expression)) throw unsuited(node);
  return { kind: "reference", resource: node.expression.text, output: node.name.text };
}

function unsuited(node: ts.Node): Error {
  return new Error(`not every language has a form for \`${node.getText()}\``);
}
