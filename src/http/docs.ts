/** /openapi.json, /asyncapi.json, and /docs to browse the first: served whole, works offline. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { asyncApi } from "./async-api.ts";
import type { Endpoints } from "./endpoints.ts";

const ASSETS: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

/** Nothing from elsewhere. Swagger UI writes style attributes and has its images as data. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Linnet HTTP API</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <p><a href="openapi.json">openapi.json</a>, and for the WebSocket
      <a href="asyncapi.json">asyncapi.json</a></p>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
});
`;

export function addDocs(endpoints: Endpoints, commands: readonly number[]): void {
  let document: string | undefined;
  endpoints.addPage("/openapi.json", () => {
    document ??= JSON.stringify(openApi(endpoints));
    return served(document, "application/json; charset=utf-8");
  });
  let overSocket: string | undefined;
  endpoints.addPage("/asyncapi.json", () => {
    overSocket ??= JSON.stringify(asyncApi(commands));
    return served(overSocket, "application/json; charset=utf-8");
  });
  endpoints.addPage("/docs", () => served(PAGE, "text/html; charset=utf-8"));
  endpoints.addPage("/docs/start.js", () => served(START, "text/javascript; charset=utf-8"));
  const folder = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json")));
  for (const [file, type] of Object.entries(ASSETS)) {
    endpoints.addPage(`/docs/${file}`, () => served(Bun.file(join(folder, file)), type));
  }
}

function openApi(endpoints: Endpoints): object {
  const { app } = endpoints;
  app.openAPIRegistry.registerComponent("securitySchemes", "appKey", {
    type: "apiKey",
    in: "header",
    name: "X-App-Key",
    description: "The host application's key; never given to clients",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "adminKey", {
    type: "apiKey",
    in: "header",
    name: "X-Admin-Key",
    description: "The administrators' key; X-Admin-Actor beside it says who acts",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "userToken", {
    type: "http",
    scheme: "bearer",
    description: "A user's token, from login",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Linnet HTTP API",
      version: "1",
      description:
        "Every call answers `{code, msg, data}`. What changes anything is appended to the same " +
        "stream as the messages, and answered when it is committed.",
    },
  });
}

function served(body: string | Blob, type: string): Response {
  const headers = {
    "content-type": type,
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  return new Response(body, { headers });
}
