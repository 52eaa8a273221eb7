//! The scripts that change Redis. Each touches one hash slot, and each is harmless when repeated.

use std::sync::LazyLock;

use redis::Script;

/// Compares the revs of two records: the generation and the number in bytes 2 to 13.
/// Numbers, not strings: Lua compares strings by the server's locale.
const NEWER: &str = r"
local function newer(a, b)
  local a1, a2, a3 = struct.unpack('>I4I4I4', string.sub(a, 3, 14))
  local b1, b2, b3 = struct.unpack('>I4I4I4', string.sub(b, 3, 14))
  if a1 ~= b1 then return a1 > b1 end
  if a2 ~= b2 then return a2 > b2 end
  return a3 > b3
end
local function put(key, record)
  local old = redis.call('GET', key)
  if old and #old >= 14 and not newer(record, old) then return end
  if string.byte(record, 2) == 0 then
    redis.call('SET', key, record, 'EX', 86400)
  else
    redis.call('SET', key, record)
  end
end
";

/// Sets records of one bucket that are newer, and raises the bucket's marker.
///
/// KEYS: marker, records …; ARGV: generation, seq, the seq that the bucket acknowledged before,
/// records …
/// Returns 0 if the bucket has no marker of this generation, or one that is behind what was
/// acknowledged: it has lost writes, and must not look whole again before it is rebuilt. One that
/// is behind becomes [`LOST`].
const APPLY: &str = r"
for i = 2, #KEYS do put(KEYS[i], ARGV[i + 2]) end
local marker = redis.call('GET', KEYS[1])
if not marker then return 0 end
local generation, seq = string.match(marker, '^(%d+)-(%d+)$')
if generation ~= ARGV[1] then return 0 end
if tonumber(seq) < tonumber(ARGV[3]) then
  redis.call('SET', KEYS[1], 'lost')
  return 0
end
if tonumber(seq) < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], ARGV[1] .. '-' .. ARGV[2])
end
return 1
";

/// Appends a notice to the stream and publishes it.
///
/// KEYS: stream; ARGV: id, notice, channel, the id that the stream must have reached before
/// (empty: any). Returns `behind` if it has not: it was set back, and whoever read it meanwhile
/// would never hear of what it has lost. Returns the stream's last id if that refuses the id
/// and does not hold this very notice under it.
const PUBLISH: &str = r"
local function is_before(a, b)
  local a1, a2 = string.match(a, '^(%d+)-(%d+)$')
  local b1, b2 = string.match(b, '^(%d+)-(%d+)$')
  if a1 ~= b1 then return tonumber(a1) < tonumber(b1) end
  return tonumber(a2) < tonumber(b2)
end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local top = #last > 0 and last[1][1]
if ARGV[4] ~= '' and (not top or is_before(top, ARGV[4])) then return 'behind' end
-- Trimmed to nothing, a stream still remembers its last id and refuses what was below it.
if not top then redis.call('DEL', KEYS[1]) end
local added = redis.pcall('XADD', KEYS[1], ARGV[1], 'n', ARGV[2])
if type(added) == 'table' and added.err then
  if not string.find(added.err, 'equal or smaller', 1, true) then return added end
  local found = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
  if #found == 0 or found[1][2][2] ~= ARGV[2] then return top end
end
redis.call('PUBLISH', ARGV[3], ARGV[2])
return ''
";

/// Sets records that are newer, while this rebuild still owns the bucket.
///
/// KEYS: token, records …; ARGV: token, records … Returns 0 if the token is gone.
const FILL: &str = r"
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for i = 2, #KEYS do put(KEYS[i], ARGV[i]) end
return 1
";

/// Declares a bucket whole up to a position, if this rebuild still owns it.
///
/// KEYS: token, marker; ARGV: token, position. Returns 0 if the token is gone.
const SEAL: &str = r"
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], ARGV[2])
return 1
";

/// Removes a record that is still the one that was seen.
///
/// KEYS: record; ARGV: its first 14 bytes. Returns how many were removed.
const SWEEP: &str = r"
if redis.call('GETRANGE', KEYS[1], 0, 13) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
";

/// What stands in the place of a marker that edges may have believed although writes were lost.
/// It is no position, so nobody believes it, and it stays until all edges will be told.
pub(super) const LOST: &str = "lost";

/// Turns a marker that is still the one that was seen into [`LOST`].
///
/// KEYS: marker; ARGV: what was seen.
const DOUBT: &str = r"
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], 'lost') end
return 1
";

/// Removes [`LOST`].
///
/// KEYS: marker.
const FORGET: &str = r"
if redis.call('GET', KEYS[1]) == 'lost' then redis.call('DEL', KEYS[1]) end
return 1
";

/// Every script, compiled once a process.
pub(super) struct Scripts {
    pub(super) apply: Script,
    pub(super) publish: Script,
    pub(super) fill: Script,
    pub(super) seal: Script,
    pub(super) sweep: Script,
    pub(super) doubt: Script,
    pub(super) forget: Script,
}

pub(super) static SCRIPTS: LazyLock<Scripts> = LazyLock::new(|| Scripts {
    apply: Script::new(&[NEWER, APPLY].concat()),
    publish: Script::new(PUBLISH),
    fill: Script::new(&[NEWER, FILL].concat()),
    seal: Script::new(SEAL),
    sweep: Script::new(SWEEP),
    doubt: Script::new(DOUBT),
    forget: Script::new(FORGET),
});

impl Scripts {
    /// Makes the server know every script, so that pipelines may name them by hash.
    pub(super) fn load(&self, connection: &mut redis::Connection) -> redis::RedisResult<()> {
        let all = [
            &self.apply,
            &self.publish,
            &self.fill,
            &self.seal,
            &self.sweep,
            &self.doubt,
            &self.forget,
        ];
        for script in all {
            script.prepare_invoke().load(connection)?;
        }
        Ok(())
    }
}
