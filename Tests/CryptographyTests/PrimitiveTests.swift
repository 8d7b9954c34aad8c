import Cryptography
import Testing

private func hex(_ text: String) -> [UInt8] { Hexadecimal.decode(text) ?? [] }

@Suite struct DigestTests {
    @Test func sha256MatchesItsVectors() {
        #expect(
            Hexadecimal.encode(SHA256.hash("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            Hexadecimal.encode(SHA256.hash("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test(arguments: [0, 3, 64, 5000])
    func wordsOfADigestAreTheDigest(of length: Int) {
        let message = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let words = SHA256.words(of: message.span)
        let text = [words.0, words.1, words.2, words.3].map {
            let digits = String($0, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        #expect(text.joined() == Hexadecimal.encode(SHA256.hash(message)))
        #expect(SHA256.words(of: message.span) == words, "what was hashed before does not count")
    }

    /// RFC 4231, cases 1, 2, 3, 6 and 7.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            String(repeating: "aa", count: 131),
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            String(repeating: "aa", count: 131),
            "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func hmacMatchesItsVectors(_ key: String, _ message: String, _ code: String) {
        #expect(HMACSHA256.authenticate(hex(message), key: hex(key)) == hex(code))
        #expect(HMACSHA256.isValid(hex(code), for: hex(message), key: SecretBytes(hex(key))))
        var other = hex(code)
        other[31] ^= 1
        #expect(!HMACSHA256.isValid(other, for: hex(message), key: SecretBytes(hex(key))))
    }
}

@Suite struct SymmetricTests {
    /// Cases 13, 14 and 16 of the GCM specification.
    @Test(arguments: [
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "",
            "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            String(repeating: "00", count: 32), String(repeating: "00", count: 12), "",
            String(repeating: "00", count: 16), "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func gcmMatchesItsVectors(_ key: String, _ nonce: String, _ context: String, _ plain: String, _ sealed: String)
        throws
    {
        let opened = try AESGCM.open(hex(nonce) + hex(sealed), key: SecretBytes(hex(key)), context: hex(context))
        #expect(opened == hex(plain))
    }

    @Test func whatIsSealedOpensAndNothingElse() throws {
        let key = SecretBytes(randomCount: 32)
        for length in [0, 1, 15, 16, 17, 1000, 100_000] {
            let plaintext = randomBytes(length)
            let sealed = try AESGCM.seal(plaintext, key: key, context: [1, 2])
            #expect(sealed.count == length + 28)
            #expect(try AESGCM.open(sealed, key: key, context: [1, 2]) == plaintext)
            #expect(throws: CryptographyError.self) { try AESGCM.open(sealed, key: key, context: [1]) }
            #expect(throws: CryptographyError.self) {
                try AESGCM.open(sealed, key: SecretBytes(randomCount: 32), context: [1, 2])
            }
            for position in [0, 11, 12, sealed.count - 1] {
                var changed = sealed
                changed[position] ^= 0x80
                let error = #expect(throws: CryptographyError.self) {
                    try AESGCM.open(changed, key: key, context: [1, 2])
                }
                #expect(error?.kind == .authenticationFailed)
            }
        }
        let short = #expect(throws: CryptographyError.self) { try AESGCM.open(randomBytes(27), key: key) }
        #expect(short?.kind == .malformed)
    }

    @Test func sealingTwiceGivesDifferentBytes() throws {
        let key = SecretBytes(randomCount: 32)
        #expect(try AESGCM.seal([1, 2, 3], key: key) != AESGCM.seal([1, 2, 3], key: key))
    }
}

@Suite struct SealedBoxTests {
    private let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIEYSxVAmP8itWDdd8/VXqsUx0mhQkD5VqfI/IdhTTorI
        -----END PRIVATE KEY-----

        """

    /// The recipient and ephemeral keys of RFC 9180 A.1.1; the boxes by an independent implementation, which gives the
    /// RFC's key and nonce for its own suite.
    @Test(arguments: [
        (
            "provider key", "row 42", "sk-test-0123456789",
            "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431e76df06c1e826f0c8e6b6c859e63316e7c0a085bfca225471de4f169bfeb18937602"
        ),
        (
            "", "", "",
            "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf443154a49987be6be6dc37cdf0c911263ef4"
        ),
        (
            "purpose", "", "from the library",
            "adfc3821485cdc559ce164d7390154a6c2e465800003c61c88c73bbe6315792096fe266cc52b5cd4fd1dcb937ea7e27ffea1d2cafe9ae5ce0385b697c1c482f1"
        ),
    ])
    func boxesOfOtherImplementationsOpen(_ purpose: String, _ context: String, _ plain: String, _ box: String) throws {
        let keys = try SealedBox.KeyPair(privateKeyPEM: pem)
        #expect(keys.publicKey.base64 == "OUjP4K0d22ldeA5ZB3GV2mxWUGsCcyl5SrAryoCBXE0=")
        let opened = try SealedBox.open(hex(box), with: keys, purpose: purpose, context: Array(context.utf8))
        #expect(String(decoding: opened, as: UTF8.self) == plain)
    }

    @Test func onlyTheRecipientOpensABoxAndOnlyInItsPlace() throws {
        let keys = try SealedBox.KeyPair.generate()
        let recipient = try SealedBox.PublicKey(base64: keys.publicKey.base64)
        let secret = Array("sk-secret".utf8)
        let box = try SealedBox.seal(secret, to: recipient, purpose: "key", context: [7])
        #expect(try SealedBox.open(box, with: keys, purpose: "key", context: [7]) == secret)
        let reloaded = try SealedBox.KeyPair(privateKeyPEM: keys.privateKeyPEM())
        #expect(try SealedBox.open(box, with: reloaded, purpose: "key", context: [7]) == secret)
        for (other, purpose, context) in [
            (try SealedBox.KeyPair.generate(), "key", [7]), (keys, "token", [7]), (keys, "key", [8]),
        ] as [(SealedBox.KeyPair, String, [UInt8])] {
            let error = #expect(throws: CryptographyError.self) {
                try SealedBox.open(box, with: other, purpose: purpose, context: context)
            }
            #expect(error?.kind == .authenticationFailed)
        }
    }

    @Test func aKeyThatIsExchangedStillOpensWhatWasSealedToIt() throws {
        let (old, new, strange) = (
            try SealedBox.KeyPair.generate(), try SealedBox.KeyPair.generate(), try SealedBox.KeyPair.generate()
        )
        let ring = SealedBox.KeyRing(current: new, former: old)
        for pair in [old, new] {
            let box = try SealedBox.seal([1, 2], to: pair.publicKey, purpose: "key", context: [7])
            #expect(try ring.open(box, purpose: "key", context: [7]) == [1, 2])
            #expect(throws: CryptographyError.self) { try ring.open(box, purpose: "key") }
        }
        let box = try SealedBox.seal([1], to: strange.publicKey, purpose: "key")
        #expect(throws: CryptographyError.self) { try ring.open(box, purpose: "key") }
        let older = try SealedBox.seal([1], to: old.publicKey, purpose: "key")
        #expect(throws: CryptographyError.self) { try SealedBox.KeyRing(current: new).open(older, purpose: "key") }
    }

    @Test func pointsOfLowOrderAndOtherKeysAreRefused() throws {
        let zero = try SealedBox.PublicKey([UInt8](repeating: 0, count: 32))
        #expect(throws: CryptographyError.self) { try SealedBox.seal([1], to: zero, purpose: "") }
        #expect(throws: CryptographyError.self) { try SealedBox.PublicKey([1, 2, 3]) }
        #expect(throws: CryptographyError.self) { try SealedBox.KeyPair(privateKeyPEM: "nothing") }
        let authority = try CertificateAuthority.generate(commonName: "x", now: testTime)
        let error = #expect(throws: CryptographyError.self) {
            try SealedBox.KeyPair(privateKeyPEM: authority.root.privateKeyPEM)
        }
        #expect(error?.description == "the private key is not an X25519 key")
    }
}

@Suite struct PasswordHashTests {
    private let cheap = PasswordHash.Cost(logN: 4, blockSize: 8, parallelism: 1)

    /// RFC 7914 §12.
    @Test(arguments: [
        (
            "pleaseletmein",
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw"
        ),
        (
            "password",
            "$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA"
        ),
    ])
    func vectorsVerify(_ password: String, _ hash: String) throws {
        #expect(try PasswordHash.verify(password, against: hash))
        #expect(try !PasswordHash.verify(password + " ", against: hash))
    }

    @Test func hashesVerifyTheirPasswordOnly() throws {
        let hash = try PasswordHash.make("correct horse", cost: cheap)
        #expect(hash.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try PasswordHash.verify("correct horse", against: hash))
        #expect(try !PasswordHash.verify("", against: hash))
        #expect(try PasswordHash.make("correct horse", cost: cheap) != hash)
        #expect(try PasswordHash.isOutdated(hash))
        #expect(try !PasswordHash.isOutdated(hash, cost: cheap))
        #expect(try !PasswordHash.isOutdated(PasswordHash.decoy))
    }

    @Test(arguments: [
        "", "plain", "$scrypt$", "$argon2id$ln=4,r=8,p=1$AAAA$AAAA",
        "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        "$scrypt$ln=-4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=18,r=16,p=16$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    ])
    func malformedOrExcessiveHashesAreRefused(_ hash: String) {
        #expect(throws: CryptographyError.self) { try PasswordHash.verify("x", against: hash) }
    }
}

@Suite struct TextEncodingTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64MatchesItsVectors(_ plain: String, _ text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
        let bare = text.filter { $0 != "=" }
        #expect(Base64URL.encode(Array(plain.utf8)) == bare)
        #expect(Base64URL.decode(bare) == Array(plain.utf8))
    }

    @Test func theURLAlphabetDiffers() {
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9", "Zm9=v", "Zm 9v", "Zm9v\n", "Zm9v====", "====", "é==="])
    func otherSpellingsAreRefused(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func hexadecimalIsReadInEitherCase() {
        #expect(Hexadecimal.encode([0, 15, 255]) == "000fff")
        #expect(Hexadecimal.decode("000FfF") == [0, 15, 255])
        #expect(Hexadecimal.decode("0") == nil)
        #expect(Hexadecimal.decode("0g") == nil)
        #expect(Hexadecimal.decode("é0") == nil)
    }

    @Test func comparisonsAndRandomnessDoWhatTheySay() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(constantTimeEqual("token", "token"))
        #expect(randomBytes(32) != randomBytes(32))
        #expect("\(SecretBytes(randomCount: 8))" == "‹redacted›")
        #expect(SecretBytes([1, 2]) == SecretBytes([1, 2]))
        #expect(SecretBytes([1, 2]) != SecretBytes([1, 3]))
    }
}
