/** The looks of the page at `/`: light and dark, from a phone upwards. Kept as text, because its hash is in the policy. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #f6f6f4; --card: #fff; --ink: #1c2024; --soft: #5c646d; --line: #dfe1e0;
  --accent: #0b6e66; --on-accent: #fff; --tint: #e3f2f0; --good: #14783c; --warn: #8a5a00; --bad: #b3261e;
  --old: #fbe9e7; --new: #e2f4e6; --code: #eeefec }
@media (prefers-color-scheme: dark) {
  :root { --paper: #131517; --card: #1c1f22; --ink: #e9eaeb; --soft: #a3abb3; --line: #33383d; --accent: #5cc8bc;
    --on-accent: #06201d; --tint: #17322f; --good: #6fd08c; --warn: #e7b455; --bad: #ff8a80; --old: #42211f;
    --new: #173521; --code: #282c30 }
}
* { box-sizing: border-box }
[hidden] { display: none !important }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0 }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; padding-top: 2rem }
h1 { font-size: 1.75rem; letter-spacing: -.02em; margin: 0 }
h2 { font-size: 1.05rem; margin: 0 0 .75rem }
header p { margin: 0; color: var(--soft) }
header .lead { flex-basis: 100% }
main { display: grid; gap: 1.25rem; padding-top: 1.5rem; padding-bottom: 2rem }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; min-width: 0 }
@media (min-width: 60rem) {
  main { grid-template-columns: minmax(0, 5fr) minmax(0, 3fr) }
  aside { align-content: start }
  #tools { grid-column: 1 / -1 }
  aside { display: grid; gap: 1.25rem }
}
aside > section + section { margin-top: 1.25rem }
@media (min-width: 60rem) { aside > section + section { margin-top: 0 } }
a { color: var(--accent) }
code, pre, .mono { font: .875em/1.5 ui-monospace, monospace }
code { background: var(--code); border-radius: .3em; padding: .1em .35em; overflow-wrap: anywhere }
.first { margin: 0 }
.note { color: var(--soft); font-size: .9rem; margin: .5rem 0 0 }
.error { color: var(--bad); margin: .6rem 0 0; overflow-wrap: anywhere }
.head { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem }
.state { font-size: .85rem; color: var(--soft); white-space: nowrap }
.state::before { content: ""; display: inline-block; width: .6em; height: .6em; border-radius: 50%; margin-right: .45em;
  background: currentColor }
.state.good { color: var(--good) } .state.warn { color: var(--warn) } .state.bad { color: var(--bad) }
form { display: flex; flex-wrap: wrap; gap: .5rem }
label { flex-basis: 100%; font-size: .9rem; color: var(--soft) }
input { flex: 1 1 14rem; min-width: 0; font: .95rem ui-monospace, monospace; padding: .6rem .7rem; color: inherit;
  background: var(--paper); border: 1px solid var(--line); border-radius: .5rem }
button { font: inherit; font-weight: 600; padding: .55rem 1rem; border: 0; border-radius: .5rem; cursor: pointer;
  background: var(--accent); color: var(--on-accent) }
button:disabled { opacity: .55; cursor: progress }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1rem; margin: 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
ul, ol { list-style: none; margin: 0; padding: 0 }
#watched { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .75rem }
#watched li { display: flex; align-items: center; gap: .25rem; max-width: 100%; padding-left: .7rem;
  background: var(--tint); border-radius: 1rem; overflow-wrap: anywhere }
#watched button { background: none; color: inherit; padding: .25rem .65rem; line-height: 1; font-size: 1.1rem }
#changes:not(:empty) { margin-top: 1rem; border-top: 1px solid var(--line) }
#changes > li { padding: .8rem 0; border-bottom: 1px solid var(--line) }
#changes > li:last-child { border-bottom: 0; padding-bottom: 0 }
#changes .head { font-size: .9rem }
#changes .head strong { font-weight: 600; overflow-wrap: anywhere }
#changes time { color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums }
#changes p { margin: .3rem 0 0; overflow-wrap: anywhere }
#changes .fields { margin-top: .4rem; display: grid; gap: .25rem }
#changes .fields li { overflow-wrap: anywhere }
.field { font: .875em ui-monospace, monospace; color: var(--soft); margin-right: .35em }
.none { color: var(--soft); font-style: italic }
del { background: var(--old); text-decoration-color: var(--bad); border-radius: .25em; padding: 0 .25em }
ins { background: var(--new); text-decoration: none; border-radius: .25em; padding: 0 .25em }
details { margin-top: .4rem } summary { cursor: pointer; color: var(--soft); font-size: .875rem }
pre { overflow: auto; max-height: 22rem; background: var(--code); border-radius: .5rem; padding: .75rem; margin: .5rem 0 0 }
.empty { color: var(--soft); margin: 1rem 0 0 }
.tools { display: grid; gap: .25rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)) }
.tools li { padding: .5rem 0; border-top: 1px solid var(--line) }
.tools p { margin: .15rem 0 0; font-size: .9rem; color: var(--soft) }
.badge { font-size: .75rem; border: 1px solid var(--line); border-radius: 1rem; padding: .1rem .5rem; color: var(--soft) }
.badge.write { color: var(--warn) } .badge.destructive { color: var(--bad) }
footer { color: var(--soft); font-size: .9rem; padding-bottom: 2rem }
@media (prefers-reduced-motion: no-preference) {
  #changes > li.fresh { animation: arrive 1.6s ease-out }
  @keyframes arrive { from { background: var(--tint) } }
}
`
