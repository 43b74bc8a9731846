/** Any JSON value, as stored in free-form columns. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
