import { networkInterfaces } from 'node:os'
import t from 'tap'
import { createAddressGuard } from '../../src/odoo/transport/address-guard.js'
import { request, scope, serveHttp, transportFor } from './servers.js'

const anyHost = createAddressGuard({ allowedHosts: null })

const refused: [string, string][] = [
  ['0.0.0.0', 'this machine, by another name'],
  ['0.1.2.3', 'this network'],
  ['169.254.169.254', 'cloud metadata'],
  ['169.254.0.1', 'link-local'],
  ['100.100.100.200', 'cloud metadata of Alibaba'],
  ['192.0.0.192', 'cloud metadata of Oracle'],
  ['168.63.129.16', 'the platform service of Azure'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.250', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'this machine, by another name'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local, with a scope'],
  ['febf::1', 'the end of link-local'],
  ['fd00:ec2::254', 'cloud metadata over IPv6'],
  ['fd20:ce::254', 'cloud metadata of Google over IPv6'],
  ['2002:a9fe:a9fe::1', '6to4 of cloud metadata'],
  ['2001:0:a9fe:a9fe::1', 'Teredo'],
  ['::ffff:0:a9fe:a9fe', 'IPv4-translated cloud metadata'],
  ['64:ff9b::a9fe:a9fe', 'NAT64 of cloud metadata'],
  ['64:ff9b::8.8.8.8', 'NAT64 of anything'],
  ['ff02::1', 'multicast'],
  ['::ffff:169.254.169.254', 'IPv4-mapped cloud metadata'],
  ['::ffff:a9fe:a9fe', 'the same in hex'],
  ['0:0:0:0:0:ffff:6464:64c8', 'IPv4-mapped, written out'],
  ['::ffff:0.0.0.0', 'IPv4-mapped zero'],
  ['::169.254.169.254', 'IPv4-compatible'],
  ['', 'nothing'],
  ['example.com', 'a name is no address']
]
for (const [address, why] of refused) {
  t.test(`no connection to ${address || '(empty)'}: ${why}`, async t => {
    t.equal(anyHost.addressAllowed(address, 8069), false)
  })
}

for (const address of [
  '127.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
  '10.0.0.7',
  '192.168.1.4',
  'fd12::7',
  '8.8.8.8',
  '2606:4700::1',
  '100.100.100.201'
]) {
  t.test(`an Odoo may live at ${address}`, async t => {
    t.equal(anyHost.addressAllowed(address, 8069), true)
  })
}

t.test('an address that is listed is allowed, in whatever form it is written', async t => {
  const guard = createAddressGuard({ allowedHosts: ['169.254.7.7', '[fe80::1]:8069', '::ffff:100.100.100.200', '*'] })
  t.ok(guard.addressAllowed('169.254.7.7', 80))
  t.ok(guard.addressAllowed('::ffff:169.254.7.7', 80))
  t.ok(guard.addressAllowed('fe80::1', 8069))
  t.notOk(guard.addressAllowed('fe80::1', 8070), 'another port')
  t.ok(guard.addressAllowed('100.100.100.200', 80))
  t.notOk(guard.addressAllowed('169.254.169.254', 80), 'any host is not any address')
})

t.test('the own port is refused on every local address', async t => {
  const guard = createAddressGuard({
    allowedHosts: ['127.0.0.1', '10.0.0.5'],
    ownPorts: () => [8000],
    localAddresses: () => ['10.0.0.5', 'fe80::5%eth0', '2001:db8::5']
  })
  for (const local of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '10.0.0.5', '2001:db8::5']) {
    t.notOk(guard.addressAllowed(local, 8000), local)
    t.ok(guard.addressAllowed(local, 8069), `${local}, another port`)
  }
  t.ok(guard.addressAllowed('10.0.0.6', 8000), 'another machine')
})

t.test('the own port is allowed where it is listed together with the address', async t => {
  const guard = createAddressGuard({ allowedHosts: ['127.0.0.1:8000'], ownPorts: () => [8000] })
  t.ok(guard.addressAllowed('127.0.0.1', 8000))
  t.notOk(guard.addressAllowed('::1', 8000))
})

