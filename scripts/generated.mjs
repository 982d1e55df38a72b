// Every generated file but openapi/openapi.json: what it should hold, given what it holds.
import { envExample, yamlExample } from './settings.mjs'
import { errorTables, metricsTables, readmeTables, settingsTables, withTables } from './tables.mjs'

/** @typedef {import('./tables.mjs').Sources} Sources */

/** @type {Record<string, (page: string, sources: Sources) => string>} */
export const generated = {
  'README.md': (page, sources) => withTables(page, readmeTables(sources)),
  'docs/settings.md': (page, sources) => withTables(page, settingsTables(sources)),
  'docs/errors.md': (page, sources) => withTables(page, errorTables(sources)),
  'docs/observability.md': (page, sources) => withTables(page, metricsTables(sources)),
  'config.example.yaml': (_page, sources) => yamlExample(sources),
  '.env.example': (_page, sources) => envExample(sources)
}
