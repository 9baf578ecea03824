/** Decides which channels are asked for the records of a package: no more than the answer needs (spec: contract.md 1). */
import type { StageContext } from '../../system/index.js'
import { type OpenChannel, openChannel } from './open-channels.js'
import type { EnvironmentOptions } from './solve.js'
import type { ChannelRecord } from './types.js'

export interface RecordSource {
  /**
   * Records of a package, per channel, first channel first. Under strict priority a channel behind the first one that has
   * the package is not contacted for it.
   * @param requestedChannel the channel that a spec names; then every channel is asked
   */
  readonly findRecords: (
    name: string,
    requestedChannel?: string,
  ) => Promise<readonly (readonly ChannelRecord[])[]>
  /** Contacts all channels, so that a refusal can say what they have; failures to do so are not worth an error. */
  readonly openAll: () => Promise<void>
}

export function createRecordSource(options: EnvironmentOptions, context: StageContext): RecordSource {
  const channels = [...new Set(options.channels)].map((text) => createLazyChannel(text, options, context))
  const isStrict = (options.channelPriority ?? 'strict') === 'strict'
  return {
    findRecords: async (name, requestedChannel) => {
      const extra = extraRecords(name, options)
      const found: (readonly ChannelRecord[])[] = []
      for (const channel of channels) {
        const isAnswered =
          isStrict && requestedChannel === undefined && [extra, ...found].some((list) => list.length > 0)
        const open = isAnswered ? channel.opened() : await channel.open()
        found.push((await open?.findRecords(name)) ?? [])
      }
      return withExtraRecords(extra, found, channels[0]?.opened()?.url)
    },
    openAll: async () => {
      await Promise.allSettled(channels.map((channel) => channel.open()))
    },
  }
}

interface LazyChannel {
  readonly open: () => Promise<OpenChannel>
  /** The channel, if somebody needed it before. */
  readonly opened: () => OpenChannel | undefined
}

function createLazyChannel(text: string, options: EnvironmentOptions, context: StageContext): LazyChannel {
  const { cacheDirectory, platform } = options
  let opening: Promise<OpenChannel> | undefined
  let opened: OpenChannel | undefined
  return {
    open: async () => {
      opening ??= openChannel(text, { subdirs: [platform.subdir, 'noarch'], cacheDirectory }, context)
      opened = await opening
      return opened
    },
    opened: () => opened,
  }
}

function extraRecords(
  name: string,
  { extraRecords: all = [], platform }: EnvironmentOptions,
): readonly ChannelRecord[] {
  return all.filter((record) => {
    return record.name === name && (record.subdir === platform.subdir || record.subdir === 'noarch')
  })
}

/** Extra records replace those of the same file in their channel: the index may still have the file's former content. */
function withExtraRecords(
  extra: readonly ChannelRecord[],
  found: readonly (readonly ChannelRecord[])[],
  firstUrl: string | undefined,
): readonly (readonly ChannelRecord[])[] {
  const [first] = extra
  if (first === undefined) return found
  const replaced = new Set(extra.map(({ url }) => url))
  const indexed = found.map((records) => records.filter(({ url }) => !replaced.has(url)))
  const [local = [], ...others] = indexed
  return first.channel === firstUrl ? [[...extra, ...local], ...others] : [extra, ...indexed]
}