const patterns = [
  'erp.example.com',
  '*.odoo.com',
  '10.0.0.7',
  'inner:8069',
  'web:80',
  'https://pasted.example/',
  '[::1]:8069',
  'fd12::7'
]
const guard = createAddressGuard({ allowedHosts: patterns })
for (const [url, allowed] of [
  ['https://erp.example.com', true],
  ['https://ERP.Example.com.:8443', true],
  ['https://evil.erp.example.com', false],
  ['https://erp.example.com.evil.net', false],
  ['https://erp.example.com@evil.net', false],
  ['https://acme.odoo.com', true],
  ['https://a.b.odoo.com', true],
  ['https://odoo.com', false],
  ['https://evilodoo.com', false],
  ['http://10.0.0.7:8069', true],
  ['http://0xa.0.0.7', true],
  ['http://012.0.0.07', true],
  ['http://167772167', true],
  ['http://10.7', true],
  ['http://[::ffff:10.0.0.7]', true],
  ['http://10.0.0.8', false],
  ['http://inner:8069', true],
  ['http://inner', false],
  ['https://inner', false],
  ['http://web', true],
  ['https://web', false],
  ['https://pasted.example', true],
  ['http://[::1]:8069', true],
  ['http://[0:0:0:0:0:0:0:1]:8069', true],
  ['http://[::1]', false],
  ['http://[fd12::7]:1234', true]
] as const) {
  t.test(`${url} is ${allowed ? '' : 'not '}among the allowed hosts`, async t => {
    t.equal(guard.hostAllowed(new URL(url)), allowed)
  })
}

t.test('without a list, or with *, any host is allowed', async t => {
  t.ok(anyHost.hostAllowed(new URL('http://anything')))
  t.ok(createAddressGuard({ allowedHosts: ['*'] }).hostAllowed(new URL('http://anything')))
  t.notOk(createAddressGuard({ allowedHosts: [] }).hostAllowed(new URL('http://anything')))
})

// Each of these leads to 0.0.0.0 or 169.254.169.254 once the URL or the resolver has read it.
for (const host of [
  '0.0.0.0',
  '0',
  '0x0',
  '[::]',
  '[::ffff:0:0]',
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '[::ffff:a9fe:a9fe]'
]) {
  t.test(`a request to ${host} is refused before it connects`, async t => {
    const sending = { url: `http://${host}:1`, request, write: true, scope: scope() }
    const extra = { outcome: 'not_applied' }
    await t.rejects(transportFor(t, { connectTimeoutMs: 500 }).send(sending), { code: 'policy_denied', extra })
  })
}

t.test('a request to the own port never arrives, by address or by name, unless the guard is off', async t => {
  let requests = 0
  const url = await serveHttp(t, (_, outgoing) => {
    requests++
    outgoing.end('{}')
  })
  const port = Number(new URL(url).port)
  const guarded = transportFor(t, { guard: { allowedHosts: null, ownPorts: () => [port] } })
  for (const host of ['127.0.0.1', 'localhost']) {
    const sending = guarded.send({ url: `http://${host}:${port}`, request, write: false, scope: scope() })
    await t.rejects(sending, { code: 'policy_denied' }, host)
  }
  t.equal(requests, 0)
  await transportFor(t).send({ url, request, write: false, scope: scope() })
  t.equal(requests, 1, 'the control: without the own port known, it arrives')
})

t.test('the own port is refused at every address of this machine, and only there', async t => {
  const guarded = transportFor(t, { guard: { allowedHosts: null, ownPorts: () => [9] }, connectTimeoutMs: 50 })
  const send = (host: string) => guarded.send({ url: `http://${host}:9`, request, write: false, scope: scope() })
  const own = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  for (const { address, family } of own) {
    await t.rejects(send(family === 'IPv6' ? `[${address}]` : address), { code: 'policy_denied' }, address)
  }
  await t.rejects(send('192.0.2.1'), { code: 'odoo_unavailable' }, 'an address for examples, which nobody has')
})
