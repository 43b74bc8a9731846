/** Whether a project's name says that it is production: `Production`, `prod-eu`, `Acme (prod)`. */
export function isNamedLikeProduction(name: string): boolean {
  return /(^|[^a-z])prod(uction)?([^a-z]|$)/i.test(name);
}
