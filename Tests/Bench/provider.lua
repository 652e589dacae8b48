-- The provider: posts signed requests that were made beforehand, one after the other, each once.
--   wrk ... -s provider.lua URL -- FILE BYTES-PER-REQUEST
local file, length

function init(arguments)
    file = assert(io.open(arguments[1], "rb"))
    length = tonumber(arguments[2])
end

function request()
    local bytes = file:read(length)
    if not bytes then
        file:seek("set", 0)
        bytes = file:read(length)
    end
    return bytes
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\nRESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p99_ms": %.3f, "p999_ms": %.3f, '
        .. '"refused": %d, "broken": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        latency:percentile(99.9) / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
