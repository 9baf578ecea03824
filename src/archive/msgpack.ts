/** MessagePack, the encoding of sharded channel indexes (CEP 16). */

/** @throws Error when the bytes are no MessagePack */
export async function decodeMsgpack(bytes: Uint8Array): Promise<unknown> {
  const { decode } = await import('@msgpack/msgpack')
  return decode(bytes)
}

/** Byte arrays become binary values; members keep their order, and members that are undefined are left out. */
export async function encodeMsgpack(value: unknown): Promise<Uint8Array> {
  const { encode } = await import('@msgpack/msgpack')
  return encode(value, { ignoreUndefined: true })
}

/** Members of a map as they are encoded: those of large maps are kept, so that a change does not encode all of them again. */
export interface EncodedMembers {
  readonly count: number
  readonly bytes: Uint8Array
}

/** @param map without members that are undefined */
export async function encodeMembers(map: Readonly<Record<string, unknown>>): Promise<EncodedMembers> {
  const count = Object.keys(map).length
  return { count, bytes: (await encodeMsgpack(map)).subarray(mapHeader(count).length) }
}

/** @param value encoded already */
export async function encodeMember(key: string, value: Uint8Array): Promise<EncodedMembers> {
  return { count: 1, bytes: Buffer.concat([await encodeMsgpack(key), value]) }
}

/** The map that has all these members, byte for byte as `encodeMsgpack` would give it. */
export function joinMembers(parts: readonly EncodedMembers[]): Uint8Array {
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  return Buffer.concat([mapHeader(count), ...parts.map(({ bytes }) => bytes)])
}

/** A map is its number of members, in the shortest of three forms, and then keys and values by turns. */
function mapHeader(count: number): Uint8Array {
  if (count < 0x10) return Uint8Array.of(0x80 + count)
  const header = Buffer.alloc(count < 0x10000 ? 3 : 5, count < 0x10000 ? 0xde : 0xdf)
  header.writeUIntBE(count, 1, header.length - 1)
  return header
}
