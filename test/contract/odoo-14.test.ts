import { testContractOfReal } from './contract.js'

await testContractOfReal('14')
