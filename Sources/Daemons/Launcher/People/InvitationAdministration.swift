package import FoundationEssentials
internal import Operations
internal import Stores
internal import Tenancy
internal import WireAPI

// What `scorable user` does with invitations.
extension PeopleAdministration {
    /// Invites somebody and says the link, this once.
    package func invite(email: String, role: RoleName, hours: Int?) async throws -> String {
        let made = try await told {
            try await product.invitations.invite(
                OperatorInvitationDraft(email: email, role: role.role.rawValue, expiresInHours: hours),
                to: try await organization, by: actor)
        }
        return form.text(of: made, \.text)
    }

    /// The organisation's invitations, the newest first; in one state, when it is named.
    package func invitations(
        _ state: InvitationStateName?, behind place: ListPlace?, limit: Int
    ) async throws -> String {
        let found = try await product.invitations.page(
            in: try await organization, state?.state, ListPlace.request(place, limit: limit))
        let next = found.place { ($0.createdAt, $0.id) }
        return form.text(of: OperatorInvitationPage(results: found.items, next: next), \.text)
    }

    /// Takes an invitation back.
    package func withdrawInvitation(_ id: UUID) async throws -> String {
        do {
            try await product.invitations.withdraw(InvitationID(uuid: id), in: try await organization, by: actor)
        } catch is NotFound {
            throw LauncherFailure("There is no such invitation that waits. See: scorable user invitations")
        }
        return form.text(of: ["withdrawn": id.lowercaseText]) { _ in "Its link opens nothing any more.\n" }
    }
}

/// What became of an invitation, as it stands on a command line.
package struct InvitationStateName: Sendable {
    let state: Invitation.State

    /// - Throws: `LauncherFailure` that names the states.
    package init(_ word: String) throws(LauncherFailure) {
        guard let state = Invitation.State(rawValue: word) else {
            let known = Invitation.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw LauncherFailure("No invitation is “\(word)”. It is one of: \(known).")
        }
        self.state = state
    }
}
