import { asTraveller } from '../lab/people.js'
import { sandboxAs } from '../lab/witnesses.js'
import { testContract } from './contract.js'
import './traveller.js'

await testContract(await asTraveller(await sandboxAs(19)))
