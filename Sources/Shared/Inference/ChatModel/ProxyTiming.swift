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
    package var text: String {
        // By hand, because interpolation costs ten times as much and every answer has one.
        var text: [UInt8] = []
        text.reserveCapacity(64)
        func add(_ name: String, _ duration: Duration) {
            for byte in name.utf8 { text.append(byte) }
            let number = UInt64(clamping: Self.microseconds(duration))
            var place: UInt64 = 1
            while number / place >= 10 { place *= 10 }
            while place > 0 {
                text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / place % 10))
                place /= 10
            }
        }
        add("queue=", queue)
        add(", proxy=", proxy)
        add(", provider=", provider)
        return String(decoding: text, as: UTF8.self)
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

    private static func microseconds(_ duration: Duration) -> Int64 {
        Int64(clamping: duration.attoseconds / 1_000_000_000_000)
    }
}
