import { statfsSync } from 'node:fs'

/**
 * What the embedded server runs with. fsync stays on. wal_level minimal: nothing replicates from it, and COPY into a table made
 * in the same transaction needs no WAL. max_wal_size bounds how long recovery takes after kill -9.
 */
export const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  wal_compression: 'pglz',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  jit: 'off',
  max_connections: '100',
  idle_in_transaction_session_timeout: '10min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  logging_collector: 'off',
}

/** Parallel queries share memory in /dev/shm, of which containers have 64 MB; files serve where it is small. */
export function sharedMemory(): 'posix' | 'mmap' {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    return bavail * bsize >= 512 * 1024 * 1024 ? 'posix' : 'mmap'
  } catch {
    return process.platform === 'linux' ? 'mmap' : 'posix'
  }
}
