import { keysRotate, noWildcardScope } from "./keys";
import { noOutsideOwners } from "./outsiders";
import { atLeastTwoOwners } from "./owners";
import { deletionProtected, productionClosed } from "./projects";
import type { Rule } from "./rule";
import { ssoEnforced } from "./signOn";

/** The rules of the pack, in the order in which they are listed everywhere. */
export const rules: readonly Rule[] = [
  noWildcardScope,
  keysRotate,
  atLeastTwoOwners,
  noOutsideOwners,
  productionClosed,
  ssoEnforced,
  deletionProtected,
];
