/**
 * Enrolment of authenticator apps. Everything is here and can be shaken off by a bundler; the entries beside it
 * (`/uri`, `/migration`, `/compatibility`, `/qr`, `/png`, `/read-qr`) load without one what a page needs and no more.
 */
// Named, because the bundler drops it from the root when it only comes by way of several `export *`.
export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export * from './compatibility.ts';
export * from './migration.ts';
export * from './png.ts';
export * from './qr.ts';
export * from './read-qr.ts';
export * from './uri.ts';
