package import FoundationEssentials

/// The answer to `POST /create-demo-user/`.
package struct TemporaryUserBody: Codable, Sendable {
    /// What the user's calls show.
    package let apiKey: String
    /// The same key: clients put it into the address of a web application, of which there is none here.
    package let apiToken: String

    package init(apiKey: String) {
        self.apiKey = apiKey
        apiToken = apiKey
    }
}

/// The body of `POST /v1/judges/claim/`.
package struct JudgeClaimRequest: Decodable, Sendable {
    package let claimToken: UUID
    package let projectId: UUID?
}

/// The body of `POST /v1/judges/{id}/invite/`.
package struct JudgeInviteRequest: Decodable, Sendable {
    package let emails: [String]
    /// Where the judge is looked at in the caller's own application.
    package let judgeUrl: String
}

/// The answer to it: what the caller has to pass on, because this server sends no mail.
package struct JudgeInvitationsBody: Codable, Sendable {
    /// One invitation.
    package struct Invitation: Codable, Sendable {
        package let id: UUID
        package let email: String
        /// Shows the judge to whoever opens it.
        package let link: String
        package let expiresAt: Date

        package init(id: UUID, email: String, link: String, expiresAt: Date) {
            self.id = id
            self.email = email
            self.link = link
            self.expiresAt = expiresAt
        }
    }

    package let detail: String
    package let judgeUrl: String
    package let invitations: [Invitation]

    package init(judgeUrl: String, invitations: [Invitation]) {
        detail = "No mail was sent: this server sends none. Pass each link on to the person it is for."
        self.judgeUrl = judgeUrl
        self.invitations = invitations
    }
}
