// @ts-nocheck: it runs in browsers, and their types would be visible in all code of the server if it were checked here.

// The script of the page at `/`. It shows what any other client could ask for, and keeps a key in this variable alone.
let key = ''

const $ = id => document.getElementById(id)

/** An element with attributes and children; text is only ever set as text. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.append(...children)
  return made
}

/** The answer of a route as JSON. Throws an Error with the words of the problem. */
async function ask(path, body) {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== '' && { authorization: `Bearer ${key}` })
    },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
  const answer = await response.json().catch(() => ({}))
  if (response.ok && answer.error === undefined) return answer
  const problem = answer.error?.data ?? answer
  const words = [problem.detail ?? `The server answered ${response.status}.`, problem.hint].filter(Boolean).join(' ')
  throw Object.assign(new Error(words), { detail: problem.detail, status: problem.status ?? response.status })
}

function say(id, words) {
  $(id).textContent = words
  $(id).hidden = words === ''
}

/** Under the field of the URI. */
function sayWhy(error) {
  say('watch-error', error.message)
}

function showState(id, kind, words) {
  $(id).className = `state ${kind}`
  $(id).textContent = words
}

// ---------------------------------------------------------------------------------------------------------------
// Connection

async function showConnection() {
  say('key-error', '')
  try {
    const session = await ask('/session')
    showState('connected', 'good', 'connected')
    const company = session.companies?.current?.[0]?.name ?? session.companies?.current?.name
    const rows = [
      ['Odoo', session.server_version],
      ['Address', session.url],
      ['Database', session.database],
      ['User', session.username],
      ['Company', company],
      ['Access', session.policy?.read_only ? 'reading only' : 'all that this user may do']
    ]
    const shown = rows.filter(([, value]) => typeof value === 'string' && value !== '')
    $('session').replaceChildren(
      ...shown.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])
    )
    $('session').hidden = false
    await suggest()
  } catch (error) {
    $('session').hidden = true
    showConnectionError(error)
  }
}

/** Who has sent no key yet has done nothing wrong; and how to send one is the page's business. */
function showConnectionError({ status, detail, message }) {
  if (status !== 401) {
    showState('connected', 'bad', 'no connection')
    return say('key-error', message)
  }
  showState('connected', key === '' ? 'warn' : 'bad', 'not signed in')
  $('key-part').open = true
  if (key !== '') say('key-error', detail)
}

/** What can be watched, for the field of the URI. Nothing depends on it. */
async function suggest() {
  const list = { jsonrpc: '2.0', id: 1, method: 'list_resources', params: {} }
  const { result } = await ask('/mcp', list).catch(() => ({ result: { resources: [] } }))
  $('suggestions').replaceChildren(
    ...result.resources.map(({ uri, title }) => element('option', { value: uri }, title ?? ''))
  )
}

$('key-form').addEventListener('submit', async event => {
  event.preventDefault()
  key = $('key').value.trim()
  stream.close()
  await showConnection()
  if (watched.size > 0) stream.open().catch(sayWhy)
})

// ---------------------------------------------------------------------------------------------------------------
// The stream

/** What is watched, by URI: what it showed last, undefined before it was read. */
const watched = new Map()

