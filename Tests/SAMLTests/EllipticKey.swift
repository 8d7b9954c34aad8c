import Foundation

/// A key on a curve, as an identity provider may have one; made by `openssl`.
struct EllipticKey {
    /// PEM.
    let privateKey: String
    let certificatePEM: String

    init(curve: String) throws {
        let directory = try Directory()
        let (key, certificate) = (try directory.write("", "key.pem"), try directory.write("", "certificate.pem"))
        _ = try Encryption.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:\(curve)", "-nodes", "-keyout",
            key, "-out", certificate, "-subj", "/CN=identity provider", "-days", "30",
        ])
        privateKey = try String(contentsOfFile: key, encoding: .utf8)
        certificatePEM = try String(contentsOfFile: certificate, encoding: .utf8)
    }

    /// A signature as XML has it: two numbers of `length` bytes side by side, which `openssl` puts into a sequence.
    func signature(of text: [UInt8], hash: String, length: Int) throws -> [UInt8] {
        let directory = try Directory()
        let sequence = try Encryption.run(
            ["openssl", "dgst", "-\(hash)", "-sign", try directory.write(privateKey, "key.pem")], input: text)
        // What is longer than 127 bytes has a byte more before its length.
        var rest = sequence.dropFirst(sequence[1] & 0x80 == 0 ? 2 : 3)
        var numbers: [UInt8] = []
        for _ in 0..<2 {
            let count = Int(rest[rest.startIndex + 1])
            let digits = rest.dropFirst(2).prefix(count).drop { $0 == 0 }
            numbers += [UInt8](repeating: 0, count: length - digits.count) + digits
            rest = rest.dropFirst(2 + count)
        }
        return numbers
    }
}
