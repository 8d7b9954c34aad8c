package import Cryptography

/// The key pair that backups are sealed to. The public half stands in the settings; the private half is kept apart from the
/// machine by whoever may restore.
package enum RecoveryKey {
    static func identifierBytes(of key: SealedBox.PublicKey) -> [UInt8] {
        Array(SHA256.hash(key.bytes).prefix(BackupStream.idSize))
    }

    /// By what a key is told from others, in 16 hexadecimal digits.
    package static func identifier(of key: SealedBox.PublicKey) -> String {
        Hexadecimal.encode(identifierBytes(of: key))
    }

    /// By what a secret of the installation is told from others: says nothing about it that would help to guess it.
    package static func identifier(ofSecret secret: [UInt8]) -> String {
        let derived = SecretBytes.derived(from: secret, for: "scorable backup key identifier 1")
        return Hexadecimal.encode(SHA256.hash(derived.exposed).prefix(BackupStream.idSize))
    }
}
