/** Small records and channels for the tests of this stage. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ChannelRecord } from '../../../src/stages/solve-environments/index.js'

export type RecordFields = Partial<ChannelRecord> & { readonly name: string }

/** A record with defaults: version 1, build `0`, linux-64, no dependencies. */
export function record(fields: RecordFields): ChannelRecord {
  const { name, version = '1', build = '0', subdir = 'linux-64' } = fields
  const channel = fields.channel ?? 'file:///channel/'
  const fn = fields.fn ?? `${name}-${version}-${build}.conda`
  return {
    version,
    build,
    build_number: 0,
    subdir,
    depends: [],
    fn,
    url: `${channel}${subdir}/${fn}`,
    channel,
    ...fields,
  }
}

/** `name version build` of each record. */
export function titles(records: readonly ChannelRecord[]): string[] {
  return records.map(({ name, version, build }) => `${name} ${version} ${build}`)
}

/** Writes repodata.json of linux-64 and noarch below `directory` and gives the channel's URL. */
export function writeChannel(directory: string, records: readonly RecordFields[]): string {
  for (const subdir of ['linux-64', 'noarch']) {
    const own = records.filter((fields) => (fields.subdir ?? 'linux-64') === subdir)
    const sections: Record<string, Record<string, unknown>> = { packages: {}, 'packages.conda': {} }
    for (const fields of own) {
      const { fn, url: _url, channel: _channel, ...rest } = record(fields)
      const section = sections[fn.endsWith('.conda') ? 'packages.conda' : 'packages']
      if (section) section[fn] = rest
    }
    mkdirSync(path.join(directory, subdir), { recursive: true })
    const repodata = { info: { subdir }, ...sections, removed: [], repodata_version: 1 }
    writeFileSync(path.join(directory, subdir, 'repodata.json'), JSON.stringify(repodata))
  }
  return `${pathToFileURL(directory).href}/`
}
