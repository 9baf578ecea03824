/** Judges the JSON that krait prints by docs/schemas, as one who reads only these files. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { expect } from 'vitest'
import { type KraitOptions, krait } from './krait.js'

/** The file that is published. */
export function schemaFile(name: string): string {
  return path.resolve('docs/schemas', `${name}.schema.json`)
}

export interface PrintedJson {
  /** Runs the command with `--json`; what it prints has to be what the document says, and nothing besides. */
  readonly print: (document: string, args: readonly string[], options?: KraitOptions) => Promise<unknown>
  /** Judges something that was written elsewhere. */
  readonly judge: (document: string, data: unknown) => void
  /** Names of the documents that were judged by. */
  readonly documents: ReadonlySet<string>
}

/** Results that differ, damage that was found: there is JSON all the same. */
const codesWithJson = [0, 7, 8, 9]

/** For one test. @param common of all calls */
export function createPrintedJson(common: KraitOptions = {}): PrintedJson {
  const documents = new Set<string>()
  const judge = (document: string, data: unknown): void => {
    documents.add(document)
    const validate = validatorOf(document)
    const errors = validate(data) ? [] : validate.errors
    expect(errors, `${document}: ${JSON.stringify(data).slice(0, 600)}`).toEqual([])
  }
  const print = async (document: string, args: readonly string[], options: KraitOptions = {}) => {
    const env = { ...common.env, ...options.env }
    const { code, stdout, stderr } = await krait([...args, '--json'], { ...common, ...options, env })
    expect(codesWithJson, `krait ${args.join(' ')}: ${stderr}`).toContain(code)
    const data: unknown = JSON.parse(stdout)
    judge(document, data)
    return data
  }
  return { print, judge, documents }
}

const validators = new Map<string, ValidateFunction>()

function validatorOf(document: string): ValidateFunction {
  const known = validators.get(document)
  if (known) return known
  const schema: unknown = JSON.parse(readFileSync(schemaFile(document), 'utf8'))
  const validate = new Ajv({ strict: false, allowUnionTypes: true }).compile(closed(schema) as object)
  validators.set(document, validate)
  return validate
}

/** Readers ignore members that they do not know; here a member that no schema names is a mistake. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return 'properties' in schema ? { additionalProperties: false, ...members } : members
}
