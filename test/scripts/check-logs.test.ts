import t from 'tap'
import { checkLogs } from '../../scripts/check-logs.mjs'

const secret = 'correct horse/"battery" staple'
const session = `oms_b_${'A'.repeat(43)}`
const secrets = `${JSON.stringify('another secret of the tests')}\n${JSON.stringify(secret)}\n`
const clean = '{"msg":"call","outcome":"ok"}\n{"msg":"connect","text":"[redacted]"}\n'

t.test('logs without a secret are counted, and nothing is found', async t => {
  const folder = t.testdir({ '1-1.log': clean, '2-1.log': clean, '2.secrets': secrets, '1.secrets': secrets })
  t.strictSame(checkLogs(folder), { logs: 2, lines: 4, secrets: 2, found: [] })
  t.strictSame(checkLogs(`${folder}/none`), { logs: 0, lines: 0, secrets: 0, found: [] })
})

for (const [form, leak] of [
  ['as it is', secret],
  ['in JSON', JSON.stringify({ text: secret })],
  ['in an address', `/x?key=${encodeURIComponent(secret)}`],
  ['of a session, which nobody has kept', `opened ${session}`],
  ['of a ticket', `/events?ticket=omt_${'b'.repeat(43)}`]
] as const) {
  t.test(`a secret ${form} is found with its file and line, and not repeated`, async t => {
    const folder = t.testdir({ '1-1.log': clean, '2-7.log': `${clean}it says ${leak} here\n`, '1.secrets': secrets })
    const { found } = checkLogs(folder)
    t.equal(found.length, 1)
    t.match(found[0], /^2-7\.log:3: it says .*…/)
    t.notMatch(found[0], /battery|AAAA|bbbb/)
  })
}
