internal import Access
internal import Cryptography
internal import EventLoop
internal import FoundationEssentials
internal import Records
internal import Stores
internal import Tenancy

/// Turns what somebody shows into a session.
package struct SignIn: Sendable {
    let surroundings: SignInSurroundings
    let codes: SecondFactorCodes
    let passwords: PasswordChecks
    let attempts: SignInAttempts
    private let whenSlowedDown: @Sendable (User, String) async -> Void

    /// In bytes: no address is longer, and a longer password only costs time.
    private static let longestEmail = 320

    init(
        _ surroundings: SignInSurroundings, _ codes: SecondFactorCodes, _ passwords: PasswordChecks,
        _ attempts: SignInAttempts, whenSlowedDown: @escaping @Sendable (User, String) async -> Void
    ) {
        self.surroundings = surroundings
        self.codes = codes
        self.passwords = passwords
        self.attempts = attempts
        self.whenSlowedDown = whenSlowedDown
    }

    /// Opens a session by password, and with a code where the account has a second factor.
    ///
    /// The answer is the same, after the same time, whether nobody has the address or the password is wrong.
    /// - Throws: `SignInRefused`; `SignInAttempts.TooMany`; `WorkerThreads.Overloaded`; `PasswordChecks.Busy`;
    ///   `InvalidDefinition` for what can be no address or password.
    package func open(
        email: String, password: String, code: String?, from place: SignInPlace
    ) async throws -> OpenedSession {
        try InvalidDefinition.check { findings in
            if email.utf8.count > Self.longestEmail { findings.add("email", "This is too long for an address.") }
            if email.utf8.contains(0) { findings.add("email", "Null characters are not allowed.") }
            if password.utf8.count > PasswordRule.longestInBytes {
                findings.add("password", "A password has at most \(PasswordRule.longestInBytes) bytes.")
            }
        }
        let account = try await surroundings.store.find(email: email, from: place.origin)
        let visitor = Visitor(account: account, email: email, place: place)
        let attempt = try await admitting(visitor) {
            try await attempts.begin(for: visitor.address, from: place.origin, isKnown: visitor.isKnown)
        }
        try await requirePasswords(for: visitor)
        let matches = try await check(password, visitor, attempt)
        guard let account, matches, !account.user.isDisabled else {
            try await refuse(visitor, attempt, because: visitor.reason(matches))
        }
        let shown = account.hasSecondFactor ? try await check(code, account, visitor, attempt) : nil
        let opened = try await openSession(
            for: account.user, method: .password, from: place, provenBy: account.passwordHash, showing: shown)
        try await attempts.succeed(attempt)
        return opened
    }

    /// Refuses addresses whose domain an identity provider has, before the password is looked at: which one it is, and
    /// whether somebody has the address, makes no difference.
    private func requirePasswords(for visitor: Visitor) async throws {
        guard try await surroundings.domains.refusesPassword(email: visitor.address, of: visitor.account?.user.id)
        else { return }
        await surroundings.audit.note(
            .refused, visitor.deed, by: visitor.actor, because: "Addresses of this domain sign in by single sign-on.")
        throw SignInRefused(.singleSignOnRequired)
    }

    private func check(
        _ password: String, _ visitor: Visitor, _ attempt: SignInAttempts.Attempt
    ) async throws -> Bool {
        do {
            return try await passwords.verify(
                password, against: visitor.account?.passwordHash, isKnown: visitor.isKnown)
        } catch let overloaded as WorkerThreads.Overloaded {
            try await attempts.withdraw(attempt)
            throw overloaded
        } catch let busy as PasswordChecks.Busy {
            // Outwardly the same; but whoever has guessed has guessed.
            if busy.isWrong {
                await surroundings.audit.note(
                    .failed, visitor.deed, by: visitor.actor, because: visitor.reason(false))
            } else {
                try await attempts.withdraw(attempt)
            }
            throw busy
        }
    }

    private func check(
        _ code: String?, _ account: SignInAccount, _ visitor: Visitor, _ attempt: SignInAttempts.Attempt
    ) async throws -> SecondFactorCodes.Kind {
        guard let code, !code.isEmpty else {
            try await attempts.halfway(attempt)
            await surroundings.audit.note(
                .refused, visitor.deed, by: visitor.actor, because: "The password is right; a code is wanted.")
            throw SignInRefused(.secondFactorRequired)
        }
        let guess =
            visitor.isKnown
            ? nil : try await admitting(visitor) { try await attempts.beginCode(for: account.user.email) }
        guard let kind = try await codes.take(code, of: account.user.id, in: account.user.organizationID) else {
            try await refuse(visitor, attempt, because: "The code is wrong.")
        }
        if let guess { try await attempts.succeed(guess) }
        return kind
    }

    /// Who wants to sign in, as far as that is known.
    private struct Visitor {
        let account: SignInAccount?
        let email: String
        let place: SignInPlace

        /// The address that is counted and bound by rules: as it is stored, however it was written.
        var address: String { account?.user.email ?? email }

        var isKnown: Bool { account?.isKnownOrigin ?? false }

        var actor: AuditActor {
            AuditActor(
                unknown: email, in: account?.user.organizationID, from: place.address, requestID: place.requestID)
        }

        var deed: Audit.Deed { Audit.Deed("session.open", on: "user:\(account?.user.id.description ?? "unknown")") }

        func reason(_ matches: Bool) -> String {
            guard let account else { return "Nobody has this address." }
            if !matches { return "The password is wrong." }
            return account.user.isDisabled ? "The account is deactivated." : "There is no password."
        }
    }

    private func admitting(
        _ visitor: Visitor, _ begin: () async throws -> SignInAttempts.Attempt
    ) async throws -> SignInAttempts.Attempt {
        do {
            return try await begin()
        } catch let error as SignInAttempts.TooMany {
            if error.isFirst {
                await surroundings.audit.note(
                    .refused, visitor.deed, by: visitor.actor, because: error.description)
            }
            throw error
        }
    }

    private func refuse(
        _ visitor: Visitor, _ attempt: SignInAttempts.Attempt, because reason: String
    ) async throws -> Never {
        await surroundings.audit.note(.failed, visitor.deed, by: visitor.actor, because: reason)
        if attempt.isLast, let user = visitor.account?.user { await whenSlowedDown(user, visitor.place.address) }
        throw SignInRefused(.wrong)
    }
}
