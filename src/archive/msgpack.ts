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
