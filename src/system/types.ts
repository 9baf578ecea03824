/** The only door to the outside world. Functions that want effects take a `System`; everything else is pure. */
import type { Readable, Writable } from 'node:stream'

/** All effects krait can have. Tests replace single members (clock, env, host) and keep the real rest. */
export interface System {
  readonly fs: FileSystem
  readonly process: ProcessRunner
  readonly http: HttpClient
  readonly clock: Clock
  readonly env: Environment
  readonly host: Host
  readonly terminal: Terminal
}

export interface Terminal {
  /** Somebody can answer questions. */
  isInteractive(): boolean
  /** An answer that is not shown while it is typed; undefined when nobody gives one. */
  askHidden(question: string): Promise<string | undefined>
}

export type FileType = 'file' | 'directory' | 'symlink' | 'other'

/** What `lstat` says; times in milliseconds, those in nanoseconds as decimal text because they do not fit a number. */
export interface FileInfo {
  readonly type: FileType
  readonly sizeBytes: number
  /** Permission bits only, for example 0o755. */
  readonly mode: number
  readonly mtimeMs: number
  readonly mtimeNs: string
  /** When content, mode or number of names changed; unlike `mtimeNs` nobody can set it. */
  readonly ctimeNs: string
  readonly inode: string
  readonly device: string
  /** How many names the file has. */
  readonly links: number
}

/** One entry found by `listWithInfo`. */
export interface ListedEntry extends Pick<FileInfo, 'type' | 'sizeBytes'> {
  readonly name: string
  /** Tells whether a file is still the one that was read (`stampOf`). */
  readonly stamp: string
}

/** One entry found by `walk`; `path` is relative to the root, `/`-separated. */
export interface WalkEntry {
  readonly path: string
  readonly type: FileType
}

/** One file to place with `linkFiles`. */
export interface LinkRequest {
  readonly from: string
  readonly to: string
}

/** Many files to hash. */
export interface DigestWork {
  /** Absolute. */
  readonly root: string
  /** Relative to it. */
  readonly files: readonly string[]
  /** Files with one of these inside, or with one of `heads` at their beginning, need a closer look. */
  readonly texts: readonly Uint8Array[]
  readonly heads: readonly Uint8Array[]
  readonly threads: number
  readonly signal?: AbortSignal | undefined
}

/** What `digestFiles` says of a file. */
export interface DigestedFile extends Pick<FileInfo, 'sizeBytes' | 'mode'> {
  /** For `readExactly`; with fractions of a millisecond. */
  readonly modifiedMs: number
  /** Hexadecimal. */
  readonly sha256: string
}

/**
 * File access; all paths absolute. Every failure is a BuildError `system/...` that names operation and path
 * (`system/no-space`, `system/not-found`, `system/permission`, `system/io`).
 */
