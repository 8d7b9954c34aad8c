import Access
import Cryptography
import EventLoop
import FoundationEssentials
import Operations
import Synchronization
import Tenancy
import Testing

/// Ten thousand wrong passwords from ten thousand addresses.
@Suite(.serialized) struct SignInFloodTests {
    /// Attempts made side by side, and what became of them.
    private struct Outcomes: Sendable {
        var wrong = 0
        var tooMany = 0
        var overloaded = 0
    }

    private func flood(
        _ count: Int, _ attempt: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Outcomes {
        try await withThrowingTaskGroup(of: Outcomes.self) { group in
            for lane in 0..<50 {
                group.addTask {
                    var outcomes = Outcomes()
                    for number in stride(from: lane, to: count, by: 50) {
                        do {
                            try await attempt(number)
                        } catch is SignInRefused {
                            outcomes.wrong += 1
                        } catch is SignInAttempts.TooMany {
                            outcomes.tooMany += 1
                        } catch is PasswordChecks.Busy {
                            outcomes.overloaded += 1
                        }
                    }
                    return outcomes
                }
            }
            return try await group.reduce(into: Outcomes()) { sum, outcomes in
                sum.wrong += outcomes.wrong
                sum.tooMany += outcomes.tooMany
                sum.overloaded += outcomes.overloaded
            }
        }
    }

    /// Says that something is over.
    private final class Flag: Sendable {
        private let state = Mutex(false)
        var isRaised: Bool { state.withLock { $0 } }
        func raise() { state.withLock { $0 = true } }
    }

    /// What became of guesses so far.
    private final class Guesses: Sendable {
        private let counts = Mutex(Outcomes())

        /// How many were compared with a password, which costs a hash.
        var checked: Int { counts.withLock { $0.wrong } }
        /// How many were turned away.
        var turnedAway: Int { counts.withLock { $0.tooMany + $0.overloaded } }

        func add(_ change: (inout Outcomes) -> Void) { counts.withLock { change(&$0) } }

        /// Returns when the flood is at its height: each of those who guess was turned away several times.
        func reach(_ number: Int) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while turnedAway < number {
                try #require(ContinuousClock.now < deadline, "the flood does not begin")
                try await Loop.current?.sleep(for: .milliseconds(20))
            }
        }
    }

