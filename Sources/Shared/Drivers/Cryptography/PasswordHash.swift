import COpenSSL

/// Passwords as scrypt hashes (RFC 7914) in the PHC form `$scrypt$ln=15,r=8,p=3$salt$hash`.
///
/// Making or checking one takes a few tenths of a second of CPU and 32 MB: callers run it on `WorkerThreads`, never on a
/// loop, and limit how often anybody may ask for it.
package enum PasswordHash {
    /// What a hash costs: 2^`logN` × `blockSize` × 128 bytes of memory, `parallelism` times.
    package struct Cost: Sendable, Hashable {
        package let logN: Int
        package let blockSize: Int
        package let parallelism: Int

        package init(logN: Int, blockSize: Int, parallelism: Int) {
            self.logN = logN
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// 32 MB three times over: as strong as OWASP's minimum (2026), small enough beside a daemon's other memory.
        package static let standard = Cost(logN: 15, blockSize: 8, parallelism: 3)

        /// No more than 256 MB; what a stored hash may ask of us is bounded.
        fileprivate var isAcceptable: Bool {
            (1...18).contains(logN) && (1...16).contains(blockSize) && (1...16).contains(parallelism)
                && memory <= 1 << 28
        }

        fileprivate var memory: Int { 128 * blockSize << logN }
    }

    /// A new hash with a random salt.
    package static func make(_ password: String, cost: Cost = .standard) throws(CryptographyError) -> String {
        let salt = randomBytes(16)
        return format(cost, salt, try derive(password, salt, cost, count: 32))
    }

    /// Whether `password` is the one of `hash`; takes the same time wherever they differ.
    package static func verify(_ password: String, against hash: String) throws(CryptographyError) -> Bool {
        let stored = try parse(hash)
        return constantTimeEqual(stored.key, try derive(password, stored.salt, stored.cost, count: stored.key.count))
    }

    /// Whether a hash was made at another cost than new ones, so that it should be made anew at the next sign-in.
    package static func isOutdated(_ hash: String, cost: Cost = .standard) throws(CryptographyError) -> Bool {
        try parse(hash).cost != cost
    }

    /// A hash of no password: checked when there is no such user, so that the answer takes as long.
    package static let decoy = format(
        .standard, [UInt8](repeating: 0, count: 16), [UInt8](repeating: 0, count: 32))

    private static func format(_ cost: Cost, _ salt: [UInt8], _ key: [UInt8]) -> String {
        let parameters = "ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism)"
        return "$scrypt$\(parameters)$\(unpadded(salt))$\(unpadded(key))"
    }

    private static func unpadded(_ bytes: [UInt8]) -> String { Radix64.standard.encode(bytes, padded: false) }

    private static func parse(_ hash: String) throws(CryptographyError) -> (cost: Cost, salt: [UInt8], key: [UInt8]) {
        let malformed = CryptographyError(.malformed, "not an scrypt hash in PHC form")
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { throw malformed }
        var numbers: [Int] = []
        for (part, name) in zip(parts[2].split(separator: ",", omittingEmptySubsequences: false), ["ln=", "r=", "p="]) {
            guard part.hasPrefix(name), let number = Int(part.dropFirst(name.count)) else { throw malformed }
            numbers.append(number)
        }
        guard numbers.count == 3, let salt = Radix64.standard.decode(Array(parts[3].utf8), padded: false),
            let key = Radix64.standard.decode(Array(parts[4].utf8), padded: false), (16...64).contains(key.count)
        else { throw malformed }
        let cost = Cost(logN: numbers[0], blockSize: numbers[1], parallelism: numbers[2])
        guard cost.isAcceptable else { throw malformed }
        return (cost, salt, key)
    }

    static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost, count: Int) throws(CryptographyError)
        -> [UInt8]
    {
        precondition(cost.isAcceptable, "scrypt parameters out of bounds")
        var secret = Array(password.utf8)
        defer { zeroise(&secret) }
        var key = [UInt8](repeating: 0, count: count)
        let done = unsafe secret.withUnsafeBytes { password in
            unsafe EVP_PBE_scrypt(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                1 << UInt64(cost.logN), UInt64(cost.blockSize), UInt64(cost.parallelism),
                UInt64(cost.memory + (1 << 22)), &key, count)
        }
        guard done == 1 else { throw .library("scrypt") }
        return key
    }
}
