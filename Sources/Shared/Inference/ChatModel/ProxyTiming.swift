internal import JSON

/// Where the time of a call went inside the LLM proxy, as it says in ``ProxyHeader/timing``.
package struct ProxyTiming: Sendable, Hashable {
    /// Waiting for a place at the provider, and between attempts.
    package var queue: Duration
    /// The proxy's own time.
    package var proxy: Duration
    /// The provider's time, of all attempts together.
    package var provider: Duration

    package init(queue: Duration, proxy: Duration, provider: Duration) {
        self.queue = queue
        self.proxy = proxy
        self.provider = provider
    }

    /// The field's value: microseconds, as `queue=12, proxy=340, provider=81000`.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The same in bytes, as every answer has it.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        bytes.append("queue=")
        bytes.append(decimal: Self.microseconds(queue))
        bytes.append(", proxy=")
        bytes.append(decimal: Self.microseconds(proxy))
        bytes.append(", provider=")
        bytes.append(decimal: Self.microseconds(provider))
        return bytes
    }

    /// Reads a field's value; `nil` where one of the three is missing or is no time.
    package init?(_ text: String) {
        var values: [Substring: Int64] = [:]
        for part in text.split(separator: ",") {
            let words = part.split(whereSeparator: { $0 == "=" || $0 == " " })
            guard words.count == 2, let value = Int64(words[1]), value >= 0 else { return nil }
            values[words[0]] = value
        }
        guard let queue = values["queue"], let proxy = values["proxy"], let provider = values["provider"] else {
            return nil
        }
        self.init(queue: .microseconds(queue), proxy: .microseconds(proxy), provider: .microseconds(provider))
    }

    /// Both together.
    package static func + (left: ProxyTiming, right: ProxyTiming) -> ProxyTiming {
        ProxyTiming(
            queue: left.queue + right.queue, proxy: left.proxy + right.proxy,
            provider: left.provider + right.provider)
    }

    /// At least none; without a division of 128 bits for what is of the usual length.
    private static func microseconds(_ duration: Duration) -> UInt64 {
        if let short = Int64(exactly: duration.attoseconds) { return UInt64(max(0, short)) / 1_000_000_000_000 }
        return UInt64(clamping: duration.attoseconds / 1_000_000_000_000)
    }
}
