internal import FoundationEssentials
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

// How people go, come back and are let in again.
extension PeopleAdministration {
    /// What deactivating somebody, or handing over what is theirs, would do.
    package func plan(deactivating isDeactivated: Bool, _ who: Who, heir: String?) async throws -> Consequence {
        let user = try await person(who)
        let detail = try await product.people.find(user.id, in: user.organizationID)
        var effects: [String] = []
        if isDeactivated {
            effects.append(
                "\(user.label) gets in nowhere any more (open sessions: \(detail.user.openSessions), usable keys: "
                    + "\(detail.user.usableKeys)).")
        }
        let belongings = detail.belongings.total == 0 ? "nothing" : detail.belongings.words
        effects.append(
            heir.map { "To \($0.shown) goes what is theirs: \(belongings)." } ?? "What is theirs stays: \(belongings).")
        return Consequence(effect: effects.joined(separator: "\n"), confirmation: user.label)
    }

    /// Lets somebody in nowhere any more.
    package func deactivate(_ who: Who, handingOverTo heir: String?) async throws -> String {
        let user = try await person(who)
        let heir = try await self.heir(heir)
        let done = try await told {
            try await product.departures.deactivate(
                user.id, OperatorDeactivation(revision: user.revision, handOverTo: heir?.uuid),
                in: user.organizationID, by: actor)
        }
        return form.text(of: done) { done in
            "\(user.label) is deactivated (ended sessions: \(done.endedSessions)).\n"
                + (done.handedOver.map { "Handed over: \($0.total == 0 ? "nothing" : $0.words).\n" } ?? "")
        }
    }

    package func reactivate(_ who: Who) async throws -> String {
        let user = try await person(who)
        let changed = try await told {
            try await product.departures.reactivate(
                user.id, OperatorReactivation(revision: user.revision), in: user.organizationID, by: actor)
        }
        return form.text(of: changed) { "\(user.label) gets in again, as \($0.role).\n" }
    }

    /// Makes what is somebody's somebody else's.
    package func handOver(from who: Who, to heir: String) async throws -> String {
        let user = try await person(who)
        let heir = try await directory.heir(heir)
        let moved = try await told {
            try await product.departures.handOver(from: user.id, to: heir, in: user.organizationID, by: actor)
        }
        return form.text(of: moved) { "Handed over: \($0.total == 0 ? "nothing" : $0.words).\n" }
    }

    /// What signing somebody out, or giving them a new password, would do.
    package func plan(signingOut who: Who, givingPassword isNew: Bool) async throws -> Consequence {
        let user = try await person(who)
        let open = try await product.people.find(user.id, in: user.organizationID).user.openSessions
        let sessions = "What they are signed in to ends (open sessions: \(open))."
        return Consequence(
            effect: isNew
                ? "The password of \(user.label) opens nothing any more. \(sessions)"
                : "\(user.label) is signed out. \(sessions)",
            confirmation: user.label)
    }

    /// Ends all sessions of somebody.
    package func signOut(_ who: Who) async throws -> String {
        let user = try await person(who)
        let ended = try await told {
            try await product.departures.signOut(user.id, in: user.organizationID, by: actor)
        }
        return form.text(of: ended) { "\(user.label) is signed out (ended sessions: \($0.endedSessions)).\n" }
    }

    /// Gives somebody a new password, which is said this once, and ends their sessions.
    package func resetPassword(of who: Who) async throws -> String {
        let user = try await person(who)
        let password = try await told {
            try await product.passwordResets.setNewPassword(of: user.id, in: user.organizationID, by: actor)
        }
        return form.text(of: ["password": password]) { _ in "\(password)\n" }
    }

    /// Makes a link by which somebody gives themselves a new password.
    package func makeResetLink(for who: Who) async throws -> String {
        let user = try await person(who)
        let link = try await told {
            try await product.passwordResets.makeLink(for: user.id, in: user.organizationID, by: actor)
        }
        return form.text(of: link, \.text)
    }

    private func heir(_ name: String?) async throws -> UserID? {
        guard let name else { return nil }
        return try await directory.heir(name)
    }
}

extension PeopleDirectory {
    fileprivate func heir(_ name: String) async throws -> UserID {
        try await person(.person(name), serviceAccountsOf: { throw LauncherFailure("Name a person.") }).id
    }
}
