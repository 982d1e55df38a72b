import t from 'tap'
import { addressGroup, plainAddress } from '../../src/core/address.js'

const groups: [address: string, group: string][] = [
  ['203.0.113.9', '203.0.113.9'],
  ['203.0.0161.011', '203.0.113.9'],
  ['0xcb.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['2001:DB8:1:3::1', '2001:db8:1:3::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64']
]
for (const [address, group] of groups) {
  t.test(`${address} counts as ${group}`, async t => t.equal(addressGroup(address), group))
}

for (const text of ['', 'unknown', '_hidden', '203.0.113.9:80', '3405803785', 'a, b', '203.0.113.999']) {
  t.test(`"${text}" is no address, and all that is none is one`, async t => {
    t.equal(plainAddress(text), undefined)
    t.equal(addressGroup(text), 'none')
  })
}
