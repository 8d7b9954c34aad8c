internal import Glibc

/// Where a stream may lead. What a name resolves to at that moment counts, so that names cannot lead around it.
package struct StreamReach: Sendable {
    let permitsHost: @Sendable (_ host: String, _ port: Int) -> Bool
    /// `nil` for every address.
    private let permitsAddress: (@Sendable (_ address: [UInt8], _ host: String, _ port: Int) -> Bool)?

    /// `permitsHost` is asked before the name is looked up, `permitsAddress` of each address of 4 or 16 bytes that it has.
    package init(
        permitsHost: @escaping @Sendable (_ host: String, _ port: Int) -> Bool,
        permitsAddress: @escaping @Sendable (_ address: [UInt8], _ host: String, _ port: Int) -> Bool
    ) {
        self.permitsHost = permitsHost
        self.permitsAddress = permitsAddress
    }

    private init() {
        permitsHost = { _, _ in true }
        permitsAddress = nil
    }

    package static let anywhere = StreamReach()

    /// Whether a stream may be made to an address as it is written. One with a zone is of this link only: never.
    func permits(_ address: String, of host: String, _ port: UInt16) -> Bool {
        guard let permitsAddress else { return true }
        guard let bytes = Self.bytes(of: address) else { return false }
        return permitsAddress(bytes, host, Int(port))
    }

    private static func bytes(of address: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, address, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return unsafe inet_pton(AF_INET6, address, &bytes) == 1 ? bytes : nil
    }
}
