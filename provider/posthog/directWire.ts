import * as http from "node:http";
import * as https from "node:https";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type Exchange, NoAnswerError, type Wire } from "./wire";

const unzip = promisify(gunzip);

/** A wire straight to the server, over connections that are kept for the next exchange. */
export function directWire(timeoutMs: number): Wire {
  const agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };
  return async (exchange) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const url = new URL(exchange.url);
      const response = await (url.protocol === "http:"
        ? answerTo(exchange, http.request(url, { ...optionsOf(exchange), agent: agents["http:"], signal }))
        : answerTo(
            exchange,
            https.request(url, { ...optionsOf(exchange), agent: agents["https:"], signal }),
          ));
      return { status: response.statusCode ?? 0, headers: response.headers, text: await textOf(response) };
    } catch (error) {
      throw new NoAnswerError(signal.aborted ? "ETIMEDOUT" : codeOf(error));
    }
  };
}

const optionsOf = ({ method, headers, body }: Exchange): http.RequestOptions => ({
  method,
  headers: {
    ...headers,
    "Accept-Encoding": "gzip",
    ...(body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }),
  },
});

function answerTo({ body }: Exchange, request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve).on("error", reject).end(body);
  });
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const isZipped = response.headers["content-encoding"] === "gzip" && bytes.length > 0;
  return (isZipped ? await unzip(bytes) : bytes).toString("utf8");
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "no answer";
