/// Data that only the owner of a private key can read, for keys and tokens at rest.
///
/// HPKE base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, one message a box. The box is
/// the encapsulated key (32 bytes), then ciphertext and tag. Who sealed it is not authenticated.
package enum SealedBox {
    /// To whom boxes are sealed.
    package struct PublicKey: Sendable, Hashable {
        /// The 32 bytes of the X25519 point.
        package let bytes: [UInt8]

        package init(_ bytes: [UInt8]) throws(CryptographyError) {
            guard bytes.count == 32 else {
                throw CryptographyError(.malformed, "an X25519 public key has 32 bytes, not \(bytes.count)")
            }
            self.bytes = bytes
        }

        /// From the text that `base64` gives.
        package init(base64: String) throws(CryptographyError) {
            guard let bytes = Base64.decode(base64) else {
                throw CryptographyError(.malformed, "an X25519 public key is written in base64")
            }
            try self.init(bytes)
        }

        /// The text form, for settings and databases.
        package var base64: String { Base64.encode(bytes) }
    }

    /// Who opens boxes.
    package struct KeyPair: Sendable {
        package let publicKey: PublicKey
        fileprivate let privateKey: PrivateKey

        /// A new key pair.
        package static func generate() throws(CryptographyError) -> KeyPair { try KeyPair(.generateX25519()) }

        /// From the text that `privateKeyPEM` gives.
        package init(privateKeyPEM: String) throws(CryptographyError) {
            let key = try PrivateKey(pem: privateKeyPEM)
            guard key.isX25519 else { throw CryptographyError(.malformed, "the private key is not an X25519 key") }
            try self.init(key)
        }

        /// PKCS #8 in PEM, to be kept in a file that only the owner can read.
        package func privateKeyPEM() throws(CryptographyError) -> String { try privateKey.pem() }

        fileprivate init(_ key: PrivateKey) throws(CryptographyError) {
            privateKey = key
            publicKey = try PublicKey(key.rawPublicKey())
        }
    }

    /// A box for the owner of `recipient`. `purpose` separates uses of one key; `context` binds the box to where it is
    /// kept (a row's id, for example), so that it cannot be moved: both must be the same when it is opened.
    package static func seal(_ plaintext: [UInt8], to recipient: PublicKey, purpose: String, context: [UInt8] = [])
        throws(CryptographyError) -> [UInt8]
    {
        let ephemeral = try KeyPair.generate()
        let secret = try ephemeral.privateKey.agree(with: recipient.bytes)
        let schedule = Schedule(
            secret, encapsulated: ephemeral.publicKey.bytes, recipient: recipient.bytes, info: Array(purpose.utf8))
        return ephemeral.publicKey.bytes
            + (try AESGCM.seal(plaintext, key: schedule.key, nonce: schedule.nonce, context: context))
    }

    /// What is in the box; throws `.authenticationFailed` when anything was changed or does not belong together.
    package static func open(_ box: [UInt8], with keys: KeyPair, purpose: String, context: [UInt8] = [])
        throws(CryptographyError) -> [UInt8]
    {
        guard box.count >= 32 + AESGCM.tagLength else {
            throw CryptographyError(.malformed, "a sealed box has at least \(32 + AESGCM.tagLength) bytes")
        }
        let encapsulated = Array(box[..<32])
        let secret = try keys.privateKey.agree(with: encapsulated)
        let schedule = Schedule(
            secret, encapsulated: encapsulated, recipient: keys.publicKey.bytes, info: Array(purpose.utf8))
        return try AESGCM.open(Array(box[32...]), key: schedule.key, nonce: schedule.nonce, context: context)
    }

    /// The key schedule of RFC 9180 §5.1 for mode base and a first message.
    private struct Schedule {
        let key: SecretBytes
        let nonce: [UInt8]

        private static let kem: [UInt8] = Array("KEM".utf8) + [0x00, 0x20]
        private static let suite: [UInt8] = Array("HPKE".utf8) + [0x00, 0x20, 0x00, 0x01, 0x00, 0x02]

        init(_ agreed: [UInt8], encapsulated: [UInt8], recipient: [UInt8], info: [UInt8]) {
            var agreed = agreed
            var root = Self.extract(Self.kem, salt: [], "eae_prk", agreed)
            var shared = Self.expand(Self.kem, root, "shared_secret", encapsulated + recipient, 32)
            let schedule: [UInt8] =
                [0x00] + Self.extract(Self.suite, salt: [], "psk_id_hash", [])
                + Self.extract(Self.suite, salt: [], "info_hash", info)
            var secret = Self.extract(Self.suite, salt: shared, "secret", [])
            var bytes = Self.expand(Self.suite, secret, "key", schedule, 32)
            key = SecretBytes(bytes)
            nonce = Self.expand(Self.suite, secret, "base_nonce", schedule, AESGCM.nonceLength)
            zeroise(&agreed)
            zeroise(&root)
            zeroise(&shared)
            zeroise(&secret)
            zeroise(&bytes)
        }

        private static func extract(_ suite: [UInt8], salt: [UInt8], _ label: String, _ secret: [UInt8]) -> [UInt8] {
            HKDF.extract(salt: salt, secret: Array("HPKE-v1".utf8) + suite + Array(label.utf8) + secret)
        }

        private static func expand(
            _ suite: [UInt8], _ key: [UInt8], _ label: String, _ info: [UInt8], _ count: Int
        ) -> [UInt8] {
            let length: [UInt8] = [UInt8(count >> 8), UInt8(count & 255)]
            let labeled = length + Array("HPKE-v1".utf8) + suite + Array(label.utf8) + info
            return HKDF.expand(key, info: labeled, count: count)
        }
    }
}
