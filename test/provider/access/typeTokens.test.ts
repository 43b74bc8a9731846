import {
  accessMatrixType,
  dynamicType,
  isNativeType,
  kindOfType,
  nativeType,
} from "../../../provider/access/typeTokens";
import { handlers } from "../../../provider/handlers";

test.each([...handlers.keys()])("a %s is known by its type in the npm package and in the plugin", (kind) => {
  expect([dynamicType(kind), nativeType(kind)].map(kindOfType)).toEqual([kind, kind]);
  expect([dynamicType(kind), nativeType(kind)].map(isNativeType)).toEqual([false, true]);
});

test.each([
  accessMatrixType,
  "posthog:index/project:Project",
  "pulumi:providers:posthog",
  "pulumi-nodejs:dynamic/acme:Project",
  "acme:index:Project",
])("%s is no resource of this package", (type) => {
  expect([kindOfType(type), isNativeType(type)]).toEqual([undefined, false]);
});
