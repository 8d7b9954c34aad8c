package import Settings

/// Where a listener listens, as settings state it.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric address and a port; port 0 lets the system choose.
    case tcp(address: String, port: Int)
    /// A socket in the file system.
    case unix(path: String)
    /// A socket that systemd opened, by its name in the socket unit.
    case inherited(name: String)
    /// Nowhere.
    case off

    /// Reads `127.0.0.1:8080`, `[::]:8443`, `*:8443`, `localhost:8080`, `unix:/run/x.sock`, `fd:NAME` or `off`.
    package init?(_ text: String) {
        if text == "off" {
            self = .off
        } else if text.hasPrefix("unix:/") {
            self = .unix(path: String(text.dropFirst("unix:".count)))
        } else if text.hasPrefix("fd:"), text.count > 3 {
            self = .inherited(name: String(text.dropFirst(3)))
        } else {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65_535).contains(port), let address = Self.address(text[..<colon])
            else { return nil }
            self = .tcp(address: address, port: port)
        }
    }

    private static func address(_ text: Substring) -> String? {
        switch text {
        case "*": return "::"
        case "localhost": return "127.0.0.1"
        default: break
        }
        if text.first == "[", text.last == "]" {
            let inner = text.dropFirst().dropLast()
            return inner.contains(":") && inner.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
                ? String(inner) : nil
        }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        return numbers.count == 4 && numbers.allSatisfy { $0.map((0...255).contains) ?? false } ? String(text) : nil
    }

    /// Whether the socket is the service manager's: it stays, and keeps clients waiting, when this process closes it.
    var isInherited: Bool {
        switch self {
        case .inherited: true
        case .tcp, .unix, .off: false
        }
    }

    package var description: String {
        switch self {
        case .tcp(let address, let port): address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(let name): "fd:\(name)"
        case .off: "off"
        }
    }

    /// How it is read from settings.
    package static let setting = SettingKind<ListenAddress>(
        expected: "ADDRESS:PORT with a numeric address, unix:PATH, fd:NAME or off",
        text: \.description, parse: { ListenAddress($0) })
}
