/** `krait schema`: the JSON schema of recipes, for editors. */
import type { ExitCode } from '../../errors/index.js'
import { jsonSchema } from '../../recipe/index.js'
import type { Invocation } from '../command.js'

export async function run({ stdout }: Invocation): Promise<ExitCode> {
  stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`)
  return 0
}
