import { GatewayError } from '../../src/core/errors.js'
import type { JsonObject } from '../../src/core/json.js'
import type { ResourceRequest } from '../../src/core/live.js'
import type { CallRequest, Gateway } from '../../src/core/ports/gateway.js'

/** Answers of tools by name: an output, or a function of the input that gives one or throws. */
export type Answers = Record<string, JsonObject | ((input: JsonObject) => JsonObject)>

/** A gateway that answers what it is told to, and remembers what it was asked. */
export function answering(answers: Answers): Pick<Gateway, 'call'> & { calls: CallRequest[] } {
  const calls: CallRequest[] = []
  return {
    calls,
    async call(request) {
      calls.push(request)
      const answer = answers[request.tool]
      if (answer === undefined) throw new Error(`nobody has said what ${request.tool} answers`)
      return typeof answer === 'function' ? answer(request.input as JsonObject) : answer
    }
  }
}

export const failing =
  (code: ConstructorParameters<typeof GatewayError>[0], detail = 'refused') =>
  () => {
    throw new GatewayError(code, detail)
  }

/** Somebody on a session, or without one. */
export function asker(caller: Partial<ResourceRequest['caller']> = { bearer: 'oms_b_x' }): ResourceRequest {
  return {
    caller: { principal: 'local', surface: 'mcp', opens: 'handle', requestId: 'r1', ...caller },
    signal: new AbortController().signal
  }
}
