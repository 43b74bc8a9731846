import {
  type Alias,
  Composer,
  type CST,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { inOrder, longestText, type MatrixProblem, type Path, type Position } from "./problem";

/** A matrix as it was written, before its meaning is known. */
export interface MatrixDocument {
  /** Plain values: texts, numbers, booleans, null, lists and objects. Missing if nothing can be read. */
  readonly value?: unknown;
  /** Syntax problems. */
  readonly problems: readonly MatrixProblem[];
  /** If names are duplicated: the same with the later ones, so that those are checked as well. */
  readonly later?: MatrixDocument;
  /** The position of the value at a path, or of its name; if it has none, of the nearest written value above it. */
  position(path: Path, onName?: boolean): Position | undefined;
}

/**
 * How deep values may be nested. No matrix needs ten levels, and thousands would overflow the stack and end the
 * process.
 */
const deepestNesting = 100;
const nestedTooDeeply = "is nested too deeply";
/** How many values a matrix may have with its aliases expanded. */
const mostValues = 500_000;

/** The position of a value, and the values in it. */
interface SourceNode {
  /** The position of the value, or of its name if the value starts on its own line. */
  readonly position: Position;
  /** Of the name; missing in lists. */
  readonly name?: Position;
  /** The number of values in it, including itself, with aliases expanded. */
  readonly size: number;
  readonly children: ReadonlyMap<string | number, SourceNode>;
}

/** A syntax error, as the YAML parser reports it. */
interface SyntaxError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, ...number[]];
}

interface Read {
  readonly value: unknown;
  readonly place: SourceNode;
}

/** The reader's position: the path, and where its last name is. */
interface Spot {
  readonly path: Path;
  readonly name?: Position;
}

const start: Position = { line: 1, column: 1 };
const mergeKey = "<<";

/** Parses YAML or JSON. Duplicate names, alias bombs and the like are problems. */
export function readText(text: string): MatrixDocument {
  if (text.length > longestText) {
    const message = `is too long: ${text.length} characters; the maximum is ${longestText}`;
    return broken([{ path: [], message, position: start }]);
  }
  const lines = new LineCounter();
  const tokens = [...tokensOf(text, lines)];
  const tooDeep = tokens.find((token) => typeof token === "number");
  if (tooDeep !== undefined)
    return broken([{ path: [], message: nestedTooDeeply, position: toPosition(lines, tooDeep) }]);
  const composer = new Composer({ uniqueKeys: false });
  const [document, second] = composer.compose(
    tokens.filter((token) => typeof token !== "number"),
    true,
    text.length,
  );
  const misspelled: SyntaxError[] = [
    ...(document?.errors ?? []),
    ...(second === undefined ? [] : [{ code: "MULTIPLE_DOCS", message: "", pos: second.range }]),
    ...(document?.warnings ?? []),
  ];
  if (document === undefined || misspelled.length > 0) return broken(syntaxProblems(misspelled, lines));
  const first = new Reader(lines, "first");
  const read = first.document(document.contents);
  return first.hasRepeats ? { ...read, later: new Reader(lines, "last").document(document.contents) } : read;
}

/** Uses a value from the program unchanged; it has no positions. */
export function readValue(value: unknown): MatrixDocument {
  return { value, problems: [], position: () => undefined };
}

/** Converts YAML nodes into plain values, in the order of the text, and remembers their positions. */
class Reader {
  /** Whether a name is duplicated. */
  hasRepeats = false;
  private readonly problems: MatrixProblem[] = [];
  /** By the anchor's name; a later anchor with the same name replaces an earlier one. */
  private readonly anchored = new Map<string, { node: unknown; read?: Read }>();

  constructor(
    private readonly lines: LineCounter,
    /** Which of two duplicates counts. */
    private readonly counts: "first" | "last",
  ) {}

  document(contents: unknown): MatrixDocument {
    const { value, place } = this.read(contents, { path: [] });
    if (place.size > mostValues) {
      return broken([{ path: [], message: "is too large once its aliases are expanded", position: start }]);
    }
    return { value, problems: this.problems, position: (path, onName) => find(place, path, onName) };
  }

