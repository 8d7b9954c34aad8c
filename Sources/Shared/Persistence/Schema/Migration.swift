internal import Cryptography

/// One numbered step of the schema. Append-only: a file that was released never changes.
package struct Migration: Sendable, Hashable {
    /// The number in the file's name.
    package let version: Int
    /// The rest of the file's name, e.g. `tenancy`.
    package let name: String
    /// When it is applied, measured by the roll-out of its release.
    package enum Phase: String, Sendable, Codable {
        /// Before: daemons of the release before go on working with what it leaves.
        case expand
        /// After: it removes what only the release before needs, whose daemons must be gone.
        case contract
    }

    /// How its statements are carried out.
    package enum Manner: String, Sendable, Codable {
        /// All or nothing.
        case oneTransaction
        /// One after the other, so that indexes can be built while rows are written; what was interrupted is continued.
        case stepByStep
    }

    package let phase: Phase
    package let manner: Manner
    /// The statements.
    package let script: String
    /// The SHA-256 of the script in hexadecimal.
    package let checksum: String

    /// A migration from the bytes of its file.
    package init(_ version: Int, _ name: String, _ bytes: [UInt8]) {
        self.version = version
        self.name = name
        script = String(decoding: bytes, as: UTF8.self)
        // Said in the first lines of the file, since the file is what is reviewed and what never changes.
        let head = script.split(separator: "\n", maxSplits: 8).prefix { $0.hasPrefix("--") }
        phase = head.contains("-- phase: contract") ? .contract : .expand
        manner = head.contains("-- manner: step by step") ? .stepByStep : .oneTransaction
        checksum = Hexadecimal.encode(SHA256.hash(bytes))
    }

    /// The name of its file, e.g. `V0001_tenancy.sql`.
    package var file: String { Migration.file(version: version, name: name) }

    static func file(version: Int, name: String) -> String {
        let digits = String(version)
        return "V" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_\(name).sql"
    }
}
