/** What is mounted where: the answer of `GET /` to programs. */
export const mounted = {
  app: "Muster quickstart",
  api: "/api",
  openapi: "/api/openapi.json",
  docs: "/api/docs",
  health: "/api/health",
} as const;

/** The same for browsers. */
export const frontPage: string = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${mounted.app}</title>
<style>
  body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
  td { padding: 0.2rem 1rem 0.2rem 0; }
</style>
<h1>${mounted.app}</h1>
<p>This page is a route of the app; everything under <code>${mounted.api}</code> is Muster's.</p>
<table>
  <tr><td><a href="${mounted.docs}">${mounted.docs}</a></td><td>the API to read and try</td></tr>
  <tr><td><a href="${mounted.openapi}">${mounted.openapi}</a></td><td>its OpenAPI document</td></tr>
  <tr><td><a href="${mounted.health}">${mounted.health}</a></td><td>whether the database answers</td></tr>
</table>
</html>
`;
