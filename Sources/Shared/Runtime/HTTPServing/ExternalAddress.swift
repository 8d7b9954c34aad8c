internal import HTTPMessages
package import HTTPServer

/// How the client that sent a request reaches this listener: what absolute URLs in answers begin with.
///
/// Taken from `Host` and from the `X-Forwarded-…` fields of a proxy. A client may forge these and gets nothing by it
/// but wrong links in its own answer; still, only well-formed values are used.
package struct ExternalAddress: Sendable, Hashable {
    /// Scheme and authority, such as `https://scorable.example.com`.
    package let origin: String
    /// What precedes the paths of the API, such as `/scorable`; empty at the root.
    package let prefix: String

    /// The address of the listener that `request` came to; it is mounted at `prefix` when no proxy says otherwise.
    package init(of request: HTTPRequest, prefix: String = "") {
        let headers = request.headers
        let scheme = Self.first(headers["x-forwarded-proto"]).flatMap { ["http", "https"].contains($0) ? $0 : nil }
        let host =
            Self.first(headers["x-forwarded-host"]).flatMap(Self.authority)
            ?? headers["host"].flatMap(Self.authority)
        origin = "\(scheme ?? (request.isSecure ? "https" : "http"))://\(host ?? "localhost")"
        self.prefix = Self.first(headers["x-forwarded-prefix"]).flatMap(Self.path) ?? prefix
    }

    /// The base of every URL: origin and prefix, without a trailing slash.
    package var base: String { origin + prefix }

    /// Each proxy on the way appends its own view; the first is the client's.
    private static func first(_ list: String?) -> String? {
        list?.split(separator: ",").first.map { $0.filter { $0 != " " } }
    }

    private static func authority(_ text: String) -> String? {
        let isWellFormed =
            !text.isEmpty && text.utf8.count <= 255 && text.utf8.allSatisfy { isNameByte($0, and: ".-_:[]") }
        return isWellFormed ? text : nil
    }

    private static func path(_ text: String) -> String? {
        var path = text[...]
        while path.last == "/" { path = path.dropLast() }
        guard path.isEmpty || path.first == "/", path.utf8.allSatisfy({ isNameByte($0, and: "/-._~%") }),
            !path.hasPrefix("//")
        else { return nil }
        return String(path)
    }

    private static func isNameByte(_ byte: UInt8, and others: String) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: others.utf8.contains(byte)
        }
    }
}