/** The one event stream of this page, reopened when the browser gives it up. */
const stream = {
  source: undefined,
  clientId: undefined,
  pauseMs: 1000,
  timer: undefined,
  opening: undefined,

  /** Resolves when the stream has a client id. */
  open() {
    this.opening ??= this.connect().catch(error => {
      this.opening = undefined
      showState('live-state', 'bad', 'not listening')
      throw error
    })
    return this.opening
  },

  async connect() {
    showState('live-state', 'warn', 'connecting')
    // EventSource cannot send a header: a ticket stands for the key, once.
    const query = key === '' ? '' : `?ticket=${encodeURIComponent((await ask('/events/ticket', {})).ticket)}`
    const source = new EventSource(`/events${query}`)
    this.source = source
    source.addEventListener('notifications/resources/updated', event => {
      const { uri, data } = JSON.parse(event.data).params
      showChange(uri, data)
    })
    // More has changed than was kept for this page: what there is now is read again.
    source.addEventListener('notifications/connection/gap', event => {
      const { uris = watched.keys() } = JSON.parse(event.data).params
      for (const uri of [...uris]) read(uri).catch(sayWhy)
    })
    source.addEventListener('notifications/connection/closed', event => {
      const { reason } = JSON.parse(event.data).params
      this.close()
      showState('live-state', 'bad', `ended: ${reason}`)
      if (reason === 'shutdown') this.reopen()
    })
    await new Promise((resolve, reject) => {
      source.addEventListener('notifications/connection/established', event => {
        const known = this.clientId
        this.clientId = JSON.parse(event.data).params.client_id
        this.pauseMs = 1000
        showState('live-state', 'good', 'live')
        resolve()
        // A stream that could not go on where it was knows nothing of what was watched.
        if (known !== this.clientId) for (const uri of watched.keys()) subscribe(uri).catch(sayWhy)
      })
      source.addEventListener('open', () => showState('live-state', 'good', 'live'))
      source.addEventListener('error', () => {
        if (source !== this.source) return
        showState('live-state', 'warn', 'reconnecting')
        if (source.readyState !== EventSource.CLOSED) return
        reject(new Error('The stream of changes could not be opened.'))
        this.close()
        this.reopen()
      })
    })
  },

  reopen() {
    if (watched.size === 0) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.open().catch(error => {
        showState('live-state', 'bad', error.message)
        this.reopen()
      })
    }, this.pauseMs)
    this.pauseMs = Math.min(this.pauseMs * 2, 30_000)
  },

  close() {
    clearTimeout(this.timer)
    this.source?.close()
    this.source = undefined
    this.clientId = undefined
    this.opening = undefined
    showState('live-state', '', 'not listening')
  }
}

/** Subscribes the open stream and reads what there is to compare with. Throws when the URI is not to be had. */
async function subscribe(uri) {
  await ask('/subscribe', { client_id: stream.clientId, uri })
  await read(uri)
}

async function read(uri) {
  const last = watched.get(uri)
  const { result } = await ask('/mcp', { jsonrpc: '2.0', id: 1, method: 'read_resource', params: { uri } })
  const data = JSON.parse(result.contents[0].text)
  // Stopped meanwhile, or told of something newer.
  if (!watched.has(uri) || watched.get(uri) !== last) return
  if (last === undefined) watched.set(uri, data)
  else if (JSON.stringify(last) !== JSON.stringify(data)) showChange(uri, data)
}

// ---------------------------------------------------------------------------------------------------------------
// What is watched

$('watch-form').addEventListener('submit', async event => {
  event.preventDefault()
  const uri = $('uri').value.trim()
  if (uri === '' || watched.has(uri)) return
  say('watch-error', '')
  $('watch').disabled = true
  try {
    await stream.open()
    watched.set(uri, undefined)
    await subscribe(uri)
    showWatched()
    $('uri').value = ''
  } catch (error) {
    watched.delete(uri)
    sayWhy(error)
  } finally {
    $('watch').disabled = false
    $('uri').focus()
  }
})

function showWatched() {
  $('watched').replaceChildren(
    ...[...watched.keys()].map(uri => {
      const remove = element('button', { type: 'button', 'aria-label': `Stop watching ${uri}`, title: 'Stop' }, '×')
      remove.addEventListener('click', () => unwatch(uri))
      return element('li', {}, element('span', { class: 'mono' }, uri), remove)
    })
  )
  $('empty').textContent =
    watched.size === 0
      ? 'Nothing is watched yet.'
      : 'Waiting for a change. Edit the record in Odoo, or anywhere else: it shows here.'
}

