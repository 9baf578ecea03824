/** Which processor an ELF file is for (`e_machine`; <https://www.sco.com/developers/gabi/latest/ch4.eheader.html>). */
import type { Elf } from './elf.js'

/** conda's name of the processor (`x86_64`, `aarch64`, `ppc64le`); a number where krait knows no name. */
export function elfProcessor({ machine, is64, littleEndian }: Elf): string {
  const bits = is64 ? '64' : '32'
  const names: ReadonlyMap<number, string> = new Map([
    [3, 'x86'],
    [8, littleEndian ? 'mipsel' : 'mips'],
    [20, 'ppc'],
    [21, littleEndian ? 'ppc64le' : 'ppc64'],
    [22, is64 ? 's390x' : 's390'],
    // The header does not tell armv6l from armv7l.
    [40, 'arm'],
    [62, 'x86_64'],
    [183, 'aarch64'],
    [243, `riscv${bits}`],
    [258, `loongarch${bits}`],
  ])
  return names.get(machine) ?? `0x${machine.toString(16)}`
}
