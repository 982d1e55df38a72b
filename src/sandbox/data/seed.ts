import type { Env } from '../orm/env.js'
import { seedCountries, seedLanguages } from './countries.js'
import { seedGroups } from './groups.js'
import { seedOrders } from './orders.js'
import { seedCrowd, seedPartners } from './partners.js'
import { seedPipeline } from './pipeline.js'
import { seedProducts } from './products.js'
import { createSeeder } from './seeder.js'
import { seedAttachments, seedMessages, seedModels, seedModules, seedTechnical } from './technical.js'
import { seedCompanies, seedUsers } from './users.js'

export interface SeedOptions {
  /** The superuser's. */
  env: Env
  seed: number
  /** Adds 100,000 contacts. */
  scale: boolean
}

/** Fills an empty database with what people know from a demo: the same for the same seed and day. */
export function seed({ env, seed, scale }: SeedOptions): void {
  const seeder = createSeeder(env, seed)
  seedModels(seeder)
  seedModules(seeder)
  seedLanguages(seeder)
  seedCountries(seeder)
  seedGroups(seeder)
  seedCompanies(seeder)
  seedUsers(seeder)
  seedPartners(seeder)
  seedProducts(seeder)
  seedPipeline(seeder)
  seedOrders(seeder)
  seedTechnical(seeder)
  seedAttachments(seeder)
  seedMessages(seeder)
  if (scale) seedCrowd(seeder, 100_000)
}