async function unwatch(uri) {
  watched.delete(uri)
  showWatched()
  $('uri').focus()
  const client_id = stream.clientId
  if (watched.size === 0) stream.close()
  else await ask('/unsubscribe', { client_id, uri }).catch(sayWhy)
}

// ---------------------------------------------------------------------------------------------------------------
// What has changed

const shownAtMost = 200

function showChange(uri, data) {
  if (!watched.has(uri)) return
  const before = watched.get(uri)
  watched.set(uri, data)
  const now = new Date()
  const item = element(
    'li',
    { class: 'fresh' },
    element(
      'div',
      { class: 'head' },
      element('strong', { class: 'mono' }, uri),
      element('time', { datetime: now.toISOString() }, now.toLocaleTimeString())
    ),
    ...differences(before, data),
    element(
      'details',
      {},
      element('summary', {}, 'All of it'),
      element('pre', { tabindex: '0' }, JSON.stringify(data, null, 2))
    )
  )
  $('empty').hidden = true
  $('changes').prepend(item)
  while ($('changes').childElementCount > shownAtMost) $('changes').lastElementChild.remove()
  $('announced').textContent = `Changed: ${uri}`
}

/** What differs, for people. */
function differences(before, data) {
  if (data.deleted === true) return [element('p', {}, 'Deleted, or no longer yours to see.')]
  if (before === undefined || before.deleted === true) return [element('p', {}, 'Here it is.')]
  if (Array.isArray(data.records) && Array.isArray(before.records)) return listDifferences(before, data)
  return fieldDifferences(before, data)
}

function fieldDifferences(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  if (changed.length === 0) return [element('p', {}, 'Told again; nothing differs from what was shown before.')]
  const items = changed.map(name => {
    const texts = [before[name], after[name]].map(toText)
    // Another record of the same name, for one.
    const [old, now] = texts[0] === texts[1] ? [before[name], after[name]].map(toJson) : texts
    return element(
      'li',
      {},
      element('span', { class: 'field' }, name),
      ' ',
      shown('del', old),
      ' → ',
      shown('ins', now)
    )
  })
  return [element('ul', { class: 'fields' }, ...items)]
}

function listDifferences(before, after) {
  const byId = ({ records }) => new Map(records.map(record => [record.id, record]))
  const [old, now] = [byId(before), byId(after)]
  const nameOf = record => `${record.display_name ?? record.name ?? 'record'} (${record.id})`
  const came = [...now.values()].filter(({ id }) => !old.has(id))
  const went = [...old.values()].filter(({ id }) => !now.has(id))
  const changed = [...now.values()].filter(
    record => old.has(record.id) && JSON.stringify(old.get(record.id)) !== JSON.stringify(record)
  )
  const items = [
    ...came.map(record => element('li', {}, element('ins', {}, nameOf(record)), ' is in the list now')),
    ...went.map(record => element('li', {}, element('del', {}, nameOf(record)), ' is no longer in it')),
    ...changed.map(record => element('li', {}, nameOf(record), ...fieldDifferences(old.get(record.id), record)))
  ]
  if (before.total !== after.total) items.unshift(element('li', {}, `${before.total} → ${after.total} records`))
  if (items.length === 0) items.push(element('li', {}, 'The order has changed.'))
  return [element('ul', { class: 'fields' }, ...items)]
}

/** A value that was or is there; an empty one is not struck out. */
function shown(name, text) {
  return text === '' ? element('span', { class: 'none' }, 'empty') : element(name, {}, text)
}

function toJson(value) {
  return JSON.stringify(value) ?? ''
}

/** A value of Odoo in a line: `false` is an empty field, a pair is a record with its name. */
function toText(value) {
  if (value === undefined || value === false || value === null || value === '') return ''
  if (value === true) return 'yes'
  if (Array.isArray(value) && value.length === 2 && typeof value[1] === 'string') return value[1]
  const text = typeof value === 'string' ? value : toJson(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

$('mcp-address').textContent = `${location.origin}/mcp`
showWatched()
showConnection()
