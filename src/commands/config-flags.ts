/** The flags of the command `config`. */
export const configFlags = {
  json: { type: 'boolean', description: 'With config: write the settings as JSON' }
} as const
