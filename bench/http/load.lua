-- wrk sends the requests of a file, one after the other and round and round:
--
--   wrk ... URL -- FILE OPERATION THREADS START VERSION
--
-- FILE has one body a line. Each "@@@@@@@@@@" in it becomes the request's version, a number of ten
-- digits from VERSION on, so that no write repeats what is there already. START is the line to
-- begin with. Each thread has lines of its own, every THREADS-th: where the lines name different
-- items, so do requests that are under way together. The last line printed is what was measured,
-- as JSON.

local threads = {}

function setup(thread)
    thread:set("thread_number", #threads)
    threads[#threads + 1] = thread
end

-- What SDKs send; servers check the form of a signature or nothing, never the signature.
local function headers_of(operation)
    return {
        ["Accept-Encoding"] = "identity",
        ["Authorization"] = "AWS4-HMAC-SHA256 "
            .. "Credential=bench/20260101/us-east-1/dynamodb/aws4_request, "
            .. "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
            .. string.rep("0123456789abcdef", 4),
        ["Content-Type"] = "application/x-amz-json-1.0",
        ["User-Agent"] = "wrk",
        ["X-Amz-Date"] = "20260101T000000Z",
        ["X-Amz-Target"] = "DynamoDB_20120810." .. operation,
    }
end

local PLACE = string.rep("@", 10)

-- The request in the pieces between its versions.
local function split(text)
    local pieces, from = {}, 1
    while true do
        local first, last = string.find(text, PLACE, from, true)
        if first == nil then
            break
        end
        pieces[#pieces + 1] = string.sub(text, from, first - 1)
        from = last + 1
    end
    pieces[#pieces + 1] = string.sub(text, from)
    return pieces
end

local lines, at, version, step = {}, 0, 0, 1
sent = 0 -- requests of this thread

function init(args)
    local headers = headers_of(args[2])
    local number = 0
    step = tonumber(args[3])
    for body in io.lines(args[1]) do
        if number % step == thread_number then
            local request = wrk.format("POST", "/", headers, body)
            local pieces = split(request)
            lines[#lines + 1] = #pieces == 1 and request or pieces
        end
        number = number + 1
    end
    at = math.floor(tonumber(args[4]) / step) % #lines
    version = tonumber(args[5]) + thread_number
end

function request()
    local line = lines[at + 1]
    at = (at + 1) % #lines
    sent = sent + 1
    if type(line) == "string" then
        return line
    end
    version = version + step
    return table.concat(line, string.format("%010d", version))
end

function done(summary, latency)
    local errors = summary.errors
    local least = math.huge
    for _, thread in ipairs(threads) do
        least = math.min(least, thread:get("sent"))
    end
    io.write(string.format(
        '{"requests": %d, "duration_us": %d, "bytes": %d, "not_2xx": %d, "lost": %d, ' ..
        '"p50_us": %d, "p99_us": %d, "least_sent": %d}\n',
        summary.requests, summary.duration, summary.bytes, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99), least))
end
