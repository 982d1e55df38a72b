import { testContract } from './contract.js'

await testContract('19')
