import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { HttpProblem, type Reply, type Route, route } from "@muster/http";

/** The directory of the package `swagger-ui-dist`; throws when it is not installed. */
export type Locate = () => string;

const require = createRequire(import.meta.url);

/** Only looks where the package is: loading it would run a browser's script here. */
const locateInstalled: Locate = () => path.dirname(require.resolve("swagger-ui-dist"));

/** Every address is relative to the page, so that it works at any mount path and behind any proxy. */
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

const startScript = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", validatorUrl: null, deepLinking: true });
`;

/** Content types of what the page loads; no other file of the package is served. */
const assets: { readonly [file: string]: string } = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

/** Scripts and styles from this router alone; the page's icons are data URLs inside its own style sheet. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** `GET /docs`, a page to read and try the API, and what it loads. Nothing comes from another server. */
export const docsRoutes = (locate: Locate = locateInstalled): readonly Route[] => [
  route({
    method: "GET",
    path: "/docs",
    operationId: "getDocs",
    summary: "Read and try the API",
    access: "public",
    success: { status: 200, description: "A page." },
    run: () => {
      find(locate);
      return {
        content: page,
        headers: {
          "Content-Type": "text/html; charset=utf-8",
          "Content-Security-Policy": contentSecurityPolicy,
          "Referrer-Policy": "no-referrer",
        },
      };
    },
  }),
  route({
    method: "GET",
    path: "/docs/{asset}",
    operationId: "getDocsAsset",
    summary: "What the page loads",
    access: "public",
    success: { status: 200, description: "A script, a style sheet or an icon." },
    run: ({ path: { asset } }) => (asset === "start.js" ? script(startScript) : fileOf(locate, asset)),
  }),
];

const script = (content: string): Reply => ({
  content,
  headers: { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache" },
});

const fileOf = async (locate: Locate, file: string): Promise<Reply> => {
  const contentType = Object.hasOwn(assets, file) ? assets[file] : undefined;
  if (contentType === undefined) throw new HttpProblem("route_not_found", "There is nothing at this path.");
  return {
    content: await readFile(path.join(find(locate), file)),
    headers: { "Content-Type": contentType, "Cache-Control": "public, max-age=3600" },
  };
};

const find = (locate: Locate): string => {
  try {
    return locate();
  } catch {
    throw new HttpProblem("docs_not_installed", "Install the package swagger-ui-dist to see this page.");
  }
};
