internal import FoundationEssentials
package import Records

/// Seals of chains as lines of a file that is kept elsewhere: whoever removes entries, their seals and the notes of both
/// from the database and from Redis does not reach them there.
package struct AuditMarks: Sendable, Hashable {
    package let seals: [AuditSeal]

    package init(_ seals: [AuditSeal]) { self.seals = seals }

    /// Reads lines as ``text`` has them; empty ones count for nothing.
    /// - Throws: `WrongLine`.
    package init(reading text: String) throws(WrongLine) {
        var seals: [AuditSeal] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard !words.isEmpty else { continue }
            guard words.count == 2, let id = UUID(uuidString: String(words[0])),
                let seal = AuditSeal(note: String(words[1]), of: AuditChain(id: id))
            else { throw WrongLine(number: index + 1) }
            seals.append(seal)
        }
        self.init(seals)
    }

    /// A line each: the chain, and its seal.
    package var text: String {
        seals.map { "\($0.chain.id.uuidString.lowercased()) \($0.note)\n" }.joined()
    }

    /// Those of one chain.
    package func of(_ chain: AuditChain) -> [AuditSeal] { seals.filter { $0.chain == chain } }

    /// A line that is none of a mark.
    package struct WrongLine: Error, Sendable, Hashable {
        package let number: Int
    }
}
