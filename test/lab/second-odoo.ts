import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { until } from '../contract/until.js'
import type { LabOdoo } from './odoos.js'

/** Another server process on the database of a lab's Odoo: unlike that one, a test may stop and start it. */
export interface SecondOdoo extends LabOdoo {
  start(): Promise<void>
  /** Ends it at once, connections and all. */
  stop(): Promise<void>
}

/** Starts one; undefined where this Odoo is not one of the lab on this machine. */
export async function startSecondOdoo(odoo: LabOdoo): Promise<SecondOdoo | undefined> {
  const root = join(process.env.ODOO_MCP_LAB || '/var/tmp/odoo-mcp-lab', `odoo-${odoo.version}`)
  if (!existsSync(root) || process.getuid?.() !== 0 || odoo.database !== 'lab') return undefined
  const [http, push] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${http}`
  let running: ChildProcess | undefined

  const second: SecondOdoo = {
    ...odoo,
    name: `a second ${odoo.name}`,
    url,
    async start() {
      const ports = [`--http-port=${http}`, `--${odoo.version === '14' ? 'longpolling' : 'gevent'}-port=${push}`]
      const server = ['odoo', '--config', '/etc/odoo/odoo.conf', '-d', 'lab', '--max-cron-threads=0', ...ports]
      const asOdoo = ['setpriv', '--reuid=odoo', '--regid=odoo', '--init-groups', ...server]
      const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/var/lib/odoo', LANG: 'C.UTF-8' }
      running = spawn('chroot', [root, ...asOdoo], {
        env: { ...env, PYTZ_TZDATADIR: '/usr/share/zoneinfo' },
        stdio: 'ignore'
      })
      await until(`${second.name} answers`, () => answers(`${url}/web/login?db=lab`), 120_000)
    },
    async stop() {
      const child = running
      running = undefined
      if (child === undefined || child.exitCode !== null) return
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    }
  }
  await second.start()
  return second
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { redirect: 'manual' })).status < 500
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server: Server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
