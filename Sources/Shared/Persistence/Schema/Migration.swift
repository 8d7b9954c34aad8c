internal import Cryptography

/// One numbered step of the schema. Append-only: a file that was released never changes.
package struct Migration: Sendable, Hashable {
    /// The number in the file's name.
    package let version: Int
    /// The rest of the file's name, e.g. `tenancy`.
    package let name: String
    /// The statements, which run in one transaction.
    package let script: String
    /// The SHA-256 of the script in hexadecimal.
    package let checksum: String

    /// A migration from the bytes of its file.
    package init(_ version: Int, _ name: String, _ bytes: [UInt8]) {
        self.version = version
        self.name = name
        script = String(decoding: bytes, as: UTF8.self)
        checksum = Hexadecimal.encode(SHA256.hash(bytes))
    }

    /// The name of its file, e.g. `V0001_tenancy.sql`.
    package var file: String { Migration.file(version: version, name: name) }

    static func file(version: Int, name: String) -> String {
        let digits = String(version)
        return "V" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_\(name).sql"
    }
}
