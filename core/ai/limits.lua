-- Takes, settlements and the rest of a batch, in order, each all or nothing, by the server's clock.
-- KEYS: leases (hash), their expiry (sorted set). ARGV: prefix of quotas, prefix of counters, operations as JSON,
-- seconds that a lease lives. All keys share one hash tag. Answer: JSON, one entry an operation.
local leases, expiry = KEYS[1], KEYS[2]
local quotas, money, lives = ARGV[1] .. "quota:", ARGV[2], tonumber(ARGV[4])
local time = redis.call("TIME")
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local COUNTER_SECONDS, BUCKETS_SECONDS, GRACE_SECONDS = 86400, 2764800, 3600

local function buckets_of(name)
  local packed = redis.call("GET", quotas .. name)
  if packed then return cmsgpack.unpack(packed) end
  return {at = now, levels = {}, count = 0, ends = 0, blocked = 0}
end

local function keep(name, buckets)
  redis.call("SET", quotas .. name, cmsgpack.pack(buckets), "EX", BUCKETS_SECONDS)
end

local function refill(buckets, draws)
  local passed = math.max(now - buckets.at, 0)
  for _, draw in ipairs(draws) do
    local level = buckets.levels[draw[1]] or draw[3]
    buckets.levels[draw[1]] = math.min(draw[3], level + passed * draw[4])
  end
  buckets.at = math.max(now, buckets.at)
end

local function spent_of(counters)
  local spent, missing = {}, {}
  for place, counter in ipairs(counters) do
    local value = redis.call("GET", money .. counter[1])
    if value then spent[place] = tonumber(value) else missing[#missing + 1] = place end
  end
  return spent, missing
end

local function shortage(op, buckets, spent)
  local what, till = nil, -1
  local function lacks(name, at)
    if at > till then what, till = name, at end
  end
  if buckets.blocked > now then lacks("blocked", buckets.blocked) end
  for _, draw in ipairs(op.draws) do
    local lack = draw[2] - buckets.levels[draw[1]]
    if draw[2] > draw[3] then lacks(draw[1], math.huge) elseif lack > 0 then lacks(draw[1], now + lack / draw[4]) end
  end
  if op.day and buckets.count + 1 > op.day[1] then lacks("requests_day", buckets.ends) end
  for place, counter in ipairs(op.counters) do
    if spent[place] + op.money > counter[2] then
      lacks(counter[3], op.money <= counter[2] and counter[4] or math.huge)
    end
  end
  return what, till
end

local act = {}

function act.take(op)
  local spent, missing = spent_of(op.counters)
  if #missing > 0 then return {missing = missing} end
  local buckets = buckets_of(op.quota)
  refill(buckets, op.draws)
  if op.day and buckets.ends <= now then
    buckets.count, buckets.ends = 0, op.day[2] > now and op.day[2] or op.day[2] + 86400
  end
  local what, till = shortage(op, buckets, spent)
  if what then return {short = what, till = till < math.huge and till or nil, spent = spent} end
  local lease = {quota = op.quota, draws = {}, day = op.day and buckets.ends, counters = {}, money = op.money}
  for place, draw in ipairs(op.draws) do
    buckets.levels[draw[1]] = buckets.levels[draw[1]] - draw[2]
    lease.draws[place] = {draw[1], draw[2], draw[3]}
  end
  if op.day then buckets.count = buckets.count + 1 end
  if op.day or #op.draws > 0 then keep(op.quota, buckets) end
  for place, counter in ipairs(op.counters) do
    spent[place] = spent[place] + op.money
    redis.call("SET", money .. counter[1], string.format("%.0f", spent[place]), "EX", COUNTER_SECONDS)
    lease.counters[place] = money .. counter[1]
  end
  redis.call("HSET", leases, op.id, cmsgpack.pack(lease))
  redis.call("ZADD", expiry, now + lives, op.id)
  return {spent = spent}
end

local function change(counter, by)
  if by ~= 0 and redis.call("EXISTS", counter) == 1 then
    redis.call("INCRBY", counter, string.format("%.0f", by))
  end
end

local function close(id)
  local packed = redis.call("HGET", leases, id)
  redis.call("HDEL", leases, id)
  redis.call("ZREM", expiry, id)
  return packed and cmsgpack.unpack(packed)
end

local function give_back(lease, used)
  if #lease.draws == 0 and not lease.day then return end
  local buckets = buckets_of(lease.quota)
  for _, draw in ipairs(lease.draws) do
    local really = used and (used[draw[1]] or draw[2]) or 0
    buckets.levels[draw[1]] = math.min(draw[3], (buckets.levels[draw[1]] or draw[3]) + draw[2] - really)
  end
  if not used and lease.day and lease.day == buckets.ends then buckets.count = buckets.count - 1 end
  keep(lease.quota, buckets)
end

function act.settle(op)
  local lease = close(op.id)
  if not lease then return {} end
  give_back(lease, op.used)
  for _, counter in ipairs(lease.counters) do change(counter, op.money - lease.money) end
  return {}
end

function act.refund(op)
  local lease = close(op.id)
  if not lease then return {} end
  give_back(lease, nil)
  for _, counter in ipairs(lease.counters) do change(counter, -lease.money) end
  return {}
end

function act.block(op)
  local buckets = buckets_of(op.quota)
  buckets.blocked = math.max(buckets.blocked, op.till)
  keep(op.quota, buckets)
  return {}
end

function act.seed(op)
  redis.call("SET", money .. op.counter, string.format("%.0f", op.money), "NX", "EX", COUNTER_SECONDS)
  return {}
end

function act.add(op)
  change(money .. op.counter, op.money)
  return {}
end

function act.read(op)
  local spent, missing = spent_of(op.counters)
  if #missing > 0 then return {missing = missing} end
  return {spent = spent}
end

function act.expired(op)
  return {ids = redis.call("ZRANGEBYSCORE", expiry, "-inf", now, "LIMIT", 0, op.most)}
end

-- Nobody else came for these: what they were estimated at stays.
for _, id in ipairs(redis.call("ZRANGEBYSCORE", expiry, "-inf", now - GRACE_SECONDS, "LIMIT", 0, 20)) do close(id) end
local answers = {}
for place, op in ipairs(cjson.decode(ARGV[3])) do answers[place] = act[op.act](op) end
return cjson.encode(answers)
