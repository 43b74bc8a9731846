import * as z from "zod";
import { normalizeHost } from "../../posthog/configuration";
import { serviceProvider } from "../../sso/serviceProvider";
import { functionArgs, type Reader } from "./reader";

export const getSamlServiceProvider: Reader<"getSamlServiceProvider"> = {
  schema: functionArgs.pick({ account: true }).extend({ host: z.string("must be an address").optional() }),
  read: async (connection, { host }) =>
    serviceProvider(host === undefined ? connection.host : normalizeHost(host)),
};
