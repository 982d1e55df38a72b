import { sandboxAs } from '../lab/witnesses.js'
import { testContract } from './contract.js'

await testContract(await sandboxAs(14))
