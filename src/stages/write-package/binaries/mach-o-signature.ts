/**
 * The signature inside a Mach-O file. Macs with Apple's processors start nothing whose pages do not have the hashes that
 * the signature lists, so a file that was edited needs new ones. Only ad-hoc signatures, those of linkers, can be renewed:
 * others are somebody's word about the content as it was.
 */
import { createHash } from 'node:crypto'
import { loadCommands, type MachO } from './mach-o.js'

const magic = { superBlob: 0xfade0cc0, codeDirectory: 0xfade0c02, cms: 0xfade0b01 } as const
const adHoc = 0x2
const sha256 = 2

/** One for each kind of hash; each means hashing the whole file. */
const mostDirectories = 5

export type Renewal =
  /** There is no signature, or it was renewed in `bytes`. */
  { readonly kind: 'done' } | { readonly kind: 'impossible'; readonly reason: string }

/** Writes new hashes into the signature of an edited file, in place. */
export function renewSignature({ commands }: MachO, bytes: Buffer): Renewal {
  const command = commands.find(({ kind }) => kind === loadCommands.signature)
  if (!command) return { kind: 'done' }
  if (command.bytes.length < 16) return impossible('its signature is damaged')
  const at = command.bytes.readUInt32LE(8)
  const size = command.bytes.readUInt32LE(12)
  if (at + size > bytes.length || size < 12) return impossible('its signature lies outside of the file')
  const blob = bytes.subarray(at, at + size)
  if (blob.readUInt32BE(0) !== magic.superBlob) return impossible('its signature is of an unknown kind')
  const directories: Buffer[] = []
  for (let slot = 0; slot < blob.readUInt32BE(8); slot += 1) {
    const entry = 12 + slot * 8
    const offset = entry + 8 <= blob.length ? blob.readUInt32BE(entry + 4) : blob.length
    if (offset + 8 > blob.length) return impossible('its signature is damaged')
    const part = blob.subarray(offset)
    const kind = part.readUInt32BE(0)
    if (kind === magic.cms && part.readUInt32BE(4) > 8) return impossible('it is signed with a certificate')
    if (kind === magic.codeDirectory) directories.push(part)
  }
  if (directories.length > mostDirectories) return impossible('its signature is damaged')
  for (const directory of directories) {
    const reason = renewDirectory(directory, bytes)
    if (reason !== undefined) return impossible(reason)
  }
  return { kind: 'done' }
}

function impossible(reason: string): Renewal {
  return { kind: 'impossible', reason }
}

/** The hashes of all pages up to the signature. @returns why not, when it cannot be done */
function renewDirectory(directory: Buffer, bytes: Buffer): string | undefined {
  if (directory.length < 44) return 'its signature is damaged'
  const [flags, hashes] = [directory.readUInt32BE(12), directory.readUInt32BE(16)]
  const [pages, limit] = [directory.readUInt32BE(28), directory.readUInt32BE(32)]
  const [hashSize, hashType] = [directory.readUInt8(36), directory.readUInt8(37)]
  const pageSize = 2 ** directory.readUInt8(39)
  if ((flags & adHoc) === 0) return 'it is signed with a certificate'
  if (hashType !== sha256 || hashSize !== 32) return 'its signature uses another hash than SHA-256'
  const fits = hashes + pages * hashSize <= directory.length && limit <= bytes.length
  if (!fits || pages !== Math.ceil(limit / pageSize)) return 'its signature is damaged'
  for (let page = 0; page < pages; page += 1) {
    const content = bytes.subarray(page * pageSize, Math.min((page + 1) * pageSize, limit))
    createHash('sha256')
      .update(content)
      .digest()
      .copy(directory, hashes + page * hashSize)
  }
  return undefined
}
