import ts from "typescript";
import { entriesOf } from "./programs";

/**
 * The fields of something public, with what each must keep: a field that programs write stays `optional`, a field that
 * they read stays `required`, and a list of words keeps its words, in quotes.
 */
export type PublicFields = Readonly<Record<string, readonly string[]>>;

/** What a program can import by one name. */
interface PublicName {
  /** Whether it exists when the program runs. */
  readonly value?: true;
  /** Fields of a class, an interface or an object type. */
  readonly fields?: PublicFields;
  /** Words of a type that is a list of words. */
  readonly words?: readonly string[];
  /** The fields of a function's argument, and of its result. */
  readonly takes?: PublicFields;
  readonly gives?: PublicFields;
  readonly methods?: readonly string[];
}

/** The public names of each entry of the package, without what classes inherit from Pulumi's. */
export function publicNames(
  program: ts.Program,
  package_?: string,
): Record<string, Record<string, PublicName>> {
  const checker = program.getTypeChecker();
  const named = [...entriesOf(package_)].map(([entry, path]) => {
    const source = program.getSourceFile(path);
    const module_ = source && checker.getSymbolAtLocation(source);
    if (module_ === undefined) throw new Error(`${path} is not in the program`);
    const names = checker.getExportsOfModule(module_).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const isValue = (target.flags & ts.SymbolFlags.Value) !== 0 && !isTypeOnly(symbol);
      return [
        symbol.name,
        { ...(isValue ? { value: true as const } : {}), ...describe(target, symbol.name, checker) },
      ];
    });
    return [
      entry,
      Object.fromEntries(names.sort(([left], [right]) => (String(left) < String(right) ? -1 : 1))),
    ];
  });
  return Object.fromEntries(named);
}

function isTypeOnly(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some(
    (declaration) =>
      ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly),
  );
}

/** Whether programs write it: then optional fields matter, otherwise fields that always exist. */
const isWritten = (name: string): boolean => /(Args|Options|Settings|Input)$/.test(name);

function describe(symbol: ts.Symbol, name: string, checker: ts.TypeChecker): PublicName {
  if (symbol.flags & ts.SymbolFlags.Function) {
    const declaration = symbol.valueDeclaration;
    const type = declaration && checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const [signature] = type?.getCallSignatures() ?? [];
    const [argument] = signature?.getParameters() ?? [];
    const taken =
      argument?.valueDeclaration && checker.getTypeOfSymbolAtLocation(argument, argument.valueDeclaration);
    return {
      ...(taken === undefined ? {} : { takes: fieldsOf(taken, true, checker) }),
      ...(signature === undefined
        ? {}
        : { gives: fieldsOf(answered(signature.getReturnType(), checker), false, checker) }),
    };
  }
  if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    const words = wordsOf(type);
    const methods = [...(symbol.exports?.keys() ?? [])].map(String).filter((name) => name !== "prototype");
    return {
      ...(words === undefined ? { fields: fieldsOf(type, isWritten(name), checker) } : { words }),
      ...(methods.length === 0 ? {} : { methods: methods.sort() }),
    };
  }
  return {};
}

/** The type in a promise or an output. */
function answered(type: ts.Type, checker: ts.TypeChecker): ts.Type {
  const awaited = checker.getAwaitedType(type) ?? type;
  const [inside] = awaited.aliasSymbol?.name === "Output" ? (awaited.aliasTypeArguments ?? []) : [];
  return inside ?? awaited;
}

function fieldsOf(type: ts.Type, isInput: boolean, checker: ts.TypeChecker): PublicFields {
  const others = type.isClass() ? "/node_modules/" : "/node_modules/typescript/";
  const own = checker.getPropertiesOfType(checker.getNonNullableType(type)).filter(({ declarations = [] }) =>
    declarations.every((declaration) => {
      const isHidden =
        ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.NonPublicAccessibilityModifier;
      return isHidden === 0 && !declaration.getSourceFile().fileName.includes(others);
    }),
  );
  const fields = own.map((property) => {
    const declaration = property.declarations?.[0];
    const words = declaration && wordsOf(checker.getTypeOfSymbolAtLocation(property, declaration));
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const marks = isOptional === isInput ? [isInput ? "optional" : "required"] : [];
    return [property.name, [...marks, ...(words ?? [])]] as const;
  });
  return Object.fromEntries(fields.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The words that a type accepts, whatever else it accepts. */
function wordsOf(type: ts.Type): string[] | undefined {
  const parts = type.isUnion() ? type.types : [type];
  const words = parts.flatMap((part) => (part.isStringLiteral() ? [JSON.stringify(part.value)] : []));
  return words.length === 0 ? undefined : words.sort();
}
