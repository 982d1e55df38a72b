import { testContractOfTraveller } from './traveller.js'

await testContractOfTraveller('19')
