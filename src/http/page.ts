import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Tool } from '../core/ports/gateway.js'
import { pageStyle } from './page-style.js'

export interface PageOptions {
  version: string
  /** Whether there is `/docs` to link to. */
  docs: boolean
  tools: readonly Pick<Tool, 'name' | 'title' | 'access' | 'description'>[]
}

/** The page, without the line that a compiler may have added for debuggers: browsers would look for what it names. */
const script = readFileSync(new URL('./page-script.js', import.meta.url), 'utf8').replace(/\n\/\/# source.*\s*$/, '\n')

/** Lets the page use its own style and script, and ask this server; nothing else. */
export const pageSecurityPolicy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(pageStyle)}`,
  "connect-src 'self'",
  'img-src data:',
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

/** What a person sees who opens the server in a browser. It names no connection: its script asks for that, with a key. */
export function buildPage({ version, docs, tools }: PageOptions): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>odoo-mcp</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>odoo-mcp</h1>
<p>version ${toHtml(version)}</p>
<p class="lead">This server lets AI assistants and programs work with Odoo.</p>
</header>
<main>
<section id="live" aria-labelledby="live-title">
<div class="head"><h2 id="live-title">Live changes</h2><span id="live-state" class="state" role="status">not listening</span></div>
<form id="watch-form">
<label for="uri">Address of a record or a list, such as <code>odoo://res.partner/1</code> or <code>odoo://sale.order/list</code></label>
<input id="uri" name="uri" list="suggestions" autocomplete="off" autocapitalize="off" spellcheck="false" required>
<datalist id="suggestions"></datalist>
<button id="watch">Watch</button>
</form>
<p id="watch-error" class="error" role="alert" hidden></p>
<ul id="watched" aria-label="Watched"></ul>
<p id="empty" class="empty">This list needs JavaScript.</p>
<ol id="changes" aria-label="Changes, newest first"></ol>
<p id="announced" class="visually-hidden" role="status"></p>
</section>
<aside>
<section aria-labelledby="connection-title">
<div class="head"><h2 id="connection-title">Connection</h2><span id="connected" class="state" role="status">unknown</span></div>
<dl id="session" hidden></dl>
<p id="key-error" class="error" role="alert" hidden></p>
<details id="key-part">
<summary>Use an access key or a session</summary>
<form id="key-form">
<label for="key">An access key of this server, or the session that <code>/connect</code> answered. It stays in this tab and is forgotten with it.</label>
<input id="key" name="key" type="password" autocomplete="off" required>
<button>Use</button>
</form>
</details>
</section>
<section aria-labelledby="use-title">
<h2 id="use-title">Use it</h2>
<p class="first">Assistants connect over MCP, at <code id="mcp-address">/mcp</code></p>
${docs ? '<p class="note">Programs use REST: <a href="/docs">its routes</a>, and <a href="/openapi.json">openapi.json</a>.</p>\n' : ''}<p class="note"><a href="/health">/health</a> tells whether the server is well.</p>
</section>
</aside>
<section id="tools" aria-labelledby="tools-title">
<h2 id="tools-title">Tools</h2>
<ul class="tools">
${tools.map(toItem).join('\n')}
</ul>
</section>
</main>
<script type="module">${script}</script>
</body>
</html>
`
}

const icon = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#0b6e66"/>' +
    '<circle cx="8" cy="8" r="3" fill="#fff"/></svg>'
)

const accesses: Readonly<Record<Tool['access'], string>> = {
  session: 'session',
  read: 'reads',
  write: 'writes',
  destructive: 'may delete'
}

function toItem({ name, title, access, description }: PageOptions['tools'][number]): string {
  // What follows is an example for a model.
  const [words = ''] = description.split(' Example: ')
  const badge = `<span class="badge ${access}">${accesses[access]}</span>`
  return `<li><code>${toHtml(name)}</code> ${badge}<p><strong>${toHtml(title)}.</strong> ${toHtml(words)}</p></li>`
}

function toHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
