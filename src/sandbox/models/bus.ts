import { asList } from '../arguments.js'
import { channelSet, messagesAfter, send } from '../bus/messages.js'
import type { Json } from '../json.js'
import { char } from '../orm/fields.js'
import type { ModelSpec } from '../orm/types.js'

/** The messages of the bus. Nobody may read or write them; on 14 anybody may send and poll by methods. */
export const busBus: ModelSpec = {
  name: 'bus.bus',
  description: 'Communication Bus',
  module: 'bus',
  fields: { channel: char('Channel'), message: char('Message') },
  access: [],
  methods: {
    sendone: {
      on: 'model',
      params: ['channel', 'message'],
      until: 14,
      run(env, _model, _ids, { channel = null, message = null }) {
        send(env, channel, message)
        return undefined
      }
    },
    sendmany: {
      on: 'model',
      params: ['notifications'],
      until: 14,
      run(env, _model, _ids, { notifications = null }) {
        for (const pair of asList(notifications)) {
          const [channel = null, message = null] = asList(pair)
          send(env, channel, message)
        }
        return undefined
      }
    },
    poll: {
      on: 'model',
      params: ['channels', 'last?', 'options?'],
      until: 14,
      run: (env, _model, _ids, { channels = null, last = 0 }): Json =>
        messagesAfter(env.tables, channelSet(asList(channels)), Number(last)) as unknown as Json
    }
  }
}
