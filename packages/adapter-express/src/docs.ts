import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { HttpProblem, type Reply, type Route, route } from "@muster/http";

/** Where a file of the package `swagger-ui-dist` lies; throws when the package is not installed. */
export type Locate = (file: string) => string;

/** Looks from here first, then from where the app runs: a host may have installed the package for itself alone. */
const locateInstalled: Locate = (file) => {
  try {
    return createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`);
  } catch {
    return createRequire(`${process.cwd()}/`).resolve(`swagger-ui-dist/${file}`);
  }
};

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
      find(locate, "swagger-ui-bundle.js");
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
    run: ({ path }) => (path.asset === "start.js" ? script(startScript) : asset(locate, path.asset)),
  }),
];

const script = (content: string): Reply => ({
  content,
  headers: { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache" },
});

const asset = async (locate: Locate, file: string): Promise<Reply> => {
  const contentType = Object.hasOwn(assets, file) ? assets[file] : undefined;
  if (contentType === undefined) throw new HttpProblem("route_not_found", "There is nothing at this path.");
  return {
    content: await readFile(find(locate, file)),
    headers: { "Content-Type": contentType, "Cache-Control": "public, max-age=3600" },
  };
};

const find = (locate: Locate, file: string): string => {
  try {
    return locate(file);
  } catch {
    throw new HttpProblem("docs_not_installed", "Install the package swagger-ui-dist to see this page.");
  }
};
