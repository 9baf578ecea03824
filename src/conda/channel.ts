/** Decides which URL a channel text means (spec: environment.md D). */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { SpecError } from './spec-error.js'

/** A place that offers packages. */
export interface Channel {
  /** With a trailing slash; may carry credentials, so it is for access only. */
  readonly url: string
  /** The same without credentials, for records, files and people. */
  readonly displayUrl: string
  /** The short name (`conda-forge`), or `displayUrl` without its trailing slash. */
  readonly name: string
  /** Subdirs of the suffix `[linux-64,noarch]`. */
  readonly platforms?: readonly string[]
}

export interface ChannelOptions {
  /** Where relative paths begin; absolute. */
  readonly baseDirectory?: string
  readonly homeDirectory?: string
  /** Base of short names. */
  readonly alias?: string
}

const defaultAlias = 'https://conda.anaconda.org/'

/**
 * The channel of a name, a URL or a path (`./x`, `../x`, `~/x`, `/x`, `C:\x`).
 * @throws SpecError `invalid channel name: '...'`
 */
export function parseChannel(text: string, options: ChannelOptions = {}): Channel {
  const { location, platforms } = splitPlatforms(text.trim())
  const url = withSlash(channelUrl(location, options))
  const displayUrl = stripCredentials(url)
  const isName = !isUrl(location) && !isPath(location)
  return {
    url,
    displayUrl,
    name: isName ? location.replace(/\/+$/, '') : displayUrl.replace(/\/+$/, ''),
    ...(platforms && { platforms }),
  }
}

/** The URL without `user:password@` and `/t/<token>/`. */
export function stripCredentials(url: string): string {
  return url.replace(/^([A-Za-z0-9+.-]+:\/\/)[^/?#]*@/, '$1').replace(/\/t\/[^/]+\//, '/')
}

function splitPlatforms(text: string): { location: string; platforms?: readonly string[] } {
  const match = /^([^[\]]*)\[([a-z0-9, -]+)\]$/.exec(text)
  if (!match) return { location: text }
  const [, location = '', list = ''] = match
  return { location: location.trim(), platforms: list.split(',').map((name) => name.trim()) }
}

function channelUrl(location: string, options: ChannelOptions): string {
  if (isUrl(location)) return checkUrl(location)
  if (isPath(location)) return pathToFileURL(resolvePath(location, options)).href
  if (location === '' || !/^[A-Za-z0-9_.\-/ +@]+$/.test(location)) {
    throw new SpecError(`invalid channel name: '${location}'`)
  }
  return withSlash(options.alias ?? defaultAlias) + location
}

function isUrl(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]{0,10}:\/\//.test(text)
}

function isPath(text: string): boolean {
  return /^(\.{1,2}|~)$/.test(text) || /^(\.{1,2}|~)?[/\\]/.test(text) || /^[A-Za-z]:[\\/]/.test(text)
}

function checkUrl(text: string): string {
  if (!URL.canParse(text)) throw new SpecError(`invalid channel url: '${stripCredentials(text)}'`)
  return text
}

function resolvePath(location: string, { baseDirectory, homeDirectory }: ChannelOptions): string {
  if (/^~([/\\]|$)/.test(location) && homeDirectory !== undefined)
    return path.join(homeDirectory, location.slice(2))
  return path.resolve(baseDirectory ?? '/', location)
}

function withSlash(url: string): string {
  return `${url.replace(/\/+$/, '')}/`
}
