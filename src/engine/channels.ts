/** Which channels an output is built from (spec: render.md 9). */
import { parseChannel, SpecError } from '../conda/index.js'
import type { Variant } from '../recipe/index.js'
import { badChannel, channelsTwice } from './errors.js'

export interface ChannelRequest {
  /** In front of all others: URLs or absolute directories. */
  readonly first?: readonly string[]
  /** From the command line. */
  readonly given: readonly string[]
  /** From configuration files. */
  readonly defaults: readonly string[]
  readonly baseDirectory: string
  readonly homeDirectory: string
}

/** Channel URLs without trailing slash, first wins: `channel_sources` of the variant, else `-c`, else the defaults. */
export function outputChannels(variant: Variant, request: ChannelRequest): readonly string[] {
  const { channel_sources: sources } = variant
  if (sources !== undefined && request.given.length > 0) throw channelsTwice()
  const chosen = [...(request.first ?? []), ...chooseChannels(sources, request)]
  return chosen.map((text) => channelUrl(text, request))
}

function chooseChannels(
  sources: Variant[string] | undefined,
  { given, defaults }: ChannelRequest,
): readonly string[] {
  if (sources !== undefined)
    return String(sources)
      .split(',')
      .map((text) => text.trim())
  if (given.length > 0) return given
  return defaults.length > 0 ? defaults : ['conda-forge']
}

function channelUrl(text: string, { baseDirectory, homeDirectory }: ChannelRequest): string {
  try {
    return parseChannel(text, { baseDirectory, homeDirectory }).url.replace(/\/$/, '')
  } catch (error) {
    if (error instanceof SpecError) throw badChannel(text, error.message)
    throw error
  }
}