  private read(node: unknown, spot: Spot): Read {
    if (isAlias(node)) return this.readAlias(node, spot);
    const anchor = isNode(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchored.set(anchor, { node });
    const read = isMap(node)
      ? this.readMapping(node, spot)
      : isSeq(node)
        ? this.readList(node, spot)
        : this.readScalar(node, spot);
    if (anchor !== undefined) this.anchored.set(anchor, { node, read });
    return read;
  }

  private report(path: Path, position: Position, message: string, onName = false): void {
    this.problems.push({ path, message, position, onName });
  }

  private readAlias(alias: Alias, { path, name }: Spot): Read {
    const position = this.positionOf(alias);
    const target = this.anchored.get(alias.source);
    if (target?.read !== undefined) {
      const { value, place } = target.read;
      return { value, place: { ...place, position, name } };
    }
    const why =
      target === undefined
        ? `unknown anchor &${alias.source}: define it above`
        : `*${alias.source} refers to itself`;
    this.report(path, position, why);
    return { value: null, place: { position, name, size: 1, children: new Map() } };
  }

  private readScalar(node: unknown, { name }: Spot): Read {
    const value = !isScalar(node) ? null : node.value instanceof Date ? node.source : node.value;
    return { value, place: { position: this.positionOf(node), name, size: 1, children: new Map() } };
  }

  private readList(node: YAMLSeq, spot: Spot): Read {
    const reads = node.items.map((item, index) => this.read(item, { path: [...spot.path, index] }));
    return {
      value: reads.map(({ value }) => value),
      place: this.place(
        node,
        spot,
        reads.map(({ place }, index) => [index, place]),
      ),
    };
  }

  private readMapping(node: YAMLMap, spot: Spot): Read {
    const own = new Map<string, Read>();
    const merged = new Map<string, Read>();
    const names = new Map<string, Position>();
    for (const { key, value } of node.items) {
      const name = this.positionOf(key);
      const text = this.nameOf(key, spot.path, name);
      if (text === undefined) continue;
      const path = [...spot.path, text];
      if (text === mergeKey) {
        this.merge(value, path, merged);
        continue;
      }
      const first = names.get(text);
      const read = this.read(value, { path, name });
      if (first === undefined || this.counts === "last") own.set(text, read);
      if (first === undefined) names.set(text, name);
      else {
        this.hasRepeats = true;
        this.report(path, name, `is duplicated; the first one is on line ${first.line}`, true);
      }
    }
    const all = [...new Map([...merged, ...own])];
    return {
      value: Object.fromEntries(all.map(([text, { value }]) => [text, value])),
      place: this.place(
        node,
        spot,
        all.map(([text, { place }]) => [text, place]),
      ),
    };
  }

  /** The merge key copies the names of one or several mappings; the first mapping that has a name wins. */
  private merge(value: unknown, path: Path, into: Map<string, Read>): void {
    for (const source of isSeq(value) ? value.items : [value]) {
      const { value: taken, place } = this.read(source, { path });
      if (typeof taken !== "object" || taken === null || Array.isArray(taken)) {
        this.report(path, place.position, "can merge only mappings");
        continue;
      }
      for (const [name, inner] of Object.entries(taken)) {
        const child = place.children.get(name);
        if (child !== undefined && !into.has(name)) into.set(name, { value: inner, place: child });
      }
    }
  }

  private nameOf(key: unknown, path: Path, position: Position): string | undefined {
    const text = isScalar(key) ? (typeof key.value === "string" ? key.value : key.source) : undefined;
    if (text !== undefined && text !== "") return text;
    this.report(path, position, "has a name that is not plain text");
    return undefined;
  }

  private place(
    node: YAMLMap | YAMLSeq,
    { name }: Spot,
    children: readonly (readonly [string | number, SourceNode])[],
  ): SourceNode {
    const size = children.reduce((sum, [, child]) => sum + child.size, 1);
    const position = node.flow || name === undefined ? this.positionOf(node) : name;
    return { position, name, size, children: new Map(children) };
  }

  private positionOf(node: unknown): Position {
    return toPosition(this.lines, isNode(node) ? (node.range?.[0] ?? 0) : 0);
  }
}

/** The YAML parser's tokens for a text. Stops where values are nested too deeply. */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token | number> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The stack also contains the document and the current value.
    if (parser.stack.length > deepestNesting + 2) return yield parser.offset;
  }
  yield* parser.end();
}

function toPosition(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function broken(problems: readonly MatrixProblem[]): MatrixDocument {
  return { problems, position: () => undefined };
}

/** One problem per line: later ones on the same line mostly follow from the first. */
function syntaxProblems(errors: readonly SyntaxError[], lines: LineCounter): MatrixProblem[] {
  const byLine = new Map<number, MatrixProblem>();
  for (const { code, message, pos } of errors) {
    const position = toPosition(lines, pos[0]);
    if (!byLine.has(position.line))
      byLine.set(position.line, { path: [], message: syntaxMessage(code, message), position });
  }
  return inOrder([...byLine.values()]);
}

function syntaxMessage(code: string, message: string): string {
  if (code === "RESOURCE_EXHAUSTION") return nestedTooDeeply;
  if (code === "MULTIPLE_DOCS") return "has several documents; a matrix is one document, so remove the ---";
  return `is not YAML: ${message}`;
}

function find(root: SourceNode, path: Path, onName = false): Position {
  let place = root;
  for (const [index, step] of path.entries()) {
    const next = place.children.get(step);
    if (next === undefined) return place.position;
    if (onName && index === path.length - 1) return next.name ?? next.position;
    place = next;
  }
  return place.position;
}
