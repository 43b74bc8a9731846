/**
 * The text of `__provider` in a resource's state. It only names the package and the resource, so that the state stays
 * small, contains no secrets, and always runs the installed version. It resolves the package from the program's folder,
 * which works in a clone, with npm and with pnpm.
 *
 * The text is part of every user's state and must never change.
 */
export function shellText(type: string): string {
  return (
    'exports.handler=()=>require("module").createRequire(process.cwd()+"/_.js")' +
    `("pulumi-posthog/runtime").provider(${JSON.stringify(type)})`
  );
}
