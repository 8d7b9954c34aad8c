internal import Cryptography
package import EventLoop

/// Makes and checks the hashes of passwords, on threads of its own: one takes a tenth of a second and 32 MB.
///
/// Those who sign in from where they have done so before do not wait behind others, for whom there are slow threads and
/// short queues: guessing makes nobody wait, and no daemon slow. Among the others accounts take turns, and what is guessed at
/// addresses that nobody has waits apart. Whoever is right is told at once; who is wrong learns it when guesses at nobody's
/// addresses do, so that the wait does not tell which addresses there are.
package struct PasswordChecks: Sendable {
    /// The threads for those who are known, for whoever has to make hashes.
    package let known: WorkerThreads
    private let others: WorkerThreads
    private let turns: StrangerTurns

    /// Starts the threads. What waits is done in about ten seconds, and for accounts in about two.
    package init(knownLimit: Int = 64, otherLimit: Int = 32, accountLimit: Int = 12) {
        known = WorkerThreads(name: "passwords", count: 2, queueLimit: knownLimit)
        others = WorkerThreads(
            name: "strangers", count: StrangerTurns.places, queueLimit: StrangerTurns.places * 2, share: .little)
        turns = StrangerTurns(mostNobodies: otherLimit, mostOfAccounts: accountLimit)
    }

    /// Too many strangers wait already.
    package struct Busy: Error, Sendable, Hashable, CustomStringConvertible {
        /// Whether the password is known to be wrong; outwardly that makes no difference.
        package let isWrong: Bool

        package var description: String { "Too many passwords are being checked; try again later." }
    }

    /// Whether the password is the one of the hash; `false` without a hash, after as long.
    /// - Throws: `WorkerThreads.Overloaded`; ``Busy`` for those who are not known.
    package func verify(_ password: String, against hash: String?, isKnown: Bool) async throws -> Bool {
        guard isKnown else { return try await verify(ofStranger: password, against: hash) }
        let expected = hash ?? PasswordHash.decoy
        let matches = try await known.run { try PasswordHash.verify(password, against: expected) }
        return matches && hash != nil
    }

    private func verify(ofStranger password: String, against hash: String?) async throws -> Bool {
        if let hash {
            // No two accounts have the same one.
            let line = StrangerTurns.Line.account(hash)
            guard await turns.enter(line) else { throw Busy(isWrong: false) }
            defer { turns.leave(line) }
            if try await others.run({ try PasswordHash.verify(password, against: hash) }) { return true }
        }
        guard await turns.enter(.nobody) else { throw Busy(isWrong: true) }
        defer { turns.leave(.nobody) }
        if hash == nil { _ = try await others.run { try PasswordHash.verify(password, against: PasswordHash.decoy) } }
        return false
    }

    /// A new hash of a password, for somebody who is signed in or holds an invitation.
    /// - Throws: `WorkerThreads.Overloaded`.
    package func hash(_ password: String) async throws -> String {
        try await known.run { try PasswordHash.make(password) }
    }

    /// Takes no more; the threads end when what waits is done.
    package func shutdown() {
        known.shutdown()
        others.shutdown()
    }
}
