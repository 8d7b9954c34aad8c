internal import Cryptography
package import EventLoop

/// Makes and checks the hashes of passwords, on threads of its own: one takes a tenth of a second and 32 MB.
///
/// Those who sign in from where they have done so before do not wait behind a flood of others, for which there is one slow
/// thread and a short queue: guessing makes nobody wait, and no daemon slow.
package struct PasswordChecks: Sendable {
    /// The threads for those who are known, for whoever has to make hashes.
    package let known: WorkerThreads
    private let others: WorkerThreads

    /// Starts the threads. The queues hold so many as are done in about ten seconds.
    package init(knownLimit: Int = 64, otherLimit: Int = 32) {
        known = WorkerThreads(name: "passwords", count: 2, queueLimit: knownLimit)
        others = WorkerThreads(name: "strangers", count: 1, queueLimit: otherLimit, share: .little)
    }

    /// Whether the password is the one of the hash; `false` without a hash, after as long.
    /// - Throws: `WorkerThreads.Overloaded`.
    package func verify(_ password: String, against hash: String?, isKnown: Bool) async throws -> Bool {
        let expected = hash ?? PasswordHash.decoy
        let matches = try await (isKnown ? known : others).run { try PasswordHash.verify(password, against: expected) }
        return matches && hash != nil
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
