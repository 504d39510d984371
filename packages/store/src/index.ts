export * from './memory.ts';
export * from './postgres.ts';
export * from './redis.ts';
export * from './sealed.ts';
export * from './sqlite.ts';
