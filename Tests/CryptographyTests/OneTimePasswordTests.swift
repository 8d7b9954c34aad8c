import Cryptography
import FoundationEssentials
import Testing

private let rfcSecret = SecretBytes(Array("12345678901234567890".utf8))

@Suite struct OneTimePasswordTests {
    /// RFC 4226, appendix D.
    @Test(
        arguments: zip(
            0 as UInt64..<10,
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]))
    func aCountMakesThePasswordOfTheStandard(counter: UInt64, code: String) {
        #expect(HOTP.code(rfcSecret, counter: counter) == code)
    }

    /// RFC 6238, appendix B, for SHA-1.
    @Test(
        arguments: zip(
            [59.0, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000],
            ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"]))
    func aMomentMakesThePasswordOfTheStandard(seconds: Double, code: String) {
        let moment = Date(timeIntervalSince1970: seconds)
        let totp = TOTP(secret: rfcSecret)
        #expect(totp.code(step: TOTP.step(at: moment), digits: 8) == code)
        #expect(totp.step(of: String(code.suffix(6)), at: moment) == TOTP.step(at: moment))
    }

    @Test func aClockMayBeOneStepOffAndNotTwo() {
        let moment = Date(timeIntervalSince1970: 1_800_000_000)
        let (totp, step) = (TOTP(secret: rfcSecret), TOTP.step(at: moment))
        for distance in -1...1 as ClosedRange<Int64> {
            #expect(totp.step(of: totp.code(step: step + distance), at: moment) == step + distance)
        }
        #expect(totp.step(of: totp.code(step: step - 2), at: moment) == nil)
        #expect(totp.step(of: totp.code(step: step + 2), at: moment) == nil)
        #expect(totp.step(of: "", at: moment) == nil)
    }

    @Test func noStepIsTakenTwiceNorOneBeforeIt() {
        let moment = Date(timeIntervalSince1970: 1_800_000_000)
        let (totp, step) = (TOTP(secret: rfcSecret), TOTP.step(at: moment))
        #expect(totp.step(of: totp.code(step: step), at: moment, after: step) == nil)
        #expect(totp.step(of: totp.code(step: step - 1), at: moment, after: step) == nil)
        #expect(totp.step(of: totp.code(step: step + 1), at: moment, after: step) == step + 1)
    }

    @Test func anAppIsToldAllOfIt() {
        let uri = TOTP(secret: rfcSecret).uri(issuer: "Scorable: test", account: "olive+1@example.com")
        let expected = """
            otpauth://totp/Scorable%3A%20test:olive%2B1%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
            &issuer=Scorable%3A%20test&algorithm=SHA1&digits=6&period=30
            """
        #expect(uri == expected)
    }

    /// RFC 4648, section 10, without the padding.
    @Test(
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"]))
    func base32MatchesItsVectors(text: String, encoded: String) {
        #expect(Base32.encode(Array(text.utf8)) == encoded)
    }
}
