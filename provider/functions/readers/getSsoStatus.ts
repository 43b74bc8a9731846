import { readSsoStatus } from "../../snapshot/ssoStatus";
import { functionArgs, type Reader } from "./reader";

export const getSsoStatus: Reader<"getSsoStatus"> = {
  schema: functionArgs,
  read: readSsoStatus,
};
