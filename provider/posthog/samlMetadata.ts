import axios from "axios";
import type { Connection } from "./connection";
import { ConnectionError } from "./errors";

/** No identity provider's metadata comes near this size. */
const mostBytes = 1_048_576;

/** Fetches an identity provider's published SAML metadata, once a run. PostHog has no part in it. */
export function fetchSamlMetadata(connection: Connection, url: string): Promise<string> {
  return connection.collections.get(`samlMetadata:${url}`, async () => {
    const { host } = new URL(url);
    try {
      const response = await axios.get<string>(url, {
        timeout: 15_000,
        maxRedirects: 3,
        maxContentLength: mostBytes,
        responseType: "text",
        transformResponse: (data: unknown) => data,
      });
      return response.data;
    } catch (error) {
      const status = axios.isAxiosError(error) ? (error.response?.status ?? error.code) : undefined;
      throw new ConnectionError(
        `reading the SAML metadata from ${host} failed (${status ?? "no answer"})`,
        {
          why: "The identity provider does not answer at that address from here, or asks for a sign-in.",
          fix: "Open the address in a private browser window; give metadataXml instead where it is not public.",
        },
        false,
      );
    }
  });
}
