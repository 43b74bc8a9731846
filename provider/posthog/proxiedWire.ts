import * as http from "node:http";
import * as https from "node:https";
import axios, { AxiosError, type AxiosResponse } from "axios";
import { NoAnswerError, type Wire, type WireReply } from "./wire";

/** A wire by way of the proxy that the environment names, except to the hosts in `NO_PROXY`. */
export function proxiedWire(timeoutMs: number): Wire {
  const client = axios.create({
    timeout: timeoutMs,
    maxRedirects: 0,
    responseType: "text",
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
    httpAgent: new http.Agent({ keepAlive: true }),
    httpsAgent: new https.Agent({ keepAlive: true }),
  });
  return async ({ method, url, headers, body }) => {
    try {
      return replyOf(await client.request<string>({ method, url, headers, data: body }));
    } catch (error) {
      if (error instanceof AxiosError) throw new NoAnswerError(error.code ?? "no answer");
      throw error;
    }
  };
}

function replyOf({ status, headers, data }: AxiosResponse<string>): WireReply {
  const text = (name: string): string | undefined => {
    const value: unknown = headers[name];
    return typeof value === "string" ? value : undefined;
  };
  return {
    status,
    headers: {
      "content-type": text("content-type"),
      "retry-after": text("retry-after"),
      "set-cookie": headers["set-cookie"],
    },
    text: data ?? "",
  };
}
