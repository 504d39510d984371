// One of several processes that raise counters in one database: prints how often each of its writes was true.
import { postgresStore, redisStore } from '../dist/index.js';

const [kind, url, rounds] = process.argv.slice(2);

async function connect() {
  if (kind === 'postgres') {
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    return { store: postgresStore(pool, { table: 'races' }), end: () => pool.end() };
  }
  if (kind === 'ioredis') {
    const { Redis } = await import('ioredis');
    const client = new Redis(url);
    return { store: redisStore(client, { prefix: 'races:' }), end: () => client.disconnect() };
  }
  const { createClient } = await import('redis');
  const client = createClient({ url });
  await client.connect();
  return { store: redisStore(client, { prefix: 'races:' }), end: () => client.destroy() };
}

const { store, end } = await connect();
const won = [];
for (let round = 0; round < Number(rounds); round++) {
  // All processes try the same step of the same counter: whoever is first has won the round.
  const { value, version } = await store.read('counter');
  const step = Number(value ?? 0);
  const own = `${process.pid} ${round}`;
  if (await store.write('counter', String(step + 1), version, { version: own })) won.push(step);
}
await end();
console.log(JSON.stringify(won));
