/**
 * What the embedded server runs with. fsync stays on. wal_level minimal: nothing replicates from it, and COPY into a table made
 * in the same transaction needs no WAL. max_wal_size bounds how long recovery takes after kill -9. Shared memory goes to files,
 * for containers have a /dev/shm of 64 MB.
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
  dynamic_shared_memory_type: 'mmap',
  idle_in_transaction_session_timeout: '10min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  logging_collector: 'off',
}
