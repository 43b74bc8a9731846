import { readSsoStatus, type SsoStatus } from "../../snapshot/ssoStatus";
import type { LookupArgs } from "../lookup";
import { defineReader, lookupArgs } from "./reader";

/** Reads what {@link getSsoStatus} answers. */
export const getSsoStatus = defineReader<LookupArgs, SsoStatus>("getSsoStatus", lookupArgs, readSsoStatus);
