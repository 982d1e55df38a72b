import type { Tool } from '../core/ports/gateway.js'
import { aggregate } from './aggregate.js'
import { binary } from './binary.js'
import { call } from './call.js'
import { connect } from './connect.js'
import { count } from './count.js'
import { create } from './create.js'
import { disconnect } from './disconnect.js'
import { getFields } from './get-fields.js'
import { getModels } from './get-models.js'
import { nameSearch } from './name-search.js'
import { read } from './read.js'
import { record } from './record.js'
import { search } from './search.js'
import { session } from './session.js'
import { unlink } from './unlink.js'
import { write } from './write.js'

/** Every tool of clients, in the order in which they are listed: the product's table of contents. */
export const tools: readonly Tool[] = [
  connect,
  disconnect,
  session,
  getModels,
  getFields,
  search,
  read,
  count,
  aggregate,
  nameSearch,
  create,
  write,
  unlink,
  call
]

/** What resources are read with; no client finds these. */
export const internalTools: readonly Tool[] = [record, binary]
