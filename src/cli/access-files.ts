import type { Command } from 'commander'
import type { OutputOptions } from './terminal.ts'

/** Files that every question about access is asked of. */
export interface FileFlags extends OutputOptions {
  resources?: string
  scp?: string
}

export const withFiles = (command: Command): Command =>
  command
    .option('--resources <file>', 'what else is there: buckets, machines, functions, with their policies and roles')
    .option('--scp <file>', "the organization's service and resource control policies")
