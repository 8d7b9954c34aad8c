/// Where people and identity providers reach the public interface of an installation. Links, and what SAML compares, are
/// made of it, and never of what a request says of itself.
package struct PublicAddress: Sendable, Hashable, LosslessStringConvertible {
    /// Scheme, host and, where it is not the usual one, port: `https://scorable.example.com`.
    package let origin: String
    /// What precedes every path, such as `/scorable`; empty at the root.
    package let prefix: String

    /// Reads `https://host`, with a port and a path where there are any; `nil` for anything else.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), ["http", "https"].contains(text[..<colon]),
            text[colon...].hasPrefix("://")
        else { return nil }
        let rest = text[colon...].dropFirst(3)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var path = rest[slash...]
        while path.last == "/" { path = path.dropLast() }
        guard Self.isAuthority(rest[..<slash]), Self.isPath(path) else { return nil }
        origin = text[..<colon] + "://" + rest[..<slash].lowercased()
        prefix = String(path)
    }

    /// That of an installation that nobody has said where it is: this machine.
    package static let localhost = PublicAddress(origin: "https://localhost:8443", prefix: "")

    private init(origin: String, prefix: String) {
        self.origin = origin
        self.prefix = prefix
    }

    package var description: String { origin + prefix }

    /// Whether browsers reach it over TLS.
    package var isSecure: Bool { origin.hasPrefix("https:") }

    /// The whole address of a path of ours, such as `/device`.
    package func url(_ path: String) -> String { origin + prefix + path }

    private static func isAuthority(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 255 && text.utf8.allSatisfy { isWordByte($0) || ".-:[]".utf8.contains($0) }
    }

    private static func isPath(_ text: Substring) -> Bool {
        text.utf8.count <= 255 && !text.hasPrefix("//")
            && text.utf8.allSatisfy { isWordByte($0) || "/-._~".utf8.contains($0) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
