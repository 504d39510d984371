import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';

/** A script and its SHA-1, by which Redis knows it after the first time. */
export type Script = { readonly text: string; readonly sha: Promise<string> };

function script(text: string): Script {
  let sha: Promise<string> | undefined;
  return {
    text,
    get sha() {
      sha ??= crypto.subtle.digest('SHA-1', utf8ToBytes(text)).then((hash) => bytesToHex(new Uint8Array(hash)));
      return sha;
    },
  };
}

// A record is one string: version NUL expiresAt NUL value, where expiresAt is empty or milliseconds. What decides whether
// it is live is expiresAt against TIME; Redis' own expiry only makes room.

/** Gives what is stored, or nil, and the clock. */
export const READ: Script = script("return { redis.call('GET', KEYS[1]), redis.call('TIME') }");

/**
 * ARGV: version, expected version or '', expiresAt or '', value. A deletion is a record that expired in 1970: for ten
 * minutes it says whose deletion it was to a driver that, after a lost connection, sends it again.
 */
export const WRITE: Script = script(`local stored = redis.call('GET', KEYS[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local live = ''
if stored then
  local version, expires = string.match(stored, '^(%Z+)%z(%d*)%z')
  if not version then return redis.error_reply('another program keeps something under this key') end
  if version == ARGV[1] then live = ARGV[2] elseif expires == '' or tonumber(expires) > now then live = version end
end
if live ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. '\\0' .. ARGV[3] .. '\\0' .. ARGV[4])
if ARGV[3] ~= '' then
  redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.max(tonumber(ARGV[3]), now + 600000)))
end
return 1`);
