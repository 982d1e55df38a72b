import { createHash } from 'node:crypto'

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#1d1d1f;
background:#fff}code{background:#f0f0f3;padding:.1em .3em;border-radius:.25em}@media(prefers-color-scheme:dark){
body{color:#e8e8ea;background:#18181b}code{background:#2a2a2e}a{color:#8ab4ff}}`

/** Lets the page use its own style and nothing else. */
export const pageSecurityPolicy =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What a person sees who opens the server in a browser. Static: it names no connection. */
export function buildPage({ version, docs }: { version: string; docs: boolean }): string {
  const docsLine = docs
    ? '<p>Its REST routes are described at <a href="/docs">/docs</a> and in <a href="/openapi.json">openapi.json</a>.</p>'
    : ''
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>odoo-mcp</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<h1>odoo-mcp</h1>
<p>This server (version ${version}) lets AI assistants and programs work with Odoo.</p>
<p>Assistants connect over MCP: give them the address of this page followed by <code>/mcp</code>.</p>
${docsLine}
<p><a href="/health">/health</a> tells whether it is well.</p>
</html>
`
}
