package import FoundationEssentials

/// Goes along a chain, entry by entry with the seals between them, and finds the first place where it is broken.
package struct AuditWalk: Sendable {
    private let chain: AuditChain
    private let digest: @Sendable ([UInt8]) -> [UInt8]
    private let isGenuine: @Sendable (AuditSeal) -> Bool
    /// How far the chain is whole.
    package private(set) var place: AuditPlace
    /// The last seal that fits.
    package private(set) var seal: AuditSeal?

    /// Begins behind `place`, which is taken for granted. `digest` is SHA-256, `isGenuine` whether a seal's code is right.
    package init(
        along chain: AuditChain, from place: AuditPlace = AuditChain.start,
        digest: @escaping @Sendable ([UInt8]) -> [UInt8], isGenuine: @escaping @Sendable (AuditSeal) -> Bool
    ) {
        self.chain = chain
        self.place = place
        self.digest = digest
        self.isGenuine = isGenuine
    }

    /// Goes on to an entry; the one behind it says what has happened when this one does not fit.
    package mutating func step(to found: ChainedAuditEntry, before next: ChainedAuditEntry?) -> AuditFault? {
        let expected = place.position + 1
        guard found.place.position >= expected else {
            return AuditFault(.inserted, chain, at: found.place.position, found.entry)
        }
        guard found.place.position == expected else {
            return AuditFault(.missing(through: found.place.position - 1), chain, at: expected)
        }
        guard found.place.hash == hash(of: found, behind: place.hash, at: expected) else {
            return AuditFault(whatHappened(to: found, before: next), chain, at: expected, found.entry)
        }
        place = found.place
        return nil
    }

    /// Compares with a seal of the place that was reached.
    package mutating func compare(with seal: AuditSeal) -> AuditFault? {
        guard isGenuine(seal) else { return AuditFault(.sealIsWrong, chain, at: seal.place.position) }
        guard seal.place == place else {
            let first = (self.seal?.place.position ?? 0) + 1
            return AuditFault(.computedAnew(through: seal.place.position), chain, at: first)
        }
        self.seal = seal
        return nil
    }

    /// Comes to the end: whether more has been there, as seals behind it and the database's own note of the last entry say.
    package func finish(head: AuditPlace?, sealsBehind: [AuditSeal]) -> AuditFault? {
        if let seal = sealsBehind.first(where: { !isGenuine($0) }) {
            return AuditFault(.sealIsWrong, chain, at: seal.place.position)
        }
        let last = max(sealsBehind.map(\.place.position).max() ?? 0, head?.position ?? 0)
        if last > place.position {
            return AuditFault(.cutOff(through: last), chain, at: place.position + 1)
        }
        guard let head else {
            return place == AuditChain.start ? nil : AuditFault(.headIsWrong, chain, at: place.position)
        }
        return head == place ? nil : AuditFault(.headIsWrong, chain, at: place.position)
    }

    private func hash(of found: ChainedAuditEntry, behind previous: [UInt8], at position: Int64) -> [UInt8] {
        digest(found.entry.message(behind: previous, at: position))
    }

    private func whatHappened(to found: ChainedAuditEntry, before next: ChainedAuditEntry?) -> AuditFault.Kind {
        guard let next,
            next.place.hash == hash(of: next, behind: place.hash, at: found.place.position)
        else { return .altered }
        // The one behind it belongs here: they have changed places, or this one has been put between.
        let isSwapped = found.place.hash == hash(of: found, behind: next.place.hash, at: next.place.position)
        return isSwapped ? .reordered : .inserted
    }
}

/// Where a chain is broken first.
package struct AuditFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What has happened there.
    package enum Kind: Sendable, Hashable {
        /// It is not what it was when it was added.
        case altered
        /// Entries were taken out.
        case missing(through: Int64)
        /// An entry was put between others.
        case inserted
        /// Entries have changed places.
        case reordered
        /// The last entries were taken away.
        case cutOff(through: Int64)
        /// The hashes fit each other, but not the seal: somewhere in between the chain was written anew.
        case computedAnew(through: Int64)
        /// A seal was not made with this installation's key.
        case sealIsWrong
        /// What the database notes of the last entry does not fit it.
        case headIsWrong
        /// There were seals through a position, and there are not any more: it may have been written anew.
        case sealsGone(through: Int64)
        /// What is older than it takes to be sealed is not sealed: it may have been written anew.
        case unsealed(through: Int64)
    }

    package let kind: Kind
    package let chain: AuditChain
    /// The first broken position.
    package let position: Int64
    /// The entry that stands there.
    package let entry: AuditEntry?

    package init(_ kind: Kind, _ chain: AuditChain, at position: Int64, _ entry: AuditEntry? = nil) {
        self.kind = kind
        self.chain = chain
        self.position = position
        self.entry = entry
    }

    /// A word for programs.
    package var code: String {
        switch kind {
        case .altered: "altered"
        case .missing: "missing"
        case .inserted: "inserted"
        case .reordered: "reordered"
        case .cutOff: "cut_off"
        case .computedAnew: "computed_anew"
        case .sealIsWrong: "seal_wrong"
        case .headIsWrong: "head_wrong"
        case .sealsGone: "seals_gone"
        case .unsealed: "unsealed"
        }
    }

    package var description: String {
        func places(_ through: Int64) -> String {
            through > position ? "Entries \(position) to \(through)" : "Entry \(position)"
        }
        let named = entry.map { " (\($0.id), \($0.action) by \($0.actor.name))" } ?? ""
        return switch kind {
        case .altered: "Entry \(position)\(named) was altered."
        case .missing(let through): "\(places(through)) \(through > position ? "are" : "is") missing."
        case .inserted: "Entry \(position)\(named) was inserted."
        case .reordered: "Entry \(position)\(named) has changed places with another one."
        case .cutOff(let through): "\(places(through)) \(through > position ? "were" : "was") cut off at the end."
        case .computedAnew(let through):
            "\(places(through)) were written anew: the hashes fit each other, but not the seal of entry \(through)."
        case .sealIsWrong: "The seal of entry \(position) was not made with this installation's key."
        case .headIsWrong: "The database's note of the last entry does not fit entry \(position)."
        case .sealsGone(let through):
            "\(places(through)) \(through > position ? "were" : "was") sealed, and the seals are gone."
        case .unsealed(let through):
            """
            \(places(through)) \(through > position ? "are" : "is") not sealed although old enough to be: nothing proves \
            that nothing was written anew.
            """
        }
    }
}
