import type { Test } from 'tap'
import type { Json, JsonObject } from '../../src/core/json.js'
import type { LabOdoo } from '../lab/odoos.js'
import { people } from '../lab/people.js'
import { type DirectOdoo, logInDirectly } from '../lab/rpc.js'
import { installRule, listen, newChannel, sending, thrown } from './bus-client.js'

/** What happened, and what the rules told of it, in words that are the same for both Odoos. */
export interface Step {
  step: string
  told: string[]
}

interface Told {
  model: string
  event: string
  ids: number[]
  by: number
}

const watched = ['res.partner.category', 'res.partner', 'crm.lead']
const events = ['create', 'write', 'unlink']

/** Installs rules on some models, changes records as several users, and writes down what comes over the bus. */
export async function tellOfChanges(t: Test, odoo: LabOdoo): Promise<Step[]> {
  const { admin, sales } = await people(odoo)
  const seller = await logInDirectly({ ...odoo, ...sales })
  const channel = newChannel()
  for (const model of watched) {
    for (const event of events) {
      const payload = `{'model': records._name, 'event': '${event}', 'ids': records.ids, 'by': uid}`
      await installRule(t, admin, odoo.version, model, `on_${event}`, sending(odoo.version, channel, payload))
    }
  }
  const ring = await installBell(t, admin, odoo.version, channel)
  const listener = await listen(t, odoo.url, odoo.version, channel)

  const steps: Step[] = []
  const letters = new Map<string, string>()
  const ofOurs = ({ model, ids }: Told) => ids.every(id => letters.has(`${model},${id}`))
  const asLine = ({ model, event, ids, by }: Told) =>
    `${event} ${model} ${ids.map(id => letters.get(`${model},${id}`))}${by === sales.uid ? ' by sales' : ''}`
  /** Notes what is told of a change; records that it creates get the next letters. */
  const note = async <T extends Json>(step: string, change: () => Promise<T>, creates?: string): Promise<T> => {
    const result = await change()
    if (creates !== undefined) {
      for (const id of [result].flat()) letters.set(`${creates},${id}`, String.fromCharCode(97 + letters.size))
    }
    const told = (await listener.since(ring)).map(({ payload }) => payload as unknown as Told)
    // Others work in the same database.
    steps.push({ step, told: told.filter(ofOurs).map(asLine) })
    return result
  }
  await changes(note, admin, seller)
  return steps
}

/** A record whose change tells that what was told before it has come. */
async function installBell(t: Test, admin: DirectOdoo, version: string, channel: string) {
  const code = newChannel().slice(5)
  const bell = await admin.call<number>('res.country.state', 'create', [{ name: 'bell', code, country_id: 1 }])
  t.teardown(() => admin.call('res.country.state', 'unlink', [[bell]]))
  const send = sending(version, channel, "{'bell': record.id, 'end': record.name}")
  await installRule(t, admin, version, 'res.country.state', 'on_write', send)
  return ({ end = '' }: JsonObject) => admin.call('res.country.state', 'write', [[bell], { name: end }])
}

type Note = <T extends Json>(step: string, change: () => Promise<T>, creates?: string) => Promise<T>

async function changes(note: Note, admin: DirectOdoo, seller: DirectOdoo): Promise<void> {
  const category = 'res.partner.category'
  const tag = await note('a tag is created', () => admin.call<number>(category, 'create', [{ name: 'bus' }]), category)
  await note('a tag is written', () => admin.call(category, 'write', [[tag], { name: 'bus 2' }]))
  await note('a tag is deleted', () => admin.call(category, 'unlink', [[tag]]))

  const partner = 'res.partner'
  const one = await note('a contact is created', () => admin.call<number>(partner, 'create', [{ name: 'b' }]), partner)
  const two = await note(
    'two contacts are created',
    () => admin.call<number[]>(partner, 'create', [[{ name: 'c' }, { name: 'd' }]]),
    partner
  )
  await note('a contact is written', () => admin.call(partner, 'write', [[one], { city: 'Gent' }]))
  await note('with the same value', () => admin.call(partner, 'write', [[one], { city: 'Gent' }]))
  await note('with no value', () => admin.call(partner, 'write', [[one], {}]))
  await note('with another name', () => admin.call(partner, 'write', [[one], { name: 'e' }]))
  await note('two contacts are written', () => admin.call(partner, 'write', [two, { city: 'Gent' }]))
  await note('by another user', () => seller.call(partner, 'write', [[one], { city: 'Brugge' }]))
  await note('a message is posted', () => admin.call(partner, 'message_post', [[one]], { body: 'hello' }))
  await note('a write is rolled back', () => thrown(() => admin.call(partner, 'write', [[one], { parent_id: one }])))
  await note('a contact is archived', () => admin.call(partner, 'write', [[one], { active: false }]))
  await note('a contact is deleted', () => admin.call(partner, 'unlink', [[one]]))
  await note('two contacts are deleted', () => admin.call(partner, 'unlink', [two]))

  const lead = 'crm.lead'
  const mine = await note('a lead is created', () => seller.call<number>(lead, 'create', [{ name: 'bus' }]), lead)
  await note('a lead is written', () => seller.call(lead, 'write', [[mine], { name: 'bus 2' }]))
  await note('with another revenue', () => seller.call(lead, 'write', [[mine], { expected_revenue: 5 }]))
  await admin.call(lead, 'unlink', [[mine]])
}
