internal import Settings

/// Takes out of texts what nobody else may see: the secrets of the installation, what is called a secret where it stands, and
/// what looks like a key, a token, an e-mail address or the address of a computer.
struct Redaction: Sendable {
    /// What something looks like that was found.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It is one of the installation's own.
        case knownSecret = "a secret of this installation"
        /// It stands behind a name such as `password`.
        case named = "a value that is called a secret"
        case key = "an API key"
        case token = "a signed token"
        case privateKey = "a private key"
        case password = "a password in an address"
        case email = "an e-mail address"
        case address = "an address of a computer"

        /// What stands in its place.
        fileprivate var mark: String {
            switch self {
            case .knownSecret, .named: "‹secret›"
            case .key: "‹key›"
            case .token: "‹token›"
            case .privateKey: "‹private key›"
            case .password: "‹password›"
            case .email: "‹email›"
            case .address: "‹address›"
            }
        }
    }

    /// A text without it, and what was in it.
    struct Outcome: Sendable {
        let text: String
        let found: [Kind: Int]
    }

    /// Shorter ones are only taken out where they are a whole word: they would be found in every text.
    private static let longSecret = 8
    /// Nothing is a secret that is shorter than this.
    private static let shortestSecret = 4
    private let secrets: [[UInt8]]

    /// `secrets` are those of the installation; each of their lines counts, as it is and as JSON and addresses write it.
    init(secrets: [String]) {
        let lines = secrets.flatMap { secret in secret.split(whereSeparator: \.isNewline).map(String.init) + [secret] }
        self.secrets = Set(
            Set(lines).flatMap(Self.spellings).filter {
                $0.count >= Self.shortestSecret && !$0.starts(with: "-----".utf8)
            }
        ).sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }

    /// The text without what must not be seen.
    func redacted(_ text: String) -> Outcome {
        var found: [Kind: Int] = [:]
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.replacing(secret, in: bytes, counting: &found) }
        bytes = Self.withoutPrivateKeys(bytes, counting: &found)
        bytes = Self.withoutPasswords(bytes, counting: &found)
        bytes = NamedValues.replacing(in: bytes, with: Kind.named.mark) { found[.named, default: 0] += 1 }
        return Outcome(text: Self.withoutTokens(String(decoding: bytes, as: UTF8.self), counting: &found), found: found)
    }

    /// What of it is in a text.
    func findings(in text: String) -> [Kind: Int] { redacted(text).found }

    // MARK: Known secrets and private keys

    /// How a secret may be written: as it is, in JSON, and in addresses, one way and the other.
    private static func spellings(_ secret: String) -> [[UInt8]] {
        let bytes = Array(secret.utf8)
        let inJSON = bytes.flatMap {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0]
        }
        return [bytes, inJSON, PercentSpelling.written(bytes), PercentSpelling.read(bytes)]
    }

    private static func replacing(_ word: [UInt8], in bytes: [UInt8], counting found: inout [Kind: Int]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let range = place(of: word, in: rest) {
            result += rest[..<range.lowerBound]
            if word.count >= longSecret || isWhole(range, in: bytes) {
                result += Kind.knownSecret.mark.utf8
                found[.knownSecret, default: 0] += 1
            } else {
                result += rest[range]
            }
            rest = rest[range.upperBound...]
        }
        return result.isEmpty && rest.count == bytes.count ? bytes : result + rest
    }

    private static func isWhole(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
        func continues(_ index: Int) -> Bool { bytes.indices.contains(index) && NamedValues.isOfName(bytes[index]) }
        return !continues(range.lowerBound - 1) && !continues(range.upperBound)
    }

    private static func withoutPrivateKeys(_ bytes: [UInt8], counting found: inout [Kind: Int]) -> [UInt8] {
        let (begin, end) = (Array("PRIVATE KEY-----".utf8), Array("-----END ".utf8))
        var result: [UInt8] = []
        var rest = bytes[...]
        while let start = place(of: begin, in: rest) {
            let head = rest[..<start.lowerBound]
            result += place(of: Array("-----BEGIN ".utf8), in: head, last: true).map { head[..<$0.lowerBound] } ?? head
            result += Kind.privateKey.mark.utf8
            found[.privateKey, default: 0] += 1
            rest = rest[start.upperBound...]
            // Up to the line that ends it; where there is none, everything behind is taken for the key.
            guard let last = place(of: end, in: rest) else { return result }
            rest = rest[last.upperBound...].drop { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\\") }
        }
        return result + rest
    }

    /// Where an address ends; passwords may hold everything else.
    private static let ends = Set(" \t\r\n\"`<>".utf8)

    private static func withoutPasswords(_ bytes: [UInt8], counting found: inout [Kind: Int]) -> [UInt8] {
        let scheme = Array("://".utf8)
        var result: [UInt8] = []
        var rest = bytes[...]
        while let start = place(of: scheme, in: rest) {
            result += rest[..<start.upperBound]
            rest = rest[start.upperBound...]
            guard let range = Secret.passwordRange(inAddress: rest.prefix { !ends.contains($0) }),
                !(rest[range].starts(with: "‹".utf8) && rest[range].reversed().starts(with: "›".utf8.reversed()))
            else { continue }
            found[.password, default: 0] += 1
            result += rest[..<range.lowerBound] + Array(Kind.password.mark.utf8)
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    private static func place(of word: [UInt8], in bytes: ArraySlice<UInt8>, last: Bool = false) -> Range<Int>? {
        guard let first = word.first, bytes.count >= word.count else { return nil }
        var found: Range<Int>?
        var index = bytes.startIndex
        while index <= bytes.endIndex - word.count {
            if bytes[index] == first, bytes[index..<(index + word.count)].elementsEqual(word) {
                found = index..<(index + word.count)
                if !last { return found }
            }
            index += 1
        }
        return found
    }

    // MARK: What looks like something

    /// What stands between words: texts of JSON, logs and settings.
    private static let separators = Set(" \t\r\n\"'`,;()[]{}<>|\\=".utf8)

    private static func withoutTokens(_ text: String, counting found: inout [Kind: Int]) -> String {
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var start = 0
        for index in 0...bytes.count where index == bytes.count || separators.contains(bytes[index]) {
            if index > start {
                let word = Substring(decoding: bytes[start..<index], as: UTF8.self)
                if let (kind, replacement) = redaction(of: word) {
                    found[kind, default: 0] += 1
                    result += replacement.utf8
                } else {
                    result += bytes[start..<index]
                }
            }
            if index < bytes.count { result.append(bytes[index]) }
            start = index + 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func redaction(of word: Substring) -> (Kind, String)? {
        if let range = keyRange(in: word) { return (.key, word.replacingCharacters(in: range, with: Kind.key.mark)) }
        if isSignedToken(word) { return (.token, Kind.token.mark) }
        if isEmail(word) { return (.email, Kind.email.mark) }
        if let host = computer(word) { return (.address, word.replacingCharacters(in: host, with: Kind.address.mark)) }
        return nil
    }

    private static let keyPrefixes = [
        "sk_", "sk-", "pk_", "rk_", "AKIA", "ASIA", "AIza", "ya29.", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-",
        "hf_",
        "gsk_", "xai-", "xoxb-", "xoxp-", "whsec_",
    ]

    private static func keyRange(in word: Substring) -> Range<Substring.Index>? {
        for prefix in keyPrefixes {
            guard let place = word.firstRange(of: prefix) else { continue }
            // In the middle of a word it is no beginning of a key: "task-…".
            if place.lowerBound > word.startIndex, word[word.index(before: place.lowerBound)].isLetter { continue }
            let end = word[place.upperBound...].firstIndex { !($0.isLetter || $0.isNumber || "_-".contains($0)) }
            let range = place.lowerBound..<(end ?? word.endIndex)
            let body = word[place.upperBound..<range.upperBound]
            if body.count >= 12, body.contains(where: \.isNumber) { return range }
        }
        return nil
    }

    private static func isSignedToken(_ word: Substring) -> Bool {
        guard let start = word.firstRange(of: "eyJ") else { return false }
        let parts = word[start.lowerBound...].split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 2 && parts[0].count >= 10 && parts[1].count >= 10
    }

    private static func isEmail(_ word: Substring) -> Bool {
        guard !word.contains("://"), let at = word.firstIndex(of: "@"), at > word.startIndex else { return false }
        let domain = word[word.index(after: at)...]
        return domain.prefix { $0.isLetter || $0.isNumber || ".-".contains($0) }.count >= 2
            && word[word.index(before: at)].isASCII
    }

    /// The part of a word that is an address of a computer other than this one.
    private static func computer(_ word: Substring) -> Range<Substring.Index>? {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, let last = parts.last {
            let digits = last.prefix { $0.isNumber }
            let tail = last.dropFirst(digits.count)
            let start = parts[0].lastIndex { !$0.isNumber }.map { parts[0].index(after: $0) } ?? parts[0].startIndex
            let numbers = [parts[0][start...], parts[1], parts[2], digits].map { UInt8($0) }
            let isBounded = tail.isEmpty || tail.first == ":" || tail.first == "/"
            if isBounded, numbers.allSatisfy({ $0 != nil }), numbers[0] != 127, numbers.contains(where: { $0 != 0 }) {
                return start..<digits.endIndex
            }
        }
        let colons = word.count { $0 == ":" }
        let isHexadecimal = word.allSatisfy { $0.isHexDigit || $0 == ":" }
        // Moments of a day have two colons, fingerprints a dozen of them and more.
        guard isHexadecimal, (2...7).contains(colons), word.contains("::") || colons > 3, word.count > 3 else {
            return nil
        }
        return word.startIndex..<word.endIndex
    }
}

extension Substring {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
