internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// Trying the product without an account, and what becomes of the judges that are made so.
    func addTemporaryUsers(to routes: inout ProtectedRoutes) {
        // Whoever calls this has no credentials yet: it gives some, where the installation wants that.
        routes.onForEverybody(.post, "/v1/create-demo-user/") { context in
            let key = try await temporaryUsers.create(from: context.remoteAddress, requestID: context.requestID)
            return .json(TemporaryUserBody(apiKey: key.secret), status: 201).secret
        }
        routes.on(.post, "/v1/judges/claim/", needs: .judgeCreate, in: .any, leaving: .change("judge.claim")) {
            context, principal in
            let body = try await context.decode(JudgeClaimRequest.self)
            let judge = try await temporaryUsers.claim(
                body.claimToken, to: body.projectId.map(ProjectID.init(uuid:)), for: principal)
            return .json(JudgeBody(judge, for: principal))
        }
    }

    /// Judges that are shown to people from outside.
    func addJudgeInvitations(to routes: inout ProtectedRoutes) {
        let invitations = "/v1/judges/{id}/invite/"
        routes.on(.post, invitations, needs: .judgeUpdate, in: .judge("id"), leaving: .change("judge.invite")) {
            context, principal in
            let body = try await context.decode(JudgeInviteRequest.self)
            guard ["http://", "https://"].contains(where: { body.judgeUrl.lowercased().hasPrefix($0) }) else {
                throw APIProblem.invalid("judge_url", "Enter a valid URL.")
            }
            let made = try await judgeInvitations.invite(body.emails, to: context.parameter("id"), for: principal)
            let base = context.address.base + Self.sharedJudge
            return .json(
                JudgeInvitationsBody(
                    judgeUrl: body.judgeUrl,
                    invitations: made.map { invitation, token in
                        JudgeInvitationsBody.Invitation(
                            id: invitation.id.uuid, email: invitation.email, link: "\(base)?token=\(token)",
                            expiresAt: invitation.expiresAt)
                    })
            ).secret
        }
        // The token in the link is the credential. It is in the query, which no log has.
        routes.onForEverybody(.get, Self.sharedJudge) { context in
            let judge = try await judgeInvitations.judge(shownBy: context.query["token"] ?? "")
            return .json(JudgeBody(judge, defaultModel: Self.defaultModel, hidesProject: true))
        }
    }

    private static let sharedJudge = "/v1/judges/shared/"
}
