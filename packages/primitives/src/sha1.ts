export { sha1 } from '@noble/hashes/legacy.js';
