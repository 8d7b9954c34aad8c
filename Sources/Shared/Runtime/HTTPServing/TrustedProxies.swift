internal import HTTPMessages
internal import HTTPServer
package import Tenancy

/// The proxies whose word is taken for where a request came from.
///
/// Whoever is not one of them is where they are, whatever their header fields say. Behind a proxy it is the last address of
/// `X-Forwarded-For` that is no proxy of ours: what stands before it, its sender may have made up. `Forwarded` is read where
/// there is no `X-Forwarded-For`.
package struct TrustedProxies: Sendable, Hashable, LosslessStringConvertible {
    private let ranges: [AddressRange]
    /// Whether those who come over a Unix socket, which have no address, are proxies.
    private let includesLocalSockets: Bool

    private static let localSockets = "unix"

    /// Nobody is believed.
    package static let none = TrustedProxies(ranges: [], includesLocalSockets: false)

    private init(ranges: [AddressRange], includesLocalSockets: Bool) {
        self.ranges = ranges
        self.includesLocalSockets = includesLocalSockets
    }

    /// Reads addresses, ranges of them and `unix`, separated by commas; `nil` for anything else.
    package init?(_ text: String) {
        let words = text.split(separator: ",").map { word in String(word.filter { $0 != " " }) }
        let ranges = words.filter { $0 != Self.localSockets }.map(AddressRange.init)
        guard !ranges.contains(nil) else { return nil }
        self.init(ranges: ranges.compactMap { $0 }, includesLocalSockets: words.contains(Self.localSockets))
    }

    /// The form that is read.
    package var description: String {
        (ranges.map(\.description) + (includesLocalSockets ? [Self.localSockets] : [])).joined(separator: ",")
    }

    /// The request as it came to the first of our proxies: with its sender's address.
    func resolving(_ request: HTTPRequest) -> HTTPRequest {
        guard !ranges.isEmpty || includesLocalSockets, trusts(request.remoteAddress) else { return request }
        let address = sender(of: request)
        guard address != request.remoteAddress else { return request }
        return HTTPRequest(
            method: request.method, path: request.path, query: request.query, headers: request.headers,
            remoteAddress: address, isSecure: request.isSecure, body: request.body)
    }

    private func trusts(_ address: String) -> Bool {
        address.isEmpty ? includesLocalSockets : ranges.contains { $0.contains(address) }
    }

    private func sender(of request: HTTPRequest) -> String {
        var hops = request.headers.all("x-forwarded-for").flatMap { $0.split(separator: ",") }.map(Self.address)
        if hops.isEmpty {
            hops = request.headers.all("forwarded").flatMap { $0.split(separator: ",") }.map(Self.forwarded)
        }
        var sender = request.remoteAddress
        for hop in hops.reversed() {
            // What cannot be read was not written by a proxy of ours, nor is anything before it to be believed.
            guard let hop else { break }
            sender = hop
            if !trusts(hop) { break }
        }
        return sender
    }

    /// An address, perhaps with a port or in quotes; `nil` for anything else.
    private static func address(_ text: Substring) -> String? {
        var text = String(text.filter { $0 != " " && $0 != "\t" && $0 != "\"" })
        if text.first == "[", let end = text.firstIndex(of: "]") {
            text = String(text[text.index(after: text.startIndex)..<end])
        } else if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
            text = String(text[..<colon])
        }
        return AddressRange.address(text)
    }

    /// What an element of `Forwarded` says by `for=` (RFC 7239).
    private static func forwarded(_ element: Substring) -> String? {
        for pair in element.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].filter({ $0 != " " && $0 != "\t" }).lowercased() == "for" else { continue }
            return address(parts[1])
        }
        return nil
    }
}
