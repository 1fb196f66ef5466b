export { type Clock, systemClock } from './clock.ts'
export { type Db, kyselyOver, openPool, type Tx } from './database.ts'
export { type Migrations, migrate } from './migrate.ts'
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres/server.ts'