export interface FileSystem {
  readText(path: string): Promise<string>
  readBytes(path: string): Promise<Uint8Array>
  /** For template functions, which cannot wait; everything else reads with `readText`. */
  readTextSync(path: string): string
  /** Reads at most `length` bytes from `offset`; shorter at the end of the file. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>
  /** Fills `target` from `offset`; returns the number of bytes, fewer at the end of the file. */
  readInto(path: string, offset: number, target: Uint8Array): Promise<number>
  /** Fills `target` with all of a small file; false when the file is not exactly that long, or was modified at another time. */
  readExactly(path: string, target: Uint8Array, modifiedMs?: number): Promise<boolean>
  /**
   * Reads many files in threads. Undefined for those that need a closer look: because of what is in them, or because they
   * cannot be read.
   */
  digestFiles(work: DigestWork): Promise<readonly (DigestedFile | undefined)[]>
  createReadStream(path: string, range?: { start?: number; end?: number }): Readable
  /** With `flush` the data is on the disk (fsync) before the stream says it is finished. */
  createWriteStream(
    path: string,
    options?: { mode?: number; flags?: 'w' | 'wx' | 'a'; flush?: boolean },
  ): Writable
  /** Writes the whole content or removes the half-written file. */
  writeFile(path: string, content: string | Uint8Array, options?: { mode?: number }): Promise<void>
  /** What was written to the file is on the disk (fsync) afterwards. */
  flush(path: string): Promise<void>
  /** Overwrites `bytes` at `offset` of an existing file. */
  writeRange(path: string, offset: number, bytes: Uint8Array): Promise<void>
  /**
   * Temp file in the same directory, fsync, rename: readers see the old content or the new one. With `flush: false` that
   * holds as long as the machine does not crash, which is enough for what can be made again when it is damaged.
   */
  writeFileAtomic(
    path: string,
    content: string | Uint8Array,
    options?: { mode?: number; flush?: boolean },
  ): Promise<void>
  /**
   * Files that belong together: all are complete and flushed before readers see the first one, and they appear in this
   * order. When one of them cannot be written, none of them changes.
   */
  writeTogether(files: readonly { readonly file: string; readonly content: Uint8Array }[]): Promise<void>
  appendFile(path: string, content: string | Uint8Array): Promise<void>
  /** Creates the file; false when it exists already (the building block of locks). */
  createExclusive(path: string, content: string): Promise<boolean>
  /** Creates the directory and its parents. */
  makeDirectory(path: string): Promise<void>
  /** Creates one directory; false when it exists already. */
  createDirectory(path: string): Promise<boolean>
  /** Creates many directories quickly; parents come before their children, what exists stays. */
  createDirectories(paths: readonly string[]): Promise<void>
  /**
   * A new empty directory `<parent>/<prefix>XXXXXX`. With `makesParent` the parent is made first, and again when somebody
   * else who shares it removes it because it is empty.
   */
  makeTempDirectory(parent: string, prefix: string, options?: { makesParent: boolean }): Promise<string>
  /** Removes a file or a whole tree, read-only directories included; nothing there is fine. */
  remove(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  copyFile(from: string, to: string): Promise<void>
  symlink(target: string, path: string): Promise<void>
  readLink(path: string): Promise<string>
  chmod(path: string, mode: number): Promise<void>
  setTimes(path: string, mtimeMs: number): Promise<void>
  /** Does not follow links; undefined when there is nothing. */
  lstat(path: string): Promise<FileInfo | undefined>
  /** Follows links; undefined when there is nothing, dangling links included. */
  stat(path: string): Promise<FileInfo | undefined>
  realPath(path: string): Promise<string>
  /** Names in a directory, sorted by code unit; empty when it does not exist. */
  list(path: string): Promise<readonly string[]>
  /** The same with what `stat` says of each; what vanished meanwhile, and dangling links, are left out. */
  listWithInfo(path: string): Promise<readonly ListedEntry[]>
  /** All entries below `root` (links not followed), parents before children, sorted; `skip` prunes directories. */
  walk(root: string, skip?: (entry: WalkEntry) => boolean): Promise<readonly WalkEntry[]>
  /**
   * Hard-links many files quickly, copying where a link is not possible (other device, link limit).
   * Parent directories must exist; existing targets are replaced.
   * @returns how many became links; the rest were copied
   */
  linkFiles(requests: readonly LinkRequest[], onProgress?: (done: number) => void): Promise<number>
  /**
   * Removes many files and links quickly; what is not there, or is a directory, stays as it is.
   * @returns how many were removed
   */
  unlinkFiles(paths: readonly string[]): Promise<number>
  /** Removes a directory; false when it is not empty, is none, or is not there. */
  removeEmptyDirectory(path: string): Promise<boolean>
  /**
   * Calls `onChange` with the absolute path of everything below `root` that comes, goes or changes from now on; `skip`
   * prunes. Gives the function that ends it; until then the process stays.
   */
  watch(
    root: string,
    options: { readonly skip: (path: string) => boolean; readonly onChange: (path: string) => void },
  ): () => void
  /** Free bytes of the file system that holds `path`. */
  freeBytes(path: string): Promise<number>
}

/** A program to run; `env` is the exact environment, nothing is inherited. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Bytes for standard input; closed at once when absent. */
  readonly input?: string
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** A variable of the environment, `NAME=value`, that only this run has: by it daemons are found and ended too. */
  readonly marker?: string | undefined
  /** Raw chunks in order of arrival, before any decoding. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void
}

/** How a process ended; `code` is undefined after a signal. */
export interface ProcessResult {
  readonly code: number | undefined
  readonly signal: string | undefined
  readonly timedOut: boolean
  readonly aborted: boolean
  readonly ms: number
}

/** Short helper calls keep their output. */
export interface CapturedOutput {
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface ThreadWork {
  readonly code: string
  readonly input: Uint8Array
  /** Anything that can be cloned. */
  readonly data: unknown
  readonly signal?: AbortSignal | undefined
}

export interface ProcessRunner {
  /**
   * Runs a program in its own process group, streams its output and waits for the program itself: grandchildren that
   * keep the pipes open are given 2 s, then cut off. On abort or timeout the group gets SIGTERM, 10 s later SIGKILL.
   * Rejects with `system/program-not-found` when the program does not exist.
   */
  run(command: Command, options?: RunOptions): Promise<ProcessResult>
  /**
   * Runs a program at the terminal of this process until it ends; `onOutput` takes what it writes to standard output,
   * which else goes to the terminal as well. Its status, 128 and the number of the signal when one ended it.
   */
  interact(command: Command, onOutput?: (chunk: Uint8Array) => void): Promise<number>
  /** Runs a short helper (git, patchelf, zstd) and collects its output, at most 64 MiB. */
  capture(command: Command, options?: Pick<RunOptions, 'signal' | 'timeoutMs'>): Promise<CapturedOutput>
  /** The same while nothing else runs; for template functions, which cannot wait. */
  captureSync(command: Command, options?: Pick<RunOptions, 'timeoutMs'>): CapturedOutput
  /** A program with piped stdin and stdout, for filters such as `zstd -dc`. `done` rejects on a non-zero exit. */
  pipe(command: Command): {
    readonly stdin: Writable
    readonly stdout: Readable
    readonly done: Promise<void>
  }
  /**
   * A program with piped stdin that appends what it writes to a file by itself. `done` rejects on a non-zero exit, and with
   * `system/no-space` when the disk is full; `stop` ends the program.
   */
  pipeToFile(
    command: Command,
    file: string,
  ): { readonly stdin: Writable; readonly done: Promise<void>; readonly stop: () => void }
  /**
   * Runs CommonJS code in a thread: it takes `input` and `data` from `workerData`, and posts one message with bytes, which
   * are the result. The memory of `input` is gone for the caller. Rejects when the code throws; ends with the signal.
   */
  inThread(work: ThreadWork): Promise<Uint8Array>
  /**
   * The same for input that is too large for memory: the code answers every message with one of bytes, which are passed on;
   * the last message is null.
   */
  throughThread(
    work: Omit<ThreadWork, 'input'>,
    input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array>
  /** Absolute path of a program in one of the directories, or undefined; must be executable. */
  find(program: string, directories: readonly string[]): Promise<string | undefined>
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly url: string
  readonly body: Readable
}

export interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

export interface HttpClient {
  /**
   * GET with redirects, proxies and CA bundles of the environment; retries 408, 425, 429, 5xx and broken connections 3
   * times. The URL may hold `user:password@`. Rejects with `system/offline` in offline mode.
   */
  get(url: string, options?: HttpOptions): Promise<HttpResponse>
  /** From now on requests below the first URL, which people may see, go to the second one, which has credentials. */
  accessThrough(publicUrl: string, accessUrl: string): void
  readonly isOffline: boolean
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds of a clock that never jumps, for durations. */
  monotonic(): number
  sleep(ms: number): Promise<void>
}

/** The environment variables of the caller, taken once at start. */
export interface Environment {
  get(name: string): string | undefined
  all(): Readonly<Record<string, string>>
}

export interface Host {
  /** Node's names: linux, darwin, win32. */
  readonly os: string
  /** Node's names: x64, arm64, ... */
  readonly arch: string
  readonly kernelRelease: string
  /** `2.36`; undefined where the C library is another one. */
  readonly glibcVersion: string | undefined
  readonly cpuCount: number
  /** Flags of the first processor, for the micro-architecture level; empty when unknown. */
  readonly cpuFlags: readonly string[]
  readonly homeDirectory: string
  readonly tempDirectory: string
  readonly currentDirectory: string
  readonly pid: number
  readonly uid: number | undefined
  readonly hostName: string
  readonly nodeExecutable: string
  /** The script that Node was started with. */
  readonly script: string
}
