import Cryptography
import EventLoop
import FoundationEssentials
import Synchronization
import Tenancy
import Testing

@testable import Access

@Suite struct PasswordCheckTests {
    private final class Count: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func increment() { count.withLock { $0 += 1 } }
    }

    @Test func whoIsKnownDoesNotWaitBehindAFlood() async throws {
        let passwords = PasswordChecks(otherLimit: 100)
        defer { passwords.shutdown() }
        let hash = try PasswordHash.make("secret", cost: PasswordHash.Cost(logN: 2, blockSize: 8, parallelism: 1))
        let finished = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    let matches = try await passwords.verify("guess", against: nil, isKnown: false)
                    #expect(!matches)
                    finished.increment()
                }
            }
            try await group.next()
            #expect(try await passwords.verify("secret", against: hash, isKnown: true))
            // Each takes a tenth of a second or so, one after the other.
            #expect(finished.value < 20)
            try await group.waitForAll()
        }
    }

    @Test func beyondTheQueueStrangersAreTurnedAway() async throws {
        let passwords = PasswordChecks(otherLimit: 2)
        defer { passwords.shutdown() }
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        _ = try await passwords.verify("guess", against: nil, isKnown: false)
                        return false
                    } catch {
                        return error is PasswordChecks.Busy
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused >= 10)
    }

    @Test func anAccountDoesNotWaitBehindGuessesAtAnother() async throws {
        let passwords = PasswordChecks()
        defer { passwords.shutdown() }
        let slow = try PasswordHash.make("secret")
        let own = try PasswordHash.make("secret", cost: PasswordHash.Cost(logN: 2, blockSize: 8, parallelism: 1))
        let finished = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // More than one account may have waiting: those beyond are turned away.
            for _ in 0..<10 {
                group.addTask {
                    do {
                        let isRight = try await passwords.verify("guess", against: slow, isKnown: false)
                        #expect(!isRight)
                        finished.increment()
                    } catch let busy as PasswordChecks.Busy {
                        #expect(!busy.isWrong)
                    }
                }
            }
            try await group.next()
            #expect(try await passwords.verify("secret", against: own, isKnown: false))
            #expect(finished.value <= 4)
            try await group.waitForAll()
        }
        #expect(finished.value >= 2)
    }

    @Test func whoIsRightIsToldAtOnceAlsoWhileNobodysAddressesAreGuessedAt() async throws {
        let passwords = PasswordChecks(otherLimit: 100)
        defer { passwords.shutdown() }
        let own = try PasswordHash.make("secret", cost: PasswordHash.Cost(logN: 2, blockSize: 8, parallelism: 1))
        let finished = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let isRight = try await passwords.verify("guess", against: nil, isKnown: false)
                    #expect(!isRight)
                    finished.increment()
                }
            }
            try await group.next()
            #expect(try await passwords.verify("secret", against: own, isKnown: false))
            let before = finished.value
            #expect(before < 10)
            // Who is wrong waits as if nobody had the address.
            #expect(try await !passwords.verify("guess", against: own, isKnown: false))
            // The last one before may have its answer and not be counted yet.
            #expect(finished.value >= 18)
            try await group.waitForAll()
        }
    }

    @Test func withoutAHashNothingMatches() async throws {
        let passwords = PasswordChecks()
        defer { passwords.shutdown() }
        #expect(try await !passwords.verify("", against: nil, isKnown: false))
    }
}

@Suite struct RecoveryCodeTests {
    private let user = UserID(uuid: UUID())
    private let hash = CredentialHash(secret: Array(repeating: 7, count: 32))

    @Test func tenDifferentOnesAreMade() {
        let codes = RecoveryCodes.make()
        #expect(Set(codes).count == 10 && codes.allSatisfy { $0.utf8.count == 11 })
        #expect(codes.allSatisfy { RecoveryCodes.hash($0, of: user, by: hash) != nil })
    }

    @Test func caseHyphensAndBlanksAreForgiven() {
        let stored = RecoveryCodes.hash("k7q2m-x4tbd", of: user, by: hash)
        #expect(RecoveryCodes.hash(" K7Q2M X4TBD", of: user, by: hash) == stored)
        #expect(RecoveryCodes.hash("k7q2m-x4tbe", of: user, by: hash) != stored)
        #expect(RecoveryCodes.hash("k7q2m-x4tbd", of: UserID(uuid: UUID()), by: hash) != stored)
    }

    @Test(arguments: ["", "123456", "k7q2m-x4tb", "k7q2m-x4tb1", "k7q2m-x4tbdd", "kéq2m-x4tbd"])
    func whatCanBeNoCodeIsNone(text: String) {
        #expect(RecoveryCodes.hash(text, of: user, by: hash) == nil)
    }
}
