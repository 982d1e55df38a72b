import type { Json } from '../../json.js'
import type { Env } from '../env.js'
import type { Model } from '../types.js'
import { readGroup14 } from './read-group-14.js'
import { readGroup17 } from './read-group-17.js'

/** `read_group`: rewritten with 17, kept on 19 although deprecated there. */
export function readGroup(env: Env, model: Model, given: { [name: string]: Json | undefined }): Json[] {
  return env.major <= 14 ? readGroup14(env, model, given) : readGroup17(env, model, given)
}