    private static func address(_ number: Int) -> String {
        "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }

    /// Signing in apart from the other tests, which would wait for its passwords.
    private func signIn(
        _ server: OperatorServer, otherLimit: Int = 8
    ) -> (signIn: SignIn, passwords: PasswordChecks) {
        let passwords = PasswordChecks(otherLimit: otherLimit)
        let product = SignInProduct(
            database: server.database, hash: OperatorServer.hash, passwords: passwords,
            attempts: SignInAttempts(
                redis: server.redis, hash: OperatorServer.hash, logger: OperatorServer.logger),
            issuer: "test", identifiers: server.identifiers, changes: server.product.changes,
            logger: OperatorServer.logger)
        return (product.signIn, passwords)
    }

    @Test func theOwnerGetsInWhileEverybodyGuessesAndIsNotLockedOutAfterwards() async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (signIn, passwords) = signIn(server)
            let (owner, other) = (try await PasswordHolder(tenant), try await PasswordHolder(tenant, .viewer))
            _ = try await owner.signIn(from: "192.0.2.1", by: signIn)
            let isOver = Flag()
            async let guesses = flood(10_000) { number in
                _ = try await owner.signIn(from: Self.address(number), password: "wrong", by: signIn)
            }
            async let own = Self.repeatedly(until: isOver) {
                _ = try await owner.signIn(from: "192.0.2.1", by: signIn)
            }
            async let others = Self.repeatedly(until: isOver) {
                _ = try await other.signIn(from: "192.0.2.2", by: signIn)
            }
            let outcomes = try await guesses
            isOver.raise()
            let (ownSignIns, otherSignIns) = (try await own, try await others)
            // Twenty are free, and a few more are let through as time passes: the others cost no hash.
            #expect((5..<200).contains(outcomes.wrong) && outcomes.tooMany > 5000)
            #expect(outcomes.wrong + outcomes.tooMany + outcomes.overloaded == 10_000)
            #expect(ownSignIns > 2 && otherSignIns > 2)
            // From a new place it takes half a minute at most until the account opens again.
            do {
                _ = try await owner.signIn(from: "198.51.100.77", by: signIn)
            } catch let error as SignInAttempts.TooMany {
                #expect(error.wait <= .seconds(30))
            }
            let failures = try await tenant.audited("session.open").filter { $0.outcome != "done" }
            #expect(failures.count < 400, "what is refused must not fill the audit")
            passwords.shutdown()
        }
    }

    /// How many guesses are checked meanwhile says whether somebody waits behind them, however slow the machine is.
    private static func guessesChecked(
        _ guesses: Guesses, during signIns: Int, _ signIn: (Int) async throws -> Void
    ) async throws -> [Int] {
        var meanwhile: [Int] = []
        for number in 0..<signIns {
            let before = guesses.checked
            try await signIn(number)
            meanwhile.append(guesses.checked - before)
        }
        return meanwhile.sorted()
    }

    @Test func guessingAtManyAccountsKeepsNobodyWaitingWhoIsKnown() async throws {
        try await OperatorServer.run { server in
            let (signIn, passwords) = signIn(server, otherLimit: 16)
            let person = try await PasswordHolder(try await server.tenant(), .viewer)
            _ = try await person.signIn(from: "192.0.2.3", by: signIn)
            let (isOver, guesses) = (Flag(), Guesses())
            // Nobody has these addresses, so that each attempt costs a hash as hard as in earnest.
            async let flood: Void = Self.guess(until: isOver, counting: guesses) { number in
                _ = try await signIn.open(
                    email: "nobody-\(number)@example.com", password: "wrong", code: nil,
                    from: SignInPlace(address: Self.address(number + 100_000), client: nil, requestID: nil))
            }
            try await guesses.reach(500)
            let meanwhile = try await Self.guessesChecked(guesses, during: 5) { _ in
                _ = try await person.signIn(from: "192.0.2.3", by: signIn)
            }
            isOver.raise()
            try await flood
            #expect(meanwhile[2] < 8, "\(meanwhile)")
            passwords.shutdown()
        }
    }

    /// Real hashes all of them, of accounts and of addresses that nobody has, while somebody signs in for the first time
    /// from where they never were: they wait for little more than their own, and not behind the sixteen who wait.
    @Test(arguments: [true, false])
    func whoSignsInForTheFirstTimeDoesNotWaitBehindTheGuesses(atOneAccount: Bool) async throws {
        try await OperatorServer.run { server in
            let tenant = try await server.tenant()
            let (signIn, passwords) = signIn(server, otherLimit: 16)
            let hash = try PasswordHash.make(PasswordHolder.password)
            let target = try await PasswordHolder(tenant, hash: hash)
            let newcomer = try await PasswordHolder(
                tenant, .viewer, hash: try PasswordHash.make(PasswordHolder.password))
            let (isOver, guesses) = (Flag(), Guesses())
            async let flood: Void = Self.guess(until: isOver, counting: guesses) { number in
                _ = try await signIn.open(
                    email: atOneAccount ? target.user.email : "nobody-\(UUID())@example.com", password: "wrong",
                    code: nil,
                    from: SignInPlace(address: Self.address(number + 200_000), client: nil, requestID: nil))
            }
            try await guesses.reach(500)
            let meanwhile = try await Self.guessesChecked(guesses, during: 5) { number in
                _ = try await newcomer.signIn(from: "198.51.100.\(number)", by: signIn)
            }
            isOver.raise()
            try await flood
            #expect(meanwhile[2] < 8, "\(meanwhile)")
            passwords.shutdown()
        }
    }

    /// Fifty who guess side by side, each at once again, until it is over.
    private static func guess(
        until isOver: Flag, counting guesses: Guesses, _ attempt: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<50 {
                group.addTask {
                    var number = lane
                    while !isOver.isRaised {
                        do {
                            try await attempt(number)
                        } catch is SignInRefused {
                            guesses.add { $0.wrong += 1 }
                        } catch is SignInAttempts.TooMany {
                            guesses.add { $0.tooMany += 1 }
                        } catch is PasswordChecks.Busy {
                            guesses.add { $0.overloaded += 1 }
                        }
                        number += 50
                        await Task.yield()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Does it again and again until it is over, with a pause in between; how often it was done.
    private static func repeatedly(
        until isOver: Flag, _ body: @Sendable () async throws -> Void
    ) async throws -> Int {
        var count = 0
        repeat {
            try await body()
            count += 1
            try await Loop.current?.sleep(for: .milliseconds(50))
        } while !isOver.isRaised
        return count
    }

    @Test func anUnknownAccountTakesAsLongAsAWrongPassword() async throws {
        try await OperatorServer.run { server in
            let (signIn, passwords) = signIn(server)
            let tenant = try await server.tenant()
            let person = try await PasswordHolder(tenant, hash: try PasswordHash.make(PasswordHolder.password))
            func time(_ email: String, _ address: String) async -> Duration {
                let place = SignInPlace(address: address, client: nil, requestID: nil)
                return await ContinuousClock().measure {
                    await #expect(throws: SignInRefused.self) {
                        _ = try await signIn.open(email: email, password: "wrong", code: nil, from: place)
                    }
                }
            }
            // The shortest of each, in turns: what else the machine does makes some longer, and none shorter.
            var (wrong, unknown) = (Duration.seconds(3600), Duration.seconds(3600))
            var isAlike: Bool { unknown * 3 > wrong && wrong * 3 > unknown }
            for number in 0..<15 where number < 3 || !isAlike {
                wrong = min(wrong, await time(person.user.email, "203.0.113.\(number)"))
                unknown = min(unknown, await time("nobody-\(UUID())@example.com", "198.51.100.\(number)"))
            }
            #expect(isAlike, "\(unknown) \(wrong)")
            passwords.shutdown()
        }
    }
}
